//! Contacts: a customer's accounts on the platforms, one per channel and user.

pub mod search;

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::state::Omnichat;
use super::attributes::{Given, Known, learn};
use super::broadcasts::Reaction;
use super::customers::Customer;
use super::tagging_logs::TagChange;
use super::{Paging, Platform, USUAL, filled, key_of};
use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::text::digits;

use search::Filter;

/// An account of a customer's on a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// Where.
    pub platform: Platform,
    /// With which channel of the team's.
    pub channel_id: String,
    /// The platform's id of the user; on WhatsApp the number.
    pub user_id: String,
    /// The user's name.
    pub name: String,
    /// Whether they take messages.
    pub status: bool,
    /// Since when they do.
    #[serde(default)]
    pub subscribed_at: Option<Timestamp>,
    /// Since when they do not, or last did not.
    #[serde(default)]
    pub unsubscribed_at: Option<Timestamp>,
    /// When the last message was written, by either side.
    #[serde(default)]
    pub last_message_time: Option<Timestamp>,
    /// When they last wrote: that opens WhatsApp's window of 24 hours.
    #[serde(default)]
    pub last_inbound_at: Option<Timestamp>,
    /// When anything of this changed.
    pub updated_at: Timestamp,
    /// Tags, in the order they were added.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Custom attributes.
    #[serde(default)]
    pub custom_attributes: Vec<Known>,
    /// What agents noted.
    #[serde(default)]
    pub note: Option<String>,
    /// Their e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Their telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whose account it is, by `omniCustomerId`.
    #[serde(default)]
    pub customer: Option<String>,
    /// The agent they are bound to.
    #[serde(default)]
    pub agent: Option<Binding>,
    /// Whether they are beyond the number of contacts the team pays for.
    #[serde(default)]
    pub over_limit: bool,
    /// Whether nothing reaches them on WhatsApp.
    #[serde(default)]
    pub undeliverable: bool,
    /// WhatsApp's id of the user for this business, such as `HK.10000000000000000001`.
    #[serde(default)]
    pub bsuid: Option<String>,
    /// The same for the business's parent account.
    #[serde(default)]
    pub parent_bsuid: Option<String>,
    /// Their username on WhatsApp.
    #[serde(default)]
    pub username: Option<String>,
}

/// Which agent looks after a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Binding {
    /// The agent's UUID.
    pub agent: String,
    /// The code of the shop they do it for.
    #[serde(default)]
    pub shop: Option<String>,
    /// Since when.
    pub bound_at: Timestamp,
}

/// The key of a contact. Numbers on WhatsApp are the same however they are written.
pub fn contact_key(platform: Platform, channel: &str, user: &str) -> String {
    match number_of(platform, user) {
        Some(number) => key_of(platform, &[channel, &number]),
        None => key_of(platform, &[channel, user]),
    }
}

/// The digits of who goes by a number, and not by one of WhatsApp's user ids such as `HK.1…`.
fn number_of(platform: Platform, user: &str) -> Option<String> {
    let number = digits(user);
    let whatsapp = platform == Platform::Whatsapp && !user.contains('.');
    (whatsapp && !number.is_empty()).then_some(number)
}

impl Record for Contact {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(contact_key(self.platform, &self.channel_id, &self.user_id))
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = Vec::new();
        if let Some(customer) = &self.customer {
            keys.push(("customer", Cow::Borrowed(customer.as_str())));
        }
        for bsuid in [&self.bsuid, &self.parent_bsuid].into_iter().flatten() {
            let key = key_of(self.platform, &[&self.channel_id, bsuid]);
            keys.push(("bsuid", Cow::Owned(key)));
        }
        keys
    }
}

/// Where a path means.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Where {
    platform: Platform,
}

/// Whom a query means.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    channel_id: String,
    user_id: String,
}

/// What becomes of a contact; what is absent stays as it is, and so does what is null.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "they are what they say")]
pub struct Change {
    pub name: Option<String>,
    pub status: Option<bool>,
    #[serde(flatten)]
    pub tags: TagChange,
    pub custom_attributes: Option<Vec<Given>>,
    pub note: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub member_id: Option<String>,
    pub agent_employee_code: Option<String>,
    pub agent_location_code: Option<String>,
}

/// `GET /v1/contacts` — lists a page of the contacts on a platform that a selector names, or that changed in a period.
pub async fn list(
    store: Store<Omnichat>,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let listed = store.read(|omnichat, _| {
        let found = omnichat.contacts_found(&filter)?;
        Ok::<_, Error>(paging.page(found, USUAL, |one| omnichat.contact_shown(one)))
    })?;
    Ok(Json(listed))
}

/// `PUT /v1/contacts/{platform}` — changes a contact, or makes it; the answer is empty.
pub async fn upsert(
    store: Store<Omnichat>,
    Path(at): Path<Where>,
    Query(who): Query<Who>,
    Body(change): Body<Change>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|omnichat, moment| {
        omnichat.upsert_contact(at.platform, &who.channel_id, &who.user_id, change, moment)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/contacts/{platform}` — deletes a contact with its history.
pub async fn delete(
    store: Store<Omnichat>,
    Path(at): Path<Where>,
    Query(who): Query<Who>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|omnichat, _| {
        let key = contact_key(at.platform, &who.channel_id, &who.user_id);
        omnichat.delete_contact(&key)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

impl Contact {
    /// A contact of whom nothing else is known: subscribed, since they can be written to.
    pub fn new(
        platform: Platform,
        channel: &str,
        user: &str,
        name: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let phone = number_of(platform, user);
        let user_id = phone.clone().unwrap_or_else(|| user.to_owned());
        Self {
            platform,
            channel_id: channel.to_owned(),
            name: name.unwrap_or(&user_id).to_owned(),
            status: true,
            subscribed_at: Some(now),
            unsubscribed_at: None,
            last_message_time: None,
            last_inbound_at: None,
            updated_at: now,
            tags: Vec::new(),
            custom_attributes: Vec::new(),
            note: None,
            email: None,
            phone,
            customer: None,
            agent: None,
            over_limit: false,
            undeliverable: false,
            bsuid: None,
            parent_bsuid: None,
            username: None,
            user_id,
        }
    }

    /// Binds them to an agent; for the same agent and shop they are bound since the first time.
    pub fn bind(&mut self, binding: Binding) {
        let same = |known: &Binding| known.agent == binding.agent && known.shop == binding.shop;
        if !self.agent.as_ref().is_some_and(same) {
            self.agent = Some(binding);
        }
    }

    /// Why nothing can be sent to them.
    ///
    /// # Errors
    /// When they unsubscribed, or the plan does not reach them.
    pub fn may_be_sent_to(&self) -> Result<(), Error> {
        if !self.status {
            Err(Error::ContactUnsubscribed)
        } else if self.over_limit {
            Err(Error::ContactNotReachable)
        } else {
            Ok(())
        }
    }
}

impl Omnichat {
    /// The contact of a number of the team's that WhatsApp knows by this user id, the parent's or the business's.
    pub fn contact_by_bsuid(&self, number: &str, bsuid: &str) -> Option<&Contact> {
        let key = key_of(Platform::Whatsapp, &[number, bsuid]);
        self.contacts.by("bsuid", &key).next()
    }

    /// Changes a contact, or makes it.
    ///
    /// # Errors
    /// When the channel, the agent or an attribute is unknown, or the web chat has not made the contact yet.
    pub fn upsert_contact(
        &mut self,
        platform: Platform,
        channel: &str,
        user: &str,
        change: Change,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        let now = moment.now;
        self.channel(platform, channel)?;
        let key = contact_key(platform, channel, user);
        if platform == Platform::Webchat && !self.contacts.contains(&key) {
            return Err(Error::WebchatUserUnknown);
        }
        let given = change.custom_attributes.unwrap_or_default();
        let news = self
            .attributes_given(&given)
            .map_err(Error::InvalidCustomAttribute)?;
        let binding = self.binding(change.agent_employee_code, change.agent_location_code, now)?;
        let before = self.meet(platform, channel, user, None, now).status;
        if let Some(member) = &change.member_id {
            self.link(&key, member, &change.name, moment);
        }
        self.contacts.update(&key, |contact| {
            if let Some(name) = change.name {
                contact.name = name;
            }
            let fields = [
                (&mut contact.note, change.note),
                (&mut contact.email, change.email),
                (&mut contact.phone, change.phone),
            ];
            for (field, new) in fields {
                if let Some(new) = new {
                    *field = filled(Some(new));
                }
            }
            learn(&mut contact.custom_attributes, news);
            if let Some(binding) = binding {
                contact.bind(binding);
            }
            contact.updated_at = now;
        });
        if let Some(status) = change.status
            && status != before
        {
            self.subscribe(&key, status, now);
        }
        self.change_tags(&key, &change.tags, now);
        Ok(())
    }

    /// The agent with this code at this location, both of which are needed.
    fn binding(
        &self,
        code: Option<String>,
        location: Option<String>,
        now: Timestamp,
    ) -> Result<Option<Binding>, Error> {
        let (code, location) = match (filled(code), filled(location)) {
            (None, None) => return Ok(None),
            (Some(code), Some(location)) => (code, location),
            _ => return Err(Error::AgentUnknown),
        };
        let agent = self.agent_by_code(&code, &location);
        let agent = agent.ok_or(Error::AgentUnknown)?;
        Ok(Some(Binding {
            agent: agent.username.clone(),
            shop: Some(location),
            bound_at: now,
        }))
    }

    /// Links a contact to the member with this id, who is made when there is none yet; blank unlinks it.
    fn link(
        &mut self,
        contact: &str,
        member: &str,
        name: &Option<String>,
        moment: &mut Moment<'_, Self>,
    ) {
        let customer = if member.trim().is_empty() {
            None
        } else if let Some(known) = self.member(member) {
            Some(known.id.clone())
        } else {
            let id = moment.ids.hex(24);
            let mut customer = Customer::new(id.clone(), Some(member), moment.now);
            customer.name = name.clone();
            self.customers.put(customer);
            Some(id)
        };
        self.contacts
            .update(contact, |contact| contact.customer = customer);
    }

    /// A contact, by its key, takes messages from now on, or takes no more.
    pub fn subscribe(&mut self, contact: &str, status: bool, now: Timestamp) {
        self.contacts.update(contact, |contact| {
            contact.status = status;
            contact.updated_at = now;
            let since = if status {
                &mut contact.subscribed_at
            } else {
                &mut contact.unsubscribed_at
            };
            *since = Some(now);
        });
        if !status {
            self.react_to_broadcast(contact, Reaction::Unsubscribed, now);
        }
    }

    /// Deletes a contact, by its key, with its room and messages, and the customer behind it if it was their last.
    /// What was logged and sent to many stays.
    ///
    /// # Errors
    /// When there is no such contact.
    pub fn delete_contact(&mut self, key: &str) -> Result<(), Error> {
        let contact = self.contacts.remove(key).ok_or(Error::UserUnknown)?;
        let rooms: Vec<_> = self
            .rooms
            .by("contact", key)
            .map(|one| one.id.clone())
            .collect();
        for id in rooms {
            self.rooms.remove(&id);
        }
        let messages = self.messages.by("contact", key);
        let messages: Vec<_> = messages.map(|one| one.id.clone()).collect();
        for id in messages {
            self.messages.remove(&id);
        }
        self.lose_recipient(key);
        if let Some(customer) = contact.customer
            && self.linked_contacts(&customer).next().is_none()
        {
            self.forget_customer(&customer);
        }
        Ok(())
    }

    /// The contact with this channel and user; a new one, with a name if there is one, where there is none yet.
    pub fn meet(
        &mut self,
        platform: Platform,
        channel: &str,
        user: &str,
        name: Option<&str>,
        now: Timestamp,
    ) -> &Contact {
        let key = contact_key(platform, channel, user);
        if !self.contacts.contains(&key) {
            let contact = Contact::new(platform, channel, user, name, now);
            self.contacts.put(contact);
        }
        self.contacts
            .get(&key)
            .expect("a contact that was just put is there")
    }
}
