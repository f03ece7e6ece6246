//! What occurs at HeltarChat without a call: a message comes further, a client writes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::Upstream;
use super::resources::clients::{WINDOW, digits};
use super::resources::messages::{Content, Context, MediaType, Message, Status};
use super::state::{Heltar, Instant};
use super::webhooks::Webhook;
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;

/// How long after a file came in it can be fetched.
const MEDIA_READY: Duration = Duration::from_secs(3);

/// How far back an answer looks for the template it answers.
const LOOK_BACK: usize = 100;

/// What the world does to a HeltarChat business. Messages are named by either of their ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {
    /// A message left for WhatsApp.
    Sent {
        /// Which.
        message: String,
    },
    /// A message reached the phone.
    Delivered {
        /// Which.
        message: String,
    },
    /// A message was seen.
    Read {
        /// Which.
        message: String,
    },
    /// A message will never arrive.
    Failed {
        /// Which.
        message: String,
        /// Why.
        error: Upstream,
    },
    /// A client wrote.
    ClientWrites {
        /// Their number.
        from: String,
        /// What they call themselves, when they are new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The message they answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        context: Option<String>,
        /// What they wrote.
        says: Incoming,
    },
    /// A file that a client sent can be fetched.
    MediaReady {
        /// Which message.
        message: String,
    },
    /// The business blocked a client.
    ClientBlocked {
        /// Their number.
        client: String,
    },
    /// The business let a client in again.
    ClientUnblocked {
        /// Their number.
        client: String,
    },
}

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
    /// Lets something happen.
    ///
    /// # Errors
    /// When it cannot: the message is unknown or already further.
    pub fn let_happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::Sent { message } => self.progress(&message, Status::Sent, None, moment),
            Happening::Delivered { message } => {
                self.progress(&message, Status::Delivered, None, moment)
            }
            Happening::Read { message } => self.progress(&message, Status::Read, None, moment),
            Happening::Failed { message, error } => {
                self.progress(&message, Status::Failed, Some(error), moment)
            }
            Happening::ClientWrites {
                from,
                name,
                context,
                says,
            } => self.hear(&from, name, context, says, moment),
            Happening::MediaReady { message } => self.media_ready(&message, moment),
            Happening::ClientBlocked { client } => self.block(&client, true),
            Happening::ClientUnblocked { client } => self.block(&client, false),
        }
    }

    /// Moves a message on, never back, and tells the world.
    fn progress(
        &mut self,
        id: &str,
        to: Status,
        error: Option<Upstream>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let before = self
            .message_by_any_id(id)
            .ok_or_else(|| Impossible(format!("no message {id}")))?
            .clone();
        if before.status == Status::Received {
            return Err(Impossible(format!("message {id} came from the client")));
        }
        let fails_late = to == Status::Failed && before.status > Status::Sent;
        if before.status >= to || before.status == Status::Failed || fails_late {
            return Err(Impossible(format!(
                "message {id} is already {}",
                name_of(before.status)
            )));
        }
        let now = Instant::new(moment.now);
        self.messages.update(&before.id, |message| {
            message.status = to;
            message.status_time.insert(to, now);
        });
        let message = Message {
            status: to,
            ..before.clone()
        };
        self.count_in_campaign(&message, before.status);
        self.announce_status(&message, now, error, moment);
        Ok(())
    }

    fn announce_status(
        &self,
        message: &Message,
        now: Instant,
        error: Option<Upstream>,
        moment: &mut Moment<'_, Self>,
    ) {
        moment.announce(Webhook::status(&self.business, message, now, error));
        if let Some(custom_field) = &message.custom_field {
            moment.announce(Webhook::status_with(
                &self.business,
                message,
                now,
                error,
                custom_field.clone(),
            ));
        }
    }

    /// A client writes: the window opens, the chat too.
    fn hear(
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
        self.answer_template(&number, answered.as_ref(), &message.content, now);
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
        now: Instant,
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
    fn media_ready(&mut self, id: &str, moment: &mut Moment<'_, Self>) -> Result<(), Impossible> {
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

    fn block(&mut self, client: &str, is_blocked: bool) -> Result<(), Impossible> {
        let number = self
            .client(client)
            .map_err(|error| Impossible(error.to_string()))?
            .client_wa_number
            .clone();
        self.clients
            .update(&number, |client| client.is_blocked = is_blocked);
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

fn name_of(status: Status) -> String {
    serde_json::to_value(status)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}
