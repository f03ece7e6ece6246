//! Messages and conversations, as both generations tell of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::adapters::myoperator::Variables;
use crate::adapters::myoperator::messages::{ButtonValues, CardValues, Words};
use crate::adapters::myoperator::templates::Button;

/// A message. Times are UTC with six digits of a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id, a UUID.
    pub id: String,
    /// Which user sent it; nobody for a customer's.
    pub message_by: Option<String>,
    /// `incoming` or `outgoing`.
    pub action: String,
    /// How far it is.
    pub status: Stage,
    /// Whether it answers another.
    pub is_reply: bool,
    /// Which, by the vendor's id.
    pub reply_to: Option<String>,
    /// What that one said; no documented one shows it.
    pub reply_data: Option<Value>,
    /// What it says.
    pub data: Said,
    /// What others call it, and why it failed.
    pub metadata: Metadata,
    /// Since when.
    pub created: String,
    /// Last changed when.
    pub modified: String,
    /// Whether it was seen.
    pub is_read: bool,
    /// How far it came, and when: sent, delivered and read, always all three.
    pub events: Vec<Event>,
    /// Where it was said.
    pub conversation: Conversation,
    /// What else happened to the conversation; no documented one shows it.
    pub activity: Option<Value>,
    /// Meta's id of the company's number; one documented failure leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
}

/// A message in the newer generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// Whether somebody gave it a star.
    pub star_mark: bool,
    /// `lc`.
    pub mode: String,
    /// Who sent it: `lc` somebody in a chat, `cmp` a campaign, `api` a call.
    pub source: String,
}

/// A message with an address that was opened, in the newer generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clicked {
    /// As the older generation tells it.
    #[serde(flatten)]
    pub clicked: OldClicked,
    /// `lc`.
    pub mode: String,
}

/// A message with an address that was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OldClicked {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// Which address, and when.
    pub link_tracking: Link,
    /// Who sent it.
    pub source: String,
    /// What went wrong; no documented one shows it.
    pub errors: Option<Value>,
    /// Where it was said, once more.
    pub conversation_id: String,
}

/// An address that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Of which template.
    pub template_id: String,
    /// Its name.
    pub template_name: String,
    /// Which button: `btn-0`, or `card-0-btn-0` for a card's.
    pub button_info: String,
    /// When.
    pub clicked_at: String,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// A customer's.
    Received,
    /// The provider has it.
    Sent,
    /// The phone has it.
    Delivered,
    /// It was seen.
    Read,
    /// It will never arrive.
    Failed,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said {
    /// In a way that is documented.
    Known(Box<Context>),
    /// In another.
    Other(Other),
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "context", rename_all = "lowercase")]
pub enum Context {
    /// A text.
    Text(Words),
    /// A picture.
    Image(Media),
    /// Sound.
    Audio(Media),
    /// A film.
    Video(Media),
    /// A document.
    Document(Media),
    /// A template, filled in.
    Template(Box<Rendered>),
}

/// What a message says in a way that is not documented: something to tap, for example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// What it is.
    pub r#type: String,
    /// What it says.
    pub context: Map<String, Value>,
}

/// A file in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Where it lies: for a customer's file the vendor's own copy, empty until there is one.
    pub link: String,
    /// Where the provider has a customer's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// What stands below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Its content type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
}

/// A template, filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// Its id, as the older generation mostly calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// What it is for.
    pub category: Category,
    /// What stands above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<RenderedHeader>,
    /// The message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Part>,
    /// What stands below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Part>,
    /// What can be tapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Vec<Button>>,
    /// Cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carousel: Option<Vec<RenderedCard>>,
    /// The values that the sender gave; mostly left out of the older generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_payload: Option<Payload>,
    /// Whether opened addresses are told; left out of the older generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_tracking: Option<bool>,
}

/// What a template is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Category {
    /// In a word.
    Word(String),
    /// As a number, which the older generation uses once.
    Number(u8),
}

/// What stands above a template that was filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedHeader {
    /// `text`, or what kind of file.
    pub format: String,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The file, when it was uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// The file, when it lies at an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_url: Option<String>,
}

/// A text of a template that was filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `text`.
    pub r#type: String,
    /// The text.
    pub context: String,
}

/// A card that was filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedCard {
    /// Its place.
    pub index: u32,
    /// Its parts.
    pub components: RenderedParts,
}

/// The parts of a card that was filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedParts {
    /// The file above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<RenderedHeader>,
    /// The message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Part>,
    /// What can be tapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Vec<Button>>,
}

/// The values that a sender gave a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// For what stands above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Variables>,
    /// For the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Variables>,
    /// For buttons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Vec<ButtonValues>>,
    /// For cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carousel: Option<Vec<CardValues>>,
}

/// What others call a message, and why it failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// WhatsApp's id.
    pub waba_msg_id: Option<String>,
    /// The sender's: what a call gave, a UUID of a chat, nothing of a campaign.
    pub myop_ref_id: Option<String>,
    /// Meta's reasons, by Meta's codes; the older generation puts `WABA_` in front of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<BTreeMap<String, String>>,
}

/// A step that a message came, or has yet to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which.
    pub name: Step,
    /// When, in whole seconds with six zeros behind them.
    pub timestamp: Option<String>,
}

/// A step that a message comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// To the provider.
    Sent,
    /// To the phone.
    Delivered,
    /// To the eye.
    Read,
}

/// Where messages are said: one for each of the company's numbers and customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id, a UUID.
    pub id: String,
    /// The customer's country code.
    pub customer_country_code: String,
    /// The rest of their number.
    pub customer_contact: String,
    /// What they are called; their whole number when nobody knows.
    pub customer_name: String,
    /// Which agent answers.
    pub assigned_to: Option<String>,
    /// `unassigned`, `assigned` or `closed`.
    pub status: String,
    /// Until when free text arrives; never when the customer has not written.
    pub expire_at: Option<String>,
    /// When the last message was.
    pub last_message_at: Option<String>,
    /// Since when.
    pub created: String,
    /// Last changed when.
    pub modified: String,
    /// How many of the customer's messages nobody has seen.
    pub unread_count: u64,
}

/// A conversation to which something happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its id, a UUID.
    pub id: String,
    /// The customer's country code.
    pub customer_country_code: String,
    /// The rest of their number.
    pub customer_contact: String,
    /// What they are called.
    pub customer_name: String,
    /// Which agent answers.
    pub assigned_to: Option<String>,
    /// `assigned` or `closed`.
    pub status: String,
    /// Until when free text arrives.
    pub expire_at: Option<String>,
    /// Since when.
    pub created: String,
    /// Last changed when.
    pub modified: String,
    /// What happened.
    pub activity: Activity,
    /// `lc`.
    pub mode: String,
    /// `lc`.
    pub source: String,
}

/// A conversation that is over, told as one that somebody else answers now.
pub type Closed = Transfer;

/// What happened to a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Its id, a UUID.
    pub id: String,
    /// To which.
    pub conversation_id: String,
    /// `conv_assigned` or `conv_closed`.
    pub activity: String,
    /// Who did it.
    pub action_by: Option<String>,
    /// To whom.
    pub action_to: Option<String>,
    /// When.
    pub created: String,
}

/// Something that happened to a message, in the older generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OldMessage {
    /// `message`.
    #[serde(rename = "type")]
    kind: Kind,
    /// Who sent it: `lc` somebody in a chat, `cmp` a campaign, `api` a call.
    pub source: String,
    /// `lc`.
    pub mode: String,
    /// When it was told.
    pub timestamp: String,
    /// What.
    #[serde(flatten)]
    pub news: OldNews,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Message,
}

/// What happened to a message, in the older generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", content = "data", rename_all = "lowercase")]
pub enum OldNews {
    /// A customer wrote it.
    Received(Marked),
    /// The provider took it.
    Sent(Marked),
    /// It is at the phone; what is told of it may be older than that.
    Delivered(Marked),
    /// It was seen.
    Read(Marked),
    /// It will never arrive.
    Failed(Marked),
    /// An address in it was opened.
    #[serde(rename = "message.link_tracking")]
    LinkTracking(Box<OldClicked>),
}

/// A message in the older generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marked {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// Whether somebody gave it a star.
    pub star_mark: bool,
}

impl OldMessage {
    /// The message's id.
    pub fn id(&self) -> &str {
        &self.message().id
    }

    /// The message.
    pub fn message(&self) -> &Message {
        match &self.news {
            OldNews::Received(one)
            | OldNews::Sent(one)
            | OldNews::Delivered(one)
            | OldNews::Read(one)
            | OldNews::Failed(one) => &one.message,
            OldNews::LinkTracking(one) => &one.message,
        }
    }
}

impl Context {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(words) => Some(&words.body),
            Self::Template(template) => template.body.as_ref().map(|body| body.context.as_str()),
            Self::Image(_) | Self::Audio(_) | Self::Video(_) | Self::Document(_) => None,
        }
    }
}
