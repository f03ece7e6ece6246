//! Chatbots, and the blocks of messages they can send.

use serde::{Deserialize, Serialize};

use super::{Client, Error, Reply};

/// The operations on chatbots.
#[derive(Clone, Copy, Debug)]
pub struct Chatbots<'c>(pub(super) &'c Client);

/// A chatbot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chatbot {
    /// Its id, a UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it answers.
    pub r#type: Kind,
}

/// Where a chatbot answers, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Kind {
    /// Everywhere.
    AllPlatforms = 1,
    /// On Facebook and Instagram.
    Facebook = 2,
    /// On LINE.
    Line = 3,
    /// On the web.
    WebChat = 4,
    /// Wherever a cart was abandoned.
    AbandonedCart = 5,
    /// On WhatsApp.
    Whatsapp = 6,
}

impl From<Kind> for u8 {
    fn from(kind: Kind) -> Self {
        kind as Self
    }
}

impl TryFrom<u8> for Kind {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Ok(match number {
            1 => Self::AllPlatforms,
            2 => Self::Facebook,
            3 => Self::Line,
            4 => Self::WebChat,
            5 => Self::AbandonedCart,
            6 => Self::Whatsapp,
            _ => return Err(format!("{number} is no kind of chatbot")),
        })
    }
}

/// Messages that a chatbot sends together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its id, a UUID; direct messages and broadcasts name it.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Chatbots<'_> {
    /// `GET /v1/chatbots` — lists the chatbots.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self) -> Result<Reply<Vec<Chatbot>>, Error> {
        self.0.get(&["v1", "chatbots"]).await
    }

    /// `GET /v1/chatbots/{chatbotId}/message-blocks` — lists the blocks of one; there may be none.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn message_blocks(&self, chatbot_id: &str) -> Result<Reply<Vec<Block>>, Error> {
        let path = ["v1", "chatbots", chatbot_id, "message-blocks"];
        self.0.get(&path).await
    }
}
