//! OpenAPI Overlay 1.0: actions that pick nodes by JSONPath and update or remove them.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

/// An overlay document.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "part of the document form; the version is not ours to judge"
    )]
    overlay: String,
    #[serde(default)]
    #[expect(dead_code, reason = "part of the document form")]
    info: Value,
    #[serde(default)]
    #[expect(dead_code, reason = "part of the document form")]
    extends: Option<String>,
    #[serde(default)]
    actions: Vec<Action>,
}

/// One change, with its reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    target: String,
    #[serde(default)]
    #[expect(dead_code, reason = "part of the document form")]
    description: Option<String>,
    update: Option<Value>,
    #[serde(default)]
    remove: bool,
    #[serde(rename = "x-reason")]
    reason: String,
    #[serde(rename = "x-evidence")]
    evidence: String,
}

/// What an action applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The inventory of the collection.
    Items,
    /// The finished document.
    Contract,
}

impl Overlay {
    /// Reads an overlay; the error says file, line and what was expected.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        Self::parse(&text).with_context(|| format!("{}: not an overlay", path.display()))
    }

    /// Parses an overlay.
    pub fn parse(text: &str) -> Result<Self> {
        let overlay: Self = serde_json::from_str(text)?;
        for (index, action) in overlay.actions.iter().enumerate() {
            let known = ["documented", "example", "observed", "inferred", "assumed"];
            ensure!(
                known.contains(&action.evidence.as_str()),
                "actions[{index}] ({}): x-evidence is {:?}, expected one of {}",
                action.target,
                action.evidence,
                known.join(", ")
            );
            ensure!(
                !action.reason.trim().is_empty(),
                "actions[{index}] ({}): x-reason is empty",
                action.target
            );
            ensure!(
                action.update.is_some() || action.remove,
                "actions[{index}] ({}): neither `update` nor `remove`",
                action.target
            );
        }
        Ok(overlay)
    }

    /// Applies the actions of one phase, in order.
    pub fn apply(&self, phase: Phase, document: &mut Value) -> Result<()> {
        for (index, action) in self
            .actions
            .iter()
            .enumerate()
            .filter(|(_, action)| action.phase() == phase)
        {
            action.apply(document).with_context(|| {
                format!(
                    "overlay actions[{index}]: target {:?}, x-reason {:?}",
                    action.target, action.reason
                )
            })?;
        }
        Ok(())
    }

    /// How many actions there are.
    pub fn len(&self) -> usize {
        self.actions.len()
    }
}

impl Action {
    fn phase(&self) -> Phase {
        let of = |name: &str| {
            self.target
                .strip_prefix("$.")
                .and_then(|rest| rest.strip_prefix(name))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                || self.target.starts_with(&format!("$['{name}']"))
                || self.target.starts_with(&format!("$[\"{name}\"]"))
        };
        if of("items") || of("operations") {
            Phase::Items
        } else {
            Phase::Contract
        }
    }

    fn apply(&self, document: &mut Value) -> Result<()> {
        let path = JsonPath::parse(&self.target)
            .with_context(|| format!("not a JSONPath: {}", self.target))?;
        let mut places: Vec<Vec<Step>> = path
            .query_located(document)
            .locations()
            .map(|place| place.iter().map(Step::from).collect())
            .collect();
        ensure!(!places.is_empty(), "matches nothing");
        if self.remove && self.update.is_none() {
            // From the last to the first, so that an index still means what it meant.
            places.sort();
            for place in places.iter().rev() {
                remove(document, place)?;
            }
            return Ok(());
        }
        let Some(update) = &self.update else {
            return Ok(());
        };
        for place in &places {
            let node = find(document, place).context("its own target is gone")?;
            if self.remove {
                replace(node, update);
            } else {
                merge(node, update);
            }
        }
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Index(usize),
    Name(String),
}

impl From<&PathElement<'_>> for Step {
    fn from(element: &PathElement<'_>) -> Self {
        match element {
            PathElement::Name(name) => Self::Name((*name).to_owned()),
            PathElement::Index(index) => Self::Index(*index),
        }
    }
}

fn find<'a>(document: &'a mut Value, place: &[Step]) -> Option<&'a mut Value> {
    place.iter().try_fold(document, |node, step| match step {
        Step::Name(name) => node.get_mut(name),
        Step::Index(index) => node.get_mut(index),
    })
}

fn remove(document: &mut Value, place: &[Step]) -> Result<()> {
    let Some((last, above)) = place.split_last() else {
        bail!("the whole document cannot be removed")
    };
    match (find(document, above), last) {
        (Some(Value::Object(members)), Step::Name(name)) => drop(members.shift_remove(name)),
        (Some(Value::Array(elements)), Step::Index(index)) if *index < elements.len() => {
            drop(elements.remove(*index))
        }
        _ => {}
    }
    Ok(())
}

/// The children the update names are taken from the update alone; the others stay.
fn replace(node: &mut Value, update: &Value) {
    match (node, update) {
        (Value::Object(members), Value::Object(new)) => {
            for (name, value) in new {
                members.insert(name.clone(), value.clone());
            }
        }
        (node, update) => *node = update.clone(),
    }
}

fn merge(node: &mut Value, update: &Value) {
    match (node, update) {
        (Value::Object(members), Value::Object(new)) => {
            for (name, value) in new {
                match members.get_mut(name) {
                    Some(member) => merge_member(name, member, value),
                    None => drop(members.insert(name.clone(), value.clone())),
                }
            }
        }
        (Value::Array(elements), Value::Array(new)) => elements.extend(new.iter().cloned()),
        // A target that is an array takes any other update as one further element.
        (Value::Array(elements), new) => elements.push(new.clone()),
        (node, new) => *node = new.clone(),
    }
}

/// Lists that are sets in JSON Schema: what is in them already is not appended again.
const SETS: [&str; 3] = ["required", "enum", "type"];

fn merge_member(name: &str, member: &mut Value, update: &Value) {
    match (&mut *member, update) {
        (Value::Array(elements), Value::Array(new)) if SETS.contains(&name) => {
            for one in new {
                if !elements.contains(one) {
                    elements.push(one.clone());
                }
            }
        }
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => {
            merge(member, update)
        }
        _ => *member = update.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn overlay(actions: Value) -> Overlay {
        let document =
            json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions});
        Overlay::parse(&document.to_string()).expect("the overlay is well formed")
    }

    fn applied(phase: Phase, actions: Value, mut document: Value) -> Value {
        overlay(actions)
            .apply(phase, &mut document)
            .expect("every action matches");
        document
    }

    #[test]
    fn updates_merge_and_removals_remove() {
        let actions = json!([
            {"target": "$.info", "update": {"title": "new", "tags": ["b"]}, "x-reason": "r", "x-evidence": "assumed"},
            {"target": "$.paths[*].get", "remove": true, "x-reason": "r", "x-evidence": "assumed"},
            {"target": "$.list[?(@.x > 1)]", "remove": true, "x-reason": "r", "x-evidence": "assumed"},
        ]);
        let document = json!({"info": {"title": "old", "tags": ["a"], "kept": 1}, "paths": {"/a": {"get": {}, "put": {}}}, "list": [{"x": 1}, {"x": 2}, {"x": 3}]});
        let expected = json!({"info": {"title": "new", "tags": ["a", "b"], "kept": 1}, "paths": {"/a": {"put": {}}}, "list": [{"x": 1}]});
        assert_eq!(applied(Phase::Contract, actions, document), expected);
    }

    #[test]
    fn update_with_remove_replaces_the_members_it_names() {
        let actions = json!([{"target": "$", "remove": true, "update": {"security": [{"b": []}]}, "x-reason": "r", "x-evidence": "assumed"}]);
        assert_eq!(
            applied(
                Phase::Contract,
                actions,
                json!({"security": [{"a": []}], "x": 1})
            ),
            json!({"security": [{"b": []}], "x": 1})
        );
    }

    #[test]
    fn sets_stay_sets() {
        let actions = json!([{"target": "$.schema", "update": {"required": ["a", "b"]}, "x-reason": "r", "x-evidence": "assumed"}]);
        assert_eq!(
            applied(
                Phase::Contract,
                actions,
                json!({"schema": {"required": ["a"]}})
            ),
            json!({"schema": {"required": ["a", "b"]}})
        );
    }

    #[test]
    fn the_target_tells_the_phase() {
        let actions = json!([
            {"target": "$.items['x']", "update": {"operation": "a.b"}, "x-reason": "r", "x-evidence": "documented"},
            {"target": "$.itemsets", "update": {"y": 1}, "x-reason": "r", "x-evidence": "documented"},
        ]);
        assert_eq!(
            applied(Phase::Items, actions, json!({"items": {"x": {}}})),
            json!({"items": {"x": {"operation": "a.b"}}})
        );
    }

    #[test]
    fn an_action_that_matches_nothing_is_named() {
        let actions = json!([
            {"target": "$.a", "update": {}, "x-reason": "fine", "x-evidence": "documented"},
            {"target": "$.nowhere", "update": {}, "x-reason": "a typing slip", "x-evidence": "documented"},
        ]);
        let error = overlay(actions)
            .apply(Phase::Contract, &mut json!({"a": {}}))
            .expect_err("nothing matches");
        let said = format!("{error:#}");
        assert!(
            said.contains("actions[1]")
                && said.contains("$.nowhere")
                && said.contains("a typing slip")
                && said.contains("matches nothing"),
            "{said}"
        );
    }

    #[test]
    fn unknown_members_and_evidence_are_refused() {
        for (action, expected) in [
            (
                json!({"target": "$", "updates": {}, "x-reason": "r", "x-evidence": "documented"}),
                "updates",
            ),
            (
                json!({"target": "$", "update": {}, "x-reason": "r", "x-evidence": "hearsay"}),
                "hearsay",
            ),
            (
                json!({"target": "$", "update": {}, "x-reason": " ", "x-evidence": "assumed"}),
                "x-reason",
            ),
            (
                json!({"target": "$", "x-reason": "r", "x-evidence": "assumed"}),
                "neither",
            ),
        ] {
            let error = Overlay::parse(&json!({"actions": [action]}).to_string())
                .expect_err("the action is malformed");
            assert!(format!("{error:#}").contains(expected), "{error:#}");
        }
    }
}
