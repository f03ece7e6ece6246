//! Reports, all from the one model.

mod text;

use super::model::Report;

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// The whole model.
    Json,
}

/// Writes a report.
#[must_use]
pub fn write(report: &Report, format: Format) -> String {
    match format {
        Format::Text => text::write(report),
        Format::Json => json(report),
    }
}

fn json(report: &Report) -> String {
    // The model is made of texts and numbers; it can always be written.
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    format!("{text}\n")
}
