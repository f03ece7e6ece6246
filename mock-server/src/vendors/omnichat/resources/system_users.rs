//! System users: the team's agents, and the shops they work for.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use super::super::state::Omnichat;
use super::Content;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::text::digits;

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Agent {
    /// A UUID.
    pub username: String,
    /// Their name.
    pub name: String,
    /// The address they log in with.
    pub email: String,
    /// The number they log in with.
    #[serde(default)]
    pub phone: Option<String>,
    /// Where their picture is.
    #[serde(default)]
    pub profile_picture: Option<String>,
    /// Whether they are at work.
    pub available: bool,
    /// Their status, in the vendor's numbers.
    pub status: u8,
    /// Their role, in the vendor's numbers.
    pub role: u8,
    /// Whether they sell, or serve customers.
    pub duty: Duty,
    /// What their employer calls them.
    #[serde(default)]
    pub employee_code: Option<String>,
    /// The shops they work for, by code; none at all is not the same as an empty list.
    #[serde(default)]
    pub shops: Option<Vec<String>>,
}

/// What an agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Duty {
    /// Serves customers.
    Cs,
    /// Sells.
    Sales,
}

impl Record for Agent {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.username)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = vec![("email", Cow::Owned(self.email.to_lowercase()))];
        if let Some(phone) = &self.phone {
            keys.push(("phone", Cow::Owned(digits(phone))));
        }
        if let Some(code) = &self.employee_code {
            keys.push(("employee", Cow::Borrowed(code.as_str())));
        }
        keys
    }
}

/// A shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shop {
    /// 24 hexadecimal digits.
    pub id: String,
    /// What the team calls it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kinds of shop it is.
    #[serde(default)]
    pub categories: Vec<String>,
}

impl Record for Shop {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.code)
    }
}

/// An agent as answers show them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    team: String,
    username: String,
    email: String,
    phone: Option<String>,
    profile_picture: Option<String>,
    available: bool,
    status: u8,
    role: u8,
    name: String,
    employee_code: Option<String>,
    shops: Option<Vec<Shop>>,
}

/// `GET /v1/system-users` — lists the team's agents, all at once.
pub async fn list(store: Store<Omnichat>) -> impl IntoResponse {
    let content: Vec<_> = store.read(|omnichat, _| {
        let agents = omnichat.agents.iter();
        agents.map(|agent| omnichat.agent_shown(agent)).collect()
    });
    Json(Content { content })
}

impl Agent {
    /// Whether they work for the shop with this code.
    pub fn works_for(&self, shop: &str) -> bool {
        let shops = self.shops.as_deref().unwrap_or_default();
        shops.iter().any(|code| code == shop)
    }
}

impl Omnichat {
    fn agent_shown(&self, agent: &Agent) -> Shown {
        let shops = agent.shops.as_ref().map(|codes| {
            let known = codes.iter().filter_map(|code| self.shops.get(code));
            known.cloned().collect()
        });
        Shown {
            team: self.team.name.clone(),
            username: agent.username.clone(),
            email: agent.email.clone(),
            phone: agent.phone.clone(),
            profile_picture: agent.profile_picture.clone(),
            available: agent.available,
            status: agent.status,
            role: agent.role,
            name: agent.name.clone(),
            employee_code: agent.employee_code.clone(),
            shops,
        }
    }

    /// The agent with this address.
    pub fn agent_by_email(&self, email: &str) -> Option<&Agent> {
        self.agents.by("email", &email.trim().to_lowercase()).next()
    }

    /// The agent with this number, however it is written.
    pub fn agent_by_phone(&self, phone: &str) -> Option<&Agent> {
        self.agents.by("phone", &digits(phone)).next()
    }

    /// The agent with this employee code, at this shop.
    pub fn agent_by_code(&self, code: &str, shop: &str) -> Option<&Agent> {
        let mut agents = self.agents.by("employee", code);
        agents.find(|agent| agent.works_for(shop))
    }
}
