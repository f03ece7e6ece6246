//! How Cekat says yes: three envelopes, and the headers of every answer.

use axum::Json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::response::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use sha1::{Digest as _, Sha1};

use crate::kernel::rate_limit::Standing;

/// How often a credential may call within a minute while nobody asks for the vendor's own limit.
pub const GENEROUS: u32 = 1000;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The answer of paths without `/api`.
#[derive(Clone, Debug, Serialize)]
pub struct Classic<T> {
    success: bool,
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
}

/// The answer of `/api` paths other than CRM and orders.
#[derive(Clone, Debug, Serialize)]
pub struct Modern<T, M> {
    success: bool,
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<M>,
}

/// The answer of CRM and orders.
#[derive(Clone, Debug, Serialize)]
pub struct Crm<T> {
    message: &'static str,
    data: T,
}

/// Says yes on a path without `/api`, with what there is to show.
pub fn classic<T>(status: StatusCode, data: Option<T>) -> (StatusCode, Json<Classic<T>>) {
    let status_code = status.as_u16();
    let body = Classic {
        success: true,
        status_code,
        data,
    };
    (status, Json(body))
}

/// Says yes on an `/api` path, with what there is to say about the page.
pub fn modern<T, M>(data: T, metadata: Option<M>) -> Json<Modern<T, M>> {
    Json(Modern {
        success: true,
        data,
        metadata,
    })
}

/// Says yes on a CRM or order path.
pub fn crm<T>(data: T) -> Json<Crm<T>> {
    Json(Crm {
        message: "success",
        data,
    })
}

/// Adds what every answer has: whose framework it is, the tag of the body, and what is left of the caller's minute.
pub fn dress(parts: &mut Parts, body: &Bytes) {
    let headers = &mut parts.headers;
    headers.insert(
        HeaderName::from_static("x-powered-by"),
        HeaderValue::from_static("Express"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    if !body.is_empty() {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        );
        if let Ok(tag) = HeaderValue::try_from(tag(body)) {
            headers.insert(header::ETAG, tag);
        }
    }
    match parts.extensions.get::<Standing>() {
        Some(standing) => {
            let limit = standing.limit.unwrap_or(GENEROUS);
            let remaining = standing.limit.map_or(GENEROUS, |_| standing.remaining);
            headers.insert(LIMIT, limit.into());
            headers.insert(REMAINING, remaining.into());
            headers.insert(RESET, standing.resets.as_second().into());
        }
        // A replayed example brings the headers of the day it was recorded.
        None => {
            for name in [LIMIT, REMAINING, RESET] {
                headers.remove(name);
            }
        }
    }
}

/// The weak tag Express gives a body: its length, and the head of its digest.
fn tag(body: &[u8]) -> String {
    let digest = STANDARD_NO_PAD.encode(Sha1::digest(body));
    format!("W/\"{:x}-{digest}\"", body.len())
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn a_tag_is_length_and_digest_as_express_makes_them() {
        assert_eq!(tag(b""), "W/\"0-2jmj7l5rSw0yVb/vlWAYkK/YBwk\"");
    }
}
