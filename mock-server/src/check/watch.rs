//! A server of its own whose every exchange is judged, and a command that runs against it.

use std::future::Future;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::environment;
use super::exchange::Exchange;
use super::judge::Judge;
use super::ledger::{Ledger, Terms};
use super::model::{Command, Report};
use crate::kernel::tap::Seen;
use crate::kernel::workspace::DEFAULT;
use crate::{App, BadOptions, Options, Running};

/// A server, watched.
pub struct Watch {
    running: Running,
    seen: UnboundedReceiver<Seen>,
    ledger: Ledger,
}

/// How long requests that are still under way may take when the watch ends.
const PATIENCE: Duration = Duration::from_secs(10);

impl Watch {
    /// Starts a server and watches it. Every answer is checked, whatever the options say.
    ///
    /// # Errors
    /// When the options cannot be met.
    pub async fn start(options: Options) -> Result<Self, BadOptions> {
        let app = App::new(Options {
            check_every_answer: true,
            ..options
        })?;
        let seen = app.workspaces().tap.open();
        let ledger = Ledger::new(Arc::new(Judge::new(app.vendors())));
        let running = crate::serve(app).await?;
        Ok(Self {
            running,
            seen,
            ledger,
        })
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &Running {
        &self.running
    }

    /// The account so far.
    pub fn ledger(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// What a command finds in its environment.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        let vendors = self.running.app().vendors();
        environment::variables(vendors, &self.running.url(), DEFAULT)
    }

    /// Judges what comes while something goes on.
    pub async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                Some(seen) = self.seen.recv() => {
                    self.ledger.see(&Exchange::seen(&seen)).await;
                }
            }
        }
    }

    /// Stops the server, judges what is left, and reports.
    pub async fn finish(self, terms: &Terms) -> Report {
        let Self {
            running,
            mut seen,
            mut ledger,
        } = self;
        // A client that left a request hanging must not keep the report from being written.
        let _ = tokio::time::timeout(PATIENCE, running.stop()).await;
        seen.close();
        while let Some(seen) = seen.recv().await {
            ledger.see(&Exchange::seen(&seen)).await;
        }
        ledger.report(terms)
    }
}

/// Runs a command with these variables; its standard output goes to standard error, so that a report has standard
/// output to itself. An interrupt is left to the command.
///
/// # Errors
/// When it cannot be started.
pub async fn run(
    line: &[String],
    variables: &[(String, String)],
    ignored: bool,
) -> std::io::Result<Command> {
    let Some((program, arguments)) = line.split_first() else {
        return Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "there is no command",
        ));
    };
    let started = Instant::now();
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::from(std::io::stderr()))
        .kill_on_drop(true)
        .spawn()?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            interrupted = tokio::signal::ctrl_c() => interrupted?,
        }
    };
    Ok(Command {
        line: line.to_vec(),
        exit: status.code(),
        ignored,
        millis: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}
