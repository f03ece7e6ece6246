//! Reads a contract's text into a [`Document`] without parsing what may never be asked for.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use http::Method;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::operation::{
    BodyContract, Example, MediaContract, Operation, Parameter, ResponseContract, Variant,
    WebhookContract,
};
use super::request::pairs;
use super::route::Routes;
use super::{Condition, Document, Evidence, Ignored, ImportCounts, Place, Rung};
use crate::schema::{Pruned, Schema};

/// Why a text is not a contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The text is not JSON, or not of the form in `docs/contract.md`.
    #[error("not a contract: {0}")]
    Form(String),
    /// An answer's status is not a number.
    #[error(
        "operation {operation}: the status of an answer is {status:?}, but must be a number from 100 to 599"
    )]
    Status {
        /// The operation.
        operation: String,
        /// What stands there.
        status: String,
    },
    /// Two operations have one name.
    #[error("two operations are named {0}")]
    Double(String),
    /// A path cannot be routed.
    #[error("operation {operation}: the path {path} cannot be routed: {why}")]
    Path {
        /// The operation.
        operation: String,
        /// Its path.
        path: String,
        /// What the router says.
        why: String,
    },
    /// An operation shares its route with one that answers everything.
    #[error(
        "operation {operation} can never answer: {by} takes every {route}; give {by} an x-when"
    )]
    Hidden {
        /// The operation that cannot answer.
        operation: String,
        /// The one that takes its requests.
        by: String,
        /// The route they share.
        route: String,
    },
}

type Raw = &'static RawValue;

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct File {
    info: Info,
    #[serde(default)]
    servers: Vec<Server>,
    #[serde(default)]
    security: Vec<Raw>,
    #[serde(default)]
    paths: Pairs<PathItem>,
    #[serde(default)]
    webhooks: Pairs<PathItem>,
    #[serde(default)]
    components: Components,
    #[serde(rename = "x-variables", default, deserialize_with = "pairs")]
    variables: Vec<(String, String)>,
    #[serde(rename = "x-import", default)]
    import: Import,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    title: String,
    #[serde(rename = "x-vendor", default)]
    vendor: String,
}

#[derive(Deserialize)]
struct Server {
    url: String,
}

#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Components {
    #[serde(default)]
    schemas: Pairs<Raw>,
    #[serde(rename = "securitySchemes", default)]
    schemes: Pairs<Scheme>,
}

#[derive(Deserialize)]
struct Scheme {
    #[serde(rename = "in", default)]
    place: String,
    #[serde(default)]
    name: String,
    #[serde(rename = "x-in", default)]
    real_place: String,
    #[serde(rename = "x-pointer", default)]
    pointer: String,
}

#[derive(Default, Deserialize)]
struct Import {
    #[serde(default)]
    items: usize,
    #[serde(default)]
    responses: usize,
    #[serde(default)]
    ignored: Vec<Ignored>,
}

#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct PathItem {
    get: Option<Written>,
    put: Option<Written>,
    post: Option<Written>,
    delete: Option<Written>,
    options: Option<Written>,
    head: Option<Written>,
    patch: Option<Written>,
    trace: Option<Written>,
}

impl PathItem {
    fn operations(self) -> impl Iterator<Item = (Method, Written)> {
        let methods = [
            (Method::GET, self.get),
            (Method::PUT, self.put),
            (Method::POST, self.post),
            (Method::DELETE, self.delete),
            (Method::OPTIONS, self.options),
            (Method::HEAD, self.head),
            (Method::PATCH, self.patch),
            (Method::TRACE, self.trace),
        ];
        methods
            .into_iter()
            .filter_map(|(method, written)| Some((method, written?)))
    }
}

/// An operation or a webhook as it stands in the document.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Written {
    #[serde(rename = "operationId", default)]
    name: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    servers: Vec<Server>,
    security: Option<Vec<Raw>>,
    #[serde(default)]
    parameters: Vec<WrittenParameter>,
    #[serde(rename = "requestBody")]
    body: Option<WrittenBody>,
    #[serde(default)]
    responses: Pairs<WrittenResponse>,
    #[serde(rename = "x-evidence")]
    evidence: Option<Evidence>,
    #[serde(rename = "x-additional", default)]
    additional: bool,
    #[serde(rename = "x-aliases", default)]
    aliases: Vec<String>,
    #[serde(rename = "x-variants-at", default)]
    variants_at: String,
    #[serde(rename = "x-variants", default)]
    variants: Vec<WrittenVariant>,
    #[serde(rename = "x-when", default)]
    when: Vec<Condition>,
    #[serde(rename = "x-alternatives", default)]
    alternatives: Vec<Written>,
    #[serde(rename = "x-quirks", default)]
    quirks: Vec<String>,
    #[serde(rename = "x-item")]
    item: Option<String>,
    #[serde(rename = "x-items", default)]
    items: Vec<String>,
    #[serde(rename = "x-generation")]
    generation: Option<String>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct WrittenParameter {
    name: String,
    #[serde(rename = "in")]
    place: Place,
    #[serde(default)]
    required: bool,
    schema: Option<Raw>,
    example: Option<Raw>,
    #[serde(rename = "x-evidence")]
    evidence: Option<Evidence>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct WrittenBody {
    #[serde(default)]
    required: bool,
    #[serde(default)]
    content: Pairs<WrittenMedia>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct WrittenMedia {
    schema: Option<Raw>,
    #[serde(default)]
    examples: Pairs<WrittenExample>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct WrittenResponse {
    #[serde(default)]
    headers: Pairs<WrittenHeader>,
    #[serde(default)]
    content: Pairs<WrittenMedia>,
    #[serde(rename = "x-examples", default)]
    examples: Pairs<WrittenExample>,
    #[serde(rename = "x-evidence")]
    evidence: Option<Evidence>,
}

#[derive(Deserialize)]
struct WrittenHeader {
    #[serde(default)]
    example: Option<Value>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct WrittenExample {
    #[serde(default, deserialize_with = "given")]
    value: Option<Raw>,
    #[serde(rename = "x-evidence")]
    evidence: Option<Evidence>,
    #[serde(rename = "x-item")]
    item: Option<String>,
    #[serde(rename = "x-response")]
    response: Option<String>,
    #[serde(rename = "x-variant")]
    variant: Option<String>,
    #[serde(rename = "x-request")]
    request: Option<Raw>,
    #[serde(rename = "x-status")]
    status: Option<Evidence>,
    #[serde(rename = "x-rung", default)]
    rung: Rung,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct WrittenVariant {
    name: String,
    #[serde(default)]
    title: String,
    item: Option<String>,
    of: Option<String>,
    evidence: Option<Evidence>,
    #[serde(default)]
    when: Vec<Condition>,
    schema: Option<Reference>,
    request: Option<Raw>,
    #[serde(default)]
    copies: Vec<String>,
}

/// A schema by its address, or spelt out as `{"$ref": …}` or in place.
struct Reference(Schema);

impl<'de: 'static> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Ok(Self(match serde_json::from_str::<String>(raw.get()) {
            Ok(address) => Schema::reference(address),
            Err(_) => Schema::new(raw),
        }))
    }
}

/// Keeps a `null` that was written down apart from a member that was not.
fn given<'de: 'static, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Raw>, D::Error> {
    <&'de RawValue>::deserialize(deserializer).map(Some)
}

/// The members of an object, in order.
struct Pairs<T>(Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Pairs<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Pairs(members))
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

pub(super) fn load(text: &'static str) -> Result<Document, DocumentError> {
    let file: File =
        serde_json::from_str(text).map_err(|error| DocumentError::Form(error.to_string()))?;
    let secured = !file.security.is_empty();
    let mut operations = Vec::new();
    for (path, item) in file.paths.0 {
        for (method, mut written) in item.operations() {
            let alternatives = std::mem::take(&mut written.alternatives);
            if alternatives.is_empty() {
                operations.push(operation(written, method, &path, secured)?);
            } else {
                for alternative in alternatives {
                    operations.push(operation(alternative, method.clone(), &path, secured)?);
                }
            }
        }
    }
    let mut by_name = HashMap::with_capacity(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        if by_name.insert(operation.name.clone(), index).is_some() {
            return Err(DocumentError::Double(operation.name.clone()));
        }
    }
    let mut webhooks = Vec::new();
    for (name, item) in file.webhooks.0 {
        webhooks.extend(
            item.operations()
                .map(|(_, written)| webhook(&name, written)),
        );
    }
    let schemes = file
        .components
        .schemes
        .0
        .into_iter()
        .map(|(_, scheme)| scheme);
    Ok(Document {
        credentials: schemes.filter_map(credential).collect(),
        vendor: file.info.vendor,
        title: file.info.title,
        servers: file.servers.into_iter().map(|server| server.url).collect(),
        variables: file.variables,
        text,
        import: ImportCounts {
            items: file.import.items,
            responses: file.import.responses,
            ignored: file.import.ignored,
        },
        routes: Routes::index(&operations)?,
        operations,
        by_name,
        webhooks,
        schemas: file.components.schemas.0.into_iter().collect(),
    })
}

/// Where a security scheme wants its credential; nothing for the schemes that are no single parameter.
fn credential(scheme: Scheme) -> Option<(Place, String)> {
    match (scheme.real_place.as_str(), scheme.place.as_str()) {
        ("body", _) => Some((Place::Body, scheme.pointer)),
        ("query", _) | ("", "query") => Some((Place::Query, scheme.name)),
        ("header", _) | ("", "header") => Some((Place::Header, scheme.name)),
        _ => None,
    }
}

fn operation(
    written: Written,
    method: Method,
    path: &str,
    secured: bool,
) -> Result<Operation, DocumentError> {
    let evidence = written.evidence.unwrap_or_default();
    let mut responses = Vec::new();
    for (status, response) in written.responses.0 {
        match status.parse() {
            Ok(number @ 100..=599) => responses.extend(answers(number, response, evidence)),
            _ => {
                return Err(DocumentError::Status {
                    operation: written.name,
                    status,
                });
            }
        }
    }
    Ok(Operation {
        name: written.name,
        method,
        path: path.to_owned(),
        aliases: written.aliases,
        servers: written
            .servers
            .into_iter()
            .map(|server| server.url)
            .collect(),
        evidence,
        additional: written.additional,
        secured: written
            .security
            .map_or(secured, |security| !security.is_empty()),
        when: written.when,
        parameters: written.parameters.into_iter().map(parameter).collect(),
        variants_at: written.variants_at,
        variants: written
            .variants
            .into_iter()
            .map(|one| variant(one, evidence))
            .collect(),
        body: written.body.map(|body| BodyContract {
            required: body.required,
            content: body
                .content
                .0
                .into_iter()
                .map(|(name, one)| media(name, one, 200))
                .collect(),
        }),
        responses,
        quirks: written.quirks,
        tags: written.tags,
        summary: written.summary,
    })
}

fn parameter(written: WrittenParameter) -> Parameter {
    Parameter {
        name: written.name,
        place: written.place,
        required: written.required,
        schema: written.schema.map(Schema::new),
        evidence: written.evidence,
        example: written.example,
    }
}

fn variant(written: WrittenVariant, evidence: Evidence) -> Variant {
    Variant {
        name: written.name,
        title: written.title,
        item: written.item.or(written.of),
        evidence: written.evidence.unwrap_or(evidence),
        when: written.when,
        schema: written.schema.map(|Reference(schema)| schema),
        copies: written.copies,
        request: written.request,
    }
}

fn media(media_type: String, written: WrittenMedia, status: u16) -> MediaContract {
    MediaContract {
        media_type,
        schema: written.schema.map(Schema::new),
        examples: written
            .examples
            .0
            .into_iter()
            .map(|(name, one)| example(name, one, status))
            .collect(),
        pruned: Pruned::default(),
    }
}

fn example(name: String, written: WrittenExample, status: u16) -> Example {
    Example {
        name,
        item: written.item,
        response_id: written.response,
        evidence: written.evidence.unwrap_or(Evidence::Example),
        variant: written.variant,
        status,
        status_inferred: written.status.is_some(),
        rung: written.rung,
        value: written.value,
        request: written.request,
    }
}

/// One answer per media type, and one without a body where there are such examples or nothing else.
fn answers(status: u16, written: WrittenResponse, evidence: Evidence) -> Vec<ResponseContract> {
    let evidence = written.evidence.unwrap_or(evidence);
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let headers: Vec<(String, String)> = written
        .headers
        .0
        .into_iter()
        .map(|(name, header)| (name, text(header.example)))
        .collect();
    let mut answers: Vec<ResponseContract> = Vec::new();
    for (media_type, media) in written.content.0 {
        answers.push(ResponseContract {
            status,
            headers: headers.clone(),
            media_type: Some(media_type),
            schema: media.schema.map(Schema::new),
            examples: media
                .examples
                .0
                .into_iter()
                .map(|(name, one)| example(name, one, status))
                .collect(),
            evidence,
        });
    }
    if answers.is_empty() || !written.examples.0.is_empty() {
        let examples = written
            .examples
            .0
            .into_iter()
            .map(|(name, one)| example(name, one, status))
            .collect();
        answers.push(ResponseContract {
            status,
            headers,
            media_type: None,
            schema: None,
            examples,
            evidence,
        });
    }
    answers
}

fn webhook(name: &str, written: Written) -> WebhookContract {
    let content = written.body.map(|body| body.content.0).unwrap_or_default();
    WebhookContract {
        name: name.to_owned(),
        evidence: written.evidence.unwrap_or_default(),
        item: written
            .item
            .clone()
            .or_else(|| written.items.first().cloned()),
        items: if written.items.is_empty() {
            written.item.into_iter().collect()
        } else {
            written.items
        },
        generation: written.generation,
        summary: written.summary,
        content: content
            .into_iter()
            .map(|(media_type, one)| media(media_type, one, 200))
            .collect(),
    }
}
