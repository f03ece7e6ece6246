//! What occurs without a call: on WhatsApp, and on the telephone.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::state::MyOperator;
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;

pub mod calls;
pub mod whatsapp;

/// What the world does to MyOperator. Written as one flat object: `{"happening": "message_read", …}`.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Happening {
    /// To messages, conversations, templates, campaigns.
    WhatsApp(whatsapp::Happening),
    /// To calls.
    Call(calls::Happening),
}

/// The member that says which happening it is.
const TAG: &str = "happening";

impl<'de> Deserialize<'de> for Happening {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let name = value.get(TAG).and_then(Value::as_str).unwrap_or_default();
        let read = if calls::NAMES.contains(&name) {
            serde_json::from_value(value).map(Self::Call)
        } else {
            serde_json::from_value(value).map(Self::WhatsApp)
        };
        read.map_err(|error| match error.to_string() {
            text if text.starts_with("unknown variant") => {
                D::Error::custom(format!("{text}, {}", calls::NAMES.join(", ")))
            }
            text => D::Error::custom(text),
        })
    }
}

impl MyOperator {
    /// Lets something happen.
    ///
    /// # Errors
    /// When it cannot happen in this state.
    pub fn let_happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::WhatsApp(happening) => self.on_whatsapp(happening, moment),
            Happening::Call(happening) => self.on_the_telephone(happening, moment),
        }
    }
}
