//! `/__admin/state`, `/__admin/reset` and `/__admin/happenings`: what vendors remember, and nudging them.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Problem, Within, slot};
use crate::kernel::workspace::Workspace;

/// What to reset; everything when empty.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    vendor: Option<String>,
}

/// `POST /__admin/reset`
pub async fn reset(
    Within(workspace): Within,
    Input(reset): Input<Reset>,
) -> Result<Json<Value>, Problem> {
    if let Some(vendor) = &reset.vendor {
        slot(&workspace, vendor).map_err(|problem| problem.at("/vendor"))?;
    }
    workspace
        .reset(reset.vendor.as_deref())
        .map_err(|error| Problem::with(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(Json(
        json!({"reset": reset.vendor.as_deref().unwrap_or("everything"), "workspace": workspace.name}),
    ))
}

/// `GET /__admin/state/{vendor}`
pub async fn dump(
    Within(workspace): Within,
    Path(vendor): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(slot(&workspace, &vendor)?.dump()))
}

/// `PUT /__admin/state/{vendor}`
pub async fn restore(
    Within(workspace): Within,
    Path(vendor): Path<String>,
    Input(state): Input<Value>,
) -> Result<Json<Value>, Problem> {
    let slot = slot(&workspace, &vendor)?;
    slot.restore(&state).map_err(|error| {
        Problem::bad(error.to_string()).expecting(format!("a dump of GET /__admin/state/{vendor}"))
    })?;
    Ok(Json(
        json!({"restored": vendor, "workspace": workspace.name}),
    ))
}

/// `POST /__admin/happenings/{vendor}`
pub async fn happen(
    Within(workspace): Within,
    Path(vendor): Path<String>,
    Input(happening): Input<Value>,
) -> Result<Json<Value>, Problem> {
    let slot = slot(&workspace, &vendor)?;
    let before = workspace
        .events
        .entries()
        .last()
        .map_or(0, |event| event.id);
    slot.happen(&happening)
        .map_err(|error| Problem::with(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    workspace.run_due().await;
    let announced = announced_since(&workspace, before);
    Ok(Json(json!({"happened": happening, "announced": announced})))
}

/// What was announced after the event `before`, in short.
pub fn announced_since(workspace: &Workspace, before: u64) -> Vec<Value> {
    let events = workspace.events.entries().into_iter();
    events
        .filter(|event| event.id > before)
        .map(|event| json!({"id": event.id, "vendor": event.vendor, "name": event.name}))
        .collect()
}
