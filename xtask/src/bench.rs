//! `cargo xtask bench`: the server beside a bare axum server that answers the same bytes, against the budgets.

mod bare;
mod figures;
mod load;
mod process;
mod receiver;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use serde_json::json;

use self::figures::{Budget, Figure, median};
use self::load::{Driven, Exchange, Wrk};
use self::process::{Server, free_port};
use self::receiver::Receiver;
use self::report::Report;
use crate::import::Format;
use crate::root::{self, complain};

pub use self::bare::{Options as BareOptions, run as run_bare};

/// How many connections drive a server at once.
const CONNECTIONS: usize = 16;
/// How many messages the full state holds, and how many of them one request stores.
const STORED: usize = 100_000;
const BATCH: usize = 500;
/// How many messages are sent to see how fast webhooks are emitted.
const EMITTED: usize = 40_000;
/// Long enough for every plan of a message to fall due, so that the measured load carries all of them.
const WARM_UP: Duration = Duration::from_secs(6);
/// How often the server is started to know how long that takes.
const STARTS: usize = 15;

/// Measures the server against its budgets.
#[derive(Args)]
pub struct Options {
    /// How long each server is driven in each round.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How often both servers are driven in turn; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long the load lasts after which memory is read.
    #[arg(long, default_value_t = 60)]
    memory_seconds: u64,
    /// Measure only rows whose name contains this, such as `webhooks`.
    only: Option<String>,
    /// Use what `target/release` holds instead of building it.
    #[arg(long)]
    no_build: bool,
    /// Fail when a budget is missed.
    #[arg(long)]
    strict: bool,
    /// How to report.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the chore.
pub fn run(options: &Options) -> Result<ExitCode> {
    let Some(wrk) = Wrk::find()? else {
        complain("wrk is missing and nothing was measured: install it with `apt-get install wrk`");
        return Ok(ExitCode::from(3));
    };
    ensure!(
        options.rounds > 0 && options.seconds > 0,
        "nothing can be measured in 0 rounds or 0 seconds"
    );
    let bench = Bench {
        binaries: binaries(options.no_build)?,
        wrk,
        options,
    };
    let report = bench.measure()?;
    match options.format {
        Format::Json => root::say(&serde_json::to_string_pretty(&report)?),
        Format::Text => root::say(&report.tables()),
    }
    let missed = options.strict && report.missed();
    Ok(ExitCode::from(u8::from(missed)))
}

/// The folder of the release binaries, built first unless they are said to be there.
fn binaries(built: bool) -> Result<PathBuf> {
    let project = root::project()?;
    if !built {
        crate::test::cargo_quietly(&["build", "--release", "-p", "mock-server", "-p", "xtask"])?;
    }
    // The folder of cargo's output is the one this very program was built into.
    let here = std::env::current_exe().context("this program cannot find itself")?;
    let target = here
        .parent()
        .and_then(|profile| profile.parent())
        .map_or_else(|| project.join("target"), PathBuf::from);
    Ok(target.join("release"))
}

/// A request that both servers answer, and what its throughput must be.
struct Case {
    what: &'static str,
    exchange: Exchange,
    budget: f64,
    warm_up: Duration,
}

fn cases() -> Vec<Case> {
    let number = "919000003228";
    let text = json!({"messages": [{"clientWaNumber": number, "messageType": "text", "message": "Hello"}]});
    let client = json!([{
        "username": "Asha Rao",
        "attributes": "{\"age\": 50}",
        "countryCode": 91,
        "clientWaNumber": number,
    }]);
    let short = Duration::from_secs(1);
    let case = |what, exchange, budget, warm_up| Case {
        what,
        exchange,
        budget,
        warm_up,
    };
    vec![
        case(
            "messages.send",
            Exchange::post("/heltar/v1/messages/send", &text),
            0.5,
            WARM_UP,
        ),
        case(
            "clients.get",
            Exchange::get(&format!("/heltar/v1/clients/{number}")),
            0.5,
            short,
        ),
        case(
            "clients.upsert",
            Exchange::post("/heltar/v1/clients", &client),
            0.5,
            short,
        ),
        case(
            "templates.list",
            Exchange::get("/heltar/v1/templates"),
            0.75,
            short,
        ),
    ]
}

struct Bench<'a> {
    binaries: PathBuf,
    wrk: Wrk,
    options: &'a Options,
}

impl Bench<'_> {
    fn measure(&self) -> Result<Report> {
        let wanted = |what: &str| {
            self.options
                .only
                .as_deref()
                .is_none_or(|part| what.contains(part))
        };
        let mut figures = Vec::new();
        for case in cases() {
            if wanted(case.what) || (case.what == "messages.send" && wanted("stored")) {
                self.throughput(&case, &mut figures)?;
            }
        }
        if wanted("start") {
            figures.push(self.start()?);
        }
        if wanted("memory") {
            self.memory(&mut figures)?;
        }
        if wanted("webhooks") {
            figures.push(self.webhooks()?);
        }
        Ok(Report {
            connections: CONNECTIONS,
            seconds: self.options.seconds,
            rounds: self.options.rounds,
            figures,
        })
    }

    fn mock(&self) -> Result<Server> {
        Server::start(
            &self.binaries.join("mock-server"),
            &["--port", "0", "--format", "json"],
        )
    }

    /// Drives the mock and the bare server in turn; for messages, the mock with a full state too.
    fn throughput(&self, case: &Case, figures: &mut Vec<Figure>) -> Result<()> {
        complain(&format!("measuring {} …", case.what));
        let mock = self.mock()?;
        mock.unplug()?;
        let answer = mock.ask(&case.exchange)?;
        ensure!(
            answer.status == 200,
            "{} is answered {}: {}",
            case.what,
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        let folder = tempfile::tempdir()?;
        let kept = folder.path().join("answer.json");
        std::fs::write(&kept, serde_json::to_vec(&answer.constant(&case.exchange))?)?;
        let port = free_port()?.to_string();
        let kept = kept.to_string_lossy();
        let bare = Server::start(
            &self.binaries.join("xtask"),
            &["bare-server", "--port", &port, &kept],
        )?;

        let stores = case.what == "messages.send";
        let (mut of_mock, mut of_full, mut of_bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.options.rounds {
            of_mock.push(self.drive(&mock, case)?);
            mock.reset()?;
            if stores {
                store_many(&mock, STORED)?;
                of_full.push(self.drive(&mock, case)?);
                mock.reset()?;
            }
            of_bare.push(self.drive(&bare, case)?);
        }
        let budget = Budget::AtLeast(case.budget);
        let beside = Figure::ratio(case.what, "bare", budget, &of_mock, &of_bare);
        figures.push(beside);
        if stores {
            let what = "messages.send, 100 000 stored";
            let budget = Budget::AtLeast(0.9);
            figures.push(Figure::ratio(what, "fresh", budget, &of_full, &of_mock));
        }
        Ok(())
    }

    fn drive(&self, server: &Server, case: &Case) -> Result<Driven> {
        self.wrk.drive(server, &case.exchange, case.warm_up)?;
        let measured = Duration::from_secs(self.options.seconds);
        self.wrk.drive(server, &case.exchange, measured)
    }

    /// From the start of the process to its first answer.
    fn start(&self) -> Result<Figure> {
        complain("measuring the start …");
        let first = Exchange::get("/heltar/v1/templates");
        let mut took = Vec::new();
        for _ in 0..STARTS {
            let mock = self.mock()?;
            let answer = mock.ask(&first)?;
            ensure!(
                answer.status == 200,
                "the first answer is {}",
                answer.status
            );
            took.push(mock.started.elapsed().as_secs_f64() * 1000.0);
        }
        let budget = Budget::AtMost(30.0);
        Ok(Figure::single(
            "start to first answer",
            "ms",
            budget,
            median(took),
        ))
    }

    /// At rest, and after a long load beyond what the stored messages need by themselves.
    fn memory(&self, figures: &mut Vec<Figure>) -> Result<()> {
        complain("measuring memory …");
        let mock = self.mock()?;
        process::pause(Duration::from_secs(1));
        let idle = mock.resident()?;
        figures.push(Figure::single(
            "memory, idle",
            "MiB",
            Budget::AtMost(20.0),
            idle,
        ));

        mock.unplug()?;
        // What one message needs shows where nothing but messages grows: between two full states.
        store_many(&mock, STORED)?;
        let some = mock.resident()?;
        store_many(&mock, STORED)?;
        let more = mock.resident()?;
        let each = (more - some) / STORED as f64;
        drop(mock);

        let mock = self.mock()?;
        mock.unplug()?;
        let send = &cases()[0];
        let load = Duration::from_secs(self.options.memory_seconds);
        let driven = self.wrk.drive(&mock, &send.exchange, load)?;
        let after = mock.resident()?;
        let records = driven.requests as f64 * each;
        let above = after - records;
        figures.push(
            Figure::single(
                "memory after load, above the records",
                "MiB",
                Budget::AtMost(64.0),
                above,
            )
            .noting(format!(
                "{after:.0} MiB, of which {records:.0} for {} messages of {:.0} bytes each",
                driven.requests,
                each * 1_048_576.0
            )),
        );
        Ok(())
    }
}

impl Bench<'_> {
    /// From the first message sent to the last receipt heard, where each message is told of three times.
    fn webhooks(&self) -> Result<Figure> {
        complain("measuring webhooks …");
        let mock = self.mock()?;
        mock.unplug()?;
        let receiver = Receiver::start()?;
        let endpoint = json!({"vendor": "heltar", "url": receiver.url});
        let clock = json!({"progress": "instant"});
        for (path, body) in [("webhooks/endpoints", endpoint), ("clock", clock)] {
            let answer = mock.ask(&Exchange::post(&format!("/__admin/{path}"), &body))?;
            ensure!(answer.status < 300, "{path} is answered {}", answer.status);
        }
        let begun = Instant::now();
        // A template needs no open window, so that it is sent, delivered and read.
        send_batches(&mock, EMITTED, |number| {
            json!({
                "clientWaNumber": number,
                "messageType": "template",
                "templateName": "hello_world",
                "languageCode": "en_US",
                "variables": [],
            })
        })?;
        let expected = EMITTED * 3;
        let heard = receiver.wait(expected, Duration::from_secs(10));
        let took = heard.last.map_or(f64::INFINITY, |last| {
            last.duration_since(begun).as_secs_f64()
        });
        ensure!(
            heard.receipts == expected && heard.unreadable == 0 && heard.backwards == 0,
            "of {expected} webhooks {} came, {} of them unreadable and {} out of order",
            heard.receipts,
            heard.unreadable,
            heard.backwards
        );
        let figure = Figure::single(
            "webhooks to a local receiver",
            "per s",
            Budget::AtLeast(5000.0),
            expected as f64 / took,
        );
        Ok(figure.noting(format!(
            "{expected} receipts of 1000 conversations in {took:.1} s; none lost, none out of order"
        )))
    }
}

/// Stores messages in batches, and lets all that is planned for them happen.
fn store_many(mock: &Server, count: usize) -> Result<()> {
    send_batches(
        mock,
        count,
        |number| json!({"clientWaNumber": number, "messageType": "text", "message": "Hello"}),
    )?;
    mock.settle()
}

/// Sends messages in batches to a thousand clients.
fn send_batches(
    mock: &Server,
    count: usize,
    message: impl Fn(&str) -> serde_json::Value,
) -> Result<()> {
    for batch in 0..count / BATCH {
        let messages: Vec<_> = (0..BATCH)
            .map(|one| {
                let number = format!("9190001{:05}", (batch * BATCH + one) % 1000);
                message(&number)
            })
            .collect();
        let send = Exchange::post("/heltar/v1/messages/send", &json!({"messages": messages}));
        let answer = mock.ask(&send)?;
        ensure!(
            answer.status == 200,
            "a batch is answered {}",
            answer.status
        );
    }
    Ok(())
}
