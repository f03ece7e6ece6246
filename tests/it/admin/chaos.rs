//! Deliveries that go wrong on purpose.

use http::{Method, StatusCode};
use insta::assert_snapshot;
use mock_server::kernel::delivery::{Checked, Signature};
use serde_json::{Value, json};

use super::Server;
use crate::support::receiver::{Arrived, Receiver};

/// A server with one endpoint, and rules.
async fn broken(rules: &[Value]) -> (Server, Receiver) {
    let server = Server::new();
    let receiver = Receiver::start().await;
    let endpoint = json!({"vendor": "toy", "id": "mine", "url": receiver.url("/hook"), "signature": {"kind": "standard", "secret": "s"}});
    server.post("/__admin/webhooks/endpoints", endpoint).await;
    for rule in rules {
        let (status, made) = server.post("/__admin/chaos", rule.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
    }
    (server, receiver)
}

/// Announces so many notes, one after the other, and waits for first attempts.
async fn announce(server: &Server, count: u32) -> Value {
    let order = json!({"vendor": "toy", "event": "note.created", "set": {"note.title": "{{n}}"}, "count": count, "wait": true});
    server.post("/__admin/trigger", order).await.1
}

fn titles(arrived: &[Arrived]) -> Vec<String> {
    let title = |one: &Arrived| {
        let body: Value = serde_json::from_slice(&one.body).unwrap();
        body["note"]["title"].as_str().unwrap().to_owned()
    };
    arrived.iter().map(title).collect()
}

async fn advance(server: &Server, by: &str) {
    server.post("/__admin/clock", json!({"advance": by})).await;
    let workspace = server.0.workspaces().named("default").unwrap();
    workspace.deliveries.settled().await;
}

#[tokio::test]
async fn what_is_dropped_never_arrives_and_says_so() {
    let (server, receiver) = broken(&[json!({"effect": "drop", "count": 1})]).await;
    let fired = announce(&server, 3).await;
    assert_eq!(titles(&receiver.arrived()), ["2", "3"]);
    let dropped = &fired["deliveries"][0];
    assert_eq!(
        (&dropped["state"], &dropped["reason"]),
        (&json!("dropped"), &json!("dropped by rule 1 of chaos"))
    );
    assert_eq!(dropped["chaos"], json!(["drop"]));
    let shown = server.get("/__admin/chaos").await;
    assert_eq!(
        (&shown["seed"], &shown["rules"][0]["count"]),
        (&json!(1), &json!(0))
    );
}

#[tokio::test]
async fn copies_come_under_the_same_name_or_new_ones() {
    for (ids, same) in [("same", true), ("new", false)] {
        let rule = json!({"effect": {"duplicate": {"copies": 2, "ids": ids}}});
        let (server, receiver) = broken(&[rule]).await;
        announce(&server, 1).await;
        let arrived = receiver.arrived();
        assert_eq!(titles(&arrived), ["1", "1", "1"]);
        let names: std::collections::HashSet<_> = arrived
            .iter()
            .map(|one| one.headers["webhook-id"].clone())
            .collect();
        assert_eq!(names.len() == 1, same, "{names:?}");
        let copy = server.get("/__admin/webhooks/deliveries/2").await;
        assert_eq!(copy["chaos"], json!(["duplicate of 1"]));
    }
}

#[tokio::test]
async fn what_is_delayed_is_overtaken() {
    let rule = json!({"effect": {"delay": {"by": "5s"}}, "count": 1});
    let (server, receiver) = broken(&[rule]).await;
    let fired = announce(&server, 3).await;
    assert_eq!(titles(&receiver.arrived()), ["2", "3"]);
    let late = &fired["deliveries"][0];
    assert_eq!(
        (&late["state"], &late["next_attempt"]),
        (&json!("scheduled"), &json!("2026-01-01T00:00:05Z"))
    );
    advance(&server, "5s").await;
    assert_eq!(titles(&receiver.arrived()), ["2", "3", "1"]);
}

#[tokio::test]
async fn a_late_one_is_not_sent_to_an_endpoint_that_is_gone() {
    let rule = json!({"effect": {"delay": {"by": "5s", "up_to": "9s"}}});
    let (server, receiver) = broken(&[rule]).await;
    announce(&server, 1).await;
    server
        .ask(Method::DELETE, "/__admin/webhooks/endpoints/mine", None)
        .await;
    advance(&server, "10s").await;
    let delivery = server.get("/__admin/webhooks/deliveries/1").await;
    assert_eq!(
        (delivery["state"].as_str(), receiver.arrived().len()),
        (Some("failed"), 0)
    );
}

#[tokio::test]
async fn a_window_is_mixed_up_the_same_way_for_the_same_seed() {
    let order = async |seed: u64| {
        let rule = json!({"effect": {"reorder": {"window": 4, "within": "30s"}}});
        let (server, receiver) = broken(&[rule]).await;
        server
            .post("/__admin/chaos/seed", json!({"seed": seed}))
            .await;
        announce(&server, 6).await;
        let mixed = titles(&receiver.arrived());
        assert_eq!(mixed.len(), 4, "two wait for more");
        assert_ne!(mixed, ["1", "2", "3", "4"]);
        advance(&server, "30s").await;
        assert_eq!(
            titles(&receiver.arrived())[4..],
            ["5", "6"],
            "and go when nothing comes"
        );
        mixed
    };
    assert_eq!(order(7).await, order(7).await);
}

#[tokio::test]
async fn a_burst_comes_at_once_and_in_order() {
    let rule = json!({"effect": {"burst": {"size": 3}}});
    let (server, receiver) = broken(&[rule]).await;
    announce(&server, 2).await;
    assert_eq!(receiver.arrived().len(), 0);
    let order =
        json!({"vendor": "toy", "event": "note.created", "set": {"note.title": "3"}, "wait": true});
    server.post("/__admin/trigger", order).await;
    assert_eq!(titles(&receiver.arrived()), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_lost_answer_makes_the_same_come_again() {
    let rule = json!({"effect": "lose_answer", "count": 1});
    let (server, receiver) = broken(&[rule]).await;
    announce(&server, 1).await;
    advance(&server, "10s").await;
    let arrived = receiver.arrived();
    assert_eq!(titles(&arrived), ["1", "1"]);
    assert_eq!(
        arrived[0].headers["webhook-id"],
        arrived[1].headers["webhook-id"]
    );
    let detail = server.get("/__admin/webhooks/deliveries/1").await;
    let first = &detail["attempts"][0];
    assert_eq!(
        (&first["answer"]["status"], &first["failure"]["class"]),
        (&json!(200), &json!("reset"))
    );
    assert_eq!(first["chaos"], json!(["lose_answer"]));
    assert_eq!(detail["state"], "delivered");
}

#[tokio::test]
async fn a_damaged_body_no_longer_fits_its_signature() {
    for how in ["truncate", "flip", "not_json"] {
        let rule = json!({"effect": {"corrupt": {"how": how}}});
        let (server, receiver) = broken(&[rule]).await;
        announce(&server, 1).await;
        let arrived = &receiver.arrived()[0];
        let checked = Signature::check("s", None, &arrived.headers, &arrived.body);
        assert_eq!(checked, Checked::Wrong("webhook-signature".into()), "{how}");
    }
}

#[tokio::test]
async fn signatures_are_wrong_stale_or_missing() {
    for how in ["wrong", "stale", "missing"] {
        let rule = json!({"effect": {"signature": {"how": how}}});
        let (server, receiver) = broken(&[rule]).await;
        announce(&server, 1).await;
        let arrived = &receiver.arrived()[0];
        let checked = Signature::check("s", None, &arrived.headers, &arrived.body);
        match how {
            "wrong" => assert_eq!(checked, Checked::Wrong("webhook-signature".into())),
            "missing" => assert_eq!(checked, Checked::Missing),
            _ => {
                assert_eq!(checked, Checked::Right("webhook-signature".into()));
                let hour_ago = "2025-12-31T23:00:00Z".parse::<jiff::Timestamp>().unwrap();
                assert_eq!(
                    arrived.headers["webhook-timestamp"],
                    hour_ago.as_second().to_string()
                );
            }
        }
    }
}

#[tokio::test]
async fn a_rule_is_for_an_endpoint_an_event_and_a_share_and_goes_away() {
    let server = Server::new();
    let [one, other] = [Receiver::start().await, Receiver::start().await];
    for (id, receiver) in [("one", &one), ("other", &other)] {
        let endpoint = json!({"vendor": "toy", "id": id, "url": receiver.url("/")});
        server.post("/__admin/webhooks/endpoints", endpoint).await;
    }
    let rule = json!({"vendor": "toy", "endpoint": "one", "event": "note.created", "effect": "drop", "probability": 0.5});
    server.post("/__admin/chaos", rule).await;
    announce(&server, 100).await;
    assert_eq!(other.arrived().len(), 100);
    let arrived = one.arrived().len();
    assert!((25..75).contains(&arrived), "{arrived}");
    let (status, _) = server.ask(Method::DELETE, "/__admin/chaos/1", None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    announce(&server, 1).await;
    assert_eq!(one.arrived().len(), arrived + 1);
}

#[tokio::test]
async fn a_rule_that_makes_no_sense_is_refused() {
    let server = Server::new();
    let refused = async |rule: Value| {
        let (status, problem) = server.post("/__admin/chaos", rule).await;
        let part = |name: &str| problem[name].as_str().unwrap_or("-").to_owned();
        format!("{status}: {} at {}", part("error"), part("pointer"))
    };
    assert_snapshot!(refused(json!({"effect": "drop", "probability": 2})).await, @"400 Bad Request: /probability is 2; expected a number from 0 to 1 at -");
    assert_snapshot!(refused(json!({"effect": "drop", "event": "note.eaten"})).await, @r#"400 Bad Request: no event is named "note.eaten" at /event"#);
    assert_snapshot!(refused(json!({"effect": "drop", "vendor": "nobody"})).await, @r#"400 Bad Request: no vendor is named "nobody" at /vendor"#);
    assert_snapshot!(refused(json!({"effect": {"reorder": {"window": 1}}})).await, @"400 Bad Request: /effect/reorder/window is 1; expected 2 to 1000 at -");
}
