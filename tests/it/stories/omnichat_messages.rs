//! Omnichat: direct messages, and messages past the inbox by the headless route.

use std::time::Duration;

use insta::assert_snapshot;
use mock_server::vendors::omnichat::Omnichat;
use serde_json::{Value, json};

use crate::support::story::{Answer, Story, story};

const DIRECT: &str = "/v1/direct-messages";
const HEADLESS: &str = "/v1/whatsapp/headless-api/85290000001/messages";

/// Has an open window, has none, has a user id, and is never reached.
const GRACE: &str = "85260000001";
const HANA: &str = "85260000002";
const LENA: &str = "85260000006";
const KIM: &str = "85260000007";

/// One component that fills the one place of a body.
fn word() -> Value {
    json!({"type": "body", "parameters": [{"type": "text", "text": "ORDER0001"}]})
}

fn order_update() -> Value {
    json!({"type": "whatsappTemplate", "whatsappTemplate": {"name": "order_update", "components": [word()]}})
}

fn new_year(index: Value) -> Value {
    let image = json!({"type": "image", "image": {"link": "https://example.com/red-pocket.png"}});
    let words = [
        json!({"type": "text", "text": "Mr. Chan"}),
        json!({"type": "text", "text": "$100"}),
    ];
    let components = json!([
        {"type": "header", "parameters": [image]},
        {"type": "body", "parameters": words},
        {"type": "button", "sub_type": "url", "index": index, "parameters": [{"type": "text", "text": "landing"}]},
    ]);
    json!({"type": "whatsappTemplate", "whatsappTemplate": {"name": "cny_campaign_2023", "components": components}})
}

fn direct(to: &str, messages: Value) -> Value {
    json!({"trackId": "t-1", "platform": "whatsapp", "channelId": "85290000001", "to": to, "messages": messages})
}

fn line(messages: Value) -> Value {
    json!({"trackId": "t-1", "platform": "line", "channelId": "12345678", "to": "U1111111111111", "messages": messages})
}

fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

/// A message object of Meta's.
fn headless(to: &str, kind: &str, content: Value) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": kind, kind: content})
}

fn text(to: &str) -> Value {
    headless(to, "text", json!({"body": "Hello"}))
}

fn template(to: &str, name: &str, components: Value) -> Value {
    let content = json!({"name": name, "language": {"code": "en_US"}, "components": components});
    headless(to, "template", content)
}

fn only_id(answer: &Answer) -> String {
    let body = answer.json();
    let id = body["content"]["messageId"][0].as_str();
    let id = id.or_else(|| body["messages"][0]["id"].as_str());
    id.expect("an id").to_owned()
}

/// The rows of a table of the state that have this value there.
fn rows(story: &Story, table: &str, member: &str, value: &str) -> Vec<Value> {
    let state = story.state();
    let rows = state[table].as_array().expect("a table").iter();
    rows.filter(|row| row[member] == value).cloned().collect()
}

fn row(story: &Story, table: &str, member: &str, value: &str) -> Value {
    let rows = rows(story, table, member, value);
    rows.first().cloned().expect("a row")
}

/// Changes the state as the control API would.
fn change(story: &Story, change: impl FnOnce(&mut Value)) {
    let mut state = story.state();
    change(&mut state);
    let slot = story.workspace().slot("omnichat").unwrap();
    slot.restore(&state).unwrap();
}

/// The answers alone.
fn answers(story: &Story) -> String {
    let transcript = story.transcript();
    let answers = transcript
        .split("\n\n")
        .filter_map(|part| part.split_once("← "));
    let answers = answers.map(|(_, answer)| answer.trim_end());
    answers.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_template_is_sent_delivered_and_read() {
    let mut story = story::<Omnichat>();
    let body = with(
        direct(GRACE, json!([new_year(json!("0"))])),
        json!({"tags": ["remarking-001"], "employeeCode": "LAW_2a", "locationCode": "3001", "trackTransactionLink": true}),
    );
    let id = only_id(&story.post(DIRECT, body).await);
    story.wait_until_idle().await;
    let message = row(&story, "messages", "id", &id);
    assert_eq!(message["status"], "read");
    assert_eq!(
        message["tracking"],
        json!({"employeeCode": "LAW_2a", "locationCode": "3001", "trackTransactionLink": true})
    );
    let contact = row(&story, "contacts", "userId", GRACE);
    assert_eq!(contact["tags"], json!(["remarking-001"]));
    let log = rows(&story, "tagging_logs", "tag", "remarking-001");
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["source"], "open_api");
    assert_eq!(log[0]["messageId"], json!(id));
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn five_messages_go_to_line_in_any_mixture() {
    let mut story = story::<Omnichat>();
    let product = json!({"name": "Tee", "image": "https://example.com/1.png", "url": "https://example.com/1", "buttonLabel": "View"});
    let word = json!({"type": "text", "text": "Sale"});
    let picture = json!({"type": "image", "image": "https://example.com/2.png"});
    let products = json!({"type": "products", "products": [product]});
    let messages = json!([word, picture, products, word, word]);
    let body = with(line(messages), json!({"tags": ["a", "a", "b"]}));
    let ids = story.post(DIRECT, body).await.json()["content"]["messageId"].clone();
    story.wait_until_idle().await;
    let ids = ids.as_array().expect("ids").iter();
    let kept: Vec<_> = ids
        .map(|id| row(&story, "messages", "id", id.as_str().expect("an id")))
        .collect();
    let kinds: Vec<_> = kept.iter().map(|one| one["type"].clone()).collect();
    assert_eq!(kinds, ["text", "photo", "chatbot", "text", "text"]);
    assert!(kept.iter().all(|one| one["status"] == "sent"));
    let log = rows(&story, "tagging_logs", "userId", "U1111111111111");
    assert_eq!(log.len(), 2, "a tag is added once");
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn blocks_and_flex_templates_stand_alone_and_must_be_there() {
    let mut story = story::<Omnichat>();
    let block = |id: &str| json!({"type": "block", "blockId": id});
    let flex = |uses: Value| {
        let flex = json!({"type": "lineFlexMessageTemplates", "lineFlexMessageTemplates": uses});
        line(json!([flex]))
    };
    let filled = json!({"templateId": "id1", "parameters": [{"key": "key1", "value": "1"}, {"key": "key2", "value": "2"}]});
    let half = json!({"templateId": "id1", "parameters": [{"key": "key1", "value": "1"}]});
    let known = "07269d7a-68d6-4f36-9c0b-c837d9b296ef";
    for body in [
        line(json!([block(known)])),
        line(json!([block("nowhere")])),
        line(json!([block(known), block(known)])),
        flex(json!([filled, {"templateId": "id2", "parameters": [{"key": "key3", "value": "3"}]}])),
        flex(json!([half])),
        flex(json!([{"templateId": "car1"}])),
        flex(json!([{"templateId": "car1"}, filled])),
        flex(json!([{"templateId": "nothing"}])),
        flex(vec![filled.clone(); 13].into()),
    ] {
        story.post(DIRECT, body).await;
    }
    assert_snapshot!(answers(&story));
}

#[tokio::test]
async fn every_refusal_of_a_direct_message_has_its_cause() {
    let mut story = story::<Omnichat>();
    let ready = || json!([order_update()]);
    let named =
        |name: &str| json!([{"type": "whatsappTemplate", "whatsappTemplate": {"name": name}}]);
    let elsewhere = json!({"channelId": "85299999999"});
    let hello = json!([{"type": "text", "text": "Hi"}]);
    let attribute = json!({"customAttributes": [{"key": "Points", "value": "12"}]});
    let festive = direct(GRACE, json!([new_year(json!(0))]));
    for body in [
        direct("85260000009", ready()),
        direct("85260000008", ready()),
        with(festive, json!({"channelId": "85250009999"})),
        with(direct(GRACE, ready()), elsewhere),
        with(line(hello), json!({"to": "Unobody"})),
        direct("nobody", ready()),
        direct(GRACE, named("order_update")),
        direct(GRACE, named("nothing")),
        direct(GRACE, named("order_survey")),
        with(direct(GRACE, ready()), attribute),
        direct("85260004829", ready()),
        direct("85260004850", ready()),
    ] {
        let before = story.state();
        let answer = story.post(DIRECT, body).await;
        assert!(!answer.status.is_success());
        assert_eq!(story.state(), before, "nothing is left of what was refused");
    }
    assert_snapshot!(answers(&story));
}

#[tokio::test]
async fn attributes_are_written_before_anything_is_sent_and_stay() {
    let mut story = story::<Omnichat>();
    let body = with(
        direct("85260000009", json!([order_update()])),
        json!({"tags": ["never"], "customAttributes": [{"key": "Points", "value": 12}]}),
    );
    let refused = story.post(DIRECT, body).await.json();
    assert_eq!(refused["errorCode"], "CONTACT_UNSUBSCRIBED");
    let contact = row(&story, "contacts", "userId", "85260000009");
    assert_eq!(
        contact["customAttributes"],
        json!([{"key": "Points", "value": 12}])
    );
    assert_eq!(contact["tags"], json!([]));
    assert!(rows(&story, "tagging_logs", "tag", "never").is_empty());
}

#[tokio::test]
async fn anybody_can_be_written_to_on_whatsapp_and_is_a_contact_from_then_on() {
    let mut story = story::<Omnichat>();
    let body = with(
        direct("+852 6123-4567", json!([order_update()])),
        json!({"trackId": "order_update", "tags": ["order_update"]}),
    );
    only_id(&story.post(DIRECT, body).await);
    let contact = row(&story, "contacts", "userId", "85261234567");
    assert_eq!(contact["tags"], json!(["order_update"]));
    assert_eq!(contact["phone"], "85261234567");
    story.wait_until_idle().await;
    story.assert_honest();
}

#[tokio::test]
async fn a_message_fails_later_for_a_reason() {
    let mut story = story::<Omnichat>();
    story
        .post(DIRECT, direct(KIM, json!([order_update()])))
        .await;
    story.post(HEADLESS, text(HANA)).await;
    for outcome in ["4803", "4804", "4805", "4806"] {
        let to = format!("8526000{outcome}");
        let body = template(&to, "order_update", json!([word()]));
        story.post(HEADLESS, body).await;
    }
    let promotion = template("85260000009", "catalog_promo", json!([word()]));
    story.post(HEADLESS, promotion).await;
    let reaction = json!({"message_id": "wamid.nothing", "emoji": "👍"});
    story
        .post(HEADLESS, headless(GRACE, "reaction", reaction))
        .await;
    let image = json!({"link": "https://example.com/gone.jpg"});
    let image = story.post(HEADLESS, headless(GRACE, "image", image)).await;
    let failed =
        json!({"happening": "failed", "message": only_id(&image), "why": "media_not_found"});
    story.happen(failed).await;
    story.wait_until_idle().await;
    assert_eq!(rows(&story, "messages", "status", "error").len(), 9);
    assert_snapshot!(failures(&story));
}

/// What was told of failures, one a line.
fn failures(story: &Story) -> String {
    story.assert_honest();
    let told = story.workspace().events.entries().into_iter();
    let failed = told.filter(|event| event.name == "status.failed");
    let lines = failed.map(|event| {
        let payload: Value = serde_json::from_slice(&event.payload).expect("JSON");
        let status = &payload["entry"][0]["changes"][0]["value"]["statuses"][0];
        format!("{}: {}", status["recipient_id"], status["errors"][0])
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn what_is_sent_past_the_inbox_has_statuses_and_no_history() {
    let mut story = story::<Omnichat>();
    let id = only_id(&story.post(HEADLESS, text("+852 6000 0001")).await);
    story.wait_until_idle().await;
    assert_eq!(row(&story, "messages", "id", &id)["status"], "read");
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_message_can_go_to_a_user_id() {
    let mut story = story::<Omnichat>();
    let to = |name: &str, more: Value| {
        let mut body = template("", name, json!([word()]));
        body.as_object_mut().expect("an object").shift_remove("to");
        with(body, more)
    };
    let lena = "HK.10000000000000000001";
    let by_id = to("order_update", json!({"recipient": lena}));
    story.post(HEADLESS, by_id).await;
    let by_both = to("order_update", json!({"recipient": lena, "to": LENA}));
    story.post(HEADLESS, by_both).await;
    let stranger = to("order_update", json!({"recipient": "US.99999"}));
    story.post(HEADLESS, stranger).await;
    let code = to("login_code", json!({"recipient": lena}));
    let refused = story.post(HEADLESS, code).await.json();
    assert_eq!(refused["error"]["code"], 131_062);
    story.wait(Duration::from_secs(1)).await;
    assert_snapshot!(story.transcript());
}

/// What Meta refuses at once, each for one reason.
fn refused() -> Vec<Value> {
    let reply =
        |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let buttons = |buttons: Value| {
        let content =
            json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}});
        headless(GRACE, "interactive", content)
    };
    let rows = |from: usize, to: usize| -> Vec<Value> {
        let ids = (from..to).map(|id| id.to_string());
        ids.map(|id| json!({"id": id, "title": "Row"})).collect()
    };
    let list = |one: Vec<Value>, two: Vec<Value>| {
        let sections = json!([{"title": "One", "rows": one}, {"title": "Two", "rows": two}]);
        let action = json!({"button": "Open", "sections": sections});
        let content = json!({"type": "list", "body": {"text": "?"}, "action": action});
        headless(GRACE, "interactive", content)
    };
    let items = vec![json!({"product_retailer_id": "1"}); 16];
    let sections =
        json!([{"title": "One", "product_items": items}, {"title": "Two", "product_items": items}]);
    let products = json!({
        "type": "product_list", "header": {"type": "text", "text": "Shop"}, "body": {"text": "?"},
        "action": {"catalog_id": "1", "sections": sections},
    });
    let reaction = |emoji: &str| {
        let content = json!({"message_id": "wamid.123456789", "emoji": emoji});
        headless(GRACE, "reaction", content)
    };
    let image = json!({"type": "image", "image": {"link": "https://example.com/1.png"}});
    let image = json!({"type": "header", "parameters": [image]});
    let words = |count: usize| {
        let words = vec![json!({"type": "text", "text": "1"}); count];
        json!({"type": "body", "parameters": words})
    };
    let tap = |index: usize, kind: &str| {
        let payload = json!({"type": "payload", "payload": "p"});
        json!({"type": "button", "sub_type": kind, "index": index, "parameters": [payload]})
    };
    vec![
        buttons(json!([reply("1", "Yes"), reply("1", "No")])),
        buttons(json!([reply("1", "Yes"), reply("2", "Yes")])),
        list(rows(0, 6), rows(6, 11)),
        list(rows(0, 2), rows(1, 3)),
        headless(GRACE, "interactive", products),
        reaction("👍👍"),
        reaction("1"),
        text("85290000001"),
        text("85260004829"),
        text("85260004850"),
        template(GRACE, "nothing", json!([])),
        template(GRACE, "order_survey", json!([])),
        template(GRACE, "order_update", json!([words(2)])),
        template(GRACE, "order_update", json!([])),
        template(GRACE, "promo_with_image", json!([words(1)])),
        template(GRACE, "cny_campaign_2023", json!([image, words(2)])),
        template(
            GRACE,
            "survey_two_buttons",
            json!([words(1), tap(2, "quick_reply")]),
        ),
        template(
            GRACE,
            "survey_two_buttons",
            json!([words(1), tap(0, "url")]),
        ),
    ]
}

#[tokio::test]
async fn meta_refuses_at_once_what_it_can_see_at_once() {
    let mut story = story::<Omnichat>();
    let mut codes = Vec::new();
    for body in refused() {
        let before = story.state();
        let answer = story.post(HEADLESS, body).await;
        let error = &answer.json()["error"];
        assert_eq!(error["type"], "OAuthException");
        let (status, details) = (answer.status.as_u16(), &error["error_data"]["details"]);
        codes.push(format!("{status} {} {details}", error["code"]));
        assert_eq!(story.state(), before);
    }
    story.assert_honest();
    assert_snapshot!(codes.join("\n"));
}

#[tokio::test]
async fn a_paused_template_and_an_unregistered_number_send_nothing() {
    let mut story = story::<Omnichat>();
    let body = || template(GRACE, "order_update", json!([word()]));
    for status in ["PAUSED", "DISABLED", "REJECTED", "APPROVED"] {
        story
            .happen(json!({
                "happening": "template_reviewed", "phone": "85290000001", "name": "order_update",
                "language": "en_US", "status": status,
            }))
            .await;
        story.post(HEADLESS, body()).await;
    }
    change(&story, |state| {
        for channel in state["channels"].as_array_mut().into_iter().flatten() {
            if channel["channelId"] == "85290000001" {
                channel["whatsapp"]["registered"] = false.into();
            }
        }
    });
    story.post(HEADLESS, body()).await;
    let nobodys = "/v1/whatsapp/headless-api/85299999999/messages";
    story.post(nobodys, body()).await;
    assert_snapshot!(answers(&story));
}

#[tokio::test]
async fn messages_of_a_day_and_a_category_are_counted_to_one_conversation() {
    let mut story = story::<Omnichat>();
    let mut ids = Vec::new();
    for (name, then) in [
        ("order_update", 60),
        ("order_update", 60),
        ("catalog_promo", 24 * 60 * 60),
        ("order_update", 60),
    ] {
        let body = template(GRACE, name, json!([word()]));
        ids.push(only_id(&story.post(HEADLESS, body).await));
        story.wait(Duration::from_secs(then)).await;
    }
    let of = |id: &String| row(&story, "messages", "id", id)["conversation"]["id"].clone();
    let seen: Vec<_> = ids.iter().map(of).collect();
    assert!(seen.iter().all(Value::is_string));
    assert_eq!(seen[0], seen[1], "one day, one category");
    assert_ne!(seen[0], seen[2], "another category");
    assert_ne!(seen[0], seen[3], "another day");
    story.assert_honest();
}

#[tokio::test]
async fn some_messages_stop_halfway_and_none_goes_back() {
    let mut story = story::<Omnichat>();
    let body = |to: &str| direct(to, json!([order_update()]));
    let never_delivered = only_id(&story.post(DIRECT, body("85260004801")).await);
    let never_read = only_id(&story.post(DIRECT, body("85260004802")).await);
    story.wait_until_idle().await;
    let of = |id: &str| row(&story, "messages", "id", id)["status"].clone();
    assert_eq!(of(&never_delivered), "sent");
    assert_eq!(of(&never_read), "delivered");
    let slot = story.workspace().slot("omnichat").unwrap();
    for (happening, message, why) in [
        ("sent", never_read.as_str(), "is already delivered"),
        ("read", "wamid.nothing", "there is no message"),
        ("read", "mid-1", "came from the customer"),
    ] {
        let refused = slot.happen(&json!({"happening": happening, "message": message}));
        let refused = refused.expect_err("it cannot be").to_string();
        assert!(refused.contains(why), "{refused}");
    }
}

/// Sends each, and tells in a line what came of it.
async fn outcomes(story: &mut Story, requests: Vec<(&str, &str, Value)>) -> String {
    let mut told = Vec::new();
    for (path, what, body) in requests {
        let answer = story.post(path, body).await;
        let said = answer.json();
        let code = said["errorCode"].as_str().map(str::to_owned);
        let code = code.or_else(|| said["error"]["code"].as_u64().map(|code| code.to_string()));
        let status = answer.status.as_u16();
        told.push(format!("{status} {:20} {what}", code.unwrap_or_default()));
    }
    story.assert_honest();
    told.join("\n")
}

#[tokio::test]
async fn what_real_clients_send_is_taken() {
    let mut story = story::<Omnichat>();
    let tap = |index: Value| {
        let payload = json!({"type": "payload", "payload": "{\"flow\": \"vip\"}"});
        let button = json!({"type": "button", "sub_type": "quick_reply", "index": index, "parameters": [payload]});
        json!([{"type": "whatsappTemplate", "whatsappTemplate": {"name": "membership_cs_kelvin", "components": [
            {"type": "body", "parameters": []}, button]}}])
    };
    let elsewhere = json!({"channelId": "85250002113"});
    let document = json!({"type": "document", "document": {"link": "https://example.com/1.pdf", "filename": "1.pdf"}});
    let document = json!([{"type": "whatsappTemplate", "whatsappTemplate": {"name": "doc_test", "components": [
        {"type": "header", "parameters": [document]}]}}]);
    let strangers = json!({"bsuid": "HK.1", "extraAttributes": {}, "employeeCode": null, "tags": null, "customAttributes": null});
    let catalog = json!([word(), {"type": "button", "sub_type": "CATALOG", "index": 0,
        "parameters": [{"type": "action", "action": {"thumbnail_product_retailer_id": "2lc20305pt"}}]}]);
    let mut untyped = text(GRACE);
    untyped
        .as_object_mut()
        .expect("an object")
        .shift_remove("type");
    let ready = || json!([order_update()]);
    let requests = vec![
        (
            DIRECT,
            "a URL button's index as a number",
            direct(GRACE, json!([new_year(json!(0))])),
        ),
        (
            DIRECT,
            "and as a text",
            direct(GRACE, json!([new_year(json!("0"))])),
        ),
        (
            DIRECT,
            "no parameters for a body without places",
            with(direct("886900003808", tap(json!(0))), elsewhere.clone()),
        ),
        (
            DIRECT,
            "a quick reply's index as a text",
            with(direct("886900003808", tap(json!("0"))), elsewhere),
        ),
        (
            DIRECT,
            "a document above",
            with(
                direct("85260000003", document),
                json!({"channelId": "85298765432"}),
            ),
        ),
        (
            DIRECT,
            "a number as visitors type it",
            direct("+852 6123 4567", ready()),
        ),
        (
            DIRECT,
            "members nobody knows",
            with(direct(GRACE, ready()), strangers),
        ),
        (HEADLESS, "a plus before the number", text("+852 6000-0001")),
        (HEADLESS, "no type", untyped),
        (
            HEADLESS,
            "CATALOG in capitals",
            template(GRACE, "catalog_promo", catalog),
        ),
        (
            HEADLESS,
            "a reaction taken back",
            headless(
                GRACE,
                "reaction",
                json!({"message_id": "mid-1", "emoji": ""}),
            ),
        ),
        (
            HEADLESS,
            "a place in texts",
            headless(
                GRACE,
                "location",
                json!({"latitude": "22.3193", "longitude": "-114.1694"}),
            ),
        ),
        (
            HEADLESS,
            "a document without a name",
            headless(
                GRACE,
                "document",
                json!({"link": "https://example.com/1.phf"}),
            ),
        ),
        (
            HEADLESS,
            "the limit of a text",
            headless(GRACE, "text", json!({"body": "x".repeat(4096)})),
        ),
    ];
    assert_snapshot!(outcomes(&mut story, requests).await);
}

#[tokio::test]
async fn what_breaks_a_documented_rule_is_not_taken() {
    let mut story = story::<Omnichat>();
    let words = |count: usize| vec![json!({"type": "text", "text": "Hi"}); count];
    let facebook = json!({"platform": "facebook"});
    let reply = |title: &str| json!({"type": "reply", "reply": {"id": title, "title": title}});
    let interactive = |kind: &str, more: Value| {
        let content = with(json!({"type": kind, "body": {"text": "?"}}), more);
        headless(GRACE, "interactive", content)
    };
    let buttons = |more: Value| {
        interactive(
            "button",
            with(json!({"action": {"buttons": [reply("Yes")]}}), more),
        )
    };
    let many: Vec<_> = ["1", "2", "3", "4"].map(reply).into();
    let row = json!({"title": "T", "rows": [{"id": "1", "title": "Row"}]});
    let list = |sections: Vec<Value>, more: Value| {
        interactive(
            "list",
            with(
                json!({"action": {"button": "Open", "sections": sections}}),
                more,
            ),
        )
    };
    let link = "https://example.com/1.png";
    let above = json!({"header": {"type": "image", "image": {"link": link}}});
    let mut nameless = text(GRACE);
    nameless
        .as_object_mut()
        .expect("an object")
        .shift_remove("messaging_product");
    let requests = vec![
        (DIRECT, "six messages", line(words(6).into())),
        (DIRECT, "none", line(json!([]))),
        (DIRECT, "words on WhatsApp", direct(GRACE, words(1).into())),
        (DIRECT, "a template on LINE", line(json!([order_update()]))),
        (
            DIRECT,
            "a platform that is not supported yet",
            with(line(words(1).into()), facebook),
        ),
        (
            HEADLESS,
            "a text too long",
            headless(GRACE, "text", json!({"body": "x".repeat(4097)})),
        ),
        (
            HEADLESS,
            "four buttons",
            interactive("button", json!({"action": {"buttons": many}})),
        ),
        (
            HEADLESS,
            "a label of 21 letters",
            interactive(
                "button",
                json!({"action": {"buttons": [reply(&"x".repeat(21))]}}),
            ),
        ),
        (
            HEADLESS,
            "a header of 61 letters",
            buttons(json!({"header": {"type": "text", "text": "x".repeat(61)}})),
        ),
        (
            HEADLESS,
            "a footer of 61 letters",
            buttons(json!({"footer": {"text": "x".repeat(61)}})),
        ),
        (
            HEADLESS,
            "eleven sections",
            list(vec![row.clone(); 11], json!({})),
        ),
        (
            HEADLESS,
            "a picture above a list",
            list(vec![row.clone()], above),
        ),
        (
            HEADLESS,
            "two sections without titles",
            list(
                vec![json!({"rows": [{"id": "1", "title": "R"}]}); 2],
                json!({}),
            ),
        ),
        (
            HEADLESS,
            "words below a sticker",
            headless(GRACE, "sticker", json!({"link": link, "caption": "no"})),
        ),
        (
            HEADLESS,
            "words below sound",
            headless(GRACE, "audio", json!({"link": link, "caption": "no"})),
        ),
        (
            HEADLESS,
            "two places for a file",
            headless(GRACE, "image", json!({"link": link, "id": "1"})),
        ),
        (HEADLESS, "no product named", nameless),
        (
            HEADLESS,
            "nothing of the type",
            json!({"messaging_product": "whatsapp", "to": GRACE, "type": "image"}),
        ),
        (
            HEADLESS,
            "nobody",
            json!({"messaging_product": "whatsapp", "type": "text", "text": {"body": "Hi"}}),
        ),
        (
            HEADLESS,
            "a kind that does not pass here",
            interactive("flow", json!({"action": {"name": "flow"}})),
        ),
        (
            HEADLESS,
            "beyond the pole",
            headless(GRACE, "location", json!({"latitude": 90.5, "longitude": 0})),
        ),
    ];
    assert_snapshot!(outcomes(&mut story, requests).await);
}
