//! Breaks deliveries on purpose, by seed: what a bad day on the way to a receiver looks like.

use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::record::Delivery;
use crate::kernel::ids::Ids;

/// How long an incomplete burst or window is held back unless the rule says otherwise.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

/// The most copies that one rule makes of a delivery.
const COPIES: u32 = 1000;

/// One rule: what to break, of which deliveries, how often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChaosRule {
    /// Its number; given by the server.
    #[serde(default)]
    pub id: u64,
    /// The vendor it applies to; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The endpoint it applies to; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The event it applies to; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// What goes wrong.
    pub effect: Effect,
    /// How many more times it applies; without end when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The share of deliveries it applies to, from 0 to 1; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// It is never sent, and nobody is told.
    Drop,
    /// It is sent several times.
    Duplicate {
        /// How many times more.
        #[serde(default = "one")]
        copies: u32,
        /// Whether receivers know the copies under the same name.
        #[serde(default)]
        ids: CopyIds,
    },
    /// It is sent later; others overtake it.
    Delay {
        /// How much, at least.
        by: SignedDuration,
        /// How much, at most; chance decides between.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up_to: Option<SignedDuration>,
    },
    /// So many are held back, and sent in another order.
    Reorder {
        /// How many.
        window: u32,
        /// They go out after this long even if there are fewer.
        #[serde(default = "patience")]
        within: SignedDuration,
    },
    /// So many are held back, and sent at once, in order.
    Burst {
        /// How many.
        size: u32,
        /// They go out after this long even if there are fewer.
        #[serde(default = "patience")]
        within: SignedDuration,
    },
    /// The body is damaged on the way: a signature no longer fits it.
    Corrupt {
        /// How.
        #[serde(default)]
        how: Damage,
    },
    /// The receiver's success gets lost, so that the same comes again.
    LoseAnswer,
    /// The receiver is not reached, as if it were down.
    Outage,
    /// The receiver is not asked, and seems to have answered this.
    Answer {
        /// The status.
        status: u16,
        /// After how many seconds it seems to want the next attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// The signature is no good, where the endpoint has one.
    Signature {
        /// How.
        #[serde(default)]
        how: Forgery,
    },
}

/// Under which name copies are known to receivers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyIds {
    /// The first one's: a receiver can tell that it has seen it.
    #[default]
    Same,
    /// Names of their own.
    New,
}

/// How a body is damaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// Its second half is missing.
    #[default]
    Truncate,
    /// One bit is another.
    Flip,
    /// It is a page of a proxy.
    NotJson,
}

/// How a signature is no good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgery {
    /// Made with another secret.
    #[default]
    Wrong,
    /// Made an hour ago, where the time is signed; wrong otherwise.
    Stale,
    /// Not there.
    Missing,
}

fn one() -> u32 {
    1
}

fn patience() -> SignedDuration {
    PATIENCE
}

impl Effect {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Duplicate { .. } => "duplicate",
            Self::Delay { .. } => "delay",
            Self::Reorder { .. } => "reorder",
            Self::Burst { .. } => "burst",
            Self::Corrupt { .. } => "corrupt",
            Self::LoseAnswer => "lose_answer",
            Self::Outage => "outage",
            Self::Answer { .. } => "answer",
            Self::Signature { .. } => "signature",
        }
    }

    /// Whether it is about one attempt, and not about the delivery before its first.
    fn is_of_attempts(&self) -> bool {
        matches!(
            self,
            Self::Corrupt { .. }
                | Self::LoseAnswer
                | Self::Outage
                | Self::Answer { .. }
                | Self::Signature { .. }
        )
    }

    fn problem(&self) -> Option<String> {
        let number = |place: &str, number: u32, least: u32| {
            let fits = (least..=COPIES).contains(&number);
            (!fits).then(|| format!("/effect/{place} is {number}; expected {least} to {COPIES}"))
        };
        let time = |place: &str, time: &SignedDuration| {
            time.is_negative()
                .then(|| format!("/effect/{place} is {time}; expected no negative duration"))
        };
        match self {
            Self::Duplicate { copies, .. } => number("duplicate/copies", *copies, 1),
            Self::Delay { by, up_to } => {
                let order = up_to.filter(|up_to| up_to < by).map(|up_to| {
                    format!("/effect/delay/up_to is {up_to}; expected no less than {by}")
                });
                time("delay/by", by).or(order)
            }
            Self::Reorder { window, within } => {
                number("reorder/window", *window, 2).or_else(|| time("reorder/within", within))
            }
            Self::Burst { size, within } => {
                number("burst/size", *size, 2).or_else(|| time("burst/within", within))
            }
            Self::Answer { status, .. } => {
                let known = (200..=599).contains(status);
                (!known).then(|| format!("/effect/answer/status is {status}; expected 200 to 599"))
            }
            Self::Drop
            | Self::Corrupt { .. }
            | Self::LoseAnswer
            | Self::Outage
            | Self::Signature { .. } => None,
        }
    }
}

/// The rules of a workspace.
#[derive(Debug)]
pub struct Chaos {
    rules: Vec<ChaosRule>,
    seed: u64,
    next: u64,
}

/// An effect that applies, and the rule that wants it.
pub(super) type Applied = (u64, Effect);

impl Chaos {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rules: Vec::new(),
            seed,
            next: 0,
        }
    }

    /// Adds a rule and returns it with its number.
    ///
    /// # Errors
    /// When the rule makes no sense, with what was expected.
    pub fn add(&mut self, mut rule: ChaosRule) -> Result<ChaosRule, String> {
        let no_share = |share: &f64| !(0.0..=1.0).contains(share);
        if let Some(share) = rule.probability.filter(no_share) {
            return Err(format!(
                "/probability is {share}; expected a number from 0 to 1"
            ));
        }
        if let Some(problem) = rule.effect.problem() {
            return Err(problem);
        }
        self.next += 1;
        rule.id = self.next;
        self.rules.push(rule.clone());
        Ok(rule)
    }

    /// All rules, oldest first.
    #[must_use]
    pub fn rules(&self) -> &[ChaosRule] {
        &self.rules
    }

    /// The seed of its chance.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Lets chance start from another seed.
    pub fn reseed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Takes out one rule; false when there is none of this number.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != id);
        self.rules.len() < before
    }

    /// Takes out all rules.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// What goes wrong with a delivery before its first attempt.
    pub(super) fn of_delivery(&mut self, delivery: &Delivery) -> Vec<Applied> {
        self.applied(delivery, 0)
    }

    /// What goes wrong with one attempt.
    pub(super) fn of_attempt(&mut self, delivery: &Delivery, number: usize) -> Vec<Applied> {
        self.applied(delivery, number)
    }

    /// Chance depends on the rule, the delivery and the attempt alone, not on who came first.
    fn applied(&mut self, delivery: &Delivery, attempt: usize) -> Vec<Applied> {
        let seed = self.seed;
        let mut applied = Vec::new();
        for rule in &mut self.rules {
            let fits =
                |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|one| one == is);
            if rule.effect.is_of_attempts() != (attempt > 0)
                || rule.count == Some(0)
                || !fits(&rule.vendor, delivery.event.vendor)
                || !fits(&rule.event, &delivery.event.name)
                || !fits(&rule.endpoint, &delivery.endpoint.id)
            {
                continue;
            }
            let name = format!("chaos {} {} {attempt}", rule.id, delivery.id);
            let share = rule.probability.unwrap_or(1.0);
            if share < 1.0 && !Ids::new(seed, &name).chance(share) {
                continue;
            }
            if let Some(count) = &mut rule.count {
                *count -= 1;
            }
            applied.push((rule.id, rule.effect.clone()));
        }
        applied
    }

    /// How long a delivery is delayed.
    pub(super) fn pause(
        &self,
        rule: u64,
        delivery: &Delivery,
        by: SignedDuration,
        up_to: Option<SignedDuration>,
    ) -> SignedDuration {
        let millis = |time: SignedDuration| u64::try_from(time.as_millis()).unwrap_or(0);
        let (least, most) = (millis(by), millis(up_to.unwrap_or(by)));
        let mut chance = Ids::new(self.seed, &format!("delay {rule} {}", delivery.id));
        let pause = Duration::from_millis(chance.between(least, most.max(least)));
        SignedDuration::try_from(pause).unwrap_or(by)
    }

    /// Mixes up what was held back, so that it is not in the old order.
    pub(super) fn shuffle<T>(&self, rule: u64, round: u64, held: &mut [T]) {
        let mut chance = Ids::new(self.seed, &format!("shuffle {rule} {round}"));
        let mut moved = false;
        for last in (1..held.len()).rev() {
            let other = usize::try_from(chance.below(last as u64 + 1)).unwrap_or(last);
            moved |= other != last;
            held.swap(last, other);
        }
        if !moved {
            held.reverse();
        }
    }
}

/// A body after an accident.
pub(super) fn damaged(body: &Bytes, how: Damage, chance: &mut Ids) -> Bytes {
    match how {
        Damage::Truncate => body.slice(..body.len() / 2),
        Damage::Flip => {
            let mut bytes = body.to_vec();
            let at = usize::try_from(chance.below(bytes.len().max(1) as u64)).unwrap_or(0);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1;
            }
            bytes.into()
        }
        Damage::NotJson => {
            Bytes::from_static(b"<html><body><h1>502 Bad Gateway</h1></body></html>")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_like_a_fault() {
        let read = |text: &str| serde_json::from_str::<ChaosRule>(text).map(|rule| rule.effect);
        assert_eq!(read(r#"{"effect": "drop"}"#).unwrap(), Effect::Drop);
        let delay = read(r#"{"effect": {"delay": {"by": "5s"}}}"#).unwrap();
        assert_eq!((delay.name(), delay.problem()), ("delay", None));
        let shorter = read(r#"{"effect": {"delay": {"by": "5s", "up_to": "1s"}}}"#).unwrap();
        assert!(shorter.problem().is_some());
        let lonely = read(r#"{"effect": {"reorder": {"window": 1}}}"#).unwrap();
        assert!(lonely.problem().is_some());
        assert!(read(r#"{"effect": "explode"}"#).is_err());
    }

    #[test]
    fn what_is_mixed_up_is_never_in_the_old_order() {
        for seed in 0..200 {
            let mut held = [1, 2];
            Chaos::new(seed).shuffle(1, seed, &mut held);
            assert_eq!(held, [2, 1]);
            let mut held = [1, 2, 3, 4, 5];
            Chaos::new(seed).shuffle(1, seed, &mut held);
            assert_ne!(held, [1, 2, 3, 4, 5]);
        }
    }

    #[test]
    fn a_damaged_body_is_another() {
        let body = Bytes::from_static(b"{\"a\":1}");
        let mut chance = Ids::new(1, "test");
        for how in [Damage::Truncate, Damage::Flip, Damage::NotJson] {
            assert_ne!(damaged(&body, how, &mut chance), body, "{how:?}");
        }
    }
}
