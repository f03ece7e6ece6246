//! What is to happen in a call, written down before it begins: one line after the other, each with a pause before it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{DialStatus, Party, Side};
use crate::kernel::ids::Ids;

/// One thing that happens, and the pause before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The pause, in milliseconds.
    pub after: u64,
    /// What happens then.
    #[serde(flatten)]
    pub step: Step,
}

/// One thing that happens in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// The call begins; whoever calls is on the line.
    Begin {
        /// Who calls; nobody when the vendor does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<Party>,
    },
    /// Somebody is dialled.
    Dial {
        /// Who.
        party: Party,
    },
    /// Who was dialled last picks up.
    Answer,
    /// Who was dialled last does not.
    Miss {
        /// Why not.
        dial_status: DialStatus,
    },
    /// The agent hands the customer over to another, who is dialled.
    Transfer {
        /// To whom.
        party: Party,
    },
    /// A side hangs up.
    Leave {
        /// Which.
        side: Side,
    },
    /// The customer begins to leave a message.
    Voicemail,
    /// The call is over.
    End,
    /// Its log is written.
    Log,
    /// The agent who talked files it.
    File {
        /// As what, level by level.
        names: Vec<String>,
    },
}

/// What becomes of dialling somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They pick up.
    #[default]
    Answered,
    /// They do not.
    NoAnswer,
    /// They are talking to somebody else.
    Busy,
    /// They cannot be reached.
    Unreachable,
    /// The vendor gives up.
    Cancelled,
}

impl Outcome {
    fn dial_status(self) -> DialStatus {
        match self {
            Self::Answered => DialStatus::Answer,
            Self::NoAnswer => DialStatus::NoAnswer,
            Self::Busy => DialStatus::Busy,
            Self::Unreachable => DialStatus::NoCarrier,
            Self::Cancelled => DialStatus::Cancel,
        }
    }

    /// How long it takes to show, in milliseconds, from the shortest to the longest.
    fn ringing(self) -> (u64, u64) {
        match self {
            Self::Answered => (4_000, 16_000),
            Self::NoAnswer => (25_000, 32_000),
            Self::Busy | Self::Unreachable => (1_000, 3_000),
            Self::Cancelled => (1_500, 2_500),
        }
    }
}

/// Somebody is dialled, and this becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// Who.
    pub party: Party,
    /// What becomes of it.
    pub outcome: Outcome,
    /// How long it rings, in milliseconds; as long as usual when nobody says.
    pub rings: Option<u64>,
}

impl Try {
    /// Somebody who picks up, after the usual time.
    #[must_use]
    pub fn answered(party: Party) -> Self {
        Self {
            party,
            outcome: Outcome::Answered,
            rings: None,
        }
    }
}

/// A script in the making.
#[derive(Debug)]
pub struct Writer<'i> {
    lines: VecDeque<Line>,
    ids: &'i mut Ids,
}

/// How long people talk when nobody says, in milliseconds.
const TALK: (u64, u64) = (8_000, 40_000);

/// Between the end of a call and its log, in milliseconds.
const LOG: (u64, u64) = (800, 2_600);

impl<'i> Writer<'i> {
    /// An empty one.
    pub fn new(ids: &'i mut Ids) -> Self {
        Self {
            lines: VecDeque::new(),
            ids,
        }
    }

    /// After a pause of about this many milliseconds, this happens.
    pub fn then(&mut self, pause: (u64, u64), step: Step) -> &mut Self {
        let after = self.ids.between(pause.0, pause.1);
        self.lines.push_back(Line { after, step });
        self
    }

    /// Somebody is dialled after a pause. True when they pick up.
    pub fn dial(&mut self, pause: (u64, u64), attempt: Try) -> bool {
        self.then(
            pause,
            Step::Dial {
                party: attempt.party,
            },
        );
        self.ring(attempt.outcome, attempt.rings)
    }

    /// The customer is handed over after a pause. True when the other picks up.
    pub fn transfer(&mut self, pause: (u64, u64), attempt: Try) -> bool {
        self.then(
            pause,
            Step::Transfer {
                party: attempt.party,
            },
        );
        self.ring(attempt.outcome, attempt.rings)
    }

    fn ring(&mut self, outcome: Outcome, rings: Option<u64>) -> bool {
        let pause = rings.map_or_else(|| outcome.ringing(), |rings| (rings, rings));
        let answered = outcome == Outcome::Answered;
        let dial_status = outcome.dial_status();
        let step = if answered {
            Step::Answer
        } else {
            Step::Miss { dial_status }
        };
        self.then(pause, step);
        answered
    }

    /// How long they talk, in milliseconds: as long as said, or as usual, but never longer than `most`.
    pub fn talk(&mut self, said: Option<u64>, most: Option<u64>) -> (u64, u64) {
        let talk = said.unwrap_or_else(|| self.ids.between(TALK.0, TALK.1));
        let talk = talk.min(most.unwrap_or(u64::MAX));
        (talk, talk)
    }

    /// The call ends after a pause, its log is written, and an agent may file it.
    pub fn end(mut self, pause: (u64, u64), filing: Option<Filing>) -> VecDeque<Line> {
        self.then(pause, Step::End).then(LOG, Step::Log);
        if let Some(Filing { after, names }) = filing {
            self.then((after, after), Step::File { names });
        }
        self.lines
    }
}

/// How the agent files a call, and how long after it was logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// In milliseconds.
    pub after: u64,
    /// As what, level by level.
    pub names: Vec<String>,
}
