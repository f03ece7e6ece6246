//! Receipts: what becomes of a message on its way, and whom it is told.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::messages::{Conversation, Message, Sender, Source, Status};
use super::whatsapp_templates::Category;
use super::{Platform, key_of};
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::{Fate, fate_of};
use crate::kernel::vendor::Impossible;
use crate::vendors::omnichat::happenings::Happening;
use crate::vendors::omnichat::state::Omnichat;
use crate::vendors::omnichat::webhooks::{
    DIRECT_MESSAGES, DirectMessageStatus, Line, Receipt, Webhook,
};

/// How long the platform takes to take a message, or to give it up.
const SENDING: Duration = Duration::from_secs(1);
/// How long it then takes to reach the phone.
const DELIVERY: Duration = Duration::from_secs(2);
/// How long it then lies there unread.
const READING: Duration = Duration::from_secs(10);

/// How long a customer who wrote can be written to freely.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// How long Meta counts messages to one conversation.
const CONVERSATION: SignedDuration = SignedDuration::from_hours(24);
/// How old a message may be that somebody reacts to.
pub const REACTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why a message that was taken never arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The number has no WhatsApp, or cannot be reached (131026).
    Undeliverable,
    /// The customer has not written for a day (131047).
    WindowClosed,
    /// Too many readers complained about the number (131048).
    SpamLimit,
    /// Meta holds it back for the good of all (131049).
    EcosystemHealth,
    /// The customer wants no marketing (131050).
    MarketingStopped,
    /// A file could not be fetched by its id (131052).
    MediaNotDownloaded,
    /// A file could not be passed on (131053).
    MediaNotUploaded,
    /// A file is not at its address (131014).
    MediaNotFound,
    /// The customer's number is part of an experiment of Meta's (130472).
    Experiment,
    /// Too many messages at once (130429).
    ThroughputLimit,
    /// There is nothing, or nothing recent, to react to (131009).
    NothingToReactTo,
}

impl Failure {
    /// Meta's number and title.
    fn code_and_title(self) -> (u32, &'static str) {
        match self {
            Self::Undeliverable => (131_026, "Message undeliverable"),
            Self::WindowClosed => (131_047, "Re-engagement message"),
            Self::SpamLimit => (131_048, "Spam rate limit hit"),
            Self::EcosystemHealth => (
                131_049,
                "This message was not delivered to maintain healthy ecosystem engagement.",
            ),
            Self::MarketingStopped => (
                131_050,
                "User has stopped receipt of marketing messages from this business",
            ),
            Self::MediaNotDownloaded => (131_052, "Media download error"),
            Self::MediaNotUploaded => (131_053, "Media upload error"),
            Self::MediaNotFound => (131_014, "Request for url failed"),
            Self::Experiment => (130_472, "User's number is part of an experiment"),
            Self::ThroughputLimit => (130_429, "Rate limit hit"),
            Self::NothingToReactTo => (131_009, "Parameter value is not valid"),
        }
    }

    fn details(self) -> &'static str {
        match self {
            Self::Undeliverable => "Message Undeliverable.",
            Self::WindowClosed => {
                "More than 24 hours have passed since the recipient last replied."
            }
            Self::NothingToReactTo => {
                "The message to react to is unknown, a reaction itself, or older than 30 days."
            }
            Self::ThroughputLimit => "Cloud API message throughput has been reached",
            other => other.code_and_title().1,
        }
    }

    /// Meta's title.
    pub fn title(self) -> &'static str {
        self.code_and_title().1
    }

    /// The error as the webhook has it.
    pub fn told(self, message: &Message) -> Value {
        let (code, title) = self.code_and_title();
        let title = match self {
            Self::MediaNotFound => {
                let url = message.media_url.as_deref().unwrap_or_default();
                format!("Request for url {url} failed with error: 404 (Not Found)")
            }
            _ => title.to_owned(),
        };
        let details = match self {
            Self::MediaNotFound => title.as_str(),
            other => other.details(),
        };
        let details = json!({"details": details});
        json!({"code": code, "title": title, "message": title, "error_data": details})
    }
}

impl Message {
    /// The user id it was addressed to, where that is all that is known of the recipient.
    pub fn recipient_user_id(&self) -> Option<String> {
        (self.by_user_id && self.user_id.contains('.')).then(|| self.user_id.clone())
    }

    /// The templates that may be sent at any time; all else answers the customer.
    fn is_template(&self) -> bool {
        self.is("template")
    }
}

impl Omnichat {
    /// Sends a message that was just recorded on its way.
    pub fn send_off(&mut self, id: &str, moment: &mut Moment<'_, Self>) {
        let message = id.to_owned();
        let failure = self
            .messages
            .get(id)
            .and_then(|message| self.foreseen(message, moment.now));
        let next = match failure {
            Some(why) => Happening::Failed { message, why },
            None => Happening::Sent { message },
        };
        moment.plan(SENDING, next);
    }

    /// Why a message will not arrive, where that can be foreseen. Nobody tells of anything but WhatsApp.
    fn foreseen(&self, message: &Message, now: Timestamp) -> Option<Failure> {
        if message.platform != Platform::Whatsapp {
            return None;
        }
        match fate_of(&message.user_id) {
            Some(Fate::Undeliverable) => return Some(Failure::Undeliverable),
            Some(Fate::WindowClosed) => return Some(Failure::WindowClosed),
            Some(Fate::MediaUnreadable) => return Some(Failure::MediaNotUploaded),
            Some(Fate::RateLimited) => return Some(Failure::ThroughputLimit),
            Some(Fate::NeverDelivered | Fate::NeverRead | Fate::TooMany | Fate::ServerError)
            | None => {}
        }
        let contact = self.contacts.get(&message.contact());
        if contact.is_some_and(|contact| contact.undeliverable)
            || message.recipient_user_id().is_some()
        {
            return Some(Failure::Undeliverable);
        }
        let stopped = contact.is_some_and(|contact| !contact.status);
        if stopped && message.category == Some(Category::Marketing) {
            return Some(Failure::MarketingStopped);
        }
        let open = contact
            .and_then(|contact| contact.last_inbound_at)
            .is_some_and(|heard| now.duration_since(heard) < WINDOW);
        if !message.is_template() && !open {
            return Some(Failure::WindowClosed);
        }
        if message.is("reaction") {
            let target = message.content.as_ref();
            let target = target.and_then(|content| content["reaction"]["message_id"].as_str());
            return (!self.can_be_reacted_to(target.unwrap_or_default(), now))
                .then_some(Failure::NothingToReactTo);
        }
        None
    }

    /// Whether a message is known, no reaction itself, and recent.
    pub fn can_be_reacted_to(&self, id: &str, now: Timestamp) -> bool {
        self.messages.get(id).is_some_and(|message| {
            !message.is("reaction") && now.duration_since(message.time) <= REACTION
        })
    }

    /// Moves a message on, never back, and tells the world. What comes next is planned.
    ///
    /// # Errors
    /// When it is unknown, the customer's own, or further already.
    pub fn progress(
        &mut self,
        id: &str,
        to: Status,
        failure: Option<Failure>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let known = self.messages.get(id);
        let message = known.ok_or_else(|| Impossible(format!("there is no message {id:?}")))?;
        if !message.outbound() {
            return Err(Impossible(format!("message {id} came from the customer")));
        }
        let whatsapp = message.platform == Platform::Whatsapp;
        if !whatsapp && matches!(to, Status::Delivered | Status::Error) {
            let platform = message.platform.name();
            return Err(Impossible(format!("{platform} does not tell this")));
        }
        let (from, fate) = (message.status, fate_of(&message.user_id));
        let title = failure.map(Failure::title);
        if !self.advance_message(id, to, title, moment.now) {
            let from = word(from);
            return Err(Impossible(format!("message {id} is already {from}")));
        }
        if whatsapp {
            if to != Status::Error {
                self.count_conversation(id, moment);
            }
            let next = |message: &str| message.to_owned();
            match to {
                Status::Sent if fate != Some(Fate::NeverDelivered) => {
                    moment.plan(DELIVERY, Happening::Delivered { message: next(id) });
                }
                Status::Delivered if fate != Some(Fate::NeverRead) => {
                    moment.plan(READING, Happening::Read { message: next(id) });
                }
                _ => {}
            }
        }
        self.tell_status(id, to, failure, moment);
        Ok(())
    }

    /// Gives a message its conversation: the open one of its category, or a new one.
    fn count_conversation(&mut self, id: &str, moment: &mut Moment<'_, Self>) {
        let Some(message) = self
            .messages
            .get(id)
            .filter(|one| one.conversation.is_none())
        else {
            return;
        };
        let category = message.category;
        let same = |other: &Message| other.outbound() && other.category == category;
        let now = moment.now;
        let open = self
            .messages
            .by("contact", &message.contact())
            .rev()
            .filter(|other| same(other))
            .filter_map(|other| other.conversation.clone())
            .find(|conversation| conversation.expires_at > now);
        let conversation = open.unwrap_or_else(|| Conversation {
            id: moment.ids.hex(32),
            expires_at: now.saturating_add(CONVERSATION).unwrap_or(Timestamp::MAX),
        });
        self.messages
            .update(id, |message| message.conversation = Some(conversation));
    }

    fn tell_status(
        &self,
        id: &str,
        to: Status,
        failure: Option<Failure>,
        moment: &mut Moment<'_, Self>,
    ) {
        let Some(message) = self.messages.get(id) else {
            return;
        };
        let (event, word) = match to {
            Status::Accepted => return,
            Status::Sent => ("status.sent", "sent"),
            Status::Delivered => ("status.delivered", "delivered"),
            Status::Read => ("status.read", "read"),
            Status::Error => ("status.failed", "failed"),
        };
        if let Some(line) = self.line(&message.channel_id, &message.contact())
            && message.platform == Platform::Whatsapp
        {
            let receipt = Receipt { event, word };
            moment.announce(line.status(message, receipt, failure, moment.now));
        }
        if word != "sent" {
            self.tell_of_direct_message(message, word, moment);
        }
    }

    /// Tells the vendor's own topic, where it is subscribed to.
    pub fn tell_of_direct_message(
        &self,
        message: &Message,
        status: &'static str,
        moment: &mut Moment<'_, Self>,
    ) {
        let heard = self
            .settings
            .topics
            .iter()
            .any(|one| one == DIRECT_MESSAGES);
        if message.source != Source::DirectMessage || !heard {
            return;
        }
        let contact = self.contacts.get(&message.contact());
        moment.announce(Webhook::DirectMessage(DirectMessageStatus {
            track_id: message.track_id.clone().unwrap_or_default(),
            message_ids: [message.id.clone()],
            platform: message.platform,
            channel_id: message.channel_id.clone(),
            user_id: message.user_id.clone(),
            member_id: contact
                .and_then(|contact| self.member_id_of(contact))
                .map(str::to_owned),
            email: contact.and_then(|contact| contact.email.clone()),
            phone: contact.and_then(|contact| contact.phone.clone()),
            status,
            bsuid: contact.and_then(|contact| contact.bsuid.clone()),
        }));
    }

    /// A customer, by the contact's key, on one of the team's numbers.
    pub fn line(&self, number: &str, contact: &str) -> Option<Line<'_>> {
        let channel = self.channels.get(&key_of(Platform::Whatsapp, &[number]))?;
        Some(Line {
            channel,
            account: channel.whatsapp.as_ref()?,
            contact: self.contacts.get(contact),
            settings: &self.settings,
        })
    }

    /// Whether an agent or a machine of the team wrote this on WhatsApp.
    pub fn is_ours(&self, id: &str) -> bool {
        self.messages
            .get(id)
            .is_some_and(|message| message.sender != Sender::Customer)
    }
}

/// How far a message got, in a word.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Accepted => "accepted",
        Status::Sent => "sent",
        Status::Delivered => "delivered",
        Status::Read => "read",
        Status::Error => "failed",
    }
}
