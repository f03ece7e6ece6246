//! What the vendor's panel does with campaigns.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Audience, Author, Campaign, CampaignStatus, LinkStats, Recipient, Stats};
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::happenings::whatsapp::Happening;
use crate::vendors::myoperator::resources::contacts::Origin;
use crate::vendors::myoperator::resources::conversations::Customer;
use crate::vendors::myoperator::resources::messages::{Source, Written};
use crate::vendors::myoperator::resources::templates::render::{Filling, fill_names};
use crate::vendors::myoperator::state::{Instant, MyOperator};

/// A campaign as the panel makes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// The number it is sent from, by either id.
    pub phone_number_id: String,
    /// The template, by its name.
    pub template: String,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
    /// Which variable is filled with what.
    #[serde(default)]
    pub variables_mapping: Vec<Value>,
    /// When it begins; at once when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Timestamp>,
}

/// How long before its beginning a campaign can still be stopped.
const NOTICE: SignedDuration = SignedDuration::from_mins(5);

/// Where the vendor keeps files of recipients.
const FILES: &str =
    "https://myop-chat-stage-campaign.s3.ap-south-1.amazonaws.com/campaign/audience";

/// To how many customers a day a number may write first, by Meta's word for it.
fn daily_limit(tier: &str) -> usize {
    match tier {
        "TIER_50" => 50,
        "TIER_250" => 250,
        "TIER_1K" => 1_000,
        "TIER_10K" => 10_000,
        "TIER_100K" => 100_000,
        _ => usize::MAX,
    }
}

impl MyOperator {
    /// Makes a campaign, which begins at its time.
    ///
    /// # Errors
    /// When there is no such number, no such template, or nobody to write to.
    pub fn make_campaign(
        &mut self,
        plan: Plan,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let number = self.number_for(Some(&plan.phone_number_id))?;
        let template = self.template_for(&number, &plan.template, None);
        let no_template = || Impossible(format!("no template {}", plan.template));
        let template_id = template.ok_or_else(no_template)?.id.clone();
        if plan.recipients.is_empty() {
            return Err(Impossible("a campaign needs recipients".to_owned()));
        }
        let author = self.users.by("company", &number.company_id).next();
        let created_by = Author {
            uuid: author.map_or_else(String::new, |user| user.uuid.clone()),
            name: author.map_or_else(String::new, |user| user.name.clone()),
        };
        let now = Instant::new(moment.now);
        let last = self.campaigns.iter().map(|campaign| campaign.id).max();
        let id = last.unwrap_or(1000) + 1;
        let filename = format!("{}_{}.csv", number.company_id, moment.now.as_second());
        let folder = moment.now.strftime("%Y%m");
        let starts = plan.scheduled_at.unwrap_or(moment.now).max(moment.now);
        let count = plan.recipients.len() as u64;
        let scheduled_type = match plan.scheduled_at {
            Some(_) => "scheduled",
            None => "immediate",
        };
        let campaign = Campaign {
            id,
            company_id: number.company_id.clone(),
            phone_number_id: number.phone_number_id.clone(),
            name: plan.name,
            status: CampaignStatus::Scheduled,
            scheduled_type: scheduled_type.to_owned(),
            scheduled_at: Some(Instant::new(starts)),
            created_by,
            variables_mapping: plan.variables_mapping,
            template_id,
            audience: Audience {
                file_url: format!("{FILES}/{folder}/{filename}"),
                file_headers: headers(&plan.recipients),
                count,
                file_size: 0,
                filename,
            },
            recipients: plan.recipients,
            failure_reason: None,
            stats: Stats {
                count,
                ..Stats::default()
            },
            link_stats: LinkStats::default(),
            created_at: now,
            modified_at: now,
        };
        self.campaigns.put(campaign);
        if plan.scheduled_at.is_none() {
            return self.start_campaign(id, moment);
        }
        let wait = starts.duration_since(moment.now).unsigned_abs();
        moment.schedule(wait, Happening::CampaignStarted { campaign: id }.into());
        Ok(())
    }

    /// Stops a campaign before it begins.
    ///
    /// # Errors
    /// When it does not wait, or begins too soon.
    pub fn cancel_campaign(&mut self, id: u64, now: Timestamp) -> Result<(), Impossible> {
        let campaign = self.known_campaign(id)?;
        let starts = campaign.scheduled_at.map(|starts| starts.0);
        if campaign.status != CampaignStatus::Scheduled {
            return Err(Impossible(format!("campaign {id} does not wait")));
        }
        if starts.is_some_and(|starts| starts.duration_since(now) < NOTICE) {
            return Err(Impossible(format!(
                "campaign {id} begins in less than five minutes"
            )));
        }
        self.campaigns.update(&id.to_string(), |campaign| {
            campaign.status = CampaignStatus::Cancelled;
            campaign.modified_at = Instant::new(now);
        });
        Ok(())
    }

    /// Begins a campaign: every recipient is written to, unless they are too many or nothing is paid for.
    ///
    /// # Errors
    /// When it does not wait. A campaign that was cancelled simply does not begin.
    pub fn start_campaign(
        &mut self,
        id: u64,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let campaign = self.known_campaign(id)?.clone();
        match campaign.status {
            CampaignStatus::Scheduled => {}
            CampaignStatus::Cancelled => return Ok(()),
            _ => return Err(Impossible(format!("campaign {id} does not wait"))),
        }
        let now = Instant::new(moment.now);
        let key = id.to_string();
        if let Some(reason) = self.hinders(&campaign) {
            self.campaigns.update(&key, |campaign| {
                campaign.status = CampaignStatus::Failed;
                campaign.failure_reason = Some(reason.to_owned());
                campaign.stats = Stats::default();
                campaign.modified_at = now;
            });
            return Ok(());
        }
        self.campaigns.update(&key, |campaign| {
            campaign.status = CampaignStatus::Running;
            campaign.modified_at = now;
            campaign.stats.started_at = Some(now);
            campaign.stats.modified_at = Some(now);
        });
        for recipient in &campaign.recipients {
            self.write_to(&campaign, recipient, moment);
        }
        Ok(())
    }

    /// Why a campaign cannot begin, in the words of its `failure_reason`.
    fn hinders(&self, campaign: &Campaign) -> Option<&'static str> {
        let company = campaign.company_id.as_str();
        let Ok(number) = self.sender(company, &campaign.phone_number_id) else {
            return Some("phone_number_not_connected");
        };
        let template = self.templates.get(&campaign.template_id);
        let wallet = self
            .companies
            .get(company)
            .map_or(0, |company| company.wallet);
        let recipients = campaign.recipients.len();
        if recipients > daily_limit(&number.settings.messaging_limit_tier) {
            Some("daily_limit_reached")
        } else if wallet < recipients as u64 {
            Some("insufficient_balance")
        } else if template.is_none_or(|template| !template.is_approved()) {
            Some("template_not_approved")
        } else if recipients == 0 {
            Some("no_audience")
        } else {
            None
        }
    }

    /// Writes to one recipient of a campaign that nothing hinders.
    fn write_to(
        &mut self,
        campaign: &Campaign,
        recipient: &Recipient,
        moment: &mut Moment<'_, Self>,
    ) {
        let number = self.number_of(&campaign.company_id, &campaign.phone_number_id);
        let template = self.templates.get(&campaign.template_id);
        let (Some(number), Some(template)) = (number.cloned(), template.cloned()) else {
            return;
        };
        if self.pay(&campaign.company_id).is_err() {
            return;
        }
        let supplied = supplied(&campaign.variables_mapping, recipient);
        let filling = Filling::deserialize(Value::Object(supplied.clone())).unwrap_or_default();
        let context = self.fill_template(&template, &filling, &supplied);
        let written = Written {
            number: &number,
            customer: Customer {
                country_code: recipient.country_code.clone(),
                contact: recipient.number.clone(),
            },
            by: Some(campaign.created_by.uuid.clone()),
            kind: "template".to_owned(),
            context,
            reply_to: None,
            // Campaigns have no names for their messages, and say so with an empty one.
            myop_ref_id: Some(String::new()),
            source: Source::Campaign,
            campaign: Some(campaign.id),
        };
        let message = self.write_message(written, moment);
        if let Some(conversation) = self.conversations.get(&message.conversation_id).cloned() {
            let name = recipient.values.get("Name").and_then(Value::as_str);
            self.introduce(&conversation, name, Origin::WabaCampaigns, moment);
        }
    }

    fn known_campaign(&self, id: u64) -> Result<&Campaign, Impossible> {
        let known = self.campaigns.get(&id.to_string());
        known.ok_or_else(|| Impossible(format!("no campaign {id}")))
    }
}

/// The columns of the file of recipients.
fn headers(recipients: &[Recipient]) -> Vec<String> {
    let mut headers = vec!["Name".to_owned(), "Phone Number".to_owned()];
    for name in recipients
        .iter()
        .flat_map(|recipient| recipient.values.keys())
    {
        if !headers.contains(name) {
            headers.push(name.clone());
        }
    }
    headers.push("Country Code".to_owned());
    headers
}

/// What a campaign supplies to its template for one recipient: columns of the file, or what is the same for all.
fn supplied(mapping: &[Value], recipient: &Recipient) -> Map<String, Value> {
    let mut body = Map::new();
    let mut buttons: Vec<Value> = Vec::new();
    for entry in mapping {
        let text = |name: &str| entry[name].as_str();
        let Some(variable) = text("var_name") else {
            continue;
        };
        let column = |name: &str| {
            let name = if name == "contact_name" { "Name" } else { name };
            let found = recipient.values.get(name).and_then(Value::as_str);
            found.or_else(|| text("default_value")).map(str::to_owned)
        };
        let value = json!(fill_names(text("mapped_value").unwrap_or_default(), column));
        if text("scope") == Some("button") {
            let mut button = Map::new();
            button.insert("index".to_owned(), entry["index"].clone());
            button.insert(variable.to_owned(), value);
            buttons.push(Value::Object(button));
        } else {
            body.insert(variable.to_owned(), value);
        }
    }
    let mut supplied = Map::from_iter([("body".to_owned(), Value::Object(body))]);
    if !buttons.is_empty() {
        supplied.insert("buttons".to_owned(), Value::Array(buttons));
    }
    supplied
}
