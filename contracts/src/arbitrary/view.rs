//! What all schemas that speak about one value say together.

use serde_json::Value;

use crate::document::Document;
use crate::schema::shape::Types;
use crate::schema::{component, escape};

/// The schemas of one value, with references and `allOf` followed.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    schemas: Vec<Value>,
}

/// Words that tie members together, so that none of them can be changed alone.
const KNOTS: [&str; 14] = [
    "oneOf",
    "anyOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "propertyNames",
    "contains",
    "patternProperties",
    "unevaluatedProperties",
    "minProperties",
    "maxProperties",
];

impl View {
    pub(super) fn new(schemas: impl IntoIterator<Item = Value>, document: &Document) -> Self {
        let mut view = Self::default();
        schemas
            .into_iter()
            .for_each(|schema| view.add(schema, document, 0));
        view
    }

    pub(super) fn add(&mut self, schema: Value, document: &Document, depth: usize) {
        let Value::Object(mut words) = schema else {
            return;
        };
        if depth > 16 {
            return;
        }
        if let Some(target) = words
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|address| component(address, document))
        {
            self.add(target, document, depth + 1);
        }
        words.shift_remove("$ref");
        if let Some(Value::Array(parts)) = words.shift_remove("allOf") {
            parts
                .into_iter()
                .for_each(|part| self.add(part, document, depth + 1));
        }
        self.schemas.push(Value::Object(words));
    }

    /// Takes the branches of the variants out.
    pub(super) fn without_branches(mut self) -> Self {
        for schema in self.schemas.iter_mut().filter_map(Value::as_object_mut) {
            schema.shift_remove("oneOf");
        }
        self
    }

    /// Whether the members of this value depend on each other.
    pub(super) fn is_knotted(&self) -> bool {
        KNOTS.iter().any(|word| self.word(word).is_some())
    }

    /// The first schema's word, of those that have it.
    pub(super) fn word(&self, word: &str) -> Option<&Value> {
        self.words(word).next()
    }

    fn words<'v>(&'v self, word: &str) -> impl Iterator<Item = &'v Value> {
        self.schemas
            .iter()
            .filter_map(move |schema| schema.get(word))
    }

    pub(super) fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.word(word).is_some())
    }

    /// The highest of the lower limits, or the lowest of the upper ones.
    pub(super) fn limit(&self, word: &str, highest: bool) -> Option<f64> {
        let limits = self.words(word).filter_map(Value::as_f64);
        limits.reduce(if highest { f64::max } else { f64::min })
    }

    /// The types that every schema allows; empty when nothing is said or nothing is left.
    pub(super) fn types(&self) -> Types {
        let types = self
            .schemas
            .iter()
            .map(Types::of_schema)
            .filter(|types| !types.is_empty());
        types.reduce(Types::and).unwrap_or_default()
    }

    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for properties in self.words("properties").filter_map(Value::as_object) {
            for name in properties
                .keys()
                .filter(|name| !names.contains(name))
                .cloned()
                .collect::<Vec<_>>()
            {
                names.push(name);
            }
        }
        names
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        let mut lists = self.words("required").filter_map(Value::as_array);
        lists.any(|names| names.iter().any(|one| one == name))
    }

    pub(super) fn member(&self, name: &str, document: &Document) -> Self {
        let properties = self
            .words("properties")
            .filter_map(|properties| properties.get(name));
        Self::new(properties.cloned().collect::<Vec<_>>(), document)
    }

    pub(super) fn items(&self, document: &Document) -> Self {
        Self::new(self.words("items").cloned().collect::<Vec<_>>(), document)
    }
}

/// A value as the text of a parameter or a form's field.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The pointer to a member.
pub(super) fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", escape(name))
}
