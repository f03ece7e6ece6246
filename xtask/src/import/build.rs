//! From the corrected inventory to the contract: groups items into operations and webhooks.

use anyhow::{Context, Result, bail, ensure};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::collection::Collection;
use super::condition;
use super::finding::{self, Finding};
use super::inventory::{Asked, Condition, Entry, Evidence, Inventory, Named};
use super::operation::{self, Operation, Variant};
use super::webhook;

/// The finished document and what there is to say about it.
#[derive(Debug)]
pub struct Built {
    /// The contract before phase two of the overlay.
    pub document: Value,
    /// Remarks for the author of the overlay or of the collection.
    pub findings: Vec<Finding>,
}

/// Builds the contract of one vendor.
pub fn build(
    vendor: &str,
    collection: &Collection,
    original: &Inventory,
    inventory: &Inventory,
    evidence: &Evidence,
) -> Result<Built> {
    let mut findings = Vec::new();
    let mut groups: IndexMap<String, Vec<(&String, &Entry)>> = IndexMap::new();
    let mut webhooks: IndexMap<String, Vec<(&String, &Entry)>> = IndexMap::new();
    let mut copies: IndexMap<&String, Vec<(&String, &Entry)>> = IndexMap::new();
    let mut ignored = Vec::new();
    let mut named_after: IndexMap<String, String> = IndexMap::new();
    for (id, entry) in &inventory.items {
        let decided = [
            entry.ignore.is_some(),
            entry.webhook.is_some(),
            entry.copy_of.is_some(),
        ];
        ensure!(
            decided.iter().filter(|given| **given).count() <= 1,
            "item {:?} ({id}): only one of ignore, webhook and copyOf",
            entry.title
        );
        for one in entry
            .when
            .iter()
            .chain(entry.extra.iter().flat_map(|extra| &extra.when))
        {
            condition::check(one).with_context(|| format!("item {:?} ({id})", entry.title))?;
        }
        if let Some(reason) = &entry.ignore {
            ignored.push(json!({"item": id, "name": entry.title, "reason": reason}));
        } else if let Some(webhook) = &entry.webhook {
            webhooks
                .entry(webhook.clone())
                .or_default()
                .push((id, entry));
        } else if let Some(target) = &entry.copy_of {
            let (target, _) = inventory.items.get_key_value(target).with_context(|| {
                format!(
                    "item {:?} ({id}): copyOf {target:?} is no item",
                    entry.title
                )
            })?;
            copies.entry(target).or_default().push((id, entry));
        } else if entry.operation.is_none() && entry.host.is_empty() && entry.path == "/" {
            ignored
                .push(json!({"item": id, "name": entry.title, "reason": "the request has no url"}));
            findings.push(finding::open(
                &entry.title,
                "ignored, the request has no url; name a `webhook` or `ignore` it with a reason",
            ));
        } else {
            let name = match &entry.operation {
                Some(name) => name.clone(),
                None => {
                    findings.push(finding::open(
                        &entry.title,
                        format!("no operation name; {} {}", entry.method, entry.path),
                    ));
                    default_name(entry, &mut named_after)
                }
            };
            groups.entry(name).or_default().push((id, entry));
        }
    }
    for name in inventory.operations.keys() {
        ensure!(
            groups.contains_key(name),
            "operations.{name}: no item has this operation"
        );
    }
    for target in copies.keys() {
        let known = groups.values().flatten().any(|(id, _)| id == target);
        ensure!(known, "item {target} has copies but is no operation itself");
    }

    let hosts = hosts(
        collection,
        groups.values().flatten().map(|(_, entry)| *entry),
    );
    let mut schemas = Map::new();
    let mut operations = Vec::new();
    for (name, items) in &groups {
        ensure!(
            is_name(name),
            "operation {name:?}: a name may hold letters, digits, `.`, `_` and `-`"
        );
        let default = Named::default();
        let named = inventory.operations.get(name).unwrap_or(&default);
        let gathered = gather(name, items, &copies, named, original, evidence)
            .with_context(|| format!("operation {name}"))?;
        let host = host(named, items, collection);
        let mut built = operation::describe(&gathered, named, &mut schemas, &mut findings)
            .with_context(|| format!("operation {name}"))?;
        if let Some(host) = host.filter(|host| hosts.first() != Some(host)) {
            built.insert("servers".into(), json!([{"url": host}]));
        }
        operations.push((gathered, named.clone(), operation::ordered(built)));
    }
    let paths = paths(operations, &mut findings)?;
    let webhooks = webhook::describe(&webhooks, evidence, &mut findings)?;
    let (security, schemes) = security(collection, inventory);

    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": collection.name, "version": "1", "x-vendor": vendor},
        "servers": if hosts.is_empty() { vec![json!({"url": "/"})] } else { hosts.iter().map(|host| json!({"url": host})).collect() },
        "security": security,
        "paths": paths,
        "webhooks": webhooks,
        "components": {"schemas": schemas, "securitySchemes": schemes},
        "x-variables": variables(collection),
        "x-import": {
            "items": collection.items.len(),
            "responses": collection.items.iter().map(|item| item.responses.len()).sum::<usize>(),
            "ignored": ignored
        }
    });
    if document["webhooks"].as_object().is_some_and(Map::is_empty) {
        document
            .as_object_mut()
            .map(|members| members.shift_remove("webhooks"));
    }
    Ok(Built { document, findings })
}

/// Whether a name fits where OpenAPI wants one.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
}

/// `GET /v1/clients/{id}` → `get.v1.clients.id`; another path with the same name gets a number.
fn default_name(entry: &Entry, named_after: &mut IndexMap<String, String>) -> String {
    let place = format!("{} {}", entry.method, entry.path);
    let words = place
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .filter(|word| !word.is_empty());
    let mut name = words.collect::<Vec<_>>().join(".");
    if let Some(method) = name.get(..entry.method.len()) {
        name = format!(
            "{}{}",
            method.to_ascii_lowercase(),
            &name[entry.method.len()..]
        );
    }
    let mut candidate = name.clone();
    let mut number = 2;
    while named_after
        .get(&candidate)
        .is_some_and(|other| *other != place)
    {
        candidate = format!("{name}-{number}");
        number += 1;
    }
    named_after.insert(candidate.clone(), place);
    candidate
}

/// Everything the items of one operation say.
fn gather(
    name: &str,
    items: &[(&String, &Entry)],
    copies: &IndexMap<&String, Vec<(&String, &Entry)>>,
    named: &Named,
    original: &Inventory,
    evidence: &Evidence,
) -> Result<Operation> {
    let (_, first) = items[0];
    let path = named.path.clone().unwrap_or_else(|| first.path.clone());
    let mut gathered = Operation {
        name: name.to_owned(),
        method: first.method.to_ascii_lowercase(),
        path,
        deliberate: first.operation.is_some(),
        ..Operation::default()
    };
    for (id, entry) in items {
        let wrong = entry.method != first.method
            || !(same_path(&entry.path, &gathered.path)
                || named
                    .aliases
                    .iter()
                    .any(|alias| same_path(alias, &entry.path)));
        if wrong {
            bail!(
                "duplicate operation name {name:?}: {} {} (item {:?}) and {} {} (item {:?}); use another name, set the item's path, or list the path in operations.{name}.aliases",
                first.method,
                gathered.path,
                first.title,
                entry.method,
                entry.path,
                entry.title
            );
        }
        gathered.add(id, entry, original, evidence)?;
        for (copy, copied) in copies.get(*id).into_iter().flatten() {
            ensure!(
                copied.method == entry.method,
                "item {:?}: {} cannot be a copy of {} {:?}",
                copied.title,
                copied.method,
                entry.method,
                entry.title
            );
            gathered.add_copy(id, copy, copied, original, evidence);
        }
    }
    gathered.settle(&named.variants_at)?;
    Ok(gathered)
}

/// Whether two paths differ in nothing but the names of their parameters.
pub fn same_path(one: &str, other: &str) -> bool {
    anonymous(one) == anonymous(other)
}

fn anonymous(path: &str) -> String {
    path.split('/')
        .map(|step| {
            if step.starts_with('{') && step.ends_with('}') {
                "{}"
            } else {
                step
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

fn hosts<'a>(collection: &Collection, entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    let mut hosts = Vec::new();
    for entry in entries {
        if let Some(host) = resolve(collection, &entry.host)
            && !hosts.contains(&host)
        {
            hosts.push(host);
        }
    }
    hosts
}

fn host(named: &Named, items: &[(&String, &Entry)], collection: &Collection) -> Option<String> {
    named.host.clone().or_else(|| {
        items
            .iter()
            .find_map(|(_, entry)| resolve(collection, &entry.host))
    })
}

/// A host with its variable filled in; `None` when nobody says what the variable is.
fn resolve(collection: &Collection, host: &str) -> Option<String> {
    let filled = match host
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
    {
        Some(name) => collection
            .variables
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.trim_end_matches('/').to_owned())?,
        None => host.to_owned(),
    };
    (!filled.is_empty() && !filled.contains("{{")).then_some(filled)
}

/// An operation, what the overlay says of it, and how OpenAPI has it.
pub type Described = (Operation, Named, Map<String, Value>);

fn paths(operations: Vec<Described>, findings: &mut Vec<Finding>) -> Result<Map<String, Value>> {
    let mut paths: IndexMap<String, IndexMap<String, Vec<Described>>> = IndexMap::new();
    for (mut gathered, named, mut built) in operations {
        let known = paths
            .keys()
            .find(|known| same_path(known, &gathered.path))
            .cloned();
        if let Some(known) = &known
            && *known != gathered.path
        {
            findings.push(finding::open(
                &gathered.name,
                format!(
                    "its path {} is written {known}, as OpenAPI wants one name per parameter",
                    gathered.path
                ),
            ));
            operation::rename_parameters(&mut built, &gathered.path, known);
            gathered.path.clone_from(known);
        }
        let methods = paths.entry(gathered.path.clone()).or_default();
        methods
            .entry(gathered.method.clone())
            .or_default()
            .push((gathered, named, built));
    }
    let mut document = Map::new();
    for (path, methods) in paths {
        let mut item = Map::new();
        for (method, mut sharing) in methods {
            let built = if sharing.len() == 1 {
                sharing.remove(0).2
            } else {
                // Those with conditions come first; the one without answers the rest.
                sharing.sort_by_key(|(_, named, _)| named.when.is_empty());
                let undecided: Vec<_> = sharing
                    .iter()
                    .filter(|(_, named, _)| named.when.is_empty())
                    .map(|(one, ..)| one.name.as_str())
                    .collect();
                let deliberate = sharing
                    .iter()
                    .any(|(one, named, _)| named.when.is_empty() && one.deliberate);
                if undecided.len() > 1 && !deliberate {
                    findings.push(finding::open(
                        &undecided.join(" and "),
                        format!(
                            "share {} {path}; name them and give all but one a `when`",
                            method.to_uppercase()
                        ),
                    ));
                }
                ensure!(
                    undecided.len() <= 1 || !deliberate,
                    "operations {} share {} {path}: all but one need `when` in $.operations",
                    undecided.join(" and "),
                    method.to_uppercase()
                );
                for (_, named, _) in &sharing {
                    for one in &named.when {
                        condition::check(one)?;
                    }
                }
                operation::alternatives(sharing)
            };
            item.insert(method, Value::Object(built));
        }
        document.insert(path, Value::Object(item));
    }
    Ok(document)
}

/// The default credential: the collection's own, else the one most items use, else the header they send.
fn security(collection: &Collection, inventory: &Inventory) -> (Value, Value) {
    let used = collection.items.iter().filter(|item| {
        inventory
            .items
            .get(&item.id)
            .is_some_and(|entry| entry.webhook.is_none() && entry.ignore.is_none())
    });
    let mut votes: IndexMap<(String, String, String), usize> = IndexMap::new();
    let scheme = |auth: &super::collection::Auth| match auth.kind.as_str() {
        "bearer" | "oauth2" | "jwt" => {
            Some(("http".to_owned(), "bearer".to_owned(), String::new()))
        }
        "basic" => Some(("http".to_owned(), "basic".to_owned(), String::new())),
        "apikey" => Some((
            "apiKey".to_owned(),
            auth.name.clone().unwrap_or_else(|| "Authorization".into()),
            auth.place.clone().unwrap_or_else(|| "header".into()),
        )),
        _ => None,
    };
    for item in used {
        let by_header = || {
            let (name, value) = item
                .request
                .headers
                .iter()
                .find(|(name, _)| super::inventory::is_credential(name, &[]))?;
            if value.to_ascii_lowercase().starts_with("bearer") {
                Some(("http".to_owned(), "bearer".to_owned(), String::new()))
            } else {
                Some(("apiKey".to_owned(), name.clone(), "header".to_owned()))
            }
        };
        if let Some(found) = item
            .request
            .auth
            .as_ref()
            .and_then(scheme)
            .or_else(by_header)
        {
            *votes.entry(found).or_default() += 1;
        }
    }
    let own = collection.auth.as_ref().and_then(scheme);
    let Some((kind, name, place)) = own.or_else(|| {
        votes
            .into_iter()
            .rev()
            .max_by_key(|(_, count)| *count)
            .map(|(found, _)| found)
    }) else {
        return (json!([]), json!({}));
    };
    if kind == "http" {
        (
            json!([{name.clone(): []}]),
            json!({name.clone(): {"type": "http", "scheme": name}}),
        )
    } else {
        (
            json!([{"apiKey": []}]),
            json!({"apiKey": {"type": "apiKey", "in": place, "name": name}}),
        )
    }
}

fn variables(collection: &Collection) -> Map<String, Value> {
    let given = collection
        .variables
        .iter()
        .filter(|(_, value)| !value.is_empty() && !value.contains("{{"));
    given
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}

/// Which variant a request is: the first whose conditions hold.
pub fn select<'a>(
    variants: &'a [Variant],
    asked: &Asked,
    part: Option<&Value>,
) -> Option<&'a Variant> {
    variants
        .iter()
        .find(|variant| all_hold(&variant.when, asked, part))
}

/// Whether all conditions hold.
pub fn all_hold(conditions: &[Condition], asked: &Asked, part: Option<&Value>) -> bool {
    conditions
        .iter()
        .all(|one| condition::holds(one, asked, part))
}
