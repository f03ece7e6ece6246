//! `/__admin/requests`: the journal.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Problem, Search, Within};
use crate::kernel::journal::Entry;
use crate::kernel::workspace::Workspace;

/// Which exchanges are wanted; every condition must hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    /// The vendor's name.
    vendor: Option<String>,
    /// The operation's name.
    operation: Option<String>,
    /// The method.
    method: Option<String>,
    /// A piece of path and query.
    target: Option<String>,
    /// The answer's status.
    status: Option<u16>,
    /// A piece of the request's body.
    body: Option<String>,
    /// Whether there must be findings, or must be none.
    findings: Option<bool>,
    /// Only exchanges after this number.
    after: Option<u64>,
    /// At most so many, the newest; 100 when absent.
    limit: Option<usize>,
}

impl Wanted {
    fn fits(&self, entry: &Entry) -> bool {
        let contains = |text: &Option<String>, whole: &str| {
            text.as_deref().is_none_or(|piece| whole.contains(piece))
        };
        self.vendor
            .as_deref()
            .is_none_or(|vendor| vendor == entry.vendor)
            && self
                .operation
                .as_deref()
                .is_none_or(|operation| Some(operation) == entry.operation)
            && self
                .method
                .as_deref()
                .is_none_or(|method| entry.request.method.as_str().eq_ignore_ascii_case(method))
            && contains(&self.target, &entry.request.target)
            && self
                .status
                .is_none_or(|status| status == entry.status.as_u16())
            && (self.body.is_none()
                || contains(&self.body, &String::from_utf8_lossy(&entry.request.body)))
            && self
                .findings
                .is_none_or(|wanted| wanted != entry.findings.lock().is_empty())
            && self.after.is_none_or(|after| entry.id > after)
    }

    fn of(&self, workspace: &Workspace) -> Vec<Arc<Entry>> {
        let mut found: Vec<_> = workspace
            .journal
            .entries()
            .into_iter()
            .filter(|entry| self.fits(entry))
            .collect();
        let surplus = found.len().saturating_sub(self.limit.unwrap_or(100));
        found.drain(..surplus);
        found
    }
}

/// `GET /__admin/requests`
pub async fn list(Within(workspace): Within, Search(wanted): Search<Wanted>) -> Json<Value> {
    let found = wanted.of(&workspace);
    let summaries: Vec<_> = found.iter().map(|entry| entry.summary()).collect();
    Json(json!({
        "requests": summaries,
        "seen": workspace.journal.seen(),
        "forgotten": workspace.journal.forgotten(),
    }))
}

/// `POST /__admin/requests/find`
pub async fn find(Within(workspace): Within, Input(wanted): Input<Wanted>) -> Json<Value> {
    let found = wanted.of(&workspace);
    let details: Vec<_> = found.iter().map(|entry| whole(&workspace, entry)).collect();
    Json(
        json!({"count": details.len(), "requests": details, "forgotten": workspace.journal.forgotten()}),
    )
}

/// `GET /__admin/requests/{id}`
pub async fn detail(
    Within(workspace): Within,
    Path(id): Path<u64>,
) -> Result<Json<Value>, Problem> {
    let entry = workspace.journal.get(id).ok_or_else(|| {
        Problem::not_found(format!("request {id} is not in the journal")).expecting(format!(
            "one of the newest of {} seen",
            workspace.journal.seen()
        ))
    })?;
    Ok(Json(whole(&workspace, &entry)))
}

/// `DELETE /__admin/requests`
pub async fn clear(Within(workspace): Within) -> StatusCode {
    workspace.journal.clear();
    StatusCode::NO_CONTENT
}

/// An exchange with the webhooks it caused.
fn whole(workspace: &Workspace, entry: &Entry) -> Value {
    let mut detail = entry.detail();
    let caused = workspace
        .events
        .entries()
        .into_iter()
        .filter(|event| event.cause == Some(entry.id));
    detail["caused"] =
        caused.map(|event| json!({"id": event.id, "at": event.at, "vendor": event.vendor, "name": event.name})).collect();
    detail
}
