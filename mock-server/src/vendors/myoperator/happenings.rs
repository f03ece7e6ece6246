//! What occurs without a call: nothing yet, since no operation keeps anything that could progress.

use serde::{Deserialize, Serialize};

/// What the world does to MyOperator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Happening {}
