//! Judges from outside: programs in other languages that look at the built server, as its users' tools would.
//!
//! Each has a folder in `tests/judges/`. What it needs is fetched when it is missing: from Debian, npm or PyPI.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::root::{self, say};
use crate::test;

/// Who judges, in the order they are asked.
const JUDGES: &[Judge] = &[
    Judge {
        name: "console",
        fetch: |court| {
            court.debian(&["chromium", "chromium-browser"], "chromium")?;
            court.npm("console")
        },
        judge: |court| {
            let chromium = court.debian(&["chromium", "chromium-browser"], "chromium")?;
            let mut node = court.command("node", "console");
            node.arg("--test")
                .env("CHROMIUM", chromium)
                .env("SHOTS", court.target.join("console"));
            court.hear(node)
        },
    },
    Judge {
        name: "newman",
        fetch: |court| court.npm("newman"),
        judge: |court| {
            let mut node = court.command("node", "newman");
            node.arg("run.mjs");
            court.hear(node)
        },
    },
    Judge {
        name: "openapi",
        fetch: |court| court.npm("openapi"),
        judge: |court| {
            let mut node = court.command("node", "openapi");
            node.arg("run.mjs");
            court.hear(node)
        },
    },
    Judge {
        name: "whatsapp",
        fetch: |court| court.pypi("whatsapp").map(drop),
        judge: |court| {
            let python = court.pypi("whatsapp")?;
            let mut python = court.command(python, "whatsapp");
            python.arg("judge.py");
            court.hear(python)
        },
    },
];

/// One judge: what it needs, and what it does.
struct Judge {
    name: &'static str,
    fetch: fn(&Court) -> Result<()>,
    judge: fn(&Court) -> Result<()>,
}

/// Asks every judge whose name holds `filter`.
///
/// # Errors
/// When a judge finds something, or cannot be fetched where nothing may be skipped.
pub fn run(filter: Option<&str>, unskipped: bool) -> Result<()> {
    let wanted = |judge: &&Judge| filter.is_none_or(|filter| judge.name.contains(filter));
    let judges: Vec<_> = JUDGES.iter().filter(wanted).collect();
    if judges.is_empty() {
        return Ok(());
    }
    let court = Court::open()?;
    for judge in judges {
        if let Err(error) = (judge.fetch)(&court) {
            ensure!(
                !unskipped,
                "the judge {} cannot be fetched, and nothing may be skipped in CI: {error:#}",
                judge.name
            );
            say(&format!("skipped the judge {}: {error:#}", judge.name));
            continue;
        }
        say(&format!("▶ judge {}", judge.name));
        (judge.judge)(&court)
            .with_context(|| format!("the judge {} is not content", judge.name))?;
    }
    Ok(())
}

/// Where judges find the server and their things.
struct Court {
    project: PathBuf,
    target: PathBuf,
    server: PathBuf,
}

impl Court {
    /// Builds the server, with the features of the tests so that nothing is compiled twice.
    fn open() -> Result<Self> {
        let build = [
            "build",
            "--workspace",
            "--all-features",
            "--bin",
            "mock-server",
        ];
        test::cargo(&build)?;
        let project = root::project()?;
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| project.join("target"), |folder| project.join(folder));
        let server = target.join("debug/mock-server");
        Ok(Self {
            project,
            target,
            server,
        })
    }

    fn folder(&self, judge: &str) -> PathBuf {
        self.project.join("tests/judges").join(judge)
    }

    /// The first of these programs that is there, else the Debian package's.
    fn debian(&self, programs: &[&str], package: &str) -> Result<PathBuf> {
        let found = || programs.iter().find_map(|program| on_path(program));
        if let Some(program) = found() {
            return Ok(program);
        }
        say(&format!("▶ apt-get install {package}"));
        // The lists may be missing or old; what counts is whether the package can be had.
        let _ = quiet(Command::new("apt-get").arg("update"));
        quiet(Command::new("apt-get").args([
            "install",
            "--yes",
            "--no-install-recommends",
            package,
        ]))
        .with_context(|| format!("the Debian package {package} cannot be installed"))?;
        found().with_context(|| format!("the Debian package {package} brought no {}", programs[0]))
    }

    /// Installs what the judge's `package.json` names, once per version of it.
    fn npm(&self, judge: &str) -> Result<()> {
        let folder = self.folder(judge);
        let manifest = fs::read(folder.join("package.json"))?;
        let mark = folder.join("node_modules/.installed");
        if fs::read(&mark).is_ok_and(|installed| installed == manifest) {
            return Ok(());
        }
        say(&format!("▶ npm install ({judge})"));
        let install = ["install", "--no-package-lock", "--no-audit", "--no-fund"];
        quiet(Command::new("npm").args(install).current_dir(&folder))?;
        fs::write(mark, manifest)?;
        Ok(())
    }

    /// The Python of an environment with what the judge's `requirements.txt` names, made once per version of it.
    fn pypi(&self, judge: &str) -> Result<PathBuf> {
        let environment = self.target.join("judges").join(judge);
        let python = environment.join("bin/python");
        let requirements = self.folder(judge).join("requirements.txt");
        let wanted = fs::read(&requirements)?;
        let mark = environment.join(".installed");
        if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
            return Ok(python);
        }
        say(&format!("▶ pip install ({judge})"));
        quiet(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&environment),
        )?;
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ];
        quiet(Command::new(&python).args(install).arg(&requirements))?;
        fs::write(mark, wanted)?;
        Ok(python)
    }

    /// A program to be run in the judge's folder that knows where the server is.
    fn command(&self, program: impl AsRef<OsStr>, judge: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder(judge))
            .env("MOCK_SERVER", &self.server)
            .env("TARGET", &self.target);
        command
    }

    /// Lets a judge speak; it is content when it ends well.
    fn hear(&self, mut command: Command) -> Result<()> {
        let status = command
            .stdin(Stdio::null())
            .status()
            .with_context(|| format!("cannot run {}", command.get_program().display()))?;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| Path::is_file(file))
}

/// Runs a program; what it says is shown only when it fails.
fn quiet(command: &mut Command) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .env("DEBIAN_FRONTEND", "noninteractive")
        .output()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let end: Vec<_> = said.lines().rev().take(8).collect();
        let end: Vec<_> = end.into_iter().rev().collect();
        bail!("{}: {}", command.get_program().display(), end.join("\n"));
    }
    Ok(())
}
