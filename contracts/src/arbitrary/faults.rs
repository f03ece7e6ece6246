//! Every way to break one rule of a documented request, and no other.

use regex::Regex;
use serde_json::{Value, json};

use super::change::Change;
use super::slots::{Spot, guards, siblings, visit};
use super::view::below;
use crate::check::Rule;
use crate::document::{
    Condition, Document, DocumentedBody, DocumentedRequest, Operation, Place, Variant, elements,
};

/// A change, and the rule it breaks.
pub(super) struct Fault {
    pub(super) rule: Rule,
    pub(super) place: Place,
    pub(super) pointer: String,
    pub(super) change: Change,
}

pub(super) fn of(
    document: &Document,
    operation: &Operation,
    variant: Option<&Variant>,
    request: &DocumentedRequest,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    visit(document, operation, variant, request, &mut |spot| {
        if !guards(document, operation, spot.place, &spot.pointer) {
            at(&spot, &mut faults);
        }
        stranger(&spot, &mut faults);
    });
    whole_body(document, operation, request, &mut faults);
    unknown_variant(document, operation, variant, request, &mut faults);
    faults
}

fn at(spot: &Spot<'_>, faults: &mut Vec<Fault>) {
    let (place, pointer, view) = (spot.place, &spot.pointer, spot.view);
    // A query parameter that the documented request leaves out can be added and be wrong.
    let added = Value::String("added".to_owned());
    let value = match spot.value {
        Some(value) => value,
        None if place == Place::Query => &added,
        None => return,
    };
    if spot.textual && place == Place::Body && pointer.is_empty() {
        // A form is always an object.
        return;
    }
    if spot.required && spot.removable && place != Place::Path && spot.value.is_some() {
        let change = Change::Remove(place, pointer.clone());
        faults.push(Fault {
            rule: Rule::Required,
            place,
            pointer: pointer.clone(),
            change,
        });
    }
    if view.is_knotted() {
        return;
    }
    let mut set = |rule: Rule, value: Value| {
        let change = Change::Set(place, pointer.clone(), value);
        faults.push(Fault {
            rule,
            place,
            pointer: pointer.clone(),
            change,
        });
    };
    let types = view.types();
    if view.word("type").is_some() && !types.is_empty() {
        let textual = [json!("perhaps")];
        let any = [
            json!("perhaps"),
            json!(12345),
            json!(true),
            json!(["perhaps"]),
            json!({"perhaps": 1}),
        ];
        let wrong = if spot.textual { &textual[..] } else { &any[..] };
        wrong
            .iter()
            .filter(|value| !(types.takes(value) || spot.textual && types.has("array")))
            .for_each(|value| set(Rule::Type, value.clone()));
    }
    const TEXT: [&str; 5] = [
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "contentEncoding",
    ];
    const NUMBER: [&str; 5] = [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ];
    let listed = view.has_any(&["enum", "const"]);
    if listed {
        if view.has_any(&TEXT)
            || view.has_any(&NUMBER)
            || !view.types().takes(&json!("no such value"))
        {
            return;
        }
        match (view.word("enum"), view.word("const")) {
            (Some(_), None) => set(Rule::Enum, json!("no such value")),
            (None, Some(_)) => set(Rule::Const, json!("no such value")),
            _ => {}
        }
        return;
    }
    if let Value::String(text) = value
        && types.is_just("string")
    {
        let only = |word: &str| {
            !TEXT
                .iter()
                .any(|other| *other != word && view.has_any(&[other]))
        };
        let lengths_only = !view.has_any(&["pattern", "format", "contentEncoding"]);
        if let Some(most) = view
            .limit("maxLength", false)
            .filter(|most| lengths_only && *most < 10_000.0)
        {
            set(Rule::Limit, json!("x".repeat(most as usize + 1)));
        }
        if let Some(least) = view
            .limit("minLength", true)
            .filter(|least| lengths_only && *least > 1.0)
        {
            set(Rule::Limit, json!("x".repeat(least as usize - 1)));
        } else if view.limit("minLength", true) == Some(1.0) && lengths_only && place == Place::Body
        {
            set(Rule::Limit, json!(""));
        }
        if let Some(pattern) = view
            .word("pattern")
            .and_then(Value::as_str)
            .filter(|_| only("pattern"))
            && let Ok(pattern) = Regex::new(pattern)
            && let Some(odd) = ["~", "~ no ~", "é~"]
                .into_iter()
                .find(|odd| !pattern.is_match(odd))
            && !text.is_empty()
            && place != Place::Header
        {
            set(Rule::Pattern, json!(odd));
        }
    }
    if (types.is_just("integer") || types.is_just("number")) && view.word("multipleOf").is_none() {
        let number = |limit: f64| json!(limit as i64);
        let whole =
            |limit: Option<f64>| limit.filter(|limit| limit.fract() == 0.0 && limit.abs() < 1e15);
        if let Some(most) = whole(view.limit("maximum", false)) {
            set(Rule::Limit, number(most + 1.0));
        }
        if let Some(least) = whole(view.limit("minimum", true)) {
            set(Rule::Limit, number(least - 1.0));
        }
        if let Some(most) =
            whole(view.limit("exclusiveMaximum", false)).filter(|_| view.word("maximum").is_none())
        {
            set(Rule::Limit, number(most));
        }
        if let Some(least) =
            whole(view.limit("exclusiveMinimum", true)).filter(|_| view.word("minimum").is_none())
        {
            set(Rule::Limit, number(least));
        }
    }
    if let Value::Array(items) = value
        && types.is_just("array")
        && !spot.textual
        && !view.has_any(&["uniqueItems", "prefixItems"])
    {
        if let (Some(most), Some(first)) = (
            view.limit("maxItems", false).filter(|most| *most < 2000.0),
            items.first(),
        ) {
            let filled = items
                .iter()
                .chain(std::iter::repeat(first))
                .take(most as usize + 1);
            set(Rule::Limit, filled.cloned().collect());
        }
        if view
            .limit("minItems", true)
            .is_some_and(|least| least >= 1.0)
        {
            set(Rule::Limit, json!([]));
        }
    }
}

/// A member that the contract refuses, where it says so.
fn stranger(spot: &Spot<'_>, faults: &mut Vec<Fault>) {
    let closed = spot.view.word("additionalProperties") == Some(&Value::Bool(false));
    if closed
        && !spot.textual
        && !spot.view.is_knotted()
        && spot.value.is_some_and(Value::is_object)
    {
        let (rule, place, pointer) = (
            Rule::Forbidden,
            spot.place,
            below(&spot.pointer, "nobody-asked"),
        );
        let change = Change::Set(place, pointer.clone(), json!(1));
        faults.push(Fault {
            rule,
            place,
            pointer,
            change,
        });
    }
}

/// No body, and a body that is not JSON; where the body decides between operations, neither says which was meant.
fn whole_body(
    document: &Document,
    operation: &Operation,
    request: &DocumentedRequest,
    faults: &mut Vec<Fault>,
) {
    if siblings(document, operation).count() > 1 {
        return;
    }
    let (place, pointer) = (Place::Body, String::new());
    if operation.body.as_ref().is_some_and(|body| body.required)
        && request.body != DocumentedBody::None
    {
        let change = Change::Empty;
        faults.push(Fault {
            rule: Rule::Required,
            place,
            pointer: pointer.clone(),
            change,
        });
    }
    let json_type = request.content_type().is_some_and(crate::document::is_json);
    if operation.body.is_some() && json_type && matches!(request.body, DocumentedBody::Json(_)) {
        for text in ["{\"cut\": ", "{'single': 1}", "nonsense", "{\"comma\": 1,}"] {
            let change = Change::Text(text.to_owned());
            faults.push(Fault {
                rule: Rule::Json,
                place,
                pointer: pointer.clone(),
                change,
            });
        }
    }
}

/// A discriminator nobody documented, where no variant takes what the others leave.
fn unknown_variant(
    document: &Document,
    operation: &Operation,
    variant: Option<&Variant>,
    request: &DocumentedRequest,
    faults: &mut Vec<Fault>,
) {
    let DocumentedBody::Json(body) = &request.body else {
        return;
    };
    let Some(Variant {
        when,
        schema: Some(_),
        ..
    }) = variant
    else {
        return;
    };
    let Some(
        first @ Condition {
            place: Place::Body, ..
        },
    ) = when.first()
    else {
        return;
    };
    // The first condition of every variant must look at the same member, or another one might still take it.
    let same = |one: &Variant| {
        one.when
            .first()
            .is_some_and(|when| when.place == Place::Body && when.pointer == first.pointer)
    };
    let constant = |one: &Variant| {
        one.when
            .first()
            .is_some_and(|when| !when.accepted().is_empty())
    };
    if first.pointer.contains('*')
        || !operation
            .variants
            .iter()
            .all(|one| same(one) && constant(one))
    {
        return;
    }
    if siblings(document, operation).count() > 1 {
        return;
    }
    for (pointer, _) in elements(body, &operation.variants_at) {
        let pointer = format!("{pointer}{}", first.pointer);
        let mut alone = false;
        visit(document, operation, variant, request, &mut |spot| {
            if spot.pointer == pointer && spot.place == Place::Body && spot.value.is_some() {
                let takes = spot.view.types().takes(&json!("no such kind"));
                alone = takes
                    && !spot
                        .view
                        .has_any(&["pattern", "format", "minLength", "maxLength"]);
            }
        });
        // What every variant shares may list the kinds itself.
        let listed = listed_before(document, operation, request, &pointer);
        if alone {
            let rule = if listed { Rule::Enum } else { Rule::Variant };
            let change = Change::Set(Place::Body, pointer.clone(), json!("no such kind"));
            faults.push(Fault {
                rule,
                place: Place::Body,
                pointer,
                change,
            });
        }
    }
}

/// Whether the schema around the variants says itself which kinds there are.
fn listed_before(
    document: &Document,
    operation: &Operation,
    request: &DocumentedRequest,
    pointer: &str,
) -> bool {
    let mut lists = false;
    visit(document, operation, None, request, &mut |spot| {
        lists |=
            spot.place == Place::Body && spot.pointer == pointer && spot.view.has_any(&["enum"]);
    });
    lists
}
