//! Answers with the documented example nearest to the request.

use axum::body::Body;
use axum::response::Response;
use contracts::check::Part;
use contracts::document::{
    Document, DocumentedBody, DocumentedRequest, Example, FormValue, Operation, ResponseContract,
};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value;

use super::call::{Call, Content};

/// The example that answers `call` best: of the variant that was called, with the request that is most alike;
/// a success rather than an error that fits no better.
#[must_use]
pub fn nearest(document: &Document, operation: &Operation, call: &Call) -> Option<Response> {
    let variant = operation
        .variant(&call.incoming())
        .map(|variant| variant.name.clone());
    let mut best: Option<((bool, i64, bool), &ResponseContract, &Example)> = None;
    for response in &operation.responses {
        for example in &response.examples {
            let same_variant = example.variant.is_none() || example.variant == variant;
            let likeness = example
                .request()
                .map_or(0, |request| likeness(&request.filled(document), call));
            let success = response.status < 400;
            // An error answers only what was documented to fail: its own request.
            if !success && (likeness == 0 || example.request().is_none()) {
                continue;
            }
            let rank = (same_variant, likeness, success);
            if best.as_ref().is_none_or(|(other, ..)| rank > *other) {
                best = Some((rank, response, example));
            }
        }
    }
    if best.is_none() {
        best = first_success(operation)
            .map(|(response, example)| ((false, 0, true), response, example));
    }
    best.map(|(_, response, example)| answer(response, example))
}

/// The example named `name`, whatever its status.
#[must_use]
pub fn named(operation: &Operation, name: &str) -> Option<Response> {
    let same =
        |(_, example): &(&ResponseContract, &Example)| example.name.eq_ignore_ascii_case(name);
    operation
        .examples()
        .find(same)
        .map(|(response, example)| answer(response, example))
}

/// The first example documented under `status`.
#[must_use]
pub fn with_status(operation: &Operation, status: u16) -> Option<Response> {
    let response = operation
        .responses
        .iter()
        .find(|response| response.status == status)?;
    response
        .examples
        .first()
        .map(|example| answer(response, example))
}

fn first_success(operation: &Operation) -> Option<(&ResponseContract, &Example)> {
    let response = operation
        .responses
        .iter()
        .find(|response| response.status < 300 && !response.examples.is_empty())?;
    response.examples.first().map(|example| (response, example))
}

/// A documented example as an answer.
fn answer(response: &ResponseContract, example: &Example) -> Response {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::OK);
    let body = match example.value() {
        None => Body::empty(),
        Some(Value::String(text)) if !is_json(response) => Body::from(text),
        Some(value) => Body::from(value.to_string()),
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.extensions_mut().insert(example.evidence);
    if let Some(media) = &response.media_type
        && let Ok(value) = HeaderValue::from_str(media)
    {
        answer.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    for (name, value) in &response.headers {
        if let (Ok(name), Ok(value)) = (
            header::HeaderName::try_from(name.as_str()),
            HeaderValue::from_str(value),
        ) && !matches!(
            name,
            header::CONTENT_TYPE
                | header::CONTENT_LENGTH
                | header::TRANSFER_ENCODING
                | header::DATE
                | header::CONNECTION
                | header::CONTENT_ENCODING
        ) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

fn is_json(response: &ResponseContract) -> bool {
    response.media_type.as_deref().is_some_and(|media| {
        media
            .split(';')
            .next()
            .unwrap_or("")
            .trim_end()
            .ends_with("json")
    })
}

/// How alike a documented request and a real one are: a point for each path parameter, query parameter
/// and body value that is the same, and one off for each that is not.
fn likeness(documented: &DocumentedRequest, call: &Call) -> i64 {
    let mut points = 0;
    for (name, value) in &documented.path {
        points += if call.path_parameter(name) == Some(value) {
            8
        } else {
            -8
        };
    }
    for (name, value) in &documented.query {
        points += if call.query(name) == Some(value) {
            2
        } else {
            -1
        };
    }
    points -= call
        .query
        .iter()
        .filter(|(name, _)| !documented.query.iter().any(|(other, _)| other == name))
        .count() as i64;
    match (&documented.body, &call.content) {
        (DocumentedBody::Json(expected), Content::Json(found)) => points += shared(expected, found),
        (DocumentedBody::Form(expected), Content::Form(found)) => {
            points += expected.iter().filter(|pair| found.contains(pair)).count() as i64;
        }
        (DocumentedBody::Multipart(expected), Content::Multipart(found)) => {
            points += fields_in_common(expected, found);
        }
        (DocumentedBody::None, Content::Empty) => points += 1,
        _ => {}
    }
    points
}

/// Points for the fields of a multipart form that both have, with the same text or the same file.
fn fields_in_common(expected: &[(String, FormValue)], found: &[Part]) -> i64 {
    let same = |(name, value): &&(String, FormValue)| {
        let (FormValue::Text(value) | FormValue::File(value)) = value;
        found
            .iter()
            .any(|part| part.name == *name && part.text() == value.as_str())
    };
    expected.iter().filter(same).count() as i64
}

/// Points for members both have, more for the same value.
fn shared(expected: &Value, found: &Value) -> i64 {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let known = expected.iter().map(|(key, value)| match found.get(key) {
                Some(other) => 1 + shared(value, other),
                None => -1,
            });
            let strange = found
                .keys()
                .filter(|key| !expected.contains_key(*key))
                .count() as i64;
            known.sum::<i64>() - strange
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected
                .iter()
                .zip(found)
                .map(|(one, other)| shared(one, other))
                .sum::<i64>()
                - (expected.len().abs_diff(found.len())) as i64
        }
        (one, other) => {
            if one == other {
                1
            } else {
                0
            }
        }
    }
}
