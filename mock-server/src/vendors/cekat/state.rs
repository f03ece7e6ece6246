//! What Cekat remembers: so far, who may call.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::{Record, Table};

/// Everything Cekat remembers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cekat {
    /// The businesses, each with its key.
    pub businesses: Table<Business>,
    /// The resellers, who may open businesses.
    pub partners: Table<Partner>,
    /// The dashboard's users, with their log-in tokens.
    pub users: Table<User>,
}

/// A customer of the vendor; everything else belongs to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Business {
    /// A UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its API key, accepted in four forms.
    pub open_api_key: String,
}

impl Record for Business {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("key", Cow::Borrowed(&self.open_api_key))]
    }
}

/// A reseller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// The code its customers are registered with.
    pub referral_code: String,
    /// Its key.
    pub partner_api_key: String,
}

impl Record for Partner {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.partner_api_key)
    }
}

/// Somebody who is logged in to the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The business it works for.
    pub business_id: String,
    /// Its log-in token.
    pub access_token: String,
}

impl Record for User {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.access_token)
    }
}
