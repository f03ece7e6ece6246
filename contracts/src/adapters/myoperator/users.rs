//! Users: who answers calls.

use http::Method;
use serde::{Deserialize, Serialize, Serializer};

use super::{Client, Code, Error, Server, Success};

/// The operations on users.
#[derive(Clone, Copy, Debug)]
pub struct Users<'c>(pub(super) &'c Client);

/// Which users to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Selection {
    /// Those with this in their name, address or number.
    pub keyword: Option<String>,
    /// Which page, from 1.
    pub page: Option<u32>,
    /// How many to a page: 20 when absent, at most 100.
    #[serde(rename = "page-size")]
    pub page_size: Option<u32>,
    /// Whether to show all at once.
    #[serde(rename = "_all", serialize_with = "one_if")]
    pub all: bool,
}

fn one_if<S: Serializer>(yes: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    yes.then_some(1).serialize(serializer)
}

impl Selection {
    /// All users at once.
    pub fn all() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// Those with this in their name, address or number.
    pub fn with(keyword: &str) -> Self {
        Self {
            keyword: Some(keyword.to_owned()),
            ..Self::default()
        }
    }
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// An id.
    pub user_id: String,
    /// Another, by which calls and changes name them; 16 hexadecimal digits.
    pub uuid: String,
    /// The company.
    pub company_id: String,
    /// Their name.
    pub name: String,
    /// Their address for mail.
    pub email: Option<String>,
    /// What customers dial to reach them, as text.
    pub extension: String,
    /// Their number, without a country code.
    pub contact_number: String,
    /// What kind of phone that is.
    pub contact_type: Option<String>,
    /// Their other number.
    pub alternate_number: Option<String>,
    /// What kind of phone that is.
    pub alternate_contact_type: Option<String>,
    /// What they may do.
    pub role_id: Role,
    /// `1` or `0`.
    pub is_active: String,
    /// `1` or `0`: whether they may use the panel.
    pub is_enabled: String,
    /// 1 or 0, here as a number.
    pub is_available: u8,
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Everything.
    #[serde(rename = "1")]
    SuperAdmin,
    /// Nearly everything; this one, too, may add users.
    #[serde(rename = "2")]
    Admin,
    /// Something.
    #[serde(rename = "4")]
    Manager,
    /// Answer.
    #[serde(rename = "8")]
    Basic,
}

/// A page of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Always `success`.
    pub status: Success,
    /// How many to a page.
    pub page_size: u64,
    /// How many there are.
    pub total_user: u64,
    /// The users.
    pub data: Vec<User>,
    /// The number of the next page as text; empty on the last.
    pub next_page: String,
    /// The number of the page before as text; empty on the first.
    pub prev_page: String,
    /// The status again, as a number.
    pub code: Code,
}

impl Page {
    /// The next page, if there is one.
    pub fn following(&self) -> Option<u32> {
        self.next_page.parse().ok()
    }
}

/// A user to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// Their name.
    pub name: String,
    /// Their number, without the country code; nobody else's first number.
    pub contact_number: String,
    /// The country code of it.
    pub country_code: String,
    /// What customers dial to reach them: 11 to 99, nobody else's.
    pub extension: u8,
    /// What may be left out.
    #[serde(flatten)]
    pub more: Details,
}

/// What may be left out about a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// Their address for mail.
    pub email: Option<String>,
    /// Their other number, without the country code.
    pub alternate_contact_number: Option<String>,
    /// The country code of it, needed with it.
    pub alternate_cc: Option<String>,
    /// Whether they may use the panel; they may when absent.
    pub panel_access: Option<Answer>,
    /// Whether they get calls; they do when absent.
    pub receive_calls: Option<Answer>,
    /// What kind of phone they have; a mobile one when absent.
    pub contact_type: Option<ContactType>,
}

/// Yes or no, as this server writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Answer {
    /// Yes.
    #[serde(rename = "1")]
    Yes,
    /// No.
    #[serde(rename = "2")]
    No,
}

/// A kind of phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactType {
    /// One that moves.
    Mobile,
    /// One made of software.
    Sip,
    /// One on a wire.
    Landline,
}

/// What to change about a user; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Their name.
    pub name: Option<String>,
    /// Their number, without the country code.
    pub contact_number: Option<String>,
    /// The country code of it.
    pub country_code: Option<String>,
    /// What customers dial to reach them: 11 to 99.
    pub extension: Option<u8>,
    /// The rest.
    #[serde(flatten)]
    pub more: Details,
}

/// A user that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// Always `success`.
    pub status: Success,
    /// The status again, as a number.
    pub code: Code,
    /// In words.
    pub message: String,
    /// What calls and changes name them by.
    pub uuid: String,
}

/// A user that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Always `success`; all that is known to be in the answer.
    pub status: Success,
    /// The status again, as a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Users<'_> {
    /// `GET /search/user` — lists users.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, selection: &Selection) -> Result<Page, Error> {
        let request = self.0.ask_developers(Method::GET, &["user"], selection)?;
        self.0.read(Server::Developers, request).await
    }

    /// `POST /search/user` — adds a user.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create(&self, draft: &Draft) -> Result<Added, Error> {
        let request = self.0.ask_developers(Method::POST, &["user"], draft)?;
        self.0.read(Server::Developers, request).await
    }

    /// `PUT /search/user` — changes a user.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn update(&self, uuid: &str, change: &Change) -> Result<Changed, Error> {
        #[derive(Serialize)]
        struct Parameters<'c> {
            uuid: &'c str,
            #[serde(flatten)]
            change: &'c Change,
        }
        let parameters = Parameters { uuid, change };
        let request = self.0.ask_developers(Method::PUT, &["user"], &parameters)?;
        self.0.read(Server::Developers, request).await
    }
}
