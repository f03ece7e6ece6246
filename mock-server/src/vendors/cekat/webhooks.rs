//! What Cekat tells the world. The documentation shows no payload; these were seen by others.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::reply::Failure;
use super::state::Cekat;
use crate::kernel::moment::Moment;
use crate::kernel::tie::{Channel, Tie};
use crate::kernel::vendor::Announce;

/// A webhook: an envelope, and the news in it.
#[derive(Clone, Debug, Serialize)]
pub struct Webhook {
    #[serde(skip)]
    channel: Option<String>,
    #[serde(skip)]
    subject: String,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_name: Option<&'static str>,
    // Three events call their name so.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<&'static str>,
    object: &'static str,
    timestamp: i64,
    #[serde(flatten)]
    news: News,
}

/// What happened.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum News {
    /// A customer wrote.
    MessageReceived {
        /// The message, and its conversation.
        data: Value,
    },
    /// Anybody else wrote.
    MessageSent {
        /// The message, and its conversation.
        data: Value,
    },
    /// A conversation began.
    ConversationCreated {
        /// The conversation.
        data: Value,
    },
    /// A member of a conversation is another.
    FieldUpdated {
        /// Which, for the name of the event.
        #[serde(skip)]
        field: Field,
        /// Which, as it is written.
        updated_field: &'static str,
        /// What it was.
        old_value: Option<String>,
        /// What it is.
        new_value: Option<String>,
        /// The conversation.
        data: Value,
    },
    /// A label was put on, or taken off.
    LabelsUpdated {
        /// Which of the two.
        change_type: LabelChange,
        /// The label.
        label: NewsLabel,
        /// The conversation.
        data: Value,
    },
    /// A customer answered for the first time since an agent has the conversation.
    FirstAnswer {
        /// The conversation.
        data: Value,
    },
    /// A contact is no longer what it was.
    ContactUpdated {
        /// The first difference.
        changes: Change,
        /// The contact.
        data: Value,
    },
    /// A machine summed a conversation up.
    Summary {
        /// Which conversation.
        conversation_id: String,
        /// The contact's number.
        phone_number: Option<String>,
        /// The contact's name.
        display_name: Option<String>,
        /// The inbox's name.
        inbox_name: String,
        /// The summary.
        ai_summary_text: String,
        /// What was noted in the conversation.
        notes: Option<String>,
        /// When.
        generated_at: String,
    },
    /// Something was noted about a contact.
    NoteTaken {
        /// About whom.
        contact_id: String,
        /// What.
        note: String,
        /// What was noted before, where there was something.
        #[serde(skip_serializing_if = "Option::is_none")]
        previous_note: Option<String>,
    },
    /// An item was put on a board.
    ItemCreated(ItemNews),
    /// An item was changed.
    ItemUpdated(ItemNews),
    /// An item was taken off its board.
    ItemDeleted(ItemNews),
    /// A column of an item has another value.
    ValueUpserted(ItemNews),
    /// A column of an item has no value any more.
    ValueDeleted(ItemNews),
    /// Somebody ordered.
    OrderCreated {
        /// Always the same.
        message: &'static str,
        /// The order.
        data: Value,
    },
    /// An order changed.
    OrderUpdated {
        /// Always the same.
        message: &'static str,
        /// What, from what, to what.
        changed: Map<String, Value>,
        /// The order.
        data: Value,
    },
    /// An order has got further.
    OrderStatusUpdated {
        /// Which.
        order_id: String,
        /// From what to what.
        changed: Changed,
    },
    /// A payment has got further.
    PaymentStatusUpdated {
        /// Of which order.
        order_id: String,
        /// From what to what.
        changed: Changed,
    },
    /// An invoice was paid.
    InvoicePaid {
        /// Which.
        invoice_id: String,
        /// How much.
        amount: super::resources::Amount,
        /// How.
        payment_method: String,
        /// When.
        payment_time: String,
        /// The conversations it belongs to.
        conversations: Vec<ConversationId>,
    },
    /// The provider decided on a template.
    TemplateStatus {
        /// Which, and what.
        data: TemplateNews,
    },
}

/// A member of a conversation whose change is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The agent who has it.
    HandledBy,
    /// Where it stands.
    StageStatus,
    /// How far the sale got.
    PipelineStatus,
}

/// What became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LabelChange {
    /// It was put on.
    Added,
    /// It was taken off.
    Removed,
}

/// A label as it is told.
#[derive(Clone, Debug, Serialize)]
pub struct NewsLabel {
    /// Its id.
    pub id: String,
    /// What it says.
    pub name: String,
}

/// One difference of a contact.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// Which member.
    pub key: String,
    /// What it was.
    pub old_value: Value,
    /// What it is.
    pub new_value: Value,
    /// Whether it is a member of the additional data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_additional_data: Option<bool>,
}

/// Something about an item of the CRM.
#[derive(Clone, Debug, Serialize)]
pub struct ItemNews {
    /// The board.
    pub board_id: String,
    /// Whether all went well.
    pub message: &'static str,
    /// What did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Failure>,
    /// The item, or what of it matters.
    pub data: Value,
}

/// From what to what.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// What it was.
    pub old_value: Value,
    /// What it is.
    pub new_value: Value,
}

/// A conversation by its id.
#[derive(Clone, Debug, Serialize)]
pub struct ConversationId {
    /// The id.
    pub id: String,
}

/// A template as it is told.
#[derive(Clone, Debug, Serialize)]
pub struct TemplateNews {
    /// Its row.
    pub id: String,
    /// The provider's id of it.
    pub wa_template_id: String,
    /// What it became.
    pub template_status: String,
    /// Its name.
    pub template_name: String,
    /// Its inbox.
    pub inbox_id: String,
    /// The inbox's name.
    pub inbox_name: String,
}

/// Anything as JSON.
pub fn value(thing: &impl Serialize) -> Value {
    serde_json::to_value(thing).unwrap_or_default()
}

impl News {
    /// The event's name, and what it is about.
    fn named(&self) -> (&'static str, &'static str) {
        match self {
            Self::MessageReceived { .. } => ("message.received", "message"),
            Self::MessageSent { .. } => ("message.sent", "message"),
            Self::ConversationCreated { .. } => ("conversation.created", "conversation"),
            Self::FieldUpdated { field, .. } => {
                let name = match field {
                    Field::HandledBy => "conversation.handled_by_updated",
                    Field::StageStatus => "conversation.stage_status_updated",
                    Field::PipelineStatus => "conversation.pipeline_status_updated",
                };
                (name, "conversation")
            }
            Self::LabelsUpdated { .. } => ("conversation.labels_updated", "conversation"),
            Self::FirstAnswer { .. } => (
                "conversation.customer_first_response_human_stage",
                "conversation",
            ),
            Self::ContactUpdated { .. } => ("contact.updated", "contact"),
            Self::Summary { .. } => ("ai_summary.generated", "conversation"),
            Self::NoteTaken { previous_note, .. } => match previous_note {
                None => ("conversation_note.created", "conversation_note"),
                Some(_) => ("conversation_note.updated", "conversation_note"),
            },
            Self::ItemCreated(_) => ("crm_item.created", "crm_item"),
            Self::ItemUpdated(_) => ("crm_item.updated", "crm_item"),
            Self::ItemDeleted(_) => ("crm_item.deleted", "crm_item"),
            Self::ValueUpserted(_) => ("crm_value.upserted", "crm_value"),
            Self::ValueDeleted(_) => ("crm_value.deleted", "crm_value"),
            Self::OrderCreated { .. } => ("order.created", "order"),
            Self::OrderUpdated { .. } => ("order.updated", "order"),
            Self::OrderStatusUpdated { .. } => ("order.order_status_updated", "order"),
            Self::PaymentStatusUpdated { .. } => ("order.payment_status_updated", "order"),
            Self::InvoicePaid { .. } => ("netzme.invoice_paid", "netzme"),
            Self::TemplateStatus { .. } => ("template.status_updated", "template"),
        }
    }

    /// Whether the event's name stands in `event_type`.
    fn is_typed(&self) -> bool {
        matches!(self, Self::Summary { .. } | Self::NoteTaken { .. })
    }
}

/// What messages and conversations have in common: they are heard in their inbox.
const CONVERSATION: Tie = Tie {
    channel: Channel::In("/data/inbox_id"),
    conversation: "/data/id",
    ..Tie::loose("conversation.created")
};

const MESSAGE: Tie = Tie {
    channel: Channel::In("/data/inbox/id"),
    conversation: "/data/conversation_id",
    ..Tie::loose("message.received")
};

const CONTACT: Tie = Tie {
    conversation: "/contact_id",
    values: &[("/contact_id", "/contacts/newest/id")],
    ..Tie::loose("conversation_note.created")
};

const ITEM: Tie = Tie {
    channel: Channel::In("/board_id"),
    conversation: "/data/item_id",
    values: &[
        ("/board_id", "/items/newest/board_id"),
        ("/data/item_id", "/items/newest/id"),
        ("/data/item_name", "/items/newest/item_name"),
        ("/data/group_id", "/items/newest/group_id"),
    ],
    ..Tie::loose("crm_item.created")
};

const ORDER: Tie = Tie {
    conversation: "/data/id",
    values: &[
        ("/data/id", "/orders/newest/id"),
        ("/data/order_number", "/orders/newest/order_number"),
    ],
    ..Tie::loose("order.created")
};

const ORDER_STATUS: Tie = Tie {
    conversation: "/order_id",
    values: &[("/order_id", "/orders/newest/id")],
    ..Tie::loose("order.order_status_updated")
};

/// What is triggered by hand is about the newest record of its kind. A message stays the documented one, which the
/// seed has with its contact, inbox and conversation.
pub const TIES: &[Tie] = &[
    MESSAGE,
    Tie {
        event: "message.sent",
        ..MESSAGE
    },
    CONVERSATION,
    Tie {
        event: "conversation.handled_by_updated",
        ..CONVERSATION
    },
    Tie {
        event: "conversation.stage_status_updated",
        ..CONVERSATION
    },
    Tie {
        event: "conversation.pipeline_status_updated",
        ..CONVERSATION
    },
    Tie {
        event: "conversation.labels_updated",
        ..CONVERSATION
    },
    Tie {
        event: "conversation.customer_first_response_human_stage",
        ..CONVERSATION
    },
    Tie {
        conversation: "/data/id",
        values: &[
            ("/data/id", "/contacts/newest/id"),
            ("/data/phone_number", "/contacts/newest/phone_number"),
        ],
        ..Tie::loose("contact.updated")
    },
    CONTACT,
    Tie {
        event: "conversation_note.updated",
        ..CONTACT
    },
    ITEM,
    Tie {
        event: "crm_item.updated",
        ..ITEM
    },
    Tie {
        event: "crm_item.deleted",
        ..ITEM
    },
    Tie {
        event: "crm_value.upserted",
        ..ITEM
    },
    Tie {
        event: "crm_value.deleted",
        ..ITEM
    },
    ORDER,
    Tie {
        event: "order.updated",
        ..ORDER
    },
    ORDER_STATUS,
    Tie {
        event: "order.payment_status_updated",
        ..ORDER_STATUS
    },
    Tie {
        channel: Channel::In("/data/inbox_id"),
        conversation: "/data/id",
        values: &[
            ("/data/id", "/templates/newest/id"),
            ("/data/wa_template_id", "/templates/newest/wa_template_id"),
            ("/data/template_name", "/templates/newest/name"),
            ("/data/inbox_id", "/templates/newest/inbox_id"),
        ],
        ..Tie::loose("template.status_updated")
    },
];

impl Announce for Webhook {
    fn name(&self) -> &'static str {
        self.news.named().0
    }

    fn conversation(&self) -> String {
        self.subject.clone()
    }

    /// The inbox or the board: endpoints may hear of one alone.
    fn channel(&self) -> String {
        let channel = self.channel.clone();
        channel.unwrap_or_else(|| self.name().to_owned())
    }
}

impl Cekat {
    /// Tells the world about `subject`, unless the business no longer pays.
    pub fn tell(
        &self,
        business: &str,
        subject: &str,
        channel: Option<&str>,
        news: News,
        moment: &mut Moment<'_, Self>,
    ) {
        let now: Timestamp = moment.now;
        let business = self.businesses.get(business);
        if business.is_some_and(|business| business.is_expired(now)) {
            return;
        }
        let (name, object) = news.named();
        let typed = news.is_typed();
        let webhook = Webhook {
            channel: channel.map(str::to_owned),
            subject: subject.to_owned(),
            id: moment.ids.uuid().to_string(),
            event_name: (!typed).then_some(name),
            event_type: typed.then_some(name),
            object,
            timestamp: now.as_second(),
            news,
        };
        moment.announce(webhook);
    }
}
