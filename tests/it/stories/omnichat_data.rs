//! Omnichat's memory: history, contacts, customers, points, reports, rosters and broadcasts.

use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use mock_server::vendors::omnichat::Omnichat;
use serde_json::{Value, json};

use crate::support::story::{Answer, Story, story};

/// Seven days of May 2022, and the fourteen that the published addresses have.
const IN_MAY: &str = "after=1652371200000&before=1652976000000";
const TWO_WEEKS: &str = "after=1652371200000&before=1653580800000";
/// A day of March 2025.
const IN_MARCH: &str = "taggedAfter=1742087630000&taggedBefore=1742202830000";
const EVE: &str = "/v1/contacts/line?channelId=1655713616&userId=Ufc16ca0dac59929c665558fd0c040d1c";
const POINTS: &str = "/v1/loyalty-points/action/adjust";
const A_BROADCAST: &str = "/v1/broadcast/9748a4b1-d106-4d67-bc1c-9fe6cb85a91b";

/// The status and the code of an answer in one line.
fn gist(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    match (body["errorCode"].as_str(), body["message"].as_str()) {
        (Some(code), Some(message)) => format!("{status} {code}: {message}"),
        _ => format!("{status}"),
    }
}

/// Sends many requests and tells in one line each what came of them.
async fn gists(story: &mut Story, requests: Vec<(Method, String, Value)>) -> String {
    let mut told = String::new();
    for (method, path, body) in requests {
        let text = (!body.is_null()).then(|| body.to_string());
        let shown = text.clone().unwrap_or_default();
        let answer = story
            .send(method.clone(), &path, "application/json", text)
            .await;
        told += &format!("{method} {path} {shown}\n  {}\n", gist(&answer));
    }
    story.assert_honest();
    told
}

fn get(path: &str) -> (Method, String, Value) {
    (Method::GET, path.to_owned(), Value::Null)
}

fn put(path: &str, body: Value) -> (Method, String, Value) {
    (Method::PUT, path.to_owned(), body)
}

fn post(path: &str, body: Value) -> (Method, String, Value) {
    (Method::POST, path.to_owned(), body)
}

fn delete(path: &str) -> (Method, String, Value) {
    (Method::DELETE, path.to_owned(), Value::Null)
}

/// Changes one value of the state.
fn set(story: &Story, change: impl FnOnce(&mut Value)) {
    let mut state = story.state();
    change(&mut state);
    let slot = story.workspace().slot("omnichat").unwrap();
    slot.restore(&state).unwrap();
}

/// The values of one member of all rows of a list.
fn column(answer: &Answer, name: &str) -> Vec<Value> {
    let body = answer.json();
    let rows = body["content"].as_array().unwrap();
    rows.iter().map(|row| row[name].clone()).collect()
}

#[tokio::test]
async fn a_history_is_read_page_by_page() {
    let mut story = story::<Omnichat>();
    let room = format!("/v1/messages?{IN_MAY}&platform=whatsapp&channelId=85290000001");
    let first = story.get(&format!("{room}&page=1&pageSize=6")).await;
    let second = story.get(&format!("{room}&page=2&pageSize=6")).await;
    let third = story.get(&format!("{room}&page=3&pageSize=6")).await;
    assert_eq!(third.json(), json!({"content": [], "totalElements": 8}));
    assert_snapshot!(story.transcript());
    let mut ids = column(&first, "id");
    ids.extend(column(&second, "id"));
    let all = story.get(&room).await;
    assert_eq!(ids, column(&all, "id"));
}

#[tokio::test]
async fn one_message_is_read_by_its_id_however_it_is_escaped() {
    let mut story = story::<Omnichat>();
    let odd = "wamid.HBg+ODU/yNj==";
    set(&story, |state| state["messages"][0]["id"] = json!(odd));
    story.get("/v1/messages/mid-6").await;
    let answer = story
        .get("/v1/messages/wamid.HBg%2BODU%2FyNj%3D%3D")
        .await
        .json();
    assert_eq!(answer["content"]["id"], odd);
    story.get("/v1/messages/nobody-wrote-this").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_message_of_who_hides_their_number_names_a_user_id() {
    let mut story = story::<Omnichat>();
    let writes = json!({
        "happening": "customer_writes", "channel": "85290000001", "from": "US.1349", "says": {"type": "text", "body": "Hi"},
    });
    story.happen(writes).await;
    let path = "/v1/messages?platform=whatsapp&after=1743400000000&before=1743500000000";
    let message = story.get(path).await.json()["content"][0].take();
    for (name, value) in [
        ("senderUserId", json!("US.1349")),
        ("bsuid", json!("US.1349")),
        ("senderPhone", Value::Null),
        ("customerUserId", Value::Null),
    ] {
        assert_eq!(message[name], value, "{name}");
    }
    story.assert_honest();
}

#[tokio::test]
async fn the_total_can_be_spelled_as_in_the_example_too() {
    let mut story = story::<Omnichat>();
    set(&story, |state| {
        state["settings"]["total_element"] = json!(true);
    });
    let nobody = format!("/v1/messages?{IN_MAY}&platform=wechat");
    let answer = story.get(&nobody).await.json();
    assert_eq!(
        answer,
        json!({"content": [], "totalElements": 0, "totalElement": 0})
    );
    story.assert_honest();
}

#[tokio::test]
async fn seven_days_are_the_most_except_where_no_limit_is_documented() {
    let mut story = story::<Omnichat>();
    let mut requests = Vec::new();
    for path in [
        "/v1/messages?platform=whatsapp",
        "/v1/reports/messages?page=1",
        "/v1/reports/product-referral-links/orders?page=1",
    ] {
        requests.push(get(&format!("{path}&{IN_MAY}")));
        requests.push(get(&format!("{path}&{TWO_WEEKS}")));
        requests.push(get(&format!(
            "{path}&after=1652976000000&before=1652976000000"
        )));
        requests.push(get(&format!(
            "{path}&after=1652371200000&before=1652976000001"
        )));
    }
    requests.push(get(
        "/v1/contacts?platform=line&updatedAfter=1652371200000&updatedBefore=1653580800000",
    ));
    requests.push(get(
        "/v1/tagging-logs/records?taggedAfter=0&taggedBefore=1742202830000",
    ));
    requests.push(get("/v1/tagging-logs/records?taggedAfter=2&taggedBefore=1"));
    assert_snapshot!(gists(&mut story, requests).await);
    set(&story, |state| {
        state["settings"]["seven_days"] = json!(false);
    });
    let long = story
        .get(&format!("/v1/messages?platform=line&{TWO_WEEKS}"))
        .await;
    assert_eq!(long.status, 200);
}

#[tokio::test]
async fn contacts_are_listed_by_when_they_changed() {
    let mut story = story::<Omnichat>();
    story.get("/v1/contacts?platform=line&channelId=&userId=&page=1&pageSize=20&updatedAfter=1652371200000&updatedBefore=1653580800000").await;
    story
        .get(
            "/v1/contacts?platform=facebook&updatedAfter=1652400240000&updatedBefore=1652400240001",
        )
        .await;
    assert_snapshot!(story.transcript());
    let before =
        "/v1/contacts?platform=facebook&updatedAfter=1652400240001&updatedBefore=1652400240002";
    assert_eq!(story.get(before).await.json()["totalElements"], 0);
}

#[tokio::test]
async fn contacts_are_found_by_who_they_are() {
    let mut story = story::<Omnichat>();
    let mut found = String::new();
    for query in [
        "platform=line&userId&channelId&memberId=9431",
        "platform=line&email=MARY@example.com",
        "platform=whatsapp&phone=85260000006",
        // A plus sign that is not escaped is a space.
        "platform=whatsapp&phone=+852%206000-0006",
        "platform=whatsapp&phone=88690000000&channelId=852900000001",
        "platform=website&userId=02f9573e-01dc-4189-9ee6-ed3821486def",
        // By whom and when: nobody, as they did not change then.
        "platform=line&memberId=9431&updatedAfter=1&updatedBefore=2",
    ] {
        let answer = story.get(&format!("/v1/contacts?{query}")).await;
        found += &format!("{query}\n  {}\n", json!(column(&answer, "name")));
    }
    assert_snapshot!(found);
    let refused = vec![
        get("/v1/contacts?platform=line"),
        get("/v1/contacts?platform=line&updatedAfter=1652371200000"),
        get("/v1/contacts?platform=line&userId=Unobody"),
        get("/v1/contacts?platform=facebook&userId=U2bd582c37356d37cb6d46a823de3a908"),
        get("/v1/contacts?userId=U2bd582c37356d37cb6d46a823de3a908"),
    ];
    assert_snapshot!(gists(&mut story, refused).await);
}

#[tokio::test]
async fn a_contact_is_changed_as_a_whole_and_seen_everywhere() {
    let mut story = story::<Omnichat>();
    let attributes = json!([
        {"key": "MemberTier", "value": "GOLD"}, {"key": "Points", "value": 2031}, {"key": "TotalSpending", "value": 900.00},
        {"key": "AcceptedMarketingPromotion", "value": true}, {"key": "LastPurchaseDate", "value": "2022-11-01"},
        {"key": "RegisterDatetime", "value": "2022-11-01T14:16:00"},
    ]);
    let change = json!({
        "name": "Peter Chan", "status": false, "email": "example@example.com", "phone": "85298765432", "memberId": "M00001",
        "agentEmployeeCode": "EMP-001", "agentLocationCode": "SHOP-A",
        "tagsToAdd": ["VVIP", "Sporty"], "tagsToRemove": ["VIP"], "customAttributes": attributes,
    });
    story.put(EVE, change).await;
    story
        .get("/v1/contacts?platform=line&userId=Ufc16ca0dac59929c665558fd0c040d1c")
        .await;
    story.get("/v1/customers?memberId=M00001").await;
    let question = json!({"platform": "line", "channelId": "1655713616", "ids": ["Ufc16ca0dac59929c665558fd0c040d1c"]});
    story.post("/v1/identities/member-data", question).await;
    story
        .get("/v1/tagging-logs/records?taggedAfter=1743400000000&taggedBefore=1743500000000")
        .await;
    story.wait(Duration::from_secs(60)).await;
    let back = json!({
        "status": true, "name": null, "note": "called back", "email": "", "tags": ["VIP"],
        "customAttributes": [{"key": "MemberTier", "value": ""}, {"key": "LastPurchaseDate", "value": ""}],
    });
    story.put(EVE, back).await;
    story
        .get("/v1/contacts?platform=line&userId=Ufc16ca0dac59929c665558fd0c040d1c")
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_contact_is_made_by_the_first_change_except_in_the_web_chat() {
    let mut story = story::<Omnichat>();
    story
        .put(
            "/v1/contacts/whatsapp?channelId=85290000001&userId=%2B852%206100%200000",
            json!({}),
        )
        .await;
    let found = story
        .get("/v1/contacts?platform=whatsapp&userId=85261000000")
        .await;
    assert_eq!(column(&found, "phone"), ["85261000000"]);
    let known =
        "/v1/contacts/website?channelId=webchat&userId=02f9573e-01dc-4189-9ee6-ed3821486def";
    story.put(known, json!({"note": "asked for a size"})).await;
    story
        .put(
            "/v1/contacts/webchat?channelId=webchat&userId=1",
            json!({"note": "?"}),
        )
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_contact_is_not_changed_at_all_when_anything_is_wrong() {
    let mut story = story::<Omnichat>();
    let long = "a".repeat(1001);
    let attribute = |key: &str, value: Value| {
        put(
            EVE,
            json!({"name": "X", "customAttributes": [{"key": key, "value": value}]}),
        )
    };
    let before = story.state();
    let requests = vec![
        attribute("Points", json!("2031")),
        attribute("AcceptedMarketingPromotion", json!("true")),
        attribute("LastPurchaseDate", json!("2022-11-31")),
        attribute("LastPurchaseDate", json!("01.11.2022")),
        attribute("RegisterDatetime", json!("2022-11-01")),
        attribute("MemberTier", json!(1)),
        attribute("Shoes", json!("42")),
        attribute(&"k".repeat(101), json!("x")),
        put(
            EVE,
            json!({"name": "X", "agentEmployeeCode": "EMP-001", "agentLocationCode": "SHOP02"}),
        ),
        put(EVE, json!({"name": "X", "agentEmployeeCode": "EMP-001"})),
        put(EVE, json!({"name": "X", "agentLocationCode": "SHOP-A"})),
        put(
            EVE,
            json!({"name": "X", "tags": ["A"], "tagsToRemove": ["B"]}),
        ),
        put(EVE, json!({"name": "X", "status": "false"})),
        put("/v1/contacts/line?channelId=1&userId=U1", json!({})),
        put(
            "/v1/contacts/line?channelId=85290000001&userId=U1",
            json!({}),
        ),
        put(
            "/v1/contacts/%7Bplatform%7D?channelId=1655713616&userId=U1",
            json!({}),
        ),
        put("/v1/contacts/line?channelId=&userId=U1", json!({})),
        delete("/v1/contacts/line?channelId=1655713616&userId=U1"),
        delete("/v1/contacts/line?channelId=1655713616"),
    ];
    assert_snapshot!(gists(&mut story, requests).await);
    let too_long = story
        .put(
            EVE,
            json!({"customAttributes": [{"key": "MemberTier", "value": long}]}),
        )
        .await;
    assert_eq!(
        gist(&too_long),
        "400 INVALID_CUSTOM_ATTRIBUTE: Invalid custom attribute: customAttributes[0].value"
    );
    assert_eq!(before, story.state());
}

#[tokio::test]
async fn a_contact_goes_with_its_history_and_its_tags_stay_in_the_log() {
    let mut story = story::<Omnichat>();
    let room = format!("/v1/messages?{IN_MAY}&platform=whatsapp&channelId=85290000001");
    let requests = vec![
        delete("/v1/contacts/whatsapp?channelId=85290000001&userId=85290000002"),
        get(&room),
        get("/v1/messages/mid-1"),
        get("/v1/contacts?platform=whatsapp&userId=85290000002"),
        delete("/v1/contacts/whatsapp?channelId=85290000001&userId=85290000002"),
        // One of two accounts of a customer, then the other.
        delete("/v1/contacts/whatsapp?channelId=85211111111&userId=85222222222"),
        get("/v1/customers?memberId=OC-TEST-0001"),
        delete("/v1/contacts/line?channelId=1111111111111&userId=U0000000000000000000000"),
        get("/v1/customers?memberId=OC-TEST-0001"),
    ];
    assert_snapshot!(gists(&mut story, requests).await);
    let history = story.get(&room).await.json();
    assert_eq!(history["totalElements"], 0);
    let log = story
        .get(&format!("/v1/tagging-logs/records?{IN_MARCH}"))
        .await
        .json();
    assert_eq!(log["content"][0]["userId"], "85222222222");
}

#[tokio::test]
async fn a_customer_shares_tags_with_their_accounts_and_takes_them_along() {
    let mut story = story::<Omnichat>();
    story.get("/v1/customers?memberId=OC-TEST-0001").await;
    let change = json!({
        "name": "Peter Chan", "tagsToAdd": ["VVIP", "Gold"], "tagsToRemove": ["Sporty"],
        "customAttributes": [{"key": "RegisterDatetime", "value": "2022-11-01T14:16:00"}],
    });
    story
        .put(
            "/v1/customers?omniCustomerId=6694e599b4dadc211e33f9da",
            change,
        )
        .await;
    story.get("/v1/customers?memberId=OC-TEST-0001").await;
    story
        .get("/v1/tagging-logs/records?taggedAfter=1743400000000&taggedBefore=1743500000000")
        .await;
    story.delete("/v1/customers?memberId=OC-TEST-0001").await;
    story.delete("/v1/customers?memberId=OC-TEST-0001").await;
    story
        .get("/v1/contacts?platform=line&userId=U0000000000000000000000")
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_customer_is_made_by_either_id() {
    let mut story = story::<Omnichat>();
    let new = "/v1/customers?omniCustomerId=6694e599b4dadc211e330000";
    let requests = vec![
        put(
            "/v1/customers?memberId=OC-1",
            json!({"name": "Ola", "phone": "85261111111"}),
        ),
        put(new, json!({"name": "Pia"})),
        put(&format!("{new}&memberId=OC-2"), json!({})),
        put(&format!("{new}&memberId=OC-1"), json!({})),
        put("/v1/customers?memberId=&omniCustomerId", json!({})),
        put(
            "/v1/customers?memberId=OC-1",
            json!({"customAttributes": [{"key": "Points", "value": "1"}]}),
        ),
        put(
            "/v1/customers?memberId=OC-1",
            json!({"tags": [], "tagsToAdd": ["A"]}),
        ),
        get("/v1/customers?memberId=OC-9"),
        get("/v1/customers?memberId="),
        delete("/v1/customers"),
    ];
    assert_snapshot!(gists(&mut story, requests).await);
    let pia = story.get("/v1/customers?memberId=OC-2").await.json();
    assert_eq!(pia["content"]["username"], "6694e599b4dadc211e330000");
    assert_eq!(pia["content"]["name"], "Pia");
    assert_eq!(pia["content"]["reachable"], false);
    // Whoever has a number can be given points by it.
    let given = story
        .put(POINTS, json!({"points": 5, "phone": "85261111111"}))
        .await;
    assert_eq!(given.status, 200);
}

#[tokio::test]
async fn points_are_given_and_taken_by_one_identifier() {
    let mut story = story::<Omnichat>();
    let requests = vec![
        put(
            POINTS,
            json!({"points": 10, "phone": "852912345678", "email": "", "memberId": ""}),
        ),
        put(
            POINTS,
            json!({"points": 5, "email": "John.Doe@omnichat.ai"}),
        ),
        put(
            POINTS,
            json!({"points": -7, "memberId": "123456", "phone": null}),
        ),
        put(POINTS, json!({"points": -9, "memberId": "123456"})),
        put(POINTS, json!({"points": 1, "memberId": "nobody"})),
        put(POINTS, json!({"points": 1, "phone": "+852912345678"})),
        put(POINTS, json!({"points": 1})),
        put(POINTS, json!({"memberId": "123456"})),
        put(POINTS, json!({"points": 1.5, "memberId": "123456"})),
        put(POINTS, json!({"points": i64::MAX, "memberId": "123456"})),
    ];
    assert_snapshot!(gists(&mut story, requests).await);
    let balance = story.get("/v1/customers?memberId=123456").await.json();
    assert_eq!(balance["content"]["pointBalance"], "8");
    assert_eq!(balance["content"]["accumulatedPoints"], "15");
    set(&story, |state| {
        state["settings"]["loyalty_identifier"] = json!("memberId");
        state["settings"]["loyalty_overdraft"] = json!(true);
    });
    let requests = vec![
        put(POINTS, json!({"points": 10, "phone": "852912345678"})),
        put(POINTS, json!({"points": -9, "memberId": "123456"})),
    ];
    assert_snapshot!(gists(&mut story, requests).await, @r#"
    PUT /v1/loyalty-points/action/adjust {"points":10,"phone":"852912345678"}
      400 INVALID_REQUEST_BODY: phone is not the loyalty identifier of the team
    PUT /v1/loyalty-points/action/adjust {"points":-9,"memberId":"123456"}
      200
    "#);
    let balance = story.get("/v1/customers?memberId=123456").await.json();
    assert_eq!(balance["content"]["pointBalance"], "-1");
}

#[tokio::test]
async fn reports_tell_what_agents_wrote_and_what_was_bought_for_it() {
    let mut story = story::<Omnichat>();
    story
        .get(&format!("/v1/reports/messages?page=1&pageSize=20&{IN_MAY}"))
        .await;
    story
        .get(&format!(
            "/v1/reports/product-referral-links/orders?{IN_MAY}"
        ))
        .await;
    story.get("/v1/product-referral-links/info?ocsaid=c9ecaebe-7e50-4b9a-ae3c-e233390319dc:LP:639ace6c69c2b348ad6f6806").await;
    story.get("/v1/product-referral-links/info?ocsaid=c9ecaebe-7e50-4b9a-ae3c-e233390319dc%3ALP%3A639ace6c69c2b348ad6f6809").await;
    story
        .get("/v1/product-referral-links/info?ocsaid=nobody")
        .await;
    story.get("/v1/product-referral-links/info?ocsaid=").await;
    story
        .get("/v1/reports/messages?after=1743000000000&before=1743100000000")
        .await;
    assert_snapshot!(story.transcript());
}

fn shift(id: &str, location: &str, times: &[(i64, &str, &str)]) -> Value {
    let time: Vec<_> = times
        .iter()
        .map(|(day, begins, ends)| json!({"day": day, "in": begins, "out": ends}))
        .collect();
    json!({"id": id, "locationCode": location, "time": time})
}

#[tokio::test]
async fn a_roster_reports_its_faults_and_keeps_the_rest() {
    let mut story = story::<Omnichat>();
    let good = [(1, "09:30", "18:30"), (2, "", ""), (30, "22:00", "06:00")];
    let upload = json!({"month": "2023-04", "idField": "employeeCode", "records": [
        shift("A002", "locationCode-001", &good),
        shift("A001", "locationCode4", &[(1, "09:30", "28:30")]),
        shift("S0001", "S-001", &good),
        shift("A001", "locationCode-001", &good),
        shift("EM0001", "SHOP02", &[(1, "09:30", "")]),
        shift("EM0001", "Nowhere", &good),
        shift("A001", "locationCode-001", &good),
    ]});
    story.put("/v1/rosters", upload).await;
    assert_eq!(story.state()["rosters"].as_array().unwrap().len(), 1);
    let first = json!({"month": "2023-04", "idField": "email", "records": [
        shift("ken@example.com", "S-002", &[(3, "10:00", "19:00")]),
        shift("A001", "locationCode-001", &good),
    ]});
    story.put("/v1/rosters", first).await;
    let rosters = story.state()["rosters"].clone();
    assert_eq!(
        rosters.as_array().unwrap().len(),
        1,
        "it replaces the month"
    );
    assert_eq!(rosters[0]["locationCode"], "S-002");
    assert_snapshot!(story.transcript());
    let with = |month: &str, field: &str, records: Value| {
        put(
            "/v1/rosters",
            json!({"month": month, "idField": field, "records": records}),
        )
    };
    let day = |day: i64| json!([shift("A001", "locationCode4", &[(day, "", "")])]);
    let requests = vec![
        with("2023-04", "employeeCode", day(30)),
        with("2023-04", "employeeCode", day(31)),
        with("2023-02", "employeeCode", day(29)),
        with("2024-02", "employeeCode", day(29)),
        with("2023-4", "employeeCode", day(1)),
        with("2023-04", "name", day(1)),
        with("2023-04", "email", json!([])),
        with("2023-04", "phone", json!([{"id": "1", "time": []}])),
    ];
    assert_snapshot!(gists(&mut story, requests).await);
}

#[tokio::test]
async fn templates_agents_chatbots_and_keys_are_the_teams() {
    let mut story = story::<Omnichat>();
    story
        .get("/v1/whatsapp-message-templates?phone=85298765432&page=2&pageSize=3")
        .await;
    story.get("/v1/system-users").await;
    story
        .get("/v1/chatbots/0031ab01-93b1-480a-9270-83b4f48c4229/message-blocks")
        .await;
    story
        .get("/v1/chatbots/007898be-c595-4668-a6ba-1ab9c593cace/message-blocks")
        .await;
    story
        .get(&format!("/v1/tagging-logs/records?{IN_MARCH}"))
        .await;
    assert_snapshot!(story.transcript());
    let key = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----";
    let keys = "/v1/whatsapp-business/public-key";
    let requests = vec![
        post(
            keys,
            json!({"phone": "85290000001", "businessPublicKey": key}),
        ),
        post(
            keys,
            json!({"phone": "85290000009", "businessPublicKey": key}),
        ),
        post(
            keys,
            json!({"phone": "85290000001", "businessPublicKey": "MIIB"}),
        ),
        post(keys, json!({"phone": "85290000001"})),
        get("/v1/chatbots/nobody/message-blocks"),
        get("/v1/whatsapp-message-templates"),
        get("/v1/whatsapp-message-templates?phone=85290000009"),
        get("/v1/whatsapp-message-templates?phone=85290000001"),
        get("/v1/tagging-logs/records?taggedAfter=1"),
    ];
    assert_snapshot!(gists(&mut story, requests).await);
    let channels = story.state()["channels"].clone();
    let kept = channels
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["channelId"] == "85290000001");
    assert_eq!(kept.unwrap()["whatsapp"]["publicKey"], key);
}

fn sale(to: &[&str], more: Value) -> Value {
    let mut broadcast = json!({
        "subject": "Final Sales Promo", "platform": "line", "channelId": "12345678", "to": to,
        "messages": [{"type": "text", "text": "Final Sale Message 1"}, {"type": "image", "image": "https://example.com/image.png"}],
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        broadcast[name] = value.clone();
    }
    broadcast
}

#[tokio::test]
async fn a_broadcast_leaves_at_once_and_its_numbers_follow() {
    let mut story = story::<Omnichat>();
    let to = [
        "U1111111111111",
        "U2222222222222",
        "U1111111111111",
        "Unobody",
    ];
    let made = story
        .post("/v1/broadcast", sale(&to, json!({"tags": ["sales-2023"]})))
        .await
        .json();
    let id = made["content"]["broadcastId"].as_str().unwrap();
    story
        .get("/v1/broadcast?type=3&status=0&platform=line")
        .await;
    story.wait(Duration::from_secs(1)).await;
    story.get("/v1/broadcast?type=3&status=processing").await;
    story.wait_until_idle().await;
    story.get(&format!("/v1/broadcast/{id}")).await;
    story.get(&format!("/v1/broadcast/{id}/recipients")).await;
    story
        .get("/v1/messages?platform=line&channelId=12345678&after=1743400000000&before=1743500000000")
        .await;
    story
        .get("/v1/tagging-logs/records?taggedAfter=1743400000000&taggedBefore=1743500000000")
        .await;
    assert_snapshot!(story.transcript());
    let tagged = story
        .get("/v1/contacts?platform=line&userId=U1111111111111")
        .await;
    assert_eq!(column(&tagged, "tags"), [json!(["sales-2023"])]);
}

#[tokio::test]
async fn a_broadcast_is_remembered_with_the_customer() {
    let mut story = story::<Omnichat>();
    let more = json!({"channelId": "1111111111111"});
    story
        .post("/v1/broadcast", sale(&["U0000000000000000000000"], more))
        .await;
    story.wait_until_idle().await;
    let customer = story
        .get("/v1/customers?memberId=OC-TEST-0001")
        .await
        .json();
    let left = customer["content"]["lastMarketingMessageSentAt"].as_i64();
    assert_eq!(left, Some(1_743_469_201_000));
    let contact = story
        .get("/v1/contacts?platform=line&userId=U0000000000000000000000")
        .await;
    assert_eq!(column(&contact, "lastMessageTime"), [1_743_469_201_000_i64]);
    story.assert_honest();
}

#[tokio::test]
async fn a_broadcast_leaves_on_time() {
    let mut story = story::<Omnichat>();
    // The team's clocks show nine in the morning.
    let later = json!({"scheduledAt": "2025-04-01T09:30:00"});
    let made = story
        .post("/v1/broadcast", sale(&["U1111111111111"], later))
        .await
        .json();
    let path = format!(
        "/v1/broadcast/{}",
        made["content"]["broadcastId"].as_str().unwrap()
    );
    let mut seen = Vec::new();
    for minutes in [0, 29, 1, 1] {
        story.wait(Duration::from_secs(minutes * 60)).await;
        let shown = story.get(&path).await.json()["content"].clone();
        seen.push(format!(
            "{} sent at {} to {}",
            shown["status"], shown["sentAt"], shown["sent"]
        ));
    }
    story.assert_honest();
    assert_snapshot!(seen.join("\n"), @r#"
    4 sent at null to 0
    4 sent at null to 0
    2 sent at "2025-04-01T09:30:00" to 0
    1 sent at "2025-04-01T09:30:00" to 1
    "#);
}

#[tokio::test]
async fn a_broadcast_fails_for_who_cannot_be_reached() {
    let mut story = story::<Omnichat>();
    let template = json!([{"type": "whatsappTemplate", "whatsappTemplate": {
        "name": "cny_campaign_2023", "namespace": "1324_3242_3413_123", "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/red-pocket.png"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Mr. Chan"}, {"type": "text", "text": "$100 Red pocket"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "landing.html"}]},
        ],
    }}]);
    let more = json!({"platform": "whatsapp", "channelId": "85290000001", "messages": template});
    let to = ["85260000009", "85260000008", "85269999999"];
    let made = story.post("/v1/broadcast", sale(&to, more)).await.json();
    let id = made["content"]["broadcastId"].as_str().unwrap();
    story.wait_until_idle().await;
    story.get(&format!("/v1/broadcast/{id}")).await;
    story
        .get(&format!("/v1/broadcast/{id}/recipients?status=failed"))
        .await;
    story
        .get(&format!("/v1/broadcast/{id}/recipients?status=success"))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn broadcasts_are_found_by_type_status_and_channel() {
    let mut story = story::<Omnichat>();
    let mut found = String::new();
    for query in [
        "type=1,3,4",
        "type=3",
        "type=2",
        "type=1,3&status=1",
        "type=1,3&status=completed",
        "type=1,3&status=4,0",
        "type=1,3&status=pending",
        "type=1,3&channelId=12345678&platform=line",
        "type=1,3&channelId=&platform=&status=",
        "type=1,3&platform=whatsapp",
        "type=1,3&page=2&pageSize=2",
    ] {
        let answer = story.get(&format!("/v1/broadcast?{query}")).await;
        let subjects = json!(column(&answer, "subject"));
        let total = &answer.json()["totalElements"];
        found += &format!("{query}\n  {subjects} of {total}\n");
    }
    assert_snapshot!(found);
}

#[tokio::test]
async fn a_broadcast_has_a_past() {
    let mut story = story::<Omnichat>();
    story.get(A_BROADCAST).await;
    story
        .get(&format!("{A_BROADCAST}/recipients?page=2&pageSize=1"))
        .await;
    story
        .get(&format!("{A_BROADCAST}/recipients?status=clicked"))
        .await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_broadcast_that_cannot_be_is_refused() {
    let mut story = story::<Omnichat>();
    let one = ["U1111111111111"];
    let refused = |more: Value| post("/v1/broadcast", sale(&one, more));
    let requests = vec![
        refused(json!({"channelId": "1"})),
        refused(json!({"platform": "whatsapp"})),
        refused(json!({"platform": "instagram"})),
        refused(json!({"scheduledAt": "2025-04-01T09:00:00"})),
        refused(json!({"scheduledAt": "2025-13-01T09:00:00"})),
        refused(json!({"scheduledAt": "tomorrow"})),
        refused(json!({"messages": [{"type": "block", "blockId": "unknown"}]})),
        refused(
            json!({"messages": [{"type": "whatsappTemplate", "whatsappTemplate": {"name": "unknown"}}]}),
        ),
        refused(json!({"messages": []})),
        refused(json!({"to": []})),
        get("/v1/broadcast/unknown"),
        get("/v1/broadcast/unknown/recipients"),
        get(&format!("{A_BROADCAST}/recipients?status=unknown")),
        get("/v1/broadcast?type=1&status=unknown"),
        get("/v1/broadcast?type="),
    ];
    assert_snapshot!(gists(&mut story, requests).await);
    assert_eq!(story.state()["broadcasts"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_broadcast_ends_though_a_recipient_is_deleted_meanwhile() {
    let mut story = story::<Omnichat>();
    let made = story
        .post(
            "/v1/broadcast",
            sale(&["U1111111111111", "U2222222222222"], json!({})),
        )
        .await
        .json();
    let id = made["content"]["broadcastId"].as_str().unwrap();
    story.wait(Duration::from_secs(1)).await;
    story
        .delete("/v1/contacts/line?channelId=12345678&userId=U1111111111111")
        .await;
    story.wait_until_idle().await;
    let shown = story.get(&format!("/v1/broadcast/{id}")).await.json();
    let numbers = &shown["content"];
    assert_eq!(
        (&numbers["status"], &numbers["sent"], &numbers["failed"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let errors = story.get(&format!("/v1/broadcast/{id}/recipients")).await;
    assert_eq!(
        column(&errors, "error"),
        [json!("Undeliverable"), Value::Null]
    );
}

#[tokio::test]
async fn members_of_line_are_named_in_the_order_asked() {
    let mut story = story::<Omnichat>();
    let ask = |platform: &str, ids: Value| json!({"platform": platform, "channelId": "123456789", "ids": ids});
    let ids = json!([
        "Unobody",
        "U1535b48edaae6ea9bf7408e4d08b3d41",
        "U66a669e12ff66601c06e1dcd06e8f63c",
        "U66a669e12ff66601c06e1dcd06e8f63c",
    ]);
    let path = "/v1/identities/member-data";
    story.post(path, ask("line", ids)).await;
    assert_snapshot!(story.transcript());
    let requests = vec![
        post(path, ask("whatsapp", json!(["85290000002"]))),
        post(path, ask("line", json!([]))),
    ];
    assert_snapshot!(gists(&mut story, requests).await);
    for (count, status) in [(100, 200), (101, 400)] {
        let ids = vec!["U1"; count];
        assert_eq!(
            story.post(path, ask("line", json!(ids))).await.status,
            status
        );
    }
}
