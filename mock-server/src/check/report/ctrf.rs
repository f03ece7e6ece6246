//! The Common Test Report Format.

use serde_json::{Value, json};

use crate::check::model::{Finding, Level, Outcome, Report};

/// Writes the report.
pub fn write(report: &Report) -> String {
    let mut tests = Vec::new();
    for coverage in &report.coverage {
        for row in coverage.rows.iter().filter(|row| row.count() > 0) {
            let about = |one: &&Finding| {
                one.vendor.as_ref() == Some(&coverage.vendor)
                    && one.operation.as_ref() == Some(&row.operation)
            };
            let findings: Vec<_> = failing(report).filter(about).collect();
            tests.push(test(
                &format!("{} {}", coverage.vendor, row.operation),
                &coverage.vendor,
                &findings,
            ));
        }
    }
    for finding in failing(report).filter(|one| one.operation.is_none()) {
        let suite = finding.vendor.as_deref().unwrap_or("run");
        tests.push(test(&finding.subject(), suite, &[finding]));
    }
    for one in &report.requirements {
        let status = if one.met { "passed" } else { "failed" };
        let name = format!("required {}", one.wanted);
        tests.push(json!({"name": name, "status": status, "duration": 0, "suite": ["run"], "message": format!("there were {}", one.got)}));
    }
    if report.outcome == Outcome::Inconclusive {
        let message = report.reasons.join(" ");
        tests.push(json!({"name": "enough was seen", "status": "other", "duration": 0, "suite": ["run"], "message": message}));
    }
    let count = |status: &str| tests.iter().filter(|one| one["status"] == status).count();
    // Nothing here is timed but the command: a report of the same run reads the same.
    let millis = report.command.as_ref().map_or(0, |command| command.millis);
    let summary = json!({
        "tests": tests.len(), "passed": count("passed"), "failed": count("failed"), "pending": 0,
        "skipped": 0, "other": count("other"), "start": 0, "stop": millis,
    });
    let ctrf = json!({
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "results": {
            "tool": {"name": "mock-server check", "version": report.version},
            "summary": summary,
            "tests": tests,
        },
    });
    format!("{ctrf:#}\n")
}

fn test(name: &str, suite: &str, findings: &[&Finding]) -> Value {
    let mut test = json!({"name": name, "status": "passed", "duration": 0, "suite": [suite]});
    if let Some(first) = findings.first() {
        let texts: Vec<_> = findings.iter().map(|one| super::text::one(one)).collect();
        test["status"] = json!("failed");
        test["message"] = json!(first.message);
        test["trace"] = json!(texts.join("\n"));
    }
    test
}

fn failing(report: &Report) -> impl Iterator<Item = &Finding> {
    let all = report.findings.iter();
    all.filter(|finding| finding.level != Level::Note)
}
