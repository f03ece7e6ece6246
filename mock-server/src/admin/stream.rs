//! `/__admin/stream`: what is new in a workspace, as it comes, as server-sent events.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::clock::reading;
use super::input::{Problem, Search, Within};
use crate::kernel::feed::News;
use crate::kernel::workspace::Workspace;

/// How many pieces of news are looked up at once.
const BATCH: usize = 256;

/// What is wanted; everything from now on when nothing is said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    /// Kinds of news, with commas between.
    kinds: Option<String>,
    /// The number of the last piece that was seen.
    after: Option<u64>,
    /// The admin token, because a page cannot send a header here.
    token: Option<String>,
}

/// Somebody who watches.
struct Watch {
    workspace: Arc<Workspace>,
    kinds: Vec<String>,
    after: u64,
    ready: VecDeque<Event>,
}

/// `GET /__admin/stream`
pub async fn watch(
    Within(workspace): Within,
    Search(wanted): Search<Wanted>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // The guard has looked at it.
    drop(wanted.token);
    let kinds = kinds(wanted.kinds.as_deref())?;
    let last = headers.get("last-event-id");
    let last = last.and_then(|value| value.to_str().ok()?.parse().ok());
    let newest = workspace.feed.newest();
    let after = last.or(wanted.after).unwrap_or(newest);
    let clock = reading(&workspace);
    let hello = json!({"workspace": workspace.name, "at": newest, "clock": clock});
    let mut watch = Watch {
        workspace,
        kinds,
        after,
        ready: VecDeque::new(),
    };
    watch.push("hello", after.min(newest), &hello);
    let news = stream::unfold(watch, |mut watch| async move {
        loop {
            if let Some(event) = watch.ready.pop_front() {
                return Some((Ok(event), watch));
            }
            watch.look();
            if watch.ready.is_empty() && !watch.workspace.feed.wait(watch.after).await {
                return None;
            }
        }
    });
    Ok(Sse::new(news).keep_alive(KeepAlive::default()))
}

/// The kinds that are wanted; a reset is told to everybody.
fn kinds(wanted: Option<&str>) -> Result<Vec<String>, Problem> {
    let known = [News::Request, News::Event, News::Delivery, News::Clock];
    let mut kinds = vec![News::Reset.name().to_owned()];
    let Some(wanted) = wanted else {
        kinds.extend(known.iter().map(|kind| kind.name().to_owned()));
        return Ok(kinds);
    };
    for kind in wanted.split(',') {
        if !known.iter().any(|known| known.name() == kind) {
            return Err(Problem::bad(format!("\"{kind}\" is no kind of news"))
                .at("kinds")
                .expecting("some of request, event, delivery and clock, with commas between"));
        }
        kinds.push(kind.to_owned());
    }
    Ok(kinds)
}

impl Watch {
    /// Looks up what is new. Of what changed several times, only the last is told.
    fn look(&mut self) {
        let batch = self.workspace.feed.after(self.after, BATCH);
        let before = batch
            .news
            .first()
            .map_or(batch.newest, |(number, ..)| number - 1);
        if batch.missed != Some(0) {
            self.push("lost", before, &json!({"missed": batch.missed}));
        }
        let mut seen = HashSet::new();
        let mut last = batch.news;
        last.reverse();
        last.retain(|(_, news, id)| seen.insert((*news, *id)));
        let mut gone = 0_u64;
        for (number, news, id) in last.into_iter().rev() {
            if !self.kinds.iter().any(|kind| kind == news.name()) {
                continue;
            }
            match told(&self.workspace, news, id) {
                Some(data) => self.push(news.name(), number, &data),
                None => gone += 1,
            }
        }
        if gone > 0 {
            self.push("lost", batch.newest, &json!({"missed": gone}));
        }
        self.after = batch.newest;
    }

    fn push(&mut self, name: &str, number: u64, data: &Value) {
        let event = Event::default().id(number.to_string()).event(name);
        self.ready.push_back(event.data(data.to_string()));
    }
}

/// What a piece of news is about, as it is now; `None` when it was forgotten meanwhile.
fn told(workspace: &Workspace, news: News, id: u64) -> Option<Value> {
    match news {
        News::Request => Some(workspace.journal.get(id)?.summary()),
        News::Event => Some(workspace.events.find(|event| event.id == id)?.summary()),
        News::Delivery => Some(workspace.deliveries.get(id)?.summary()),
        News::Clock => Some(reading(workspace)),
        News::Reset => Some(json!({"reset": "everything"})),
    }
}
