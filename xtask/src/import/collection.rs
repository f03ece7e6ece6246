//! Reads a Postman collection, v2.0 or v2.1, bare or wrapped, whatever shape its urls have.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// A collection, flattened: items in the order they appear.
#[derive(Debug)]
pub struct Collection {
    /// Its title.
    pub name: String,
    /// Its variables, with values where it gives some.
    pub variables: Vec<(String, String)>,
    /// Its own credential, when it has one: type and the name of the header, if any.
    pub auth: Option<Auth>,
    /// Its items, folders dissolved.
    pub items: Vec<Item>,
}

/// One request of the collection.
#[derive(Debug)]
pub struct Item {
    /// Postman's id, or the title when there is none.
    pub id: String,
    /// Folders and name, joined by ` / `.
    pub title: String,
    /// What to send.
    pub request: Request,
    /// What it says about itself, as HTML.
    pub description: String,
    /// Saved responses.
    pub responses: Vec<Saved>,
}

/// A request as written down.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Upper case.
    pub method: String,
    /// As written, without query.
    pub url: String,
    /// Scheme and host, or the variable that stands for them; empty when there is none.
    pub host: String,
    /// Path segments as written.
    pub segments: Vec<String>,
    /// Name, value, what is said about it, enabled.
    pub query: Vec<Parameter>,
    /// Path variables of `:name` segments.
    pub path: Vec<Parameter>,
    /// Enabled headers.
    pub headers: Vec<(String, String)>,
    /// The body, when there is one.
    pub body: Option<Body>,
    /// How it shows who it is.
    pub auth: Option<Auth>,
}

/// A named value of a query, a path or a form.
#[derive(Clone, Debug, Default)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value as written; empty when none is given.
    pub value: String,
    /// What is said about it.
    pub description: String,
    /// Switched off in the collection.
    pub disabled: bool,
    /// A file of a multipart form.
    pub file: bool,
}

/// A body as written.
#[derive(Clone, Debug)]
pub enum Body {
    /// Text, mostly JSON.
    Raw(String),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<Parameter>),
    /// `multipart/form-data`.
    Multipart(Vec<Parameter>),
}

/// How a request shows who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// `bearer`, `apikey`, `basic`, `noauth`, …
    pub kind: String,
    /// The header or parameter of an API key.
    pub name: Option<String>,
    /// `header` or `query`.
    pub place: Option<String>,
}

/// A saved response.
#[derive(Debug)]
pub struct Saved {
    /// Postman's id, or its place.
    pub id: String,
    /// As saved.
    pub name: String,
    /// Missing in many collections.
    pub status: Option<u16>,
    /// Headers as recorded.
    pub headers: Vec<(String, String)>,
    /// As recorded; empty when there is none.
    pub body: String,
    /// The request it answered.
    pub request: Option<Request>,
}

/// Reads the collection in `path`.
pub fn read(path: &Path) -> Result<Collection> {
    let bytes =
        std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        anyhow::anyhow!(
            "{}: not UTF-8 text, expected a Postman collection",
            path.display()
        )
    })?;
    parse(&text).with_context(|| path.display().to_string())
}

/// Parses a collection.
pub fn parse(text: &str) -> Result<Collection> {
    let document: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            let said = error.to_string();
            let said = said.split(" at line ").next().unwrap_or_default();
            anyhow::anyhow!(
                "line {}, column {}: not JSON: {said}",
                error.line(),
                error.column()
            )
        })?;
    let collection = document
        .get("collection")
        .filter(|inner| inner.is_object())
        .unwrap_or(&document);
    ensure!(
        collection.get("info").is_some_and(Value::is_object)
            && collection.get("item").is_some_and(Value::is_array),
        "not a Postman collection: expected an object with `info` (object) and `item` (array), bare or under `collection`"
    );
    let schema = collection["info"]
        .get("schema")
        .and_then(Value::as_str)
        .unwrap_or_default();
    ensure!(
        !schema.contains("/v1."),
        "a Postman collection v1 ({schema}); expected v2.0 or v2.1"
    );
    let mut items = Vec::new();
    walk(
        &collection["item"],
        &mut Vec::new(),
        collection_auth(collection).as_ref(),
        &mut items,
    )?;
    disambiguate(&mut items);
    Ok(Collection {
        name: text_of(collection["info"].get("name")),
        variables: list(collection.get("variable"))
            .iter()
            .map(|one| (name_of(one), text_of(one.get("value"))))
            .collect(),
        auth: collection_auth(collection),
        items,
    })
}

fn collection_auth(collection: &Value) -> Option<Auth> {
    collection.get("auth").and_then(auth)
}

/// Two items without or with the same id would be one; the second gets its place in the list.
fn disambiguate(items: &mut [Item]) {
    let mut seen = std::collections::HashSet::new();
    for (index, item) in items.iter_mut().enumerate() {
        if !seen.insert(item.id.clone()) {
            item.id = format!("{}#{}", item.id, index + 1);
            seen.insert(item.id.clone());
        }
    }
}

fn walk(
    list: &Value,
    folders: &mut Vec<String>,
    inherited: Option<&Auth>,
    items: &mut Vec<Item>,
) -> Result<()> {
    for (index, entry) in list.as_array().into_iter().flatten().enumerate() {
        let name = match entry.get("name").and_then(Value::as_str) {
            Some(name) => name.to_owned(),
            None => format!("#{}", index + 1),
        };
        folders.push(name);
        let title = folders.join(" / ");
        let own = entry.get("auth").and_then(auth);
        let auth = own.as_ref().or(inherited);
        if entry.get("item").is_some_and(Value::is_array) {
            walk(&entry["item"], folders, auth, items)?;
        } else if let Some(request) = entry.get("request") {
            items.push(
                item(entry, request, folders, auth).with_context(|| format!("item {title:?}"))?,
            );
        } else {
            bail!(
                "item {title:?}: neither a folder nor a request: expected `item` (array) or `request` (object or url)"
            );
        }
        folders.pop();
    }
    Ok(())
}

fn item(
    entry: &Value,
    asked: &Value,
    folders: &[String],
    inherited: Option<&Auth>,
) -> Result<Item> {
    let title = folders.join(" / ");
    let mut read = request(asked)?;
    read.auth = read.auth.or_else(|| inherited.cloned());
    let id = ["id", "_postman_id", "uid"]
        .iter()
        .find_map(|key| entry.get(key).and_then(Value::as_str));
    let mut responses = Vec::new();
    for (index, saved) in list(entry.get("response")).iter().enumerate() {
        responses.push(
            response(saved, index).with_context(|| format!("saved response #{}", index + 1))?,
        );
    }
    let description = [asked.get("description"), entry.get("description")]
        .into_iter()
        .map(description)
        .find(|text| !text.is_empty());
    Ok(Item {
        id: id.map_or_else(|| title.clone(), str::to_owned),
        title,
        request: read,
        description: description.unwrap_or_default(),
        responses,
    })
}

fn response(saved: &Value, index: usize) -> Result<Saved> {
    ensure!(
        saved.is_object(),
        "expected an object, found {}",
        kind(saved)
    );
    let status = match saved.get("code") {
        None | Some(Value::Null) => None,
        Some(code) => Some(
            code.as_u64()
                .and_then(|code| u16::try_from(code).ok())
                .filter(|code| (100..600).contains(code))
                .with_context(|| format!("`code` is {code}, expected an HTTP status"))?,
        ),
    };
    let asked = saved
        .get("originalRequest")
        .filter(|asked| !asked.is_null());
    Ok(Saved {
        id: saved
            .get("id")
            .or_else(|| saved.get("_postman_id"))
            .and_then(Value::as_str)
            .map_or_else(|| format!("#{}", index + 1), str::to_owned),
        name: saved
            .get("name")
            .and_then(Value::as_str)
            .filter(|name| !name.is_empty())
            .map_or_else(|| format!("Response {}", index + 1), str::to_owned),
        status,
        headers: headers(saved.get("header")),
        body: text_of(saved.get("body")),
        request: asked.map(request).transpose().context("originalRequest")?,
    })
}

fn request(asked: &Value) -> Result<Request> {
    let mut read = Request {
        method: "GET".into(),
        ..Request::default()
    };
    let Value::Object(asked) = asked else {
        let url = asked.as_str().with_context(|| {
            format!("`request` is {}, expected an object or a url", kind(asked))
        })?;
        locate(&mut read, url);
        return Ok(read);
    };
    if let Some(method) = asked.get("method").filter(|method| !method.is_null()) {
        let method = method
            .as_str()
            .with_context(|| format!("`method` is {}, expected a string", kind(method)))?;
        read.method = method.to_ascii_uppercase();
    }
    let parts = match (asked.get("url"), asked.get("urlObject")) {
        (Some(Value::String(url)), parts) => {
            locate(&mut read, url);
            parts
        }
        (Some(parts @ Value::Object(_)), _)
        | (None | Some(Value::Null), Some(parts @ Value::Object(_))) => {
            let raw = parts
                .get("raw")
                .and_then(Value::as_str)
                .map_or_else(|| assemble(parts), str::to_owned);
            locate(&mut read, &raw);
            Some(parts)
        }
        (None | Some(Value::Null), _) => None,
        (Some(other), _) => bail!("`url` is {}, expected a string or an object", kind(other)),
    };
    if let Some(parts) = parts {
        if let Some(query) = parts
            .get("query")
            .and_then(Value::as_array)
            .filter(|query| !query.is_empty())
        {
            read.query = query.iter().map(parameter).collect();
        }
        read.path = list(parts.get("variable")).iter().map(parameter).collect();
    }
    read.headers = headers(asked.get("header"));
    read.auth = asked.get("auth").and_then(auth);
    read.body = match asked.get("body") {
        Some(body @ Value::Object(_)) if body.get("disabled") != Some(&Value::Bool(true)) => {
            self::body(body)?
        }
        None | Some(Value::Null | Value::Object(_)) => None,
        Some(other) => bail!("`body` is {}, expected an object", kind(other)),
    };
    Ok(read)
}

fn body(body: &Value) -> Result<Option<Body>> {
    let enabled = |list: &Value| {
        list.as_array()
            .into_iter()
            .flatten()
            .map(parameter)
            .collect::<Vec<_>>()
    };
    Ok(match body.get("mode").and_then(Value::as_str) {
        Some("raw") => Some(text_of(body.get("raw")))
            .filter(|text| !text.trim().is_empty())
            .map(Body::Raw),
        Some("urlencoded") => body.get("urlencoded").map(|list| Body::Form(enabled(list))),
        Some("formdata") => body
            .get("formdata")
            .map(|list| Body::Multipart(enabled(list))),
        Some("graphql") => body
            .get("graphql")
            .map(|query| Body::Raw(query.to_string())),
        Some("file") | None => None,
        Some(other) => {
            bail!("body mode {other:?}, expected raw, urlencoded, formdata, graphql or file")
        }
    })
}

/// Splits a url into host, path and query; a leading `{{variable}}` is a host.
fn locate(read: &mut Request, raw: &str) {
    let raw = raw.trim();
    let (before, query) = raw
        .split_once('?')
        .map_or((raw, None), |(before, query)| (before, Some(query)));
    let before = before.split('#').next().unwrap_or_default();
    before.clone_into(&mut read.url);
    let path = if let Some((scheme, rest)) = before.split_once("://") {
        let (host, path) = rest
            .find('/')
            .map_or((rest, ""), |slash| rest.split_at(slash));
        read.host = format!("{scheme}://{host}");
        path
    } else if before.starts_with("{{") {
        let end = before.find("}}").map_or(before.len(), |end| end + 2);
        before[..end].clone_into(&mut read.host);
        &before[end..]
    } else if before.starts_with('/') || before.is_empty() {
        before
    } else {
        let (host, path) = before
            .find('/')
            .map_or((before, ""), |slash| before.split_at(slash));
        read.host = format!("https://{host}");
        path
    };
    read.segments = path
        .trim_start_matches('/')
        .split('/')
        .map(str::to_owned)
        .collect();
    if let Some(query) = query {
        let pairs = query
            .split('#')
            .next()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty());
        read.query = pairs
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Parameter {
                    name: name.to_owned(),
                    value: value.to_owned(),
                    ..Parameter::default()
                }
            })
            .collect();
    }
}

/// A url object without `raw`.
fn assemble(parts: &Value) -> String {
    let join = |value: Option<&Value>, by: &str| match value {
        Some(Value::Array(parts)) => parts
            .iter()
            .map(|part| {
                part.as_str()
                    .map_or_else(|| text_of(part.get("value")), str::to_owned)
            })
            .collect::<Vec<_>>()
            .join(by),
        other => text_of(other),
    };
    let protocol = parts
        .get("protocol")
        .and_then(Value::as_str)
        .map(|protocol| format!("{protocol}://"))
        .unwrap_or_default();
    format!(
        "{protocol}{}/{}",
        join(parts.get("host"), "."),
        join(parts.get("path"), "/").trim_start_matches('/')
    )
}

fn parameter(entry: &Value) -> Parameter {
    Parameter {
        name: name_of(entry),
        value: text_of(entry.get("value")),
        description: description(entry.get("description")),
        disabled: entry.get("disabled") == Some(&Value::Bool(true)),
        file: entry.get("type").and_then(Value::as_str) == Some("file"),
    }
}

fn headers(list: Option<&Value>) -> Vec<(String, String)> {
    match list {
        Some(Value::String(text)) => text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect(),
        _ => self::list(list)
            .iter()
            .filter(|entry| entry.get("disabled") != Some(&Value::Bool(true)))
            .map(|entry| (name_of(entry), text_of(entry.get("value"))))
            .collect(),
    }
}

fn auth(auth: &Value) -> Option<Auth> {
    let kind = auth.get("type")?.as_str()?.to_owned();
    let detail = |key: &str| match auth.get(&kind)? {
        Value::Object(members) => members.get(key)?.as_str().map(str::to_owned),
        Value::Array(entries) => entries
            .iter()
            .find(|entry| entry.get("key").and_then(Value::as_str) == Some(key))?
            .get("value")?
            .as_str()
            .map(str::to_owned),
        _ => None,
    };
    Some(Auth {
        name: detail("key"),
        place: detail("in"),
        kind,
    })
}

fn name_of(entry: &Value) -> String {
    text_of(
        entry
            .get("key")
            .or_else(|| entry.get("id"))
            .or_else(|| entry.get("name")),
    )
}

fn description(value: Option<&Value>) -> String {
    match value {
        Some(Value::Object(members)) => text_of(members.get("content")),
        other => text_of(other),
    }
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
