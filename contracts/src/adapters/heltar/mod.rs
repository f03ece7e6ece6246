//! A client of HeltarChat: every documented operation, typed, by noun.
//!
//! ```no_run
//! # async fn example() -> Result<(), contracts::adapters::heltar::Error> {
//! use contracts::adapters::heltar::{Client, messages::Outgoing};
//!
//! let heltar = Client::new("http://127.0.0.1:4600/heltar", "heltar-mock-key")?;
//! let batch = heltar.messages().send(&[Outgoing::text("919000005883", "Namaste")]).await?;
//! assert!(batch.fail.is_empty());
//! # Ok(())
//! # }
//! ```

pub mod attributes;
mod calls;
pub mod campaigns;
pub mod chat;
pub mod clients;
pub mod employees;
mod error;
pub mod files;
pub mod interactive;
pub mod messages;
pub mod records;
pub mod templates;
pub mod webhook;
pub mod webhooks;

pub use error::{BadRow, BadRows, Error, Refusal};

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method};
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A client of one HeltarChat business.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    bearer: HeaderValue,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key stays out of logs.
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the API at `base_url`, such as `https://api.heltar.com`.
    ///
    /// # Errors
    /// When the address cannot be called or the key cannot be sent.
    pub fn new(base_url: &str, api_key: &str) -> Result<Self, Error> {
        let base =
            Url::parse(base_url).map_err(|error| Error::Setup(format!("{base_url}: {error}")))?;
        if base.cannot_be_a_base() || base.host().is_none() {
            return Err(Error::Setup(format!("{base_url}: not an HTTP address")));
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {api_key}"))
            .map_err(|error| Error::Setup(format!("the API key: {error}")))?;
        bearer.set_sensitive(true);
        let http = super::http().map_err(|error| Error::Setup(error.to_string()))?;
        Ok(Self { http, base, bearer })
    }

    /// Who hears of what happens.
    pub fn webhooks(&self) -> webhooks::Webhooks<'_> {
        webhooks::Webhooks(self)
    }

    /// Who works for the business.
    pub fn employees(&self) -> employees::Employees<'_> {
        employees::Employees(self)
    }

    /// One template for many.
    pub fn campaigns(&self) -> campaigns::Campaigns<'_> {
        campaigns::Campaigns(self)
    }

    /// Whom the business talks to.
    pub fn clients(&self) -> clients::Clients<'_> {
        clients::Clients(self)
    }

    /// What Meta has approved.
    pub fn templates(&self) -> templates::Templates<'_> {
        templates::Templates(self)
    }

    /// What is said.
    pub fn messages(&self) -> messages::Messages<'_> {
        messages::Messages(self)
    }

    /// What a client record can hold.
    pub fn attributes(&self) -> attributes::Attributes<'_> {
        attributes::Attributes(self)
    }

    /// The storage service.
    pub fn files(&self) -> files::Files<'_> {
        files::Files(self)
    }

    /// The address of an operation; each part of the path stands alone.
    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        self.call(Method::GET, self.url(path, query), None::<&()>)
            .await?
            .read(&[200])
    }

    async fn delete<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        self.call(Method::DELETE, self.url(path, query), None::<&()>)
            .await?
            .read(&[200])
    }

    async fn put<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.call(Method::PUT, self.url(path, &[]), Some(body))
            .await?
            .read(&[200])
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.call(Method::POST, self.url(path, &[]), Some(body))
            .await?
            .read(&[200])
    }

    /// Makes one call of the API, with the key.
    async fn call<B: Serialize>(
        &self,
        method: Method,
        url: Url,
        body: Option<&B>,
    ) -> Result<Answer, Error> {
        let mut request = self
            .http
            .request(method, url)
            .header(AUTHORIZATION, self.bearer.clone());
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::to(request).await
    }
}

/// What the vendor says to a success.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply<T> {
    /// In words, for people.
    pub message: String,
    /// In data.
    pub data: T,
}

/// An answer, whole but not understood yet.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    async fn to(request: reqwest::RequestBuilder) -> Result<Self, Error> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.bytes().await?;
        Ok(Self {
            status,
            headers,
            body,
        })
    }

    /// The body of a success, typed; everything else becomes the error it stands for.
    fn read<T: DeserializeOwned>(&self, good: &[u16]) -> Result<T, Error> {
        if !good.contains(&self.status) {
            return Err(self.refusal());
        }
        serde_json::from_slice(&self.body).map_err(|error| self.unintelligible(&error.to_string()))
    }

    /// The error that an answer in the vendor's envelope stands for.
    fn refusal(&self) -> Error {
        if self.status < 400 {
            return self.unintelligible("no documented answer has this status");
        }
        match serde_json::from_slice(&self.body) {
            Ok(refusal) => Error::refused(self.status, refusal, self.retry_after())
                .unwrap_or_else(|| self.unintelligible("no documented refusal has this status")),
            Err(error) => self.unintelligible(&error.to_string()),
        }
    }

    fn unintelligible(&self, why: &str) -> Error {
        Error::Unintelligible {
            status: self.status,
            body: String::from_utf8_lossy(&self.body).into_owned(),
            why: why.to_owned(),
        }
    }

    /// How long to wait, where the answer gives a number of seconds.
    fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        text.trim().parse().ok().map(Duration::from_secs)
    }
}
