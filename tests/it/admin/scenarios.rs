//! Scenarios, played against handlers that are good, bad, or not there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use http::{HeaderMap, Method, StatusCode};
use insta::assert_snapshot;
use mock_server::kernel::delivery::{Checked, Signature};
use mock_server::scenario::{self, SCHEMA};
use mock_server::{App, Options};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Server;

/// A handler that a scenario is played against.
struct Handler {
    url: String,
    heard: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Handler {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Handler {
    /// A handler that answers as the function says.
    async fn answering(answer: fn(&HeaderMap, &[u8]) -> StatusCode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&heard);
        let app = Router::new().fallback(move |headers: HeaderMap, body: Bytes| {
            counted.fetch_add(1, Ordering::Relaxed);
            let status = answer(&headers, &body);
            async move { status }
        });
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, heard, task }
    }

    /// One that takes everything but what is badly signed.
    async fn good() -> Self {
        Self::answering(|headers, body| {
            if !headers.contains_key("x-hub-signature-256") {
                return StatusCode::OK;
            }
            match Signature::check("scenario-secret", None, headers, body) {
                Checked::Right(_) => StatusCode::OK,
                _ => StatusCode::UNAUTHORIZED,
            }
        })
        .await
    }

    /// One that fails at everything.
    async fn bad() -> Self {
        Self::answering(|_, _| StatusCode::INTERNAL_SERVER_ERROR).await
    }
}

fn all_vendors() -> Server {
    let start = "2026-04-15T00:00:00Z".parse().unwrap();
    let options = Options {
        frozen_at: Some(start),
        ticking: false,
        ..Options::default()
    };
    Server(App::new(options).unwrap())
}

async fn play(server: &Server, body: Value) -> Value {
    let name = body["name"].as_str().unwrap_or("text").to_owned();
    let path = format!("/__admin/scenarios/run?workspace={name}");
    let (status, report) = server.post(&path, body).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    report
}

fn names() -> Vec<String> {
    let parsed = |(file, scenario): (String, Result<scenario::Scenario, _>)| match scenario {
        Ok(scenario) => {
            assert_eq!(
                format!("{}.yaml", scenario.name),
                file,
                "a file is named after its scenario"
            );
            scenario.name
        }
        Err(malformed) => panic!("{file}: {malformed}"),
    };
    scenario::shipped().into_iter().map(parsed).collect()
}

#[tokio::test]
async fn a_good_handler_passes_every_shipped_scenario() {
    let server = all_vendors();
    for name in names() {
        let handler = Handler::good().await;
        let report = play(&server, json!({"name": name, "to": handler.url})).await;
        assert_eq!(report["grade"], "pass", "{name}: {report:#}");
        assert!(handler.heard.load(Ordering::Relaxed) > 0, "{name}");
        let left = server
            .get(&format!("/__admin/webhooks/endpoints?workspace={name}"))
            .await;
        let mut left = left["endpoints"].as_array().unwrap().iter();
        assert!(left.all(|one| one["id"] != "scenario"), "{name} cleans up");
        let chaos = server
            .get(&format!("/__admin/chaos?workspace={name}"))
            .await;
        assert_eq!(chaos["rules"], json!([]), "{name} cleans up");
    }
}

#[tokio::test]
async fn a_bad_handler_fails_every_shipped_scenario_and_is_told_why() {
    let server = all_vendors();
    let mut verdicts = Vec::new();
    for name in names() {
        let handler = Handler::bad().await;
        let report = play(&server, json!({"name": name, "to": handler.url})).await;
        assert_eq!(report["grade"], "fail", "{name}: {report:#}");
        verdicts.push(format!("{name}: {}", report["reason"].as_str().unwrap()));
    }
    assert_snapshot!(verdicts.join("\n"));
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_concluded() {
    let server = all_vendors();
    for name in names() {
        let report = play(&server, json!({"name": name})).await;
        assert_eq!(report["grade"], "inconclusive", "{name}: {report:#}");
    }
}

#[tokio::test]
async fn who_takes_a_forged_webhook_fails() {
    let server = all_vendors();
    let handler = Handler::answering(|_, _| StatusCode::OK).await;
    let report = play(
        &server,
        json!({"name": "emoji-under-a-signature", "to": handler.url}),
    )
    .await;
    assert_eq!(report["grade"], "fail");
    assert_snapshot!(report["reason"].as_str().unwrap(), @"step 5 (the handler refuses what is forged): delivery 2 of messages: the handler answered 200, expected 400 or 401 or 403 (anybody could write to this handler)");
}

#[tokio::test]
async fn what_a_handler_stores_is_asked_for_where_it_tells() {
    let server = all_vendors();
    let handler = Handler::good().await;
    let order = |check: &str| {
        let parameters = json!({"check": check});
        json!({"name": "status-goes-backwards", "to": handler.url, "parameters": parameters})
    };
    let report = play(&server, order("http://127.0.0.1:1/")).await;
    assert_eq!(
        report["grade"], "inconclusive",
        "nobody is there: {report:#}"
    );
    let report = play(&server, order("")).await;
    assert_eq!(
        report["steps"].as_array().unwrap().last().unwrap()["grade"],
        "skipped"
    );
}

#[test]
fn every_shipped_scenario_keeps_the_published_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in names() {
        let (_, text) = scenario::named(&name).unwrap();
        let file: Value = serde_saphyr::from_str(&text).unwrap();
        let faults: Vec<_> = validator
            .iter_errors(&file)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(faults, [""; 0], "{name}");
    }
    for wrong in [
        json!({}),
        json!({"name": "a", "title": "A", "vendor": "toy", "steps": [{"id": "x"}]}),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}

#[tokio::test]
async fn a_scenario_of_ones_own_is_played_with_parameters_and_references() {
    let server = Server::new();
    let handler = Handler::good().await;
    let text = r#"
name: own
title: My own
vendor: toy
parameters: {title: Milk}
steps:
  - {id: made, call: {operation: notes.create, body: {title: "${title}"}}}
  - {id: got, call: {operation: notes.get, path: {id: "${made.body.id}"}}}
  - {expect: {value: "${got.body.title}", equals: Tea}}
  - {advance: 1m}
  - {expect: {deliveries: {event: note.archived, count: 1, answer: 200}}}
  - {id: none, call: {operation: notes.get, path: {id: nothing}, status: 4xx}}
  - {id: again, happen: {archived: {id: "${made.body.id}"}}}
  - {expect: {deliveries: {of: "${again.events}", state: delivered}}}
"#;
    let order = json!({"text": text, "to": handler.url, "parameters": {"title": "Tea"}});
    let report = play(&server, order).await;
    assert_eq!(
        (&report["grade"], &report["reason"]),
        (&json!("pass"), &json!("3 expectations were met")),
        "{report:#}"
    );
    let order = json!({"text": text, "to": handler.url});
    let report = play(&server, order).await;
    assert_snapshot!(report["reason"].as_str().unwrap(), @r#"step 3: the value is "Milk", expected "Tea""#);
}

#[tokio::test]
async fn what_is_no_scenario_is_refused_with_its_place() {
    let server = Server::new();
    let refused = async |body: Value| {
        let (status, problem) = server.post("/__admin/scenarios/run", body).await;
        format!("{status}: {}", problem["error"].as_str().unwrap())
    };
    let head = "name: own\ntitle: My own\nvendor: toy\nsteps:\n";
    assert_snapshot!(refused(json!({"text": format!("{head}  - advance: 5s\n    chaos: off\n")})).await, @"400 Bad Request: line 5, column 5: the step does several things at once; expected one of happen, trigger, call, advance, chaos and expect");
    assert_snapshot!(refused(json!({"name": "nothing"})).await, @r#"404 Not Found: no scenario is named "nothing""#);
    assert_snapshot!(refused(json!({})).await, @"400 Bad Request: it is not clear which scenario is meant");
    assert_snapshot!(refused(json!({"name": "out-of-order"})).await, @r#"400 Bad Request: no vendor is named "heltar""#);
    let unknown = json!({"text": format!("{head}  - advance: 5s\n"), "parameters": {"x": 1}});
    assert_snapshot!(refused(unknown).await, @r#"400 Bad Request: the scenario has no parameter "x"; it has "#);
}

#[tokio::test]
async fn what_was_done_by_hand_is_recorded_and_played_again() {
    let server = Server::new();
    let (_, made) = server.post("/toy/notes", json!({"title": "Milk"})).await;
    let id = made["id"].as_str().unwrap();
    server
        .post("/__admin/clock", json!({"advance": "5m"}))
        .await;
    server.get(&format!("/toy/notes/{id}")).await;
    server.ask(Method::GET, "/toy/notes/nothing", None).await;
    let order = json!({"vendor": "toy", "event": "note.created", "set": {"note.id": id}});
    server.post("/__admin/trigger", order).await;
    let slice = json!({"vendor": "toy", "name": "mine", "title": "Mine"});
    let (status, recorded) = server.post("/__admin/scenarios/record", slice).await;
    assert_eq!(status, StatusCode::OK, "{recorded}");
    assert_snapshot!(recorded["yaml"].as_str().unwrap());
    let handler = Handler::good().await;
    let order = json!({"text": recorded["yaml"], "to": handler.url});
    let report = play(&server, order).await;
    assert_eq!(report["grade"], "pass", "{report:#}");
    let empty = json!({"vendor": "toy", "requests": []});
    let (status, _) = server.post("/__admin/scenarios/record", empty).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn shipped_scenarios_are_listed_for_the_vendors_that_are_served() {
    let listed = all_vendors().get("/__admin/scenarios").await;
    assert_eq!(
        listed["scenarios"].as_array().map(Vec::len),
        Some(names().len())
    );
    assert_eq!(
        Server::new().get("/__admin/scenarios").await["scenarios"],
        json!([])
    );
    let shown = all_vendors()
        .get("/__admin/scenarios/too-many-requests")
        .await;
    assert_eq!(shown["parameters"]["seconds"]["default"], 600);
    assert!(
        shown["text"]
            .as_str()
            .unwrap()
            .starts_with("name: too-many-requests")
    );
    let schema = all_vendors().get("/__admin/scenarios/schema.json").await;
    assert_eq!(schema["title"], "A scenario of the mock server");
}
