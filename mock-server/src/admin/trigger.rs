//! `/__admin/trigger`: fires any webhook of the catalogue, changed as a tester likes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use contracts::document::WebhookContract;
use http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::{Input, Problem, Within};
use crate::App;
use crate::kernel::delivery::{self, Endpoint};
use crate::kernel::journal::Finding;
use crate::kernel::patch::{Misplaced, Patch};
use crate::kernel::routes::Mounted;
use crate::kernel::tie::{Tie, Tied};
use crate::kernel::workspace::{Announced, Audience, Event, Origin, Workspace};

/// How many copies one trigger sends.
const COPIES: u32 = 10_000;

/// What stands for the number of a copy.
const NUMBER: &str = "{{n}}";

/// The example that is no example: the newest announcement of the workspace.
const NEWEST: &str = "@newest";

/// What to fire, at whom, how often.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Whose webhook.
    vendor: String,
    /// Its name.
    event: String,
    /// The example to begin with; the first when absent, the newest announcement when `@newest`.
    #[serde(default)]
    example: Option<String>,
    /// Values by path; each path must be in the payload or documented.
    #[serde(default)]
    set: Map<String, Value>,
    /// Members that need not be documented.
    #[serde(default)]
    add: Map<String, Value>,
    /// Paths to take out.
    #[serde(default)]
    remove: Vec<String>,
    /// A merge patch.
    #[serde(default)]
    merge: Option<Value>,
    /// The whole payload instead.
    #[serde(default)]
    raw: Option<Value>,
    /// An endpoint's id, or a URL; whoever hears the event when absent.
    #[serde(default)]
    to: Option<String>,
    /// How many copies.
    #[serde(default = "one")]
    count: u32,
    /// How many a second, on the workspace's clock; all at once when absent.
    #[serde(default)]
    rate: Option<f64>,
    /// Whether it may break the contract.
    #[serde(default)]
    invalid: bool,
    /// Whether ids are those of real records.
    #[serde(default = "yes")]
    tie: bool,
    /// Whether nothing is sent.
    #[serde(default)]
    dry_run: bool,
    /// Whether the answer waits for the first attempts.
    #[serde(default)]
    wait: bool,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// `POST /__admin/trigger`
pub async fn trigger(
    State(app): State<App>,
    Within(workspace): Within,
    Input(order): Input<Order>,
) -> Response {
    match fire(&app, &workspace, &order).await {
        Ok(fired) => Json(fired).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// An order, understood.
struct Prepared {
    mounted: &'static Mounted,
    name: &'static str,
    order: Order,
    base: Value,
    tied: Vec<Tied>,
    schema: Value,
    tie: Option<Tie>,
    /// The state that the payload is tied to.
    state: Value,
    /// The announcement to begin with.
    like: Option<Arc<Event>>,
}

/// Fires as ordered, and says what went out.
///
/// # Errors
/// When the order makes no sense, or what it makes breaks the contract.
pub async fn fire(app: &App, workspace: &Workspace, order: &Order) -> Result<Value, Problem> {
    let prepared = Arc::new(prepare(app, workspace, order.clone())?);
    let Prepared { mounted, name, .. } = *prepared;
    let payload = prepared.payload(1)?;
    let violations = contracts::check::webhook(mounted.document, name, &payload);
    let findings: Vec<_> = violations.iter().map(Finding::from_violation).collect();
    let recipient = recipient(workspace, order)?;
    let mut fired = json!({
        "vendor": mounted.name,
        "event": name,
        "example": prepared.example(),
        "dry_run": order.dry_run,
        "payload": payload,
        "tied": prepared.tied,
        "findings": findings,
        "events": [],
        "deliveries": [],
        "planned": 0,
    });
    if order.dry_run {
        return Ok(fired);
    }
    if !order.invalid && findings.iter().any(Finding::is_violation) {
        let first = findings.iter().find(|finding| finding.is_violation());
        let message = first.map_or("", |finding| &finding.message);
        return Err(Problem::with(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("the payload breaks the contract: {message}"),
        )
        .expecting("a payload that keeps it, or \"invalid\": true")
        .with_details(json!({"findings": findings, "payload": fired["payload"]})));
    }
    let (events, planned) = prepared.send(workspace, recipient)?;
    fired["planned"] = json!(planned);
    if order.wait {
        workspace.deliveries.settled().await;
    }
    let mut deliveries = workspace.deliveries.list(&delivery::Wanted::default());
    deliveries.retain(|one| events.contains(&one.event.id));
    fired["deliveries"] = deliveries.iter().map(|one| one.summary()).collect();
    if deliveries.is_empty() {
        let hint = format!("nobody hears {name}: make an endpoint, or say whom to send it \"to\"");
        fired["hint"] = json!(hint);
    }
    fired["events"] = json!(events);
    Ok(fired)
}

fn prepare(app: &App, workspace: &Workspace, order: Order) -> Result<Prepared, Problem> {
    let mounted = super::contracts::named(app, &order.vendor)
        .map_err(|problem| problem.status(StatusCode::BAD_REQUEST).at("/vendor"))?;
    let webhook = webhook(mounted, &order.event)?;
    if !(1..=COPIES).contains(&order.count) {
        return Err(
            Problem::bad(format!("{} is no number of copies", order.count))
                .at("/count")
                .expecting(format!("1 to {COPIES}")),
        );
    }
    if let Some(rate) = order.rate.filter(|rate| !(*rate > 0.0 && *rate <= 1e6)) {
        return Err(Problem::bad(format!("{rate} is no rate"))
            .at("/rate")
            .expecting("how many a second, more than 0"));
    }
    let like = (order.example.as_deref() == Some(NEWEST)).then(|| {
        let fits = |event: &Event| {
            event.vendor == mounted.name
                && event.name == webhook.name
                && event.origin == Origin::Rule
        };
        workspace.events.find(fits)
    });
    let like = match like {
        Some(None) => {
            return Err(
                Problem::bad(format!("nothing announced {} here yet", webhook.name))
                    .at("/example")
                    .expecting("the name of an example"),
            );
        }
        found => found.flatten(),
    };
    let mut base = match (&order.raw, &like) {
        (Some(raw), _) => raw.clone(),
        (None, Some(event)) => serde_json::from_slice(&event.payload).unwrap_or_default(),
        (None, None) => example(webhook, order.example.as_deref())?,
    };
    let tie = mounted
        .ties
        .iter()
        .find(|tie| tie.event == webhook.name)
        .copied();
    let state = match (&tie, workspace.slot(mounted.name)) {
        (Some(_), Some(slot)) => slot.dump(),
        _ => Value::Null,
    };
    let untouched = !order.tie || order.raw.is_some() || like.is_some();
    let tied = match &tie {
        Some(tie) if !untouched => tie.apply(&mut base, &state),
        _ => Vec::new(),
    };
    let schema = webhook
        .schema()
        .map_or(Value::Bool(true), |schema| schema.bundled(mounted.document));
    Ok(Prepared {
        mounted,
        name: &webhook.name,
        order,
        base,
        tied,
        schema,
        tie,
        state,
        like,
    })
}

fn webhook(mounted: &'static Mounted, name: &str) -> Result<&'static WebhookContract, Problem> {
    mounted.document.webhook(name).ok_or_else(|| {
        let known = mounted
            .document
            .webhooks()
            .iter()
            .map(|one| one.name.as_str());
        let nearest = known.clone().max_by(|one, other| {
            strsim::jaro_winkler(one, name).total_cmp(&strsim::jaro_winkler(other, name))
        });
        let expected = nearest.map_or_else(
            || format!("{} has no webhooks", mounted.name),
            |nearest| {
                format!(
                    "did you mean {nearest}? There are {}",
                    known.collect::<Vec<_>>().join(", ")
                )
            },
        );
        Problem::bad(format!("{} has no event \"{name}\"", mounted.name))
            .at("/event")
            .expecting(expected)
    })
}

fn example(webhook: &WebhookContract, name: Option<&str>) -> Result<Value, Problem> {
    let found = webhook
        .examples()
        .find(|example| name.is_none_or(|name| example.name == name));
    let value = found.and_then(|example| example.value());
    value.ok_or_else(|| {
        let known: Vec<_> = webhook
            .examples()
            .map(|one| format!("\"{}\"", one.name))
            .collect();
        match name {
            Some(name) => Problem::bad(format!("{} has no example \"{name}\"", webhook.name))
                .at("/example")
                .expecting(format!("one of {}", known.join(", "))),
            None => Problem::bad(format!("{} has no example to begin with", webhook.name))
                .at("/raw")
                .expecting("the whole payload"),
        }
    })
}

/// Whom an order is for.
#[derive(Clone)]
enum Recipient {
    /// Whoever hears it.
    Hearing,
    /// One endpoint, by its id.
    Endpoint(String),
    /// An address that is nobody's endpoint.
    Passing(Box<Endpoint>),
}

fn recipient(workspace: &Workspace, order: &Order) -> Result<Recipient, Problem> {
    let Some(to) = &order.to else {
        return Ok(Recipient::Hearing);
    };
    let slot = super::input::slot(workspace, &order.vendor)?;
    if slot.endpoints().iter().any(|endpoint| endpoint.id == *to) {
        return Ok(Recipient::Endpoint(to.clone()));
    }
    match url::Url::parse(to) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            Ok(Recipient::Passing(Box::new(Endpoint::new(to))))
        }
        _ => Err(Problem::bad(format!("\"{to}\" is nobody"))
            .at("/to")
            .expecting("the id of an endpoint, or a URL with http:// or https://")),
    }
}

impl Prepared {
    fn example(&self) -> Value {
        match (&self.order.raw, &self.order.example) {
            (Some(_), _) => Value::Null,
            (None, Some(name)) => json!(name),
            (None, None) => {
                let webhook = self.mounted.document.webhook(self.name);
                json!(webhook.and_then(|one| Some(one.examples().next()?.name.clone())))
            }
        }
    }

    /// The payload of one copy.
    fn payload(&self, number: u32) -> Result<Value, Problem> {
        let mut patch = Patch::new(self.base.clone(), &self.schema);
        let order = &self.order;
        for path in &order.remove {
            patch
                .remove(path)
                .map_err(|wrong| misplaced(&wrong, "remove", path))?;
        }
        for (path, value) in &order.set {
            let value = numbered(value, number);
            patch
                .set(path, value)
                .map_err(|wrong| misplaced(&wrong, "set", path))?;
        }
        for (path, value) in &order.add {
            let value = numbered(value, number);
            patch
                .add(path, value)
                .map_err(|wrong| misplaced(&wrong, "add", path))?;
        }
        if let Some(merge) = &order.merge {
            patch.merge(numbered(merge, number));
        }
        Ok(patch.value)
    }

    /// Sends all copies: those that are due now, and the rest when the clock gets there.
    fn send(
        self: &Arc<Self>,
        workspace: &Workspace,
        to: Recipient,
    ) -> Result<(Vec<u64>, u32), Problem> {
        let mut events = Vec::new();
        let mut planned = 0;
        let now = workspace.clock.now();
        for number in 1..=self.order.count {
            let payload = self.payload(number)?;
            let after = self
                .order
                .rate
                .map_or(0.0, |rate| f64::from(number - 1) / rate);
            if after == 0.0 {
                events.extend(self.announce(workspace, payload, &to));
                continue;
            }
            planned += 1;
            let at = now
                .saturating_add(SignedDuration::from_secs_f64(after))
                .unwrap_or(now);
            let (prepared, to) = (Arc::clone(self), to.clone());
            let errand = move |workspace: &Workspace| {
                prepared.announce(workspace, payload, &to);
            };
            workspace.later(at, Box::new(errand));
        }
        Ok((events, planned))
    }

    /// Announces one copy, as a rule would. `None` when its recipient is gone.
    fn announce(&self, workspace: &Workspace, payload: Value, to: &Recipient) -> Option<u64> {
        let at = |pointer: &str| payload.pointer(pointer).filter(|_| !pointer.is_empty());
        let (channel, conversation) = match (&self.like, &self.tie) {
            (Some(like), _) => (like.channel.clone(), like.conversation.clone()),
            (None, Some(tie)) => {
                let conversation = at(tie.conversation).map(|value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                });
                let channel = tie.channel(&self.state, &payload);
                (
                    channel,
                    conversation.unwrap_or_else(|| "triggered".to_owned()),
                )
            }
            (None, None) => (self.name.to_owned(), "triggered".to_owned()),
        };
        let announced = Announced {
            document: self.mounted.document,
            vendor: self.mounted.name,
            name: self.name,
            channel,
            conversation,
            identity: None,
            headers: self
                .like
                .as_ref()
                .map(|like| like.headers.clone())
                .unwrap_or_default(),
            at: workspace.clock.now(),
            cause: None,
            origin: if self.order.invalid {
                Origin::Invalid
            } else {
                Origin::Triggered
            },
            payload: Box::new(move || payload),
        };
        let mut announced = Some(announced);
        let mut event = None;
        // Under the vendor's lock, as real announcements are: nothing overtakes anything.
        workspace
            .slot(self.mounted.name)?
            .edit_endpoints(&mut |endpoints| {
                let audience = match to {
                    Recipient::Hearing => Some(Audience::Hearing(endpoints)),
                    Recipient::Endpoint(id) => {
                        let endpoint = endpoints.get(id).filter(|endpoint| endpoint.enabled);
                        endpoint.map(Audience::Endpoint)
                    }
                    Recipient::Passing(endpoint) => Some(Audience::Passing(endpoint)),
                };
                if let (Some(audience), Some(announced)) = (audience, announced.take()) {
                    event = Some(workspace.announce(announced, audience).id);
                }
            });
        event
    }
}

/// The value of one copy.
fn numbered(value: &Value, number: u32) -> Value {
    match value {
        Value::String(text) if text.contains(NUMBER) => {
            Value::String(text.replace(NUMBER, &number.to_string()))
        }
        Value::Array(items) => items.iter().map(|item| numbered(item, number)).collect(),
        Value::Object(members) => {
            let each = members.iter();
            Value::Object(
                each.map(|(name, value)| (name.clone(), numbered(value, number)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

fn misplaced(wrong: &Misplaced, word: &str, path: &str) -> Problem {
    let escaped = path.replace('~', "~0").replace('/', "~1");
    let problem = Problem::bad(wrong.message.clone()).at(format!("/{word}/{escaped}"));
    match wrong.suggestions.first() {
        None => problem.expecting("a path like entry[0].id or /entry/0/id"),
        Some(nearest) => problem
            .expecting(format!("did you mean {nearest}?"))
            .with_details(json!({"suggestions": wrong.suggestions})),
    }
}
