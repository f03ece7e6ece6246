//! The language in which contacts are searched: fields, each with the comparisons of its kind.
//!
//! ```
//! use contracts::adapters::myoperator::contacts::Source;
//! use contracts::adapters::myoperator::search::{Kind, Search, custom, fields, kinds};
//!
//! let search = Search::new([
//!     fields::source().is_any_of([Source::Imported, Source::PublicApi]),
//!     fields::created().range("2025-01-01", "2025-12-31"),
//!     custom::<kinds::Number>("secondary_number").gte(10),
//! ])?;
//! assert_eq!(serde_json::to_value(&search)?, serde_json::json!({"and": {
//!     "source__is": ["imported", "public_api"],
//!     "created__range": {"gte": "2025-01-01", "lte": "2025-12-31"},
//!     "custom_fields.secondary_number__gte": 10,
//! }}));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

use std::marker::PhantomData;

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Conditions that must all hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Search {
    and: Map<String, Value>,
}

/// Two conditions that are one member of the same object: only one of them could be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} was asked for twice")]
pub struct Twice(String);

impl Search {
    /// Everything for which all conditions hold; everything when there are none.
    ///
    /// # Errors
    /// When a field is compared twice in the same way.
    pub fn new(conditions: impl IntoIterator<Item = Condition>) -> Result<Self, Twice> {
        let mut and = Map::new();
        for Condition { name, value } in conditions {
            if and.contains_key(&name) {
                return Err(Twice(name));
            }
            and.insert(name, value);
        }
        Ok(Self { and })
    }
}

/// One comparison of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    name: String,
    value: Value,
}

/// From where a search goes on, and how far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cursor {
    /// From the oldest contact.
    #[default]
    Start,
    /// From the contact after the one of this token.
    After(String),
    /// To the contact before the one of this token.
    Before(String),
}

impl Cursor {
    pub(super) fn query(&self) -> impl Serialize + use<> {
        #[derive(Serialize)]
        struct Query {
            before: Option<String>,
            after: Option<String>,
        }
        let (before, after) = match self {
            // Both are documented, and empty.
            Self::Start => (Some(String::new()), Some(String::new())),
            Self::After(token) => (None, Some(token.clone())),
            Self::Before(token) => (Some(token.clone()), None),
        };
        Query { before, after }
    }
}

/// A field of contacts, of a kind.
#[derive(Clone, Debug)]
pub struct Field<K> {
    name: String,
    kind: PhantomData<K>,
}

/// What a field can be compared with.
pub trait Kind {
    /// A value of it.
    type Value: Serialize;
}

/// Fields that can be like a value.
pub trait Equal: Kind {}

/// Fields that can be unlike a value.
pub trait Unequal: Kind {}

/// Fields that can have something in them.
pub trait Containing: Kind {}

/// Fields that can be more or less.
pub trait Ordered: Kind {}

/// The kinds of fields.
pub mod kinds {
    use serde::{Serialize, Serializer};

    use super::{Containing, Equal, Kind, Ordered, Unequal};
    use crate::adapters::myoperator::contacts;

    /// A short text.
    #[derive(Clone, Copy, Debug)]
    pub enum Text {}
    /// A long text.
    #[derive(Clone, Copy, Debug)]
    pub enum TextArea {}
    /// One of several choices.
    #[derive(Clone, Copy, Debug)]
    pub enum SingleSelect {}
    /// Some of several choices.
    #[derive(Clone, Copy, Debug)]
    pub enum MultiSelect {}
    /// A number.
    #[derive(Clone, Copy, Debug)]
    pub enum Number {}
    /// A day, `YYYY-MM-DD`.
    #[derive(Clone, Copy, Debug)]
    pub enum Date {}
    /// Yes or no.
    #[derive(Clone, Copy, Debug)]
    pub enum Switch {}
    /// Where a contact comes from.
    #[derive(Clone, Copy, Debug)]
    pub enum Source {}
    /// Whether a contact is still there.
    #[derive(Clone, Copy, Debug)]
    pub enum Status {}

    /// Whether a contact is still there, as the number that searches are documented with.
    #[derive(Clone, Copy, Debug)]
    pub struct AsNumber(contacts::Activity);

    impl From<contacts::Activity> for AsNumber {
        fn from(activity: contacts::Activity) -> Self {
            Self(activity)
        }
    }

    impl Serialize for AsNumber {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_u8(match self.0 {
                contacts::Activity::Active => 1,
                contacts::Activity::Inactive => 0,
            })
        }
    }

    impl Kind for Text {
        type Value = String;
    }
    impl Equal for Text {}
    impl Unequal for Text {}
    impl Containing for Text {}

    impl Kind for TextArea {
        type Value = String;
    }
    impl Containing for TextArea {}

    impl Kind for SingleSelect {
        type Value = String;
    }
    impl Equal for SingleSelect {}
    impl Unequal for SingleSelect {}
    impl Containing for SingleSelect {}

    impl Kind for MultiSelect {
        type Value = String;
    }
    impl Equal for MultiSelect {}
    impl Unequal for MultiSelect {}
    impl Containing for MultiSelect {}

    impl Kind for Number {
        type Value = serde_json::Number;
    }
    impl Equal for Number {}
    impl Unequal for Number {}
    impl Ordered for Number {}

    impl Kind for Date {
        type Value = String;
    }
    impl Equal for Date {}
    impl Unequal for Date {}
    impl Ordered for Date {}

    impl Kind for Switch {
        type Value = bool;
    }
    impl Equal for Switch {}

    impl Kind for Source {
        type Value = contacts::Source;
    }
    impl Equal for Source {}
    impl Unequal for Source {}

    impl Kind for Status {
        type Value = AsNumber;
    }
    impl Equal for Status {}
    impl Unequal for Status {}
}

/// The fields that every contact has.
pub mod fields {
    use super::kinds::{Date, Source, Status, Switch, Text};
    use super::{Field, named};

    /// What they are called.
    pub fn name() -> Field<Text> {
        named("name")
    }

    /// The country code.
    pub fn country_code() -> Field<Text> {
        named("country_code")
    }

    /// The number without its country code.
    pub fn phone_number() -> Field<Text> {
        named("phone_number")
    }

    /// The number with its country code.
    pub fn phone_number_with_cc() -> Field<Text> {
        named("phone_number_with_cc")
    }

    /// The address for mail.
    pub fn email_id() -> Field<Text> {
        named("email_id")
    }

    /// Whether they want to hear of offers.
    pub fn marketing_opt_in() -> Field<Switch> {
        named("marketing_opt_in")
    }

    /// Whether they are still there.
    pub fn status() -> Field<Status> {
        named("status")
    }

    /// Where they come from.
    pub fn source() -> Field<Source> {
        named("source")
    }

    /// Since when.
    pub fn created() -> Field<Date> {
        named("created")
    }

    /// Last changed when.
    pub fn modified() -> Field<Date> {
        named("modified")
    }
}

/// A field of the company's own, by its id.
pub fn custom<K: Kind>(id: &str) -> Field<K> {
    named(&format!("custom_fields.{id}"))
}

fn named<K>(name: &str) -> Field<K> {
    Field {
        name: name.to_owned(),
        kind: PhantomData,
    }
}

impl<K: Kind> Field<K> {
    fn compared(self, operator: &str, value: Value) -> Condition {
        Condition {
            name: format!("{}__{operator}", self.name),
            value,
        }
    }

    fn with(self, operator: &str, value: impl Into<K::Value>) -> Condition {
        let value = json!(value.into());
        self.compared(operator, value)
    }

    fn with_any<V: Into<K::Value>>(
        self,
        operator: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Condition {
        let values: Vec<K::Value> = values.into_iter().map(Into::into).collect();
        self.compared(operator, json!(values))
    }

    /// It has a value.
    pub fn is_set(self) -> Condition {
        self.compared("is_set", Value::Bool(true))
    }

    /// It has none.
    pub fn is_not_set(self) -> Condition {
        self.compared("is_not_set", Value::Bool(true))
    }
}

impl<K: Equal> Field<K> {
    /// It is this.
    pub fn is(self, value: impl Into<K::Value>) -> Condition {
        self.with("is", value)
    }

    /// It is one of these.
    pub fn is_any_of<V: Into<K::Value>>(self, values: impl IntoIterator<Item = V>) -> Condition {
        self.with_any("is", values)
    }
}

impl<K: Unequal> Field<K> {
    /// It is not this.
    pub fn is_not(self, value: impl Into<K::Value>) -> Condition {
        self.with("is_not", value)
    }

    /// It is none of these.
    pub fn is_none_of<V: Into<K::Value>>(self, values: impl IntoIterator<Item = V>) -> Condition {
        self.with_any("is_not", values)
    }
}

impl<K: Containing> Field<K> {
    /// This is in it.
    pub fn contains(self, text: &str) -> Condition {
        self.compared("contains", Value::from(text))
    }

    /// This is not in it.
    pub fn not_contains(self, text: &str) -> Condition {
        self.compared("not_contains", Value::from(text))
    }
}

impl<K: Ordered> Field<K> {
    /// It is more, or later.
    pub fn gt(self, value: impl Into<K::Value>) -> Condition {
        self.with("gt", value)
    }

    /// It is as much or more.
    pub fn gte(self, value: impl Into<K::Value>) -> Condition {
        self.with("gte", value)
    }

    /// It is less, or earlier.
    pub fn lt(self, value: impl Into<K::Value>) -> Condition {
        self.with("lt", value)
    }

    /// It is as much or less.
    pub fn lte(self, value: impl Into<K::Value>) -> Condition {
        self.with("lte", value)
    }
}

impl Field<kinds::Date> {
    /// It is one of the days from the first to the last.
    pub fn range(self, first: &str, last: &str) -> Condition {
        self.compared("range", json!({"gte": first, "lte": last}))
    }

    /// It is none of them.
    pub fn not_range(self, first: &str, last: &str) -> Condition {
        self.compared("not_range", json!({"gte": first, "lte": last}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::myoperator::contacts::Activity;

    #[test]
    fn every_comparison_has_its_word() {
        let search = Search::new([
            fields::name().contains("an"),
            fields::email_id().not_contains("example"),
            fields::country_code().is("91"),
            fields::phone_number().is_set(),
            fields::phone_number_with_cc().is_not_set(),
            fields::marketing_opt_in().is(true),
            fields::status().is_not(Activity::Inactive),
            fields::created().gt("2025-01-01"),
            fields::modified().not_range("2025-01-01", "2025-02-01"),
            custom::<kinds::MultiSelect>("skills").is_none_of(["php", "golang"]),
            custom::<kinds::TextArea>("address").contains("Delhi"),
            custom::<kinds::Number>("number").lt(7),
        ]);
        assert_eq!(
            json!(search.expect("no two are the same")),
            json!({"and": {
                "name__contains": "an",
                "email_id__not_contains": "example",
                "country_code__is": "91",
                "phone_number__is_set": true,
                "phone_number_with_cc__is_not_set": true,
                "marketing_opt_in__is": true,
                "status__is_not": 0,
                "created__gt": "2025-01-01",
                "modified__not_range": {"gte": "2025-01-01", "lte": "2025-02-01"},
                "custom_fields.skills__is_not": ["php", "golang"],
                "custom_fields.address__contains": "Delhi",
                "custom_fields.number__lt": 7,
            }})
        );
    }

    #[test]
    fn a_comparison_cannot_be_made_twice() {
        let twice = Search::new([fields::name().is("a"), fields::name().is("b")]);
        assert_eq!(twice, Err(Twice("name__is".to_owned())));
    }
}
