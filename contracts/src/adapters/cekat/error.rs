//! What can go wrong with a call to Cekat.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::RateLimit;
use crate::adapters::{Failure, Made, Understood};

/// A call that did not work out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client cannot be set up like this.
    #[error("no client can be made: {0}")]
    Setup(String),
    /// The client was given no credential of the kind that the operation takes.
    #[error("the client has no {0}")]
    NoCredential(&'static str),
    /// The request or its answer did not get through.
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    /// 400: the request is wrong.
    #[error("bad request: {0}")]
    BadRequest(Refusal),
    /// 401: the credential is missing, unknown or of the wrong kind.
    #[error("unauthorized: {0}")]
    Unauthorized(Refusal),
    /// 404: there is no such thing.
    #[error("not found: {0}")]
    NotFound(Refusal),
    /// 409: it is there already.
    #[error("conflict: {0}")]
    Conflict(Refusal),
    /// 429: too many calls.
    #[error("too many requests: {refusal}")]
    TooManyRequests {
        /// In the vendor's words.
        refusal: Refusal,
        /// What the vendor counts; it names no time to wait other than the end of its window.
        rate_limit: Option<RateLimit>,
    },
    /// 5xx: the vendor failed.
    #[error("server error {status}: {refusal}")]
    Server {
        /// The status.
        status: u16,
        /// In the vendor's words.
        refusal: Refusal,
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

/// The envelope of every refusal, whatever the family of the success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Never true.
    pub success: bool,
    /// The status again.
    pub status_code: u16,
    /// Why.
    pub error: Reason,
}

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// In words.
    pub message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error.message)
    }
}

impl Error {
    /// The error that a refusal stands for; none when no documented refusal has its status.
    pub(super) fn refused(refusal: Refusal, rate_limit: Option<RateLimit>) -> Option<Self> {
        Some(match refusal.status_code {
            400 => Self::BadRequest(refusal),
            401 => Self::Unauthorized(refusal),
            404 => Self::NotFound(refusal),
            409 => Self::Conflict(refusal),
            429 => Self::TooManyRequests {
                refusal,
                rate_limit,
            },
            status @ 500.. => Self::Server { status, refusal },
            _ => return None,
        })
    }

    /// The vendor's words, where it used its envelope.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::BadRequest(refusal)
            | Self::Unauthorized(refusal)
            | Self::NotFound(refusal)
            | Self::Conflict(refusal)
            | Self::TooManyRequests { refusal, .. }
            | Self::Server { refusal, .. } => Some(refusal),
            Self::Setup(_)
            | Self::NoCredential(_)
            | Self::Transport(_)
            | Self::Unintelligible { .. } => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match (error.refusal(), &error) {
            (Some(refusal), _) => {
                let made = serde_json::to_value(refusal).map_or(Made::Nothing, Made::Json);
                let status = refusal.status_code;
                Self::Refused(Understood { status, made })
            }
            (None, Error::Unintelligible { .. }) => Self::Unintelligible(error.to_string()),
            (None, _) => Self::Lost(error.to_string()),
        }
    }
}
