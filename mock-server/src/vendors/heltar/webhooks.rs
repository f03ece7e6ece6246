//! What HeltarChat tells the world: Meta's webhook bodies, forwarded as they are.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::resources::content::{Message, Status};
use super::resources::meta::Upstream;
use super::state::{Business, Instant};
use crate::kernel::vendor::Announce;

/// The channel of raw bodies, which every address hears unless it says otherwise.
pub const RAW: &str = "metaWebhooks";

/// The channel of bodies with the caller's own field, which an address must ask for.
pub const CUSTOM: &str = "metaCustomFieldHook";

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
    value: Map<String, Value>,
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
        let mut value = Map::new();
        value.insert(
            "contacts".into(),
            json!([{"profile": {"name": username}, "wa_id": number}]),
        );
        value.insert("messages".into(), json!([said]));
        Self::Message(Envelope::around(business, number, value))
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
        let mut told = json!({
            "id": message.wamid,
            "status": status,
            "timestamp": now.seconds(),
            "recipient_id": message.client_wa_number,
        });
        if let Some(error) = error {
            let (code, title) = error.code_and_title();
            told["errors"] =
                json!([{"code": code, "title": title, "message": error.explanation()}]);
        }
        let mut value = Map::new();
        value.insert("statuses".into(), json!([told]));
        Self::around(business, &message.client_wa_number, value)
    }

    fn around(business: &Business, peer: &str, inner: Map<String, Value>) -> Self {
        let metadata = json!({
            "display_phone_number": business.display_phone_number,
            "phone_number_id": business.phone_number_id,
        });
        let mut value = Map::new();
        value.insert("messaging_product".into(), "whatsapp".into());
        value.insert("metadata".into(), metadata);
        value.extend(inner);
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
