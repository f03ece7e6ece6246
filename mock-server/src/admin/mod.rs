//! The control API below `/__admin`: clock, faults, state, journal, happenings.

mod clock;
mod contracts;
mod faults;
mod guard;
mod input;
mod phones;
mod requests;
mod state;
mod webhooks;
mod workspaces;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use http::Request;
use tower::ServiceExt as _;

use crate::App;

pub use input::Problem;

/// Answers a request below `/__admin`.
pub async fn answer(app: &App, request: Request<Body>) -> Response {
    if let Err(problem) = guard::admit(app, &request) {
        return problem.into_response();
    }
    match router(app.clone()).oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// All routes of the control API; each is described in `openapi.json`.
fn router(app: App) -> Router {
    Router::new()
        .route("/__admin/health", get(workspaces::health))
        .route("/__admin/ready", get(workspaces::ready))
        .route("/__admin/vendors", get(contracts::vendors))
        .route("/__admin/operations", get(contracts::operations))
        .route("/__admin/events", get(contracts::events))
        .route("/__admin/coverage", get(contracts::coverage))
        .route("/__admin/openapi.json", get(contracts::own_openapi))
        .route("/__admin/openapi/{file}", get(contracts::openapi))
        .route("/__admin/postman/{file}", get(contracts::postman))
        .route(
            "/__admin/requests",
            get(requests::list).delete(requests::clear),
        )
        .route("/__admin/requests/find", post(requests::find))
        .route("/__admin/requests/{id}", get(requests::detail))
        .route("/__admin/reset", post(state::reset))
        .route(
            "/__admin/state/{vendor}",
            get(state::dump).put(state::restore),
        )
        .route("/__admin/happenings/{vendor}", post(state::happen))
        .route(
            "/__admin/phones/{vendor}",
            get(phones::list).post(phones::gesture),
        )
        .route("/__admin/phones/{vendor}/screen", get(phones::screen))
        .route("/__admin/clock", get(clock::read).post(clock::set))
        .route(
            "/__admin/faults",
            get(faults::list).post(faults::add).delete(faults::clear),
        )
        .route("/__admin/faults/{id}", delete(faults::remove))
        .route(
            "/__admin/webhooks/endpoints",
            get(webhooks::endpoints).post(webhooks::add),
        )
        .route(
            "/__admin/webhooks/endpoints/{id}",
            get(webhooks::endpoint)
                .put(webhooks::replace)
                .delete(webhooks::remove),
        )
        .route("/__admin/webhooks/deliveries", get(webhooks::deliveries))
        .route("/__admin/webhooks/deliveries/{id}", get(webhooks::delivery))
        .route(
            "/__admin/webhooks/deliveries/{id}/redeliver",
            post(webhooks::redeliver),
        )
        .route(
            "/__admin/workspaces",
            get(workspaces::list).post(workspaces::create),
        )
        .route("/__admin/workspaces/{name}", delete(workspaces::remove))
        .fallback(|request: Request<Body>| async move {
            Problem::not_found(format!(
                "the control API has no {} {}",
                request.method(),
                request.uri().path()
            ))
            .expecting("one of the paths of /__admin/openapi.json")
        })
        .with_state(app)
}
