//! What MyOperator remembers: so far its companies and their credentials.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::{Record, Single, Table};

/// MyOperator's whole memory.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MyOperator {
    /// The customers of the vendor.
    pub companies: Table<Company>,
    /// The keys that the gateway of outbound calls takes; many customers share one.
    pub gateway_keys: Single<Vec<String>>,
}

/// A customer of the vendor, who owns everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// 16 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Keys of the public API.
    pub api_keys: Vec<String>,
    /// The secret of outbound calls.
    pub secret_token: String,
    /// Tokens of the developers' host, one for each user who has one.
    pub tokens: Vec<String>,
}

impl Record for Company {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let keys = self
            .api_keys
            .iter()
            .map(|key| ("api_key", Cow::Borrowed(key.as_str())));
        let tokens = self
            .tokens
            .iter()
            .map(|token| ("token", Cow::Borrowed(token.as_str())));
        keys.chain(tokens).collect()
    }
}
