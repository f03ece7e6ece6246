//! Keeps account of what was seen, and draws up the report.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use contracts::document::Operation;

use super::baseline::Baseline;
use super::exchange::Exchange;
use super::fingerprint;
use super::judge::{Judge, Judged};
use super::model::{
    Cell, Command, Coverage, FORM, Finding, Level, Observed, Outcome, Report, Row, Share, Use,
};
use super::require::Demand;
use crate::kernel::routes::Mounted;

/// What a check is measured by.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What must have been seen.
    pub demands: Vec<Demand>,
    /// What is accepted.
    pub baseline: Baseline,
    /// The least level that fails.
    pub fail_on: Level,
    /// The least number of requests that means anything.
    pub least: u64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            demands: Vec::new(),
            baseline: Baseline::default(),
            fail_on: Level::Warning,
            least: 1,
        }
    }
}

/// The account of one check.
pub struct Ledger {
    judge: Arc<Judge>,
    observed: Observed,
    workspaces: BTreeSet<String>,
    findings: HashMap<String, Finding>,
    /// Fingerprints in the order they were first seen.
    order: Vec<String>,
    seen: HashMap<(&'static str, &'static str), BTreeMap<Option<String>, Tally>>,
    /// Requests that reached an operation at all.
    routed: u64,
    vendors: HashSet<&'static str>,
    command: Option<Command>,
}

#[derive(Debug, Default)]
struct Tally {
    good: u64,
    answers: BTreeMap<u16, (u64, String)>,
}

/// How many numbers of requests a finding keeps.
const KEPT: usize = 10;

impl Ledger {
    /// An empty account.
    #[must_use]
    pub fn new(judge: Arc<Judge>) -> Self {
        Self {
            judge,
            observed: Observed::default(),
            workspaces: BTreeSet::new(),
            findings: HashMap::new(),
            order: Vec::new(),
            seen: HashMap::new(),
            routed: 0,
            vendors: HashSet::new(),
            command: None,
        }
    }

    /// Judges an exchange and puts it down; returns the findings that are new.
    pub async fn see(&mut self, exchange: &Exchange) -> Vec<Finding> {
        self.observed.requests += 1;
        self.workspaces.insert(exchange.workspace.clone());
        let judge = Arc::clone(&self.judge);
        let Some(judged) = judge.judge(exchange).await else {
            self.observed.partial += 1;
            return Vec::new();
        };
        self.vendors.insert(judged.vendor);
        self.observed.partial += u64::from(judged.partial);
        self.count(exchange, &judged);
        let findings = judged.findings.into_iter();
        findings.filter_map(|finding| self.note(finding)).collect()
    }

    /// Requests that are known to have happened and were not seen.
    pub fn lose(&mut self, count: u64) {
        self.observed.lost += count;
    }

    /// The command that was watched; its failing is a finding unless that does not matter.
    pub fn ran(&mut self, command: Command) {
        if command.exit != Some(0) {
            let how = match command.exit {
                Some(code) => format!("ended with exit code {code}"),
                None => "was ended by a signal".to_owned(),
            };
            let mut finding = Finding {
                fingerprint: String::new(),
                level: if command.ignored {
                    Level::Note
                } else {
                    Level::Error
                },
                rule: "command-failed".to_owned(),
                vendor: None,
                operation: None,
                variant: None,
                request: String::new(),
                place: "command".to_owned(),
                pointer: String::new(),
                value: command.exit.map(Into::into),
                expected: "exit code 0".to_owned(),
                message: format!("`{}` {how}.", command.line.join(" ")),
                fix: "Look at its own output; --ignore-exit lets only the contracts decide."
                    .to_owned(),
                evidence: None,
                answer: None,
                contract: None,
                near: Vec::new(),
                count: 1,
                requests: Vec::new(),
            };
            fingerprint::mark(&mut finding);
            self.note(finding);
        }
        self.command = Some(command);
    }

    fn count(&mut self, exchange: &Exchange, judged: &Judged) {
        let Some(operation) = judged.operation else {
            return;
        };
        self.routed += 1;
        let row = self
            .seen
            .entry((judged.vendor, operation.name.as_str()))
            .or_default();
        for one in &judged.uses {
            let tally = row.entry(one.clone()).or_default();
            tally.good += u64::from(judged.good);
            let first = || (0, exchange.id.clone());
            tally.answers.entry(exchange.status).or_insert_with(first).0 += 1;
        }
    }

    /// Puts a finding down; returns it when it is new.
    fn note(&mut self, finding: Finding) -> Option<Finding> {
        if let Some(known) = self.findings.get_mut(&finding.fingerprint) {
            let again = |id: &String| known.requests.contains(id);
            // Two elements of one list that are wrong in the same way are one request.
            if finding.requests.iter().all(again) && !finding.requests.is_empty() {
                return None;
            }
            known.count += 1;
            if known.requests.len() < KEPT {
                known.requests.extend(finding.requests);
            }
            return None;
        }
        self.order.push(finding.fingerprint.clone());
        self.findings
            .insert(finding.fingerprint.clone(), finding.clone());
        Some(finding)
    }

    /// Draws up the report.
    #[must_use]
    pub fn report(&self, terms: &Terms) -> Report {
        let coverage: Vec<_> = self
            .judge
            .vendors()
            .filter(|mounted| self.concerns(mounted, terms))
            .map(|mounted| self.coverage(mounted))
            .collect();
        let requirements: Vec<_> = terms
            .demands
            .iter()
            .map(|demand| demand.judge(&coverage))
            .collect();
        let (accepted, mut findings): (Vec<Finding>, Vec<Finding>) = self
            .order
            .iter()
            .filter_map(|fingerprint| self.findings.get(fingerprint).cloned())
            .partition(|finding| terms.baseline.accepts(finding));
        findings.sort_by(|one, other| key(one).cmp(&key(other)));
        let seen = |fingerprint: &String| self.findings.contains_key(fingerprint);
        let known = terms.baseline.accepted.iter();
        let unseen = known
            .map(|one| one.fingerprint.clone())
            .filter(|fingerprint| !seen(fingerprint))
            .collect();
        let mut report = Report {
            form: FORM.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            outcome: Outcome::Pass,
            reasons: Vec::new(),
            command: self.command.clone(),
            observed: Observed {
                workspaces: self.workspaces.iter().cloned().collect(),
                ..self.observed.clone()
            },
            requirements,
            findings,
            accepted,
            unseen,
            coverage,
        };
        (report.outcome, report.reasons) = self.outcome(&report, terms);
        report
    }

    fn outcome(&self, report: &Report, terms: &Terms) -> (Outcome, Vec<String>) {
        let failing = report
            .findings
            .iter()
            .filter(|finding| finding.level <= terms.fail_on && finding.level != Level::Note);
        let failing = failing.count();
        let mut too_little = Vec::new();
        let observed = &report.observed;
        if observed.requests == 0 {
            too_little.push(
                "No request was seen; does the client use the base URLs of its environment?"
                    .to_owned(),
            );
        } else if self.routed == 0 {
            too_little.push("No request reached a documented operation.".to_owned());
        } else if observed.requests < terms.least {
            let (seen, least) = (observed.requests, terms.least);
            too_little.push(format!(
                "Only {seen} of at least {least} requests were seen."
            ));
        }
        if observed.lost > 0 {
            let lost = observed.lost;
            too_little.push(format!("{lost} requests happened and were not seen."));
        }
        if observed.partial > 0 {
            let partial = observed.partial;
            too_little.push(format!("{partial} requests could not be judged whole."));
        }
        for requirement in report.requirements.iter().filter(|one| !one.met) {
            let (wanted, got) = (&requirement.wanted, &requirement.got);
            too_little.push(format!("{wanted} is required; there were {got}."));
        }
        if failing > 0 {
            let mut reasons = vec![format!("{failing} {}.", counted(failing, "finding"))];
            reasons.extend(too_little);
            (Outcome::Findings, reasons)
        } else if too_little.is_empty() {
            (Outcome::Pass, Vec::new())
        } else {
            (Outcome::Inconclusive, too_little)
        }
    }

    fn concerns(&self, mounted: &Mounted, terms: &Terms) -> bool {
        let named = |demand: &Demand| demand.vendor() == Some(mounted.name);
        self.vendors.contains(mounted.name) || terms.demands.iter().any(named)
    }

    fn coverage(&self, mounted: &'static Mounted) -> Coverage {
        let document = mounted.document;
        let rows: Vec<_> = document
            .operations()
            .iter()
            .map(|operation| self.row(mounted.name, operation))
            .collect();
        let mut coverage = Coverage {
            vendor: mounted.name.to_owned(),
            title: document.title.clone(),
            operations: Share::default(),
            uses: Share::default(),
            answers: Share::default(),
            rows: Vec::new(),
        };
        for row in &rows {
            let good = |one: &&Use| one.documented && one.good > 0;
            coverage.operations.of += 1;
            coverage.operations.seen += usize::from(row.uses.iter().any(|one| one.good > 0));
            coverage.uses.of += row.uses.iter().filter(|one| one.documented).count();
            coverage.uses.seen += row.uses.iter().filter(good).count();
            let cells = row.uses.iter().flat_map(|one| &one.answers);
            let statuses: BTreeSet<u16> = cells
                .filter(|cell| cell.documented)
                .map(|cell| cell.status)
                .collect();
            coverage.answers.of += row.statuses.len();
            coverage.answers.seen += statuses.len();
        }
        coverage.rows = rows;
        coverage
    }

    fn row(&self, vendor: &'static str, operation: &'static Operation) -> Row {
        let statuses: BTreeSet<u16> = operation
            .responses
            .iter()
            .map(|answer| answer.status)
            .collect();
        let seen = self.seen.get(&(vendor, operation.name.as_str()));
        let tallied = |variant: Option<String>, documented: bool| {
            let tally = seen.and_then(|seen| seen.get(&variant));
            let answers = tally.into_iter().flat_map(|tally| &tally.answers);
            Use {
                good: tally.map_or(0, |tally| tally.good),
                answers: answers
                    .map(|(status, (count, first))| Cell {
                        status: *status,
                        documented: statuses.contains(status),
                        count: *count,
                        first: first.clone(),
                    })
                    .collect(),
                variant,
                documented,
            }
        };
        let mut uses: Vec<_> = operation
            .variants
            .iter()
            .map(|variant| tallied(Some(variant.name.clone()), true))
            .collect();
        let stray = seen.is_some_and(|seen| seen.contains_key(&None));
        if uses.is_empty() {
            uses.push(tallied(None, true));
        } else if stray {
            uses.push(tallied(None, false));
        }
        Row {
            operation: operation.name.clone(),
            method: operation.method.to_string(),
            path: operation.path.clone(),
            evidence: operation.evidence,
            statuses: statuses.into_iter().collect(),
            uses,
        }
    }
}

/// A word in the number that fits.
#[must_use]
pub fn counted(count: usize, word: &str) -> String {
    if count == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

/// Findings stand by level, vendor, operation and place.
fn key(finding: &Finding) -> impl Ord {
    (
        finding.level,
        finding.vendor.clone(),
        finding.operation.is_none(),
        finding.operation.clone(),
        finding.variant.clone(),
        finding.place.clone(),
        finding.pointer.clone(),
        finding.rule.clone(),
        finding.fingerprint.clone(),
    )
}
