//! The third edge: an adapter lives through its vendor's story with the mock, over TCP.

use std::collections::BTreeSet;
use std::sync::Arc;

use contracts::adapters::heltar::clients::Row;
use contracts::adapters::heltar::messages::{Outgoing, Page};
use contracts::adapters::heltar::records::Status;
use contracts::adapters::heltar::webhook::{self, Event as Heard, Stage};
use contracts::adapters::heltar::webhooks::Registration;
use contracts::adapters::{
    Adapter, Call, Failure, balesotomatis, cekat, heltar, myoperator, omnichat,
};
use contracts::document::Document;
use http::Method;
use jiff::SignedDuration;
use mock_server::kernel::faults::{Fault, FaultRule};
use mock_server::kernel::journal::{Entry, FindingKind};
use mock_server::kernel::routes::{Mounted, Routes};
use mock_server::kernel::vendor::Vendor;
use mock_server::kernel::workspace::{DEFAULT, Workspace};
use mock_server::vendors::balesotomatis::BalesOtomatis;
use mock_server::vendors::cekat::Cekat;
use mock_server::vendors::heltar::Heltar;
use mock_server::vendors::myoperator::MyOperator;
use mock_server::vendors::omnichat::Omnichat;
use mock_server::{App, Options, Running};
use serde_json::{Map, Value, json};

use super::adapter_to_contract::{complaint, gaps};
use super::table::{Complaint, table};
use super::understanding::{differences, json_differences};
use crate::support::receiver::Receiver;

#[tokio::test]
async fn the_adapter_of_balesotomatis_lives_with_its_mock() {
    let running = mock::<BalesOtomatis>().await;
    let complaints = complaints_about_life::<balesotomatis::Account, BalesOtomatis>(&running).await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
    running.stop().await;
}

#[tokio::test]
async fn the_adapter_of_cekat_lives_with_its_mock() {
    let running = mock::<Cekat>().await;
    let complaints = complaints_about_life::<cekat::Client, Cekat>(&running).await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
    running.stop().await;
}

#[tokio::test]
async fn the_adapter_of_heltar_lives_with_its_mock() {
    let running = mock::<Heltar>().await;
    let complaints = complaints_about_life::<heltar::Client, Heltar>(&running).await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
    running.stop().await;
}

#[tokio::test]
async fn the_adapter_of_myoperator_lives_with_its_mock() {
    let running = mock::<MyOperator>().await;
    let complaints = complaints_about_life::<myoperator::Client, MyOperator>(&running).await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
    running.stop().await;
}

#[tokio::test]
async fn the_adapter_of_omnichat_lives_with_its_mock() {
    let running = mock::<Omnichat>().await;
    hear_of_direct_messages(&running);
    let complaints = complaints_about_life::<omnichat::Client, Omnichat>(&running).await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
    running.stop().await;
}

/// Subscribes to the one topic of the vendor's own, which nobody hears of unasked.
fn hear_of_direct_messages(running: &Running) {
    let workspace = workspace(running);
    let slot = workspace.slot("omnichat").unwrap();
    let mut state = slot.dump();
    state["settings"]["topics"] = json!(["direct_msg/status"]);
    slot.restore(&state).unwrap();
}

#[tokio::test]
async fn a_wrong_mock_is_caught() {
    let routes = |routes: Routes<Heltar>| {
        routes
            .on("clients.get", async || {
                axum::Json(json!({"message": "Here", "data": {}}))
            })
            .on("templates.list", async || {
                axum::Json(json!({"message": "Here", "data": [], "more": 1}))
            })
            .on("attributes.delete", async || http::StatusCode::NO_CONTENT)
            .replay_the_rest()
    };
    let mounted = Mounted::with_routes::<Heltar>(routes).unwrap_or_else(|error| panic!("{error}"));
    let app = App::with(vec![mounted], options::<Heltar>());
    let running = mock_server::serve(app.unwrap_or_else(|error| panic!("{error}"))).await;
    let running = running.unwrap_or_else(|error| panic!("{error}"));
    let complaints = complaints_about_life::<heltar::Client, Heltar>(&running).await;
    let about = |operation: &str, why: &str| {
        let fits = |one: &&Complaint| one.operation == operation && one.why.contains(why);
        let found = complaints.iter().find(fits);
        assert!(found.is_some(), "{operation} {why}\n{}", table(&complaints));
    };
    about("clients.get", "not understood");
    about("templates.list", "/more was overlooked");
    about("attributes.delete", "204 No Content instead of 200");
    about("", "statuses was never told");
    running.stop().await;
}

/// One vendor at its seed's day, on a port of its own, moved and checked by the test.
fn options<V: Vendor>() -> Options {
    Options {
        vendors: vec![V::PROFILE.name.to_owned()],
        frozen_at: Some(V::PROFILE.seed_day()),
        ticking: false,
        check_every_answer: true,
        ..Options::default()
    }
}

async fn mock<V: Vendor>() -> Running {
    mock_server::start(options::<V>())
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

fn workspace(running: &Running) -> Arc<Workspace> {
    let workspace = running.app().workspaces().named(DEFAULT);
    workspace.unwrap_or_else(|error| panic!("{error}"))
}

/// Every way in which an adapter and a mock of its vendor do not get along.
async fn complaints_about_life<A: Adapter, V: Vendor>(running: &Running) -> Vec<Complaint> {
    let document = Document::load(V::PROFILE.contract).unwrap_or_else(|error| panic!("{error}"));
    let workspace = workspace(running);
    let adapter = A::connect(&running.base_url(A::VENDOR), &document.variables).unwrap();
    let calls = A::calls();
    let mut complaints = gaps(&document, &calls);
    let mut succeeded = BTreeSet::new();
    let mut notes = A::Notes::default();
    for call in &calls {
        let before = workspace.journal.entries().len();
        let result = (call.perform)(&adapter, &mut notes).await;
        let journal = workspace.journal.entries();
        match &journal[before..] {
            [entry] => {
                if entry.status.is_success() {
                    succeeded.insert(call.operation);
                }
                let wrong = judge(call, &result, entry);
                complaints.extend(wrong.iter().map(|why| complaint::<A>(call, "", why)));
            }
            many => {
                let why = format!("{} requests arrived: {result:?}", many.len());
                complaints.push(complaint::<A>(call, "", &why));
            }
        }
    }
    let never = document
        .operations()
        .iter()
        .filter(|operation| !succeeded.contains(operation.name.as_str()));
    complaints.extend(never.map(|operation| Complaint {
        vendor: A::VENDOR,
        operation: operation.name.clone(),
        variant: String::new(),
        example: String::new(),
        expected: String::new(),
        got: String::new(),
        why: "never succeeded".to_owned(),
    }));
    for why in mishearings::<A>(&workspace, &document, &notes).await {
        complaints.push(Complaint {
            vendor: A::VENDOR,
            operation: String::new(),
            variant: String::new(),
            example: String::new(),
            expected: String::new(),
            got: String::new(),
            why,
        });
    }
    complaints
}

/// Every way in which a call and its entry in the journal do not fit.
fn judge<A: Adapter>(
    call: &Call<A>,
    result: &Result<contracts::adapters::Understood, Failure>,
    entry: &Entry,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if entry.operation != Some(call.operation) {
        wrong.push(format!("the mock took it for {:?}", entry.operation));
    }
    if entry.status != call.status {
        let body = String::from_utf8_lossy(&entry.body);
        wrong.push(format!(
            "{} instead of {}: {body}",
            entry.status, call.status
        ));
    }
    let findings = entry.findings.lock();
    let expected = |kind| matches!(kind, FindingKind::WouldBeThrottled);
    let unexpected = findings.iter().filter(|finding| !expected(finding.kind));
    wrong.extend(unexpected.map(|one| format!("{} {}: {}", one.place, one.pointer, one.message)));
    match result {
        Ok(understood) | Err(Failure::Refused(understood)) => {
            wrong.extend(differences(&understood.made, &entry.body));
            if understood.status != entry.status {
                let (said, made) = (entry.status, understood.status);
                wrong.push(format!("{said} was understood as {made}"));
            }
        }
        Err(failure) => wrong.push(failure.to_string()),
    }
    wrong
}

/// Lets the rest happen; every webhook that was not told, and everything told that was not understood.
async fn mishearings<A: Adapter>(
    workspace: &Workspace,
    document: &Document,
    notes: &A::Notes,
) -> Vec<String> {
    let slot = workspace.slot(A::VENDOR).unwrap();
    for happening in A::happenings(notes) {
        slot.happen(&happening)
            .unwrap_or_else(|error| panic!("{happening}: {error}"));
    }
    workspace.advance_until_idle().await;
    let mut wrong = Vec::new();
    let mut told = BTreeSet::new();
    for event in workspace.events.entries() {
        told.insert(event.name.clone());
        let broken = event.findings.iter().map(|finding| finding.message.clone());
        wrong.extend(broken.map(|why| format!("{} breaks the contract: {why}", event.name)));
        match A::hear(&event.name, "application/json", &event.payload) {
            Ok(understood) => {
                let said: Value = serde_json::from_slice(&event.payload).unwrap();
                let differences = json_differences(&understood, &said);
                wrong.extend(
                    differences
                        .iter()
                        .map(|why| format!("{}: {why}", event.name)),
                );
            }
            Err(error) => wrong.push(format!("{}: {error}", event.name)),
        }
    }
    let untold = document
        .webhooks()
        .iter()
        .filter(|webhook| !told.contains(&webhook.name));
    wrong.extend(untold.map(|webhook| format!("{} was never told", webhook.name)));
    wrong
}

#[tokio::test]
async fn a_text_sent_by_the_adapter_of_heltar_is_read_and_heard_of() {
    const ARJUN: &str = "919000005883";
    let running = mock::<Heltar>().await;
    let workspace = workspace(&running);
    let receiver = Receiver::start().await;
    let client = heltar::Client::new(&running.base_url("heltar"), "heltar-mock-key").unwrap();
    let hook = Registration {
        verify_token: Some("sesame".to_owned()),
        ..Registration::enabled(receiver.url("/hook"))
    };
    client.webhooks().upsert(&[hook]).await.unwrap();
    let batch = client
        .messages()
        .send(&[Outgoing::text(ARJUN, "Namaste")])
        .await
        .unwrap();
    let sent = batch.success[&0].message.clone();
    assert_eq!(sent.status, Status::Waiting);
    workspace.advance(SignedDuration::from_mins(1)).await;

    let page = Page {
        limit: Some(1),
        ..Page::default()
    };
    let conversation = client.messages().list(ARJUN, &page).await.unwrap().data;
    let last = conversation.messages.last().unwrap();
    assert_eq!((&last.wamid, &last.status), (&sent.wamid, &Status::Read));

    let arrived = receiver.arrived();
    let (asked, told): (Vec<_>, Vec<_>) = arrived
        .iter()
        .partition(|arrived| arrived.method == Method::GET);
    let query = asked[0].uri.query().unwrap_or_default();
    assert!(
        webhook::answer_handshake(query, "sesame").is_some(),
        "{query}"
    );
    assert!(webhook::answer_handshake(query, "another").is_none());
    let stages: Vec<_> = told
        .iter()
        .flat_map(|arrived| webhook::parse(&arrived.body).unwrap())
        .map(|event| match event {
            Heard::Status(progress) => (progress.status.id, progress.status.status),
            Heard::Message(received) => panic!("nobody wrote {received:?}"),
        })
        .collect();
    let expected =
        [Stage::Sent, Stage::Delivered, Stage::Read].map(|stage| (sent.wamid.clone(), stage));
    assert_eq!(stages, expected);
    running.stop().await;
}

#[tokio::test]
async fn the_adapter_of_heltar_tells_refusals_apart() {
    let running = mock::<Heltar>().await;
    let base_url = running.base_url("heltar");
    let stranger = heltar::Client::new(&base_url, "wrong").unwrap();
    let reader = heltar::Client::new(&base_url, "hk_live_mock_readonly").unwrap();
    let owner = heltar::Client::new(&base_url, "heltar-mock-key").unwrap();

    let unknown = stranger.clients().list().await.unwrap_err();
    assert!(
        matches!(unknown, heltar::Error::Unauthorized(_)),
        "{unknown:?}"
    );
    let scope = reader
        .clients()
        .chat()
        .toggle("919000005883", true)
        .await
        .unwrap_err();
    assert!(matches!(scope, heltar::Error::Forbidden(_)), "{scope:?}");
    let missing = owner.clients().get("919111111111").await.unwrap_err();
    assert!(matches!(missing, heltar::Error::NotFound(_)), "{missing:?}");
    let short = owner
        .messages()
        .send(&[Outgoing::text("12", "too short")])
        .await
        .unwrap_err();
    assert!(matches!(short, heltar::Error::BadRequest(_)), "{short:?}");
    let rows = [
        Row::new("919998889990", "Ram Jain", &Map::new()),
        Row {
            country_code: Some(44),
            ..Row::new("919998889996", "Raj S.", &Map::new())
        },
    ];
    let partly = owner.clients().upsert(&rows).await.unwrap_err();
    let bad = partly
        .refusal()
        .and_then(heltar::Refusal::bad_rows)
        .unwrap();
    assert_eq!(
        (bad.successful_clients.len(), bad.failed_clients.len()),
        (1, 1)
    );
    assert!(
        !format!("{stranger:?}").contains("wrong"),
        "the key is in {stranger:?}"
    );
    running.stop().await;
}

#[tokio::test]
async fn the_adapter_of_heltar_tells_faults_apart() {
    let running = mock::<Heltar>().await;
    let client = heltar::Client::new(&running.base_url("heltar"), "heltar-mock-key").unwrap();
    let workspace = workspace(&running);
    let mut met = Vec::new();
    for fault in [
        Fault::Status(429),
        Fault::Status(500),
        Fault::Status(503),
        Fault::Reset,
        Fault::TruncateAfter(20),
    ] {
        let rule = FaultRule {
            id: 0,
            vendor: None,
            operation: None,
            fault,
            count: Some(1),
            probability: None,
        };
        workspace.faults.add(rule).unwrap();
        met.push(match client.clients().list().await {
            Err(heltar::Error::TooManyRequests { retry_after, .. }) => format!("{retry_after:?}"),
            Err(heltar::Error::Server { status, .. }) => status.to_string(),
            Err(heltar::Error::Transport(_)) => "lost".to_owned(),
            other => format!("{other:?}"),
        });
    }
    assert_eq!(met, ["None", "500", "503", "lost", "lost"]);
    assert!(client.clients().list().await.is_ok());
    running.stop().await;
}
