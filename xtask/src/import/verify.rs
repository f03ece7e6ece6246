//! Every documented request, answer and payload must keep the contract made from it.

use anyhow::{Context, Result, bail};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::build;
use super::condition;
use super::inventory::{Asked, Condition};
use super::operations;
use serde::Deserialize;

/// How many mismatches are told at once.
const TOLD: usize = 12;

/// Checks a finished contract against its own examples.
pub fn contract(document: &Value) -> Result<()> {
    let components = document.get("components").cloned().unwrap_or(Value::Null);
    let mut wrong = Vec::new();
    for operation in operations(document) {
        requests(operation, &components, &document["x-variables"], &mut wrong)
            .with_context(|| format!("operation {}", operation["operationId"]))?;
        answers(operation, &components, &mut wrong)
            .with_context(|| format!("operation {}", operation["operationId"]))?;
    }
    for (name, webhook) in document
        .get("webhooks")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let content = webhook["post"]["requestBody"]["content"].as_object();
        for media in content.into_iter().flat_map(Map::values) {
            let Some(validator) = validator(media.get("schema"), &components)
                .with_context(|| format!("webhook {name}"))?
            else {
                continue;
            };
            for (example, told) in media["examples"].as_object().into_iter().flatten() {
                let mut holes: Vec<String> = told["x-holes"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect();
                if let Some(value) = told.get("value") {
                    let mut value = value.clone();
                    fill(
                        &mut value,
                        &document["x-variables"],
                        &mut String::new(),
                        &mut holes,
                    );
                    wrong.extend(mismatch(&validator, &value, &holes).map(|why| {
                        format!(
                            "webhook {name}, payload {example:?} (item {}): {why}",
                            told["x-item"].as_str().unwrap_or("-")
                        )
                    }));
                }
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let more = wrong.len().saturating_sub(TOLD);
    wrong.truncate(TOLD);
    let more = if more > 0 {
        format!("\n  … and {more} more")
    } else {
        String::new()
    };
    bail!(
        "documented examples do not keep the contract:\n  {}{more}",
        wrong.join("\n  ")
    )
}

fn requests(
    operation: &Value,
    components: &Value,
    variables: &Value,
    wrong: &mut Vec<String>,
) -> Result<()> {
    let name = operation["operationId"].as_str().unwrap_or_default();
    let mut asked: Vec<(String, Asked)> = Vec::new();
    for variant in operation["x-variants"].as_array().into_iter().flatten() {
        let told = format!(
            "{name}: documented request of variant {} (item {:?})",
            variant["name"],
            variant["title"].as_str().unwrap_or_default()
        );
        if let Some(request) = variant.get("request") {
            asked.push((
                told.clone(),
                Asked::deserialize(request).with_context(|| format!("{told}: not a request"))?,
            ));
        }
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        // What was refused need not keep the contract.
        if status.parse::<u16>().is_ok_and(|code| code >= 400) {
            continue;
        }
        for (example, told) in examples(response) {
            if let Some(request) = told.get("x-request") {
                let told = format!(
                    "{name}: request of the {status} example {example:?} (item {})",
                    told["x-item"].as_str().unwrap_or("-")
                );
                asked.push((
                    told.clone(),
                    Asked::deserialize(request)
                        .with_context(|| format!("{told}: not a request"))?,
                ));
            }
        }
    }
    let body = &operation["requestBody"]["content"]["application/json"];
    let Some(validator) = validator(body.get("schema"), components)? else {
        return Ok(());
    };
    for (told, asked) in asked {
        let Some(written) = condition::json_body(&asked) else {
            continue;
        };
        let mut filled = written.clone();
        let mut asked = asked.clone();
        fill(&mut filled, variables, &mut String::new(), &mut asked.holes);
        let value = &filled;
        if let Some(why) = mismatch(&validator, value, &asked.holes) {
            let why = closer(operation, components, &asked, value).unwrap_or(why);
            wrong.push(format!("{told}: {why}"));
        }
    }
    Ok(())
}

/// Puts values where variables stand; what nobody has a value for stays a hole.
fn fill(value: &mut Value, variables: &Value, at: &mut String, holes: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let bare = holes.iter().position(|hole| hole == at);
            let name = text
                .strip_prefix("{{")
                .and_then(|rest| rest.strip_suffix("}}"));
            let given = name.and_then(|name| variables.get(name));
            if let (Some(place), Some(given)) = (bare, given) {
                holes.swap_remove(place);
                // What stood without quotes is JSON: a number in a variable is a number here.
                *value = given
                    .as_str()
                    .and_then(|text| serde_json::from_str(text).ok())
                    .unwrap_or_else(|| given.clone());
                return;
            }
            for (name, given) in variables.as_object().into_iter().flatten() {
                let given = given
                    .as_str()
                    .map_or_else(|| given.to_string(), str::to_owned);
                *text = text.replace(&format!("{{{{{name}}}}}"), &given);
            }
            let open = text.contains("{{") || (text.starts_with('<') && text.ends_with('>'));
            if open && bare.is_none() {
                holes.push(at.clone());
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter_mut().enumerate() {
                let length = at.len();
                at.push_str(&format!("/{index}"));
                fill(element, variables, at, holes);
                at.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let length = at.len();
                at.push_str(&format!("/{}", condition::escape(name)));
                fill(member, variables, at, holes);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

/// Which variant's schema is broken, instead of "none of the branches".
fn closer(operation: &Value, components: &Value, asked: &Asked, body: &Value) -> Option<String> {
    let at = operation["x-variants-at"].as_str().unwrap_or_default();
    for (place, part) in condition::expand(body, at) {
        let chosen = operation["x-variants"].as_array()?.iter().find(|variant| {
            let when: Vec<Condition> = variant
                .get("when")
                .and_then(|when| Vec::deserialize(when).ok())
                .unwrap_or_default();
            build::all_hold(&when, asked, Some(part))
        });
        let Some(chosen) = chosen else {
            return Some(format!(
                "{}: no variant has conditions that hold",
                if place.is_empty() { "body" } else { &place }
            ));
        };
        let Some(reference) = chosen.get("schema").and_then(Value::as_str) else {
            continue;
        };
        let validator = validator(Some(&json!({"$ref": reference})), components).ok()??;
        let inside: Vec<String> = asked
            .holes
            .iter()
            .filter_map(|hole| hole.strip_prefix(&place))
            .map(str::to_owned)
            .collect();
        if let Some(why) = mismatch(&validator, part, &inside) {
            return Some(format!("as variant {}: {place}{why}", chosen["name"]));
        }
    }
    None
}

fn answers(operation: &Value, components: &Value, wrong: &mut Vec<String>) -> Result<()> {
    let name = operation["operationId"].as_str().unwrap_or_default();
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        for (media, body) in response["content"].as_object().into_iter().flatten() {
            let Some(validator) = validator(body.get("schema"), components)? else {
                continue;
            };
            for (example, told) in body["examples"].as_object().into_iter().flatten() {
                if let Some(value) = told.get("value") {
                    wrong.extend(mismatch(&validator, value, &[]).map(|why| {
                        format!(
                            "{name}: {status} {media} example {example:?} (item {}): {why}",
                            told["x-item"].as_str().unwrap_or("-")
                        )
                    }));
                }
            }
        }
    }
    Ok(())
}

fn examples(response: &Value) -> Vec<(&String, &Value)> {
    let bodies = response["content"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .filter_map(|media| media["examples"].as_object());
    bodies
        .chain(response["x-examples"].as_object())
        .flatten()
        .collect()
}

fn validator(schema: Option<&Value>, components: &Value) -> Result<Option<Validator>> {
    let Some(schema) = schema else {
        return Ok(None);
    };
    let whole = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema], "components": components});
    let made = jsonschema::validator_for(&whole)
        .map_err(|error| anyhow::anyhow!("its schema is no JSON Schema: {error}"))?;
    Ok(Some(made))
}

/// The first thing wrong with a value; what stands in a hole is not judged.
fn mismatch(validator: &Validator, value: &Value, holes: &[String]) -> Option<String> {
    let error = validator.iter_errors(value).find(|error| {
        let place = error.instance_path().to_string();
        !holes.iter().any(|hole| {
            place == *hole
                || (error.schema_path().to_string().contains("Of") && hole.starts_with(&place))
        })
    })?;
    let place = error.instance_path().to_string();
    let text: String = error.to_string().chars().take(300).collect();
    Some(format!(
        "{}: {text}",
        if place.is_empty() { "body" } else { &place }
    ))
}
