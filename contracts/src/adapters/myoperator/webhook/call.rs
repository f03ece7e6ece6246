//! Calls, as the newer generation tells of them.

use serde::{Deserialize, Serialize};

use super::Direction;

/// A call that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallStarted {
    /// When: UTC with milliseconds.
    pub started_at: String,
}

/// Everybody in a call, as far as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Legs {
    /// In the order in which they came.
    pub legs: Vec<CallLeg>,
}

/// One party of a call. Times are UTC with milliseconds, durations whole seconds, rounded down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallLeg {
    /// Its place, from 1; whoever a call is passed on to gets the next.
    pub leg_index: u32,
    /// Who it is.
    #[serde(rename = "type")]
    pub party: Party,
    /// The number, with a plus and its country code.
    pub phone_number: String,
    /// Through what they speak.
    pub pickup_device: Device,
    /// The department that was called; `extension` when an agent was called directly; or nothing.
    pub dept_id: String,
    /// How it fared.
    #[serde(flatten)]
    pub course: Course,
}

/// How a party of a call fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Since when it was dialled, or there.
    pub started_at: String,
    /// When it answered, if it was dialled and did.
    pub answered_at: Option<String>,
    /// When it was gone.
    pub ended_at: Option<String>,
    /// How far it is.
    pub result: Outcome,
    /// How long it rang, once that is over.
    pub ring_duration: Option<u64>,
    /// How long it spoke: since the beginning when it was there, 0 until the end when it was dialled.
    pub talk_duration: Option<u64>,
    /// How dialling ended.
    pub dial_status: DialStatus,
}

/// Who somebody in a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// Somebody of the company.
    Agent,
    /// The customer.
    Customer,
}

/// Through what somebody speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// A telephone.
    Phone,
    /// A browser.
    Web,
}

/// How far a party of a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was dialled, and answered.
    Answered,
    /// It was dialled, and did not.
    NotAnswered,
    /// It is dialled.
    Dialing,
    /// It was there from the beginning, which is no answer.
    Connected,
}

/// How dialling ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialStatus {
    /// Somebody answered.
    #[serde(rename = "ANSWER")]
    Answer,
    /// Nobody did.
    #[serde(rename = "NO ANSWER")]
    NoAnswer,
    /// Somebody else was on the line.
    #[serde(rename = "BUSY")]
    Busy,
    /// The number was not reached.
    #[serde(rename = "NO CARRIER")]
    NoCarrier,
    /// It was called off.
    #[serde(rename = "CANCEL")]
    Cancel,
    /// It has not, or there was none.
    #[serde(rename = "")]
    None,
}

/// A call that is over; `L` is a party of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call<L> {
    /// Its id, the session of all its events.
    pub id: String,
    /// Who began.
    pub direction: Direction,
    /// The customer's number, with a plus and its country code.
    pub customer_number: String,
    /// What became of it.
    pub status: Ending,
    /// When it began: UTC.
    pub started_at: String,
    /// When it was over.
    pub ended_at: String,
    /// How it came about: `incoming`, `oneway`, `callback`, `webcall`, `obd` or `otp`; `outgoing` in examples.
    pub category: String,
    /// How long it took, in seconds, ringing included.
    pub duration: u64,
    /// The recording; empty when there is none.
    pub recording_filename: String,
    /// Whether it costs something.
    pub billable: bool,
    /// What the vendor called the request for it; empty when there was none.
    pub ref_id: String,
    /// What the caller called the request for it; empty when there was none.
    pub client_ref_id: String,
    /// The campaign that said how to call.
    pub obd_campaign: Option<Campaign>,
    /// Everybody in it.
    pub legs: Vec<L>,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// Both sides met.
    Bridged,
    /// They did not.
    Missed,
    /// The customer left a message.
    Voicemail,
}

/// A campaign of calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its id.
    pub id: String,
    /// The job that it was one call of, or nothing.
    pub job_id: String,
}

/// A call that is just over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallEnded {
    /// The call.
    #[serde(flatten)]
    pub call: Call<CallLeg>,
    /// The company's number, with a plus and its country code.
    pub did: String,
}

/// All that is known of a call. Its times have whole seconds and `+00:00`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSummary {
    /// The call.
    #[serde(flatten)]
    pub call: Call<SummaryLeg>,
    /// Where the customer is, such as `DL, IN`.
    pub location: String,
    /// What was written about it.
    pub comments: Vec<Comment>,
}

/// One party of a call, with all that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryLeg {
    /// Its place, from 1.
    pub leg_index: u32,
    /// Who it is.
    #[serde(rename = "type")]
    pub party: Party,
    /// The number, with a plus and its country code.
    pub phone_number: String,
    /// Through what they speak.
    pub pickup_device: Device,
    /// The department that was called.
    pub department: Option<Department>,
    /// The agent, if it is one.
    pub agent: Option<CallAgent>,
    /// How it fared.
    #[serde(flatten)]
    pub course: Course,
}

/// A department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Its id, 16 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// An agent in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallAgent {
    /// Their id, 16 hexadecimal digits.
    pub uuid: String,
    /// Their name.
    pub name: String,
    /// Their address for mail.
    pub email: Option<String>,
    /// Their number, with a plus and its country code.
    pub contact: String,
    /// What customers dial to reach them, as text.
    pub extension: String,
}

/// What agents said a call was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispositions {
    /// In words that the company chose; at least one.
    pub dispositions: Vec<Disposition>,
    /// In their own.
    pub comments: Vec<Comment>,
}

/// What a call was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// 1, or 2 for what belongs to a 1.
    #[serde(rename = "type")]
    pub level: u8,
    /// The word.
    pub name: String,
    /// Who said so.
    pub user_id: String,
    /// When: UTC with whole seconds.
    pub added_at: String,
}

/// What was written about a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id, 16 hexadecimal digits.
    pub id: String,
    /// The words.
    pub content: String,
    /// When: UTC with whole seconds.
    pub posted_at: String,
    /// Who wrote them.
    pub posted_by: Author,
}

/// Who wrote something about a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Their id, 16 hexadecimal digits.
    pub uuid: String,
    /// Their name.
    pub name: String,
    /// Their address for mail; empty when there is none.
    pub email: String,
    /// What customers dial to reach them, here as a number.
    pub extension: u32,
    /// Their number, with a plus and its country code.
    pub contact: String,
}

impl<L> Call<L> {
    /// The request that this call answers, by the caller's own id.
    pub fn answers(&self) -> Option<&str> {
        Some(self.client_ref_id.as_str()).filter(|id| !id.is_empty())
    }
}

impl CallSummary {
    /// The agent who spoke with the customer.
    pub fn agent(&self) -> Option<&CallAgent> {
        let mut legs = self.call.legs.iter();
        let spoke = |leg: &&SummaryLeg| {
            leg.party == Party::Agent
                && matches!(leg.course.result, Outcome::Answered | Outcome::Connected)
        };
        legs.rfind(spoke)?.agent.as_ref()
    }
}
