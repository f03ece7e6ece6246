//! What HeltarChat remembers.

use std::borrow::Cow;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, Serializer};

use super::resources::attributes::Attribute;
use super::resources::campaigns::Campaign;
use super::resources::clients::{Client, WINDOW};
use super::resources::content::Message;
use super::resources::employees::Employee;
use super::resources::files::Upload;
use super::resources::meta::Upstream;
use super::resources::templates::Template;
use crate::kernel::table::{Record, Single, Table};
use crate::kernel::vendor::Vendor as _;

/// The whole memory of one HeltarChat business.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Heltar {
    /// The business itself.
    pub business: Single<Business>,
    /// Who may call.
    pub keys: Table<Key>,
    /// The people of the business.
    pub employees: Table<Employee>,
    /// What clients can have, in order.
    pub attributes: Table<Attribute>,
    /// What may be sent at any time.
    pub templates: Table<Template>,
    /// Who the business talks to.
    pub clients: Table<Client>,
    /// What was said, in both directions.
    #[serde(default)]
    pub messages: Table<Message>,
    /// What was sent to many.
    #[serde(default)]
    pub campaigns: Table<Campaign>,
    /// Files prepared for upload, and those uploaded.
    #[serde(default)]
    pub uploads: Table<Upload>,
}

impl Heltar {
    /// Moves the last day before the seed's own time later by `passed`, so that what is open in it stays open.
    pub fn move_last_day(&mut self, passed: SignedDuration) {
        let from = Instant::new(Self::PROFILE.seed_day()).plus(-WINDOW);
        let is_recent = |at: Instant| at >= from;
        let moved = |at: &mut Instant| *at = Instant::new(at.plus(passed).0);
        let clients: Vec<_> = self
            .clients
            .iter()
            .filter(|client| is_recent(client.latest_message_timestamp))
            .cloned()
            .collect();
        for mut client in clients {
            moved(&mut client.conversation_expire);
            moved(&mut client.latest_message_timestamp);
            if let Some(latest) = &mut client.latest_message {
                moved(&mut latest.timestamp);
            }
            self.clients.put(client);
        }
        let messages: Vec<_> = self
            .messages
            .iter()
            .filter(|message| is_recent(message.timestamp))
            .cloned()
            .collect();
        for mut message in messages {
            moved(&mut message.timestamp);
            self.messages.put(message);
        }
    }
}

/// The one business of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Business {
    /// Its number at the vendor.
    pub id: u64,
    /// The WhatsApp business account.
    pub waba_id: String,
    /// The sender's id at Meta.
    pub phone_number_id: String,
    /// The sender's number.
    pub display_phone_number: String,
    /// What it sells.
    pub catalogue: Catalogue,
    /// What the vendor does one way or another.
    #[serde(default)]
    pub settings: Settings,
}

/// The products that catalogue messages may show.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The catalogue's id at Meta.
    pub id: String,
    /// Its products, by their retailer's id.
    pub products: Vec<String>,
}

/// Where documentation and observation differ, or the business chose.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// How lists of attributes look.
    pub attributes_format: AttributesFormat,
    /// Whether only `https` addresses are taken as webhooks.
    pub https_only: bool,
    /// Whether messages are queued first, and get WhatsApp's id only when they leave.
    pub asynchronous: bool,
    /// To how many clients a day the business may speak first; to any number when absent.
    pub conversation_cap: Option<usize>,
    /// What Meta says of one too many.
    pub conversation_cap_error: Upstream,
    /// What a client writes to hear no more.
    pub opt_out_words: Vec<String>,
    /// What a client writes to hear again.
    pub opt_in_words: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attributes_format: AttributesFormat::Typed,
            https_only: false,
            asynchronous: false,
            conversation_cap: None,
            conversation_cap_error: Upstream::RateLimited,
            opt_out_words: vec!["STOP".into()],
            opt_in_words: vec!["START".into()],
        }
    }
}

/// How lists of attributes look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributesFormat {
    /// Objects with key and type, as since 2024.
    Typed,
    /// Bare names, as in 2023.
    Legacy,
}

/// An API key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Key {
    /// The secret.
    pub key: String,
    /// What it may do: `*`, `*:read`, `messages:write`, `clients:*`.
    pub scopes: Vec<String>,
    /// From when on it opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

impl Record for Key {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.key)
    }
}

/// A time as the vendor writes it: UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub Timestamp);

impl Instant {
    /// `at`, cut to the millisecond.
    pub fn new(at: Timestamp) -> Self {
        Self(Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at))
    }

    /// The time itself.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// Later by a while, or earlier when that is negative.
    pub fn plus(self, while_: SignedDuration) -> Self {
        Self(self.0.saturating_add(while_).unwrap_or(Timestamp::MAX))
    }

    /// Unix seconds as text, as Meta's webhooks have them.
    pub fn seconds(self) -> String {
        self.0.as_second().to_string()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Every answer has several of these, and the general way to write them is ten times as long.
        let at = jiff::tz::Offset::UTC.to_datetime(self.0);
        let (Ok(year @ 0..=9999), Ok(millisecond @ 0..)) =
            (u32::try_from(at.year()), u32::try_from(at.millisecond()))
        else {
            return serializer.collect_str(self);
        };
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut write = |end: usize, digits: usize, mut number: u32| {
            for place in (end - digits..end).rev() {
                text[place] = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        let small = |number: i8| u32::from(number.unsigned_abs());
        write(4, 4, year);
        write(7, 2, small(at.month()));
        write(10, 2, small(at.day()));
        write(13, 2, small(at.hour()));
        write(16, 2, small(at.minute()));
        write(19, 2, small(at.second()));
        write(23, 3, millisecond);
        match std::str::from_utf8(&text) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_str(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_the_same_in_both_ways() {
        for second in [-1_i64, 0, 951_782_400, 1_703_764_800, 253_402_207_199] {
            for millisecond in [0, 7, 120, 999] {
                let at = Timestamp::from_millisecond(second * 1000 + millisecond).unwrap();
                let at = Instant::new(at);
                assert_eq!(serde_json::to_value(at).unwrap(), at.to_string());
            }
        }
    }
}
