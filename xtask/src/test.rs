//! `cargo xtask test`: the whole truth. Tidiness and the contracts' origin are tests too.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use clap::builder::FalseyValueParser;

use crate::judges;
use crate::root::{self, say};
use crate::tidy;

/// Runs every check there is.
#[derive(Args)]
pub struct Options {
    /// Only tests and outside judges whose name contains this; tidiness and origin are left out then.
    filter: Option<String>,
    /// Where the vendors' collections are.
    #[arg(long, env = "COLLECTIONS_DIR")]
    collections: Option<PathBuf>,
    /// Let nothing be skipped: what cannot be fetched is a failure.
    #[arg(long, env = "CI", value_parser = FalseyValueParser::new())]
    ci: bool,
}

/// Runs every check there is; fails if one does.
pub fn run(options: &Options) -> Result<ExitCode> {
    if options.filter.is_none() {
        tidy::run()?;
        let project = root::project()?;
        let folder = options
            .collections
            .clone()
            .unwrap_or_else(|| project.join("../shared/collections"));
        if folder.is_dir() {
            let folder = folder.to_string_lossy();
            cargo(&["xtask", "import", "--check", "--collections", &folder])?;
        } else {
            say(
                "skipped import --check: the vendors' collections are not here; COLLECTIONS_DIR can name their folder",
            );
        }
    }
    let mut arguments = vec!["test", "--workspace", "--all-features"];
    arguments.extend(options.filter.as_deref());
    cargo(&arguments)?;
    judges::run(options.filter.as_deref(), options.ci)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs cargo in the project's folder; fails if it does.
pub fn cargo(arguments: &[&str]) -> Result<()> {
    say(&format!("▶ cargo {}", arguments.join(" ")));
    cargo_quietly(arguments)
}

/// The same without saying so.
pub fn cargo_quietly(arguments: &[&str]) -> Result<()> {
    let line = format!("cargo {}", arguments.join(" "));
    let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    let status = cargo
        .args(arguments)
        .current_dir(root::project()?)
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "{line} failed");
    Ok(())
}
