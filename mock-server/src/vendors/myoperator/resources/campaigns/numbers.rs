//! The numbers of a campaign, which follow its messages, and the links that customers open.

use serde_json::{Value, json};

use super::CampaignStatus;
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::resources::messages::{Message, Status};
use crate::vendors::myoperator::state::{Instant, MyOperator};
use crate::vendors::myoperator::webhooks::whatsapp::{Click, News};

impl MyOperator {
    /// Counts what a message of a campaign has come to; the campaign is over when all have left or failed.
    pub fn count_status(&mut self, before: &Message, after: &Message, moment: &Moment<'_, Self>) {
        let Some(id) = after.campaign else {
            return;
        };
        let now = Instant::new(moment.now);
        let links = links(after);
        let failed = after.status == Status::Failed;
        // A message that leaps over a status has had it nevertheless.
        let passed =
            |status: Status| u64::from(!failed && before.status < status && after.status >= status);
        self.campaigns.update(&id.to_string(), |campaign| {
            let stats = &mut campaign.stats;
            stats.modified_at = Some(now);
            stats.sent += passed(Status::Sent);
            stats.delivered += passed(Status::Delivered);
            // Meta charges for what arrives.
            stats.billable_count += passed(Status::Delivered);
            stats.read += passed(Status::Read);
            campaign.link_stats.total += links * passed(Status::Sent);
            if failed {
                stats.failed += 1;
                let had_left = u64::from(before.status == Status::Sent);
                stats.sent = stats.sent.saturating_sub(had_left);
            }
            let over = stats.sent + stats.failed >= stats.count;
            if campaign.status == CampaignStatus::Running && over {
                stats.finished_at = Some(now);
                campaign.modified_at = now;
                campaign.status = match stats.sent {
                    0 => CampaignStatus::Failed,
                    _ => CampaignStatus::Completed,
                };
            }
        });
    }

    /// Counts the first word of a customer after a campaign's message.
    pub fn count_reply(&mut self, reply: &Message, moment: &Moment<'_, Self>) {
        let earlier = self.messages.by("conversation", &reply.conversation_id);
        // Whatever the customer wrote before was an answer to something else.
        let answered = earlier.rev().find(|message| {
            message.id != reply.id && (message.is_incoming() || message.campaign.is_some())
        });
        let Some(campaign) = answered.and_then(|message| message.campaign) else {
            return;
        };
        let now = Instant::new(moment.now);
        self.campaigns.update(&campaign.to_string(), |campaign| {
            campaign.stats.reply += 1;
            campaign.stats.modified_at = Some(now);
        });
    }

    /// A customer opens a link of a message.
    ///
    /// # Errors
    /// When the message has no such link, or nobody tracks it.
    pub fn open_link(
        &mut self,
        id: &str,
        button: u64,
        card: Option<u64>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let message = self.known_message(id)?.clone();
        if message.context.get("link_tracking") != Some(&json!(true)) {
            return Err(Impossible(format!(
                "nobody tracks the links of message {id}"
            )));
        }
        let button_info = match card {
            None => format!("btn-{button}"),
            Some(card) => format!("card-{card}-btn-{button}"),
        };
        if !has_link(&message, button, card) {
            return Err(Impossible(format!(
                "message {id} has no link {button_info}"
            )));
        }
        if message.status < Status::Sent || message.status == Status::Failed {
            return Err(Impossible(format!("message {id} has not left")));
        }
        let text = |name: &str| {
            let text = message.context.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let click = Click {
            template_id: text("template_id"),
            template_name: text("name"),
            button_info: button_info.clone(),
            clicked_at: Instant::new(moment.now),
        };
        // Only the first time is counted; each time is told.
        let first = !message.opened.contains(&button_info);
        if first {
            let key = message.id.clone();
            self.messages
                .update(&key, |message| message.opened.push(button_info));
        }
        if let Some(campaign) = message.campaign.filter(|_| first) {
            self.campaigns.update(&campaign.to_string(), |campaign| {
                campaign.link_stats.visited += 1;
            });
        }
        if let Some(conversation) = self.conversation_now(&message.conversation_id) {
            let news = News::Click {
                message,
                conversation,
                click,
            };
            self.tell_news(news, moment);
        }
        Ok(())
    }
}

/// The buttons of a message that open an address, each with its card.
fn link_buttons(message: &Message) -> impl Iterator<Item = (Option<&Value>, &Value)> {
    let own = message.context.get("buttons").and_then(Value::as_array);
    let own = own.into_iter().flatten().map(|button| (None, button));
    let cards = message.context.get("carousel").and_then(Value::as_array);
    let cards = cards.into_iter().flatten().flat_map(|card| {
        let buttons = card["components"]["buttons"].as_array();
        let buttons = buttons.into_iter().flatten();
        buttons.map(|button| (Some(&card["index"]), button))
    });
    own.chain(cards)
        .filter(|(_, button)| button["type"] == "URL")
}

/// How many links a message has.
fn links(message: &Message) -> u64 {
    link_buttons(message).count() as u64
}

fn has_link(message: &Message, button: u64, card: Option<u64>) -> bool {
    link_buttons(message).any(|(on, one)| {
        let there = match card {
            None => on.is_none(),
            Some(card) => on.is_some_and(|on| *on == card),
        };
        there && one["index"] == button
    })
}
