//! The outline of a schema: which members it knows, and which types; for what a validator does not tell.

use std::collections::HashMap;

use serde_json::{Number, Value};

use super::{component, escape};
use crate::document::{Document, Evidence};

/// The outline of one schema and all it refers to; the first node is the schema itself.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    nodes: Vec<Shape>,
}

#[derive(Debug, Default)]
struct Shape {
    types: Types,
    /// The named members; nothing when the schema names none.
    members: Option<Vec<(Box<str>, usize)>>,
    /// Members without a name here are welcome.
    open: bool,
    /// What members without a name look like.
    others: Option<usize>,
    items: Option<usize>,
    evidence: Option<Evidence>,
    /// Schemas that speak about the same value, this one included.
    together: Vec<usize>,
}

/// A set of JSON types; empty when nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Types(u8);

const NAMES: [(&str, &str); 7] = [
    ("string", "a string"),
    ("integer", "an integer"),
    ("number", "a number"),
    ("boolean", "true or false"),
    ("object", "an object"),
    ("array", "an array"),
    ("null", "null"),
];

impl Types {
    pub(crate) fn of_schema(schema: &Value) -> Self {
        match schema.get("type") {
            Some(Value::String(name)) => Self::named(name),
            Some(Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                names.fold(Self::default(), |types, name| types.with(Self::named(name)))
            }
            _ => {
                let listed = schema
                    .get("enum")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten();
                let values = schema.get("const").into_iter().chain(listed);
                values.fold(Self::default(), |types, value| {
                    types.with(Self::of_value(value))
                })
            }
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        Self(
            NAMES
                .iter()
                .position(|(known, _)| *known == name)
                .map_or(0, |bit| 1 << bit),
        )
    }

    fn of_value(value: &Value) -> Self {
        Self::named(match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        })
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.0 & Self::named(name).0 != 0
    }

    /// The types in both sets; an integer is a number.
    #[cfg(feature = "proptest")]
    pub(crate) fn and(self, other: Self) -> Self {
        let wide = |types: Self| {
            if types.has("number") {
                types.with(Self::named("integer"))
            } else {
                types
            }
        };
        let both = wide(self).0 & wide(other).0;
        Self(if both & Self::named("number").0 != 0 {
            both & !Self::named("integer").0
        } else {
            both
        })
    }

    /// Whether this is the only type.
    #[cfg(feature = "proptest")]
    pub(crate) fn is_just(self, name: &str) -> bool {
        self == Self::named(name)
    }

    /// Whether a value is of one of the types; every value is when none is named.
    #[cfg(feature = "proptest")]
    pub(crate) fn takes(self, value: &Value) -> bool {
        let own = Self::of_value(value);
        let whole = value.as_f64().is_some_and(|number| number.fract() == 0.0);
        self.is_empty() || self.0 & own.0 != 0 || (whole && self.has("integer"))
    }

    /// The types in words: "a string or null".
    pub(crate) fn words(self) -> String {
        let bits = NAMES
            .iter()
            .enumerate()
            .filter(|(bit, _)| self.0 & (1 << bit) != 0);
        let words: Vec<&str> = bits.map(|(_, (_, words))| *words).collect();
        if words.is_empty() {
            "a value".to_owned()
        } else {
            words.join(" or ")
        }
    }
}

/// A place in a shape: several schemas may speak about one value.
pub(crate) type Node<'s> = (&'s Shapes, usize);

impl Shapes {
    pub(super) fn new(schema: &Value, document: &Document) -> Self {
        let mut shapes = Self::default();
        shapes.add(schema, document, &mut HashMap::new());
        for index in 0..shapes.nodes.len() {
            let together = shapes.gather(index);
            shapes.nodes[index].together = together;
        }
        shapes
    }

    fn add(
        &mut self,
        schema: &Value,
        document: &Document,
        known: &mut HashMap<String, usize>,
    ) -> usize {
        let index = self.nodes.len();
        self.nodes.push(Shape::default());
        let Value::Object(words) = schema else {
            self.nodes[index].open = *schema != Value::Bool(false);
            return index;
        };
        let mut parts = Vec::new();
        if let Some(address) = words.get("$ref").and_then(Value::as_str) {
            let target = match known.get(address) {
                Some(&target) => Some(target),
                None => component(address, document).map(|target| {
                    known.insert(address.to_owned(), self.nodes.len());
                    self.add(&target, document, known)
                }),
            };
            parts.extend(target);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in words
                .get(keyword)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                parts.push(self.add(part, document, known));
            }
        }
        for keyword in ["if", "then", "else"] {
            if let Some(part) = words.get(keyword) {
                parts.push(self.add(part, document, known));
            }
        }
        let members = words
            .get("properties")
            .and_then(Value::as_object)
            .map(|properties| {
                let each = properties.iter();
                each.map(|(name, member)| (name.as_str().into(), self.add(member, document, known)))
                    .collect()
            });
        let additional = words.get("additionalProperties");
        let others = additional
            .filter(|schema| schema.is_object())
            .map(|schema| self.add(schema, document, known));
        let items = words
            .get("items")
            .map(|items| self.add(items, document, known));
        let evidence = words
            .get("x-evidence")
            .and_then(|word| serde_json::from_value(word.clone()).ok());
        self.nodes[index] = Shape {
            types: Types::of_schema(schema),
            members,
            open: additional.is_some() || words.contains_key("patternProperties"),
            others,
            items,
            evidence,
            together: parts,
        };
        index
    }

    /// Follows the parts of a schema, and theirs, each once.
    fn gather(&self, start: usize) -> Vec<usize> {
        let mut gathered = vec![start];
        let mut next = 0;
        while let Some(&index) = gathered.get(next) {
            // A node that was gathered before already lists itself first; that does no harm.
            for &part in &self.nodes[index].together {
                if !gathered.contains(&part) {
                    gathered.push(part);
                }
            }
            next += 1;
        }
        gathered
    }

    pub(crate) fn root(&self) -> Node<'_> {
        (self, 0)
    }

    fn together(&self, index: usize) -> impl Iterator<Item = &Shape> {
        self.nodes[index]
            .together
            .iter()
            .map(|&one| &self.nodes[one])
    }
}

/// The types that the schemas of these nodes name.
pub(crate) fn types(nodes: &[Node<'_>]) -> Types {
    let shapes = nodes
        .iter()
        .flat_map(|(shapes, index)| shapes.together(*index));
    shapes.fold(Types::default(), |types, shape| types.with(shape.types))
}

/// What the schemas of these nodes say about a member of an object; nothing when none knows it.
pub(crate) fn member<'s>(nodes: &[Node<'s>], name: &str) -> Vec<Node<'s>> {
    let mut found = Vec::new();
    for (shapes, index) in nodes {
        for shape in shapes.together(*index) {
            let named = shape
                .members
                .iter()
                .flatten()
                .find(|(known, _)| &**known == name)
                .map(|(_, member)| *member);
            found.extend(named.or(shape.others).map(|member| (*shapes, member)));
        }
    }
    found
}

/// What the schemas of these nodes say about the elements of an array.
pub(crate) fn items<'s>(nodes: &[Node<'s>]) -> Vec<Node<'s>> {
    let each = nodes
        .iter()
        .flat_map(|(shapes, index)| shapes.together(*index).map(move |shape| (*shapes, shape)));
    each.filter_map(|(shapes, shape)| shape.items.map(|items| (shapes, items)))
        .collect()
}

/// What the schemas of these nodes say about the value at a pointer of this value.
pub(crate) fn at<'s>(nodes: &[Node<'s>], value: &Value, pointer: &str) -> Vec<Node<'s>> {
    let mut nodes = nodes.to_vec();
    let mut value = Some(value);
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        nodes = if value.is_some_and(Value::is_array) {
            items(&nodes)
        } else {
            member(&nodes, &token)
        };
        value = value.and_then(|value| match value {
            Value::Array(items) => token
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index)),
            other => other.get(&token),
        });
    }
    nodes
}

/// The evidence given nearest to a pointer, if any is given on the way.
pub(crate) fn evidence(nodes: &[Node<'_>], value: &Value, pointer: &str) -> Option<Evidence> {
    let mut end = pointer.len();
    loop {
        let here = at(nodes, value, &pointer[..end]);
        let shapes = here
            .iter()
            .flat_map(|(shapes, index)| shapes.together(*index));
        if let Some(evidence) = shapes.filter_map(|shape| shape.evidence).next() {
            return Some(evidence);
        }
        end = pointer[..end].rfind('/')?;
    }
}

/// What stands at a place of a value besides what its schema says.
pub(crate) enum Here<'s> {
    /// Nothing.
    Nothing,
    /// A variant, with its own outline.
    Variant(Node<'s>),
    /// A variant nobody documented, whose members cannot be judged.
    Unknown,
}

/// Calls back with the pointer and value of each member that no schema knows, where the schemas name members.
///
/// `here` tells which variant stands at a place of the value.
pub(crate) fn strangers<'s, 'v>(
    value: &'v Value,
    nodes: &[Node<'s>],
    pointer: &mut String,
    here: &dyn Fn(&str, &Value) -> Here<'s>,
    found: &mut dyn FnMut(&str, &'v Value),
) {
    let added: Vec<Node<'s>>;
    let nodes = match here(pointer, value) {
        Here::Nothing => nodes,
        Here::Variant(variant) => {
            added = nodes.iter().copied().chain([variant]).collect();
            &added
        }
        Here::Unknown => return,
    };
    match value {
        Value::Object(members) => {
            let shapes = || {
                nodes
                    .iter()
                    .flat_map(|(shapes, index)| shapes.together(*index))
            };
            let closed =
                shapes().any(|shape| shape.members.is_some()) && !shapes().any(|shape| shape.open);
            for (name, inner) in members {
                let known = member(nodes, name);
                if known.is_empty() && !closed {
                    continue;
                }
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(&escape(name));
                if known.is_empty() {
                    found(pointer, inner);
                } else {
                    strangers(inner, &known, pointer, here, found);
                }
                pointer.truncate(length);
            }
        }
        Value::Array(values) => {
            let known = items(nodes);
            for (index, inner) in values.iter().enumerate() {
                if !inner.is_object() && !inner.is_array() {
                    continue;
                }
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(&index.to_string());
                strangers(inner, &known, pointer, here, found);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// Reads a text, which is all a parameter or a field of a form can be, as the types the schema names.
///
/// What cannot be read stays text, and the validator will say so.
pub(crate) fn coerce(text: &str, types: Types) -> Value {
    let stays = || Value::String(text.to_owned());
    if types.is_empty() || types.has("string") {
        return stays();
    }
    let trimmed = text.trim();
    if types.has("integer") || types.has("number") {
        if let Ok(number) = trimmed.parse::<i64>() {
            return number.into();
        }
        if let Some(number) = trimmed.parse::<f64>().ok().and_then(Number::from_f64) {
            return Value::Number(number);
        }
    }
    match trimmed {
        "true" if types.has("boolean") => return Value::Bool(true),
        "false" if types.has("boolean") => return Value::Bool(false),
        "" | "null" if types.has("null") => return Value::Null,
        _ => {}
    }
    let parsed = serde_json::from_str::<Value>(trimmed).ok();
    match parsed {
        Some(value @ Value::Array(_)) if types.has("array") => value,
        Some(value @ Value::Object(_)) if types.has("object") => value,
        _ => stays(),
    }
}
