//! The parts of interactive messages: buttons, lists and products.

use serde::{Deserialize, Serialize};

use super::media::File;

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

/// What stands above a message; `F` says how a file is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Header<F = File> {
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// A picture.
    Image {
        /// Where it lies.
        image: F,
    },
    /// A film.
    Video {
        /// Where it lies.
        video: F,
    },
    /// A document.
    Document {
        /// Where it lies.
        document: F,
    },
}

impl<F> Header<F> {
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
