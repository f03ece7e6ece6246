//! What HeltarChat tells the world: Meta's webhook bodies, forwarded as they are.

use serde::Serialize;
use serde_json::{Value, json};

use super::resources::content::{Message, Status};
use super::resources::meta::Upstream;
use super::state::{Business, Instant};
use crate::kernel::tie::{Channel, Tie};
use crate::kernel::vendor::Announce;

/// The channel of raw bodies, which every address hears unless it says otherwise.
pub const RAW: &str = "metaWebhooks";

/// The channel of bodies with the caller's own field, which an address must ask for.
pub const CUSTOM: &str = "metaCustomFieldHook";

const BUSINESS: [(&str, &str); 3] = [
    ("/entry/0/id", "/business/wabaId"),
    (
        "/entry/0/changes/0/value/metadata/display_phone_number",
        "/business/displayPhoneNumber",
    ),
    (
        "/entry/0/changes/0/value/metadata/phone_number_id",
        "/business/phoneNumberId",
    ),
];

const STATUS: Tie = Tie {
    channel: Channel::Always(RAW),
    conversation: "/entry/0/changes/0/value/statuses/0/recipient_id",
    only: &[("/messages", "status", "!received")],
    values: &[
        BUSINESS[0],
        BUSINESS[1],
        BUSINESS[2],
        (
            "/entry/0/changes/0/value/statuses/0/id",
            "/messages/newest/wamid",
        ),
        (
            "/entry/0/changes/0/value/statuses/0/recipient_id",
            "/messages/newest/clientWaNumber",
        ),
    ],
    ..Tie::loose("statuses")
};

/// A status triggered by hand is that of the newest message sent; a message comes from the newest client.
pub const TIES: &[Tie] = &[
    STATUS,
    Tie {
        event: "metaCustomFieldHook",
        channel: Channel::Always(CUSTOM),
        ..STATUS
    },
    Tie {
        channel: Channel::Always(RAW),
        conversation: "/entry/0/changes/0/value/messages/0/from",
        only: &[("/messages", "status", "!received")],
        values: &[
            BUSINESS[0],
            BUSINESS[1],
            BUSINESS[2],
            (
                "/entry/0/changes/0/value/contacts/0/profile/name",
                "/clients/newest/username",
            ),
            (
                "/entry/0/changes/0/value/contacts/0/wa_id",
                "/clients/newest/clientWaNumber",
            ),
            (
                "/entry/0/changes/0/value/messages/0/from",
                "/clients/newest/clientWaNumber",
            ),
            (
                "/entry/0/changes/0/value/messages/0/context/id",
                "/messages/newest/wamid",
            ),
        ],
        ..Tie::loose("messages")
    },
];

/// Each variant is a webhook of the contract.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Webhook {
    /// A client wrote.
    Message(Envelope),
    /// A sent message came further, or failed.
    Status(Envelope),
    /// The same for a message that was sent with a field for this.
    CustomField(Envelope),
}

/// Meta's webhook body.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope {
    object: &'static str,
    entry: [Entry; 1],
    #[serde(rename = "customField", skip_serializing_if = "Option::is_none")]
    custom_field: Option<Value>,
    #[serde(skip)]
    peer: String,
    #[serde(skip)]
    identity: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Entry {
    id: String,
    changes: [Change; 1],
}

#[derive(Clone, Debug, Serialize)]
struct Change {
    field: &'static str,
    value: News,
}

/// What Meta tells, with the members it has in every case first.
#[derive(Clone, Debug, Serialize)]
struct News {
    messaging_product: &'static str,
    metadata: Sender,
    #[serde(flatten)]
    told: Told,
}

#[derive(Clone, Debug, Serialize)]
struct Sender {
    display_phone_number: String,
    phone_number_id: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Told {
    Message {
        contacts: Value,
        messages: [Value; 1],
    },
    Status {
        statuses: [Standing; 1],
    },
}

/// How far a message came.
#[derive(Clone, Debug, Serialize)]
struct Standing {
    id: String,
    status: &'static str,
    timestamp: String,
    recipient_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Value>,
}

impl Announce for Webhook {
    fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "messages",
            Self::Status(_) => "statuses",
            Self::CustomField(_) => "metaCustomFieldHook",
        }
    }

    fn conversation(&self) -> String {
        self.envelope().peer.clone()
    }

    fn identity(&self) -> Option<String> {
        self.envelope().identity.clone()
    }

    fn channel(&self) -> String {
        match self {
            Self::Message(_) | Self::Status(_) => RAW.into(),
            Self::CustomField(_) => CUSTOM.into(),
        }
    }
}

impl Webhook {
    /// A client's message; `told` is the part of it that depends on its kind.
    pub fn message(business: &Business, message: &Message, username: &str, told: Value) -> Self {
        let number = &message.client_wa_number;
        let mut said =
            json!({"from": number, "id": message.wamid, "timestamp": message.timestamp.seconds()});
        if let (Some(said), Value::Object(told)) = (said.as_object_mut(), told) {
            if let Some(context) = &message.context {
                let from = business.display_phone_number.clone();
                said.insert("context".into(), json!({"from": from, "id": context.wamid}));
            }
            said.extend(told);
        }
        let told = Told::Message {
            contacts: json!([{"profile": {"name": username}, "wa_id": number}]),
            messages: [said],
        };
        Self::Message(Envelope::around(business, number, told))
    }

    /// A message came further.
    pub fn status(
        business: &Business,
        message: &Message,
        now: Instant,
        error: Option<Upstream>,
    ) -> Self {
        let mut envelope = Envelope::of_status(business, message, now, error);
        envelope.identity = Some(format!("{}:{:?}", message.wamid, message.status));
        Self::Status(envelope)
    }

    /// A message came further, told with the caller's field.
    pub fn status_with(
        business: &Business,
        message: &Message,
        now: Instant,
        error: Option<Upstream>,
        custom_field: Value,
    ) -> Self {
        let mut envelope = Envelope::of_status(business, message, now, error);
        envelope.identity = Some(format!("{}:{:?}:{CUSTOM}", message.wamid, message.status));
        envelope.custom_field = Some(custom_field);
        Self::CustomField(envelope)
    }

    fn envelope(&self) -> &Envelope {
        match self {
            Self::Message(envelope) | Self::Status(envelope) | Self::CustomField(envelope) => {
                envelope
            }
        }
    }
}

impl Envelope {
    fn of_status(
        business: &Business,
        message: &Message,
        now: Instant,
        error: Option<Upstream>,
    ) -> Self {
        let status = match message.status {
            Status::Sent => "sent",
            Status::Failed => "failed",
            Status::Read => "read",
            // What clients do with a template is no status of Meta's; it has been delivered by then.
            _ => "delivered",
        };
        let errors = error.map(|error| {
            let (code, title) = error.code_and_title();
            json!([{"code": code, "title": title, "message": error.explanation()}])
        });
        let standing = Standing {
            id: message.wamid.clone(),
            status,
            timestamp: now.seconds(),
            recipient_id: message.client_wa_number.clone(),
            errors,
        };
        let statuses = [standing];
        Self::around(
            business,
            &message.client_wa_number,
            Told::Status { statuses },
        )
    }

    fn around(business: &Business, peer: &str, told: Told) -> Self {
        let value = News {
            messaging_product: "whatsapp",
            metadata: Sender {
                display_phone_number: business.display_phone_number.clone(),
                phone_number_id: business.phone_number_id.clone(),
            },
            told,
        };
        Self {
            object: "whatsapp_business_account",
            entry: [Entry {
                id: business.waba_id.clone(),
                changes: [Change {
                    field: "messages",
                    value,
                }],
            }],
            custom_field: None,
            peer: peer.to_owned(),
            identity: None,
        }
    }
}
