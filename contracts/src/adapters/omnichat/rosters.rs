//! Rosters: when the staff is in which shop.

use http::Method;
use serde::{Deserialize, Serialize};

use super::error::Dialect;
use super::{Client, Error, Reply, read};

/// The operations on rosters.
#[derive(Clone, Copy, Debug)]
pub struct Rosters<'c>(pub(super) &'c Client);

/// The roster of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Roster {
    /// Which month, `YYYY-MM`.
    pub month: String,
    /// What the ids in it are.
    pub id_field: IdField,
    /// Who is where; one record for each person and shop.
    pub records: Vec<Record>,
}

/// What an id in a roster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum IdField {
    /// An address.
    Email,
    /// A number.
    Phone,
    /// The code of an employee.
    EmployeeCode,
}

/// When somebody is in a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Who.
    pub id: String,
    /// In which shop, by code.
    pub location_code: String,
    /// When.
    pub time: Vec<Day>,
}

/// A day of somebody's month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Of the month, from 1.
    pub day: i64,
    /// From when on, `hh:mm`; empty on a day off.
    pub r#in: String,
    /// Until when, `hh:mm`; empty on a day off.
    pub out: String,
}

impl Day {
    /// A day of work.
    pub fn of_work(day: i64, from: &str, until: &str) -> Self {
        Self {
            day,
            r#in: from.to_owned(),
            out: until.to_owned(),
        }
    }

    /// A day off.
    pub fn off(day: i64) -> Self {
        Self::of_work(day, "", "")
    }
}

/// What became of a roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    /// The records that were not kept; the others were.
    pub invalid_records: Vec<InvalidRecord>,
}

/// A record that was not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvalidRecord {
    /// The record as it was sent.
    #[serde(flatten)]
    pub record: Record,
    /// Why.
    pub error: String,
}

impl Rosters<'_> {
    /// `PUT /v1/rosters` — uploads the roster of a month; a wrong record fails alone.
    ///
    /// # Errors
    /// As [`Error`] says, when the roster as a whole is wrong.
    pub async fn upload(&self, roster: &Roster) -> Result<Reply<Uploaded>, Error> {
        let request = self.0.ask(Method::PUT, &["v1", "rosters"]);
        read(request.json(roster), Dialect::Common).await
    }
}
