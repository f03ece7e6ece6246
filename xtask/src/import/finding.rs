//! Remarks for whoever writes the overlay, or owns the collection.

use serde::Serialize;

/// What a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something the overlay leaves open.
    Overlay,
    /// Prose and examples disagree.
    Contradiction,
}

/// One remark.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What it is about.
    pub kind: Kind,
    /// The operation, webhook or item.
    pub at: String,
    /// What was found.
    pub found: String,
}

/// Something the overlay leaves open.
pub fn open(at: &str, found: impl Into<String>) -> Finding {
    Finding {
        kind: Kind::Overlay,
        at: at.to_owned(),
        found: found.into(),
    }
}

/// Prose and examples disagree.
pub fn contradiction(at: &str, found: impl Into<String>) -> Finding {
    Finding {
        kind: Kind::Contradiction,
        at: at.to_owned(),
        found: found.into(),
    }
}
