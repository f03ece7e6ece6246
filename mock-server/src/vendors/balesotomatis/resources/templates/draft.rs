//! A template as its author hands it in, and what Meta would say to it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Category, Status, Template};
use crate::kernel::moment::Moment;
use crate::kernel::text::placeholders;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::happenings::Happening;
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// A template to store.
#[derive(Clone, Debug, Deserialize)]
pub struct Draft {
    name: String,
    language: String,
    category: Category,
    #[serde(rename = "submitToFacebook", default)]
    submit: bool,
    header: Option<Value>,
    body: Option<String>,
    components: Option<Vec<Value>>,
    variables: Option<Vec<Variable>>,
    buttons: Option<Vec<Value>>,
    footer: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Variable {
    placeholder: String,
    example: Option<String>,
}

/// What became of the draft, in an envelope that no other operation has.
#[derive(Clone, Debug, Serialize)]
pub struct Created {
    success: bool,
    message: &'static str,
    fb_response: Option<Submitted>,
    review_notice_title: Option<&'static str>,
    review_notice_message: Option<&'static str>,
}

/// Meta's part of the answer.
#[derive(Clone, Debug, Serialize)]
pub struct Submitted {
    id: String,
    status: Status,
}

const NOTICE_TITLE: &str = "Template Under Review";
const NOTICE: &str = "Meta may take 10 minutes to max 3 days (in rare case / first time create template) \
    for template review";

impl Draft {
    /// What Meta would refuse the draft for.
    fn flaw(&self, body: &str) -> Option<&'static str> {
        let plain =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        let trimmed = body.trim();
        let numbers = placeholders(body);
        let examples = self.variables.iter().flatten().filter(|one| {
            let example = one.example.as_deref().unwrap_or("");
            !example.is_empty()
                && numbers
                    .iter()
                    .any(|number| one.placeholder == format!("{{{{{number}}}}}"))
        });
        if !self.name.chars().all(plain) {
            Some("Template name can only contain lowercase letters, numbers and underscores")
        } else if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
            Some("Variables can't be at the end of the template body.")
        } else if examples.count() < numbers.len() {
            Some("Every variable of the template body needs an example")
        } else {
            None
        }
    }
}

impl BalesOtomatis {
    /// Stores a draft; submits it to Meta when asked to and when it has a body of the vendor's own form.
    /// What Meta refuses leaves no trace.
    pub fn create_template(
        &mut self,
        draft: Draft,
        caller: &Caller,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Created, Error> {
        let body = draft.body.as_deref().filter(|body| !body.is_empty());
        let submitted = draft.submit && draft.components.is_none();
        if let (true, Some(body)) = (submitted, body) {
            let taken = self.templates.by("licence", &caller.number).any(|one| {
                one.status != Status::Draft
                    && one.name == draft.name
                    && one.language == draft.language
            });
            let taken = taken.then_some("Template name already exists");
            if let Some(flaw) = draft.flaw(body).or(taken) {
                return Err(Error::RefusedByMeta(flaw.to_owned()));
            }
        } else if body.is_none() && draft.components.is_none() {
            return Err(Error::WrongParameter);
        }
        let submitted = submitted && body.is_some();
        let template = Template {
            id: moment.ids.hex(24),
            licence: caller.number.clone(),
            name: draft.name,
            category: draft.category,
            language: draft.language,
            header: draft.header,
            body: draft.body.unwrap_or_default(),
            footer: draft.footer,
            buttons: draft.buttons.unwrap_or_default(),
            status: if submitted {
                Status::InReview
            } else {
                Status::Draft
            },
            meta_id: submitted.then(|| moment.ids.digits(15)),
            created_at: moment.now,
            updated_at: moment.now,
        };
        let answer = match &template.meta_id {
            Some(id) => {
                let review = Duration::from_secs(u64::from(self.settings.review_minutes) * 60);
                let verdict = if self.settings.approve_templates {
                    Status::Approved
                } else {
                    Status::Rejected
                };
                moment.plan(
                    review,
                    Happening::TemplateReviewed {
                        template: template.id.clone(),
                        status: verdict,
                    },
                );
                Created {
                    success: true,
                    message: "Template submitted to Facebook for review",
                    fb_response: Some(Submitted {
                        id: id.clone(),
                        status: template.status,
                    }),
                    review_notice_title: Some(NOTICE_TITLE),
                    review_notice_message: Some(NOTICE),
                }
            }
            None => Created {
                success: true,
                message: "Template saved as draft",
                fb_response: None,
                review_notice_title: None,
                review_notice_message: None,
            },
        };
        self.templates.put(template);
        Ok(answer)
    }
}
