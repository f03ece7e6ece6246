//! Message templates: drafted here, reviewed by Meta.

use std::borrow::Cow;
use std::time::Duration;

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::extract::{Body, Path, Query, Request};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::Error;
use crate::vendors::myoperator::happenings::whatsapp;
use crate::vendors::myoperator::reply::{Nothing, Paging, answer, reply};
use crate::vendors::myoperator::state::{Instant, MyOperator};

pub mod render;

/// A message template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The vendor's id, a UUID.
    pub id: String,
    /// Whose template.
    pub company_id: String,
    /// Meta's id of its account.
    pub waba_id: String,
    /// Lower-case letters, digits and `_`.
    pub name: String,
    /// Meta's id.
    pub waba_template_id: String,
    /// In which language.
    pub language: String,
    /// `marketing`, `utility` or `authentication`.
    pub category: String,
    /// Always `template`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Header, body, footer, buttons, carousel.
    pub components: Vec<Value>,
    /// What customers think of it.
    pub quality: String,
    /// `active`.
    pub status: String,
    /// `pending`, `approved` or `rejected`.
    pub waba_template_status: String,
    /// Why Meta rejected it.
    pub failure_reason: Option<String>,
    /// Whether clicks on its buttons are told.
    pub link_tracking: bool,
    /// When it was made.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
}

impl Record for Template {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("company", Cow::Borrowed(&self.company_id)),
            ("name", Cow::Borrowed(&self.name)),
        ]
    }
}

/// A new template.
#[derive(Clone, Debug, Deserialize)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// In which language.
    pub language: String,
    /// Which of the three.
    pub category: String,
    /// Always `template`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Meta's id of its account.
    pub waba_id: String,
    /// Header, body, footer, buttons, carousel.
    pub components: Vec<Value>,
}

/// What a list is narrowed down to; texts may name several, with commas.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    /// Meta's id of an account.
    pub waba_id: Option<String>,
    /// Where Meta's review stands.
    pub waba_template_status: Option<String>,
    /// Which of the three.
    pub category: Option<String>,
    /// The whole name.
    pub name: Option<String>,
}

/// Which template.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// The vendor's id.
    pub template_id: String,
}

/// The id of what was made.
#[derive(Clone, Debug, Serialize)]
pub struct Made {
    /// A UUID.
    pub id: String,
}

/// `POST /chat/templates` — drafts a template, which Meta reviews.
pub async fn create(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Body(draft): Body<Draft>,
) -> Result<impl IntoResponse, Error> {
    let made =
        store.try_write(|vendor, moment| vendor.draft_template(&caller.company, draft, moment))?;
    Ok(answer(
        StatusCode::CREATED,
        201,
        "Template created",
        Made { id: made.id },
    ))
}

/// `GET /chat/templates` — lists templates, newest first.
pub async fn list(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
    Query(filter): Query<Filter>,
) -> impl IntoResponse {
    let page = store.read(|vendor, _| {
        let found = vendor.templates_like(&caller.company, &filter);
        Paging::of(&call, usize::MAX).page(&call, found, Template::shown)
    });
    reply("Templates", page)
}

/// `GET /chat/templates/{template_id}` — shows a template.
pub async fn get(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Path(named): Path<Named>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.read(|vendor, _| {
        let template = vendor.template_of(&caller.company, &named.template_id);
        template.map(Template::shown)
    })?;
    Ok(reply("OK", shown))
}

/// `DELETE /chat/templates/{template_id}` — deletes a template; nothing can be sent with it any more.
pub async fn delete(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Path(named): Path<Named>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|vendor, _| {
        vendor.template_of(&caller.company, &named.template_id)?;
        vendor.templates.remove(&named.template_id);
        Ok::<_, Error>(())
    })?;
    Ok(reply("Template Deleted", Nothing {}))
}

impl Template {
    /// The template as clients see it.
    #[must_use]
    pub fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "waba_template_id": self.waba_template_id,
            "language": self.language,
            "category": self.category,
            "type": self.kind,
            "components": self.components,
            "quality": self.quality,
            "status": self.status,
            "waba_template_status": self.waba_template_status,
            "failure_reason": self.failure_reason,
            "link_tracking": self.link_tracking,
            "created": self.created,
            "modified": self.modified,
        })
    }

    /// Whether Meta lets it be sent.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.waba_template_status == "approved"
    }
}

impl MyOperator {
    /// A template of a company.
    ///
    /// # Errors
    /// When the company has none of this id.
    pub fn template_of(&self, company: &str, id: &str) -> Result<&Template, Error> {
        let template = self.templates.get(id);
        template
            .filter(|template| template.company_id == company)
            .ok_or(Error::TemplateUnknown)
    }

    /// The templates of a company that a filter lets through, newest first.
    #[must_use]
    pub fn templates_like(&self, company: &str, filter: &Filter) -> Vec<&Template> {
        let one_of = |wanted: &Option<String>, value: &str| {
            let wanted = wanted.as_deref();
            wanted.is_none_or(|names| names.split(',').any(|name| name.trim() == value))
        };
        let is = |wanted: &Option<String>, value: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == value)
        };
        let all = self.templates.by("company", company);
        let mut found: Vec<_> = all
            .filter(|template| is(&filter.waba_id, &template.waba_id))
            .filter(|template| one_of(&filter.waba_template_status, &template.waba_template_status))
            .filter(|template| one_of(&filter.category, &template.category))
            .filter(|template| is(&filter.name, &template.name))
            .collect();
        // The later of two that were made in the same instant comes first.
        found.reverse();
        found.sort_by_key(|template| std::cmp::Reverse(template.created));
        found
    }

    /// Takes a draft; Meta's review is planned, unless it takes no time.
    ///
    /// # Errors
    /// When the account is not the company's, or a component lacks what it must have.
    pub fn draft_template(
        &mut self,
        company: &str,
        draft: Draft,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Template, Error> {
        let known = self.wabas.get(&draft.waba_id);
        if known.is_none_or(|waba| waba.company_id != company) {
            return Err(Error::WabaUnknown);
        }
        let wrong = self.wrong_with(company, &draft.components);
        if !wrong.is_empty() {
            let fields = wrong
                .into_iter()
                .map(|text| ("components".to_owned(), text));
            return Err(Error::InvalidInput(fields.collect()));
        }
        let mut components = draft.components;
        components.iter_mut().for_each(forget_format);
        let now = Instant::new(moment.now);
        let template = Template {
            id: moment.ids.uuid().to_string(),
            company_id: company.to_owned(),
            waba_id: draft.waba_id,
            name: draft.name,
            // Meta's ids do not begin with a zero.
            waba_template_id: format!("1{}", moment.ids.digits(15)),
            language: draft.language,
            category: draft.category,
            kind: draft.kind.unwrap_or_else(|| "template".to_owned()),
            components,
            quality: "unknown".to_owned(),
            status: "active".to_owned(),
            waba_template_status: "pending".to_owned(),
            failure_reason: None,
            link_tracking: false,
            created: now,
            modified: now,
        };
        let template = self.templates.put(template).clone();
        let result = self.settings.whatsapp.review_result.clone();
        match self.settings.whatsapp.review_seconds {
            0 => {
                let reviewed = self.review(&template.id, &result, None, moment.now);
                debug_assert_eq!(reviewed, Ok(()), "what was just drafted is pending");
            }
            seconds => {
                let reviewed = whatsapp::Happening::TemplateReviewed {
                    template: template.id.clone(),
                    result,
                    reason: None,
                };
                moment.plan(Duration::from_secs(seconds), reviewed.into());
            }
        }
        Ok(template)
    }

    /// Meta decided on a template.
    ///
    /// # Errors
    /// When there is no such template, or no such decision.
    pub fn review(
        &mut self,
        template: &str,
        result: &str,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<(), Impossible> {
        if !matches!(result, "approved" | "rejected" | "pending") {
            let why = format!("a review ends with \"approved\" or \"rejected\", not {result:?}");
            return Err(Impossible(why));
        }
        let reviewed = self.templates.update(template, |template| {
            template.failure_reason = match result {
                "rejected" => Some(reason.unwrap_or_else(|| "INVALID_FORMAT".to_owned())),
                _ => None,
            };
            template.waba_template_status = result.to_owned();
            template.modified = Instant::new(now);
        });
        reviewed.ok_or_else(|| Impossible(format!("no template {template}")))
    }

    /// Everything that components lack, as sentences.
    fn wrong_with(&self, company: &str, components: &[Value]) -> Vec<String> {
        components
            .iter()
            .flat_map(|component| self.wrong_with_one(company, component))
            .collect()
    }

    fn wrong_with_one(&self, company: &str, component: &Value) -> Vec<String> {
        let text = |name: &str| component.get(name).and_then(Value::as_str);
        let kind = text("type").unwrap_or_default();
        let lacks = |name: &str| vec![format!("{kind}: {name} is required.")];
        let list = |name: &str| component.get(name).and_then(Value::as_array);
        match (kind, text("format")) {
            ("HEADER", Some("MEDIA")) => match text("media_id") {
                None => lacks("media_id"),
                Some(id) if self.media_of(company, id).is_none() => {
                    vec![format!("{kind}: media_id {id} does not exist!")]
                }
                Some(_) => Vec::new(),
            },
            ("HEADER", None) => lacks("format"),
            ("HEADER" | "BODY" | "FOOTER", _) if text("text").is_none() => lacks("text"),
            ("BUTTONS", _) => match list("buttons") {
                None => lacks("buttons"),
                Some(buttons) => buttons.iter().filter_map(wrong_with_button).collect(),
            },
            ("CAROUSEL", _) => match list("cards") {
                None => lacks("cards"),
                Some(cards) => cards
                    .iter()
                    .filter_map(|card| card.get("components").and_then(Value::as_array))
                    .flat_map(|components| self.wrong_with(company, components))
                    .collect(),
            },
            _ => Vec::new(),
        }
    }
}

/// What a button lacks.
fn wrong_with_button(button: &Value) -> Option<String> {
    let kind = button.get("type").and_then(Value::as_str)?;
    let needed: &[&str] = match kind {
        "URL" => &["format", "url"],
        "PHONE_NUMBER" => &["phone_number"],
        "OTP" => &["otp_type"],
        _ => &[],
    };
    let lacking = needed.iter().find(|name| button.get(**name).is_none())?;
    Some(format!("{kind}: {lacking} is required."))
}

/// A body is shown without its format, which can only be one.
fn forget_format(component: &mut Value) {
    if component["type"] == "BODY"
        && let Some(members) = component.as_object_mut()
    {
        members.shift_remove("format");
    }
    let cards = component.get_mut("cards").and_then(Value::as_array_mut);
    for card in cards.into_iter().flatten() {
        let components = card.get_mut("components").and_then(Value::as_array_mut);
        components.into_iter().flatten().for_each(forget_format);
    }
}
