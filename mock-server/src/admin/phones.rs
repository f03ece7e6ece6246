//! `/__admin/phones`: conversations from the customer's side.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Problem, Search, Within, slot};
use super::state::announced_since;
use crate::kernel::phone::Gesture;

/// How many messages a screen shows unless asked for more.
const SCREEN: usize = 200;

/// `GET /__admin/phones/{vendor}`: the one written on last comes first.
pub async fn list(
    Within(workspace): Within,
    Path(vendor): Path<String>,
) -> Result<Json<Value>, Problem> {
    let mut phones = slot(&workspace, &vendor)?.phones();
    phones.sort_by_key(|phone| std::cmp::Reverse(phone.last_at));
    Ok(Json(json!({"phones": phones})))
}

/// Whose screen, and how much of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    phone: String,
    #[serde(default)]
    limit: Option<usize>,
}

/// `GET /__admin/phones/{vendor}/screen?phone=`: the newest messages, oldest first, and how many there are before.
pub async fn screen(
    Within(workspace): Within,
    Path(vendor): Path<String>,
    Search(asked): Search<Asked>,
) -> Result<Json<Value>, Problem> {
    let slot = slot(&workspace, &vendor)?;
    let phones = slot.phones();
    let phone = phones.into_iter().find(|phone| phone.id == asked.phone);
    let phone = phone.ok_or_else(|| {
        Problem::not_found(format!("{vendor} knows no phone \"{}\"", asked.phone))
            .at("phone")
            .expecting(format!("an id from GET /__admin/phones/{vendor}"))
    })?;
    let mut messages = slot.screen(&phone.id);
    let earlier = messages.len().saturating_sub(asked.limit.unwrap_or(SCREEN));
    messages.drain(..earlier);
    Ok(Json(
        json!({"phone": phone, "messages": messages, "earlier": earlier}),
    ))
}

/// `POST /__admin/phones/{vendor}`
pub async fn gesture(
    Within(workspace): Within,
    Path(vendor): Path<String>,
    Input(gesture): Input<Gesture>,
) -> Result<Json<Value>, Problem> {
    let slot = slot(&workspace, &vendor)?;
    let before = workspace
        .events
        .entries()
        .last()
        .map_or(0, |event| event.id);
    let happened = slot
        .gesture(gesture)
        .map_err(|error| Problem::with(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    workspace.run_due().await;
    let announced = announced_since(&workspace, before);
    Ok(Json(json!({"happened": happened, "announced": announced})))
}
