//! Rosters: which agent works when, month by month.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::Record;

/// An agent's month at a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Roster {
    /// The agent's UUID.
    pub agent: String,
    /// The shop's code.
    pub location_code: String,
    /// `2023-04`.
    pub month: String,
    /// The days.
    pub time: Vec<Day>,
}

/// A working day, or a day off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day of the month.
    pub day: i64,
    /// When work begins; empty on a day off.
    #[serde(rename = "in")]
    pub begins: String,
    /// When work ends; empty on a day off.
    #[serde(rename = "out")]
    pub ends: String,
}

impl Record for Roster {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!(
            "{}/{}/{}",
            self.month, self.agent, self.location_code
        ))
    }
}
