//! Incoming: what clients write, and what it does to them and to what they answer.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::clients::{WINDOW, digits};
use super::content::{Content, Context, MediaType, Message, Status};
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;
use crate::vendors::heltar::happenings::Happening;
use crate::vendors::heltar::state::{Heltar, Instant};
use crate::vendors::heltar::webhooks::Webhook;

/// How long after a file came in it can be fetched.
const MEDIA_READY: Duration = Duration::from_secs(3);

/// How far back an answer looks for the template it answers.
const LOOK_BACK: usize = 100;

/// What a client can write.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Incoming {
    /// A text.
    Text {
        /// The text.
        body: String,
    },
    /// A tap on a template's quick reply.
    Button {
        /// The label.
        text: String,
        /// What it means; the label when absent.
        #[serde(default)]
        payload: Option<String>,
    },
    /// A tap on a button.
    ButtonReply {
        /// The button's id.
        id: String,
        /// Its label.
        title: String,
    },
    /// A choice from a list.
    ListReply {
        /// The row's id.
        id: String,
        /// Its title.
        title: String,
        /// What stands below the title.
        #[serde(default)]
        description: Option<String>,
    },
    /// A flow filled in.
    FlowReply {
        /// What was filled in, as JSON.
        response: Value,
    },
    /// A picture.
    Image(File),
    /// A film.
    Video(File),
    /// Sound.
    Audio(File),
    /// A document.
    Document(File),
    /// A sticker.
    Sticker(File),
    /// A place.
    Location {
        /// North of the equator.
        latitude: f64,
        /// East of Greenwich.
        longitude: f64,
        /// What it is called.
        #[serde(default)]
        name: Option<String>,
        /// Where it is.
        #[serde(default)]
        address: Option<String>,
    },
    /// People.
    Contacts {
        /// As Meta describes them.
        contacts: Vec<Value>,
    },
}

/// A file that a client sends.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its content type; a common one when absent.
    #[serde(default)]
    pub mime_type: Option<String>,
    /// What stands below it.
    #[serde(default)]
    pub caption: Option<String>,
    /// Its name, for a document.
    #[serde(default)]
    pub filename: Option<String>,
}

impl Heltar {
    /// A client writes: the window opens, the chat too.
    pub fn hear(
        &mut self,
        from: &str,
        name: Option<String>,
        context: Option<String>,
        says: Incoming,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let number =
            digits(from).ok_or_else(|| Impossible(format!("{from} is no phone number")))?;
        if self
            .clients
            .get(&number)
            .is_some_and(|client| client.is_blocked)
        {
            return Err(Impossible(format!(
                "{number} is blocked: WhatsApp lets nothing through"
            )));
        }
        let answered = match context {
            None => None,
            Some(id) => Some(
                self.message_by_any_id(&id)
                    .ok_or_else(|| Impossible(format!("no message {id}")))?
                    .clone(),
            ),
        };
        let is_new = !self.clients.contains(&number);
        self.client_or_new(&number, moment);
        let now = Instant::new(moment.now);
        let (content, payload) = self.received(&says, moment);
        let message = Message {
            id: moment.ids.uuid().to_string(),
            wamid: moment.ids.inbound_wamid(&number),
            client_wa_number: number.clone(),
            timestamp: now,
            status: Status::Received,
            status_time: BTreeMap::new(),
            context: answered.as_ref().map(|one| Context {
                id: one.id.clone(),
                wamid: one.wamid.clone(),
            }),
            content,
            campaign_id: None,
            hemid: None,
            custom_field: None,
        };
        let wish = self.wish(&message);
        self.note_latest(&message, |client| {
            client.unread_messages += 1;
            client.is_open = true;
            client.conversation_expire = now.plus(WINDOW);
            client.opted_in = wish.unwrap_or(client.opted_in);
            if let Some(name) = name.filter(|_| is_new) {
                client.username = name;
            }
        });
        self.answer_template(&number, answered.as_ref(), &message.content, moment);
        if matches!(message.content, Content::Media { .. }) {
            moment.plan(
                MEDIA_READY,
                Happening::MediaReady {
                    message: message.id.clone(),
                },
            );
        }
        let username = self
            .clients
            .get(&number)
            .map(|client| client.username.clone())
            .unwrap_or_default();
        moment.announce(Webhook::message(
            &self.business,
            &message,
            &username,
            payload,
        ));
        self.messages.put(message);
        Ok(())
    }

    /// Whether a text says that its writer wants messages, or wants none.
    fn wish(&self, message: &Message) -> Option<bool> {
        let Content::Text { body } = &message.content else {
            return None;
        };
        let said = |words: &[String]| {
            words
                .iter()
                .any(|word| word.eq_ignore_ascii_case(body.trim()))
        };
        let settings = &self.business.settings;
        if said(&settings.opt_out_words) {
            Some(false)
        } else if said(&settings.opt_in_words) {
            Some(true)
        } else {
            None
        }
    }

    /// Marks the template that was answered or tapped: the one named, or the last one sent to this client.
    fn answer_template(
        &mut self,
        number: &str,
        answered: Option<&Message>,
        content: &Content,
        moment: &mut Moment<'_, Self>,
    ) {
        let is_template = |message: &&Message| {
            matches!(message.content, Content::Template { .. })
                && message.status > Status::Waiting
                && message.status != Status::Failed
        };
        let last = || {
            self.messages
                .by("client", number)
                .rev()
                .take(LOOK_BACK)
                .find(is_template)
                .cloned()
        };
        let Some(template) = answered.filter(is_template).cloned().or_else(last) else {
            return;
        };
        // Who answers has read.
        if template.status < Status::Read
            && self
                .progress(&template.id, Status::Read, None, moment)
                .is_err()
        {
            return;
        }
        let Some(template) = self.messages.get(&template.id).cloned() else {
            return;
        };
        let now = Instant::new(moment.now);
        let tapped = matches!(content, Content::Button { .. });
        let to = match (template.status, tapped) {
            (Status::ClickedResponded, _) => return,
            (Status::Clicked, false) | (Status::Responded, true) => Status::ClickedResponded,
            (Status::Clicked, true) | (Status::Responded, false) => return,
            (_, true) => Status::Clicked,
            (_, false) => Status::Responded,
        };
        self.messages.update(&template.id, |message| {
            message.status = to;
            message.status_time.insert(to, now);
        });
        let from = template.status;
        self.count_in_campaign(
            &Message {
                status: to,
                ..template
            },
            from,
        );
    }

    /// What is kept of a client's message, and what Meta's webhook says of it.
    fn received(&self, says: &Incoming, moment: &mut Moment<'_, Self>) -> (Content, Value) {
        let reply = |title: &str, interactive: Value| Content::Interactive {
            body: Some(title.to_owned()),
            interactive,
        };
        match says {
            Incoming::Text { body } => (
                Content::Text { body: body.clone() },
                json!({"type": "text", "text": {"body": body}}),
            ),
            Incoming::Button { text, payload } => {
                let payload = payload.as_ref().unwrap_or(text).clone();
                let told = json!({"type": "button", "button": {"text": text, "payload": payload}});
                (
                    Content::Button {
                        text: text.clone(),
                        payload,
                    },
                    told,
                )
            }
            Incoming::ButtonReply { id, title } => {
                let interactive =
                    json!({"type": "button_reply", "button_reply": {"id": id, "title": title}});
                (
                    reply(title, interactive.clone()),
                    json!({"type": "interactive", "interactive": interactive}),
                )
            }
            Incoming::ListReply {
                id,
                title,
                description,
            } => {
                let mut row = json!({"id": id, "title": title});
                if let Some(description) = description {
                    row["description"] = description.clone().into();
                }
                let interactive = json!({"type": "list_reply", "list_reply": row});
                (
                    reply(title, interactive.clone()),
                    json!({"type": "interactive", "interactive": interactive}),
                )
            }
            Incoming::FlowReply { response } => {
                let filled =
                    json!({"name": "flow", "body": "Sent", "response_json": response.to_string()});
                let interactive = json!({"type": "nfm_reply", "nfm_reply": filled});
                (
                    reply("Sent", interactive.clone()),
                    json!({"type": "interactive", "interactive": interactive}),
                )
            }
            Incoming::Image(file) => {
                received_file(MediaType::Image, "image", "image/jpeg", file, moment)
            }
            Incoming::Video(file) => {
                received_file(MediaType::Video, "video", "video/mp4", file, moment)
            }
            Incoming::Audio(file) => received_file(
                MediaType::Audio,
                "audio",
                "audio/ogg; codecs=opus",
                file,
                moment,
            ),
            Incoming::Document(file) => received_file(
                MediaType::Document,
                "document",
                "application/pdf",
                file,
                moment,
            ),
            Incoming::Sticker(file) => {
                received_file(MediaType::Sticker, "sticker", "image/webp", file, moment)
            }
            Incoming::Location {
                latitude,
                longitude,
                name,
                address,
            } => {
                let mut location = json!({"latitude": latitude, "longitude": longitude});
                if let Some(name) = name {
                    location["name"] = name.clone().into();
                }
                if let Some(address) = address {
                    location["address"] = address.clone().into();
                }
                (
                    Content::Location {
                        location: location.clone(),
                    },
                    json!({"type": "location", "location": location}),
                )
            }
            Incoming::Contacts { contacts } => (
                Content::Contacts {
                    contacts: contacts.clone(),
                },
                json!({"type": "contacts", "contacts": contacts}),
            ),
        }
    }

    /// A client's file gets the address it can be fetched from.
    pub fn media_ready(
        &mut self,
        id: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let message = self
            .message_by_any_id(id)
            .ok_or_else(|| Impossible(format!("no message {id}")))?;
        let (
            Status::Received,
            Content::Media {
                aws_link: None,
                name,
                ..
            },
        ) = (message.status, &message.content)
        else {
            return Err(Impossible(format!("message {id} waits for no file")));
        };
        let key = format!(
            "{}{}",
            moment.ids.nanoid(21),
            name.as_deref().unwrap_or("file")
        );
        let (id, link) = (message.id.clone(), format!("{}/{key}", moment.base_url));
        self.messages.update(&id, |message| {
            if let Content::Media { aws_link, .. } = &mut message.content {
                *aws_link = Some(link);
            }
        });
        Ok(())
    }
}

fn received_file(
    media_type: MediaType,
    kind: &'static str,
    usual: &str,
    file: &File,
    moment: &mut Moment<'_, Heltar>,
) -> (Content, Value) {
    let mime_type = file.mime_type.clone().unwrap_or_else(|| usual.to_owned());
    let id = moment.ids.digits(16);
    let hash = moment.ids.nanoid(43);
    let mut told = json!({
        "id": id,
        "mime_type": mime_type,
        "sha256": format!("{hash}="),
        "url": format!("https://lookaside.example/whatsapp/{id}"),
    });
    if let Some(caption) = &file.caption {
        told["caption"] = caption.clone().into();
    }
    if let Some(filename) = file
        .filename
        .as_ref()
        .filter(|_| media_type == MediaType::Document)
    {
        told["filename"] = filename.clone().into();
    }
    if media_type == MediaType::Sticker {
        told["animated"] = false.into();
    }
    let content = Content::Media {
        media_type,
        size: None,
        mime_type: Some(mime_type),
        aws_link: None,
        name: file.filename.clone(),
        caption: file.caption.clone(),
    };
    (content, json!({"type": kind, kind: told}))
}
