//! What occurs at Cekat without a call: nothing, as long as its operations are replayed.

use serde::{Deserialize, Serialize};

/// What may happen. A replayed vendor has no state that anything could happen to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Happening {}
