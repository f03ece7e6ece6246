//! `check`: runs a command against the vendors, judges what it sends, and reports.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use mock_server::check::report::{self, Format};
use mock_server::check::{
    Baseline, Demand, Judge, Ledger, Level, Outcome, Remote, Report, Terms, Watch,
    run as run_command, variables,
};
use mock_server::kernel::layers::auth::AuthMode;
use mock_server::kernel::moment::Progress;
use mock_server::kernel::rate_limit::RateLimiting;
use mock_server::kernel::routes::Mounted;
use mock_server::{BadOptions, Options};

use super::Failure;

/// What is demanded and how it is reported.
#[derive(Clone, Debug, Args)]
pub struct Measure {
    /// A share of a vendor's uses that must be exercised, such as heltar=80% or heltar:answers=50%; may be repeated
    #[arg(long, value_name = "VENDOR=PERCENT", value_delimiter = ',')]
    require: Vec<String>,
    /// An operation that must be answered well, such as messages.send or heltar:messages.send; may be repeated
    #[arg(long, value_name = "OPERATION", value_delimiter = ',')]
    require_operation: Vec<String>,
    /// The least number of requests that means anything
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    min_requests: u64,
    /// The least level of a finding that fails
    #[arg(long, value_enum, default_value_t)]
    fail_on: FailOn,
    /// Accept the findings of this file
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the findings to this file, to be accepted from now on
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// How the report on standard output is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// A further report in a file; may be repeated
    #[arg(long, value_name = "FORMAT=PATH")]
    report: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum FailOn {
    /// Only what the vendor refuses or misreads
    Error,
    /// What the contract does not know, too
    #[default]
    Warning,
}

/// `check`
#[derive(Clone, Debug, Args)]
pub struct Check {
    /// Use this running server, with a workspace of its own, instead of a fresh one
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The admin token, where the server demands one
    #[arg(long, env = "MOCK_ADMIN_TOKEN", hide_env_values = true)]
    admin_token: Option<String>,
    /// List the environment of the command, and run nothing
    #[arg(long, conflicts_with = "command")]
    env: bool,
    /// Let only the contracts decide, not the command's exit code
    #[arg(long)]
    ignore_exit: bool,
    /// Serve only this vendor; may be repeated
    #[arg(long, value_delimiter = ',', value_name = "VENDOR")]
    vendor: Vec<String>,
    /// Which credentials are accepted
    #[arg(long, value_enum, default_value_t)]
    auth: AuthModeFlag,
    /// Seed of all identifiers and chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How what is planned comes about [default: auto]
    #[arg(long)]
    progress: Option<Progress>,
    /// Which rate limits are enforced [default: generous]
    #[arg(long)]
    rate_limits: Option<RateLimiting>,
    /// Let time stand still at this instant until it is moved
    #[arg(long, value_name = "TIMESTAMP")]
    freeze_at: Option<Timestamp>,
    /// Refuse undocumented fields and parameters
    #[arg(long)]
    strict: bool,
    /// Post a vendor's webhooks to this URL; may be repeated
    #[arg(long, value_delimiter = ',', value_name = "VENDOR=URL")]
    webhook: Vec<String>,
    #[command(flatten)]
    measure: Measure,
    /// The command, after --
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum AuthModeFlag {
    /// The seed's demo credentials and minted ones
    #[default]
    Strict,
    /// Any well-formed credential
    Any,
}

/// What is demanded, understood, with the reports that are wanted.
pub struct Settled {
    /// What a check is measured by.
    pub terms: Terms,
    reports: Vec<(Format, PathBuf)>,
    format: Format,
    write_baseline: Option<PathBuf>,
}

impl Measure {
    /// Understands what is demanded before anything runs.
    pub fn settle(&self, vendors: &[&'static Mounted]) -> Result<Settled, Failure> {
        let wrong = |error: anyhow::Error| Failure::Use(error);
        let mut demands = Vec::new();
        for text in &self.require {
            let demand = Demand::share(text, vendors).context("--require");
            demands.push(demand.map_err(wrong)?);
        }
        for text in &self.require_operation {
            let demand = Demand::operation(text, vendors).context("--require-operation");
            demands.push(demand.map_err(wrong)?);
        }
        let baseline = match &self.baseline {
            Some(file) => read_baseline(file).map_err(wrong)?,
            None => Baseline::default(),
        };
        let reports = self.report.iter().map(|text| wanted(text));
        let reports: anyhow::Result<_> = reports.collect();
        Ok(Settled {
            terms: Terms {
                demands,
                baseline,
                fail_on: match self.fail_on {
                    FailOn::Error => Level::Error,
                    FailOn::Warning => Level::Warning,
                },
                least: self.min_requests,
            },
            reports: reports.map_err(wrong)?,
            format: self.format,
            write_baseline: self.write_baseline.clone(),
        })
    }
}

impl Settled {
    /// Writes all reports, and ends as the check did.
    pub fn tell(&self, report: &Report) -> Result<(), Failure> {
        for (format, path) in &self.reports {
            let text = report::write(report, *format);
            std::fs::write(path, text)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        if let Some(path) = &self.write_baseline {
            let all = report.findings.iter().chain(&report.accepted);
            let baseline = Baseline::of(all, &self.terms.baseline);
            let text =
                serde_json::to_string_pretty(&baseline).context("cannot write a baseline")?;
            std::fs::write(path, text + "\n")
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        print!("{}", report::write(report, self.format));
        match report.outcome {
            Outcome::Pass => Ok(()),
            Outcome::Findings => Err(Failure::Findings),
            Outcome::Inconclusive => Err(Failure::Inconclusive),
        }
    }
}

fn read_baseline(file: &Path) -> anyhow::Result<Baseline> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Baseline::read(&text).with_context(|| format!("{} is no baseline", file.display()))
}

fn wanted(text: &str) -> anyhow::Result<(Format, PathBuf)> {
    let (format, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or_else(|| anyhow!("--report {text}: expected FORMAT=PATH, such as junit=check.xml"))?;
    let format = Format::from_str(format, true)
        .map_err(|_| anyhow!("--report {text}: no format is named \"{format}\""))?;
    Ok((format, PathBuf::from(path)))
}

/// Checks.
pub fn run(check: Check) -> Result<(), Failure> {
    let all = super::listing::mounted()?;
    if check.env {
        return list(&check, &all);
    }
    if check.command.is_empty() {
        let error =
            anyhow!("there is no command; expected mock-server check [options] -- <command>");
        return Err(Failure::Use(error));
    }
    let settled = check.measure.settle(&all)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start")?;
    let report = runtime.block_on(async {
        match &check.server {
            Some(server) => there(&check, server, &all, &settled.terms).await,
            None => here(&check, &settled.terms).await,
        }
    })?;
    settled.tell(&report)
}

impl Check {
    fn options(&self) -> anyhow::Result<Options> {
        Ok(Options {
            vendors: self.vendor.clone(),
            auth: match self.auth {
                AuthModeFlag::Strict => AuthMode::Strict,
                AuthModeFlag::Any => AuthMode::Any,
            },
            seed: self.seed,
            progress: self.progress.unwrap_or_default(),
            rate_limits: self.rate_limits.unwrap_or_default(),
            frozen_at: self.freeze_at,
            strict: self.strict,
            webhooks: self
                .webhook
                .iter()
                .map(|text| super::flags::webhook(text))
                .collect::<Result<_, _>>()?,
            ..Options::default()
        })
    }

    async fn command(
        &self,
        variables: &[(String, String)],
    ) -> Result<mock_server::check::Command, Failure> {
        run_command(&self.command, variables, self.ignore_exit)
            .await
            .with_context(|| format!("cannot run {}", self.command.join(" ")))
            .map_err(Failure::Use)
    }
}

/// On a fresh server of this process.
async fn here(check: &Check, terms: &Terms) -> Result<Report, Failure> {
    let options = check.options().map_err(Failure::Use)?;
    let mut watch = Watch::start(options).await.map_err(|error| match error {
        BadOptions::UnknownVendor(..) => Failure::Use(error.into()),
        other => Failure::Internal(other.into()),
    })?;
    let variables = watch.variables();
    let ran = watch.during(check.command(&variables)).await?;
    watch.ledger().ran(ran);
    Ok(watch.finish(terms).await)
}

/// How often a running server is asked what is new.
const EVERY: std::time::Duration = std::time::Duration::from_millis(200);

/// On a running server, in a workspace of its own.
async fn there(
    check: &Check,
    server: &str,
    all: &[&'static Mounted],
    terms: &Terms,
) -> Result<Report, Failure> {
    let name = format!("check-{}", std::process::id());
    let remote = Remote::new(server, &name, check.admin_token.clone());
    let mut remote = remote.context("cannot start")?;
    let silent = |error: mock_server::check::Silent| Failure::Use(error.into());
    if !remote.make().await.map_err(silent)? {
        remote.skip().await.map_err(silent)?;
    }
    let mut ledger = Ledger::new(std::sync::Arc::new(Judge::new(all)));
    let variables = variables(all, remote.root(), remote.workspace());
    let ran = {
        let mut command = std::pin::pin!(check.command(&variables));
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                ran = &mut command => break ran,
                _ = tick.tick() => {
                    remote.look(&mut ledger).await.map_err(silent)?;
                }
            }
        }
    };
    remote.settle(&mut ledger).await.map_err(silent)?;
    remote.remove().await.map_err(silent)?;
    ledger.ran(ran?);
    Ok(ledger.report(terms))
}

/// `check --env`: what the command would find. A fresh server's port is only known when it runs.
fn list(check: &Check, all: &[&'static Mounted]) -> Result<(), Failure> {
    let chosen: Vec<_> = all
        .iter()
        .copied()
        .filter(|mounted| {
            check.vendor.is_empty() || check.vendor.iter().any(|name| name == mounted.name)
        })
        .collect();
    let server = check.server.as_deref().unwrap_or("http://127.0.0.1:<port>");
    let server = server.trim_end_matches('/');
    let workspace = if check.server.is_some() {
        "check-<process>"
    } else {
        mock_server::kernel::workspace::DEFAULT
    };
    let variables = variables(&chosen, server, workspace);
    match check.measure.format {
        Format::Json => {
            let object: serde_json::Map<_, _> = variables
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect();
            println!("{}", serde_json::Value::Object(object));
        }
        _ => variables
            .iter()
            .for_each(|(name, value)| println!("{name}={value}")),
    }
    Ok(())
}

/// `watch`
#[derive(Clone, Debug, Args)]
pub struct Follow {
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
    /// Judge what the journal holds already, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    measure: Measure,
}

/// Watches a running server until it is interrupted: findings as they come, the report at the end.
pub fn watch(follow: &Follow) -> Result<(), Failure> {
    let all = super::listing::mounted()?;
    let settled = follow.measure.settle(&all)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start")?;
    let report = runtime.block_on(follow_on(follow, &all, &settled.terms))?;
    settled.tell(&report)
}

async fn follow_on(
    follow: &Follow,
    all: &[&'static Mounted],
    terms: &Terms,
) -> Result<Report, Failure> {
    let silent = |error: mock_server::check::Silent| Failure::Use(error.into());
    let remote = Remote::new(
        &follow.server,
        &follow.workspace,
        follow.admin_token.clone(),
    );
    let mut remote = remote.context("cannot start")?;
    if !follow.all {
        remote.skip().await.map_err(silent)?;
    }
    eprintln!(
        "watching {} of {}; stop with Ctrl-C",
        follow.workspace, follow.server
    );
    let mut ledger = Ledger::new(std::sync::Arc::new(Judge::new(all)));
    let mut tick = tokio::time::interval(EVERY);
    let mut stop = std::pin::pin!(super::serve::stop_signal());
    loop {
        tokio::select! {
            stopped = &mut stop => {
                stopped.context("cannot wait for a signal")?;
                break;
            }
            _ = tick.tick() => {
                for finding in remote.look(&mut ledger).await.map_err(silent)? {
                    eprintln!("{}", report::text(&finding));
                }
            }
        }
    }
    remote.settle(&mut ledger).await.map_err(silent)?;
    Ok(ledger.report(terms))
}

/// `report`
#[derive(Clone, Debug, Args)]
pub struct Saved {
    /// The answer of POST /__admin/requests/find, or one exchange a line; - is standard input
    journal: PathBuf,
    #[command(flatten)]
    measure: Measure,
}

/// Judges a saved journal.
pub fn saved(saved: &Saved) -> Result<(), Failure> {
    let all = super::listing::mounted()?;
    let settled = saved.measure.settle(&all)?;
    let name = saved.journal.display();
    let text = if saved.journal == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(&saved.journal)
    };
    let text = text
        .with_context(|| format!("cannot read {name}"))
        .map_err(Failure::Use)?;
    let journal = mock_server::check::read_journal(&text)
        .with_context(|| format!("in {name}"))
        .map_err(Failure::Use)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .context("cannot start")?;
    let mut ledger = Ledger::new(std::sync::Arc::new(Judge::new(&all)));
    runtime.block_on(async {
        for exchange in &journal.exchanges {
            ledger.see(exchange).await;
        }
    });
    ledger.lose(journal.lost);
    settled.tell(&ledger.report(&settled.terms))
}
