//! What can be asked on the command line, and how it ends: 0 good, 1 findings, 2 wrong use, 3 inconclusive,
//! 4 internal.

mod check;
mod events;
mod flags;
mod listen;
mod listing;
mod remote;
mod scenario;
mod serve;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};

/// A fake of messaging vendors for tests: every documented endpoint with memory, every documented webhook.
#[derive(Debug, Parser)]
#[command(
    name = "mock-server",
    version,
    about,
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    serve: flags::Serve,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve the vendors (what happens without a verb)
    Serve(Box<flags::Serve>),
    /// List the vendors, their base URLs and demo credentials
    Vendors(listing::Format),
    /// List the operations and how each is answered
    Operations(listing::Operations),
    /// List the webhooks, their examples and how sure they are
    Events(events::Events),
    /// Fire a webhook of a running server
    Trigger(Box<events::Trigger>),
    /// Play scenarios against a webhook handler
    Scenario(scenario::Scenario),
    /// Receive webhooks: print what arrives, check its signature, answer as told
    Listen(listen::Listen),
    /// List the numbers whose messages meet a published fate
    Outcomes(listing::Format),
    /// Put a running server back to its seed
    Reset(remote::Reset),
    /// Read or move the clock of a running server
    Clock(remote::Clock),
    /// Save or load the state of a running server
    Snapshot(remote::Snapshot),
    /// Run a command against the vendors, judge what it sends by the contracts, and report
    Check(Box<check::Check>),
    /// Watch a running server as check does, until interrupted
    Watch(Box<check::Follow>),
    /// Judge a saved journal as check does
    Report(Box<check::Saved>),
    /// Write a vendor's contract or Postman environment
    Export(listing::Export),
    /// Write completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// How output is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// What went wrong, and whose fault it was.
#[derive(Debug)]
pub enum Failure {
    /// The caller asked for something that cannot be.
    Use(anyhow::Error),
    /// Something failed.
    Internal(anyhow::Error),
    /// What was looked at is not as it should be; that was told already.
    Findings,
    /// Nothing, or too little, was seen; that was told already.
    Inconclusive,
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

/// Does what the arguments ask.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.verb {
        None => serve::run(arguments.serve),
        Some(Verb::Serve(flags)) => serve::run(*flags),
        Some(Verb::Vendors(format)) => listing::vendors(format),
        Some(Verb::Operations(wanted)) => listing::operations(&wanted),
        Some(Verb::Events(wanted)) => events::events(&wanted),
        Some(Verb::Trigger(trigger)) => events::trigger(&trigger),
        Some(Verb::Scenario(scenario)) => scenario::scenario(&scenario),
        Some(Verb::Listen(listen)) => listen::run(listen),
        Some(Verb::Outcomes(format)) => {
            listing::outcomes(format);
            Ok(())
        }
        Some(Verb::Reset(reset)) => remote::reset(&reset),
        Some(Verb::Clock(clock)) => remote::clock(&clock),
        Some(Verb::Snapshot(snapshot)) => remote::snapshot(&snapshot),
        Some(Verb::Check(check)) => check::run(*check),
        Some(Verb::Watch(follow)) => check::watch(&follow),
        Some(Verb::Report(saved)) => check::saved(&saved),
        Some(Verb::Export(export)) => listing::export(&export),
        Some(Verb::Completions { shell }) => {
            clap_complete::generate(
                shell,
                &mut Arguments::command(),
                "mock-server",
                &mut std::io::stdout(),
            );
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Use(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
        Err(Failure::Findings) => ExitCode::from(1),
        Err(Failure::Inconclusive) => ExitCode::from(3),
        Err(Failure::Internal(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(4)
        }
    }
}
