//! Replays every documented request of every collection over TCP and compares status and shape with the
//! documented answer.

use std::collections::BTreeMap;

use contracts::document::Document;
use mock_server::kernel::journal::FindingKind;
use mock_server::kernel::routes::Mounted;
use mock_server::{App, Options, Running};
use serde_json::{Map, Value};

use super::case::{Answer, Case, cases};
use super::oddity::{self, How, ODDITIES, Oddity};
use super::shape;
use super::table::{Complaint, table};
use super::wire::{Answered, Wire};

/// How many documented answers must be asked for by name, because their request has another answer too;
/// of the vendors that have any.
const PREFERRED: [(&str, usize); 2] = [("myoperator", 4), ("omnichat", 1)];

/// What came of the requests of one vendor.
#[derive(Debug, Default)]
pub struct Tally {
    replayed: usize,
    /// The documented answer came.
    documented: usize,
    /// Of those, the ones that had to be asked for by name.
    preferred: usize,
    /// Of those, the ones that took what [`ODDITIES`] says.
    odd: usize,
    /// No answer is documented; what came keeps the contract.
    undocumented: usize,
}

#[tokio::test]
async fn every_documented_request_is_answered_as_documented() {
    let mut complaints = Vec::new();
    let mut report = String::new();
    let mut preferred = BTreeMap::new();
    for mounted in mock_server::vendors::mount().unwrap_or_else(|error| panic!("{error}")) {
        let (vendor, documented) = (mounted.name, requests_in(mounted.document.text()));
        let tally = replay(mounted, &mut complaints).await;
        report += &format!("{vendor:14} {tally:?}\n");
        assert_eq!(tally.replayed, documented, "requests of {vendor}");
        if tally.preferred > 0 {
            preferred.insert(vendor, tally.preferred);
        }
    }
    println!("{report}");
    assert!(
        complaints.is_empty(),
        "{} complaints\n{}\n{report}",
        complaints.len(),
        table(&complaints)
    );
    assert_eq!(
        preferred,
        BTreeMap::from(PREFERRED),
        "requests that need `Prefer`"
    );
}

#[test]
fn every_oddity_is_about_a_documented_answer() {
    let vendors = mock_server::vendors::mount().unwrap_or_else(|error| panic!("{error}"));
    let is_documented = |odd: &&Oddity| {
        let mounted = vendors.iter().find(|mounted| mounted.name == odd.vendor);
        let operation = mounted.and_then(|mounted| mounted.document.operation(odd.operation));
        operation.is_some_and(|operation| operation.example(odd.example).is_some())
    };
    let strays: Vec<_> = ODDITIES.iter().filter(|odd| !is_documented(odd)).collect();
    assert!(strays.is_empty(), "{strays:#?}");
}

/// Replays every documented request of a vendor over TCP.
pub async fn replay(mounted: Mounted, complaints: &mut Vec<Complaint>) -> Tally {
    let options = Options {
        frozen_at: Some(mounted.profile.seed_day()),
        ticking: false,
        check_every_answer: true,
        ..Options::default()
    };
    let app = App::with(vec![mounted], options).unwrap_or_else(|error| panic!("{error}"));
    let mounted = app.vendors()[0];
    let server = mock_server::serve(app)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let client = mock_server::client::plain().unwrap_or_else(|error| panic!("{error}"));
    let cases = cases(mounted.document);
    let replayer = Replayer {
        mounted,
        server: &server,
        client: &client,
    };
    let mut tally = Tally::default();
    for (index, case) in cases.iter().enumerate() {
        tally.replayed += 1;
        match replayer.judge(index, case).await {
            Ok(Verdict::Undocumented) => tally.undocumented += 1,
            Ok(verdict) => {
                tally.documented += 1;
                tally.preferred += usize::from(matches!(verdict, Verdict::Preferred));
                tally.odd += usize::from(matches!(verdict, Verdict::Odd));
            }
            Err(complaint) => complaints.push(*complaint),
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

/// How a request was answered, when nothing is wrong with that.
enum Verdict {
    AsDocumented,
    Preferred,
    Odd,
    Undocumented,
}

impl Replayer<'_> {
    async fn judge(&self, index: usize, case: &Case<'_>) -> Result<Verdict, Box<Complaint>> {
        let plain = self.judge_plain(index, case).await;
        let Some(odd) = oddity::of(self.mounted.name, case) else {
            return plain;
        };
        if plain.is_ok() {
            let why = format!(
                "it is listed as an oddity because {}, but needs nothing",
                odd.reason
            );
            return Err(self.complain(case, "something odd", "nothing odd", why));
        }
        self.judge_oddly(index, case, odd).await
    }

    async fn judge_plain(&self, index: usize, case: &Case<'_>) -> Result<Verdict, Box<Complaint>> {
        let workspace = format!("plain-{index}");
        let wire = self.wire(case)?;
        let got = self.send(case, wire.clone(), &workspace).await?;
        if case.answers.is_empty() {
            let expected = "2xx";
            return match got.status.is_success() {
                true => Ok(Verdict::Undocumented),
                false => Err(self.complain(case, expected, got.status.as_str(), excerpt(&got))),
            };
        }
        let came = |answer: &Answer<'_>| self.differences(answer, &got).is_empty();
        let wanted = if case.example.is_some() {
            &case.answers[..1]
        } else {
            &case.answers[..]
        };
        if wanted.iter().any(came) {
            return Ok(Verdict::AsDocumented);
        }
        // The very same request has another answer too, and that one or a success came: this one must be asked for.
        let shared =
            case.answers.len() > 1 && (got.status.is_success() || case.answers.iter().any(came));
        let Some(name) = case.example.filter(|_| shared) else {
            let wanted = &case.answers[0];
            let why = self.differences(wanted, &got).join("; ");
            return Err(self.complain(
                case,
                &wanted.contract.status.to_string(),
                got.status.as_str(),
                why,
            ));
        };
        let wire = wire
            .preferring(name)
            .map_err(|why| self.complain(case, "a request", "none", why))?;
        let got = self.send(case, wire, &format!("preferred-{index}")).await?;
        let why = self.differences(&case.answers[0], &got);
        if why.is_empty() {
            Ok(Verdict::Preferred)
        } else {
            let expected = format!("{} when preferred", case.answers[0].contract.status);
            Err(self.complain(case, &expected, got.status.as_str(), why.join("; ")))
        }
    }

    /// Does what the oddity takes and expects what it says.
    async fn judge_oddly(
        &self,
        index: usize,
        case: &Case<'_>,
        odd: &Oddity,
    ) -> Result<Verdict, Box<Complaint>> {
        let workspace = format!("odd-{index}");
        let mut wire = self.wire(case)?;
        match odd.how {
            How::Setting(pointer, value) => self.set(&workspace, pointer, value.into()),
            How::File(size) => wire = wire.with_file_of(&case.request, size),
            How::Status(_) | How::Without(_) => {}
        }
        let got = self.send(case, wire, &workspace).await?;
        let wanted = &case.answers[0];
        let (expected, why) = match odd.how {
            How::Status(status) => (status, self.differences_under(status, wanted, &got)),
            _ => (wanted.contract.status, self.differences(wanted, &got)),
        };
        let forgiven =
            |difference: &String| matches!(odd.how, How::Without(lack) if lack == difference);
        let why: Vec<_> = why
            .into_iter()
            .filter(|difference| !forgiven(difference))
            .collect();
        if why.is_empty() {
            Ok(Verdict::Odd)
        } else {
            Err(self.complain(
                case,
                &expected.to_string(),
                got.status.as_str(),
                why.join("; "),
            ))
        }
    }

    fn wire(&self, case: &Case<'_>) -> Result<Wire, Box<Complaint>> {
        let wire = Wire::of(&self.mounted.profile, &case.request);
        wire.map_err(|why| self.complain(case, "a request", "none", why))
    }

    /// Sends a request; it must reach its operation, and the mock must find nothing wrong with its own answer.
    async fn send(
        &self,
        case: &Case<'_>,
        wire: Wire,
        workspace: &str,
    ) -> Result<Answered, Box<Complaint>> {
        let wire = wire.in_workspace(workspace);
        let got = wire
            .send(self.client, &self.server.base_url(self.mounted.name))
            .await;
        let got = got.map_err(|why| self.complain(case, "an answer", "none", why))?;
        let reached = got.header("x-mock-operation").unwrap_or("nothing");
        if reached != case.operation.name {
            let why = format!("by {} {}", wire.method, wire.target);
            return Err(self.complain(case, "its operation", reached, why));
        }
        let workspace = self
            .server
            .app()
            .workspaces()
            .existing(workspace)
            .expect("the request made it");
        let entries = workspace.journal.entries();
        let findings = entries
            .iter()
            .flat_map(|entry| entry.findings.lock().clone());
        let bad: Vec<_> = findings
            .filter(|finding| matches!(finding.kind, FindingKind::Answer | FindingKind::Internal))
            .map(|finding| finding.message)
            .collect();
        if bad.is_empty() {
            Ok(got)
        } else {
            Err(self.complain(
                case,
                "the contract kept",
                got.status.as_str(),
                bad.join(" "),
            ))
        }
    }

    /// Changes one value of the state that a workspace starts with.
    fn set(&self, workspace: &str, pointer: &str, value: Value) {
        let workspace = self
            .server
            .app()
            .workspaces()
            .named(workspace)
            .unwrap_or_else(|error| panic!("{error}"));
        let slot = workspace
            .slot(self.mounted.name)
            .expect("the vendor is served");
        let mut state = slot.dump();
        let mut place = &mut state;
        for name in pointer.split('/').skip(1) {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[name];
        }
        *place = value;
        slot.restore(&state)
            .unwrap_or_else(|error| panic!("{pointer}: {error}"));
    }

    fn differences(&self, answer: &Answer<'_>, got: &Answered) -> Vec<String> {
        self.differences_under(answer.contract.status, answer, got)
    }

    /// In what an answer differs from a documented one that should come with this status.
    fn differences_under(&self, status: u16, answer: &Answer<'_>, got: &Answered) -> Vec<String> {
        if got.status.as_u16() == status {
            differences(self.mounted.document, answer, got)
        } else {
            vec![excerpt(got)]
        }
    }

    fn complain(&self, case: &Case<'_>, expected: &str, got: &str, why: String) -> Box<Complaint> {
        Box::new(Complaint {
            vendor: self.mounted.name,
            operation: case.operation.name.clone(),
            variant: case.variant.clone(),
            example: case.example.unwrap_or("–").to_owned(),
            expected: expected.to_owned(),
            got: got.to_owned(),
            why,
        })
    }
}

/// In what a body differs from a documented one: its kind and its shape.
fn differences(document: &Document, answer: &Answer<'_>, got: &Answered) -> Vec<String> {
    match (answer.example.value(), got.value()) {
        (None, None) => Vec::new(),
        (Some(Value::String(text)), None) if text.is_empty() => Vec::new(),
        (Some(_), None) => vec!["the body is missing".to_owned()],
        (None, Some(_)) => vec![format!("no body is documented, but {}", excerpt(got))],
        (Some(documented), Some(got)) => {
            shape::lacks(document, answer.contract.schema.as_ref(), &documented, &got)
        }
    }
}

fn excerpt(got: &Answered) -> String {
    String::from_utf8_lossy(&got.body)
        .chars()
        .take(200)
        .collect()
}

/// How many requests a contract documents, counted without the reader that the replay uses.
fn requests_in(text: &str) -> usize {
    fn count(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| counted(name, member))
                .sum(),
            _ => 0,
        }
    }
    fn counted(name: &str, member: &Value) -> usize {
        match (name, member) {
            ("x-request", _) => 1,
            ("x-variants", Value::Array(variants)) => variants
                .iter()
                .filter(|variant| variant.get("request").is_some())
                .count(),
            _ => count(member),
        }
    }
    let document: Value = serde_json::from_str(text).expect("a contract is JSON");
    count(&document["paths"])
}
