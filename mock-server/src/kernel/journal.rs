//! Every exchange: read by the console, the admin API and the tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use contracts::check::{Rule, Violation};
use contracts::document::{Evidence, NearMiss};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};

use super::call::Wire;
use super::ring::Ring;

/// The newest exchanges of a workspace.
#[derive(Debug)]
pub struct Journal {
    entries: Ring<Entry>,
    next: AtomicU64,
}

/// What all exchanges kept may weigh together, in bytes.
const WEIGHT: usize = 32 * 1024 * 1024;
/// About what an exchange weighs beside its bodies.
const OVERHEAD: usize = 2048;

/// One exchange. Bytes are kept as they were and rendered when read.
#[derive(Debug)]
pub struct Entry {
    /// Its number in the workspace, from 1.
    pub id: u64,
    /// When it came, on the workspace's clock.
    pub at: Timestamp,
    /// How long the answer took, in real microseconds.
    pub micros: u64,
    /// The vendor's name.
    pub vendor: &'static str,
    /// The operation, where there was one.
    pub operation: Option<&'static str>,
    /// What came.
    pub request: Arc<Wire>,
    /// The answer's status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The answer's body.
    pub body: Bytes,
    /// Why a layer stopped the request, in one word; none when no layer did.
    pub refused: Option<&'static str>,
    /// What was noticed, possibly after the answer went out.
    pub findings: Mutex<Vec<Finding>>,
    /// The operations that an unknown path resembles.
    pub near: Vec<NearMiss>,
}

/// Something noticed about an exchange or a webhook.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What kind of finding this is.
    pub kind: FindingKind,
    /// One clear sentence.
    pub message: String,
    /// Where: `body`, `query`, `path`, `header`, `status` or empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// JSON pointer or parameter name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pointer: String,
    /// How sure the contract is of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// What kind of finding this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The request breaks the contract.
    Request,
    /// The request has something the contract does not know.
    Undocumented,
    /// The answer, or a webhook, breaks the contract: a bug of the mock.
    Answer,
    /// The vendor's own rate limit would have stopped this request.
    WouldBeThrottled,
    /// A fault rule or an override made the answer.
    Interference,
    /// The mock failed.
    Internal,
}

impl Finding {
    /// A finding without a place.
    pub fn plain(kind: FindingKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: String::new(),
            pointer: String::new(),
            evidence: None,
        }
    }

    /// A violation by a request or a webhook.
    #[must_use]
    pub fn from_violation(violation: &Violation) -> Self {
        let kind = if violation.rule == Rule::Undocumented {
            FindingKind::Undocumented
        } else {
            FindingKind::Request
        };
        Self::of(kind, violation)
    }

    /// A violation by an answer of the mock.
    #[must_use]
    pub fn about_answer(violation: &Violation) -> Self {
        Self::of(FindingKind::Answer, violation)
    }

    fn of(kind: FindingKind, violation: &Violation) -> Self {
        Self {
            kind,
            message: violation.message.clone(),
            place: violation.place.to_string(),
            pointer: violation.pointer.clone(),
            evidence: Some(violation.evidence),
        }
    }

    /// Whether a promise of the contract is broken.
    #[must_use]
    pub fn is_violation(&self) -> bool {
        matches!(
            self.kind,
            FindingKind::Request | FindingKind::Answer | FindingKind::Internal
        )
    }
}

impl Journal {
    /// A journal of at most `limit` exchanges.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            entries: Ring::new(limit, WEIGHT),
            next: AtomicU64::new(0),
        }
    }

    /// The number of the next exchange.
    pub fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How many exchanges there were since the start or the last clear.
    pub fn seen(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// Keeps an exchange.
    pub fn push(&self, entry: Arc<Entry>) {
        let weight = entry.request.body.len() + entry.body.len() + OVERHEAD;
        self.entries.push(entry, weight);
    }

    /// All exchanges kept, oldest first.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.entries.entries()
    }

    /// How many exchanges were forgotten for want of room.
    pub fn forgotten(&self) -> u64 {
        self.entries.forgotten()
    }

    /// One exchange.
    pub fn get(&self, id: u64) -> Option<Arc<Entry>> {
        self.entries.find(|entry| entry.id == id)
    }

    /// Forgets everything; numbers start over.
    pub fn clear(&self) {
        self.entries.clear();
        self.next.store(0, Ordering::Relaxed);
    }
}

impl Entry {
    /// The exchange without bodies and headers, for lists.
    #[must_use]
    pub fn summary(&self) -> Value {
        json!({
            "id": self.id,
            "at": self.at,
            "micros": self.micros,
            "vendor": self.vendor,
            "operation": self.operation,
            "method": self.request.method.as_str(),
            "target": self.request.target,
            "status": self.status.as_u16(),
            "findings": self.findings.lock().len(),
        })
    }

    /// The whole exchange.
    #[must_use]
    pub fn detail(&self) -> Value {
        json!({
            "id": self.id,
            "at": self.at,
            "micros": self.micros,
            "vendor": self.vendor,
            "operation": self.operation,
            "request": {
                "method": self.request.method.as_str(),
                "target": self.request.target,
                "headers": render_headers(&self.request.headers),
                "body": render_body(&self.request.body),
            },
            "answer": {
                "status": self.status.as_u16(),
                "headers": render_headers(&self.headers),
                "body": render_body(&self.body),
            },
            "refused": self.refused,
            "findings": *self.findings.lock(),
            "near": self.near,
        })
    }
}

/// Headers as an array of pairs, in order.
#[must_use]
pub fn render_headers(headers: &HeaderMap) -> Value {
    let pairs = headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]));
    pairs.collect()
}

/// How much of a body that is not JSON is shown.
const SHOWN: usize = 64 * 1024;

/// A body as `{"json": …}`, `{"text": …}` or `{"base64": …}`, with its size in bytes; what is cut off is stated.
#[must_use]
pub fn render_body(body: &Bytes) -> Value {
    use base64::Engine as _;
    if body.is_empty() {
        return Value::Null;
    }
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        return json!({"bytes": body.len(), "json": value});
    }
    let shown = &body[..body.len().min(SHOWN)];
    let mut rendered = match std::str::from_utf8(body) {
        Ok(_) => json!({"bytes": body.len(), "text": String::from_utf8_lossy(shown)}),
        Err(_) => {
            json!({"bytes": body.len(), "base64": base64::engine::general_purpose::STANDARD.encode(shown)})
        }
    };
    if shown.len() < body.len() {
        rendered["truncated_after"] = json!(shown.len());
    }
    rendered
}
