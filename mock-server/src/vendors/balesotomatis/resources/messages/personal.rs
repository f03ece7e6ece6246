//! Messages to one person, through a device.

use axum::{Extension, Json};
use serde::Deserialize;

use super::{Kind, Message, ON_ITS_WAY};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{Reply, reply};
use crate::vendors::balesotomatis::resources::{Flag, Method, Text, whatsapp_number};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// A text, or a picture with a text.
#[derive(Clone, Debug, Deserialize)]
pub struct Outgoing {
    phone_no: Text,
    country_code: Option<Text>,
    #[serde(flatten)]
    content: Content,
}

/// A file with a text.
#[derive(Clone, Debug, Deserialize)]
pub struct OutgoingFile {
    phone_no: Text,
    country_code: Option<Text>,
    #[serde(flatten)]
    file: File,
}

/// What a message says, to a person or a group alike.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Content {
    message: Option<String>,
    image_url: Option<String>,
    send_as_caption: Option<Flag>,
    enable_typing: Option<Flag>,
    method_send: Option<Method>,
}

/// What a file message says, to a person or a group alike.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct File {
    message: Option<String>,
    file_url: String,
    enable_typing: Option<Flag>,
    method_send: Option<Method>,
}

/// `POST /public/v1/send_personal_message` — sends a text, or an image with a text, to one person.
pub async fn send(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<Outgoing>,
) -> Result<Json<Reply<&'static str>>, Error> {
    store.try_write(|bales, moment| {
        let peer = bales.person(&outgoing.phone_no, outgoing.country_code.as_ref())?;
        bales.send_content(&outgoing.content, &peer, &caller, moment)
    })?;
    Ok(reply(ON_ITS_WAY))
}

/// `POST /public/v1/send_personal_file` — sends a file to one person.
pub async fn file(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<OutgoingFile>,
) -> Result<Json<Reply<&'static str>>, Error> {
    store.try_write(|bales, moment| {
        let peer = bales.person(&outgoing.phone_no, outgoing.country_code.as_ref())?;
        bales.send_file(&outgoing.file, &peer, &caller, moment)
    })?;
    Ok(reply(ON_ITS_WAY))
}

impl BalesOtomatis {
    /// The recipient's number, however it was written.
    pub fn person(&self, phone: &Text, country: Option<&Text>) -> Result<String, Error> {
        whatsapp_number(self.meant(&phone.0), country.map_or("62", |code| &code.0))
    }

    /// Sends a text, or a picture whose text is its caption or a bubble of its own.
    pub fn send_content(
        &mut self,
        content: &Content,
        peer: &str,
        caller: &Caller,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        let text = content.message.as_deref().unwrap_or("");
        let image = content.image_url.as_deref().filter(|url| !url.is_empty());
        let captioned = content.send_as_caption.is_none_or(|flag| flag.0);
        let bubbles = match image {
            None if text.is_empty() => return Err(Error::WrongParameter),
            None => vec![(Kind::Text, text, None)],
            Some(url) if captioned || text.is_empty() => vec![(Kind::Image, text, Some(url))],
            Some(url) => vec![(Kind::Image, "", Some(url)), (Kind::Text, text, None)],
        };
        let typing = content.enable_typing.is_some_and(|flag| flag.0);
        for (kind, text, url) in bubbles {
            let mut message = Message::queued(
                moment.ids.hex(20),
                &caller.number,
                peer,
                kind,
                text,
                moment.now,
            );
            message.url = url.map(str::to_owned);
            self.submit(
                message,
                content.method_send.unwrap_or_default(),
                typing,
                moment,
            )?;
        }
        Ok(())
    }

    /// Sends a file.
    pub fn send_file(
        &mut self,
        file: &File,
        peer: &str,
        caller: &Caller,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        let text = file.message.as_deref().unwrap_or("");
        let mut message = Message::queued(
            moment.ids.hex(20),
            &caller.number,
            peer,
            Kind::File,
            text,
            moment.now,
        );
        message.url = Some(file.file_url.clone());
        let typing = file.enable_typing.is_some_and(|flag| flag.0);
        self.submit(
            message,
            file.method_send.unwrap_or_default(),
            typing,
            moment,
        )
    }
}
