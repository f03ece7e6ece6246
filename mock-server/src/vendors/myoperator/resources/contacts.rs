//! The address book of a company.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kernel::table::Record;
use crate::vendors::myoperator::state::Instant;

/// What kind of values a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// A line.
    Text,
    /// Many lines.
    TextArea,
    /// A number, written as a text.
    Number,
    /// One of some.
    SingleSelect,
    /// Some of some.
    MultiSelect,
    /// Yes or no.
    Switch,
    /// A day, or a day and a time.
    Date,
}

/// What contacts of a company can have besides their own members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomField {
    /// Whose field.
    pub company_id: String,
    /// Its id, as clients write it.
    pub id: String,
    /// What kind of values it has.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// What can be selected; anything when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl Record for CustomField {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.company_id, self.id))
    }
}

/// Where a contact came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody typed it in.
    ManualEntry,
    /// A campaign wrote to it.
    WabaCampaigns,
    /// It wrote.
    WabaMessage,
    /// It came in a file.
    Imported,
    /// A client of the API made it.
    PublicApi,
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// 24 hexadecimal digits.
    pub id: String,
    /// Whose contact.
    pub company_id: String,
    /// The name.
    pub name: String,
    /// Without `+`.
    pub country_code: String,
    /// Without country code.
    pub phone_number: String,
    /// The mail address.
    pub email_id: Option<String>,
    /// Whether marketing may be sent.
    pub marketing_opt_in: bool,
    /// `active` or `inactive`.
    pub status: String,
    /// Where it came from.
    pub source: Origin,
    /// What else is known, by the field's id.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub custom_fields: Map<String, Value>,
    /// When it was made.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
}

impl Record for Contact {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let number = format!(
            "{} {}{}",
            self.company_id, self.country_code, self.phone_number
        );
        vec![
            ("company", Cow::Borrowed(&self.company_id)),
            ("number", Cow::Owned(number)),
        ]
    }
}
