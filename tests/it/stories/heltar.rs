//! What a user of HeltarChat would tell.

use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use mock_server::vendors::heltar::Heltar;
use serde_json::{Value, json};

use crate::support::story;

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
    let _ = DEEPAK;
}
