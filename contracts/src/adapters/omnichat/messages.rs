//! What was said: by contacts, by staff and by machines.

use serde::{Deserialize, Serialize};

use super::{Channel, Client, Error, Page, Paging, Platform, Range, Reply};

/// The operations on messages.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'c>(pub(super) &'c Client);

/// Which messages to list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// Of which page.
    #[serde(flatten)]
    pub paging: Paging,
    /// From which time.
    #[serde(flatten)]
    pub range: Range,
    /// On which platform.
    pub platform: Platform,
    /// On which channel; all when absent.
    pub channel_id: Option<String>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Where.
    pub channel: Channel,
    /// Its id; of WhatsApp the one that webhooks name, too.
    pub id: String,
    /// When, in Unix milliseconds.
    pub time: i64,
    /// Who said it, by name; `Bot` and `AI Chat` are machines.
    pub sender_name: Option<String>,
    /// Who said it: the platform's id of a customer, a UUID of staff, or `bot` and `ai-chat`.
    pub sender_user_id: Option<String>,
    /// Their number, where it is known.
    pub sender_phone: Option<String>,
    /// Their address; customers have none.
    pub sender_email: Option<String>,
    /// What kind of sender.
    pub sender_type: SenderType,
    /// What kind of message.
    pub message_type: MessageType,
    /// How far it came.
    pub message_status: MessageStatus,
    /// The text, or what stands below a file.
    pub message: Option<String>,
    /// Where a file lies.
    pub media_url: Option<String>,
    /// In which room: the account and the customer, with a hyphen between.
    pub room_id: String,
    /// The platform's id of the customer; none where WhatsApp hides it.
    pub customer_user_id: Option<String>,
    /// WhatsApp's id of the customer for this business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<String>,
}

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SenderType {
    /// A customer.
    Customer,
    /// Somebody of the staff.
    Agent,
    /// A chatbot, or a call of this API.
    Bot,
    /// A machine that makes answers up.
    AiChat,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageType {
    /// A text.
    Text,
    /// A picture.
    Photo,
    /// Sound.
    Audio,
    /// A film.
    Video,
    /// Any other file.
    Document,
    /// Something of a chatbot's: blocks, products, templates.
    Chatbot,
}

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageStatus {
    /// On its way.
    Sent,
    /// On the phone.
    Delivered,
    /// Seen.
    Read,
    /// Nowhere.
    Error,
}

impl Messages<'_> {
    /// `GET /v1/messages` — lists what was said on a platform within at most seven days.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, selection: &Selection) -> Result<Page<Message>, Error> {
        self.0.list(&["v1", "messages"], selection).await
    }

    /// `GET /v1/messages/{messageId}` — shows one message.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, message_id: &str) -> Result<Reply<Message>, Error> {
        self.0.get(&["v1", "messages", message_id]).await
    }
}
