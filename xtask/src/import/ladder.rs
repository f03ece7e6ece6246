//! Reads a body however it was written down, rung by rung, and remembers which rung it took.

use std::collections::BTreeMap;

use jsonc_parser::ast::{self, ObjectPropName};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How lenient one had to be to read a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rung {
    /// JSON as it should be.
    Strict,
    /// Comments or trailing commas.
    Comments,
    /// Single quotes, bare keys, missing commas.
    Loose,
    /// Bare `{{x}}` or `<x>` where a value should stand.
    Template,
    /// No JSON at all.
    Text,
}

impl Rung {
    /// As the contract writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Comments => "comments",
            Self::Loose => "loose",
            Self::Template => "template",
            Self::Text => "text",
        }
    }
}

/// A body that was read as JSON.
#[derive(Clone, Debug)]
pub struct Read {
    /// What it says.
    pub value: Value,
    /// How it was read.
    pub rung: Rung,
    /// Pointers of bare template holes, which `value` holds as strings.
    pub holes: Vec<String>,
    /// What its comments say.
    pub remarks: Remarks,
    /// Why strict JSON did not do, as `line:column: reason`.
    pub complaint: Option<String>,
}

/// What the comments of a body say.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// Comments at the end of a line, by the pointer of the property before them.
    pub trailing: Vec<(String, String)>,
    /// Properties (or elements) that were commented out, by the pointer of what holds them.
    pub commented_out: Vec<(String, Value)>,
    /// Whole bodies that were commented out beside the one that was not.
    pub bodies: Vec<Value>,
}

/// Reads `text`; `None` when it is no JSON on any rung.
pub fn read(text: &str) -> Result<Read, String> {
    let complaint = match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            return Ok(Read {
                value,
                rung: Rung::Strict,
                holes: vec![],
                remarks: Remarks::default(),
                complaint: None,
            });
        }
        Err(error) => format!("{}:{}: {}", error.line(), error.column(), reason(&error)),
    };
    for rung in [Rung::Comments, Rung::Loose] {
        if let Some((value, remarks)) = lenient(text, rung) {
            return Ok(Read {
                value,
                rung,
                holes: vec![],
                remarks,
                complaint: Some(complaint),
            });
        }
    }
    let (filled, any) = fill_holes(text);
    if any && let Some((mut value, remarks)) = lenient(&filled, Rung::Loose) {
        let mut holes = Vec::new();
        open_holes(&mut value, &mut String::new(), &mut holes);
        return Ok(Read {
            value,
            rung: Rung::Template,
            holes,
            remarks,
            complaint: Some(complaint),
        });
    }
    Err(complaint)
}

fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn options(rung: Rung) -> ParseOptions {
    let loose = rung >= Rung::Loose;
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: loose,
        allow_missing_commas: loose,
        allow_single_quoted_strings: loose,
        allow_hexadecimal_numbers: loose,
        allow_unary_plus_numbers: loose,
        allow_bare_decimal_point_numbers: loose,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: loose,
    }
}

fn lenient(text: &str, rung: Rung) -> Option<(Value, Remarks)> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Separate,
        tokens: false,
    };
    let parsed = parse_to_ast(text, &collect, &options(rung)).ok()?;
    let tree = parsed.value?;
    let comments: BTreeMap<usize, (usize, String)> = parsed
        .comments
        .into_iter()
        .flatten()
        .flat_map(|(_, comments)| {
            comments
                .iter()
                .map(|one| (one.start(), (one.end(), one.text().to_owned())))
                .collect::<Vec<_>>()
        })
        .collect();
    let remarks = remarks(text, &tree, &comments);
    Some((plain(&tree), remarks))
}

fn plain(tree: &ast::Value<'_>) -> Value {
    match tree {
        ast::Value::StringLit(text) => Value::String(text.value.to_string()),
        ast::Value::NumberLit(number) => serde_json::from_str(number.value)
            .unwrap_or_else(|_| Value::String(number.value.to_owned())),
        ast::Value::BooleanLit(flag) => Value::Bool(flag.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(array) => Value::Array(array.elements.iter().map(plain).collect()),
        ast::Value::Object(object) => Value::Object(
            object
                .properties
                .iter()
                .map(|one| (key(&one.name).to_owned(), plain(&one.value)))
                .collect::<Map<_, _>>(),
        ),
    }
}

fn key<'a>(name: &'a ObjectPropName<'a>) -> &'a str {
    name.as_str()
}

/// One place of the tree: where its text begins and ends, and its pointer.
struct Place {
    start: usize,
    end: usize,
    pointer: String,
    is_property: bool,
    is_object: bool,
    is_container: bool,
}

fn places(tree: &ast::Value<'_>, pointer: &str, found: &mut Vec<Place>) {
    let range = tree.range();
    let is_object = matches!(tree, ast::Value::Object(_));
    let is_container = is_object || matches!(tree, ast::Value::Array(_));
    found.push(Place {
        start: range.start,
        end: range.end,
        pointer: pointer.to_owned(),
        is_property: false,
        is_object,
        is_container,
    });
    match tree {
        ast::Value::Object(object) => {
            for property in &object.properties {
                let inner = format!(
                    "{pointer}/{}",
                    key(&property.name).replace('~', "~0").replace('/', "~1")
                );
                let range = property.range();
                found.push(Place {
                    start: range.start,
                    end: range.end,
                    pointer: inner.clone(),
                    is_property: true,
                    is_object: false,
                    is_container: false,
                });
                places(&property.value, &inner, found);
            }
        }
        ast::Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                places(element, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn remarks(
    text: &str,
    tree: &ast::Value<'_>,
    comments: &BTreeMap<usize, (usize, String)>,
) -> Remarks {
    let mut found = Vec::new();
    places(tree, "", &mut found);
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let mut remarks = Remarks::default();
    let mut block: Option<(usize, usize, String)> = None;
    let mut blocks = Vec::new();
    for (&start, (end, said)) in comments {
        let begin = line_start(start);
        let alone = text[begin..start].trim().is_empty();
        if alone {
            match &mut block {
                Some((_, until, so_far)) if text[*until..start].trim().is_empty() => {
                    so_far.push('\n');
                    so_far.push_str(said);
                    *until = *end;
                }
                _ => blocks.extend(block.replace((start, *end, said.clone()))),
            }
            continue;
        }
        // The last property that begins on this line before the comment is what the comment is about.
        let about = found
            .iter()
            .filter(|place| place.is_property && place.start >= begin && place.start < start)
            .max_by_key(|place| place.start);
        if let Some(place) = about {
            remarks
                .trailing
                .push((place.pointer.clone(), said.trim().to_owned()));
        }
    }
    blocks.extend(block);
    for (start, _, said) in blocks {
        let around = found
            .iter()
            .filter(|place| place.is_container && place.start < start && start < place.end)
            .min_by_key(|place| place.end - place.start);
        let Some(around) = around else {
            remarks.bodies.extend(
                values(&said)
                    .into_iter()
                    .filter(|value| value.is_object() || value.is_array()),
            );
            continue;
        };
        if around.is_object {
            remarks
                .commented_out
                .extend(members(&said).map(|members| (around.pointer.clone(), members)));
        } else {
            remarks.commented_out.extend(
                values(&said)
                    .into_iter()
                    .map(|value| (around.pointer.clone(), value)),
            );
        }
    }
    remarks
}

/// The members written in a comment, when that is what it holds.
fn members(said: &str) -> Option<Value> {
    let trimmed = said.trim();
    if !trimmed.starts_with('"') && !trimmed.starts_with('\'') {
        return None;
    }
    let wrapped = format!("{{{said}\n}}");
    let parsed = parse_to_ast(&wrapped, &CollectOptions::default(), &options(Rung::Loose)).ok()?;
    parsed
        .value
        .as_ref()
        .map(plain)
        .filter(|value| value.as_object().is_some_and(|members| !members.is_empty()))
}

/// The values written one after the other in a comment.
fn values(said: &str) -> Vec<Value> {
    let trimmed = said.trim();
    if !trimmed.starts_with('{') && !trimmed.starts_with('[') {
        return vec![];
    }
    let wrapped = format!("[{trimmed}\n]");
    let parsed = parse_to_ast(&wrapped, &CollectOptions::default(), &options(Rung::Loose)).ok();
    match parsed.and_then(|parsed| parsed.value.as_ref().map(plain)) {
        Some(Value::Array(elements)) => elements,
        _ => vec![],
    }
}

const MARK: char = '\u{e000}';

/// Puts quotes around bare holes, with a mark to find them again.
fn fill_holes(text: &str) -> (String, bool) {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut any = false;
    let mut rest = text;
    let mut quote = None;
    while let Some(next) = rest.chars().next() {
        let mut taken = next.len_utf8();
        if let Some(open) = quote {
            if next == '\\' {
                taken += rest[1..].chars().next().map_or(0, char::len_utf8);
            } else if next == open {
                quote = None;
            }
        } else if next == '"' || next == '\'' {
            quote = Some(next);
        } else if rest.starts_with("//") {
            taken = rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            taken = rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if let Some(hole) = hole(rest) {
            filled.push('"');
            filled.push(MARK);
            filled.push_str(hole);
            filled.push('"');
            rest = &rest[hole.len()..];
            any = true;
            continue;
        }
        filled.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    (filled, any)
}

fn hole(rest: &str) -> Option<&str> {
    let end = if rest.starts_with("{{") {
        rest.find("}}")? + 2
    } else if rest.starts_with('<') {
        rest.find('>')? + 1
    } else {
        return None;
    };
    let hole = &rest[..end];
    (!hole.contains(['"', '\n'])).then_some(hole)
}

fn open_holes(value: &mut Value, at: &mut String, holes: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if let Some(hole) = text.strip_prefix(MARK) {
                *text = hole.to_owned();
                holes.push(at.clone());
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter_mut().enumerate() {
                let length = at.len();
                at.push_str(&format!("/{index}"));
                open_holes(element, at, holes);
                at.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let length = at.len();
                at.push_str(&format!("/{}", name.replace('~', "~0").replace('/', "~1")));
                open_holes(member, at, holes);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_rung_reads_what_the_one_below_cannot() {
        let rungs = [
            (r#"{"a": [1, null, "x"]}"#, Rung::Strict),
            ("{\"a\": [1, null, \"x\"], // why\n}", Rung::Comments),
            ("{a: [1, null, 'x']}", Rung::Loose),
            ("{\"a\": [1, null, \"x\"]\n \"b\": 2}", Rung::Loose),
        ];
        for (text, rung) in rungs {
            let read = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                (read.rung, &read.value["a"]),
                (rung, &json!([1, null, "x"])),
                "{text}"
            );
        }
        assert!(read("Internal Server Error").is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn bare_holes_are_remembered_and_quoted_ones_are_text() {
        let read =
            read("{\"to\": {{number}}, \"name\": \"{{name}}\", \"list\": [<id>] // {{not}}\n}")
                .expect("a template is readable");
        assert_eq!(read.rung, Rung::Template);
        assert_eq!(
            read.value,
            json!({"to": "{{number}}", "name": "{{name}}", "list": ["<id>"]})
        );
        assert_eq!(read.holes, ["/to", "/list/0"]);
    }

    #[test]
    fn a_complaint_says_where_strict_json_ends() {
        let read = read("{\n  \"a\": 1,\n}").expect("a trailing comma is readable");
        assert_eq!(read.complaint.as_deref(), Some("3:1: trailing comma"));
    }

    #[test]
    fn comments_belong_to_the_property_before_them() {
        let text = "{\n  \"kind\": \"async\", // async or sync\n  \"inner\": {\"x\": 1}, // last\n  // alone\n  \"y\": 2\n}";
        let remarks = read(text).expect("comments are readable").remarks;
        assert_eq!(
            remarks.trailing,
            [
                ("/kind".to_owned(), "async or sync".to_owned()),
                ("/inner/x".to_owned(), "last".to_owned())
            ]
        );
        assert!(remarks.commented_out.is_empty() && remarks.bodies.is_empty());
    }

    #[test]
    fn what_is_commented_out_is_found_where_it_stood() {
        let text = "{\n  \"a\": 1,\n  // \"b\": [\n  //   2\n  // ],\n  \"list\": [\n    // {\"x\": 1},\n    {\"x\": 2}\n  ]\n}\n// {\n//   \"other\": true\n// }\n";
        let remarks = read(text).expect("comments are readable").remarks;
        assert_eq!(
            remarks.commented_out,
            [
                (String::new(), json!({"b": [2]})),
                ("/list".to_owned(), json!({"x": 1}))
            ]
        );
        assert_eq!(remarks.bodies, [json!({"other": true})]);
    }
}
