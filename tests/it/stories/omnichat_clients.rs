//! Omnichat as real clients use it: what they send that must be taken, and what must not.

use http::Method;
use insta::assert_snapshot;
use mock_server::vendors::omnichat::Omnichat;
use serde_json::{Value, json};

use crate::support::story::{Story, story};

const JSON: &str = "application/json";
const IN_MAY: &str = "after=1652371200000&before=1652976000000";

/// Sends requests of bodies as they stand, and tells in a line each what came of them.
async fn answers(story: &mut Story, requests: &[(Method, &str, &str)]) -> String {
    let mut told = String::new();
    for (method, path, body) in requests {
        let text = (!body.is_empty()).then(|| (*body).to_owned());
        let answer = story.send(method.clone(), path, JSON, text).await;
        let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        let code = body["errorCode"].as_str().unwrap_or_default();
        let status = answer.status.as_u16();
        told += &format!("{status} {code:28} {method} {path}\n");
    }
    story.assert_honest();
    told
}

#[tokio::test]
async fn a_report_is_read_until_a_page_is_short() {
    let mut story = story::<Omnichat>();
    // Clients say that a request without a body is JSON.
    story.with_header("content-type", Some(JSON));
    let mut sizes = Vec::new();
    let mut rooms = Vec::new();
    for page in 1.. {
        let path = format!(
            "/v1/messages?page={page}&pageSize=100&{IN_MAY}&platform=line&channelId=165000000"
        );
        let content = story.get(&path).await.json()["content"].take();
        let rows = content.as_array().unwrap();
        rooms.extend(rows.iter().map(|row| row["roomId"].clone()));
        sizes.push(rows.len());
        if rows.len() < 100 {
            break;
        }
    }
    assert_eq!(sizes, [100, 31]);
    rooms.dedup();
    assert_eq!(rooms, ["li165000000-u2bd582c37356d37cb6d46a823de3a413"]);
}

#[tokio::test]
async fn a_room_ends_in_the_customers_number() {
    let mut story = story::<Omnichat>();
    let two_days = "after=1652371200000&before=1652544000000";
    let path = format!("/v1/messages?{two_days}&platform=whatsapp&channelId=85290000001");
    let answer = story.get(&path).await.json();
    for message in answer["content"].as_array().unwrap() {
        let room = message["roomId"].as_str().unwrap();
        let (_, number) = room.rsplit_once('-').unwrap();
        assert_eq!(number, message["customerUserId"]);
    }
}

#[tokio::test]
async fn a_page_has_twenty_rows_or_ten_when_nobody_says() {
    let mut story = story::<Omnichat>();
    let messages = format!("/v1/messages?{IN_MAY}&platform=line&pageSize=");
    let listed = story.get(&messages).await.json();
    assert_eq!(listed["content"].as_array().unwrap().len(), 20);
    assert_eq!(listed["totalElements"], 131);
    let broadcast = |number: usize| {
        json!({
            "subject": number.to_string(), "platform": "line", "channelId": "12345678", "to": ["U1111111111111"],
            "messages": [{"type": "text", "text": "Sale"}],
        })
    };
    for number in 0..10 {
        story.post("/v1/broadcast", broadcast(number)).await;
    }
    let listed = story.get("/v1/broadcast?type=3").await.json();
    assert_eq!(listed["content"].as_array().unwrap().len(), 10);
    assert_eq!(listed["totalElements"], 12);
    story.assert_honest();
}

#[tokio::test]
async fn what_real_clients_send_is_taken() {
    let mut story = story::<Omnichat>();
    let everyone = json!(vec!["U1"; 100]).to_string();
    let members = format!(r#"{{"platform": "line", "channelId": "12345678", "ids": {everyone}}}"#);
    let products = r#"{"subject": "s", "platform": "line", "channelId": "12345678", "to": ["U1111111111111"], "messages": [
        {"type": "text", "text": "1"}, {"type": "image", "image": "https://example.com/1.png"}, {"type": "text", "text": "2"},
        {"type": "products", "products": [{"name": "Tee", "image": "https://example.com/1.png", "url": "https://example.com", "buttonLabel": "View"}]},
        {"type": "text", "text": "3"}]}"#;
    let requests = [
        // Blank and valueless parameters are as good as none.
        (
            Method::GET,
            "/v1/contacts?platform=line&channelId=&userId&updatedAfter=1652371200000&updatedBefore=1653580800000",
            "",
        ),
        (
            Method::GET,
            "/v1/messages?page=&pageSize=&after=1652371200000&before=1652976000000&platform=web&channelId",
            "",
        ),
        // Colons and commas stand as they are.
        (
            Method::GET,
            "/v1/product-referral-links/info?ocsaid=c9ecaebe-7e50-4b9a-ae3c-e233390319dc:LP:639ace6c69c2b348ad6f6806",
            "",
        ),
        (
            Method::GET,
            "/v1/broadcast?type=1,3,4&platform=line&channelId&page=1&pageSize=10",
            "",
        ),
        (Method::GET, "/v1/broadcast?type=1%2C3%2C4", ""),
        // Who is not meant is null or empty.
        (
            Method::PUT,
            "/v1/loyalty-points/action/adjust",
            r#"{"points": 10, "phone": "852912345678", "email": "", "memberId": null}"#,
        ),
        // Fields nobody documented.
        (
            Method::PUT,
            "/v1/contacts/line?channelId=12345678&userId=U1111111111111",
            r#"{"extraAttributes": {"a": "b"}, "bsuid": null, "shoes": 42}"#,
        ),
        (
            Method::PUT,
            "/v1/contacts/line?channelId=12345678&userId=U1111111111111",
            "{}",
        ),
        (
            Method::PUT,
            "/v1/contacts/line?channelId=12345678&userId=U1111111111111",
            r#"{"tagsToAdd": ["A", "B"], "tagsToRemove": ["B"], "customAttributes": [{"key": "TotalSpending", "value": 900.00}]}"#,
        ),
        (
            Method::DELETE,
            "/v1/contacts/website?channelId=webchat&userId=02f9573e-01dc-4189-9ee6-ed3821486def",
            "",
        ),
        (
            Method::PUT,
            "/v1/customers?memberId=OC-TEST-0001&omniCustomerId=",
            "{}",
        ),
        (Method::POST, "/v1/identities/member-data", &members),
        (Method::POST, "/v1/broadcast", products),
    ];
    assert_snapshot!(answers(&mut story, &requests).await);
    let tags = story
        .get("/v1/contacts?platform=line&userId=U1111111111111")
        .await
        .json();
    assert_eq!(tags["content"][0]["tags"], json!(["A"]));
}

#[tokio::test]
async fn what_breaks_a_documented_rule_is_not_taken() {
    let mut story = story::<Omnichat>();
    let broadcast = |messages: Value| {
        json!({"subject": "s", "platform": "line", "channelId": "12345678", "to": ["U1111111111111"], "messages": messages}).to_string()
    };
    let block = json!({"type": "block", "blockId": "07269d7a-68d6-4f36-9c0b-c837d9b296ef"});
    let tee = json!({"name": "Tee", "image": "i", "url": "u", "buttonLabel": "View"});
    let two_blocks = broadcast(json!([block, block]));
    let eleven = broadcast(json!([{"type": "products", "products": vec![tee; 11]}]));
    let unlabelled = broadcast(
        json!([{"type": "products", "products": [{"name": "Tee", "image": "i", "url": "u"}]}]),
    );
    let flex = broadcast(
        json!([{"type": "lineFlexMessageTemplates", "lineFlexMessageTemplates": [{"templateId": "car1"}]}]),
    );
    let contact = "/v1/contacts/line?channelId=12345678&userId=U1111111111111";
    let requests = [
        (Method::GET, "/v1/customers", ""),
        (Method::PUT, "/v1/customers?memberId=", "{}"),
        (Method::DELETE, "/v1/customers?memberId", ""),
        (
            Method::GET,
            "/v1/messages?platform=line&after=1652371200000",
            "",
        ),
        (
            Method::GET,
            "/v1/messages?platform=line&after=a&before=b",
            "",
        ),
        (
            Method::GET,
            "/v1/messages?platform=line&after=0&before=99999999999999999999",
            "",
        ),
        (
            Method::GET,
            "/v1/messages?platform=line&platform=whatsapp&after=1&before=2",
            "",
        ),
        (Method::GET, "/v1/broadcast?page=1&pageSize=10", ""),
        (Method::GET, "/v1/broadcast?type=3&pageSize=101", ""),
        (Method::GET, "/v1/broadcast?type=3&page=0", ""),
        (Method::POST, "/v1/broadcast", &two_blocks),
        (Method::POST, "/v1/broadcast", &eleven),
        (Method::POST, "/v1/broadcast", &unlabelled),
        (Method::POST, "/v1/broadcast", &flex),
        (Method::PUT, contact, "{'name': 'Ada'}"),
        (Method::PUT, contact, r#"{"name": "Ada",}"#),
        (Method::PUT, contact, "{\"name\": \"Ada\" // her name\n}"),
        (Method::PUT, contact, "[]"),
        (Method::POST, contact, "{}"),
        (
            Method::PUT,
            "/v1/loyalty-points/action/adjust",
            r#"{"points": "10", "memberId": "123456"}"#,
        ),
    ];
    assert_snapshot!(answers(&mut story, &requests).await);
}
