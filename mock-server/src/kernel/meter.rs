//! Counts what a workspace did since it began; rings forget, these do not.

use std::collections::BTreeMap;

use parking_lot::Mutex;

/// How much of what there was.
#[derive(Debug, Default)]
pub struct Meter {
    inner: Mutex<Counts>,
}

/// How much of what there was, by vendor and outcome.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Answers by vendor and status, and the real microseconds they took.
    pub requests: BTreeMap<(&'static str, u16), Count>,
    /// Attempts to deliver by vendor and outcome, and the real microseconds they took.
    pub attempts: BTreeMap<(&'static str, &'static str), Count>,
}

/// How many, and how long they took together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub number: u64,
    /// How long they took together, in real microseconds.
    pub micros: u64,
}

impl Count {
    fn add(&mut self, micros: u64) {
        self.number += 1;
        self.micros = self.micros.saturating_add(micros);
    }
}

impl Meter {
    /// Counts an answer.
    pub fn answered(&self, vendor: &'static str, status: u16, micros: u64) {
        let mut counts = self.inner.lock();
        counts
            .requests
            .entry((vendor, status))
            .or_default()
            .add(micros);
    }

    /// Counts an attempt to deliver.
    pub fn attempted(&self, vendor: &'static str, outcome: &'static str, micros: u64) {
        let mut counts = self.inner.lock();
        counts
            .attempts
            .entry((vendor, outcome))
            .or_default()
            .add(micros);
    }

    /// All counts.
    pub fn counts(&self) -> Counts {
        self.inner.lock().clone()
    }
}
