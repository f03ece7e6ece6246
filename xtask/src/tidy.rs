//! `cargo xtask tidy`: guards what Clippy cannot see.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use contracts::document::Document;
use regex::Regex;

use crate::root::{self, say};

/// What every vendor's folder has.
const ENTRIES: [&str; 7] = [
    "mod.rs",
    "auth.rs",
    "reply.rs",
    "error.rs",
    "state.rs",
    "happenings.rs",
    "webhooks.rs",
];
/// The eighth entry, once the vendor answers anything from memory.
const RESOURCES: &str = "resources";

/// Looks for everything untidy and fails with the whole list.
pub fn run() -> Result<ExitCode> {
    let project = root::project()?;
    let vendors = vendors(&project)?;
    let mut untidy = Vec::new();
    folders(&project, &vendors, &mut untidy)?;
    kernel_knows_no_vendor(&project, &vendors, &mut untidy)?;
    first_lines(&project, &mut untidy)?;
    request_lines(&project, &vendors, &mut untidy)?;
    orphan_snapshots(&project, &mut untidy)?;
    if untidy.is_empty() {
        say(&format!(
            "tidy: {} vendors, nothing to complain about",
            vendors.len()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    bail!("untidy:\n  {}", untidy.join("\n  "))
}

/// The vendors, by their folders.
fn vendors(project: &Path) -> Result<Vec<String>> {
    let folder = project.join("mock-server/src/vendors");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Every vendor has the same entries, fixtures and stories.
fn folders(project: &Path, vendors: &[String], untidy: &mut Vec<String>) -> Result<()> {
    let list = std::fs::read_to_string(project.join("mock-server/src/vendors/mod.rs"))?;
    for vendor in vendors {
        let folder = project.join("mock-server/src/vendors").join(vendor);
        let stateful =
            std::fs::read_to_string(folder.join("mod.rs")).is_ok_and(|text| text.contains(".on("));
        let mut wanted: Vec<PathBuf> = ENTRIES.iter().map(|entry| folder.join(entry)).collect();
        if stateful {
            wanted.push(folder.join(RESOURCES));
        }
        for fixture in ["overlay.json", "openapi.json", "seed.json"] {
            wanted.push(project.join("fixtures").join(vendor).join(fixture));
        }
        wanted.push(project.join(format!("tests/it/stories/{vendor}.rs")));
        for path in wanted.iter().filter(|path| !path.exists()) {
            untidy.push(format!("{}: missing", shown(project, path)));
        }
        if !list.contains(&format!("{vendor}::")) {
            untidy.push(format!(
                "mock-server/src/vendors/mod.rs: {vendor} is not in the list"
            ));
        }
    }
    Ok(())
}

/// No vendor's name stands in the kernel, the admin API or the contract library's core.
fn kernel_knows_no_vendor(
    project: &Path,
    vendors: &[String],
    untidy: &mut Vec<String>,
) -> Result<()> {
    for place in [
        "mock-server/src/kernel",
        "mock-server/src/admin",
        "contracts/src/document",
        "contracts/src/check",
    ] {
        for path in rust_files(&project.join(place))? {
            let text = std::fs::read_to_string(&path)?.to_lowercase();
            for (number, line) in (1..).zip(text.lines()) {
                if let Some(name) = vendors.iter().find(|name| line.contains(name.as_str())) {
                    untidy.push(format!("{}:{number}: names {name}", shown(project, &path)));
                }
            }
        }
    }
    Ok(())
}

/// Every file says in its first line what it is for.
fn first_lines(project: &Path, untidy: &mut Vec<String>) -> Result<()> {
    for place in ["mock-server/src", "contracts/src", "tests/it", "xtask/src"] {
        for path in rust_files(&project.join(place))? {
            if !std::fs::read_to_string(&path)?.starts_with("//! ") {
                untidy.push(format!(
                    "{}:1: expected a line that says what the file is for",
                    shown(project, &path)
                ));
            }
        }
    }
    Ok(())
}

/// The first line above a handler is its request line, as the contract has it.
fn request_lines(project: &Path, vendors: &[String], untidy: &mut Vec<String>) -> Result<()> {
    let binding = Regex::new(r#"\.on\(\s*"([^"]+)",\s*(?:\w+::)*?(?:(\w+)::)?(\w+),?\s*\)"#)?;
    for vendor in vendors {
        let folder = project.join("mock-server/src/vendors").join(vendor);
        let text = std::fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
        let contract =
            std::fs::read_to_string(project.join(format!("fixtures/{vendor}/openapi.json")))?;
        let document =
            Document::parse(contract).with_context(|| format!("fixtures/{vendor}/openapi.json"))?;
        let files = rust_files(&folder)?;
        for bound in binding.captures_iter(&text) {
            let (name, module, function) = (
                &bound[1],
                bound.get(2).map(|module| module.as_str()),
                &bound[3],
            );
            let Some(operation) = document.operation(name) else {
                continue;
            };
            let paths = std::iter::once(&operation.path).chain(&operation.aliases);
            let wanted: Vec<_> = paths
                .map(|path| format!("`{} {path}`", operation.method))
                .collect();
            let lines = files
                .iter()
                .filter(|path| belongs(path, module))
                .filter_map(|path| doc_line(path, function));
            let lines: Vec<String> = lines.collect();
            if lines.is_empty() {
                untidy.push(format!(
                    "{vendor}: no documented handler {function} for {name}"
                ));
            } else if !lines
                .iter()
                .any(|line| wanted.iter().any(|wanted| line.contains(wanted.as_str())))
            {
                untidy.push(format!(
                    "{vendor}: the handler of {name} says \"{}\"; expected {}",
                    lines[0], wanted[0]
                ));
            }
        }
    }
    Ok(())
}

/// Whether a file is the module of this name, or one below it.
fn belongs(path: &Path, module: Option<&str>) -> bool {
    module.is_none_or(|module| {
        path.iter()
            .any(|part| part == module || part == format!("{module}.rs").as_str())
    })
}

/// The first documentation line above a function.
fn doc_line(path: &Path, function: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    let opening = format!("async fn {function}");
    let at = lines.iter().position(|line| {
        line.trim_start()
            .trim_start_matches("pub ")
            .trim_start_matches("pub(super) ")
            .trim_start_matches("pub(crate) ")
            .strip_prefix(&opening)
            .is_some_and(|rest| rest.starts_with(['(', '<']))
    })?;
    let first = (0..at)
        .rev()
        .take_while(|row| {
            let line = lines[*row].trim_start();
            line.starts_with("///") || line.starts_with("#[")
        })
        .last()?;
    Some(
        lines[first]
            .trim()
            .trim_start_matches("///")
            .trim()
            .to_owned(),
    )
}

/// No snapshot has outlived its story.
fn orphan_snapshots(project: &Path, untidy: &mut Vec<String>) -> Result<()> {
    let mut tests = BTreeSet::new();
    let function = Regex::new(r"fn (\w+)")?;
    for path in rust_files(&project.join("tests/it"))? {
        let text = std::fs::read_to_string(&path)?;
        tests.extend(
            function
                .captures_iter(&text)
                .map(|found| found[1].to_owned()),
        );
    }
    for path in files(&project.join("tests/it"))? {
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(".snap"))
        else {
            continue;
        };
        let story = name.rsplit("__").next().unwrap_or(name);
        // A second snapshot of one story ends with its number.
        let plain = story
            .trim_end_matches(|letter: char| letter.is_ascii_digit())
            .trim_end_matches('-');
        if !tests.contains(story) && !tests.contains(plain) {
            untidy.push(format!(
                "{}: no story of this name is left",
                shown(project, &path)
            ));
        }
    }
    Ok(())
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(files(folder)?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect())
}

/// All files below a folder, sorted; none where there is no such folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(found);
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn shown(project: &Path, path: &Path) -> String {
    path.strip_prefix(project)
        .unwrap_or(path)
        .display()
        .to_string()
}
