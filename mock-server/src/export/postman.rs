//! A contract as a Postman collection, version 2.1: every documented use as a request that judges its answer.

use std::collections::BTreeSet;

use contracts::document::{
    Document, DocumentedBody, DocumentedRequest, Example, FormValue, Operation, Place,
    ResponseContract, Variant,
};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::variables;
use crate::kernel::routes::Mounted;

/// The variable that holds the vendor's base URL.
pub(super) const BASE: &str = "mockBaseUrl";

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/// Stands around what must lose its quotes once the body is text; a control character is always escaped there.
const BARE: char = '\u{1}';

/// Every documented use of every operation: a folder per tag, a request per use, the documented answers saved
/// with it, and a test that its status is a documented one.
///
/// It works alone, since it carries every variable; an environment's values come first.
#[must_use]
pub fn postman_collection(mounted: &Mounted, base_url: &str) -> Value {
    let document = mounted.document;
    let keys = Keys::of(mounted);
    let usual = keys.credentials(None, &DocumentedRequest::default()).auth;
    let mut folders: Vec<(String, Vec<Value>)> = Vec::new();
    for operation in document.operations() {
        let noun = operation.name.split('.').next().unwrap_or_default();
        let tag = operation.tags.first().map_or(noun, String::as_str);
        let items = items(document, &keys, &usual, operation);
        match folders.iter_mut().find(|(name, _)| name == tag) {
            Some((_, known)) => known.extend(items),
            None => folders.push((tag.to_owned(), items)),
        }
    }
    // Within a folder, what removes something comes last, so that the others still find it.
    let in_order = |mut items: Vec<Value>| {
        items.sort_by_key(|item| item["request"]["method"] == "DELETE");
        items
    };
    let folders: Vec<_> = folders
        .into_iter()
        .map(|(name, items)| json!({"name": name, "item": in_order(items)}))
        .collect();
    let entry = |key: &str, value: &str| json!({"key": key, "value": value, "type": "string"});
    let mut values = vec![entry(BASE, base_url)];
    // A placeholder of a message template stands for itself, which Postman does with what it does not know.
    let known = variables(mounted, base_url)
        .into_iter()
        .filter(|(name, value)| *value != format!("{{{{{name}}}}}"));
    values.extend(known.map(|(name, value)| entry(&name, &value)));
    json!({
        "info": {
            "_postman_id": format!("mock-server-{}", mounted.name),
            "name": document.title,
            "description": "Made from the contract by mock-server. Point mockBaseUrl at the mock, and send.",
            "schema": SCHEMA,
        },
        "item": folders,
        "auth": usual,
        "variable": values,
    })
}

fn items(document: &Document, keys: &Keys, usual: &Value, operation: &Operation) -> Vec<Value> {
    let item = |variant: Option<&Variant>, request: &DocumentedRequest| {
        let name = variant.map_or("", |variant| variant.name.as_str());
        let title = match variant {
            Some(variant) if !variant.title.is_empty() => &variant.title,
            _ if operation.summary.is_empty() => &operation.name,
            _ => &operation.summary,
        };
        let evidence = variant.map_or(operation.evidence, |variant| variant.evidence);
        let first = operation.variants.first().map(|first| first.name.as_str());
        // An answer that nobody says the use of is shown with the first.
        let belongs = |example: &Example| match example.variant.as_deref() {
            Some(of) => of == name,
            None => first.is_none_or(|first| first == name),
        };
        let answers: Vec<_> = operation
            .examples()
            .filter(|(_, example)| belongs(example))
            .collect();
        let saved: Vec<_> = answers
            .iter()
            .map(|(contract, example)| {
                saved(document, keys, usual, operation, request, contract, example)
            })
            .collect();
        let id = if name.is_empty() {
            operation.name.clone()
        } else {
            format!("{}/{name}", operation.name)
        };
        let mut asked = asked(document, keys, usual, operation, request);
        asked["description"] =
            json!(format!("{}\n\n`{id}`, evidence: {evidence}", operation.summary).trim());
        json!({
            "id": id,
            "name": title,
            "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": test(operation, &expected(operation, request))}}],
            "request": asked,
            "response": saved,
        })
    };
    let written = operation
        .variants
        .iter()
        .filter_map(|variant| Some((variant, variant.request()?)));
    let items: Vec<_> = written
        .map(|(variant, request)| item(Some(variant), &request))
        .collect();
    if items.is_empty() {
        vec![item(None, &made(operation))]
    } else {
        items
    }
}

/// The statuses that the documentation has for a request: those of the answers it was saved with, the successes
/// alone where there are any; for one that nobody saved an answer to, every documented success.
fn expected(operation: &Operation, request: &DocumentedRequest) -> Vec<u16> {
    let is_success = |status: &u16| (200..300).contains(status);
    let answered: BTreeSet<u16> = operation
        .examples()
        .filter(|(_, example)| {
            example
                .request()
                .is_some_and(|saved| is_same(&saved, request))
        })
        .map(|(contract, _)| contract.status)
        .collect();
    let all: BTreeSet<u16> = operation.responses.iter().map(|one| one.status).collect();
    let successes = |of: &BTreeSet<u16>| of.iter().copied().filter(is_success).collect::<Vec<_>>();
    match (successes(&answered), successes(&all)) {
        (own, _) if !own.is_empty() => own,
        _ if !answered.is_empty() => answered.into_iter().collect(),
        (_, known) if !known.is_empty() => known,
        _ => all.into_iter().collect(),
    }
}

fn is_same(one: &DocumentedRequest, other: &DocumentedRequest) -> bool {
    one.method == other.method
        && one.path() == other.path()
        && one.path == other.path
        && one.query == other.query
        && one.body == other.body
}

fn test(operation: &Operation, statuses: &[u16]) -> Vec<String> {
    vec![
        "pm.test(\"the status is a documented one\", () => {".to_owned(),
        format!(
            "  pm.expect(pm.response.code, pm.response.text()).to.be.oneOf({});",
            json!(statuses)
        ),
        "});".to_owned(),
        "const operation = pm.response.headers.get(\"X-Mock-Operation\");".to_owned(),
        format!(
            "if (operation) pm.test(\"the operation is the meant one\", () => pm.expect(operation).to.equal({}));",
            json!(operation.name)
        ),
    ]
}

/// A request for an operation that documents none, from its parameters and the first documented body.
fn made(operation: &Operation) -> DocumentedRequest {
    let values = |place: Place| {
        let wanted = operation.parameters.iter().filter(move |parameter| {
            parameter.place == place && (parameter.required || place == Place::Path)
        });
        wanted
            .map(|parameter| {
                let value = match parameter.example() {
                    Some(Value::String(text)) => text,
                    Some(value) => value.to_string(),
                    None => String::new(),
                };
                (parameter.name.clone(), value)
            })
            .collect::<Vec<_>>()
    };
    let example = operation.body.as_ref().and_then(|body| {
        let mut examples = body.content.iter().flat_map(|media| &media.examples);
        examples.find_map(Example::value)
    });
    DocumentedRequest {
        method: operation.method.clone(),
        url: operation.path.clone(),
        path: values(Place::Path),
        query: values(Place::Query),
        headers: values(Place::Header),
        body: match (example, &operation.body) {
            (Some(value), _) => DocumentedBody::Json(value),
            // Whatever it takes, it takes a text.
            (None, Some(_)) => DocumentedBody::Text("a file\n".to_owned()),
            (None, None) => DocumentedBody::None,
        },
        ..DocumentedRequest::default()
    }
}

fn saved(
    document: &Document,
    keys: &Keys,
    usual: &Value,
    operation: &Operation,
    request: &DocumentedRequest,
    contract: &ResponseContract,
    example: &Example,
) -> Value {
    let original = example.request().unwrap_or_else(|| request.clone());
    let mut headers: Vec<_> = contract
        .headers
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| json!({"key": name, "value": value}))
        .collect();
    if let Some(kind) = &contract.media_type {
        headers.push(json!({"key": "Content-Type", "value": kind}));
    }
    let is_json = contract
        .media_type
        .as_deref()
        .is_some_and(|kind| kind.contains("json"));
    let body = match example.value() {
        Some(Value::String(text)) if !is_json => text,
        Some(value) => format!("{value:#}"),
        None => String::new(),
    };
    let reason = StatusCode::from_u16(contract.status).ok();
    let reason = reason.and_then(|status| status.canonical_reason());
    json!({
        "name": example.name,
        "originalRequest": asked(document, keys, usual, operation, &original),
        "status": reason.unwrap_or(""),
        "code": contract.status,
        "_postman_previewlanguage": if is_json { "json" } else { "text" },
        "header": headers,
        "cookie": [],
        "body": body,
    })
}

/// A documented request as Postman writes one.
fn asked(
    document: &Document,
    keys: &Keys,
    usual: &Value,
    operation: &Operation,
    request: &DocumentedRequest,
) -> Value {
    let credentials = keys.credentials(Some(&operation.name), request);
    let pair = |(name, value): &(String, String)| json!({"key": name, "value": value});
    let mut headers: Vec<_> = request.headers.iter().map(pair).collect();
    headers.extend(credentials.headers.iter().map(pair));
    if request.header("content-type").is_none()
        && let DocumentedBody::Json(_) | DocumentedBody::Text(_) = request.body
        && let Some(kind) = request.content_type()
    {
        headers.push(json!({"key": "Content-Type", "value": kind}));
    }
    let mut asked = json!({
        "method": request.method.as_str(),
        "header": headers,
        "url": address(document, operation, request),
    });
    if credentials.auth != *usual {
        asked["auth"] = credentials.auth;
    }
    if let Some(body) = body(request) {
        asked["body"] = body;
    }
    asked
}

fn body(request: &DocumentedRequest) -> Option<Value> {
    let raw = |text: String, language: &str| json!({"mode": "raw", "raw": text, "options": {"raw": {"language": language}}});
    Some(match &request.body {
        DocumentedBody::None => return None,
        DocumentedBody::Json(value) => raw(json_text(value, &request.unquoted), "json"),
        DocumentedBody::Text(text) => raw(text.clone(), "text"),
        DocumentedBody::Form(fields) => {
            let field = |(name, value): &(String, String)| json!({"key": name, "value": value, "type": "text"});
            json!({"mode": "urlencoded", "urlencoded": fields.iter().map(field).collect::<Vec<_>>()})
        }
        DocumentedBody::Multipart(fields) => {
            let field = |(name, value): &(String, FormValue)| match value {
                FormValue::Text(text) => json!({"key": name, "value": text, "type": "text"}),
                FormValue::File(file) => json!({"key": name, "src": file, "type": "file"}),
            };
            json!({"mode": "formdata", "formdata": fields.iter().map(field).collect::<Vec<_>>()})
        }
    })
}

/// The body as text, with the variables at these places bare: what replaces them is JSON.
fn json_text(value: &Value, unquoted: &[String]) -> String {
    let mut value = value.clone();
    for pointer in unquoted {
        if let Some(Value::String(text)) = value.pointer_mut(pointer) {
            *text = format!("{BARE}{text}{BARE}");
        }
    }
    format!("{value:#}")
        .replace("\"\\u0001", "")
        .replace("\\u0001\"", "")
}

fn address(document: &Document, operation: &Operation, request: &DocumentedRequest) -> Value {
    let (segments, values) = path(document, operation, request);
    let query: Vec<_> = request
        .query
        .iter()
        .map(|(name, value)| (escaped(name), escaped(value)))
        .collect();
    let mut raw = format!("{{{{{BASE}}}}}/{}", segments.join("/"));
    for (index, (name, value)) in query.iter().enumerate() {
        raw.push(if index == 0 { '?' } else { '&' });
        raw.push_str(&format!("{name}={value}"));
    }
    let pair = |(name, value): &(String, String)| json!({"key": name, "value": value});
    let mut address = json!({"raw": raw, "host": [format!("{{{{{BASE}}}}}")], "path": segments});
    if !query.is_empty() {
        address["query"] = query.iter().map(pair).collect();
    }
    if !values.is_empty() {
        address["variable"] = values.iter().map(pair).collect();
    }
    address
}

/// The segments of the path, its parameters as `:name`, and the value of each.
fn path(
    document: &Document,
    operation: &Operation,
    request: &DocumentedRequest,
) -> (Vec<String>, Vec<(String, String)>) {
    let written = request.path();
    let written: Vec<&str> = written.split('/').filter(|part| !part.is_empty()).collect();
    let templates = std::iter::once(&operation.path).chain(&operation.aliases);
    let fitting = templates
        .map(|template| {
            template
                .split('/')
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
        })
        .find(|template| fits(template, &written));
    let Some(template) = fitting else {
        return (written.into_iter().map(str::to_owned).collect(), Vec::new());
    };
    let mut values = Vec::new();
    let mut segments = Vec::new();
    for (part, &segment) in template.iter().zip(&written) {
        let Some(name) = hole(part) else {
            segments.push((*part).to_owned());
            continue;
        };
        let given = match hole(segment) {
            None => segment,
            Some(own) => {
                let by_name = |wanted: &str| request.path.iter().find(|(key, _)| key == wanted);
                // Where there is one value it is meant, whatever its name.
                let only = request.path.first().filter(|_| request.path.len() == 1);
                let value = by_name(own).or_else(|| by_name(name)).or(only);
                value.map_or("", |(_, value)| value.as_str())
            }
        };
        segments.push(format!(":{name}"));
        values.push((name.to_owned(), path_value(document, name, given)));
    }
    (segments, values)
}

fn fits(template: &[&str], written: &[&str]) -> bool {
    template.len() == written.len()
        && template
            .iter()
            .zip(written)
            .all(|(part, segment)| hole(part).is_some() || part == segment)
}

/// What is documented, or the variable of that name where nothing is or nobody knows it.
fn path_value(document: &Document, name: &str, given: &str) -> String {
    let unknown = given
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .is_some_and(|variable| document.variable(variable.trim()).is_none());
    if !given.is_empty() && !unknown {
        return given.to_owned();
    }
    let own = format!("path:{name}");
    match document.variable(&own) {
        Some(_) => format!("{{{{{own}}}}}"),
        None => format!("{{{{{name}}}}}"),
    }
}

/// The name of the parameter a segment stands for: `:name` or `{name}`.
fn hole(segment: &str) -> Option<&str> {
    let braced = || segment.strip_prefix('{')?.strip_suffix('}');
    let name = segment.strip_prefix(':').or_else(braced)?;
    (!name.is_empty() && !name.starts_with('{')).then_some(name)
}

/// A part of a query as Postman wants it: it encodes everything but what has a meaning there.
fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace('&', "%26")
        .replace('+', "%2B")
        .replace('#', "%23")
}

/// How the vendor wants to be shown credentials.
struct Keys {
    contract: Value,
    /// Names of variables with their values, and the headers that prove the demo account.
    known: Vec<(String, String)>,
    shown: Vec<String>,
}

/// The credentials of one request: Postman's one word for them, and the headers it has no word for.
struct Credentials {
    auth: Value,
    headers: Vec<(String, String)>,
}

impl Keys {
    fn of(mounted: &Mounted) -> Self {
        Self {
            // The document was loaded from this very text.
            contract: serde_json::from_str(mounted.document.text()).unwrap_or_default(),
            known: mounted.document.variables.clone(),
            shown: mounted
                .profile
                .demo_headers
                .iter()
                .map(|(_, value)| (*value).to_owned())
                .collect(),
        }
    }

    /// What the operation demands first of all that it accepts; what the request has already is left out.
    fn credentials(&self, operation: Option<&str>, request: &DocumentedRequest) -> Credentials {
        let own = operation.and_then(|name| self.security_of(name));
        let security = own.unwrap_or(&self.contract["security"]);
        let demanded = security.get(0).and_then(Value::as_object);
        let mut auth = None;
        let mut headers = Vec::new();
        for name in demanded.into_iter().flat_map(Map::keys) {
            let scheme = &self.contract["components"]["securitySchemes"][name];
            let word = |key: &str| scheme[key].as_str().unwrap_or_default();
            let place = if word("x-in").is_empty() {
                word("in")
            } else {
                word("x-in")
            };
            let key = word("name");
            let value = format!("{{{{{}}}}}", self.variable(name, scheme));
            if has(request, place, key)
                || scheme["x-also-in"].is_array() && has(request, "body", key)
            {
                continue;
            }
            match (word("type"), place) {
                ("http", _) if word("scheme") == "bearer" && auth.is_none() => {
                    auth = Some(one_auth("bearer", &[("token", &value)]));
                }
                ("http", _) => {
                    let scheme = if word("scheme") == "bearer" {
                        "Bearer"
                    } else {
                        word("scheme")
                    };
                    headers.push(("Authorization".to_owned(), format!("{scheme} {value}")));
                }
                ("apiKey", "header" | "query") if auth.is_none() => {
                    let value = format!("{}{value}", word("x-prefix"));
                    auth = Some(one_auth(
                        "apikey",
                        &[("key", key), ("value", &value), ("in", place)],
                    ));
                }
                ("apiKey", "header") => {
                    headers.push((key.to_owned(), format!("{}{value}", word("x-prefix"))));
                }
                // In the body it is part of the documented request.
                _ => {}
            }
        }
        let auth = auth.unwrap_or_else(|| json!({"type": "noauth"}));
        Credentials { auth, headers }
    }

    fn security_of(&self, operation: &str) -> Option<&Value> {
        let paths = self.contract["paths"].as_object()?;
        let methods = paths
            .values()
            .filter_map(Value::as_object)
            .flat_map(Map::values);
        let all = methods.flat_map(|one| {
            let alternatives = one["x-alternatives"].as_array().into_iter().flatten();
            alternatives.chain(std::iter::once(one))
        });
        let mut named = all.filter(|one| one["operationId"] == operation);
        named.next()?.get("security")
    }

    /// The variable that holds a scheme's credential: the one the contract names, one of the same name, or the one
    /// with the value that the demo account shows.
    fn variable(&self, name: &str, scheme: &Value) -> String {
        if let Some(named) = scheme["x-variable"].as_str() {
            return named.to_owned();
        }
        let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
        let names = || self.known.iter().map(|(known, _)| known);
        let same = names()
            .find(|known| *known == name)
            .or_else(|| names().find(|known| plain(known) == plain(name)));
        let shown = || {
            let ends = |value: &str| {
                self.shown
                    .iter()
                    .any(|shown| shown.split(' ').next_back() == Some(value))
            };
            self.known
                .iter()
                .find(|(_, value)| ends(value))
                .map(|(known, _)| known)
        };
        same.or_else(shown).map_or(name, String::as_str).to_owned()
    }
}

fn one_auth(kind: &str, members: &[(&str, &str)]) -> Value {
    let member =
        |(key, value): &(&str, &str)| json!({"key": key, "value": value, "type": "string"});
    let mut auth = json!({"type": kind});
    auth[kind] = members.iter().map(member).collect();
    auth
}

/// Whether the documented request has this already.
fn has(request: &DocumentedRequest, place: &str, name: &str) -> bool {
    match (place, &request.body) {
        ("header", _) => request.header(name).is_some(),
        ("query", _) => request.query.iter().any(|(key, _)| key == name),
        ("body", DocumentedBody::Json(value)) => value.get(name).is_some(),
        ("body", DocumentedBody::Form(fields)) => fields.iter().any(|(key, _)| key == name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_variable_loses_its_quotes_and_others_keep_them() {
        let body = json!({"to": "{{number}}", "count": "{{count}}"});
        let text = json_text(&body, &["/count".to_owned()]);
        assert_eq!(
            text,
            "{\n  \"to\": \"{{number}}\",\n  \"count\": {{count}}\n}"
        );
    }

    #[test]
    fn every_documented_request_is_an_item_and_every_answer_is_saved() {
        for mounted in crate::vendors::mount().unwrap() {
            let collection = postman_collection(&mounted, "http://127.0.0.1:4600/v");
            let folders = collection["item"].as_array().unwrap();
            let items: Vec<_> = folders
                .iter()
                .flat_map(|folder| folder["item"].as_array().unwrap())
                .collect();
            let ids: BTreeSet<_> = items
                .iter()
                .map(|item| item["id"].as_str().unwrap())
                .collect();
            assert_eq!(
                ids.len(),
                items.len(),
                "{}: an item is there twice",
                mounted.name
            );
            for operation in mounted.document.operations() {
                let requests = operation
                    .variants
                    .iter()
                    .filter(|one| one.request().is_some())
                    .count()
                    .max(1);
                let own: Vec<_> = items
                    .iter()
                    .filter(|item| {
                        item["id"].as_str().unwrap().split('/').next() == Some(&operation.name)
                    })
                    .collect();
                assert_eq!(own.len(), requests, "items of {}", operation.name);
                let saved: usize = own
                    .iter()
                    .map(|item| item["response"].as_array().unwrap().len())
                    .sum();
                assert_eq!(
                    saved,
                    operation.examples().count(),
                    "answers of {}",
                    operation.name
                );
            }
        }
    }
}
