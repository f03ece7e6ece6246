//! The edge from the mock to the contract: what is wrong with how a vendor answers one request, in memory.
//!
//! Nothing here asserts; a mock that is wrong on purpose is judged by the very same functions.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use contracts::arbitrary::Broken;
use contracts::check::{self, Rule};
use contracts::document::{DocumentedRequest, Operation};
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use mock_server::kernel::journal::{Entry, Finding, FindingKind};
use mock_server::kernel::routes::{Answered as AnsweredBy, Mounted};
use mock_server::kernel::store::AnySlot;
use mock_server::kernel::workspace::{Event, Workspace};
use mock_server::{App, Options};
use serde_json::Value;

use super::case::Case;
use super::wire::{Answered, Wire};

/// One vendor in memory, standing still at the seed's day.
pub struct Edge {
    app: App,
    mounted: &'static Mounted,
}

/// One request, its answer, and what it did.
struct Exchange {
    got: Answered,
    entry: Arc<Entry>,
    events: Vec<Arc<Event>>,
    before: Value,
    after: Value,
}

/// What was found out about one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The answer's status; none when there was no exchange.
    pub status: Option<StatusCode>,
    /// Everything that is wrong; empty when nothing is.
    pub complaints: Vec<String>,
}

impl Verdict {
    fn none(why: String) -> Self {
        Self {
            status: None,
            complaints: vec![why],
        }
    }
}

/// The workspace in which requests are tried; it starts anew for each.
const WORKSPACE: &str = "edge";

/// How many plans may come about after one request.
const PLANS: usize = 200;

impl Edge {
    pub fn new(mounted: Mounted) -> Self {
        let options = Options {
            frozen_at: Some(mounted.profile.seed_day()),
            ticking: false,
            check_every_answer: true,
            ..Options::default()
        };
        let app = App::with(vec![mounted], options).unwrap_or_else(|error| panic!("{error}"));
        let mounted = app.vendors()[0];
        Self { app, mounted }
    }

    pub fn mounted(&self) -> &'static Mounted {
        self.mounted
    }

    /// Judges the answer to a documented request, and all that comes of it.
    ///
    /// As [`Self::valid`] does, but the documentation may show a request to say how it is refused.
    pub async fn documented(&self, case: &Case<'_>) -> Verdict {
        let shown: Vec<u16> = case
            .answers
            .iter()
            .map(|answer| answer.contract.status)
            .collect();
        self.taken(case.operation, &case.request, &shown).await
    }

    /// Judges the answer to a request that keeps the contract, and all that comes of it.
    pub async fn valid(&self, operation: &Operation, request: &DocumentedRequest) -> Verdict {
        self.taken(operation, request, &[]).await
    }

    async fn taken(
        &self,
        operation: &Operation,
        request: &DocumentedRequest,
        shown: &[u16],
    ) -> Verdict {
        let workspace = self.fresh_workspace();
        let exchange = match self.exchange(&workspace, operation, request).await {
            Ok(exchange) => exchange,
            Err(why) => return Verdict::none(why),
        };
        let mut complaints = exchange.off_contract();
        let findings = exchange.entry.findings.lock().clone();
        let may_be_broken = shown.iter().any(|status| *status >= 400);
        let refused = |finding: &&Finding| finding.kind == FindingKind::Request && !may_be_broken;
        let refused = findings.iter().filter(refused);
        complaints
            .extend(refused.map(|finding| format!("it was taken for broken: {}", finding.message)));
        let is_shown = shown.contains(&exchange.got.status.as_u16());
        if exchange.got.status.is_server_error()
            && !is_shown
            && !self.may_fail(operation, &exchange)
        {
            complaints.push(format!("it was answered {}", exchange.got.summary()));
        }
        complaints.extend(let_time_pass(&workspace, self.slot(&workspace)));
        Verdict {
            status: Some(exchange.got.status),
            complaints,
        }
    }

    /// Judges the answer to a request that breaks one rule.
    pub async fn broken(&self, operation: &Operation, broken: &Broken) -> Verdict {
        let workspace = self.fresh_workspace();
        let exchange = match self.exchange(&workspace, operation, &broken.request).await {
            Ok(exchange) => exchange,
            Err(why) => return Verdict::none(why),
        };
        let mut complaints = exchange.off_contract();
        if !exchange.got.status.is_client_error() {
            complaints.push(format!(
                "it was not refused but answered {}",
                exchange.got.summary()
            ));
        } else if !self.in_its_own_words(operation, &exchange.got) {
            complaints.push(format!(
                "it was refused in no documented words: {}",
                exchange.got.summary()
            ));
        }
        if exchange.before != exchange.after {
            complaints.push(format!(
                "it changed {}",
                changed(&exchange.before, &exchange.after)
            ));
        }
        complaints.extend(
            exchange
                .events
                .iter()
                .map(|event| format!("it told the world of {}", event.name)),
        );
        Verdict {
            status: Some(exchange.got.status),
            complaints,
        }
    }

    fn fresh_workspace(&self) -> Arc<Workspace> {
        let workspaces = self.app.workspaces();
        workspaces.remove(WORKSPACE);
        let workspace = workspaces
            .named(WORKSPACE)
            .unwrap_or_else(|error| panic!("{error}"));
        // Webhooks are looked at where they are announced; nobody is there to receive them.
        self.slot(&workspace).edit_endpoints(&mut |endpoints| {
            let ids: Vec<_> = endpoints
                .iter()
                .map(|endpoint| endpoint.id.clone())
                .collect();
            for id in ids {
                endpoints.update(&id, |endpoint| endpoint.enabled = false);
            }
        });
        workspace
    }

    fn slot<'w>(&self, workspace: &'w Workspace) -> &'w dyn AnySlot {
        &**workspace
            .slot(self.mounted.name)
            .expect("the vendor is served")
    }

    async fn exchange(
        &self,
        workspace: &Workspace,
        operation: &Operation,
        request: &DocumentedRequest,
    ) -> Result<Exchange, String> {
        let wire = Wire::of(&self.mounted.profile, request)?.in_workspace(WORKSPACE);
        let before = self.slot(workspace).dump();
        let mut sent = Request::new(Body::from(wire.body));
        *sent.method_mut() = wire.method;
        let target = format!("/{}{}", self.mounted.name, wire.target);
        *sent.uri_mut() = target
            .parse()
            .map_err(|error| format!("{target}: {error}"))?;
        *sent.headers_mut() = wire.headers;
        sent.headers_mut()
            .insert(header::HOST, HeaderValue::from_static("mock.test"));
        let (parts, body) = self.app.answer(sent).await.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|error| error.to_string())?
            .to_bytes();
        let got = Answered {
            status: parts.status,
            headers: parts.headers,
            body,
        };
        let entry = workspace
            .journal
            .entries()
            .pop()
            .ok_or("the journal has no such request")?;
        if entry.operation != Some(operation.name.as_str()) {
            return Err(format!(
                "{target} reached {}",
                entry.operation.unwrap_or("nothing")
            ));
        }
        let events = workspace.events.entries();
        Ok(Exchange {
            got,
            entry,
            events,
            before,
            after: self.slot(workspace).dump(),
        })
    }

    /// Whether this fault is the vendor's own: the documentation answers a request like this with it.
    fn may_fail(&self, operation: &Operation, exchange: &Exchange) -> bool {
        let replayed = self.mounted.answered(operation) == AnsweredBy::Replayed;
        let documented = |body: Option<Value>| {
            operation.examples().any(|(contract, example)| {
                contract.status == exchange.got.status.as_u16()
                    && example.request().is_some()
                    && example.value() == body
            })
        };
        replayed && documented(exchange.got.value())
    }

    /// Whether a refusal looks like one of the vendor's: as this operation documents it, or any other for a status
    /// that this one leaves out.
    fn in_its_own_words(&self, operation: &Operation, got: &Answered) -> bool {
        let status = got.status.as_u16();
        let kind = got.header("content-type");
        let fits = |operation: &Operation, status: u16| {
            let violations =
                check::response(self.mounted.document, operation, status, kind, &got.body);
            violations
                .iter()
                .all(|violation| violation.rule == Rule::Undocumented)
        };
        if operation
            .responses
            .iter()
            .any(|response| response.status == status)
        {
            return fits(operation, status);
        }
        self.mounted.document.operations().iter().any(|operation| {
            let refusals: BTreeSet<u16> = operation
                .responses
                .iter()
                .map(|response| response.status)
                .filter(|status| *status >= 400)
                .collect();
            refusals.into_iter().any(|status| fits(operation, status))
        })
    }
}

impl Exchange {
    /// What the mock noticed about itself: in its answer, in its webhooks, in its own failing.
    fn off_contract(&self) -> Vec<String> {
        let own = |kind| matches!(kind, FindingKind::Answer | FindingKind::Internal);
        let findings = self.entry.findings.lock().clone();
        let mut complaints: Vec<String> = findings
            .iter()
            .filter(|finding| own(finding.kind))
            .map(|finding| format!("answered off the contract: {}", finding.message))
            .collect();
        complaints.extend(off_contract(&self.events));
        complaints
    }
}

/// Lets everything come about that was planned; what is wrong with the webhooks that tell of it.
fn let_time_pass(workspace: &Workspace, slot: &dyn AnySlot) -> Vec<String> {
    let told = workspace.events.entries().len();
    for _ in 0..PLANS {
        let Some(due) = slot.next_due() else {
            break;
        };
        workspace.clock.reach(due);
        slot.run_next(due);
    }
    off_contract(&workspace.events.entries()[told..])
}

/// What is wrong with webhooks.
pub fn off_contract(events: &[Arc<Event>]) -> Vec<String> {
    let findings = events
        .iter()
        .flat_map(|event| event.findings.iter().map(move |finding| (event, finding)));
    findings
        .filter(|(_, finding)| finding.is_violation())
        .map(|(event, finding)| {
            format!(
                "the webhook {} is off the contract: {}",
                event.name, finding.message
            )
        })
        .collect()
}

/// The members of the state that are not as before.
fn changed(before: &Value, after: &Value) -> String {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
        return "everything".to_owned();
    };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let names: Vec<_> = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect();
    names.join(", ")
}
