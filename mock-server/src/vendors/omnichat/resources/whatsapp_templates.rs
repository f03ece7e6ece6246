//! WhatsApp templates: what Meta approved for the team's numbers.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::error::Error;
use super::super::state::Omnichat;
use super::{Paging, Platform};
use crate::kernel::extract::Query;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::text::digits;

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

impl Category {
    /// Meta's word for it in webhooks.
    pub fn word(self) -> &'static str {
        match self {
            Self::Utility => "utility",
            Self::Marketing => "marketing",
            Self::Authentication => "authentication",
        }
    }
}

impl Record for Template {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}/{}/{}", self.phone, self.name, self.language))
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("phone", Cow::Borrowed(&self.phone))]
    }
}

/// A template as answers show it.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    category: Category,
    status: Review,
    name: String,
    language: String,
    components: Vec<Value>,
}

/// How many templates there are on a page when nobody says.
const FEW: usize = 10;

/// Whose templates a query asks for.
#[derive(Clone, Debug, Deserialize)]
pub struct Whose {
    phone: String,
}

/// `GET /v1/whatsapp-message-templates` — lists a page of a number's templates.
pub async fn list(
    store: Store<Omnichat>,
    Query(whose): Query<Whose>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let listed = store.read(|omnichat, _| {
        let channel = omnichat.channel(Platform::Whatsapp, &digits(&whose.phone))?;
        let templates = omnichat.whatsapp_templates.by("phone", &channel.channel_id);
        Ok::<_, Error>(paging.page(templates.collect(), FEW, Template::shown))
    })?;
    Ok(Json(listed))
}

impl Template {
    fn shown(&self) -> Shown {
        Shown {
            id: self.id.clone(),
            category: self.category,
            status: self.status,
            name: self.name.clone(),
            language: self.language.clone(),
            components: self.components.clone(),
        }
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
