//! Messages to a group that the device administers.

use axum::{Extension, Json};
use serde::Deserialize;

use super::ON_ITS_WAY;
use super::personal::{Content, File};
use crate::kernel::extract::Body;
use crate::kernel::store::Store;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{Reply, reply};
use crate::vendors::balesotomatis::resources::Text;
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// A text, or a picture with a text.
#[derive(Clone, Debug, Deserialize)]
pub struct Outgoing {
    group_id: Text,
    #[serde(flatten)]
    content: Content,
}

/// A file with a text.
#[derive(Clone, Debug, Deserialize)]
pub struct OutgoingFile {
    group_id: Text,
    #[serde(flatten)]
    file: File,
}

/// `POST /public/v1/send_group_message` — sends a text, or an image with a text, to a group the device administers.
pub async fn send(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<Outgoing>,
) -> Result<Json<Reply<&'static str>>, Error> {
    store.try_write(|bales, moment| {
        let group = bales.group(&outgoing.group_id, &caller)?;
        bales.send_content(&outgoing.content, &group, &caller, moment)
    })?;
    Ok(reply(ON_ITS_WAY))
}

/// `POST /public/v1/send_group_file` — sends a file to a group the device administers.
pub async fn file(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<OutgoingFile>,
) -> Result<Json<Reply<&'static str>>, Error> {
    store.try_write(|bales, moment| {
        let group = bales.group(&outgoing.group_id, &caller)?;
        bales.send_file(&outgoing.file, &group, &caller, moment)
    })?;
    Ok(reply(ON_ITS_WAY))
}

impl BalesOtomatis {
    /// The id of a group that the caller's device may write to.
    pub fn group(&self, id: &Text, caller: &Caller) -> Result<String, Error> {
        let group = self.device(caller)?.administers(self.meant(&id.0))?;
        Ok(group.id.clone())
    }
}
