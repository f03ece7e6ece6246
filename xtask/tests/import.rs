//! The import as its users meet it: through the command line, on small collections and on the real ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder that looks like the project, with one collection and one overlay.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn with(collection: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("Cargo.toml"), "[workspace]\n").expect("writable");
        fs::write(
            folder.path().join("toy.postman_collection.json"),
            collection,
        )
        .expect("writable");
        Self { folder }
    }

    fn overlay(self, actions: Value) -> Self {
        let folder = self.folder.path().join("fixtures/toy");
        fs::create_dir_all(&folder).expect("writable");
        let overlay = json!({"overlay": "1.0.0", "info": {"title": "toy", "version": "1"}, "actions": actions});
        fs::write(folder.join("overlay.json"), overlay.to_string()).expect("writable");
        self
    }

    fn import(&self, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .current_dir(self.folder.path())
            .env_remove("COLLECTIONS_DIR")
            .args(["import", "toy", "--collections", "."])
            .args(more);
        command.output().expect("xtask runs")
    }

    fn contract(&self) -> Option<Value> {
        let text = fs::read_to_string(self.folder.path().join("fixtures/toy/openapi.json")).ok()?;
        Some(serde_json::from_str(&text).expect("the contract is JSON"))
    }

    /// The contract, or what went wrong.
    fn made(&self) -> Value {
        let output = self.import(&[]);
        assert!(output.status.success(), "{}", said(&output));
        self.contract().expect("a contract was written")
    }

    /// Fails with code 2, writes nothing, and says all of `expected`.
    fn refused(&self, expected: &[&str]) {
        let output = self.import(&[]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        for part in expected {
            assert!(said.contains(part), "{part:?} is missing in: {said}");
        }
        assert!(self.contract().is_none(), "nothing may be written");
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn collection(items: Value) -> String {
    json!({"info": {"name": "Toy", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": items}).to_string()
}

fn item(id: &str, method: &str, url: &str, body: Option<&str>) -> Value {
    let mut item = json!({"id": id, "name": id, "request": {"method": method, "url": url, "header": []}, "response": []});
    if let Some(body) = body {
        item["request"]["body"] = json!({"mode": "raw", "raw": body});
    }
    item
}

fn action(target: &str, update: Value) -> Value {
    json!({"target": target, "update": update, "x-reason": "a test", "x-evidence": "assumed"})
}

#[test]
fn an_unreadable_file_is_named() {
    let desk = Desk::with("");
    fs::remove_file(desk.folder.path().join("toy.postman_collection.json")).expect("it was there");
    desk.refused(&["toy", "toy.postman_collection.json does not exist"]);
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let desk = Desk::with("");
    fs::write(
        desk.folder.path().join("toy.postman_collection.json"),
        [0xff, 0xfe, 0x00],
    )
    .expect("writable");
    desk.refused(&["toy.postman_collection.json", "not UTF-8"]);
}

#[test]
fn text_that_is_no_json_is_pointed_at() {
    Desk::with("{\n  \"info\": {},\n  oops\n}").refused(&[
        "toy.postman_collection.json",
        "line 3, column 3",
        "not JSON",
    ]);
}

#[test]
fn json_that_is_no_collection_says_what_was_expected() {
    Desk::with(r#"{"openapi": "3.1.0"}"#).refused(&[
        "not a Postman collection",
        "`info`",
        "`item`",
    ]);
    Desk::with(r#"{"collection": {"info": {"name": "x"}, "item": 3}}"#)
        .refused(&["not a Postman collection"]);
    let v1 = json!({"info": {"schema": "https://schema.getpostman.com/json/collection/v1.0.0/"}, "item": []});
    Desk::with(&v1.to_string()).refused(&["v1", "expected v2.0 or v2.1"]);
}

#[test]
fn an_item_that_cannot_be_understood_is_named_by_its_folders() {
    let broken = |item: Value| {
        Desk::with(&collection(
            json!([{"name": "Outer", "item": [{"name": "Inner", "item": [item]}]}]),
        ))
    };
    broken(json!({"name": "Bare"}))
        .refused(&["Outer / Inner / Bare", "neither a folder nor a request"]);
    broken(json!({"name": "Odd", "request": 7})).refused(&[
        "Outer / Inner / Odd",
        "a number, expected an object or a url",
    ]);
    broken(json!({"name": "Odd", "request": {"method": 1, "url": "/a"}}))
        .refused(&["Outer / Inner / Odd", "`method` is a number"]);
    broken(json!({"name": "Odd", "request": {"url": "/a", "body": {"mode": "smoke"}}}))
        .refused(&["Outer / Inner / Odd", "body mode \"smoke\""]);
    broken(json!({"name": "Odd", "request": {"url": "/a"}, "response": [{"code": 9000}]}))
        .refused(&["Outer / Inner / Odd", "saved response #1", "9000"]);
}

#[test]
fn a_duplicate_operation_name_is_refused() {
    let items = json!([
        item("one", "GET", "https://x.example/a", None),
        item("two", "GET", "https://x.example/b", None)
    ]);
    let desk = Desk::with(&collection(items)).overlay(json!([action(
        "$.items[*]",
        json!({"operation": "things.get"})
    )]));
    desk.refused(&[
        "duplicate operation name \"things.get\"",
        "GET /a",
        "GET /b",
        "\"one\"",
        "\"two\"",
    ]);
}

#[test]
fn an_action_that_matches_nothing_is_refused() {
    let items = json!([item("one", "GET", "https://x.example/a", None)]);
    let desk = Desk::with(&collection(items)).overlay(json!([
        action("$.items['one']", json!({"operation": "a.get"})),
        action("$.paths['/b']", json!({}))
    ]));
    desk.refused(&[
        "overlay.json",
        "actions[1]",
        "$.paths['/b']",
        "a test",
        "matches nothing",
    ]);
}

#[test]
fn a_misspelt_member_of_an_item_is_refused() {
    let items = json!([item("one", "GET", "https://x.example/a", None)]);
    Desk::with(&collection(items))
        .overlay(json!([action(
            "$.items['one']",
            json!({"operatoin": "a.get"})
        )]))
        .refused(&["item one", "operatoin"]);
}

#[test]
fn an_example_that_breaks_the_contract_is_refused() {
    let items = json!([item(
        "one",
        "POST",
        "https://x.example/a",
        Some(r#"{"kind": "text"}"#)
    )]);
    let desk = Desk::with(&collection(items)).overlay(json!([
        action(
            "$.items['one']",
            json!({"operation": "a.send", "variant": "text"})
        ),
        action(
            "$.components.schemas['a.send.text'].properties.kind",
            json!({"enum": ["image"]})
        ),
    ]));
    desk.refused(&["a.send", "variant \"text\"", "/kind", "\"text\""]);
}

#[test]
fn an_overlay_may_not_lose_what_the_collection_says() {
    let mut one = item("one", "GET", "https://x.example/a", None);
    one["response"] = json!([{"id": "r", "name": "Success", "code": 200, "body": "{}"}]);
    let items = json!([one, item("two", "GET", "https://x.example/b", None)]);
    let remove = |target: &str| json!([{"target": target, "remove": true, "x-reason": "a test", "x-evidence": "assumed"}]);
    Desk::with(&collection(items.clone()))
        .overlay(remove("$.paths['/b']"))
        .refused(&["1 items are mapped", "of 2"]);
    Desk::with(&collection(items))
        .overlay(remove(
            "$.paths['/a'].get.responses['200'].content['application/json'].examples['Success']",
        ))
        .refused(&["0 of 1 saved responses"]);
}

#[test]
fn a_wrapped_v2_0_collection_with_every_kind_of_url_is_read() {
    let items = json!([
        {"name": "Text", "request": "https://x.example/plain?limit=5"},
        {"name": "Parts", "request": {"method": "GET", "url": {"protocol": "https", "host": ["x", "example"], "path": ["things", ":id"], "query": [{"key": "a", "value": "1"}, {"key": "off", "value": "2", "disabled": true}], "variable": [{"key": "id", "value": "42"}]}}},
        {"name": "Both", "request": {"method": "PUT", "url": "{{base}}/things/{{name}}", "urlObject": {"path": ["things", "{{name}}"], "host": ["{{base}}"], "query": [], "variable": []}}},
    ]);
    let inner = json!({"info": {"name": "Toy", "schema": "https://schema.getpostman.com/json/collection/v2.0.0/collection.json"}, "item": items, "variable": [{"key": "base", "value": "https://x.example"}]});
    let contract = Desk::with(&json!({"collection": inner}).to_string()).made();
    assert_eq!(contract["servers"], json!([{"url": "https://x.example"}]));
    assert_eq!(
        contract["paths"]
            .as_object()
            .map(|paths| paths.keys().collect::<Vec<_>>()),
        Some(vec![&"/plain".to_owned(), &"/things/{id}".to_owned()])
    );
    let get = &contract["paths"]["/things/{id}"]["get"];
    assert_eq!(get["x-variants"][0]["request"]["path"], json!({"id": "42"}));
    assert_eq!(
        get["x-variants"][0]["request"]["query"],
        json!([["a", "1"]])
    );
    let names: Vec<_> = get["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, [json!("id"), json!("a"), json!("off")]);
    assert_eq!(
        contract["paths"]["/things/{id}"]["put"]["x-variants"][0]["request"]["path"],
        json!({"id": "{{name}}"})
    );
}

#[test]
fn variants_become_guarded_branches_and_exactly_one_applies() {
    let send = |id: &str, body: Value| {
        item(
            id,
            "POST",
            "https://x.example/send",
            Some(&body.to_string()),
        )
    };
    let items = json!([
        send(
            "text",
            json!({"messages": [{"type": "text", "text": "hi"}]})
        ),
        send(
            "reply",
            json!({"messages": [{"type": "text", "text": "hi", "to": "m1"}]})
        ),
        send("other", json!({"messages": [{"kind": 7}]})),
    ]);
    let contract = Desk::with(&collection(items))
        .overlay(json!([
            action("$.items[*]", json!({"operation": "messages.send"})),
            action("$.items['text']", json!({"variant": "text", "when": [{"pointer": "/type", "const": "text"}]})),
            action("$.items['reply']", json!({"variant": "reply", "when": [{"pointer": "/type", "const": "text"}, {"pointer": "/to", "present": true}]})),
            action("$.items['other']", json!({"variant": "other"})),
            action("$.operations", json!({"messages.send": {"variantsAt": "/messages/*"}})),
        ]))
        .made();
    let operation = &contract["paths"]["/send"]["post"];
    let names: Vec<_> = operation["x-variants"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, [json!("reply"), json!("text"), json!("other")]);
    let branches = &operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
        ["messages"]["items"]["oneOf"];
    let part = |branch: &Value| {
        jsonschema::validator_for(&json!({"allOf": [branch], "components": contract["components"]}))
            .expect("JSON Schema")
    };
    for (message, expected) in [
        (json!({"type": "text", "text": "x"}), 1),
        (json!({"type": "text", "text": "x", "to": "m2"}), 0),
        (json!({"kind": 1}), 2),
        (json!({}), 2),
    ] {
        let fits: Vec<usize> = branches
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .filter(|(_, branch)| part(branch).is_valid(&message))
            .map(|(index, _)| index)
            .collect();
        assert_eq!(fits, [expected], "{message}");
    }
    assert_eq!(
        operation["x-variants"][0]["schema"],
        json!("#/components/schemas/messages.send.reply")
    );
}

#[test]
fn without_an_overlay_a_member_that_differs_tells_variants_apart() {
    let send = |id: &str, body: Value| {
        item(
            id,
            "POST",
            "https://x.example/send",
            Some(&body.to_string()),
        )
    };
    let items = json!([
        send(
            "text",
            json!({"to": "a", "message": {"type": "text", "text": "hi"}})
        ),
        send(
            "image",
            json!({"to": "a", "message": {"type": "image", "link": "l"}})
        ),
    ]);
    let contract = Desk::with(&collection(items.clone())).made();
    let operation = &contract["paths"]["/send"]["post"];
    assert_eq!(
        operation["x-variants"][1]["when"],
        json!([{"pointer": "/message/type", "const": "image"}])
    );
    assert_eq!(
        operation["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );

    // A saved request of a third kind shows that the member tells nothing.
    let mut third = items;
    third[0]["response"] = json!([{"id": "r", "name": "Success", "code": 200, "body": "{}", "originalRequest": send("x", json!({"to": "a", "message": {"type": "audio"}}))["request"]}]);
    let contract = Desk::with(&collection(third)).made();
    assert!(
        contract["paths"]["/send"]["post"]["requestBody"]["content"]["application/json"]["schema"]
            .get("anyOf")
            .is_some()
    );
}

#[test]
fn extra_variants_come_from_comments_code_blocks_and_saved_requests() {
    let mut send = item(
        "send",
        "POST",
        "https://x.example/send",
        Some("{\"type\": \"text\"}\n// {\"type\": \"list\"}"),
    );
    send["request"]["description"] = json!("<h2>Request body</h2><pre>{\"type\": \"video\"}</pre>");
    let saved = item(
        "x",
        "POST",
        "https://x.example/send",
        Some(r#"{"type": "audio"}"#),
    )["request"]
        .clone();
    send["response"] = json!([{"id": "r", "name": "Success", "code": 200, "body": "{}", "originalRequest": saved}]);
    let when = |kind: &str| json!([{"pointer": "/type", "const": kind}]);
    let contract = Desk::with(&collection(json!([send])))
        .overlay(json!([action(
            "$.items['send']",
            json!({"operation": "a.send", "variant": "text", "when": when("text"), "extra": [
                {"variant": "list", "when": when("list"), "fromComment": 0},
                {"variant": "video", "when": when("video"), "fromBlock": "1"},
                {"variant": "audio", "when": when("audio"), "fromResponse": "r"},
            ]})
        )]))
        .made();
    let operation = &contract["paths"]["/send"]["post"];
    let bodies: Vec<_> = operation["x-variants"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            (
                one["name"].clone(),
                one["request"]["body"]["json"]["type"].clone(),
            )
        })
        .collect();
    assert_eq!(
        bodies,
        ["text", "list", "video", "audio"].map(|kind| (json!(kind), json!(kind)))
    );
    assert_eq!(
        operation["responses"]["200"]["content"]["application/json"]["examples"]["Success"]["x-variant"],
        json!("audio")
    );
}

#[test]
fn a_variant_whose_own_request_is_another_one_is_refused() {
    let send = |id: &str, body: Value| {
        item(
            id,
            "POST",
            "https://x.example/send",
            Some(&body.to_string()),
        )
    };
    let items = json!([
        send("one", json!({"type": "a"})),
        send("two", json!({"type": "a"}))
    ]);
    Desk::with(&collection(items))
        .overlay(json!([
            action("$.items[*]", json!({"operation": "messages.send"})),
            action(
                "$.items['one']",
                json!({"variant": "one", "when": [{"pointer": "/type", "const": "a"}]})
            ),
            action(
                "$.items['two']",
                json!({"variant": "two", "when": [{"pointer": "/type", "const": "b"}]})
            ),
        ]))
        .refused(&[
            "operation messages.send",
            "item \"two\"",
            "not variant \"two\"",
        ]);
}

#[test]
fn operations_that_share_method_and_path_stand_in_x_alternatives() {
    let items = json!([
        item(
            "create",
            "POST",
            "https://x.example/contacts",
            Some(r#"{"name": "Asha"}"#)
        ),
        item(
            "search",
            "POST",
            "https://x.example/contacts",
            Some(r#"{"and": {}}"#)
        ),
    ]);
    let named = json!([
        action(
            "$.items['create']",
            json!({"operation": "contacts.create", "variant": "plain"})
        ),
        action(
            "$.items['search']",
            json!({"operation": "contacts.search", "variant": "plain"})
        ),
    ]);
    Desk::with(&collection(items.clone()))
        .overlay(named.clone())
        .refused(&[
            "contacts.create and contacts.search share POST /contacts",
            "`when`",
        ]);
    let mut decided = named.as_array().cloned().unwrap_or_default();
    decided.push(action(
        "$.operations",
        json!({"contacts.search": {"when": [{"pointer": "/and", "present": true}]}}),
    ));
    let contract = Desk::with(&collection(items))
        .overlay(Value::Array(decided))
        .made();
    let wrapper = &contract["paths"]["/contacts"]["post"];
    let names: Vec<_> = wrapper["x-alternatives"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one["operationId"].clone())
        .collect();
    assert_eq!(names, [json!("contacts.search"), json!("contacts.create")]);
    assert!(
        wrapper["x-alternatives"][0].get("x-when").is_some()
            && wrapper["x-alternatives"][1].get("x-when").is_none()
    );
    reads(&contract);
}

#[test]
fn saved_responses_keep_their_names_and_missing_statuses_are_marked() {
    let mut one = item("one", "GET", "https://x.example/a", None);
    one["response"] = json!([
        {"id": "r1", "name": "Success", "code": 200, "body": "{\"a\": 1}"},
        {"id": "r2", "name": "Success", "body": "{\"a\": 2}"},
        {"id": "r3", "name": "Broken", "code": 500, "body": "Internal Server Error"},
        {"id": "r4", "name": "Gone", "code": 204},
    ]);
    let contract = Desk::with(&collection(json!([one]))).made();
    let responses = &contract["paths"]["/a"]["get"]["responses"];
    let examples = &responses["200"]["content"]["application/json"]["examples"];
    assert_eq!(
        (
            &examples["Success"]["value"],
            &examples["Success (2)"]["x-status"]
        ),
        (&json!({"a": 1}), &json!("inferred"))
    );
    assert_eq!(
        responses["500"]["content"]["text/plain"]["examples"]["Broken"]["value"],
        json!("Internal Server Error")
    );
    assert_eq!(
        responses["204"]["x-examples"]["Gone"]["x-response"],
        json!("r4")
    );
    assert_eq!(
        responses["200"]["content"]["application/json"]["schema"]["required"],
        json!(["a"])
    );
}

#[test]
fn check_finds_the_first_difference_and_writes_nothing() {
    let desk = Desk::with(&collection(json!([item(
        "one",
        "GET",
        "https://x.example/a",
        None
    )])));
    let mut contract = desk.made();
    assert!(desk.import(&["--check"]).status.success());
    contract["info"]["title"] = json!("Tampered");
    let path = desk.folder.path().join("fixtures/toy/openapi.json");
    fs::write(&path, contract.to_string()).expect("writable");
    let output = desk.import(&["--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("/info/title: committed \"Tampered\", now \"Toy\""),
        "{}",
        said(&output)
    );
    assert_eq!(desk.contract(), Some(contract));
}

#[test]
fn lint_tells_what_is_wrong_with_a_collection() {
    let mut one = item(
        "one",
        "POST",
        "https://x.example/a",
        Some("{\n  \"a\": 1, // first\n}\n// {\"b\": 2}"),
    );
    one["response"] = json!([{"id": "r", "name": "Success", "body": "{}"}]);
    one["request"]["description"] = json!(
        "<h2>Request Body</h2><table><tr><th>Field</th><th>Type</th><th>Description</th></tr><tr><td>a</td><td>String</td><td>x</td></tr></table>"
    );
    let output = Desk::with(&collection(json!([one]))).import(&["--lint", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    let report = &report["collections"][0];
    assert_eq!(report["bodies"], json!({"strict": 1, "comments": 1}));
    assert_eq!(
        report["invalid_json"][0]["reason"],
        json!("2:11: key must be a string")
    );
    assert_eq!(
        report["missing_statuses"],
        json!(["one: response \"Success\""])
    );
    assert_eq!(report["commented_out_bodies"][0]["bodies"], json!(1));
    assert_eq!(
        report["contradictions"][0]["found"],
        json!("/a: the table says string, an example has number")
    );
}

/// The project this test belongs to.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .expect("xtask lies in the project")
}

fn contracts() -> Vec<(String, Value)> {
    let mut folders: Vec<PathBuf> = fs::read_dir(project().join("fixtures"))
        .expect("fixtures exist")
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    let read = |folder: &PathBuf| {
        let text = fs::read_to_string(folder.join("openapi.json")).ok()?;
        let name = folder.file_name()?.to_string_lossy().into_owned();
        Some((
            name,
            serde_json::from_str(&text).expect("a contract is JSON"),
        ))
    };
    folders.iter().filter_map(read).collect()
}

/// Is OpenAPI 3.1 by the official schema, holds only JSON Schemas where it should, and `oas3` reads it.
fn reads(contract: &Value) {
    let schema: Value =
        serde_json::from_str(include_str!("openapi/schema-3.1.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the official schema compiles");
    let errors: Vec<String> = validator
        .iter_errors(contract)
        .take(3)
        .map(|error| {
            format!("{}: {error}", error.instance_path())
                .chars()
                .take(400)
                .collect()
        })
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut schemas = 0;
    each_schema(contract, &mut |schema| {
        schemas += 1;
        assert!(jsonschema::meta::is_valid(schema), "{schema}");
    });
    assert!(
        schemas > 0
            || contract["paths"]
                .as_object()
                .is_some_and(|paths| paths.len() < 3)
    );
    let spec = oas3::from_json(contract.to_string()).expect("oas3 reads the contract");
    assert_eq!(
        spec.paths.as_ref().map_or(0, oas3::Map::len),
        contract["paths"]
            .as_object()
            .map_or(0, serde_json::Map::len)
    );
}

fn each_schema(value: &Value, see: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "schema" if member.is_object() => see(member),
                    "schemas" => member
                        .as_object()
                        .into_iter()
                        .flatten()
                        .for_each(|(_, schema)| see(schema)),
                    "examples" | "example" | "x-request" | "x-variants" => {}
                    _ => each_schema(member, see),
                }
            }
        }
        Value::Array(elements) => elements
            .iter()
            .for_each(|element| each_schema(element, see)),
        _ => {}
    }
}

#[test]
fn every_contract_is_openapi_3_1() {
    let contracts = contracts();
    assert_eq!(contracts.len(), 5);
    for (vendor, contract) in contracts {
        assert_eq!(contract["info"]["x-vendor"], json!(vendor));
        reads(&contract);
    }
}

#[test]
fn nothing_of_the_five_collections_is_lost() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(project())
        .args(["coverage", "--format", "json"])
        .output()
        .expect("xtask runs");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    let vendors = report["vendors"].as_array().cloned().unwrap_or_default();
    let sum = |key: &str| {
        vendors
            .iter()
            .filter_map(|vendor| vendor[key].as_u64())
            .sum::<u64>()
    };
    assert_eq!(
        (sum("items"), sum("items_mapped") + sum("items_ignored")),
        (225, 225)
    );
    assert_eq!((sum("responses"), sum("responses_kept")), (190, 190));
    for (_, contract) in contracts() {
        for ignored in contract["x-import"]["ignored"]
            .as_array()
            .into_iter()
            .flatten()
        {
            assert!(
                ignored["reason"]
                    .as_str()
                    .is_some_and(|reason| !reason.is_empty()),
                "{ignored}"
            );
        }
    }
}

/// The collections are not ours and not in the repository; without them there is nothing to compare.
#[test]
fn committed_contracts_are_what_import_writes() {
    let folder = std::env::var_os("COLLECTIONS_DIR")
        .map_or_else(|| project().join("../shared/collections"), PathBuf::from);
    if !folder.is_dir() {
        eprintln!("skipped: no collections in {}", folder.display());
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(project())
        .args(["import", "--check", "--collections"])
        .arg(&folder)
        .output()
        .expect("xtask runs");
    assert!(output.status.success(), "{}", said(&output));
}
