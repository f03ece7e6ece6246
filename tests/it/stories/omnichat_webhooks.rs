//! Omnichat: what it tells the world, of customers who write and of messages on their way.

use std::time::Duration;

use http::{Method, StatusCode};
use insta::assert_snapshot;
use mock_server::kernel::delivery::{Endpoint, Signature};
use mock_server::vendors::omnichat::Omnichat;
use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::story::{Story, story};

const HEADLESS: &str = "/v1/whatsapp/headless-api/85290000001/messages";

/// Somebody new on WhatsApp.
const NORA: &str = "85261110000";

fn writes(from: &str, says: Value) -> Value {
    json!({"happening": "customer_writes", "channel": "85290000001", "from": from, "name": "Nora", "says": says})
}

fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

fn hello() -> Value {
    json!({"type": "text", "body": "Hello"})
}

fn row(story: &Story, table: &str, member: &str, value: &str) -> Value {
    let state = story.state();
    let mut rows = state[table].as_array().expect("a table").iter();
    rows.find(|row| row[member] == value)
        .cloned()
        .expect("a row")
}

fn last(story: &Story, table: &str) -> Value {
    let state = story.state();
    let rows = state[table].as_array().expect("a table");
    rows.last().cloned().expect("a row")
}

fn set(story: &Story, settings: Value) {
    let mut state = story.state();
    state["settings"] = with(state["settings"].clone(), settings);
    let slot = story.workspace().slot("omnichat").unwrap();
    slot.restore(&state).unwrap();
}

fn template(name: &str, components: Value) -> Value {
    let content = json!({"name": name, "language": {"code": "en_US"}, "components": components});
    json!({"messaging_product": "whatsapp", "to": "85260000001", "type": "template", "template": content})
}

fn word() -> Value {
    json!({"type": "body", "parameters": [{"type": "text", "text": "1"}]})
}

async fn sent(story: &mut Story, body: Value) -> String {
    let answer = story.post(HEADLESS, body).await.json();
    let id = answer["messages"][0]["id"].as_str().expect("an id");
    id.to_owned()
}

#[tokio::test]
async fn who_writes_becomes_a_contact_with_a_room_and_a_history() {
    let mut story = story::<Omnichat>();
    story.happen(writes(NORA, hello())).await;
    let contact = row(&story, "contacts", "userId", NORA);
    assert_eq!(contact["name"], "Nora");
    assert_eq!(contact["lastInboundAt"], "2025-04-01T01:00:00Z");
    let room = last(&story, "rooms");
    assert_eq!(room["contact"], format!("whatsapp/85290000001/{NORA}"));
    let message = last(&story, "messages");
    assert_eq!(message["sender"], "customer");
    assert_eq!(message["message"], "Hello");
    story.wait(Duration::from_secs(60)).await;
    let renamed = with(writes(NORA, hello()), json!({"name": "Nora K."}));
    story.happen(renamed).await;
    assert_eq!(row(&story, "contacts", "userId", NORA)["name"], "Nora K.");
    let free = json!({"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": "Hi"}});
    let id = sent(&mut story, free).await;
    story.wait_until_idle().await;
    let status = row(&story, "messages", "id", &id)["status"].clone();
    assert_eq!(status, "read", "the window is open");
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn everything_a_customer_can_send_is_told() {
    let mut story = story::<Omnichat>();
    let ad = json!({"source_url": "https://example.com/ad", "source_id": "120", "source_type": "ad", "headline": "Sale", "media_type": "image", "image_url": "https://example.com/ad.jpg", "ctwa_clid": "AR1"});
    let product = json!({"catalog_id": "146", "product_retailer_id": "SKU-1"});
    let item = json!({"product_retailer_id": "SKU-1", "quantity": 2, "item_price": 129.5, "currency": "HKD"});
    let henry = json!({"name": {"formatted_name": "Henry"}, "phones": [{"phone": "+852 6000 0002", "type": "HOME"}]});
    for says in [
        json!({"type": "image", "caption": "Look"}),
        json!({"type": "sticker", "animated": true}),
        json!({"type": "audio", "voice": true}),
        json!({"type": "video"}),
        json!({"type": "document", "filename": "invoice.pdf"}),
        json!({"type": "contacts", "contacts": [henry]}),
        json!({"type": "location", "latitude": 22.3193, "longitude": 114.1694, "name": "Shop A"}),
        json!({"type": "text", "body": "Still there?", "referral": ad}),
        json!({"type": "text", "body": "In red?", "referred_product": product}),
        json!({"type": "order", "catalog_id": "146", "text": "Please wrap it", "product_items": [item]}),
        json!({"type": "unknown"}),
    ] {
        story.happen(writes(NORA, says)).await;
    }
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn an_answer_names_what_it_answers() {
    let mut story = story::<Omnichat>();
    let from_grace = |context: &str, says: Value| {
        let writes = writes("85260000001", says);
        with(writes, json!({"name": "Grace", "context": context}))
    };
    let survey = sent(&mut story, template("survey_two_buttons", json!([word()]))).await;
    let buttons = json!({
        "messaging_product": "whatsapp", "to": "85260000001", "type": "interactive",
        "interactive": {"type": "button", "body": {"text": "?"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]}},
    });
    let buttons = sent(&mut story, buttons).await;
    story.wait(Duration::from_secs(5)).await;
    let no = json!({"type": "quick_reply", "text": "No", "payload": "No-Button-Payload"});
    story.happen(from_grace(&survey, no)).await;
    let yes = json!({"type": "button_reply", "id": "yes", "title": "Yes"});
    story.happen(from_grace(&buttons, yes)).await;
    let choice = json!({"type": "list_reply", "id": "row-1", "title": "Shop A"});
    story.happen(from_grace(&buttons, choice)).await;
    let reaction = json!({"type": "reaction", "emoji": "👍", "message_id": survey});
    story.happen(writes("85260000001", reaction)).await;
    let taken_back = json!({"type": "reaction", "message_id": survey});
    story.happen(writes("85260000001", taken_back)).await;
    story.happen(from_grace(&survey, hello())).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_cannot_be_is_told_to_who_asked_for_it() {
    let story = story::<Omnichat>();
    let slot = story.workspace().slot("omnichat").unwrap();
    let tap = json!({"type": "quick_reply", "text": "No"});
    let old = json!({"type": "reaction", "emoji": "👍", "message_id": "mid-1"});
    let before = story.state();
    for (happening, why) in [
        (
            with(writes(NORA, hello()), json!({"channel": "852"})),
            "there is no channel",
        ),
        (writes("", hello()), "is nobody"),
        (
            with(writes(NORA, hello()), json!({"context": "wamid.nothing"})),
            "is not in this room",
        ),
        (
            with(writes(NORA, hello()), json!({"context": "mid-1"})),
            "is not in this room",
        ),
        (writes(NORA, tap), "names the message"),
        (writes(NORA, old), "nobody can react"),
        (
            json!({"happening": "customer_deletes", "message": "mid-6"}),
            "no customer wrote",
        ),
        (
            json!({"happening": "customer_clicks", "message": "mid-1"}),
            "we wrote no",
        ),
    ] {
        let refused = slot.happen(&happening).expect_err("it cannot be");
        assert!(refused.to_string().contains(why), "{refused}");
    }
    assert_eq!(story.state(), before);
}

#[tokio::test]
async fn what_a_customer_takes_back_arrives_as_an_unsupported_message() {
    let mut story = story::<Omnichat>();
    story.happen(writes(NORA, hello())).await;
    let id = last(&story, "messages")["id"].clone();
    story
        .happen(json!({"happening": "customer_deletes", "message": id}))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_settings_say_which_ids_are_shown() {
    let mut story = story::<Omnichat>();
    let nora = json!({"username": "nora.demo", "bsuid": "HK.1", "parent_bsuid": "HK.ENT.1", "group": "120363000000000001"});
    for settings in [
        json!({"bsuids": true, "parent_bsuids": true, "usernames": true}),
        json!({"bsuids": true, "parent_bsuids": false, "usernames": false}),
        json!({"bsuids": false, "parent_bsuids": false, "usernames": true}),
    ] {
        set(&story, settings);
        story
            .happen(with(writes(NORA, hello()), nora.clone()))
            .await;
    }
    set(&story, json!({"groups": false}));
    let slot = story.workspace().slot("omnichat").unwrap();
    let refused = slot.happen(&with(writes(NORA, hello()), nora));
    assert!(refused.is_err(), "the team is in no groups");
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn who_hides_their_number_is_known_by_their_user_id() {
    let mut story = story::<Omnichat>();
    let says = with(writes("US.1349", hello()), json!({"username": "nora.demo"}));
    story.happen(says).await;
    let contact = row(&story, "contacts", "userId", "US.1349");
    assert_eq!(
        (&contact["bsuid"], &contact["phone"]),
        (&json!("US.1349"), &json!(null))
    );
    let reply = json!({"messaging_product": "whatsapp", "recipient": "US.1349", "type": "text", "text": {"body": "Hi"}});
    sent(&mut story, reply).await;
    story.wait(Duration::from_secs(3)).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_customer_of_line_is_kept_and_not_told() {
    let mut story = story::<Omnichat>();
    let writes = json!({"happening": "customer_writes", "platform": "line", "channel": "12345678", "from": "Unew", "says": hello()});
    story.happen(writes).await;
    assert_eq!(row(&story, "contacts", "userId", "Unew")["name"], "Unew");
    assert_eq!(last(&story, "messages")["platform"], "line");
    assert!(story.workspace().events.entries().is_empty());
}

#[tokio::test]
async fn an_agent_writes_in_the_inbox() {
    let mut story = story::<Omnichat>();
    let written = json!({
        "happening": "agent_writes", "platform": "whatsapp", "channel": "85290000001", "user": "85260000001",
        "agent": "agent001@example.com", "text": "How can I help?",
    });
    story.happen(written).await;
    story.wait_until_idle().await;
    let message = last(&story, "messages");
    assert_eq!(
        message["sender"],
        json!({"agent": "a0000001-0000-4000-8000-000000000001"})
    );
    assert_eq!(message["status"], "read");
    story.assert_honest();
}

#[tokio::test]
async fn a_subscribed_topic_tells_of_direct_messages_in_the_vendors_own_words() {
    let mut story = story::<Omnichat>();
    set(&story, json!({"topics": ["direct_msg/status"]}));
    let order = json!({"type": "whatsappTemplate", "whatsappTemplate": {"name": "survey_two_buttons", "components": [word()]}});
    let direct = json!({"trackId": "t-1", "platform": "whatsapp", "channelId": "85290000001", "to": "85260000001", "messages": [order]});
    let answer = story.post("/v1/direct-messages", direct).await.json();
    let id = answer["content"]["messageId"][0].clone();
    story.wait_until_idle().await;
    let tap = json!({"type": "quick_reply", "text": "Yes"});
    let tap = with(
        writes("85260000001", tap),
        json!({"name": "Grace", "context": id}),
    );
    story.happen(tap).await;
    story
        .happen(json!({"happening": "customer_clicks", "message": id}))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_a_customer_wrote_is_read_back_through_the_api() {
    let mut story = story::<Omnichat>();
    story.happen(writes(NORA, hello())).await;
    let file = json!({"type": "image", "caption": "Look"});
    story.happen(writes(NORA, file)).await;
    story.happen(writes(NORA, json!({"type": "unknown"}))).await;
    let range = "after=1743465600000&before=1743552000000";
    let history = format!("/v1/messages?{range}&platform=whatsapp&channelId=85290000001");
    let shown = story.get(&history).await.json();
    assert_eq!(
        shown["totalElements"], 2,
        "what nobody can show is not shown"
    );
    let contact = format!("/v1/contacts?platform=whatsapp&userId={NORA}");
    let known = story.get(&contact).await.json();
    assert_eq!(
        known["content"][0]["lastMessageTime"],
        1_743_469_200_000_i64
    );
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn an_endpoint_hears_signed_events_in_order() {
    let receiver = Receiver::start().await;
    let mut story = story::<Omnichat>();
    let hook = receiver.url("/whatsapp-webhook");
    let endpoint = Endpoint {
        signature: Signature::Headers {
            headers: vec![
                "X-Omnichat-Signature".to_owned(),
                "X-Hub-Signature-256".to_owned(),
            ],
            secret: "sesame".to_owned(),
        },
        ..Endpoint::new(&hook)
    };
    let slot = story.workspace().slot("omnichat").unwrap();
    slot.edit_endpoints(&mut |endpoints| {
        endpoints.put(endpoint.clone());
    });
    story.happen(writes(NORA, hello())).await;
    let free = json!({"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": "Hi"}});
    receiver.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    sent(&mut story, free).await;
    story.wait_until_idle().await;
    story.wait(Duration::from_secs(60)).await;
    let arrived = receiver.arrived();
    let told: Vec<_> = arrived
        .iter()
        .map(|one| {
            assert_eq!(one.method, Method::POST);
            assert_eq!(one.headers["content-type"], "application/json");
            let plain = one.headers["x-omnichat-signature"].to_str().expect("text");
            let meta = one.headers["x-hub-signature-256"].to_str().expect("text");
            assert_eq!(meta, format!("sha256={plain}"));
            assert!(!one.headers.contains_key("x-omnichat-topic"));
            let body: Value = serde_json::from_slice(&one.body).expect("JSON");
            let value = &body["entry"][0]["changes"][0]["value"];
            let status = value["statuses"][0]["status"].as_str();
            status.unwrap_or("message").to_owned()
        })
        .collect();
    assert_eq!(told.len(), 5, "{told:?}");
    let mut kinds = told.clone();
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds, ["delivered", "message", "read", "sent"], "{told:?}");
    story.assert_honest();
}
