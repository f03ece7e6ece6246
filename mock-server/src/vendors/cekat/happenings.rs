//! What occurs at Cekat without a call: receipts, reviews, customers, agents, payments.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::reply::javascript;
use super::resources::conversations::{Conversation, Stage};
use super::resources::labels::LabelAssignment;
use super::resources::messages::{SenderType, Status};
use super::resources::templates::Template;
use super::resources::{Amount, own};
use super::state::Cekat;
use super::webhooks::{Field, LabelChange, News};
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;

/// What the world does to Cekat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {
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
        #[serde(default)]
        reason: Option<String>,
    },
    /// The provider decides on a template.
    TemplateReviewed {
        /// Which, by either of its ids.
        template: String,
        /// What it becomes.
        status: String,
    },
    /// A template comes into being at the provider, or changes there: a sync will show it.
    ProviderTemplate(ProviderTemplate),
    /// A customer writes.
    CustomerWrites(Incoming),
    /// An agent writes in the dashboard.
    AgentWrites {
        /// In which conversation.
        conversation: String,
        /// Who.
        agent: String,
        /// What.
        text: String,
        /// Whether the customer must not see it.
        #[serde(default)]
        private: bool,
    },
    /// A machine answers.
    AiAnswers {
        /// In which conversation.
        conversation: String,
        /// What.
        text: String,
        /// For how much.
        #[serde(default)]
        credits: Option<f64>,
    },
    /// A machine sums a conversation up.
    AiSummarises {
        /// Which.
        conversation: String,
        /// What it says.
        text: String,
    },
    /// A conversation is given to an agent, or taken from one.
    ConversationAssigned {
        /// Which.
        conversation: String,
        /// To whom; to nobody when absent.
        #[serde(default)]
        agent: Option<String>,
        /// By whom.
        #[serde(default)]
        by: Option<String>,
    },
    /// A conversation is settled.
    ConversationResolved {
        /// Which.
        conversation: String,
        /// By whom.
        #[serde(default)]
        by: Option<String>,
    },
    /// A conversation waits, or is open again.
    StageMoved {
        /// Which.
        conversation: String,
        /// Where to.
        stage: Stage,
    },
    /// The sale gets further, or is taken off the pipeline.
    PipelineMoved {
        /// In which conversation.
        conversation: String,
        /// Where to.
        #[serde(default)]
        pipeline_status: Option<String>,
    },
    /// A label is put on a conversation.
    LabelAdded {
        /// Which conversation.
        conversation: String,
        /// Which label.
        label: String,
    },
    /// Somebody starts a campaign in the dashboard.
    CampaignLaunched {
        /// Its name.
        name: String,
        /// Through which inbox.
        inbox: String,
        /// The provider's id of the template.
        wa_template_id: String,
        /// The numbers.
        recipients: Vec<String>,
    },
    /// A customer pays.
    InvoicePaid {
        /// For which order.
        order: String,
        /// How.
        #[serde(default)]
        payment_method: Option<String>,
    },
}

/// A template at the provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderTemplate {
    /// For which inbox.
    pub inbox: String,
    /// Its name.
    pub name: String,
    /// Its words.
    pub body: String,
    /// A sample value for each placeholder.
    #[serde(default)]
    pub body_placeholder: Vec<String>,
    /// Its category.
    pub category: String,
    /// Its language.
    pub language: String,
    /// What the provider thinks of it.
    pub status: String,
}

/// What a customer writes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Incoming {
    /// To which inbox.
    pub inbox: String,
    /// From which number.
    pub from: String,
    /// What they call themselves.
    pub name: Option<String>,
    /// What.
    pub text: String,
    /// What kind of medium it is; `text` when absent.
    pub media_type: Option<String>,
    /// Where the medium is.
    pub media_url: Option<String>,
    /// The advertisement that led to it.
    pub ads_data: Option<Value>,
}

impl Cekat {
    pub(super) fn happening(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::Delivered { message } => {
                self.advance(&message, Status::Delivered, None, moment)
            }
            Happening::Read { message } => self.advance(&message, Status::Read, None, moment),
            Happening::Failed { message, reason } => {
                self.advance(&message, Status::Failed, reason, moment)
            }
            Happening::TemplateReviewed { template, status } => {
                match self.review_template(&template, &status, moment) {
                    true => Ok(()),
                    false => Err(unknown("template", &template)),
                }
            }
            Happening::ProviderTemplate(template) => self.appear(template, moment),
            Happening::CustomerWrites(incoming) => self.hear(incoming, moment),
            Happening::AgentWrites {
                conversation,
                agent,
                text,
                private,
            } => self.agent_writes(&conversation, &agent, &text, private, moment),
            Happening::AiAnswers {
                conversation,
                text,
                credits,
            } => self.machine_writes(&conversation, &text, credits, moment),
            Happening::AiSummarises { conversation, text } => {
                self.sum_up(&conversation, text, moment)
            }
            Happening::ConversationAssigned {
                conversation,
                agent,
                by,
            } => self.assign(&conversation, agent, by, moment),
            Happening::ConversationResolved { conversation, by } => {
                self.resolve(&conversation, by, moment)
            }
            Happening::StageMoved {
                conversation,
                stage,
            } => match stage {
                Stage::Assigned => Err(Impossible(
                    "a conversation is assigned to somebody: let conversation_assigned happen"
                        .to_owned(),
                )),
                Stage::Resolved => self.resolve(&conversation, None, moment),
                Stage::Open | Stage::Pending => {
                    self.talk(&conversation)?;
                    self.release(&conversation, stage, moment);
                    Ok(())
                }
            },
            Happening::PipelineMoved {
                conversation,
                pipeline_status,
            } => self.move_pipeline(&conversation, pipeline_status, moment),
            Happening::LabelAdded {
                conversation,
                label,
            } => self.put_label_on(conversation, label, moment),
            Happening::CampaignLaunched {
                name,
                inbox,
                wa_template_id,
                recipients,
            } => self
                .launch_campaign(name, &inbox, &wa_template_id, &recipients, moment)
                .map_err(Impossible),
            Happening::InvoicePaid {
                order,
                payment_method,
            } => self.pay(&order, payment_method, moment),
        }
    }

    fn talk(&self, id: &str) -> Result<&Conversation, Impossible> {
        let talk = self.conversations.get(id);
        talk.ok_or_else(|| unknown("conversation", id))
    }

    fn advance(
        &mut self,
        message: &str,
        status: Status,
        reason: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        if !self.messages.contains(message) {
            return Err(unknown("message", message));
        }
        match self.progress(message, status, reason, moment) {
            true => Ok(()),
            false => Err(Impossible(format!(
                "message {message} has got further already"
            ))),
        }
    }

    fn appear(
        &mut self,
        new: ProviderTemplate,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let inbox = self.inboxes.get(&new.inbox);
        let inbox = inbox.ok_or_else(|| unknown("inbox", &new.inbox))?;
        let business_id = inbox.business_id.clone();
        let known = self
            .provider_templates
            .by("inbox", &new.inbox)
            .find(|one| one.name == new.name && one.language == new.language);
        let (id, wa_template_id, created_at) = match known {
            Some(known) => (
                known.id.clone(),
                known.wa_template_id.clone(),
                known.created_at,
            ),
            None => {
                let digits = moment.ids.digits(15);
                let first = moment.ids.between(1, 9);
                (
                    moment.ids.uuid().to_string(),
                    format!("{first}{digits}"),
                    moment.now,
                )
            }
        };
        self.provider_templates.put(Template {
            id,
            business_id,
            wa_template_id,
            inbox_id: new.inbox,
            name: new.name,
            body: new.body,
            body_placeholder: new.body_placeholder,
            category: new.category,
            language: new.language,
            status: new.status,
            file_url: None,
            header_type: None,
            header: None,
            created_at,
        });
        Ok(())
    }

    /// A customer writes: the window opens, a settled conversation too, and a campaign counts an answer.
    fn hear(
        &mut self,
        incoming: Incoming,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let inbox = self.inboxes.get(&incoming.inbox);
        let inbox = inbox.ok_or_else(|| unknown("inbox", &incoming.inbox))?;
        let (business, kind) = (inbox.business_id.clone(), inbox.kind.clone());
        let from = incoming.from.trim_start_matches('+');
        if super::resources::normal(from).is_empty() {
            return Err(Impossible("a customer needs a number in `from`".to_owned()));
        }
        let contact = self.meet(from, incoming.name.as_deref(), &kind, &business, moment);
        let talk = self.talk_with(&contact, &incoming.inbox, moment);
        let id = talk.id.clone();
        let sender = (
            SenderType::User,
            Some(contact.id.clone()),
            Some(contact.display_name.clone()),
        );
        let mut message = self.blank(&id, sender, &incoming.text, moment);
        message.status = Status::Read;
        if kind == "whatsapp" {
            let digits = super::resources::normal(from);
            message.platform_mid = Some(moment.ids.inbound_wamid(&digits));
        }
        if let Some(kind) = incoming.media_type {
            message.media_type = kind;
        }
        message.media_url = incoming.media_url;
        message.ads_data = incoming.ads_data;
        let now = moment.now;
        let first_answer = self.conversations.update(&id, |one| {
            one.last_inbound_at = Some(now);
            let first = one.stage_status == Stage::Assigned
                && one.handled_by.is_some()
                && !one.answered_human;
            one.answered_human |= first;
            first
        });
        self.append(message, moment);
        self.campaign_answered(&id, from);
        if talk.stage_status == Stage::Resolved {
            self.release(&id, Stage::Open, moment);
        }
        if first_answer == Some(true) {
            self.tell_conversation(&id, moment, |data| News::FirstAnswer { data });
        }
        Ok(())
    }

    fn agent_writes(
        &mut self,
        conversation: &str,
        agent: &str,
        text: &str,
        private: bool,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let talk = self.talk(conversation)?;
        let known = own(&self.agents, agent, &talk.business_id);
        let known = known.ok_or_else(|| unknown("agent", agent))?;
        let kind = match private {
            true => SenderType::PrivateNote,
            false => SenderType::Agent,
        };
        let sender = (kind, Some(known.id.clone()), Some(known.name.clone()));
        let (contact, platform) = (talk.contact_id.clone(), talk.platform_type.clone());
        let mut message = self.blank(conversation, sender, text, moment);
        if private {
            let note = ("is_private_note".to_owned(), Value::Bool(true));
            message.additional_data = Some(Map::from_iter([note]));
        }
        let to = self
            .contacts
            .get(&contact)
            .map(|one| one.phone_number.clone());
        match to.filter(|_| platform == "whatsapp" && !private) {
            Some(to) => self.dispatch(message, &super::resources::normal(&to), moment),
            None => self.append(message, moment),
        }
        Ok(())
    }

    fn machine_writes(
        &mut self,
        conversation: &str,
        text: &str,
        credits: Option<f64>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let talk = self.talk(conversation)?;
        let inbox = self.inboxes.get(&talk.inbox_id);
        let machine = talk.assigned_ai_agent.clone();
        let machine = machine.or_else(|| inbox.and_then(|inbox| inbox.ai_agent_id.clone()));
        let named = machine.as_deref().and_then(|id| self.ai_agents.get(id));
        let name = named.map(|machine| machine.name.clone());
        let business = talk.business_id.clone();
        let mut message = self.blank(conversation, (SenderType::Ai, machine, name), text, moment);
        let credits = credits.unwrap_or(1.0);
        message.chat_credits_used = Some(Amount(credits));
        self.businesses.update(&business, |one| {
            one.total_used_chat_credit_per_month += credits.max(0.0).ceil() as u64;
        });
        self.append(message, moment);
        Ok(())
    }

    fn sum_up(
        &mut self,
        conversation: &str,
        ai_summary_text: String,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let talk = self.talk(conversation)?;
        let contact = self.contacts.get(&talk.contact_id);
        let inbox = self.inboxes.get(&talk.inbox_id);
        let now: Timestamp = moment.now;
        let news = News::Summary {
            conversation_id: talk.id.clone(),
            phone_number: contact.map(|one| one.phone_number.clone()),
            display_name: contact.map(|one| one.display_name.clone()),
            inbox_name: inbox.map_or_else(String::new, |inbox| inbox.name.clone()),
            ai_summary_text,
            notes: talk.notes.clone(),
            generated_at: javascript(now),
        };
        let inbox = Some(talk.inbox_id.as_str());
        self.tell(&talk.business_id, conversation, inbox, news, moment);
        Ok(())
    }

    fn assign(
        &mut self,
        conversation: &str,
        agent: Option<String>,
        by: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let business = &self.talk(conversation)?.business_id;
        for one in agent.iter().chain(&by) {
            own(&self.agents, one, business).ok_or_else(|| unknown("agent", one))?;
        }
        let stage = match agent {
            Some(_) => Stage::Assigned,
            None => Stage::Open,
        };
        self.hand_to(conversation, agent, moment);
        self.conversations.update(conversation, |one| {
            one.assigned_by = by;
            one.resolved_at = None;
            one.resolved_by = None;
        });
        self.move_stage(conversation, stage, moment);
        Ok(())
    }

    /// Nobody has a conversation any more, and it is not settled either.
    fn release(&mut self, conversation: &str, stage: Stage, moment: &mut Moment<'_, Self>) {
        self.hand_to(conversation, None, moment);
        self.conversations.update(conversation, |one| {
            one.assigned_by = None;
            one.resolved_at = None;
            one.resolved_by = None;
        });
        self.move_stage(conversation, stage, moment);
    }

    fn resolve(
        &mut self,
        conversation: &str,
        by: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let talk = self.talk(conversation)?;
        if talk.stage_status == Stage::Resolved {
            return Err(Impossible(format!("{conversation} is resolved already")));
        }
        if let Some(by) = &by {
            own(&self.agents, by, &talk.business_id).ok_or_else(|| unknown("agent", by))?;
        }
        let now = moment.now;
        self.conversations.update(conversation, |one| {
            one.resolved_at = Some(now);
            one.resolved_by = by;
            if !one.keep_assigned_ai_agent_on_resolve {
                one.assigned_ai_agent = None;
            }
        });
        self.move_stage(conversation, Stage::Resolved, moment);
        Ok(())
    }

    fn move_pipeline(
        &mut self,
        conversation: &str,
        new_value: Option<String>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        self.talk(conversation)?;
        if let Some(step) = new_value
            .as_deref()
            .filter(|id| !self.pipeline_statuses.contains(id))
        {
            return Err(unknown("pipeline status", step));
        }
        let now = moment.now;
        let to = new_value.clone();
        let old_value = self.conversations.update(conversation, |one| {
            one.updated_at = now;
            std::mem::replace(&mut one.pipeline_status_id, to)
        });
        let old_value = old_value.flatten();
        if old_value != new_value {
            self.tell_conversation(conversation, moment, |data| News::FieldUpdated {
                field: Field::PipelineStatus,
                updated_field: "pipeline_status_id",
                old_value,
                new_value,
                data,
            });
        }
        Ok(())
    }

    fn put_label_on(
        &mut self,
        conversation_id: String,
        label_id: String,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        self.talk(&conversation_id)?;
        if !self.labels.contains(&label_id) {
            return Err(unknown("label", &label_id));
        }
        if self
            .labels_of(&conversation_id)
            .any(|label| label.id == label_id)
        {
            return Err(Impossible(format!(
                "{conversation_id} has that label already"
            )));
        }
        let assigned = LabelAssignment {
            id: moment.ids.uuid().to_string(),
            conversation_id,
            label_id,
        };
        self.label_assignments.put(assigned.clone());
        self.tell_label(&assigned, LabelChange::Added, moment);
        Ok(())
    }
}

fn unknown(what: &str, id: &str) -> Impossible {
    Impossible(format!("no {what} {id}"))
}
