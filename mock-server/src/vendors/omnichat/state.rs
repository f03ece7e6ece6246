//! What Omnichat remembers: one team's channels, people, conversations and campaigns.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kernel::table::{Record, Single, Table};
use crate::kernel::vendor::Vendor as _;

use super::resources::attributes::Attribute;
use super::resources::broadcasts::{Broadcast, Recipient};
use super::resources::channels::Channel;
use super::resources::chatbots::{Block, Chatbot, FlexTemplate};
use super::resources::contacts::Contact;
use super::resources::customers::Customer;
use super::resources::loyalty::{Adjustment, Identifier};
use super::resources::messages::Message;
use super::resources::referral_links::{Order, ReferralLink};
use super::resources::rooms::Room;
use super::resources::rosters::Roster;
use super::resources::system_users::{Agent, Shop};
use super::resources::tagging_logs::Tagging;
use super::resources::whatsapp_templates::Template;

/// The whole memory of Omnichat: one team's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Omnichat {
    /// What nobody knows about the vendor, decided here and open to change.
    pub settings: Single<Settings>,
    /// The team.
    pub team: Single<Team>,
    /// Its API tokens.
    pub tokens: Table<Token>,
    /// Its accounts on the platforms.
    pub channels: Table<Channel>,
    /// Its chatbots.
    pub chatbots: Table<Chatbot>,
    /// What the chatbots say.
    pub blocks: Table<Block>,
    /// Its flex templates for LINE.
    pub flex_templates: Table<FlexTemplate>,
    /// Its templates for WhatsApp, by channel, name and language.
    pub whatsapp_templates: Table<Template>,
    /// Its shops.
    pub shops: Table<Shop>,
    /// Its people.
    pub agents: Table<Agent>,
    /// Which custom attributes there are.
    pub attributes: Table<Attribute>,
    /// Its customers' accounts on the platforms.
    pub contacts: Table<Contact>,
    /// Its customers: one may have several contacts.
    pub customers: Table<Customer>,
    /// One room per contact, once something happened in it.
    pub rooms: Table<Room>,
    /// Everything said: in the rooms, and past them through the headless route.
    pub messages: Table<Message>,
    /// Broadcasts.
    pub broadcasts: Table<Broadcast>,
    /// What each recipient of a broadcast got; the broadcast's numbers are counted from here.
    pub recipients: Table<Recipient>,
    /// Which tag was added to whom, when and by what.
    pub tagging_logs: Table<Tagging>,
    /// Who works when.
    pub rosters: Table<Roster>,
    /// Links to products that agents have sent.
    pub referral_links: Table<ReferralLink>,
    /// What was bought through them.
    pub orders: Table<Order>,
    /// Every change of a customer's points.
    pub adjustments: Table<Adjustment>,
}

/// Decisions where neither the documentation nor a client tells, and what a team sets in the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether ranges longer than seven days are refused.
    pub seven_days: bool,
    /// Whether the list of messages spells its total `totalElement`, too, as its example does.
    pub total_element: bool,
    /// What identifies a member of the loyalty programme.
    pub loyalty_identifier: Identifier,
    /// Whether points may fall below zero.
    pub loyalty_overdraft: bool,
    /// Whether webhooks name users of WhatsApp by BSUID.
    pub bsuids: bool,
    /// Whether webhooks name them by the BSUID of the parent account, too.
    pub parent_bsuids: bool,
    /// Whether webhooks carry usernames, and hide the phone number of who has one.
    pub usernames: bool,
    /// Whether customers can write from groups.
    pub groups: bool,
    /// The vendor's own topics that are subscribed to, such as `direct_msg/status`.
    pub topics: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seven_days: true,
            total_element: false,
            loyalty_identifier: Identifier::Any,
            loyalty_overdraft: false,
            bsuids: true,
            parent_bsuids: false,
            usernames: true,
            groups: true,
            topics: Vec::new(),
        }
    }
}

/// A customer of Omnichat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The modules it has subscribed to, by the vendor's names for them.
    pub modules: Vec<String>,
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The secret itself.
    pub token: String,
    /// Whose it is.
    pub team: String,
}

impl Record for Token {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.token)
    }
}

/// How old something of the seed may be to count as a matter of the day.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

impl Omnichat {
    /// Moves the seed's day to today: whose window was open, still has it open.
    pub(super) fn wake_after(&mut self, passed: SignedDuration) {
        let fresh_since = Self::PROFILE.seed_day().checked_sub(FRESH);
        let fresh_since = fresh_since.unwrap_or(Timestamp::MIN);
        let fresh =
            |contact: &&Contact| contact.last_inbound_at.is_some_and(|at| at >= fresh_since);
        let keys: Vec<_> = self
            .contacts
            .iter()
            .filter(fresh)
            .map(|one| one.key().into_owned())
            .collect();
        for key in keys {
            self.contacts.update(&key, |contact| {
                for at in [&mut contact.last_inbound_at, &mut contact.last_message_time] {
                    *at = at.map(|at| at.checked_add(passed).unwrap_or(at));
                }
            });
        }
    }
}
