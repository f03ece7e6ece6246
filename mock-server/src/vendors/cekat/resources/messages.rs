//! Messages: read back on classic and new paths, and how far each one got.

pub mod whatsapp;

use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Duration;

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::happenings::Happening;
use super::super::reply::{Metadata, classic, jakarta_plain, listed, modern, utc};
use super::super::state::Cekat;
use super::super::webhooks::{News, value};
use super::conversations::Last;
use super::{Amount, Owned, Part, Period, day_in, normal, own};
use crate::kernel::extract::{Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::{Fate, fate_of};
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// In which conversation.
    pub conversation_id: String,
    /// What it says.
    pub message: Option<String>,
    /// Who wrote it: a contact, an agent, a machine or the business.
    pub sent_by: Option<String>,
    /// What they are called.
    pub sent_by_name: Option<String>,
    /// What kind of writer that is.
    pub sent_by_type: SenderType,
    /// `text`, or what else it is.
    pub media_type: String,
    /// Its file.
    #[serde(default)]
    pub media_url: Option<String>,
    /// The platform's id of it.
    #[serde(default)]
    pub platform_mid: Option<String>,
    /// How far it got.
    pub status: Status,
    /// Why it got no further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Whether it was made from a template.
    #[serde(default)]
    pub is_template: bool,
    /// What else is known.
    #[serde(default)]
    pub additional_data: Option<Map<String, Value>>,
    /// A place.
    #[serde(default)]
    pub location: Option<Value>,
    /// What can be tapped.
    #[serde(default)]
    pub interactive: Option<Value>,
    /// What tapping does.
    #[serde(default)]
    pub action: Option<Value>,
    /// What a machine's message cost.
    #[serde(default)]
    pub chat_credits_used: Option<Amount>,
    /// The advertisement that led to it.
    #[serde(default)]
    pub ads_data: Option<Value>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it last got further.
    pub updated_at: Timestamp,
}

/// What kind of writer a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SenderType {
    /// A person of the business.
    Agent,
    /// The customer.
    User,
    /// A machine.
    Ai,
    /// A person of the business, unseen by the customer.
    PrivateNote,
    /// A client of this API.
    Api,
    /// A campaign.
    Campaigns,
    /// A reminder.
    FollowUp,
    /// The vendor.
    System,
    /// The inbox itself.
    Inbox,
}

/// How far a message got. The order is that of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// On its way.
    Sent,
    /// On the recipient's phone.
    Delivered,
    /// Seen.
    Read,
    /// Never.
    Failed,
}

impl Record for Message {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![
            ("business", Cow::Borrowed(&self.business_id)),
            ("conversation", Cow::Borrowed(&self.conversation_id)),
        ]
    }
}

impl Owned for Message {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// A message on classic paths; without its sender's kind where it was just sent.
#[derive(Debug, Serialize)]
pub struct Row {
    id: String,
    created_at: String,
    message: String,
    sent_by: Option<String>,
    status: Status,
    conversation_id: String,
    media_url: Option<String>,
    media_type: String,
    is_deleted: bool,
    token_usage: Option<u64>,
    message_history: Option<Value>,
    system_msg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_by_type: Option<SenderType>,
}

/// A message on new paths.
#[derive(Debug, Serialize)]
pub struct V2Row {
    id: String,
    conversation_id: String,
    message: Option<String>,
    sent_by: Option<String>,
    sent_by_name: Option<String>,
    sent_by_type: SenderType,
    media_type: String,
    media_url: Option<String>,
    platform_mid: Option<String>,
    status: Status,
    is_template: bool,
    business_id: String,
    created_at: String,
    updated_at: String,
    additional_data: Option<Map<String, Value>>,
    location: Option<Value>,
    interactive: Option<Value>,
    action: Option<Value>,
    chat_credits_used: Option<Amount>,
    ads_data: Option<Value>,
    contact: Option<Peer>,
    inbox: Line,
}

#[derive(Debug, Serialize)]
struct Peer {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    display_name: String,
    phone_number: Option<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    phone_number: Option<String>,
}

/// A message as it is told, with its conversation.
#[derive(Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    message: V2Row,
    conversation: super::conversations::Shown,
}

/// Whose messages a query asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct OfConversation {
    /// Which conversation's.
    pub conversation_id: Option<String>,
}

/// Which messages a query asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    /// Which conversation's.
    pub conversation_id: Option<String>,
    /// Which inbox's.
    pub inbox_id: Option<String>,
    /// Only those that an advertisement led to.
    pub is_ads: Option<String>,
    /// Only those made from a template, or only others.
    pub is_template: Option<String>,
    /// `asc` or `desc`.
    pub sort_order: Option<String>,
}

/// Which message a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    message_id: String,
}

/// What the message list says about a page.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MessagePages {
    current_page: usize,
    current_items: usize,
    total_page: usize,
    total_items: usize,
}

/// What machines wrote, and what it cost.
#[derive(Debug, Serialize)]
pub struct AiCredits {
    total_ai_messages: usize,
    total_ai_credits_used: Amount,
    total_conversations: usize,
}

/// `GET /messages` — lists a whole conversation, oldest first.
pub async fn list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Query(of): Query<OfConversation>,
) -> Result<impl IntoResponse, Error> {
    let id = of
        .conversation_id
        .ok_or_else(|| Error::required("conversation_id"))?;
    let rows = store.read(|cekat, _| {
        cekat.conversation(&id, caller.business())?;
        let written = cekat.messages.by("conversation", &id);
        let mut written: Vec<_> = written.collect();
        written.sort_by_key(|one| one.created_at);
        let rows: Vec<_> = written.into_iter().map(|one| one.row(true)).collect();
        Ok::<_, Error>(rows)
    })?;
    Ok(classic(StatusCode::OK, Some(rows)))
}

/// `GET /messages/{message_id}` — shows a message.
pub async fn get(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let row = store.read(|cekat, _| {
        let message = own(&cekat.messages, &which.message_id, caller.business());
        message.map(|message| message.row(true))
    });
    let row = row.ok_or(Error::NotFound("Message"))?;
    Ok(classic(StatusCode::OK, Some(row)))
}

/// `GET /api/messages` — lists a page of the messages of a period, newest first; today's unless a day is given.
pub async fn v2_list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
    Query(filter): Query<Filter>,
) -> Result<impl IntoResponse, Error> {
    let (rows, pages) = store.read(|cekat, glance| {
        let period = cekat.today_unless(&part, glance.now);
        let found = cekat.messages_in(&filter, period, caller.business());
        let page = part.paging.page(found);
        let pages = page.pages;
        let rows: Vec<_> = page.rows.into_iter().map(|one| cekat.v2_row(one)).collect();
        (rows, pages)
    });
    let pagination = MessagePages {
        current_page: pages.current_page,
        current_items: rows.len(),
        total_page: pages.total_page,
        total_items: pages.total_items,
    };
    Ok(listed(rows, Metadata { pagination }))
}

/// `GET /api/messages/summary/ai_credits` — counts what machines wrote in a period.
pub async fn v2_ai_credits(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    part: Part,
    Query(of): Query<OfConversation>,
) -> Result<impl IntoResponse, Error> {
    let of = of.conversation_id;
    let credits =
        store.read(|cekat, _| cekat.ai_credits(of.as_deref(), part.period, caller.business()));
    Ok(modern(credits))
}

impl Message {
    /// The message on classic paths.
    pub fn row(&self, with_sender: bool) -> Row {
        Row {
            id: self.id.clone(),
            created_at: utc(self.created_at),
            message: self.message.clone().unwrap_or_default(),
            sent_by: self.sent_by.clone(),
            status: self.status,
            conversation_id: self.conversation_id.clone(),
            media_url: self.media_url.clone(),
            media_type: self.media_type.clone(),
            is_deleted: false,
            token_usage: None,
            message_history: None,
            system_msg: None,
            sent_by_type: with_sender.then_some(self.sent_by_type),
        }
    }
}

impl Filter {
    fn takes(&self, cekat: &Cekat, message: &Message) -> bool {
        let is = |wanted: &Option<String>, has: bool| match wanted.as_deref() {
            Some("true" | "1") => has,
            Some("false" | "0") => !has,
            _ => true,
        };
        let ads_only = matches!(self.is_ads.as_deref(), Some("true" | "1"));
        let inbox = || {
            cekat
                .conversations
                .get(&message.conversation_id)
                .map(|one| &one.inbox_id)
        };
        (!ads_only || message.ads_data.is_some())
            && is(&self.is_template, message.is_template)
            && self
                .inbox_id
                .as_ref()
                .is_none_or(|wanted| inbox() == Some(wanted))
    }
}

/// Refuses a send to a number that is published for that.
///
/// # Errors
/// When it is.
pub fn refuse_fated(to: &str) -> Result<(), Error> {
    match fate_of(to) {
        Some(Fate::TooMany) => Err(Error::TooMany),
        Some(Fate::ServerError) => Err(Error::Internal),
        _ => Ok(()),
    }
}

/// Why a message to a published number fails, where it does.
fn failure(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Undeliverable => Some("Message undeliverable"),
        Fate::WindowClosed => Some("Re-engagement message"),
        Fate::MediaUnreadable => Some("Media upload error"),
        Fate::RateLimited => Some("Rate limit hit"),
        Fate::NeverDelivered | Fate::NeverRead | Fate::TooMany | Fate::ServerError => None,
    }
}

/// How long a message takes to the phone, and until it is seen.
const DELIVERY: Duration = Duration::from_secs(2);
const READING: Duration = Duration::from_secs(5);

impl Cekat {
    /// The period meant when no bound, or only the first, is given: the current day, or through it.
    fn today_unless(&self, part: &Part, now: Timestamp) -> Period {
        let (period, zone) = (part.period, &part.zone);
        let today = now.to_zoned(zone.clone()).date();
        let Some([first, last]) = day_in(today, zone) else {
            return period;
        };
        match (period.from, period.until) {
            (None, None) if self.settings.messages_of_today => Period {
                from: Some(first),
                until: Some(last),
            },
            (Some(from), None) => Period {
                from: Some(from),
                until: Some(last),
            },
            _ => period,
        }
    }

    /// The messages that a filter and a period leave, in the order asked for.
    pub fn messages_in(&self, filter: &Filter, period: Period, business: &str) -> Vec<&Message> {
        let wanted = |one: &&Message| period.holds(one.created_at) && filter.takes(self, one);
        let mut found: Vec<_> = match &filter.conversation_id {
            Some(id) if own(&self.conversations, id, business).is_none() => Vec::new(),
            Some(id) => self
                .messages
                .by("conversation", id)
                .filter(wanted)
                .collect(),
            None => self
                .messages
                .by("business", business)
                .filter(wanted)
                .collect(),
        };
        found.sort_by_key(|one| one.created_at);
        let ascending = filter.sort_order.as_deref();
        if !ascending.is_some_and(|order| order.eq_ignore_ascii_case("asc")) {
            found.reverse();
        }
        found
    }

    fn ai_credits(&self, of: Option<&str>, period: Period, business: &str) -> AiCredits {
        let own = self.messages.by("business", business);
        let by_machines: Vec<_> = own
            .filter(|one| one.sent_by_type == SenderType::Ai && period.holds(one.created_at))
            .filter(|one| of.is_none_or(|of| one.conversation_id == of))
            .collect();
        let talks: HashSet<_> = by_machines.iter().map(|one| &one.conversation_id).collect();
        let written = by_machines.iter().filter_map(|one| one.chat_credits_used);
        let written: f64 = written.map(|credits| credits.0).sum();
        // What machines were asked directly belongs to no conversation, but to the bill.
        let uses = self.ai_uses.by("business", business);
        let uses = uses.filter(|one| of.is_none() && period.holds(one.created_at));
        let asked: u64 = uses.map(|one| one.credits).sum();
        AiCredits {
            total_ai_messages: by_machines.len(),
            total_ai_credits_used: Amount(written + asked as f64),
            total_conversations: talks.len(),
        }
    }

    /// A message on new paths.
    pub fn v2_row(&self, one: &Message) -> V2Row {
        let conversation = self.conversations.get(&one.conversation_id);
        let contact = conversation.and_then(|talk| self.contacts.get(&talk.contact_id));
        let inbox = conversation.and_then(|talk| self.inboxes.get(&talk.inbox_id));
        V2Row {
            id: one.id.clone(),
            conversation_id: one.conversation_id.clone(),
            message: one.message.clone(),
            sent_by: one.sent_by.clone(),
            sent_by_name: one.sent_by_name.clone(),
            sent_by_type: one.sent_by_type,
            media_type: one.media_type.clone(),
            media_url: one.media_url.clone(),
            platform_mid: one.platform_mid.clone(),
            status: one.status,
            is_template: one.is_template,
            business_id: one.business_id.clone(),
            created_at: jakarta_plain(one.created_at),
            updated_at: jakarta_plain(one.updated_at),
            additional_data: one.additional_data.clone(),
            location: one.location.clone(),
            interactive: one.interactive.clone(),
            action: one.action.clone(),
            chat_credits_used: one.chat_credits_used,
            ads_data: one.ads_data.clone(),
            contact: contact.map(|contact| Peer {
                id: contact.id.clone(),
                kind: contact.platform.clone(),
                display_name: contact.display_name.clone(),
                phone_number: Some(contact.phone_number.clone()),
            }),
            inbox: Line {
                id: inbox.map_or_else(String::new, |inbox| inbox.id.clone()),
                name: inbox.map_or_else(String::new, |inbox| inbox.name.clone()),
                kind: inbox.map_or_else(String::new, |inbox| inbox.kind.clone()),
                phone_number: inbox.and_then(|inbox| inbox.phone_number.clone()),
            },
        }
    }

    /// A message of nobody yet, in a conversation.
    pub fn blank(
        &self,
        conversation: &str,
        sender: (SenderType, Option<String>, Option<String>),
        text: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Message {
        let talk = self.conversations.get(conversation);
        let (sent_by_type, sent_by, sent_by_name) = sender;
        Message {
            id: moment.ids.uuid().to_string(),
            business_id: talk.map_or_else(String::new, |talk| talk.business_id.clone()),
            conversation_id: conversation.to_owned(),
            message: Some(text.to_owned()),
            sent_by,
            sent_by_name,
            sent_by_type,
            media_type: "text".to_owned(),
            media_url: None,
            platform_mid: None,
            status: Status::Sent,
            failure: None,
            is_template: false,
            additional_data: None,
            location: None,
            interactive: None,
            action: None,
            chat_credits_used: None,
            ads_data: None,
            created_at: moment.now,
            updated_at: moment.now,
        }
    }

    /// The business as the writer of a message.
    pub fn as_api(&self, business: &str) -> (SenderType, Option<String>, Option<String>) {
        let name = self.businesses.get(business).map(|one| one.name.clone());
        (SenderType::Api, Some(business.to_owned()), name)
    }

    /// Keeps a message in its conversation, which remembers it as its last one, and tells.
    pub fn append(&mut self, message: Message, moment: &mut Moment<'_, Self>) {
        let unseen = message.sent_by_type == SenderType::PrivateNote;
        self.conversations.update(&message.conversation_id, |one| {
            if unseen {
                return;
            }
            let last = Last {
                message: message.message.clone(),
                created_at: message.created_at,
                sent_by_type: Some(message.sent_by_type),
            };
            if one.first_message.is_none() {
                one.first_message = Some(message.message.clone().unwrap_or_default());
            }
            if message.sent_by_type == SenderType::Agent {
                one.last_message_by_human = Some(last.clone());
            }
            one.last_message = Some(last);
            one.updated_at = message.created_at;
        });
        let message = self.messages.put(message).clone();
        let Some(talk) = self.conversations.get(&message.conversation_id) else {
            return;
        };
        let data = value(&Told {
            message: self.v2_row(&message),
            conversation: self.shown(talk, true),
        });
        let news = match message.sent_by_type {
            SenderType::User => News::MessageReceived { data },
            SenderType::System => return,
            _ => News::MessageSent { data },
        };
        let (business, inbox) = (&talk.business_id, Some(talk.inbox_id.as_str()));
        self.tell(business, &talk.id, inbox, news, moment);
    }

    /// Has a message on its way to a WhatsApp number: it is given the platform's id, and gets there.
    pub fn dispatch(&mut self, mut message: Message, to: &str, moment: &mut Moment<'_, Self>) {
        message.platform_mid = Some(moment.ids.wamid(to));
        let id = message.id.clone();
        match fate_of(to) {
            Some(Fate::NeverDelivered) => {}
            Some(fate) if failure(fate).is_some() => {
                let reason = failure(fate).map(str::to_owned);
                moment.plan(
                    DELIVERY,
                    Happening::Failed {
                        message: id,
                        reason,
                    },
                );
            }
            _ => moment.plan(DELIVERY, Happening::Delivered { message: id }),
        }
        self.append(message, moment);
    }

    /// Whether the number of a message's recipient is published as one that never reads.
    fn is_never_read(&self, id: &str) -> bool {
        let message = self.messages.get(id);
        let talk = message.and_then(|one| self.conversations.get(&one.conversation_id));
        let contact = talk.and_then(|talk| self.contacts.get(&talk.contact_id));
        contact.is_some_and(|one| fate_of(&normal(&one.phone_number)) == Some(Fate::NeverRead))
    }

    /// Moves a message on; nothing ever moves backwards, and what was read or failed has come to its end.
    /// A message of a campaign takes the campaign's row with it.
    pub fn progress(
        &mut self,
        id: &str,
        status: Status,
        failure: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> bool {
        let now = moment.now;
        let moved = self.messages.update(id, |message| {
            let ended = matches!(message.status, Status::Failed | Status::Read);
            // What was delivered did not fail.
            let too_late = status == Status::Failed && message.status != Status::Sent;
            let forward = !ended && !too_late && message.status < status;
            if forward {
                message.status = status;
                message.failure.clone_from(&failure);
                message.updated_at = now;
            }
            forward
        });
        let moved = moved.unwrap_or(false);
        if moved {
            self.campaign_progress(id, status, failure);
            if status == Status::Delivered && !self.is_never_read(id) {
                let message = id.to_owned();
                moment.plan(READING, Happening::Read { message });
            }
        }
        moved
    }
}
