//! Carries requests to endpoints: one HTTP client per server, behind the guard.

use std::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::{Client, ClientBuilder, Response};
use url::Url;

use super::guard::{Guard, GuardedResolver, Refused};
use super::record::{Class, Failure, Received};

/// How much of an answer's body is kept, in bytes.
pub const LARGEST_ANSWER: usize = 64 * 1024;

/// Idle connections are closed before receivers close them (Node.js does after 5 s), so that no delivery
/// is written to a connection that is just going away.
const IDLE: Duration = Duration::from_secs(4);

/// Carries requests to endpoints.
#[derive(Debug)]
pub struct Courier {
    guard: Arc<Guard>,
    plain: OnceLock<Result<Client, String>>,
    secure: OnceLock<Result<Client, String>>,
}

/// How an exchange with an endpoint went.
#[derive(Debug)]
pub(super) struct Exchange {
    pub response: Option<Received>,
    pub failure: Option<Failure>,
    pub micros: u64,
}

impl Exchange {
    /// An answer that nobody gave.
    pub(super) fn pretended(status: u16, headers: HeaderMap) -> Self {
        let received = Received {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers,
            body: Bytes::new(),
            truncated: false,
        };
        let failure = verdict(&received);
        Self {
            response: Some(received),
            failure,
            micros: 0,
        }
    }
}

impl Courier {
    /// A courier that goes where the guard lets it. The clients are made when they are first needed.
    #[must_use]
    pub fn new(guard: Guard) -> Self {
        Self {
            guard: Arc::new(guard),
            plain: OnceLock::new(),
            secure: OnceLock::new(),
        }
    }

    /// Sends one request and reads the answer, all within `limit`.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        limit: Duration,
    ) -> Exchange {
        let begun = Instant::now();
        let mut response = None;
        let exchange = self.exchange(method, url, headers, body, &mut response);
        let failure = match tokio::time::timeout(limit, exchange).await {
            Ok(Ok(())) => response.as_ref().and_then(verdict),
            Ok(Err(failure)) => Some(failure),
            Err(_) => Some(Failure {
                class: Class::Timeout,
                message: format!("no complete answer within {limit:?}"),
                refused: false,
            }),
        };
        Exchange {
            response,
            failure,
            micros: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
        }
    }

    async fn exchange(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        received: &mut Option<Received>,
    ) -> Result<(), Failure> {
        let url = self
            .permitted(url)
            .map_err(|Refused(reason)| refusal(reason))?;
        let client = self.client(&url)?;
        let request = client.request(method, url).headers(headers).body(body);
        let answer = request.send().await.map_err(|error| failure(&error))?;
        let received = received.insert(Received {
            status: answer.status(),
            headers: detached(answer.headers()),
            body: Bytes::new(),
            truncated: false,
        });
        read(answer, received).await
    }

    /// The URL, when webhooks may go there as far as that shows before its name is resolved.
    fn permitted(&self, text: &str) -> Result<Url, Refused> {
        let url = Url::parse(text)
            .map_err(|error| Refused(format!("\"{text}\" is not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refused(format!("\"{text}\" is neither http nor https")));
        }
        match url.host() {
            Some(host) => self.guard.check_host(&host)?,
            None => return Err(Refused(format!("\"{text}\" has no host"))),
        }
        Ok(url)
    }

    /// Plain HTTP has a client of its own, because reading the machine's certificates takes time and memory.
    fn client(&self, url: &Url) -> Result<&Client, Failure> {
        let made = if url.scheme() == "https" {
            self.secure.get_or_init(|| self.make(|builder| builder))
        } else {
            self.plain
                .get_or_init(|| self.make(|builder| builder.tls_certs_only([])))
        };
        made.as_ref().map_err(|message| Failure {
            class: Class::Tls,
            message: message.clone(),
            refused: false,
        })
    }

    fn make(&self, adapt: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Client, String> {
        // An error means that a provider is installed already, which is just as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE)
            .dns_resolver(GuardedResolver(Arc::clone(&self.guard)));
        adapt(builder)
            .build()
            .map_err(|error| format!("no HTTP client could be made: {}", chain(&error)))
    }
}

/// Reads the body as far as it is kept.
async fn read(mut answer: Response, received: &mut Received) -> Result<(), Failure> {
    let mut body = BytesMut::new();
    let ended = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => {
                let room = LARGEST_ANSWER - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    received.truncated = true;
                    break Ok(());
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(failure(&error)),
        }
    };
    received.body = body.freeze();
    ended
}

/// 2xx is success, 3xx a redirect that is not followed, and everything else a failure.
fn verdict(received: &Received) -> Option<Failure> {
    let status = received.status;
    if status.is_success() {
        return None;
    }
    let location = received.headers.get(http::header::LOCATION);
    let (class, message) = if status.is_redirection() {
        let target = location.map_or_else(
            || "nowhere".into(),
            |value| String::from_utf8_lossy(value.as_bytes()),
        );
        let message = format!("answered {status}: a redirect to {target}, which is not followed");
        (Class::Redirect, message)
    } else {
        (Class::Status, format!("answered {status}"))
    };
    Some(Failure {
        class,
        message,
        refused: false,
    })
}

/// A failure that comes from the target or the endpoint's own settings, before anything was sent.
pub(super) fn refusal(message: String) -> Failure {
    Failure {
        class: Class::Connect,
        message,
        refused: true,
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    if let Some(Refused(reason)) = find::<Refused>(error) {
        return refusal(reason.clone());
    }
    let class = if find::<rustls::Error>(error).is_some() {
        Class::Tls
    } else if error.is_timeout() {
        Class::Timeout
    } else if error.is_connect() {
        Class::Connect
    } else {
        Class::Reset
    };
    Failure {
        class,
        message: chain(error),
        refused: false,
    }
}

/// The error of type `E` among the causes of `error`, also where an I/O error wraps it.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        let wrapped = current
            .downcast_ref::<io::Error>()
            .and_then(|error| error.get_ref());
        next = match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => current.source(),
        };
    }
    None
}

/// The causes of an error, outermost first, without the outermost sentence, which only repeats the URL.
fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    if causes.is_empty() {
        causes.push(error.to_string());
    }
    causes.dedup();
    causes.join(": ")
}

/// A copy that does not hold on to the connection's read buffer.
fn detached(headers: &HeaderMap) -> HeaderMap {
    let copy = |value: &HeaderValue| {
        HeaderValue::from_bytes(value.as_bytes()).expect("a copy of a header value is one")
    };
    headers
        .iter()
        .map(|(name, value)| (name.clone(), copy(value)))
        .fold(HeaderMap::new(), |mut copied, (name, value)| {
            copied.append(name, value);
            copied
        })
}
