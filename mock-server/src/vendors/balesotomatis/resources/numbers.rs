//! Whether a number is on WhatsApp.

use axum::{Extension, Json};
use serde::Deserialize;

use super::audiences::Status;
use super::{Text, whatsapp_number};
use crate::kernel::extract::Body;
use crate::kernel::store::Store;
use crate::kernel::table::Record as _;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{Reply, reply};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// Which number to look up.
#[derive(Clone, Debug, Deserialize)]
pub struct Lookup {
    phone_no: Text,
    country_code: Option<Text>,
}

/// `POST /public/v1/validate_number` — tells whether a number is on WhatsApp.
pub async fn validate(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(lookup): Body<Lookup>,
) -> Result<Json<Reply<&'static str>>, Error> {
    let known = store.try_write(|bales, _| bales.validate_number(&lookup, &caller))?;
    // A number found missing is remembered as such, so it is refused only after the change is kept.
    if known {
        Ok(reply("Valid WhatsApp Number"))
    } else {
        Err(Error::NotOnWhatsApp)
    }
}

impl BalesOtomatis {
    /// Asks WhatsApp through the device, and notes what it says in the account's audiences.
    pub fn validate_number(&mut self, lookup: &Lookup, caller: &Caller) -> Result<bool, Error> {
        let country = lookup.country_code.as_ref().map_or("62", |code| &code.0);
        let number = whatsapp_number(self.meant(&lookup.phone_no.0), country)?;
        self.device(caller)?.connected()?;
        let known = on_whatsapp(&number);
        let pending = self
            .audiences
            .by("wa_number", &number)
            .filter(|one| one.account == caller.account);
        let pending: Vec<_> = pending.map(|one| one.key().into_owned()).collect();
        for key in pending {
            self.audiences.update(&key, |one| {
                one.status = if known {
                    Status::Valid
                } else {
                    Status::Invalid
                }
            });
        }
        Ok(known)
    }
}

/// Whether WhatsApp knows the number: Indonesian mobile numbers all are, but for those that end in `0000404`.
pub fn on_whatsapp(number: &str) -> bool {
    number.starts_with("628") && !number.ends_with("0000404")
}
