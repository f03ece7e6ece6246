//! WhatsApp templates: what Meta approved for the team's numbers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::state::Omnichat;
use crate::kernel::table::Record;

/// A template of one of the team's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Template {
    /// The business's number: the channel.
    pub phone: String,
    /// Meta's id.
    pub id: String,
    /// What it is for.
    pub category: Category,
    /// What Meta thinks of it.
    pub status: Review,
    /// Its name; one per language.
    pub name: String,
    /// Its language, such as `zh_HK`.
    pub language: String,
    /// Its parts, as Meta shows them: `HEADER`, `BODY`, `FOOTER`, `BUTTONS`.
    pub components: Vec<Value>,
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "Meta's own names")]
pub enum Category {
    Utility,
    Marketing,
    Authentication,
}

/// What Meta thinks of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "Meta's own names")]
pub enum Review {
    Approved,
    Pending,
    Rejected,
    Paused,
    Disabled,
}

impl Record for Template {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}/{}/{}", self.phone, self.name, self.language))
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("phone", Cow::Borrowed(&self.phone))]
    }
}

impl Omnichat {
    /// The template of a number with this name, in this language if one is named.
    pub fn whatsapp_template(
        &self,
        phone: &str,
        name: &str,
        language: Option<&str>,
    ) -> Option<&Template> {
        let mut templates = self.whatsapp_templates.by("phone", phone);
        templates.find(|template| {
            template.name == name && language.is_none_or(|language| template.language == language)
        })
    }
}
