//! `cargo xtask new-vendor acme`: the folder, fixtures and stories of a vendor that answers nothing yet.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::root::{self, say};

/// The vendor to begin.
#[derive(Args)]
pub struct Options {
    /// Its name in paths and folders: lower-case letters and digits.
    name: String,
}

/// What is written, relative to the project, with `acme` and `Acme` standing for the name.
const FILES: [(&str, &str); 13] = [
    (
        "mock-server/src/vendors/acme/mod.rs",
        include_str!("new_vendor/mod.rs.txt"),
    ),
    (
        "mock-server/src/vendors/acme/auth.rs",
        include_str!("new_vendor/auth.rs.txt"),
    ),
    (
        "mock-server/src/vendors/acme/reply.rs",
        include_str!("new_vendor/reply.rs.txt"),
    ),
    (
        "mock-server/src/vendors/acme/error.rs",
        include_str!("new_vendor/error.rs.txt"),
    ),
    (
        "mock-server/src/vendors/acme/state.rs",
        include_str!("new_vendor/state.rs.txt"),
    ),
    (
        "mock-server/src/vendors/acme/happenings.rs",
        include_str!("new_vendor/happenings.rs.txt"),
    ),
    (
        "mock-server/src/vendors/acme/webhooks.rs",
        include_str!("new_vendor/webhooks.rs.txt"),
    ),
    (
        "mock-server/src/vendors/acme/resources/mod.rs",
        "//! One file per noun: its records, its handlers, its rules.\n",
    ),
    (
        "fixtures/acme/overlay.json",
        include_str!("new_vendor/overlay.json.txt"),
    ),
    (
        "fixtures/acme/openapi.json",
        include_str!("new_vendor/openapi.json.txt"),
    ),
    (
        "fixtures/acme/seed.json",
        "{\n  \"keys\": [\"acme-demo-key\"]\n}\n",
    ),
    (
        "tests/it/stories/acme.rs",
        include_str!("new_vendor/story.rs.txt"),
    ),
    (
        "tests/it/properties/acme.rs",
        "//! What is always true of Acme.\n",
    ),
];

/// Writes the vendor and puts it into the lists.
pub fn run(options: &Options) -> Result<ExitCode> {
    let name = options.name.as_str();
    let fits = name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    ensure!(
        fits,
        "\"{name}\" cannot name a vendor; expected lower-case letters and digits, such as acme2"
    );
    let project = root::project()?;
    if project.join("mock-server/src/vendors").join(name).exists() {
        bail!("mock-server/src/vendors/{name} exists already");
    }
    let type_name: String = name[..1].to_uppercase() + &name[1..];
    let named = |text: &str| text.replace("acme", name).replace("Acme", &type_name);
    for (path, text) in FILES {
        write(&project, &named(path), &named(text))?;
    }
    let list = "mock-server/src/vendors/mod.rs";
    insert(&project, list, "pub mod ", &format!("pub mod {name};"))?;
    let mount = format!("        Mounted::new::<{name}::{type_name}>()?,");
    insert(&project, list, "        Mounted::new::<", &mount)?;
    for tests in ["tests/it/stories/mod.rs", "tests/it/properties/mod.rs"] {
        insert(&project, tests, "mod ", &format!("mod {name};"))?;
    }
    say(&format!(
        "{name} is begun; next: its contract, with cargo xtask import {name} --collections DIR"
    ));
    Ok(ExitCode::SUCCESS)
}

fn write(project: &Path, path: &str, text: &str) -> Result<()> {
    let whole = project.join(path);
    if let Some(folder) = whole.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    std::fs::write(&whole, text).with_context(|| path.to_owned())
}

/// Puts a line among those that begin with `alike`, in their order.
fn insert(project: &Path, path: &str, alike: &str, line: &str) -> Result<()> {
    let whole = project.join(path);
    let text = std::fs::read_to_string(&whole).with_context(|| path.to_owned())?;
    let mut lines: Vec<&str> = text.lines().collect();
    let before = |one: &&str| one.starts_with(alike) && *one < line;
    let at = match lines.iter().rposition(before) {
        Some(last) => last + 1,
        None => lines
            .iter()
            .position(|one| one.starts_with(alike))
            .with_context(|| format!("{path}: expected a line that begins with \"{alike}\""))?,
    };
    lines.insert(at, line);
    std::fs::write(&whole, lines.join("\n") + "\n").with_context(|| path.to_owned())
}
