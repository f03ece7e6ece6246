//! Webhooks as they arrive: Meta's, forwarded, and the vendor's own topics.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::Platform;
use crate::adapters::meta::interactive::Choice;
use crate::adapters::meta::media::Location;
use crate::adapters::meta::people::Contact;
pub use crate::adapters::meta::webhook::Stage;
use crate::adapters::meta::webhook::{self as meta, Button, Entry, Media, Metadata, Text};
use crate::adapters::signature;

/// The header that names one of the vendor's own topics; forwarded events have none.
pub const TOPIC: &str = "x-omnichat-topic";

/// What one webhook tells, one by one.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A customer wrote.
    Message(Box<Received>),
    /// A sent message came further, or failed.
    Status(Box<Progress>),
    /// A direct message came further, or failed: the vendor's own telling.
    DirectMessage(Box<DirectMessageStatus>),
}

/// A customer's message.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The number it was sent to.
    pub to: Metadata,
    /// Who wrote, as far as it is told.
    pub from: Option<Profile>,
    /// The message.
    pub message: Message,
}

/// What became of a sent message.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The number it was sent from.
    pub from: Metadata,
    /// To whom, as far as it is told; never when it failed.
    pub to: Option<Profile>,
    /// What became of it.
    pub status: Status,
}

/// A body that is no webhook of the vendor.
#[derive(Debug, thiserror::Error)]
#[error("not a webhook of Omnichat: {0}")]
pub struct Unreadable(String);

/// Reads a webhook: its body, and what its [`TOPIC`] header says where it has one.
///
/// # Errors
/// When it is none of the vendor's, or tells nothing.
pub fn parse(topic: Option<&str>, body: &[u8]) -> Result<Vec<Event>, Unreadable> {
    match topic {
        None => Envelope::read(body)?.events(),
        Some("direct_msg/status") => {
            let status = DirectMessageStatus::read(body)?;
            Ok(vec![Event::DirectMessage(Box::new(status))])
        }
        Some(other) => Err(Unreadable(format!("nothing is known of {other:?}"))),
    }
}

/// What the registered address answers to a handshake with this query string, Meta's or the vendor's own: the
/// challenge when the token is the registered one, else nothing, and the status is to be 403.
pub fn answer_handshake(query: &str, verify_token: &str) -> Option<String> {
    meta::answer_handshake(query, verify_token).or_else(|| {
        let mut challenge = None;
        let mut known = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "verify_token" => known = value == verify_token,
                "challenge" => challenge = Some(value.into_owned()),
                _ => {}
            }
        }
        challenge.filter(|_| known)
    })
}

/// Whether a body was signed by whoever knows the secret. `shown` is what `X-Omnichat-Signature` says, or
/// `X-Hub-Signature-256`, which begins with `sha256=`.
pub fn is_signed(secret: &str, body: &[u8], shown: &str) -> bool {
    let hexadecimal = shown.strip_prefix("sha256=").unwrap_or(shown);
    signature::is_of(secret, body, hexadecimal)
}

/// A forwarded webhook as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// `whatsapp_business_account`.
    pub object: String,
    /// Each for one account.
    pub entry: Vec<Entry<Told>>,
}

/// Messages that came in, or what became of those that went out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// `whatsapp`.
    pub messaging_product: String,
    /// The business's number.
    pub metadata: Metadata,
    /// Who wrote, or was written to; absent when a message failed.
    #[serde(default)]
    pub contacts: Option<Vec<Profile>>,
    /// What came in.
    #[serde(default)]
    pub messages: Option<Vec<Message>>,
    /// What became of what went out.
    #[serde(default)]
    pub statuses: Option<Vec<Status>>,
}

/// Somebody on WhatsApp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What they call themselves.
    pub profile: ProfileName,
    /// Their number; absent where they hide it behind a username.
    #[serde(default)]
    pub wa_id: Option<String>,
    /// WhatsApp's id of them for this business.
    #[serde(default)]
    pub user_id: Option<String>,
    /// WhatsApp's id of them for the business above, where that is enabled.
    #[serde(default)]
    pub parent_user_id: Option<String>,
}

/// What somebody calls themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileName {
    /// For people to read.
    pub name: String,
    /// Unique, where they have one.
    #[serde(default)]
    pub username: Option<String>,
}

/// A message that came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// From whom, by number; absent where it is hidden.
    #[serde(default)]
    pub from: Option<String>,
    /// From whom, by WhatsApp's id for this business.
    #[serde(default)]
    pub from_user_id: Option<String>,
    /// From whom, by WhatsApp's id for the business above, where that is enabled.
    #[serde(default)]
    pub from_parent_user_id: Option<String>,
    /// In which group, where it was in one.
    #[serde(default)]
    pub group_id: Option<String>,
    /// Its id.
    pub id: String,
    /// When, in Unix seconds.
    pub timestamp: String,
    /// The message it answers, or the product it asks about.
    #[serde(default)]
    pub context: Option<Context>,
    /// The advertisement it comes from.
    #[serde(default)]
    pub referral: Option<Referral>,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Who sent the message it answers.
    #[serde(default)]
    pub from: Option<String>,
    /// The message it answers; absent when it comes from the page of a catalogue.
    #[serde(default)]
    pub id: Option<String>,
    /// The product it asks about.
    #[serde(default)]
    pub referred_product: Option<ReferredProduct>,
}

/// A product that is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferredProduct {
    /// Of which catalogue.
    pub catalog_id: String,
    /// Which.
    pub product_retailer_id: String,
}

/// An advertisement that led to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// Its address.
    pub source_url: String,
    /// Its id.
    pub source_id: String,
    /// `ad` or `post`.
    pub source_type: String,
    /// Its title.
    #[serde(default)]
    pub headline: Option<String>,
    /// Its text.
    #[serde(default)]
    pub body: Option<String>,
    /// `image` or `video`.
    #[serde(default)]
    pub media_type: Option<String>,
    /// The address of its picture.
    #[serde(default)]
    pub image_url: Option<String>,
    /// The address of its film.
    #[serde(default)]
    pub video_url: Option<String>,
    /// The address of a picture of its film.
    #[serde(default)]
    pub thumbnail_url: Option<String>,
    /// What names the tap on it.
    #[serde(default)]
    pub ctwa_clid: Option<String>,
}

/// What a customer said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// A text.
    Text {
        /// The text.
        text: Text,
    },
    /// A reaction.
    Reaction {
        /// Which.
        reaction: Reaction,
    },
    /// A picture.
    Image {
        /// The picture.
        image: Media,
    },
    /// Sound.
    Audio {
        /// The sound.
        audio: Media,
    },
    /// A film.
    Video {
        /// The film.
        video: Media,
    },
    /// Any other file.
    Document {
        /// The file.
        document: Media,
    },
    /// A sticker.
    Sticker {
        /// The sticker.
        sticker: Media,
    },
    /// People.
    Contacts {
        /// The people.
        contacts: Vec<Contact>,
    },
    /// A place.
    Location {
        /// The place.
        location: Location,
    },
    /// A tap on the quick reply of a template.
    Button {
        /// Which.
        button: Button,
    },
    /// A tap on a button, a choice from a list.
    Interactive {
        /// Which.
        interactive: Interactive,
    },
    /// An order.
    Order {
        /// What.
        order: Order,
    },
    /// Something that WhatsApp does not pass on.
    Unknown {
        /// Why.
        errors: Vec<Fault>,
    },
    /// The customer deleted the message.
    Unsupported {
        /// What stands for it.
        errors: Vec<Fault>,
    },
}

/// A reaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// To which message.
    pub message_id: String,
    /// The emoji; absent when it was taken back.
    #[serde(default)]
    pub emoji: Option<String>,
}

/// A tap on a button, a choice from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Interactive {
    /// A tap on a button.
    ButtonReply {
        /// Which.
        button_reply: Choice,
    },
    /// A choice from a list.
    ListReply {
        /// What.
        list_reply: Choice,
    },
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// From which catalogue.
    pub catalog_id: String,
    /// What was written along.
    #[serde(default)]
    pub text: Option<String>,
    /// What is ordered.
    pub product_items: Vec<OrderItem>,
}

/// A product that is ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// Which.
    pub product_retailer_id: String,
    /// How many.
    pub quantity: Number,
    /// For how much each.
    pub item_price: Number,
    /// In which currency, by ISO 4217.
    pub currency: String,
}

/// What became of a sent message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The id that the sending answered.
    pub id: String,
    /// How far it has come.
    pub status: Stage,
    /// When, in Unix seconds.
    pub timestamp: String,
    /// To whom it was sent, by number or group; absent where the number is hidden.
    #[serde(default)]
    pub recipient_id: Option<String>,
    /// To whom, by WhatsApp's id for this business.
    #[serde(default)]
    pub recipient_user_id: Option<String>,
    /// To whom, by WhatsApp's id for the business above, where that is enabled.
    #[serde(default)]
    pub parent_recipient_user_id: Option<String>,
    /// What Meta counts it to; of `sent` and `delivered`.
    #[serde(default)]
    pub conversation: Option<Conversation>,
    /// What Meta wants for it; of `sent` and `delivered`.
    #[serde(default)]
    pub pricing: Option<Pricing>,
    /// Why it failed.
    #[serde(default)]
    pub errors: Option<Vec<Fault>>,
}

/// What Meta counts a message to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// Until when, in Unix seconds.
    #[serde(default)]
    pub expiration_timestamp: Option<String>,
    /// What began it.
    pub origin: Origin,
}

/// What began a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// `marketing`, `utility`, `authentication`, `service` or `referral_conversion`.
    pub r#type: String,
}

/// What Meta wants for a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// `CBP`: by conversation.
    pub pricing_model: String,
    /// As what it is charged.
    pub category: String,
    /// Whether it is.
    pub billable: bool,
}

/// What went wrong, in Meta's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Meta's number, such as 131047.
    pub code: u32,
    /// Its name.
    pub title: String,
    /// Its name, in newer versions.
    #[serde(default)]
    pub message: Option<String>,
    /// In words, of messages that came in.
    #[serde(default)]
    pub details: Option<String>,
    /// In words, of messages that went out.
    #[serde(default)]
    pub error_data: Option<FaultData>,
    /// Where to read about it.
    #[serde(default)]
    pub href: Option<String>,
}

/// More words about what went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultData {
    /// The words.
    pub details: String,
}

/// What became of a direct message, in the vendor's own telling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectMessageStatus {
    /// The label that was sent along.
    pub track_id: String,
    /// The ids that the sending answered.
    pub message_ids: Vec<String>,
    /// On which platform.
    pub platform: Platform,
    /// From which channel.
    pub channel_id: String,
    /// To whom, by the platform's id.
    pub user_id: Option<String>,
    /// To whom, by the team's own id.
    pub member_id: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// What became of it.
    pub status: DirectMessageStage,
    /// WhatsApp's id of them for this business.
    #[serde(default)]
    pub bsuid: Option<String>,
}

/// What became of a direct message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DirectMessageStage {
    /// It arrived.
    Delivered,
    /// It did not.
    Failed,
    /// It was read.
    Read,
    /// Something in it was tapped.
    Clicked,
    /// It was answered.
    Responded,
}

impl DirectMessageStatus {
    /// Reads the body of `direct_msg/status`.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string()))
    }
}

impl Profile {
    /// Whether it is whoever goes by this number or this id.
    fn is(&self, number: Option<&str>, user_id: Option<&str>) -> bool {
        let same = |one: &Option<String>, other: Option<&str>| {
            one.as_deref().is_some_and(|one| Some(one) == other)
        };
        same(&self.wa_id, number) || same(&self.user_id, user_id)
    }
}

impl Envelope {
    /// Reads a forwarded body as it stands.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let envelope: Self =
            serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string()))?;
        if envelope.object == "whatsapp_business_account" {
            Ok(envelope)
        } else {
            Err(Unreadable(format!("it is about a {:?}", envelope.object)))
        }
    }

    /// What it tells, one by one.
    ///
    /// # Errors
    /// When it tells nothing.
    pub fn events(self) -> Result<Vec<Event>, Unreadable> {
        let changes = self.entry.into_iter().flat_map(|entry| entry.changes);
        let events: Vec<_> = changes.flat_map(|change| change.value.events()).collect();
        if events.is_empty() {
            return Err(Unreadable(
                "it tells of no message and no status".to_owned(),
            ));
        }
        Ok(events)
    }
}

impl Told {
    fn events(self) -> Vec<Event> {
        let people = self.contacts.unwrap_or_default();
        let who = |number: Option<&str>, user_id: Option<&str>| {
            let found = people.iter().find(|person| person.is(number, user_id));
            found.cloned()
        };
        let messages = self.messages.unwrap_or_default().into_iter();
        let messages = messages.map(|message| {
            let from = who(message.from.as_deref(), message.from_user_id.as_deref());
            Event::Message(Box::new(Received {
                to: self.metadata.clone(),
                from,
                message,
            }))
        });
        let statuses = self.statuses.unwrap_or_default().into_iter();
        let statuses = statuses.map(|status| {
            let to = who(
                status.recipient_id.as_deref(),
                status.recipient_user_id.as_deref(),
            );
            Event::Status(Box::new(Progress {
                from: self.metadata.clone(),
                to,
                status,
            }))
        });
        messages.chain(statuses).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_handshakes_are_answered() {
        let metas = "hub.mode=subscribe&hub.challenge=115&hub.verify_token=sesame";
        let own = "verify_token=sesame&challenge=116";
        assert_eq!(answer_handshake(metas, "sesame").as_deref(), Some("115"));
        assert_eq!(answer_handshake(own, "sesame").as_deref(), Some("116"));
        assert_eq!(answer_handshake(metas, "another"), None);
        assert_eq!(answer_handshake(own, "another"), None);
    }

    #[test]
    fn both_signatures_are_checked() {
        let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body = b"what do ya want for nothing?";
        assert!(is_signed("Jefe", body, signature));
        assert!(is_signed("Jefe", body, &format!("sha256={signature}")));
        assert!(!is_signed("Jefe", body, &format!("sha1={signature}")));
        assert!(!is_signed("Jefe", b"what do ya want", signature));
    }

    #[test]
    fn what_is_no_webhook_is_unreadable() {
        for body in [
            "",
            "{}",
            "[]",
            r#"{"object": "page", "entry": []}"#,
            r#"{"object": "whatsapp_business_account", "entry": []}"#,
        ] {
            assert!(parse(None, body.as_bytes()).is_err(), "{body}");
            let topic = Some("direct_msg/status");
            assert!(parse(topic, body.as_bytes()).is_err(), "{body}");
        }
        assert!(parse(Some("ticket/create"), b"{}").is_err());
    }

    #[test]
    fn whoever_hides_the_number_is_known_by_the_other_id() {
        let body = serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp", "metadata": {"display_phone_number": "2", "phone_number_id": "3"},
            "contacts": [
                {"profile": {"name": "Somebody else"}, "wa_id": "85260000001"},
                {"profile": {"name": "Grace", "username": "grace.demo"}, "user_id": "HK.1"},
            ],
            "messages": [{"from_user_id": "HK.1", "id": "a", "timestamp": "5", "type": "text", "text": {"body": "Hi"}}],
        }}]}]});
        let events = parse(None, body.to_string().as_bytes()).unwrap();
        let [Event::Message(received)] = &events[..] else {
            panic!("{events:?}");
        };
        let from = received.from.as_ref().unwrap();
        assert_eq!(from.profile.name, "Grace");
        assert_eq!(from.wa_id, None);
    }
}
