//! `/__admin/scenarios`: conversations and failures to play against a handler.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::{Input, Problem, Within};
use crate::App;
use crate::scenario::{self, Malformed, Report, SCHEMA, Scenario, Slice, Wishes};

/// `GET /__admin/scenarios`
pub async fn list(State(app): State<App>) -> Json<Value> {
    let served = |scenario: &Scenario| app.vendors().iter().any(|one| one.name == scenario.vendor);
    let all = scenario::shipped().into_iter();
    let rows: Vec<_> = all
        .filter_map(|(_, scenario)| scenario.ok())
        .filter(served)
        .map(|scenario| scenario.summary())
        .collect();
    Json(json!({"scenarios": rows}))
}

/// `GET /__admin/scenarios/schema.json`
pub async fn schema() -> Response {
    ([(header::CONTENT_TYPE, "application/schema+json")], SCHEMA).into_response()
}

/// `GET /__admin/scenarios/{name}`
pub async fn show(Path(name): Path<String>) -> Result<Json<Value>, Problem> {
    let (scenario, text) = named(&name)?;
    let mut shown = scenario.summary();
    shown["text"] = json!(text);
    Ok(Json(shown))
}

fn named(name: &str) -> Result<(Scenario, String), Problem> {
    scenario::named(name).ok_or_else(|| {
        Problem::not_found(format!("no scenario is named \"{name}\""))
            .expecting("a name from /__admin/scenarios")
    })
}

/// Which scenario to play, and how.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// A shipped one.
    #[serde(default)]
    name: Option<String>,
    /// One written as YAML or JSON.
    #[serde(default)]
    text: Option<String>,
    /// One as JSON.
    #[serde(default)]
    scenario: Option<Value>,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    fresh: bool,
}

/// `POST /__admin/scenarios/run`
pub async fn run(
    State(app): State<App>,
    Within(workspace): Within,
    Input(wanted): Input<Wanted>,
) -> Result<Json<Report>, Problem> {
    let scenario = match (&wanted.name, &wanted.text, &wanted.scenario) {
        (Some(name), None, None) => named(name).map_err(|problem| problem.at("/name"))?.0,
        (None, Some(text), None) => parsed(text, "/text")?,
        (None, None, Some(value)) => parsed(&format!("{value:#}"), "/scenario")?,
        _ => {
            return Err(Problem::bad("it is not clear which scenario is meant")
                .expecting("one of name, text and scenario"));
        }
    };
    let wishes = Wishes {
        parameters: wanted.parameters,
        to: wanted.to,
        fresh: wanted.fresh,
    };
    let report = scenario::run(&app, &workspace, &scenario, &wishes).await;
    Ok(Json(report.map_err(|bad| Problem::bad(bad.to_string()))?))
}

fn parsed(text: &str, at: &str) -> Result<Scenario, Problem> {
    scenario::parse(text).map_err(|malformed| {
        let Malformed { line, column, .. } = malformed;
        Problem::bad(malformed.to_string())
            .at(at)
            .expecting("a scenario as /__admin/scenarios/schema.json says")
            .with_details(json!({"line": line, "column": column}))
    })
}

/// `POST /__admin/scenarios/record`
pub async fn record(
    State(app): State<App>,
    Within(workspace): Within,
    Input(slice): Input<Slice>,
) -> Result<Json<Value>, Problem> {
    let mounted = super::contracts::named(&app, &slice.vendor)
        .map_err(|problem| problem.status(http::StatusCode::BAD_REQUEST).at("/vendor"))?;
    let scenario = scenario::record(&workspace, mounted, &slice).ok_or_else(|| {
        Problem::not_found("there is nothing to record").expecting("requests in the journal")
    })?;
    // Whoever records must be able to play.
    let yaml = serde_saphyr::to_string(&scenario)
        .map_err(|error| Problem::bad(format!("it cannot be written as YAML: {error}")))?;
    scenario::parse(&yaml).map_err(|malformed| Problem::bad(malformed.to_string()))?;
    Ok(Json(json!({"scenario": scenario, "yaml": yaml})))
}
