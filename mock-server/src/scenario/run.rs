//! Plays a scenario, step by step, and grades the handler by what it did.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::expect::{Evidence, list, status_fits};
use super::refer::{plain, resolve, resolve_members};
use super::{Call, Kind, Scenario, Step, explained};
use crate::App;
use crate::admin::{Order, fire};
use crate::kernel::delivery::{ChaosRule, Delivery, Endpoint, Wanted};
use crate::kernel::phone::Gesture;
use crate::kernel::routes::Mounted;
use crate::kernel::workspace::Workspace;

/// The name of the endpoint that a scenario makes for the handler.
const ENDPOINT: &str = "scenario";

/// What somebody wants of a run.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wishes {
    /// Values for parameters; the defaults count for the rest.
    pub parameters: Map<String, Value>,
    /// Where the handler is; the vendor's endpoints of the workspace when absent.
    pub to: Option<String>,
    /// Whether the workspace is put back to its seed first.
    pub fresh: bool,
}

/// How a handler did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// As expected.
    Pass,
    /// Not as expected.
    Fail,
    /// Nothing, or too little, was seen.
    Inconclusive,
    /// Not done.
    Skipped,
}

/// A grade, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The grade.
    pub grade: Grade,
    /// Why, in one sentence.
    pub reason: String,
}

impl Judged {
    /// A grade, and why.
    pub fn new(grade: Grade, reason: impl Into<String>) -> Self {
        Self {
            grade,
            reason: reason.into(),
        }
    }

    /// Passed or failed.
    pub fn of(good: bool, reason: String) -> Self {
        Self::new(if good { Grade::Pass } else { Grade::Fail }, reason)
    }
}

/// How a run went.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The scenario's name.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// How the handler did, all in all.
    pub grade: Grade,
    /// Why.
    pub reason: String,
    /// The seed of identifiers and chance.
    pub seed: u64,
    /// What each step came to.
    pub steps: Vec<Outcome>,
}

/// What one step came to.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Its number, from 1.
    pub number: usize,
    /// What later steps call it.
    pub id: Option<String>,
    /// Its kind.
    pub kind: Kind,
    /// What it is.
    pub title: Option<String>,
    /// How it went.
    pub grade: Grade,
    /// Why.
    pub reason: String,
    /// What it gave, as references see it.
    pub result: Value,
}

/// A run that cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRun {
    /// The vendor is not served.
    #[error("no vendor is named \"{0}\"")]
    UnknownVendor(String),
    /// A parameter that the scenario does not have.
    #[error("the scenario has no parameter \"{0}\"; it has {1}")]
    UnknownParameter(String, String),
    /// The handler's endpoint cannot be made.
    #[error("the handler's endpoint cannot be made: {0}")]
    Endpoint(String),
    /// The workspace cannot be put back.
    #[error(transparent)]
    Seed(#[from] crate::kernel::store::BadState),
}

/// A scenario while it is played.
struct Play<'p> {
    app: &'p App,
    workspace: &'p Arc<Workspace>,
    mounted: &'static Mounted,
    /// The handler's endpoint, where the run made one.
    to: Option<&'static str>,
    /// Parameters and results of steps.
    known: Map<String, Value>,
    /// The newest delivery before the run.
    before: u64,
    /// The rules of chaos that the run made.
    rules: Vec<u64>,
}

/// Plays a scenario.
///
/// # Errors
/// When it cannot begin. What goes wrong later is in the report.
pub async fn run(
    app: &App,
    workspace: &Arc<Workspace>,
    scenario: &Scenario,
    wishes: &Wishes,
) -> Result<Report, BadRun> {
    let vendor = &scenario.vendor;
    let served = app.vendors().iter().copied();
    let mounted = served
        .clone()
        .find(|mounted| mounted.name == vendor)
        .ok_or_else(|| BadRun::UnknownVendor(vendor.clone()))?;
    let known = parameters(scenario, wishes)?;
    if wishes.fresh {
        workspace.reset(None)?;
    }
    let to = match &wishes.to {
        None => None,
        Some(url) => {
            let endpoint = endpoint(scenario, url, &known)?;
            put_endpoint(workspace, vendor, endpoint);
            Some(ENDPOINT)
        }
    };
    let newest = workspace.deliveries.list(&Wanted {
        limit: Some(1),
        ..Wanted::default()
    });
    let was_frozen = workspace.clock.reading().frozen;
    // Between steps no time goes by: the same run gives the same deliveries.
    workspace.clock.freeze(true);
    let mut play = Play {
        app,
        workspace,
        mounted,
        to,
        known,
        before: newest.last().map_or(0, |one| one.id),
        rules: Vec::new(),
    };
    let mut steps = Vec::new();
    let mut broken = false;
    for (number, step) in (1..).zip(&scenario.steps) {
        let outcome = play.step(number, step, broken).await;
        let is_deed = outcome.kind != Kind::Expect;
        broken |= is_deed && outcome.grade == Grade::Inconclusive;
        steps.push(outcome);
    }
    play.calm();
    if to.is_some()
        && let Some(slot) = workspace.slot(vendor)
    {
        slot.edit_endpoints(&mut |endpoints| {
            endpoints.remove(ENDPOINT);
        });
    }
    if !was_frozen {
        workspace.clock.freeze(false);
        workspace.stirred();
    }
    let Judged { grade, reason } = conclude(&steps);
    Ok(Report {
        name: scenario.name.clone(),
        title: scenario.title.clone(),
        grade,
        reason,
        seed: workspace.seed(),
        steps,
    })
}

fn parameters(scenario: &Scenario, wishes: &Wishes) -> Result<Map<String, Value>, BadRun> {
    let mut known: Map<_, _> = scenario
        .parameters
        .iter()
        .map(|(name, parameter)| (name.clone(), explained(parameter).0.clone()))
        .collect();
    for (name, value) in &wishes.parameters {
        if !known.contains_key(name) {
            let all: Vec<_> = known.keys().map(String::as_str).collect();
            return Err(BadRun::UnknownParameter(name.clone(), all.join(", ")));
        }
        known.insert(name.clone(), value.clone());
    }
    Ok(known)
}

fn endpoint(
    scenario: &Scenario,
    url: &str,
    known: &Map<String, Value>,
) -> Result<Endpoint, BadRun> {
    let mut members = resolve_members(&scenario.endpoint, known).map_err(BadRun::Endpoint)?;
    members.insert("id".into(), json!(ENDPOINT));
    members.insert("url".into(), json!(url));
    let endpoint: Endpoint = serde_json::from_value(Value::Object(members))
        .map_err(|error| BadRun::Endpoint(error.to_string()))?;
    match url::Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(endpoint),
        _ => Err(BadRun::Endpoint(format!(
            "\"{url}\" is no URL with http:// or https://"
        ))),
    }
}

fn put_endpoint(workspace: &Workspace, vendor: &str, endpoint: Endpoint) {
    if let Some(slot) = workspace.slot(vendor) {
        slot.edit_endpoints(&mut |endpoints| {
            endpoints.put(endpoint.clone());
        });
    }
}

/// The worst of all expectations; without any that was met, nothing is concluded.
fn conclude(steps: &[Outcome]) -> Judged {
    let told = |step: &Outcome| {
        let title = step.title.as_deref().map(|title| format!(" ({title})"));
        let title = title.unwrap_or_default();
        format!("step {}{title}: {}", step.number, step.reason)
    };
    for grade in [Grade::Fail, Grade::Inconclusive] {
        if let Some(step) = steps.iter().find(|step| step.grade == grade) {
            return Judged::new(grade, told(step));
        }
    }
    let met = steps
        .iter()
        .filter(|step| step.kind == Kind::Expect && step.grade == Grade::Pass)
        .count();
    if met == 0 {
        return Judged::new(Grade::Inconclusive, "nothing was expected of the handler");
    }
    let word = if met == 1 {
        "expectation was"
    } else {
        "expectations were"
    };
    Judged::new(Grade::Pass, format!("{met} {word} met"))
}

impl Play<'_> {
    async fn step(&mut self, number: usize, step: &Step, broken: bool) -> Outcome {
        let kind = step.kind().unwrap_or(Kind::Expect);
        let mut outcome = Outcome {
            number,
            id: step.id.clone(),
            kind,
            title: step.title.clone(),
            grade: Grade::Skipped,
            reason: String::new(),
            result: Value::Null,
        };
        if broken {
            outcome.reason = "a step before could not be done".to_owned();
            return outcome;
        }
        match self.wanted(step) {
            Ok(true) => {}
            Ok(false) => {
                outcome.reason = "its condition does not hold".to_owned();
                return outcome;
            }
            Err(problem) => {
                outcome.grade = Grade::Inconclusive;
                outcome.reason = problem;
                return outcome;
            }
        }
        if let Some(expect) = &step.expect {
            let judged = self.judge(expect);
            outcome.grade = judged.grade;
            outcome.reason = judged.reason;
            return outcome;
        }
        match self.deed(step).await {
            Ok((result, reason)) => {
                outcome.grade = Grade::Pass;
                outcome.reason = reason;
                outcome.result = result;
            }
            Err(problem) => {
                outcome.grade = Grade::Inconclusive;
                outcome.reason = problem;
            }
        }
        // First attempts are made before the next step, as far as nothing holds them back.
        self.workspace.run_due().await;
        self.workspace.deliveries.settled().await;
        if let Some(id) = &step.id {
            self.known.insert(id.clone(), outcome.result.clone());
        }
        outcome
    }

    fn wanted(&self, step: &Step) -> Result<bool, String> {
        let Some(when) = &step.when else {
            return Ok(true);
        };
        let value = resolve(when, &self.known)?;
        Ok(match value {
            Value::Null => false,
            Value::Bool(wanted) => wanted,
            Value::String(text) => !text.is_empty(),
            _ => true,
        })
    }

    /// Does what a step says. Gives its result, and what happened in one sentence.
    async fn deed(&mut self, step: &Step) -> Result<(Value, String), String> {
        if let Some(happening) = &step.happen {
            return self.happen(&resolve(happening, &self.known)?);
        }
        if let Some(order) = &step.trigger {
            return self.trigger(order).await;
        }
        if let Some(call) = &step.call {
            return self.call(call).await;
        }
        if let Some(by) = &step.advance {
            return self.advance(&resolve(by, &self.known)?).await;
        }
        match &step.chaos {
            Some(rule) => self.chaos(resolve(rule, &self.known)?),
            None => Err("the step does nothing".to_owned()),
        }
    }

    fn happen(&self, happening: &Value) -> Result<(Value, String), String> {
        let slot = self.workspace.slot(self.mounted.name);
        let slot = slot.ok_or("the vendor is not served")?;
        let before = self.newest_event();
        let happened = if happening.get("gesture").is_some() {
            let gesture: Gesture = serde_json::from_value(happening.clone())
                .map_err(|error| format!("no gesture: {error}"))?;
            slot.gesture(gesture).map_err(|error| error.to_string())?
        } else {
            slot.happen(happening).map_err(|error| error.to_string())?;
            happening.clone()
        };
        let entries = self.workspace.events.entries();
        let events = entries.iter().filter(|event| event.id > before);
        let rows: Vec<_> = events.map(|event| event.summary()).collect();
        let numbers: Vec<_> = rows.iter().map(|row| row["id"].clone()).collect();
        let reason = format!("{} webhooks were announced", rows.len());
        let result = json!({"happened": happened, "announced": rows, "events": numbers});
        Ok((result, reason))
    }

    fn newest_event(&self) -> u64 {
        let entries = self.workspace.events.entries();
        entries.last().map_or(0, |event| event.id)
    }

    async fn trigger(&self, order: &Map<String, Value>) -> Result<(Value, String), String> {
        let mut order = resolve_members(order, &self.known)?;
        order.entry("vendor").or_insert(json!(self.mounted.name));
        if let Some(to) = self.to {
            order.entry("to").or_insert(json!(to));
        }
        order.insert("wait".into(), json!(true));
        let order: Order = serde_json::from_value(Value::Object(order))
            .map_err(|error| format!("trigger: {error}"))?;
        let fired = fire(self.app, self.workspace, &order).await;
        let fired = fired.map_err(|problem| problem.sentence())?;
        let count = fired["events"].as_array().map_or(0, Vec::len);
        let reason = match fired["hint"].as_str() {
            Some(hint) => hint.to_owned(),
            None => format!("{count} fired"),
        };
        Ok((fired, reason))
    }

    async fn advance(&self, by: &Value) -> Result<(Value, String), String> {
        let text = plain(by);
        let ran = if text == "idle" {
            self.workspace.advance_until_idle().await
        } else {
            let by: SignedDuration = text
                .parse()
                .ok()
                .filter(|by: &SignedDuration| !by.is_negative())
                .ok_or_else(|| {
                    format!("\"{text}\" is no duration; expected one like 25h, or idle")
                })?;
            self.workspace.advance(by).await
        };
        let now = self.workspace.clock.now();
        Ok((json!({"ran": ran, "now": now}), format!("it is {now}")))
    }

    fn chaos(&mut self, rule: Value) -> Result<(Value, String), String> {
        if rule == json!("off") || rule == json!(false) {
            let rules = self.calm();
            return Ok((Value::Null, format!("{rules} rules ended")));
        }
        let mut rule: ChaosRule =
            serde_json::from_value(rule).map_err(|error| format!("chaos: {error}"))?;
        rule.vendor
            .get_or_insert_with(|| self.mounted.name.to_owned());
        if let (None, Some(to)) = (&rule.endpoint, self.to) {
            rule.endpoint = Some(to.to_owned());
        }
        let rule = self.workspace.deliveries.chaos(|chaos| chaos.add(rule))?;
        self.rules.push(rule.id);
        let reason = format!("{} from now on", rule.effect.name());
        Ok((json!(rule), reason))
    }

    /// Ends the rules of chaos that the run made. Returns how many.
    fn calm(&mut self) -> usize {
        let rules = std::mem::take(&mut self.rules);
        self.workspace
            .deliveries
            .chaos(|chaos| rules.iter().filter(|rule| chaos.remove(**rule)).count())
    }

    async fn call(&self, call: &Call) -> Result<(Value, String), String> {
        let headers = resolve_members(&call.headers, &self.known)?;
        let body = call
            .body
            .as_ref()
            .map(|body| resolve(body, &self.known))
            .transpose()?;
        let (status, answer) = match &call.url {
            Some(url) => {
                self.visit(&plain(&resolve(url, &self.known)?), call, body)
                    .await?
            }
            None => self.ask_vendor(call, headers, body).await?,
        };
        let wanted = call.status.clone().unwrap_or_else(|| json!("2xx"));
        if status_fits(status, &wanted) {
            let reason = format!("answered {status}");
            return Ok((json!({"status": status, "body": answer}), reason));
        }
        let shown: String = answer.to_string().chars().take(300).collect();
        Err(format!(
            "answered {status}, expected {}: {shown}",
            list(&wanted)
        ))
    }

    /// Asks somebody who is not the vendor, such as the handler's own API.
    async fn visit(
        &self,
        url: &str,
        call: &Call,
        body: Option<Value>,
    ) -> Result<(u16, Value), String> {
        let method = call.method.as_deref().unwrap_or("GET");
        let method: Method = method
            .parse()
            .map_err(|_| format!("\"{method}\" is no method"))?;
        let body = body.map(|body| Bytes::from(body.to_string()));
        let answer = self.workspace.deliveries.visit(method, url, body).await;
        let answer = answer.map_err(|failure| failure.message)?;
        Ok((answer.status.as_u16(), read(&answer.body)))
    }

    async fn ask_vendor(
        &self,
        call: &Call,
        headers: Map<String, Value>,
        mut body: Option<Value>,
    ) -> Result<(u16, Value), String> {
        let (method, target) = self.address(call)?;
        let path = format!("/w/{}/{}{target}", self.workspace.name, self.mounted.name);
        let mut request = Request::builder().method(method).uri(path);
        let named = |name: &str| headers.keys().any(|key| key.eq_ignore_ascii_case(name));
        for (name, value) in self.mounted.profile.demo_headers {
            if !named(name) {
                request = request.header(*name, *value);
            }
        }
        if !named("host") {
            request = request.header(header::HOST, "localhost");
        }
        if let Some(Value::Object(members)) = &mut body {
            for (name, value) in self.mounted.profile.demo_fields {
                members.entry(*name).or_insert(json!(value));
            }
        }
        if body.is_some() && !named("content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in &headers {
            request = request.header(name, plain(value));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request
            .body(body)
            .map_err(|error| format!("no request: {error}"))?;
        // The server asks itself: boxed, because that is a circle to the compiler.
        let answer = Box::pin(self.app.answer(request)).await;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await;
        let bytes = bytes.map_err(|error| format!("the answer broke off: {error}"))?;
        Ok((status, read(&bytes.to_bytes())))
    }

    /// The method and the vendor's own path of a call.
    fn address(&self, call: &Call) -> Result<(Method, String), String> {
        let encode =
            |value: &Value| utf8_percent_encode(&plain(value), NON_ALPHANUMERIC).to_string();
        let (method, mut target) = match (&call.operation, &call.target) {
            (Some(name), None) => {
                let document = self.mounted.document;
                let operation = document
                    .operation(name)
                    .ok_or_else(|| format!("{} has no operation \"{name}\"", self.mounted.name))?;
                let path = resolve_members(&call.path, &self.known)?;
                let mut target = String::new();
                for segment in operation.path.split_inclusive(['{', '}']) {
                    if let Some(parameter) = segment.strip_suffix('}') {
                        let default = || document.variable(&format!("path:{parameter}"));
                        let value = path.get(parameter).cloned();
                        let value = value.or_else(|| default().map(|value| json!(value)));
                        let value =
                            value.ok_or_else(|| format!("{name} needs path.{parameter}"))?;
                        target.push_str(&encode(&value));
                    } else {
                        target.push_str(segment.trim_end_matches('{'));
                    }
                }
                (operation.method.clone(), target)
            }
            (None, Some(target)) => {
                let method = call.method.as_deref().unwrap_or("GET");
                let method = method
                    .parse()
                    .map_err(|_| format!("\"{method}\" is no method"))?;
                (method, plain(&resolve(target, &self.known)?))
            }
            _ => return Err("a call needs an operation, a target or a url".to_owned()),
        };
        let query = resolve_members(&call.query, &self.known)?;
        for (name, value) in &query {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&format!("{}={}", encode(&json!(name)), encode(value)));
        }
        Ok((method, target))
    }

    fn judge(&self, expect: &super::Expect) -> Judged {
        let deliveries = self.deliveries();
        let slot = self.workspace.slot(self.mounted.name);
        let endpoints = slot.map(|slot| slot.endpoints()).unwrap_or_default();
        let mut endpoints = endpoints
            .iter()
            .filter(|one| self.to.is_none_or(|to| one.id == to));
        let evidence = Evidence {
            deliveries: &deliveries,
            endpoint_enabled: endpoints.next().map(|one| one.enabled),
            known: &self.known,
        };
        expect.judge(&evidence)
    }

    /// The deliveries of this run to the handler.
    fn deliveries(&self) -> Vec<Arc<Delivery>> {
        self.workspace.deliveries.list(&Wanted {
            vendor: Some(self.mounted.name.to_owned()),
            endpoint: self.to.map(str::to_owned),
            after: Some(self.before),
            ..Wanted::default()
        })
    }
}

/// A body as JSON where it is any, and as text otherwise.
fn read(bytes: &Bytes) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
}
