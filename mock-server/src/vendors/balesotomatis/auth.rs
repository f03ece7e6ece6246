//! Who is calling: by the key, and by the device or the licence, all of them members of the JSON body.

use serde_json::Value;

use super::state::BalesOtomatis;
use crate::kernel::call::{Call, Content};
use crate::kernel::refusal::Denial;
use crate::kernel::vendor::Credential;

/// The account that calls, and the number it calls for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account's key.
    pub account: String,
    /// The paired device's `number_id` or the official number's `licenses_key`; empty for the account's own operations.
    pub number: String,
}

/// The form of the account's key in the unofficial family.
const API_KEY: &str = "api_key";
/// The form of a paired device.
const NUMBER_ID: &str = "number_id";
/// The form of the account's key in the official family.
const SECRET_KEY: &str = "secret_key";
/// The form of an official number.
const LICENCE: &str = "licenses_key";

/// What an operation wants to be shown.
enum Family {
    Account,
    Device,
    Official,
}

fn family(operation: &str) -> Family {
    match operation {
        "account.info" | "contacts.list" | "audiences.list" | "otp.validate" => Family::Account,
        "templates.create" | "templates.list" | "templates.send" | "conversations.send" => {
            Family::Official
        }
        _ => Family::Device,
    }
}

/// Every credential in the body that the operation's family knows. The official family takes both spellings of
/// each name; a body that is no JSON object shows something that cannot be a credential.
pub fn shown(call: &Call) -> Result<Vec<Credential>, Denial> {
    if !matches!(&call.content, Content::Json(Value::Object(_))) {
        return Err(Denial::Malformed);
    }
    let member = |form: &'static str, names: &[&str]| {
        let key = names.iter().find_map(|name| call.field(name))?;
        Some(Credential { form, key })
    };
    let (key, number) = match family(call.operation_name()) {
        Family::Account => (member(API_KEY, &["api_key"]), None),
        Family::Device => (
            member(API_KEY, &["api_key"]),
            member(NUMBER_ID, &["number_id"]),
        ),
        Family::Official => {
            let key = member(SECRET_KEY, &["secret_key", "secretKey"]);
            (key, member(LICENCE, &["licenses_key", "licensesKey"]))
        }
    };
    Ok(key.into_iter().chain(number).collect())
}

impl BalesOtomatis {
    /// The caller: the key is judged before the number, as the vendor's codes suggest.
    pub(super) fn called_by(
        &self,
        credentials: &[Credential],
        call: &Call,
    ) -> Result<Caller, Denial> {
        let find = |form| {
            credentials
                .iter()
                .find(|one| one.form == form)
                .map(|one| self.meant(&one.key))
        };
        let family = family(call.operation_name());
        let key_form = if matches!(family, Family::Official) {
            SECRET_KEY
        } else {
            API_KEY
        };
        let key = find(key_form).ok_or(Denial::Missing)?;
        let account = self
            .accounts
            .get(key)
            .ok_or(Denial::Unknown)?
            .api_key
            .clone();
        let number = match family {
            Family::Account => String::new(),
            Family::Device => {
                let shown = find(NUMBER_ID).ok_or(Denial::Missing)?;
                let device = self
                    .devices
                    .get(shown)
                    .filter(|device| device.account == account);
                device
                    .ok_or_else(|| Denial::UnknownPart("device".into()))?
                    .number_id
                    .clone()
            }
            Family::Official => {
                let shown = find(LICENCE).ok_or(Denial::Missing)?;
                let licence = self
                    .licences
                    .get(shown)
                    .filter(|licence| licence.account == account);
                licence
                    .ok_or_else(|| Denial::UnknownPart("licence".into()))?
                    .licenses_key
                    .clone()
            }
        };
        Ok(Caller { account, number })
    }

    /// The seed's account and its number, for keys that nobody checks.
    pub(super) fn anyone(&self, credentials: &[Credential]) -> Caller {
        let shown = |form| {
            credentials
                .iter()
                .find(|one| one.form == form)
                .map(|one| self.meant(&one.key))
        };
        let account = self
            .accounts
            .iter()
            .next()
            .map(|account| account.api_key.clone())
            .unwrap_or_default();
        let device = || {
            let shown = self
                .devices
                .get(shown(NUMBER_ID)?)
                .or_else(|| self.devices.iter().next());
            shown.map(|device| device.number_id.clone())
        };
        let licence = || {
            let shown = self
                .licences
                .get(shown(LICENCE)?)
                .or_else(|| self.licences.iter().next());
            shown.map(|licence| licence.licenses_key.clone())
        };
        Caller {
            account,
            number: device().or_else(licence).unwrap_or_default(),
        }
    }
}
