//! Loyalty points.

use std::borrow::Cow;

use axum::response::IntoResponse;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::super::error::Error;
use super::super::state::Omnichat;
use super::filled;
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::text::digits;

/// A change of a customer's points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Adjustment {
    /// A UUID.
    pub id: String,
    /// Whose points, by `omniCustomerId`.
    pub customer: String,
    /// How many more, or fewer.
    pub points: i64,
    /// When.
    pub time: Timestamp,
}

impl Record for Adjustment {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("customer", Cow::Borrowed(&self.customer))]
    }
}

/// What identifies a member of the loyalty programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Identifier {
    /// Whatever the request names.
    #[default]
    Any,
    /// The number.
    Phone,
    /// The address.
    Email,
    /// The member id.
    MemberId,
}

/// Points to be given or taken, and whose: by one of three identifiers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Adjust {
    points: Number,
    phone: Option<String>,
    email: Option<String>,
    member_id: Option<String>,
}

/// `PUT /v1/loyalty-points/action/adjust` — gives points, or takes some; the answer is empty.
pub async fn adjust(
    store: Store<Omnichat>,
    Body(adjust): Body<Adjust>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|omnichat, moment| omnichat.adjust_points(adjust, moment))?;
    Ok(StatusCode::OK)
}

impl Adjust {
    /// How many points: a whole number, however it is written.
    fn whole(&self) -> Option<i64> {
        let float = || self.points.as_f64().filter(|points| points.fract() == 0.0);
        // Beyond this a float is no whole number that anybody meant.
        let sane = |points: &f64| points.abs() < 9e15;
        self.points
            .as_i64()
            .or_else(|| float().filter(sane).map(|points| points as i64))
    }
}

impl Omnichat {
    /// Gives a member points, or takes some.
    ///
    /// # Errors
    /// When nobody is meant, the team identifies members otherwise, or there are not enough points.
    pub fn adjust_points(
        &mut self,
        adjust: Adjust,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        let invalid = |text: &str| Error::InvalidBody(text.to_owned());
        let points = adjust.whole().ok_or_else(|| invalid("points is invalid"))?;
        let customer = self.member_meant(adjust)?;
        let (id, now) = (moment.ids.uuid().to_string(), moment.now);
        let overdraft = self.settings.loyalty_overdraft;
        let known = self
            .customers
            .get(&customer)
            .ok_or(Error::CustomerUnknown)?;
        let balance = known.points.checked_add(points);
        let given = known.accumulated_points.checked_add(points.max(0));
        let (Some(balance), Some(given)) = (balance, given) else {
            return Err(invalid("points is invalid"));
        };
        if balance < 0 && points < 0 && !overdraft {
            return Err(invalid("points: there are not enough"));
        }
        self.customers.update(&customer, |customer| {
            customer.points = balance;
            customer.accumulated_points = given;
            customer.updated_at = now;
        });
        self.adjustments.put(Adjustment {
            id,
            customer,
            points,
            time: now,
        });
        Ok(())
    }

    /// The customer an adjustment names, by the identifier that the team uses.
    fn member_meant(&self, adjust: Adjust) -> Result<String, Error> {
        let named = [
            (Identifier::Phone, "phone", filled(adjust.phone)),
            (Identifier::Email, "email", filled(adjust.email)),
            (Identifier::MemberId, "memberId", filled(adjust.member_id)),
        ];
        let named = named
            .into_iter()
            .find_map(|(by, name, value)| Some((by, name, value?)));
        let Some((by, name, value)) = named else {
            return Err(Error::InvalidBody(
                "exactly one of phone, email and memberId is required".to_owned(),
            ));
        };
        let used = self.settings.loyalty_identifier;
        if used != Identifier::Any && used != by {
            let text = format!("{name} is not the loyalty identifier of the team");
            return Err(Error::InvalidBody(text));
        }
        let mut found = match by {
            Identifier::Phone => self.customers.by("phone", &digits(&value)),
            Identifier::Email => self.customers.by("email", &value.trim().to_lowercase()),
            Identifier::MemberId | Identifier::Any => self.customers.by("member", value.trim()),
        };
        let customer = found.next().ok_or(Error::CustomerUnknown)?;
        Ok(customer.id.clone())
    }
}
