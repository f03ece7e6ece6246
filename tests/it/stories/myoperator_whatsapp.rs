//! MyOperator on WhatsApp: messages and what becomes of them, templates, campaigns, files, conversations.

use std::fmt::Write as _;
use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use mock_server::vendors::myoperator::MyOperator;
use serde_json::{Value, json};

use crate::support::story;
use crate::support::story::{Answer, Story};

const NUMBER: &str = "87673432323365";
const ASHA: &str = "9876543210";
const ASHAS_TALK: &str = "dc595fd8-aaf3-4b97-97c1-311ba07d3e2e";
const AGENT_TWO: &str = "6836cad947bcc605";
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// A message as most clients send it.
fn message(to: &str, kind: &str, context: Value) -> Value {
    json!({
        "phone_number_id": NUMBER,
        "customer_country_code": "91",
        "customer_number": to,
        "data": {"type": kind, "context": context},
        "reply_to": null,
        "myop_ref_id": "TS001",
    })
}

fn text(to: &str, body: &str) -> Value {
    message(to, "text", json!({"body": body}))
}

fn template(to: &str, context: Value) -> Value {
    message(to, "template", context)
}

/// The id in the answer to a message.
fn id(answer: &Answer) -> String {
    let id = answer.json()["data"]["message_id"]
        .as_str()
        .map(str::to_owned);
    id.unwrap_or_else(|| panic!("no message in {}", answer.text))
}

/// Changes the vendor's memory behind its back.
fn set(story: &Story, pointer: &str, value: Value) {
    let mut state = story.state();
    let member = state.pointer_mut(pointer);
    *member.unwrap_or_else(|| panic!("no {pointer} in the state")) = value;
    let slot = story.workspace().slot("myoperator").expect("it is served");
    slot.restore(&state)
        .unwrap_or_else(|error| panic!("{error}"));
}

/// What a message says in the vendor's memory.
fn said(story: &Story, id: &str) -> Value {
    let state = story.state();
    let mut all = state["messages"].as_array().into_iter().flatten();
    let found = all.find(|message| message["id"] == id);
    found.unwrap_or_else(|| panic!("no message {id}"))["context"].clone()
}

/// The names of everything that was told, in order.
fn told(story: &Story) -> Vec<String> {
    let events = story.workspace().events.entries();
    events.iter().map(|event| event.name.to_owned()).collect()
}

#[tokio::test]
async fn a_text_leaves_arrives_and_is_seen_in_both_generations() {
    let mut story = story::<MyOperator>();
    let sent = story
        .post("/chat/messages", text(ASHA, "It is blue."))
        .await;
    story.wait(SECOND).await;
    story
        .happen(json!({"happening": "message_read", "message": id(&sent)}))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_reply_names_what_it_answers_and_a_failure_its_reason() {
    let mut story = story::<MyOperator>();
    let mut reply = text(ASHA, "It is.");
    reply["reply_to"] = json!("d0f4b85e-45a9-4e13-9d9a-6273b8c113bf");
    let sent = story.post("/chat/messages", reply).await;
    story
        .happen(json!({"happening": "message_failed", "message": id(&sent), "code": "130472"}))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn messages_of_every_kind_are_taken() {
    let mut story = story::<MyOperator>();
    let reply =
        |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let buttons = json!({"buttons": [reply("yes", "Yes"), reply("no", "No")]});
    let row = json!({"id": "blue", "title": "Blue", "description": "Like the sea"});
    let list = json!({"button": "Colours", "sections": [{"title": "All", "rows": [row]}]});
    let link = json!({"name": "cta_url", "parameters": {"display_text": "Shop", "url": "https://traders.example.com/"}});
    let interactive = |kind: &str, header: Value, action: &Value| {
        json!({
            "interactive_type": kind,
            "header": header,
            "body": {"text": "Which one?"},
            "footer": {"text": "Mock Traders"},
            "action": action,
        })
    };
    let media = json!({"type": "image", "media_id": "3584c407-0f36-44b4-8eea-5b19da63eb31"});
    let paper = json!({"type": "document", "link": "https://example.com/a.pdf", "mime_type": "application/pdf", "filename": "a.pdf"});
    let film = json!({"type": "video", "media_url": "https://example.com/a.mp4"});
    let words = json!({"type": "text", "text": "Colours"});
    let link_to = |name: &str, kind: &str| json!({"link": format!("https://example.com/{name}"), "filename": name, "mime_type": kind});
    let kinds = [
        ("text", json!({"body": "Hi", "preview_url": true})),
        ("image", link_to("a.png", "image/png")),
        ("audio", json!({"link": "https://example.com/a.ogg"})),
        ("video", link_to("a.mp4", "video/mp4")),
        ("document", link_to("a.pdf", "application/pdf")),
        (
            "interactive",
            interactive("button", words.clone(), &buttons),
        ),
        ("interactive", interactive("button", media, &buttons)),
        ("interactive", interactive("button", paper, &buttons)),
        ("interactive", interactive("list", words.clone(), &list)),
        ("interactive", interactive("cta_url", words, &link)),
        ("interactive", interactive("cta_url", film, &link)),
    ];
    let mut answers = String::new();
    for (kind, context) in kinds {
        let answer = story
            .post("/chat/messages", message(ASHA, kind, context.clone()))
            .await;
        assert_eq!(answer.json()["data"]["conversation_id"], ASHAS_TALK);
        assert_eq!(answer.json()["data"]["conversaton_id"], ASHAS_TALK);
        let kept = said(&story, &id(&answer));
        for (name, value) in context.as_object().expect("an object") {
            assert_eq!(kept[name], *value, "{kind}");
        }
        let words = &answer.json()["message"];
        writeln!(answers, "{kind:12} {} {words}", answer.status).expect("a text");
    }
    story.assert_honest();
    assert_snapshot!(answers, @r#"
    text         200 OK "Message Sent"
    image        200 OK "Message Sent"
    audio        200 OK "Message Sent"
    video        200 OK "Message Sent"
    document     200 OK "Message Sent"
    interactive  200 OK "Accepted"
    interactive  200 OK "Accepted"
    interactive  200 OK "Accepted"
    interactive  200 OK "Accepted"
    interactive  200 OK "Accepted"
    interactive  200 OK "Accepted"
    "#);
}

#[tokio::test]
async fn a_template_is_filled_with_what_is_supplied_or_with_its_own_examples() {
    let mut story = story::<MyOperator>();
    let contexts = [
        json!({"template_name": "start_chat"}),
        json!({"template_name": "start_chat", "language": "en", "header": {"sale_month": "June"}, "body": {"customer_name": "Asha", "nobody": "knows"}}),
        json!({"template_name": "dynamic_url_template", "body": {"var_1": "June", "var_2": 7}, "buttons": [{"var1": "usa-sale", "index": 0}]}),
        json!({"template_name": "auth_temp", "body": {"otp": "424242"}, "buttons": [{"otp": "424242", "index": 0}]}),
        json!({"template_name": "crousel_template_1", "body": {}, "carousel": [{"index": 2, "components": {"body": {"name": "Roses"}, "buttons": [{"var1": "roses", "index": 0}]}}]}),
        json!({"template_name": "bresc", "header": {"media_url": "https://example.com/a.jpg"}, "body": {"2": " Asha", "3": ", us"}}),
        json!({"template_name": "account_update", "header": {"media_id": "751b882e-c714-4038-aef6-8f9f8981868f"}}),
    ];
    let mut filled = Vec::new();
    for context in contexts {
        let answer = story.post("/chat/messages", template(ASHA, context)).await;
        filled.push(said(&story, &id(&answer)));
    }
    story.wait(SECOND).await;
    story.assert_honest();
    assert_snapshot!(serde_json::to_string_pretty(&filled).expect("JSON"));
}

#[tokio::test]
async fn every_refusal_of_the_chat_service_has_its_cause() {
    let mut story = story::<MyOperator>();
    let from = |number: &str| {
        let mut message = text(ASHA, "Hi");
        message["phone_number_id"] = json!(number);
        message
    };
    for number in [
        "123456789012345",
        "900000000000301",
        "900000000000302",
        "900000000000303",
        "204983902706432",
        "6a1e0c52-0d8b-4c0e-9a53-0d3c5a1f0305",
    ] {
        story.post("/chat/messages", from(number)).await;
    }
    let unknown = json!({"template_name": "unknown_template"});
    story.post("/chat/messages", template(ASHA, unknown)).await;
    let other_language = json!({"template_name": "start_chat", "language": "hi"});
    story
        .post("/chat/messages", template(ASHA, other_language))
        .await;
    let pending = json!({"template_name": "pending_template", "body": {"1": "2001"}});
    story.post("/chat/messages", template(ASHA, pending)).await;
    let misnamed = json!({"link": "https://example.com/a.pdf", "mime_type": "application/pdf"});
    story
        .post("/chat/messages", message(ASHA, "image", misnamed))
        .await;
    story
        .post("/chat/messages", text("98765-43210", "Hi"))
        .await;
    story
        .happen(json!({"happening": "wallet_set", "messages": 1}))
        .await;
    story
        .post("/chat/messages", text(ASHA, "The last one"))
        .await;
    story
        .post("/chat/messages", text(ASHA, "One too many"))
        .await;
    set(&story, "/companies/0/service_active", json!(false));
    story.post("/chat/messages", text(ASHA, "Hi")).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn published_numbers_meet_their_fate() {
    let mut story = story::<MyOperator>();
    let mut fates = String::new();
    for suffix in [
        "4801", "4802", "4803", "4804", "4805", "4806", "4829", "4850",
    ] {
        let before = told(&story).len();
        let answer = story
            .post("/chat/messages", text(&format!("900000{suffix}"), "Hi"))
            .await;
        story.wait(SECOND).await;
        let events = told(&story);
        let news = events[before..]
            .iter()
            .filter(|name| !name.starts_with("v1"));
        let news: Vec<_> = news.map(String::as_str).collect();
        let fate = format!("{suffix} {} {}", answer.status, news.join(" "));
        writeln!(fates, "{}", fate.trim_end()).expect("a text");
    }
    story.assert_honest();
    assert_snapshot!(fates, @r#"
    4801 200 OK conversation.assign message.sent
    4802 200 OK conversation.assign message.sent message.delivered
    4803 200 OK conversation.assign message.failed
    4804 200 OK conversation.assign message.failed
    4805 200 OK conversation.assign message.failed
    4806 200 OK conversation.assign message.failed
    4829 429 Too Many Requests
    4850 500 Internal Server Error
    "#);
}

#[tokio::test]
async fn free_text_outside_the_window_fails_where_the_window_counts() {
    let mut story = story::<MyOperator>();
    set(&story, "/settings/whatsapp/enforce_window", json!(true));
    let mut before = 0;
    let mut told_of = |story: &Story| {
        let events = told(story);
        let news = events[before..]
            .iter()
            .filter(|name| name.starts_with("message."));
        let news: Vec<_> = news.cloned().collect();
        before = events.len();
        news
    };
    story
        .post("/chat/messages", text(ASHA, "Open for now"))
        .await;
    story.wait(SECOND).await;
    assert_eq!(told_of(&story), ["message.sent", "message.delivered"]);
    story.wait(24 * HOUR).await;
    story.post("/chat/messages", text(ASHA, "Too late")).await;
    story.wait(SECOND).await;
    assert_eq!(told_of(&story), ["message.failed"]);
    let start = json!({"template_name": "start_chat"});
    story.post("/chat/messages", template(ASHA, start)).await;
    story.wait(SECOND).await;
    assert_eq!(told_of(&story), ["message.sent", "message.delivered"]);
    let back = json!({"happening": "customer_writes", "from": "919876543210", "says": {"type": "text", "body": "Hello?"}});
    story.happen(back).await;
    story.post("/chat/messages", text(ASHA, "Open again")).await;
    story.wait(SECOND).await;
    let now = ["message.received", "message.sent", "message.delivered"];
    assert_eq!(told_of(&story), now);
    story.assert_honest();
}

#[tokio::test]
async fn where_everything_counts_what_does_not_fit_fails() {
    let mut story = story::<MyOperator>();
    let header = |header: Value| {
        json!({
            "interactive_type": "cta_url",
            "header": header,
            "body": {"text": "Look"},
            "action": {"name": "cta_url", "parameters": {"display_text": "Shop", "url": "https://example.com"}},
        })
    };
    let tries = [
        template(
            ASHA,
            json!({"template_name": "start_chat", "body": {"customer_name": "Asha"}}),
        ),
        template(
            ASHA,
            json!({"template_name": "auth_temp", "body": {"otp": "1"}, "buttons": [{"otp": "1", "index": 9}]}),
        ),
        template(
            ASHA,
            json!({"template_name": "auth_temp", "body": {"otp": "1"}, "buttons": [{"id": "https://example.com"}]}),
        ),
        template(
            ASHA,
            json!({"template_name": "summer_sale", "header": {"media_id": "nothing"}, "body": {"name": "Asha"}}),
        ),
        message(
            ASHA,
            "interactive",
            header(json!({"type": "document | video | imag", "media_id": "abcd123"})),
        ),
        message(
            ASHA,
            "interactive",
            header(json!({"type": "image", "media_id": "abcd123"})),
        ),
        text(ASHA, &"a".repeat(4097)),
    ];
    for strict in [false, true] {
        set(&story, "/settings/whatsapp/strict", json!(strict));
        for one in &tries {
            let answer = story.post("/chat/messages", one.clone()).await;
            let code = if strict { "CHAT_3001" } else { "200" };
            assert_eq!(answer.json()["code"], code, "{one}");
        }
    }
    let fits = json!({"template_name": "start_chat", "header": {"sale_month": "June"}, "body": {"customer_name": "Asha"}});
    let answer = story.post("/chat/messages", template(ASHA, fits)).await;
    assert_eq!(answer.json()["code"], "200");
    story.assert_honest();
}

#[tokio::test]
async fn a_tracked_link_is_told_each_time_it_is_opened() {
    let mut story = story::<MyOperator>();
    let context = json!({"template_name": "dynamic_url_template", "buttons": [{"var1": "india-sale", "index": 1}]});
    let sent = story.post("/chat/messages", template(ASHA, context)).await;
    story.wait(SECOND).await;
    story
        .happen(json!({"happening": "link_clicked", "message": id(&sent), "button": 1}))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_customers_picture_is_told_twice() {
    let mut story = story::<MyOperator>();
    story
        .happen(json!({
            "happening": "customer_writes",
            "from": "+91 90000 07777",
            "name": "Nisha",
            "says": {"type": "image", "caption": "This one"},
        }))
        .await;
    story.wait(3 * SECOND).await;
    story.get("/contacts?phone_number=9000007777").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_conversation_is_given_answered_closed_and_goes_quiet() {
    let mut story = story::<MyOperator>();
    let talk = json!(ASHAS_TALK);
    story
        .happen(
            json!({"happening": "conversation_assigned", "conversation": talk, "agent": AGENT_TWO}),
        )
        .await;
    story
        .happen(json!({"happening": "agent_writes", "conversation": talk, "text": "Hello, Asha."}))
        .await;
    story
        .happen(json!({"happening": "conversation_closed", "conversation": talk}))
        .await;
    // Who comes back within two days is with the same agent again; who then is silent for as long is let go.
    let back = json!({"happening": "customer_writes", "from": "919876543210", "says": {"type": "text", "body": "One more thing"}});
    story.wait(24 * HOUR).await;
    story.happen(back.clone()).await;
    story.wait(48 * HOUR).await;
    // Who comes back later is nobody's.
    story.wait(49 * HOUR).await;
    story.happen(back).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_message_to_a_stranger_begins_a_conversation_that_stays() {
    let mut story = story::<MyOperator>();
    let start = json!({"template_name": "start_chat"});
    let first = story
        .post("/chat/messages", template("9000000661", start))
        .await;
    let second = story.post("/chat/messages", text("9000000661", "Hi")).await;
    let with_code = story
        .post("/chat/messages", text("919000000661", "Hi"))
        .await;
    let conversation = |answer: &Answer| answer.json()["data"]["conversation_id"].clone();
    assert_eq!(conversation(&first), conversation(&second));
    assert_eq!(conversation(&first), conversation(&with_code));
    story
        .post(
            "/contacts",
            json!({"name": "Kiran", "country_code": "+91", "phone_number": "9000000661"}),
        )
        .await;
    story.wait(SECOND).await;
    let names = story.workspace().events.entries();
    let names = names.iter().filter(|event| event.name == "message.sent");
    let names: Vec<_> = names
        .map(|event| serde_json::from_slice::<Value>(&event.payload).expect("JSON"))
        .map(|event| event["payload"]["conversation"]["customer_name"].clone())
        .collect();
    // Known by now, the customer has a name.
    assert_eq!(names, ["Kiran", "Kiran", "Kiran"]);
    assert_eq!(told(&story)[0], "conversation.assign");
    story.assert_honest();
}

#[tokio::test]
async fn the_old_generation_can_be_as_stale_as_in_its_examples() {
    let mut story = story::<MyOperator>();
    set(&story, "/settings/whatsapp/stale_delivered", json!(true));
    story.post("/chat/messages", text(ASHA, "Hi")).await;
    story.wait(SECOND).await;
    let events = story.workspace().events.entries();
    let delivered = events
        .iter()
        .find(|event| event.name == "v1.message.delivered");
    let delivered: Value =
        serde_json::from_slice(&delivered.expect("it arrived").payload).expect("JSON");
    assert_eq!(delivered["event"], "delivered");
    assert_eq!(delivered["data"]["status"], "sent");
    assert_eq!(
        delivered["data"]["events"][1],
        json!({"name": "delivered", "timestamp": null})
    );
    story.assert_honest();
}

#[tokio::test]
async fn live_accounts_accept_everything_in_the_same_words() {
    let mut story = story::<MyOperator>();
    set(&story, "/settings/whatsapp/live_profile", json!(true));
    let answer = story.post("/chat/messages", text(ASHA, "Hi")).await;
    assert_eq!(answer.json()["message"], "Accepted");
    story.assert_honest();
}

#[tokio::test]
async fn real_clients_are_understood() {
    let mut story = story::<MyOperator>();
    let otp = json!({"template_name": "auth_temp", "language": "en", "body": {"otp": "123456"}, "buttons": [{"otp": "123456", "index": 0}]});
    let mut bare = template(ASHA, otp);
    bare.as_object_mut()
        .expect("an object")
        .retain(|name, _| name != "reply_to" && name != "myop_ref_id");
    let with_language = |mut message: Value| {
        message["data"]["language"] = json!("en");
        message["trail"] = json!({"name": null});
        message["reply_to"] = json!("");
        message
    };
    let by_uuid = |mut message: Value| {
        message["phone_number_id"] = json!("5fdaa860-b2b7-441b-a715-50f8f2f5f4cb");
        message
    };
    let shapes = [
        bare.clone(),
        template(
            ASHA,
            json!({"template_name": "start_chat", "language_code": "en"}),
        ),
        with_language(bare.clone()),
        template(
            ASHA,
            json!({"template_name": "dynamic_url_template", "buttons": [{"index": 0, "id": "https://example.com/x"}]}),
        ),
        template(
            ASHA,
            json!({"template_name": "bresc", "body": {"2": "A", "3": 4}}),
        ),
        by_uuid(bare),
    ];
    for shape in shapes {
        let answer = story.post("/chat/messages", shape.clone()).await;
        assert_eq!(answer.json()["message"], "Message Sent", "{shape}");
    }
    let listed = template(
        ASHA,
        json!({"template_name": "start_chat", "body": [{"type": "text", "text": "John"}]}),
    );
    let refused = story.post("/chat/messages", listed).await;
    assert_eq!(
        refused.json()["error"],
        json!({"body": ["body is invalid"]})
    );
    let lists = [
        ("/chat/templates", 12),
        (
            "/chat/templates?waba_id=178661612007157&limit=50&offset=0",
            12,
        ),
        ("/chat/templates?limit=100", 12),
        ("/chat/templates?limit=all", 12),
        ("/chat//phonenumbers?waba_id=178661612007157", 4),
        (
            "/contacts?limit=1&offset=0&include=custom_fields&phone_number=9876543210&country_code=91",
            1,
        ),
    ];
    for (path, count) in lists {
        let answer = story.get(path).await;
        assert_eq!(answer.json()["data"]["count"], count, "{path}");
    }
    story.assert_honest();
}

#[tokio::test]
async fn a_template_is_drafted_reviewed_sent_and_deleted() {
    let mut story = story::<MyOperator>();
    set(&story, "/settings/whatsapp/review_seconds", json!(600));
    let draft = json!({
        "name": "diwali_offers",
        "language": "en",
        "category": "marketing",
        "waba_id": "178661612007157",
        "components": [
            {"type": "HEADER", "format": "MEDIA", "media_id": "59bee5d7-36bf-4cf8-acf2-9b9b4ba8abb2"},
            {"type": "BODY", "format": "TEXT", "text": "Hi {{name}}, look!", "example": {"name": "Asha"}},
            {"type": "FOOTER", "format": "TEXT", "text": "Mock Traders"},
        ],
    });
    let made = story.post("/chat/templates", draft).await;
    let path = format!(
        "/chat/templates/{}",
        made.json()["data"]["id"].as_str().expect("an id")
    );
    story
        .get("/chat/templates?waba_template_status=pending&category=marketing,utility")
        .await;
    let use_it = json!({"template_name": "diwali_offers", "body": {"name": "Asha"}});
    story
        .post("/chat/messages", template(ASHA, use_it.clone()))
        .await;
    story.wait(Duration::from_secs(600)).await;
    story.get(&path).await;
    story
        .post("/chat/messages", template(ASHA, use_it.clone()))
        .await;
    story.delete(&path).await;
    story.get(&path).await;
    story.delete(&path).await;
    story.get("/chat/templates?name=diwali_offers").await;
    story.post("/chat/messages", template(ASHA, use_it)).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_draft_lacks_something_and_meta_may_say_no() {
    let mut story = story::<MyOperator>();
    let draft = |waba: &str, components: Value| json!({"name": "try", "language": "en", "category": "utility", "waba_id": waba, "components": components});
    let body = json!({"type": "BODY", "format": "TEXT", "text": "Hi"});
    story
        .post("/chat/templates", draft("999", json!([body])))
        .await;
    let lacking = json!([
        {"type": "HEADER", "format": "MEDIA", "media_id": "nothing"},
        {"type": "BODY", "format": "TEXT"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Shop", "index": 0}]},
        {"type": "CAROUSEL", "cards": [{"index": 0, "components": [{"type": "HEADER", "format": "MEDIA"}]}]},
    ]);
    story
        .post("/chat/templates", draft("178661612007157", lacking))
        .await;
    let made = story
        .post("/chat/templates", draft("178661612007157", json!([body])))
        .await;
    let made = made.json()["data"]["id"].clone();
    story
        .happen(json!({"happening": "template_reviewed", "template": made, "result": "rejected", "reason": "TAG_CONTENT_MISMATCH"}))
        .await;
    story
        .get("/chat/templates?waba_template_status=rejected")
        .await;
    story
        .post(
            "/chat/messages",
            template(ASHA, json!({"template_name": "try"})),
        )
        .await;
    assert_snapshot!(story.transcript());
}

/// Uploads a file.
async fn upload(
    story: &mut Story,
    name: &str,
    kind: Option<&str>,
    size: usize,
    application: &str,
) -> Answer {
    let kind = kind
        .map(|kind| format!("content-type: {kind}\r\n"))
        .unwrap_or_default();
    let body = format!(
        "--end\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n{kind}\r\n{}\r\n\
         --end\r\ncontent-disposition: form-data; name=\"application\"\r\n\r\n{application}\r\n--end--\r\n",
        ".".repeat(size)
    );
    let kind = "multipart/form-data; boundary=end";
    story
        .send(Method::POST, "/chat/media/upload", kind, Some(body))
        .await
}

#[tokio::test]
async fn files_are_taken_by_kind_and_size_and_can_then_be_used() {
    let mut story = story::<MyOperator>();
    const MEGABYTE: usize = 1024 * 1024;
    let mut taken = String::new();
    for (name, kind, size) in [
        ("a.png", Some("image/png"), 5 * MEGABYTE),
        ("a.png", Some("image/png"), 5 * MEGABYTE + 1),
        ("a.mp4", Some("video/mp4"), 10 * MEGABYTE),
        ("a.mp4", Some("video/mp4"), 10 * MEGABYTE + 1),
        ("a.pdf", Some("application/pdf"), 10 * MEGABYTE + 1),
        ("a.zip", Some("application/zip"), 4),
        ("a.jpg", None, 4),
        ("a.ogg", Some("application/octet-stream"), 4),
        ("a", None, 4),
        ("a.jpg", Some("text/html"), 4),
    ] {
        let answer = upload(&mut story, name, kind, size, "template").await;
        let words = answer.json();
        let words = words
            .pointer("/errors/file/0")
            .unwrap_or(&words["message"])
            .clone();
        writeln!(taken, "{name:6} {kind:?} {size}: {} {words}", answer.status).expect("a text");
    }
    assert_snapshot!(taken, @r#"
    a.png  Some("image/png") 5242880: 201 Created "Media uploaded successfully"
    a.png  Some("image/png") 5242881: 400 Bad Request "file_size 5121 KB not allowed for file_type image/png!"
    a.mp4  Some("video/mp4") 10485760: 201 Created "Media uploaded successfully"
    a.mp4  Some("video/mp4") 10485761: 400 Bad Request "file_size 10241 KB not allowed for file_type video/mp4!"
    a.pdf  Some("application/pdf") 10485761: 400 Bad Request "file_size 10241 KB not allowed for file_type application/pdf!"
    a.zip  Some("application/zip") 4: 400 Bad Request "file_type application/zip not allowed!"
    a.jpg  None 4: 201 Created "Media uploaded successfully"
    a.ogg  Some("application/octet-stream") 4: 201 Created "Media uploaded successfully"
    a      None 4: 400 Bad Request "file_type application/octet-stream not allowed!"
    a.jpg  Some("text/html") 4: 400 Bad Request "file_type text/html not allowed!"
    "#);
    let wrong = upload(&mut story, "a.png", Some("image/png"), 4, "other").await;
    assert_eq!(
        wrong.json()["errors"],
        json!({"application": ["\"other\" is not a valid choice."]})
    );
    let film = upload(&mut story, "a.mp4", Some("video/mp4"), 4, "template").await;
    assert_eq!(film.json()["code"], "201");
    let media = film.json()["data"]["media_id"].clone();
    let draft = json!({
        "name": "with_film",
        "language": "en",
        "category": "utility",
        "waba_id": "178661612007157",
        "components": [{"type": "HEADER", "format": "MEDIA", "media_id": media}, {"type": "BODY", "text": "Look"}],
    });
    let made = story.post("/chat/templates", draft).await;
    assert_eq!(made.json()["code"], 201);
    let sent = story
        .post(
            "/chat/messages",
            template(ASHA, json!({"template_name": "with_film"})),
        )
        .await;
    assert_eq!(
        said(&story, &id(&sent))["header"],
        json!({"format": "video", "media_id": media})
    );
    // Another company knows nothing of it.
    story.with_header("authorization", Some("Bearer mock-wa-key-0002"));
    story.with_header("x-myop-company-id", Some("66c595699b31d8ff"));
    let foreign = story.get("/chat/templates").await;
    assert_eq!(foreign.json()["data"]["count"], 0);
    story.assert_honest();
}

#[tokio::test]
async fn numbers_are_listed_as_far_as_they_are_active_and_expanded_as_asked_for() {
    let mut story = story::<MyOperator>();
    story
        .get("/chat/phonenumbers?waba_id=178661612007157&limit=1&offset=1&expand=waba_account,nothing,settings")
        .await;
    story.get("/chat/phonenumbers?expand=profile&limit=1").await;
    let all = story.get("/chat/phonenumbers?limit=100").await;
    let ids = all.json()["data"]["results"].clone();
    let mut ids = ids.as_array().into_iter().flatten();
    assert!(ids.all(|number| number["phone_number_id"] != "900000000000303"));
    let none = story.get("/chat/phonenumbers?waba_id=string").await;
    assert_eq!(none.json()["data"]["count"], 0);
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn campaigns_are_found_and_ordered() {
    let mut story = story::<MyOperator>();
    story.with_header("x-waba-phonenumber-id", Some(NUMBER));
    let mut found = String::new();
    for query in [
        "",
        "?search=JUNE_18&status=completed&ordering=-created&created_at_after=2025-07-10T09:00:00Z&created_at_before=2025-07-10T10:00:00Z",
        "?search=18_offers",
        "?ordering=created_at&limit=2&offset=1",
        "?ordering=-schedule_at",
        "?ordering=nonsense",
        "?status=scheduled",
        "?created_at_after=2025-07-10T09:30:00Z&created_at_before=2025-07-16",
        "?created_at_after=yesterday",
        "?status=draft",
    ] {
        let answer = story.get(&format!("/chat/campaigns{query}")).await;
        let answer = answer.json();
        let names = answer["data"]["results"].as_array().into_iter().flatten();
        let names: Vec<_> = names
            .map(|one| one["name"].as_str().unwrap_or_default())
            .collect();
        let what = match answer.get("errors") {
            Some(errors) => errors.to_string(),
            None => format!("{} of {}", names.join(" "), answer["data"]["count"]),
        };
        writeln!(found, "/chat/campaigns{query}\n    {what}").expect("a text");
    }
    for number in [
        "5fdaa860-b2b7-441b-a715-50f8f2f5f4cb",
        "889618377570081",
        "nobodys",
    ] {
        story.with_header("x-waba-phonenumber-id", Some(number));
        let answer = story.get("/chat/campaigns").await;
        writeln!(found, "from {number}: {}", answer.json()["data"]["count"]).expect("a text");
    }
    story.assert_honest();
    assert_snapshot!(found, @r#"
    /chat/campaigns
        running_now sched_dynamic_url sched_body over_limit stopped new_camp_16jul_002 june_18_offers of 7
    /chat/campaigns?search=JUNE_18&status=completed&ordering=-created&created_at_after=2025-07-10T09:00:00Z&created_at_before=2025-07-10T10:00:00Z
        june_18_offers of 1
    /chat/campaigns?search=18_offers
         of 0
    /chat/campaigns?ordering=created_at&limit=2&offset=1
        new_camp_16jul_002 stopped of 7
    /chat/campaigns?ordering=-schedule_at
        sched_dynamic_url sched_body stopped running_now over_limit new_camp_16jul_002 june_18_offers of 7
    /chat/campaigns?ordering=nonsense
        running_now sched_dynamic_url sched_body over_limit stopped new_camp_16jul_002 june_18_offers of 7
    /chat/campaigns?status=scheduled
        sched_dynamic_url sched_body of 2
    /chat/campaigns?created_at_after=2025-07-10T09:30:00Z&created_at_before=2025-07-16
        june_18_offers of 1
    /chat/campaigns?created_at_after=yesterday
        {"created_at_after":["Enter a valid date/time."]}
    /chat/campaigns?status=draft
        {"status":["\"draft\" is not a valid choice."]}
    from 5fdaa860-b2b7-441b-a715-50f8f2f5f4cb: 7
    from 889618377570081: 0
    from nobodys: 0
    "#);
}

#[tokio::test]
async fn a_campaign_shows_what_there_is_to_show_in_its_status() {
    let mut story = story::<MyOperator>();
    story.with_header("x-waba-phonenumber-id", Some(NUMBER));
    for id in ["1009", "1010", "1012", "1013", "1014", "9359", "one"] {
        story.get(&format!("/chat/campaigns/{id}")).await;
    }
    story.get("/chat/campaigns?search=running").await;
    assert_snapshot!(story.transcript());
}

/// The members of a campaign that change.
async fn numbers(story: &mut Story, id: u64) -> String {
    let shown = story.get(&format!("/chat/campaign/{id}")).await.json()["data"].clone();
    let member = |name: &str| {
        shown
            .get(name)
            .map_or_else(|| "–".to_owned(), Value::to_string)
    };
    format!(
        "{} {} {}",
        member("status"),
        member("stats"),
        member("link_stats")
    )
}

#[tokio::test]
async fn the_numbers_of_a_campaign_follow_its_messages() {
    let mut story = story::<MyOperator>();
    story.with_header("x-waba-phonenumber-id", Some(NUMBER));
    let recipient = |number: &str, name: &str| json!({"country_code": "91", "number": number, "values": {"Name": name}});
    let mapping = json!([
        {"var_name": "var_2", "mapping_type": "DYNAMIC", "mapped_value": "{{contact_name}}", "default_value": "you", "scope": "body"},
        {"var_name": "var_1", "mapping_type": "STATIC", "mapped_value": "July", "scope": "body"},
        {"var_name": "var1", "mapping_type": "STATIC", "mapped_value": "july", "index": 0, "scope": "button"},
    ]);
    let plan = json!({
        "happening": "campaign_made",
        "name": "july",
        "phone_number_id": NUMBER,
        "template": "dynamic_url_template",
        "recipients": [recipient(ASHA, "Asha"), recipient("9000004803", "Nobody"), recipient("9000000661", "Kiran")],
        "variables_mapping": mapping,
        "scheduled_at": "2026-04-21T10:00:00Z",
    });
    story.happen(plan.clone()).await;
    let mut course = vec![numbers(&mut story, 1019).await];
    story.wait(HOUR).await;
    course.push(numbers(&mut story, 1019).await);
    story.wait(SECOND).await;
    course.push(numbers(&mut story, 1019).await);
    let state = story.state();
    let sent = state["messages"].as_array().into_iter().flatten();
    let sent: Vec<_> = sent.filter(|one| one["campaign"] == 1019).collect();
    let asha = sent[0]["id"].clone();
    assert_eq!(
        sent[0]["context"]["body"]["context"],
        "Hi Asha, our July sale has begun."
    );
    for happening in [
        json!({"happening": "message_read", "message": asha}),
        json!({"happening": "link_clicked", "message": asha}),
        json!({"happening": "link_clicked", "message": asha}),
        json!({"happening": "customer_writes", "from": "919876543210", "says": {"type": "text", "body": "Nice"}}),
        json!({"happening": "customer_writes", "from": "919876543210", "says": {"type": "text", "body": "Really"}}),
    ] {
        story.happen(happening).await;
    }
    course.push(numbers(&mut story, 1019).await);
    assert_snapshot!(course.join("\n"), @r#"
    "scheduled" – –
    "running" {"total":3,"sent":0,"delivered":0,"replied":0,"failed":0,"read":0,"billable":0} {"total":0,"visited":0}
    "completed" {"total":3,"sent":2,"delivered":2,"replied":0,"failed":1,"read":0,"billable":2} {"total":4,"visited":0}
    "completed" {"total":3,"sent":2,"delivered":2,"replied":1,"failed":1,"read":1,"billable":2} {"total":4,"visited":1}
    "#);
    // A stranger whom a campaign wrote to is in the address book.
    let kiran = story
        .post(
            "/contacts",
            json!({"and": {"source__is": "waba_campaigns", "name__is": "Kiran"}}),
        )
        .await;
    assert_eq!(kiran.json()["data"]["filter_total"], 1);
    story.assert_honest();
}

#[tokio::test]
async fn a_campaign_can_be_stopped_in_time_and_may_fail_as_a_whole() {
    let mut story = story::<MyOperator>();
    story.with_header("x-waba-phonenumber-id", Some(NUMBER));
    let recipients = |count: usize| {
        let number = |index: usize| format!("90010{index:05}");
        let one = |index| json!({"country_code": "91", "number": number(index)});
        Value::Array((0..count).map(one).collect())
    };
    let plan = |count: usize, at: Option<&str>| {
        json!({
            "happening": "campaign_made",
            "name": "try",
            "phone_number_id": NUMBER,
            "template": "start_chat",
            "recipients": recipients(count),
            "scheduled_at": at,
        })
    };
    story.happen(plan(2, Some("2026-04-21T09:10:00Z"))).await;
    story
        .happen(json!({"happening": "campaign_cancelled", "campaign": 1019}))
        .await;
    story.happen(plan(2, Some("2026-04-21T09:04:00Z"))).await;
    let slot = story.workspace().slot("myoperator").expect("it is served");
    let late = slot.happen(&json!({"happening": "campaign_cancelled", "campaign": 1020}));
    assert_eq!(
        late.unwrap_err().to_string(),
        "campaign 1020 begins in less than five minutes"
    );
    story.happen(plan(251, None)).await;
    story
        .happen(json!({"happening": "wallet_set", "messages": 1}))
        .await;
    story.happen(plan(2, None)).await;
    story.wait(HOUR).await;
    let mut fates = String::new();
    for id in 1019..=1022 {
        let shown = story.get(&format!("/chat/campaigns/{id}")).await.json()["data"].clone();
        writeln!(
            fates,
            "{id} {} {}",
            shown["status"], shown["failure_reason"]
        )
        .expect("a text");
    }
    story.assert_honest();
    assert_snapshot!(fates, @r#"
    1019 "cancelled" null
    1020 "failed" "insufficient_balance"
    1021 "failed" "daily_limit_reached"
    1022 "failed" "insufficient_balance"
    "#);
}
