//! Every webhook of every contract: its examples keep it, nonsense does not, and what vendors send keeps it too.

use contracts::check::{self, Rule};
use contracts::document::{Document, WebhookContract};
use mock_server::kernel::routes::Mounted;
use serde_json::{Value, json};

fn vendors() -> Vec<Mounted> {
    mock_server::vendors::mount().unwrap_or_else(|error| panic!("{error}"))
}

/// What is wrong with a payload; members nobody documents are none of our business.
fn violations(
    document: &Document,
    webhook: &WebhookContract,
    media: &str,
    payload: &Value,
) -> Vec<String> {
    let violations = check::webhook_as(document, &webhook.name, media, payload).into_iter();
    let violations = violations.filter(|violation| violation.rule != Rule::Undocumented);
    violations.map(|violation| violation.message).collect()
}

#[test]
fn every_webhook_has_an_example_and_every_example_keeps_its_schema() {
    let mut complaints = Vec::new();
    let mut counts = Vec::new();
    for mounted in vendors() {
        let document = mounted.document;
        let mut examples = 0;
        for webhook in document.webhooks() {
            let place = format!("{} {}", mounted.name, webhook.name);
            if webhook.examples().next().is_none() {
                complaints.push(format!("{place} has no example"));
            }
            for (media, example) in webhook
                .content
                .iter()
                .flat_map(|media| media.examples.iter().map(move |example| (media, example)))
            {
                examples += 1;
                let place = format!("{place}, {}", example.name);
                match example.value() {
                    None => complaints.push(format!("{place} has no payload")),
                    Some(payload) => complaints.extend(
                        violations(document, webhook, &media.media_type, &payload)
                            .into_iter()
                            .map(|violation| format!("{place}: {violation}")),
                    ),
                }
            }
        }
        counts.push(format!(
            "{} {}/{examples}",
            mounted.name,
            document.webhooks().len()
        ));
    }
    println!("webhooks/examples: {}", counts.join(", "));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Webhooks of which nothing is known to be always there: one example each, and no table.
const TIMID: &[&str] = &["myoperator v1.after_call", "myoperator v1.disposition"];

#[test]
fn no_webhook_takes_nonsense() {
    let mut lenient = Vec::new();
    let mut timid = Vec::new();
    for mounted in vendors() {
        for webhook in mounted.document.webhooks() {
            let name = format!("{} {}", mounted.name, webhook.name);
            for media in &webhook.content {
                let broken = |payload: &Value| {
                    !violations(mounted.document, webhook, &media.media_type, payload).is_empty()
                };
                if ![json!("nonsense"), json!([])].iter().all(broken) {
                    lenient.push(format!("{name} as {}", media.media_type));
                }
                if !broken(&json!({})) {
                    timid.push(name.clone());
                }
            }
        }
    }
    assert!(lenient.is_empty(), "{}", lenient.join("\n"));
    assert_eq!(timid, TIMID, "webhooks that may be empty");
}
