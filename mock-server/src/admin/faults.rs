//! `/__admin/faults`: what is broken on purpose.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::{Value, json};

use super::input::{Input, Problem, Within};
use crate::App;
use crate::kernel::faults::FaultRule;

/// `GET /__admin/faults`
pub async fn list(Within(workspace): Within) -> Json<Value> {
    Json(json!({"faults": workspace.faults.rules(), "seed": workspace.seed()}))
}

/// `POST /__admin/faults`
pub async fn add(
    State(app): State<App>,
    Within(workspace): Within,
    Input(rule): Input<FaultRule>,
) -> Result<(StatusCode, Json<FaultRule>), Problem> {
    if let Some(name) = &rule.vendor {
        super::input::slot(&workspace, name).map_err(|problem| problem.at("/vendor"))?;
    }
    if let Some(name) = &rule.operation {
        let mut vendors = app.vendors().iter().filter(|one| {
            rule.vendor
                .as_deref()
                .is_none_or(|wanted| wanted == one.name)
        });
        if !vendors.any(|mounted| mounted.document.operation(name).is_some()) {
            return Err(Problem::bad(format!("no operation is named \"{name}\""))
                .at("/operation")
                .expecting("a name from /__admin/operations"));
        }
    }
    let rule = workspace.faults.add(rule).map_err(Problem::bad)?;
    Ok((StatusCode::CREATED, Json(rule)))
}

/// `DELETE /__admin/faults`
pub async fn clear(Within(workspace): Within) -> StatusCode {
    workspace.faults.clear();
    StatusCode::NO_CONTENT
}

/// `DELETE /__admin/faults/{id}`
pub async fn remove(Within(workspace): Within, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    if workspace.faults.remove(id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found(format!("there is no fault {id}")))
    }
}
