//! What makes two findings the same, in this run and in the next.

use sha2::{Digest as _, Sha256};

use super::model::Finding;

/// Gives a finding its fingerprint: from what is wrong and where, never from values, numbers of requests or
/// positions in lists.
pub fn mark(finding: &mut Finding) {
    let request = match &finding.operation {
        Some(_) => String::new(),
        None => general_path(&finding.request),
    };
    let empty = String::new();
    let words = [
        finding.vendor.as_ref().unwrap_or(&empty),
        finding.operation.as_ref().unwrap_or(&request),
        finding.variant.as_ref().unwrap_or(&empty),
        &finding.rule,
        &finding.place,
        &general_pointer(&finding.pointer),
    ];
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word.as_bytes());
        hash.update([0]);
    }
    if finding.rule == "mock-answer" {
        hash.update(finding.message.as_bytes());
    }
    let digest = hash.finalize();
    let hex = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
    finding.fingerprint = hex.collect();
}

/// A pointer without positions and keys that are ids or numbers.
fn general_pointer(pointer: &str) -> String {
    let parts = pointer.split('/');
    let general = parts.map(|part| if is_value(part) { "*" } else { part });
    general.collect::<Vec<_>>().join("/")
}

/// A request line without ids.
fn general_path(request: &str) -> String {
    let parts = request.split('/');
    let general = parts.map(|part| if is_value(part) { "{}" } else { part });
    general.collect::<Vec<_>>().join("/")
}

/// Whether a segment looks like a value: a number, or something long with digits in it.
fn is_value(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let all = segment.len();
    all > 0 && (digits == all || (all >= 8 && digits >= 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_ids_do_not_count() {
        assert_eq!(general_pointer("/messages/3/to"), "/messages/*/to");
        assert_eq!(
            general_path("GET /v1/clients/919000005883"),
            "GET /v1/clients/{}"
        );
        assert_eq!(general_path("GET /v1/text2/x"), "GET /v1/text2/x");
    }
}
