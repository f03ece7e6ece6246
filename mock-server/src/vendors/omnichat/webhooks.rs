//! What Omnichat tells the world: nothing by itself yet; every event of the contract can be triggered.

use serde::Serialize;

use crate::kernel::vendor::Announce;

/// Each variant is a webhook of the contract.
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
