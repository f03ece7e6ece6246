//! Reports: what the staff sent, and what was bought by their links.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::{Client, Error, Page, Paging, Platform, Range, Reply};

/// The operations on what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Reports<'c>(pub(super) &'c Client);

/// Which part of a report to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Selection {
    /// Of which page.
    #[serde(flatten)]
    pub paging: Paging,
    /// From which time.
    #[serde(flatten)]
    pub range: Range,
}

/// What one of the staff sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentMessages {
    /// Who, by name.
    pub name: String,
    /// Who, by the code of the employee.
    pub employee_code: Option<String>,
    /// For which shops they work.
    pub shop_locations: Vec<ShopLocation>,
    /// How much, by platform.
    pub message_count: Vec<MessageCount>,
}

/// A shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopLocation {
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
}

/// How much was sent on a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageCount {
    /// Which; the web chat is [`Platform::Website`] here.
    pub platform: Platform,
    /// How many messages.
    pub messages: u64,
    /// How many links to products.
    pub product_referral_links: u64,
}

/// An order that a link led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Its id, of the shop's own.
    pub order_id: String,
    /// In which currency, by ISO 4217.
    pub currency: String,
    /// How much, in that currency.
    pub total: Number,
    /// When, in Unix milliseconds.
    pub date: i64,
    /// Who bought.
    pub member_id: Option<String>,
    /// When the link was sent, in Unix milliseconds.
    pub link_sent_time: i64,
    /// When it was opened, in Unix milliseconds.
    pub link_clicked_time: Option<i64>,
    /// Minutes from the link to the order, rounded up to two decimals.
    pub consideration_time: Number,
    /// Who sent it, by name.
    pub agent_name: Option<String>,
    /// Who sent it, by the code of the employee.
    pub agent_employee_code: Option<String>,
    /// From which shop, by name.
    pub agent_location_name: Option<String>,
    /// From which shop, by code.
    pub agent_location_code: Option<String>,
    /// The ids of 91APP, for shops that are there.
    #[serde(default, rename = "91appOrderId")]
    pub ninety_one_app: Option<NinetyOneApp>,
}

/// The ids of an order at 91APP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NinetyOneApp {
    /// Of the whole.
    pub tg_code: String,
    /// Of its parts.
    pub tm_code: Vec<String>,
    /// Of their lines.
    pub ts_code: Vec<String>,
}

/// A link to a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Who sent it, by name.
    pub agent_name: Option<String>,
    /// Who sent it, by the code of the employee.
    pub agent_employee_code: Option<String>,
    /// From which shop, by name.
    pub agent_location_name: Option<String>,
    /// From which shop, by code.
    pub agent_location_code: Option<String>,
    /// When, in Unix milliseconds.
    pub link_sent_time: i64,
    /// When it was opened, in Unix milliseconds.
    pub link_clicked_time: Option<i64>,
    /// From when on its days are counted.
    pub link_tracking_mode: TrackingMode,
    /// How many days a purchase is traced back to it.
    pub link_lifetime: u32,
}

/// From when on the days of a link are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackingMode {
    /// Since it was sent.
    Sent,
    /// Since it was opened.
    Clicked,
}

#[derive(Serialize)]
struct Named<'a> {
    ocsaid: &'a str,
}

impl Reports<'_> {
    /// `GET /v1/reports/messages` — counts what the staff sent within at most seven days.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn messages(&self, selection: &Selection) -> Result<Page<AgentMessages>, Error> {
        self.0.list(&["v1", "reports", "messages"], selection).await
    }

    /// `GET /v1/reports/product-referral-links/orders` — lists what was bought by links within at most seven days.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn referral_orders(&self, selection: &Selection) -> Result<Page<Order>, Error> {
        let path = ["v1", "reports", "product-referral-links", "orders"];
        self.0.list(&path, selection).await
    }

    /// `GET /v1/product-referral-links/info` — shows a link by what its address carries as `ocsaid`.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn referral_link(&self, ocsaid: &str) -> Result<Reply<Link>, Error> {
        let path = ["v1", "product-referral-links", "info"];
        self.0.list(&path, &Named { ocsaid }).await
    }
}
