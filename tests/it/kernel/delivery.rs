//! Webhooks on their way, tried on the toy vendor and a receiver.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use mock_server::kernel::delivery::{
    Class, ContentType, Delivery, DeliveryProfile, Endpoint, EndpointAuth, Resent, Retried,
    Signature, State, Verification, Wanted,
};
use mock_server::kernel::routes::Mounted;
use mock_server::kernel::store::AnySlot;
use mock_server::kernel::vendor::Vendor as _;
use mock_server::kernel::workspace::{DEFAULT, Workspace};
use mock_server::{App, Options};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::receiver::Receiver;
use crate::support::story::read;
use crate::support::toy::{BREAD, Toy};

/// Two quick retries, of fixed length, so that tests can name the time.
const QUICK: DeliveryProfile = DeliveryProfile {
    retries: &[
        (Duration::from_secs(5), Duration::from_secs(5)),
        (Duration::from_secs(60), Duration::from_secs(60)),
    ],
    ..DeliveryProfile::DEFAULT
};

/// A workspace with the toy vendor and one endpoint.
struct Post {
    app: App,
    workspace: Arc<Workspace>,
}

impl Post {
    fn new(profile: DeliveryProfile, endpoint: Endpoint) -> Self {
        let mut mounted = Mounted::new::<Toy>().expect("the toy mounts");
        mounted.profile.delivery = profile;
        let options = Options {
            frozen_at: Some(Toy::PROFILE.seed_day()),
            ticking: false,
            ..Options::default()
        };
        let app = App::with(vec![mounted], options).expect("a server of the toy");
        let workspace = app.workspaces().named(DEFAULT).expect("the toy's seed");
        let post = Self { app, workspace };
        post.edit(|endpoints| {
            endpoints.put(endpoint.clone());
        });
        post
    }

    fn slot(&self) -> &Arc<dyn AnySlot> {
        self.workspace.slot("toy").expect("the toy's slot")
    }

    fn edit(&self, mut edit: impl FnMut(&mut mock_server::kernel::table::Table<Endpoint>)) {
        self.slot().edit_endpoints(&mut edit);
    }

    fn endpoint(&self) -> Endpoint {
        self.slot().endpoints().remove(0)
    }

    /// Announces `note.archived` in the conversation of this note.
    fn announce(&self, note: &str) {
        let happening = json!({"archived": {"id": note}});
        let happened = self.slot().happen(&happening);
        happened.expect("the note can be archived");
    }

    /// Announces `note.created` in a conversation of its own, which is returned.
    async fn create(&self, title: &str) -> String {
        let request = Request::post("/toy/notes")
            .header("x-toy-key", "toy-key")
            .header("content-type", "application/json")
            .body(Body::from(json!({"title": title}).to_string()))
            .expect("a request");
        let answer = read(self.app.answer(request).await).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    async fn settled(&self) {
        self.workspace.deliveries.settled().await;
    }

    async fn advance(&self, seconds: i64) {
        self.workspace
            .advance(SignedDuration::from_secs(seconds))
            .await;
    }

    fn all(&self) -> Vec<Arc<Delivery>> {
        self.workspace.deliveries.list(&Wanted::default())
    }

    fn only(&self) -> Arc<Delivery> {
        let mut all = self.all();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    fn states(&self) -> Vec<State> {
        self.all().iter().map(|delivery| delivery.state()).collect()
    }

    fn since_start(&self, at: Timestamp) -> i64 {
        at.duration_since(Toy::PROFILE.seed_day()).as_secs()
    }
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let parsed = pairs.iter().map(|(name, value)| {
        (
            HeaderName::from_static(name),
            value.parse::<HeaderValue>().expect("a header"),
        )
    });
    parsed.collect()
}

fn signed(url: &str) -> Endpoint {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
    Endpoint {
        signature: Signature::Standard { secret },
        ..Endpoint::new(url)
    }
}

#[tokio::test]
async fn a_webhook_arrives_with_the_bytes_announced() {
    let receiver = Receiver::start().await;
    let endpoint = Endpoint {
        auth: EndpointAuth::Basic {
            user: "asha".into(),
            password: "open".into(),
        },
        headers: [("X-Team".to_owned(), "blue".to_owned())]
            .into_iter()
            .collect(),
        ..Endpoint::new(&receiver.url("/hook?a=1"))
    };
    let post = Post::new(QUICK, endpoint);
    post.create("Milk").await;
    post.settled().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].method, Method::POST);
    assert_eq!(arrived[0].uri, "/hook?a=1");
    assert_eq!(arrived[0].headers["content-type"], "application/json");
    assert_eq!(arrived[0].headers["x-team"], "blue");
    assert_eq!(arrived[0].headers["authorization"], "Basic YXNoYTpvcGVu");
    let agent = arrived[0].headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("mock-server/"), "{agent}");
    let delivery = post.only();
    assert_eq!(arrived[0].body, *delivery.event.payload);
    assert_eq!(delivery.state(), State::Delivered);
    let detail = delivery.detail();
    assert_eq!(detail["attempts"][0]["answer"]["status"], 200);
    assert_eq!(detail["attempts"][0]["answer"]["body"]["text"], "received");
    assert_eq!(detail["payload"]["json"]["note"]["title"], "Milk");
    assert_eq!(delivery.summary()["attempts"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_order_of_a_conversation_is_kept() {
    let receiver = Receiver::start().await;
    let post = Post::new(QUICK, signed(&receiver.url("/")));
    let mut notes = vec![BREAD.to_owned()];
    for title in ["Milk", "Salt", "Rice"] {
        notes.push(post.create(title).await);
    }
    for _ in 0..200 {
        for note in &notes {
            post.announce(note);
        }
    }
    post.settled().await;
    let all = post.all();
    assert_eq!(all.len(), 803);
    assert!(
        all.iter()
            .all(|delivery| delivery.state() == State::Delivered)
    );
    let arrived: Vec<_> = receiver
        .arrived()
        .iter()
        .map(|arrived| arrived.headers["webhook-id"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        arrived.len(),
        803,
        "nothing is lost and nothing comes twice"
    );
    for note in &notes {
        let of_this = |delivery: &&Arc<Delivery>| delivery.event.conversation == *note;
        let announced: Vec<_> = all
            .iter()
            .filter(of_this)
            .map(|one| one.message_id.clone())
            .collect();
        let mut heard = arrived.clone();
        heard.retain(|id| announced.contains(id));
        assert_eq!(heard, announced);
    }
}

#[tokio::test]
async fn a_failure_is_tried_again_on_the_clock_with_the_same_identity() {
    let receiver = Receiver::start().await;
    receiver.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    receiver.answer_next(StatusCode::BAD_GATEWAY);
    let post = Post::new(QUICK, signed(&receiver.url("/")));
    post.announce(BREAD);
    post.settled().await;
    let delivery = post.only();
    assert_eq!(delivery.state(), State::Scheduled);
    assert_eq!(post.since_start(delivery.next_attempt().unwrap()), 5);
    post.advance(4).await;
    assert_eq!(receiver.arrived().len(), 1, "it is not due yet");
    post.advance(1).await;
    assert_eq!(delivery.state(), State::Scheduled);
    post.advance(60).await;
    assert_eq!(delivery.state(), State::Delivered);
    let times: Vec<_> = delivery
        .attempts()
        .iter()
        .map(|one| post.since_start(one.at))
        .collect();
    assert_eq!(times, [0, 5, 65]);
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 3);
    for one in &arrived {
        assert_eq!(one.body, arrived[0].body);
        assert_eq!(one.headers["webhook-id"], delivery.message_id.as_str());
    }
    assert_ne!(
        arrived[0].headers["webhook-signature"], arrived[1].headers["webhook-signature"],
        "each attempt is signed at its own time"
    );
    assert_eq!(post.endpoint().failures, 0);
}

#[tokio::test]
async fn a_receiver_can_check_the_signature_of_what_arrives() {
    let receiver = Receiver::start().await;
    let post = Post::new(QUICK, signed(&receiver.url("/")));
    let meta = Signature::Meta {
        secret: "app secret".into(),
    };
    post.edit(|endpoints| {
        endpoints.put(Endpoint {
            id: "meta".into(),
            signature: meta.clone(),
            ..Endpoint::new(&receiver.url("/"))
        });
    });
    post.announce(BREAD);
    post.settled().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 2, "every endpoint hears it");
    let mut seen = Vec::new();
    for one in &arrived {
        let text = |name: &str| one.headers.get(name).map(|value| value.to_str().unwrap());
        let id = text("webhook-id").unwrap_or_default();
        let at = text("webhook-timestamp").map_or(0, |seconds| seconds.parse().unwrap());
        let at = Timestamp::from_second(at).unwrap();
        let signature = if id.is_empty() {
            &meta
        } else {
            &signed("").signature
        };
        for (name, value) in signature.headers(id, at, &one.body) {
            assert_eq!(text(&name), Some(value.as_str()));
            seen.push(name);
        }
    }
    seen.sort();
    assert_eq!(
        seen,
        [
            "webhook-id",
            "webhook-signature",
            "webhook-timestamp",
            "x-hub-signature-256"
        ]
    );
}

#[tokio::test]
async fn a_retry_holds_up_nobody() {
    let receiver = Receiver::start().await;
    receiver.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    let post = Post::new(QUICK, Endpoint::new(&receiver.url("/")));
    post.announce(BREAD);
    post.announce(BREAD);
    post.settled().await;
    assert_eq!(post.states(), [State::Scheduled, State::Delivered]);
}

#[tokio::test]
async fn retries_end() {
    let receiver = Receiver::start().await;
    for _ in 0..3 {
        receiver.answer_next(StatusCode::SERVICE_UNAVAILABLE);
    }
    let post = Post::new(QUICK, Endpoint::new(&receiver.url("/")));
    post.announce(BREAD);
    assert_eq!(post.workspace.advance_until_idle().await, 0);
    assert_eq!(receiver.arrived().len(), 1, "until idle waits for no retry");
    post.advance(3600).await;
    assert_eq!(receiver.arrived().len(), 3);
    let delivery = post.only();
    assert_eq!(delivery.state(), State::Failed);
    assert_eq!(
        delivery.reason().unwrap(),
        "answered 503 Service Unavailable; no attempt is left after 3"
    );
    assert_eq!(post.endpoint().failures, 1);
    assert_eq!(post.workspace.next_due(), None);
}

#[tokio::test]
async fn only_faults_of_the_server_are_tried_again_where_the_vendor_says_so() {
    let receiver = Receiver::start().await;
    receiver.answer_next(StatusCode::BAD_REQUEST);
    receiver.answer_next(StatusCode::BAD_GATEWAY);
    let profile = DeliveryProfile {
        retried: Retried::ServerFaults,
        ..QUICK
    };
    let post = Post::new(profile, Endpoint::new(&receiver.url("/")));
    post.announce(BREAD);
    post.announce(BREAD);
    post.settled().await;
    assert_eq!(post.states(), [State::Failed, State::Scheduled]);
}

#[tokio::test]
async fn a_receiver_may_ask_for_a_longer_pause() {
    let receiver = Receiver::start().await;
    let too_many = StatusCode::TOO_MANY_REQUESTS;
    receiver.answer_next_with(too_many, headers(&[("retry-after", "120")]));
    let dates = [
        ("retry-after", "Wed, 21 Oct 2015 07:35:00 GMT"),
        ("date", "Wed, 21 Oct 2015 07:30:00 GMT"),
    ];
    receiver.answer_next_with(StatusCode::SERVICE_UNAVAILABLE, headers(&dates));
    let post = Post::new(QUICK, Endpoint::new(&receiver.url("/")));
    post.announce(BREAD);
    post.settled().await;
    let delivery = post.only();
    assert_eq!(post.since_start(delivery.next_attempt().unwrap()), 120);
    post.advance(120).await;
    assert_eq!(post.since_start(delivery.next_attempt().unwrap()), 420);
    post.advance(300).await;
    assert_eq!(delivery.state(), State::Delivered);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled_with_a_reason() {
    let receiver = Receiver::start().await;
    receiver.answer_next(StatusCode::GONE);
    let post = Post::new(QUICK, Endpoint::new(&receiver.url("/")));
    for _ in 0..3 {
        post.announce(BREAD);
    }
    post.settled().await;
    assert_eq!(receiver.arrived().len(), 1);
    assert_eq!(
        post.states(),
        [State::Failed, State::Withheld, State::Withheld]
    );
    let endpoint = post.endpoint();
    assert!(!endpoint.enabled);
    assert_eq!(
        endpoint.disabled_because.as_deref(),
        Some("it answered 410 Gone")
    );
    post.announce(BREAD);
    assert_eq!(post.all().len(), 3, "a disabled endpoint hears nothing");
}

#[tokio::test]
async fn an_endpoint_that_fails_too_often_is_disabled() {
    let receiver = Receiver::start().await;
    let profile = DeliveryProfile {
        retried: Retried::Never,
        disable_after: Some(2),
        ..QUICK
    };
    let post = Post::new(profile, Endpoint::new(&receiver.url("/")));
    for status in [500, 200, 500, 500] {
        assert!(post.endpoint().enabled);
        receiver.answer_next(StatusCode::from_u16(status).unwrap());
        post.announce(BREAD);
        post.settled().await;
    }
    let endpoint = post.endpoint();
    assert!(!endpoint.enabled);
    assert_eq!(
        endpoint.disabled_because.as_deref(),
        Some("2 deliveries in a row failed")
    );
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let profile = DeliveryProfile {
        timeout: Duration::from_millis(50),
        ..QUICK
    };
    let post = Post::new(profile, Endpoint::new(&url));
    post.announce(BREAD);
    post.settled().await;
    let attempts = post.only().attempts();
    let failure = attempts[0].failure.as_ref().unwrap();
    assert_eq!(failure.class, Class::Timeout);
    assert_eq!(failure.message, "no complete answer within 50ms");
    assert!(attempts[0].micros >= 50_000);
    drop(silent);
}

#[tokio::test]
async fn failures_have_classes() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = closed.local_addr().unwrap();
    drop(closed);
    let rude = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hangs_up = rude.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = rude.accept().await {
            drop(stream);
        }
    });
    let receiver = Receiver::start().await;
    let plain = receiver.url("/");
    for (url, class) in [
        (format!("http://{nobody}/"), Class::Connect),
        (format!("http://{hangs_up}/"), Class::Reset),
        (plain.replace("http:", "https:"), Class::Tls),
        ("http://8.8.8.8/".to_owned(), Class::Connect),
        ("ftp://127.0.0.1/".to_owned(), Class::Connect),
    ] {
        let post = Post::new(QUICK, Endpoint::new(&url));
        post.announce(BREAD);
        post.settled().await;
        let attempts = post.only().attempts();
        let failure = attempts[0].failure.as_ref().unwrap();
        assert_eq!(failure.class, class, "{url}: {}", failure.message);
        assert!(!failure.message.is_empty());
    }
}

#[tokio::test]
async fn what_the_guard_refuses_is_said_and_not_tried_again() {
    let post = Post::new(QUICK, Endpoint::new("http://169.254.169.254/latest"));
    post.announce(BREAD);
    post.settled().await;
    let delivery = post.only();
    assert_eq!(delivery.state(), State::Failed);
    assert_eq!(
        delivery.reason().unwrap(),
        "169.254.169.254 is a link-local or metadata address, which webhooks never go to"
    );
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_never_followed() {
    let receiver = Receiver::start().await;
    let elsewhere = receiver.url("/elsewhere");
    let moved = StatusCode::TEMPORARY_REDIRECT;
    receiver.answer_next_with(moved, headers(&[("location", &elsewhere)]));
    let post = Post::new(QUICK, Endpoint::new(&receiver.url("/")));
    post.announce(BREAD);
    post.settled().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1);
    let attempts = post.only().attempts();
    assert_eq!(attempts[0].failure.as_ref().unwrap().class, Class::Redirect);
    assert_eq!(attempts[0].status(), Some(307));
}

#[tokio::test]
async fn the_repeat_of_an_identity_is_suppressed_for_a_while() {
    let receiver = Receiver::start().await;
    let profile = DeliveryProfile {
        suppress_repeats: Some(Duration::from_secs(600)),
        ..QUICK
    };
    let post = Post::new(profile, Endpoint::new(&receiver.url("/")));
    post.announce(BREAD);
    post.advance(599).await;
    post.announce(BREAD);
    post.create("Milk").await;
    post.advance(1).await;
    post.announce(BREAD);
    post.settled().await;
    let states: Vec<_> = post
        .all()
        .iter()
        .filter(|delivery| delivery.event.conversation == BREAD)
        .map(|delivery| delivery.state())
        .collect();
    assert_eq!(
        states,
        [State::Delivered, State::Suppressed, State::Delivered]
    );
    let suppressed = Wanted {
        state: Some(State::Suppressed),
        ..Wanted::default()
    };
    assert_eq!(post.workspace.deliveries.list(&suppressed).len(), 1);
}

#[tokio::test]
async fn what_breaks_the_contract_is_withheld() {
    let receiver = Receiver::start().await;
    let post = Post::new(QUICK, Endpoint::new(&receiver.url("/")));
    let happening = json!({"gibberish": {"id": BREAD}});
    post.slot().happen(&happening).unwrap();
    post.settled().await;
    assert_eq!(post.states(), [State::Withheld]);
    assert!(receiver.arrived().is_empty());
}

#[tokio::test]
async fn forms_carry_the_same_members() {
    let receiver = Receiver::start().await;
    let endpoint = Endpoint {
        content_type: ContentType::Form,
        ..Endpoint::new(&receiver.url("/"))
    };
    let post = Post::new(QUICK, endpoint);
    post.announce(BREAD);
    post.settled().await;
    let arrived = receiver.arrived();
    assert_eq!(
        arrived[0].headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    let fields: Vec<(String, String)> = url_decoded(&arrived[0].body);
    assert_eq!(fields[0], ("event".to_owned(), "note.archived".to_owned()));
    let note: Value = serde_json::from_str(&fields[1].1).unwrap();
    assert_eq!(note["id"], BREAD);
}

fn url_decoded(body: &[u8]) -> Vec<(String, String)> {
    reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(body)))
        .expect("a form")
        .query_pairs()
        .into_owned()
        .collect()
}

#[tokio::test]
async fn a_redelivery_by_hand_never_reschedules() {
    let receiver = Receiver::start().await;
    for _ in 0..2 {
        receiver.answer_next(StatusCode::BAD_REQUEST);
    }
    let profile = DeliveryProfile {
        retried: Retried::Never,
        ..QUICK
    };
    let post = Post::new(profile, signed(&receiver.url("/")));
    post.announce(BREAD);
    post.settled().await;
    let delivery = post.only();
    let deliveries = &post.workspace.deliveries;
    let again = deliveries
        .redeliver(delivery.id, Resent::Signed)
        .await
        .unwrap();
    assert_eq!(
        (again.number, again.manual, again.status()),
        (2, true, Some(400))
    );
    assert_eq!(delivery.state(), State::Failed);
    assert_eq!(post.workspace.next_due(), None);
    let edited = deliveries
        .redeliver(delivery.id, Resent::Edited("{}".into()))
        .await
        .unwrap();
    assert_eq!(edited.status(), Some(200));
    assert_eq!(
        delivery.state(),
        State::Failed,
        "another message delivers not this one"
    );
    deliveries
        .redeliver(delivery.id, Resent::Signed)
        .await
        .unwrap();
    assert_eq!(delivery.state(), State::Delivered);
    let arrived = receiver.arrived();
    assert_eq!(arrived[1].body, arrived[0].body);
    assert_eq!(arrived[2].body, "{}");
    assert_eq!(
        arrived[1].headers["webhook-id"],
        arrived[0].headers["webhook-id"]
    );
    assert!(deliveries.redeliver(99, Resent::Signed).await.is_none());
}

#[tokio::test]
async fn a_large_answer_is_cut_and_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let large = axum::Router::new().fallback(|| async { "x".repeat(100_000) });
    tokio::spawn(async move { axum::serve(listener, large).await });
    let post = Post::new(QUICK, Endpoint::new(&url));
    post.announce(BREAD);
    post.settled().await;
    let detail = post.only().detail();
    assert_eq!(detail["state"], "delivered");
    assert_eq!(detail["attempts"][0]["answer"]["body"]["bytes"], 65536);
    assert_eq!(detail["attempts"][0]["answer"]["truncated"], true);
}

#[tokio::test]
async fn nothing_in_flight_survives_a_reset() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let receiver = Receiver::start().await;
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let post = Post::new(QUICK, Endpoint::new(&url));
    for _ in 0..3 {
        post.announce(BREAD);
    }
    let (connection, _) = silent.accept().await.unwrap();
    post.workspace.reset(None).unwrap();
    post.settled().await;
    assert!(post.all().is_empty());
    post.edit(|endpoints| {
        endpoints.put(Endpoint::new(&receiver.url("/")));
    });
    drop(connection);
    post.announce(BREAD);
    post.settled().await;
    let delivery = post.only();
    assert_eq!((delivery.id, delivery.state()), (1, State::Delivered));
    assert!(
        post.workspace
            .slot("toy")
            .unwrap()
            .endpoints()
            .iter()
            .all(|one| one.failures == 0)
    );
}

#[tokio::test]
async fn what_waits_is_never_forgotten() {
    let receiver = Receiver::start().await;
    receiver.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    let post = Post::new(QUICK, Endpoint::new(&receiver.url("/")));
    for _ in 0..1500 {
        post.announce(BREAD);
    }
    post.settled().await;
    assert_eq!(post.all().len(), 1001, "1000 that ended and one that waits");
    assert_eq!(post.workspace.deliveries.forgotten(), 499);
    assert_eq!(
        post.workspace.deliveries.get(1).unwrap().state(),
        State::Scheduled
    );
    post.advance(5).await;
    assert_eq!(post.workspace.deliveries.outstanding(), (0, 0));
    assert_eq!(receiver.arrived().len(), 1501);
}

#[tokio::test]
async fn the_same_seed_names_and_pauses_alike() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let receiver = Receiver::start().await;
        receiver.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
        let post = Post::new(DeliveryProfile::DEFAULT, Endpoint::new(&receiver.url("/")));
        post.announce(BREAD);
        post.settled().await;
        let delivery = post.only();
        told.push((delivery.message_id.clone(), delivery.next_attempt()));
    }
    assert_eq!(told[0], told[1]);
    let pause = told[0].1.unwrap().duration_since(Toy::PROFILE.seed_day());
    assert!(pause >= SignedDuration::from_secs(5) && pause <= SignedDuration::from_millis(5500));
}

#[tokio::test]
async fn an_endpoint_proves_itself_by_echoing_the_challenge() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let echo = |uri: http::Uri| async move {
        let query = url_decoded(uri.query().unwrap_or_default().as_bytes());
        let of = |name: &str| {
            query
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        match (
            uri.path(),
            of("hub.mode").as_deref(),
            of("hub.verify_token").as_deref(),
        ) {
            ("/echo", Some("subscribe"), Some("a token")) => {
                (StatusCode::OK, of("hub.challenge").unwrap_or_default())
            }
            ("/parrot", ..) => (StatusCode::OK, "hello".to_owned()),
            _ => (StatusCode::FORBIDDEN, String::new()),
        }
    };
    let app = axum::Router::new().fallback(echo);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let post = Post::new(QUICK, Endpoint::new("http://127.0.0.1:1/"));
    let verify =
        async |url: &str, token: &str| post.workspace.deliveries.verify("toy", url, token).await;
    let url = |path: &str| format!("http://{address}{path}");
    assert_eq!(
        verify(&url("/echo?kept=1"), "a token").await,
        Verification::Echoed
    );
    assert_eq!(
        verify(&url("/parrot"), "a token").await,
        Verification::WrongEcho {
            body: "hello".into()
        }
    );
    assert_eq!(
        verify(&url("/echo"), "wrong").await,
        Verification::Status(StatusCode::FORBIDDEN)
    );
    for unreachable in ["http://169.254.169.254/", "nonsense"] {
        let answer = verify(unreachable, "a token").await;
        assert!(matches!(answer, Verification::Unreachable(_)), "{answer:?}");
    }
}
