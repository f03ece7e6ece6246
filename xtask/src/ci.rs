//! `cargo xtask ci`: what CI runs, step for step.

use std::process::ExitCode;

use anyhow::Result;

use crate::test::cargo;

/// Formatting, lints, documentation, then the very command a contributor runs.
pub fn run() -> Result<ExitCode> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ])?;
    cargo(&[
        "doc",
        "--workspace",
        "--no-deps",
        "--all-features",
        "--config",
        "build.rustdocflags=[\"-D\",\"warnings\"]",
    ])?;
    cargo(&["xtask", "test"])?;
    Ok(ExitCode::SUCCESS)
}
