//! Why a layer stopped a request, in nobody's words: the vendor puts it in its own.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use contracts::check::Violation;
use http::{Method, StatusCode};

use super::call::Call;

/// A request stopped by a layer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// What was called, for words that depend on it.
    pub call: Arc<Call>,
}

impl Refusal {
    /// The operation that was called; empty where the request reached none.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.call.operation_name()
    }

    /// The vendor's path that was called.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.call.path
    }
}

/// Why a request was stopped.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Reason {
    /// No usable credential was shown, or a wrong one.
    #[error("not authenticated: {0}")]
    Denied(Denial),
    /// The vendor has no such path.
    #[error("unknown path")]
    UnknownPath,
    /// The path exists, but not with this method.
    #[error("method not allowed")]
    WrongMethod {
        /// The methods that exist.
        allow: Vec<Method>,
    },
    /// The body is not JSON although it should be.
    #[error("{message} at line {line}, column {column}")]
    BrokenJson {
        /// What the parser found wrong.
        message: String,
        /// Where, counted from 1.
        line: usize,
        /// Where, counted from 1.
        column: usize,
    },
    /// The body is larger than the server takes.
    #[error("body larger than {limit} bytes")]
    TooLarge {
        /// The largest body taken, in bytes.
        limit: usize,
    },
    /// The request breaks documented rules; at least one.
    #[error("{}", first_message(.0))]
    Invalid(Vec<Violation>),
    /// Too many requests.
    #[error("rate limit exceeded; retry after {} s", retry_after.as_secs())]
    TooMany {
        /// Until when the caller should wait.
        retry_after: Duration,
    },
    /// A fault rule or an override asked for this status.
    #[error("status {0} on request")]
    Fault(StatusCode),
    /// The mock itself failed; always a bug of ours.
    #[error("internal error of the mock: {0}")]
    Internal(String),
}

impl Reason {
    /// The reason in one word, for programs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::UnknownPath => "unknown_path",
            Self::WrongMethod { .. } => "wrong_method",
            Self::BrokenJson { .. } => "broken_json",
            Self::TooLarge { .. } => "too_large",
            Self::Invalid(_) => "invalid",
            Self::TooMany { .. } => "too_many",
            Self::Fault(_) => "fault",
            Self::Internal(_) => "internal",
        }
    }
}

/// What is wrong with the credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// None was shown.
    #[error("no credential")]
    Missing,
    /// One was shown in a form the vendor does not take.
    #[error("malformed credential")]
    Malformed,
    /// A well-formed credential that nobody has.
    #[error("unknown credential")]
    Unknown,
    /// A valid credential that may not do this; the text names what is missing.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// A further part of the credentials (a device, a company) is unknown; the text names it.
    #[error("unknown {0}")]
    UnknownPart(String),
}

fn first_message(violations: &[Violation]) -> String {
    violations.first().map_or_else(
        || "invalid request".to_owned(),
        |violation| violation.message.clone(),
    )
}

/// Extractors know no vendor: their rejection travels as a response that carries the refusal,
/// and the pipeline has the vendor word it.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
