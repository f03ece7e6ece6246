//! `events` and `trigger`: the webhooks there are, and firing one.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;
use http::Method;
use serde_json::{Map, Value, json};
use tabled::settings::Style;
use tabled::{Table, Tabled};

use super::listing::{Format, mounted, named};
use super::remote::Server;
use super::{Failure, OutputFormat};

/// `events`
#[derive(Clone, Debug, Args)]
pub struct Events {
    /// Only this vendor's
    vendor: Option<String>,
    #[command(flatten)]
    format: Format,
}

/// `trigger`
#[derive(Clone, Debug, Args)]
pub struct Trigger {
    /// The webhook, such as heltar.statuses
    #[arg(value_name = "VENDOR.EVENT")]
    event: String,
    /// The example to begin with; @newest is the newest announcement
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
    /// Set a value that is there or documented, such as entry[0].id=5 or /entry/0/id=5
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Add a member, documented or not; list[-] appends
    #[arg(long, value_name = "PATH=VALUE")]
    add: Vec<String>,
    /// Take something out
    #[arg(long, value_name = "PATH")]
    remove: Vec<String>,
    /// A file with a merge patch
    #[arg(long, value_name = "FILE")]
    merge: Option<PathBuf>,
    /// A file with the whole payload; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["example", "edit"])]
    raw: Option<PathBuf>,
    /// Edit the payload in $EDITOR before it goes out
    #[arg(long)]
    edit: bool,
    /// An endpoint's id or a URL; whoever hears the event when absent
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// How many copies; {{n}} in values is the number of the copy
    #[arg(long, default_value_t = 1, value_name = "N")]
    count: u32,
    /// How many a second, on the workspace's clock; all at once when absent
    #[arg(long, value_name = "R")]
    rate: Option<f64>,
    /// Let it go out even if it breaks the contract
    #[arg(long)]
    invalid: bool,
    /// Keep the ids of the example
    #[arg(long)]
    loose: bool,
    /// Show the payload and what is wrong with it, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// The editor of --edit
    #[arg(long, env = "EDITOR", default_value = "vi", value_name = "COMMAND")]
    editor: String,
    #[command(flatten)]
    server: Server,
}

#[derive(Tabled)]
struct Row {
    event: String,
    evidence: &'static str,
    examples: String,
}

/// Lists the webhooks.
pub fn events(wanted: &Events) -> Result<(), Failure> {
    let vendors = match &wanted.vendor {
        Some(name) => vec![named(name)?],
        None => mounted()?,
    };
    let all = vendors.iter().flat_map(|mounted| {
        let webhooks = mounted.document.webhooks().iter();
        webhooks.map(|webhook| (mounted.name, webhook))
    });
    match wanted.format.format {
        OutputFormat::Text => {
            let rows = all.map(|(vendor, webhook)| {
                let names = webhook.examples().map(|one| one.name.as_str());
                Row {
                    event: format!("{vendor}.{}", webhook.name),
                    evidence: webhook.evidence.as_str(),
                    examples: names.collect::<Vec<_>>().join("\n"),
                }
            });
            println!("{}", Table::new(rows).with(Style::sharp()));
        }
        OutputFormat::Json => {
            let rows = all.map(|(vendor, webhook)| {
                let examples = webhook.examples().map(
                    |one| json!({"name": one.name, "evidence": one.evidence, "value": one.value()}),
                );
                json!({
                    "vendor": vendor,
                    "event": webhook.name,
                    "evidence": webhook.evidence,
                    "examples": examples.collect::<Vec<_>>(),
                })
            });
            println!("{}", rows.collect::<Value>());
        }
    }
    Ok(())
}

/// Fires a webhook.
pub fn trigger(trigger: &Trigger) -> Result<(), Failure> {
    let mut order = order(trigger).map_err(Failure::Use)?;
    if trigger.edit {
        let mut dry = order.clone();
        dry["dry_run"] = json!(true);
        let shown = trigger.server.ask(&Method::POST, "trigger", Some(&dry))?;
        let edited = edited(&shown["payload"], &trigger.editor).map_err(Failure::Use)?;
        for spent in ["set", "add", "remove", "merge", "example"] {
            if let Some(order) = order.as_object_mut() {
                order.shift_remove(spent);
            }
        }
        order["raw"] = edited;
    }
    let fired = trigger.server.ask(&Method::POST, "trigger", Some(&order))?;
    trigger.server.show(&fired, told);
    Ok(())
}

fn order(trigger: &Trigger) -> anyhow::Result<Value> {
    let (vendor, event) = trigger.event.split_once('.').ok_or_else(|| {
        anyhow!(
            "\"{}\" is no event; expected <vendor>.<event>",
            trigger.event
        )
    })?;
    let mut order = json!({
        "vendor": vendor,
        "event": event,
        "count": trigger.count,
        "invalid": trigger.invalid,
        "tie": !trigger.loose,
        "dry_run": trigger.dry_run,
        "wait": true,
    });
    let mut put = |name: &str, value: Value| order[name] = value;
    if let Some(example) = &trigger.example {
        put("example", json!(example));
    }
    if !trigger.set.is_empty() {
        put("set", pairs(&trigger.set)?);
    }
    if !trigger.add.is_empty() {
        put("add", pairs(&trigger.add)?);
    }
    if !trigger.remove.is_empty() {
        put("remove", json!(trigger.remove));
    }
    if let Some(file) = &trigger.merge {
        let text = read(file)?;
        let merge = serde_json::from_str(&text)
            .with_context(|| format!("{} is no JSON", file.display()))?;
        put("merge", merge);
    }
    if let Some(file) = &trigger.raw {
        let text = read(file)?;
        match serde_json::from_str(&text) {
            Ok(value) => put("raw", value),
            Err(_) if trigger.invalid => put("raw", json!(text)),
            Err(error) => {
                let problem = format!("{} is no JSON; --invalid sends it as it is", file.display());
                return Err(anyhow!(error).context(problem));
            }
        }
    }
    if let Some(to) = &trigger.to {
        put("to", json!(to));
    }
    if let Some(rate) = trigger.rate {
        put("rate", json!(rate));
    }
    Ok(order)
}

/// `path=value` pairs; the server makes of each text what the schema wants.
fn pairs(texts: &[String]) -> anyhow::Result<Value> {
    let mut pairs = Map::new();
    for text in texts {
        let (path, value) = text
            .split_once('=')
            .ok_or_else(|| anyhow!("\"{text}\" sets nothing; expected path=value"))?;
        pairs.insert(path.to_owned(), json!(value));
    }
    Ok(Value::Object(pairs))
}

fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("cannot read standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// What somebody makes of a payload in an editor.
fn edited(payload: &Value, editor: &str) -> anyhow::Result<Value> {
    let file = std::env::temp_dir().join(format!("mock-server-{}.json", std::process::id()));
    std::fs::write(&file, format!("{payload:#}\n"))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let left = std::process::Command::new(program)
        .args(words)
        .arg(&file)
        .status()
        .with_context(|| format!("cannot run {editor}"));
    let text = std::fs::read_to_string(&file).context("the edited payload is gone");
    // It is only a copy; whether it can be removed does not matter.
    let _ = std::fs::remove_file(&file);
    if !left?.success() {
        return Err(anyhow!("{editor} did not end well; nothing was sent"));
    }
    serde_json::from_str(&text?).context("what was edited is no JSON; nothing was sent")
}

/// What was fired, for people.
fn told(fired: &Value) -> String {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let name = format!("{}.{}", text(&fired["vendor"]), text(&fired["event"]));
    if fired["dry_run"] == json!(true) {
        let mut lines = vec![format!("{:#}", fired["payload"])];
        for finding in fired["findings"].as_array().into_iter().flatten() {
            lines.push(format!(
                "{}: {}",
                text(&finding["pointer"]),
                text(&finding["message"])
            ));
        }
        return lines.join("\n");
    }
    let mut lines = Vec::new();
    for delivery in fired["deliveries"].as_array().into_iter().flatten() {
        let answer = match (&delivery["status"], &delivery["failure"]) {
            (Value::Null, Value::Null) => String::new(),
            (Value::Null, failure) => format!(" ({})", text(failure)),
            (status, _) => format!(" ({status})"),
        };
        lines.push(format!(
            "{name} → {}: {}{answer}",
            text(&delivery["url"]),
            text(&delivery["state"])
        ));
    }
    if fired["planned"] != json!(0) {
        lines.push(format!(
            "{} more follow as the clock goes",
            fired["planned"]
        ));
    }
    if let Some(hint) = fired["hint"].as_str() {
        lines.push(hint.to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        trigger: Trigger,
    }

    fn ordered(words: &[&str]) -> Value {
        let line = Line::try_parse_from([&["trigger"], words].concat()).unwrap();
        order(&line.trigger).unwrap()
    }

    #[test]
    fn a_command_line_becomes_an_order() {
        let words = [
            "heltar.statuses",
            "--example",
            "read",
            "--set",
            "entry[0].id=a=b",
            "--add",
            "x=1",
            "--remove",
            "object",
            "--to",
            "http://127.0.0.1:1/",
            "--count",
            "3",
            "--rate",
            "0.5",
            "--invalid",
            "--loose",
        ];
        let expected = json!({
            "vendor": "heltar", "event": "statuses", "count": 3, "invalid": true, "tie": false,
            "dry_run": false, "wait": true, "example": "read", "set": {"entry[0].id": "a=b"},
            "add": {"x": "1"}, "remove": ["object"], "to": "http://127.0.0.1:1/", "rate": 0.5,
        });
        assert_eq!(ordered(&words), expected);
    }

    #[test]
    fn an_event_may_have_dots_of_its_own() {
        let order = ordered(&["cekat.message.received"]);
        assert_eq!(order["event"], "message.received");
    }
}
