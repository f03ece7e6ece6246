//! The frame of Meta's webhooks, and the handshake that comes before them.

use serde::{Deserialize, Serialize};

/// What one account tells; `V` is what there is to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry<V> {
    /// The account.
    pub id: String,
    /// What it tells.
    pub changes: Vec<Change<V>>,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change<V> {
    /// `messages`.
    pub field: String,
    /// What it is.
    pub value: V,
}

/// A number of the business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The number.
    pub display_phone_number: String,
    /// Meta's id of it.
    pub phone_number_id: String,
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text.
    pub body: String,
}

/// A tap on the quick reply of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub text: String,
    /// What it means.
    #[serde(default)]
    pub payload: Option<String>,
}

/// A file that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Meta's id of it.
    pub id: String,
    /// Its content type.
    pub mime_type: String,
    /// Its hash, of SHA-256.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Where it can be fetched, for some minutes.
    #[serde(default)]
    pub url: Option<String>,
    /// What stands below.
    #[serde(default)]
    pub caption: Option<String>,
    /// What a document is called.
    #[serde(default)]
    pub filename: Option<String>,
    /// Whether a sticker moves.
    #[serde(default)]
    pub animated: Option<bool>,
    /// Whether a sound was spoken into the phone.
    #[serde(default)]
    pub voice: Option<bool>,
}

/// How far a sent message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// On its way.
    Sent,
    /// On the phone.
    Delivered,
    /// Seen.
    Read,
    /// Never arrived.
    Failed,
}

/// What the registered address answers to the handshake with this query string: the challenge when the token is
/// the registered one, else nothing, and the status is to be 403.
pub fn answer_handshake(query: &str, verify_token: &str) -> Option<String> {
    let mut challenge = None;
    let (mut subscribes, mut known) = (false, false);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "hub.mode" => subscribes = value == "subscribe",
            "hub.verify_token" => known = value == verify_token,
            "hub.challenge" => challenge = Some(value.into_owned()),
            _ => {}
        }
    }
    challenge.filter(|_| subscribes && known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_repeated_to_whoever_knows_the_token() {
        let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a%20secret";
        assert_eq!(
            answer_handshake(query, "a secret").as_deref(),
            Some("1158201444")
        );
        assert_eq!(answer_handshake(query, "another"), None);
        assert_eq!(
            answer_handshake("hub.challenge=1&hub.verify_token=a%20secret", "a secret"),
            None
        );
    }
}
