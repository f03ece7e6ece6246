//! MyOperator, as its users meet it: three hosts, and what each says to a wrong request.

use http::Method;
use insta::assert_snapshot;
use mock_server::vendors::myoperator::MyOperator;
use serde_json::{Value, json};

use crate::support::story;
use crate::support::story::Story;

const TEXT: &str = "Hi John!, How are you?";

/// A text to Asha, who has written within the last day.
fn text_to_asha() -> Value {
    json!({
        "phone_number_id": "87673432323365",
        "customer_country_code": "91",
        "customer_number": "9876543210",
        "data": {"type": "text", "context": {"body": TEXT, "preview_url": false}},
        "reply_to": null,
        "myop_ref_id": null,
    })
}

/// An outbound call of an agent to Asha.
fn call_to_asha() -> Value {
    json!({
        "company_id": "66c595699b31d875",
        "secret_token": "mock-obd-secret-0001",
        "type": "1",
        "number": "+919876543210",
        "public_ivr_id": "6981d1c6c99f8650",
        "user_id": "68baab1d30e05351",
        "reference_id": "order-2001",
    })
}

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    *body.pointer_mut(pointer).expect("the body has this member") = value;
    body
}

fn without(mut body: Value, member: &str) -> Value {
    body.as_object_mut()
        .expect("the body is an object")
        .shift_remove(member);
    body
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

async fn broken(story: &mut Story, path: &str) {
    story
        .send(
            Method::POST,
            path,
            "application/json",
            Some("{\"name\": ".into()),
        )
        .await;
}

#[tokio::test]
async fn the_public_api_wants_a_bearer_key_and_its_company() {
    let mut story = story::<MyOperator>();
    story.show_headers(&["x-amzn-errortype"]);
    story.with_header("authorization", None);
    story.get("/contacts").await;
    for wrong in [
        "bearer mock-wa-key-0001",
        "Bearer ",
        "Basic bW9jaw==",
        "Bearer nobodys-key",
    ] {
        story.with_header("authorization", Some(wrong));
        story.get("/contacts").await;
    }
    story.with_header("authorization", Some("Bearer mock-wa-key-0001"));
    story.with_header("x-myop-company-id", None);
    story.get("/contacts").await;
    story.with_header("x-myop-company-id", Some("66c595699b31d8ff"));
    story.get("/contacts").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn outbound_calls_want_a_gateway_key_and_then_an_account() {
    let mut story = story::<MyOperator>();
    story.with_header("x-api-key", None);
    story.post("/obd-api-v1", call_to_asha()).await;
    story.with_header("x-api-key", Some("wrong"));
    story.post("/obd-api-v1", call_to_asha()).await;
    story.with_header("x-api-key", Some("mock-obd-gateway-key"));
    story
        .post(
            "/obd-api-v1",
            with(call_to_asha(), "/secret_token", json!("wrong")),
        )
        .await;
    story
        .post(
            "/obd-api-v1",
            with(call_to_asha(), "/company_id", json!("66c595699b31d8ff")),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_developers_host_takes_its_token_from_anywhere() {
    let mut story = story::<MyOperator>();
    story.get("/filters").await;
    story.get("/user?token=0123456789abcdef").await;
    story
        .post("/search", json!({"token": "wrong", "page_size": "1"}))
        .await;
    let form = Some(format!("token={TOKEN}&page_size=100"));
    for (path, kind, body) in [
        (format!("/search?token={TOKEN}"), "application/json", None),
        (
            "/search".to_owned(),
            "application/json",
            Some(json!({"token": TOKEN, "filters": "33"}).to_string()),
        ),
        (
            "/search/search?token=wrong".to_owned(),
            "application/x-www-form-urlencoded",
            form,
        ),
    ] {
        let answer = story.send(Method::POST, &path, kind, body).await;
        assert_eq!(answer.json()["status"], "success", "{path}");
    }
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_public_api_refuses_bodies_in_the_family_of_their_operation() {
    let mut story = story::<MyOperator>();
    story
        .post("/chat/messages", without(text_to_asha(), "phone_number_id"))
        .await;
    story
        .post(
            "/chat/messages",
            with(
                text_to_asha(),
                "/data",
                json!({"type": "fax", "context": {}}),
            ),
        )
        .await;
    let listed = json!({"type": "template", "context": {"template_name": "start_chat", "body": [{"type": "text", "text": "John"}]}});
    story
        .post("/chat/messages", with(text_to_asha(), "/data", listed))
        .await;
    broken(&mut story, "/chat/messages").await;
    story
        .post(
            "/contacts",
            json!({"name": "John Doe", "country_code": "+91", "phone_number": "98723"}),
        )
        .await;
    story
        .post(
            "/contacts",
            json!({"country_code": "91", "phone_number": "9000000660"}),
        )
        .await;
    story
        .post("/contacts", json!({"and": {"name__like": "John"}}))
        .await;
    broken(&mut story, "/contacts").await;
    story
        .patch(
            "/contacts/67a1f59b1e0abbf2e03aa40b",
            json!({"country_code": "91", "phone_number": "9000000190"}),
        )
        .await;
    story
        .patch(
            "/contacts/919876543210",
            json!({"phone_number": "9000000190"}),
        )
        .await;
    story.post("/chat/templates", json!({"name": "June Sales", "language": "xx", "category": "marketing", "components": []})).await;
    story
        .post("/chat/media/upload", json!({"application": "template"}))
        .await;
    story.get("/chat/campaigns").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn outbound_calls_are_judged_by_a_gateway_and_then_by_the_application() {
    let mut story = story::<MyOperator>();
    broken(&mut story, "/obd-api-v1").await;
    story
        .post("/obd-api-v1", without(call_to_asha(), "number"))
        .await;
    let mut long = call_to_asha();
    long["max_call_duration"] = json!("300");
    story.post("/obd-api-v1", long.clone()).await;
    long["max_call_duration"] = json!(5401);
    story.post("/obd-api-v1", long).await;
    for number in ["9876543210", "919876543210"] {
        story
            .post(
                "/obd-api-v1",
                with(call_to_asha(), "/number", json!(number)),
            )
            .await;
    }
    story
        .post("/obd-api-v1", with(call_to_asha(), "/type", json!("3")))
        .await;
    story
        .post("/obd-api-v1", with(call_to_asha(), "/type", json!("2")))
        .await;
    let mut both = call_to_asha();
    both["number_2"] = json!("+919000009736");
    story.post("/obd-api-v1", both).await;
    story
        .post("/obd-api-v1", without(call_to_asha(), "user_id"))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn an_unknown_path_is_answered_by_its_host() {
    let mut story = story::<MyOperator>();
    story.show_headers(&["allow", "x-mock-hint"]);
    story.get("/chat/message").await;
    story
        .put(
            "/chat/templates/4c091d8f-07d6-474b-9e64-5d5545c0d4c3",
            json!({}),
        )
        .await;
    story.get("/obd-api-v1?type=1").await;
    story.post("/obd-api-v1/stop", json!({})).await;
    story
        .get("/search?token=0123456789abcdef0123456789abcdef")
        .await;
    story.post("/call/hangup", json!({})).await;
    story
        .get("/recordings/link?token=0123456789abcdef0123456789abcdef&&file=")
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_is_accepted_shows_its_evidence_and_its_trace() {
    let mut story = story::<MyOperator>();
    story.show_headers(&["x-mock-evidence", "x-myop-trace-id"]);
    story.post("/obd-api-v1", call_to_asha()).await;
    story
        .get(&format!(
            "/recordings/link?token={TOKEN}&file=4awerwf234353tgr123.mp3"
        ))
        .await;
    assert_snapshot!(story.transcript());
}
