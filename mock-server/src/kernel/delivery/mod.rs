//! Posts webhooks to their endpoints, signs and retries them.
//!
//! An event becomes one delivery per endpoint that hears it. First attempts of one conversation go out one
//! after the other, in the order announced; conversations go side by side. Retries wait for the workspace's
//! clock and hold up nobody.

mod attempt;
mod chaos;
mod courier;
mod encode;
mod endpoint;
mod guard;
mod profile;
mod queue;
mod record;
mod sign;
mod verify;
mod wanted;

use std::sync::{Arc, Weak};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT as USER_AGENT_NAME};
use http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot, watch};

use self::queue::Queue;
use super::feed::Feed;
use super::ids::Ids;
use super::workspace::{Event, Hearing, Workspace};

pub use self::chaos::{Chaos, ChaosRule, CopyIds, Damage, Effect, Forgery};
pub use self::courier::{Courier, LARGEST_ANSWER};
pub use self::endpoint::{ContentType, Endpoint, EndpointAuth};
pub use self::guard::{Guard, Refused};
pub use self::profile::{DeliveryProfile, Retried};
pub use self::queue::Resent;
pub use self::record::{Attempt, Class, Delivery, Failure, Received, State};
pub use self::sign::{Checked, Signature};
pub use self::verify::Verification;
pub use self::wanted::{StatusWanted, Wanted};

/// How many attempts are in flight at once in one workspace.
const IN_FLIGHT: usize = 64;

/// Who the server says it is, unless the vendor or the endpoint says otherwise.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("mock-server/", env!("CARGO_PKG_VERSION")));

/// The webhooks on their way out of one workspace.
pub struct Deliveries {
    inner: Arc<Inner>,
}

/// How one vendor delivers.
#[derive(Clone, Copy)]
pub struct Delivering {
    /// The vendor's name.
    pub vendor: &'static str,
    /// What holds for all its webhooks unless an event differs.
    pub profile: DeliveryProfile,
    /// What holds for an event that differs.
    pub of_event: fn(&str) -> Option<&'static DeliveryProfile>,
}

struct Inner {
    workspace: Weak<Workspace>,
    courier: Arc<Courier>,
    manners: Vec<Delivering>,
    seed: u64,
    queue: Mutex<Queue>,
    /// Notified when nothing is queued or in flight any more.
    idle: Notify,
    /// The queue's epoch: what is in flight gives up when it changes.
    epochs: watch::Sender<u64>,
    challenges: Mutex<Ids>,
}

impl Deliveries {
    /// Nothing on its way yet.
    #[must_use]
    pub fn new(
        workspace: Weak<Workspace>,
        remembered: usize,
        seed: u64,
        courier: Arc<Courier>,
        manners: Vec<Delivering>,
        feed: Arc<Feed>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                workspace,
                courier,
                manners,
                seed,
                queue: Mutex::new(Queue::new(seed, remembered, feed)),
                idle: Notify::new(),
                epochs: watch::Sender::new(0),
                challenges: Mutex::new(Ids::new(seed, "challenges")),
            }),
        }
    }

    /// Sends `event` to every endpoint that hears it. Quick, because it is called under the vendor's lock.
    pub fn dispatch(&self, event: &Arc<Event>, hearing: &[Hearing<'_>]) {
        if hearing.is_empty() {
            return;
        }
        let suppress = self.inner.profile(event).suppress_repeats;
        let mut queue = self.inner.queue.lock();
        let ready = hearing
            .iter()
            .map(|endpoint| queue.accept(event, endpoint, suppress))
            .sum();
        self.inner.wake(&mut queue, ready);
    }

    /// Remembers that `event` was kept from the endpoints that wanted to hear of it, and why.
    pub fn withhold(&self, event: &Arc<Event>, hearing: &[Hearing<'_>], reason: &str) {
        let mut queue = self.inner.queue.lock();
        for endpoint in hearing {
            queue.withhold(event, endpoint, reason);
        }
    }

    /// When the next retry is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.inner.queue.lock().next_due()
    }

    /// Starts the retries that are due by `now`.
    pub fn run_due(&self, now: Timestamp) {
        let mut queue = self.inner.queue.lock();
        let due = queue.fall_due(now);
        self.inner.wake(&mut queue, due);
    }

    /// Waits until nothing is queued or in flight. Scheduled retries do not count.
    pub async fn settled(&self) {
        loop {
            let mut idle = std::pin::pin!(self.inner.idle.notified());
            idle.as_mut().enable();
            {
                let mut queue = self.inner.queue.lock();
                if queue.busy() == 0 {
                    return;
                }
                // What was announced outside a runtime has nobody who sends it yet.
                if queue.workers == 0 && queue.is_ready() {
                    self.inner.wake(&mut queue, IN_FLIGHT);
                }
            }
            idle.await;
        }
    }

    /// Forgets everything, and gives up what was waiting or in flight. Numbers and names start over.
    pub fn clear(&self) {
        let mut queue = self.inner.queue.lock();
        queue.clear(self.inner.seed);
        self.inner.epochs.send_replace(queue.epoch());
        *self.inner.challenges.lock() = Ids::new(self.inner.seed, "challenges");
        drop(queue);
        self.inner.idle.notify_waiters();
    }

    /// The deliveries that are wanted, oldest first.
    pub fn list(&self, wanted: &Wanted) -> Vec<Arc<Delivery>> {
        let mut all = self.inner.queue.lock().all();
        all.retain(|delivery| wanted.covers(delivery));
        let surplus = all.len().saturating_sub(wanted.limit.unwrap_or(usize::MAX));
        all.drain(..surplus);
        all
    }

    /// One delivery.
    pub fn get(&self, id: u64) -> Option<Arc<Delivery>> {
        self.inner.queue.lock().get(id)
    }

    /// How many deliveries were forgotten for want of room; none that are still on their way.
    pub fn forgotten(&self) -> u64 {
        self.inner.queue.lock().forgotten()
    }

    /// How many attempts are queued or in flight, and how many retries are scheduled.
    pub fn outstanding(&self) -> (usize, usize) {
        let queue = self.inner.queue.lock();
        (queue.busy(), queue.scheduled())
    }

    /// Looks at what is broken on purpose, or changes it.
    pub fn chaos<R>(&self, look: impl FnOnce(&mut Chaos) -> R) -> R {
        look(&mut self.inner.queue.lock().chaos)
    }

    /// Makes one attempt by hand. It is never followed by another. `None` when there is no such delivery, or it
    /// was forgotten meanwhile.
    pub async fn redeliver(&self, id: u64, what: Resent) -> Option<Arc<Attempt>> {
        let (reply, attempt) = oneshot::channel();
        {
            let mut queue = self.inner.queue.lock();
            if !queue.by_hand(id, what, reply) {
                return None;
            }
            self.inner.wake(&mut queue, 1);
        }
        attempt.await.ok()
    }

    /// Asks somebody, as far as webhooks may go there.
    ///
    /// # Errors
    /// When there is no complete answer.
    pub async fn visit(
        &self,
        method: Method,
        url: &str,
        body: Option<Bytes>,
    ) -> Result<Received, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT_NAME, USER_AGENT);
        if body.is_some() {
            let json = HeaderValue::from_static("application/json");
            headers.insert(CONTENT_TYPE, json);
        }
        let limit = DeliveryProfile::DEFAULT.timeout;
        let body = body.unwrap_or_default();
        let sent = self.inner.courier.send(method, url, headers, body, limit);
        let exchange = sent.await;
        match (exchange.response, exchange.failure) {
            (Some(response), _) => Ok(response),
            (None, Some(failure)) => Err(failure),
            (None, None) => Err(courier::refusal("there was no answer".to_owned())),
        }
    }

    /// Asks whoever is at `url` whether it wants `vendor`'s webhooks:
    /// `GET <url>?hub.mode=subscribe&hub.challenge=<digits>&hub.verify_token=<token>`.
    pub async fn verify(&self, vendor: &str, url: &str, token: &str) -> Verification {
        let challenge = self.inner.challenges.lock().digits(10);
        let manners = self.inner.manners(vendor);
        let limit = manners.map_or(DeliveryProfile::DEFAULT.timeout, |manners| {
            manners.profile.timeout
        });
        verify::verify(&self.inner.courier, url, token, &challenge, limit).await
    }
}

impl Inner {
    fn manners(&self, vendor: &str) -> Option<&Delivering> {
        self.manners.iter().find(|manners| manners.vendor == vendor)
    }

    /// How an event is delivered.
    fn profile(&self, event: &Event) -> &DeliveryProfile {
        let manners = self.manners(event.vendor);
        manners.map_or(&DeliveryProfile::DEFAULT, |manners| {
            (manners.of_event)(&event.name).unwrap_or(&manners.profile)
        })
    }

    /// Sees to it that `more` attempts that became ready have somebody who makes them. A worker goes on as
    /// long as anything is ready, and then ends: nobody idles and nobody polls.
    fn wake(self: &Arc<Self>, queue: &mut Queue, more: usize) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        for _ in 0..more.min(IN_FLIGHT - queue.workers) {
            queue.workers += 1;
            let worker = Worker(Arc::clone(self));
            runtime.spawn(worker.work());
        }
    }
}

/// A task that makes attempts as long as any are ready.
struct Worker(Arc<Inner>);

impl Worker {
    async fn work(self) {
        loop {
            let job = {
                let mut queue = self.0.queue.lock();
                match queue.take() {
                    Some(job) => job,
                    None => {
                        queue.workers -= 1;
                        return;
                    }
                }
            };
            self.0.attempt(job).await;
        }
    }
}
