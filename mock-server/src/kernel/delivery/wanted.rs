//! Which deliveries somebody wants to see.

use jiff::Timestamp;
use serde::de::{Deserializer, Error, Unexpected};
use serde::{Deserialize, Serialize, Serializer};

use super::record::{Class, Delivery, State};

/// Which deliveries are wanted; all of them when nothing is said.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// Those of this vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Those of this event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Those to this endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Those in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Those whose last attempt was answered so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusWanted>,
    /// Those whose last attempt failed so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Those announced then or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Those after this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Those that this request led to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<u64>,
    /// Those of this announcement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<u64>,
    /// At most so many, the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A status, or all of a hundred: `500`, `5xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusWanted {
    /// This one.
    Exactly(u16),
    /// All that begin with this digit.
    Class(u16),
}

impl StatusWanted {
    fn read(text: &str) -> Option<Self> {
        let number = |text: &str, most: u16| {
            let number = text.parse::<u16>().ok()?;
            (1..=most).contains(&number).then_some(number)
        };
        match text.strip_suffix("xx") {
            Some(digit) => number(digit, 5).map(Self::Class),
            None => number(text, 999).map(Self::Exactly),
        }
    }

    fn covers(self, status: u16) -> bool {
        match self {
            Self::Exactly(one) => one == status,
            Self::Class(digit) => status / 100 == digit,
        }
    }
}

impl<'de> Deserialize<'de> for StatusWanted {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(u16),
        }
        let text = match Written::deserialize(from)? {
            Written::Text(text) => text,
            Written::Number(number) => number.to_string(),
        };
        Self::read(&text).ok_or_else(|| {
            D::Error::invalid_value(Unexpected::Str(&text), &"a status like 500, or 5xx")
        })
    }
}

impl Serialize for StatusWanted {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exactly(one) => to.serialize_str(&one.to_string()),
            Self::Class(digit) => to.serialize_str(&format!("{digit}xx")),
        }
    }
}

impl Wanted {
    /// Whether a delivery is wanted.
    #[must_use]
    pub fn covers(&self, delivery: &Delivery) -> bool {
        let fits =
            |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|one| one == is);
        let last = || delivery.attempts().pop();
        let status = |wanted: StatusWanted| {
            last().is_some_and(|last| last.status().is_some_and(|status| wanted.covers(status)))
        };
        let class = |wanted: Class| {
            let failure = last().and_then(|last| last.failure.clone());
            failure.is_some_and(|failure| failure.class == wanted)
        };
        fits(&self.vendor, delivery.event.vendor)
            && fits(&self.event, &delivery.event.name)
            && fits(&self.endpoint, &delivery.endpoint.id)
            && self.state.is_none_or(|state| state == delivery.state())
            && self.since.is_none_or(|since| delivery.event.at >= since)
            && self.after.is_none_or(|after| delivery.id > after)
            && self
                .cause
                .is_none_or(|cause| delivery.event.cause == Some(cause))
            && self.event_id.is_none_or(|event| delivery.event.id == event)
            && self.status.is_none_or(status)
            && self.class.is_none_or(class)
    }
}
