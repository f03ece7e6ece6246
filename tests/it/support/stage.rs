//! A vendor played without HTTP: its rules, its happenings and its time.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mock_server::kernel::moment::Moment;
use mock_server::kernel::routes::Mounted;
use mock_server::kernel::store::{AnySlot, Slot};
use mock_server::kernel::vendor::{Impossible, Vendor};
use mock_server::kernel::workspace::{DEFAULT, Workspace};
use mock_server::{App, Options};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A vendor on its seed, whose clock moves when it is told to.
pub struct Stage<V> {
    workspace: Arc<Workspace>,
    vendor: PhantomData<V>,
}

impl<V: Vendor> Stage<V> {
    /// The seed, at the seed's day.
    pub fn new() -> Self {
        let options = Options {
            frozen_at: Some(V::PROFILE.seed_day()),
            ticking: false,
            check_every_answer: true,
            ..Options::default()
        };
        let mounted = Mounted::new::<V>().unwrap_or_else(|error| panic!("{error}"));
        let app = App::with(vec![mounted], options).unwrap_or_else(|error| panic!("{error}"));
        let workspace = app.workspaces().named(DEFAULT);
        let workspace = workspace.unwrap_or_else(|error| panic!("{error}"));
        Self {
            workspace,
            vendor: PhantomData,
        }
    }

    /// Applies a rule as one transaction.
    pub fn act<R, E>(
        &self,
        rule: impl FnOnce(&mut V, &mut Moment<'_, V>) -> Result<R, E>,
    ) -> Result<R, E> {
        self.slot().try_write(None, rule)
    }

    /// Looks at the vendor.
    pub fn look<R>(&self, look: impl FnOnce(&V) -> R) -> R {
        self.slot().read(|vendor, _| look(vendor))
    }

    /// Lets something happen.
    pub fn happen(&self, happening: &Value) -> Result<(), Impossible> {
        self.any().happen(happening)
    }

    /// What the world was told, oldest first: the event and its payload.
    pub fn told(&self) -> Vec<(String, Value)> {
        let events = self.workspace.events.entries().into_iter();
        let told = events.map(|event| {
            let payload = serde_json::from_slice(&event.payload).expect("a payload is JSON");
            (event.name.clone(), payload)
        });
        told.collect()
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.workspace.clock.now()
    }

    /// Moves the clock, letting what is planned come about at its own time.
    pub fn wait(&self, time: Duration) {
        let time = SignedDuration::try_from(time).expect("a wait a clock can show");
        let target = self.now().saturating_add(time).unwrap_or(Timestamp::MAX);
        while let Some(due) = self.any().next_due().filter(|due| *due <= target) {
            self.workspace.clock.reach(due);
            self.any().run_next(due);
        }
        self.workspace.clock.reach(target);
    }

    /// The whole state, as the admin API would show it.
    pub fn state(&self) -> Value {
        self.any().dump()
    }

    fn any(&self) -> &dyn AnySlot {
        &**self
            .workspace
            .slot(V::PROFILE.name)
            .expect("the stage's own vendor")
    }

    fn slot(&self) -> &Slot<V> {
        self.any()
            .as_any()
            .downcast_ref()
            .expect("the stage's own vendor")
    }
}

/// A rule's input, written as a request has it.
pub fn input<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{error} in {json}"))
}
