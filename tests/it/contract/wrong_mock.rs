//! A mock that is wrong on purpose is caught by the very functions that judge the real ones.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use contracts::arbitrary::Broken;
use contracts::check::Rule;
use contracts::document::{DocumentedBody, DocumentedRequest, Operation, Place};
use http::{Method, StatusCode};
use mock_server::kernel::extract::Request;
use mock_server::kernel::routes::{Mounted, Routes};
use mock_server::kernel::store::Store;
use serde_json::{Value, json};

use super::edge::{Edge, Verdict};
use super::replay::replay;
use crate::support::toy::{BREAD, Error, New, Note, Toy, Webhook};

/// The toy with other handlers than its own; what is not bound is replayed.
fn toy(routes: impl FnOnce(Routes<Toy>) -> Routes<Toy>) -> Mounted {
    let mounted = Mounted::with_routes::<Toy>(|fresh| routes(fresh).replay_the_rest());
    mounted.unwrap_or_else(|error| panic!("{error}"))
}

/// The same, which leaves it to its handlers to judge requests.
fn trusting_toy(routes: impl FnOnce(Routes<Toy>) -> Routes<Toy>) -> Mounted {
    let mut mounted = toy(routes);
    mounted.manners.tolerates = |_, _| true;
    mounted
}

/// The toy as it should be.
fn honest_toy() -> Mounted {
    Mounted::new::<Toy>().unwrap_or_else(|error| panic!("{error}"))
}

fn request(method: Method, path: &str, body: Option<Value>) -> DocumentedRequest {
    DocumentedRequest {
        method,
        url: format!("https://api.toy.example{path}"),
        body: body.map_or(DocumentedBody::None, DocumentedBody::Json),
        ..DocumentedRequest::default()
    }
}

fn reading() -> DocumentedRequest {
    request(Method::GET, &format!("/notes/{BREAD}"), None)
}

fn creating() -> DocumentedRequest {
    request(Method::POST, "/notes", Some(json!({"title": "Milk"})))
}

/// A note whose title is a number.
fn broken() -> Broken {
    Broken {
        request: request(Method::POST, "/notes", Some(json!({"title": 5}))),
        variant: String::new(),
        rule: Rule::Type,
        place: Place::Body,
        pointer: "/title".to_owned(),
    }
}

fn operation<'e>(edge: &'e Edge, name: &str) -> &'e Operation {
    edge.mounted()
        .document
        .operation(name)
        .expect("the toy has it")
}

async fn judge_valid(mounted: Mounted, name: &str, request: DocumentedRequest) -> Verdict {
    let edge = Edge::new(mounted);
    edge.valid(operation(&edge, name), &request).await
}

async fn judge_broken(mounted: Mounted) -> Verdict {
    let edge = Edge::new(mounted);
    edge.broken(operation(&edge, "notes.create"), &broken())
        .await
}

/// Fails unless exactly one thing was complained about, in these words.
#[track_caller]
fn assert_caught(verdict: &Verdict, words: &str) {
    let [complaint] = verdict.complaints.as_slice() else {
        panic!("one complaint should say {words:?}: {verdict:#?}");
    };
    assert!(
        complaint.contains(words),
        "{complaint:?} should say {words:?}"
    );
}

/// A note as the contract wants it.
fn note() -> Value {
    json!({"id": BREAD, "title": "Bread", "archived": false, "createdAt": "2026-01-01T00:00:00Z"})
}

/// An answer with this status.
fn answer(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}

fn failure() -> Response {
    answer(
        StatusCode::INTERNAL_SERVER_ERROR,
        json!({"problem": "out of the blue"}),
    )
}

#[tokio::test]
async fn nothing_is_said_about_the_honest_toy() {
    let read = judge_valid(honest_toy(), "notes.get", reading()).await;
    let created = judge_valid(honest_toy(), "notes.create", creating()).await;
    let refused = judge_broken(honest_toy()).await;
    let said = [read, created, refused].map(|verdict| (verdict.status, verdict.complaints));
    let fine = |status| (Some(status), Vec::new());
    assert_eq!(
        said,
        [
            fine(StatusCode::OK),
            fine(StatusCode::CREATED),
            fine(StatusCode::BAD_REQUEST)
        ]
    );
    let mut complaints = Vec::new();
    replay(honest_toy(), &mut complaints).await;
    assert_eq!(complaints, []);
}

#[tokio::test]
async fn a_missing_member_is_caught() {
    let wrong = toy(|routes| {
        routes.on("notes.get", || async {
            let mut note = note();
            note.as_object_mut()
                .expect("a note is an object")
                .remove("title");
            answer(StatusCode::OK, note)
        })
    });
    let verdict = judge_valid(wrong, "notes.get", reading()).await;
    assert_caught(&verdict, "`/title` in the body is missing");
}

#[tokio::test]
async fn a_wrong_type_is_caught() {
    let wrong = toy(|routes| {
        routes.on("notes.get", || async {
            let mut note = note();
            note["archived"] = "no".into();
            answer(StatusCode::OK, note)
        })
    });
    let verdict = judge_valid(wrong, "notes.get", reading()).await;
    assert_caught(&verdict, "`/archived` in the body is \"no\"");
}

#[tokio::test]
async fn an_undocumented_status_is_caught() {
    let wrong = toy(|routes| {
        routes.on("notes.get", || async {
            answer(StatusCode::ACCEPTED, note())
        })
    });
    let verdict = judge_valid(wrong, "notes.get", reading()).await;
    assert_caught(&verdict, "The status is 202");
}

#[tokio::test]
async fn a_failure_on_a_valid_request_is_caught() {
    let wrong = toy(|routes| routes.on("notes.get", || async { failure() }));
    let verdict = judge_valid(wrong, "notes.get", reading()).await;
    assert_eq!(verdict.status, Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert!(
        verdict
            .complaints
            .iter()
            .any(|complaint| complaint.starts_with("it was answered 500")),
        "{verdict:#?}"
    );
}

#[tokio::test]
async fn a_failure_on_broken_input_is_caught() {
    let wrong = trusting_toy(|routes| {
        routes.on("notes.create", |Request(call): Request| async move {
            let title = call.json().and_then(|body| body["title"].as_str());
            match title {
                Some(_) => answer(StatusCode::CREATED, note()),
                None => failure(),
            }
        })
    });
    let verdict = judge_broken(wrong).await;
    assert!(
        verdict
            .complaints
            .iter()
            .any(|complaint| complaint.starts_with("it was not refused but answered 500")),
        "{verdict:#?}"
    );
}

#[tokio::test]
async fn taking_broken_input_is_caught() {
    let wrong = trusting_toy(|routes| {
        routes.on("notes.create", || async {
            answer(StatusCode::CREATED, note())
        })
    });
    let verdict = judge_broken(wrong).await;
    assert_caught(&verdict, "it was not refused but answered 201");
}

#[tokio::test]
async fn a_refusal_in_other_words_is_caught() {
    let mut wrong = honest_toy();
    wrong.manners.refuse = |_| answer(StatusCode::UNPROCESSABLE_ENTITY, json!({"oops": true}));
    let verdict = judge_broken(wrong).await;
    assert!(
        verdict
            .complaints
            .iter()
            .any(|complaint| complaint.starts_with("it was refused in no documented words")),
        "{verdict:#?}"
    );
}

#[tokio::test]
async fn a_refusal_that_leaves_a_trace_is_caught() {
    let wrong = trusting_toy(|routes| {
        routes.on("notes.create", |store: Store<Toy>| async move {
            let new = New {
                title: "Milk".to_owned(),
                kind: None,
            };
            let added = store.try_write(|toy, moment| toy.add(new, moment));
            added.map(|_| ()).and(Err::<(), _>(Error::Taken))
        })
    });
    let verdict = judge_broken(wrong).await;
    assert_eq!(verdict.status, Some(StatusCode::CONFLICT));
    assert_eq!(
        verdict.complaints,
        [
            "it changed notes, plans",
            "it told the world of note.created"
        ]
    );
}

#[tokio::test]
async fn a_webhook_off_the_contract_is_caught() {
    let wrong = toy(|routes| {
        routes.on("notes.create", |store: Store<Toy>| async move {
            let note: Note = serde_json::from_value(note()).expect("it is a note");
            store.write(|_, moment| moment.announce(Webhook::Gibberish { note: note.clone() }));
            (StatusCode::CREATED, Json(note))
        })
    });
    let verdict = judge_valid(wrong, "notes.create", creating()).await;
    assert_caught(
        &verdict,
        "the webhook note.archived is off the contract: `/event` in the body is \"gibberish\"",
    );
}

#[tokio::test]
async fn a_webhook_off_the_contract_is_caught_even_later() {
    let wrong = toy(|routes| {
        routes.on("notes.create", |store: Store<Toy>| async move {
            let later = crate::support::toy::Happening::Gibberish {
                id: BREAD.to_owned(),
            };
            store.write(|_, moment| moment.plan(std::time::Duration::from_secs(60), later));
            answer(StatusCode::CREATED, note())
        })
    });
    let verdict = judge_valid(wrong, "notes.create", creating()).await;
    assert_caught(&verdict, "the webhook note.archived is off the contract");
}

/// What the contract leaves open the documented answers still tell: the replay compares with them.
#[tokio::test]
async fn the_replay_catches_what_a_timid_contract_does_not() {
    let day = |body: Value| {
        toy(move |routes| {
            routes.on("reports.get", move || async {
                answer(StatusCode::OK, body)
            })
        })
    };
    let said = async |mounted: Mounted| {
        let mut complaints = Vec::new();
        replay(mounted, &mut complaints).await;
        complaints
            .into_iter()
            .map(|one| format!("{} {}: {}", one.operation, one.example, one.why))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        said(day(json!({"day": "monday"}))).await,
        [
            "reports.get Monday: /notes is missing",
            "reports.get Tuesday: /notes is missing",
            "reports.get Never: {\"day\":\"monday\"}",
        ]
    );
    assert_eq!(
        said(day(json!({"day": "monday", "notes": "three"}))).await[..2],
        [
            "reports.get Monday: /notes is a string instead of a number",
            "reports.get Tuesday: /notes is a string instead of a number",
        ]
    );
}
