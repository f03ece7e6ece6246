//! What occurs at Omnichat without a call: nothing yet, as no operation keeps anything.

use serde::{Deserialize, Serialize};

/// What the world does to Omnichat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Happening {}
