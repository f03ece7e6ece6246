//! What can go wrong with a call to HeltarChat.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::adapters::{Failure, Made, Understood};

/// A call that did not work out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client cannot be set up like this.
    #[error("no client can be made: {0}")]
    Setup(String),
    /// The request or its answer did not get through.
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    /// 400: the request is wrong.
    #[error("bad request: {0}")]
    BadRequest(Box<Refusal>),
    /// 401: the key is missing or unknown.
    #[error("unauthorized: {0}")]
    Unauthorized(Box<Refusal>),
    /// 403: the key does not reach that far.
    #[error("forbidden: {0}")]
    Forbidden(Box<Refusal>),
    /// 404: there is no such thing.
    #[error("not found: {0}")]
    NotFound(Box<Refusal>),
    /// 409: it is there already.
    #[error("conflict: {0}")]
    Conflict(Box<Refusal>),
    /// 429: too many calls.
    #[error("too many requests: {refusal}")]
    TooManyRequests {
        /// In the vendor's words.
        refusal: Box<Refusal>,
        /// How long to wait, when the vendor says so.
        retry_after: Option<Duration>,
    },
    /// 5xx: the vendor failed.
    #[error("server error {status}: {refusal}")]
    Server {
        /// The status.
        status: u16,
        /// In the vendor's words.
        refusal: Box<Refusal>,
    },
    /// The storage service says no, in its own XML.
    #[error("storage error {status} {code}: {message}")]
    Storage {
        /// The status.
        status: u16,
        /// Its code, such as `NoSuchKey`.
        code: String,
        /// Its words.
        message: String,
    },
    /// The answer is none that is documented.
    #[error("unintelligible answer {status}: {why}")]
    Unintelligible {
        /// The status.
        status: u16,
        /// The body as text.
        body: String,
        /// What could not be understood.
        why: String,
    },
}

/// The envelope of every refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The kind of error, such as `BadRequest`.
    pub error_type: String,
    /// In words.
    pub error_message: String,
    /// What a validator found.
    #[serde(default)]
    pub errors_validation: Option<Value>,
    /// Details, in a shape of the operation's own.
    #[serde(default)]
    pub error_raw: Option<Value>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error_message)
    }
}

impl Refusal {
    /// The rows that `clients.upsert` kept and did not keep, when that is what was refused.
    pub fn bad_rows(&self) -> Option<BadRows> {
        BadRows::deserialize(self.error_raw.as_ref()?).ok()
    }
}

/// What became of the rows of a refused `clients.upsert`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadRows {
    /// The rows that were kept, as the vendor shows clients.
    pub successful_clients: Vec<Value>,
    /// The rows that were not.
    pub failed_clients: Vec<BadRow>,
}

/// A row that was not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BadRow {
    /// The row as it was sent.
    pub client: Value,
    /// Why.
    pub error: String,
}

impl Error {
    /// The error that a status stands for; none when no documented refusal has it.
    pub(super) fn refused(
        status: u16,
        refusal: Box<Refusal>,
        retry_after: Option<Duration>,
    ) -> Option<Self> {
        Some(match status {
            400 => Self::BadRequest(refusal),
            401 => Self::Unauthorized(refusal),
            403 => Self::Forbidden(refusal),
            404 => Self::NotFound(refusal),
            409 => Self::Conflict(refusal),
            429 => Self::TooManyRequests {
                refusal,
                retry_after,
            },
            500.. => Self::Server { status, refusal },
            _ => return None,
        })
    }

    /// The vendor's words, where it used its envelope.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::BadRequest(refusal)
            | Self::Unauthorized(refusal)
            | Self::Forbidden(refusal)
            | Self::NotFound(refusal)
            | Self::Conflict(refusal)
            | Self::TooManyRequests { refusal, .. }
            | Self::Server { refusal, .. } => Some(refusal),
            Self::Setup(_)
            | Self::Transport(_)
            | Self::Storage { .. }
            | Self::Unintelligible { .. } => None,
        }
    }

    /// The status of the answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::BadRequest(_) => Some(400),
            Self::Unauthorized(_) => Some(401),
            Self::Forbidden(_) => Some(403),
            Self::NotFound(_) => Some(404),
            Self::Conflict(_) => Some(409),
            Self::TooManyRequests { .. } => Some(429),
            Self::Server { status, .. }
            | Self::Storage { status, .. }
            | Self::Unintelligible { status, .. } => Some(*status),
            Self::Setup(_) | Self::Transport(_) => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match (error.refusal(), error.status()) {
            (Some(refusal), Some(status)) => {
                let made = serde_json::to_value(refusal).map_or(Made::Nothing, Made::Json);
                Self::Refused(Understood { status, made })
            }
            _ => match error {
                Error::Storage {
                    status,
                    code,
                    message,
                } => {
                    let made = Made::Words(vec![code, message]);
                    Self::Refused(Understood { status, made })
                }
                Error::Unintelligible { .. } => Self::Unintelligible(error.to_string()),
                other => Self::Lost(other.to_string()),
            },
        }
    }
}
