//! How Meta says no.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The body of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What is refused, and why.
    pub error: Refusal,
}

/// What Meta refuses, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// In words, for developers.
    pub message: String,
    /// `OAuthException`, whatever it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Meta's number for it, such as 131009: what to decide by.
    pub code: u32,
    /// A number for a part of it, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_subcode: Option<u32>,
    /// More words, where there are more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_data: Option<Details>,
    /// What to name when asking Meta about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fbtrace_id: Option<String>,
}

/// More words about a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// `whatsapp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_product: Option<String>,
    /// The words.
    pub details: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error_data {
            Some(data) => write!(f, "{}: {}", self.message, data.details),
            None => f.write_str(&self.message),
        }
    }
}
