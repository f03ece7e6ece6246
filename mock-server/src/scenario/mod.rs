//! Scenarios: files that play a conversation or a failure against a webhook handler, and grade what it did.

mod expect;
mod record;
mod refer;
mod run;
mod shipped;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_saphyr::{Location, Spanned};

pub use self::expect::Expect;
pub use self::record::{Slice, record};
pub use self::run::{Grade, Report, Wishes, run};
pub use self::shipped::{named, shipped};

/// What a file may look like, as a JSON Schema.
pub const SCHEMA: &str = include_str!("../../scenarios/schema.json");

/// A scenario, as a file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name: lower case, with dashes.
    pub name: String,
    /// What it shows, in a few words.
    pub title: String,
    /// The vendor that its steps are about.
    pub vendor: String,
    /// What it is good for, and what a good handler does.
    #[serde(default)]
    pub about: String,
    /// What may be chosen: a value, or `{default, about}`.
    #[serde(default)]
    pub parameters: IndexMap<String, Value>,
    /// How the handler's endpoint is made, such as its signature; any members of an endpoint.
    #[serde(default)]
    pub endpoint: Map<String, Value>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One step: exactly one thing that is done or expected.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// What later steps call it.
    pub id: Option<String>,
    /// What it is, in a few words.
    pub title: Option<String>,
    /// Only when this is neither empty nor false.
    pub when: Option<Value>,
    /// The world does something: a happening of the vendor, or a gesture on a customer's phone.
    pub happen: Option<Value>,
    /// A webhook is fired, as with `POST /__admin/trigger`.
    pub trigger: Option<Map<String, Value>>,
    /// The vendor is called, or any URL.
    pub call: Option<Call>,
    /// Time goes on: a duration, or `idle`.
    pub advance: Option<Value>,
    /// Deliveries go wrong from now on: a rule as with `POST /__admin/chaos`; `off` ends what the scenario began.
    pub chaos: Option<Value>,
    /// What must be so.
    pub expect: Option<Expect>,
}

/// A call to the vendor by operation or by method and target, or to any URL.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Call {
    /// The operation's name.
    pub operation: Option<String>,
    /// The method, where no operation is named.
    pub method: Option<String>,
    /// The vendor's own path with its query, where no operation is named.
    pub target: Option<Value>,
    /// A URL of the tester, where the vendor is not meant.
    pub url: Option<Value>,
    /// Path parameters.
    pub path: Map<String, Value>,
    /// Query parameters.
    pub query: Map<String, Value>,
    /// Headers; the demo credentials are there by themselves.
    pub headers: Map<String, Value>,
    /// The body, JSON.
    pub body: Option<Value>,
    /// What is answered, such as `200` or `4xx`; any success when absent.
    pub status: Option<Value>,
}

/// The kinds of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The world does something.
    Happen,
    /// A webhook is fired.
    Trigger,
    /// Somebody is called.
    Call,
    /// Time goes on.
    Advance,
    /// Deliveries go wrong.
    Chaos,
    /// Something must be so.
    Expect,
}

/// A file that is no scenario, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Malformed {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong.
    pub message: String,
}

impl Malformed {
    fn at(location: Location, message: impl Into<String>) -> Self {
        Self {
            line: location.line(),
            column: location.column(),
            message: message.into(),
        }
    }
}

/// The same as [`Scenario`], while places are still known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    title: String,
    vendor: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    parameters: IndexMap<String, Value>,
    #[serde(default)]
    endpoint: Map<String, Value>,
    steps: Spanned<Vec<Spanned<Step>>>,
}

/// What `trigger` may say.
const ORDER: [&str; 12] = [
    "vendor", "event", "example", "set", "add", "remove", "merge", "raw", "to", "count", "invalid",
    "tie",
];

/// Reads a scenario from YAML, or from JSON, which is YAML too.
///
/// # Errors
/// When the text is no scenario, with line and column.
pub fn parse(text: &str) -> Result<Scenario, Malformed> {
    let written: Written = serde_saphyr::from_str(text).map_err(|error| {
        let bare = error.without_snippet();
        let message = bare.to_string();
        // The place is told by itself.
        let message = message.split(" at line ").next().unwrap_or(&message);
        match bare.location() {
            Some(location) => Malformed::at(location, message),
            None => Malformed::at(Location::UNKNOWN, message),
        }
    })?;
    let fits =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if written.name.value.is_empty() || !written.name.value.chars().all(fits) {
        let message = format!(
            "\"{}\" is no name; expected lower case letters, digits and dashes",
            written.name.value
        );
        return Err(Malformed::at(written.name.referenced, message));
    }
    if written.steps.value.is_empty() {
        return Err(Malformed::at(
            written.steps.referenced,
            "there are no steps",
        ));
    }
    let mut known: Vec<&str> = written.parameters.keys().map(String::as_str).collect();
    for step in &written.steps.value {
        let place = step.referenced;
        step.value
            .kind()
            .map_err(|message| Malformed::at(place, message))?;
        if let Some(id) = step.value.id.as_deref() {
            if known.contains(&id) {
                return Err(Malformed::at(place, format!("\"{id}\" is taken")));
            }
            known.push(id);
        }
        let order = step.value.trigger.iter().flat_map(Map::keys);
        for member in order {
            if !ORDER.contains(&member.as_str()) {
                let expected = ORDER.join(", ");
                let message = format!("trigger has no \"{member}\"; expected one of {expected}");
                return Err(Malformed::at(place, message));
            }
        }
    }
    let Written {
        name,
        title,
        vendor,
        about,
        parameters,
        endpoint,
        steps,
    } = written;
    Ok(Scenario {
        name: name.value,
        title,
        vendor,
        about,
        parameters,
        endpoint,
        steps: steps.value.into_iter().map(|step| step.value).collect(),
    })
}

impl Scenario {
    /// The scenario without its steps, for lists.
    #[must_use]
    pub fn summary(&self) -> Value {
        let parameters: Map<_, _> = self
            .parameters
            .iter()
            .map(|(name, parameter)| {
                let (default, about) = explained(parameter);
                (
                    name.clone(),
                    serde_json::json!({"default": default, "about": about}),
                )
            })
            .collect();
        serde_json::json!({
            "name": self.name,
            "title": self.title,
            "vendor": self.vendor,
            "about": self.about,
            "parameters": parameters,
            "steps": self.steps.len(),
        })
    }
}

/// A parameter's default and what it is.
fn explained(parameter: &Value) -> (&Value, &str) {
    let about = parameter["about"].as_str().unwrap_or("");
    match parameter.get("default") {
        Some(default) => (default, about),
        None => (parameter, ""),
    }
}

impl Step {
    /// What kind of step it is.
    ///
    /// # Errors
    /// When it is none, or several at once.
    pub fn kind(&self) -> Result<Kind, String> {
        let kinds = [
            (Kind::Happen, self.happen.is_some()),
            (Kind::Trigger, self.trigger.is_some()),
            (Kind::Call, self.call.is_some()),
            (Kind::Advance, self.advance.is_some()),
            (Kind::Chaos, self.chaos.is_some()),
            (Kind::Expect, self.expect.is_some()),
        ];
        let mut there = kinds.iter().filter(|(_, there)| *there);
        match (there.next(), there.next()) {
            (Some((kind, _)), None) => Ok(*kind),
            (None, _) => Err("the step does nothing; expected one of happen, trigger, call, advance, chaos and expect".to_owned()),
            (Some(_), Some(_)) => Err("the step does several things at once; expected one of happen, trigger, call, advance, chaos and expect".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_said_with_line_and_column() {
        let head = "name: a\ntitle: A\nvendor: toy\n";
        let steps = |text: &str| wrong(&format!("{head}steps:\n{text}"));
        for (text, place) in [
            ("  - advence: 5s\n", "line 5, column 5: "),
            (
                "  - advance: 5s\n    chaos: off\n",
                "line 5, column 5: the step does several",
            ),
            ("  - title: x\n", "line 5, column 5: the step does nothing"),
            (
                "  - trigger: {evnt: x}\n",
                "line 5, column 5: trigger has no \"evnt\"",
            ),
            (
                "  - {id: a, advance: 5s}\n  - {id: a, advance: 5s}\n",
                "line 6, column 5: \"a\" is taken",
            ),
            ("  - call: [\n", "line "),
        ] {
            let wrong = steps(text);
            assert!(wrong.starts_with(place), "{text}: {wrong}");
        }
        let named = wrong("name: A B\ntitle: x\nvendor: toy\nsteps: [{advance: 5s}]\n");
        assert!(
            named.starts_with("line 1, column 7: \"A B\" is no name"),
            "{named}"
        );
        assert!(wrong("{}").contains("missing field"));
    }

    #[test]
    fn json_is_read_too() {
        let text = r#"{"name": "a", "title": "A", "vendor": "toy", "steps": [{"advance": "5s"}]}"#;
        assert_eq!(parse(text).unwrap().steps[0].kind(), Ok(Kind::Advance));
    }
}
