//! WhatsApp as Meta has it, passed through: messages go out and nothing is kept of them but their ids.

use http::{HeaderValue, Method};
use serde::{Deserialize, Serialize};

use super::error::Dialect;
use super::{Client, Error, read};
pub use crate::adapters::meta::interactive::Text as Line;
use crate::adapters::meta::interactive::{Buttons, Header, List, Product, Products};
use crate::adapters::meta::media::{Location, Source};
use crate::adapters::meta::people::Contact;
use crate::adapters::meta::template::{Component, Language, Thumbnail};
use crate::adapters::wire;

/// The operations on one number of the business.
#[derive(Clone, Debug)]
pub struct Headless<'c> {
    client: &'c Client,
    business_phone_number: &'c str,
    credential: &'c HeaderValue,
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outgoing {
    /// `whatsapp`, and nothing else.
    messaging_product: &'static str,
    /// `individual`, and nothing else.
    recipient_type: &'static str,
    /// To whom.
    #[serde(flatten)]
    pub to: Recipient,
    /// The message it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// To whom a message goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Recipient {
    /// To a number: digits with country code, and `+`, spaces and hyphens as one likes.
    Phone {
        /// The number.
        to: String,
    },
    /// To somebody known by WhatsApp's id for this business or its parent, such as `US.1349…`.
    User {
        /// The id.
        recipient: String,
    },
    /// To a number; the id is repeated by the answer.
    Both {
        /// The number.
        to: String,
        /// The id.
        recipient: String,
    },
}

/// The message another one answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Context {
    /// Its id, whoever sent it.
    pub message_id: String,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Content {
    /// A text.
    Text {
        /// The text.
        text: Text,
    },
    /// A reaction to a message of at most 30 days.
    Reaction {
        /// Which.
        reaction: Reaction,
    },
    /// A picture, JPEG or PNG, up to 5 MB.
    Image {
        /// The picture.
        image: Media,
    },
    /// Sound, up to 16 MB.
    Audio {
        /// The sound; nothing stands below it.
        audio: Source,
    },
    /// A film, MP4 or 3GPP, up to 16 MB.
    Video {
        /// The film.
        video: Media,
    },
    /// Any file, up to 100 MB.
    Document {
        /// The file.
        document: Document,
    },
    /// A sticker, WebP, up to 100 KB, or 500 KB when it moves.
    Sticker {
        /// The sticker; nothing stands below it.
        sticker: Source,
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
    /// Buttons, lists, products.
    Interactive {
        /// All of it.
        interactive: Interactive,
    },
    /// A template.
    Template {
        /// Which.
        template: Template,
    },
}

/// A text to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// 1 to 4096 characters.
    pub body: String,
    /// Whether the first address in it is shown with a picture.
    pub preview_url: bool,
}

/// A reaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// To which message.
    pub message_id: String,
    /// One emoji; none takes the reaction back.
    pub emoji: String,
}

/// A file with something below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Media {
    /// The file.
    #[serde(flatten)]
    pub source: Source,
    /// Up to 1024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// A file with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The file, and what stands below it.
    #[serde(flatten)]
    pub media: Media,
    /// What it is called on the phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// Something to tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Interactive {
    /// One to three buttons, with ids and titles of their own.
    Button {
        /// What stands above; a text of up to 60 characters, or a file.
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// The text, up to 1024 characters.
        body: Line,
        /// What stands below, up to 60 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Line>,
        /// The buttons.
        action: Buttons,
    },
    /// A list of one to ten rows.
    List {
        /// What stands above; a text of up to 60 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// The text, up to 4096 characters.
        body: Line,
        /// What stands below, up to 60 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Line>,
        /// The list; its parts need titles when there are several.
        action: List,
    },
    /// One product.
    Product {
        /// The text, up to 1024 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<Line>,
        /// What stands below, up to 60 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Line>,
        /// Which.
        action: Product,
    },
    /// Up to thirty products.
    ProductList {
        /// What stands above; a text of up to 60 characters.
        header: Header,
        /// The text, up to 1024 characters.
        body: Line,
        /// What stands below, up to 60 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Line>,
        /// Which.
        action: Products,
    },
    /// The whole catalogue.
    CatalogMessage {
        /// The text, up to 1024 characters.
        body: Line,
        /// What stands below, up to 60 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<Line>,
        /// The button.
        action: Catalog,
    },
}

/// The button that opens the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Catalog {
    /// The one kind there is.
    CatalogMessage {
        /// What it shows.
        #[serde(skip_serializing_if = "Option::is_none")]
        parameters: Option<Thumbnail>,
    },
}

/// A template to be filled and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// In which language.
    pub language: Language,
    /// What fills its places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
}

/// A message that was taken on; what becomes of it is told by webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// `whatsapp`.
    pub messaging_product: String,
    /// To whom.
    pub contacts: Vec<Addressee>,
    /// What.
    pub messages: Vec<Message>,
}

/// To whom a message was addressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// As it was sent.
    pub input: String,
    /// Their number: digits with country code; none where WhatsApp hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
    /// WhatsApp's id of them for this business, where that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

/// A message, by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The id that webhooks name.
    pub id: String,
}

impl Outgoing {
    /// A message to a number.
    pub fn new(to: impl Into<String>, content: Content) -> Self {
        Self {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            to: Recipient::Phone { to: to.into() },
            context: None,
            content,
        }
    }

    /// A text.
    pub fn text(to: impl Into<String>, body: impl Into<String>) -> Self {
        let text = Text {
            body: body.into(),
            preview_url: false,
        };
        Self::new(to, Content::Text { text })
    }

    /// Something to tap.
    pub fn interactive(to: impl Into<String>, interactive: Interactive) -> Self {
        Self::new(to, Content::Interactive { interactive })
    }

    /// A template.
    pub fn template(
        to: impl Into<String>,
        name: &str,
        language: &str,
        components: Vec<Component>,
    ) -> Self {
        let template = Template {
            name: name.to_owned(),
            language: language.into(),
            components,
        };
        Self::new(to, Content::Template { template })
    }

    /// The same, to somebody else, or by another name.
    #[must_use]
    pub fn addressed_to(self, to: Recipient) -> Self {
        Self { to, ..self }
    }

    /// The same, as an answer to a message.
    #[must_use]
    pub fn replying_to(self, message_id: impl Into<String>) -> Self {
        Self {
            context: Some(Context {
                message_id: message_id.into(),
            }),
            ..self
        }
    }
}

impl Media {
    /// A file at an address.
    pub fn at(link: impl Into<String>) -> Self {
        Self {
            source: Source::Link(link.into()),
            caption: None,
        }
    }
}

impl<'c> Headless<'c> {
    pub(super) fn new(client: &'c Client, business_phone_number: &'c str) -> Self {
        Self {
            client,
            business_phone_number,
            credential: &client.bearer,
        }
    }

    /// The same, with the token as it is after `Basic`, as the documented examples have it.
    #[must_use]
    pub fn with_basic(self) -> Self {
        Self {
            credential: &self.client.basic,
            ..self
        }
    }

    /// `POST /v1/whatsapp/headless-api/{business-phone-number}/messages` — sends a message.
    ///
    /// # Errors
    /// As [`Error`] says; Meta's own refusals are [`super::Refusal::Meta`].
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Error> {
        let number = self.business_phone_number;
        let path = ["v1", "whatsapp", "headless-api", number, "messages"];
        let request = self
            .client
            .request(Method::POST, &path, wire::NOTHING, self.credential);
        read(request.json(outgoing), Dialect::Headless).await
    }
}
