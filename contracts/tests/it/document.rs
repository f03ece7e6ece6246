//! Loading, routing and filling.

use contracts::check::{Body, Incoming};
use contracts::document::{
    Document, DocumentError, DocumentedBody, Evidence, FormValue, Place, Route, Rung, choose,
};
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use crate::support::pigeon;

fn found(method: Method, path: &str) -> (Vec<&'static str>, Vec<(String, String)>) {
    match pigeon().route(&method, path) {
        Route::Found {
            operations,
            parameters,
        } => (
            operations
                .iter()
                .map(|operation| operation.name.as_str())
                .collect(),
            parameters,
        ),
        other => panic!("{method} {path}: {other:?}"),
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn the_document_says_who_it_is() {
    let document = pigeon();
    assert_eq!(
        (document.vendor.as_str(), document.title.as_str()),
        ("pigeon", "Pigeon Post")
    );
    assert_eq!(
        document.servers,
        ["https://api.pigeon.example", "https://media.pigeon.example"]
    );
    assert_eq!(document.variable("friend"), Some("Ada"));
    assert_eq!(
        (document.import().items, document.import().responses),
        (9, 4)
    );
    assert_eq!(document.import().ignored[0].reason, "a copy of the manual");
    assert_eq!(document.problems(), Vec::<String>::new());
}

#[test]
fn alternatives_replace_the_operation_that_wraps_them() {
    let names: Vec<&str> = pigeon()
        .operations()
        .iter()
        .map(|operation| operation.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "letters.list",
            "letters.send",
            "letters.get",
            "letters.rename",
            "letters.search",
            "letters.hurry",
            "lofts.clear"
        ]
    );
    assert!(pigeon().operation("letters.patch").is_none());
}

#[test]
fn an_operation_carries_its_facts() {
    let send = pigeon().operation("letters.send").unwrap();
    assert_eq!(
        (send.method.as_str(), send.path.as_str()),
        ("POST", "/v1/letters")
    );
    assert_eq!(
        (send.evidence, send.additional, send.secured),
        (Evidence::Documented, false, true)
    );
    assert_eq!(send.quirks, ["The pigeon sleeps at night."]);
    assert_eq!(send.variants_at, "/letters/*");
    let variants: Vec<(&str, Option<&str>)> = send
        .variants
        .iter()
        .map(|variant| (variant.name.as_str(), variant.item.as_deref()))
        .collect();
    assert_eq!(
        variants,
        [
            ("note", Some("item-note")),
            ("parcel", Some("item-parcel")),
            ("choice list", Some("item-note"))
        ]
    );
    assert_eq!(send.variants[0].copies, ["item-note-again"]);
    let search = pigeon().operation("letters.search").unwrap();
    assert!(!search.secured && search.additional);
    let list = pigeon().operation("letters.list").unwrap();
    assert_eq!(list.parameters[0].example(), Some(json!(10)));
    assert_eq!(
        (list.parameters[3].place, list.parameters[3].required),
        (Place::Header, true)
    );
}

#[test]
fn answers_stand_by_status_and_media_type() {
    let send = pigeon().operation("letters.send").unwrap();
    let answers: Vec<(u16, Option<&str>)> = send
        .responses
        .iter()
        .map(|answer| (answer.status, answer.media_type.as_deref()))
        .collect();
    assert_eq!(
        answers,
        [
            (200, Some("application/json")),
            (202, None),
            (400, Some("application/json")),
            (400, Some("text/plain"))
        ]
    );
    assert_eq!(
        send.responses[0].headers,
        [pair("X-Pigeon", "Hermes"), pair("X-Left", "12")]
    );
    let (_, note) = send.example("A note").unwrap();
    assert_eq!(note.value(), Some(json!({"ok": true, "ids": [7]})));
    assert_eq!(note.raw(), Some(r#"{"ok": true, "ids": [7]}"#));
    assert_eq!(
        (note.variant.as_deref(), note.status, note.status_inferred),
        (Some("note"), 200, false)
    );
    assert_eq!(note.response_id.as_deref(), Some("response-1"));
    assert!(send.example("A parcel").unwrap().1.status_inferred);
    assert_eq!(
        send.example("Words").unwrap().1.text().as_deref(),
        Some("coo")
    );
    assert_eq!(send.example("Later").unwrap().1.value(), None);
}

#[test]
fn a_webhook_carries_its_examples() {
    let read = pigeon().webhook("letter.read").unwrap();
    assert_eq!(
        (read.generation.as_deref(), read.item.as_deref()),
        (Some("v1"), Some("item-hook"))
    );
    let example = read.examples().next().unwrap();
    assert_eq!(
        (
            example.name.as_str(),
            example.value().unwrap()["note"].clone()
        ),
        ("app", Value::Null)
    );
}

#[test]
fn a_path_leads_to_its_operation() {
    assert_eq!(found(Method::POST, "/v1/letters").0, ["letters.send"]);
    assert_eq!(found(Method::POST, "//v1///letters/").0, ["letters.send"]);
    assert_eq!(found(Method::POST, "/letters").0, ["letters.send"]);
    assert_eq!(found(Method::HEAD, "/v1/letters").0, ["letters.list"]);
    assert_eq!(
        found(Method::GET, "/v1/letters/a%2Fb%20c"),
        (vec!["letters.get"], vec![pair("id", "a/b c")])
    );
    assert_eq!(
        found(Method::DELETE, "/v1/lofts/north/letters/3").1,
        [pair("loft-name", "north"), pair("id", "3")]
    );
}

#[test]
fn a_static_path_wins_but_hides_no_other_method() {
    assert_eq!(
        found(Method::PUT, "/v1/letters/urgent").0,
        ["letters.hurry"]
    );
    assert_eq!(
        found(Method::GET, "/v1/letters/urgent"),
        (vec!["letters.get"], vec![pair("id", "urgent")])
    );
}

#[test]
fn what_leads_nowhere_says_so() {
    assert!(matches!(
        pigeon().route(&Method::GET, "/v1/nothing"),
        Route::Unknown
    ));
    assert!(matches!(
        pigeon().route(&Method::GET, "/v1/letters/1/2"),
        Route::Unknown
    ));
    let Route::WrongMethod { allow } = pigeon().route(&Method::DELETE, "/v1/letters") else {
        panic!()
    };
    assert_eq!(allow, [Method::GET, Method::POST]);
}

#[test]
fn operations_on_one_route_are_told_apart_by_their_conditions() {
    let headers = HeaderMap::new();
    let chosen = |id: &str| {
        let path = format!("/v1/letters/{id}");
        let Route::Found {
            operations,
            parameters,
        } = pigeon().route(&Method::PATCH, &path)
        else {
            panic!()
        };
        let incoming = Incoming {
            path: &parameters,
            query: &[],
            headers: &headers,
            body: Body::Empty,
        };
        choose(&operations, &incoming).name.as_str()
    };
    assert_eq!(chosen("12"), "letters.rename");
    assert_eq!(chosen("twelve"), "letters.search");
}

#[test]
fn a_variant_is_chosen_by_its_conditions() {
    let send = pigeon().operation("letters.send").unwrap();
    let headers = HeaderMap::new();
    let variant = |element: Value| {
        let body = json!({"letters": [element]});
        let incoming = Incoming {
            path: &[],
            query: &[],
            headers: &headers,
            body: Body::Json(&body),
        };
        send.variant(&incoming).map(|variant| variant.name.as_str())
    };
    assert_eq!(variant(json!({"kind": "parcel"})), Some("parcel"));
    assert_eq!(
        variant(json!({"kind": "choice", "choice": {"type": "list"}})),
        Some("choice list")
    );
    assert_eq!(
        variant(json!({"kind": "choice", "choice": {"type": "tree"}})),
        None
    );
    assert_eq!(variant(json!({})), None);
}

#[test]
fn a_documented_request_is_filled_in() {
    let send = pigeon().operation("letters.send").unwrap();
    let request = send.example("A note").unwrap().1.request().unwrap();
    assert_eq!(request.rung, Rung::Template);
    assert_eq!(request.holes(), ["base", "friend", "nobody"]);
    let filled = request.filled(pigeon());
    assert_eq!(filled.url, "https://api.pigeon.example/v1/letters");
    assert_eq!(
        (filled.host(), filled.target().as_str()),
        (Some("api.pigeon.example"), "/v1/letters?dry=1")
    );
    let body = json!({"letters": [{"to": "Ada", "kind": "note", "text": "Hi Ada, {{nobody}}"}]});
    assert_eq!(filled.body, DocumentedBody::Json(body));
    assert_eq!(filled.holes(), ["nobody"]);
    assert_eq!(request.path(), "/v1/letters", "the base may be a variable");
}

#[test]
fn path_parameters_are_filled_in() {
    let request = |name: &str| {
        pigeon().operation(name).unwrap().variants[0]
            .request()
            .unwrap()
            .filled(pigeon())
    };
    assert_eq!(request("letters.get").path(), "/v1/letters/7");
    assert_eq!(request("letters.get").path, [pair("id", "7")]);
    assert_eq!(request("letters.rename").path(), "/v1/letters/42");
    let mut odd = pigeon()
        .operation("letters.get")
        .expect("it is documented")
        .variants[0]
        .request()
        .expect("it has one");
    odd.path[0].1 = "a/b c".to_owned();
    assert_eq!(odd.filled(pigeon()).path(), "/v1/letters/a%2Fb%20c");
}

#[test]
fn forms_keep_their_fields() {
    let hurry = pigeon().operation("letters.hurry").unwrap();
    let form = hurry.variant_named("form").unwrap().request().unwrap();
    assert_eq!(
        form.body,
        DocumentedBody::Form(vec![pair("speed", "3"), pair("tag", "a"), pair("tag", "b")])
    );
    let photo = hurry.variant_named("photo").unwrap().request().unwrap();
    let DocumentedBody::Multipart(fields) = photo.body else {
        panic!()
    };
    assert_eq!(fields[0].1, FormValue::File("pigeon.png".to_owned()));
}

#[test]
fn near_misses_say_what_is_different() {
    let nearest = |method: Method, path: &str| {
        let miss = pigeon()
            .nearest(&method, path, 1)
            .into_iter()
            .next()
            .expect("something is near");
        format!("{}: {}", miss.operation, miss.reason)
    };
    assert_eq!(
        nearest(Method::DELETE, "/v1/letters/urgent"),
        "letters.hurry: another method"
    );
    assert_eq!(
        nearest(Method::POST, "/v1/leters"),
        "letters.send: leters should be letters"
    );
    assert_eq!(
        nearest(Method::DELETE, "/lofts/north/letters/3"),
        "lofts.clear: the path lacks its beginning, /v1"
    );
    assert_eq!(
        nearest(Method::GET, "/api/v1/letters/3"),
        "letters.get: the path begins with /api too much"
    );
    assert_eq!(
        pigeon().nearest(&Method::GET, "/completely/else/entirely/so", 3),
        []
    );
    assert_eq!(pigeon().nearest(&Method::GET, "/v1/leters", 3).len(), 3);
}

#[test]
fn what_is_not_a_contract_is_refused_with_the_place() {
    let load = |text: &'static str| {
        Document::load(text)
            .expect_err("it is no contract")
            .to_string()
    };
    assert_eq!(
        load("{"),
        "not a contract: EOF while parsing an object at line 1 column 1"
    );
    assert_eq!(
        load(
            r#"{"info": {}, "paths": {"/a": {"get": {"operationId": "a.b", "responses": {"ok": {}}}}}}"#
        ),
        "operation a.b: the status of an answer is \"ok\", but must be a number from 100 to 599"
    );
    let double = r#"{"info": {}, "paths": {"/a": {"get": {"operationId": "a.b"}, "put": {"operationId": "a.b"}}}}"#;
    assert_eq!(
        Document::load(double).expect_err("double"),
        DocumentError::Double("a.b".to_owned())
    );
    assert_eq!(
        load(
            r#"{"info": {}, "paths": {
                "/a/{x}": {"get": {"operationId": "a.one"}},
                "/a/{y}": {"get": {"operationId": "a.two"}}}}"#
        ),
        "operation a.two can never answer: a.one takes every GET /a/{y}; give a.one an x-when"
    );
    assert!(
        load(r#"{"info": {}, "paths": {"/a/{x}-{y}": {"get": {"operationId": "a.one"}}}}"#)
            .contains("/a/{p0}-{p1}")
    );
}
