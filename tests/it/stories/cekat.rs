//! Cekat: who may call, what is refused and how, and the documented answers.

use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use mock_server::kernel::layers::auth::AuthMode;
use mock_server::kernel::rate_limit::RateLimiting;
use mock_server::kernel::vendor::Vendor as _;
use mock_server::vendors::cekat::Cekat;
use serde_json::json;

use crate::support::story::{Story, story, story_with};

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
    let form = |fields: &[(&str, &str)], file: &str| {
        let mut form = String::new();
        for (name, value) in fields {
            form.push_str(&format!(
                "--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        form.push_str(&format!(
            "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\r\nimage\r\n--part--\r\n"
        ));
        form
    };
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
        let body = form(&fields(category, language), file);
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

#[tokio::test]
async fn documented_answers_are_replayed() {
    let mut story = story::<Cekat>();
    story.show_headers(&["x-mock-evidence"]);
    let register = "business_name=testing&email=testing%40cekat.com&phone_number=6280000004183&password=123456&referral_code=orderonline";
    let kind = "application/x-www-form-urlencoded";
    story
        .send(Method::POST, "/register", kind, Some(register.to_owned()))
        .await;
    story.get("/businesses").await;
    story
        .get("/api/conversations/3e44c822-fa61-4031-95fa-324751c4e119")
        .await;
    story.get(PRICE).await;
    assert_snapshot!(story.transcript());
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
