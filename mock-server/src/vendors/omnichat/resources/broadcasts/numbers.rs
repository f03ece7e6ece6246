//! The numbers of a broadcast, counted from its recipients, and the rates that follow from them.

use jiff::SignedDuration;
use serde::Serialize;

use super::super::super::state::Omnichat;
use super::super::{Platform, local};
use super::Broadcast;
use super::audience::Recipient;

/// A broadcast as the list shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    id: String,
    platform: Platform,
    channel_id: String,
    channel_name: String,
    subject: String,
    recipient_type: u8,
    #[serde(rename = "type")]
    kind: u8,
    mode: String,
    sent_at: Option<String>,
    status: u8,
    recipient_count: usize,
    success: usize,
    success_rate: String,
    sent: usize,
    sent_rate: String,
    failed: usize,
    fail_rate: String,
    read: usize,
    read_rate: String,
    clicked: usize,
    click_rate: String,
    purchase: u64,
    revenue: String,
    tags: Vec<String>,
}

/// A broadcast with all its numbers. Two of them are spelled `respond…`, the others `response…`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    #[serde(flatten)]
    row: Row,
    respond_rate: String,
    responded: usize,
    unsubscribe_rate: String,
    unsubscribed: usize,
    cost: String,
    roas: String,
    message_count: usize,
    message_success: usize,
    message_success_rate: String,
    #[serde(rename = "responseRateWithin12Hour")]
    response_rate_within_12: String,
    #[serde(rename = "responseRateWithin24Hour")]
    response_rate_within_24: String,
    #[serde(rename = "responseRateWithin48Hour")]
    response_rate_within_48: String,
    #[serde(rename = "respondedWithin12Hour")]
    responded_within_12: usize,
    #[serde(rename = "respondedWithin24Hour")]
    responded_within_24: usize,
    #[serde(rename = "respondedWithin48Hour")]
    responded_within_48: usize,
}

/// A share in percent with two decimals; nothing of nothing is none of it.
fn percent(part: u64, whole: u64) -> String {
    // Rounded to the nearest hundredth of a percent, halves up.
    let hundredths =
        (u128::from(part) * 20_000 + u128::from(whole)).checked_div(u128::from(whole) * 2);
    let hundredths = hundredths.unwrap_or(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn rate(part: usize, whole: usize) -> String {
    percent(part as u64, whole as u64)
}

/// Cents as the team reads money: `HK$ 34,707.40`.
fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, cents) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("HK$ {sign}{grouped}.{cents:02}")
}

impl Omnichat {
    pub(super) fn broadcast_row(&self, broadcast: &Broadcast) -> Row {
        let recipients: Vec<_> = self.recipients.by("broadcast", &broadcast.id).collect();
        let count =
            |what: fn(&Recipient) -> bool| recipients.iter().filter(|one| what(one)).count();
        let all = recipients.len();
        let (success, sent) = (count(Recipient::success), count(Recipient::sent));
        let failed = count(Recipient::failed);
        let read = count(|one| one.read_at.is_some());
        let clicked = count(|one| one.clicked);
        let channel = self.channel(broadcast.platform, &broadcast.channel_id).ok();
        Row {
            id: broadcast.id.clone(),
            platform: broadcast.platform,
            channel_id: broadcast.channel_id.clone(),
            channel_name: channel.map_or_else(String::new, |channel| channel.channel_name.clone()),
            subject: broadcast.subject.clone(),
            recipient_type: broadcast.recipient_type,
            kind: broadcast.kind,
            mode: broadcast.mode.clone(),
            sent_at: broadcast.sent_at.map(local),
            status: broadcast.status as u8,
            recipient_count: all,
            success,
            success_rate: rate(success, all),
            sent,
            sent_rate: rate(sent, all),
            failed,
            fail_rate: rate(failed, all),
            read,
            read_rate: rate(read, success),
            clicked,
            click_rate: rate(clicked, success),
            purchase: broadcast.purchase,
            revenue: money(broadcast.revenue),
            tags: broadcast.tags.clone(),
        }
    }

    /// A broadcast with all its numbers.
    pub fn broadcast_detail(&self, broadcast: &Broadcast) -> Detail {
        let row = self.broadcast_row(broadcast);
        let recipients: Vec<_> = self.recipients.by("broadcast", &broadcast.id).collect();
        let responded = |hours: i64| {
            let limit = SignedDuration::from_hours(hours);
            let within = |one: &&&Recipient| match (broadcast.sent_at, one.responded_at) {
                (Some(sent), Some(responded)) => responded.duration_since(sent) <= limit,
                _ => false,
            };
            recipients.iter().filter(within).count()
        };
        let [within_12, within_24, within_48] = [12, 24, 48].map(responded);
        let responded = recipients
            .iter()
            .filter(|one| one.responded_at.is_some())
            .count();
        let unsubscribed = recipients
            .iter()
            .filter(|one| one.unsubscribed_at.is_some())
            .count();
        let message_count = recipients.len() * broadcast.messages.len();
        let message_success = recipients.iter().map(|one| one.successes()).sum();
        let cents = |cents: i64| u64::try_from(cents).unwrap_or(0);
        Detail {
            respond_rate: rate(responded, row.success),
            responded,
            unsubscribe_rate: rate(unsubscribed, row.success),
            unsubscribed,
            cost: money(broadcast.cost),
            roas: percent(cents(broadcast.revenue), cents(broadcast.cost)),
            message_count,
            message_success,
            message_success_rate: rate(message_success, message_count),
            response_rate_within_12: rate(within_12, row.success),
            response_rate_within_24: rate(within_24, row.success),
            response_rate_within_48: rate(within_48, row.success),
            responded_within_12: within_12,
            responded_within_24: within_24,
            responded_within_48: within_48,
            row,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_two_decimals_and_of_nothing_it_is_none() {
        assert_eq!(percent(1491, 1942), "76.78%");
        assert_eq!(percent(1662, 1942), "85.58%");
        assert_eq!(percent(9, 1491), "0.60%");
        assert_eq!(percent(1, 1), "100.00%");
        assert_eq!(percent(3, 0), "0.00%");
    }

    #[test]
    fn money_has_groups_and_cents() {
        assert_eq!(money(3_470_740), "HK$ 34,707.40");
        assert_eq!(money(0), "HK$ 0.00");
        assert_eq!(money(123_456_789), "HK$ 1,234,567.89");
    }
}
