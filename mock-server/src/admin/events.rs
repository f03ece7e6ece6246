//! `/__admin/events`: the webhooks there are, and those that were announced.

use axum::Json;
use axum::extract::{Path, State};
use contracts::document::WebhookContract;
use serde::Deserialize;
use serde_json::{Value, json};

use super::contracts::{Wanted, chosen};
use super::input::{Problem, Search, Within};
use crate::App;
use crate::kernel::delivery;
use crate::kernel::routes::Mounted;

/// `GET /__admin/events`
pub async fn catalogue(
    State(app): State<App>,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Value>, Problem> {
    let rows = chosen(&app, &wanted)?.into_iter().flat_map(|mounted| {
        let webhooks = mounted.document.webhooks().iter();
        webhooks.map(|webhook| described(mounted, webhook))
    });
    Ok(Json(rows.collect()))
}

/// A webhook with all that is known about it.
#[must_use]
pub fn described(mounted: &Mounted, webhook: &WebhookContract) -> Value {
    let examples: Vec<_> = webhook
        .examples()
        .map(|one| json!({"name": one.name, "evidence": one.evidence, "value": one.value()}))
        .collect();
    let media_types: Vec<_> = webhook.content.iter().map(|one| &one.media_type).collect();
    json!({
        "vendor": mounted.name,
        "event": webhook.name,
        "generation": webhook.generation,
        "summary": webhook.summary,
        "evidence": webhook.evidence,
        "media_types": media_types,
        "schema": webhook.schema().map(|schema| schema.bundled(mounted.document)),
        "examples": examples,
    })
}

/// Which announcements are wanted; all when nothing is said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Announced {
    vendor: Option<String>,
    event: Option<String>,
    after: Option<u64>,
    limit: Option<usize>,
}

/// `GET /__admin/events/log`
pub async fn log(Within(workspace): Within, Search(wanted): Search<Announced>) -> Json<Value> {
    let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|one| one == is);
    let mut found = workspace.events.entries();
    found.retain(|event| {
        fits(&wanted.vendor, event.vendor)
            && fits(&wanted.event, &event.name)
            && wanted.after.is_none_or(|after| event.id > after)
    });
    let surplus = found.len().saturating_sub(wanted.limit.unwrap_or(100));
    let matched = found.len();
    let rows: Vec<_> = found
        .drain(surplus..)
        .map(|event| event.summary())
        .collect();
    Json(json!({"events": rows, "matched": matched, "forgotten": workspace.events.forgotten()}))
}

/// `GET /__admin/events/log/{id}`
pub async fn announced(
    Within(workspace): Within,
    Path(id): Path<u64>,
) -> Result<Json<Value>, Problem> {
    let event = workspace.events.find(|event| event.id == id);
    let event = event.ok_or_else(|| {
        Problem::not_found(format!("event {id} is not remembered"))
            .expecting("an id from /__admin/events/log")
    })?;
    let mut detail = event.detail();
    let deliveries = workspace.deliveries.list(&delivery::Wanted::default());
    let of_this = deliveries.iter().filter(|one| one.event.id == id);
    detail["deliveries"] = of_this.map(|one| one.summary()).collect();
    Ok(Json(detail))
}
