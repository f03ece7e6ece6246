//! `/__admin/health`, `/__admin/ready` and `/__admin/workspaces`.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Problem, bad_workspace};
use crate::App;
use crate::app::well_named;
use crate::kernel::workspace::{DEFAULT, Workspace};

/// `GET /__admin/health`
pub async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// `GET /__admin/ready`
pub async fn ready(State(app): State<App>) -> Json<Value> {
    let vendors: Vec<_> = app.vendors().iter().map(|mounted| mounted.name).collect();
    Json(json!({"status": "ready", "vendors": vendors}))
}

/// `GET /__admin/workspaces`
pub async fn list(State(app): State<App>) -> Json<Value> {
    let all: Vec<_> = app
        .workspaces()
        .all()
        .iter()
        .map(|workspace| summary(workspace))
        .collect();
    Json(json!({"workspaces": all}))
}

/// A workspace to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    name: String,
    /// Credentials that lead to it, valid at every vendor; one is made when none is given.
    #[serde(default)]
    credentials: Vec<String>,
}

/// `POST /__admin/workspaces`
pub async fn create(
    State(app): State<App>,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    if !well_named(&new.name) {
        return Err(bad_workspace(&new.name).at("/name"));
    }
    let existed = app.workspaces().existing(&new.name).is_some();
    let workspace = app
        .workspaces()
        .named(&new.name)
        .map_err(|error| Problem::with(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let credentials = if new.credentials.is_empty() {
        vec![format!("mock-key-{}", new.name)]
    } else {
        new.credentials
    };
    for credential in &credentials {
        app.workspaces().mint(credential, &new.name);
    }
    let mut made = summary(&workspace);
    made["credentials"] = json!(credentials);
    Ok((
        if existed {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        },
        Json(made),
    ))
}

/// `DELETE /__admin/workspaces/{name}`
pub async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    if name == DEFAULT {
        return Err(Problem::bad("the default workspace cannot be removed")
            .expecting("POST /__admin/reset to start over"));
    }
    if app.workspaces().remove(&name) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found(format!(
            "there is no workspace \"{name}\""
        )))
    }
}

fn summary(workspace: &Workspace) -> Value {
    json!({
        "name": workspace.name,
        "now": workspace.clock.now(),
        "requests": workspace.journal.seen(),
        "idle_seconds": workspace.last_used.lock().elapsed().as_secs(),
    })
}
