//! Messages: what is sent, what became of it, and what was said before.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::interactive::Interactive;
use super::records::Message;
use super::templates::Component;
use super::{Client, Error, Refusal, Reply, read, refusal};
pub use crate::adapters::meta::media::Location;
pub use crate::adapters::meta::people::{
    Address, Contact, Email, Name, Organisation, Page as WebPage, Phone,
};
use crate::adapters::wire::{Answer, NOTHING};

/// The operations on messages.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'c>(pub(super) &'c Client);

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    /// To whom: digits with country code.
    pub client_wa_number: String,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
    /// The message it answers, by the vendor's id or by WhatsApp's; not for templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    /// A reference of the caller's own, which the answer repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ref_id: Option<String>,
    /// What travels along with the message's webhooks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub integrations: Vec<Integration>,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "messageType",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum Content {
    /// A text.
    Text {
        /// Up to 4096 characters.
        message: String,
    },
    /// A file.
    Media(Media),
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
    /// Buttons, lists, questions, products.
    Interactive {
        /// All of it.
        interactive: Interactive,
    },
    /// A template.
    Template(Template),
}

/// A file to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Media {
    /// What kind of file.
    pub media_type: MediaType,
    /// Where it lies.
    pub url: String,
    /// What it is called.
    pub name: String,
    /// How many bytes it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Its content type.
    pub mime_type: String,
    /// What stands below; not for audio and stickers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaType {
    /// Sound, up to 16 MB.
    Audio,
    /// Any file, up to 100 MB.
    Document,
    /// A picture, up to 5 MB.
    Image,
    /// A sticker, up to 100 KB.
    Sticker,
    /// A film, up to 16 MB.
    Video,
}

/// A template to be filled and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Its name.
    pub template_name: String,
    /// Its language.
    pub language_code: String,
    /// What fills its places; the parts in any order.
    pub variables: Vec<Component>,
    /// What the vendor shows as the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_content: Option<String>,
    /// What the vendor shows as the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_header: Option<String>,
}

impl Template {
    /// A template with what fills its places.
    pub fn new(
        template_name: impl Into<String>,
        language_code: impl Into<String>,
        variables: Vec<Component>,
    ) -> Self {
        Self {
            template_name: template_name.into(),
            language_code: language_code.into(),
            variables,
            template_content: None,
            template_header: None,
        }
    }
}

/// What travels along with a message's webhooks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "name",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Integration {
    /// The status webhooks carry this field.
    MetaCustomFieldHook {
        /// The field.
        custom_field: Value,
    },
}

impl Outgoing {
    /// A message.
    pub fn new(client_wa_number: impl Into<String>, content: Content) -> Self {
        Self {
            client_wa_number: client_wa_number.into(),
            content,
            context_id: None,
            ref_id: None,
            integrations: Vec::new(),
        }
    }

    /// A text.
    pub fn text(client_wa_number: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(
            client_wa_number,
            Content::Text {
                message: message.into(),
            },
        )
    }

    /// A template.
    pub fn template(client_wa_number: impl Into<String>, template: Template) -> Self {
        Self::new(client_wa_number, Content::Template(template))
    }

    /// Buttons, lists, questions, products.
    pub fn interactive(
        client_wa_number: impl Into<String>,
        interactive: impl Into<Interactive>,
    ) -> Self {
        Self::new(
            client_wa_number,
            Content::Interactive {
                interactive: interactive.into(),
            },
        )
    }

    /// The same message as an answer to another one, by the vendor's id or by WhatsApp's.
    #[must_use]
    pub fn replying_to(self, context_id: impl Into<String>) -> Self {
        Self {
            context_id: Some(context_id.into()),
            ..self
        }
    }

    /// The same message with a reference of the caller's own.
    #[must_use]
    pub fn referred_to_as(self, ref_id: impl Into<String>) -> Self {
        Self {
            ref_id: Some(ref_id.into()),
            ..self
        }
    }
}

/// Accepted messages, by their place in the request.
pub type Successes = BTreeMap<usize, Success>;

/// Messages that were not accepted, by their place in the request.
pub type Failures = BTreeMap<usize, Failure>;

/// What became of a batch: all, some or none of it was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// 200 when all were accepted, 206 when some were, else the commonest code of the failures.
    pub status: u16,
    /// In words, for people.
    pub message: String,
    /// The messages that were accepted.
    pub success: Successes,
    /// The messages that were not.
    pub fail: Failures,
    /// The vendor's refusal, when none was accepted.
    pub refusal: Option<Box<Refusal>>,
}

/// An accepted message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Success {
    /// The message as it will be sent.
    pub message: Message,
    /// To whom.
    pub client_wa_number: String,
}

/// A message that was not accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// To whom.
    pub client_wa_number: String,
    /// Meta's status, or 500 where the vendor itself refused.
    pub error_code: u16,
    /// Why.
    pub error_data: ErrorData,
    /// The message as it was sent.
    pub message: Value,
}

/// Why a message was not accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ErrorData {
    /// Meta refused.
    Meta(MetaError),
    /// The vendor refused, in plain words.
    Local(String),
}

/// Meta's error object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetaError {
    /// In words.
    pub message: String,
    /// The kind.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// The number, such as 132001.
    pub code: u32,
    /// More.
    #[serde(default)]
    pub error_data: Option<MetaErrorData>,
}

/// The part of Meta's error object that names the culprit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetaErrorData {
    /// `whatsapp`.
    #[serde(default)]
    pub messaging_product: Option<String>,
    /// In words.
    pub details: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) success: Successes,
    pub(super) fail: Failures,
}

#[derive(Serialize)]
struct Request<'a> {
    messages: &'a [Outgoing],
}

impl Batch {
    /// Reads an answer: a refusal that tells what became of each message is an outcome, not an error.
    fn read(answer: &Answer) -> Result<Self, Error> {
        if matches!(answer.status, 200 | 206) {
            let Reply {
                message,
                data: Outcome { success, fail },
            } = read(answer, &[200, 206])?;
            return Ok(Self {
                status: answer.status,
                message,
                success,
                fail,
                refusal: None,
            });
        }
        let error = refusal(answer);
        let outcome = error
            .refusal()
            .and_then(|refusal| Outcome::deserialize(refusal.error_raw.as_ref()?).ok());
        match (outcome, error.refusal()) {
            (Some(Outcome { success, fail }), Some(refusal)) => {
                let message = refusal.error_message.clone();
                Ok(Self {
                    status: answer.status,
                    message,
                    success,
                    fail,
                    refusal: Some(Box::new(refusal.clone())),
                })
            }
            _ => Err(error),
        }
    }
}

/// Which part of a conversation to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// How many; at most 10 000.
    pub limit: Option<u32>,
    /// Only what was said before this instant, as ISO 8601.
    pub before: Option<String>,
    /// And of those at this instant, only what was said before this message.
    pub before_id: Option<String>,
}

/// A part of a conversation, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// What was said.
    pub messages: Vec<Message>,
    /// With whom.
    pub client_wa_number: String,
    /// Until when anything but templates can be sent.
    pub conversation_expire: String,
    /// Whether there is more before.
    pub has_more: bool,
    /// Whether anything but templates can be sent now.
    pub can_message: bool,
}

/// Where to put a file, and where it will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    /// Where to put it; signed, for an hour.
    pub signed_request: String,
    /// Where it will be.
    pub url: String,
}

impl Messages<'_> {
    /// `POST /v1/messages/send` — sends messages, each on its own: some may be accepted and others not.
    ///
    /// # Errors
    /// As [`Error`] says, when the request was refused as a whole.
    pub async fn send(&self, messages: &[Outgoing]) -> Result<Batch, Error> {
        let url = self.0.base.at(&["v1", "messages", "send"], NOTHING);
        Batch::read(
            &self
                .0
                .call(Method::POST, url, Some(&Request { messages }))
                .await?,
        )
    }

    /// `GET /v1/messages/{clientWaNumber}` — lists what was said with one client, oldest first.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(
        &self,
        client_wa_number: &str,
        page: &Page,
    ) -> Result<Reply<Conversation>, Error> {
        let limit = page.limit.map(|limit| limit.to_string());
        let parts = [
            ("limit", limit.as_deref()),
            ("before", page.before.as_deref()),
            ("beforeId", page.before_id.as_deref()),
        ];
        let query: Vec<_> = parts
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        self.0
            .get(&["v1", "messages", client_wa_number], &query)
            .await
    }

    /// `GET /v1/messages` — shows one message by WhatsApp's id.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, wamid: &str) -> Result<Reply<Message>, Error> {
        self.0.get(&["v1", "messages"], &[("wamid", wamid)]).await
    }

    /// `GET /v1/messages/presigned-url` — prepares the upload of a file.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn presigned_url(
        &self,
        file_name: &str,
        file_type: &str,
    ) -> Result<Reply<Prepared>, Error> {
        let query = [("file_name", file_name), ("file_type", file_type)];
        self.0
            .get(&["v1", "messages", "presigned-url"], &query)
            .await
    }
}
