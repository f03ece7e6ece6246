//! `scenario`: plays scenarios against a handler, lists them, and makes them of what was done by hand.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use http::Method;
use mock_server::scenario;
use serde_json::{Map, Value, json};

use super::listing::Format;
use super::remote::Server;
use super::{Failure, OutputFormat};

/// `scenario`
#[derive(Clone, Debug, Args)]
pub struct Scenario {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Clone, Debug, Subcommand)]
enum Verb {
    /// Play one against a handler and grade it: 0 pass, 1 fail, 3 inconclusive
    Run(Run),
    /// List those that come with the server
    List(Format),
    /// Make one of what is in the journal
    Record(Record),
    /// Check files without playing them
    Check {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write the JSON Schema of a file
    Schema,
}

#[derive(Clone, Debug, Args)]
struct Run {
    /// A shipped scenario's name, or a file
    scenario: String,
    /// The handler's URL; the vendor's endpoints of the workspace when absent
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Choose a parameter; the value is JSON where it is any, and text otherwise
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,
    /// Put the workspace back to its seed first
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    server: Server,
}

#[derive(Clone, Debug, Args)]
struct Record {
    /// Whose requests
    vendor: String,
    /// Only these, with commas between
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    requests: Option<Vec<u64>>,
    /// Only those after this one
    #[arg(long, value_name = "ID")]
    after: Option<u64>,
    /// The scenario's name
    #[arg(long)]
    name: Option<String>,
    /// What it shows
    #[arg(long)]
    title: Option<String>,
    /// The file to write; standard output when absent
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
}

/// Does what is asked.
pub fn scenario(scenario: &Scenario) -> Result<(), Failure> {
    match &scenario.verb {
        Verb::Run(run) => play(run),
        Verb::List(format) => {
            list(*format);
            Ok(())
        }
        Verb::Record(record) => make(record),
        Verb::Check { files } => check(files),
        Verb::Schema => {
            print!("{}", scenario::SCHEMA);
            Ok(())
        }
    }
}

fn play(run: &Run) -> Result<(), Failure> {
    let order = order(run).map_err(Failure::Use)?;
    let report = run
        .server
        .ask(&Method::POST, "scenarios/run", Some(&order))?;
    run.server.show(&report, told);
    match report["grade"].as_str() {
        Some("pass") => Ok(()),
        Some("fail") => Err(Failure::Findings),
        _ => Err(Failure::Inconclusive),
    }
}

fn order(run: &Run) -> anyhow::Result<Value> {
    let mut parameters = Map::new();
    for text in &run.param {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| anyhow!("\"{text}\" chooses nothing; expected name=value"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        parameters.insert(name.to_owned(), value);
    }
    let mut order = json!({"parameters": parameters, "fresh": run.fresh});
    if let Some(to) = &run.to {
        order["to"] = json!(to);
    }
    if scenario::named(&run.scenario).is_some() {
        order["name"] = json!(run.scenario);
    } else {
        let file = Path::new(&run.scenario);
        let text = std::fs::read_to_string(file).with_context(|| {
            format!(
                "\"{}\" is neither a shipped scenario nor a file",
                run.scenario
            )
        })?;
        // Said here, because here the file has a name.
        scenario::parse(&text).map_err(|malformed| anyhow!("{}: {malformed}", file.display()))?;
        order["text"] = json!(text);
    }
    Ok(order)
}

/// A report for people.
fn told(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let mut lines = vec![text(&report["title"])];
    for step in report["steps"].as_array().into_iter().flatten() {
        let mark = match step["grade"].as_str() {
            Some("pass") => "✓",
            Some("fail") => "✗",
            Some("skipped") => "-",
            _ => "?",
        };
        let title = step["title"].as_str().map(|title| format!("{title}: "));
        let title = title.unwrap_or_else(|| format!("{}: ", text(&step["kind"])));
        lines.push(format!("  {mark} {title}{}", text(&step["reason"])));
    }
    let grade = text(&report["grade"]).to_uppercase();
    lines.push(format!(
        "{grade}: {} (seed {})",
        text(&report["reason"]),
        report["seed"]
    ));
    lines.join("\n")
}

fn list(format: Format) {
    let all = scenario::shipped().into_iter();
    let all: Vec<_> = all.filter_map(|(_, scenario)| scenario.ok()).collect();
    match format.format {
        OutputFormat::Json => {
            println!("{}", all.iter().map(|one| one.summary()).collect::<Value>());
        }
        OutputFormat::Text => {
            let widest = all.iter().map(|one| one.name.len()).max().unwrap_or(0);
            for one in &all {
                println!("{:widest$}  {:13}  {}", one.name, one.vendor, one.title);
            }
        }
    }
}

fn make(record: &Record) -> Result<(), Failure> {
    let mut slice = json!({"vendor": record.vendor});
    for (name, value) in [
        ("requests", json!(record.requests)),
        ("after", json!(record.after)),
        ("name", json!(record.name)),
        ("title", json!(record.title)),
    ] {
        if !value.is_null() {
            slice[name] = value;
        }
    }
    let recorded = record
        .server
        .ask(&Method::POST, "scenarios/record", Some(&slice))?;
    let yaml = recorded["yaml"].as_str().unwrap_or("");
    match &record.output {
        None => record
            .server
            .show(&recorded["scenario"], |_| yaml.trim_end().to_owned()),
        Some(file) => {
            std::fs::write(file, yaml)
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
    }
    Ok(())
}

fn check(files: &[PathBuf]) -> Result<(), Failure> {
    let mut sound = true;
    for file in files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))
            .map_err(Failure::Use)?;
        match scenario::parse(&text) {
            Ok(scenario) => println!("{}: {} steps", file.display(), scenario.steps.len()),
            Err(malformed) => {
                sound = false;
                let scenario::Malformed {
                    line,
                    column,
                    message,
                } = malformed;
                println!("{}:{line}:{column}: {message}", file.display());
            }
        }
    }
    if sound {
        Ok(())
    } else {
        Err(Failure::Findings)
    }
}
