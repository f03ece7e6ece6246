//! Campaigns: one template for many.

use serde::{Deserialize, Serialize};

use super::messages::{Failures, Integration, Successes};
use super::templates::Component;
use super::{Client, Error, Reply};

/// The operations on campaigns.
#[derive(Clone, Copy, Debug)]
pub struct Campaigns<'c>(pub(super) &'c Client);

/// A campaign to be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Its name.
    pub campaign_name: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign_desc: Option<String>,
    /// The template.
    pub template_name: String,
    /// The template's language.
    pub language_code: String,
    /// What the vendor shows as the message's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_content: Option<String>,
    /// To whom, and with what in the template's places.
    pub messages: Vec<Recipient>,
}

/// One who gets a campaign's message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// Their number, with country code.
    pub client_wa_number: String,
    /// What fills the places of the template.
    pub variables: Vec<Component>,
    /// What travels along with the webhooks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub integrations: Vec<Integration>,
}

impl Recipient {
    /// One who gets the template as it is.
    pub fn new(client_wa_number: impl Into<String>) -> Self {
        Self {
            client_wa_number: client_wa_number.into(),
            variables: Vec::new(),
            integrations: Vec::new(),
        }
    }
}

/// A campaign under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Started {
    /// Its id.
    pub campaign_id: String,
    /// What became of each message.
    pub messages_response: Outcome,
}

/// What became of each message, by its place in the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Those that were accepted.
    pub success: Successes,
    /// Those that were not.
    pub fail: Failures,
}

/// Which campaigns to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// From which day to which, as `YYYY-MM-DD`.
    pub days: Option<(String, String)>,
    /// How many; 1 to 10 000.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// A page of campaigns, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List {
    /// The campaigns.
    pub campaigns: Vec<Campaign>,
    /// Where the next page begins; none on the last.
    pub next_cursor: Option<String>,
}

/// A campaign and how far it has come; the counters are cumulative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Campaign {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// `draft`, `schedule`, `running`, `sent` or `paused`.
    pub status: String,
    /// The number it is sent from.
    pub phone_number_id: String,
    /// The template.
    pub template_name: String,
    /// Where it was made.
    #[serde(default)]
    pub source: Option<String>,
    /// Messages.
    pub stats_total: u64,
    /// Messages not sent yet.
    pub stats_wait: u64,
    /// Messages sent.
    pub stats_sent: u64,
    /// Messages delivered.
    pub stats_delivered: u64,
    /// Messages read.
    pub stats_read: u64,
    /// Messages answered.
    #[serde(default)]
    pub stats_responded: Option<u64>,
    /// Messages with a button tapped.
    #[serde(default)]
    pub stats_clicked: Option<u64>,
    /// Messages with a button tapped and answered.
    #[serde(default)]
    pub stats_clicked_responded: Option<u64>,
    /// Messages that failed.
    pub stats_failure: u64,
    /// When it will be sent.
    #[serde(default)]
    pub schedule_time: Option<String>,
    /// When it was made.
    pub created_at: String,
}

impl Campaigns<'_> {
    /// `POST /v1/campaigns/send` — sends one template to many.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn send(&self, draft: &Draft) -> Result<Reply<Started>, Error> {
        self.0.post(&["v1", "campaigns", "send"], draft).await
    }

    /// `GET /v1/campaigns` — lists the campaigns, newest first.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, page: &Page) -> Result<Reply<List>, Error> {
        let limit = page.limit.map(|limit| limit.to_string());
        let mut query = Vec::new();
        if let Some((first, last)) = &page.days {
            query.extend([("startDate", first.as_str()), ("endDate", last.as_str())]);
        }
        query.extend(limit.as_deref().map(|limit| ("limit", limit)));
        query.extend(page.cursor.as_deref().map(|cursor| ("cursor", cursor)));
        self.0.get(&["v1", "campaigns"], &query).await
    }
}
