//! What can go wrong with a call to Omnichat, in each of the vendor's four families of errors.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::adapters::meta;
use crate::adapters::wire::Answer;
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
    /// 400: the request is wrong, or the team has no such module.
    #[error("bad request: {0}")]
    BadRequest(Refusal),
    /// 401: the token is missing or unknown.
    #[error("unauthorized: {0}")]
    Unauthorized(Refusal),
    /// 404: there is no such thing.
    #[error("not found: {0}")]
    NotFound(Refusal),
    /// 429: more than 40 calls of the team within a second, or one of Meta's own limits.
    #[error("too many requests: {refusal}")]
    TooManyRequests {
        /// In the vendor's words.
        refusal: Refusal,
        /// How long to wait, when the vendor says so.
        retry_after: Option<Duration>,
    },
    /// 5xx: the vendor failed, or means to.
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

/// A refusal, in one of the vendor's four shapes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Refusal {
    /// As nearly every operation says it: a code and words.
    Common(Common),
    /// As the rooms say it: a category and words, in one string.
    Rooms(Rooms),
    /// As a direct message is refused that is advertising, on a channel that may not send any.
    Content(Content),
    /// As Meta says it, passed through by the headless route.
    Meta(Box<meta::error::Refused>),
}

/// Which family an operation speaks besides the common one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Common,
    Rooms,
    DirectMessages,
    Headless,
}

/// A refusal with a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Common {
    /// What to decide by.
    pub error_code: Code,
    /// In words.
    pub message: String,
}

/// The codes of the common family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// No token, or none that anybody has.
    Unauthorized,
    /// More than the team may ask within a second.
    TooManyRequests,
    /// The body is missing, no JSON, or wrong somewhere; or the team lacks the module.
    InvalidRequestBody,
    /// The path or the query lacks something.
    MissingUrlParameter,
    /// The query breaks a rule, such as the seven days of a range.
    InvalidRequestParameters,
    /// One parameter of a list of contacts breaks a rule.
    InvalidRequestParameter,
    /// Something in the query has another type.
    MismatchType,
    /// A word is none of those that are known.
    InvalidFormat,
    /// The team has no such channel.
    ChannelIdNotFound,
    /// The web chat has no such visitor.
    WebchatUserNotFound,
    /// There is no such platform here.
    InvalidPlatform,
    /// Nobody has this employee code at this location.
    AgentNotFound,
    /// A key or a value does not fit what the team's contacts have.
    InvalidCustomAttribute,
    /// There is no such contact.
    UserIdNotFound,
    /// There is no such customer.
    CustomerNotFound,
    /// There is no such message.
    MessageNotFound,
    /// There is no such link.
    LinkNotFound,
    /// There is no such chatbot.
    ChatbotNotFound,
    /// There is no such broadcast.
    BroadcastNotFound,
    /// A broadcast mixes what cannot be mixed.
    InvalidBroadcastMessage,
    /// The recipient wants to hear nothing.
    ContactUnsubscribed,
    /// The recipient is beyond what the plan covers.
    ContactNotReachable,
    /// The vendor failed.
    InternalServerError,
    /// The vendor failed in a way it did not foresee.
    UnexpectedError,
    /// A code that is not documented.
    #[serde(untagged)]
    Other(String),
}

/// A refusal of the rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OneString", into = "OneString")]
pub struct Rooms {
    /// Whose fault it is.
    pub category: Category,
    /// In words; none where the vendor has none.
    pub message: String,
}

/// Whose fault a refusal of the rooms is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// The caller's; with status 400.
    BadRequest,
    /// The vendor's; with status 500.
    InternalServerError,
}

/// A refusal of the rooms as it travels: `OCE::<category>::<message>`.
#[derive(Serialize, Deserialize)]
struct OneString {
    message: String,
}

impl Category {
    const ALL: [Self; 2] = [Self::BadRequest, Self::InternalServerError];

    fn name(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
        }
    }
}

impl TryFrom<OneString> for Rooms {
    type Error = String;

    fn try_from(OneString { message }: OneString) -> Result<Self, String> {
        let parts = message.strip_prefix("OCE::").and_then(|rest| {
            let (name, words) = rest.split_once("::")?;
            let category = Category::ALL.into_iter().find(|one| one.name() == name)?;
            Some((category, words.to_owned()))
        });
        let (category, message) = parts.ok_or("not a refusal of the rooms")?;
        Ok(Self { category, message })
    }
}

impl From<Rooms> for OneString {
    fn from(Rooms { category, message }: Rooms) -> Self {
        Self {
            message: format!("OCE::{}::{message}", category.name()),
        }
    }
}

/// A refusal that looks like a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What stands where a success would have its content.
    pub content: Advertising,
}

/// A direct message that is advertising, on a channel that may not send any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advertising {
    /// Always the same.
    pub code: AdvertisingCode,
    /// In words.
    pub message: String,
    /// The status again.
    pub status: u16,
}

/// Why advertising is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AdvertisingCode {
    /// The WhatsApp account has not enabled Marketing Messages Lite.
    MarketingMessagesLiteNotEnabled,
}

impl Refusal {
    /// Understands the body of a refusal; a family counts only where it belongs.
    fn read(dialect: Dialect, body: &[u8]) -> Result<Self, serde_json::Error> {
        let common = serde_json::from_slice(body).map(Self::Common);
        match (dialect, common) {
            (Dialect::Common, common) | (_, common @ Ok(_)) => common,
            (Dialect::Rooms, Err(_)) => serde_json::from_slice(body).map(Self::Rooms),
            (Dialect::DirectMessages, Err(_)) => serde_json::from_slice(body).map(Self::Content),
            (Dialect::Headless, Err(_)) => serde_json::from_slice(body).map(Self::Meta),
        }
    }

    /// The code, where the refusal is of the common family.
    pub fn code(&self) -> Option<&Code> {
        match self {
            Self::Common(common) => Some(&common.error_code),
            Self::Rooms(_) | Self::Content(_) | Self::Meta(_) => None,
        }
    }

    /// What Meta says, where the refusal is Meta's.
    pub fn meta(&self) -> Option<&meta::error::Refusal> {
        match self {
            Self::Meta(refused) => Some(&refused.error),
            Self::Common(_) | Self::Rooms(_) | Self::Content(_) => None,
        }
    }

    /// Whether it can have come with this status.
    fn fits(&self, status: u16) -> bool {
        match self {
            Self::Common(_) | Self::Meta(_) => true,
            Self::Rooms(rooms) => match rooms.category {
                Category::BadRequest => status < 500,
                Category::InternalServerError => status >= 500,
            },
            Self::Content(content) => content.content.status == status,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Common(common) => f.write_str(&common.message),
            Self::Rooms(rooms) => f.write_str(&rooms.message),
            Self::Content(content) => f.write_str(&content.content.message),
            Self::Meta(refused) => refused.error.fmt(f),
        }
    }
}

impl Error {
    /// The error that an answer which is no success stands for.
    pub(super) fn of(answer: &Answer, dialect: Dialect) -> Self {
        let status = answer.status;
        if status < 400 {
            return Self::strange(answer, "no documented answer has this status");
        }
        let refusal = match Refusal::read(dialect, &answer.body) {
            Ok(refusal) if refusal.fits(status) => refusal,
            Ok(_) => return Self::strange(answer, "the refusal contradicts its status"),
            Err(error) => return Self::strange(answer, &error.to_string()),
        };
        match status {
            400 => Self::BadRequest(refusal),
            401 => Self::Unauthorized(refusal),
            404 => Self::NotFound(refusal),
            429 => Self::TooManyRequests {
                refusal,
                retry_after: answer.retry_after(),
            },
            500.. => Self::Server { status, refusal },
            _ => Self::strange(answer, "no documented refusal has this status"),
        }
    }

    pub(super) fn strange(answer: &Answer, why: &str) -> Self {
        Self::Unintelligible {
            status: answer.status,
            body: answer.text(),
            why: why.to_owned(),
        }
    }

    /// The vendor's words, where it used any of its families.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::BadRequest(refusal)
            | Self::Unauthorized(refusal)
            | Self::NotFound(refusal)
            | Self::TooManyRequests { refusal, .. }
            | Self::Server { refusal, .. } => Some(refusal),
            Self::Setup(_) | Self::Transport(_) | Self::Unintelligible { .. } => None,
        }
    }

    /// The code of the common family, where the refusal has one.
    pub fn code(&self) -> Option<&Code> {
        self.refusal()?.code()
    }

    /// The status of the answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::BadRequest(_) => Some(400),
            Self::Unauthorized(_) => Some(401),
            Self::NotFound(_) => Some(404),
            Self::TooManyRequests { .. } => Some(429),
            Self::Server { status, .. } | Self::Unintelligible { status, .. } => Some(*status),
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
            (None, Some(_)) => Self::Unintelligible(error.to_string()),
            (_, None) => Self::Lost(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_counts_only_where_it_belongs() {
        let bodies = [
            r#"{"errorCode": "CHANNEL_ID_NOT_FOUND", "message": "no"}"#,
            r#"{"message": "OCE::BAD_REQUEST::Channel not found: 1"}"#,
            r#"{"content": {"code": "MARKETING_MESSAGES_LITE_NOT_ENABLED", "message": "no", "status": 500}}"#,
            r##"{"error": {"message": "(#100) no", "type": "OAuthException", "code": 100}}"##,
            r#"{"message": "no"}"#,
            r#"{"message": "OCE::TEAPOT::no"}"#,
        ];
        let understood =
            |dialect| bodies.map(|body| u8::from(Refusal::read(dialect, body.as_bytes()).is_ok()));
        assert_eq!(understood(Dialect::Common), [1, 0, 0, 0, 0, 0]);
        assert_eq!(understood(Dialect::Rooms), [1, 1, 0, 0, 0, 0]);
        assert_eq!(understood(Dialect::DirectMessages), [1, 0, 1, 0, 0, 0]);
        assert_eq!(understood(Dialect::Headless), [1, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_code_that_is_not_documented_is_kept() {
        let body = r#"{"errorCode": "TOO_LATE", "message": "no"}"#;
        let refusal = Refusal::read(Dialect::Common, body.as_bytes()).unwrap();
        assert_eq!(refusal.code(), Some(&Code::Other("TOO_LATE".to_owned())));
    }
}
