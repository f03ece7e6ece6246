//! The chores of this repository: `cargo xtask <chore>`, one file per chore.

mod coverage;
mod import;
mod root;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of this repository.
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Turns a Postman collection and its overlay into a contract.
    Import(import::Options),
    /// Prints what is covered, and what is only a guess.
    Coverage(coverage::Options),
}

fn main() -> ExitCode {
    let outcome = match Line::parse().chore {
        Chore::Import(options) => import::run(&options),
        Chore::Coverage(options) => coverage::run(&options),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            root::complain(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}
