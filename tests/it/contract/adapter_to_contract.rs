//! The first edge: what an adapter sends is documented, and what is documented it understands.
//!
//! A server plays every documented answer to every documented use of an operation.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::adapters::heltar::messages::Outgoing;
use contracts::adapters::{
    Adapter, Call, Failure, Made, Understood, balesotomatis, cekat, heltar, myoperator, omnichat,
};
use contracts::check;
use contracts::document::{Document, Operation, ResponseContract, Route, choose};
use mock_server::kernel::call::{Content, Wire};
use mock_server::kernel::vendor::{Profile, Vendor};
use mock_server::vendors::balesotomatis::BalesOtomatis;
use mock_server::vendors::cekat::Cekat;
use mock_server::vendors::heltar::Heltar;
use mock_server::vendors::myoperator::MyOperator;
use mock_server::vendors::omnichat::Omnichat;
use serde_json::{Map, Value};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::table::{Complaint, table};
use super::understanding::{differences, json_differences};
use super::wire::carried;

/// A client with a few faults, each of which has to be noticed.
struct Careless(heltar::Client);

impl Adapter for Careless {
    const VENDOR: &'static str = "heltar";

    type Notes = ();

    fn connect(base_url: &str, _: &[(String, String)]) -> Result<Self, String> {
        let client = heltar::Client::new(base_url, "another-key");
        client.map(Self).map_err(|error| error.to_string())
    }

    fn calls() -> Vec<Call<Self>> {
        vec![
            Call::new("templates.get", |careless: &Self, _| {
                Box::pin(async move {
                    careless.0.templates().list().await?;
                    Ok(Understood {
                        status: 200,
                        made: Made::Json(Value::Null),
                    })
                })
            }),
            Call::new("messages.send", |careless: &Self, _| {
                Box::pin(async move {
                    let message = Outgoing::text("12", "");
                    careless.0.messages().send(&[message]).await?;
                    Ok(Understood {
                        status: 201,
                        made: Made::Nothing,
                    })
                })
            })
            .variant("reply"),
            Call::new("messages.forget", |_: &Self, _| {
                Box::pin(async { Err(Failure::Lost("never tried".to_owned())) })
            }),
        ]
    }

    fn hear(_: &str, _: &str, _: &[u8]) -> Result<Value, String> {
        Ok(Value::Null)
    }

    fn happenings(_: &Self::Notes) -> Vec<Value> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_careless_adapter_is_caught() {
    let complaints = complaints_about_speech::<Careless, Heltar>().await;
    let about = |operation: &str, variant: &str, why: &str| {
        let fits = |one: &&Complaint| {
            (one.operation.as_str(), one.variant.as_str()) == (operation, variant)
                && one.why.contains(why)
        };
        let found = complaints.iter().find(fits);
        assert!(
            found.is_some(),
            "{operation} {variant} {why}\n{}",
            table(&complaints)
        );
    };
    about("clients.get", "", "no call uses this operation");
    about("messages.send", "media", "no call uses this variant");
    about("messages.forget", "", "no such operation or variant");
    about("templates.get", "", "this is a request for templates.list");
    about("templates.get", "", "understood as null");
    about("messages.send", "reply", "the credentials are missing");
    about("messages.send", "reply", "this is Some(\"text\")");
    about("messages.send", "reply", "clientWaNumber");
    about("messages.send", "reply", "nothing was understood");
    about("messages.send", "reply", "was understood as 201");
}

/// What the storage of a vendor would serve, where any bytes will do.
const A_FILE: &[u8] = b"any bytes\x00\xff";

#[tokio::test]
async fn the_adapter_of_balesotomatis_speaks_as_documented() {
    let complaints = complaints_about_speech::<balesotomatis::Account, BalesOtomatis>().await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
}

#[tokio::test]
async fn the_adapter_of_balesotomatis_is_not_fooled() {
    is_not_fooled::<balesotomatis::Account, BalesOtomatis>().await;
}

#[test]
fn the_adapter_of_balesotomatis_hears_every_documented_webhook() {
    hears_every_documented_webhook::<balesotomatis::Account, BalesOtomatis>();
}

#[tokio::test]
async fn the_adapter_of_cekat_speaks_as_documented() {
    let complaints = complaints_about_speech::<cekat::Client, Cekat>().await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
}

#[tokio::test]
async fn the_adapter_of_cekat_is_not_fooled() {
    is_not_fooled::<cekat::Client, Cekat>().await;
}

#[test]
fn the_adapter_of_cekat_hears_every_observed_webhook() {
    hears_every_documented_webhook::<cekat::Client, Cekat>();
}

#[tokio::test]
async fn the_adapter_of_heltar_speaks_as_documented() {
    let complaints = complaints_about_speech::<heltar::Client, Heltar>().await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
}

#[tokio::test]
async fn the_adapter_of_heltar_is_not_fooled() {
    is_not_fooled::<heltar::Client, Heltar>().await;
}

#[test]
fn the_adapter_of_heltar_hears_every_documented_webhook() {
    hears_every_documented_webhook::<heltar::Client, Heltar>();
}

#[tokio::test]
async fn the_adapter_of_myoperator_speaks_as_documented() {
    let complaints = complaints_about_speech::<myoperator::Client, MyOperator>().await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
}

#[tokio::test]
async fn the_adapter_of_myoperator_is_not_fooled() {
    is_not_fooled::<myoperator::Client, MyOperator>().await;
}

#[test]
fn the_adapter_of_myoperator_hears_every_documented_webhook() {
    hears_every_documented_webhook::<myoperator::Client, MyOperator>();
}

/// Only JSON is shown of most webhooks, but a company may choose what all of them come as.
#[test]
fn the_adapter_of_myoperator_hears_every_webhook_however_it_comes() {
    let document = contract::<MyOperator>();
    let mut wrong = Vec::new();
    for webhook in document.webhooks() {
        let examples = webhook.examples().filter_map(|example| example.value());
        let bodies = examples.filter(|value| value.get("myoperator").is_none());
        for value in bodies {
            // Calls of the older generation stand in one field, everything else in as many as it has members.
            let fields = match value.get("_ai") {
                Some(_) => serde_json::json!({"myoperator": value}),
                None => value,
            };
            for kind in ["application/x-www-form-urlencoded", "multipart/form-data"] {
                let told = mishearings::<myoperator::Client>(&webhook.name, kind, &fields);
                wrong.extend(
                    told.iter()
                        .map(|why| format!("{} as {kind}: {why}", webhook.name)),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn the_adapter_of_heltar_reads_how_long_to_wait() {
    let server = MockServer::start().await;
    let client = heltar::Client::new(&server.uri(), "any").unwrap();
    let refusal = r#"{"errorType": "TooManyRequests", "errorMessage": "Too many requests", "errorsValidation": null, "errorRaw": null}"#;
    for (sent, expected) in [("7", Some(Duration::from_secs(7))), ("soon", None)] {
        server.reset().await;
        let answer = ResponseTemplate::new(429).insert_header("retry-after", sent);
        let answer = answer.set_body_raw(refusal, "application/json");
        Mock::given(any()).respond_with(answer).mount(&server).await;
        match client.templates().list().await {
            Err(heltar::Error::TooManyRequests { retry_after, .. }) => {
                assert_eq!(retry_after, expected)
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_adapter_of_omnichat_speaks_as_documented() {
    let complaints = complaints_about_speech::<omnichat::Client, Omnichat>().await;
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
}

#[tokio::test]
async fn the_adapter_of_omnichat_is_not_fooled() {
    is_not_fooled::<omnichat::Client, Omnichat>().await;
}

#[test]
fn the_adapter_of_omnichat_hears_every_documented_webhook() {
    hears_every_documented_webhook::<omnichat::Client, Omnichat>();
}

fn contract<V: Vendor>() -> Document {
    Document::load(V::PROFILE.contract).unwrap_or_else(|error| panic!("{error}"))
}

/// Whether a medium is taken as it is.
fn is_file(media_type: &str) -> bool {
    let files = ["*/", "audio/", "image/", "video/"];
    files.iter().any(|file| media_type.starts_with(file))
}

/// A documented answer, as it goes over the wire.
struct Played {
    /// Its name in the contract.
    name: String,
    /// The variant it answers; any when nobody says.
    variant: Option<String>,
    status: u16,
    media_type: Option<String>,
    body: Vec<u8>,
}

impl Played {
    /// Every documented answer of an operation: its examples, or a body of its media type where it has none.
    fn all(operation: &Operation) -> Vec<Self> {
        operation.responses.iter().flat_map(Self::of).collect()
    }

    fn of(contract: &ResponseContract) -> Vec<Self> {
        let media_type = contract.media_type.clone();
        let status = contract.status;
        let played = |name: &str, variant, body| Self {
            name: name.to_owned(),
            variant,
            status,
            media_type: media_type.clone(),
            body,
        };
        let examples = contract.examples.iter().map(|example| {
            let body = match (example.value(), media_type.as_deref()) {
                (None, _) => Vec::new(),
                (Some(Value::String(text)), Some(kind)) if !kind.ends_with("json") => {
                    text.into_bytes()
                }
                (Some(value), _) => value.to_string().into_bytes(),
            };
            played(&example.name, example.variant.clone(), body)
        });
        let examples: Vec<_> = examples.collect();
        match (examples.is_empty(), media_type.as_deref()) {
            (false, _) => examples,
            (true, None) => vec![played("without a body", None, Vec::new())],
            (true, Some(kind)) if is_file(kind) => {
                vec![played("any bytes", None, A_FILE.to_vec())]
            }
            // Nothing can be played of it, which is told.
            (true, Some(_)) => Vec::new(),
        }
    }

    /// Whether this answers a call: a success belongs to its variant, a refusal can befall any.
    fn answers<A: Adapter>(&self, operation: &Operation, call: &Call<A>) -> bool {
        let single = operation.variants.len() <= 1;
        self.status >= 400
            || single
            || self.variant.is_none()
            || self.variant.as_deref() == call.variant
    }

    fn template(&self) -> ResponseTemplate {
        let template = ResponseTemplate::new(self.status);
        match self.media_type.as_deref() {
            None => template,
            Some("*/*") => template.set_body_raw(self.body.clone(), "application/octet-stream"),
            Some(kind) => template.set_body_raw(self.body.clone(), kind),
        }
    }
}

/// Every way in which an adapter does not speak as documented, or does not understand what is.
async fn complaints_about_speech<A: Adapter, V: Vendor>() -> Vec<Complaint> {
    let document = contract::<V>();
    let server = MockServer::start().await;
    let adapter = A::connect(&server.uri(), &document.variables).unwrap();
    let calls = A::calls();
    let mut complaints = gaps(&document, &calls);
    for operation in document.operations() {
        let mute = operation
            .responses
            .iter()
            .filter(|one| Played::of(one).is_empty());
        complaints.extend(mute.map(|one| {
            let why = format!("{} has no example to be played", one.status);
            gap::<A>(operation, "", &why)
        }));
        for played in Played::all(operation) {
            let mut understood = 0;
            let fitting = calls
                .iter()
                .filter(|call| call.operation == operation.name && played.answers(operation, call));
            for call in fitting {
                understood += 1;
                for why in play(&server, &adapter, &document, &V::PROFILE, call, &played).await {
                    complaints.push(complaint::<A>(call, &played.name, &why));
                }
            }
            if understood == 0 {
                complaints.push(Complaint {
                    example: played.name.clone(),
                    ..gap::<A>(operation, "", "no call gets this answer")
                });
            }
        }
    }
    complaints
}

/// Operations and variants that no call uses, and calls that use none.
pub fn gaps<A: Adapter>(document: &Document, calls: &[Call<A>]) -> Vec<Complaint> {
    let mut gaps = Vec::new();
    for operation in document.operations() {
        let mut used = calls
            .iter()
            .filter(|call| call.operation == operation.name)
            .peekable();
        if used.peek().is_none() {
            gaps.push(gap::<A>(operation, "", "no call uses this operation"));
        }
        if operation.variants.len() > 1 {
            let used: BTreeSet<_> = used.filter_map(|call| call.variant).collect();
            let unused = operation
                .variants
                .iter()
                .filter(|variant| !used.contains(variant.name.as_str()));
            gaps.extend(
                unused
                    .map(|variant| gap::<A>(operation, &variant.name, "no call uses this variant")),
            );
        }
    }
    for call in calls {
        let operation = document.operation(call.operation);
        let known = operation.is_some_and(|operation| {
            call.variant
                .is_none_or(|variant| operation.variant_named(variant).is_some())
        });
        if !known {
            gaps.push(complaint::<A>(call, "", "no such operation or variant"));
        }
    }
    gaps
}

/// Lets a call be answered, and tells what is wrong with its request and with what it made of the answer.
async fn play<A: Adapter>(
    server: &MockServer,
    adapter: &A,
    document: &Document,
    profile: &Profile,
    call: &Call<A>,
    played: &Played,
) -> Vec<String> {
    let (result, sent) = exchange(server, adapter, call, played.template()).await;
    let mut wrong = match &sent[..] {
        [one] => judge_request(document, profile, call, one).await,
        many => vec![format!("{} requests were sent instead of one", many.len())],
    };
    match result {
        Ok(understood) | Err(Failure::Refused(understood)) => {
            wrong.extend(judge_understanding(&understood, played));
        }
        Err(failure) => wrong.push(failure.to_string()),
    }
    wrong
}

async fn exchange<A: Adapter>(
    server: &MockServer,
    adapter: &A,
    call: &Call<A>,
    answer: ResponseTemplate,
) -> (Result<Understood, Failure>, Vec<wiremock::Request>) {
    server.reset().await;
    Mock::given(any()).respond_with(answer).mount(server).await;
    let result = (call.perform)(adapter, &mut A::Notes::default()).await;
    let sent = server.received_requests().await.unwrap_or_default();
    (result, sent)
}

fn judge_understanding(understood: &Understood, played: &Played) -> Vec<String> {
    let mut wrong = differences(&understood.made, &played.body);
    if understood.status != played.status {
        wrong.push(format!(
            "{} was understood as {}",
            played.status, understood.status
        ));
    }
    wrong
}

/// Every way in which a request is not the documented one that its call claims to be.
async fn judge_request<A: Adapter>(
    document: &Document,
    profile: &Profile,
    call: &Call<A>,
    sent: &wiremock::Request,
) -> Vec<String> {
    let (operations, path) = match document.route(&sent.method, sent.url.path()) {
        Route::Found {
            operations,
            parameters,
        } => (operations, parameters),
        other => return vec![format!("{} {} leads to {other:?}", sent.method, sent.url)],
    };
    let query: Vec<_> = sent.url.query_pairs().into_owned().collect();
    let wire = Wire {
        method: sent.method.clone(),
        target: sent.url.path().to_owned(),
        headers: sent.headers.clone(),
        body: sent.body.clone().into(),
    };
    let content = Content::read(&wire.headers, &wire.body, profile.any_content_type).await;
    let received = mock_server::kernel::call::Call {
        id: 0,
        at: jiff::Timestamp::UNIX_EPOCH,
        wire: wire.into(),
        path: sent.url.path().into(),
        query,
        path_parameters: path,
        content,
        operation: None,
        base_url: "".into(),
    };
    let incoming = received.incoming();
    let operation = choose(&operations, &incoming);
    if operation.name != call.operation {
        return vec![format!("this is a request for {}", operation.name)];
    }
    let violations = check::request(document, operation, &incoming);
    let mut wrong: Vec<_> = violations
        .iter()
        .map(|violation| {
            format!(
                "{} {}: {}",
                violation.place, violation.pointer, violation.message
            )
        })
        .collect();
    if let Some(expected) = call.variant {
        let variant = operation.variant(&incoming);
        if variant.is_none_or(|variant| variant.name != expected) {
            wrong.push(format!(
                "this is {:?}",
                variant.map(|variant| &variant.name)
            ));
        }
    }
    let shows =
        |(name, value): &(&str, &str)| sent.headers.get(*name).is_some_and(|sent| sent == value);
    // A vendor may have more than one name for the same credential.
    let member = |value: &str| match &received.content {
        Content::Json(Value::Object(members)) => members.values().any(|member| member == value),
        _ => false,
    };
    let fills = |(name, value): &(&str, &str)| {
        let asked = |(key, given): &(String, String)| key == name && given == value;
        let in_query = received.query.iter().any(asked);
        in_query || received.field(name).as_deref() == Some(*value) || member(value)
    };
    let credentials =
        profile.demo_headers.iter().any(shows) || profile.demo_fields.iter().any(fills);
    if credentials != operation.secured {
        wrong.push(format!(
            "the credentials are {}",
            if credentials { "given away" } else { "missing" }
        ));
    }
    wrong
}

/// No call takes a broken answer for a good one, follows a redirect, or stumbles.
async fn is_not_fooled<A: Adapter, V: Vendor>() {
    let document = contract::<V>();
    let server = MockServer::start().await;
    let elsewhere = format!("{}/elsewhere", server.uri());
    let adapter = A::connect(&server.uri(), &document.variables).unwrap();
    let said = |status, kind, body: &str| ResponseTemplate::new(status).set_body_raw(body, kind);
    let json = |status, body| said(status, "application/json", body);
    let led = ResponseTemplate::new(307).insert_header("location", elsewhere.as_str());
    let broken = [
        ("a redirect", 307, led),
        (
            "a proxy's page",
            502,
            said(502, "text/html", "<h1>Bad Gateway</h1>"),
        ),
        ("an empty refusal", 400, ResponseTemplate::new(400)),
        (
            "a refusal in other words",
            400,
            json(400, r#"{"error": {"message": "no"}}"#),
        ),
        ("an unknown success", 299, json(299, "{}")),
        ("an empty success", 200, ResponseTemplate::new(200)),
        ("half an answer", 200, json(200, r#"{"message": "Success"#)),
        ("a list", 200, json(200, "[1]")),
    ];
    let mut complaints = Vec::new();
    for call in A::calls() {
        let operation = document
            .operation(call.operation)
            .unwrap_or_else(|| panic!("{} is no operation", call.operation));
        let is_json = |one: &ResponseContract| {
            let kind = one.media_type.as_deref();
            kind.is_some_and(|kind| kind.ends_with("json"))
        };
        let mut successes = operation.responses.iter().filter(|one| one.status < 300);
        let any_bytes_will_do = !successes.all(is_json);
        for (name, status, answer) in &broken {
            if any_bytes_will_do && *status == 200 {
                continue;
            }
            let (result, sent) = exchange(&server, &adapter, &call, answer.clone()).await;
            if !matches!(result, Err(Failure::Unintelligible(_))) {
                complaints.push(complaint::<A>(&call, name, &format!("{result:?}")));
            }
            if sent.len() != 1 {
                let many = format!("{} requests", sent.len());
                complaints.push(complaint::<A>(&call, name, &many));
            }
        }
    }
    drop(server);
    let nobody = A::connect("http://127.0.0.1:9", &document.variables).unwrap();
    for call in A::calls() {
        let result = (call.perform)(&nobody, &mut A::Notes::default()).await;
        if !matches!(result, Err(Failure::Lost(_))) {
            complaints.push(complaint::<A>(
                &call,
                "nobody there",
                &format!("{result:?}"),
            ));
        }
    }
    assert!(complaints.is_empty(), "\n{}", table(&complaints));
}

fn hears_every_documented_webhook<A: Adapter, V: Vendor>() {
    let document = contract::<V>();
    let mut wrong = Vec::new();
    let mut heard = 0;
    for webhook in document.webhooks() {
        for (media, example) in webhook
            .content
            .iter()
            .flat_map(|media| media.examples.iter().map(move |example| (media, example)))
        {
            let Some(value) = example.value() else {
                wrong.push(format!("{} {} has no value", webhook.name, example.name));
                continue;
            };
            heard += 1;
            let told = mishearings::<A>(&webhook.name, &media.media_type, &value);
            let place = format!("{} {}", webhook.name, example.name);
            wrong.extend(told.iter().map(|why| format!("{place}: {why}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(heard > 0, "the contract shows no webhook");
}

/// What an adapter does not understand of a payload that is carried like this.
///
/// A form in which one field carries the whole says the same as that field.
fn mishearings<A: Adapter>(webhook: &str, media_type: &str, value: &Value) -> Vec<String> {
    let (content_type, body) = carried(media_type, value);
    let wrapped = |members: &Map<String, Value>| match members.values().next() {
        Some(whole @ Value::Object(_)) if members.len() == 1 => whole.clone(),
        _ => value.clone(),
    };
    let said = value.as_object().map_or_else(|| value.clone(), wrapped);
    match A::hear(webhook, &content_type, &body) {
        Ok(understood) => json_differences(&understood, &said),
        Err(error) => vec![error],
    }
}

pub fn complaint<A: Adapter>(call: &Call<A>, example: &str, why: &str) -> Complaint {
    Complaint {
        vendor: A::VENDOR,
        operation: call.operation.to_owned(),
        variant: call.variant.unwrap_or_default().to_owned(),
        example: example.to_owned(),
        expected: String::new(),
        got: String::new(),
        why: why.to_owned(),
    }
}

fn gap<A: Adapter>(operation: &Operation, variant: &str, why: &str) -> Complaint {
    Complaint {
        vendor: A::VENDOR,
        operation: operation.name.clone(),
        variant: variant.to_owned(),
        example: String::new(),
        expected: String::new(),
        got: String::new(),
        why: why.to_owned(),
    }
}
