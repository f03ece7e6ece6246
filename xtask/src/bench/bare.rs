//! The bare server: one axum handler that reads the body and answers the same bytes for ever.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::routing::any;
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::root::say;

/// Answers one route with constant bytes.
#[derive(Args)]
pub struct Options {
    /// The port to listen on.
    #[arg(long)]
    port: u16,
    /// The file with the answer.
    answer: PathBuf,
}

/// What is answered, and where.
#[derive(Serialize, Deserialize)]
pub struct Constant {
    /// The path that is asked.
    pub path: String,
    /// The answer's headers, without those that the server adds by itself.
    pub headers: Vec<(String, String)>,
    /// The answer's body.
    pub body: String,
}

type Answer = Arc<(HeaderMap, Bytes)>;

async fn answer(State(answer): State<Answer>, _: Bytes) -> (HeaderMap, Bytes) {
    (answer.0.clone(), answer.1.clone())
}

/// Serves until it is stopped.
pub fn run(options: &Options) -> Result<ExitCode> {
    let constant: Constant = serde_json::from_slice(&std::fs::read(&options.answer)?)?;
    let mut headers = HeaderMap::new();
    for (name, value) in &constant.headers {
        headers.append(
            HeaderName::from_bytes(name.as_bytes())?,
            HeaderValue::from_str(value)?,
        );
    }
    let answer_given: Answer = Arc::new((headers, constant.body.into()));
    let router = Router::new()
        .route(&constant.path, any(answer))
        .with_state(answer_given);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime can be made")?;
    runtime.block_on(async {
        let address = (Ipv4Addr::LOCALHOST, options.port);
        let listener = tokio::net::TcpListener::bind(address).await?;
        let listener = listener.tap_io(|stream| {
            // As the mock does.
            let _ = stream.set_nodelay(true);
        });
        say(&format!(
            "{{\"url\": \"http://127.0.0.1:{}\"}}",
            options.port
        ));
        axum::serve(listener, router).await?;
        Ok(ExitCode::SUCCESS)
    })
}
