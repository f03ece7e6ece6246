//! What a client made of an answer, laid beside the answer.

use contracts::adapters::Made;
use serde_json::Value;

/// Where what was understood differs from what was said; a member that is null counts as absent on both sides.
pub fn differences(made: &Made, said: &[u8]) -> Vec<String> {
    match made {
        Made::Nothing if said.is_empty() => Vec::new(),
        Made::Nothing => vec![format!(
            "nothing was understood of {}",
            String::from_utf8_lossy(said)
        )],
        Made::Bytes(bytes) if bytes == said => Vec::new(),
        Made::Bytes(bytes) => vec![format!("{} bytes instead of {}", bytes.len(), said.len())],
        Made::Words(words) => {
            let text = String::from_utf8_lossy(said);
            let missing = words
                .iter()
                .filter(|word| word.is_empty() || !text.contains(word.as_str()));
            missing
                .map(|word| format!("{word:?} was not said"))
                .collect()
        }
        Made::Json(understood) => match serde_json::from_slice(said) {
            Ok(said) => json_differences(understood, &said),
            Err(error) => vec![format!("understood as JSON, which it is not: {error}")],
        },
    }
}

/// The same for two JSON values.
pub fn json_differences(understood: &Value, said: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare(understood, said, "", &mut differences);
    differences
}

fn compare(understood: &Value, said: &Value, at: &str, differences: &mut Vec<String>) {
    match (understood, said) {
        (Value::Object(understood), Value::Object(said)) => {
            for (name, value) in said.iter().filter(|(_, value)| !value.is_null()) {
                let at = format!("{at}/{name}");
                match understood.get(name).filter(|value| !value.is_null()) {
                    Some(understood) => compare(understood, value, &at, differences),
                    None => differences.push(format!("{at} was overlooked")),
                }
            }
            for (name, value) in understood.iter().filter(|(_, value)| !value.is_null()) {
                if said.get(name).is_none_or(Value::is_null) {
                    differences.push(format!("{at}/{name} was made up: {value}"));
                }
            }
        }
        (Value::Array(understood), Value::Array(said)) => {
            if understood.len() != said.len() {
                let (few, many) = (understood.len(), said.len());
                differences.push(format!("{at} has {many} elements, {few} were understood"));
            }
            for (index, (understood, said)) in understood.iter().zip(said).enumerate() {
                compare(understood, said, &format!("{at}/{index}"), differences);
            }
        }
        _ if understood == said => {}
        _ => differences.push(format!("{at} is {said}, understood as {understood}")),
    }
}

#[test]
fn what_is_overlooked_made_up_or_twisted_is_told() {
    let said = serde_json::json!({"a": 1, "b": [1, 2], "c": null, "d": "x"});
    let understood = serde_json::json!({"a": "1", "b": [1], "e": true, "f": null});
    insta::assert_debug_snapshot!(json_differences(&understood, &said), @r#"
    [
        "/a is 1, understood as \"1\"",
        "/b has 2 elements, 1 were understood",
        "/d was overlooked",
        "/e was made up: true",
    ]
    "#);
    assert!(json_differences(&said, &said).is_empty());
}
