//! Does this request, answer or webhook keep the contract?

pub use crate::incoming::{Body, Incoming, Part};

use serde::{Deserialize, Serialize};

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
    /// The kind of promise.
    pub rule: Rule,
    /// The part of the exchange.
    pub place: crate::document::Place,
    /// JSON pointer or parameter name.
    pub pointer: String,
    /// What was found there.
    pub found: Option<serde_json::Value>,
    /// What was expected.
    pub expected: String,
    /// One clear sentence.
    pub message: String,
    /// How sure the contract is.
    pub evidence: crate::document::Evidence,
}

/// Checks a request. (Being written: finds nothing yet.)
pub fn request(
    _document: &crate::document::Document,
    _operation: &crate::document::Operation,
    _incoming: &Incoming<'_>,
) -> Vec<Violation> {
    Vec::new()
}

/// Checks an answer. (Being written: finds nothing yet.)
pub fn response(
    _document: &crate::document::Document,
    _operation: &crate::document::Operation,
    _status: u16,
    _media_type: Option<&str>,
    _body: &[u8],
) -> Vec<Violation> {
    Vec::new()
}

/// Checks a webhook. (Being written: finds nothing yet.)
pub fn webhook(
    _document: &crate::document::Document,
    _name: &str,
    _payload: &serde_json::Value,
) -> Vec<Violation> {
    Vec::new()
}
