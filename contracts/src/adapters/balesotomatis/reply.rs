//! How BalesOtomatis says yes.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::adapters::code::Code;

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

impl<T, M> Deref for Reply<T, M> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}
