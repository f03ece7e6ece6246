//! Changes a JSON value by paths, typed by its schema; a path that leads nowhere is an error with a suggestion.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// How many suggestions are made.
const SUGGESTED: usize = 3;

/// How deep a schema is followed.
const DEEPEST: usize = 24;

/// A path into a value: the names and numbers of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(Vec<String>);

/// A path that leads nowhere, or to something that cannot be changed like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Misplaced {
    /// One clear sentence.
    pub message: String,
    /// The nearest paths that lead somewhere, the nearest first.
    pub suggestions: Vec<String>,
}

impl Place {
    /// Reads `a.b[0].c`, `a.b.0.c`, `$.a["b"]` or `/a/b/0/c`.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn read(text: &str) -> Result<Self, Misplaced> {
        let broken = |why: &str| Misplaced {
            message: format!("\"{text}\" is no path: {why}"),
            suggestions: Vec::new(),
        };
        if let Some(pointer) = text.strip_prefix('/') {
            let tokens = pointer.split('/');
            let plain = |token: &str| token.replace("~1", "/").replace("~0", "~");
            return Ok(Self(tokens.map(plain).collect()));
        }
        let text_after = text.strip_prefix('$').unwrap_or(text);
        let mut rest = text_after.strip_prefix('.').unwrap_or(text_after);
        let mut tokens = Vec::new();
        while !rest.is_empty() {
            if let Some(bracket) = rest.strip_prefix('[') {
                let (inside, after) = bracket
                    .split_once(']')
                    .ok_or_else(|| broken("a bracket stays open"))?;
                let bare = inside.trim_matches(['"', '\'']);
                if bare.is_empty() {
                    return Err(broken("there is nothing between its brackets"));
                }
                tokens.push(bare.to_owned());
                rest = after;
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                if end == 0 {
                    return Err(broken("two dots stand together"));
                }
                tokens.push(rest[..end].to_owned());
                rest = &rest[end..];
            }
            if let Some(after) = rest.strip_prefix('.') {
                if after.is_empty() {
                    return Err(broken("it ends with a dot"));
                }
                rest = after;
            }
        }
        if tokens.is_empty() {
            return Err(broken("it is empty"));
        }
        Ok(Self(tokens))
    }

    /// As a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> String {
        let escaped = |token: &String| format!("/{}", token.replace('~', "~0").replace('/', "~1"));
        self.0.iter().map(escaped).collect()
    }

    /// As people write it: `a.b[0].c`.
    #[must_use]
    pub fn dotted(&self) -> String {
        let mut text = String::new();
        for token in &self.0 {
            if is_number(token) || token == "-" {
                text.push_str(&format!("[{token}]"));
            } else if token.contains(['.', '[', ' ', '"']) || token.is_empty() {
                text.push_str(&format!("[\"{token}\"]"));
            } else {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(token);
            }
        }
        text
    }

    /// What stands there.
    #[must_use]
    pub fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0
            .iter()
            .try_fold(value, |value, token| step(value, token))
    }

    fn split(&self) -> (&[String], &str) {
        match self.0.split_last() {
            Some((last, parents)) => (parents, last),
            None => (&[], ""),
        }
    }
}

fn is_number(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit())
}

fn step<'v>(value: &'v Value, token: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(token),
        Value::Array(items) => items.get(token.parse::<usize>().ok()?),
        _ => None,
    }
}

fn step_mut<'v>(value: &'v mut Value, token: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(members) => members.get_mut(token),
        Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
        _ => None,
    }
}

/// A value under change, with the schema it is written by. `$ref`s of the schema lead into the schema itself.
pub struct Patch<'s> {
    /// The value so far.
    pub value: Value,
    schema: &'s Value,
}

impl<'s> Patch<'s> {
    /// Begins with a value.
    #[must_use]
    pub fn new(value: Value, schema: &'s Value) -> Self {
        Self { value, schema }
    }

    /// Replaces what stands at a path, or writes a documented member that the value lacks.
    ///
    /// # Errors
    /// When the path is neither in the value nor in the schema.
    pub fn set(&mut self, path: &str, new: Value) -> Result<(), Misplaced> {
        let place = Place::read(path)?;
        let schemas = self.schemas(&place);
        if place.find(&self.value).is_none() && schemas.is_empty() {
            return Err(self.nowhere(path, &place, "nothing stands at"));
        }
        let new = typed(new, &schemas, self.schema);
        self.write(path, &place, new)
    }

    /// Writes a member that need not be documented, or appends to a list (`list[-]`).
    ///
    /// # Errors
    /// When the parent does not exist, or the member does.
    pub fn add(&mut self, path: &str, new: Value) -> Result<(), Misplaced> {
        let place = Place::read(path)?;
        let (parents, last) = place.split();
        let parent = Place(parents.to_vec());
        let new = typed(new, &self.schemas(&place), self.schema);
        match parent.find(&self.value) {
            None => return Err(self.nowhere(path, &place, "nothing can be added at")),
            Some(Value::Array(_)) if last == "-" => {}
            Some(Value::Array(_) | Value::Object(_)) => {
                if place.find(&self.value).is_some() {
                    return Err(Misplaced {
                        message: format!("\"{path}\" is there already: set it instead"),
                        suggestions: vec![place.dotted()],
                    });
                }
            }
            Some(_) => return Err(self.nowhere(path, &place, "nothing can be added at")),
        }
        self.write(path, &place, new)
    }

    /// Takes out what stands at a path.
    ///
    /// # Errors
    /// When nothing stands there.
    pub fn remove(&mut self, path: &str) -> Result<(), Misplaced> {
        let place = Place::read(path)?;
        if place.find(&self.value).is_none() {
            return Err(self.nowhere(path, &place, "nothing stands at"));
        }
        let (parents, last) = place.split();
        let parent = parents
            .iter()
            .try_fold(&mut self.value, |value, token| step_mut(value, token));
        match parent {
            Some(Value::Object(members)) => {
                members.shift_remove(last);
            }
            Some(Value::Array(items)) => {
                if let Ok(index) = last.parse::<usize>() {
                    items.remove(index);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Merges as RFC 7386 says: members are replaced, `null` takes one out.
    pub fn merge(&mut self, patch: Value) {
        merge(&mut self.value, patch);
    }

    fn write(&mut self, path: &str, place: &Place, new: Value) -> Result<(), Misplaced> {
        let (parents, last) = place.split();
        let mut current = &mut self.value;
        for (index, token) in parents.iter().enumerate() {
            // A documented parent that the value lacks is made on the way; lists only grow at their end.
            let next = parents.get(index + 1).map_or(last, String::as_str);
            if let Value::Object(members) = current
                && members.get(token).is_none_or(Value::is_null)
            {
                let list = is_number(next) || next == "-";
                let made = if list {
                    Value::Array(Vec::new())
                } else {
                    Value::Object(Map::new())
                };
                members.insert(token.clone(), made);
            } else if let Value::Array(items) = current
                && token.parse() == Ok(items.len())
            {
                items.push(Value::Object(Map::new()));
            }
            current = step_mut(current, token).ok_or_else(|| stuck(path))?;
        }
        match current {
            Value::Object(members) => {
                members.insert(last.to_owned(), new);
                Ok(())
            }
            Value::Array(items) if last == "-" || last.parse() == Ok(items.len()) => {
                items.push(new);
                Ok(())
            }
            Value::Array(items) => {
                let item = last.parse::<usize>().ok().and_then(|at| items.get_mut(at));
                *item.ok_or_else(|| stuck(path))? = new;
                Ok(())
            }
            _ => Err(stuck(path)),
        }
    }

    /// The schemas that may speak about a path.
    fn schemas(&self, place: &Place) -> Vec<&'s Value> {
        let mut found = vec![self.schema];
        for token in &place.0 {
            let mut next = Vec::new();
            for schema in found {
                members(schema, self.schema, DEEPEST, &mut |name, schema| {
                    let fits = match name {
                        Some(name) => name == token,
                        None => is_number(token) || token == "-",
                    };
                    if fits {
                        next.push(schema);
                    }
                });
            }
            found = next;
        }
        found
    }

    fn nowhere(&self, path: &str, place: &Place, what: &str) -> Misplaced {
        let mut known = BTreeSet::new();
        paths(&self.value, &mut Vec::new(), &mut known);
        documented(self.schema, self.schema, &mut Vec::new(), &mut known);
        let asked = place.dotted();
        let (_, last) = place.split();
        let mut ranked: Vec<(f64, &String)> = known
            .iter()
            .map(|one| {
                let ending = one.rsplit(['.', '[']).next().unwrap_or(one);
                let same_end = one.ends_with(&format!(".{asked}"));
                let near = strsim::jaro_winkler(ending, last);
                let whole = strsim::normalized_damerau_levenshtein(one, &asked);
                let bonus = if same_end { 2.0 } else { 0.0 };
                (bonus + near + whole, one)
            })
            .collect();
        ranked.sort_by(|one, other| {
            other
                .0
                .total_cmp(&one.0)
                .then(one.1.len().cmp(&other.1.len()))
        });
        let suggestions = ranked.iter().take(SUGGESTED).map(|(_, one)| (*one).clone());
        Misplaced {
            message: format!("{what} \"{path}\""),
            suggestions: suggestions.collect(),
        }
    }
}

fn stuck(path: &str) -> Misplaced {
    Misplaced {
        message: format!("\"{path}\" goes through something that has no members"),
        suggestions: Vec::new(),
    }
}

fn merge(value: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *value = patch;
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Some(members) = value.as_object_mut() else {
        return;
    };
    for (name, new) in patch {
        if new.is_null() {
            members.shift_remove(&name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), new);
        }
    }
}

/// Every path of a value.
fn paths(value: &Value, at: &mut Vec<String>, found: &mut BTreeSet<String>) {
    if !at.is_empty() {
        found.insert(Place(at.clone()).dotted());
    }
    let mut down = |token: String, value: &Value| {
        at.push(token);
        paths(value, at, found);
        at.pop();
    };
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| down(name.clone(), value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| down(index.to_string(), value)),
        _ => {}
    }
}

/// Every path that a schema speaks of; the first item stands for a list's.
fn documented(schema: &Value, root: &Value, at: &mut Vec<String>, found: &mut BTreeSet<String>) {
    if at.len() > 12 || found.len() > 5000 {
        return;
    }
    let mut inner = Vec::new();
    members(schema, root, DEEPEST, &mut |name, schema| {
        inner.push((name.map_or_else(|| "0".to_owned(), str::to_owned), schema));
    });
    for (token, schema) in inner {
        at.push(token);
        found.insert(Place(at.clone()).dotted());
        documented(schema, root, at, found);
        at.pop();
    }
}

/// Visits the schemas of members (by name) and items (without one), through references and alternatives.
fn members<'s>(
    schema: &'s Value,
    root: &'s Value,
    depth: usize,
    visit: &mut dyn FnMut(Option<&'s str>, &'s Value),
) {
    if depth == 0 {
        return;
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, schema) in properties {
            visit(Some(name), schema);
        }
    }
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        visit(None, items);
    }
    for items in schema
        .get("prefixItems")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        visit(None, items);
    }
    for part in parts(schema, root) {
        members(part, root, depth - 1, visit);
    }
}

/// What a schema refers to or is composed of.
fn parts<'s>(schema: &'s Value, root: &'s Value) -> Vec<&'s Value> {
    let referred = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|address| root.pointer(address.strip_prefix('#')?));
    let composed = ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .filter_map(|word| schema.get(word)?.as_array())
        .flatten();
    let branches = ["then", "else"]
        .into_iter()
        .filter_map(|word| schema.get(word));
    referred
        .into_iter()
        .chain(composed)
        .chain(branches)
        .collect()
}

/// A text as what the schemas want where no text may stand: a number, a truth value, `null`, JSON.
fn typed(new: Value, schemas: &[&Value], root: &Value) -> Value {
    let Value::String(text) = &new else {
        return new;
    };
    let mut types = BTreeSet::new();
    for schema in schemas {
        wanted(schema, root, DEEPEST, &mut types);
    }
    if types.is_empty() || types.contains("string") {
        return new;
    }
    let parsed: Option<Value> = serde_json::from_str(text).ok();
    match parsed {
        Some(value) if types.contains(type_of(&value)) => value,
        Some(value) if value.is_i64() && types.contains("number") => value,
        Some(Value::Number(number))
            if types.contains("integer") && number.as_f64().is_some_and(|it| it.fract() == 0.0) =>
        {
            Value::Number(number)
        }
        _ => new,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The types that a schema allows, as far as it names any.
fn wanted<'s>(schema: &'s Value, root: &'s Value, depth: usize, types: &mut BTreeSet<&'s str>) {
    if depth == 0 {
        return;
    }
    match schema.get("type") {
        Some(Value::String(one)) => {
            types.insert(one);
        }
        Some(Value::Array(several)) => types.extend(several.iter().filter_map(Value::as_str)),
        _ => {}
    }
    let listed = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for value in listed.chain(schema.get("const")) {
        types.insert(type_of(value));
    }
    for part in parts(schema, root) {
        wanted(part, root, depth - 1, types);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "count": {"type": "integer"},
                "name": {"type": ["string", "null"]},
                "note": {"$ref": "#/components/schemas/note"},
                "list": {"type": "array", "items": {"type": "object", "properties": {"on": {"type": "boolean"}}}},
            },
            "components": {"schemas": {"note": {"oneOf": [{"type": "object", "properties": {"title": {"type": "string"}, "price": {"type": "number"}}}]}}},
        })
    }

    fn set(path: &str, new: &str) -> Result<Value, Misplaced> {
        let schema = schema();
        let value = json!({"count": 1, "name": "a", "list": [{"on": true}], "strange": {"x": 1}});
        let mut patch = Patch::new(value, &schema);
        patch.set(path, json!(new))?;
        Ok(patch.value)
    }

    #[test]
    fn a_path_is_written_in_several_ways() {
        let read = |text: &str| Place::read(text).map(|place| place.dotted());
        for text in ["a.b[0].c", "a.b.0.c", "$.a['b'][0].c", "/a/b/0/c"] {
            assert_eq!(read(text).as_deref(), Ok("a.b[0].c"), "{text}");
        }
        assert_eq!(
            Place::read("a.b[0]").map(|place| place.pointer()),
            Ok("/a/b/0".into())
        );
        assert_eq!(read("[\"a.b\"].c").as_deref(), Ok("[\"a.b\"].c"));
        for text in ["", "a..b", "a[", "a[]", "a."] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_become_what_the_schema_wants() {
        assert_eq!(set("count", "5").unwrap()["count"], json!(5));
        assert_eq!(set("name", "5").unwrap()["name"], json!("5"));
        assert_eq!(
            set("list[0].on", "false").unwrap()["list"][0]["on"],
            json!(false)
        );
        assert_eq!(
            set("note.price", "2.5").unwrap()["note"],
            json!({"price": 2.5})
        );
        assert_eq!(
            set("count", "many").unwrap()["count"],
            json!("many"),
            "left to the check"
        );
        assert_eq!(set("strange.x", "5").unwrap()["strange"]["x"], json!("5"));
        assert_eq!(
            set("list[1].on", "true").unwrap()["list"][1],
            json!({"on": true})
        );
    }

    #[test]
    fn a_path_that_leads_nowhere_is_an_error_with_a_suggestion() {
        let nearest = |path: &str| set(path, "x").unwrap_err().suggestions[0].clone();
        assert_eq!(nearest("cuont"), "count");
        assert_eq!(nearest("note.titel"), "note.title");
        assert_eq!(nearest("title"), "note.title");
        assert_eq!(nearest("list[0].onn"), "list[0].on");
        assert_eq!(set("x", "1").unwrap_err().suggestions[0], "strange.x");
    }

    #[test]
    fn members_are_added_and_removed() {
        let schema = schema();
        let mut patch = Patch::new(json!({"count": 1, "list": [1]}), &schema);
        patch.add("extra", json!({"deep": 1})).unwrap();
        patch.add("list[-]", json!(2)).unwrap();
        assert!(patch.add("count", json!(2)).is_err(), "it is there");
        assert!(patch.add("nowhere.x", json!(2)).is_err());
        patch.remove("list[0]").unwrap();
        patch.remove("/count").unwrap();
        assert!(patch.remove("count").is_err());
        patch.merge(json!({"extra": {"deep": null, "new": 1}}));
        assert_eq!(patch.value, json!({"list": [2], "extra": {"new": 1}}));
    }
}
