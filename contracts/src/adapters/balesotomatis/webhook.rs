//! Hears what BalesOtomatis tells: a chat message, for one of our numbers.

use http::HeaderMap;
use serde::Deserialize;

/// A chat message that came in, or that was written on the phone itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct IncomingChat {
    /// The number that heard it: a phone's `number_id` or an official number's licence.
    #[serde(skip)]
    pub number: String,
    /// The message.
    pub data: Chat,
}

/// A chat message.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Chat {
    /// The peer: digits, `@c.us` behind a person's, `@g.us` behind a group's.
    pub chat_id: String,
    /// WhatsApp's id.
    pub message_id: String,
    /// What the peer calls themselves.
    pub name: String,
    /// The words; empty beside media.
    pub message_body: String,
    /// When, in seconds.
    pub timestamp: Option<i64>,
    /// Whether there is a file.
    pub has_media: bool,
    /// What kind of file.
    #[serde(default)]
    pub media_mime: String,
    /// What it is called.
    #[serde(default)]
    pub media_name: String,
    /// Whether our own side wrote it: an echo, not to be answered.
    pub is_from_me: bool,
}

/// A delivery that is not to be acted on.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// It is for none of our numbers: 401.
    #[error("the delivery is for \"{0}\", which is none of our numbers")]
    WrongNumber(String),
    /// Some other event, which nobody has seen yet: 200, and forget it.
    #[error("\"{0}\" is an event nobody has documented")]
    UnknownEvent(String),
    /// Not understood: 400.
    #[error("the delivery cannot be understood: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl IncomingChat {
    /// Reads a delivery, if it is for one of `numbers`. The header that names the number is all there is to check.
    ///
    /// # Errors
    /// When it is for somebody else, is another event, or cannot be understood.
    pub fn read(headers: &HeaderMap, body: &[u8], numbers: &[&str]) -> Result<Self, Rejection> {
        #[derive(Deserialize)]
        struct Envelope {
            #[serde(rename = "type")]
            kind: String,
        }
        let number = headers
            .get("BLS-OTO-NUMBERID")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !numbers.contains(&number) {
            return Err(Rejection::WrongNumber(number.to_owned()));
        }
        let envelope: Envelope = serde_json::from_slice(body)?;
        if envelope.kind != "incoming_chat" {
            return Err(Rejection::UnknownEvent(envelope.kind));
        }
        let chat: Self = serde_json::from_slice(body)?;
        Ok(Self {
            number: number.to_owned(),
            ..chat
        })
    }
}

impl Chat {
    /// The digits of the peer.
    #[must_use]
    pub fn peer(&self) -> &str {
        self.chat_id.split('@').next().unwrap_or_default()
    }
}
