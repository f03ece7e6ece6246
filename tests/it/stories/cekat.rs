//! Cekat: who may call, what is refused and how, and what a user would tell of templates, talks, boards and orders.

mod clients;

use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use mock_server::kernel::layers::auth::AuthMode;
use mock_server::kernel::rate_limit::RateLimiting;
use mock_server::kernel::vendor::Vendor as _;
use mock_server::vendors::cekat::Cekat;
use serde_json::{Value, json};

use crate::support::story::{Answer, Story, story, story_with};

const KEY: &str = "mock-cekat-key";
const PRICE: &str =
    "/api/templates/pricing?category=marketing&recipient_country_code=62&currency=IDR";

/// A story of somebody who shows nothing.
fn stranger() -> Story {
    let mut story = story::<Cekat>();
    for (name, _) in Cekat::PROFILE.demo_headers {
        story.with_header(name, None);
    }
    story
}

/// A multipart form, with a picture of this name.
fn form(fields: &[(&str, &str)], file: Option<&str>) -> String {
    let mut form = String::new();
    for (name, value) in fields {
        form.push_str(&format!(
            "--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    if let Some(file) = file {
        form.push_str(&format!(
            "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\r\nimage\r\n"
        ));
    }
    form.push_str("--part--\r\n");
    form
}

/// A story of a business that shows its key in one form.
fn business() -> Story {
    let mut story = stranger();
    story.with_header("api_key", Some(KEY));
    story
}

#[tokio::test]
async fn one_good_credential_in_any_form_is_enough() {
    let mut story = stranger();
    story.with_header("api_key", Some(KEY));
    story.delete("/integrations/delete").await;
    story.with_header("api_key", None);
    story.with_header("authorization", Some("Bearer mock-cekat-key"));
    story.delete("/integrations/delete").await;
    story.with_header("authorization", Some("api_key mock-cekat-key"));
    story.delete("/integrations/delete").await;
    story.with_header("authorization", None);
    story
        .delete("/integrations/delete?api_key=mock-cekat-key")
        .await;
    story.with_header("api_key", Some("somebody-else"));
    story.with_header("authorization", Some("Bearer mock-cekat-key"));
    story.delete("/integrations/delete").await;
    story.with_header("access_token", Some("mock-cekat-access-token"));
    story
        .delete("/labels/assign/d30bba9a-ba89-4708-89ea-79eee696c9a9")
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn without_a_good_credential_nobody_is_authenticated() {
    let mut story = stranger();
    story.get("/inboxes").await;
    story.with_header("api_key", Some("somebody-else"));
    story.get("/inboxes").await;
    story.with_header("api_key", None);
    story.with_header("x-api-key", Some(KEY));
    story.get("/inboxes").await;
    story.with_header("authorization", Some(KEY));
    story.get("/inboxes").await;
    story.with_header("access_token", Some("mock-cekat-access-token"));
    story.get("/inboxes").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn each_kind_of_credential_opens_its_own_doors() {
    let mut story = business();
    story
        .post("/register", json!({"business_name": "Toko Melati"}))
        .await;
    story
        .delete("/labels/assign/d30bba9a-ba89-4708-89ea-79eee696c9a9")
        .await;
    story.get(PRICE).await;
    story.with_header("api_key", None);
    story.with_header("x-partner-api-key", Some("mock-cekat-partner-key"));
    story.get("/businesses").await;
    story.with_header("authorization", Some("Bearer mock-cekat-key"));
    story.get(PRICE).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn any_key_will_do_when_any_is_welcome_but_the_price_list_still_wants_no_bearer() {
    let mut story = story_with::<Cekat>(|options| options.auth = AuthMode::Any);
    for (name, value) in [
        ("api_key", Some("whatever")),
        ("access_token", None),
        ("x-partner-api-key", None),
    ] {
        story.with_header(name, value);
    }
    story.delete("/integrations/delete").await;
    story.with_header("api_key", None);
    story.delete("/integrations/delete").await;
    story.with_header("authorization", Some("Bearer whatever"));
    story.get(PRICE).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_refusal_names_the_field() {
    let mut story = story::<Cekat>();
    story
        .post("/templates/send", json!({"template_id": "956322736884885"}))
        .await;
    story
        .post(
            "/templates/send",
            json!({
                "wa_template_id": "900000000000005",
                "inbox_id": "535e57b7-7e84-4313-aac3-a33d910d86e4",
                "phone_number": "6280000004352",
                "otp_code": "1234567890123456"
            }),
        )
        .await;
    let message = json!({"conversation_id": "", "receiver": "6280000004352", "message": "Halo"});
    story.post("/messages/whatsapp", message).await;
    let message = json!({
        "conversation_id": "767bae74-ef45-4e57-bf87-c46b1b51808d",
        "receiver": "6280000004352",
        "message": "Halo",
        "media_type": "button",
        "action": {"buttons": [{"type": "reply", "reply": {"id": "1"}}]}
    });
    story.post("/messages/whatsapp", message).await;
    let order = json!({"payment_method": "xendit", "orders_products": [{"product_id": null, "quantity": 1}]});
    story.post("/api/orders", order).await;
    story
        .put(
            "/api/orders/8f14f414-e452-4fcc-a3e5-fbc69eee054f",
            json!({"order_status": "shipped"}),
        )
        .await;
    story
        .put(
            "/api/conversations/5e31127e-f835-4d9f-95ad-7749de7a54c0",
            json!({}),
        )
        .await;
    story.post("/templates/sync", json!({})).await;
    story.get("/messages?conversation_id=").await;
    story.get("/api/messages?start_date=01-08-2026").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_template_is_refused_for_its_category_language_and_file() {
    let mut story = story::<Cekat>();
    let kind = "multipart/form-data; boundary=part";
    let fields = |category, language| {
        [
            ("name", "tanya_kabarnya"),
            ("category", category),
            ("language", language),
            ("body", "Halo, apa kabar?"),
            ("inbox_id", "2824c651-57c9-43c1-8c8c-5d07dc40265b"),
        ]
    };
    for (category, language, file) in [
        ("marketing", "id", "toko.png"),
        ("MARKETING", "tlh", "toko.png"),
        ("MARKETING", "id", "toko.gif"),
    ] {
        let body = form(&fields(category, language), Some(file));
        story
            .send(Method::POST, "/templates", kind, Some(body))
            .await;
    }
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn json_with_comments_or_trailing_commas_is_no_json() {
    let mut story = story::<Cekat>();
    let body = "{\n  \"wa_template_id\": \"956322736884885\" // no variables\n}";
    let kind = "application/json";
    story
        .send(Method::POST, "/templates/send", kind, Some(body.to_owned()))
        .await;
    let body = "{\"name\": \"Status\",}".to_owned();
    let path = "/api/crm/boards/e731bf34-d03d-477a-adcd-607e3196c6c7/columns/by-name";
    story.send(Method::POST, path, kind, Some(body)).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_both_not_found() {
    let mut story = story::<Cekat>();
    story.show_headers(&["x-mock-hint"]);
    story.post("/v1/templates/send", json!({})).await;
    story.post("/api/send-message", json!({})).await;
    story.put("/inboxes", json!({})).await;
    assert_snapshot!(story.transcript());
}

/// The contract, with a value of the seed for every variable.
fn contract() -> Value {
    let mut text = Cekat::PROFILE.contract.to_owned();
    let read: Value = serde_json::from_str(&text).unwrap();
    for (name, value) in read["x-variables"].as_object().unwrap() {
        text = text.replace(&format!("{{{{{name}}}}}"), value.as_str().unwrap());
    }
    serde_json::from_str(&text).unwrap()
}

/// Sends a documented request.
async fn send(story: &mut Story, request: &Value) -> Answer {
    let url = request["url"].as_str().unwrap();
    let path = match url.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/').unwrap()..],
        None => url,
    };
    let mut path = path.to_owned();
    for (name, value) in request["path"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap();
        path = path.replace(&format!("{{{name}}}"), value);
        path = path.replace(&format!(":{name}"), value);
    }
    let pairs = |pairs: &Value| {
        let pairs: Vec<(String, Value)> = serde_json::from_value(pairs.clone()).unwrap_or_default();
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let pairs = pairs.into_iter().map(|(name, value)| (name, text(value)));
        pairs.collect::<Vec<_>>()
    };
    let encoded = |fields: Vec<(String, String)>| {
        let fields = fields.into_iter();
        let fields = fields.map(|(name, value)| format!("{name}={}", value.replace('@', "%40")));
        fields.collect::<Vec<_>>().join("&")
    };
    let query = encoded(pairs(&request["query"]));
    if !query.is_empty() {
        path = format!("{path}?{query}");
    }
    let body = &request["body"];
    let (kind, body) = if !body["json"].is_null() {
        ("application/json", Some(body["json"].to_string()))
    } else if !body["form"].is_null() {
        let form = encoded(pairs(&body["form"]));
        ("application/x-www-form-urlencoded", Some(form))
    } else if !body["multipart"].is_null() {
        let fields = pairs(&body["multipart"]);
        let fields: Vec<_> = fields
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        (
            "multipart/form-data; boundary=part",
            Some(form(&fields, None)),
        )
    } else {
        ("application/json", None)
    };
    let method = request["method"].as_str().unwrap().parse().unwrap();
    story.send(method, &path, kind, body).await
}

/// Every operation of the contract.
fn operations(contract: &Value) -> impl Iterator<Item = &Value> {
    let paths = contract["paths"].as_object().unwrap().values();
    let members = paths.flat_map(|path| path.as_object().unwrap().values());
    members.filter(|member| member["operationId"].is_string())
}

#[tokio::test]
async fn every_documented_request_works_on_the_seed() {
    let contract = contract();
    let mut sent = 0;
    for operation in operations(&contract) {
        for variant in operation["x-variants"].as_array().unwrap() {
            let mut story = story::<Cekat>();
            let answer = send(&mut story, &variant["request"]).await;
            let told = story.transcript();
            assert!(
                answer.status.is_success(),
                "{}: {told}",
                operation["operationId"]
            );
            sent += 1;
        }
    }
    assert_eq!(sent, 64);
}

#[tokio::test]
async fn what_only_looks_answers_as_its_example() {
    let contract = contract();
    let mut looked = Vec::new();
    for operation in operations(&contract) {
        let name = operation["operationId"].as_str().unwrap();
        let request = &operation["x-variants"][0]["request"];
        let looks =
            request["method"] == "GET" || name.contains("by_name") || name.contains("search");
        if !looks {
            continue;
        }
        let answer = send(&mut story::<Cekat>(), request).await.json();
        let examples = operation["responses"]["200"]["content"]["application/json"]["examples"]
            .as_object()
            .unwrap();
        let same = examples.values().any(|example| example["value"] == answer);
        looked.push((name, same));
    }
    let others: Vec<_> = looked
        .iter()
        .filter(|(_, same)| !same)
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn every_answer_counts_down_the_callers_minute() {
    let mut story = story_with::<Cekat>(|options| options.rate_limits = RateLimiting::Vendor);
    story.show_headers(&[
        "x-powered-by",
        "vary",
        "access-control-allow-credentials",
        "content-type",
        "etag",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ]);
    story.delete("/integrations/delete").await;
    story.show_headers(&["x-ratelimit-remaining", "x-ratelimit-reset"]);
    for _ in 1..10 {
        story.delete("/integrations/delete").await;
    }
    story.delete("/integrations/delete").await;
    story.wait(Duration::from_secs(60)).await;
    story.delete("/integrations/delete").await;
    assert_snapshot!(story.transcript());
}

const MAIN: &str = "535e57b7-7e84-4313-aac3-a33d910d86e4";
const PROMO: &str = "bb3619b2-db9f-4dea-adf0-c45f82f9cfdf";
/// Wrote today.
const DEWI: &str = "767bae74-ef45-4e57-bf87-c46b1b51808d";
/// Wrote more than a day ago.
const ANI: &str = "48420f3b-4b32-4959-b7b5-18dfd995b011";
const SARI: &str = "34aa8f9c-8b12-4701-8150-d4f180ffb8a9";
const BOARD: &str = "/api/crm/boards/599f81f4-fafe-46fa-8984-b87f25fc6490";
const LEADS: &str = "/api/crm/boards/0ee568c3-cab1-45a0-bb43-d5b452ed879a";

#[tokio::test]
async fn a_template_is_handed_in_reviewed_sent_and_read() {
    let mut story = story::<Cekat>();
    let fields = [
        ("name", "tanya_kabarnya"),
        ("category", "MARKETING"),
        ("language", "id"),
        ("body", "Halo {{1}}, kamu apa kabarnya?"),
        ("inbox_id", MAIN),
        ("body_placeholder", "[\"Jane\"]"),
    ];
    let kind = "multipart/form-data; boundary=part";
    let whole = form(&fields, Some("toko.png"));
    let made = story
        .send(Method::POST, "/templates", kind, Some(whole.clone()))
        .await
        .json();
    let again = story.send(Method::POST, "/templates", kind, Some(whole));
    again.await;
    let without = form(&fields[..5], None);
    let without = without.replace("tanya_kabarnya", "tanya_lagi");
    story
        .send(Method::POST, "/templates", kind, Some(without))
        .await;
    let message = json!({
        "wa_template_id": made["data"][0]["wa_template_id"],
        "inbox_id": MAIN,
        "phone_number": "+62 811-0000-0001",
        "phone_name": "Budi",
        "template_body_variables": ["Budi"],
    });
    story.post("/templates/send", message.clone()).await;
    story.wait(Duration::from_secs(600)).await;
    story
        .get(&format!("/templates?inbox_id={MAIN}&status=approved"))
        .await;
    story.get("/api/templates?limit=1&category=marketing").await;
    let sent = story.post("/templates/send", message).await.json();
    let message = sent["data"][0]["id"].as_str().unwrap().to_owned();
    story.wait(Duration::from_secs(2)).await;
    story.get(&format!("/messages/{message}")).await;
    story.wait(Duration::from_secs(5)).await;
    story.get("/api/messages?is_template=true").await;
    story.get("/api/contacts?limit=1").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_the_provider_has_is_seen_after_a_sync_and_gone_after_a_delete() {
    let mut story = story::<Cekat>();
    let inbox = "2824c651-57c9-43c1-8c8c-5d07dc40265b";
    let templates = format!("/templates?inbox_id={inbox}");
    story
        .happen(json!({
            "happening": "provider_template", "inbox": inbox, "name": "kabar_baru",
            "body": "Ada kabar baru.", "category": "UTILITY", "language": "id", "status": "APPROVED"
        }))
        .await;
    let rows = |answer: Answer| answer.json()["data"].as_array().unwrap().len();
    assert_eq!(rows(story.get(&templates).await), 1);
    story
        .post(&format!("/templates/sync?inbox_id={inbox}"), json!({}))
        .await;
    assert_eq!(rows(story.get(&templates).await), 3);
    story.delete("/templates/900000000000007").await;
    story.delete("/templates/900000000000007").await;
    story
        .post(&format!("/templates/sync?inbox_id={inbox}"), json!({}))
        .await;
    assert_eq!(rows(story.get(&templates).await), 2);
    let livechat = "/templates/sync?inbox_id=4f47a10c-58e1-4d94-8ea2-02bf468d6614";
    story.post(livechat, json!({})).await;
    story
        .post("/templates/sync?inbox_id=nowhere", json!({}))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_template_wants_as_many_variables_as_it_has_and_a_code_where_it_is_one() {
    let mut story = story::<Cekat>();
    let template = |id: &str, more: Value| {
        let mut body =
            json!({"wa_template_id": id, "inbox_id": MAIN, "phone_number": "6280000004352"});
        let members = body.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        body
    };
    for (id, more) in [
        (
            "900000000000004",
            json!({"template_body_variables": ["a", "b", "c"]}),
        ),
        ("900000000000004", json!({})),
        (
            "900000000000004",
            json!({"template_body_variables": ["Dewi", "10%", "", 7]}),
        ),
        ("900000000000005", json!({})),
        ("900000000000005", json!({"otp_code": 552345})),
        ("9941043419347349", json!({})),
        ("123456789", json!({})),
    ] {
        story.post("/templates/send", template(id, more)).await;
    }
    let elsewhere = json!({"wa_template_id": "123456789", "phone_number": "6280000004352",
        "inbox_id": "2824c651-57c9-43c1-8c8c-5d07dc40265b", "template_body_variables": ["Dewi"]});
    story.post("/templates/send", elsewhere).await;
    let nowhere = json!({"wa_template_id": "1", "inbox_id": "nowhere", "phone_number": "1"});
    story.post("/templates/send", nowhere).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_published_number_meets_its_published_fate() {
    let mut story = story::<Cekat>();
    let mut ends = Vec::new();
    for suffix in ["4801", "4802", "4803", "4804", "4829", "4850", "4352"] {
        let body = json!({"wa_template_id": "956322736884885", "inbox_id": MAIN,
            "phone_number": format!("628110000{suffix}")});
        let answer = story.post("/templates/send", body).await;
        let id = answer.json()["data"][0]["id"].clone();
        story.wait_until_idle().await;
        let end = match id.as_str() {
            None => answer.status.to_string(),
            Some(id) => {
                let message = story.get(&format!("/messages/{id}")).await.json();
                message["data"]["status"].as_str().unwrap().to_owned()
            }
        };
        ends.push(format!("{suffix}: {end}"));
    }
    story.assert_honest();
    assert_snapshot!(ends.join("\n"), @"
    4801: sent
    4802: delivered
    4803: failed
    4804: failed
    4829: 429 Too Many Requests
    4850: 500 Internal Server Error
    4352: read
    ");
}

#[tokio::test]
async fn a_customer_may_be_answered_for_a_day() {
    let mut story = story::<Cekat>();
    let to_ani =
        json!({"conversation_id": ANI, "receiver": "+6281234567890", "message": "Masih ada, Kak."});
    story.post("/messages/whatsapp", to_ani.clone()).await;
    story
        .happen(json!({"happening": "customer_writes", "inbox": PROMO, "from": "6281234567890", "text": "Halo?"}))
        .await;
    story.wait(Duration::from_secs(86_399)).await;
    story.post("/messages/whatsapp", to_ani.clone()).await;
    story.wait(Duration::from_secs(1)).await;
    story.post("/messages/whatsapp", to_ani).await;
    let wrong = json!({"conversation_id": DEWI, "receiver": "6281234567890", "message": "Halo"});
    story.post("/messages/whatsapp", wrong).await;
    let livechat = json!({"conversation_id": "3e44c822-fa61-4031-95fa-324751c4e119", "receiver": "712381231", "message": "Halo"});
    story.post("/messages/whatsapp", livechat).await;
    story.get(&format!("/messages?conversation_id={ANI}")).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_conversation_is_given_away_answered_settled_and_opened_again() {
    let mut story = story::<Cekat>();
    let machine = json!({"assigned_ai_agent": "96a7a1c3-0754-4407-a86a-8b8727c8799c"});
    story
        .put(&format!("/api/conversations/{DEWI}"), machine)
        .await;
    for happening in [
        json!({"happening": "conversation_assigned", "conversation": DEWI, "agent": SARI}),
        json!({"happening": "customer_writes", "inbox": MAIN, "from": "6280000004352", "text": "Saya ke sana sore ini."}),
        json!({"happening": "agent_writes", "conversation": DEWI, "agent": SARI, "text": "Kami tunggu."}),
        json!({"happening": "agent_writes", "conversation": DEWI, "agent": SARI, "text": "VIP", "private": true}),
        json!({"happening": "pipeline_moved", "conversation": DEWI, "pipeline_status": "6e998418-5527-487b-b808-6c54acf97031"}),
        json!({"happening": "ai_summarises", "conversation": DEWI, "text": "Pelanggan akan datang."}),
        json!({"happening": "conversation_resolved", "conversation": DEWI, "by": SARI}),
    ] {
        story.happen(happening).await;
    }
    story.get(&format!("/api/conversations/{DEWI}")).await;
    story
        .get("/api/conversations/agent-assignments?limit=1")
        .await;
    story
        .happen(json!({"happening": "customer_writes", "inbox": MAIN, "from": "6280000004352", "text": "Terima kasih!"}))
        .await;
    story
        .get("/api/conversations?limit=1&stage_status=open")
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_label_is_put_on_and_taken_off_once() {
    let mut story = story::<Cekat>();
    story
        .happen(json!({"happening": "label_added", "conversation": DEWI, "label": "b6a5ec81-807b-4dea-8972-f9522835b2d5"}))
        .await;
    for _ in 0..2 {
        story
            .delete("/labels/assign/d30bba9a-ba89-4708-89ea-79eee696c9a9")
            .await;
    }
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn conversations_disappear_with_their_messages() {
    let mut story = story::<Cekat>();
    let doomed = json!({"conversation_ids": [DEWI, "nobody-knows"]});
    story
        .post("/v1/backoffice/conversations-delete", doomed)
        .await;
    story.get(&format!("/api/conversations/{DEWI}")).await;
    story
        .get(&format!("/messages?conversation_id={DEWI}"))
        .await;
    story.get("/api/messages").await;
    story.get("/api/contacts?limit=1").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_day_is_jakartas_unless_the_caller_has_another() {
    let mut story = story::<Cekat>();
    let mut counts = Vec::new();
    let mut count = async |story: &mut Story, query: &str| {
        let answer = story.get(&format!("/api/messages?{query}")).await.json();
        let total = answer["metadata"]["pagination"]["total_items"].clone();
        let total = if total.is_null() {
            answer["error"]["message"].clone()
        } else {
            total
        };
        counts.push(format!("{query}: {total}"));
    };
    for query in [
        "",
        "start_date=2026-04-14&end_date=2026-04-14",
        "start_date=2026-04-13&end_date=2026-04-13",
        "start_date=2026-04-13",
        "start_date=2025-08-08&end_date=2025-08-12&limit=300",
        "start_date=2026-04-13&end_date=2026-04-14&is_ads=true",
        "start_datetime=2026-04-14T01:11:00Z&end_date=2026-04-14",
        "start_datetime=2026-04-14T08:11:30&end_datetime=2026-04-14T08:11:30",
        "start_date=2026-04-14&start_datetime=2026-04-14T00:00:00Z",
        "end_date=2026-02-30",
        "start_datetime=soon",
    ] {
        count(&mut story, query).await;
    }
    story.with_header("x-user-timezone", Some("America/New_York"));
    count(&mut story, "start_date=2026-04-13&end_date=2026-04-13").await;
    story.assert_honest();
    assert_snapshot!(counts.join("\n"));
}

#[tokio::test]
async fn an_item_takes_what_fits_its_columns() {
    let mut story = story::<Cekat>();
    let item = json!({"item_name": "Toko Mawar", "group_id": "", "New Text": "baru", "Status": "Proses",
        "Stages": ["2", "0"], "New Agents": ["nobody"], "Phon": "1"});
    let made = story.post(&format!("{BOARD}/items"), item).await.json();
    let id = made["data"]["item_id"].as_str().unwrap().to_owned();
    let item = format!("{BOARD}/items/{id}");
    let changes =
        json!({"Stages": [], "Status": "2", "New Agents": [SARI], "Test Conversation": DEWI});
    story.put(&item, changes).await;
    story.get(&format!("{BOARD}/items?limit=1&page=3")).await;
    let by_name = format!("{BOARD}/columns/by-name");
    story.post(&by_name, json!({"name": "status"})).await;
    story.post(&by_name, json!({"name": "Harga"})).await;
    let doomed = json!({"item_ids": [id, "nobody-knows"]}).to_string();
    let kind = "application/json";
    let items = format!("{BOARD}/items");
    story.send(Method::DELETE, &items, kind, Some(doomed)).await;
    story.get(&item).await;
    story
        .post(&items, json!({"item_name": "x", "group_id": "nowhere"}))
        .await;
    story.put(&item, json!({})).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_search_means_what_the_type_of_the_column_says() {
    let mut story = story::<Cekat>();
    let mut found = Vec::new();
    let path = format!("{LEADS}/items/search");
    let conditions = [
        json!(["item_name", "contains", "APPLE"]),
        json!(["item_name", "equals", "qa apple"]),
        json!(["item_name", "not_equals", "lama"]),
        json!(["Deal Value", "greater_than_or_equal", "-5"]),
        json!(["Deal Value", "less_than", 0]),
        json!(["Deal Value", "equals", "150"]),
        json!(["Stage", "equals", "1"]),
        json!(["Stage", "not_equals", "1"]),
        json!(["Stage", "contains", "nego"]),
        json!(["Stage", "is_empty", ""]),
        json!(["Test Dropdown", "equals", ["1"]]),
        json!(["Test Dropdown", "contains", "0"]),
        json!([
            "Test References",
            "equals",
            [
                "60fac3cc-2af6-4bcb-abb4-21094cce1892",
                "ec2e88e6-ada8-42ce-a246-287bf937fb4e"
            ]
        ]),
        json!([
            "Test References",
            "contains",
            "60fac3cc-2af6-4bcb-abb4-21094cce1892"
        ]),
        json!(["Test Conversation", "contains", "48420F3B"]),
        json!(["Expected Close Date", "start_date", "2025-09-15"]),
        json!(["Expected Close Date", "end_date", "2025-09-14"]),
        json!([
            "Expected Close Date",
            "less_than_or_equal",
            "2025-09-15T00:00:00+07:00"
        ]),
        json!(["Activities Timeline", "from_start_date", "2025-08-11"]),
        json!(["Activities Timeline", "to_end_date", "2025-09-20"]),
        json!(["Activities Timeline", "contains", "2025"]),
        json!(["Deal Value", "start_date", "2025-09-15"]),
        json!(["Deal Value", "equals", "many"]),
        json!(["Deal Value", "equals"]),
        json!(["Deal Value", "is_like", 1]),
        json!(["Deal value", "equals", 150]),
    ];
    for condition in &conditions {
        let mut one = json!({"column_name": condition[0], "operator": condition[1]});
        if let Some(value) = condition.get(2) {
            one["value"] = value.clone();
        }
        let answer = story.post(&path, json!({"search": [one]})).await.json();
        let names = answer["data"].as_array().map(|rows| {
            let names = rows.iter().map(|row| row["item_name"].as_str().unwrap());
            names.collect::<Vec<_>>().join(", ")
        });
        let refused = || answer["error"]["message"].as_str().unwrap().to_owned();
        found.push(format!("{condition}: {}", names.unwrap_or_else(refused)));
    }
    for condition in ["AND", "OR"] {
        let both = json!({"condition": condition, "search": [
            {"column_name": "Deal Value", "operator": "less_than", "value": 0},
            {"column_name": "Stage", "operator": "is_not_empty"},
        ]});
        let rows = story.post(&path, both).await.json()["data"]
            .as_array()
            .unwrap()
            .len();
        found.push(format!("{condition}: {rows}"));
    }
    let rows = story
        .post(&path, json!({"condition": "AND", "search": []}))
        .await
        .json();
    found.push(format!(
        "nothing: {}",
        rows["data"].as_array().unwrap().len()
    ));
    story.assert_honest();
    assert_snapshot!(found.join("\n"));
}

#[tokio::test]
async fn an_order_is_taken_changed_and_paid() {
    let mut story = story::<Cekat>();
    let order = json!({"payment_method": "manual", "phone_number": "08110000002", "display_name": "Citra",
    "bank_account_number": "123", "shipping_fee": 9000.5, "discount": 1000,
    "orders_products": [
        {"product_id": null, "product_name": "Hampers", "quantity": 2, "price": 50000},
        {"product_id": "your-product-id", "quantity": 1}
    ]});
    let made = story.post("/api/orders", order).await.json();
    let path = format!("/api/orders/{}", made["data"]["id"].as_str().unwrap());
    story
        .put(
            &path,
            json!({"order_status": "PROCESSING", "notes": "kirim ke citra@example.com"}),
        )
        .await;
    story.put(&path, json!({})).await;
    story
        .put(&path, json!({"order_status": "processing"}))
        .await;
    story
        .happen(json!({"happening": "invoice_paid", "order": made["data"]["id"]}))
        .await;
    story
        .get("/api/orders?order_status=processing&search=.com&include_conv=true")
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn an_order_that_cannot_be_taken_leaves_no_trace() {
    let mut story = story::<Cekat>();
    let before = story.state();
    let line = json!([{"product_id": "your-product-id", "quantity": 1}]);
    for body in [
        json!({"payment_method": "manual", "orders_products": line, "phone_number": "08110000003"}),
        json!({"payment_method": "custom", "orders_products": line, "phone_number": "08110000003"}),
        json!({"payment_method": "xendit", "phone_number": "08110000003", "orders_products": [{"product_id": "nothing", "quantity": 1}]}),
        json!({"payment_method": "xendit", "phone_number": "08110000003", "orders_products": [{"product_id": null, "product_name": "x", "quantity": 1}]}),
        json!({"payment_method": "xendit", "orders_products": line, "contact_id": "nobody"}),
        json!({"payment_method": "xendit", "orders_products": line, "conversation_id": "nowhere"}),
        json!({"payment_method": "xendit", "orders_products": line}),
    ] {
        story.post("/api/orders", body).await;
    }
    assert_eq!(story.state(), before);
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_contact_is_one_person_however_the_number_is_written() {
    let mut story = story::<Cekat>();
    let contact = json!({"display_name": "Dewi A.", "phone_number": "+62 8000 0004352", "additional_data": {"kota": "Bandung"}});
    let made = story.post("/api/crm/contact", contact).await.json();
    let path = format!("/api/crm/contact/{}", made["data"]["id"].as_str().unwrap());
    story.put(&path, json!({"note": "suka kopi"})).await;
    story.put(&path, json!({"note": "suka teh"})).await;
    story
        .put(&path, json!({"phone_number": "081234567890"}))
        .await;
    story.put(&path, json!({})).await;
    story.get(&path).await;
    story.get("/api/contacts?limit=1").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_new_business_sees_nothing_of_another() {
    let mut story = story::<Cekat>();
    let body = json!({"business_name": "Toko Melati", "email": "melati@example.com", "phone_number": "6280000004183",
        "password": "rahasia", "referral_code": "orderonline"});
    let made = story.post("/register", body.clone()).await.json();
    story.post("/register", body).await;
    let key = made["cekat_api_key"].as_str().unwrap().to_owned();
    story.with_header("api_key", Some(&key));
    story.get("/businesses").await;
    story.get("/integrations").await;
    story.get("/inboxes").await;
    story.get("/api/orders").await;
    story.get(&format!("/api/conversations/{DEWI}")).await;
    story.delete("/templates/956322736884885").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_campaign_counts_what_becomes_of_its_messages() {
    let mut story = story::<Cekat>();
    story
        .happen(
            json!({"happening": "campaign_launched", "name": "Promo April", "inbox": PROMO,
            "wa_template_id": "9941043419347349", "recipients": ["6281234567890", "628110004803"]}),
        )
        .await;
    story.wait_until_idle().await;
    story
        .happen(json!({"happening": "customer_writes", "inbox": PROMO, "from": "6281234567890", "text": "Mau!"}))
        .await;
    let campaigns = story.get("/api/campaigns?limit=1").await.json();
    let id = campaigns["data"][0]["id"].as_str().unwrap().to_owned();
    let answer = story.get(&format!("/api/campaigns/{id}/messages")).await;
    story.assert_honest();
    assert_snapshot!(answer.json()["metadata"]["metrics"], @r#"{"sent":1,"delivered":1,"read":1,"replied":1,"failed":1}"#);
    assert_eq!(campaigns["data"][0]["total_replied"], 1);
}

#[tokio::test]
async fn a_machine_that_is_asked_is_paid() {
    let mut story = story::<Cekat>();
    let path = "/api/messages/summary/ai_credits?start_date=2026-04-14&end_date=2026-04-14";
    let before = story.get(path).await.json();
    let prompt = json!({"messages": [{"id": 1, "message": "hi", "sent_by_type": "user"}],
        "ai_agent_id": "ab759ac2-9f24-402f-9873-57b2e18c474e"});
    story.post("/api/ai_response/beta", prompt).await;
    let after = story.get(path).await.json();
    let credits = |answer: &Value| answer["data"]["total_ai_credits_used"].as_i64();
    assert_eq!((credits(&before), credits(&after)), (Some(0), Some(1)));
    story.assert_honest();
}

/// Tools that know one value per name of a path variable must get along with it, whatever the path.
#[tokio::test]
async fn one_value_per_name_of_a_path_variable_is_enough() {
    let contract = contract();
    let values = contract["x-variables"].clone();
    let mut filled = 0;
    for operation in operations(&contract) {
        for variant in operation["x-variants"].as_array().unwrap() {
            let mut request = variant["request"].clone();
            for (name, value) in request["path"].as_object_mut().into_iter().flatten() {
                let known = &values[format!("path:{name}")];
                assert!(known.is_string(), "no value for {name}");
                *value = known.clone();
                filled += 1;
            }
            let mut story = story::<Cekat>();
            let answer = send(&mut story, &request).await;
            let told = story.transcript();
            assert!(answer.status.is_success(), "{}: {told}", variant["title"]);
        }
    }
    assert_eq!(filled, 32);
}
