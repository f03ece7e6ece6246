//! Binds operations to handlers; refuses gaps and strays before the server starts.

use std::any::TypeId;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Arc, LazyLock, Weak};

use axum::body::Body;
use axum::handler::Handler;
use axum::response::{IntoResponse as _, Response};
use contracts::document::{Document, Operation};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;

use super::pipeline::Manners;
use super::replay;
use super::store::{AnySlot, BadState, Slot};
use super::tie::Tie;
use super::vendor::{Profile, Vendor};
use super::workspace::Workspace;

/// How an operation is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// By a handler that knows the vendor's rules and state.
    Stateful,
    /// By the documented example nearest to the request.
    Replayed,
}

/// A handler without its type.
pub type BoxedHandler =
    Arc<dyn Fn(http::Request<Body>) -> BoxFuture<'static, Response> + Send + Sync>;

/// What answers one operation.
#[derive(Clone)]
pub enum Binding {
    /// A handler.
    Handler(BoxedHandler),
    /// The nearest documented example.
    Replay,
}

/// The bindings of one vendor, while they are being made.
pub struct Routes<V> {
    document: &'static Document,
    bound: HashMap<&'static str, Binding>,
    problems: Vec<String>,
    vendor: PhantomData<V>,
}

impl<V: Vendor> Routes<V> {
    fn new(document: &'static Document) -> Self {
        Self {
            document,
            bound: HashMap::new(),
            problems: Vec::new(),
            vendor: PhantomData,
        }
    }

    /// Binds an operation of the contract to the function that answers it.
    #[must_use]
    pub fn on<H, T>(mut self, operation: &str, handler: H) -> Self
    where
        H: Handler<T, ()> + Sync,
        T: 'static,
    {
        let boxed: BoxedHandler =
            Arc::new(move |request| Box::pin(handler.clone().call(request, ())));
        self.bind(operation, Binding::Handler(boxed));
        self
    }

    /// Answers every operation that is not bound with its nearest documented example.
    #[must_use]
    pub fn replay_the_rest(mut self) -> Self {
        for operation in self.document.operations() {
            self.bound
                .entry(operation.name.as_str())
                .or_insert(Binding::Replay);
        }
        self
    }

    fn bind(&mut self, name: &str, binding: Binding) {
        let Some(operation) = self.document.operation(name) else {
            let known: Vec<_> = self
                .document
                .operations()
                .iter()
                .map(|operation| operation.name.as_str())
                .collect();
            self.problems.push(format!(
                "\"{name}\" is bound but is no operation; known are {}",
                known.join(", ")
            ));
            return;
        };
        if self
            .bound
            .insert(operation.name.as_str(), binding)
            .is_some()
        {
            self.problems.push(format!("\"{name}\" is bound twice"));
        }
    }

    /// One binding per operation.
    fn finish(mut self) -> Result<HashMap<&'static str, Binding>, BadRoutes> {
        for operation in self.document.operations() {
            if !self.bound.contains_key(operation.name.as_str()) {
                self.problems
                    .push(format!("\"{}\" is not bound to a handler", operation.name));
            }
        }
        if self.problems.is_empty() {
            Ok(self.bound)
        } else {
            Err(BadRoutes {
                vendor: V::PROFILE.name.to_owned(),
                problems: self.problems,
            })
        }
    }
}

/// Bindings that do not fit the contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the routes of {vendor} do not fit its contract: {}", problems.join("; "))]
pub struct BadRoutes {
    /// Whose.
    pub vendor: String,
    /// Every gap, stray and double.
    pub problems: Vec<String>,
}

/// A vendor that cannot be mounted.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unmountable {
    /// Its contract cannot be read.
    #[error("the contract of {0} cannot be read: {1}")]
    Contract(&'static str, String),
    /// Its routes do not fit.
    #[error(transparent)]
    Routes(#[from] BadRoutes),
}

/// Makes a vendor's slot in a workspace.
type MakeSlot = fn(
    &Weak<Workspace>,
    &'static Document,
    u64,
    Arc<str>,
    Timestamp,
) -> Result<Arc<dyn AnySlot>, BadState>;

/// A vendor, ready to be served: its type is gone, its manners remain.
pub struct Mounted {
    /// Its name.
    pub name: &'static str,
    /// Its facts.
    pub profile: Profile,
    /// Its contract.
    pub document: &'static Document,
    /// Makes its slot in a workspace.
    pub slot: MakeSlot,
    /// What it does in its own way.
    pub manners: Manners,
    /// How webhooks triggered by hand are tied to its state.
    pub ties: &'static [Tie],
    bindings: HashMap<&'static str, Binding>,
}

impl Mounted {
    /// Mounts a vendor.
    ///
    /// # Errors
    /// When its contract cannot be read or its routes do not fit it.
    pub fn new<V: Vendor>() -> Result<Self, Unmountable> {
        Self::with_routes::<V>(V::routes)
    }

    /// Mounts a vendor with other routes than its own.
    ///
    /// # Errors
    /// When its contract cannot be read or the routes do not fit it.
    pub fn with_routes<V: Vendor>(
        routes: impl FnOnce(Routes<V>) -> Routes<V>,
    ) -> Result<Self, Unmountable> {
        let document = document::<V>()?;
        let bindings = routes(Routes::new(document)).finish()?;
        Ok(Self {
            name: V::PROFILE.name,
            profile: V::PROFILE,
            document,
            slot: |workspace, document, seed, base_url, now| {
                Ok(Arc::new(Slot::<V>::new(
                    workspace, document, seed, base_url, now,
                )?))
            },
            manners: Manners::of::<V>(),
            ties: V::ties(),
            bindings,
        })
    }

    /// How an operation is answered.
    #[must_use]
    pub fn answered(&self, operation: &Operation) -> Answered {
        match self.binding(operation) {
            Binding::Handler(_) => Answered::Stateful,
            Binding::Replay => Answered::Replayed,
        }
    }

    /// What answers an operation of this vendor's contract.
    #[must_use]
    pub fn binding(&self, operation: &Operation) -> &Binding {
        &self.bindings[operation.name.as_str()]
    }

    /// Answers a request with its nearest documented example.
    #[must_use]
    pub fn replay(&self, operation: &'static Operation, call: &Arc<super::call::Call>) -> Response {
        replay::nearest(self.document, operation, call).unwrap_or_else(|| {
            call.refuse(super::refusal::Reason::Internal(format!(
                "\"{}\" has no documented answer",
                operation.name
            )))
            .into_response()
        })
    }
}

/// A vendor's contract, read once per process.
///
/// # Errors
/// When it cannot be read.
pub fn document<V: Vendor>() -> Result<&'static Document, Unmountable> {
    static READ: LazyLock<Mutex<HashMap<TypeId, &'static Document>>> =
        LazyLock::new(Mutex::default);
    if let Some(document) = READ.lock().get(&TypeId::of::<V>()) {
        return Ok(document);
    }
    let document = Document::load(V::PROFILE.contract)
        .map_err(|error| Unmountable::Contract(V::PROFILE.name, error.to_string()))?;
    Ok(READ
        .lock()
        .entry(TypeId::of::<V>())
        .or_insert_with(|| Box::leak(Box::new(document))))
}
