//! Calls: who was called, who answered, for how long; and the outbound calls of the API.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;

use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, Serializer};

use self::script::Line;
use crate::kernel::extract::{Body, Request};
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::{Error, Named};
use crate::vendors::myoperator::state::MyOperator;

pub mod outbound;
pub mod play;
pub mod script;

pub use self::outbound::Wanted;

/// A point in time to the millisecond, as events of calls write it: `2026-04-21T09:00:01.250Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub Timestamp);

impl Instant {
    /// This time, without what is shorter than a millisecond.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self(Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at))
    }

    /// The whole seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.as_millisecond().div_euclid(1000)
    }

    /// The milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The whole seconds from an earlier time to this one.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        (self.millis() - earlier.millis()).div_euclid(1000)
    }

    /// The second it is in, as summaries know time.
    #[must_use]
    pub fn whole_second(self) -> Self {
        Self(Timestamp::from_second(self.seconds()).unwrap_or(self.0))
    }

    /// Later by `span`, or as late as can be.
    #[must_use]
    pub fn plus(self, span: SignedDuration) -> Self {
        Self(self.0.saturating_add(span).unwrap_or(Timestamp::MAX))
    }

    /// As summaries, comments and dispositions write it: `2026-04-21T09:00:01+00:00`.
    #[must_use]
    pub fn offset(self) -> String {
        self.0.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3}", self.0)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether a log tells of a call or of a text message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A call.
    #[default]
    Call,
    /// A text message.
    Sms,
}

/// Over what it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The vendor's lines.
    #[default]
    Ivr,
    /// A user's mobile, whose app reports it.
    Mobile,
}

/// Who began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The customer.
    Incoming,
    /// The company.
    Outgoing,
}

impl Direction {
    /// Its name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
        }
    }
}

/// What kind of call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// A customer calls.
    Incoming,
    /// An agent calls out.
    Oneway,
    /// The vendor connects agent and customer, because the customer asked for it.
    Callback,
    /// An agent calls out from the browser.
    Webcall,
    /// A client of the API calls out.
    Obd,
}

/// How it was placed, as logs tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// By hand.
    #[default]
    None,
    /// By a click in the vendor's panel.
    ClickToCall,
    /// By the API.
    Obd,
    /// From the browser.
    WebRtc,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// An agent and the customer talked.
    Bridged,
    /// They did not.
    Missed,
    /// The customer left a message.
    Voicemail,
}

/// Which side somebody in a call is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The company's.
    Agent,
    /// The customer's.
    Customer,
}

/// How far a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It was there from the beginning: who is on it has called.
    Connected,
    /// It rings.
    Dialing,
    /// Somebody picked up.
    Answered,
    /// Nobody did.
    NotAnswered,
}

/// What the network said of dialling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialStatus {
    /// Nothing yet.
    #[serde(rename = "")]
    None,
    /// It was picked up.
    #[serde(rename = "ANSWER")]
    Answer,
    /// It rang.
    #[serde(rename = "NO ANSWER")]
    NoAnswer,
    /// Somebody else is talking there.
    #[serde(rename = "BUSY")]
    Busy,
    /// It cannot be reached.
    #[serde(rename = "NO CARRIER")]
    NoCarrier,
    /// The vendor gave up.
    #[serde(rename = "CANCEL")]
    Cancel,
}

/// What a call is taken on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A telephone.
    #[default]
    Phone,
    /// The browser.
    Web,
}

/// Who is dialled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// On which side.
    pub side: Side,
    /// The number, as networks write it.
    pub number: String,
    /// The user, on the company's side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What it is taken on.
    #[serde(default)]
    pub device: Device,
}

impl Party {
    /// A customer's phone.
    #[must_use]
    pub fn customer(number: &str) -> Self {
        Self {
            side: Side::Customer,
            number: number.to_owned(),
            user: None,
            device: Device::Phone,
        }
    }
}

/// The line to one party of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// To whom.
    #[serde(flatten)]
    pub party: Party,
    /// How far it is.
    pub progress: Progress,
    /// What the network said.
    pub dial_status: DialStatus,
    /// When it began.
    pub started_at: Instant,
    /// When it was picked up; never for who called.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// The user whom the caller was handed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferred_to: Option<String>,
}

impl Leg {
    /// The line of who has called.
    #[must_use]
    pub fn connected(party: Party, at: Instant) -> Self {
        Self {
            party,
            progress: Progress::Connected,
            dial_status: DialStatus::None,
            started_at: at,
            answered_at: None,
            ended_at: None,
            transferred_to: None,
        }
    }

    /// A line that begins to ring.
    #[must_use]
    pub fn dialing(party: Party, at: Instant) -> Self {
        Self {
            progress: Progress::Dialing,
            ..Self::connected(party, at)
        }
    }

    /// Whether somebody is or was on it.
    #[must_use]
    pub fn was_taken(&self) -> bool {
        matches!(self.progress, Progress::Connected | Progress::Answered)
    }

    /// Whether somebody is on it, or may come.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.ended_at.is_none()
    }

    /// The seconds it rang, once that is over.
    #[must_use]
    pub fn rang(&self, cut: fn(Instant) -> Instant) -> Option<i64> {
        let until = match self.progress {
            Progress::Answered => self.answered_at,
            Progress::NotAnswered => self.ended_at,
            Progress::Connected | Progress::Dialing => None,
        };
        until.map(|until| cut(until).since(cut(self.started_at)))
    }

    /// The seconds it was talked on by `now`: who called talks from the beginning, and of others nothing is
    /// said before they hang up.
    #[must_use]
    pub fn talked(&self, now: Instant, cut: fn(Instant) -> Instant) -> Option<i64> {
        match (self.progress, self.answered_at, self.ended_at) {
            (Progress::Connected, _, ended) => {
                Some(cut(ended.unwrap_or(now)).since(cut(self.started_at)))
            }
            (Progress::Answered, Some(answered), Some(ended)) => {
                Some(cut(ended).since(cut(answered)))
            }
            (Progress::Answered, _, _) => Some(0),
            (Progress::Dialing | Progress::NotAnswered, _, _) => None,
        }
    }
}

/// What somebody wrote about a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The words.
    pub content: String,
    /// When.
    pub posted_at: Instant,
    /// The user.
    pub posted_by: String,
}

/// How an agent filed a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// Its level: 1 or 2.
    #[serde(rename = "type")]
    pub level: u8,
    /// Its name.
    pub name: String,
    /// The user.
    pub user_id: String,
    /// When.
    pub added_at: Instant,
}

/// A call, and with it its log; or the log of a text message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The log's id: 32 hexadecimal digits.
    pub id: String,
    /// Whose call.
    pub company_id: String,
    /// The session, once the call has begun: `<server>.<second it began>.<number>`.
    pub session: Option<String>,
    /// Call or text.
    #[serde(default)]
    pub kind: Kind,
    /// Over what.
    #[serde(default)]
    pub source: Source,
    /// Who began it.
    pub direction: Direction,
    /// What kind of call.
    pub category: Category,
    /// How it was placed.
    #[serde(default)]
    pub origin: Origin,
    /// The company's number in it.
    pub did: String,
    /// The customer's number, as networks write it.
    pub customer: String,
    /// Its country code.
    pub country: String,
    /// Where the customer is, as far as the number tells.
    pub location: String,
    /// What the customer is called in the address book.
    #[serde(default)]
    pub contact_name: String,
    /// The customer's mail address there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<String>,
    /// The department it went to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// What an outbound call follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ivr: Option<String>,
    /// The vendor's id of the request for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ref_id: String,
    /// The client's id of the request for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client_ref_id: String,
    /// When it was asked for, or began.
    pub requested_at: Instant,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// When its log was written; before that nobody finds it.
    pub logged_at: Option<Instant>,
    /// What became of it.
    pub status: Option<Status>,
    /// Everybody who was in it, in order.
    #[serde(default)]
    pub legs: Vec<Leg>,
    /// The recording's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<String>,
    /// What was written about it.
    #[serde(default)]
    pub comments: Vec<Comment>,
    /// How it was filed.
    #[serde(default)]
    pub dispositions: Vec<Disposition>,
    /// Whether it is marked.
    #[serde(default)]
    pub starred: bool,
    /// Whether it is put away.
    #[serde(default)]
    pub archived: bool,
    /// How many events of its session were sent.
    #[serde(default)]
    pub sequence: u64,
    /// How many steps of its script were done.
    #[serde(default)]
    pub step: u32,
    /// What is to happen.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub script: VecDeque<Line>,
}

impl Record for Call {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let company = &self.company_id;
        let mut keys = vec![("company", Cow::Borrowed(company.as_str()))];
        let mut add = |index, value: &str| keys.push((index, Cow::Owned(value.to_owned())));
        if let Some(session) = &self.session {
            add("session", session);
        }
        if let Some(recording) = &self.recording {
            add("recording", recording);
        }
        if !self.ref_id.is_empty() {
            add("request", &self.ref_id);
            add("outbound", &format!("{company} {}", self.customer));
        }
        if !self.client_ref_id.is_empty() {
            add("reference", &format!("{company} {}", self.client_ref_id));
        }
        keys
    }
}

impl Call {
    /// Whether an agent and the customer were on the line.
    #[must_use]
    pub fn was_bridged(&self) -> bool {
        let taken = |side| {
            self.legs
                .iter()
                .any(|leg| leg.party.side == side && leg.was_taken())
        };
        taken(Side::Agent) && taken(Side::Customer)
    }

    /// When it ended, or else when it began.
    #[must_use]
    pub fn end(&self) -> Instant {
        self.ended_at.unwrap_or(self.started_at)
    }

    /// The customer's number without country code.
    #[must_use]
    pub fn national(&self) -> &str {
        let digits = self.customer.trim_start_matches('+');
        digits.strip_prefix(self.country.as_str()).unwrap_or(digits)
    }
}

/// That a call was taken on.
#[derive(Debug, Serialize)]
pub struct Accepted {
    details: &'static str,
    status: &'static str,
    code: &'static str,
    unique_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_id: Option<String>,
}

/// What is said when the caller will not wait for somebody to be free.
const MIGHT_BE_CANCELLED: &str =
    "This call might get cancelled due to unavailability of UDC(User/Department/Channels)!!";

/// `POST /obd-api-v1` — takes on an outbound call; it begins a moment later.
pub async fn obd(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Accepted>, Error> {
    let refused = Named::of(&call);
    let holds = wanted.holds();
    let reference_id = wanted.reference().map(str::to_owned);
    let from = call.header("x-forwarded-for").map(str::to_owned);
    let unique_id = store.try_write(|vendor, moment| {
        vendor
            .place(&caller.company, from.as_deref(), wanted, moment)
            .map_err(|obstacle| obstacle.refusing(refused))
    })?;
    Ok(Json(Accepted {
        details: if holds {
            "Request accepted successfully"
        } else {
            MIGHT_BE_CANCELLED
        },
        status: "success",
        code: "200",
        unique_id,
        reference_id,
    }))
}

impl MyOperator {
    /// The call of a session, a log, a request, or a client's reference.
    pub fn call_named(&self, name: &str) -> Option<&Call> {
        let mut others = ["session", "request", "reference"]
            .into_iter()
            .filter_map(|index| self.calls.by(index, name).next_back());
        let by_reference = || {
            let named = |call: &&Call| call.client_ref_id == name;
            self.calls.iter().rev().find(named)
        };
        self.calls
            .get(name)
            .or_else(|| others.next())
            .or_else(by_reference)
    }

    /// Moves the seed's calls later by `passed`, so that those of yesterday stay those of yesterday.
    pub fn move_calls(&mut self, passed: SignedDuration) {
        let moved = |at: Instant| at.plus(passed);
        let ids: Vec<String> = self.calls.iter().map(|call| call.id.clone()).collect();
        for id in ids {
            self.calls.update(&id, |call| {
                for at in [&mut call.requested_at, &mut call.started_at] {
                    *at = moved(*at);
                }
                call.ended_at = call.ended_at.map(moved);
                call.logged_at = call.logged_at.map(moved);
                for leg in &mut call.legs {
                    leg.started_at = moved(leg.started_at);
                    leg.answered_at = leg.answered_at.map(moved);
                    leg.ended_at = leg.ended_at.map(moved);
                }
                for comment in &mut call.comments {
                    comment.posted_at = moved(comment.posted_at);
                }
                for disposition in &mut call.dispositions {
                    disposition.added_at = moved(disposition.added_at);
                }
            });
        }
    }
}
