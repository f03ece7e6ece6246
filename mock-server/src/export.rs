//! What other tools can read: a contract as a Postman collection and environment, deliveries as HAR or curl.

mod postman;

pub use postman::postman_collection;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::kernel::delivery::{Attempt, Delivery};
use crate::kernel::routes::Mounted;

/// Every variable of the vendor's collection with a value that works on the seed; where the collection
/// means one of the vendor's hosts, the value is `base_url`. Path variables are named `path:<name>`.
#[must_use]
pub fn variables(mounted: &Mounted, base_url: &str) -> Vec<(String, String)> {
    let document = mounted.document;
    let is_host = |value: &str| {
        document
            .servers
            .iter()
            .any(|server| server == value.trim_end_matches('/'))
    };
    let working = |value: &str| {
        if is_host(value) {
            base_url.to_owned()
        } else {
            value.to_owned()
        }
    };
    document
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), working(value)))
        .collect()
}

/// A Postman environment: every variable of the vendor's collection with a value that works on the seed.
#[must_use]
pub fn postman_environment(mounted: &Mounted, base_url: &str) -> Value {
    let entry = |key: &str, value: &str| json!({"key": key, "value": value, "type": "default", "enabled": true});
    let all = variables(mounted, base_url);
    let plain = all.iter().filter(|(name, _)| !name.starts_with("path:"));
    let mut values: Vec<_> = plain.map(|(name, value)| entry(name, value)).collect();
    values.push(entry(postman::BASE, base_url));
    json!({
        "name": format!("{} (mock)", mounted.document.title),
        "values": values,
        "_postman_variable_scope": "environment",
    })
}

/// Every attempt of these deliveries as an HTTP archive, version 1.2.
#[must_use]
pub fn har(deliveries: &[Arc<Delivery>]) -> Value {
    let mut entries = Vec::new();
    for delivery in deliveries {
        let attempts = delivery.attempts();
        entries.extend(attempts.iter().map(|attempt| har_entry(delivery, attempt)));
    }
    let creator = json!({"name": "mock-server", "version": env!("CARGO_PKG_VERSION")});
    json!({"log": {"version": "1.2", "creator": creator, "entries": entries}})
}

fn har_entry(delivery: &Delivery, attempt: &Attempt) -> Value {
    let millis = std::time::Duration::from_micros(attempt.micros).as_secs_f64() * 1000.0;
    let sent = content(&attempt.headers, &attempt.body);
    let mut request = json!({
        "method": "POST",
        "url": attempt.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": har_headers(&attempt.headers),
        "queryString": [],
        "headersSize": -1,
        "bodySize": attempt.body.len(),
    });
    request["postData"] = json!({"mimeType": sent["mimeType"], "text": sent["text"]});
    // HAR has no word for an exchange without an answer; status 0 is what browsers write.
    let response = match &attempt.response {
        None => json!({
            "status": 0,
            "statusText": "",
            "httpVersion": "",
            "cookies": [],
            "headers": [],
            "content": {"size": 0, "mimeType": "x-unknown"},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
            "_error": attempt.failure.as_ref().map(|failure| &failure.message),
        }),
        Some(answer) => json!({
            "status": answer.status.as_u16(),
            "statusText": answer.status.canonical_reason().unwrap_or(""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": har_headers(&answer.headers),
            "content": content(&answer.headers, &answer.body),
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": answer.body.len(),
        }),
    };
    json!({
        "startedDateTime": attempt.at,
        "time": millis,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": millis, "receive": 0},
        "comment": format!("{}.{}, delivery {}, attempt {}", delivery.event.vendor, delivery.event.name, delivery.id, attempt.number),
    })
}

fn har_headers(headers: &HeaderMap) -> Value {
    let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| json!({"name": name.as_str(), "value": String::from_utf8_lossy(value.as_bytes())});
    headers.iter().map(pair).collect()
}

fn content(headers: &HeaderMap, body: &[u8]) -> Value {
    let kind = headers.get(http::header::CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("x-unknown");
    match std::str::from_utf8(body) {
        Ok(text) => json!({"size": body.len(), "mimeType": kind, "text": text}),
        Err(_) => {
            json!({"size": body.len(), "mimeType": kind, "text": STANDARD.encode(body), "encoding": "base64"})
        }
    }
}

/// The newest attempt of a delivery as a command for a shell; `None` when there is none yet.
#[must_use]
pub fn curl(delivery: &Delivery) -> Option<String> {
    let attempt = delivery.attempts().pop()?;
    let mut command = format!(
        "# delivery {} of {}.{}, attempt {}\ncurl -X POST {}",
        delivery.id,
        delivery.event.vendor,
        delivery.event.name,
        attempt.number,
        quoted(&attempt.url)
    );
    for (name, value) in &attempt.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        command.push_str(&format!(
            " \\\n  -H {}",
            quoted(&format!("{name}: {value}"))
        ));
    }
    match std::str::from_utf8(&attempt.body) {
        Ok(text) => command.push_str(&format!(" \\\n  --data-binary {}", quoted(text))),
        Err(_) => {
            let encoded = STANDARD.encode(&attempt.body);
            command.insert_str(
                command.find("curl").unwrap_or(0),
                &format!("printf %s {} | base64 -d | ", quoted(&encoded)),
            );
            command.push_str(" \\\n  --data-binary @-");
        }
    }
    command.push('\n');
    Some(command)
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_does_not_end_a_word() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn a_host_of_the_vendor_becomes_the_mocks_address() {
        let base_url = "http://127.0.0.1:4600/v";
        for mounted in crate::vendors::mount().unwrap() {
            let known = mounted.document.servers.clone();
            for (name, value) in variables(&mounted, base_url) {
                assert!(
                    !known.contains(&value),
                    "{}: {name} is still {value}",
                    mounted.name
                );
            }
        }
    }
}
