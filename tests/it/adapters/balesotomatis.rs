//! BalesOtomatis and its reference client.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::adapters::balesotomatis::{
    Account, Button, Destination, Draft, Error, Header, IncomingChat, Method, OtpOrder, Outcome,
    Page, Refusal, Rejection, TemplateQuery, Variable,
};
use contracts::check::{self, Body, Incoming};
use contracts::document::Document;
use http::HeaderMap;
use jiff::SignedDuration;
use mock_server::kernel::vendor::Vendor as _;
use mock_server::kernel::workspace::DEFAULT;
use mock_server::vendors::balesotomatis::BalesOtomatis;
use mock_server::{Options, Running};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

const KEY: &str = "demoBalesKey0000001";
const PHONE: &str = "BO-AAAA1111BBBB2222";
const ASLEEP: &str = "BO-CCCC3333DDDD4444";
const LICENCE: &str = "WB-DEMO0001";
const OPEN: &str = "6281234567890";
const CLOSED: &str = "6281200000055";

fn contract() -> Document {
    Document::load(BalesOtomatis::PROFILE.contract).expect("a contract that loads")
}

fn draft() -> Draft {
    Draft {
        name: "lokasi_toko".into(),
        language: "id".into(),
        category: "UTILITY".into(),
        submit: true,
        header: Some(Header::Location {
            name: "Toko Pusat".into(),
            address: "Jl. Contoh No.1, Jakarta".into(),
            latitude: -6.3555,
            longitude: 101.816,
        }),
        body: "Halo {{1}}, ini lokasi toko kami.".into(),
        variables: vec![Variable {
            placeholder: "{{1}}".into(),
            label: "Nama".into(),
            example: "Sari".into(),
        }],
        buttons: vec![Button::QuickReply {
            label: "Terima kasih".into(),
        }],
    }
}

/// Calls the client's method for a documented use of an operation.
async fn use_client(account: &Account, operation: &str, variant: &str) -> Result<(), Error> {
    let phone = account.phone(PHONE).typing();
    let official = account.official(LICENCE);
    let person = Destination::Person("81200000001");
    let group = Destination::Group("120363000000000001");
    let url = "https://example.com/assets/example.png";
    let page = Page {
        length: Some(10),
        order: Some(("name".into(), true)),
        ..Page::default()
    };
    match (operation, variant) {
        ("account.info", _) => account.info().await.map(drop),
        ("numbers.validate", _) => match phone.is_on_whatsapp("81200000001").await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::Refused {
                refusal: Refusal::Rule,
                message: String::new(),
            }),
            Err(error) => Err(error),
        },
        ("contacts.list", _) => account.contacts(&page).await.map(drop),
        ("audiences.list", _) => account.audiences("cb001", &page).await.map(drop),
        ("messages.group.send", "text") => phone.text(group, "Halo").await,
        ("messages.group.send", "image") => phone.image(group, url, "Halo", true).await,
        ("messages.group.file", _) => phone.file(group, url, "Halo").await,
        ("messages.personal.send", "text") => phone.text(person, "Halo").await,
        ("messages.personal.send", "image") => phone.image(person, url, "Halo", false).await,
        ("messages.personal.file", _) => phone.file(person, url, "Halo").await,
        ("grab", "contacts") => phone.contacts().await.map(drop),
        ("grab", "group") => phone.groups().await.map(drop),
        ("otp.send", _) => {
            let order = OtpOrder {
                to: "81200000001",
                customer: "Sari",
                service: "Masuk",
                company: "Toko",
                lifetime: 60,
            };
            phone.send_otp(&order).await.map(drop)
        }
        ("otp.validate", _) => account.validate_otp("071908").await,
        ("templates.create", _) => official.create_template(&draft()).await.map(drop),
        ("templates.list", _) => official
            .templates(&TemplateQuery {
                length: Some(20),
                ..TemplateQuery::default()
            })
            .await
            .map(drop),
        ("templates.send", "by-id") => official
            .template(OPEN, "900000000000002", &["Sari", "A-1", "3"])
            .await
            .map(drop),
        ("templates.send", "components") => official
            .template_by_name(OPEN, "nama_template_meta", "id", &["Sari", "dikirim"])
            .await
            .map(drop),
        ("conversations.send", "text") => official.text(OPEN, "Halo").await.map(drop),
        ("conversations.send", "image") => official.image(OPEN, url, "Halo").await.map(drop),
        ("conversations.send", "document") => {
            official.document(OPEN, url, "example.png").await.map(drop)
        }
        ("conversations.send", "location") => official
            .location(OPEN, -6.2, 106.816_666, "Jakarta")
            .await
            .map(drop),
        (operation, variant) => panic!("the client has no method for {operation} {variant}"),
    }
}

#[tokio::test]
async fn the_client_sends_what_is_documented_and_understands_every_documented_answer() {
    let contract = contract();
    let mut understood = BTreeSet::new();
    for operation in contract.operations() {
        for variant in &operation.variants {
            for (response, example) in operation.examples() {
                if example
                    .variant
                    .as_deref()
                    .is_some_and(|of| of != variant.name)
                {
                    continue;
                }
                let answer = example.value().expect("an example with a body");
                let status = response.status;
                let server = MockServer::start().await;
                let template = ResponseTemplate::new(status).set_body_json(&answer);
                Mock::given(matchers::method("POST"))
                    .respond_with(template)
                    .mount(&server)
                    .await;
                let account = Account::new(&server.uri(), KEY).expect("a client");
                let result = use_client(&account, &operation.name, &variant.name).await;
                let place = format!("{} {} {}", operation.name, variant.name, example.name);
                let yes = status == 200 && answer["success"] != json!(false);
                match result {
                    Ok(()) => {
                        assert!(yes, "{place} was taken for a yes");
                        understood.insert(operation.name.as_str());
                    }
                    Err(error) => assert!(!yes && error.refusal().is_some(), "{place}: {error:?}"),
                }
                let sent = server.received_requests().await.expect("recorded requests");
                let body: Value = serde_json::from_slice(&sent[0].body).expect("a JSON body");
                assert_eq!(sent[0].url.path(), operation.path);
                let incoming = Incoming {
                    path: &[],
                    query: &[],
                    headers: &HeaderMap::new(),
                    body: Body::Json(&body),
                };
                assert_eq!(
                    check::request(&contract, operation, &incoming),
                    [],
                    "{place}"
                );
                let meant = operation
                    .variant(&incoming)
                    .map(|variant| variant.name.as_str());
                assert_eq!(meant, Some(variant.name.as_str()), "{place}");
            }
        }
    }
    assert_eq!(
        understood.len(),
        contract.operations().len(),
        "every operation has a yes"
    );
}

#[tokio::test]
async fn the_client_survives_refusals_that_travel_as_successes() {
    let server = MockServer::start().await;
    let answer = json!({"code": 403, "message": "Invalid API Key", "type": "fatal_error"});
    Mock::given(matchers::method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let account = Account::new(&server.uri(), KEY).expect("a client");
    let error = account.info().await.expect_err("a refusal");
    assert_eq!(error.refusal(), Some(Refusal::Key));
}

/// The mock on a free port, its clock in our hands.
async fn mock() -> (Running, Account) {
    let options = Options {
        frozen_at: Some(BalesOtomatis::PROFILE.seed_day()),
        ticking: false,
        check_every_answer: true,
        ..Options::default()
    };
    let running = mock_server::start(options).await.expect("a server");
    let account = Account::new(&running.base_url("balesotomatis"), KEY).expect("a client");
    (running, account)
}

#[tokio::test]
async fn the_client_and_the_mock_agree_on_every_documented_use() {
    let (_running, account) = mock().await;
    for operation in contract().operations() {
        for variant in &operation.variants {
            let result = use_client(&account, &operation.name, &variant.name).await;
            assert!(
                result.is_ok(),
                "{} {}: {result:?}",
                operation.name,
                variant.name
            );
        }
    }
}

#[tokio::test]
async fn the_client_lives_with_the_mock() {
    let (running, account) = mock().await;
    let workspace = running
        .app()
        .workspaces()
        .named(DEFAULT)
        .expect("the workspace");
    let wait = |time: Duration| workspace.advance(SignedDuration::try_from(time).expect("a wait"));

    let info = account.info().await.expect("the account");
    let states: Vec<_> = info
        .devices
        .iter()
        .map(|device| device.state_connection.as_str())
        .collect();
    assert_eq!(states, ["connected", "disconnected"]);

    let asleep = account.phone(ASLEEP);
    let to = Destination::Person("81200000001");
    let refused = asleep
        .by(Method::Sync)
        .text(to, "Halo")
        .await
        .expect_err("a phone without network");
    assert_eq!(refused.refusal(), Some(Refusal::Timeout));
    asleep
        .text(to, "Halo")
        .await
        .expect("taken on, to fail later");
    let phone = account.phone(PHONE);
    assert!(
        !phone
            .is_on_whatsapp("81200000404")
            .await
            .expect("an answer")
    );
    let group = phone
        .groups()
        .await
        .expect("groups")
        .remove("120363000000000002")
        .expect("the other group");
    let refused = phone
        .text(Destination::Group(&group.id), "Halo")
        .await
        .expect_err("no admin");
    assert_eq!(refused.refusal(), Some(Refusal::Rule));

    let first = account
        .contacts(&Page {
            length: Some(1),
            ..Page::default()
        })
        .await
        .expect("a page");
    assert_eq!(
        (first.total, first.data[0].name.as_str()),
        (2, "Pelanggan Baru")
    );
    let by_number = Page {
        search: "000404".into(),
        ..Page::default()
    };
    let invalid = account
        .audiences("cb001", &by_number)
        .await
        .expect("a page");
    assert_eq!(
        (invalid.found, invalid.data[0].status.as_str()),
        (1, "invalid")
    );

    let order = OtpOrder {
        to: "81200000001",
        customer: "Sari",
        service: "Masuk",
        company: "Toko",
        lifetime: 60,
    };
    let code = phone.send_otp(&order).await.expect("a code").otp_code;
    wait(Duration::from_secs(60)).await;
    assert_eq!(
        account
            .validate_otp(&code)
            .await
            .expect_err("too late")
            .refusal(),
        Some(Refusal::Rule)
    );

    let official = account.official(LICENCE);
    let Outcome::Submitted { id, .. } = official
        .create_template(&draft())
        .await
        .expect("a template")
    else {
        panic!("the template was to be submitted")
    };
    let early = official
        .template(CLOSED, &id, &["Sari"])
        .await
        .expect_err("not approved yet");
    assert_eq!(early.refusal(), Some(Refusal::Rule));
    wait(Duration::from_secs(600)).await;
    let found = official
        .templates(&TemplateQuery {
            search: "lokasi",
            ..TemplateQuery::default()
        })
        .await
        .expect("a list");
    assert_eq!(
        (
            found.total,
            found.data[0].status.as_str(),
            &found.data[0].id
        ),
        (1, "APPROVED", &id)
    );
    assert_eq!(
        official
            .template(CLOSED, &id, &["Sari"])
            .await
            .expect("sent")
            .template,
        "lokasi_toko"
    );
    let again = official
        .create_template(&draft())
        .await
        .expect_err("the name is taken");
    assert_eq!(again.refusal(), Some(Refusal::Meta));

    let late = official
        .by(Method::Sync)
        .text(CLOSED, "Halo")
        .await
        .expect_err("the window is closed");
    assert_eq!(late.refusal(), Some(Refusal::WindowClosed));
    assert_eq!(official.text(OPEN, "Halo").await.expect("sent").to, OPEN);

    let stranger = Account::new(&running.base_url("balesotomatis"), "nobody's").expect("a client");
    assert_eq!(
        stranger.info().await.expect_err("a stranger").refusal(),
        Some(Refusal::Key)
    );
    assert_eq!(
        account
            .phone("BO-NOBODYS")
            .contacts()
            .await
            .expect_err("no such phone")
            .refusal(),
        Some(Refusal::Number)
    );
    let nowhere = Account::new(
        &format!("{}/nowhere", running.base_url("balesotomatis")),
        KEY,
    )
    .expect("a client");
    assert!(
        matches!(nowhere.info().await, Err(Error::NotJson(404, page)) if page.starts_with("<!DOCTYPE"))
    );
}

#[test]
fn the_client_reads_every_documented_webhook_and_nothing_else() {
    let contract = contract();
    let headers = |number: &str| {
        HeaderMap::from_iter([(
            "bls-oto-numberid".parse().expect("a name"),
            number.parse().expect("a value"),
        )])
    };
    for example in contract.webhooks()[0].content[0].examples.iter() {
        let body = example.value().expect("a payload").to_string();
        let chat = IncomingChat::read(&headers(PHONE), body.as_bytes(), &[PHONE, LICENCE])
            .expect("a chat");
        assert_eq!(chat.number, PHONE);
        assert!(
            chat.data.peer().bytes().all(|byte| byte.is_ascii_digit()),
            "{}",
            example.name
        );
        let foreign = IncomingChat::read(&headers("BO-SOMEBODYS"), body.as_bytes(), &[PHONE]);
        assert!(matches!(foreign, Err(Rejection::WrongNumber(_))));
    }
    let other = IncomingChat::read(
        &headers(PHONE),
        br#"{"type": "message_ack", "data": {}}"#,
        &[PHONE],
    );
    assert!(matches!(other, Err(Rejection::UnknownEvent(event)) if event == "message_ack"));
    assert!(matches!(
        IncomingChat::read(&headers(PHONE), b"{}", &[PHONE]),
        Err(Rejection::Malformed(_))
    ));
}
