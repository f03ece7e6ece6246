//! The report for people: short, sorted, with the fix.

use std::fmt::Write as _;

use crate::check::ledger::counted;
use crate::check::model::{Coverage, Finding, Outcome, Report, Row};

/// Writes the report.
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = tell(report, &mut out);
    out
}

/// One finding, as the report for people has it.
pub fn one(finding: &Finding) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = self::finding(finding, &mut out);
    out
}

fn tell(report: &Report, out: &mut String) -> std::fmt::Result {
    for finding in &report.findings {
        self::finding(finding, out)?;
        writeln!(out)?;
    }
    for coverage in &report.coverage {
        self::coverage(coverage, out)?;
    }
    if !report.coverage.is_empty() {
        writeln!(out)?;
    }
    for requirement in &report.requirements {
        let word = if requirement.met { "met" } else { "not met" };
        writeln!(
            out,
            "required {}: {word}, {}",
            requirement.wanted, requirement.got
        )?;
    }
    if !report.accepted.is_empty() {
        let count = report.accepted.len();
        writeln!(
            out,
            "{count} {} accepted by the baseline",
            counted(count, "finding")
        )?;
    }
    if !report.unseen.is_empty() {
        let (count, list) = (report.unseen.len(), report.unseen.join(", "));
        let word = counted(count, "finding");
        writeln!(
            out,
            "{count} {word} of the baseline not seen any more: {list}"
        )?;
    }
    ending(report, out)
}

fn finding(finding: &Finding, out: &mut String) -> std::fmt::Result {
    let often = match finding.count {
        1 => String::new(),
        count => format!(", {count} times"),
    };
    let (level, rule) = (finding.level.word(), &finding.rule);
    writeln!(out, "{level}: {} [{rule}{often}]", finding.subject())?;
    writeln!(out, "  {}", finding.message)?;
    writeln!(out, "  fix: {}", finding.fix)?;
    for near in finding.near.iter().skip(1) {
        writeln!(out, "       or {near}")?;
    }
    if let Some(answer) = &finding.answer {
        let word = if answer.refused {
            "the vendor refuses"
        } else {
            "answered all the same"
        };
        writeln!(
            out,
            "  {word}: {} {}",
            answer.status,
            answer.body.trim_end()
        )?;
    }
    let mut marks = Vec::new();
    if let Some(place) = &finding.contract {
        marks.push(format!("{}:{}", place.file, place.line));
    }
    marks.extend(finding.evidence.map(|evidence| evidence.to_string()));
    if let Some(first) = finding.requests.first() {
        marks.push(format!("request {first}"));
    }
    marks.push(finding.fingerprint.clone());
    writeln!(out, "  {}", marks.join(" · "))
}

fn coverage(coverage: &Coverage, out: &mut String) -> std::fmt::Result {
    let share = |share: crate::check::model::Share, word: &str| {
        format!(
            "{} of {} {word} ({}%)",
            share.seen,
            share.of,
            share.percent()
        )
    };
    writeln!(
        out,
        "{}: {}, {}, {}",
        coverage.vendor,
        share(coverage.operations, "operations"),
        share(coverage.uses, "uses"),
        share(coverage.answers, "documented answers")
    )?;
    for row in coverage.rows.iter().filter(|row| row.count() > 0) {
        self::row(row, out)?;
    }
    Ok(())
}

fn row(row: &Row, out: &mut String) -> std::fmt::Result {
    for one in row.uses.iter().filter(|one| !one.answers.is_empty()) {
        let variant = match (&one.variant, one.documented) {
            (Some(variant), _) => format!(" ({variant})"),
            (None, true) => String::new(),
            (None, false) => " (no documented variant)".to_owned(),
        };
        let answers: Vec<_> = one
            .answers
            .iter()
            .map(|cell| {
                let strange = if cell.documented {
                    ""
                } else {
                    " (undocumented)"
                };
                format!("{}{strange} × {}", cell.status, cell.count)
            })
            .collect();
        writeln!(out, "  {}{variant}: {}", row.operation, answers.join(", "))?;
    }
    Ok(())
}

fn ending(report: &Report, out: &mut String) -> std::fmt::Result {
    let requests = report.observed.requests;
    let count = usize::try_from(requests).unwrap_or(usize::MAX);
    let seen = format!("{requests} {} judged", counted(count, "request"));
    match report.outcome {
        Outcome::Pass => writeln!(out, "pass: {seen}"),
        Outcome::Findings => writeln!(out, "findings: {seen}; {}", report.reasons.join(" ")),
        Outcome::Inconclusive => {
            writeln!(out, "inconclusive: {seen}; {}", report.reasons.join(" "))
        }
    }
}
