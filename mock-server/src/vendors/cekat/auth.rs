//! Who is calling: a business by its key in four forms, a user by a log-in token, a reseller by a key of its own.

use http::header::AUTHORIZATION;

use crate::kernel::call::Call;
use crate::kernel::refusal::Denial;
use crate::kernel::vendor::Credential;

use super::state::Cekat;

/// Header `api_key`.
const HEADER: &str = "api_key";
/// `Authorization: Bearer`.
const BEARER: &str = "bearer";
/// `Authorization: api_key`.
const SCHEME: &str = "authorization";
/// Query parameter `api_key`.
const QUERY: &str = "query";
/// Header `access_token`.
const TOKEN: &str = "access_token";
/// Header `x-partner-api-key`.
const PARTNER: &str = "partner_api_key";

/// Who a call comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A business, by its key.
    Business {
        /// Its id.
        id: String,
    },
    /// A user of the dashboard.
    User {
        /// The business the user works for.
        business: String,
    },
    /// A reseller.
    Partner {
        /// Its key.
        key: String,
    },
}

impl Caller {
    /// The business whose things the caller sees; empty for a reseller, who has none.
    pub fn business(&self) -> &str {
        match self {
            Self::Business { id } => id,
            Self::User { business } => business,
            Self::Partner { .. } => "",
        }
    }
}

/// Every credential of a request, whatever its form: clients send several at once.
///
/// What has no known form (`x-api-key`, a bare key in `Authorization`) is no credential.
pub fn shown(call: &Call) -> Vec<Credential> {
    let headers = |name: &str| {
        let values = call.wire.headers.get_all(name).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .map(str::trim)
    };
    let mut shown = Vec::new();
    let mut show = |form, key: &str| {
        if !key.is_empty() {
            shown.push(Credential {
                form,
                key: key.to_owned(),
            });
        }
    };
    headers("api_key").for_each(|key| show(HEADER, key));
    for value in headers(AUTHORIZATION.as_str()) {
        let Some((scheme, key)) = value.split_once(' ') else {
            continue;
        };
        if scheme.eq_ignore_ascii_case("bearer") {
            show(BEARER, key.trim());
        } else if scheme.eq_ignore_ascii_case("api_key") {
            show(SCHEME, key.trim());
        }
    }
    let query = call.query.iter().filter(|(name, _)| name == "api_key");
    query.for_each(|(_, key)| show(QUERY, key));
    headers("access_token").for_each(|key| show(TOKEN, key));
    headers("x-partner-api-key").for_each(|key| show(PARTNER, key));
    shown
}

/// The forms an operation takes.
fn accepted(operation: &str) -> &'static [&'static str] {
    match operation {
        "business.register" => &[PARTNER],
        "backoffice.conversations_delete" | "labels.assignment_delete" => &[TOKEN],
        "v2.templates.pricing" => &[HEADER, SCHEME, QUERY],
        "crm.items.list" | "crm.items.get" | "crm.items.delete" | "crm.contact.create"
        | "crm.contact.get" | "crm.contact.update" => &[HEADER, BEARER, SCHEME, QUERY, TOKEN],
        _ => &[HEADER, BEARER, SCHEME, QUERY],
    }
}

impl Cekat {
    /// Lets a caller in by any good credential among those shown, in a form the operation takes.
    ///
    /// # Errors
    /// When none is good; for the price list, when there is only a bearer token.
    pub fn admit(&self, shown: &[Credential], operation: &str) -> Result<Caller, Denial> {
        let accepted = match accepted(operation) {
            [TOKEN] if self.settings.dashboard_takes_keys => &[TOKEN, HEADER, BEARER],
            accepted => accepted,
        };
        let mut usable = shown
            .iter()
            .filter(|credential| accepted.contains(&credential.form))
            .peekable();
        if usable.peek().is_none() {
            let bearer = shown.iter().any(|credential| credential.form == BEARER);
            return Err(match bearer && operation == "v2.templates.pricing" {
                true => Denial::Forbidden("token".to_owned()),
                false => Denial::Missing,
            });
        }
        usable
            .find_map(|credential| self.holder(credential))
            .ok_or(Denial::Unknown)
    }

    /// Whose credential this is.
    fn holder(&self, credential: &Credential) -> Option<Caller> {
        let key = credential.key.as_str();
        match credential.form {
            TOKEN => self.users.get(key).map(|user| Caller::User {
                business: user.business_id.clone(),
            }),
            PARTNER => self.partners.get(key).map(|partner| Caller::Partner {
                key: partner.partner_api_key.clone(),
            }),
            _ => self
                .businesses
                .by("key", key)
                .next()
                .map(|business| Caller::Business {
                    id: business.id.clone(),
                }),
        }
    }

    /// A stranger who is welcome speaks for the first business.
    pub fn welcome(&self, shown: &[Credential]) -> Caller {
        let business = self.businesses.iter().next();
        let id = business.map_or_else(String::new, |business| business.id.clone());
        match shown.first() {
            Some(credential) if credential.form == PARTNER => Caller::Partner {
                key: credential.key.clone(),
            },
            Some(credential) if credential.form == TOKEN => Caller::User { business: id },
            _ => Caller::Business { id },
        }
    }
}
