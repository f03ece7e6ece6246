//! MyOperator and its reference client: messages and calls that are heard of, searches that go on, refusals of three
//! servers.

use std::sync::Arc;

use contracts::adapters::myoperator::filter::Filter;
use contracts::adapters::myoperator::logs::Query;
use contracts::adapters::myoperator::messages::Outgoing;
use contracts::adapters::myoperator::obd::{Dialer, Request};
use contracts::adapters::myoperator::search::{Cursor, Search, fields};
use contracts::adapters::myoperator::webhook::{Guard, Happened, Notice, OldNews};
use contracts::adapters::myoperator::{
    ApiKey, Carrier, Client, Error, Hosts, Keys, ObdKeys, Reason,
};
use jiff::SignedDuration;
use mock_server::kernel::delivery::{ContentType, Endpoint, EndpointAuth};
use mock_server::kernel::faults::{Fault, FaultRule};
use mock_server::kernel::vendor::Vendor as _;
use mock_server::kernel::workspace::{DEFAULT, Workspace};
use mock_server::vendors::myoperator::MyOperator;
use mock_server::{Options, Running};
use serde_json::json;

use crate::support::receiver::{Arrived, Receiver};

const COMPANY: &str = "66c595699b31d875";
const NUMBER: &str = "87673432323365";
const ASHA: (&str, &str) = ("91", "9876543210");
const ASHA_BY_PHONE: &str = "+919876543210";
const AGENT: &str = "68baab1d30e05351";
const AGENT_FIRST: &str = "6981d1c6c99f8650";

/// The mock on a free port, its clock in our hands.
async fn mock() -> (Running, Arc<Workspace>) {
    let options = Options {
        vendors: vec!["myoperator".to_owned()],
        frozen_at: Some(MyOperator::PROFILE.seed_day()),
        ticking: false,
        check_every_answer: true,
        ..Options::default()
    };
    let running = mock_server::start(options).await.expect("a server");
    let workspace = running.app().workspaces().named(DEFAULT);
    (running, workspace.expect("the workspace"))
}

fn keys() -> Keys {
    Keys {
        public_api: Some(ApiKey::new("mock-wa-key-0001", COMPANY)),
        obd: Some(ObdKeys {
            gateway_key: "mock-obd-gateway-key".to_owned(),
            company_id: COMPANY.to_owned(),
            secret_token: "mock-obd-secret-0001".to_owned(),
        }),
        token: Some("0123456789abcdef0123456789abcdef".to_owned()),
    }
}

fn client(running: &Running, keys: &Keys) -> Client {
    Client::new(&Hosts::at(&running.base_url("myoperator")), keys).expect("a client")
}

fn listen(workspace: &Workspace, endpoint: Endpoint) {
    let slot = workspace.slot("myoperator").expect("the vendor");
    slot.edit_endpoints(&mut |endpoints| {
        endpoints.put(endpoint.clone());
    });
}

fn happen(workspace: &Workspace, happening: &serde_json::Value) {
    let slot = workspace.slot("myoperator").expect("the vendor");
    slot.happen(happening).expect("it can happen");
}

fn read(arrived: &Arrived) -> Notice {
    let kind = arrived.headers["content-type"].to_str().expect("text");
    Notice::read(kind, &arrived.body).expect("a webhook")
}

#[tokio::test]
async fn a_message_is_heard_of_in_both_generations() {
    let (running, workspace) = mock().await;
    let (newer, older) = (Receiver::start().await, Receiver::start().await);
    listen(
        &workspace,
        Endpoint {
            events: ["message.sent", "message.delivered", "message.read"]
                .map(String::from)
                .to_vec(),
            auth: EndpointAuth::ApiKey {
                header: "x-webhook-token".to_owned(),
                value: "sesame".to_owned(),
            },
            ..Endpoint::new(&newer.url("/new?key=a%20b"))
        },
    );
    listen(
        &workspace,
        Endpoint {
            events: ["v1.message.sent", "v1.message.delivered"]
                .map(String::from)
                .to_vec(),
            content_type: ContentType::Form,
            auth: EndpointAuth::Basic {
                user: "vendor".to_owned(),
                password: "sesame".to_owned(),
            },
            ..Endpoint::new(&older.url("/old"))
        },
    );
    let client = client(&running, &keys());
    let hello = Outgoing::text(NUMBER, ASHA, "Namaste").known_as("TS001");
    let sent = client.messages().send(&hello).await.expect("a message");
    workspace.advance(SignedDuration::from_mins(1)).await;
    let reading = json!({"happening": "message_read", "message": sent.data.message_id});
    happen(&workspace, &reading);
    workspace.advance(SignedDuration::from_mins(1)).await;

    let token = Guard::Header {
        name: "X-Webhook-Token".to_owned(),
        value: "sesame".to_owned(),
    };
    let query = Guard::Query {
        name: "key".to_owned(),
        value: "a b".to_owned(),
    };
    let mut steps = Vec::new();
    for arrived in newer.arrived() {
        assert!(token.admits(&arrived.headers, ""));
        assert!(query.admits(&arrived.headers, arrived.uri.query().unwrap_or_default()));
        let Notice::Event(event) = read(&arrived) else {
            panic!("of the older generation: {arrived:?}");
        };
        assert_eq!(Some(event.session_id.as_str()), sent.data.conversation());
        let (step, told) = match event.happened {
            Happened::MessageSent(told) => ("sent", told),
            Happened::MessageDelivered(told) => ("delivered", told),
            Happened::MessageRead(told) => ("read", told),
            other => panic!("{other:?}"),
        };
        assert_eq!(told.message.id, sent.data.message_id);
        assert_eq!(told.message.metadata.myop_ref_id.as_deref(), Some("TS001"));
        assert_eq!((told.source.as_str(), told.mode.as_str()), ("api", "lc"));
        steps.push(step);
    }
    assert_eq!(steps, ["sent", "delivered", "read"]);

    let password = Guard::Basic {
        username: "vendor".to_owned(),
        password: "sesame".to_owned(),
    };
    let mut steps = Vec::new();
    for arrived in older.arrived() {
        assert!(password.admits(&arrived.headers, ""));
        assert!(!token.admits(&arrived.headers, ""));
        let Notice::Message(message) = read(&arrived) else {
            panic!("of the newer generation: {arrived:?}");
        };
        assert_eq!(message.id(), sent.data.message_id);
        steps.push(match message.news {
            OldNews::Sent(_) => "sent",
            OldNews::Delivered(_) => "delivered",
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(steps, ["sent", "delivered"]);
    running.stop().await;
}

#[tokio::test]
async fn a_call_is_placed_heard_of_found_and_listened_to() {
    let (running, workspace) = mock().await;
    let (newer, older) = (Receiver::start().await, Receiver::start().await);
    let calls = [
        "call.initiated",
        "call.dial_begin",
        "call.answered",
        "call.end",
        "call.summary",
        "disposition",
    ];
    listen(
        &workspace,
        Endpoint {
            events: calls.map(String::from).to_vec(),
            content_type: ContentType::Multipart,
            ..Endpoint::new(&newer.url("/new"))
        },
    );
    listen(
        &workspace,
        Endpoint {
            events: ["v1.after_call", "v1.disposition"]
                .map(String::from)
                .to_vec(),
            content_type: ContentType::Form,
            ..Endpoint::new(&older.url("/old"))
        },
    );
    let client = client(&running, &keys());
    let user_id = AGENT.to_owned();
    let call = Request::new(Dialer::User { user_id }, ASHA_BY_PHONE, AGENT_FIRST).known_as("cb-1");
    let accepted = client.obd().place(&call).await.expect("a call");
    assert!(!accepted.may_be_cancelled());
    let again = client
        .obd()
        .place(&call)
        .await
        .expect_err("the reference is taken");
    assert!(
        matches!(again.reason(), Some(Reason::ReferenceTaken(Some(_)))),
        "{again:?}"
    );
    workspace.advance_until_idle().await;

    let (mut told, mut recording) = (Vec::new(), String::new());
    for (place, arrived) in newer.arrived().iter().enumerate() {
        let Notice::Event(event) = read(arrived) else {
            panic!("of the older generation: {arrived:?}");
        };
        told.push(match &event.happened {
            Happened::CallInitiated(_) => "initiated",
            Happened::DialBegin(_) => "dials",
            Happened::CallAnswered(_) => "answered",
            Happened::CallEnd(ended) => {
                assert_eq!(ended.call.answers(), Some("cb-1"));
                "ended"
            }
            Happened::CallSummary(summary) => {
                assert_eq!(event.event_sequence, 1);
                assert_eq!(summary.call.ref_id, accepted.unique_id);
                assert_eq!(
                    summary.agent().map(|agent| agent.uuid.as_str()),
                    Some(AGENT)
                );
                recording.clone_from(&summary.call.recording_filename);
                "summed up"
            }
            Happened::Disposition(filed) => {
                assert!(!filed.dispositions.is_empty(), "{filed:?}");
                "filed"
            }
            other => panic!("{other:?}"),
        });
        if !matches!(
            event.happened,
            Happened::CallSummary(_) | Happened::Disposition(_)
        ) {
            assert_eq!(event.event_sequence, place as u64 + 1, "{event:?}");
        }
    }
    let expected = [
        "initiated",
        "dials",
        "answered",
        "dials",
        "answered",
        "ended",
        "summed up",
        "filed",
    ];
    assert_eq!(told, expected);
    let older: Vec<_> = older.arrived().iter().map(read).collect();
    let [Notice::Call(over), Notice::Call(filed)] = &older[..] else {
        panic!("{older:?}");
    };
    assert_eq!(over.client_ref_id.as_deref(), Some("cb-1"));
    assert_eq!(
        (&over.dispositions, over.filename.as_str()),
        (&None, recording.as_str())
    );
    let words = filed
        .dispositions
        .iter()
        .flatten()
        .map(|one| one.name.as_str());
    assert_ne!(words.count(), 0, "{filed:?}");

    let placed = Query {
        filters: Some(Filter::Obd & Filter::Connected),
        ..Query::default()
    };
    let found = client.logs().search(&placed).await.expect("the log");
    let logs = found.data.hits.iter().map(|hit| &hit.log);
    let logs: Vec<_> = logs.filter(|log| log.client_ref_id == "cb-1").collect();
    let [log] = logs[..] else {
        panic!("{logs:?}");
    };
    assert_eq!(
        (log.client_ref_id.as_str(), log.filename.as_str()),
        ("cb-1", recording.as_str())
    );
    assert!(
        log.allcaller_id.starts_with(&over.id),
        "one log under two names: {} and {}",
        log.allcaller_id,
        over.id
    );

    let link = client.recordings().link(&recording).await.expect("a link");
    let sound = client
        .recordings()
        .fetch(&link)
        .await
        .expect("the recording");
    assert!(!sound.is_empty());
    workspace.advance(SignedDuration::from_hours(25)).await;
    let late = client
        .recordings()
        .fetch(&link)
        .await
        .expect_err("it is too late");
    assert!(matches!(late.reason(), Some(Reason::Forbidden)), "{late:?}");
    let link = client
        .recordings()
        .link(&recording)
        .await
        .expect("another link");
    assert_eq!(
        client
            .recordings()
            .fetch(&link)
            .await
            .expect("the recording"),
        sound
    );
    running.stop().await;
}

#[tokio::test]
async fn a_search_goes_on_until_all_are_found_and_a_list_too() {
    let (running, _) = mock().await;
    let client = client(&running, &keys());
    let everybody = Search::new([fields::name().is_set()]).expect("one comparison");
    let (mut from, mut found, mut total) = (Cursor::Start, Vec::new(), 0);
    loop {
        let page = client
            .contacts()
            .search(&everybody, &from)
            .await
            .expect("a page")
            .data;
        total = page.filter_total.max(total);
        let Some(next) = page.following() else {
            break;
        };
        found.extend(page.results.into_iter().map(|contact| contact.id));
        from = next;
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len() as u64, total);

    let mut selection = contracts::adapters::myoperator::contacts::Selection::default();
    selection.window.limit = Some(3);
    let mut listed = Vec::new();
    loop {
        let page = client
            .contacts()
            .list(&selection)
            .await
            .expect("a page")
            .data;
        let next = page.following();
        listed.extend(page.results.into_iter().map(|contact| contact.id));
        match next {
            Some(window) => selection.window = window,
            None => break,
        }
    }
    listed.sort();
    assert_eq!(listed, found);
    running.stop().await;
}

#[tokio::test]
async fn parameters_for_developers_say_the_same_wherever_they_stand() {
    let (running, _) = mock().await;
    let client = client(&running, &keys());
    let query = Query {
        page_size: Some(5),
        filters: Some(Filter::Incoming & (Filter::Connected | Filter::Missed)),
        ..Query::default()
    };
    let expected = client.logs().search(&query).await.expect("logs").data;
    assert!(expected.total > 0, "{expected:?}");
    for carrier in [Carrier::Form, Carrier::Json] {
        let client = client.clone().carrying_in(carrier).without_prefix();
        let found = client.logs().search(&query).await.expect("logs").data;
        assert_eq!(found, expected, "{carrier:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn refusals_of_all_three_servers_are_told_apart() {
    let (running, _) = mock().await;
    let stranger = |change: fn(&mut Keys)| {
        let mut keys = keys();
        change(&mut keys);
        client(&running, &keys)
    };
    let company = "66c595699b31d8aa";
    let wrong_key = stranger(|keys| keys.public_api = Some(ApiKey::new("wrong", COMPANY)));
    let denied = wrong_key
        .contacts()
        .get("67a1f59b1e0abbf2e03aa40b", false)
        .await;
    let denied = denied.expect_err("the key is wrong");
    assert_eq!(
        (denied.status(), denied.reason()),
        (Some(403), Some(Reason::Unauthorized))
    );
    let elsewhere = client(
        &running,
        &Keys {
            public_api: Some(ApiKey::new("mock-wa-key-0001", company)),
            ..Keys::default()
        },
    );
    let unknown = elsewhere
        .templates()
        .get("none")
        .await
        .expect_err("the company is unknown");
    assert_eq!(
        (unknown.status(), unknown.reason()),
        (Some(500), Some(Reason::Unprovisioned))
    );
    let unarmed = elsewhere
        .logs()
        .filters()
        .await
        .expect_err("there is no token");
    assert!(matches!(unarmed, Error::NoCredential(_)), "{unarmed:?}");

    let call = Request::new(Dialer::Ivr, ASHA_BY_PHONE, AGENT_FIRST);
    let forbidden = stranger(|keys| {
        if let Some(obd) = &mut keys.obd {
            obd.gateway_key = "wrong".to_owned();
        }
    });
    let forbidden = forbidden
        .obd()
        .place(&call)
        .await
        .expect_err("the gateway's key is wrong");
    assert!(
        matches!(forbidden, Error::Gateway { status: 403, .. }),
        "{forbidden:?}"
    );
    let refused = stranger(|keys| {
        if let Some(obd) = &mut keys.obd {
            obd.secret_token = "wrong".to_owned();
        }
    });
    let refused = refused
        .obd()
        .place(&call)
        .await
        .expect_err("the secret is wrong");
    assert!(
        matches!(refused, Error::Obd { status: 400, .. }),
        "{refused:?}"
    );
    let bare = Request {
        number: "919876543210".to_owned(),
        ..call
    };
    let bare = client(&running, &keys()).obd().place(&bare).await;
    assert_eq!(
        bare.expect_err("there is no plus").reason(),
        Some(Reason::BadNumber)
    );

    let token = stranger(|keys| keys.token = Some("0123".to_owned()));
    let token = token
        .logs()
        .filters()
        .await
        .expect_err("the token is wrong");
    assert_eq!(
        (token.status(), token.reason()),
        (Some(400), Some(Reason::Unauthorized))
    );
    running.stop().await;
}

#[tokio::test]
async fn what_keeps_a_number_from_sending_is_told_apart() {
    let (running, workspace) = mock().await;
    let client = client(&running, &keys());
    let mut reasons = Vec::new();
    for number in [
        "900000000000301",
        "900000000000302",
        "900000000000303",
        "204983902706432",
        "900000000000305",
        "900000000000399",
    ] {
        let hello = Outgoing::text(number, ASHA, "Namaste");
        let refused = client.messages().send(&hello).await;
        reasons.extend(refused.expect_err("it cannot send").reason());
    }
    assert_eq!(
        reasons,
        [
            Reason::WabaNotApproved,
            Reason::WabaDisabled,
            Reason::NumberDisabled,
            Reason::NumberNotOnboarded,
            Reason::NumberNotConnected,
            Reason::UnknownNumber,
        ]
    );
    happen(
        &workspace,
        &json!({"happening": "wallet_set", "messages": 0}),
    );
    let hello = Outgoing::text(NUMBER, ASHA, "Namaste");
    let poor = client
        .messages()
        .send(&hello)
        .await
        .expect_err("the wallet is empty");
    assert_eq!(poor.reason(), Some(Reason::InsufficientBalance));
    running.stop().await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let (running, workspace) = mock().await;
    let client = client(&running, &keys());
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
        met.push(match client.logs().filters().await {
            Err(Error::Transport(_)) => "lost".to_owned(),
            Err(error) => format!("{:?}", error.reason()),
            Ok(filters) => format!("{filters:?}"),
        });
    }
    assert_eq!(met, ["Some(Throttled)", "Some(Server)", "lost", "lost"]);
    assert!(client.logs().filters().await.is_ok());
    running.stop().await;
}
