//! How BalesOtomatis says no.

use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::response::Parts;
use serde_json::{Value, json};

use super::resources::messages::Kind;
use crate::kernel::refusal::{Denial, Reason, Refusal};

/// Every way BalesOtomatis says no. The codes are documented, most of the words are not.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A member is missing or cannot be understood.
    #[error("Wrong Required Parameter")]
    WrongParameter,
    /// Nobody has this key.
    #[error("Invalid API Key")]
    UnknownKey,
    /// The account has no such device or licence.
    #[error("Invalid Number ID")]
    UnknownNumber,
    /// The number sent too much within a minute.
    #[error("Reached of Rate-Limited")]
    TooManySends,
    /// The number is not on WhatsApp.
    #[error("Invalid WhatsApp Number")]
    NotOnWhatsApp,
    /// The device is not connected.
    #[error("WhatsApp Instance Not Started")]
    DeviceSilent,
    /// The device is in no such group.
    #[error("Group Not Found")]
    UnknownGroup,
    /// The device may not write to the group.
    #[error("The sender must be a group admin")]
    NotGroupAdmin,
    /// No live code reads so, or it is spent.
    #[error("OTP Code is Invalid")]
    OtpInvalid,
    /// The code's time is over.
    #[error("OTP Code is Expired")]
    OtpExpired,
    /// No approved template has this id.
    #[error("Template not found")]
    UnknownTemplate,
    /// The template has more or fewer placeholders than variables were given.
    #[error("Number of variables does not match the template")]
    VariableCount,
    /// The customer's last message is more than 24 hours old.
    #[error("Re-engagement message (131047)")]
    WindowClosed {
        /// To whom.
        to: String,
        /// What was to be sent.
        kind: Kind,
    },
    /// Meta does not take the template, in its own words. The vendor answers that with 200.
    #[error("{0}")]
    RefusedByMeta(String),
    /// The server failed, as it does for a number that is published for that.
    #[error("Internal Server Error")]
    Broken,
    /// A layer stopped the request.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Error {
    /// The HTTP status, which is the body's code too.
    fn status(&self) -> StatusCode {
        match self {
            Self::WrongParameter => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnknownKey => StatusCode::FORBIDDEN,
            Self::UnknownNumber => StatusCode::NOT_FOUND,
            Self::TooManySends
            | Self::NotOnWhatsApp
            | Self::UnknownGroup
            | Self::NotGroupAdmin
            | Self::OtpInvalid
            | Self::OtpExpired
            | Self::UnknownTemplate
            | Self::VariableCount
            | Self::WindowClosed { .. } => StatusCode::BAD_REQUEST,
            Self::DeviceSilent => StatusCode::REQUEST_TIMEOUT,
            Self::RefusedByMeta(_) => StatusCode::OK,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Refused(refusal) => status_of(&refusal.reason),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Refused(refusal) => words_for(&refusal.reason),
            ours => ours.to_string(),
        }
    }
}

fn status_of(reason: &Reason) -> StatusCode {
    match reason {
        Reason::Denied(Denial::Missing | Denial::Malformed)
        | Reason::WrongMethod { .. }
        | Reason::BrokenJson { .. }
        | Reason::Invalid(_) => StatusCode::METHOD_NOT_ALLOWED,
        Reason::Denied(Denial::Unknown | Denial::Forbidden(_)) => StatusCode::FORBIDDEN,
        Reason::Denied(Denial::UnknownPart(_)) | Reason::UnknownPath => StatusCode::NOT_FOUND,
        Reason::TooMany { .. } => StatusCode::BAD_REQUEST,
        Reason::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Reason::Fault(status) => *status,
        Reason::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The documented meaning of each code; a varying text for what has none.
fn words_for(reason: &Reason) -> String {
    let words = match reason {
        Reason::Denied(Denial::Missing) | Reason::Invalid(_) => "Wrong Required Parameter",
        Reason::Denied(Denial::Malformed)
        | Reason::WrongMethod { .. }
        | Reason::BrokenJson { .. }
        | Reason::TooLarge { .. } => "Invalid Request",
        Reason::Denied(Denial::Unknown | Denial::Forbidden(_)) => "Invalid API Key",
        Reason::Denied(Denial::UnknownPart(_)) => "Invalid Number ID",
        Reason::TooMany { .. } => "Reached of Rate-Limited",
        Reason::UnknownPath => "Not Found",
        Reason::Fault(status) => documented(*status),
        Reason::Internal(_) => "Internal Server Error",
    };
    words.to_owned()
}

/// What the vendor's table of codes says about a status.
fn documented(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "Reached of Rate-Limited",
        403 => "Invalid API Key",
        404 => "Invalid Number ID",
        405 => "Wrong Required Parameter",
        408 => "WhatsApp Instance Not Started",
        _ => status.canonical_reason().unwrap_or("Unknown Error"),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Refused(Refusal {
            reason: Reason::UnknownPath,
            ..
        }) = self
        {
            return (StatusCode::NOT_FOUND, Html(NOT_FOUND)).into_response();
        }
        let status = self.status();
        (status, Json(self.body(status))).into_response()
    }
}

impl Error {
    fn body(&self, status: StatusCode) -> Value {
        let code = status.as_u16().to_string();
        let message = self.message();
        match self {
            Self::OtpInvalid | Self::OtpExpired => json!({"code": code, "message": message}),
            Self::WindowClosed { to, kind } => json!({
                "code": code,
                "message": {"state": "failed", "message_id": null, "to": to, "type": kind, "detail": message},
                "type": "fatal_error",
                "template": null,
            }),
            Self::RefusedByMeta(_) => json!({
                "success": false,
                "message": message,
                "fb_response": {"error": {"message": message, "code": 100}},
            }),
            _ => json!({"code": code, "message": message, "type": "fatal_error"}),
        }
    }
}

/// Sends a refusal of the vendor's own as a success, as the sister platform does; what Apache says stays as it is.
pub fn disguise(parts: &mut Parts) {
    let ours = matches!(parts.status.as_u16(), 400 | 403 | 404 | 405 | 408);
    let json = parts
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if ours && json {
        parts.status = StatusCode::OK;
    }
}

/// What Apache answers where the vendor has nothing.
const NOT_FOUND: &str = "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>404 Not Found</title>\n\
    </head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n";
