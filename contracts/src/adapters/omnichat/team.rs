//! The team itself: its channels, users, templates and keys, and what it tagged.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::Dialect;
use super::{Client, Error, Page, Paging, Platform, Reply, done};
use crate::adapters::meta::template::Part;

/// The operations on the team.
#[derive(Clone, Copy, Debug)]
pub struct Team<'c>(pub(super) &'c Client);

/// A channel, as the team's list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedChannel {
    /// On which platform.
    pub platform: Platform,
    /// The platform's own id of it; `webchat` for the web chat.
    pub channel_id: String,
    /// Its name; the team's for the web chat.
    pub channel_name: String,
}

/// Somebody of the staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemUser {
    /// The team's name.
    pub team: String,
    /// Their id, a UUID.
    pub username: String,
    /// The address they log in with.
    pub email: Option<String>,
    /// The number they log in with, with `+`.
    pub phone: Option<String>,
    /// The address of their picture.
    pub profile_picture: Option<String>,
    /// Whether they take rooms now.
    pub available: bool,
    /// A number; only 1 is known.
    pub status: i64,
    /// A number; only 7 is known.
    pub role: i64,
    /// What they are called.
    pub name: String,
    /// The code of the employee, of those who sell.
    pub employee_code: Option<String>,
    /// Where they work, of those who sell.
    pub shops: Option<Vec<Shop>>,
}

/// A shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shop {
    /// Its id, of 24 hexadecimal digits.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is grouped by; only empty lists are known.
    pub categories: Vec<Value>,
}

/// What was tagged when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tagged {
    /// From when on, in Unix milliseconds.
    pub tagged_after: i64,
    /// Until before when, in Unix milliseconds; any length of time will do.
    pub tagged_before: i64,
    /// Of which page.
    #[serde(flatten)]
    pub paging: Paging,
}

/// A tag that somebody got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tagging {
    /// When, as `YYYY-MM-DDTHH:mm:ss`.
    pub time: String,
    /// On which platform.
    pub platform: Platform,
    /// On which channel.
    pub channel_id: String,
    /// Who, by the platform's id.
    pub user_id: String,
    /// The tag.
    pub tag: String,
    /// From where.
    pub source: Source,
    /// The message that brought it.
    pub message_id: Option<String>,
}

/// From where a tag comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A chatbot.
    Bot,
    /// A broadcast.
    Broadcast,
    /// Somebody of the staff.
    Manual,
    /// A file.
    Import,
    /// An answer to a word.
    KeywordAutoReply,
    /// This API.
    OpenApi,
    /// A game.
    Game,
    /// A cart that was left behind.
    AbandonedCart,
    /// Advertising for those who know the shop.
    Remarketing,
    /// A link to a product.
    ProductReferral,
    /// A journey.
    Journey,
    /// A menu of LINE.
    LineRichMenu,
    /// Another system.
    ThirdPartySystem,
    /// A coupon.
    Coupon,
    /// A link from channel to channel.
    CrossChannelConnector,
    /// A number that was made known.
    PhoneBinding,
    /// A survey.
    SurveyCake,
    /// Contacts that turned out to be one customer.
    SocialChannelMapping,
    /// A button of a chatbot.
    ChatbotButton,
    /// Something that went into a cart.
    AddCart,
}

/// The templates of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateSelection {
    /// Of which page.
    #[serde(flatten)]
    pub paging: Paging,
    /// Of which number of the business.
    pub phone: String,
}

/// A template of WhatsApp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Meta's id of it.
    pub id: String,
    /// What it is for.
    pub category: TemplateCategory,
    /// Whether it may be sent.
    pub status: TemplateStatus,
    /// Its name.
    pub name: String,
    /// In which language, such as `zh_HK`.
    pub language: String,
    /// What it is made of.
    pub components: Vec<Part>,
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TemplateCategory {
    /// About something the customer did.
    Utility,
    /// Advertising.
    Marketing,
    /// Codes.
    Authentication,
}

/// Whether a template may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TemplateStatus {
    /// It may.
    Approved,
    /// Not yet.
    Pending,
    /// It may not.
    Rejected,
}

/// The public key of a number of the business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    /// Which number.
    pub phone: String,
    /// An RSA key of 2048 bits, as PEM.
    pub business_public_key: String,
}

impl Team<'_> {
    /// `GET /v1/channels` — lists the channels.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn channels(&self) -> Result<Vec<NamedChannel>, Error> {
        self.0.get(&["v1", "channels"]).await
    }

    /// `GET /v1/system-users` — lists the staff.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn system_users(&self) -> Result<Reply<Vec<SystemUser>>, Error> {
        self.0.get(&["v1", "system-users"]).await
    }

    /// `GET /v1/tagging-logs/records` — lists the tags that people got.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn tagging_logs(&self, tagged: &Tagged) -> Result<Page<Tagging>, Error> {
        self.0
            .list(&["v1", "tagging-logs", "records"], tagged)
            .await
    }

    /// `GET /v1/whatsapp-message-templates` — lists the templates of a number.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn whatsapp_templates(
        &self,
        selection: &TemplateSelection,
    ) -> Result<Page<Template>, Error> {
        self.0
            .list(&["v1", "whatsapp-message-templates"], selection)
            .await
    }

    /// `POST /v1/whatsapp-business/public-key` — stores the key with which Meta encrypts for a number.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn store_public_key(&self, key: &PublicKey) -> Result<(), Error> {
        let path = ["v1", "whatsapp-business", "public-key"];
        let request = self.0.ask(Method::POST, &path);
        done(request.json(key), 200, Dialect::Common).await
    }
}
