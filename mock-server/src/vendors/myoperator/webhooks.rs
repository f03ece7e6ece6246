//! What MyOperator tells the world: nothing by itself yet, since no operation keeps anything to tell of.

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
