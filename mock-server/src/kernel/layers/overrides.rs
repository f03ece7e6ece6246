//! What one request asks for itself: `Prefer: code=404`, `example="…"`, `delay=2s`, and Postman's mock headers.

use std::time::Duration;

use axum::response::Response;
use contracts::document::Operation;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::kernel::call::Call;
use crate::kernel::replay;

/// What a request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// A documented answer of this status.
    pub code: Option<u16>,
    /// The documented example of this name.
    pub example: Option<String>,
    /// A delay in real time before the answer.
    pub delay: Option<Duration>,
}

impl Overrides {
    /// Reads the request's headers. What cannot be understood is an error.
    ///
    /// # Errors
    /// With what was wrong and what was expected.
    pub fn read(headers: &HeaderMap) -> Result<Self, String> {
        let mut overrides = Self::default();
        for value in headers.get_all("prefer") {
            let text = value
                .to_str()
                .map_err(|_| "Prefer is not text".to_owned())?;
            for preference in split(text) {
                let (name, value) = preference
                    .split_once('=')
                    .unwrap_or((preference.as_str(), ""));
                let value = value.trim().trim_matches('"');
                match name.trim().to_ascii_lowercase().as_str() {
                    "code" | "status" => overrides.code = Some(code(value)?),
                    "example" => overrides.example = Some(value.to_owned()),
                    "delay" => overrides.delay = Some(delay(value)?),
                    // Prefer is a common header: what is not for us is none of our business.
                    _ => {}
                }
            }
        }
        if let Some(value) = headers.get("x-mock-response-code") {
            overrides.code = Some(code(value.to_str().unwrap_or(""))?);
        }
        if let Some(value) = headers.get("x-mock-response-name") {
            overrides.example = Some(value.to_str().unwrap_or("").to_owned());
        }
        Ok(overrides)
    }

    /// The documented answer that was asked for, if one was. `Err` holds the status that no example has.
    ///
    /// # Errors
    /// With the status, when it is asked for and the operation documents no answer of it.
    pub fn answer(&self, operation: &Operation) -> Result<Option<Response>, Unavailable> {
        if let Some(name) = &self.example {
            return replay::named(operation, name)
                .map(Some)
                .ok_or_else(|| Unavailable::Example(name.clone()));
        }
        let Some(status) = self.code else {
            return Ok(None);
        };
        replay::with_status(operation, status)
            .map(Some)
            .ok_or(Unavailable::Status(status))
    }
}

/// An override that the contract cannot serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// No example has this name.
    Example(String),
    /// No answer is documented for this status.
    Status(u16),
}

/// The mock's own 400 about an override: it speaks to whoever wrote the test, not for the vendor.
#[must_use]
pub fn complaint(message: &str, call: &Call) -> Response {
    let examples: Vec<_> = call
        .operation
        .iter()
        .flat_map(|operation| operation.examples())
        .map(|(response, example)| json!({"code": response.status, "example": example.name}))
        .collect();
    let body = json!({"mock": message, "operation": call.operation_name(), "available": examples});
    let mut response = Response::new(axum::body::Body::from(body.to_string()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
        .extensions_mut()
        .insert(crate::kernel::pipeline::Refused("no_such_example"));
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    response
}

/// Splits at commas and semicolons outside quotation marks.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' | ';' if !quoted => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn code(text: &str) -> Result<u16, String> {
    let code = text.parse().ok().filter(|code| (100..=599).contains(code));
    code.ok_or_else(|| format!("\"{text}\" is no HTTP status; expected a number from 100 to 599"))
}

fn delay(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(
        text.find(|letter: char| letter.is_alphabetic())
            .unwrap_or(text.len()),
    );
    let seconds = number.trim().parse::<f64>().ok().zip(match unit {
        "ms" => Some(0.001),
        "s" | "" => Some(1.0),
        "m" => Some(60.0),
        _ => None,
    });
    let delay = seconds.and_then(|(number, unit)| Duration::try_from_secs_f64(number * unit).ok());
    delay
        .filter(|delay| *delay <= Duration::from_secs(600))
        .ok_or_else(|| {
            format!("\"{text}\" is no delay; expected one like 250ms or 2s, at most 600s")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &'static str, value: &'static str) -> Result<Overrides, String> {
        Overrides::read(&HeaderMap::from_iter([(
            http::HeaderName::from_static(name),
            http::HeaderValue::from_static(value),
        )]))
    }

    #[test]
    fn prefer_asks_for_an_example_a_status_and_a_delay() {
        let overrides = read(
            "prefer",
            r#"respond-async, example="Invalid ID; really", code=404; delay=250ms"#,
        )
        .unwrap();
        assert_eq!(overrides.example.as_deref(), Some("Invalid ID; really"));
        assert_eq!(overrides.code, Some(404));
        assert_eq!(overrides.delay, Some(Duration::from_millis(250)));
    }

    #[test]
    fn what_cannot_be_understood_says_what_was_expected() {
        assert_eq!(
            read("prefer", "code=abc").unwrap_err(),
            "\"abc\" is no HTTP status; expected a number from 100 to 599"
        );
        assert_eq!(
            read("prefer", "delay=soon").unwrap_err(),
            "\"soon\" is no delay; expected one like 250ms or 2s, at most 600s"
        );
        assert_eq!(read("x-mock-response-code", "200").unwrap().code, Some(200));
    }
}
