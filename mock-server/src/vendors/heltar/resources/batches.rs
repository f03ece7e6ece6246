//! Batches: messages on their way out, judged one by one.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clients::{Client, Latest, WINDOW, digits};
use super::content::{Content, Context, MediaType, Message, Shown, Status, View};
use super::interactive;
use super::meta::{Fault, Upstream};
use super::placeholders::{Variable, components};
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::{Fate, fate_of};
use crate::vendors::heltar::error::Error;
use crate::vendors::heltar::happenings::Happening;
use crate::vendors::heltar::state::{Heltar, Instant};
use crate::vendors::heltar::webhooks::CUSTOM;

/// How long after its acceptance a message is sent, delivered and read, or fails.
const SENT: Duration = Duration::from_secs(1);
const DELIVERED: Duration = Duration::from_secs(2);
const READ: Duration = Duration::from_secs(5);

/// What `messages.send` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    messages: Vec<Value>,
    campaign_id: Option<String>,
    /// Whether it jumps the queue.
    #[serde(skip)]
    pub priority: bool,
}

/// What became of each message of a request, by its place there.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    success: BTreeMap<usize, Scheduled>,
    fail: BTreeMap<usize, Failure>,
}

/// A message that was accepted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scheduled {
    message: Shown,
    client_wa_number: String,
}

/// A message that was not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    client_wa_number: String,
    error_code: u16,
    error_data: Fault,
    message: Value,
}

impl Outcome {
    /// Keeps what became of the message at `index`.
    pub fn record(
        &mut self,
        index: usize,
        number: &str,
        value: Value,
        result: Result<Shown, Fault>,
    ) {
        let client_wa_number = number.to_owned();
        match result {
            Ok(message) => {
                self.success.insert(
                    index,
                    Scheduled {
                        message,
                        client_wa_number,
                    },
                );
            }
            Err(fault) => {
                let failure = Failure {
                    client_wa_number,
                    error_code: fault.code(),
                    error_data: fault,
                    message: value,
                };
                self.fail.insert(index, failure);
            }
        }
    }

    /// How many messages were accepted, and how many were not.
    pub fn counts(&self) -> (usize, usize) {
        (self.success.len(), self.fail.len())
    }

    /// The code that most failures have; the higher one among equals.
    pub fn commonest_code(&self) -> StatusCode {
        let mut counts = BTreeMap::<u16, usize>::new();
        for failure in self.fail.values() {
            *counts.entry(failure.error_code).or_default() += 1;
        }
        let commonest = counts
            .into_iter()
            .max_by_key(|(_, count)| *count)
            .map_or(500, |(code, _)| code);
        StatusCode::from_u16(commonest).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What all kinds of messages to send have.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    client_wa_number: String,
    context_id: Option<String>,
    ref_id: Option<String>,
    integrations: Option<Vec<Integration>>,
}

/// What travels along with a message's webhooks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    name: String,
    custom_field: Option<Value>,
}

/// What is to be sent, by kind.
#[derive(Debug, Deserialize)]
#[serde(
    tag = "messageType",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
enum Draft {
    Text {
        message: String,
    },
    Media {
        media_type: MediaType,
        url: String,
        name: String,
        mime_type: String,
        size: Option<u64>,
        caption: Option<String>,
    },
    Location {
        location: Value,
    },
    Contacts {
        contacts: Vec<Value>,
    },
    Interactive {
        interactive: Value,
    },
    Template(TemplateDraft),
}

/// A template to be filled and sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateDraft {
    /// Its name.
    pub template_name: String,
    /// Its language.
    pub language_code: String,
    /// What fills its places.
    pub variables: Option<Vec<Variable>>,
    /// What the vendor shows instead of Meta's text.
    pub template_content: Option<String>,
}

/// A message to send, understood.
struct Outgoing {
    number: String,
    context: Option<Context>,
    ref_id: Option<String>,
    custom_field: Option<Value>,
    draft: Draft,
}

/// What comes along with a message to send.
#[derive(Default)]
pub struct Belongings {
    /// The message it answers.
    pub context: Option<Context>,
    /// The campaign it belongs to.
    pub campaign_id: Option<String>,
    /// What its webhooks carry for the caller.
    pub custom_field: Option<Value>,
    /// Whether it waits in the queue first.
    pub queued: bool,
}

/// What the caller wants to find in a message's webhooks.
pub fn custom_field(integrations: Option<Vec<Integration>>) -> Option<Value> {
    let mut integrations = integrations.unwrap_or_default().into_iter();
    integrations
        .find(|one| one.name == CUSTOM)
        .and_then(|one| one.custom_field)
}

/// A number, unless its published fate is that the request itself is refused.
///
/// # Errors
/// With that refusal.
pub fn takes_requests(number: String) -> Result<String, Error> {
    match fate_of(&number) {
        Some(Fate::TooMany) => Err(Error::TooMany),
        Some(Fate::ServerError) => Err(Error::Broken),
        _ => Ok(number),
    }
}

impl Heltar {
    /// Sends each message on its own; a request that is wrong as a whole sends none.
    ///
    /// # Errors
    /// When a message cannot be understood, or its client wants none.
    pub fn send_messages(
        &mut self,
        batch: Batch,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Outcome, Error> {
        let understood = batch.messages.iter().map(|value| self.understand(value));
        let understood: Vec<_> = understood.collect::<Result<_, _>>()?;
        let mut outcome = Outcome::default();
        for (index, (outgoing, value)) in understood.into_iter().zip(batch.messages).enumerate() {
            let number = outgoing.number.clone();
            let queued = self.business.settings.asynchronous && !batch.priority;
            let campaign_id = batch.campaign_id.clone();
            let result = self.send_message(outgoing, campaign_id, queued, moment);
            outcome.record(index, &number, value, result);
        }
        Ok(outcome)
    }

    fn understand(&self, value: &Value) -> Result<Outgoing, Error> {
        let malformed = |error: serde_json::Error| Error::Malformed(error.to_string());
        let address = Address::deserialize(value).map_err(malformed)?;
        let draft = Draft::deserialize(value).map_err(malformed)?;
        let number =
            digits(&address.client_wa_number).ok_or(Error::NoNumber(address.client_wa_number))?;
        let number = takes_requests(number)?;
        let context = match address.context_id.filter(|id| !id.is_empty()) {
            Some(id) => {
                let answered = self.message_by_any_id(&id).ok_or(Error::UnknownContext)?;
                Some(Context {
                    id: answered.id.clone(),
                    wamid: answered.wamid.clone(),
                })
            }
            None => None,
        };
        if !matches!(draft, Draft::Template(_)) {
            // Free-form messages to these clients refuse the whole request; templates only themselves.
            self.may_hear(&number)?;
        }
        let custom_field = custom_field(address.integrations);
        Ok(Outgoing {
            number,
            context,
            ref_id: address.ref_id,
            custom_field,
            draft,
        })
    }

    fn may_hear(&self, number: &str) -> Result<(), Error> {
        match self.clients.get(number) {
            Some(client) if client.is_blocked => Err(Error::Blocked),
            Some(client) if !client.opted_in => Err(Error::NotOptedIn),
            _ => Ok(()),
        }
    }

    fn send_message(
        &mut self,
        outgoing: Outgoing,
        campaign_id: Option<String>,
        queued: bool,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Shown, Fault> {
        let Outgoing {
            number,
            context,
            ref_id,
            custom_field,
            draft,
        } = outgoing;
        if let Draft::Template(draft) = draft {
            let belongings = Belongings {
                context,
                campaign_id,
                custom_field,
                queued,
            };
            let message = self.send_template(&number, draft, belongings, moment)?;
            return Ok(self.shown(message, View::Sent { ref_id }));
        }
        let content = self.compose(draft)?;
        let belongings = Belongings {
            context,
            campaign_id,
            custom_field,
            queued,
        };
        let message = self.keep_sent(&number, content, belongings, moment);
        Ok(self.shown(message, View::Sent { ref_id }))
    }

    /// Fills and sends a template; to a client who wants none it is kept as failed.
    ///
    /// # Errors
    /// When the template cannot be sent or filled, or the client wants nothing.
    pub fn send_template(
        &mut self,
        number: &str,
        draft: TemplateDraft,
        belongings: Belongings,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Message, Fault> {
        let content = self.fill_template(draft)?;
        if let Err(refused) = self.may_hear(number) {
            let mut message = self.new_message(number, content, moment);
            message.campaign_id = belongings.campaign_id;
            message.status = Status::Failed;
            message
                .status_time
                .insert(Status::Failed, message.timestamp);
            self.messages.put(message);
            return Err(Fault::Local(refused.to_string()));
        }
        Ok(self.keep_sent(number, content, belongings, moment))
    }

    fn compose(&self, draft: Draft) -> Result<Content, Fault> {
        Ok(match draft {
            Draft::Text { message } => Content::Text { body: message },
            Draft::Media {
                media_type,
                url,
                name,
                mime_type,
                size,
                caption,
            } => Content::Media {
                media_type,
                size,
                mime_type: Some(mime_type),
                aws_link: Some(url),
                name: Some(name),
                caption,
            },
            Draft::Location { location } => Content::Location { location },
            Draft::Contacts { contacts } => Content::Contacts { contacts },
            Draft::Interactive { interactive } => {
                let interactive = interactive::accept(interactive, &self.business.catalogue)?;
                Content::Interactive {
                    body: interactive["body"]["text"].as_str().map(str::to_owned),
                    interactive,
                }
            }
            Draft::Template(draft) => self.fill_template(draft)?,
        })
    }

    fn fill_template(&self, draft: TemplateDraft) -> Result<Content, Fault> {
        let TemplateDraft {
            template_name: name,
            language_code: lang_code,
            variables,
            template_content,
        } = draft;
        let template = self.sendable_template(&name, &lang_code)?;
        let filled = template.fill(&components(variables.unwrap_or_default()))?;
        let (body, aws_link, buttons) = filled.body_or(template_content.as_deref());
        Ok(Content::Template {
            name,
            lang_code,
            body,
            aws_link,
            buttons,
        })
    }

    fn new_message(
        &self,
        number: &str,
        content: Content,
        moment: &mut Moment<'_, Self>,
    ) -> Message {
        Message {
            id: moment.ids.uuid().to_string(),
            wamid: moment.ids.wamid(number),
            client_wa_number: number.to_owned(),
            timestamp: Instant::new(moment.now),
            status: Status::Waiting,
            status_time: BTreeMap::new(),
            context: None,
            content,
            campaign_id: None,
            hemid: None,
            custom_field: None,
        }
    }

    /// Keeps an accepted message, notes it with its client, and plans what becomes of it.
    fn keep_sent(
        &mut self,
        number: &str,
        content: Content,
        belongings: Belongings,
        moment: &mut Moment<'_, Self>,
    ) -> Message {
        let Belongings {
            context,
            campaign_id,
            custom_field,
            queued,
        } = belongings;
        self.client_or_new(number, moment);
        let mut message = self.new_message(number, content, moment);
        if queued {
            let place = moment.ids.nanoid(12);
            let queued = STANDARD.encode(format!("{}:{number}:{place}", self.business.id));
            message.wamid = format!("hemid.{queued}");
        }
        let message = Message {
            context,
            campaign_id,
            custom_field,
            ..message
        };
        let is_template = matches!(message.content, Content::Template { .. });
        self.note_latest(&message, |client| {
            if !is_template {
                client.unread_messages = 0;
            }
        });
        self.plan_fate(&message, moment);
        self.messages.put(message).clone()
    }

    /// Writes a message on its client's record, with whatever else it changes there.
    pub fn note_latest(&mut self, message: &Message, change: impl FnOnce(&mut Client)) {
        let text = message.content.summary();
        let latest = Latest {
            history_text: text.clone(),
            text,
            r#type: message.content.kind().to_owned(),
            timestamp: message.timestamp,
        };
        self.clients.update(&message.client_wa_number, |client| {
            client.latest_message = Some(latest);
            client.latest_message_timestamp = message.timestamp;
            change(client);
        });
    }

    /// Acceptance decides nothing: what becomes of a message shows later.
    fn plan_fate(&self, message: &Message, moment: &mut Moment<'_, Self>) {
        let fate = fate_of(&message.client_wa_number);
        let id = || message.id.clone();
        if let Some(error) = self.doom(message, fate, Instant::new(moment.now)) {
            moment.plan(
                SENT,
                Happening::Failed {
                    message: id(),
                    error,
                },
            );
            return;
        }
        moment.plan(SENT, Happening::Sent { message: id() });
        if fate == Some(Fate::NeverDelivered) {
            return;
        }
        moment.plan(DELIVERED, Happening::Delivered { message: id() });
        if fate != Some(Fate::NeverRead) {
            moment.plan(READ, Happening::Read { message: id() });
        }
    }

    /// Why a message will not arrive, when it will not.
    fn doom(&self, message: &Message, fate: Option<Fate>, now: Instant) -> Option<Upstream> {
        // A published fate comes before everything else, so that it needs no open window.
        match fate {
            Some(Fate::Undeliverable) => return Some(Upstream::Undeliverable),
            Some(Fate::WindowClosed) => return Some(Upstream::WindowClosed),
            Some(Fate::MediaUnreadable) => return Some(Upstream::MediaUnreadable),
            Some(Fate::RateLimited) => return Some(Upstream::RateLimited),
            Some(Fate::NeverDelivered | Fate::NeverRead) => return None,
            Some(Fate::TooMany | Fate::ServerError) | None => {}
        }
        let open = self
            .clients
            .get(&message.client_wa_number)
            .is_some_and(|client| client.window_open(now));
        match &message.content {
            Content::Template { .. } if !open && self.speaks_first_too_often(message, now) => {
                Some(self.business.settings.conversation_cap_error)
            }
            Content::Template { .. } => None,
            _ if !open => Some(Upstream::WindowClosed),
            Content::Media {
                media_type,
                size: Some(size),
                ..
            } if *size > media_type.limit() => Some(Upstream::MediaUnreadable),
            _ => None,
        }
    }

    /// Whether the business would open one conversation more than it may in a day.
    fn speaks_first_too_often(&self, message: &Message, now: Instant) -> bool {
        let Some(cap) = self.business.settings.conversation_cap else {
            return false;
        };
        let day = now.plus(-WINDOW);
        let recent = self
            .messages
            .iter()
            .rev()
            .take_while(|one| one.timestamp > day);
        let opened: HashSet<_> = recent
            .filter(|one| matches!(one.content, Content::Template { .. }))
            .filter(|one| one.status != Status::Failed)
            .map(|one| one.client_wa_number.as_str())
            .collect();
        opened.len() >= cap && !opened.contains(message.client_wa_number.as_str())
    }
}
