//! The control API, as a tester uses it.

mod chaos;
mod console;
mod deliveries;
mod phones;
mod scenarios;
mod stream;
mod trigger;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use insta::assert_snapshot;
use mock_server::kernel::routes::Mounted;
use mock_server::{App, Options};
use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::story::read;
use crate::support::toy::{BREAD, Toy};

/// A server of the toy vendor, asked over its control API and as the vendor.
struct Server(App);

impl Server {
    fn new() -> Self {
        Self::with(Options::default())
    }

    fn with(options: Options) -> Self {
        let start = "2026-01-01T00:00:00Z".parse().unwrap();
        let options = Options {
            frozen_at: Some(start),
            ticking: false,
            ..options
        };
        Self(App::with(vec![Mounted::new::<Toy>().unwrap()], options).unwrap())
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        self.ask_as(method, path, body, &[]).await
    }

    async fn ask_as(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-toy-key", "toy-key");
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "127.0.0.1:4600");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let answer = read(self.0.answer(request.body(body).unwrap()).await).await;
        (
            answer.status,
            serde_json::from_str(&answer.text).unwrap_or(Value::Null),
        )
    }

    async fn get(&self, path: &str) -> Value {
        let (status, value) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {value}");
        value
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.ask(Method::POST, path, Some(body)).await
    }
}

#[tokio::test]
async fn every_described_path_is_served_and_every_other_is_refused() {
    let server = Server::new();
    let document = server.get("/__admin/openapi.json").await;
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let concrete = path
            .replace("{vendor}", "toy")
            .replace("{file}", "toy.json")
            .replace("{name}", "nobody")
            .replace("{id}", "999");
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            if concrete == "/__admin/stream" {
                // It never ends; it has tests of its own.
                seen += 1;
                continue;
            }
            let (status, answer) = server.ask(method.clone(), &concrete, None).await;
            let unknown = answer["error"]
                .as_str()
                .is_some_and(|error| error.starts_with("the control API has no"));
            assert!(
                !unknown && status != StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}: {status} {answer}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 54, "every described operation was asked");
    let (status, answer) = server.ask(Method::GET, "/__admin/nonsense", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        answer["expected"],
        "one of the paths of /__admin/openapi.json"
    );
}

#[tokio::test]
async fn every_served_path_is_described_with_its_methods() {
    let server = Server::new();
    let document = server.get("/__admin/openapi.json").await;
    for path in mock_server::admin::paths() {
        let described = document["paths"][&path].as_object();
        let described = described.unwrap_or_else(|| panic!("{path} is not described"));
        let concrete = path
            .replace("{vendor}", "toy")
            .replace("{file}", "toy.json")
            .replace("{name}", "nobody")
            .replace("{id}", "999");
        for method in ["get", "put", "post", "delete", "patch"] {
            if path == "/__admin/stream" && method == "get" {
                continue;
            }
            let name = method.to_uppercase().parse().unwrap();
            let (status, _) = server.ask(name, &concrete, None).await;
            assert_eq!(
                status != StatusCode::METHOD_NOT_ALLOWED,
                described.contains_key(method),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn the_journal_tells_what_came_what_went_and_what_it_caused() {
    let server = Server::new();
    server
        .post("/toy/notes", json!({"title": "Milk", "colour": "red"}))
        .await;
    server.get("/toy/notes").await;
    let list = server.get("/__admin/requests?operation=notes.create").await;
    assert_eq!(list["requests"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["seen"], 2);
    let detail = server.get("/__admin/requests/1").await;
    assert_eq!(detail["answer"]["status"], 201);
    assert_eq!(detail["request"]["body"]["json"]["colour"], "red");
    assert_eq!(detail["findings"][0]["kind"], "undocumented");
    assert_eq!(detail["caused"][0]["name"], "note.created");
    let (_, found) = server
        .post("/__admin/requests/find", json!({"body": "Milk"}))
        .await;
    assert_eq!(found["count"], 1);
    let (status, _) = server.ask(Method::DELETE, "/__admin/requests", None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(server.get("/__admin/requests").await["seen"], 0);
}

#[tokio::test]
async fn workspaces_share_nothing() {
    let server = Server::new();
    server
        .post("/w/one/toy/notes", json!({"title": "Milk"}))
        .await;
    let count = async |path: &str| server.get(path).await["notes"].as_array().map(Vec::len);
    assert_eq!(count("/w/one/toy/notes").await, Some(2));
    assert_eq!(count("/toy/notes").await, Some(1));
    let (status, made) = server
        .post("/__admin/workspaces", json!({"name": "two"}))
        .await;
    assert_eq!(status, StatusCode::CREATED);
    let key = made["credentials"][0].as_str().unwrap();
    let headers = [("x-toy-key", key)];
    let request = Request::builder()
        .uri("/toy/notes")
        .header("host", "mock.test")
        .header(headers[0].0, headers[0].1);
    let answer = read(server.0.answer(request.body(Body::empty()).unwrap()).await).await;
    assert_eq!(
        (
            answer.status,
            answer.headers["x-mock-workspace"].to_str().unwrap()
        ),
        (StatusCode::OK, "two")
    );
    server
        .post("/__admin/clock?workspace=two", json!({"advance": "25h"}))
        .await;
    assert_eq!(
        server.get("/__admin/clock?workspace=two").await["now"],
        "2026-01-02T01:00:00Z"
    );
    assert_eq!(
        server.get("/__admin/clock").await["now"],
        "2026-01-01T00:00:00Z"
    );
    let (status, _) = server
        .ask(Method::DELETE, "/__admin/workspaces/two", None)
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let names = server.get("/__admin/workspaces").await;
    let names: Vec<_> = names["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["default", "one"]);
}

#[tokio::test]
async fn a_state_is_dumped_restored_and_reset() {
    let server = Server::new();
    server.post("/toy/notes", json!({"title": "Milk"})).await;
    let dump = server.get("/__admin/state/toy").await;
    server.post("/__admin/reset", json!({})).await;
    assert_eq!(
        server.get("/toy/notes").await["notes"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let (status, _) = server
        .ask(Method::PUT, "/__admin/state/toy", Some(dump.clone()))
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        server.get("/__admin/state/toy").await.to_string(),
        dump.to_string()
    );
}

#[tokio::test]
async fn a_webhook_is_delivered_shown_and_delivered_again() {
    let server = Server::new();
    let receiver = Receiver::start().await;
    let endpoint =
        json!({"vendor": "toy", "url": receiver.url("/hook"), "headers": {"x-secret": "s"}});
    let (status, made) = server.post("/__admin/webhooks/endpoints", endpoint).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    server.post("/toy/notes", json!({"title": "Milk"})).await;
    server
        .post("/__admin/clock", json!({"until": "idle"}))
        .await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 2, "created, and archived a minute later");
    assert!(
        arrived
            .iter()
            .all(|one| one.method == Method::POST && one.headers["x-secret"] == "s")
    );
    let list = server
        .get("/__admin/webhooks/deliveries?state=delivered")
        .await;
    assert_eq!(list["deliveries"].as_array().map(Vec::len), Some(2));
    let id = &list["deliveries"][0]["id"];
    let (status, attempt) = server
        .post(
            &format!("/__admin/webhooks/deliveries/{id}/redeliver"),
            json!({}),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{attempt}");
    let again = receiver.arrived();
    assert_eq!(
        (again.len(), &again[2].body),
        (3, &again[0].body),
        "the same bytes"
    );
}

#[tokio::test]
async fn a_nudge_happens_at_once() {
    let server = Server::new();
    let (status, answer) = server
        .post(
            "/__admin/happenings/toy",
            json!({"archived": {"id": BREAD}}),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["announced"][0]["name"], "note.archived");
    assert_eq!(
        server.get(&format!("/toy/notes/{BREAD}")).await["archived"],
        true
    );
}

#[tokio::test]
async fn bad_input_is_answered_with_its_place_and_what_was_expected() {
    let server = Server::new();
    let bad = [
        (Method::POST, "/__admin/clock", json!({"advance": "soon"})),
        (Method::POST, "/__admin/clock", json!({"forward": "1h"})),
        (Method::POST, "/__admin/clock", json!({"speed": -1})),
        (
            Method::POST,
            "/__admin/faults",
            json!({"fault": {"status": 9}}),
        ),
        (
            Method::POST,
            "/__admin/faults",
            json!({"fault": {"pause": 9}}),
        ),
        (
            Method::POST,
            "/__admin/faults",
            json!({"operation": "notes.lst", "fault": "reset"}),
        ),
        (
            Method::POST,
            "/__admin/happenings/toy",
            json!({"archived": {"id": "nobody"}}),
        ),
        (
            Method::POST,
            "/__admin/happenings/toy",
            json!({"archive": {}}),
        ),
        (Method::PUT, "/__admin/state/toy", json!({"notes": 3})),
        (
            Method::POST,
            "/__admin/webhooks/endpoints",
            json!({"vendor": "toy", "url": "nowhere"}),
        ),
        (
            Method::POST,
            "/__admin/webhooks/endpoints",
            json!({"vendor": "toys", "url": "http://127.0.0.1:1"}),
        ),
        (
            Method::POST,
            "/__admin/webhooks/endpoints",
            json!({"vendor": "toy", "url": "http://127.0.0.1:1", "event": []}),
        ),
        (Method::POST, "/__admin/workspaces", json!({"name": "a b"})),
        (
            Method::POST,
            "/__admin/requests/find",
            json!({"status": "many"}),
        ),
        (Method::GET, "/__admin/clock?workspace=a%20b", json!(null)),
        (Method::GET, "/__admin/requests?limt=3", json!(null)),
        (Method::GET, "/__admin/requests/7", json!(null)),
        (Method::GET, "/__admin/openapi/toys.json", json!(null)),
        (Method::DELETE, "/__admin/workspaces/default", json!(null)),
    ];
    let mut told = String::new();
    for (method, path, body) in bad {
        let (status, answer) = server.ask(method.clone(), path, Some(body.clone())).await;
        told.push_str(&format!(
            "{method} {path} {body}\n  {} {answer}\n",
            status.as_u16()
        ));
    }
    assert_snapshot!(told);
}

#[tokio::test]
async fn foreign_hosts_and_pages_are_refused() {
    let server = Server::new();
    let ask = async |headers: &[(&str, &str)]| {
        server
            .ask_as(Method::GET, "/__admin/clock", None, headers)
            .await
            .0
    };
    assert_eq!(ask(&[("host", "localhost:4600")]).await, StatusCode::OK);
    assert_eq!(
        ask(&[("host", "rebound.example")]).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        ask(&[("origin", "http://127.0.0.1:4600")]).await,
        StatusCode::OK
    );
    assert_eq!(
        ask(&[("origin", "https://evil.example")]).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(ask(&[("origin", "null")]).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_is_demanded_where_one_is_set() {
    let server = Server::with(Options {
        admin_token: Some("let-me-in".into()),
        ..Options::default()
    });
    let ask = async |headers: &[(&str, &str)]| {
        server
            .ask_as(Method::GET, "/__admin/clock", None, headers)
            .await
            .0
    };
    assert_eq!(ask(&[]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        ask(&[("authorization", "Bearer wrong")]).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        ask(&[
            ("authorization", "Bearer let-me-in"),
            ("host", "192.168.1.5")
        ])
        .await,
        StatusCode::OK
    );
    assert_eq!(
        ask(&[("x-mock-admin-token", "let-me-in")]).await,
        StatusCode::OK
    );
}
