//! `listen`: a receiver that prints what arrives, checks its signature, and answers as told.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use clap::Args;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use mock_server::kernel::delivery::{Checked, Signature};
use serde_json::{Value, json};

use super::listing::Format;
use super::{Failure, OutputFormat};

/// `listen`
#[derive(Clone, Debug, Args)]
pub struct Listen {
    /// The port; 0 picks a free one
    #[arg(long, default_value_t = 4700)]
    port: u16,
    /// The address
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// What is answered, in turn; the last one from then on
    #[arg(
        long,
        default_value = "200",
        value_delimiter = ',',
        value_name = "STATUS"
    )]
    status: Vec<u16>,
    /// How long an answer takes, such as 5s
    #[arg(long, value_name = "DURATION")]
    delay: Option<jiff::SignedDuration>,
    /// A header of every answer, such as Retry-After: 30
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// The secret that signatures are made with
    #[arg(long, env = "MOCK_WEBHOOK_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// The header of a signature that is neither Meta's nor of Standard Webhooks
    #[arg(long, value_name = "NAME")]
    signature_header: Option<String>,
    /// Stop after so many
    #[arg(long, value_name = "N")]
    count: Option<usize>,
    #[command(flatten)]
    format: Format,
}

/// What the receiver knows while it listens.
struct Post {
    answers: Mutex<VecDeque<StatusCode>>,
    headers: HeaderMap,
    delay: Duration,
    secret: Option<String>,
    signature_header: Option<String>,
    format: OutputFormat,
    seen: Mutex<usize>,
    enough: tokio::sync::Notify,
    count: Option<usize>,
}

/// Listens until it is told to stop.
pub fn run(listen: Listen) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start")?;
    runtime.block_on(serve(listen))
}

async fn serve(listen: Listen) -> Result<(), Failure> {
    let address = SocketAddr::new(listen.host, listen.port);
    let post = Arc::new(post(&listen).map_err(Failure::Use)?);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
        .map_err(Failure::Use)?;
    let address = listener.local_addr().context("cannot tell the address")?;
    match listen.format.format {
        OutputFormat::Text => println!("listening at http://{address} · stop with Ctrl-C"),
        OutputFormat::Json => println!("{}", json!({"listening": format!("http://{address}")})),
    }
    let shared = Arc::clone(&post);
    let app = Router::new().fallback(
        move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let post = Arc::clone(&shared);
            async move { post.take(&method, &uri, &headers, &body).await }
        },
    );
    let until = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = post.enough.notified() => {}
        }
    };
    axum::serve(listener, app)
        .with_graceful_shutdown(until)
        .await
        .context("stopped listening")?;
    Ok(())
}

fn post(listen: &Listen) -> anyhow::Result<Post> {
    let mut answers = VecDeque::new();
    for status in &listen.status {
        let status = StatusCode::from_u16(*status)
            .ok()
            .filter(|one| one.as_u16() < 600);
        answers.push_back(status.context("--status takes HTTP statuses from 100 to 599")?);
    }
    let mut headers = HeaderMap::new();
    for header in &listen.header {
        let (name, value) = header
            .split_once(':')
            .with_context(|| format!("\"{header}\" is no header; expected Name: value"))?;
        let name: HeaderName = name.trim().parse().context("--header")?;
        let value: HeaderValue = value.trim().parse().context("--header")?;
        headers.append(name, value);
    }
    let delay = listen.delay.unwrap_or_default();
    Ok(Post {
        answers: Mutex::new(answers),
        headers,
        delay: Duration::try_from(delay).context("--delay cannot be negative")?,
        secret: listen.secret.clone(),
        signature_header: listen.signature_header.clone(),
        format: listen.format.format,
        seen: Mutex::new(0),
        enough: tokio::sync::Notify::new(),
        count: listen.count,
    })
}

impl Post {
    async fn take(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Response {
        if let Some(challenge) = challenge(method, uri) {
            println!("{method} {uri}\n  the handshake was answered");
            return challenge.into_response();
        }
        let number = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            *seen += 1;
            *seen
        };
        let status = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            let last = answers.len() == 1;
            let next = if last {
                answers.front().copied()
            } else {
                answers.pop_front()
            };
            next.unwrap_or(StatusCode::OK)
        };
        let checked = self.check(headers, body);
        self.print(number, method, uri, headers, body, status, &checked);
        if !self.delay.is_zero() {
            #[expect(
                clippy::disallowed_methods,
                reason = "a real receiver takes real time; no workspace's clock is involved"
            )]
            tokio::time::sleep(self.delay).await;
        }
        if self.count == Some(number) {
            self.enough.notify_one();
        }
        (status, self.headers.clone(), "").into_response()
    }

    fn check(&self, headers: &HeaderMap, body: &[u8]) -> Checked {
        let Some(secret) = &self.secret else {
            return Checked::NotAsked;
        };
        Signature::check(secret, self.signature_header.as_deref(), headers, body)
    }

    #[expect(clippy::too_many_arguments, reason = "it is one line of a log")]
    fn print(
        &self,
        number: usize,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
        status: StatusCode,
        checked: &Checked,
    ) {
        let payload: Option<Value> = serde_json::from_slice(body).ok();
        if self.format == OutputFormat::Json {
            let pairs: Vec<_> = headers
                .iter()
                .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
                .collect();
            let body = payload.unwrap_or_else(|| json!(String::from_utf8_lossy(body)));
            let line = json!({
                "number": number,
                "method": method.as_str(),
                "target": uri.to_string(),
                "headers": pairs,
                "body": body,
                "signature": checked.to_string(),
                "answered": status.as_u16(),
            });
            println!("{line}");
            return;
        }
        println!("#{number} {method} {uri}");
        for (name, value) in headers {
            println!("  {name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
        let body = payload.map_or_else(
            || String::from_utf8_lossy(body).into_owned(),
            |payload| format!("{payload:#}"),
        );
        println!("{body}\n  signature: {checked}\n  answered: {status}\n");
    }
}

/// What the handshake of Meta's webhooks wants to hear.
fn challenge(method: &Method, uri: &Uri) -> Option<String> {
    if method != Method::GET {
        return None;
    }
    let query = uri.query()?.as_bytes();
    let mut pairs = form_urlencoded::parse(query);
    let (_, challenge) = pairs.find(|(name, _)| name == "hub.challenge")?;
    Some(challenge.into_owned())
}
