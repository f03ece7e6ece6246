//! How HeltarChat says yes, and what all its answers have in common.

use axum::Json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::response::Parts;
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use sha1::{Digest as _, Sha1};

use crate::kernel::call::Call;

/// The envelope of every success.
#[derive(Debug, Serialize)]
pub struct Reply<T> {
    /// What was done, in words.
    pub message: String,
    /// What came of it.
    pub data: T,
}

/// A success with something to show.
pub fn reply<T>(message: impl Into<String>, data: T) -> Json<Reply<T>> {
    Json(Reply {
        message: message.into(),
        data,
    })
}

const fn always(name: &'static str, value: &'static str) -> (HeaderName, HeaderValue) {
    (
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

/// What the vendor's web framework adds to every answer.
static HEADERS: [(HeaderName, HeaderValue); 16] = [
    always("server", "nginx/1.18.0 (Ubuntu)"),
    always("vary", "Origin, Accept-Encoding"),
    always("access-control-allow-credentials", "true"),
    always(
        "content-security-policy",
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';\
         img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';\
         style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests",
    ),
    always("cross-origin-opener-policy", "same-origin"),
    always("cross-origin-resource-policy", "same-origin"),
    always("origin-agent-cluster", "?1"),
    always("referrer-policy", "no-referrer"),
    always(
        "strict-transport-security",
        "max-age=15552000; includeSubDomains",
    ),
    always("x-content-type-options", "nosniff"),
    always("x-dns-prefetch-control", "off"),
    always("x-download-options", "noopen"),
    always("x-frame-options", "SAMEORIGIN"),
    always("x-permitted-cross-domain-policies", "none"),
    always("x-xss-protection", "0"),
    always("content-type", "application/json; charset=utf-8"),
];

/// Adds the common headers and the tag of the body; the file storage has its own ways.
pub fn dress(call: &Call, parts: &mut Parts, body: &Bytes) {
    if call.operation_name().starts_with("files.") {
        parts
            .headers
            .insert(header::SERVER, HeaderValue::from_static("AmazonS3"));
        return;
    }
    // Room for the mock's own headers too, so that the map grows only once.
    parts.headers.reserve(HEADERS.len() + 8);
    for (name, value) in &HEADERS {
        parts.headers.insert(name, value.clone());
    }
    if let Ok(tag) = HeaderValue::from_str(&etag(body)) {
        parts.headers.insert(header::ETAG, tag);
    }
}

/// The weak tag Express gives a body: its length in hex and 27 characters of its SHA-1.
pub fn etag(body: &[u8]) -> String {
    let hash = STANDARD.encode(Sha1::digest(body));
    format!("W/\"{:x}-{}\"", body.len(), &hash[..27])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_the_one_the_vendor_recorded() {
        let body = br#"{"message":"Client chat status updated successfully","data":null}"#;
        assert_eq!(etag(body), "W/\"41-HyFH3eyLj2Z6kNmUOr9+V4Fn3ws\"");
    }
}
