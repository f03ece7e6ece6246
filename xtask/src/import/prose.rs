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

fn visit(html: &str, mut see: impl FnMut(ElementRef<'_>)) {
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

/// Where the fields of a table stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In the body of the request, or of the webhook.
    Body,
    /// In the body of an answer.
    Response,
}

/// A table of fields.
#[derive(Clone, Debug)]
pub struct Table {
    /// Where its fields stand, as far as headings say.
    pub section: Option<Section>,
    /// The heading before it, without words that say nothing: `message` for "Message Objects".
    pub title: String,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// One field of a table.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its name; steps below it after `.`, elements of it after `[]`.
    pub name: String,
    /// A JSON Schema type.
    pub kind: Option<&'static str>,
    /// The type of its elements.
    pub elements: Option<&'static str>,
    /// The title of the table that describes it (or its elements).
    pub refers: Option<String>,
    /// Whether it must be there, when the table says so without conditions.
    pub required: Option<bool>,
    /// The values it may have.
    pub values: Vec<String>,
    /// The most it may be: value, characters or elements.
    pub max: Option<u64>,
    /// The value it has when it is not given.
    pub default: Option<String>,
    /// Whether it may be null.
    pub nullable: bool,
    /// Where it stands, when the row itself says so.
    pub section: Option<Section>,
}

/// The tables of fields in a description, in order.
pub fn tables(html: &str) -> Vec<Table> {
    let mut section = None;
    let mut title = String::new();
    let mut found = Vec::new();
    visit(html, |element| {
        let name = element.value().name();
        let heading = matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
        if name == "table" {
            found.extend(table(element, section, &title));
        } else if (heading || name == "p" || name == "strong")
            && !inside(element, &["table", "li", "pre"])
        {
            let said = text(element);
            if said.split_whitespace().count() > 6 {
                return;
            }
            if let Some(known) =
                section_of(&said).filter(|_| heading || said.split_whitespace().count() <= 3)
            {
                section = Some(known);
            }
            title = subject(&said);
        }
    });
    found
}

fn section_of(said: &str) -> Option<Section> {
    let said = said.to_ascii_lowercase();
    let has = |word: &str| said.contains(word);
    if has("response") || has("returns") {
        Some(Section::Response)
    } else if has("path param") || has("url param") {
        Some(Section::Path)
    } else if has("query") {
        Some(Section::Query)
    } else if has("header") && has("s") && !has("object") {
        Some(Section::Header)
    } else if has("request body")
        || has("body param")
        || has("payload")
        || said == "body"
        || has("request param")
    {
        Some(Section::Body)
    } else {
        None
    }
}

/// What a heading or a type is about: "Array of Message Objects" → "message".
fn subject(said: &str) -> String {
    let said = said
        .split('(')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let empty = ["array", "of", "object", "objects", "schema", "the", "a"];
    said.split_whitespace()
        .filter(|word| !empty.contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

fn table(element: ElementRef<'_>, section: Option<Section>, title: &str) -> Option<Table> {
    let mut rows = element
        .descendants()
        .filter_map(ElementRef::wrap)
        .filter(|one| one.value().name() == "tr")
        .map(|row| {
            let cells = row
                .children()
                .filter_map(ElementRef::wrap)
                .filter(|cell| matches!(cell.value().name(), "td" | "th"));
            cells.map(lines).collect::<Vec<_>>()
        });
    let header: Vec<String> = rows
        .next()?
        .iter()
        .map(|cell| cell.to_ascii_lowercase())
        .collect();
    let column = |names: &[&str]| {
        header
            .iter()
            .position(|cell| names.contains(&cell.as_str()))
    };
    let name = column(&[
        "field",
        "parameter",
        "header",
        "key",
        "property",
        "name",
        "attribute",
    ])?;
    if name != 0 || (column(&["description", "type", "required"]).is_none()) {
        return None;
    }
    let columns = (
        column(&["type", "data type"]),
        column(&["required", "mandatory"]),
        column(&["description", "remark"]),
        column(&["default value", "default"]),
        column(&["location", "in"]),
        column(&["nullable"]),
    );
    let rows: Vec<Row> = rows
        .filter_map(|cells| row(&cells, name, columns))
        .collect();
    (!rows.is_empty()).then(|| Table {
        section,
        title: title.to_owned(),
        rows,
    })
}

type Columns = (
    Option<usize>,
    Option<usize>,
    Option<usize>,
    Option<usize>,
    Option<usize>,
    Option<usize>,
);

fn row(
    cells: &[String],
    name: usize,
    (kind, required, description, default, place, nullable): Columns,
) -> Option<Row> {
    let cell = |column: Option<usize>| {
        column
            .and_then(|column| cells.get(column))
            .map(|cell| cell.trim().to_owned())
            .unwrap_or_default()
    };
    let name = cell(Some(name)).trim_matches('*').to_owned();
    if name.is_empty() || name.contains(char::is_whitespace) || name.contains("::") {
        return None;
    }
    let mut row = Row {
        name,
        ..Row::default()
    };
    let type_text = cell(kind);
    (row.kind, row.elements, row.refers) = type_of(&type_text);
    let said = cell(description);
    row.nullable = cell(nullable).eq_ignore_ascii_case("yes")
        || cell(nullable).eq_ignore_ascii_case("true")
        || nullable_in(&said)
        || nullable_in(&type_text);
    row.required = match cell(required).to_ascii_lowercase().as_str() {
        "yes" | "true" | "required" | "y" => Some(true),
        "no" | "false" | "optional" | "n" => Some(false),
        _ => required_in(&said),
    };
    row.values = values_in(&said);
    row.max = max_in(&said);
    row.default = Some(cell(default))
        .filter(|value| !value.is_empty() && value != "-")
        .or_else(|| default_in(&said));
    row.section = match cell(place).to_ascii_lowercase().as_str() {
        "path" => Some(Section::Path),
        "query" => Some(Section::Query),
        "header" => Some(Section::Header),
        "body" | "request body" => Some(Section::Body),
        _ => None,
    };
    Some(row)
}

/// What the description of a parameter says, as HTML.
pub fn said_of(html: &str) -> Row {
    let said = lines(Html::parse_fragment(html).root_element());
    Row {
        required: required_in(&said),
        values: values_in(&said),
        max: max_in(&said),
        default: default_in(&said),
        ..Row::default()
    }
}

fn type_of(said: &str) -> (Option<&'static str>, Option<&'static str>, Option<String>) {
    let said = said.to_ascii_lowercase();
    if said.is_empty() || said.contains(" / ") || said.contains('|') {
        return (None, None, None);
    }
    let one = |word: &str| match word.trim_matches(|c: char| !c.is_ascii_alphanumeric()) {
        "integer" | "int" | "long" => Some("integer"),
        "number" | "double" | "float" | "decimal" => Some("number"),
        "string" | "text" | "strings" | "uuid" | "time" | "datetime" | "date" => Some("string"),
        "boolean" | "bool" => Some("boolean"),
        "object" | "objects" => Some("object"),
        _ => None,
    };
    let words: Vec<&str> = said.split_whitespace().collect();
    let refers = (said.contains("object") && !subject(&said).is_empty()).then(|| subject(&said));
    if words
        .first()
        .is_some_and(|word| word.starts_with("array") || word.starts_with("list"))
    {
        let elements = if said.contains("object") {
            Some("object")
        } else {
            words.get(2).and_then(|word| one(word))
        };
        return (Some("array"), elements, refers);
    }
    if said.contains("object") {
        return (Some("object"), None, refers);
    }
    (words.first().and_then(|word| one(word)), None, None)
}

/// Whether a field is said to be required or optional, without a condition.
pub fn required_in(said: &str) -> Option<bool> {
    let start: String = said
        .trim_start_matches(['*', '(', ' ', '\n'])
        .chars()
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase();
    if start.starts_with("optional") {
        return Some(false);
    }
    let rest = start.strip_prefix("required")?;
    let conditional = [" for", " if", " when", " unless", " only"]
        .iter()
        .any(|word| rest.starts_with(word));
    (!conditional).then_some(true)
}

fn nullable_in(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    [
        "nullable",
        "null if",
        "null until",
        "null for",
        "return null",
        "or null",
        "is null",
    ]
    .iter()
    .any(|word| said.contains(word))
}

fn max_in(said: &str) -> Option<u64> {
    let said = said.to_ascii_lowercase();
    let at = ["max:", "maximum:", "maximum ", "max "]
        .iter()
        .find_map(|word| said.find(word).map(|at| at + word.len()))?;
    let rest = said[at..].trim_start();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let after = rest[digits.len()..].trim_start();
    // A size in bytes is no limit of the field itself.
    if after.starts_with(['.', ',', '%'])
        || ["mb", "kb", "gb", "minute", "second", "hour", "day"]
            .iter()
            .any(|unit| after.starts_with(unit))
    {
        return None;
    }
    digits.parse().ok()
}

fn default_in(said: &str) -> Option<String> {
    let lower = said.to_ascii_lowercase();
    let at = ["default:", "defaults to"]
        .iter()
        .find_map(|word| lower.find(word).map(|at| at + word.len()))?;
    let value: String = said
        .get(at..)?
        .trim_start()
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c))
        .collect();
    (!value.is_empty()).then_some(value)
}

/// A list of values in what is said about a field; empty when there is none.
pub fn values_in(said: &str) -> Vec<String> {
    let lower = said.to_ascii_lowercase();
    let mut values: Vec<String> = Vec::new();
    let marks = [
        "possible values",
        "possible value",
        "supported values",
        "supported value",
        "allowed values",
        "accepted values",
        "one of:",
    ];
    let word = |text: &str| {
        !text.is_empty()
            && text.len() <= 40
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
            && !text.starts_with('-')
    };
    if marks.iter().any(|mark| lower.contains(mark)) {
        let mut listing = false;
        for line in said.lines().map(str::trim) {
            let line_lower = line.to_ascii_lowercase();
            if let Some(mark) = marks.iter().find(|mark| line_lower.contains(*mark)) {
                listing = true;
                let after = &line[line_lower.find(mark).unwrap_or_default() + mark.len()..];
                let after = after
                    .trim_start_matches(['s', ':', ' ', '['])
                    .trim_end_matches([']', '.']);
                let listed: Vec<&str> = after
                    .split([',', '/'])
                    .map(|one| one.trim().trim_matches(['"', '\'', '`']))
                    .collect();
                if listed.len() > 1 && listed.iter().all(|one| word(one)) {
                    values.extend(listed.into_iter().map(str::to_owned));
                    listing = false;
                }
                continue;
            }
            if !listing || line.is_empty() {
                continue;
            }
            let item = line.trim_start_matches(['-', '*', '•', ' ']);
            let first = item
                .split([':', '(', '→', ' '])
                .next()
                .unwrap_or_default()
                .trim()
                .trim_matches(['"', '\'', '`']);
            let marked = line.starts_with(['-', '*', '•']);
            let alone = first.len() == item.len();
            if word(first)
                && (marked || alone)
                && (alone
                    || item[first.len()..]
                        .trim_start()
                        .starts_with([':', '(', '→']))
            {
                values.push(first.to_owned());
            } else if !marked {
                listing = false;
            } else {
                // A value that is no plain word: the list cannot be trusted to be complete.
                return vec![];
            }
        }
    } else {
        let tail = said.rsplit_once(':').map_or(said, |(_, tail)| tail).trim();
        let by_or: Vec<&str> = tail.split(" or ").map(str::trim).collect();
        let by_comma: Vec<&str> = tail.split(',').map(str::trim).collect();
        let listed = if by_or.len() == 2 && !tail.contains(',') {
            by_or
        } else {
            by_comma
        };
        if listed.len() > 1 && listed.iter().all(|one| word(one) && !one.ends_with('.')) {
            values.extend(listed.into_iter().map(str::to_owned));
        }
    }
    values.dedup();
    let mut unique: Vec<String> = Vec::new();
    for value in values {
        if !unique.contains(&value) {
            unique.push(value);
        }
    }
    if unique.len() > 1 { unique } else { vec![] }
}

/// The text of a cell, with a line for every break and every list item.
fn lines(element: ElementRef<'_>) -> String {
    let mut said = String::new();
    for node in element.descendants() {
        if let Some(text) = node.value().as_text() {
            said.push_str(&text.replace('\n', " "));
        } else if let Some(inner) = ElementRef::wrap(node) {
            match inner.value().name() {
                "br" | "p" | "ul" | "ol" => said.push('\n'),
                "li" => said.push_str("\n- "),
                _ => {}
            }
        }
    }
    said.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn code_blocks_are_named_after_what_stands_above_them() {
        let html = "<h2>Examples</h2><h3>Incoming Call</h3><pre><code>{\"a\": 1}</code></pre>\
                    <p><strong>Form</strong></p><pre><code>payload={\"b\": 2}</code></pre>\
                    <p>LiveChat</p><pre>[{\"c\": &quot;x&quot;}]</pre><pre>curl https://example.org</pre>";
        let found: Vec<_> = blocks(html)
            .into_iter()
            .map(|block| (block.heading, block.value, block.field))
            .collect();
        assert_eq!(
            found,
            [
                ("Incoming Call".to_owned(), json!({"a": 1}), None),
                (
                    "Form".to_owned(),
                    json!({"b": 2}),
                    Some("payload".to_owned())
                ),
                ("LiveChat".to_owned(), json!([{"c": "x"}]), None),
            ]
        );
    }

    #[test]
    fn tables_become_rows_with_their_section() {
        let html = "<h4>Query Parameters</h4><table><thead><tr><th>Field</th><th>Type</th><th>Required</th><th>Description</th></tr></thead><tbody>\
                    <tr><td>pageSize</td><td>Integer</td><td>No</td><td>Rows. Default: 20 (Max: 100)</td></tr>\
                    <tr><td>platform</td><td>String</td><td>Yes</td><td>Possible values:<br>- line<br>- web: the site<br></td></tr></tbody></table>\
                    <h4>Responses</h4><p>Message Objects</p><table><thead><tr><th>Field</th><th>Type</th><th>Description</th></tr></thead><tbody>\
                    <tr><td>tags</td><td>Array of String</td><td>Text (Nullable)</td></tr></tbody></table>";
        let tables = tables(html);
        assert_eq!(tables.len(), 2);
        assert_eq!(
            (tables[0].section, tables[1].section),
            (Some(Section::Query), Some(Section::Response))
        );
        let size = &tables[0].rows[0];
        assert_eq!(
            (size.kind, size.required, size.max, size.default.as_deref()),
            (Some("integer"), Some(false), Some(100), Some("20"))
        );
        let platform = &tables[0].rows[1];
        assert_eq!(
            (platform.required, platform.values.clone()),
            (Some(true), vec!["line".to_owned(), "web".to_owned()])
        );
        let tags = &tables[1].rows[0];
        assert_eq!(
            (
                tables[1].title.as_str(),
                tags.kind,
                tags.elements,
                tags.nullable
            ),
            ("message", Some("array"), Some("string"), true)
        );
    }

    #[test]
    fn values_are_lists_and_not_prose() {
        assert_eq!(values_in("agent or customer"), ["agent", "customer"]);
        assert_eq!(
            values_in("Current state: answered, not_answered, dialing"),
            ["answered", "not_answered", "dialing"]
        );
        assert_eq!(
            values_in("Possible values: [true, false]"),
            ["true", "false"]
        );
        for prose in [
            "Full name of the customer, as entered",
            "The start of the range",
            "Dial start time",
            "Supported values:\n- one\n- a b c",
        ] {
            assert_eq!(values_in(prose), Vec::<String>::new(), "{prose}");
        }
    }

    #[test]
    fn a_requirement_with_a_condition_is_none() {
        assert_eq!(required_in("Required. The id"), Some(true));
        assert_eq!(required_in("(required) - name"), Some(true));
        assert_eq!(required_in("Optional"), Some(false));
        assert_eq!(required_in("Required for type=text"), None);
        assert_eq!(required_in("Required if no specific userId"), None);
    }
}
