//! A receiver of webhooks that counts what it hears, and sees whether anything comes out of order.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use bytes::Bytes;
use serde::Deserialize;

/// A receiver on a free port; it ends with the program.
pub struct Receiver {
    /// Where it hears.
    pub url: String,
    heard: Arc<Mutex<Heard>>,
}

/// What a receiver has heard.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// How many receipts.
    pub receipts: usize,
    /// How many were none it could read.
    pub unreadable: usize,
    /// How many told of a step that a later one had been told of before.
    pub backwards: usize,
    /// When the last one came.
    pub last: Option<Instant>,
    reached: HashMap<String, usize>,
}

#[derive(Deserialize)]
struct Envelope {
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    value: Value,
}

#[derive(Deserialize)]
struct Value {
    #[serde(default)]
    statuses: Vec<Receipt>,
}

#[derive(Deserialize)]
struct Receipt {
    id: String,
    status: String,
}

impl Heard {
    fn take(&mut self, body: &[u8]) {
        self.last = Some(Instant::now());
        let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else {
            self.unreadable += 1;
            return;
        };
        let changes = envelope.entry.into_iter().flat_map(|entry| entry.changes);
        for receipt in changes.flat_map(|change| change.value.statuses) {
            self.receipts += 1;
            let steps = ["sent", "delivered", "read"];
            let step = steps.iter().position(|step| *step == receipt.status);
            let step = step.unwrap_or(steps.len());
            let reached = self.reached.entry(receipt.id).or_default();
            self.backwards += usize::from(step < *reached);
            *reached = step;
        }
    }
}

impl Receiver {
    /// Begins to hear.
    ///
    /// # Errors
    /// When no port can be opened.
    pub fn start() -> Result<Self> {
        let heard = Arc::<Mutex<Heard>>::default();
        let router = Router::new()
            .route("/", post(hear))
            .with_state(Arc::clone(&heard));
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}/", listener.local_addr()?);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("no runtime can be made")?;
        std::thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, router).await
            })
        });
        Ok(Self { url, heard })
    }

    /// What it has heard so far.
    pub fn heard(&self) -> Heard {
        let heard = self.heard.lock();
        heard.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has heard so many receipts, or nothing for a while.
    pub fn wait(&self, receipts: usize, patience: Duration) -> Heard {
        let begun = Instant::now();
        loop {
            super::process::pause(Duration::from_millis(50));
            let heard = self.heard();
            let still_since = heard.last.map_or(begun, |last| last.max(begun)).elapsed();
            if heard.receipts >= receipts || still_since > patience {
                return heard;
            }
        }
    }
}

async fn hear(State(heard): State<Arc<Mutex<Heard>>>, body: Bytes) -> StatusCode {
    let heard = heard.lock();
    heard.unwrap_or_else(PoisonError::into_inner).take(&body);
    StatusCode::OK
}
