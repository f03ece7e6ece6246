//! What a contract says about one operation, its variants and answers, and about one webhook.

use http::Method;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Condition, Document, DocumentedRequest, Evidence, Place, Rung};
use crate::incoming::Incoming;
use crate::schema::{Pruned, Schema, point};

/// A method and a path of a vendor, under the name we gave it.
#[derive(Debug)]
pub struct Operation {
    /// `noun.verb`, unique in the document.
    pub name: String,
    /// The method.
    pub method: Method,
    /// The path template, with `{name}` for parameters.
    pub path: String,
    /// Further path templates that reach the same operation.
    pub aliases: Vec<String>,
    /// The hosts it answers on, where they differ from the document's.
    pub servers: Vec<String>,
    /// How sure we are that it exists.
    pub evidence: Evidence,
    /// Whether it is missing from the collection and was added by hand.
    pub additional: bool,
    /// Whether it wants a credential.
    pub secured: bool,
    /// What tells it from the other operations on its route; empty for the default one.
    pub when: Vec<Condition>,
    /// Path, query and header parameters, in order.
    pub parameters: Vec<Parameter>,
    /// Where in the body the variants stand, as a pointer with at most one `*`; empty for the whole body.
    pub variants_at: String,
    /// The documented uses, in order.
    pub variants: Vec<Variant>,
    /// The request body, where it has one.
    pub body: Option<BodyContract>,
    /// The documented answers: one entry per status and media type.
    pub responses: Vec<ResponseContract>,
    /// What is odd about it, a sentence each.
    pub quirks: Vec<String>,
    /// The groups it belongs to.
    pub tags: Vec<String>,
    /// What it does, in our words; may be empty.
    pub summary: String,
}

/// A path, query or header parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Path, query or header.
    pub place: Place,
    /// Whether a request without it is wrong.
    pub required: bool,
    /// What its value must look like.
    pub schema: Option<Schema>,
    /// Where we know it from, when that differs from the operation.
    pub evidence: Option<Evidence>,
    pub(super) example: Option<&'static RawValue>,
}

/// What an operation wants in the body of a request.
#[derive(Debug)]
pub struct BodyContract {
    /// Whether a request without a body is wrong.
    pub required: bool,
    /// The media types it takes, in order.
    pub content: Vec<MediaContract>,
}

/// A body of one media type.
#[derive(Debug)]
pub struct MediaContract {
    /// The media type.
    pub media_type: String,
    /// What it must look like.
    pub schema: Option<Schema>,
    /// Documented bodies.
    pub examples: Vec<Example>,
    /// The schema without its variants, which are judged one by one.
    pub(crate) pruned: Pruned,
}

/// A documented answer: one status, one media type.
#[derive(Debug)]
pub struct ResponseContract {
    /// The status.
    pub status: u16,
    /// Documented headers with an example value each; empty where none is known.
    pub headers: Vec<(String, String)>,
    /// The media type; none for an answer without a body.
    pub media_type: Option<String>,
    /// What the body must look like.
    pub schema: Option<Schema>,
    /// The documented examples, in order.
    pub examples: Vec<Example>,
    /// How sure we are of this status.
    pub evidence: Evidence,
}

/// A documented body, with the request it belongs to.
#[derive(Debug)]
pub struct Example {
    /// Its name, unique within the answer.
    pub name: String,
    /// The item of the collection it was saved under.
    pub item: Option<String>,
    /// Its own id in the collection.
    pub response_id: Option<String>,
    /// Where it comes from.
    pub evidence: Evidence,
    /// The variant its request belongs to.
    pub variant: Option<String>,
    /// The status it is documented under; 200 for a webhook's.
    pub status: u16,
    /// Whether the collection gave no status and we concluded it.
    pub status_inferred: bool,
    /// How hard the body was to read in the collection.
    pub rung: Rung,
    pub(super) value: Option<&'static RawValue>,
    pub(super) request: Option<&'static RawValue>,
}

/// One documented use of an operation.
#[derive(Debug)]
pub struct Variant {
    /// Its name, unique within the operation.
    pub name: String,
    /// Its folders and its name in the collection.
    pub title: String,
    /// The item of the collection.
    pub item: Option<String>,
    /// How sure we are of it.
    pub evidence: Evidence,
    /// What a request, or the part of it the variants stand at, must meet; empty for the default.
    pub when: Vec<Condition>,
    /// What that part of the body must look like.
    pub schema: Option<Schema>,
    /// Further items of the collection that are plain copies.
    pub copies: Vec<String>,
    pub(super) request: Option<&'static RawValue>,
}

/// What a vendor tells the world.
#[derive(Debug)]
pub struct WebhookContract {
    /// Its name, unique in the document.
    pub name: String,
    /// How sure we are of it.
    pub evidence: Evidence,
    /// The item of the collection; the first, where several describe it.
    pub item: Option<String>,
    /// Every item of the collection that describes it.
    pub items: Vec<String>,
    /// Which of the vendor's webhook generations it belongs to.
    pub generation: Option<String>,
    /// What it reports, in our words; may be empty.
    pub summary: String,
    /// The media types it is sent as, with schema and examples.
    pub content: Vec<MediaContract>,
}

impl Operation {
    /// The first variant whose conditions this part of the body meets.
    pub fn variant_of(&self, element: &Value, incoming: &Incoming<'_>) -> Option<&Variant> {
        self.variants.iter().find(|variant| {
            variant
                .when
                .iter()
                .all(|condition| condition.holds_in(element, incoming))
        })
    }

    /// The variant of a whole request: that of the first element at `variants_at`, or of the body.
    pub fn variant(&self, incoming: &Incoming<'_>) -> Option<&Variant> {
        let body = incoming.body.value();
        let first = body
            .as_deref()
            .and_then(|body| elements(body, &self.variants_at).into_iter().next());
        self.variant_of(first.map_or(&Value::Null, |(_, element)| element), incoming)
    }

    /// Every part of a body at which variants stand, with its pointer and the variant it is; the whole request, under
    /// an empty pointer, where the body has no such part.
    pub fn variants_in(&self, incoming: &Incoming<'_>) -> Vec<(String, Option<&Variant>)> {
        let body = incoming.body.value();
        let parts = body
            .as_deref()
            .map(|body| elements(body, &self.variants_at))
            .unwrap_or_default();
        if parts.is_empty() {
            return vec![(String::new(), self.variant_of(&Value::Null, incoming))];
        }
        let each = parts.into_iter();
        each.map(|(pointer, part)| (pointer, self.variant_of(part, incoming)))
            .collect()
    }

    /// The variant of this name.
    pub fn variant_named(&self, name: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// Every documented example with its answer, in order.
    pub fn examples(&self) -> impl Iterator<Item = (&ResponseContract, &Example)> {
        self.responses.iter().flat_map(|response| {
            response
                .examples
                .iter()
                .map(move |example| (response, example))
        })
    }

    /// The example of this name; the first one when several answers have one.
    pub fn example(&self, name: &str) -> Option<(&ResponseContract, &Example)> {
        self.examples().find(|(_, example)| example.name == name)
    }

    /// Whether this operation, by its conditions, is the one a request on its route means.
    pub fn meant_by(&self, incoming: &Incoming<'_>) -> bool {
        self.when.iter().all(|condition| condition.holds(incoming))
    }

    pub(super) fn problems(&self, document: &Document, problems: &mut Vec<String>) {
        let conditions = self
            .when
            .iter()
            .chain(self.variants.iter().flat_map(|variant| &variant.when));
        for pattern in conditions.filter_map(|condition| condition.pattern.as_ref()) {
            problems.extend(
                pattern
                    .problem()
                    .map(|why| format!("{}: pattern {}: {why}", self.name, pattern.as_str())),
            );
        }
        for media in self.body.iter().flat_map(|body| &body.content) {
            let pruned = media
                .schema
                .as_ref()
                .map(|schema| media.pruned.get(schema, &self.variants_at, document));
            if let Some(Err(why)) = pruned {
                problems.push(format!(
                    "{} request {} without its variants: {why}",
                    self.name, media.media_type
                ));
            }
        }
        let parameters = self
            .parameters
            .iter()
            .map(|one| (format!("{} {}", one.place, one.name), one.schema.as_ref()));
        let bodies = self.body.iter().flat_map(|body| &body.content);
        let bodies = bodies.map(|media| {
            (
                format!("request {}", media.media_type),
                media.schema.as_ref(),
            )
        });
        let variants = self
            .variants
            .iter()
            .map(|one| (format!("variant {}", one.name), one.schema.as_ref()));
        let answers = self
            .responses
            .iter()
            .map(|one| (format!("answer {}", one.status), one.schema.as_ref()));
        for (place, schema) in parameters.chain(bodies).chain(variants).chain(answers) {
            let place = format!("{} {place}", self.name);
            problems.extend(schema.and_then(|schema| schema.problem(document, &place)));
        }
    }
}

/// The parts of a body that a pointer with at most one `*` names, each with its own pointer.
pub(crate) fn elements<'b>(body: &'b Value, pointer: &str) -> Vec<(String, &'b Value)> {
    let Some((before, after)) = pointer.split_once("/*") else {
        return point(body, pointer)
            .map(|found| (pointer.to_owned(), found))
            .into_iter()
            .collect();
    };
    let parts: Vec<(String, &Value)> = match point(body, before) {
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, one)| (format!("{before}/{index}"), one))
            .collect(),
        Some(Value::Object(members)) => members
            .iter()
            .map(|(name, one)| (format!("{before}/{}", crate::schema::escape(name)), one))
            .collect(),
        _ => Vec::new(),
    };
    parts
        .into_iter()
        .filter_map(|(at, one)| point(one, after).map(|found| (format!("{at}{after}"), found)))
        .collect()
}

impl Parameter {
    /// The documented example value.
    pub fn example(&self) -> Option<Value> {
        parse(self.example)
    }
}

impl Example {
    /// The documented body; `None` when the answer has none.
    pub fn value(&self) -> Option<Value> {
        parse(self.value)
    }

    /// The JSON text of the documented body, as it stands in the document.
    pub fn raw(&self) -> Option<&'static str> {
        self.value.map(RawValue::get)
    }

    /// The documented body as text: a JSON string is the text of an answer that is not JSON.
    pub fn text(&self) -> Option<String> {
        self.value
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    /// The request that was answered like this, where the collection kept it.
    pub fn request(&self) -> Option<DocumentedRequest> {
        self.request.and_then(DocumentedRequest::read)
    }
}

impl Variant {
    /// The documented request.
    pub fn request(&self) -> Option<DocumentedRequest> {
        self.request.and_then(DocumentedRequest::read)
    }
}

impl BodyContract {
    /// The contract of this media type; parameters such as `charset` do not matter.
    pub fn media(&self, media_type: &str) -> Option<&MediaContract> {
        find_media(&self.content, media_type)
    }
}

impl WebhookContract {
    /// The first media type's schema.
    pub fn schema(&self) -> Option<&Schema> {
        self.content.first().and_then(|media| media.schema.as_ref())
    }

    /// The contract of this media type.
    pub fn media(&self, media_type: &str) -> Option<&MediaContract> {
        find_media(&self.content, media_type)
    }

    /// The documented payloads, in order.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.content.iter().flat_map(|media| &media.examples)
    }
}

fn find_media<'c>(content: &'c [MediaContract], media_type: &str) -> Option<&'c MediaContract> {
    content
        .iter()
        .find(|media| essence(&media.media_type).eq_ignore_ascii_case(essence(media_type)))
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn parse(raw: Option<&'static RawValue>) -> Option<Value> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
}

/// Whether a media type is a kind of JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    let (_, subtype) = essence.split_once('/').unwrap_or_default();
    subtype.eq_ignore_ascii_case("json") || subtype.to_ascii_lowercase().ends_with("+json")
}
