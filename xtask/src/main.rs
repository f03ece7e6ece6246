//! The chores of this repository: `cargo xtask <chore>`, one file per chore.

mod bench;
mod ci;
mod coverage;
mod import;
mod judges;
mod new_vendor;
mod root;
mod test;
mod tidy;

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
    /// Runs every check there is.
    Test(test::Options),
    /// Measures the server against its budgets, beside a bare one.
    Bench(bench::Options),
    /// The bare server of the bench.
    #[command(hide = true)]
    BareServer(bench::BareOptions),
    /// What CI runs: formatting, lints, documentation, tests.
    Ci,
    /// Begins a vendor.
    NewVendor(new_vendor::Options),
    /// Guards what Clippy cannot see.
    Tidy,
}

fn main() -> ExitCode {
    let outcome = match Line::parse().chore {
        Chore::Import(options) => import::run(&options),
        Chore::Coverage(options) => coverage::run(&options),
        Chore::Test(options) => test::run(&options),
        Chore::Bench(options) => bench::run(&options),
        Chore::BareServer(options) => bench::run_bare(&options),
        Chore::Ci => ci::run(),
        Chore::NewVendor(options) => new_vendor::run(&options),
        Chore::Tidy => tidy::run(),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            root::complain(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}
