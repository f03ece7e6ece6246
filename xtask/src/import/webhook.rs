//! The webhooks of a contract, from request bodies or from code blocks of descriptions.

use anyhow::{Result, ensure};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::build::is_name;
use super::condition;
use super::facts::{self, Tree};
use super::finding::{self, Finding};
use super::inventory::{BlockKind, Entry, Evidence};
use super::ladder::{Read, Rung};
use super::operation::samples;
use super::prose::Section;
use super::shape::Shape;
use super::unique;

/// All payloads of one media type.
#[derive(Default)]
struct Payloads<'a> {
    shape: Shape,
    samples: Vec<Value>,
    reads: Vec<&'a Read>,
    examples: Map<String, Value>,
    field: Option<String>,
}

/// Describes the webhooks, by name.
pub fn describe(
    groups: &IndexMap<String, Vec<(&String, &Entry)>>,
    evidence: &Evidence,
    findings: &mut Vec<Finding>,
) -> Result<Map<String, Value>> {
    let mut document = Map::new();
    for (name, items) in groups {
        ensure!(
            is_name(name),
            "webhook {name:?}: a name may hold letters, digits, `.`, `_` and `-`"
        );
        let mut content = Map::new();
        for (media, payloads) in payloads(items, evidence) {
            let mut schema = payloads.shape.schema();
            let field = payloads.field;
            {
                // The tables describe the payload, also where it travels in a form field.
                let prefix = String::new();
                let mut trees = [Tree {
                    prefix: &prefix,
                    schema: &mut schema,
                    samples: &payloads.samples,
                }];
                for (id, _) in items {
                    let tables = evidence.tables.get(*id).map_or(&[][..], Vec::as_slice);
                    findings.extend(
                        facts::tables(tables, Section::Body, &mut trees)
                            .into_iter()
                            .map(|found| finding::contradiction(name, found)),
                    );
                }
                for read in payloads.reads {
                    findings.extend(
                        facts::comments(&read.remarks, &mut trees)
                            .into_iter()
                            .map(|found| finding::contradiction(name, found)),
                    );
                }
            }
            let mut described = json!({"schema": schema, "examples": payloads.examples});
            if let Some(field) = field {
                described["encoding"] = json!({field: {"contentType": "application/json"}});
            }
            content.insert(media.to_owned(), described);
        }
        let (id, entry) = items[0];
        let mut webhook = json!({"operationId": name});
        if content.is_empty() {
            findings.push(finding::open(
                name,
                "the webhook has no payload: neither a JSON body nor a code block",
            ));
        } else {
            webhook["requestBody"] = json!({"content": content});
        }
        webhook["responses"] = json!({"200": {"description": "Received"}});
        webhook["x-evidence"] = json!(entry.evidence.as_deref().unwrap_or("documented"));
        webhook["x-item"] = json!(id);
        if items.len() > 1 {
            webhook["x-items"] = json!(items.iter().map(|(id, _)| id).collect::<Vec<_>>());
        }
        if let Some(generation) = &entry.generation {
            webhook["x-generation"] = json!(generation);
        }
        document.insert(name.clone(), json!({"post": webhook}));
    }
    Ok(document)
}

fn payloads<'a>(
    items: &[(&String, &Entry)],
    evidence: &'a Evidence,
) -> IndexMap<&'static str, Payloads<'a>> {
    let mut all: IndexMap<&'static str, Payloads<'a>> = IndexMap::new();
    for (id, entry) in items {
        let blocks: Vec<_> = entry
            .blocks
            .values()
            .filter(|block| block.kind == BlockKind::Webhook)
            .collect();
        let own = entry.variant.clone().unwrap_or_else(|| {
            entry
                .title
                .rsplit(" / ")
                .next()
                .unwrap_or_default()
                .to_owned()
        });
        if let Some(body) = condition::json_body(&entry.request) {
            let payloads = all.entry("application/json").or_default();
            let read = evidence.bodies.get(*id).filter(|read| read.value == *body);
            for sample in samples(body, read) {
                payloads.shape =
                    payloads
                        .shape
                        .merge(&Shape::witnessed(&sample, body, &entry.request.holes));
            }
            payloads.samples.push(body.clone());
            payloads.reads.extend(read);
            let mut example = json!({"value": body, "x-evidence": "documented", "x-item": id});
            if let Some(rung) = entry.request.rung.filter(|rung| *rung != Rung::Strict) {
                example["x-rung"] = json!(rung);
            }
            if !entry.request.holes.is_empty() {
                example["x-holes"] = json!(entry.request.holes);
            }
            payloads.add(&own, example);
        }
        for block in &blocks {
            let label = if blocks.len() == 1 || block.name.starts_with("example ") {
                &own
            } else {
                &block.name
            };
            let (media, value) = match &block.field {
                Some(field) => (
                    "application/x-www-form-urlencoded",
                    json!({field: block.body}),
                ),
                None => ("application/json", block.body.clone()),
            };
            let payloads = all.entry(media).or_default();
            payloads.shape = payloads.shape.merge(&Shape::of(&value, &[]));
            payloads.field = payloads.field.take().or_else(|| block.field.clone());
            payloads.samples.push(value.clone());
            let mut example = json!({"value": value, "x-evidence": "documented", "x-item": id});
            if block.rung != Rung::Strict {
                example["x-rung"] = json!(block.rung);
            }
            payloads.add(label, example);
        }
    }
    all
}

impl Payloads<'_> {
    fn add(&mut self, name: &str, example: Value) {
        let name = unique(name, |name| self.examples.contains_key(name));
        self.examples.insert(name, example);
    }
}
