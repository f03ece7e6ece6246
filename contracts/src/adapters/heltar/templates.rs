//! Templates: what may be sent at any time, and what fills its places.

use serde::{Deserialize, Serialize};

use super::{Client, Error, Reply};

/// The operations on templates.
#[derive(Clone, Copy, Debug)]
pub struct Templates<'c>(pub(super) &'c Client);

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Header, body and footer, each on lines of its own.
    pub content: String,
    /// How many places it has.
    pub num_variables: u64,
    /// How many buttons it has.
    pub num_buttons: u64,
}

/// What fills the places of one part of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Component {
    /// The header: a text or a file.
    Header {
        /// What fills its places.
        parameters: Vec<Parameter>,
    },
    /// The body.
    Body {
        /// What fills its places.
        parameters: Vec<Parameter>,
    },
    /// A button.
    Button {
        /// What kind of button.
        sub_type: ButtonKind,
        /// Which: from 0, counting the buttons of all kinds.
        index: u32,
        /// What fills its places.
        parameters: Vec<Parameter>,
    },
}

/// A kind of button with places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ButtonKind {
    /// It opens an address, the end of which is the place.
    Url,
}

/// What fills one place of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Parameter {
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// A picture.
    Image {
        /// The picture.
        image: File,
    },
    /// A film.
    Video {
        /// The film.
        video: File,
    },
    /// A document.
    Document {
        /// The document.
        document: File,
    },
}

/// A file that a template shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Where it lies.
    pub link: String,
    /// What it is called on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

impl Parameter {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

impl Component {
    /// Texts for the places of the body.
    pub fn body<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::Body {
            parameters: texts.into_iter().map(Parameter::text).collect(),
        }
    }

    /// What the header shows.
    pub fn header(parameter: Parameter) -> Self {
        Self::Header {
            parameters: vec![parameter],
        }
    }

    /// The end of the address that a button opens.
    pub fn url_button(index: u32, end: impl Into<String>) -> Self {
        Self::Button {
            sub_type: ButtonKind::Url,
            index,
            parameters: vec![Parameter::text(end)],
        }
    }
}

impl Templates<'_> {
    /// `GET /v1/templates` — lists the templates.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self) -> Result<Reply<Vec<Template>>, Error> {
        self.0.get(&["v1", "templates"], &[]).await
    }

    /// `GET /v1/templates/{templateName}` — shows one template, in a list; an unknown one is an empty list.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, template_name: &str) -> Result<Reply<Vec<Template>>, Error> {
        self.0.get(&["v1", "templates", template_name], &[]).await
    }
}
