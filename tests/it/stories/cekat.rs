//! Cekat: who may call, what is refused and how, and what a user would tell of templates, talks, boards and orders.

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
