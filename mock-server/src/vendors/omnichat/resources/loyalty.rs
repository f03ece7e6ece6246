//! Loyalty points.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kernel::table::Record;

/// A change of a customer's points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Adjustment {
    /// A UUID.
    pub id: String,
    /// Whose points, by `omniCustomerId`.
    pub customer: String,
    /// How many more, or fewer.
    pub points: i64,
    /// When.
    pub time: Timestamp,
}

impl Record for Adjustment {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("customer", Cow::Borrowed(&self.customer))]
    }
}

/// What identifies a member of the loyalty programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Identifier {
    /// Whatever the request names.
    #[default]
    Any,
    /// The number.
    Phone,
    /// The address.
    Email,
    /// The member id.
    MemberId,
}
