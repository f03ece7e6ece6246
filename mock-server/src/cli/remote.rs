//! `reset`, `clock` and `snapshot`: what is asked of a running server through its control API.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value, json};

use super::listing::Format;
use super::{Failure, OutputFormat};

/// The server to talk to.
#[derive(Clone, Debug, Args)]
pub struct Server {
    /// The running server
    #[arg(
        long,
        env = "MOCK_SERVER_URL",
        default_value = "http://127.0.0.1:4600",
        value_name = "URL"
    )]
    server: String,
    /// The workspace
    #[arg(long, env = "MOCK_WORKSPACE", default_value = "default")]
    workspace: String,
    /// The admin token, where the server demands one
    #[arg(long, env = "MOCK_ADMIN_TOKEN", hide_env_values = true)]
    admin_token: Option<String>,
    #[command(flatten)]
    format: Format,
}

/// `reset`
#[derive(Clone, Debug, Args)]
pub struct Reset {
    /// Only this vendor; everything when absent
    vendor: Option<String>,
    #[command(flatten)]
    server: Server,
}

/// `clock`
#[derive(Clone, Debug, Args)]
pub struct Clock {
    /// Move the clock on, such as 25h
    #[arg(long, value_name = "DURATION")]
    advance: Option<String>,
    /// Move the clock on as far as anything is planned
    #[arg(long)]
    until_idle: bool,
    /// Let time stand still
    #[arg(long, conflicts_with = "unfreeze")]
    freeze: bool,
    /// Let time run again
    #[arg(long)]
    unfreeze: bool,
    /// Workspace seconds per real second
    #[arg(long)]
    speed: Option<f64>,
    #[command(flatten)]
    server: Server,
}

/// `snapshot`
#[derive(Clone, Debug, Args)]
pub struct Snapshot {
    #[command(subcommand)]
    verb: SnapshotVerb,
}

#[derive(Clone, Debug, Subcommand)]
enum SnapshotVerb {
    /// Write the state of every vendor to a file
    Save {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        server: Server,
    },
    /// Replace the state of every vendor in a file
    Load {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        server: Server,
    },
}

/// Puts a server back to its seed.
pub fn reset(reset: &Reset) -> Result<(), Failure> {
    let body = reset
        .vendor
        .as_ref()
        .map_or(json!({}), |vendor| json!({"vendor": vendor}));
    let answer = reset.server.ask(&Method::POST, "reset", Some(&body))?;
    reset.server.show(&answer, |answer| {
        format!("reset {}", answer["reset"].as_str().unwrap_or(""))
    });
    Ok(())
}

/// Reads or moves a clock.
pub fn clock(clock: &Clock) -> Result<(), Failure> {
    let mut wish = Map::new();
    if clock.freeze || clock.unfreeze {
        wish.insert("freeze".into(), json!(clock.freeze));
    }
    if let Some(speed) = clock.speed {
        wish.insert("speed".into(), json!(speed));
    }
    if let Some(advance) = &clock.advance {
        wish.insert("advance".into(), json!(advance));
    }
    if clock.until_idle {
        wish.insert("until".into(), json!("idle"));
    }
    let answer = if wish.is_empty() {
        clock.server.ask(&Method::GET, "clock", None)?
    } else {
        clock
            .server
            .ask(&Method::POST, "clock", Some(&Value::Object(wish)))?
    };
    clock.server.show(&answer, |answer| {
        let running = if answer["frozen"] == json!(true) {
            "frozen".to_owned()
        } else {
            format!("running at {}x", answer["speed"])
        };
        let due = answer["next_due"].as_str().map_or_else(
            || "nothing planned".to_owned(),
            |at| format!("next due {at}"),
        );
        format!(
            "{} ({running}, {due})",
            answer["now"].as_str().unwrap_or("")
        )
    });
    Ok(())
}

/// Saves or loads the state of every vendor.
pub fn snapshot(snapshot: &Snapshot) -> Result<(), Failure> {
    match &snapshot.verb {
        SnapshotVerb::Save { file, server } => save(file, server),
        SnapshotVerb::Load { file, server } => load(file, server),
    }
}

fn save(file: &PathBuf, server: &Server) -> Result<(), Failure> {
    let ready = server.ask(&Method::GET, "ready", None)?;
    let mut states = Map::new();
    for vendor in ready["vendors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        states.insert(
            vendor.to_owned(),
            server.ask(&Method::GET, &format!("state/{vendor}"), None)?,
        );
    }
    let text = format!("{:#}\n", Value::Object(states.clone()));
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    server.show(
        &json!({"saved": states.keys().collect::<Vec<_>>(), "file": file}),
        |_| format!("saved {} vendors to {}", states.len(), file.display()),
    );
    Ok(())
}

fn load(file: &PathBuf, server: &Server) -> Result<(), Failure> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()));
    let states: Map<String, Value> = text
        .and_then(|text| {
            serde_json::from_str(&text)
                .with_context(|| format!("{} is no snapshot", file.display()))
        })
        .map_err(Failure::Use)?;
    for (vendor, state) in &states {
        server.ask(&Method::PUT, &format!("state/{vendor}"), Some(state))?;
    }
    server.show(
        &json!({"loaded": states.keys().collect::<Vec<_>>(), "file": file}),
        |_| format!("loaded {} vendors from {}", states.len(), file.display()),
    );
    Ok(())
}

impl Server {
    /// Asks the control API.
    pub fn ask(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot start")?;
        runtime
            .block_on(self.request(method, path, body))
            .map_err(Failure::Use)
    }

    async fn request(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let root = self.server.trim_end_matches('/');
        let joint = if path.contains('?') { '&' } else { '?' };
        let url = format!("{root}/__admin/{path}{joint}workspace={}", self.workspace);
        let client = mock_server::client::plain()?;
        let mut request = client.request(method.clone(), &url);
        if let Some(token) = &self.admin_token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.with_context(|| {
            format!("no server answers at {root}; start one with mock-server serve")
        })?;
        let status = answer.status();
        let value: Value = answer.json().await.unwrap_or_default();
        if status.is_success() {
            return Ok(value);
        }
        let error = value["error"]
            .as_str()
            .map_or_else(|| status.to_string(), str::to_owned);
        for finding in value["findings"].as_array().into_iter().flatten() {
            let text = |name: &str| finding[name].as_str().unwrap_or("").to_owned();
            eprintln!("{}: {}", text("pointer"), text("message"));
        }
        match value["expected"].as_str() {
            Some(expected) if expected.starts_with("did you mean") => bail!("{error}; {expected}"),
            Some(expected) => bail!("{error}; expected {expected}"),
            None => Err(anyhow!(error)),
        }
    }

    /// Writes an answer as JSON, or as `text` says.
    pub fn show(&self, answer: &Value, text: impl FnOnce(&Value) -> String) {
        match self.format.format {
            OutputFormat::Json => println!("{answer}"),
            OutputFormat::Text => println!("{}", text(answer)),
        }
    }
}
