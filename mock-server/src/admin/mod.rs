//! The control API below `/__admin`: clock, faults, state, journal, happenings.

mod chaos;
mod clock;
mod contracts;
mod deliveries;
mod events;
mod faults;
mod guard;
mod input;
mod metrics;
mod phones;
mod requests;
mod scenarios;
mod state;
mod stream;
mod trigger;
mod webhooks;
mod workspaces;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, delete, get, post};
use http::Request;
use tower::ServiceExt as _;

use crate::App;

pub use input::Problem;
pub use trigger::{Order, fire};

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
fn routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/health", get(workspaces::health)),
        ("/ready", get(workspaces::ready)),
        ("/vendors", get(contracts::vendors)),
        ("/operations", get(contracts::operations)),
        ("/events", get(events::catalogue)),
        ("/events/log", get(events::log)),
        ("/events/log/{id}", get(events::announced)),
        ("/trigger", post(trigger::trigger)),
        ("/stream", get(stream::watch)),
        ("/coverage", get(contracts::coverage)),
        ("/openapi.json", get(contracts::own_openapi)),
        ("/openapi/{file}", get(contracts::openapi)),
        ("/postman/{file}", get(contracts::postman)),
        ("/requests", get(requests::list).delete(requests::clear)),
        ("/requests/find", post(requests::find)),
        ("/requests/{id}", get(requests::detail)),
        ("/reset", post(state::reset)),
        ("/state/{vendor}", get(state::dump).put(state::restore)),
        ("/happenings/{vendor}", post(state::happen)),
        ("/phones/{vendor}", get(phones::list).post(phones::gesture)),
        ("/phones/{vendor}/screen", get(phones::screen)),
        ("/clock", get(clock::read).post(clock::set)),
        (
            "/faults",
            get(faults::list).post(faults::add).delete(faults::clear),
        ),
        ("/faults/{id}", delete(faults::remove)),
        (
            "/webhooks/endpoints",
            get(webhooks::endpoints).post(webhooks::add),
        ),
        (
            "/webhooks/endpoints/{id}",
            get(webhooks::endpoint)
                .put(webhooks::replace)
                .delete(webhooks::remove),
        ),
        ("/webhooks/deliveries", get(deliveries::list)),
        ("/webhooks/deliveries/export", get(deliveries::export)),
        ("/webhooks/deliveries/redeliver", post(deliveries::bulk)),
        ("/webhooks/deliveries/{id}", get(deliveries::detail)),
        (
            "/webhooks/deliveries/{id}/redeliver",
            post(deliveries::redeliver),
        ),
        (
            "/chaos",
            get(chaos::list).post(chaos::add).delete(chaos::clear),
        ),
        ("/chaos/seed", post(chaos::reseed)),
        ("/chaos/{id}", delete(chaos::remove)),
        ("/metrics", get(metrics::show)),
        ("/scenarios", get(scenarios::list)),
        ("/scenarios/schema.json", get(scenarios::schema)),
        ("/scenarios/run", post(scenarios::run)),
        ("/scenarios/record", post(scenarios::record)),
        ("/scenarios/{name}", get(scenarios::show)),
        (
            "/workspaces",
            get(workspaces::list).post(workspaces::create),
        ),
        ("/workspaces/{name}", delete(workspaces::remove)),
    ]
}

/// The paths that are served, as templates, so that a test can tell what is not described.
#[must_use]
pub fn paths() -> Vec<String> {
    let routes = routes();
    let paths = routes.iter().map(|(path, _)| format!("/__admin{path}"));
    paths.collect()
}

fn router(app: App) -> Router {
    let mut router = Router::new();
    for (path, methods) in routes() {
        router = router.route(&format!("/__admin{path}"), methods);
    }
    router
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
