//! Broadcasts: one message to many, now or later, and what became of it.

pub mod audience;
pub mod numbers;

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::happenings::Happening;
use super::super::state::Omnichat;
use super::messages::{Source, Status as MessageStatus};
use super::outgoing::{Entry, Label};
use super::{Content, Paging, Platform, filled, instant};
use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::vendor::Impossible;

use audience::{Part, UNDELIVERABLE};
pub use audience::{Reaction, Recipient};

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
    Query(outcome): Query<audience::Outcome>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let listed = store.read(|omnichat, _| {
        let broadcast = omnichat.broadcast(&which.id)?;
        let all = omnichat.recipients.by("broadcast", &broadcast.id);
        let found: Vec<_> = all.filter(|one| outcome.befell(one)).collect();
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

/// How long a broadcast waits to be worked on when it is not scheduled.
const SOON: Duration = Duration::from_secs(1);

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

    /// A broadcast.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn broadcast(&self, id: &str) -> Result<&Broadcast, Error> {
        self.broadcasts.get(id).ok_or(Error::BroadcastUnknown)
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
                recipient.parts = ids
                    .into_iter()
                    .map(|id| Part {
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
}
