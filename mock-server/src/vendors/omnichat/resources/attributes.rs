//! Custom attributes: what the team wants to know of its people, and of which type it is.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::state::Omnichat;
use crate::kernel::table::Record;

/// An attribute of the team's schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attribute {
    /// Its name in requests.
    pub key: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Its name for people.
    pub display_name: String,
}

impl Record for Attribute {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.key)
    }
}

/// What the values of an attribute are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Any text.
    Text,
    /// A JSON number.
    Number,
    /// `2022-11-01`.
    Date,
    /// `2022-11-01T14:16:00`.
    DateTime,
    /// `true` or `false`.
    Boolean,
}

impl Kind {
    /// The number customers have for it, where contacts have a word.
    pub fn number(self) -> u8 {
        match self {
            Self::Text => 1,
            Self::Number => 2,
            Self::Date => 3,
            Self::DateTime => 4,
            Self::Boolean => 5,
        }
    }
}

/// What is known of somebody: stored as contacts show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Which attribute.
    pub key: String,
    /// Its value.
    pub value: Value,
}

/// An attribute as a request sets it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Given {
    /// Which attribute.
    pub key: String,
    /// Its new value.
    #[serde(default)]
    pub value: Value,
}

/// The longest key.
const KEY: usize = 100;
/// The longest value.
const VALUE: usize = 1000;
/// What a cleared date becomes.
const NO_DATE: &str = "1970-01-01";
/// What a cleared datetime becomes.
const NO_DATETIME: &str = "1970-01-01T00:00:00";

impl Kind {
    /// The value as it is kept; nothing when it is of another type.
    fn read(self, value: &Value) -> Option<Value> {
        Some(match (self, value) {
            (Self::Text, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_)) => value.clone(),
            (Self::Date, Value::String(text)) if text.is_empty() => json!(NO_DATE),
            (Self::DateTime, Value::String(text)) if text.is_empty() => json!(NO_DATETIME),
            (Self::Date, Value::String(text)) => {
                let date: Date = strictly("%Y-%m-%d", text)?.date();
                json!(date.strftime("%Y-%m-%d").to_string())
            }
            (Self::DateTime, Value::String(text)) => {
                let at = strictly("%Y-%m-%dT%H:%M:%S", text)?;
                json!(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
            }
            _ => return None,
        })
    }
}

/// A date or datetime that is written exactly like this.
fn strictly(form: &str, text: &str) -> Option<DateTime> {
    let broken = jiff::fmt::strtime::parse(form, text).ok()?;
    let at = broken
        .to_datetime()
        .or_else(|_| broken.to_date().map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    (at.strftime(form).to_string() == text).then_some(at)
}

impl Omnichat {
    /// What a request sets, checked against the schema.
    ///
    /// # Errors
    /// The key that is unknown, too long, or has a value of the wrong type; every operation
    /// has its own refusal for that.
    pub fn attributes_given(&self, given: &[Given]) -> Result<Vec<Known>, String> {
        let read = |one: &Given| {
            let long = one.key.chars().count() > KEY
                || matches!(&one.value, Value::String(text) if text.chars().count() > VALUE);
            let kind = self.attributes.get(&one.key).map(|known| known.kind);
            let value = kind
                .filter(|_| !long)
                .and_then(|kind| kind.read(&one.value));
            let known = value.map(|value| Known {
                key: one.key.clone(),
                value,
            });
            known.ok_or_else(|| one.key.clone())
        };
        given.iter().map(read).collect()
    }
}

/// Writes new values over old ones.
pub fn learn(known: &mut Vec<Known>, news: Vec<Known>) {
    for new in news {
        match known.iter_mut().find(|old| old.key == new.key) {
            Some(old) => old.value = new.value,
            None => known.push(new),
        }
    }
}
