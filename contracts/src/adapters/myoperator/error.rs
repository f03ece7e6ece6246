//! What can go wrong with a call to MyOperator; every server refuses in words of its own, some in several.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Code, Server, present};
use crate::adapters::wire::Answer;
use crate::adapters::{Failure, Made, Understood};

/// A call that did not work out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client cannot be set up like this.
    #[error("no client can be made: {0}")]
    Setup(String),
    /// The client was given no credential for this server.
    #[error("the client has no {0}")]
    NoCredential(&'static str),
    /// The request or its answer did not get through.
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    /// The gateway before the public API or before outbound calls let nothing through.
    #[error("the gateway refused with {status}: {}", refusal.words())]
    Gateway {
        /// The status.
        status: u16,
        /// In the gateway's words.
        refusal: Gateway,
        /// How long to wait, when it says so.
        retry_after: Option<Duration>,
    },
    /// The public API refused.
    #[error("refused with {status} {}: {}", refusal.code, refusal.message)]
    Api {
        /// The status.
        status: u16,
        /// In its words.
        refusal: Box<ApiRefusal>,
    },
    /// The call was not placed.
    #[error("the call was refused with {status}: {}", refusal.details)]
    Obd {
        /// The status.
        status: u16,
        /// In the words of the server of outbound calls.
        refusal: Box<ObdRefusal>,
    },
    /// The server for developers refused.
    #[error("refused with {status}: {}", refusal.message)]
    Developers {
        /// The status.
        status: u16,
        /// In its words.
        refusal: DeveloperRefusal,
        /// How long to wait, when it says so.
        retry_after: Option<Duration>,
    },
    /// 500: the public API failed, and said so in plain text.
    #[error("the server failed with {status}: {words}")]
    Fault {
        /// The status.
        status: u16,
        /// In its words.
        words: String,
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

/// The word of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Refused {
    /// The only one.
    Error,
}

/// The envelope of gateways: one member, whose first letter depends on which part of the gateway speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Gateway {
    /// As most parts say it.
    Plain(PlainGateway),
    /// As the authorizer says it when it denies.
    Denied(DeniedGateway),
}

/// As most parts of a gateway say no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainGateway {
    /// In words; none when the authorizer itself failed.
    #[serde(deserialize_with = "present")]
    pub message: Option<String>,
}

/// As an authorizer denies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeniedGateway {
    /// In words.
    #[serde(rename = "Message")]
    pub message: String,
}

impl Gateway {
    /// What it says.
    pub fn words(&self) -> &str {
        match self {
            Self::Plain(plain) => plain.message.as_deref().unwrap_or("nothing"),
            Self::Denied(denied) => &denied.message,
        }
    }
}

/// The envelope of the public API's refusals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiRefusal {
    /// Always `error`.
    pub status: Refused,
    /// The status as a number (templates) or as text (contacts), a word such as `not_found` (campaigns, files), or a
    /// code such as `CHAT_4001` (messages).
    pub code: Code,
    /// In words.
    pub message: String,
    /// What is wrong, by field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<BTreeMap<String, Complaint>>,
    /// The same, as messages call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<BTreeMap<String, Complaint>>,
}

impl ApiRefusal {
    /// What is wrong with a field.
    pub fn about(&self, field: &str) -> Option<&Complaint> {
        let named = [&self.errors, &self.error];
        named
            .into_iter()
            .flatten()
            .find_map(|named| named.get(field))
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Complaint {
    /// Several things.
    Many(Vec<String>),
    /// One.
    One(String),
}

/// The envelope of refused calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObdRefusal {
    /// In words.
    pub details: String,
    /// Always `error`.
    pub status: Refused,
    /// The status again, as text.
    pub code: Code,
    /// The vendor's id of the request.
    pub unique_id: String,
    /// The caller's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
}

/// The envelope of the server for developers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeveloperRefusal {
    /// Always `error`.
    pub status: Refused,
    /// In words.
    pub message: String,
    /// The status again, as a number.
    pub code: Code,
}

/// Why a call was refused, as far as the vendor tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No key, or a wrong one.
    Unauthorized,
    /// The company is not known to the key, or the gateway cannot find out: both look the same.
    Unprovisioned,
    /// Too many calls.
    Throttled,
    /// The request cannot be read, or a gateway's schema does not take it.
    Malformed,
    /// A field is missing or wrong.
    Invalid,
    /// There is no such thing.
    NotFound,
    /// The company has no such template.
    UnknownTemplate,
    /// `CHAT_4001`: the wallet is empty.
    InsufficientBalance,
    /// `CHAT_3001`: the provider refused.
    SendingFailed,
    /// `CHAT_0301`: Meta has not approved the WhatsApp account.
    WabaNotApproved,
    /// `CHAT_0302`: the WhatsApp account is disabled.
    WabaDisabled,
    /// `CHAT_0303`: the sender's number is disabled.
    NumberDisabled,
    /// `CHAT_0304`: the sender's number is not onboarded, and thus not connected.
    NumberNotOnboarded,
    /// `CHAT_0305`: the sender's number is not connected with Meta.
    NumberNotConnected,
    /// `CHAT_0306`: there is no such sender.
    UnknownNumber,
    /// `CHAT_0004`: the service of the company is not active.
    ServiceInactive,
    /// The number to be called has no plus and country code.
    BadNumber,
    /// The reference of the call is taken, for so many seconds more.
    ReferenceTaken(Option<u64>),
    /// The account may not call agents by number.
    AnonymousDisabled,
    /// The call is not allowed for another reason.
    Forbidden,
    /// The vendor failed.
    Server,
    /// A code that is not documented.
    Other,
}

impl Error {
    /// Why the call was refused, when it was.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Gateway {
                status, refusal, ..
            } => Some(match (status, refusal) {
                (400, _) => Reason::Malformed,
                (401 | 403, _) => Reason::Unauthorized,
                (429, _) => Reason::Throttled,
                (500, Gateway::Plain(PlainGateway { message: None })) => Reason::Unprovisioned,
                (500.., _) => Reason::Server,
                _ => Reason::Other,
            }),
            Self::Api { status, refusal } => Some(refusal.reason(*status)),
            Self::Obd { status, refusal } => Some(refusal.reason(*status)),
            Self::Developers {
                status, refusal, ..
            } => Some(match (status, &*refusal.message) {
                (400, "This not an authorized request") => Reason::Unauthorized,
                (400, _) => Reason::Invalid,
                (403, _) => Reason::Forbidden,
                (404, _) => Reason::NotFound,
                (429, _) => Reason::Throttled,
                (500.., _) => Reason::Server,
                _ => Reason::Other,
            }),
            Self::Fault { .. } => Some(Reason::Server),
            Self::Setup(_)
            | Self::NoCredential(_)
            | Self::Transport(_)
            | Self::Unintelligible { .. } => None,
        }
    }

    /// The status of the answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Gateway { status, .. }
            | Self::Api { status, .. }
            | Self::Obd { status, .. }
            | Self::Developers { status, .. }
            | Self::Fault { status, .. }
            | Self::Unintelligible { status, .. } => Some(*status),
            Self::Setup(_) | Self::NoCredential(_) | Self::Transport(_) => None,
        }
    }

    /// The refusal of the public API, where it was one.
    pub fn api(&self) -> Option<&ApiRefusal> {
        match self {
            Self::Api { refusal, .. } => Some(refusal),
            _ => None,
        }
    }
}

impl ApiRefusal {
    fn reason(&self, status: u16) -> Reason {
        if let Code::Text(code) = &self.code {
            match code.as_str() {
                "CHAT_4001" => return Reason::InsufficientBalance,
                "CHAT_3001" => return Reason::SendingFailed,
                "CHAT_0301" => return Reason::WabaNotApproved,
                "CHAT_0302" => return Reason::WabaDisabled,
                "CHAT_0303" => return Reason::NumberDisabled,
                "CHAT_0304" => return Reason::NumberNotOnboarded,
                "CHAT_0305" => return Reason::NumberNotConnected,
                "CHAT_0306" => return Reason::UnknownNumber,
                "CHAT_0004" => return Reason::ServiceInactive,
                "parse_error" => return Reason::Malformed,
                _ => {}
            }
        }
        match (status, &*self.message) {
            (400, "Template not associated with this company") => Reason::UnknownTemplate,
            (400, _) => Reason::Invalid,
            (404, _) => Reason::NotFound,
            (429, _) => Reason::Throttled,
            (500.., _) => Reason::Server,
            _ => Reason::Other,
        }
    }
}

impl ObdRefusal {
    fn reason(&self, status: u16) -> Reason {
        // Nothing but its words tells one refusal from another.
        let words = &self.details;
        match status {
            400 if words == "Provide valid Number in string format" => Reason::BadNumber,
            400 => Reason::Invalid,
            403 if words == "Your annonymous feature is not enabled" => Reason::AnonymousDisabled,
            403 if words.contains("already taken") => Reason::ReferenceTaken(seconds(words)),
            403 => Reason::Forbidden,
            404 => Reason::NotFound,
            500.. => Reason::Server,
            _ => Reason::Other,
        }
    }
}

/// The number after `remaining_ttl`.
fn seconds(words: &str) -> Option<u64> {
    let (_, rest) = words.split_once("remaining_ttl")?;
    let rest = rest.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let end = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// The error that an answer of a server stands for.
pub(super) fn refusal(server: Server, answer: &Answer) -> Error {
    let (status, body, retry_after) = (answer.status, &answer.body, answer.retry_after());
    if status < 400 {
        return unintelligible(answer, "no documented answer has this status");
    }
    let agrees = |code: &Code| code.number().is_none_or(|code| code == status);
    let contradicts = || unintelligible(answer, "the refusal contradicts itself");
    let gateway = |why: String| match serde_json::from_slice(body) {
        Ok(refusal) => Error::Gateway {
            status,
            refusal,
            retry_after,
        },
        Err(_) => unintelligible(answer, &why),
    };
    match server {
        Server::PublicApi if status >= 500 && &**body == b"Internal Server Error" => Error::Fault {
            status,
            words: answer.text(),
        },
        Server::PublicApi => match serde_json::from_slice::<ApiRefusal>(body) {
            Ok(one) if !agrees(&one.code) => contradicts(),
            Ok(one) if one.errors.is_none() && one.error.is_none() => {
                unintelligible(answer, "neither error nor errors")
            }
            Ok(one) => Error::Api {
                status,
                refusal: Box::new(one),
            },
            Err(why) => gateway(why.to_string()),
        },
        Server::Obd => match serde_json::from_slice::<ObdRefusal>(body) {
            Ok(one) if !agrees(&one.code) => contradicts(),
            Ok(one) => Error::Obd {
                status,
                refusal: Box::new(one),
            },
            Err(why) => gateway(why.to_string()),
        },
        Server::Developers => match serde_json::from_slice::<DeveloperRefusal>(body) {
            Ok(one) if !agrees(&one.code) => contradicts(),
            Ok(refusal) => Error::Developers {
                status,
                refusal,
                retry_after,
            },
            Err(why) => unintelligible(answer, &why.to_string()),
        },
    }
}

pub(super) fn unintelligible(answer: &Answer, why: &str) -> Error {
    Error::Unintelligible {
        status: answer.status,
        body: answer.text(),
        why: why.to_owned(),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let refused = |status: u16, made: Result<serde_json::Value, serde_json::Error>| {
            let made = made.map_or(Made::Nothing, Made::Json);
            Self::Refused(Understood { status, made })
        };
        match &error {
            Error::Gateway {
                status, refusal, ..
            } => refused(*status, serde_json::to_value(refusal)),
            Error::Api { status, refusal } => refused(*status, serde_json::to_value(refusal)),
            Error::Obd { status, refusal } => refused(*status, serde_json::to_value(refusal)),
            Error::Developers {
                status, refusal, ..
            } => refused(*status, serde_json::to_value(refusal)),
            Error::Fault { status, words } => Self::Refused(Understood {
                status: *status,
                made: Made::Words(vec![words.clone()]),
            }),
            Error::Unintelligible { .. } => Self::Unintelligible(error.to_string()),
            Error::Setup(_) | Error::NoCredential(_) | Error::Transport(_) => {
                Self::Lost(error.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::{Value, json};

    use super::*;

    fn answered(server: Server, status: u16, body: &Value) -> Error {
        let answer = Answer {
            status,
            headers: HeaderMap::new(),
            body: body.to_string().into(),
        };
        refusal(server, &answer)
    }

    #[test]
    fn every_family_tells_its_reason() {
        let of = |server, status, body: Value| answered(server, status, &body).reason();
        let api = |code: Value, message: &str| json!({"status": "error", "code": code, "message": message, "error": {}});
        let obd = |code: &str, details: &str| json!({"details": details, "status": "error", "code": code, "unique_id": "1"});
        let (public, calls, developers) = (Server::PublicApi, Server::Obd, Server::Developers);
        let expected = [
            (
                of(public, 401, json!({"message": "Unauthorized"})),
                Reason::Unauthorized,
            ),
            (
                of(public, 403, json!({"Message": "explicit deny"})),
                Reason::Unauthorized,
            ),
            (
                of(public, 500, json!({"message": null})),
                Reason::Unprovisioned,
            ),
            (
                of(public, 400, api(json!("CHAT_4001"), "Insufficient Balance")),
                Reason::InsufficientBalance,
            ),
            (
                of(
                    public,
                    400,
                    api(json!("400"), "Template not associated with this company"),
                ),
                Reason::UnknownTemplate,
            ),
            (
                of(public, 404, api(json!(404), "Invalid Template ID")),
                Reason::NotFound,
            ),
            (
                of(public, 400, api(json!("parse_error"), "Malformed request.")),
                Reason::Malformed,
            ),
            (
                of(calls, 403, json!({"message": "Forbidden"})),
                Reason::Unauthorized,
            ),
            (
                of(
                    calls,
                    400,
                    obd("400", "Provide valid Number in string format"),
                ),
                Reason::BadNumber,
            ),
            (
                of(
                    calls,
                    403,
                    obd("403", "reference_id a already taken, remaining_ttl 171777"),
                ),
                Reason::ReferenceTaken(Some(171_777)),
            ),
            (
                of(
                    calls,
                    403,
                    obd("403", "Your annonymous feature is not enabled"),
                ),
                Reason::AnonymousDisabled,
            ),
            (
                of(
                    developers,
                    400,
                    json!({"status": "error", "message": "This not an authorized request", "code": 400}),
                ),
                Reason::Unauthorized,
            ),
            (
                of(
                    developers,
                    404,
                    json!({"status": "error", "message": "Unknown method.", "code": 404}),
                ),
                Reason::NotFound,
            ),
        ];
        for (found, expected) in expected {
            assert_eq!(found, Some(expected));
        }
    }

    #[test]
    fn a_refusal_that_contradicts_its_status_is_unintelligible() {
        let body = json!({"status": "error", "code": "404", "message": "Invalid Contact ID", "errors": {}});
        assert!(matches!(
            answered(Server::PublicApi, 400, &body),
            Error::Unintelligible { .. }
        ));
        let found = answered(Server::PublicApi, 404, &body);
        assert_eq!(
            found.api().map(|refusal| refusal.code.number()),
            Some(Some(404))
        );
    }
}
