//! BalesOtomatis and its reference client: codes that expire, templates that are reviewed, numbers that are refused.

use std::time::Duration;

use contracts::adapters::balesotomatis::{
    Account, Button, Destination, Draft, Error, Header, Method, OtpOrder, Page, Refusal,
    TemplateQuery, Variable,
};
use jiff::SignedDuration;
use mock_server::kernel::vendor::Vendor as _;
use mock_server::kernel::workspace::DEFAULT;
use mock_server::vendors::balesotomatis::BalesOtomatis;
use mock_server::{Options, Running};

const KEY: &str = "demoBalesKey0000001";
const PHONE: &str = "BO-AAAA1111BBBB2222";
const ASLEEP: &str = "BO-CCCC3333DDDD4444";
const LICENCE: &str = "WB-DEMO0001";
const OPEN: &str = "6281234567890";
const CLOSED: &str = "6281200000055";

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
async fn the_client_lives_with_the_mock() {
    let (running, account) = mock().await;
    let workspace = running
        .app()
        .workspaces()
        .named(DEFAULT)
        .expect("the workspace");
    let wait = |time: Duration| workspace.advance(SignedDuration::try_from(time).expect("a wait"));

    let answer = account.info().await.expect("the account");
    let states: Vec<_> = answer
        .info
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
        .content
        .data
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
    let code = phone
        .send_otp(&order)
        .await
        .expect("a code")
        .content
        .otp_code;
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
    let created = official
        .create_template(&draft())
        .await
        .expect("a template");
    let id = created.fb_response.expect("a submitted template").id;
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
    assert_eq!(
        official.text(OPEN, "Halo").await.expect("sent").message.to,
        OPEN
    );

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
