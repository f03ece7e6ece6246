//! Message templates: drafted here, reviewed by Meta.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::table::Record;
use crate::vendors::myoperator::state::Instant;

/// A message template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The vendor's id, a UUID.
    pub id: String,
    /// Whose template.
    pub company_id: String,
    /// Meta's id of its account.
    pub waba_id: String,
    /// Lower-case letters, digits and `_`.
    pub name: String,
    /// Meta's id.
    pub waba_template_id: String,
    /// In which language.
    pub language: String,
    /// `marketing`, `utility` or `authentication`.
    pub category: String,
    /// Always `template`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Header, body, footer, buttons, carousel.
    pub components: Vec<Value>,
    /// What customers think of it.
    pub quality: String,
    /// `active`.
    pub status: String,
    /// `pending`, `approved` or `rejected`.
    pub waba_template_status: String,
    /// Why Meta rejected it.
    pub failure_reason: Option<String>,
    /// Whether clicks on its buttons are told.
    pub link_tracking: bool,
    /// When it was made.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
}

impl Record for Template {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("company", Cow::Borrowed(&self.company_id)),
            ("name", Cow::Borrowed(&self.name)),
        ]
    }
}
