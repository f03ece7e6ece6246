//! `cargo xtask coverage`: what of every vendor is in its contract, and what of that the server answers from memory.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use mock_server::kernel::routes::Answered;
use serde::Serialize;
use serde_json::Value;
use tabled::settings::Style;
use tabled::{Table, Tabled};

use crate::import::{self, Format};
use crate::root::{self, say};

/// Prints what is covered, and what is only a guess.
#[derive(clap::Args)]
pub struct Options {
    /// How to report.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// All vendors.
#[derive(Debug, Serialize)]
struct Report {
    vendors: Vec<Vendor>,
}

/// One vendor.
#[derive(Debug, Serialize, Tabled)]
struct Vendor {
    vendor: String,
    items: u64,
    #[tabled(rename = "mapped")]
    items_mapped: usize,
    #[tabled(rename = "ignored")]
    items_ignored: usize,
    responses: u64,
    #[tabled(rename = "kept")]
    responses_kept: usize,
    webhooks: usize,
    operations: usize,
    additional: usize,
    stateful: usize,
    replayed: usize,
    #[tabled(display = "listed")]
    evidence: Evidence,
}

/// Where the operations of a vendor come from.
#[derive(Debug, Default, Serialize)]
struct Evidence {
    documented: usize,
    example: usize,
    observed: usize,
    inferred: usize,
    assumed: usize,
}

fn listed(evidence: &Evidence) -> String {
    let all = [
        ("documented", evidence.documented),
        ("example", evidence.example),
        ("observed", evidence.observed),
        ("inferred", evidence.inferred),
        ("assumed", evidence.assumed),
    ];
    let some = all
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} {name}"));
    some.collect::<Vec<_>>().join(", ")
}

/// Runs the chore.
pub fn run(options: &Options) -> Result<ExitCode> {
    let fixtures = root::project()?.join("fixtures");
    let mut folders: Vec<_> = std::fs::read_dir(&fixtures)
        .with_context(|| format!("{}: cannot be read", fixtures.display()))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.join("openapi.json").is_file())
        .collect();
    folders.sort();
    ensure!(
        !folders.is_empty(),
        "{}: holds no contract",
        fixtures.display()
    );
    let report = Report {
        vendors: folders
            .iter()
            .map(|folder| vendor(folder))
            .collect::<Result<_>>()?,
    };
    match options.format {
        Format::Json => say(&serde_json::to_string_pretty(&report)?),
        Format::Text => say(&Table::new(&report.vendors).with(Style::psql()).to_string()),
    }
    Ok(ExitCode::SUCCESS)
}

fn vendor(folder: &Path) -> Result<Vendor> {
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let path = folder.join("openapi.json");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let document: Value =
        serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    let count = import::count(&document);
    let operations = import::operations(&document);
    let additional = operations
        .iter()
        .filter(|operation| operation["x-additional"] == Value::Bool(true))
        .count();
    let mut evidence = Evidence::default();
    for operation in &operations {
        match operation["x-evidence"].as_str() {
            Some("example") => evidence.example += 1,
            Some("observed") => evidence.observed += 1,
            Some("inferred") => evidence.inferred += 1,
            Some("assumed") => evidence.assumed += 1,
            _ => evidence.documented += 1,
        }
    }
    let answers = answers(&name)?;
    let answered = |how: Answered| {
        let names = operations
            .iter()
            .filter_map(|operation| operation["operationId"].as_str());
        names
            .filter(|operation| answers.get(operation) == Some(&how))
            .count()
    };
    let (stateful, replayed) = (answered(Answered::Stateful), answered(Answered::Replayed));
    Ok(Vendor {
        vendor: name,
        items: document["x-import"]["items"].as_u64().unwrap_or_default(),
        items_mapped: count.mapped,
        items_ignored: count.ignored,
        responses: document["x-import"]["responses"]
            .as_u64()
            .unwrap_or_default(),
        responses_kept: count.responses,
        webhooks: count.webhooks,
        operations: operations.len() - additional,
        additional,
        stateful,
        replayed,
        evidence,
    })
}

/// How the server answers each operation of a vendor; nothing of a vendor it does not have.
fn answers(vendor: &str) -> Result<HashMap<&'static str, Answered>> {
    let all = mock_server::answered().context("the server does not start")?;
    let own = all.into_iter().find(|(name, _)| *name == vendor);
    Ok(own
        .map(|(_, operations)| operations.into_iter().collect())
        .unwrap_or_default())
}
