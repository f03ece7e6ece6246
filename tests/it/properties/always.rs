//! What is always true of every vendor that sends messages, however its calls, its happenings and its time interleave.

use std::collections::HashMap;
use std::fmt::Debug;

use mock_server::kernel::vendor::Vendor;
use mock_server::vendors::balesotomatis::BalesOtomatis;
use mock_server::vendors::cekat::Cekat;
use mock_server::vendors::heltar::Heltar;
use mock_server::vendors::myoperator::MyOperator;
use mock_server::vendors::omnichat::Omnichat;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

use crate::support::stage::Stage;

/// A vendor as these properties play it.
pub trait Played: Vendor {
    /// Something a client or the world does.
    type Act: Clone + Debug;
    /// How far a message got; the order is that of its life.
    type Status: Copy + Debug + PartialOrd;

    /// One thing after the other.
    fn acts() -> BoxedStrategy<Vec<Self::Act>>;

    /// Does it; false when it was refused.
    fn play(stage: &Stage<Self>, act: &Self::Act) -> bool;

    /// Every message by its id, and how far it got.
    fn progress(&self) -> Vec<(String, Self::Status)>;

    /// Whether a message that got so far gets no further.
    fn is_over(status: Self::Status) -> bool;
}

/// No message ever moves backwards, none leaves its end, and none is lost.
fn forward<V: Played>(stage: &Stage<V>, acts: &[V::Act]) -> TestCaseResult {
    let mut last: HashMap<String, V::Status> = HashMap::new();
    for act in acts {
        V::play(stage, act);
        let seen = stage.look(V::progress);
        prop_assert!(seen.len() >= last.len(), "a message is lost");
        for (id, status) in seen {
            let before = last.insert(id, status).unwrap_or(status);
            prop_assert!(before <= status, "{before:?} became {status:?}");
            let moved = before < status;
            prop_assert!(
                !(moved && V::is_over(before)),
                "{before:?} became {status:?}"
            );
        }
    }
    Ok(())
}

/// What is refused leaves the state as it was, to the byte.
fn traceless<V: Played>(stage: &Stage<V>, acts: &[V::Act]) -> TestCaseResult {
    for act in acts {
        let before = stage.state();
        if !V::play(stage, act) {
            prop_assert_eq!(before, stage.state(), "after {:?}", act);
        }
    }
    Ok(())
}

/// Plays many times, each on a stage of its own.
fn tried<V: Played>(property: fn(&Stage<V>, &[V::Act]) -> TestCaseResult) {
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(64)
    });
    let result = runner.run(&V::acts(), |acts| property(&Stage::new(), &acts));
    result.unwrap_or_else(|error| panic!("{}: {error}", V::PROFILE.name));
}

#[test]
fn status_only_moves_forward() {
    tried::<BalesOtomatis>(forward);
    tried::<Cekat>(forward);
    tried::<Heltar>(forward);
    tried::<MyOperator>(forward);
    tried::<Omnichat>(forward);
}

#[test]
fn a_refusal_leaves_no_trace() {
    tried::<BalesOtomatis>(traceless);
    tried::<Cekat>(traceless);
    tried::<Heltar>(traceless);
    tried::<MyOperator>(traceless);
    tried::<Omnichat>(traceless);
}
