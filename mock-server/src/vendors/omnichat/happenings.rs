//! What occurs at Omnichat without a call: messages get somewhere, broadcasts come due.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::resources::messages::Status;
use super::state::Omnichat;
use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;

/// What the world does to Omnichat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
}

/// How long the platform takes to take a message.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

impl Omnichat {
    pub(super) fn happening(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::BroadcastDue { broadcast } => self.begin_broadcast(&broadcast, moment),
            Happening::Sent { message } => {
                let moved = self.advance_message(&message, Status::Sent, None, moment.now);
                moved
                    .then_some(())
                    .ok_or_else(|| Impossible(format!("message {message:?} cannot be sent")))
            }
        }
    }

    /// Sends a message that was just recorded on its way.
    pub(super) fn send_off(&mut self, message: &str, moment: &mut Moment<'_, Self>) {
        let message = message.to_owned();
        moment.plan(ON_ITS_WAY, Happening::Sent { message });
    }
}
