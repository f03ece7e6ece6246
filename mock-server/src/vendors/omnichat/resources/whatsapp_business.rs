//! The public keys of WhatsApp flows.

use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;

use super::super::error::Error;
use super::super::state::Omnichat;
use super::Platform;
use crate::kernel::extract::Body;
use crate::kernel::store::Store;
use crate::kernel::table::Record as _;
use crate::kernel::text::digits;

/// A key for a number.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    phone: String,
    business_public_key: String,
}

/// `POST /v1/whatsapp-business/public-key` — keeps a number's public key in place of the one before.
pub async fn public_key(
    store: Store<Omnichat>,
    Body(upload): Body<Upload>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|omnichat, _| {
        let channel = omnichat.channel(Platform::Whatsapp, &digits(&upload.phone))?;
        let key = channel.key().into_owned();
        omnichat.channels.update(&key, |channel| {
            if let Some(account) = &mut channel.whatsapp {
                account.public_key = Some(upload.business_public_key);
            }
        });
        Ok::<_, Error>(())
    })?;
    Ok(StatusCode::OK)
}
