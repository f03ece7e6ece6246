//! What a check finds in requests, answers and webhooks of the toy vendor.

use bytes::Bytes;
use contracts::check::{self, Body, Incoming, Part, Rule, Violation};
use contracts::document::{Document, Evidence};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::support::pigeon;

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let each = pairs.iter();
    each.map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    })
    .collect()
}

fn send(body: &Value) -> Vec<Violation> {
    checked(
        "letters.send",
        &[],
        &[],
        &[("content-type", "application/json")],
        Body::Json(body),
    )
}

fn checked(
    operation: &str,
    path: &[(&str, &str)],
    query: &[(&str, &str)],
    header: &[(&'static str, &'static str)],
    body: Body<'_>,
) -> Vec<Violation> {
    let (path, query, headers) = (pairs(path), pairs(query), headers(header));
    let incoming = Incoming {
        path: &path,
        query: &query,
        headers: &headers,
        body,
    };
    check::request(
        pigeon(),
        pigeon().operation(operation).expect("it is documented"),
        &incoming,
    )
}

fn messages(violations: &[Violation]) -> Vec<&str> {
    violations
        .iter()
        .map(|violation| violation.message.as_str())
        .collect()
}

fn letter(more: Value) -> Value {
    let mut letter = json!({"to": "Ada", "kind": "note", "text": "Coo"});
    for (name, value) in more.as_object().expect("changes are an object") {
        if value.is_null() {
            letter
                .as_object_mut()
                .expect("a letter is an object")
                .remove(name);
        } else {
            letter[name] = value.clone();
        }
    }
    json!({"letters": [letter]})
}

#[test]
fn a_documented_request_keeps_its_contract() {
    assert_eq!(send(&letter(json!({}))), []);
    let two = json!({"urgent": true, "letters": [
        {"to": "Ada", "kind": "note", "text": "Coo"},
        {"to": "Ada", "kind": "parcel", "weight": 2.5, "insured": null, "meta": {"any": "thing"}}
    ]});
    assert_eq!(send(&two), []);
}

#[test]
fn each_rule_has_its_sentence() {
    let cases = [
        (
            json!({"text": null}),
            "`/letters/0/text` in the body is missing; expected a string.",
        ),
        (
            json!({"text": 7}),
            "`/letters/0/text` in the body is 7, which is an integer; expected a string.",
        ),
        (
            json!({"text": ""}),
            "`/letters/0/text` in the body has 0 characters; expected at least 1 character.",
        ),
        (
            json!({"subject": "a long subject"}),
            "`/letters/0/subject` in the body has 14 characters; expected at most 10 characters.",
        ),
        (
            json!({"kind": "fax"}),
            "`/letters/0/kind` in the body is \"fax\", which is no documented variant; expected one of \"note\", \"parcel\", \"choice\".",
        ),
        (
            json!({"kind": null}),
            "`/letters/0/kind` in the body is missing; expected one of \"note\", \"parcel\", \"choice\".",
        ),
        (
            json!({"kind": "parcel", "text": null}),
            "`/letters/0/weight` in the body is missing; expected a number.",
        ),
        (
            json!({"kind": "parcel", "text": null, "weight": 0}),
            "`/letters/0/weight` in the body is 0; expected a number above 0.",
        ),
        (
            json!({"kind": "parcel", "text": null, "weight": 1, "size": "vast"}),
            "`/letters/0/size` in the body is \"vast\"; expected one of \"small\", \"large\".",
        ),
        (
            json!({"kind": "parcel", "text": null, "weight": 1, "insured": "yes"}),
            "`/letters/0/insured` in the body is \"yes\", which is a string; expected an integer or null.",
        ),
        (
            json!({"kind": "parcel", "text": null, "weight": 1, "labels": ["a", "b", "c", "d"]}),
            "`/letters/0/labels` in the body has 4 elements; expected at most 3 elements.",
        ),
        (
            json!({"kind": "parcel", "text": null, "weight": 1, "meta": {"a/b": 1}}),
            "`/letters/0/meta/a~1b` in the body is 1, which is an integer; expected a string.",
        ),
        (
            json!({"kind": "choice", "text": null, "choice": {"type": "tree"}}),
            "`/letters/0/choice/type` in the body is \"tree\", which is no documented variant; expected \"list\".",
        ),
        (
            json!({"kind": "choice", "text": null, "choice": {"type": "list", "rows": [{"id": "A"}]}}),
            "`/letters/0/choice/rows/0/id` in the body is \"A\"; expected text that matches ^[a-z]+$.",
        ),
        (
            json!({"stamp": 1}),
            "`/letters/0/stamp` in the body is not documented; expected no such member.",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(
            messages(&send(&letter(change.clone()))),
            [expected],
            "{change}"
        );
    }
    assert_eq!(
        messages(&send(&json!([]))),
        ["The body is [], which is an array; expected an object."]
    );
    assert_eq!(
        messages(&send(&json!({}))),
        ["`/letters` in the body is missing; expected an array."]
    );
    assert_eq!(
        messages(&send(&json!({"letters": [5]}))),
        ["`/letters/0` in the body is 5, which is an integer; expected an object."]
    );
    assert_eq!(
        messages(&send(&json!({"letters": []}))),
        ["`/letters` in the body has 0 elements; expected at least 1 element."]
    );
}

#[test]
fn a_violation_says_where_its_rule_comes_from() {
    let violations = send(&letter(json!({"subject": "a long subject"})));
    assert_eq!(
        (violations[0].rule, violations[0].evidence),
        (Rule::Limit, Evidence::Inferred)
    );
    assert_eq!(violations[0].found, Some(json!("a long subject")));
    let violations =
        send(&json!({"letters": [{"to": "Ada", "kind": "choice", "choice": {"type": "list"}}]}));
    assert_eq!(
        (violations[0].rule, violations[0].evidence),
        (Rule::Required, Evidence::Inferred)
    );
    assert_eq!(violations[0].pointer, "/letters/0/choice/rows");
}

#[test]
fn a_body_must_be_there_and_be_json() {
    let bad = |body| {
        checked(
            "letters.send",
            &[],
            &[],
            &[("content-type", "text/plain")],
            body,
        )
    };
    assert_eq!(
        messages(&bad(Body::Empty)),
        ["The body is missing; expected a body."]
    );
    assert_eq!(
        messages(&bad(Body::Broken {
            message: "expected value",
            line: 2,
            column: 5
        })),
        ["The body is not JSON: expected value at line 2, column 5; expected JSON."]
    );
    assert_eq!(
        messages(&bad(Body::Text("hello"))),
        ["The content type is \"text/plain\"; expected \"application/json\"."]
    );
    let fields = pairs(&[("a", "b")]);
    assert_eq!(bad(Body::Form(&fields))[0].rule, Rule::ContentType);
    assert_eq!(
        messages(&checked(
            "letters.get",
            &[("id", "3")],
            &[],
            &[],
            Body::Text("x")
        )),
        ["The body is not documented; expected no body."]
    );
}

#[test]
fn parameters_are_read_as_their_types() {
    let list = |query: &[(&str, &str)], loft: &'static str| {
        checked("letters.list", &[], query, &[("x-loft", loft)], Body::Empty)
    };
    assert_eq!(
        list(&[("limit", "10"), ("state", "sent"), ("all", "true")], "L1"),
        []
    );
    assert_eq!(
        list(&[("limit", ""), ("state", "sent")], "L1"),
        [],
        "an empty optional parameter is absent"
    );
    assert_eq!(
        messages(&list(
            &[
                ("limit", "51"),
                ("state", ""),
                ("all", "perhaps"),
                ("colour", "red")
            ],
            "M1"
        )),
        [
            "The query parameter `limit` is 51; expected a number of at most 50.",
            "The query parameter `state` is \"\"; expected one of \"sent\", \"read\".",
            "The query parameter `all` is \"perhaps\", which is a string; expected true or false.",
            "The header `X-Loft` is \"M1\"; expected text that matches ^L[0-9]+$.",
            "The query parameter `colour` is not documented; expected no such parameter.",
        ]
    );
    assert_eq!(
        messages(&checked(
            "letters.list",
            &[],
            &[("limit", "x")],
            &[],
            Body::Empty
        )),
        [
            "The query parameter `limit` is \"x\", which is a string; expected an integer.",
            "The query parameter `state` is missing; expected a string.",
            "The header `X-Loft` is missing; expected a string.",
        ]
    );
    assert_eq!(
        messages(&checked(
            "letters.get",
            &[("id", "zero")],
            &[],
            &[],
            Body::Empty
        )),
        ["The path parameter `id` is \"zero\", which is a string; expected an integer."]
    );
}

#[test]
fn a_refused_member_is_not_merely_undocumented() {
    let body = json!({"name": "Kite", "colour": "red"});
    let violations = checked(
        "letters.rename",
        &[("id", "1")],
        &[],
        &[],
        Body::Json(&body),
    );
    assert_eq!(violations[0].rule, Rule::Forbidden);
    assert_eq!(
        messages(&violations),
        ["`/colour` in the body is refused; expected no such member."]
    );
}

#[test]
fn forms_are_read_as_their_types() {
    let form = |fields: &[(&str, &str)]| {
        let fields = pairs(fields);
        let header = [(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )];
        checked("letters.hurry", &[], &[], &header, Body::Form(&fields))
    };
    assert_eq!(
        form(&[("speed", "3"), ("tag", "a"), ("tag", "b"), ("loud", "true")]),
        []
    );
    assert_eq!(form(&[("speed", "3"), ("tag", "a")]), []);
    assert_eq!(
        messages(&form(&[("speed", "10"), ("loud", "very"), ("sound", "x")])),
        [
            "`/speed` in the body is 10; expected a number of at most 9.",
            "`/loud` in the body is \"very\", which is a string; expected true or false.",
            "`/sound` in the body is not documented; expected no such member.",
        ]
    );
    let part = |name: &str, file: Option<&str>, data: &'static str| Part {
        name: name.to_owned(),
        file_name: file.map(str::to_owned),
        content_type: None,
        data: Bytes::from_static(data.as_bytes()),
    };
    let parts = [
        part("photo", Some("pigeon.png"), "\u{fffd}PNG"),
        part("speed", None, "3"),
    ];
    assert_eq!(
        checked("letters.hurry", &[], &[], &[], Body::Multipart(&parts)),
        []
    );
    assert_eq!(
        messages(&checked(
            "letters.hurry",
            &[],
            &[],
            &[],
            Body::Multipart(&parts[1..])
        )),
        ["`/photo` in the body is missing; expected a string."]
    );
}

#[test]
fn answers_are_checked_by_status_type_and_shape() {
    let operation = pigeon().operation("letters.send").unwrap();
    let json_type = Some("application/json; charset=utf-8");
    let answer = |status, content_type, body: Value| {
        check::response_value(pigeon(), operation, status, content_type, Some(&body))
    };
    assert_eq!(answer(200, json_type, json!({"ok": true, "ids": [7]})), []);
    assert_eq!(answer(400, Some("text/plain"), json!("coo")), []);
    assert_eq!(
        check::response_value(pigeon(), operation, 202, None, None),
        []
    );
    assert_eq!(
        messages(&answer(
            200,
            json_type,
            json!({"ok": "yes", "ids": [7, "8"], "more": 1})
        )),
        [
            "`/ok` in the body is \"yes\", which is a string; expected true or false.",
            "`/ids/1` in the body is \"8\", which is a string; expected an integer.",
            "`/more` in the body is not documented; expected no such member.",
        ]
    );
    assert_eq!(
        messages(&answer(404, json_type, json!({}))),
        ["The status is 404; expected one of 200, 202, 400."]
    );
    assert_eq!(
        messages(&answer(200, Some("text/html"), json!("<p>"))),
        ["The content type is \"text/html\"; expected \"application/json\"."]
    );
    let bytes = |status, body: &[u8]| check::response(pigeon(), operation, status, json_type, body);
    assert_eq!(bytes(200, br#"{"ok": true, "ids": []}"#), []);
    assert_eq!(
        messages(&bytes(200, b"{")),
        ["The body is not JSON: EOF while parsing an object at line 1 column 1; expected JSON."]
    );
    assert_eq!(
        messages(&bytes(200, b"")),
        ["The body is missing; expected a body."]
    );
    assert_eq!(
        messages(&bytes(202, b"{}")),
        ["The body is not documented; expected no body."]
    );
}

#[test]
fn schemas_that_refer_to_themselves_are_followed() {
    let operation = pigeon().operation("letters.list").unwrap();
    let body = json!({"letters": [{"id": 1, "answers": [{"id": 2, "answers": [{"id": "3", "extra": 1}]}]}]});
    let violations = check::response_value(
        pigeon(),
        operation,
        200,
        Some("application/json"),
        Some(&body),
    );
    assert_eq!(
        messages(&violations),
        [
            "`/letters/0/answers/0/answers/0/id` in the body is \"3\", which is a string; expected an integer.",
            "`/letters/0/answers/0/answers/0/extra` in the body is not documented; expected no such member.",
        ]
    );
}

#[test]
fn webhooks_are_checked_by_name() {
    let payload = json!({"event": "read", "letter": {"id": 7}, "note": null});
    assert_eq!(check::webhook(pigeon(), "letter.read", &payload), []);
    let payload = json!({"event": "lost", "letter": {}, "note": 1});
    assert_eq!(
        messages(&check::webhook(pigeon(), "letter.read", &payload)),
        [
            "`/event` in the body is \"lost\"; expected \"read\".",
            "`/letter/id` in the body is missing; expected an integer.",
            "`/note` in the body is 1, which is an integer; expected a string or null.",
        ]
    );
    assert_eq!(
        messages(&check::webhook(pigeon(), "letter.burnt", &payload)),
        [
            "The body belongs to letter.burnt, which is no documented webhook; expected \"letter.read\"."
        ]
    );
}

#[test]
fn a_schema_that_cannot_be_used_is_reported_and_not_ignored() {
    let document = Document::load(
        r##"{"info": {}, "paths": {"/a": {"post": {"operationId": "a.b", "requestBody": {"content":
            {"application/json": {"schema": {"$ref": "#/components/schemas/None"}}}}}}}}"##,
    )
    .unwrap();
    assert_eq!(
        document.problems(),
        ["a.b request application/json: #/components/schemas/None does not exist"]
    );
    let (body, headers) = (json!({}), HeaderMap::new());
    let incoming = Incoming {
        path: &[],
        query: &[],
        headers: &headers,
        body: Body::Json(&body),
    };
    let violations = check::request(&document, &document.operations()[0], &incoming);
    assert_eq!(violations[0].rule, Rule::Other);
}
