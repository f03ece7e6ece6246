//! Puts what tables and comments say into schemas made from examples; the examples are right where they disagree.

use serde_json::{Value, json};

use super::condition::{escape, expand};
use super::ladder::Remarks;
use super::prose::{self, Row, Section, Table};

/// A schema, the examples it was made from, and where in the whole body it stands.
pub struct Tree<'a> {
    /// A pointer with `*`; empty for the whole body.
    pub prefix: &'a str,
    /// What is known of it.
    pub schema: &'a mut Value,
    /// Its examples.
    pub samples: &'a [Value],
}

/// Something said about one place.
#[derive(Clone, Debug, Default)]
struct Fact {
    kind: Option<&'static str>,
    elements: Option<&'static str>,
    required: Option<bool>,
    values: Vec<String>,
    max: Option<u64>,
    default: Option<String>,
    nullable: bool,
    note: Option<String>,
}

impl From<&Row> for Fact {
    fn from(row: &Row) -> Self {
        Self {
            kind: row.kind,
            elements: row.elements,
            required: row.required,
            values: row.values.clone(),
            max: row.max,
            default: row.default.clone(),
            nullable: row.nullable,
            note: None,
        }
    }
}

/// Applies the tables of one section; returns where they contradict the examples.
pub fn tables(tables: &[Table], section: Section, trees: &mut [Tree<'_>]) -> Vec<String> {
    let mut contradictions = Vec::new();
    // Where an object that a type refers to stands: `message` → /messages/*.
    let mut referred: Vec<(String, String)> = Vec::new();
    for table in tables
        .iter()
        .filter(|table| table.section.is_none_or(|of| of == section))
    {
        let rows: Vec<&Row> = table
            .rows
            .iter()
            .filter(|row| row.section.is_none_or(|of| of == section))
            .collect();
        if rows.is_empty() || (table.section.is_none() && section == Section::Response) {
            continue;
        }
        for base in places(table, &rows, trees, &referred) {
            for row in &rows {
                let pointer = format!("{base}{}", steps(&row.name));
                if let Some(title) = &row.refers {
                    let inner = if row.kind == Some("array") {
                        format!("{pointer}/*")
                    } else {
                        pointer.clone()
                    };
                    referred.push((title.clone(), inner));
                }
                for tree in trees.iter_mut() {
                    if let Some(inside) = within(tree.prefix, &pointer) {
                        apply(tree, &inside, &Fact::from(*row), true, &mut contradictions);
                    }
                }
            }
        }
    }
    contradictions
}

/// Applies the comments of one body.
pub fn comments(remarks: &Remarks, trees: &mut [Tree<'_>]) -> Vec<String> {
    let mut contradictions = Vec::new();
    for (pointer, said) in &remarks.trailing {
        let Some(fact) = remark(said) else { continue };
        let starred = starred(pointer);
        for tree in trees.iter_mut() {
            if let Some(inside) = within(tree.prefix, &starred) {
                apply(tree, &inside, &fact, false, &mut contradictions);
            }
        }
    }
    contradictions
}

/// What a trailing comment says, when it is a fact and not prose.
fn remark(said: &str) -> Option<Fact> {
    let said = said
        .trim()
        .trim_start_matches("ADDED")
        .trim_start_matches("CHANGED")
        .trim_start_matches([' ', '-', '/']);
    let lower = said.to_ascii_lowercase();
    let mut fact = Fact::default();
    if lower.starts_with("only included") {
        fact.required = Some(false);
        fact.note = Some("conditional".into());
        return Some(fact);
    }
    if let Some(required) =
        prose::required_in(said).filter(|_| said.split_whitespace().count() <= 3)
    {
        fact.required = Some(required);
        fact.note = Some(if required { "required" } else { "optional" }.into());
        return Some(fact);
    }
    let words: Vec<&str> = said.split_whitespace().collect();
    if words.first() == Some(&"max") && words.get(2).is_some_and(|word| word.starts_with("char")) {
        fact.max = words.get(1).and_then(|word| word.parse().ok());
        fact.note = fact.max.map(|max| format!("max {max} characters"));
        return fact.max.is_some().then_some(fact);
    }
    let short = |word: &str| {
        word.len() <= 24
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    };
    fact.values = match words.as_slice() {
        [one, "or", other] if short(one) && short(other) => {
            vec![(*one).to_owned(), (*other).to_owned()]
        }
        // "1 for this or 0 for that" names two values and copies none of the words.
        [one, "for", rest @ ..] if short(one) => {
            let second = rest
                .windows(3)
                .find(|three| three[0] == "or" && three[2] == "for" && short(three[1]))
                .map(|three| three[1]);
            match second {
                Some(other) => vec![(*one).to_owned(), other.to_owned()],
                None if one.chars().all(|c| c.is_ascii_digit()) => {
                    fact.note = Some((*one).to_owned());
                    return Some(fact);
                }
                None => return None,
            }
        }
        _ => prose::values_in(said),
    };
    if fact.values.is_empty() {
        return None;
    }
    fact.note = Some(fact.values.join(" | "));
    Some(fact)
}

/// `contact.name` → `/contact/name`, `comments[].id` → `/comments/*/id`.
fn steps(name: &str) -> String {
    name.split('.')
        .map(|step| match step.strip_suffix("[]") {
            Some(array) => format!("/{}/*", escape(array)),
            None => format!("/{}", escape(step)),
        })
        .collect()
}

fn starred(pointer: &str) -> String {
    let step = |step: &str| {
        if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
            "*".to_owned()
        } else {
            step.to_owned()
        }
    };
    pointer.split('/').map(step).collect::<Vec<_>>().join("/")
}

fn within(prefix: &str, pointer: &str) -> Option<String> {
    let rest = pointer.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
}

/// Which objects a table describes: the one a type refers to by its title, else the one that has most of its fields.
fn places(
    table: &Table,
    rows: &[&Row],
    trees: &[Tree<'_>],
    referred: &[(String, String)],
) -> Vec<String> {
    let mut objects: Vec<(String, Vec<String>)> = Vec::new();
    for tree in trees {
        gather(tree.schema, tree.prefix, &mut objects);
    }
    let named: Vec<String> = referred
        .iter()
        .filter(|(title, _)| same_subject(title, &table.title))
        .map(|(_, place)| place.clone())
        .collect();
    let known: Vec<String> = named
        .into_iter()
        .filter(|place| objects.iter().any(|(pointer, _)| pointer == place))
        .collect();
    if !known.is_empty() {
        return known;
    }
    let first = |row: &Row| {
        row.name
            .split(['.', '['])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut names: Vec<String> = rows.iter().map(|row| first(row)).collect();
    names.dedup();
    let score = |properties: &[String]| {
        names
            .iter()
            .filter(|name| properties.contains(name))
            .count()
    };
    let best = objects
        .iter()
        .map(|(_, properties)| score(properties))
        .max()
        .unwrap_or(0);
    if best == 0 || best * 2 < names.len() {
        return vec![];
    }
    let whole: Vec<String> = objects
        .iter()
        .filter(|(_, properties)| {
            properties.len() == names.len() && score(properties) == names.len()
        })
        .map(|(pointer, _)| pointer.clone())
        .collect();
    if whole.len() > 1 {
        return whole;
    }
    objects
        .iter()
        .filter(|(_, properties)| score(properties) == best)
        .min_by_key(|(pointer, _)| pointer.len())
        .map(|(pointer, _)| vec![pointer.clone()])
        .unwrap_or_default()
}

fn same_subject(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches('s').replace(' ', "");
    !one.is_empty() && bare(one) == bare(other)
}

fn gather(schema: &Value, at: &str, objects: &mut Vec<(String, Vec<String>)>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        objects.push((at.to_owned(), properties.keys().cloned().collect()));
        for (name, property) in properties {
            gather(property, &format!("{at}/{}", escape(name)), objects);
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(key).filter(|inner| inner.is_object()) {
            gather(inner, &format!("{at}/*"), objects);
        }
    }
}

fn schema_at<'a>(schema: &'a mut Value, pointer: &str) -> Option<&'a mut Value> {
    pointer.split('/').skip(1).try_fold(schema, |place, step| {
        if step == "*" {
            let key = if place.get("items").is_some() {
                "items"
            } else {
                "additionalProperties"
            };
            return place.get_mut(key);
        }
        place
            .get_mut("properties")?
            .get_mut(step.replace("~1", "/").replace("~0", "~"))
    })
}

fn apply(
    tree: &mut Tree<'_>,
    pointer: &str,
    fact: &Fact,
    may_add: bool,
    contradictions: &mut Vec<String>,
) {
    let Some((above, name)) = pointer.rsplit_once('/') else {
        return;
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    if name == "*" {
        return;
    }
    let here = format!("{}{pointer}", tree.prefix);
    let parents: Vec<&Value> = tree
        .samples
        .iter()
        .flat_map(|sample| expand(sample, above))
        .map(|(_, value)| value)
        .filter(|value| value.is_object())
        .collect();
    let values: Vec<&Value> = parents
        .iter()
        .filter_map(|parent| parent.get(&name))
        .collect();
    let Some(parent) = schema_at(tree.schema, above) else {
        return;
    };
    if !parent.is_object() || parent.get("properties").is_none() {
        return;
    }
    if parent["properties"].get(&name).is_none() {
        if !may_add || parent.get("additionalProperties").is_some() {
            return;
        }
        if fact.required == Some(true) {
            contradictions.push(format!(
                "{here}: the table says required, no example has it"
            ));
        } else {
            contradictions.push(format!("{here}: in the table, in no example"));
        }
        parent["properties"][&name] = json!({});
    }
    match fact.required {
        Some(true) if !parents.is_empty() && values.len() == parents.len() => {
            require(parent, &name, true)
        }
        Some(true) if !values.is_empty() => contradictions.push(format!(
            "{here}: said to be required, missing in {} of {} places",
            parents.len() - values.len(),
            parents.len()
        )),
        Some(false) => require(parent, &name, false),
        _ => {}
    }
    let property = &mut parent["properties"][&name];
    if !property.is_object() {
        return;
    }
    if let Some(kind) = fact.kind {
        narrow(property, kind, &values, &here, contradictions);
        if kind == "array"
            && property["type"] == json!("array")
            && property.get("items").is_none()
            && let Some(elements) = fact.elements
        {
            property["items"] = json!({"type": elements});
        }
    }
    if fact.nullable {
        allow_null(property);
    }
    if !fact.values.is_empty() {
        enumerate(property, &fact.values, &values, &here, contradictions);
    }
    if let Some(max) = fact.max {
        limit(property, max, &values, &here, contradictions);
    }
    if let Some(default) = fact.default.as_ref().and_then(|text| typed(property, text)) {
        property["default"] = default;
    }
    if let Some(note) = &fact.note {
        property["x-note"] = json!(note);
    }
}

fn require(parent: &mut Value, name: &str, must: bool) {
    let listed = parent["required"]
        .as_array()
        .is_some_and(|all| all.contains(&json!(name)));
    if must && !listed {
        match parent["required"].as_array_mut() {
            Some(all) => all.push(json!(name)),
            None => parent["required"] = json!([name]),
        }
    } else if !must && listed {
        if let Some(all) = parent["required"].as_array_mut() {
            all.retain(|other| other != name);
        }
        if parent["required"] == json!([])
            && let Some(members) = parent.as_object_mut()
        {
            members.shift_remove("required");
        }
    }
    if parent["required"].is_null()
        && let Some(members) = parent.as_object_mut()
    {
        members.shift_remove("required");
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    }
}

fn narrow(
    property: &mut Value,
    kind: &'static str,
    values: &[&Value],
    here: &str,
    contradictions: &mut Vec<String>,
) {
    let odd = values
        .iter()
        .find(|value| !value.is_null() && !is_a(value, kind));
    if let Some(odd) = odd {
        let found = match odd {
            Value::String(_) => "string",
            Value::Number(_) => "number",
            Value::Bool(_) => "boolean",
            Value::Array(_) => "array",
            _ => "object",
        };
        contradictions.push(format!(
            "{here}: the table says {kind}, an example has {found}"
        ));
        return;
    }
    let null = values.iter().any(|value| value.is_null());
    property["type"] = if null {
        json!([kind, "null"])
    } else {
        json!(kind)
    };
}

fn allow_null(property: &mut Value) {
    match property.get("type").cloned() {
        Some(Value::String(kind)) if kind != "null" => property["type"] = json!([kind, "null"]),
        Some(Value::Array(mut kinds)) if !kinds.contains(&json!("null")) => {
            kinds.push(json!("null"));
            property["type"] = Value::Array(kinds);
        }
        _ => {}
    }
    if let Some(values) = property.get_mut("enum").and_then(Value::as_array_mut)
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// A word of prose as a value of the property's type.
fn typed(property: &Value, word: &str) -> Option<Value> {
    let kinds = match &property["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["string"],
    };
    kinds.iter().find_map(|kind| match *kind {
        "string" => Some(json!(word)),
        "integer" => word.parse::<i64>().ok().map(|number| json!(number)),
        "number" => word.parse::<f64>().ok().map(|number| json!(number)),
        "boolean" => word.parse::<bool>().ok().map(|flag| json!(flag)),
        _ => None,
    })
}

fn enumerate(
    property: &mut Value,
    words: &[String],
    values: &[&Value],
    here: &str,
    contradictions: &mut Vec<String>,
) {
    let target = if property["type"] == json!("array") {
        property.get_mut("items")
    } else {
        Some(property)
    };
    let Some(target) = target.filter(|target| target.is_object()) else {
        return;
    };
    let Some(mut all) = words
        .iter()
        .map(|word| typed(target, word))
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    if all.iter().all(Value::is_boolean) {
        return;
    }
    let flat: Vec<&Value> = values
        .iter()
        .flat_map(|value| {
            value
                .as_array()
                .map_or_else(|| vec![*value], |elements| elements.iter().collect())
        })
        .collect();
    // A template hole stands for one of the values.
    let hole = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.contains("{{") || text.starts_with('<'))
    };
    if let Some(odd) = flat
        .iter()
        .find(|value| !value.is_null() && !hole(value) && !all.contains(value))
    {
        contradictions.push(format!(
            "{here}: an example has {odd}, which is not among the listed values"
        ));
        return;
    }
    if flat.iter().any(|value| hole(value)) {
        return;
    }
    let nullable = target["type"]
        .as_array()
        .is_some_and(|kinds| kinds.contains(&json!("null")));
    if nullable {
        all.push(Value::Null);
    }
    target["enum"] = Value::Array(all);
}

fn limit(
    property: &mut Value,
    max: u64,
    values: &[&Value],
    here: &str,
    contradictions: &mut Vec<String>,
) {
    let has = |kind: &str| {
        property["type"] == json!(kind)
            || property["type"]
                .as_array()
                .is_some_and(|kinds| kinds.contains(&json!(kind)))
    };
    let (word, kept) = if has("array") {
        (
            "maxItems",
            values.iter().all(|value| {
                value
                    .as_array()
                    .is_none_or(|elements| elements.len() as u64 <= max)
            }),
        )
    } else if has("integer") || has("number") {
        (
            "maximum",
            values
                .iter()
                .all(|value| value.as_f64().is_none_or(|number| number <= max as f64)),
        )
    } else if has("string") {
        (
            "maxLength",
            values.iter().all(|value| {
                value
                    .as_str()
                    .is_none_or(|text| text.chars().count() as u64 <= max)
            }),
        )
    } else {
        return;
    };
    if kept {
        property[word] = json!(max);
    } else {
        contradictions.push(format!("{here}: an example is above the limit of {max}"));
    }
}

/// What the tables say of a parameter.
pub fn parameter(parameter: &mut Value, row: &Row, examples: &[String]) -> Option<String> {
    let here = format!(
        "{} parameter {}",
        parameter["in"].as_str().unwrap_or_default(),
        parameter["name"].as_str().unwrap_or_default()
    );
    let mut contradiction = None;
    if let Some(required) = row.required
        && parameter["in"] != json!("path")
    {
        parameter["required"] = json!(required);
    }
    let known: Vec<&String> = examples
        .iter()
        .filter(|value| !value.is_empty() && !value.contains("{{"))
        .collect();
    if let Some(kind) = row
        .kind
        .filter(|kind| ["integer", "number", "boolean", "string"].contains(kind))
    {
        let fits = |text: &str| match kind {
            "integer" => text.parse::<i64>().is_ok(),
            "number" => text.parse::<f64>().is_ok(),
            "boolean" => ["true", "false"].contains(&text),
            _ => true,
        };
        if let Some(odd) = known.iter().find(|text| !fits(text)) {
            contradiction = Some(format!(
                "{here}: the table says {kind}, an example has {odd:?}"
            ));
        } else {
            parameter["schema"]["type"] = json!(kind);
        }
    }
    if !row.values.is_empty()
        && known.iter().all(|text| {
            text.split(',')
                .all(|one| row.values.iter().any(|value| value == one))
        })
        && known.iter().all(|text| !text.contains(','))
    {
        let typed: Option<Vec<Value>> = row
            .values
            .iter()
            .map(|word| typed(&parameter["schema"], word))
            .collect();
        if let Some(values) = typed {
            parameter["schema"]["enum"] = Value::Array(values);
        }
    }
    if let Some(max) = row.max
        && ["integer", "number"].contains(&parameter["schema"]["type"].as_str().unwrap_or_default())
        && known
            .iter()
            .all(|text| text.parse::<u64>().is_ok_and(|number| number <= max))
    {
        parameter["schema"]["maximum"] = json!(max);
    }
    if let Some(default) = row
        .default
        .as_ref()
        .and_then(|text| typed(&parameter["schema"], text))
    {
        parameter["schema"]["default"] = default;
    }
    if let Some(example) = parameter
        .get("example")
        .and_then(Value::as_str)
        .map(str::to_owned)
        && let Some(example) = typed(&parameter["schema"], &example)
    {
        parameter["example"] = example;
    }
    contradiction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::ladder;
    use crate::import::shape::Shape;

    fn schema_and_samples(samples: &[Value]) -> Value {
        samples
            .iter()
            .fold(Shape::default(), |shape, one| {
                shape.merge(&Shape::of(one, &[]))
            })
            .schema()
    }

    fn with_table(samples: &[Value], rows: Vec<Row>) -> (Value, Vec<String>) {
        let mut schema = schema_and_samples(samples);
        let table = Table {
            section: Some(Section::Body),
            title: String::new(),
            rows,
        };
        let said = tables(
            &[table],
            Section::Body,
            &mut [Tree {
                prefix: "",
                schema: &mut schema,
                samples,
            }],
        );
        (schema, said)
    }

    fn row(name: &str) -> Row {
        Row {
            name: name.into(),
            ..Row::default()
        }
    }

    #[test]
    fn a_table_adds_what_examples_cannot_show() {
        let rows = vec![
            Row {
                kind: Some("string"),
                required: Some(true),
                values: vec!["line".into(), "web".into()],
                ..row("platform")
            },
            Row {
                kind: Some("array"),
                elements: Some("string"),
                max: Some(3),
                ..row("ids")
            },
            Row {
                kind: Some("string"),
                required: Some(false),
                ..row("note")
            },
        ];
        let (schema, said) = with_table(&[json!({"platform": "line", "ids": ["a"]})], rows);
        assert_eq!(schema["required"], json!(["platform"]));
        assert_eq!(
            schema["properties"]["platform"],
            json!({"type": "string", "enum": ["line", "web"]})
        );
        assert_eq!(
            schema["properties"]["ids"],
            json!({"type": "array", "items": {"type": "string"}, "maxItems": 3})
        );
        assert_eq!(schema["properties"]["note"], json!({"type": "string"}));
        assert_eq!(said, ["/note: in the table, in no example"]);
    }

    #[test]
    fn where_a_table_contradicts_the_examples_they_win_and_it_is_told() {
        let rows = vec![
            Row {
                kind: Some("integer"),
                ..row("count")
            },
            Row {
                required: Some(true),
                ..row("name")
            },
            Row {
                values: vec!["a".into(), "b".into()],
                ..row("kind")
            },
            Row {
                max: Some(1),
                kind: Some("array"),
                ..row("ids")
            },
        ];
        let samples = [
            json!({"count": "7", "name": "x", "kind": "c", "ids": [1, 2]}),
            json!({"count": "8", "kind": "a", "ids": []}),
        ];
        let (schema, said) = with_table(&samples, rows);
        let validator = jsonschema::validator_for(&schema).expect("JSON Schema");
        assert!(
            samples.iter().all(|one| validator.is_valid(one)),
            "{schema}"
        );
        assert_eq!(said.len(), 4, "{said:?}");
    }

    #[test]
    fn types_lead_to_the_tables_that_describe_them() {
        let body = |name: &str, rows| Table {
            section: Some(Section::Body),
            title: name.into(),
            rows,
        };
        let all = [
            body(
                "",
                vec![Row {
                    kind: Some("array"),
                    elements: Some("object"),
                    refers: Some("message".into()),
                    ..row("messages")
                }],
            ),
            body(
                "message",
                vec![Row {
                    kind: Some("string"),
                    required: Some(true),
                    ..row("type")
                }],
            ),
        ];
        let samples = [json!({"messages": [{"type": "text"}], "type": 1})];
        let mut schema = schema_and_samples(&samples);
        let said = tables(
            &all,
            Section::Body,
            &mut [Tree {
                prefix: "",
                schema: &mut schema,
                samples: &samples,
            }],
        );
        assert_eq!(
            schema["properties"]["messages"]["items"]["required"],
            json!(["type"])
        );
        assert!(
            schema.get("required").is_none() && said.is_empty(),
            "{schema} {said:?}"
        );
    }

    #[test]
    fn comments_become_facts_and_their_words_stay_behind() {
        let text = "{\n\"mode\": \"async\", //async or sync\n\"flag\": \"1\", //1 for this or 0 for that\n\"code\": \"552345\", //max 15 char for auth only\n\
                    \"extra\": 1, // ADDED - Only included if enabled\n\"group\": \"x\" //The sender must be an admin\n}";
        let read = ladder::read(text).expect("comments are readable");
        let samples = [
            read.value.clone(),
            json!({"mode": "sync", "flag": "0", "code": "1", "extra": 2, "group": "y"}),
        ];
        let mut schema = schema_and_samples(&samples);
        let said = comments(
            &read.remarks,
            &mut [Tree {
                prefix: "",
                schema: &mut schema,
                samples: &samples,
            }],
        );
        let properties = &schema["properties"];
        assert_eq!(
            properties["mode"],
            json!({"type": "string", "enum": ["async", "sync"], "x-note": "async | sync"})
        );
        assert_eq!(properties["flag"]["enum"], json!(["1", "0"]));
        assert_eq!(
            properties["code"],
            json!({"type": "string", "maxLength": 15, "x-note": "max 15 characters"})
        );
        assert_eq!(schema["required"], json!(["mode", "flag", "code", "group"]));
        assert!(
            !schema.to_string().contains("admin") && said.is_empty(),
            "{schema} {said:?}"
        );
    }
}
