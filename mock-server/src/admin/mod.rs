//! The control API: clock, faults, state, journal, happenings.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{Request, StatusCode};

use crate::App;

/// Answers a request below `/__admin`.
pub async fn answer(_app: &App, request: Request<Body>) -> Response {
    match request.uri().path() {
        "/__admin/health" => axum::Json(serde_json::json!({"status": "ok"})).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
