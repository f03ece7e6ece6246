//! The address book of a company.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use crate::kernel::extract::{Body, Path, Query, Request};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::{Error, Fields};
use crate::vendors::myoperator::reply::{Nothing, Paging, reply};
use crate::vendors::myoperator::state::{Instant, MyOperator};

pub mod search;

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

/// A new contact.
#[derive(Clone, Debug, Deserialize)]
pub struct NewContact {
    /// The name.
    pub name: String,
    /// With or without `+`.
    pub country_code: String,
    /// Without country code.
    pub phone_number: String,
    /// The mail address.
    pub email_id: Option<String>,
    /// Whether marketing may be sent.
    #[serde(default)]
    pub marketing_opt_in: bool,
    /// What else is known, by the field's id.
    #[serde(default)]
    pub custom_fields: Map<String, Value>,
}

/// What a contact is changed to; what is not said stays.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Changes {
    /// The name.
    pub name: Option<String>,
    /// The mail address; `null` takes it away.
    #[serde(default, deserialize_with = "said")]
    pub email_id: Option<Option<String>>,
    /// Whether marketing may be sent.
    pub marketing_opt_in: Option<bool>,
    /// Fields to be set, or with `null` taken away; the others stay.
    #[serde(default)]
    pub custom_fields: Map<String, Value>,
}

/// Tells a `null` from nothing.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What a list is narrowed down to, and what is shown besides.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    /// With or without `+`.
    pub country_code: Option<String>,
    /// With or without country code.
    pub phone_number: Option<String>,
    /// `custom_fields`.
    pub include: Option<String>,
}

/// Which contact: an id, or a number with country code.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// The one or the other.
    pub contact: String,
}

/// What is shown besides.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Include {
    /// `custom_fields`.
    pub include: Option<String>,
}

/// How many contacts a page has at most.
const MOST: usize = 100;

/// `POST /contacts` — adds a contact to the address book.
pub async fn create(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Body(new): Body<NewContact>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.try_write(|vendor, moment| {
        let with_fields = !new.custom_fields.is_empty();
        let contact = vendor.add_contact(&caller.company, new, moment)?;
        Ok::<_, Error>(contact.shown(with_fields))
    })?;
    Ok(reply("Contact Created", shown))
}

/// `GET /contacts` — lists contacts, latest first.
pub async fn list(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
    Query(filter): Query<Filter>,
) -> impl IntoResponse {
    let with_fields = includes_fields(filter.include.as_deref());
    let page = store.read(|vendor, _| {
        let found = vendor.contacts_like(&caller.company, &filter);
        let paging = Paging::of(&call, MOST);
        paging.page(&call, found, |contact| contact.shown(with_fields))
    });
    reply("Data", page)
}

/// `GET /contacts/{contact}` — shows a contact.
pub async fn get(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Path(named): Path<Named>,
    Query(include): Query<Include>,
) -> Result<impl IntoResponse, Error> {
    let with_fields = includes_fields(include.include.as_deref());
    let shown = store.read(|vendor, _| {
        let contact = vendor.contact_of(&caller.company, &named.contact);
        contact.map(|contact| contact.shown(with_fields))
    });
    Ok(reply(
        "Contact Fetched",
        shown.ok_or(Error::ContactUnknown)?,
    ))
}

/// `PATCH /contacts/{contact}` — changes the contact of an id, and shows it with its custom fields.
pub async fn update_by_id(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Path(named): Path<Named>,
    Body(changes): Body<Changes>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.try_write(|vendor, moment| {
        let known = vendor.contact_of(&caller.company, &named.contact);
        let id = known.ok_or(Error::ContactNotFound)?.id.clone();
        let contact = vendor.change_contact(&id, changes, moment)?;
        Ok::<_, Error>(contact.shown(true))
    })?;
    Ok(reply("Contact Updated", shown))
}

/// `PATCH /contacts/{contact}` — changes the contact of a number, and shows it without its custom fields.
pub async fn update_by_phone(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Path(named): Path<Named>,
    Body(changes): Body<Changes>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.try_write(|vendor, moment| {
        let number = named.contact.trim_start_matches('+');
        let known = vendor.contact_with(&caller.company, number);
        let id = known.ok_or(Error::ContactNotFound)?.id.clone();
        let contact = vendor.change_contact(&id, changes, moment)?;
        Ok::<_, Error>(contact.shown(false))
    })?;
    Ok(reply("Contact Updated", shown))
}

/// `DELETE /contacts/{contact}` — takes a contact out of the address book.
pub async fn delete(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Path(named): Path<Named>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|vendor, _| {
        let known = vendor.contact_of(&caller.company, &named.contact);
        let id = known.ok_or(Error::ContactUnknown)?.id.clone();
        vendor.contacts.remove(&id);
        Ok::<_, Error>(())
    })?;
    Ok(reply("Contact Deleted", Nothing {}))
}

fn includes_fields(include: Option<&str>) -> bool {
    let mut words = include.unwrap_or_default().split(',');
    words.any(|word| word.trim() == "custom_fields")
}

impl Contact {
    /// The contact as clients see it.
    #[must_use]
    pub fn shown(&self, with_fields: bool) -> Value {
        let mut shown = Map::new();
        let mut set = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        set("id", json!(self.id));
        set("company_id", json!(self.company_id));
        set("name", json!(self.name));
        set("country_code", json!(self.country_code));
        set("phone_number", json!(self.phone_number));
        set("email_id", json!(self.email_id));
        set("marketing_opt_in", json!(self.marketing_opt_in));
        if with_fields {
            set("custom_fields", json!(self.custom_fields));
        }
        set("status", json!(self.status));
        set("created", json!(self.created));
        set("modified", json!(self.modified));
        Value::Object(shown)
    }

    /// The number with country code.
    #[must_use]
    pub fn number(&self) -> String {
        format!("{}{}", self.country_code, self.phone_number)
    }
}

/// A new contact's id: the second it was made in, and chance, as the vendor's database makes them.
fn object_id(moment: &mut Moment<'_, MyOperator>) -> String {
    format!("{:08x}{}", moment.now.as_second(), moment.ids.hex(16))
}

impl MyOperator {
    /// A contact of a company by its id.
    #[must_use]
    pub fn contact_of(&self, company: &str, id: &str) -> Option<&Contact> {
        let contact = self.contacts.get(id);
        contact.filter(|contact| contact.company_id == company)
    }

    /// A contact of a company by its number with country code, without `+`.
    #[must_use]
    pub fn contact_with(&self, company: &str, number: &str) -> Option<&Contact> {
        self.contacts
            .by("number", &format!("{company} {number}"))
            .next()
    }

    /// The contacts of a company that a filter lets through, latest first.
    #[must_use]
    pub fn contacts_like(&self, company: &str, filter: &Filter) -> Vec<&Contact> {
        let bare = |text: &Option<String>| {
            let text = text.as_deref()?;
            Some(text.trim().trim_start_matches('+').to_owned())
        };
        let (code, number) = (bare(&filter.country_code), bare(&filter.phone_number));
        let all = self.contacts.by("company", company);
        let mut found: Vec<_> = all
            .filter(|contact| {
                code.as_ref()
                    .is_none_or(|code| *code == contact.country_code)
            })
            .filter(|contact| {
                let is = |number: &String| {
                    *number == contact.phone_number || *number == contact.number()
                };
                number.as_ref().is_none_or(is)
            })
            .collect();
        found.reverse();
        found.sort_by_key(|contact| std::cmp::Reverse(contact.created));
        found
    }

    /// Adds a contact to the address book.
    ///
    /// # Errors
    /// When its number is none or known, or a custom field is unknown or of another kind.
    pub fn add_contact(
        &mut self,
        company: &str,
        new: NewContact,
        moment: &mut Moment<'_, Self>,
    ) -> Result<&Contact, Error> {
        let country_code = new.country_code.trim_start_matches('+').to_owned();
        let number = new.phone_number;
        let wrong = |why: &str| {
            let fields = vec![("phone_number".to_owned(), why.to_owned())];
            Err(Error::ContactInvalid(fields))
        };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return wrong("Enter a valid phone number.");
        }
        let known = self.contact_with(company, &format!("{country_code}{number}"));
        if self.settings.whatsapp.unique_contacts && known.is_some() {
            return wrong("Contact with this phone number already exists.");
        }
        let misfits = self.misfits(company, &new.custom_fields);
        if !misfits.is_empty() {
            return Err(Error::ContactInvalid(misfits));
        }
        let now = Instant::new(moment.now);
        let contact = Contact {
            id: object_id(moment),
            company_id: company.to_owned(),
            name: new.name,
            country_code,
            phone_number: number,
            email_id: new.email_id,
            marketing_opt_in: new.marketing_opt_in,
            status: "active".to_owned(),
            source: Origin::PublicApi,
            custom_fields: new.custom_fields,
            created: now,
            modified: now,
        };
        Ok(self.contacts.put(contact))
    }

    /// Notes a stranger who wrote, or was written to.
    pub fn meet(
        &mut self,
        company: &str,
        (country_code, number): (&str, &str),
        name: &str,
        source: Origin,
        moment: &mut Moment<'_, Self>,
    ) {
        if self
            .contact_with(company, &format!("{country_code}{number}"))
            .is_some()
        {
            return;
        }
        let now = Instant::new(moment.now);
        self.contacts.put(Contact {
            id: object_id(moment),
            company_id: company.to_owned(),
            name: name.to_owned(),
            country_code: country_code.to_owned(),
            phone_number: number.to_owned(),
            email_id: None,
            marketing_opt_in: false,
            status: "active".to_owned(),
            source,
            custom_fields: Map::new(),
            created: now,
            modified: now,
        });
    }

    /// Changes a contact; fields are set one by one.
    ///
    /// # Errors
    /// When there is no such contact, or a custom field is unknown or of another kind.
    pub fn change_contact(
        &mut self,
        id: &str,
        changes: Changes,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Contact, Error> {
        let mut contact = self
            .contacts
            .get(id)
            .cloned()
            .ok_or(Error::ContactNotFound)?;
        let misfits = self.misfits(&contact.company_id, &changes.custom_fields);
        if !misfits.is_empty() {
            return Err(Error::InvalidInput(misfits));
        }
        if let Some(name) = changes.name {
            contact.name = name;
        }
        if let Some(email) = changes.email_id {
            contact.email_id = email;
        }
        if let Some(opt_in) = changes.marketing_opt_in {
            contact.marketing_opt_in = opt_in;
        }
        for (field, value) in changes.custom_fields {
            if value.is_null() {
                contact.custom_fields.shift_remove(&field);
            } else {
                contact.custom_fields.insert(field, value);
            }
        }
        contact.modified = Instant::new(moment.now);
        Ok(self.contacts.put(contact).clone())
    }

    /// What kind of values a custom field of a company has.
    #[must_use]
    pub fn custom_field(&self, company: &str, id: &str) -> Option<&CustomField> {
        self.custom_fields.get(&format!("{company} {id}"))
    }

    /// Everything that is wrong with the values of custom fields.
    fn misfits(&self, company: &str, values: &Map<String, Value>) -> Fields {
        let mut misfits = Fields::new();
        for (id, value) in values {
            let why = match self.custom_field(company, id) {
                None => Some("Custom field does not exist.".to_owned()),
                Some(field) => field.misfit(value),
            };
            misfits.extend(why.map(|why| (id.clone(), why)));
        }
        misfits
    }
}

impl CustomField {
    /// What is wrong with a value, if anything is.
    fn misfit(&self, value: &Value) -> Option<String> {
        let text = value.as_str();
        let fits = match self.kind {
            _ if value.is_null() => true,
            FieldType::Text | FieldType::TextArea | FieldType::SingleSelect => text.is_some(),
            FieldType::Number => value.is_number() || text.is_some_and(looks_like_a_number),
            FieldType::MultiSelect => value
                .as_array()
                .is_some_and(|options| options.iter().all(Value::is_string)),
            FieldType::Switch => value.is_boolean(),
            FieldType::Date => text.is_some_and(|text| search::When::read(text).is_some()),
        };
        if !fits {
            return Some("Invalid value.".to_owned());
        }
        let chosen = match value {
            Value::Array(options) => options.as_slice(),
            one if matches!(self.kind, FieldType::SingleSelect) => std::slice::from_ref(one),
            _ => return None,
        };
        let chosen = chosen.iter().filter_map(Value::as_str);
        let mut strangers = chosen.filter(|option| {
            !self.options.is_empty() && !self.options.iter().any(|known| known == option)
        });
        let stranger = strangers.next()?;
        Some(format!("\"{stranger}\" is not a valid choice."))
    }
}

fn looks_like_a_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}
