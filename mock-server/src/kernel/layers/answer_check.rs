//! Checks answers against the contract: every one in tests, a sample behind the hot path in the binary.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use contracts::check::{Rule, Violation};
use contracts::document::{Document, Operation};
use http::header;
use parking_lot::Mutex;

use crate::kernel::journal::{Entry, Finding};

/// How many answers of one operation and status are checked before sampling starts.
const FIRST: u64 = 8;
/// After that, one in this many is checked.
const SAMPLE: u64 = 64;
/// How many answers may wait for the checker; more are passed over.
const WAITING: usize = 64;

/// Checks answers.
pub enum AnswerCheck {
    /// Each, before it goes out.
    Every,
    /// A sample, by a thread of its own; findings reach the journal a little later.
    Sampled(Sampler),
}

/// Hands a sample of the answers to a thread.
pub struct Sampler {
    queue: SyncSender<Job>,
    seen: Mutex<HashMap<(usize, u16), u64>>,
}

struct Job {
    document: &'static Document,
    operation: &'static Operation,
    entry: Arc<Entry>,
}

impl AnswerCheck {
    /// A check of a sample of answers.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn sampled() -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel::<Job>(WAITING);
        std::thread::Builder::new()
            .name("answer-check".into())
            .spawn(move || {
                for job in jobs {
                    check(job.document, job.operation, &job.entry);
                }
            })?;
        Ok(Self::Sampled(Sampler {
            queue,
            seen: Mutex::default(),
        }))
    }

    /// Checks an answer, now or later; what is wrong becomes a finding of its entry.
    pub fn look_at(
        &self,
        document: &'static Document,
        operation: &'static Operation,
        entry: &Arc<Entry>,
    ) {
        match self {
            Self::Every => check(document, operation, entry),
            Self::Sampled(sampler) => {
                // The operation's address tells it from all others without hashing its name.
                let place = (std::ptr::from_ref(operation).addr(), entry.status.as_u16());
                let seen = {
                    let mut all = sampler.seen.lock();
                    let seen = all.entry(place).or_insert(0);
                    *seen += 1;
                    *seen
                };
                if seen > FIRST && seen % SAMPLE != 0 {
                    return;
                }
                match sampler.queue.try_send(Job {
                    document,
                    operation,
                    entry: Arc::clone(entry),
                }) {
                    Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
                }
            }
        }
    }
}

fn check(document: &Document, operation: &Operation, entry: &Entry) {
    let media = entry
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let violations = contracts::check::response(
        document,
        operation,
        entry.status.as_u16(),
        media,
        &entry.body,
    );
    // A layer may stop a request in a way that no document tells of: a wrong key, a fault on request.
    let counts =
        |violation: &&Violation| !(entry.refused.is_some() && violation.rule == Rule::Status);
    let findings: Vec<_> = violations
        .iter()
        .filter(counts)
        .map(Finding::about_answer)
        .collect();
    if !findings.is_empty() {
        entry.findings.lock().extend(findings);
    }
}
