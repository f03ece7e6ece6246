//! What BalesOtomatis remembers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::phone::Heard;
use super::resources::account::Account;
use super::resources::audiences::Audience;
use super::resources::contacts::AddressBook;
use super::resources::conversations::Conversation;
use super::resources::devices::Device;
use super::resources::messages::Message;
use super::resources::otp::Otp;
use super::resources::templates::{Broadcast, Template};
use crate::kernel::table::{Record, Single, Table};

/// The whole memory of BalesOtomatis.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalesOtomatis {
    /// What nobody knows about the vendor, decided here and open to change.
    pub settings: Single<Settings>,
    /// Who pays: the owners of keys.
    pub accounts: Table<Account>,
    /// Numbers paired by QR code.
    pub devices: Table<Device>,
    /// Official numbers.
    pub licences: Table<Licence>,
    /// What the vendor calls contacts.
    pub address_books: Table<AddressBook>,
    /// The people in the address books.
    pub audiences: Table<Audience>,
    /// One-time codes.
    pub otps: Table<Otp>,
    /// Message templates of official numbers.
    pub templates: Table<Template>,
    /// Sends of a template.
    pub broadcasts: Table<Broadcast>,
    /// Who wrote to an official number, and when last.
    pub conversations: Table<Conversation>,
    /// Everything sent. No operation shows it; the admin API does.
    pub messages: Table<Message>,
    /// Everything that came in. No operation shows it either.
    #[serde(default)]
    pub heard: Table<Heard>,
}

/// Decisions where neither the documentation nor a client tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether refusals travel with HTTP status 200, as on the sister platform, and only the body tells.
    pub errors_as_http_200: bool,
    /// How many seconds one unit of an OTP's `lifetime` is.
    pub otp_lifetime_unit: u32,
    /// Whether an asynchronous send outside the 24-hour window is refused at once instead of failing later.
    pub refuse_outside_window: bool,
    /// How many messages one number may send in a minute; as many as it likes when absent.
    pub sends_per_minute: Option<u32>,
    /// Whether Meta approves what is submitted to it, when the review is over.
    pub approve_templates: bool,
    /// How many minutes Meta reviews a template.
    pub review_minutes: u32,
    /// What the published examples write where a value of one's own belongs, and the seed's value for it.
    pub placeholders: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            errors_as_http_200: false,
            otp_lifetime_unit: 1,
            refuse_outside_window: false,
            sends_per_minute: None,
            approve_templates: true,
            review_minutes: 10,
            placeholders: BTreeMap::new(),
        }
    }
}

/// An official number and the key that stands for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// `licenses_key`.
    pub licenses_key: String,
    /// The key of the account it belongs to.
    pub account: String,
    /// The number as the vendor shows it, with a plus.
    pub number: String,
}

impl Record for Licence {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.licenses_key)
    }
}

impl BalesOtomatis {
    /// What a value of a published example stands for; anything else stands for itself.
    pub fn meant<'a>(&'a self, value: &'a str) -> &'a str {
        self.settings
            .placeholders
            .get(value)
            .map_or(value, String::as_str)
    }

    /// Moves the windows and codes of the seed, which are a day's matter, to today.
    pub(super) fn wake_after(&mut self, passed: SignedDuration) {
        let moved = |at: Timestamp| at.checked_add(passed).unwrap_or(at);
        let keys: Vec<_> = self
            .conversations
            .iter()
            .map(|one| one.key().into_owned())
            .collect();
        for key in keys {
            self.conversations
                .update(&key, |one| one.last_inbound_at = moved(one.last_inbound_at));
        }
        let keys: Vec<_> = self.otps.iter().map(|one| one.key().into_owned()).collect();
        for key in keys {
            self.otps.update(&key, |otp| {
                otp.issued_at = moved(otp.issued_at);
                otp.expires_at = moved(otp.expires_at);
            });
        }
    }
}
