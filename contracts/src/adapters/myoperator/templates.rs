//! Templates: what WhatsApp has approved, or is to approve.

use http::Method;
use serde::{Deserialize, Serialize};

use super::{Client, Error, Nothing, Page, Reply, Variables, Window, listed};

/// The operations on templates.
#[derive(Clone, Copy, Debug)]
pub struct Templates<'c>(pub(super) &'c Client);

/// A template to be submitted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    /// Its name: small letters, digits and underscores.
    pub name: String,
    /// Its language, such as `en` or `pt_BR`.
    pub language: String,
    /// What it is for.
    pub category: Category,
    /// `template`, which may be left out.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Meta's id of the WhatsApp account.
    pub waba_id: String,
    /// Its parts.
    pub components: Vec<Component>,
}

impl Draft {
    /// A template in English.
    pub fn english(
        name: &str,
        category: Category,
        waba_id: &str,
        components: Vec<Component>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            language: "en".to_owned(),
            category,
            kind: None,
            waba_id: waba_id.to_owned(),
            components,
        }
    }
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// To sell.
    Marketing,
    /// To tell of something that was ordered.
    Utility,
    /// To let somebody in.
    Authentication,
}

/// How far Meta is with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// It may be sent.
    Approved,
    /// Nobody has decided yet.
    Pending,
    /// It may not.
    Rejected,
}

/// A part of a template. Variables stand in texts as `{{name}}` or `{{1}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
pub enum Component {
    /// What stands above.
    Header(Header),
    /// The message.
    Body(Body),
    /// What stands below.
    Footer(Footer),
    /// What can be tapped.
    Buttons {
        /// The buttons.
        buttons: Vec<Button>,
    },
    /// Cards to be moved through.
    Carousel {
        /// The cards.
        cards: Vec<Card>,
    },
}

/// What stands above a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "UPPERCASE")]
pub enum Header {
    /// A text.
    Text {
        /// The text.
        text: String,
        /// An example of each variable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<Variables>,
    },
    /// A file.
    Media {
        /// What [`super::media::Media::upload`] gave it as an id.
        media_id: String,
    },
}

/// The message of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// `TEXT`; left out of answers, and of templates for codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The text.
    pub text: String,
    /// Whether to warn of sharing a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add_security_recommendation: Option<bool>,
    /// An example of each variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Variables>,
}

/// The format of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Format {
    /// The only one.
    Text,
}

/// What stands below a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// `TEXT`; left out of answers, and of templates for codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The text.
    pub text: String,
    /// How long a code is good for, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_expiration_minutes: Option<u32>,
}

/// What can be tapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Button {
    /// It opens an address.
    Url {
        /// Whether the address is always the same.
        format: Reach,
        /// What it says.
        text: String,
        /// Its place, from 0.
        index: u32,
        /// The address, with variables where it is not always the same.
        url: String,
        /// An example of each variable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<Variables>,
    },
    /// It calls.
    PhoneNumber {
        /// What it says.
        text: String,
        /// Its place, from 0.
        index: u32,
        /// The number with its country code, without a plus.
        phone_number: String,
    },
    /// It answers.
    QuickReply {
        /// Its place, from 0.
        index: u32,
        /// What it says, and what it answers.
        text: String,
    },
    /// It copies a code.
    Otp {
        /// What it says.
        text: String,
        /// Its place, from 0.
        index: u32,
        /// `copy_code`.
        otp_type: String,
    },
}

/// Whether an address is always the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Reach {
    /// It is.
    Static,
    /// It has variables.
    Dynamic,
}

/// A card of a carousel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its place; the numbers may have gaps.
    pub index: u32,
    /// Its parts: a file above, a message, buttons.
    pub components: Vec<Component>,
}

impl Component {
    /// A message, with an example of each variable.
    pub fn body(text: &str, example: &[(&str, &str)]) -> Self {
        Self::Body(Body {
            format: Some(Format::Text),
            text: text.to_owned(),
            add_security_recommendation: None,
            example: Some(variables(example)),
        })
    }

    /// A text above, with an example of each variable.
    pub fn header(text: &str, example: &[(&str, &str)]) -> Self {
        Self::Header(Header::Text {
            text: text.to_owned(),
            example: Some(variables(example)),
        })
    }

    /// A file above.
    pub fn media(media_id: &str) -> Self {
        Self::Header(Header::Media {
            media_id: media_id.to_owned(),
        })
    }

    /// A text below.
    pub fn footer(text: &str) -> Self {
        Self::Footer(Footer {
            format: Some(Format::Text),
            text: text.to_owned(),
            code_expiration_minutes: None,
        })
    }
}

/// Names with their values.
pub fn variables(pairs: &[(&str, &str)]) -> Variables {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Which templates to show.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those of this WhatsApp account.
    pub waba_id: Option<String>,
    /// Those that are this far; all when empty.
    pub waba_template_status: Vec<Approval>,
    /// Those for this; all when empty.
    pub category: Vec<Category>,
    /// Those of exactly this name.
    pub name: Option<String>,
    /// Which of them.
    pub window: Window,
}

/// A template that was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// Its id.
    pub id: String,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its id, a UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Meta's id.
    pub waba_template_id: String,
    /// Its language.
    pub language: String,
    /// What it is for.
    pub category: Category,
    /// `template`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its parts.
    pub components: Vec<Component>,
    /// What Meta thinks of it; `unknown` at first.
    pub quality: String,
    /// `active`.
    pub status: String,
    /// How far Meta is with it.
    pub waba_template_status: Approval,
    /// Why Meta does not take it.
    pub failure_reason: Option<String>,
    /// Whether taps on its addresses are told; lists may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_tracking: Option<bool>,
    /// Since when: UTC with six digits of a second.
    pub created: String,
    /// Last changed when.
    pub modified: String,
}

impl Templates<'_> {
    /// `POST /chat/templates` — submits a template.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create(&self, draft: &Draft) -> Result<Reply<Created>, Error> {
        let request = self
            .0
            .ask(Method::POST, &["chat", "templates"], &Nothing {})?;
        self.0.told(&[201], request.json(draft)).await
    }

    /// `GET /chat/templates` — lists templates; by name, too.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, selection: &Selection) -> Result<Reply<Page<Template>>, Error> {
        #[derive(Serialize)]
        struct Query<'s> {
            waba_id: Option<&'s str>,
            waba_template_status: Option<String>,
            category: Option<String>,
            name: Option<&'s str>,
            #[serde(flatten)]
            window: Window,
        }
        let query = Query {
            waba_id: selection.waba_id.as_deref(),
            waba_template_status: listed(&selection.waba_template_status),
            category: listed(&selection.category),
            name: selection.name.as_deref(),
            window: selection.window,
        };
        let request = self.0.ask(Method::GET, &["chat", "templates"], &query)?;
        self.0.told(&[200], request).await
    }

    /// `GET /chat/templates/{template_id}` — shows a template.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, template_id: &str) -> Result<Reply<Template>, Error> {
        let path = ["chat", "templates", template_id];
        let request = self.0.ask(Method::GET, &path, &Nothing {})?;
        self.0.told(&[200], request).await
    }

    /// `DELETE /chat/templates/{template_id}` — deletes a template.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete(&self, template_id: &str) -> Result<Reply<Nothing>, Error> {
        let path = ["chat", "templates", template_id];
        let request = self.0.ask(Method::DELETE, &path, &Nothing {})?;
        self.0.told(&[200], request).await
    }
}
