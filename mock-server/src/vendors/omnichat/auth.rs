//! Who is calling: a team, by its API token.
//!
//! The token stands after `Bearer`; the headless route also takes it as it is after `Basic`.

use crate::kernel::call::Call;
use crate::kernel::refusal::Denial;
use crate::kernel::vendor::Credential;

use super::HEADLESS;
use super::state::Omnichat;

/// The team that is calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The team's id.
    pub team: String,
}

/// The token the request shows; `Basic` is a form of the headless route alone.
pub fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
    let Some(shown) = call.header("authorization") else {
        return Ok(Vec::new());
    };
    let (scheme, token) = shown.trim().split_once(' ').unwrap_or((shown, ""));
    let token = token.trim();
    let form = if scheme.eq_ignore_ascii_case("bearer") {
        "bearer"
    } else if scheme.eq_ignore_ascii_case("basic") && call.operation_name() == HEADLESS {
        "basic"
    } else {
        return Err(Denial::Malformed);
    };
    if token.is_empty() {
        return Err(Denial::Malformed);
    }
    Ok(vec![Credential {
        form,
        key: token.to_owned(),
    }])
}

impl Omnichat {
    /// The team of the token, where it has subscribed to the module of the operation.
    ///
    /// The rooms look at the module themselves, after what else they look at.
    pub fn team_calling(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        let token = credentials
            .iter()
            .find_map(|credential| self.tokens.get(&credential.key));
        let caller = Caller {
            team: token.ok_or(Denial::Unknown)?.team.clone(),
        };
        let operation = call.operation_name();
        let subscribed = |module: &&str| self.team.modules.iter().any(|one| one == module);
        match modules(operation).iter().find(|one| !subscribed(one)) {
            Some(module) => Err(Denial::Forbidden((*module).to_owned())),
            None => Ok(caller),
        }
    }
}

/// The modules a team must have subscribed to.
fn modules(operation: &str) -> &'static [&'static str] {
    let (noun, _) = operation.rsplit_once('.').unwrap_or_default();
    match noun {
        "channels" | "system_users" | "tagging_logs" | "whatsapp_business" => &["open_api"],
        "messages" | "identities" | "contacts" | "customers" => &["open_api_crm"],
        "chatbots" | "direct_messages" | "broadcasts" | "whatsapp_templates" => {
            &["open_api_marketing"]
        }
        "reports" | "referral_links" | "rosters" => &["open_api_omo"],
        "loyalty" => &["open_api_loyalty_point", "open_api"],
        "headless.messages" => &["whatsapp_headless_api"],
        _ => &[],
    }
}
