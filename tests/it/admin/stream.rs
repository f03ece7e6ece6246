//! What is new, as somebody hears it who watches.

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use http::{Request, StatusCode};
use mock_server::Options;
use serde_json::{Value, json};

use super::Server;

/// Somebody who watches a workspace.
struct Watcher {
    stream: BodyDataStream,
    text: String,
}

impl Watcher {
    async fn of(server: &Server, query: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = Request::builder().uri(format!("/__admin/stream{query}"));
        for (name, value) in [("host", "127.0.0.1:4600")].iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = server.0.answer(request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            stream: answer.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The next message: its id, its name and its data.
    async fn next(&mut self) -> Option<(u64, String, Value)> {
        while !self.text.contains("\n\n") {
            let chunk = self.stream.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        let (message, rest) = self.text.split_once("\n\n").unwrap();
        let field = |name: &str| {
            let mut lines = message.lines();
            lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
        };
        let id = field("id").unwrap().parse().unwrap();
        let data = serde_json::from_str(&field("data").unwrap()).unwrap();
        let told = (id, field("event").unwrap(), data);
        self.text = rest.to_owned();
        Some(told)
    }

    async fn names(&mut self, count: usize) -> Vec<String> {
        let mut names = Vec::new();
        for _ in 0..count {
            names.push(self.next().await.unwrap().1);
        }
        names
    }
}

#[tokio::test]
async fn who_watches_hears_of_requests_events_clock_and_reset() {
    let server = Server::new();
    let mut watcher = Watcher::of(&server, "", &[]).await;
    let (at, name, hello) = watcher.next().await.unwrap();
    assert_eq!((at, name.as_str()), (0, "hello"));
    assert_eq!(hello["clock"]["now"], "2026-01-01T00:00:00Z");
    server.post("/toy/notes", json!({"title": "Milk"})).await;
    let (_, name, event) = watcher.next().await.unwrap();
    assert_eq!(
        (name.as_str(), &event["name"]),
        ("event", &json!("note.created"))
    );
    assert_eq!(
        (&event["cause"], &event["triggered"]),
        (&json!(1), &json!(false))
    );
    let (id, name, request) = watcher.next().await.unwrap();
    assert_eq!(
        (id, name.as_str(), &request["status"]),
        (2, "request", &json!(201))
    );
    server.post("/__admin/clock", json!({"speed": 60})).await;
    assert_eq!(watcher.next().await.unwrap().2["speed"], 60.0);
    server.post("/__admin/reset", json!({})).await;
    assert_eq!(watcher.next().await.unwrap().1, "reset");
}

#[tokio::test]
async fn who_was_away_goes_on_where_it_stopped() {
    let server = Server::new();
    for title in ["Milk", "Tea", "Salt"] {
        server.post("/toy/notes", json!({"title": title})).await;
    }
    let mut watcher = Watcher::of(&server, "?kinds=request", &[("last-event-id", "2")]).await;
    assert_eq!(watcher.next().await.unwrap().0, 2);
    let (id, _, request) = watcher.next().await.unwrap();
    assert_eq!(
        (id, &request["id"]),
        (4, &json!(2)),
        "only kinds that were asked for"
    );
    let mut watcher = Watcher::of(&server, "?after=5", &[]).await;
    assert_eq!(watcher.names(2).await, ["hello", "request"]);
    let mut lost = Watcher::of(&server, "", &[("last-event-id", "999")]).await;
    assert_eq!(lost.next().await.unwrap().1, "hello");
    let (_, name, missed) = lost.next().await.unwrap();
    assert_eq!(
        (name.as_str(), &missed["missed"]),
        ("lost", &Value::Null),
        "of another server"
    );
}

#[tokio::test]
async fn what_was_forgotten_meanwhile_is_counted() {
    let server = Server::with(Options {
        remembered: 2,
        ..Options::default()
    });
    for _ in 0..5 {
        server.get("/toy/notes").await;
    }
    let mut watcher = Watcher::of(&server, "?after=0", &[]).await;
    assert_eq!(watcher.names(3).await, ["hello", "request", "request"]);
    assert_eq!(watcher.next().await.unwrap().2["missed"], 3);
}

#[tokio::test]
async fn a_workspace_that_goes_ends_its_stream() {
    let server = Server::new();
    let mut watcher = Watcher::of(&server, "?workspace=one", &[]).await;
    watcher.next().await.unwrap();
    server.0.workspaces().remove("one");
    assert_eq!(watcher.next().await, None);
}

#[tokio::test]
async fn a_page_shows_its_token_in_the_query_of_the_stream_alone() {
    let server = Server::with(Options {
        admin_token: Some("secret".into()),
        ..Options::default()
    });
    let ask = async |path: &str| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        server.0.answer(request).await.status()
    };
    assert_eq!(ask("/__admin/stream?token=secret").await, StatusCode::OK);
    assert_eq!(
        ask("/__admin/stream?token=guess").await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        ask("/__admin/vendors?token=secret").await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_server_stops_although_somebody_watches() {
    let running = mock_server::start(Options::default()).await.unwrap();
    let url = format!("{}/__admin/stream", running.url());
    let watched = reqwest::Client::new().get(url).send().await.unwrap();
    assert_eq!(watched.status(), StatusCode::OK);
    running.stop().await;
    assert!(watched.text().await.unwrap().contains("event: hello"));
}
