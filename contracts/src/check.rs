//! Does this request, answer or webhook keep the contract?

mod answer;
mod request;
mod violation;

pub use crate::incoming::{Body, Incoming, Part, Received};
pub use answer::{response, response_value, webhook, webhook_as};
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
