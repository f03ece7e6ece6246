//! Conversations: one for each number of a company and each of its customers. Nothing reads them but webhooks.

use std::borrow::Cow;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::contacts::Origin;
use super::phonenumbers::PhoneNumber;
use crate::kernel::moment::Moment;
use crate::kernel::table::Record;
use crate::kernel::vendor::{Impossible, Vendor as _};
use crate::vendors::myoperator::happenings::whatsapp::Happening;
use crate::vendors::myoperator::state::{Instant, MyOperator};
use crate::vendors::myoperator::webhooks::whatsapp::{Activity, News};

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody has it.
    Unassigned,
    /// An agent has it.
    Assigned,
    /// It is over.
    Closed,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// A UUID.
    pub id: String,
    /// Whose conversation.
    pub company_id: String,
    /// Meta's id of the company's number.
    pub phone_number_id: String,
    /// Without `+`.
    pub customer_country_code: String,
    /// Without country code.
    pub customer_contact: String,
    /// What the customer is called, or the whole number.
    pub customer_name: String,
    /// The agent who has it, or had it last.
    pub assigned_to: Option<String>,
    /// Where it stands.
    pub status: Stage,
    /// Until when free text may be sent: a day after the customer's last message.
    pub expire_at: Option<Instant>,
    /// When the last message was written, by whomever.
    pub last_message_at: Option<Instant>,
    /// When it began.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
    /// How many messages of the customer no agent has seen.
    pub unread_count: u64,
    /// Whether somebody will look whether it went quiet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub watched: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Conversation {
    /// The customer's number with country code.
    #[must_use]
    pub fn customer(&self) -> String {
        format!("{}{}", self.customer_country_code, self.customer_contact)
    }
}

impl Record for Conversation {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let parties = format!("{} {}", self.phone_number_id, self.customer());
        vec![("parties", Cow::Owned(parties))]
    }
}

/// For how long after a customer's message free text may be sent.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// A customer's number in its two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Without `+`.
    pub country_code: String,
    /// Without country code.
    pub contact: String,
}

impl Customer {
    /// Both parts together.
    #[must_use]
    pub fn number(&self) -> String {
        format!("{}{}", self.country_code, self.contact)
    }
}

impl MyOperator {
    /// Who stands for clients of the API: the first user of a company.
    #[must_use]
    pub fn first_user(&self, company: &str) -> Option<String> {
        let user = self.users.by("company", company).next();
        user.map(|user| user.uuid.clone())
    }

    /// The conversation of a number and a customer, if there was one.
    #[must_use]
    pub fn conversation_between(&self, number: &str, customer: &str) -> Option<&Conversation> {
        let parties = format!("{number} {customer}");
        self.conversations.by("parties", &parties).next()
    }

    /// The conversation of a number and a customer; it begins when there was none.
    pub fn converse(
        &mut self,
        number: &PhoneNumber,
        customer: &Customer,
        moment: &mut Moment<'_, Self>,
    ) -> Conversation {
        let known = self.conversation_between(&number.phone_number_id, &customer.number());
        if let Some(known) = known {
            return known.clone();
        }
        let now = Instant::new(moment.now);
        let begun = Conversation {
            id: moment.ids.uuid().to_string(),
            company_id: number.company_id.clone(),
            phone_number_id: number.phone_number_id.clone(),
            customer_country_code: customer.country_code.clone(),
            customer_contact: customer.contact.clone(),
            customer_name: customer.number(),
            assigned_to: None,
            status: Stage::Unassigned,
            expire_at: None,
            last_message_at: None,
            created: now,
            modified: now,
            unread_count: 0,
            watched: false,
        };
        self.conversations.put(begun).clone()
    }

    /// A conversation with the customer's name as the address book has it now.
    #[must_use]
    pub fn conversation_now(&self, id: &str) -> Option<Conversation> {
        let mut conversation = self.conversations.get(id)?.clone();
        let customer = conversation.customer();
        if let Some(contact) = self.contact_with(&conversation.company_id, &customer) {
            conversation.customer_name.clone_from(&contact.name);
        }
        Some(conversation)
    }

    /// Notes that the company wrote: whoever wrote has the conversation now, unless somebody has it already.
    pub fn note_outgoing(
        &mut self,
        id: &str,
        by: Option<&str>,
        tell: bool,
        moment: &mut Moment<'_, Self>,
    ) {
        let now = Instant::new(moment.now);
        let taken = self.conversations.update(id, |conversation| {
            conversation.last_message_at = Some(now);
            let free = conversation.status != Stage::Assigned;
            if free && let Some(by) = by {
                conversation.status = Stage::Assigned;
                conversation.assigned_to = Some(by.to_owned());
                conversation.modified = now;
            }
            free && by.is_some()
        });
        if taken == Some(true) && tell {
            self.tell_stage(id, by.map(str::to_owned), by.map(str::to_owned), moment);
        }
        self.watch(id, moment);
    }

    /// Notes that the customer wrote: free text may be sent for a day, and the agent who had the conversation last
    /// has it again, unless that is too long ago.
    pub fn note_incoming(&mut self, id: &str, moment: &mut Moment<'_, Self>) {
        let now = Instant::new(moment.now);
        let patience = SignedDuration::from_hours(self.settings.whatsapp.close_after);
        let back = self.conversations.update(id, |conversation| {
            let last = conversation.last_message_at.replace(now);
            conversation.expire_at = Some(now.plus(WINDOW));
            conversation.modified = now;
            conversation.unread_count += 1;
            if conversation.status != Stage::Closed {
                return None;
            }
            let recent = last.is_some_and(|last| last.plus(patience) >= now);
            conversation.assigned_to = conversation.assigned_to.take().filter(|_| recent);
            conversation.status = match &conversation.assigned_to {
                Some(_) => Stage::Assigned,
                None => Stage::Unassigned,
            };
            conversation.assigned_to.clone()
        });
        if let Some(agent) = back.flatten() {
            self.tell_stage(id, None, Some(agent), moment);
        }
        self.watch(id, moment);
    }

    /// Gives a conversation to an agent.
    ///
    /// # Errors
    /// When there is no such conversation or agent.
    pub fn assign(
        &mut self,
        id: &str,
        agent: &str,
        by: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let conversation = self.known_conversation(id)?;
        let user = self.users.get(agent);
        if user.is_none_or(|user| user.company_id != conversation.company_id) {
            return Err(Impossible(format!("no user {agent}")));
        }
        let now = Instant::new(moment.now);
        self.conversations.update(id, |conversation| {
            conversation.status = Stage::Assigned;
            conversation.assigned_to = Some(agent.to_owned());
            conversation.modified = now;
        });
        self.tell_stage(
            id,
            by.or_else(|| Some(agent.to_owned())),
            Some(agent.to_owned()),
            moment,
        );
        self.watch(id, moment);
        Ok(())
    }

    /// Ends a conversation.
    ///
    /// # Errors
    /// When there is no such conversation, or it is over.
    pub fn close(
        &mut self,
        id: &str,
        by: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        if self.known_conversation(id)?.status == Stage::Closed {
            return Err(Impossible(format!("conversation {id} is closed")));
        }
        let now = Instant::new(moment.now);
        self.conversations.update(id, |conversation| {
            conversation.status = Stage::Closed;
            conversation.modified = now;
            conversation.unread_count = 0;
        });
        self.tell_stage(id, by, None, moment);
        Ok(())
    }

    fn known_conversation(&self, id: &str) -> Result<&Conversation, Impossible> {
        let known = self.conversations.get(id);
        known.ok_or_else(|| Impossible(format!("no conversation {id}")))
    }

    /// Looks again at an assigned conversation when it may have gone quiet.
    fn watch(&mut self, id: &str, moment: &mut Moment<'_, Self>) {
        let patience = u64::try_from(self.settings.whatsapp.close_after).unwrap_or_default();
        let begins = self.conversations.update(id, |conversation| {
            let begins = conversation.status == Stage::Assigned && !conversation.watched;
            conversation.watched |= begins;
            begins
        });
        if begins == Some(true) {
            let quiet = Happening::ConversationQuiet {
                conversation: id.to_owned(),
            };
            moment.schedule(Duration::from_secs(patience * 3600), quiet.into());
        }
    }

    /// Closes an assigned conversation in which nobody has written for long; looks again later when somebody has.
    ///
    /// # Errors
    /// When there is no such conversation.
    pub fn look_at_quiet(
        &mut self,
        id: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let conversation = self.known_conversation(id)?.clone();
        self.conversations
            .update(id, |conversation| conversation.watched = false);
        if conversation.status != Stage::Assigned {
            return Ok(());
        }
        let patience = SignedDuration::from_hours(self.settings.whatsapp.close_after);
        // What counts is the last word, or the assignment when nothing was said since.
        let last = conversation
            .last_message_at
            .max(Some(conversation.modified));
        let due = last.unwrap_or(conversation.created).plus(patience);
        let left = due.0.duration_since(moment.now);
        if left.is_positive() {
            self.conversations
                .update(id, |conversation| conversation.watched = true);
            let quiet = Happening::ConversationQuiet {
                conversation: id.to_owned(),
            };
            moment.schedule(left.unsigned_abs(), quiet.into());
            return Ok(());
        }
        self.close(id, None, moment)
    }

    /// Tells that a conversation was assigned or closed.
    fn tell_stage(
        &self,
        id: &str,
        by: Option<String>,
        to: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) {
        if let Some(conversation) = self.conversation_now(id) {
            let activity = Activity {
                id: moment.ids.uuid().to_string(),
                action_by: by,
                action_to: to,
                created: Instant::new(moment.now),
            };
            self.tell_news(
                News::Stage {
                    conversation,
                    activity,
                },
                moment,
            );
        }
    }

    /// A customer's number in its two parts, as far as somebody knows where they meet.
    #[must_use]
    pub fn split(&self, number: &PhoneNumber, from: &str) -> Customer {
        let known = self.conversation_between(&number.phone_number_id, from);
        let known = known.map(|one| (&one.customer_country_code, &one.customer_contact));
        let contact = self.contact_with(&number.company_id, from);
        let known = known.or_else(|| contact.map(|one| (&one.country_code, &one.phone_number)));
        let (country_code, contact) = match known {
            Some((code, contact)) => (code.clone(), contact.clone()),
            None => match from.strip_prefix(number.country_code.as_str()) {
                Some(rest) => (number.country_code.clone(), rest.to_owned()),
                None => {
                    let (code, rest) = from.split_at_checked(2).unwrap_or((from, ""));
                    (code.to_owned(), rest.to_owned())
                }
            },
        };
        Customer {
            country_code,
            contact,
        }
    }

    /// Notes a stranger in the address book.
    pub fn introduce(
        &mut self,
        conversation: &Conversation,
        name: Option<&str>,
        source: Origin,
        moment: &mut Moment<'_, Self>,
    ) {
        let (code, contact) = (
            conversation.customer_country_code.as_str(),
            conversation.customer_contact.as_str(),
        );
        let name = name.unwrap_or(&conversation.customer_name);
        self.meet(
            &conversation.company_id,
            (code, contact),
            name,
            source,
            moment,
        );
    }
}

impl MyOperator {
    /// Moves what was written in the last day before the seed's own time later by `passed`, so that what is open in
    /// it stays open.
    pub fn wake_conversations(&mut self, passed: SignedDuration) {
        let since = Instant::new(Self::PROFILE.seed_day()).plus(-WINDOW);
        let recent = |at: &Instant| *at >= since;
        let awake: Vec<_> = self
            .conversations
            .iter()
            .filter(|one| one.last_message_at.as_ref().is_some_and(recent))
            .cloned()
            .collect();
        for mut conversation in awake {
            let times = [
                conversation.last_message_at.as_mut(),
                conversation.expire_at.as_mut(),
                Some(&mut conversation.modified),
            ];
            for at in times.into_iter().flatten() {
                *at = at.plus(passed);
            }
            self.conversations.put(conversation);
        }
        let fresh: Vec<_> = self
            .messages
            .iter()
            .filter(|one| recent(&one.created))
            .cloned()
            .collect();
        for mut message in fresh {
            message.created = message.created.plus(passed);
            message.modified = message.modified.plus(passed);
            for at in [&mut message.sent, &mut message.delivered, &mut message.read] {
                *at = at.map(|at| at.plus(passed));
            }
            self.messages.put(message);
        }
    }
}
