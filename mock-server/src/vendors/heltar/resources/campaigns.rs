//! Campaigns: one template to many clients.

use std::borrow::Cow;

use axum::Json;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::batches::{
    Belongings, Integration, Outcome, TemplateDraft, custom_field, takes_requests,
};
use super::clients::digits;
use super::content::{Message, Status};
use super::placeholders::Variable;
use crate::kernel::extract::{Body, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::heltar::error::Error;
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::{Heltar, Instant};

/// How many campaigns a page has when it does not say.
const PAGE: usize = 1000;

/// One campaign and how it goes. A message that came further counts for every step on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Campaign {
    /// The vendor's id.
    pub id: String,
    /// What the caller named it.
    pub name: String,
    /// What the caller says of it.
    pub description: Option<String>,
    /// Whether messages are still waiting.
    pub status: Progress,
    /// Who sends.
    pub phone_number_id: String,
    /// What is sent.
    pub template_name: String,
    /// Where it came from.
    pub source: Option<String>,
    /// How many messages it has.
    pub stats_total: u64,
    /// How many are waiting.
    pub stats_wait: u64,
    /// How many were sent.
    pub stats_sent: u64,
    /// How many were delivered.
    pub stats_delivered: u64,
    /// How many were read.
    pub stats_read: u64,
    /// How many were answered.
    pub stats_responded: u64,
    /// How many were tapped.
    pub stats_clicked: u64,
    /// How many were tapped and answered.
    pub stats_clicked_responded: u64,
    /// How many failed.
    pub stats_failure: u64,
    /// When it is to start.
    pub schedule_time: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

impl Record for Campaign {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// How far a campaign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Some messages are waiting.
    Running,
    /// None is.
    Sent,
}

impl Campaign {
    /// Counts a message that came from one status to another, for every step between.
    fn count(&mut self, from: Status, to: Status) {
        let steps: [(Status, &mut u64); 3] = [
            (Status::Sent, &mut self.stats_sent),
            (Status::Delivered, &mut self.stats_delivered),
            (Status::Read, &mut self.stats_read),
        ];
        if to != Status::Failed {
            for (step, counter) in steps {
                if from < step && step <= to {
                    *counter += 1;
                }
            }
        }
        match to {
            Status::Failed => self.stats_failure += 1,
            Status::Clicked => self.stats_clicked += 1,
            Status::Responded => self.stats_responded += 1,
            Status::ClickedResponded => self.stats_clicked_responded += 1,
            Status::Received
            | Status::Waiting
            | Status::Sent
            | Status::Delivered
            | Status::Read => {}
        }
        if from == Status::Waiting {
            self.stats_wait -= 1;
        }
        if self.stats_wait == 0 {
            self.status = Progress::Sent;
        }
    }
}

/// What `campaigns.send` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    campaign_name: String,
    campaign_desc: Option<String>,
    template_name: String,
    language_code: String,
    template_content: Option<String>,
    #[serde(default)]
    messages: Vec<Value>,
    source: Option<String>,
}

/// One recipient of a campaign.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    client_wa_number: String,
    variables: Option<Vec<Variable>>,
    integrations: Option<Vec<Integration>>,
}

/// A campaign on its way.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Started {
    campaign_id: String,
    messages_response: Outcome,
}

/// `POST /v1/campaigns/send` — sends one template to many clients under a campaign name.
pub async fn send(
    store: Store<Heltar>,
    Body(plan): Body<Plan>,
) -> Result<Json<Reply<Started>>, Error> {
    let words = format!("Successfully started campaign - {}!", plan.campaign_name);
    let started = store.try_write(|heltar, moment| heltar.start_campaign(plan, moment))?;
    Ok(reply(words, started))
}

/// What `campaigns.list` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    start_date: Option<Date>,
    end_date: Option<Date>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// A page of campaigns.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    campaigns: Vec<Campaign>,
    next_cursor: Option<String>,
}

/// `GET /v1/campaigns` — lists them, newest first.
pub async fn list(
    store: Store<Heltar>,
    Query(which): Query<Which>,
) -> Result<Json<Reply<Listing>>, Error> {
    let listing = store.read(|heltar, _| heltar.list_campaigns(&which))?;
    Ok(reply("Successfully retrieved campaign list", listing))
}

impl Heltar {
    /// Starts a campaign; what cannot be sent to one recipient fails for that one.
    ///
    /// # Errors
    /// When a recipient's number is none.
    pub fn start_campaign(
        &mut self,
        plan: Plan,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Started, Error> {
        let id = moment.ids.uuid().to_string();
        let mut recipients = Vec::new();
        for value in plan.messages {
            let recipient = Recipient::deserialize(&value)
                .map_err(|error| Error::Malformed(error.to_string()))?;
            let number = digits(&recipient.client_wa_number)
                .ok_or(Error::NoNumber(recipient.client_wa_number))?;
            let number = takes_requests(number)?;
            let custom_field = custom_field(recipient.integrations);
            recipients.push((number, recipient.variables, custom_field, value));
        }
        let mut outcome = Outcome::default();
        let (mut waiting, mut failed) = (0, 0);
        for (index, (number, variables, custom_field, value)) in recipients.into_iter().enumerate()
        {
            let draft = TemplateDraft {
                template_name: plan.template_name.clone(),
                language_code: plan.language_code.clone(),
                variables,
                template_content: plan.template_content.clone(),
            };
            let campaign_id = Some(id.clone());
            let belongings = Belongings {
                campaign_id,
                custom_field,
                ..Belongings::default()
            };
            let sent = self.send_template(&number, draft, belongings, moment);
            if sent.is_ok() {
                waiting += 1
            } else {
                failed += 1
            }
            outcome.record(
                index,
                &number,
                value,
                sent.map(|message| self.shown_in_campaign(message)),
            );
        }
        self.campaigns.put(Campaign {
            id: id.clone(),
            name: plan.campaign_name,
            description: plan.campaign_desc,
            status: if waiting == 0 {
                Progress::Sent
            } else {
                Progress::Running
            },
            phone_number_id: self.business.phone_number_id.clone(),
            template_name: plan.template_name,
            source: plan.source,
            stats_total: waiting + failed,
            stats_wait: waiting,
            stats_sent: 0,
            stats_delivered: 0,
            stats_read: 0,
            stats_responded: 0,
            stats_clicked: 0,
            stats_clicked_responded: 0,
            stats_failure: failed,
            schedule_time: None,
            created_at: Instant::new(moment.now),
        });
        Ok(Started {
            campaign_id: id,
            messages_response: outcome,
        })
    }

    /// Counts a message that came from one status to another in its campaign, if it has one.
    pub fn count_in_campaign(&mut self, message: &Message, from: Status) {
        if let Some(id) = &message.campaign_id {
            self.campaigns
                .update(id, |campaign| campaign.count(from, message.status));
        }
    }

    fn list_campaigns(&self, which: &Which) -> Result<Listing, Error> {
        let range = match (which.start_date, which.end_date) {
            (None, None) => None,
            (Some(start), Some(end)) => Some(start..=end),
            _ => return Err(Error::HalfARange),
        };
        let in_range = |campaign: &&Campaign| {
            let day = campaign
                .created_at
                .timestamp()
                .to_zoned(TimeZone::UTC)
                .date();
            range.as_ref().is_none_or(|range| range.contains(&day))
        };
        let mut newest_first = self.campaigns.iter().rev().filter(in_range).peekable();
        if let Some(cursor) = &which.cursor {
            // The cursor is the last campaign of the page before; an unknown one starts over.
            if self.campaigns.contains(cursor) {
                newest_first
                    .by_ref()
                    .find(|campaign| campaign.id == *cursor);
            }
        }
        let campaigns: Vec<_> = newest_first
            .by_ref()
            .take(which.limit.unwrap_or(PAGE))
            .cloned()
            .collect();
        let next_cursor = campaigns
            .last()
            .filter(|_| newest_first.peek().is_some())
            .map(|last| last.id.clone());
        Ok(Listing {
            campaigns,
            next_cursor,
        })
    }
}
