//! Webhooks as they arrive: Meta's bodies, forwarded by HeltarChat unchanged and unsigned.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::interactive::Interactive;
use super::messages::{Contact, Location};
pub use crate::adapters::meta::webhook::{
    Button, Change, Entry, Media, Metadata, Stage, Text, answer_handshake,
};

/// What one webhook body tells, one by one.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A customer wrote.
    Message(Received),
    /// A sent message came further, or failed.
    Status(Progress),
}

/// A customer's message.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The number it was sent to.
    pub to: Metadata,
    /// What the customer calls themselves.
    pub name: Option<String>,
    /// The message.
    pub message: Message,
}

/// What became of a sent message.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The number it was sent from.
    pub from: Metadata,
    /// What became of it.
    pub status: Status,
    /// The field that was sent along with the message, where the address asked for it.
    pub custom_field: Option<Value>,
}

/// A body that is no webhook of the vendor.
#[derive(Debug, thiserror::Error)]
#[error("not a webhook of HeltarChat: {0}")]
pub struct Unreadable(String);

/// Reads a webhook body.
///
/// # Errors
/// When it is none of the vendor's, or tells nothing.
pub fn parse(body: &[u8]) -> Result<Vec<Event>, Unreadable> {
    Envelope::read(body)?.events()
}

/// A webhook body as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// `whatsapp_business_account`.
    pub object: String,
    /// Each for one account.
    pub entry: Vec<Entry<Told>>,
    /// The field that was sent along with the message, where the address asked for it.
    #[serde(default, rename = "customField")]
    pub custom_field: Option<Value>,
}

/// Messages that came in, or what became of those that went out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// `whatsapp`.
    pub messaging_product: String,
    /// The business's number.
    pub metadata: Metadata,
    /// Who wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Profile>,
    /// What came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// What became of what went out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<Status>,
}

/// Who wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What they call themselves.
    pub profile: ProfileName,
    /// Their number.
    pub wa_id: String,
}

/// What somebody calls themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileName {
    /// The name.
    pub name: String,
}

/// A message that came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// From whom.
    pub from: String,
    /// WhatsApp's id.
    pub id: String,
    /// When, in seconds since 1970.
    pub timestamp: String,
    /// The message it answers.
    #[serde(default)]
    pub context: Option<Context>,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// The message another one answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Who sent it.
    #[serde(default)]
    pub from: Option<String>,
    /// WhatsApp's id.
    pub id: String,
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
    /// A tap on the quick reply of a template.
    Button {
        /// Which.
        button: Button,
    },
    /// A tap on a button, a choice from a list, a flow filled in.
    Interactive {
        /// Which.
        interactive: Interactive,
    },
    /// A picture.
    Image {
        /// The picture.
        image: Media,
    },
    /// A film.
    Video {
        /// The film.
        video: Media,
    },
    /// Sound.
    Audio {
        /// The sound.
        audio: Media,
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
    /// A place.
    Location {
        /// The place.
        location: Location,
    },
    /// People.
    Contacts {
        /// The people.
        contacts: Vec<Contact>,
    },
    /// Something that Meta added later.
    #[serde(other)]
    Other,
}

/// What became of a sent message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// WhatsApp's id of the message.
    pub id: String,
    /// How far it has come.
    pub status: Stage,
    /// When, in seconds since 1970.
    pub timestamp: String,
    /// To whom it was sent.
    pub recipient_id: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// Why a message failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Meta's number, such as 131047.
    pub code: u32,
    /// Its name.
    pub title: String,
    /// In words.
    #[serde(default)]
    pub message: Option<String>,
}

impl Envelope {
    /// Reads a body as it stands.
    ///
    /// # Errors
    /// When it is none of the vendor's.
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
        let mut events = Vec::new();
        for Told {
            metadata,
            contacts,
            messages,
            statuses,
            ..
        } in self
            .entry
            .into_iter()
            .flat_map(|entry| entry.changes)
            .map(|change| change.value)
        {
            let name_of = |number: &str| {
                let writer = contacts.iter().find(|contact| contact.wa_id == number);
                writer.map(|contact| contact.profile.name.clone())
            };
            events.extend(messages.into_iter().map(|message| {
                let name = name_of(&message.from);
                Event::Message(Received {
                    to: metadata.clone(),
                    name,
                    message,
                })
            }));
            events.extend(statuses.into_iter().map(|status| {
                let (from, custom_field) = (metadata.clone(), self.custom_field.clone());
                Event::Status(Progress {
                    from,
                    status,
                    custom_field,
                })
            }));
        }
        if events.is_empty() {
            return Err(Unreadable(
                "it tells of no message and no status".to_owned(),
            ));
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_envelope_is_unreadable() {
        for body in [
            "",
            "{}",
            "[]",
            r#"{"object": "page", "entry": []}"#,
            r#"{"object": "whatsapp_business_account", "entry": []}"#,
        ] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn a_later_kind_of_message_does_not_hide_the_others() {
        let body = serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp", "metadata": {"display_phone_number": "2", "phone_number_id": "3"},
            "messages": [
                {"from": "4", "id": "a", "timestamp": "5", "type": "reaction", "reaction": {"emoji": "👍"}},
                {"from": "4", "id": "b", "timestamp": "5", "type": "text", "text": {"body": "Hi"}},
            ],
        }}]}]});
        let events = parse(body.to_string().as_bytes()).unwrap();
        let said: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::Message(received) => Some(&received.message.content),
                Event::Status(_) => None,
            })
            .collect();
        assert_eq!(
            said,
            [
                &Content::Other,
                &Content::Text {
                    text: Text {
                        body: "Hi".to_owned()
                    }
                }
            ]
        );
    }
}
