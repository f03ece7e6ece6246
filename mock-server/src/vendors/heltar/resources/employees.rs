//! Employees: the people of the business.

use std::borrow::Cow;

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kernel::extract::Query;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::{Heltar, Instant};

/// One person of the business.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Employee {
    /// The vendor's number for them.
    pub id: u64,
    /// Their name, once they accepted the invitation.
    pub name: Option<String>,
    /// Their address, in lower case.
    pub email: String,
    /// Where their number is from.
    pub country_code: Option<u16>,
    /// Their number.
    pub contact: Option<String>,
    /// When they were invited.
    pub created_at: Instant,
    /// When their record changed last.
    pub updated_at: Instant,
    /// Whatever the vendor keeps beside.
    pub meta_data: Option<Map<String, Value>>,
    /// Whether they sign in with two factors.
    pub is2fa_enabled: bool,
    /// Whether they can be given chats.
    pub is_active: bool,
    /// Whether they accepted the invitation.
    pub status: Status,
    /// The businesses they may see.
    pub accessible_business_ids: Vec<u64>,
    /// What they may do.
    pub role_permission: Role,
    /// Whether they left; shown only when asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_deleted: bool,
}

impl Record for Employee {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.email)
    }
}

impl Employee {
    /// Whether chats can be given to this person.
    pub fn takes_chats(&self) -> bool {
        self.is_active && self.status == Status::Active && !self.is_deleted
    }

    /// What to call them.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

/// How far an invitation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not answered yet.
    Invited,
    /// Accepted.
    Active,
}

/// What an employee may do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Role {
    /// The vendor's number for it.
    pub id: u64,
    /// Its name, such as `OWNER`.
    pub role: String,
}

/// What `employees.list` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    include_deleted: Option<bool>,
}

/// `GET /v1/auth/business-employees` — lists the people of the business.
pub async fn list(store: Store<Heltar>, Query(which): Query<Which>) -> Json<Reply<Vec<Employee>>> {
    let all = which.include_deleted.unwrap_or_default();
    let people = store.read(|heltar, _| {
        heltar
            .employees
            .iter()
            .filter(|employee| all || !employee.is_deleted)
            .cloned()
            .collect()
    });
    reply("Successfully Fetched List of Business Employees!", people)
}
