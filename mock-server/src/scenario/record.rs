//! Makes a scenario of what is in the journal: requests become calls, what was triggered is triggered again.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::kernel::journal::Entry;
use crate::kernel::routes::Mounted;
use crate::kernel::workspace::{Event, Origin, Workspace};

/// Shorter values are not taken for identifiers.
const IDENTIFIER: usize = 8;

/// Which part of the journal is meant: one vendor's, all of it when nothing else is said.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// Whose requests.
    pub vendor: String,
    /// Only these.
    #[serde(default)]
    pub requests: Option<Vec<u64>>,
    /// Only those after this one.
    #[serde(default)]
    pub after: Option<u64>,
    /// The scenario's name.
    #[serde(default)]
    pub name: Option<String>,
    /// What it shows.
    #[serde(default)]
    pub title: Option<String>,
}

/// Something that is in the journal.
enum Recorded {
    Asked(Arc<Entry>),
    Triggered(Arc<Event>),
}

impl Recorded {
    fn at(&self) -> Timestamp {
        match self {
            Self::Asked(entry) => entry.at,
            Self::Triggered(event) => event.at,
        }
    }
}

/// A scenario that does the same again, as JSON. `None` when the slice is empty.
#[must_use]
pub fn record(workspace: &Workspace, mounted: &Mounted, slice: &Slice) -> Option<Value> {
    let mut all = recorded(workspace, slice);
    all.sort_by_key(Recorded::at);
    let mut last = all.first()?.at();
    let mut seen = HashMap::new();
    let mut steps = Vec::new();
    for one in &all {
        let passed = one.at().duration_since(last);
        if passed.is_positive() {
            steps.push(json!({"advance": format!("{passed:#}")}));
        }
        last = last.max(one.at());
        match one {
            Recorded::Asked(entry) => {
                let id = format!("call-{}", entry.id);
                let operation = entry.operation.unwrap_or("unknown path");
                let mut call = call(entry, mounted);
                refer_back(&mut call, &seen);
                steps.push(json!({"id": id, "title": operation, "call": call}));
                if let Ok(body) = serde_json::from_slice::<Value>(&entry.body) {
                    remember(&body, &format!("{id}.body"), &mut seen);
                }
            }
            Recorded::Triggered(event) => {
                let payload: Value = serde_json::from_slice(&event.payload)
                    .unwrap_or_else(|_| json!(String::from_utf8_lossy(&event.payload)));
                let mut payload = payload;
                refer_back(&mut payload, &seen);
                let mut order = json!({"event": event.name, "raw": payload});
                if event.origin == Origin::Invalid {
                    order["invalid"] = json!(true);
                }
                steps.push(json!({"id": format!("event-{}", event.id), "trigger": order}));
            }
        }
    }
    steps.push(json!({"advance": "idle"}));
    steps.push(json!({
        "title": "the handler takes every webhook",
        "expect": {"deliveries": {"answer": "2xx"}},
    }));
    Some(json!({
        "name": slice.name.as_deref().unwrap_or("recorded"),
        "title": slice.title.as_deref().unwrap_or("What was recorded"),
        "vendor": slice.vendor,
        "steps": steps,
    }))
}

fn recorded(workspace: &Workspace, slice: &Slice) -> Vec<Recorded> {
    let entries = workspace.journal.entries().into_iter().filter(|entry| {
        let listed = slice.requests.as_ref();
        entry.vendor == slice.vendor
            && listed.is_none_or(|listed| listed.contains(&entry.id))
            && slice.after.is_none_or(|after| entry.id > after)
    });
    let mut all: Vec<_> = entries.map(Recorded::Asked).collect();
    // Who names requests wants those alone.
    if slice.requests.is_none() {
        let since = all
            .first()
            .map(Recorded::at)
            .filter(|_| slice.after.is_some());
        let events = workspace.events.entries().into_iter().filter(|event| {
            event.vendor == slice.vendor
                && event.origin != Origin::Rule
                && since.is_none_or(|since| event.at >= since)
        });
        all.extend(events.map(Recorded::Triggered));
    }
    all
}

/// A request as a step; demo credentials are there by themselves.
fn call(entry: &Entry, mounted: &Mounted) -> Value {
    let request = &entry.request;
    let path = entry_path(&request.target, mounted.name);
    let mut call = json!({"method": request.method.as_str(), "target": path});
    if let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) {
        if let Some(members) = body.as_object_mut() {
            for (name, value) in mounted.profile.demo_fields {
                if members.get(*name) == Some(&json!(value)) {
                    members.shift_remove(*name);
                }
            }
        }
        call["body"] = body;
    }
    if !entry.status.is_success() {
        call["status"] = json!(entry.status.as_u16());
    }
    call
}

/// The vendor's own path of a target, without the workspace and the vendor.
fn entry_path(target: &str, vendor: &str) -> String {
    let rest = match target.strip_prefix("/w/") {
        Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => target,
    };
    let own = rest
        .strip_prefix('/')
        .and_then(|rest| rest.strip_prefix(vendor))
        .filter(|own| own.is_empty() || own.starts_with(['/', '?']));
    own.unwrap_or(rest).to_owned()
}

/// Remembers where each identifier was first told.
fn remember(value: &Value, at: &str, seen: &mut HashMap<String, String>) {
    match value {
        Value::String(text) if text.len() >= IDENTIFIER && !text.contains(char::is_whitespace) => {
            seen.entry(text.clone()).or_insert_with(|| at.to_owned());
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                remember(item, &format!("{at}[{index}]"), seen);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if !name.contains(['.', '[', ' ', '}']) {
                    remember(member, &format!("{at}.{name}"), seen);
                }
            }
        }
        _ => {}
    }
}

/// Replaces identifiers that an earlier answer told by references to it.
fn refer_back(value: &mut Value, seen: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(at) = seen.get(text.as_str()) {
                *text = format!("${{{at}}}");
                return;
            }
            // In a path, identifiers stand between slashes.
            let known = |part: &str| match seen.get(part) {
                Some(at) => format!("${{{at}}}"),
                None => part.to_owned(),
            };
            if text.starts_with('/') {
                let parts: Vec<_> = text.split('/').map(known).collect();
                *text = parts.join("/");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer_back(item, seen)),
        Value::Object(members) => {
            let members: &mut Map<_, _> = members;
            members
                .values_mut()
                .for_each(|member| refer_back(member, seen));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_loses_what_is_not_the_vendors() {
        assert_eq!(entry_path("/toy/notes?x=1", "toy"), "/notes?x=1");
        assert_eq!(entry_path("/w/one/toy/notes", "toy"), "/notes");
        assert_eq!(entry_path("/toys", "toy"), "/toys", "reached by host");
    }

    #[test]
    fn identifiers_become_references() {
        let mut seen = HashMap::new();
        remember(
            &json!({"data": [{"id": "12345678"}]}),
            "call-1.body",
            &mut seen,
        );
        let mut call = json!({"target": "/notes/12345678", "body": {"note": "12345678", "n": "1"}});
        refer_back(&mut call, &seen);
        let at = "${call-1.body.data[0].id}";
        assert_eq!(
            call,
            json!({"target": format!("/notes/{at}"), "body": {"note": at, "n": "1"}})
        );
    }
}
