//! Counts the request and refuses one too many.

use std::sync::Arc;

use crate::kernel::call::Call;
use crate::kernel::journal::{Finding, FindingKind};
use crate::kernel::rate_limit::{RateLimiting, Standing};
use crate::kernel::refusal::{Denial, Reason, Refusal};
use crate::kernel::routes::Mounted;
use crate::kernel::vendor::Credential;
use crate::kernel::workspace::Workspace;

/// Counts this request for its credential.
///
/// # Errors
/// When it is one too many.
pub fn count(
    mounted: &Mounted,
    workspace: &Workspace,
    credentials: &Result<Vec<Credential>, Denial>,
    call: &Arc<Call>,
    limiting: RateLimiting,
    findings: &mut Vec<Finding>,
) -> (Standing, Result<(), Refusal>) {
    let key = credentials
        .as_ref()
        .ok()
        .and_then(|credentials| credentials.first())
        .map_or("", |one| one.key.as_str());
    let standing = workspace.rate_limits.count(
        mounted.name,
        key,
        (mounted.manners.rate_limits)(call),
        limiting,
        call.at,
    );
    if standing.would_exceed && !standing.exceeded {
        let message = "The vendor's own rate limit would have stopped this request.";
        findings.push(Finding::plain(FindingKind::WouldBeThrottled, message));
    }
    let verdict = if standing.exceeded {
        Err(call.refuse(Reason::TooMany {
            retry_after: standing.retry_after(call.at),
        }))
    } else {
        Ok(())
    };
    (standing, verdict)
}
