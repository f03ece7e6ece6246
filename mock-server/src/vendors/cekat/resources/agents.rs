//! Who answers: people, and machines that can also be asked directly.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{jakarta_micros, listed, modern};
use super::super::state::Cekat;
use super::{Owned, Part, own};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// Somebody who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// A UUID.
    pub id: String,
    /// For whom.
    pub business_id: String,
    /// Their name.
    pub name: String,
    /// `agent` or `supervisor`.
    pub role: String,
    /// Their e-mail address.
    pub email: String,
    /// The ids of their divisions.
    #[serde(default)]
    pub division: Vec<String>,
    /// Whether they are there.
    pub is_online: bool,
    /// Since when.
    pub created_at: Timestamp,
}

impl Record for Agent {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("business", Cow::Borrowed(&self.business_id))]
    }
}

impl Owned for Agent {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// A machine that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AiAgent {
    /// A UUID.
    pub id: String,
    /// For whom.
    pub business_id: String,
    /// Its name.
    pub name: String,
}

impl Record for AiAgent {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

impl Owned for AiAgent {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// An answer of a machine outside of any conversation, for the bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AiUse {
    /// A UUID.
    pub id: String,
    /// For whom.
    pub business_id: String,
    /// Which machine.
    pub ai_agent_id: String,
    /// What it cost.
    pub credits: u64,
    /// When.
    pub created_at: Timestamp,
}

impl Record for AiUse {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("business", Cow::Borrowed(&self.business_id))]
    }
}

/// An agent as listed.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    name: String,
    role: String,
    email: String,
    division: Vec<String>,
    is_online: bool,
    created_at: String,
}

/// What a machine is asked. The history is not read: the answer is always the same.
#[derive(Clone, Debug, Deserialize)]
pub struct Question {
    ai_agent_id: String,
}

/// What a machine answers.
#[derive(Debug, Serialize)]
pub struct AiAnswer {
    message: &'static str,
    ai_agent_id: String,
}

/// The one answer that all machines give.
const ANSWER: &str = "Halo! Ada yang bisa kami bantu?";

/// `GET /api/agents` — lists a page of the agents who came in a period, newest first.
pub async fn v2_list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let page = store.read(|cekat, _| {
        let own = cekat.agents.by("business", caller.business());
        let mut found: Vec<_> = own.filter(|agent| period.holds(agent.created_at)).collect();
        found.sort_by_key(|agent| std::cmp::Reverse(agent.created_at));
        paging.page(found).map(Agent::shown)
    });
    let metadata = page.metadata();
    Ok(listed(page.rows, metadata))
}

/// `POST /api/ai_response/beta` — asks a machine, which costs a credit.
pub async fn response_beta(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Body(question): Body<Question>,
) -> Result<impl IntoResponse, Error> {
    let answer = store.try_write(|cekat, moment| {
        cekat.ask_machine(&question.ai_agent_id, caller.business(), moment)
    })?;
    Ok(modern(answer))
}

impl Agent {
    fn shown(&self) -> Shown {
        Shown {
            id: self.id.clone(),
            name: self.name.clone(),
            role: self.role.clone(),
            email: self.email.clone(),
            division: self.division.clone(),
            is_online: self.is_online,
            created_at: jakarta_micros(self.created_at),
        }
    }
}

impl Cekat {
    /// Has a machine answer, and counts the credit.
    ///
    /// # Errors
    /// When the business has no such machine.
    pub fn ask_machine(
        &mut self,
        id: &str,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<AiAnswer, Error> {
        let machine = own(&self.ai_agents, id, business).ok_or(Error::NotFound("AI agent"))?;
        let ai_agent_id = machine.id.clone();
        self.ai_uses.put(AiUse {
            id: moment.ids.uuid().to_string(),
            business_id: business.to_owned(),
            ai_agent_id: ai_agent_id.clone(),
            credits: 1,
            created_at: moment.now,
        });
        self.businesses
            .update(business, |one| one.total_used_chat_credit_per_month += 1);
        Ok(AiAnswer {
            message: ANSWER,
            ai_agent_id,
        })
    }
}
