//! What examples have in common: a value that grows with every example and renders as JSON Schema.
//!
//! Shapes form a join semilattice: [`Shape::merge`] is associative, commutative (up to the order of
//! keys) and idempotent, so it does not matter in which order or how often an example is seen.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

/// Everything seen so far at one place of a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// A hole in a template stood here, so nothing is known.
    anything: bool,
    null: bool,
    boolean: bool,
    integer: bool,
    number: bool,
    string: bool,
    array: Option<Box<Shape>>,
    object: Option<Box<Object>>,
}

#[derive(Clone, Debug, Default)]
struct Object {
    /// In the order they were first seen; the order is no part of the shape's identity.
    fields: Vec<(String, Field)>,
    /// What stands under keys that are ids, numbers or phone numbers.
    entries: Option<Shape>,
    /// The two smallest fingerprints of the examples this object was seen in: enough to know whether there were two.
    witnesses: BTreeSet<u64>,
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
            && self.witnesses == other.witnesses
            && self.fields.len() == other.fields.len()
            && self
                .fields
                .iter()
                .all(|(name, field)| other.field(name) == Some(field))
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Field {
    shape: Shape,
    always: bool,
}

impl Shape {
    /// The shape of one example. `holes` are the pointers of values nothing is known about.
    pub fn of(example: &Value, holes: &[String]) -> Self {
        Self::witnessed(example, example, holes)
    }

    /// The shape of `value`, which is another reading of `witness` and no example of its own.
    pub fn witnessed(value: &Value, witness: &Value, holes: &[String]) -> Self {
        Self::seen(value, fingerprint(witness), holes, &mut String::new())
    }

    fn seen(value: &Value, witness: u64, holes: &[String], at: &mut String) -> Self {
        let mut shape = Self::default();
        if holes.iter().any(|hole| hole == at) {
            shape.anything = true;
            return shape;
        }
        match value {
            Value::Null => shape.null = true,
            Value::Bool(_) => shape.boolean = true,
            Value::Number(number) if number.is_f64() => shape.number = true,
            Value::Number(_) => shape.integer = true,
            Value::String(_) => shape.string = true,
            Value::Array(elements) => {
                let mut element = Self::default();
                for (index, one) in elements.iter().enumerate() {
                    element = element.merge(&below(at, &index.to_string(), |at| {
                        Self::seen(one, witness, holes, at)
                    }));
                }
                shape.array = Some(Box::new(element));
            }
            Value::Object(members) => {
                let mut object = Object {
                    witnesses: BTreeSet::from([witness]),
                    ..Object::default()
                };
                for (name, one) in members {
                    let seen = below(at, name, |at| Self::seen(one, witness, holes, at));
                    if is_id(name) {
                        object.entries = Some(object.entries.unwrap_or_default().merge(&seen));
                    } else {
                        object.fields.push((
                            name.clone(),
                            Field {
                                shape: seen,
                                always: true,
                            },
                        ));
                    }
                }
                shape.object = Some(Box::new(object));
            }
        }
        shape
    }

    /// What both have seen together.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        Self {
            anything: self.anything || other.anything,
            null: self.null || other.null,
            boolean: self.boolean || other.boolean,
            integer: self.integer || other.integer,
            number: self.number || other.number,
            string: self.string || other.string,
            array: either(self.array.as_deref(), other.array.as_deref(), Shape::merge),
            object: either(
                self.object.as_deref(),
                other.object.as_deref(),
                Object::merge,
            ),
        }
    }

    /// As JSON Schema 2020-12; timid: what was not seen is not forbidden.
    pub fn schema(&self) -> Value {
        let mut schema = Map::new();
        if self.anything {
            return Value::Object(schema);
        }
        let mut types = Vec::new();
        types.extend(self.object.is_some().then_some("object"));
        types.extend(self.array.is_some().then_some("array"));
        types.extend(self.string.then_some("string"));
        types.extend(self.number.then_some("number"));
        types.extend((self.integer && !self.number).then_some("integer"));
        types.extend(self.boolean.then_some("boolean"));
        types.extend(self.null.then_some("null"));
        match types.as_slice() {
            [] => {}
            [only] => drop(schema.insert("type".into(), json!(only))),
            several => drop(schema.insert("type".into(), json!(several))),
        }
        if let Some(element) = &self.array {
            let items = element.schema();
            if items != json!({}) {
                schema.insert("items".into(), items);
            }
        }
        if let Some(object) = &self.object {
            object.describe(&mut schema);
        }
        Value::Object(schema)
    }
}

impl Object {
    fn field(&self, name: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, field)| field)
    }

    fn merge(&self, other: &Self) -> Self {
        let mut fields = Vec::new();
        for (name, mine) in &self.fields {
            let field = match other.field(name) {
                Some(theirs) => Field {
                    shape: mine.shape.merge(&theirs.shape),
                    always: mine.always && theirs.always,
                },
                None => Field {
                    shape: mine.shape.clone(),
                    always: false,
                },
            };
            fields.push((name.clone(), field));
        }
        for (name, theirs) in &other.fields {
            if self.field(name).is_none() {
                fields.push((
                    name.clone(),
                    Field {
                        shape: theirs.shape.clone(),
                        always: false,
                    },
                ));
            }
        }
        let entries = either(self.entries.as_ref(), other.entries.as_ref(), Shape::merge)
            .map(|entries| *entries);
        let witnesses = self
            .witnesses
            .union(&other.witnesses)
            .copied()
            .take(2)
            .collect();
        Self {
            fields,
            entries,
            witnesses,
        }
    }

    fn describe(&self, schema: &mut Map<String, Value>) {
        if !self.fields.is_empty() {
            let properties = self
                .fields
                .iter()
                .map(|(name, field)| (name.clone(), field.shape.schema()));
            schema.insert("properties".into(), Value::Object(properties.collect()));
        }
        let required: Vec<_> = self
            .fields
            .iter()
            .filter(|(_, field)| field.always)
            .map(|(name, _)| name)
            .collect();
        if self.witnesses.len() > 1 && !required.is_empty() {
            schema.insert("required".into(), json!(required));
        }
        match &self.entries {
            Some(entries) if self.fields.is_empty() => {
                drop(schema.insert("additionalProperties".into(), entries.schema()))
            }
            Some(entries) => drop(schema.insert(
                "patternProperties".into(),
                json!({ID_PATTERN: entries.schema()}),
            )),
            None => {}
        }
    }
}

/// Keys that are data: numbers and phone numbers, UUIDs, hexadecimal ids, template holes.
pub const ID_PATTERN: &str = r"^(\+?[0-9]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32}|\{\{.*\}\}|<.*>)$";

fn is_id(key: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let hex = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    digits(key.strip_prefix('+').unwrap_or(key))
        || (matches!(key.len(), 16 | 24 | 32) && hex(key))
        || (key.len() == 36
            && key.as_bytes()[8] == b'-'
            && key
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-'))
        || (key.starts_with("{{") && key.ends_with("}}"))
        || (key.starts_with('<') && key.ends_with('>'))
}

fn either<T: Clone>(
    left: Option<&T>,
    right: Option<&T>,
    merge: impl Fn(&T, &T) -> T,
) -> Option<Box<T>> {
    match (left, right) {
        (Some(left), Some(right)) => Some(Box::new(merge(left, right))),
        (Some(one), None) | (None, Some(one)) => Some(Box::new(one.clone())),
        (None, None) => None,
    }
}

fn below<T>(at: &mut String, name: &str, look: impl FnOnce(&mut String) -> T) -> T {
    let length = at.len();
    at.push('/');
    at.push_str(&name.replace('~', "~0").replace('/', "~1"));
    let seen = look(at);
    at.truncate(length);
    seen
}

fn fingerprint(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    canonical(value).hash(&mut hasher);
    hasher.finish()
}

/// The same text for the same value, whatever the order of its keys.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members
                .iter()
                .map(|(name, one)| format!("{}:{}", json!(name), canonical(one)))
                .collect();
            sorted.sort();
            format!("{{{}}}", sorted.join(","))
        }
        Value::Array(elements) => format!(
            "[{}]",
            elements.iter().map(canonical).collect::<Vec<_>>().join(",")
        ),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values over few keys, so that examples meet in the same places; some keys are ids.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            (-1e6..1e6f64).prop_map(Value::from),
            prop_oneof![Just("text"), Just("42"), Just("{{x}}")].prop_map(Value::from),
        ];
        let key = prop_oneof![
            Just("a"),
            Just("b"),
            Just("c"),
            Just("0"),
            Just("919000000001"),
            Just("a/b~c")
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..4).prop_map(
                    |members| Value::Object(
                        members
                            .into_iter()
                            .map(|(key, one)| (key.to_owned(), one))
                            .collect()
                    )
                ),
            ]
        })
    }

    fn shape_of(examples: &[Value]) -> Shape {
        examples.iter().fold(Shape::default(), |shape, one| {
            shape.merge(&Shape::of(one, &[]))
        })
    }

    fn accepts(schema: &Value, value: &Value) -> bool {
        jsonschema::validator_for(schema)
            .expect("a shape renders as JSON Schema")
            .is_valid(value)
    }

    /// The schema read as if nothing but what it names existed, and all of it were optional.
    fn closed(schema: &Value) -> Value {
        let mut closed = schema.clone();
        close(&mut closed);
        closed
    }

    fn close(schema: &mut Value) {
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        members.shift_remove("required");
        for key in ["properties", "patternProperties"] {
            for (_, inner) in members
                .get_mut(key)
                .and_then(Value::as_object_mut)
                .into_iter()
                .flatten()
            {
                close(inner);
            }
        }
        // A map is closed by its keys, not by its values.
        if let Some(mut entries) = members.shift_remove("additionalProperties") {
            close(&mut entries);
            members.insert("patternProperties".into(), json!({ID_PATTERN: entries}));
        }
        let kinds = members.get("type").cloned().unwrap_or_default();
        if kinds == "object"
            || kinds
                .as_array()
                .is_some_and(|kinds| kinds.contains(&json!("object")))
        {
            members.insert("additionalProperties".into(), json!(false));
        }
        if kinds == "array"
            || kinds
                .as_array()
                .is_some_and(|kinds| kinds.contains(&json!("array")))
        {
            match members.get_mut("items") {
                Some(items) => close(items),
                None => drop(members.insert("items".into(), json!(false))),
            }
        }
    }

    /// All places where a schema demands properties, with the number of examples they were seen in.
    fn demands(shape: &Shape, at: &str, found: &mut Vec<(String, Vec<String>, usize)>) {
        if let Some(array) = &shape.array {
            demands(array, &format!("{at}/*"), found);
        }
        if let Some(object) = &shape.object {
            let always = object
                .fields
                .iter()
                .filter(|(_, field)| field.always)
                .map(|(name, _)| name.clone());
            found.push((at.to_owned(), always.collect(), object.witnesses.len()));
            for (name, field) in &object.fields {
                demands(&field.shape, &format!("{at}/{name}"), found);
            }
            if let Some(entries) = &object.entries {
                demands(entries, &format!("{at}/{{}}"), found);
            }
        }
    }

    proptest! {
        /// The order of two examples does not matter.
        #[test]
        fn merging_is_commutative(a in values(), b in values()) {
            let (a, b) = (Shape::of(&a, &[]), Shape::of(&b, &[]));
            prop_assert_eq!(a.merge(&b), b.merge(&a));
            let mut one = a.merge(&b).schema();
            let mut other = b.merge(&a).schema();
            sort_required(&mut one);
            sort_required(&mut other);
            prop_assert_eq!(one, other);
        }

        /// It does not matter which examples met first.
        #[test]
        fn merging_is_associative(a in values(), b in values(), c in values()) {
            let (a, b, c) = (Shape::of(&a, &[]), Shape::of(&b, &[]), Shape::of(&c, &[]));
            prop_assert_eq!(a.merge(&b).merge(&c), a.merge(&b.merge(&c)));
        }

        /// Seeing an example again teaches nothing.
        #[test]
        fn merging_is_idempotent(examples in prop::collection::vec(values(), 1..4)) {
            let shape = shape_of(&examples);
            prop_assert_eq!(&shape.merge(&shape), &shape);
            prop_assert_eq!(&shape.merge(&Shape::of(&examples[0], &[])), &shape);
            prop_assert_eq!(shape.merge(&Shape::default()), shape);
        }

        /// Every example keeps the schema made from it and others.
        #[test]
        fn every_example_is_valid(examples in prop::collection::vec(values(), 1..5)) {
            let schema = shape_of(&examples).schema();
            for one in &examples {
                prop_assert!(accepts(&schema, one), "{one} against {schema}");
            }
        }

        /// What the schema describes before a further example, it describes afterwards too.
        #[test]
        fn a_further_example_never_narrows(examples in prop::collection::vec(values(), 1..4), further in values(), probe in values()) {
            let before = shape_of(&examples);
            let after = before.merge(&Shape::of(&further, &[]));
            let (narrow, wide) = (closed(&before.schema()), closed(&after.schema()));
            for one in examples.iter().chain([&probe]) {
                prop_assert!(!accepts(&narrow, one) || accepts(&wide, one), "{one} kept {narrow} but not {wide}");
            }
        }

        /// Once two examples have been seen somewhere, a further one can only make properties optional there.
        #[test]
        fn a_further_example_never_demands_more(examples in prop::collection::vec(values(), 2..5), further in values()) {
            let before = shape_of(&examples);
            let after = before.merge(&Shape::of(&further, &[]));
            let (mut old, mut new) = (vec![], vec![]);
            demands(&before, "", &mut old);
            demands(&after, "", &mut new);
            for (at, demanded, _) in new {
                if let Some((_, known, witnesses)) = old.iter().find(|(place, _, _)| *place == at)
                    && *witnesses > 1
                {
                    prop_assert!(demanded.iter().all(|name| known.contains(name)), "{at}: {demanded:?} after {known:?}");
                }
            }
        }
    }

    fn sort_required(schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                if let Some(Value::Array(names)) = members.get_mut("required") {
                    names.sort_by_key(Value::to_string);
                }
                members.values_mut().for_each(sort_required);
            }
            Value::Array(elements) => elements.iter_mut().for_each(sort_required),
            _ => {}
        }
    }

    #[test]
    fn one_example_demands_nothing_two_demand_what_both_have() {
        let one = json!({"a": 1, "b": "x"});
        let other = json!({"a": 2});
        assert_eq!(
            shape_of(std::slice::from_ref(&one)).schema(),
            json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}})
        );
        assert_eq!(shape_of(&[one, other]).schema()["required"], json!(["a"]));
    }

    #[test]
    fn elements_of_one_example_are_one_example() {
        let schema = shape_of(&[json!({"list": [{"a": 1}, {"a": 2}]})]).schema();
        assert_eq!(
            schema["properties"]["list"]["items"],
            json!({"type": "object", "properties": {"a": {"type": "integer"}}})
        );
    }

    #[test]
    fn keys_that_are_ids_make_a_map() {
        let schema = shape_of(&[
            json!({"919000000001": {"ok": true}}),
            json!({"919000000002": {"ok": null}}),
        ])
        .schema();
        assert_eq!(
            schema["additionalProperties"]["properties"]["ok"]["type"],
            json!(["boolean", "null"])
        );
        assert!(schema.get("properties").is_none() && schema.get("required").is_none());
    }

    #[test]
    fn digits_in_quotes_stay_text_and_holes_stay_open() {
        assert_eq!(shape_of(&[json!("42")]).schema(), json!({"type": "string"}));
        let holed = Shape::of(&json!({"to": "{{to}}"}), &["/to".to_owned()]);
        assert_eq!(holed.schema()["properties"]["to"], json!({}));
    }
}
