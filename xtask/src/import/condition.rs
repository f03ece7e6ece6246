//! Conditions that tell variants and alternatives apart: judged on requests, and written as JSON Schema guards.

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use super::inventory::{Asked, Condition, In, Payload};

/// Checks the form of a condition.
pub fn check(condition: &Condition) -> Result<()> {
    let tests = [
        condition.constant.is_some(),
        condition.one_of.is_some(),
        condition.present.is_some(),
        condition.pattern.is_some(),
    ];
    ensure!(
        tests.iter().filter(|given| **given).count() == 1,
        "a condition needs exactly one of const, enum, present, pattern: {}",
        json!(condition)
    );
    if condition.place == In::Body {
        let pointer = condition.pointer.as_deref();
        ensure!(
            pointer.is_some_and(|pointer| pointer.is_empty() || pointer.starts_with('/')),
            "a body condition needs a `pointer` like /type: {}",
            json!(condition)
        );
        ensure!(
            pointer
                .is_some_and(|pointer| pointer.split('/').filter(|step| *step == "*").count() <= 1),
            "a pointer may hold one `*`: {}",
            json!(condition)
        );
    } else {
        ensure!(
            condition.name.is_some(),
            "a {:?} condition needs a `name`: {}",
            condition.place,
            json!(condition)
        );
    }
    if let Some(pattern) = &condition.pattern {
        ensure!(
            regex::Regex::new(pattern).is_ok(),
            "not a pattern: {pattern}"
        );
    }
    Ok(())
}

/// Whether a condition holds of a request, looking at `part` of its body.
pub fn holds(condition: &Condition, asked: &Asked, part: Option<&Value>) -> bool {
    match condition.place {
        In::Body => {
            let seen = part.map_or_else(Vec::new, |part| {
                expand(part, condition.pointer.as_deref().unwrap_or_default())
                    .into_iter()
                    .map(|(_, value)| value)
                    .collect()
            });
            judge(condition, &seen)
        }
        place => {
            let name = condition.name.as_deref().unwrap_or_default();
            let found: Vec<Value> = match place {
                In::Path => asked
                    .path
                    .get(name)
                    .map(|value| json!(value))
                    .into_iter()
                    .collect(),
                In::Query => asked
                    .query
                    .iter()
                    .filter(|(key, _)| key == name)
                    .map(|(_, value)| json!(value))
                    .collect(),
                _ => asked
                    .headers
                    .iter()
                    .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| json!(value))
                    .collect(),
            };
            judge(condition, &found.iter().collect::<Vec<_>>())
        }
    }
}

fn judge(condition: &Condition, seen: &[&Value]) -> bool {
    if let Some(present) = condition.present {
        return present != seen.is_empty();
    }
    seen.iter().any(|value| {
        condition
            .constant
            .as_ref()
            .is_some_and(|wanted| wanted == *value)
            || condition
                .one_of
                .as_ref()
                .is_some_and(|wanted| wanted.contains(value))
            || condition.pattern.as_ref().is_some_and(|pattern| {
                value.as_str().is_some_and(|text| {
                    regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
                })
            })
    })
}

/// The values a pointer with `*` leads to, with their own pointers.
pub fn expand<'a>(value: &'a Value, pointer: &str) -> Vec<(String, &'a Value)> {
    let mut found = vec![(String::new(), value)];
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        found = found
            .into_iter()
            .flat_map(|(at, value)| -> Vec<(String, &'a Value)> {
                match value {
                    Value::Array(elements) if step == "*" => elements
                        .iter()
                        .enumerate()
                        .map(|(index, one)| (format!("{at}/{index}"), one))
                        .collect(),
                    Value::Array(elements) => step
                        .parse::<usize>()
                        .ok()
                        .and_then(|index| elements.get(index))
                        .map(|one| (format!("{at}/{step}"), one))
                        .into_iter()
                        .collect(),
                    Value::Object(members) if step == "*" => members
                        .iter()
                        .map(|(key, one)| (format!("{at}/{}", escape(key)), one))
                        .collect(),
                    Value::Object(members) => members
                        .get(&name)
                        .map(|one| (format!("{at}/{step}"), one))
                        .into_iter()
                        .collect(),
                    _ => vec![],
                }
            })
            .collect();
    }
    found
}

/// A key as a step of a JSON pointer.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A body condition as a schema.
pub fn guard(condition: &Condition) -> Value {
    let pointer = condition.pointer.as_deref().unwrap_or_default();
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    if condition.present == Some(false) {
        return json!({"not": nest(&steps, json!({}))});
    }
    let test = if let Some(constant) = &condition.constant {
        json!({"const": constant})
    } else if let Some(values) = &condition.one_of {
        json!({"enum": values})
    } else if let Some(pattern) = &condition.pattern {
        json!({"type": "string", "pattern": pattern})
    } else {
        json!({})
    };
    nest(&steps, test)
}

fn nest(steps: &[&str], test: Value) -> Value {
    let Some((first, rest)) = steps.split_first() else {
        return test;
    };
    let inner = nest(rest, test);
    if *first == "*" {
        return json!({"type": "array", "contains": inner});
    }
    if let Ok(index) = first.parse::<usize>() {
        let mut items = vec![json!({}); index];
        items.push(inner);
        return json!({"type": "array", "minItems": index + 1, "prefixItems": items});
    }
    let name = first.replace("~1", "/").replace("~0", "~");
    let mut properties = Map::new();
    if inner != json!({}) {
        properties.insert(name.clone(), inner);
    }
    let mut schema = json!({"type": "object", "required": [name]});
    if !properties.is_empty() {
        schema["properties"] = Value::Object(properties);
    }
    schema
}

/// All conditions of a list as one schema.
pub fn guards(conditions: &[Condition]) -> Value {
    match conditions {
        [one] => guard(one),
        several => json!({"allOf": several.iter().map(guard).collect::<Vec<_>>()}),
    }
}

/// The JSON body of a request.
pub fn json_body(asked: &Asked) -> Option<&Value> {
    match &asked.body {
        Some(Payload::Json(value)) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use serde_json::json;

    use super::*;

    fn condition(from: Value) -> Condition {
        let condition: Condition = serde_json::from_value(from).expect("a condition");
        check(&condition).expect("a good condition");
        condition
    }

    fn asked() -> Asked {
        Asked {
            method: "GET".into(),
            url: String::new(),
            path: IndexMap::from([("id".to_owned(), "65f".to_owned())]),
            query: vec![("memberId".into(), "7".into())],
            headers: vec![("X-Kind".into(), "a".into())],
            body: None,
            rung: None,
            holes: vec![],
        }
    }

    #[test]
    fn a_guard_accepts_exactly_the_bodies_its_condition_holds_of() {
        let conditions = [
            json!({"pointer": "/type", "const": "text"}),
            json!({"pointer": "/type", "enum": ["text", "image"]}),
            json!({"pointer": "/type", "pattern": "^te"}),
            json!({"pointer": "/context/id", "present": true}),
            json!({"pointer": "/context/id", "present": false}),
            json!({"pointer": "/parts/*/type", "const": "image"}),
            json!({"pointer": "/parts/0/type", "const": "image"}),
            json!({"pointer": "/parts/*/type", "present": false}),
        ];
        let bodies = [
            json!({}),
            json!({"type": "text"}),
            json!({"type": "image", "context": {"id": 1}}),
            json!({"type": 7, "context": {}}),
            json!({"parts": []}),
            json!({"parts": [{"type": "text"}, {"type": "image"}]}),
            json!({"parts": [{"type": "image"}]}),
            json!({"parts": [{"kind": "image"}]}),
            json!([]),
            json!("text"),
        ];
        for given in conditions {
            let condition = condition(given);
            let guard =
                jsonschema::validator_for(&guard(&condition)).expect("a guard is JSON Schema");
            for body in &bodies {
                assert_eq!(
                    holds(&condition, &asked(), Some(body)),
                    guard.is_valid(body),
                    "{} of {body}",
                    json!(condition)
                );
            }
        }
    }

    #[test]
    fn conditions_look_outside_the_body_too() {
        for (given, expected) in [
            (
                json!({"in": "path", "name": "id", "pattern": "^[0-9a-f]+$"}),
                true,
            ),
            (
                json!({"in": "query", "name": "memberId", "present": true}),
                true,
            ),
            (
                json!({"in": "query", "name": "other", "present": true}),
                false,
            ),
            (
                json!({"in": "header", "name": "x-kind", "const": "a"}),
                true,
            ),
        ] {
            assert_eq!(
                holds(&condition(given.clone()), &asked(), None),
                expected,
                "{given}"
            );
        }
    }

    #[test]
    fn malformed_conditions_are_refused() {
        for given in [
            json!({"pointer": "/a"}),
            json!({"pointer": "a", "const": 1}),
            json!({"in": "query", "const": 1}),
            json!({"pointer": "/a", "const": 1, "present": true}),
            json!({"pointer": "/a", "pattern": "("}),
        ] {
            let condition: Condition = serde_json::from_value(given.clone()).expect("a condition");
            assert!(check(&condition).is_err(), "{given}");
        }
    }
}
