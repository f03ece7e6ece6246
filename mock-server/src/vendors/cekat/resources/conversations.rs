//! Conversations: one contact in one inbox, listed by cursor, handled by people and machines.

use std::borrow::Cow;
use std::cmp::Reverse;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{cursor, done, javascript, listed, modern, utc, utc_millis};
use super::super::state::Cekat;
use super::super::webhooks::{Field, News, value};
use super::assignments::Assignment;
use super::contacts::{Contact, Named};
use super::messages::SenderType;
use super::{Owned, Part, Period, instant, own};
use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// How long a customer may be answered freely.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// A conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// Through which inbox.
    pub inbox_id: String,
    /// With whom.
    pub contact_id: String,
    /// What was noted.
    #[serde(default)]
    pub notes: Option<String>,
    /// How far the sale got.
    #[serde(default)]
    pub pipeline_status_id: Option<String>,
    /// Where it stands.
    pub stage_status: Stage,
    /// The agent who has it.
    #[serde(default)]
    pub handled_by: Option<String>,
    /// The agent who gave it to them.
    #[serde(default)]
    pub assigned_by: Option<String>,
    /// When it was settled.
    #[serde(default)]
    pub resolved_at: Option<Timestamp>,
    /// By whom.
    #[serde(default)]
    pub resolved_by: Option<String>,
    /// Who else looks after it.
    #[serde(default)]
    pub collaborators: Vec<String>,
    /// Where it takes place.
    pub platform_type: String,
    /// What else is known: nothing, an empty object, or more.
    #[serde(default)]
    pub additional_data: Option<Map<String, Value>>,
    /// The machine that answers.
    #[serde(default)]
    pub assigned_ai_agent: Option<String>,
    /// Whether the machine stays when it is settled.
    #[serde(default)]
    pub keep_assigned_ai_agent_on_resolve: bool,
    /// Where in a flow the customer is.
    #[serde(default)]
    pub last_active_node: Option<String>,
    /// What was written first.
    #[serde(default)]
    pub first_message: Option<String>,
    /// What was written last.
    #[serde(default)]
    pub last_message: Option<Last>,
    /// What an agent wrote last.
    #[serde(default)]
    pub last_message_by_human: Option<Last>,
    /// When the customer last wrote: the 24 hours count from here.
    #[serde(default)]
    pub last_inbound_at: Option<Timestamp>,
    /// Whether the customer has answered since an agent has it.
    #[serde(default)]
    pub answered_human: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A message as a conversation remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Last {
    /// What it says.
    pub message: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Who wrote it, where that is known.
    #[serde(default)]
    pub sent_by_type: Option<SenderType>,
}

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Nobody has it.
    Open,
    /// It waits.
    Pending,
    /// An agent has it.
    Assigned,
    /// It is settled.
    Resolved,
}

impl Stage {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Assigned => "assigned",
            Self::Resolved => "resolved",
        }
    }
}

/// A step of the sales pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineStatus {
    /// A UUID.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Record for PipelineStatus {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

impl Record for Conversation {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("business", Cow::Borrowed(&self.business_id)),
            ("contact", Cow::Borrowed(&self.contact_id)),
        ]
    }
}

impl Owned for Conversation {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// A conversation as it is shown: in a list with less, in detail with more.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    notes: Option<String>,
    labels: Vec<ShownLabel>,
    inbox_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pipeline: Option<Option<Named>>,
    contact_id: String,
    created_at: String,
    inbox_name: String,
    resolved_at: Option<String>,
    contact_name: String,
    last_message: Option<ShownLast>,
    stage_status: Stage,
    #[serde(skip_serializing_if = "Option::is_none")]
    collaborators: Option<Vec<Named>>,
    contact_phone: String,
    first_message: Option<ShownFirst>,
    handled_by_id: Option<String>,
    platform_type: String,
    resolved_by_id: Option<String>,
    additional_data: Option<Map<String, Value>>,
    handled_by_name: Option<String>,
    resolved_by_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message_by_human: Option<ShownLast>,
}

#[derive(Debug, Serialize)]
struct ShownLabel {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownFirst {
    message: String,
}

#[derive(Debug, Serialize)]
struct ShownLast {
    message: Option<String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_by_type: Option<SenderType>,
}

/// A conversation as a column of the CRM shows it.
#[derive(Debug, Serialize)]
pub struct Card {
    id: String,
    inbox: InboxName,
    contact: ContactCard,
    created_at: String,
    handled_by: Option<String>,
    updated_at: String,
    assigned_by: Option<String>,
    stage_status: Stage,
    last_active_node: Option<String>,
    assigned_ai_agent: Option<String>,
    pipeline_status_id: Option<String>,
}

#[derive(Debug, Serialize)]
struct InboxName {
    name: String,
}

#[derive(Debug, Serialize)]
struct ContactCard {
    email: Option<String>,
    display_name: String,
    phone_number: String,
}

/// Where a page of conversations begins, and which of them it shows.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    /// The last conversation of the page before.
    pub cursor_id: Option<String>,
    /// Its latest activity.
    pub cursor_ts: Option<String>,
    /// Through which inbox.
    pub inbox_id: Option<String>,
    /// Where it stands.
    pub stage_status: Option<String>,
}

/// Where the next page begins; null on the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cursor {
    /// The last conversation of this page.
    pub cursor_id: Option<String>,
    /// Its latest activity.
    pub cursor_ts: Option<String>,
}

/// What a list of conversations says about itself.
#[derive(Debug, Serialize)]
pub struct Onward {
    next_cursor: Cursor,
}

/// Which conversation a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    conversation_id: String,
}

/// What is left to say about the machine of a conversation.
#[derive(Debug, Serialize)]
pub struct Machine {
    id: String,
    assigned_ai_agent: Option<String>,
    keep_assigned_ai_agent_on_resolve: bool,
}

/// Which conversations are to disappear.
#[derive(Clone, Debug, Deserialize)]
pub struct Doomed {
    conversation_ids: Vec<String>,
}

/// The largest page there is.
const LARGEST: usize = 100;

/// `GET /api/conversations` — lists conversations by cursor, the latest activity first.
pub async fn v2_list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
    Query(filter): Query<Filter>,
) -> Result<impl IntoResponse, Error> {
    let limit = part.paging.size().min(LARGEST);
    let (rows, next_cursor) = store.read(|cekat, _| {
        let (found, next) =
            cekat.conversations_from(&filter, part.period, limit, caller.business())?;
        let rows: Vec<_> = found.iter().map(|one| cekat.shown(one, false)).collect();
        Ok::<_, Error>((rows, next))
    })?;
    Ok(listed(rows, Onward { next_cursor }))
}

/// `GET /api/conversations/{conversation_id}` — shows a conversation in detail.
pub async fn v2_get(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.read(|cekat, _| {
        let conversation = cekat.conversation(&which.conversation_id, caller.business())?;
        Ok::<_, Error>(cekat.shown(conversation, true))
    })?;
    Ok(modern(shown))
}

/// `PUT /api/conversations/{conversation_id}` — gives a conversation to a machine, or takes it away.
pub async fn v2_update(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
    Body(change): Body<Map<String, Value>>,
) -> Result<impl IntoResponse, Error> {
    let machine = store.try_write(|cekat, moment| {
        cekat.give_to_machine(&which.conversation_id, &change, caller.business(), moment)
    })?;
    Ok(modern(machine))
}

/// `POST /v1/backoffice/conversations-delete` — makes conversations and their messages disappear.
pub async fn delete(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Body(doomed): Body<Doomed>,
) -> Result<impl IntoResponse, Error> {
    store.write(|cekat, _| {
        for id in &doomed.conversation_ids {
            cekat.forget_conversation(id, caller.business());
        }
    });
    Ok(done())
}

impl Conversation {
    /// Whether the customer may be answered freely.
    pub fn window_open(&self, now: Timestamp) -> bool {
        let heard = self.last_inbound_at;
        heard.is_some_and(|heard| now.duration_since(heard) < WINDOW)
    }

    /// When something last happened in it, to the millisecond.
    pub fn activity(&self) -> i64 {
        let last = self.last_message.as_ref();
        last.map_or(self.created_at, |last| last.created_at)
            .as_millisecond()
    }
}

impl Last {
    fn shown(&self, write: fn(Timestamp) -> String, with_sender: bool) -> ShownLast {
        ShownLast {
            message: self.message.clone(),
            created_at: write(self.created_at),
            sent_by_type: self.sent_by_type.filter(|_| with_sender),
        }
    }
}

impl Cekat {
    /// A conversation of the business.
    ///
    /// # Errors
    /// When it has none of this id.
    pub fn conversation(&self, id: &str, business: &str) -> Result<&Conversation, Error> {
        own(&self.conversations, id, business).ok_or(Error::NotFound("Conversation"))
    }

    /// A page of conversations after a cursor, and where the next one begins.
    ///
    /// # Errors
    /// When the cursor's time is none.
    pub fn conversations_from(
        &self,
        filter: &Filter,
        period: Period,
        limit: usize,
        business: &str,
    ) -> Result<(Vec<&Conversation>, Cursor), Error> {
        let after = match (&filter.cursor_ts, &filter.cursor_id) {
            (Some(at), Some(id)) => {
                let at = instant(at, &jiff::tz::TimeZone::UTC);
                let at = at.ok_or_else(|| Error::invalid("cursor_ts"))?;
                Some((at.as_millisecond(), id.as_str()))
            }
            _ => None,
        };
        let own = self.conversations.by("business", business);
        let wanted = |wanted: &Option<String>, has: &str| {
            wanted
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(has))
        };
        let mut found: Vec<_> = own
            .filter(|one| wanted(&filter.inbox_id, &one.inbox_id))
            .filter(|one| wanted(&filter.stage_status, one.stage_status.name()))
            .filter(|one| period.holds(one.created_at))
            .filter(|one| after.is_none_or(|after| (one.activity(), one.id.as_str()) < after))
            .collect();
        found.sort_by_key(|one| Reverse((one.activity(), one.id.as_str())));
        let more = found.len() > limit;
        found.truncate(limit);
        let next = match found.last() {
            Some(last) if more => Cursor {
                cursor_id: Some(last.id.clone()),
                cursor_ts: Timestamp::from_millisecond(last.activity())
                    .ok()
                    .map(cursor),
            },
            _ => Cursor::default(),
        };
        Ok((found, next))
    }

    /// A conversation as it is shown, in detail or in a list.
    pub fn shown(&self, one: &Conversation, detail: bool) -> Shown {
        let inbox = self.inboxes.get(&one.inbox_id);
        let contact = self.contacts.get(&one.contact_id);
        let agent = |id: &Option<String>| id.as_deref().and_then(|id| self.agents.get(id));
        let labels = self.labels_of(&one.id).map(|label| ShownLabel {
            id: label.id.clone(),
            name: label.name.clone(),
            color: detail.then(|| label.color.clone()),
        });
        let pipeline = one.pipeline_status_id.as_deref();
        let pipeline = pipeline.and_then(|id| self.pipeline_statuses.get(id));
        let helpers = one
            .collaborators
            .iter()
            .filter_map(|id| self.agents.get(id));
        let last = one.last_message.as_ref();
        let by_human = one.last_message_by_human.as_ref().filter(|_| detail);
        Shown {
            id: one.id.clone(),
            notes: one.notes.clone(),
            labels: labels.collect(),
            inbox_id: one.inbox_id.clone(),
            pipeline: detail.then(|| {
                pipeline.map(|step| Named {
                    id: step.id.clone(),
                    name: step.name.clone(),
                })
            }),
            contact_id: one.contact_id.clone(),
            created_at: utc(one.created_at),
            inbox_name: inbox.map_or_else(String::new, |inbox| inbox.name.clone()),
            resolved_at: one.resolved_at.map(utc),
            contact_name: contact.map_or_else(String::new, |one| one.display_name.clone()),
            last_message: last.map(|last| last.shown(utc_millis, detail)),
            stage_status: one.stage_status,
            collaborators: detail.then(|| {
                let named = helpers.map(|agent| Named {
                    id: agent.id.clone(),
                    name: agent.name.clone(),
                });
                named.collect()
            }),
            contact_phone: contact.map_or_else(String::new, |one| one.phone_number.clone()),
            first_message: one
                .first_message
                .clone()
                .map(|message| ShownFirst { message }),
            handled_by_id: one.handled_by.clone(),
            platform_type: one.platform_type.clone(),
            resolved_by_id: one.resolved_by.clone(),
            additional_data: one.additional_data.clone(),
            handled_by_name: agent(&one.handled_by).map(|agent| agent.name.clone()),
            resolved_by_name: agent(&one.resolved_by).map(|agent| agent.name.clone()),
            last_message_by_human: by_human.map(|last| last.shown(javascript, true)),
        }
    }

    /// A conversation as a column of the CRM shows it.
    pub fn conversation_value(&self, one: &Conversation) -> Value {
        let inbox = self.inboxes.get(&one.inbox_id);
        let contact = self.contacts.get(&one.contact_id);
        value(&Card {
            id: one.id.clone(),
            inbox: InboxName {
                name: inbox.map_or_else(String::new, |inbox| inbox.name.clone()),
            },
            contact: ContactCard {
                email: contact.and_then(|contact| contact.email.clone()),
                display_name: contact.map_or_else(String::new, |one| one.display_name.clone()),
                phone_number: contact.map_or_else(String::new, |one| one.phone_number.clone()),
            },
            created_at: utc(one.created_at),
            handled_by: one.handled_by.clone(),
            updated_at: utc(one.updated_at),
            assigned_by: one.assigned_by.clone(),
            stage_status: one.stage_status,
            last_active_node: one.last_active_node.clone(),
            assigned_ai_agent: one.assigned_ai_agent.clone(),
            pipeline_status_id: one.pipeline_status_id.clone(),
        })
    }

    /// The contact's latest conversation in an inbox; a new one when there is none, which is told.
    pub fn talk_with(
        &mut self,
        contact: &Contact,
        inbox: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Conversation {
        let known = self.conversations.by("contact", &contact.id).rev();
        if let Some(known) = known.into_iter().find(|one| one.inbox_id == inbox) {
            return known.clone();
        }
        let kind = self.inboxes.get(inbox).map(|inbox| inbox.kind.clone());
        let conversation = Conversation {
            id: moment.ids.uuid().to_string(),
            business_id: contact.business_id.clone(),
            inbox_id: inbox.to_owned(),
            contact_id: contact.id.clone(),
            notes: None,
            pipeline_status_id: None,
            stage_status: Stage::Open,
            handled_by: None,
            assigned_by: None,
            resolved_at: None,
            resolved_by: None,
            collaborators: Vec::new(),
            platform_type: kind.unwrap_or_default(),
            additional_data: None,
            assigned_ai_agent: None,
            keep_assigned_ai_agent_on_resolve: false,
            last_active_node: None,
            first_message: None,
            last_message: None,
            last_message_by_human: None,
            last_inbound_at: None,
            answered_human: false,
            created_at: moment.now,
            updated_at: moment.now,
        };
        let conversation = self.conversations.put(conversation).clone();
        let id = &conversation.id;
        self.tell_conversation(id, moment, |data| News::ConversationCreated { data });
        conversation
    }

    /// Gives a conversation to a machine, or takes it away, and decides what becomes of it in the end.
    ///
    /// # Errors
    /// When there is no such conversation or machine.
    pub fn give_to_machine(
        &mut self,
        id: &str,
        change: &Map<String, Value>,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Machine, Error> {
        self.conversation(id, business)?;
        let machine = change.get("assigned_ai_agent");
        if let Some(Value::String(machine)) = machine {
            own(&self.ai_agents, machine, business).ok_or(Error::NotFound("AI agent"))?;
        }
        let keep = change.get("keep_assigned_ai_agent_on_resolve");
        let now = moment.now;
        let changed = self.conversations.update(id, |one| {
            if let Some(machine) = machine {
                one.assigned_ai_agent = machine.as_str().map(str::to_owned);
            }
            if let Some(keep) = keep.and_then(Value::as_bool) {
                one.keep_assigned_ai_agent_on_resolve = keep;
            }
            one.updated_at = now;
            Machine {
                id: one.id.clone(),
                assigned_ai_agent: one.assigned_ai_agent.clone(),
                keep_assigned_ai_agent_on_resolve: one.keep_assigned_ai_agent_on_resolve,
            }
        });
        changed.ok_or(Error::NotFound("Conversation"))
    }

    /// Moves a conversation to another stage, and tells when it is another.
    pub fn move_stage(&mut self, id: &str, stage: Stage, moment: &mut Moment<'_, Self>) {
        let now = moment.now;
        let before = self.conversations.update(id, |one| {
            let before = one.stage_status;
            if before != stage {
                one.stage_status = stage;
                one.updated_at = now;
            }
            before
        });
        let Some(before) = before.filter(|before| *before != stage) else {
            return;
        };
        self.tell_conversation(id, moment, |data| News::FieldUpdated {
            field: Field::StageStatus,
            updated_field: "stage_status",
            old_value: Some(before.name().to_owned()),
            new_value: Some(stage.name().to_owned()),
            data,
        });
    }

    /// Gives a conversation to an agent, or to nobody, and tells.
    pub fn hand_to(&mut self, id: &str, agent: Option<String>, moment: &mut Moment<'_, Self>) {
        let now = moment.now;
        let new_value = agent.clone();
        let before = self.conversations.update(id, |one| {
            one.updated_at = now;
            one.answered_human = false;
            (
                one.business_id.clone(),
                std::mem::replace(&mut one.handled_by, agent),
            )
        });
        let Some((business_id, old_value)) = before else {
            return;
        };
        if new_value.is_some() {
            self.assignments.put(Assignment {
                id: moment.ids.uuid().to_string(),
                business_id,
                conversation_id: id.to_owned(),
                agent_id: new_value.clone(),
                assigned_at: now,
            });
        }
        if old_value != new_value {
            self.tell_conversation(id, moment, |data| News::FieldUpdated {
                field: Field::HandledBy,
                updated_field: "handled_by",
                old_value,
                new_value,
                data,
            });
        }
    }

    /// Makes a conversation and everything in it disappear; its contact stays.
    fn forget_conversation(&mut self, id: &str, business: &str) {
        if own(&self.conversations, id, business).is_none() {
            return;
        }
        let messages = self.messages.by("conversation", id);
        let messages: Vec<_> = messages.map(|one| one.id.clone()).collect();
        for message in messages {
            self.messages.remove(&message);
        }
        let labels = self.label_assignments.by("conversation", id);
        let labels: Vec<_> = labels.map(|one| one.id.clone()).collect();
        for label in labels {
            self.label_assignments.remove(&label);
        }
        self.conversations.remove(id);
    }

    /// Tells something about a conversation, with the conversation in detail.
    pub fn tell_conversation(
        &self,
        id: &str,
        moment: &mut Moment<'_, Self>,
        news: impl FnOnce(Value) -> News,
    ) {
        if let Some(one) = self.conversations.get(id) {
            let news = news(value(&self.shown(one, true)));
            self.tell(&one.business_id, id, Some(&one.inbox_id), news, moment);
        }
    }
}
