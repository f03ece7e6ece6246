//! What is broken on purpose: answers replaced, delayed, cut off or reset, by seed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::ids::Ids;

/// One rule: what to break, for whom, how often.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Its number; given by the server.
    #[serde(default)]
    pub id: u64,
    /// The vendor it applies to; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The operation it applies to; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// What goes wrong.
    pub fault: Fault,
    /// How many more times it applies; without end when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The share of requests it applies to, from 0 to 1; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The vendor's answer for this status, and no handler runs.
    Status(u16),
    /// The answer comes this many real milliseconds late.
    DelayMs(u64),
    /// The connection is reset before an answer.
    Reset,
    /// The answer ends after this many bytes of its body, with the full length promised.
    TruncateAfter(usize),
}

/// The rules of a workspace.
#[derive(Debug)]
pub struct Faults {
    rules: Mutex<Vec<FaultRule>>,
    ids: Mutex<Ids>,
    seed: u64,
    next: AtomicU64,
}

impl Faults {
    /// No rules, with chance from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            rules: Mutex::default(),
            ids: Mutex::new(Ids::new(seed, "faults")),
            seed,
            next: AtomicU64::new(0),
        }
    }

    /// Adds a rule and returns it with its number.
    ///
    /// # Errors
    /// When the rule makes no sense, with what was expected.
    pub fn add(&self, mut rule: FaultRule) -> Result<FaultRule, String> {
        if let Some(probability) = rule
            .probability
            .filter(|share| !(0.0..=1.0).contains(share))
        {
            return Err(format!(
                "/probability is {probability}; expected a number from 0 to 1"
            ));
        }
        if let Fault::Status(status) = rule.fault
            && !(100..=599).contains(&status)
        {
            return Err(format!(
                "/fault/status is {status}; expected an HTTP status from 100 to 599"
            ));
        }
        rule.id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        self.rules.lock().push(rule.clone());
        Ok(rule)
    }

    /// All rules, oldest first.
    pub fn rules(&self) -> Vec<FaultRule> {
        self.rules.lock().clone()
    }

    /// Takes out one rule; false when there is none of this number.
    pub fn remove(&self, id: u64) -> bool {
        let mut rules = self.rules.lock();
        let before = rules.len();
        rules.retain(|rule| rule.id != id);
        rules.len() < before
    }

    /// Takes out all rules; chance starts over.
    pub fn clear(&self) {
        self.rules.lock().clear();
        *self.ids.lock() = Ids::new(self.seed, "faults");
    }

    /// What goes wrong with this request; each rule that applies is used up by one.
    pub fn apply(&self, vendor: &str, operation: &str) -> Vec<Fault> {
        let mut rules = self.rules.lock();
        if rules.is_empty() {
            return Vec::new();
        }
        let mut ids = self.ids.lock();
        let mut faults = Vec::new();
        for rule in rules.iter_mut() {
            let meant = rule.vendor.as_deref().is_none_or(|wanted| wanted == vendor)
                && rule
                    .operation
                    .as_deref()
                    .is_none_or(|wanted| wanted == operation);
            if !meant
                || rule.count == Some(0)
                || !rule.probability.is_none_or(|share| ids.chance(share))
            {
                continue;
            }
            if let Some(count) = &mut rule.count {
                *count -= 1;
            }
            faults.push(rule.fault.clone());
        }
        rules.retain(|rule| rule.count != Some(0));
        faults
    }
}

/// The whole delay that `faults` ask for.
#[must_use]
pub fn delay(faults: &[Fault]) -> Duration {
    let delays = faults.iter().filter_map(|fault| match fault {
        Fault::DelayMs(millis) => Some(Duration::from_millis(*millis)),
        _ => None,
    });
    delays.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(fault: Fault) -> FaultRule {
        FaultRule {
            id: 0,
            vendor: None,
            operation: Some("things.get".into()),
            fault,
            count: None,
            probability: None,
        }
    }

    #[test]
    fn a_counted_rule_is_used_up() {
        let faults = Faults::new(1);
        faults
            .add(FaultRule {
                count: Some(2),
                ..rule(Fault::Status(503))
            })
            .unwrap();
        assert_eq!(faults.apply("toy", "things.list"), []);
        assert_eq!(faults.apply("toy", "things.get"), [Fault::Status(503)]);
        assert_eq!(faults.apply("toy", "things.get"), [Fault::Status(503)]);
        assert_eq!(faults.apply("toy", "things.get"), []);
        assert!(faults.rules().is_empty());
    }

    #[test]
    fn chance_repeats_with_the_seed() {
        let draw = || {
            let faults = Faults::new(5);
            faults
                .add(FaultRule {
                    probability: Some(0.5),
                    ..rule(Fault::Reset)
                })
                .unwrap();
            (0..64)
                .map(|_| faults.apply("toy", "things.get").len())
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        let hits: usize = draw().into_iter().sum();
        assert!((16..48).contains(&hits), "{hits} of 64 at one half");
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_refused() {
        let error = Faults::new(1)
            .add(FaultRule {
                probability: Some(2.0),
                ..rule(Fault::Reset)
            })
            .unwrap_err();
        assert_eq!(error, "/probability is 2; expected a number from 0 to 1");
    }
}
