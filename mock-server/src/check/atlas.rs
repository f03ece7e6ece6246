//! Where a contract says what it says: JSON pointers into its document, and their lines.

use contracts::document::{Document, Operation, Place as Part};
use serde_json::Value;

use super::model::Place;

/// A contract as a document with places.
#[derive(Debug)]
pub struct Atlas {
    file: String,
    text: &'static str,
    json: Value,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The part of the request.
    pub part: Part,
    /// The pointer or the parameter's name.
    pub pointer: &'a str,
    /// The variant and the pointer of the part of the body that is one.
    pub variant: Option<(&'a str, &'a str)>,
}

impl Atlas {
    /// The places of a contract.
    #[must_use]
    pub fn new(document: &Document) -> Self {
        Self {
            file: format!("fixtures/{}/openapi.json", document.vendor),
            text: document.text(),
            // A contract that was loaded is JSON; an empty document has no places.
            json: serde_json::from_str(document.text()).unwrap_or_default(),
        }
    }

    /// The place of this pointer.
    #[must_use]
    pub fn place(&self, pointer: String) -> Place {
        Place {
            file: self.file.clone(),
            line: line(self.text, &pointer),
            pointer,
        }
    }

    /// Where an operation stands.
    #[must_use]
    pub fn operation(&self, operation: &Operation) -> String {
        let paths = self.json["paths"].as_object();
        for (path, item) in paths.into_iter().flatten() {
            for (method, node) in item.as_object().into_iter().flatten() {
                let at = format!("/paths/{}/{method}", escape(path));
                let alternatives = node["x-alternatives"].as_array();
                for (index, one) in alternatives.into_iter().flatten().enumerate() {
                    if one["operationId"] == operation.name.as_str() {
                        return format!("{at}/x-alternatives/{index}");
                    }
                }
                if node["operationId"] == operation.name.as_str() {
                    return at;
                }
            }
        }
        "/paths".to_owned()
    }

    /// Where the contract says something about a part of a request: as deep as it says anything.
    #[must_use]
    pub fn rule(&self, operation: &Operation, about: About<'_>) -> String {
        let at = self.operation(operation);
        match about.part {
            Part::Path | Part::Query | Part::Header => self.parameter(&at, about).unwrap_or(at),
            Part::Body => self.body(at, about),
            Part::ContentType => self.existing(format!("{at}/requestBody/content"), at),
            Part::Status => self.existing(format!("{at}/responses"), at),
        }
    }

    /// The members that the contract knows at this place.
    #[must_use]
    pub fn names(&self, pointer: &str) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect(pointer, &mut names, 8);
        names
    }

    fn collect<'s>(&'s self, pointer: &str, names: &mut Vec<&'s str>, depth: usize) {
        let Some(node) = self.json.pointer(pointer).filter(|_| depth > 0) else {
            return;
        };
        if let Some(target) = node["$ref"].as_str() {
            return self.collect(target.trim_start_matches('#'), names, depth - 1);
        }
        let members = node["properties"].as_object();
        names.extend(members.into_iter().flatten().map(|(name, _)| name.as_str()));
        for word in BRANCHES {
            for index in 0..node[word].as_array().map_or(0, Vec::len) {
                self.collect(&format!("{pointer}/{word}/{index}"), names, depth - 1);
            }
        }
    }

    /// The credentials that an operation takes, in words.
    #[must_use]
    pub fn credentials(&self, operation: &Operation) -> String {
        let at = self.operation(operation);
        let node = self.json.pointer(&at);
        let own = node.and_then(|node| node["security"].as_array());
        let ways = own.or_else(|| self.json["security"].as_array());
        let mut words = Vec::new();
        for way in ways.into_iter().flatten() {
            let schemes = way.as_object().into_iter().flatten();
            let all: Vec<_> = schemes.map(|(name, _)| self.scheme(name)).collect();
            if !all.is_empty() {
                words.push(all.join(" with "));
            }
        }
        words.join(", or ")
    }

    fn scheme(&self, name: &str) -> String {
        let scheme = &self.json["components"]["securitySchemes"][name];
        let text = |member: &str| scheme[member].as_str().unwrap_or_default().to_owned();
        match (text("type").as_str(), text("x-in").as_str()) {
            ("http", _) => {
                let mut word = text("scheme");
                word.get_mut(..1).unwrap_or_default().make_ascii_uppercase();
                format!("the header `Authorization: {word} <key>`")
            }
            (_, "body") => format!("the member `{}` of the body", text("x-pointer")),
            _ if text("in") == "query" => format!("the query parameter `{}`", text("name")),
            _ => format!("the header `{}: {}<key>`", text("name"), text("x-prefix")),
        }
    }

    fn parameter(&self, at: &str, about: About<'_>) -> Option<String> {
        let place = match about.part {
            Part::Path => "path",
            Part::Query => "query",
            _ => "header",
        };
        let path_item = at.split("/x-alternatives").next()?.rsplit_once('/')?.0;
        for at in [at, path_item] {
            let list = format!("{at}/parameters");
            let all = self.json.pointer(&list).and_then(Value::as_array);
            for (index, one) in all.into_iter().flatten().enumerate() {
                let name = one["name"].as_str().unwrap_or_default();
                if one["in"] == place && name.eq_ignore_ascii_case(about.pointer) {
                    return Some(format!("{list}/{index}"));
                }
            }
        }
        self.existing_one(format!("{at}/parameters"))
    }

    fn body(&self, at: String, about: About<'_>) -> String {
        let Some(content) = self.existing_one(format!("{at}/requestBody/content")) else {
            return at;
        };
        if let Some((variant, element)) = about.variant
            && let Some(rest) = about.pointer.strip_prefix(element)
            && let Some(schema) = self.variant(&at, variant)
        {
            return self.walk(&schema, &segments(rest), 24).1;
        }
        let media = self.json.pointer(&content).and_then(Value::as_object);
        let Some((media, _)) = media.and_then(|media| media.iter().next()) else {
            return content;
        };
        let schema = format!("{content}/{}/schema", escape(media));
        match self.existing_one(schema) {
            Some(schema) => self.walk(&schema, &segments(about.pointer), 24).1,
            None => content,
        }
    }

    fn variant(&self, at: &str, name: &str) -> Option<String> {
        let variants = self.json.pointer(&format!("{at}/x-variants"))?.as_array()?;
        let variant = variants.iter().find(|variant| variant["name"] == name)?;
        let schema = variant["schema"].as_str()?;
        self.existing_one(schema.trim_start_matches('#').to_owned())
    }

    /// As far down as a schema tells of these members: how many, and where that is.
    fn walk(&self, at: &str, segments: &[String], depth: usize) -> (usize, String) {
        let here = (0, at.to_owned());
        let Some(node) = self.json.pointer(at).filter(|_| depth > 0) else {
            return here;
        };
        if let Some(target) = node["$ref"].as_str() {
            return self.walk(target.trim_start_matches('#'), segments, depth - 1);
        }
        let Some((first, rest)) = segments.split_first() else {
            return here;
        };
        let mut best = here;
        let mut offer = |(deep, place): (usize, String)| {
            if deep > best.0 {
                best = (deep, place);
            }
        };
        let number = first.parse::<usize>().is_ok();
        let mut steps = vec![format!("properties/{}", escape(first))];
        if number {
            steps.push(format!("prefixItems/{first}"));
            steps.push("items".to_owned());
        }
        steps.push("additionalProperties".to_owned());
        for step in steps {
            let next = format!("{at}/{step}");
            if self.json.pointer(&next).is_some_and(Value::is_object) {
                let (deep, place) = self.walk(&next, rest, depth - 1);
                offer((deep + 1, place));
            }
        }
        for word in BRANCHES {
            for index in 0..node[word].as_array().map_or(0, Vec::len) {
                offer(self.walk(&format!("{at}/{word}/{index}"), segments, depth - 1));
            }
        }
        best
    }

    fn existing_one(&self, pointer: String) -> Option<String> {
        self.json.pointer(&pointer).is_some().then_some(pointer)
    }

    fn existing(&self, pointer: String, otherwise: String) -> String {
        self.existing_one(pointer).unwrap_or(otherwise)
    }
}

const BRANCHES: [&str; 3] = ["allOf", "oneOf", "anyOf"];

fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

fn segments(pointer: &str) -> Vec<String> {
    let parts = pointer.split('/').skip(1);
    parts
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// The line, from 1, on which what a pointer names begins; of a pointer that leads nowhere, where it stops leading.
#[must_use]
pub fn line(text: &str, pointer: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = blank(bytes, 0);
    let mut found = at;
    for segment in segments(pointer) {
        let Some((name, value)) = member(text, at, &segment) else {
            break;
        };
        (found, at) = (name, value);
    }
    1 + bytes[..found.min(bytes.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

/// Where a member or element begins, and where its value does.
fn member(text: &str, at: usize, segment: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let open = *bytes.get(at)?;
    let mut at = blank(bytes, at + 1);
    let mut index = 0usize;
    loop {
        if matches!(bytes.get(at)?, b'}' | b']') {
            return None;
        }
        let begin = at;
        let wanted = match open {
            b'{' => {
                let end = past(bytes, at);
                let name: String = serde_json::from_str(text.get(at..end)?).ok()?;
                at = blank(bytes, blank(bytes, end) + 1);
                name == segment
            }
            b'[' => segment.parse() == Ok(index),
            _ => return None,
        };
        if wanted {
            return Some((begin, at));
        }
        at = blank(bytes, past(bytes, at));
        if bytes.get(at) == Some(&b',') {
            at = blank(bytes, at + 1);
        }
        index += 1;
    }
}

/// The first byte from here that is no white space.
fn blank(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

/// The first byte after the value that begins here.
fn past(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0usize;
    let mut quoted = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' => {
                quoted = !quoted;
                if !quoted && depth == 0 {
                    return at + 1;
                }
            }
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + usize::from(depth == 1),
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "{\n  \"a\": [1,\n    {\"b/c\": \"},\\\"\",\n     \"d\": {}}\n  ],\n  \"e\": null\n}\n";

    #[test]
    fn a_pointer_has_a_line() {
        assert_eq!(line(TEXT, ""), 1);
        assert_eq!(line(TEXT, "/a/0"), 2);
        assert_eq!(line(TEXT, "/a/1/b~1c"), 3);
        assert_eq!(line(TEXT, "/a/1/d"), 4);
        assert_eq!(line(TEXT, "/e"), 6);
        assert_eq!(line(TEXT, "/a/1/nothing"), 3, "as far as it leads");
    }

    #[test]
    fn every_operation_of_every_vendor_has_its_line() {
        for mounted in crate::vendors::mount().unwrap() {
            let atlas = Atlas::new(mounted.document);
            let lines: Vec<_> = mounted.document.text().lines().collect();
            for operation in mounted.document.operations() {
                let place = atlas.place(format!("{}/operationId", atlas.operation(operation)));
                let line = lines[place.line - 1];
                assert!(
                    line.contains(&format!("\"{}\"", operation.name)),
                    "{} is not at {place:?}: {line}",
                    operation.name
                );
            }
        }
    }
}
