//! What occurs at HeltarChat without a call: a message comes further, a client writes.

use serde::{Deserialize, Serialize};

use super::resources::content::{Message, Status};
use super::resources::incoming::Incoming;
use super::resources::meta::Upstream;
use super::state::{Heltar, Instant};
use super::webhooks::Webhook;
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;

/// What the world does to a HeltarChat business. Messages are named by either of their ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {
    /// A message left for WhatsApp.
    Sent {
        /// Which.
        message: String,
    },
    /// A message reached the phone.
    Delivered {
        /// Which.
        message: String,
    },
    /// A message was seen.
    Read {
        /// Which.
        message: String,
    },
    /// A message will never arrive.
    Failed {
        /// Which.
        message: String,
        /// Why.
        error: Upstream,
    },
    /// A client wrote.
    ClientWrites {
        /// Their number.
        from: String,
        /// What they call themselves, when they are new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The message they answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        context: Option<String>,
        /// What they wrote.
        says: Incoming,
    },
    /// A file that a client sent can be fetched.
    MediaReady {
        /// Which message.
        message: String,
    },
    /// The business blocked a client.
    ClientBlocked {
        /// Their number.
        client: String,
    },
    /// The business let a client in again.
    ClientUnblocked {
        /// Their number.
        client: String,
    },
}

impl Heltar {
    /// Lets something happen.
    ///
    /// # Errors
    /// When it cannot: the message is unknown or already further.
    pub fn let_happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::Sent { message } => self.progress(&message, Status::Sent, None, moment),
            Happening::Delivered { message } => {
                self.progress(&message, Status::Delivered, None, moment)
            }
            Happening::Read { message } => self.progress(&message, Status::Read, None, moment),
            Happening::Failed { message, error } => {
                self.progress(&message, Status::Failed, Some(error), moment)
            }
            Happening::ClientWrites {
                from,
                name,
                context,
                says,
            } => self.hear(&from, name, context, says, moment),
            Happening::MediaReady { message } => self.media_ready(&message, moment),
            Happening::ClientBlocked { client } => self.block(&client, true),
            Happening::ClientUnblocked { client } => self.block(&client, false),
        }
    }

    /// Moves a message on, never back, and tells the world.
    pub fn progress(
        &mut self,
        id: &str,
        to: Status,
        error: Option<Upstream>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let before = self
            .message_by_any_id(id)
            .ok_or_else(|| Impossible(format!("no message {id}")))?
            .clone();
        if before.status == Status::Received {
            return Err(Impossible(format!("message {id} came from the client")));
        }
        let fails_late = to == Status::Failed && before.status > Status::Sent;
        if before.status >= to || before.status == Status::Failed || fails_late {
            return Err(Impossible(format!(
                "message {id} is already {}",
                name_of(before.status)
            )));
        }
        let now = Instant::new(moment.now);
        let from = before.status;
        let mut message = Message {
            status: to,
            ..before
        };
        message.status_time.insert(to, now);
        if message.wamid.starts_with("hemid.") {
            // What leaves the queue gets WhatsApp's id, and is still found by the queue's.
            let wamid = moment.ids.wamid(&message.client_wa_number);
            message.hemid = Some(std::mem::replace(&mut message.wamid, wamid));
        }
        self.messages.put(message.clone());
        self.count_in_campaign(&message, from);
        self.announce_status(&message, now, error, moment);
        Ok(())
    }

    fn announce_status(
        &self,
        message: &Message,
        now: Instant,
        error: Option<Upstream>,
        moment: &mut Moment<'_, Self>,
    ) {
        moment.announce(Webhook::status(&self.business, message, now, error));
        if let Some(custom_field) = &message.custom_field {
            moment.announce(Webhook::status_with(
                &self.business,
                message,
                now,
                error,
                custom_field.clone(),
            ));
        }
    }

    fn block(&mut self, client: &str, is_blocked: bool) -> Result<(), Impossible> {
        let number = self
            .client(client)
            .map_err(|error| Impossible(error.to_string()))?
            .client_wa_number
            .clone();
        self.clients
            .update(&number, |client| client.is_blocked = is_blocked);
        Ok(())
    }
}

pub(super) fn name_of(status: Status) -> String {
    serde_json::to_value(status)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}
