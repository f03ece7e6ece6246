//! What MyOperator remembers.

use std::borrow::Cow;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, Serializer};

use super::resources::calls::Call;
use super::resources::campaigns::Campaign;
use super::resources::contacts::{Contact, CustomField};
use super::resources::conversations::Conversation;
use super::resources::media::Media;
use super::resources::messages::Message;
use super::resources::phonenumbers::{PhoneNumber, Waba};
use super::resources::routing::{Department, Did, Ivr};
use super::resources::templates::Template;
use super::resources::users::User;
use crate::kernel::table::{Record, Single, Table};

/// MyOperator's whole memory.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MyOperator {
    /// What nobody knows about the vendor, decided here and open to change.
    pub settings: Single<Settings>,
    /// The customers of the vendor.
    pub companies: Table<Company>,
    /// The keys that the gateway of outbound calls takes; many customers share one.
    pub gateway_keys: Single<Vec<String>>,
    /// The people of the companies.
    pub users: Table<User>,

    /// WhatsApp business accounts.
    pub wabas: Table<Waba>,
    /// The numbers that messages leave from.
    pub phone_numbers: Table<PhoneNumber>,
    /// Message templates.
    pub templates: Table<Template>,
    /// Files that were uploaded.
    pub media: Table<Media>,
    /// Messages to many, made in the vendor's panel.
    pub campaigns: Table<Campaign>,
    /// One for each number of a company and each of its customers.
    pub conversations: Table<Conversation>,
    /// Everything written in them.
    pub messages: Table<Message>,

    /// The numbers that customers call.
    pub dids: Table<Did>,
    /// Users who answer for the same thing.
    pub departments: Table<Department>,
    /// What outbound calls follow.
    pub ivrs: Table<Ivr>,
    /// Calls and their logs.
    pub calls: Table<Call>,

    /// What contacts can have besides their own members.
    pub custom_fields: Table<CustomField>,
    /// The address book.
    pub contacts: Table<Contact>,
}

/// Decisions where neither the documentation nor a client tells.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// About messages and contacts.
    pub whatsapp: WhatsAppSettings,
    /// About calls, users and logs.
    pub calls: CallSettings,
}

/// Decisions about messages and contacts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WhatsAppSettings {
    /// Whether every message is answered by "Accepted", as live accounts do, and not as documented.
    pub live_profile: bool,
    /// Whether what does not fit its template, its limits or the kinds of headers fails.
    pub strict: bool,
    /// Whether free text fails when the customer has not written for a day.
    pub enforce_window: bool,
    /// Whether a number can be a contact only once.
    pub unique_contacts: bool,
    /// How long the provider reviews a template, in seconds.
    pub review_seconds: u64,
    /// What the provider makes of a new template: `approved` or `rejected`.
    pub review_result: String,
    /// Milliseconds from a request to the message's being sent.
    pub sent_after: u64,
    /// Milliseconds from a request to the message's arrival.
    pub delivered_after: u64,
    /// Milliseconds from a customer's file to the vendor's own copy of it.
    pub copied_after: u64,
    /// Hours without a word of the customer after which an assigned conversation closes.
    pub close_after: i64,
    /// Whether the old generation tells of an arrival with what was true before, as in its examples.
    pub stale_delivered: bool,
}

impl Default for WhatsAppSettings {
    fn default() -> Self {
        Self {
            live_profile: false,
            strict: false,
            enforce_window: false,
            unique_contacts: true,
            review_seconds: 0,
            review_result: "approved".to_owned(),
            sent_after: 50,
            delivered_after: 100,
            copied_after: 3_000,
            close_after: 48,
            stale_delivered: false,
        }
    }
}

/// Decisions about calls, users and logs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallSettings {
    /// How many seconds a client's reference is taken after a call with it.
    pub reference_lock: i64,
    /// How often one number may be called; as often as anybody likes when absent.
    pub throttle: Option<Throttle>,
    /// How many seconds after its log an outbound call is filed by its agent; never when absent.
    pub filed_after: Option<u64>,
    /// As what it is filed, level by level.
    pub filed_as: Vec<String>,
    /// Whether `call.end` calls an outbound call `outgoing`, as its examples do and nothing else does.
    pub outgoing_at_end: bool,
    /// Whether the developers' host takes its token from `x-api-key` too.
    pub accept_x_api_key: bool,
    /// Whether the developers' host knows only the paths without `/search` before them.
    pub bare_paths_only: bool,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self {
            reference_lock: 172_800,
            throttle: None,
            filed_after: Some(5),
            filed_as: vec!["Interested".to_owned(), "Call again".to_owned()],
            outgoing_at_end: false,
            accept_x_api_key: false,
            bare_paths_only: false,
        }
    }
}

/// So many calls to one number within so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// So many calls.
    pub calls: usize,
    /// Within so many seconds.
    pub seconds: i64,
}

/// What a company has paid for on the telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallingPlan {
    /// Whether agents who are no users can be called.
    pub anonymous_dialer: bool,
    /// From where calls may be placed; from everywhere when empty.
    pub allowed_ips: Vec<String>,
    /// Until when it is paid; for ever when absent.
    pub paid_until: Option<Timestamp>,
}

impl Default for CallingPlan {
    fn default() -> Self {
        Self {
            anonymous_dialer: true,
            allowed_ips: Vec::new(),
            paid_until: None,
        }
    }
}

/// A customer of the vendor, who owns everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// 16 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Keys of the public API.
    pub api_keys: Vec<String>,
    /// The secret of outbound calls.
    pub secret_token: String,
    /// Tokens of the developers' host, one for each user who has one.
    pub tokens: Vec<String>,
    /// For how many messages it has paid.
    #[serde(default)]
    pub wallet: u64,
    /// Whether the vendor serves it.
    #[serde(default = "yes")]
    pub service_active: bool,
    /// What it may do on the telephone.
    #[serde(default)]
    pub calling: CallingPlan,
}

fn yes() -> bool {
    true
}

impl Record for Company {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let keys = self
            .api_keys
            .iter()
            .map(|key| ("api_key", Cow::Borrowed(key.as_str())));
        let tokens = self
            .tokens
            .iter()
            .map(|token| ("token", Cow::Borrowed(token.as_str())));
        keys.chain(tokens).collect()
    }
}

/// A point in time to the microsecond, as the public API writes it: `2025-07-18T13:45:25.020325Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub Timestamp);

impl Instant {
    /// This time, without what is shorter than a microsecond.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self(Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at))
    }

    /// The whole second it is in: the provider tells its times so.
    #[must_use]
    pub fn whole_second(self) -> Self {
        Self(Timestamp::from_second(self.0.as_second()).unwrap_or(self.0))
    }

    /// Later by `span`, or as late as can be.
    #[must_use]
    pub fn plus(self, span: SignedDuration) -> Self {
        Self(self.0.saturating_add(span).unwrap_or(Timestamp::MAX))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.6}", self.0)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
