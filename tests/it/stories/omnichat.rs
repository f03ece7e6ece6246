//! Omnichat's manners: who is let in, and how it says no in four shapes.

use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use mock_server::kernel::rate_limit::RateLimiting;
use mock_server::vendors::omnichat::Omnichat;
use serde_json::{Value, json};

use crate::support::story::{Story, story, story_with};

const HEADLESS: &str = "/v1/whatsapp/headless-api/85290000001/messages";
const IN_MAY: &str = "after=1652371200000&before=1652976000000";

fn text_to_line() -> Value {
    json!({
        "trackId": "remarketing-001", "platform": "line", "channelId": "12345678", "to": "U1111111111111",
        "tags": ["remarking-001"],
        "messages": [
            {"type": "text", "text": "Final Sale Message 1"},
            {"type": "text", "text": "Final Sale Message 2"},
            {"type": "image", "image": "https://example.com/image.png"},
        ],
    })
}

fn image_to_whatsapp() -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "85260000001", "type": "image",
        "image": {"link": "https://example.com/image.png"},
    })
}

fn room(more: Value) -> Value {
    let mut room =
        json!({"platform": "whatsapp", "channelId": "85250000001", "userId": "85215022101325"});
    for (name, value) in more.as_object().into_iter().flatten() {
        room[name] = value.clone();
    }
    room
}

#[tokio::test]
async fn a_stranger_is_unauthorized_everywhere() {
    let mut story = story::<Omnichat>();
    story.show_headers(&["www-authenticate"]);
    for wrong in [
        None,
        Some("Bearer nobody"),
        Some("Bearer "),
        Some("omnichat-demo-token"),
        Some("Basic omnichat-demo-token"),
    ] {
        story.with_header("authorization", wrong);
        story.get("/v1/channels").await;
    }
    story.with_header("authorization", Some("Basic nobody"));
    story.post(HEADLESS, image_to_whatsapp()).await;
    story
        .post("/v1/rooms/unassign-agent", room(json!({})))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_token_stands_after_bearer_and_on_the_headless_route_after_basic_too() {
    let mut story = story::<Omnichat>();
    for token in [
        "Bearer omnichat-demo-token",
        "bearer omnichat-demo-token",
        "Basic omnichat-demo-token",
    ] {
        story.with_header("authorization", Some(token));
        story.post(HEADLESS, image_to_whatsapp()).await;
    }
    story.with_header("authorization", Some("bearer omnichat-demo-token"));
    story.get("/v1/channels").await;
    assert_snapshot!(story.transcript());
}

/// Takes all modules from the demo team.
fn without_modules(story: &Story) {
    let mut state = story.state();
    state["team"]["modules"] = json!([]);
    story
        .workspace()
        .slot("omnichat")
        .unwrap()
        .restore(&state)
        .unwrap();
}

#[tokio::test]
async fn a_team_without_the_module_is_told_which() {
    let mut story = story::<Omnichat>();
    without_modules(&story);
    story.get("/v1/channels").await;
    story.post("/v1/direct-messages", text_to_line()).await;
    story
        .post("/v1/rooms/unassign-agent", room(json!({})))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_parameter_that_is_missing_blank_or_wrong_is_refused() {
    let mut story = story::<Omnichat>();
    story.get("/v1/messages?platform=whatsapp").await;
    story.get(&format!("/v1/messages?{IN_MAY}&platform=")).await;
    story
        .get(&format!("/v1/messages?{IN_MAY}&platform=telegram"))
        .await;
    story
        .get(&format!("/v1/messages?{IN_MAY}&platform=line&page=one"))
        .await;
    story
        .get(&format!("/v1/messages?{IN_MAY}&platform=line&pageSize=101"))
        .await;
    story.get("/v1/broadcast").await;
    story.get("/v1/broadcast?type=5").await;
    story.get("/v1/customers").await;
    story.put("/v1/customers", json!({})).await;
    story
        .put("/v1/contacts/telegram?channelId=1&userId=2", json!({}))
        .await;
    story.delete("/v1/contacts/line?channelId=1655713616").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_body_is_refused_in_the_common_shape() {
    let mut story = story::<Omnichat>();
    story
        .post("/v1/direct-messages", json!({"trackId": "22"}))
        .await;
    story
        .send(
            Method::POST,
            "/v1/direct-messages",
            "application/json",
            None,
        )
        .await;
    story
        .send(
            Method::POST,
            "/v1/direct-messages",
            "text/plain",
            Some("hello".to_owned()),
        )
        .await;
    let mut body = text_to_line();
    body["platform"] = "facebook".into();
    story.post("/v1/direct-messages", body).await;
    let mut body = text_to_line();
    body["platform"] = "whatsapp".into();
    story.post("/v1/direct-messages", body).await;
    let mut body = text_to_line();
    body["messages"] = json!([{"type": "block", "blockId": "1"}, {"type": "text", "text": "2"}]);
    story.post("/v1/direct-messages", body).await;
    let mut body = text_to_line();
    body["messages"] =
        json!([{"type": "products", "products": [{"name": "Tee", "image": "i", "url": "u"}]}]);
    story.post("/v1/direct-messages", body).await;
    story
        .put(
            "/v1/loyalty-points/action/adjust",
            json!({"points": 10, "phone": "+85291234567"}),
        )
        .await;
    story
        .put(
            "/v1/loyalty-points/action/adjust",
            json!({"points": 10, "phone": "", "email": null}),
        )
        .await;
    story
        .put(
            "/v1/loyalty-points/action/adjust",
            json!({"points": 10, "phone": "852", "memberId": "1"}),
        )
        .await;
    story
        .put(
            "/v1/rosters",
            json!({"month": "2023-13", "idField": "email", "records": []}),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn tags_and_attributes_have_rules_of_their_own() {
    let mut story = story::<Omnichat>();
    let contact = "/v1/contacts/line?channelId=1655713616&userId=Ufc16ca0dac59929c665558fd0c040d1c";
    story
        .put(contact, json!({"tags": ["VIP"], "tagsToAdd": ["VVIP"]}))
        .await;
    story
        .put(
            contact,
            json!({"tags": null, "tagsToAdd": ["VVIP"], "tagsToRemove": ["VIP"]}),
        )
        .await;
    story
        .put(
            contact,
            json!({"customAttributes": [{"key": "k".repeat(101), "value": 1}]}),
        )
        .await;
    story
        .put(
            "/v1/customers?memberId=M1",
            json!({"customAttributes": [{"key": "Points"}]}),
        )
        .await;
    story.put(contact, json!({})).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_broadcast_of_mixed_kinds_has_a_code_of_its_own() {
    let mut story = story::<Omnichat>();
    let broadcast = |messages: Value, recipients: usize| {
        let to = vec!["U1111111111111"; recipients];
        json!({"subject": "Sale", "platform": "line", "channelId": "12345678", "to": to, "messages": messages})
    };
    let text = || json!({"type": "text", "text": "1"});
    story
        .post(
            "/v1/broadcast",
            broadcast(json!([text(), {"type": "block", "blockId": "2"}]), 1),
        )
        .await;
    story.post("/v1/broadcast", broadcast(json!([]), 1)).await;
    let six: Vec<Value> = (0..6).map(|_| text()).collect();
    story.post("/v1/broadcast", broadcast(six.into(), 1)).await;
    let mixed = json!([text(), {"type": "image", "image": "https://example.com/1.png"}]);
    story.post("/v1/broadcast", broadcast(mixed, 2)).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn rooms_look_at_one_thing_after_the_other() {
    let mut story = story::<Omnichat>();
    let assign = "/v1/rooms/assign-collaborator";
    story.post(assign, json!({})).await;
    story.post(assign, json!({"userId": "8521"})).await;
    story
        .post(
            assign,
            json!({"userId": "8521", "channelId": "8525", "platform": ""}),
        )
        .await;
    story
        .post(
            assign,
            json!({"userId": "8521", "channelId": "8525", "platform": "facebook"}),
        )
        .await;
    story
        .post(assign, room(json!({"agentEmail": "", "agentPhone": null})))
        .await;
    story
        .post(assign, room(json!({"agentEmployeeCode": "EM0001"})))
        .await;
    story
        .post(
            assign,
            room(json!({"agentEmployeeCode": "EM0001", "agentShopLocationCode": "SHOP02"})),
        )
        .await;
    story
        .post(
            assign,
            room(json!({"agentEmployeeCode": "EM0001", "agentEmail": "agent001@example.com"})),
        )
        .await;
    story
        .post("/v1/rooms/unassign-collaborator", room(json!({})))
        .await;
    story.post("/v1/rooms/assign-agent", room(json!({}))).await;
    story
        .post(
            "/v1/rooms/unassign-agent",
            json!({"platform": "line", "channelId": "1", "bsuid": "HK.1"}),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_headless_route_speaks_as_meta_does() {
    let mut story = story::<Omnichat>();
    let without = |name: &str| {
        let mut body = image_to_whatsapp();
        body.as_object_mut().unwrap().shift_remove(name);
        body
    };
    for name in ["messaging_product", "to", "image"] {
        story.post(HEADLESS, without(name)).await;
    }
    let with = |kind: &str, content: Value| {
        let mut body = without("image");
        body["type"] = kind.into();
        body[kind] = content;
        body
    };
    story.post(HEADLESS, with("hologram", json!({}))).await;
    story.post(HEADLESS, with("text", json!({}))).await;
    story
        .post(
            HEADLESS,
            with(
                "sticker",
                json!({"link": "https://example.com/1.webp", "caption": "no"}),
            ),
        )
        .await;
    story
        .post(
            HEADLESS,
            with(
                "image",
                json!({"link": "https://example.com/1.png", "id": "1"}),
            ),
        )
        .await;
    let button = |title: &str| json!({"type": "reply", "reply": {"id": "1", "title": title}});
    let buttons = |buttons: Value| json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}});
    story
        .post(HEADLESS, with("interactive", buttons(json!([]))))
        .await;
    story
        .post(
            HEADLESS,
            with(
                "interactive",
                buttons(json!([button("more than twenty characters")])),
            ),
        )
        .await;
    story
        .post(HEADLESS, with("interactive", json!({"type": "carousel"})))
        .await;
    story
        .post(
            HEADLESS,
            with("reaction", json!({"message_id": "wamid.1", "emoji": "ok"})),
        )
        .await;
    let contact =
        json!([{"name": {"formatted_name": "Henry"}, "phones": [{"phone": "+85260000002"}]}]);
    story.post(HEADLESS, with("contacts", contact)).await;
    story
        .post(HEADLESS, with("template", json!({"name": "order_update"})))
        .await;
    let long = story
        .post(HEADLESS, with("text", json!({"body": "x".repeat(4097)})))
        .await;
    assert_eq!(long.json()["error"]["code"], 131_009);
    assert_snapshot!(without_the_long_text(&story));
}

/// Four thousand letters say nothing that ten do not.
fn without_the_long_text(story: &Story) -> String {
    story
        .transcript()
        .replace(&"x".repeat(4097), "xxxxxxxxxx… (4097)")
}

#[tokio::test]
async fn what_is_not_json_is_refused_in_three_shapes() {
    let mut story = story::<Omnichat>();
    let single_quotes = |path| (path, "{\"tags\": ['222']}".to_owned());
    for (path, body) in [
        single_quotes("/v1/direct-messages"),
        ("/v1/direct-messages", "{\"trackId\": \"22\",}".to_owned()),
        single_quotes("/v1/rooms/assign-agent"),
        single_quotes(HEADLESS),
    ] {
        story
            .send(Method::POST, path, "application/json", Some(body))
            .await;
    }
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_refused() {
    let mut story = story::<Omnichat>();
    story.show_headers(&["allow"]);
    story.get("/v1/rich-menus").await;
    story.post("/v1/rooms/close", json!({})).await;
    story
        .post("/v1/contacts/line?channelId=1&userId=2", json!({}))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_forty_first_request_of_a_second_waits_for_the_next() {
    let mut story = story_with::<Omnichat>(|options| options.rate_limits = RateLimiting::Vendor);
    for _ in 0..40 {
        assert_eq!(story.get("/v1/chatbots").await.status, 200);
    }
    let told = story.transcript().len();
    story.show_headers(&["retry-after"]);
    story.get("/v1/channels").await;
    story.wait(Duration::from_secs(1)).await;
    story.get("/v1/channels").await;
    assert_snapshot!(&story.transcript()[told..]);
}

#[tokio::test]
async fn a_status_on_request_is_told_in_the_words_of_the_route() {
    let mut story = story::<Omnichat>();
    story.with_header("prefer", Some("code=500"));
    story.post("/v1/direct-messages", text_to_line()).await;
    story
        .post("/v1/rooms/unassign-agent", room(json!({})))
        .await;
    story.with_header("prefer", Some("code=503"));
    story.post(HEADLESS, image_to_whatsapp()).await;
    story.with_header(
        "prefer",
        Some("example=\"Send direct message (not onboard waba)\""),
    );
    story.post("/v1/direct-messages", text_to_line()).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn every_answer_has_the_headers_of_the_framework() {
    let mut story = story::<Omnichat>();
    story.show_headers(&[
        "x-omnichat-arkham-version",
        "x-omnichat-arkham-trace-id",
        "x-content-type-options",
        "x-xss-protection",
        "cache-control",
        "pragma",
        "expires",
        "x-frame-options",
        "vary",
    ]);
    story.get("/v1/chatbots").await;
    story.get("/v1/customers").await;
    story
        .put(
            "/v1/loyalty-points/action/adjust",
            json!({"memberId": "123456", "points": 10}),
        )
        .await;
    story.get("/v1/nothing").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_broadcast_takes_at_most_150_recipients() {
    let mut story = story::<Omnichat>();
    for (recipients, status) in [(150, 200), (151, 400)] {
        let to = vec!["U1111111111111"; recipients];
        let messages = json!([{"type": "text", "text": "1"}]);
        let broadcast = json!({"subject": "Sale", "platform": "line", "channelId": "12345678", "to": to, "messages": messages});
        assert_eq!(story.post("/v1/broadcast", broadcast).await.status, status);
    }
    story.assert_honest();
}
