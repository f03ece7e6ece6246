//! What is waiting to be delivered, in which order, and what became of it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

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
    lanes: HashMap<String, VecDeque<Arc<Delivery>>>,
    ready: VecDeque<(Arc<Delivery>, Kind)>,
    in_flight: usize,
    in_turn: bool,
    recent: Recent,
}

/// A delivery that waits for its retry.
struct Waiting {
    delivery: Arc<Delivery>,
    outlet: usize,
    /// What it held when it began to wait.
    bytes: usize,
}

/// Which attempt a job is.
pub(super) enum Kind {
    /// The first, which keeps its place in the conversation.
    First,
    /// A scheduled one.
    Retry,
    /// One made by hand.
    Manual {
        /// What to send instead of the delivery's own bytes.
        body: Option<Bytes>,
        /// Who wants to know.
        reply: oneshot::Sender<Arc<Attempt>>,
    },
}

/// One attempt to be made.
pub(super) struct Job {
    pub delivery: Arc<Delivery>,
    pub kind: Kind,
    pub epoch: u64,
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
            busy: 0,
            workers: 0,
        }
    }

    /// Forgets everything, and whatever is in flight with it.
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

    /// Takes up an event for an endpoint, unless the same was announced within `suppress`. Returns whether
    /// an attempt became ready.
    pub(super) fn accept(
        &mut self,
        event: &Arc<Event>,
        hearing: &Hearing<'_>,
        suppress: Option<Duration>,
    ) -> bool {
        let (outlet, delivery) = self.make(event, hearing);
        let way = &mut self.outlets[outlet];
        if let (Some(window), Some(identity)) = (suppress, &event.identity)
            && way.recent.repeats(identity, event.at, window)
        {
            let reason = format!("the same was announced less than {window:?} before");
            delivery.enter(State::Suppressed, None, Some(reason));
            self.feed.tell(News::Delivery, delivery.id);
            self.finish(delivery);
            return false;
        }
        self.unfinished.insert(delivery.id, Arc::clone(&delivery));
        self.feed.tell(News::Delivery, delivery.id);
        self.busy += 1;
        let way = &mut self.outlets[outlet];
        if let Some(lane) = way.lanes.get_mut(&event.conversation) {
            lane.push_back(delivery);
            return false;
        }
        way.lanes
            .insert(event.conversation.clone(), VecDeque::new());
        self.make_ready(outlet, delivery, Kind::First);
        true
    }

    /// Remembers that an event was kept from an endpoint.
    pub(super) fn withhold(&mut self, event: &Arc<Event>, hearing: &Hearing<'_>, reason: &str) {
        let (_, delivery) = self.make(event, hearing);
        delivery.enter(State::Withheld, None, Some(reason.to_owned()));
        self.feed.tell(News::Delivery, delivery.id);
        self.finish(delivery);
    }

    /// Takes up an attempt by hand; false when the delivery is not known.
    pub(super) fn by_hand(
        &mut self,
        id: u64,
        body: Option<Bytes>,
        reply: oneshot::Sender<Arc<Attempt>>,
    ) -> bool {
        let Some(delivery) = self.get(id) else {
            return false;
        };
        let outlet = self.by_endpoint[delivery.event.vendor][&delivery.endpoint.id];
        self.busy += 1;
        self.make_ready(outlet, delivery, Kind::Manual { body, reply });
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
                self.give_turn(outlet);
                let epoch = self.epoch;
                return Some(Job {
                    delivery,
                    kind,
                    epoch,
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
        if matches!(kind, Kind::First) {
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
                delivery.enter(State::Scheduled, Some(at), None);
                let bytes = delivery.bytes();
                self.scheduled_bytes += bytes;
                let waiting = Waiting {
                    delivery: Arc::clone(delivery),
                    outlet,
                    bytes,
                };
                self.scheduled.insert((at, delivery.id), waiting);
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
            given_up.extend(lane.drain(..));
        }
        let (first, rest): (VecDeque<_>, _) = std::mem::take(&mut way.ready)
            .into_iter()
            .partition(|(_, kind)| matches!(kind, Kind::First));
        way.ready = rest;
        for (delivery, _) in first {
            way.lanes.remove(&delivery.event.conversation);
            given_up.push(delivery);
        }
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

    fn make(&mut self, event: &Arc<Event>, hearing: &Hearing<'_>) -> (usize, Arc<Delivery>) {
        let outlet = self.outlet(event.vendor, hearing.endpoint);
        self.next += 1;
        let message_id = format!("msg_{}", self.ids.alphanumeric(27));
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
            Some(next) => self.make_ready(outlet, next, Kind::First),
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
