//! Customers' phones, vendor after vendor: what is written on them arrives, and nothing else does.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use mock_server::{App, Options};
use serde_json::{Value, json};

use crate::support::story::read;

/// Who has conversations.
const VENDORS: [&str; 5] = ["balesotomatis", "cekat", "heltar", "myoperator", "omnichat"];

struct Server(App);

impl Server {
    fn new() -> Self {
        let options = Options {
            ticking: false,
            ..Options::default()
        };
        Self(App::new(options).unwrap())
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:4600")
            .header("content-type", "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())));
        let answer = read(self.0.answer(request.unwrap()).await).await;
        let value = serde_json::from_str(&answer.text).unwrap();
        (answer.status, value)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, value) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {value}");
        value
    }

    async fn does(&self, vendor: &str, gesture: Value) -> (StatusCode, Value) {
        let path = format!("/__admin/phones/{vendor}");
        self.ask(Method::POST, &path, Some(gesture)).await
    }

    async fn screen(&self, vendor: &str, phone: &str) -> Vec<Value> {
        let phone = percent(phone);
        let path = format!("/__admin/phones/{vendor}/screen?phone={phone}");
        let screen = self.get(&path).await;
        screen["messages"].as_array().unwrap().clone()
    }
}

fn percent(text: &str) -> String {
    text.replace('+', "%2B").replace('/', "%2F")
}

#[tokio::test]
async fn what_a_customer_writes_is_on_the_screen_and_told_to_the_world() {
    let server = Server::new();
    for vendor in VENDORS {
        let phones = server.get(&format!("/__admin/phones/{vendor}")).await;
        let phone = phones["phones"][0]["id"].as_str().unwrap().to_owned();
        let before = server.screen(vendor, &phone).await.len();
        let write = json!({"gesture": "write", "phone": phone, "says": {"type": "text", "text": "Is it open? 🙂"}});
        let (status, answer) = server.does(vendor, write).await;
        assert_eq!(status, StatusCode::OK, "{vendor}: {answer}");
        assert_ne!(answer["announced"], json!([]), "{vendor} tells nobody");
        let after = server.screen(vendor, &phone).await;
        let last = after.last().unwrap();
        assert_eq!(after.len(), before + 1, "{vendor}");
        assert_eq!(last["text"], "Is it open? 🙂", "{vendor}");
        assert_eq!(last["from"], "customer", "{vendor}");
    }
}

#[tokio::test]
async fn somebody_new_gets_a_phone_by_writing() {
    let server = Server::new();
    for vendor in VENDORS {
        let write = json!({"gesture": "write", "phone": "6281999990001", "name": "Newcomer", "says": {"type": "text", "text": "Hello"}});
        let (status, answer) = server.does(vendor, write).await;
        assert_eq!(status, StatusCode::OK, "{vendor}: {answer}");
        let phones = server.get(&format!("/__admin/phones/{vendor}")).await;
        let new = phones["phones"].as_array().unwrap().iter().find(|phone| {
            let number = phone["number"].as_str().unwrap();
            number.trim_start_matches('+') == "6281999990001"
        });
        let id = new.unwrap_or_else(|| panic!("{vendor} shows no new phone"))["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let screen = server.screen(vendor, &id).await;
        assert_eq!(screen.len(), 1, "{vendor}");
    }
}

#[tokio::test]
async fn what_cannot_be_done_on_a_phone_is_said_and_changes_nothing() {
    let server = Server::new();
    for vendor in VENDORS {
        let before = server.get(&format!("/__admin/state/{vendor}")).await;
        for gesture in [
            json!({"gesture": "read", "message": "no-such-message"}),
            json!({"gesture": "press", "phone": "6281999990001", "message": "no-such-message", "button": "x"}),
        ] {
            let (status, answer) = server.does(vendor, gesture).await;
            assert_eq!(
                status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{vendor}: {answer}"
            );
        }
        let (status, answer) = server.does(vendor, json!({"gesture": "wave"})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{vendor}: {answer}");
        assert_eq!(
            server.get(&format!("/__admin/state/{vendor}")).await,
            before
        );
        let path = format!("/__admin/phones/{vendor}/screen?phone=nobody");
        let (status, _) = server.ask(Method::GET, &path, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{vendor}");
    }
}

#[tokio::test]
async fn a_tapped_button_answers_its_message() {
    let server = Server::new();
    let number = "919000005883";
    let message = json!({"messages": [{
        "clientWaNumber": number,
        "messageType": "interactive",
        "interactive": {"type": "button", "body": {"text": "Shall we?"}, "action": {"buttons": [
            {"type": "reply", "reply": {"id": "yes", "title": "Yes"}},
            {"type": "reply", "reply": {"id": "no", "title": "No"}}]}},
    }]});
    let request = Request::builder()
        .method(Method::POST)
        .uri("/heltar/v1/messages/send")
        .header("host", "127.0.0.1:4600")
        .header("authorization", "Bearer heltar-mock-key")
        .header("content-type", "application/json")
        .body(Body::from(message.to_string()));
    let sent = read(server.0.answer(request.unwrap()).await).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    let screen = server.screen("heltar", number).await;
    let asked = screen.last().unwrap();
    assert_eq!(
        asked["buttons"],
        json!([{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}])
    );
    let press =
        json!({"gesture": "press", "phone": number, "message": asked["id"], "button": "yes"});
    let (status, answer) = server.does("heltar", press).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(
        answer["happened"]["says"],
        json!({"type": "button_reply", "id": "yes", "title": "Yes"})
    );
    let screen = server.screen("heltar", number).await;
    let tapped = screen.last().unwrap();
    assert_eq!(
        (&tapped["from"], &tapped["text"]),
        (&json!("customer"), &json!("Yes"))
    );
}
