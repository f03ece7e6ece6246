//! A test told as requests, answers, webhooks and waits, in memory and without a socket.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use mock_server::kernel::journal::FindingKind;
use mock_server::kernel::routes::Mounted;
use mock_server::kernel::vendor::Vendor;
use mock_server::kernel::workspace::{DEFAULT, Workspace};
use mock_server::{App, Options};
use serde_json::Value;

/// A story about one vendor. Its clock stands still at the seed's day until it is moved.
pub struct Story {
    app: App,
    workspace: Arc<Workspace>,
    vendor: &'static str,
    headers: HeaderMap,
    transcript: String,
    told: u64,
    shown_headers: Vec<&'static str>,
}

/// An answer, read.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error} in the answer {:?}", self.text))
    }
}

/// Begins a story with the vendor's demo credentials.
pub fn story<V: Vendor>() -> Story {
    story_with::<V>(|_| {})
}

/// Begins a story with options of its own.
pub fn story_with<V: Vendor>(change: impl FnOnce(&mut Options)) -> Story {
    let mut options = Options {
        frozen_at: Some(V::PROFILE.seed_day()),
        ticking: false,
        check_every_answer: true,
        ..Options::default()
    };
    change(&mut options);
    let mounted = Mounted::new::<V>().unwrap_or_else(|error| panic!("{error}"));
    let app = App::with(vec![mounted], options).unwrap_or_else(|error| panic!("{error}"));
    let workspace = app
        .workspaces()
        .named(DEFAULT)
        .unwrap_or_else(|error| panic!("{error}"));
    let mut headers = HeaderMap::new();
    for (name, value) in V::PROFILE.demo_headers {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    Story {
        app,
        workspace,
        vendor: V::PROFILE.name,
        headers,
        transcript: String::new(),
        told: 0,
        shown_headers: Vec::new(),
    }
}

impl Story {
    /// Sends this header with every request from now on, or none of that name.
    pub fn with_header(&mut self, name: &'static str, value: Option<&str>) {
        match value {
            Some(value) => {
                self.headers
                    .insert(HeaderName::from_static(name), value.parse().unwrap());
            }
            None => {
                self.headers.remove(name);
            }
        }
    }

    /// Shows these response headers in the transcript from now on.
    pub fn show_headers(&mut self, names: &[&'static str]) {
        self.shown_headers = names.to_vec();
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&mut self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&mut self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    async fn call(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let text = body.map(|body| body.to_string());
        self.send(method, path, "application/json", text).await
    }

    /// Sends a body as it is.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: Option<String>,
    ) -> Answer {
        let _ = writeln!(self.transcript, "→ {method} {path}");
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = format!("/{}{path}", self.vendor).parse().unwrap();
        *request.headers_mut() = self.headers.clone();
        request
            .headers_mut()
            .insert("host", HeaderValue::from_static("mock.test"));
        if let Some(body) = body {
            request
                .headers_mut()
                .insert("content-type", kind.parse().unwrap());
            self.write_body(&body);
            *request.body_mut() = Body::from(body);
        }
        let answer = read(self.app.answer(request).await).await;
        let _ = writeln!(self.transcript, "← {}", answer.status);
        for name in self.shown_headers.clone() {
            if let Some(value) = answer.headers.get(name) {
                let _ = writeln!(
                    self.transcript,
                    "{name}: {}",
                    String::from_utf8_lossy(value.as_bytes())
                );
            }
        }
        self.write_body(&answer.text);
        self.transcript.push('\n');
        self.tell_webhooks();
        answer
    }

    /// Lets something happen.
    pub async fn happen(&mut self, happening: Value) {
        let _ = writeln!(self.transcript, "★ {happening}\n");
        let slot = self.workspace.slot(self.vendor).unwrap();
        slot.happen(&happening)
            .unwrap_or_else(|error| panic!("{error}"));
        self.workspace.run_due().await;
        self.tell_webhooks();
    }

    /// Moves the clock.
    pub async fn wait(&mut self, time: Duration) {
        let _ = writeln!(self.transcript, "⏲ {time:?} pass\n");
        self.workspace
            .advance(SignedDuration::try_from(time).unwrap())
            .await;
        self.tell_webhooks();
    }

    /// Moves the clock as far as there is anything planned.
    pub async fn wait_until_idle(&mut self) {
        self.workspace.advance_until_idle().await;
        let _ = writeln!(
            self.transcript,
            "⏲ until idle, at {}\n",
            self.workspace.clock.now()
        );
        self.tell_webhooks();
    }

    /// The workspace the story plays in.
    pub fn workspace(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    /// The whole state of the vendor.
    pub fn state(&self) -> Value {
        self.workspace.slot(self.vendor).unwrap().dump()
    }

    fn tell_webhooks(&mut self) {
        for event in self.workspace.events.entries() {
            if event.id <= self.told {
                continue;
            }
            self.told = event.id;
            let _ = writeln!(self.transcript, "↯ {} at {}", event.name, event.at);
            let payload = String::from_utf8_lossy(&event.payload).into_owned();
            self.write_body(&payload);
            for finding in event.findings.iter() {
                let _ = writeln!(
                    self.transcript,
                    "  breaks the contract: {}",
                    finding.message
                );
            }
            self.transcript.push('\n');
        }
    }

    fn write_body(&mut self, body: &str) {
        if body.is_empty() {
            return;
        }
        match serde_json::from_str::<Value>(body) {
            Ok(value) => {
                let pretty = serde_json::to_string_pretty(&value).unwrap();
                self.transcript.push_str(&pretty);
            }
            Err(_) => self.transcript.push_str(body),
        }
        self.transcript.push('\n');
    }

    /// What was told. Fails when an answer or a webhook broke the contract.
    pub fn transcript(&self) -> String {
        self.assert_honest();
        self.transcript.clone()
    }

    /// Fails when an answer or a webhook of this story broke the contract, or the mock failed.
    pub fn assert_honest(&self) {
        for entry in self.workspace.journal.entries() {
            for finding in entry.findings.lock().iter() {
                assert!(
                    !matches!(finding.kind, FindingKind::Answer | FindingKind::Internal),
                    "{} {} was answered off the contract: {} ({} {})\n{}",
                    entry.request.method,
                    entry.request.target,
                    finding.message,
                    finding.place,
                    finding.pointer,
                    String::from_utf8_lossy(&entry.body),
                );
            }
        }
        for event in self.workspace.events.entries() {
            let broken: Vec<_> = event
                .findings
                .iter()
                .filter(|finding| finding.is_violation())
                .collect();
            assert!(
                broken.is_empty(),
                "{} breaks the contract: {broken:?}",
                event.name
            );
        }
    }
}

/// Reads an answer to its end.
pub async fn read(response: http::Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}
