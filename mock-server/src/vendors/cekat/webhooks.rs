//! What Cekat tells the world: nothing by itself, as long as its operations are replayed.

use serde::Serialize;

use crate::kernel::vendor::Announce;

/// What is announced. A replayed vendor has no rule that could announce anything.
#[derive(Clone, Debug, Serialize)]
pub enum Webhook {}

impl Announce for Webhook {
    fn name(&self) -> &'static str {
        match *self {}
    }

    fn conversation(&self) -> String {
        match *self {}
    }
}
