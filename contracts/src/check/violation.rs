//! What a check found, in a form for programs and in a sentence for people.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::{Evidence, Place};

/// The kinds of promises a contract makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Something that must be there is missing.
    Required,
    /// A value of the wrong type.
    Type,
    /// A value outside a list.
    Enum,
    /// A value other than the only one allowed.
    Const,
    /// A text that does not match.
    Pattern,
    /// A text that is not in its format.
    Format,
    /// A length, a count or a number beyond its limit.
    Limit,
    /// A body that fits none of the documented variants.
    Variant,
    /// A member, parameter or field the contract does not know. Whether that counts is the caller's choice.
    Undocumented,
    /// A member the contract says is refused.
    Forbidden,
    /// A body of another kind than documented.
    ContentType,
    /// A status that is not documented.
    Status,
    /// Text that claims to be JSON and is not.
    Json,
    /// Anything else.
    Other,
}

/// One broken promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// Which kind of promise.
    pub rule: Rule,
    /// The part of the exchange.
    pub place: Place,
    /// In a body, the JSON pointer to the value, also to a missing one; elsewhere the parameter's name.
    pub pointer: String,
    /// What stands there; nothing when it is missing.
    pub found: Option<Value>,
    /// What should stand there: "a string", "at most 10 characters".
    pub expected: String,
    /// A sentence with all of that.
    pub message: String,
    /// Where the promise comes from.
    pub evidence: Evidence,
}

/// The longest value a message quotes, in characters.
const QUOTED: usize = 80;

impl Violation {
    /// A violation with its sentence.
    pub fn new(
        rule: Rule,
        place: Place,
        pointer: String,
        found: Option<Value>,
        expected: String,
        evidence: Evidence,
    ) -> Self {
        let subject = subject(place, &pointer);
        let message = match predicate(rule, found.as_ref()) {
            Some(predicate) => format!("{subject} {predicate}; expected {expected}."),
            None => format!("{subject} {expected}."),
        };
        Self {
            rule,
            place,
            pointer,
            found,
            expected,
            message,
            evidence,
        }
    }

    /// The same with other words for what is wrong.
    pub(super) fn saying(mut self, predicate: &str) -> Self {
        self.message = format!(
            "{} {predicate}; expected {}.",
            subject(self.place, &self.pointer),
            self.expected
        );
        self
    }
}

fn subject(place: Place, pointer: &str) -> String {
    match place {
        Place::Body if pointer.is_empty() => "The body".to_owned(),
        Place::Body => format!("`{pointer}` in the body"),
        Place::Path | Place::Query | Place::Header => format!("The {place} `{pointer}`"),
        Place::Status | Place::ContentType => format!("The {place}"),
    }
}

fn predicate(rule: Rule, found: Option<&Value>) -> Option<String> {
    Some(match (rule, found) {
        (Rule::Undocumented, _) => "is not documented".to_owned(),
        (Rule::Forbidden, _) => "is refused".to_owned(),
        (Rule::Other, _) => return Some("cannot be judged".to_owned()),
        (_, None) => "is missing".to_owned(),
        (Rule::Type, Some(found)) => format!("is {}, which is {}", quoted(found), kind(found)),
        (Rule::Limit, Some(Value::Array(items))) => format!("has {} elements", items.len()),
        (Rule::Limit, Some(Value::Object(members))) => format!("has {} members", members.len()),
        (Rule::Limit, Some(Value::String(text))) => {
            format!("has {} characters", text.chars().count())
        }
        (Rule::Variant, Some(found)) => {
            format!("is {}, which is no documented variant", quoted(found))
        }
        (_, Some(found)) => format!("is {}", quoted(found)),
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
