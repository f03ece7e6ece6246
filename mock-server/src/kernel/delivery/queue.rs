//! What is waiting to be delivered, in which order, and what became of it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use super::chaos::{Applied, Chaos, CopyIds, Effect};
use super::endpoint::Endpoint;
use super::record::{Attempt, Delivery, State};
use crate::kernel::feed::{Feed, News};
use crate::kernel::ids::Ids;
use crate::kernel::workspace::{Event, Hearing};

/// How many attempts are in flight to one endpoint: one that hangs leaves room for the others.
const PER_ENDPOINT: usize = 32;

/// How many deliveries wait for a retry. Further ones fail, so that a dead endpoint cannot fill the memory.
const WAITING: usize = 10_000;

/// How many bytes of payloads and answers they hold while they wait.
const WAITING_BYTES: usize = 64 * 1024 * 1024;

/// How many first attempts wait for one endpoint, and how many bytes of payloads. What comes on top fails, so that
/// an endpoint that hangs cannot fill the memory; what waits keeps its order.
const LINED_UP: usize = 50_000;

/// The same in bytes of payloads.
const LINED_UP_BYTES: usize = 64 * 1024 * 1024;

/// How many identities an endpoint's repeats are looked up in.
const IDENTITIES: usize = 100_000;

/// Everything on its way out of one workspace. All methods are quick; none waits.
pub(super) struct Queue {
    ids: Ids,
    next: u64,
    /// Changes when everything is forgotten: a job of an earlier epoch no longer counts.
    epoch: u64,
    outlets: Vec<Outlet>,
    by_endpoint: HashMap<&'static str, HashMap<String, usize>>,
    /// The outlets with something ready and room for it, in turn.
    turns: VecDeque<usize>,
    scheduled: BTreeMap<(Timestamp, u64), Waiting>,
    scheduled_bytes: usize,
    unfinished: BTreeMap<u64, Arc<Delivery>>,
    finished: VecDeque<Arc<Delivery>>,
    forgotten: u64,
    remembered: usize,
    feed: Arc<Feed>,
    /// What is broken on purpose.
    pub chaos: Chaos,
    /// By rule of chaos, what it holds back until there is enough of it.
    held: HashMap<u64, Held>,
    /// Jobs that wait for their turn or are in flight.
    busy: usize,
    /// Tasks that make attempts.
    pub workers: usize,
}

/// The way to one endpoint.
struct Outlet {
    /// The endpoint as last seen, shared by its deliveries.
    endpoint: Arc<Endpoint>,
    /// By conversation, the deliveries whose first attempt waits for the end of the one before.
    /// A conversation is here as long as a first attempt of it is ready or in flight.
    lanes: HashMap<String, VecDeque<(Arc<Delivery>, Kind)>>,
    ready: VecDeque<(Arc<Delivery>, Kind)>,
    /// First attempts in lanes or ready, and the bytes of their payloads.
    lined_up: usize,
    lined_up_bytes: usize,
    in_flight: usize,
    in_turn: bool,
    recent: Recent,
}

/// What a rule of chaos holds back.
#[derive(Default)]
struct Held {
    /// Where each stands among what is scheduled.
    keys: Vec<(Timestamp, u64)>,
    /// How often enough was there.
    round: u64,
}

/// A delivery that waits for its retry, or was delayed on purpose.
struct Waiting {
    delivery: Arc<Delivery>,
    outlet: usize,
    /// What it held when it began to wait.
    bytes: usize,
    /// Whether its first attempt is still to come.
    late: bool,
}

/// Which attempt a job is.
pub(super) enum Kind {
    /// The first, which keeps its place in the conversation.
    First,
    /// The first of a delivery that was delayed on purpose: its endpoint may have changed since.
    Late,
    /// A scheduled one.
    Retry,
    /// One made by hand.
    Manual {
        /// What to send.
        what: Resent,
        /// Who wants to know.
        reply: oneshot::Sender<Arc<Attempt>>,
    },
}

/// What is sent by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Resent {
    /// The delivery's own bytes, newly signed.
    #[default]
    Signed,
    /// The bytes and headers of the newest attempt, with its signature; newly signed where there is none.
    Same,
    /// Other bytes, signed.
    Edited(Bytes),
}

impl Kind {
    /// Whether the next of the conversation waits for its end.
    fn keeps_lane(&self) -> bool {
        matches!(self, Self::First | Self::Late)
    }
}

/// One attempt to be made.
pub(super) struct Job {
    pub delivery: Arc<Delivery>,
    pub kind: Kind,
    pub epoch: u64,
    /// What goes wrong with it on purpose.
    pub chaos: Vec<Applied>,
    outlet: usize,
}

/// What becomes of a delivery after an attempt.
pub(super) enum Outcome {
    Delivered,
    /// Another attempt is made then.
    Again(Timestamp),
    Failed(String),
    /// Nothing changes.
    Unchanged,
}

impl Queue {
    pub(super) fn new(seed: u64, remembered: usize, feed: Arc<Feed>) -> Self {
        Self {
            ids: Ids::new(seed, "deliveries"),
            next: 0,
            epoch: 0,
            outlets: Vec::new(),
            by_endpoint: HashMap::new(),
            turns: VecDeque::new(),
            scheduled: BTreeMap::new(),
            scheduled_bytes: 0,
            unfinished: BTreeMap::new(),
            finished: VecDeque::new(),
            forgotten: 0,
            remembered: remembered.max(1),
            feed,
            chaos: Chaos::new(seed),
            held: HashMap::new(),
            busy: 0,
            workers: 0,
        }
    }

    /// Forgets everything, and whatever is in flight with it. Rules of chaos go too.
    pub(super) fn clear(&mut self, seed: u64) {
        *self = Self {
            epoch: self.epoch + 1,
            workers: self.workers,
            ..Self::new(seed, self.remembered, Arc::clone(&self.feed))
        };
    }

    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Takes up an event for an endpoint, unless the same was announced within `suppress`. Returns how many
    /// attempts became ready.
    pub(super) fn accept(
        &mut self,
        event: &Arc<Event>,
        hearing: &Hearing<'_>,
        suppress: Option<Duration>,
    ) -> usize {
        let (outlet, delivery) = self.make(event, hearing, None);
        let way = &mut self.outlets[outlet];
        if let (Some(window), Some(identity)) = (suppress, &event.identity)
            && way.recent.repeats(identity, event.at, window)
        {
            let reason = format!("the same was announced less than {window:?} before");
            delivery.enter(State::Suppressed, None, Some(reason));
            self.feed.tell(News::Delivery, delivery.id);
            self.finish(delivery);
            return 0;
        }
        if way.lined_up >= LINED_UP || way.lined_up_bytes >= LINED_UP_BYTES {
            let reason = "not sent: too many others wait for this endpoint".to_owned();
            delivery.enter(State::Failed, None, Some(reason));
            self.feed.tell(News::Delivery, delivery.id);
            self.finish(delivery);
            return 0;
        }
        self.unfinished.insert(delivery.id, Arc::clone(&delivery));
        self.feed.tell(News::Delivery, delivery.id);
        let chaos = self.chaos.of_delivery(&delivery);
        if chaos.is_empty() {
            return usize::from(self.line_up(outlet, delivery, Kind::First));
        }
        self.disturb(outlet, delivery, hearing, &chaos)
    }

    /// Puts a first attempt at the end of its conversation. Returns whether it is ready at once.
    fn line_up(&mut self, outlet: usize, delivery: Arc<Delivery>, kind: Kind) -> bool {
        self.busy += 1;
        let way = &mut self.outlets[outlet];
        way.lined_up += 1;
        way.lined_up_bytes += delivery.event.payload.len();
        if let Some(lane) = way.lanes.get_mut(&delivery.event.conversation) {
            lane.push_back((delivery, kind));
            return false;
        }
        let conversation = delivery.event.conversation.clone();
        way.lanes.insert(conversation, VecDeque::new());
        self.make_ready(outlet, delivery, kind);
        true
    }

    /// Does to a delivery what rules of chaos want. Returns how many attempts became ready.
    fn disturb(
        &mut self,
        outlet: usize,
        delivery: Arc<Delivery>,
        hearing: &Hearing<'_>,
        chaos: &[Applied],
    ) -> usize {
        for (_, effect) in chaos {
            delivery.disturbed(effect.name().to_owned());
        }
        if let Some((rule, _)) = chaos.iter().find(|(_, effect)| *effect == Effect::Drop) {
            let reason = format!("dropped by rule {rule} of chaos");
            delivery.enter(State::Dropped, None, Some(reason));
            self.unfinished.remove(&delivery.id);
            self.finish(delivery);
            return 0;
        }
        let at = delivery.event.at;
        let mut all = vec![delivery];
        for (_, effect) in chaos {
            let Effect::Duplicate { copies, ids } = effect else {
                continue;
            };
            for _ in 0..*copies {
                let original = Arc::clone(&all[0]);
                let name = (*ids == CopyIds::Same).then(|| original.message_id.clone());
                let (_, copy) = self.make(&original.event, hearing, name);
                copy.disturbed(format!("duplicate of {}", original.id));
                self.unfinished.insert(copy.id, Arc::clone(&copy));
                self.feed.tell(News::Delivery, copy.id);
                all.push(copy);
            }
        }
        let holding = chaos.iter().find_map(|(rule, effect)| match effect {
            Effect::Delay { by, up_to } => {
                Some((*rule, self.chaos.pause(*rule, &all[0], *by, *up_to), 0))
            }
            Effect::Reorder { window, within } => Some((*rule, *within, *window)),
            Effect::Burst { size, within } => Some((*rule, *within, *size)),
            _ => None,
        });
        let Some((rule, pause, enough)) = holding else {
            let lined = all.into_iter();
            return lined
                .map(|one| usize::from(self.line_up(outlet, one, Kind::First)))
                .sum();
        };
        let until = at.saturating_add(pause).unwrap_or(Timestamp::MAX);
        for delivery in all {
            let key = (until, delivery.id);
            self.schedule(until, outlet, delivery, true);
            if enough > 0 {
                self.held.entry(rule).or_default().keys.push(key);
            }
        }
        self.release(rule, enough as usize)
    }

    /// Sends what a rule holds back once there is enough of it. Returns how many attempts became ready.
    fn release(&mut self, rule: u64, enough: usize) -> usize {
        let Some(held) = self.held.get_mut(&rule) else {
            return 0;
        };
        // What fell due or was delivered by hand is no longer held.
        held.keys.retain(|key| self.scheduled.contains_key(key));
        if held.keys.len() < enough {
            return 0;
        }
        held.round += 1;
        let round = held.round;
        let mut keys = std::mem::take(&mut held.keys);
        let mut rules = self.chaos.rules().iter();
        let mixed = rules.any(|one| one.id == rule && matches!(one.effect, Effect::Reorder { .. }));
        if mixed {
            self.chaos.shuffle(rule, round, &mut keys);
        }
        let mut ready = 0;
        for key in keys {
            if let Some(waited) = self.scheduled.remove(&key) {
                self.scheduled_bytes -= waited.bytes;
                ready += usize::from(self.line_up(waited.outlet, waited.delivery, Kind::Late));
            }
        }
        ready
    }

    /// Has a delivery wait for the clock.
    fn schedule(&mut self, at: Timestamp, outlet: usize, delivery: Arc<Delivery>, late: bool) {
        let reason = late.then(|| "held back by chaos".to_owned());
        delivery.enter(State::Scheduled, Some(at), reason);
        let bytes = delivery.bytes();
        self.scheduled_bytes += bytes;
        let key = (at, delivery.id);
        let waiting = Waiting {
            delivery,
            outlet,
            bytes,
            late,
        };
        self.scheduled.insert(key, waiting);
    }

    /// Remembers that an event was kept from an endpoint.
    pub(super) fn withhold(&mut self, event: &Arc<Event>, hearing: &Hearing<'_>, reason: &str) {
        let (_, delivery) = self.make(event, hearing, None);
        delivery.enter(State::Withheld, None, Some(reason.to_owned()));
        self.feed.tell(News::Delivery, delivery.id);
        self.finish(delivery);
    }

    /// Takes up an attempt by hand; false when the delivery is not known.
    pub(super) fn by_hand(
        &mut self,
        id: u64,
        what: Resent,
        reply: oneshot::Sender<Arc<Attempt>>,
    ) -> bool {
        let Some(delivery) = self.get(id) else {
            return false;
        };
        let outlet = self.by_endpoint[delivery.event.vendor][&delivery.endpoint.id];
        self.busy += 1;
        self.make_ready(outlet, delivery, Kind::Manual { what, reply });
        true
    }

    /// Makes ready the retries that are due by `now`. Returns how many.
    pub(super) fn fall_due(&mut self, now: Timestamp) -> usize {
        let mut due = 0;
        while let Some(first) = self.scheduled.first_entry()
            && first.key().0 <= now
        {
            let waited = first.remove();
            self.scheduled_bytes -= waited.bytes;
            if waited.late {
                due += usize::from(self.line_up(waited.outlet, waited.delivery, Kind::Late));
                continue;
            }
            self.busy += 1;
            self.make_ready(waited.outlet, waited.delivery, Kind::Retry);
            due += 1;
        }
        due
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.scheduled.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next attempt to be made.
    pub(super) fn take(&mut self) -> Option<Job> {
        while let Some(outlet) = self.turns.pop_front() {
            let way = &mut self.outlets[outlet];
            way.in_turn = false;
            // What was ready may have been given up since.
            if let Some((delivery, kind)) = way.ready.pop_front() {
                way.in_flight += 1;
                if kind.keeps_lane() {
                    way.lined_up -= 1;
                    way.lined_up_bytes -= delivery.event.payload.len();
                }
                self.give_turn(outlet);
                let epoch = self.epoch;
                // What somebody sends by hand arrives as it is.
                let chaos = if self.chaos.rules().is_empty() || matches!(kind, Kind::Manual { .. })
                {
                    Vec::new()
                } else {
                    let number = delivery.attempts().len() + 1;
                    self.chaos.of_attempt(&delivery, number)
                };
                return Some(Job {
                    delivery,
                    kind,
                    epoch,
                    chaos,
                    outlet,
                });
            }
        }
        None
    }

    /// Whether a job's outcome still counts.
    pub(super) fn knows(&self, job: &Job) -> bool {
        job.epoch == self.epoch
    }

    /// Ends a job: its delivery moves on, and so does its conversation.
    pub(super) fn end(&mut self, job: &Job, outcome: Outcome) {
        let Job {
            delivery,
            kind,
            outlet,
            ..
        } = job;
        if matches!(kind, Kind::Manual { .. }) {
            self.end_by_hand(delivery, &outcome);
        } else {
            self.settle(*outlet, delivery, outcome);
        }
        self.feed.tell(News::Delivery, delivery.id);
        let way = &mut self.outlets[*outlet];
        way.in_flight -= 1;
        self.busy -= 1;
        if kind.keeps_lane() {
            self.advance_lane(*outlet, &delivery.event.conversation);
        }
        self.give_turn(*outlet);
    }

    fn settle(&mut self, outlet: usize, delivery: &Arc<Delivery>, outcome: Outcome) {
        if delivery.state() == State::Delivered {
            // An attempt by hand was faster.
            return;
        }
        let (state, reason) = match outcome {
            Outcome::Again(at) => {
                self.schedule(at, outlet, Arc::clone(delivery), false);
                return;
            }
            Outcome::Unchanged => return,
            Outcome::Delivered => (State::Delivered, None),
            Outcome::Failed(reason) => (State::Failed, Some(reason)),
        };
        delivery.enter(state, None, reason);
        if let Some(delivery) = self.unfinished.remove(&delivery.id) {
            self.finish(delivery);
        }
    }

    /// A success by hand delivers, unless the first attempt is still to come; a scheduled retry is then no
    /// longer needed.
    fn end_by_hand(&mut self, delivery: &Arc<Delivery>, outcome: &Outcome) {
        if !matches!(outcome, Outcome::Delivered) || delivery.state() == State::Pending {
            return;
        }
        if let Some(at) = delivery.next_attempt()
            && let Some(waited) = self.scheduled.remove(&(at, delivery.id))
        {
            self.scheduled_bytes -= waited.bytes;
        }
        delivery.enter(State::Delivered, None, None);
        if let Some(delivery) = self.unfinished.remove(&delivery.id) {
            self.finish(delivery);
        }
    }

    /// Gives up the first attempts that wait for an endpoint. Those of others go on.
    pub(super) fn give_up(&mut self, job: &Job, reason: &str) {
        let way = &mut self.outlets[job.outlet];
        let mut given_up = Vec::new();
        for lane in way.lanes.values_mut() {
            given_up.extend(lane.drain(..).map(|(delivery, _)| delivery));
        }
        let (first, rest): (VecDeque<_>, _) = std::mem::take(&mut way.ready)
            .into_iter()
            .partition(|(_, kind)| kind.keeps_lane());
        way.ready = rest;
        for (delivery, _) in first {
            way.lanes.remove(&delivery.event.conversation);
            given_up.push(delivery);
        }
        way.lined_up = 0;
        way.lined_up_bytes = 0;
        given_up.sort_by_key(|delivery| delivery.id);
        self.busy -= given_up.len();
        for delivery in given_up {
            delivery.enter(State::Withheld, None, Some(reason.to_owned()));
            self.feed.tell(News::Delivery, delivery.id);
            self.unfinished.remove(&delivery.id);
            self.finish(delivery);
        }
    }

    /// Whether there is room for another retry.
    pub(super) fn has_room(&self) -> bool {
        self.scheduled.len() < WAITING && self.scheduled_bytes < WAITING_BYTES
    }

    pub(super) fn busy(&self) -> usize {
        self.busy
    }

    pub(super) fn scheduled(&self) -> usize {
        self.scheduled.len()
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Whether an attempt could start now.
    pub(super) fn is_ready(&self) -> bool {
        !self.turns.is_empty()
    }

    /// One delivery.
    pub(super) fn get(&self, id: u64) -> Option<Arc<Delivery>> {
        let finished = || {
            self.finished
                .iter()
                .rev()
                .find(|delivery| delivery.id == id)
        };
        self.unfinished.get(&id).or_else(finished).cloned()
    }

    /// All deliveries, oldest first.
    pub(super) fn all(&self) -> Vec<Arc<Delivery>> {
        let mut all: Vec<_> = self.finished.iter().cloned().collect();
        all.extend(self.unfinished.values().cloned());
        all.sort_by_key(|delivery| delivery.id);
        all
    }

    /// A new delivery, under a name of its own or a given one.
    fn make(
        &mut self,
        event: &Arc<Event>,
        hearing: &Hearing<'_>,
        message_id: Option<String>,
    ) -> (usize, Arc<Delivery>) {
        let outlet = self.outlet(event.vendor, hearing.endpoint);
        self.next += 1;
        let message_id = message_id.unwrap_or_else(|| format!("msg_{}", self.ids.alphanumeric(27)));
        let endpoint = Arc::clone(&self.outlets[outlet].endpoint);
        let event = Arc::clone(event);
        let delivery = Delivery::new(self.next, message_id, event, endpoint, hearing.registered);
        (outlet, Arc::new(delivery))
    }

    fn outlet(&mut self, vendor: &'static str, endpoint: &Endpoint) -> usize {
        let known = self.by_endpoint.entry(vendor).or_default();
        if let Some(&outlet) = known.get(&endpoint.id) {
            let way = &mut self.outlets[outlet];
            if *way.endpoint != *endpoint {
                way.endpoint = Arc::new(endpoint.clone());
            }
            return outlet;
        }
        known.insert(endpoint.id.clone(), self.outlets.len());
        self.outlets.push(Outlet {
            endpoint: Arc::new(endpoint.clone()),
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            lined_up: 0,
            lined_up_bytes: 0,
            in_flight: 0,
            in_turn: false,
            recent: Recent::default(),
        });
        self.outlets.len() - 1
    }

    fn make_ready(&mut self, outlet: usize, delivery: Arc<Delivery>, kind: Kind) {
        self.outlets[outlet].ready.push_back((delivery, kind));
        self.give_turn(outlet);
    }

    fn give_turn(&mut self, outlet: usize) {
        let way = &mut self.outlets[outlet];
        if !way.in_turn && !way.ready.is_empty() && way.in_flight < PER_ENDPOINT {
            way.in_turn = true;
            self.turns.push_back(outlet);
        }
    }

    fn advance_lane(&mut self, outlet: usize, conversation: &str) {
        let way = &mut self.outlets[outlet];
        let Some(lane) = way.lanes.get_mut(conversation) else {
            return;
        };
        match lane.pop_front() {
            Some((next, kind)) => self.make_ready(outlet, next, kind),
            None => {
                way.lanes.remove(conversation);
            }
        }
    }

    fn finish(&mut self, delivery: Arc<Delivery>) {
        if self.finished.len() == self.remembered {
            self.finished.pop_front();
            self.forgotten += 1;
        }
        self.finished.push_back(delivery);
    }
}

/// When identities were last announced to an endpoint, as hashes: a few bytes each.
#[derive(Default)]
struct Recent {
    last: HashMap<u64, Timestamp>,
    order: VecDeque<(Timestamp, u64)>,
}

impl Recent {
    /// Whether `identity` was announced within `window` before `at`; remembers it otherwise.
    fn repeats(&mut self, identity: &str, at: Timestamp, window: Duration) -> bool {
        let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX);
        let over = |last: Timestamp| at.duration_since(last) >= window;
        while let Some(&(last, oldest)) = self.order.front()
            && (over(last) || self.order.len() >= IDENTITIES)
        {
            self.order.pop_front();
            self.last.remove(&oldest);
        }
        let mut hasher = DefaultHasher::new();
        identity.hash(&mut hasher);
        let hash = hasher.finish();
        if self.last.contains_key(&hash) {
            return true;
        }
        self.last.insert(hash, at);
        self.order.push_back((at, hash));
        false
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::kernel::workspace::{Origin, made};

    fn event(id: u64, conversation: u64) -> Arc<Event> {
        Arc::new(Event {
            id,
            at: Timestamp::UNIX_EPOCH,
            vendor: "toy",
            name: "happened".into(),
            channel: "happened".into(),
            conversation: conversation.to_string(),
            identity: None,
            headers: Vec::new(),
            payload: made(Bytes::from_static(b"{}")),
            cause: None,
            origin: Origin::Rule,
            findings: made(Vec::new()),
        })
    }

    fn to(endpoint: &Endpoint) -> Hearing<'_> {
        Hearing {
            endpoint,
            registered: true,
        }
    }

    /// Ends one of the jobs in flight, whichever chance picks, in whichever way.
    fn end_one(queue: &mut Queue, in_flight: &mut Vec<Job>, chance: &mut Ids) {
        let job = in_flight.swap_remove(chance.below(in_flight.len() as u64) as usize);
        let outcome = match (&job.kind, chance.below(4)) {
            (Kind::First, 0) => Outcome::Again(Timestamp::from_second(60).unwrap()),
            (_, 1) => Outcome::Failed("it was not to be".into()),
            _ => Outcome::Delivered,
        };
        queue.end(&job, outcome);
    }

    #[test]
    fn however_attempts_end_no_conversation_overtakes_itself() {
        for seed in 0..50 {
            let mut chance = Ids::new(seed, "test");
            let mut queue = Queue::new(seed, 10_000, Arc::default());
            let endpoints = ["a", "b", "c"].map(Endpoint::new);
            let (mut in_flight, mut last) = (Vec::new(), HashMap::new());
            for id in 1..=600 {
                let endpoint = &endpoints[chance.below(3) as usize];
                queue.accept(&event(id, chance.below(40)), &to(endpoint), None);
                while chance.chance(0.7)
                    && let Some(job) = queue.take()
                {
                    let lane = (job.outlet, job.delivery.event.conversation.clone());
                    let before = last.insert(lane, job.delivery.id);
                    assert!(
                        before < Some(job.delivery.id),
                        "first attempts are in order"
                    );
                    in_flight.push(job);
                }
                let lanes: HashSet<_> = in_flight
                    .iter()
                    .map(|job| (job.outlet, &job.delivery.event.conversation))
                    .collect();
                assert_eq!(
                    lanes.len(),
                    in_flight.len(),
                    "one at a time per conversation"
                );
                for outlet in 0..queue.outlets.len() {
                    let to_this = in_flight.iter().filter(|job| job.outlet == outlet);
                    assert!(to_this.count() <= PER_ENDPOINT);
                }
                while !in_flight.is_empty() && chance.chance(0.4) {
                    end_one(&mut queue, &mut in_flight, &mut chance);
                }
            }
            loop {
                queue.fall_due(Timestamp::MAX);
                in_flight.extend(std::iter::from_fn(|| queue.take()));
                if in_flight.is_empty() {
                    break;
                }
                end_one(&mut queue, &mut in_flight, &mut chance);
            }
            assert_eq!(
                (queue.busy(), queue.scheduled(), queue.scheduled_bytes),
                (0, 0, 0)
            );
            assert_eq!(queue.all().len(), 600, "nothing is lost");
            let over =
                |one: &Arc<Delivery>| matches!(one.state(), State::Delivered | State::Failed);
            assert!(queue.all().iter().all(over));
        }
    }

    #[test]
    fn an_endpoint_that_hangs_leaves_room_for_the_others() {
        let mut queue = Queue::new(1, 10, Arc::default());
        for id in 0..100 {
            queue.accept(&event(id, id), &to(&Endpoint::new("hangs")), None);
        }
        queue.accept(&event(100, 0), &to(&Endpoint::new("answers")), None);
        let jobs: Vec<_> = std::iter::from_fn(|| queue.take()).collect();
        assert_eq!(jobs.len(), PER_ENDPOINT + 1);
        assert!(jobs.iter().any(|job| job.delivery.endpoint.id == "answers"));
    }

    #[test]
    fn what_waits_for_an_endpoint_that_hangs_is_bounded_and_stays_in_order() {
        let mut queue = Queue::new(1, 10, Arc::default());
        let endpoint = Endpoint::new("hangs");
        let enough = LINED_UP as u64 + 3;
        for id in 1..=enough {
            queue.accept(&event(id, 0), &to(&endpoint), None);
        }
        let job = queue.take().unwrap();
        assert_eq!(queue.busy(), LINED_UP);
        assert_eq!(
            queue.get(enough).map(|one| one.state()),
            Some(State::Failed)
        );
        queue.accept(&event(0, 0), &to(&endpoint), None);
        assert_eq!(queue.busy(), LINED_UP + 1, "there is room for one again");
        queue.end(&job, Outcome::Delivered);
        let mut last = 1;
        while let Some(job) = queue.take() {
            assert!(job.delivery.id > last);
            last = job.delivery.id;
            queue.end(&job, Outcome::Delivered);
        }
        let outlet = &queue.outlets[0];
        assert_eq!(
            (outlet.lined_up, outlet.lined_up_bytes, queue.busy()),
            (0, 0, 0)
        );
    }

    #[test]
    fn what_is_given_up_is_withheld_and_the_rest_goes_on() {
        let mut queue = Queue::new(1, 10, Arc::default());
        let endpoint = Endpoint::new("gone");
        for id in 1..=4 {
            queue.accept(&event(id, id % 2), &to(&endpoint), None);
        }
        queue.accept(&event(5, 0), &to(&Endpoint::new("other")), None);
        let job = queue.take().unwrap();
        queue.give_up(&job, "gone");
        queue.end(&job, Outcome::Failed("gone".into()));
        let states: Vec<_> = queue.all().iter().map(|one| one.state()).collect();
        let withheld = State::Withheld;
        assert_eq!(
            states,
            [State::Failed, withheld, withheld, withheld, State::Pending]
        );
        assert_eq!(queue.busy(), 1);
        assert_eq!(queue.take().unwrap().delivery.id, 5);
        queue.accept(&event(6, 0), &to(&endpoint), None);
        assert_eq!(
            queue.take().unwrap().delivery.id,
            6,
            "the lanes are free again"
        );
    }
}
