//! One isolated copy of all vendors' state, clock, journal and endpoints.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Weak};

use bytes::Bytes;
use contracts::document::Document;
use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::clock::Clock;
use super::delivery::{Courier, Deliveries, Delivering, Endpoint};
use super::faults::Faults;
use super::feed::{Feed, News};
use super::journal::{Finding, Journal, render_body};
use super::meter::Meter;
use super::moment::Progress;
use super::rate_limit::RateLimits;
use super::ring::Ring;
use super::routes::Mounted;
use super::store::{AnySlot, BadState};
use super::table::Table;
use super::tap::Tap;

/// The name of the workspace that requests reach when they name none.
pub const DEFAULT: &str = "default";

/// What all payloads remembered may weigh together, in bytes.
const EVENTS_WEIGHT: usize = 16 * 1024 * 1024;

/// How many plans one `advance` runs before it gives up on reaching an end.
const STEPS: usize = 100_000;

/// What an event that nobody hears weighs in the ring, in bytes: its payload is not rendered yet.
const UNHEARD: usize = 1024;

/// How many plans run before requests get their turn.
const TURN: usize = 32;

/// One isolated copy of everything that changes.
pub struct Workspace {
    /// Its name, as in the `X-Mock-Workspace` header.
    pub name: String,
    /// Its time.
    pub clock: Clock,
    /// Its requests.
    pub journal: Journal,
    /// The webhooks announced, whether anybody heard them or not.
    pub events: Ring<Event>,
    /// The webhooks on their way.
    pub deliveries: Deliveries,
    /// What is broken on purpose.
    pub faults: Faults,
    /// Who called how often.
    pub rate_limits: RateLimits,
    /// What it did since it began.
    pub meter: Meter,
    /// What is new, for those who watch.
    pub feed: Arc<Feed>,
    /// What the control API wants done later, by time.
    errands: Mutex<Errands>,
    seed: u64,
    slots: Vec<Arc<dyn AnySlot>>,
    progress: AtomicU8,
    next_event: AtomicU64,
    stir: Notify,
    /// One run of due plans at a time, so that their order is the order of time.
    running: tokio::sync::Mutex<()>,
    /// When it was last used, for dropping idle ones.
    pub last_used: Mutex<std::time::Instant>,
    closed: AtomicBool,
}

/// What the control API wants done when the clock gets there.
pub type Errand = Box<dyn FnOnce(&Workspace) + Send>;

/// What is to be done, by time and in the order it was asked for.
#[derive(Default)]
struct Errands {
    by_time: BTreeMap<(Timestamp, u64), Errand>,
    next: u64,
}

/// How far a webhook is what a rule announced, or the work of a tester.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A rule announced it.
    #[default]
    Rule,
    /// Somebody triggered it.
    Triggered,
    /// Somebody triggered it, and it may break the contract.
    Invalid,
}

/// A webhook as a rule announced it.
pub struct Announced {
    /// The vendor's contract.
    pub document: &'static Document,
    /// The vendor's name.
    pub vendor: &'static str,
    /// The event's name in the contract.
    pub name: &'static str,
    /// What endpoints subscribe to.
    pub channel: String,
    /// What must stay in order.
    pub conversation: String,
    /// What makes two announcements the same, where the vendor suppresses repeats.
    pub identity: Option<String>,
    /// Headers that each delivery carries.
    pub headers: Vec<(&'static str, String)>,
    /// When, on the workspace's clock.
    pub at: Timestamp,
    /// The request that led to it.
    pub cause: Option<u64>,
    /// Whether a rule announced it, or a tester.
    pub origin: Origin,
    /// Makes the payload.
    pub payload: Later<Value>,
}

/// Who is told of a webhook.
#[derive(Clone, Copy)]
pub enum Audience<'e> {
    /// Those of these endpoints that hear it.
    Hearing(&'e Table<Endpoint>),
    /// One of the endpoints, whatever it hears.
    Endpoint(&'e Endpoint),
    /// An address that is nobody's endpoint.
    Passing(&'e Endpoint),
}

/// An endpoint that hears a webhook.
#[derive(Clone, Copy)]
pub struct Hearing<'e> {
    /// Which.
    pub endpoint: &'e Endpoint,
    /// Whether it is one of the vendor's endpoints, which may be changed or removed before a retry.
    pub registered: bool,
}

impl<'e> Audience<'e> {
    fn hearing(self, event: &Event) -> Vec<Hearing<'e>> {
        let one = |endpoint, registered| Hearing {
            endpoint,
            registered,
        };
        match self {
            Self::Hearing(endpoints) => {
                let hearing = endpoints.iter().filter(|endpoint| endpoint.hears(event));
                hearing.map(|endpoint| one(endpoint, true)).collect()
            }
            Self::Endpoint(endpoint) => vec![one(endpoint, true)],
            Self::Passing(endpoint) => vec![one(endpoint, false)],
        }
    }
}

/// How to make something that may never be asked for.
pub type Later<T> = Box<dyn FnOnce() -> T + Send>;

/// Something that is made when it is first looked at.
pub type Lazy<T> = LazyLock<T, Later<T>>;

/// Something that is there already, where what is made later would do too.
#[must_use]
pub fn made<T: Send + 'static>(thing: T) -> Lazy<T> {
    LazyLock::new(Box::new(move || thing))
}

/// A webhook that left a vendor. What nobody hears is rendered and checked when somebody looks at it.
#[derive(Debug, Serialize)]
pub struct Event {
    /// Its number in the workspace, from 1.
    pub id: u64,
    /// When, on the workspace's clock.
    pub at: Timestamp,
    /// The vendor's name.
    pub vendor: &'static str,
    /// The event's name in the contract.
    pub name: String,
    /// What endpoints subscribe to.
    pub channel: String,
    /// What must stay in order.
    pub conversation: String,
    /// What makes two announcements the same, where the vendor suppresses repeats.
    pub identity: Option<String>,
    /// Headers that each delivery carries.
    pub headers: Vec<(&'static str, String)>,
    /// The payload, compact JSON.
    #[serde(serialize_with = "as_json")]
    pub payload: Lazy<Bytes>,
    /// The request that led to it.
    pub cause: Option<u64>,
    /// Whether a rule announced it, or a tester.
    pub origin: Origin,
    /// Where it breaks the contract: such an event is never delivered.
    #[serde(serialize_with = "as_made")]
    pub findings: Lazy<Vec<Finding>>,
}

impl Event {
    /// The event without its payload, for lists.
    #[must_use]
    pub fn summary(&self) -> Value {
        json!({
            "id": self.id,
            "at": self.at,
            "vendor": self.vendor,
            "name": self.name,
            "channel": self.channel,
            "conversation": self.conversation,
            "cause": self.cause,
            "triggered": self.origin != Origin::Rule,
            "findings": self.findings.len(),
        })
    }

    /// The whole event.
    #[must_use]
    pub fn detail(&self) -> Value {
        let mut detail = self.summary();
        detail["identity"] = json!(self.identity);
        detail["headers"] = json!(self.headers);
        detail["payload"] = render_body(&self.payload);
        detail["findings"] = json!(*self.findings);
        detail
    }
}

fn as_made<S: serde::Serializer>(made: &Lazy<Vec<Finding>>, to: S) -> Result<S::Ok, S::Error> {
    (**made).serialize(to)
}

fn as_json<S: serde::Serializer>(bytes: &Lazy<Bytes>, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::from_slice::<Value>(bytes)
        .unwrap_or_default()
        .serialize(serializer)
}

/// What a new workspace is made from.
pub struct Blueprint {
    /// The vendors that are served.
    pub vendors: Vec<&'static Mounted>,
    /// The seed of all identifiers and chance.
    pub seed: u64,
    /// The clock's start: `None` is real time.
    pub frozen_at: Option<Timestamp>,
    /// How what is planned comes about.
    pub progress: Progress,
    /// How many requests, events and deliveries are remembered.
    pub remembered: usize,
    /// Whether time runs by itself; tests that move it by hand switch this off.
    pub ticking: bool,
    /// Endpoints that every new workspace starts with, by vendor.
    pub endpoints: Vec<(String, Endpoint)>,
    /// Which addresses webhooks may go to.
    pub guard: super::delivery::Guard,
}

impl Workspace {
    fn new(
        name: &str,
        blueprint: &Blueprint,
        courier: &Arc<Courier>,
        root_url: &str,
    ) -> Result<Arc<Self>, BadState> {
        let clock = blueprint.frozen_at.map_or_else(Clock::real, Clock::frozen);
        let now = clock.now();
        let delivering: Vec<_> = blueprint
            .vendors
            .iter()
            .map(|mounted| Delivering {
                vendor: mounted.name,
                profile: mounted.profile.delivery,
                of_event: mounted.manners.delivery,
            })
            .collect();
        let mut failure = None;
        let feed = Arc::new(Feed::default());
        let workspace = Arc::new_cyclic(|weak: &Weak<Self>| {
            let mut slots = Vec::new();
            for mounted in &blueprint.vendors {
                let base_url = if name == DEFAULT {
                    format!("{root_url}/{}", mounted.name)
                } else {
                    format!("{root_url}/w/{name}/{}", mounted.name)
                };
                match (mounted.slot)(weak, mounted.document, blueprint.seed, base_url.into(), now) {
                    Ok(slot) => slots.push(slot),
                    Err(error) => failure = Some(error),
                }
            }
            Self {
                name: name.to_owned(),
                clock,
                journal: Journal::new(blueprint.remembered),
                events: Ring::new(blueprint.remembered, EVENTS_WEIGHT),
                deliveries: Deliveries::new(
                    weak.clone(),
                    blueprint.remembered,
                    blueprint.seed,
                    Arc::clone(courier),
                    delivering.clone(),
                    Arc::clone(&feed),
                ),
                faults: Faults::new(blueprint.seed),
                rate_limits: RateLimits::default(),
                meter: Meter::default(),
                feed: Arc::clone(&feed),
                errands: Mutex::default(),
                seed: blueprint.seed,
                slots,
                progress: AtomicU8::new(0),
                next_event: AtomicU64::new(0),
                stir: Notify::new(),
                running: tokio::sync::Mutex::new(()),
                last_used: Mutex::new(std::time::Instant::now()),
                closed: AtomicBool::new(false),
            }
        });
        if let Some(error) = failure {
            return Err(error);
        }
        workspace.set_progress(blueprint.progress);
        for (vendor, endpoint) in &blueprint.endpoints {
            if let Some(slot) = workspace.slot(vendor) {
                slot.edit_endpoints(&mut |endpoints| {
                    endpoints.put(endpoint.clone());
                });
            }
        }
        if blueprint.ticking && tokio::runtime::Handle::try_current().is_ok() {
            tokio::spawn(tick(Arc::downgrade(&workspace)));
        }
        Ok(workspace)
    }

    /// One vendor's state.
    pub fn slot(&self, vendor: &str) -> Option<&Arc<dyn AnySlot>> {
        self.slots.iter().find(|slot| slot.vendor() == vendor)
    }

    /// All vendors' states.
    pub fn slots(&self) -> &[Arc<dyn AnySlot>] {
        &self.slots
    }

    /// The seed of all identifiers and chance.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How what is planned comes about.
    pub fn progress(&self) -> Progress {
        match self.progress.load(Ordering::Relaxed) {
            1 => Progress::Instant,
            2 => Progress::Manual,
            _ => Progress::Auto,
        }
    }

    /// Changes how what is planned from now on comes about.
    pub fn set_progress(&self, progress: Progress) {
        self.progress.store(progress as u8, Ordering::Relaxed);
    }

    /// Says that something was planned, so that the ticker looks again.
    pub fn stirred(&self) {
        self.stir.notify_one();
    }

    /// Numbers, checks, remembers and delivers a webhook.
    pub fn announce(&self, announced: Announced, to: Audience<'_>) -> Arc<Event> {
        let Announced {
            document,
            vendor,
            name,
            channel,
            conversation,
            identity,
            headers,
            at,
            cause,
            origin,
            payload,
        } = announced;
        let payload: Arc<Lazy<Value>> = Arc::new(LazyLock::new(payload));
        let checked = Arc::clone(&payload);
        let event = Arc::new(Event {
            id: self.next_event.fetch_add(1, Ordering::Relaxed) + 1,
            at,
            vendor,
            name: name.to_owned(),
            channel,
            conversation,
            identity,
            headers,
            payload: LazyLock::new(Box::new(move || match &**payload {
                // A tester's text goes out as it is, to see what a receiver makes of it.
                Value::String(text) if origin == Origin::Invalid => text.clone().into(),
                payload => serde_json::to_vec(payload).unwrap_or_default().into(),
            })),
            cause,
            origin,
            findings: LazyLock::new(Box::new(move || {
                let violations = contracts::check::webhook(document, name, &checked);
                violations.iter().map(Finding::from_violation).collect()
            })),
        });
        let hearing = to.hearing(&event);
        let heard = !hearing.is_empty();
        let weight = if heard { event.payload.len() } else { UNHEARD };
        self.events.push(Arc::clone(&event), weight);
        self.feed.tell(News::Event, event.id);
        if !heard {
            return event;
        }
        let broken = |finding: &Finding| finding.is_violation();
        if origin != Origin::Invalid && event.findings.iter().any(broken) {
            tracing::error!(vendor, name, findings = ?*event.findings, "a webhook breaks the contract and is withheld");
            let reason = "the payload breaks the contract";
            self.deliveries.withhold(&event, &hearing, reason);
        } else {
            self.deliveries.dispatch(&event, &hearing);
        }
        event
    }

    /// When the next plan or retry is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        let plan = self.next_plan();
        plan.into_iter().chain(self.deliveries.next_due()).min()
    }

    /// When the next plan is due.
    fn next_plan(&self) -> Option<Timestamp> {
        let planned = self.slots.iter().filter_map(|slot| slot.next_due());
        planned.chain(self.next_errand()).min()
    }

    /// When the next errand is due.
    fn next_errand(&self) -> Option<Timestamp> {
        let errands = self.errands.lock();
        errands.by_time.first_key_value().map(|((at, _), _)| *at)
    }

    /// Has something done when the clock gets to `at`.
    pub fn later(&self, at: Timestamp, errand: Errand) {
        let mut errands = self.errands.lock();
        errands.next += 1;
        let number = errands.next;
        errands.by_time.insert((at, number), errand);
        drop(errands);
        self.stirred();
    }

    /// Runs everything that is due by now, in the order of time.
    pub async fn run_due(&self) {
        let _one_at_a_time = self.running.lock().await;
        self.run_until(self.clock.now(), false).await;
    }

    /// Moves the clock by `by`, running what falls due on the way at its own time. Returns how many plans ran.
    pub async fn advance(&self, by: jiff::SignedDuration) -> usize {
        let _one_at_a_time = self.running.lock().await;
        let target = self
            .clock
            .now()
            .saturating_add(by)
            .unwrap_or(Timestamp::MAX);
        let ran = self.run_until(target, true).await;
        self.clock.reach(target);
        self.feed.tell(News::Clock, 0);
        ran
    }

    /// Moves the clock as far as there is anything planned. Returns how many plans ran.
    ///
    /// Retries on the way run at their time, but nobody waits for the last of them: an endpoint where nobody
    /// listens would take half a day.
    pub async fn advance_until_idle(&self) -> usize {
        let _one_at_a_time = self.running.lock().await;
        let mut ran = 0;
        while let Some(next) = self.next_plan()
            && ran < STEPS
        {
            ran += self.run_until(next, true).await;
        }
        self.deliveries.settled().await;
        self.feed.tell(News::Clock, 0);
        ran
    }

    /// Runs what is due by `target`. With `settle`, time waits for the deliveries in flight, so that a
    /// retry is planned before the clock passes it.
    async fn run_until(&self, target: Timestamp, settle: bool) -> usize {
        for step in 0..STEPS {
            if step % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
            if settle {
                self.deliveries.settled().await;
            }
            let Some(due) = self.next_due().filter(|due| *due <= target) else {
                return step;
            };
            self.clock.reach(due);
            let planned = self
                .slots
                .iter()
                .filter_map(|slot| Some((slot.next_due()?, slot)));
            match planned.min_by_key(|(at, _)| *at) {
                Some((at, slot)) if at <= due => {
                    slot.run_next(due);
                }
                _ if self.next_errand().is_some_and(|at| at <= due) => {
                    let errand = self.errands.lock().by_time.pop_first();
                    if let Some((_, errand)) = errand {
                        errand(self);
                    }
                }
                _ => self.deliveries.run_due(due),
            }
        }
        tracing::warn!(
            workspace = self.name,
            "stopped advancing after {STEPS} plans"
        );
        STEPS
    }

    /// Back to the seed: state, identifiers, journal, deliveries, faults. The clock stays where it is.
    ///
    /// # Errors
    /// When a seed cannot be read.
    pub fn reset(&self, vendor: Option<&str>) -> Result<(), BadState> {
        let now = self.clock.now();
        if vendor.is_none() {
            // First, so that nothing in flight counts its failure against a fresh endpoint.
            self.deliveries.clear();
        }
        for slot in self
            .slots
            .iter()
            .filter(|slot| vendor.is_none_or(|wanted| slot.vendor() == wanted))
        {
            slot.reset(self.seed, now)?;
        }
        if vendor.is_none() {
            self.journal.clear();
            self.events.clear();
            self.faults.clear();
            self.rate_limits.clear();
            self.errands.lock().by_time.clear();
            self.next_event.store(0, Ordering::Relaxed);
            self.feed.tell(News::Reset, 0);
        }
        self.stirred();
        Ok(())
    }

    /// Ends the ticker; what is in flight still finishes.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.feed.close();
        self.stir.notify_one();
    }
}

/// Runs what falls due as the workspace's clock goes.
async fn tick(workspace: Weak<Workspace>) {
    loop {
        let Some(current) = workspace.upgrade() else {
            return;
        };
        if current.closed.load(Ordering::Relaxed) {
            return;
        }
        let wait = current
            .next_due()
            .and_then(|due| current.clock.real_time_until(due));
        match wait {
            Some(wait) if wait.is_zero() => current.run_due().await,
            Some(wait) => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the one place where the clock is waited for"
                )]
                let alarm = tokio::time::sleep(wait);
                tokio::select! {
                    () = alarm => {}
                    () = current.stir.notified() => {}
                }
            }
            None => current.stir.notified().await,
        }
    }
}

/// All workspaces of a server.
pub struct Workspaces {
    blueprint: Blueprint,
    courier: Arc<Courier>,
    root_url: RwLock<String>,
    all: RwLock<HashMap<String, Arc<Workspace>>>,
    minted: RwLock<HashMap<String, String>>,
    /// Shows every exchange to whoever listens.
    pub tap: Tap,
}

impl Workspaces {
    /// None yet; each is made when it is first used.
    #[must_use]
    pub fn new(blueprint: Blueprint, root_url: String) -> Self {
        Self {
            courier: Arc::new(Courier::new(blueprint.guard.clone())),
            blueprint,
            root_url: RwLock::new(root_url),
            all: RwLock::new(HashMap::new()),
            minted: RwLock::new(HashMap::new()),
            tap: Tap::default(),
        }
    }

    /// Says where the server is reached, once it is bound. Workspaces made before keep their old address.
    pub fn reached_at(&self, root_url: String) {
        *self.root_url.write() = root_url;
    }

    /// The workspace of this name, made when it does not exist.
    ///
    /// # Errors
    /// When a seed cannot be read.
    pub fn named(&self, name: &str) -> Result<Arc<Workspace>, BadState> {
        if let Some(workspace) = self.all.read().get(name) {
            return Ok(Arc::clone(workspace));
        }
        let mut all = self.all.write();
        if let Some(workspace) = all.get(name) {
            return Ok(Arc::clone(workspace));
        }
        let workspace =
            Workspace::new(name, &self.blueprint, &self.courier, &self.root_url.read())?;
        all.insert(name.to_owned(), Arc::clone(&workspace));
        Ok(workspace)
    }

    /// The workspace of this name, if it exists.
    pub fn existing(&self, name: &str) -> Option<Arc<Workspace>> {
        self.all.read().get(name).cloned()
    }

    /// All workspaces, by name.
    pub fn all(&self) -> Vec<Arc<Workspace>> {
        let mut all: Vec<_> = self.all.read().values().cloned().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// Where the server is reached, without a slash at the end.
    pub fn root_url(&self) -> String {
        self.root_url.read().clone()
    }

    /// Forgets a workspace with all it knows. False when there was none.
    pub fn remove(&self, name: &str) -> bool {
        self.minted.write().retain(|_, workspace| workspace != name);
        let removed = self.all.write().remove(name);
        if let Some(workspace) = &removed {
            workspace.close();
        }
        removed.is_some()
    }

    /// Makes `key` a credential that leads to the workspace `name` and is valid at every vendor.
    pub fn mint(&self, key: &str, name: &str) {
        self.minted.write().insert(key.to_owned(), name.to_owned());
    }

    /// The workspace a minted credential leads to.
    pub fn minted(&self, key: &str) -> Option<String> {
        let minted = self.minted.read();
        if minted.is_empty() {
            None
        } else {
            minted.get(key).cloned()
        }
    }

    /// Drops all workspaces but the default one that nobody used for `idle`. Returns their names.
    pub fn drop_idle(&self, idle: std::time::Duration) -> Vec<String> {
        let stale: Vec<_> = self
            .all()
            .into_iter()
            .filter(|workspace| {
                workspace.name != DEFAULT && workspace.last_used.lock().elapsed() > idle
            })
            .collect();
        stale
            .iter()
            .map(|workspace| {
                self.remove(&workspace.name);
                workspace.name.clone()
            })
            .collect()
    }
}

impl Drop for Workspaces {
    fn drop(&mut self) {
        for workspace in self.all.get_mut().values() {
            workspace.close();
        }
    }
}
