//! One file per noun, and the loose values that all of them take.

pub mod account;
pub mod audiences;
pub mod contacts;
pub mod conversations;
pub mod devices;
pub mod grab;
pub mod messages;
pub mod numbers;
pub mod otp;
pub mod templates;

use serde::{Deserialize, Deserializer};

use super::error::Error;
use crate::kernel::text::digits;

pub use crate::kernel::text::Text;

/// A count that clients also send as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub usize);

/// A switch: `"1"` and `"0"` in one family, `1` and `0` in the other, either in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(pub bool);

/// What to look for: a string, or an object with `value`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search(String);

/// Which way a list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Direction {
    /// Smallest first.
    #[serde(rename = "asc", alias = "ASC")]
    Ascending,
    /// Largest first.
    #[serde(rename = "desc", alias = "DESC")]
    Descending,
}

/// Whether the answer waits for the attempt to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// It does not: what goes wrong goes wrong later.
    #[default]
    Async,
    /// It does, and says when the attempt fails.
    Sync,
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?.0;
        // Whole numbers too large to count with mean "everything", and JSON may write 1 as 1.0.
        let whole = text.strip_suffix(".0").unwrap_or(&text);
        if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(serde::de::Error::custom(format!(
                "expected a count, found {text}"
            )));
        }
        Ok(Self(whole.parse().unwrap_or(usize::MAX)))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Text::deserialize(deserializer)?.0.as_str() {
            "1" | "1.0" => Ok(Self(true)),
            "0" | "0.0" => Ok(Self(false)),
            other => Err(serde::de::Error::custom(format!(
                "expected 1 or 0, found {other}"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Search {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Plain(String),
            Object {
                #[serde(default)]
                value: String,
            },
        }
        Either::deserialize(deserializer).map(|either| match either {
            Either::Plain(value) | Either::Object { value } => Self(value.to_lowercase()),
        })
    }
}

impl Search {
    /// Whether any of these texts holds what is looked for, whatever the case.
    pub fn finds(&self, texts: &[&str]) -> bool {
        self.0.is_empty()
            || texts
                .iter()
                .any(|text| text.to_lowercase().contains(&self.0))
    }
}

/// The digits WhatsApp knows a number by. A local number gets the country's code in place of one leading zero;
/// 8 to 15 digits must come out.
pub fn whatsapp_number(written: &str, country: &str) -> Result<String, Error> {
    let written = digits(written);
    let country = digits(country);
    // A form that leaves the field empty means the vendor's own country.
    let country = if country.is_empty() { "62" } else { &country };
    let number = if written.starts_with(country) {
        written
    } else {
        format!("{country}{}", written.strip_prefix('0').unwrap_or(&written))
    };
    if (8..=15).contains(&number.len()) {
        Ok(number)
    } else {
        Err(Error::WrongParameter)
    }
}

/// The part of a list that a request asks for.
pub fn page<T>(rows: &[T], start: Option<Count>, length: Option<Count>, usual: usize) -> &[T] {
    let start = start.map_or(0, |count| count.0).min(rows.len());
    let length = length.map_or(usual, |count| count.0);
    &rows[start..start.saturating_add(length).min(rows.len())]
}

/// Puts rows in order by what `key` says of them; equal ones keep the order they came in.
pub fn order<T, K: Ord>(rows: &mut [T], direction: Direction, key: impl Fn(&T) -> K) {
    match direction {
        Direction::Ascending => rows.sort_by_key(key),
        Direction::Descending => rows.sort_by_key(|row| std::cmp::Reverse(key(row))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_and_international_numbers_mean_the_same() {
        for written in [
            "81200000001",
            "081200000001",
            "6281200000001",
            "+62 812-0000-0001",
        ] {
            assert_eq!(
                whatsapp_number(written, "62").expect("a number"),
                "6281200000001"
            );
        }
        assert_eq!(
            whatsapp_number("81200000001", "").expect("a number"),
            "6281200000001"
        );
        assert!(whatsapp_number("12", "62").is_err());
        assert!(whatsapp_number("YOUR-TARGET-PHONE-NUMBER", "62").is_err());
    }

    #[test]
    fn a_page_never_reaches_beyond_the_rows() {
        let rows = [1, 2, 3];
        assert_eq!(
            page(&rows, Some(Count(1)), Some(Count(usize::MAX)), 10),
            [2, 3]
        );
        assert_eq!(page(&rows, Some(Count(9)), None, 10), [0; 0]);
    }
}
