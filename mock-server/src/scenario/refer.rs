//! References: `${step.field}` in values of a scenario.

use serde_json::{Map, Value};

use crate::kernel::patch::Place;

/// A value with its references replaced by what is known.
///
/// # Errors
/// When a reference leads nowhere.
pub fn resolve(value: &Value, known: &Map<String, Value>) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => text_of(text, known)?,
        Value::Array(items) => {
            let items = items.iter().map(|item| resolve(item, known));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(members) => Value::Object(resolve_members(members, known)?),
        other => other.clone(),
    })
}

/// The same for members; names have references too.
///
/// # Errors
/// When a reference leads nowhere.
pub fn resolve_members(
    members: &Map<String, Value>,
    known: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    let mut resolved = Map::new();
    for (name, value) in members {
        let name = plain(&text_of(name, known)?);
        resolved.insert(name, resolve(value, known)?);
    }
    Ok(resolved)
}

/// A text that is one reference becomes what is meant; others are filled in.
fn text_of(text: &str, known: &Map<String, Value>) -> Result<Value, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find("${") {
        let Some(length) = rest[begin..].find('}') else {
            return Err(format!("\"{text}\" has a reference that stays open"));
        };
        let name = &rest[begin + 2..begin + length];
        let value = look_up(name.trim(), known)?;
        if begin == 0 && filled.is_empty() && length + 1 == rest.len() {
            return Ok(value);
        }
        filled.push_str(&rest[..begin]);
        filled.push_str(&plain(&value));
        rest = &rest[begin + length + 1..];
    }
    filled.push_str(rest);
    Ok(Value::String(filled))
}

fn look_up(name: &str, known: &Map<String, Value>) -> Result<Value, String> {
    let place = Place::read(name).map_err(|wrong| wrong.message)?;
    let root = Value::Object(known.clone());
    let found = place.find(&root).cloned();
    found.ok_or_else(|| {
        let first = name.split(['.', '[']).next().unwrap_or(name);
        if known.contains_key(first) {
            format!("${{{name}}} leads nowhere: \"{first}\" has no such field")
        } else {
            let known: Vec<_> = known.keys().map(String::as_str).collect();
            format!("${{{name}}} leads nowhere; known are {}", known.join(", "))
        }
    })
}

/// A value as a part of a text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_values_or_parts_of_texts() {
        let known = json!({"client": "91", "sent": {"body": {"data": [{"id": 7}]}}});
        let known = known.as_object().unwrap();
        let resolved = |value: Value| resolve(&value, known);
        assert_eq!(resolved(json!("${sent.body.data[0].id}")), Ok(json!(7)));
        assert_eq!(
            resolved(json!({"to ${client}": ["no. ${sent.body.data[0].id}!"]})),
            Ok(json!({"to 91": ["no. 7!"]}))
        );
        assert!(
            resolved(json!("${nobody.id}"))
                .unwrap_err()
                .contains("known are client, sent")
        );
        assert!(
            resolved(json!("${sent.head}"))
                .unwrap_err()
                .contains("has no such field")
        );
        assert!(resolved(json!("${sent")).is_err());
    }
}
