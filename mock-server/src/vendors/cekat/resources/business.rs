//! Businesses, who may open them and who works there.

use std::borrow::Cow;

use axum::Extension;
use axum::Json;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{classic, postgres, postgres_millis};
use super::super::state::Cekat;
use super::integrations::Integration;
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::text::Text;

/// A customer of the vendor; everything else belongs to one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Business {
    /// A UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its API key, accepted in four forms.
    pub open_api_key: String,
    /// Its e-mail address; no two businesses have the same.
    pub email: String,
    /// Its telephone number.
    pub phone_num: String,
    /// What it pays for.
    pub package_type: String,
    /// Since when.
    pub package_start_date: Timestamp,
    /// Until when.
    pub package_exp_date: Timestamp,
    /// How many AI credits it used this month.
    pub total_used_chat_credit_per_month: u64,
    /// How many it bought.
    pub chat_credit_topup: u64,
    /// How many conversations it used.
    pub total_used_convo: u64,
    /// How many it bought.
    pub convo_credit_topup: u64,
    /// Since when it exists.
    pub created_at: Timestamp,
}

impl Record for Business {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("key", Cow::Borrowed(&self.open_api_key)),
            ("email", Cow::Owned(self.email.to_lowercase())),
        ]
    }
}

/// A reseller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// The code its customers are registered with.
    pub referral_code: String,
    /// Its key.
    pub partner_api_key: String,
}

impl Record for Partner {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.partner_api_key)
    }
}

/// Somebody who is logged in to the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The business it works for.
    pub business_id: String,
    /// Its log-in token.
    pub access_token: String,
}

impl Record for User {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.access_token)
    }
}

/// A business to be opened. The password and the partner's own ids are kept nowhere.
#[derive(Clone, Debug, Deserialize)]
pub struct Registration {
    business_name: String,
    email: String,
    phone_number: Text,
    referral_code: String,
}

/// The answer to a registration: the key stands at the top.
#[derive(Debug, Serialize)]
pub struct Registered {
    success: bool,
    status_code: u16,
    cekat_api_key: String,
}

/// A business as it sees itself.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    created_at: String,
    name: String,
    email: String,
    phone_num: String,
    package_type: String,
    package_start_date: String,
    package_exp_date: String,
    is_expired: bool,
    total_used_chat_credit_per_month: u64,
    chat_credit_topup: u64,
    total_used_convo: u64,
    convo_credit_topup: u64,
    open_api_key: String,
}

/// How long a new business may try.
const TRIAL: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The code of the one partner whose customers are connected to it at once.
const CONNECTED: &str = "orderonline";

/// `POST /register` — opens a business and hands over its key.
pub async fn register(
    store: Store<Cekat>,
    Body(registration): Body<Registration>,
) -> Result<impl IntoResponse, Error> {
    let key = store.try_write(|cekat, moment| cekat.register(registration, moment))?;
    let registered = Registered {
        success: true,
        status_code: StatusCode::CREATED.as_u16(),
        cekat_api_key: key,
    };
    Ok((StatusCode::CREATED, Json(registered)))
}

/// `GET /businesses` — shows the caller's own business.
pub async fn get(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.read(|cekat, glance| {
        let business = cekat.businesses.get(caller.business());
        business.map(|business| business.shown(glance.now))
    });
    let shown = shown.ok_or(Error::NotFound("Business"))?;
    Ok(classic(StatusCode::OK, Some(shown)))
}

impl Business {
    /// Whether it no longer pays.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.package_exp_date < now
    }

    fn shown(&self, now: Timestamp) -> Shown {
        Shown {
            id: self.id.clone(),
            created_at: postgres(self.created_at),
            name: self.name.clone(),
            email: self.email.clone(),
            phone_num: self.phone_num.clone(),
            package_type: self.package_type.clone(),
            package_start_date: postgres_millis(self.package_start_date),
            package_exp_date: postgres_millis(self.package_exp_date),
            is_expired: self.is_expired(now),
            total_used_chat_credit_per_month: self.total_used_chat_credit_per_month,
            chat_credit_topup: self.chat_credit_topup,
            total_used_convo: self.total_used_convo,
            convo_credit_topup: self.convo_credit_topup,
            open_api_key: self.open_api_key.clone(),
        }
    }
}

impl Cekat {
    /// Opens a business on trial and returns its key.
    ///
    /// # Errors
    /// When the e-mail address is taken.
    pub fn register(
        &mut self,
        registration: Registration,
        moment: &mut Moment<'_, Self>,
    ) -> Result<String, Error> {
        let email = registration.email.to_lowercase();
        if self.businesses.count_by("email", &email) > 0 {
            return Err(Error::EmailTaken);
        }
        let claims = moment.ids.alphanumeric(60);
        let signature = moment.ids.nanoid(43);
        let business = Business {
            id: moment.ids.uuid().to_string(),
            name: registration.business_name,
            open_api_key: format!("eyJhbGciOiJIUzI1NiJ9.{claims}.{signature}"),
            email: registration.email,
            phone_num: registration.phone_number.0,
            package_type: "free".to_owned(),
            package_start_date: moment.now,
            package_exp_date: moment.now.checked_add(TRIAL).unwrap_or(Timestamp::MAX),
            total_used_chat_credit_per_month: 0,
            chat_credit_topup: 0,
            total_used_convo: 0,
            convo_credit_topup: 0,
            created_at: moment.now,
        };
        if registration.referral_code == CONNECTED {
            self.integrations.put(Integration {
                id: moment.ids.uuid().to_string(),
                business_id: business.id.clone(),
                kind: CONNECTED.to_owned(),
                name: CONNECTED.to_owned(),
                status: "active".to_owned(),
                created_at: moment.now,
            });
        }
        Ok(self.businesses.put(business).open_api_key.clone())
    }
}
