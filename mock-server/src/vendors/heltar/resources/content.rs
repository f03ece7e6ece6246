//! Content: what a message says, and how answers show it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::kernel::table::Record;
use crate::vendors::heltar::state::{Heltar, Instant};

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
    /// What it was called while it was queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hemid: Option<String>,
    /// What its status webhooks carry for the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_field: Option<Value>,
}

impl Record for Message {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = vec![
            ("wamid", Cow::Borrowed(&*self.wamid)),
            ("client", Cow::Borrowed(&*self.client_wa_number)),
        ];
        keys.extend(
            self.hemid
                .as_deref()
                .map(|hemid| ("wamid", Cow::Borrowed(hemid))),
        );
        keys
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
    pub fn limit(self) -> u64 {
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
    view: View,
}

/// Which answer shows a message.
#[derive(Clone, Debug)]
pub enum View {
    /// The one to its sending, which echoes the caller's reference.
    Sent {
        /// What the caller called it.
        ref_id: Option<String>,
    },
    /// The one to a campaign, which shows the vendor's id.
    Campaign,
    /// Any later one, which shows its history as well.
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

impl Heltar {
    /// A message as the named answer shows it.
    pub fn shown(&self, message: Message, view: View) -> Shown {
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
}
