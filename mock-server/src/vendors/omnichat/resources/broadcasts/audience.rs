//! The audience of a broadcast: what each recipient got, and what they made of it.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::super::state::Omnichat;
use super::super::contacts::contact_key;
use super::super::messages::Status as MessageStatus;
use super::super::tagging_logs::Source as TagSource;
use super::super::{Platform, local};
use crate::kernel::table::Record;

/// What one recipient of a broadcast got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recipient {
    /// Of which broadcast.
    pub broadcast: String,
    /// Where.
    pub platform: Platform,
    /// From which channel.
    pub channel_id: String,
    /// Who.
    pub user_id: String,
    /// Their name then.
    pub name: String,
    /// Their number then.
    #[serde(default)]
    pub phone: Option<String>,
    /// The messages as they got them.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// When the first of them left.
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// Whether they clicked.
    #[serde(default)]
    pub clicked: bool,
    /// When they did.
    #[serde(default)]
    pub clicked_at: Option<Timestamp>,
    /// When they read it.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
    /// When they answered.
    #[serde(default)]
    pub responded_at: Option<Timestamp>,
    /// When they had enough.
    #[serde(default)]
    pub unsubscribed_at: Option<Timestamp>,
    /// Why nothing reached them.
    #[serde(default)]
    pub error: Option<String>,
}

/// One of a broadcast's messages as a recipient got it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Part {
    /// The message's id.
    pub id: String,
    /// How far it got.
    pub status: MessageStatus,
}

impl Record for Recipient {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}/{}", self.broadcast, self.user_id))
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = vec![
            ("broadcast", Cow::Borrowed(self.broadcast.as_str())),
            ("contact", Cow::Owned(self.contact())),
        ];
        keys.extend(
            self.parts
                .iter()
                .map(|part| ("message", Cow::Borrowed(part.id.as_str()))),
        );
        keys
    }
}

impl Recipient {
    /// The key of the contact.
    pub fn contact(&self) -> String {
        contact_key(self.platform, &self.channel_id, &self.user_id)
    }

    /// Whether it left for them.
    pub fn sent(&self) -> bool {
        self.parts.iter().any(|part| part.got(MessageStatus::Sent))
    }

    /// Whether it failed for them.
    pub fn failed(&self) -> bool {
        self.error.is_some()
    }

    /// Whether it reached them: on WhatsApp when it was delivered, elsewhere when it was sent.
    pub fn success(&self) -> bool {
        self.successes() > 0
    }

    /// How many of their messages reached them.
    pub fn successes(&self) -> usize {
        let enough = match self.platform {
            Platform::Whatsapp => MessageStatus::Delivered,
            _ => MessageStatus::Sent,
        };
        self.parts.iter().filter(|part| part.got(enough)).count()
    }
}

impl Part {
    fn got(&self, at_least: MessageStatus) -> bool {
        self.status != MessageStatus::Error && self.status >= at_least
    }
}

/// A recipient as answers show them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientRow {
    name: String,
    phone: Option<String>,
    success: bool,
    sent_at: Option<String>,
    clicked: bool,
    clicked_at: Option<String>,
    read: bool,
    read_at: Option<String>,
    responded: bool,
    responded_at: Option<String>,
    message_id: Option<String>,
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bsuid: Option<String>,
}

/// Which recipients a query asks for.
#[derive(Clone, Debug, Deserialize)]
pub struct Outcome {
    status: Option<What>,
}

/// What became of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum What {
    Failed,
    Read,
    Clicked,
    Responded,
    Success,
    NotDelivered,
    Unsubscribed,
}

impl Outcome {
    /// Whether it befell a recipient; anything does when nobody asks.
    pub(super) fn befell(&self, one: &Recipient) -> bool {
        self.status.is_none_or(|what| what.befell(one))
    }
}

impl What {
    fn befell(self, one: &Recipient) -> bool {
        match self {
            Self::Failed => one.failed(),
            Self::Read => one.read_at.is_some(),
            Self::Clicked => one.clicked,
            Self::Responded => one.responded_at.is_some(),
            Self::Success => one.success(),
            Self::NotDelivered => one.sent() && !one.success(),
            Self::Unsubscribed => one.unsubscribed_at.is_some(),
        }
    }
}

/// What a recipient does about a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// They write back.
    Responded,
    /// They want no more.
    Unsubscribed,
}

/// How long after a broadcast something still counts as a reaction to it.
const ATTENTION: SignedDuration = SignedDuration::from_hours(48);

/// What is said about a recipient that nothing reaches.
pub(super) const UNDELIVERABLE: &str = "Undeliverable";

impl Omnichat {
    /// Makes somebody a recipient of a broadcast; who is one already stays one.
    pub(super) fn address(
        &mut self,
        broadcast: &str,
        platform: Platform,
        channel: &str,
        user: &str,
    ) {
        let contact = self.contacts.get(&contact_key(platform, channel, user));
        let user_id = contact.map_or(user, |contact| &contact.user_id).to_owned();
        self.recipients.put(Recipient {
            broadcast: broadcast.to_owned(),
            platform,
            channel_id: channel.to_owned(),
            name: contact.map_or(&user_id, |contact| &contact.name).clone(),
            phone: contact.and_then(|contact| contact.phone.clone()),
            user_id,
            parts: Vec::new(),
            sent_at: None,
            clicked: false,
            clicked_at: None,
            read_at: None,
            responded_at: None,
            unsubscribed_at: None,
            error: None,
        });
    }

    pub(super) fn recipient_row(&self, one: &Recipient) -> RecipientRow {
        let contact = self.contacts.get(&one.contact());
        RecipientRow {
            name: one.name.clone(),
            phone: one.phone.clone(),
            success: one.success(),
            sent_at: one.sent_at.map(local),
            clicked: one.clicked,
            clicked_at: one.clicked_at.map(local),
            read: one.read_at.is_some(),
            read_at: one.read_at.map(local),
            responded: one.responded_at.is_some(),
            responded_at: one.responded_at.map(local),
            message_id: one.parts.first().map(|part| part.id.clone()),
            error: one.error.clone(),
            bsuid: contact.and_then(|contact| contact.bsuid.clone()),
        }
    }

    /// One of a broadcast's messages moved on; called by [`Omnichat::advance_message`].
    pub(in super::super) fn broadcast_message_moved(
        &mut self,
        broadcast: &str,
        message: &str,
        to: MessageStatus,
        error: Option<&str>,
        now: Timestamp,
    ) {
        let Some(recipient) = self.recipients.by("message", message).next() else {
            return;
        };
        let (key, contact) = (recipient.key().into_owned(), recipient.contact());
        let left = self.recipients.update(&key, |recipient| {
            let before = recipient.sent();
            for part in &mut recipient.parts {
                if part.id == message {
                    part.status = to;
                }
            }
            let all_failed = recipient
                .parts
                .iter()
                .all(|part| part.status == MessageStatus::Error);
            if all_failed {
                recipient.error = Some(error.unwrap_or(UNDELIVERABLE).to_owned());
                recipient.sent_at = None;
            }
            if recipient.sent() {
                recipient.sent_at.get_or_insert(now);
            }
            if to == MessageStatus::Read {
                recipient.read_at.get_or_insert(now);
            }
            (!before && recipient.sent()).then(|| recipient.parts.first().map(|one| one.id.clone()))
        });
        if let Some(Some(first)) = left {
            let tags = self.broadcasts.get(broadcast).map(|one| one.tags.clone());
            let tags = tags.unwrap_or_default();
            self.add_tags(&contact, &tags, TagSource::Broadcast, first.as_deref(), now);
        }
        self.settle_broadcast(broadcast);
    }

    /// A contact, by its key, is gone: what was on its way to them never arrives.
    pub(in super::super) fn lose_recipient(&mut self, contact: &str) {
        let waiting = |one: &&Recipient| !one.parts.is_empty() && !one.sent() && !one.failed();
        let lost = self.recipients.by("contact", contact).filter(waiting);
        let lost: Vec<_> = lost
            .map(|one| (one.key().into_owned(), one.broadcast.clone()))
            .collect();
        for (key, broadcast) in lost {
            self.recipients.update(&key, |one| {
                one.error = Some(UNDELIVERABLE.to_owned());
                for part in &mut one.parts {
                    part.status = MessageStatus::Error;
                }
            });
            self.settle_broadcast(&broadcast);
        }
    }

    /// A contact, by its key, reacts: to the last broadcast that left for them, if that is not long ago.
    ///
    /// Each reaction counts once per recipient.
    pub fn react_to_broadcast(&mut self, contact: &str, reaction: Reaction, now: Timestamp) {
        let recent = |one: &&Recipient| {
            let sent_at = one.sent_at.filter(|_| one.sent());
            sent_at.is_some_and(|at| now.duration_since(at) <= ATTENTION)
        };
        let recent = self.recipients.by("contact", contact).filter(recent);
        let Some(last) = recent.max_by_key(|one| one.sent_at) else {
            return;
        };
        let key = last.key().into_owned();
        self.recipients.update(&key, |one| {
            let at = match reaction {
                Reaction::Responded => &mut one.responded_at,
                Reaction::Unsubscribed => &mut one.unsubscribed_at,
            };
            at.get_or_insert(now);
        });
    }

    /// A recipient follows a link in one of a broadcast's messages.
    pub fn click_on_broadcast(&mut self, message: &str, now: Timestamp) {
        self.update_recipient_of(message, |one| {
            one.clicked = true;
            one.clicked_at.get_or_insert(now);
        });
    }

    /// A recipient answers one of a broadcast's messages, however long ago it came.
    pub fn answer_broadcast(&mut self, message: &str, now: Timestamp) {
        self.update_recipient_of(message, |one| {
            one.responded_at.get_or_insert(now);
        });
    }

    /// Changes the recipient of a message, if it belongs to a broadcast.
    fn update_recipient_of(&mut self, message: &str, change: impl FnOnce(&mut Recipient)) {
        let recipient = self.recipients.by("message", message).next();
        if let Some(key) = recipient.map(|one| one.key().into_owned()) {
            self.recipients.update(&key, change);
        }
    }
}
