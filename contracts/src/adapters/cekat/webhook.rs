//! What Cekat tells of; none of it is documented, all of it was observed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::conversations::Conversation;
use super::crm::{Contact, Item};
use super::messages::Message;
use super::orders::Order;
use super::{Named, Verdict};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// What tells two tellings of the same thing from two things.
    pub id: String,
    /// What kind of thing it happened to.
    pub object: String,
    /// When, in Unix seconds.
    pub timestamp: i64,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

impl Notice {
    /// Reads the body of a webhook.
    ///
    /// # Errors
    /// When it is none that was observed.
    pub fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

/// What happened; three events call their name something else than the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// What has an `event_name`.
    Name(Box<Happened>),
    /// What has an `event_type`.
    Type(Box<Noted>),
}

/// What happened, of what has an `event_name`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event_name")]
pub enum Happened {
    /// A customer wrote.
    #[serde(rename = "message.received")]
    MessageReceived {
        /// What.
        data: Said,
    },
    /// Anybody else wrote.
    #[serde(rename = "message.sent")]
    MessageSent {
        /// What.
        data: Said,
    },
    /// A conversation began.
    #[serde(rename = "conversation.created")]
    ConversationCreated {
        /// Which.
        data: Conversation,
    },
    /// A conversation has another agent.
    #[serde(rename = "conversation.handled_by_updated")]
    HandledByUpdated(Update),
    /// A conversation is at another stage.
    #[serde(rename = "conversation.stage_status_updated")]
    StageStatusUpdated(Update),
    /// The sale is at another stage.
    #[serde(rename = "conversation.pipeline_status_updated")]
    PipelineStatusUpdated(Update),
    /// A label was put on a conversation, or taken off.
    #[serde(rename = "conversation.labels_updated")]
    LabelsUpdated {
        /// Which of both.
        change_type: LabelChange,
        /// Which label.
        label: Named,
        /// Which conversation.
        data: Conversation,
    },
    /// A customer answered an agent for the first time.
    #[serde(rename = "conversation.customer_first_response_human_stage")]
    CustomerFirstResponse {
        /// Where.
        data: Conversation,
    },
    /// A customer's record changed.
    #[serde(rename = "contact.updated")]
    ContactUpdated {
        /// In which member.
        changes: ContactChange,
        /// The record.
        data: Contact,
    },
    /// An item was created.
    #[serde(rename = "crm_item.created")]
    ItemCreated(ItemNews<Item>),
    /// An item was changed.
    #[serde(rename = "crm_item.updated")]
    ItemUpdated(ItemNews<Item>),
    /// An item was deleted.
    #[serde(rename = "crm_item.deleted")]
    ItemDeleted(ItemNews<Gone>),
    /// Columns hold something.
    #[serde(rename = "crm_value.upserted")]
    ValueUpserted(ItemNews<Values>),
    /// Columns hold nothing any more.
    #[serde(rename = "crm_value.deleted")]
    ValueDeleted(ItemNews<Values>),
    /// Something was ordered.
    #[serde(rename = "order.created")]
    OrderCreated {
        /// How well that went.
        message: String,
        /// What.
        data: Order,
    },
    /// An order was changed.
    #[serde(rename = "order.updated")]
    OrderUpdated {
        /// How well that went.
        message: String,
        /// Its members that are others now.
        changed: std::collections::BTreeMap<String, Change>,
        /// The order.
        data: Order,
    },
    /// An order is further.
    #[serde(rename = "order.order_status_updated")]
    OrderStatusUpdated {
        /// Which.
        order_id: String,
        /// How far.
        changed: Change,
    },
    /// An order is paid, or is not.
    #[serde(rename = "order.payment_status_updated")]
    PaymentStatusUpdated {
        /// Which.
        order_id: String,
        /// Whether.
        changed: Change,
    },
    /// A bill was paid.
    #[serde(rename = "netzme.invoice_paid")]
    InvoicePaid {
        /// Which.
        invoice_id: String,
        /// How much.
        amount: Number,
        /// How.
        payment_method: String,
        /// When.
        payment_time: String,
        /// In which conversations; a list, one or none.
        conversations: Option<Value>,
    },
    /// The provider decided on a template.
    #[serde(rename = "template.status_updated")]
    TemplateStatusUpdated {
        /// On which, and how.
        data: TemplateStatus,
    },
}

/// What happened, of what has an `event_type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum Noted {
    /// A machine summed a conversation up.
    #[serde(rename = "ai_summary.generated")]
    Summary {
        /// Which.
        conversation_id: String,
        /// Whose, by number.
        phone_number: Option<String>,
        /// Whose, by name.
        display_name: Option<String>,
        /// In which inbox.
        inbox_name: String,
        /// The summary.
        ai_summary_text: String,
        /// What was noted.
        notes: Option<String>,
        /// When.
        generated_at: String,
    },
    /// Something was noted.
    #[serde(rename = "conversation_note.created")]
    NoteCreated(Note),
    /// Something else was noted.
    #[serde(rename = "conversation_note.updated")]
    NoteUpdated(Note),
}

/// A message in its conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// The conversation.
    pub conversation: Conversation,
}

/// A change of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Of which member.
    pub updated_field: String,
    /// What it was.
    pub old_value: Option<String>,
    /// What it is.
    pub new_value: Option<String>,
    /// The conversation.
    pub data: Conversation,
}

/// What happened to a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelChange {
    /// It was put on.
    Added,
    /// It was taken off.
    Removed,
}

/// What a member of a customer's record became.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactChange {
    /// Which member.
    pub key: String,
    /// What it was.
    pub old_value: Value,
    /// What it is.
    pub new_value: Value,
    /// Whether it is among what else is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_additional_data: Option<bool>,
}

/// What a member became.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What it was.
    pub old_value: Value,
    /// What it is.
    pub new_value: Value,
}

/// What happened on a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemNews<T> {
    /// Which board.
    pub board_id: String,
    /// How well that went.
    pub message: Verdict,
    /// The columns that could not be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Vec<Value>>,
    /// To what.
    pub data: T,
}

/// An item that is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Its id.
    pub item_id: String,
}

/// What columns of an item hold, or held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Values {
    /// The item's id.
    pub item_id: String,
    /// The item's name.
    pub item_name: String,
    /// The columns, by their names.
    #[serde(flatten)]
    pub columns: Map<String, Value>,
}

/// What the provider decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateStatus {
    /// The vendor's id of the template.
    pub id: String,
    /// The provider's.
    pub wa_template_id: String,
    /// What the template is now.
    pub template_status: String,
    /// Its name.
    pub template_name: String,
    /// For which inbox.
    pub inbox_id: String,
    /// The inbox's name.
    pub inbox_name: String,
}

/// What was noted about a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// About whom.
    pub contact_id: String,
    /// What.
    pub note: Option<String>,
    /// What was noted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_note: Option<String>,
    /// In which conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// In which inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbox_id: Option<String>,
}
