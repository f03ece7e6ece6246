//! Calls that are over, as the older generation tells of them: logs with shorter names.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// A call that is over. Moments are Unix seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AfterCall {
    /// Its id, hexadecimal digits.
    #[serde(rename = "_ai")]
    pub id: String,
    /// Through what: `1` the company's number, `2` an agent's phone.
    #[serde(rename = "_so")]
    pub source: String,
    /// The company.
    #[serde(rename = "_ci")]
    pub company_id: String,
    /// The customer's number without its country code.
    #[serde(rename = "_cr")]
    pub caller_number_raw: String,
    /// The customer's name, or nothing.
    #[serde(rename = "_cm")]
    pub contact_name: String,
    /// The customer's number with a plus and its country code.
    #[serde(rename = "_cl")]
    pub caller_number: String,
    /// The country code.
    #[serde(rename = "_cy")]
    pub country: String,
    /// Where the customer is, such as `RJ,IN`.
    #[serde(rename = "_se")]
    pub state: String,
    /// When it was written down.
    #[serde(rename = "_ts")]
    pub synced_time: i64,
    /// When it began.
    #[serde(rename = "_st")]
    pub start_time: i64,
    /// The same in milliseconds.
    #[serde(rename = "_ms")]
    pub start_ms: i64,
    /// The seconds between midnight, UTC, and its beginning, though it is documented as a duration.
    #[serde(rename = "_ss")]
    pub seconds: u32,
    /// When it ended.
    #[serde(rename = "_et")]
    pub end_time: i64,
    /// How long it took: `HH:MM:SS`.
    #[serde(rename = "_dr")]
    pub duration: String,
    /// The same in minutes, with two decimals.
    #[serde(rename = "_drm")]
    pub minutes: Number,
    /// What agents said it was about; what they did tells a disposition from a call that is just over.
    #[serde(rename = "_dsp", default, skip_serializing_if = "Option::is_none")]
    pub dispositions: Option<Vec<Disposed>>,
    /// 1 a call, 2 a short message.
    #[serde(rename = "_ty")]
    pub kind: u8,
    /// Who began: 1 the customer, 2 the company.
    #[serde(rename = "_ev")]
    pub event: u8,
    /// The recording, or nothing.
    #[serde(rename = "_fn")]
    pub filename: String,
    /// A page that plays it, or nothing.
    #[serde(rename = "_fu")]
    pub fileurl: String,
    /// How it came about: `0` by itself, `1` by a click, `2` by a request, `3` in a browser.
    #[serde(rename = "_ns")]
    pub origin: String,
    /// What became of it: 1 connected, 2 missed, 3 voicemail.
    #[serde(rename = "_su")]
    pub status: u8,
    /// The department that was called.
    #[serde(rename = "_dn")]
    pub department_name: String,
    /// Its id.
    #[serde(rename = "_di")]
    pub department_id: String,
    /// What else is known: `ui` the id, `is` starred, `vt` view, `ic` commented, `ia` archived, `ib` billable.
    #[serde(rename = "_pm")]
    pub parameters: Vec<Told>,
    /// What was written about it.
    #[serde(rename = "_cn")]
    pub comments: Vec<Remark>,
    /// Each agent that was called.
    #[serde(rename = "_ld")]
    pub legs: Vec<Leg>,
    /// Which agents answered, and which did not.
    #[serde(rename = "_us")]
    pub agents: Vec<Told>,
    /// How long agents spoke.
    #[serde(rename = "_tc")]
    pub talks: Vec<Talk>,
    /// Whether the customer hid their number: 0 or 1; often left out, as all that follow.
    #[serde(rename = "_an", default, skip_serializing_if = "Option::is_none")]
    pub anonymous: Option<u8>,
    /// Something that only the vendor knows.
    #[serde(rename = "_bp", default, skip_serializing_if = "Option::is_none")]
    pub bp: Option<Value>,
    /// A reference of the vendor's.
    #[serde(rename = "_ri", default, skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// The job that it was one call of.
    #[serde(rename = "_ji", default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// The campaign that said how to call.
    #[serde(rename = "_ivid", default, skip_serializing_if = "Option::is_none")]
    pub public_ivr_id: Option<String>,
    /// The caller's own reference.
    #[serde(rename = "_cri", default, skip_serializing_if = "Option::is_none")]
    pub client_ref_id: Option<String>,
}

/// Something that is known, or how an agent fared, by the agent's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
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
    /// Who it was.
    #[serde(rename = "_rr")]
    pub received_by: Vec<Agent>,
    /// Since when it rang: `YYYY-MM-DD HH:MM:SS`, UTC.
    #[serde(rename = "_rst")]
    pub ring_start: String,
    /// Through which number.
    #[serde(rename = "_did")]
    pub did: String,
    /// `ANSWER`, `NOANSWER`, `CANCEL` or `BUSY`.
    #[serde(rename = "_ds")]
    pub dial_status: String,
    /// Who got the call from them.
    #[serde(rename = "_tt")]
    pub transferred_to: Vec<Agent>,
    /// `1`, whether they answered or not.
    #[serde(rename = "_su")]
    pub status: String,
    /// When they answered, or when it stopped ringing.
    #[serde(rename = "_st")]
    pub start_time: i64,
    /// When they hung up, or when it stopped ringing.
    #[serde(rename = "_et")]
    pub end_time: i64,
    /// How long they spoke: `HH:MM:SS`.
    #[serde(rename = "_dr")]
    pub duration: String,
    /// `received`, `missed` or `transferred`.
    #[serde(rename = "_ac")]
    pub action: String,
    /// Whether the agent had time to write something down; left out of dispositions.
    #[serde(rename = "_wr", default, skip_serializing_if = "Option::is_none")]
    pub wrap_up: Option<bool>,
}

/// Who was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Their id, 16 hexadecimal digits.
    #[serde(rename = "_id")]
    pub id: String,
    /// Their name.
    #[serde(rename = "_na")]
    pub name: String,
    /// Their address for mail, or nothing.
    #[serde(rename = "_em")]
    pub email: Option<String>,
    /// What customers dial to reach them, as text.
    #[serde(rename = "_ex")]
    pub extension: String,
    /// Their number without its country code.
    #[serde(rename = "_ct")]
    pub contact_number_raw: String,
    /// Their number with a plus and its country code.
    #[serde(rename = "_nr")]
    pub contact_number: String,
}

/// What was written about a call, as the vendor's own sample shows it; the documented ones have none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    /// The words.
    #[serde(rename = "_tx")]
    pub text: String,
    /// When.
    #[serde(rename = "_cd", default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Value>,
    /// When, otherwise.
    #[serde(rename = "_ce", default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Value>,
    /// By whom.
    #[serde(flatten)]
    pub by: Agent,
}

/// What an agent said a call was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposed {
    /// 1, or 2 for what belongs to a 1.
    #[serde(rename = "_lb")]
    pub level: u8,
    /// The word.
    #[serde(rename = "_na")]
    pub name: String,
    /// Who said so.
    #[serde(rename = "_ag")]
    pub agent: String,
    /// When, in Unix seconds.
    #[serde(rename = "_ts")]
    pub at: i64,
}
