//! Promises that every contract of the repository keeps: what it documents is what it demands.

use contracts::check::{self, Received, Violation};
use contracts::document::{Document, DocumentedBody, DocumentedRequest, Operation, Route, choose};

use crate::support::contracts;

/// What the documented requests and answers of all contracts break, one line each.
fn complaints(check: impl Fn(&Document, &mut Vec<String>)) -> String {
    let mut complaints = Vec::new();
    for document in contracts() {
        check(document, &mut complaints);
    }
    complaints.join("\n")
}

fn tell(place: &str, violations: &[Violation], complaints: &mut Vec<String>) {
    complaints.extend(
        violations
            .iter()
            .map(|one| format!("{place}: {:?}: {}", one.rule, one.message)),
    );
}

/// Sends a documented request to its own document, and says which operation it reaches.
fn rehearse<'d>(
    document: &'d Document,
    request: &DocumentedRequest,
) -> Result<(&'d Operation, Received), String> {
    let path = request.path();
    match document.route(&request.method, &path) {
        Route::Found {
            operations,
            parameters,
        } => {
            let received = Received::rehearse(request, parameters);
            Ok((choose(&operations, &received.incoming()), received))
        }
        other => Err(format!(
            "{} {path} leads nowhere: {other:?}",
            request.method
        )),
    }
}

#[test]
fn every_schema_and_pattern_can_be_used() {
    let complaints = complaints(|document, complaints| {
        complaints.extend(
            document
                .problems()
                .into_iter()
                .map(|problem| format!("{}: {problem}", document.vendor)),
        );
    });
    assert_eq!(complaints, "");
}

#[test]
fn every_documented_answer_keeps_its_contract() {
    let complaints = complaints(|document, complaints| {
        for operation in document.operations() {
            for (answer, example) in operation.examples() {
                let place = format!("{} {} {:?}", document.vendor, operation.name, example.name);
                let (media_type, value) = (answer.media_type.as_deref(), example.value());
                let found = check::response_value(
                    document,
                    operation,
                    answer.status,
                    media_type,
                    value.as_ref(),
                );
                tell(&place, &found, complaints);
            }
        }
    });
    assert_eq!(complaints, "");
}

#[test]
fn every_documented_webhook_keeps_its_contract() {
    let complaints = complaints(|document, complaints| {
        for webhook in document.webhooks() {
            for (media, example) in webhook
                .content
                .iter()
                .flat_map(|media| media.examples.iter().map(move |one| (media, one)))
            {
                let place = format!("{} {} {:?}", document.vendor, webhook.name, example.name);
                let value = example.value().expect("a webhook's example has a payload");
                let found = check::webhook_as(document, &webhook.name, &media.media_type, &value);
                tell(&place, &found, complaints);
            }
        }
    });
    assert_eq!(complaints, "");
}

#[test]
fn every_documented_request_reaches_its_own_operation_and_variant() {
    let complaints = complaints(|document, complaints| {
        for operation in document.operations() {
            for variant in &operation.variants {
                let place = format!("{} {} {:?}", document.vendor, operation.name, variant.name);
                let Some(request) = variant.request() else {
                    continue;
                };
                match rehearse(document, &request.filled(document)) {
                    Err(why) => complaints.push(format!("{place}: {why}")),
                    Ok((reached, received)) => {
                        if reached.name != operation.name {
                            complaints.push(format!("{place}: reaches {}", reached.name));
                        }
                        let met = reached
                            .variant(&received.incoming())
                            .map(|met| met.name.as_str());
                        if reached.name == operation.name && met != Some(variant.name.as_str()) {
                            complaints.push(format!("{place}: is taken for the variant {met:?}"));
                        }
                    }
                }
            }
        }
    });
    assert_eq!(complaints, "");
}

#[test]
fn every_documented_request_keeps_its_contract() {
    let complaints = complaints(|document, complaints| {
        for operation in document.operations() {
            for variant in &operation.variants {
                let place = format!("{} {} {:?}", document.vendor, operation.name, variant.name);
                let Some(request) = variant.request() else {
                    continue;
                };
                if let Ok((reached, received)) = rehearse(document, &request.filled(document)) {
                    tell(
                        &place,
                        &check::request(document, reached, &received.incoming()),
                        complaints,
                    );
                }
            }
        }
    });
    assert_eq!(complaints, "");
}

/// In a body, `{{1}}` and `{{name}}` may be what the vendor wants to read; in an address they are never.
#[test]
fn every_address_of_a_documented_request_can_be_filled_in() {
    let complaints = complaints(|document, complaints| {
        for operation in document.operations() {
            for variant in &operation.variants {
                let Some(request) = variant.request() else {
                    continue;
                };
                let address = DocumentedRequest {
                    body: DocumentedBody::None,
                    ..request.filled(document)
                };
                if !address.holes().is_empty() {
                    let place =
                        format!("{} {} {:?}", document.vendor, operation.name, variant.name);
                    complaints.push(format!("{place}: nobody knows {:?}", address.holes()));
                }
            }
        }
    });
    assert_eq!(complaints, "");
}
