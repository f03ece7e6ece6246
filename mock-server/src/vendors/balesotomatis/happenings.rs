//! What occurs without a call: an attempt, a receipt, a review, a customer's message, a phone that loses its network.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::phone::Heard;
use super::resources::devices::Connection;
use super::resources::messages::{Status, fate, plan_arrival};
use super::resources::templates;
use super::resources::whatsapp_number;
use super::state::BalesOtomatis;
use super::webhooks::{Chat, IncomingChat, Place, Webhook};
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::Fate;
use crate::kernel::vendor::Impossible;

/// What the world does to BalesOtomatis.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {
    /// A queued message is tried.
    Attempted {
        /// Which.
        message: String,
    },
    /// A message reaches the recipient's phone.
    Delivered {
        /// Which.
        message: String,
    },
    /// A message is seen.
    Read {
        /// Which.
        message: String,
    },
    /// A message fails.
    Failed {
        /// Which.
        message: String,
        /// Why.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Meta decides on a template, or changes its mind.
    TemplateReviewed {
        /// Which, by our id.
        template: String,
        /// What it became.
        status: templates::Status,
    },
    /// A customer writes to one of the account's numbers.
    IncomingChat(Incoming),
    /// A customer calls an official number in vain, or taps a button: that too opens the window, and nothing is told.
    MissedCall {
        /// The number's `licenses_key`; the first one when empty.
        #[serde(default)]
        number: String,
        /// The customer's number.
        from: String,
    },
    /// The owner of a number writes on the phone itself: an echo.
    TypedOnPhone(Incoming),
    /// A phone is reached again.
    DeviceConnected {
        /// Which.
        number_id: String,
    },
    /// A phone is reached no more.
    DeviceDisconnected {
        /// Which.
        number_id: String,
    },
}

/// A chat message from outside.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Incoming {
    /// The device's `number_id` or the official number's `licenses_key`; the first official number when empty.
    pub number: String,
    /// The peer's number.
    pub from: String,
    /// The group it is written in, by id; none for a personal chat.
    pub group: Option<String>,
    /// What the peer calls themselves.
    pub name: Option<String>,
    /// The words.
    pub text: String,
    /// The file's kind, for a message with a file.
    pub media_mime: String,
    /// The file's name, for a message with a file.
    pub media_name: String,
    /// Degrees north, for a place.
    pub lat: Option<f64>,
    /// Degrees east, for a place.
    pub lng: Option<f64>,
    /// Whether it was passed on.
    pub forwarded: bool,
}

impl BalesOtomatis {
    pub(super) fn happening(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::Attempted { message } => self.attempt(&message, moment),
            Happening::Delivered { message } => {
                self.advance(&message, Status::Delivered, None, moment.now)?;
                let peer = self.messages.get(&message).map(|one| one.peer.as_str());
                if peer.and_then(fate) != Some(Fate::NeverRead) {
                    moment.plan(Duration::from_secs(5), Happening::Read { message });
                }
                Ok(())
            }
            Happening::Read { message } => self.advance(&message, Status::Read, None, moment.now),
            Happening::Failed { message, reason } => {
                self.advance(&message, Status::Failed, reason, moment.now)
            }
            Happening::TemplateReviewed { template, status } => {
                self.review(&template, status, moment)
            }
            Happening::IncomingChat(incoming) => self.hear(incoming, false, moment),
            Happening::MissedCall { number, from } => {
                let number = self.licence_or_first(&number)?;
                let peer = peer_of(&from)?;
                self.heard_from(&number, &peer, &peer, moment.now);
                Ok(())
            }
            Happening::TypedOnPhone(incoming) => self.hear(incoming, true, moment),
            Happening::DeviceConnected { number_id } => {
                self.switch(&number_id, Connection::Connected, moment.now)
            }
            Happening::DeviceDisconnected { number_id } => {
                self.switch(&number_id, Connection::Disconnected, moment.now)
            }
        }
    }

    /// Sends what was queued, or learns why it cannot be sent.
    fn attempt(&mut self, id: &str, moment: &mut Moment<'_, Self>) -> Result<(), Impossible> {
        let message = self
            .messages
            .get(id)
            .ok_or_else(|| unknown("message", id))?;
        match self.obstacle(message, moment.now) {
            Some(obstacle) => {
                self.advance(id, Status::Failed, Some(obstacle.to_string()), moment.now)
            }
            None => {
                let peer = message.peer.clone();
                self.advance(id, Status::Sent, None, moment.now)?;
                plan_arrival(id, &peer, moment);
                Ok(())
            }
        }
    }

    fn advance(
        &mut self,
        id: &str,
        to: Status,
        why: Option<String>,
        now: Timestamp,
    ) -> Result<(), Impossible> {
        let Some(message) = self.messages.get(id) else {
            return Err(unknown("message", id));
        };
        let from = message.status;
        if self.progress(id, to, why, now) {
            Ok(())
        } else {
            Err(Impossible(format!(
                "message {id} is {from:?} and cannot become {to:?}"
            )))
        }
    }

    fn review(
        &mut self,
        id: &str,
        status: templates::Status,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let now = moment.now;
        let fresh = moment.ids.digits(15);
        let reviewed = self.templates.update(id, |template| {
            template.status = status;
            template.updated_at = now;
            template.meta_id.get_or_insert(fresh);
        });
        reviewed.ok_or_else(|| unknown("template", id))
    }

    fn switch(
        &mut self,
        number_id: &str,
        state: Connection,
        now: Timestamp,
    ) -> Result<(), Impossible> {
        let switched = self.devices.update(number_id, |device| {
            device.state = state;
            if state == Connection::Connected {
                device.last_connected_at = now;
            }
        });
        switched.ok_or_else(|| unknown("device", number_id))
    }

    fn licence_or_first(&self, shown: &str) -> Result<String, Impossible> {
        let found = match self.meant(shown) {
            "" => self.licences.iter().next(),
            key => self.licences.get(key),
        };
        found
            .map(|licence| licence.licenses_key.clone())
            .ok_or_else(|| unknown("number", shown))
    }

    /// A message in a chat: it opens the window of an official number unless our side wrote it, and is told.
    fn hear(
        &mut self,
        heard: Incoming,
        from_me: bool,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let number = match self.devices.get(self.meant(&heard.number)) {
            Some(device) => device.number_id.clone(),
            None => self.licence_or_first(&heard.number)?,
        };
        let official = self.licences.contains(&number);
        let peer = peer_of(&heard.from)?;
        let known = self
            .devices
            .get(&number)
            .and_then(|device| device.name_of(&peer))
            .map(str::to_owned);
        let name = heard.name.or(known).unwrap_or_else(|| peer.clone());
        if official && !from_me {
            self.heard_from(&number, &peer, &name, moment.now);
        }
        let message_id = if official {
            moment.ids.inbound_wamid(&peer)
        } else {
            format!("3EB0{}", moment.ids.from_alphabet("0123456789ABCDEF", 18))
        };
        let chat_id = heard
            .group
            .as_ref()
            .map_or_else(|| format!("{peer}@c.us"), |group| format!("{group}@g.us"));
        if heard.group.is_none() {
            self.heard.put(Heard {
                id: message_id.clone(),
                number: number.clone(),
                peer: peer.clone(),
                from_me,
                kind: match (&*heard.media_mime, heard.lat) {
                    ("", Some(_)) => "location".to_owned(),
                    ("", None) => "text".to_owned(),
                    (mime, _) => mime.to_owned(),
                },
                text: heard.text.clone(),
                at: moment.now,
            });
        }
        let data = Chat {
            chat_id,
            message_id,
            name,
            profile_picture: None,
            timestamp: moment.now.as_second(),
            message_body: heard.text,
            message_ack: "PENDING",
            has_media: !heard.media_mime.is_empty(),
            media_mime: heard.media_mime,
            media_name: heard.media_name,
            location_attached: Place {
                lat: heard.lat,
                lng: heard.lng,
            },
            is_forwarded: heard.forwarded,
            is_from_me: from_me,
        };
        moment.announce(Webhook::IncomingChat(IncomingChat {
            number,
            kind: "incoming_chat",
            data,
        }));
        Ok(())
    }
}

fn peer_of(written: &str) -> Result<String, Impossible> {
    whatsapp_number(written, "62").map_err(|_| Impossible(format!("{written:?} is no number")))
}

fn unknown(what: &str, key: &str) -> Impossible {
    Impossible(format!("there is no {what} {key:?}"))
}
