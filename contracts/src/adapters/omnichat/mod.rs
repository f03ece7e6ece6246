//! A client of the Omnichat Open API: every documented operation, typed, by noun.
//!
//! ```no_run
//! # async fn example() -> Result<(), contracts::adapters::omnichat::Error> {
//! use contracts::adapters::omnichat::{Client, headless::Outgoing};
//!
//! let omnichat = Client::new("http://127.0.0.1:4600/omnichat", "omnichat-demo-token")?;
//! let shop = omnichat.headless("85290000001");
//! let accepted = shop.send(&Outgoing::text("85260000001", "Hello")).await?;
//! assert_eq!(accepted.messages.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Times are Unix milliseconds where they are numbers, and local to the team without saying so where they are text.

pub mod broadcasts;
mod calls;
pub mod chatbots;
pub mod contacts;
pub mod customers;
pub mod direct_messages;
mod error;
pub mod headless;
pub mod messages;
pub mod reports;
pub mod rooms;
pub mod rosters;
pub mod team;
pub mod webhook;

pub use error::{
    Advertising, AdvertisingCode, Category, Code, Common, Content, Error, Refusal, Rooms,
};

use std::fmt;

use http::header::AUTHORIZATION;
use http::{HeaderValue, Method};
use reqwest::RequestBuilder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::wire::{self, Answer, Base};
use error::Dialect;

/// A client of one team at Omnichat.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Base,
    bearer: HeaderValue,
    basic: HeaderValue,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token stays out of logs.
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the API at `base_url`, such as `https://open-api.omnichat.ai`.
    ///
    /// # Errors
    /// When the address cannot be called or the token cannot be sent.
    pub fn new(base_url: &str, token: &str) -> Result<Self, Error> {
        let shown = |scheme: &str| wire::secret(&format!("{scheme} {token}"));
        Ok(Self {
            http: super::http().map_err(|error| Error::Setup(error.to_string()))?,
            base: Base::parse(base_url).map_err(Error::Setup)?,
            bearer: shown("Bearer").map_err(Error::Setup)?,
            basic: shown("Basic").map_err(Error::Setup)?,
        })
    }

    /// The team itself: its channels, users, templates and what it tagged.
    pub fn team(&self) -> team::Team<'_> {
        team::Team(self)
    }

    /// What answers by itself.
    pub fn chatbots(&self) -> chatbots::Chatbots<'_> {
        chatbots::Chatbots(self)
    }

    /// What was said.
    pub fn messages(&self) -> messages::Messages<'_> {
        messages::Messages(self)
    }

    /// What is said to one contact.
    pub fn direct_messages(&self) -> direct_messages::DirectMessages<'_> {
        direct_messages::DirectMessages(self)
    }

    /// What is said to many.
    pub fn broadcasts(&self) -> broadcasts::Broadcasts<'_> {
        broadcasts::Broadcasts(self)
    }

    /// Whom the team talks to, by platform.
    pub fn contacts(&self) -> contacts::Contacts<'_> {
        contacts::Contacts(self)
    }

    /// Who they are, whatever the platform.
    pub fn customers(&self) -> customers::Customers<'_> {
        customers::Customers(self)
    }

    /// Who answers whom.
    pub fn rooms(&self) -> rooms::Rooms<'_> {
        rooms::Rooms(self)
    }

    /// When the staff is there.
    pub fn rosters(&self) -> rosters::Rosters<'_> {
        rosters::Rosters(self)
    }

    /// What came of it.
    pub fn reports(&self) -> reports::Reports<'_> {
        reports::Reports(self)
    }

    /// WhatsApp as Meta has it, from this number of the business; with `Bearer`.
    pub fn headless<'c>(&'c self, business_phone_number: &'c str) -> headless::Headless<'c> {
        headless::Headless::new(self, business_phone_number)
    }

    /// A request with the token; each part of the path stands alone.
    fn ask(&self, method: Method, path: &[&str]) -> RequestBuilder {
        self.request(method, path, wire::NOTHING, &self.bearer)
    }

    /// The same, with what a query selects.
    fn ask_for(
        &self,
        method: Method,
        path: &[&str],
        query: &impl Serialize,
    ) -> Result<RequestBuilder, Error> {
        let pairs = wire::pairs(query).map_err(|error| Error::Setup(error.to_string()))?;
        Ok(self.request(method, path, &pairs, &self.bearer))
    }

    fn request<K: AsRef<str>, V: AsRef<str>>(
        &self,
        method: Method,
        path: &[&str],
        query: &[(K, V)],
        credential: &HeaderValue,
    ) -> RequestBuilder {
        let url = self.base.at(path, query);
        let request = self.http.request(method, url);
        request.header(AUTHORIZATION, credential.clone())
    }

    /// What a `GET` of this path shows.
    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, Error> {
        read(self.ask(Method::GET, path), Dialect::Common).await
    }

    /// What a `GET` of this path and query shows.
    async fn list<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &impl Serialize,
    ) -> Result<T, Error> {
        read(self.ask_for(Method::GET, path, query)?, Dialect::Common).await
    }
}

/// The body of an answer with status 200, typed; everything else becomes the error it stands for.
async fn read<T: DeserializeOwned>(request: RequestBuilder, dialect: Dialect) -> Result<T, Error> {
    let answer = Answer::to(request).await?;
    if answer.status != 200 {
        return Err(Error::of(&answer, dialect));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|error| Error::strange(&answer, &error.to_string()))
}

/// Waits for an answer that has nothing but this status.
async fn done(request: RequestBuilder, good: u16, dialect: Dialect) -> Result<(), Error> {
    let answer = Answer::to(request).await?;
    if answer.status != good {
        return Err(Error::of(&answer, dialect));
    }
    if answer.body.is_empty() {
        Ok(())
    } else {
        Err(Error::strange(&answer, "there is to be no body"))
    }
}

/// A success: what was asked for, wrapped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply<T> {
    /// What was asked for.
    pub content: T,
}

/// A success that shows a part of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The part.
    pub content: Vec<T>,
    /// How many there are in all.
    pub total_elements: u64,
}

/// Which part of a list to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Paging {
    /// Which page, from 1.
    pub page: Option<u32>,
    /// How many to a page, up to 100; 20 when absent, 10 for broadcasts and templates.
    pub page_size: Option<u32>,
}

impl Paging {
    /// One page of this size.
    pub fn new(page: u32, page_size: u32) -> Self {
        Self {
            page: Some(page),
            page_size: Some(page_size),
        }
    }
}

/// A time of at most seven days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    /// From when on, in Unix milliseconds.
    pub after: i64,
    /// Until before when, in Unix milliseconds.
    pub before: i64,
}

/// Where a contact writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// LINE.
    Line,
    /// Facebook's Messenger.
    Facebook,
    /// WhatsApp.
    Whatsapp,
    /// Instagram.
    Instagram,
    /// WeChat.
    Wechat,
    /// The chat of the team's own pages.
    Webchat,
    /// The same, as the report of messages calls it.
    Website,
}

impl Platform {
    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Facebook => "facebook",
            Self::Whatsapp => "whatsapp",
            Self::Instagram => "instagram",
            Self::Wechat => "wechat",
            Self::Webchat => "webchat",
            Self::Website => "website",
        }
    }
}

/// A channel of the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    /// On which platform.
    pub platform: Platform,
    /// The platform's own id of it: a page, an account, the digits of a phone number; `webchat` for the web chat.
    pub channel_id: String,
}

/// A value to be written into a field that the team has defined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomAttribute {
    /// Which field; up to 100 characters.
    pub key: String,
    /// What it is to hold.
    pub value: Value,
}

/// What a field that the team has defined holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A text of up to 1000 characters, a date as `YYYY-MM-DD`, or a moment as `YYYY-MM-DDTHH:mm:ss`; an empty one
    /// clears the field.
    Text(String),
    /// A number; 0 clears the field.
    Number(Number),
    /// Yes or no; no clears the field.
    Boolean(bool),
}

impl CustomAttribute {
    /// A value for a field.
    pub fn new(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}

/// What becomes of somebody's tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Tags {
    /// These, and no others.
    Are {
        /// Which.
        tags: Vec<String>,
    },
    /// Some more, then some less.
    #[serde(rename_all = "camelCase")]
    Change {
        /// More.
        tags_to_add: Vec<String>,
        /// Less.
        tags_to_remove: Vec<String>,
    },
}

impl Tags {
    /// These, and no others.
    pub fn are(tags: &[&str]) -> Self {
        Self::Are { tags: owned(tags) }
    }

    /// Some more, then some less.
    pub fn change(more: &[&str], less: &[&str]) -> Self {
        Self::Change {
            tags_to_add: owned(more),
            tags_to_remove: owned(less),
        }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
