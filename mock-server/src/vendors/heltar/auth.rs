//! Who is calling HeltarChat: a key, in one of two headers, with scopes.

use http::Method;

use super::state::{Heltar, Instant};
use crate::kernel::call::Call;
use crate::kernel::refusal::Denial;
use crate::kernel::vendor::Credential;

/// The two headers a key may come in; the second is what one of the vendor's integrations sends.
const HEADERS: [&str; 2] = ["authorization", "authentication"];

/// The key behind a call, and what it may do.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What it may do: `*`, `*:read`, `messages:write`.
    pub scopes: Vec<String>,
}

impl Caller {
    /// A caller who may do everything.
    pub fn anyone() -> Self {
        Self {
            scopes: vec!["*".into()],
        }
    }

    fn may(&self, resource: &str, action: &str) -> bool {
        self.scopes.iter().any(|scope| match scope.split_once(':') {
            None => scope == "*",
            Some((of, to)) => (of == "*" || of == resource) && (to == "*" || to == action),
        })
    }
}

/// The keys a request shows.
///
/// # Errors
/// When a header is there that is not `Bearer <key>`.
pub fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
    let shown = HEADERS.iter().filter_map(|name| call.header(name));
    shown
        .map(|value| {
            let (scheme, key) = value.split_once(' ').ok_or(Denial::Malformed)?;
            let key = key.trim();
            if !scheme.eq_ignore_ascii_case("bearer") || key.is_empty() {
                return Err(Denial::Malformed);
            }
            Ok(Credential {
                form: "bearer",
                key: key.to_owned(),
            })
        })
        .collect()
}

impl Heltar {
    /// Who shows one of these keys, if that key may do what the call wants.
    ///
    /// # Errors
    /// When no key is known, or the known one lacks the scope.
    pub fn caller_of(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        let known = credentials
            .iter()
            .find_map(|credential| self.keys.get(&credential.key));
        let now = Instant::new(call.at);
        let key = known.filter(|key| key.expires_at.is_none_or(|expiry| now < expiry));
        let key = key.ok_or(Denial::Unknown)?;
        let caller = Caller {
            scopes: key.scopes.clone(),
        };
        let (resource, action) = scope_of(call);
        if caller.may(resource, action) {
            Ok(caller)
        } else {
            Err(Denial::Forbidden(format!("{resource}:{action}")))
        }
    }
}

/// The scope an operation needs: its noun, where the vendor has a scope of that name, and whether it changes anything.
fn scope_of(call: &Call) -> (&'static str, &'static str) {
    let resource = match call.operation_name().split('.').next().unwrap_or_default() {
        "messages" => "messages",
        "clients" => "clients",
        "campaigns" => "campaigns",
        "templates" => "templates",
        _ => "business",
    };
    (
        resource,
        if call.wire.method == Method::GET {
            "read"
        } else {
            "write"
        },
    )
}
