//! One file per noun, and what they share: platforms, pages, ranges, the team's clock.

pub mod attributes;
pub mod broadcasts;
pub mod channels;
pub mod chatbots;
pub mod contacts;
pub mod customers;
pub mod direct_messages;
pub mod headless;
pub mod identities;
pub mod incoming;
pub mod loyalty;
pub mod messages;
pub mod outgoing;
pub mod receipts;
pub mod referral_links;
pub mod reports;
pub mod rooms;
pub mod rosters;
pub mod system_users;
pub mod tagging_logs;
pub mod whatsapp_business;
pub mod whatsapp_templates;

use jiff::civil::DateTime;
use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::error::Error;

/// Where customers write from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// LINE.
    Line,
    /// Facebook Messenger.
    Facebook,
    /// WhatsApp.
    Whatsapp,
    /// Instagram.
    Instagram,
    /// WeChat.
    Wechat,
    /// The chat window of a web site, which goes by three names.
    #[serde(alias = "website", alias = "web")]
    Webchat,
}

impl Platform {
    /// The platform's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Facebook => "facebook",
            Self::Whatsapp => "whatsapp",
            Self::Instagram => "instagram",
            Self::Wechat => "wechat",
            Self::Webchat => "webchat",
        }
    }
}

/// The key of what belongs to an account on a platform: a channel by its id, a contact by channel and user.
pub fn key_of(platform: Platform, parts: &[&str]) -> String {
    let mut key = platform.name().to_owned();
    for part in parts {
        key.push('/');
        key.push_str(part);
    }
    key
}

/// A list with its total.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// The page.
    pub content: Vec<T>,
    /// How many there are on all pages.
    pub total_elements: usize,
}

/// One thing, or a list that does not say how long it is.
#[derive(Debug, Serialize)]
pub struct Content<T> {
    /// The thing.
    pub content: T,
}

/// Which page, as a query asks for it.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Paging {
    page: Option<usize>,
    page_size: Option<usize>,
}

impl Paging {
    /// The page of these rows that is asked for, of `usual` rows when nobody says how many.
    pub fn page<T, U>(self, rows: Vec<T>, usual: usize, show: impl FnMut(T) -> U) -> Listed<U> {
        let size = self.page_size.unwrap_or(usual);
        let before = self
            .page
            .unwrap_or(1)
            .saturating_sub(1)
            .saturating_mul(size);
        let total_elements = rows.len();
        let content = rows.into_iter().skip(before).take(size).map(show).collect();
        Listed {
            content,
            total_elements,
        }
    }
}

/// How many rows most lists have on a page.
pub const USUAL: usize = 20;

/// From when (included) until when (excluded), in milliseconds, as a query says it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Range {
    after: i64,
    before: i64,
}

/// The longest range of messages and reports.
const SEVEN_DAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Range {
    /// A range between two bounds.
    pub fn new(after: i64, before: i64) -> Self {
        Self { after, before }
    }

    /// The same range if there is anything in it.
    ///
    /// # Errors
    /// When it ends before it begins.
    pub fn forwards(self, names: [&str; 2]) -> Result<Self, Error> {
        if self.after < self.before {
            return Ok(self);
        }
        let [after, before] = names;
        let text = format!("{after} must be earlier than {before}");
        Err(Error::InvalidParameters(text))
    }

    /// The same range if there is anything in it, and not too much where `limited`.
    ///
    /// # Errors
    /// When it ends before it begins, or is longer than seven days.
    pub fn within_seven_days(self, limited: bool) -> Result<Self, Error> {
        let range = self.forwards(["after", "before"])?;
        let length = i128::from(range.before) - i128::from(range.after);
        if limited && length > SEVEN_DAYS.as_millis() {
            return Err(Error::InvalidParameters(
                "The date range between after and before cannot exceed 7 days.".to_owned(),
            ));
        }
        Ok(range)
    }

    /// Whether an instant is in it.
    pub fn holds(self, at: Timestamp) -> bool {
        (self.after..self.before).contains(&at.as_millisecond())
    }
}

/// The zone of the team's clocks, where a time says none.
pub fn zone() -> TimeZone {
    TimeZone::fixed(tz::offset(8))
}

/// An instant on the team's clocks: `2025-03-16T12:40:00`.
pub fn local(at: Timestamp) -> String {
    let at = at.to_zoned(zone()).datetime();
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The instant at which the team's clocks show this.
pub fn instant(shown: DateTime) -> Option<Timestamp> {
    Some(shown.to_zoned(zone()).ok()?.timestamp())
}

/// An instant in milliseconds.
pub fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millisecond)
}

/// A text that says something.
pub fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
