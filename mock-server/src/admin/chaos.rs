//! `/__admin/chaos`: what goes wrong on the way to receivers, by seed.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Problem, Within};
use crate::App;
use crate::kernel::delivery::ChaosRule;

/// `GET /__admin/chaos`
pub async fn list(Within(workspace): Within) -> Json<Value> {
    Json(
        workspace
            .deliveries
            .chaos(|chaos| json!({"seed": chaos.seed(), "rules": chaos.rules()})),
    )
}

/// `POST /__admin/chaos`
pub async fn add(
    State(app): State<App>,
    Within(workspace): Within,
    Input(rule): Input<ChaosRule>,
) -> Result<(StatusCode, Json<ChaosRule>), Problem> {
    if let Some(name) = &rule.vendor {
        super::input::slot(&workspace, name)
            .map_err(|problem| problem.status(StatusCode::BAD_REQUEST).at("/vendor"))?;
    }
    if let Some(name) = &rule.event {
        let mut vendors = app.vendors().iter().filter(|one| {
            let wanted = rule.vendor.as_deref();
            wanted.is_none_or(|wanted| wanted == one.name)
        });
        if !vendors.any(|mounted| mounted.document.webhook(name).is_some()) {
            return Err(Problem::bad(format!("no event is named \"{name}\""))
                .at("/event")
                .expecting("a name from /__admin/events"));
        }
    }
    let rule = workspace.deliveries.chaos(|chaos| chaos.add(rule));
    Ok((StatusCode::CREATED, Json(rule.map_err(Problem::bad)?)))
}

/// `DELETE /__admin/chaos`
pub async fn clear(Within(workspace): Within) -> StatusCode {
    workspace.deliveries.chaos(|chaos| chaos.clear());
    StatusCode::NO_CONTENT
}

/// `DELETE /__admin/chaos/{id}`
pub async fn remove(Within(workspace): Within, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    if workspace.deliveries.chaos(|chaos| chaos.remove(id)) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found(format!("there is no rule {id}")))
    }
}

/// Where chance starts from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    seed: u64,
}

/// `POST /__admin/chaos/seed`
pub async fn reseed(Within(workspace): Within, Input(Seed { seed }): Input<Seed>) -> Json<Value> {
    workspace.deliveries.chaos(|chaos| chaos.reseed(seed));
    Json(json!({"seed": seed}))
}
