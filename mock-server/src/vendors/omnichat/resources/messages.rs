//! Messages: everything said in the rooms, and how far it got.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::state::Omnichat;
use super::contacts::contact_key;
use super::{Platform, key_of};
use crate::kernel::table::Record;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Message {
    /// `wamid.…` on WhatsApp, a number on LINE.
    pub id: String,
    /// Where.
    pub platform: Platform,
    /// With which channel.
    pub channel_id: String,
    /// The customer's user id, whoever wrote.
    pub user_id: String,
    /// When.
    pub time: Timestamp,
    /// Who wrote.
    pub sender: Sender,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// How far it got.
    pub status: Status,
    /// The words, or a file's caption.
    #[serde(default)]
    pub message: Option<String>,
    /// Where the file is.
    #[serde(default)]
    pub media_url: Option<String>,
    /// What brought it about.
    pub source: Source,
    /// The sender's own label of a direct message.
    #[serde(default)]
    pub track_id: Option<String>,
    /// The broadcast it belongs to.
    #[serde(default)]
    pub broadcast: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<String>,
}

/// Who wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sender {
    /// The customer.
    Customer,
    /// An agent, by UUID.
    Agent(String),
    /// A chatbot, or the API.
    Bot,
    /// The AI.
    AiChat,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Words.
    Text,
    /// A picture.
    Photo,
    /// Sound.
    Audio,
    /// A film.
    Video,
    /// A file.
    Document,
    /// What only machines write: blocks, products, templates.
    Chatbot,
}

/// How far a message got. A message never moves back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Taken, and not yet with the platform: shown as sent.
    Accepted,
    /// With the platform.
    Sent,
    /// With the customer.
    Delivered,
    /// Seen.
    Read,
    /// It will never arrive.
    Error,
}

/// What brought a message about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The customer wrote it.
    Inbound,
    /// An agent wrote it.
    Agent,
    /// A chatbot said it.
    Chatbot,
    /// `direct_messages.send`.
    DirectMessage,
    /// A broadcast.
    Broadcast,
    /// The headless route, which nobody tracks: it is in no list.
    Headless,
}

impl Record for Message {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = vec![("contact", Cow::Owned(self.contact()))];
        // What nobody tracks is kept for its status alone.
        if self.source != Source::Headless {
            keys.push(("platform", Cow::Borrowed(self.platform.name())));
            let channel = key_of(self.platform, &[&self.channel_id]);
            keys.push(("channel", Cow::Owned(channel)));
        }
        keys
    }
}

impl Message {
    /// The key of the contact whose room it is in.
    pub fn contact(&self) -> String {
        contact_key(self.platform, &self.channel_id, &self.user_id)
    }

    /// Whether it went from the team to the customer.
    pub fn outbound(&self) -> bool {
        self.sender != Sender::Customer
    }
}

impl Status {
    /// Whether a message may get from here to there: forwards, and to an error from nothing the customer has.
    pub fn may_become(self, to: Self) -> bool {
        match to {
            Self::Error => matches!(self, Self::Accepted | Self::Sent),
            _ => self != Self::Error && self < to,
        }
    }
}

impl Omnichat {
    /// Keeps a message, and notes what it means for the contact, their customer and their room.
    ///
    /// The contact must be there, unless the message comes from the headless route.
    pub fn record_message(&mut self, message: Message) -> &Message {
        let id = message.id.clone();
        let (source, time) = (message.source, message.time);
        let contact = message.contact();
        self.messages.put(message);
        if source != Source::Headless {
            let customer = self.contacts.update(&contact, |contact| {
                contact.last_message_time = contact.last_message_time.max(Some(time));
                if source == Source::Inbound {
                    contact.last_inbound_at = contact.last_inbound_at.max(Some(time));
                }
                contact.customer.clone()
            });
            self.open_room(&contact);
            if let Some(customer) = customer.flatten() {
                self.customers.update(&customer, |customer| {
                    let last = match source {
                        Source::Inbound => &mut customer.last_message_received_at,
                        Source::Agent => &mut customer.last_cs_message_sent_at,
                        Source::DirectMessage | Source::Broadcast => {
                            &mut customer.last_marketing_message_sent_at
                        }
                        Source::Chatbot | Source::Headless => return,
                    };
                    *last = (*last).max(Some(time));
                });
            }
        }
        self.messages
            .get(&id)
            .expect("a message that was just put is there")
    }

    /// Moves a message on, with the numbers of the broadcast it belongs to; false when it cannot get there.
    ///
    /// `error` says why, for [`Status::Error`].
    pub fn advance_message(
        &mut self,
        id: &str,
        to: Status,
        error: Option<&str>,
        now: Timestamp,
    ) -> bool {
        let moved = self.messages.update(id, |message| {
            let may = message.status.may_become(to);
            if may {
                message.status = to;
                message.error = error.map(str::to_owned);
            }
            may.then(|| message.broadcast.clone())
        });
        let Some(Some(broadcast)) = moved else {
            return false;
        };
        if let Some(broadcast) = broadcast {
            self.broadcast_message_moved(&broadcast, id, to, error, now);
        }
        true
    }
}
