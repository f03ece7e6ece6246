//! Cekat as its real clients call it: what they send is taken as they send it, what they must not send is refused.

use std::collections::HashSet;
use std::time::Duration;

use http::Method;
use mock_server::kernel::rate_limit::RateLimiting;
use mock_server::kernel::vendor::Vendor as _;
use mock_server::vendors::cekat::Cekat;
use mock_server::{Options, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{DEWI, LEADS, MAIN, PRICE, SARI, form, stranger};
use crate::support::story::{Answer, Story, story_with};

const JSON: &str = "application/json";
const FORM: &str = "multipart/form-data; boundary=part";

/// The forms of the one key that clients stack.
const KEY: (&str, &str) = ("api_key", "mock-cekat-key");
const BEARER: (&str, &str) = ("authorization", "Bearer mock-cekat-key");
const SCHEME: (&str, &str) = ("authorization", "api_key mock-cekat-key");

const TRIALS: &str = "/api/crm/boards/599f81f4-fafe-46fa-8984-b87f25fc6490";
const UNPAID: &str = "/api/orders/8f14f414-e452-4fcc-a3e5-fbc69eee054f";

/// A story of a client that shows these headers and nothing else.
fn client(headers: &[(&'static str, &str)]) -> Story {
    let mut story = stranger();
    for (name, value) in headers {
        story.with_header(name, Some(value));
    }
    story
}

/// What a request that must work was answered.
fn taken(answer: &Answer) -> Value {
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.json()
}

fn rows(answer: &Value) -> &[Value] {
    answer["data"].as_array().map_or(&[], Vec::as_slice)
}

fn template(id: &str, more: Value) -> Value {
    let mut body = json!({"wa_template_id": id, "inbox_id": MAIN, "phone_number": "6280000004352"});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

#[tokio::test]
async fn templates_are_sent_with_the_key_in_either_header_or_in_both() {
    // With positional variables, one of them with a sign in it.
    let mut story = client(&[KEY]);
    story
        .happen(json!({
            "happening": "provider_template", "inbox": MAIN, "name": "diskon", "status": "APPROVED",
            "body": "Halo {{1}}, ada diskon {{2}}.", "category": "MARKETING", "language": "id"
        }))
        .await;
    story
        .post(&format!("/templates/sync?inbox_id={MAIN}"), json!({}))
        .await;
    let listed = taken(&story.get(&format!("/templates?inbox_id={MAIN}")).await);
    let made = rows(&listed).iter().find(|row| row["name"] == "diskon");
    let id = made.and_then(|row| row["wa_template_id"].as_str()).unwrap();
    let filled = json!({"phone_name": "Dewi", "template_body_variables": ["Dewi", "10%"]});
    let sent = taken(&story.post("/templates/send", template(id, filled)).await);
    assert_eq!(sent["data"][0]["message"], "Halo Dewi, ada diskon 10%.");

    // As a bearer, with no variables and no name.
    let mut story = client(&[BEARER]);
    let empty = template("956322736884885", json!({"template_body_variables": []}));
    taken(&story.post("/templates/send", empty).await);

    // In both headers, with a file for the header.
    let mut story = client(&[BEARER, KEY]);
    let file = json!({"file_url": "https://files.example/promo.png"});
    let sent = story.post("/templates/send", template("956322736884885", file));
    assert_eq!(taken(&sent.await)["data"][0]["media_type"], "image");
    story.assert_honest();
}

#[tokio::test]
async fn lists_are_read_with_a_body_or_with_the_key_in_the_query() {
    let mut story = client(&[BEARER, KEY]);
    let path = format!("/templates?inbox_id={MAIN}");
    let without = taken(&story.get(&path).await);
    assert_eq!(rows(&without).len(), 4);
    for body in ["{}".to_owned(), json!({"inbox_id": "nowhere"}).to_string()] {
        let with = story.send(Method::GET, &path, JSON, Some(body)).await;
        assert_eq!(taken(&with), without);
    }
    let stacked = taken(&story.get("/inboxes?api_key=mock-cekat-key").await);
    let mut story = client(&[]);
    let alone = taken(&story.get("/inboxes?api_key=mock-cekat-key").await);
    assert_eq!((rows(&alone).len(), alone), (5, stacked));
}

#[tokio::test]
async fn messages_go_out_with_a_plus_an_empty_file_and_any_header() {
    let mut story = client(&[BEARER, KEY]);
    let message = json!({"conversation_id": DEWI, "receiver": "+6280000004352", "message": "Halo", "file_url": ""});
    let sent = taken(&story.post("/messages/whatsapp", message).await);
    assert_eq!(sent["data"][0]["media_type"], "text");
    let header = json!({"text": "Toko", "file_url": "https://files.example/a.png"});
    let row = json!({"id": "1", "title": "Satu", "description": "Pertama"});
    let button = json!({"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Ya"}}]});
    let sections: Vec<_> = (1..=10)
        .map(|_| json!({"title": "Bagian", "rows": [row]}))
        .collect();
    let list = json!({"button": "Pilih", "sections": sections});
    let link = |name| json!({"name": name, "parameters": {"display_text": "Buka", "url": "https://example.com"}});
    for (kind, action, header, footer) in [
        ("button", button.clone(), header.clone(), json!("Cekat")),
        ("button", button, json!({}), Value::Null),
        ("list", list, json!({"text": "Toko"}), json!("Cekat")),
        ("cta_url", link("cta_url"), header, json!("Cekat")),
        (
            "cta_url",
            link("interactive_button"),
            json!({}),
            Value::Null,
        ),
    ] {
        let mut message = json!({"conversation_id": DEWI, "receiver": "6280000004352", "message": "Pilih",
            "media_type": kind, "header": header, "action": action});
        if !footer.is_null() {
            message["footer"] = footer;
        }
        let sent = taken(&story.post("/messages/whatsapp", message).await);
        assert_eq!(sent["data"][0]["media_type"], kind);
    }
    story.assert_honest();
}

#[tokio::test]
async fn an_exporter_pages_until_a_page_is_short_and_waits_out_its_minute() {
    let mut story = story_with::<Cekat>(|options| options.rate_limits = RateLimiting::Vendor);
    for (name, _) in Cekat::PROFILE.demo_headers {
        story.with_header(name, None);
    }
    story.with_header(BEARER.0, Some(BEARER.1));
    let day = "start_date=2025-08-08&end_date=2025-08-12";
    let mut ids = HashSet::new();
    let mut refused = 0;
    for page in 1.. {
        let path = format!("/api/messages?{day}&page={page}&limit=1");
        let mut answer = story.get(&path).await;
        while answer.status == 429 {
            refused += 1;
            story.wait(Duration::from_secs(60)).await;
            answer = story.get(&path).await;
        }
        let found = taken(&answer);
        let Some(row) = rows(&found).first() else {
            break;
        };
        assert!(ids.insert(row["id"].clone()), "page {page} repeats a row");
    }
    let whole = format!("/api/messages?{day}&page=1&limit=300");
    assert_eq!(ids.len(), rows(&taken(&story.get(&whole).await)).len());
    assert!(ids.len() >= 12 && refused == 1, "{refused}");
    let ads = "/api/messages?start_date=2025-08-01&end_date=2026-04-14&is_ads=true&limit=100";
    let ads = taken(&story.get(ads).await);
    assert!(!rows(&ads).is_empty() && rows(&ads).iter().all(|row| row["ads_data"].is_object()));

    let mut story = client(&[SCHEME]);
    assert_eq!(rows(&taken(&story.get("/api/messages").await)).len(), 3);
    story.assert_honest();
}

#[tokio::test]
async fn an_exporter_meets_every_item_message_and_conversation_once() {
    let mut story = client(&[KEY]);
    let items = format!("{TRIALS}/items?limit=5000&page=");
    let first = taken(&story.get(&format!("{items}1")).await);
    let ids: HashSet<_> = rows(&first)
        .iter()
        .map(|row| row["item_id"].to_string())
        .collect();
    assert_eq!((ids.len(), rows(&first).len()), (2, 2));
    assert!(rows(&taken(&story.get(&format!("{items}2")).await)).is_empty());

    let (mut met, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = format!("/api/conversations?limit=2{cursor}");
        let page = taken(&story.get(&page).await);
        met.extend(rows(&page).iter().map(|row| row["id"].clone()));
        let next = &page["metadata"]["next_cursor"];
        let Some(id) = next["cursor_id"].as_str() else {
            assert!(next["cursor_ts"].is_null());
            break;
        };
        let moment = next["cursor_ts"].as_str().unwrap();
        cursor = format!("&cursor_id={id}&cursor_ts={moment}");
    }
    let whole = taken(&story.get("/api/conversations?limit=100").await);
    let whole: Vec<_> = rows(&whole).iter().map(|row| row["id"].clone()).collect();
    assert_eq!((met.len(), &met), (7, &whole));

    let mut messages = 0;
    for id in &met {
        let path = format!("/messages?conversation_id={}", id.as_str().unwrap());
        messages += rows(&taken(&story.get(&path).await)).len();
        story.wait(Duration::from_secs(3)).await;
    }
    assert_eq!(
        Some(messages),
        story.state()["messages"].as_array().map(Vec::len)
    );
}

#[tokio::test]
async fn a_board_is_searched_for_everything_read_by_name_and_written() {
    let mut story = client(&[BEARER, KEY]);
    let search = format!("{LEADS}/items/search");
    let all = json!({"condition": "AND", "search": []});
    assert_eq!(rows(&taken(&story.post(&search, all).await)).len(), 2);

    let column = format!("{TRIALS}/columns/by-name");
    let column = taken(&story.post(&column, json!({"name": "Status"})).await);
    let labels = column["data"]["settings"]["labels"].as_array().unwrap();
    let ids: Vec<_> = labels
        .iter()
        .map(|label| label["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["default", "0", "1", "2"]);

    let board = taken(&story.get(TRIALS).await);
    let group = &board["data"]["crm_groups"][0]["id"];
    let items = format!("{TRIALS}/items");
    let item =
        json!({"item_name": "Toko Mawar", "group_id": group, "Status": "0", "New Agents": [SARI]});
    let made = taken(&story.post(&items, item).await);
    assert_eq!(
        (&made["message"], &made["data"]["Status"]),
        (&json!("success"), &json!("Baru"))
    );
    let id = made["data"]["item_id"].as_str().unwrap();
    let one = format!("{items}/{id}");
    let changed = taken(&story.put(&one, json!({"New Agents": []})).await);
    assert_eq!(
        (
            &changed["data"]["New Agents"],
            &changed["data"]["item_name"]
        ),
        (&json!([]), &json!("Toko Mawar"))
    );
    let doomed = json!({"item_ids": [id]}).to_string();
    taken(&story.send(Method::DELETE, &items, JSON, Some(doomed)).await);
    assert_eq!(story.get(&one).await.status, 404);
    story.assert_honest();
}

#[tokio::test]
async fn orders_conversations_and_machines_take_the_least_that_is_sent() {
    let mut story = client(&[BEARER, KEY]);
    let order = json!({"payment_method": "manual", "phone_number": "081234567890", "display_name": "Ani",
        "bank_account_number": "123",
        "orders_products": [{"product_id": null, "product_name": "Hampers", "quantity": 2, "price": 50000}]});
    let made = taken(&story.post("/api/orders", order).await);
    let order = &made["data"];
    assert_eq!(
        (&order["grand_total"], &order["vat"], &order["discount"]),
        (&json!(100_000), &json!(0), &json!(0))
    );
    let moved = taken(
        &story
            .put(UNPAID, json!({"order_status": "processing"}))
            .await,
    );
    let again = taken(&story.put(UNPAID, json!({})).await);
    assert_eq!(
        (&again["data"]["order_status"], &again),
        (&json!("processing"), &moved)
    );

    let machine = "96a7a1c3-0754-4407-a86a-8b8727c8799c";
    let change = json!({"assigned_ai_agent": machine, "keep_assigned_ai_agent_on_resolve": true});
    let given = taken(
        &story
            .put(&format!("/api/conversations/{DEWI}"), change)
            .await,
    );
    assert_eq!(given["data"]["assigned_ai_agent"], machine);
    let said = json!([{"id": 1, "message": "hi", "sent_by_type": "user", "created_at": "2026-04-14T08:00:00Z"}]);
    let prompt = json!({"messages": said, "ai_agent_id": machine});
    let answer = taken(&story.post("/api/ai_response/beta", prompt).await);
    assert!(
        answer["data"]["message"]
            .as_str()
            .is_some_and(|words| !words.is_empty())
    );
    story.assert_honest();
}

#[tokio::test]
async fn what_nobody_knows_is_passed_over() {
    let mut story = client(&[BEARER, KEY]);
    let plain = taken(&story.get("/api/contacts?limit=2&page=1").await);
    let more = taken(
        &story
            .get("/api/contacts?limit=2&page=1&options=%5Bobject%5D&x")
            .await,
    );
    assert_eq!(plain, more);
    let machine = "ab759ac2-9f24-402f-9873-57b2e18c474e";
    for (method, path, body) in [
        (
            Method::POST,
            "/templates/send",
            template("956322736884885", json!({"options": {"a": 1}})),
        ),
        (Method::PUT, UNPAID, json!({"something": "else"})),
        (
            Method::POST,
            "/api/ai_response/beta",
            json!({"messages": [], "ai_agent_id": machine, "model": 4}),
        ),
    ] {
        let answer = story.send(method, path, JSON, Some(body.to_string())).await;
        taken(&answer);
    }
    story.assert_honest();
}

/// Several requests on one connection, with no more headers than a client needs.
#[tokio::test]
async fn a_connection_is_kept_alive_and_nobody_is_asked_for_an_agent() {
    let options = Options {
        frozen_at: Some(Cekat::PROFILE.seed_day()),
        ticking: false,
        ..Options::default()
    };
    let running = start(options).await.unwrap();
    let base = running.base_url("cekat");
    let (host, path) = base.trim_start_matches("http://").split_once('/').unwrap();
    let mut connection = TcpStream::connect(host).await.unwrap();
    for _ in 0..2 {
        let request = format!(
            "GET /{path}/api/inboxes?limit=1 HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\
             api_key: mock-cekat-key\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let (mut heard, mut piece) = (String::new(), [0; 4096]);
        while !heard.ends_with("}}") {
            let length = connection.read(&mut piece).await.unwrap();
            assert!(length > 0, "closed after {heard}");
            heard.push_str(&String::from_utf8_lossy(&piece[..length]));
        }
        assert!(heard.starts_with("HTTP/1.1 200 OK"), "{heard}");
    }
    running.stop().await;
}

/// Sends what must be refused; the vendor's answer is one envelope, and nothing has changed.
async fn refused(
    story: &mut Story,
    method: Method,
    path: &str,
    kind: &str,
    body: Option<String>,
) -> String {
    let before = story.state();
    let answer = story.send(method, path, kind, body).await;
    assert_eq!(story.state(), before, "{path} left a trace");
    let said = answer.json();
    let envelope =
        json!({"success": false, "status_code": answer.status.as_u16(), "error": said["error"]});
    assert_eq!(said, envelope);
    format!(
        "{} {}",
        answer.status.as_u16(),
        said["error"]["message"].as_str().unwrap()
    )
}

#[tokio::test]
async fn what_is_no_credential_opens_nothing() {
    let strangers: [&[(&str, &str)]; 4] = [
        &[],
        &[("x-api-key", KEY.1)],
        &[("api-key", KEY.1)],
        &[("authorization", KEY.1)],
    ];
    for headers in strangers {
        let mut story = client(headers);
        for path in [
            "/inboxes",
            "/api/contacts",
            "/api/crm/boards",
            "/api/orders",
        ] {
            let said = refused(&mut story, Method::GET, path, JSON, None).await;
            assert_eq!(said, "401 Not authenticated", "{headers:?} {path}");
        }
    }
    let registration = json!({"business_name": "a", "email": "b@example.com", "phone_number": "628", "password": "c",
        "referral_code": "orderonline"});
    let mut story = client(&[KEY]);
    let said = refused(
        &mut story,
        Method::POST,
        "/register",
        JSON,
        Some(registration.to_string()),
    )
    .await;
    assert_eq!(said, "401 Not authenticated");
    let mut story = client(&[("x-partner-api-key", "mock-cekat-partner-key")]);
    let said = refused(&mut story, Method::GET, "/inboxes", JSON, None).await;
    assert_eq!(said, "401 Not authenticated");
    let mut story = client(&[BEARER]);
    let said = refused(&mut story, Method::GET, PRICE, JSON, None).await;
    assert_eq!(said, "401 Missing token");
    let mut story = client(&[BEARER, KEY]);
    taken(&story.get(PRICE).await);
}

#[tokio::test]
async fn what_clients_get_wrong_is_refused_and_leaves_no_trace() {
    const DEVELOPMENT: &str = "2824c651-57c9-43c1-8c8c-5d07dc40265b";
    let mut story = client(&[KEY]);
    let four = "900000000000004";
    let line = json!([{"product_id": "your-product-id", "quantity": 1}]);
    let count = "400 Template body variable must match the number of placeholders (4)";
    let pending = json!({"inbox_id": DEVELOPMENT, "template_body_variables": ["Dewi"]});
    let shapes = [
        (
            Method::POST,
            "/templates/send",
            template(four, json!({"template_body_variables": ["a", "b", "c"]})),
            count,
        ),
        (
            Method::POST,
            "/templates/send",
            template(four, json!({})),
            count,
        ),
        (
            Method::POST,
            "/templates/send",
            template("123456789", pending),
            "400 Template is not approved",
        ),
        (
            Method::POST,
            "/templates/send",
            template("1", json!({})),
            "404 Template not found",
        ),
        (
            Method::POST,
            "/templates/send",
            template("9941043419347349", json!({})),
            "404 Template not found",
        ),
        (
            Method::POST,
            "/v1/templates/send",
            template("956322736884885", json!({})),
            "404 Not found",
        ),
        (
            Method::POST,
            "/templates/send",
            json!({"template_id": "1", "to": "628", "parameters": []}),
            "400 wa_template_id is required",
        ),
        (
            Method::POST,
            "/api/send-message",
            json!({"phone": "628", "message": "Halo"}),
            "404 Not found",
        ),
        (
            Method::POST,
            "/api/orders",
            json!({"payment_method": "xendit", "orders_products": line}),
            "400 At least one of contact_id, phone_number or conversation_id is required",
        ),
        (
            Method::PUT,
            UNPAID,
            json!({"order_status": "shipped"}),
            "400 order_status must be one of pending, processing, shipping, cancelled, completed",
        ),
        (
            Method::DELETE,
            &format!("{TRIALS}/items"),
            json!({"item_ids": []}),
            "400 item_ids is required",
        ),
    ];
    for (method, path, body, expected) in shapes {
        let said = refused(&mut story, method, path, JSON, Some(body.to_string())).await;
        assert_eq!(said, expected, "{body}");
    }
    let search = json!({"condition": "AND", "search": [{"column_name": "item_name", "operator": "starts_with", "value": "a"}]});
    let path = format!("{LEADS}/items/search");
    let said = refused(
        &mut story,
        Method::POST,
        &path,
        JSON,
        Some(search.to_string()),
    )
    .await;
    assert!(said.starts_with("400 search[0].operator"), "{said}");
    let path = "/api/messages?start_date=2026-04-14&start_datetime=2026-04-14T00:00:00Z";
    let said = refused(&mut story, Method::GET, path, JSON, None).await;
    assert_eq!(
        said,
        "400 start_date and start_datetime cannot be used together"
    );
    for broken in [
        "{\n  \"name\": \"Status\" // a column\n}",
        "{\"name\": \"Status\",}",
    ] {
        let path = format!("{TRIALS}/columns/by-name");
        let said = refused(
            &mut story,
            Method::POST,
            &path,
            JSON,
            Some(broken.to_owned()),
        )
        .await;
        assert_eq!(said, "400 Invalid JSON body");
    }
}

#[tokio::test]
async fn a_template_that_cannot_be_reviewed_is_not_taken() {
    let mut story = client(&[KEY]);
    let plain = [
        ("name", "baru"),
        ("category", "MARKETING"),
        ("language", "id"),
        ("body", "Halo"),
        ("inbox_id", MAIN),
    ];
    let with = |name: &str, value: &'static str| {
        plain.map(|(known, old)| {
            if known == name {
                (known, value)
            } else {
                (known, old)
            }
        })
    };
    for (fields, file, expected) in [
        (
            with("category", "marketing"),
            None,
            "400 category must be one of AUTHENTICATION, MARKETING, UTILITY",
        ),
        (with("language", "xx"), None, "400 language is invalid"),
        (
            with("body", "Halo {{1}}"),
            None,
            "400 body_placeholder must match the number of variables (1)",
        ),
        (
            plain,
            Some("promo.gif"),
            "400 file must be jpeg, jpg or png",
        ),
    ] {
        let body = form(&fields, file);
        let said = refused(&mut story, Method::POST, "/templates", FORM, Some(body)).await;
        assert_eq!(said, expected);
    }
    let answer = story
        .send(Method::POST, "/templates", FORM, Some(form(&plain, None)))
        .await;
    assert_eq!(answer.status, 201);
    story.assert_honest();
}

/// The paths of each envelope: without `/api`, with it, of the CRM and of orders.
const FAMILIES: [&str; 4] = [
    "/integrations",
    "/api/contacts",
    "/api/crm/boards",
    "/api/orders",
];

#[tokio::test]
async fn whoever_calls_too_often_waits_for_the_next_minute_whatever_the_envelope() {
    for path in FAMILIES {
        let mut story = story_with::<Cekat>(|options| options.rate_limits = RateLimiting::Vendor);
        for (name, _) in Cekat::PROFILE.demo_headers {
            story.with_header(name, None);
        }
        story.with_header(KEY.0, Some(KEY.1));
        let left = |answer: &Answer| {
            let number = |name: &str| {
                answer.headers[name]
                    .to_str()
                    .unwrap()
                    .parse::<i64>()
                    .unwrap()
            };
            (
                number("x-ratelimit-limit"),
                number("x-ratelimit-remaining"),
                number("x-ratelimit-reset"),
            )
        };
        let end = Cekat::PROFILE.seed_day().as_second() + 60;
        for remaining in (0..10).rev() {
            let answer = story.get(path).await;
            taken(&answer);
            assert_eq!(left(&answer), (10, remaining, end), "{path}");
            story.wait(Duration::from_secs(1)).await;
        }
        let before = story.state();
        let answer = story.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), left(&answer)),
            (429, (10, 0, end)),
            "{path}"
        );
        assert_eq!(
            answer.json(),
            json!({"success": false, "status_code": 429, "error": {"message": "Too many requests"}})
        );
        assert_eq!(story.state(), before);
        story.wait(Duration::from_secs(49)).await;
        assert_eq!(story.get(path).await.status, 429, "{path}");
        story.wait(Duration::from_secs(1)).await;
        let answer = story.get(path).await;
        taken(&answer);
        assert_eq!(left(&answer), (10, 9, end + 60), "{path}");
        // Another credential has a minute of its own.
        story.with_header(KEY.0, Some("somebody-else"));
        assert_eq!(story.get(path).await.status, 401, "{path}");
        story.assert_honest();
    }
}

/// What is there already is a bad request here; a conflict comes only where somebody asks for one.
#[tokio::test]
async fn what_is_there_already_is_no_conflict() {
    let mut story = super::story::<Cekat>();
    let registration = json!({"business_name": "a", "email": "OWNER@example.com", "phone_number": "628", "password": "c",
        "referral_code": "orderonline"});
    let said = refused(
        &mut story,
        Method::POST,
        "/register",
        JSON,
        Some(registration.to_string()),
    )
    .await;
    assert_eq!(said, "400 Email is already registered");
    let fields = [
        ("name", "salam_pembuka"),
        ("category", "UTILITY"),
        ("language", "id"),
        ("body", "Halo"),
        ("inbox_id", MAIN),
    ];
    let said = refused(
        &mut story,
        Method::POST,
        "/templates",
        FORM,
        Some(form(&fields, None)),
    )
    .await;
    assert_eq!(said, "400 Template name already exists");
    let john = "/api/crm/contact/9007bac1-a1f2-471a-8813-74cd5b82189a";
    let number = json!({"phone_number": "6281234567890"}).to_string();
    let said = refused(&mut story, Method::PUT, john, JSON, Some(number)).await;
    assert_eq!(said, "400 phone_number is already used by another contact");
    story.with_header("prefer", Some("code=409"));
    for path in FAMILIES {
        let said = refused(&mut story, Method::GET, path, JSON, None).await;
        assert_eq!(said, "409 Conflict", "{path}");
    }
}

/// Null clears where something can be cleared, and is nothing where something is made.
#[tokio::test]
async fn null_clears_what_absence_keeps() {
    let mut story = super::story::<Cekat>();
    let john = "/api/crm/contact/9007bac1-a1f2-471a-8813-74cd5b82189a";
    let filled =
        json!({"email": "j@example.com", "note": "kopi", "additional_data": {"kota": "Bandung"}});
    taken(&story.put(john, filled).await);
    let kept = taken(&story.put(john, json!({"display_name": "John D."})).await);
    assert_eq!(
        (&kept["data"]["email"], &kept["data"]["note"]),
        (&json!("j@example.com"), &json!("kopi"))
    );
    let again = json!({"display_name": "John D.", "phone_number": "628123456789", "email": null});
    let again = taken(&story.post("/api/crm/contact", again).await);
    assert_eq!(again["data"]["email"], "j@example.com");
    let told = story.workspace().events.entries().len();
    let cleared = json!({"email": null, "note": null, "additional_data": null, "stage_id": null});
    let cleared = taken(&story.put(john, cleared).await);
    for member in ["email", "note", "additional_data", "stage_id"] {
        assert!(cleared["data"][member].is_null(), "{member}");
    }
    let news: Vec<Value> = story.workspace().events.entries()[told..]
        .iter()
        .map(|event| serde_json::from_slice(&event.payload).unwrap())
        .collect();
    assert_eq!(news[0]["changes"]["new_value"], Value::Null);
    assert_eq!(
        (&news[1]["note"], &news[1]["previous_note"]),
        (&json!(""), &json!("kopi"))
    );

    taken(
        &story
            .put(
                UNPAID,
                json!({"notes": "titip", "address": "Jalan Mawar 1"}),
            )
            .await,
    );
    let cleared = taken(&story.put(UNPAID, json!({"notes": null})).await);
    assert_eq!(
        (&cleared["data"]["notes"], &cleared["data"]["address"]),
        (&Value::Null, &json!("Jalan Mawar 1"))
    );
    story.assert_honest();
}

/// By default only a user may; a setting lets a business's key in.
#[tokio::test]
async fn the_dashboards_paths_take_a_key_only_when_told_so() {
    let mut story = client(&[KEY]);
    let label = "/labels/assign/d30bba9a-ba89-4708-89ea-79eee696c9a9";
    let said = refused(&mut story, Method::DELETE, label, JSON, None).await;
    assert_eq!(said, "401 Not authenticated");
    let mut state = story.state();
    state["settings"]["dashboard_takes_keys"] = json!(true);
    let slot = story.workspace().slot("cekat").unwrap();
    slot.restore(&state).unwrap();
    taken(&story.delete(label).await);
}
