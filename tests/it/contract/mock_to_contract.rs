//! Every documented and every random valid request gets an answer that keeps the contract; every broken one is
//! refused in the vendor's words and leaves no trace.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use contracts::arbitrary::{broken_request, valid_request};
use contracts::document::{DocumentedRequest, Operation};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::{Builder, Runtime};

use super::case::cases;
use super::edge::{Edge, Verdict};
use super::table::{Complaint, table};
use super::wire::Wire;

/// How many random requests each operation gets that keep the contract.
const VALID: u32 = 32;
/// How many it gets that do not.
const BROKEN: usize = 256;

/// A request that this vendor may take although it breaks the contract, or refuse otherwise than by a 4xx.
struct Tolerated {
    vendor: &'static str,
    operation: &'static str,
    /// The rule and the place, as `Required /messages`.
    breaks: &'static str,
    reason: &'static str,
}

/// All of them. One that is not needed any more fails the test.
const TOLERATED: &[Tolerated] = &[];

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
}

fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn edges() -> Vec<Edge> {
    let mounted = mock_server::vendors::mount().unwrap_or_else(|error| panic!("{error}"));
    mounted.into_iter().map(Edge::new).collect()
}

/// How often which kind of answer came: by the first digit of its status.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, BTreeMap<u16, usize>>);

impl Tally {
    fn count(&mut self, edge: &Edge, verdict: &Verdict) {
        let class = verdict.status.map_or(0, |status| status.as_u16() / 100);
        *self
            .0
            .entry(edge.mounted().name)
            .or_default()
            .entry(class)
            .or_default() += 1;
    }

    fn of(&self, edge: &Edge, class: u16) -> usize {
        let counts = self.0.get(edge.mounted().name);
        counts
            .and_then(|counts| counts.get(&class))
            .copied()
            .unwrap_or_default()
    }
}

#[test]
fn documented_requests_are_answered_within_the_contract() {
    let runtime = runtime();
    let mut complaints = Vec::new();
    for edge in edges() {
        let cases = cases(edge.mounted().document);
        assert!(
            !cases.is_empty(),
            "{} documents no request",
            edge.mounted().name
        );
        for case in &cases {
            let verdict = runtime.block_on(edge.documented(case));
            let told = [case.variant.as_str(), case.example.unwrap_or("–")];
            complaints.extend(complaint(
                &edge,
                case.operation,
                told,
                &case.request,
                &verdict,
            ));
        }
    }
    assert!(
        complaints.is_empty(),
        "{} complaints\n{}",
        complaints.len(),
        table(&complaints)
    );
}

#[test]
fn random_valid_requests_are_answered_within_the_contract() {
    let runtime = runtime();
    let mut complaints = Vec::new();
    let mut tally = Tally::default();
    for edge in edges() {
        let document = edge.mounted().document;
        for operation in document.operations() {
            let Some(requests) = valid_request(document, operation) else {
                continue;
            };
            let counts = RefCell::new(&mut tally);
            let kept = runner(VALID).run(&requests, |request| {
                let verdict = runtime.block_on(edge.valid(operation, &request));
                counts.borrow_mut().count(&edge, &verdict);
                if verdict.complaints.is_empty() {
                    Ok(())
                } else {
                    Err(TestCaseError::fail(verdict.complaints.join(" ")))
                }
            });
            match kept {
                Ok(()) => {}
                Err(TestError::Abort(why)) => panic!("{}: {why}", operation.name),
                Err(TestError::Fail(why, request)) => {
                    let verdict = Verdict {
                        status: None,
                        complaints: vec![why.to_string()],
                    };
                    complaints.extend(complaint(
                        &edge,
                        operation,
                        ["", "random"],
                        &request,
                        &verdict,
                    ));
                }
            }
        }
        assert!(
            tally.of(&edge, 2) > 0,
            "{} took no random request",
            edge.mounted().name
        );
    }
    println!("random valid requests by class of status: {:?}", tally.0);
    assert!(
        complaints.is_empty(),
        "{} complaints\n{}",
        complaints.len(),
        table(&complaints)
    );
}

#[test]
fn broken_requests_are_refused_and_change_nothing() {
    let runtime = runtime();
    let mut complaints = Vec::new();
    let mut needed = BTreeSet::new();
    let mut tally = Tally::default();
    for edge in edges() {
        let document = edge.mounted().document;
        for operation in document.operations() {
            let Some(requests) = broken_request(document, operation) else {
                continue;
            };
            for broken in some(&requests, BROKEN) {
                let verdict = runtime.block_on(edge.broken(operation, &broken));
                tally.count(&edge, &verdict);
                let breaks = format!("{:?} {}", broken.rule, broken.pointer);
                let tolerated = TOLERATED.iter().position(|one| {
                    one.vendor == edge.mounted().name
                        && one.operation == operation.name
                        && one.breaks == breaks
                });
                if let Some(tolerated) = tolerated.filter(|_| !verdict.complaints.is_empty()) {
                    needed.insert(tolerated);
                    continue;
                }
                let told = [broken.variant.as_str(), breaks.as_str()];
                complaints.extend(complaint(&edge, operation, told, &broken.request, &verdict));
            }
        }
        assert!(
            tally.of(&edge, 4) > 0,
            "{} refused nothing",
            edge.mounted().name
        );
    }
    println!("broken requests by class of status: {:?}", tally.0);
    assert!(
        complaints.is_empty(),
        "{} complaints\n{}",
        complaints.len(),
        table(&complaints)
    );
    let idle = TOLERATED
        .iter()
        .enumerate()
        .filter(|(index, _)| !needed.contains(index));
    let idle: Vec<_> = idle
        .map(|(_, one)| (one.vendor, one.operation, one.breaks, one.reason))
        .collect();
    assert!(idle.is_empty(), "need not be tolerated any more: {idle:#?}");
}

/// Some different values of a strategy, the same ones each time.
fn some<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value>
where
    S::Value: Debug + PartialEq,
{
    let mut runner = runner(1);
    let mut values = Vec::new();
    for _ in 0..count {
        let value = strategy
            .new_tree(&mut runner)
            .expect("the strategy gives values")
            .current();
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

fn complaint(
    edge: &Edge,
    operation: &Operation,
    [variant, example]: [&str; 2],
    request: &DocumentedRequest,
    verdict: &Verdict,
) -> Option<Complaint> {
    if verdict.complaints.is_empty() {
        return None;
    }
    let sent = Wire::of(&edge.mounted().profile, request);
    let sent = sent.map(|wire| {
        format!(
            "{} {} {}",
            wire.method,
            wire.target,
            String::from_utf8_lossy(&wire.body)
        )
    });
    Some(Complaint {
        vendor: edge.mounted().name,
        operation: operation.name.clone(),
        variant: variant.to_owned(),
        example: example.to_owned(),
        expected: "the contract kept".to_owned(),
        got: verdict
            .status
            .map_or("–".to_owned(), |status| status.as_str().to_owned()),
        why: format!(
            "{} ← {}",
            verdict.complaints.join(" "),
            sent.unwrap_or_else(|why| why)
        ),
    })
}
