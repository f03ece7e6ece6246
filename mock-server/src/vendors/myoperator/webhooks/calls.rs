//! What is told about calls: nothing yet, since no call is kept.

use serde::Serialize;
use serde_json::Value;

/// An event of a call, of either generation.
#[derive(Clone, Debug, Serialize)]
pub enum Told {}

impl Told {
    /// The name in the contract.
    pub fn name(&self) -> &'static str {
        match *self {}
    }

    /// What an endpoint may name to hear everything of a generation: `v1` or `v2`.
    pub fn channel(&self) -> &'static str {
        match *self {}
    }

    /// What must stay in order.
    pub fn conversation(&self) -> String {
        match *self {}
    }

    /// The whole payload.
    pub fn payload(&self) -> Value {
        match *self {}
    }
}
