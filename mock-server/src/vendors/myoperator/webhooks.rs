//! What MyOperator tells the world: two generations, each with an envelope of its own.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::state::MyOperator;
use crate::kernel::ids::Ids;
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Announce;

pub mod calls;
pub mod ties;
pub mod whatsapp;

/// A webhook of the contract, about a message or about a call.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Webhook {
    /// About messages and conversations.
    WhatsApp(Box<whatsapp::Told>),
    /// About calls.
    Call(Box<calls::Told>),
}

impl Announce for Webhook {
    fn name(&self) -> &'static str {
        match self {
            Self::WhatsApp(told) => told.name(),
            Self::Call(told) => told.name(),
        }
    }

    fn conversation(&self) -> String {
        match self {
            Self::WhatsApp(told) => told.conversation(),
            Self::Call(told) => told.conversation(),
        }
    }

    /// The generation: endpoints may hear `v1` or `v2` alone.
    fn channel(&self) -> String {
        match self {
            Self::WhatsApp(told) => told.channel().to_owned(),
            Self::Call(told) => told.channel().to_owned(),
        }
    }

    fn payload(&self) -> Value {
        match self {
            Self::WhatsApp(told) => told.payload(),
            Self::Call(told) => told.payload(),
        }
    }
}

/// What every event of the new generation is wrapped in; all members are always there.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope<P> {
    /// Whose event.
    pub company_id: String,
    /// The same over all attempts to deliver it.
    pub event_id: String,
    /// Its name.
    pub event_type: &'static str,
    /// Its place in the session.
    pub event_sequence: u64,
    /// Documented as a number, captured as a text.
    pub event_version: &'static str,
    /// When it was sent, to the nanosecond.
    pub timestamp: String,
    /// `call` or `whatsapp`.
    pub channel: &'static str,
    /// `incoming`, `outgoing` or empty.
    pub direction: &'static str,
    /// The call or the conversation.
    pub session_id: String,
    /// The vendor's side of it; what stands here depends on the event.
    pub system_identifier: Option<String>,
    /// The customer's number.
    pub customer_identifier: String,
    /// The event itself.
    pub payload: P,
}

/// The version of all events of the new generation.
pub const VERSION: &str = "1";

/// A fresh event id: a prefix that is always the same, and 64 hexadecimal digits.
pub fn event_id(ids: &mut Ids) -> String {
    format!("event-6576745f{}", ids.hex(64))
}

/// When an event is sent: a fraction of a millisecond after it occurred, so that it shows nanoseconds as the vendor's.
pub fn sent_at(now: Timestamp, ids: &mut Ids) -> String {
    let late = i64::try_from(ids.between(1, 999_999)).unwrap_or_default();
    now.checked_add(SignedDuration::from_nanos(late))
        .unwrap_or(now)
        .to_string()
}

impl MyOperator {
    /// Tells the world of something on WhatsApp.
    pub fn tell(&self, told: whatsapp::Told, moment: &mut Moment<'_, Self>) {
        moment.announce(Webhook::WhatsApp(Box::new(told)));
    }

    /// Tells the world of a call.
    pub fn tell_of_call(&self, told: calls::Told, moment: &mut Moment<'_, Self>) {
        moment.announce(Webhook::Call(Box::new(told)));
    }
}
