//! Customers: the persons behind the contacts, known by `memberId` or `omniCustomerId`.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::state::Omnichat;
use super::attributes::Known;
use super::contacts::Contact;
use crate::kernel::table::Record;
use crate::kernel::text::digits;

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Customer {
    /// 24 hexadecimal digits: `omniCustomerId` in queries, `username` in answers.
    pub id: String,
    /// What the team calls them.
    #[serde(default)]
    pub member_id: Option<String>,
    /// Their name.
    #[serde(default)]
    pub name: Option<String>,
    /// Where their picture is.
    #[serde(default)]
    pub profile_picture: Option<String>,
    /// Their telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Their e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Tags, in the order they were added.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Custom attributes.
    #[serde(default)]
    pub custom_attributes: Vec<Known>,
    /// Their points: the sum of all adjustments.
    #[serde(default)]
    pub points: i64,
    /// All points they were ever given.
    #[serde(default)]
    pub accumulated_points: i64,
    /// When they last wrote.
    #[serde(default)]
    pub last_message_received_at: Option<Timestamp>,
    /// When an agent last wrote to them.
    #[serde(default)]
    pub last_cs_message_sent_at: Option<Timestamp>,
    /// When a direct message or a broadcast last went to them.
    #[serde(default)]
    pub last_marketing_message_sent_at: Option<Timestamp>,
    /// Since when they are known.
    pub created_at: Timestamp,
    /// When anything of this changed.
    pub updated_at: Timestamp,
}

impl Record for Customer {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = Vec::new();
        if let Some(member) = &self.member_id {
            keys.push(("member", Cow::Borrowed(member.as_str())));
        }
        if let Some(phone) = &self.phone {
            keys.push(("phone", Cow::Owned(digits(phone))));
        }
        if let Some(email) = &self.email {
            keys.push(("email", Cow::Owned(email.to_lowercase())));
        }
        keys
    }
}

impl Customer {
    /// A person of whom nothing is known but what the team calls them.
    pub fn new(id: String, member_id: Option<&str>, now: Timestamp) -> Self {
        Self {
            id,
            member_id: member_id.map(str::to_owned),
            name: None,
            profile_picture: None,
            phone: None,
            email: None,
            tags: Vec::new(),
            custom_attributes: Vec::new(),
            points: 0,
            accumulated_points: 0,
            last_message_received_at: None,
            last_cs_message_sent_at: None,
            last_marketing_message_sent_at: None,
            created_at: now,
            updated_at: now,
        }
    }
}

impl Omnichat {
    /// The customer with this member id.
    pub fn member(&self, member_id: &str) -> Option<&Customer> {
        self.customers.by("member", member_id).next()
    }

    /// The member id of the person behind a contact.
    pub fn member_id_of(&self, contact: &Contact) -> Option<&str> {
        let customer = self.customers.get(contact.customer.as_deref()?)?;
        customer.member_id.as_deref()
    }

    /// The accounts of a person, oldest first.
    pub fn linked_contacts(&self, customer: &str) -> impl Iterator<Item = &Contact> {
        self.contacts.by("customer", customer)
    }
}
