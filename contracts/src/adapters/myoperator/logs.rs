//! Logs: calls and short messages that came and went.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::filter::Expression;
use super::{Client, Code, Error, Server, Success};

/// The operations on logs.
#[derive(Clone, Copy, Debug)]
pub struct Logs<'c>(pub(super) &'c Client);

/// Which logs to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// From this moment, in Unix seconds.
    pub from: Option<i64>,
    /// To this moment, in Unix seconds.
    pub to: Option<i64>,
    /// How many to leave out.
    pub log_from: Option<u64>,
    /// How many to a page: 20 when absent, at most 100.
    pub page_size: Option<u32>,
    /// Those with this in the customer's name or number, an address, a comment or the id.
    pub search_key: Option<String>,
    /// Those for which this holds.
    pub filters: Option<Expression>,
}

/// A page of logs, the last to start first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Always `success`.
    pub status: Success,
    /// The status again, as a number.
    pub code: Code,
    /// The page.
    pub data: Hits,
}

/// A page of logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hits {
    /// How many there are on all pages.
    pub total: u64,
    /// How well the best one fits; nobody counts.
    pub max_score: Option<Number>,
    /// The logs.
    pub hits: Vec<Hit>,
}

impl Hits {
    /// How many logs to leave out for the next page, when this one was had by leaving out so many.
    pub fn following(&self, log_from: u64) -> Option<u64> {
        let next = log_from + u64::try_from(self.hits.len()).ok()?;
        (!self.hits.is_empty() && next < self.total).then_some(next)
    }
}

/// A log as an index finds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// `latestlogs`.
    #[serde(rename = "_index")]
    pub index: String,
    /// `logs`.
    #[serde(rename = "_type")]
    pub kind: String,
    /// The log's id, whatever it is called.
    pub user_id: String,
    /// How well it fits.
    #[serde(rename = "_score")]
    pub score: Option<Number>,
    /// The log.
    #[serde(rename = "_source")]
    pub log: Log,
}

/// A log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// Its id, 32 hexadecimal digits.
    pub allcaller_id: String,
    /// Through what: `1` the company's number, `2` an agent's phone.
    pub source: String,
    /// The company.
    pub company_id: String,
    /// The customer's number without its country code, whoever called.
    pub caller_number_raw: String,
    /// The customer's name; empty when nobody knows it.
    #[serde(rename = "_cm")]
    pub contact_name: String,
    /// The customer's number with a plus and its country code.
    pub caller_number: String,
    /// The country code.
    pub country: String,
    /// Where the customer is, such as `DL, IN`.
    pub state: String,
    /// When it was written down, in Unix seconds.
    pub synced_time: i64,
    /// When it began, in Unix seconds.
    pub start_time: i64,
    /// The same in milliseconds.
    #[serde(rename = "_ms")]
    pub start_ms: i64,
    /// The seconds between midnight, UTC, and its beginning; no duration.
    pub seconds: u32,
    /// When it ended, in Unix seconds.
    pub end_time: i64,
    /// How long it took, ringing included: `HH:MM:SS`.
    pub duration: String,
    /// The same in minutes, with two decimals.
    #[serde(rename = "_drm")]
    pub minutes: Number,
    /// 1 a call, 2 a short message; not who called whom.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Who began: 1 the customer, 2 the company.
    pub event: u8,
    /// The recording; empty unless it is connected.
    pub filename: String,
    /// A page that plays it, or nothing.
    pub fileurl: String,
    /// How it came about: `0` by itself, `1` by a click, `2` by a request, `3` in a browser.
    #[serde(rename = "_ns")]
    pub origin: String,
    /// What became of it: 1 connected, 2 missed, 3 voicemail.
    pub status: u8,
    /// The department that was called.
    pub department_name: String,
    /// Its id, 16 hexadecimal digits.
    pub department_id: String,
    /// What else is known, such as `unique_id`; see [`Log::parameter`].
    pub additional_parameters: Vec<Parameter>,
    /// What was written about it; of what shape nobody has seen.
    pub comments: Vec<Value>,
    /// Each agent that was called.
    pub log_details: Vec<Leg>,
    /// Whether the customer hid their number: 0 or 1.
    #[serde(rename = "_an")]
    pub anonymous: u8,
    /// Which agents answered, and which did not.
    #[serde(rename = "_us")]
    pub agents: Vec<Parameter>,
    /// How long agents spoke.
    #[serde(rename = "_tc")]
    pub talks: Vec<Talk>,
    /// A reference of the vendor's; empty where there is none, as with the next three.
    #[serde(rename = "_ri")]
    pub reference_id: String,
    /// The job that it was one call of.
    #[serde(rename = "_ji")]
    pub job_id: String,
    /// The campaign that said how to call.
    #[serde(rename = "_ivid")]
    pub public_ivr_id: String,
    /// The caller's own reference.
    #[serde(rename = "_cri")]
    pub client_ref_id: String,
    /// False.
    #[serde(rename = "_rv")]
    pub rv: bool,
}

impl Log {
    /// What else is known, by name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.additional_parameters.iter();
        parameters
            .find(|one| one.key == name)
            .map(|one| one.value.as_str())
    }
}

/// Something that is known, or how an agent fared, by the agent's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// What.
    #[serde(rename = "ky")]
    pub key: String,
    /// The value; always a text.
    #[serde(rename = "vl")]
    pub value: String,
}

/// How long an agent spoke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Which agent.
    #[serde(rename = "ye")]
    pub agent: String,
    /// How many seconds.
    #[serde(rename = "yf")]
    pub seconds: u64,
}

/// An agent that was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Whether the agent is known by number only.
    #[serde(rename = "_an")]
    pub anonymous: bool,
    /// Whether the agent had time to write something down.
    #[serde(rename = "_wr")]
    pub wrap_up: bool,
    /// Since when it rang: `YYYY-MM-DD HH:MM:SS`, UTC.
    #[serde(rename = "_rst")]
    pub ring_start: String,
    /// `ANSWER`, `NOANSWER`, `CANCEL` or `BUSY`.
    #[serde(rename = "_ds")]
    pub dial_status: String,
    /// Through which number, with a plus and its country code.
    #[serde(rename = "_did")]
    pub did: String,
    /// Who it was.
    pub received_by: Vec<Agent>,
    /// Who got the call from them; the vendor spells it so.
    #[serde(rename = "transfered_to")]
    pub transferred_to: Vec<Agent>,
    /// `1`, whether they answered or not.
    pub status: String,
    /// When they answered, or when it stopped ringing, in Unix seconds.
    pub start_time: i64,
    /// When they hung up, or when it stopped ringing.
    pub end_time: i64,
    /// How long they spoke: `HH:MM:SS`.
    pub duration: String,
    /// `received`, `missed` or `transferred`.
    pub action: String,
}

/// Who was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Their id.
    pub user_id: String,
    /// Their name.
    pub name: String,
    /// Their address for mail.
    pub email: Option<String>,
    /// What customers dial to reach them, as text.
    pub extension: String,
    /// Their number without its country code.
    pub contact_number_raw: String,
    /// Their number with a plus and its country code.
    pub contact_number: String,
}

/// What logs can be filtered by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filters {
    /// Always `success`.
    pub status: Success,
    /// The status again, as a number.
    pub code: Code,
    /// The filters, with headings between them.
    pub filters: Vec<Entry>,
}

/// A filter, or a heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The number that expressions use, as text.
    pub id: String,
    /// Its name, with whatever blanks stand around it.
    pub name: String,
    /// Under which heading; `0` for headings themselves.
    pub parent_id: String,
}

impl Entry {
    /// Whether it only stands above others.
    pub fn is_heading(&self) -> bool {
        self.parent_id == "0"
    }
}

impl Logs<'_> {
    /// `POST /search/search` — finds logs.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn search(&self, query: &Query) -> Result<Found, Error> {
        #[derive(Serialize)]
        struct Parameters<'q> {
            from: Option<i64>,
            to: Option<i64>,
            log_from: Option<u64>,
            page_size: Option<u32>,
            search_key: Option<&'q str>,
            filters: Option<String>,
        }
        let parameters = Parameters {
            from: query.from,
            to: query.to,
            log_from: query.log_from,
            page_size: query.page_size,
            search_key: query.search_key.as_deref(),
            filters: query.filters.as_ref().map(ToString::to_string),
        };
        let path = ["search"];
        let request = self.0.ask_developers(Method::POST, &path, &parameters)?;
        self.0.read(Server::Developers, request).await
    }

    /// `GET /search/filters` — lists what logs can be filtered by.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn filters(&self) -> Result<Filters, Error> {
        let query = serde_json::json!({});
        let request = self.0.ask_developers(Method::GET, &["filters"], &query)?;
        self.0.read(Server::Developers, request).await
    }
}
