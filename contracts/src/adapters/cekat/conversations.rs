//! Conversations, who answers them, and the campaigns that begin them.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Client, Done, Edit, Error, Filter, Many, Named, One, Pagination};

/// The operations on conversations and campaigns.
#[derive(Clone, Copy, Debug)]
pub struct Conversations<'c>(pub(super) &'c Client);

/// How far a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// New.
    Open,
    /// Waiting for somebody.
    Pending,
    /// Somebody's.
    Assigned,
    /// Settled.
    Resolved,
}

/// Which conversations to show.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Selection {
    /// Which page, and from when.
    #[serde(flatten)]
    pub filter: Filter,
    /// After this conversation.
    pub cursor_id: Option<String>,
    /// After this moment.
    pub cursor_ts: Option<String>,
    /// Those of this inbox.
    pub inbox_id: Option<String>,
    /// Those that are this far.
    pub stage_status: Option<Stage>,
}

/// What to change about a conversation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Change {
    /// The machine that is to answer, or none.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub assigned_ai_agent: Edit<String>,
    /// Whether it stays when all is settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_assigned_ai_agent_on_resolve: Option<bool>,
}

/// A conversation, as the list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// Its id.
    pub id: String,
    /// What was noted.
    pub notes: Option<String>,
    /// What is stuck on it.
    pub labels: Vec<Named>,
    /// Whose inbox it is for.
    pub inbox_id: String,
    /// The customer.
    pub contact_id: String,
    /// Since when.
    pub created_at: String,
    /// Its name.
    pub inbox_name: String,
    /// Settled when.
    pub resolved_at: Option<String>,
    /// Their name.
    pub contact_name: String,
    /// What was said last.
    pub last_message: Option<Last>,
    /// How far it is.
    pub stage_status: Stage,
    /// Their number.
    pub contact_phone: String,
    /// What was said first.
    pub first_message: Option<First>,
    /// Which agent has it.
    pub handled_by_id: Option<String>,
    /// Over which platform.
    pub platform_type: String,
    /// Who settled it.
    pub resolved_by_id: Option<String>,
    /// What else is kept.
    pub additional_data: Option<Value>,
    /// Their name.
    pub handled_by_name: Option<String>,
    /// Their name.
    pub resolved_by_name: Option<String>,
}

/// A conversation in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// What was noted.
    pub notes: Option<String>,
    /// What is stuck on it.
    pub labels: Vec<Label>,
    /// Whose inbox it is for.
    pub inbox_id: String,
    /// How far the sale is.
    pub pipeline: Option<Named>,
    /// The customer.
    pub contact_id: String,
    /// Since when.
    pub created_at: String,
    /// Its name.
    pub inbox_name: String,
    /// Settled when.
    pub resolved_at: Option<String>,
    /// Their name.
    pub contact_name: String,
    /// What was said last.
    pub last_message: Option<Last>,
    /// How far it is.
    pub stage_status: Stage,
    /// Who helps.
    pub collaborators: Vec<Named>,
    /// Their number.
    pub contact_phone: String,
    /// What was said first.
    pub first_message: Option<First>,
    /// Which agent has it.
    pub handled_by_id: Option<String>,
    /// Over which platform.
    pub platform_type: String,
    /// Who settled it.
    pub resolved_by_id: Option<String>,
    /// What else is kept.
    pub additional_data: Option<Value>,
    /// Their name.
    pub handled_by_name: Option<String>,
    /// Their name.
    pub resolved_by_name: Option<String>,
    /// What a person said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message_by_human: Option<Last>,
}

/// What is stuck on a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: String,
}

/// What was said first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct First {
    /// The words.
    pub message: Option<String>,
}

/// What was said last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Last {
    /// The words.
    pub message: Option<String>,
    /// Since when.
    pub created_at: String,
    /// What kind of sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by_type: Option<String>,
}

/// Where the next page begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursors {
    /// Where the next page begins.
    pub next_cursor: Option<Cursor>,
}

/// A place between two conversations; the end when it has no members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// After which conversation.
    pub cursor_id: Option<String>,
    /// After which moment.
    pub cursor_ts: Option<String>,
}

/// What a conversation was changed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// Its id.
    pub id: String,
    /// The machine that answers.
    pub assigned_ai_agent: Option<String>,
    /// Whether it stays when all is settled.
    pub keep_assigned_ai_agent_on_resolve: bool,
}

/// Which agent got a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Its id.
    pub id: String,
    /// In which conversation.
    pub conversation_id: String,
    /// The customer.
    pub contact_id: String,
    /// Their name.
    pub contact_name: String,
    /// Whose inbox it is for.
    pub inbox_id: String,
    /// Its name.
    pub inbox_name: String,
    /// Which agent has it.
    pub handled_by_id: Option<String>,
    /// Their name.
    pub handled_by_name: Option<String>,
    /// How far it is.
    pub stage_status: String,
    /// Since when they have it.
    pub assigned_at: String,
    /// Since when.
    pub created_at: String,
}

/// One template for many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: String,
    /// Which template.
    pub template_id: Option<String>,
    /// The template's name.
    pub template_name: Option<String>,
    /// Whose inbox it is for.
    pub inbox_id: String,
    /// Its name.
    pub inbox_name: String,
    /// Who gets it.
    pub recipient_list_id: Option<String>,
    /// How many get it.
    pub total_recipients: u64,
    /// How many were sent.
    pub total_sent: u64,
    /// How many arrived.
    pub total_delivered: u64,
    /// How many were read.
    pub total_read: u64,
    /// How many were answered.
    pub total_replied: u64,
    /// How many will never arrive.
    pub total_failed: u64,
    /// When it is to start.
    pub scheduled_at: Option<String>,
    /// Since when.
    pub created_at: String,
}

/// One message of a campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignMessage {
    /// Its id.
    pub id: String,
    /// Of which campaign.
    pub campaign_id: String,
    /// In which conversation.
    pub conversation_id: Option<String>,
    /// Their name.
    pub contact_name: Option<String>,
    /// The number.
    pub phone_number: String,
    /// The words.
    pub message: String,
    /// Where the medium is.
    pub media_url: Option<String>,
    /// Its status.
    pub status: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Whether it was answered.
    pub is_replied: bool,
    /// Since when.
    pub created_at: String,
}

/// The page of a campaign's messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// In pages.
    pub pagination: Pagination,
    /// What became of all of them.
    pub metrics: Metrics,
}

/// What became of a campaign's messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Sent.
    pub sent: u64,
    /// Arrived.
    pub delivered: u64,
    /// Read.
    pub read: u64,
    /// Answered.
    pub replied: u64,
    /// Will never arrive.
    pub failed: u64,
}

impl Conversations<'_> {
    /// `GET /api/conversations` — lists conversations.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(
        &self,
        selection: &Selection,
    ) -> Result<Many<ConversationRow, Cursors>, Error> {
        let path = ["api", "conversations"];
        self.0.page(&path, &selection.filter, selection).await
    }

    /// `GET /api/conversations/{conversation_id}` — shows one conversation.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, conversation_id: &str) -> Result<One<Conversation>, Error> {
        let path = ["api", "conversations", conversation_id];
        self.0.read(self.0.ask(Method::GET, &path)?).await
    }

    /// `PUT /api/conversations/{conversation_id}` — changes which machine answers.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn update(
        &self,
        conversation_id: &str,
        change: &Change,
    ) -> Result<One<Changed>, Error> {
        let path = ["api", "conversations", conversation_id];
        let request = self.0.ask(Method::PUT, &path)?;
        self.0.read(request.json(change)).await
    }

    /// `POST /v1/backoffice/conversations-delete` — deletes conversations, with an access token.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete(&self, conversation_ids: &[&str]) -> Result<Done, Error> {
        let path = ["v1", "backoffice", "conversations-delete"];
        let body = serde_json::json!({"conversation_ids": conversation_ids});
        let request = self.0.ask_as_user(Method::POST, &path)?;
        self.0.read(request.json(&body)).await
    }

    /// `DELETE /labels/assign/{id}` — takes a label off a conversation, with an access token.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn remove_label(&self, assignment_id: &str) -> Result<Done, Error> {
        let path = ["labels", "assign", assignment_id];
        self.0
            .read(self.0.ask_as_user(Method::DELETE, &path)?)
            .await
    }

    /// `GET /api/conversations/agent-assignments` — lists who has which conversation.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn assigned(&self, filter: &Filter) -> Result<Many<Assignment>, Error> {
        let path = ["api", "conversations", "agent-assignments"];
        self.0.page(&path, filter, filter).await
    }

    /// `GET /api/agent_assignments` — lists who got which conversation when.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn assignments(&self, filter: &Filter) -> Result<Many<Assignment>, Error> {
        let path = ["api", "agent_assignments"];
        self.0.page(&path, filter, filter).await
    }

    /// `GET /api/campaigns` — lists the campaigns.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn campaigns(&self, filter: &Filter) -> Result<Many<Campaign>, Error> {
        self.0.page(&["api", "campaigns"], filter, filter).await
    }

    /// `GET /api/campaigns/{id}/messages` — lists what a campaign sent.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn campaign_messages(
        &self,
        campaign_id: &str,
        filter: &Filter,
    ) -> Result<Many<CampaignMessage, Measured>, Error> {
        let path = ["api", "campaigns", campaign_id, "messages"];
        self.0.page(&path, filter, filter).await
    }
}
