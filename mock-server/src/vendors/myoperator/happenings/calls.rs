//! What occurs on the telephone: customers call, agents call out, people pick up, talk, hand over and hang up.

use serde::{Deserialize, Serialize};

use crate::kernel::moment::Moment;
use crate::kernel::text::digits;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::MyOperator;
use crate::vendors::myoperator::resources::calls::outbound::agent;
use crate::vendors::myoperator::resources::calls::script::{Filing, Outcome, Step, Try, Writer};
use crate::vendors::myoperator::resources::calls::{
    Category, Device, Direction, Origin, Party, Side,
};
use crate::vendors::myoperator::resources::routing::Department;
use crate::vendors::myoperator::resources::users::User;

/// What can happen to calls. A call is named by its log, its session, its request or the client's reference;
/// a user by id, extension or number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {
    /// A customer calls.
    IncomingCall(Incoming),
    /// An agent calls out, or is called back together with the customer.
    OutgoingCall(Outgoing),
    /// The next thing in a call happens.
    CallProceeds {
        /// Which call.
        call: String,
        /// Which line of its script; the next one when nobody says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<u32>,
    },
    /// Everybody hangs up.
    CallHungUp {
        /// Which call.
        call: String,
    },
    /// A user files a call.
    CallFiled {
        /// Which call.
        call: String,
        /// Who.
        user: String,
        /// As what: one or two levels.
        names: Vec<String>,
        /// What the user writes about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// A user writes about a call.
    CallCommented {
        /// Which call.
        call: String,
        /// Who.
        user: String,
        /// The words.
        content: String,
    },
    /// A user marks a log, or puts it away.
    CallMarked {
        /// Which call.
        call: String,
        /// Whether it is marked from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        starred: Option<bool>,
        /// Whether it is put away from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<bool>,
    },
}

/// Their names, as they are written.
pub const NAMES: &[&str] = &[
    "incoming_call",
    "outgoing_call",
    "call_proceeds",
    "call_hung_up",
    "call_filed",
    "call_commented",
    "call_marked",
];

/// A customer calls.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Incoming {
    /// The company that is called; the first one when nobody says.
    pub company: Option<String>,
    /// The customer's number.
    pub from: String,
    /// The company's number; its first one when nobody says.
    pub did: Option<String>,
    /// The department the menu leads to; the first one when nobody says.
    pub department: Option<String>,
    /// The extension that is dialled instead.
    pub extension: Option<String>,
    /// Whom the call tries, one after the other; the first free user of the department when nobody says,
    /// and nobody at all when this is empty.
    pub tries: Option<Vec<Attempt>>,
    /// To whom the first agent hands the customer over.
    pub transfer: Option<Attempt>,
    /// Whether a customer whom nobody answered leaves a message.
    pub voicemail: bool,
    /// How many seconds they talk.
    pub talk: Option<u64>,
    /// How the agent files it: one or two levels.
    pub filed_as: Option<Vec<String>>,
}

/// An agent calls out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outgoing {
    /// The company that calls; the first one when nobody says.
    #[serde(default)]
    pub company: Option<String>,
    /// The agent.
    pub agent: String,
    /// The customer's number.
    pub to: String,
    /// The company's number; its first one when nobody says.
    #[serde(default)]
    pub did: Option<String>,
    /// How.
    #[serde(default)]
    pub by: By,
    /// What becomes of calling the customer.
    #[serde(default)]
    pub outcome: Outcome,
    /// How many seconds it rings.
    #[serde(default)]
    pub rings: Option<u64>,
    /// How many seconds they talk.
    #[serde(default)]
    pub talk: Option<u64>,
    /// How the agent files it: one or two levels.
    #[serde(default)]
    pub filed_as: Option<Vec<String>>,
}

/// How an agent calls out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// From the agent's own phone.
    #[default]
    Phone,
    /// By a click in the panel.
    Click,
    /// From the browser.
    Web,
    /// The vendor calls the agent, then the customer who wants to be called.
    Callback,
}

/// A user is dialled.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attempt {
    /// Who.
    pub agent: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// How many seconds it rings.
    pub rings: Option<u64>,
    /// Whether it is taken in the browser.
    pub web: bool,
}

/// How long a menu is listened to before somebody is dialled, in milliseconds.
const MENU: (u64, u64) = (6_000, 20_000);

/// Between one thing and the next, in milliseconds.
const BREATH: (u64, u64) = (300, 1_200);

/// How long a customer waits whom nobody answers, in milliseconds.
const PATIENCE: (u64, u64) = (8_000, 20_000);

/// How long a message is, in milliseconds.
const MESSAGE: (u64, u64) = (5_000, 15_000);

/// How long after the log an agent files a call, in milliseconds.
const FILING: u64 = 5_000;

impl MyOperator {
    /// Lets something happen on the telephone.
    ///
    /// # Errors
    /// When it cannot happen in this state.
    pub(super) fn on_the_telephone(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::IncomingCall(incoming) => self.be_called(incoming, moment),
            Happening::OutgoingCall(outgoing) => self.call_out(outgoing, moment),
            Happening::CallProceeds { call, step } => self.proceed(&call, step, moment),
            Happening::CallHungUp { call } => self.hang_up(&call, moment),
            Happening::CallFiled {
                call,
                user,
                names,
                comment,
            } => self.file(&call, &user, names, comment, moment),
            Happening::CallCommented {
                call,
                user,
                content,
            } => self.comment(&call, &user, content, moment),
            Happening::CallMarked {
                call,
                starred,
                archived,
            } => self.mark_log(&call, starred, archived),
        }
    }

    fn be_called(
        &mut self,
        incoming: Incoming,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let company = self.company_or_first(incoming.company.as_deref())?;
        let from = telephone(&incoming.from)?;
        let did = self.did_or_first(&company, incoming.did.as_deref())?;
        let (department, usual) = match &incoming.extension {
            Some(extension) => {
                let user = self.user_or_unknown(&company, extension)?;
                (self.directory(&company), vec![user])
            }
            None => self.reached(&company, incoming.department.as_deref())?,
        };
        let department = department.map(|department| department.id.clone());
        let tries = match incoming.tries {
            None => usual
                .into_iter()
                .map(|user| Try::answered(agent(user)))
                .collect(),
            Some(attempts) => attempts
                .iter()
                .map(|attempt| self.attempt(&company, attempt))
                .collect::<Result<Vec<_>, _>>()?,
        };
        let transfer = incoming.transfer.as_ref();
        let transfer = transfer.map(|attempt| self.attempt(&company, attempt));
        let transfer = transfer.transpose()?;

        let mut call = self.new_call(&company, &from, &did, moment);
        call.department = department;
        let mut script = Writer::new(moment.ids);
        let caller = Some(Party::customer(&from));
        script.then((0, 0), Step::Begin { caller });
        let mut pause = MENU;
        let mut answered = false;
        for attempt in tries {
            answered = script.dial(pause, attempt);
            pause = BREATH;
            if answered {
                break;
            }
        }
        if answered {
            let talk = script.talk(incoming.talk.map(millis), None);
            let mut still_there = true;
            if let Some(attempt) = transfer {
                still_there = script.transfer(talk, attempt);
            }
            let rest = script.talk(incoming.talk.map(millis), None);
            let pause = if still_there { rest } else { BREATH };
            script.then(pause, Step::Leave { side: Side::Agent });
        } else if incoming.voicemail {
            script.then(BREATH, Step::Voicemail);
            script.then(
                MESSAGE,
                Step::Leave {
                    side: Side::Customer,
                },
            );
        } else {
            script.then(
                PATIENCE,
                Step::Leave {
                    side: Side::Customer,
                },
            );
        }
        call.script = script.end(BREATH, filing(incoming.filed_as)?);
        self.start_call(call, moment);
        Ok(())
    }

    fn call_out(
        &mut self,
        outgoing: Outgoing,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let company = self.company_or_first(outgoing.company.as_deref())?;
        let to = telephone(&outgoing.to)?;
        let did = self.did_or_first(&company, outgoing.did.as_deref())?;
        let mut own = agent(self.user_or_unknown(&company, &outgoing.agent)?);
        if outgoing.by == By::Web {
            own.device = Device::Web;
        }
        let mut call = self.new_call(&company, &to, &did, moment);
        call.direction = Direction::Outgoing;
        (call.category, call.origin) = match outgoing.by {
            By::Phone => (Category::Oneway, Origin::None),
            By::Click => (Category::Oneway, Origin::ClickToCall),
            By::Web => (Category::Webcall, Origin::WebRtc),
            By::Callback => (Category::Callback, Origin::None),
        };
        let mut script = Writer::new(moment.ids);
        let called_back = outgoing.by == By::Callback;
        let caller = (!called_back).then(|| own.clone());
        script.then((0, 0), Step::Begin { caller });
        let there = !called_back || script.dial(BREATH, Try::answered(own));
        let customer = Try {
            party: Party::customer(&to),
            outcome: outgoing.outcome,
            rings: outgoing.rings.map(millis),
        };
        if there && script.dial(BREATH, customer) {
            let talk = script.talk(outgoing.talk.map(millis), None);
            let side = Side::Customer;
            script.then(talk, Step::Leave { side });
        }
        call.script = script.end(BREATH, filing(outgoing.filed_as)?);
        self.start_call(call, moment);
        Ok(())
    }

    fn company_or_first(&self, named: Option<&str>) -> Result<String, Impossible> {
        let found = match named {
            Some(id) => self.companies.get(id),
            None => self.companies.iter().next(),
        };
        found
            .map(|company| company.id.clone())
            .ok_or_else(|| unknown("company", named.unwrap_or_default()))
    }

    fn did_or_first(&self, company: &str, named: Option<&str>) -> Result<String, Impossible> {
        let mut dids = self.dids.by("company", company);
        let found = match named.map(digits) {
            Some(wanted) => dids.find(|did| digits(&did.number).ends_with(&wanted)),
            None => dids.next(),
        };
        found
            .map(|did| did.number.clone())
            .ok_or_else(|| unknown("number", named.unwrap_or_default()))
    }

    fn user_or_unknown(&self, company: &str, name: &str) -> Result<&User, Impossible> {
        self.user_called(company, name)
            .ok_or_else(|| unknown("user", name))
    }

    /// A department, and who is free in it.
    fn reached(
        &self,
        company: &str,
        named: Option<&str>,
    ) -> Result<(Option<&Department>, Vec<&User>), Impossible> {
        let mut departments = self.departments.by("company", company);
        let department = match named {
            Some(id) => Some(
                departments
                    .find(|department| department.id == id)
                    .ok_or_else(|| unknown("department", id))?,
            ),
            None => departments.find(|department| !department.is_directory),
        };
        let users = department.into_iter().flat_map(|department| {
            let users = department.users.iter();
            users.filter_map(|uuid| self.users.get(uuid))
        });
        let free = users.filter(|user| user.takes_calls());
        Ok((department, free.take(1).collect()))
    }

    fn attempt(&self, company: &str, attempt: &Attempt) -> Result<Try, Impossible> {
        let mut party = agent(self.user_or_unknown(company, &attempt.agent)?);
        if attempt.web {
            party.device = Device::Web;
        }
        Ok(Try {
            party,
            outcome: attempt.outcome,
            rings: attempt.rings.map(millis),
        })
    }
}

fn millis(seconds: u64) -> u64 {
    seconds.saturating_mul(1000)
}

fn filing(names: Option<Vec<String>>) -> Result<Option<Filing>, Impossible> {
    let Some(names) = names else {
        return Ok(None);
    };
    if names.is_empty() || names.len() > 2 {
        return Err(Impossible(
            "a call is filed on one or two levels".to_owned(),
        ));
    }
    Ok(Some(Filing {
        after: FILING,
        names,
    }))
}

/// A number as networks write it. Ten digits without anything before them are Indian.
fn telephone(written: &str) -> Result<String, Impossible> {
    let number = digits(written);
    match number.len() {
        10 if !written.trim_start().starts_with('+') => Ok(format!("+91{number}")),
        7..=15 => Ok(format!("+{number}")),
        _ => Err(Impossible(format!("{written:?} is no number"))),
    }
}

fn unknown(what: &str, key: &str) -> Impossible {
    Impossible(format!("there is no {what} {key:?}"))
}
