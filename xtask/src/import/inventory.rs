//! The items of a collection as data an overlay can correct, before operations are built.

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::collection::{Auth, Body, Collection, Parameter, Request};
use super::ladder::{self, Read, Rung};
use super::prose::{self, Row, Section, Table};

/// Everything phase one of an overlay may touch.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// By item id.
    pub items: IndexMap<String, Entry>,
    /// By operation name.
    pub operations: IndexMap<String, Named>,
}

/// One item.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Entry {
    /// Folders and name.
    pub title: String,
    /// Upper case.
    pub method: String,
    /// Scheme and host, or the variable that stands for them.
    pub host: String,
    /// With parameters in braces.
    pub path: String,
    /// How it shows who it is, as Postman calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<String>,
    /// The operation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Which of its uses it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// What tells it from the other variants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    /// The item it is a plain copy of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<String>,
    /// Why it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignore: Option<String>,
    /// The webhook it describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// Which generation of webhooks that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<String>,
    /// Where it comes from, when it is not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Further variants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Extra>,
    /// What to send.
    pub request: Asked,
    /// Saved responses, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub responses: IndexMap<String, Answer>,
    /// JSON in its description, numbered from 1.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub blocks: IndexMap<String, Block>,
}

/// A further variant of an item.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Extra {
    /// Its name.
    pub variant: String,
    /// What tells it apart.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// The request itself …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Asked>,
    /// … or the saved response whose request it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_response: Option<String>,
    /// … or the commented-out body of the item, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_comment: Option<usize>,
    /// … or the code block of its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_block: Option<String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What the overlay says of an operation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Named {
    /// Where in the body variants stand.
    #[serde(default)]
    pub variants_at: String,
    /// What tells it from another operation on the same method and path.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Further paths that reach it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its host, when it is not the vendor's first.
    #[serde(default)]
    pub host: Option<String>,
    /// Its path.
    #[serde(default)]
    pub path: Option<String>,
    /// In our words.
    #[serde(default)]
    pub summary: Option<String>,
    /// Where it comes from.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Instead of its noun.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
}

/// Where a condition looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum In {
    /// The body, by `pointer`.
    #[default]
    Body,
    /// A path parameter, by `name`.
    Path,
    /// A query parameter, by `name`.
    Query,
    /// A header, by `name`.
    Header,
}

/// One thing that must hold of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Where it looks.
    #[serde(rename = "in", default, skip_serializing_if = "is_body")]
    pub place: In,
    /// In the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Outside the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// It is this.
    #[serde(
        rename = "const",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub constant: Option<Value>,
    /// It is one of these.
    #[serde(rename = "enum", default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Value>>,
    /// It is there, or is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// It is text that matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

fn is_body(place: &In) -> bool {
    *place == In::Body
}

/// `"const": null` is a constant, not an absent one.
fn some<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// A documented request; `REQUEST` of docs/contract.md.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Upper case.
    pub method: String,
    /// As documented, without query.
    pub url: String,
    /// What stands for the parameters of the path.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub path: IndexMap<String, String>,
    /// In order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// Without credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// What is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Payload>,
    /// How the body was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<Rung>,
    /// Pointers of template holes that stood without quotes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<String>,
}

/// A body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Payload {
    /// JSON.
    Json(Value),
    /// Anything else.
    Text(String),
    /// Names and values.
    Form(Vec<(String, Value)>),
    /// Names and values, or `{"file": name}`.
    Multipart(Vec<(String, Value)>),
}

/// A saved response.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Answer {
    /// Its name in the collection.
    pub name: String,
    /// Its HTTP status.
    pub status: u16,
    /// `inferred` when the collection gives no status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_evidence: Option<String>,
    /// As recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The request it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Asked>,
    /// When it is JSON.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_value"
    )]
    pub body: Option<Value>,
    /// When it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How the body was read, when not strictly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<Rung>,
}

fn some_value<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// JSON in a code block of the description.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The heading before it.
    pub name: String,
    /// What it is taken for.
    pub kind: BlockKind,
    /// The status its heading names.
    pub status: u16,
    /// The form field it was written under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What it says.
    pub body: Value,
    /// How it was read.
    pub rung: Rung,
}

/// What a code block is an example of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockKind {
    /// An answer.
    Response,
    /// A request body.
    Request,
    /// A payload of the webhook.
    Webhook,
    /// Nothing we use.
    Ignore,
}

/// What bodies say beyond their value, kept apart because it is not for the overlay to change.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// By item id, or `<item id>/<response id>` for the request of a saved response.
    pub bodies: IndexMap<String, Read>,
    /// `line:column: reason` of bodies that are not strict JSON, with what they belong to.
    pub complaints: Vec<Complaint>,
    /// What the descriptions of items and of their parameters say in tables, by item id.
    pub tables: IndexMap<String, Vec<Table>>,
    /// Query parameters that are switched off in an item, by item id.
    pub disabled: IndexMap<String, Vec<String>>,
    /// Items with a whole body that is commented out, and how many.
    pub commented_out: Vec<(String, usize)>,
    /// Code blocks taken for request bodies that no variant uses.
    pub unused_blocks: Vec<String>,
    /// Saved responses without a status.
    pub missing_statuses: Vec<String>,
    /// How many bodies each rung read.
    pub rungs: IndexMap<Rung, usize>,
}

/// A body that is not JSON as it should be.
#[derive(Clone, Debug, Serialize)]
pub struct Complaint {
    /// Its title.
    pub item: String,
    /// Which of its bodies.
    pub what: String,
    /// How it was read in the end.
    pub rung: Rung,
    /// `line:column: reason`.
    pub reason: String,
}

/// Headers that carry a credential and so never enter a contract.
pub fn is_credential(name: &str, schemes: &[String]) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "authorization",
        "authentication",
        "api_key",
        "api-key",
        "apikey",
        "x-api-key",
        "x-auth-token",
        "access-token",
        "x-access-token",
        "cookie",
    ]
    .contains(&name.as_str())
        || schemes.contains(&name)
}

/// Takes stock of a collection.
pub fn take(collection: &Collection) -> (Inventory, Evidence) {
    let mut evidence = Evidence::default();
    let mut schemes: Vec<String> = collection
        .items
        .iter()
        .filter_map(|item| item.request.auth.as_ref())
        .filter_map(scheme_header)
        .collect();
    schemes.extend(collection.auth.as_ref().and_then(scheme_header));
    let mut items = IndexMap::new();
    for item in &collection.items {
        let path = template(&item.request);
        let request = asked(
            &item.request,
            &path,
            &schemes,
            &item.id,
            &item.title,
            "request",
            &mut evidence,
        );
        let mut responses: IndexMap<String, Answer> = IndexMap::new();
        for saved in &item.responses {
            let key = format!("{}/{}", item.id, saved.id);
            let what = format!("response {:?}", saved.name);
            let original = saved.request.as_ref().map(|original| {
                asked(
                    original,
                    &path,
                    &schemes,
                    &key,
                    &item.title,
                    &format!("request of {what}"),
                    &mut evidence,
                )
            });
            let mut answer = Answer {
                name: saved.name.clone(),
                status: saved.status.unwrap_or(200),
                status_evidence: saved.status.is_none().then(|| "inferred".to_owned()),
                headers: saved.headers.clone(),
                request: original,
                body: None,
                text: None,
                rung: None,
            };
            if saved.status.is_none() {
                evidence
                    .missing_statuses
                    .push(format!("{}: {what}", item.title));
            }
            if !saved.body.trim().is_empty() {
                match ladder::read(&saved.body) {
                    Ok(read) => {
                        if let Some(reason) = read.complaint {
                            evidence.complaints.push(Complaint {
                                item: item.title.clone(),
                                what,
                                rung: read.rung,
                                reason,
                            });
                        }
                        *evidence.rungs.entry(read.rung).or_default() += 1;
                        answer.rung = (read.rung != Rung::Strict).then_some(read.rung);
                        answer.body = Some(read.value);
                    }
                    Err(reason) => {
                        evidence.complaints.push(Complaint {
                            item: item.title.clone(),
                            what,
                            rung: Rung::Text,
                            reason,
                        });
                        *evidence.rungs.entry(Rung::Text).or_default() += 1;
                        answer.rung = Some(Rung::Text);
                        answer.text = Some(saved.body.clone());
                    }
                }
            }
            responses.insert(saved.id.clone(), answer);
        }
        evidence.tables.insert(item.id.clone(), tables(item));
        let off = item
            .request
            .query
            .iter()
            .filter(|one| one.disabled)
            .map(|one| one.name.clone());
        evidence.disabled.insert(item.id.clone(), off.collect());
        let no_url =
            item.request.host.is_empty() && item.request.segments.iter().all(String::is_empty);
        let blocks = blocks(&item.description, no_url, &request);
        items.insert(
            item.id.clone(),
            Entry {
                title: item.title.clone(),
                method: item.request.method.clone(),
                host: item.request.host.clone(),
                path,
                auth: item.request.auth.as_ref().map(|auth| auth.kind.clone()),
                operation: None,
                variant: None,
                when: vec![],
                copy_of: None,
                ignore: None,
                webhook: None,
                generation: None,
                evidence: None,
                extra: vec![],
                request,
                responses,
                blocks,
            },
        );
    }
    (
        Inventory {
            items,
            operations: IndexMap::new(),
        },
        evidence,
    )
}

/// The tables of an item's description, and what its parameters say of themselves as tables of one section each.
fn tables(item: &super::collection::Item) -> Vec<Table> {
    let mut tables = prose::tables(&item.description);
    let form = match &item.request.body {
        Some(Body::Form(fields) | Body::Multipart(fields)) => fields.as_slice(),
        _ => &[],
    };
    let groups = [
        (Section::Path, item.request.path.as_slice()),
        (Section::Query, &item.request.query),
        (Section::Body, form),
    ];
    for (section, parameters) in groups {
        let said = parameters
            .iter()
            .filter(|one| !one.description.is_empty())
            .map(|one| Row {
                name: one.name.clone(),
                ..prose::said_of(&one.description)
            });
        let rows: Vec<Row> = said.collect();
        if !rows.is_empty() {
            tables.push(Table {
                section: Some(section),
                title: String::new(),
                rows,
            });
        }
    }
    tables
}

fn scheme_header(auth: &Auth) -> Option<String> {
    (auth.kind == "apikey" && auth.place.as_deref() != Some("query")).then_some(())?;
    auth.name.as_ref().map(|name| name.to_ascii_lowercase())
}

fn blocks(description: &str, no_url: bool, request: &Asked) -> IndexMap<String, Block> {
    let mut found: IndexMap<String, Block> = IndexMap::new();
    for (index, block) in prose::blocks(description).into_iter().enumerate() {
        let kind = if no_url {
            BlockKind::Webhook
        } else if resembles(&block.value, request) || says_request(&block.heading) {
            BlockKind::Request
        } else {
            BlockKind::Response
        };
        let mut name: String = block.heading.chars().take(60).collect();
        if name.is_empty() {
            name = format!("example {}", index + 1);
        }
        let unique = super::unique(&name, |name| found.values().any(|other| other.name == name));
        found.insert(
            (index + 1).to_string(),
            Block {
                name: unique,
                kind,
                status: block.status.unwrap_or(200),
                field: block.field,
                body: block.value,
                rung: block.rung,
            },
        );
    }
    found
}

fn says_request(heading: &str) -> bool {
    let heading = heading.to_ascii_lowercase();
    (heading.contains("request") || heading.contains("payload") || heading.contains("body"))
        && !heading.contains("response")
}

/// Whether most members of the block are members of the request body too.
fn resembles(block: &Value, request: &Asked) -> bool {
    let (Value::Object(block), Some(Payload::Json(Value::Object(body)))) = (block, &request.body)
    else {
        return false;
    };
    !block.is_empty()
        && block.keys().filter(|key| body.contains_key(*key)).count() * 2 > block.len()
}

/// The path of a request with its variables in braces.
fn template(request: &Request) -> String {
    let segments = request.segments.iter().map(|segment| {
        variable(segment).map_or_else(|| segment.clone(), |name| format!("{{{name}}}"))
    });
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

/// The variable a path segment stands for: `:id`, `{{id}}`, `{id}`, `<id>`.
fn variable(segment: &str) -> Option<&str> {
    let inner = segment
        .strip_prefix(':')
        .or_else(|| {
            segment
                .strip_prefix("{{")
                .and_then(|rest| rest.strip_suffix("}}"))
        })
        .or_else(|| {
            segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
        })
        .or_else(|| {
            segment
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'))
        })?;
    (!inner.is_empty() && !inner.contains(['{', '}', '/'])).then_some(inner)
}

fn asked(
    request: &Request,
    path: &str,
    schemes: &[String],
    key: &str,
    title: &str,
    what: &str,
    evidence: &mut Evidence,
) -> Asked {
    let mut asked = Asked {
        method: request.method.clone(),
        url: request.url.clone(),
        path: path_values(request, path),
        query: request
            .query
            .iter()
            .filter(|one| !one.disabled)
            .map(|one| (one.name.clone(), one.value.clone()))
            .collect(),
        headers: request
            .headers
            .iter()
            .filter(|(name, _)| !is_credential(name, schemes))
            .cloned()
            .collect(),
        body: None,
        rung: None,
        holes: vec![],
    };
    match &request.body {
        None => {}
        Some(Body::Raw(text)) => match ladder::read(text) {
            Ok(read) => {
                if let Some(reason) = &read.complaint {
                    evidence.complaints.push(Complaint {
                        item: title.to_owned(),
                        what: what.to_owned(),
                        rung: read.rung,
                        reason: reason.clone(),
                    });
                }
                asked.rung = Some(read.rung);
                asked.holes = read.holes.clone();
                asked.body = Some(Payload::Json(read.value.clone()));
                *evidence.rungs.entry(read.rung).or_default() += 1;
                if !read.remarks.bodies.is_empty() {
                    evidence
                        .commented_out
                        .push((format!("{title}: {what}"), read.remarks.bodies.len()));
                }
                evidence.bodies.insert(key.to_owned(), read);
            }
            Err(reason) => {
                evidence.complaints.push(Complaint {
                    item: title.to_owned(),
                    what: what.to_owned(),
                    rung: Rung::Text,
                    reason,
                });
                *evidence.rungs.entry(Rung::Text).or_default() += 1;
                asked.rung = Some(Rung::Text);
                asked.body = Some(Payload::Text(text.clone()));
            }
        },
        Some(Body::Form(fields)) => asked.body = Some(Payload::Form(pairs(fields))),
        Some(Body::Multipart(fields)) => asked.body = Some(Payload::Multipart(pairs(fields))),
    }
    asked
}

fn pairs(fields: &[Parameter]) -> Vec<(String, Value)> {
    let enabled = fields.iter().filter(|field| !field.disabled);
    enabled
        .map(|field| {
            let file = || json!({"file": if field.value.is_empty() { field.name.clone() } else { field.value.clone() }});
            (field.name.clone(), if field.file { file() } else { Value::String(field.value.clone()) })
        })
        .collect()
}

/// What stands in the url where the path has a parameter.
pub fn path_values(request: &Request, path: &str) -> IndexMap<String, String> {
    let wanted: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let mut values = IndexMap::new();
    for (place, segment) in wanted.iter().enumerate() {
        let Some(name) = variable(segment) else {
            continue;
        };
        let written =
            (wanted.len() == request.segments.len()).then(|| request.segments[place].as_str());
        let value = match written {
            Some(written) if written.starts_with(':') => {
                let known = request
                    .path
                    .iter()
                    .find(|one| written == format!(":{}", one.name))
                    .map(|one| one.value.clone());
                known.filter(|value| !value.is_empty())
            }
            Some(written) if written.starts_with("{{") => Some(written.to_owned()),
            Some(written) if variable(written).is_none() => Some(written.to_owned()),
            _ => None,
        };
        values.insert(
            name.to_owned(),
            value.unwrap_or_else(|| format!("{{{{path:{name}}}}}")),
        );
    }
    values
}

/// Fits the path values of a request to a path the overlay changed.
pub fn refit(asked: &mut Asked, old: &str, new: &str) {
    if old == new
        && new
            .split('/')
            .filter_map(variable)
            .all(|name| asked.path.contains_key(name))
    {
        return;
    }
    let before: Vec<&str> = old.trim_start_matches('/').split('/').collect();
    let after: Vec<&str> = new.trim_start_matches('/').split('/').collect();
    let mut values = IndexMap::new();
    for (place, segment) in after.iter().enumerate() {
        let Some(name) = variable(segment) else {
            continue;
        };
        let was = (before.len() == after.len()).then(|| before[place]);
        let value = match was {
            Some(was) => match variable(was) {
                Some(named) => asked
                    .path
                    .get(name)
                    .or_else(|| asked.path.get(named))
                    .cloned()
                    .filter(|value| *value != format!("{{{{path:{named}}}}}")),
                None => Some(was.to_owned()),
            },
            None => asked.path.get(name).cloned(),
        };
        values.insert(
            name.to_owned(),
            value.unwrap_or_else(|| format!("{{{{path:{name}}}}}")),
        );
    }
    asked.path = values;
}

impl Inventory {
    /// Back from what the overlay made of it; the error says which item and member.
    pub fn from_value(value: &Value) -> Result<Self> {
        let mut items = IndexMap::new();
        for (id, entry) in value
            .get("items")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let title = entry
                .get("title")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let entry = Entry::deserialize(entry)
                .with_context(|| format!("item {id} ({title}) after the overlay"))?;
            items.insert(id.clone(), entry);
        }
        let mut operations = IndexMap::new();
        for (name, named) in value
            .get("operations")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            operations.insert(
                name.clone(),
                Named::deserialize(named)
                    .with_context(|| format!("operation {name} after the overlay"))?,
            );
        }
        Ok(Self { items, operations })
    }

    /// Code blocks taken for request bodies that no variant uses.
    pub fn unused_blocks(&self) -> Vec<String> {
        let mut unused = Vec::new();
        for entry in self.items.values() {
            for (number, block) in &entry.blocks {
                let used = entry
                    .extra
                    .iter()
                    .any(|extra| extra.from_block.as_ref() == Some(number));
                if block.kind == BlockKind::Request && !used {
                    unused.push(format!("{}: code block {number}", entry.title));
                }
            }
        }
        unused
    }
}
