//! What can be done through an official number.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::reply::{Done, Reply};
use super::{Account, Error, Method, put};

/// An official number of an account.
#[derive(Clone, Copy, Debug)]
pub struct Official<'a> {
    account: &'a Account,
    licence: &'a str,
    method: Method,
}

/// A template to store.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Draft {
    /// Lower-case letters, digits and underscores.
    pub name: String,
    /// Its language's code.
    pub language: String,
    /// `UTILITY`, `MARKETING` or `AUTHENTICATION`.
    pub category: String,
    /// Whether Meta is to review it at once.
    #[serde(rename = "submitToFacebook")]
    pub submit: bool,
    /// What stands above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// Its words, with numbered placeholders inside.
    pub body: String,
    /// What the placeholders mean.
    pub variables: Vec<Variable>,
    /// What can be tapped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// What stands above a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
pub enum Header {
    /// Words.
    Text {
        /// Which.
        content: String,
    },
    /// A place.
    Location {
        /// What it is called.
        name: String,
        /// Where it is.
        address: String,
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
}

/// What a placeholder means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// As it stands in the body: `{{1}}`.
    pub placeholder: String,
    /// For people.
    pub label: String,
    /// For Meta.
    pub example: String,
}

/// A quick reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Button {
    /// Answers with its own label.
    QuickReply {
        /// What stands on it.
        label: String,
    },
}

/// What became of a draft that was taken: a yes in a shape of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// True.
    pub success: bool,
    /// In words.
    pub message: String,
    /// What Meta says; nothing while nobody reviews the draft.
    pub fb_response: Option<Submitted>,
    /// What to tell whoever waits.
    #[serde(default)]
    pub review_notice_title: Option<String>,
    /// How long that may be.
    #[serde(default)]
    pub review_notice_message: Option<String>,
}

/// A template that Meta reviews.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Meta's id.
    pub id: String,
    /// What Meta says of it.
    pub status: String,
}

/// Which templates to show.
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateQuery<'a> {
    /// What to look for in their names.
    pub search: &'a str,
    /// How many to leave out.
    pub start: u32,
    /// How many to show; the vendor's own choice when absent.
    pub length: Option<u32>,
}

/// A page of templates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Templates {
    /// The rows.
    pub data: Vec<Template>,
    /// How many the search left.
    #[serde(rename = "TotalRecords")]
    pub total: u64,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// What it is called; several may be called the same.
    #[serde(rename = "template_name")]
    pub name: String,
    /// What it is for.
    #[serde(rename = "template_category")]
    pub category: String,
    /// Its words.
    #[serde(rename = "template_content")]
    pub body: String,
    /// What stands below.
    #[serde(rename = "template_footer")]
    pub footer: Option<String>,
    /// What can be tapped, as its author gave it.
    #[serde(rename = "template_buttons")]
    pub buttons: Vec<Value>,
    /// What stands above, as its author gave it.
    #[serde(rename = "template_header")]
    pub header: Option<Value>,
    /// `DRAFT`, `IN_REVIEW`, `APPROVED`, …
    #[serde(rename = "template_status")]
    pub status: String,
    /// Meta's id: what to send it by; empty unless approved. Not to be mixed up with `template_id`, which changes.
    #[serde(rename = "templateId")]
    pub id: String,
    /// Its language's code.
    #[serde(rename = "template_language_code")]
    pub language: String,
    /// Its language's name.
    pub template_language_name: String,
    /// The official number it belongs to, by its licence.
    pub template_license_key: String,
    /// The same by its digits.
    pub template_waba: String,
    /// Since when, in words.
    pub template_created_at: String,
    /// When it last changed, in words.
    pub template_updated_at: String,
    /// Another token in every answer: of no use.
    pub template_id: String,
}

/// A template on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// The template's name.
    pub template: String,
    /// The broadcast.
    pub bc_id: String,
}

/// A message taken into a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// `successfully`.
    pub state: String,
    /// WhatsApp's id.
    pub message_id: String,
    /// To whom.
    pub to: String,
    /// `text`, `image`, `document` or `location`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happens to a text next.
    #[serde(default)]
    pub detail: Option<String>,
    /// Where an image or a document is.
    #[serde(default)]
    pub url: Option<String>,
    /// What stands below an image.
    #[serde(default)]
    pub caption: Option<String>,
    /// What a document is called.
    #[serde(rename = "fileName", default)]
    pub file_name: Option<String>,
    /// Degrees north of a place.
    #[serde(default)]
    pub latitude: Option<String>,
    /// Degrees east of a place.
    #[serde(default)]
    pub longitude: Option<String>,
    /// What a place is called.
    #[serde(rename = "nameLocation", default)]
    pub location_name: Option<String>,
}

impl<'a> Official<'a> {
    pub(super) fn new(account: &'a Account, licence: &'a str) -> Self {
        Self {
            account,
            licence,
            method: Method::Async,
        }
    }

    /// The same number, sending by `method`.
    #[must_use]
    pub fn by(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// Stores a template, and submits it when the draft says so.
    ///
    /// # Errors
    /// [`Refusal::Meta`](super::Refusal::Meta) when Meta does not take it.
    pub async fn create_template(&self, draft: &Draft) -> Result<Created, Error> {
        let mut body = json!({"secret_key": self.account.key, "licensesKey": self.licence});
        if let (Some(members), Ok(Value::Object(more))) =
            (body.as_object_mut(), serde_json::to_value(draft))
        {
            members.extend(more);
        }
        self.account.ask("create-template", body).await
    }

    /// The templates of the number.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn templates(&self, query: &TemplateQuery<'_>) -> Result<Reply<Templates>, Error> {
        let mut body = self.body(json!({"search": query.search, "start": query.start}));
        put(&mut body, "length", query.length);
        self.account.ask("get-template-list", body).await
    }

    /// Sends an approved template by Meta's id.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn template(
        &self,
        to: &str,
        id: &str,
        variables: &[&str],
    ) -> Result<Reply<Queued>, Error> {
        let body = self.body(json!({
            "recipients": to, "platform": "whatsapp_bisnis_api", "method_send": self.method,
            "template": id, "variables": variables,
        }));
        self.account.ask("send_message_template", body).await
    }

    /// Sends an approved template by name, in the older shape.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn template_by_name(
        &self,
        to: &str,
        name: &str,
        language: &str,
        variables: &[&str],
    ) -> Result<Reply<Queued>, Error> {
        let parameters: Vec<_> = variables
            .iter()
            .map(|text| json!({"type": "text", "text": text}))
            .collect();
        let body = self.body(json!({
            "reciptient": to, "platform": "whatsapp", "method_send": self.method,
            "template": {"name": name, "language": language, "components": [{"type": "body", "parameters": parameters}]},
        }));
        self.account.ask("send_message_template", body).await
    }

    /// Writes into an open conversation.
    ///
    /// # Errors
    /// [`Refusal::WindowClosed`](super::Refusal::WindowClosed) when it is not open and the method is synchronous.
    pub async fn text(&self, to: &str, text: &str) -> Result<Reply<Done, Sent>, Error> {
        self.converse(to, json!({"message": text})).await
    }

    /// Sends an image into an open conversation.
    ///
    /// # Errors
    /// As [`Official::text`].
    pub async fn image(
        &self,
        to: &str,
        url: &str,
        caption: &str,
    ) -> Result<Reply<Done, Sent>, Error> {
        let members = json!({"message": caption, "image_url": url, "send_as_caption": 1});
        self.converse(to, members).await
    }

    /// Sends a file into an open conversation.
    ///
    /// # Errors
    /// As [`Official::text`].
    pub async fn document(
        &self,
        to: &str,
        url: &str,
        name: &str,
    ) -> Result<Reply<Done, Sent>, Error> {
        let members = json!({"messageType": "document", "file_url": url, "fileName": name});
        self.converse(to, members).await
    }

    /// Sends a place into an open conversation.
    ///
    /// # Errors
    /// As [`Official::text`].
    pub async fn location(
        &self,
        to: &str,
        latitude: f64,
        longitude: f64,
        name: &str,
    ) -> Result<Reply<Done, Sent>, Error> {
        let members = json!({
            "messageType": "location", "latitude": latitude.to_string(), "longitude": longitude.to_string(),
            "nameLocation": name,
        });
        self.converse(to, members).await
    }

    async fn converse(&self, to: &str, members: Value) -> Result<Reply<Done, Sent>, Error> {
        let mut body = self.body(members);
        // The vendor's own spelling; the dictionary's is refused.
        put(&mut body, "reciptient", Some(to));
        put(&mut body, "platform", Some("whatsapp"));
        put(&mut body, "method_send", Some(self.method));
        self.account.ask("send_meta_personal_message", body).await
    }

    fn body(&self, mut members: Value) -> Value {
        put(&mut members, "secret_key", Some(&self.account.key));
        put(&mut members, "licenses_key", Some(self.licence));
        members
    }
}
