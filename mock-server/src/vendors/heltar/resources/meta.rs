//! Meta's refusals: at once for one message of a batch, or later by webhook.

use serde::{Deserialize, Serialize};

/// Why Meta, or the vendor before it, does not take one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Fault {
    /// Meta's refusal.
    Upstream(UpstreamError),
    /// The vendor's own, in plain words.
    Local(String),
}

impl Fault {
    /// The status that stands for this fault: Meta's own, or 500 for the vendor's.
    pub fn code(&self) -> u16 {
        match self {
            Self::Upstream(error) => error.status,
            Self::Local(_) => 500,
        }
    }
}

/// Meta's error object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UpstreamError {
    #[serde(skip)]
    status: u16,
    message: String,
    r#type: &'static str,
    code: u32,
    error_data: ErrorData,
}

/// The part of Meta's error object that names the culprit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ErrorData {
    messaging_product: &'static str,
    details: String,
}

/// Meta's refusals, by name. Those of delivery arrive by webhook, the others at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upstream {
    /// The client has not written for a day.
    WindowClosed,
    /// The number has no WhatsApp, or cannot be reached.
    Undeliverable,
    /// Too many messages at once.
    RateLimited,
    /// The file could not be read.
    MediaUnreadable,
    /// Something is not what it should be.
    InvalidValue,
    /// More or fewer values than places.
    WrongParameterCount,
    /// A value of another kind than its place.
    WrongParameterFormat,
    /// No such template in that language, or not approved.
    UnknownTemplate,
}

impl Upstream {
    /// Meta's number and title for it.
    pub fn code_and_title(self) -> (u32, &'static str) {
        match self {
            Self::WindowClosed => (131_047, "Re-engagement message"),
            Self::Undeliverable => (131_026, "Message undeliverable"),
            Self::RateLimited => (130_429, "Rate limit hit"),
            Self::MediaUnreadable => (131_053, "Media upload error"),
            Self::InvalidValue => (131_009, "Parameter value is not valid"),
            Self::WrongParameterCount => (
                132_000,
                "Number of parameters does not match the expected number of params",
            ),
            Self::WrongParameterFormat => (
                132_012,
                "Parameter format does not match format in the created template",
            ),
            Self::UnknownTemplate => (132_001, "Template name does not exist in the translation"),
        }
    }

    /// What the webhook of a failed delivery says beside the title.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::WindowClosed => "More than 24 hours have passed since the customer last replied",
            _ => self.code_and_title().1,
        }
    }

    /// The refusal of one message, with its reason.
    pub fn with(self, details: String) -> Fault {
        let (code, title) = self.code_and_title();
        let status = if self == Self::UnknownTemplate {
            404
        } else {
            400
        };
        let error_data = ErrorData {
            messaging_product: "whatsapp",
            details,
        };
        Fault::Upstream(UpstreamError {
            status,
            message: format!("(#{code}) {title}"),
            r#type: "OAuthException",
            code,
            error_data,
        })
    }
}
