//! Templates: what they are made of, and what fills their places.

use serde::{Deserialize, Serialize};

use super::media::File;

/// What fills the places of one part of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Component {
    /// The header: a text or a file.
    Header {
        /// What fills its places.
        parameters: Vec<Parameter>,
    },
    /// The body.
    Body {
        /// What fills its places.
        parameters: Vec<Parameter>,
    },
    /// A button.
    Button {
        /// What kind of button.
        sub_type: ButtonKind,
        /// Which: from 0 to 9, counting the buttons of all kinds.
        index: u8,
        /// What fills its places.
        parameters: Vec<Parameter>,
    },
}

/// A kind of button with places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// It opens an address, the end of which is the place.
    Url,
    /// It answers, with a payload that the customer does not see.
    QuickReply,
    /// It opens the catalogue.
    #[serde(rename = "CATALOG", alias = "catalog")]
    Catalog,
}

/// What fills one place of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Parameter {
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// An amount of money.
    Currency {
        /// How much.
        currency: Currency,
    },
    /// A moment.
    DateTime {
        /// Which.
        date_time: DateTime,
    },
    /// A picture.
    Image {
        /// The picture.
        image: File,
    },
    /// A film.
    Video {
        /// The film.
        video: File,
    },
    /// A document.
    Document {
        /// The document.
        document: File,
    },
    /// What a quick reply brings back.
    Payload {
        /// Any text; JSON, often.
        payload: String,
    },
    /// What the button of a catalogue shows.
    Action {
        /// What.
        action: Thumbnail,
    },
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    /// What is shown where the amount cannot be written in the reader's way.
    pub fallback_value: String,
    /// The currency, by ISO 4217.
    pub code: String,
    /// A thousand times the amount.
    pub amount_1000: i64,
}

/// A moment, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateTime {
    /// In words.
    pub fallback_value: String,
}

/// The product whose picture stands for a catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    /// The product; the first one when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_product_retailer_id: Option<String>,
}

impl Parameter {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

impl Component {
    /// Texts for the places of the body.
    pub fn body<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::Body {
            parameters: texts.into_iter().map(Parameter::text).collect(),
        }
    }

    /// What the header shows.
    pub fn header(parameter: Parameter) -> Self {
        Self::Header {
            parameters: vec![parameter],
        }
    }

    /// The end of the address that a button opens.
    pub fn url_button(index: u8, end: impl Into<String>) -> Self {
        Self::Button {
            sub_type: ButtonKind::Url,
            index,
            parameters: vec![Parameter::text(end)],
        }
    }

    /// What a quick reply brings back.
    pub fn quick_reply(index: u8, payload: impl Into<String>) -> Self {
        Self::Button {
            sub_type: ButtonKind::QuickReply,
            index,
            parameters: vec![Parameter::Payload {
                payload: payload.into(),
            }],
        }
    }
}

/// The language of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// Such as `en_US`.
    pub code: String,
    /// `deterministic`, where it is given at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

impl<T: Into<String>> From<T> for Language {
    fn from(code: T) -> Self {
        Self {
            code: code.into(),
            policy: None,
        }
    }
}

/// One part of a template as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
pub enum Part {
    /// What stands above.
    Header {
        /// What it is.
        format: Format,
        /// The text, of a text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// What its places may look like.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<Example>,
    },
    /// The text, with places such as `{{1}}`.
    Body {
        /// The text.
        text: String,
        /// What its places may look like.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<Example>,
    },
    /// What stands below.
    Footer {
        /// The text.
        text: String,
    },
    /// What can be tapped.
    Buttons {
        /// In order.
        buttons: Vec<Button>,
    },
}

/// What a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Format {
    /// A text.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A document.
    Document,
}

/// What the places of a part may look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_handle: Option<Vec<String>>,
    /// Texts of a header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_text: Option<Vec<String>>,
    /// Texts of a body, for each example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_text: Option<Vec<Vec<String>>>,
}

/// A button of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Button {
    /// It answers.
    QuickReply {
        /// What it says.
        text: String,
    },
    /// It opens an address.
    Url {
        /// What it says.
        text: String,
        /// The address, with a place at its end or none.
        url: String,
        /// Addresses as they may become.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<Vec<String>>,
    },
    /// It calls.
    PhoneNumber {
        /// What it says.
        text: String,
        /// The number, with `+`.
        phone_number: String,
    },
    /// It opens the catalogue.
    Catalog {
        /// What it says.
        text: String,
    },
}
