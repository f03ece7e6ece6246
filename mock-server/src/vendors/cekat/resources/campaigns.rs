//! Campaigns: one template to many, and what became of each message.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{Pages, listed, utc};
use super::super::state::Cekat;
use super::messages::{SenderType, Status};
use super::{Owned, Part, normal, own};
use crate::kernel::extract::Path;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// Its name.
    pub name: String,
    /// Whether it is over.
    pub status: String,
    /// The provider's id of the template.
    pub template_id: Option<String>,
    /// The template's name.
    pub template_name: Option<String>,
    /// Through which inbox.
    pub inbox_id: String,
    /// To which list.
    #[serde(default)]
    pub recipient_list_id: Option<String>,
    /// For when it was planned.
    #[serde(default)]
    pub scheduled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Record for Campaign {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("business", Cow::Borrowed(&self.business_id))]
    }
}

impl Owned for Campaign {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// What one recipient got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// A UUID.
    pub id: String,
    /// Of which campaign.
    pub campaign_id: String,
    /// The conversation it became.
    pub conversation_id: Option<String>,
    /// The message in it.
    #[serde(default)]
    pub message_id: Option<String>,
    /// Who got it.
    pub contact_name: Option<String>,
    /// At which number.
    pub phone_number: String,
    /// The words.
    pub message: String,
    /// The file.
    #[serde(default)]
    pub media_url: Option<String>,
    /// How far it got.
    pub status: Status,
    /// Why no further.
    #[serde(default)]
    pub error: Option<String>,
    /// Whether it was answered.
    #[serde(default)]
    pub is_replied: bool,
    /// When.
    pub created_at: Timestamp,
}

impl Record for Recipient {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = vec![
            ("campaign", Cow::Borrowed(self.campaign_id.as_str())),
            ("phone", Cow::Owned(normal(&self.phone_number))),
        ];
        if let Some(message) = &self.message_id {
            keys.push(("message", Cow::Borrowed(message.as_str())));
        }
        keys
    }
}

/// A campaign as listed, with what became of it.
#[derive(Debug, Serialize)]
pub struct Row {
    id: String,
    name: String,
    status: String,
    template_id: Option<String>,
    template_name: Option<String>,
    inbox_id: String,
    inbox_name: String,
    recipient_list_id: Option<String>,
    total_recipients: usize,
    total_sent: usize,
    total_delivered: usize,
    total_read: usize,
    total_replied: usize,
    total_failed: usize,
    scheduled_at: Option<String>,
    created_at: String,
}

/// What one recipient got, as listed.
#[derive(Debug, Serialize)]
pub struct RecipientRow {
    id: String,
    campaign_id: String,
    conversation_id: Option<String>,
    contact_name: Option<String>,
    phone_number: String,
    message: String,
    media_url: Option<String>,
    status: Status,
    error: Option<String>,
    is_replied: bool,
    created_at: String,
}

/// How many messages got how far. Whoever has read one has it delivered, and it was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Metrics {
    /// All but the failed.
    pub sent: usize,
    /// On a phone.
    pub delivered: usize,
    /// Seen.
    pub read: usize,
    /// Answered.
    pub replied: usize,
    /// Never.
    pub failed: usize,
}

/// What a list of recipients says about itself.
#[derive(Debug, Serialize)]
pub struct Account {
    pagination: Pages,
    metrics: Metrics,
}

/// Which campaign a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    id: String,
}

/// `GET /api/campaigns` — lists a page of the campaigns made in a period, newest first.
pub async fn v2_list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let page = store.read(|cekat, _| {
        let own = cekat.campaigns.by("business", caller.business());
        let mut found: Vec<_> = own.filter(|one| period.holds(one.created_at)).collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.created_at));
        paging.page(found).map(|one| cekat.campaign_row(one))
    });
    let metadata = page.metadata();
    Ok(listed(page.rows, metadata))
}

/// `GET /api/campaigns/{id}/messages` — lists a page of what a campaign's recipients got, oldest first.
pub async fn v2_messages(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
    part: Part,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let (rows, account) = store.read(|cekat, _| {
        let campaign = own(&cekat.campaigns, &which.id, caller.business());
        let campaign = campaign.ok_or(Error::NotFound("Campaign"))?;
        let all = cekat.campaign_messages.by("campaign", &campaign.id);
        let found: Vec<_> = all.filter(|one| period.holds(one.created_at)).collect();
        let metrics = Metrics::of(found.iter().copied());
        let page = paging.page(found).map(Recipient::row);
        let account = Account {
            pagination: page.pages,
            metrics,
        };
        Ok::<_, Error>((page.rows, account))
    })?;
    Ok(listed(rows, account))
}

impl Metrics {
    /// Counts.
    pub fn of<'a>(recipients: impl Iterator<Item = &'a Recipient>) -> Self {
        let mut metrics = Self::default();
        for one in recipients {
            let arrived = matches!(one.status, Status::Delivered | Status::Read);
            metrics.sent += usize::from(one.status != Status::Failed);
            metrics.delivered += usize::from(arrived);
            metrics.read += usize::from(one.status == Status::Read);
            metrics.replied += usize::from(one.is_replied);
            metrics.failed += usize::from(one.status == Status::Failed);
        }
        metrics
    }
}

impl Recipient {
    fn row(&self) -> RecipientRow {
        RecipientRow {
            id: self.id.clone(),
            campaign_id: self.campaign_id.clone(),
            conversation_id: self.conversation_id.clone(),
            contact_name: self.contact_name.clone(),
            phone_number: self.phone_number.clone(),
            message: self.message.clone(),
            media_url: self.media_url.clone(),
            status: self.status,
            error: self.error.clone(),
            is_replied: self.is_replied,
            created_at: utc(self.created_at),
        }
    }
}

impl Cekat {
    fn campaign_row(&self, one: &Campaign) -> Row {
        let metrics = Metrics::of(self.campaign_messages.by("campaign", &one.id));
        let inbox = self.inboxes.get(&one.inbox_id);
        Row {
            id: one.id.clone(),
            name: one.name.clone(),
            status: one.status.clone(),
            template_id: one.template_id.clone(),
            template_name: one.template_name.clone(),
            inbox_id: one.inbox_id.clone(),
            inbox_name: inbox.map_or_else(String::new, |inbox| inbox.name.clone()),
            recipient_list_id: one.recipient_list_id.clone(),
            total_recipients: self.campaign_messages.count_by("campaign", &one.id),
            total_sent: metrics.sent,
            total_delivered: metrics.delivered,
            total_read: metrics.read,
            total_replied: metrics.replied,
            total_failed: metrics.failed,
            scheduled_at: one.scheduled_at.map(utc),
            created_at: utc(one.created_at),
        }
    }

    /// Sends an approved template without variables to many, as somebody does in the dashboard.
    ///
    /// # Errors
    /// When there is no such inbox or template, in words.
    pub fn launch_campaign(
        &mut self,
        name: String,
        inbox: &str,
        wa_template_id: &str,
        recipients: &[String],
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), String> {
        let line = self
            .inboxes
            .get(inbox)
            .ok_or_else(|| format!("no inbox {inbox}"))?;
        let business = line.business_id.clone();
        let template = self
            .templates
            .by("wa", wa_template_id)
            .find(|one| one.inbox_id == inbox && one.is_approved())
            .cloned();
        let template = template.ok_or_else(|| format!("no approved template {wa_template_id}"))?;
        let campaign = Campaign {
            id: moment.ids.uuid().to_string(),
            business_id: business.clone(),
            name: name.clone(),
            status: "completed".to_owned(),
            template_id: Some(template.wa_template_id.clone()),
            template_name: Some(template.name.clone()),
            inbox_id: inbox.to_owned(),
            recipient_list_id: None,
            scheduled_at: None,
            created_at: moment.now,
        };
        let campaign_id = self.campaigns.put(campaign).id.clone();
        for phone in recipients {
            let contact = self.meet(phone, None, "whatsapp", &business, moment);
            let talk = self.talk_with(&contact, inbox, moment);
            let sender = (
                SenderType::Campaigns,
                Some(campaign_id.clone()),
                Some(name.clone()),
            );
            let mut message = self.blank(&talk.id, sender, &template.body, moment);
            message.is_template = true;
            self.campaign_messages.put(Recipient {
                id: moment.ids.uuid().to_string(),
                campaign_id: campaign_id.clone(),
                conversation_id: Some(talk.id.clone()),
                message_id: Some(message.id.clone()),
                contact_name: Some(contact.display_name.clone()),
                phone_number: contact.phone_number.clone(),
                message: template.body.clone(),
                media_url: template.file_url.clone(),
                status: Status::Sent,
                error: None,
                is_replied: false,
                created_at: moment.now,
            });
            self.dispatch(message, &normal(phone), moment);
        }
        Ok(())
    }

    /// Takes over how far a message of a campaign got.
    pub fn campaign_progress(&mut self, message: &str, status: Status, failure: Option<String>) {
        let rows = self.campaign_messages.by("message", message);
        let rows: Vec<_> = rows.map(|one| one.id.clone()).collect();
        for row in rows {
            self.campaign_messages.update(&row, |one| {
                one.status = status;
                one.error.clone_from(&failure);
            });
        }
    }

    /// Counts an answer for the latest campaign that reached the conversation.
    pub fn campaign_answered(&mut self, conversation: &str, phone: &str) {
        let reached = self
            .campaign_messages
            .by("phone", &normal(phone))
            .rev()
            .find(|one| one.conversation_id.as_deref() == Some(conversation))
            .map(|one| one.id.clone());
        if let Some(id) = reached {
            self.campaign_messages
                .update(&id, |one| one.is_replied = true);
        }
    }
}
