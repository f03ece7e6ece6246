//! HeltarChat on its clients' phones.

use super::happenings::Happening;
use super::resources::content::{Content, Message, Status};
use super::resources::incoming::{File, Incoming};
use super::resources::meta::Upstream;
use super::state::Heltar;
use crate::kernel::phone::{
    Bubble, Button, Gesture, Phone, Says, Side, interactive_buttons, quick_replies,
};
use crate::kernel::vendor::Impossible;

impl Heltar {
    pub(super) fn clients_phones(&self) -> Vec<Phone> {
        let phones = self.clients.iter().map(|client| Phone {
            id: client.client_wa_number.clone(),
            number: client.client_wa_number.clone(),
            name: Some(client.username.clone()),
            through: None,
            open_until: Some(client.conversation_expire.0),
            last_at: Some(client.latest_message_timestamp.0),
        });
        phones.collect()
    }

    pub(super) fn clients_screen(&self, phone: &str) -> Vec<Bubble> {
        self.messages.by("client", phone).map(bubble).collect()
    }

    pub(super) fn client_does(&self, gesture: Gesture) -> Result<Happening, Impossible> {
        Ok(match gesture {
            Gesture::Write { phone, name, says } => Happening::ClientWrites {
                from: phone,
                name,
                context: None,
                says: match says {
                    Says::Text { text } => Incoming::Text { body: text },
                    Says::Picture { caption } => Incoming::Image(File {
                        caption,
                        ..File::default()
                    }),
                    Says::Location {
                        latitude,
                        longitude,
                        name,
                    } => Incoming::Location {
                        latitude,
                        longitude,
                        name,
                        address: None,
                    },
                },
            },
            Gesture::Press {
                phone,
                message,
                button,
            } => {
                let answered = self
                    .message_by_any_id(&message)
                    .ok_or_else(|| Impossible(format!("no message {message}")))?;
                Happening::ClientWrites {
                    from: phone,
                    name: None,
                    says: tapped(answered, &button)?,
                    context: Some(message),
                }
            }
            Gesture::Deliver { message } => Happening::Delivered { message },
            Gesture::Read { message } => Happening::Read { message },
            Gesture::Fail { message } => Happening::Failed {
                message,
                error: Upstream::Undeliverable,
            },
        })
    }
}

fn bubble(message: &Message) -> Bubble {
    let from_client = message.status == Status::Received;
    let media = match &message.content {
        Content::Media { aws_link, .. } | Content::Template { aws_link, .. } => aws_link.clone(),
        _ => None,
    };
    Bubble {
        id: message.id.clone(),
        from: if from_client {
            Side::Customer
        } else {
            Side::Business
        },
        kind: match &message.content {
            Content::Media { media_type, .. } => format!("{media_type:?}").to_lowercase(),
            content => content.kind().to_owned(),
        },
        text: message.content.summary(),
        media,
        buttons: buttons(&message.content),
        at: message.timestamp.0,
        status: (!from_client).then(|| super::happenings::name_of(message.status)),
    }
}

fn buttons(content: &Content) -> Vec<Button> {
    match content {
        Content::Interactive { interactive, .. } => interactive_buttons(interactive),
        Content::Template { buttons, .. } => quick_replies(buttons.as_deref().unwrap_or_default()),
        _ => Vec::new(),
    }
}

fn tapped(message: &Message, button: &str) -> Result<Incoming, Impossible> {
    let found = buttons(&message.content)
        .into_iter()
        .find(|one| one.id == button);
    let Button { id, title } = found
        .ok_or_else(|| Impossible(format!("message {} has no button {button:?}", message.id)))?;
    Ok(match &message.content {
        Content::Template { .. } => Incoming::Button {
            text: title,
            payload: None,
        },
        Content::Interactive { interactive, .. } if interactive["type"] == "list" => {
            Incoming::ListReply {
                id,
                title,
                description: None,
            }
        }
        _ => Incoming::ButtonReply { id, title },
    })
}
