//! Messages, in both directions.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kernel::table::Record;
use crate::vendors::myoperator::state::Instant;

/// How far a message is; the order is the order of a message's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A customer wrote it.
    Received,
    /// The vendor took it.
    Accepted,
    /// The provider took it.
    Sent,
    /// It arrived.
    Delivered,
    /// It was seen.
    Read,
    /// It will never arrive.
    Failed,
}

/// Who sent a message, or for whose sake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// Live chat: an agent, or a customer.
    #[serde(rename = "lc")]
    LiveChat,
    /// A campaign.
    #[serde(rename = "cmp")]
    Campaign,
    /// A client of the API.
    #[serde(rename = "api")]
    Api,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// A UUID.
    pub id: String,
    /// Whose message.
    pub company_id: String,
    /// Its conversation.
    pub conversation_id: String,
    /// Meta's id of the company's number.
    pub phone_number_id: String,
    /// The user who sent it; none for a customer's.
    pub message_by: Option<String>,
    /// How far it is.
    pub status: Status,
    /// The message it answers.
    pub reply_to: Option<String>,
    /// `text`, `image`, `template` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says, with all variables filled in.
    pub context: Map<String, Value>,
    /// The provider's id.
    pub waba_msg_id: Option<String>,
    /// The client's own name for it.
    pub myop_ref_id: Option<String>,
    /// Why it failed: Meta's codes, and what they mean.
    pub errors: Option<Map<String, Value>>,
    /// Who sent it.
    pub source: Source,
    /// The campaign it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<u64>,
    /// When it was written.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
    /// When the provider took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Instant>,
    /// When it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Instant>,
    /// When it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Instant>,
}

impl Record for Message {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let provider = self.waba_msg_id.iter();
        let provider = provider.map(|id| ("wamid", Cow::Borrowed(id.as_str())));
        let conversation = ("conversation", Cow::Borrowed(self.conversation_id.as_str()));
        provider.chain([conversation]).collect()
    }
}
