//! Conversations: one for each number of a company and each of its customers. Nothing reads them but webhooks.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::Record;
use crate::vendors::myoperator::state::Instant;

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody has it.
    Unassigned,
    /// An agent has it.
    Assigned,
    /// It is over.
    Closed,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// A UUID.
    pub id: String,
    /// Whose conversation.
    pub company_id: String,
    /// Meta's id of the company's number.
    pub phone_number_id: String,
    /// Without `+`.
    pub customer_country_code: String,
    /// Without country code.
    pub customer_contact: String,
    /// What the customer is called, or the whole number.
    pub customer_name: String,
    /// The agent who has it, or had it last.
    pub assigned_to: Option<String>,
    /// Where it stands.
    pub status: Stage,
    /// Until when free text may be sent: a day after the customer's last message.
    pub expire_at: Option<Instant>,
    /// When the last message was written, by whomever.
    pub last_message_at: Option<Instant>,
    /// When it began.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
    /// How many messages of the customer no agent has seen.
    pub unread_count: u64,
}

impl Conversation {
    /// The customer's number with country code.
    #[must_use]
    pub fn customer(&self) -> String {
        format!("{}{}", self.customer_country_code, self.customer_contact)
    }
}

impl Record for Conversation {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let parties = format!("{} {}", self.phone_number_id, self.customer());
        vec![("parties", Cow::Owned(parties))]
    }
}
