//! How Cekat says no: one envelope on every path.

use axum::Json;
use axum::response::{IntoResponse, Response};
use contracts::check::{Rule, Violation};
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use crate::kernel::refusal::{Denial, Reason, Refusal};

/// Every way Cekat says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No good credential was shown.
    #[error("Not authenticated")]
    NotAuthenticated,
    /// The price list was asked for with a bearer token alone.
    #[error("Missing token")]
    MissingToken,
    /// There is no such path, or not with this method.
    #[error("Not found")]
    UnknownPath,
    /// The body is not JSON.
    #[error("Invalid JSON body")]
    BrokenJson,
    /// The body is too large.
    #[error("Request entity too large")]
    TooLarge,
    /// The request breaks a rule.
    #[error("{0}")]
    Invalid(String),
    /// What a path or a body points at is not there, or somebody else's.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// A search names a column the board does not have.
    #[error("Column not found")]
    UnknownColumn,
    /// An order wants a product that nobody knows the price of.
    #[error("Product not found")]
    UnknownProduct,
    /// A template message has more or fewer variables than its template.
    #[error("Template body variable must match the number of placeholders ({0})")]
    Placeholders(usize),
    /// A new template's sample values are not as many as its variables.
    #[error("body_placeholder must match the number of variables ({0})")]
    Samples(usize),
    /// A template that the provider has not approved.
    #[error("Template is not approved")]
    NotApproved,
    /// Another template of the inbox has this name and language.
    #[error("Template name already exists")]
    DuplicateTemplate,
    /// Another business has this e-mail address.
    #[error("Email is already registered")]
    EmailTaken,
    /// Another contact has this number.
    #[error("phone_number is already used by another contact")]
    PhoneTaken,
    /// The receiver is not whom the conversation is with.
    #[error("receiver does not match the conversation")]
    WrongReceiver,
    /// An inbox of another kind.
    #[error("Inbox is not a WhatsApp inbox")]
    NotWhatsApp,
    /// The customer has not written for a day.
    #[error("The 24-hour customer service window is closed")]
    WindowClosed,
    /// The caller's minute is used up.
    #[error("Too many requests")]
    TooMany,
    /// A status that somebody asked for.
    #[error("{}", .0.canonical_reason().unwrap_or("Unknown error"))]
    Asked(StatusCode),
    /// The mock failed.
    #[error("Internal server error")]
    Internal,
}

impl Error {
    /// A field that is missing.
    pub fn required(field: impl std::fmt::Display) -> Self {
        Self::Invalid(format!("{field} is required"))
    }

    /// A field that makes no sense.
    pub fn invalid(field: impl std::fmt::Display) -> Self {
        Self::Invalid(format!("{field} is invalid"))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotAuthenticated | Self::MissingToken => StatusCode::UNAUTHORIZED,
            Self::UnknownPath | Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::BrokenJson
            | Self::Invalid(_)
            | Self::UnknownColumn
            | Self::UnknownProduct
            | Self::Placeholders(_)
            | Self::Samples(_)
            | Self::NotApproved
            | Self::DuplicateTemplate
            | Self::EmailTaken
            | Self::PhoneTaken
            | Self::WrongReceiver
            | Self::NotWhatsApp
            | Self::WindowClosed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Asked(status) => *status,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The one envelope.
#[derive(Serialize)]
struct Envelope {
    success: bool,
    status_code: u16,
    error: Message,
}

#[derive(Serialize)]
struct Message {
    message: String,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        let error = Message {
            message: self.to_string(),
        };
        let envelope = Envelope {
            success: false,
            status_code: status.as_u16(),
            error,
        };
        (status, Json(envelope)).into_response()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let operation = refusal.operation();
        match refusal.reason {
            Reason::Denied(Denial::Forbidden(_)) => Self::MissingToken,
            Reason::Denied(
                Denial::Missing | Denial::Malformed | Denial::Unknown | Denial::UnknownPart(_),
            ) => Self::NotAuthenticated,
            Reason::UnknownPath | Reason::WrongMethod { .. } => Self::UnknownPath,
            Reason::BrokenJson { .. } => Self::BrokenJson,
            Reason::TooLarge { .. } => Self::TooLarge,
            Reason::Invalid(violations) => {
                let first = violations.first();
                Self::Invalid(first.map_or_else(
                    || "Invalid request".to_owned(),
                    |first| complaint(operation, first),
                ))
            }
            Reason::TooMany { .. } => Self::TooMany,
            Reason::Fault(StatusCode::INTERNAL_SERVER_ERROR) | Reason::Internal(_) => {
                Self::Internal
            }
            Reason::Fault(StatusCode::TOO_MANY_REQUESTS) => Self::TooMany,
            Reason::Fault(StatusCode::UNAUTHORIZED) => Self::NotAuthenticated,
            Reason::Fault(status) => Self::Asked(status),
        }
    }
}

/// What is wrong, in the vendor's manner: the field first.
fn complaint(operation: &str, violation: &Violation) -> String {
    // An order needs one of three references; the one that is missed first stands for all.
    let reference = ["/contact_id", "/phone_number", "/conversation_id"];
    if operation == "orders.create"
        && violation.rule == Rule::Required
        && reference.contains(&violation.pointer.as_str())
    {
        return "At least one of contact_id, phone_number or conversation_id is required"
            .to_owned();
    }
    if violation.rule == Rule::Limit && violation.pointer.is_empty() {
        return "Request body must not be empty".to_owned();
    }
    let field = field(&violation.pointer);
    let empty = match &violation.found {
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(elements)) => elements.is_empty(),
        _ => false,
    };
    match violation.rule {
        Rule::Required => format!("{field} is required"),
        Rule::Limit if empty => format!("{field} is required"),
        Rule::Limit => {
            let verb = match &violation.found {
                Some(Value::Array(_) | Value::Object(_)) => "have",
                _ => "be",
            };
            let limit = violation.expected.trim_start_matches("a number of ");
            format!("{field} must {verb} {limit}")
        }
        Rule::Enum | Rule::Const => match choices(&violation.expected) {
            Some(choices) => format!("{field} must be one of {choices}"),
            None => format!("{field} is invalid"),
        },
        Rule::Pattern if field.ends_with("_date") => format!("{field} must be YYYY-MM-DD"),
        Rule::Pattern if field == "file" => "file must be jpeg, jpg or png".to_owned(),
        Rule::ContentType => "Content-Type must be application/json".to_owned(),
        Rule::Type
        | Rule::Pattern
        | Rule::Format
        | Rule::Variant
        | Rule::Undocumented
        | Rule::Forbidden
        | Rule::Status
        | Rule::Json
        | Rule::Other => format!("{field} is invalid"),
    }
}

/// A JSON pointer or a parameter's name as clients write it: `action.buttons[0].reply`.
fn field(pointer: &str) -> String {
    let mut field = String::new();
    for token in pointer.split('/').filter(|token| !token.is_empty()) {
        let token = token.replace("~1", "/").replace("~0", "~");
        if token.bytes().all(|byte| byte.is_ascii_digit()) {
            field.push_str(&format!("[{token}]"));
        } else {
            if !field.is_empty() {
                field.push('.');
            }
            field.push_str(&token);
        }
    }
    if field.is_empty() {
        field.push_str("Request body");
    }
    field
}

/// A short list of choices, each once, as `a, b, c`; nothing when the list is long or no list.
fn choices(expected: &str) -> Option<String> {
    let list = expected.strip_prefix("one of ")?;
    let mut choices: Vec<&str> = Vec::new();
    for choice in list.split(", ").map(|choice| choice.trim_matches('"')) {
        if !choices
            .iter()
            .any(|known| known.eq_ignore_ascii_case(choice))
        {
            choices.push(choice);
        }
    }
    (choices.len() <= 8).then(|| choices.join(", "))
}
