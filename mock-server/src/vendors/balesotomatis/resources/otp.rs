//! One-time codes: valid in the whole account, once, until their time is over.

use std::borrow::Cow;

use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::messages::{Kind, Message, ON_ITS_WAY};
use super::{Count, Method, Text};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{ReplyWith, reply_with, untyped};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// A code somebody was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Otp {
    /// What the vendor calls the request; no operation takes it back.
    pub req_id: String,
    /// The key of the account that sent it.
    pub account: String,
    /// Six digits.
    pub code: String,
    /// To whom, digits only.
    pub phone: String,
    /// Since when.
    pub issued_at: Timestamp,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
    /// Whether it was spent.
    pub used: bool,
}

impl Record for Otp {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.req_id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("code", Cow::Borrowed(&self.code))]
    }
}

/// Whom to send a code, and how to word it.
#[derive(Clone, Debug, Deserialize)]
pub struct Order {
    phone_no: Text,
    country_code: Option<Text>,
    #[serde(default)]
    customer_name: String,
    #[serde(default)]
    service_name: String,
    #[serde(default)]
    company_name: String,
    lifetime: Option<Count>,
}

/// A code to spend.
#[derive(Clone, Debug, Deserialize)]
pub struct Attempt {
    otp_code: Text,
}

/// What was sent, in clear text: the caller has to compare it with nothing.
#[derive(Clone, Debug, Serialize)]
pub struct Issued {
    otp_code: String,
    req_id: String,
}

/// Nothing beside the envelope.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Nothing {}

/// `POST /public/v1/send_otp` — makes a one-time code and sends it to one person.
pub async fn send(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(order): Body<Order>,
) -> Result<Json<ReplyWith<&'static str, Issued>>, Error> {
    let issued = store.try_write(|bales, moment| bales.send_otp(&order, &caller, moment))?;
    Ok(reply_with(ON_ITS_WAY, issued))
}

/// `POST /public/v1/validate_otp` — spends a one-time code of the account.
pub async fn validate(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(attempt): Body<Attempt>,
) -> Result<Json<ReplyWith<&'static str, Nothing>>, Error> {
    store.try_write(|bales, moment| bales.validate_otp(&attempt.otp_code, &caller, moment.now))?;
    Ok(untyped("OTP Code is Valid", Nothing {}))
}

impl BalesOtomatis {
    /// Makes a code and queues the message that carries it.
    pub fn send_otp(
        &mut self,
        order: &Order,
        caller: &Caller,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Issued, Error> {
        let phone = self.person(&order.phone_no, order.country_code.as_ref())?;
        let units = order.lifetime.map_or(60, |lifetime| lifetime.0);
        let seconds = i64::try_from(units)
            .unwrap_or(i64::MAX)
            .saturating_mul(self.settings.otp_lifetime_unit.into());
        let lifetime = SignedDuration::from_secs(seconds);
        let otp = Otp {
            // Base64 of base64 of 64 bytes, like the documented one.
            req_id: STANDARD.encode(STANDARD.encode(moment.ids.bytes::<64>())),
            account: caller.account.clone(),
            code: moment.ids.digits(6),
            phone: phone.clone(),
            issued_at: moment.now,
            expires_at: moment
                .now
                .saturating_add(lifetime)
                .unwrap_or(Timestamp::MAX),
            used: false,
        };
        let issued = Issued {
            otp_code: otp.code.clone(),
            req_id: otp.req_id.clone(),
        };
        let Order {
            customer_name,
            service_name,
            company_name,
            ..
        } = order;
        let text = format!(
            "{customer_name}, {} is your code for {service_name}. {company_name}",
            otp.code
        );
        self.otps.put(otp);
        let message = Message::queued(
            moment.ids.hex(20),
            &caller.number,
            &phone,
            Kind::Text,
            &text,
            moment.now,
        );
        self.submit(message, Method::Async, false, moment)?;
        Ok(issued)
    }

    /// Spends a code: the newest live one that reads so, whoever it was sent to.
    pub fn validate_otp(
        &mut self,
        code: &Text,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), Error> {
        let code = self.meant(&code.0);
        let unspent = self
            .otps
            .by("code", code)
            .rev()
            .filter(|otp| otp.account == caller.account && !otp.used);
        let unspent: Vec<_> = unspent.collect();
        let live = unspent
            .iter()
            .find(|otp| now < otp.expires_at)
            .map(|otp| otp.req_id.clone());
        match live {
            Some(live) => {
                self.otps.update(&live, |otp| otp.used = true);
                Ok(())
            }
            None if unspent.is_empty() => Err(Error::OtpInvalid),
            None => Err(Error::OtpExpired),
        }
    }
}
