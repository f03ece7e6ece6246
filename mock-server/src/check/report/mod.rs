//! Reports, all from the one model.

mod ctrf;
mod github;
mod html;
mod junit;
mod markdown;
mod sarif;
mod text;

use super::model::{Finding, Report};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// The whole model.
    Json,
    /// JUnit XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// Markdown for a step's summary.
    Markdown,
    /// The Common Test Report Format.
    Ctrf,
    /// One page without outside resources.
    Html,
}

/// Writes a report.
#[must_use]
pub fn write(report: &Report, format: Format) -> String {
    match format {
        Format::Text => text::write(report),
        Format::Json => json(report),
        Format::Junit => junit::write(report),
        Format::Sarif => sarif::write(report),
        Format::Github => github::write(report),
        Format::Markdown => markdown::write(report),
        Format::Ctrf => ctrf::write(report),
        Format::Html => html::write(report),
    }
}

/// One finding by itself, for people.
#[must_use]
pub fn text(finding: &Finding) -> String {
    text::one(finding)
}

fn json(report: &Report) -> String {
    // The model is made of texts and numbers; it can always be written.
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    format!("{text}\n")
}

/// What a rule means, for formats that list the rules.
fn rule_sentence(rule: &str) -> String {
    let sentence = match rule {
        "required" => "Something that must be sent is missing.",
        "type" => "A value is of the wrong type.",
        "enum" | "const" => "A value is none of those documented.",
        "pattern" | "format" => "A text is not in its documented form.",
        "limit" => "A value is beyond its documented limit.",
        "variant" => "A body is none of the documented variants.",
        "undocumented" => "Something is sent that the contract does not know.",
        "forbidden" => "Something is sent that the vendor refuses.",
        "content-type" => "A body is sent under another content type than documented.",
        "json" => "A body claims to be JSON and is not.",
        "unknown-operation" => "The vendor has no such operation.",
        "wrong-method" => "The path exists, but not with this method.",
        "credentials-missing" => "No credential is shown.",
        "credentials-misplaced" => "A credential stands where the vendor does not read it.",
        "credentials-malformed" => "A credential is not in its documented form.",
        "credentials-unknown" => "A credential is nobody's.",
        "command-failed" => "The command that was watched failed.",
        "mock-answer" => "The mock's own answer breaks the contract.",
        _ => "A rule of the contract is broken.",
    };
    sentence.to_owned()
}
