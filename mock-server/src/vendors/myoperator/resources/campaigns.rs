//! Campaigns: messages to many, made in the vendor's panel.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::kernel::extract::{Path, Query, Request};
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::Error;
use crate::vendors::myoperator::reply::{Paging, reply};
use crate::vendors::myoperator::state::{Instant, MyOperator};

mod numbers;
pub mod panel;

/// What became of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignStatus {
    /// At least one message was sent.
    Completed,
    /// Nothing was sent.
    Failed,
    /// Somebody stopped it before it began.
    Cancelled,
    /// It is being sent.
    Running,
    /// It waits for its time.
    Scheduled,
}

/// Who made a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Author {
    /// The user.
    pub uuid: String,
    /// The user's name.
    pub name: String,
}

/// The file of recipients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Where it is kept.
    pub file_url: String,
    /// The columns.
    pub file_headers: Vec<String>,
    /// How many recipients.
    pub count: u64,
    /// In bytes.
    pub file_size: u64,
    /// Its name.
    pub filename: String,
}

/// A row of the file of recipients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Without `+`.
    pub country_code: String,
    /// Without country code.
    pub number: String,
    /// The other columns.
    #[serde(default)]
    pub values: Map<String, Value>,
}

/// What became of the messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stats {
    /// How many there are.
    pub count: u64,
    /// How many left.
    pub sent: u64,
    /// How many arrived.
    pub delivered: u64,
    /// How many were seen.
    pub read: u64,
    /// How many failed.
    pub failed: u64,
    /// How many were answered.
    pub reply: u64,
    /// When the first left.
    pub started_at: Option<Instant>,
    /// When the last left.
    pub finished_at: Option<Instant>,
    /// How many are paid for.
    pub billable_count: u64,
    /// When these numbers changed.
    pub modified_at: Option<Instant>,
}

/// What became of the links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkStats {
    /// How many were sent.
    pub total: u64,
    /// How many were opened.
    pub visited: u64,
}

/// A campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// A number.
    pub id: u64,
    /// Whose campaign.
    pub company_id: String,
    /// Meta's id of the number it is sent from.
    pub phone_number_id: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub status: CampaignStatus,
    /// `scheduled` or `immediate`.
    pub scheduled_type: String,
    /// When it begins.
    pub scheduled_at: Option<Instant>,
    /// Who made it.
    pub created_by: Author,
    /// Which variable is filled with what.
    pub variables_mapping: Vec<Value>,
    /// The template it sends.
    pub template_id: String,
    /// Its recipients, as a file.
    pub audience: Audience,
    /// Its recipients, one by one, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Recipient>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// What became of its messages.
    #[serde(default)]
    pub stats: Stats,
    /// What became of its links.
    #[serde(default)]
    pub link_stats: LinkStats,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed.
    pub modified_at: Instant,
}

impl Record for Campaign {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(self.id.to_string())
    }
}

/// What a list is narrowed down to, and how it is ordered.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    /// How the name begins, in any case.
    pub search: Option<String>,
    /// What became of it.
    pub status: Option<CampaignStatus>,
    /// By which time; with `-` the latest first.
    pub ordering: Option<String>,
    /// Not made before.
    pub created_at_after: Option<String>,
    /// Not made after.
    pub created_at_before: Option<String>,
}

/// Which campaign.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// Its number.
    pub campaign_id: String,
}

/// The header that says from which number campaigns are sent.
const NUMBER: &str = "x-waba-phonenumber-id";

/// `GET /chat/campaigns` — lists the campaigns of a number, latest first unless asked otherwise.
pub async fn list(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
    Query(filter): Query<Filter>,
) -> Result<impl IntoResponse, Error> {
    let page = store.read(|vendor, _| {
        let found = vendor.campaigns_like(&caller.company, call.header(NUMBER), &filter)?;
        let paging = Paging::of(&call, usize::MAX);
        Ok::<_, Error>(paging.page(&call, found, |campaign| vendor.listed(campaign)))
    })?;
    Ok(reply("OK", page))
}

/// `GET /chat/campaigns/{campaign_id}` — shows a campaign, as much as there is to show in its status.
pub async fn get(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
    Path(named): Path<Named>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.read(|vendor, _| {
        let mut own = vendor.campaigns_from(&caller.company, call.header(NUMBER));
        let found = own.find(|campaign| campaign.id.to_string() == named.campaign_id);
        let found = found.ok_or_else(|| Error::CampaignUnknown(named.campaign_id.clone()))?;
        Ok::<_, Error>(vendor.detailed(found))
    })?;
    Ok(reply("OK", shown))
}

/// A time a client wrote; a day alone is its first instant.
fn time(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, Error> {
    let Some(text) = text else {
        return Ok(None);
    };
    let day = || {
        let day: Date = text.parse().ok()?;
        let zoned = day.to_zoned(TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    };
    let read = text.parse().ok().or_else(day);
    let wrong = || vec![(name.to_owned(), "Enter a valid date/time.".to_owned())];
    read.map(Some).ok_or_else(|| Error::InvalidInput(wrong()))
}

impl MyOperator {
    /// The campaigns of a company that are sent from a number.
    fn campaigns_from(
        &self,
        company: &str,
        number: Option<&str>,
    ) -> impl Iterator<Item = &Campaign> {
        let number = number.map(|id| self.number_of(company, id));
        self.campaigns.iter().filter(move |campaign| {
            let fits = match number {
                None => true,
                Some(number) => {
                    number.is_some_and(|number| number.phone_number_id == campaign.phone_number_id)
                }
            };
            fits && campaign.company_id == company
        })
    }

    /// The campaigns of a company that a filter lets through, in the order it asks for.
    ///
    /// # Errors
    /// When a time is none.
    pub fn campaigns_like(
        &self,
        company: &str,
        number: Option<&str>,
        filter: &Filter,
    ) -> Result<Vec<&Campaign>, Error> {
        let after = time("created_at_after", filter.created_at_after.as_deref())?;
        let before = time("created_at_before", filter.created_at_before.as_deref())?;
        let search = filter.search.as_deref().unwrap_or_default().to_lowercase();
        let mut found: Vec<_> = self
            .campaigns_from(company, number)
            .filter(|campaign| campaign.name.to_lowercase().starts_with(&search))
            .filter(|campaign| filter.status.is_none_or(|status| status == campaign.status))
            .filter(|campaign| after.is_none_or(|after| campaign.created_at.0 >= after))
            .filter(|campaign| before.is_none_or(|before| campaign.created_at.0 <= before))
            .collect();
        let asked = filter.ordering.as_deref().unwrap_or("-created_at");
        let (by, descending) = match asked.strip_prefix('-') {
            Some(by) => (by, true),
            None => (asked, false),
        };
        match by {
            "created_at" | "created" => found.sort_by_key(|campaign| campaign.created_at),
            "schedule_at" | "scheduled_at" => found.sort_by_key(|campaign| campaign.scheduled_at),
            // What cannot be ordered by is ordered as if nothing had been said.
            _ => {
                found.sort_by_key(|campaign| std::cmp::Reverse(campaign.created_at));
                return Ok(found);
            }
        }
        if descending {
            found.reverse();
        }
        Ok(found)
    }

    /// A campaign as it stands in a list.
    fn listed(&self, campaign: &Campaign) -> Value {
        let template = self.templates.get(&campaign.template_id);
        json!({
            "id": campaign.id,
            "scheduled_at": campaign.scheduled_at,
            "created_by": campaign.created_by,
            "variables_mapping": campaign.variables_mapping,
            "template": {
                "template_id": campaign.template_id,
                "name": template.map_or("", |template| &template.name),
                "category": template.map_or("", |template| &template.category),
                "template_body": template.map_or(&[][..], |template| &template.components),
            },
            "audience": campaign.audience,
            "status": campaign.status,
            "name": campaign.name,
            "created_at": campaign.created_at,
            "modified_at": campaign.modified_at,
            "scheduled_type": campaign.scheduled_type,
            "stats": campaign.stats,
        })
    }

    /// A campaign alone: its template while it waits, its numbers when it has been sent.
    fn detailed(&self, campaign: &Campaign) -> Value {
        let waits = matches!(
            campaign.status,
            CampaignStatus::Scheduled | CampaignStatus::Cancelled
        );
        let failed = campaign.status == CampaignStatus::Failed;
        let mut shown = Map::new();
        let mut set = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        set("id", json!(campaign.id));
        set("name", json!(campaign.name));
        set("created_at", json!(campaign.created_at));
        set("modified_at", json!(campaign.modified_at));
        set("scheduled_at", json!(campaign.scheduled_at));
        set("status", json!(campaign.status));
        if failed {
            set("failure_reason", json!(campaign.failure_reason));
        }
        set("scheduled_type", json!(campaign.scheduled_type));
        set("created_by", json!(campaign.created_by));
        set("variables_mapping", json!(campaign.variables_mapping));
        if failed {
            set("template", json!({}));
        } else if waits {
            let template = self.templates.get(&campaign.template_id);
            let body = template.map_or(&[][..], |template| &template.components);
            set(
                "template",
                json!({"template_id": campaign.template_id, "template_body": body}),
            );
        } else {
            set("template", json!({"template_id": campaign.template_id}));
        }
        let stats = &campaign.stats;
        if !waits {
            set(
                "stats",
                json!({
                    "total": stats.count,
                    "sent": stats.sent,
                    "delivered": stats.delivered,
                    "replied": stats.reply,
                    "failed": stats.failed,
                    "read": stats.read,
                    "billable": stats.billable_count,
                }),
            );
        }
        if !waits && !failed {
            set("link_stats", json!(campaign.link_stats));
        }
        let audience = &campaign.audience;
        set(
            "audience",
            json!({
                "count": audience.count,
                "file_url": audience.file_url,
                "filename": audience.filename,
            }),
        );
        Value::Object(shown)
    }
}
