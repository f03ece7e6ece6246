//! Placeholders: what fills a template, and whether it fits.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::meta::{Fault, Upstream};
use super::templates::{Button, Format, Part, Template};

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
pub fn places(text: &str) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_once_each() {
        assert_eq!(places("Dear {{1}}, your {{2}} is ready, {{1}}"), 2);
        assert_eq!(places("nothing {here}"), 0);
    }
}
