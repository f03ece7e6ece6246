//! Chatbots, the blocks they are made of, and the flex templates of LINE.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::state::Omnichat;
use super::Content;
use crate::kernel::extract::Path;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A chatbot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chatbot {
    /// A UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it works: 1 everywhere, 2 Facebook and Instagram, 3 LINE, 4 web chat, 6 WhatsApp.
    #[serde(rename = "type")]
    pub kind: u8,
}

impl Record for Chatbot {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// Something a chatbot says, which messages can name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// A UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub chatbot: String,
}

impl Record for Block {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("chatbot", Cow::Borrowed(&self.chatbot))]
    }
}

/// A flex template of LINE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlexTemplate {
    /// Its id.
    pub id: String,
    /// A bubble, of which a message takes up to 12, or a carousel, which stands alone.
    pub kind: FlexKind,
    /// The keys of its `((placeholders))`.
    pub keys: Vec<String>,
}

/// What a flex template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FlexKind {
    /// One bubble.
    Bubble,
    /// A whole carousel.
    Carousel,
}

impl Record for FlexTemplate {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// A block in the list.
#[derive(Debug, Serialize)]
pub struct Named {
    id: String,
    name: String,
}

/// Which chatbot a path means.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    chatbot_id: String,
}

/// `GET /v1/chatbots` — lists the team's chatbots.
pub async fn list(store: Store<Omnichat>) -> impl IntoResponse {
    let content: Vec<_> = store.read(|omnichat, _| omnichat.chatbots.iter().cloned().collect());
    Json(Content { content })
}

/// `GET /v1/chatbots/{chatbotId}/message-blocks` — lists what a chatbot says.
pub async fn message_blocks(
    store: Store<Omnichat>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let content: Vec<_> = store.read(|omnichat, _| {
        let chatbot = omnichat.chatbots.get(&which.chatbot_id);
        let chatbot = chatbot.ok_or(Error::ChatbotUnknown)?;
        let blocks = omnichat.blocks.by("chatbot", &chatbot.id);
        Ok::<_, Error>(blocks.map(Block::named).collect())
    })?;
    Ok(Json(Content { content }))
}

impl Block {
    fn named(&self) -> Named {
        Named {
            id: self.id.clone(),
            name: self.name.clone(),
        }
    }
}
