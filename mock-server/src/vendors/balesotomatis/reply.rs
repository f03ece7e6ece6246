//! How BalesOtomatis says yes.

use axum::Json;
use http::HeaderValue;
use http::header::{self, HeaderName};
use http::response::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Serialize;

/// What every answer of the older family is wrapped in: the code is text.
#[derive(Clone, Debug, Serialize)]
pub struct Reply<T> {
    code: &'static str,
    message: T,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

/// An answer with further members beside the envelope's own.
#[derive(Clone, Debug, Serialize)]
pub struct ReplyWith<M, T> {
    #[serde(flatten)]
    reply: Reply<M>,
    #[serde(flatten)]
    rest: T,
}

/// Success, typed.
pub fn reply<M>(message: M) -> Json<Reply<M>> {
    Json(envelope(message))
}

/// Success, typed, with further members.
pub fn reply_with<M, T>(message: M, rest: T) -> Json<ReplyWith<M, T>> {
    Json(ReplyWith {
        reply: envelope(message),
        rest,
    })
}

/// Success as two operations have it: without a type.
pub fn untyped<M, T>(message: M, rest: T) -> Json<ReplyWith<M, T>> {
    Json(ReplyWith {
        reply: Reply {
            kind: None,
            ..envelope(message)
        },
        rest,
    })
}

fn envelope<M>(message: M) -> Reply<M> {
    Reply {
        code: "200",
        message,
        kind: Some("successfully"),
    }
}

/// The headers that Apache puts on everything, and PHP and the vendor on their own answers.
pub fn dress(parts: &mut Parts) {
    parts.headers.insert(
        header::SERVER,
        HeaderValue::from_static("Apache/2.4.52 (Ubuntu)"),
    );
    let json = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if json {
        for (name, value) in OURS {
            parts.headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

const OURS: [(HeaderName, &str); 6] = [
    (header::CONTENT_TYPE, "application/json; charset=utf-8"),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "X-Requested-With, Content-Type, Origin, Cache-Control, Pragma, Authorization, Accept, Accept-Encoding",
    ),
    (header::EXPIRES, "Thu, 19 Nov 1981 08:52:00 GMT"),
    (header::CACHE_CONTROL, "no-store, no-cache, must-revalidate"),
    (header::PRAGMA, "no-cache"),
];

/// A time as the account sees it, without an offset: `2024-09-17 13:00:04`.
pub fn local(at: Timestamp) -> String {
    wib(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A time as contacts show it: `3 Jun 2025 15:38 WIB`.
pub fn in_english(at: Timestamp) -> String {
    spelt(
        at,
        [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
    )
}

/// A time as templates show it: `21 Des 2025 07:00 WIB`.
pub fn in_indonesian(at: Timestamp) -> String {
    spelt(
        at,
        [
            "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des",
        ],
    )
}

fn spelt(at: Timestamp, months: [&str; 12]) -> String {
    let local = wib(at);
    let month = usize::try_from(local.month())
        .ok()
        .and_then(|month| months.get(month - 1))
        .copied()
        .unwrap_or("");
    format!(
        "{} {month} {} {:02}:{:02} WIB",
        local.day(),
        local.year(),
        local.hour(),
        local.minute()
    )
}

/// West Indonesian time, which knows no summer.
fn wib(at: Timestamp) -> DateTime {
    Offset::constant(7).to_datetime(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_english_for_contacts_and_indonesian_for_templates() {
        let at: Timestamp = "2025-08-31T17:05:00Z".parse().expect("a timestamp");
        assert_eq!(in_english(at), "1 Sep 2025 00:05 WIB");
        let at: Timestamp = "2025-12-21T00:00:00Z".parse().expect("a timestamp");
        assert_eq!(in_indonesian(at), "21 Des 2025 07:00 WIB");
        assert_eq!(in_english(at), "21 Dec 2025 07:00 WIB");
        assert_eq!(local(at), "2025-12-21 07:00:00");
    }
}
