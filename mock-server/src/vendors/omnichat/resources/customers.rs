//! Customers: the persons behind the contacts, known by `memberId` or `omniCustomerId`.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::error::Error;
use super::super::state::Omnichat;
use super::attributes::{Given, Kind, Known, learn};
use super::contacts::Contact;
use super::tagging_logs::{Source, TagChange};
use super::{Content, Platform, filled, millis};
use crate::kernel::extract::{Body, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
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

/// A customer as answers show them: points are text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    username: String,
    name: Option<String>,
    profile_picture: Option<String>,
    member_id: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    social_channel_subscribed: bool,
    tags: Vec<String>,
    reachable: bool,
    custom_attributes: Vec<ShownAttribute>,
    linked_users: Vec<LinkedUser>,
    point_balance: String,
    accumulated_points: String,
    last_message_received_at: Option<i64>,
    last_cs_message_sent_at: Option<i64>,
    last_marketing_message_sent_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// A custom attribute of a customer: its type is a number.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownAttribute {
    key: String,
    #[serde(rename = "type")]
    kind: u8,
    value: Value,
    display_name: String,
    status: bool,
}

/// A contact of a customer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedUser {
    platform: Platform,
    channel_id: String,
    channel_user_id: String,
    channel_username: String,
    channel_name: String,
    room_id: String,
    subscribed: bool,
}

/// Whom a query means.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    member_id: String,
}

/// Whom a query means, by either of two ids; by both, the member id is a new one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Either {
    /// The team's id.
    pub member_id: Option<String>,
    /// The vendor's id.
    pub omni_customer_id: Option<String>,
}

/// What becomes of a customer; what is absent stays as it is, and so does what is null.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "they are what they say")]
pub struct Change {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    #[serde(flatten)]
    pub tags: TagChange,
    pub custom_attributes: Option<Vec<Given>>,
}

/// `GET /v1/customers` — shows a customer with all their accounts.
pub async fn get(
    store: Store<Omnichat>,
    Query(who): Query<Who>,
) -> Result<impl IntoResponse, Error> {
    let content = store.read(|omnichat, _| {
        let customer = omnichat.member(&who.member_id);
        let customer = customer.ok_or(Error::CustomerUnknown)?;
        Ok::<_, Error>(omnichat.customer_shown(customer))
    })?;
    Ok(Json(Content { content }))
}

/// `PUT /v1/customers` — changes a customer, or makes them; the answer is empty.
pub async fn upsert(
    store: Store<Omnichat>,
    Query(who): Query<Either>,
    Body(change): Body<Change>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|omnichat, moment| omnichat.upsert_customer(who, change, moment))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/customers` — deletes a customer with all their accounts and history.
pub async fn delete(
    store: Store<Omnichat>,
    Query(who): Query<Who>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|omnichat, _| omnichat.delete_customer(&who.member_id))?;
    Ok(StatusCode::NO_CONTENT)
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

    /// Changes a customer, or makes them.
    ///
    /// # Errors
    /// When nobody is meant, an attribute does not fit, or the new member id is somebody else's.
    pub fn upsert_customer(
        &mut self,
        who: Either,
        change: Change,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        let now = moment.now;
        let member = filled(who.member_id);
        let holder = member.as_deref().and_then(|member| self.member(member));
        let holder = holder.map(|holder| holder.id.clone());
        let id = match (filled(who.omni_customer_id), holder) {
            (None, None) if member.is_none() => return Err(Error::MissingParameter),
            (Some(id), Some(holder)) if id != holder => {
                let text = "memberId belongs to another customer";
                return Err(Error::InvalidParameters(text.to_owned()));
            }
            (Some(id), _) | (None, Some(id)) => id,
            (None, None) => moment.ids.hex(24),
        };
        let given = change.custom_attributes.unwrap_or_default();
        let news = self
            .attributes_given(&given)
            .map_err(Error::InvalidCustomAttribute)?;
        let known = self.customers.get(&id).cloned();
        let mut customer = known.unwrap_or_else(|| Customer::new(id.clone(), None, now));
        if member.is_some() {
            customer.member_id = member;
        }
        let fields = [
            (&mut customer.name, change.name),
            (&mut customer.email, change.email),
            (&mut customer.phone, change.phone),
        ];
        for (field, new) in fields {
            if let Some(new) = new {
                *field = filled(Some(new));
            }
        }
        learn(&mut customer.custom_attributes, news);
        let mut added = change.tags.added();
        added.retain(|tag| !customer.tags.contains(tag));
        customer.tags.retain(|tag| change.tags.keeps(tag));
        customer.tags.extend(added.iter().cloned());
        customer.updated_at = now;
        self.customers.put(customer);
        let contacts: Vec<_> = self
            .linked_contacts(&id)
            .map(|one| one.key().into_owned())
            .collect();
        for contact in contacts {
            self.add_tags(&contact, &added, Source::OpenApi, None, now);
        }
        Ok(())
    }

    /// Deletes a customer with all their contacts.
    ///
    /// # Errors
    /// When there is no such member.
    pub fn delete_customer(&mut self, member_id: &str) -> Result<(), Error> {
        let customer = self.member(member_id).ok_or(Error::CustomerUnknown)?;
        let id = customer.id.clone();
        let contacts: Vec<_> = self
            .linked_contacts(&id)
            .map(|one| one.key().into_owned())
            .collect();
        for contact in contacts {
            self.delete_contact(&contact)?;
        }
        self.forget_customer(&id);
        Ok(())
    }

    /// Forgets a customer who has no contacts any more, and their points.
    pub(super) fn forget_customer(&mut self, id: &str) {
        self.customers.remove(id);
        let theirs = self.adjustments.by("customer", id);
        let theirs: Vec<_> = theirs.map(|one| one.id.clone()).collect();
        for adjustment in theirs {
            self.adjustments.remove(&adjustment);
        }
    }

    fn customer_shown(&self, customer: &Customer) -> Shown {
        let attribute = |known: &Known| {
            let attribute = self.attributes.get(&known.key)?;
            let value = match (attribute.kind, &known.value) {
                // The one place where a datetime is written with a space.
                (Kind::DateTime, Value::String(text)) => text.replacen('T', " ", 1).into(),
                (_, value) => value.clone(),
            };
            Some(ShownAttribute {
                key: known.key.clone(),
                kind: attribute.kind.number(),
                value,
                display_name: attribute.display_name.clone(),
                status: true,
            })
        };
        let linked: Vec<_> = self.linked_contacts(&customer.id).collect();
        Shown {
            username: customer.id.clone(),
            name: customer.name.clone(),
            profile_picture: customer.profile_picture.clone(),
            member_id: customer.member_id.clone(),
            phone: customer.phone.clone(),
            email: customer.email.clone(),
            social_channel_subscribed: linked.iter().any(|one| one.status),
            tags: customer.tags.clone(),
            reachable: linked.iter().any(|one| one.may_be_sent_to().is_ok()),
            custom_attributes: customer
                .custom_attributes
                .iter()
                .filter_map(attribute)
                .collect(),
            linked_users: linked.iter().map(|one| self.linked_user(one)).collect(),
            point_balance: customer.points.to_string(),
            accumulated_points: customer.accumulated_points.to_string(),
            last_message_received_at: millis(customer.last_message_received_at),
            last_cs_message_sent_at: millis(customer.last_cs_message_sent_at),
            last_marketing_message_sent_at: millis(customer.last_marketing_message_sent_at),
            created_at: customer.created_at.as_millisecond(),
            updated_at: customer.updated_at.as_millisecond(),
        }
    }

    fn linked_user(&self, contact: &Contact) -> LinkedUser {
        let channel = self.channel(contact.platform, &contact.channel_id).ok();
        let room_id = self.room_id(contact);
        LinkedUser {
            platform: contact.platform,
            channel_id: contact.channel_id.clone(),
            channel_user_id: contact.user_id.clone(),
            // On WhatsApp the room has the name of the user; elsewhere the user is named without the channel.
            channel_username: if contact.platform == Platform::Whatsapp {
                room_id.clone()
            } else {
                let prefix: String = room_id.chars().take(2).collect();
                format!("{prefix}{}", contact.user_id.to_lowercase())
            },
            channel_name: channel.map_or_else(String::new, |channel| channel.channel_name.clone()),
            room_id,
            subscribed: contact.status,
        }
    }

    /// The accounts of a person, oldest first.
    pub fn linked_contacts(&self, customer: &str) -> impl Iterator<Item = &Contact> {
        self.contacts.by("customer", customer)
    }
}
