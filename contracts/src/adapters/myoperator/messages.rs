//! Messages: what is said over WhatsApp. What becomes of them, only webhooks tell.

use http::Method;
use serde::{Deserialize, Serialize};

use super::{Client, Error, Nothing, Reply, Variables};
use crate::adapters::meta::interactive::{Buttons, List, Text};

/// The operations on messages.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'c>(pub(super) &'c Client);

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outgoing {
    /// From which number: Meta's id, or the vendor's.
    pub phone_number_id: String,
    /// The customer's country code, digits.
    pub customer_country_code: String,
    /// The rest of the customer's number, digits.
    pub customer_number: String,
    /// What to say.
    pub data: Data,
    /// The message it answers, by the vendor's id.
    pub reply_to: Option<String>,
    /// The sender's own id, which webhooks repeat.
    pub myop_ref_id: Option<String>,
    /// Something that templates are documented with, and nobody heeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trail: Option<Trail>,
}

/// Something that templates are documented with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trail {
    /// A name, or none.
    pub name: Option<String>,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Data {
    /// The language again, as two documented requests have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", content = "context", rename_all = "lowercase")]
pub enum Content {
    /// A text.
    Text(Words),
    /// A picture: JPEG or PNG, at most 5 MB.
    Image(Media),
    /// Sound: AAC, AMR, MP3, M4A or OGG, at most 16 MB.
    Audio(Media),
    /// A film: MP4 or 3GP, at most 16 MB.
    Video(Media),
    /// A document: text, PDF or an office file, at most 100 MB.
    Document(Media),
    /// A template, filled in.
    Template(Template),
    /// Something to tap.
    Interactive(Interactive),
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The text.
    pub body: String,
    /// Whether to show what its first address leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<bool>,
}

/// A file to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Media {
    /// Where it lies.
    pub link: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// What stands below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Its content type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
}

/// A template, filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Which.
    pub template_name: String,
    /// In which language; the template's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What stands above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<TemplateHeader>,
    /// The variables of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Variables>,
    /// The variables of buttons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonValues>,
    /// The variables of cards; no documented request has any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carousel: Vec<CardValues>,
}

/// What stands above a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TemplateHeader {
    /// A file that was uploaded.
    MediaId {
        /// Its id.
        media_id: String,
    },
    /// A file at an address.
    MediaUrl {
        /// The address.
        media_url: String,
    },
    /// A text with these variables.
    Text(Variables),
}

/// The variables of one button: of its address, or the code that it copies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonValues {
    /// Which button, from 0.
    pub index: u32,
    /// The values by the variables' names.
    #[serde(flatten)]
    pub values: Variables,
}

/// The variables of one card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardValues {
    /// Which card.
    pub index: u32,
    /// By the parts of the card.
    pub components: CardParts,
}

/// The variables of a card, by its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardParts {
    /// The file above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Variables>,
    /// The message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Variables>,
    /// The buttons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Vec<ButtonValues>>,
}

/// A message with something to tap; the body has at most 1024 characters, the footer at most 60.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "interactive_type", rename_all = "snake_case")]
pub enum Interactive {
    /// Buttons that answer.
    Button {
        /// What stands above.
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// The message.
        body: Text,
        /// What stands below.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
        /// The buttons.
        action: Buttons,
    },
    /// A list behind a button.
    List {
        /// What stands above: a text.
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<TextHeader>,
        /// The message.
        body: Text,
        /// What stands below.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
        /// The list.
        action: List,
    },
    /// A button that opens an address.
    CtaUrl {
        /// What stands above.
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// The message.
        body: Text,
        /// What stands below.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
        /// The button.
        action: CtaUrl,
    },
}

/// What stands above something to tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Header {
    /// A text of at most 60 characters.
    Text {
        /// The text.
        text: String,
    },
    /// A document.
    Document(Source),
    /// A film.
    Video(Source),
    /// A picture.
    Image(Source),
}

impl Header {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text {
            text: text.to_owned(),
        }
    }
}

/// A text above a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "text")]
pub struct TextHeader {
    /// At most 60 characters.
    pub text: String,
}

/// Where the file above something to tap lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Source {
    /// It was uploaded.
    Id {
        /// Its id.
        media_id: String,
    },
    /// At an address, as buttons take it.
    Link {
        /// The address.
        link: String,
        /// Its content type.
        mime_type: String,
        /// What a document is called.
        #[serde(skip_serializing_if = "Option::is_none")]
        filename: Option<String>,
    },
    /// At an address, as a button that opens another takes it.
    Url {
        /// The address.
        media_url: String,
    },
}

impl Source {
    /// A file that was uploaded.
    pub fn id(media_id: &str) -> Self {
        Self::Id {
            media_id: media_id.to_owned(),
        }
    }
}

/// A button that opens an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "name", rename = "cta_url")]
pub struct CtaUrl {
    /// What it says and opens.
    pub parameters: Link,
}

/// What a button says and opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it says.
    pub display_text: String,
    /// What it opens.
    pub url: String,
}

impl Outgoing {
    /// A message from a number to a customer: their country code and the rest of their number.
    pub fn new(phone_number_id: &str, customer: (&str, &str), content: Content) -> Self {
        Self {
            phone_number_id: phone_number_id.to_owned(),
            customer_country_code: customer.0.to_owned(),
            customer_number: customer.1.to_owned(),
            data: Data {
                language: None,
                content,
            },
            reply_to: None,
            myop_ref_id: None,
            trail: None,
        }
    }

    /// A text, without showing what its addresses lead to.
    pub fn text(phone_number_id: &str, customer: (&str, &str), text: &str) -> Self {
        let words = Words {
            body: text.to_owned(),
            preview_url: Some(false),
        };
        Self::new(phone_number_id, customer, Content::Text(words))
    }

    /// The same message as an answer to another.
    #[must_use]
    pub fn answering(self, message_id: &str) -> Self {
        Self {
            reply_to: Some(message_id.to_owned()),
            ..self
        }
    }

    /// The same message with an id of the sender's own.
    #[must_use]
    pub fn known_as(self, reference: &str) -> Self {
        Self {
            myop_ref_id: Some(reference.to_owned()),
            ..self
        }
    }
}

/// A message that was accepted: that it was sent, or failed, only webhooks tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Its id, a UUID.
    pub message_id: String,
    /// The conversation, as documented answers spell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversaton_id: Option<String>,
    /// The conversation, as live answers spell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
}

impl Accepted {
    /// The conversation, however it is spelt: always the same one for a number and a customer.
    pub fn conversation(&self) -> Option<&str> {
        let either = self.conversation_id.as_deref();
        either.or(self.conversaton_id.as_deref())
    }
}

impl Messages<'_> {
    /// `POST /chat/messages` — sends a message.
    ///
    /// A success may come with 500: that is how messages with something to tap are documented.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn send(&self, message: &Outgoing) -> Result<Reply<Accepted>, Error> {
        let path = ["chat", "messages"];
        let request = self.0.ask(Method::POST, &path, &Nothing {})?;
        self.0.told(&[200, 500], request.json(message)).await
    }
}
