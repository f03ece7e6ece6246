//! Reports: what agents wrote, and what was bought through their links.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::Number;

use super::super::error::Error;
use super::super::state::Omnichat;
use super::messages::{Message, Sender};
use super::referral_links::{App91, Order, Origin};
use super::system_users::Agent;
use super::{Paging, Platform, Range, USUAL, millis};
use crate::kernel::extract::Query;
use crate::kernel::store::Store;

/// What an agent wrote.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    name: String,
    employee_code: Option<String>,
    shop_locations: Vec<Location>,
    message_count: Vec<Count>,
}

/// A shop in a report.
#[derive(Debug, Serialize)]
pub struct Location {
    name: String,
    code: String,
}

/// How much an agent wrote on a platform.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    platform: &'static str,
    messages: usize,
    product_referral_links: usize,
}

/// What was bought through a link.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bought {
    order_id: String,
    currency: String,
    total: Number,
    date: i64,
    member_id: String,
    link_sent_time: i64,
    link_clicked_time: Option<i64>,
    consideration_time: f64,
    #[serde(flatten)]
    origin: Origin,
    #[serde(rename = "91appOrderId")]
    app91: Option<App91>,
}

/// The platforms a report always speaks of; the others only when something was written there.
const ALWAYS: [Platform; 3] = [Platform::Line, Platform::Facebook, Platform::Whatsapp];

/// `GET /v1/reports/messages` — counts what each agent wrote within at most seven days, by platform.
pub async fn messages(
    store: Store<Omnichat>,
    Query(range): Query<Range>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let listed = store.read(|omnichat, _| {
        let range = range.within_seven_days(omnichat.settings.seven_days)?;
        Ok::<_, Error>(paging.page(omnichat.written(range), USUAL, |row| row))
    })?;
    Ok(Json(listed))
}

/// `GET /v1/reports/product-referral-links/orders` — lists a page of what was bought through links
/// within at most seven days.
pub async fn referral_orders(
    store: Store<Omnichat>,
    Query(range): Query<Range>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let listed = store.read(|omnichat, _| {
        let range = range.within_seven_days(omnichat.settings.seven_days)?;
        let orders = omnichat.orders.iter();
        let mut found: Vec<_> = orders.filter(|one| range.holds(one.date)).collect();
        found.sort_by(|a, b| (a.date, &a.order_id).cmp(&(b.date, &b.order_id)));
        let shown: Vec<_> = found
            .into_iter()
            .filter_map(|one| omnichat.bought(one))
            .collect();
        Ok::<_, Error>(paging.page(shown, USUAL, |row| row))
    })?;
    Ok(Json(listed))
}

impl Omnichat {
    /// What each agent who sells wrote in a range; who wrote nothing is left out.
    fn written(&self, range: Range) -> Vec<Written> {
        let messages: Vec<_> = self
            .messages
            .iter()
            .filter(|one| range.holds(one.time))
            .collect();
        let agents = self.agents.iter();
        agents
            .filter(|agent| agent.employee_code.is_some())
            .filter_map(|agent| self.written_by(agent, &messages, range))
            .collect()
    }

    fn written_by(&self, agent: &Agent, messages: &[&Message], range: Range) -> Option<Written> {
        let by_them = |message: &&&Message| matches!(&message.sender, Sender::Agent(username) if *username == agent.username);
        let theirs: Vec<_> = messages.iter().filter(by_them).collect();
        let links = self.referral_links.iter();
        let links: Vec<_> = links
            .filter(|link| link.agent == agent.username && range.holds(link.sent_at))
            .collect();
        if theirs.is_empty() && links.is_empty() {
            return None;
        }
        let count = |platform: Platform| Count {
            platform: if platform == Platform::Webchat {
                "website"
            } else {
                platform.name()
            },
            messages: theirs.iter().filter(|one| one.platform == platform).count(),
            product_referral_links: links.iter().filter(|one| one.platform == platform).count(),
        };
        let others = [Platform::Instagram, Platform::Wechat, Platform::Webchat].map(count);
        let others = others
            .into_iter()
            .filter(|one| one.messages + one.product_referral_links > 0);
        let codes = agent.shops.as_deref().unwrap_or_default();
        let shops = codes.iter().filter_map(|code| self.shops.get(code));
        Some(Written {
            name: agent.name.clone(),
            employee_code: agent.employee_code.clone(),
            shop_locations: shops
                .map(|shop| Location {
                    name: shop.name.clone(),
                    code: shop.code.clone(),
                })
                .collect(),
            message_count: ALWAYS.map(count).into_iter().chain(others).collect(),
        })
    }

    fn bought(&self, order: &Order) -> Option<Bought> {
        let link = self.referral_links.get(&order.link)?;
        let considered = order.date.as_millisecond() - link.sent_at.as_millisecond();
        Some(Bought {
            order_id: order.order_id.clone(),
            currency: order.currency.clone(),
            total: order.total.clone(),
            date: order.date.as_millisecond(),
            member_id: order.member_id.clone(),
            link_sent_time: link.sent_at.as_millisecond(),
            link_clicked_time: millis(link.clicked_at),
            consideration_time: minutes(considered),
            origin: self.origin(link),
            app91: order.app91.clone(),
        })
    }
}

/// Milliseconds in minutes, rounded up to two decimals.
fn minutes(millis: i64) -> f64 {
    let hundredths = (millis.max(0) as u64).div_ceil(600);
    hundredths as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_rounded_up() {
        assert_eq!(minutes(870_600), 14.51);
        assert_eq!(minutes(870_601), 14.52);
        assert_eq!(minutes(0), 0.0);
    }
}
