//! JSON Schemas of a contract, compiled when they are first needed; the only place that knows the validator crate.

mod fault;
pub(crate) mod shape;

pub(crate) use fault::{Fault, listed};
pub(crate) use shape::Shapes;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;

use jsonschema::{Draft, Validator};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::document::Document;

const COMPONENTS: &str = "#/components/schemas/";

/// A schema of a contract: kept as text, compiled on first use.
pub struct Schema {
    source: Source,
    compiled: OnceLock<Result<Box<Compiled>, String>>,
}

#[derive(Clone, Debug)]
enum Source {
    Text(&'static RawValue),
    Address(String),
}

/// A schema ready to be used.
pub(crate) struct Compiled {
    validator: Validator,
    /// The component the schema stands for, when it is nothing else.
    pub(crate) address: Option<String>,
    pub(crate) shapes: Shapes,
}

/// A body's schema from which the branches for its variants were taken out.
#[derive(Default)]
pub(crate) struct Pruned(OnceLock<Result<Option<Box<Compiled>>, String>>);

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schema").field(&self.source).finish()
    }
}

impl fmt::Debug for Pruned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pruned")
    }
}

impl Schema {
    pub(crate) fn new(text: &'static RawValue) -> Self {
        Self {
            source: Source::Text(text),
            compiled: OnceLock::new(),
        }
    }

    pub(crate) fn reference(address: String) -> Self {
        Self {
            source: Source::Address(address),
            compiled: OnceLock::new(),
        }
    }

    /// The schema as JSON; one given by its address is a `$ref`.
    pub fn value(&self) -> Value {
        match &self.source {
            Source::Text(text) => serde_json::from_str(text.get()).unwrap_or(Value::Bool(true)),
            Source::Address(address) => Value::Object(Map::from_iter([(
                "$ref".to_owned(),
                address.as_str().into(),
            )])),
        }
    }

    /// The schema as JSON, with its own `$ref` replaced by what it refers to; those inside stay.
    pub fn resolved(&self, document: &Document) -> Value {
        let mut value = self.value();
        while let Some(target) = reference(&value).and_then(|address| component(address, document))
        {
            value = target;
        }
        value
    }

    /// The schema as JSON, complete in itself: with the components it refers to under `components`.
    pub fn bundled(&self, document: &Document) -> Value {
        let mut value = self.resolved(document);
        let mut needed = Map::new();
        // What is not there cannot be added; the reference then stays as it is.
        let _ = collect(&value, document, &mut needed, &mut BTreeSet::new());
        if let (Some(words), false) = (value.as_object_mut(), needed.is_empty()) {
            let components = Map::from_iter([("schemas".to_owned(), Value::Object(needed))]);
            words.insert("components".to_owned(), Value::Object(components));
        }
        value
    }

    /// Why the schema cannot be used, if so.
    pub(crate) fn problem(&self, document: &Document, place: &str) -> Option<String> {
        self.compiled(document)
            .err()
            .map(|why| format!("{place}: {why}"))
    }

    pub(crate) fn compiled(&self, document: &Document) -> Result<&Compiled, &str> {
        let compiled = self
            .compiled
            .get_or_init(|| Compiled::new(self.value(), document).map(Box::new));
        compiled.as_deref().map_err(String::as_str)
    }
}

impl Pruned {
    /// The schema without the branches at `at`; `None` when no branches stand there.
    pub(crate) fn get(
        &self,
        schema: &Schema,
        at: &str,
        document: &Document,
    ) -> Result<Option<&Compiled>, &str> {
        let pruned = self.0.get_or_init(|| {
            let mut value = schema.value();
            let tokens: Vec<&str> = at.split('/').skip(1).collect();
            if !prune(&mut value, &tokens, document, 0) {
                return Ok(None);
            }
            Compiled::new(value, document).map(|compiled| Some(Box::new(compiled)))
        });
        pruned
            .as_ref()
            .map(Option::as_deref)
            .map_err(String::as_str)
    }
}

impl Compiled {
    fn new(schema: Value, document: &Document) -> Result<Self, String> {
        let shapes = Shapes::new(&schema, document);
        let address = schema
            .as_object()
            .filter(|words| words.len() == 1)
            .and_then(|_| reference(&schema));
        let address = address.map(str::to_owned);
        let mut root = match schema {
            Value::Object(members) => members,
            Value::Bool(_) => Map::from_iter([("allOf".to_owned(), Value::Array(vec![schema]))]),
            other => {
                return Err(format!(
                    "a schema is an object or a truth value, not {other}"
                ));
            }
        };
        let mut needed = Map::new();
        collect(
            &Value::Object(root.clone()),
            document,
            &mut needed,
            &mut BTreeSet::new(),
        )?;
        if !needed.is_empty() {
            let components = Map::from_iter([("schemas".to_owned(), Value::Object(needed))]);
            root.insert("components".to_owned(), Value::Object(components));
        }
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .build(&Value::Object(root))
            .map_err(|error| format!("{} at {}", error, error.schema_path()))?;
        Ok(Self {
            validator,
            address,
            shapes,
        })
    }

    pub(crate) fn is_valid(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// Every way in which the value does not fit.
    pub(crate) fn faults(&self, value: &Value) -> Vec<Fault> {
        if self.is_valid(value) {
            return Vec::new();
        }
        let mut faults = Vec::new();
        for error in self.validator.iter_errors(value) {
            fault::read(&error, self, value, &mut faults);
        }
        faults
    }
}

/// The `$ref` of a schema.
fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str)
}

/// The component a local `$ref` names.
pub(crate) fn component(address: &str, document: &Document) -> Option<Value> {
    let raw = document.component(&component_name(address)?)?;
    serde_json::from_str(raw.get()).ok()
}

fn component_name(address: &str) -> Option<String> {
    let name = address
        .strip_prefix(COMPONENTS)
        .filter(|name| !name.contains('/'))?;
    let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    Some(decoded.replace("~1", "/").replace("~0", "~"))
}

/// Gathers every component a schema needs, directly or through others.
fn collect(
    schema: &Value,
    document: &Document,
    needed: &mut Map<String, Value>,
    seen: &mut BTreeSet<String>,
) -> Result<(), String> {
    match schema {
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| collect(item, document, needed, seen)),
        Value::Object(members) => {
            if let Some(address) = reference(schema)
                && address != "#"
                && seen.insert(address.to_owned())
            {
                let name = component_name(address)
                    .ok_or_else(|| format!("{address} is not under {COMPONENTS}"))?;
                let target = component(address, document)
                    .ok_or_else(|| format!("{address} does not exist"))?;
                collect(&target, document, needed, seen)?;
                needed.insert(name, target);
            }
            members
                .values()
                .try_for_each(|member| collect(member, document, needed, seen))
        }
        _ => Ok(()),
    }
}

/// Takes the branches at the end of a path of property names and `*` out of a schema; false when none are there.
fn prune(schema: &mut Value, path: &[&str], document: &Document, depth: usize) -> bool {
    if depth > 32 {
        return false;
    }
    if let Some(target) = reference(schema).and_then(|address| component(address, document)) {
        let Some(members) = schema.as_object_mut() else {
            return false;
        };
        members.shift_remove("$ref");
        if members.is_empty() {
            *schema = target;
        } else {
            let siblings = schema.take();
            *schema = Value::Object(Map::from_iter([(
                "allOf".to_owned(),
                Value::Array(vec![siblings, target]),
            )]));
        }
        return prune(schema, path, document, depth + 1);
    }
    let Some(members) = schema.as_object_mut() else {
        return false;
    };
    let found = match path {
        [] => members.shift_remove("oneOf").is_some(),
        ["*", rest @ ..] => {
            let items = if members.contains_key("items") {
                "items"
            } else {
                "additionalProperties"
            };
            members
                .get_mut(items)
                .is_some_and(|items| prune(items, rest, document, depth + 1))
        }
        [name, rest @ ..] => {
            let name = name.replace("~1", "/").replace("~0", "~");
            let property = members
                .get_mut("properties")
                .and_then(|properties| properties.get_mut(&name));
            property.is_some_and(|property| prune(property, rest, document, depth + 1))
        }
    };
    let mut parts = members
        .get_mut("allOf")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    found || parts.any(|part| prune(part, path, document, depth + 1))
}

/// A name as a token of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    if name.contains(['~', '/']) {
        name.replace('~', "~0").replace('/', "~1")
    } else {
        name.to_owned()
    }
}

/// The value a JSON pointer names, without a copy of the pointer's tokens.
pub(crate) fn point<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    let mut value = value;
    for token in pointer.split('/').skip(1) {
        value = match value {
            Value::Object(members) if token.contains('~') => {
                members.get(&token.replace("~1", "/").replace("~0", "~"))?
            }
            Value::Object(members) => members.get(token)?,
            Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}
