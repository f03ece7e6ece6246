//! Webhooks fired by hand.

use http::{Method, StatusCode};
use insta::assert_snapshot;
use mock_server::{App, Options};
use serde_json::{Value, json};

use super::Server;
use crate::support::receiver::Receiver;

async fn fire(server: &Server, order: Value) -> Value {
    let (status, fired) = server.post("/__admin/trigger", order).await;
    assert_eq!(status, StatusCode::OK, "{fired}");
    fired
}

async fn refused(order: Value) -> String {
    let (status, problem) = Server::new().post("/__admin/trigger", order).await;
    let part = |name: &str| problem[name].as_str().unwrap_or("-").to_owned();
    format!(
        "{status}: {} at {}; {}",
        part("error"),
        part("pointer"),
        part("expected")
    )
}

fn created(more: Value) -> Value {
    let mut order = json!({"vendor": "toy", "event": "note.created"});
    order
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    order
}

#[tokio::test]
async fn a_triggered_event_goes_the_way_of_a_real_one() {
    let server = Server::new();
    let receiver = Receiver::start().await;
    let endpoint = json!({"vendor": "toy", "url": receiver.url("/hook"), "events": ["note.created"], "signature": {"kind": "meta", "secret": "s"}});
    server.post("/__admin/webhooks/endpoints", endpoint).await;
    let fired = fire(
        &server,
        created(json!({"set": {"note.title": "Tea", "note.archived": "true"}, "wait": true})),
    )
    .await;
    assert_eq!(fired["payload"]["note"]["title"], "Tea");
    assert_eq!(
        fired["payload"]["note"]["archived"], true,
        "typed by the schema"
    );
    assert_eq!(fired["deliveries"][0]["state"], "delivered");
    assert_eq!(fired["deliveries"][0]["triggered"], true);
    let arrived = receiver.arrived();
    assert_eq!(arrived[0].body, fired["payload"].to_string());
    assert!(arrived[0].headers.contains_key("x-hub-signature-256"));
    let unheard = fire(&server, json!({"vendor": "toy", "event": "note.archived"})).await;
    assert_eq!(
        unheard["hint"],
        "nobody hears note.archived: make an endpoint, or say whom to send it \"to\""
    );
    let event = server.get("/__admin/events/log/1").await;
    assert_eq!(event["payload"]["json"], fired["payload"]);
    assert_eq!(event["deliveries"][0]["id"], 1);
    let log = server.get("/__admin/events/log?event=note.archived").await;
    assert_eq!(
        (&log["matched"], &log["events"][0]["id"]),
        (&json!(1), &json!(2))
    );
}

#[tokio::test]
async fn an_override_that_matches_nothing_is_an_error_with_a_suggestion() {
    assert_snapshot!(refused(created(json!({"set": {"note.titel": "x"}}))).await, @r#"400 Bad Request: nothing stands at "note.titel" at /set/note.titel; did you mean note.title?"#);
    assert_snapshot!(refused(created(json!({"set": {"title": "x"}}))).await, @r#"400 Bad Request: nothing stands at "title" at /set/title; did you mean note.title?"#);
    assert_snapshot!(refused(created(json!({"remove": ["/note/colour"]}))).await, @r#"400 Bad Request: nothing stands at "/note/colour" at /remove/~1note~1colour; did you mean note.title?"#);
    assert_snapshot!(refused(created(json!({"add": {"note.title": "x"}}))).await, @r#"400 Bad Request: "note.title" is there already: set it instead at /add/note.title; did you mean note.title?"#);
    assert_snapshot!(refused(created(json!({"example": "two"}))).await, @r#"400 Bad Request: note.created has no example "two" at /example; one of "one""#);
    assert_snapshot!(refused(json!({"vendor": "toy", "event": "note.creatd"})).await, @r#"400 Bad Request: toy has no event "note.creatd" at /event; did you mean note.created? There are note.created, note.archived"#);
    assert_snapshot!(refused(json!({"vendor": "tor", "event": "x"})).await, @r#"400 Bad Request: no vendor is named "tor" at /vendor; one of toy"#);
    assert_snapshot!(refused(created(json!({"to": "somebody"}))).await, @r#"400 Bad Request: "somebody" is nobody at /to; the id of an endpoint, or a URL with http:// or https://"#);
    assert_snapshot!(refused(created(json!({"count": 0}))).await, @"400 Bad Request: 0 is no number of copies at /count; 1 to 10000");
}

#[tokio::test]
async fn what_breaks_the_contract_stays_unless_it_is_meant_to() {
    let server = Server::new();
    let receiver = Receiver::start().await;
    let broken = json!({"remove": ["note.title"], "to": receiver.url("/hook"), "wait": true});
    let (status, problem) = server
        .post("/__admin/trigger", created(broken.clone()))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    assert_eq!(problem["findings"][0]["pointer"], "/note/title");
    assert_eq!(receiver.arrived().len(), 0);
    let mut dry = broken.clone();
    dry["dry_run"] = json!(true);
    let fired = fire(&server, created(dry)).await;
    assert_eq!(
        (fired["findings"].as_array().map(Vec::len), &fired["events"]),
        (Some(1), &json!([]))
    );
    let mut invalid = broken;
    invalid["invalid"] = json!(true);
    let fired = fire(&server, created(invalid)).await;
    assert_eq!(fired["deliveries"][0]["state"], "delivered");
    let nonsense =
        json!({"raw": "{broken", "invalid": true, "to": receiver.url("/hook"), "wait": true});
    fire(&server, created(nonsense)).await;
    let bodies: Vec<_> = receiver
        .arrived()
        .iter()
        .map(|one| one.body.clone())
        .collect();
    assert!(
        !bodies[0].is_empty() && bodies[1] == "{broken",
        "a text goes out as it is"
    );
}

#[tokio::test]
async fn copies_are_numbered_and_those_with_a_rate_wait_for_the_clock() {
    let server = Server::new();
    let receiver = Receiver::start().await;
    let copies =
        json!({"set": {"note.id": "n-{{n}}"}, "count": 3, "to": receiver.url("/"), "wait": true});
    let fired = fire(&server, created(copies.clone())).await;
    assert_eq!(
        (fired["events"].as_array().map(Vec::len), &fired["planned"]),
        (Some(3), &json!(0))
    );
    let ids = || -> Vec<String> {
        let body = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap();
        let arrived = receiver.arrived();
        arrived
            .iter()
            .map(|one| body(&one.body)["note"]["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(), ["n-1", "n-2", "n-3"]);
    let mut paced = copies;
    paced["rate"] = json!(0.5);
    assert_eq!(fire(&server, created(paced)).await["planned"], 2);
    assert_eq!(ids().len(), 4);
    server
        .post("/__admin/clock", json!({"advance": "2s"}))
        .await;
    assert_eq!(ids().len(), 5);
    server
        .post("/__admin/clock", json!({"until": "idle"}))
        .await;
    assert_eq!((ids().len(), ids()[5].as_str()), (6, "n-3"));
    assert_eq!(
        server.get("/__admin/clock").await["now"],
        "2026-01-01T00:00:04Z"
    );
}

#[tokio::test]
async fn an_address_that_is_nobodys_endpoint_is_tried_again_too() {
    let server = Server::new();
    let receiver = Receiver::start().await;
    receiver.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    let fired = fire(
        &server,
        created(json!({"to": receiver.url("/"), "wait": true})),
    )
    .await;
    assert_eq!(fired["deliveries"][0]["state"], "scheduled");
    server
        .post("/__admin/clock", json!({"advance": "10s"}))
        .await;
    let (_, delivery) = server
        .ask(Method::GET, "/__admin/webhooks/deliveries/1", None)
        .await;
    assert_eq!(
        (&delivery["state"], receiver.arrived().len()),
        (&json!("delivered"), 2)
    );
}

#[tokio::test]
async fn the_newest_announcement_can_be_fired_again() {
    let server = Server::new();
    server.post("/toy/notes", json!({"title": "Milk"})).await;
    let fired = fire(&server, created(json!({"example": "@newest"}))).await;
    assert_eq!(fired["payload"]["note"]["title"], "Milk");
}

/// Every tie names an event of the contract, and places that some documented example has.
#[tokio::test]
async fn ties_fit_the_contract_and_the_seed() {
    let app = App::new(Options::default()).unwrap();
    let workspace = app.workspaces().named("default").unwrap();
    for mounted in app.vendors() {
        let state = workspace.slot(mounted.name).unwrap().dump();
        for tie in mounted.ties {
            let webhook = mounted.document.webhook(tie.event);
            let webhook =
                webhook.unwrap_or_else(|| panic!("{} has no {}", mounted.name, tie.event));
            let examples: Vec<_> = webhook.examples().filter_map(|one| one.value()).collect();
            let somewhere =
                |pointer: &str| examples.iter().any(|one| one.pointer(pointer).is_some());
            assert!(
                somewhere(tie.conversation),
                "{}: {}",
                tie.event,
                tie.conversation
            );
            for (_, source) in tie.values {
                let list = source.split('/').nth(1).unwrap();
                assert!(state.get(list).is_some(), "{}: {source}", tie.event);
            }
        }
    }
}

/// Whatever the catalogue shows can be fired as it is, tied to the seed.
#[tokio::test]
async fn every_example_of_every_vendor_is_fired() {
    let app = App::new(Options {
        frozen_at: Some("2026-04-15T00:00:00Z".parse().unwrap()),
        ticking: false,
        ..Options::default()
    });
    let server = Server(app.unwrap());
    let mut fired = 0;
    for row in server.get("/__admin/events").await.as_array().unwrap() {
        for example in row["examples"].as_array().unwrap() {
            let order =
                json!({"vendor": row["vendor"], "event": row["event"], "example": example["name"]});
            let (status, answer) = server.post("/__admin/trigger", order.clone()).await;
            assert_eq!(status, StatusCode::OK, "{order}: {answer}");
            fired += 1;
        }
    }
    assert!(fired > 100, "{fired}");
}

#[tokio::test]
async fn a_status_is_that_of_a_message_that_was_sent() {
    let app = App::new(Options::default()).unwrap();
    let server = Server(app);
    let order = json!({"vendor": "heltar", "event": "statuses", "example": "read"});
    let before = fire(&server, order.clone()).await;
    let from = |fired: &Value, source: &str| {
        let tied = fired["tied"].as_array().unwrap().iter();
        let found = tied.clone().find(|one| one["from"] == source).cloned();
        found.map(|one| one["value"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        from(&before, "/messages/newest/wamid"),
        None,
        "nothing was sent yet"
    );
    assert!(from(&before, "/business/wabaId").is_some());
    let mut state = server.get("/__admin/state/heltar").await;
    let mut sent = state["messages"][0].clone();
    for (member, value) in [("id", "m-1"), ("wamid", "wamid.SENT"), ("status", "sent")] {
        sent[member] = json!(value);
    }
    state["messages"].as_array_mut().unwrap().insert(0, sent);
    let (status, answer) = server
        .ask(Method::PUT, "/__admin/state/heltar", Some(state))
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let after = fire(&server, order).await;
    assert_eq!(
        from(&after, "/messages/newest/wamid").as_deref(),
        Some("wamid.SENT")
    );
    let shown = after["payload"].pointer("/entry/0/changes/0/value/statuses/0/id");
    assert_eq!(shown, Some(&json!("wamid.SENT")));
}
