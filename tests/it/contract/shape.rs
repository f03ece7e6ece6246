//! Does an answer look like the documented one? Its members and types, not its values.

use contracts::document::{Document, Schema};
use serde_json::{Map, Value};

/// Every way in which `got` lacks something of `documented`, as sentences; empty when it has the same shape.
///
/// An answer may have more members than the documentation shows. A value may be null where the other has one: that
/// the schema allows it is what the answer check is for. Every element of an array must look like a documented one,
/// and where the schema says that the keys of an object are data, its members are treated likewise. An array inside
/// an element may be empty when another element shows what is in it. An element is compared with those of its own
/// kind; one of a kind that the schema lists, and no example shows, is left to the schema.
pub fn lacks(
    document: &Document,
    schema: Option<&Schema>,
    documented: &Value,
    got: &Value,
) -> Vec<String> {
    let schema = schema
        .map(|schema| schema.resolved(document))
        .unwrap_or(Value::Bool(true));
    let mut lacks = Vec::new();
    compare(
        &Shape {
            document,
            schemas: vec![schema],
        },
        "",
        documented,
        got,
        &mut lacks,
    );
    lacks.into_iter().map(|lack| lack.sentence).collect()
}

/// Something that is not as documented.
struct Lack {
    sentence: String,
    /// The array that has no elements, for an array that should have some.
    empty: Option<String>,
}

impl Lack {
    fn new(pointer: &str, what: &str) -> Self {
        let place = if pointer.is_empty() {
            "the body"
        } else {
            pointer
        };
        Self {
            sentence: format!("{place} {what}"),
            empty: None,
        }
    }
}

/// The schemas that may speak about one value.
struct Shape<'d> {
    document: &'d Document,
    schemas: Vec<Value>,
}

impl<'d> Shape<'d> {
    /// The parts of these schemas that speak about the same value: through `$ref`, `allOf`, `anyOf` and `oneOf`.
    fn parts(&self) -> Vec<Value> {
        let mut parts = Vec::new();
        let mut open = self.schemas.clone();
        while let Some(schema) = open.pop() {
            if parts.len() > 64 {
                break;
            }
            if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
                let name = target.rsplit('/').next().unwrap_or_default();
                let component = self.document.component(name);
                open.extend(
                    component.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok()),
                );
            }
            for word in ["allOf", "anyOf", "oneOf"] {
                open.extend(
                    schema
                        .get(word)
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten()
                        .cloned(),
                );
            }
            parts.push(schema);
        }
        parts
    }

    /// Whether the member of this name is data: no schema names it, and one describes members of any name.
    fn is_data(&self, name: &str) -> bool {
        let parts = self.parts();
        let named = |part: &Value| {
            part.get("properties")
                .is_some_and(|known| known.get(name).is_some())
        };
        let open = |part: &Value| {
            part.get("additionalProperties")
                .is_some_and(Value::is_object)
                || part.get("patternProperties").is_some()
        };
        !parts.iter().any(named) && parts.iter().any(open)
    }

    fn member(&self, name: &str) -> Self {
        let member = |part: &Value| {
            let named = part.get("properties").and_then(|known| known.get(name));
            named.or_else(|| part.get("additionalProperties")).cloned()
        };
        Self {
            document: self.document,
            schemas: self.parts().iter().filter_map(member).collect(),
        }
    }

    fn element(&self) -> Self {
        let items = |part: &Value| part.get("items").cloned();
        Self {
            document: self.document,
            schemas: self.parts().iter().filter_map(items).collect(),
        }
    }
}

fn compare(
    shape: &Shape<'_>,
    pointer: &str,
    documented: &Value,
    got: &Value,
    lacks: &mut Vec<Lack>,
) {
    match (documented, got) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(documented), Value::Object(got)) => {
            members(shape, pointer, documented, got, lacks)
        }
        (Value::Array(documented), Value::Array(got)) => {
            let (documented, got): (Vec<_>, Vec<_>) =
                (documented.iter().collect(), got.iter().collect());
            alike(&shape.element(), pointer, &documented, &got, lacks);
        }
        _ if kind(documented) == kind(got) => {}
        _ => lacks.push(Lack::new(
            pointer,
            &format!("is {} instead of {}", kind(got), kind(documented)),
        )),
    }
}

fn members(
    shape: &Shape<'_>,
    pointer: &str,
    documented: &Map<String, Value>,
    got: &Map<String, Value>,
    lacks: &mut Vec<Lack>,
) {
    let data: Vec<&String> = documented
        .keys()
        .filter(|name| shape.is_data(name))
        .collect();
    if let Some(first) = data.first() {
        let documented: Vec<&Value> = data.iter().map(|name| &documented[*name]).collect();
        let got: Vec<&Value> = got
            .iter()
            .filter(|(name, _)| shape.is_data(name))
            .map(|(_, value)| value)
            .collect();
        alike(&shape.member(first), pointer, &documented, &got, lacks);
    }
    for (name, value) in documented.iter().filter(|(name, _)| !data.contains(name)) {
        let pointer = format!("{pointer}/{name}");
        match got.get(name) {
            Some(got) => compare(&shape.member(name), &pointer, value, got, lacks),
            None => lacks.push(Lack::new(&pointer, "is missing")),
        }
    }
}

/// Every element must look like one of the documented ones, and there must be some if some are documented.
fn alike(
    shape: &Shape<'_>,
    pointer: &str,
    documented: &[&Value],
    got: &[&Value],
    lacks: &mut Vec<Lack>,
) {
    if documented.is_empty() {
        return;
    }
    if got.is_empty() {
        lacks.push(Lack {
            empty: Some(pointer.to_owned()),
            ..Lack::new(pointer, "is empty")
        });
    }
    let mut found: Vec<(String, Vec<Lack>)> = Vec::new();
    for (index, got) in got.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        let kin = kin(shape, documented, got);
        let judged = kin.iter().map(|documented| {
            let mut lacking = Vec::new();
            compare(shape, &pointer, documented, got, &mut lacking);
            lacking
        });
        let nearest = judged.min_by_key(Vec::len).unwrap_or_default();
        found.push((pointer, nearest));
    }
    let inside = |lack: &Lack, element: &str| {
        lack.empty
            .as_deref()
            .and_then(|at| at.strip_prefix(element))
            .map(str::to_owned)
    };
    let shown: Vec<Vec<String>> = found
        .iter()
        .map(|(element, lacks)| {
            lacks
                .iter()
                .filter_map(|lack| inside(lack, element))
                .collect()
        })
        .collect();
    for (element, lacking) in found {
        let forgiven = |lack: &Lack| {
            inside(lack, &element)
                .is_some_and(|within| shown.iter().any(|empty| !empty.contains(&within)))
        };
        lacks.extend(lacking.into_iter().filter(|lack| !forgiven(lack)));
    }
}

/// The members that tell kinds of elements from each other.
const TAGS: [&str; 2] = ["type", "format"];

/// The documented elements of the same kind as `got`: all of them, unless the schema lists the kinds that there are.
fn kin<'v>(shape: &Shape<'_>, documented: &[&'v Value], got: &Value) -> Vec<&'v Value> {
    let listed = |name: &&&str| {
        let value = got.get(**name);
        let parts = shape.member(name).parts();
        let mut lists = parts.iter().filter_map(|part| part.get("enum"));
        value.is_some_and(|value| {
            lists.any(|list| list.as_array().is_some_and(|list| list.contains(value)))
        })
    };
    let tags: Vec<_> = TAGS.iter().filter(listed).collect();
    let same = |one: &&&Value| tags.iter().all(|name| one.get(**name) == got.get(**name));
    documented.iter().filter(same).copied().collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
