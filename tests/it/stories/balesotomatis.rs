//! BalesOtomatis: what its users would tell.

use std::sync::Arc;
use std::time::Duration;

use contracts::adapters::balesotomatis::IncomingChat;
use http::{Method, StatusCode};
use insta::assert_snapshot;
use mock_server::kernel::delivery::Endpoint;
use mock_server::kernel::layers::auth::AuthMode;
use mock_server::vendors::balesotomatis::BalesOtomatis;
use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::story;
use crate::support::story::story_with;

const KEY: &str = "demoBalesKey0000001";
const DEVICE: &str = "BO-AAAA1111BBBB2222";
const ASLEEP: &str = "BO-CCCC3333DDDD4444";
const LICENCE: &str = "WB-DEMO0001";

/// A request of the account itself.
fn account(members: Value) -> Value {
    with(json!({"api_key": KEY}), members)
}

/// A request through the connected device.
fn device(members: Value) -> Value {
    with(json!({"api_key": KEY, "number_id": DEVICE}), members)
}

/// A request through the official number.
fn official(members: Value) -> Value {
    with(json!({"secret_key": KEY, "licenses_key": LICENCE}), members)
}

fn with(mut credentials: Value, members: Value) -> Value {
    if let (Value::Object(all), Value::Object(more)) = (&mut credentials, members) {
        all.extend(more);
    }
    credentials
}

/// How far each message got, in the order they were sent.
fn outbox(state: &Value) -> Vec<String> {
    let messages = state["messages"].as_array().into_iter().flatten();
    let told = messages.map(|message| {
        let failure = message["failure"]
            .as_str()
            .map(|why| format!(": {why}"))
            .unwrap_or_default();
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        format!(
            "{} to {} {}{failure}",
            text("kind"),
            text("peer"),
            text("status")
        )
    });
    told.collect()
}

#[tokio::test]
async fn whoever_shows_the_wrong_thing_is_told_which() {
    let mut story = story::<BalesOtomatis>();
    let path = "/public/v1/validate_number";
    story
        .post(
            path,
            json!({"number_id": DEVICE, "phone_no": "81200000001"}),
        )
        .await;
    story
        .post(
            path,
            json!({"api_key": "nobody's", "number_id": DEVICE, "phone_no": "81200000001"}),
        )
        .await;
    story
        .post(path, json!({"api_key": KEY, "phone_no": "81200000001"}))
        .await;
    story
        .post(
            path,
            json!({"api_key": KEY, "number_id": "BO-0000000000000000", "phone_no": "81200000001"}),
        )
        .await;
    story
        .post(
            "/public/v1/get-template-list",
            json!({"api_key": KEY, "licenses_key": LICENCE}),
        )
        .await;
    story
        .post(
            "/public/v1/get-template-list",
            json!({"secret_key": KEY, "licenses_key": "WB-NOBODYS"}),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused() {
    let mut story = story::<BalesOtomatis>();
    story.show_headers(&["content-type", "allow"]);
    let commented = format!("{{\"api_key\": \"{KEY}\"}} // a comment");
    story
        .send(
            Method::POST,
            "/public/v1/info",
            "application/json",
            Some(commented),
        )
        .await;
    story
        .send(
            Method::POST,
            "/public/v1/info",
            "application/json",
            Some("[]".into()),
        )
        .await;
    story
        .send(Method::POST, "/public/v1/info", "application/json", None)
        .await;
    story
        .post("/public/v1/validate_number", device(json!({})))
        .await;
    story
        .post(
            "/public/v1/send_personal_message",
            device(json!({"phone_no": "", "message": "Halo"})),
        )
        .await;
    story
        .post(
            "/public/v1/send_personal_message",
            device(json!({"phone_no": "123", "message": "Halo"})),
        )
        .await;
    story
        .post("/public/v1/grab", device(json!({"type": "everything"})))
        .await;
    story.get("/public/v1/info").await;
    story
        .post("/public/v1/create_template", official(json!({})))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_body_is_json_whatever_its_content_type_says() {
    let mut story = story::<BalesOtomatis>();
    story.show_headers(&[
        "content-type",
        "cache-control",
        "expires",
        "access-control-allow-origin",
    ]);
    let body = account(json!({"access_token": "left over"})).to_string();
    story
        .send(
            Method::POST,
            "/public/v1/info",
            "application/x-www-form-urlencoded",
            Some(body),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_documented_answer_can_be_asked_for_by_name() {
    let mut story = story::<BalesOtomatis>();
    story.with_header("prefer", Some("example=\"Window closed\""));
    story
        .post("/public/v1/send_meta_personal_message", official(json!({})))
        .await;
    story.with_header("prefer", Some("code=408"));
    story
        .post("/public/v1/grab", device(json!({"type": "group"})))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_text_is_taken_on_sent_delivered_and_read() {
    let mut story = story::<BalesOtomatis>();
    let text = json!({"enable_typing": "1", "method_send": "async", "phone_no": "81200000001", "country_code": "62", "message": "Halo"});
    story
        .post("/public/v1/send_personal_message", device(text))
        .await;
    assert_eq!(outbox(&story.state()), ["text to 6281200000001 queued"]);
    story.wait(Duration::from_secs(4)).await;
    assert_eq!(outbox(&story.state()), ["text to 6281200000001 sent"]);
    story.wait(Duration::from_secs(2)).await;
    assert_eq!(outbox(&story.state()), ["text to 6281200000001 delivered"]);
    story.wait_until_idle().await;
    assert_eq!(outbox(&story.state()), ["text to 6281200000001 read"]);
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_number_may_be_written_in_many_ways() {
    let mut story = story::<BalesOtomatis>();
    for members in [
        json!({"phone_no": "81200000001", "country_code": "62", "enable_typing": "1", "method_send": "async", "message": "Halo"}),
        json!({"phone_no": "6281200000001", "country_code": "62", "message": "Halo"}),
        json!({"phone_no": "081200000001", "message": "Halo"}),
        json!({"phone_no": 81_200_000_001_u64, "country_code": 62, "message": "Halo", "url": "ignored", "type": "ignored"}),
    ] {
        let answer = story
            .post("/public/v1/send_personal_message", device(members))
            .await;
        assert_eq!(answer.status, 200);
    }
    assert_eq!(outbox(&story.state()), ["text to 6281200000001 queued"; 4]);
    story.assert_honest();
}

#[tokio::test]
async fn an_image_brings_its_text_along_or_beside_it() {
    let mut story = story::<BalesOtomatis>();
    let image = json!({"phone_no": "81200000001", "message": "Promo", "image_url": "https://example.com/assets/example.png"});
    story
        .post("/public/v1/send_personal_message", device(image.clone()))
        .await;
    story
        .post(
            "/public/v1/send_personal_message",
            device(with(image, json!({"send_as_caption": 0}))),
        )
        .await;
    let file = json!({"phone_no": "81200000001", "message": "Faktur", "file_url": "https://example.com/assets/example.pdf"});
    story
        .post("/public/v1/send_personal_file", device(file))
        .await;
    let to = "to 6281200000001 queued";
    assert_eq!(
        outbox(&story.state()),
        ["image", "image", "text", "file"].map(|kind| format!("{kind} {to}"))
    );
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn only_an_admin_may_write_to_a_group() {
    let mut story = story::<BalesOtomatis>();
    let path = "/public/v1/send_group_message";
    story
        .post(
            path,
            device(json!({"group_id": "120363000000000001", "message": "Halo semua"})),
        )
        .await;
    let file = json!({"group_id": "120363000000000001@g.us", "file_url": "https://example.com/assets/example.pdf"});
    story.post("/public/v1/send_group_file", device(file)).await;
    story
        .post(
            path,
            device(json!({"group_id": "120363000000000002", "message": "Halo"})),
        )
        .await;
    story
        .post(
            path,
            device(json!({"group_id": "120363999999999999", "message": "Halo"})),
        )
        .await;
    story.wait_until_idle().await;
    assert_eq!(
        outbox(&story.state()),
        [
            "text to 120363000000000001 read",
            "file to 120363000000000001 read"
        ]
    );
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_phone_without_network_fails_at_once_or_later() {
    let mut story = story::<BalesOtomatis>();
    let through = |members| with(json!({"api_key": KEY, "number_id": ASLEEP}), members);
    let path = "/public/v1/send_personal_message";
    story
        .post(
            path,
            through(json!({"phone_no": "81200000001", "message": "Halo", "method_send": "sync"})),
        )
        .await;
    story
        .post(
            path,
            through(json!({"phone_no": "81200000001", "message": "Halo", "method_send": "async"})),
        )
        .await;
    story
        .post(
            "/public/v1/validate_number",
            through(json!({"phone_no": "81200000001"})),
        )
        .await;
    story
        .post("/public/v1/grab", through(json!({"type": "contacts"})))
        .await;
    story.wait_until_idle().await;
    assert_eq!(
        outbox(&story.state()),
        ["text to 6281200000001 failed: WhatsApp Instance Not Started"]
    );
    story
        .happen(json!({"happening": "device_connected", "number_id": ASLEEP}))
        .await;
    story
        .post(
            path,
            through(json!({"phone_no": "81200000001", "message": "Halo", "method_send": "sync"})),
        )
        .await;
    story.post("/public/v1/info", account(json!({}))).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_checked_number_is_remembered_in_the_audiences() {
    let mut story = story::<BalesOtomatis>();
    story
        .post(
            "/public/v1/validate_number",
            device(json!({"phone_no": "81200000011", "country_code": "62"})),
        )
        .await;
    story
        .post(
            "/public/v1/validate_number",
            device(json!({"phone_no": "81200000404", "country_code": "62"})),
        )
        .await;
    let by_status = json!({
        "contact_id": "cb001", "draw": 7, "start": 0, "length": 3, "search": {"value": ""},
        "order": [{"column": 1, "dir": "desc"}], "columns": [{"data": "name"}, {"data": "status"}],
    });
    story
        .post("/public/v1/get-list-audiences", account(by_status))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn lists_are_searched_ordered_and_paged() {
    let mut story = story::<BalesOtomatis>();
    let path = "/public/v1/get-list-contacts";
    story.post(path, account(json!({"start": 0, "length": 1, "order_by": "contacts_audience", "order_dir": "desc"}))).await;
    story
        .post(path, account(json!({"search": {"value": "BARU"}})))
        .await;
    story
        .post(
            "/public/v1/get-list-audiences",
            account(json!({"contact_id": "cb001", "search": "sari", "start": "0"})),
        )
        .await;
    story
        .post(
            "/public/v1/get-list-audiences",
            account(json!({"contact_id": "nobody's"})),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_phone_shows_its_contacts_and_groups() {
    let mut story = story::<BalesOtomatis>();
    story
        .post("/public/v1/grab", device(json!({"type": "contacts"})))
        .await;
    story
        .post("/public/v1/grab", device(json!({"type": "group"})))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_code_is_spent_once_and_only_in_time() {
    let mut story = story::<BalesOtomatis>();
    let order = json!({
        "phone_no": "81200000001", "country_code": "62", "customer_name": "Bima", "service_name": "Masuk",
        "company_name": "Toko Contoh", "lifetime": "60",
    });
    let validate = "/public/v1/validate_otp";
    let code = |answer: &crate::support::story::Answer| answer.json()["otp_code"].clone();
    let issued = story
        .post("/public/v1/send_otp", device(order.clone()))
        .await;
    story.wait(Duration::from_millis(59_999)).await;
    story
        .post(validate, account(json!({"otp_code": code(&issued)})))
        .await;
    story
        .post(validate, account(json!({"otp_code": code(&issued)})))
        .await;
    let issued = story.post("/public/v1/send_otp", device(order)).await;
    story.wait(Duration::from_secs(60)).await;
    story
        .post(validate, account(json!({"otp_code": code(&issued)})))
        .await;
    story
        .post(validate, account(json!({"otp_code": "000000"})))
        .await;
    assert_snapshot!(story.transcript());
}

/// The documented template, submitted.
fn location() -> Value {
    json!({
        "name": "lokasi_toko", "language": "id", "category": "UTILITY", "submitToFacebook": true,
        "header": {"type": "LOCATION", "name": "Toko Pusat", "address": "Jl. Contoh No.1, Jakarta", "latitude": -6.3555, "longitude": 101.816},
        "body": "Halo {{1}}, ini lokasi toko kami.",
        "variables": [{"placeholder": "{{1}}", "label": "Nama", "example": "Sari"}],
        "buttons": [{"type": "QUICK_REPLY", "data": {"label": "Terima kasih"}}],
    })
}

/// A request of template creation, which spells the licence differently.
fn creation(members: Value) -> Value {
    with(
        with(
            json!({"secret_key": KEY, "licensesKey": LICENCE}),
            location(),
        ),
        members,
    )
}

#[tokio::test]
async fn a_template_is_reviewed_and_can_then_be_sent() {
    let mut story = story::<BalesOtomatis>();
    let list = json!({"search": "lokasi", "start": 0, "length": 20});
    let created = story
        .post("/public/v1/create-template", creation(json!({})))
        .await;
    let id = created.json()["fb_response"]["id"].clone();
    story
        .post("/public/v1/get-template-list", official(list.clone()))
        .await;
    let send = json!({"recipients": "6281200000055", "platform": "whatsapp_bisnis_api", "template": id, "variables": ["Sari"]});
    story
        .post("/public/v1/send_message_template", official(send.clone()))
        .await;
    story.wait(Duration::from_secs(600)).await;
    story
        .post("/public/v1/get-template-list", official(list))
        .await;
    story
        .post("/public/v1/send_message_template", official(send))
        .await;
    story.wait_until_idle().await;
    assert_eq!(outbox(&story.state()), ["template to 6281200000055 read"]);
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_template_that_nobody_submits_stays_a_draft() {
    let mut story = story::<BalesOtomatis>();
    let path = "/public/v1/create-template";
    story
        .post(path, creation(json!({"submitToFacebook": false})))
        .await;
    let doubled = json!({"licenses_key": LICENCE, "secretKey": KEY, "components": [{"type": "BODY", "text": "Halo"}]});
    story.post(path, creation(doubled)).await;
    story
        .post(
            "/public/v1/get-template-list",
            official(json!({"search": "lokasi"})),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_meta_refuses_comes_with_200_and_leaves_no_trace() {
    let mut story = story::<BalesOtomatis>();
    let path = "/public/v1/create-template";
    story
        .post(
            path,
            creation(json!({"body": "Ini lokasi toko kami, {{1}}"})),
        )
        .await;
    story
        .post(path, creation(json!({"name": "order_confirmation"})))
        .await;
    story.post(path, creation(json!({"variables": []}))).await;
    story
        .post(path, creation(json!({"name": "Lokasi Toko"})))
        .await;
    story
        .post(path, creation(json!({"category": "PROMO"})))
        .await;
    let listed = story
        .post("/public/v1/get-template-list", official(json!({})))
        .await;
    assert_eq!(listed.json()["TotalRecords"], 4);
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_template_is_sent_by_id_or_in_the_older_shape() {
    let mut story = story::<BalesOtomatis>();
    let path = "/public/v1/send_message_template";
    let by_id = json!({"recipients": "6281234567890", "platform": "whatsapp_bisnis_api", "method_send": "async", "template": "900000000000002", "variables": ["Sari", "A-1", "3"]});
    story.post(path, official(by_id.clone())).await;
    let older = json!({
        "reciptient": "6281234567890", "platform": "whatsapp", "method_send": "async",
        "template": {"name": "nama_template_meta", "language": "id", "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Sari"}, {"type": "text", "text": "dikirim"}]},
        ]},
    });
    story.post(path, official(older)).await;
    story
        .post(
            path,
            official(with(
                by_id.clone(),
                json!({"template": "order_confirmation"}),
            )),
        )
        .await;
    story
        .post(
            path,
            official(with(by_id.clone(), json!({"variables": ["Sari"]}))),
        )
        .await;
    story
        .post(
            path,
            official(with(
                by_id.clone(),
                json!({"recipients": ["6281234567890"]}),
            )),
        )
        .await;
    story
        .post(path, official(with(by_id, json!({"platform": "whatsapp"}))))
        .await;
    assert_snapshot!(story.transcript());
}

/// A message into a conversation.
fn to(recipient: &str, members: Value) -> Value {
    official(with(
        json!({"reciptient": recipient, "platform": "whatsapp", "method_send": "async"}),
        members,
    ))
}

#[tokio::test]
async fn an_open_conversation_takes_all_kinds() {
    let mut story = story::<BalesOtomatis>();
    let path = "/public/v1/send_meta_personal_message";
    let open = "6281234567890";
    story
        .post(
            path,
            to(open, json!({"message": "Halo, ini pesan dari API."})),
        )
        .await;
    story.post(path, to(open, json!({"message": "Ini caption gambar.", "image_url": "https://example.com/image.jpg", "send_as_caption": 1}))).await;
    story.post(path, to(open, json!({"messageType": "document", "file_url": "https://example.com/invoice-001.pdf", "fileName": "invoice.pdf"}))).await;
    story.post(path, to(open, json!({"messageType": "location", "latitude": "-6.2", "longitude": "106.816666", "nameLocation": "Jakarta Pusat", "message": "extra"}))).await;
    story
        .post(
            path,
            official(
                json!({"recipient": open, "platform": "whatsapp", "message": "spelt correctly"}),
            ),
        )
        .await;
    story.wait_until_idle().await;
    let read =
        ["text", "image", "document", "location"].map(|kind| format!("{kind} to {open} read"));
    assert_eq!(outbox(&story.state()), read);
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_conversation_closes_a_day_after_the_customers_last_word() {
    let mut story = story::<BalesOtomatis>();
    let path = "/public/v1/send_meta_personal_message";
    let closed = "6281200000055";
    story
        .post(
            path,
            to(closed, json!({"message": "Halo", "method_send": "sync"})),
        )
        .await;
    story
        .post(path, to(closed, json!({"message": "Halo"})))
        .await;
    story.wait_until_idle().await;
    assert_eq!(
        outbox(&story.state()),
        [format!(
            "text to {closed} failed: Re-engagement message (131047)"
        )]
    );
    story.happen(json!({"happening": "incoming_chat", "number": LICENCE, "from": closed, "name": "Ratna", "text": "Masih buka?"})).await;
    story
        .post(
            path,
            to(closed, json!({"message": "Masih.", "method_send": "sync"})),
        )
        .await;
    story.wait(Duration::from_secs(24 * 60 * 60)).await;
    story
        .post(
            path,
            to(closed, json!({"message": "Halo", "method_send": "sync"})),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn what_comes_in_is_told_and_what_goes_out_by_hand_is_echoed() {
    let mut story = story::<BalesOtomatis>();
    story.happen(json!({"happening": "incoming_chat", "number": DEVICE, "from": "81200000001", "text": "Halo"})).await;
    story.happen(json!({"happening": "incoming_chat", "from": "6281200000055", "name": "Ratna", "media_mime": "image/jpeg", "media_name": "photo.jpg"})).await;
    story.happen(json!({"happening": "incoming_chat", "number": DEVICE, "from": "81200000001", "group": "120363000000000001", "lat": -6.2, "lng": 106.816_666})).await;
    story.happen(json!({"happening": "typed_on_phone", "number": DEVICE, "from": "81200000001", "text": "Sama-sama"})).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_published_placeholders_stand_for_the_seed() {
    let mut story = story::<BalesOtomatis>();
    let personal = json!({"api_key": "YOUR-API-KEY", "number_id": "YOUR-NUMBER-ID", "phone_no": "YOUR-TARGET-PHONE-NUMBER", "country_code": "62", "message": "Hi"});
    let group = json!({"api_key": "YOUR-API-KEY", "number_id": "YOUR-NUMBER-ID", "group_id": "YOUR-TARGET-GROUP-ID", "message": "Hi"});
    let conversation = json!({"secret_key": "ISI_SECRET_KEY_KAMU", "licenses_key": "ISI_LICENSES_KEY_KAMU", "reciptient": "62xxxxxxx", "platform": "whatsapp", "message": "Hi"});
    let template = json!({"secret_key": "ISI_SECRET_KEY_KAMU", "licenses_key": "ISI_LICENSES_KEY_KAMU", "recipients": "6281234567890", "platform": "whatsapp_bisnis_api", "template": "TEMPLATE_ID_KAMU", "variables": ["1", "2", "3"]});
    let code = json!({"api_key": "YOUR-API-KEY", "otp_code": "OTP-CODE-HERE"});
    for (path, body) in [
        ("/public/v1/send_personal_message", personal),
        ("/public/v1/send_group_message", group),
        ("/public/v1/send_meta_personal_message", conversation),
        ("/public/v1/send_message_template", template),
        ("/public/v1/validate_otp", code),
    ] {
        assert_eq!(story.post(path, body).await.status, 200, "{path}");
    }
    story.assert_honest();
}

#[tokio::test]
async fn refusals_may_travel_as_successes() {
    let mut story = story::<BalesOtomatis>();
    let mut state = story.state();
    state["settings"]["errors_as_http_200"] = json!(true);
    let slot = story
        .workspace()
        .slot("balesotomatis")
        .expect("the story's vendor");
    slot.restore(&state).expect("a state that was dumped");
    story
        .post("/public/v1/info", json!({"api_key": "nobody's"}))
        .await;
    story
        .post(
            "/public/v1/validate_otp",
            account(json!({"otp_code": "191432"})),
        )
        .await;
    let closed = to(
        "6281200000055",
        json!({"message": "Halo", "method_send": "sync"}),
    );
    story
        .post("/public/v1/send_meta_personal_message", closed)
        .await;
    story
        .post("/public/v1/create-template", official(json!({})))
        .await;
    story.post("/public/v1/nowhere", json!({})).await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_limit_of_sends_counts_per_number_and_minute() {
    let mut story = story::<BalesOtomatis>();
    let mut state = story.state();
    state["settings"]["sends_per_minute"] = json!(2);
    let slot = story
        .workspace()
        .slot("balesotomatis")
        .expect("the story's vendor");
    slot.restore(&state).expect("a state that was dumped");
    let text = device(json!({"phone_no": "81200000001", "message": "Halo"}));
    let path = "/public/v1/send_personal_message";
    assert_eq!(story.post(path, text.clone()).await.status, 200);
    story.wait(Duration::from_secs(30)).await;
    assert_eq!(story.post(path, text.clone()).await.status, 200);
    let refused = story.post(path, text.clone()).await;
    assert_snapshot!(refused.text, @r#"{"code":"400","message":"Reached of Rate-Limited","type":"fatal_error"}"#);
    let other = to("6281234567890", json!({"message": "Halo"}));
    assert_eq!(
        story
            .post("/public/v1/send_meta_personal_message", other)
            .await
            .status,
        200
    );
    story.wait(Duration::from_secs(30)).await;
    assert_eq!(story.post(path, text).await.status, 200);
    story.assert_honest();
}

#[tokio::test]
async fn a_missed_call_opens_the_window_and_is_not_told() {
    let mut story = story::<BalesOtomatis>();
    let text = to(
        "6281200000055",
        json!({"message": "Anda menelepon?", "method_send": "sync"}),
    );
    assert_eq!(
        story
            .post("/public/v1/send_meta_personal_message", text.clone())
            .await
            .status,
        400
    );
    story
        .happen(json!({"happening": "missed_call", "from": "6281200000055"}))
        .await;
    assert_eq!(
        story
            .post("/public/v1/send_meta_personal_message", text)
            .await
            .status,
        200
    );
    assert!(!story.transcript().contains('↯'));
}

#[tokio::test]
async fn any_key_will_do_where_the_server_is_told_so() {
    let mut story = story_with::<BalesOtomatis>(|options| options.auth = AuthMode::Any);
    let strange = json!({"api_key": "anything", "number_id": "BO-ANYTHING", "phone_no": "81200000001", "message": "Halo"});
    assert_eq!(
        story
            .post("/public/v1/send_personal_message", strange)
            .await
            .status,
        200
    );
    let strange = json!({"secret_key": "anything", "licenses_key": "WB-ANYTHING"});
    assert_eq!(
        story
            .post("/public/v1/get-template-list", strange)
            .await
            .json()["TotalRecords"],
        4
    );
    assert_eq!(
        story
            .post(
                "/public/v1/get-template-list",
                json!({"secret_key": "anything"})
            )
            .await
            .status,
        405
    );
    story.assert_honest();
}

#[tokio::test]
async fn a_chat_is_posted_once_with_the_number_that_heard_it() {
    let mut story = story::<BalesOtomatis>();
    let (all, one) = (Receiver::start().await, Receiver::start().await);
    let slot = Arc::clone(
        story
            .workspace()
            .slot("balesotomatis")
            .expect("the story's vendor"),
    );
    slot.edit_endpoints(&mut |endpoints| {
        endpoints.put(Endpoint::new(&all.url("/all")));
        endpoints.put(Endpoint {
            events: vec![LICENCE.to_owned()],
            ..Endpoint::new(&one.url("/official"))
        });
    });
    all.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    story.happen(json!({"happening": "incoming_chat", "number": DEVICE, "from": "81200000001", "text": "Halo"})).await;
    story.happen(json!({"happening": "incoming_chat", "from": "6281200000055", "name": "Ratna", "text": "Masih buka?"})).await;
    story.workspace().deliveries.settled().await;
    story.wait(Duration::from_secs(24 * 60 * 60)).await;
    let heard = |receiver: &Receiver| -> Vec<String> {
        let chats = receiver.arrived().into_iter().map(|arrived| {
            let chat = IncomingChat::read(&arrived.headers, &arrived.body, &[DEVICE, LICENCE])
                .expect("a chat");
            format!(
                "{} heard {} say {}",
                chat.number, chat.data.name, chat.data.message_body
            )
        });
        chats.collect()
    };
    let to_phone = format!("{DEVICE} heard Contact 1 say Halo");
    let to_official = format!("{LICENCE} heard Ratna say Masih buka?");
    assert_eq!(heard(&one), std::slice::from_ref(&to_official));
    let mut both = heard(&all);
    both.sort();
    assert_eq!(
        both,
        [to_phone, to_official],
        "the failed one is not tried again"
    );
    story.assert_honest();
}

#[tokio::test]
async fn a_paused_template_loses_its_id_until_meta_relents() {
    let mut story = story::<BalesOtomatis>();
    let send = json!({"recipients": "6281200000055", "platform": "whatsapp_bisnis_api", "template": "900000000000002", "variables": ["Sari", "A-1", "3"]});
    let path = "/public/v1/send_message_template";
    for (status, id, answered) in [
        ("PAUSED", "", 400),
        ("APPROVED", "900000000000002", 200),
        ("DISABLED", "", 400),
    ] {
        story
            .happen(
                json!({"happening": "template_reviewed", "template": "tpl002", "status": status}),
            )
            .await;
        let listed = story
            .post(
                "/public/v1/get-template-list",
                official(json!({"search": "order_confirmation"})),
            )
            .await
            .json();
        assert_eq!(
            (
                &listed["data"][0]["template_status"],
                &listed["data"][0]["templateId"]
            ),
            (&json!(status), &json!(id))
        );
        assert_eq!(
            story.post(path, official(send.clone())).await.status,
            answered
        );
    }
    story.assert_honest();
}

#[tokio::test]
async fn a_published_number_meets_its_published_fate() {
    let mut ends = Vec::new();
    for suffix in [
        "4801", "4802", "4803", "4804", "4805", "4806", "4829", "4850",
    ] {
        for (method, path) in [
            ("async", "send_personal_message"),
            ("sync", "send_personal_message"),
            ("sync", "send_meta_personal_message"),
        ] {
            let mut story = story::<BalesOtomatis>();
            let number = format!("628110000{suffix}");
            let body = if path == "send_personal_message" {
                device(json!({"phone_no": number, "message": "Halo", "method_send": method}))
            } else {
                story
                    .happen(json!({"happening": "missed_call", "from": number}))
                    .await;
                to(&number, json!({"message": "Halo", "method_send": method}))
            };
            let before = story.state();
            let answer = story.post(&format!("/public/v1/{path}"), body).await;
            story.wait_until_idle().await;
            let end = match outbox(&story.state()).pop() {
                Some(end) => end.replace(&format!("text to {number} "), ""),
                None => answer.text.clone(),
            };
            if !answer.status.is_success() {
                assert_eq!(story.state(), before, "{suffix} left a trace");
            }
            ends.push(format!("{suffix}: {end}"));
            story.assert_honest();
        }
    }
    ends.dedup();
    assert_snapshot!(ends.join("\n"), @r#"
    4801: sent
    4802: delivered
    4803: failed: Message undeliverable (131026)
    4804: failed: Re-engagement message (131047)
    4805: failed: Media upload error (131053)
    4806: failed: Rate limit hit (130429)
    4829: {"code":"400","message":"Reached of Rate-Limited","type":"fatal_error"}
    4850: {"code":"500","message":"Internal Server Error","type":"fatal_error"}
    "#);
}

/// Each family misses its own names, and is told so in the same words.
#[tokio::test]
async fn whoever_shows_nothing_is_refused_in_every_family() {
    let mut story = story::<BalesOtomatis>();
    let before = story.state();
    for (path, shown, code) in [
        ("info", json!({}), 405),
        ("info", json!({"secret_key": KEY}), 405),
        ("validate_otp", json!({"otp_code": "071908"}), 405),
        (
            "send_personal_message",
            json!({"api_key": KEY, "phone_no": "81200000001", "message": "Halo"}),
            405,
        ),
        (
            "send_personal_message",
            json!({"number_id": DEVICE, "phone_no": "81200000001", "message": "Halo"}),
            405,
        ),
        (
            "send_meta_personal_message",
            json!({"secret_key": KEY, "reciptient": "6281234567890", "platform": "whatsapp", "message": "Halo"}),
            405,
        ),
        (
            "create-template",
            with(json!({"licensesKey": LICENCE}), location()),
            405,
        ),
        (
            "create-template",
            with(
                json!({"secret_key": "nobody's", "licensesKey": LICENCE}),
                location(),
            ),
            403,
        ),
        (
            "create-template",
            with(
                json!({"secret_key": KEY, "licensesKey": "WB-NOBODYS"}),
                location(),
            ),
            404,
        ),
    ] {
        let answer = story.post(&format!("/public/v1/{path}"), shown).await;
        let words = match code {
            403 => "Invalid API Key",
            404 => "Invalid Number ID",
            _ => "Wrong Required Parameter",
        };
        let refusal = json!({"code": code.to_string(), "message": words, "type": "fatal_error"});
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (code, refusal),
            "{path}"
        );
    }
    // Nobody has seen a conflict here; whoever asks for one gets it in the vendor's shape.
    story.with_header("prefer", Some("code=409"));
    let conflict = json!({"code": "409", "message": "Conflict", "type": "fatal_error"});
    for (path, body) in [
        ("info", account(json!({}))),
        ("grab", device(json!({"type": "group"}))),
        ("get-template-list", official(json!({}))),
    ] {
        let answer = story.post(&format!("/public/v1/{path}"), body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (409, conflict.clone()),
            "{path}"
        );
    }
    assert_eq!(story.state(), before);
}

#[tokio::test]
async fn a_template_without_variables_is_sent_with_an_empty_list() {
    let mut story = story::<BalesOtomatis>();
    let plain = json!({"name": "sapaan", "body": "Halo dari toko kami.", "variables": []});
    let created = story
        .post("/public/v1/create-template", creation(plain))
        .await;
    story.wait(Duration::from_secs(600)).await;
    let id = created.json()["fb_response"]["id"].clone();
    let send = json!({"recipients": "6281200000055", "platform": "whatsapp_bisnis_api", "template": id, "variables": []});
    let queued = story
        .post("/public/v1/send_message_template", official(send))
        .await
        .json();
    assert_eq!(
        (&queued["message"], &queued["template"]),
        (&json!("queued"), &json!("sapaan"))
    );
    story.assert_honest();
}

/// The shapes that public clients were seen to send.
#[tokio::test]
async fn what_real_clients_send_is_taken_or_refused_as_they_found_it() {
    let mut story = story::<BalesOtomatis>();
    let text = |more| device(with(json!({"message": "Halo"}), more));
    let image = json!({"group_id": "120363000000000001", "image_url": "https://example.com/a.png", "send_as_caption": "1"});
    let file = json!({"group_id": "120363000000000001", "file_url": "https://example.com/a.pdf"});
    let by_id = json!({"recipients": "6281234567890", "platform": "whatsapp_bisnis_api", "template": "900000000000003", "variables": ["1", "2"]});
    let both = json!({"licenses_key": LICENCE, "secretKey": KEY, "header": null, "buttons": null, "name": "sapaan", "body": "Halo", "variables": []});
    let document = json!({"messageType": "document", "file_url": "https://example.com/a.pdf", "message": "extra"});
    for (status, path, body) in [
        (200, "info", account(json!({}))),
        (
            200,
            "send_personal_message",
            text(
                json!({"enable_typing": "1", "method_send": "async", "phone_no": "81200000001", "country_code": "62"}),
            ),
        ),
        (
            200,
            "send_personal_message",
            text(json!({"phone_no": "6281200000001", "country_code": "62"})),
        ),
        (
            200,
            "send_personal_message",
            text(json!({"phone_no": "81200000001", "url": "https://example.com", "type": "text"})),
        ),
        (
            200,
            "send_group_message",
            text(json!({"group_id": "120363000000000001"})),
        ),
        (200, "send_group_message", text(image)),
        (200, "send_group_file", text(file)),
        (
            200,
            "get-template-list",
            official(json!({"search": "", "start": 0, "length": 100})),
        ),
        (200, "send_message_template", official(by_id.clone())),
        (
            200,
            "send_meta_personal_message",
            to("6281234567890", document),
        ),
        (
            200,
            "send_meta_personal_message",
            to("6281234567890", json!({"message": "Halo"})),
        ),
        (
            200,
            "send_meta_personal_message",
            to(
                "6281234567890",
                json!({"image_url": "https://example.com/a.png", "message": "Lihat", "send_as_caption": 1}),
            ),
        ),
        (
            200,
            "send_meta_personal_message",
            to(
                "6281234567890",
                json!({"messageType": "location", "latitude": "-6.2", "longitude": "106.8", "nameLocation": "Toko", "message": "extra"}),
            ),
        ),
        (200, "create-template", creation(both)),
        (403, "info", json!({"api_key": "wrong"})),
        (
            404,
            "send_personal_message",
            json!({"api_key": KEY, "number_id": "BO-WRONG", "phone_no": "81200000001", "message": "Halo"}),
        ),
        (405, "send_personal_message", text(json!({"phone_no": ""}))),
        (
            405,
            "send_message_template",
            official(with(
                by_id.clone(),
                json!({"recipients": ["6281234567890"]}),
            )),
        ),
        (
            400,
            "send_message_template",
            official(with(by_id, json!({"template": "nama_template_meta"}))),
        ),
        (404, "create_template", creation(json!({}))),
        (404, "add_template", creation(json!({}))),
    ] {
        let answer = story.post(&format!("/public/v1/{path}"), body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }
    // Whatever the content type says, and where there is none.
    for kind in [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
    ] {
        let body = Some(account(json!({})).to_string());
        let answer = story
            .send(Method::POST, "/public/v1/info", kind, body)
            .await;
        assert_eq!(answer.json()["code"], "200", "{kind}");
    }
    story.assert_honest();
}
