//! What occurs on WhatsApp without a request: messages come further, customers write, Meta and the panel decide.

use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::MyOperator;
use crate::vendors::myoperator::resources::campaigns::panel::Plan;
use crate::vendors::myoperator::resources::messages::incoming::Said;
use crate::vendors::myoperator::resources::messages::{Status, provider_says};

/// What can happen to messages, conversations, templates and campaigns. Messages are named by either of their ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {
    /// The provider took a message.
    MessageSent {
        /// Which.
        message: String,
    },
    /// A message arrived.
    MessageDelivered {
        /// Which.
        message: String,
    },
    /// A message was seen.
    MessageRead {
        /// Which.
        message: String,
    },
    /// A message will never arrive.
    MessageFailed {
        /// Which.
        message: String,
        /// Meta's code; `131026` when not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// What it means; as Meta says when not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// A customer opened a link of a message whose template tracks them.
    LinkClicked {
        /// Which message.
        message: String,
        /// The index of the button; 0 when not said.
        #[serde(default)]
        button: u64,
        /// The index of the card, when the button is on one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<u64>,
    },
    /// A customer wrote.
    CustomerWrites {
        /// To which number; the first connected one when not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// From which number, with country code.
        from: String,
        /// What they call themselves, when they are strangers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What they wrote.
        says: Said,
        /// The message they answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<String>,
    },
    /// The vendor has its own copy of a customer's file.
    MediaCopied {
        /// Which message.
        message: String,
    },
    /// An agent wrote in the live chat.
    AgentWrites {
        /// In which conversation.
        conversation: String,
        /// Which agent; the one who has it when not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
        /// What.
        text: String,
    },
    /// A conversation was given to an agent.
    ConversationAssigned {
        /// Which.
        conversation: String,
        /// To whom.
        agent: String,
        /// By whom; the agent when not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A conversation was closed.
    ConversationClosed {
        /// Which.
        conversation: String,
        /// By whom; the agent who has it when not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A conversation may have gone quiet for too long.
    ConversationQuiet {
        /// Which.
        conversation: String,
    },
    /// Meta decided on a template.
    TemplateReviewed {
        /// Which.
        template: String,
        /// `approved` or `rejected`.
        result: String,
        /// Why it was rejected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Somebody made a campaign in the panel.
    CampaignMade(Plan),
    /// The time of a campaign came.
    CampaignStarted {
        /// Which.
        campaign: u64,
    },
    /// Somebody stopped a campaign in the panel.
    CampaignCancelled {
        /// Which.
        campaign: u64,
    },
    /// A company paid for messages, or was left with none.
    WalletSet {
        /// Which company; the first when not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        company: Option<String>,
        /// For how many messages.
        messages: u64,
    },
}

impl From<Happening> for super::Happening {
    fn from(happening: Happening) -> Self {
        Self::WhatsApp(happening)
    }
}

impl MyOperator {
    /// Lets something happen on WhatsApp.
    ///
    /// # Errors
    /// When it cannot happen in this state.
    pub(super) fn on_whatsapp(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::MessageSent { message } => {
                self.progress(&message, Status::Sent, None, moment)
            }
            Happening::MessageDelivered { message } => {
                self.progress(&message, Status::Delivered, None, moment)
            }
            Happening::MessageRead { message } => {
                self.progress(&message, Status::Read, None, moment)
            }
            Happening::MessageFailed {
                message,
                code,
                text,
            } => {
                let code = code.unwrap_or_else(|| "131026".to_owned());
                let text = text.unwrap_or_else(|| provider_says(&code).to_owned());
                let errors = Map::from_iter([(code, json!(text))]);
                self.progress(&message, Status::Failed, Some(errors), moment)
            }
            Happening::LinkClicked {
                message,
                button,
                card,
            } => self.open_link(&message, button, card, moment),
            Happening::CustomerWrites {
                to,
                from,
                name,
                says,
                reply_to,
            } => self.hear(
                to.as_deref(),
                &from,
                name.as_deref(),
                &says,
                reply_to,
                moment,
            ),
            Happening::MediaCopied { message } => self.copy_media(&message, moment),
            Happening::AgentWrites {
                conversation,
                agent,
                text,
            } => self.agent_writes(&conversation, agent.as_deref(), &text, moment),
            Happening::ConversationAssigned {
                conversation,
                agent,
                by,
            } => self.assign(&conversation, &agent, by, moment),
            Happening::ConversationClosed { conversation, by } => {
                let known = self.conversations.get(&conversation);
                let agent = known.and_then(|known| known.assigned_to.clone());
                self.close(&conversation, by.or(agent), moment)
            }
            Happening::ConversationQuiet { conversation } => {
                self.look_at_quiet(&conversation, moment)
            }
            Happening::TemplateReviewed {
                template,
                result,
                reason,
            } => self.review(&template, &result, reason, moment.now),
            Happening::CampaignMade(plan) => self.make_campaign(plan, moment),
            Happening::CampaignStarted { campaign } => self.start_campaign(campaign, moment),
            Happening::CampaignCancelled { campaign } => self.cancel_campaign(campaign, moment.now),
            Happening::WalletSet { company, messages } => {
                let id = company.unwrap_or_else(|| self.anyone().company);
                let set = self
                    .companies
                    .update(&id, |company| company.wallet = messages);
                set.ok_or_else(|| Impossible(format!("no company {id}")))
            }
        }
    }
}
