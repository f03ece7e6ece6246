//! Everything that can go wrong between a caller and BalesOtomatis.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::adapters::code::Code;
use crate::adapters::{Failure, Made, Understood};

/// A call that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The vendor was not reached, or did not answer in time.
    #[error("BalesOtomatis was not reached: {0}")]
    Transport(#[from] reqwest::Error),
    /// Something answered, but not the API.
    #[error("BalesOtomatis answered {0} and no JSON")]
    NotJson(u16, String),
    /// The API answered in a way that cannot be understood.
    #[error("BalesOtomatis answered strangely: {0}")]
    Strange(String, Value),
    /// The API said no.
    #[error("BalesOtomatis refused: {}", no.words())]
    Refused {
        /// On what ground.
        refusal: Refusal,
        /// The HTTP status, which may claim that all went well.
        status: u16,
        /// In its words.
        no: Box<No>,
    },
}

/// On what ground the vendor says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too much within a short time: worth another try later.
    RateLimited,
    /// A rule of the vendor or of WhatsApp forbids it.
    Rule,
    /// Outside the 24-hour window: a template would pass.
    WindowClosed,
    /// Nobody has this key.
    Key,
    /// The account has no such phone or official number.
    Number,
    /// The request lacks something or cannot be understood: a bug of the caller.
    Request,
    /// The phone did not answer: worth another try later.
    Timeout,
    /// Meta does not take the template.
    Meta,
    /// A code that is not documented.
    Other(u16),
}

/// A no, in one of its three shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum No {
    /// As most operations say it.
    Plain {
        /// What counts, whatever the HTTP status says.
        code: Code,
        /// In words.
        message: String,
        /// `fatal_error`, where it is told.
        #[serde(rename = "type", default)]
        kind: Option<String>,
    },
    /// As a conversation says it.
    Unsent {
        /// What counts.
        code: Code,
        /// What was tried.
        message: Attempt,
        /// `fatal_error`, where it is told.
        #[serde(rename = "type", default)]
        kind: Option<String>,
    },
    /// As Meta says it of a template.
    Meta {
        /// False, though `true` was seen beside an error.
        #[serde(default)]
        success: Option<bool>,
        /// In the vendor's words.
        #[serde(default)]
        message: Option<String>,
        /// In Meta's.
        #[serde(default)]
        fb_response: Option<FromMeta>,
    },
}

/// A message that could not be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// `failed`.
    #[serde(default)]
    pub state: Option<String>,
    /// To whom.
    #[serde(default)]
    pub to: Option<String>,
    /// What was to be sent.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
    /// Why not.
    #[serde(default)]
    pub detail: Option<String>,
}

/// Meta's own refusal, or a level of wrapping around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromMeta {
    /// The refusal.
    #[serde(default)]
    pub error: Option<MetaError>,
    /// The wrapped one.
    #[serde(default)]
    pub data: Option<Box<FromMeta>>,
}

/// What Meta has against a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetaError {
    /// For developers.
    #[serde(default)]
    pub message: Option<String>,
    /// Meta's number for it.
    #[serde(default)]
    pub code: Option<i64>,
    /// For people.
    #[serde(default)]
    pub error_user_msg: Option<String>,
}

/// The answer, unless it is a no. The body's code counts; the HTTP status cannot make a yes of a no, for the vendor
/// may send refusals as successes.
pub(super) fn judge(status: u16, answer: Value) -> Result<Value, Error> {
    let code = answer
        .get("code")
        .and_then(|code| Code::deserialize(code).ok())
        .and_then(|code| code.number());
    // Meta's own refusal may stand one level deeper, and beside a success.
    let by_meta = ["/fb_response/error", "/fb_response/data/error"];
    let by_meta = by_meta.iter().any(|at| answer.pointer(at).is_some());
    let success = answer.get("success").and_then(Value::as_bool);
    match (code, success) {
        (Some(200), _) if status == 200 => return Ok(answer),
        (None, Some(true)) if status == 200 && !by_meta => return Ok(answer),
        (Some(code), _) if code != 200 => {}
        (None, Some(false)) => {}
        (None, _) if by_meta => {}
        _ => {
            let why = format!("neither a yes nor a no, under {status}");
            return Err(Error::Strange(why, answer));
        }
    }
    match No::deserialize(&answer) {
        Ok(no) => Err(Error::Refused {
            refusal: no.ground(),
            status,
            no: Box::new(no),
        }),
        Err(error) => Err(Error::Strange(error.to_string(), answer)),
    }
}

impl No {
    /// Why, in Meta's words or the vendor's.
    #[must_use]
    pub fn words(&self) -> &str {
        let words = match self {
            Self::Plain { message, .. } => Some(message.as_str()),
            Self::Unsent { message, .. } => message.detail.as_deref().or(message.state.as_deref()),
            Self::Meta {
                message,
                fb_response,
                ..
            } => {
                let meta = fb_response.as_ref().and_then(FromMeta::words);
                meta.or(message.as_deref())
            }
        };
        words.unwrap_or_default()
    }

    fn ground(&self) -> Refusal {
        let code = match self {
            Self::Plain { code, .. } | Self::Unsent { code, .. } => code.number(),
            Self::Meta { .. } => return Refusal::Meta,
        };
        let words = self.words();
        match code {
            Some(400) if words.contains("131047") => Refusal::WindowClosed,
            Some(400) if words.contains("Rate-Limited") => Refusal::RateLimited,
            Some(400) => Refusal::Rule,
            Some(403) => Refusal::Key,
            Some(404) => Refusal::Number,
            Some(405) => Refusal::Request,
            Some(408) => Refusal::Timeout,
            other => Refusal::Other(other.unwrap_or_default()),
        }
    }
}

impl FromMeta {
    fn words(&self) -> Option<&str> {
        let error = self.error.as_ref();
        let own = error.and_then(|error| {
            let people = error.error_user_msg.as_deref();
            people.or(error.message.as_deref())
        });
        own.or_else(|| self.data.as_ref()?.words())
    }
}

impl Error {
    /// On what ground the vendor said no, if it did.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(*refusal),
            Self::Transport(_) | Self::NotJson(..) | Self::Strange(..) => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused { status, no, .. } => {
                let made = serde_json::to_value(no).map_or(Made::Nothing, Made::Json);
                Self::Refused(Understood { status, made })
            }
            Error::Transport(_) => Self::Lost(error.to_string()),
            Error::NotJson(..) | Error::Strange(..) => Self::Unintelligible(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Refusal, judge};

    fn refused(status: u16, answer: Value) -> (Option<Refusal>, String) {
        let error = judge(status, answer).expect_err("a no");
        (error.refusal(), error.to_string())
    }

    #[test]
    fn the_code_counts_when_a_no_travels_as_a_success() {
        let answer = json!({"code": 403, "message": "Invalid API Key", "type": "fatal_error"});
        let words = "BalesOtomatis refused: Invalid API Key".to_owned();
        assert_eq!(refused(200, answer), (Some(Refusal::Key), words));
    }

    #[test]
    fn meta_is_heard_beside_a_success_and_one_level_deeper() {
        let error = json!({"message": "Invalid parameter", "error_user_msg": "No such language"});
        let answer =
            json!({"success": true, "message": "Saved", "fb_response": {"data": {"error": error}}});
        let words = "BalesOtomatis refused: No such language".to_owned();
        assert_eq!(refused(200, answer), (Some(Refusal::Meta), words));
    }

    #[test]
    fn a_yes_under_another_status_is_strange() {
        let answer = json!({"code": "200", "message": "Successfully"});
        assert!(judge(200, answer.clone()).is_ok());
        assert_eq!(refused(500, answer).0, None);
    }
}
