//! How BalesOtomatis says yes.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// A yes: its words, and what comes with them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply<T = Done, M = String> {
    /// 200.
    pub code: Code,
    /// In words, mostly.
    pub message: M,
    /// `successfully`, where it is told.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What comes beside the words.
    #[serde(flatten)]
    pub content: T,
}

/// Nothing comes beside the words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// The code of an answer: text, but a number is understood as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Code {
    /// As documented.
    Text(String),
    /// As one might expect.
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

impl<T, M> Deref for Reply<T, M> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}
