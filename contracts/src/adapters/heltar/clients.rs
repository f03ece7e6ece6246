//! Clients: whom the business talks to.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::chat::Chat;
use super::{Client, Error, Reply};

/// The operations on clients.
#[derive(Clone, Copy, Debug)]
pub struct Clients<'c>(pub(super) &'c Client);

/// A client to be created, or to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The name; empty keeps the one there is.
    pub username: String,
    /// The attributes, as JSON in a string.
    pub attributes: String,
    /// The country code; the number's own when absent.
    pub country_code: Option<i64>,
    /// The number, with country code.
    pub client_wa_number: String,
    /// The email of the employee who is to have the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assign_to: Option<String>,
}

impl Row {
    /// A client with these attributes.
    pub fn new(
        client_wa_number: impl Into<String>,
        username: impl Into<String>,
        attributes: &Map<String, Value>,
    ) -> Self {
        Self {
            username: username.into(),
            attributes: Value::Object(attributes.clone()).to_string(),
            country_code: None,
            client_wa_number: client_wa_number.into(),
            assign_to: None,
        }
    }
}

/// A client as the vendor knows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The id of the record.
    pub id: String,
    /// The name.
    pub username: String,
    /// The attributes, as JSON in a string.
    pub attributes: String,
    /// How many messages nobody has read.
    pub unread_messages: u64,
    /// Whether the chat is open.
    pub is_open: bool,
    /// Until when anything but templates can be sent.
    pub conversation_expire: String,
    /// When the last message was.
    pub latest_message_timestamp: String,
    /// The last message.
    pub latest_message: Option<Latest>,
    /// The country code.
    pub country_code: i64,
    /// The number, with country code.
    pub client_wa_number: String,
    /// Since when.
    pub created_at: String,
}

impl Record {
    /// The attributes as an object; none when the vendor's string holds no such thing.
    pub fn attributes(&self) -> Option<Map<String, Value>> {
        serde_json::from_str(&self.attributes).ok()
    }
}

/// The last message of a client, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Latest {
    /// What it says.
    pub text: String,
    /// Its kind.
    pub r#type: String,
    /// When it was.
    pub timestamp: String,
    /// What the history shows.
    pub history_text: String,
}

impl Clients<'_> {
    /// Whether chats are open, and whose they are.
    pub fn chat(&self) -> Chat<'_> {
        Chat(self.0)
    }

    /// `GET /v1/clients` — lists the clients, the latest to be heard of first.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self) -> Result<Reply<Vec<Record>>, Error> {
        self.0.get(&["v1", "clients"], &[]).await
    }

    /// `POST /v1/clients` — creates clients and changes those there are; good rows are kept though others are bad.
    ///
    /// # Errors
    /// As [`Error`] says; [`Refusal::bad_rows`](super::Refusal::bad_rows) tells the rows apart.
    pub async fn upsert(&self, rows: &[Row]) -> Result<Reply<Vec<Record>>, Error> {
        self.0.post(&["v1", "clients"], &rows).await
    }

    /// `GET /v1/clients/{clientWaNumber}` — shows one client.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, client_wa_number: &str) -> Result<Reply<Record>, Error> {
        self.0.get(&["v1", "clients", client_wa_number], &[]).await
    }
}
