//! Contacts: the people of one channel, as their platform knows them.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::error::Dialect;
use super::{
    Channel, Client, CustomAttribute, Error, Page, Paging, Platform, Tags, Value, done, read,
};

/// The operations on contacts.
#[derive(Clone, Copy, Debug)]
pub struct Contacts<'c>(pub(super) &'c Client);

/// A contact, named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Who<'a> {
    /// On which platform.
    #[serde(skip)]
    pub platform: Platform,
    /// On which channel of the team.
    pub channel_id: &'a str,
    /// The platform's id of them.
    pub user_id: &'a str,
}

/// Which contacts to list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// On which platform.
    pub platform: Platform,
    /// On which channel; all when absent.
    pub channel_id: Option<String>,
    /// Which of them.
    #[serde(flatten)]
    pub by: By,
    /// Of which page.
    #[serde(flatten)]
    pub paging: Paging,
}

/// What selects contacts; one of them has to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum By {
    /// The platform's id.
    User {
        /// The id.
        user_id: String,
    },
    /// The team's own id.
    Member {
        /// The id.
        member_id: String,
    },
    /// The number.
    Phone {
        /// The number, as it is kept.
        phone: String,
    },
    /// The address.
    Email {
        /// The address.
        email: String,
    },
    /// When they last changed; any length of time will do.
    Updated {
        /// From when on, in Unix milliseconds.
        updated_after: i64,
        /// Until before when, in Unix milliseconds.
        updated_before: i64,
    },
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Where.
    pub channel: Channel,
    /// The platform's id of them.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// When they last wrote, in Unix milliseconds.
    pub last_message_time: Option<i64>,
    /// Since when they hear from the team, in Unix milliseconds.
    pub subscribed_at: Option<i64>,
    /// Since when they do not, in Unix milliseconds.
    pub unsubscribed_at: Option<i64>,
    /// When anything here last changed, in Unix milliseconds.
    pub updated_at: Option<i64>,
    /// Their tags, in the order in which they got them.
    pub tags: Vec<String>,
    /// What the team's own fields hold; absent in some examples.
    pub custom_attributes: Option<Vec<Field>>,
    /// Whether they hear from the team.
    pub status: bool,
    /// What was noted about them; empty or null when nothing.
    pub note: Option<String>,
    /// Their address; empty or null when unknown.
    pub email: Option<String>,
    /// Their number; empty or null when unknown.
    pub phone: Option<String>,
    /// The team's own id of them; empty or null when they have none.
    pub member_id: Option<String>,
    /// Whose customer they are, by name; only where shops have customers of their own.
    pub agent_name: Option<String>,
    /// The same by the code of the employee.
    pub agent_employee_code: Option<String>,
    /// Since when, in Unix milliseconds.
    pub agent_bind_time: Option<i64>,
    /// Of which shop, by name.
    pub agent_location_name: Option<String>,
    /// The same by the code of the shop.
    pub agent_location_code: Option<String>,
    /// WhatsApp's id of them for this business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<String>,
}

/// A field that the team has defined, with what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Which field.
    pub key: String,
    /// What it holds; a moment as `YYYY-MM-DDTHH:mm:ss`.
    pub value: Option<Value>,
    /// What it can hold.
    pub r#type: FieldType,
    /// What people call it.
    pub display_name: Option<String>,
}

/// What a field can hold, by name; customers have it by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// A text.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// A moment.
    Datetime,
    /// Yes or no.
    Boolean,
}

/// What is to be known of a contact from now on; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether they hear from the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<bool>,
    /// Their tags.
    #[serde(flatten)]
    pub tags: Option<Tags>,
    /// What the team's own fields hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_attributes: Vec<CustomAttribute>,
    /// What is noted about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The team's own id of them; links them to the customer of that id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_id: Option<String>,
    /// Whose customer they are; together with the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_employee_code: Option<String>,
    /// Of which shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_location_code: Option<String>,
    /// What no field was defined for; of the newer guide.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra_attributes: BTreeMap<String, String>,
}

/// Whose ids to look up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identities {
    /// LINE; no other is supported yet.
    pub platform: Platform,
    /// On which channel.
    pub channel_id: String,
    /// The platform's ids; 1 to 100.
    pub ids: Vec<String>,
}

/// Who somebody is to the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The platform's id, as it was asked for.
    pub id: String,
    /// The team's own; none for strangers.
    pub member_id: Option<String>,
}

impl Contacts<'_> {
    /// `GET /v1/contacts` — lists contacts of a platform.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, selection: &Selection) -> Result<Page<Contact>, Error> {
        self.0.list(&["v1", "contacts"], selection).await
    }

    /// `PUT /v1/contacts/{platform}` — creates or changes a contact; visitors of the web chat are only changed.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn upsert(&self, who: Who<'_>, change: &Change) -> Result<(), Error> {
        let path = ["v1", "contacts", who.platform.name()];
        let request = self.0.ask_for(Method::PUT, &path, &who)?;
        done(request.json(change), 204, Dialect::Common).await
    }

    /// `DELETE /v1/contacts/{platform}` — deletes a contact, with all that was said.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete(&self, who: Who<'_>) -> Result<(), Error> {
        let path = ["v1", "contacts", who.platform.name()];
        let request = self.0.ask_for(Method::DELETE, &path, &who)?;
        done(request, 204, Dialect::Common).await
    }

    /// `POST /v1/identities/member-data` — tells the team's own ids of contacts, in the order of the request.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn member_data(&self, identities: &Identities) -> Result<Page<Member>, Error> {
        let path = ["v1", "identities", "member-data"];
        let request = self.0.ask(Method::POST, &path);
        read(request.json(identities), Dialect::Common).await
    }
}
