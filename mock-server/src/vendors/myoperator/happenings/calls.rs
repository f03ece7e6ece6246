//! What occurs on the telephone: nothing yet, since no call is kept.

use serde::{Deserialize, Serialize};

use crate::kernel::moment::Moment;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::MyOperator;

/// What can happen to calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "happening", rename_all = "snake_case", deny_unknown_fields)]
pub enum Happening {}

/// Their names, as they are written.
pub const NAMES: &[&str] = &[];

impl MyOperator {
    /// Lets something happen on the telephone.
    ///
    /// # Errors
    /// When it cannot happen in this state.
    pub(super) fn on_the_telephone(
        &mut self,
        happening: Happening,
        _moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {}
    }
}
