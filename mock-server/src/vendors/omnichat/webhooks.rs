//! What Omnichat tells the world: WhatsApp's events, forwarded as Meta writes them, and topics of its own.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::reply::uuid_of;
use super::resources::channels::{Channel, WhatsAppAccount};
use super::resources::contacts::Contact;
use super::resources::messages::{Conversation, Message};
use super::resources::receipts::Failure;
use super::resources::whatsapp_templates::Category;
use super::state::Settings;
use crate::kernel::vendor::Announce;
use crate::kernel::workspace::Event;

/// Each variant is a webhook of the contract, or a family of them.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Webhook {
    /// A message got somewhere.
    Status(Envelope),
    /// A customer wrote, or took back what they wrote.
    Message(Envelope),
    /// A direct message got somewhere, in the vendor's own form.
    DirectMessage(DirectMessageStatus),
}

/// Meta's webhook body.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope {
    object: &'static str,
    entry: [Entry; 1],
    #[serde(skip)]
    name: &'static str,
    #[serde(skip)]
    peer: String,
}

#[derive(Clone, Debug, Serialize)]
struct Entry {
    id: String,
    changes: [Change; 1],
}

#[derive(Clone, Debug, Serialize)]
struct Change {
    value: News,
    field: &'static str,
}

/// What Meta tells, with the members it has in every case first.
#[derive(Clone, Debug, Serialize)]
struct News {
    messaging_product: &'static str,
    metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<[Person; 1]>,
    #[serde(flatten)]
    told: Told,
}

/// The team's number.
#[derive(Clone, Debug, Serialize)]
struct Metadata {
    display_phone_number: String,
    phone_number_id: String,
}

/// The customer, as far as Meta shows them.
#[derive(Clone, Debug, Serialize)]
struct Person {
    profile: Profile,
    #[serde(skip_serializing_if = "Option::is_none")]
    wa_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Profile {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Told {
    Statuses([Box<Standing>; 1]),
    Messages([Map<String, Value>; 1]),
}

/// How far a message came.
#[derive(Clone, Debug, Serialize)]
struct Standing {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<Counted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Pricing>,
    status: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_recipient_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[Value; 1]>,
}

/// What Meta counts a message to.
#[derive(Clone, Debug, Serialize)]
struct Counted {
    expiration_timestamp: String,
    origin: Origin,
    id: String,
}

#[derive(Clone, Debug, Serialize)]
struct Origin {
    r#type: &'static str,
}

/// What Meta charges.
#[derive(Clone, Debug, Serialize)]
struct Pricing {
    pricing_model: &'static str,
    category: &'static str,
    billable: bool,
}

/// What the topic of direct messages says.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectMessageStatus {
    /// The sender's label.
    pub track_id: String,
    /// Which message.
    pub message_ids: [String; 1],
    /// Where.
    pub platform: super::resources::Platform,
    /// From which channel.
    pub channel_id: String,
    /// To whom.
    pub user_id: String,
    /// What the team calls the customer.
    pub member_id: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// What became of it: `delivered`, `failed`, `read`, `clicked`, `responded`.
    pub status: &'static str,
    /// WhatsApp's id of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<String>,
}

/// The topic of direct messages.
pub const DIRECT_MESSAGES: &str = "direct_msg/status";

impl Announce for Webhook {
    fn name(&self) -> &'static str {
        match self {
            Self::Status(envelope) | Self::Message(envelope) => envelope.name,
            Self::DirectMessage(_) => DIRECT_MESSAGES,
        }
    }

    fn conversation(&self) -> String {
        match self {
            Self::Status(envelope) | Self::Message(envelope) => envelope.peer.clone(),
            Self::DirectMessage(status) => format!("{}/{}", status.channel_id, status.user_id),
        }
    }
}

/// How a status is called: by Meta, and by the contract.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    /// The contract's name.
    pub event: &'static str,
    /// Meta's word.
    pub word: &'static str,
}

/// A customer of one of the team's numbers, under the team's settings.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The number.
    pub channel: &'a Channel,
    /// What only WhatsApp has of it.
    pub account: &'a WhatsAppAccount,
    /// The customer, where they are known.
    pub contact: Option<&'a Contact>,
    /// What the webhooks may show.
    pub settings: &'a Settings,
}

impl Line<'_> {
    /// WhatsApp's id of the customer.
    pub fn bsuid(&self) -> Option<String> {
        let contact = self.contact.filter(|_| self.settings.bsuids)?;
        contact.bsuid.clone()
    }

    /// The same for the team's parent account.
    pub fn parent_bsuid(&self) -> Option<String> {
        let contact = self.contact.filter(|_| self.settings.parent_bsuids)?;
        contact.parent_bsuid.clone()
    }

    fn username(&self) -> Option<String> {
        let contact = self.contact.filter(|_| self.settings.usernames)?;
        contact.username.clone()
    }

    /// The customer's number, which a username hides where an id can stand for it.
    pub fn phone(&self, user: &str) -> Option<String> {
        let hidden = self.username().is_some() && self.bsuid().is_some();
        let number = !user.is_empty() && user.bytes().all(|digit| digit.is_ascii_digit());
        (number && !hidden).then(|| user.to_owned())
    }

    fn person(&self, user: &str, with_username: bool) -> Person {
        let name = self
            .contact
            .map_or(user, |contact| &contact.name)
            .to_owned();
        Person {
            profile: Profile {
                name,
                username: self.username().filter(|_| with_username),
            },
            wa_id: self.phone(user),
            user_id: self.bsuid(),
            parent_user_id: self.parent_bsuid(),
        }
    }

    fn around(
        &self,
        name: &'static str,
        user: &str,
        person: Option<Person>,
        told: Told,
    ) -> Envelope {
        let value = News {
            messaging_product: "whatsapp",
            metadata: Metadata {
                display_phone_number: self.channel.channel_id.clone(),
                phone_number_id: self.account.phone_number_id.clone(),
            },
            contacts: person.map(|person| [person]),
            told,
        };
        Envelope {
            object: "whatsapp_business_account",
            entry: [Entry {
                id: self.account.waba_id.clone(),
                changes: [Change {
                    value,
                    field: "messages",
                }],
            }],
            name,
            peer: format!("{}/{user}", self.channel.channel_id),
        }
    }

    /// A message of ours got somewhere, or nowhere.
    pub fn status(
        &self,
        message: &Message,
        receipt: Receipt,
        failure: Option<Failure>,
        now: Timestamp,
    ) -> Webhook {
        let user = &message.user_id;
        let category = message.category.map_or("service", Category::word);
        let counted = |conversation: &Conversation| Counted {
            expiration_timestamp: seconds(conversation.expires_at),
            origin: Origin { r#type: category },
            id: conversation.id.clone(),
        };
        // Only these two say what Meta counts, and only a failure shows no person.
        let with_price = matches!(receipt.word, "sent" | "delivered");
        let conversation = message.conversation.as_ref().filter(|_| with_price);
        let standing = Standing {
            id: message.id.clone(),
            conversation: conversation.map(counted),
            pricing: with_price.then(|| Pricing {
                pricing_model: "CBP",
                category,
                billable: message.category.is_some(),
            }),
            status: receipt.word,
            timestamp: seconds(now),
            recipient_id: match message.by_user_id {
                true => self.phone(user),
                false => Some(user.clone()),
            },
            recipient_user_id: self.bsuid().or_else(|| message.recipient_user_id()),
            parent_recipient_user_id: self.parent_bsuid(),
            errors: failure.map(|failure| [failure.told(message)]),
        };
        // A username is never told when a message is only on its way.
        let person = (failure.is_none()).then(|| self.person(user, receipt.word != "sent"));
        let told = Told::Statuses([Box::new(standing)]);
        Webhook::Status(self.around(receipt.event, user, person, told))
    }

    /// A customer wrote.
    pub fn message(&self, name: &'static str, user: &str, said: Map<String, Value>) -> Webhook {
        let person = self.person(user, true);
        Webhook::Message(self.around(name, user, Some(person), Told::Messages([said])))
    }

    /// A customer took back what they wrote, which shows no user ids.
    pub fn deletion(&self, user: &str, said: Map<String, Value>) -> Webhook {
        let mut person = self.person(user, false);
        // Without an id, nothing but the number says who it was.
        if person.wa_id.is_some() {
            person.user_id = None;
            person.parent_user_id = None;
        }
        let told = Told::Messages([said]);
        Webhook::Message(self.around("status.deleted", user, Some(person), told))
    }
}

/// A time as Meta writes it.
pub fn seconds(at: Timestamp) -> String {
    at.as_second().to_string()
}

/// What a delivery of the vendor's own topics carries. Forwarded WhatsApp events carry nothing of the vendor's.
pub fn headers(event: &Event, at: Timestamp) -> Vec<(&'static str, String)> {
    // Only topics are named with a slash: `direct_msg/status`.
    if !event.name.contains('/') {
        return Vec::new();
    }
    vec![
        ("X-Omnichat-Event-Id", uuid_of(event.id)),
        ("X-Omnichat-Topic", event.name.clone()),
        ("X-Omnichat-Timestamp", at.as_millisecond().to_string()),
        ("X-Omnichat-Team", "demo".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::workspace::{Origin, made};

    fn headers_of(name: &str) -> Vec<(&'static str, String)> {
        let event = Event {
            id: 7,
            at: Timestamp::UNIX_EPOCH,
            vendor: "omnichat",
            name: name.to_owned(),
            channel: name.to_owned(),
            conversation: String::new(),
            identity: None,
            headers: Vec::new(),
            payload: made(bytes::Bytes::new()),
            cause: None,
            origin: Origin::Rule,
            findings: made(Vec::new()),
        };
        headers(&event, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_topic_names_itself_and_a_forwarded_event_does_not() {
        let topic = headers_of("direct_msg/status");
        assert!(topic.contains(&("X-Omnichat-Topic", "direct_msg/status".to_owned())));
        assert!(topic.contains(&("X-Omnichat-Timestamp", "0".to_owned())));
        assert_eq!(headers_of("status.sent"), []);
    }
}
