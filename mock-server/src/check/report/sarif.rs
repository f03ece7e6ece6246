//! SARIF 2.1.0, as code scanning reads it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::check::model::{Finding, Level, Outcome, Report};

/// Writes the report.
pub fn write(report: &Report) -> String {
    let rules: BTreeSet<&str> = report
        .findings
        .iter()
        .chain(&report.accepted)
        .map(|one| one.rule.as_str())
        .collect();
    let accepted = report.accepted.iter().map(|one| {
        let mut result = result(one);
        result["suppressions"] =
            json!([{"kind": "external", "justification": "accepted by the baseline"}]);
        result
    });
    let results: Vec<_> = report.findings.iter().map(result).chain(accepted).collect();
    let rules: Vec<_> = rules.into_iter().map(rule).collect();
    let mut invocation = json!({"executionSuccessful": report.outcome != Outcome::Inconclusive});
    if let Some(command) = &report.command {
        invocation["commandLine"] = json!(command.line.join(" "));
    }
    let reasons: Vec<_> = report
        .reasons
        .iter()
        .map(|one| json!({"message": {"text": one}}))
        .collect();
    if report.outcome == Outcome::Inconclusive {
        invocation["toolExecutionNotifications"] = json!(reasons);
    }
    let sarif = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "mock-server check",
                "version": report.version,
                "semanticVersion": report.version,
                "rules": rules,
            }},
            "invocations": [invocation],
            "originalUriBaseIds": {"CONTRACTS": {"description": {"text": "The repository of the mock server, where the contracts are."}}},
            "results": results,
            "columnKind": "unicodeCodePoints",
        }],
    });
    format!("{sarif:#}\n")
}

fn rule(id: &str) -> Value {
    json!({"id": id, "shortDescription": {"text": super::rule_sentence(id)}})
}

fn result(finding: &Finding) -> Value {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let subject = finding.subject();
    let mut location =
        json!({"logicalLocations": [{"fullyQualifiedName": subject, "kind": "function"}]});
    if let Some(place) = &finding.contract {
        location["physicalLocation"] = json!({
            "artifactLocation": {"uri": place.file, "uriBaseId": "CONTRACTS"},
            "region": {"startLine": place.line},
        });
    }
    json!({
        "ruleId": finding.rule,
        "level": level,
        "message": {"text": format!("{subject}: {} {}", finding.message, finding.fix)},
        "locations": [location],
        "partialFingerprints": {"mockServerCheck/v1": finding.fingerprint},
        "occurrenceCount": finding.count,
        "properties": {
            "pointer": finding.pointer,
            "evidence": finding.evidence,
            "requests": finding.requests,
        },
    })
}
