//! What is said to one contact, and the kinds of messages that broadcasts have, too.

use http::Method;
use serde::{Deserialize, Serialize};

use super::error::Dialect;
use super::{Client, CustomAttribute, Error, Platform, Reply, read};
pub use crate::adapters::meta::template::{Component, Language, Parameter};

/// The operations on direct messages.
#[derive(Clone, Copy, Debug)]
pub struct DirectMessages<'c>(pub(super) &'c Client);

/// What is said to one contact.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    /// A label for the team's statistics, which the answer repeats.
    pub track_id: String,
    /// LINE or WhatsApp.
    pub platform: Platform,
    /// From which channel of the team.
    pub channel_id: String,
    /// To whom: LINE's id of a contact, or a phone number in any form.
    pub to: String,
    /// What it says: up to five texts, images and products, or a single one of any other kind.
    pub messages: Vec<Message>,
    /// Tags that the contact gets once it is sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What is written to the contact before it is sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_attributes: Vec<CustomAttribute>,
    /// On behalf of whom; shown in an example only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_code: Option<String>,
    /// On behalf of which shop; shown in an example only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_code: Option<String>,
    /// Whether purchases are traced back to it; shown in an example only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_transaction_link: Option<bool>,
}

impl Outgoing {
    /// Messages on LINE.
    pub fn line(track_id: &str, channel_id: &str, to: &str, messages: Vec<Message>) -> Self {
        Self {
            track_id: track_id.to_owned(),
            platform: Platform::Line,
            channel_id: channel_id.to_owned(),
            to: to.to_owned(),
            messages,
            tags: Vec::new(),
            custom_attributes: Vec::new(),
            employee_code: None,
            location_code: None,
            track_transaction_link: None,
        }
    }

    /// A template on WhatsApp, which takes nothing else.
    pub fn whatsapp(track_id: &str, channel_id: &str, to: &str, template: Template) -> Self {
        Self {
            platform: Platform::Whatsapp,
            ..Self::line(track_id, channel_id, to, vec![template.into()])
        }
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Message {
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// A picture.
    Image {
        /// Its address.
        image: String,
    },
    /// Products to swipe through.
    Products {
        /// One to ten.
        products: Vec<Product>,
    },
    /// What a chatbot sends together; alone.
    Block {
        /// Its id.
        block_id: String,
    },
    /// Templates of LINE; alone, and not in broadcasts.
    LineFlexMessageTemplates {
        /// Up to twelve bubbles, or one carousel.
        line_flex_message_templates: Vec<FlexTemplate>,
    },
    /// A template of WhatsApp; alone.
    WhatsappTemplate {
        /// Which.
        whatsapp_template: Template,
    },
}

impl Message {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A picture at an address.
    pub fn image(image: impl Into<String>) -> Self {
        Self::Image {
            image: image.into(),
        }
    }

    /// What a chatbot sends together.
    pub fn block(block_id: impl Into<String>) -> Self {
        Self::Block {
            block_id: block_id.into(),
        }
    }
}

impl From<Template> for Message {
    fn from(whatsapp_template: Template) -> Self {
        Self::WhatsappTemplate { whatsapp_template }
    }
}

/// A product to swipe to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// Its name.
    pub name: String,
    /// The address of its picture.
    pub image: String,
    /// The address that its button opens.
    pub url: String,
    /// What the button says.
    pub button_label: String,
    /// Its price, with the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
}

/// A template of LINE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlexTemplate {
    /// Its id.
    pub template_id: String,
    /// What stands for each `((key))` in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<FlexParameter>,
}

/// What stands for a key of a template of LINE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlexParameter {
    /// The key.
    pub key: String,
    /// What stands for it.
    pub value: String,
}

impl FlexTemplate {
    /// A template with what stands for its keys.
    pub fn new(template_id: &str, parameters: &[(&str, &str)]) -> Self {
        let parameters = parameters.iter().map(|(key, value)| FlexParameter {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        });
        Self {
            template_id: template_id.to_owned(),
            parameters: parameters.collect(),
        }
    }
}

/// A template of WhatsApp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Whose it is; only broadcasts show one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// In which language; the only one there is when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// What fills its places.
    pub components: Vec<Component>,
}

impl Template {
    /// A template with what fills its places.
    pub fn new(name: impl Into<String>, components: Vec<Component>) -> Self {
        Self {
            name: name.into(),
            namespace: None,
            language: None,
            components,
        }
    }
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// The label that was sent along.
    pub track_id: String,
    /// The ids of the messages; of WhatsApp those that webhooks name.
    pub message_id: Vec<String>,
}

impl DirectMessages<'_> {
    /// `POST /v1/direct-messages` — sends messages to one contact.
    ///
    /// # Errors
    /// As [`Error`] says; advertising is refused with [`super::Refusal::Content`] where it is not allowed.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Reply<Sent>, Error> {
        let request = self.0.ask(Method::POST, &["v1", "direct-messages"]);
        read(request.json(outgoing), Dialect::DirectMessages).await
    }
}
