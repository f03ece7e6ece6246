//! `/__admin/clock`: what time it is, and moving it.

use axum::Json;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Problem, Within};
use crate::kernel::feed::News;
use crate::kernel::moment::Progress;
use crate::kernel::workspace::Workspace;

/// What may be asked of the clock; several at once happen in this order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    progress: Option<Progress>,
    freeze: Option<bool>,
    speed: Option<f64>,
    set: Option<Timestamp>,
    advance: Option<String>,
    until: Option<Until>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Until {
    Idle,
}

/// `GET /__admin/clock`
pub async fn read(Within(workspace): Within) -> Json<Value> {
    Json(reading(&workspace))
}

/// `POST /__admin/clock`
pub async fn set(
    Within(workspace): Within,
    Input(wish): Input<Wish>,
) -> Result<Json<Value>, Problem> {
    let advance = wish.advance.as_deref().map(duration).transpose()?;
    if let Some(speed) = wish
        .speed
        .filter(|speed| !(0.0..=1_000_000.0).contains(speed))
    {
        return Err(Problem::bad(format!("{speed} is no speed"))
            .at("/speed")
            .expecting("a number from 0 to 1000000"));
    }
    if let Some(progress) = wish.progress {
        workspace.set_progress(progress);
    }
    if let Some(frozen) = wish.freeze {
        workspace.clock.freeze(frozen);
    }
    if let Some(speed) = wish.speed {
        workspace.clock.run_at(speed);
    }
    if let Some(at) = wish.set {
        workspace.clock.set(at);
    }
    let mut ran = 0;
    if let Some(by) = advance {
        ran += workspace.advance(by).await;
    }
    if let Some(Until::Idle) = wish.until {
        ran += workspace.advance_until_idle().await;
    }
    workspace.stirred();
    workspace.feed.tell(News::Clock, 0);
    let mut reading = reading(&workspace);
    reading["ran"] = json!(ran);
    Ok(Json(reading))
}

/// A workspace's clock, as it is told.
pub fn reading(workspace: &Workspace) -> Value {
    let mut reading = serde_json::to_value(workspace.clock.reading()).unwrap_or_default();
    reading["workspace"] = json!(workspace.name);
    reading["progress"] = json!(workspace.progress());
    reading["next_due"] = json!(workspace.next_due());
    reading
}

fn duration(text: &str) -> Result<SignedDuration, Problem> {
    let parsed = text
        .parse::<SignedDuration>()
        .ok()
        .filter(|duration| !duration.is_negative());
    parsed.ok_or_else(|| {
        Problem::bad(format!("\"{text}\" is no duration"))
            .at("/advance")
            .expecting("one like 90s, 5m, 25h or 1h30m")
    })
}
