//! One request, and `wrk` sending it as fast as it is answered.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CONNECTIONS;
use super::process::Server;

/// The demo credential of Heltar's seed.
pub const CREDENTIAL: &str = "Bearer heltar-mock-key";

/// A request that is sent again and again.
pub struct Exchange {
    /// The method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The body; none when empty.
    pub body: String,
}

impl Exchange {
    /// Asks for something.
    pub fn get(path: &str) -> Self {
        Self {
            method: "GET",
            path: path.to_owned(),
            body: String::new(),
        }
    }

    /// Takes something out.
    pub fn delete(path: &str) -> Self {
        Self {
            method: "DELETE",
            ..Self::get(path)
        }
    }

    /// Sends JSON.
    pub fn post(path: &str, body: &Value) -> Self {
        Self {
            method: "POST",
            path: path.to_owned(),
            body: body.to_string(),
        }
    }

    /// The same for `wrk`, which ends by writing its figures as JSON.
    fn script(&self) -> String {
        let Self { method, body, .. } = self;
        let body = if body.is_empty() {
            "nil".to_owned()
        } else {
            format!("[=[{body}]=]")
        };
        format!(
            r#"wrk.method = "{method}"
wrk.body = {body}
wrk.headers["Authorization"] = "{CREDENTIAL}"
wrk.headers["Content-Type"] = "application/json"
done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{{"requests": %d, "micros": %d, "failed": %d, "p50": %d, "p99": %d}}\n',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
"#
        )
    }
}

/// What came of driving a server.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Driven {
    /// Requests answered.
    pub requests: u64,
    /// In this many microseconds.
    pub micros: u64,
    /// Requests that failed or were refused.
    #[serde(skip_serializing)]
    pub failed: u64,
    /// The latency that half of the requests do not exceed, in microseconds.
    pub p50: u64,
    /// The latency that all but a hundredth of the requests do not exceed, in microseconds.
    pub p99: u64,
}

impl Driven {
    /// Requests answered per second.
    pub fn throughput(&self) -> f64 {
        self.requests as f64 * 1_000_000.0 / self.micros.max(1) as f64
    }
}

/// The load generator.
pub struct Wrk;

impl Wrk {
    /// The program, if it is installed.
    pub fn find() -> Result<Option<Self>> {
        let mut version = Command::new("wrk");
        version.arg("--version");
        match version.stdout(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(_) => Ok(Some(Self)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context("cannot run wrk"),
        }
    }

    /// Drives `server` for a while.
    pub fn drive(&self, server: &Server, exchange: &Exchange, time: Duration) -> Result<Driven> {
        let mut script = tempfile::Builder::new().suffix(".lua").tempfile()?;
        script.write_all(exchange.script().as_bytes())?;
        let output = Command::new("wrk")
            .args(["--threads", "1", "--latency"])
            .args(["--connections", &CONNECTIONS.to_string()])
            .args(["--duration", &format!("{}s", time.as_secs())])
            .arg("--script")
            .arg(script.path())
            .arg(format!("{}{}", server.url, exchange.path))
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run wrk")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().find(|line| line.starts_with('{'));
        let driven: Driven = line
            .and_then(|line| serde_json::from_str(line).ok())
            .with_context(|| format!("wrk told no figures: {text}"))?;
        ensure!(
            driven.failed == 0 && driven.requests > 0,
            "{} of {} requests to {} failed",
            driven.failed,
            driven.requests,
            exchange.path
        );
        Ok(driven)
    }
}
