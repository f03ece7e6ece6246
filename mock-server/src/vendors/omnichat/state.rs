//! What Omnichat remembers: one team's channels, people, conversations and campaigns.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::{Record, Single, Table};

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
