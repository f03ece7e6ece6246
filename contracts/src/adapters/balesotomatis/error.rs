//! Everything that can go wrong between a caller and BalesOtomatis.

use serde_json::Value;

/// A call that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The vendor was not reached, or did not answer in time.
    #[error("BalesOtomatis was not reached: {0}")]
    Transport(#[from] reqwest::Error),
    /// Something answered, but not the API.
    #[error("BalesOtomatis answered {0} and no JSON")]
    NotJson(u16, String),
    /// The API answered yes in a way that cannot be understood.
    #[error("BalesOtomatis answered strangely: {0}")]
    Strange(String, Value),
    /// The API said no.
    #[error("BalesOtomatis refused: {message}")]
    Refused {
        /// On what ground.
        refusal: Refusal,
        /// In its words.
        message: String,
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

/// What the answer refuses, if it does. The body's code counts; the HTTP status only where there is none, for the
/// vendor may send refusals as successes.
pub(super) fn refused(status: u16, answer: &Value) -> Option<Error> {
    let code = match &answer["code"] {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u16::try_from(number).ok()),
        _ => None,
    };
    // Meta's own refusal may stand one level deeper, and beside a success.
    let meta = ["/fb_response/error", "/fb_response/data/error"];
    let meta = meta.into_iter().find_map(|pointer| answer.pointer(pointer));
    let message = message(answer, meta);
    let refusal = match (code, answer["success"].as_bool()) {
        (None, _) if meta.is_some() => Refusal::Meta,
        (Some(200), _) | (None, Some(true)) => return None,
        (None, Some(false)) => Refusal::Meta,
        (Some(400), _) if message.contains("131047") => Refusal::WindowClosed,
        (Some(400), _) if message.contains("Rate-Limited") => Refusal::RateLimited,
        (Some(400), _) => Refusal::Rule,
        (Some(403), _) => Refusal::Key,
        (Some(404), _) => Refusal::Number,
        (Some(405), _) => Refusal::Request,
        (Some(408), _) => Refusal::Timeout,
        (Some(other), _) => Refusal::Other(other),
        (None, None) => Refusal::Other(status),
    };
    Some(Error::Refused { refusal, message })
}

/// Meta's words, or the vendor's: text, or inside an object in the one operation that answers so.
fn message(answer: &Value, meta: Option<&Value>) -> String {
    let message = &answer["message"];
    let ours = [message, &message["detail"], &message["state"]];
    let theirs = meta
        .into_iter()
        .flat_map(|error| [&error["error_user_msg"], &error["message"]]);
    theirs
        .chain(ours)
        .find_map(Value::as_str)
        .unwrap_or_default()
        .to_owned()
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
