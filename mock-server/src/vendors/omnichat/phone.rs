//! Omnichat on its customers' phones.

use serde_json::Value;

use super::happenings::Happening;
use super::resources::Platform;
use super::resources::contacts::Contact;
use super::resources::incoming::{File, Incoming, Says as Said};
use super::resources::messages::{Kind, Message, Status};
use super::resources::receipts::{Failure, WINDOW, word};
use super::state::Omnichat;
use crate::kernel::phone::{
    Bubble, Button, Gesture, Phone, Says, Side, interactive_buttons, quick_replies,
};
use crate::kernel::table::Record as _;
use crate::kernel::vendor::Impossible;

impl Omnichat {
    /// WhatsApp's first: only there the team hears of what is written.
    pub(super) fn customers_phones(&self) -> Vec<Phone> {
        let whatsapp = |contact: &&Contact| contact.platform == Platform::Whatsapp;
        let others = self.contacts.iter().filter(|one| !whatsapp(one));
        let all = self.contacts.iter().filter(whatsapp).chain(others);
        let phones = all.map(|contact| Phone {
            id: contact.key().into_owned(),
            number: contact.user_id.clone(),
            name: Some(contact.name.clone()),
            through: Some(format!(
                "{} {}",
                contact.platform.name(),
                contact.channel_id
            )),
            open_until: contact
                .last_inbound_at
                .filter(|_| contact.platform == Platform::Whatsapp)
                .and_then(|heard| heard.checked_add(WINDOW).ok()),
            last_at: contact.last_message_time,
        });
        phones.collect()
    }

    pub(super) fn customers_screen(&self, phone: &str) -> Vec<Bubble> {
        let messages = self.messages.by("contact", phone);
        messages.map(|message| self.bubble(message)).collect()
    }

    pub(super) fn customer_does(&self, gesture: Gesture) -> Result<Happening, Impossible> {
        Ok(match gesture {
            Gesture::Write { phone, name, says } => {
                let says = match says {
                    Says::Text { text } => Said::Text {
                        body: text,
                        referral: None,
                        referred_product: None,
                    },
                    Says::Picture { caption } => Said::Image(File {
                        caption,
                        ..File::default()
                    }),
                    Says::Location {
                        latitude,
                        longitude,
                        name,
                    } => Said::Location {
                        latitude,
                        longitude,
                        name,
                        address: None,
                    },
                };
                Happening::CustomerWrites(Box::new(match self.contacts.get(&phone) {
                    Some(contact) => by(contact, None, says),
                    None => Incoming {
                        name,
                        ..self.by_stranger(&phone, says)?
                    },
                }))
            }
            Gesture::Press {
                phone,
                message,
                button,
            } => {
                let contact = self.contacts.get(&phone);
                let contact = contact.ok_or_else(|| Impossible(format!("no phone {phone:?}")))?;
                let says = self.tapped(&message, &button)?;
                Happening::CustomerWrites(Box::new(by(contact, Some(message), says)))
            }
            Gesture::Deliver { message } => Happening::Delivered { message },
            Gesture::Read { message } => Happening::Read { message },
            Gesture::Fail { message } => Happening::Failed {
                message,
                why: Failure::Undeliverable,
            },
        })
    }

    /// Somebody new writes to the team's first number.
    fn by_stranger(&self, number: &str, says: Said) -> Result<Incoming, Impossible> {
        let mut channels = self.channels.iter();
        let channel = channels.find(|channel| channel.platform == Platform::Whatsapp);
        let channel = channel.ok_or_else(|| Impossible("the team has no number".to_owned()))?;
        Ok(Incoming {
            platform: Platform::Whatsapp,
            channel: channel.channel_id.clone(),
            from: number.to_owned(),
            name: None,
            username: None,
            bsuid: None,
            parent_bsuid: None,
            group: None,
            context: None,
            says,
        })
    }

    fn bubble(&self, message: &Message) -> Bubble {
        let ours = message.outbound();
        let content = message.content.as_ref();
        let kind = content.and_then(|content| content["type"].as_str());
        let words = match content.filter(|_| message.is("template")) {
            Some(content) => self.template_words(message, content),
            None => message.message.clone(),
        };
        Bubble {
            id: message.id.clone(),
            from: if ours { Side::Business } else { Side::Customer },
            kind: kind.unwrap_or_else(|| kind_word(message.kind)).to_owned(),
            text: words.unwrap_or_default(),
            media: message.media_url.clone(),
            buttons: self.buttons(message),
            at: message.time,
            status: ours.then(|| status_word(message.status).to_owned()),
        }
    }

    fn template_words(&self, message: &Message, content: &Value) -> Option<String> {
        let used = &content["template"];
        let language = used["language"]["code"].as_str();
        let template =
            self.whatsapp_template(&message.channel_id, used["name"].as_str()?, language)?;
        let given = used["components"].as_array().map(Vec::as_slice);
        Some(template.words(given.unwrap_or_default()))
    }

    fn buttons(&self, message: &Message) -> Vec<Button> {
        let Some(content) = message.content.as_ref().filter(|_| message.outbound()) else {
            return Vec::new();
        };
        match content["type"].as_str() {
            Some("interactive") => interactive_buttons(&content["interactive"]),
            Some("template") => {
                let used = &content["template"];
                let language = used["language"]["code"].as_str();
                let name = used["name"].as_str().unwrap_or_default();
                let template = self.whatsapp_template(&message.channel_id, name, language);
                template.map_or_else(Vec::new, |template| quick_replies(template.buttons()))
            }
            _ => Vec::new(),
        }
    }

    fn tapped(&self, id: &str, button: &str) -> Result<Said, Impossible> {
        let message = self.messages.get(id);
        let message = message.ok_or_else(|| Impossible(format!("no message {id:?}")))?;
        let mut buttons = self.buttons(message).into_iter().enumerate();
        let found = buttons.find(|(_, one)| one.id == button);
        let (index, Button { id, title }) =
            found.ok_or_else(|| Impossible(format!("message {id} has no button {button:?}")))?;
        let list = message
            .content
            .as_ref()
            .is_some_and(|content| content["interactive"]["type"] == "list");
        Ok(if message.is("template") {
            Said::QuickReply {
                payload: payload(message, index),
                text: title,
            }
        } else if list {
            Said::ListReply {
                id,
                title,
                description: None,
            }
        } else {
            Said::ButtonReply { id, title }
        })
    }
}

/// A known customer writes.
fn by(contact: &Contact, context: Option<String>, says: Said) -> Incoming {
    Incoming {
        platform: contact.platform,
        channel: contact.channel_id.clone(),
        from: contact.user_id.clone(),
        name: None,
        username: None,
        bsuid: None,
        parent_bsuid: None,
        group: None,
        context,
        says,
    }
}

/// What the sender of a template wants to hear when its quick reply of this number is tapped.
fn payload(message: &Message, index: usize) -> Option<String> {
    let components = message.content.as_ref()?["template"]["components"].as_array()?;
    let named = |component: &&Value| {
        let at = match &component["index"] {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64().and_then(|at| usize::try_from(at).ok()),
        };
        at == Some(index)
    };
    let payload = &components.iter().find(named)?["parameters"][0]["payload"];
    payload.as_str().map(str::to_owned)
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Photo => "photo",
        Kind::Audio => "audio",
        Kind::Video => "video",
        Kind::Document => "document",
        Kind::Chatbot => "chatbot",
    }
}

/// As the history has it: what is on its way is sent already.
fn status_word(status: Status) -> &'static str {
    match status {
        Status::Accepted => word(Status::Sent),
        Status::Error => "error",
        other => word(other),
    }
}
