//! MyOperator's address book: adding, changing, finding.

use std::fmt::Write as _;

use http::Method;
use insta::assert_snapshot;
use mock_server::vendors::myoperator::MyOperator;
use serde_json::{Value, json};

use crate::support::story;
use crate::support::story::Story;

const ASHA: &str = "/contacts/67a1f59b1e0abbf2e03aa40b";

#[tokio::test]
async fn a_contact_is_added_read_changed_and_deleted() {
    let mut story = story::<MyOperator>();
    let added = story
        .post(
            "/contacts",
            json!({
                "name": "Kiran Rao",
                "country_code": "+91",
                "phone_number": "9000000660",
                "custom_fields": {"gender": "female", "skills": ["python", "rust"], "dob": "1990-01-31", "switch": false, "number": "42"},
            }),
        )
        .await;
    let path = format!(
        "/contacts/{}",
        added.json()["data"]["id"].as_str().expect("an id")
    );
    story.get(&path).await;
    story
        .patch(
            "/contacts/+919000000660",
            json!({"email_id": "kiran@example.com", "custom_fields": {"gender": null, "location": "Pune"}}),
        )
        .await;
    story
        .patch(&path, json!({"name": "Kiran", "email_id": null}))
        .await;
    story.get(&format!("{path}?include=custom_fields")).await;
    story
        .post(
            "/contacts",
            json!({"and": {"source__is": "public_api", "name__is": "Kiran"}}),
        )
        .await;
    story.delete(&path).await;
    story.get(&path).await;
    story.delete(&path).await;
    story.patch(&path, json!({"name": "Kiran"})).await;
    story
        .patch("/contacts/919000000660", json!({"name": "Kiran"}))
        .await;
    story.get("/contacts?phone_number=919000000660").await;
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn a_contact_that_does_not_do_is_refused() {
    let mut story = story::<MyOperator>();
    let contact = |number: &str, fields: Value| json!({"name": "Kiran", "country_code": "91", "phone_number": number, "custom_fields": fields});
    for (number, fields) in [
        ("9876543210", json!({})),
        ("98155", json!({})),
        ("1234567890123456", json!({})),
        ("98155-16001", json!({})),
        (
            "9000000660",
            json!({
                "shoe_size": "42",
                "number": "many",
                "switch": "yes",
                "dob": "31.1.1990",
                "my_custom_field_id_1": "new",
                "my_custom_field_id_4": ["python", "rust"],
                "gender": ["female"],
            }),
        ),
    ] {
        story.post("/contacts", contact(number, fields)).await;
    }
    story
        .patch(ASHA, json!({"custom_fields": {"number": true}}))
        .await;
    story.patch(ASHA, json!({"name": ""})).await;
    story
        .patch(ASHA, json!({"name": "Asha", "phone_number": "9000000190"}))
        .await;
    story
        .patch("/contacts/Invalid_phone_number", json!({"name": "Asha"}))
        .await;
    // Seven and fifteen digits are enough, and not too many.
    for number in ["9815516", "981551600112345"] {
        let taken = story.post("/contacts", contact(number, json!({}))).await;
        assert_eq!(taken.json()["message"], "Contact Created");
    }
    assert_snapshot!(story.transcript());
}

#[tokio::test]
async fn the_address_book_is_read_by_pages_and_by_number() {
    let mut story = story::<MyOperator>();
    let mut path = "/contacts?limit=4&include=custom_fields".to_owned();
    let mut names = Vec::new();
    let mut links = Vec::new();
    loop {
        let page = story.get(&path).await.json()["data"].clone();
        assert_eq!(page["count"], 10);
        let rows = page["results"].as_array().into_iter().flatten();
        names.extend(rows.map(|row| row["name"].clone()));
        let Some(next) = page["next"].as_str() else {
            links.push(page["previous"].clone());
            break;
        };
        links.push(page["next"].clone());
        path = next
            .split_once("/myoperator")
            .expect("an address of the mock")
            .1
            .to_owned();
    }
    assert_snapshot!(serde_json::to_string_pretty(&json!([names, links])).expect("JSON"));
    for (query, count) in [
        ("phone_number=9876543210", 1),
        ("phone_number=919876543210", 1),
        ("phone_number=%2B919876543210&country_code=%2B91", 1),
        ("phone_number=9876543210&country_code=44", 0),
        ("limit=1000", 10),
        ("limit=0&offset=-1", 10),
    ] {
        let page = story.get(&format!("/contacts?{query}")).await;
        assert_eq!(page.json()["data"]["count"], count, "{query}");
    }
    story.with_header("authorization", Some("Bearer mock-wa-key-0002"));
    story.with_header("x-myop-company-id", Some("66c595699b31d8ff"));
    let foreign = story.get(ASHA).await;
    assert_eq!(foreign.json()["message"], "Invalid Contact ID");
    story.assert_honest();
}

/// The names of the contacts that a search finds, or why it was refused.
async fn found(story: &mut Story, conditions: &Value) -> String {
    let answer = story
        .post("/contacts", json!({"and": conditions}))
        .await
        .json();
    match answer.get("errors") {
        Some(errors) => errors.to_string(),
        None => {
            let rows = answer["data"]["results"].as_array().into_iter().flatten();
            let names: Vec<_> = rows
                .map(|row| row["name"].as_str().unwrap_or_default().to_owned())
                .collect();
            names.join(", ")
        }
    }
}

#[tokio::test]
async fn a_search_knows_every_operator_of_every_kind_of_field() {
    let mut story = story::<MyOperator>();
    let mut answers = String::new();
    for conditions in [
        json!({}),
        json!({"name__is": "Asha Verma"}),
        json!({"name__is": ["Asha Verma", "Shruti", "Nobody"]}),
        json!({"name__is_not": ["Asha Verma", "Shruti"], "source__is_not": "imported"}),
        json!({"name__contains": "RU", "country_code__is": "91"}),
        json!({"name__not_contains": "a"}),
        json!({"email_id__is_set": null}),
        json!({"email_id__is_not_set": "whatever", "phone_number__contains": "56"}),
        json!({"phone_number_with_cc__is": "919876543210"}),
        json!({"marketing_opt_in__is": false}),
        json!({"status__is_not": 0, "created__gt": "2025-03-01"}),
        json!({"status__is": ["inactive"]}),
        json!({"created__is": "2025-02-04"}),
        json!({"created__gte": "2025-02-04", "created__lt": "2025-03-05"}),
        json!({"created__lte": "2025-02-04T04:42:06.677Z"}),
        json!({"created__range": {"gte": "2025-02-03", "lte": "2025-02-04"}, "source__contains": "import"}),
        json!({"created__not_range": {"gte": "2025-02-03", "lte": "2025-02-04"}}),
        json!({"custom_fields.my_custom_field_id_1__is": "prime"}),
        json!({"custom_fields.my_custom_field_id_2__gte": 31}),
        json!({"custom_fields.my_custom_field_id_2__lt": "31"}),
        json!({"custom_fields.my_custom_field_id_3__range": {"gte": "1990-01-01", "lte": "1995-12-31"}}),
        json!({"custom_fields.my_custom_field_id_4__is": ["python", "php"]}),
        json!({"custom_fields.my_custom_field_id_4__not_contains": "GO", "name__contains": "verma"}),
        json!({"custom_fields.text_area__contains": "delhi"}),
        json!({"custom_fields.switch__is": true}),
        json!({"custom_fields.select__is_not_set": true, "custom_fields.date_time__is_not": "2023-01-01", "name__contains": "s"}),
        // What does not suit.
        json!({"name__gt": "A"}),
        json!({"name__like": "A"}),
        json!({"shoe_size__is": 42}),
        json!({"custom_fields.shoe_size__is": 42}),
        json!({"custom_fields.text_area__is": "New Delhi"}),
        json!({"custom_fields.switch__is_not": true}),
        json!({"custom_fields.number__range": {"gte": 1, "lte": 2}}),
        json!({"created__range": {"gte": "2025-01-01"}}),
        json!({"created__gt": "yesterday"}),
        json!({"marketing_opt_in__is": "perhaps"}),
        json!({"name__contains": 7}),
    ] {
        let names = found(&mut story, &conditions).await;
        writeln!(answers, "{conditions}\n    {names}").expect("a text");
    }
    story.assert_honest();
    assert_snapshot!(answers);
}

#[tokio::test]
async fn the_documented_search_is_no_json_until_its_comments_are_taken_out() {
    let mut story = story::<MyOperator>();
    let documented = "{
        \"and\": {
            \"name__is\": \"John\",
            \"status__is_not\": 0,
            \"custom_fields.my_custom_field_id_1__is\": \"prime\", // customer_type
            \"custom_fields.my_custom_field_id_3__range\": {
                \"gte\": \"1990-01-01\",
                \"lte\": \"1995-12-31\",
            }, // dob
        }
    }";
    let kind = "application/json";
    let raw = story
        .send(Method::POST, "/contacts", kind, Some(documented.to_owned()))
        .await;
    assert_eq!(raw.json()["code"], "parse_error");
    let stripped = json!({
        "name__is": "John",
        "country_code__is": "91",
        "phone_number__is": "9876543210",
        "phone_number_with_cc__is": "919876543210",
        "email_id__contains": "john",
        "email_id__not_contains": "doe",
        "marketing_opt_in__is": true,
        "status__is_not": 0,
        "source__is": "manual_entry",
        "created__gt": "2025-01-01",
        "modified__lte": "2025-01-01",
        "custom_fields.my_custom_field_id_1__is": "prime",
        "custom_fields.my_custom_field_id_2__gte": 18,
        "custom_fields.my_custom_field_id_3__range": {"gte": "1990-01-01", "lte": "1995-12-31"},
        "custom_fields.my_custom_field_id_4__is": ["python", "php"],
    });
    assert_eq!(found(&mut story, &stripped).await, "");
    story.assert_honest();
}

#[tokio::test]
async fn a_search_goes_forth_and_back_by_tokens() {
    let mut story = story::<MyOperator>();
    let all = json!({"and": {"status__is": 1}});
    let first = story
        .post("/contacts?limit=2&before=&after=", all.clone())
        .await;
    let token = first.json()["data"]["results"][1]["pagination_token"].clone();
    let token = token.as_str().expect("a token").replace('=', "%3D");
    let second = story
        .post(&format!("/contacts?limit=2&after={token}"), all.clone())
        .await;
    let token = second.json()["data"]["results"][0]["pagination_token"].clone();
    let token = token.as_str().expect("a token").replace('=', "%3D");
    let back = story
        .post(&format!("/contacts?limit=1&before={token}"), all.clone())
        .await;
    assert_eq!(
        back.json()["data"]["results"][0],
        first.json()["data"]["results"][1]
    );
    story.post("/contacts?after=nonsense", all).await;
    // Two of the documented contacts have the documented tokens.
    let known = story
        .post(
            "/contacts",
            json!({"and": {"name__is": ["Sumit 12", "Shruti"]}}),
        )
        .await;
    let tokens = known.json()["data"]["results"].clone();
    let tokens: Vec<_> = tokens
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| row["pagination_token"].clone())
        .collect();
    assert_eq!(
        tokens,
        [
            "WyI2N2M4MzliYzNjODQyOGZlZmVjOTIxYmEiLDE3NDExNzUyMjg1NzRd",
            "WyI2N2M4MzliYzNjODQyOGZlZmVjOTIxYmIiLDE3NDExNzUyMjg1NzVd",
        ]
    );
    assert_snapshot!(story.transcript());
}
