//! Contacts: whom the company talks to.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::search::{Cursor, Search};
use super::{Client, Error, Nothing, Page, Reply, Window};

/// The operations on contacts.
#[derive(Clone, Copy, Debug)]
pub struct Contacts<'c>(pub(super) &'c Client);

/// What a company keeps of a contact beyond the usual, by the ids of its fields.
pub type Fields = BTreeMap<String, FieldValue>;

/// The value of a field of the company's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// Of a switch.
    Switch(bool),
    /// Of a text, of one choice; of a number, written as text; of a day, as `YYYY-MM-DD`; of a moment, as
    /// `YYYY-MM-DD HH:MM:SS` or with `T` and `Z`.
    Text(String),
    /// Of a choice of several.
    Choices(Vec<String>),
    /// Of a number, where it is not written as text.
    Number(Number),
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for FieldValue {
    fn from(on: bool) -> Self {
        Self::Switch(on)
    }
}

impl From<&[&str]> for FieldValue {
    fn from(choices: &[&str]) -> Self {
        Self::Choices(choices.iter().map(|choice| (*choice).to_owned()).collect())
    }
}

/// A contact to be created.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Draft {
    /// What they are called.
    pub name: String,
    /// Their country code, with or without a plus.
    pub country_code: String,
    /// The rest of their number: 7 to 15 digits.
    pub phone_number: String,
    /// Their address for mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_id: Option<String>,
    /// Whether they want to hear of offers; no when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketing_opt_in: Option<bool>,
    /// What else to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<Fields>,
}

/// What to change about a contact. The number cannot be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Change {
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their address for mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_id: Option<String>,
    /// Whether they want to hear of offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketing_opt_in: Option<bool>,
    /// What else to keep; fields that are not named stay as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<Fields>,
}

/// Which contacts to show, and what of them; at most 100 at a time.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Whether to show the company's own fields.
    pub with_custom_fields: bool,
    /// Those of this country.
    pub country_code: Option<String>,
    /// The one of this number, with or without the country code.
    pub phone_number: Option<String>,
    /// Which of them.
    pub window: Window,
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id, 24 hexadecimal digits.
    pub id: String,
    /// The company, 16 hexadecimal digits.
    pub company_id: String,
    /// What they are called.
    pub name: String,
    /// Their country code, without a plus.
    pub country_code: String,
    /// The rest of their number.
    pub phone_number: String,
    /// Their address for mail.
    pub email_id: Option<String>,
    /// Whether they want to hear of offers.
    pub marketing_opt_in: bool,
    /// Whether they are still there; an answer to a creation may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Activity>,
    /// What else is kept, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<Fields>,
    /// Since when: UTC with six digits of a second.
    pub created: String,
    /// Last changed when.
    pub modified: String,
}

/// Whether a contact is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activity {
    /// Yes.
    Active,
    /// No.
    Inactive,
}

/// Where a contact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Somebody typed it in.
    ManualEntry,
    /// The audience of a campaign.
    WabaCampaigns,
    /// They wrote.
    WabaMessage,
    /// A table.
    Imported,
    /// A call of this API.
    PublicApi,
}

/// A contact that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// Their address for mail.
    pub email_id: Option<String>,
    /// Whether they want to hear of offers.
    pub marketing_opt_in: bool,
    /// What they are called.
    pub name: String,
    /// The number without its country code.
    pub phone_number: String,
    /// The country code.
    pub country_code: String,
    /// Where they come from.
    pub source: Source,
    /// Since when: UTC.
    pub created: String,
    /// Last changed when.
    pub modified: String,
    /// Whether they are still there.
    pub status: Activity,
    /// Where the search can go on from here.
    pub pagination_token: String,
}

/// A page of contacts that were found, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// How many are on this page.
    pub total: u64,
    /// How many there are.
    pub filter_total: u64,
    /// The contacts.
    pub results: Vec<Found>,
}

impl Findings {
    /// Where the next page begins, if there is anything on this one.
    pub fn following(&self) -> Option<Cursor> {
        let last = self.results.last()?;
        Some(Cursor::After(last.pagination_token.clone()))
    }
}

#[derive(Serialize)]
struct Include {
    include: Option<&'static str>,
}

impl Include {
    fn custom_fields(yes: bool) -> Self {
        Self {
            include: yes.then_some("custom_fields"),
        }
    }
}

impl Contacts<'_> {
    /// `POST /contacts` — creates a contact.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create(&self, draft: &Draft) -> Result<Reply<Contact>, Error> {
        let request = self.0.ask(Method::POST, &["contacts"], &Nothing {})?;
        self.0.told(&[200], request.json(draft)).await
    }

    /// `POST /contacts` — finds contacts; what is asked for makes the difference to creating one.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn search(&self, search: &Search, from: &Cursor) -> Result<Reply<Findings>, Error> {
        let request = self.0.ask(Method::POST, &["contacts"], &from.query())?;
        self.0.told(&[200], request.json(search)).await
    }

    /// `GET /contacts` — lists contacts, the newest first.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, selection: &Selection) -> Result<Reply<Page<Contact>>, Error> {
        #[derive(Serialize)]
        struct Query<'s> {
            #[serde(flatten)]
            include: Include,
            country_code: Option<&'s str>,
            phone_number: Option<&'s str>,
            #[serde(flatten)]
            window: Window,
        }
        let query = Query {
            include: Include::custom_fields(selection.with_custom_fields),
            country_code: selection.country_code.as_deref(),
            phone_number: selection.phone_number.as_deref(),
            window: selection.window,
        };
        let request = self.0.ask(Method::GET, &["contacts"], &query)?;
        self.0.told(&[200], request).await
    }

    /// `GET /contacts/{contact}` — shows a contact, by id.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn get(&self, id: &str, with_custom_fields: bool) -> Result<Reply<Contact>, Error> {
        let include = Include::custom_fields(with_custom_fields);
        let request = self.0.ask(Method::GET, &["contacts", id], &include)?;
        self.0.told(&[200], request).await
    }

    /// `PATCH /contacts/{contact}` — changes a contact, by id.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn update(&self, id: &str, change: &Change) -> Result<Reply<Contact>, Error> {
        let path = ["contacts", id];
        let request = self.0.ask(Method::PATCH, &path, &Nothing {})?;
        self.0.told(&[200], request.json(change)).await
    }

    /// `PATCH /contacts/{contact}` — changes a contact, by its number with the country code; the answer leaves out
    /// the company's own fields.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn update_by_phone(
        &self,
        number: &str,
        change: &Change,
    ) -> Result<Reply<Contact>, Error> {
        self.update(number, change).await
    }

    /// `DELETE /contacts/{contact}` — deletes a contact, by id.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete(&self, id: &str) -> Result<Reply<Nothing>, Error> {
        let path = ["contacts", id];
        let request = self.0.ask(Method::DELETE, &path, &Nothing {})?;
        self.0.told(&[200], request).await
    }
}
