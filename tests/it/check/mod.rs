//! Checking clients: what is found, what is counted, what is not called a pass.

use insta::assert_snapshot;
use mock_server::check::report::{self, Format};
use mock_server::check::{
    Baseline, Demand, Exchange, Finding, Judge, Ledger, Level, Outcome, Remote, Report, Terms,
    Watch, read_journal, variables,
};
use mock_server::{Options, client};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::sync::Arc;

/// A client of a watched server.
struct Trial {
    watch: Watch,
    client: Client,
}

const SEED_DAY: &str = "2026-01-01T00:00:00Z";

impl Trial {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let options = Options {
            frozen_at: Some(SEED_DAY.parse().unwrap()),
            ..options
        };
        Self {
            watch: Watch::start(options).await.unwrap(),
            client: client::plain().unwrap(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.watch.server().base_url("heltar"))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client
            .get(self.url(path))
            .bearer_auth("heltar-mock-key")
    }

    fn send(&self, message: Value) -> RequestBuilder {
        let post = self.client.post(self.url("/v1/messages/send"));
        let body = json!({"messages": [message]});
        post.bearer_auth("heltar-mock-key").json(&body)
    }

    async fn does(&mut self, request: RequestBuilder) -> u16 {
        let answer = self.watch.during(request.send()).await.unwrap();
        answer.status().as_u16()
    }

    async fn report(self, terms: &Terms) -> Report {
        self.watch.finish(terms).await
    }
}

fn text_to(number: impl Into<Value>) -> Value {
    json!({"clientWaNumber": number.into(), "message": "Hi", "messageType": "text"})
}

/// A client with six different mistakes, one of them made twice.
async fn careless() -> Trial {
    let mut trial = Trial::new().await;
    let number = 919_000_005_883_u64;
    let mut misspelt = text_to("919000005883");
    misspelt["mesage"] = json!("Hi");
    let body = json!({"messages": [text_to("919000005883")]}).to_string();
    let plain = trial.client.post(trial.url("/v1/messages/send"));
    let plain = plain.bearer_auth("heltar-mock-key");
    let misplaced = trial.client.get(trial.url("/v1/clients"));
    let requests = [
        trial.get("/v1/clients"),
        trial.send(text_to("919000005883")),
        trial.send(text_to(number)),
        trial.send(text_to(number + 1)),
        trial.send(misspelt),
        plain.header("content-type", "text/plain").body(body),
        misplaced.header("x-api-key", "heltar-mock-key"),
        trial.get("/v1/client"),
        trial.get("/v1/clients?colour=red"),
    ];
    for request in requests {
        trial.does(request).await;
    }
    trial
}

fn gist(findings: &[Finding]) -> Vec<(Level, String, String, u64)> {
    let gist = |one: &Finding| {
        let (rule, pointer) = (one.rule.clone(), one.pointer.clone());
        (one.level, rule, pointer, one.count)
    };
    findings.iter().map(gist).collect()
}

#[tokio::test]
async fn every_mistake_is_found_once_and_nothing_else_is() {
    let report = careless().await.report(&Terms::default()).await;
    let expected = [
        (Level::Error, "credentials-misplaced", "", 1),
        (Level::Error, "content-type", "content-type", 1),
        (Level::Error, "type", "/messages/0/clientWaNumber", 2),
        (Level::Error, "forbidden", "/messages/0/mesage", 1),
        (Level::Error, "unknown-operation", "", 1),
        (Level::Warning, "undocumented", "colour", 1),
    ];
    let expected = expected
        .map(|(level, rule, pointer, count)| (level, rule.to_owned(), pointer.to_owned(), count));
    assert_eq!(gist(&report.findings), expected);
    assert_eq!(report.outcome, Outcome::Findings);
    assert_eq!(report.observed.requests, 9);
    assert_snapshot!(report::write(&report, Format::Text));
}

#[tokio::test]
async fn a_finding_has_the_same_fingerprint_in_every_run() {
    let prints = |report: Report| -> Vec<String> {
        let findings = report.findings.into_iter();
        findings.map(|finding| finding.fingerprint).collect()
    };
    let first = prints(careless().await.report(&Terms::default()).await);
    let mut trial = careless().await;
    // More of the same, elsewhere in a list and with other values.
    let body = json!({"messages": [text_to("919000005883"), text_to(7)]});
    let post = trial.client.post(trial.url("/v1/messages/send"));
    let post = post.bearer_auth("heltar-mock-key").json(&body);
    trial.does(post).await;
    let again = prints(trial.report(&Terms::default()).await);
    assert_eq!(first, again);
    let distinct: std::collections::HashSet<_> = first.iter().collect();
    assert_eq!(distinct.len(), first.len());
}

#[tokio::test]
async fn the_contract_says_so_where_the_finding_says() {
    let report = careless().await.report(&Terms::default()).await;
    let text = include_str!("../../../fixtures/heltar/openapi.json");
    let contract: Value = serde_json::from_str(text).unwrap();
    for finding in &report.findings {
        let place = finding.contract.as_ref().expect("a place");
        assert_eq!(place.file, "fixtures/heltar/openapi.json");
        assert!(contract.pointer(&place.pointer).is_some(), "{place:?}");
        let name = place.pointer.rsplit('/').next().unwrap();
        let line = text.lines().nth(place.line - 1).unwrap();
        let name = name.replace("~1", "/");
        let element = name.parse::<usize>().is_ok();
        assert!(
            element || line.contains(&format!("\"{name}\"")),
            "{place:?}: {line}"
        );
    }
    let typed = report
        .findings
        .iter()
        .find(|one| one.rule == "type")
        .unwrap();
    let place = typed.contract.as_ref().unwrap();
    assert_eq!(contract.pointer(&place.pointer).unwrap()["type"], "string");
}

#[tokio::test]
async fn a_good_client_passes_and_what_it_exercised_is_counted() {
    let mut trial = Trial::new().await;
    for request in [
        trial.get("/v1/clients"),
        trial.send(text_to("919000005883")),
    ] {
        assert_eq!(trial.does(request).await, 200);
    }
    let all = trial.watch.server().app().vendors().to_vec();
    let terms = Terms {
        demands: vec![
            Demand::operation("messages.send", &all).unwrap(),
            Demand::share("heltar=1%", &all).unwrap(),
        ],
        ..Terms::default()
    };
    let report = trial.report(&terms).await;
    assert_eq!((report.outcome, &report.findings), (Outcome::Pass, &vec![]));
    assert!(report.requirements.iter().all(|one| one.met));
    let [heltar] = report.coverage.as_slice() else {
        panic!("one vendor was used")
    };
    assert_eq!((heltar.operations.seen, heltar.uses.seen), (2, 2));
    let send = heltar
        .rows
        .iter()
        .find(|row| row.operation == "messages.send")
        .unwrap();
    let texts = send
        .uses
        .iter()
        .find(|one| one.variant.as_deref() == Some("text"))
        .unwrap();
    assert_eq!((texts.good, texts.answers[0].first.as_str()), (1, "2"));
}

#[tokio::test]
async fn too_little_is_never_a_pass() {
    let nothing = Trial::new().await.report(&Terms::default()).await;
    assert_eq!(nothing.outcome, Outcome::Inconclusive);
    assert_eq!(nothing.outcome.code(), 3);

    let mut trial = Trial::new().await;
    let request = trial.get("/v1/clients");
    trial.does(request).await;
    let all = trial.watch.server().app().vendors().to_vec();
    let terms = Terms {
        demands: vec![
            Demand::share("heltar=80%", &all).unwrap(),
            Demand::operation("heltar:messages.send", &all).unwrap(),
        ],
        ..Terms::default()
    };
    let little = trial.report(&terms).await;
    assert_eq!(
        (little.outcome, little.reasons.len()),
        (Outcome::Inconclusive, 2)
    );

    // An operation that was only ever refused was not exercised.
    let mut trial = Trial::new().await;
    let request = trial.client.get(trial.url("/v1/clients"));
    assert_eq!(trial.does(request).await, 401);
    let refused = trial.report(&terms).await;
    assert_eq!(refused.coverage[0].operations.seen, 0);
}

#[tokio::test]
async fn demands_that_nothing_could_meet_are_refused() {
    let trial = Trial::new().await;
    let all = trial.watch.server().app().vendors();
    let share = |text| Demand::share(text, all).unwrap_err().to_string();
    assert!(share("heltar").starts_with("\"heltar\": expected VENDOR=PERCENT"));
    assert!(share("heltar=120%").contains("expected"));
    assert!(share("helter=80%").starts_with("no vendor is named \"helter\""));
    let operation = Demand::operation("messages.sent", all).unwrap_err();
    assert_eq!(
        operation.to_string(),
        "no operation is named \"messages.sent\""
    );
}

#[tokio::test]
async fn no_request_is_lost_however_short_the_journal_is() {
    let options = Options {
        remembered: 3,
        ..Options::default()
    };
    let mut trial = Trial::with(options).await;
    for _ in 0..40 {
        let request = trial.get("/v1/clients");
        trial.does(request).await;
    }
    // Workspaces that the client chose itself are watched as well, and so is what a reset forgets.
    let elsewhere = trial.get("/v1/clients").header("x-mock-workspace", "job-7");
    trial.does(elsewhere).await;
    let reset = format!("{}/__admin/reset", trial.watch.server().url());
    let reset = trial.client.post(reset).json(&json!({}));
    assert_eq!(trial.does(reset).await, 200);
    let report = trial.report(&Terms::default()).await;
    assert_eq!((report.observed.requests, report.observed.lost), (41, 0));
    assert_eq!(report.observed.workspaces, ["default", "job-7"]);
}

#[tokio::test]
async fn what_the_baseline_accepts_does_not_fail() {
    let report = careless().await.report(&Terms::default()).await;
    let baseline = Baseline::of(&report.findings, &Baseline::default());
    let written = serde_json::to_string(&baseline).unwrap();
    let terms = Terms {
        baseline: Baseline::read(&written).unwrap(),
        ..Terms::default()
    };
    let accepted = careless().await.report(&terms).await;
    assert_eq!(
        (accepted.outcome, accepted.accepted.len()),
        (Outcome::Pass, 6)
    );

    let mut trial = careless().await;
    let fresh = trial.get("/v1/nowhere/at/all");
    trial.does(fresh).await;
    let report = trial.report(&terms).await;
    assert_eq!(report.outcome, Outcome::Findings);
    assert_eq!((report.findings.len(), report.accepted.len()), (1, 6));

    let mut trial = Trial::new().await;
    let request = trial.get("/v1/clients");
    trial.does(request).await;
    let clean = trial.report(&terms).await;
    assert_eq!((clean.outcome, clean.unseen.len()), (Outcome::Pass, 6));
}

#[tokio::test]
async fn a_saved_journal_is_judged_as_if_it_were_watched() {
    let mut trial = careless().await;
    let find = format!("{}/__admin/requests/find", trial.watch.server().url());
    let find = trial.client.post(find).json(&json!({}));
    let saved = trial.watch.during(find.send()).await.unwrap();
    let saved = saved.text().await.unwrap();
    let judge = Arc::new(Judge::new(trial.watch.server().app().vendors()));
    let live = trial.report(&Terms::default()).await;

    let whole: Value = serde_json::from_str(&saved).unwrap();
    let lines = whole["requests"].as_array().unwrap();
    let lines: Vec<_> = lines.iter().map(Value::to_string).collect();
    for text in [saved, lines.join("\n")] {
        let mut ledger = Ledger::new(Arc::clone(&judge));
        for exchange in &read_journal(&text).unwrap().exchanges {
            ledger.see(exchange).await;
        }
        assert_eq!(ledger.report(&Terms::default()), live);
    }
    assert!(read_journal("{\"a\": 1}").is_err());
    assert!(read_journal("no journal").is_err());
}

#[tokio::test]
async fn a_body_that_was_cut_off_is_not_judged_and_not_called_good() {
    let trial = careless().await;
    let exchange = json!({
        "id": 1, "vendor": "heltar", "operation": "files.upload",
        "request": {"method": "POST", "target": "/heltar/v1/messages/send",
            "headers": [["authorization", "Bearer heltar-mock-key"], ["content-type", "application/json"]],
            "body": {"bytes": 99999, "text": "{\"messages\": [", "truncated_after": 14}},
        "answer": {"status": 200, "headers": [], "body": null}, "findings": [],
    });
    let exchange = Exchange::shown(&exchange, "default", 1).unwrap();
    let judge = Judge::new(trial.watch.server().app().vendors());
    let mut ledger = Ledger::new(Arc::new(judge));
    ledger.see(&exchange).await;
    let report = ledger.report(&Terms::default());
    assert_eq!(
        (report.outcome, report.observed.partial),
        (Outcome::Inconclusive, 1)
    );
    assert_eq!(report.findings, []);
}

#[tokio::test]
async fn a_running_server_is_watched_over_its_control_api() {
    let trial = Trial::new().await;
    let server = trial.watch.server();
    let all = server.app().vendors();
    let mut remote = Remote::new(&server.url(), "job-1", None).unwrap();
    assert!(remote.make().await.unwrap());
    let mut ledger = Ledger::new(Arc::new(Judge::new(all)));
    let environment = variables(all, &server.url(), "job-1");
    let base_url = environment
        .iter()
        .find(|(name, _)| name == "HELTAR_BASE_URL");
    let base_url = &base_url.unwrap().1;
    for path in ["/v1/clients", "/v1/client"] {
        let request = trial.client.get(format!("{base_url}{path}"));
        request.bearer_auth("heltar-mock-key").send().await.unwrap();
        let found = remote.look(&mut ledger).await.unwrap();
        assert_eq!(found.len(), usize::from(path == "/v1/client"));
    }
    remote.settle(&mut ledger).await.unwrap();
    let report = ledger.report(&Terms::default());
    assert_eq!((report.observed.requests, report.observed.lost), (2, 0));
    assert_eq!(report.findings[0].rule, "unknown-operation");
    assert_eq!(report.findings[0].requests, ["job-1/2"]);
    remote.remove().await.unwrap();
}

#[tokio::test]
async fn what_a_running_server_forgot_is_said() {
    let options = Options {
        remembered: 3,
        ..Options::default()
    };
    let trial = Trial::with(options).await;
    let server = trial.watch.server();
    for _ in 0..5 {
        trial.get("/v1/clients").send().await.unwrap();
    }
    let mut remote = Remote::new(&server.url(), "default", None).unwrap();
    let mut ledger = Ledger::new(Arc::new(Judge::new(server.app().vendors())));
    remote.settle(&mut ledger).await.unwrap();
    let report = ledger.report(&Terms::default());
    assert_eq!((report.observed.requests, report.observed.lost), (3, 2));
    assert_eq!(report.outcome, Outcome::Inconclusive);
}

#[tokio::test]
async fn the_command_gets_its_environment_and_its_failing_is_a_finding() {
    let mut trial = Trial::new().await;
    let environment = trial.watch.variables();
    let words = [
        "sh",
        "-c",
        "test \"$HELTAR_API_KEY\" = heltar-mock-key && exit 7",
    ];
    let line = words.map(str::to_owned);
    let ran = mock_server::check::run(&line, &environment, false)
        .await
        .unwrap();
    assert_eq!(ran.exit, Some(7));
    trial.watch.ledger().ran(ran.clone());
    let report = trial.report(&Terms::default()).await;
    assert_eq!(report.outcome, Outcome::Findings);
    assert_eq!(report.findings[0].rule, "command-failed");

    let mut trial = Trial::new().await;
    let request = trial.get("/v1/clients");
    trial.does(request).await;
    let ignored = mock_server::check::Command {
        ignored: true,
        ..ran
    };
    trial.watch.ledger().ran(ignored);
    let report = trial.report(&Terms::default()).await;
    assert_eq!(
        (report.outcome, report.findings[0].level),
        (Outcome::Pass, Level::Note)
    );
}

#[tokio::test]
async fn every_vendor_has_its_address_and_credentials_in_the_environment() {
    let trial = Trial::new().await;
    let all = trial.watch.server().app().vendors();
    let lines: Vec<_> = variables(all, "http://127.0.0.1:4600", "default")
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn every_report_tells_of_every_finding() {
    let report = careless().await.report(&Terms::default()).await;
    for format in [
        Format::Text,
        Format::Json,
        Format::Sarif,
        Format::Markdown,
        Format::Html,
    ] {
        let text = report::write(&report, format);
        for finding in &report.findings {
            assert!(
                text.contains(&finding.fingerprint),
                "{format:?} lacks {finding:?}"
            );
        }
    }
    let json: Report = serde_json::from_str(&report::write(&report, Format::Json)).unwrap();
    assert_eq!(json, report, "the model survives its own writing");
    let junit = report::write(&report, Format::Junit);
    // A case for each of two operations, one for the request that found none, one for the run.
    assert!(
        junit.contains("tests=\"4\" skipped=\"0\" failures=\"3\" errors=\"0\""),
        "{junit}"
    );
    for finding in &report.findings {
        let rule = format!("[{}", finding.rule);
        assert!(junit.contains(&rule), "{rule} in {junit}");
    }
    let ctrf: Value = serde_json::from_str(&report::write(&report, Format::Ctrf)).unwrap();
    assert_eq!(ctrf["results"]["summary"]["failed"], 3);
    let html = report::write(&report, Format::Html);
    assert!(
        !html.contains("src=") && !html.contains("href="),
        "nothing from outside"
    );
    assert_eq!(html.matches("<article").count(), 6);
}

#[tokio::test]
async fn annotations_stop_at_ten_and_say_so() {
    let mut report = careless().await.report(&Terms::default()).await;
    let mut one = report.findings.remove(0);
    one.message = "100%\nof, it".to_owned();
    report.findings = vec![one; 13];
    let text = report::write(&report, Format::Github);
    assert_eq!(text.matches("::error ").count(), 10);
    assert!(text.contains("3 more of level error"), "{text}");
    assert!(text.contains("100%25%0Aof, it"), "{text}");
    let huge = "x".repeat(2000);
    report
        .findings
        .iter_mut()
        .for_each(|one| one.message.clone_from(&huge));
    let thirteen = report.findings.clone();
    report.findings = vec![thirteen; 100].concat();
    let summary = report::write(&report, Format::Markdown);
    assert!(summary.len() <= 1024 * 1024 && summary.contains("were left out"));
}

#[tokio::test]
async fn what_a_client_sends_does_not_become_markup() {
    let mut trial = Trial::new().await;
    let request = trial.get("/v1/<script>alert(1)</script>");
    trial.does(request).await;
    let mut odd = text_to("919000005883");
    odd["`<img src=x>"] = json!("|");
    let request = trial.send(odd);
    trial.does(request).await;
    let report = trial.report(&Terms::default()).await;
    let html = report::write(&report, Format::Html);
    assert!(html.contains("&lt;img src=x&gt;"), "{html}");
    assert!(
        !html.contains("<img") && !html.contains("<script"),
        "{html}"
    );
    // Markdown shows what stands in code as it is; everywhere else a tag would be one.
    let markdown = report::write(&report, Format::Markdown);
    let words = outside_code(&markdown);
    assert!(words.contains("&lt;img src=x&gt;"), "{markdown}");
    assert!(
        !words.contains("<img") && !words.contains("<script"),
        "{markdown}"
    );
}

/// Markdown without its code spans, which CommonMark ends at the next run of as many backticks.
fn outside_code(markdown: &str) -> String {
    let mut words = String::new();
    for block in markdown.split("\n\n") {
        let mut rest = block;
        while let Some(at) = rest.find(['`', '\\']) {
            words.push_str(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with('\\') {
                let escaped: usize = rest.chars().take(2).map(char::len_utf8).sum();
                words.push_str(&rest[..escaped]);
                rest = &rest[escaped..];
                continue;
            }
            let run = rest.len() - rest.trim_start_matches('`').len();
            let (fence, after) = rest.split_at(run);
            let end = after.match_indices(fence).find(|(at, _)| {
                !after[..*at].ends_with('`') && !after[at + run..].starts_with('`')
            });
            rest = match end {
                Some((at, _)) => &after[at + run..],
                None => {
                    words.push_str(fence);
                    after
                }
            };
        }
        words.push_str(rest);
        words.push_str("\n\n");
    }
    words
}
