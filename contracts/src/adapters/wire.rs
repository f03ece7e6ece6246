//! What all adapters need of HTTP: addresses made of parts, queries made of structs, answers read whole.

use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue};
use reqwest::Url;
use serde::Serialize;
use serde_json::Value;

/// Where a vendor's API stands.
#[derive(Clone, Debug)]
pub(super) struct Base(Url);

impl Base {
    /// The address as a caller writes it; a path in it stays in front of all others.
    ///
    /// # Errors
    /// When nothing can be called there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("{text}: {error}"))?;
        if url.cannot_be_a_base() || url.host().is_none() {
            return Err(format!("{text}: not an HTTP address"));
        }
        Ok(Self(url))
    }

    /// The address of an operation; each part of the path stands alone, whatever is in it.
    pub fn at<K: AsRef<str>, V: AsRef<str>>(&self, path: &[&str], query: &[(K, V)]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A query with nothing in it.
pub(super) const NOTHING: &[(&str, &str)] = &[];

/// The members of a struct as a query; what is null stays out of it.
pub(super) fn pairs(query: &impl Serialize) -> Result<Vec<(String, String)>, serde_json::Error> {
    let members = serde_json::to_value(query)?;
    let members = members.as_object().into_iter().flatten();
    let pairs = members
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| match value {
            Value::String(text) => (name.clone(), text.clone()),
            other => (name.clone(), other.to_string()),
        });
    Ok(pairs.collect())
}

/// A credential as the value of a header, which stays out of logs.
pub(super) fn secret(text: &str) -> Result<HeaderValue, String> {
    let mut value =
        HeaderValue::from_str(text).map_err(|error| format!("the credential: {error}"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// An answer, whole but not understood yet.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Sends a request and waits for all of its answer.
    pub async fn to(request: reqwest::RequestBuilder) -> Result<Self, reqwest::Error> {
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

    /// The body for people to read.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// How long to wait, where the answer gives a number of seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        text.trim().parse().ok().map(Duration::from_secs)
    }
}
