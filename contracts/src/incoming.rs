//! A request or a body as the checks see it, however it arrived.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

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
