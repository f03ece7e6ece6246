//! How MyOperator says no: three hosts, seven families of bodies.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use contracts::check::{Rule, Violation};
use contracts::document::Place;
use http::header::{ALLOW, HeaderName, RETRY_AFTER};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Host;
use super::reply::request_id;
use crate::kernel::call::Call;
use crate::kernel::refusal::{Denial, Reason, Refusal};

/// What is wrong with which field, in the vendor's words.
pub type Fields = Vec<(String, String)>;

/// What answers about outbound calls say of the call itself.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The vendor's id for the request.
    pub unique_id: String,
    /// The client's id for it, echoed when one was sent.
    pub reference_id: Option<String>,
}

impl Named {
    /// What a request says of its call.
    #[must_use]
    pub fn of(call: &Call) -> Self {
        let reference_id = call
            .json()
            .and_then(|body| body.get("reference_id"))
            .and_then(Value::as_str);
        Self {
            unique_id: request_id(call.id),
            reference_id: reference_id
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
        }
    }
}

/// Why the chat service sends no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chat {
    /// The company has paid for no more.
    InsufficientBalance,
    /// The provider does not take it.
    SendingFailed,
    /// Meta has not approved the account.
    WabaNotApproved,
    /// The chat service disabled the account.
    WabaDisabled,
    /// The chat service disabled the number.
    NumberDisabled,
    /// The number is not onboarded yet.
    NumberNotOnboarded,
    /// The number is onboarded, but not connected with Meta.
    NumberNotConnected,
    /// The vendor does not serve the company.
    ServiceInactive,
    /// No such number sends.
    NumberUnknown,
}

impl Chat {
    /// Its code, and what it says: as shown in an example where there is one, else as listed in the table of codes.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::InsufficientBalance => ("CHAT_4001", "Insufficient Balance"),
            Self::SendingFailed => ("CHAT_3001", "Message Sending Failed"),
            Self::WabaNotApproved => ("CHAT_0301", "Waba not approved by Meta"),
            Self::WabaDisabled => ("CHAT_0302", "Waba is Disabled"),
            Self::NumberDisabled => ("CHAT_0303", "Phone Number is Disabled"),
            Self::NumberNotOnboarded => ("CHAT_0304", "Phone Number is not connected"),
            Self::NumberNotConnected => ("CHAT_0305", "Phone number not connected with Meta"),
            Self::ServiceInactive => ("CHAT_0004", "Service inactive"),
            Self::NumberUnknown => ("CHAT_0306", "Phone number does not exist"),
        }
    }
}

/// Every way MyOperator says no.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The gateway of the public API saw no key.
    #[error("Unauthorized")]
    Unauthorized,
    /// The gateway of the public API does not like the key, its form, or the missing company.
    #[error(
        "User is not authorized to access this resource with an explicit deny in an identity-based policy"
    )]
    ExplicitDeny,
    /// The gateway of the public API could not tell whether the company may call.
    #[error("the authorizer failed")]
    AuthorizerFailed,
    /// The gateway of outbound calls does not know the key.
    #[error("Forbidden")]
    Forbidden,
    /// The gateway of outbound calls has no such path or method.
    #[error("Missing Authentication Token")]
    MissingAuthenticationToken,
    /// The gateway of outbound calls found the body out of shape.
    #[error("{0}")]
    OutOfShape(String),
    /// A gateway counted too many calls.
    #[error("Too Many Requests")]
    TooManyRequests(Duration),
    /// A gateway found the body too large.
    #[error("Request Too Long")]
    TooLong,
    /// The framework of the public API knows no such path.
    #[error("Not found.")]
    NotFound,
    /// The framework of the public API knows the path, but not with this method.
    #[error("Method not allowed.")]
    MethodNotAllowed(Vec<Method>),
    /// The framework of the public API could not read the body.
    #[error("Malformed request.")]
    ParseError(String),
    /// The framework of the public API found fields wrong.
    #[error("Invalid input.")]
    InvalidInput(Fields),
    /// A contact's number or country code was to be changed.
    #[error("Phone Number cannot be updated.")]
    PhoneNumberUpdate,
    /// A contact, or a search for contacts, is wrong.
    #[error("Validation Error")]
    ContactInvalid(Fields),
    /// A message is wrong.
    #[error("Missing required fields or Invalid Input")]
    MessageInvalid(Fields),
    /// The message service broke down.
    #[error("Internal Server Error")]
    MessageService,
    /// A message cannot be sent.
    #[error("{}", .0.words().1)]
    Chat(Chat),
    /// A message names a template that this company does not have.
    #[error("Template not associated with this company")]
    TemplateForeign,
    /// No template has this id.
    #[error("Invalid Template ID")]
    TemplateUnknown,
    /// A template is for an account that this company does not have.
    #[error("Not found.")]
    WabaUnknown,
    /// No campaign has this id.
    #[error("Not found.")]
    CampaignUnknown(String),
    /// No contact has this id.
    #[error("Invalid Contact ID")]
    ContactUnknown,
    /// No contact that could be changed has this id or number.
    #[error("Not found.")]
    ContactNotFound,
    /// An outbound call breaks a rule of the application.
    #[error("{details}")]
    CallInvalid {
        /// What is wrong.
        details: String,
        /// The call that is wrong.
        call: Named,
    },
    /// An outbound call names what its dialer does not take.
    #[error("{details}")]
    CallForbidden {
        /// What is wrong.
        details: String,
        /// The call that is wrong.
        call: Named,
    },
    /// An outbound call follows nothing that leads anywhere.
    #[error("IVR or routing configuration not found")]
    CallNotFound(Named),
    /// Outbound calls are out of order.
    #[error("Service unavailable")]
    CallFailed(Named),
    /// The developers' host saw no token, or a wrong one.
    #[error("This not an authorized request")]
    NotAuthorized,
    /// The developers' host has no such path or method.
    #[error("Unknown method.")]
    UnknownMethod,
    /// The developers' host found a parameter wrong.
    #[error("{0}")]
    ParameterInvalid(String),
    /// The role of the token's user does not allow it.
    #[error("You are not allowed to add users")]
    MayNotAddUsers,
    /// There is no such recording.
    #[error("File not found")]
    FileNotFound,
    /// A link to a recording was not made for it.
    #[error("Invalid signature")]
    LinkInvalid,
    /// A link to a recording is older than a day.
    #[error("Request has expired")]
    LinkExpired,
    /// The developers' host counted too many calls.
    #[error("Too many requests")]
    TooManyPulls(Duration),
    /// A status was asked for.
    #[error("{}", status.canonical_reason().unwrap_or("Error"))]
    OnRequest {
        /// Whose words to use.
        host: Host,
        /// The status.
        status: StatusCode,
        /// The call.
        call: Named,
    },
    /// The mock itself failed.
    #[error("internal error of the mock: {0}")]
    Internal(String),
}

impl Error {
    /// The status that goes with it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::ExplicitDeny
            | Self::Forbidden
            | Self::MissingAuthenticationToken
            | Self::CallForbidden { .. }
            | Self::MayNotAddUsers
            | Self::LinkInvalid
            | Self::LinkExpired => StatusCode::FORBIDDEN,
            Self::AuthorizerFailed
            | Self::CallFailed(_)
            | Self::MessageService
            | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::OutOfShape(_)
            | Self::ParseError(_)
            | Self::InvalidInput(_)
            | Self::PhoneNumberUpdate
            | Self::ContactInvalid(_)
            | Self::MessageInvalid(_)
            | Self::Chat(_)
            | Self::TemplateForeign
            | Self::CallInvalid { .. }
            | Self::NotAuthorized
            | Self::ParameterInvalid(_) => StatusCode::BAD_REQUEST,
            Self::TooManyRequests(_) | Self::TooManyPulls(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound
            | Self::UnknownMethod
            | Self::TemplateUnknown
            | Self::WabaUnknown
            | Self::CampaignUnknown(_)
            | Self::ContactUnknown
            | Self::ContactNotFound
            | Self::CallNotFound(_)
            | Self::FileNotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::OnRequest { status, .. } => *status,
        }
    }

    /// The body, in the shape of its family.
    fn body(&self) -> Value {
        let status = self.status();
        match self {
            Self::ExplicitDeny => json!({"Message": self.to_string()}),
            Self::AuthorizerFailed => json!({"message": null}),
            Self::Unauthorized
            | Self::Forbidden
            | Self::MissingAuthenticationToken
            | Self::OutOfShape(_)
            | Self::TooManyRequests(_)
            | Self::TooLong
            | Self::Internal(_) => json!({"message": self.to_string()}),
            Self::NotFound => framework("not_found", self, json!({"detail": "Not found."})),
            Self::MethodNotAllowed(_) => framework(
                "method_not_allowed",
                self,
                json!({"detail": "Method not allowed."}),
            ),
            Self::ParseError(detail) => framework("parse_error", self, json!({"detail": detail})),
            Self::InvalidInput(fields) => framework("invalid", self, listed(fields)),
            Self::PhoneNumberUpdate => {
                json!({"status": "error", "code": "invalid", "message": "Invalid input.", "errors": {"detail": self.to_string()}})
            }
            Self::ContactInvalid(fields) => {
                json!({"status": "error", "code": "400", "message": self.to_string(), "errors": listed(fields)})
            }
            Self::MessageInvalid(fields) => {
                json!({"status": "error", "code": "400", "message": self.to_string(), "error": listed(fields)})
            }
            Self::MessageService => Value::String(self.to_string()),
            Self::Chat(chat) => {
                json!({"status": "error", "code": chat.words().0, "message": self.to_string(), "error": {}})
            }
            Self::TemplateForeign => {
                json!({"status": "error", "code": "400", "message": self.to_string(), "errors": {}})
            }
            Self::TemplateUnknown => {
                json!({"status": "error", "code": 404, "message": self.to_string(), "errors": {}})
            }
            Self::WabaUnknown => framework(
                "not_found",
                self,
                json!({"waba_id": "Waba does not exist!"}),
            ),
            Self::CampaignUnknown(id) => {
                let text = format!("Campaign {id} does not exist!");
                framework("not_found", self, json!({"campaign_id": text}))
            }
            Self::ContactUnknown => {
                json!({"status": "error", "code": "404", "message": self.to_string(), "errors": {}})
            }
            Self::ContactNotFound => {
                let text = "Contact not found for given identifier.";
                framework("not_found", self, json!({"detail": text}))
            }
            Self::CallInvalid { call, .. }
            | Self::CallForbidden { call, .. }
            | Self::CallNotFound(call)
            | Self::CallFailed(call) => outbound(status, self, call),
            Self::NotAuthorized
            | Self::UnknownMethod
            | Self::ParameterInvalid(_)
            | Self::MayNotAddUsers
            | Self::FileNotFound
            | Self::LinkInvalid
            | Self::LinkExpired
            | Self::TooManyPulls(_) => developers(status, self),
            Self::OnRequest {
                host: Host::PublicApi,
                ..
            } => json!({"message": self.to_string()}),
            Self::OnRequest {
                host: Host::Obd,
                call,
                ..
            } => outbound(status, self, call),
            Self::OnRequest {
                host: Host::Developers,
                ..
            } => developers(status, self),
        }
    }

    /// Headers beyond those of every answer.
    fn headers(&self) -> Vec<(HeaderName, String)> {
        const KIND: HeaderName = HeaderName::from_static("x-amzn-errortype");
        match self {
            Self::Unauthorized => vec![(KIND, "UnauthorizedException".to_owned())],
            Self::ExplicitDeny => vec![(KIND, "AccessDeniedException".to_owned())],
            Self::AuthorizerFailed => vec![(KIND, "AuthorizerConfigurationException".to_owned())],
            Self::Forbidden => vec![(KIND, "ForbiddenException".to_owned())],
            Self::MissingAuthenticationToken => {
                vec![(KIND, "MissingAuthenticationTokenException".to_owned())]
            }
            Self::TooManyRequests(wait) | Self::TooManyPulls(wait) => {
                vec![(RETRY_AFTER, wait.as_secs().to_string())]
            }
            Self::MethodNotAllowed(allow) => {
                let names: Vec<_> = allow.iter().map(Method::as_str).collect();
                vec![(ALLOW, names.join(", "))]
            }
            _ => Vec::new(),
        }
    }
}

/// The family of the public API's framework: a word as code.
fn framework(code: &str, error: &Error, errors: Value) -> Value {
    json!({"status": "error", "code": code, "message": error.to_string(), "errors": errors})
}

/// The family of outbound calls: a number in a text as code, and the ids of the call.
fn outbound(status: StatusCode, error: &Error, call: &Named) -> Value {
    let mut body = json!({"details": error.to_string(), "status": "error", "code": status.as_str(), "unique_id": call.unique_id});
    if let Some(reference) = &call.reference_id {
        body["reference_id"] = Value::String(reference.clone());
    }
    body
}

/// The family of the developers' host: a number as code.
fn developers(status: StatusCode, error: &Error) -> Value {
    json!({"status": "error", "message": error.to_string(), "code": status.as_u16()})
}

/// Each field with the list of what is wrong with it.
fn listed(fields: &Fields) -> Value {
    let mut errors = Map::new();
    for (name, message) in fields {
        if let Value::Array(messages) = errors
            .entry(name.as_str())
            .or_insert_with(|| Value::Array(Vec::new()))
        {
            messages.push(Value::String(message.clone()));
        }
    }
    Value::Object(errors)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = match self.body() {
            // The message service breaks down in plain text, under the content type of its other answers.
            Value::String(text) => {
                ([(http::header::CONTENT_TYPE, "text/plain")], text).into_response()
            }
            body => Json(body).into_response(),
        };
        *response.status_mut() = self.status();
        for (name, value) in self.headers() {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let operation = refusal.operation();
        match Host::of(&refusal.call) {
            Host::PublicApi => public_api(operation, refusal.reason),
            Host::Obd => obd(refusal.reason, Named::of(&refusal.call)),
            Host::Developers => from_developers(refusal.reason),
        }
    }
}

/// A refusal in the words of the public API.
fn public_api(operation: &str, reason: Reason) -> Error {
    match reason {
        Reason::Denied(Denial::Missing) => Error::Unauthorized,
        Reason::Denied(Denial::Malformed | Denial::Unknown | Denial::Forbidden(_)) => {
            Error::ExplicitDeny
        }
        Reason::Denied(Denial::UnknownPart(_)) => Error::AuthorizerFailed,
        Reason::UnknownPath => Error::NotFound,
        Reason::WrongMethod { allow } => Error::MethodNotAllowed(allow),
        Reason::BrokenJson {
            message,
            line,
            column,
        } => Error::ParseError(format!(
            "JSON parse error - {message}: line {line} column {column}"
        )),
        Reason::TooLarge { .. } => Error::TooLong,
        Reason::Invalid(violations) => invalid(operation, &violations),
        Reason::TooMany { retry_after } => Error::TooManyRequests(retry_after),
        Reason::Fault(StatusCode::INTERNAL_SERVER_ERROR) if operation == "messages.send" => {
            Error::MessageService
        }
        Reason::Fault(status) => Error::OnRequest {
            host: Host::PublicApi,
            status,
            call: Named::default(),
        },
        Reason::Internal(message) => Error::Internal(message),
    }
}

/// Broken rules in the family of their operation.
fn invalid(operation: &str, violations: &[Violation]) -> Error {
    let worded = |words: fn(&Violation) -> (String, String)| {
        let mut fields: Fields = violations.iter().map(words).collect();
        fields.dedup();
        fields
    };
    match operation {
        "messages.send" => Error::MessageInvalid(worded(|violation| {
            let name = if violation.pointer.is_empty() {
                "data".to_owned()
            } else {
                last(violation)
            };
            let complaint = if missing(violation) {
                "is required"
            } else {
                "is invalid"
            };
            (name.clone(), format!("{name} {complaint}"))
        })),
        "contacts.create" => Error::ContactInvalid(worded(|violation| {
            let name = first(violation);
            let message = match (name.as_str(), violation.rule) {
                ("phone_number", Rule::Limit) => {
                    "Phone Number's length should be in the range of [7,15].".to_owned()
                }
                _ => framework_words(violation),
            };
            (name, message)
        })),
        "contacts.search" => Error::ContactInvalid(worded(|violation| match violation.rule {
            Rule::Required => (last(violation), "This field is required.".to_owned()),
            _ => (last(violation), "Invalid filter.".to_owned()),
        })),
        "contacts.update_by_id" | "contacts.update_by_phone"
            if violations
                .iter()
                .any(|violation| violation.rule == Rule::Forbidden) =>
        {
            Error::PhoneNumberUpdate
        }
        _ => Error::InvalidInput(worded(|violation| {
            (first(violation), framework_words(violation))
        })),
    }
}

/// What the framework says about a field.
fn framework_words(violation: &Violation) -> String {
    let found = violation.found.as_ref();
    match (violation.place, violation.rule) {
        (Place::Header, Rule::Required) => "This header is required.".to_owned(),
        (Place::ContentType, _) | (_, Rule::ContentType) => {
            "The submitted data was not a file. Check the encoding type on the form.".to_owned()
        }
        (_, Rule::Required | Rule::Type) if violation.pointer.is_empty() => {
            "Invalid data. Expected a dictionary.".to_owned()
        }
        (_, Rule::Required) => "This field is required.".to_owned(),
        (_, Rule::Enum | Rule::Const) => match found {
            Some(Value::String(text)) => format!("\"{text}\" is not a valid choice."),
            Some(other) => format!("\"{other}\" is not a valid choice."),
            None => "This field is required.".to_owned(),
        },
        (_, Rule::Limit) if found == Some(&Value::String(String::new())) => {
            "This field may not be blank.".to_owned()
        }
        (_, Rule::Limit) if matches!(found, Some(Value::Array(_))) => {
            "This list may not be empty.".to_owned()
        }
        (_, Rule::Type) if found == Some(&Value::Null) => "This field may not be null.".to_owned(),
        (_, Rule::Type) => match violation.expected.as_str() {
            text if text.contains("boolean") => "Must be a valid boolean.".to_owned(),
            text if text.contains("array") => "Expected a list of items.".to_owned(),
            text if text.contains("object") => "Expected a dictionary of items.".to_owned(),
            text if text.contains("integer") => "A valid integer is required.".to_owned(),
            _ => "Not a valid string.".to_owned(),
        },
        _ => "Enter a valid value.".to_owned(),
    }
}

/// A refusal in the words of outbound calls: the gateway looks at the shape, the application at the rules.
fn obd(reason: Reason, call: Named) -> Error {
    match reason {
        Reason::Denied(Denial::UnknownPart(_)) => Error::CallInvalid {
            details: "Invalid company_id or secret_token".to_owned(),
            call,
        },
        Reason::Denied(_) => Error::Forbidden,
        Reason::UnknownPath | Reason::WrongMethod { .. } => Error::MissingAuthenticationToken,
        Reason::BrokenJson { .. } => Error::OutOfShape("Invalid request body".to_owned()),
        Reason::TooLarge { .. } => Error::TooLong,
        Reason::Invalid(violations) => against_dialer(&violations, call),
        Reason::TooMany { retry_after } => Error::TooManyRequests(retry_after),
        Reason::Fault(status) => Error::OnRequest {
            host: Host::Obd,
            status,
            call,
        },
        Reason::Internal(message) => Error::Internal(message),
    }
}

fn against_dialer(violations: &[Violation], call: Named) -> Error {
    let with = |rule: Rule| violations.iter().find(|violation| violation.rule == rule);
    // Which of these two is needed depends on the dialer, and so is the application's to judge.
    let dialer = |name: &str| matches!(name, "user_id" | "number_2");
    let absent = violations
        .iter()
        .filter(|violation| violation.rule == Rule::Required)
        .map(last)
        .filter(|name| !dialer(name));
    let missing: Vec<_> = absent.map(|name| format!("\"{name}\"")).collect();
    if with(Rule::ContentType).is_some()
        || violations
            .iter()
            .any(|violation| violation.pointer.is_empty())
    {
        return Error::OutOfShape("Invalid request body".to_owned());
    }
    if !missing.is_empty() {
        return Error::OutOfShape(format!(
            "[object has missing required properties ([{}])]",
            missing.join(",")
        ));
    }
    if let Some(violation) = with(Rule::Type) {
        let found = violation.found.as_ref().map_or("null", kind);
        let expected = violation.expected.split(" or ").map(|one| {
            format!(
                "\"{}\"",
                one.trim_start_matches("an ").trim_start_matches("a ")
            )
        });
        let expected: Vec<_> = expected.collect();
        return Error::OutOfShape(format!(
            "[instance type ({found}) does not match any allowed primitive type (allowed: [{}])]",
            expected.join(",")
        ));
    }
    if let Some(violation) = with(Rule::Forbidden) {
        return Error::CallForbidden {
            details: format!("{} is not allowed for this dialer", last(violation)),
            call,
        };
    }
    let details = match violations.first() {
        Some(violation) => match last(violation).as_str() {
            name if dialer(name) && violation.found.is_none() => {
                "user_id or number_2 is required".to_owned()
            }
            "number" | "number_2" => "Provide valid Number in string format".to_owned(),
            "max_call_duration" => "max_call_duration should be between 1 and 5400".to_owned(),
            name => format!("Invalid {name}"),
        },
        None => "Invalid request".to_owned(),
    };
    Error::CallInvalid { details, call }
}

/// The kind of a JSON value, as the gateway's schema check names it.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A refusal in the words of the developers' host.
fn from_developers(reason: Reason) -> Error {
    match reason {
        Reason::Denied(Denial::Forbidden(what)) => Error::ParameterInvalid(what),
        // A path that this account does not have.
        Reason::Denied(Denial::UnknownPart(_)) => Error::UnknownMethod,
        Reason::Denied(_) => Error::NotAuthorized,
        Reason::UnknownPath | Reason::WrongMethod { .. } => Error::UnknownMethod,
        Reason::BrokenJson { .. } => Error::ParameterInvalid("Invalid JSON".to_owned()),
        Reason::TooLarge { .. } => Error::TooLong,
        Reason::Invalid(violations) => Error::ParameterInvalid(violations.first().map_or_else(
            || "Invalid request".to_owned(),
            |violation| {
                let name = last(violation);
                if missing(violation) {
                    format!("{name} is required")
                } else {
                    format!("{name} is invalid")
                }
            },
        )),
        Reason::TooMany { retry_after } => Error::TooManyPulls(retry_after),
        Reason::Fault(status) => Error::OnRequest {
            host: Host::Developers,
            status,
            call: Named::default(),
        },
        Reason::Internal(message) => Error::Internal(message),
    }
}

/// Whether nothing stands where something must; an empty text counts as nothing.
fn missing(violation: &Violation) -> bool {
    violation.rule == Rule::Required || violation.found == Some(Value::String(String::new()))
}

/// The outermost member or parameter that a violation is about.
fn first(violation: &Violation) -> String {
    if violation.place == Place::ContentType {
        return "file".to_owned();
    }
    let mut segments = violation
        .pointer
        .split('/')
        .filter(|segment| !segment.is_empty());
    segments.next().unwrap_or("non_field_errors").to_owned()
}

/// The innermost named member that a violation is about.
fn last(violation: &Violation) -> String {
    let named =
        |segment: &&str| !segment.is_empty() && !segment.bytes().all(|byte| byte.is_ascii_digit());
    violation
        .pointer
        .rsplit('/')
        .find(named)
        .unwrap_or_default()
        .to_owned()
}
