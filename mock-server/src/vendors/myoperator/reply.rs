//! How MyOperator says yes: the headers of every answer.

use http::header::{ALLOW, STRICT_TRANSPORT_SECURITY, X_FRAME_OPTIONS};
use http::response::Parts;
use http::{HeaderName, HeaderValue};
use uuid::Builder;

use super::Host;
use crate::kernel::call::Call;

const TRACE: HeaderName = HeaderName::from_static("x-myop-trace-id");

/// Adds what every answer of the public API has; the other hosts are not known to add anything.
pub fn dress(call: &Call, parts: &mut Parts) {
    if Host::of(call) != Host::PublicApi {
        return;
    }
    let trace = request_id(call.id);
    if let Ok(trace) = HeaderValue::from_str(&trace) {
        parts.headers.insert(TRACE, trace);
    }
    let methods = allowed(&call.path);
    for (name, value) in [
        (ALLOW, methods),
        (HeaderName::from_static("referrer-policy"), "same-origin"),
        (X_FRAME_OPTIONS, "DENY"),
        (STRICT_TRANSPORT_SECURITY, "max-age=60"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        if !value.is_empty() {
            parts.headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// The methods the vendor says a path has, documented or not.
fn allowed(path: &str) -> &'static str {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match (segments.next(), segments.next(), segments.next()) {
        (Some("chat"), Some("templates"), Some(_)) => "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
        (Some("chat"), Some("templates" | "campaigns"), None) | (Some("contacts"), None, None) => {
            "GET, POST, HEAD, OPTIONS"
        }
        (Some("contacts"), Some(_), None) => "GET, PATCH, DELETE, HEAD, OPTIONS",
        (Some("chat"), Some("campaign" | "campaigns"), Some(_))
        | (Some("chat"), Some("phonenumbers"), None) => "GET, HEAD, OPTIONS",
        (Some("chat"), Some("messages"), None) | (Some("chat"), Some("media"), Some("upload")) => {
            "POST, OPTIONS"
        }
        _ => "",
    }
}

/// A UUID for one request, made from its number: the same number gives the same id.
#[must_use]
pub fn request_id(number: u64) -> String {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&scatter(number).to_be_bytes());
    bytes[8..].copy_from_slice(&scatter(!number).to_be_bytes());
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Spreads neighbouring numbers over all bits (the finalizer of SplitMix64).
fn scatter(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
