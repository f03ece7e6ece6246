//! What is served: vendors, operations, webhooks, coverage, and the contracts themselves.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use contracts::document::{Document, Operation};
use http::header;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Problem, Search, Within};
use crate::App;
use crate::export;
use crate::kernel::routes::Mounted;
use crate::kernel::workspace::{DEFAULT, Workspace};

/// How the names of the files for Postman end.
const COLLECTION: &str = ".postman_collection.json";
const ENVIRONMENT: &str = ".postman_environment.json";

/// Which vendor is wanted; all when absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    vendor: Option<String>,
}

/// `GET /__admin/vendors`
pub async fn vendors(State(app): State<App>, Within(workspace): Within) -> Json<Value> {
    Json(
        app.vendors()
            .iter()
            .map(|mounted| vendor(&app, mounted, &workspace))
            .collect(),
    )
}

/// `GET /__admin/operations`
pub async fn operations(
    State(app): State<App>,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Value>, Problem> {
    let mut rows = Vec::new();
    for mounted in chosen(&app, &wanted)? {
        rows.extend(
            mounted
                .document
                .operations()
                .iter()
                .map(|operation| row(mounted, operation)),
        );
    }
    Ok(Json(Value::Array(rows)))
}

/// `GET /__admin/coverage`
pub async fn coverage(State(app): State<App>) -> Json<Value> {
    let vendors: Vec<_> = app
        .vendors()
        .iter()
        .map(|mounted| covered(mounted))
        .collect();
    Json(json!({"vendors": vendors}))
}

/// `GET /__admin/openapi.json`: this API's own description.
pub async fn own_openapi() -> Response {
    json_text(include_str!("openapi.json"))
}

/// `GET /__admin/openapi/{vendor}.json`
pub async fn openapi(
    State(app): State<App>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let mounted = named_file(&app, &file, ".json")?;
    Ok(json_text(mounted.document.text()))
}

/// `GET /__admin/postman/{vendor}.postman_environment.json` and `{vendor}.postman_collection.json`
pub async fn postman(
    State(app): State<App>,
    Within(workspace): Within,
    Path(file): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (made, mounted): (fn(&Mounted, &str) -> Value, _) = if file.ends_with(COLLECTION) {
        (
            export::postman_collection,
            named_file(&app, &file, COLLECTION)?,
        )
    } else {
        (
            export::postman_environment,
            named_file(&app, &file, ENVIRONMENT)?,
        )
    };
    Ok(Json(made(mounted, &base_url(&app, mounted, &workspace))))
}

fn json_text(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// The vendors that are wanted.
///
/// # Errors
/// When there is none of that name.
pub fn chosen(app: &App, wanted: &Wanted) -> Result<Vec<&'static Mounted>, Problem> {
    let Some(name) = &wanted.vendor else {
        return Ok(app.vendors().to_vec());
    };
    Ok(vec![named(app, name)?])
}

/// The vendor of this name.
///
/// # Errors
/// When there is none.
pub fn named(app: &App, name: &str) -> Result<&'static Mounted, Problem> {
    app.vendors()
        .iter()
        .copied()
        .find(|mounted| mounted.name == name)
        .ok_or_else(|| {
            let known: Vec<_> = app.vendors().iter().map(|mounted| mounted.name).collect();
            Problem::not_found(format!("no vendor is named \"{name}\""))
                .expecting(format!("one of {}", known.join(", ")))
        })
}

fn named_file(app: &App, file: &str, ending: &str) -> Result<&'static Mounted, Problem> {
    let name = file.strip_suffix(ending).ok_or_else(|| {
        Problem::not_found(format!("there is no file \"{file}\" here"))
            .expecting(format!("<vendor>{ending}"))
    })?;
    named(app, name)
}

fn base_url(app: &App, mounted: &Mounted, workspace: &Workspace) -> String {
    let root = app.workspaces().root_url();
    if workspace.name == DEFAULT {
        format!("{root}/{}", mounted.name)
    } else {
        format!("{root}/w/{}/{}", workspace.name, mounted.name)
    }
}

fn vendor(app: &App, mounted: &Mounted, workspace: &Workspace) -> Value {
    let document = mounted.document;
    let base_url = base_url(app, mounted, workspace);
    let variables: serde_json::Map<_, _> = export::variables(mounted, &base_url)
        .into_iter()
        .map(|(name, value)| (name, json!(value)))
        .collect();
    let headers: serde_json::Map<_, _> = mounted
        .profile
        .demo_headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    json!({
        "vendor": mounted.name,
        "title": document.title,
        "base_url": base_url,
        "hosts": hosts(document),
        "variables": variables,
        "headers": headers,
        "operations": document.operations().len(),
        "webhooks": document.webhooks().len(),
    })
}

/// The host names that need no prefix.
fn hosts(document: &Document) -> Vec<String> {
    let urls = document
        .servers
        .iter()
        .filter_map(|server| url::Url::parse(server).ok());
    urls.filter_map(|url| url.host_str().map(str::to_owned))
        .collect()
}

fn row(mounted: &Mounted, operation: &Operation) -> Value {
    let variants: Vec<_> = operation
        .variants
        .iter()
        .map(|variant| &variant.name)
        .collect();
    let examples: Vec<_> = operation
        .examples()
        .map(|(response, example)| json!({"name": example.name, "status": response.status}))
        .collect();
    json!({
        "vendor": mounted.name,
        "operation": operation.name,
        "method": operation.method.as_str(),
        "path": operation.path,
        "evidence": operation.evidence,
        "answered": mounted.answered(operation),
        "variants": variants,
        "examples": examples,
    })
}

fn covered(mounted: &Mounted) -> Value {
    let document = mounted.document;
    let operations: Vec<_> = document.operations().iter().map(|operation| {
        let variants: Vec<_> = operation.variants.iter().map(|variant| json!({"name": variant.name, "item": variant.item, "evidence": variant.evidence})).collect();
        let examples: Vec<_> = operation.examples().map(|(response, example)| json!({"name": example.name, "status": response.status, "item": example.item, "evidence": example.evidence})).collect();
        json!({
            "operation": operation.name,
            "additional": operation.additional,
            "evidence": operation.evidence,
            "answered": mounted.answered(operation),
            "variants": variants,
            "examples": examples,
        })
    }).collect();
    let webhooks: Vec<_> = document.webhooks().iter().map(|webhook| json!({
        "event": webhook.name,
        "evidence": webhook.evidence,
        "examples": webhook.examples().map(|example| example.name.clone()).collect::<Vec<_>>(),
    })).collect();
    let import = document.import();
    json!({
        "vendor": mounted.name,
        "items": import.items,
        "responses": import.responses,
        "ignored": import.ignored.iter().map(|ignored| json!({"item": ignored.item, "name": ignored.name, "reason": ignored.reason})).collect::<Vec<_>>(),
        "operations": operations,
        "webhooks": webhooks,
    })
}
