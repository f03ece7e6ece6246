//! The layers, one by one and in their order, tried on the toy vendor.

use http::{Method, StatusCode};
use insta::assert_snapshot;
use mock_server::kernel::faults::{Fault, FaultRule};
use mock_server::kernel::journal::FindingKind;
use mock_server::kernel::layers::auth::AuthMode;
use mock_server::kernel::rate_limit::RateLimiting;
use serde_json::json;

use crate::support::story;
use crate::support::story::story_with;
use crate::support::toy::{BREAD, Toy};

#[tokio::test]
async fn a_note_is_created_found_and_read_back() {
    let mut story = story::<Toy>();
    story.show_headers(&["x-mock-operation", "x-mock-workspace", "x-mock-evidence"]);
    let note = story.post("/notes", json!({"title": "Milk"})).await.json();
    story.post("/notes", json!({"and": ["M"]})).await;
    story
        .get(&format!("/notes/{}", note["id"].as_str().unwrap()))
        .await;
    story.get("/notes?limit=1").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_refusal_leaves_no_trace() {
    let mut story = story::<Toy>();
    let before = story.state();
    let answer = story.post("/notes", json!({"title": "Bread"})).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(story.state(), before);
    assert!(story.workspace().events.entries().is_empty());
    let first = story.post("/notes", json!({"title": "Milk"})).await.json();
    let untouched = crate::support::story::<Toy>()
        .post("/notes", json!({"title": "Milk"}))
        .await
        .json();
    assert_eq!(first, untouched, "even the identifiers go back");
}

#[tokio::test]
async fn the_vendor_words_every_refusal() {
    let mut story = story::<Toy>();
    story.show_headers(&["x-mock-hint"]);
    story.with_header("x-toy-key", None);
    story.get("/notes").await;
    story.with_header("x-toy-key", Some("wrong"));
    story.get("/notes").await;
    story.with_header("x-toy-key", Some("toy-key"));
    story
        .send(
            Method::POST,
            "/notes",
            "application/json",
            Some("{\"title\": ".into()),
        )
        .await;
    story.post("/notes", json!({})).await;
    story.post("/notes", json!({"title": 5})).await;
    story.get("/note/1").await;
    story.delete("/notes").await;
    story.get("/notes?limit=many").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_is_undocumented_is_let_through_and_noted() {
    let mut story = story::<Toy>();
    let answer = story
        .post("/notes", json!({"title": "Milk", "colour": "red"}))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let findings = story
        .workspace()
        .journal
        .get(1)
        .unwrap()
        .findings
        .lock()
        .clone();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(
        (findings[0].kind, findings[0].pointer.as_str()),
        (FindingKind::Undocumented, "/colour")
    );

    let mut strict = story_with::<Toy>(|options| options.strict = true);
    let answer = strict
        .post("/notes", json!({"title": "Milk", "colour": "red"}))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_replayed_answer_is_the_nearest_documented_one() {
    let mut story = story::<Toy>();
    story.show_headers(&["x-mock-evidence"]);
    story.get("/reports/tuesday").await;
    story.get("/reports/friday").await;
    story.get("/reports/never").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_request_may_ask_for_its_answer() {
    let mut story = story::<Toy>();
    story.with_header("prefer", Some("example=\"no such note\""));
    story.get(&format!("/notes/{BREAD}")).await;
    story.with_header("prefer", Some("code=404"));
    story.get(&format!("/notes/{BREAD}")).await;
    story.with_header("prefer", Some("code=503"));
    story.get(&format!("/notes/{BREAD}")).await;
    story.with_header("prefer", Some("example=nonsense"));
    story.get(&format!("/notes/{BREAD}")).await;
    story.with_header("prefer", None);
    story.with_header("x-mock-response-code", Some("404"));
    story.get(&format!("/notes/{BREAD}")).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_fault_rule_breaks_what_it_names() {
    let mut story = story::<Toy>();
    let rule = FaultRule {
        id: 0,
        vendor: None,
        operation: Some("notes.list".into()),
        fault: Fault::Status(503),
        count: Some(1),
        probability: None,
    };
    story.workspace().faults.add(rule).unwrap();
    let path = format!("/notes/{BREAD}");
    assert_eq!(story.get(&path).await.status, StatusCode::OK);
    assert_eq!(
        story.get("/notes").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(story.get("/notes").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_vendors_rate_limit_holds_when_asked_for_and_is_noted_otherwise() {
    let mut story = story_with::<Toy>(|options| options.rate_limits = RateLimiting::Vendor);
    for _ in 0..3 {
        assert_eq!(story.get("/notes").await.status, StatusCode::OK);
    }
    assert_eq!(
        story.get("/notes").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    story.with_header("x-toy-key", Some("other-toy-key"));
    assert_eq!(
        story.get("/notes").await.status,
        StatusCode::OK,
        "each credential has its own count"
    );
    story.with_header("x-toy-key", Some("toy-key"));
    story.wait(std::time::Duration::from_secs(60)).await;
    assert_eq!(story.get("/notes").await.status, StatusCode::OK);

    let mut generous = crate::support::story::<Toy>();
    for _ in 0..4 {
        assert_eq!(generous.get("/notes").await.status, StatusCode::OK);
    }
    let findings = generous
        .workspace()
        .journal
        .get(4)
        .unwrap()
        .findings
        .lock()
        .clone();
    assert_eq!(
        findings
            .iter()
            .map(|finding| finding.kind)
            .collect::<Vec<_>>(),
        [FindingKind::WouldBeThrottled]
    );
}

#[tokio::test]
async fn any_well_formed_credential_is_welcome_under_auth_any() {
    let mut story = story_with::<Toy>(|options| options.auth = AuthMode::Any);
    story.with_header("x-toy-key", Some("whatever"));
    assert_eq!(story.get("/notes").await.status, StatusCode::OK);
    story.with_header("x-toy-key", None);
    assert_eq!(story.get("/notes").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_panicking_handler_is_answered_and_told() {
    let mut story = story::<Toy>();
    let answer = story.get("/notes/panic").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let findings = story
        .workspace()
        .journal
        .get(1)
        .unwrap()
        .findings
        .lock()
        .clone();
    assert!(
        findings
            .iter()
            .any(|finding| finding.kind == FindingKind::Internal),
        "{findings:?}"
    );
    assert_eq!(
        story.get(&format!("/notes/{BREAD}")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_off_contract_webhook_does_not_get_out() {
    let story = story::<Toy>();
    let slot = story.workspace().slot("toy").unwrap();
    slot.happen(&json!({"gibberish": {"id": BREAD}})).unwrap();
    let events = story.workspace().events.entries();
    assert_eq!(events.len(), 1, "it is remembered");
    assert!(
        events[0]
            .findings
            .iter()
            .any(|finding| finding.pointer == "/event"),
        "{:?}",
        events[0].findings
    );
}

#[tokio::test]
async fn a_name_that_no_workspace_can_have_is_refused_by_the_mock() {
    let mut story = story::<Toy>();
    story.with_header("x-mock-workspace", Some("a b"));
    let answer = story.get("/notes").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["mock"], r#""a b" cannot name a workspace"#);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_in_the_vendors_words() {
    let mut story = story_with::<Toy>(|options| options.largest_body = 100);
    let answer = story
        .post("/notes", json!({"title": "a".repeat(200)}))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["problem"], "body larger than 100 bytes");
    assert_eq!(story.workspace().journal.seen(), 1, "it is remembered");
}

#[tokio::test]
async fn an_answer_that_was_asked_for_is_as_sure_as_its_example() {
    let mut story = story::<Toy>();
    let path = format!("/notes/{BREAD}");
    assert_eq!(
        story.get(&path).await.headers["x-mock-evidence"],
        "documented"
    );
    story.with_header("prefer", Some("example=Milk"));
    assert_eq!(story.get(&path).await.headers["x-mock-evidence"], "example");
}
