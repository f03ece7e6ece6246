//! Markdown for a step's summary, which may not be larger than 1 MiB.

use crate::check::model::{Coverage, Finding, Outcome, Report};

/// The largest summary of a step, in bytes, with room for the sentence that says what was left out.
const LIMIT: usize = 1024 * 1024 - 1024;

/// Writes the report.
pub fn write(report: &Report) -> String {
    within(report, LIMIT)
}

/// The report in at most so many bytes: whole pieces only, and what was left out is said.
fn within(report: &Report, limit: usize) -> String {
    let mut out = head(report);
    let findings = report.findings.iter().map(finding);
    let coverage = report.coverage.iter().map(coverage);
    let mut left = 0usize;
    for piece in findings.chain(coverage) {
        if left > 0 || out.len() + piece.len() > limit {
            left += 1;
        } else {
            out.push_str(&piece);
        }
    }
    if left > 0 {
        out.push_str(&format!(
            "\n{left} further pieces were left out: a summary may not be larger than 1 MiB.\n"
        ));
    }
    out
}

fn head(report: &Report) -> String {
    let mark = match report.outcome {
        Outcome::Pass => "✅ pass",
        Outcome::Findings => "❌ findings",
        Outcome::Inconclusive => "⚠️ inconclusive",
    };
    let mut out = format!(
        "# mock-server check: {mark}\n\n{} requests judged. {}\n\n",
        report.observed.requests,
        text(&report.reasons.join(" "))
    );
    if !report.requirements.is_empty() {
        out.push_str("| required | got | |\n| --- | --- | --- |\n");
        for one in &report.requirements {
            let mark = if one.met { "met" } else { "**not met**" };
            out.push_str(&format!(
                "| {} | {} | {mark} |\n",
                cell(&one.wanted),
                cell(&one.got)
            ));
        }
        out.push('\n');
    }
    if !report.accepted.is_empty() {
        out.push_str(&format!(
            "{} accepted by the baseline.\n\n",
            report.accepted.len()
        ));
    }
    out
}

fn finding(finding: &Finding) -> String {
    let mut out = format!(
        "### {}: {} `{}`\n\n",
        finding.level.word(),
        text(&finding.subject()),
        finding.rule
    );
    out.push_str(&format!(
        "{}\n\n**Fix:** {}\n\n",
        text(&finding.message),
        text(&finding.fix)
    ));
    if let Some(answer) = &finding.answer {
        let word = if answer.refused {
            "The vendor refuses"
        } else {
            "Answered all the same"
        };
        out.push_str(&format!(
            "{word}: {} {}\n\n",
            answer.status,
            code(&answer.body)
        ));
    }
    let mut marks = vec![format!("seen {} ×", finding.count)];
    marks.extend(
        finding
            .requests
            .first()
            .map(|first| format!("request {}", text(first))),
    );
    marks.extend(
        finding
            .contract
            .as_ref()
            .map(|place| format!("`{}:{}`", place.file, place.line)),
    );
    marks.extend(finding.evidence.map(|evidence| evidence.to_string()));
    marks.push(format!("`{}`", finding.fingerprint));
    out.push_str(&format!("{}\n\n", marks.join(" · ")));
    out
}

fn coverage(coverage: &Coverage) -> String {
    let (operations, uses, answers) = (coverage.operations, coverage.uses, coverage.answers);
    let mut out = format!(
        "## {}\n\n{} of {} operations, {} of {} uses ({}%), {} of {} documented answers\n\n<details><summary>What was exercised</summary>\n\n| operation | variant | answers |\n| --- | --- | --- |\n",
        text(&coverage.title),
        operations.seen,
        operations.of,
        uses.seen,
        uses.of,
        uses.percent(),
        answers.seen,
        answers.of
    );
    for row in &coverage.rows {
        for one in row.uses.iter().filter(|one| !one.answers.is_empty()) {
            let answers: Vec<_> = one
                .answers
                .iter()
                .map(|cell| format!("{} × {}", cell.status, cell.count))
                .collect();
            let variant = one.variant.as_deref().unwrap_or("");
            out.push_str(&format!(
                "| {} | {} | {} |\n",
                cell(&row.operation),
                cell(variant),
                answers.join(", ")
            ));
        }
    }
    out.push_str("\n</details>\n\n");
    out
}

/// A text that no markup can hide in.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '*' | '_' | '[' | ']' | '#' | '`' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

fn cell(words: &str) -> String {
    text(words).replace('|', "\\|")
}

/// Text as code, whatever backticks it has.
fn code(text: &str) -> String {
    let runs = text.split(|letter| letter != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    format!("{fence} {} {fence}", text.replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_does_not_get_through() {
        assert_eq!(text("<b>*x*"), "&lt;b&gt;\\*x\\*");
        assert_eq!(text("`a"), "\\`a", "no code begins in what is no code");
        assert_eq!(code("a``b"), "``` a``b ```");
    }
}
