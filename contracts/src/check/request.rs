//! Requests: parameters first, then the body, its variants and what nobody documented.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::Value;

use super::{Body, Findings, Incoming, Rule, Violation};
use crate::document::{
    BodyContract, Document, MediaContract, Operation, Parameter, Place, Variant, accepted_values,
    elements, essence, is_json,
};
use crate::schema::shape::{self, Here, Node};
use crate::schema::{Compiled, listed};

/// Every way in which a request does not keep the contract of its operation; none when it keeps it.
///
/// What the contract does not know is listed under [`Rule::Undocumented`].
pub fn request(
    document: &Document,
    operation: &Operation,
    incoming: &Incoming<'_>,
) -> Vec<Violation> {
    let mut findings = Findings::default();
    for parameter in &operation.parameters {
        check_parameter(document, operation, parameter, incoming, &mut findings);
    }
    for (name, value) in incoming.query {
        let known = |one: &Parameter| one.place == Place::Query && names(one, name);
        if document.is_credential(Place::Query, name) || operation.parameters.iter().any(known) {
            continue;
        }
        let found = Some(Value::String(value.clone()));
        let expected = "no such parameter".to_owned();
        let (rule, place) = (Rule::Undocumented, Place::Query);
        findings.add(Violation::new(
            rule,
            place,
            name.clone(),
            found,
            expected,
            operation.evidence,
        ));
    }
    check_body(document, operation, incoming, &mut findings);
    findings.finish()
}

/// A list may be sent as `name` or as `name[]`.
fn names(parameter: &Parameter, name: &str) -> bool {
    parameter.name == name
        || name
            .strip_suffix("[]")
            .is_some_and(|name| parameter.name == name)
}

fn check_parameter(
    document: &Document,
    operation: &Operation,
    parameter: &Parameter,
    incoming: &Incoming<'_>,
    findings: &mut Findings,
) {
    let (place, name) = (parameter.place, &parameter.name);
    let evidence = parameter.evidence.unwrap_or(operation.evidence);
    let pairs = |pairs: &[(String, String)]| -> Vec<String> {
        pairs
            .iter()
            .filter(|(key, _)| names(parameter, key))
            .map(|(_, value)| value.clone())
            .collect()
    };
    let mut values = match place {
        Place::Path => pairs(incoming.path),
        Place::Query => pairs(incoming.query),
        Place::Header => {
            let values = incoming.headers.get_all(name.as_str()).iter();
            values
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect()
        }
        Place::Body | Place::Status | Place::ContentType => return,
    };
    if !parameter.required {
        values.retain(|value| !value.is_empty());
    }
    let schema = match parameter
        .schema
        .as_ref()
        .map(|schema| schema.compiled(document))
        .transpose()
    {
        Ok(schema) => schema,
        Err(why) => return findings.broken_contract(place, name, why),
    };
    if values.is_empty() {
        if parameter.required {
            let types = schema
                .map(|schema| shape::types(&[schema.shapes.root()]))
                .unwrap_or_default();
            findings.add(Violation::new(
                Rule::Required,
                place,
                name.clone(),
                None,
                types.words(),
                evidence,
            ));
        }
        return;
    }
    let Some(schema) = schema else { return };
    for value in coerced(&values, schema) {
        // A fault inside a list or an object is a fault of the parameter.
        for fault in schema.faults(&value) {
            findings.add(Violation::new(
                fault.rule,
                place,
                name.clone(),
                fault.found,
                fault.expected,
                evidence,
            ));
        }
    }
}

/// The values of a parameter as the types of its schema: one list, or each value by itself.
fn coerced(values: &[String], schema: &Compiled) -> Vec<Value> {
    let root = [schema.shapes.root()];
    let types = shape::types(&root);
    let each = |types| values.iter().map(move |value| shape::coerce(value, types));
    if !types.has("array") || types.has("string") {
        return each(types).collect();
    }
    match each(types).next() {
        Some(list @ Value::Array(_)) if values.len() == 1 => vec![list],
        _ => vec![each(shape::types(&shape::items(&root))).collect()],
    }
}

fn check_body(
    document: &Document,
    operation: &Operation,
    incoming: &Incoming<'_>,
    findings: &mut Findings,
) {
    let evidence = operation.evidence;
    let mut tell = |rule, found: Option<Value>, expected: &str| {
        findings.add(Violation::new(
            rule,
            Place::Body,
            String::new(),
            found,
            expected.to_owned(),
            evidence,
        ));
    };
    let Some(contract) = &operation.body else {
        if !matches!(incoming.body, Body::Empty) {
            tell(
                Rule::Undocumented,
                incoming.body.value().map(Cow::into_owned),
                "no body",
            );
        }
        return;
    };
    match incoming.body {
        Body::Empty if contract.required => return tell(Rule::Required, None, "a body"),
        Body::Empty => return,
        Body::Broken {
            message,
            line,
            column,
        } => {
            let predicate = format!("is not JSON: {message} at line {line}, column {column}");
            let (place, expected) = (Place::Body, "JSON".to_owned());
            let broken = Violation::new(Rule::Json, place, String::new(), None, expected, evidence);
            return findings.add(broken.saying(&predicate));
        }
        _ => {}
    }
    let sent = incoming.header("content-type");
    let Some(media) = media(contract, incoming.body, sent) else {
        if !contract.content.is_empty() {
            let documented: Vec<Value> = contract
                .content
                .iter()
                .map(|one| one.media_type.as_str().into())
                .collect();
            let found = sent.map(|sent| Value::String(sent.to_owned()));
            let (place, pointer) = (Place::ContentType, "content-type".to_owned());
            findings.add(Violation::new(
                Rule::ContentType,
                place,
                pointer,
                found,
                listed(&documented),
                evidence,
            ));
        }
        return;
    };
    if let Some(body) = incoming.body.value() {
        check_value(document, operation, media, body, incoming, findings);
    }
}

/// The documented media type a body is read as: the one that was sent where it is documented, else one of its kind.
pub(crate) fn media<'c>(
    contract: &'c BodyContract,
    body: Body<'_>,
    sent: Option<&str>,
) -> Option<&'c MediaContract> {
    let fits = |media: &&MediaContract| {
        let essence = essence(&media.media_type).to_ascii_lowercase();
        match body {
            Body::Json(_) => is_json(&essence),
            Body::Form(_) => essence == "application/x-www-form-urlencoded",
            Body::Multipart(_) => essence == "multipart/form-data",
            Body::Text(_) => !is_json(&essence) && !essence.contains("form"),
            Body::Empty | Body::Broken { .. } => false,
        }
    };
    let exact = sent.and_then(|sent| contract.media(sent)).filter(fits);
    exact.or_else(|| contract.content.iter().find(fits))
}

fn check_value(
    document: &Document,
    operation: &Operation,
    media: &MediaContract,
    mut body: Cow<'_, Value>,
    incoming: &Incoming<'_>,
    findings: &mut Findings,
) {
    let Some(schema) = &media.schema else { return };
    let at = operation.variants_at.as_str();
    let branches = operation
        .variants
        .iter()
        .any(|variant| variant.schema.is_some());
    let pruned = if branches {
        media.pruned.get(schema, at, document)
    } else {
        Ok(None)
    };
    let base = match pruned.and_then(|pruned| pruned.map_or_else(|| schema.compiled(document), Ok))
    {
        Ok(base) => base,
        Err(why) => return findings.broken_contract(Place::Body, "", why),
    };
    if !matches!(incoming.body, Body::Json(_)) {
        body = Cow::Owned(read_form(&body, base, document, operation));
    }
    findings.judge(base, &body, Place::Body, "", operation.evidence);
    let chosen: Vec<(String, Option<&Variant>)> = if branches {
        let each = elements(&body, at).into_iter();
        each.map(|(pointer, element)| {
            let variant = operation.variant_of(element, incoming);
            match variant {
                Some(variant) => {
                    check_variant(document, variant, base, element, &pointer, findings)
                }
                None => no_variant(operation, element, &pointer, incoming, findings),
            }
            (pointer, variant)
        })
        .collect()
    } else {
        Vec::new()
    };
    // The walk meets the elements in the order they were found in, save those that have no members.
    let next = Cell::new(0);
    let depth = at.matches('/').count();
    let here = |pointer: &str, _: &Value| {
        if !branches || pointer.matches('/').count() != depth {
            return Here::Nothing;
        }
        let Some(skipped) = chosen[next.get()..]
            .iter()
            .position(|(at, _)| at == pointer)
        else {
            return Here::Nothing;
        };
        let index = next.get() + skipped;
        next.set(index + 1);
        let Some(variant) = chosen[index].1 else {
            return Here::Unknown;
        };
        match variant
            .schema
            .as_ref()
            .map(|schema| schema.compiled(document))
        {
            Some(Ok(schema)) => Here::Variant(schema.shapes.root()),
            Some(Err(_)) => Here::Unknown,
            None => Here::Nothing,
        }
    };
    findings.strangers(&body, base, &here, operation.evidence);
}

fn check_variant(
    document: &Document,
    variant: &Variant,
    base: &Compiled,
    element: &Value,
    pointer: &str,
    findings: &mut Findings,
) {
    let Some(schema) = &variant.schema else {
        return;
    };
    match schema.compiled(document) {
        Ok(schema) if schema.address.is_some() && schema.address == base.address => {}
        Ok(schema) => findings.judge(schema, element, Place::Body, pointer, variant.evidence),
        Err(why) => findings.broken_contract(Place::Body, pointer, why),
    }
}

/// Tells what would have told the variants apart: of those that came nearest, the first condition that failed.
fn no_variant(
    operation: &Operation,
    element: &Value,
    pointer: &str,
    incoming: &Incoming<'_>,
    findings: &mut Findings,
) {
    let (place, evidence) = (Place::Body, operation.evidence);
    if !element.is_object() {
        let expected = "an object".to_owned();
        let found = Some(element.clone());
        return findings.add(Violation::new(
            Rule::Type,
            place,
            pointer.to_owned(),
            found,
            expected,
            evidence,
        ));
    }
    let held = |variant: &&Variant| {
        variant
            .when
            .iter()
            .take_while(|one| one.holds_in(element, incoming))
            .count()
    };
    let most = operation
        .variants
        .iter()
        .map(|variant| held(&variant))
        .max()
        .unwrap_or_default();
    let nearest = operation
        .variants
        .iter()
        .filter(|variant| held(variant) == most);
    let failed: Vec<_> = nearest
        .filter_map(|variant| variant.when.get(most))
        .collect();
    let Some(first) = failed.first() else { return };
    let accepted = accepted_values(failed.iter().copied(), first.place, &first.pointer);
    let expected = if accepted.is_empty() {
        let names: Vec<Value> = operation
            .variants
            .iter()
            .map(|variant| variant.name.as_str().into())
            .collect();
        format!("what makes it {}", listed(&names))
    } else {
        listed(&accepted)
    };
    let (place, pointer, found) = match first.place {
        Place::Body => (
            place,
            format!("{pointer}{}", first.pointer),
            element.pointer(&first.pointer).cloned(),
        ),
        Place::Query => (
            first.place,
            first.pointer.clone(),
            incoming.query(&first.pointer).map(Value::from),
        ),
        Place::Header => (
            first.place,
            first.pointer.clone(),
            incoming.header(&first.pointer).map(Value::from),
        ),
        _ => (
            first.place,
            first.pointer.clone(),
            incoming.path(&first.pointer).map(Value::from),
        ),
    };
    // The schema may have said it already, and more sharply.
    let told = |one: &Violation| one.place == place && one.pointer == pointer;
    if !findings.violations.iter().any(told) {
        findings.add(Violation::new(
            Rule::Variant,
            place,
            pointer,
            found,
            expected,
            evidence,
        ));
    }
}

/// Gives the fields of a form, which are text, the types that the schemas name.
fn read_form(form: &Value, base: &Compiled, document: &Document, operation: &Operation) -> Value {
    let variants = operation
        .variants
        .iter()
        .filter_map(|variant| variant.schema.as_ref()?.compiled(document).ok());
    let nodes: Vec<Node<'_>> = std::iter::once(base)
        .chain(variants)
        .map(|schema| schema.shapes.root())
        .collect();
    let read = |(name, value): (&String, &Value)| {
        let known = shape::member(&nodes, name);
        let types = shape::types(&known);
        let items = || shape::types(&shape::items(&known));
        let text = |value: &Value, types| shape::coerce(value.as_str().unwrap_or_default(), types);
        let read = match value {
            Value::Array(values) => values.iter().map(|value| text(value, items())).collect(),
            // A list of one element looks like a single value.
            one => match text(one, types) {
                Value::String(_) if types.has("array") && !types.has("string") => {
                    Value::Array(vec![text(one, items())])
                }
                read => read,
            },
        };
        (name.clone(), read)
    };
    Value::Object(
        form.as_object()
            .map(|fields| fields.iter().map(read).collect())
            .unwrap_or_default(),
    )
}
