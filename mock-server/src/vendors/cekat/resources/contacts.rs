//! Contacts: one person per telephone number, listed on new paths and edited through the CRM.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{crm, listed, utc};
use super::super::state::Cekat;
use super::super::webhooks::{Change, News, value};
use super::{Owned, Part, named, normal, own};
use crate::kernel::extract::{Body, Path};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A person who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// Their name: `contact_name` in one list, `display_name` elsewhere.
    pub display_name: String,
    /// Their number as it was first written; may be empty.
    pub phone_number: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Where they were met.
    pub platform: String,
    /// The stage of the CRM they are at.
    pub stage_id: Option<String>,
    /// What was noted about them.
    pub note: Option<String>,
    /// What else is known: nothing, an empty object, or more.
    pub additional_data: Option<Map<String, Value>>,
    /// Since when.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
}

impl Record for Contact {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = vec![("business", Cow::Borrowed(self.business_id.as_str()))];
        let phone = normal(&self.phone_number);
        if !phone.is_empty() {
            keys.push(("phone", Cow::Owned(format!("{}/{phone}", self.business_id))));
        }
        keys
    }
}

impl Owned for Contact {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// An inbox by name.
#[derive(Debug, Serialize)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A contact in the list.
#[derive(Debug, Serialize)]
pub struct Row {
    id: String,
    contact_name: String,
    phone_number: String,
    email: Option<String>,
    platform: String,
    inboxes: Vec<Named>,
    additional_data: Option<Map<String, Value>>,
    created_at: String,
}

/// A contact in the CRM.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    display_name: String,
    phone_number: String,
    email: Option<String>,
    stage_id: Option<String>,
    note: Option<String>,
    additional_data: Option<Map<String, Value>>,
    created_at: String,
    updated_at: String,
}

/// A contact to be made or changed; what is absent stays as it is, and null clears.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Draft {
    display_name: Option<String>,
    phone_number: Option<String>,
    #[serde(default, deserialize_with = "named")]
    email: Option<Option<String>>,
    #[serde(default, deserialize_with = "named")]
    stage_id: Option<Option<String>>,
    #[serde(default, deserialize_with = "named")]
    additional_data: Option<Option<Map<String, Value>>>,
    #[serde(default, deserialize_with = "named")]
    note: Option<Option<String>>,
}

/// Which contact a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    contact_id: String,
}

/// `GET /api/contacts` — lists a page of the contacts made in a period, newest first.
pub async fn v2_list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
) -> Result<impl IntoResponse, Error> {
    let Part { paging, period, .. } = part;
    let page = store.read(|cekat, _| {
        let own = cekat.contacts.by("business", caller.business());
        let mut found: Vec<_> = own.filter(|one| period.holds(one.created_at)).collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.created_at));
        paging.page(found).map(|one| cekat.contact_row(one))
    });
    let metadata = page.metadata();
    Ok(listed(page.rows, metadata))
}

/// `POST /api/crm/contact` — makes a contact, or changes the one with this number.
pub async fn create(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Body(draft): Body<Draft>,
) -> Result<impl IntoResponse, Error> {
    let shown =
        store.try_write(|cekat, moment| cekat.make_contact(draft, caller.business(), moment))?;
    Ok(crm(shown))
}

/// `GET /api/crm/contact/{contact_id}` — shows a contact.
pub async fn get(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.read(|cekat, _| {
        let contact = cekat.contact(&which.contact_id, caller.business())?;
        Ok::<_, Error>(contact.shown())
    })?;
    Ok(crm(shown))
}

/// `PUT /api/crm/contact/{contact_id}` — changes a contact.
pub async fn update(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
    Body(draft): Body<Draft>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.try_write(|cekat, moment| {
        let id = &which.contact_id;
        cekat.contact(id, caller.business())?;
        cekat.change_contact(id, draft, moment)
    })?;
    Ok(crm(shown))
}

impl Contact {
    /// The contact as the CRM shows it.
    pub fn shown(&self) -> Shown {
        Shown {
            id: self.id.clone(),
            display_name: self.display_name.clone(),
            phone_number: self.phone_number.clone(),
            email: self.email.clone(),
            stage_id: self.stage_id.clone(),
            note: self.note.clone(),
            additional_data: self.additional_data.clone(),
            created_at: utc(self.created_at),
            updated_at: utc(self.updated_at),
        }
    }

    /// Takes over what a draft says, and tells the first thing that changed.
    fn take(&mut self, draft: Draft) -> Option<Change> {
        let mut first = None;
        let mut note = |key: &str, old: Value, new: Value, additional: bool| {
            if old != new && first.is_none() {
                first = Some(Change {
                    key: key.to_owned(),
                    old_value: old,
                    new_value: new,
                    is_additional_data: additional.then_some(true),
                });
            }
        };
        if let Some(name) = draft.display_name {
            note(
                "display_name",
                value(&self.display_name),
                value(&name),
                false,
            );
            self.display_name = name;
        }
        if let Some(phone) = draft.phone_number {
            note(
                "phone_number",
                value(&self.phone_number),
                value(&phone),
                false,
            );
            self.phone_number = phone;
        }
        if let Some(email) = draft.email {
            note("email", value(&self.email), value(&email), false);
            self.email = email;
        }
        if let Some(stage) = draft.stage_id {
            note("stage_id", value(&self.stage_id), value(&stage), false);
            self.stage_id = stage;
        }
        if let Some(data) = draft.additional_data {
            let before = self.additional_data.clone().unwrap_or_default();
            let after = data.clone().unwrap_or_default();
            for key in after.keys().chain(before.keys()) {
                let of = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                note(key, of(&before), of(&after), true);
            }
            self.additional_data = data;
        }
        first
    }
}

impl Cekat {
    /// A contact of the business.
    ///
    /// # Errors
    /// When it has none of this id.
    pub fn contact(&self, id: &str, business: &str) -> Result<&Contact, Error> {
        own(&self.contacts, id, business).ok_or(Error::NotFound("Contact"))
    }

    /// The contact with this number, however it is written.
    pub fn contact_by_phone(&self, phone: &str, business: &str) -> Option<&Contact> {
        let key = format!("{business}/{}", normal(phone));
        self.contacts.by("phone", &key).next()
    }

    /// The contact with this number; a new one of this name when there is none.
    pub fn meet(
        &mut self,
        phone: &str,
        name: Option<&str>,
        platform: &str,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Contact {
        if let Some(known) = self.contact_by_phone(phone, business) {
            return known.clone();
        }
        let name = name.filter(|name| !name.is_empty()).unwrap_or(phone);
        let contact = Contact {
            id: moment.ids.uuid().to_string(),
            business_id: business.to_owned(),
            display_name: name.to_owned(),
            phone_number: phone.to_owned(),
            email: None,
            platform: platform.to_owned(),
            stage_id: None,
            note: None,
            additional_data: None,
            created_at: moment.now,
            updated_at: moment.now,
        };
        self.contacts.put(contact).clone()
    }

    /// Makes a contact through the CRM, or changes the one that has the number; nobody is told of either.
    ///
    /// # Errors
    /// When the number is none.
    pub fn make_contact(
        &mut self,
        draft: Draft,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Shown, Error> {
        let phone = draft.phone_number.clone().unwrap_or_default();
        if normal(&phone).is_empty() {
            return Err(Error::invalid("phone_number"));
        }
        let name = draft.display_name.clone();
        let contact = self.meet(&phone, name.as_deref(), "whatsapp", business, moment);
        // Whoever makes a contact that is there already knows nothing of it, and clears none of it.
        let draft = Draft {
            phone_number: None,
            email: draft.email.filter(Option::is_some),
            note: draft.note.filter(Option::is_some),
            stage_id: draft.stage_id.filter(Option::is_some),
            additional_data: draft.additional_data.filter(Option::is_some),
            ..draft
        };
        let now = moment.now;
        let filled = self.contacts.update(&contact.id, |one| {
            one.take(draft);
            if *one != contact {
                one.updated_at = now;
            }
            one.shown()
        });
        filled.ok_or(Error::NotFound("Contact"))
    }

    /// Changes a contact, and tells what changed first and what was noted.
    ///
    /// # Errors
    /// When the new number is none, or another contact's.
    pub fn change_contact(
        &mut self,
        id: &str,
        mut draft: Draft,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Shown, Error> {
        let mut contact = self
            .contacts
            .get(id)
            .cloned()
            .ok_or(Error::NotFound("Contact"))?;
        let business = contact.business_id.clone();
        if let Some(phone) = &draft.phone_number
            && *phone != contact.phone_number
        {
            if normal(phone).is_empty() {
                return Err(Error::invalid("phone_number"));
            }
            let holder = self.contact_by_phone(phone, &business);
            if holder.is_some_and(|holder| holder.id != id) {
                return Err(Error::PhoneTaken);
            }
        }
        let before = contact.clone();
        let noted = draft.note.take().filter(|note| contact.note != *note);
        let changes = contact.take(draft);
        if let Some(note) = &noted {
            contact.note.clone_from(note);
        }
        if contact == before {
            return Ok(contact.shown());
        }
        contact.updated_at = moment.now;
        self.contacts.put(contact.clone());
        if let Some(changes) = changes {
            let data = value(&contact.shown());
            let news = News::ContactUpdated { changes, data };
            self.tell(&business, id, None, news, moment);
        }
        if let Some(note) = noted {
            let news = News::NoteTaken {
                contact_id: id.to_owned(),
                // Nobody has seen a note being cleared; an empty one is the least that says it.
                note: note.unwrap_or_default(),
                previous_note: before.note,
            };
            self.tell(&business, id, None, news, moment);
        }
        Ok(contact.shown())
    }

    fn contact_row(&self, contact: &Contact) -> Row {
        let mut inboxes: Vec<Named> = Vec::new();
        for conversation in self.conversations.by("contact", &contact.id) {
            let id = &conversation.inbox_id;
            if inboxes.iter().all(|known| known.id != *id)
                && let Some(inbox) = self.inboxes.get(id)
            {
                inboxes.push(Named {
                    id: id.clone(),
                    name: inbox.name.clone(),
                });
            }
        }
        Row {
            id: contact.id.clone(),
            contact_name: contact.display_name.clone(),
            phone_number: contact.phone_number.clone(),
            email: contact.email.clone(),
            platform: contact.platform.clone(),
            inboxes,
            additional_data: contact.additional_data.clone(),
            created_at: utc(contact.created_at),
        }
    }
}
