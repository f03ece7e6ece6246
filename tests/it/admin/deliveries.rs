//! The log of deliveries, and sending again.

use axum::body::Body;
use http::{Request, StatusCode};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::Server;
use crate::support::receiver::Receiver;
use crate::support::story::read;

/// A server whose receiver refused the first of three notes.
async fn refused_once() -> (Server, Receiver) {
    let server = Server::new();
    let receiver = Receiver::start().await;
    let endpoint = json!({"vendor": "toy", "id": "mine", "url": receiver.url("/hook"), "signature": {"kind": "meta", "secret": "s"}});
    server.post("/__admin/webhooks/endpoints", endpoint).await;
    receiver.answer_next(StatusCode::BAD_GATEWAY);
    for title in ["Milk", "Tea", "it's"] {
        server.post("/toy/notes", json!({"title": title})).await;
        settle(&server).await;
    }
    (server, receiver)
}

/// Waits for what is in flight.
async fn settle(server: &Server) {
    server
        .post("/__admin/clock", json!({"advance": "0s"}))
        .await;
    let workspace = server.0.workspaces().named("default").unwrap();
    workspace.deliveries.settled().await;
}

fn ids(list: &Value) -> Vec<u64> {
    let rows = list["deliveries"].as_array().unwrap().iter();
    rows.map(|row| row["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn the_log_is_filtered_by_every_column() {
    let (server, _receiver) = refused_once().await;
    let find = async |query: &str| {
        ids(&server
            .get(&format!("/__admin/webhooks/deliveries?{query}"))
            .await)
    };
    assert_eq!(find("").await, [1, 2, 3]);
    assert_eq!(find("status=502").await, [1]);
    assert_eq!(find("status=2xx").await, [2, 3]);
    assert_eq!(find("class=status").await, [1]);
    assert_eq!(find("class=timeout").await, [0; 0]);
    assert_eq!(
        find("state=scheduled&vendor=toy&event=note.created&endpoint=mine").await,
        [1]
    );
    assert_eq!(find("endpoint=yours").await, [0; 0]);
    assert_eq!(find("after=1&limit=1").await, [3]);
    assert_eq!(find("cause=2").await, [2]);
    assert_eq!(find("event_id=3").await, [3]);
    assert_eq!(find("since=2026-01-01T00:00:00Z").await, [1, 2, 3]);
    assert_eq!(find("since=2026-01-01T00:00:01Z").await, [0; 0]);
    let limited = server.get("/__admin/webhooks/deliveries?limit=1").await;
    assert_eq!(limited["matched"], 3);
    let (status, problem) = server
        .ask(
            http::Method::GET,
            "/__admin/webhooks/deliveries?status=6xx",
            None,
        )
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_snapshot!(problem["error"].as_str().unwrap(), @r#"in the query: invalid value: string "6xx", expected a status like 500, or 5xx"#);
}

#[tokio::test]
async fn an_attempt_by_hand_tells_what_became_of_the_one_before() {
    let (server, receiver) = refused_once().await;
    let again = async |body: Value| {
        let (status, attempt) = server
            .post("/__admin/webhooks/deliveries/1/redeliver", body)
            .await;
        assert_eq!(status, StatusCode::OK, "{attempt}");
        attempt["verdict"].as_str().unwrap().to_owned()
    };
    receiver.answer_next(StatusCode::BAD_GATEWAY);
    assert_eq!(again(json!({})).await, "still_failing");
    assert_eq!(again(json!({})).await, "fixed");
    assert_eq!(again(json!({})).await, "still_passing");
    receiver.answer_next(StatusCode::BAD_GATEWAY);
    assert_eq!(again(json!({})).await, "regressed");
    let detail = server.get("/__admin/webhooks/deliveries/1").await;
    assert_eq!(detail["state"], "delivered");
    let verdicts: Vec<_> = detail["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["verdict"])
        .collect();
    assert_eq!(verdicts[..2], [&Value::Null, &json!("still_failing")]);
    assert_eq!(detail["attempts"][0]["failure"]["class"], "status");
    let signature = &detail["attempts"][0]["signature"];
    assert_eq!(signature["header"], "x-hub-signature-256");
    assert_eq!(
        signature["explained"],
        "sha256= and hexadecimal of HMAC-SHA256 with the secret"
    );
}

#[tokio::test]
async fn the_same_bytes_another_body_or_a_text_go_out() {
    let (server, receiver) = refused_once().await;
    let path = "/__admin/webhooks/deliveries/1/redeliver";
    server.post(path, json!({"resign": false})).await;
    server.post(path, json!({"body": {"edited": true}})).await;
    server.post(path, json!({"raw": "not json"})).await;
    let arrived = receiver.arrived();
    let [first, _, _, same, edited, raw] = &arrived[..] else {
        panic!("{} arrived", arrived.len());
    };
    assert_eq!((&first.body, &first.headers), (&same.body, &same.headers));
    assert_eq!(
        (&edited.body[..], &raw.body[..]),
        (&b"{\"edited\":true}"[..], &b"not json"[..])
    );
    assert_ne!(
        edited.headers["x-hub-signature-256"],
        first.headers["x-hub-signature-256"]
    );
    let (status, problem) = server
        .post(path, json!({"raw": "x", "resign": false}))
        .await;
    assert_eq!(
        (status, &problem["pointer"]),
        (StatusCode::BAD_REQUEST, &json!("/resign"))
    );
    let state = server.get("/__admin/webhooks/deliveries/1").await;
    assert_eq!(state["state"], "delivered", "the same bytes deliver it");
}

#[tokio::test]
async fn a_bulk_is_counted_first_and_sent_when_the_count_is_confirmed() {
    let (server, receiver) = refused_once().await;
    let path = "/__admin/webhooks/deliveries/redeliver";
    let all = json!({"filter": {"event": "note.created"}});
    let (_, counted) = server.post(path, all).await;
    assert_eq!(counted, json!({"count": 3, "deliveries": [1, 2, 3]}));
    assert_eq!(receiver.arrived().len(), 3, "nothing is sent yet");
    let failed = json!({"filter": {"status": "5xx"}, "confirm": 2});
    let (status, problem) = server.post(path, failed).await;
    assert_eq!(
        (status, &problem["count"]),
        (StatusCode::CONFLICT, &json!(1))
    );
    let (_, sent) = server
        .post(path, json!({"filter": {"vendor": "toy"}, "confirm": 3}))
        .await;
    assert_eq!(sent["verdicts"], json!({"fixed": 1, "still_passing": 2}));
    assert_eq!(
        sent["deliveries"][0],
        json!({"id": 1, "verdict": "fixed", "status": 200, "failure": null})
    );
    assert_eq!(receiver.arrived().len(), 6);
    let (_, none) = server.post(path, json!({"filter": {"status": 502}})).await;
    assert_eq!(none["count"], 0, "nothing fails any more");
}

#[tokio::test]
async fn deliveries_are_exported_for_other_tools() {
    let (server, receiver) = refused_once().await;
    let export = async |query: &str| {
        let path = format!("/__admin/webhooks/deliveries/export?{query}");
        let request = Request::builder().uri(path).header("host", "localhost");
        let answer = server.0.answer(request.body(Body::empty()).unwrap()).await;
        read(answer).await
    };
    let har = export("format=har").await;
    let har: Value = serde_json::from_str(&har.text).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap();
    assert_eq!(
        (har["log"]["version"].as_str(), entries.len()),
        (Some("1.2"), 3)
    );
    assert_eq!(entries[0]["response"]["status"], 502);
    let body: Value =
        serde_json::from_str(entries[0]["request"]["postData"]["text"].as_str().unwrap()).unwrap();
    assert_eq!(body["note"]["title"], "Milk");
    let lines = export("format=ndjson&status=2xx").await;
    let lines: Vec<Value> = lines
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines
            .iter()
            .map(|one| one["id"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [2, 3]
    );
    let commands = export("format=curl&event_id=3").await.text;
    let mut commands = commands.replace(&receiver.url(""), "http://receiver");
    let signed = commands.find("sha256=").unwrap() + 7;
    commands.replace_range(signed..signed + 64, "…");
    let id = commands.find("\"id\":\"").unwrap() + 6;
    commands.replace_range(id..id + 36, "…");
    assert_snapshot!(commands);
    assert_eq!(export("format=pdf").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        export("format=har&colour=red").await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn what_was_done_is_counted_for_prometheus() {
    let (server, _receiver) = refused_once().await;
    server.get("/toy/notes").await;
    let request = Request::builder()
        .uri("/__admin/metrics")
        .header("host", "localhost");
    let answer = read(server.0.answer(request.body(Body::empty()).unwrap()).await).await;
    assert_eq!(
        answer.headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let kept = answer
        .text
        .lines()
        .filter(|line| !line.contains("_seconds_total{"));
    assert_snapshot!(kept.collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn an_address_with_a_token_is_asked_for_the_challenge() {
    let server = Server::new();
    let receiver = Receiver::start().await;
    let endpoint = |token: Value| json!({"vendor": "toy", "id": "mine", "url": receiver.url("/hook"), "verify_token": token});
    let mut said = Vec::new();
    receiver.answer_next(StatusCode::FORBIDDEN);
    for token in [json!("sesame"), json!("sesame"), json!(null)] {
        let made = server.post("/__admin/webhooks/endpoints", endpoint(token));
        said.push(made.await.1["verification"].clone());
    }
    assert_eq!(
        said,
        [
            json!("answered with 403 Forbidden"),
            json!("the answer is not the challenge"),
            json!(null),
        ]
    );
    let asked: Vec<_> = receiver.arrived();
    assert_eq!(asked.len(), 2, "who has no token is not asked");
    let query = asked[0].uri.query().unwrap_or_default();
    assert!(query.contains("hub.mode=subscribe") && query.contains("hub.verify_token=sesame"));
    assert!(query.contains("hub.challenge="), "{query}");
}
