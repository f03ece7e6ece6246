//! Rosters: which agent works when, month by month.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::state::Omnichat;
use super::Content;
use super::system_users::Agent;
use crate::kernel::extract::Body;
use crate::kernel::store::Store;
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

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let month = format!("{}/{}", self.month, self.agent);
        vec![("month", Cow::Owned(month))]
    }
}

/// A month for many agents.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    month: String,
    id_field: IdField,
    records: Vec<Entry>,
}

/// What the ids of an upload are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "they are what they say")]
pub enum IdField {
    Email,
    Phone,
    EmployeeCode,
}

/// One agent's month at one shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    id: String,
    location_code: String,
    time: Vec<Day>,
}

/// What could not be used of an upload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    invalid_records: Vec<Invalid>,
}

/// A record that could not be used, and why.
#[derive(Debug, Serialize)]
pub struct Invalid {
    #[serde(flatten)]
    entry: Entry,
    error: String,
}

/// What is wrong with a record; the report has them in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    Duplicate,
    Time(String),
    User,
    Location,
}

/// `PUT /v1/rosters` — keeps who works when in a month; records with faults are reported, not refused.
pub async fn upload(
    store: Store<Omnichat>,
    Body(upload): Body<Upload>,
) -> Result<impl IntoResponse, Error> {
    let invalid_records = store.try_write(|omnichat, _| omnichat.take_roster(upload))?;
    Ok(Json(Content {
        content: Report { invalid_records },
    }))
}

impl Entry {
    /// The first time that is none.
    fn wrong_time(&self) -> Option<String> {
        let wrong = |text: &&String| !is_time(text);
        self.time.iter().find_map(|day| {
            let both = [&day.begins, &day.ends];
            if both.iter().all(|text| text.is_empty()) {
                return None;
            }
            both.into_iter().find(wrong).cloned()
        })
    }

    fn explain(&self, fault: &Fault) -> String {
        let Self {
            id, location_code, ..
        } = self;
        match fault {
            Fault::Duplicate => {
                format!("Duplicate 'id': '{id}', 'locationCode': '{location_code}'")
            }
            Fault::Time(value) => format!("Invalid in/out time format: '{value}'"),
            Fault::User => format!("User Not Found 'id' = {id}"),
            Fault::Location => format!("Location Not Found 'locationCode' = {location_code}"),
        }
    }
}

/// Whether a text is a time of day: `09:30`.
fn is_time(text: &str) -> bool {
    text.len() == 5 && Time::strptime("%H:%M", text).is_ok()
}

impl Omnichat {
    /// Takes over what can be used of an upload, and returns what cannot.
    ///
    /// # Errors
    /// When the month has not so many days.
    pub fn take_roster(&mut self, upload: Upload) -> Result<Vec<Invalid>, Error> {
        let first: Option<Date> = format!("{}-01", upload.month).parse().ok();
        let first = first.ok_or_else(|| Error::InvalidBody("month is invalid".to_owned()))?;
        let days = i64::from(first.days_in_month());
        let mut all = upload.records.iter().flat_map(|entry| &entry.time);
        if let Some(day) = all.find(|day| !(1..=days).contains(&day.day)) {
            let text = format!("day {} is not in {}", day.day, upload.month);
            return Err(Error::InvalidBody(text));
        }
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for entry in &upload.records {
            match self.roster_fault(entry, &upload) {
                Ok(agent) => good.push(Roster {
                    agent: agent.username.clone(),
                    location_code: entry.location_code.clone(),
                    month: upload.month.clone(),
                    time: entry.time.clone(),
                }),
                Err(fault) => bad.push((fault, entry)),
            }
        }
        for roster in &good {
            let month = format!("{}/{}", roster.month, roster.agent);
            let old: Vec<_> = self
                .rosters
                .by("month", &month)
                .map(|one| one.key().into_owned())
                .collect();
            for key in old {
                self.rosters.remove(&key);
            }
        }
        for roster in good {
            self.rosters.put(roster);
        }
        let rank = |fault: &Fault| match fault {
            Fault::Duplicate => 0,
            Fault::Time(_) => 1,
            Fault::User => 2,
            Fault::Location => 3,
        };
        bad.sort_by_key(|(fault, _)| rank(fault));
        let told = |(fault, entry): (Fault, &Entry)| Invalid {
            error: entry.explain(&fault),
            entry: entry.clone(),
        };
        Ok(bad.into_iter().map(told).collect())
    }

    /// The agent a record is about, or what is wrong with it.
    fn roster_fault(&self, entry: &Entry, upload: &Upload) -> Result<&Agent, Fault> {
        let same =
            |other: &&Entry| other.id == entry.id && other.location_code == entry.location_code;
        if upload.records.iter().filter(same).count() > 1 {
            return Err(Fault::Duplicate);
        }
        if let Some(value) = entry.wrong_time() {
            return Err(Fault::Time(value));
        }
        let agent = match upload.id_field {
            IdField::Email => self.agent_by_email(&entry.id),
            IdField::Phone => self.agent_by_phone(&entry.id),
            IdField::EmployeeCode => self.agents.by("employee", &entry.id).next(),
        };
        let agent = agent.ok_or(Fault::User)?;
        if !self.shops.contains(&entry.location_code) {
            return Err(Fault::Location);
        }
        Ok(agent)
    }
}
