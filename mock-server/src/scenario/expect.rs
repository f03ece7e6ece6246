//! What a scenario expects, and how far that is so.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::refer::{plain, resolve};
use super::run::{Grade, Judged};
use crate::kernel::delivery::{Attempt, Delivery, State};

/// What must be so.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// About the handler's deliveries.
    pub deliveries: Option<Deliveries>,
    /// A value, usually a reference, that `equals`, is `one_of`, or is `present`.
    pub value: Option<Value>,
    /// What the value must be.
    pub equals: Option<Value>,
    /// One of which the value must be.
    pub one_of: Option<Vec<Value>>,
    /// Whether the value must be there and not null.
    pub present: Option<bool>,
    /// Whether the handler's endpoint must be enabled.
    pub endpoint_enabled: Option<bool>,
    /// What it means when it is not so: `fail` unless the handler cannot be blamed.
    pub otherwise: Option<Grade>,
    /// Why it matters: told when it is not so.
    pub because: Option<String>,
}

/// What must be so of the deliveries of a scenario, to the handler.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deliveries {
    /// Only those of these announcements: numbers, usually `${step.events}`.
    pub of: Option<Value>,
    /// Only those of this event.
    pub event: Option<String>,
    /// How many there must be: a number, or `{min, max}`. When there are others, nothing is concluded.
    pub count: Option<Value>,
    /// How far each must have come.
    pub state: Option<State>,
    /// How many attempts each must have needed: a number, or `{min, max}`.
    pub attempts: Option<Value>,
    /// What the handler must have answered each time: `200`, `2xx`, or a list of these.
    pub answer: Option<Value>,
    /// How quickly, in real time.
    pub within: Option<SignedDuration>,
}

/// What expectations are judged by.
pub struct Evidence<'e> {
    /// The deliveries of the scenario to the handler, oldest first.
    pub deliveries: &'e [Arc<Delivery>],
    /// Whether the handler's endpoint is enabled; `None` when there is none.
    pub endpoint_enabled: Option<bool>,
    /// Parameters and results of steps.
    pub known: &'e Map<String, Value>,
}

impl Expect {
    /// Judges what is so.
    pub fn judge(&self, evidence: &Evidence<'_>) -> Judged {
        let mut judged = match self.conditions(evidence) {
            Ok(judged) => judged,
            Err(unclear) => Judged::new(Grade::Inconclusive, unclear),
        };
        if judged.grade == Grade::Fail {
            if let Some(otherwise) = self.otherwise {
                judged.grade = otherwise;
            }
            if let Some(because) = &self.because {
                judged.reason = format!("{} ({because})", judged.reason);
            }
        }
        judged
    }

    fn conditions(&self, evidence: &Evidence<'_>) -> Result<Judged, String> {
        let mut all = Vec::new();
        if let Some(wanted) = &self.deliveries {
            all.push(wanted.judge(evidence)?);
        }
        if let Some(enabled) = self.endpoint_enabled {
            let is = evidence.endpoint_enabled.ok_or("there is no endpoint")?;
            let word = if is { "enabled" } else { "disabled" };
            all.push(Judged::of(is == enabled, format!("the endpoint is {word}")));
        }
        if let Some(value) = &self.value {
            let value = resolve(value, evidence.known)?;
            all.push(self.value(&value, evidence.known)?);
        }
        let worst = all.iter().find(|one| one.grade == Grade::Fail);
        let worst = worst.or_else(|| all.iter().find(|one| one.grade != Grade::Pass));
        match (worst, all.first()) {
            (Some(worst), _) => Ok(worst.clone()),
            (None, Some(_)) => {
                let reasons: Vec<_> = all.iter().map(|one| one.reason.as_str()).collect();
                Ok(Judged::new(Grade::Pass, reasons.join("; ")))
            }
            (None, None) => Err("nothing is expected".to_owned()),
        }
    }

    fn value(&self, value: &Value, known: &Map<String, Value>) -> Result<Judged, String> {
        let shown = plain(value);
        if let Some(equals) = &self.equals {
            let equals = resolve(equals, known)?;
            let reason = format!("the value is \"{shown}\", expected \"{}\"", plain(&equals));
            return Ok(Judged::of(*value == equals, reason));
        }
        if let Some(all) = &self.one_of {
            let all: Vec<_> = all
                .iter()
                .map(|one| resolve(one, known))
                .collect::<Result<_, _>>()?;
            let names: Vec<_> = all.iter().map(plain).collect();
            let reason = format!(
                "the value is \"{shown}\", expected one of {}",
                names.join(", ")
            );
            return Ok(Judged::of(all.contains(value), reason));
        }
        let present = self.present.unwrap_or(true);
        let reason = format!("the value is \"{shown}\"");
        Ok(Judged::of(value.is_null() != present, reason))
    }
}

impl Deliveries {
    fn judge(&self, evidence: &Evidence<'_>) -> Result<Judged, String> {
        let of = self
            .of
            .as_ref()
            .map(|of| resolve(of, evidence.known))
            .transpose()?;
        let of: Option<Vec<u64>> = of.map(|of| match of {
            Value::Array(items) => items.iter().filter_map(Value::as_u64).collect(),
            one => one.as_u64().into_iter().collect(),
        });
        let meant: Vec<_> = evidence
            .deliveries
            .iter()
            .filter(|one| of.as_ref().is_none_or(|of| of.contains(&one.event.id)))
            .filter(|one| {
                self.event
                    .as_ref()
                    .is_none_or(|event| *event == one.event.name)
            })
            .collect();
        if let Some(count) = &self.count {
            let count = resolve(count, evidence.known)?;
            if !within(meant.len(), &count) {
                return Err(format!(
                    "{} deliveries were made, expected {count}",
                    meant.len()
                ));
            }
        } else if meant.is_empty() {
            return Err("the handler was told nothing".to_owned());
        }
        for delivery in &meant {
            if let Some(reason) = self.trouble(delivery) {
                let name = format!("delivery {} of {}", delivery.id, delivery.event.name);
                return Ok(Judged::new(Grade::Fail, format!("{name}: {reason}")));
            }
        }
        let word = if meant.len() == 1 {
            "delivery"
        } else {
            "deliveries"
        };
        let reason = format!("{} {word}, all as expected", meant.len());
        Ok(Judged::new(Grade::Pass, reason))
    }

    /// What is not as expected.
    fn trouble(&self, delivery: &Delivery) -> Option<String> {
        let attempts = delivery.attempts();
        // What chaos answered in the handler's place says nothing about the handler.
        let real: Vec<_> = attempts.iter().filter(|one| is_real(one)).collect();
        if let Some(answer) = &self.answer {
            let Some(last) = real.last() else {
                return Some("the handler was not asked".to_owned());
            };
            let odd = real.iter().find(|one| !answers(one, answer)).or_else(|| {
                // Trouble on the way is the handler's too: nobody answered.
                (!answers(last, answer)).then_some(last)
            });
            if let Some(odd) = odd {
                return Some(format!("{}, expected {}", told(odd), list(answer)));
            }
        }
        if let Some(limit) = self.within {
            let limit = Duration::try_from(limit).unwrap_or_default();
            let slow = real
                .iter()
                .find(|one| Duration::from_micros(one.micros) > limit);
            if let Some(slow) = slow {
                let took = Duration::from_micros(slow.micros);
                return Some(format!(
                    "the answer took {took:.1?}, expected at most {limit:?}"
                ));
            }
        }
        if let Some(wanted) = &self.attempts
            && !within(attempts.len(), wanted)
        {
            return Some(format!(
                "{} attempts were made, expected {wanted}",
                attempts.len()
            ));
        }
        let state = delivery.state();
        if self.state.is_some_and(|wanted| wanted != state) {
            let name = |state: State| plain(&serde_json::json!(state));
            let wanted = self.state.map(name).unwrap_or_default();
            let last = attempts.last().map(|last| format!("; {}", told(last)));
            let last = last.unwrap_or_default();
            return Some(format!("it is {}, expected {wanted}{last}", name(state)));
        }
        None
    }
}

fn is_real(attempt: &Attempt) -> bool {
    !attempt
        .chaos
        .iter()
        .any(|how| matches!(*how, "outage" | "answer"))
}

fn told(attempt: &Attempt) -> String {
    match (attempt.status(), &attempt.failure) {
        (Some(status), _) => format!("the handler answered {status}"),
        (None, Some(failure)) => format!("the handler did not answer: {}", failure.message),
        (None, None) => "the handler did not answer".to_owned(),
    }
}

fn answers(attempt: &Attempt, wanted: &Value) -> bool {
    attempt
        .status()
        .is_some_and(|status| status_fits(status, wanted))
}

/// Whether a status is `200`, `2xx`, or one of a list of these.
pub fn status_fits(status: u16, wanted: &Value) -> bool {
    match wanted {
        Value::Array(several) => several.iter().any(|one| status_fits(status, one)),
        Value::Number(number) => number.as_u64() == Some(u64::from(status)),
        Value::String(text) => match text.strip_suffix("xx") {
            Some(digit) => digit.parse() == Ok(status / 100),
            None => text.parse() == Ok(status),
        },
        _ => false,
    }
}

/// What is wanted, for people.
pub fn list(wanted: &Value) -> String {
    match wanted {
        Value::Array(several) => {
            let names: Vec<_> = several.iter().map(plain).collect();
            names.join(" or ")
        }
        one => plain(one),
    }
}

/// Whether a number is the one wanted, or within `{min, max}`.
fn within(number: usize, wanted: &Value) -> bool {
    let number = number as u64;
    match wanted.as_object() {
        None => wanted.as_u64() == Some(number),
        Some(range) => {
            let bound = |name: &str| range.get(name).and_then(Value::as_u64);
            bound("min").is_none_or(|min| number >= min)
                && bound("max").is_none_or(|max| number <= max)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn statuses_and_numbers_are_wanted_in_several_ways() {
        assert!(status_fits(204, &json!("2xx")) && status_fits(401, &json!(["400", 401])));
        assert!(!status_fits(302, &json!("2xx")) && !status_fits(200, &json!(null)));
        assert!(
            within(3, &json!(3)) && within(3, &json!({"min": 3})) && within(3, &json!({"max": 4}))
        );
        assert!(!within(3, &json!({"min": 4})) && !within(3, &json!("3")));
    }

    #[test]
    fn a_value_is_compared() {
        let known = json!({"sent": {"status": "read"}});
        let judge = |expect: Value| {
            let expect: Expect = serde_json::from_value(expect).unwrap();
            let evidence = Evidence {
                deliveries: &[],
                endpoint_enabled: Some(false),
                known: known.as_object().unwrap(),
            };
            expect.judge(&evidence).grade
        };
        let value = "${sent.status}";
        assert_eq!(
            judge(json!({"value": value, "equals": "read"})),
            Grade::Pass
        );
        assert_eq!(
            judge(json!({"value": value, "equals": "sent"})),
            Grade::Fail
        );
        assert_eq!(
            judge(json!({"value": value, "one_of": ["sent", "read"]})),
            Grade::Pass
        );
        assert_eq!(
            judge(json!({"value": value, "equals": "x", "otherwise": "inconclusive"})),
            Grade::Inconclusive
        );
        assert_eq!(
            judge(json!({"value": "${sent.nothing}"})),
            Grade::Inconclusive
        );
        assert_eq!(judge(json!({"endpoint_enabled": true})), Grade::Fail);
        assert_eq!(
            judge(json!({"deliveries": {"answer": "2xx"}})),
            Grade::Inconclusive
        );
        assert_eq!(judge(json!({"deliveries": {"count": 0}})), Grade::Pass);
        assert_eq!(judge(json!({})), Grade::Inconclusive);
    }
}
