//! Fills the `{{variables}}` of a documented request from the document's.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

use super::{Document, DocumentedBody, DocumentedRequest, FormValue};

/// What may not stand in a segment of a path as it is.
pub(crate) const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

impl DocumentedRequest {
    /// The same request, ready to be sent: every variable the document knows is replaced by its value.
    ///
    /// A path parameter whose documented value is empty or an unknown variable takes the value of `path:<name>`.
    /// What nobody knows stays, and [`DocumentedRequest::holes`] names it.
    pub fn filled(&self, document: &Document) -> Self {
        let text = |text: &String| fill(text, document);
        let pairs = |pairs: &[(String, String)]| -> Vec<(String, String)> {
            pairs
                .iter()
                .map(|(name, value)| (text(name), text(value)))
                .collect()
        };
        let path: Vec<(String, String)> = self
            .path
            .iter()
            .map(|(name, value)| (name.clone(), path_value(name, value, document)))
            .collect();
        Self {
            method: self.method.clone(),
            url: fill_url(&self.url, &path, document),
            path,
            query: pairs(&self.query),
            headers: pairs(&self.headers),
            body: match &self.body {
                DocumentedBody::None => DocumentedBody::None,
                DocumentedBody::Json(value) => {
                    let mut filled = fill_json(value, document);
                    self.unquoted
                        .iter()
                        .for_each(|pointer| unquote(&mut filled, pointer));
                    DocumentedBody::Json(filled)
                }
                DocumentedBody::Text(body) => DocumentedBody::Text(text(body)),
                DocumentedBody::Form(fields) => DocumentedBody::Form(pairs(fields)),
                DocumentedBody::Multipart(fields) => {
                    let value = |value: &FormValue| match value {
                        FormValue::Text(value) => FormValue::Text(text(value)),
                        FormValue::File(name) => FormValue::File(text(name)),
                    };
                    DocumentedBody::Multipart(
                        fields
                            .iter()
                            .map(|(name, one)| (text(name), value(one)))
                            .collect(),
                    )
                }
            },
            unquoted: self.unquoted.clone(),
            rung: self.rung,
        }
    }

    /// The names of the variables that are still in the request, each once.
    pub fn holes(&self) -> Vec<String> {
        let mut holes = Vec::new();
        let pairs = self.path.iter().chain(&self.query).chain(&self.headers);
        note_holes(&self.url, &mut holes);
        pairs.for_each(|(_, value)| note_holes(value, &mut holes));
        match &self.body {
            DocumentedBody::None => {}
            DocumentedBody::Json(value) => note_json_holes(value, &mut holes),
            DocumentedBody::Text(text) => note_holes(text, &mut holes),
            DocumentedBody::Form(fields) => fields
                .iter()
                .for_each(|(_, value)| note_holes(value, &mut holes)),
            DocumentedBody::Multipart(fields) => fields.iter().for_each(|(_, value)| match value {
                FormValue::Text(text) | FormValue::File(text) => note_holes(text, &mut holes),
            }),
        }
        holes
    }
}

/// Replaces what is known; an unknown variable stays as it was written.
fn fill(text: &str, document: &Document) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_hole(rest) {
        filled.push_str(before);
        match document.variable(name.trim()) {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What stands before the first `{{name}}`, the name, and what stands after it.
fn next_hole(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("{{")?;
    let length = text[start + 2..].find("}}")?;
    let end = start + 2 + length;
    Some((&text[..start], &text[start + 2..end], &text[end + 2..]))
}

fn path_value(name: &str, documented: &str, document: &Document) -> String {
    let filled = fill(documented, document);
    if !filled.is_empty() && next_hole(&filled).is_none() {
        return filled;
    }
    path_variable(name, document).map_or(filled, str::to_owned)
}

fn path_variable<'d>(name: &str, document: &'d Document) -> Option<&'d str> {
    document
        .variable(&format!("path:{name}"))
        .or_else(|| document.variable(name))
}

/// Fills an address: variables anywhere, and `:name` and `{name}` where they are a whole segment.
fn fill_url(url: &str, path: &[(String, String)], document: &Document) -> String {
    let (head, rest) = match url.find("://") {
        Some(at) => url.split_at(at + 3),
        None => ("", url),
    };
    // Where there is one hole and one value, they belong together even when they are called differently:
    // the contract may have renamed the parameter.
    let mut holes = rest.split('/').filter_map(path_hole);
    let renamed = match (path, holes.next(), holes.next()) {
        ([(_, value)], Some(name), None) => vec![(name.to_owned(), value.clone())],
        _ => path.to_vec(),
    };
    let segments: Vec<String> = rest
        .split('/')
        .map(|segment| fill_segment(segment, &renamed, document))
        .collect();
    format!("{}{}", fill(head, document), segments.join("/"))
}

fn fill_segment(segment: &str, path: &[(String, String)], document: &Document) -> String {
    let named = |name: &str| {
        let value = path
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        value
            .filter(|value| !value.is_empty())
            .or_else(|| path_variable(name, document))
    };
    let encoded = |value: &str| utf8_percent_encode(value, SEGMENT).to_string();
    if let Some((before, name, after)) = next_hole(segment) {
        // A whole segment is a path value and is encoded; a host or a base address is text.
        if before.is_empty() && after.is_empty() {
            let name = name.trim();
            return match (document.variable(name), named(name)) {
                (Some(base), _) if base.contains("://") => base.trim_end_matches('/').to_owned(),
                (Some(value), _) | (None, Some(value)) => encoded(value),
                (None, None) => segment.to_owned(),
            };
        }
        return fill(segment, document);
    }
    path_hole(segment)
        .and_then(named)
        .map_or_else(|| segment.to_owned(), encoded)
}

/// The name of the path parameter that a segment stands for: `:name` or `{name}`.
fn path_hole(segment: &str) -> Option<&str> {
    let braced = || segment.strip_prefix('{')?.strip_suffix('}');
    let name = segment.strip_prefix(':').or_else(braced)?;
    (!name.is_empty() && !name.starts_with('{')).then_some(name)
}

fn fill_json(value: &Value, document: &Document) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text, document)),
        Value::Array(items) => items.iter().map(|item| fill_json(item, document)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), fill_json(member, document)))
            .collect(),
        other => other.clone(),
    }
}

/// Reads a filled text as the JSON it stands for; what is no JSON stays text.
fn unquote(body: &mut Value, pointer: &str) {
    if let Some(value) = body.pointer_mut(pointer)
        && let Some(read) = value
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok())
    {
        *value = read;
    }
}

fn note_holes(text: &str, holes: &mut Vec<String>) {
    let mut rest = text;
    while let Some((_, name, after)) = next_hole(rest) {
        let name = name.trim();
        if !holes.iter().any(|hole| hole == name) {
            holes.push(name.to_owned());
        }
        rest = after;
    }
}

fn note_json_holes(value: &Value, holes: &mut Vec<String>) {
    match value {
        Value::String(text) => note_holes(text, holes),
        Value::Array(items) => items.iter().for_each(|item| note_json_holes(item, holes)),
        Value::Object(members) => members
            .values()
            .for_each(|member| note_json_holes(member, holes)),
        _ => {}
    }
}
