//! What a check found out: the one model that every report is made from.

use contracts::document::Evidence;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The name of this form of report; another one gets another name.
pub const FORM: &str = "mock-server.check/1";

/// What a check found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The form of this report.
    pub form: String,
    /// The version of the server whose contracts judged.
    pub version: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so, a sentence each.
    pub reasons: Vec<String>,
    /// The command that was run, where there was one.
    pub command: Option<Command>,
    /// How much was seen.
    pub observed: Observed,
    /// What was demanded, and whether it was met.
    pub requirements: Vec<Requirement>,
    /// What breaks a contract: the gravest first, each once.
    pub findings: Vec<Finding>,
    /// Findings that the baseline accepts.
    pub accepted: Vec<Finding>,
    /// Fingerprints that the baseline accepts and nobody saw: it can be made smaller.
    pub unseen: Vec<String>,
    /// What was exercised, by vendor.
    pub coverage: Vec<Coverage>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Enough was seen, and all of it was good.
    Pass,
    /// Something breaks a contract.
    Findings,
    /// Nothing, too little, or not everything was seen.
    Inconclusive,
}

impl Outcome {
    /// The exit code of the command line.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Findings => 1,
            Self::Inconclusive => 3,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Findings => "findings",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// A command that was run and watched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Its words.
    pub line: Vec<String>,
    /// Its exit code; none when a signal ended it.
    pub exit: Option<i32>,
    /// Whether its failing does not matter.
    pub ignored: bool,
    /// How long it ran, in milliseconds.
    pub millis: u64,
}

/// How much was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Requests that were seen.
    pub requests: u64,
    /// Requests that are known to have happened and were not seen.
    pub lost: u64,
    /// Requests that were seen but not whole, so that their bodies could not be judged.
    pub partial: u64,
    /// The workspaces they belong to.
    pub workspaces: Vec<String>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The vendor refuses this, or reads something else.
    Error,
    /// The contract does not know this; the vendor may ignore it today.
    Warning,
    /// Worth knowing; never fails a check.
    Note,
}

impl Level {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One way in which requests break a contract, however often they do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The same in every run in which the same thing is wrong.
    pub fingerprint: String,
    /// How grave it is.
    pub level: Level,
    /// Which rule is broken, such as `type`, `undocumented` or `unknown-operation`.
    pub rule: String,
    /// The vendor; none for what is wrong with the run itself.
    pub vendor: Option<String>,
    /// The operation, where the request reached one.
    pub operation: Option<String>,
    /// The variant, where it is known.
    pub variant: Option<String>,
    /// The method and path of the first such request, as the vendor sees them.
    pub request: String,
    /// The part of the request: `body`, `query parameter`, `header`, …; empty where it is about all of it.
    pub place: String,
    /// JSON pointer or parameter name; empty for the whole part.
    pub pointer: String,
    /// What stood there, shortened when it is long; none when it was missing.
    pub value: Option<Value>,
    /// What should stand there.
    pub expected: String,
    /// One sentence that says what is wrong.
    pub message: String,
    /// One sentence that says what to do.
    pub fix: String,
    /// How sure the contract is of the rule.
    pub evidence: Option<Evidence>,
    /// What the vendor answers.
    pub answer: Option<Answer>,
    /// Where the contract says so.
    pub contract: Option<Place>,
    /// The operations that an unknown one resembles, the nearest first.
    pub near: Vec<String>,
    /// How many requests break the rule.
    pub count: u64,
    /// The first of them, as numbers in the journal; with the workspace in front where it is not the default one.
    pub requests: Vec<String>,
}

impl Finding {
    /// `heltar messages.send (text)`: what the finding is about.
    #[must_use]
    pub fn subject(&self) -> String {
        let mut words = vec![self.vendor.clone().unwrap_or_else(|| "the run".to_owned())];
        match (&self.operation, self.request.as_str()) {
            (Some(operation), _) => words.push(operation.clone()),
            (None, "") => {}
            (None, request) => words.push(request.to_owned()),
        }
        if let Some(variant) = &self.variant {
            words.push(format!("({variant})"));
        }
        words.join(" ")
    }

    /// `/messages/0/clientWaNumber in the body`, or empty.
    #[must_use]
    pub fn spot(&self) -> String {
        match (self.place.as_str(), self.pointer.as_str()) {
            ("", pointer) => pointer.to_owned(),
            (place, "") => place.to_owned(),
            ("body", pointer) => format!("{pointer} in the body"),
            (place, pointer) => format!("{place} {pointer}"),
        }
    }
}

/// What the vendor answers to a request that breaks a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, shortened when it is long.
    pub body: String,
    /// Whether the request was refused for this rule; otherwise this is what it got all the same.
    pub refused: bool,
}

/// A place in a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, in the repository of the mock server.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The JSON pointer.
    pub pointer: String,
}

/// Something that must have been seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// What was demanded, as it was written.
    pub wanted: String,
    /// What there was.
    pub got: String,
    /// Whether that is enough.
    pub met: bool,
}

/// What was exercised of one vendor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The vendor.
    pub vendor: String,
    /// Its name for people.
    pub title: String,
    /// Operations that were answered well at least once.
    pub operations: Share,
    /// Uses, which are operations × variants, that were answered well at least once.
    pub uses: Share,
    /// Documented answers, which are operations × statuses, that were seen at least once.
    pub answers: Share,
    /// Every operation of the contract.
    pub rows: Vec<Row>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many were seen.
    pub seen: usize,
    /// How many there are.
    pub of: usize,
}

impl Share {
    /// In whole percent, never rounded up.
    #[must_use]
    pub fn percent(self) -> usize {
        (self.seen * 100).checked_div(self.of).unwrap_or(0)
    }
}

/// One operation and what was seen of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The operation.
    pub operation: String,
    /// Its method.
    pub method: String,
    /// Its path template.
    pub path: String,
    /// How sure the contract is of it.
    pub evidence: Evidence,
    /// The statuses that are documented.
    pub statuses: Vec<u16>,
    /// Its variants; one without a name where it has none.
    pub uses: Vec<Use>,
}

impl Row {
    /// How often it was called.
    #[must_use]
    pub fn count(&self) -> u64 {
        let cells = self.uses.iter().flat_map(|one| &one.answers);
        cells.map(|cell| cell.count).sum()
    }
}

/// One use of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Use {
    /// The variant; none for an operation without variants, and for requests that are none of them.
    pub variant: Option<String>,
    /// Whether the contract knows this use.
    pub documented: bool,
    /// How often it kept the contract and was answered well.
    pub good: u64,
    /// The answers it got.
    pub answers: Vec<Cell>,
}

/// One status that a use was answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The status.
    pub status: u16,
    /// Whether the operation documents it.
    pub documented: bool,
    /// How often.
    pub count: u64,
    /// The first such request.
    pub first: String,
}
