//! How Omnichat says yes: what every answer carries.

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use uuid::Builder;

use crate::kernel::call::Call;

/// The headers of the one answer that was published with its headers.
const EVERYWHERE: [(&str, &str); 8] = [
    ("x-omnichat-arkham-version", "d93a439"),
    ("x-content-type-options", "nosniff"),
    ("x-xss-protection", "1; mode=block"),
    (
        "cache-control",
        "no-cache, no-store, max-age=0, must-revalidate",
    ),
    ("pragma", "no-cache"),
    ("expires", "0"),
    ("x-frame-options", "DENY"),
    ("vary", "accept-encoding"),
];

/// Adds the vendor's version, the trace of this request, and the headers of its framework.
pub fn dress(call: &Call, parts: &mut Parts, _body: &Bytes) {
    for (name, value) in EVERYWHERE {
        parts.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if let Ok(trace) = HeaderValue::from_str(&uuid_of(call.id)) {
        parts
            .headers
            .insert(HeaderName::from_static("x-omnichat-arkham-trace-id"), trace);
    }
}

/// A UUID that belongs to a number, so that the same story has the same traces.
pub fn uuid_of(number: u64) -> String {
    let digest: [u8; 32] = Sha256::digest(number.to_le_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}
