//! Cekat on its customers' phones.

use jiff::SignedDuration;

use super::happenings::{Happening, Incoming};
use super::resources::messages::{Message, SenderType};
use super::state::Cekat;
use crate::kernel::phone::{Bubble, Gesture, Phone, Says, Side, interactive_buttons};
use crate::kernel::vendor::Impossible;

/// For how long after a customer's message the business may write freely on WhatsApp.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

impl Cekat {
    pub(super) fn customers_phones(&self) -> Vec<Phone> {
        let phones = self.conversations.iter().map(|talk| {
            let contact = self.contacts.get(&talk.contact_id);
            let inbox = self.inboxes.get(&talk.inbox_id);
            let on_whatsapp = inbox.is_some_and(|inbox| inbox.kind == "whatsapp");
            Phone {
                id: talk.id.clone(),
                number: contact.map_or_else(String::new, |one| one.phone_number.clone()),
                name: contact.map(|one| one.display_name.clone()),
                through: inbox.map(|one| format!("{} ({})", one.name, one.kind)),
                open_until: talk
                    .last_inbound_at
                    .filter(|_| on_whatsapp)
                    .and_then(|at| at.checked_add(WINDOW).ok()),
                last_at: talk.last_message.as_ref().map(|last| last.created_at),
            }
        });
        phones.collect()
    }

    pub(super) fn customers_screen(&self, phone: &str) -> Vec<Bubble> {
        self.messages
            .by("conversation", phone)
            .filter(|message| message.sent_by_type != SenderType::PrivateNote)
            .map(bubble)
            .collect()
    }

    pub(super) fn customer_does(&self, gesture: Gesture) -> Result<Happening, Impossible> {
        Ok(match gesture {
            Gesture::Write { phone, name, says } => {
                let (text, media_type) = match says {
                    Says::Text { text } => (text, None),
                    Says::Picture { caption } => {
                        (caption.unwrap_or_default(), Some("image".to_owned()))
                    }
                    Says::Location { .. } => {
                        return Err(Impossible(
                            "nothing is known of how Cekat tells of a place".to_owned(),
                        ));
                    }
                };
                self.incoming(&phone, name, text, media_type)?
            }
            Gesture::Press {
                phone,
                message,
                button,
            } => {
                let message = self
                    .messages
                    .get(&message)
                    .ok_or_else(|| Impossible(format!("there is no message {message:?}")))?;
                let label = bubble(message)
                    .buttons
                    .into_iter()
                    .find(|one| one.id == button)
                    .ok_or_else(|| {
                        Impossible(format!("message {} has no button {button:?}", message.id))
                    })?;
                self.incoming(&phone, None, label.title, None)?
            }
            Gesture::Deliver { message } => Happening::Delivered { message },
            Gesture::Read { message } => Happening::Read { message },
            Gesture::Fail { message } => Happening::Failed {
                message,
                reason: None,
            },
        })
    }

    /// A customer's message in the conversation with this id, or from this number to the first inbox on WhatsApp.
    fn incoming(
        &self,
        phone: &str,
        name: Option<String>,
        text: String,
        media_type: Option<String>,
    ) -> Result<Happening, Impossible> {
        let known = self.conversations.get(phone);
        let (inbox, from) = match known {
            Some(talk) => {
                let contact = self.contacts.get(&talk.contact_id);
                let number = contact.map_or_else(String::new, |one| one.phone_number.clone());
                (talk.inbox_id.clone(), number)
            }
            None => {
                let mut inboxes = self.inboxes.iter();
                let inbox = inboxes
                    .find(|inbox| inbox.kind == "whatsapp")
                    .ok_or_else(|| Impossible("there is no inbox on WhatsApp".to_owned()))?;
                (inbox.id.clone(), phone.to_owned())
            }
        };
        Ok(Happening::CustomerWrites(Incoming {
            inbox,
            from,
            name,
            text,
            media_type,
            ..Incoming::default()
        }))
    }
}

fn bubble(message: &Message) -> Bubble {
    let from_customer = message.sent_by_type == SenderType::User;
    let status = serde_json::to_value(message.status)
        .ok()
        .and_then(|status| status.as_str().map(str::to_owned));
    Bubble {
        id: message.id.clone(),
        from: if from_customer {
            Side::Customer
        } else {
            Side::Business
        },
        kind: if message.is_template {
            "template".to_owned()
        } else {
            message.media_type.clone()
        },
        text: message.message.clone().unwrap_or_default(),
        media: message.media_url.clone(),
        buttons: message
            .interactive
            .as_ref()
            .map(interactive_buttons)
            .unwrap_or_default(),
        at: message.created_at,
        status: status.filter(|_| !from_customer),
    }
}
