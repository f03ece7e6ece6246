//! Agent assignments: who was given which conversation, and when.

use std::borrow::Cow;
use std::collections::HashSet;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{listed, utc};
use super::super::state::Cekat;
use super::conversations::Stage;
use super::{Part, Period};
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A conversation given to an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// A UUID.
    pub id: String,
    /// For whom.
    pub business_id: String,
    /// Which conversation.
    pub conversation_id: String,
    /// To whom.
    pub agent_id: Option<String>,
    /// When.
    pub assigned_at: Timestamp,
}

impl Record for Assignment {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("business", Cow::Borrowed(&self.business_id))]
    }
}

/// An assignment as listed, with what it is about.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    conversation_id: String,
    contact_id: String,
    contact_name: String,
    inbox_id: String,
    inbox_name: String,
    handled_by_id: Option<String>,
    handled_by_name: Option<String>,
    stage_status: Stage,
    assigned_at: String,
    created_at: String,
}

/// `GET /api/agent_assignments` — lists a page of every assignment in a period, newest first.
pub async fn list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let page = store.read(|cekat, _| {
        let found = cekat.assignments_in(period, caller.business());
        paging.page(found).map(|one| cekat.shown_assignment(one))
    });
    let metadata = page.metadata();
    Ok(listed(page.rows, metadata))
}

/// `GET /api/conversations/agent-assignments` — lists the latest assignment of each conversation.
pub async fn latest(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let page = store.read(|cekat, _| {
        let mut found = cekat.assignments_in(period, caller.business());
        let mut seen = HashSet::new();
        found.retain(|one| seen.insert(&one.conversation_id));
        paging.page(found).map(|one| cekat.shown_assignment(one))
    });
    let metadata = page.metadata();
    Ok(listed(page.rows, metadata))
}

impl Cekat {
    /// The assignments of a period whose conversation still exists, newest first.
    fn assignments_in(&self, period: Period, business: &str) -> Vec<&Assignment> {
        let own = self.assignments.by("business", business);
        let mut found: Vec<_> = own
            .filter(|one| period.holds(one.assigned_at))
            .filter(|one| self.conversations.contains(&one.conversation_id))
            .collect();
        // The later of two at one instant is the one that was made later.
        found.reverse();
        found.sort_by_key(|one| std::cmp::Reverse(one.assigned_at));
        found
    }

    fn shown_assignment(&self, one: &Assignment) -> Shown {
        let conversation = self.conversations.get(&one.conversation_id);
        let contact = conversation.and_then(|talk| self.contacts.get(&talk.contact_id));
        let inbox = conversation.and_then(|talk| self.inboxes.get(&talk.inbox_id));
        let agent = one.agent_id.as_deref().and_then(|id| self.agents.get(id));
        Shown {
            id: one.id.clone(),
            conversation_id: one.conversation_id.clone(),
            contact_id: contact.map_or_else(String::new, |contact| contact.id.clone()),
            contact_name: contact.map_or_else(String::new, |one| one.display_name.clone()),
            inbox_id: inbox.map_or_else(String::new, |inbox| inbox.id.clone()),
            inbox_name: inbox.map_or_else(String::new, |inbox| inbox.name.clone()),
            handled_by_id: one.agent_id.clone(),
            handled_by_name: agent.map(|agent| agent.name.clone()),
            stage_status: conversation.map_or(Stage::Resolved, |talk| talk.stage_status),
            assigned_at: utc(one.assigned_at),
            created_at: utc(one.assigned_at),
        }
    }
}
