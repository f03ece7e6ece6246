//! The people of a company: agents, and those who may manage them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::Record;

/// A person of a company. Most members are texts, as the vendor shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Its id among all users; in some accounts the same as `uuid`.
    pub user_id: String,
    /// 16 hexadecimal digits.
    pub uuid: String,
    /// Whose user.
    pub company_id: String,
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: Option<String>,
    /// From `11` to `99`, once in a company.
    pub extension: String,
    /// The number that is called, without country code.
    pub contact_number: String,
    /// What kind of number that is.
    pub contact_type: Option<String>,
    /// Another number.
    pub alternate_number: Option<String>,
    /// What kind of number that is.
    pub alternate_contact_type: Option<String>,
    /// `1` super admin, `2` admin, `4` manager, `8` basic.
    pub role_id: String,
    /// `0` or `1`.
    pub is_active: String,
    /// `0` or `1`.
    pub is_enabled: String,
    /// 0 or 1.
    pub is_available: u8,
}

impl Record for User {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.uuid)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("company", Cow::Borrowed(&self.company_id))]
    }
}
