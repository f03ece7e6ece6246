//! Who is calling: by the vendor's credentials, or by one that was minted for a workspace.

use std::sync::Arc;

use http::Extensions;
use serde::{Deserialize, Serialize};

use crate::kernel::call::Call;
use crate::kernel::refusal::{Denial, Reason, Refusal};
use crate::kernel::routes::Mounted;
use crate::kernel::store::AnySlot;
use crate::kernel::vendor::Credential;
use crate::kernel::workspace::Workspaces;

/// Which credentials are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum AuthMode {
    /// The seed's demo credentials and minted ones.
    #[default]
    Strict,
    /// Any well-formed credential.
    Any,
}

/// Puts the caller into `extensions`, or refuses.
///
/// # Errors
/// With the vendor's reason to deny.
pub fn identify(
    mounted: &Mounted,
    slot: &dyn AnySlot,
    credentials: &Result<Vec<Credential>, Denial>,
    call: &Arc<Call>,
    mode: AuthMode,
    workspaces: &Workspaces,
    extensions: &mut Extensions,
) -> Result<(), Refusal> {
    if !call.operation.is_some_and(|operation| operation.secured) {
        return Ok(());
    }
    let deny = |denial: Denial| call.refuse(Reason::Denied(denial));
    let credentials = credentials
        .as_ref()
        .map_err(|denial| deny(denial.clone()))?;
    if credentials.is_empty() {
        return Err(deny(Denial::Missing));
    }
    let welcome = mode == AuthMode::Any
        || credentials
            .iter()
            .any(|credential| workspaces.minted(&credential.key).is_some());
    match (mounted.manners.caller)(slot, credentials, call, extensions) {
        Ok(()) => Ok(()),
        Err(Denial::Unknown | Denial::UnknownPart(_)) if welcome => {
            (mounted.manners.guest)(slot, credentials, extensions);
            Ok(())
        }
        Err(denial) => Err(deny(denial)),
    }
}
