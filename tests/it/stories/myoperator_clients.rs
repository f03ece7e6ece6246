//! How real clients call MyOperator's telephone hosts: every shape that is known of, taken or refused.

use http::{Method, StatusCode};
use mock_server::vendors::myoperator::MyOperator;
use serde_json::{Value, json};

use crate::support::story::{Answer, Story, story};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

fn dialled(more: Value) -> Value {
    let mut body = json!({
        "company_id": "66c595699b31d875",
        "secret_token": "mock-obd-secret-0001",
        "type": "1",
        "number": "+919876543210",
        "public_ivr_id": "6981d1c6c99f8650",
        "user_id": "68baab1d30e05351",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value.clone();
        }
    }
    body
}

async fn ask(story: &mut Story, method: Method, target: &str, kind: &str, body: &str) -> Answer {
    let body = (!body.is_empty()).then(|| body.to_owned());
    story.send(method, target, kind, body).await
}

#[tokio::test]
async fn every_shape_of_an_outbound_call_is_taken() {
    let shapes = [
        json!({"reference_id": "cb-1700000000ab12", "max_call_duration": 300, "call_hold": true}),
        json!({"reference_id": "", "region": "", "caller_id": "", "group": ""}),
        json!({"region": "DL, IN"}),
        json!({"group": "group-782"}),
        json!({}),
        json!({"user_id": null, "number_2": "+919000009736"}),
        json!({"user_id": null, "type": "2", "public_ivr_id": "6866272fd92b9926"}),
    ];
    for shape in shapes {
        let mut story = story::<MyOperator>();
        let answer = story.post("/obd-api-v1", dialled(shape.clone())).await;
        assert_eq!(answer.status, StatusCode::OK, "{shape}: {}", answer.text);
        assert_eq!(answer.json()["status"], "success", "{shape}");
        story.assert_honest();
    }
}

#[tokio::test]
async fn what_an_outbound_call_cannot_be_is_refused_and_changes_nothing() {
    let number = "Provide valid Number in string format";
    let shapes = [
        (json!({"number": "9876543210"}), 400, number),
        (json!({"number": "919876543210"}), 400, number),
        (json!({"max_call_duration": "300"}), 400, ""),
        (json!({"max_call_duration": 5401}), 400, ""),
        (json!({"type": "2"}), 403, ""),
        (json!({"number_2": "+919000009736"}), 403, ""),
    ];
    for (shape, status, says) in shapes {
        let mut story = story::<MyOperator>();
        let before = story.state();
        let answer = story.post("/obd-api-v1", dialled(shape.clone())).await;
        assert_eq!(answer.status.as_u16(), status, "{shape}: {}", answer.text);
        assert!(answer.text.contains(says), "{shape}: {}", answer.text);
        assert_eq!(story.state(), before, "{shape} left a trace");
    }
}

#[tokio::test]
async fn every_way_of_searching_the_logs_reaches_the_same_result() {
    let mut story = story::<MyOperator>();
    let all = json!({"token": TOKEN, "from": "1700006400", "to": "1900092799", "log_from": "0", "page_size": "100"});
    let by_json = story.post("/search", all).await;
    let form = format!("token={TOKEN}&from=1700006400&to=1900092799&log_from=0&page_size=100");
    let by_form = ask(&mut story, Method::POST, "/search", FORM, &form).await;
    let target = format!("/search?{form}");
    let by_query = ask(&mut story, Method::POST, &target, JSON, "").await;
    let expected = by_json.json()["data"].clone();
    assert!(expected["total"].as_u64().unwrap() > 0, "{expected}");
    for (way, answer) in [("form", by_form), ("query", by_query)] {
        assert_eq!(answer.json()["data"], expected, "by {way}");
    }
    let counted = json!({"token": TOKEN, "filters": "33"});
    let counted = story.post("/search", counted).await.json();
    assert!(counted["data"]["total"].is_u64(), "{counted}");

    let (mut seen, mut from) = (Vec::new(), 0);
    loop {
        let page = json!({"token": TOKEN, "from": "1700006400", "to": "1900092799", "log_from": from.to_string(), "page_size": "3"});
        let page = story.post("/search", page).await.json();
        let hits = page["data"]["hits"].as_array().unwrap().clone();
        from += hits.len();
        let short = hits.len() < 3;
        seen.extend(hits);
        if short || from as u64 >= page["data"]["total"].as_u64().unwrap() {
            break;
        }
    }
    assert_eq!(Value::Array(seen), expected["hits"], "page by page");
    story.assert_honest();
}

#[tokio::test]
async fn users_are_reached_in_every_shape() {
    let mut story = story::<MyOperator>();
    for target in [
        format!("/user?token={TOKEN}&page=1"),
        format!("/user?token={TOKEN}&_all=1"),
        format!("/search/user?token={TOKEN}&keyword=9000009736"),
    ] {
        let answer = story.get(&target).await;
        assert_eq!(answer.status, StatusCode::OK, "{target}: {}", answer.text);
        assert_eq!(answer.json()["status"], "success", "{target}");
    }
    let new = json!({"token": TOKEN, "name": "Json", "contact_number": "9811110001", "country_code": "91", "extension": "81"});
    let by_json = story.post("/user", new).await;
    let boundary = "frontier";
    let part = |name: &str, value: &str| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    let parts = [
        ("token", TOKEN),
        ("name", "Multipart"),
        ("contact_number", "9811110002"),
        ("country_code", "91"),
        ("extension", "82"),
    ];
    let body: String = parts
        .iter()
        .map(|(name, value)| part(name, value))
        .collect();
    let kind = format!("multipart/form-data; boundary={boundary}");
    let body = format!("{body}--{boundary}--\r\n");
    let by_multipart = ask(&mut story, Method::POST, "/user", &kind, &body).await;
    for (way, answer) in [("json", &by_json), ("multipart", &by_multipart)] {
        assert_eq!(answer.status, StatusCode::OK, "{way}: {}", answer.text);
        assert!(answer.json()["uuid"].is_string(), "{way}: {}", answer.text);
    }
    let uuid = by_json.json()["uuid"].as_str().unwrap().to_owned();
    let change = format!("token={TOKEN}&receive_calls=2&uuid={uuid}");
    let changed = ask(&mut story, Method::PUT, "/user", FORM, &change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    let before = story.state();
    let spaced = format!("token={TOKEN}&receive_calls+=1&uuid={uuid}");
    ask(&mut story, Method::PUT, "/user", FORM, &spaced).await;
    assert_eq!(
        story.state()["users"],
        before["users"],
        "an unknown key changes nothing"
    );
    story.assert_honest();
}

#[tokio::test]
async fn developers_paths_that_nobody_has_are_refused_in_their_hosts_words() {
    let mut story = story::<MyOperator>();
    let short = story.get("/filters?token=abc").await;
    assert_eq!(short.status, StatusCode::BAD_REQUEST, "{}", short.text);
    assert!(
        short.text.contains("This not an authorized request"),
        "{}",
        short.text
    );
    let joined = json!({"token": TOKEN, "filters": "33@41"});
    let joined = story.post("/search", joined).await;
    assert_eq!(joined.status, StatusCode::BAD_REQUEST, "{}", joined.text);
    let method = story.get(&format!("/search?token={TOKEN}")).await;
    assert_eq!(method.status, StatusCode::NOT_FOUND, "{}", method.text);
    assert!(method.text.contains("Unknown method."), "{}", method.text);
}
