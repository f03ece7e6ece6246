//! What Omnichat remembers: so far, the team and its tokens.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::{Record, Single, Table};

/// The whole memory of Omnichat: one team's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Omnichat {
    /// The team.
    pub team: Single<Team>,
    /// Its API tokens.
    pub tokens: Table<Token>,
}

/// A customer of Omnichat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The modules it has subscribed to, by the vendor's names for them.
    pub modules: Vec<String>,
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The secret itself.
    pub token: String,
    /// Whose it is.
    pub team: String,
}

impl Record for Token {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.token)
    }
}
