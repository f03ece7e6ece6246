//! Answers and webhooks: is this what the documentation says comes back, and goes out?

use serde_json::Value;

use super::{Findings, Rule, Violation};
use crate::document::{Document, Evidence, Operation, Place, ResponseContract, essence, is_json};
use crate::schema::shape::Here;
use crate::schema::{Schema, listed};

/// What an answer brings along.
enum Sent<'a> {
    Nothing,
    Json(&'a Value),
    Text(&'a [u8]),
    /// It claims to be JSON and is not.
    Broken(serde_json::Error),
}

/// Every way in which an answer does not keep the contract; a body that is not JSON is given as a JSON string.
pub fn response_value(
    document: &Document,
    operation: &Operation,
    status: u16,
    content_type: Option<&str>,
    body: Option<&Value>,
) -> Vec<Violation> {
    let sent = match body {
        None => Sent::Nothing,
        Some(Value::String(text)) if content_type.is_some_and(|sent| !is_json(sent)) => {
            Sent::Text(text.as_bytes())
        }
        Some(value) => Sent::Json(value),
    };
    judge(document, operation, status, content_type, sent)
}

/// Every way in which an answer does not keep the contract, with its body as it went over the wire.
pub fn response(
    document: &Document,
    operation: &Operation,
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
) -> Vec<Violation> {
    if body.is_empty() {
        return judge(document, operation, status, content_type, Sent::Nothing);
    }
    if !content_type.is_some_and(is_json) {
        return judge(document, operation, status, content_type, Sent::Text(body));
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => judge(
            document,
            operation,
            status,
            content_type,
            Sent::Json(&value),
        ),
        Err(error) => judge(
            document,
            operation,
            status,
            content_type,
            Sent::Broken(error),
        ),
    }
}

/// Every way in which a payload does not keep the contract of the webhook of this name, in its first media type.
pub fn webhook(document: &Document, name: &str, payload: &Value) -> Vec<Violation> {
    let media = document
        .webhook(name)
        .and_then(|webhook| webhook.content.first());
    webhook_as(
        document,
        name,
        media.map_or("application/json", |media| &media.media_type),
        payload,
    )
}

/// The same for a payload that is sent as another of the webhook's media types.
///
/// The payload of a form is an object of its fields; a field that holds JSON text is given as that JSON.
pub fn webhook_as(
    document: &Document,
    name: &str,
    media_type: &str,
    payload: &Value,
) -> Vec<Violation> {
    let mut findings = Findings::default();
    let Some(contract) = document.webhook(name) else {
        let names = document
            .webhooks()
            .iter()
            .map(|webhook| webhook.name.as_str().into());
        let expected = listed(&names.collect::<Vec<Value>>());
        let (rule, place, found) = (Rule::Other, Place::Body, Some(name.into()));
        let unknown = Violation::new(
            rule,
            place,
            String::new(),
            found,
            expected,
            Evidence::Assumed,
        );
        findings.add(unknown.saying(&format!(
            "belongs to {name}, which is no documented webhook"
        )));
        return findings.finish();
    };
    let Some(media) = contract.media(media_type) else {
        let types = contract
            .content
            .iter()
            .map(|media| media.media_type.as_str().into());
        let expected = listed(&types.collect::<Vec<Value>>());
        let (rule, place, found) = (
            Rule::ContentType,
            Place::ContentType,
            Some(media_type.into()),
        );
        let pointer = "content-type".to_owned();
        findings.add(Violation::new(
            rule,
            place,
            pointer,
            found,
            expected,
            contract.evidence,
        ));
        return findings.finish();
    };
    if let Some(schema) = &media.schema {
        check_body(document, schema, payload, contract.evidence, &mut findings);
    }
    findings.finish()
}

fn judge(
    document: &Document,
    operation: &Operation,
    status: u16,
    content_type: Option<&str>,
    sent: Sent<'_>,
) -> Vec<Violation> {
    let mut findings = Findings::default();
    let contracts: Vec<&ResponseContract> = operation
        .responses
        .iter()
        .filter(|one| one.status == status)
        .collect();
    if contracts.is_empty() {
        let mut statuses: Vec<Value> = operation
            .responses
            .iter()
            .map(|one| one.status.into())
            .collect();
        statuses.dedup();
        let (place, found) = (Place::Status, Some(status.into()));
        let evidence = operation.evidence;
        findings.add(Violation::new(
            Rule::Status,
            place,
            "status".to_owned(),
            found,
            listed(&statuses),
            evidence,
        ));
        return findings.finish();
    }
    let evidence = contracts[0].evidence;
    let bodiless = contracts.iter().any(|one| one.media_type.is_none());
    let mut tell = |rule, place, pointer: &str, found, expected: String| {
        findings.add(Violation::new(
            rule,
            place,
            pointer.to_owned(),
            found,
            expected,
            evidence,
        ));
    };
    let documented: Vec<&ResponseContract> = contracts
        .into_iter()
        .filter(|one| one.media_type.is_some())
        .collect();
    if documented
        .iter()
        .any(|one| one.media_type.as_deref() == Some("*/*"))
    {
        // Whatever bytes were put there come back, none at all included.
        return findings.violations;
    }
    if matches!(sent, Sent::Nothing) {
        if !bodiless {
            tell(Rule::Required, Place::Body, "", None, "a body".to_owned());
        }
        return findings.finish();
    }
    if documented.is_empty() {
        let found = match sent {
            Sent::Json(value) => Some(value.clone()),
            Sent::Text(text) => Some(String::from_utf8_lossy(text).into()),
            Sent::Nothing | Sent::Broken(_) => None,
        };
        tell(
            Rule::Undocumented,
            Place::Body,
            "",
            found,
            "no body".to_owned(),
        );
        return findings.finish();
    }
    let Some(contract) = matching(&documented, content_type) else {
        let types = documented
            .iter()
            .filter_map(|one| one.media_type.as_deref());
        let types: Vec<Value> = types.map(Value::from).collect();
        tell(
            Rule::ContentType,
            Place::ContentType,
            "content-type",
            content_type.map(Value::from),
            listed(&types),
        );
        return findings.finish();
    };
    match (sent, &contract.schema) {
        (Sent::Broken(error), _) => {
            let (place, expected) = (Place::Body, "JSON".to_owned());
            let broken = Violation::new(
                Rule::Json,
                place,
                String::new(),
                None,
                expected,
                contract.evidence,
            );
            findings.add(broken.saying(&format!("is not JSON: {error}")));
        }
        (Sent::Json(value), Some(schema)) => {
            check_body(document, schema, value, contract.evidence, &mut findings)
        }
        (Sent::Text(text), Some(schema)) => {
            let text = Value::String(String::from_utf8_lossy(text).into_owned());
            check_body(document, schema, &text, contract.evidence, &mut findings);
        }
        (_, None) | (Sent::Nothing, _) => {}
    }
    findings.finish()
}

/// The answer documented under the media type that was sent; any kind of JSON stands for another.
fn matching<'c>(
    contracts: &[&'c ResponseContract],
    content_type: Option<&str>,
) -> Option<&'c ResponseContract> {
    let sent = content_type?;
    let media = |one: &&&ResponseContract, fits: &dyn Fn(&str) -> bool| {
        one.media_type.as_deref().is_some_and(fits)
    };
    let same = |documented: &str| essence(documented).eq_ignore_ascii_case(essence(sent));
    let json = |documented: &str| is_json(documented) && is_json(sent);
    let exact = contracts.iter().find(|one| media(one, &same));
    exact
        .or_else(|| contracts.iter().find(|one| media(one, &json)))
        .copied()
}

fn check_body(
    document: &Document,
    schema: &Schema,
    value: &Value,
    evidence: Evidence,
    findings: &mut Findings,
) {
    match schema.compiled(document) {
        Ok(schema) => {
            findings.judge(schema, value, Place::Body, "", evidence);
            findings.strangers(value, schema, &|_, _| Here::Nothing, evidence);
        }
        Err(why) => findings.broken_contract(Place::Body, "", why),
    }
}
