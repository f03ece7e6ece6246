//! Contacts: a customer's accounts on the platforms, one per channel and user.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::state::Omnichat;
use super::attributes::Known;
use super::{Platform, key_of};
use crate::kernel::table::Record;
use crate::kernel::text::digits;

/// An account of a customer's on a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// Where.
    pub platform: Platform,
    /// With which channel of the team's.
    pub channel_id: String,
    /// The platform's id of the user; on WhatsApp the number.
    pub user_id: String,
    /// The user's name.
    pub name: String,
    /// Whether they take messages.
    pub status: bool,
    /// Since when they do.
    #[serde(default)]
    pub subscribed_at: Option<Timestamp>,
    /// Since when they do not, or last did not.
    #[serde(default)]
    pub unsubscribed_at: Option<Timestamp>,
    /// When the last message was written, by either side.
    #[serde(default)]
    pub last_message_time: Option<Timestamp>,
    /// When they last wrote: that opens WhatsApp's window of 24 hours.
    #[serde(default)]
    pub last_inbound_at: Option<Timestamp>,
    /// When anything of this changed.
    pub updated_at: Timestamp,
    /// Tags, in the order they were added.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Custom attributes.
    #[serde(default)]
    pub custom_attributes: Vec<Known>,
    /// What agents noted.
    #[serde(default)]
    pub note: Option<String>,
    /// Their e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Their telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whose account it is, by `omniCustomerId`.
    #[serde(default)]
    pub customer: Option<String>,
    /// The agent they are bound to.
    #[serde(default)]
    pub agent: Option<Binding>,
    /// Whether they are beyond the number of contacts the team pays for.
    #[serde(default)]
    pub over_limit: bool,
    /// WhatsApp's id of the user for this business, such as `HK.10000000000000000001`.
    #[serde(default)]
    pub bsuid: Option<String>,
    /// The same for the business's parent account.
    #[serde(default)]
    pub parent_bsuid: Option<String>,
    /// Their username on WhatsApp.
    #[serde(default)]
    pub username: Option<String>,
}

/// Which agent looks after a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Binding {
    /// The agent's UUID.
    pub agent: String,
    /// The code of the shop they do it for.
    #[serde(default)]
    pub shop: Option<String>,
    /// Since when.
    pub bound_at: Timestamp,
}

/// The key of a contact. Numbers on WhatsApp are the same however they are written.
pub fn contact_key(platform: Platform, channel: &str, user: &str) -> String {
    let number = digits(user);
    if platform == Platform::Whatsapp && !number.is_empty() {
        key_of(platform, &[channel, &number])
    } else {
        key_of(platform, &[channel, user])
    }
}

impl Record for Contact {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(contact_key(self.platform, &self.channel_id, &self.user_id))
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = Vec::new();
        if let Some(customer) = &self.customer {
            keys.push(("customer", Cow::Borrowed(customer.as_str())));
        }
        if let Some(bsuid) = &self.bsuid {
            let key = key_of(self.platform, &[&self.channel_id, bsuid]);
            keys.push(("bsuid", Cow::Owned(key)));
        }
        keys
    }
}

impl Contact {
    /// A contact of whom nothing else is known: subscribed, since they can be written to.
    pub fn new(
        platform: Platform,
        channel: &str,
        user: &str,
        name: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let number = digits(user);
        let whatsapp = platform == Platform::Whatsapp && !number.is_empty();
        let user_id = if whatsapp { number } else { user.to_owned() };
        Self {
            platform,
            channel_id: channel.to_owned(),
            name: name.unwrap_or(&user_id).to_owned(),
            status: true,
            subscribed_at: Some(now),
            unsubscribed_at: None,
            last_message_time: None,
            last_inbound_at: None,
            updated_at: now,
            tags: Vec::new(),
            custom_attributes: Vec::new(),
            note: None,
            email: None,
            phone: whatsapp.then(|| user_id.clone()),
            customer: None,
            agent: None,
            over_limit: false,
            bsuid: None,
            parent_bsuid: None,
            username: None,
            user_id,
        }
    }

    /// Why nothing can be sent to them.
    ///
    /// # Errors
    /// When they unsubscribed, or the plan does not reach them.
    pub fn may_be_sent_to(&self) -> Result<(), Error> {
        if !self.status {
            Err(Error::ContactUnsubscribed)
        } else if self.over_limit {
            Err(Error::ContactNotReachable)
        } else {
            Ok(())
        }
    }
}

impl Omnichat {
    /// The contact with this channel and user; a new one, with a name if there is one, where there is none yet.
    pub fn meet(
        &mut self,
        platform: Platform,
        channel: &str,
        user: &str,
        name: Option<&str>,
        now: Timestamp,
    ) -> &Contact {
        let key = contact_key(platform, channel, user);
        if !self.contacts.contains(&key) {
            let contact = Contact::new(platform, channel, user, name, now);
            self.contacts.put(contact);
        }
        self.contacts
            .get(&key)
            .expect("a contact that was just put is there")
    }
}
