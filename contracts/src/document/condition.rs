//! What tells two operations on one route, or two variants of one operation, apart.

use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::Place;
use crate::incoming::Incoming;
use crate::schema::point;

/// A question about a request; every part that is given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Condition {
    /// Where to look: the body, unless said otherwise.
    #[serde(rename = "in", default)]
    pub place: Place,
    /// In the body, a JSON pointer; one `*` stands for some element. Elsewhere, a parameter's name.
    #[serde(alias = "pointer", alias = "name", rename = "pointer", default)]
    pub pointer: String,
    /// The value must equal this one.
    #[serde(rename = "const", default, deserialize_with = "given")]
    pub constant: Option<Value>,
    /// The value must be one of these.
    #[serde(rename = "enum", default)]
    pub one_of: Option<Vec<Value>>,
    /// The value must be text that matches.
    #[serde(default)]
    pub pattern: Option<Pattern>,
    /// The value must be there, or must not.
    #[serde(default)]
    pub present: Option<bool>,
}

/// A regular expression that is compiled when it is first asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Result<Regex, String>>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }
}

impl Pattern {
    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the text matches; an expression that cannot be compiled matches nothing.
    pub fn matches(&self, text: &str) -> bool {
        self.compiled().is_ok_and(|regex| regex.is_match(text))
    }

    /// Why the expression cannot be compiled, if so.
    pub fn problem(&self) -> Option<&str> {
        self.compiled().err()
    }

    fn compiled(&self) -> Result<&Regex, &str> {
        self.compiled
            .get_or_init(|| Regex::new(&self.text).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(String::as_str)
    }
}

impl Condition {
    /// Whether the request meets the condition; a pointer starts at the whole body.
    pub fn holds(&self, incoming: &Incoming<'_>) -> bool {
        match self.place {
            Place::Body => match incoming.body.value() {
                Some(body) => self.holds_in(&body, incoming),
                None => self.judge(None),
            },
            _ => self.holds_outside(incoming),
        }
    }

    /// Whether the condition is met when a pointer starts at this part of the body.
    pub fn holds_in(&self, element: &Value, incoming: &Incoming<'_>) -> bool {
        if self.place != Place::Body {
            return self.holds_outside(incoming);
        }
        let Some((before, after)) = self.pointer.split_once("/*") else {
            return self.judge(point(element, &self.pointer));
        };
        match point(element, before) {
            Some(Value::Array(items)) => self.judge_some(items.iter(), after),
            Some(Value::Object(members)) => self.judge_some(members.values(), after),
            _ => self.judge(None),
        }
    }

    /// Whether some element meets the condition; with none that has the member, it is absent.
    fn judge_some<'v>(&self, elements: impl Iterator<Item = &'v Value>, after: &str) -> bool {
        let mut found = elements.filter_map(|one| point(one, after)).peekable();
        if found.peek().is_none() {
            self.judge(None)
        } else {
            found.any(|value| self.judge(Some(value)))
        }
    }

    fn holds_outside(&self, incoming: &Incoming<'_>) -> bool {
        let text = match self.place {
            Place::Path => incoming.path(&self.pointer),
            Place::Query => incoming.query(&self.pointer),
            Place::Header => incoming.header(&self.pointer),
            Place::Body | Place::Status | Place::ContentType => None,
        };
        if let Some(present) = self.present
            && present != text.is_some()
        {
            return false;
        }
        let says = |value: &Value| text.is_some_and(|text| is_text(value, text));
        self.constant.as_ref().is_none_or(says)
            && self
                .one_of
                .as_ref()
                .is_none_or(|values| values.iter().any(says))
            && self
                .pattern
                .as_ref()
                .is_none_or(|pattern| text.is_some_and(|text| pattern.matches(text)))
    }

    fn judge(&self, value: Option<&Value>) -> bool {
        if let Some(present) = self.present
            && present != value.is_some()
        {
            return false;
        }
        let is = |expected: &Value| value.is_some_and(|value| same(value, expected));
        self.constant.as_ref().is_none_or(is)
            && self
                .one_of
                .as_ref()
                .is_none_or(|values| values.iter().any(is))
            && self.pattern.as_ref().is_none_or(|pattern| match value {
                Some(Value::String(text)) => pattern.matches(text),
                Some(Value::Number(number)) => pattern.matches(&number.to_string()),
                _ => false,
            })
    }

    /// The values the condition accepts, where it lists them.
    pub fn accepted(&self) -> &[Value] {
        match (&self.constant, &self.one_of) {
            (Some(value), _) => std::slice::from_ref(value),
            (None, Some(values)) => values,
            (None, None) => &[],
        }
    }
}

/// The values listed by those conditions that look at this place and pointer, each once, in order.
pub fn accepted_values<'c>(
    conditions: impl Iterator<Item = &'c Condition>,
    place: Place,
    pointer: &str,
) -> Vec<Value> {
    let mut accepted: Vec<Value> = Vec::new();
    for condition in
        conditions.filter(|condition| condition.place == place && condition.pointer == pointer)
    {
        for value in condition.accepted() {
            if !accepted.contains(value) {
                accepted.push(value.clone());
            }
        }
    }
    accepted
}

/// JSON equality in which `1` and `1.0` are the same.
fn same(one: &Value, other: &Value) -> bool {
    one == other
        || matches!((one.as_f64(), other.as_f64()), (Some(one), Some(other)) if one == other)
}

/// Whether a parameter, which is always text, says this value.
fn is_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(expected) => expected == text,
        other => {
            let said = other.to_string();
            said == text
        }
    }
}

/// Keeps a `null` that was written down apart from a member that was not.
pub(super) fn given<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
