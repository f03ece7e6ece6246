//! What is sent, and how far it got. No operation shows a message once it is accepted.

pub mod group;
pub mod personal;

use std::borrow::Cow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Method;
use super::devices::Connection;
use super::numbers::on_whatsapp;
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::{Fate, fate_of};
use crate::kernel::table::Record;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::happenings::Happening;
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// Something sent through a device or an official number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// A wamid for official numbers; the vendor shows no other.
    pub id: String,
    /// The `number_id` or the `licenses_key` it is sent through.
    pub sender: String,
    /// The recipient's digits, or a group's id.
    pub peer: String,
    /// What it is.
    pub kind: Kind,
    /// Its words: the text, the caption or the template's name.
    pub text: String,
    /// Its file or picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The broadcast it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcast: Option<String>,
    /// How far it got.
    pub status: Status,
    /// Why it got no further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it was taken on.
    pub accepted_at: Timestamp,
    /// When it last got further.
    pub changed_at: Timestamp,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Words.
    Text,
    /// A picture.
    Image,
    /// A file sent through a device.
    File,
    /// A file sent through an official number.
    Document,
    /// A place.
    Location,
    /// An approved template, which needs no open window.
    Template,
}

/// How far a message got. The order is that of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Taken on.
    Queued,
    /// With WhatsApp.
    Sent,
    /// On the recipient's phone.
    Delivered,
    /// Seen.
    Read,
    /// Never.
    Failed,
}

impl Record for Message {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("peer", Cow::Borrowed(&self.peer)),
            ("sender", Cow::Borrowed(&self.sender)),
        ]
    }
}

impl Message {
    /// A message that nobody tried to send yet.
    pub fn queued(
        id: String,
        sender: &str,
        peer: &str,
        kind: Kind,
        text: &str,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            sender: sender.to_owned(),
            peer: peer.to_owned(),
            kind,
            text: text.to_owned(),
            url: None,
            broadcast: None,
            status: Status::Queued,
            failure: None,
            accepted_at: now,
            changed_at: now,
        }
    }
}

/// What this vendor answers to every send of the unofficial family; it names no message.
pub const ON_ITS_WAY: &str = "The message is in the delivery process";

/// How long an attempt takes, and how much longer with a typing effect.
const ATTEMPT: Duration = Duration::from_secs(1);
const TYPING: Duration = Duration::from_secs(3);

/// How long a message takes to the phone.
const DELIVERY: Duration = Duration::from_secs(2);

/// The longest number a person can have; groups have longer ids.
const LONGEST_NUMBER: usize = 15;

/// What is published about a recipient's number.
pub fn fate(peer: &str) -> Option<Fate> {
    (peer.len() <= LONGEST_NUMBER)
        .then(|| fate_of(peer))
        .flatten()
}

/// Why a message to a published number fails on its way, where it does.
fn failure(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Undeliverable => Some("Message undeliverable (131026)"),
        Fate::WindowClosed => Some("Re-engagement message (131047)"),
        Fate::MediaUnreadable => Some("Media upload error (131053)"),
        Fate::RateLimited => Some("Rate limit hit (130429)"),
        Fate::NeverDelivered | Fate::NeverRead | Fate::TooMany | Fate::ServerError => None,
    }
}

/// A message is on its way: it arrives, unless the recipient's number is published for something else.
pub fn plan_arrival(id: &str, peer: &str, moment: &mut Moment<'_, BalesOtomatis>) {
    let message = id.to_owned();
    match fate(peer) {
        Some(Fate::NeverDelivered) => {}
        Some(fate) if failure(fate).is_some() => {
            let reason = failure(fate).map(str::to_owned);
            moment.plan(DELIVERY, Happening::Failed { message, reason });
        }
        _ => moment.plan(DELIVERY, Happening::Delivered { message }),
    }
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

impl BalesOtomatis {
    /// Takes a message on. A synchronous one is tried at once and refused when the attempt fails; an
    /// asynchronous one is always taken, and may fail later.
    pub fn submit(
        &mut self,
        mut message: Message,
        method: Method,
        typing: bool,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        self.may_send(&message.sender, moment.now)?;
        match fate(&message.peer) {
            Some(Fate::TooMany) => return Err(Error::TooManySends),
            Some(Fate::ServerError) => return Err(Error::Broken),
            _ => {}
        }
        match method {
            Method::Sync => {
                self.obstacle(&message, moment.now).map_or(Ok(()), Err)?;
                message.status = Status::Sent;
                plan_arrival(&message.id, &message.peer, moment);
            }
            Method::Async => {
                let after = if typing { ATTEMPT + TYPING } else { ATTEMPT };
                moment.plan(
                    after,
                    Happening::Attempted {
                        message: message.id.clone(),
                    },
                );
            }
        }
        self.messages.put(message);
        Ok(())
    }

    /// Refuses when the number has sent as much as the settings allow within the last minute.
    fn may_send(&self, sender: &str, now: Timestamp) -> Result<(), Error> {
        let Some(allowed) = self.settings.sends_per_minute else {
            return Ok(());
        };
        let recent = |message: &&Message| now.duration_since(message.accepted_at) < MINUTE;
        let recent = self
            .messages
            .by("sender", sender)
            .rev()
            .take_while(recent)
            .count();
        if recent < allowed as usize {
            Ok(())
        } else {
            Err(Error::TooManySends)
        }
    }

    /// What keeps a message from being sent now.
    pub fn obstacle(&self, message: &Message, now: Timestamp) -> Option<Error> {
        let through_device = self.devices.get(&message.sender);
        if through_device.is_some_and(|device| device.state == Connection::Disconnected) {
            return Some(Error::DeviceSilent);
        }
        let to_group = through_device
            .is_some_and(|device| device.groups.iter().any(|group| group.id == message.peer));
        if !to_group && !on_whatsapp(&message.peer) {
            return Some(Error::NotOnWhatsApp);
        }
        let needs_window = through_device.is_none() && message.kind != Kind::Template;
        if needs_window && !self.window_open(&message.sender, &message.peer, now) {
            return Some(Error::WindowClosed {
                to: message.peer.clone(),
                kind: message.kind,
            });
        }
        None
    }

    /// Moves a message on; nothing ever moves backwards, and what failed or was read has come to its end.
    pub fn progress(
        &mut self,
        id: &str,
        status: Status,
        failure: Option<String>,
        now: Timestamp,
    ) -> bool {
        let moved = self.messages.update(id, |message| {
            let ended = matches!(message.status, Status::Failed | Status::Read);
            let forward = !ended && message.status < status;
            if forward {
                message.status = status;
                message.failure = failure;
                message.changed_at = now;
            }
            forward
        });
        moved.unwrap_or(false)
    }
}
