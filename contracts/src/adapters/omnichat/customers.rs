//! Customers: people, whatever the platforms they write on, and their points.

use http::Method;
use serde::{Deserialize, Serialize};

use super::error::Dialect;
use super::{Client, CustomAttribute, Error, Platform, Reply, Tags, Value, done};

/// The operations on customers.
#[derive(Clone, Copy, Debug)]
pub struct Customers<'c>(pub(super) &'c Client);

/// What names a customer; whoever is unknown is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum Who<'a> {
    /// The team's own id.
    Member {
        /// The id.
        member_id: &'a str,
    },
    /// The vendor's id.
    OmniCustomer {
        /// The id, of 24 hexadecimal digits.
        omni_customer_id: &'a str,
    },
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The vendor's id, of 24 hexadecimal digits.
    pub username: String,
    /// What they are called.
    pub name: Option<String>,
    /// The address of their picture.
    pub profile_picture: Option<String>,
    /// The team's own id.
    pub member_id: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Whether they hear from the team on any channel.
    pub social_channel_subscribed: bool,
    /// Their tags.
    pub tags: Vec<String>,
    /// Whether they can be written to at all.
    pub reachable: bool,
    /// What the team's own fields hold.
    pub custom_attributes: Vec<Field>,
    /// The contacts that they are.
    pub linked_users: Vec<LinkedUser>,
    /// The points they have: an integer in a text.
    pub point_balance: String,
    /// The points they ever got: an integer in a text.
    pub accumulated_points: String,
    /// When they last wrote, in Unix milliseconds.
    pub last_message_received_at: Option<i64>,
    /// When the staff last wrote to them, in Unix milliseconds.
    pub last_cs_message_sent_at: Option<i64>,
    /// When they were last sent a direct message or a broadcast, in Unix milliseconds.
    pub last_marketing_message_sent_at: Option<i64>,
    /// Since when they are known, in Unix milliseconds.
    pub created_at: i64,
    /// When anything here last changed, in Unix milliseconds.
    pub updated_at: i64,
}

/// A field that the team has defined, with what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Which field.
    pub key: String,
    /// What it can hold.
    pub r#type: FieldType,
    /// What it holds; a moment as `YYYY-MM-DD HH:mm:ss`, with a space.
    pub value: Option<Value>,
    /// What people call it.
    pub display_name: Option<String>,
    /// Whether it is in use.
    pub status: bool,
}

/// What a field can hold, by number; contacts have it by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum FieldType {
    /// A text.
    Text = 1,
    /// A number.
    Number = 2,
    /// A day.
    Date = 3,
    /// A moment.
    Datetime = 4,
    /// Yes or no.
    Boolean = 5,
}

impl From<FieldType> for u8 {
    fn from(kind: FieldType) -> Self {
        kind as Self
    }
}

impl TryFrom<u8> for FieldType {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Ok(match number {
            1 => Self::Text,
            2 => Self::Number,
            3 => Self::Date,
            4 => Self::Datetime,
            5 => Self::Boolean,
            _ => return Err(format!("{number} is no type of field")),
        })
    }
}

/// A contact that a customer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedUser {
    /// On which platform.
    pub platform: Platform,
    /// On which channel.
    pub channel_id: String,
    /// The platform's id of them.
    pub channel_user_id: String,
    /// The vendor's id of them.
    pub channel_username: String,
    /// The channel's name.
    pub channel_name: String,
    /// Where they are talked to.
    pub room_id: String,
    /// Whether they hear from the team there.
    pub subscribed: bool,
}

/// What is to be known of a customer from now on; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Their tags.
    #[serde(flatten)]
    pub tags: Option<Tags>,
    /// What the team's own fields hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_attributes: Vec<CustomAttribute>,
}

/// Points that somebody gets or gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Adjustment {
    /// How many; less than none are taken away.
    pub points: i64,
    /// Whose.
    #[serde(flatten)]
    pub of: Holder,
}

/// Whose points they are; a team may know them by one of these only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Holder {
    /// By the number, digits only.
    Phone(String),
    /// By the address.
    Email(String),
    /// By the team's own id.
    MemberId(String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member<'a> {
    member_id: &'a str,
}

const CUSTOMERS: [&str; 2] = ["v1", "customers"];

impl Customers<'_> {
    /// `GET /v1/customers` — shows a customer by the team's own id.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, member_id: &str) -> Result<Reply<Customer>, Error> {
        self.0.list(&CUSTOMERS, &Member { member_id }).await
    }

    /// `PUT /v1/customers` — creates or changes a customer.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn upsert(&self, who: Who<'_>, change: &Change) -> Result<(), Error> {
        let request = self.0.ask_for(Method::PUT, &CUSTOMERS, &who)?;
        done(request.json(change), 204, Dialect::Common).await
    }

    /// `DELETE /v1/customers` — deletes a customer, with their contacts and all that was said.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete(&self, member_id: &str) -> Result<(), Error> {
        let request = self
            .0
            .ask_for(Method::DELETE, &CUSTOMERS, &Member { member_id })?;
        done(request, 204, Dialect::Common).await
    }

    /// `PUT /v1/loyalty-points/action/adjust` — gives points, or takes some away.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn adjust_points(&self, adjustment: &Adjustment) -> Result<(), Error> {
        let path = ["v1", "loyalty-points", "action", "adjust"];
        let request = self.0.ask(Method::PUT, &path);
        done(request.json(adjustment), 200, Dialect::Common).await
    }
}
