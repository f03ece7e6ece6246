//! A client of MyOperator: every documented operation of its three servers, typed, by noun.
//!
//! ```no_run
//! # async fn example() -> Result<(), contracts::adapters::myoperator::Error> {
//! use contracts::adapters::myoperator::messages::Outgoing;
//! use contracts::adapters::myoperator::{ApiKey, Client, Hosts, Keys};
//!
//! let keys = Keys {
//!     public_api: Some(ApiKey::new("mock-wa-key-0001", "66c595699b31d875")),
//!     ..Keys::default()
//! };
//! let myoperator = Client::new(&Hosts::at("http://127.0.0.1:4600/myoperator"), &keys)?;
//! let hello = Outgoing::text("87673432323365", ("91", "9876543210"), "Namaste");
//! let sent = myoperator.messages().send(&hello).await?;
//! assert!(sent.data.conversation().is_some());
//! # Ok(())
//! # }
//! ```

mod calls;
pub mod campaigns;
pub mod contacts;
mod error;
pub mod filter;
pub mod logs;
pub mod media;
pub mod messages;
pub mod obd;
pub mod phone_numbers;
pub mod recordings;
pub mod search;
pub mod templates;
pub mod users;
pub mod webhook;

pub use error::{
    ApiRefusal, Complaint, DeveloperRefusal, Error, Gateway, ObdRefusal, Reason, Refused,
};

use std::collections::BTreeMap;
use std::fmt;

use http::header::AUTHORIZATION;
use http::{HeaderValue, Method};
use reqwest::RequestBuilder;
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};

use super::code::Code;
use super::wire::{Answer, Base, pairs, secret};

/// Named values: of the variables of a template, for example.
pub type Variables = BTreeMap<String, String>;

/// Where the three servers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// WhatsApp and contacts.
    pub public_api: String,
    /// Outbound calls.
    pub obd: String,
    /// Users, call logs and recordings.
    pub developers: String,
}

impl Default for Hosts {
    fn default() -> Self {
        Self {
            public_api: "https://publicapi.myoperator.co".to_owned(),
            obd: "https://obd-api.myoperator.co".to_owned(),
            developers: "https://developers.myoperator.co".to_owned(),
        }
    }
}

impl Hosts {
    /// All three behind one address; their paths do not collide.
    pub fn at(base_url: &str) -> Self {
        Self {
            public_api: base_url.to_owned(),
            obd: base_url.to_owned(),
            developers: base_url.to_owned(),
        }
    }
}

/// The credentials of a client; each server takes its own, and none of the others'.
#[derive(Clone, Default)]
pub struct Keys {
    /// For WhatsApp and contacts.
    pub public_api: Option<ApiKey>,
    /// For outbound calls.
    pub obd: Option<ObdKeys>,
    /// For users, call logs and recordings: 32 hexadecimal digits, of one user.
    pub token: Option<String>,
}

/// What the public API asks for.
#[derive(Clone)]
pub struct ApiKey {
    /// The key, sent as `Bearer`.
    pub key: String,
    /// The company, 16 hexadecimal digits, sent as `X-MYOP-COMPANY-ID`.
    pub company_id: String,
}

impl ApiKey {
    /// A key of a company.
    pub fn new(key: &str, company_id: &str) -> Self {
        Self {
            key: key.to_owned(),
            company_id: company_id.to_owned(),
        }
    }
}

/// What the server of outbound calls asks for.
#[derive(Clone)]
pub struct ObdKeys {
    /// The gateway's key, sent as `x-api-key`; many accounts share one.
    pub gateway_key: String,
    /// The company, 16 hexadecimal digits, sent in the body.
    pub company_id: String,
    /// The secret of the account, 64 hexadecimal digits, sent in the body.
    pub secret_token: String,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Which there are may be known, what they are not.
        f.debug_struct("Keys")
            .field("public_api", &self.public_api.is_some())
            .field("obd", &self.obd.is_some())
            .field("token", &self.token.is_some())
            .finish()
    }
}

/// Where the parameters of `POST` and `PUT` stand at the server for developers. It is documented to read them from
/// the query, and seen to read them from all three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carrier {
    /// In the query.
    #[default]
    Query,
    /// In a form.
    Form,
    /// In a JSON object.
    Json,
}

/// A client of one company at MyOperator.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    public_api: Base,
    obd: Base,
    developers: Base,
    bearer: Option<HeaderValue>,
    company: Option<HeaderValue>,
    gateway_key: Option<HeaderValue>,
    obd_keys: Option<ObdKeys>,
    token: Option<String>,
    carrier: Carrier,
    prefixed: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The keys stay out of logs.
        f.debug_struct("Client")
            .field("public_api", &self.public_api.as_str())
            .field("obd", &self.obd.as_str())
            .field("developers", &self.developers.as_str())
            .finish_non_exhaustive()
    }
}

/// What the public API says to a success.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply<T> {
    /// Always `success`.
    pub status: Success,
    /// The status again, as a number or as text, depending on the operation.
    pub code: Code,
    /// In words, for people.
    pub message: String,
    /// In data.
    pub data: T,
    /// The HTTP status that it came with; some successes are documented under 500.
    #[serde(skip)]
    pub http_status: u16,
}

/// The word of a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Success {
    /// The only one.
    Success,
}

/// Nothing to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nothing {}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// How many there are on all pages.
    pub count: u64,
    /// The address of the next page.
    pub next: Option<String>,
    /// The address of the page before.
    pub previous: Option<String>,
    /// The rows.
    pub results: Vec<T>,
}

impl<T> Page<T> {
    /// Where the next page begins. Only the numbers are taken from its address: documented ones point to servers
    /// inside, and forget what was asked for.
    pub fn following(&self) -> Option<Window> {
        let next = reqwest::Url::parse(self.next.as_deref()?).ok()?;
        let number = |name: &str| {
            let mut pairs = next.query_pairs();
            let (_, value) = pairs.find(|(found, _)| found == name)?;
            value.parse().ok()
        };
        Some(Window {
            limit: number("limit"),
            offset: number("offset"),
        })
    }
}

/// Which rows of a list to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Window {
    /// How many; 10 when absent.
    pub limit: Option<u32>,
    /// How many to leave out.
    pub offset: Option<u32>,
}

impl Window {
    /// So many rows, from the first.
    pub fn of(limit: u32) -> Self {
        Self {
            limit: Some(limit),
            offset: None,
        }
    }
}

/// The server that a request is for; each refuses in its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    PublicApi,
    Obd,
    Developers,
}

impl Client {
    /// A client of the servers.
    ///
    /// # Errors
    /// When an address cannot be called or a key cannot be sent.
    pub fn new(hosts: &Hosts, keys: &Keys) -> Result<Self, Error> {
        let base = |address: &str| Base::parse(address).map_err(Error::Setup);
        let header = |text: Option<String>| {
            let value = text.as_deref().map(secret).transpose();
            value.map_err(Error::Setup)
        };
        let api = keys.public_api.as_ref();
        let gateway_key = keys.obd.as_ref().map(|keys| keys.gateway_key.clone());
        Ok(Self {
            http: super::http().map_err(|error| Error::Setup(error.to_string()))?,
            public_api: base(&hosts.public_api)?,
            obd: base(&hosts.obd)?,
            developers: base(&hosts.developers)?,
            bearer: header(api.map(|api| format!("Bearer {}", api.key)))?,
            company: header(api.map(|api| api.company_id.clone()))?,
            gateway_key: header(gateway_key)?,
            obd_keys: keys.obd.clone(),
            token: keys.token.clone(),
            carrier: Carrier::default(),
            prefixed: true,
        })
    }

    /// The same client, with the parameters for developers elsewhere.
    #[must_use]
    pub fn carrying_in(self, carrier: Carrier) -> Self {
        Self { carrier, ..self }
    }

    /// The same client, with paths for developers that do not begin with `/search`: some accounts have only those.
    #[must_use]
    pub fn without_prefix(self) -> Self {
        Self {
            prefixed: false,
            ..self
        }
    }

    /// What WhatsApp has approved.
    pub fn templates(&self) -> templates::Templates<'_> {
        templates::Templates(self)
    }

    /// One template for many.
    pub fn campaigns(&self) -> campaigns::Campaigns<'_> {
        campaigns::Campaigns(self)
    }

    /// The company's own numbers at WhatsApp.
    pub fn phone_numbers(&self) -> phone_numbers::PhoneNumbers<'_> {
        phone_numbers::PhoneNumbers(self)
    }

    /// What is said.
    pub fn messages(&self) -> messages::Messages<'_> {
        messages::Messages(self)
    }

    /// Files for templates and messages.
    pub fn media(&self) -> media::Media<'_> {
        media::Media(self)
    }

    /// Whom the company talks to.
    pub fn contacts(&self) -> contacts::Contacts<'_> {
        contacts::Contacts(self)
    }

    /// Outbound calls.
    pub fn obd(&self) -> obd::Obd<'_> {
        obd::Obd(self)
    }

    /// Who answers calls.
    pub fn users(&self) -> users::Users<'_> {
        users::Users(self)
    }

    /// Calls that were made.
    pub fn logs(&self) -> logs::Logs<'_> {
        logs::Logs(self)
    }

    /// What was said in them.
    pub fn recordings(&self) -> recordings::Recordings<'_> {
        recordings::Recordings(self)
    }

    /// A request to the public API; each part of the path stands alone, and what is null stays out of the query.
    fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: &impl Serialize,
    ) -> Result<RequestBuilder, Error> {
        let (Some(bearer), Some(company)) = (&self.bearer, &self.company) else {
            return Err(Error::NoCredential("key for the public API"));
        };
        let query = pairs(query).map_err(|error| Error::Setup(error.to_string()))?;
        let request = self.http.request(method, self.public_api.at(path, &query));
        Ok(request
            .header(AUTHORIZATION, bearer.clone())
            .header("X-MYOP-COMPANY-ID", company.clone()))
    }

    /// The public API's answer, when it is a success with one of these statuses.
    async fn told<T: DeserializeOwned>(
        &self,
        good: &[u16],
        request: RequestBuilder,
    ) -> Result<Reply<T>, Error> {
        let answer = Answer::to(request).await?;
        if !good.contains(&answer.status) {
            return Err(error::refusal(Server::PublicApi, &answer));
        }
        match serde_json::from_slice::<Reply<T>>(&answer.body) {
            Ok(reply) if matches!(reply.code.number(), Some(200..300)) => Ok(Reply {
                http_status: answer.status,
                ..reply
            }),
            Ok(_) => Err(error::unintelligible(&answer, "a success that is none")),
            // Not every 500 is a success.
            Err(_) if answer.status >= 400 => Err(error::refusal(Server::PublicApi, &answer)),
            Err(why) => Err(error::unintelligible(&answer, &why.to_string())),
        }
    }

    /// A request to the server for developers, with the token among its parameters.
    fn ask_developers(
        &self,
        method: Method,
        path: &[&str],
        parameters: &impl Serialize,
    ) -> Result<RequestBuilder, Error> {
        let Some(token) = &self.token else {
            return Err(Error::NoCredential("token for developers"));
        };
        let setup = |error: serde_json::Error| Error::Setup(error.to_string());
        let mut pairs = pairs(parameters).map_err(setup)?;
        pairs.insert(0, ("token".to_owned(), token.clone()));
        let prefix: &[&str] = if self.prefixed { &["search"] } else { &[] };
        let path = [prefix, path].concat();
        let carrier = match method {
            Method::GET => Carrier::Query,
            _ => self.carrier,
        };
        let bare = self.developers.at(&path, super::wire::NOTHING);
        Ok(match carrier {
            Carrier::Query => self.http.request(method, self.developers.at(&path, &pairs)),
            Carrier::Form => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                let kind = "application/x-www-form-urlencoded";
                let request = self.http.request(method, bare).header("content-type", kind);
                request.body(form.extend_pairs(&pairs).finish())
            }
            Carrier::Json => {
                let members: BTreeMap<_, _> = pairs.into_iter().collect();
                self.http.request(method, bare).json(&members)
            }
        })
    }

    /// A typed success of a server other than the public API.
    async fn read<T: DeserializeOwned>(
        &self,
        server: Server,
        request: RequestBuilder,
    ) -> Result<T, Error> {
        let answer = Answer::to(request).await?;
        if answer.status != 200 {
            return Err(error::refusal(server, &answer));
        }
        serde_json::from_slice(&answer.body)
            .map_err(|why| error::unintelligible(&answer, &why.to_string()))
    }
}

/// A member that may be null, but not absent.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// Words with commas between, as filters of lists take them; none when there are none.
fn listed<T: Serialize>(words: &[T]) -> Option<String> {
    let texts = words.iter().filter_map(|word| {
        let word = serde_json::to_value(word).ok()?;
        word.as_str().map(str::to_owned)
    });
    let texts: Vec<_> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_where_its_address_says_whatever_else_it_says() {
        let page = |next: Option<&str>| Page::<Nothing> {
            count: 11,
            next: next.map(str::to_owned),
            previous: None,
            results: Vec::new(),
        };
        let inside = "https://microapi.example.dev/chat/phonenumbers?limit=10&offset=20";
        let window = Window {
            limit: Some(10),
            offset: Some(20),
        };
        assert_eq!(page(Some(inside)).following(), Some(window));
        assert_eq!(page(None).following(), None);
        assert_eq!(page(Some("nowhere")).following(), None);
    }

    #[test]
    fn keys_stay_out_of_logs() {
        let keys = Keys {
            public_api: Some(ApiKey::new("sesame", "66c595699b31d875")),
            obd: None,
            token: Some("sesame".to_owned()),
        };
        let client = Client::new(&Hosts::default(), &keys).expect("a client");
        assert!(!format!("{keys:?} {client:?}").contains("sesame"));
    }
}
