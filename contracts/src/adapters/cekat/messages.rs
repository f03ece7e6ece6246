//! Messages: what is said, by customers, agents and machines.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::{Classic, Client, Error, Filter, Many, Metadata, One};

/// The operations on messages.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'c>(pub(super) &'c Client);

/// What kind of sender a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SenderType {
    /// An agent.
    Agent,
    /// A customer.
    User,
    /// A machine.
    Ai,
    /// An agent, for agents only.
    PrivateNote,
    /// A call.
    Api,
    /// A campaign.
    Campaigns,
    /// A reminder.
    FollowUp,
    /// The dashboard itself.
    System,
    /// The phone of the inbox.
    Inbox,
}

/// How far a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// On its way.
    Sent,
    /// At the phone.
    Delivered,
    /// Seen.
    Read,
    /// Nowhere, ever.
    Failed,
}

/// A message into an open conversation over WhatsApp.
#[derive(Clone, Debug, Serialize)]
pub struct Outgoing {
    /// In which conversation.
    pub conversation_id: String,
    /// To which number; the conversation's own.
    pub receiver: String,
    /// The words.
    pub message: String,
    /// What is shown above the words of a list, buttons or a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// What is shown below the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// What else there is.
    #[serde(flatten)]
    pub content: Content,
}

/// What is shown above the words of a message; a list takes text only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Header {
    /// A headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A picture or another file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
}

/// What a message has besides words.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Content {
    /// Nothing.
    Text {},
    /// A file; what it is, its name says.
    Media {
        /// Where it is.
        file_url: String,
    },
    /// What there is a name for.
    Kind(Kind),
}

/// What a message has besides words, where it is named.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "media_type", rename_all = "snake_case")]
pub enum Kind {
    /// A place.
    Location {
        /// Where.
        location: Location,
    },
    /// A list to choose from.
    List {
        /// The list.
        action: List,
    },
    /// Buttons to press.
    Button {
        /// The buttons.
        action: Buttons,
    },
    /// A link to follow.
    CtaUrl {
        /// The link.
        action: CtaUrl,
    },
}

/// A place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Location {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A list to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct List {
    /// What opens it.
    pub button: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What it is called.
    pub title: String,
    /// What can be chosen.
    pub rows: Vec<Row>,
}

/// What can be chosen from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What the choice is told as.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// In more words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Buttons to press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Buttons {
    /// The buttons.
    pub buttons: Vec<Button>,
}

impl Buttons {
    /// Buttons with these ids and titles.
    pub fn new(buttons: &[(&str, &str)]) -> Self {
        let button = |(id, title): &(&str, &str)| Button {
            r#type: "reply",
            reply: Reply {
                id: (*id).to_owned(),
                title: (*title).to_owned(),
            },
        };
        Self {
            buttons: buttons.iter().map(button).collect(),
        }
    }
}

/// A button to press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Button {
    r#type: &'static str,
    /// What pressing it says.
    pub reply: Reply,
}

/// What pressing a button says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// What it is told as.
    pub id: String,
    /// What it is called.
    pub title: String,
}

/// A link to follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CtaUrl {
    name: &'static str,
    /// Where it leads.
    pub parameters: Link,
}

impl CtaUrl {
    /// A link to an address.
    pub fn new(display_text: &str, url: &str) -> Self {
        Self {
            name: "cta_url",
            parameters: Link {
                display_text: display_text.to_owned(),
                url: url.to_owned(),
            },
        }
    }
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it is called.
    pub display_text: String,
    /// The address.
    pub url: String,
}

impl Outgoing {
    /// Words, and nothing else.
    pub fn text(conversation_id: &str, receiver: &str, message: &str) -> Self {
        Self::new(conversation_id, receiver, message, Content::Text {})
    }

    /// Words with a file.
    pub fn media(conversation_id: &str, receiver: &str, message: &str, file_url: &str) -> Self {
        let file_url = file_url.to_owned();
        let content = Content::Media { file_url };
        Self::new(conversation_id, receiver, message, content)
    }

    /// Words with something else.
    pub fn of(conversation_id: &str, receiver: &str, message: &str, kind: Kind) -> Self {
        Self::new(conversation_id, receiver, message, Content::Kind(kind))
    }

    fn new(conversation_id: &str, receiver: &str, message: &str, content: Content) -> Self {
        Self {
            conversation_id: conversation_id.to_owned(),
            receiver: receiver.to_owned(),
            message: message.to_owned(),
            header: None,
            footer: None,
            content,
        }
    }
}

/// Which messages the newer list is to show.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Selection {
    /// Which page, and from when.
    #[serde(flatten)]
    pub filter: Filter,
    /// Those of this conversation.
    pub conversation_id: Option<String>,
    /// Those of this inbox.
    pub inbox_id: Option<String>,
    /// Those that an advertisement led to, or those that none did.
    pub is_ads: Option<bool>,
    /// Those from templates, or those that are not.
    pub is_template: Option<bool>,
    /// `asc` or `desc`.
    pub sort_order: Option<String>,
    /// Which form of the list; known by name only, nobody has seen what it changes.
    pub version: Option<String>,
}

/// What to sum up.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Span {
    /// From when until when; summaries have no pages.
    #[serde(flatten)]
    pub filter: Filter,
    /// In this conversation.
    pub conversation_id: Option<String>,
}

/// What a machine is to go by.
#[derive(Clone, Debug, Serialize)]
pub struct Prompt {
    /// What was said so far.
    pub messages: Vec<Line>,
    /// Which machine.
    pub ai_agent_id: String,
    /// What else it should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_data: Option<Value>,
}

/// What was said.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Its place.
    pub id: u32,
    /// The words.
    pub message: String,
    /// Who said it.
    pub sent_by_type: SenderType,
}

/// A message that was sent by a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// Its id.
    pub id: String,
    /// Since when.
    pub created_at: String,
    /// The words.
    pub message: String,
    /// Who sent it.
    pub sent_by: Option<String>,
    /// Its status.
    pub status: String,
    /// In which conversation.
    pub conversation_id: String,
    /// Where the medium is.
    pub media_url: Option<String>,
    /// What kind of medium.
    pub media_type: String,
    /// Whether it was taken back.
    pub is_deleted: bool,
    /// What a machine used.
    pub token_usage: Option<Value>,
    /// What a machine knew.
    pub message_history: Option<Value>,
    /// What a machine was told.
    pub system_msg: Option<String>,
}

/// A message, as the older list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// As it was sent.
    #[serde(flatten)]
    pub sent: Sent,
    /// What kind of sender.
    pub sent_by_type: SenderType,
}

/// A message, as the newer list and webhooks show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// In which conversation.
    pub conversation_id: String,
    /// The words.
    pub message: Option<String>,
    /// Who sent it.
    pub sent_by: Option<String>,
    /// Their name.
    pub sent_by_name: Option<String>,
    /// What kind of sender.
    pub sent_by_type: SenderType,
    /// What kind of medium.
    pub media_type: Option<String>,
    /// Where the medium is.
    pub media_url: Option<String>,
    /// The provider's id.
    pub platform_mid: Option<String>,
    /// Its status.
    pub status: Progress,
    /// Whether it came from a template.
    pub is_template: bool,
    /// Whose it is.
    pub business_id: String,
    /// Since when.
    pub created_at: String,
    /// Last changed when.
    pub updated_at: String,
    /// What else is kept.
    pub additional_data: Option<Value>,
    /// A place.
    pub location: Option<Value>,
    /// What was pressed or offered.
    pub interactive: Option<Value>,
    /// What can be chosen.
    pub action: Option<Value>,
    /// What a machine cost.
    pub chat_credits_used: Option<Number>,
    /// The advertisement that led here.
    pub ads_data: Option<Value>,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Person>,
    /// The inbox.
    pub inbox: Inbox,
}

/// The customer of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub r#type: String,
    /// What they are called.
    pub display_name: String,
    /// The number.
    pub phone_number: Option<String>,
}

/// The inbox of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbox {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub r#type: String,
    /// The number.
    pub phone_number: Option<String>,
}

/// The page of the newer list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Which page this is, from 1.
    pub current_page: u64,
    /// How many rows it has.
    pub current_items: u64,
    /// How many pages there are.
    pub total_page: u64,
    /// How many rows there are.
    pub total_items: u64,
}

/// What machines wrote, and what it cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Credits {
    /// What machines wrote.
    pub total_ai_messages: Number,
    /// What that cost.
    pub total_ai_credits_used: Number,
    /// In how many conversations.
    pub total_conversations: Number,
}

/// What a machine would say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The words.
    pub message: String,
    /// The machine that answers.
    pub ai_agent_id: String,
}

impl Messages<'_> {
    /// `POST /messages/whatsapp` — writes into a conversation.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn send_whatsapp(&self, message: &Outgoing) -> Result<Classic<Vec<Sent>>, Error> {
        let request = self.0.ask(Method::POST, &["messages", "whatsapp"])?;
        self.0.read(request.json(message)).await
    }

    /// `GET /messages` — lists the messages of a conversation, the oldest first.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, conversation_id: &str) -> Result<Classic<Vec<Stored>>, Error> {
        let query = serde_json::json!({"conversation_id": conversation_id});
        self.0.read(self.0.query(&["messages"], &query)?).await
    }

    /// `GET /messages/{message_id}` — shows one message.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, message_id: &str) -> Result<Classic<Stored>, Error> {
        let path = ["messages", message_id];
        self.0.read(self.0.ask(Method::GET, &path)?).await
    }

    /// `GET /api/messages` — lists messages, in pages.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn rows(
        &self,
        selection: &Selection,
    ) -> Result<Many<Message, Metadata<Rows>>, Error> {
        let path = ["api", "messages"];
        self.0.page(&path, &selection.filter, selection).await
    }

    /// `GET /api/messages/summary/ai_credits` — sums up what machines wrote.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn ai_credits(&self, span: &Span) -> Result<One<Credits>, Error> {
        let path = ["api", "messages", "summary", "ai_credits"];
        self.0.page(&path, &span.filter, span).await
    }

    /// `POST /api/ai_response/beta` — asks a machine what it would say.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn ai_response(&self, prompt: &Prompt) -> Result<One<Answer>, Error> {
        let path = ["api", "ai_response", "beta"];
        let request = self.0.ask(Method::POST, &path)?;
        self.0.read(request.json(prompt)).await
    }
}
