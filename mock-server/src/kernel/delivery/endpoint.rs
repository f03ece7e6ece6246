//! Who hears of webhooks, and in which form.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::sign::Signature;
use crate::kernel::table::Record;
use crate::kernel::workspace::Event;

/// Who hears of webhooks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its name within the workspace and vendor: the vendor's own key for it (its URL), or one given by the server.
    pub id: String,
    /// Where webhooks are posted.
    pub url: String,
    /// Whether it hears anything.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The events or channels it hears; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// How the payload is written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub content_type: ContentType,
    /// Headers added to each delivery.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, String>,
    /// How the server shows who it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub auth: EndpointAuth,
    /// How deliveries are signed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub signature: Signature,
    /// The token of the verification handshake, where the endpoint was registered with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_token: Option<String>,
    /// Failed deliveries since the last success.
    #[serde(default, skip_serializing_if = "is_default")]
    pub failures: u32,
    /// Why the server disabled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_because: Option<String>,
}

impl Record for Endpoint {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

impl Endpoint {
    /// An endpoint for everything, with its URL as its name.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            id: url.to_owned(),
            url: url.to_owned(),
            enabled: true,
            events: Vec::new(),
            content_type: ContentType::default(),
            headers: IndexMap::new(),
            auth: EndpointAuth::default(),
            signature: Signature::default(),
            verify_token: None,
            failures: 0,
            disabled_because: None,
        }
    }

    /// Whether it wants to hear of `event`.
    #[must_use]
    pub fn hears(&self, event: &Event) -> bool {
        let wanted = |name: &String| *name == event.name || *name == event.channel;
        self.enabled && (self.events.is_empty() || self.events.iter().any(wanted))
    }
}

fn yes() -> bool {
    true
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// How a payload is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentType {
    /// `application/json`.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
}

/// How the server shows an endpoint who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum EndpointAuth {
    /// Not at all.
    #[default]
    None,
    /// `Authorization: Basic …`.
    Basic {
        /// The user's name.
        user: String,
        /// The password.
        password: String,
    },
    /// A header of the endpoint's choice.
    ApiKey {
        /// The header's name.
        header: String,
        /// Its value.
        value: String,
    },
    /// `Authorization: Bearer …`.
    Bearer {
        /// The token.
        token: String,
    },
}
