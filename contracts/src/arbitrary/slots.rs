//! The values of a documented request that the contract leaves free.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::view::{View, below};
use crate::check::Received;
use crate::document::{Document, DocumentedRequest, Operation, Place, Variant};

/// A place whose value may vary, with the values it may take; `None` stands for leaving it out.
pub(super) struct Slot {
    pub(super) place: Place,
    pub(super) pointer: String,
    pub(super) values: BoxedStrategy<Option<Value>>,
}

/// A value of a documented request with all that is known about it.
pub(super) struct Spot<'a> {
    pub(super) place: Place,
    /// The JSON pointer, or the parameter's name.
    pub(super) pointer: String,
    /// The last part of the pointer.
    pub(super) name: String,
    pub(super) view: &'a View,
    /// The documented value; nothing where the request leaves it out.
    pub(super) value: Option<&'a Value>,
    pub(super) required: bool,
    /// Whether it is a member of an object, or a parameter, and not an element of an array.
    pub(super) removable: bool,
    /// Whether only text can stand here: a parameter, a field of a form.
    pub(super) textual: bool,
}

pub(super) fn of(
    document: &Document,
    operation: &Operation,
    variant: Option<&Variant>,
    request: &DocumentedRequest,
) -> Vec<Slot> {
    let mut slots = Vec::new();
    visit(document, operation, variant, request, &mut |spot| {
        if guards(document, operation, spot.place, &spot.pointer) || spot.place == Place::Path {
            return;
        }
        let values = values(&spot);
        let optional = spot.removable && !spot.required && spot.value.is_some();
        let values = match (values, optional) {
            (Some(values), true) => {
                Some(prop_oneof![3 => values.prop_map(Some), 1 => Just(None)].boxed())
            }
            (Some(values), false) => Some(values.prop_map(Some).boxed()),
            (None, true) => Some(Just(None).boxed()),
            (None, false) => None,
        };
        slots.extend(values.map(|values| Slot {
            place: spot.place,
            pointer: spot.pointer,
            values,
        }));
    });
    slots
}

/// Whether a value decides which operation, variant or account a request belongs to, and so must stay.
pub(super) fn guards(
    document: &Document,
    operation: &Operation,
    place: Place,
    pointer: &str,
) -> bool {
    if document.is_credential(place, pointer) {
        return true;
    }
    let siblings = siblings(document, operation).flat_map(|one| &one.when);
    let variants = operation.variants.iter().flat_map(|variant| &variant.when);
    let stands = |pattern: &str| covers(pointer, pattern);
    let above = |pattern: &str| place == Place::Body && is_above(pointer, pattern);
    siblings
        .filter(|one| one.place == place)
        .any(|one| stands(&one.pointer) || above(&one.pointer))
        || variants
            .filter(|one| one.place == place)
            .any(|one| match place {
                Place::Body => {
                    let pattern = format!("{}{}", operation.variants_at, one.pointer);
                    // Without elements there are no variants to tell apart.
                    stands(&pattern)
                        || (above(&pattern) && !is_above(pointer, &operation.variants_at))
                }
                _ => stands(&one.pointer),
            })
}

/// The operations that share the route, this one included.
pub(super) fn siblings<'d>(
    document: &'d Document,
    operation: &Operation,
) -> impl Iterator<Item = &'d Operation> {
    let (method, path) = (operation.method.clone(), operation.path.clone());
    document
        .operations()
        .iter()
        .filter(move |one| one.method == method && one.path == path)
}

fn covers(pointer: &str, pattern: &str) -> bool {
    let (mut tokens, mut wanted) = (pointer.split('/'), pattern.split('/'));
    loop {
        match (tokens.next(), wanted.next()) {
            (None, None) => return true,
            (Some(token), Some(want)) if want == "*" || token == want => {}
            _ => return false,
        }
    }
}

/// Whether the pointer names something that contains what the pattern names.
fn is_above(pointer: &str, pattern: &str) -> bool {
    pattern
        .match_indices('/')
        .any(|(end, _)| covers(pointer, &pattern[..end]))
}

/// Calls back for every parameter, and for every known member and element of the body.
pub(super) fn visit(
    document: &Document,
    operation: &Operation,
    variant: Option<&Variant>,
    request: &DocumentedRequest,
    found: &mut dyn FnMut(Spot<'_>),
) {
    for parameter in &operation.parameters {
        let schema = parameter.schema.as_ref().map(|schema| schema.value());
        let view = View::new(schema, document);
        let pairs = match parameter.place {
            Place::Path => &request.path,
            Place::Query => &request.query,
            _ => &request.headers,
        };
        let mut written = pairs
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(&parameter.name));
        let value = written
            .next()
            .map(|(_, value)| Value::String(value.clone()));
        // A list in a query has many spellings; it stays as documented.
        if view.is_knotted() || view.types().has("array") || written.next().is_some() {
            continue;
        }
        found(Spot {
            place: parameter.place,
            pointer: parameter.name.clone(),
            name: parameter.name.clone(),
            view: &view,
            value: value.as_ref().filter(|value| *value != ""),
            required: parameter.required,
            removable: true,
            textual: true,
        });
    }
    let received = Received::rehearse(request, Vec::new());
    let body = received.incoming().body;
    let media = operation
        .body
        .as_ref()
        .and_then(|contract| crate::check::media(contract, body, None));
    let (Some(value), Some(schema)) = (body.value(), media.and_then(|media| media.schema.as_ref()))
    else {
        return;
    };
    let walk = Walk {
        document,
        branches: operation
            .variants
            .iter()
            .any(|variant| variant.schema.is_some()),
        at: &operation.variants_at,
        variant,
        textual: !matches!(body, crate::check::Body::Json(_)),
    };
    let view = View::new([schema.value()], document);
    let (pointer, name) = (String::new(), String::new());
    let (value, required, removable) = (Some(value.as_ref()), true, false);
    walk.spot(
        Seen {
            pointer,
            name,
            view,
            value,
            required,
            removable,
        },
        found,
    );
}

struct Walk<'a> {
    document: &'a Document,
    /// Whether the variants have schemas of their own.
    branches: bool,
    at: &'a str,
    variant: Option<&'a Variant>,
    textual: bool,
}

impl Walk<'_> {
    /// Tells of one value, and of what is known of its members or elements.
    fn spot(&self, mut spot: Seen<'_>, found: &mut dyn FnMut(Spot<'_>)) {
        if self.branches && covers(&spot.pointer, self.at) {
            spot.view = spot.view.without_branches();
            if let Some(schema) = self.variant.and_then(|variant| variant.schema.as_ref()) {
                spot.view.add(schema.value(), self.document, 0);
            }
        }
        let Seen {
            pointer,
            name,
            view,
            value,
            required,
            removable,
        } = spot;
        found(Spot {
            place: Place::Body,
            pointer: pointer.clone(),
            name,
            view: &view,
            value,
            required,
            removable,
            textual: self.textual,
        });
        if view.is_knotted() {
            return;
        }
        match value {
            Some(Value::Object(members)) => {
                for name in view.names() {
                    let pointer = below(&pointer, &name);
                    let inner = view.member(&name, self.document);
                    let (value, required) = (members.get(&name), view.requires(&name));
                    let removable = true;
                    self.spot(
                        Seen {
                            pointer,
                            name,
                            view: inner,
                            value,
                            required,
                            removable,
                        },
                        found,
                    );
                }
            }
            Some(Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    let (pointer, name) = (format!("{pointer}/{index}"), index.to_string());
                    let (view, value) = (view.items(self.document), Some(value));
                    let (required, removable) = (true, false);
                    self.spot(
                        Seen {
                            pointer,
                            name,
                            view,
                            value,
                            required,
                            removable,
                        },
                        found,
                    );
                }
            }
            _ => {}
        }
    }
}

/// A value on the way, with its own view.
struct Seen<'a> {
    pointer: String,
    name: String,
    view: View,
    value: Option<&'a Value>,
    required: bool,
    removable: bool,
}

/// Names whose text means nothing to the vendor.
const FREE: [&str; 12] = [
    "text",
    "body",
    "caption",
    "message",
    "title",
    "description",
    "subject",
    "note",
    "notes",
    "footer",
    "remark",
    "comment",
];

/// The other values a place may take; `None` where only the documented one is known to be good.
fn values(spot: &Spot<'_>) -> Option<BoxedStrategy<Value>> {
    let view = spot.view;
    if view.is_knotted()
        || view.has_any(&[
            "const",
            "format",
            "pattern",
            "multipleOf",
            "uniqueItems",
            "contentEncoding",
        ])
    {
        return None;
    }
    let types = view.types();
    if let Some(listed) = view.word("enum").and_then(Value::as_array) {
        let listed: Vec<Value> = listed
            .iter()
            .filter(|value| types.takes(value))
            .cloned()
            .collect();
        return (!listed.is_empty()).then(|| select(listed).boxed());
    }
    if types.is_just("boolean") {
        return Some(any::<bool>().prop_map(Value::Bool).boxed());
    }
    if types.is_just("integer") || types.is_just("number") {
        return numbers(view);
    }
    types.is_just("string").then(|| texts(spot)).flatten()
}

/// Whole numbers within the limits; `None` where no limit shows that the number is free.
fn numbers(view: &View) -> Option<BoxedStrategy<Value>> {
    let above = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (Some(one), Some(other)) => Some(one.max(other)),
        (one, other) => one.or(other),
    };
    let least = above(
        view.limit("minimum", true).map(f64::ceil),
        view.limit("exclusiveMinimum", true)
            .map(|least| least.floor() + 1.0),
    );
    let most = above(
        view.limit("maximum", false).map(|most| -most.floor()),
        view.limit("exclusiveMaximum", false)
            .map(|most| -(most.ceil() - 1.0)),
    )
    .map(|most| -most);
    let (least, most) = match (least, most) {
        (None, None) => return None,
        (Some(least), None) => (least, least + 1000.0),
        (None, Some(most)) => (most - 1000.0, most),
        (Some(least), Some(most)) => (least, most),
    };
    let (least, most) = (least as i64, most as i64);
    (least <= most).then(|| (least..=most).prop_map(|number| json!(number)).boxed())
}

/// Text within the limits, where the name, a limit or a blank in the documented text show that it is free.
fn texts(spot: &Spot<'_>) -> Option<BoxedStrategy<Value>> {
    let documented = spot.value.and_then(Value::as_str);
    let free = FREE.contains(&spot.name.as_str())
        || spot.view.word("maxLength").is_some()
        || documented.is_some_and(|text| text.trim().contains(' '));
    if !free || documented.is_some_and(|text| text.contains("{{")) {
        return None;
    }
    let least = spot
        .view
        .limit("minLength", true)
        .map_or(1, |least| least.max(1.0) as usize);
    let most = spot
        .view
        .limit("maxLength", false)
        .map_or(least + 60, |most| (most as usize).min(least + 60));
    if most < least {
        return None;
    }
    // A parameter is sent in a header or an address, where blanks and letters are safe everywhere.
    let letters = if spot.place == Place::Body {
        r"[a-zA-Z0-9 .,!?'äßé漢न🙂]"
    } else {
        "[a-zA-Z0-9]"
    };
    let texts = proptest::string::string_regex(&format!("{letters}{{{least},{most}}}"));
    texts
        .ok()
        .map(|texts| texts.prop_map(Value::String).boxed())
}
