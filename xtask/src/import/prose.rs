//! What descriptions hold besides prose: code blocks with JSON, and tables of fields.

use scraper::{ElementRef, Html};
use serde_json::Value;

use super::ladder::{self, Rung};

/// A code block that could be read as a body.
#[derive(Clone, Debug)]
pub struct Block {
    /// The nearest heading or bold text before it; empty when there is none.
    pub heading: String,
    /// What it says.
    pub value: Value,
    /// How it was read.
    pub rung: Rung,
    /// The form field it was written under (`name={…}`), when it was.
    pub field: Option<String>,
    /// A status named in the heading.
    pub status: Option<u16>,
}

/// The JSON code blocks of a description, in order.
pub fn blocks(html: &str) -> Vec<Block> {
    let mut heading = String::new();
    let mut found = Vec::new();
    visit(html, |element| {
        let name = element.value().name();
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => heading = text(element),
            "strong" | "b"
                if !inside(
                    element,
                    &["pre", "table", "li", "h1", "h2", "h3", "h4", "h5", "h6"],
                ) =>
            {
                let said = text(element);
                if stands_alone(element, &said) {
                    heading = said;
                }
            }
            "p" if !inside(element, &["li", "table", "pre"]) => {
                // A paragraph of a word or three is a heading somebody forgot to mark.
                let said = text(element);
                if !said.is_empty()
                    && said.split_whitespace().count() <= 3
                    && !said.contains(['{', '.', '|'])
                {
                    heading = said;
                }
            }
            "pre" => {
                let code: String = element.text().collect();
                found.extend(block(&code, &heading));
            }
            _ => {}
        }
    });
    found
}

fn block(code: &str, heading: &str) -> Option<Block> {
    let code = code.trim();
    let (field, json) = match code.split_once('=') {
        Some((name, rest))
            if rest.trim_start().starts_with('{')
                && name.trim().chars().all(|c| c.is_alphanumeric() || c == '_') =>
        {
            (Some(name.trim().to_owned()), rest)
        }
        _ => (None, code),
    };
    if !json.trim_start().starts_with(['{', '[', '/']) {
        return None;
    }
    // Markdown sometimes left its escapes in the code.
    let read = ladder::read(json)
        .or_else(|_| {
            ladder::read(
                &json
                    .replace("\\[", "[")
                    .replace("\\]", "]")
                    .replace("\\_", "_"),
            )
        })
        .ok()?;
    if !read.value.is_object() && !read.value.is_array() {
        return None;
    }
    let heading = heading.trim().trim_end_matches(':').trim();
    let status = heading
        .split(|c: char| !c.is_ascii_digit())
        .filter(|word| word.len() == 3)
        .find_map(|word| word.parse().ok())
        .filter(|code| (100..600).contains(code));
    Some(Block {
        heading: heading.to_owned(),
        value: read.value,
        rung: read.rung,
        field,
        status,
    })
}

fn visit<'a>(html: &'a str, mut see: impl FnMut(ElementRef<'_>)) {
    let fragment = Html::parse_fragment(html);
    for node in fragment.root_element().descendants() {
        if let Some(element) = ElementRef::wrap(node) {
            see(element);
        }
    }
}

fn text(element: ElementRef<'_>) -> String {
    element
        .text()
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn inside(element: ElementRef<'_>, names: &[&str]) -> bool {
    element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .any(|above| names.contains(&above.value().name()))
}

fn stands_alone(element: ElementRef<'_>, said: &str) -> bool {
    let around = element
        .parent()
        .and_then(ElementRef::wrap)
        .map(text)
        .unwrap_or_default();
    around.trim_end_matches([':', ' ']) == said.trim_end_matches([':', ' '])
}
