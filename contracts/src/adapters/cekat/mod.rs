//! A client of the Cekat Open API: every documented operation, typed, by noun.
//!
//! ```no_run
//! # async fn example() -> Result<(), contracts::adapters::cekat::Error> {
//! use contracts::adapters::cekat::{Client, Keys, messages::Outgoing};
//!
//! let cekat = Client::new("http://127.0.0.1:4600/cekat", &Keys::api("mock-cekat-key"))?;
//! let conversation = "767bae74-ef45-4e57-bf87-c46b1b51808d";
//! let reply = Outgoing::text(conversation, "6280000004352", "Halo");
//! assert_eq!(cekat.messages().send_whatsapp(&reply).await?.data.len(), 1);
//! # Ok(())
//! # }
//! ```

mod calls;
pub mod conversations;
pub mod crm;
mod error;
pub mod messages;
pub mod orders;
pub mod people;
pub mod templates;
pub mod webhook;

pub use error::{Error, Reason, Refusal};

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, HeaderValue, Method};
use reqwest::RequestBuilder;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use super::wire::{self, Answer, Base};

/// The credentials of a client; each kind of operation takes one of them.
#[derive(Clone, Default)]
pub struct Keys {
    /// The key of a business, for nearly everything.
    pub api_key: Option<String>,
    /// The token of somebody logged in at the dashboard.
    pub access_token: Option<String>,
    /// The key of a reseller, for registrations.
    pub partner_key: Option<String>,
}

impl Keys {
    /// The key of a business, and nothing else.
    pub fn api(key: impl Into<String>) -> Self {
        Self {
            api_key: Some(key.into()),
            ..Self::default()
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Which there are may be known, what they are not.
        f.debug_struct("Keys")
            .field("api_key", &self.api_key.is_some())
            .field("access_token", &self.access_token.is_some())
            .field("partner_key", &self.partner_key.is_some())
            .finish()
    }
}

/// A client of one business at Cekat.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Base,
    api_key: Option<HeaderValue>,
    access_token: Option<HeaderValue>,
    partner_key: Option<HeaderValue>,
    rate_limit: Arc<Mutex<Option<RateLimit>>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The keys stay out of logs.
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

/// What the vendor counts, as the headers of an answer tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many calls a window has.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
    /// When the next window begins, in Unix seconds.
    pub reset: i64,
}

impl RateLimit {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let number = |name| headers.get(name)?.to_str().ok()?.trim().parse().ok();
        Some(Self {
            limit: u64::try_from(number("x-ratelimit-limit")?).ok()?,
            remaining: u64::try_from(number("x-ratelimit-remaining")?).ok()?,
            reset: number("x-ratelimit-reset")?,
        })
    }
}

/// A success of a path without `/api`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classic<T> {
    /// Always true.
    #[serde(deserialize_with = "yes")]
    pub success: bool,
    /// The status again.
    pub status_code: u16,
    /// What was asked for; an array even of one row, where rows are answered.
    pub data: T,
}

/// A success of a path without `/api` that has nothing to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Always true.
    #[serde(deserialize_with = "yes")]
    pub success: bool,
    /// The status again.
    pub status_code: u16,
}

/// A success of a path with `/api` that has one thing to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct One<T> {
    /// Always true.
    #[serde(deserialize_with = "yes")]
    pub success: bool,
    /// What was asked for.
    pub data: T,
}

/// A success of a path with `/api` that shows a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Many<T, M = Metadata<Pagination>> {
    /// Always true.
    #[serde(deserialize_with = "yes")]
    pub success: bool,
    /// The rows.
    pub data: Vec<T>,
    /// Where in the whole they are.
    pub metadata: M,
}

/// Where the rows of a page are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata<P> {
    /// In pages.
    pub pagination: P,
}

/// The page of most lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pagination {
    /// How many pages there are.
    pub total_page: u64,
    /// How many rows there are.
    pub total_items: u64,
    /// Which page this is, from 1.
    pub current_page: u64,
}

/// A success of the CRM and of orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told<T> {
    /// How well it went.
    pub message: Verdict,
    /// What was asked for.
    pub data: T,
}

/// How well a call of the CRM went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Well.
    Success,
    /// Not every column could be written.
    SuccessWithFailures,
}

/// Which rows of a list of `/api` to show.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Filter {
    /// Which page, from 1.
    pub page: Option<u32>,
    /// How many rows to a page.
    pub limit: Option<u32>,
    /// The first day, `YYYY-MM-DD`.
    pub start_date: Option<String>,
    /// The last day.
    pub end_date: Option<String>,
    /// The first moment; not together with a day.
    pub start_datetime: Option<String>,
    /// The last moment.
    pub end_datetime: Option<String>,
    /// Where the days are meant, as an IANA name.
    #[serde(skip)]
    pub timezone: Option<String>,
}

/// What a change does to one member of something there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Edit<T> {
    /// It stays: the request does not name it.
    #[default]
    Keep,
    /// It goes: the request names it with null.
    Clear,
    /// It becomes this.
    To(T),
}

impl<T> Edit<T> {
    fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

/// Something with an id and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

fn yes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match bool::deserialize(deserializer)? {
        true => Ok(true),
        false => Err(D::Error::custom("a success that is none")),
    }
}

impl Client {
    /// A client of the API at `base_url`, such as `https://api.cekat.ai`.
    ///
    /// # Errors
    /// When the address cannot be called or a key cannot be sent.
    pub fn new(base_url: &str, keys: &Keys) -> Result<Self, Error> {
        let base = Base::parse(base_url).map_err(Error::Setup)?;
        let secret = |key: &Option<String>| {
            let key = key.as_deref().map(wire::secret).transpose();
            key.map_err(Error::Setup)
        };
        Ok(Self {
            http: super::http().map_err(|error| Error::Setup(error.to_string()))?,
            base,
            api_key: secret(&keys.api_key)?,
            access_token: secret(&keys.access_token)?,
            partner_key: secret(&keys.partner_key)?,
            rate_limit: Arc::default(),
        })
    }

    /// What the vendor counted, as of its last answer that told.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        *self
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Businesses, inboxes, agents and contacts.
    pub fn people(&self) -> people::People<'_> {
        people::People(self)
    }

    /// What WhatsApp has approved.
    pub fn templates(&self) -> templates::Templates<'_> {
        templates::Templates(self)
    }

    /// What is said.
    pub fn messages(&self) -> messages::Messages<'_> {
        messages::Messages(self)
    }

    /// In which threads, and who answers them.
    pub fn conversations(&self) -> conversations::Conversations<'_> {
        conversations::Conversations(self)
    }

    /// Boards and their items.
    pub fn crm(&self) -> crm::Crm<'_> {
        crm::Crm(self)
    }

    /// What is bought.
    pub fn orders(&self) -> orders::Orders<'_> {
        orders::Orders(self)
    }

    /// A request with the key of the business; each part of the path stands alone.
    fn ask(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, Error> {
        self.request(method, path, &[], "api_key", self.api_key.as_ref())
    }

    /// The same of somebody logged in.
    fn ask_as_user(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, Error> {
        self.request(
            method,
            path,
            &[],
            "access_token",
            self.access_token.as_ref(),
        )
    }

    /// The same of a reseller.
    fn ask_as_partner(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, Error> {
        self.request(
            method,
            path,
            &[],
            "x-partner-api-key",
            self.partner_key.as_ref(),
        )
    }

    /// A request for what a query selects; members that are null stay out of it.
    fn query(&self, path: &[&str], query: &impl Serialize) -> Result<RequestBuilder, Error> {
        let pairs = wire::pairs(query).map_err(|error| Error::Setup(error.to_string()))?;
        self.request(Method::GET, path, &pairs, "api_key", self.api_key.as_ref())
    }

    /// A page of a list of `/api`, with more to select by than its filter.
    async fn page<T: DeserializeOwned>(
        &self,
        path: &[&str],
        filter: &Filter,
        query: &impl Serialize,
    ) -> Result<T, Error> {
        let mut request = self.query(path, query)?;
        if let Some(zone) = &filter.timezone {
            request = request.header("x-user-timezone", zone);
        }
        self.read(request).await
    }

    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(String, String)],
        name: &'static str,
        credential: Option<&HeaderValue>,
    ) -> Result<RequestBuilder, Error> {
        let credential = credential.ok_or(Error::NoCredential(name))?;
        let url = self.base.at(path, query);
        Ok(self.http.request(method, url).header(name, credential))
    }

    /// The body of an answer with status 200, typed; everything else becomes the error it stands for.
    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        self.read_as(200, request).await
    }

    async fn read_as<T: DeserializeOwned>(
        &self,
        good: u16,
        request: RequestBuilder,
    ) -> Result<T, Error> {
        let answer = Answer::to(request).await?;
        let (status, body) = (answer.status, &answer.body);
        let rate_limit = RateLimit::of(&answer.headers);
        if rate_limit.is_some() {
            *self
                .rate_limit
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = rate_limit;
        }
        let strange = |why: &str| Error::Unintelligible {
            status,
            body: answer.text(),
            why: why.to_owned(),
        };
        if status == good {
            return serde_json::from_slice(body).map_err(|error| strange(&error.to_string()));
        }
        if status < 400 {
            return Err(strange("no documented answer has this status"));
        }
        let refusal: Refusal =
            serde_json::from_slice(body).map_err(|error| strange(&error.to_string()))?;
        if refusal.success || refusal.status_code != status {
            return Err(strange("the refusal contradicts itself"));
        }
        Err(Error::refused(refusal, rate_limit)
            .unwrap_or_else(|| strange("no documented refusal has this status")))
    }
}
