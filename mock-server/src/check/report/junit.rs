//! JUnit XML, as CI systems read it: a suite per vendor, a case per operation that was used.

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use crate::check::model::{Finding, Level, Outcome, Report};

/// Writes the report.
pub fn write(report: &Report) -> String {
    let mut junit = Junit::new("mock-server check");
    for coverage in &report.coverage {
        let mut suite = TestSuite::new(coverage.vendor.clone());
        for row in coverage.rows.iter().filter(|row| row.count() > 0) {
            let about = |finding: &&Finding| {
                finding.vendor.as_ref() == Some(&coverage.vendor)
                    && finding.operation.as_ref() == Some(&row.operation)
            };
            let findings: Vec<_> = failing(report).filter(about).collect();
            suite.add_test_case(case(&row.operation, &coverage.vendor, &findings));
        }
        let astray = failing(report)
            .filter(|one| one.vendor.as_ref() == Some(&coverage.vendor) && one.operation.is_none());
        for finding in astray {
            suite.add_test_case(case(&finding.request, &coverage.vendor, &[finding]));
        }
        junit.add_test_suite(suite);
    }
    junit.add_test_suite(run(report));
    // What is written are texts; it can always be written.
    junit.to_string().unwrap_or_default()
}

/// What is about the run itself: its command, what was required, and whether enough was seen.
fn run(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new("run");
    let about: Vec<_> = failing(report).filter(|one| one.vendor.is_none()).collect();
    if report.command.is_some() {
        suite.add_test_case(case("command", "run", &about));
    }
    for requirement in &report.requirements {
        let mut status = TestCaseStatus::success();
        if !requirement.met {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("required");
            status.set_message(format!("there were {}", requirement.got));
        }
        let name = format!("required {}", requirement.wanted);
        let mut case = TestCase::new(name, status);
        case.set_classname("run");
        suite.add_test_case(case);
    }
    let mut status = TestCaseStatus::success();
    if report.outcome == Outcome::Inconclusive {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("inconclusive");
        status.set_message(report.reasons.join(" "));
    }
    let mut case = TestCase::new("enough was seen", status);
    case.set_classname("run");
    suite.add_test_case(case);
    suite
}

fn case(name: &str, class: &str, findings: &[&Finding]) -> TestCase {
    let mut status = TestCaseStatus::success();
    if let Some(first) = findings.first() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(first.rule.clone());
        status.set_message(first.message.clone());
        let texts: Vec<_> = findings.iter().map(|one| super::text::one(one)).collect();
        status.set_description(texts.join("\n"));
    }
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

fn failing(report: &Report) -> impl Iterator<Item = &Finding> {
    let all = report.findings.iter();
    all.filter(|finding| finding.level != Level::Note)
}
