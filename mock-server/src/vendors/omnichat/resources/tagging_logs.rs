//! Tagging logs: which tag was added to whom, when, and by what.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::state::Omnichat;
use super::Platform;
use crate::kernel::table::Record;

/// A tag was added to a contact. This outlives the contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tagging {
    /// Its number in the log, from 1.
    pub number: u64,
    /// When.
    pub time: Timestamp,
    /// To whom: where.
    pub platform: Platform,
    /// To whom: with which channel.
    pub channel_id: String,
    /// To whom.
    pub user_id: String,
    /// Which tag.
    pub tag: String,
    /// By what.
    pub source: Source,
    /// The message that brought it.
    #[serde(default)]
    pub message_id: Option<String>,
}

impl Record for Tagging {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(self.number.to_string())
    }
}

/// What can add a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the vendor's own list of names")]
pub enum Source {
    Bot,
    Broadcast,
    Manual,
    Import,
    KeywordAutoReply,
    OpenApi,
    Game,
    AbandonedCart,
    Remarketing,
    ProductReferral,
    Journey,
    LineRichMenu,
    ThirdPartySystem,
    Coupon,
    CrossChannelConnector,
    PhoneBinding,
    SurveyCake,
    SocialChannelMapping,
    ChatbotButton,
    AddCart,
}

impl Omnichat {
    /// Adds tags to a contact, by its key: each new one is logged with what added it, and added to their customer.
    ///
    /// A tag that is there already is neither added nor logged again.
    pub fn add_tags(
        &mut self,
        contact: &str,
        tags: &[String],
        source: Source,
        message_id: Option<&str>,
        now: Timestamp,
    ) {
        let added = self.contacts.update(contact, |contact| {
            let mut new: Vec<String> = Vec::new();
            for tag in tags {
                if !contact.tags.contains(tag) {
                    contact.tags.push(tag.clone());
                    contact.updated_at = now;
                    new.push(tag.clone());
                }
            }
            new
        });
        let (Some(added), Some(contact)) = (added, self.contacts.get(contact)) else {
            return;
        };
        let customer = contact.customer.clone();
        let next = self.tagging_logs.iter().next_back();
        let next = next.map_or(1, |last| last.number + 1);
        let log: Vec<_> = (next..)
            .zip(&added)
            .map(|(number, tag)| Tagging {
                number,
                time: now,
                platform: contact.platform,
                channel_id: contact.channel_id.clone(),
                user_id: contact.user_id.clone(),
                tag: tag.clone(),
                source,
                message_id: message_id.map(str::to_owned),
            })
            .collect();
        for entry in log {
            self.tagging_logs.put(entry);
        }
        if let Some(customer) = customer {
            self.customers.update(&customer, |customer| {
                for tag in added {
                    if !customer.tags.contains(&tag) {
                        customer.tags.push(tag);
                        customer.updated_at = now;
                    }
                }
            });
        }
    }
}
