//! What occurs on WhatsApp without a request: nothing yet.

use serde::{Deserialize, Serialize};

use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::MyOperator;

/// What can happen to messages, conversations, templates and campaigns.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {}

impl MyOperator {
    /// Lets something happen on WhatsApp.
    ///
    /// # Errors
    /// When it cannot happen in this state.
    pub(super) fn on_whatsapp(
        &mut self,
        happening: Happening,
        _moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {}
    }
}
