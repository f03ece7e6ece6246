//! How HeltarChat says no.

use axum::Json;
use axum::response::{IntoResponse, Response};
use contracts::check::{Rule, Violation};
use contracts::document::Place;
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use super::resources::batches::Outcome;
use super::resources::clients::BadRow;
use crate::kernel::refusal::{Denial, Reason, Refusal};

/// Every way HeltarChat says no.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A number is none.
    #[error("Invalid format. Expected a phone number, received \"{0}\"")]
    NoNumber(String),
    /// The number is nobody's.
    #[error("Client Details not found with {0}")]
    UnknownClient(String),
    /// The number is nobody's, as the message list says it.
    #[error("{0} not exist!")]
    NoConversation(String),
    /// Some rows were wrong; the others are kept.
    #[error("Failed to create/update some clients")]
    BadRows(BadRows),
    /// Nobody has this email.
    #[error("{0} not exists!")]
    UnknownEmployee(String),
    /// There is nobody to give a chat to.
    #[error("No active employee found to assign chat!")]
    NobodyActive,
    /// One of the new attributes is there already.
    #[error("Attributes {0} already exist!")]
    AttributesExist(String),
    /// The new name belongs to another attribute.
    #[error("Attribute: {0} already exists! Please delete it first and then update the attribute!")]
    AttributeTaken(String),
    /// There is no such attribute, or it is the one that cannot be touched.
    #[error("Attribute: {0} does not exist!")]
    UnknownAttribute(String),
    /// Something the request check would have caught was let through to the operation.
    #[error("{0}")]
    Malformed(String),
    /// Nothing is registered at this address.
    #[error("Webhook URL not found")]
    UnknownWebhook,
    /// The address answered the handshake with an error.
    #[error("Webhook verification failed for {0}")]
    VerificationFailed(String),
    /// Plain HTTP, where only HTTPS is taken.
    #[error("Webhook URL must use HTTPS")]
    NotHttps,
    /// One date without the other.
    #[error("startDate and endDate must be sent together")]
    HalfARange,
    /// A page's bound is no time.
    #[error("before must be a valid ISO timestamp")]
    BadBefore,
    /// A page's bound misses its other half.
    #[error("beforeId must be sent together with before")]
    LonelyBeforeId,
    /// A message was asked for without saying which.
    #[error("wamid query parameter is required")]
    NoWamid,
    /// No message has this id.
    #[error("Message not found")]
    UnknownMessage,
    /// The message answered to does not exist.
    #[error("Context message not found")]
    UnknownContext,
    /// The client wants no messages.
    #[error("Client has not opted in")]
    NotOptedIn,
    /// The client was blocked by the business.
    #[error("Client is blocked")]
    Blocked,
    /// A number whose published fate is the vendor's 429.
    #[error("Too many requests")]
    TooMany,
    /// A number whose published fate is the vendor's 500.
    #[error("Internal Server Error")]
    Broken,
    /// No message of the request went out.
    #[error("Failed to send all messages")]
    AllFailed(Box<AllFailed>),
    /// The storage has no such file.
    #[error("The specified key does not exist.")]
    NoSuchKey,
    /// The upload was prepared too long ago.
    #[error("Request has expired")]
    UploadExpired,
    /// The upload differs from what was prepared.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your key and signing method."
    )]
    WrongSignature,
    /// Stopped by a layer.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What became of the rows of a refused request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BadRows {
    /// The rows that were kept.
    pub successful_clients: Vec<Value>,
    /// The rows that were not.
    pub failed_clients: Vec<BadRow>,
}

/// Nothing went out: the commonest code, and what became of each message.
#[derive(Debug)]
pub struct AllFailed {
    /// The status of the answer.
    pub status: StatusCode,
    /// What became of each message.
    pub outcome: Outcome,
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoNumber(_)
            | Self::Malformed(_)
            | Self::BadRows(_)
            | Self::UnknownEmployee(_)
            | Self::NobodyActive
            | Self::AttributeTaken(_)
            | Self::UnknownAttribute(_)
            | Self::VerificationFailed(_)
            | Self::NotHttps
            | Self::HalfARange
            | Self::BadBefore
            | Self::LonelyBeforeId
            | Self::NoWamid
            | Self::UnknownContext
            | Self::NotOptedIn
            | Self::Blocked => StatusCode::BAD_REQUEST,
            Self::UnknownClient(_)
            | Self::NoConversation(_)
            | Self::UnknownWebhook
            | Self::UnknownMessage
            | Self::NoSuchKey => StatusCode::NOT_FOUND,
            Self::AttributesExist(_) => StatusCode::CONFLICT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Self::UploadExpired | Self::WrongSignature => StatusCode::FORBIDDEN,
            Self::AllFailed(all) => all.status,
            Self::Refused(refusal) => status_of(&refusal.reason),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Refused(refusal) => words(refusal),
            other => other.to_string(),
        }
    }

    /// What the envelope carries beside the words.
    fn detail(&self) -> Option<Value> {
        match self {
            Self::BadRows(rows) => serde_json::to_value(rows).ok(),
            Self::AllFailed(all) => serde_json::to_value(&all.outcome).ok(),
            _ => None,
        }
    }

    /// The code of the storage service, where it is the one that refuses.
    fn storage_code(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchKey => Some("NoSuchKey"),
            Self::UploadExpired => Some("AccessDenied"),
            Self::WrongSignature => Some("SignatureDoesNotMatch"),
            Self::Refused(refusal) if refusal.operation().starts_with("files.") => {
                match &refusal.reason {
                    Reason::TooLarge { .. } => Some("EntityTooLarge"),
                    Reason::TooMany { .. } => Some("SlowDown"),
                    Reason::Fault(_) | Reason::Internal(_) => Some("InternalError"),
                    Reason::WrongMethod { .. } => Some("MethodNotAllowed"),
                    Reason::Denied(_) | Reason::BrokenJson { .. } | Reason::Invalid(_) => {
                        Some("InvalidRequest")
                    }
                    // The API does not know the path, and answers in its own envelope.
                    Reason::UnknownPath => None,
                }
            }
            _ => None,
        }
    }
}

/// The envelope of every refusal.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    error_type: &'static str,
    error_message: String,
    errors_validation: Option<Value>,
    error_raw: Option<Value>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        let message = self.message();
        if let Some(code) = self.storage_code() {
            let message = message.replace('&', "&amp;").replace('<', "&lt;");
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            );
            return (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response();
        }
        let error_raw = self.detail();
        let envelope = Envelope {
            error_type: error_type(status),
            error_message: message,
            errors_validation: None,
            error_raw,
        };
        (status, Json(envelope)).into_response()
    }
}

/// The kind an error calls itself: it follows the status.
fn error_type(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Unauthorized",
        StatusCode::FORBIDDEN => "Forbidden",
        StatusCode::NOT_FOUND => "NotFound",
        StatusCode::CONFLICT => "Conflict",
        StatusCode::TOO_MANY_REQUESTS => "TooManyRequests",
        StatusCode::SERVICE_UNAVAILABLE => "ServiceUnavailable",
        StatusCode::PAYLOAD_TOO_LARGE => "PayloadTooLarge",
        status if status.is_server_error() => "InternalServerError",
        _ => "BadRequest",
    }
}

fn status_of(reason: &Reason) -> StatusCode {
    match reason {
        Reason::Denied(Denial::Forbidden(_)) => StatusCode::FORBIDDEN,
        Reason::Denied(
            Denial::Missing | Denial::Malformed | Denial::Unknown | Denial::UnknownPart(_),
        ) => StatusCode::UNAUTHORIZED,
        // Express knows no 405: what no route takes is not found.
        Reason::UnknownPath | Reason::WrongMethod { .. } => StatusCode::NOT_FOUND,
        Reason::BrokenJson { .. } | Reason::Invalid(_) => StatusCode::BAD_REQUEST,
        Reason::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Reason::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Reason::Fault(status) => *status,
        Reason::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A layer's refusal in the vendor's words.
fn words(refusal: &Refusal) -> String {
    let operation = refusal.operation();
    match &refusal.reason {
        Reason::Denied(Denial::Forbidden(scope)) => {
            format!("API key does not have the required scope ({scope})")
        }
        Reason::Denied(
            Denial::Missing | Denial::Malformed | Denial::Unknown | Denial::UnknownPart(_),
        ) => "Unauthorized".into(),
        Reason::UnknownPath | Reason::WrongMethod { .. } => {
            format!("Path {} not found", refusal.path())
        }
        Reason::BrokenJson {
            message,
            line,
            column,
        } => format!("{message} in JSON at line {line} column {column}"),
        Reason::TooLarge { .. } => "request entity too large".into(),
        Reason::Invalid(violations) => violations
            .first()
            .map_or_else(String::new, |first| complaint(operation, first)),
        Reason::TooMany { .. } => "Too many requests".into(),
        Reason::Fault(status) => status
            .canonical_reason()
            .unwrap_or("Internal Server Error")
            .into(),
        Reason::Internal(_) => "Internal Server Error".into(),
    }
}

/// The first broken rule, as the vendor's validation would put it.
fn complaint(operation: &str, violation: &Violation) -> String {
    if operation == "messages.presignedUrl" && violation.rule == Rule::Required {
        return "File type and file name are required!".into();
    }
    if operation == "messages.get" && violation.rule == Rule::Required {
        return Error::NoWamid.to_string();
    }
    let field = field_of(violation);
    let found = violation.found.as_ref().map(plain).unwrap_or_default();
    if field.ends_with("clientWaNumber") && violation.rule != Rule::Required {
        return Error::NoNumber(found).to_string();
    }
    if field.ends_with("messageType") && found == "sms" {
        return "SMS channel is not yet available".into();
    }
    match violation.rule {
        Rule::Required => format!("\"{field}\" is required"),
        Rule::Forbidden | Rule::Undocumented => format!("\"{field}\" is not allowed"),
        _ => format!("\"{field}\" must be {}", violation.expected),
    }
}

/// The place of a violation as JavaScript writes it: `messages[0].message`.
fn field_of(violation: &Violation) -> String {
    let mut field = String::new();
    for part in violation.pointer.split('/').filter(|part| !part.is_empty()) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if violation.place == Place::Body && part.bytes().all(|byte| byte.is_ascii_digit()) {
            field.push_str(&format!("[{part}]"));
        } else {
            if !field.is_empty() {
                field.push('.');
            }
            field.push_str(&part);
        }
    }
    if field.is_empty() {
        "body".into()
    } else {
        field
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
