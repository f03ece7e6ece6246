//! A request or a body as the checks see it, however it arrived.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use crate::document::{DocumentedBody, DocumentedRequest, FormValue};

/// A request that has been taken apart, borrowed for the time of a check.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Path parameters, percent-decoded.
    pub path: &'a [(String, String)],
    /// Query parameters in order, percent-decoded; names may repeat.
    pub query: &'a [(String, String)],
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, read according to its content type.
    pub body: Body<'a>,
}

/// A request body, read as far as its content type allows.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// Nothing was sent.
    Empty,
    /// JSON.
    Json(&'a Value),
    /// It claims to be JSON and is not.
    Broken {
        /// What the parser stumbled over.
        message: &'a str,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// `application/x-www-form-urlencoded`, decoded.
    Form(&'a [(String, String)]),
    /// `multipart/form-data`.
    Multipart(&'a [Part]),
    /// Anything else.
    Text(&'a str),
}

/// One part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name, when the part is a file.
    pub file_name: Option<String>,
    /// The part's own media type.
    pub content_type: Option<String>,
    /// The content.
    pub data: Bytes,
}

impl<'a> Incoming<'a> {
    /// The first value of a query parameter; an empty one counts as absent.
    pub fn query(&self, name: &str) -> Option<&'a str> {
        find(self.query, name).filter(|value| !value.is_empty())
    }

    /// The value of a path parameter.
    pub fn path(&self, name: &str) -> Option<&'a str> {
        find(self.path, name)
    }

    /// The first value of a header, when it is text.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

impl<'a> Body<'a> {
    /// The body as one JSON value: forms become objects of strings, a repeated field becomes an array.
    ///
    /// `None` for an empty, broken or plain text body. A file stands as its name.
    pub fn value(&self) -> Option<Cow<'a, Value>> {
        match *self {
            Self::Empty | Self::Broken { .. } | Self::Text(_) => None,
            Self::Json(value) => Some(Cow::Borrowed(value)),
            Self::Form(pairs) => {
                let fields = pairs
                    .iter()
                    .map(|(name, value)| (name.as_str(), Cow::Borrowed(value.as_str())));
                Some(Cow::Owned(object(fields)))
            }
            Self::Multipart(parts) => {
                let fields = parts.iter().map(|part| (part.name.as_str(), part.text()));
                Some(Cow::Owned(object(fields)))
            }
        }
    }
}

impl Part {
    /// What the part says: the name of a file, else its content.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.file_name {
            Some(name) => Cow::Borrowed(name),
            None => String::from_utf8_lossy(&self.data),
        }
    }
}

fn object<'f>(fields: impl Iterator<Item = (&'f str, Cow<'f, str>)>) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        let value = Value::String(value.into_owned());
        match object.get_mut(name) {
            None => {
                object.insert(name.to_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => {
                let values = vec![first.take(), value];
                *first = Value::Array(values);
            }
        }
    }
    Value::Object(object)
}

/// A request that owns its parts, such as a documented one rehearsed without a network.
#[derive(Clone, Debug)]
pub struct Received {
    /// Path parameters, percent-decoded.
    pub path: Vec<(String, String)>,
    /// Query parameters in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    body: ReceivedBody,
}

#[derive(Clone, Debug)]
enum ReceivedBody {
    Empty,
    Json(Value),
    Broken {
        message: String,
        line: usize,
        column: usize,
    },
    Form(Vec<(String, String)>),
    Multipart(Vec<Part>),
    Text(String),
}

impl Received {
    /// The request as a server would receive it, with the path parameters its route found.
    ///
    /// A text that is sent as JSON is read as JSON, and is broken when it cannot be.
    pub fn rehearse(request: &DocumentedRequest, path: Vec<(String, String)>) -> Self {
        let mut headers = HeaderMap::new();
        let content_type = request.content_type().map(|sent| ("content-type", sent));
        let written = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in content_type.into_iter().chain(written) {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
        let json = request.content_type().is_some_and(crate::document::is_json);
        let body = match &request.body {
            DocumentedBody::None => ReceivedBody::Empty,
            DocumentedBody::Json(value) => ReceivedBody::Json(value.clone()),
            DocumentedBody::Text(text) if text.is_empty() => ReceivedBody::Empty,
            DocumentedBody::Text(text) if json => match serde_json::from_str(text) {
                Ok(value) => ReceivedBody::Json(value),
                Err(error) => ReceivedBody::Broken {
                    message: error.to_string(),
                    line: error.line(),
                    column: error.column(),
                },
            },
            DocumentedBody::Text(text) => ReceivedBody::Text(text.clone()),
            DocumentedBody::Form(fields) => ReceivedBody::Form(fields.clone()),
            DocumentedBody::Multipart(fields) => {
                ReceivedBody::Multipart(fields.iter().map(part).collect())
            }
        };
        Self {
            path,
            query: request.query.clone(),
            headers,
            body,
        }
    }

    /// The request as the checks see it.
    pub fn incoming(&self) -> Incoming<'_> {
        let body = match &self.body {
            ReceivedBody::Empty => Body::Empty,
            ReceivedBody::Json(value) => Body::Json(value),
            ReceivedBody::Broken {
                message,
                line,
                column,
            } => Body::Broken {
                message,
                line: *line,
                column: *column,
            },
            ReceivedBody::Form(fields) => Body::Form(fields),
            ReceivedBody::Multipart(parts) => Body::Multipart(parts),
            ReceivedBody::Text(text) => Body::Text(text),
        };
        Incoming {
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body,
        }
    }
}

fn part((name, value): &(String, FormValue)) -> Part {
    let (file_name, data) = match value {
        FormValue::Text(text) => (None, Bytes::from(text.clone())),
        FormValue::File(file) => (Some(file.clone()), Bytes::new()),
    };
    Part {
        name: name.clone(),
        file_name,
        content_type: None,
        data,
    }
}
