//! The company's own numbers at WhatsApp.

use http::Method;
use serde::{Deserialize, Serialize};

use super::{Client, Error, Page, Reply, Window, listed};

/// The operations on numbers.
#[derive(Clone, Copy, Debug)]
pub struct PhoneNumbers<'c>(pub(super) &'c Client);

/// Which numbers to show, and what of them.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those of this WhatsApp account.
    pub waba_id: Option<String>,
    /// What else to show of them.
    pub expand: Vec<Expand>,
    /// Which of them.
    pub window: Window,
}

/// What else there is to show of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expand {
    /// What Meta allows.
    Settings,
    /// What customers see.
    Profile,
    /// The account it belongs to.
    WabaAccount,
}

/// A number. Only those that are active are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneNumber {
    /// Its id, a UUID; messages take it as well as Meta's.
    pub id: String,
    /// How far it is with Meta.
    pub phone_number_status: Connection,
    /// How far it is with the vendor.
    pub onboarding_status: Onboarding,
    /// `active`.
    pub status: String,
    /// Meta's id.
    pub phone_number_id: String,
    /// Its country code, digits.
    pub country_code: String,
    /// The rest of it, digits.
    pub phone_number: String,
    /// Since when: UTC.
    pub created: String,
    /// Last changed when.
    pub modified: String,
    /// The account it belongs to, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waba_account: Option<WabaAccount>,
    /// What customers see, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// What Meta allows, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
}

/// How far a number is with Meta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// Somebody has it.
    OtpVerified,
    /// It can send.
    Connected,
}

/// How far a number is with the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Onboarding {
    /// Not there yet.
    Pending,
    /// There.
    Success,
}

/// A WhatsApp account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WabaAccount {
    /// Its id, a UUID.
    pub id: String,
    /// Its name.
    pub waba_name: String,
    /// Meta's id.
    pub waba_id: String,
    /// Meta's id of the business.
    pub meta_business_id: String,
    /// Since when: UTC.
    pub created: String,
    /// Last changed when.
    pub modified: String,
    /// What Meta thinks of it.
    pub waba_review_status: String,
}

/// What customers see of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// In a few words.
    pub about: Option<String>,
    /// Where it is.
    pub address: Option<String>,
    /// In more words.
    pub description: Option<String>,
    /// What kind of business.
    pub category: Option<String>,
    /// Its address for mail.
    pub email: Option<String>,
    /// Its page.
    pub website: Option<String>,
    /// Its picture.
    pub picture_url: Option<String>,
}

/// What Meta allows a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How customers like it.
    pub quality_rating: Option<String>,
    /// How many it may write to, such as `TIER_250`.
    pub messaging_limit_tier: Option<String>,
    /// `true` or `false`, as text.
    pub is_official_business_account: Option<String>,
    /// Whether Meta knows the business.
    pub business_verification_status: Option<String>,
}

impl PhoneNumbers<'_> {
    /// `GET /chat/phonenumbers` — lists the numbers.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self, selection: &Selection) -> Result<Reply<Page<PhoneNumber>>, Error> {
        #[derive(Serialize)]
        struct Query<'s> {
            #[serde(flatten)]
            window: Window,
            expand: Option<String>,
            waba_id: Option<&'s str>,
        }
        let query = Query {
            window: selection.window,
            expand: listed(&selection.expand),
            waba_id: selection.waba_id.as_deref(),
        };
        let request = self.0.ask(Method::GET, &["chat", "phonenumbers"], &query)?;
        self.0.told(&[200], request).await
    }
}
