//! Address books, which the vendor calls contacts.

use std::borrow::Cow;

use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Count, Direction, Search, order, page};
use crate::kernel::extract::Body;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{ReplyWith, in_english, reply_with};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// A book with people in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressBook {
    /// `contacts_id`.
    pub contacts_id: String,
    /// The key of the account it belongs to.
    pub account: String,
    /// What its owner calls it.
    pub name: String,
    /// How it came about.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for people, who are not told the truth by the documented one.
    pub type_defined: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last changed.
    pub last_updated: Timestamp,
}

impl Record for AddressBook {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.contacts_id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("account", Cow::Borrowed(&self.account))]
    }
}

/// Which books to show.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Query {
    draw: Option<Count>,
    start: Option<Count>,
    length: Option<Count>,
    #[serde(default)]
    search: Search,
    order_by: Option<String>,
    order_dir: Option<Direction>,
}

/// A page of a table, as the vendor's tables are: totals are text, the echo is a number.
#[derive(Debug, Serialize)]
pub struct Listing<T> {
    /// The rows asked for.
    pub data: Vec<T>,
    /// The request's own number, 0 when it has none.
    pub draw: usize,
    /// How many rows there are.
    #[serde(rename = "iTotalRecords")]
    pub total: String,
    /// How many the search left.
    #[serde(rename = "iTotalDisplayRecords")]
    pub found: String,
}

/// An address book as it is shown.
#[derive(Debug, Serialize)]
pub struct Shown {
    contacts_id: String,
    contacts_name: String,
    contacts_type: String,
    contacts_type_defined: String,
    contacts_audience: usize,
    contacts_created_at: String,
    contacts_last_updated: String,
}

/// `POST /public/v1/get-list-contacts` — lists the account's address books.
pub async fn list(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(query): Body<Query>,
) -> Result<Json<ReplyWith<&'static str, Listing<Shown>>>, Error> {
    let listing = store.read(|bales, _| bales.list_contacts(&query, &caller));
    Ok(reply_with("Successfully", listing))
}

impl BalesOtomatis {
    /// The books of the account, searched by name; the newest first unless another order is asked for.
    pub fn list_contacts(&self, query: &Query, caller: &Caller) -> Listing<Shown> {
        let all = self.address_books.by("account", &caller.account);
        let mut found: Vec<_> = all
            .filter(|book| query.search.finds(&[&book.name]))
            .collect();
        let direction = query.order_dir.unwrap_or(Direction::Descending);
        match query.order_by.as_deref() {
            Some("contacts_name") => order(&mut found, direction, |book| book.name.to_lowercase()),
            Some("contacts_type") => order(&mut found, direction, |book| book.kind.clone()),
            Some("contacts_type_defined") => {
                order(&mut found, direction, |book| book.type_defined.clone())
            }
            Some("contacts_audience") => order(&mut found, direction, |book| self.size_of(book)),
            Some("contacts_last_updated") => order(&mut found, direction, |book| book.last_updated),
            Some("contacts_id") => order(&mut found, direction, |book| book.contacts_id.clone()),
            _ => order(&mut found, direction, |book| book.created_at),
        }
        let shown = page(&found, query.start, query.length, 10)
            .iter()
            .map(|book| Shown {
                contacts_id: book.contacts_id.clone(),
                contacts_name: book.name.clone(),
                contacts_type: book.kind.clone(),
                contacts_type_defined: book.type_defined.clone(),
                contacts_audience: self.size_of(book),
                contacts_created_at: in_english(book.created_at),
                contacts_last_updated: in_english(book.last_updated),
            });
        Listing {
            data: shown.collect(),
            draw: query.draw.map_or(0, |draw| draw.0),
            total: self
                .address_books
                .count_by("account", &caller.account)
                .to_string(),
            found: found.len().to_string(),
        }
    }

    fn size_of(&self, book: &AddressBook) -> usize {
        self.audiences.count_by("contact", &book.contacts_id)
    }
}
