//! How Cekat says yes: three envelopes, and the headers of every answer.

use axum::Json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::response::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failure>,
}

/// A value that a CRM item did not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The column, as the request names it.
    pub column_name: String,
    /// Why.
    pub message: String,
}

/// What there is to say about a list.
#[derive(Clone, Debug, Serialize)]
pub struct Metadata<P> {
    /// About the page.
    pub pagination: P,
}

/// Which page of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pages {
    /// How many pages.
    pub total_page: usize,
    /// How many rows on all of them.
    pub total_items: usize,
    /// This one, counted from 1.
    pub current_page: usize,
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

/// Says yes on a path without `/api`, and nothing else.
pub fn done() -> (StatusCode, Json<Classic<()>>) {
    classic(StatusCode::OK, None)
}

/// Says yes on an `/api` path, with what there is to show.
pub fn modern<T>(data: T) -> Json<Modern<T, ()>> {
    Json(Modern {
        success: true,
        data,
        metadata: None,
    })
}

/// Says yes on an `/api` path, with a list and what there is to say about it.
pub fn listed<T, M>(data: T, metadata: M) -> Json<Modern<T, M>> {
    Json(Modern {
        success: true,
        data,
        metadata: Some(metadata),
    })
}

/// Says yes on a CRM or order path.
pub fn crm<T>(data: T) -> Json<Crm<T>> {
    crm_with(data, Vec::new())
}

/// The word of a CRM answer: there is another one for a change that did not quite succeed.
pub fn crm_message(failed: &[Failure]) -> &'static str {
    if failed.is_empty() {
        "success"
    } else {
        "success_with_failures"
    }
}

/// Says yes on a CRM path, except to some values.
pub fn crm_with<T>(data: T, failed: Vec<Failure>) -> Json<Crm<T>> {
    Json(Crm {
        message: crm_message(&failed),
        data,
        failed,
    })
}

/// Jakarta's time, in which the vendor counts its days.
pub fn jakarta() -> TimeZone {
    TimeZone::fixed(offset(7))
}

/// UTC to the microsecond, as most paths write it.
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

/// UTC to the millisecond, as the last message of a conversation has it.
pub fn utc_millis(at: Timestamp) -> String {
    format!("{}+00:00", cursor(at))
}

/// UTC to the millisecond with a `Z`, as JavaScript writes it.
pub fn javascript(at: Timestamp) -> String {
    format!("{}Z", cursor(at))
}

/// UTC to the millisecond without an offset, as cursors have it.
pub fn cursor(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

/// Jakarta's time as the message list writes it.
pub fn jakarta_plain(at: Timestamp) -> String {
    in_jakarta(at, "%Y-%m-%d %H:%M:%S")
}

/// Jakarta's time as the template list writes it.
pub fn jakarta_seconds(at: Timestamp) -> String {
    in_jakarta(at, "%Y-%m-%dT%H:%M:%S")
}

/// Jakarta's time as the agent list writes it.
pub fn jakarta_micros(at: Timestamp) -> String {
    in_jakarta(at, "%Y-%m-%dT%H:%M:%S%.6f")
}

/// The database's own words, to the microsecond.
pub fn postgres(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S%.6f+00").to_string()
}

/// The database's own words, to the millisecond.
pub fn postgres_millis(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S%.3f+00").to_string()
}

fn in_jakarta(at: Timestamp, format: &str) -> String {
    at.to_zoned(jakarta()).strftime(format).to_string()
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
    use super::*;

    #[test]
    fn one_moment_is_written_in_eight_ways() {
        let at = "2026-04-10T08:24:50.209742Z".parse().unwrap();
        let ways = [
            utc(at),
            utc_millis(at),
            javascript(at),
            jakarta_plain(at),
            jakarta_seconds(at),
            jakarta_micros(at),
            postgres(at),
            postgres_millis(at),
        ];
        let expected = [
            "2026-04-10T08:24:50.209742+00:00",
            "2026-04-10T08:24:50.209+00:00",
            "2026-04-10T08:24:50.209Z",
            "2026-04-10 15:24:50",
            "2026-04-10T15:24:50",
            "2026-04-10T15:24:50.209742",
            "2026-04-10 08:24:50.209742+00",
            "2026-04-10 08:24:50.209+00",
        ];
        assert_eq!(ways, expected);
    }

    #[test]
    fn a_tag_is_length_and_digest_as_express_makes_them() {
        assert_eq!(tag(b""), "W/\"0-2jmj7l5rSw0yVb/vlWAYkK/YBwk\"");
    }
}
