//! Templates: what may be sent at any time, once Meta approved it.

use std::borrow::Cow;

use axum::Json;
use serde::{Deserialize, Serialize};

use super::meta::{Fault, Upstream};
use super::placeholders::places;
use crate::kernel::extract::{Path, Query};
use crate::kernel::store::Store;
use crate::kernel::table::Record;

use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::Heltar;

/// One template in one language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Template {
    /// Its name; several languages share it.
    pub name: String,
    /// Its language, such as `en_US`.
    pub language: String,
    /// Whether Meta lets it be sent.
    pub status: Approval,
    /// What it is for.
    pub category: String,
    /// What it is made of.
    pub components: Vec<Part>,
}

impl Record for Template {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(key(&self.name, &self.language))
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("name", Cow::Owned(self.name.to_lowercase()))]
    }
}

fn key(name: &str, language: &str) -> String {
    format!("{name}/{language}")
}

/// Whether Meta lets a template be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Approval {
    /// Not decided yet.
    Pending,
    /// Yes.
    Approved,
    /// No.
    Rejected,
    /// Not for now: too many complaints.
    Paused,
    /// Not any more.
    Disabled,
}

/// A part of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
pub enum Part {
    /// What stands above.
    Header {
        /// Text or a file.
        format: Format,
        /// The text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// What it says.
    Body {
        /// The text, with places like `{{1}}`.
        text: String,
    },
    /// What stands below.
    Footer {
        /// The text.
        text: String,
    },
    /// What can be tapped.
    Buttons {
        /// From top to bottom.
        buttons: Vec<Button>,
    },
}

/// What a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Format {
    /// Text.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A file.
    Document,
}

impl Format {
    /// The parameter type that fills it.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
        }
    }
}

/// Something to tap.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Button {
    /// `QUICK_REPLY`, `URL` or `PHONE_NUMBER`.
    pub r#type: String,
    /// Its label.
    pub text: String,
    /// Where it leads, perhaps ending in a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whom it calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// A template as lists show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    name: String,
    content: String,
    num_variables: usize,
    num_buttons: usize,
}

impl From<&Template> for Shown {
    fn from(template: &Template) -> Self {
        Self {
            name: template.name.clone(),
            content: template.content(),
            num_variables: template.texts().map(places).sum(),
            num_buttons: template.buttons().len(),
        }
    }
}

/// What `templates.list` and `templates.get` take beside the name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    template_lang: Option<String>,
}

impl Which {
    fn takes(&self, template: &Template) -> bool {
        self.template_lang
            .as_ref()
            .is_none_or(|language| *language == template.language)
    }
}

/// Which template a path means.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct At {
    template_name: String,
}

/// `GET /v1/templates` — lists them.
pub async fn list(store: Store<Heltar>, Query(which): Query<Which>) -> Json<Reply<Vec<Shown>>> {
    let shown: Vec<_> = store.read(|heltar, _| {
        heltar
            .templates
            .iter()
            .filter(|template| which.takes(template))
            .map(Shown::from)
            .collect()
    });
    reply(
        format!("Successfully retrieved {} templates!", shown.len()),
        shown,
    )
}

/// `GET /v1/templates/{templateName}` — shows those of one name, in whatever case; there may be none.
pub async fn get(
    store: Store<Heltar>,
    Path(at): Path<At>,
    Query(which): Query<Which>,
) -> Json<Reply<Vec<Shown>>> {
    let shown = store.read(|heltar, _| {
        let named = heltar
            .templates
            .by("name", &at.template_name.to_lowercase());
        named
            .filter(|template| which.takes(template))
            .map(Shown::from)
            .collect()
    });
    reply(
        format!("Successfully retrieved template ({})!", at.template_name),
        shown,
    )
}

impl Template {
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.components.iter().flat_map(|part| match part {
            Part::Header { text, .. } => text.iter().map(String::as_str).collect(),
            Part::Body { text } => vec![text.as_str()],
            Part::Footer { .. } => Vec::new(),
            Part::Buttons { buttons } => buttons
                .iter()
                .filter_map(|button| button.url.as_deref())
                .collect::<Vec<_>>(),
        })
    }

    fn buttons(&self) -> &[Button] {
        let mut parts = self.components.iter();
        parts
            .find_map(|part| {
                if let Part::Buttons { buttons } = part {
                    Some(buttons.as_slice())
                } else {
                    None
                }
            })
            .unwrap_or_default()
    }

    /// Header, body and footer, one below the other.
    fn content(&self) -> String {
        let lines = self.components.iter().filter_map(|part| match part {
            Part::Header { text, .. } => text.as_deref(),
            Part::Body { text } | Part::Footer { text } => Some(text.as_str()),
            Part::Buttons { .. } => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Heltar {
    /// The template of this name and language, if it may be sent.
    ///
    /// # Errors
    /// When there is none, or Meta has not approved it.
    pub fn sendable_template(&self, name: &str, language: &str) -> Result<&Template, Fault> {
        let found = self.templates.get(&key(name, language));
        found
            .filter(|template| template.status == Approval::Approved)
            .ok_or_else(|| {
                Upstream::UnknownTemplate.with(format!(
                    "template name ({name}) does not exist in {language}"
                ))
            })
    }
}
