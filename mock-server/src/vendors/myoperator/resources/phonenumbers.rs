//! The numbers that messages leave from, and the WhatsApp business accounts they belong to.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::extract::{Query, Request};
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::{Chat, Error};
use crate::vendors::myoperator::reply::{Paging, reply};
use crate::vendors::myoperator::state::{Instant, MyOperator};

/// A WhatsApp business account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waba {
    /// The vendor's id, a UUID.
    pub id: String,
    /// Whose account.
    pub company_id: String,
    /// Its name.
    pub waba_name: String,
    /// Meta's id.
    pub waba_id: String,
    /// Meta's id of the business behind it.
    pub meta_business_id: String,
    /// When it was made.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
    /// `approved` when messages may leave.
    pub waba_review_status: String,
    /// Whether the vendor's chat service disabled it.
    #[serde(default)]
    pub disabled: bool,
}

impl Record for Waba {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.waba_id)
    }
}

/// A number that messages leave from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneNumber {
    /// The vendor's id, a UUID.
    pub id: String,
    /// Whose number.
    pub company_id: String,
    /// `connected` or `otp_verified`.
    pub phone_number_status: String,
    /// `success` or `pending`.
    pub onboarding_status: String,
    /// `active`, or `disabled` by the vendor's chat service.
    pub status: String,
    /// Meta's id.
    pub phone_number_id: String,
    /// Without `+`.
    pub country_code: String,
    /// Without country code.
    pub phone_number: String,
    /// When it was made.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
    /// Meta's id of its account.
    pub waba_id: String,
    /// What customers see of it.
    pub profile: Profile,
    /// What Meta says about it.
    pub settings: NumberSettings,
}

/// What customers see of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// In one line.
    pub about: Option<String>,
    /// Where.
    pub address: Option<String>,
    /// In more lines.
    pub description: Option<String>,
    /// What kind of business.
    pub category: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// The web page.
    pub website: Option<String>,
    /// A picture.
    pub picture_url: Option<String>,
}

/// What Meta says about a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberSettings {
    /// `GREEN`, `YELLOW`, `RED`.
    pub quality_rating: String,
    /// How many customers a day it may write to first.
    pub messaging_limit_tier: String,
    /// A truth value, written as a text.
    pub is_official_business_account: String,
    /// Whether Meta knows the business.
    pub business_verification_status: String,
}

impl Record for PhoneNumber {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("meta", Cow::Borrowed(&self.phone_number_id)),
            ("company", Cow::Borrowed(&self.company_id)),
        ]
    }
}

/// What a list is narrowed down to, and what is shown besides.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    /// Meta's id of an account.
    pub waba_id: Option<String>,
    /// `settings`, `profile`, `waba_account`, with commas between them; other words mean nothing.
    pub expand: Option<String>,
}

/// `GET /chat/phonenumbers` — lists the active numbers, expanded as asked for.
pub async fn list(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
    Query(filter): Query<Filter>,
) -> impl IntoResponse {
    let page = store.read(|vendor, _| {
        let waba = filter.waba_id.as_deref();
        let numbers = vendor.phone_numbers.by("company", &caller.company);
        let numbers = numbers
            .filter(|number| number.status == "active")
            .filter(|number| waba.is_none_or(|waba| waba == number.waba_id))
            .collect();
        let expand = filter.expand.as_deref().unwrap_or_default();
        Paging::of(&call, usize::MAX).page(&call, numbers, |number| vendor.shown(number, expand))
    });
    reply("Phone Numbers List", page)
}

impl MyOperator {
    /// A number as clients see it.
    fn shown(&self, number: &PhoneNumber, expand: &str) -> Value {
        let mut shown = json!({
            "id": number.id,
            "phone_number_status": number.phone_number_status,
            "onboarding_status": number.onboarding_status,
            "status": number.status,
            "phone_number_id": number.phone_number_id,
            "country_code": number.country_code,
            "phone_number": number.phone_number,
            "created": number.created,
            "modified": number.modified,
        });
        let wanted = |name: &str| expand.split(',').any(|word| word.trim() == name);
        if let Some(waba) = self
            .wabas
            .get(&number.waba_id)
            .filter(|_| wanted("waba_account"))
        {
            shown["waba_account"] = json!({
                "id": waba.id,
                "waba_name": waba.waba_name,
                "waba_id": waba.waba_id,
                "meta_business_id": waba.meta_business_id,
                "created": waba.created,
                "modified": waba.modified,
                "waba_review_status": waba.waba_review_status,
            });
        }
        if wanted("profile") {
            shown["profile"] = json!(number.profile);
        }
        if wanted("settings") {
            shown["settings"] = json!(number.settings);
        }
        shown
    }

    /// A number of a company, by the vendor's id or by Meta's.
    #[must_use]
    pub fn number_of(&self, company: &str, id: &str) -> Option<&PhoneNumber> {
        let known = self.phone_numbers.get(id);
        known
            .into_iter()
            .chain(self.phone_numbers.by("meta", id))
            .find(|number| number.company_id == company)
    }

    /// The number that a message of a company leaves from, when one may leave from it.
    ///
    /// # Errors
    /// When there is no such number, or it or its account is not ready.
    pub fn sender(&self, company: &str, id: &str) -> Result<&PhoneNumber, Error> {
        let refused = |why| Err(Error::Chat(why));
        let Some(number) = self.number_of(company, id) else {
            return refused(Chat::NumberUnknown);
        };
        if self
            .companies
            .get(company)
            .is_none_or(|company| !company.service_active)
        {
            return refused(Chat::ServiceInactive);
        }
        match self.wabas.get(&number.waba_id) {
            Some(waba) if waba.waba_review_status == "approved" && !waba.disabled => {}
            Some(waba) if waba.disabled => return refused(Chat::WabaDisabled),
            _ => return refused(Chat::WabaNotApproved),
        }
        if number.status != "active" {
            return refused(Chat::NumberDisabled);
        }
        if number.onboarding_status != "success" {
            return refused(Chat::NumberNotOnboarded);
        }
        if number.phone_number_status != "connected" {
            return refused(Chat::NumberNotConnected);
        }
        Ok(number)
    }
}
