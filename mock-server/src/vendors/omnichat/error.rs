//! How Omnichat says no: its common shape, and the three other shapes that single routes have.
//!
//! | where | shape |
//! | --- | --- |
//! | everywhere else | `{"errorCode", "message"}` |
//! | rooms | `{"message": "OCE::<category>::<text>"}` |
//! | a marketing template on a channel that may not send one | `{"content": {"code", "message", "status"}}` |
//! | the headless route, for what Meta refuses | `{"error": {"message", "type", "code", …}}` |

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::check::{Rule, Violation};
use contracts::document::Place;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::kernel::call::Call;
use crate::kernel::refusal::{Denial, Reason, Refusal};

use super::HEADLESS;

/// Every way Omnichat says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// No token, a malformed one, or one that nobody has.
    #[error("Unauthorized")]
    Unauthorized,
    /// The team has not subscribed to the module the operation belongs to.
    #[error("The team does not have access to the {0} feature.")]
    ModuleMissing(String),
    /// A required path or query parameter is missing or blank.
    #[error("Missing URL parameters")]
    MissingParameter,
    /// A query parameter breaks a rule.
    #[error("{0}")]
    InvalidParameters(String),
    /// A query parameter has the wrong type.
    #[error("{0} has the wrong type")]
    MismatchType(String),
    /// The platform in the path is none.
    #[error("Invalid platform")]
    InvalidPlatform,
    /// The body is missing, not JSON, or one of its fields is wrong.
    #[error("{0}")]
    InvalidBody(String),
    /// A custom attribute does not fit the team's schema.
    #[error("Invalid custom attribute: {0}")]
    InvalidCustomAttribute(String),
    /// Kinds of messages that cannot share a broadcast.
    #[error("There is more than one type in the list of messages.")]
    MixedBroadcast,
    /// The team has no such channel.
    #[error("Channel id not found")]
    ChannelUnknown,
    /// Contacts of the web chat are made by the web chat alone.
    #[error("Webchat user not found")]
    WebchatUserUnknown,
    /// No agent has this employee code at this location.
    #[error("Agent not found")]
    AgentUnknown,
    /// There is no such contact.
    #[error("User id not found")]
    UserUnknown,
    /// There is no such chatbot.
    #[error("Chatbot not found")]
    ChatbotUnknown,
    /// There is no such broadcast.
    #[error("Broadcast not found")]
    BroadcastUnknown,
    /// There is no such message.
    #[error("Message not found")]
    MessageUnknown,
    /// There is no such customer.
    #[error("Customer not found")]
    CustomerUnknown,
    /// There is no such referral link.
    #[error("Link not found")]
    LinkUnknown,
    /// The recipient takes no messages.
    #[error("Contact unsubscribed")]
    ContactUnsubscribed,
    /// The recipient is beyond the number of contacts the team pays for.
    #[error("Contact not reachable")]
    ContactNotReachable,
    /// Nothing has this path.
    #[error("Not found")]
    UnknownPath,
    /// The path exists with other methods only.
    #[error("Method not allowed")]
    WrongMethod(Vec<Method>),
    /// The body is larger than the server takes.
    #[error("Request body too large")]
    TooLarge,
    /// More requests in a second than the team may send.
    #[error("Too many requests")]
    TooMany(Duration),
    /// The status that somebody asked for.
    #[error("{}", .0.canonical_reason().unwrap_or("Unexpected error"))]
    Asked(StatusCode),
    /// The mock itself failed.
    #[error("Unexpected error")]
    Unexpected,
    /// A refusal of the rooms operations.
    #[error(transparent)]
    Rooms(#[from] RoomsError),
    /// A refusal of Meta's, passed through by the headless route, with the number of the refused call.
    #[error("{0}")]
    Meta(MetaError, u64),
    /// A marketing template on a WhatsApp account without Marketing Messages Lite.
    #[error(
        "The WABA has not enabled Marketing Messages Lite (MM Lite) and cannot send marketing messages via this API"
    )]
    MarketingLiteMissing,
}

/// Every way the rooms operations say no, in the order in which they look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoomsError {
    /// No user was named.
    #[error("userId is required")]
    UserMissing,
    /// No channel was named.
    #[error("channelId is required")]
    ChannelMissing,
    /// No platform was named.
    #[error("platform is required")]
    PlatformMissing,
    /// A platform without rooms.
    #[error("platform ({0}) is not supported yet")]
    PlatformNotSupported(String),
    /// The team has not subscribed to the module.
    #[error("team ({0}) is not supported to use Open API Customer Service")]
    ModuleMissing(String),
    /// Nothing says which agent is meant.
    #[error("At least one of agentEmail, agentPhone, or agentEmployeeCode must be provided")]
    AgentMissing,
    /// An employee code means nothing without the shop.
    #[error("agentShopLocationCode is required when agentEmployeeCode is provided")]
    ShopMissing,
    /// The team has no such channel.
    #[error("Channel not found: {0}")]
    ChannelUnknown(String),
    /// Nobody on WhatsApp has this id.
    #[error("WhatsappAccUserDoc not found: {0}")]
    WhatsAppUserUnknown(String),
    /// Nobody on the channel has this id.
    #[error("User not found: {0}")]
    UserUnknown(String),
    /// No agent has the identifier.
    #[error("No valid agent identifier provided")]
    AgentUnknown,
    /// In a room with collaborators, sales agents must be among them.
    #[error("agent is not a collaborator of the room")]
    NotACollaborator,
    /// The body is missing, not JSON, or of wrong types.
    #[error("Invalid request body")]
    InvalidBody,
    /// The status that somebody asked for.
    #[error("{}", .0.canonical_reason().unwrap_or(""))]
    Asked(StatusCode),
}

/// Every way Meta says no, with the details it adds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetaError {
    /// A parameter that every message must have is missing.
    #[error("(#100) The parameter {0} is required.")]
    ParameterMissing(String),
    /// A parameter is none of a list.
    #[error("(#100) Param {0} must be one of {{{1}}} - got {2}.")]
    ParameterInvalid(String, String, String),
    /// A parameter that has no place there.
    #[error("(#100) Unexpected key \"{0}\" on param \"{1}\".")]
    UnexpectedKey(String, String),
    /// A parameter that this kind of message must have is missing.
    #[error("(#131008) Required parameter is missing")]
    RequiredMissing(String),
    /// A length, a count or a form is wrong.
    #[error("(#131009) Parameter value is not valid")]
    ValueInvalid(String),
    /// The number sends to itself.
    #[error("(#131021) Recipient cannot be sender")]
    RecipientIsSender,
    /// A kind of message that does not pass here.
    #[error("(#131051) Unsupported message type")]
    UnsupportedType(String),
    /// A business-scoped user id cannot get this message.
    #[error("(#131062) Business-scoped user id not allowed")]
    RecipientNotAllowed,
    /// More or fewer values than the template has places.
    #[error("(#132000) Number of parameters does not match the expected number of params")]
    ParameterCount(String),
    /// No such template in that language, or none that is approved.
    #[error("(#132001) Template name does not exist in the translation")]
    TemplateMissing {
        /// Which.
        name: String,
        /// In which language.
        language: String,
    },
    /// A value of another kind than its place.
    #[error("(#132012) Parameter format does not match format in the created template")]
    ParameterFormat(String),
    /// Too many readers complained about the template.
    #[error("(#132015) Template is paused")]
    TemplatePaused,
    /// The template was paused too often.
    #[error("(#132016) Template is disabled")]
    TemplateDisabled,
    /// The business number is not with the Cloud API.
    #[error("(#133010) Account not registered")]
    NotRegistered,
    /// Too many messages to one recipient.
    #[error("(#131056) (Business Account, Consumer Account) pair rate limit hit")]
    PairLimit,
    /// Meta's own token has expired.
    #[error("Error validating access token: Session has expired")]
    TokenExpired,
    /// Too many messages at once.
    #[error("(#130429) Rate limit hit")]
    ThroughputLimit,
    /// Meta failed.
    #[error("(#131000) Something went wrong")]
    SomethingWrong,
    /// Meta is away.
    #[error("(#131016) Service unavailable")]
    Unavailable,
}

/// How long a name of Meta's for a refusal is, after the letter that all begin with.
const TRACE: usize = 22;

/// Meta names each of its refusals; ours are named after the call that was refused.
fn trace_of(call: u64) -> String {
    let digest = Sha256::digest(call.to_be_bytes());
    let name: String = URL_SAFE_NO_PAD.encode(digest).chars().take(TRACE).collect();
    format!("A{name}")
}

impl From<MetaError> for Error {
    /// Without the call, which rules do not know: [`Error::at`] adds it.
    fn from(error: MetaError) -> Self {
        Self::Meta(error, 0)
    }
}

impl Error {
    /// The same, refused in this call.
    #[must_use]
    pub fn at(self, call: &Call) -> Self {
        match self {
            Self::Meta(error, _) => Self::Meta(error, call.id),
            other => other,
        }
    }

    /// The status and the code of the common shape.
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED"),
            Self::ModuleMissing(_) | Self::InvalidBody(_) => {
                (StatusCode::BAD_REQUEST, "INVALID_REQUEST_BODY")
            }
            Self::MissingParameter => (StatusCode::BAD_REQUEST, "MISSING_URL_PARAMETER"),
            Self::InvalidParameters(_) => (StatusCode::BAD_REQUEST, "INVALID_REQUEST_PARAMETERS"),
            Self::MismatchType(_) => (StatusCode::BAD_REQUEST, "MISMATCH_TYPE"),
            Self::InvalidPlatform => (StatusCode::BAD_REQUEST, "INVALID_PLATFORM"),
            Self::InvalidCustomAttribute(_) => {
                (StatusCode::BAD_REQUEST, "INVALID_CUSTOM_ATTRIBUTE")
            }
            Self::MixedBroadcast => (StatusCode::BAD_REQUEST, "INVALID_BROADCAST_MESSAGE"),
            Self::ChannelUnknown => (StatusCode::NOT_FOUND, "CHANNEL_ID_NOT_FOUND"),
            Self::WebchatUserUnknown => (StatusCode::NOT_FOUND, "WEBCHAT_USER_NOT_FOUND"),
            Self::AgentUnknown => (StatusCode::NOT_FOUND, "AGENT_NOT_FOUND"),
            Self::UserUnknown => (StatusCode::NOT_FOUND, "USER_ID_NOT_FOUND"),
            Self::ChatbotUnknown => (StatusCode::NOT_FOUND, "CHATBOT_NOT_FOUND"),
            Self::BroadcastUnknown => (StatusCode::NOT_FOUND, "BROADCAST_NOT_FOUND"),
            Self::MessageUnknown => (StatusCode::NOT_FOUND, "MESSAGE_NOT_FOUND"),
            Self::CustomerUnknown => (StatusCode::NOT_FOUND, "CUSTOMER_NOT_FOUND"),
            Self::LinkUnknown => (StatusCode::NOT_FOUND, "LINK_NOT_FOUND"),
            Self::ContactUnsubscribed => (StatusCode::BAD_REQUEST, "CONTACT_UNSUBSCRIBED"),
            Self::ContactNotReachable => (StatusCode::BAD_REQUEST, "CONTACT_NOT_REACHABLE"),
            Self::UnknownPath => (StatusCode::NOT_FOUND, "NOT_FOUND"),
            Self::WrongMethod(_) => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "INVALID_REQUEST_BODY"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS"),
            Self::Asked(status) => (*status, common_code(*status)),
            Self::Unexpected => (StatusCode::INTERNAL_SERVER_ERROR, "UNEXPECTED_ERROR"),
            Self::Rooms(rooms) => (rooms.status(), ""),
            Self::Meta(meta, _) => (meta.status_and_code().0, ""),
            Self::MarketingLiteMissing => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "MARKETING_MESSAGES_LITE_NOT_ENABLED",
            ),
        }
    }

    fn body(&self, status: StatusCode, code: &str) -> Value {
        let message = self.to_string();
        match self {
            Self::Rooms(rooms) => json!({"message": format!("OCE::{}::{rooms}", rooms.category())}),
            Self::Meta(meta, call) => meta.body(*call),
            Self::MarketingLiteMissing => {
                json!({"content": {"code": code, "message": message, "status": status.as_u16()}})
            }
            _ => json!({"errorCode": code, "message": message}),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let mut response = (status, Json(self.body(status, code))).into_response();
        let headers = response.headers_mut();
        match &self {
            Self::Unauthorized => {
                drop(headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            Self::TooMany(after) => {
                drop(headers.insert(header::RETRY_AFTER, whole_seconds(*after).into()))
            }
            Self::Asked(StatusCode::TOO_MANY_REQUESTS)
            | Self::Meta(MetaError::ThroughputLimit | MetaError::PairLimit, _) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::WrongMethod(allowed) => {
                let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
                if let Ok(names) = HeaderValue::from_str(&names.join(", ")) {
                    headers.insert(header::ALLOW, names);
                }
            }
            _ => {}
        }
        response
    }
}

/// Rounded up, and never none: a client that waits no time only comes back too early.
fn whole_seconds(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}

/// The code that goes with a status nobody gave a reason for.
fn common_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "INVALID_REQUEST_BODY",
        401 => "UNAUTHORIZED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        429 => "TOO_MANY_REQUESTS",
        500 => "INTERNAL_SERVER_ERROR",
        _ => "UNEXPECTED_ERROR",
    }
}

impl RoomsError {
    fn status(&self) -> StatusCode {
        if let Self::Asked(status) = self {
            *status
        } else {
            StatusCode::BAD_REQUEST
        }
    }

    fn category(&self) -> &'static str {
        if self.status().is_server_error() {
            "INTERNAL_SERVER_ERROR"
        } else {
            "BAD_REQUEST"
        }
    }
}

impl MetaError {
    fn status_and_code(&self) -> (StatusCode, u32) {
        match self {
            Self::ParameterMissing(_) | Self::ParameterInvalid(..) | Self::UnexpectedKey(..) => {
                (StatusCode::BAD_REQUEST, 100)
            }
            Self::RequiredMissing(_) => (StatusCode::BAD_REQUEST, 131_008),
            Self::ValueInvalid(_) => (StatusCode::BAD_REQUEST, 131_009),
            Self::RecipientIsSender => (StatusCode::BAD_REQUEST, 131_021),
            Self::UnsupportedType(_) => (StatusCode::BAD_REQUEST, 131_051),
            Self::RecipientNotAllowed => (StatusCode::BAD_REQUEST, 131_062),
            Self::ParameterCount(_) => (StatusCode::BAD_REQUEST, 132_000),
            Self::TemplateMissing { .. } => (StatusCode::NOT_FOUND, 132_001),
            Self::ParameterFormat(_) => (StatusCode::BAD_REQUEST, 132_012),
            Self::TemplatePaused => (StatusCode::BAD_REQUEST, 132_015),
            Self::TemplateDisabled => (StatusCode::BAD_REQUEST, 132_016),
            Self::NotRegistered => (StatusCode::BAD_REQUEST, 133_010),
            Self::PairLimit => (StatusCode::TOO_MANY_REQUESTS, 131_056),
            Self::TokenExpired => (StatusCode::UNAUTHORIZED, 190),
            Self::ThroughputLimit => (StatusCode::TOO_MANY_REQUESTS, 130_429),
            Self::SomethingWrong => (StatusCode::INTERNAL_SERVER_ERROR, 131_000),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, 131_016),
        }
    }

    /// What Meta says beside the title.
    pub fn details(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::ParameterMissing(_)
            | Self::ParameterInvalid(..)
            | Self::UnexpectedKey(..)
            | Self::TokenExpired => return None,
            Self::RequiredMissing(details)
            | Self::ValueInvalid(details)
            | Self::UnsupportedType(details)
            | Self::ParameterCount(details)
            | Self::ParameterFormat(details) => details,
            Self::TemplateMissing { name, language } => {
                let details = format!("template name ({name}) does not exist in {language}");
                return Some(Cow::Owned(details));
            }
            Self::RecipientIsSender => "Recipient and sender can not be same phone number",
            Self::RecipientNotAllowed => "This message cannot be sent to a business-scoped user id",
            Self::TemplatePaused => "The template is paused",
            Self::TemplateDisabled => "The template is disabled",
            Self::NotRegistered => "Account does not exist in the Cloud API",
            Self::PairLimit => "Too many messages sent to this recipient in a short time",
            Self::ThroughputLimit => "Cloud API message throughput has been reached",
            Self::SomethingWrong => "Message failed to send due to an unknown error",
            Self::Unavailable => "The service is temporarily unavailable",
        }))
    }

    fn body(&self, call: u64) -> Value {
        let mut error = json!({"message": self.to_string(), "type": "OAuthException", "code": self.status_and_code().1});
        if let Some(details) = self.details() {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        error["fbtrace_id"] = trace_of(call).into();
        json!({"error": error})
    }

    /// Meta's words for what it would stumble over first: its own name, the types, and then the content.
    fn of(violations: &[Violation]) -> Option<Self> {
        let at = |pointer: &str| violations.iter().find(|one| one.pointer == pointer);
        let kind = |one: &&Violation| {
            one.pointer.ends_with("/type") && matches!(one.rule, Rule::Const | Rule::Enum)
        };
        let first = at("/messaging_product").or_else(|| violations.iter().find(kind));
        first.or_else(|| violations.first()).map(Self::worded)
    }

    fn worded(violation: &Violation) -> Self {
        let tokens: Vec<&str> = violation.pointer.split('/').skip(1).collect();
        let named = field(&violation.pointer);
        match (violation.rule, tokens.as_slice()) {
            // A message without any body is missing the first thing Meta looks for.
            (_, []) => Self::ParameterMissing("messaging_product".to_owned()),
            (Rule::Required, [kind])
                if !matches!(*kind, "messaging_product" | "to" | "recipient" | "type") =>
            {
                Self::RequiredMissing(format!("Parameter '{kind}' is mandatory for type '{kind}'"))
            }
            // Either would do, and the phone number is what nearly everyone means.
            (Rule::Required, ["recipient"]) => Self::ParameterMissing("to".to_owned()),
            (Rule::Required, [name]) => Self::ParameterMissing((*name).to_owned()),
            (Rule::Required, _) => Self::RequiredMissing(format!("Parameter '{named}' is missing")),
            (Rule::Const | Rule::Enum | Rule::Variant, ["type"]) => {
                Self::ParameterInvalid(named, TYPES.to_owned(), quoted(violation))
            }
            (Rule::Const | Rule::Enum, [_]) => Self::ParameterInvalid(
                named,
                violation.expected.replace('"', ""),
                quoted(violation),
            ),
            (Rule::Forbidden, [above @ .., name]) => Self::UnexpectedKey(
                (*name).to_owned(),
                above.last().copied().unwrap_or_default().to_owned(),
            ),
            // The contract knows the last of its variants only by exclusion.
            (Rule::Const, ["interactive", "type"]) => Self::UnsupportedType(format!(
                "interactive.type: {} is none of button, list, product, product_list, catalog_message",
                quoted(violation)
            )),
            (_, ["interactive", "action", "buttons"]) => Self::ValueInvalid(
                "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3".to_owned(),
            ),
            (_, ["interactive", "action", "buttons", _, "reply", "title"]) => Self::ValueInvalid(
                "Button title length invalid. Min length: 1, Max length: 20".to_owned(),
            ),
            (Rule::Variant, _) => {
                Self::ValueInvalid(format!("{named}: either link or id, not both"))
            }
            (Rule::Pattern, _) => Self::ValueInvalid(format!("{named} is not valid")),
            _ => Self::ValueInvalid(format!("{named}: expected {}", violation.expected)),
        }
    }
}

/// The message types of the headless route, as Meta lists them.
const TYPES: &str = "text, image, audio, video, document, sticker, location, contacts, interactive, template, reaction";

fn quoted(violation: &Violation) -> String {
    violation
        .found
        .as_ref()
        .map_or_else(|| "nothing".to_owned(), Value::to_string)
}

/// A JSON pointer as programmers write places: `messages[0].text`.
fn field(pointer: &str) -> String {
    let mut name = String::new();
    for token in pointer.split('/').filter(|token| !token.is_empty()) {
        if token.bytes().all(|byte| byte.is_ascii_digit()) {
            name = format!("{name}[{token}]");
        } else {
            let dot = if name.is_empty() { "" } else { "." };
            name = format!("{name}{dot}{token}");
        }
    }
    name
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let operation = refusal.operation();
        let rooms = operation.starts_with("rooms.");
        let headless = operation == HEADLESS;
        let call = refusal.call.id;
        let meta = |error| Self::Meta(error, call);
        match refusal.reason {
            Reason::Denied(Denial::Forbidden(module)) => Self::ModuleMissing(module),
            Reason::Denied(_) => Self::Unauthorized,
            Reason::UnknownPath => Self::UnknownPath,
            Reason::WrongMethod { allow } => Self::WrongMethod(allow),
            Reason::TooLarge { .. } => Self::TooLarge,
            Reason::TooMany { retry_after } => Self::TooMany(retry_after),
            Reason::BrokenJson { .. } if rooms => RoomsError::InvalidBody.into(),
            Reason::BrokenJson { .. } if headless => {
                meta(MetaError::ParameterMissing("messaging_product".to_owned()))
            }
            Reason::BrokenJson { .. } => Self::InvalidBody("Invalid request body".to_owned()),
            Reason::Invalid(violations) => Self::invalid(&violations, operation, call),
            Reason::Fault(status) if rooms => RoomsError::Asked(status).into(),
            Reason::Fault(StatusCode::UNAUTHORIZED) if headless => meta(MetaError::TokenExpired),
            Reason::Fault(StatusCode::TOO_MANY_REQUESTS) if headless => {
                meta(MetaError::ThroughputLimit)
            }
            Reason::Fault(StatusCode::INTERNAL_SERVER_ERROR) if headless => {
                meta(MetaError::SomethingWrong)
            }
            Reason::Fault(StatusCode::SERVICE_UNAVAILABLE) if headless => {
                meta(MetaError::Unavailable)
            }
            Reason::Fault(status) => Self::Asked(status),
            Reason::Internal(_) => Self::Unexpected,
        }
    }
}

impl Error {
    /// The first thing that is wrong: the path before the query before the body.
    fn invalid(violations: &[Violation], operation: &str, call: u64) -> Self {
        let at = |place: Place| violations.iter().find(move |one| one.place == place);
        if let Some(violation) = at(Place::Path) {
            return if violation.pointer == "platform" {
                Self::InvalidPlatform
            } else {
                Self::MissingParameter
            };
        }
        if let Some(violation) = at(Place::Query) {
            return Self::invalid_query(violation);
        }
        if operation.starts_with("rooms.") {
            return RoomsError::InvalidBody.into();
        }
        let worded = if operation == HEADLESS {
            MetaError::of(violations).map(|error| Self::Meta(error, call))
        } else {
            violations
                .first()
                .map(|violation| Self::invalid_body(violation, operation))
        };
        worded.unwrap_or(Self::Unexpected)
    }

    fn invalid_query(violation: &Violation) -> Self {
        // A number that is too large, or a parameter given twice, is found without its name.
        let name = match violation.pointer.as_str() {
            "" => "a parameter".to_owned(),
            name => name.to_owned(),
        };
        match violation.rule {
            Rule::Required | Rule::Variant => Self::MissingParameter,
            _ if blank(violation) => Self::MissingParameter,
            Rule::Type => Self::MismatchType(name),
            Rule::Enum if name == "platform" => Self::MismatchType(name),
            Rule::Limit => Self::InvalidParameters(format!("{name} is out of range")),
            _ => Self::InvalidParameters(format!("{name} is invalid")),
        }
    }

    fn invalid_body(violation: &Violation, operation: &str) -> Self {
        let name = field(&violation.pointer);
        let in_attributes = violation.pointer.starts_with("/customAttributes/");
        if in_attributes && matches!(operation, "contacts.upsert" | "customers.upsert") {
            return Self::InvalidCustomAttribute(name);
        }
        Self::InvalidBody(
            match (operation, violation.pointer.as_str(), violation.rule) {
                (_, "", _) => "Invalid request body".to_owned(),
                ("broadcasts.create", "/messages", Rule::Other) => return Self::MixedBroadcast,
                (_, "/messages", Rule::Other) => {
                    "messages: this kind cannot be combined with others".to_owned()
                }
                ("loyalty.adjust", "/phone", Rule::Pattern) if !blank(violation) => {
                    "phone number must be numeric".to_owned()
                }
                ("loyalty.adjust", "/phone" | "/email" | "/memberId", _) => {
                    "exactly one of phone, email and memberId is required".to_owned()
                }
                (_, "/tagsToAdd" | "/tagsToRemove", Rule::Type) if violation.expected == "null" => {
                    "tags cannot be combined with tagsToAdd or tagsToRemove".to_owned()
                }
                (_, _, Rule::Required) => format!("{name} is required"),
                (_, _, Rule::Pattern) => format!("{name} is invalid"),
                _ => format!("{name}: expected {}", violation.expected),
            },
        )
    }
}

/// Whether what was found is a text that says nothing.
fn blank(violation: &Violation) -> bool {
    matches!(&violation.found, Some(Value::String(text)) if text.trim().is_empty())
}
