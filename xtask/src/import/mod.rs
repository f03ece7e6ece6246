//! `cargo xtask import`: a Postman collection and an overlay become a contract.

mod build;
mod collection;
mod condition;
mod facts;
mod finding;
mod inventory;
mod ladder;
mod lint;
mod operation;
mod overlay;
mod prose;
mod shape;
mod verify;
mod webhook;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::root::{self, complain, say};
use finding::{Finding, Kind};
use inventory::{Evidence, Inventory};
use lint::Lint;
use overlay::{Overlay, Phase};

/// Turns a Postman collection and its overlay into a contract.
#[derive(clap::Args)]
pub struct Options {
    /// Vendors (folders of fixtures/) or collection files; all vendors when none is given.
    targets: Vec<String>,
    /// The overlay, when it is not `fixtures/<vendor>/overlay.json`.
    #[arg(long)]
    overlay: Option<PathBuf>,
    /// Where to write, when it is not `fixtures/<vendor>/openapi.json`; `-` is standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where the collections are.
    #[arg(long, env = "COLLECTIONS_DIR")]
    collections: Option<PathBuf>,
    /// Writes nothing; fails when the committed contract is not what would be written.
    #[arg(long)]
    check: bool,
    /// Reports what is wrong with the collection.
    #[arg(long)]
    lint: bool,
    /// Prints the inventory an overlay's first phase applies to, as the overlay leaves it.
    #[arg(long)]
    inventory: bool,
    /// How to report.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How to report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// One collection to import.
struct Job {
    vendor: String,
    collection: PathBuf,
    overlay: PathBuf,
    out: PathBuf,
}

const SUFFIX: &str = ".postman_collection.json";

/// Runs the chore.
pub fn run(options: &Options) -> Result<ExitCode> {
    let project = root::project()?;
    let jobs = jobs(options, &project)?;
    ensure!(
        jobs.len() == 1 || (options.overlay.is_none() && options.out.is_none()),
        "--overlay and --out go with one collection"
    );
    if options.inventory {
        for job in &jobs {
            let overlay = read_overlay(job)?;
            let collection = collection::read(&job.collection)?;
            let (taken, evidence) = inventory::take(&collection);
            let mut document = serde_json::to_value(&taken)?;
            overlay
                .apply(Phase::Items, &mut document)
                .with_context(|| job.overlay.display().to_string())?;
            for (id, read) in &evidence.bodies {
                if !read.remarks.bodies.is_empty()
                    && let Some(item) = document["items"].get_mut(id)
                {
                    item["commentedOutBodies"] = json!(read.remarks.bodies);
                }
            }
            say(&serde_json::to_string_pretty(&document)?);
        }
        return Ok(ExitCode::SUCCESS);
    }
    // Everything is made before anything is written.
    let mut made = jobs.iter().map(make).collect::<Result<Vec<_>>>()?;
    if options.lint {
        let reports: Vec<Lint> = made.iter_mut().map(Made::lint).collect();
        match options.format {
            Format::Json => say(&serde_json::to_string_pretty(
                &json!({"collections": reports}),
            )?),
            Format::Text => reports.iter().for_each(|report| say(&report.text())),
        }
        if !options.check {
            return Ok(ExitCode::SUCCESS);
        }
    }
    let mut stale = false;
    for (job, made) in jobs.iter().zip(&made) {
        if options.check {
            stale |= !check(job, &made.text)?;
        } else if options.out.as_deref() == Some(Path::new("-")) {
            say(made.text.trim_end());
        } else {
            write(&job.out, &made.text)?;
        }
        complain(&made.summary);
        for finding in made
            .findings
            .iter()
            .filter(|finding| finding.kind == Kind::Overlay)
        {
            complain(&format!("  note: {}: {}", finding.at, finding.found));
        }
    }
    Ok(if stale {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

/// Writes beside the file first, so that nobody ever reads half a contract.
fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{}: cannot be made", folder.display()))?;
    let fresh = path.with_extension("json.new");
    std::fs::write(&fresh, text)
        .with_context(|| format!("{}: cannot be written", fresh.display()))?;
    std::fs::rename(&fresh, path).with_context(|| format!("{}: cannot be written", path.display()))
}

fn jobs(options: &Options, project: &Path) -> Result<Vec<Job>> {
    let folder = options
        .collections
        .clone()
        .unwrap_or_else(|| project.join("../shared/collections"));
    let job = |vendor: String, collection: PathBuf| Job {
        overlay: options
            .overlay
            .clone()
            .unwrap_or_else(|| project.join("fixtures").join(&vendor).join("overlay.json")),
        out: options
            .out
            .clone()
            .unwrap_or_else(|| project.join("fixtures").join(&vendor).join("openapi.json")),
        vendor,
        collection,
    };
    if options.targets.is_empty() {
        let listed = std::fs::read_dir(&folder).with_context(|| {
            format!(
                "no collections: {} cannot be read; give --collections or COLLECTIONS_DIR",
                folder.display()
            )
        })?;
        let mut found: Vec<PathBuf> = listed
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.to_string_lossy().ends_with(SUFFIX))
            .collect();
        found.sort();
        ensure!(
            !found.is_empty(),
            "{}: holds no *{SUFFIX}",
            folder.display()
        );
        return Ok(found
            .into_iter()
            .map(|path| job(vendor_of(&path), path))
            .collect());
    }
    let mut jobs = Vec::new();
    for target in &options.targets {
        let path = PathBuf::from(target);
        let named = folder.join(format!("{target}{SUFFIX}"));
        jobs.push(if target.ends_with(".json") || path.is_file() {
            job(vendor_of(&path), path)
        } else if named.is_file() {
            job(target.clone(), named)
        } else {
            bail!("{target}: neither a collection file nor a vendor with a collection ({} does not exist)", named.display());
        });
    }
    Ok(jobs)
}

fn vendor_of(path: &Path) -> String {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    name.strip_suffix(SUFFIX)
        .or_else(|| name.strip_suffix(".json"))
        .unwrap_or(&name)
        .to_ascii_lowercase()
}

fn read_overlay(job: &Job) -> Result<Overlay> {
    if job.overlay.exists() {
        Overlay::read(&job.overlay)
    } else {
        Ok(Overlay::default())
    }
}

/// A contract ready to be written.
struct Made {
    vendor: String,
    collection: String,
    items: usize,
    saved: usize,
    text: String,
    summary: String,
    findings: Vec<Finding>,
    evidence: Evidence,
}

impl Made {
    fn lint(&mut self) -> Lint {
        Lint::of(
            &self.vendor,
            &self.collection,
            self.items,
            self.saved,
            std::mem::take(&mut self.evidence),
            self.findings.clone(),
        )
    }
}

fn make(job: &Job) -> Result<Made> {
    let overlay = read_overlay(job)?;
    let collection = collection::read(&job.collection)?;
    let (document, findings, evidence) = contract(&job.vendor, &collection, &overlay)
        .with_context(|| {
            format!(
                "{} with {}",
                job.collection.display(),
                job.overlay.display()
            )
        })?;
    let count = count(&document);
    let items = collection.items.len();
    let saved = collection
        .items
        .iter()
        .map(|item| item.responses.len())
        .sum::<usize>();
    ensure!(
        count.mapped + count.ignored == items,
        "{}: {} items are mapped and {} ignored, of {items}: an overlay action removed the others",
        job.vendor,
        count.mapped,
        count.ignored
    );
    let lost: usize = collection
        .items
        .iter()
        .filter(|item| {
            document["x-import"]["ignored"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|one| one["item"] == json!(item.id))
        })
        .map(|item| item.responses.len())
        .sum();
    ensure!(
        count.responses + lost == saved,
        "{}: {} of {saved} saved responses are kept: an overlay action removed the others",
        job.vendor,
        count.responses
    );
    let summary = format!(
        "{}: {} of {items} items mapped, {} ignored; {} of {saved} responses kept; {} operations, {} webhooks with {} payloads; {} overlay actions",
        job.vendor,
        count.mapped,
        count.ignored,
        count.responses,
        count.operations,
        count.webhooks,
        count.payloads,
        overlay.len()
    );
    Ok(Made {
        vendor: job.vendor.clone(),
        collection: job
            .collection
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        items,
        saved,
        text: format!("{}\n", serde_json::to_string_pretty(&document)?),
        summary,
        findings,
        evidence,
    })
}

/// The whole way from a collection to a contract.
fn contract(
    vendor: &str,
    collection: &collection::Collection,
    overlay: &Overlay,
) -> Result<(Value, Vec<Finding>, Evidence)> {
    let (original, mut evidence) = inventory::take(collection);
    let mut stock = serde_json::to_value(&original)?;
    overlay.apply(Phase::Items, &mut stock)?;
    let corrected = Inventory::from_value(&stock)?;
    evidence.unused_blocks = corrected.unused_blocks();
    let built = build::build(vendor, collection, &original, &corrected, &evidence)?;
    let mut document = built.document;
    overlay.apply(Phase::Contract, &mut document)?;
    finish(&mut document);
    verify::contract(&document)?;
    let mut findings = built.findings;
    findings.extend(unfilled(&document));
    Ok((document, findings, evidence))
}

/// What can only be said once the overlay has had its say.
fn finish(document: &mut Value) {
    for operation in operations_mut(document) {
        // OpenAPI wants at least one response; an operation nobody documents an answer of says so.
        if operation
            .get("responses")
            .and_then(Value::as_object)
            .is_none_or(Map::is_empty)
        {
            operation["responses"] =
                json!({"default": {"description": "Undocumented", "x-evidence": "assumed"}});
        }
    }
    let items = document
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut);
    for wrapper in items
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
    {
        if wrapper.contains_key("x-alternatives") {
            operation::wrap(wrapper);
        }
    }
}

/// Variables of documented requests that the contract has no value for.
fn unfilled(document: &Value) -> Vec<Finding> {
    let mut missing: indexmap::IndexMap<String, String> = indexmap::IndexMap::new();
    for operation in operations(document) {
        let name = operation["operationId"].as_str().unwrap_or_default();
        for variant in operation["x-variants"].as_array().into_iter().flatten() {
            variables(&variant["request"], &mut |variable| {
                let known = document["x-variables"].get(variable).is_some();
                // `{{1}}` is a placeholder of a message template, and nothing to fill in.
                if !known && !variable.bytes().all(|byte| byte.is_ascii_digit()) {
                    missing
                        .entry(variable.to_owned())
                        .or_insert_with(|| name.to_owned());
                }
            });
        }
    }
    missing
        .iter()
        .map(|(variable, at)| {
            finding::open(
                at,
                format!("{{{{{variable}}}}} has no value in x-variables"),
            )
        })
        .collect()
}

fn variables(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => {
            let mut rest = text.as_str();
            while let Some((_, after)) = rest.split_once("{{") {
                let Some((name, next)) = after.split_once("}}") else {
                    break;
                };
                see(name.trim());
                rest = next;
            }
        }
        Value::Array(elements) => elements.iter().for_each(|one| variables(one, see)),
        Value::Object(members) => members.values().for_each(|one| variables(one, see)),
        _ => {}
    }
}

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

fn operations_mut(document: &mut Value) -> Vec<&mut Value> {
    let items = document
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut);
    let methods = items
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.iter_mut())
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(_, operation)| operation);
    let mut found = Vec::new();
    for operation in methods {
        if operation.get("x-alternatives").is_some() {
            found.extend(
                operation["x-alternatives"]
                    .as_array_mut()
                    .into_iter()
                    .flatten(),
            );
        } else {
            found.push(operation);
        }
    }
    found
}

/// All operations of a contract, alternatives in place of their wrappers.
pub fn operations(document: &Value) -> Vec<&Value> {
    let items = document
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::values);
    let methods = items
        .filter_map(Value::as_object)
        .flat_map(|item| item.iter())
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(_, operation)| operation);
    methods
        .flat_map(|operation| {
            operation
                .get("x-alternatives")
                .and_then(Value::as_array)
                .map_or_else(|| vec![operation], |all| all.iter().collect())
        })
        .collect()
}

/// What a contract holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Items that are a variant, a copy of one, or a webhook.
    pub mapped: usize,
    /// Items left out with a reason.
    pub ignored: usize,
    /// Saved responses kept as examples.
    pub responses: usize,
    /// Operations, additional ones included.
    pub operations: usize,
    /// Webhooks.
    pub webhooks: usize,
    /// Payloads of webhooks.
    pub payloads: usize,
}

/// Counts items and responses in the contract itself.
pub fn count(document: &Value) -> Count {
    let mut items = std::collections::BTreeSet::new();
    let mut count = Count {
        ignored: document["x-import"]["ignored"]
            .as_array()
            .map_or(0, Vec::len),
        ..Count::default()
    };
    for operation in operations(document) {
        count.operations += 1;
        for variant in operation["x-variants"].as_array().into_iter().flatten() {
            items.extend(variant["item"].as_str());
            items.extend(
                variant["copies"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str),
            );
        }
        for response in operation["responses"]
            .as_object()
            .into_iter()
            .flat_map(Map::values)
        {
            let bodies = response["content"]
                .as_object()
                .into_iter()
                .flat_map(Map::values)
                .filter_map(|media| media["examples"].as_object());
            let all = bodies
                .chain(response["x-examples"].as_object())
                .flat_map(Map::values);
            count.responses += all
                .filter(|example| example.get("x-response").is_some())
                .count();
        }
    }
    for webhook in document
        .get("webhooks")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::values)
    {
        count.webhooks += 1;
        items.extend(webhook["post"]["x-item"].as_str());
        items.extend(
            webhook["post"]["x-items"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str),
        );
        let content = webhook["post"]["requestBody"]["content"]
            .as_object()
            .into_iter()
            .flat_map(Map::values);
        count.payloads += content
            .filter_map(|media| media["examples"].as_object())
            .map(Map::len)
            .sum::<usize>();
    }
    count.mapped = items.len();
    count
}

fn check(job: &Job, text: &str) -> Result<bool> {
    let committed = std::fs::read_to_string(&job.out)
        .with_context(|| format!("{}: cannot be read", job.out.display()))?;
    if committed == text {
        return Ok(true);
    }
    let (old, new): (Value, Value) = (
        serde_json::from_str(&committed).with_context(|| job.out.display().to_string())?,
        serde_json::from_str(text)?,
    );
    let place = difference(&old, &new, "").unwrap_or_else(|| "nothing but spacing".into());
    complain(&format!(
        "{}: not what import writes; first difference: {place}",
        job.out.display()
    ));
    Ok(false)
}

/// The first place where two documents differ, as a JSON pointer with both values.
fn difference(old: &Value, new: &Value, at: &str) -> Option<String> {
    let short = |value: Option<&Value>| {
        value.map_or("nothing".to_owned(), |value| {
            value.to_string().chars().take(80).collect()
        })
    };
    match (old, new) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                let here = format!("{at}/{}", condition::escape(name));
                match after.get(name) {
                    Some(other) => {
                        if let Some(found) = difference(value, other, &here) {
                            return Some(found);
                        }
                    }
                    None => {
                        return Some(format!(
                            "{here}: committed {}, now nothing",
                            short(Some(value))
                        ));
                    }
                }
            }
            let added = after.iter().find(|(name, _)| !before.contains_key(*name));
            if let Some((name, value)) = added {
                return Some(format!(
                    "{at}/{}: committed nothing, now {}",
                    condition::escape(name),
                    short(Some(value))
                ));
            }
            before
                .keys()
                .ne(after.keys())
                .then(|| format!("{at}: the order of keys"))
        }
        (Value::Array(before), Value::Array(after)) => {
            (0..before.len().max(after.len())).find_map(|index| {
                match (before.get(index), after.get(index)) {
                    (Some(one), Some(other)) => difference(one, other, &format!("{at}/{index}")),
                    (one, other) => Some(format!(
                        "{at}/{index}: committed {}, now {}",
                        short(one),
                        short(other)
                    )),
                }
            })
        }
        _ => (old != new).then(|| {
            format!(
                "{at}: committed {}, now {}",
                short(Some(old)),
                short(Some(new))
            )
        }),
    }
}

/// `name`, or `name (2)`, `name (3)`, … when it is taken.
fn unique(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (2..)
        .map(|number| format!("{name} ({number})"))
        .find(|candidate| !taken(candidate))
        .unwrap_or_default()
}
