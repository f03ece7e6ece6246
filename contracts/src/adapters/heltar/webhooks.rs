//! Registered webhooks: who hears of what happens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Client, Error, Reply};

/// The operations on registered webhooks.
#[derive(Clone, Copy, Debug)]
pub struct Webhooks<'c>(pub(super) &'c Client);

/// An address to be registered, or to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// Where to post.
    pub url: String,
    /// Whether to post.
    pub is_enabled: bool,
    /// Which kinds of payload; the raw one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// A secret the address has to know in the handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_token: Option<String>,
    /// Headers to be sent along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
}

impl Registration {
    /// An address that is posted to at once.
    pub fn enabled(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            is_enabled: true,
            fields: None,
            verify_token: None,
            headers: None,
        }
    }

    /// An address that is known and silent.
    pub fn disabled(url: impl Into<String>) -> Self {
        Self {
            is_enabled: false,
            ..Self::enabled(url)
        }
    }
}

/// A registered address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// Where to post.
    pub url: String,
    /// Whether to post.
    pub is_enabled: bool,
    /// Which kinds of payload, when they were given.
    #[serde(default)]
    pub fields: Option<Vec<String>>,
    /// The headers, all but their ends hidden.
    #[serde(default)]
    pub headers: Option<BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct Urls<'a> {
    urls: &'a [Registration],
}

impl Webhooks<'_> {
    /// `POST /v1/business/webhook-url` — registers addresses or changes them; answers with all there are.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn upsert(&self, urls: &[Registration]) -> Result<Reply<Vec<Registered>>, Error> {
        self.0
            .post(&["v1", "business", "webhook-url"], &Urls { urls })
            .await
    }

    /// `DELETE /v1/business/webhook-url` — forgets one address; answers with those that remain.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete(&self, url: &str) -> Result<Reply<Vec<Registered>>, Error> {
        self.0
            .delete(&["v1", "business", "webhook-url"], &[("url", url)])
            .await
    }
}
