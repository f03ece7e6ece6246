//! One page without outside resources: findings, and the matrix of operations × variants.

use crate::check::model::{Coverage, Finding, Report, Row, Use};

/// Writes the report.
pub fn write(report: &Report) -> String {
    let outcome = report.outcome.word();
    let mut body = format!(
        "<header><h1>mock-server check <b class=\"{outcome}\">{outcome}</b></h1><p>{} requests judged. {}</p></header>",
        report.observed.requests,
        text(&report.reasons.join(" "))
    );
    if !report.requirements.is_empty() {
        body.push_str("<section><h2>Required</h2><ul>");
        for one in &report.requirements {
            let word = if one.met { "met" } else { "not met" };
            body.push_str(&format!(
                "<li>{}: {word}, {}</li>",
                text(&one.wanted),
                text(&one.got)
            ));
        }
        body.push_str("</ul></section>");
    }
    body.push_str(&format!(
        "<section><h2>Findings ({})</h2>",
        report.findings.len()
    ));
    report
        .findings
        .iter()
        .for_each(|one| body.push_str(&finding(one)));
    if !report.accepted.is_empty() {
        body.push_str(&format!(
            "<details><summary>{} accepted by the baseline</summary>",
            report.accepted.len()
        ));
        report
            .accepted
            .iter()
            .for_each(|one| body.push_str(&finding(one)));
        body.push_str("</details>");
    }
    body.push_str("</section>");
    report
        .coverage
        .iter()
        .for_each(|one| body.push_str(&coverage(one)));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>mock-server check: {outcome}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )
}

const STYLE: &str = ":root{color-scheme:light dark;--line:light-dark(#d0d5dd,#3a4150);--dim:light-dark(#5b6472,#9aa4b5);--good:light-dark(#d7f2df,#174a2a);--bad:light-dark(#fbdcdc,#5c1f22);--warn:light-dark(#fdf0cf,#54420f)}\
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;background:light-dark(#fff,#14171d);color:light-dark(#1b1f27,#e6e9ef)}\
h1 b{padding:.1em .5em;border-radius:.3em}.pass,.good{background:var(--good)}.findings,.error{background:var(--bad)}.inconclusive,.warning,.tried{background:var(--warn)}\
article{border:1px solid var(--line);border-radius:.5rem;padding:.2rem 1rem;margin:1rem 0}h3 span{padding:0 .4em;border-radius:.3em;font-size:.85em}\
code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}.dim{color:var(--dim)}.wide{overflow-x:auto}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}";

fn finding(finding: &Finding) -> String {
    let level = finding.level.word();
    let mut out = format!(
        "<article id=\"{}\"><h3><span class=\"{level}\">{level}</span> {} <code>{}</code></h3><p>{}</p><p><b>Fix:</b> {}</p>",
        finding.fingerprint,
        text(&finding.subject()),
        text(&finding.rule),
        text(&finding.message),
        text(&finding.fix)
    );
    if let Some(answer) = &finding.answer {
        let word = if answer.refused {
            "The vendor refuses"
        } else {
            "Answered all the same"
        };
        out.push_str(&format!(
            "<p>{word}: {} <code>{}</code></p>",
            answer.status,
            text(&answer.body)
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
            .map(|place| format!("{}:{}", text(&place.file), place.line)),
    );
    marks.extend(finding.evidence.map(|evidence| evidence.to_string()));
    marks.push(finding.fingerprint.clone());
    out.push_str(&format!(
        "<p class=\"dim\">{}</p></article>",
        marks.join(" · ")
    ));
    out
}

fn coverage(coverage: &Coverage) -> String {
    let (operations, uses, answers) = (coverage.operations, coverage.uses, coverage.answers);
    let mut out = format!(
        "<section><h2>{}</h2><p>{} of {} operations, {} of {} uses ({}%), {} of {} documented answers</p><div class=\"wide\"><table><thead><tr><th scope=\"col\">operation<th scope=\"col\">variant<th scope=\"col\">answers<th scope=\"col\">documented, not seen</thead><tbody>",
        text(&coverage.title),
        operations.seen,
        operations.of,
        uses.seen,
        uses.of,
        uses.percent(),
        answers.seen,
        answers.of
    );
    coverage.rows.iter().for_each(|one| out.push_str(&row(one)));
    out.push_str("</tbody></table></div></section>");
    out
}

fn row(row: &Row) -> String {
    let seen: Vec<u16> = row
        .uses
        .iter()
        .flat_map(|one| &one.answers)
        .map(|cell| cell.status)
        .collect();
    let unseen: Vec<_> = row
        .statuses
        .iter()
        .filter(|status| !seen.contains(status))
        .map(u16::to_string)
        .collect();
    let span = row.uses.len();
    let mut out = String::new();
    for (index, one) in row.uses.iter().enumerate() {
        out.push_str("<tr>");
        if index == 0 {
            out.push_str(&format!(
                "<th scope=\"rowgroup\" rowspan=\"{span}\">{}<br><code class=\"dim\">{} {}</code>",
                text(&row.operation),
                row.method,
                text(&row.path)
            ));
        }
        out.push_str(&self::one(one));
        if index == 0 {
            out.push_str(&format!(
                "<td rowspan=\"{span}\" class=\"dim\">{}",
                unseen.join(", ")
            ));
        }
        out.push_str("</tr>");
    }
    out
}

fn one(one: &Use) -> String {
    let class = match (one.good, one.answers.is_empty()) {
        (0, true) => "dim",
        (0, false) => "tried",
        _ => "good",
    };
    let variant = match (&one.variant, one.documented) {
        (Some(variant), _) => text(variant),
        (None, true) => String::new(),
        (None, false) => "no documented variant".to_owned(),
    };
    let answers: Vec<_> = one
        .answers
        .iter()
        .map(|cell| format!("{} × {}", cell.status, cell.count))
        .collect();
    let answers = if answers.is_empty() {
        "not exercised".to_owned()
    } else {
        answers.join(", ")
    };
    format!("<td>{variant}<td class=\"{class}\">{answers}")
}

fn text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
