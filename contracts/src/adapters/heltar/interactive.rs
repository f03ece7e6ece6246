//! Interactive messages: buttons, lists, questions and products.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// An interactive message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Interactive {
    /// One of the documented types.
    Known(Known),
    /// Any other, as it is.
    Other(Value),
}

/// The documented types of interactive messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Known {
    /// Up to three buttons.
    Button {
        /// The text.
        body: Text,
        /// The buttons.
        action: Buttons,
        /// What stands above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// What stands below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
    },
    /// A list to choose from.
    List {
        /// The text.
        body: Text,
        /// The list.
        action: List,
        /// What stands above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// What stands below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
    },
    /// A button that opens an address.
    CtaUrl {
        /// The text.
        body: Text,
        /// The button.
        action: CtaUrl,
        /// What stands above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// What stands below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
    },
    /// Asks for an address.
    AddressMessage {
        /// The text.
        body: Text,
        /// Where.
        action: AddressMessage,
        /// What stands above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// What stands below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
    },
    /// Asks for a location.
    LocationRequestMessage {
        /// The text.
        body: Text,
        /// The button.
        action: SendLocation,
    },
    /// The whole catalogue.
    CatalogMessage {
        /// The button.
        action: CatalogMessage,
        /// The text.
        body: Text,
        /// What stands below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
    },
    /// One product.
    Product {
        /// Which.
        action: Product,
        /// The text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Text>,
        /// What stands below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
    },
    /// Several products.
    ProductList {
        /// The text.
        body: Text,
        /// What stands above.
        header: Header,
        /// Which.
        action: Products,
        /// What stands below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<Text>,
    },
    /// A customer tapped a button.
    ButtonReply {
        /// Which.
        button_reply: Choice,
    },
    /// A customer chose from a list.
    ListReply {
        /// What.
        list_reply: Choice,
    },
    /// A customer filled in a flow.
    NfmReply {
        /// With what.
        nfm_reply: FlowReply,
    },
}

/// The types of [`Known`], as the vendor writes them.
const KNOWN: [&str; 11] = [
    "button",
    "list",
    "cta_url",
    "address_message",
    "location_request_message",
    "catalog_message",
    "product",
    "product_list",
    "button_reply",
    "list_reply",
    "nfm_reply",
];

impl<'de> Deserialize<'de> for Interactive {
    /// A documented type has to be as documented; only others are taken as they are.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let kind = value.get("type").and_then(Value::as_str);
        if kind.is_some_and(|kind| KNOWN.contains(&kind)) {
            serde_json::from_value(value)
                .map(Self::Known)
                .map_err(D::Error::custom)
        } else {
            Ok(Self::Other(value))
        }
    }
}

impl From<Known> for Interactive {
    fn from(known: Known) -> Self {
        Self::Known(known)
    }
}

/// A text in its own object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text.
    pub text: String,
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self { text: text.into() }
    }
}

/// What stands above a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Header {
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// A picture.
    Image {
        /// Where it lies.
        image: Link,
    },
    /// A film.
    Video {
        /// Where it lies.
        video: Link,
    },
    /// A document.
    Document {
        /// Where it lies.
        document: Link,
    },
}

impl Header {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// Where a file lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its address.
    pub link: String,
}

/// Buttons to tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buttons {
    /// One to three.
    pub buttons: Vec<Button>,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Button {
    /// It answers.
    Reply {
        /// With what.
        reply: Reply,
    },
}

/// What a button answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What the answer carries; up to 256 characters.
    pub id: String,
    /// What the button says; up to 20 characters.
    pub title: String,
}

impl Button {
    /// A button with this id and title.
    pub fn reply(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self::Reply {
            reply: Reply {
                id: id.into(),
                title: title.into(),
            },
        }
    }
}

/// A list behind a button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// What the button says.
    pub button: String,
    /// Up to ten parts.
    pub sections: Vec<Section>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Up to ten rows.
    pub rows: Vec<Row>,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What the choice carries; unique in the list.
    pub id: String,
    /// What it says.
    pub title: String,
    /// What stands below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The button that opens an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "parameters", rename_all = "snake_case")]
pub enum CtaUrl {
    /// The one kind there is.
    CtaUrl {
        /// What it says.
        display_text: String,
        /// What it opens.
        url: String,
    },
}

/// The question for an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "parameters", rename_all = "snake_case")]
pub enum AddressMessage {
    /// The one kind there is.
    AddressMessage {
        /// The country, as two letters.
        country: String,
    },
}

/// The question for a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum SendLocation {
    /// The one kind there is.
    SendLocation,
}

/// The button that opens the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum CatalogMessage {
    /// The one kind there is.
    CatalogMessage,
}

/// A product of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The catalogue.
    pub catalog_id: String,
    /// The product.
    pub product_retailer_id: String,
}

/// Products of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Products {
    /// The catalogue.
    pub catalog_id: String,
    /// Up to ten parts with up to 30 products together.
    pub sections: Vec<ProductSection>,
}

/// A part of a list of products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSection {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The products.
    pub product_items: Vec<ProductItem>,
}

/// A product in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductItem {
    /// Which.
    pub product_retailer_id: String,
}

/// What a customer tapped or chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The id of the button or row.
    pub id: String,
    /// What it says.
    pub title: String,
    /// What stands below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What a customer filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowReply {
    /// `flow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the chat shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The answers, as JSON in a string.
    pub response_json: String,
}
