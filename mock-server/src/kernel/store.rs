//! One vendor's state behind one lock: read it, or change it as one transaction.

use std::any::Any;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Weak};

use axum::extract::FromRequestParts;
use contracts::document::Document;
use http::request::Parts;
use jiff::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::call::Call;
use super::delivery::{Endpoint, Verification};
use super::ids::Ids;
use super::moment::{Glance, Moment};
use super::phone::{Bubble, Gesture, Phone};
use super::table::{Table, Transaction as _};
use super::vendor::{Announce as _, Impossible, Vendor};
use super::workspace::{Announced, Audience, Origin, Workspace};

/// One vendor's state in one workspace.
pub struct Slot<V: Vendor> {
    workspace: Weak<Workspace>,
    document: &'static Document,
    base_url: Arc<str>,
    held: Mutex<Held<V>>,
}

/// Everything under the lock.
struct Held<V: Vendor> {
    vendor: V,
    endpoints: Table<Endpoint>,
    ids: Ids,
    plans: BTreeMap<(Timestamp, u64), Plan<V::Happening>>,
    next_plan: u64,
}

impl<V: Vendor> Held<V> {
    /// The seed, awake at `now`.
    fn seeded(seed: u64, now: Timestamp) -> Result<Self, BadState> {
        let state =
            serde_json::from_str(V::PROFILE.seed).map_err(|error| BadState::of::<V>(&error))?;
        let mut held = Self::from_state(state, Ids::new(seed, V::PROFILE.name))?;
        let passed = now.duration_since(V::PROFILE.seed_day());
        if !passed.is_zero() {
            held.vendor.wake(passed);
        }
        held.vendor.parts(&mut |part| part.commit());
        Ok(held)
    }

    fn from_state(state: Value, ids: Ids) -> Result<Self, BadState> {
        let Value::Object(mut members) = state else {
            return Err(BadState::of::<V>(&"expected a JSON object"));
        };
        let endpoints = members
            .remove("endpoints")
            .map(Table::deserialize)
            .transpose();
        let endpoints =
            endpoints.map_err(|error| BadState::of::<V>(&format!("/endpoints: {error}")))?;
        let plans = members
            .remove("plans")
            .map(Vec::<Plan<V::Happening>>::deserialize)
            .transpose();
        let plans = plans.map_err(|error| BadState::of::<V>(&format!("/plans: {error}")))?;
        let numbered = (1..).zip(plans.unwrap_or_default());
        let plans: BTreeMap<_, _> = numbered
            .map(|(number, plan)| ((plan.at, number), plan))
            .collect();
        Ok(Self {
            vendor: read_vendor(members)?,
            endpoints: endpoints.unwrap_or_default(),
            ids,
            next_plan: plans.len() as u64,
            plans,
        })
    }
}

/// Something planned: it comes about when the clock gets there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan<H> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub happening: H,
    /// The request that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<u64>,
}

/// A transaction that is taken back unless it is kept, even when a rule panics.
struct Open<'a, V: Vendor> {
    held: &'a mut Held<V>,
    mark: super::ids::Mark,
    kept: bool,
}

impl<V: Vendor> Drop for Open<'_, V> {
    fn drop(&mut self) {
        if !self.kept {
            self.held.vendor.parts(&mut |part| part.rollback());
            self.held.endpoints.rollback();
            self.held.ids.rewind(self.mark);
        }
    }
}

impl<V: Vendor> Slot<V> {
    /// A fresh state from the vendor's seed.
    ///
    /// # Errors
    /// When the seed is not a state of this vendor, with the reason and place.
    pub fn new(
        workspace: &Weak<Workspace>,
        document: &'static Document,
        seed: u64,
        base_url: Arc<str>,
        now: Timestamp,
    ) -> Result<Self, BadState> {
        let held = Mutex::new(Held::seeded(seed, now)?);
        Ok(Self {
            workspace: workspace.clone(),
            document,
            base_url,
            held,
        })
    }

    /// Looks at the state.
    pub fn read<R>(&self, look: impl FnOnce(&V, Glance<'_>) -> R) -> R {
        let held = self.held.lock();
        let now = self
            .workspace
            .upgrade()
            .map_or(Timestamp::MIN, |workspace| workspace.clock.now());
        look(
            &held.vendor,
            Glance {
                now,
                endpoints: &held.endpoints,
                base_url: &self.base_url,
            },
        )
    }

    /// Changes the state as one transaction; `Err` takes everything back.
    ///
    /// # Errors
    /// Whatever the rule refuses with.
    pub fn try_write<R, E>(
        &self,
        cause: Option<u64>,
        rule: impl FnOnce(&mut V, &mut Moment<'_, V>) -> Result<R, E>,
    ) -> Result<R, E> {
        let Some(workspace) = self.workspace.upgrade() else {
            unreachable!("a slot lives inside its workspace");
        };
        let mut held = self.held.lock();
        self.transact(&workspace, &mut held, workspace.clock.now(), cause, rule)
    }

    fn transact<R, E>(
        &self,
        workspace: &Arc<Workspace>,
        held: &mut Held<V>,
        now: Timestamp,
        cause: Option<u64>,
        rule: impl FnOnce(&mut V, &mut Moment<'_, V>) -> Result<R, E>,
    ) -> Result<R, E> {
        let mark = held.ids.mark();
        let mut open = Open {
            held,
            mark,
            kept: false,
        };
        let Held {
            vendor,
            endpoints,
            ids,
            ..
        } = &mut *open.held;
        let progress = workspace.progress();
        let base_url = &*self.base_url;
        let mut moment = Moment {
            now,
            ids,
            endpoints,
            base_url,
            progress,
            announced: Vec::new(),
            planned: Vec::new(),
        };
        let result = rule(vendor, &mut moment)?;
        let Moment {
            announced, planned, ..
        } = moment;
        open.kept = true;
        let held = &mut *open.held;
        held.vendor.parts(&mut |part| part.commit());
        held.endpoints.commit();
        let first = held.plans.first_key_value().map(|(when, _)| *when);
        for (at, happening) in planned {
            held.next_plan += 1;
            held.plans.insert(
                (at, held.next_plan),
                Plan {
                    at,
                    happening,
                    cause,
                },
            );
        }
        // Whoever waits for the first plan need not hear of later ones.
        if held.plans.first_key_value().map(|(when, _)| *when) != first {
            workspace.stirred();
        }
        for webhook in announced {
            let announced = Announced {
                document: self.document,
                vendor: V::PROFILE.name,
                name: webhook.name(),
                channel: webhook.channel(),
                conversation: webhook.conversation(),
                identity: webhook.identity(),
                headers: webhook.headers(),
                at: now,
                cause,
                origin: Origin::Rule,
                payload: Box::new(move || webhook.payload()),
            };
            workspace.announce(announced, Audience::Hearing(&held.endpoints));
        }
        Ok(result)
    }
}

/// What handlers take: the caller's workspace's state of their vendor.
pub struct Store<V: Vendor> {
    slot: Arc<dyn AnySlot>,
    call: Arc<Call>,
    vendor: std::marker::PhantomData<fn() -> V>,
}

impl<V: Vendor> Store<V> {
    /// Looks at the state.
    pub fn read<R>(&self, look: impl FnOnce(&V, Glance<'_>) -> R) -> R {
        self.slot().read(look)
    }

    /// Changes the state as one transaction that cannot be refused.
    pub fn write<R>(&self, rule: impl FnOnce(&mut V, &mut Moment<'_, V>) -> R) -> R {
        match self.try_write(|vendor, moment| Ok::<R, Infallible>(rule(vendor, moment))) {
            Ok(result) => result,
            Err(never) => match never {},
        }
    }

    /// Changes the state as one transaction; `Err` takes everything back.
    ///
    /// # Errors
    /// Whatever the rule refuses with.
    pub fn try_write<R, E>(
        &self,
        rule: impl FnOnce(&mut V, &mut Moment<'_, V>) -> Result<R, E>,
    ) -> Result<R, E> {
        self.slot().try_write(Some(self.call.id), rule)
    }

    /// Asks whoever is at `url` whether it wants this vendor's webhooks. Not a part of any transaction.
    pub async fn verify(&self, url: &str, verify_token: &str) -> Verification {
        let Some(workspace) = self.slot().workspace.upgrade() else {
            unreachable!("a slot lives inside its workspace");
        };
        let name = V::PROFILE.name;
        workspace.deliveries.verify(name, url, verify_token).await
    }

    fn slot(&self) -> &Slot<V> {
        let slot: &dyn Any = self.slot.as_any();
        slot.downcast_ref()
            .expect("a vendor's handlers run on its own slot")
    }
}

/// The slot that the pipeline puts into every request it hands to a handler.
#[derive(Clone)]
pub struct CurrentSlot(pub Arc<dyn AnySlot>);

impl<V: Vendor, S: Sync> FromRequestParts<S> for Store<V> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let slot = parts
            .extensions
            .get::<CurrentSlot>()
            .map(|current| Arc::clone(&current.0));
        let call = parts.extensions.get::<Arc<Call>>().cloned();
        Ok(Self {
            slot: slot.expect("the pipeline hands every handler its slot"),
            call: call.expect("the pipeline hands every handler its call"),
            vendor: std::marker::PhantomData,
        })
    }
}

/// A state that cannot be read back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a state of {vendor}: {message}")]
pub struct BadState {
    /// Whose state it should have been.
    pub vendor: &'static str,
    /// What is wrong, and where.
    pub message: String,
}

/// A slot without its vendor's type, for the workspace and the admin API.
pub trait AnySlot: Send + Sync {
    /// For [`Store`].
    fn as_any(&self) -> &dyn Any;
    /// The vendor's name.
    fn vendor(&self) -> &'static str;
    /// The whole state, as `seed.json` has it: the vendor's members, `endpoints` and `plans`.
    fn dump(&self) -> Value;
    /// Replaces the whole state.
    ///
    /// # Errors
    /// When `state` is not a state of this vendor; nothing is changed then.
    fn restore(&self, state: &Value) -> Result<(), BadState>;
    /// Back to the seed, with identifiers starting over.
    ///
    /// # Errors
    /// When the seed cannot be read.
    fn reset(&self, seed: u64, now: Timestamp) -> Result<(), BadState>;
    /// Lets something happen, given as JSON.
    ///
    /// # Errors
    /// When the JSON is no happening of this vendor, or it cannot happen in this state.
    fn happen(&self, happening: &Value) -> Result<(), Impossible>;
    /// The customers' phones.
    fn phones(&self) -> Vec<Phone>;
    /// What one phone shows, oldest first.
    fn screen(&self, phone: &str) -> Vec<Bubble>;
    /// Lets the owner of a phone do something; answers the happening that it was.
    ///
    /// # Errors
    /// When it cannot be done.
    fn gesture(&self, gesture: Gesture) -> Result<Value, Impossible>;
    /// When the next plan is due.
    fn next_due(&self) -> Option<Timestamp>;
    /// Runs the earliest plan that is due by `until`; false when there is none.
    fn run_next(&self, until: Timestamp) -> bool;
    /// The endpoints.
    fn endpoints(&self) -> Vec<Endpoint>;
    /// Changes the endpoints.
    fn edit_endpoints(&self, edit: &mut dyn FnMut(&mut Table<Endpoint>));
}

impl<V: Vendor> AnySlot for Slot<V> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn vendor(&self) -> &'static str {
        V::PROFILE.name
    }

    fn dump(&self) -> Value {
        let held = self.held.lock();
        let mut state = match serde_json::to_value(&held.vendor) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        let plans: Vec<_> = held.plans.values().collect();
        state.insert(
            "endpoints".into(),
            serde_json::to_value(&held.endpoints).unwrap_or_default(),
        );
        state.insert(
            "plans".into(),
            serde_json::to_value(plans).unwrap_or_default(),
        );
        Value::Object(state)
    }

    fn restore(&self, state: &Value) -> Result<(), BadState> {
        let mut held = self.held.lock();
        *held = Held::from_state(state.clone(), held.ids.clone())?;
        drop(held);
        if let Some(workspace) = self.workspace.upgrade() {
            workspace.stirred();
        }
        Ok(())
    }

    fn reset(&self, seed: u64, now: Timestamp) -> Result<(), BadState> {
        let seeded = Held::seeded(seed, now)?;
        *self.held.lock() = seeded;
        Ok(())
    }

    fn happen(&self, happening: &Value) -> Result<(), Impossible> {
        let happening = V::Happening::deserialize(happening).map_err(|error| {
            Impossible(format!("not a happening of {}: {error}", V::PROFILE.name))
        })?;
        self.try_write(None, |vendor, moment| vendor.happen(happening, moment))
    }

    fn phones(&self) -> Vec<Phone> {
        self.read(|vendor, _| vendor.phones())
    }

    fn screen(&self, phone: &str) -> Vec<Bubble> {
        self.read(|vendor, _| vendor.screen(phone))
    }

    fn gesture(&self, gesture: Gesture) -> Result<Value, Impossible> {
        self.try_write(None, |vendor, moment| {
            let happening = vendor.gesture(gesture)?;
            let shown = serde_json::to_value(&happening).unwrap_or_default();
            vendor.happen(happening, moment)?;
            Ok(shown)
        })
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.held
            .lock()
            .plans
            .first_key_value()
            .map(|((at, _), _)| *at)
    }

    fn run_next(&self, until: Timestamp) -> bool {
        let Some(workspace) = self.workspace.upgrade() else {
            return false;
        };
        let mut held = self.held.lock();
        let Some(first) = held.plans.first_entry() else {
            return false;
        };
        if first.key().0 > until {
            return false;
        }
        let ((at, _), plan) = first.remove_entry();
        let what = tracing::enabled!(tracing::Level::DEBUG).then(|| plan.happening.clone());
        let happened = self.transact(&workspace, &mut held, at, plan.cause, |vendor, moment| {
            vendor.happen(plan.happening, moment)
        });
        if let Err(Impossible(reason)) = happened {
            tracing::debug!(
                vendor = V::PROFILE.name,
                ?what,
                reason,
                "a plan came to nothing"
            );
        }
        true
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        self.held.lock().endpoints.iter().cloned().collect()
    }

    fn edit_endpoints(&self, edit: &mut dyn FnMut(&mut Table<Endpoint>)) {
        let mut held = self.held.lock();
        edit(&mut held.endpoints);
        held.endpoints.commit();
    }
}

impl BadState {
    fn of<V: Vendor>(message: &impl ToString) -> Self {
        Self {
            vendor: V::PROFILE.name,
            message: message.to_string(),
        }
    }
}

/// A vendor's own members; what is wrong is said with its place.
fn read_vendor<V: Vendor>(members: Map<String, Value>) -> Result<V, BadState> {
    serde_path_to_error::deserialize(Value::Object(members)).map_err(|error| {
        let place = error.path().to_string();
        BadState::of::<V>(&format!("at {place}: {}", error.into_inner()))
    })
}
