//! Referral links: products that agents recommend, and what was bought through them.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Platform;
use crate::kernel::table::Record;

/// A link to a product that an agent has sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReferralLink {
    /// `<uuid>:LP:<24 hexadecimal digits>`.
    pub ocsaid: String,
    /// Who sent it, by UUID.
    pub agent: String,
    /// For which shop, by code.
    pub shop: String,
    /// Where it was sent.
    pub platform: Platform,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was clicked.
    #[serde(default)]
    pub clicked_at: Option<Timestamp>,
    /// From when its lifetime counts.
    pub tracking_mode: TrackingMode,
    /// For how many days a purchase counts as its doing.
    pub lifetime: u32,
}

/// From when a link's lifetime counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackingMode {
    /// Since it was sent.
    Sent,
    /// Since it was clicked.
    Clicked,
}

impl Record for ReferralLink {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.ocsaid)
    }
}

/// What was bought through a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Order {
    /// The shop system's id.
    pub order_id: String,
    /// Through which link.
    pub link: String,
    /// In which currency.
    pub currency: String,
    /// For how much.
    pub total: serde_json::Number,
    /// When.
    pub date: Timestamp,
    /// By which member.
    pub member_id: String,
    /// What 91App calls it, for its clients.
    #[serde(default)]
    pub app91: Option<App91>,
}

/// What 91App calls an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "91App's own names")]
pub struct App91 {
    pub tg_code: String,
    pub tm_code: Vec<String>,
    pub ts_code: Vec<String>,
}

impl Record for Order {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.order_id)
    }
}
