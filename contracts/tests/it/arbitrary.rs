//! What the strategies promise: valid requests keep every rule, broken ones break the rule they name and no other.

use std::collections::BTreeSet;

use contracts::arbitrary::{broken_request, valid_request};
use contracts::check::{self, Received, Rule, Violation};
use contracts::document::{Document, DocumentedBody, DocumentedRequest, Operation, Route, choose};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{contracts, pigeon};

/// What the check says when the request reaches this operation, which it must.
fn checked(
    document: &Document,
    operation: &Operation,
    request: &DocumentedRequest,
) -> Result<Vec<Violation>, String> {
    let path = request.path();
    let Route::Found {
        operations,
        parameters,
    } = document.route(&request.method, &path)
    else {
        return Err(format!("{} {path} leads nowhere", request.method));
    };
    let received = Received::rehearse(request, parameters);
    let reached = choose(&operations, &received.incoming());
    if reached.name != operation.name {
        return Err(format!(
            "{} {path} reaches {}",
            request.method, reached.name
        ));
    }
    let violations = check::request(document, operation, &received.incoming());
    Ok(violations
        .into_iter()
        .filter(|one| one.rule != Rule::Undocumented)
        .collect())
}

fn runner() -> TestRunner {
    TestRunner::new_with_rng(
        Config {
            cases: 64,
            failure_persistence: None,
            ..Config::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    )
}

#[test]
fn every_valid_request_keeps_its_contract() {
    let mut complaints = Vec::new();
    for document in contracts() {
        for operation in document.operations() {
            let Some(requests) = valid_request(document, operation) else {
                continue;
            };
            let kept = runner().run(&requests, |request| {
                let violations =
                    checked(document, operation, &request).map_err(TestCaseError::fail)?;
                prop_assert!(violations.is_empty(), "{violations:#?}");
                Ok(())
            });
            if let Err(error) = kept {
                complaints.push(format!("{} {}: {error}", document.vendor, operation.name));
            }
        }
    }
    assert_eq!(complaints.join("\n"), "");
}

#[test]
fn every_broken_request_breaks_exactly_the_rule_it_names() {
    let mut complaints = Vec::new();
    for document in contracts() {
        for operation in document.operations() {
            let Some(requests) = broken_request(document, operation) else {
                continue;
            };
            let caught = runner().run(&requests, |broken| {
                let violations =
                    checked(document, operation, &broken.request).map_err(TestCaseError::fail)?;
                let found: Vec<_> = violations
                    .iter()
                    .map(|one| (one.rule, one.place, one.pointer.as_str()))
                    .collect();
                prop_assert_eq!(
                    found,
                    [(broken.rule, broken.place, broken.pointer.as_str())],
                    "{:#?}",
                    violations
                );
                Ok(())
            });
            if let Err(error) = caught {
                complaints.push(format!("{} {}: {error}", document.vendor, operation.name));
            }
        }
    }
    assert_eq!(complaints.join("\n"), "");
}

/// The oracle is the validator itself on the whole schema, with every variant in it, and none of our own code.
#[test]
fn valid_bodies_also_fit_the_schema_with_all_its_variants() {
    let send = pigeon()
        .operation("letters.send")
        .expect("it is documented");
    let text: serde_json::Value = serde_json::from_str(pigeon().text()).expect("the toy is JSON");
    let mut schema = text["paths"]["/v1/letters"]["post"]["requestBody"]["content"]["application/json"]["schema"].clone();
    schema["components"] = text["components"].clone();
    let validator = jsonschema::draft202012::new(&schema).expect("the toy's schema compiles");
    let requests = valid_request(pigeon(), send).expect("it has documented requests");
    let fits = runner().run(&requests, |request| {
        let DocumentedBody::Json(body) = &request.body else {
            panic!("a letter is JSON")
        };
        prop_assert!(validator.is_valid(body), "{body}");
        Ok(())
    });
    assert_eq!(fits.map_err(|error| error.to_string()), Ok(()));
}

#[test]
fn requests_really_vary() {
    let send = pigeon()
        .operation("letters.send")
        .expect("it is documented");
    let requests = valid_request(pigeon(), send).expect("it has documented requests");
    let mut runner = runner();
    let bodies: BTreeSet<String> = (0..200)
        .map(|_| {
            let request = requests
                .new_tree(&mut runner)
                .expect("it generates")
                .current();
            let DocumentedBody::Json(body) = request.body else {
                panic!("a letter is JSON")
            };
            body.to_string()
        })
        .collect();
    assert!(bodies.len() > 50, "{} different bodies", bodies.len());
    let some = |text: &str| bodies.iter().any(|body| body.contains(text));
    assert!(
        some("\"subject\"")
            && some("\"size\":\"large\"")
            && some("\"urgent\"")
            && some("\"parcel\"")
    );
    assert!(
        bodies.iter().all(|body| body.contains("\"Ada\"")),
        "who a letter goes to is a matter of state"
    );
}

#[test]
fn every_kind_of_rule_is_broken_somewhere() {
    let mut rules = BTreeSet::new();
    let mut runner = runner();
    for operation in pigeon().operations() {
        if let Some(requests) = broken_request(pigeon(), operation) {
            for _ in 0..300 {
                rules.insert(
                    requests
                        .new_tree(&mut runner)
                        .expect("it generates")
                        .current()
                        .rule,
                );
            }
        }
    }
    let expected = [
        Rule::Required,
        Rule::Type,
        Rule::Enum,
        Rule::Pattern,
        Rule::Limit,
        Rule::Variant,
        Rule::Json,
        Rule::Forbidden,
    ];
    let missing: Vec<&Rule> = expected
        .iter()
        .filter(|rule| !rules.contains(rule))
        .collect();
    assert_eq!(missing, Vec::<&Rule>::new(), "found {rules:?}");
}
