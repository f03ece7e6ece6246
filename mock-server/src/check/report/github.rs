//! Annotations of GitHub Actions, which shows ten of a level and drops the rest without a word.

use std::fmt::Write as _;

use crate::check::model::{Finding, Level, Report};

/// How many annotations of one level a step may have.
const LIMIT: usize = 10;

/// Writes the report.
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    let mut left = Vec::new();
    for (level, word) in [(Level::Error, "error"), (Level::Warning, "warning")] {
        let all: Vec<_> = report
            .findings
            .iter()
            .filter(|one| one.level == level)
            .collect();
        all.iter()
            .take(LIMIT)
            .for_each(|one| annotate(word, one, &mut out));
        let rest = all.len().saturating_sub(LIMIT);
        if rest > 0 {
            left.push(format!("{rest} more of level {word}"));
        }
    }
    if !left.is_empty() {
        let text = format!(
            "Not shown here: {}. The other reports have them all.",
            left.join(", ")
        );
        let _ = writeln!(out, "::notice title=mock-server check::{}", message(&text));
    }
    let text = format!(
        "{}: {} requests judged. {}",
        report.outcome.word(),
        report.observed.requests,
        report.reasons.join(" ")
    );
    let _ = writeln!(
        out,
        "::notice title=mock-server check::{}",
        message(text.trim())
    );
    out
}

fn annotate(word: &str, finding: &Finding, out: &mut String) {
    let title = format!("{} [{}]", finding.subject(), finding.rule);
    let place = finding.contract.as_ref().map_or_else(String::new, |place| {
        format!("\n{}:{}", place.file, place.line)
    });
    let text = format!("{}\n{}{place}", finding.message, finding.fix);
    // Writing to a text cannot fail.
    let _ = writeln!(
        out,
        "::{word} title={}::{}",
        property(&title),
        message(&text)
    );
}

/// A text as the message of a workflow command.
fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text as a property of a workflow command.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
