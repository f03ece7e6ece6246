//! Files and places.

use serde::{Deserialize, Serialize};

/// A file to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Which.
    #[serde(flatten)]
    pub source: Source,
    /// What a document is called on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// Where a file comes from; exactly one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// An address, of `http` or `https`, from which Meta fetches it.
    Link(String),
    /// Meta's id of a file that was uploaded before.
    Id(String),
}

impl File {
    /// A file that lies at an address.
    pub fn at(link: impl Into<String>) -> Self {
        Self {
            source: Source::Link(link.into()),
            filename: None,
        }
    }
}

/// A place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// North of the equator, in degrees.
    pub latitude: f64,
    /// East of Greenwich, in degrees.
    pub longitude: f64,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}
