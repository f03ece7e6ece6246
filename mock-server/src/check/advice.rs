//! What to do about a broken rule, in one sentence.

use contracts::check::{Rule, Violation};
use contracts::document::Place;
use serde_json::Value;

/// How alike two names must be for one to be taken for the other.
const ALIKE: f64 = 0.75;

/// One sentence that says what to do; `known` are the members that the contract knows there.
#[must_use]
pub fn fix(violation: &Violation, known: &[&str]) -> String {
    let Violation {
        rule,
        place,
        pointer,
        found,
        expected,
        ..
    } = violation;
    let name = pointer.rsplit('/').next().unwrap_or(pointer);
    let what = match (place, pointer.as_str()) {
        (Place::Body, "") => "the body".to_owned(),
        _ => format!("`{name}`"),
    };
    match (rule, found) {
        (Rule::Required, _) if what == "the body" => format!("Send {expected}."),
        (Rule::Required, _) => format!("Add {what}: {expected}."),
        (Rule::Type, Some(Value::Number(number))) if expected.contains("a string") => {
            format!(
                "Write {what} as a string: \"{number}\". Numbers lose leading zeros and long digits."
            )
        }
        (Rule::Type, Some(Value::String(text))) if numeric(text, expected) => {
            format!("Write {what} without quotes: {text}.")
        }
        (Rule::Type, _) => format!("Make {what} {expected}."),
        (Rule::Undocumented, _) => match nearest(name, known) {
            Some(near) => format!("Did you mean `{near}`? Otherwise leave out {what}."),
            None => format!("Leave out {what}; the vendor does not say what it would do."),
        },
        (Rule::Forbidden, _) => match nearest(name, known) {
            Some(near) => {
                format!("Did you mean `{near}`? Otherwise leave out {what}: the vendor refuses it.")
            }
            None => format!("Leave out {what}: the vendor refuses it."),
        },
        (Rule::ContentType, _) => format!("Send the content type {expected}."),
        (Rule::Json, _) => "Send well-formed JSON.".to_owned(),
        (Rule::Other, _) => "Report this to mock-server: the contract cannot be used.".to_owned(),
        _ => format!("Make {what} {expected}."),
    }
}

fn numeric(text: &str, expected: &str) -> bool {
    let wanted = expected.contains("an integer") || expected.contains("a number");
    wanted && text.parse::<f64>().is_ok()
}

/// The known name that a name was probably meant to be.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let bare = |text: &str| {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.collect::<String>().to_ascii_lowercase()
    };
    let scored = known.iter().filter(|one| **one != name).map(|one| {
        let score = strsim::normalized_damerau_levenshtein(&bare(name), &bare(one));
        (score, *one)
    });
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= ALIKE).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_is_recognised() {
        let known = ["clientWaNumber", "message", "messageType"];
        assert_eq!(nearest("client_wa_number", &known), Some("clientWaNumber"));
        assert_eq!(nearest("mesage", &known), Some("message"));
        assert_eq!(nearest("tracking", &known), None);
    }
}
