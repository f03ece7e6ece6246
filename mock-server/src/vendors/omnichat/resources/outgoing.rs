//! What direct messages and broadcasts are made of: the entries of `messages`, and how they become messages.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::state::Omnichat;
use super::Platform;
use super::channels::Channel;
use super::contacts::Contact;
use super::messages::{Kind, Message, Sender, Source, Status};
use crate::kernel::moment::Moment;

/// One entry of `messages`. Which ones may stand together, the contract says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Entry {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A picture.
    Image {
        /// Where it is.
        image: String,
    },
    /// Up to ten products.
    Products {
        /// The products.
        products: Vec<Product>,
    },
    /// A block of a chatbot.
    Block {
        /// Which.
        block_id: String,
    },
    /// Bubbles, or one carousel, of LINE.
    LineFlexMessageTemplates {
        /// Which, with what in their placeholders.
        line_flex_message_templates: Vec<FlexUse>,
    },
    /// A template of WhatsApp.
    WhatsappTemplate {
        /// Which, with what in its places.
        whatsapp_template: TemplateUse,
    },
}

/// A product to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "they are what they say")]
pub struct Product {
    pub name: String,
    pub image: String,
    pub url: String,
    pub button_label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
}

/// A flex template to be filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlexUse {
    /// Which.
    pub template_id: String,
    /// What goes into its placeholders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<FlexParameter>>,
}

/// What goes into a placeholder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlexParameter {
    /// Which placeholder.
    pub key: String,
    /// What goes there.
    pub value: Value,
}

/// A template of WhatsApp to be filled in, as Meta writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateUse {
    /// Its name.
    pub name: String,
    /// Its language; the first there is when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// What goes where.
    #[serde(default)]
    pub components: Vec<Value>,
}

/// A language as Meta writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// Such as `zh_HK`.
    pub code: String,
}

impl TemplateUse {
    /// The language that is asked for.
    pub fn language(&self) -> Option<&str> {
        self.language
            .as_ref()
            .map(|language| language.code.as_str())
    }
}

impl Entry {
    /// The message object that WhatsApp gets.
    pub fn content(&self) -> Value {
        match self {
            Self::Text { text } => json!({"type": "text", "text": {"body": text}}),
            Self::Image { image } => json!({"type": "image", "image": {"link": image}}),
            Self::WhatsappTemplate { whatsapp_template } => {
                json!({"type": "template", "template": whatsapp_template})
            }
            Self::Products { products } => json!({"type": "products", "products": products}),
            Self::Block { block_id } => json!({"type": "block", "block": {"id": block_id}}),
            Self::LineFlexMessageTemplates {
                line_flex_message_templates,
            } => json!({"type": "flex", "flex": line_flex_message_templates}),
        }
    }

    /// How it looks in the history: its kind, its words, its file.
    pub fn shown(&self) -> (Kind, Option<String>, Option<String>) {
        match self {
            Self::Text { text } => (Kind::Text, Some(text.clone()), None),
            Self::Image { image } => (Kind::Photo, None, Some(image.clone())),
            Self::Products { .. }
            | Self::Block { .. }
            | Self::LineFlexMessageTemplates { .. }
            | Self::WhatsappTemplate { .. } => (Kind::Chatbot, None, None),
        }
    }
}

impl Omnichat {
    /// What an entry names that is not there: a block, a flex template, a template of this number.
    pub fn missing(&self, entry: &Entry, channel: &Channel) -> Option<String> {
        match entry {
            Entry::Text { .. } | Entry::Image { .. } | Entry::Products { .. } => None,
            Entry::Block { block_id } => {
                (!self.blocks.contains(block_id)).then(|| format!("blockId {block_id} is unknown"))
            }
            Entry::LineFlexMessageTemplates {
                line_flex_message_templates,
            } => {
                let mut uses = line_flex_message_templates.iter();
                let unknown = uses.find(|one| !self.flex_templates.contains(&one.template_id));
                unknown.map(|one| format!("templateId {} is unknown", one.template_id))
            }
            Entry::WhatsappTemplate { whatsapp_template } => {
                let name = &whatsapp_template.name;
                let language = whatsapp_template.language();
                let known = self.whatsapp_template(&channel.channel_id, name, language);
                known
                    .is_none()
                    .then(|| format!("whatsappTemplate {name} is unknown"))
            }
        }
    }

    /// Writes entries to a contact, one message each, and sends them off. Their ids are returned.
    pub fn write_out(
        &mut self,
        entries: &[Entry],
        contact: &Contact,
        source: Source,
        label: Label<'_>,
        moment: &mut Moment<'_, Self>,
    ) -> Vec<String> {
        let mut ids = Vec::new();
        for entry in entries {
            let (kind, message, media_url) = entry.shown();
            let whatsapp = contact.platform == Platform::Whatsapp;
            let category = match entry {
                Entry::WhatsappTemplate { whatsapp_template } => {
                    self.category_of(&contact.channel_id, whatsapp_template)
                }
                _ => None,
            };
            let id = match contact.platform {
                Platform::Whatsapp => moment.ids.wamid(&contact.user_id),
                Platform::Line => format!("5{}", moment.ids.digits(17)),
                _ => moment.ids.uuid().to_string(),
            };
            let message = Message {
                id: id.clone(),
                platform: contact.platform,
                channel_id: contact.channel_id.clone(),
                user_id: contact.user_id.clone(),
                time: moment.now,
                sender: Sender::Bot,
                kind,
                status: Status::Accepted,
                message,
                media_url,
                source,
                track_id: label.track.map(str::to_owned),
                broadcast: label.broadcast.map(str::to_owned),
                error: None,
                content: whatsapp.then(|| entry.content()),
                category,
                conversation: None,
                by_user_id: false,
                tracking: None,
            };
            self.record_message(message);
            self.send_off(&id, moment);
            ids.push(id);
        }
        ids
    }
}

/// What messages are known by: the sender's own label, or the broadcast they belong to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Label<'a> {
    /// The `trackId` of a direct message.
    pub track: Option<&'a str>,
    /// The id of a broadcast.
    pub broadcast: Option<&'a str>,
}
