//! Templates: what may be sent at any time, once Meta approved it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::extract::{Path, Query};
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::heltar::error::{Fault, Upstream};
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
    fn parameter(self) -> &'static str {
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

/// What fills the places of a template: one component of a request.
#[derive(Clone, Debug, Deserialize)]
pub struct Component {
    r#type: String,
    #[serde(default)]
    index: Option<Value>,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

/// What fills one place.
#[derive(Clone, Debug, Deserialize)]
pub struct Parameter {
    r#type: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    image: Option<Link>,
    #[serde(default)]
    video: Option<Link>,
    #[serde(default)]
    document: Option<Link>,
}

/// A file by its address.
#[derive(Clone, Debug, Deserialize)]
struct Link {
    #[serde(default)]
    link: Option<String>,
}

/// Variables as components, or in the older way as the flat list of what fills the body.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Variable {
    /// A component.
    Component(Component),
    /// A parameter of the body.
    Parameter(Parameter),
    /// A text of the body.
    Text(String),
}

/// The components that variables mean.
pub fn components(variables: Vec<Variable>) -> Vec<Component> {
    let mut components = Vec::new();
    let mut body = Vec::new();
    for variable in variables {
        match variable {
            Variable::Component(component)
                if matches!(component.r#type.as_str(), "header" | "body" | "button") =>
            {
                components.push(component);
            }
            Variable::Component(Component { r#type, .. }) => {
                body.push(Parameter {
                    r#type,
                    text: None,
                    image: None,
                    video: None,
                    document: None,
                });
            }
            Variable::Parameter(parameter) => body.push(parameter),
            Variable::Text(text) => body.push(Parameter::text(text)),
        }
    }
    if !body.is_empty() {
        components.push(Component {
            r#type: "body".into(),
            index: None,
            parameters: body,
        });
    }
    components
}

impl Parameter {
    fn text(text: String) -> Self {
        Self {
            r#type: "text".into(),
            text: Some(text),
            image: None,
            video: None,
            document: None,
        }
    }

    fn link(&self) -> Option<&str> {
        let file = self
            .image
            .as_ref()
            .or(self.video.as_ref())
            .or(self.document.as_ref())?;
        file.link.as_deref()
    }
}

/// A template with its places filled.
#[derive(Debug, PartialEq)]
pub struct Filled {
    /// What the body says.
    pub body: String,
    /// What fills the body's places, in order.
    pub values: Vec<String>,
    /// The file of the header.
    pub link: Option<String>,
    /// The buttons, where there are any.
    pub buttons: Option<Vec<Value>>,
}

impl Filled {
    /// What the message shows: the caller's own rendering where there is one, else the template's.
    pub fn body_or(self, rendering: Option<&str>) -> (String, Option<String>, Option<Vec<Value>>) {
        let body = match rendering.filter(|text| !text.is_empty()) {
            Some(text) => put_in(text, &self.values),
            None => self.body,
        };
        (body, self.link, self.buttons)
    }
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

    /// Fills the places.
    ///
    /// # Errors
    /// When there are more or fewer values than places, or one of the wrong kind.
    pub fn fill(&self, given: &[Component]) -> Result<Filled, Fault> {
        let of = |kind: &str| given.iter().find(|component| component.r#type == kind);
        let mut filled = Filled {
            body: String::new(),
            values: Vec::new(),
            link: None,
            buttons: None,
        };
        let (mut has_header, mut has_body) = (false, false);
        for part in &self.components {
            match part {
                Part::Header {
                    format: Format::Text,
                    text,
                } => {
                    has_header = true;
                    fill_text("header", text.as_deref().unwrap_or_default(), of("header"))?;
                }
                Part::Header { format, .. } => {
                    has_header = true;
                    filled.link = Some(fill_file(*format, of("header"))?);
                }
                Part::Body { text } => {
                    has_body = true;
                    filled.body = fill_text("body", text, of("body"))?;
                    filled.values = values(of("body"));
                }
                Part::Footer { .. } => {}
                Part::Buttons { buttons } => filled.buttons = Some(fill_buttons(buttons, given)?),
            }
        }
        // What fills a part that the template does not have is one too many.
        for (kind, has) in [
            ("header", has_header),
            ("body", has_body),
            ("button", filled.buttons.is_some()),
        ] {
            if !has
                && let Some(stray) = of(kind).filter(|component| !component.parameters.is_empty())
            {
                return Err(wrong_count(kind, stray.parameters.len(), 0));
            }
        }
        Ok(filled)
    }
}

/// How many different places a text has.
fn places(text: &str) -> usize {
    let parts = text
        .split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"));
    parts
        .map(|(name, _)| name.trim())
        .collect::<BTreeSet<_>>()
        .len()
}

fn fill_text(kind: &str, text: &str, component: Option<&Component>) -> Result<String, Fault> {
    let parameters = component
        .map(|component| component.parameters.as_slice())
        .unwrap_or_default();
    if parameters.len() != places(text) {
        return Err(wrong_count(kind, parameters.len(), places(text)));
    }
    for parameter in parameters {
        if parameter.r#type != "text" || parameter.text.is_none() {
            return Err(wrong_format(kind, "TEXT", &parameter.r#type));
        }
    }
    Ok(put_in(text, &values(component)))
}

fn values(component: Option<&Component>) -> Vec<String> {
    let parameters = component.iter().flat_map(|component| &component.parameters);
    parameters
        .filter_map(|parameter| parameter.text.clone())
        .collect()
}

/// A text with its numbered places filled.
fn put_in(text: &str, values: &[String]) -> String {
    let numbered = (1..).zip(values);
    numbered.fold(text.to_owned(), |text, (number, value)| {
        text.replace(&format!("{{{{{number}}}}}"), value)
    })
}

fn fill_file(format: Format, component: Option<&Component>) -> Result<String, Fault> {
    let wanted = format.parameter();
    match component
        .map(|component| component.parameters.as_slice())
        .unwrap_or_default()
    {
        [parameter] if parameter.r#type == wanted => {
            let link = parameter.link().filter(|link| !link.is_empty());
            link.map(str::to_owned)
                .ok_or_else(|| wrong_format("header", &wanted.to_uppercase(), "UNKNOWN"))
        }
        [parameter] => Err(wrong_format(
            "header",
            &wanted.to_uppercase(),
            &parameter.r#type,
        )),
        [] => Err(wrong_format("header", &wanted.to_uppercase(), "UNKNOWN")),
        many => Err(wrong_count("header", many.len(), 1)),
    }
}

fn fill_buttons(buttons: &[Button], given: &[Component]) -> Result<Vec<Value>, Fault> {
    let index_of = |component: &Component| match component.index.as_ref()? {
        Value::String(text) => text.parse::<usize>().ok(),
        other => other.as_u64().and_then(|index| usize::try_from(index).ok()),
    };
    let of = |index: usize| {
        given
            .iter()
            .find(|component| component.r#type == "button" && index_of(component) == Some(index))
    };
    let filled = buttons.iter().enumerate().map(|(index, button)| {
        let mut shown = json!({"type": button.r#type, "text": button.text});
        if let Some(url) = &button.url {
            shown["url"] = fill_text(&format!("button at index {index}"), url, of(index))?.into();
        }
        if let Some(number) = &button.phone_number {
            shown["phone_number"] = number.clone().into();
        }
        Ok(shown)
    });
    filled.collect()
}

fn wrong_count(kind: &str, given: usize, expected: usize) -> Fault {
    let details = format!(
        "{kind}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
    );
    Upstream::WrongParameterCount.with(details)
}

fn wrong_format(kind: &str, expected: &str, given: &str) -> Fault {
    Upstream::WrongParameterFormat.with(format!(
        "{kind}: Format mismatch, expected {expected}, received {}",
        given.to_uppercase()
    ))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_once_each() {
        assert_eq!(places("Dear {{1}}, your {{2}} is ready, {{1}}"), 2);
        assert_eq!(places("nothing {here}"), 0);
    }
}
