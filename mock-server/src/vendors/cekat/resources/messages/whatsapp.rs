//! Free messages through WhatsApp, which need a customer who has written within the day.

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Row, refuse_fated};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::vendors::cekat::auth::Caller;
use crate::vendors::cekat::error::Error;
use crate::vendors::cekat::reply::classic;
use crate::vendors::cekat::resources::normal;
use crate::vendors::cekat::state::Cekat;

/// A message to send.
#[derive(Clone, Debug, Deserialize)]
pub struct Outgoing {
    conversation_id: String,
    receiver: String,
    message: String,
    media_type: Option<String>,
    file_url: Option<String>,
    header: Option<Map<String, Value>>,
    footer: Option<String>,
    location: Option<Value>,
    action: Option<Value>,
}

/// `POST /messages/whatsapp` — sends a message to a customer who wrote within the last 24 hours.
pub async fn send_whatsapp(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<Outgoing>,
) -> Result<impl IntoResponse, Error> {
    let row = store
        .try_write(|cekat, moment| cekat.send_whatsapp(outgoing, caller.business(), moment))?;
    Ok(classic(StatusCode::OK, Some([row])))
}

/// What kind of medium a file is, by the ending of its name.
pub fn medium(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("jpg" | "jpeg" | "png" | "gif" | "webp") => "image",
        Some("mp4" | "3gp" | "mov") => "video",
        Some("mp3" | "ogg" | "aac" | "amr" | "m4a" | "wav" | "opus") => "audio",
        _ => "document",
    }
}

impl Cekat {
    /// Sends a free message into an open conversation.
    ///
    /// # Errors
    /// When the conversation is not the receiver's, not on WhatsApp or not open.
    pub fn send_whatsapp(
        &mut self,
        outgoing: Outgoing,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Row, Error> {
        let talk = self.conversation(&outgoing.conversation_id, business)?;
        let inbox = self.inbox(&talk.inbox_id, business)?;
        if !inbox.is_whatsapp() {
            return Err(Error::NotWhatsApp);
        }
        let contact = self.contact(&talk.contact_id, business)?;
        let to = normal(&outgoing.receiver);
        if to.is_empty() || to != normal(&contact.phone_number) {
            return Err(Error::WrongReceiver);
        }
        if !talk.window_open(moment.now) {
            return Err(Error::WindowClosed);
        }
        refuse_fated(&to)?;
        let talk = talk.id.clone();
        let sender = self.as_api(business);
        let mut message = self.blank(&talk, sender, &outgoing.message, moment);
        let file = outgoing.file_url.filter(|url| !url.is_empty());
        let kind = outgoing.media_type.as_deref().unwrap_or("text");
        message.media_type = match (kind, &file) {
            ("text", Some(url)) => medium(url).to_owned(),
            (kind, _) => kind.to_owned(),
        };
        match kind {
            "location" => message.location = outgoing.location,
            "list" | "button" | "cta_url" => {
                let header = outgoing.header.unwrap_or_default();
                let mut interactive = json!({"type": kind, "header": header});
                if let (Some(footer), Some(members)) =
                    (outgoing.footer, interactive.as_object_mut())
                {
                    members.insert("footer".to_owned(), Value::String(footer));
                }
                message.interactive = Some(interactive);
                message.action = outgoing.action;
            }
            _ => {}
        }
        message.media_url = file;
        let row = message.row(false);
        self.dispatch(message, &to, moment);
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::medium;

    #[test]
    fn a_file_is_what_its_name_ends_in() {
        assert_eq!(
            medium("https://files.example/a.b/foto.JPG?x=1.pdf"),
            "image"
        );
        assert_eq!(medium("https://files.example/film.mp4"), "video");
        assert_eq!(medium("https://files.example/katalog.pdf"), "document");
        assert_eq!(medium("https://files.example/suara.ogg"), "audio");
        assert_eq!(medium("https://files.example/nothing"), "document");
    }
}
