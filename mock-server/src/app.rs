//! The whole server assembled on one page: options, addressing, start and stop.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::kernel::call::Wire;
use crate::kernel::delivery::{Endpoint, Guard};
use crate::kernel::layers::answer_check::AnswerCheck;
use crate::kernel::layers::auth::AuthMode;
use crate::kernel::moment::Progress;
use crate::kernel::pipeline::{self, Arrival, Settings};
use crate::kernel::rate_limit::RateLimiting;
use crate::kernel::routes::{Mounted, Unmountable};
use crate::kernel::workspace::{Blueprint, DEFAULT, Workspaces};
use crate::vendors;

/// The largest request body taken unless options say otherwise, in bytes.
pub const LARGEST_BODY: usize = 128 * 1024 * 1024;

/// How a server is set up. The default is what `mock-server` does without flags, on a free port.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to bind; loopback by default.
    pub host: IpAddr,
    /// The port to bind; 0 picks a free one.
    pub port: u16,
    /// Further ports, each for one vendor.
    pub vendor_ports: Vec<(String, u16)>,
    /// The vendors to serve; all when empty.
    pub vendors: Vec<String>,
    /// Which credentials are accepted.
    pub auth: AuthMode,
    /// The seed of all identifiers and chance.
    pub seed: u64,
    /// How what is planned comes about.
    pub progress: Progress,
    /// Which rate limits are enforced.
    pub rate_limits: RateLimiting,
    /// Whether undocumented fields and parameters are refused.
    pub strict: bool,
    /// Whether answers carry `X-Mock-…` headers.
    pub mock_headers: bool,
    /// The instant at which all clocks stand still; real time when absent.
    pub frozen_at: Option<Timestamp>,
    /// Whether time runs by itself; a test that moves it by hand switches this off.
    pub ticking: bool,
    /// Whether every answer is checked against the contract, instead of a sample.
    pub check_every_answer: bool,
    /// Endpoints that every workspace starts with, by vendor.
    pub webhooks: Vec<(String, String)>,
    /// Hosts and networks that webhooks may go to besides loopback and private ones.
    pub webhook_allow: Vec<String>,
    /// How many requests, events and deliveries each workspace remembers.
    pub remembered: usize,
    /// The token that the admin API demands; demanded on any but a loopback address.
    pub admin_token: Option<String>,
    /// The largest request body taken, in bytes.
    pub largest_body: usize,
    /// Idle workspaces are dropped after this long; never when absent.
    pub workspace_ttl: Option<std::time::Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            vendor_ports: Vec::new(),
            vendors: Vec::new(),
            auth: AuthMode::default(),
            seed: 1,
            progress: Progress::default(),
            rate_limits: RateLimiting::default(),
            strict: false,
            mock_headers: true,
            frozen_at: None,
            ticking: true,
            check_every_answer: false,
            webhooks: Vec::new(),
            webhook_allow: Vec::new(),
            remembered: 1000,
            admin_token: None,
            largest_body: LARGEST_BODY,
            workspace_ttl: None,
        }
    }
}

/// Options that no server can be made from.
#[derive(Debug, thiserror::Error)]
pub enum BadOptions {
    /// A vendor that does not exist.
    #[error("no vendor is named \"{0}\"; known are {1}")]
    UnknownVendor(String, String),
    /// A vendor cannot be mounted.
    #[error(transparent)]
    Unmountable(#[from] Unmountable),
    /// A vendor's seed cannot be read.
    #[error(transparent)]
    Seed(#[from] crate::kernel::store::BadState),
    /// An address cannot be bound.
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
    /// Something of the operating system failed.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

/// The server as a service, with or without a socket.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
    /// The vendor of a port that belongs to one.
    only: Option<&'static str>,
}

struct Inner {
    vendors: Vec<&'static Mounted>,
    workspaces: Arc<Workspaces>,
    settings: Settings,
    options: Options,
}

impl App {
    /// Makes the server.
    ///
    /// # Errors
    /// When the options cannot be met.
    pub fn new(options: Options) -> Result<Self, BadOptions> {
        Self::with(vendors::mount()?, options)
    }

    /// Makes a server of the given vendors; for tests with a vendor of their own.
    ///
    /// # Errors
    /// When the options cannot be met.
    pub fn with(all: Vec<Mounted>, options: Options) -> Result<Self, BadOptions> {
        let names: Vec<_> = all.iter().map(|mounted| mounted.name).collect();
        let named = options
            .vendors
            .iter()
            .chain(options.vendor_ports.iter().map(|(vendor, _)| vendor));
        for wanted in named.chain(options.webhooks.iter().map(|(vendor, _)| vendor)) {
            if !names.contains(&wanted.as_str()) {
                return Err(BadOptions::UnknownVendor(wanted.clone(), names.join(", ")));
            }
        }
        let served = |mounted: &Mounted| {
            options.vendors.is_empty() || options.vendors.iter().any(|one| one == mounted.name)
        };
        // Served vendors live as long as the process: handlers and documents are reached through plain references.
        let vendors: Vec<&'static Mounted> = all
            .into_iter()
            .filter(served)
            .map(|mounted| &*Box::leak(Box::new(mounted)))
            .collect();
        let answer_check = if options.check_every_answer {
            AnswerCheck::Every
        } else {
            AnswerCheck::sampled()?
        };
        let blueprint = Blueprint {
            vendors: vendors.clone(),
            seed: options.seed,
            frozen_at: options.frozen_at,
            progress: options.progress,
            remembered: options.remembered,
            ticking: options.ticking,
            endpoints: options
                .webhooks
                .iter()
                .map(|(vendor, url)| (vendor.clone(), Endpoint::new(url)))
                .collect(),
            guard: Guard {
                allowed: options.webhook_allow.clone(),
            },
        };
        let settings = Settings {
            auth: options.auth,
            rate_limits: options.rate_limits,
            strict: options.strict,
            mock_headers: options.mock_headers,
            answer_check,
        };
        let workspaces = Arc::new(Workspaces::new(blueprint, "http://mock.test".to_owned()));
        Ok(Self {
            inner: Arc::new(Inner {
                vendors,
                workspaces,
                settings,
                options,
            }),
            only: None,
        })
    }

    /// All workspaces.
    #[must_use]
    pub fn workspaces(&self) -> &Arc<Workspaces> {
        &self.inner.workspaces
    }

    /// The vendors that are served.
    #[must_use]
    pub fn vendors(&self) -> &[&'static Mounted] {
        &self.inner.vendors
    }

    /// How the server was set up.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// The same server, where every request is for one vendor.
    #[must_use]
    pub fn only(&self, vendor: &'static str) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            only: Some(vendor),
        }
    }

    /// Answers one request: the admin API, the front page, or a vendor.
    pub async fn answer(&self, request: Request<Body>) -> Response {
        let path = request.uri().path();
        if self.only.is_none() && (path == "/__admin" || path.starts_with("/__admin/")) {
            return crate::admin::answer(self, request).await;
        }
        let (parts, body) = request.into_parts();
        let target = match Target::find(self, &parts) {
            Ok(Some(target)) => target,
            Ok(None) => return self.console(&parts),
            Err(name) => return misnamed(&name),
        };
        let largest = self.options().largest_body;
        let (body, too_large) = match Limited::new(body, largest).collect().await {
            Ok(collected) => (collected.to_bytes(), false),
            Err(error) if error.is::<LengthLimitError>() => (Bytes::new(), true),
            Err(error) => {
                let message = format!("the body broke off: {error}\n");
                return (StatusCode::BAD_REQUEST, message).into_response();
            }
        };
        let wire = Wire {
            method: parts.method,
            target: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            headers: parts.headers,
            body,
        };
        let Target {
            mounted,
            path,
            workspace,
            base_url,
        } = target;
        let query = parts.uri.query().map(str::to_owned);
        let arrival = Arrival {
            wire,
            path,
            query,
            workspace,
            base_url,
            too_large: too_large.then_some(largest),
        };
        pipeline::answer(
            mounted,
            &self.inner.workspaces,
            &self.inner.settings,
            arrival,
        )
        .await
    }

    /// What a request gets that is for no vendor: a page of the console, if it is one.
    fn console(&self, parts: &http::request::Parts) -> Response {
        let page = self.only.is_none().then(|| crate::console::page(parts));
        page.flatten().unwrap_or_else(|| self.nowhere(&parts.uri))
    }

    /// What a request gets that is for nobody.
    fn nowhere(&self, uri: &http::Uri) -> Response {
        let vendors: Vec<_> = self
            .vendors()
            .iter()
            .map(|mounted| format!("/{}", mounted.name))
            .collect();
        let admin = "/__admin/vendors";
        let (status, mock) = if uri.path() == "/" {
            (
                StatusCode::OK,
                "A fake of messaging vendors. Point your client's base URL at one of these paths."
                    .to_owned(),
            )
        } else {
            (
                StatusCode::NOT_FOUND,
                format!("\"{}\" belongs to no vendor", uri.path()),
            )
        };
        (
            status,
            axum::Json(serde_json::json!({"mock": mock, "vendors": vendors, "admin": admin})),
        )
            .into_response()
    }
}

/// Where a request is going.
struct Target {
    mounted: &'static Mounted,
    path: String,
    workspace: Option<String>,
    base_url: String,
}

impl Target {
    /// By the port's vendor, by the first part of the path, or by the `Host` header.
    ///
    /// `Err` is a name that no workspace can have.
    fn find(app: &App, parts: &http::request::Parts) -> Result<Option<Self>, String> {
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok());
        let host = host
            .or_else(|| parts.uri.authority().map(|authority| authority.as_str()))
            .unwrap_or("");
        let mut path = parts.uri.path();
        let mut workspace = parts
            .headers
            .get("x-mock-workspace")
            .and_then(|value| value.to_str().ok());
        let mut prefix = String::new();
        if let Some((name, rest)) = path
            .strip_prefix("/w/")
            .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        {
            workspace = Some(name);
            prefix = format!("/w/{name}");
            path = &path[path.len() - rest.len() - usize::from(!rest.is_empty())..];
            if rest.is_empty() {
                path = "/";
            }
        }
        if let Some(name) = workspace.filter(|name| !well_named(name)) {
            return Err(name.to_owned());
        }
        let workspace = workspace.map(str::to_owned);
        let vendors = app.vendors();
        let bare_host = host.split(':').next().unwrap_or(host);
        let by_host = || {
            let serves = |mounted: &&&'static Mounted| {
                let urls = mounted
                    .document
                    .servers
                    .iter()
                    .filter_map(|server| url::Url::parse(server).ok());
                urls.into_iter()
                    .any(|url| url.host_str() == Some(bare_host))
            };
            if bare_host == "localhost" || bare_host.parse::<IpAddr>().is_ok() {
                None
            } else {
                vendors.iter().find(serves)
            }
        };
        let by_port = app
            .only
            .and_then(|only| vendors.iter().find(|mounted| mounted.name == only));
        if let Some(mounted) = by_port.or_else(by_host) {
            let base_url = format!("http://{host}{prefix}");
            let path = path.to_owned();
            return Ok(Some(Self {
                mounted,
                path,
                workspace,
                base_url,
            }));
        }
        let first = path.split('/').nth(1).unwrap_or("");
        let Some(mounted) = vendors.iter().find(|mounted| mounted.name == first) else {
            return Ok(None);
        };
        let rest = &path[1 + first.len()..];
        let path = if rest.is_empty() {
            "/".to_owned()
        } else {
            rest.to_owned()
        };
        let base_url = format!("http://{host}{prefix}/{first}");
        Ok(Some(Self {
            mounted,
            path,
            workspace,
            base_url,
        }))
    }
}

/// The mock's own answer to a name that no workspace can have.
fn misnamed(name: &str) -> Response {
    let mock = format!("\"{name}\" cannot name a workspace");
    let expected = "1 to 64 letters, digits, dashes, underscores and dots";
    let body = serde_json::json!({"mock": mock, "expected": expected});
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}

/// Whether a text can name a workspace: 1 to 64 letters, digits, `-`, `_` and `.`.
#[must_use]
pub fn well_named(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    !name.is_empty() && name.len() <= 64 && name.chars().all(fits)
}

impl tower::Service<Request<Body>> for App {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let app = self.clone();
        Box::pin(async move { Ok(app.answer(request).await) })
    }
}

/// A server that listens; it stops when dropped.
pub struct Running {
    /// Where it is reached.
    pub address: SocketAddr,
    /// The ports of single vendors.
    pub vendor_addresses: Vec<(&'static str, SocketAddr)>,
    app: App,
    stop: watch::Sender<bool>,
    listeners: tokio::task::JoinSet<()>,
}

impl Running {
    /// `http://127.0.0.1:4600`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The base URL of a vendor.
    #[must_use]
    pub fn base_url(&self, vendor: &str) -> String {
        format!("http://{}/{vendor}", self.address)
    }

    /// The server itself.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Finishes what is in flight and stops listening.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        // Who watches would keep the connection, and with it the server, for ever.
        for workspace in self.app.workspaces().all() {
            workspace.feed.close();
        }
        while self.listeners.join_next().await.is_some() {}
    }
}

/// Starts a server; it answers when this returns.
///
/// # Errors
/// When the options cannot be met or an address cannot be bound.
pub async fn start(options: Options) -> Result<Running, BadOptions> {
    serve(App::new(options)?).await
}

/// Starts a server that was made before.
///
/// # Errors
/// When an address cannot be bound.
pub async fn serve(app: App) -> Result<Running, BadOptions> {
    let options = app.options().clone();
    let (stop, stopped) = watch::channel(false);
    let mut listeners = tokio::task::JoinSet::new();
    let bind = async |port: u16| {
        let address = SocketAddr::new(options.host, port);
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| BadOptions::Bind(address, error))?;
        let address = listener.local_addr()?;
        Ok::<_, BadOptions>((listener, address))
    };
    let (listener, address) = bind(options.port).await?;
    let mut vendor_listeners = Vec::new();
    for (vendor, port) in &options.vendor_ports {
        if let Some(mounted) = app.vendors().iter().find(|mounted| mounted.name == vendor) {
            let (listener, address) = bind(*port).await?;
            vendor_listeners.push((mounted.name, listener, address));
        }
    }
    let reached = if address.ip().is_unspecified() {
        SocketAddr::new(IpAddr::from([127, 0, 0, 1]), address.port())
    } else {
        address
    };
    app.workspaces().reached_at(format!("http://{reached}"));
    app.workspaces().named(DEFAULT)?;
    spawn(&mut listeners, listener, app.clone(), stopped.clone());
    let mut vendor_addresses = Vec::new();
    for (name, listener, address) in vendor_listeners {
        spawn(&mut listeners, listener, app.only(name), stopped.clone());
        vendor_addresses.push((name, address));
    }
    if let Some(idle) = options.workspace_ttl {
        listeners.spawn(drop_idle(Arc::clone(app.workspaces()), idle, stopped));
    }
    Ok(Running {
        address: reached,
        vendor_addresses,
        app,
        stop,
        listeners,
    })
}

fn spawn(
    listeners: &mut tokio::task::JoinSet<()>,
    listener: TcpListener,
    app: App,
    mut stopped: watch::Receiver<bool>,
) {
    use axum::serve::ListenerExt as _;
    let listener = listener.tap_io(|stream| {
        // Small answers should not wait for more to come.
        let _ = stream.set_nodelay(true);
    });
    let until = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    listeners.spawn(async move {
        let serving =
            axum::serve(listener, tower::make::Shared::new(app)).with_graceful_shutdown(until);
        if let Err(error) = serving.await {
            tracing::error!(%error, "stopped listening");
        }
    });
}

/// Drops workspaces that nobody used for `idle`.
async fn drop_idle(
    workspaces: Arc<Workspaces>,
    idle: std::time::Duration,
    mut stopped: watch::Receiver<bool>,
) {
    let mut every =
        tokio::time::interval(idle.div_f64(4.0).max(std::time::Duration::from_millis(100)));
    loop {
        tokio::select! {
            _ = every.tick() => {
                let dropped = workspaces.drop_idle(idle);
                if !dropped.is_empty() {
                    tracing::info!(?dropped, "dropped idle workspaces");
                }
            }
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}
