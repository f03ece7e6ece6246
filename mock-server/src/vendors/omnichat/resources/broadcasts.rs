//! Broadcasts: one message to many, now or later, and what became of it.

use std::borrow::Cow;

use std::time::Duration;

use axum::Json;
use axum::response::IntoResponse;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::happenings::Happening;
use super::super::state::Omnichat;
use super::contacts::contact_key;
use super::messages::{Source, Status as MessageStatus};
use super::outgoing::{Entry, Label};
use super::tagging_logs::Source as TagSource;
use super::{Content, Paging, Platform, filled, instant, local};
use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::vendor::Impossible;

/// A broadcast. Its numbers are counted from its recipients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Broadcast {
    /// A UUID.
    pub id: String,
    /// Where.
    pub platform: Platform,
    /// From which channel.
    pub channel_id: String,
    /// What the team calls it.
    pub subject: String,
    /// How its recipients were chosen: 1 by filter, 2 by file, 3 through the API.
    pub recipient_type: u8,
    /// 1 broadcast, 2 mass message, 3 through the API, 4 by an integration.
    #[serde(rename = "type")]
    pub kind: u8,
    /// The same in a word: `filter`, `manual`, `csv`.
    pub mode: String,
    /// Where it stands.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// For when it was made.
    #[serde(default)]
    pub scheduled_at: Option<Timestamp>,
    /// When it left.
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// What its recipients are tagged with.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What it says.
    pub messages: Vec<Entry>,
    /// How many purchases followed.
    #[serde(default)]
    pub purchase: u64,
    /// What they brought, in cents.
    #[serde(default)]
    pub revenue: i64,
    /// What it cost, in cents.
    #[serde(default)]
    pub cost: i64,
}

/// Where a broadcast stands, in the vendor's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the vendor's own list of names")]
pub enum Status {
    Pending,
    Completed,
    Processing,
    Canceled,
    Scheduled,
    OnHold,
    PendingCsv,
    ProcessingCsv,
    ProcessingFilter,
    Failed,
}

impl Record for Broadcast {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

/// What one recipient of a broadcast got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recipient {
    /// Of which broadcast.
    pub broadcast: String,
    /// Where.
    pub platform: Platform,
    /// From which channel.
    pub channel_id: String,
    /// Who.
    pub user_id: String,
    /// Their name then.
    pub name: String,
    /// Their number then.
    #[serde(default)]
    pub phone: Option<String>,
    /// Their copies of the messages.
    #[serde(default)]
    pub copies: Vec<Copy>,
    /// When the first of them left.
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// Whether they clicked.
    #[serde(default)]
    pub clicked: bool,
    /// When they did.
    #[serde(default)]
    pub clicked_at: Option<Timestamp>,
    /// When they read it.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
    /// When they answered.
    #[serde(default)]
    pub responded_at: Option<Timestamp>,
    /// When they had enough.
    #[serde(default)]
    pub unsubscribed_at: Option<Timestamp>,
    /// Why nothing reached them.
    #[serde(default)]
    pub error: Option<String>,
}

/// A recipient's copy of one of a broadcast's messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Copy {
    /// The message's id.
    pub id: String,
    /// How far it got.
    pub status: MessageStatus,
}

impl Record for Recipient {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}/{}", self.broadcast, self.user_id))
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = vec![
            ("broadcast", Cow::Borrowed(self.broadcast.as_str())),
            ("contact", Cow::Owned(self.contact())),
        ];
        keys.extend(
            self.copies
                .iter()
                .map(|copy| ("message", Cow::Borrowed(copy.id.as_str()))),
        );
        keys
    }
}

impl Recipient {
    /// The key of the contact.
    pub fn contact(&self) -> String {
        contact_key(self.platform, &self.channel_id, &self.user_id)
    }

    /// Whether it left for them.
    pub fn sent(&self) -> bool {
        self.copies.iter().any(|copy| copy.got(MessageStatus::Sent))
    }

    /// Whether it failed for them.
    pub fn failed(&self) -> bool {
        self.error.is_some()
    }

    /// Whether it reached them: on WhatsApp when it was delivered, elsewhere when it was sent.
    pub fn success(&self) -> bool {
        self.successes() > 0
    }

    /// How many of their messages reached them.
    pub fn successes(&self) -> usize {
        let enough = match self.platform {
            Platform::Whatsapp => MessageStatus::Delivered,
            _ => MessageStatus::Sent,
        };
        self.copies.iter().filter(|copy| copy.got(enough)).count()
    }
}

impl Copy {
    fn got(&self, at_least: MessageStatus) -> bool {
        self.status != MessageStatus::Error && self.status >= at_least
    }
}

/// A broadcast as the list shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    id: String,
    platform: Platform,
    channel_id: String,
    channel_name: String,
    subject: String,
    recipient_type: u8,
    #[serde(rename = "type")]
    kind: u8,
    mode: String,
    sent_at: Option<String>,
    status: u8,
    recipient_count: usize,
    success: usize,
    success_rate: String,
    sent: usize,
    sent_rate: String,
    failed: usize,
    fail_rate: String,
    read: usize,
    read_rate: String,
    clicked: usize,
    click_rate: String,
    purchase: u64,
    revenue: String,
    tags: Vec<String>,
}

/// A broadcast with all its numbers. Two of them are spelled `respond…`, the others `response…`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    #[serde(flatten)]
    row: Row,
    respond_rate: String,
    responded: usize,
    unsubscribe_rate: String,
    unsubscribed: usize,
    cost: String,
    roas: String,
    message_count: usize,
    message_success: usize,
    message_success_rate: String,
    #[serde(rename = "responseRateWithin12Hour")]
    response_rate_within_12: String,
    #[serde(rename = "responseRateWithin24Hour")]
    response_rate_within_24: String,
    #[serde(rename = "responseRateWithin48Hour")]
    response_rate_within_48: String,
    #[serde(rename = "respondedWithin12Hour")]
    responded_within_12: usize,
    #[serde(rename = "respondedWithin24Hour")]
    responded_within_24: usize,
    #[serde(rename = "respondedWithin48Hour")]
    responded_within_48: usize,
}

/// A recipient as answers show them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientRow {
    name: String,
    phone: Option<String>,
    success: bool,
    sent_at: Option<String>,
    clicked: bool,
    clicked_at: Option<String>,
    read: bool,
    read_at: Option<String>,
    responded: bool,
    responded_at: Option<String>,
    message_id: Option<String>,
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bsuid: Option<String>,
}

/// The id of a broadcast that was made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    broadcast_id: String,
}

/// A broadcast to be made.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "they are what they say")]
pub struct Draft {
    pub subject: String,
    pub platform: Platform,
    pub channel_id: String,
    pub to: Vec<String>,
    pub scheduled_at: Option<String>,
    pub tags: Option<Vec<String>>,
    pub messages: Vec<Entry>,
}

/// Which broadcasts a query asks for. Types and statuses are lists with commas.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    #[serde(rename = "type")]
    kinds: String,
    platform: Option<Platform>,
    channel_id: Option<String>,
    status: Option<String>,
}

/// Which recipients a query asks for.
#[derive(Clone, Debug, Deserialize)]
pub struct Outcome {
    status: Option<What>,
}

/// What became of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum What {
    Failed,
    Read,
    Clicked,
    Responded,
    Success,
    NotDelivered,
    Unsubscribed,
}

/// Which broadcast a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    id: String,
}

/// How many broadcasts and recipients there are on a page when nobody says.
const FEW: usize = 10;

/// `POST /v1/broadcast` — makes a broadcast that leaves at once, or when it is scheduled.
pub async fn create(
    store: Store<Omnichat>,
    Body(draft): Body<Draft>,
) -> Result<impl IntoResponse, Error> {
    let broadcast_id =
        store.try_write(|omnichat, moment| omnichat.make_broadcast(draft, moment))?;
    Ok(Json(Content {
        content: Made { broadcast_id },
    }))
}

/// `GET /v1/broadcast` — lists a page of the broadcasts of some types.
pub async fn list(
    store: Store<Omnichat>,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let listed = store.read(|omnichat, _| {
        let all = omnichat.broadcasts.iter();
        let mut found: Vec<_> = all.filter(|one| filter.means(one)).collect();
        found.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        paging.page(found, FEW, |one| omnichat.broadcast_row(one))
    });
    Ok::<_, Error>(Json(listed))
}

/// `GET /v1/broadcast/{id}` — shows a broadcast with all its numbers.
pub async fn get(
    store: Store<Omnichat>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let content = store.read(|omnichat, _| {
        let broadcast = omnichat.broadcast(&which.id)?;
        Ok::<_, Error>(omnichat.broadcast_detail(broadcast))
    })?;
    Ok(Json(Content { content }))
}

/// `GET /v1/broadcast/{id}/recipients` — lists a page of what a broadcast's recipients got.
pub async fn recipients(
    store: Store<Omnichat>,
    Path(which): Path<Which>,
    Query(outcome): Query<Outcome>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let listed = store.read(|omnichat, _| {
        let broadcast = omnichat.broadcast(&which.id)?;
        let all = omnichat.recipients.by("broadcast", &broadcast.id);
        let met = |one: &&Recipient| outcome.status.is_none_or(|what| what.befell(one));
        let found: Vec<_> = all.filter(met).collect();
        Ok::<_, Error>(paging.page(found, FEW, |one| omnichat.recipient_row(one)))
    })?;
    Ok(Json(listed))
}

impl Filter {
    fn means(&self, broadcast: &Broadcast) -> bool {
        let kind = broadcast.kind.to_string();
        let status = self.status.as_deref();
        self.kinds.split(',').any(|one| one.trim() == kind)
            && self.platform.is_none_or(|one| one == broadcast.platform)
            && self
                .channel_id
                .as_ref()
                .is_none_or(|one| *one == broadcast.channel_id)
            && status.is_none_or(|all| all.split(',').any(|one| broadcast.status.is(one.trim())))
    }
}

impl Status {
    /// Whether it goes by this number, or this name: what waits for or works on its recipients is pending by name.
    fn is(self, named: &str) -> bool {
        match named {
            "pending" => matches!(
                self,
                Self::Pending
                    | Self::OnHold
                    | Self::PendingCsv
                    | Self::ProcessingCsv
                    | Self::ProcessingFilter
            ),
            "completed" => self == Self::Completed,
            "processing" => self == Self::Processing,
            "canceled" => self == Self::Canceled,
            "scheduled" => self == Self::Scheduled,
            "failed" => self == Self::Failed,
            number => number.parse() == Ok(self as u8),
        }
    }
}

impl What {
    fn befell(self, one: &Recipient) -> bool {
        match self {
            Self::Failed => one.failed(),
            Self::Read => one.read_at.is_some(),
            Self::Clicked => one.clicked,
            Self::Responded => one.responded_at.is_some(),
            Self::Success => one.success(),
            Self::NotDelivered => one.sent() && !one.success(),
            Self::Unsubscribed => one.unsubscribed_at.is_some(),
        }
    }
}

/// A share in percent with two decimals; nothing of nothing is none of it.
fn percent(part: u64, whole: u64) -> String {
    // Rounded to the nearest hundredth of a percent, halves up.
    let hundredths =
        (u128::from(part) * 20_000 + u128::from(whole)).checked_div(u128::from(whole) * 2);
    let hundredths = hundredths.unwrap_or(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn rate(part: usize, whole: usize) -> String {
    percent(part as u64, whole as u64)
}

/// Cents as the team reads money: `HK$ 34,707.40`.
fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, cents) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("HK$ {sign}{grouped}.{cents:02}")
}

/// What a recipient does with a broadcast, besides reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// They click on it.
    Clicked,
    /// They write back.
    Responded,
    /// They want no more.
    Unsubscribed,
}

/// How long a broadcast waits to be worked on when it is not scheduled.
const SOON: Duration = Duration::from_secs(1);

/// How long after a broadcast something still counts as a reaction to it.
const ATTENTION: SignedDuration = SignedDuration::from_hours(48);

/// What is said about a recipient that nothing reaches.
const UNDELIVERABLE: &str = "Undeliverable";

impl Omnichat {
    /// Makes a broadcast, and sees to it that it leaves.
    ///
    /// # Errors
    /// When the channel or something in the messages is unknown, or the time is no time to come.
    pub fn make_broadcast(
        &mut self,
        draft: Draft,
        moment: &mut Moment<'_, Self>,
    ) -> Result<String, Error> {
        let channel = self.channel(draft.platform, &draft.channel_id)?;
        let missing = draft
            .messages
            .iter()
            .find_map(|one| self.missing(one, channel));
        if let Some(missing) = missing {
            return Err(Error::InvalidBody(missing));
        }
        let scheduled_at = match filled(draft.scheduled_at) {
            None => None,
            Some(text) => {
                let shown: Option<DateTime> = text.parse().ok();
                let at = shown.and_then(instant).filter(|at| *at > moment.now);
                let wrong = || Error::InvalidBody("scheduledAt must be a time to come".to_owned());
                Some(at.ok_or_else(wrong)?)
            }
        };
        let id = moment.ids.uuid().to_string();
        for user in &draft.to {
            self.address(&id, draft.platform, &draft.channel_id, user);
        }
        let due = Happening::BroadcastDue {
            broadcast: id.clone(),
        };
        match scheduled_at {
            None => moment.plan(SOON, due),
            Some(at) => {
                let wait = at.duration_since(moment.now);
                moment.schedule(Duration::try_from(wait).unwrap_or_default(), due);
            }
        }
        self.broadcasts.put(Broadcast {
            id: id.clone(),
            platform: draft.platform,
            channel_id: draft.channel_id,
            subject: draft.subject,
            recipient_type: 3,
            kind: 3,
            mode: "manual".to_owned(),
            status: scheduled_at.map_or(Status::Pending, |_| Status::Scheduled),
            created_at: moment.now,
            scheduled_at,
            sent_at: None,
            tags: draft.tags.unwrap_or_default(),
            messages: draft.messages,
            purchase: 0,
            revenue: 0,
            cost: 0,
        });
        Ok(id)
    }

    /// Makes somebody a recipient of a broadcast; who is one already stays one.
    fn address(&mut self, broadcast: &str, platform: Platform, channel: &str, user: &str) {
        let contact = self.contacts.get(&contact_key(platform, channel, user));
        let user_id = contact.map_or(user, |contact| &contact.user_id).to_owned();
        self.recipients.put(Recipient {
            broadcast: broadcast.to_owned(),
            platform,
            channel_id: channel.to_owned(),
            name: contact.map_or(&user_id, |contact| &contact.name).clone(),
            phone: contact.and_then(|contact| contact.phone.clone()),
            user_id,
            copies: Vec::new(),
            sent_at: None,
            clicked: false,
            clicked_at: None,
            read_at: None,
            responded_at: None,
            unsubscribed_at: None,
            error: None,
        });
    }

    /// A broadcast.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn broadcast(&self, id: &str) -> Result<&Broadcast, Error> {
        self.broadcasts.get(id).ok_or(Error::BroadcastUnknown)
    }

    fn broadcast_row(&self, broadcast: &Broadcast) -> Row {
        let recipients: Vec<_> = self.recipients.by("broadcast", &broadcast.id).collect();
        let count =
            |what: fn(&Recipient) -> bool| recipients.iter().filter(|one| what(one)).count();
        let all = recipients.len();
        let (success, sent) = (count(Recipient::success), count(Recipient::sent));
        let failed = count(Recipient::failed);
        let read = count(|one| one.read_at.is_some());
        let clicked = count(|one| one.clicked);
        let channel = self.channel(broadcast.platform, &broadcast.channel_id).ok();
        Row {
            id: broadcast.id.clone(),
            platform: broadcast.platform,
            channel_id: broadcast.channel_id.clone(),
            channel_name: channel.map_or_else(String::new, |channel| channel.channel_name.clone()),
            subject: broadcast.subject.clone(),
            recipient_type: broadcast.recipient_type,
            kind: broadcast.kind,
            mode: broadcast.mode.clone(),
            sent_at: broadcast.sent_at.map(local),
            status: broadcast.status as u8,
            recipient_count: all,
            success,
            success_rate: rate(success, all),
            sent,
            sent_rate: rate(sent, all),
            failed,
            fail_rate: rate(failed, all),
            read,
            read_rate: rate(read, success),
            clicked,
            click_rate: rate(clicked, success),
            purchase: broadcast.purchase,
            revenue: money(broadcast.revenue),
            tags: broadcast.tags.clone(),
        }
    }

    /// A broadcast with all its numbers.
    pub fn broadcast_detail(&self, broadcast: &Broadcast) -> Detail {
        let row = self.broadcast_row(broadcast);
        let recipients: Vec<_> = self.recipients.by("broadcast", &broadcast.id).collect();
        let responded = |hours: i64| {
            let limit = SignedDuration::from_hours(hours);
            let within = |one: &&&Recipient| match (broadcast.sent_at, one.responded_at) {
                (Some(sent), Some(responded)) => responded.duration_since(sent) <= limit,
                _ => false,
            };
            recipients.iter().filter(within).count()
        };
        let [within_12, within_24, within_48] = [12, 24, 48].map(responded);
        let responded = recipients
            .iter()
            .filter(|one| one.responded_at.is_some())
            .count();
        let unsubscribed = recipients
            .iter()
            .filter(|one| one.unsubscribed_at.is_some())
            .count();
        let message_count = recipients.len() * broadcast.messages.len();
        let message_success = recipients.iter().map(|one| one.successes()).sum();
        let cents = |cents: i64| u64::try_from(cents).unwrap_or(0);
        Detail {
            respond_rate: rate(responded, row.success),
            responded,
            unsubscribe_rate: rate(unsubscribed, row.success),
            unsubscribed,
            cost: money(broadcast.cost),
            roas: percent(cents(broadcast.revenue), cents(broadcast.cost)),
            message_count,
            message_success,
            message_success_rate: rate(message_success, message_count),
            response_rate_within_12: rate(within_12, row.success),
            response_rate_within_24: rate(within_24, row.success),
            response_rate_within_48: rate(within_48, row.success),
            responded_within_12: within_12,
            responded_within_24: within_24,
            responded_within_48: within_48,
            row,
        }
    }

    fn recipient_row(&self, one: &Recipient) -> RecipientRow {
        let contact = self.contacts.get(&one.contact());
        RecipientRow {
            name: one.name.clone(),
            phone: one.phone.clone(),
            success: one.success(),
            sent_at: one.sent_at.map(local),
            clicked: one.clicked,
            clicked_at: one.clicked_at.map(local),
            read: one.read_at.is_some(),
            read_at: one.read_at.map(local),
            responded: one.responded_at.is_some(),
            responded_at: one.responded_at.map(local),
            message_id: one.copies.first().map(|copy| copy.id.clone()),
            error: one.error.clone(),
            bsuid: contact.and_then(|contact| contact.bsuid.clone()),
        }
    }

    /// Starts a broadcast: every recipient that can be sent to gets the messages.
    ///
    /// # Errors
    /// When it is unknown, or started or canceled already.
    pub fn begin_broadcast(
        &mut self,
        id: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let now = moment.now;
        let begun = self.broadcasts.update(id, |broadcast| {
            let waiting = matches!(
                broadcast.status,
                Status::Pending | Status::Scheduled | Status::OnHold
            );
            if waiting {
                broadcast.status = Status::Processing;
                broadcast.sent_at = Some(now);
            }
            waiting.then(|| broadcast.messages.clone())
        });
        let entries = begun
            .ok_or_else(|| Impossible(format!("there is no broadcast {id:?}")))?
            .ok_or_else(|| Impossible(format!("broadcast {id} is not waiting")))?;
        let recipients: Vec<_> = self.recipients.by("broadcast", id).cloned().collect();
        for mut recipient in recipients {
            let contact = self.contacts.get(&recipient.contact()).cloned();
            let obstacle = match &contact {
                None => Some(UNDELIVERABLE.to_owned()),
                Some(contact) => contact
                    .may_be_sent_to()
                    .err()
                    .map(|error| error.to_string()),
            };
            recipient.error = obstacle;
            if let (None, Some(contact)) = (&recipient.error, contact) {
                let label = Label {
                    broadcast: Some(id),
                    ..Label::default()
                };
                let ids = self.write_out(&entries, &contact, Source::Broadcast, label, moment);
                recipient.copies = ids
                    .into_iter()
                    .map(|id| Copy {
                        id,
                        status: MessageStatus::Accepted,
                    })
                    .collect();
            }
            self.recipients.put(recipient);
        }
        self.settle_broadcast(id);
        Ok(())
    }

    /// Completes a broadcast when it has left for everybody it can leave for.
    fn settle_broadcast(&mut self, id: &str) {
        let recipients: Vec<_> = self.recipients.by("broadcast", id).collect();
        if recipients.iter().any(|one| !one.sent() && !one.failed()) {
            return;
        }
        let status = if recipients.iter().all(|one| one.failed()) {
            Status::Failed
        } else {
            Status::Completed
        };
        self.broadcasts.update(id, |broadcast| {
            if broadcast.status == Status::Processing {
                broadcast.status = status;
            }
        });
    }

    /// One of a broadcast's messages moved on; called by [`Omnichat::advance_message`].
    pub(super) fn broadcast_message_moved(
        &mut self,
        broadcast: &str,
        message: &str,
        to: MessageStatus,
        error: Option<&str>,
        now: Timestamp,
    ) {
        let Some(recipient) = self.recipients.by("message", message).next() else {
            return;
        };
        let (key, contact) = (recipient.key().into_owned(), recipient.contact());
        let left = self.recipients.update(&key, |recipient| {
            let before = recipient.sent();
            for copy in &mut recipient.copies {
                if copy.id == message {
                    copy.status = to;
                }
            }
            let all_failed = recipient
                .copies
                .iter()
                .all(|copy| copy.status == MessageStatus::Error);
            if all_failed {
                recipient.error = Some(error.unwrap_or(UNDELIVERABLE).to_owned());
                recipient.sent_at = None;
            }
            if recipient.sent() {
                recipient.sent_at.get_or_insert(now);
            }
            if to == MessageStatus::Read {
                recipient.read_at.get_or_insert(now);
            }
            (!before && recipient.sent())
                .then(|| recipient.copies.first().map(|one| one.id.clone()))
        });
        if let Some(Some(first)) = left {
            let tags = self.broadcasts.get(broadcast).map(|one| one.tags.clone());
            let tags = tags.unwrap_or_default();
            self.add_tags(&contact, &tags, TagSource::Broadcast, first.as_deref(), now);
        }
        self.settle_broadcast(broadcast);
    }

    /// A contact, by its key, is gone: what was on its way to them never arrives.
    pub(super) fn lose_recipient(&mut self, contact: &str) {
        let waiting = |one: &&Recipient| !one.copies.is_empty() && !one.sent() && !one.failed();
        let lost = self.recipients.by("contact", contact).filter(waiting);
        let lost: Vec<_> = lost
            .map(|one| (one.key().into_owned(), one.broadcast.clone()))
            .collect();
        for (key, broadcast) in lost {
            self.recipients.update(&key, |one| {
                one.error = Some(UNDELIVERABLE.to_owned());
                for copy in &mut one.copies {
                    copy.status = MessageStatus::Error;
                }
            });
            self.settle_broadcast(&broadcast);
        }
    }

    /// A contact, by its key, reacts: to the last broadcast that left for them, if that is not long ago.
    ///
    /// Each reaction counts once per recipient.
    pub fn react_to_broadcast(&mut self, contact: &str, reaction: Reaction, now: Timestamp) {
        let sent = |one: &&Recipient| one.sent() && one.sent_at.is_some();
        let last = self.recipients.by("contact", contact).filter(sent);
        let Some(last) = last.max_by_key(|one| one.sent_at) else {
            return;
        };
        let age = last.sent_at.map(|at| now.duration_since(at));
        if reaction != Reaction::Clicked && age.is_none_or(|age| age > ATTENTION) {
            return;
        }
        let key = last.key().into_owned();
        self.recipients.update(&key, |one| match reaction {
            Reaction::Clicked => {
                one.clicked = true;
                one.clicked_at.get_or_insert(now);
            }
            Reaction::Responded => drop(one.responded_at.get_or_insert(now)),
            Reaction::Unsubscribed => drop(one.unsubscribed_at.get_or_insert(now)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_two_decimals_and_of_nothing_it_is_none() {
        assert_eq!(percent(1491, 1942), "76.78%");
        assert_eq!(percent(1662, 1942), "85.58%");
        assert_eq!(percent(9, 1491), "0.60%");
        assert_eq!(percent(1, 1), "100.00%");
        assert_eq!(percent(3, 0), "0.00%");
    }

    #[test]
    fn money_has_groups_and_cents() {
        assert_eq!(money(3_470_740), "HK$ 34,707.40");
        assert_eq!(money(0), "HK$ 0.00");
        assert_eq!(money(123_456_789), "HK$ 1,234,567.89");
    }
}
