//! Checks the request against the contract: what the documentation requires is refused,
//! what is merely undocumented is let through and noted.

use std::sync::Arc;

use contracts::check::{Rule, Violation};
use contracts::document::{Document, Operation};

use crate::kernel::call::{Call, Content};
use crate::kernel::journal::Finding;
use crate::kernel::refusal::{Reason, Refusal};
use crate::kernel::routes::Mounted;

/// Checks the request; `strict` refuses what is undocumented too.
///
/// # Errors
/// When the request breaks a rule that the vendor does not answer by itself.
pub fn check(
    document: &Document,
    mounted: &Mounted,
    call: &Arc<Call>,
    strict: bool,
    findings: &mut Vec<Finding>,
) -> Result<(), Refusal> {
    let Some(operation) = call.operation else {
        return Ok(());
    };
    if let Content::Broken {
        message,
        line,
        column,
    } = &call.content
        && expects_json(operation)
    {
        let (message, line, column) = (message.clone(), *line, *column);
        return Err(call.refuse(Reason::BrokenJson {
            message,
            line,
            column,
        }));
    }
    let violations = contracts::check::request(document, operation, &call.incoming());
    if violations.is_empty() {
        return Ok(());
    }
    findings.extend(violations.iter().map(Finding::from_violation));
    let counts = |violation: &Violation| {
        (strict || violation.rule != Rule::Undocumented)
            && !(mounted.manners.tolerates)(call, violation)
    };
    let broken: Vec<_> = violations.into_iter().filter(counts).collect();
    if broken.is_empty() {
        Ok(())
    } else {
        Err(call.refuse(Reason::Invalid(broken)))
    }
}

/// Whether the documented body is JSON; where anything may be sent, broken JSON is as good as the rest.
fn expects_json(operation: &Operation) -> bool {
    let mut content = operation.body.iter().flat_map(|body| &body.content);
    content.any(|media| media.media_type.ends_with("json"))
}
