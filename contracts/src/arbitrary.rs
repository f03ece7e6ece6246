//! Random requests that keep the contract, and random requests that break exactly one rule of it.
//!
//! Both start from the documented requests, so what refers to state (a phone number, an id, a template's name)
//! stays usable on the seed, and vary only what the schema leaves free: optional members, free text, numbers within
//! their limits, values of a list.

mod change;
mod faults;
mod slots;
mod view;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

use crate::check::{Received, Rule};
use crate::document::{Document, DocumentedRequest, Operation, Place, Route, Variant, choose};
use change::Change;
use slots::Slot;

/// A request that breaks one rule, and the rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// The request, ready to be sent.
    pub request: DocumentedRequest,
    /// The variant it was before it was broken.
    pub variant: String,
    /// The rule it breaks.
    pub rule: Rule,
    /// The part of the request that breaks it.
    pub place: Place,
    /// A JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
}

/// How often one free value is changed.
const CHANGED: f64 = 0.3;

/// Requests that keep the contract of an operation; `None` when no request of it is documented.
pub fn valid_request(
    document: &Document,
    operation: &Operation,
) -> Option<BoxedStrategy<DocumentedRequest>> {
    let starts = starts(document, operation)
        .into_iter()
        .map(|(variant, request)| {
            let slots = slots::of(document, operation, variant, &request);
            let changes: Vec<_> = slots
                .into_iter()
                .map(|slot| proptest::option::weighted(CHANGED, changed(slot)))
                .collect();
            let path = operation.path.clone();
            let apply = move |changes: Vec<Option<Change>>| {
                let changes = changes.into_iter().flatten();
                changes.fold(request.clone(), |request, change| {
                    change.applied(request, &path)
                })
            };
            changes.prop_map(apply).boxed()
        });
    let starts: Vec<_> = starts.collect();
    (!starts.is_empty()).then(|| Union::new(starts).boxed())
}

fn changed(slot: Slot) -> BoxedStrategy<Change> {
    let (place, pointer) = (slot.place, slot.pointer);
    let change = move |value| match value {
        Some(value) => Change::Set(place, pointer.clone(), value),
        None => Change::Remove(place, pointer.clone()),
    };
    slot.values.prop_map(change).boxed()
}

/// Requests that break exactly one rule of an operation; `None` when it has no rule that can be broken alone.
pub fn broken_request(document: &Document, operation: &Operation) -> Option<BoxedStrategy<Broken>> {
    let mut broken = Vec::new();
    for (variant, request) in starts(document, operation) {
        for fault in faults::of(document, operation, variant, &request) {
            broken.push(Broken {
                request: fault.change.applied(request.clone(), &operation.path),
                variant: variant
                    .map(|variant| variant.name.clone())
                    .unwrap_or_default(),
                rule: fault.rule,
                place: fault.place,
                pointer: fault.pointer,
            });
        }
    }
    (!broken.is_empty()).then(|| select(broken).boxed())
}

/// The documented requests of an operation, filled in; for one without, the barest request its path allows.
///
/// A request that would reach another operation is none of this one's.
fn starts<'o>(
    document: &Document,
    operation: &'o Operation,
) -> Vec<(Option<&'o Variant>, DocumentedRequest)> {
    let documented = operation.variants.iter();
    let documented =
        documented.filter_map(|variant| Some((Some(variant), variant.request()?.filled(document))));
    let mut starts: Vec<_> = documented
        .filter(|(_, request)| reaches(document, operation, request))
        .collect();
    if starts.is_empty() {
        let bare =
            bare(document, operation).filter(|request| reaches(document, operation, request));
        starts.extend(bare.map(|request| (None, request)));
    }
    starts
}

fn reaches(document: &Document, operation: &Operation, request: &DocumentedRequest) -> bool {
    if request.url.contains("{{") || request.query.iter().any(|(_, value)| value.contains("{{")) {
        return false;
    }
    let Route::Found {
        operations,
        parameters,
    } = document.route(&request.method, &request.path())
    else {
        return false;
    };
    choose(
        &operations,
        &Received::rehearse(request, parameters).incoming(),
    )
    .name
        == operation.name
}

/// A request made of the path template, path variables and the examples of required parameters.
fn bare(document: &Document, operation: &Operation) -> Option<DocumentedRequest> {
    if operation.body.as_ref().is_some_and(|body| body.required) {
        return None;
    }
    let host = operation
        .servers
        .first()
        .or(document.servers.first())
        .map_or("", String::as_str);
    let named = |place| {
        operation
            .parameters
            .iter()
            .filter(move |one| one.place == place)
    };
    let example = |name: &str, value: Option<serde_json::Value>| {
        value.map(|value| (name.to_owned(), view::text(&value)))
    };
    let path: Vec<(String, String)> = named(Place::Path)
        .map(|one| {
            let known = document
                .variable(&format!("path:{}", one.name))
                .map(|value| (one.name.clone(), value.to_owned()));
            known.or_else(|| example(&one.name, one.example()))
        })
        .collect::<Option<_>>()?;
    let required = |place| {
        let each =
            named(place).filter(|one| one.required && !document.is_credential(place, &one.name));
        each.map(|one| example(&one.name, one.example()))
            .collect::<Option<Vec<_>>>()
    };
    let request = DocumentedRequest {
        method: operation.method.clone(),
        url: format!("{host}{}", operation.path),
        path,
        query: required(Place::Query)?,
        headers: required(Place::Header)?,
        ..DocumentedRequest::default()
    };
    Some(request.filled(document)).filter(|request| !request.url.contains('{'))
}
