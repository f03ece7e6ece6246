//! The search language: fields, operators and values, all joined by "and"; pages by tokens.

use std::cmp::Ordering;

use axum::Extension;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Contact, FieldType};
use crate::kernel::extract::{Body, Request};
use crate::kernel::store::Store;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::Error;
use crate::vendors::myoperator::reply::{Paging, answer};
use crate::vendors::myoperator::state::MyOperator;

/// What is searched for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Search {
    /// `<field>__<operator>` and a value; all must hold.
    pub and: Map<String, Value>,
}

/// How many contacts a page has at most.
const MOST: usize = 100;

/// `POST /contacts` — searches the address book, oldest first, when the body says `and`.
pub async fn search(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
    Body(search): Body<Search>,
) -> Result<impl IntoResponse, Error> {
    let limit = Paging::of(&call, MOST).limit;
    let token = |name: &str| {
        let text = call.query(name).filter(|text| !text.is_empty());
        text.map(|text| Cursor::read(text).ok_or_else(|| wrong(name, "Invalid pagination token.")))
            .transpose()
    };
    let (before, after) = (token("before")?, token("after")?);
    let data = store.read(|vendor, _| {
        let found = vendor.search_contacts(&caller.company, &search)?;
        let page = page(&found, before.as_ref(), after.as_ref(), limit);
        let results: Vec<_> = page.iter().map(|contact| contact.found()).collect();
        Ok::<_, Error>(json!({
            "total": results.len(),
            "filter_total": found.len(),
            "results": results,
        }))
    })?;
    Ok(answer(StatusCode::OK, 200, "Contacts Searched", data))
}

fn wrong(name: &str, why: &str) -> Error {
    Error::ContactInvalid(vec![(name.to_owned(), why.to_owned())])
}

/// A place between two contacts: after the one of this id that was made at this millisecond.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    made: i64,
    id: String,
}

impl Cursor {
    /// The place of a contact.
    #[must_use]
    pub fn of(contact: &Contact) -> Self {
        Self {
            made: contact.created.0.as_millisecond(),
            id: contact.id.clone(),
        }
    }

    /// The place that a token stands for.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        let bytes = STANDARD.decode(token.trim()).ok()?;
        let (id, made) = serde_json::from_slice(&bytes).ok()?;
        Some(Self { made, id })
    }

    /// The token of this place: base64 of the id and the milliseconds, as JSON.
    #[must_use]
    pub fn token(&self) -> String {
        STANDARD.encode(json!([self.id, self.made]).to_string())
    }
}

/// The part of what was found that lies after one place, or just before another.
#[must_use]
pub fn page<'c>(
    found: &[&'c Contact],
    before: Option<&Cursor>,
    after: Option<&Cursor>,
    limit: usize,
) -> Vec<&'c Contact> {
    let within = found.iter().copied().filter(|contact| {
        let place = Cursor::of(contact);
        after.is_none_or(|after| place > *after) && before.is_none_or(|before| place < *before)
    });
    let within: Vec<_> = within.collect();
    // Going back, the page ends where the other one began.
    let skipped = match (before, after) {
        (Some(_), None) => within.len().saturating_sub(limit),
        _ => 0,
    };
    within.into_iter().skip(skipped).take(limit).collect()
}

impl Contact {
    /// The contact as a search shows it.
    #[must_use]
    pub fn found(&self) -> Value {
        json!({
            "id": self.id,
            "email_id": self.email_id,
            "marketing_opt_in": self.marketing_opt_in,
            "name": self.name,
            "phone_number": self.phone_number,
            "country_code": self.country_code,
            "source": self.source,
            "created": self.created,
            "modified": self.modified,
            "status": self.status,
            "pagination_token": Cursor::of(self).token(),
        })
    }
}

impl MyOperator {
    /// The contacts of a company that meet all conditions, oldest first.
    ///
    /// # Errors
    /// When a field is unknown, or an operator or a value does not suit it.
    pub fn search_contacts(&self, company: &str, search: &Search) -> Result<Vec<&Contact>, Error> {
        let mut conditions = Vec::new();
        for (key, value) in &search.and {
            conditions.push(self.condition(company, key, value)?);
        }
        let all = self.contacts.by("company", company);
        let mut found: Vec<_> = all
            .filter(|contact| conditions.iter().all(|condition| condition.holds(contact)))
            .collect();
        found.sort_by_key(|contact| Cursor::of(contact));
        Ok(found)
    }

    fn condition(&self, company: &str, key: &str, value: &Value) -> Result<Condition, Error> {
        let (name, operator) = key.rsplit_once("__").unwrap_or((key, ""));
        let operator = Operator::named(operator).ok_or_else(|| wrong(key, "Invalid filter."))?;
        let (field, kind) = match name.strip_prefix("custom_fields.") {
            Some(id) => {
                let known = self.custom_field(company, id);
                let known = known.ok_or_else(|| wrong(key, "Custom field does not exist."))?;
                (Field::Custom(id.to_owned()), known.kind)
            }
            None => Field::named(name).ok_or_else(|| wrong(key, "Invalid filter."))?,
        };
        if !operator.suits(kind) {
            return Err(wrong(key, "Invalid filter."));
        }
        let test = Test::read(operator, kind, &field, value);
        let test = test.ok_or_else(|| wrong(key, "Invalid value."))?;
        Ok(Condition { field, kind, test })
    }
}

/// What of a contact is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    Name,
    CountryCode,
    PhoneNumber,
    NumberWithCode,
    Email,
    OptIn,
    Status,
    Source,
    Created,
    Modified,
    Custom(String),
}

impl Field {
    fn named(name: &str) -> Option<(Self, FieldType)> {
        Some(match name {
            "name" => (Self::Name, FieldType::Text),
            "country_code" => (Self::CountryCode, FieldType::Text),
            "phone_number" => (Self::PhoneNumber, FieldType::Text),
            "phone_number_with_cc" => (Self::NumberWithCode, FieldType::Text),
            "email_id" => (Self::Email, FieldType::Text),
            "marketing_opt_in" => (Self::OptIn, FieldType::Switch),
            "status" => (Self::Status, FieldType::SingleSelect),
            "source" => (Self::Source, FieldType::SingleSelect),
            "created" => (Self::Created, FieldType::Date),
            "modified" => (Self::Modified, FieldType::Date),
            _ => return None,
        })
    }

    /// What a contact has there; `null` when nothing.
    fn of(&self, contact: &Contact) -> Value {
        match self {
            Self::Name => json!(contact.name),
            Self::CountryCode => json!(contact.country_code),
            Self::PhoneNumber => json!(contact.phone_number),
            Self::NumberWithCode => json!(contact.number()),
            Self::Email => json!(contact.email_id),
            Self::OptIn => json!(contact.marketing_opt_in),
            Self::Status => json!(contact.status),
            Self::Source => json!(contact.source),
            Self::Created => json!(contact.created),
            Self::Modified => json!(contact.modified),
            Self::Custom(id) => contact.custom_fields.get(id).cloned().unwrap_or_default(),
        }
    }
}

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    Contains,
    NotContains,
    IsSet,
    IsNotSet,
    Above,
    AtLeast,
    Below,
    AtMost,
    Range,
    NotRange,
}

impl Operator {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "is" => Self::Is,
            "is_not" => Self::IsNot,
            "contains" => Self::Contains,
            "not_contains" => Self::NotContains,
            "is_set" => Self::IsSet,
            "is_not_set" => Self::IsNotSet,
            "gt" => Self::Above,
            "gte" => Self::AtLeast,
            "lt" => Self::Below,
            "lte" => Self::AtMost,
            "range" => Self::Range,
            "not_range" => Self::NotRange,
            _ => return None,
        })
    }

    /// The documented table of operators by kind of field.
    fn suits(self, kind: FieldType) -> bool {
        use FieldType::{Date, MultiSelect, Number, SingleSelect, Switch, Text, TextArea};
        match self {
            Self::Is => kind != TextArea,
            Self::IsNot => !matches!(kind, TextArea | Switch),
            Self::Contains | Self::NotContains => {
                matches!(kind, Text | TextArea | SingleSelect | MultiSelect)
            }
            Self::IsSet | Self::IsNotSet => true,
            Self::Above | Self::AtLeast | Self::Below | Self::AtMost => {
                matches!(kind, Number | Date)
            }
            Self::Range | Self::NotRange => kind == Date,
        }
    }
}

/// A value that can be compared.
#[derive(Clone, Debug, PartialEq)]
enum Comparable {
    Text(String),
    Number(f64),
    Truth(bool),
    When(When),
}

impl Comparable {
    fn read(kind: FieldType, field: &Field, value: &Value) -> Option<Self> {
        let scalar = || match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match kind {
            FieldType::Number => {
                let number = scalar()?.trim().parse();
                number.ok().map(Self::Number)
            }
            FieldType::Switch => match value {
                Value::Bool(truth) => Some(Self::Truth(*truth)),
                Value::String(text) => text.parse().ok().map(Self::Truth),
                Value::Number(number) => number.as_u64().map(|number| Self::Truth(number != 0)),
                _ => None,
            },
            FieldType::Date => When::read(value.as_str()?).map(Self::When),
            FieldType::Text
            | FieldType::TextArea
            | FieldType::SingleSelect
            | FieldType::MultiSelect => {
                let text = scalar()?;
                // A status may be asked for by number.
                Some(Self::Text(match (field, text.as_str()) {
                    (Field::Status, "1") => "active".to_owned(),
                    (Field::Status, "0") => "inactive".to_owned(),
                    _ => text,
                }))
            }
        }
    }

    fn cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            (Self::Number(one), Self::Number(other)) => one.partial_cmp(other),
            (Self::Truth(one), Self::Truth(other)) => Some(one.cmp(other)),
            (Self::When(one), Self::When(other)) => Some(one.cmp(*other)),
            _ => None,
        }
    }
}

/// A day, or an instant of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A day of UTC.
    Day(Date),
    /// An instant.
    Moment(Timestamp),
}

impl When {
    /// Reads `2023-01-01`, `2023-01-01 20:11:11` or `2023-01-01T20:11:11Z`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(Self::Moment(at));
        }
        if text.len() == 10 {
            return text.parse().ok().map(Self::Day);
        }
        let civil: DateTime = text.parse().ok()?;
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(Self::Moment(zoned.timestamp()))
    }

    fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Moment(at) => at.to_zoned(TimeZone::UTC).date(),
        }
    }

    /// By the instant where both say one, else by the day.
    fn cmp(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Moment(one), Self::Moment(other)) => one.cmp(&other),
            _ => self.day().cmp(&other.day()),
        }
    }
}

/// An operator with what it compares to.
#[derive(Clone, Debug)]
enum Test {
    /// Any of these, or none of them.
    Is(Vec<Comparable>, bool),
    /// This within it, in any case, or not.
    Contains(String, bool),
    /// Anything, or nothing.
    Set(bool),
    /// In this order to that, or also the same.
    Order(Ordering, bool, Comparable),
    /// Between the two, both included, or not.
    Range(Comparable, Comparable, bool),
}

impl Test {
    fn read(operator: Operator, kind: FieldType, field: &Field, value: &Value) -> Option<Self> {
        let one = |value: &Value| Comparable::read(kind, field, value);
        Some(match operator {
            Operator::Is | Operator::IsNot => {
                let wanted: Option<Vec<_>> = match value {
                    Value::Array(values) => values.iter().map(one).collect(),
                    value => one(value).map(|one| vec![one]),
                };
                Self::Is(wanted?, operator == Operator::Is)
            }
            Operator::Contains | Operator::NotContains => {
                let part = value.as_str()?.to_lowercase();
                Self::Contains(part, operator == Operator::Contains)
            }
            Operator::IsSet | Operator::IsNotSet => Self::Set(operator == Operator::IsSet),
            Operator::Above => Self::Order(Ordering::Greater, false, one(value)?),
            Operator::AtLeast => Self::Order(Ordering::Greater, true, one(value)?),
            Operator::Below => Self::Order(Ordering::Less, false, one(value)?),
            Operator::AtMost => Self::Order(Ordering::Less, true, one(value)?),
            Operator::Range | Operator::NotRange => {
                let (from, to) = (value.get("gte")?, value.get("lte")?);
                Self::Range(one(from)?, one(to)?, operator == Operator::Range)
            }
        })
    }
}

/// One thing that must hold.
struct Condition {
    field: Field,
    kind: FieldType,
    test: Test,
}

impl Condition {
    fn holds(&self, contact: &Contact) -> bool {
        let value = self.field.of(contact);
        // Several options are as many values; what is empty is no value.
        let values: Vec<Value> = match value {
            Value::Array(options) => options,
            Value::Null => Vec::new(),
            Value::String(text) if text.is_empty() => Vec::new(),
            one => vec![one],
        };
        let read = |value: &Value| Comparable::read(self.kind, &self.field, value);
        let any = |test: &dyn Fn(&Comparable) -> bool| {
            values.iter().filter_map(read).any(|value| test(&value))
        };
        match &self.test {
            Test::Is(wanted, yes) => {
                let is = |value: &Comparable| {
                    let same = |one: &Comparable| one.cmp(value) == Some(Ordering::Equal);
                    wanted.iter().any(same)
                };
                any(&is) == *yes
            }
            Test::Contains(part, yes) => {
                let contains = |value: &Value| {
                    let text = value.as_str().unwrap_or_default();
                    text.to_lowercase().contains(part)
                };
                values.iter().any(contains) == *yes
            }
            Test::Set(yes) => values.is_empty() != *yes,
            Test::Order(order, or_same, bound) => any(&|value: &Comparable| {
                let found = value.cmp(bound);
                found == Some(*order) || *or_same && found == Some(Ordering::Equal)
            }),
            Test::Range(from, to, yes) => {
                let within = |value: &Comparable| {
                    let after = value.cmp(from).is_some_and(Ordering::is_ge);
                    after && value.cmp(to).is_some_and(Ordering::is_le)
                };
                any(&within) == *yes
            }
        }
    }
}
