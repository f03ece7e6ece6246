//! Messages as HeltarChat keeps and shows them, in both directions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::interactive::Interactive;
use super::messages::{Contact, Location};

/// A message the vendor knows of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The vendor's id; not in the answer to a send.
    #[serde(default)]
    pub id: Option<String>,
    /// WhatsApp's id.
    pub wamid: String,
    /// With whom.
    pub client_wa_number: String,
    /// When.
    pub timestamp: String,
    /// How far it has come, or that it came in.
    pub status: Status,
    /// When it came how far.
    #[serde(default)]
    pub status_time: Option<BTreeMap<String, String>>,
    /// The number it was sent from or to.
    #[serde(default)]
    pub phone_number_id: Option<String>,
    /// The message it answers.
    #[serde(default)]
    pub context: Option<Context>,
    /// The emoji it was answered with.
    #[serde(default)]
    pub reaction: Option<Value>,
    /// The advertisement it came from.
    #[serde(default)]
    pub advertisement_id: Option<String>,
    /// The employee who sent it.
    #[serde(default)]
    pub sent_by_name: Option<String>,
    /// The campaign it belongs to.
    #[serde(default)]
    pub campaign_id: Option<String>,
    /// The reference the caller gave it.
    #[serde(default)]
    pub ref_id: Option<String>,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// How far a message has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It came in.
    Received,
    /// Accepted, not sent yet.
    Waiting,
    /// On its way.
    Sent,
    /// On the phone.
    Delivered,
    /// Seen.
    Read,
    /// Never arrived.
    Failed,
    /// A template that was answered.
    Responded,
    /// A template whose button was tapped.
    Clicked,
    /// A template that was tapped and answered.
    ClickedResponded,
    /// A template that was not delivered in time.
    Expired,
}

/// The message another one answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The vendor's id.
    #[serde(default)]
    pub id: Option<String>,
    /// WhatsApp's id.
    #[serde(default)]
    pub wamid: Option<String>,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
        /// How many bytes it has.
        size: Option<u64>,
        /// Its content type.
        mime_type: Option<String>,
        /// Its hash; the vendor writes `temp`.
        sha256: Option<String>,
        /// Where it lies.
        aws_link: Option<String>,
        /// What it is called.
        name: Option<String>,
        /// What stands below.
        caption: Option<String>,
    },
    /// Buttons, lists, questions, products, and the answers to them.
    Interactive {
        /// The text of it.
        body: Option<String>,
        /// All of it.
        interactive: Interactive,
        /// The file of its header.
        #[serde(default)]
        aws_link: Option<String>,
    },
    /// A template, filled.
    Template {
        /// The template.
        name: String,
        /// Its language.
        lang_code: String,
        /// What it says.
        body: Option<String>,
        /// The file of its header.
        #[serde(default)]
        aws_link: Option<String>,
        /// The type of that file.
        #[serde(default)]
        mime_type: Option<String>,
        /// Its buttons.
        #[serde(default)]
        buttons: Option<Vec<Value>>,
    },
    /// A place.
    Location {
        /// The place.
        location: Location,
    },
    /// People.
    Contacts {
        /// The people.
        contacts: Vec<Contact>,
    },
    /// A tap on the quick reply of a template.
    Button {
        /// What it says.
        body: String,
        /// What it means.
        payload: String,
    },
    /// Something that was added later.
    #[serde(other)]
    Other,
}
