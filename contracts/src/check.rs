//! Does this request, answer or webhook keep the contract?

mod answer;
mod request;
mod violation;

pub use crate::incoming::{Body, Incoming, Part, Received};
pub use answer::{response, response_value, webhook, webhook_as};
#[cfg(feature = "proptest")]
pub(crate) use request::media;
pub use request::request;
pub use violation::{Rule, Violation};

use serde_json::Value;

use crate::document::{Evidence, Place};
use crate::schema::Compiled;
use crate::schema::shape::{self, Here};

/// Gathers violations, each promise and place once.
#[derive(Default)]
struct Findings {
    violations: Vec<Violation>,
}

impl Findings {
    fn add(&mut self, violation: Violation) {
        let same = |one: &Violation| {
            (one.rule, one.place, one.pointer.as_str())
                == (violation.rule, violation.place, violation.pointer.as_str())
        };
        if !self.violations.iter().any(same) {
            self.violations.push(violation);
        }
    }

    /// The findings, without what else is said about a value of the wrong type or its members: that is beside the
    /// point.
    fn finish(mut self) -> Vec<Violation> {
        let typed = self.violations.iter().filter(|one| one.rule == Rule::Type);
        let wrong: Vec<(Place, String)> =
            typed.map(|one| (one.place, one.pointer.clone())).collect();
        let beside = |one: &Violation, (place, pointer): &(Place, String)| {
            let rest = one
                .pointer
                .strip_prefix(pointer.as_str())
                .filter(|_| one.place == *place);
            rest.is_some_and(|rest| {
                (rest.is_empty() && one.rule != Rule::Type) || rest.starts_with('/')
            })
        };
        self.violations
            .retain(|one| !wrong.iter().any(|about| beside(one, about)));
        self.violations
    }

    /// Adds every way in which a value at `pointer` does not fit its schema.
    fn judge(
        &mut self,
        schema: &Compiled,
        value: &Value,
        place: Place,
        pointer: &str,
        evidence: Evidence,
    ) {
        for fault in schema.faults(value) {
            let evidence =
                shape::evidence(&[schema.shapes.root()], value, &fault.pointer).unwrap_or(evidence);
            let pointer = format!("{pointer}{}", fault.pointer);
            self.add(Violation::new(
                fault.rule,
                place,
                pointer,
                fault.found,
                fault.expected,
                evidence,
            ));
        }
    }

    /// Adds every member of a body that neither its schema nor that of a variant inside it knows.
    fn strangers<'s>(
        &mut self,
        value: &Value,
        schema: &'s Compiled,
        here: &dyn Fn(&str, &Value) -> Here<'s>,
        evidence: Evidence,
    ) {
        let expected = "no such member";
        shape::strangers(
            value,
            &[schema.shapes.root()],
            &mut String::new(),
            here,
            &mut |pointer, found| {
                let (pointer, found) = (pointer.to_owned(), Some(found.clone()));
                self.add(Violation::new(
                    Rule::Undocumented,
                    Place::Body,
                    pointer,
                    found,
                    expected.to_owned(),
                    evidence,
                ));
            },
        );
    }

    fn broken_contract(&mut self, place: Place, pointer: &str, why: &str) {
        let expected = format!("a contract whose schema can be used: {why}");
        self.add(Violation::new(
            Rule::Other,
            place,
            pointer.to_owned(),
            None,
            expected,
            Evidence::Assumed,
        ));
    }
}
