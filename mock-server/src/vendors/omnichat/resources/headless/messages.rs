//! Messages past the inbox: what Meta takes is sent, and nothing of it is kept in the history.

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::rules;
use crate::kernel::extract::{Body, Path, Request};
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::{Fate, fate_of};
use crate::kernel::store::Store;
use crate::kernel::text::digits;
use crate::vendors::omnichat::error::{Error, MetaError};
use crate::vendors::omnichat::resources::Platform;
use crate::vendors::omnichat::resources::messages::{Kind, Message, Sender, Source, Status};
use crate::vendors::omnichat::resources::whatsapp_templates::{Category, Review};
use crate::vendors::omnichat::state::Omnichat;

/// From which number.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct From {
    business_phone_number: String,
}

/// A message as Meta takes it.
#[derive(Clone, Debug, Deserialize)]
pub struct Outgoing {
    to: Option<String>,
    recipient: Option<String>,
    r#type: Option<String>,
    context: Option<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// What Meta answers.
#[derive(Clone, Debug, Serialize)]
pub struct Accepted {
    messaging_product: &'static str,
    contacts: [Addressee; 1],
    messages: [Id; 1],
}

/// To whom a message goes.
#[derive(Clone, Debug, Serialize)]
struct Addressee {
    input: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    wa_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
}

/// A message's id, of which later webhooks speak.
#[derive(Clone, Debug, Serialize)]
struct Id {
    id: String,
}

impl Accepted {
    /// The id of what was sent.
    #[must_use]
    pub fn id(&self) -> &str {
        let [Id { id }] = &self.messages;
        id
    }
}

/// `POST /v1/whatsapp/headless-api/{business-phone-number}/messages` — sends what Meta takes.
pub async fn send(
    store: Store<Omnichat>,
    Path(from): Path<From>,
    Body(outgoing): Body<Outgoing>,
    Request(call): Request,
) -> Result<impl IntoResponse, Error> {
    let number = &from.business_phone_number;
    let accepted =
        store.try_write(|omnichat, moment| omnichat.send_headless(number, outgoing, moment));
    accepted.map(Json).map_err(|error| error.at(&call))
}

impl Outgoing {
    fn kind(&self) -> &str {
        self.r#type.as_deref().unwrap_or("text")
    }

    fn content(&self) -> &Value {
        self.rest.get(self.kind()).unwrap_or(&Value::Null)
    }

    /// The message object as the customer's phone gets it.
    fn into_message(mut self) -> Value {
        let kind = self.kind().to_owned();
        let content = self.rest.remove(&kind).unwrap_or_default();
        let mut message = json!({"type": kind, kind: content});
        if let Some(context) = self.context {
            message["context"] = context;
        }
        message
    }
}

impl Omnichat {
    /// Takes a message for a user of WhatsApp if Meta would; what becomes of it, webhooks tell.
    ///
    /// # Errors
    /// When the team has no such number, or Meta refuses.
    pub fn send_headless(
        &mut self,
        number: &str,
        outgoing: Outgoing,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Accepted, Error> {
        let number = digits(number);
        let channel = self.channel(Platform::Whatsapp, &number)?;
        let registered = channel.whatsapp.as_ref().is_some_and(|one| one.registered);
        if !registered {
            return Err(MetaError::NotRegistered.into());
        }
        let phone = outgoing.to.as_deref().map(digits);
        match phone.as_deref().and_then(fate_of) {
            Some(Fate::TooMany) => return Err(MetaError::PairLimit.into()),
            Some(Fate::ServerError) => return Err(MetaError::SomethingWrong.into()),
            _ => {}
        }
        if phone.as_deref() == Some(number.as_str()) {
            return Err(MetaError::RecipientIsSender.into());
        }
        rules::judge(outgoing.kind(), outgoing.content())?;
        let category = self.category(&number, &outgoing)?;
        let by_user_id = phone.is_none();
        if by_user_id && category == Some(Category::Authentication) {
            return Err(MetaError::RecipientNotAllowed.into());
        }
        let peer = match (&phone, &outgoing.recipient) {
            (Some(phone), _) => phone.clone(),
            (None, Some(user_id)) => {
                let known = self.contact_by_bsuid(&number, user_id);
                known.map_or_else(|| user_id.clone(), |contact| contact.user_id.clone())
            }
            (None, None) => return Err(MetaError::ParameterMissing("to".to_owned()).into()),
        };
        let id = moment.ids.wamid(&peer);
        let contacts = [Addressee {
            input: outgoing
                .to
                .clone()
                .or_else(|| outgoing.recipient.clone())
                .unwrap_or_default(),
            wa_id: phone,
            user_id: outgoing.recipient.clone(),
        }];
        let (kind, words, media_url) = shown(outgoing.kind(), outgoing.content());
        let message = Message {
            id: id.clone(),
            platform: Platform::Whatsapp,
            channel_id: number,
            user_id: peer,
            time: moment.now,
            sender: Sender::Bot,
            kind,
            status: Status::Accepted,
            message: words,
            media_url,
            source: Source::Headless,
            track_id: None,
            broadcast: None,
            error: None,
            content: Some(outgoing.into_message()),
            category,
            conversation: None,
            by_user_id,
            tracking: None,
        };
        self.record_message(message);
        self.send_off(&id, moment);
        Ok(Accepted {
            messaging_product: "whatsapp",
            contacts,
            messages: [Id { id }],
        })
    }

    /// The category of the template that is sent, if one is, and if it is filled as it must be.
    fn category(&self, number: &str, outgoing: &Outgoing) -> Result<Option<Category>, MetaError> {
        if outgoing.kind() != "template" {
            return Ok(None);
        }
        let content = outgoing.content();
        let name = content["name"].as_str().unwrap_or_default();
        let language = content["language"]["code"].as_str().unwrap_or_default();
        let missing = || MetaError::TemplateMissing {
            name: name.to_owned(),
            language: language.to_owned(),
        };
        let template = self.whatsapp_template(number, name, Some(language));
        let template = template.ok_or_else(missing)?;
        match template.status {
            Review::Approved => {}
            Review::Paused => return Err(MetaError::TemplatePaused),
            Review::Disabled => return Err(MetaError::TemplateDisabled),
            Review::Pending | Review::Rejected => return Err(missing()),
        }
        let given = content["components"].as_array().map(Vec::as_slice);
        template.check(given.unwrap_or_default())?;
        Ok(Some(template.category))
    }
}

/// How a message would look in the history: its kind, its words, its file.
fn shown(kind: &str, content: &Value) -> (Kind, Option<String>, Option<String>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let file = |kind: Kind| (kind, text(&content["caption"]), text(&content["link"]));
    match kind {
        "text" => (Kind::Text, text(&content["body"]), None),
        "image" | "sticker" => file(Kind::Photo),
        "audio" => file(Kind::Audio),
        "video" => file(Kind::Video),
        "document" => file(Kind::Document),
        "reaction" => (Kind::Text, text(&content["emoji"]), None),
        "location" => (Kind::Text, text(&content["name"]), None),
        "contacts" => (
            Kind::Text,
            text(&content[0]["name"]["formatted_name"]),
            None,
        ),
        _ => (Kind::Chatbot, text(&content["body"]["text"]), None),
    }
}
