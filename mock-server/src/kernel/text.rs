//! What several vendors read in the same way: text that may be a number, digits, placeholders.

use serde::{Deserialize, Deserializer};

/// Text that clients also send as a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(serde_json::Number),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer).map(|scalar| match scalar {
            Scalar::Text(text) => Self(text),
            Scalar::Number(number) => Self(number.to_string()),
        })
    }
}

/// The decimal digits of a text, as in a telephone number however it is written.
#[must_use]
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The numbers of the placeholders (`{{1}}`) in a template's body, each once, in order of appearance.
#[must_use]
pub fn placeholders(body: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for after in body.split("{{").skip(1) {
        let number = after
            .split_once("}}")
            .and_then(|(inside, _)| inside.trim().parse().ok());
        if let Some(number) = number.filter(|number| !found.contains(number)) {
            found.push(number);
        }
    }
    found
}

/// The body with each placeholder replaced by what `value` has for its number; others stay.
#[must_use]
pub fn fill_placeholders(body: &str, value: impl Fn(u32) -> Option<String>) -> String {
    let mut filled = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let inside = after.split_once("}}");
        let found = inside.and_then(|(number, tail)| {
            let number = number.trim().parse().ok()?;
            Some((value(number)?, tail))
        });
        match found {
            Some((value, tail)) => {
                filled.push_str(&value);
                rest = tail;
            }
            None => {
                filled.push_str("{{");
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_once_and_are_filled_everywhere() {
        let body = "{{2}} and {{ 1 }}, {{2}} {{x}} {{3";
        assert_eq!(placeholders(body), [2, 1]);
        let filled = fill_placeholders(body, |number| Some(format!("<{number}>")));
        assert_eq!(filled, "<2> and <1>, <2> {{x}} {{3");
    }

    #[test]
    fn a_number_is_text_too() {
        let texts: Vec<Text> = serde_json::from_str(r#"["a", 12, 1.5]"#).unwrap();
        let texts: Vec<_> = texts.into_iter().map(|text| text.0).collect();
        assert_eq!(texts, ["a", "12", "1.5"]);
    }
}
