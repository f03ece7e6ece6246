//! Recordings: what was said in calls.

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

use super::error::refusal;
use super::{Client, Code, Error, Server, Success};
use crate::adapters::wire::Answer;

/// The operations on recordings.
#[derive(Clone, Copy, Debug)]
pub struct Recordings<'c>(pub(super) &'c Client);

/// Where a recording can be fetched, for a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Always `success`.
    pub status: Success,
    /// The status again; not every answer is sure to have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The address, which needs no credential.
    pub url: String,
}

impl Recordings<'_> {
    /// `GET /search/recordings/link` — makes an address for a recording; each time another one.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn link(&self, file: &str) -> Result<Link, Error> {
        let query = serde_json::json!({"file": file});
        let path = ["recordings", "link"];
        let request = self.0.ask_developers(Method::GET, &path, &query)?;
        self.0.read(Server::Developers, request).await
    }

    /// `GET /recordings/files/{file}` — fetches a recording, an MP3, from its address; no credential goes there.
    ///
    /// Nobody has seen how a storage refuses. What the server for developers says is understood, and nothing else.
    ///
    /// # Errors
    /// As [`Error`] says; with [`Reason::Forbidden`](super::Reason::Forbidden) when the address is not good any more.
    pub async fn fetch(&self, link: &Link) -> Result<Bytes, Error> {
        let url = reqwest::Url::parse(&link.url)
            .map_err(|error| Error::Setup(format!("{}: {error}", link.url)))?;
        let answer = Answer::to(self.0.http.get(url)).await?;
        match answer.status {
            200 => Ok(answer.body),
            _ => Err(refusal(Server::Developers, &answer)),
        }
    }
}
