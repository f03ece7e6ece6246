//! Omnichat and its reference client: receipts and taps, broadcasts that keep their numbers, customers who come and
//! go, and refusals of all four families.

use std::time::Duration;

use contracts::adapters::meta::interactive::{Button, Buttons};
use contracts::adapters::meta::media::File;
use contracts::adapters::meta::template::{Component, Parameter};
use contracts::adapters::omnichat::broadcasts::{
    Draft, Kind, RecipientSelection, RecipientStatus, Selection, Status,
};
use contracts::adapters::omnichat::contacts::{By, Change, Contact, Identities, Who};
use contracts::adapters::omnichat::customers::{Adjustment, Holder};
use contracts::adapters::omnichat::direct_messages::{Language, Message, Outgoing, Template};
use contracts::adapters::omnichat::headless::{self, Interactive, Line, Recipient};
use contracts::adapters::omnichat::messages::{MessageStatus, SenderType};
use contracts::adapters::omnichat::rooms::{Agent, Room};
use contracts::adapters::omnichat::team::{Source, Tagged};
use contracts::adapters::omnichat::webhook::{self, Content, DirectMessageStage, Event, Stage};
use contracts::adapters::omnichat::{
    AdvertisingCode, Category, Client, Code, CustomAttribute, Error, Paging, Platform, Range,
    Refusal, Tags, contacts, messages,
};
use http::Method;
use jiff::SignedDuration;
use mock_server::kernel::delivery::{Endpoint, Signature};
use mock_server::kernel::faults::{Fault, FaultRule};
use mock_server::kernel::rate_limit::RateLimiting;
use mock_server::kernel::vendor::Vendor as _;
use mock_server::kernel::workspace::{DEFAULT, Workspace};
use mock_server::vendors::omnichat::Omnichat;
use mock_server::{Options, Running};
use serde_json::json;

use crate::support::receiver::Receiver;

const TOKEN: &str = "omnichat-demo-token";
const SECRET: &str = "a signature secret";

/// A number of the business, and people who know it: two who read, one who wants nothing, one who is not reached.
const SHOP: &str = "85290000001";
const GRACE: &str = "85260000001";
const HANA: &str = "85260000002";
const IVAN: &str = "85260000009";
const KIM: &str = "85260000007";

/// A channel of LINE.
const LINE: &str = "1655713616";

/// The mock on a free port, its clock in our hands.
async fn mock() -> (Running, Client) {
    mock_with(RateLimiting::default()).await
}

async fn mock_with(rate_limits: RateLimiting) -> (Running, Client) {
    let options = Options {
        rate_limits,
        vendors: vec!["omnichat".to_owned()],
        frozen_at: Some(Omnichat::PROFILE.seed_day()),
        ticking: false,
        check_every_answer: true,
        ..Options::default()
    };
    let running = mock_server::start(options).await.expect("a server");
    let client = Client::new(&running.base_url("omnichat"), TOKEN).expect("a client");
    (running, client)
}

fn workspace(running: &Running) -> std::sync::Arc<Workspace> {
    let workspace = running.app().workspaces().named(DEFAULT);
    workspace.expect("the workspace")
}

/// Has all webhooks and the topic of direct messages posted to the receiver, signed.
fn subscribe(workspace: &Workspace, receiver: &Receiver) {
    let slot = workspace.slot("omnichat").expect("the vendor is served");
    let mut state = slot.dump();
    state["settings"]["topics"] = json!(["direct_msg/status"]);
    slot.restore(&state).expect("the state is one");
    let endpoint = Endpoint {
        signature: Signature::Headers {
            headers: vec![
                "x-omnichat-signature".to_owned(),
                "x-hub-signature-256".to_owned(),
            ],
            secret: SECRET.to_owned(),
        },
        ..Endpoint::new(&receiver.url("/hook"))
    };
    slot.edit_endpoints(&mut |endpoints| {
        endpoints.put(endpoint.clone());
    });
}

/// Everything that was posted, understood; whatever is not signed both ways is not.
fn heard(receiver: &Receiver) -> Vec<Event> {
    let arrived = receiver.arrived().into_iter();
    let told = arrived.filter(|arrived| arrived.method == Method::POST);
    let events = told.flat_map(|arrived| {
        let shown = |name: &str| {
            let value = arrived.headers.get(name)?;
            value.to_str().ok()
        };
        for name in ["x-omnichat-signature", "x-hub-signature-256"] {
            let signature = shown(name).expect("a signature");
            assert!(
                webhook::is_signed(SECRET, &arrived.body, signature),
                "{name}"
            );
            assert!(!webhook::is_signed("a guess", &arrived.body, signature));
        }
        webhook::parse(shown(webhook::TOPIC), &arrived.body).expect("a webhook")
    });
    events.collect()
}

fn new_year(to: &str) -> Outgoing {
    let template = Template {
        language: Some(Language::from("en_US")),
        ..Template::new(
            "cny_campaign_2023",
            vec![
                Component::header(Parameter::Image {
                    image: File::at("https://example.com/image.png"),
                }),
                Component::body(["Mr. Chan", "2023"]),
                Component::url_button(0, "cny"),
            ],
        )
    };
    Outgoing {
        tags: vec!["cny2023".to_owned()],
        custom_attributes: vec![CustomAttribute::new("OPEN_API_ATTR_NAME", "Grace")],
        ..Outgoing::whatsapp("cny2023", SHOP, to, template)
    }
}

async fn contact(client: &Client, platform: Platform, user_id: &str) -> Result<Contact, Error> {
    let selection = contacts::Selection {
        platform,
        channel_id: None,
        by: By::User {
            user_id: user_id.to_owned(),
        },
        paging: Paging::default(),
    };
    let page = client.contacts().list(&selection).await?;
    Ok(page.content.into_iter().next().expect("a contact"))
}

/// What was tagged on the seed's day and after.
async fn taggings(client: &Client) -> Vec<(String, String, Source, Option<String>)> {
    let now = Omnichat::PROFILE.seed_day().as_millisecond();
    let tagged = Tagged {
        tagged_after: now,
        tagged_before: now + 86_400_000,
        paging: Paging::default(),
    };
    let page = client.team().tagging_logs(&tagged).await.expect("a log");
    let rows = page.content.into_iter();
    rows.map(|row| (row.user_id, row.tag, row.source, row.message_id))
        .collect()
}

#[tokio::test]
async fn a_direct_message_is_read_answered_and_told_of() {
    let (running, client) = mock().await;
    let workspace = workspace(&running);
    let receiver = Receiver::start().await;
    subscribe(&workspace, &receiver);
    let sent = client.direct_messages().send(&new_year(GRACE)).await;
    let sent = sent.expect("it is sent").content;
    assert_eq!(sent.track_id, "cny2023");
    let [id] = &sent.message_id[..] else {
        panic!("{sent:?}");
    };
    workspace.advance(SignedDuration::from_mins(1)).await;

    let message = client.messages().get(id).await.expect("it is kept").content;
    assert_eq!(message.message_status, MessageStatus::Read);
    assert_eq!(message.sender_type, SenderType::Bot);
    assert_eq!(message.customer_user_id.as_deref(), Some(GRACE));
    let grace = contact(&client, Platform::Whatsapp, GRACE)
        .await
        .expect("Grace");
    assert!(
        grace.tags.contains(&"cny2023".to_owned()),
        "{:?}",
        grace.tags
    );
    let fields = grace.custom_attributes.expect("fields");
    assert!(fields.iter().any(|field| field.key == "OPEN_API_ATTR_NAME"));
    let tagging = (
        GRACE.to_owned(),
        "cny2023".to_owned(),
        Source::OpenApi,
        Some(id.clone()),
    );
    assert_eq!(taggings(&client).await, [tagging]);

    let answer = json!({
        "happening": "customer_writes", "channel": SHOP, "from": GRACE, "context": id,
        "says": {"type": "text", "body": "Same to you"},
    });
    let slot = workspace.slot("omnichat").expect("the vendor is served");
    slot.happen(&answer).expect("Grace answers");
    workspace.advance(SignedDuration::from_mins(1)).await;
    let events = heard(&receiver);
    let stages: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Status(progress) => Some((progress.status.id.clone(), progress.status.status)),
            _ => None,
        })
        .collect();
    let expected = [Stage::Sent, Stage::Delivered, Stage::Read].map(|stage| (id.clone(), stage));
    assert_eq!(stages, expected);
    let told: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::DirectMessage(told) => Some((told.message_ids.clone(), told.status)),
            _ => None,
        })
        .collect();
    let expected = [
        DirectMessageStage::Delivered,
        DirectMessageStage::Read,
        DirectMessageStage::Responded,
    ];
    assert_eq!(told, expected.map(|stage| (vec![id.clone()], stage)));
    let said: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Message(received) => Some(received),
            _ => None,
        })
        .collect();
    let [received] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(received.to.display_phone_number, SHOP);
    let name = received
        .from
        .as_ref()
        .map(|from| from.profile.name.as_str());
    assert_eq!(name, Some("Grace"));
    let context = received.message.context.as_ref();
    assert_eq!(context.and_then(|context| context.id.as_ref()), Some(id));
    assert!(
        matches!(&received.message.content, Content::Text { text } if text.body == "Same to you")
    );
    let after = contact(&client, Platform::Whatsapp, GRACE)
        .await
        .expect("Grace");
    assert!(after.last_message_time > grace.last_message_time);
    running.stop().await;
}

#[tokio::test]
async fn what_is_sent_as_meta_has_it_opens_and_closes_with_the_day() {
    let (running, client) = mock().await;
    let workspace = workspace(&running);
    let receiver = Receiver::start().await;
    subscribe(&workspace, &receiver);
    let asked = workspace
        .deliveries
        .verify("omnichat", &receiver.url("/hook"), "sesame")
        .await;
    let query = receiver.arrived()[0]
        .uri
        .query()
        .unwrap_or_default()
        .to_owned();
    assert!(
        webhook::answer_handshake(&query, "sesame").is_some(),
        "{asked:?}"
    );
    assert!(webhook::answer_handshake(&query, "another").is_none());

    let question = headless::Outgoing::interactive(
        GRACE,
        Interactive::Button {
            header: None,
            body: Line::from("Shall we call you?"),
            footer: None,
            action: Buttons {
                buttons: vec![Button::reply("yes", "Yes"), Button::reply("no", "No")],
            },
        },
    );
    let shop = client.headless(SHOP);
    let asked = shop.send(&question).await.expect("it is sent");
    let id = &asked.messages[0].id;
    workspace.advance(SignedDuration::from_mins(1)).await;
    let tap = json!({
        "happening": "customer_writes", "channel": SHOP, "from": GRACE, "context": id,
        "says": {"type": "button_reply", "id": "yes", "title": "Yes"},
    });
    let slot = workspace.slot("omnichat").expect("the vendor is served");
    slot.happen(&tap).expect("Grace taps");
    workspace.advance(SignedDuration::from_hours(25)).await;
    // By now only a template would arrive; the route takes everything, and the webhook tells.
    let late = headless::Outgoing::text(GRACE, "Still there?");
    let late = shop
        .clone()
        .with_basic()
        .send(&late)
        .await
        .expect("it is sent");
    workspace.advance(SignedDuration::from_mins(1)).await;

    let events = heard(&receiver);
    let tapped = events.iter().any(|event| {
        matches!(event, Event::Message(received) if matches!(&received.message.content,
            Content::Interactive { interactive: webhook::Interactive::ButtonReply { button_reply } } if button_reply.id == "yes"))
    });
    assert!(tapped, "{events:?}");
    let last = events.iter().rev().find_map(|event| match event {
        Event::Status(progress) => Some(&progress.status),
        _ => None,
    });
    let last = last.expect("a status");
    assert_eq!(
        (&last.id, last.status),
        (&late.messages[0].id, Stage::Failed)
    );
    let codes: Vec<_> = last
        .errors
        .iter()
        .flatten()
        .map(|fault| fault.code)
        .collect();
    assert_eq!(codes, [131_047]);
    running.stop().await;
}

fn update_for(to: &[&str]) -> Draft {
    let template = Template::new("order_update", vec![Component::body(["ORDER0001"])]);
    Draft {
        subject: "On its way".to_owned(),
        platform: Platform::Whatsapp,
        channel_id: SHOP.to_owned(),
        to: to.iter().map(|to| (*to).to_owned()).collect(),
        scheduled_at: None,
        tags: vec!["buyer".to_owned()],
        messages: vec![template.into()],
    }
}

#[tokio::test]
async fn a_broadcast_keeps_its_numbers_and_its_time() {
    let (running, client) = mock().await;
    let workspace = workspace(&running);
    let draft = update_for(&[GRACE, HANA, IVAN, KIM, GRACE]);
    let created = client
        .broadcasts()
        .create(&draft)
        .await
        .expect("it is created");
    let id = created.content.broadcast_id;
    workspace.advance(SignedDuration::from_mins(5)).await;
    let detail = client
        .broadcasts()
        .get(&id)
        .await
        .expect("it is kept")
        .content;
    let job = &detail.job;
    assert_eq!(job.status, Status::Completed);
    assert_eq!((job.recipient_count, job.sent, job.failed), (4, 2, 2));
    assert_eq!((job.success, job.read), (2, 2));
    assert_eq!((&*job.success_rate, &*job.read_rate), ("50.00%", "100.00%"));
    let failed = RecipientSelection {
        paging: Paging::default(),
        status: Some(RecipientStatus::Failed),
    };
    let failed = client.broadcasts().recipients(&id, &failed).await;
    let failed = failed.expect("recipients").content;
    assert_eq!(failed.len(), 2, "{failed:?}");
    assert!(failed.iter().all(|one| !one.success && one.error.is_some()));
    let everybody = RecipientSelection::default();
    let everybody = client.broadcasts().recipients(&id, &everybody).await;
    assert_eq!(everybody.expect("recipients").total_elements, 4);
    let mut tagged: Vec<_> = taggings(&client).await.into_iter().collect();
    tagged.retain(|(_, tag, source, _)| tag == "buyer" && *source == Source::Broadcast);
    let tagged: Vec<_> = tagged.iter().map(|(user, ..)| user.as_str()).collect();
    assert_eq!(tagged, [GRACE, HANA]);

    // The team lives eight hours ahead of the clock.
    let later = Draft {
        scheduled_at: Some("2025-04-01T10:00:00".to_owned()),
        ..update_for(&[GRACE])
    };
    let created = client
        .broadcasts()
        .create(&later)
        .await
        .expect("it is created");
    let id = created.content.broadcast_id;
    let status = |status| Selection {
        kinds: vec![Kind::OpenApi],
        platform: Some(Platform::Whatsapp),
        channel_id: Some(SHOP.to_owned()),
        statuses: vec![status],
        paging: Paging::new(1, 100),
    };
    for (expected, wait) in [
        (Status::Scheduled, 54),
        (Status::Scheduled, 5),
        (Status::Completed, 0),
    ] {
        let listed = client
            .broadcasts()
            .list(&status(expected))
            .await
            .expect("a list");
        let found = listed.content.iter().find(|job| job.id == id);
        assert_eq!(
            found.map(|job| job.sent_at.is_some()),
            Some(expected == Status::Completed)
        );
        workspace.advance(SignedDuration::from_mins(wait)).await;
    }
    running.stop().await;
}

#[tokio::test]
async fn a_contact_becomes_a_customer_collects_points_and_leaves() {
    let (running, client) = mock().await;
    let who = Who {
        platform: Platform::Line,
        channel_id: LINE,
        user_id: "U0000000000000000000000000000beef",
    };
    let change = Change {
        name: Some("Rosa".to_owned()),
        member_id: Some("M-77".to_owned()),
        tags: Some(Tags::are(&["New", "New", "Shop"])),
        custom_attributes: vec![CustomAttribute::new("Points", 12)],
        agent_employee_code: Some("EMP-001".to_owned()),
        agent_location_code: Some("SHOP-A".to_owned()),
        ..Change::default()
    };
    client
        .contacts()
        .upsert(who, &change)
        .await
        .expect("Rosa is new");
    let edit = Change {
        tags: Some(Tags::change(&["VIP"], &["New"])),
        ..Change::default()
    };
    client
        .contacts()
        .upsert(who, &edit)
        .await
        .expect("Rosa is known");
    let rosa = contact(&client, Platform::Line, who.user_id)
        .await
        .expect("Rosa");
    assert_eq!(rosa.tags, ["Shop", "VIP"]);
    assert_eq!(rosa.agent_employee_code.as_deref(), Some("EMP-001"));
    let identities = Identities {
        platform: Platform::Line,
        channel_id: LINE.to_owned(),
        ids: vec![who.user_id.to_owned(), "Unobody".to_owned()],
    };
    let members = client.contacts().member_data(&identities).await;
    let members = members.expect("members").content.into_iter();
    let members: Vec<_> = members.map(|member| member.member_id).collect();
    assert_eq!(members, [Some("M-77".to_owned()), None]);
    for points in [10, -3] {
        let of = Holder::MemberId("M-77".to_owned());
        let adjustment = Adjustment { points, of };
        let adjusted = client.customers().adjust_points(&adjustment).await;
        adjusted.expect("points");
    }
    let customer = client
        .customers()
        .get("M-77")
        .await
        .expect("a customer")
        .content;
    assert_eq!(
        (&*customer.point_balance, &*customer.accumulated_points),
        ("7", "10")
    );
    assert_eq!(customer.linked_users[0].channel_user_id, who.user_id);
    client
        .customers()
        .delete("M-77")
        .await
        .expect("Rosa leaves");
    let gone = contact(&client, Platform::Line, who.user_id)
        .await
        .unwrap_err();
    assert_eq!(gone.code(), Some(&Code::UserIdNotFound), "{gone:?}");
    let gone = client.customers().get("M-77").await.unwrap_err();
    assert_eq!(gone.code(), Some(&Code::CustomerNotFound), "{gone:?}");
    running.stop().await;
}

#[tokio::test]
async fn refusals_are_told_apart_by_family_and_code() {
    let (running, client) = mock().await;
    let stranger = Client::new(&running.base_url("omnichat"), "wrong").expect("a client");
    assert!(!format!("{stranger:?}").contains("wrong"), "{stranger:?}");
    let unknown = stranger.team().channels().await.unwrap_err();
    assert!(matches!(unknown, Error::Unauthorized(_)), "{unknown:?}");
    let unknown = stranger.headless(SHOP).with_basic();
    let unknown = unknown.send(&headless::Outgoing::text(GRACE, "Hi")).await;
    assert!(
        matches!(unknown, Err(Error::Unauthorized(_))),
        "{unknown:?}"
    );

    let too_long = messages::Selection {
        paging: Paging::default(),
        range: Range {
            after: 0,
            before: 604_800_001,
        },
        platform: Platform::Whatsapp,
        channel_id: None,
    };
    let points = Adjustment {
        points: 1,
        of: Holder::Phone("+852".to_owned()),
    };
    let mixed = vec![Message::block("b"), Message::text("and more")];
    let coded = [
        (
            client.messages().list(&too_long).await.unwrap_err(),
            Code::InvalidRequestParameters,
        ),
        (
            client.customers().get("").await.unwrap_err(),
            Code::MissingUrlParameter,
        ),
        (
            client.customers().adjust_points(&points).await.unwrap_err(),
            Code::InvalidRequestBody,
        ),
        (
            client
                .broadcasts()
                .create(&Draft {
                    messages: mixed,
                    ..update_for(&[GRACE])
                })
                .await
                .unwrap_err(),
            Code::InvalidBroadcastMessage,
        ),
        (
            client.broadcasts().get("nothing").await.unwrap_err(),
            Code::BroadcastNotFound,
        ),
        (
            client
                .chatbots()
                .message_blocks("nobody")
                .await
                .unwrap_err(),
            Code::ChatbotNotFound,
        ),
        (
            client
                .direct_messages()
                .send(&new_year(IVAN))
                .await
                .unwrap_err(),
            Code::ContactUnsubscribed,
        ),
        (
            client
                .direct_messages()
                .send(&new_year("85260000008"))
                .await
                .unwrap_err(),
            Code::ContactNotReachable,
        ),
    ];
    for (error, code) in &coded {
        assert_eq!(error.code(), Some(code), "{error:?}");
    }
    assert!(taggings(&client).await.is_empty(), "what fails tags nobody");

    let room = Room::of(Platform::Whatsapp, "85250000001", "85215022101325");
    let nobody = client.rooms().assign_agent(&room, &Agent::default()).await;
    let Err(Error::BadRequest(Refusal::Rooms(refusal))) = nobody else {
        panic!("{nobody:?}");
    };
    assert_eq!(refusal.category, Category::BadRequest);
    assert_eq!(
        refusal.message,
        "At least one of agentEmail, agentPhone, or agentEmployeeCode must be provided"
    );

    let elsewhere = Outgoing {
        channel_id: "85250009999".to_owned(),
        ..new_year(GRACE)
    };
    let advertising = client.direct_messages().send(&elsewhere).await;
    let Err(Error::Server {
        status: 500,
        refusal: Refusal::Content(refusal),
    }) = advertising
    else {
        panic!("{advertising:?}");
    };
    assert_eq!(
        refusal.content.code,
        AdvertisingCode::MarketingMessagesLiteNotEnabled
    );

    let shop = client.headless(SHOP);
    let unnamed = |name: &str| headless::Outgoing::template(GRACE, name, "en_US", Vec::new());
    let metas = [
        (headless::Outgoing::text(GRACE, ""), 131_009),
        (headless::Outgoing::text(SHOP, "To myself"), 131_021),
        (unnamed("no_such_template"), 132_001),
        (unnamed("order_update"), 132_000),
    ];
    for (outgoing, code) in metas {
        let error = shop.send(&outgoing).await.unwrap_err();
        let meta = error.refusal().and_then(Refusal::meta);
        assert_eq!(meta.map(|refusal| refusal.code), Some(code), "{error:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn somebody_who_hides_their_number_is_written_to_by_another_id() {
    let (running, client) = mock().await;
    let shop = client.headless(SHOP);
    let (to, recipient) = ("85260000006", "HK.10000000000000000001");
    let by_id = Recipient::User {
        recipient: recipient.to_owned(),
    };
    let by_both = Recipient::Both {
        to: to.to_owned(),
        recipient: recipient.to_owned(),
    };
    let mut named = Vec::new();
    for way in [by_id, by_both] {
        let hello = headless::Outgoing::text(to, "Hello").addressed_to(way);
        let accepted = shop.send(&hello).await.expect("it is sent");
        named.extend(accepted.contacts);
    }
    let [by_id, by_both] = &named[..] else {
        panic!("{named:?}");
    };
    assert_eq!((&*by_id.input, by_id.wa_id.as_deref()), (recipient, None));
    assert_eq!(by_id.user_id.as_deref(), Some(recipient));
    assert_eq!((&*by_both.input, by_both.wa_id.as_deref()), (to, Some(to)));
    assert_eq!(by_both.user_id.as_deref(), Some(recipient));
    running.stop().await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let (running, client) = mock().await;
    let workspace = workspace(&running);
    let mut met = Vec::new();
    for fault in [
        Fault::Status(429),
        Fault::Status(500),
        Fault::Reset,
        Fault::TruncateAfter(20),
    ] {
        let rule = FaultRule {
            id: 0,
            vendor: None,
            operation: None,
            fault,
            count: Some(1),
            probability: None,
        };
        workspace.faults.add(rule).expect("a rule");
        met.push(match client.team().channels().await {
            Err(Error::TooManyRequests { retry_after, .. }) => format!("{retry_after:?}"),
            Err(Error::Server { status, .. }) => status.to_string(),
            Err(Error::Transport(_)) => "lost".to_owned(),
            other => format!("{other:?}"),
        });
    }
    assert_eq!(met, ["Some(1s)", "500", "lost", "lost"]);
    running.stop().await;
}

#[tokio::test]
async fn the_forty_first_call_of_a_second_is_told_to_wait() {
    let (running, client) = mock_with(RateLimiting::Vendor).await;
    for _ in 0..40 {
        client.chatbots().list().await.expect("an answer");
    }
    match client.team().channels().await {
        Err(Error::TooManyRequests {
            refusal,
            retry_after,
        }) => {
            assert_eq!(refusal.code(), Some(&Code::TooManyRequests));
            let wait = retry_after.expect("how long to wait");
            assert_eq!(wait, Duration::from_secs(1));
            let wait = SignedDuration::try_from(wait).expect("a wait");
            workspace(&running).advance(wait).await;
        }
        other => panic!("{other:?}"),
    }
    client.team().channels().await.expect("an answer");
    running.stop().await;
}
