//! One operation of the contract: its parameters, its variants, its body and its answers.

use anyhow::{Context, Result, ensure};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::build::{Described, select};
use super::condition;
use super::facts::{self, Tree};
use super::finding::{self, Finding};
use super::inventory::{
    self, Answer, Asked, BlockKind, Condition, Entry, Evidence, In, Inventory, Named, Payload,
};
use super::ladder::{Read, Rung};
use super::prose::{Row, Section, Table};
use super::shape::Shape;
use super::unique;

/// What the items of an operation say together.
#[derive(Debug, Default)]
pub struct Operation {
    /// `noun.verb`.
    pub name: String,
    /// Lower case, as OpenAPI has it.
    pub method: String,
    /// With parameters in braces.
    pub path: String,
    /// In the order they are asked in, once settled.
    pub variants: Vec<Variant>,
    /// Saved responses and answers in descriptions.
    pub answers: Vec<Given>,
    /// Where in the body variants stand.
    pub variants_at: String,
    /// Named by the overlay, so the overlay is to blame for what it leaves open.
    pub deliberate: bool,
    /// What the descriptions of its items say in tables, by item.
    pub tables: Vec<(String, Vec<Table>)>,
    /// Query parameters that are switched off in its items: documented, but not sent.
    pub disabled: Vec<String>,
}

/// One documented use.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Unique in its operation.
    pub name: String,
    /// The item it is.
    pub item: String,
    /// The item it was commented out in.
    pub of: Option<String>,
    /// Folders and name of the item.
    pub title: String,
    /// Where it comes from.
    pub evidence: String,
    /// What tells it apart.
    pub when: Vec<Condition>,
    /// The documented request.
    pub request: Asked,
    /// Items that say the same.
    pub copies: Vec<String>,
    /// What the comments of its body say.
    pub read: Option<Read>,
}

/// One answer, with the request it belongs to.
#[derive(Clone, Debug)]
pub struct Given {
    /// The item it was saved with.
    pub item: String,
    /// Postman's id; none when it stood in a description.
    pub response: Option<String>,
    /// The variant its item is.
    pub variant: String,
    /// What was answered.
    pub answer: Answer,
    /// `example`, or `documented` when it stood in a description.
    pub evidence: &'static str,
    /// What the comments of its request say.
    pub read: Option<Read>,
}

impl Operation {
    /// Adds an item as a variant, with its answers and further variants.
    pub fn add(
        &mut self,
        id: &str,
        entry: &Entry,
        original: &Inventory,
        evidence: &Evidence,
    ) -> Result<()> {
        let wanted = entry
            .variant
            .clone()
            .unwrap_or_else(|| slug(entry.title.rsplit(" / ").next().unwrap_or_default()));
        let taken = |name: &str| self.variants.iter().any(|other| other.name == name);
        ensure!(
            entry.variant.is_none() || !taken(&wanted),
            "operation {}: two variants are named {wanted:?}; the second is item {:?} ({id})",
            self.name,
            entry.title
        );
        let name = unique_slug(&wanted, taken);
        let before = original.items.get(id);
        let refit = |asked: &mut Asked| {
            if let Some(before) = before {
                inventory::refit(asked, &before.path, &self.path);
            }
        };
        let unchanged = |asked: &Asked, key: &str| {
            evidence
                .bodies
                .get(key)
                .filter(|read| condition::json_body(asked) == Some(&read.value))
                .cloned()
        };
        let mut request = entry.request.clone();
        refit(&mut request);
        let base = Variant {
            name: name.clone(),
            item: id.to_owned(),
            of: None,
            title: entry.title.clone(),
            evidence: entry
                .evidence
                .clone()
                .unwrap_or_else(|| "documented".into()),
            when: entry.when.clone(),
            read: unchanged(&request, id),
            request,
            copies: vec![],
        };
        let mut extras = Vec::new();
        for extra in &entry.extra {
            let about = || {
                format!(
                    "item {:?} ({id}), extra variant {:?}",
                    entry.title, extra.variant
                )
            };
            ensure!(
                name != extra.variant
                    && !self
                        .variants
                        .iter()
                        .chain(&extras)
                        .any(|other: &Variant| other.name == extra.variant),
                "{}: the name is taken",
                about()
            );
            let sources = [
                extra.request.is_some(),
                extra.from_response.is_some(),
                extra.from_comment.is_some(),
                extra.from_block.is_some(),
            ];
            ensure!(
                sources.iter().filter(|given| **given).count() == 1,
                "{}: needs exactly one of request, fromResponse, fromComment, fromBlock",
                about()
            );
            let with_body = |body: &Value, rung: Rung| {
                let mut asked = entry.request.clone();
                asked.body = Some(Payload::Json(body.clone()));
                asked.rung = Some(rung);
                asked.holes.clear();
                asked
            };
            let mut read = None;
            let mut asked = if let Some(response) = &extra.from_response {
                let answer = entry.responses.get(response).with_context(|| {
                    format!(
                        "{}: fromResponse {response:?} is no saved response of the item",
                        about()
                    )
                })?;
                let asked = answer
                    .request
                    .clone()
                    .with_context(|| format!("{}: the saved response has no request", about()))?;
                read = unchanged(&asked, &format!("{id}/{response}"));
                asked
            } else if let Some(index) = extra.from_comment {
                let bodies = evidence
                    .bodies
                    .get(id)
                    .map_or(&[][..], |read| read.remarks.bodies.as_slice());
                let body = bodies.get(index).with_context(|| {
                    format!(
                        "{}: fromComment {index}, but the body has {} commented-out bodies",
                        about(),
                        bodies.len()
                    )
                })?;
                with_body(body, Rung::Comments)
            } else if let Some(block) = &extra.from_block {
                let block = entry.blocks.get(block).with_context(|| {
                    format!(
                        "{}: fromBlock {block:?}, but the description has {} code blocks",
                        about(),
                        entry.blocks.len()
                    )
                })?;
                with_body(&block.body, block.rung)
            } else {
                extra
                    .request
                    .clone()
                    .unwrap_or_else(|| entry.request.clone())
            };
            refit(&mut asked);
            extras.push(Variant {
                name: extra.variant.clone(),
                item: id.to_owned(),
                of: Some(id.to_owned()),
                title: entry.title.clone(),
                evidence: extra
                    .evidence
                    .clone()
                    .unwrap_or_else(|| "documented".into()),
                when: extra.when.clone(),
                request: asked,
                copies: vec![],
                read,
            });
        }
        self.disabled
            .extend(evidence.disabled.get(id).into_iter().flatten().cloned());
        self.tables.extend(
            evidence
                .tables
                .get(id)
                .map(|tables| (id.to_owned(), tables.clone())),
        );
        self.variants.push(base);
        self.variants.extend(extras);
        self.add_answers(id, entry, &name, original, evidence);
        Ok(())
    }

    /// Adds an item that is a plain copy of another.
    pub fn add_copy(
        &mut self,
        of: &str,
        id: &str,
        entry: &Entry,
        original: &Inventory,
        evidence: &Evidence,
    ) {
        let Some(variant) = self
            .variants
            .iter_mut()
            .find(|variant| variant.item == of && variant.of.is_none())
        else {
            return;
        };
        variant.copies.push(id.to_owned());
        let name = variant.name.clone();
        self.add_answers(id, entry, &name, original, evidence);
    }

    fn add_answers(
        &mut self,
        id: &str,
        entry: &Entry,
        variant: &str,
        original: &Inventory,
        evidence: &Evidence,
    ) {
        for (response, answer) in &entry.responses {
            let mut answer = answer.clone();
            let mut read = None;
            if let (Some(asked), Some(before)) = (&mut answer.request, original.items.get(id)) {
                inventory::refit(asked, &before.path, &self.path);
                read = evidence
                    .bodies
                    .get(&format!("{id}/{response}"))
                    .filter(|read| condition::json_body(asked) == Some(&read.value))
                    .cloned();
            }
            self.answers.push(Given {
                item: id.to_owned(),
                response: Some(response.clone()),
                variant: variant.to_owned(),
                answer,
                evidence: "example",
                read,
            });
        }
        for block in entry
            .blocks
            .values()
            .filter(|block| block.kind == BlockKind::Response)
        {
            let answer = Answer {
                name: block.name.clone(),
                status: block.status,
                status_evidence: None,
                headers: vec![],
                request: None,
                body: Some(block.body.clone()),
                text: None,
                rung: (block.rung != Rung::Strict).then_some(block.rung),
            };
            self.answers.push(Given {
                item: id.to_owned(),
                response: None,
                variant: variant.to_owned(),
                answer,
                evidence: "documented",
                read: None,
            });
        }
    }

    /// Puts the variants in the order they are asked in, and checks that each documented request is its own variant.
    pub fn settle(&mut self, variants_at: &str) -> Result<()> {
        variants_at.clone_into(&mut self.variants_at);
        self.tell_apart();
        // The more a variant asks for, the earlier it is asked; the default comes last.
        self.variants
            .sort_by_key(|variant| std::cmp::Reverse(variant.when.len()));
        if self.undecided() {
            return Ok(());
        }
        for variant in &self.variants {
            let parts = self.parts(&variant.request);
            let first = parts.first().map(|(_, part)| *part);
            if first.is_none() && variant.when.iter().any(|one| one.place == In::Body) {
                continue;
            }
            let chosen = select(&self.variants, &variant.request, first);
            ensure!(
                chosen.is_some_and(|chosen| chosen.name == variant.name),
                "item {:?} ({}): its documented request is not variant {:?} by the conditions but {}",
                variant.title,
                variant.item,
                variant.name,
                chosen.map_or("none".to_owned(), |chosen| format!("{:?}", chosen.name))
            );
        }
        Ok(())
    }

    /// Finds what tells the variants apart when nobody has said: a member that is a different word in each of them.
    fn tell_apart(&mut self) {
        if self.variants.len() < 2 || self.variants.iter().any(|variant| !variant.when.is_empty()) {
            return;
        }
        let parts: Vec<Option<Value>> = self
            .variants
            .iter()
            .map(|variant| {
                self.parts(&variant.request)
                    .first()
                    .map(|(_, part)| (*part).clone())
            })
            .collect();
        let Some(parts) = parts.into_iter().collect::<Option<Vec<Value>>>() else {
            return;
        };
        let mut pointers = Vec::new();
        discriminators(&parts[0], "", &mut pointers);
        // The nearer to the root, the likelier.
        pointers.sort_by_key(|pointer| pointer.matches('/').count());
        for pointer in pointers {
            let words: Option<Vec<&str>> = parts
                .iter()
                .map(|part| {
                    part.pointer(&pointer)?
                        .as_str()
                        .filter(|word| is_word(word))
                })
                .collect();
            let Some(words) = words else { continue };
            if words
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len()
                < words.len()
            {
                continue;
            }
            let mut told = self.variants.clone();
            for (variant, word) in told.iter_mut().zip(&words) {
                variant.when = vec![Condition {
                    place: In::Body,
                    pointer: Some(pointer.clone()),
                    name: None,
                    constant: Some(json!(word)),
                    one_of: None,
                    present: None,
                    pattern: None,
                }];
            }
            // A saved request that is none of them shows that the member does not tell them apart.
            let all = self.accepted().all(|(asked, _, _)| {
                self.parts(asked)
                    .iter()
                    .all(|(_, part)| select(&told, asked, Some(part)).is_some())
            });
            if all {
                self.variants = told;
                return;
            }
        }
    }

    /// Whether nobody has said yet how the variants are told apart.
    pub fn undecided(&self) -> bool {
        self.variants
            .iter()
            .filter(|variant| variant.when.is_empty())
            .count()
            > 1
    }

    /// The parts of a request body where variants stand.
    fn parts<'a>(&self, asked: &'a Asked) -> Vec<(String, &'a Value)> {
        condition::json_body(asked)
            .map_or_else(Vec::new, |body| condition::expand(body, &self.variants_at))
    }

    /// The variant an answer belongs to: by its own request, else that of its item.
    fn variant_of<'a>(&'a self, given: &'a Given) -> &'a str {
        if self.undecided() {
            return &given.variant;
        }
        let by_request = given.answer.request.as_ref().and_then(|asked| {
            let parts = self.parts(asked);
            select(&self.variants, asked, parts.first().map(|(_, part)| *part))
        });
        by_request.map_or(&given.variant, |variant| &variant.name)
    }

    /// Every documented request, with what its comments say and its variant.
    fn requests(&self) -> impl Iterator<Item = (&Asked, Option<&Read>, &str)> {
        let own = self.variants.iter().map(|variant| {
            (
                &variant.request,
                variant.read.as_ref(),
                variant.name.as_str(),
            )
        });
        own.chain(self.answers.iter().filter_map(|given| {
            let asked = given.answer.request.as_ref()?;
            Some((asked, given.read.as_ref(), self.variant_of(given)))
        }))
    }

    /// The documented requests that were not refused: what a refused one looks like is no example of what to send.
    fn accepted(&self) -> impl Iterator<Item = (&Asked, Option<&Read>, &str)> {
        let own = self.variants.iter().map(|variant| {
            (
                &variant.request,
                variant.read.as_ref(),
                variant.name.as_str(),
            )
        });
        own.chain(
            self.answers
                .iter()
                .filter(|given| given.answer.status < 400)
                .filter_map(|given| {
                    let asked = given.answer.request.as_ref()?;
                    Some((asked, given.read.as_ref(), self.variant_of(given)))
                }),
        )
    }

    /// The tables of an item, and of all items when nothing else is asked.
    fn tables_of<'a>(&'a self, item: Option<&'a str>) -> impl Iterator<Item = &'a [Table]> {
        self.tables
            .iter()
            .filter(move |(of, _)| item.is_none_or(|item| item == of))
            .map(|(_, tables)| tables.as_slice())
    }
}

/// Pointers of members that by their name say what a body is.
fn discriminators(body: &Value, at: &str, found: &mut Vec<String>) {
    for (name, member) in body.as_object().into_iter().flatten() {
        let here = format!("{at}/{}", condition::escape(name));
        let lower = name.to_ascii_lowercase();
        if member.is_string()
            && ["type", "kind", "event", "action", "mode"]
                .iter()
                .any(|word| lower.ends_with(word))
        {
            found.push(here.clone());
        }
        discriminators(member, &here, found);
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

/// The operation as OpenAPI has it.
pub fn describe(
    operation: &Operation,
    named: &Named,
    schemas: &mut Map<String, Value>,
    findings: &mut Vec<Finding>,
) -> Result<Map<String, Value>> {
    let mut built = Map::new();
    built.insert("operationId".into(), json!(operation.name));
    if let Some(summary) = &named.summary {
        built.insert("summary".into(), json!(summary));
    }
    let tag = operation.name.split('.').next().unwrap_or_default();
    built.insert(
        "tags".into(),
        json!(named.tags.clone().unwrap_or_else(|| vec![tag.to_owned()])),
    );
    let parameters = parameters(operation, findings);
    if !parameters.is_empty() {
        built.insert("parameters".into(), Value::Array(parameters));
    }
    if let Some(body) = body(operation, schemas, findings) {
        built.insert("requestBody".into(), body);
    }
    built.insert(
        "responses".into(),
        Value::Object(responses(operation, findings)),
    );
    let weakest = named
        .evidence
        .clone()
        .unwrap_or_else(|| "documented".into());
    built.insert("x-evidence".into(), json!(weakest));
    if !named.aliases.is_empty() {
        built.insert("x-aliases".into(), json!(named.aliases));
    }
    if !operation.variants_at.is_empty() {
        built.insert("x-variants-at".into(), json!(operation.variants_at));
    }
    built.insert(
        "x-variants".into(),
        Value::Array(
            operation
                .variants
                .iter()
                .map(|variant| listed(operation, variant))
                .collect(),
        ),
    );
    if !named.when.is_empty() {
        built.insert("x-when".into(), json!(named.when));
    }
    Ok(built)
}

/// The members in the order the format lists them.
pub fn ordered(mut built: Map<String, Value>) -> Map<String, Value> {
    let order = [
        "operationId",
        "summary",
        "tags",
        "servers",
        "security",
        "parameters",
        "requestBody",
        "responses",
    ];
    let mut sorted = Map::new();
    for key in order {
        if let Some(value) = built.shift_remove(key) {
            sorted.insert(key.into(), value);
        }
    }
    sorted.extend(built);
    sorted
}

fn listed(operation: &Operation, variant: &Variant) -> Value {
    let mut listed = json!({"name": variant.name});
    match &variant.of {
        Some(of) => listed["of"] = json!(of),
        None => listed["item"] = json!(variant.item),
    }
    listed["title"] = json!(variant.title);
    listed["evidence"] = json!(variant.evidence);
    if !variant.when.is_empty() {
        listed["when"] = json!(variant.when);
    }
    if has_schema(operation, variant) {
        listed["schema"] = json!(format!(
            "#/components/schemas/{}.{}",
            operation.name, variant.name
        ));
    }
    listed["request"] = json!(variant.request);
    if !variant.copies.is_empty() {
        listed["copies"] = json!(variant.copies);
    }
    listed
}

fn has_schema(operation: &Operation, variant: &Variant) -> bool {
    operation
        .accepted()
        .any(|(asked, _, name)| name == variant.name && asked.body.is_some())
}

fn parameters(operation: &Operation, findings: &mut Vec<Finding>) -> Vec<Value> {
    let mut found: IndexMap<(&str, String), Vec<String>> = IndexMap::new();
    for name in braced(&operation.path) {
        found.entry(("path", name)).or_default();
    }
    let mut requests = 0;
    for (asked, _, _) in operation.accepted() {
        requests += 1;
        for (name, value) in &asked.path {
            if let Some(values) = found.get_mut(&("path", name.clone())) {
                values.push(value.clone());
            }
        }
        for (name, value) in &asked.query {
            found
                .entry(("query", name.clone()))
                .or_default()
                .push(value.clone());
        }
        for (name, value) in asked.headers.iter().filter(|(name, _)| !is_usual(name)) {
            found
                .entry(("header", name.clone()))
                .or_default()
                .push(value.clone());
        }
    }
    for name in &operation.disabled {
        found.entry(("query", name.clone())).or_default();
    }
    // What only refused requests have is a parameter too.
    for (asked, _, _) in operation.requests() {
        for (name, _) in &asked.query {
            found.entry(("query", name.clone())).or_default();
        }
    }
    let rows: Vec<(&Row, Section)> = operation
        .tables_of(None)
        .flatten()
        .flat_map(|table| {
            table
                .rows
                .iter()
                .filter_map(|row| row.section.or(table.section).map(|section| (row, section)))
        })
        .collect();
    for (row, section) in &rows {
        if *section == Section::Query && !found.contains_key(&("query", row.name.clone())) {
            findings.push(finding::contradiction(
                &operation.name,
                format!("query parameter {}: in the table, in no request", row.name),
            ));
            found.insert(("query", row.name.clone()), vec![]);
        }
    }
    let mut parameters = Vec::new();
    for ((place, name), values) in found {
        let numeric = place == "query"
            && [
                "limit",
                "page",
                "offset",
                "pageSize",
                "page_size",
                "per_page",
                "size",
            ]
            .contains(&name.as_str())
            && values.iter().all(|value| {
                value.is_empty()
                    || (value.len() < 10 && value.bytes().all(|byte| byte.is_ascii_digit()))
            });
        let kind = if numeric { "integer" } else { "string" };
        let mut parameter = json!({"name": name, "in": place, "required": place == "path", "schema": {"type": kind}});
        if let Some(example) = values
            .iter()
            .find(|value| !value.is_empty() && !value.contains("{{"))
        {
            let number = example.parse::<u64>().ok().filter(|_| numeric);
            parameter["example"] = number.map_or_else(|| json!(example), |number| json!(number));
        }
        let about = |section: Section| match place {
            "path" => section == Section::Path,
            // Some tables call a query a body; a GET has no other place for it.
            "query" => section == Section::Query || section == Section::Body,
            _ => section == Section::Header,
        };
        let rows = rows
            .iter()
            .filter(|(row, section)| row.name == name && about(*section));
        for (row, _) in rows {
            let mut row = (*row).clone();
            if row.required == Some(true) && place != "path" && values.len() < requests {
                findings.push(finding::contradiction(&operation.name, format!("{place} parameter {name}: said to be required, missing in {} of {requests} requests", requests - values.len())));
                row.required = None;
            }
            findings.extend(
                facts::parameter(&mut parameter, &row, &values)
                    .map(|found| finding::contradiction(&operation.name, found)),
            );
        }
        parameters.push(parameter);
    }
    parameters
}

/// The names in braces of a path.
fn braced(path: &str) -> Vec<String> {
    path.split('/')
        .filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_owned)
        .collect()
}

/// Headers that say nothing about an operation.
fn is_usual(name: &str) -> bool {
    let usual = [
        "content-type",
        "accept",
        "user-agent",
        "host",
        "content-length",
        "connection",
        "accept-encoding",
        "cache-control",
        "postman-token",
    ];
    usual.contains(&name.to_ascii_lowercase().as_str())
}

fn body(
    operation: &Operation,
    schemas: &mut Map<String, Value>,
    findings: &mut Vec<Finding>,
) -> Option<Value> {
    let mut content = Map::new();
    if let Some(schema) = json_schema(operation, schemas, findings) {
        content.insert("application/json".into(), json!({"schema": schema}));
    }
    forms(operation, schemas, &mut content, findings);
    if operation
        .accepted()
        .any(|(asked, _, _)| matches!(asked.body, Some(Payload::Text(_))))
    {
        content.insert("text/plain".into(), json!({"schema": {"type": "string"}}));
        for (_, _, variant) in operation
            .accepted()
            .filter(|(asked, _, _)| matches!(asked.body, Some(Payload::Text(_))))
        {
            schemas
                .entry(format!("{}.{variant}", operation.name))
                .or_insert_with(|| json!({"type": "string"}));
        }
    }
    if content.is_empty() {
        return None;
    }
    let always = operation
        .variants
        .iter()
        .all(|variant| variant.request.body.is_some() || has_schema(operation, variant));
    Some(json!({"required": always, "content": content}))
}

/// Bodies that are forms: every field a string, or a file.
fn forms(
    operation: &Operation,
    schemas: &mut Map<String, Value>,
    content: &mut Map<String, Value>,
    findings: &mut Vec<Finding>,
) {
    let mut seen: IndexMap<(&str, &str), Vec<Value>> = IndexMap::new();
    for (asked, _, variant) in operation.accepted() {
        let (media, fields) = match &asked.body {
            Some(Payload::Form(fields)) => ("application/x-www-form-urlencoded", fields),
            Some(Payload::Multipart(fields)) => ("multipart/form-data", fields),
            _ => continue,
        };
        let sample: Map<String, Value> = fields
            .iter()
            .map(|(name, value)| {
                (
                    name.clone(),
                    if value.is_string() {
                        value.clone()
                    } else {
                        json!("")
                    },
                )
            })
            .collect();
        let files = fields
            .iter()
            .filter(|(_, value)| !value.is_string())
            .map(|(name, _)| name);
        let samples = seen.entry((media, variant)).or_default();
        samples.push(Value::Object(sample));
        let key = format!("{}.{variant}", operation.name);
        let schema = schemas
            .entry(key)
            .or_insert_with(|| json!({"type": "object", "properties": {}}));
        for (name, _) in fields {
            if schema["properties"].get(name).is_none() {
                schema["properties"][name] = json!({"type": "string"});
            }
        }
        for name in files {
            schema["properties"][name] =
                json!({"type": "string", "contentMediaType": "application/octet-stream"});
        }
    }
    for ((media, variant), samples) in seen {
        let key = format!("{}.{variant}", operation.name);
        if let Some(schema) = schemas.get_mut(&key) {
            let item = operation
                .variants
                .iter()
                .find(|one| one.name == variant)
                .map(|one| one.item.as_str());
            let prefix = String::new();
            let mut trees = [Tree {
                prefix: &prefix,
                schema,
                samples: &samples,
            }];
            for tables in operation.tables_of(item) {
                findings.extend(
                    facts::tables(tables, Section::Body, &mut trees)
                        .into_iter()
                        .map(|found| finding::contradiction(&operation.name, found)),
                );
            }
        }
        let reference = json!({"$ref": format!("#/components/schemas/{key}")});
        let known = content
            .entry(media)
            .or_insert_with(|| json!({"schema": {"anyOf": []}}));
        match known["schema"]["anyOf"].as_array_mut() {
            Some(branches) => branches.push(reference),
            None => known["schema"] = reference,
        }
    }
    for (_, media) in content.iter_mut() {
        if let Some([only]) = media["schema"]
            .get("anyOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            media["schema"] = only.clone();
        }
    }
}

/// The schema of a JSON body: what surrounds the variants, and a branch for each of them.
fn json_schema(
    operation: &Operation,
    schemas: &mut Map<String, Value>,
    findings: &mut Vec<Finding>,
) -> Option<Value> {
    let at = operation.variants_at.as_str();
    let mut outer = Shape::default();
    let mut inner: IndexMap<&str, Shape> = IndexMap::new();
    let mut whole_samples = Vec::new();
    let mut part_samples: IndexMap<&str, Vec<Value>> = IndexMap::new();
    for (asked, read, variant) in operation.accepted() {
        let Some(whole) = condition::json_body(asked) else {
            continue;
        };
        whole_samples.push(whole.clone());
        for (index, sample) in samples(whole, read).into_iter().enumerate() {
            let parts = condition::expand(&sample, at);
            let mut holes = asked.holes.clone();
            holes.extend(parts.iter().map(|(place, _)| place.clone()));
            outer = outer.merge(&Shape::witnessed(&sample, whole, &holes));
            for (place, part) in parts {
                let chosen = if operation.undecided() {
                    None
                } else {
                    select(&operation.variants, asked, Some(part))
                };
                let name = chosen.map_or(variant, |chosen| &chosen.name);
                let inside: Vec<String> = asked
                    .holes
                    .iter()
                    .filter_map(|hole| hole.strip_prefix(&place))
                    .map(str::to_owned)
                    .collect();
                let shape = inner.entry(name).or_default();
                *shape = shape.merge(&Shape::witnessed(part, whole, &inside));
                if index == 0 {
                    part_samples.entry(name).or_default().push(part.clone());
                }
            }
        }
    }
    if inner.is_empty() {
        return (outer != Shape::default()).then(|| outer.schema());
    }
    let present: Vec<&Variant> = operation
        .variants
        .iter()
        .filter(|variant| inner.contains_key(variant.name.as_str()))
        .collect();
    let mut surrounding = if at.is_empty() {
        json!({})
    } else {
        outer.schema()
    };
    let mut built: Vec<(&Variant, Value)> = present
        .iter()
        .map(|variant| (*variant, inner[variant.name.as_str()].schema()))
        .collect();
    for (item, tables) in &operation.tables {
        let mut trees = trees(
            operation,
            &mut surrounding,
            &whole_samples,
            &mut built,
            &part_samples,
            |variant| variant.item == *item,
        );
        findings.extend(
            facts::tables(tables, Section::Body, &mut trees)
                .into_iter()
                .map(|found| finding::contradiction(&operation.name, found)),
        );
    }
    for (_, read, name) in operation.accepted() {
        let Some(read) = read else { continue };
        let mut trees = trees(
            operation,
            &mut surrounding,
            &whole_samples,
            &mut built,
            &part_samples,
            |variant| variant.name == name,
        );
        findings.extend(
            facts::comments(&read.remarks, &mut trees)
                .into_iter()
                .map(|found| finding::contradiction(&operation.name, found)),
        );
    }
    for (variant, schema) in built {
        schemas.insert(format!("{}.{}", operation.name, variant.name), schema);
    }
    let branches = branches(operation, &present, findings);
    plant(&mut surrounding, at, branches);
    Some(surrounding)
}

/// The surrounding schema and those of the chosen variants, for facts to be put into.
fn trees<'a>(
    operation: &'a Operation,
    surrounding: &'a mut Value,
    whole: &'a [Value],
    built: &'a mut [(&Variant, Value)],
    parts: &'a IndexMap<&str, Vec<Value>>,
    chosen: impl Fn(&Variant) -> bool,
) -> Vec<Tree<'a>> {
    let mut trees = Vec::new();
    if !operation.variants_at.is_empty() {
        trees.push(Tree {
            prefix: "",
            schema: surrounding,
            samples: whole,
        });
    }
    for (variant, schema) in built.iter_mut().filter(|(variant, _)| chosen(variant)) {
        let samples = parts
            .get(variant.name.as_str())
            .map_or(&[][..], Vec::as_slice);
        trees.push(Tree {
            prefix: &operation.variants_at,
            schema,
            samples,
        });
    }
    trees
}

/// A body and its other readings: with what was commented out.
pub fn samples(whole: &Value, read: Option<&Read>) -> Vec<Value> {
    let mut samples = vec![whole.clone()];
    for (pointer, extra) in read
        .into_iter()
        .flat_map(|read| &read.remarks.commented_out)
    {
        let mut other = whole.clone();
        match (other.pointer_mut(pointer), extra) {
            (Some(Value::Object(members)), Value::Object(more)) => {
                for (name, value) in more {
                    members.entry(name).or_insert_with(|| value.clone());
                }
            }
            (Some(Value::Array(elements)), extra) => elements.push(extra.clone()),
            _ => continue,
        }
        samples.push(other);
    }
    samples
}

fn branches(operation: &Operation, present: &[&Variant], findings: &mut Vec<Finding>) -> Value {
    let reference = |variant: &Variant| json!({"$ref": format!("#/components/schemas/{}.{}", operation.name, variant.name)});
    if let [only] = present {
        return reference(only);
    }
    let in_body = |variant: &Variant| {
        variant
            .when
            .iter()
            .filter(|one| one.place == In::Body)
            .cloned()
            .collect::<Vec<_>>()
    };
    let exclusive = !operation.undecided()
        && present
            .iter()
            .all(|variant| variant.when.iter().all(|one| one.place == In::Body));
    if operation.undecided() {
        let names: Vec<_> = present
            .iter()
            .filter(|variant| variant.when.is_empty())
            .map(|variant| variant.name.as_str())
            .collect();
        findings.push(finding::open(
            &operation.name,
            format!(
                "nothing tells the variants {} apart; give them `when`",
                names.join(", ")
            ),
        ));
    }
    let mut branches = Vec::new();
    let mut before: Vec<Value> = Vec::new();
    for variant in present {
        let mut all = vec![reference(variant)];
        let conditions = in_body(variant);
        if !conditions.is_empty() {
            all.push(condition::guards(&conditions));
        }
        if exclusive {
            all.extend(before.iter().map(|guard| json!({"not": guard})));
            before.push(condition::guards(&conditions));
        }
        branches.push(if all.len() == 1 {
            all.remove(0)
        } else {
            json!({"allOf": all})
        });
    }
    json!({(if exclusive { "oneOf" } else { "anyOf" }): branches})
}

/// Puts a schema where a pointer with `*` leads.
fn plant(schema: &mut Value, pointer: &str, planted: Value) {
    let mut place = schema;
    for step in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = json!({});
        }
        place = if step == "*" {
            &mut place["items"]
        } else {
            &mut place["properties"][step.replace("~1", "/").replace("~0", "~")]
        };
    }
    *place = planted;
}

fn responses(operation: &Operation, findings: &mut Vec<Finding>) -> Map<String, Value> {
    let mut statuses: IndexMap<u16, Vec<&Given>> = IndexMap::new();
    for given in &operation.answers {
        statuses.entry(given.answer.status).or_default().push(given);
    }
    let mut names: Vec<String> = Vec::new();
    let mut responses = Map::new();
    for (status, given) in statuses {
        let mut headers = Map::new();
        let mut contents: IndexMap<String, (Shape, Map<String, Value>)> = IndexMap::new();
        let mut bare = Map::new();
        for one in &given {
            for (name, value) in &one.answer.headers {
                if !is_transport(name) && !headers.contains_key(name) {
                    headers.insert(
                        name.clone(),
                        json!({"schema": {"type": "string"}, "example": value}),
                    );
                }
            }
            let name = unique(&one.answer.name, |name| {
                names.iter().any(|other| other == name)
            });
            names.push(name.clone());
            let example = example(operation, one);
            let documented_type = one
                .answer
                .headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
                .map(|(_, value)| {
                    value
                        .split(';')
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .to_ascii_lowercase()
                });
            match (&one.answer.body, &one.answer.text) {
                (Some(value), _) => {
                    let media = documented_type
                        .filter(|media| media.contains("json"))
                        .unwrap_or_else(|| "application/json".into());
                    let (shape, examples) = contents.entry(media).or_default();
                    *shape = shape.merge(&Shape::of(value, &[]));
                    examples.insert(name, example);
                }
                (None, Some(text)) => {
                    let media = documented_type
                        .filter(|media| !media.contains("json") && media.contains('/'))
                        .unwrap_or_else(|| "text/plain".into());
                    let (shape, examples) = contents.entry(media).or_default();
                    *shape = shape.merge(&Shape::of(&json!(text), &[]));
                    examples.insert(name, example);
                }
                (None, None) => drop(bare.insert(name, example)),
            }
        }
        let mut response = json!({"description": phrase(status)});
        if !headers.is_empty() {
            response["headers"] = Value::Object(headers);
        }
        if !contents.is_empty() {
            let mut content = Map::new();
            for (media, (shape, examples)) in contents {
                let mut schema = shape.schema();
                if status < 300 {
                    let samples: Vec<Value> = examples
                        .values()
                        .filter_map(|example| example.get("value"))
                        .cloned()
                        .collect();
                    let mut trees = [Tree {
                        prefix: "",
                        schema: &mut schema,
                        samples: &samples,
                    }];
                    for tables in operation.tables_of(None) {
                        findings.extend(
                            facts::tables(tables, Section::Response, &mut trees)
                                .into_iter()
                                .map(|found| {
                                    finding::contradiction(
                                        &operation.name,
                                        format!("response {status}: {found}"),
                                    )
                                }),
                        );
                    }
                }
                content.insert(media, json!({"schema": schema, "examples": examples}));
            }
            response["content"] = Value::Object(content);
        }
        let strongest = if given.iter().any(|one| one.evidence == "documented") {
            "documented"
        } else {
            "example"
        };
        response["x-evidence"] = json!(strongest);
        if !bare.is_empty() {
            response["x-examples"] = Value::Object(bare);
        }
        responses.insert(status.to_string(), response);
    }
    responses
}

/// Headers that belong to one transfer, or to the media type.
fn is_transport(name: &str) -> bool {
    [
        "content-type",
        "content-length",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "date",
    ]
    .contains(&name.to_ascii_lowercase().as_str())
}

fn example(operation: &Operation, given: &Given) -> Value {
    let mut example = Map::new();
    if let Some(value) = given
        .answer
        .body
        .clone()
        .or_else(|| given.answer.text.clone().map(Value::String))
    {
        example.insert("value".into(), value);
    }
    example.insert("x-evidence".into(), json!(given.evidence));
    example.insert("x-item".into(), json!(given.item));
    if let Some(response) = &given.response {
        example.insert("x-response".into(), json!(response));
    }
    example.insert("x-variant".into(), json!(operation.variant_of(given)));
    if let Some(asked) = &given.answer.request {
        example.insert("x-request".into(), json!(asked));
    }
    if let Some(evidence) = &given.answer.status_evidence {
        example.insert("x-status".into(), json!(evidence));
    }
    if let Some(rung) = given.answer.rung {
        example.insert("x-rung".into(), json!(rung));
    }
    Value::Object(example)
}

/// Two or more operations on one method and path: a wrapper with all of them inside.
pub fn alternatives(sharing: Vec<Described>) -> Map<String, Value> {
    let mut wrapper = Map::new();
    let all: Vec<Map<String, Value>> = sharing.into_iter().map(|(_, _, built)| built).collect();
    let first = &all[0];
    wrapper.insert("operationId".into(), first["operationId"].clone());
    for key in ["tags", "servers"] {
        if let Some(value) = first.get(key) {
            wrapper.insert(key.into(), value.clone());
        }
    }
    wrapper.insert(
        "responses".into(),
        json!({"default": {"description": "See x-alternatives"}}),
    );
    wrapper.insert("x-evidence".into(), first["x-evidence"].clone());
    wrapper.insert(
        "x-alternatives".into(),
        Value::Array(all.into_iter().map(Value::Object).collect()),
    );
    wrapper
}

/// What the wrapper of alternatives says about their parameters and bodies: all that any of them takes.
pub fn wrap(wrapper: &mut Map<String, Value>) {
    let all: Vec<Value> = wrapper
        .get("x-alternatives")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut parameters: Vec<Value> = Vec::new();
    for parameter in all
        .iter()
        .filter_map(|one| one["parameters"].as_array())
        .flatten()
    {
        if !parameters
            .iter()
            .any(|known| known["name"] == parameter["name"] && known["in"] == parameter["in"])
        {
            let mut parameter = parameter.clone();
            parameter["required"] = json!(parameter["in"] == "path");
            parameters.push(parameter);
        }
    }
    let mut content: Map<String, Value> = Map::new();
    for (media, body) in all
        .iter()
        .filter_map(|one| one["requestBody"]["content"].as_object())
        .flatten()
    {
        let any = content
            .entry(media)
            .or_insert_with(|| json!({"schema": {"anyOf": []}}));
        if let Some(branches) = any["schema"]["anyOf"].as_array_mut() {
            branches.push(body["schema"].clone());
        }
    }
    if !parameters.is_empty() {
        wrapper.insert("parameters".into(), Value::Array(parameters));
    }
    if !content.is_empty() {
        wrapper.insert("requestBody".into(), json!({"content": content}));
    }
    *wrapper = ordered(std::mem::take(wrapper));
}

/// Writes the parameters of a path by other names, in all that belongs to the operation.
pub fn rename_parameters(built: &mut Map<String, Value>, from: &str, to: &str) {
    let names = |path: &str| {
        path.split('/')
            .filter_map(|step| {
                step.strip_prefix('{')
                    .and_then(|rest| rest.strip_suffix('}'))
            })
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let renames: Vec<(String, String)> = names(from)
        .into_iter()
        .zip(names(to))
        .filter(|(old, new)| old != new)
        .collect();
    for parameter in built
        .get_mut("parameters")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if parameter["in"] == "path"
            && let Some((_, new)) = renames
                .iter()
                .find(|(old, _)| parameter["name"] == json!(old))
        {
            parameter["name"] = json!(new);
        }
    }
    let rename = |asked: &mut Value| {
        if let Some(path) = asked.get_mut("path").and_then(Value::as_object_mut) {
            *path = std::mem::take(path)
                .into_iter()
                .map(
                    |(name, value)| match renames.iter().find(|(old, _)| *old == name) {
                        Some((_, new)) if value == json!(format!("{{{{path:{name}}}}}")) => {
                            (new.clone(), json!(format!("{{{{path:{new}}}}}")))
                        }
                        Some((_, new)) => (new.clone(), value),
                        None => (name, value),
                    },
                )
                .collect();
        }
    };
    for variant in built
        .get_mut("x-variants")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        rename(&mut variant["request"]);
    }
    for response in built
        .get_mut("responses")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
    {
        let examples = |value: &mut Value| {
            value
                .as_object_mut()
                .into_iter()
                .flat_map(|all| all.values_mut().collect::<Vec<_>>())
                .filter_map(|one| one.get_mut("x-request"))
                .for_each(&rename)
        };
        if let Some(bare) = response.get_mut("x-examples") {
            examples(bare);
        }
        for media in response
            .get_mut("content")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flat_map(Map::values_mut)
        {
            examples(&mut media["examples"]);
        }
    }
}

fn slug(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let slug = words
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .join("-");
    if slug.is_empty() {
        "default".into()
    } else {
        slug
    }
}

fn unique_slug(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while taken(&candidate) {
        candidate = format!("{name}-{number}");
        number += 1;
    }
    candidate
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Answer",
    }
}
