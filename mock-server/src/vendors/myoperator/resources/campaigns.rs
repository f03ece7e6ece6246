//! Campaigns: messages to many, made in the vendor's panel.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::table::Record;
use crate::vendors::myoperator::state::Instant;

/// What became of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignStatus {
    /// At least one message was sent.
    Completed,
    /// Nothing was sent.
    Failed,
    /// Somebody stopped it before it began.
    Cancelled,
    /// It is being sent.
    Running,
    /// It waits for its time.
    Scheduled,
}

/// Who made a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Author {
    /// The user.
    pub uuid: String,
    /// The user's name.
    pub name: String,
}

/// The file of recipients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Where it is kept.
    pub file_url: String,
    /// The columns.
    pub file_headers: Vec<String>,
    /// How many recipients.
    pub count: u64,
    /// In bytes.
    pub file_size: u64,
    /// Its name.
    pub filename: String,
}

/// What became of the messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stats {
    /// How many there are.
    pub count: u64,
    /// How many left.
    pub sent: u64,
    /// How many arrived.
    pub delivered: u64,
    /// How many were seen.
    pub read: u64,
    /// How many failed.
    pub failed: u64,
    /// How many were answered.
    pub reply: u64,
    /// When the first left.
    pub started_at: Option<Instant>,
    /// When the last left.
    pub finished_at: Option<Instant>,
    /// How many are paid for.
    pub billable_count: u64,
    /// When these numbers changed.
    pub modified_at: Option<Instant>,
}

/// What became of the links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkStats {
    /// How many were sent.
    pub total: u64,
    /// How many were opened.
    pub visited: u64,
}

/// A campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// A number.
    pub id: u64,
    /// Whose campaign.
    pub company_id: String,
    /// Meta's id of the number it is sent from.
    pub phone_number_id: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub status: CampaignStatus,
    /// `scheduled` or `immediate`.
    pub scheduled_type: String,
    /// When it begins.
    pub scheduled_at: Option<Instant>,
    /// Who made it.
    pub created_by: Author,
    /// Which variable is filled with what.
    pub variables_mapping: Vec<Value>,
    /// The template it sends.
    pub template_id: String,
    /// Its recipients.
    pub audience: Audience,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// What became of its messages.
    #[serde(default)]
    pub stats: Stats,
    /// What became of its links.
    #[serde(default)]
    pub link_stats: LinkStats,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed.
    pub modified_at: Instant,
}

impl Record for Campaign {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(self.id.to_string())
    }
}
