//! Campaigns: one template for many. They are made in the vendor's panel, and only looked at here.

use http::Method;
use serde::{Deserialize, Serialize};

use super::templates::Component;
use super::{Client, Error, Nothing, Page, Reply, Window};

/// The operations on campaigns; all of them belong to one of the company's numbers.
#[derive(Clone, Copy, Debug)]
pub struct Campaigns<'c>(pub(super) &'c Client);

/// The header that names the number.
const NUMBER: &str = "X-WABA-PHONENUMBER-ID";

/// Which campaigns to show.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Selection {
    /// Those whose name begins so, in small or capital letters.
    pub search: Option<String>,
    /// Those that are this far.
    pub status: Option<Stage>,
    /// By what they are in order.
    pub ordering: Option<Ordering>,
    /// Those made at this moment or later, such as `2025-07-10T09:00:00Z`.
    pub created_at_after: Option<String>,
    /// Those made at this moment or earlier.
    pub created_at_before: Option<String>,
    /// Which of them.
    #[serde(flatten)]
    pub window: Window,
}

/// By what campaigns are in order; the latest first when nobody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Ordering {
    /// The first made first.
    #[serde(rename = "created_at")]
    Oldest,
    /// The last made first.
    #[serde(rename = "-created_at")]
    Newest,
    /// The last made first, as a documented request says it.
    #[serde(rename = "-created")]
    NewestShort,
    /// The first to start first.
    #[serde(rename = "schedule_at")]
    Soonest,
    /// The last to start first.
    #[serde(rename = "-schedule_at")]
    Latest,
}

/// How far a campaign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It went out.
    Completed,
    /// Nothing of it did.
    Failed,
    /// It was called off.
    Cancelled,
    /// It goes out.
    Running,
    /// It will.
    Scheduled,
}

/// When a campaign starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// When it was planned to.
    Scheduled,
    /// At once.
    Immediate,
}

/// A campaign, however it is shown: `T` is its template, `A` its audience.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Campaign<T, A> {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub status: Stage,
    /// When it starts, or started: UTC.
    pub scheduled_at: Option<String>,
    /// Whether that was planned.
    pub scheduled_type: Start,
    /// Who made it.
    pub created_by: Maker,
    /// Where the values of the template's variables come from.
    pub variables_mapping: Vec<Mapping>,
    /// What is sent.
    pub template: T,
    /// To whom.
    pub audience: A,
    /// Since when: UTC.
    pub created_at: String,
    /// Last changed when.
    pub modified_at: String,
}

/// Who made a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maker {
    /// The user, 16 hexadecimal digits.
    pub uuid: String,
    /// Their name.
    pub name: String,
}

/// Where the value of a variable comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Which variable.
    pub var_name: String,
    /// How.
    pub mapping_type: MappingType,
    /// The value itself, or a column of the audience such as `{{contact_name}}`.
    pub mapped_value: String,
    /// What to say where the column is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<String>,
    /// Of which button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// Where the variable stands.
    pub scope: Scope,
}

/// How a variable gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MappingType {
    /// From the audience.
    Dynamic,
    /// It is the same for all.
    Static,
}

/// Where a variable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// In the message.
    Body,
    /// In a button.
    Button,
}

/// A campaign in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// The campaign.
    #[serde(flatten)]
    pub campaign: Campaign<ListedTemplate, ListedAudience>,
    /// How it went so far.
    pub stats: ListedStats,
}

/// The template of a campaign in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedTemplate {
    /// Its id.
    pub template_id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub category: String,
    /// Its parts.
    pub template_body: Vec<Component>,
}

/// The audience of a campaign in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedAudience {
    /// Where the table is.
    pub file_url: String,
    /// Its columns.
    pub file_headers: Vec<String>,
    /// Its rows.
    pub count: u64,
    /// Its size, in bytes.
    pub file_size: u64,
    /// Its name.
    pub filename: String,
}

/// How a campaign in a list went; the numbers have other names than for one campaign alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedStats {
    /// How many messages there are.
    pub count: u64,
    /// How many were sent.
    pub sent: u64,
    /// How many arrived.
    pub delivered: u64,
    /// How many were read.
    pub read: u64,
    /// How many failed.
    pub failed: u64,
    /// How many were answered.
    pub reply: u64,
    /// When the first went out.
    pub started_at: Option<String>,
    /// When the last did.
    pub finished_at: Option<String>,
    /// How many cost something.
    pub billable_count: u64,
    /// Last counted when.
    pub modified_at: Option<String>,
}

/// A campaign alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The campaign.
    #[serde(flatten)]
    pub campaign: Campaign<ShownTemplate, ShownAudience>,
    /// Why it failed, such as `daily_limit_reached`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// How it went, unless it is yet to start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stats: Option<ShownStats>,
    /// What became of its addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_stats: Option<LinkStats>,
}

/// The template of a campaign alone: with its parts while it is yet to start, with nothing when it failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownTemplate {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// Its parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_body: Option<Vec<Component>>,
}

/// The audience of a campaign alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownAudience {
    /// The rows of the table.
    pub count: u64,
    /// Where it is.
    pub file_url: String,
    /// Its name.
    pub filename: String,
}

/// How a campaign alone went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownStats {
    /// How many messages there are.
    pub total: u64,
    /// How many were sent.
    pub sent: u64,
    /// How many arrived.
    pub delivered: u64,
    /// How many were answered.
    pub replied: u64,
    /// How many failed.
    pub failed: u64,
    /// How many were read.
    pub read: u64,
    /// How many cost something.
    pub billable: u64,
}

/// What became of the addresses in a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkStats {
    /// How many there are.
    pub total: u64,
    /// How many were opened.
    pub visited: u64,
}

impl Campaigns<'_> {
    /// `GET /chat/campaigns` — lists the campaigns of a number.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(
        &self,
        phone_number_id: &str,
        selection: &Selection,
    ) -> Result<Reply<Page<Listed>>, Error> {
        let request = self
            .0
            .ask(Method::GET, &["chat", "campaigns"], selection)?
            .header(NUMBER, phone_number_id);
        self.0.told(&[200], request).await
    }

    /// `GET /chat/campaigns/{campaign_id}` — shows a campaign.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(
        &self,
        phone_number_id: &str,
        campaign_id: u64,
    ) -> Result<Reply<Shown>, Error> {
        let path = ["chat", "campaigns", &campaign_id.to_string()];
        let request = self
            .0
            .ask(Method::GET, &path, &Nothing {})?
            .header(NUMBER, phone_number_id);
        self.0.told(&[200], request).await
    }
}
