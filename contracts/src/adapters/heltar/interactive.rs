//! Interactive messages: buttons, lists, questions and products.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::adapters::meta::interactive;
pub use crate::adapters::meta::interactive::{
    Button, Buttons, Choice, FlowReply, Link, List, Product, ProductItem, ProductSection, Products,
    Reply, Row, Section, Text,
};

/// What stands above a message.
pub type Header = interactive::Header<Link>;

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
