//! Businesses, inboxes, integrations, agents and contacts.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::{Classic, Client, Done, Error, Filter, Many, Named};

/// The operations on whoever and whatever belongs to a business.
#[derive(Clone, Copy, Debug)]
pub struct People<'c>(pub(super) &'c Client);

/// A business to be registered by a reseller.
#[derive(Clone, Debug, Serialize)]
pub struct Registration {
    /// Its name.
    pub business_name: String,
    /// The address to log in with.
    pub email: String,
    /// Its number.
    pub phone_number: String,
    /// The password to log in with.
    pub password: String,
    /// The reseller.
    pub referral_code: String,
    /// What the reseller calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// A key of the reseller's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal_access_key: Option<String>,
}

/// The answer to a registration, which has no data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// Always true.
    pub success: bool,
    /// The status again.
    pub status_code: u16,
    /// The key of the new business.
    pub cekat_api_key: String,
}

/// A business.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Business {
    /// Its id.
    pub id: String,
    /// Since when.
    pub created_at: String,
    /// Its name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The number.
    pub phone_num: Option<String>,
    /// What was bought.
    pub package_type: String,
    /// Since when it is paid for.
    pub package_start_date: Option<String>,
    /// Until when.
    pub package_exp_date: Option<String>,
    /// Whether that is over.
    pub is_expired: bool,
    /// Credits used this month.
    pub total_used_chat_credit_per_month: Number,
    /// Credits bought besides.
    pub chat_credit_topup: Number,
    /// Conversations used.
    pub total_used_convo: Number,
    /// Conversations bought besides.
    pub convo_credit_topup: Number,
    /// The key.
    pub open_api_key: String,
}

/// An inbox, as the older list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbox {
    /// Its id.
    pub id: String,
    /// Since when.
    pub created_at: String,
    /// Whose it is.
    pub business_id: String,
    /// Its name.
    pub name: String,
    /// In words.
    pub description: Option<String>,
    /// The number.
    pub phone_number: Option<String>,
    /// Its status.
    pub status: String,
    /// The machine that answers.
    pub ai_agent_id: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// Its kind.
    pub r#type: String,
}

/// An inbox, as the newer list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboxRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub r#type: String,
    /// Its status.
    pub status: String,
    /// The flow it follows.
    pub flow_id: Option<String>,
    /// Whether it follows one.
    pub flow_mode: bool,
    /// The flow's name.
    pub flow_name: Option<String>,
    /// The machine that answers.
    pub ai_agent_id: Option<String>,
    /// Its name.
    pub ai_agent_name: Option<String>,
    /// Whether conversations move on by themselves.
    pub auto_reassign: bool,
    /// The number.
    pub phone_number: Option<String>,
    /// Whose it is.
    pub business_id: String,
    /// Since when.
    pub created_at: String,
}

/// What the business is tied to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Integration {
    /// Its id.
    pub id: String,
    /// Since when.
    pub created_at: String,
    /// Whose it is.
    pub business_id: String,
    /// Its kind.
    pub r#type: String,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: String,
}

/// Somebody who answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The address.
    pub email: String,
    /// Where they belong.
    pub division: Vec<String>,
    /// Whether they are there.
    pub is_online: bool,
    /// Since when.
    pub created_at: String,
}

/// A customer, as the list shows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: String,
    /// Their name.
    pub contact_name: String,
    /// The number.
    pub phone_number: String,
    /// The address.
    pub email: Option<String>,
    /// Where they write from.
    pub platform: String,
    /// Which inboxes know them.
    pub inboxes: Vec<Named>,
    /// What else is kept.
    pub additional_data: Option<Value>,
    /// Since when.
    pub created_at: String,
}

/// What an agent may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answer.
    Agent,
    /// Watch over those who do.
    Supervisor,
}

impl People<'_> {
    /// `POST /register` — registers a business, with a reseller's key.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn register(&self, registration: &Registration) -> Result<Registered, Error> {
        let request = self.0.ask_as_partner(Method::POST, &["register"])?;
        self.0.read_as(201, request.json(registration)).await
    }

    /// `POST /register` — registers a business as a web form does, with a reseller's key.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn register_by_form(&self, registration: &Registration) -> Result<Registered, Error> {
        let request = self.0.ask_as_partner(Method::POST, &["register"])?;
        self.0.read_as(201, request.form(registration)).await
    }

    /// `GET /businesses` — shows the business.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn business(&self) -> Result<Classic<Business>, Error> {
        let request = self.0.ask(Method::GET, &["businesses"])?;
        self.0.read(request).await
    }

    /// `GET /inboxes` — lists the inboxes.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn inboxes(&self) -> Result<Classic<Vec<Inbox>>, Error> {
        let request = self.0.ask(Method::GET, &["inboxes"])?;
        self.0.read(request).await
    }

    /// `GET /integrations` — lists what the business is tied to.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn integrations(&self) -> Result<Classic<Vec<Integration>>, Error> {
        let request = self.0.ask(Method::GET, &["integrations"])?;
        self.0.read(request).await
    }

    /// `DELETE /integrations/delete` — unties the business.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete_integrations(&self) -> Result<Done, Error> {
        let path = ["integrations", "delete"];
        self.0.read(self.0.ask(Method::DELETE, &path)?).await
    }

    /// `GET /api/inboxes` — lists the inboxes, in pages.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn inbox_rows(&self, filter: &Filter) -> Result<Many<InboxRow>, Error> {
        self.0.page(&["api", "inboxes"], filter, filter).await
    }

    /// `GET /api/agents` — lists the agents.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn agents(&self, filter: &Filter) -> Result<Many<Agent>, Error> {
        self.0.page(&["api", "agents"], filter, filter).await
    }

    /// `GET /api/contacts` — lists the customers.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn contacts(&self, filter: &Filter) -> Result<Many<Contact>, Error> {
        self.0.page(&["api", "contacts"], filter, filter).await
    }
}
