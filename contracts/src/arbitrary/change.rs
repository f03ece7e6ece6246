//! One change to a documented request.

use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use super::view::text;
use crate::document::{DocumentedBody, DocumentedRequest, FormValue, Place, SEGMENT};

/// A change at one place.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// Sets a parameter, the whole body, or a member of it whose parent is there.
    Set(Place, String, Value),
    /// Takes a parameter or a member away.
    Remove(Place, String),
    /// Sends text that claims to be JSON.
    Text(String),
    /// Sends no body.
    Empty,
}

impl Change {
    /// The request with this change; `template` is the path template of its operation.
    pub(super) fn applied(
        &self,
        mut request: DocumentedRequest,
        template: &str,
    ) -> DocumentedRequest {
        match self {
            Self::Set(Place::Body, pointer, value) => set(&mut request.body, pointer, value),
            Self::Remove(Place::Body, pointer) => remove(&mut request.body, pointer),
            Self::Set(Place::Query, name, value) => put(&mut request.query, name, value),
            Self::Remove(Place::Query, name) => request.query.retain(|(key, _)| key != name),
            Self::Set(Place::Header, name, value) => {
                request
                    .headers
                    .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
                request.headers.push((name.clone(), text(value)));
            }
            Self::Remove(Place::Header, name) => request
                .headers
                .retain(|(key, _)| !key.eq_ignore_ascii_case(name)),
            Self::Set(Place::Path, name, value) => {
                put(&mut request.path, name, value);
                let end = request.url.len() - request.path().len();
                request.url = format!("{}{}", &request.url[..end], path(template, &request.path));
            }
            Self::Text(text) => {
                if request.header("content-type").is_none() {
                    request
                        .headers
                        .push(("Content-Type".to_owned(), "application/json".to_owned()));
                }
                request.body = DocumentedBody::Text(text.clone());
            }
            Self::Empty => request.body = DocumentedBody::None,
            Self::Set(..) | Self::Remove(..) => {}
        }
        request
    }
}

fn put(pairs: &mut Vec<(String, String)>, name: &str, value: &Value) {
    match pairs.iter_mut().find(|(key, _)| key == name) {
        Some((_, known)) => *known = text(value),
        None => pairs.push((name.to_owned(), text(value))),
    }
}

fn path(template: &str, values: &[(String, String)]) -> String {
    let encoded = |value: &str| utf8_percent_encode(value, SEGMENT).to_string();
    let each = values.iter();
    each.fold(template.to_owned(), |path, (name, value)| {
        path.replace(&format!("{{{name}}}"), &encoded(value))
    })
}

/// The pointer's parent and its last token, unescaped.
fn parent(pointer: &str) -> Option<(&str, String)> {
    let (parent, name) = pointer.rsplit_once('/')?;
    Some((parent, name.replace("~1", "/").replace("~0", "~")))
}

fn set(body: &mut DocumentedBody, pointer: &str, value: &Value) {
    let Some((above, name)) = parent(pointer) else {
        if let DocumentedBody::Json(json) = body {
            *json = value.clone();
        }
        return;
    };
    match body {
        DocumentedBody::Json(json) => match json.pointer_mut(above) {
            Some(Value::Object(members)) => {
                members.insert(name, value.clone());
            }
            Some(Value::Array(items)) => {
                if let Some(item) = name
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.get_mut(index))
                {
                    *item = value.clone();
                }
            }
            _ => {}
        },
        DocumentedBody::Form(fields) => put(fields, &name, value),
        DocumentedBody::Multipart(fields) => {
            let value = FormValue::Text(text(value));
            match fields.iter_mut().find(|(key, _)| *key == name) {
                Some((_, known)) => *known = value,
                None => fields.push((name, value)),
            }
        }
        DocumentedBody::None | DocumentedBody::Text(_) => {}
    }
}

fn remove(body: &mut DocumentedBody, pointer: &str) {
    let Some((above, name)) = parent(pointer) else {
        return;
    };
    match body {
        DocumentedBody::Json(json) => {
            if let Some(Value::Object(members)) = json.pointer_mut(above) {
                members.shift_remove(&name);
            }
        }
        DocumentedBody::Form(fields) => fields.retain(|(key, _)| *key != name),
        DocumentedBody::Multipart(fields) => fields.retain(|(key, _)| *key != name),
        DocumentedBody::None | DocumentedBody::Text(_) => {}
    }
}
