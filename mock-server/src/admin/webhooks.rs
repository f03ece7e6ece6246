//! `/__admin/webhooks/endpoints`: who hears of webhooks.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Problem, Search, Within, slot};
use crate::kernel::delivery::{Endpoint, Verification};
use crate::kernel::workspace::Workspace;

/// Which vendor's endpoints are wanted; all when absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    vendor: Option<String>,
}

/// An endpoint to make: `{"vendor", "url", …}` with any member of an endpoint.
#[derive(Debug, Deserialize)]
pub struct New {
    vendor: String,
    url: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

/// `GET /__admin/webhooks/endpoints`
pub async fn endpoints(
    Within(workspace): Within,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Value>, Problem> {
    if let Some(vendor) = &wanted.vendor {
        slot(&workspace, vendor)?;
    }
    let slots = workspace.slots().iter().filter(|slot| {
        wanted
            .vendor
            .as_deref()
            .is_none_or(|name| name == slot.vendor())
    });
    let all: Vec<_> = slots
        .flat_map(|slot| {
            slot.endpoints()
                .into_iter()
                .map(|endpoint| shown(slot.vendor(), &endpoint))
        })
        .collect();
    Ok(Json(json!({"endpoints": all})))
}

/// `POST /__admin/webhooks/endpoints`
pub async fn add(
    Within(workspace): Within,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let slot = slot(&workspace, &new.vendor).map_err(|problem| problem.at("/vendor"))?;
    let mut members = new.rest;
    members.entry("id").or_insert_with(|| json!(new.url));
    members.insert("url".into(), json!(new.url));
    let endpoint = read(Value::Object(members))?;
    slot.edit_endpoints(&mut |endpoints| {
        endpoints.put(endpoint.clone());
    });
    let mut answer = shown(&new.vendor, &endpoint);
    // An address with a token is asked for the challenge, as Meta does, and registered whatever it says.
    if let Some(token) = &endpoint.verify_token {
        let deliveries = &workspace.deliveries;
        let said = deliveries.verify(slot.vendor(), &endpoint.url, token).await;
        answer["verification"] = json!(match said {
            Verification::Echoed => "echoed".to_owned(),
            Verification::WrongEcho { .. } => "the answer is not the challenge".to_owned(),
            Verification::Status(status) => format!("answered with {status}"),
            Verification::Unreachable(failure) => failure.message,
        });
    }
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `GET /__admin/webhooks/endpoints/{id}`
pub async fn endpoint(
    Within(workspace): Within,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (vendor, endpoint) = find(&workspace, &id)?;
    Ok(Json(shown(vendor, &endpoint)))
}

/// `PUT /__admin/webhooks/endpoints/{id}`
pub async fn replace(
    Within(workspace): Within,
    Path(id): Path<String>,
    Input(new): Input<New>,
) -> Result<Json<Value>, Problem> {
    let (vendor, _) = find(&workspace, &id)?;
    if new.vendor != vendor {
        return Err(Problem::bad(format!("the endpoint belongs to {vendor}"))
            .at("/vendor")
            .expecting(vendor));
    }
    let mut members = new.rest;
    members.insert("id".into(), json!(id));
    members.insert("url".into(), json!(new.url));
    let endpoint = read(Value::Object(members))?;
    slot(&workspace, vendor)?.edit_endpoints(&mut |endpoints| {
        endpoints.put(endpoint.clone());
    });
    Ok(Json(shown(vendor, &endpoint)))
}

/// `DELETE /__admin/webhooks/endpoints/{id}`
pub async fn remove(
    Within(workspace): Within,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let (vendor, _) = find(&workspace, &id)?;
    slot(&workspace, vendor)?.edit_endpoints(&mut |endpoints| {
        endpoints.remove(&id);
    });
    Ok(StatusCode::NO_CONTENT)
}

fn find(workspace: &Workspace, id: &str) -> Result<(&'static str, Endpoint), Problem> {
    let mut all = workspace
        .slots()
        .iter()
        .flat_map(|slot| slot.endpoints().into_iter().map(|one| (slot.vendor(), one)));
    all.find(|(_, endpoint)| endpoint.id == id).ok_or_else(|| {
        Problem::not_found(format!("there is no endpoint \"{id}\""))
            .expecting("an id from /__admin/webhooks/endpoints")
    })
}

fn read(members: Value) -> Result<Endpoint, Problem> {
    let endpoint: Endpoint = serde_path_to_error::deserialize(&members).map_err(|error| {
        let pointer = super::input::pointer(error.path());
        Problem::bad(error.into_inner().to_string()).at(pointer)
    })?;
    match url::Url::parse(&endpoint.url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(endpoint),
        Ok(url) => Err(
            Problem::bad(format!("\"{}\" is no address of a receiver", url))
                .at("/url")
                .expecting("http:// or https://"),
        ),
        Err(error) => Err(
            Problem::bad(format!("\"{}\" is no URL: {error}", endpoint.url))
                .at("/url")
                .expecting("http:// or https://"),
        ),
    }
}

fn shown(vendor: &str, endpoint: &Endpoint) -> Value {
    let mut shown = json!({"vendor": vendor});
    if let (Some(members), Ok(Value::Object(rest))) =
        (shown.as_object_mut(), serde_json::to_value(endpoint))
    {
        members.extend(rest);
    }
    shown
}
