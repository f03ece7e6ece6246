//! Placeholders: what fills a template of WhatsApp, and whether it fits.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::vendors::omnichat::error::MetaError;
use crate::vendors::omnichat::resources::whatsapp_templates::Template;

impl Template {
    /// Whether what is given fills this template: no place is left empty, and nothing is left over.
    ///
    /// # Errors
    /// Meta's first complaint: header before body before buttons.
    pub fn check(&self, given: &[Value]) -> Result<(), MetaError> {
        self.check_header(&parameters(given, "header"))?;
        let body = self
            .part("BODY")
            .map_or(0, |part| places(text(part, "text")));
        fill_text("body", body, &parameters(given, "body"))?;
        self.check_buttons(given)
    }

    /// What the body says once it is filled.
    pub fn words(&self, given: &[Value]) -> String {
        let body = self.part("BODY").map_or("", |part| text(part, "text"));
        let values = parameters(given, "body");
        (1..)
            .zip(values)
            .fold(body.to_owned(), |body, (number, value)| {
                let value = value["text"]
                    .as_str()
                    .or_else(|| value["currency"]["fallback_value"].as_str())
                    .or_else(|| value["date_time"]["fallback_value"].as_str());
                body.replace(&format!("{{{{{number}}}}}"), value.unwrap_or_default())
            })
    }

    /// The buttons, from top to bottom.
    pub fn buttons(&self) -> &[Value] {
        let part = self.part("BUTTONS");
        let buttons = part.and_then(|part| part["buttons"].as_array());
        buttons.map(Vec::as_slice).unwrap_or_default()
    }

    fn part(&self, kind: &str) -> Option<&Value> {
        self.components.iter().find(|part| part["type"] == kind)
    }

    fn check_header(&self, given: &[&Value]) -> Result<(), MetaError> {
        let Some(header) = self.part("HEADER") else {
            return fill_text("header", 0, given);
        };
        let format = header["format"].as_str().unwrap_or("TEXT");
        if format == "TEXT" {
            return fill_text("header", places(text(header, "text")), given);
        }
        match given {
            [one] if kind_of(one) == format => Ok(()),
            [one] => Err(wrong_format("header", format, &kind_of(one))),
            [] => Err(wrong_format("header", format, "UNKNOWN")),
            many => Err(wrong_count("header", many.len(), 1)),
        }
    }

    fn check_buttons(&self, given: &[Value]) -> Result<(), MetaError> {
        let buttons = self.buttons();
        for filling in given.iter().filter(|part| is(part, "button")) {
            let index = index_of(filling);
            let values = values(filling);
            let Some(button) = index.and_then(|index| buttons.get(index)) else {
                let place = format!("button at index {}", filling["index"]);
                return Err(wrong_count(&place, values.len(), 0));
            };
            let place = format!("button at index {}", index.unwrap_or_default());
            let kind = text(button, "type").to_uppercase();
            let named = text(filling, "sub_type").to_uppercase();
            if kind != named {
                return Err(wrong_format(&place, &kind, &named));
            }
            let (expected, takes): (usize, &[&str]) = match kind.as_str() {
                "URL" => (places(text(button, "url")), &["TEXT", "PAYLOAD"]),
                "QUICK_REPLY" => (1, &["PAYLOAD", "TEXT"]),
                // A catalogue's thumbnail may be left to Meta.
                "CATALOG" => (values.len().min(1), &["ACTION"]),
                "COPY_CODE" => (1, &["TEXT", "PAYLOAD"]),
                _ => (0, &[]),
            };
            // What a named button misses is what every button misses: said below, in Meta's words.
            if values.len() > expected || (kind == "QUICK_REPLY" && values.is_empty()) {
                return Err(wrong_count(&place, values.len(), expected));
            }
            for value in &values {
                if !takes.contains(&kind_of(value).as_str()) {
                    let first = takes.first().copied().unwrap_or("NOTHING");
                    return Err(wrong_format(&place, first, &kind_of(value)));
                }
            }
        }
        for (index, button) in buttons.iter().enumerate() {
            let filled = given.iter().any(|part| {
                is(part, "button") && index_of(part) == Some(index) && !values(part).is_empty()
            });
            if text(button, "type") == "URL" && places(text(button, "url")) > 0 && !filled {
                return Err(MetaError::RequiredMissing(format!(
                    "buttons: Button at index {index} of type Url requires a parameter"
                )));
            }
        }
        Ok(())
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn is(component: &Value, kind: &str) -> bool {
    text(component, "type").eq_ignore_ascii_case(kind)
}

fn values(component: &Value) -> Vec<&Value> {
    component["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .collect()
}

fn parameters<'a>(given: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let parts = given.iter().filter(|part| is(part, kind));
    parts.flat_map(values).collect()
}

fn index_of(component: &Value) -> Option<usize> {
    match &component["index"] {
        Value::String(text) => text.parse().ok(),
        other => usize::try_from(other.as_u64()?).ok(),
    }
}

fn kind_of(parameter: &Value) -> String {
    text(parameter, "type").to_uppercase()
}

/// How many different places a text has.
fn places(text: &str) -> usize {
    let parts = text.split("{{").skip(1);
    let names = parts.filter_map(|rest| rest.split_once("}}"));
    names
        .map(|(name, _)| name.trim())
        .collect::<BTreeSet<_>>()
        .len()
}

fn fill_text(place: &str, expected: usize, given: &[&Value]) -> Result<(), MetaError> {
    if given.len() != expected {
        return Err(wrong_count(place, given.len(), expected));
    }
    let wrong = given
        .iter()
        .map(|one| kind_of(one))
        .find(|kind| !matches!(kind.as_str(), "TEXT" | "CURRENCY" | "DATE_TIME"));
    wrong.map_or(Ok(()), |kind| Err(wrong_format(place, "TEXT", &kind)))
}

fn wrong_count(place: &str, given: usize, expected: usize) -> MetaError {
    MetaError::ParameterCount(format!(
        "{place}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
    ))
}

fn wrong_format(place: &str, expected: &str, given: &str) -> MetaError {
    MetaError::ParameterFormat(format!(
        "{place}: Format mismatch, expected {expected}, received {given}"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::vendors::omnichat::resources::whatsapp_templates::{Category, Review};

    fn template() -> Template {
        let components = json!([
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "Dear {{1}}, take {{2}}. Yours, {{1}}"},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": "Open", "url": "https://example.com/{{1}}"},
                {"type": "QUICK_REPLY", "text": "No"},
            ]},
        ]);
        Template {
            phone: "85290000001".to_owned(),
            id: "1".to_owned(),
            category: Category::Marketing,
            status: Review::Approved,
            name: "sale".to_owned(),
            language: "en_US".to_owned(),
            components: serde_json::from_value(components).unwrap(),
        }
    }

    fn image() -> Value {
        json!({"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/1.png"}}]})
    }

    fn body(values: &[&str]) -> Value {
        let values: Vec<_> = values
            .iter()
            .map(|text| json!({"type": "text", "text": text}))
            .collect();
        json!({"type": "BODY", "parameters": values})
    }

    fn button(kind: &str, index: Value, parameter: Value) -> Value {
        json!({"type": "button", "sub_type": kind, "index": index, "parameters": [parameter]})
    }

    fn url() -> Value {
        button("url", json!("0"), json!({"type": "text", "text": "sale"}))
    }

    fn complaint(given: &[Value]) -> String {
        match template().check(given) {
            Ok(()) => String::new(),
            Err(
                MetaError::ParameterCount(details)
                | MetaError::ParameterFormat(details)
                | MetaError::RequiredMissing(details),
            ) => details,
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn what_fits_is_taken_and_fills_the_words() {
        let given = [image(), body(&["Ann", "this"]), url()];
        assert_eq!(complaint(&given), "");
        let words = template().words(&given);
        assert_eq!(words, "Dear Ann, take this. Yours, Ann");
        let payload = json!({"type": "payload", "payload": "{\"no\": 1}"});
        let more = button("QUICK_REPLY", json!(1), payload);
        assert_eq!(complaint(&[image(), body(&["a", "b"]), url(), more]), "");
    }

    #[test]
    fn what_does_not_fit_is_told_in_the_order_of_reading() {
        let both = || body(&["a", "b"]);
        let said = [
            complaint(&[]),
            complaint(&[image()]),
            complaint(&[image(), body(&["a"])]),
            complaint(&[image(), both()]),
            complaint(&[
                image(),
                both(),
                button("quick_reply", json!(0), json!({"type": "payload"})),
            ]),
            complaint(&[
                image(),
                both(),
                url(),
                button("url", json!(7), json!({"type": "text"})),
            ]),
            complaint(&[
                body(&["a"]),
                json!({"type": "header", "parameters": [{"type": "text", "text": "x"}]}),
            ]),
        ];
        assert_eq!(
            said,
            [
                "header: Format mismatch, expected IMAGE, received UNKNOWN",
                "body: number of localizable_params (0) does not match the expected number of params (2)",
                "body: number of localizable_params (1) does not match the expected number of params (2)",
                "buttons: Button at index 0 of type Url requires a parameter",
                "button at index 0: Format mismatch, expected URL, received QUICK_REPLY",
                "button at index 7: number of localizable_params (1) does not match the expected number of params (0)",
                "header: Format mismatch, expected IMAGE, received TEXT",
            ]
        );
    }
}
