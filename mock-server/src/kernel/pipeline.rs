//! The order of the layers, on one page:
//! journal → overrides → faults → rate limit → auth → request check → handler → answer check → journal.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use contracts::check::Violation;
use contracts::document::{Evidence, Operation, Route, choose};
use futures_util::FutureExt as _;
use http::response::Parts;
use http::{Extensions, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::Timestamp;

use super::call::{Call, Content, Wire};
use super::delivery::DeliveryProfile;
use super::feed::News;
use super::journal::{Entry, Finding, FindingKind};
use super::layers::answer_check::AnswerCheck;
use super::layers::auth::AuthMode;
use super::layers::overrides::{Overrides, Unavailable, complaint};
use super::layers::{auth, faults, rate_limit, validation};
use super::rate_limit::RateLimiting;
use super::refusal::{Denial, Reason, Refusal};
use super::routes::{Answered, Binding, Mounted};
use super::store::{AnySlot, CurrentSlot, Slot};
use super::vendor::{Credential, RateLimit, Vendor};
use super::workspace::{Workspace, Workspaces};

/// How the pipeline treats requests, for all vendors alike.
pub struct Settings {
    /// Which credentials are accepted.
    pub auth: AuthMode,
    /// Which rate limits are enforced.
    pub rate_limits: RateLimiting,
    /// Whether undocumented fields and parameters are refused.
    pub strict: bool,
    /// Whether answers carry `X-Mock-…` headers.
    pub mock_headers: bool,
    /// How answers are checked.
    pub answer_check: AnswerCheck,
}

/// A request on its way to a vendor: what addressing found out.
pub struct Arrival {
    /// The request as it came.
    pub wire: Wire,
    /// The vendor's path, without mount prefix, workspace or query.
    pub path: String,
    /// The query as it came.
    pub query: Option<String>,
    /// The workspace that the address named, by header or path.
    pub workspace: Option<String>,
    /// Where the vendor is reached.
    pub base_url: String,
    /// The largest body taken, in bytes, where this one was larger and was not read.
    pub too_large: Option<usize>,
}

/// Marks an answer that says no to what a layer stopped: its status need not be documented.
#[derive(Clone, Copy, Debug)]
pub struct Refused(
    /// The reason in one word, as [`Reason::word`] has it.
    pub &'static str,
);

/// What a vendor does in its own way, without its type.
pub struct Manners {
    /// Reads the credentials.
    pub credentials: fn(&Call) -> Result<Vec<Credential>, Denial>,
    /// Puts the caller into the extensions.
    pub caller: Recognise,
    /// Puts the caller that a welcome stranger stands for into the extensions.
    pub guest: fn(&dyn AnySlot, &[Credential], &mut Extensions),
    /// Says no.
    pub refuse: fn(Refusal) -> Response,
    /// Adds what every answer has.
    pub dress: fn(&Call, &mut Parts, &Bytes),
    /// Has the last word on an answer that says no, knowing the state.
    pub settle: fn(&dyn AnySlot, &mut Parts),
    /// How often this call's credential may call.
    pub rate_limits: fn(&Call) -> &'static [RateLimit],
    /// How webhooks of an event are delivered, where it is not as the profile says.
    pub delivery: fn(&str) -> Option<&'static DeliveryProfile>,
    /// Lets a violation through to the handler.
    pub tolerates: fn(&Call, &Violation) -> bool,
}

/// Finds out who is calling and puts them into the extensions.
pub type Recognise = fn(&dyn AnySlot, &[Credential], &Call, &mut Extensions) -> Result<(), Denial>;

impl Manners {
    /// The manners of `V`.
    #[must_use]
    pub fn of<V: Vendor>() -> Self {
        fn slot<V: Vendor>(slot: &dyn AnySlot) -> &Slot<V> {
            slot.as_any()
                .downcast_ref()
                .expect("a vendor is asked about its own slot")
        }
        Self {
            credentials: V::credentials,
            caller: |any, credentials, call, extensions| {
                let caller = slot::<V>(any).read(|vendor, _| vendor.caller(credentials, call))?;
                extensions.insert(caller);
                Ok(())
            },
            guest: |any, credentials, extensions| {
                extensions.insert(slot::<V>(any).read(|vendor, _| vendor.guest(credentials)));
            },
            refuse: |refusal| {
                let word = refusal.reason.word();
                let mut response = V::Error::from(refusal).into_response();
                response.extensions_mut().insert(Refused(word));
                response
            },
            dress: V::dress,
            settle: |any, parts| slot::<V>(any).read(|vendor, _| vendor.settle(parts)),
            rate_limits: V::rate_limits,
            delivery: V::delivery,
            tolerates: V::tolerates,
        }
    }
}

/// Answers one request to a vendor.
pub async fn answer(
    mounted: &'static Mounted,
    workspaces: &Workspaces,
    settings: &Settings,
    arrival: Arrival,
) -> Response {
    let started = Instant::now();
    let (mut call, mut routed) = read(
        mounted,
        arrival.path,
        arrival.query,
        arrival.base_url,
        arrival.wire,
    )
    .await;
    if let Some(limit) = arrival.too_large {
        routed = routed.and(Err(Reason::TooLarge { limit }));
    }
    let credentials = (mounted.manners.credentials)(&call);
    let workspace = match find_workspace(workspaces, arrival.workspace, &credentials) {
        Ok(workspace) => workspace,
        Err(reason) => return (mounted.manners.refuse)(Arc::new(call).refuse(reason)),
    };
    call.id = workspace.journal.number();
    call.at = workspace.clock.now();
    let call = Arc::new(call);
    let mut findings = Vec::new();
    let mut near = Vec::new();
    let mut broken = Vec::new();

    let passage = Passage {
        mounted,
        workspaces,
        workspace: &workspace,
        settings,
        call: &call,
        credentials: &credentials,
    };
    let response = match routed {
        Ok(()) => match AssertUnwindSafe(passage.through_layers(&mut findings, &mut broken))
            .catch_unwind()
            .await
        {
            Ok(response) => response,
            Err(panic) => {
                let message = describe(&*panic);
                tracing::error!(
                    operation = call.operation_name(),
                    message,
                    "a handler panicked"
                );
                findings.push(Finding::plain(FindingKind::Internal, message.clone()));
                (mounted.manners.refuse)(call.refuse(Reason::Internal(message)))
            }
        },
        Err(reason) => {
            if call.operation.is_none() {
                near = mounted.document.nearest(&call.wire.method, &call.path, 3);
            }
            (mounted.manners.refuse)(call.refuse(reason))
        }
    };

    // A refusal of an extractor arrives as a response that carries it.
    let response = match response.extensions().get::<Refusal>() {
        Some(refusal) => (mounted.manners.refuse)(refusal.clone()),
        None => response,
    };
    let (mut parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    (mounted.manners.dress)(&call, &mut parts, &body);
    if parts.status.as_u16() >= 400
        && let Some(slot) = workspace.slot(mounted.name)
    {
        (mounted.manners.settle)(&**slot, &mut parts);
    }
    if settings.mock_headers {
        mark(&mut parts, mounted, &workspace, &call, &near);
    }
    let entry = Arc::new(Entry {
        id: call.id,
        at: call.at,
        micros: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        vendor: mounted.name,
        operation: call.operation.map(|operation| operation.name.as_str()),
        request: Arc::clone(&call.wire),
        status: parts.status,
        headers: parts.headers.clone(),
        body: body.clone(),
        refused: parts.extensions.get::<Refused>().map(|refused| refused.0),
        findings: parking_lot::Mutex::new(findings),
        near,
    });
    if let Some(operation) = call.operation {
        settings
            .answer_check
            .look_at(mounted.document, operation, &entry);
    }
    let id = entry.id;
    let (vendor, status, micros) = (entry.vendor, entry.status.as_u16(), entry.micros);
    workspace.meter.answered(vendor, status, micros);
    workspaces.tap.show(&workspace.name, &entry);
    workspace.journal.push(entry);
    workspace.feed.tell(News::Request, id);

    if faults::resets(&broken) {
        return faults::reset();
    }
    let head = call.wire.method == Method::HEAD;
    let response = Response::from_parts(
        parts,
        if head {
            Body::empty()
        } else {
            Body::from(body.clone())
        },
    );
    faults::truncated(&broken, response, &body)
}

/// One request's way through the layers.
struct Passage<'a> {
    mounted: &'static Mounted,
    workspaces: &'a Workspaces,
    workspace: &'a Arc<Workspace>,
    settings: &'a Settings,
    call: &'a Arc<Call>,
    credentials: &'a Result<Vec<Credential>, Denial>,
}

impl Passage<'_> {
    /// The order of the layers.
    async fn through_layers(
        &self,
        findings: &mut Vec<Finding>,
        broken: &mut Vec<super::faults::Fault>,
    ) -> Response {
        let Self {
            mounted,
            workspace,
            settings,
            call,
            credentials,
            ..
        } = self;
        let Some(operation) = call.operation else {
            unreachable!("only routed calls pass the layers")
        };
        let refuse = mounted.manners.refuse;

        let overrides = match Overrides::read(&call.wire.headers) {
            Ok(overrides) => overrides,
            Err(message) => return complaint(&message, call),
        };
        faults::linger(overrides.delay.unwrap_or_default()).await;
        match overrides.answer(operation) {
            Ok(None) => {}
            Ok(Some(response)) => {
                findings.push(Finding::plain(
                    FindingKind::Interference,
                    "The request asked for this answer.",
                ));
                return response;
            }
            Err(Unavailable::Example(name)) => {
                return complaint(&format!("no example is named \"{name}\""), call);
            }
            Err(Unavailable::Status(status)) => {
                findings.push(Finding::plain(
                    FindingKind::Interference,
                    "The request asked for this status.",
                ));
                let status =
                    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                return refuse(call.refuse(Reason::Fault(status)));
            }
        }

        *broken = workspace.faults.apply(mounted.name, &operation.name);
        if !broken.is_empty() {
            findings.push(Finding::plain(
                FindingKind::Interference,
                format!("Fault rules applied: {broken:?}"),
            ));
        }
        faults::linger(super::faults::delay(broken)).await;
        if let Some(status) = faults::status(broken) {
            return refuse(call.refuse(Reason::Fault(status)));
        }

        let (standing, verdict) = rate_limit::count(
            mounted,
            workspace,
            credentials,
            call,
            settings.rate_limits,
            findings,
        );
        let mut response = match verdict {
            Ok(()) => self.past_rate_limit(findings).await,
            Err(refusal) => refuse(refusal),
        };
        response.extensions_mut().insert(standing);
        response
    }

    async fn past_rate_limit(&self, findings: &mut Vec<Finding>) -> Response {
        let Self {
            mounted,
            workspaces,
            workspace,
            settings,
            call,
            credentials,
        } = self;
        let refuse = mounted.manners.refuse;
        let Some(slot) = workspace.slot(mounted.name) else {
            return refuse(call.refuse(Reason::Internal(
                "the workspace has no such vendor".to_owned(),
            )));
        };
        let mut request = http::Request::new(Body::empty());
        if let Err(refusal) = auth::identify(
            mounted,
            &**slot,
            credentials,
            call,
            settings.auth,
            workspaces,
            request.extensions_mut(),
        ) {
            return refuse(refusal);
        }
        if let Err(refusal) =
            validation::check(mounted.document, mounted, call, settings.strict, findings)
        {
            return refuse(refusal);
        }
        let Some(operation) = call.operation else {
            unreachable!("only routed calls pass the layers")
        };
        match mounted.binding(operation) {
            Binding::Replay => mounted.replay(operation, call),
            Binding::Handler(handler) => {
                request.extensions_mut().insert(Arc::clone(call));
                request
                    .extensions_mut()
                    .insert(CurrentSlot(Arc::clone(slot)));
                request.extensions_mut().insert(Arc::clone(workspace));
                handler(request).await
            }
        }
    }
}

/// Reads a request: its query, its body, and the operation it means. `Err` says why it means none.
pub(crate) async fn read(
    mounted: &'static Mounted,
    path: String,
    query: Option<String>,
    base_url: String,
    wire: Wire,
) -> (Call, Result<(), Reason>) {
    let query: Vec<(String, String)> = query
        .map(|query| {
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect()
        })
        .unwrap_or_default();
    let content = Content::read(&wire.headers, &wire.body, mounted.profile.any_content_type).await;
    let routed = mounted.document.route(&wire.method, &path);
    let mut call = Call {
        id: 0,
        at: Timestamp::UNIX_EPOCH,
        wire: Arc::new(wire),
        path: path.into(),
        query,
        path_parameters: Vec::new(),
        content,
        operation: None,
        base_url: base_url.into(),
    };
    let found = match routed {
        Route::Found {
            operations,
            parameters,
        } => {
            call.path_parameters = parameters;
            let operation = choose(&operations, &call.incoming());
            if takes_any_bytes(operation) && !matches!(call.content, Content::Empty) {
                call.content = Content::Text(String::new());
            }
            call.operation = Some(operation);
            Ok(())
        }
        Route::WrongMethod { allow } => Err(Reason::WrongMethod { allow }),
        Route::Unknown => Err(Reason::UnknownPath),
    };
    (call, found)
}

/// Whether an operation takes bytes as they are: nobody reads them as JSON, whatever their content type says.
fn takes_any_bytes(operation: &Operation) -> bool {
    let body = operation.body.as_ref();
    body.is_some_and(|body| body.content.iter().all(|media| media.media_type == "*/*"))
}

/// The workspace that the address names, or the one a minted credential leads to, or the default one.
fn find_workspace(
    workspaces: &Workspaces,
    named: Option<String>,
    credentials: &Result<Vec<Credential>, Denial>,
) -> Result<Arc<Workspace>, Reason> {
    let minted = || {
        let shown = credentials.as_ref().ok()?;
        shown
            .iter()
            .find_map(|credential| workspaces.minted(&credential.key))
    };
    let name = named.or_else(minted);
    let workspace = workspaces
        .named(name.as_deref().unwrap_or(super::workspace::DEFAULT))
        .map_err(|error| Reason::Internal(error.to_string()))?;
    *workspace.last_used.lock() = Instant::now();
    Ok(workspace)
}

const OPERATION: HeaderName = HeaderName::from_static("x-mock-operation");
const WORKSPACE: HeaderName = HeaderName::from_static("x-mock-workspace");
const EVIDENCE: HeaderName = HeaderName::from_static("x-mock-evidence");
const HINT: HeaderName = HeaderName::from_static("x-mock-hint");

/// Adds the headers that tell what the mock thought.
fn mark(
    parts: &mut Parts,
    mounted: &Mounted,
    workspace: &Workspace,
    call: &Arc<Call>,
    near: &[contracts::document::NearMiss],
) {
    if let Some(operation) = call.operation {
        parts
            .headers
            .insert(OPERATION, HeaderValue::from_static(operation.name.as_str()));
        let evidence = match mounted.answered(operation) {
            // An answer that was asked for by name or status is as sure as its example.
            Answered::Stateful => {
                let shown = parts.extensions.get::<Evidence>();
                shown.copied().unwrap_or(operation.evidence).as_str()
            }
            Answered::Replayed => "replayed",
        };
        parts
            .headers
            .insert(EVIDENCE, HeaderValue::from_static(evidence));
    }
    if let Ok(name) = HeaderValue::from_str(&workspace.name) {
        parts.headers.insert(WORKSPACE, name);
    }
    if !near.is_empty() {
        let hints: Vec<_> = near
            .iter()
            .map(|miss| format!("{} {} ({})", miss.method, miss.path, miss.operation))
            .collect();
        if let Ok(hint) = HeaderValue::from_str(&hints.join("; ")) {
            parts.headers.insert(HINT, hint);
        }
    }
    if !parts.headers.contains_key(header::CONTENT_TYPE) && parts.status == StatusCode::NO_CONTENT {
        parts.headers.remove(header::CONTENT_LENGTH);
    }
}

fn describe(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
