//! How MyOperator says yes: the public API's envelope, its pages, and the headers of every answer.

use axum::Json;
use http::header::{ALLOW, STRICT_TRANSPORT_SECURITY, X_FRAME_OPTIONS};
use http::response::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use uuid::Builder;

use super::Host;
use crate::kernel::call::Call;

const TRACE: HeaderName = HeaderName::from_static("x-myop-trace-id");

/// The public API's answer; its code is a number or a text, depending on who answers.
#[derive(Clone, Debug, Serialize)]
pub struct Reply<C, T> {
    status: &'static str,
    code: C,
    message: &'static str,
    data: T,
}

/// Says yes with a code of this spelling.
pub fn answer<C, T>(
    status: StatusCode,
    code: C,
    message: &'static str,
    data: T,
) -> (StatusCode, Json<Reply<C, T>>) {
    let body = Reply {
        status: "success",
        code,
        message,
        data,
    };
    (status, Json(body))
}

/// Says yes with the code that most answers have: a number in a text.
pub fn reply<T>(message: &'static str, data: T) -> (StatusCode, Json<Reply<&'static str, T>>) {
    answer(StatusCode::OK, "200", message, data)
}

/// `{}`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Nothing {}

/// A part of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// How many rows there are in all.
    pub count: usize,
    /// Where the rows after these are.
    pub next: Option<String>,
    /// Where the rows before these are.
    pub previous: Option<String>,
    /// These rows.
    pub results: Vec<T>,
}

/// How many rows a page has when nobody says.
const USUAL: usize = 10;

/// Which part of a list is asked for. What is no number counts as not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// How many rows.
    pub limit: usize,
    /// After how many others.
    pub offset: usize,
}

impl Paging {
    /// What a call asks for, but no more than `most` rows.
    #[must_use]
    pub fn of(call: &Call, most: usize) -> Self {
        let number = |name: &str| {
            call.query(name)
                .and_then(|text| text.trim().parse::<usize>().ok())
        };
        let limit = number("limit").filter(|limit| *limit > 0).unwrap_or(USUAL);
        Self {
            limit: limit.min(most),
            offset: number("offset").unwrap_or(0),
        }
    }

    /// The page of `rows`, with links made of the call's own address and all its other parameters.
    pub fn page<R, T>(self, call: &Call, rows: Vec<R>, show: impl Fn(R) -> T) -> Page<T> {
        let count = rows.len();
        let after = self.offset.saturating_add(self.limit);
        let next = (after < count).then(|| self.link(call, after));
        let before = self.offset.saturating_sub(self.limit);
        let previous = (self.offset > 0).then(|| self.link(call, before));
        let rows = rows.into_iter().skip(self.offset).take(self.limit);
        Page {
            count,
            next,
            previous,
            results: rows.map(show).collect(),
        }
    }

    /// The same address with another offset; its parameters in the order of their names, as the framework does.
    fn link(self, call: &Call, offset: usize) -> String {
        let others = call
            .query
            .iter()
            .filter(|(name, _)| name != "limit" && name != "offset")
            .cloned();
        let mut query: Vec<_> = others.collect();
        query.push(("limit".to_owned(), self.limit.to_string()));
        if offset > 0 {
            query.push(("offset".to_owned(), offset.to_string()));
        }
        query.sort();
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        format!("{}{}?{query}", call.base_url, call.path)
    }
}

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
