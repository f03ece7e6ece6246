//! What customers and agents write without the API.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Message, Source, Status, Written};
use crate::kernel::moment::Moment;
use crate::kernel::text::digits;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::happenings::whatsapp::Happening;
use crate::vendors::myoperator::resources::contacts::Origin;
use crate::vendors::myoperator::resources::conversations::Customer;
use crate::vendors::myoperator::resources::phonenumbers::PhoneNumber;
use crate::vendors::myoperator::state::{Instant, MyOperator};
use crate::vendors::myoperator::webhooks::whatsapp::News;

/// What a customer writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Said {
    /// A text.
    Text {
        /// The text.
        body: String,
    },
    /// A picture.
    Image(File),
    /// A voice or a sound.
    Audio(File),
    /// A film.
    Video(File),
    /// A paper.
    Document(File),
}

/// A file that a customer sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What kind of file; the usual one of its class when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// What is written under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

impl Said {
    /// Kind and context as webhooks have them. A file has no link yet: the vendor's own copy comes later.
    fn told(&self, media: &str) -> (&'static str, Map<String, Value>) {
        let (kind, usual, file) = match self {
            Self::Text { body } => {
                return ("text", Map::from_iter([("body".to_owned(), json!(body))]));
            }
            Self::Image(file) => ("image", "image/jpeg", file),
            Self::Audio(file) => ("audio", "audio/ogg", file),
            Self::Video(file) => ("video", "video/mp4", file),
            Self::Document(file) => ("document", "application/pdf", file),
        };
        let url = format!("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid={media}");
        let mut context = Map::new();
        context.insert("link".to_owned(), json!(""));
        context.insert("url".to_owned(), json!(url));
        context.insert(
            "mime_type".to_owned(),
            json!(file.mime_type.as_deref().unwrap_or(usual)),
        );
        for (name, value) in [("caption", &file.caption), ("filename", &file.filename)] {
            if let Some(value) = value {
                context.insert(name.to_owned(), json!(value));
            }
        }
        (kind, context)
    }
}

/// Where the vendor keeps its copies.
const COPIES: &str = "https://myop-chat-media.example.com/media";

impl MyOperator {
    /// The number that a happening is about: the one it names, else the first that is connected.
    pub(crate) fn number_for(&self, named: Option<&str>) -> Result<PhoneNumber, Impossible> {
        let known = match named {
            Some(id) => {
                let own = self.phone_numbers.get(id);
                own.or_else(|| self.phone_numbers.by("meta", id).next())
            }
            None => {
                let mut all = self.phone_numbers.iter();
                all.find(|number| number.phone_number_status == "connected")
            }
        };
        let why = || {
            Impossible(format!(
                "no phone number {}",
                named.unwrap_or("is connected")
            ))
        };
        known.cloned().ok_or_else(why)
    }

    /// A customer writes to a number.
    ///
    /// # Errors
    /// When there is no such number, or the customer has none.
    pub fn hear(
        &mut self,
        to: Option<&str>,
        from: &str,
        name: Option<&str>,
        says: &Said,
        reply_to: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let number = self.number_for(to)?;
        let from = digits(from);
        if from.len() < 7 {
            return Err(Impossible(format!(
                "{from:?} is no number with country code"
            )));
        }
        let customer: Customer = self.split(&number, &from);
        let conversation = self.converse(&number, &customer, moment);
        self.introduce(&conversation, name, Origin::WabaMessage, moment);
        let media = moment.ids.digits(16);
        let (kind, context) = says.told(&media);
        let now = Instant::new(moment.now);
        let message = Message {
            id: moment.ids.uuid().to_string(),
            company_id: number.company_id.clone(),
            conversation_id: conversation.id.clone(),
            phone_number_id: number.phone_number_id.clone(),
            message_by: None,
            status: Status::Received,
            reply_to,
            kind: kind.to_owned(),
            context,
            waba_msg_id: Some(moment.ids.inbound_wamid(&from)),
            myop_ref_id: None,
            errors: None,
            source: Source::LiveChat,
            campaign: None,
            opened: Vec::new(),
            created: now,
            modified: now,
            sent: None,
            delivered: None,
            read: None,
        };
        let message = self.messages.put(message).clone();
        self.count_reply(&message, moment);
        self.note_incoming(&conversation.id, moment);
        self.tell_received(&message, moment);
        if message.context.contains_key("link") {
            let after = Duration::from_millis(self.settings.whatsapp.copied_after);
            moment.plan(
                after,
                Happening::MediaCopied {
                    message: message.id,
                }
                .into(),
            );
        }
        Ok(())
    }

    /// The vendor has its own copy of a customer's file, and tells of the message again.
    ///
    /// # Errors
    /// When the message is none of a customer's with a file, or the copy was made.
    pub fn copy_media(
        &mut self,
        id: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let message = self.known_message(id)?.clone();
        if !message.is_incoming() || message.context.get("link") != Some(&json!("")) {
            return Err(Impossible(format!(
                "message {id} has no file that waits to be copied"
            )));
        }
        let kind = message.context["mime_type"].as_str().unwrap_or_default();
        let extension = match kind.rsplit('/').next().unwrap_or_default() {
            "jpeg" => "jpg",
            "mpeg" => "mp3",
            other => other,
        };
        let link = format!("{COPIES}/{}.{extension}", message.id);
        let key = message.id.clone();
        self.messages.update(&key, |message| {
            message.context.insert("link".to_owned(), json!(link));
        });
        let message = self.known_message(&key)?.clone();
        self.tell_received(&message, moment);
        Ok(())
    }

    /// An agent writes in the vendor's live chat.
    ///
    /// # Errors
    /// When there is no such conversation or agent, or nothing is paid for.
    pub fn agent_writes(
        &mut self,
        conversation: &str,
        agent: Option<&str>,
        text: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let known = self.conversations.get(conversation).cloned();
        let known = known.ok_or_else(|| Impossible(format!("no conversation {conversation}")))?;
        let agent = agent
            .map(str::to_owned)
            .or_else(|| known.assigned_to.clone());
        let agent = agent.or_else(|| self.first_user(&known.company_id));
        let user = agent.as_deref().and_then(|agent| self.users.get(agent));
        if user.is_none_or(|user| user.company_id != known.company_id) {
            return Err(Impossible("no such agent".to_owned()));
        }
        let number = self.number_for(Some(&known.phone_number_id))?;
        self.pay(&known.company_id)
            .map_err(|error| Impossible(error.to_string()))?;
        self.conversations
            .update(conversation, |one| one.unread_count = 0);
        let reference = moment.ids.uuid().to_string();
        let written = Written {
            number: &number,
            customer: Customer {
                country_code: known.customer_country_code,
                contact: known.customer_contact,
            },
            by: agent,
            kind: "text".to_owned(),
            context: Map::from_iter([
                ("body".to_owned(), json!(text)),
                ("preview_url".to_owned(), json!(false)),
            ]),
            reply_to: None,
            // Live chat names its messages itself.
            myop_ref_id: Some(reference),
            source: Source::LiveChat,
            campaign: None,
        };
        self.write_message(written, moment);
        Ok(())
    }

    fn tell_received(&self, message: &Message, moment: &mut Moment<'_, Self>) {
        if let Some(conversation) = self.conversation_now(&message.conversation_id) {
            let message = message.clone();
            self.tell_news(
                News::Message {
                    message,
                    conversation,
                },
                moment,
            );
        }
    }
}
