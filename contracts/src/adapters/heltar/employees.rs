//! Employees: who can be given a chat.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Client, Error, Reply};

/// The operations on employees.
#[derive(Clone, Copy, Debug)]
pub struct Employees<'c>(pub(super) &'c Client);

/// Somebody who works for the business.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Employee {
    /// The number of the record.
    pub id: u64,
    /// The name; none until they accept the invitation.
    pub name: Option<String>,
    /// The email, in lower case; assignments name it.
    pub email: String,
    /// The country code of the telephone number.
    pub country_code: Option<i64>,
    /// The telephone number.
    pub contact: Option<String>,
    /// Since when.
    pub created_at: String,
    /// The last change.
    pub updated_at: String,
    /// Anything else.
    pub meta_data: Option<Value>,
    /// Whether a second factor is asked for.
    #[serde(rename = "is2faEnabled")]
    pub is_2fa_enabled: bool,
    /// Whether chats are given to them.
    pub is_active: bool,
    /// `invited` or `active`.
    pub status: String,
    /// The businesses they may see.
    pub accessible_business_ids: Vec<u64>,
    /// What they may do.
    pub role_permission: RolePermission,
}

/// What an employee may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolePermission {
    /// The number of the role.
    pub id: u64,
    /// Its name, such as `OWNER`.
    pub role: String,
}

impl Employees<'_> {
    /// `GET /v1/auth/business-employees` — lists the employees.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self) -> Result<Reply<Vec<Employee>>, Error> {
        self.0.get(&["v1", "auth", "business-employees"], &[]).await
    }

    /// `GET /v1/auth/business-employees` — lists the employees, with those who left.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list_with_deleted(&self) -> Result<Reply<Vec<Employee>>, Error> {
        self.0
            .get(
                &["v1", "auth", "business-employees"],
                &[("includeDeleted", "true")],
            )
            .await
    }
}
