//! Outbound calls: what a client may ask for, what stands in its way, and what then happens.

use std::collections::VecDeque;

use jiff::SignedDuration;
use serde::Deserialize;

use super::script::{Filing, Line, Outcome, Step, Try, Writer};
use super::{Call, Category, Device, Direction, Instant, Kind, Origin, Party, Side, Source};
use crate::kernel::ids::Ids;
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::{Fate, fate_of};
use crate::kernel::text::digits;
use crate::vendors::myoperator::error::{Error, Named};
use crate::vendors::myoperator::resources::routing::{Ivr, Order, Wish};
use crate::vendors::myoperator::resources::users::User;
use crate::vendors::myoperator::state::MyOperator;

/// What a client asks for. An optional member that is empty counts as absent.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    /// `1` dials two people, `2` dials one and plays a menu.
    #[serde(rename = "type")]
    pub kind: String,
    /// The customer's number.
    pub number: String,
    /// The agent's number, where the agent is no user.
    pub number_2: Option<String>,
    /// The agent, where the agent is a user.
    pub user_id: Option<String>,
    /// What the call follows.
    pub public_ivr_id: String,
    /// The town of the number that calls.
    pub std_code: Option<String>,
    /// The state of the number that calls.
    pub region: Option<String>,
    /// The number that calls.
    pub caller_id: Option<String>,
    /// The client's id of the request.
    pub reference_id: Option<String>,
    /// Whether the call waits until somebody is free.
    pub call_hold: Option<bool>,
    /// The most seconds it may last once all are on the line.
    pub max_call_duration: Option<u64>,
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

impl Wanted {
    /// Whether the call waits until somebody is free.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.call_hold != Some(false)
    }

    /// The client's id of the request.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        filled(self.reference_id.as_ref())
    }

    /// The number it is wished to go out from.
    fn wish(&self) -> Wish<'_> {
        Wish {
            caller_id: filled(self.caller_id.as_ref()),
            std_code: filled(self.std_code.as_ref()),
            region: filled(self.region.as_ref()),
        }
    }
}

/// Why a call is not taken on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A member names nothing.
    Invalid(String),
    /// The account may not.
    Forbidden(String),
    /// There is nothing that the call could follow.
    NoRoute,
    /// The number stands for a vendor that is overloaded.
    TooMany,
    /// The number stands for a vendor that fails.
    Failed,
}

impl Obstacle {
    /// The same as the answer to a request.
    #[must_use]
    pub fn refusing(self, call: Named) -> Error {
        match self {
            Self::Invalid(details) => Error::CallInvalid { details, call },
            Self::Forbidden(details) => Error::CallForbidden { details, call },
            Self::NoRoute => Error::CallNotFound(call),
            Self::TooMany => Error::TooManyRequests(std::time::Duration::from_secs(1)),
            Self::Failed => Error::CallFailed(call),
        }
    }
}

fn invalid(member: &str) -> Obstacle {
    Obstacle::Invalid(format!("Invalid {member}"))
}

fn forbidden(details: &str) -> Obstacle {
    Obstacle::Forbidden(details.to_owned())
}

/// How long a menu is listened to, in milliseconds.
const MENU: (u64, u64) = (8_000, 18_000);

/// Between a party's hanging up and the next one's noticing, in milliseconds.
const BREATH: (u64, u64) = (200, 900);

/// From the request to the call, in milliseconds.
const QUEUE: (u64, u64) = (700, 1_500);

/// How much longer a call waits for somebody to be free, in milliseconds.
const HOLD: (u64, u64) = (25_000, 35_000);

/// What the last digit of the customer's number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fortune {
    /// Everybody picks up.
    Bridged,
    /// The customer does not pick up.
    NoAnswer,
    /// The customer is talking to somebody else.
    Busy,
    /// The customer picks up, but no agent does.
    NobodyThere,
    /// Nobody is free; the call waits, or is cancelled.
    Queued,
}

impl Fortune {
    fn of(number: &str) -> Self {
        match number.bytes().last() {
            Some(b'6') => Self::NoAnswer,
            Some(b'7') => Self::Busy,
            Some(b'8') => Self::NobodyThere,
            Some(b'9') => Self::Queued,
            _ => Self::Bridged,
        }
    }

    fn customer(self) -> Outcome {
        match self {
            Self::NoAnswer => Outcome::NoAnswer,
            Self::Busy => Outcome::Busy,
            Self::Bridged | Self::NobodyThere | Self::Queued => Outcome::Answered,
        }
    }
}

/// Everything that decides how an outbound call goes.
struct Course {
    order: Order,
    customer: Party,
    /// Who answers for the company, and whether they do.
    agent: Option<(Party, Outcome)>,
    fortune: Fortune,
    holds: bool,
    /// In milliseconds.
    most: Option<u64>,
    filing: Option<Filing>,
}

impl Course {
    fn write(self, ids: &mut Ids) -> VecDeque<Line> {
        let mut script = Writer::new(ids);
        script.then(QUEUE, Step::Begin { caller: None });
        let customer = |outcome| Try {
            party: self.customer.clone(),
            outcome,
            rings: None,
        };
        let agent = self.agent.as_ref().map(|(party, outcome)| Try {
            party: party.clone(),
            outcome: *outcome,
            rings: None,
        });
        let wait = match (self.fortune, self.holds) {
            (Fortune::Queued, true) => HOLD,
            _ => (2, 2),
        };
        let first = match (self.order, &agent) {
            (Order::AgentFirst, Some(agent)) => agent.clone(),
            _ => customer(self.fortune.customer()),
        };
        if self.fortune == Fortune::Queued && !self.holds {
            let outcome = Outcome::Cancelled;
            script.dial(wait, Try { outcome, ..first });
            return script.end(BREATH, None);
        }
        let first_side = first.party.side;
        if !script.dial(wait, first) {
            return script.end(BREATH, None);
        }
        let second = match self.order {
            Order::AgentFirst if first_side == Side::Agent => {
                Some(customer(self.fortune.customer()))
            }
            _ => agent,
        };
        let pause = if self.order == Order::Ivr {
            MENU
        } else {
            BREATH
        };
        let bridged = match second {
            // Nobody is behind the menu: the customer listens and hangs up.
            None => {
                script.then(MENU, Step::Leave { side: first_side });
                return script.end(BREATH, None);
            }
            Some(second) if self.order == Order::Ivr && second.outcome != Outcome::Answered => {
                script.then(MENU, Step::Leave { side: first_side });
                return script.end(BREATH, None);
            }
            Some(second) => script.dial(pause, second),
        };
        if !bridged {
            script.then(BREATH, Step::Leave { side: first_side });
            return script.end(BREATH, None);
        }
        let talk = script.talk(None, self.most);
        let sides = [Side::Customer, Side::Agent];
        script.then(talk, Step::Leave { side: sides[0] });
        script.then(BREATH, Step::Leave { side: sides[1] });
        script.end(BREATH, self.filing)
    }
}

/// A country code that a number begins with, as far as it is known here.
#[must_use]
pub fn country_of(number: &str) -> &str {
    const KNOWN: [&str; 12] = [
        "971", "966", "880", "977", "94", "91", "65", "62", "61", "44", "49", "1",
    ];
    let digits = number.trim_start_matches('+');
    let known = KNOWN.into_iter().find(|code| digits.starts_with(code));
    known.unwrap_or_else(|| digits.get(..2).unwrap_or(digits))
}

/// Where a number is at home, as the vendor writes it: state and country.
#[must_use]
pub fn location_of(number: &str) -> &'static str {
    if country_of(number) != "91" {
        return "";
    }
    match number.bytes().last() {
        Some(b'1' | b'2' | b'3') => "DL, IN",
        Some(b'4' | b'5' | b'6') => "KA, IN",
        Some(b'7' | b'8') => "MH, IN",
        _ => "RJ, IN",
    }
}

impl MyOperator {
    /// Takes on an outbound call and returns its id.
    ///
    /// # Errors
    /// When something stands in the way.
    pub fn place(
        &mut self,
        company: &str,
        from: Option<&str>,
        wanted: Wanted,
        moment: &mut Moment<'_, Self>,
    ) -> Result<String, Obstacle> {
        let now = Instant::new(moment.now);
        match fate_of(&digits(&wanted.number)) {
            Some(Fate::TooMany) => return Err(Obstacle::TooMany),
            Some(Fate::ServerError) => return Err(Obstacle::Failed),
            _ => {}
        }
        self.check_plan(company, from, moment)?;
        let ivr = self.followed(company, &wanted.public_ivr_id)?.clone();
        let did = self.did_for(&ivr, wanted.wish()).ok_or(Obstacle::NoRoute)?;
        let did = did.number.clone();
        let fortune = Fortune::of(&wanted.number);
        let agent = self.agent_for(company, &wanted, &ivr, fortune)?;
        self.check_reference(company, &wanted, now)?;
        self.check_throttle(company, &wanted.number, now)?;
        let order = match (wanted.kind.as_str(), ivr.order) {
            ("2", _) => Order::Ivr,
            (_, Order::CustomerFirst) => Order::CustomerFirst,
            _ => Order::AgentFirst,
        };
        let known = agent.as_ref().and_then(|(party, _)| party.user.clone());
        let files = known.is_some_and(|uuid| self.users.get(&uuid).is_some_and(User::takes_calls));
        let settings = &self.settings.calls;
        let filing = settings
            .filed_after
            .filter(|_| files)
            .map(|seconds| Filing {
                after: seconds.saturating_mul(1000),
                names: settings.filed_as.clone(),
            });
        let course = Course {
            order,
            customer: Party::customer(&wanted.number),
            agent,
            fortune,
            holds: wanted.holds(),
            most: wanted
                .max_call_duration
                .map(|seconds| seconds.saturating_mul(1000)),
            filing,
        };
        let unique_id = request_id(moment);
        let mut call = self.new_call(company, &wanted.number, &did, moment);
        call.direction = Direction::Outgoing;
        call.category = Category::Obd;
        call.origin = Origin::Obd;
        call.department = ivr.department.filter(|_| order == Order::Ivr);
        call.ivr = Some(ivr.public_ivr_id);
        call.ref_id.clone_from(&unique_id);
        call.client_ref_id = wanted.reference().unwrap_or_default().to_owned();
        call.script = course.write(moment.ids);
        self.start_call(call, moment);
        Ok(unique_id)
    }

    /// A call with nobody in it yet.
    pub fn new_call(
        &self,
        company: &str,
        customer: &str,
        did: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Call {
        let now = Instant::new(moment.now);
        let key = format!("{company} {}", customer.trim_start_matches('+'));
        let contact = self.contacts.by("number", &key).next();
        Call {
            id: moment.ids.hex(32),
            company_id: company.to_owned(),
            session: None,
            kind: Kind::Call,
            source: Source::Ivr,
            direction: Direction::Incoming,
            category: Category::Incoming,
            origin: Origin::None,
            did: did.to_owned(),
            customer: customer.to_owned(),
            country: contact.map_or_else(
                || country_of(customer).to_owned(),
                |contact| contact.country_code.clone(),
            ),
            location: location_of(customer).to_owned(),
            contact_name: contact.map_or_else(String::new, |contact| contact.name.clone()),
            contact_email: contact.and_then(|contact| contact.email_id.clone()),
            department: None,
            ivr: None,
            ref_id: String::new(),
            client_ref_id: String::new(),
            requested_at: now,
            started_at: now,
            ended_at: None,
            logged_at: None,
            status: None,
            legs: Vec::new(),
            recording: None,
            comments: Vec::new(),
            dispositions: Vec::new(),
            starred: false,
            archived: false,
            sequence: 0,
            step: 0,
            script: VecDeque::new(),
        }
    }

    /// Whether the account may call at all.
    fn check_plan(
        &self,
        company: &str,
        from: Option<&str>,
        moment: &Moment<'_, Self>,
    ) -> Result<(), Obstacle> {
        let Some(company) = self.companies.get(company) else {
            return Err(invalid("company_id"));
        };
        let plan = &company.calling;
        let caller = from.and_then(|list| list.split(',').next()).map(str::trim);
        let listed = plan.allowed_ips.is_empty()
            || plan
                .allowed_ips
                .iter()
                .any(|allowed| *allowed == caller.unwrap_or("127.0.0.1"));
        if !listed {
            return Err(forbidden("IP is not whitelisted"));
        }
        if !company.service_active {
            return Err(forbidden("Service is not active"));
        }
        if plan.paid_until.is_some_and(|until| until <= moment.now) {
            return Err(forbidden("Your plan has expired"));
        }
        Ok(())
    }

    /// What the call follows. An id that cannot be one is a mistake; one that leads nowhere is a missing route.
    fn followed(&self, company: &str, id: &str) -> Result<&Ivr, Obstacle> {
        let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if id.len() != 16 || !hex(id) {
            return Err(invalid("public_ivr_id"));
        }
        let ivr = self.ivrs.get(id).filter(|ivr| ivr.company_id == company);
        ivr.ok_or(Obstacle::NoRoute)
    }

    /// Who answers for the company, and whether they do.
    fn agent_for(
        &self,
        company: &str,
        wanted: &Wanted,
        ivr: &Ivr,
        fortune: Fortune,
    ) -> Result<Option<(Party, Outcome)>, Obstacle> {
        let answers = |there: bool| match fortune {
            Fortune::NobodyThere => Outcome::NoAnswer,
            _ if there => Outcome::Answered,
            _ => Outcome::NoAnswer,
        };
        if wanted.kind == "2" {
            let department = ivr.department.as_ref();
            let department = department.and_then(|id| self.departments.get(id));
            let free = department.and_then(|department| {
                let users = department.users.iter();
                users
                    .filter_map(|uuid| self.users.get(uuid))
                    .find(|user| user.takes_calls())
            });
            return Ok(free.map(|user| (agent(user), answers(true))));
        }
        if let Some(id) = &wanted.user_id {
            let mut users = self.users.by("company", company);
            let user = users.find(|user| user.uuid == *id || user.user_id == *id);
            let user = user.ok_or_else(|| invalid("user_id"))?;
            return Ok(Some((agent(user), answers(user.takes_calls()))));
        }
        let plan = self.companies.get(company).map(|company| &company.calling);
        if !plan.is_some_and(|plan| plan.anonymous_dialer) {
            return Err(forbidden("Your annonymous feature is not enabled"));
        }
        let number = wanted.number_2.clone().unwrap_or_default();
        let nobody = self.anonymous_user(company).map(|user| user.uuid.clone());
        let party = Party {
            side: Side::Agent,
            number,
            user: nobody,
            device: Device::Phone,
        };
        Ok(Some((party, answers(true))))
    }

    /// The user who stands for agents that are none.
    pub fn anonymous_user(&self, company: &str) -> Option<&User> {
        let mut users = self.users.by("company", company);
        users.find(|user| user.extension == "0")
    }

    /// A client's id is taken for a while after a call with it was taken on.
    fn check_reference(
        &self,
        company: &str,
        wanted: &Wanted,
        now: Instant,
    ) -> Result<(), Obstacle> {
        let Some(reference) = wanted.reference() else {
            return Ok(());
        };
        let locked = SignedDuration::from_secs(self.settings.calls.reference_lock);
        let key = format!("{company} {reference}");
        let free_at = self
            .calls
            .by("reference", &key)
            .map(|call| call.requested_at.plus(locked))
            .max();
        match free_at {
            Some(free_at) if free_at > now => Err(Obstacle::Forbidden(format!(
                "reference_id {reference} already taken, remaining_ttl {}",
                free_at.since(now)
            ))),
            _ => Ok(()),
        }
    }

    /// One number may be called only so often.
    fn check_throttle(&self, company: &str, number: &str, now: Instant) -> Result<(), Obstacle> {
        let Some(throttle) = self.settings.calls.throttle else {
            return Ok(());
        };
        let window = SignedDuration::from_secs(throttle.seconds);
        let recent = self
            .calls
            .by("outbound", &format!("{company} {number}"))
            .filter(|call| call.requested_at.plus(window) > now)
            .count();
        if recent >= throttle.calls {
            return Err(forbidden("Call limit reached for this number"));
        }
        Ok(())
    }
}

/// A user's phone.
#[must_use]
pub fn agent(user: &User) -> Party {
    Party {
        side: Side::Agent,
        number: user.e164(),
        user: Some(user.uuid.clone()),
        device: match user.contact_type.as_deref() {
            Some("sip") => Device::Web,
            _ => Device::Phone,
        },
    }
}

/// A version 1 UUID, as the vendor names requests: it tells when, and where.
fn request_id(moment: &mut Moment<'_, MyOperator>) -> String {
    /// From the beginning of the Gregorian calendar to 1970, in steps of 100 ns.
    const EPOCH: i128 = 0x01b2_1dd2_1381_4000;
    let ticks = moment.now.as_nanosecond() / 100 + EPOCH;
    let counter = u16::from_be_bytes(moment.ids.bytes());
    let node = moment.ids.bytes::<6>();
    let ticks = u64::try_from(ticks).unwrap_or_default();
    uuid::Builder::from_gregorian_timestamp(ticks, counter, &node)
        .into_uuid()
        .to_string()
}
