//! Templates: what may be sent to whoever did not write first.

use bytes::Bytes;
use http::Method;
use reqwest::multipart::{Form, Part};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::messages::Sent;
use super::{Classic, Client, Done, Error, Filter, Many, Metadata, One};

/// The operations on templates.
#[derive(Clone, Copy, Debug)]
pub struct Templates<'c>(pub(super) &'c Client);

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Category {
    /// One-time codes.
    Authentication,
    /// Offers.
    Marketing,
    /// Everything else.
    Utility,
}

impl Category {
    fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "AUTHENTICATION",
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
        }
    }
}

/// A template to be created.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name, in lower case with underscores.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Its language, such as `id`.
    pub language: String,
    /// Its words, with `{{1}}` and so on for what is filled in.
    pub body: String,
    /// For which inbox.
    pub inbox_id: String,
    /// A sample value for each placeholder.
    pub body_placeholder: Vec<String>,
    /// A picture above the words.
    pub file: Option<Picture>,
}

/// A picture to be uploaded.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What the file is called; its ending has to be `jpeg`, `jpg` or `png`.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// The file.
    pub bytes: Bytes,
}

/// A template to be sent.
#[derive(Clone, Debug, Serialize)]
pub struct Sending {
    /// The provider's id of the template.
    pub wa_template_id: String,
    /// From which inbox.
    pub inbox_id: String,
    /// To which number.
    pub phone_number: String,
    /// What to call a customer who is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_name: Option<String>,
    /// What to fill in, texts or numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub template_body_variables: Vec<Value>,
    /// The code, for a template of that category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otp_code: Option<String>,
    /// A file to send along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
}

impl Sending {
    /// A template with nothing to fill in.
    pub fn new(wa_template_id: &str, inbox_id: &str, phone_number: &str) -> Self {
        Self {
            wa_template_id: wa_template_id.to_owned(),
            inbox_id: inbox_id.to_owned(),
            phone_number: phone_number.to_owned(),
            phone_name: None,
            template_body_variables: Vec::new(),
            otp_code: None,
            file_url: None,
        }
    }
}

/// Which templates the older list is to show.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Which {
    /// Those of this inbox.
    pub inbox_id: Option<String>,
    /// Those with this status.
    pub status: Option<String>,
}

/// Which templates the newer list is to show.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Selection {
    /// Which page, and from when.
    #[serde(flatten)]
    pub filter: Filter,
    /// Those with this status.
    pub status: Option<String>,
    /// Those of this category.
    pub category: Option<String>,
    /// Those of this inbox.
    pub inbox_id: Option<String>,
}

/// A template, as the older list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Its id.
    pub id: String,
    /// Since when.
    pub created_at: String,
    /// Its words.
    pub body: String,
    /// The provider's id.
    pub wa_template_id: String,
    /// Its category.
    pub category: String,
    /// Where its file is.
    pub file_url: Option<String>,
    /// Its status.
    pub status: String,
    /// Its language.
    pub language: String,
    /// Whose inbox it is for.
    pub inbox_id: String,
    /// Its name.
    pub name: String,
    /// What is above the words.
    pub header_type: Option<String>,
    /// The header itself.
    pub header: Option<String>,
    /// A sample value for each placeholder.
    pub body_placeholder: Vec<String>,
    /// The inbox.
    pub inbox: InboxInBrief,
}

/// The inbox of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboxInBrief {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub r#type: String,
    /// Its status.
    pub status: String,
    /// Whose it is.
    pub business_id: String,
}

/// A template, as the newer list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its words.
    pub body: String,
    /// Its category.
    pub category: String,
    /// Its status.
    pub status: String,
    /// Its language.
    pub language: String,
    /// Its kind.
    pub r#type: String,
    /// The provider's id.
    pub wa_template_id: String,
    /// Whose inbox it is for.
    pub inbox_id: String,
    /// What is above the words.
    pub header_type: Option<String>,
    /// The header itself.
    pub header: Option<String>,
    /// What is below the words.
    pub footer: Option<String>,
    /// What can be pressed.
    pub buttons: Vec<Value>,
    /// A sample value for each placeholder.
    pub body_placeholder: Vec<String>,
    /// Whether it may be used.
    pub enabled: bool,
    /// Since when.
    pub created_at: String,
}

/// The page of the newer list, which counts under another name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataPages {
    /// How many rows there are.
    pub total_data: u64,
    /// How many pages there are.
    pub total_page: u64,
    /// Which page this is, from 1.
    pub current_page: u64,
}

/// What a template costs to send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Its category.
    pub category: String,
    /// Where to.
    pub recipient_country_code: String,
    /// In which money.
    pub currency: String,
    /// For how much each.
    pub price: Number,
}

impl Templates<'_> {
    /// `GET /templates` — lists the templates.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, which: &Which) -> Result<Classic<Vec<Template>>, Error> {
        self.0.read(self.0.query(&["templates"], which)?).await
    }

    /// `POST /templates` — creates a template, as a form with parts.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create(&self, draft: &Draft) -> Result<Classic<Vec<Template>>, Error> {
        let mut form = Form::new()
            .text("name", draft.name.clone())
            .text("category", draft.category.as_str())
            .text("language", draft.language.clone())
            .text("body", draft.body.clone())
            .text("inbox_id", draft.inbox_id.clone());
        if !draft.body_placeholder.is_empty() {
            // The samples travel as JSON in a text.
            let samples = Value::from(draft.body_placeholder.clone()).to_string();
            form = form.text("body_placeholder", samples);
        }
        if let Some(picture) = &draft.file {
            let part = Part::bytes(picture.bytes.to_vec())
                .file_name(picture.name.clone())
                .mime_str(&picture.media_type)?;
            form = form.part("file", part);
        }
        let request = self.0.ask(Method::POST, &["templates"])?;
        self.0.read_as(201, request.multipart(form)).await
    }

    /// `POST /templates/sync` — asks the provider what its templates are.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn sync(&self, inbox_id: &str) -> Result<Done, Error> {
        let query = [("inbox_id".to_owned(), inbox_id.to_owned())];
        let path = ["templates", "sync"];
        let key = self.0.api_key.as_ref();
        let request = self
            .0
            .request(Method::POST, &path, &query, "api_key", key)?;
        self.0.read(request).await
    }

    /// `DELETE /templates/{wa_template_id}` — deletes a template.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete(&self, wa_template_id: &str) -> Result<Done, Error> {
        let path = ["templates", wa_template_id];
        self.0.read(self.0.ask(Method::DELETE, &path)?).await
    }

    /// `POST /templates/send` — sends a template.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn send(&self, sending: &Sending) -> Result<Classic<Vec<Sent>>, Error> {
        let request = self.0.ask(Method::POST, &["templates", "send"])?;
        self.0.read(request.json(sending)).await
    }

    /// `GET /api/templates` — lists the templates, in pages.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn rows(
        &self,
        selection: &Selection,
    ) -> Result<Many<TemplateRow, Metadata<DataPages>>, Error> {
        let path = ["api", "templates"];
        self.0.page(&path, &selection.filter, selection).await
    }

    /// `GET /api/templates/pricing` — shows what a template of a category costs to send to a country.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn pricing(
        &self,
        category: &str,
        recipient_country_code: &str,
        currency: &str,
    ) -> Result<One<Price>, Error> {
        let query = serde_json::json!({
            "category": category,
            "recipient_country_code": recipient_country_code,
            "currency": currency,
        });
        let path = ["api", "templates", "pricing"];
        self.0.read(self.0.query(&path, &query)?).await
    }
}
