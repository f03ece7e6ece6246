//! One request to a vendor, read once for all layers and handlers.

use std::sync::Arc;

use bytes::Bytes;
use contracts::check::{Body, Incoming, Part};
use contracts::document::Operation;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::Value;

use super::refusal::{Reason, Refusal};

/// A request as it came over the wire, kept by the journal as it is.
#[derive(Debug)]
pub struct Wire {
    /// The method.
    pub method: Method,
    /// Path and query as the client wrote them.
    pub target: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// A body, understood.
#[derive(Clone, Debug)]
pub enum Content {
    /// No body.
    Empty,
    /// JSON.
    Json(Value),
    /// Should have been JSON.
    Broken {
        /// What the parser found wrong.
        message: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// Anything else, as far as it is text; the bytes are in [`Wire::body`].
    Text(String),
}

/// One request to a vendor's operation.
#[derive(Clone, Debug)]
pub struct Call {
    /// The number of this request in its workspace, as the journal has it.
    pub id: u64,
    /// When it came, on the workspace's clock.
    pub at: Timestamp,
    /// The request as it came.
    pub wire: Arc<Wire>,
    /// The path in the vendor's own terms: without mount prefix, workspace or query.
    pub path: Arc<str>,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The values of the path template's parameters, decoded.
    pub path_parameters: Vec<(String, String)>,
    /// The body, understood.
    pub content: Content,
    /// The operation, once routed.
    pub operation: Option<&'static Operation>,
    /// Where the vendor is reached, as clients should write it: `http://127.0.0.1:4600/<vendor>`.
    pub base_url: Arc<str>,
}

impl Call {
    /// The first value of a query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a path parameter.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a header, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.wire
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    /// The body, where it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        match &self.content {
            Content::Json(value) => Some(value),
            _ => None,
        }
    }

    /// A member of a JSON object body or a field of a form, as text: strings as they are,
    /// numbers and booleans as JSON writes them.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        match &self.content {
            Content::Json(Value::Object(members)) => match members.get(name)? {
                Value::String(text) => Some(text.clone()),
                Value::Null => None,
                other => Some(other.to_string()),
            },
            Content::Form(fields) => fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone()),
            Content::Multipart(parts) => {
                let part = parts.iter().find(|part| part.name == name)?;
                Some(part.text().into_owned())
            }
            _ => None,
        }
    }

    /// The operation's name, or empty before routing.
    #[must_use]
    pub fn operation_name(&self) -> &'static str {
        self.operation
            .map_or("", |operation| operation.name.as_str())
    }

    /// Refuses this call.
    #[must_use]
    pub fn refuse(self: &Arc<Self>, reason: Reason) -> Refusal {
        Refusal {
            reason,
            call: Arc::clone(self),
        }
    }

    /// This call as the contract checks it.
    #[must_use]
    pub fn incoming(&self) -> Incoming<'_> {
        let body = match &self.content {
            Content::Empty => Body::Empty,
            Content::Json(value) => Body::Json(value),
            Content::Broken {
                message,
                line,
                column,
            } => Body::Broken {
                message,
                line: *line,
                column: *column,
            },
            Content::Form(fields) => Body::Form(fields),
            Content::Multipart(parts) => Body::Multipart(parts),
            Content::Text(text) => Body::Text(text),
        };
        Incoming {
            path: &self.path_parameters,
            query: &self.query,
            headers: &self.wire.headers,
            body,
        }
    }
}

impl Content {
    /// Reads a body. `lenient` reads JSON whatever the content type says.
    pub async fn read(headers: &HeaderMap, body: &Bytes, lenient: bool) -> Self {
        let kind = headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let media = kind
            .split(';')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase();
        let start = body
            .iter()
            .find(|byte| !byte.is_ascii_whitespace())
            .copied();
        let Some(start) = start else {
            return Self::Empty;
        };
        let looks_like_json = matches!(start, b'{' | b'[');
        match media.as_str() {
            "multipart/form-data" => Self::multipart(kind, body).await,
            "application/x-www-form-urlencoded" if !(lenient && looks_like_json) => {
                Self::Form(form_urlencoded::parse(body).into_owned().collect())
            }
            _ if media.ends_with("json") || lenient || (media.is_empty() && looks_like_json) => {
                Self::parse(body)
            }
            _ => Self::Text(String::from_utf8_lossy(body).into_owned()),
        }
    }

    fn parse(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(value) => Self::Json(value),
            Err(error) => {
                // serde_json ends its text with the place, which travels separately here.
                let text = error.to_string();
                let message = text
                    .split(" at line ")
                    .next()
                    .unwrap_or("not JSON")
                    .to_owned();
                Self::Broken {
                    message,
                    line: error.line(),
                    column: error.column(),
                }
            }
        }
    }

    async fn multipart(kind: &str, body: &Bytes) -> Self {
        let broken = |message: String| Self::Broken {
            message,
            line: 1,
            column: 1,
        };
        let boundary = match multer::parse_boundary(kind) {
            Ok(boundary) => boundary,
            Err(error) => return broken(error.to_string()),
        };
        let stream =
            futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(body.clone())));
        let mut form = multer::Multipart::new(stream, boundary);
        let mut parts = Vec::new();
        loop {
            match form.next_field().await {
                Ok(None) => return Self::Multipart(parts),
                Ok(Some(field)) => {
                    let name = field.name().unwrap_or_default().to_owned();
                    let file_name = field.file_name().map(str::to_owned);
                    let content_type = field.content_type().map(ToString::to_string);
                    match field.bytes().await {
                        Ok(bytes) => parts.push(Part {
                            name,
                            file_name,
                            content_type,
                            data: bytes,
                        }),
                        Err(error) => return broken(error.to_string()),
                    }
                }
                Err(error) => return broken(error.to_string()),
            }
        }
    }
}
