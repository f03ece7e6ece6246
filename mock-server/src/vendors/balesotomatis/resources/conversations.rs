//! What is written into an open conversation with an official number.

use std::borrow::Cow;

use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::messages::{Kind, Message};
use super::{Flag, Method, Text, whatsapp_number};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{ReplyWith, reply_with};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// Who wrote to an official number, and when last.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// The number's `licenses_key`.
    pub licence: String,
    /// The customer's digits.
    pub peer: String,
    /// What they call themselves.
    pub name: String,
    /// When they last wrote; our own messages do not count.
    pub last_inbound_at: Timestamp,
}

impl Record for Conversation {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(key(&self.licence, &self.peer))
    }
}

fn key(licence: &str, peer: &str) -> String {
    format!("{licence}/{peer}")
}

/// How long after a customer's message free text may follow.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Something to say: a text, a picture, a document or a place, told apart by what is there.
#[derive(Clone, Debug, Deserialize)]
pub struct Outgoing {
    reciptient: Text,
    message: Option<String>,
    method_send: Option<Method>,
    image_url: Option<String>,
    send_as_caption: Option<Flag>,
    #[serde(rename = "messageType")]
    kind: Option<String>,
    file_url: Option<String>,
    #[serde(rename = "fileName")]
    file_name: Option<String>,
    latitude: Option<Text>,
    longitude: Option<Text>,
    #[serde(rename = "nameLocation")]
    location_name: Option<String>,
}

/// What was taken on: the only success whose `message` is an object.
#[derive(Clone, Debug, Serialize)]
pub struct Accepted {
    state: &'static str,
    message_id: String,
    to: String,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(flatten)]
    content: Content,
}

/// What a message says, as its kind needs it.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Content {
    /// Words, which are not repeated.
    Text {
        /// What happens next.
        detail: &'static str,
    },
    /// A picture.
    Image {
        /// Where it is.
        url: String,
        /// What stands below it.
        caption: String,
    },
    /// A file.
    Document {
        /// What the recipient sees.
        #[serde(rename = "fileName")]
        file_name: String,
        /// Where it is.
        url: String,
    },
    /// A place.
    Location {
        /// Degrees north.
        latitude: String,
        /// Degrees east.
        longitude: String,
        /// What it is called.
        #[serde(rename = "nameLocation")]
        name: String,
    },
}

/// What the answer has beside the envelope.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NoTemplate {
    template: (),
}

/// `POST /public/v1/send_meta_personal_message` — sends a text, image, document or location into an open conversation.
pub async fn send(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<Outgoing>,
) -> Result<Json<ReplyWith<Accepted, NoTemplate>>, Error> {
    let accepted =
        store.try_write(|bales, moment| bales.send_to_conversation(&outgoing, &caller, moment))?;
    Ok(reply_with(accepted, NoTemplate { template: () }))
}

impl Outgoing {
    /// What is meant, by the vendor's rules for telling the uses apart.
    fn content(&self) -> Result<(Kind, Content), Error> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let caption = self.message.clone().unwrap_or_default();
        match (self.kind.as_deref(), given(&self.image_url)) {
            (_, Some(url)) => Ok((Kind::Image, Content::Image { url, caption })),
            (Some("document"), None) => {
                let url = given(&self.file_url).ok_or(Error::WrongParameter)?;
                let last = || url.rsplit('/').next().unwrap_or_default().to_owned();
                let file_name = given(&self.file_name).unwrap_or_else(last);
                Ok((Kind::Document, Content::Document { file_name, url }))
            }
            (Some("location"), None) => {
                let degrees = |text: &Option<Text>| {
                    text.clone().map(|text| text.0).ok_or(Error::WrongParameter)
                };
                let (latitude, longitude) = (degrees(&self.latitude)?, degrees(&self.longitude)?);
                let name = self.location_name.clone().unwrap_or_default();
                Ok((
                    Kind::Location,
                    Content::Location {
                        latitude,
                        longitude,
                        name,
                    },
                ))
            }
            (_, None) if caption.is_empty() => Err(Error::WrongParameter),
            (_, None) => Ok((
                Kind::Text,
                Content::Text {
                    detail: "Message queued to be sent.",
                },
            )),
        }
    }
}

impl BalesOtomatis {
    /// Whether the customer wrote less than 24 hours ago.
    pub fn window_open(&self, licence: &str, peer: &str, now: Timestamp) -> bool {
        let conversation = self.conversations.get(&key(licence, peer));
        conversation.is_some_and(|one| now.duration_since(one.last_inbound_at) < WINDOW)
    }

    /// Takes a message on for an open conversation. Outside the window a synchronous send is refused, and an
    /// asynchronous one fails later, unless the settings have it refused as well.
    pub fn send_to_conversation(
        &mut self,
        outgoing: &Outgoing,
        caller: &Caller,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Accepted, Error> {
        let to = whatsapp_number(self.meant(&outgoing.reciptient.0), "62")?;
        let (kind, content) = outgoing.content()?;
        if self.settings.refuse_outside_window && !self.window_open(&caller.number, &to, moment.now)
        {
            return Err(Error::WindowClosed { to, kind });
        }
        let method = outgoing.method_send.unwrap_or_default();
        let text = outgoing.message.as_deref().unwrap_or("");
        let own_bubble = outgoing.send_as_caption == Some(Flag(false))
            && kind == Kind::Image
            && !text.is_empty();
        let words = if own_bubble { "" } else { text };
        let mut message = Message::queued(
            moment.ids.wamid(&to),
            &caller.number,
            &to,
            kind,
            words,
            moment.now,
        );
        message.url = match &content {
            Content::Image { url, .. } | Content::Document { url, .. } => Some(url.clone()),
            Content::Text { .. } | Content::Location { .. } => None,
        };
        let message_id = message.id.clone();
        self.submit(message, method, false, moment)?;
        if own_bubble {
            let bubble = Message::queued(
                moment.ids.wamid(&to),
                &caller.number,
                &to,
                Kind::Text,
                text,
                moment.now,
            );
            self.submit(bubble, method, false, moment)?;
        }
        Ok(Accepted {
            state: "successfully",
            message_id,
            to,
            kind,
            content,
        })
    }

    /// Opens the window, or keeps it open.
    pub fn heard_from(&mut self, licence: &str, peer: &str, name: &str, now: Timestamp) {
        self.conversations.put(Conversation {
            licence: licence.to_owned(),
            peer: peer.to_owned(),
            name: name.to_owned(),
            last_inbound_at: now,
        });
    }
}
