//! Templates: made here or at the provider, reviewed there, brought over by a sync, and what they cost to send.

pub mod draft;
pub mod send;

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{Metadata, classic, done, jakarta_seconds, listed, modern, utc};
use super::super::state::Cekat;
use super::super::webhooks::{News, TemplateNews};
use super::{Amount, Owned, Part, Period};
use crate::kernel::extract::{Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// The provider's id of it: digits.
    pub wa_template_id: String,
    /// For which inbox.
    pub inbox_id: String,
    /// Its name.
    pub name: String,
    /// Its words, with numbered placeholders.
    pub body: String,
    /// A sample value for each placeholder.
    #[serde(default)]
    pub body_placeholder: Vec<String>,
    /// `AUTHENTICATION`, `MARKETING` or `UTILITY`.
    pub category: String,
    /// Its language.
    pub language: String,
    /// What the provider thinks of it.
    pub status: String,
    /// Its picture.
    #[serde(default)]
    pub file_url: Option<String>,
    /// What stands above the words.
    #[serde(default)]
    pub header_type: Option<String>,
    /// The words above the words.
    #[serde(default)]
    pub header: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
}

impl Record for Template {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("business", Cow::Borrowed(&self.business_id)),
            ("inbox", Cow::Borrowed(&self.inbox_id)),
            ("wa", Cow::Borrowed(&self.wa_template_id)),
        ]
    }
}

impl Owned for Template {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// What a message of a category costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In lower case.
    pub category: String,
    /// The recipient's country, without a plus.
    pub recipient_country_code: String,
    /// In which money.
    pub currency: String,
    /// How much.
    pub price: Amount,
}

impl Record for Price {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!(
            "{}/{}/{}",
            self.category, self.recipient_country_code, self.currency
        ))
    }
}

/// A template on classic paths.
#[derive(Debug, Serialize)]
pub struct Row {
    id: String,
    created_at: String,
    body: String,
    wa_template_id: String,
    category: String,
    file_url: Option<String>,
    status: String,
    language: String,
    inbox_id: String,
    name: String,
    header_type: Option<String>,
    header: Option<String>,
    body_placeholder: Vec<String>,
    inbox: RowInbox,
}

#[derive(Debug, Serialize)]
struct RowInbox {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    business_id: String,
}

/// A template on new paths.
#[derive(Debug, Serialize)]
pub struct V2Row {
    id: String,
    name: String,
    body: String,
    category: String,
    status: String,
    language: String,
    #[serde(rename = "type")]
    kind: String,
    wa_template_id: String,
    inbox_id: String,
    header_type: Option<String>,
    header: Option<String>,
    footer: Option<String>,
    buttons: Vec<serde_json::Value>,
    body_placeholder: Vec<String>,
    enabled: bool,
    created_at: String,
}

/// Which templates a query asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    /// Of which inbox.
    pub inbox_id: Option<String>,
    /// In which state, in any case.
    pub status: Option<String>,
    /// Of which category, in any case. Classic paths do not look at it.
    pub category: Option<String>,
}

/// What the new list says about a page: it calls its total by another name.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TemplatePages {
    total_data: usize,
    total_page: usize,
    current_page: usize,
}

/// Which template a path means, by the provider's id.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    wa_template_id: String,
}

/// Which inbox to bring up to date.
#[derive(Clone, Debug, Deserialize)]
pub struct OfInbox {
    inbox_id: String,
}

/// Whose price is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sought {
    category: String,
    recipient_country_code: String,
    currency: String,
}

/// A price found.
#[derive(Debug, Serialize)]
pub struct Found {
    #[serde(flatten)]
    sought: Sought,
    price: Amount,
}

/// `GET /templates` — lists the templates of all inboxes, or of one.
pub async fn list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<Filter>,
) -> Result<impl IntoResponse, Error> {
    let filter = Filter {
        category: None,
        ..filter
    };
    let rows: Vec<_> = store.read(|cekat, _| {
        let own = cekat.templates.by("business", caller.business());
        let wanted = own.filter(|one| filter.takes(one));
        wanted.map(|one| cekat.template_row(one)).collect()
    });
    Ok(classic(StatusCode::OK, Some(rows)))
}

/// `GET /api/templates` — lists a page of the templates made in a period, newest first.
pub async fn v2_list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
    Query(filter): Query<Filter>,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let page = store.read(|cekat, _| {
        let found = cekat.templates_in(&filter, period, caller.business());
        paging.page(found).map(Template::v2_row)
    });
    let pagination = TemplatePages {
        total_data: page.pages.total_items,
        total_page: page.pages.total_page,
        current_page: page.pages.current_page,
    };
    Ok(listed(page.rows, Metadata { pagination }))
}

/// `POST /templates/sync` — brings the provider's templates of an inbox over.
pub async fn sync(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Query(of): Query<OfInbox>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|cekat, _| cekat.sync_templates(&of.inbox_id, caller.business()))?;
    Ok(done())
}

/// `DELETE /templates/{wa_template_id}` — deletes a template, here and at the provider.
pub async fn delete(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|cekat, _| cekat.delete_template(&which.wa_template_id, caller.business()))?;
    Ok(done())
}

/// `GET /api/templates/pricing` — says what a template message costs.
pub async fn v2_pricing(
    store: Store<Cekat>,
    Query(sought): Query<Sought>,
) -> Result<impl IntoResponse, Error> {
    let price = store.read(|cekat, _| cekat.price(&sought))?;
    Ok(modern(Found { sought, price }))
}

impl Template {
    /// Whether the provider lets it be sent.
    pub fn is_approved(&self) -> bool {
        self.status.eq_ignore_ascii_case("APPROVED")
    }

    fn v2_row(&self) -> V2Row {
        V2Row {
            id: self.id.clone(),
            name: self.name.clone(),
            body: self.body.clone(),
            category: self.category.clone(),
            status: self.status.clone(),
            language: self.language.clone(),
            kind: "whatsapp".to_owned(),
            wa_template_id: self.wa_template_id.clone(),
            inbox_id: self.inbox_id.clone(),
            header_type: self.header_type.clone(),
            header: self.header.clone(),
            footer: None,
            buttons: Vec::new(),
            body_placeholder: self.body_placeholder.clone(),
            enabled: true,
            created_at: jakarta_seconds(self.created_at),
        }
    }
}

impl Filter {
    fn takes(&self, template: &Template) -> bool {
        let wanted = |wanted: &Option<String>, has: &str| {
            wanted
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(has))
        };
        wanted(&self.inbox_id, &template.inbox_id)
            && wanted(&self.status, &template.status)
            && wanted(&self.category, &template.category)
    }
}

impl Cekat {
    /// The templates that a filter and a period leave, newest first.
    pub fn templates_in(&self, filter: &Filter, period: Period, business: &str) -> Vec<&Template> {
        let own = self.templates.by("business", business);
        let mut found: Vec<_> = own
            .filter(|one| filter.takes(one) && period.holds(one.created_at))
            .collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.created_at));
        found
    }

    /// A template on classic paths.
    pub fn template_row(&self, one: &Template) -> Row {
        let inbox = self.inboxes.get(&one.inbox_id);
        Row {
            id: one.id.clone(),
            created_at: utc(one.created_at),
            body: one.body.clone(),
            wa_template_id: one.wa_template_id.clone(),
            category: one.category.clone(),
            file_url: one.file_url.clone(),
            status: one.status.clone(),
            language: one.language.clone(),
            inbox_id: one.inbox_id.clone(),
            name: one.name.clone(),
            header_type: one.header_type.clone(),
            header: one.header.clone(),
            body_placeholder: one.body_placeholder.clone(),
            inbox: RowInbox {
                id: one.inbox_id.clone(),
                name: inbox.map_or_else(String::new, |inbox| inbox.name.clone()),
                kind: inbox.map_or_else(String::new, |inbox| inbox.kind.clone()),
                status: inbox.map_or_else(String::new, |inbox| inbox.status.clone()),
                business_id: one.business_id.clone(),
            },
        }
    }

    /// Brings the provider's templates of an inbox over; nothing is told.
    ///
    /// # Errors
    /// When there is no such inbox, or it is not on WhatsApp.
    pub fn sync_templates(&mut self, inbox: &str, business: &str) -> Result<(), Error> {
        if !self.inbox(inbox, business)?.is_whatsapp() {
            return Err(Error::NotWhatsApp);
        }
        let there: Vec<_> = self
            .provider_templates
            .by("inbox", inbox)
            .cloned()
            .collect();
        for template in there {
            if self.templates.get(&template.id) != Some(&template) {
                self.templates.put(template);
            }
        }
        Ok(())
    }

    /// Deletes a template, here and at the provider.
    ///
    /// # Errors
    /// When there is none with this id of the provider.
    pub fn delete_template(&mut self, wa_template_id: &str, business: &str) -> Result<(), Error> {
        let known = self.templates.by("wa", wa_template_id);
        let known: Vec<_> = known
            .filter(|one| one.business_id == business)
            .map(|one| one.id.clone())
            .collect();
        if known.is_empty() {
            return Err(Error::NotFound("Template"));
        }
        for id in known {
            self.templates.remove(&id);
            self.provider_templates.remove(&id);
        }
        Ok(())
    }

    /// Notes what the provider thinks of a template, on both sides, and tells. Named by either of its ids.
    pub fn review_template(
        &mut self,
        template: &str,
        status: &str,
        moment: &mut Moment<'_, Self>,
    ) -> bool {
        let by_wa = || self.templates.by("wa", template).next();
        let Some(found) = self.templates.get(template).or_else(by_wa) else {
            return false;
        };
        let id = found.id.clone();
        self.provider_templates
            .update(&id, |one| status.clone_into(&mut one.status));
        self.templates
            .update(&id, |one| status.clone_into(&mut one.status));
        let Some(one) = self.templates.get(&id) else {
            return false;
        };
        let inbox = self.inboxes.get(&one.inbox_id);
        let data = TemplateNews {
            id: one.id.clone(),
            wa_template_id: one.wa_template_id.clone(),
            template_status: one.status.clone(),
            template_name: one.name.clone(),
            inbox_id: one.inbox_id.clone(),
            inbox_name: inbox.map_or_else(String::new, |inbox| inbox.name.clone()),
        };
        let (business, inbox) = (&one.business_id, Some(one.inbox_id.as_str()));
        self.tell(business, &id, inbox, News::TemplateStatus { data }, moment);
        true
    }

    /// What a message of a category costs.
    ///
    /// # Errors
    /// When nobody knows.
    pub fn price(&self, sought: &Sought) -> Result<Amount, Error> {
        let category = sought.category.to_lowercase();
        let country = sought.recipient_country_code.trim_start_matches('+');
        let currency = sought.currency.to_uppercase();
        let key = format!("{category}/{country}/{currency}");
        let price = self.prices.get(&key).map(|price| price.price);
        let of = |wanted: fn(&Price) -> &str, with: &str| {
            self.prices.iter().any(|price| wanted(price) == with)
        };
        price.ok_or_else(|| {
            // The parameter that no price has at all is the wrong one.
            Error::invalid(if !of(|price| &price.category, &category) {
                "category"
            } else if !of(|price| &price.recipient_country_code, country) {
                "recipient_country_code"
            } else {
                "currency"
            })
        })
    }
}
