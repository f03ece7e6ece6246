//! What is told about messages and conversations, in both generations.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Envelope, VERSION, event_id, sent_at};
use crate::kernel::moment::Moment;
use crate::vendors::myoperator::resources::conversations::{Conversation, Stage};
use crate::vendors::myoperator::resources::messages::{Message, Status};
use crate::vendors::myoperator::state::{Instant, MyOperator};

/// An event, and the generation it is told in.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    #[serde(skip)]
    generation: Generation,
    company_id: String,
    /// Only the new generation has one.
    event_id: String,
    timestamp: String,
    news: News,
}

/// One of the two ways to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// With the envelope that all events have.
    New,
    /// The deprecated one.
    Old {
        /// Whether it tells of an arrival with what was true before.
        stale: bool,
    },
}

/// What there is to tell.
#[derive(Clone, Debug, Serialize)]
pub enum News {
    /// A message came, or came further.
    Message {
        /// The message.
        message: Message,
        /// Its conversation.
        conversation: Conversation,
    },
    /// A customer opened a link.
    Click {
        /// The message.
        message: Message,
        /// Its conversation.
        conversation: Conversation,
        /// Which link.
        click: Click,
    },
    /// A conversation was assigned or closed.
    Stage {
        /// The conversation.
        conversation: Conversation,
        /// Who did it.
        activity: Activity,
    },
}

/// A link that was opened.
#[derive(Clone, Debug, Serialize)]
pub struct Click {
    /// The template.
    pub template_id: String,
    /// Its name.
    pub template_name: String,
    /// `btn-0`, or `card-0-btn-0`.
    pub button_info: String,
    /// When.
    pub clicked_at: Instant,
}

/// Who did something to a conversation.
#[derive(Clone, Debug, Serialize)]
pub struct Activity {
    /// A UUID.
    pub id: String,
    /// Who did it; nobody when it happened by itself.
    pub action_by: Option<String>,
    /// Who has the conversation now.
    pub action_to: Option<String>,
    /// When.
    pub created: Instant,
}

impl MyOperator {
    /// Tells in both generations, as far as they know of such a thing.
    pub fn tell_news(&self, news: News, moment: &mut Moment<'_, Self>) {
        self.tell_in(Generation::New, news.clone(), moment);
        // The deprecated generation knows nothing of conversations.
        if !matches!(news, News::Stage { .. }) {
            self.tell_in(Generation::Old { stale: false }, news, moment);
        }
    }

    /// Tells in one generation.
    pub fn tell_in(&self, generation: Generation, news: News, moment: &mut Moment<'_, Self>) {
        let company_id = match &news {
            News::Message { message, .. } | News::Click { message, .. } => &message.company_id,
            News::Stage { conversation, .. } => &conversation.company_id,
        };
        let (event_id, timestamp) = match generation {
            Generation::New => (event_id(moment.ids), sent_at(moment.now, moment.ids)),
            Generation::Old { .. } => (String::new(), Instant::new(moment.now).to_string()),
        };
        let told = Told {
            generation,
            company_id: company_id.clone(),
            event_id,
            timestamp,
            news,
        };
        self.tell(told, moment);
    }
}

impl Told {
    /// The name in the contract.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match (self.generation, &self.news) {
            (_, News::Stage { conversation, .. }) => match conversation.status {
                Stage::Closed => "conversation.close",
                Stage::Assigned | Stage::Unassigned => "conversation.assign",
            },
            (Generation::New, News::Click { .. }) => "message.link_tracking",
            (Generation::Old { .. }, News::Click { .. }) => "v1.message.link_tracking",
            (Generation::New, News::Message { message, .. }) => match message.status {
                Status::Received => "message.received",
                Status::Accepted | Status::Sent => "message.sent",
                Status::Delivered => "message.delivered",
                Status::Read => "message.read",
                Status::Failed => "message.failed",
            },
            (Generation::Old { .. }, News::Message { message, .. }) => match message.status {
                Status::Received => "v1.message.received",
                Status::Accepted | Status::Sent => "v1.message.sent",
                Status::Delivered => "v1.message.delivered",
                Status::Read => "v1.message.read",
                Status::Failed => "v1.message.failed",
            },
        }
    }

    /// What an endpoint may name to hear everything of a generation.
    #[must_use]
    pub fn channel(&self) -> &'static str {
        match self.generation {
            Generation::New => "v2",
            Generation::Old { .. } => "v1",
        }
    }

    /// What must stay in order.
    #[must_use]
    pub fn conversation(&self) -> String {
        self.news.conversation().id.clone()
    }

    /// The whole payload.
    #[must_use]
    pub fn payload(&self) -> Value {
        match self.generation {
            Generation::New => self.new_payload(),
            Generation::Old { stale } => self.old_payload(stale),
        }
    }

    fn new_payload(&self) -> Value {
        let conversation = self.news.conversation();
        let (direction, system, payload) = match &self.news {
            News::Message { message, .. } => {
                let mut payload = message_told(message, conversation, Generation::New);
                payload.insert("mode".to_owned(), json!(MODE));
                payload.insert("source".to_owned(), json!(message.source));
                let number = Some(message.phone_number_id.clone());
                (action(message), number, payload)
            }
            News::Click { message, click, .. } => {
                let mut payload = click_told(message, conversation, click, Generation::New);
                payload.insert("mode".to_owned(), json!(MODE));
                (
                    action(message),
                    Some(message.phone_number_id.clone()),
                    payload,
                )
            }
            News::Stage { activity, .. } => {
                let agent = conversation.assigned_to.clone();
                ("", agent, stage_told(conversation, activity))
            }
        };
        let envelope = Envelope {
            company_id: self.company_id.clone(),
            event_id: self.event_id.clone(),
            event_type: self.name(),
            event_sequence: 1,
            event_version: VERSION,
            timestamp: self.timestamp.clone(),
            channel: "whatsapp",
            direction,
            session_id: conversation.id.clone(),
            system_identifier: system,
            customer_identifier: conversation.customer(),
            payload,
        };
        json!(envelope)
    }

    fn old_payload(&self, stale: bool) -> Value {
        let old = Generation::Old { stale };
        let (message, event, data) = match &self.news {
            News::Message {
                message,
                conversation,
            } => {
                let event = self.name().trim_start_matches("v1.message.");
                (message, event, message_told(message, conversation, old))
            }
            News::Click {
                message,
                conversation,
                click,
            } => {
                // The only name that keeps its prefix.
                let event = self.name().trim_start_matches("v1.");
                (
                    message,
                    event,
                    click_told(message, conversation, click, old),
                )
            }
            News::Stage { .. } => return Value::Null,
        };
        json!({
            "type": "message",
            "source": message.source,
            "mode": MODE,
            "event": event,
            "timestamp": self.timestamp,
            "data": data,
        })
    }
}

/// What stands in `mode`, whatever the source.
const MODE: &str = "lc";

impl News {
    fn conversation(&self) -> &Conversation {
        match self {
            Self::Message { conversation, .. }
            | Self::Click { conversation, .. }
            | Self::Stage { conversation, .. } => conversation,
        }
    }
}

fn action(message: &Message) -> &'static str {
    if message.is_incoming() {
        "incoming"
    } else {
        "outgoing"
    }
}

/// A message as it is told, without `mode` and `source`.
fn message_told(
    message: &Message,
    conversation: &Conversation,
    generation: Generation,
) -> Map<String, Value> {
    let old = matches!(generation, Generation::Old { .. });
    let failed = message.status == Status::Failed;
    let status = match generation {
        Generation::Old { stale: true } => Status::Sent,
        _ => message.status,
    };
    let mut told = Map::new();
    let mut set = |name: &str, value: Value| told.insert(name.to_owned(), value);
    set("id", json!(message.id));
    set("message_by", json!(message.message_by));
    set("action", json!(action(message)));
    set("status", json!(status));
    set("is_reply", json!(message.reply_to.is_some()));
    set("reply_to", json!(message.reply_to));
    set("reply_data", Value::Null);
    let context = if old {
        old_context(message)
    } else {
        message.context.clone()
    };
    set("data", json!({"type": message.kind, "context": context}));
    set(
        "metadata",
        json!({
            "waba_msg_id": message.waba_msg_id,
            "myop_ref_id": message.myop_ref_id,
            "errors": errors(message, old),
        }),
    );
    set("star_mark", json!(false));
    set("created", json!(message.created));
    set("modified", json!(message.modified));
    set("is_read", json!(message.status == Status::Read));
    set("events", events(message));
    set("conversation", conversation_told(conversation));
    set("activity", Value::Null);
    // The deprecated generation does not say from which number a failed message would have come.
    if !(old && failed) {
        set("phone_number_id", json!(message.phone_number_id));
    }
    told
}

/// A link that was opened, as it is told, without `mode`.
fn click_told(
    message: &Message,
    conversation: &Conversation,
    click: &Click,
    generation: Generation,
) -> Map<String, Value> {
    let mut context = message.context.clone();
    if matches!(generation, Generation::Old { .. }) {
        context.shift_remove("link_tracking");
        // Here, and only here, the category is a number.
        if let Some(category) = context.get_mut("category") {
            *category = json!(match category.as_str() {
                Some("marketing") => 1,
                Some("utility") => 2,
                _ => 3,
            });
        }
    }
    let mut told = Map::new();
    let mut set = |name: &str, value: Value| told.insert(name.to_owned(), value);
    set("conversation", conversation_told(conversation));
    set("link_tracking", json!(click));
    set("activity", Value::Null);
    set("id", json!(message.id));
    set("source", json!(message.source));
    set("action", json!(action(message)));
    set("data", json!({"type": message.kind, "context": context}));
    set("status", json!(message.status));
    set("is_read", json!(message.status == Status::Read));
    set("message_by", json!(message.message_by));
    set("is_reply", json!(message.reply_to.is_some()));
    set("reply_to", json!(message.reply_to));
    set("reply_data", Value::Null);
    set(
        "metadata",
        json!({
            "waba_msg_id": message.waba_msg_id,
            "myop_ref_id": message.myop_ref_id,
        }),
    );
    set("events", events(message));
    set("created", json!(message.created));
    set("modified", json!(message.modified));
    set("errors", Value::Null);
    set("conversation_id", json!(conversation.id));
    set("phone_number_id", json!(message.phone_number_id));
    told
}

/// A conversation that was assigned or closed, as it is told.
fn stage_told(conversation: &Conversation, activity: &Activity) -> Map<String, Value> {
    let closed = conversation.status == Stage::Closed;
    let mut told = Map::new();
    let mut set = |name: &str, value: Value| told.insert(name.to_owned(), value);
    set("id", json!(conversation.id));
    set(
        "customer_country_code",
        json!(conversation.customer_country_code),
    );
    set("customer_contact", json!(conversation.customer_contact));
    set("customer_name", json!(conversation.customer_name));
    set("assigned_to", json!(conversation.assigned_to));
    set("status", json!(conversation.status));
    set("expire_at", json!(conversation.expire_at));
    set("created", json!(conversation.created));
    set("modified", json!(conversation.modified));
    set(
        "activity",
        json!({
            "id": activity.id,
            "conversation_id": conversation.id,
            "activity": if closed { "conv_closed" } else { "conv_assigned" },
            "action_by": activity.action_by,
            "action_to": activity.action_to,
            "created": activity.created,
        }),
    );
    set("mode", json!(MODE));
    set("source", json!(MODE));
    told
}

/// A conversation as it stands in messages.
fn conversation_told(conversation: &Conversation) -> Value {
    json!({
        "id": conversation.id,
        "customer_country_code": conversation.customer_country_code,
        "customer_contact": conversation.customer_contact,
        "customer_name": conversation.customer_name,
        "assigned_to": conversation.assigned_to,
        "status": conversation.status,
        "expire_at": conversation.expire_at,
        "last_message_at": conversation.last_message_at,
        "created": conversation.created,
        "modified": conversation.modified,
        "unread_count": conversation.unread_count,
    })
}

/// When a message was sent, delivered, read; of one that failed nothing is said.
fn events(message: &Message) -> Value {
    json!([
        {"name": "sent", "timestamp": message.sent},
        {"name": "delivered", "timestamp": message.delivered},
        {"name": "read", "timestamp": message.read},
    ])
}

/// Why a message failed: the deprecated generation puts a prefix before Meta's codes.
fn errors(message: &Message, old: bool) -> Value {
    let Some(errors) = &message.errors else {
        return Value::Null;
    };
    let named = errors.iter().map(|(code, text)| {
        let code = if old {
            format!("WABA_{code}")
        } else {
            code.clone()
        };
        (code, text.clone())
    });
    Value::Object(named.collect())
}

/// What a message says, as the deprecated generation has it: a template's id is called otherwise, and what the sender
/// supplied is left out.
fn old_context(message: &Message) -> Map<String, Value> {
    if message.kind != "template" {
        return message.context.clone();
    }
    let members = message.context.iter();
    let kept =
        members.filter(|(name, _)| !matches!(name.as_str(), "template_payload" | "link_tracking"));
    let renamed = kept.map(|(name, value)| {
        let name = if name == "template_id" { "id" } else { name };
        (name.to_owned(), value.clone())
    });
    renamed.collect()
}
