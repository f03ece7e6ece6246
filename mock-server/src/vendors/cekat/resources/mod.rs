//! One file per noun, and what all lists share: pages, days, numbers.

pub mod agents;
pub mod assignments;
pub mod business;
pub mod campaigns;
pub mod contacts;
pub mod conversations;
pub mod crm;
pub mod inboxes;
pub mod integrations;
pub mod labels;
pub mod messages;
pub mod orders;
pub mod templates;

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::Error;
use super::reply::{Metadata, Pages, jakarta};
use crate::kernel::call::Call;
use crate::kernel::extract::{Query, Request};
use crate::kernel::table::{Record, Table};
use crate::kernel::text::digits;

/// Something that belongs to one business, and that no other sees.
pub trait Owned: Record {
    /// Whose it is.
    fn business(&self) -> &str;
}

/// The record with this id, if it is the business's.
pub fn own<'a, T: Owned>(table: &'a Table<T>, id: &str, business: &str) -> Option<&'a T> {
    table.get(id).filter(|record| record.business() == business)
}

/// Which page, as a query asks for it. What is no number, or none above 0, is as good as nothing.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Paging {
    /// Counted from 1.
    pub page: Option<String>,
    /// How many rows on a page.
    pub limit: Option<String>,
}

/// How many rows a page has when nobody says.
const USUAL: usize = 10;

fn positive(text: Option<&str>) -> Option<usize> {
    text.and_then(|text| text.trim().parse().ok())
        .filter(|number| *number > 0)
}

impl Paging {
    /// The page's number, from 1.
    pub fn number(&self) -> usize {
        positive(self.page.as_deref()).unwrap_or(1)
    }

    /// How many rows are asked for, where a number is.
    pub fn wanted(&self) -> Option<usize> {
        positive(self.limit.as_deref())
    }

    /// How many rows there are on a page.
    pub fn size(&self) -> usize {
        self.wanted().unwrap_or(USUAL)
    }

    /// The page of these rows.
    pub fn page<T>(&self, rows: Vec<T>) -> Page<T> {
        let (number, size, total) = (self.number(), self.size(), rows.len());
        let before = (number - 1).saturating_mul(size);
        let rows = rows.into_iter().skip(before).take(size).collect();
        Page {
            rows,
            pages: Pages {
                total_page: total.div_ceil(size),
                total_items: total,
                current_page: number,
            },
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Which page of how many.
    pub pages: Pages,
}

impl<T> Page<T> {
    /// The same page in another form.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(change).collect(),
            pages: self.pages,
        }
    }

    /// What most lists say about a page.
    pub fn metadata(&self) -> Metadata<Pages> {
        Metadata {
            pagination: self.pages,
        }
    }
}

/// From when until when, as a query says it: days, or instants.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Span {
    /// The first day.
    pub start_date: Option<String>,
    /// The last day.
    pub end_date: Option<String>,
    /// The first instant.
    pub start_datetime: Option<String>,
    /// The last instant.
    pub end_datetime: Option<String>,
}

/// From when until when, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first instant.
    pub from: Option<Timestamp>,
    /// The last instant.
    pub until: Option<Timestamp>,
}

/// What a query asks for of a list: a page of a period, in days of a zone.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which page.
    pub paging: Paging,
    /// From when until when.
    pub period: Period,
    /// Whose days they are.
    pub zone: TimeZone,
}

impl<S: Sync> FromRequestParts<S> for Part {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Ok(Request(call)) = Request::from_request_parts(parts, state).await;
        let Query(paging) = Query::from_request_parts(parts, state).await?;
        let Query(span) = Query::<Span>::from_request_parts(parts, state).await?;
        let zone = zone(&call);
        let period = span.period(&zone)?;
        Ok(Self {
            paging,
            period,
            zone,
        })
    }
}

/// The shortest time there is.
const TICK: SignedDuration = SignedDuration::from_nanos(1);

impl Span {
    /// The period meant, in days of this zone.
    ///
    /// # Errors
    /// When a bound is no date, or is given twice.
    pub fn period(&self, zone: &TimeZone) -> Result<Period, Error> {
        let bound = |side: &str, day: &Option<String>, at: &Option<String>| match (day, at) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(Error::Invalid(format!(
                "{side}_date and {side}_datetime cannot be used together"
            ))),
            (Some(day), None) => {
                let wrong = || Error::Invalid(format!("{side}_date must be YYYY-MM-DD"));
                let day: Date = day.parse().map_err(|_| wrong())?;
                let [first, last] = day_in(day, zone).ok_or_else(wrong)?;
                Ok(Some(if side == "start" { first } else { last }))
            }
            (None, Some(at)) => {
                let at = instant(at, zone);
                at.map(Some)
                    .ok_or_else(|| Error::invalid(format!("{side}_datetime")))
            }
        };
        Ok(Period {
            from: bound("start", &self.start_date, &self.start_datetime)?,
            until: bound("end", &self.end_date, &self.end_datetime)?,
        })
    }
}

impl Period {
    /// Whether an instant is in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }
}

/// The first and the last instant of a day.
pub fn day_in(day: Date, zone: &TimeZone) -> Option<[Timestamp; 2]> {
    let first = day.to_zoned(zone.clone()).ok()?.timestamp();
    let next = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
    Some([first, next.timestamp().checked_sub(TICK).ok()?])
}

/// An instant as clients write it: with an offset, or on the clocks of the zone. A bare day is its first instant.
pub fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    // A plus sign that was not escaped arrives as a space.
    let text = text.trim().replace(' ', "T");
    let text = match text.rsplit_once('T') {
        Some((before, offset)) if before.contains('T') => format!("{before}+{offset}"),
        _ => text,
    };
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local: DateTime = text.parse().ok()?;
    Some(local.to_zoned(zone.clone()).ok()?.timestamp())
}

/// The zone whose days a request counts in: Jakarta's unless a header names another that is known.
pub fn zone(call: &Call) -> TimeZone {
    let named = call.header("x-user-timezone").map(str::trim);
    named
        .and_then(|name| TimeZone::get(name).ok())
        .unwrap_or_else(jakarta)
}

/// A telephone number as it is compared: digits, with the country's code in place of a leading zero.
pub fn normal(phone: &str) -> String {
    let digits = digits(phone);
    match digits.strip_prefix('0') {
        Some(local) => format!("62{local}"),
        None => digits,
    }
}

/// A member that a body names, if only to clear it: null is something else than absent.
///
/// # Errors
/// When it is named and of another kind.
pub fn named<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Money: written without a fraction where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Amount(pub f64);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0 as i64;
        if whole as f64 == self.0 {
            serializer.serialize_i64(whole)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_jakarta_begins_at_five_in_the_afternoon_before() {
        let span = Span {
            start_date: Some("2026-04-14".into()),
            end_date: Some("2026-04-14".into()),
            ..Span::default()
        };
        let period = span.period(&jakarta()).unwrap();
        for (at, inside) in [
            ("2026-04-13T16:59:59.999Z", false),
            ("2026-04-13T17:00:00Z", true),
            ("2026-04-14T16:59:59.999Z", true),
            ("2026-04-14T17:00:00Z", false),
        ] {
            assert_eq!(period.holds(at.parse().unwrap()), inside, "{at}");
        }
    }

    #[test]
    fn an_instant_may_lose_its_plus_and_its_offset() {
        let at = instant("2026-04-14T00:00:00+07:00", &jakarta());
        assert!(at.is_some());
        assert_eq!(instant("2026-04-14T00:00:00 07:00", &jakarta()), at);
        assert_eq!(instant("2026-04-14 00:00:00", &jakarta()), at);
        assert_eq!(instant("2026-04-14", &jakarta()), at);
        assert_eq!(instant("yesterday", &jakarta()), None);
    }

    #[test]
    fn numbers_are_compared_without_their_dress() {
        for phone in ["081234567890", "+62 812-3456-7890", "6281234567890"] {
            assert_eq!(normal(phone), "6281234567890");
        }
        assert_eq!(normal("712381231"), "712381231");
    }
}
