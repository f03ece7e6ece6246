//! Hears what BalesOtomatis tells: a chat message, for one of our numbers.

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A chat message that came in, or that was written on the phone itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncomingChat {
    /// The number that heard it: a phone's `number_id` or an official number's licence.
    #[serde(skip)]
    pub number: String,
    /// `incoming_chat`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The message.
    pub data: Chat,
}

/// A chat message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    /// The peer: digits, `@c.us` behind a person's, `@g.us` behind a group's.
    pub chat_id: String,
    /// WhatsApp's id.
    pub message_id: String,
    /// What the peer calls themselves.
    pub name: String,
    /// Where their picture is.
    #[serde(default)]
    pub profile_picture: Option<String>,
    /// The words; empty beside media.
    pub message_body: String,
    /// When, in seconds.
    pub timestamp: Option<i64>,
    /// How far it got, as the phone saw it.
    #[serde(default)]
    pub message_ack: Option<String>,
    /// Whether there is a file.
    pub has_media: bool,
    /// What kind of file.
    #[serde(default)]
    pub media_mime: String,
    /// What it is called.
    #[serde(default)]
    pub media_name: String,
    /// A place.
    #[serde(default)]
    pub location_attached: Option<Place>,
    /// Whether it was passed on; the vendor spells it so.
    #[serde(rename = "is_forwading", default)]
    pub is_forwarded: Option<bool>,
    /// Whether our own side wrote it: an echo, not to be answered.
    pub is_from_me: bool,
}

/// A place, or none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees north, as a number or as text.
    #[serde(default)]
    pub lat: Option<Value>,
    /// Degrees east.
    #[serde(default)]
    pub lng: Option<Value>,
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
        let number = headers
            .get("BLS-OTO-NUMBERID")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !numbers.contains(&number) {
            return Err(Rejection::WrongNumber(number.to_owned()));
        }
        Ok(Self {
            number: number.to_owned(),
            ..Self::of(body)?
        })
    }

    /// Reads a delivery without asking whose it is.
    pub(super) fn of(body: &[u8]) -> Result<Self, Rejection> {
        #[derive(Deserialize)]
        struct Envelope {
            #[serde(rename = "type")]
            kind: String,
        }
        let envelope: Envelope = serde_json::from_slice(body)?;
        if envelope.kind != "incoming_chat" {
            return Err(Rejection::UnknownEvent(envelope.kind));
        }
        Ok(serde_json::from_slice(body)?)
    }
}

impl Chat {
    /// The digits of the peer.
    #[must_use]
    pub fn peer(&self) -> &str {
        self.chat_id.split('@').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::{IncomingChat, Rejection};

    #[test]
    fn what_is_no_chat_for_one_of_our_numbers_is_rejected() {
        let mut headers = HeaderMap::new();
        headers.insert("bls-oto-numberid", "BO-1".parse().expect("a value"));
        let read = |body: &[u8], numbers: &[&str]| IncomingChat::read(&headers, body, numbers);
        let chat = br#"{"type": "incoming_chat", "data": {"chat_id": "62812@c.us", "message_id": "1", "name": "Bima",
            "message_body": "Halo", "has_media": false, "is_from_me": false}}"#;
        let heard = read(chat, &["BO-1", "BO-2"]).expect("a chat");
        assert_eq!(
            (heard.number.as_str(), heard.data.peer()),
            ("BO-1", "62812")
        );
        assert!(
            matches!(read(chat, &["BO-2"]), Err(Rejection::WrongNumber(number)) if number == "BO-1")
        );
        let other = read(br#"{"type": "message_ack", "data": {}}"#, &["BO-1"]);
        assert!(matches!(other, Err(Rejection::UnknownEvent(event)) if event == "message_ack"));
        assert!(matches!(
            read(b"{}", &["BO-1"]),
            Err(Rejection::Malformed(_))
        ));
    }
}
