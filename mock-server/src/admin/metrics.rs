//! `/__admin/metrics`: counts of all workspaces, as Prometheus reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;

use crate::App;
use crate::kernel::delivery::Wanted;
use crate::kernel::workspace::Workspace;

/// A text in the making.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    /// One family of figures: its name, what it is and its kind, then each with its labels.
    fn family(
        &mut self,
        name: &str,
        help: &str,
        kind: &str,
        figures: impl Iterator<Item = (Vec<(&'static str, String)>, f64)>,
    ) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, figure) in figures {
            let escaped = |text: &str| {
                let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                text.replace('\n', "\\n")
            };
            let labels: Vec<_> = labels
                .iter()
                .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
                .collect();
            let _ = writeln!(self.0, "{name}{{{}}} {figure}", labels.join(","));
        }
    }
}

/// `GET /__admin/metrics`
pub async fn show(State(app): State<App>) -> Response {
    let text = exposition(&app.workspaces().all());
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts are far below what a float holds"
)]
fn exposition(workspaces: &[Arc<Workspace>]) -> String {
    let mut text = Exposition::default();
    let named = |workspace: &Workspace| ("workspace", workspace.name.clone());
    let counted: Vec<_> = workspaces
        .iter()
        .map(|workspace| (named(workspace), workspace.meter.counts()))
        .collect();
    let requests = || {
        counted.iter().flat_map(|(workspace, counts)| {
            counts
                .requests
                .iter()
                .map(move |((vendor, status), count)| {
                    let labels = vec![
                        workspace.clone(),
                        ("vendor", (*vendor).to_owned()),
                        ("status", status.to_string()),
                    ];
                    (labels, *count)
                })
        })
    };
    let attempts = || {
        counted.iter().flat_map(|(workspace, counts)| {
            counts
                .attempts
                .iter()
                .map(move |((vendor, outcome), count)| {
                    let labels = vec![
                        workspace.clone(),
                        ("vendor", (*vendor).to_owned()),
                        ("outcome", (*outcome).to_owned()),
                    ];
                    (labels, *count)
                })
        })
    };
    let seconds = |micros: u64| micros as f64 / 1e6;
    text.family(
        "mock_requests_total",
        "Answers to requests.",
        "counter",
        requests().map(|(labels, count)| (labels, count.number as f64)),
    );
    text.family(
        "mock_request_seconds_total",
        "Real time that answers took.",
        "counter",
        requests().map(|(labels, count)| (labels, seconds(count.micros))),
    );
    text.family(
        "mock_delivery_attempts_total",
        "Attempts to deliver webhooks.",
        "counter",
        attempts().map(|(labels, count)| (labels, count.number as f64)),
    );
    text.family(
        "mock_delivery_attempt_seconds_total",
        "Real time that attempts took.",
        "counter",
        attempts().map(|(labels, count)| (labels, seconds(count.micros))),
    );
    let gauge = |figure: fn(&Workspace) -> f64| {
        workspaces
            .iter()
            .map(move |workspace| (vec![named(workspace)], figure(workspace)))
    };
    text.family(
        "mock_deliveries_in_flight",
        "Attempts queued or in flight.",
        "gauge",
        gauge(|workspace| workspace.deliveries.outstanding().0 as f64),
    );
    text.family(
        "mock_deliveries_scheduled",
        "Deliveries that wait for the clock.",
        "gauge",
        gauge(|workspace| workspace.deliveries.outstanding().1 as f64),
    );
    let states = workspaces.iter().flat_map(|workspace| {
        let mut states: BTreeMap<String, u32> = BTreeMap::new();
        for delivery in workspace.deliveries.list(&Wanted::default()) {
            let state = serde_json::json!(delivery.state());
            *states
                .entry(state.as_str().unwrap_or("").to_owned())
                .or_default() += 1;
        }
        let labels = move |state| vec![named(workspace), ("state", state)];
        states
            .into_iter()
            .map(move |(state, number)| (labels(state), f64::from(number)))
    });
    text.family(
        "mock_deliveries_remembered",
        "Deliveries that are remembered, by state.",
        "gauge",
        states,
    );
    text.family(
        "mock_clock_seconds",
        "The workspace's time, in seconds since 1970.",
        "gauge",
        gauge(|workspace| workspace.clock.now().as_second() as f64),
    );
    text.0
}
