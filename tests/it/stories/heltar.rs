//! What a user of HeltarChat would tell.

use std::time::Duration;

use http::{Method, StatusCode};
use insta::assert_snapshot;
use mock_server::vendors::heltar::Heltar;
use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::story;
use crate::support::story::Story;

const ARJUN: &str = "919000005883";
const DEEPAK: &str = "919000009934";

fn text_to(number: &str, message: &str) -> Value {
    json!({"messages": [{"clientWaNumber": number, "message": message, "messageType": "text"}]})
}

#[tokio::test]
async fn a_text_is_sent_delivered_and_read() {
    let mut story = story::<Heltar>();
    story
        .post("/v1/messages/send", text_to(ARJUN, "Namaste"))
        .await;
    story.wait(Duration::from_secs(2)).await;
    story.wait_until_idle().await;
    story.get("/v1/messages/919000005883").await;
    story.get("/v1/clients/919000005883").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn after_a_day_only_templates_arrive() {
    let mut story = story::<Heltar>();
    story.wait(Duration::from_secs(25 * 60 * 60)).await;
    story
        .post("/v1/messages/send", text_to(ARJUN, "Are you there?"))
        .await;
    story.wait_until_idle().await;
    let template = json!({"messages": [{"clientWaNumber": ARJUN, "messageType": "template", "templateName": "start_conversation", "languageCode": "en"}]});
    story.post("/v1/messages/send", template).await;
    story.wait_until_idle().await;
    story
        .happen(json!({"happening": "client_writes", "from": ARJUN, "says": {"type": "text", "body": "Here I am"}}))
        .await;
    story
        .post("/v1/messages/send", text_to(ARJUN, "Welcome back"))
        .await;
    story.wait(Duration::from_secs(2)).await;
    story.get("/v1/messages/919000005883?limit=3").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_wrong_request_is_refused_in_the_vendors_words() {
    let mut story = story::<Heltar>();
    story.get("/v1/nothing").await;
    story.delete("/v1/clients").await;
    story
        .send(
            Method::POST,
            "/v1/messages/send",
            "application/json",
            Some("{\"messages\": [".into()),
        )
        .await;
    story.post("/v1/messages/send", json!({})).await;
    story
        .post(
            "/v1/messages/send",
            json!({"messages": [{"clientWaNumber": ARJUN, "messageType": "text"}]}),
        )
        .await;
    story
        .post("/v1/messages/send", text_to("12", "too short"))
        .await;
    story
        .post(
            "/v1/messages/send",
            json!({"messages": [{"clientWaNumber": ARJUN, "messageType": "sms", "message": "Hi"}]}),
        )
        .await;
    story
        .post(
            "/v1/messages/send",
            json!({"messages": [{"clientWaNumber": ARJUN, "messageType": "buttons"}]}),
        )
        .await;
    story
        .get("/v1/messages/presigned-url?file_name=a.png")
        .await;
    story
        .put(
            "/v1/business/attributes",
            json!({"oldAttribute": "Chat Type", "newAttribute": "name"}),
        )
        .await;
    story.get("/v1/clients/919111111111").await;
    story.get("/v1/messages/919111111111").await;
    story.with_header("authorization", Some("Bearer hk_live_mock_readonly"));
    story
        .put(
            "/v1/clients/chat/toggle/919000005883",
            json!({"isOpen": true}),
        )
        .await;
    story.with_header("authorization", Some("Bearer wrong"));
    story.get("/v1/clients").await;
    story.with_header("authorization", None);
    story.get("/v1/clients").await;
    story.with_header("authentication", Some("Bearer heltar-mock-key"));
    story.get("/v1/clients/919000009934").await;
    assert_snapshot!(story.transcript());
}

fn send(messages: Value) -> Value {
    json!({"messages": messages})
}

fn template(name: &str, variables: Value) -> Value {
    json!({"clientWaNumber": DEEPAK, "messageType": "template", "templateName": name, "languageCode": "en", "variables": variables})
}

#[tokio::test]
async fn every_kind_of_message_is_taken_in_one_request() {
    let mut story = story::<Heltar>();
    let body = |text: &str| json!({"type": "body", "parameters": [{"type": "text", "text": text}]});
    let button = json!({"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "now"}]});
    let image = json!({"type": "header", "parameters": [{"type": "image", "image": {"link": "https://files.example/a.png"}}]});
    story
        .post(
            "/v1/messages/send",
            send(json!([
                {"clientWaNumber": "+91 90000-05883", "messageType": "text", "message": "Namaste", "refId": "mine"},
                {"clientWaNumber": ARJUN, "messageType": "text", "message": "As you asked", "contextId": "4016ce29-2b58-42d7-bd8c-9eb6f79b4eb5"},
                {"clientWaNumber": ARJUN, "messageType": "media", "mediaType": "image", "url": "https://files.example/a.png", "name": "a.png", "mimeType": "image/png", "caption": "Look"},
                {"clientWaNumber": ARJUN, "messageType": "location", "location": {"latitude": 28.4, "longitude": 77}},
                {"clientWaNumber": ARJUN, "messageType": "contacts", "contacts": [{"name": {"formatted_name": "Rohan Kumar", "prefix": "919000003228"}, "phones": [{"phone": "919000003228"}]}]},
                {"clientWaNumber": ARJUN, "messageType": "interactive", "interactive": {"type": "button", "body": {"text": "Well?"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}}},
                template("welcome", json!([image])),
                template("welcome_tour", json!([body("Deepak"), button])),
            ])),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_fails_fails_alone_unless_all_fails() {
    let mut story = story::<Heltar>();
    let buttons: Vec<_> = (1..=4)
        .map(|number| json!({"type": "reply", "reply": {"id": number.to_string(), "title": format!("Reply {number}")}}))
        .collect();
    let product = |id: &str| json!({"product_retailer_id": id});
    let list = json!({"type": "product_list", "header": {"type": "text", "text": "Ours"}, "body": {"text": "Choose"}, "action": {"catalog_id": "814058780189616",
        "sections": [{"title": "A", "product_items": [product("e45t8zw138"), product("gone")]}, {"title": "B", "product_items": [product("gone")]}]}});
    story
        .post(
            "/v1/messages/send",
            send(json!([
                {"clientWaNumber": ARJUN, "messageType": "text", "message": "This one goes out"},
                template("spring_sale", json!([])),
                template("pending_promo", json!([])),
                template("welcome_video", json!([])),
                template("start_conversation", json!([{"type": "body", "parameters": [{"type": "text", "text": "one too many"}]}])),
                {"clientWaNumber": ARJUN, "messageType": "interactive", "interactive": {"type": "button", "action": {"buttons": buttons}}},
                {"clientWaNumber": ARJUN, "messageType": "interactive", "interactive": {"type": "product", "action": {"catalog_id": "814058780189616", "product_retailer_id": "gone"}}},
                {"clientWaNumber": ARJUN, "messageType": "interactive", "interactive": list},
            ])),
        )
        .await;
    story
        .post(
            "/v1/messages/send",
            send(json!([template("spring_sale", json!([]))])),
        )
        .await;
    story.post("/v1/messages/send", send(json!([{"clientWaNumber": ARJUN, "messageType": "text", "message": "To whom?", "contextId": "nobody"}]))).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn clients_are_created_changed_and_found() {
    let mut story = story::<Heltar>();
    let ram = |age: u8| json!({"username": "Ram Jain", "attributes": format!("{{\"age\": {age}, \"height\": \"tall\"}}"), "countryCode": 91, "clientWaNumber": "919998889990"});
    story.post("/v1/clients", json!([ram(30)])).await;
    story.post("/v1/clients", json!([ram(50)])).await;
    story
        .post(
            "/v1/clients",
            json!([
                {"username": "", "attributes": {"age": 7}, "countryCode": null, "clientWaNumber": "447700900123", "assignTo": "executive2@example.com"},
                {"username": "Wrong country", "attributes": "{}", "countryCode": 44, "clientWaNumber": "919998889991"},
                {"username": "Wrong attributes", "attributes": "{age", "countryCode": 91, "clientWaNumber": "919998889992"},
                {"username": "Wrong number", "attributes": "{}", "countryCode": 91, "clientWaNumber": "12"},
            ]),
        )
        .await;
    story.get("/v1/clients/447700900123").await;
    story.get("/v1/clients?limit=3").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn chats_are_closed_reopened_and_given_away() {
    let mut story = story::<Heltar>();
    story
        .put(
            "/v1/clients/chat/toggle/919000005883",
            json!({"isOpen": "false"}),
        )
        .await;
    story.get("/v1/clients/919000005883").await;
    story
        .put(
            "/v1/clients/chat/toggle/919111111111",
            json!({"isOpen": true}),
        )
        .await;
    story
        .post(
            "/v1/clients/chat/assign",
            json!({"clientWaNumber": ARJUN, "email": "executive1@example.com"}),
        )
        .await;
    story
        .post("/v1/clients/chat/assign", json!({"clientWaNumber": DEEPAK}))
        .await;
    story
        .post(
            "/v1/clients/chat/assign",
            json!({"clientWaNumber": DEEPAK, "email": "nobody@example.com"}),
        )
        .await;
    story.get("/v1/auth/business-employees").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn attributes_are_added_renamed_retyped_and_removed() {
    let mut story = story::<Heltar>();
    let rename = |old: &str, key: &str, kind: &str| json!({"oldAttribute": old, "newAttribute": {"fieldKey": key, "dataType": kind}});
    story
        .post(
            "/v1/business/attributes",
            json!({"attributes": [{"fieldKey": "Height", "dataType": "numerical"}]}),
        )
        .await;
    story.post("/v1/business/attributes", json!({"attributes": [{"fieldKey": "Weight", "dataType": "text"}, {"fieldKey": "age", "dataType": "text"}]})).await;
    let renamed = story
        .put(
            "/v1/business/attributes",
            rename("age", "Years", "numerical"),
        )
        .await;
    let last = renamed.json()["data"]
        .as_array()
        .and_then(|all| all.last().cloned());
    assert_eq!(
        last,
        Some(json!({"fieldKey": "Years", "dataType": "numerical"}))
    );
    story.get("/v1/clients/919000005883").await;
    story
        .put(
            "/v1/business/attributes",
            json!({"oldAttribute": "Chat Type", "newAttribute": "name"}),
        )
        .await;
    story
        .put("/v1/business/attributes", rename("Shoe", "Boot", "text"))
        .await;
    story
        .delete("/v1/business/attributes?attribute=Years")
        .await;
    story.delete("/v1/business/attributes?attribute=tags").await;
    story.get("/v1/clients/919000005883").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_campaign_counts_what_becomes_of_its_messages() {
    let mut story = story::<Heltar>();
    let campaign = json!({
        "campaignName": "Tour", "templateName": "welcome_tour_2", "languageCode": "en",
        "messages": [
            {"clientWaNumber": ARJUN, "variables": [
                {"type": "header", "parameters": [{"type": "document", "document": {"link": "https://files.example/a.pdf", "filename": "a.pdf"}}]},
                {"type": "body", "parameters": [{"type": "text", "text": "Arjun"}]}]},
            {"clientWaNumber": DEEPAK, "variables": []},
        ],
    });
    let started = story.post("/v1/campaigns/send", campaign).await.json();
    let wamid = &started["data"]["messagesResponse"]["success"]["0"]["message"]["wamid"];
    story.get("/v1/campaigns").await;
    story.wait_until_idle().await;
    story
        .happen(json!({"happening": "client_writes", "from": ARJUN, "context": wamid, "says": {"type": "button", "text": "Yes"}}))
        .await;
    story
        .get("/v1/campaigns?startDate=2023-12-28&endDate=2023-12-28")
        .await;
    story.get("/v1/campaigns?startDate=2023-12-28").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_file_is_uploaded_and_served_back() {
    let mut story = story::<Heltar>();
    let prepared = story
        .get("/v1/messages/presigned-url?file_name=my%20file.json&file_type=application/json")
        .await
        .json();
    let path = |member: &str| {
        let url = prepared["data"][member].as_str().unwrap();
        url.split_once("/heltar").unwrap().1.to_owned()
    };
    story.with_header("authorization", None);
    story.get(&path("url")).await;
    story
        .send(
            Method::PUT,
            &path("signedRequest"),
            "image/png",
            Some("{\"not\": ".into()),
        )
        .await;
    story
        .send(
            Method::PUT,
            &path("signedRequest"),
            "application/json",
            Some("{\"not\": ".into()),
        )
        .await;
    story.show_headers(&["content-type", "etag"]);
    let served = story.get(&path("url")).await;
    assert_eq!(served.text, "{\"not\": ");
    story.wait(Duration::from_secs(60 * 60)).await;
    story
        .send(
            Method::PUT,
            &path("signedRequest"),
            "application/json",
            Some("late".into()),
        )
        .await;
    story.get("/unknown").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn addresses_are_registered_masked_and_removed() {
    let mut story = story::<Heltar>();
    let register = |registered: Value| json!({"urls": [registered]});
    story
        .post("/v1/business/webhook-url", register(json!({"url": "http://localhost:8002/hook", "isEnabled": true, "fields": ["metaWebhooks", "metaCustomFieldHook"], "headers": {"X-Secret": "open sesame"}})))
        .await;
    story
        .post("/v1/business/webhook-url", register(json!({"url": "http://localhost:8002/hook", "isEnabled": false, "headers": {"X-Secret": "******esame", "X-New": "abc"}})))
        .await;
    let kept = &story.state()["endpoints"][2]["headers"]["X-Secret"];
    assert_eq!(*kept, "open sesame");
    story
        .delete("/v1/business/webhook-url?url=http://localhost:8000")
        .await;
    story
        .delete("/v1/business/webhook-url?url=http://localhost:8000")
        .await;
    story.delete("/v1/business/webhook-url").await;
    story
        .post(
            "/v1/business/webhook-url",
            register(json!({"url": "localhost:8003", "isEnabled": true})),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn whatever_a_client_writes_is_told_and_kept() {
    let mut story = story::<Heltar>();
    let sent = story
        .post("/v1/messages/send", text_to(ARJUN, "Well?"))
        .await
        .json();
    let wamid = &sent["data"]["success"]["0"]["message"]["wamid"];
    for says in [
        json!({"type": "text", "body": "Yes"}),
        json!({"type": "button_reply", "id": "y", "title": "Yes"}),
        json!({"type": "list_reply", "id": "r1", "title": "First", "description": "The first"}),
        json!({"type": "flow_reply", "response": {"answer": 42}}),
        json!({"type": "image", "caption": "Me"}),
        json!({"type": "document", "filename": "a.pdf"}),
        json!({"type": "sticker"}),
        json!({"type": "location", "latitude": 28.4, "longitude": 77.06, "name": "Home"}),
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Rohan", "first_name": "Rohan"}}]}),
    ] {
        story.happen(json!({"happening": "client_writes", "from": ARJUN, "context": wamid, "says": says})).await;
    }
    story.happen(json!({"happening": "client_writes", "from": "447700900123", "name": "Newcomer", "says": {"type": "text", "body": "Hello?"}})).await;
    story.wait_until_idle().await;
    story.get("/v1/clients/447700900123").await;
    story.get("/v1/messages/919000005883").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_client_who_wants_nothing_hears_nothing() {
    let mut story = story::<Heltar>();
    story.happen(json!({"happening": "client_writes", "from": ARJUN, "says": {"type": "text", "body": "stop"}})).await;
    story
        .post("/v1/messages/send", text_to(ARJUN, "Please stay"))
        .await;
    let hello = json!({"clientWaNumber": ARJUN, "messageType": "template", "templateName": "start_conversation", "languageCode": "en"});
    story.post("/v1/messages/send", send(json!([hello]))).await;
    story.get("/v1/messages/919000005883?limit=1").await;
    story.happen(json!({"happening": "client_writes", "from": ARJUN, "says": {"type": "text", "body": "START"}})).await;
    story
        .happen(json!({"happening": "client_blocked", "client": ARJUN}))
        .await;
    story
        .post("/v1/messages/send", text_to(ARJUN, "Welcome back"))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_message_is_found_by_its_whatsapp_id() {
    let mut story = story::<Heltar>();
    let sent = story
        .post("/v1/messages/send", text_to(ARJUN, "Namaste"))
        .await
        .json();
    let wamid = sent["data"]["success"]["0"]["message"]["wamid"]
        .as_str()
        .unwrap()
        .to_owned();
    story
        .get(&format!(
            "/v1/messages?wamid={}",
            wamid.replace('+', "%2B").replace('=', "%3D")
        ))
        .await;
    story.get("/v1/messages?wamid=wamid.nobody").await;
    story.get("/v1/messages").await;
    story
        .get("/v1/messages/919000005883?before=2023-12-28T12:00:00Z")
        .await;
    story
        .get("/v1/messages/919000005883?before=yesterday")
        .await;
    story.get("/v1/messages/919000005883?beforeId=x").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn answers_carry_the_headers_of_the_vendors_framework() {
    let mut story = story::<Heltar>();
    let answer = story
        .put(
            "/v1/clients/chat/toggle/919000005883",
            json!({"isOpen": true}),
        )
        .await;
    let header = |name: &str| answer.headers[name].to_str().unwrap();
    assert_eq!(header("etag"), "W/\"41-HyFH3eyLj2Z6kNmUOr9+V4Fn3ws\"");
    assert_eq!(header("content-type"), "application/json; charset=utf-8");
    assert_eq!(header("x-frame-options"), "SAMEORIGIN");
    assert_eq!(header("server"), "nginx/1.18.0 (Ubuntu)");
}

#[tokio::test]
async fn templates_are_listed_and_shown_by_any_case_of_their_name() {
    let mut story = story::<Heltar>();
    story.get("/v1/templates").await;
    story.get("/v1/templates/Hello_World").await;
    story.get("/v1/templates/nothing").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_registered_address_hears_of_a_message_until_it_is_removed() {
    let receiver = Receiver::start().await;
    let mut story = story::<Heltar>();
    let hook = receiver.url("/hook");
    let register = |is_enabled: bool| json!({"urls": [{"url": hook, "isEnabled": is_enabled, "verifyToken": "sesame", "headers": {"X-Secret": "open"}}]});

    receiver.answer_next(StatusCode::FORBIDDEN);
    let refused = story.post("/v1/business/webhook-url", register(true)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(story.state()["endpoints"].as_array().map(Vec::len), Some(2));

    // This one answers something else than the challenge, and is registered all the same.
    let registered = story
        .post("/v1/business/webhook-url", register(true))
        .await
        .json();
    assert_eq!(
        registered["data"][2],
        json!({"url": hook, "isEnabled": true, "headers": {"X-Secret": "****"}})
    );
    let asked = &receiver.arrived()[1];
    assert_eq!(asked.method, Method::GET);
    let query = asked.uri.query().unwrap_or_default();
    assert!(
        query.contains("hub.mode=subscribe") && query.contains("hub.verify_token=sesame"),
        "{query}"
    );

    // A 500 is tried again after one to five minutes; a 400 never.
    receiver.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    receiver.answer_next(StatusCode::BAD_REQUEST);
    story
        .post("/v1/messages/send", text_to(ARJUN, "Namaste"))
        .await;
    story.wait(Duration::from_secs(60)).await;
    story.wait(Duration::from_secs(5 * 60)).await;
    story.wait(Duration::from_secs(24 * 60 * 60)).await;
    let told = heard(&receiver);
    let of = |status: &str| {
        told.iter()
            .filter(|(told, _)| told == status)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("sent").len(), 2, "{told:?}");
    assert_ne!(
        of("sent")[0].1,
        of("sent")[1].1,
        "every attempt has its own time stamp"
    );
    assert_eq!(of("delivered").len() + of("read").len(), 2, "{told:?}");

    let seen = told.len();
    story
        .post("/v1/business/webhook-url", register(false))
        .await;
    story.happen(json!({"happening": "client_writes", "from": ARJUN, "says": {"type": "text", "body": "Hello"}})).await;
    story.wait(Duration::from_secs(60)).await;
    assert_eq!(
        heard(&receiver).len(),
        seen,
        "who is disabled hears nothing"
    );
    story.assert_honest();
}

/// What a receiver was told by `POST`: the status, or `message`, and the attempt's time stamp.
fn heard(receiver: &Receiver) -> Vec<(String, String)> {
    let arrived = receiver.arrived();
    let posted = arrived
        .iter()
        .filter(|arrived| arrived.method == Method::POST);
    posted
        .map(|arrived| {
            assert_eq!(arrived.headers["x-secret"], "open");
            let body: Value = serde_json::from_slice(&arrived.body).expect("JSON");
            let status = &body["entry"][0]["changes"][0]["value"]["statuses"][0]["status"];
            let stamp = arrived.headers["x-request-timestamp"].to_str();
            let stamp = stamp.expect("text");
            (
                status.as_str().unwrap_or("message").to_owned(),
                stamp.to_owned(),
            )
        })
        .collect()
}

#[tokio::test]
async fn an_address_that_fails_a_hundred_times_in_a_row_is_disabled() {
    let receiver = Receiver::start().await;
    let mut story = story::<Heltar>();
    let hook = receiver.url("/hook");
    story
        .post(
            "/v1/business/webhook-url",
            json!({"urls": [{"url": hook, "isEnabled": true}]}),
        )
        .await;
    for _ in 0..100 {
        receiver.answer_next(StatusCode::GONE);
        story.happen(json!({"happening": "client_writes", "from": ARJUN, "says": {"type": "text", "body": "Hello"}})).await;
    }
    story.wait(Duration::from_secs(1)).await;
    let shown = story
        .post("/v1/business/webhook-url", json!({"urls": []}))
        .await
        .json();
    assert_eq!(shown["data"][2], json!({"url": hook, "isEnabled": false}));
}

#[tokio::test]
async fn a_custom_field_travels_with_the_statuses_to_who_asked_for_it() {
    let receiver = Receiver::start().await;
    let mut story = story::<Heltar>();
    let hook = receiver.url("/hook");
    let registered =
        json!({"urls": [{"url": hook, "isEnabled": true, "fields": ["metaCustomFieldHook"]}]});
    story.post("/v1/business/webhook-url", registered).await;
    let mut batch = text_to(ARJUN, "Your order is ready");
    batch["messages"][0]["integrations"] =
        json!([{"name": "metaCustomFieldHook", "customField": "order-1"}]);
    story.post("/v1/messages/send", batch).await;
    story
        .post("/v1/messages/send", text_to(ARJUN, "Without a field"))
        .await;
    story.wait_until_idle().await;
    story.wait(Duration::from_secs(1)).await;
    let bodies = receiver
        .arrived()
        .into_iter()
        .map(|arrived| serde_json::from_slice::<Value>(&arrived.body).unwrap());
    let fields: Vec<_> = bodies.map(|body| body["customField"].clone()).collect();
    assert_eq!(fields, ["order-1", "order-1", "order-1"]);
}

#[tokio::test]
async fn an_expired_key_opens_nothing_and_a_setting_brings_2023_back() {
    let mut story = story::<Heltar>();
    story.with_header("authorization", Some("Bearer hk_live_mock_expired"));
    story.get("/v1/templates").await;
    story.with_header("authorization", Some("Bearer heltar-mock-key"));
    set(
        &story,
        json!({"attributesFormat": "legacy", "httpsOnly": true}),
    );
    story.delete("/v1/business/attributes?attribute=Name").await;
    let plain = json!({"urls": [{"url": "http://localhost:8002", "isEnabled": true}]});
    story.post("/v1/business/webhook-url", plain).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn who_answers_a_template_has_read_it() {
    let mut story = story::<Heltar>();
    let tour = template("start_conversation", json!([]));
    story.post("/v1/messages/send", send(json!([tour]))).await;
    story.wait(Duration::from_secs(2)).await;
    story
        .happen(json!({"happening": "client_writes", "from": DEEPAK, "says": {"type": "text", "body": "Gladly"}}))
        .await;
    story.wait_until_idle().await;
    story.get("/v1/messages/919000009934").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_queued_message_is_found_by_both_of_its_ids() {
    let mut story = story::<Heltar>();
    set(&story, json!({"asynchronous": true}));
    let queued = story
        .post("/v1/messages/send", text_to(ARJUN, "In the queue"))
        .await
        .json();
    let hemid = queued["data"]["success"]["0"]["message"]["wamid"].clone();
    let at = |id: &Value| {
        format!(
            "/v1/messages?wamid={}",
            id.as_str().unwrap_or_default().replace('+', "%2B")
        )
    };
    assert!(
        hemid.as_str().is_some_and(|id| id.starts_with("hemid.")),
        "{hemid}"
    );
    story
        .post("/v1/messages/send?priority=true", text_to(ARJUN, "At once"))
        .await;
    story.wait(Duration::from_secs(1)).await;
    let found = story.get(&at(&hemid)).await.json();
    let wamid = &found["data"]["wamid"];
    assert!(
        wamid.as_str().is_some_and(|id| id.starts_with("wamid.")),
        "{wamid}"
    );
    assert_eq!(story.get(&at(wamid)).await.json(), found);
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn an_unverified_business_may_speak_first_to_so_many_a_day() {
    let mut story = story::<Heltar>();
    set(&story, json!({"conversationCap": 1}));
    let hello = |to: &str| json!({"clientWaNumber": to, "messageType": "template", "templateName": "start_conversation", "languageCode": "en"});
    let everybody = [DEEPAK, DEEPAK, "912323223223", ARJUN].map(hello);
    story
        .post("/v1/messages/send", send(json!(everybody)))
        .await;
    story.wait_until_idle().await;
    let state = story.state();
    let messages = state["messages"].as_array().cloned().unwrap_or_default();
    let told: Vec<_> = messages
        .iter()
        .skip(2)
        .map(|one| one["status"].clone())
        .collect();
    assert_eq!(told, ["read", "read", "failed", "read"]);
    story.wait(Duration::from_secs(24 * 60 * 60)).await;
    story
        .post("/v1/messages/send", send(json!([hello("912323223223")])))
        .await;
    story.wait_until_idle().await;
    assert_eq!(story.state()["messages"][6]["status"], "read");
    story.assert_honest();
}

/// Sets some of the vendor's settings.
fn set(story: &Story, settings: Value) {
    let mut state = story.state();
    state["business"]["settings"] = settings;
    let slot = story.workspace().slot("heltar").expect("HeltarChat");
    slot.restore(&state).expect("a state of HeltarChat");
}

#[tokio::test]
async fn a_number_with_a_published_fate_meets_it() {
    let mut story = story::<Heltar>();
    let mut fates = Vec::new();
    for suffix in [
        "4801", "4802", "4803", "4804", "4805", "4806", "4829", "4850",
    ] {
        let number = format!("91900000{suffix}");
        let sent = story
            .post("/v1/messages/send", text_to(&number, "Namaste"))
            .await;
        story.wait_until_idle().await;
        let read = story.get(&format!("/v1/messages/{number}")).await.json();
        let status = read["data"]["messages"][0]["status"]
            .as_str()
            .unwrap_or("-")
            .to_owned();
        fates.push(format!("{suffix}: {} {status}", sent.status.as_u16()));
    }
    assert_eq!(
        fates,
        [
            "4801: 200 sent",
            "4802: 200 delivered",
            "4803: 200 failed",
            "4804: 200 failed",
            "4805: 200 failed",
            "4806: 200 failed",
            "4829: 429 -",
            "4850: 500 -",
        ]
    );
    let transcript = story.transcript();
    for code in [131_026, 131_047, 131_053, 130_429] {
        assert!(transcript.contains(&format!("\"code\": {code}")), "{code}");
    }
}
