//! Referral links: products that agents recommend, and what was bought through them.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::state::Omnichat;
use super::{Content, Platform, millis};
use crate::kernel::extract::Query;
use crate::kernel::store::Store;
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
#[serde(rename_all = "camelCase")]
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

/// Who sent a link, and when, as answers show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    agent_name: Option<String>,
    agent_employee_code: Option<String>,
    agent_location_name: Option<String>,
    agent_location_code: String,
}

/// A link as answers show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    #[serde(flatten)]
    origin: Origin,
    link_sent_time: i64,
    link_clicked_time: Option<i64>,
    link_tracking_mode: TrackingMode,
    link_lifetime: u32,
}

/// Which link a query means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    ocsaid: String,
}

/// `GET /v1/product-referral-links/info` — shows who sent a link and when.
pub async fn info(
    store: Store<Omnichat>,
    Query(which): Query<Which>,
) -> Result<impl IntoResponse, Error> {
    let content = store.read(|omnichat, _| {
        let link = omnichat.referral_links.get(&which.ocsaid);
        let link = link.ok_or(Error::LinkUnknown)?;
        Ok::<_, Error>(Info {
            origin: omnichat.origin(link),
            link_sent_time: link.sent_at.as_millisecond(),
            link_clicked_time: millis(link.clicked_at),
            link_tracking_mode: link.tracking_mode,
            link_lifetime: link.lifetime,
        })
    })?;
    Ok(Json(Content { content }))
}

impl Omnichat {
    /// Who sent a link.
    pub(super) fn origin(&self, link: &ReferralLink) -> Origin {
        let agent = self.agents.get(&link.agent);
        Origin {
            agent_name: agent.map(|agent| agent.name.clone()),
            agent_employee_code: agent.and_then(|agent| agent.employee_code.clone()),
            agent_location_name: self.shops.get(&link.shop).map(|shop| shop.name.clone()),
            agent_location_code: link.shop.clone(),
        }
    }
}
