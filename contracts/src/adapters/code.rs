//! A status that an answer repeats in its body, as a number or as text.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The code of an answer. Vendors write it as text or as a number, some as both; it goes back as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Code {
    /// As text: a number, or a word of the vendor's.
    Text(String),
    /// As a number.
    Number(u16),
}

impl Code {
    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<u16> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Number(number) => Some(*number),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}
