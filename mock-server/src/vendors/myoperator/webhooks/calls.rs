//! What is told about calls: live events and a summary in the new generation, logs with short names in the old one.

use serde::Serialize;
use serde_json::Value;

use super::{Envelope, VERSION, event_id, sent_at};
use crate::kernel::moment::Moment;
use crate::vendors::myoperator::resources::calls::script::{Line, Step};
use crate::vendors::myoperator::resources::calls::{
    Call, Category, Comment, Device, DialStatus, Direction, Disposition, Instant, Leg, Origin,
    Progress, Side, Status,
};
use crate::vendors::myoperator::resources::logs::{Agent, Detail, Log, Pair, Talk};
use crate::vendors::myoperator::resources::users::User;
use crate::vendors::myoperator::state::MyOperator;

/// An event of a call, of either generation.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Told {
    /// Of the new generation.
    New(Envelope<Payload>),
    /// Of the old generation: a call is over.
    AfterCall(Short),
    /// Of the old generation: a call was filed.
    Filed(Short),
}

impl Told {
    /// The name in the contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::New(envelope) => envelope.event_type,
            Self::AfterCall(_) => "v1.after_call",
            Self::Filed(_) => "v1.disposition",
        }
    }

    /// What an endpoint may name to hear everything of a generation: `v1` or `v2`.
    pub fn channel(&self) -> &'static str {
        match self {
            Self::New(_) => "v2",
            Self::AfterCall(_) | Self::Filed(_) => "v1",
        }
    }

    /// What must stay in order.
    pub fn conversation(&self) -> String {
        match self {
            Self::New(envelope) => envelope.session_id.clone(),
            Self::AfterCall(log) | Self::Filed(log) => log.session(),
        }
    }

    /// The whole payload.
    pub fn payload(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What an event of the new generation tells.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Payload {
    /// A call begins.
    Initiated {
        /// When.
        started_at: Instant,
    },
    /// Somebody is dialled, or picks up.
    Legs {
        /// Everybody who is in the call so far.
        legs: Vec<LiveLeg>,
    },
    /// A call is over.
    End(Box<End>),
    /// Everything about it.
    Summary(Box<Summary>),
    /// An agent filed it.
    Disposition {
        /// As what.
        dispositions: Vec<Filing>,
        /// What was written about it.
        comments: Vec<Note>,
    },
}

/// A leg, while the call lasts.
#[derive(Clone, Debug, Serialize)]
pub struct LiveLeg {
    leg_index: usize,
    #[serde(rename = "type")]
    side: Side,
    phone_number: String,
    pickup_device: Device,
    dept_id: String,
    started_at: Instant,
    answered_at: Option<Instant>,
    ended_at: Option<Instant>,
    result: Progress,
    ring_duration: Option<i64>,
    talk_duration: Option<i64>,
    dial_status: DialStatus,
}

/// What an outbound call followed.
#[derive(Clone, Debug, Serialize)]
pub struct Campaign {
    id: String,
    job_id: &'static str,
}

/// A call that is over.
#[derive(Clone, Debug, Serialize)]
pub struct End {
    id: String,
    did: String,
    direction: Direction,
    customer_number: String,
    status: Status,
    started_at: Instant,
    ended_at: Instant,
    category: &'static str,
    duration: i64,
    recording_filename: String,
    billable: bool,
    ref_id: String,
    client_ref_id: String,
    obd_campaign: Option<Campaign>,
    legs: Vec<LiveLeg>,
}

/// Everything about a call. Times are whole seconds here, and durations follow them.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    id: String,
    direction: Direction,
    customer_number: String,
    status: Status,
    started_at: String,
    ended_at: String,
    category: &'static str,
    location: String,
    duration: i64,
    recording_filename: String,
    ref_id: String,
    client_ref_id: String,
    obd_campaign: Option<Campaign>,
    legs: Vec<PastLeg>,
    billable: bool,
    comments: Vec<Note>,
}

/// A leg, when all is over.
#[derive(Clone, Debug, Serialize)]
pub struct PastLeg {
    leg_index: usize,
    agent: Option<Person>,
    dial_status: DialStatus,
    result: Progress,
    department: Option<Place>,
    started_at: String,
    ended_at: Option<String>,
    talk_duration: Option<i64>,
    phone_number: String,
    #[serde(rename = "type")]
    side: Side,
    pickup_device: Device,
    answered_at: Option<String>,
    ring_duration: Option<i64>,
}

/// An agent in a summary; the extension is a text here.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    uuid: String,
    name: String,
    email: Option<String>,
    contact: String,
    extension: String,
}

/// A department in a summary.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    id: String,
    name: String,
}

/// How a call was filed, on one level.
#[derive(Clone, Debug, Serialize)]
pub struct Filing {
    #[serde(rename = "type")]
    level: u8,
    name: String,
    user_id: String,
    added_at: String,
}

/// What somebody wrote about a call.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    id: String,
    content: String,
    posted_at: String,
    posted_by: Author,
}

/// Who wrote it; the extension is a number here, and who has no mail address has an empty one.
#[derive(Clone, Debug, Serialize)]
pub struct Author {
    uuid: String,
    name: String,
    email: String,
    extension: u64,
    contact: String,
}

/// The name of a category.
fn category(category: Category) -> &'static str {
    match category {
        Category::Incoming => "incoming",
        Category::Oneway => "oneway",
        Category::Callback => "callback",
        Category::Webcall => "webcall",
        Category::Obd => "obd",
    }
}

impl Told {
    /// A call begins.
    pub fn initiated(_: &MyOperator, call: &Call, moment: &mut Moment<'_, MyOperator>) -> Self {
        let started_at = call.started_at;
        let sent = sent_at(moment.now, moment.ids);
        let payload = Payload::Initiated { started_at };
        Self::New(envelope("call.initiated", call, sent, payload, moment))
    }

    /// Somebody is dialled.
    pub fn dial_begin(
        vendor: &MyOperator,
        call: &Call,
        moment: &mut Moment<'_, MyOperator>,
    ) -> Self {
        Self::legs("call.dial_begin", vendor, call, moment)
    }

    /// Somebody picks up.
    pub fn answered(vendor: &MyOperator, call: &Call, moment: &mut Moment<'_, MyOperator>) -> Self {
        Self::legs("call.answered", vendor, call, moment)
    }

    fn legs(
        name: &'static str,
        vendor: &MyOperator,
        call: &Call,
        moment: &mut Moment<'_, MyOperator>,
    ) -> Self {
        let now = Instant::new(moment.now);
        let legs = live_legs(vendor, call, now);
        let payload = Payload::Legs { legs };
        Self::New(envelope(name, call, now.to_string(), payload, moment))
    }

    /// A call is over.
    pub fn end(vendor: &MyOperator, call: &Call, moment: &mut Moment<'_, MyOperator>) -> Self {
        let ended_at = call.end();
        let as_documented = vendor.settings.calls.outgoing_at_end;
        let end = End {
            id: call.session.clone().unwrap_or_default(),
            did: call.did.clone(),
            direction: call.direction,
            customer_number: call.customer.clone(),
            status: call.status.unwrap_or(Status::Missed),
            started_at: call.started_at,
            ended_at,
            category: match call.category {
                Category::Obd if as_documented => "outgoing",
                other => category(other),
            },
            duration: ended_at.since(call.started_at),
            recording_filename: call.recording.clone().unwrap_or_default(),
            billable: true,
            ref_id: call.ref_id.clone(),
            client_ref_id: call.client_ref_id.clone(),
            obd_campaign: campaign(call),
            legs: live_legs(vendor, call, ended_at),
        };
        let payload = Payload::End(Box::new(end));
        let at = ended_at.to_string();
        Self::New(envelope("call.end", call, at, payload, moment))
    }

    /// Everything about a call.
    pub fn summary(vendor: &MyOperator, call: &Call, moment: &mut Moment<'_, MyOperator>) -> Self {
        let ended_at = call.end();
        let legs = call.legs.iter().enumerate();
        let summary = Summary {
            id: call.session.clone().unwrap_or_default(),
            direction: call.direction,
            customer_number: call.customer.clone(),
            status: call.status.unwrap_or(Status::Missed),
            started_at: call.started_at.offset(),
            ended_at: ended_at.offset(),
            category: category(call.category),
            location: call.location.clone(),
            duration: ended_at.seconds() - call.started_at.seconds(),
            recording_filename: call.recording.clone().unwrap_or_default(),
            ref_id: call.ref_id.clone(),
            client_ref_id: call.client_ref_id.clone(),
            obd_campaign: campaign(call),
            legs: legs
                .map(|(index, leg)| past_leg(vendor, call, index, leg))
                .collect(),
            billable: true,
            comments: notes(vendor, &call.comments),
        };
        let payload = Payload::Summary(Box::new(summary));
        let sent = sent_at(moment.now, moment.ids);
        let told = envelope("call.summary", call, sent, payload, moment);
        Self::New(Envelope {
            event_sequence: 1,
            system_identifier: Some(String::new()),
            ..told
        })
    }

    /// An agent filed a call.
    pub fn disposition(
        vendor: &MyOperator,
        call: &Call,
        moment: &mut Moment<'_, MyOperator>,
    ) -> Self {
        let payload = Payload::Disposition {
            dispositions: call.dispositions.iter().map(Filing::from).collect(),
            comments: notes(vendor, &call.comments),
        };
        let sent = sent_at(moment.now, moment.ids);
        let told = envelope("disposition", call, sent, payload, moment);
        Self::New(Envelope {
            direction: "",
            system_identifier: None,
            ..told
        })
    }

    /// The old generation: a call is over.
    pub fn after_call(vendor: &MyOperator, call: &Call) -> Self {
        Self::AfterCall(Short::of(vendor, call, false))
    }

    /// The old generation: a call was filed.
    pub fn filed(vendor: &MyOperator, call: &Call) -> Self {
        Self::Filed(Short::of(vendor, call, true))
    }
}

fn envelope(
    event_type: &'static str,
    call: &Call,
    timestamp: String,
    payload: Payload,
    moment: &mut Moment<'_, MyOperator>,
) -> Envelope<Payload> {
    // Where the agent is dialled first, nobody is told of the customer before the customer is dialled.
    let begins_with = call.legs.first().map(|leg| leg.party.side);
    let begins_with = begins_with.or_else(|| match call.script.front() {
        Some(Line {
            step: Step::Dial { party },
            ..
        }) => Some(party.side),
        _ => None,
    });
    let mut sides = call.legs.iter().map(|leg| leg.party.side);
    let hidden = call.category == Category::Obd
        && begins_with == Some(Side::Agent)
        && call.ended_at.is_none()
        && !sides.any(|side| side == Side::Customer);
    Envelope {
        company_id: call.company_id.clone(),
        event_id: event_id(moment.ids),
        event_type,
        event_sequence: call.sequence,
        event_version: VERSION,
        timestamp,
        channel: "call",
        direction: call.direction.name(),
        session_id: call.session.clone().unwrap_or_default(),
        system_identifier: Some(call.did.clone()),
        customer_identifier: if hidden {
            String::new()
        } else {
            call.customer.clone()
        },
        payload,
    }
}

fn campaign(call: &Call) -> Option<Campaign> {
    call.ivr.clone().map(|id| Campaign { id, job_id: "" })
}

fn live_legs(vendor: &MyOperator, call: &Call, now: Instant) -> Vec<LiveLeg> {
    let department = call.department.as_ref();
    let is_directory = department
        .and_then(|id| vendor.departments.get(id))
        .is_some_and(|department| department.is_directory);
    let legs = call.legs.iter().enumerate();
    let live = legs.map(|(index, leg)| LiveLeg {
        leg_index: index + 1,
        side: leg.party.side,
        phone_number: leg.party.number.clone(),
        pickup_device: leg.party.device,
        dept_id: match (leg.party.side, department) {
            (Side::Agent, Some(_)) if is_directory && call.ivr.is_none() => "extension".to_owned(),
            (Side::Agent, Some(id)) => id.clone(),
            _ => String::new(),
        },
        started_at: leg.started_at,
        answered_at: leg.answered_at,
        ended_at: leg.ended_at,
        result: leg.progress,
        ring_duration: leg.rang(|at| at),
        talk_duration: leg.talked(now, |at| at),
        dial_status: leg.dial_status,
    });
    live.collect()
}

fn past_leg(vendor: &MyOperator, call: &Call, index: usize, leg: &Leg) -> PastLeg {
    let department = call.department.as_ref();
    let user = leg.party.user.as_ref();
    PastLeg {
        leg_index: index + 1,
        agent: user.and_then(|id| vendor.users.get(id)).map(|user| Person {
            uuid: user.uuid.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            contact: leg.party.number.clone(),
            extension: user.extension.clone(),
        }),
        dial_status: leg.dial_status,
        result: leg.progress,
        department: department
            .and_then(|id| vendor.departments.get(id))
            .map(|department| Place {
                id: department.id.clone(),
                name: department.name.clone(),
            }),
        started_at: leg.started_at.offset(),
        ended_at: leg.ended_at.map(Instant::offset),
        talk_duration: leg.talked(call.end(), Instant::whole_second),
        phone_number: leg.party.number.clone(),
        side: leg.party.side,
        pickup_device: leg.party.device,
        answered_at: leg.answered_at.map(Instant::offset),
        ring_duration: leg.rang(Instant::whole_second),
    }
}

fn notes(vendor: &MyOperator, comments: &[Comment]) -> Vec<Note> {
    let written = comments.iter().map(|comment| {
        let author = vendor.users.get(&comment.posted_by);
        let text = |member: fn(&User) -> String| author.map(member).unwrap_or_default();
        Note {
            id: comment.id.clone(),
            content: comment.content.clone(),
            posted_at: comment.posted_at.offset(),
            posted_by: Author {
                uuid: comment.posted_by.clone(),
                name: text(|user| user.name.clone()),
                email: text(|user| user.email.clone().unwrap_or_default()),
                extension: text(|user| user.extension.clone())
                    .parse()
                    .unwrap_or_default(),
                contact: text(User::e164),
            },
        }
    });
    written.collect()
}

impl From<&Disposition> for Filing {
    fn from(disposition: &Disposition) -> Self {
        Self {
            level: disposition.level,
            name: disposition.name.clone(),
            user_id: disposition.user_id.clone(),
            added_at: disposition.added_at.offset(),
        }
    }
}

/// A log with the short names of the old generation.
#[derive(Clone, Debug, Serialize)]
pub struct Short {
    _ai: String,
    _so: &'static str,
    _ci: String,
    _cr: String,
    _cm: String,
    _cl: String,
    _cy: String,
    _se: String,
    _ts: i64,
    _st: i64,
    _ms: i64,
    _ss: i64,
    _et: i64,
    _dr: String,
    _drm: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    _dsp: Option<Vec<ShortFiling>>,
    _ty: u8,
    _ev: u8,
    _fn: String,
    _fu: String,
    _ns: &'static str,
    _su: u8,
    _dn: String,
    _di: String,
    _pm: Vec<Pair>,
    _cn: Vec<ShortNote>,
    _ld: Vec<ShortDetail>,
    _us: Vec<Pair>,
    _tc: Vec<Talk>,
    /// What only outbound calls have.
    #[serde(flatten)]
    outbound: Option<ShortOutbound>,
}

#[derive(Clone, Debug, Serialize)]
struct ShortOutbound {
    _an: u8,
    _ri: String,
    _ji: &'static str,
    _ivid: String,
    _cri: String,
}

#[derive(Clone, Debug, Serialize)]
struct ShortFiling {
    _lb: u8,
    _na: String,
    _ag: String,
    _ts: i64,
}

#[derive(Clone, Debug, Serialize)]
struct ShortNote {
    _tx: String,
    _cd: i64,
    _ce: i64,
    _id: String,
    _na: String,
    _em: String,
    _ex: String,
    _ct: String,
    _nr: String,
}

#[derive(Clone, Debug, Serialize)]
struct ShortDetail {
    _rr: Vec<ShortAgent>,
    _rst: String,
    _did: String,
    _ds: &'static str,
    _tt: Vec<ShortAgent>,
    _su: &'static str,
    _st: i64,
    _et: i64,
    _dr: String,
    _ac: &'static str,
    /// Not told when a call is filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    _wr: Option<bool>,
}

#[derive(Clone, Debug, Serialize)]
struct ShortAgent {
    _id: String,
    _na: String,
    _em: String,
    _ex: String,
    _ct: String,
    _nr: String,
}

impl From<Agent> for ShortAgent {
    fn from(agent: Agent) -> Self {
        Self {
            _id: agent.user_id,
            _na: agent.name,
            _em: agent.email.unwrap_or_default(),
            _ex: agent.extension,
            _ct: agent.contact_number_raw,
            _nr: agent.contact_number,
        }
    }
}

impl ShortDetail {
    fn of(detail: Detail, with_wrap_up: bool) -> Self {
        Self {
            _rr: detail.received_by.into_iter().map(Into::into).collect(),
            _rst: detail.rang_at,
            _did: detail.did,
            _ds: detail.dial_status,
            _tt: detail.transfered_to.into_iter().map(Into::into).collect(),
            _su: detail.status,
            _st: detail.start_time,
            _et: detail.end_time,
            _dr: detail.duration,
            _ac: detail.action,
            _wr: with_wrap_up.then_some(detail.wrap_up),
        }
    }
}

/// How long the id of a log is in the old generation.
const SHORT_ID: usize = 16;

impl Short {
    fn of(vendor: &MyOperator, call: &Call, filed: bool) -> Self {
        let log: Log = vendor.log(call);
        let flag = |is_set: bool| if is_set { "1" } else { "0" };
        let parameters = [
            ("ui", call.session.as_deref().unwrap_or_default()),
            ("is", flag(call.starred)),
            ("vt", "2"),
            ("ic", flag(!call.comments.is_empty())),
            ("ia", flag(call.archived)),
            ("ib", "1"),
        ];
        let filings = call.dispositions.iter().map(|disposition| ShortFiling {
            _lb: disposition.level,
            _na: disposition.name.clone(),
            _ag: disposition.user_id.clone(),
            _ts: disposition.added_at.seconds(),
        });
        let notes = log.comments.into_iter().filter_map(|note| {
            let author: ShortAgent = note.user?.into();
            Some(ShortNote {
                _tx: note.text,
                _cd: note.created,
                _ce: note.created,
                _id: author._id,
                _na: author._na,
                _em: author._em,
                _ex: author._ex,
                _ct: author._ct,
                _nr: author._nr,
            })
        });
        Self {
            _ai: log.allcaller_id.chars().take(SHORT_ID).collect(),
            _so: log.source,
            _ci: log.company_id,
            _cr: log.caller_number_raw,
            _cm: log.contact,
            _cl: log.caller_number,
            _cy: log.country,
            _se: log.state.replace(", ", ","),
            _ts: log.synced_time,
            _st: log.start_time,
            _ms: log.millis,
            _ss: log.seconds,
            _et: log.end_time,
            _dr: log.duration,
            _drm: log.minutes,
            _dsp: filed.then(|| filings.collect()),
            _ty: log.kind,
            _ev: log.event,
            _fn: log.filename,
            _fu: log.fileurl,
            _ns: log.origin,
            _su: log.status,
            _dn: log.department_name,
            _di: log.department_id,
            _pm: parameters
                .into_iter()
                .map(|(key, value)| Pair {
                    ky: key.to_owned(),
                    vl: value.to_owned(),
                })
                .collect(),
            _cn: notes.collect(),
            _ld: log
                .log_details
                .into_iter()
                .map(|detail| ShortDetail::of(detail, !filed))
                .collect(),
            _us: log.users,
            _tc: log.talks,
            outbound: (call.origin == Origin::Obd).then_some(ShortOutbound {
                _an: log.anonymous,
                _ri: log.reference,
                _ji: log.job,
                _ivid: log.ivr,
                _cri: log.client_reference,
            }),
        }
    }

    fn session(&self) -> String {
        let session = self._pm.iter().find(|pair| pair.ky == "ui");
        session.map(|pair| pair.vl.clone()).unwrap_or_default()
    }
}
