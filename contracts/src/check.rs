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
