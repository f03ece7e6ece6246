//! Who is calling: three hosts, three kinds of credentials.

use serde_json::Value;

use super::Host;
use super::state::{Company, MyOperator};
use crate::kernel::call::Call;
use crate::kernel::refusal::Denial;
use crate::kernel::vendor::Credential;

/// The header that says for which company a bearer key is used.
const COMPANY: &str = "x-myop-company-id";

/// Who is calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The company the call is for; the first one of the state for guests.
    pub company: String,
    /// The user whose token it is; none where the credential is the company's.
    pub user: Option<String>,
}

/// The credentials a request shows, in the form its host takes.
///
/// # Errors
/// When the public API is shown something other than a bearer key.
pub fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
    let header = || call.header("x-api-key").map(str::to_owned);
    let shown = match Host::of(call) {
        Host::PublicApi => [bearer(call)?.map(|key| ("bearer", key)), None],
        Host::Obd => [header().map(|key| ("gateway", key)), None],
        // Whether the header counts is a setting of the state.
        Host::Developers => [
            token(call).map(|key| ("token", key)),
            header().map(|key| ("header", key)),
        ],
    };
    Ok(shown
        .into_iter()
        .flatten()
        .map(|(form, key)| Credential { form, key })
        .collect())
}

/// The key after `Bearer `; the word is case-sensitive.
fn bearer(call: &Call) -> Result<Option<String>, Denial> {
    let Some(header) = call.header("authorization") else {
        return Ok(None);
    };
    match header.strip_prefix("Bearer ").map(str::trim) {
        Some(key) if !key.is_empty() => Ok(Some(key.to_owned())),
        _ => Err(Denial::Malformed),
    }
}

/// The token, wherever it stands; the body wins over the query.
fn token(call: &Call) -> Option<String> {
    let shown = call
        .field("token")
        .or_else(|| call.query("token").map(str::to_owned));
    shown.filter(|token| !token.is_empty())
}

impl MyOperator {
    /// Who shows these credentials.
    ///
    /// # Errors
    /// When the credential is unknown, or does not fit the company it is used for.
    pub fn who(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        let key = &credentials.first().ok_or(Denial::Missing)?.key;
        match Host::of(call) {
            Host::PublicApi => {
                let company = self
                    .companies
                    .by("api_key", key)
                    .next()
                    .ok_or(Denial::Unknown)?;
                match call.header(COMPANY) {
                    None => Err(Denial::Forbidden("X-MYOP-COMPANY-ID".to_owned())),
                    Some(named) if named == company.id => Ok(company.into()),
                    Some(_) => Err(Denial::UnknownPart("company".to_owned())),
                }
            }
            Host::Obd => {
                if !self.gateway_keys.iter().any(|known| known == key) {
                    return Err(Denial::Unknown);
                }
                self.account(call)
            }
            Host::Developers => self.who_pulls(credentials, call),
        }
    }

    /// Who shows a token on the developers' host: a company, or one of its users.
    fn who_pulls(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        let settings = &self.settings.calls;
        let is_prefixed = call
            .operation
            .is_some_and(|operation| operation.path == *call.path.trim_end_matches('/'));
        if settings.bare_paths_only && is_prefixed {
            return Err(Denial::UnknownPart("path".to_owned()));
        }
        let mut shown = credentials
            .iter()
            .filter(|credential| credential.form == "token" || settings.accept_x_api_key);
        let known = shown.find_map(|credential| {
            let token = credential.key.as_str();
            let company = self.companies.by("token", token).next();
            let user = || self.users.by("token", token).next();
            company.map(Into::into).or_else(|| {
                user().map(|user| Caller {
                    company: user.company_id.clone(),
                    user: Some(user.uuid.clone()),
                })
            })
        });
        match known {
            Some(caller) => Ok(caller),
            None if credentials.iter().any(|one| one.form == "token") => Err(Denial::Unknown),
            None => Err(Denial::Missing),
        }
    }

    /// The account that an outbound call names in its body. What is missing or no text at all is for the
    /// request check to refuse, which this host does in other words.
    fn account(&self, call: &Call) -> Result<Caller, Denial> {
        let text = |name: &str| {
            call.json()
                .and_then(|body| body.get(name))
                .and_then(Value::as_str)
        };
        let (Some(id), Some(secret)) = (text("company_id"), text("secret_token")) else {
            return Ok(self.anyone());
        };
        let company = self
            .companies
            .get(id)
            .filter(|company| company.secret_token == secret);
        company
            .map(Into::into)
            .ok_or_else(|| Denial::UnknownPart("account".to_owned()))
    }

    /// The caller that a welcome stranger stands for.
    #[must_use]
    pub fn anyone(&self) -> Caller {
        self.companies.iter().next().map_or_else(
            || Caller {
                company: String::new(),
                user: None,
            },
            Into::into,
        )
    }
}

impl From<&Company> for Caller {
    fn from(company: &Company) -> Self {
        Self {
            company: company.id.clone(),
            user: None,
        }
    }
}
