//! What BalesOtomatis tells the world: that a chat message came in. Nobody has seen it tell anything else.

use serde::Serialize;

use crate::kernel::tie::{Channel, Tie};
use crate::kernel::vendor::Announce;

/// Each variant is a webhook of the contract.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Webhook {
    /// A message came in, or was typed on the phone itself.
    IncomingChat(IncomingChat),
}

/// The envelope, and the number that heard it.
#[derive(Clone, Debug, Serialize)]
pub struct IncomingChat {
    /// The device's `number_id` or the official number's `licenses_key`: it travels in a header.
    #[serde(skip)]
    pub number: String,
    /// Always the same, and the only thing receivers tell events apart by.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The message.
    pub data: Chat,
}

/// A chat message as it is told.
#[derive(Clone, Debug, Serialize)]
pub struct Chat {
    /// The peer: digits, and what kind of peer it is.
    pub chat_id: String,
    /// WhatsApp's id.
    pub message_id: String,
    /// What the peer calls themselves.
    pub name: String,
    /// Where their picture is.
    pub profile_picture: Option<String>,
    /// When, in seconds.
    pub timestamp: i64,
    /// The words; empty beside media.
    pub message_body: String,
    /// How far it got.
    pub message_ack: &'static str,
    /// Whether there is a file; it is not handed over.
    pub has_media: bool,
    /// What kind of file.
    pub media_mime: String,
    /// What it is called.
    pub media_name: String,
    /// A place.
    pub location_attached: Place,
    /// Whether it was passed on; spelt so.
    #[serde(rename = "is_forwading")]
    pub is_forwarded: bool,
    /// Whether our own side wrote it.
    pub is_from_me: bool,
}

/// A place, or none.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Place {
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lng: Option<f64>,
}

/// A chat triggered by hand is heard by the newest number that is connected.
pub const TIES: &[Tie] = &[Tie {
    channel: Channel::At("/devices/newest/number_id"),
    conversation: "/data/chat_id",
    only: &[("/devices", "state", "connected")],
    ..Tie::loose("incoming_chat")
}];

impl Announce for Webhook {
    fn name(&self) -> &'static str {
        match self {
            Self::IncomingChat(_) => "incoming_chat",
        }
    }

    fn conversation(&self) -> String {
        match self {
            Self::IncomingChat(chat) => format!("{}/{}", chat.number, chat.data.chat_id),
        }
    }

    /// The number that heard it: endpoints are registered per number, and it travels in a header.
    fn channel(&self) -> String {
        match self {
            Self::IncomingChat(chat) => chat.number.clone(),
        }
    }
}
