//! Replays every documented request of every collection over TCP and compares status and shape with the
//! documented answer.

use contracts::document::Document;
use mock_server::kernel::journal::FindingKind;
use mock_server::kernel::routes::Mounted;
use mock_server::{Options, Running};
use serde_json::Value;

use super::case::{Answer, Case, cases};
use super::shape;
use super::table::{Complaint, table};
use super::wire::{Answered, Wire};

/// How often a request must say which of its several documented answers it wants, by vendor.
const PREFERRED: &[(&str, usize)] =
    &[("balesotomatis", 0), ("cekat", 0), ("omnichat", 0), ("heltar", 0), ("myoperator", 0)];

/// What came of the requests of one vendor.
#[derive(Debug, Default)]
struct Tally {
    replayed: usize,
    as_documented: usize,
    /// Of those, the ones that had to say which of their answers they want.
    preferred: usize,
    undocumented: usize,
}

#[tokio::test]
async fn every_documented_request_is_answered_as_documented() {
    let mut complaints = Vec::new();
    let mut report = String::new();
    let mut preferred = Vec::new();
    for mounted in mock_server::vendors::mount().unwrap_or_else(|error| panic!("{error}")) {
        let tally = replay(&mounted, &mut complaints).await;
        report += &format!("{:14} {tally:?}\n", mounted.name);
        assert_eq!(tally.replayed, requests_in(mounted.document.text()), "requests of {}", mounted.name);
        preferred.push((mounted.name, tally.preferred));
    }
    println!("{report}");
    assert!(complaints.is_empty(), "{} complaints\n{}\n{report}", complaints.len(), table(&complaints));
    assert_eq!(preferred, PREFERRED, "requests that need `Prefer`");
}

async fn replay(mounted: &Mounted, complaints: &mut Vec<Complaint>) -> Tally {
    let options = Options {
        vendors: vec![mounted.name.to_owned()],
        frozen_at: Some(mounted.profile.seed_day()),
        ticking: false,
        check_every_answer: true,
        ..Options::default()
    };
    let server = mock_server::start(options).await.unwrap_or_else(|error| panic!("{error}"));
    let client = mock_server::client::plain().unwrap_or_else(|error| panic!("{error}"));
    let replayer = Replayer { mounted, server: &server, client: &client };
    let mut tally = Tally::default();
    for (index, case) in cases(mounted.document).iter().enumerate() {
        tally.replayed += 1;
        match replayer.judge(index, case).await {
            Ok(Verdict::AsDocumented { preferred }) => {
                tally.as_documented += 1;
                tally.preferred += usize::from(preferred);
            }
            Ok(Verdict::Undocumented) => tally.undocumented += 1,
            Err(complaint) => complaints.push(complaint),
        }
    }
    server.stop().await;
    tally
}

struct Replayer<'a> {
    mounted: &'a Mounted,
    server: &'a Running,
    client: &'a reqwest::Client,
}

enum Verdict {
    AsDocumented { preferred: bool },
    /// The documentation shows no answer to this request; what came keeps the contract.
    Undocumented,
}

impl Replayer<'_> {
    async fn judge(&self, index: usize, case: &Case<'_>) -> Result<Verdict, Complaint> {
        let wire = Wire::of(&self.mounted.profile, &case.request)
            .map_err(|why| self.complain(case, "a request", "none", why))?
            .in_workspace(&format!("plain-{index}"));
        let got = self.send(case, &wire).await?;
        self.keeps_the_contract(case, &got, &format!("plain-{index}"))?;
        if case.answers.is_empty() {
            return if got.status.is_success() {
                Ok(Verdict::Undocumented)
            } else {
                Err(self.complain(case, "2xx", got.status.as_str(), excerpt(&got)))
            };
        }
        let document = self.mounted.document;
        let differences = |answer: &Answer<'_>| differences(document, answer, &got);
        let wanted = if case.example.is_some() { &case.answers[..1] } else { &case.answers[..] };
        if wanted.iter().any(|answer| differences(answer).is_empty()) {
            return Ok(Verdict::AsDocumented { preferred: false });
        }
        // Another documented answer to the very same request came: then this one must be asked for.
        let other = case.answers.iter().any(|answer| differences(answer).is_empty());
        let Some(name) = case.example.filter(|_| case.is_shared() && other) else {
            let status = case.answers[0].contract.status;
            let why = differences(&case.answers[0]).join("; ");
            return Err(self.complain(case, &status.to_string(), got.status.as_str(), why));
        };
        let workspace = format!("preferred-{index}");
        let wire = wire.in_workspace(&workspace).preferring(name);
        let wire = wire.map_err(|why| self.complain(case, "a request", "none", why))?;
        let got = self.send(case, &wire).await?;
        self.keeps_the_contract(case, &got, &workspace)?;
        let answer = &case.answers[0];
        let why = self::differences(document, answer, &got);
        if why.is_empty() {
            Ok(Verdict::AsDocumented { preferred: true })
        } else {
            let expected = format!("{} when preferred", answer.contract.status);
            Err(self.complain(case, &expected, got.status.as_str(), why.join("; ")))
        }
    }

    async fn send(&self, case: &Case<'_>, wire: &Wire) -> Result<Answered, Complaint> {
        let base_url = self.server.base_url(self.mounted.name);
        let got = wire.send(self.client, &base_url).await;
        let got = got.map_err(|why| self.complain(case, "an answer", "none", why))?;
        let reached = got.header("x-mock-operation").unwrap_or("nothing");
        if reached == case.operation.name {
            Ok(got)
        } else {
            let why = format!("{} {} reached {reached}", wire.method, wire.target);
            Err(self.complain(case, &case.operation.name, reached, why))
        }
    }

    /// What the mock itself noticed about its answer.
    fn keeps_the_contract(&self, case: &Case<'_>, got: &Answered, workspace: &str) -> Result<(), Complaint> {
        let workspaces = self.server.app().workspaces();
        let journal = &workspaces.existing(workspace).expect("the request made it").journal;
        let entries = journal.entries();
        let findings = entries.iter().flat_map(|entry| entry.findings.lock().clone());
        let bad: Vec<_> = findings
            .filter(|finding| matches!(finding.kind, FindingKind::Answer | FindingKind::Internal))
            .map(|finding| finding.message)
            .collect();
        if bad.is_empty() {
            Ok(())
        } else {
            Err(self.complain(case, "a contract kept", got.status.as_str(), bad.join(" ")))
        }
    }

    fn complain(&self, case: &Case<'_>, expected: &str, got: &str, why: String) -> Complaint {
        Complaint {
            vendor: self.mounted.name,
            operation: case.operation.name.clone(),
            variant: case.variant.clone(),
            example: case.example.unwrap_or("–").to_owned(),
            expected: expected.to_owned(),
            got: got.to_owned(),
            why,
        }
    }
}

/// In what an answer differs from a documented one: its status, its kind, its shape.
fn differences(document: &Document, answer: &Answer<'_>, got: &Answered) -> Vec<String> {
    if got.status.as_u16() != answer.contract.status {
        return vec![excerpt(got)];
    }
    match (answer.example.value(), got.value()) {
        (None, None) => Vec::new(),
        (Some(documented), None) if documented.as_str().is_some_and(str::is_empty) => Vec::new(),
        (Some(_), None) => vec!["the body is missing".to_owned()],
        (None, Some(_)) => vec![format!("a body where none is documented: {}", excerpt(got))],
        (Some(documented), Some(got)) => shape::lacks(document, answer.contract.schema.as_ref(), &documented, &got),
    }
}

fn excerpt(got: &Answered) -> String {
    let text = String::from_utf8_lossy(&got.body);
    text.chars().take(200).collect()
}

/// How many requests a contract documents, counted without the reader that the replay uses.
fn requests_in(text: &str) -> usize {
    fn count(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| usize::from(name == "x-request") + count(member))
                .sum(),
            _ => 0,
        }
    }
    fn variants(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(variants).sum(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| match member {
                    Value::Array(items) if name == "x-variants" => {
                        items.iter().filter(|one| one.get("request").is_some()).count()
                    }
                    _ => variants(member),
                })
                .sum(),
            _ => 0,
        }
    }
    let document: Value = serde_json::from_str(text).expect("a contract is JSON");
    count(&document["paths"]) + variants(&document["paths"])
}
