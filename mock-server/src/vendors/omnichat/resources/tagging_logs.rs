//! Tagging logs: which tag was added to whom, when, and by what.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::state::Omnichat;
use super::{Paging, Platform, Range, USUAL, local};
use crate::kernel::extract::Query;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A tag was added to a contact. This outlives the contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tagging {
    /// Its number in the log, from 1.
    pub number: u64,
    /// When.
    pub time: Timestamp,
    /// To whom: where.
    pub platform: Platform,
    /// To whom: with which channel.
    pub channel_id: String,
    /// To whom.
    pub user_id: String,
    /// Which tag.
    pub tag: String,
    /// By what.
    pub source: Source,
    /// The message that brought it.
    #[serde(default)]
    pub message_id: Option<String>,
}

impl Record for Tagging {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(self.number.to_string())
    }
}

/// What can add a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the vendor's own list of names")]
pub enum Source {
    Bot,
    Broadcast,
    Manual,
    Import,
    KeywordAutoReply,
    OpenApi,
    Game,
    AbandonedCart,
    Remarketing,
    ProductReferral,
    Journey,
    LineRichMenu,
    ThirdPartySystem,
    Coupon,
    CrossChannelConnector,
    PhoneBinding,
    SurveyCake,
    SocialChannelMapping,
    ChatbotButton,
    AddCart,
}

/// What becomes of somebody's tags: a new set, or what is added and removed. The contract keeps them apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TagChange {
    /// The whole new set.
    pub tags: Option<Vec<String>>,
    /// What is added.
    pub tags_to_add: Option<Vec<String>>,
    /// What is removed, after that.
    pub tags_to_remove: Option<Vec<String>>,
}

impl TagChange {
    /// The tags that shall be there and may be new: each once, without those that are removed again.
    pub fn added(&self) -> Vec<String> {
        let wanted = self.tags.as_ref().or(self.tags_to_add.as_ref());
        let removed = self.tags_to_remove.as_deref().unwrap_or_default();
        let mut added = Vec::new();
        for tag in wanted.into_iter().flatten() {
            if !removed.contains(tag) && !added.contains(tag) {
                added.push(tag.clone());
            }
        }
        added
    }

    /// Whether a tag that is there stays.
    pub fn keeps(&self, tag: &String) -> bool {
        match &self.tags {
            Some(tags) => tags.contains(tag),
            None => !self
                .tags_to_remove
                .as_ref()
                .is_some_and(|removed| removed.contains(tag)),
        }
    }
}

/// An entry of the log as answers show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    time: String,
    platform: Platform,
    channel_id: String,
    user_id: String,
    tag: String,
    source: Source,
    message_id: Option<String>,
}

/// From when until when, in milliseconds, though the answer has clock times.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tagged {
    tagged_after: i64,
    tagged_before: i64,
}

/// `GET /v1/tagging-logs/records` — lists a page of the tags that were added in a period of any length.
pub async fn list(
    store: Store<Omnichat>,
    Query(tagged): Query<Tagged>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let range = Range::new(tagged.tagged_after, tagged.tagged_before);
    let range = range.forwards(["taggedAfter", "taggedBefore"])?;
    let listed = store.read(|omnichat, _| {
        let all = omnichat.tagging_logs.iter();
        let mut found: Vec<_> = all.filter(|one| range.holds(one.time)).collect();
        found.sort_by_key(|one| (one.time, one.number));
        paging.page(found, USUAL, Tagging::shown)
    });
    Ok(Json(listed))
}

impl Tagging {
    fn shown(&self) -> Shown {
        Shown {
            time: local(self.time),
            platform: self.platform,
            channel_id: self.channel_id.clone(),
            user_id: self.user_id.clone(),
            tag: self.tag.clone(),
            source: self.source,
            message_id: self.message_id.clone(),
        }
    }
}

impl Omnichat {
    /// Changes a contact's tags through the API. What is removed is not logged.
    pub fn change_tags(&mut self, contact: &str, change: &TagChange, now: Timestamp) {
        self.contacts.update(contact, |contact| {
            contact.tags.retain(|tag| change.keeps(tag))
        });
        self.add_tags(contact, &change.added(), Source::OpenApi, None, now);
    }

    /// Adds tags to a contact, by its key: each new one is logged with what added it, and added to their customer.
    ///
    /// A tag that is there already is neither added nor logged again.
    pub fn add_tags(
        &mut self,
        contact: &str,
        tags: &[String],
        source: Source,
        message_id: Option<&str>,
        now: Timestamp,
    ) {
        let added = self.contacts.update(contact, |contact| {
            let mut new: Vec<String> = Vec::new();
            for tag in tags {
                if !contact.tags.contains(tag) {
                    contact.tags.push(tag.clone());
                    contact.updated_at = now;
                    new.push(tag.clone());
                }
            }
            new
        });
        let (Some(added), Some(contact)) = (added, self.contacts.get(contact)) else {
            return;
        };
        let customer = contact.customer.clone();
        let next = self.tagging_logs.iter().next_back();
        let next = next.map_or(1, |last| last.number + 1);
        let log: Vec<_> = (next..)
            .zip(&added)
            .map(|(number, tag)| Tagging {
                number,
                time: now,
                platform: contact.platform,
                channel_id: contact.channel_id.clone(),
                user_id: contact.user_id.clone(),
                tag: tag.clone(),
                source,
                message_id: message_id.map(str::to_owned),
            })
            .collect();
        for entry in log {
            self.tagging_logs.put(entry);
        }
        if let Some(customer) = customer {
            self.customers.update(&customer, |customer| {
                for tag in added {
                    if !customer.tags.contains(&tag) {
                        customer.tags.push(tag);
                        customer.updated_at = now;
                    }
                }
            });
        }
    }
}
