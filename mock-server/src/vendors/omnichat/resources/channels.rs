//! Channels: the team's accounts on the platforms.

use std::borrow::Cow;

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::state::Omnichat;
use super::{Platform, key_of};
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// An account on a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Channel {
    /// Where.
    pub platform: Platform,
    /// The platform's id of it; on WhatsApp the business's number.
    pub channel_id: String,
    /// What the team calls it.
    pub channel_name: String,
    /// What only an account on WhatsApp has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whatsapp: Option<WhatsAppAccount>,
}

/// What only an account on WhatsApp has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WhatsAppAccount {
    /// A UUID: part of the names of rooms.
    pub account: String,
    /// Meta's id of the business account, seen in webhooks.
    pub waba_id: String,
    /// Meta's id of the number, seen in webhooks.
    pub phone_number_id: String,
    /// Whether it may send marketing templates through the API.
    pub mm_lite_enabled: bool,
    /// Whether the number is registered with the Cloud API.
    #[serde(default = "yes")]
    pub registered: bool,
    /// The business's public key for flows, as it was uploaded last.
    #[serde(default)]
    pub public_key: Option<String>,
}

fn yes() -> bool {
    true
}

impl Record for Channel {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(key_of(self.platform, &[&self.channel_id]))
    }
}

/// A channel as other records name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelName {
    /// Where.
    pub platform: Platform,
    /// Which.
    pub channel_id: String,
}

/// A channel in the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    platform: Platform,
    channel_id: String,
    channel_name: String,
}

/// `GET /v1/channels` — lists the team's channels, as a bare array.
pub async fn list(store: Store<Omnichat>) -> impl IntoResponse {
    let shown = |channel: &Channel| Shown {
        platform: channel.platform,
        channel_id: channel.channel_id.clone(),
        channel_name: channel.channel_name.clone(),
    };
    Json(store.read(|omnichat, _| omnichat.channels.iter().map(shown).collect::<Vec<_>>()))
}

impl Omnichat {
    /// A channel of the team.
    ///
    /// # Errors
    /// When the team has none of this id on the platform.
    pub fn channel(&self, platform: Platform, id: &str) -> Result<&Channel, Error> {
        self.channels
            .get(&key_of(platform, &[id]))
            .ok_or(Error::ChannelUnknown)
    }
}
