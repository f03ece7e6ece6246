//! `/__admin/webhooks/deliveries`: what became of each webhook, and sending it again.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use futures_util::stream;
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Problem, Search, Within};
use crate::export::{curl, har};
use crate::kernel::delivery::{Delivery, Resent, Wanted};
use crate::kernel::workspace::Workspace;

/// How many conversations are sent again side by side.
const SIDE_BY_SIDE: usize = 16;

/// How many ids are shown before a bulk is confirmed.
const SHOWN: usize = 100;

/// `GET /__admin/webhooks/deliveries`
pub async fn list(Within(workspace): Within, Search(wanted): Search<Wanted>) -> Json<Value> {
    let limit = wanted.limit;
    let all = Wanted {
        limit: None,
        ..wanted
    };
    let mut found = workspace.deliveries.list(&all);
    let matched = found.len();
    found.drain(..matched.saturating_sub(limit.unwrap_or(usize::MAX)));
    let rows: Vec<_> = found.iter().map(|one| one.summary()).collect();
    let (busy, scheduled) = workspace.deliveries.outstanding();
    Json(json!({
        "deliveries": rows,
        "matched": matched,
        "in_flight": busy,
        "retries_planned": scheduled,
        "forgotten": workspace.deliveries.forgotten(),
    }))
}

/// `GET /__admin/webhooks/deliveries/{id}`
pub async fn detail(
    Within(workspace): Within,
    Path(id): Path<u64>,
) -> Result<Json<Value>, Problem> {
    let delivery = workspace.deliveries.get(id);
    Ok(Json(delivery.ok_or_else(|| none(id))?.detail()))
}

/// What to send instead of the delivery's own bytes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Again {
    /// A payload.
    body: Option<Value>,
    /// A text.
    raw: Option<String>,
    /// Whether it is signed anew; the newest attempt's bytes and headers go out again when not.
    resign: bool,
}

impl Default for Again {
    fn default() -> Self {
        Self {
            body: None,
            raw: None,
            resign: true,
        }
    }
}

impl Again {
    fn resent(self) -> Result<Resent, Problem> {
        match (self.body, self.raw, self.resign) {
            (None, None, true) => Ok(Resent::Signed),
            (None, None, false) => Ok(Resent::Same),
            (Some(body), None, true) => Ok(Resent::Edited(body.to_string().into())),
            (None, Some(raw), true) => Ok(Resent::Edited(raw.into())),
            (Some(_), Some(_), _) => Err(Problem::bad("there are two bodies")
                .at("/raw")
                .expecting("body or raw")),
            (_, _, false) => Err(Problem::bad("an edited body has no old signature")
                .at("/resign")
                .expecting("true, or no body")),
        }
    }
}

/// `POST /__admin/webhooks/deliveries/{id}/redeliver`
pub async fn redeliver(
    Within(workspace): Within,
    Path(id): Path<u64>,
    Input(again): Input<Again>,
) -> Result<Json<Value>, Problem> {
    let what = again.resent()?;
    let delivery = workspace.deliveries.get(id).ok_or_else(|| none(id))?;
    let attempt = workspace.deliveries.redeliver(id, what).await;
    let attempt = attempt.ok_or_else(|| none(id))?;
    Ok(Json(delivery.attempt_detail(&attempt)))
}

/// Which deliveries are sent again, and how many those are.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bulk {
    filter: Wanted,
    /// The count that was shown; without it nothing is sent.
    confirm: Option<usize>,
}

/// `POST /__admin/webhooks/deliveries/redeliver`
pub async fn bulk(
    Within(workspace): Within,
    Input(bulk): Input<Bulk>,
) -> Result<Json<Value>, Problem> {
    let meant = workspace.deliveries.list(&bulk.filter);
    let count = meant.len();
    let Some(confirmed) = bulk.confirm else {
        let ids: Vec<_> = meant.iter().take(SHOWN).map(|one| one.id).collect();
        return Ok(Json(json!({"count": count, "deliveries": ids})));
    };
    if confirmed != count {
        let problem = format!("{count} deliveries are meant by now, not {confirmed}");
        return Err(Problem::with(StatusCode::CONFLICT, problem)
            .at("/confirm")
            .expecting(count.to_string())
            .with_details(json!({"count": count})));
    }
    // Side by side as far as the order within each conversation allows.
    let mut lanes: BTreeMap<(String, String), Vec<Arc<Delivery>>> = BTreeMap::new();
    for delivery in meant {
        let conversation = delivery.event.conversation.clone();
        let lane = lanes.entry((delivery.endpoint.id.clone(), conversation));
        lane.or_default().push(delivery);
    }
    let workspace = &*workspace;
    let sent = stream::iter(lanes.into_values())
        .map(|lane| send_in_order(workspace, lane))
        .buffer_unordered(SIDE_BY_SIDE)
        .collect::<Vec<_>>();
    let mut rows: Vec<_> = sent.await.into_iter().flatten().collect();
    rows.sort_by_key(|row| row["id"].as_u64());
    let mut verdicts: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        *verdicts
            .entry(row["verdict"].as_str().unwrap_or("gone").to_owned())
            .or_default() += 1;
    }
    Ok(Json(
        json!({"count": count, "verdicts": verdicts, "deliveries": rows}),
    ))
}

async fn send_in_order(workspace: &Workspace, lane: Vec<Arc<Delivery>>) -> Vec<Value> {
    let mut rows = Vec::new();
    for delivery in lane {
        let attempt = workspace.deliveries.redeliver(delivery.id, Resent::Signed);
        rows.push(match attempt.await {
            Some(attempt) => json!({
                "id": delivery.id,
                "verdict": delivery.verdict(&attempt),
                "status": attempt.status(),
                "failure": attempt.failure.as_ref().map(|failure| failure.class),
            }),
            None => json!({"id": delivery.id, "verdict": null}),
        });
    }
    rows
}

/// Which form an export has, besides the filters of the list.
#[derive(Debug, Deserialize)]
pub struct Exported {
    format: Form,
    #[serde(flatten)]
    wanted: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Har,
    Ndjson,
    Curl,
}

/// `GET /__admin/webhooks/deliveries/export`
pub async fn export(
    Within(workspace): Within,
    Search(exported): Search<Exported>,
) -> Result<Response, Problem> {
    let pairs = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&exported.wanted)
        .finish();
    let wanted: Wanted = serde_html_form::from_str(&pairs)
        .map_err(|error| Problem::bad(format!("in the query: {error}")))?;
    let found = workspace.deliveries.list(&wanted);
    let (kind, name, text) = match exported.format {
        Form::Har => ("application/json", "har", har(&found).to_string()),
        Form::Ndjson => {
            let lines = found.iter().map(|one| format!("{}\n", one.detail()));
            ("application/x-ndjson", "ndjson", lines.collect())
        }
        Form::Curl => {
            let commands = found.iter().filter_map(|one| curl(one));
            ("text/plain; charset=utf-8", "sh", commands.collect())
        }
    };
    let file = format!("attachment; filename=\"deliveries.{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, file),
    ];
    Ok((headers, text).into_response())
}

fn none(id: u64) -> Problem {
    Problem::not_found(format!("there is no delivery {id}"))
        .expecting("an id from /__admin/webhooks/deliveries")
}
