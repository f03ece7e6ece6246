//! Call logs: what is known of a call once it is over, and how it is found.

use axum::{Extension, Json};
use serde::Serialize;

use self::filter::{Ending, Expression, FILTERS, Facts, Filter, Tag};
use super::calls::{
    Call, Category, DialStatus, Direction, Instant, Kind, Leg, Origin, Progress, Side, Source,
    Status,
};
use super::parameters::Parameters;
use super::users::User;
use crate::kernel::extract::Request;
use crate::kernel::store::Store;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::Error;
use crate::vendors::myoperator::state::MyOperator;

pub mod filter;

/// Where the vendor's panel plays recordings.
const PLAYER: &str = "https://in.app.myoperator.com/audio";

/// How a log looks.
#[derive(Clone, Debug, Serialize)]
pub struct Log {
    /// Its id.
    pub allcaller_id: String,
    /// `1` for the vendor's lines, `2` for a mobile.
    pub source: &'static str,
    /// Whose log.
    pub company_id: String,
    /// The customer's number without country code.
    pub caller_number_raw: String,
    /// What the address book calls the customer.
    #[serde(rename = "_cm")]
    pub contact: String,
    /// The customer's number, as networks write it.
    pub caller_number: String,
    /// Its country code.
    pub country: String,
    /// Where the customer is.
    pub state: String,
    /// When the log was written.
    pub synced_time: i64,
    /// When the call began.
    pub start_time: i64,
    /// The same in milliseconds.
    #[serde(rename = "_ms")]
    pub millis: i64,
    /// The second of the day (UTC) in which it began; no duration.
    pub seconds: i64,
    /// When it ended.
    pub end_time: i64,
    /// How long it took, ringing included.
    pub duration: String,
    /// The same in minutes.
    #[serde(rename = "_drm")]
    pub minutes: f64,
    /// 1 for a call, 2 for a text.
    #[serde(rename = "type")]
    pub kind: u8,
    /// 1 for incoming, 2 for outgoing.
    pub event: u8,
    /// The recording.
    pub filename: String,
    /// Where the panel plays it.
    pub fileurl: String,
    /// How it was placed.
    #[serde(rename = "_ns")]
    pub origin: &'static str,
    /// 1 connected, 2 missed, 3 voicemail.
    pub status: u8,
    /// The department.
    pub department_name: String,
    /// Its id.
    pub department_id: String,
    /// What else is known.
    pub additional_parameters: Vec<Pair>,
    /// What was written about it.
    pub comments: Vec<Note>,
    /// One for each agent who was dialled, or called.
    pub log_details: Vec<Detail>,
    /// Whether the caller hid the number.
    #[serde(rename = "_an")]
    pub anonymous: u8,
    /// What each agent did.
    #[serde(rename = "_us")]
    pub users: Vec<Pair>,
    /// How long each agent talked.
    #[serde(rename = "_tc")]
    pub talks: Vec<Talk>,
    /// The vendor's id of the request.
    #[serde(rename = "_ri")]
    pub reference: String,
    /// The job of a calling campaign.
    #[serde(rename = "_ji")]
    pub job: &'static str,
    /// What an outbound call followed.
    #[serde(rename = "_ivid")]
    pub ivr: String,
    /// The client's id of the request.
    #[serde(rename = "_cri")]
    pub client_reference: String,
    /// Nobody knows.
    #[serde(rename = "_rv")]
    pub reviewed: bool,
}

/// A key and its value.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// The key.
    pub ky: String,
    /// The value, always a text.
    pub vl: String,
}

/// How long an agent talked.
#[derive(Clone, Debug, Serialize)]
pub struct Talk {
    /// The agent.
    pub ye: String,
    /// Seconds.
    pub yf: i64,
}

/// What somebody wrote about a call.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    /// Its id.
    pub id: String,
    /// The words.
    pub text: String,
    /// When, in seconds.
    pub created: i64,
    /// Who.
    pub user: Option<Agent>,
}

/// What one agent had to do with a call.
#[derive(Clone, Debug, Serialize)]
pub struct Detail {
    /// Whether it was no user.
    #[serde(rename = "_an")]
    pub anonymous: bool,
    /// Whether time for notes followed.
    #[serde(rename = "_wr")]
    pub wrap_up: bool,
    /// When it began to ring.
    #[serde(rename = "_rst")]
    pub rang_at: String,
    /// What the network said.
    #[serde(rename = "_ds")]
    pub dial_status: &'static str,
    /// The company's number.
    #[serde(rename = "_did")]
    pub did: String,
    /// The agent.
    pub received_by: Vec<Agent>,
    /// Whom the caller was handed to.
    pub transfered_to: Vec<Agent>,
    /// Always `1`.
    pub status: &'static str,
    /// When it was picked up; when ringing ended if it was not.
    pub start_time: i64,
    /// When it ended.
    pub end_time: i64,
    /// How long that took.
    pub duration: String,
    /// What the agent did.
    pub action: &'static str,
}

/// An agent, as logs show one.
#[derive(Clone, Debug, Serialize)]
pub struct Agent {
    /// The id.
    pub user_id: String,
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: Option<String>,
    /// The extension.
    pub extension: String,
    /// The number without country code.
    pub contact_number_raw: String,
    /// The number, as networks write it.
    pub contact_number: String,
}

/// `HH:MM:SS`.
#[must_use]
pub fn clock(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

impl Call {
    /// What filters ask about it.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            ivr: self.source == Source::Ivr,
            incoming: self.direction == Direction::Incoming,
            call: self.kind == Kind::Call,
            ending: match self.status {
                Some(Status::Bridged) => Ending::Connected,
                Some(Status::Voicemail) => Ending::Voicemail,
                // A text that was logged has arrived.
                None if self.kind == Kind::Sms => Ending::Connected,
                Some(Status::Missed) | None => Ending::Missed,
            },
            noted: !self.comments.is_empty(),
            archived: self.archived,
            starred: self.starred,
            tag: match (self.category, self.origin) {
                (Category::Callback, _) => Tag::Callback,
                (_, Origin::ClickToCall) => Tag::ClickToCall,
                (_, Origin::Obd) => Tag::Outbound,
                (_, Origin::None | Origin::WebRtc) => Tag::None,
            },
        }
    }

    /// Whether somebody who looks for `key` means this call.
    fn fits(&self, key: &str) -> bool {
        let sought = key.to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&sought);
        holds(&self.contact_name)
            || holds(&self.customer)
            || self.contact_email.as_deref().is_some_and(holds)
            || self.session.as_deref().is_some_and(holds)
            || self.comments.iter().any(|comment| holds(&comment.content))
    }
}

/// What an agent's leg shows of its network.
fn dial_status(leg: &Leg) -> &'static str {
    match leg.dial_status {
        DialStatus::Busy => "BUSY",
        DialStatus::Cancel => "CANCEL",
        DialStatus::NoAnswer | DialStatus::NoCarrier => "NOANSWER",
        // Who called was on the line from the beginning.
        DialStatus::Answer | DialStatus::None => "ANSWER",
    }
}

impl MyOperator {
    /// The log of a call.
    #[must_use]
    pub fn log(&self, call: &Call) -> Log {
        let facts = call.facts();
        let (start, end) = (call.started_at.seconds(), call.end().seconds());
        let lasted = end - start;
        let department = call.department.as_ref();
        let department = department.and_then(|id| self.departments.get(id));
        let recording = match call.status {
            Some(Status::Bridged) => call.recording.clone().unwrap_or_default(),
            _ => String::new(),
        };
        let agents: Vec<&Leg> = call
            .legs
            .iter()
            .filter(|leg| leg.party.side == Side::Agent)
            .collect();
        let ids = agents.iter().map(|leg| {
            let received = if leg.was_taken() {
                "received"
            } else {
                "missed"
            };
            pair(leg.party.user.as_deref().unwrap_or_default(), received)
        });
        let talks = agents.iter().filter(|leg| leg.was_taken()).map(|leg| Talk {
            ye: leg.party.user.clone().unwrap_or_default(),
            yf: leg
                .talked(call.end(), Instant::whole_second)
                .unwrap_or_default(),
        });
        Log {
            allcaller_id: call.id.clone(),
            source: if facts.ivr { "1" } else { "2" },
            company_id: call.company_id.clone(),
            caller_number_raw: call.national().to_owned(),
            contact: call.contact_name.clone(),
            caller_number: call.customer.clone(),
            country: call.country.clone(),
            state: call.location.clone(),
            synced_time: call.logged_at.unwrap_or(call.end()).seconds(),
            start_time: start,
            millis: call.started_at.millis(),
            seconds: start.rem_euclid(86_400),
            end_time: end,
            duration: clock(lasted),
            minutes: (lasted as f64 / 60.0 * 100.0).round() / 100.0,
            kind: if facts.call { 1 } else { 2 },
            event: if facts.incoming { 1 } else { 2 },
            fileurl: if recording.is_empty() {
                String::new()
            } else {
                format!("{PLAYER}/{recording}")
            },
            filename: recording,
            origin: match call.origin {
                Origin::None => "0",
                Origin::ClickToCall => "1",
                Origin::Obd => "2",
                Origin::WebRtc => "3",
            },
            status: match facts.ending {
                Ending::Connected => 1,
                Ending::Missed => 2,
                Ending::Voicemail => 3,
            },
            department_name: department.map_or_else(String::new, |one| one.name.clone()),
            department_id: department.map_or_else(String::new, |one| one.id.clone()),
            additional_parameters: vec![
                pair("unique_id", call.session.as_deref().unwrap_or_default()),
                flag("is_starred", call.starred),
                pair("view_type", "2"),
                flag("is_commented", !call.comments.is_empty()),
                flag("is_archived", call.archived),
                flag("internal_flag", false),
            ],
            comments: call
                .comments
                .iter()
                .map(|comment| Note {
                    id: comment.id.clone(),
                    text: comment.content.clone(),
                    created: comment.posted_at.seconds(),
                    user: self.users.get(&comment.posted_by).map(Agent::from),
                })
                .collect(),
            log_details: agents.iter().map(|leg| self.detail(call, leg)).collect(),
            anonymous: 0,
            users: ids.collect(),
            talks: talks.collect(),
            reference: call.ref_id.clone(),
            job: "",
            ivr: call.ivr.clone().unwrap_or_default(),
            client_reference: call.client_ref_id.clone(),
            reviewed: false,
        }
    }

    fn detail(&self, call: &Call, leg: &Leg) -> Detail {
        let end = leg.ended_at.unwrap_or(call.end()).seconds();
        let start = match leg.progress {
            Progress::Answered => leg.answered_at.map_or(end, Instant::seconds),
            Progress::Connected => leg.started_at.seconds(),
            Progress::Dialing | Progress::NotAnswered => end,
        };
        let user = leg.party.user.as_ref().and_then(|id| self.users.get(id));
        let anonymous = user.is_none_or(|user| user.extension == "0");
        let agent = user.map(Agent::from).map(|agent| match anonymous {
            false => agent,
            true => Agent {
                contact_number_raw: national(&leg.party.number, &call.country),
                contact_number: leg.party.number.clone(),
                ..agent
            },
        });
        let next = leg
            .transferred_to
            .as_ref()
            .and_then(|id| self.users.get(id));
        Detail {
            anonymous,
            wrap_up: false,
            rang_at: leg.started_at.0.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            dial_status: dial_status(leg),
            did: call.did.clone(),
            received_by: agent.into_iter().collect(),
            action: match (leg.was_taken(), next.is_some()) {
                (true, true) => "transferred",
                (true, false) => "received",
                (false, _) => "missed",
            },
            transfered_to: next.map(Agent::from).into_iter().collect(),
            status: "1",
            start_time: start,
            end_time: end,
            duration: clock(end - start),
        }
    }

    /// The logs of a company that are asked for, newest first.
    pub fn find_logs<'v>(&'v self, company: &str, wanted: &'v Search) -> Vec<&'v Call> {
        let fitting = self
            .calls
            .by("company", company)
            .filter(|call| call.logged_at.is_some() && wanted.covers(call));
        let mut found: Vec<&Call> = fitting.collect();
        found.sort_by_key(|call| std::cmp::Reverse(call.started_at));
        found
    }
}

fn pair(key: &str, value: &str) -> Pair {
    Pair {
        ky: key.to_owned(),
        vl: value.to_owned(),
    }
}

fn flag(key: &str, is_set: bool) -> Pair {
    pair(key, if is_set { "1" } else { "0" })
}

/// A number without its country code.
fn national(number: &str, country: &str) -> String {
    let digits = number.trim_start_matches('+');
    digits.strip_prefix(country).unwrap_or(digits).to_owned()
}

impl From<&User> for Agent {
    fn from(user: &User) -> Self {
        Self {
            user_id: user.uuid.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            extension: user.extension.clone(),
            contact_number_raw: user.contact_number.clone(),
            contact_number: user.e164(),
        }
    }
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Not before this second.
    pub from: Option<i64>,
    /// Not after this second.
    pub to: Option<i64>,
    /// What to find in names, numbers, mail addresses, comments and sessions.
    pub key: Option<String>,
    /// What filters must pass.
    pub filters: Option<Expression>,
}

impl Search {
    /// Whether a call is looked for.
    #[must_use]
    pub fn covers(&self, call: &Call) -> bool {
        let start = call.started_at.seconds();
        self.from.is_none_or(|from| start >= from)
            && self.to.is_none_or(|to| start <= to)
            && self.key.as_deref().is_none_or(|key| call.fits(key))
            && self
                .filters
                .as_ref()
                .is_none_or(|filters| filters.passes(&call.facts()))
    }
}

/// How many logs one answer shows when nobody says.
const PAGE: u64 = 20;

/// The most it shows.
const LARGEST_PAGE: u64 = 100;

/// Logs that were found.
#[derive(Debug, Serialize)]
pub struct Found {
    status: &'static str,
    code: u16,
    data: Hits,
}

/// Some of the logs that were found.
#[derive(Debug, Serialize)]
pub struct Hits {
    total: usize,
    /// Logs are in the order of time, and no better or worse than each other.
    max_score: Option<f64>,
    hits: Vec<Hit>,
}

/// A log that was found.
#[derive(Debug, Serialize)]
pub struct Hit {
    _index: &'static str,
    _type: &'static str,
    user_id: String,
    _score: Option<f64>,
    _source: Log,
}

/// `POST /search/search` — searches the call logs.
pub async fn search(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Request(call): Request,
) -> Result<Json<Found>, Error> {
    let parameters = Parameters::of(&call);
    let second = |name: &str| {
        let number = parameters.number(name)?;
        Ok::<_, Error>(number.map(|number| i64::try_from(number).unwrap_or(i64::MAX)))
    };
    let filters = parameters.get("filters").map(|text| {
        Expression::read(&text)
            .map_err(|misread| Error::ParameterInvalid(format!("Invalid filters: {misread}")))
    });
    let wanted = Search {
        from: second("from")?,
        to: second("to")?,
        key: parameters.get("search_key"),
        filters: filters.transpose()?,
    };
    let before = parameters.number("log_from")?.unwrap_or(0);
    let size = parameters.number("page_size")?.unwrap_or(PAGE);
    let size = usize::try_from(size.clamp(1, LARGEST_PAGE)).unwrap_or(1);
    let before = usize::try_from(before).unwrap_or(usize::MAX);
    let data = store.read(|vendor, _| {
        let found = vendor.find_logs(&caller.company, &wanted);
        let page = found.iter().skip(before).take(size);
        Hits {
            total: found.len(),
            max_score: None,
            hits: page
                .map(|call| Hit {
                    _index: "latestlogs",
                    _type: "logs",
                    user_id: call.id.clone(),
                    _score: None,
                    _source: vendor.log(call),
                })
                .collect(),
        }
    });
    Ok(Json(Found {
        status: "success",
        code: 200,
        data,
    }))
}

/// All filters.
#[derive(Debug, Serialize)]
pub struct Filters {
    status: &'static str,
    code: u16,
    filters: &'static [Filter],
}

/// `GET /search/filters` — lists what logs can be filtered by.
pub async fn filters() -> Json<Filters> {
    Json(Filters {
        status: "success",
        code: 200,
        filters: &FILTERS,
    })
}
