//! One webhook on its way to one endpoint, and the attempts it is made of.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::encode::{self, Written};
use super::endpoint::Endpoint;
use super::profile::DeliveryProfile;
use crate::kernel::journal::{render_body, render_headers};
use crate::kernel::workspace::{Event, Origin};

/// One webhook on its way to one endpoint.
#[derive(Debug)]
pub struct Delivery {
    /// Its number in the workspace, from 1.
    pub id: u64,
    /// The name under which receivers know it, the same in every attempt.
    pub message_id: String,
    /// What is delivered.
    pub event: Arc<Event>,
    /// To whom, as it was when the event was announced.
    pub endpoint: Arc<Endpoint>,
    /// Whether that was one of the vendor's endpoints, and no passing address.
    pub registered: bool,
    written: OnceLock<Written>,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    state: State,
    attempts: Vec<Arc<Attempt>>,
    next_attempt: Option<Timestamp>,
    reason: Option<String>,
    chaos: Vec<String>,
}

/// How far a delivery got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its first attempt has not ended.
    Pending,
    /// An attempt failed, and another one will be made.
    Scheduled,
    /// An attempt succeeded.
    Delivered,
    /// The last attempt failed.
    Failed,
    /// The same was announced a moment ago, so it was not sent.
    Suppressed,
    /// It was not sent: the payload breaks the contract, or its endpoint went away before its turn.
    Withheld,
    /// It was not sent, because chaos was asked for.
    Dropped,
}

/// One attempt to deliver.
#[derive(Debug)]
pub struct Attempt {
    /// Its number within the delivery, from 1.
    pub number: u32,
    /// Whether it was made by hand; such an attempt is never followed by another.
    pub manual: bool,
    /// When it was made, on the workspace's clock.
    pub at: Timestamp,
    /// Where it went.
    pub url: String,
    /// The headers that were sent.
    pub headers: HeaderMap,
    /// The body that was sent.
    pub body: Bytes,
    /// How long it took, in real microseconds.
    pub micros: u64,
    /// What came back, as far as anything did.
    pub response: Option<Received>,
    /// Why it failed; it succeeded when absent.
    pub failure: Option<Failure>,
    /// What was done to it on purpose.
    pub chaos: Vec<&'static str>,
    /// How it was signed, in words; not at all when absent.
    pub signature: Option<Value>,
}

/// What an attempt by hand says about the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// That failed, and this one did not.
    Fixed,
    /// That succeeded, and this one did not.
    Regressed,
    /// Both failed.
    StillFailing,
    /// Both succeeded.
    StillPassing,
    /// There was none before.
    First,
}

/// What an endpoint answered.
#[derive(Debug)]
pub struct Received {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as far as it was read.
    pub body: Bytes,
    /// Whether there was more of the body.
    pub truncated: bool,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The kind.
    pub class: Class,
    /// One clear sentence.
    pub message: String,
    /// Whether nothing was sent because it may not or cannot be: trying again is useless.
    pub refused: bool,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// There was no connection.
    Connect,
    /// There was no complete answer in time.
    Timeout,
    /// The connection could not be made safe.
    Tls,
    /// The connection broke before the answer was complete.
    Reset,
    /// The answer was a redirect, which is never followed.
    Redirect,
    /// The answer's status was no success.
    Status,
}

impl Class {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Reset => "reset",
            Self::Redirect => "redirect",
            Self::Status => "status",
        }
    }
}

impl Delivery {
    pub(super) fn new(
        id: u64,
        message_id: String,
        event: Arc<Event>,
        endpoint: Arc<Endpoint>,
        registered: bool,
    ) -> Self {
        Self {
            id,
            message_id,
            event,
            endpoint,
            registered,
            written: OnceLock::new(),
            progress: Mutex::new(Progress {
                state: State::Pending,
                attempts: Vec::new(),
                next_attempt: None,
                reason: None,
                chaos: Vec::new(),
            }),
        }
    }

    /// How far it got.
    pub fn state(&self) -> State {
        self.progress.lock().state
    }

    /// Its attempts, oldest first.
    pub fn attempts(&self) -> Vec<Arc<Attempt>> {
        self.progress.lock().attempts.clone()
    }

    /// When the next attempt is due.
    pub fn next_attempt(&self) -> Option<Timestamp> {
        self.progress.lock().next_attempt
    }

    /// Why it failed, was suppressed or was withheld.
    pub fn reason(&self) -> Option<String> {
        self.progress.lock().reason.clone()
    }

    /// The body and its type, written once and the same in every attempt.
    pub(super) fn written(&self, profile: &DeliveryProfile) -> &Written {
        self.written.get_or_init(|| {
            let wrapped_in = (profile.form_field)(&self.event);
            let boundary = format!("mock-server-{}", self.message_id);
            encode::write(
                self.endpoint.content_type,
                &self.event.payload,
                wrapped_in,
                &boundary,
            )
        })
    }

    /// Notes what was done to it on purpose.
    pub(super) fn disturbed(&self, how: String) {
        self.progress.lock().chaos.push(how);
    }

    /// What an attempt says about the one before it.
    pub fn verdict(&self, attempt: &Attempt) -> Verdict {
        let attempts = self.attempts();
        let before = attempts
            .iter()
            .rev()
            .find(|one| one.number < attempt.number);
        match (
            before.map(|one| one.failure.is_some()),
            attempt.failure.is_some(),
        ) {
            (None, _) => Verdict::First,
            (Some(true), false) => Verdict::Fixed,
            (Some(false), true) => Verdict::Regressed,
            (Some(true), true) => Verdict::StillFailing,
            (Some(false), false) => Verdict::StillPassing,
        }
    }

    /// An attempt, and what it says about the one before where it was made by hand.
    pub fn attempt_detail(&self, attempt: &Attempt) -> Value {
        let mut detail = attempt.detail();
        let verdict = attempt.manual.then(|| self.verdict(attempt));
        detail["verdict"] = json!(verdict);
        detail
    }

    /// Keeps an attempt, made from its number.
    pub(super) fn record(&self, attempt: impl FnOnce(u32) -> Attempt) -> Arc<Attempt> {
        let mut progress = self.progress.lock();
        let number = u32::try_from(progress.attempts.len() + 1).unwrap_or(u32::MAX);
        let attempt = Arc::new(attempt(number));
        progress.attempts.push(Arc::clone(&attempt));
        attempt
    }

    /// How many bytes of payload and answers it holds, not counting its small change.
    pub(super) fn bytes(&self) -> usize {
        let progress = self.progress.lock();
        let answers = progress
            .attempts
            .iter()
            .filter_map(|attempt| attempt.response.as_ref());
        self.event.payload.len() + answers.map(|answer| answer.body.len()).sum::<usize>()
    }

    /// How many attempts were made without anybody's hand.
    pub(super) fn attempted(&self) -> usize {
        let progress = self.progress.lock();
        progress
            .attempts
            .iter()
            .filter(|attempt| !attempt.manual)
            .count()
    }

    pub(super) fn enter(
        &self,
        state: State,
        next_attempt: Option<Timestamp>,
        reason: Option<String>,
    ) {
        let mut progress = self.progress.lock();
        progress.state = state;
        progress.next_attempt = next_attempt;
        progress.reason = reason;
    }

    /// The delivery without its attempts, for lists.
    #[must_use]
    pub fn summary(&self) -> Value {
        let progress = self.progress.lock();
        let last = progress.attempts.last();
        json!({
            "id": self.id,
            "message_id": self.message_id,
            "at": self.event.at,
            "vendor": self.event.vendor,
            "event": self.event.name,
            "event_id": self.event.id,
            "cause": self.event.cause,
            "endpoint": self.endpoint.id,
            "url": last.map_or(&self.endpoint.url, |attempt| &attempt.url),
            "state": progress.state,
            "attempts": progress.attempts.len(),
            "next_attempt": progress.next_attempt,
            "status": last.and_then(|attempt| attempt.status()),
            "failure": last.and_then(|attempt| attempt.failure.as_ref()).map(|failure| failure.class),
            "reason": progress.reason,
            "triggered": self.event.origin != Origin::Rule,
            "chaos": progress.chaos,
        })
    }

    /// The whole delivery.
    #[must_use]
    pub fn detail(&self) -> Value {
        let mut detail = self.summary();
        let attempts: Vec<_> = self
            .attempts()
            .iter()
            .map(|attempt| self.attempt_detail(attempt))
            .collect();
        detail["conversation"] = json!(self.event.conversation);
        detail["identity"] = json!(self.event.identity);
        detail["payload"] = render_body(&self.event.payload);
        detail["attempts"] = json!(attempts);
        detail
    }
}

impl Attempt {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response
            .as_ref()
            .map(|response| response.status.as_u16())
    }

    /// The whole attempt.
    #[must_use]
    pub fn detail(&self) -> Value {
        json!({
            "number": self.number,
            "manual": self.manual,
            "at": self.at,
            "micros": self.micros,
            "request": {
                "method": "POST",
                "url": self.url,
                "headers": render_headers(&self.headers),
                "body": render_body(&self.body),
            },
            "answer": self.response.as_ref().map(|response| json!({
                "status": response.status.as_u16(),
                "headers": render_headers(&response.headers),
                "body": render_body(&response.body),
                "truncated": response.truncated,
            })),
            "failure": self.failure,
            "chaos": self.chaos,
            "signature": self.signature,
        })
    }
}
