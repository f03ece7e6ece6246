//! What Cekat remembers.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kernel::table::{Single, Table};
use crate::kernel::vendor::Vendor as _;

use super::resources::agents::{Agent, AiAgent, AiUse};
use super::resources::assignments::Assignment;
use super::resources::business::{Business, Partner, User};
use super::resources::campaigns::{Campaign, Recipient};
use super::resources::contacts::Contact;
use super::resources::conversations::{Conversation, PipelineStatus};
use super::resources::crm::boards::Board;
use super::resources::crm::items::Item;
use super::resources::inboxes::Inbox;
use super::resources::integrations::Integration;
use super::resources::labels::{Label, LabelAssignment};
use super::resources::messages::Message;
use super::resources::orders::{Order, Product};
use super::resources::templates::{Price, Template};

/// The whole memory of Cekat. Classic and new paths look at the same tables.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cekat {
    /// What nobody knows about the vendor, decided here and open to change.
    pub settings: Single<Settings>,
    /// The businesses, each with its key.
    pub businesses: Table<Business>,
    /// The resellers, who may open businesses.
    pub partners: Table<Partner>,
    /// The dashboard's users, with their log-in tokens.
    pub users: Table<User>,
    /// What a business is connected to.
    pub integrations: Table<Integration>,
    /// The numbers and chat windows of a business.
    pub inboxes: Table<Inbox>,
    /// The machines that answer.
    pub ai_agents: Table<AiAgent>,
    /// What the machines answered outside of any conversation.
    pub ai_uses: Table<AiUse>,
    /// The people who answer.
    pub agents: Table<Agent>,
    /// The people who ask.
    pub contacts: Table<Contact>,
    /// Labels.
    pub labels: Table<Label>,
    /// Which conversation has which label.
    pub label_assignments: Table<LabelAssignment>,
    /// The steps of the sales pipeline.
    pub pipeline_statuses: Table<PipelineStatus>,
    /// Conversations.
    pub conversations: Table<Conversation>,
    /// Everything written in them.
    pub messages: Table<Message>,
    /// Who was given which conversation, and when.
    pub assignments: Table<Assignment>,
    /// Templates as the vendor knows them.
    pub templates: Table<Template>,
    /// Templates as the provider has them: a sync brings them over.
    pub provider_templates: Table<Template>,
    /// What a template message costs.
    pub prices: Table<Price>,
    /// Campaigns.
    pub campaigns: Table<Campaign>,
    /// What each recipient of a campaign got.
    pub campaign_messages: Table<Recipient>,
    /// The boards of the CRM, with their groups and columns.
    pub boards: Table<Board>,
    /// What stands on the boards.
    pub items: Table<Item>,
    /// What can be ordered.
    pub products: Table<Product>,
    /// What was ordered.
    pub orders: Table<Order>,
}

/// Decisions where neither the documentation nor a client tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether the message list shows the current day alone when no date is given, even for one conversation.
    pub messages_of_today: bool,
    /// What the provider makes of a new template when its review is over.
    pub review_result: String,
    /// How many minutes the provider reviews a template.
    pub review_minutes: u64,
    /// Whether the boards cannot be listed, as for one known account.
    pub boards_fail: bool,
    /// Whether the dashboard's paths take a business's key besides a user's log-in token.
    pub dashboard_takes_keys: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            messages_of_today: true,
            review_result: "APPROVED".to_owned(),
            review_minutes: 10,
            boards_fail: false,
            dashboard_takes_keys: false,
        }
    }
}

/// How old something of the seed may be to count as a matter of the day.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

impl Cekat {
    /// Moves the seed's day to today: open windows, what was written that day, and how long packages run.
    pub(super) fn wake_after(&mut self, passed: SignedDuration) {
        let fresh_since = Self::PROFILE.seed_day().checked_sub(FRESH);
        let fresh_since = fresh_since.unwrap_or(Timestamp::MIN);
        let moved = |at: &mut Timestamp| {
            if *at >= fresh_since {
                *at = at.checked_add(passed).unwrap_or(*at);
            }
        };
        let ids: Vec<_> = self
            .conversations
            .iter()
            .map(|one| one.id.clone())
            .collect();
        for id in ids {
            self.conversations.update(&id, |one| {
                let Some(heard) = &mut one.last_inbound_at else {
                    return;
                };
                moved(heard);
                moved(&mut one.updated_at);
                let last = [&mut one.last_message, &mut one.last_message_by_human];
                for last in last.into_iter().flatten() {
                    moved(&mut last.created_at);
                }
            });
        }
        let ids: Vec<_> = self.messages.iter().map(|one| one.id.clone()).collect();
        for id in ids {
            self.messages.update(&id, |one| {
                moved(&mut one.created_at);
                moved(&mut one.updated_at);
            });
        }
        let ids: Vec<_> = self.businesses.iter().map(|one| one.id.clone()).collect();
        for id in ids {
            self.businesses.update(&id, |one| {
                let later = one.package_exp_date.checked_add(passed);
                one.package_exp_date = later.unwrap_or(one.package_exp_date);
            });
        }
    }
}
