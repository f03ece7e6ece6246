//! Inboxes: the numbers and chat windows through which a business is reached.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{classic, listed, utc};
use super::super::state::Cekat;
use super::{Owned, Part, own};
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// An inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its number, where it has one.
    pub phone_number: Option<String>,
    /// Whether it is in use.
    pub status: String,
    /// The machine that answers.
    pub ai_agent_id: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// `whatsapp`, `livechat`, `messenger`, `instagram`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Since when.
    pub created_at: Timestamp,
}

impl Record for Inbox {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("business", Cow::Borrowed(&self.business_id))]
    }
}

impl Owned for Inbox {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// An inbox in the classic list.
#[derive(Debug, Serialize)]
pub struct Row {
    id: String,
    created_at: String,
    business_id: String,
    name: String,
    description: Option<String>,
    phone_number: Option<String>,
    status: String,
    ai_agent_id: Option<String>,
    image_url: Option<String>,
    #[serde(rename = "type")]
    kind: String,
}

/// An inbox in the new list.
#[derive(Debug, Serialize)]
pub struct V2Row {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    flow_id: Option<String>,
    flow_mode: bool,
    flow_name: Option<String>,
    ai_agent_id: Option<String>,
    ai_agent_name: Option<String>,
    auto_reassign: bool,
    phone_number: Option<String>,
    business_id: String,
    created_at: String,
}

/// `GET /inboxes` — lists every inbox, whatever its kind.
pub async fn list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
) -> Result<impl IntoResponse, Error> {
    let rows: Vec<_> = store.read(|cekat, _| {
        let own = cekat.inboxes.by("business", caller.business());
        own.map(Inbox::row).collect()
    });
    Ok(classic(StatusCode::OK, Some(rows)))
}

/// `GET /api/inboxes` — lists a page of the inboxes made in a period, oldest first.
pub async fn v2_list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let page = store.read(|cekat, _| {
        let own = cekat.inboxes.by("business", caller.business());
        let found = own.filter(|inbox| period.holds(inbox.created_at));
        let page = paging.page(found.collect());
        page.map(|inbox| cekat.v2_inbox(inbox))
    });
    let metadata = page.metadata();
    Ok(listed(page.rows, metadata))
}

impl Inbox {
    /// Whether templates and messages can be sent through it.
    pub fn is_whatsapp(&self) -> bool {
        self.kind == "whatsapp"
    }

    fn row(&self) -> Row {
        Row {
            id: self.id.clone(),
            created_at: utc(self.created_at),
            business_id: self.business_id.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            phone_number: self.phone_number.clone(),
            status: self.status.clone(),
            ai_agent_id: self.ai_agent_id.clone(),
            image_url: self.image_url.clone(),
            kind: self.kind.clone(),
        }
    }
}

impl Cekat {
    /// An inbox of the business.
    ///
    /// # Errors
    /// When it has none of this id.
    pub fn inbox(&self, id: &str, business: &str) -> Result<&Inbox, Error> {
        own(&self.inboxes, id, business).ok_or(Error::NotFound("Inbox"))
    }

    fn v2_inbox(&self, inbox: &Inbox) -> V2Row {
        let machine = inbox.ai_agent_id.as_deref();
        let machine = machine.and_then(|id| self.ai_agents.get(id));
        V2Row {
            id: inbox.id.clone(),
            name: inbox.name.clone(),
            kind: inbox.kind.clone(),
            status: inbox.status.clone(),
            flow_id: None,
            flow_mode: false,
            flow_name: None,
            ai_agent_id: inbox.ai_agent_id.clone(),
            ai_agent_name: machine.map(|machine| machine.name.clone()),
            auto_reassign: false,
            phone_number: inbox.phone_number.clone(),
            business_id: inbox.business_id.clone(),
            created_at: utc(inbox.created_at),
        }
    }
}
