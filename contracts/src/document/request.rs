//! A request as the vendor's documentation shows it.

use std::fmt;

use http::Method;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// A documented request; it may still hold `{{variables}}`, which [`DocumentedRequest::filled`] replaces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentedRequest {
    /// The method.
    pub method: Method,
    /// The address as documented, without query.
    pub url: String,
    /// Path parameters.
    pub path: Vec<(String, String)>,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// Headers, without credentials.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: DocumentedBody,
    /// Pointers to variables that stood in the JSON body without quotes: what replaces them is JSON.
    pub unquoted: Vec<String>,
    /// How hard the body was to read.
    pub rung: Rung,
}

/// The body of a documented request.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DocumentedBody {
    /// None.
    #[default]
    None,
    /// JSON.
    Json(Value),
    /// Text that is not JSON.
    Text(String),
    /// A URL-encoded form.
    Form(Vec<(String, String)>),
    /// A multipart form.
    Multipart(Vec<(String, FormValue)>),
}

/// The value of a field of a multipart form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormValue {
    /// Text.
    Text(String),
    /// A file of this name.
    File(String),
}

/// Which leniency the importer needed to read a documented body.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Rung {
    /// None: it is JSON, or there is no body.
    #[default]
    Strict,
    /// Comments or trailing commas.
    Comments,
    /// Single quotes or loose keys.
    Loose,
    /// Holes such as `{{x}}` or `<x>` in the place of values.
    Template,
    /// It could only be kept as text.
    Text,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    method: String,
    #[serde(default)]
    url: String,
    #[serde(default, deserialize_with = "pairs")]
    path: Vec<(String, String)>,
    #[serde(default)]
    query: Vec<(String, Lax)>,
    #[serde(default)]
    headers: Vec<(String, Lax)>,
    #[serde(default)]
    body: DocumentedBody,
    #[serde(default)]
    holes: Vec<String>,
    #[serde(default)]
    rung: Rung,
}

impl DocumentedRequest {
    pub(super) fn read(raw: &RawValue) -> Option<Self> {
        let written: Written = serde_json::from_str(raw.get()).ok()?;
        let method = Method::from_bytes(written.method.as_bytes()).ok()?;
        let lax = |pairs: Vec<(String, Lax)>| {
            pairs
                .into_iter()
                .map(|(name, Lax(value))| (name, value))
                .collect()
        };
        Some(Self {
            method,
            url: written.url,
            path: written.path,
            query: lax(written.query),
            headers: lax(written.headers),
            body: written.body,
            unquoted: written.holes,
            rung: written.rung,
        })
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The content type: the header's where there is one, else what the kind of body implies.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type").or(match self.body {
            DocumentedBody::None => None,
            DocumentedBody::Json(_) => Some("application/json"),
            DocumentedBody::Text(_) => Some("text/plain"),
            DocumentedBody::Form(_) => Some("application/x-www-form-urlencoded"),
            DocumentedBody::Multipart(_) => Some("multipart/form-data"),
        })
    }

    /// The host of the address, with its port where it names one; nothing when the address starts with a path.
    pub fn host(&self) -> Option<&str> {
        let (authority, _) = split(&self.url);
        (!authority.is_empty()).then_some(authority)
    }

    /// What stands after the host, beginning with `/`; without the query.
    pub fn path(&self) -> String {
        let (_, path) = split(&self.url);
        if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        }
    }

    /// The path and, after a `?`, the query, percent-encoded: the target of the request line.
    pub fn target(&self) -> String {
        let path = self.path();
        if self.query.is_empty() {
            return path;
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        format!("{path}?{}", query.finish())
    }
}

/// Splits an address into host and path; the host may be a `{{variable}}`, and the scheme may be missing.
fn split(url: &str) -> (&str, &str) {
    let rest = match url.find("://") {
        Some(at) => &url[at + 3..],
        None if url.starts_with('/') => return ("", url),
        None => url,
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.split_at(rest.find('/').unwrap_or(rest.len()))
}

/// A text, or a number or truth value read as one.
struct Lax(String);

impl<'de> Deserialize<'de> for Lax {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        }))
    }
}

pub(super) fn pairs<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, String)>, D::Error> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of names and texts")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some((name, Lax(value))) = map.next_entry()? {
                pairs.push((name, value));
            }
            Ok(pairs)
        }
    }
    deserializer.deserialize_map(Pairs)
}

impl<'de> Deserialize<'de> for DocumentedBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Kinds;
        impl<'de> Visitor<'de> for Kinds {
            type Value = DocumentedBody;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with json, text, form or multipart")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(DocumentedBody::None)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut body = DocumentedBody::None;
                while let Some(kind) = map.next_key::<String>()? {
                    body = match kind.as_str() {
                        "json" => DocumentedBody::Json(map.next_value()?),
                        "text" => DocumentedBody::Text(map.next_value()?),
                        "form" => {
                            let fields: Vec<(String, Lax)> = map.next_value()?;
                            DocumentedBody::Form(
                                fields
                                    .into_iter()
                                    .map(|(name, Lax(value))| (name, value))
                                    .collect(),
                            )
                        }
                        "multipart" => DocumentedBody::Multipart(map.next_value()?),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            body
                        }
                    };
                }
                Ok(body)
            }
        }
        deserializer.deserialize_any(Kinds)
    }
}

impl<'de> Deserialize<'de> for FormValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self::Text(text),
            Value::Object(object) => match object.get("file") {
                Some(Value::String(name)) => Self::File(name.clone()),
                _ => Self::File(String::new()),
            },
            other => Self::Text(other.to_string()),
        })
    }
}
