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

use http::header::AUTHORIZATION;
use http::{HeaderValue, Method};
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::wire::{self, Answer, Base, NOTHING};

/// A client of one HeltarChat business.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Base,
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
        let base = Base::parse(base_url).map_err(Error::Setup)?;
        let bearer = wire::secret(&format!("Bearer {api_key}")).map_err(Error::Setup)?;
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

    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        let url = self.base.at(path, query);
        read(&self.call(Method::GET, url, None::<&()>).await?, &[200])
    }

    async fn delete<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        let url = self.base.at(path, query);
        read(&self.call(Method::DELETE, url, None::<&()>).await?, &[200])
    }

    async fn put<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let url = self.base.at(path, NOTHING);
        read(&self.call(Method::PUT, url, Some(body)).await?, &[200])
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let url = self.base.at(path, NOTHING);
        read(&self.call(Method::POST, url, Some(body)).await?, &[200])
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
        Ok(Answer::to(request).await?)
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

/// The body of a success, typed; everything else becomes the error it stands for.
fn read<T: DeserializeOwned>(answer: &Answer, good: &[u16]) -> Result<T, Error> {
    if !good.contains(&answer.status) {
        return Err(refusal(answer));
    }
    serde_json::from_slice(&answer.body).map_err(|error| unintelligible(answer, &error.to_string()))
}

/// The error that an answer in the vendor's envelope stands for.
fn refusal(answer: &Answer) -> Error {
    if answer.status < 400 {
        return unintelligible(answer, "no documented answer has this status");
    }
    match serde_json::from_slice(&answer.body) {
        Ok(refusal) => Error::refused(answer.status, refusal, answer.retry_after())
            .unwrap_or_else(|| unintelligible(answer, "no documented refusal has this status")),
        Err(error) => unintelligible(answer, &error.to_string()),
    }
}

fn unintelligible(answer: &Answer, why: &str) -> Error {
    Error::Unintelligible {
        status: answer.status,
        body: answer.text(),
        why: why.to_owned(),
    }
}
