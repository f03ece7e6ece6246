//! The numbers that messages leave from, and the WhatsApp business accounts they belong to.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::Record;
use crate::vendors::myoperator::state::Instant;

/// A WhatsApp business account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waba {
    /// The vendor's id, a UUID.
    pub id: String,
    /// Whose account.
    pub company_id: String,
    /// Its name.
    pub waba_name: String,
    /// Meta's id.
    pub waba_id: String,
    /// Meta's id of the business behind it.
    pub meta_business_id: String,
    /// When it was made.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
    /// `approved` when messages may leave.
    pub waba_review_status: String,
    /// Whether the vendor's chat service disabled it.
    #[serde(default)]
    pub disabled: bool,
}

impl Record for Waba {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.waba_id)
    }
}

/// A number that messages leave from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneNumber {
    /// The vendor's id, a UUID.
    pub id: String,
    /// Whose number.
    pub company_id: String,
    /// `connected` or `otp_verified`.
    pub phone_number_status: String,
    /// `success` or `pending`.
    pub onboarding_status: String,
    /// `active`, or `disabled` by the vendor's chat service.
    pub status: String,
    /// Meta's id.
    pub phone_number_id: String,
    /// Without `+`.
    pub country_code: String,
    /// Without country code.
    pub phone_number: String,
    /// When it was made.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
    /// Meta's id of its account.
    pub waba_id: String,
    /// What customers see of it.
    pub profile: Profile,
    /// What Meta says about it.
    pub settings: NumberSettings,
}

/// What customers see of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// In one line.
    pub about: Option<String>,
    /// Where.
    pub address: Option<String>,
    /// In more lines.
    pub description: Option<String>,
    /// What kind of business.
    pub category: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// The web page.
    pub website: Option<String>,
    /// A picture.
    pub picture_url: Option<String>,
}

/// What Meta says about a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberSettings {
    /// `GREEN`, `YELLOW`, `RED`.
    pub quality_rating: String,
    /// How many customers a day it may write to first.
    pub messaging_limit_tier: String,
    /// A truth value, written as a text.
    pub is_official_business_account: String,
    /// Whether Meta knows the business.
    pub business_verification_status: String,
}

impl Record for PhoneNumber {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("meta", Cow::Borrowed(&self.phone_number_id)),
            ("company", Cow::Borrowed(&self.company_id)),
        ]
    }
}
