//! `vendors`, `operations` and `export`: what the binary knows without a running server.

use std::io::Write as _;

use anyhow::{Context as _, anyhow};
use clap::{Args, ValueEnum};
use mock_server::kernel::outcomes::OUTCOMES;
use mock_server::kernel::routes::{Answered, Mounted};
use mock_server::{export, vendors};
use serde_json::json;
use tabled::settings::Style;
use tabled::{Table, Tabled};

use super::{Failure, OutputFormat};

/// How a list is written.
#[derive(Clone, Copy, Debug, Args)]
pub struct Format {
    /// How the list is written
    #[arg(long, value_enum, default_value_t, env = "MOCK_FORMAT")]
    pub format: OutputFormat,
}

/// Which operations are listed.
#[derive(Clone, Debug, Args)]
pub struct Operations {
    /// Only this vendor's
    vendor: Option<String>,
    #[command(flatten)]
    format: Format,
}

/// What is exported.
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// The kind of document
    kind: Kind,
    /// The vendor
    vendor: String,
    /// Where the document expects the server
    #[arg(long, default_value = "http://127.0.0.1:4600", value_name = "URL")]
    server: String,
    /// The file to write; standard output when absent
    #[arg(long, short, value_name = "FILE")]
    output: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// The contract, an OpenAPI 3.1 document
    Openapi,
    /// A Postman collection: every documented use, with tests of its answer
    Postman,
    /// A Postman environment with values that work on the seed
    PostmanEnvironment,
}

/// One vendor in a table for people.
#[derive(Tabled)]
pub struct VendorRow {
    vendor: &'static str,
    #[tabled(rename = "base URL")]
    base_url: String,
    #[tabled(rename = "demo credentials")]
    credentials: String,
    operations: usize,
    webhooks: usize,
}

/// The vendors as rows for people.
pub fn vendor_rows(mounted: &[&'static Mounted], url: &str) -> Vec<VendorRow> {
    let row = |one: &&'static Mounted| VendorRow {
        vendor: one.name,
        base_url: format!("{url}/{}", one.name),
        credentials: credentials(one),
        operations: one.document.operations().len(),
        webhooks: one.document.webhooks().len(),
    };
    mounted.iter().map(row).collect()
}

fn credentials(mounted: &Mounted) -> String {
    let headers = mounted
        .profile
        .demo_headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    let fields = mounted
        .profile
        .demo_fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    headers.chain(fields).collect::<Vec<_>>().join("\n")
}

/// All vendors.
pub fn mounted() -> Result<Vec<&'static Mounted>, Failure> {
    let all = vendors::mount().map_err(|error| Failure::Internal(error.into()))?;
    Ok(all
        .into_iter()
        .map(|mounted| &*Box::leak(Box::new(mounted)))
        .collect())
}

/// The vendor of this name.
pub fn named(name: &str) -> Result<&'static Mounted, Failure> {
    let all = mounted()?;
    let known: Vec<_> = all.iter().map(|mounted| mounted.name).collect();
    let found = all.into_iter().find(|mounted| mounted.name == name);
    found.ok_or_else(|| {
        Failure::Use(anyhow!(
            "no vendor is named \"{name}\"; known are {}",
            known.join(", ")
        ))
    })
}

/// `vendors`
pub fn vendors(format: Format) -> Result<(), Failure> {
    let all = mounted()?;
    match format.format {
        OutputFormat::Text => println!(
            "{}",
            Table::new(vendor_rows(&all, "http://127.0.0.1:4600")).with(Style::sharp())
        ),
        OutputFormat::Json => {
            let rows: Vec<_> = all
                .iter()
                .map(|one| {
                    let headers: Vec<_> = one.profile.demo_headers.iter().map(|(name, value)| json!([name, value])).collect();
                    json!({
                        "vendor": one.name, "title": one.document.title, "hosts": one.document.servers,
                        "headers": headers, "operations": one.document.operations().len(),
                        "webhooks": one.document.webhooks().len(),
                    })
                })
                .collect();
            println!("{}", serde_json::Value::Array(rows));
        }
    }
    Ok(())
}

#[derive(Tabled)]
struct OperationRow {
    vendor: &'static str,
    operation: &'static str,
    method: &'static str,
    path: &'static str,
    evidence: &'static str,
    answered: &'static str,
}

/// `operations`
pub fn operations(wanted: &Operations) -> Result<(), Failure> {
    let all = match &wanted.vendor {
        Some(name) => vec![named(name)?],
        None => mounted()?,
    };
    let mut rows = Vec::new();
    for mounted in all {
        rows.extend(
            mounted
                .document
                .operations()
                .iter()
                .map(|operation| OperationRow {
                    vendor: mounted.name,
                    operation: &operation.name,
                    method: operation.method.as_str(),
                    path: &operation.path,
                    evidence: operation.evidence.as_str(),
                    answered: match mounted.answered(operation) {
                        Answered::Stateful => "stateful",
                        Answered::Replayed => "replayed",
                    },
                }),
        );
    }
    match wanted.format.format {
        OutputFormat::Text => println!("{}", Table::new(rows).with(Style::sharp())),
        OutputFormat::Json => {
            let row = |row: &OperationRow| {
                json!({
                    "vendor": row.vendor, "operation": row.operation, "method": row.method,
                    "path": row.path, "evidence": row.evidence, "answered": row.answered,
                })
            };
            println!(
                "{}",
                serde_json::Value::Array(rows.iter().map(row).collect())
            );
        }
    }
    Ok(())
}

#[derive(Tabled)]
struct OutcomeRow {
    #[tabled(rename = "number ends in")]
    suffix: &'static str,
    outcome: &'static str,
}

/// `outcomes`
pub fn outcomes(format: Format) {
    match format.format {
        OutputFormat::Text => {
            let rows = OUTCOMES.map(|one| OutcomeRow {
                suffix: one.suffix,
                outcome: one.note,
            });
            println!("{}", Table::new(rows).with(Style::sharp()));
        }
        OutputFormat::Json => println!("{}", json!(OUTCOMES)),
    }
}

/// `export`
pub fn export(wanted: &Export) -> Result<(), Failure> {
    let mounted = named(&wanted.vendor)?;
    let base_url = format!("{}/{}", wanted.server.trim_end_matches('/'), mounted.name);
    let text = match wanted.kind {
        Kind::Openapi => mounted.document.text().to_owned(),
        Kind::Postman => format!("{:#}\n", export::postman_collection(mounted, &base_url)),
        Kind::PostmanEnvironment => {
            format!("{:#}\n", export::postman_environment(mounted, &base_url))
        }
    };
    match &wanted.output {
        Some(path) => std::fs::write(path, text)
            .with_context(|| format!("cannot write {}", path.display()))?,
        None => std::io::stdout()
            .write_all(text.as_bytes())
            .context("cannot write")?,
    }
    Ok(())
}
