//! Messages: what is sent, what became of it, and what clients wrote.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::clients::{At, Latest, digits};
use super::interactive;
use super::templates::{Variable, components};
use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::heltar::error::{AllFailed, Error, Fault, Upstream};
use crate::vendors::heltar::happenings::Happening;
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::{Heltar, Instant};

/// How long after its acceptance a message is sent, delivered and read, or fails.
const SENT: Duration = Duration::from_secs(1);
const DELIVERED: Duration = Duration::from_secs(2);
const READ: Duration = Duration::from_secs(5);

/// The most messages one page shows.
const PAGE: usize = 10_000;

/// The largest files Meta takes, in bytes.
const IMAGE: u64 = 5 << 20;
const AUDIO_VIDEO: u64 = 16 << 20;
const DOCUMENT: u64 = 100 << 20;
const STICKER: u64 = 100 << 10;

/// One message, in either direction.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The vendor's id.
    pub id: String,
    /// WhatsApp's id.
    pub wamid: String,
    /// Who it went to or came from.
    pub client_wa_number: String,
    /// When it was accepted or came in.
    pub timestamp: Instant,
    /// How far it has come.
    pub status: Status,
    /// When it came how far.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub status_time: BTreeMap<Status, Instant>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// What it says.
    pub content: Content,
    /// The campaign it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<String>,
    /// What its status webhooks carry for the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_field: Option<Value>,
}

impl Record for Message {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("wamid", Cow::Borrowed(&self.wamid)),
            ("client", Cow::Borrowed(&self.client_wa_number)),
        ]
    }
}

/// How far a message has come, in order; what clients wrote is `received` for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A client wrote it.
    Received,
    /// Accepted, not sent yet.
    Waiting,
    /// On its way.
    Sent,
    /// On the client's phone.
    Delivered,
    /// Seen.
    Read,
    /// A template whose button was tapped.
    Clicked,
    /// A template that was answered.
    Responded,
    /// A template that was tapped and answered.
    ClickedResponded,
    /// Never arrived.
    Failed,
}

/// The message another one answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The vendor's id.
    pub id: String,
    /// WhatsApp's id.
    pub wamid: String,
}

/// What a message says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Content {
    /// A text.
    Text {
        /// The text.
        body: String,
    },
    /// A file.
    Media {
        /// Picture, film, sound, document or sticker.
        media_type: MediaType,
        /// How many bytes it has.
        size: Option<u64>,
        /// Its content type.
        mime_type: Option<String>,
        /// Where it lies, once it does.
        aws_link: Option<String>,
        /// Its name.
        name: Option<String>,
        /// What stands below it.
        caption: Option<String>,
    },
    /// Buttons, lists, products, and the answers to them.
    Interactive {
        /// The text of it.
        body: Option<String>,
        /// All of it.
        interactive: Value,
    },
    /// A template, filled.
    Template {
        /// The template's name.
        name: String,
        /// Its language.
        lang_code: String,
        /// What it says.
        body: String,
        /// The file of its header.
        aws_link: Option<String>,
        /// Its buttons.
        buttons: Option<Vec<Value>>,
    },
    /// A place.
    Location {
        /// The place.
        location: Value,
    },
    /// People.
    Contacts {
        /// The people.
        contacts: Vec<Value>,
    },
    /// The tap on a template's quick reply.
    Button {
        /// The label.
        text: String,
        /// What the template says it means.
        payload: String,
    },
}

impl Content {
    /// Its kind, as the vendor writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Media { .. } => "media",
            Self::Interactive { .. } => "interactive",
            Self::Template { .. } => "template",
            Self::Location { .. } => "location",
            Self::Contacts { .. } => "contacts",
            Self::Button { .. } => "button",
        }
    }

    /// What it says, in short.
    pub fn summary(&self) -> String {
        match self {
            Self::Text { body } | Self::Template { body, .. } => body.clone(),
            Self::Media { caption, name, .. } => {
                caption.clone().or_else(|| name.clone()).unwrap_or_default()
            }
            Self::Interactive { body, .. } => body.clone().unwrap_or_default(),
            Self::Location { location } => {
                location["name"].as_str().unwrap_or("Location").to_owned()
            }
            Self::Contacts { contacts } => contacts
                .first()
                .and_then(|one| one["name"]["formatted_name"].as_str())
                .unwrap_or("Contact")
                .to_owned(),
            Self::Button { text, .. } => text.clone(),
        }
    }
}

/// What kind of file a message carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaType {
    /// Sound.
    Audio,
    /// Any file.
    Document,
    /// A picture.
    Image,
    /// A sticker.
    Sticker,
    /// A film.
    Video,
}

impl MediaType {
    /// The largest file of this kind, in bytes.
    fn limit(self) -> u64 {
        match self {
            Self::Image => IMAGE,
            Self::Audio | Self::Video => AUDIO_VIDEO,
            Self::Document => DOCUMENT,
            Self::Sticker => STICKER,
        }
    }
}

/// A message as answers show it: every kind has its own order of members.
#[derive(Clone, Debug)]
pub struct Shown {
    message: Message,
    phone_number_id: String,
    /// Sent ones echo the caller's reference, stored ones show the vendor's id and their history.
    view: View,
}

#[derive(Clone, Debug)]
enum View {
    Sent { ref_id: Option<String> },
    Campaign,
    Stored,
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            message,
            phone_number_id,
            view,
        } = self;
        let none = None::<()>;
        let mut map = serializer.serialize_map(None)?;
        if let View::Stored = view {
            map.serialize_entry("id", &message.id)?;
        }
        map.serialize_entry("wamid", &message.wamid)?;
        map.serialize_entry("clientWaNumber", &message.client_wa_number)?;
        match &message.content {
            Content::Text { body } => map.serialize_entry("body", body)?,
            Content::Media {
                size,
                mime_type,
                aws_link,
                name,
                ..
            } => {
                map.serialize_entry("size", size)?;
                map.serialize_entry("mimeType", mime_type)?;
                map.serialize_entry("sha256", "temp")?;
                map.serialize_entry("awsLink", aws_link)?;
                map.serialize_entry("name", name)?;
            }
            Content::Template { name, .. } => map.serialize_entry("name", name)?,
            Content::Button { text, payload } => {
                map.serialize_entry("body", text)?;
                map.serialize_entry("payload", payload)?;
            }
            Content::Interactive { .. } | Content::Location { .. } | Content::Contacts { .. } => {}
        }
        map.serialize_entry("timestamp", &message.timestamp)?;
        map.serialize_entry("status", &message.status)?;
        match &message.content {
            Content::Text { .. } | Content::Button { .. } => {
                map.serialize_entry("phoneNumberId", phone_number_id)?;
                map.serialize_entry("context", &message.context)?;
            }
            Content::Template {
                lang_code,
                body,
                aws_link,
                buttons,
                ..
            } => {
                map.serialize_entry("phoneNumberId", phone_number_id)?;
                map.serialize_entry("langCode", lang_code)?;
                if let Some(campaign_id) = &message.campaign_id {
                    map.serialize_entry("campaignId", campaign_id)?;
                }
                map.serialize_entry("body", body)?;
                map.serialize_entry("context", &message.context)?;
                map.serialize_entry("reaction", &none)?;
                map.serialize_entry("awsLink", aws_link)?;
                map.serialize_entry("mimeType", &none)?;
                map.serialize_entry("buttons", buttons)?;
            }
            Content::Media { .. }
            | Content::Interactive { .. }
            | Content::Location { .. }
            | Content::Contacts { .. } => {
                map.serialize_entry("context", &message.context)?;
                map.serialize_entry("phoneNumberId", phone_number_id)?;
            }
        }
        match &message.content {
            Content::Interactive { body, interactive } => {
                map.serialize_entry("body", body)?;
                map.serialize_entry("interactive", interactive)?;
            }
            Content::Location { location } => map.serialize_entry("location", location)?,
            Content::Contacts { contacts } => map.serialize_entry("contacts", contacts)?,
            _ => {}
        }
        if !matches!(message.content, Content::Template { .. }) {
            map.serialize_entry("reaction", &none)?;
            map.serialize_entry("advertisementId", &none)?;
            map.serialize_entry("sentByName", &none)?;
        }
        match &message.content {
            Content::Media { caption, .. } => map.serialize_entry("caption", caption)?,
            Content::Interactive { .. } => map.serialize_entry("awsLink", &none)?,
            _ => {}
        }
        if let View::Campaign = view {
            map.serialize_entry("id", &message.id)?;
        }
        map.serialize_entry("type", message.content.kind())?;
        match view {
            View::Sent {
                ref_id: Some(ref_id),
            } => map.serialize_entry("refId", ref_id)?,
            View::Stored if !message.status_time.is_empty() => {
                map.serialize_entry("statusTime", &message.status_time)?
            }
            _ => {}
        }
        map.end()
    }
}

/// What `messages.send` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    messages: Vec<Value>,
    campaign_id: Option<String>,
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

/// `POST /v1/messages/send` — sends messages, each of its own kind.
pub async fn send(store: Store<Heltar>, Body(batch): Body<Batch>) -> Result<Response, Error> {
    let outcome = store.try_write(|heltar, moment| heltar.send_messages(batch, moment))?;
    let (sent, failed) = (outcome.success.len(), outcome.fail.len());
    if failed == 0 {
        return Ok(reply("Successfully scheduled messages!", outcome).into_response());
    }
    if sent == 0 {
        let status = outcome.commonest_code();
        return Err(Error::AllFailed(Box::new(AllFailed { status, outcome })));
    }
    let words = format!(
        "{sent} messages have been scheduled successfully, {failed} failed. \
         You can receive updates on their status through a webhook."
    );
    Ok((StatusCode::PARTIAL_CONTENT, reply(words, outcome)).into_response())
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

    /// The code that most failures have; the higher one among equals.
    fn commonest_code(&self) -> StatusCode {
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

/// What `messages.list` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    limit: Option<usize>,
    before: Option<String>,
    before_id: Option<String>,
}

/// A conversation, or a part of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    messages: Vec<Shown>,
    client_wa_number: String,
    conversation_expire: Instant,
    has_more: bool,
    can_message: bool,
}

/// `GET /v1/messages/{clientWaNumber}` — lists the messages of one client, oldest first.
pub async fn list(
    store: Store<Heltar>,
    Path(at): Path<At>,
    Query(which): Query<Which>,
) -> Result<Json<Reply<Conversation>>, Error> {
    let conversation = store.read(|heltar, glance| {
        heltar.conversation(&at.client_wa_number, &which, Instant::new(glance.now))
    })?;
    Ok(reply("Successfully retrieved messages", conversation))
}

/// What `messages.get` takes.
#[derive(Debug, Deserialize)]
pub struct One {
    wamid: Option<String>,
}

/// `GET /v1/messages` — shows one message by its WhatsApp id.
pub async fn get(
    store: Store<Heltar>,
    Query(one): Query<One>,
) -> Result<Json<Reply<Shown>>, Error> {
    let wamid = one.wamid.ok_or(Error::NoWamid)?;
    let message = store.read(|heltar, _| {
        let found = heltar
            .message_by_any_id(&wamid)
            .ok_or(Error::UnknownMessage)?;
        Ok::<_, Error>(heltar.shown(found.clone(), View::Stored))
    })?;
    Ok(reply("Successfully retrieved message", message))
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
struct Integration {
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
            let result = self.send_message(outgoing, batch.campaign_id.clone(), moment);
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
        let integrations = address.integrations.unwrap_or_default().into_iter();
        let custom_field = integrations
            .filter(|one| one.name == "metaCustomFieldHook")
            .find_map(|one| one.custom_field);
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
            let message = self.send_template(&number, draft, campaign_id, custom_field, moment)?;
            return Ok(self.shown(message, View::Sent { ref_id }));
        }
        let content = self.compose(draft)?;
        let message = self.keep_sent(&number, content, context, campaign_id, custom_field, moment);
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
        campaign_id: Option<String>,
        custom_field: Option<Value>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Message, Fault> {
        let content = self.fill_template(draft)?;
        if let Err(refused) = self.may_hear(number) {
            let mut message = self.new_message(number, content, moment);
            message.campaign_id = campaign_id;
            message.status = Status::Failed;
            message
                .status_time
                .insert(Status::Failed, message.timestamp);
            self.messages.put(message);
            return Err(Fault::Local(refused.to_string()));
        }
        Ok(self.keep_sent(number, content, None, campaign_id, custom_field, moment))
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
            custom_field: None,
        }
    }

    /// Keeps an accepted message, notes it with its client, and plans what becomes of it.
    fn keep_sent(
        &mut self,
        number: &str,
        content: Content,
        context: Option<Context>,
        campaign_id: Option<String>,
        custom_field: Option<Value>,
        moment: &mut Moment<'_, Self>,
    ) -> Message {
        self.client_or_new(number, moment);
        let message = Message {
            context,
            campaign_id,
            custom_field,
            ..self.new_message(number, content, moment)
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
    pub fn note_latest(
        &mut self,
        message: &Message,
        change: impl FnOnce(&mut super::clients::Client),
    ) {
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
        let id = message.id.clone();
        if let Some(error) = self.doom(message, Instant::new(moment.now)) {
            moment.plan(SENT, Happening::Failed { message: id, error });
            return;
        }
        moment.plan(
            SENT,
            Happening::Sent {
                message: id.clone(),
            },
        );
        moment.plan(
            DELIVERED,
            Happening::Delivered {
                message: id.clone(),
            },
        );
        moment.plan(READ, Happening::Read { message: id });
    }

    /// Why a message will not arrive, when it will not.
    fn doom(&self, message: &Message, now: Instant) -> Option<Upstream> {
        let open = self
            .clients
            .get(&message.client_wa_number)
            .is_some_and(|client| client.window_open(now));
        match &message.content {
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

    /// A message by the vendor's id or by WhatsApp's.
    pub fn message_by_any_id(&self, id: &str) -> Option<&Message> {
        self.messages
            .get(id)
            .or_else(|| self.messages.by("wamid", id).next())
    }

    fn shown(&self, message: Message, view: View) -> Shown {
        Shown {
            message,
            phone_number_id: self.business.phone_number_id.clone(),
            view,
        }
    }

    /// A message as the answer to a campaign shows it.
    pub fn shown_in_campaign(&self, message: Message) -> Shown {
        self.shown(message, View::Campaign)
    }

    /// A client's messages, or a page of them.
    ///
    /// # Errors
    /// When nobody has this number, or the page's bounds are wrong.
    pub fn conversation(
        &self,
        number: &str,
        which: &Which,
        now: Instant,
    ) -> Result<Conversation, Error> {
        let before = match (&which.before, &which.before_id) {
            (None, Some(_)) => return Err(Error::LonelyBeforeId),
            (None, None) => None,
            (Some(text), _) => Some(Instant::new(
                text.parse::<Timestamp>().map_err(|_| Error::BadBefore)?,
            )),
        };
        let client = self
            .client(number)
            .map_err(|_| Error::NoConversation(number.to_owned()))?;
        let named = which
            .before_id
            .as_deref()
            .and_then(|id| self.message_by_any_id(id));
        let mut passed = named.is_none();
        let earlier = |message: &&Message| {
            if !passed {
                // Of those in the same millisecond only the ones before the named one are earlier.
                passed = named.is_some_and(|named| named.id == message.id);
                return false;
            }
            before.is_none_or(|before| {
                message.timestamp < before || (named.is_some() && message.timestamp == before)
            })
        };
        let limit = which.limit.unwrap_or(PAGE).min(PAGE);
        let mut newest_first = self
            .messages
            .by("client", &client.client_wa_number)
            .rev()
            .filter(earlier)
            .take(limit + 1);
        let mut messages: Vec<_> = newest_first.by_ref().take(limit).cloned().collect();
        let has_more = newest_first.next().is_some();
        messages.reverse();
        Ok(Conversation {
            messages: messages
                .into_iter()
                .map(|message| self.shown(message, View::Stored))
                .collect(),
            client_wa_number: client.client_wa_number.clone(),
            conversation_expire: client.conversation_expire,
            has_more,
            can_message: client.window_open(now) && client.opted_in && !client.is_blocked,
        })
    }
}
