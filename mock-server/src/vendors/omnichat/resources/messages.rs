//! Messages: everything said in the rooms, and how far it got.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::error::Error;
use super::super::state::Omnichat;
use super::channels::ChannelName;
use super::contacts::{Contact, contact_key};
use super::whatsapp_templates::Category;
use super::{Content, Paging, Platform, Range, USUAL, key_of};
use crate::kernel::extract::{Path, Query};
use crate::kernel::store::Store;
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
    /// What WhatsApp got or gave: the message object as Meta writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Value>,
    /// What the template it was made from is for; it answers the customer freely where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// The conversation that Meta counts it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    /// Whether it was addressed by a user id instead of a number.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_user_id: bool,
    /// For whose sales a direct message counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<Tracking>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// What Meta counts messages to: those of one category within a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Conversation {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Until when messages are counted to it.
    pub expires_at: Timestamp,
}

/// For whose sales a direct message counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Tracking {
    /// The agent's employee code.
    pub employee_code: Option<String>,
    /// The shop's code.
    pub location_code: Option<String>,
    /// Whether links are followed to the purchase.
    pub track_transaction_link: Option<bool>,
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
        if self.is_listed() {
            keys.push(("platform", Cow::Borrowed(self.platform.name())));
            let channel = key_of(self.platform, &[&self.channel_id]);
            keys.push(("channel", Cow::Owned(channel)));
        }
        keys
    }
}

/// A message as answers show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    channel: ChannelName,
    id: String,
    time: i64,
    sender_name: String,
    sender_user_id: String,
    sender_phone: Option<String>,
    sender_email: Option<String>,
    sender_type: &'static str,
    message_type: Kind,
    message_status: Status,
    message: Option<String>,
    media_url: Option<String>,
    room_id: String,
    customer_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bsuid: Option<String>,
}

/// A list with its total, spelled twice where the team's clients need it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    content: Vec<Shown>,
    total_elements: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_element: Option<usize>,
}

/// Whose messages a query asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    platform: Platform,
    channel_id: Option<String>,
}

/// Which message a path means.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    message_id: String,
}

/// `GET /v1/messages` — lists a page of what was said on a platform within at most seven days, oldest first.
pub async fn list(
    store: Store<Omnichat>,
    Query(filter): Query<Filter>,
    Query(range): Query<Range>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let history = store.read(|omnichat, _| {
        let range = range.within_seven_days(omnichat.settings.seven_days)?;
        let found = omnichat.said(&filter, range);
        let listed = paging.page(found, USUAL, |one| omnichat.message_shown(one));
        let both = omnichat.settings.total_element;
        Ok::<_, Error>(History {
            total_element: both.then_some(listed.total_elements),
            total_elements: listed.total_elements,
            content: listed.content,
        })
    })?;
    Ok(Json(history))
}

/// `GET /v1/messages/{messageId}` — shows a message.
pub async fn get(
    store: Store<Omnichat>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let content = store.read(|omnichat, _| {
        let message = omnichat.messages.get(&which.message_id);
        let tracked = message.filter(|message| message.is_listed());
        tracked
            .map(|message| omnichat.message_shown(message))
            .ok_or(Error::MessageUnknown)
    })?;
    Ok(Json(Content { content }))
}

impl Message {
    /// Whether the history shows it: not what nobody tracks, nor what is no message of its own.
    pub fn is_listed(&self) -> bool {
        self.source != Source::Headless && !self.is("reaction") && !self.is("unknown")
    }

    /// Whether it is of this type of Meta's.
    pub fn is(&self, kind: &str) -> bool {
        let content = self.content.as_ref();
        content.is_some_and(|content| content["type"] == kind)
    }

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
    /// What was said on a platform, or with one channel, in a range: by time, then in the order it came.
    pub fn said(&self, filter: &Filter, range: Range) -> Vec<&Message> {
        let mut found: Vec<_> = match &filter.channel_id {
            Some(channel) => {
                let key = key_of(filter.platform, &[channel]);
                let all = self.messages.by("channel", &key);
                all.filter(|one| range.holds(one.time)).collect()
            }
            None => {
                let all = self.messages.by("platform", filter.platform.name());
                all.filter(|one| range.holds(one.time)).collect()
            }
        };
        found.sort_by_key(|one| one.time);
        found
    }

    /// A message as answers show it.
    pub fn message_shown(&self, message: &Message) -> Shown {
        let contact = self.contacts.get(&message.contact());
        let customer = contact.map_or(&message.user_id, |contact| &contact.name);
        // Who hides their number on WhatsApp goes by a user id such as `HK.1…`, which is no number.
        let hidden = message.platform == Platform::Whatsapp && message.user_id.contains('.');
        let (kind, name, user, phone, email) = match &message.sender {
            Sender::Customer => {
                let whatsapp = message.platform == Platform::Whatsapp;
                let phone = (whatsapp && !hidden).then(|| message.user_id.clone());
                (
                    "customer",
                    customer.clone(),
                    message.user_id.clone(),
                    phone,
                    None,
                )
            }
            Sender::Agent(username) => {
                let agent = self.agents.get(username);
                let name = agent.map_or(username, |agent| &agent.name).clone();
                let phone = agent.and_then(|agent| agent.phone.clone());
                let email = agent.map(|agent| agent.email.clone());
                ("agent", name, username.clone(), phone, email)
            }
            Sender::Bot => ("bot", "Bot".to_owned(), "bot".to_owned(), None, None),
            Sender::AiChat => (
                "ai-chat",
                "AI Chat".to_owned(),
                "ai-chat".to_owned(),
                None,
                None,
            ),
        };
        Shown {
            channel: ChannelName {
                platform: message.platform,
                channel_id: message.channel_id.clone(),
            },
            id: message.id.clone(),
            time: message.time.as_millisecond(),
            sender_name: name,
            sender_user_id: user,
            sender_phone: phone,
            sender_email: email,
            sender_type: kind,
            message_type: message.kind,
            message_status: message.status.max(Status::Sent),
            message: message.message.clone(),
            media_url: message.media_url.clone(),
            room_id: contact.map_or_else(String::new, |contact| self.room_id(contact)),
            customer_user_id: (!hidden).then(|| message.user_id.clone()),
            bsuid: contact.and_then(|contact: &Contact| contact.bsuid.clone()),
        }
    }

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
