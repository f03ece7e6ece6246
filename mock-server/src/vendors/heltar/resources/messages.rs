//! Messages: sent in batches, read back one by one or as a conversation.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::batches::Batch;
use super::clients::At;
use super::content::{Message, Shown, View};
use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::store::Store;
use crate::vendors::heltar::error::{AllFailed, Error};
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::{Heltar, Instant};

/// The most messages one page shows.
const PAGE: usize = 10_000;

/// What is said of messages that all go out, and of those that wait in the queue.
const SCHEDULED: &str = "Successfully scheduled messages!";
const QUEUED: &str =
    "All messages have been queued for delivery. You will receive status updates through webhook.";

/// How `messages.send` may be hurried.
#[derive(Debug, Deserialize)]
pub struct Hurry {
    priority: Option<bool>,
}

/// `POST /v1/messages/send` — sends messages, each of its own kind.
pub async fn send(
    store: Store<Heltar>,
    Query(hurry): Query<Hurry>,
    Body(mut batch): Body<Batch>,
) -> Result<Response, Error> {
    batch.priority = hurry.priority.unwrap_or_default();
    let (queued, outcome) = store.try_write(|heltar, moment| {
        let queued = heltar.business.settings.asynchronous && !batch.priority;
        Ok::<_, Error>((queued, heltar.send_messages(batch, moment)?))
    })?;
    let (sent, failed) = outcome.counts();
    if failed == 0 {
        let words = if queued { QUEUED } else { SCHEDULED };
        return Ok(reply(words, outcome).into_response());
    }
    if sent == 0 {
        let status = outcome.commonest_code();
        return Err(Error::AllFailed(Box::new(AllFailed { status, outcome })));
    }
    let words = format!(
        "{sent} messages have been scheduled successfully, {failed} failed. \
         You can receive updates on their status through a webhook."
    );
    Ok((StatusCode::PARTIAL_CONTENT, reply(words, outcome)).into_response())
}

/// What `messages.list` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    limit: Option<usize>,
    before: Option<String>,
    before_id: Option<String>,
}

/// A conversation, or a part of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    messages: Vec<Shown>,
    client_wa_number: String,
    conversation_expire: Instant,
    has_more: bool,
    can_message: bool,
}

/// `GET /v1/messages/{clientWaNumber}` — lists the messages of one client, oldest first.
pub async fn list(
    store: Store<Heltar>,
    Path(at): Path<At>,
    Query(which): Query<Which>,
) -> Result<Json<Reply<Conversation>>, Error> {
    let conversation = store.read(|heltar, glance| {
        heltar.conversation(&at.client_wa_number, &which, Instant::new(glance.now))
    })?;
    Ok(reply("Successfully retrieved messages", conversation))
}

/// What `messages.get` takes.
#[derive(Debug, Deserialize)]
pub struct One {
    wamid: Option<String>,
}

/// `GET /v1/messages` — shows one message by its WhatsApp id.
pub async fn get(
    store: Store<Heltar>,
    Query(one): Query<One>,
) -> Result<Json<Reply<Shown>>, Error> {
    let wamid = one.wamid.ok_or(Error::NoWamid)?;
    let message = store.read(|heltar, _| {
        let found = heltar
            .message_by_any_id(&wamid)
            .ok_or(Error::UnknownMessage)?;
        Ok::<_, Error>(heltar.shown(found.clone(), View::Stored))
    })?;
    Ok(reply("Successfully retrieved message", message))
}

impl Heltar {
    /// A message by the vendor's id or by WhatsApp's.
    pub fn message_by_any_id(&self, id: &str) -> Option<&Message> {
        self.messages
            .get(id)
            .or_else(|| self.messages.by("wamid", id).next())
    }

    /// A client's messages, or a page of them.
    ///
    /// # Errors
    /// When nobody has this number, or the page's bounds are wrong.
    pub fn conversation(
        &self,
        number: &str,
        which: &Which,
        now: Instant,
    ) -> Result<Conversation, Error> {
        let before = match (&which.before, &which.before_id) {
            (None, Some(_)) => return Err(Error::LonelyBeforeId),
            (None, None) => None,
            (Some(text), _) => Some(Instant::new(
                text.parse::<Timestamp>().map_err(|_| Error::BadBefore)?,
            )),
        };
        let client = self
            .client(number)
            .map_err(|_| Error::NoConversation(number.to_owned()))?;
        let named = which
            .before_id
            .as_deref()
            .and_then(|id| self.message_by_any_id(id));
        let mut passed = named.is_none();
        let earlier = |message: &&Message| {
            if !passed {
                // Of those in the same millisecond only the ones before the named one are earlier.
                passed = named.is_some_and(|named| named.id == message.id);
                return false;
            }
            before.is_none_or(|before| {
                message.timestamp < before || (named.is_some() && message.timestamp == before)
            })
        };
        let limit = which.limit.unwrap_or(PAGE).min(PAGE);
        let mut newest_first = self
            .messages
            .by("client", &client.client_wa_number)
            .rev()
            .filter(earlier)
            .take(limit + 1);
        let mut messages: Vec<_> = newest_first.by_ref().take(limit).cloned().collect();
        let has_more = newest_first.next().is_some();
        messages.reverse();
        Ok(Conversation {
            messages: messages
                .into_iter()
                .map(|message| self.shown(message, View::Stored))
                .collect(),
            client_wa_number: client.client_wa_number.clone(),
            conversation_expire: client.conversation_expire,
            has_more,
            can_message: client.window_open(now) && client.opted_in && !client.is_blocked,
        })
    }
}
