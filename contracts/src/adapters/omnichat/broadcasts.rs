//! Broadcasts: what is said to many, and what came of it.

use http::Method;
use serde::{Deserialize, Serialize};

use super::direct_messages::Message;
use super::error::Dialect;
use super::{Client, Error, Page, Paging, Platform, Reply, read};

/// The operations on broadcasts.
#[derive(Clone, Copy, Debug)]
pub struct Broadcasts<'c>(pub(super) &'c Client);

/// What is said to many.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// What the team calls it.
    pub subject: String,
    /// LINE, Facebook or WhatsApp.
    pub platform: Platform,
    /// From which channel of the team.
    pub channel_id: String,
    /// To whom: 1 to 150 of the platform's ids.
    pub to: Vec<String>,
    /// When, as `YYYY-MM-DDTHH:mm:ss`; at once when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<String>,
    /// Tags for those who get it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What it says: up to five texts, images and products, or a single block or template.
    pub messages: Vec<Message>,
}

/// A broadcast that was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// Its id, a UUID.
    pub broadcast_id: String,
}

/// Which broadcasts to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Of which kinds; at least one.
    pub kinds: Vec<Kind>,
    /// On which platform; all when absent.
    pub platform: Option<Platform>,
    /// On which channel; all when absent.
    pub channel_id: Option<String>,
    /// How far they are; anywhere when empty.
    pub statuses: Vec<Status>,
    /// Of which page.
    pub paging: Paging,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    platform: Option<Platform>,
    channel_id: Option<&'a str>,
    #[serde(flatten)]
    paging: Paging,
    r#type: String,
    status: Option<String>,
}

/// What kind of broadcast, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Kind {
    /// Of the console.
    Broadcast = 1,
    /// A mass message of the console.
    MassMessage = 2,
    /// Of this API.
    OpenApi = 3,
    /// Of this API, for another system.
    ExternalIntegration = 4,
}

impl From<Kind> for u8 {
    fn from(kind: Kind) -> Self {
        kind as Self
    }
}

impl TryFrom<u8> for Kind {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Ok(match number {
            1 => Self::Broadcast,
            2 => Self::MassMessage,
            3 => Self::OpenApi,
            4 => Self::ExternalIntegration,
            _ => return Err(format!("{number} is no kind of broadcast")),
        })
    }
}

/// How far a broadcast is, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Status {
    /// About to begin.
    Pending = 0,
    /// Over.
    Completed = 1,
    /// Being sent.
    Processing = 2,
    /// Called off.
    Canceled = 3,
    /// Waiting for its time.
    Scheduled = 4,
    /// Held back; shown as pending.
    OnHold = 5,
    /// Its file waits to be read; shown as pending.
    PendingCsv = 6,
    /// Its file is being read; shown as pending.
    ProcessingCsv = 7,
    /// Its recipients are being looked for; shown as pending.
    ProcessingFilter = 8,
    /// It came to nothing.
    Failed = 9,
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        status as Self
    }
}

impl TryFrom<u8> for Status {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Ok(match number {
            0 => Self::Pending,
            1 => Self::Completed,
            2 => Self::Processing,
            3 => Self::Canceled,
            4 => Self::Scheduled,
            5 => Self::OnHold,
            6 => Self::PendingCsv,
            7 => Self::ProcessingCsv,
            8 => Self::ProcessingFilter,
            9 => Self::Failed,
            _ => return Err(format!("{number} is no status of a broadcast")),
        })
    }
}

/// How the recipients of a broadcast were chosen, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum RecipientType {
    /// By what they have in common.
    Filter = 1,
    /// By a file.
    Csv = 2,
    /// By a call of this API.
    OpenApi = 3,
    /// By a segment; of the newer guide.
    Segment = 4,
}

impl From<RecipientType> for u8 {
    fn from(kind: RecipientType) -> Self {
        kind as Self
    }
}

impl TryFrom<u8> for RecipientType {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Ok(match number {
            1 => Self::Filter,
            2 => Self::Csv,
            3 => Self::OpenApi,
            4 => Self::Segment,
            _ => return Err(format!("{number} is no type of recipients")),
        })
    }
}

/// How the recipients of a broadcast were chosen, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By what they have in common.
    Filter,
    /// One by one.
    Manual,
    /// By a file.
    Csv,
}

/// A broadcast and its numbers. Rates are percentages such as `76.78%`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id, a UUID.
    pub id: String,
    /// On which platform.
    pub platform: Platform,
    /// From which channel.
    pub channel_id: String,
    /// The channel's name.
    pub channel_name: String,
    /// What the team calls it.
    pub subject: String,
    /// How the recipients were chosen.
    pub recipient_type: RecipientType,
    /// What kind it is.
    pub r#type: Kind,
    /// How the recipients were chosen, once more.
    pub mode: Mode,
    /// When it was sent, as `YYYY-MM-DDTHH:mm:ss`; null before.
    pub sent_at: Option<String>,
    /// How far it is.
    pub status: Status,
    /// To how many it is addressed.
    pub recipient_count: u64,
    /// How many got it: of WhatsApp two ticks.
    pub success: u64,
    /// Of all recipients.
    pub success_rate: String,
    /// To how many it went out: of WhatsApp one tick.
    pub sent: u64,
    /// Of all recipients.
    pub sent_rate: String,
    /// To how many it did not.
    pub failed: u64,
    /// Of all recipients.
    pub fail_rate: String,
    /// How many read it.
    pub read: u64,
    /// Of those who got it.
    pub read_rate: String,
    /// How many tapped something.
    pub clicked: u64,
    /// Of those who got it.
    pub click_rate: String,
    /// How many bought something.
    pub purchase: u64,
    /// For how much, with the currency.
    pub revenue: String,
    /// Tags for those who got it.
    pub tags: Vec<String>,
}

/// A broadcast and all of its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// What the list shows.
    #[serde(flatten)]
    pub job: Job,
    /// How many answered.
    pub responded: u64,
    /// Of those who got it.
    pub respond_rate: String,
    /// How many want to hear nothing more.
    pub unsubscribed: u64,
    /// Of those who got it.
    pub unsubscribe_rate: String,
    /// What it cost, with the currency.
    pub cost: String,
    /// What it brought, of what it cost.
    pub roas: String,
    /// How many messages it was: for each recipient all of them.
    pub message_count: u64,
    /// How many of them arrived.
    pub message_success: u64,
    /// Of all messages.
    pub message_success_rate: String,
    /// How many answered within 12 hours.
    #[serde(rename = "respondedWithin12Hour")]
    pub responded_within_12_hours: u64,
    /// How many answered within 24 hours.
    #[serde(rename = "respondedWithin24Hour")]
    pub responded_within_24_hours: u64,
    /// How many answered within 48 hours.
    #[serde(rename = "respondedWithin48Hour")]
    pub responded_within_48_hours: u64,
    /// Of those who got it.
    #[serde(rename = "responseRateWithin12Hour")]
    pub response_rate_within_12_hours: String,
    /// Of those who got it.
    #[serde(rename = "responseRateWithin24Hour")]
    pub response_rate_within_24_hours: String,
    /// Of those who got it.
    #[serde(rename = "responseRateWithin48Hour")]
    pub response_rate_within_48_hours: String,
}

/// What became of a broadcast for one recipient. Moments are `YYYY-MM-DDTHH:mm:ss`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// Who, by name.
    pub name: Option<String>,
    /// Who, by number.
    pub phone: Option<String>,
    /// Whether they got it.
    pub success: bool,
    /// When it went out.
    pub sent_at: Option<String>,
    /// Whether they tapped something.
    pub clicked: bool,
    /// When; empty in an example.
    pub clicked_at: Option<String>,
    /// Whether they read it.
    pub read: bool,
    /// When.
    pub read_at: Option<String>,
    /// Whether they answered.
    pub responded: bool,
    /// When.
    pub responded_at: Option<String>,
    /// The id of the message, of WhatsApp the one that webhooks name; null when it never went out.
    pub message_id: Option<String>,
    /// Why they did not get it.
    pub error: Option<String>,
    /// WhatsApp's id of them for this business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<String>,
}

/// Which recipients to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RecipientSelection {
    /// Of which page.
    #[serde(flatten)]
    pub paging: Paging,
    /// What became of it for them; anything when absent.
    pub status: Option<RecipientStatus>,
}

/// What became of a broadcast for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RecipientStatus {
    /// It did not go out.
    Failed,
    /// They read it.
    Read,
    /// They tapped something.
    Clicked,
    /// They answered.
    Responded,
    /// They got it.
    Success,
    /// It went out, and no further.
    NotDelivered,
    /// They want to hear nothing more.
    Unsubscribed,
}

/// Numbers with commas between.
fn listed(numbers: impl IntoIterator<Item = u8>) -> String {
    let numbers: Vec<_> = numbers.into_iter().map(|one| one.to_string()).collect();
    numbers.join(",")
}

impl Broadcasts<'_> {
    /// `POST /v1/broadcast` — sends a broadcast, now or at its time.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create(&self, draft: &Draft) -> Result<Reply<Created>, Error> {
        let request = self.0.ask(Method::POST, &["v1", "broadcast"]);
        read(request.json(draft), Dialect::Common).await
    }

    /// `GET /v1/broadcast` — lists broadcasts of some kinds.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, selection: &Selection) -> Result<Page<Job>, Error> {
        let statuses = listed(selection.statuses.iter().copied().map(u8::from));
        let query = Query {
            platform: selection.platform,
            channel_id: selection.channel_id.as_deref(),
            paging: selection.paging,
            r#type: listed(selection.kinds.iter().copied().map(u8::from)),
            status: Some(statuses).filter(|statuses| !statuses.is_empty()),
        };
        self.0.list(&["v1", "broadcast"], &query).await
    }

    /// `GET /v1/broadcast/{id}` — shows a broadcast with all of its numbers.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, id: &str) -> Result<Reply<Detail>, Error> {
        self.0.get(&["v1", "broadcast", id]).await
    }

    /// `GET /v1/broadcast/{id}/recipients` — lists what became of it, one by one.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn recipients(
        &self,
        id: &str,
        selection: &RecipientSelection,
    ) -> Result<Page<Recipient>, Error> {
        let path = ["v1", "broadcast", id, "recipients"];
        self.0.list(&path, selection).await
    }
}
