//! MyOperator on its companies' customers' phones.

use serde_json::{Map, Value};

use super::MyOperator;
use super::happenings::Happening;
use super::happenings::whatsapp::Happening as OnWhatsApp;
use super::resources::messages::incoming::{File, Said};
use super::resources::messages::{Message, Status};
use crate::kernel::phone::{
    Bubble, Button, Gesture, Phone, Says, Side, interactive_buttons, quick_replies,
};
use crate::kernel::vendor::Impossible;

impl MyOperator {
    pub(super) fn customers_phones(&self) -> Vec<Phone> {
        let phones = self.conversations.iter().map(|talk| {
            let number = self.phone_numbers.by("meta", &talk.phone_number_id).next();
            Phone {
                id: talk.id.clone(),
                number: talk.customer(),
                name: Some(talk.customer_name.clone()),
                through: number.map(|one| format!("+{}{}", one.country_code, one.phone_number)),
                open_until: talk.expire_at.map(|at| at.0),
                last_at: talk.last_message_at.map(|at| at.0),
            }
        });
        phones.collect()
    }

    pub(super) fn customers_screen(&self, phone: &str) -> Vec<Bubble> {
        self.messages
            .by("conversation", phone)
            .map(bubble)
            .collect()
    }

    pub(super) fn customer_does(&self, gesture: Gesture) -> Result<Happening, Impossible> {
        let happening = match gesture {
            Gesture::Write { phone, name, says } => {
                let says = match says {
                    Says::Text { text } => Said::Text { body: text },
                    Says::Picture { caption } => Said::Image(File {
                        caption,
                        ..File::default()
                    }),
                    Says::Location { .. } => {
                        return Err(Impossible(
                            "nothing is known of how MyOperator tells of a place".to_owned(),
                        ));
                    }
                };
                self.written_on(&phone, name, says, None)
            }
            Gesture::Press {
                phone,
                message,
                button,
            } => {
                let shown = self
                    .messages
                    .get(&message)
                    .ok_or_else(|| Impossible(format!("no message {message}")))?;
                let label = buttons(&shown.context)
                    .into_iter()
                    .find(|one| one.id == button)
                    .ok_or_else(|| {
                        Impossible(format!("message {message} has no button {button:?}"))
                    })?;
                // The webhooks have no kind for a tap: what arrives is the label.
                let says = Said::Text { body: label.title };
                self.written_on(&phone, None, says, Some(message))
            }
            Gesture::Deliver { message } => OnWhatsApp::MessageDelivered { message },
            Gesture::Read { message } => OnWhatsApp::MessageRead { message },
            Gesture::Fail { message } => OnWhatsApp::MessageFailed {
                message,
                code: None,
                text: None,
            },
        };
        Ok(happening.into())
    }

    /// What is written in the conversation with this id, or from this number to the first connected one.
    fn written_on(
        &self,
        phone: &str,
        name: Option<String>,
        says: Said,
        reply_to: Option<String>,
    ) -> OnWhatsApp {
        let talk = self.conversations.get(phone);
        OnWhatsApp::CustomerWrites {
            to: talk.map(|talk| talk.phone_number_id.clone()),
            from: talk.map_or_else(|| phone.to_owned(), |talk| talk.customer()),
            name,
            says,
            reply_to,
        }
    }
}

fn bubble(message: &Message) -> Bubble {
    let from_customer = message.status == Status::Received;
    let media = ["link", "url"].iter().find_map(|name| {
        let link = message.context.get(*name)?.as_str()?;
        (!link.is_empty()).then(|| link.to_owned())
    });
    Bubble {
        id: message.id.clone(),
        from: if from_customer {
            Side::Customer
        } else {
            Side::Business
        },
        kind: message.kind.clone(),
        text: text(&message.context),
        media,
        buttons: buttons(&message.context),
        at: message.created.0,
        status: (!from_customer).then(|| format!("{:?}", message.status).to_lowercase()),
    }
}

/// What a message says: its body, however it is written, or its caption.
fn text(context: &Map<String, Value>) -> String {
    let member = |name: &str| context.get(name).unwrap_or(&Value::Null);
    let body = member("body");
    body.as_str()
        .or_else(|| body["text"].as_str())
        .or_else(|| body["context"].as_str())
        .or_else(|| member("caption").as_str())
        .or_else(|| member("name").as_str())
        .unwrap_or_default()
        .to_owned()
}

fn buttons(context: &Map<String, Value>) -> Vec<Button> {
    let listed = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    let whole = Value::Object(context.clone());
    let interactive = interactive_buttons(&whole);
    if !interactive.is_empty() {
        return interactive;
    }
    let of_template = listed(context.get("buttons"));
    quick_replies(&of_template.unwrap_or_default())
}
