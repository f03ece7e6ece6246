//! Message templates: stored, reviewed by Meta, listed, sent.

mod broadcast;
mod draft;

use std::borrow::Cow;

use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use broadcast::{Broadcast, Outgoing, Queued, send};
pub use draft::{Created, Draft};

use super::{Count, Direction, Search, order, page};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::text::placeholders;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{ReplyWith, in_indonesian, reply_with};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// A template of an official number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Ours; never shown, for the vendor shows another token each time.
    pub id: String,
    /// The number's `licenses_key`.
    pub licence: String,
    /// What it is called; several may be called the same.
    pub name: String,
    /// What it is for.
    pub category: Category,
    /// Its language's code.
    pub language: String,
    /// What stands above, as it was given.
    pub header: Option<Value>,
    /// Its words, with numbered placeholders.
    pub body: String,
    /// What stands below.
    pub footer: Option<String>,
    /// What can be tapped, as it was given.
    #[serde(default)]
    pub buttons: Vec<Value>,
    /// What became of it.
    pub status: Status,
    /// Meta's id: promised at submission, shown once approved.
    pub meta_id: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Category {
    /// News about what a customer ordered.
    Utility,
    /// Everything that sells.
    Marketing,
    /// Codes.
    Authentication,
}

/// What became of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Stored here only.
    Draft,
    /// With Meta.
    InReview,
    /// Can be sent.
    Approved,
    /// Never.
    Rejected,
    /// Not for a while: its recipients complained.
    Paused,
    /// Not any more.
    Disabled,
}

impl Record for Template {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = vec![("licence", Cow::Borrowed(self.licence.as_str()))];
        keys.extend(
            self.meta_id
                .as_deref()
                .map(|id| ("meta_id", Cow::Borrowed(id))),
        );
        keys
    }
}

/// `POST /public/v1/create-template` — stores a message template and, when asked, submits it to Meta.
pub async fn create(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(draft): Body<Draft>,
) -> Result<Json<Created>, Error> {
    let created = store.try_write(|bales, moment| bales.create_template(draft, &caller, moment))?;
    Ok(Json(created))
}

/// Which templates to show.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Query {
    start: Option<Count>,
    length: Option<Count>,
    #[serde(default)]
    search: Search,
    order_by: Option<String>,
    order_dir: Option<Direction>,
}

/// A page of templates, with a total that is written as nowhere else.
#[derive(Debug, Serialize)]
pub struct Listing {
    /// The rows asked for.
    pub data: Vec<Shown>,
    /// How many the search left.
    #[serde(rename = "TotalRecords")]
    pub total: usize,
}

/// A template as it is shown.
#[derive(Debug, Serialize)]
pub struct Shown {
    template_name: String,
    template_category: Category,
    template_content: String,
    template_footer: Option<String>,
    template_header: Option<Value>,
    template_buttons: Vec<Value>,
    #[serde(rename = "templateId")]
    meta_id: String,
    template_status: Status,
    template_language_code: String,
    template_license_key: String,
    template_waba: String,
    template_language_name: String,
    template_created_at: String,
    template_updated_at: String,
    template_id: String,
}

/// `POST /public/v1/get-template-list` — lists the templates of one official number.
pub async fn list(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(query): Body<Query>,
) -> Result<Json<ReplyWith<&'static str, Listing>>, Error> {
    // A list that writes: each row carries a token made for this answer.
    let listing = store.try_write(|bales, moment| bales.list_templates(&query, &caller, moment))?;
    Ok(reply_with("Successfully", listing))
}

impl BalesOtomatis {
    /// The templates of the caller's number, searched by name; the newest first unless another order is asked for.
    pub fn list_templates(
        &self,
        query: &Query,
        caller: &Caller,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Listing, Error> {
        let licence = self
            .licences
            .get(&caller.number)
            .ok_or(Error::UnknownNumber)?;
        let all = self.templates.by("licence", &caller.number);
        let mut found: Vec<_> = all.filter(|one| query.search.finds(&[&one.name])).collect();
        let direction = query.order_dir.unwrap_or(Direction::Descending);
        match query.order_by.as_deref() {
            Some("template_name") => order(&mut found, direction, |one| one.name.clone()),
            Some("template_category") => order(&mut found, direction, |one| one.category),
            Some("template_status") => order(&mut found, direction, |one| one.status),
            Some("template_language_code") => {
                order(&mut found, direction, |one| one.language.clone())
            }
            Some("template_updated_at") => order(&mut found, direction, |one| one.updated_at),
            _ => order(&mut found, direction, |one| one.created_at),
        }
        let shown = page(&found, query.start, query.length, 10)
            .iter()
            .map(|one| Shown {
                template_name: one.name.clone(),
                template_category: one.category,
                template_content: one.body.clone(),
                template_footer: one.footer.clone(),
                template_header: one.header.clone(),
                template_buttons: one.buttons.clone(),
                meta_id: one
                    .meta_id
                    .clone()
                    .filter(|_| one.status == Status::Approved)
                    .unwrap_or_default(),
                template_status: one.status,
                template_language_code: one.language.clone(),
                template_license_key: licence.licenses_key.clone(),
                template_waba: licence.number.clone(),
                template_language_name: language_name(&one.language).to_owned(),
                template_created_at: in_indonesian(one.created_at),
                template_updated_at: in_indonesian(one.updated_at),
                template_id: STANDARD.encode(moment.ids.bytes::<32>()),
            });
        Ok(Listing {
            data: shown.collect(),
            total: found.len(),
        })
    }
}

fn language_name(code: &str) -> &str {
    match code {
        "id" => "Indonesian",
        "en" => "English",
        "en_US" => "English (US)",
        "en_GB" => "English (UK)",
        "ms" => "Malay",
        other => other,
    }
}
