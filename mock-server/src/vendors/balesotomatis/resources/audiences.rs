//! The people in an address book.

use std::borrow::Cow;

use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::contacts::Listing;
use super::{Count, Direction, Search, Text, order, page};
use crate::kernel::extract::Body;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{ReplyWith, in_english, reply_with};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// One person.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// `audience_id`.
    pub audience_id: String,
    /// The key of the account it belongs to.
    pub account: String,
    /// The address book it is in.
    pub contact: String,
    /// What its owner calls them.
    pub name: String,
    /// Digits only.
    pub wa_number: String,
    /// Whether the number is on WhatsApp.
    pub status: Status,
    /// Since when.
    pub date_insert: Timestamp,
    /// Whatever else is known.
    #[serde(default)]
    pub custom_fields: Vec<Value>,
}

/// Whether a number is on WhatsApp, as far as anybody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody asked.
    NotChecked,
    /// It is.
    Valid,
    /// It is not.
    Invalid,
}

impl Status {
    fn defined(self) -> &'static str {
        match self {
            Self::NotChecked => "Pending",
            Self::Valid => "Valid",
            Self::Invalid => "Invalid",
        }
    }
}

impl Record for Audience {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.audience_id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("contact", Cow::Borrowed(&self.contact)),
            ("wa_number", Cow::Borrowed(&self.wa_number)),
        ]
    }
}

/// Which people to show, as a browser's table asks.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Query {
    contact_id: Text,
    draw: Option<Count>,
    start: Option<Count>,
    length: Option<Count>,
    #[serde(default)]
    search: Search,
    #[serde(default)]
    order: Vec<By>,
    #[serde(default)]
    columns: Vec<Column>,
}

#[derive(Clone, Debug, Deserialize)]
struct By {
    column: Option<Count>,
    dir: Option<Direction>,
}

#[derive(Clone, Debug, Deserialize)]
struct Column {
    data: Option<String>,
}

/// A person as they are shown.
#[derive(Debug, Serialize)]
pub struct Shown {
    audience_id: String,
    name: String,
    wa_number: String,
    status: Status,
    status_defined: &'static str,
    date_insert: String,
    custom_fields: Vec<Value>,
}

/// `POST /public/v1/get-list-audiences` — lists the people in one address book.
pub async fn list(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(query): Body<Query>,
) -> Result<Json<ReplyWith<&'static str, Listing<Shown>>>, Error> {
    let listing = store.read(|bales, _| bales.list_audiences(&query, &caller));
    Ok(reply_with("Successfully", listing))
}

impl BalesOtomatis {
    /// The people of a book, searched by name and number; a book nobody has is an empty one.
    pub fn list_audiences(&self, query: &Query, caller: &Caller) -> Listing<Shown> {
        let book = self.meant(&query.contact_id.0);
        let all: Vec<_> = self
            .audiences
            .by("contact", book)
            .filter(|one| one.account == caller.account)
            .collect();
        let total = all.len();
        let mut found = all;
        found.retain(|one| query.search.finds(&[&one.name, &one.wa_number]));
        // The first criterion weighs most, so it is applied last.
        for by in query.order.iter().rev() {
            let direction = by.dir.unwrap_or(Direction::Ascending);
            match by
                .column
                .and_then(|column| query.columns.get(column.0))
                .and_then(|column| column.data.as_deref())
            {
                Some("name") => order(&mut found, direction, |one| one.name.to_lowercase()),
                Some("wa_number") => order(&mut found, direction, |one| one.wa_number.clone()),
                Some("status") => order(&mut found, direction, |one| one.status),
                Some("date_insert") => order(&mut found, direction, |one| one.date_insert),
                _ => {}
            }
        }
        let shown = page(&found, query.start, query.length, 10)
            .iter()
            .map(|one| Shown {
                audience_id: one.audience_id.clone(),
                name: one.name.clone(),
                wa_number: one.wa_number.clone(),
                status: one.status,
                status_defined: one.status.defined(),
                date_insert: in_english(one.date_insert),
                custom_fields: one.custom_fields.clone(),
            });
        Listing {
            data: shown.collect(),
            draw: query.draw.map_or(0, |draw| draw.0),
            total: total.to_string(),
            found: found.len().to_string(),
        }
    }
}
