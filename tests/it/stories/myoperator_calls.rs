//! MyOperator's telephone: calls that are placed, taken, missed and filed, their logs and their recordings.

use std::time::Duration;

use http::{Method, StatusCode};
use insta::assert_snapshot;
use mock_server::kernel::delivery::{ContentType, Endpoint, EndpointAuth};
use mock_server::kernel::rate_limit::RateLimiting;
use mock_server::vendors::myoperator::MyOperator;
use serde_json::{Value, json};

use crate::support::receiver::{Arrived, Receiver};
use crate::support::story::{Story, story, story_with};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

const AGENT_ONE: &str = "68baab1d30e05351";
const AGENT_TWO: &str = "6836cad947bcc605";

const AGENT_FIRST: &str = "6981d1c6c99f8650";
const CUSTOMER_FIRST: &str = "61c2b71197846913";
const MENU: &str = "6866272fd92b9926";

/// A call of an agent to Asha that follows `ivr`.
fn to_asha(ivr: &str) -> Value {
    json!({
        "company_id": "66c595699b31d875",
        "secret_token": "mock-obd-secret-0001",
        "type": "1",
        "number": "+919876543210",
        "public_ivr_id": ivr,
        "user_id": AGENT_ONE,
    })
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

fn to(number: &str) -> Value {
    with(to_asha(AGENT_FIRST), "number", json!(number))
}

/// What a menu that calls Asha is asked for.
fn menu_to(number: &str) -> Value {
    json!({
        "company_id": "66c595699b31d875",
        "secret_token": "mock-obd-secret-0001",
        "type": "2",
        "number": number,
        "public_ivr_id": MENU,
    })
}

/// Changes a member of the state.
fn set(story: &Story, pointer: &str, value: Value) {
    let mut state = story.state();
    match state.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => panic!("the state has no {pointer}"),
    }
    let slot = story
        .workspace()
        .slot("myoperator")
        .expect("the vendor's slot");
    slot.restore(&state)
        .unwrap_or_else(|error| panic!("{error}"));
}

/// The logs that a search finds, by the customers' names.
async fn found(story: &mut Story, query: &str) -> Vec<String> {
    let target = format!("/search?token={TOKEN}&{query}");
    let answer = story
        .send(Method::POST, &target, "application/json", None)
        .await;
    let answer = answer.json();
    let hits = answer["data"]["hits"].as_array().cloned();
    let names = hits.unwrap_or_default();
    let names = names.iter().map(|hit| &hit["_source"]["_cm"]);
    names
        .map(|name| name.as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn an_outbound_call_leads_to_its_events_its_log_its_recording_and_its_disposition() {
    let mut story = story::<MyOperator>();
    story
        .post(
            "/obd-api-v1",
            with(to_asha(AGENT_FIRST), "reference_id", json!("order-2001")),
        )
        .await;
    story.wait_until_idle().await;
    let search = json!({"token": TOKEN, "filters": "41 AND 12", "page_size": "1"});
    let found = story.post("/search", search).await.json();
    let file = found["data"]["hits"][0]["_source"]["filename"].clone();
    let file = file.as_str().unwrap_or_default();
    story
        .get(&format!("/recordings/link?token={TOKEN}&&file={file}"))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_customer_is_called_first_where_the_campaign_says_so() {
    let mut story = story::<MyOperator>();
    let call = with(to_asha(CUSTOMER_FIRST), "max_call_duration", json!(3));
    story.post("/obd-api-v1", call).await;
    story.wait_until_idle().await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_menu_calls_the_customer_and_then_whoever_is_free() {
    let mut story = story::<MyOperator>();
    story.post("/obd-api-v1", menu_to("+919876543210")).await;
    story.wait_until_idle().await;
    story.post("/obd-api-v1", menu_to("+919876543218")).await;
    story.wait_until_idle().await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_is_wrong_with_an_outbound_call_is_said_by_the_application() {
    let mut story = story::<MyOperator>();
    let second = with(to("+919000000010"), "reference_id", json!("seed-ref-1"));
    let mut anonymous = with(to("+919000000010"), "number_2", json!("+919000009999"));
    let members = anonymous.as_object_mut().expect("an object");
    members.remove("user_id");
    for wrong in [
        with(to_asha("6981d1c6"), "reference_id", json!("")),
        to_asha("6981d1c6c99f8651"),
        to_asha("670f929754220000"),
        with(to_asha(AGENT_FIRST), "user_id", json!("nobody")),
        second,
        to("+919000004829"),
        to("+919000004850"),
    ] {
        story.post("/obd-api-v1", wrong).await;
    }
    set(
        &story,
        "/companies/0/calling/anonymous_dialer",
        json!(false),
    );
    story.post("/obd-api-v1", anonymous).await;
    set(
        &story,
        "/companies/0/calling/allowed_ips",
        json!(["203.0.113.7"]),
    );
    story.post("/obd-api-v1", to("+919000000010")).await;
    story.with_header("x-forwarded-for", Some("203.0.113.7"));
    set(
        &story,
        "/companies/0/calling/paid_until",
        json!("2026-04-21T09:00:00Z"),
    );
    story.post("/obd-api-v1", to("+919000000010")).await;
    set(&story, "/companies/0/service_active", json!(false));
    story.post("/obd-api-v1", to("+919000000010")).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_reference_is_taken_for_two_days_and_only_by_what_was_accepted() {
    let mut story = story::<MyOperator>();
    let call = with(to("+919000000010"), "reference_id", json!("order-1"));
    let unrouted = with(call.clone(), "public_ivr_id", json!("670f929754220000"));
    let statuses = async |story: &mut Story, call: &Value| {
        let answer = story.post("/obd-api-v1", call.clone()).await;
        (answer.status.as_u16(), answer.json()["details"].clone())
    };
    assert_eq!(statuses(&mut story, &unrouted).await.0, 404);
    assert_eq!(statuses(&mut story, &call).await.0, 200);
    story.wait(Duration::from_secs(1023)).await;
    let (status, details) = statuses(&mut story, &call).await;
    assert_eq!(status, 403);
    assert_eq!(
        details,
        "reference_id order-1 already taken, remaining_ttl 171777"
    );
    story.wait(Duration::from_secs(171_776)).await;
    assert_eq!(statuses(&mut story, &call).await.0, 403);
    story.wait(Duration::from_secs(1)).await;
    assert_eq!(statuses(&mut story, &call).await.0, 200);
    story.assert_honest();
}

#[tokio::test]
async fn one_number_may_be_called_only_so_often_where_the_vendor_counts() {
    let mut story = story::<MyOperator>();
    set(
        &story,
        "/settings/calls/throttle",
        json!({"calls": 2, "seconds": 60}),
    );
    let mut statuses = Vec::new();
    for number in [
        "+919000000010",
        "+919000000010",
        "+919000000010",
        "+919000000020",
    ] {
        let answer = story.post("/obd-api-v1", to(number)).await;
        statuses.push(answer.status.as_u16());
    }
    story.wait(Duration::from_secs(60)).await;
    let answer = story.post("/obd-api-v1", to("+919000000010")).await;
    statuses.push(answer.status.as_u16());
    assert_eq!(statuses, [200, 200, 403, 200, 200]);
    story.assert_honest();
}

/// The events of the new generation so far, each with what is most telling.
fn events(story: &Story) -> String {
    let told = story.workspace().events.entries();
    let lines = told.iter().filter_map(|event| {
        let body: Value = serde_json::from_slice(&event.payload).ok()?;
        let payload = body.get("payload")?;
        let legs = payload["legs"].as_array().cloned().unwrap_or_default();
        let legs: Vec<String> = legs
            .iter()
            .map(|leg| {
                let text = |member: &str| leg[member].as_str().unwrap_or_default().to_owned();
                let side = text("type");
                format!(
                    "{}:{side} {} {} ring {} talk {}",
                    leg["leg_index"],
                    text("result"),
                    text("dial_status"),
                    leg["ring_duration"],
                    leg["talk_duration"]
                )
            })
            .collect();
        let status = payload["status"].as_str().unwrap_or_default();
        Some(format!(
            "{} {} {status} [{}]",
            body["event_sequence"],
            event.name,
            legs.join(", ")
        ))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_last_digit_of_a_number_decides_what_becomes_of_a_call() {
    let mut told = String::new();
    for (number, holds) in [
        ("+919000001006", true),
        ("+919000001007", true),
        ("+919000001008", true),
        ("+919000001009", false),
        ("+919000001009", true),
    ] {
        let mut story = story::<MyOperator>();
        let call = with(to(number), "call_hold", json!(holds));
        let answer = story.post("/obd-api-v1", call).await.json();
        story.wait_until_idle().await;
        let said = answer["details"].as_str().unwrap_or_default();
        told.push_str(&format!("{number}: {said}\n{}\n\n", events(&story)));
        story.assert_honest();
    }
    assert_snapshot!(told);
}

#[tokio::test]
async fn a_customer_is_put_through_handed_over_or_leaves_a_message() {
    let calls = [
        ("the first free user", json!({})),
        (
            "the second after the first was busy",
            json!({"tries": [{"agent": AGENT_ONE, "outcome": "busy"}, {"agent": AGENT_TWO}]}),
        ),
        (
            "an extension, in the browser",
            json!({"extension": "11", "tries": [{"agent": "11", "web": true}]}),
        ),
        ("nobody is dialled", json!({"tries": []})),
        (
            "nobody picks up",
            json!({"tries": [{"agent": AGENT_ONE, "outcome": "no_answer"}]}),
        ),
        (
            "a message",
            json!({"tries": [{"agent": AGENT_ONE, "outcome": "no_answer"}], "voicemail": true}),
        ),
        (
            "handed over",
            json!({"transfer": {"agent": AGENT_TWO}, "talk": 12, "filed_as": ["Support"]}),
        ),
        (
            "handed over to nobody",
            json!({"transfer": {"agent": AGENT_TWO, "outcome": "no_answer"}, "talk": 12}),
        ),
    ];
    let mut told = String::new();
    for (title, mut call) in calls {
        let mut story = story::<MyOperator>();
        call["happening"] = json!("incoming_call");
        call["from"] = json!("+919876543210");
        story.happen(call).await;
        story.wait_until_idle().await;
        told.push_str(&format!("{title}\n{}\n\n", events(&story)));
        story.assert_honest();
    }
    assert_snapshot!(told);
}

#[tokio::test]
async fn an_agent_calls_out_by_hand_by_click_from_the_browser_or_is_called_back() {
    let mut told = String::new();
    for (by, outcome) in [
        ("phone", "answered"),
        ("phone", "busy"),
        ("click", "answered"),
        ("web", "answered"),
        ("callback", "unreachable"),
    ] {
        let mut story = story::<MyOperator>();
        story
            .happen(json!({"happening": "outgoing_call", "agent": "14", "to": "9876543210", "by": by, "outcome": outcome}))
            .await;
        story.wait_until_idle().await;
        told.push_str(&format!("{by}, {outcome}\n{}\n\n", events(&story)));
        story.assert_honest();
    }
    assert_snapshot!(told);
}

#[tokio::test]
async fn a_missed_call_is_logged_with_everybody_who_was_tried() {
    let mut story = story::<MyOperator>();
    story
        .happen(json!({
            "happening": "incoming_call",
            "from": "9000000008",
            "tries": [{"agent": AGENT_ONE, "outcome": "busy"}, {"agent": "11", "outcome": "no_answer"}],
        }))
        .await;
    story.wait_until_idle().await;
    story
        .post(
            "/search",
            json!({"token": TOKEN, "filters": "38", "page_size": 1}),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_call_ends_when_everybody_hangs_up_and_goes_on_by_hand_alone() {
    let mut story = story_with::<MyOperator>(|options| {
        options.progress = mock_server::kernel::moment::Progress::Manual;
    });
    let placed = story.post("/obd-api-v1", to("+919000000010")).await.json();
    let call = placed["unique_id"].clone();
    let proceed = json!({"happening": "call_proceeds", "call": call});
    for pause in [1, 1, 7, 1, 9] {
        story.wait(Duration::from_secs(pause)).await;
        story.happen(proceed.clone()).await;
    }
    story.wait(Duration::from_secs(600)).await;
    story
        .happen(json!({"happening": "call_hung_up", "call": call}))
        .await;
    story.wait(Duration::from_secs(2)).await;
    story.happen(proceed).await;
    let slot = story.workspace().slot("myoperator").expect("a slot");
    let again = slot.happen(&json!({"happening": "call_hung_up", "call": call}));
    assert!(again.is_err(), "nobody is on the line any more");
    assert_snapshot!(events(&story));
    story.assert_honest();
}

#[tokio::test]
async fn logs_are_filtered_searched_and_paged() {
    let mut story = story::<MyOperator>();
    let mut told = String::new();
    for query in [
        "page_size=100",
        "page_size=3&log_from=0",
        "page_size=3&log_from=3",
        "page_size=3&log_from=9",
        "log_from=10",
        "limit=3",
        "search_key=asha",
        "search_key=9000000008",
        "search_key=USER8@example.com",
        "search_key=invoice",
        "filters=5 AND 13 AND 8",
        "filters=12 AND (5 OR 8)",
        "filters=22 OR 24",
        "filters=14",
        "filters=9",
        "filters=30",
        "filters=33",
        "filters=40",
        "filters=41",
        "filters=42",
        "from=1776686400&to=1776729600",
    ] {
        let names = found(&mut story, &query.replace(' ', "%20")).await;
        told.push_str(&format!("{query}: {}\n", names.join(", ")));
    }
    for query in [
        "filters=12@5",
        "filters=7",
        "filters=5%20AND",
        "filters=99",
        "from=yesterday",
    ] {
        let target = format!("/search?token={TOKEN}&{query}");
        let answer = story
            .send(Method::POST, &target, "application/json", None)
            .await;
        told.push_str(&format!("{query}: {} {}\n", answer.status, answer.text));
    }
    assert_snapshot!(told);
    story.assert_honest();
}

#[tokio::test]
async fn a_log_shows_what_was_written_and_how_it_was_marked() {
    let mut story = story::<MyOperator>();
    assert_eq!(found(&mut story, "filters=23").await, [""; 0]);
    let call = "seed-ref-2";
    story
        .happen(
            json!({"happening": "call_marked", "call": call, "starred": true, "archived": true}),
        )
        .await;
    story
        .happen(json!({"happening": "call_commented", "call": call, "user": "10", "content": "Wants a discount"}))
        .await;
    story
        .happen(json!({"happening": "call_filed", "call": call, "user": "10", "names": ["Sales", "Hot"], "comment": "Call on Monday"}))
        .await;
    story
        .post(
            "/search",
            json!({"token": TOKEN, "filters": "22 AND 23 AND 24"}),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_recording_can_be_fetched_for_a_day() {
    let mut story = story::<MyOperator>();
    let path = format!("/recordings/link?token={TOKEN}&file=4awerwf234353tgr123.mp3");
    let link = async |story: &mut Story| {
        let answer = story.get(&path).await.json();
        let url = answer["url"].as_str().unwrap_or_default().to_owned();
        url.split_once("/myoperator")
            .map(|(_, rest)| rest.to_owned())
            .unwrap_or_default()
    };
    let first = link(&mut story).await;
    let second = link(&mut story).await;
    assert_ne!(first, second, "each call gives a new link");
    let fetched = story.get(&first).await;
    assert_eq!(fetched.status, StatusCode::OK);
    assert_eq!(fetched.headers["content-type"], "audio/mpeg");
    let frames = fetched.text.matches('\u{10}').count();
    assert_eq!(frames, 39, "a second of MP3");
    let forged = first.replace("expires=1", "expires=2");
    let forged = story.get(&forged).await;
    assert_eq!(forged.json()["message"], "Invalid signature");
    story.wait(Duration::from_secs(86_399)).await;
    assert_eq!(story.get(&second).await.status, StatusCode::OK);
    story.wait(Duration::from_secs(1)).await;
    let late = story.get(&second).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    assert_eq!(late.json()["message"], "Request has expired");
    let unknown = format!("/recordings/link?token={TOKEN}&file=4awerwf234353tgr123");
    let unknown = story.get(&unknown).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let other =
        "/recordings/link?token=fedcba9876543210fedcba9876543210&file=4awerwf234353tgr123.mp3";
    assert_eq!(story.get(other).await.status, StatusCode::NOT_FOUND);
    story.assert_honest();
}

#[tokio::test]
async fn users_are_added_changed_and_found() {
    let mut story = story::<MyOperator>();
    let added = story
        .post("/user", json!({"token": TOKEN, "name": "Meera Nair", "contact_number": "9000000711", "country_code": "91", "extension": "41", "email": "meera@example.com"}))
        .await;
    let uuid = added.json()["uuid"].clone();
    story
        .get(&format!("/search/user?token={TOKEN}&keyword=9000000711"))
        .await;
    let form = format!(
        "token={TOKEN}&receive_calls=0&uuid={}",
        uuid.as_str().unwrap_or_default()
    );
    story
        .send(
            Method::PUT,
            "/user",
            "application/x-www-form-urlencoded",
            Some(form),
        )
        .await;
    story
        .get(&format!("/user?token={TOKEN}&keyword=meera&page-size=1"))
        .await;
    story
        .get(&format!("/user?token={TOKEN}&page-size=2&page=2"))
        .await;
    let mut call = to("+919000000010");
    call["user_id"] = uuid;
    let placed = story.post("/obd-api-v1", call).await;
    assert_eq!(placed.status, StatusCode::OK, "a new user can be called");
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_user_who_cannot_be_is_refused() {
    let mut story = story::<MyOperator>();
    let meera = json!({"token": TOKEN, "name": "Meera Nair", "contact_number": "9000000711", "country_code": "91", "extension": "41"});
    let without = |member: &str| {
        let mut draft = meera.clone();
        draft.as_object_mut().expect("an object").remove(member);
        draft
    };
    let mut told = String::new();
    let mut drafts: Vec<Value> = ["name", "contact_number", "country_code", "extension"]
        .iter()
        .map(|member| without(member))
        .collect();
    for (member, value) in [
        ("extension", json!("14")),
        ("extension", json!(10)),
        ("extension", json!("100")),
        ("contact_number", json!("9000009736")),
        ("contact_number", json!("+91 90000")),
        ("alternate_contact_number", json!("9000000712")),
        ("panel_access", json!("3")),
        ("contact_type", json!("fax")),
        ("email", json!("meera")),
        ("token", json!("fedcba98765432100123456789abcdef")),
    ] {
        drafts.push(with(meera.clone(), member, value));
    }
    for draft in drafts {
        let answer = story.post("/user", draft).await;
        told.push_str(&format!("{} {}\n", answer.status, answer.text));
    }
    for change in [
        json!({"token": TOKEN, "receive_calls": "2"}),
        json!({"token": TOKEN, "id": AGENT_ONE, "receive_calls": "2"}),
        json!({"token": TOKEN, "uuid": "68baab1d30e05359", "receive_calls": "2"}),
        json!({"token": TOKEN, "uuid": AGENT_ONE, "extension": "11"}),
        json!({"token": "fedcba9876543210fedcba9876543210", "uuid": AGENT_ONE, "name": "Mallory"}),
    ] {
        let answer = story.put("/user", change).await;
        told.push_str(&format!("{} {}\n", answer.status, answer.text));
    }
    assert_snapshot!(told);
    story.assert_honest();
}

#[tokio::test]
async fn the_developers_host_counts_by_the_minute_the_hour_and_the_day() {
    let mut story = story_with::<MyOperator>(|options| options.rate_limits = RateLimiting::Vendor);
    let path = format!("/filters?token={TOKEN}");
    let mut refused = Vec::new();
    for minute in 0..8 {
        for call in 0..21 {
            let answer = story.get(&path).await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                let wait = answer.headers["retry-after"].to_str().unwrap_or_default();
                refused.push(format!("minute {minute}, call {call}: wait {wait}"));
                break;
            }
        }
        story.wait(Duration::from_secs(60)).await;
    }
    assert_snapshot!(refused.join("\n"));
    story.assert_honest();
}

#[tokio::test]
async fn settings_bring_back_what_some_accounts_have() {
    let mut story = story::<MyOperator>();
    let header = async |story: &mut Story| {
        story.with_header("x-api-key", Some(TOKEN));
        let status = story.get("/filters").await.status.as_u16();
        story.with_header("x-api-key", Some("mock-obd-gateway-key"));
        status
    };
    assert_eq!(header(&mut story).await, 400);
    set(&story, "/settings/calls/accept_x_api_key", json!(true));
    assert_eq!(header(&mut story).await, 200);
    let prefixed = format!("/search/filters?token={TOKEN}");
    assert_eq!(story.get(&prefixed).await.status, StatusCode::OK);
    set(&story, "/settings/calls/bare_paths_only", json!(true));
    let gone = story.get(&prefixed).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(gone.json()["message"], "Unknown method.");
    let bare = story.get(&format!("/filters?token={TOKEN}")).await;
    assert_eq!(bare.status, StatusCode::OK);
    set(&story, "/settings/calls/outgoing_at_end", json!(true));
    story.post("/obd-api-v1", to("+919000000010")).await;
    story.wait_until_idle().await;
    let told = story.workspace().events.entries();
    let category = |name: &str| {
        let event = told.iter().find(|event| event.name == name);
        let body: Value =
            serde_json::from_slice(&event.expect("it was told").payload).expect("it is JSON");
        body["payload"]["category"].clone()
    };
    assert_eq!(category("call.end"), "outgoing");
    assert_eq!(category("call.summary"), "obd");
    story.assert_honest();
}

/// A story with an endpoint at `receiver`.
fn heard_by(receiver: &Receiver, change: impl Fn(&mut Endpoint)) -> Story {
    let story = story::<MyOperator>();
    let mut endpoint = Endpoint::new(&receiver.url("/hook?key=abc"));
    change(&mut endpoint);
    let slot = story.workspace().slot("myoperator").expect("a slot");
    slot.edit_endpoints(&mut |endpoints| {
        endpoints.put(endpoint.clone());
    });
    story
}

/// The payload that arrived, put together again from whatever form it came in.
fn payload(arrived: &Arrived) -> Value {
    let kind = arrived.headers["content-type"].to_str().unwrap_or_default();
    let body = String::from_utf8_lossy(&arrived.body).into_owned();
    let fields: Vec<(String, String)> = if kind == "application/json" {
        return serde_json::from_str(&body).expect("the body is JSON");
    } else if kind == "application/x-www-form-urlencoded" {
        let pairs = form_urlencoded::parse(body.as_bytes());
        pairs.into_owned().collect()
    } else {
        let (_, boundary) = kind.split_once("boundary=").expect("a boundary");
        let edge = format!("--{boundary}");
        let parts = body.split(&edge);
        let parts = parts.filter_map(|part| part.split_once("\r\n\r\n"));
        let named = parts.map(|(head, value)| {
            let name = head.split('"').nth(1).unwrap_or_default().to_owned();
            (name, value.trim_end_matches("\r\n").to_owned())
        });
        named.collect()
    };
    if let [(name, text)] = fields.as_slice()
        && name == "myoperator"
    {
        return serde_json::from_str(text).expect("the one field is JSON");
    }
    let members = fields.into_iter().map(|(name, text)| {
        let structured = text.starts_with(['{', '[']);
        let value = if structured {
            serde_json::from_str(&text).expect("a nested member is JSON")
        } else {
            Value::String(text)
        };
        (name, value)
    });
    Value::Object(members.collect())
}

#[tokio::test]
async fn a_whole_call_arrives_in_both_generations_and_all_three_forms() {
    for (kind, generation, events) in [
        (ContentType::Json, "v2", 8),
        (ContentType::Form, "v2", 8),
        (ContentType::Multipart, "v2", 8),
        (ContentType::Json, "v1", 2),
        (ContentType::Form, "v1", 2),
        (ContentType::Multipart, "v1", 2),
    ] {
        let receiver = Receiver::start().await;
        let mut story = heard_by(&receiver, |endpoint| {
            endpoint.content_type = kind;
            endpoint.events = vec![generation.to_owned()];
        });
        story.post("/obd-api-v1", to("+919876543210")).await;
        story.wait_until_idle().await;
        let arrived = receiver.arrived();
        assert_eq!(arrived.len(), events, "{kind:?} {generation}");
        let told = story.workspace().events.entries();
        let told: Vec<_> = told
            .iter()
            .filter(|event| event.channel == generation)
            .collect();
        for (arrived, event) in arrived.iter().zip(told) {
            assert_eq!(arrived.uri.query(), Some("key=abc"));
            assert_eq!(arrived.headers["user-agent"], "Go-http-client/2.0");
            let wanted: Value = serde_json::from_slice(&event.payload).expect("JSON");
            let got = payload(arrived);
            if kind == ContentType::Json || generation == "v1" {
                assert_eq!(got, wanted);
                continue;
            }
            for (name, value) in wanted.as_object().expect("an envelope") {
                let text = match value {
                    Value::Null => json!(""),
                    Value::Number(number) => json!(number.to_string()),
                    other => other.clone(),
                };
                assert_eq!(got[name], text, "{name} of {}", event.name);
            }
        }
        story.assert_honest();
    }
}

#[tokio::test]
async fn headers_are_sent_and_the_proof_of_who_sends_wins_over_them() {
    let receiver = Receiver::start().await;
    let mut story = heard_by(&receiver, |endpoint| {
        endpoint.events = vec!["call.initiated".to_owned()];
        let headers = [("x-webhook-token", "t-1"), ("AUTHORIZATION", "mine")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        endpoint.headers = headers.into_iter().collect();
        endpoint.auth = EndpointAuth::Basic {
            user: "crm".to_owned(),
            password: "secret".to_owned(),
        };
    });
    story.post("/obd-api-v1", to("+919876543210")).await;
    story.wait_until_idle().await;
    let arrived = receiver.arrived();
    let [one] = arrived.as_slice() else {
        panic!("one event was asked for");
    };
    assert_eq!(one.headers["x-webhook-token"], "t-1");
    assert_eq!(one.headers["authorization"], "Basic Y3JtOnNlY3JldA==");
}

#[tokio::test]
async fn each_generation_tries_again_in_its_own_time() {
    for (event, pauses) in [
        ("v1.after_call", vec![30, 30, 30]),
        ("call.end", vec![30, 60, 120, 240]),
    ] {
        let receiver = Receiver::start().await;
        for _ in 0..pauses.len() + usize::from(event == "v1.after_call") {
            receiver.answer_next(StatusCode::FORBIDDEN);
        }
        let mut story = heard_by(&receiver, |endpoint| {
            endpoint.events = vec![event.to_owned()];
        });
        story.post("/obd-api-v1", to("+919876543210")).await;
        story.wait_until_idle().await;
        story.wait(Duration::from_secs(3600)).await;
        let wanted = mock_server::kernel::delivery::Wanted::default();
        let deliveries = story.workspace().deliveries.list(&wanted);
        let attempts = deliveries[0].attempts();
        let between = attempts.windows(2).map(|pair| {
            let [first, second] = pair else { return 0 };
            second.at.duration_since(first.at).as_secs()
        });
        assert_eq!(between.collect::<Vec<_>>(), pauses, "{event}");
        let bodies = attempts.iter().all(|one| one.body == attempts[0].body);
        assert!(bodies, "what is tried again is the same");
    }
}
