//! What occurs at Omnichat without a call: messages get somewhere, broadcasts come due, people write.

use serde::{Deserialize, Serialize};

use super::resources::Platform;
use super::resources::contacts::contact_key;
use super::resources::incoming::Incoming;
use super::resources::messages::Status;
use super::resources::receipts::Failure;
use super::resources::rooms::AgentMessage;
use super::resources::whatsapp_templates::Review;
use super::state::Omnichat;
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;

/// What the world does to Omnichat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {
    /// A broadcast leaves.
    BroadcastDue {
        /// Which.
        broadcast: String,
    },
    /// The platform takes a message.
    Sent {
        /// Which.
        message: String,
    },
    /// A message reaches the phone.
    Delivered {
        /// Which.
        message: String,
    },
    /// A message is seen.
    Read {
        /// Which.
        message: String,
    },
    /// A message will never arrive.
    Failed {
        /// Which.
        message: String,
        /// Why.
        why: Failure,
    },
    /// A customer writes.
    CustomerWrites(Box<Incoming>),
    /// A customer takes back what they wrote.
    CustomerDeletes {
        /// Which message.
        message: String,
    },
    /// A customer follows a link, or taps a button that leads away.
    CustomerClicks {
        /// Of which message.
        message: String,
    },
    /// A customer subscribes to a channel again, or has had enough of it.
    CustomerSubscribes {
        /// Where.
        platform: Platform,
        /// To which channel.
        channel: String,
        /// Who.
        user: String,
        /// Whether they want messages.
        wanted: bool,
    },
    /// An agent writes in the inbox.
    AgentWrites(AgentMessage),
    /// Meta changes its mind about a template.
    TemplateReviewed {
        /// Of which number.
        phone: String,
        /// Its name.
        name: String,
        /// Its language.
        language: String,
        /// What becomes of it.
        status: Review,
    },
}

impl Omnichat {
    pub(super) fn happening(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::BroadcastDue { broadcast } => self.begin_broadcast(&broadcast, moment),
            Happening::Sent { message } => self.progress(&message, Status::Sent, None, moment),
            Happening::Delivered { message } => {
                self.progress(&message, Status::Delivered, None, moment)
            }
            Happening::Read { message } => self.progress(&message, Status::Read, None, moment),
            Happening::Failed { message, why } => {
                self.progress(&message, Status::Error, Some(why), moment)
            }
            Happening::CustomerWrites(incoming) => self.hear(*incoming, moment),
            Happening::CustomerDeletes { message } => self.take_back(&message, moment),
            Happening::CustomerClicks { message } => self.click(&message, moment),
            Happening::CustomerSubscribes {
                platform,
                channel,
                user,
                wanted,
            } => {
                let key = contact_key(platform, &channel, &user);
                let status = self.contacts.get(&key).map(|contact| contact.status);
                let status =
                    status.ok_or_else(|| Impossible(format!("there is no contact {key}")))?;
                if status != wanted {
                    self.subscribe(&key, wanted, moment.now);
                }
                Ok(())
            }
            Happening::AgentWrites(message) => self.agent_writes(message, moment),
            Happening::TemplateReviewed {
                phone,
                name,
                language,
                status,
            } => self.review_template(&phone, &name, &language, status),
        }
    }

    /// A customer follows a link in a message of ours.
    fn click(&mut self, id: &str, moment: &mut Moment<'_, Self>) -> Result<(), Impossible> {
        let message = self.messages.get(id).filter(|one| one.outbound()).cloned();
        let message = message.ok_or_else(|| Impossible(format!("we wrote no {id:?}")))?;
        self.click_on_broadcast(id, moment.now);
        self.tell_of_direct_message(&message, "clicked", moment);
        Ok(())
    }

    fn review_template(
        &mut self,
        phone: &str,
        name: &str,
        language: &str,
        status: Review,
    ) -> Result<(), Impossible> {
        let key = format!("{phone}/{name}/{language}");
        self.whatsapp_templates
            .update(&key, |template| template.status = status)
            .ok_or_else(|| Impossible(format!("there is no template {key}")))
    }
}
