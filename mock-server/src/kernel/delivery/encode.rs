//! Writes a payload as JSON, as a form or as multipart form data.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::endpoint::ContentType;

/// A payload, written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The `Content-Type` header.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
}

/// Writes `payload` (compact JSON). Forms have one field per member: text as it is, `null` as nothing, and
/// everything else as JSON; or the whole payload in the one field `wrapped_in`. `boundary` keeps multipart
/// bodies the same over retries.
#[must_use]
pub fn write(
    kind: ContentType,
    payload: &Bytes,
    wrapped_in: Option<&str>,
    boundary: &str,
) -> Written {
    match kind {
        ContentType::Json => Written {
            content_type: "application/json".to_owned(),
            body: payload.clone(),
        },
        ContentType::Form => Written {
            content_type: "application/x-www-form-urlencoded".to_owned(),
            body: form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields(payload, wrapped_in))
                .finish()
                .into(),
        },
        ContentType::Multipart => Written {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            body: multipart(&fields(payload, wrapped_in), boundary).into(),
        },
    }
}

fn fields(payload: &Bytes, wrapped_in: Option<&str>) -> Vec<(String, String)> {
    let whole = |name: &str| {
        vec![(
            name.to_owned(),
            String::from_utf8_lossy(payload).into_owned(),
        )]
    };
    if let Some(name) = wrapped_in {
        return whole(name);
    }
    match serde_json::from_slice::<Map<String, Value>>(payload) {
        Ok(members) => members
            .into_iter()
            .map(|(name, value)| (name, text(value)))
            .collect(),
        Err(_) => whole("payload"),
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn multipart(fields: &[(String, String)], boundary: &str) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        let name = name
            .replace('"', "%22")
            .replace('\r', "%0D")
            .replace('\n', "%0A");
        body.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str(&format!("--{boundary}--\r\n"));
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYLOAD: &[u8] = br#"{"name":"Asha & co","count":2,"none":null,"nested":{"a":[1]}}"#;

    fn written(kind: ContentType, wrapped_in: Option<&str>) -> String {
        let written = write(kind, &Bytes::from_static(PAYLOAD), wrapped_in, "edge");
        String::from_utf8(written.body.to_vec()).unwrap()
    }

    #[test]
    fn a_form_has_one_field_per_member() {
        assert_eq!(
            written(ContentType::Form, None),
            "name=Asha+%26+co&count=2&none=&nested=%7B%22a%22%3A%5B1%5D%7D"
        );
    }

    #[test]
    fn a_form_may_hold_the_whole_payload_in_one_field() {
        let form = written(ContentType::Form, Some("data"));
        let fields: Vec<_> = form_urlencoded::parse(form.as_bytes()).collect();
        assert_eq!(fields.len(), 1);
        assert_eq!(fields[0].0, "data");
        assert_eq!(fields[0].1.as_bytes(), PAYLOAD);
    }

    #[tokio::test]
    async fn a_multipart_body_has_the_same_fields() {
        let written = write(
            ContentType::Multipart,
            &Bytes::from_static(PAYLOAD),
            None,
            "edge",
        );
        let body = written.body.clone();
        let stream = futures_util::stream::once(async move { Ok::<_, std::io::Error>(body) });
        let boundary = multer::parse_boundary(&written.content_type).unwrap();
        let mut parts = multer::Multipart::new(stream, boundary);
        let mut read = Vec::new();
        while let Some(field) = parts.next_field().await.unwrap() {
            let name = field.name().unwrap_or_default().to_owned();
            read.push((name, field.text().await.unwrap()));
        }
        assert_eq!(read, fields(&Bytes::from_static(PAYLOAD), None));
        assert_eq!(read[3].1, r#"{"a":[1]}"#);
    }
}
