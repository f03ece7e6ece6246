//! A template as its author hands it in, as a form with an optional picture.

use std::time::Duration;

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;

use super::{Row, Template};
use crate::kernel::call::{Call, Content};
use crate::kernel::extract::Request;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::text::placeholders;
use crate::vendors::cekat::auth::Caller;
use crate::vendors::cekat::error::Error;
use crate::vendors::cekat::happenings::Happening;
use crate::vendors::cekat::reply::classic;
use crate::vendors::cekat::state::Cekat;

/// A template to make.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// Its language.
    pub language: String,
    /// Its words.
    pub body: String,
    /// For which inbox.
    pub inbox_id: String,
    /// Sample values, as JSON.
    pub body_placeholder: Option<String>,
    /// The name of the picture.
    pub file_name: Option<String>,
}

/// `POST /templates` — hands a template in; the provider decides on it later.
pub async fn create(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
) -> Result<impl IntoResponse, Error> {
    let draft = Draft::read(&call)?;
    let row = store.try_write(|cekat, moment| cekat.hand_in(draft, caller.business(), moment))?;
    Ok(classic(StatusCode::CREATED, Some([row])))
}

impl Draft {
    /// The draft in a form.
    fn read(call: &Call) -> Result<Self, Error> {
        let text = |name: &str| call.field(name).filter(|text| !text.trim().is_empty());
        let needed = |name: &str| text(name).ok_or_else(|| Error::required(name));
        let file = match &call.content {
            Content::Multipart(parts) => parts.iter().find(|part| part.name == "file"),
            _ => None,
        };
        let file_name = file.and_then(|file| file.file_name.clone());
        Ok(Self {
            name: needed("name")?,
            category: needed("category")?,
            language: needed("language")?,
            body: needed("body")?,
            inbox_id: needed("inbox_id")?,
            body_placeholder: text("body_placeholder"),
            file_name: file_name.filter(|name| !name.is_empty()),
        })
    }

    /// The sample values: one for each placeholder.
    fn samples(&self) -> Result<Vec<String>, Error> {
        let numbers = placeholders(&self.body);
        let samples: Vec<String> = match &self.body_placeholder {
            None => Vec::new(),
            Some(json) => {
                let wrong = |_| {
                    Error::Invalid("body_placeholder must be a JSON array of strings".to_owned())
                };
                serde_json::from_str(json).map_err(wrong)?
            }
        };
        if samples.len() == numbers.len() {
            Ok(samples)
        } else {
            Err(Error::Samples(numbers.len()))
        }
    }
}

impl Cekat {
    /// Stores a draft, here and at the provider, and has it reviewed.
    ///
    /// # Errors
    /// When the inbox, the samples or the name will not do.
    pub fn hand_in(
        &mut self,
        draft: Draft,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Row, Error> {
        if !self.inbox(&draft.inbox_id, business)?.is_whatsapp() {
            return Err(Error::NotWhatsApp);
        }
        let body_placeholder = draft.samples()?;
        let taken = self
            .templates
            .by("inbox", &draft.inbox_id)
            .any(|one| one.name == draft.name && one.language == draft.language);
        if taken {
            return Err(Error::DuplicateTemplate);
        }
        let id = moment.ids.uuid().to_string();
        let wa_template_id = format!("{}{}", moment.ids.between(1, 9), moment.ids.digits(15));
        let file_url = draft.file_name.as_ref().map(|name| {
            let name: String = name
                .chars()
                .map(|letter| match letter {
                    'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => letter,
                    _ => '_',
                })
                .collect();
            format!("https://files.cekat.ai/{id}_{name}")
        });
        let template = Template {
            id: id.clone(),
            business_id: business.to_owned(),
            wa_template_id,
            inbox_id: draft.inbox_id,
            name: draft.name,
            body: draft.body,
            body_placeholder,
            category: draft.category,
            language: draft.language,
            status: "PENDING".to_owned(),
            header_type: file_url.as_ref().map(|_| "IMAGE".to_owned()),
            file_url,
            header: None,
            created_at: moment.now,
        };
        let row = self.template_row(&template);
        self.provider_templates.put(template.clone());
        self.templates.put(template);
        let review = Duration::from_secs(self.settings.review_minutes.saturating_mul(60));
        let status = self.settings.review_result.clone();
        let template = id;
        moment.plan(review, Happening::TemplateReviewed { template, status });
        Ok(row)
    }
}
