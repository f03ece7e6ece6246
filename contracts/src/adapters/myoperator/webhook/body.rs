//! The bodies of webhooks: the company chooses JSON, a form or multipart form data.

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use serde_json::{Map, Value};

/// A body that is no webhook of the vendor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a webhook of MyOperator: {0}")]
pub struct Unreadable(pub(super) String);

/// The one field in which forms carry calls of the older generation, as JSON.
const WHOLE: &str = "myoperator";

/// The members whose fields in a form are JSON; all others are text.
const NESTED: [&str; 3] = ["event_sequence", "payload", "data"];

/// The body as JSON, whatever it came as.
pub(super) fn decode(content_type: &str, body: &[u8]) -> Result<Value, Unreadable> {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let fields = match essence.to_ascii_lowercase().as_str() {
        "application/json" => return parse(body),
        "application/x-www-form-urlencoded" => form_urlencoded::parse(body).into_owned().collect(),
        "multipart/form-data" => multipart(content_type, body)?,
        other => return Err(Unreadable(format!("nobody sends {other:?}"))),
    };
    assemble(fields)
}

fn parse(text: &[u8]) -> Result<Value, Unreadable> {
    serde_json::from_slice(text).map_err(|error| Unreadable(error.to_string()))
}

fn multipart(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, Unreadable> {
    let strange = |error: multer::Error| Unreadable(error.to_string());
    let boundary = multer::parse_boundary(content_type).map_err(strange)?;
    let whole = stream::once(ready(Ok::<_, Infallible>(Bytes::copy_from_slice(body))));
    let mut parts = multer::Multipart::new(whole, boundary);
    let reading = async {
        let mut fields = Vec::new();
        while let Some(part) = parts.next_field().await? {
            let name = part.name().unwrap_or_default().to_owned();
            fields.push((name, part.text().await?));
        }
        Ok(fields)
    };
    // The body is all there, so that nothing has to be waited for.
    let read = reading.now_or_never();
    let unfinished = || Unreadable("the parts have no end".to_owned());
    read.ok_or_else(unfinished)?.map_err(strange)
}

fn assemble(fields: Vec<(String, String)>) -> Result<Value, Unreadable> {
    if let [(name, whole)] = &fields[..]
        && name == WHOLE
    {
        return parse(whole.as_bytes());
    }
    let mut members = Map::new();
    for (name, text) in fields {
        let value = if NESTED.contains(&name.as_str()) {
            parse(text.as_bytes())?
        } else {
            Value::String(text)
        };
        members.insert(name, value);
    }
    // Nothing in a form may have been null. Only a disposition is known to have no number of the company's.
    if members
        .get("event_type")
        .is_some_and(|kind| kind == "disposition")
        && members
            .get("system_identifier")
            .is_some_and(|text| text == "")
    {
        members.insert("system_identifier".to_owned(), Value::Null);
    }
    Ok(Value::Object(members))
}
