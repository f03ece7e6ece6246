//! Broadcasts: one message to many, now or later, and what became of it.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::state::Omnichat;
use super::Platform;
use super::contacts::contact_key;
use super::messages::{Source, Status as MessageStatus};
use super::outgoing::{Entry, Label};
use super::tagging_logs::Source as TagSource;
use crate::kernel::moment::Moment;
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

/// How long after a broadcast something still counts as a reaction to it.
const ATTENTION: SignedDuration = SignedDuration::from_hours(48);

/// What is said about a recipient that nothing reaches.
const UNDELIVERABLE: &str = "Undeliverable";

impl Omnichat {
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
