//! The account: its package, its user, its devices.

use std::borrow::Cow;

use axum::{Extension, Json};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::devices::Connection;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{ReplyWith, local, untyped};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// Who pays.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The key, whatever a family calls it.
    pub api_key: String,
    /// What was bought.
    pub package: Package,
    /// Who signed up.
    pub user: User,
    /// Where, as an IANA name.
    pub timezone: String,
}

/// What was bought.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// First day.
    pub active_from: Date,
    /// Last day.
    pub active_until: Date,
}

/// Who signed up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Where to write.
    pub email: String,
    /// Since when.
    pub registered_at: Timestamp,
}

impl Record for Account {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.api_key)
    }
}

/// The account as it is shown.
#[derive(Debug, Serialize)]
pub struct Info {
    info: Shown,
}

#[derive(Debug, Serialize)]
struct Shown {
    package: Package,
    user: ShownUser,
    timezone: String,
    devices: Vec<ShownDevice>,
}

#[derive(Debug, Serialize)]
struct ShownUser {
    email: String,
    registered_at: String,
}

#[derive(Debug, Serialize)]
struct ShownDevice {
    number_id: String,
    number_whatsapp: String,
    state_connection: Connection,
    last_connected_at: String,
}

/// `POST /public/v1/info` — shows the account's package, user and paired devices.
pub async fn info(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<ReplyWith<&'static str, Info>>, Error> {
    let info = store.read(|bales, _| bales.account_info(&caller))?;
    // The full stop is the vendor's, and stands here only.
    Ok(untyped("Successfully.", info))
}

impl BalesOtomatis {
    /// The account as it is shown; official numbers are no devices.
    pub fn account_info(&self, caller: &Caller) -> Result<Info, Error> {
        let account = self
            .accounts
            .get(&caller.account)
            .cloned()
            .ok_or(Error::UnknownKey)?;
        let devices = self
            .devices
            .by("account", &caller.account)
            .map(|device| ShownDevice {
                number_id: device.number_id.clone(),
                number_whatsapp: device.number.clone(),
                state_connection: device.state,
                last_connected_at: local(device.last_connected_at),
            });
        let user = ShownUser {
            email: account.user.email,
            registered_at: local(account.user.registered_at),
        };
        let (package, timezone) = (account.package, account.timezone);
        Ok(Info {
            info: Shown {
                package,
                user,
                timezone,
                devices: devices.collect(),
            },
        })
    }
}
