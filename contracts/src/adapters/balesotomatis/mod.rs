//! A reference client for BalesOtomatis.id: phones paired by QR code, official numbers, and the account of both.

mod calls;
mod error;
mod official;
mod phone;
mod reply;
mod webhook;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub use error::{Attempt, Error, FromMeta, MetaError, No, Refusal};
pub use official::{
    Button, Created, Draft, Header, Official, Queued, Sent, Submitted, Template, TemplateQuery,
    Templates, Variable,
};
pub use phone::{
    Destination, Group, Groups, IssuedOtp, OtpOrder, Participant, People, Person, Phone,
};
pub use reply::{Done, Reply};

pub use super::code::Code;
pub use webhook::{Chat, IncomingChat, Place, Rejection};

/// The account: everything starts here.
#[derive(Clone, Debug)]
pub struct Account {
    http: reqwest::Client,
    base: String,
    key: String,
}

/// Whether the answer waits for the attempt to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// It does not.
    #[default]
    Async,
    /// It does.
    Sync,
}

/// What the vendor tells of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountInfo {
    /// All of it.
    pub info: Info,
}

/// The account, its package and its phones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// What was bought.
    pub package: Package,
    /// Who signed up.
    pub user: User,
    /// Where, as an IANA name.
    pub timezone: String,
    /// The paired phones.
    pub devices: Vec<Device>,
}

/// What was bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// The first day, `YYYY-MM-DD`.
    pub active_from: String,
    /// The last day.
    pub active_until: String,
}

/// Who signed up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Their address.
    pub email: String,
    /// When, in the account's own time.
    pub registered_at: String,
}

/// A paired phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// What requests name it by.
    pub number_id: String,
    /// Its number.
    pub number_whatsapp: String,
    /// `connected` while it is reached.
    pub state_connection: String,
    /// Since when, in the account's own time.
    pub last_connected_at: String,
}

/// Which rows of a table to show.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// How many rows to leave out.
    pub start: u32,
    /// How many rows to show; ten when absent.
    pub length: Option<u32>,
    /// What to look for.
    pub search: String,
    /// By which column, and whether the largest comes first.
    pub order: Option<(String, bool)>,
}

/// A page of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Which drawing of a table on a page this answers; the asker's own count.
    pub draw: u64,
    /// How many rows there are.
    #[serde(rename = "iTotalRecords", with = "count")]
    pub total: u64,
    /// How many the search left.
    #[serde(rename = "iTotalDisplayRecords", with = "count")]
    pub found: u64,
}

/// An address book, which the vendor calls a contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddressBook {
    /// What requests name it by.
    #[serde(rename = "contacts_id")]
    pub id: String,
    /// What its owner calls it.
    #[serde(rename = "contacts_name")]
    pub name: String,
    /// How it came about.
    #[serde(rename = "contacts_type")]
    pub kind: String,
    /// The same in words.
    #[serde(rename = "contacts_type_defined")]
    pub kind_in_words: String,
    /// How many people are in it.
    #[serde(rename = "contacts_audience")]
    pub size: u64,
    /// Since when, in words.
    #[serde(rename = "contacts_created_at")]
    pub created_at: String,
    /// When it last changed, in words.
    #[serde(rename = "contacts_last_updated")]
    pub last_updated: String,
}

/// A person in an address book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audience {
    /// What the vendor names them by.
    #[serde(rename = "audience_id")]
    pub id: String,
    /// What their owner calls them.
    pub name: String,
    /// Their number.
    pub wa_number: String,
    /// `not_checked`, `valid` or `invalid`.
    pub status: String,
    /// The same in words.
    pub status_defined: String,
    /// Since when, in words.
    pub date_insert: String,
    /// What else their owner keeps of them.
    pub custom_fields: Vec<Value>,
}

impl Account {
    /// A client for the account of `key`, at `base` (`https://api.balesotomatis.id`, or a fake's address).
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(base: &str, key: &str) -> Result<Self, Error> {
        let http = super::http()?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self {
            http,
            base,
            key: key.to_owned(),
        })
    }

    /// The phone of `number_id`.
    #[must_use]
    pub fn phone<'a>(&'a self, number_id: &'a str) -> Phone<'a> {
        Phone::new(self, number_id)
    }

    /// The official number of `licence`.
    #[must_use]
    pub fn official<'a>(&'a self, licence: &'a str) -> Official<'a> {
        Official::new(self, licence)
    }

    /// The account itself; the way to try a key.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn info(&self) -> Result<Reply<AccountInfo>, Error> {
        self.ask("info", json!({"api_key": self.key})).await
    }

    /// The address books.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn contacts(&self, page: &Page) -> Result<Reply<Table<AddressBook>>, Error> {
        let mut body = json!({"api_key": self.key, "start": page.start, "search": page.search});
        put(&mut body, "length", page.length);
        if let Some((column, descending)) = &page.order {
            put(&mut body, "order_by", Some(column));
            put(&mut body, "order_dir", Some(direction(*descending)));
        }
        self.ask("get-list-contacts", body).await
    }

    /// The people in an address book.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn audiences(
        &self,
        contact: &str,
        page: &Page,
    ) -> Result<Reply<Table<Audience>>, Error> {
        let mut body = json!({
            "api_key": self.key, "contact_id": contact, "draw": 1, "start": page.start, "search": {"value": page.search},
        });
        put(&mut body, "length", page.length);
        if let Some((column, descending)) = &page.order {
            put(&mut body, "columns", Some([json!({"data": column})]));
            put(
                &mut body,
                "order",
                Some([json!({"column": 0, "dir": direction(*descending)})]),
            );
        }
        self.ask("get-list-audiences", body).await
    }

    /// Spends a one-time code, whoever it was sent to.
    ///
    /// # Errors
    /// [`Refusal::Rule`] when it is unknown, spent or expired.
    pub async fn validate_otp(&self, code: &str) -> Result<Reply, Error> {
        let body = json!({"api_key": self.key, "otp_code": code});
        self.ask("validate_otp", body).await
    }

    /// Asks and reads the answer.
    async fn ask<T: DeserializeOwned>(&self, path: &str, body: Value) -> Result<T, Error> {
        let answer = self.post(path, &body).await?;
        T::deserialize(&answer).map_err(|error| Error::Strange(error.to_string(), answer))
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        let url = format!("{}/public/v1/{path}", self.base);
        let response = self.http.post(url).json(body).send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        // Whatever is no API answers in HTML, so the text is kept for whoever has to find out.
        let answer: Value =
            serde_json::from_str(&text).map_err(|_| Error::NotJson(status, text))?;
        error::judge(status, answer)
    }
}

fn direction(descending: bool) -> &'static str {
    if descending { "desc" } else { "asc" }
}

/// Adds a member, if there is a value for it.
fn put(body: &mut Value, name: &str, value: Option<impl Serialize>) {
    let members = body.as_object_mut().into_iter();
    let value = value.and_then(|value| serde_json::to_value(value).ok());
    members
        .zip(value)
        .for_each(|(members, value): (&mut Map<_, _>, _)| {
            members.insert(name.to_owned(), value);
        });
}

/// A count that travels as text.
mod count {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(count: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(count)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
