//! What a business is connected to. The documentation is a copy of the inbox list, so the rows are our own.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::reply::{classic, done, utc};
use super::super::state::Cekat;
use crate::kernel::store::Store;
use crate::kernel::table::Record;

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// To what.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Whether it works.
    pub status: String,
    /// Since when.
    pub created_at: Timestamp,
}

impl Record for Integration {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("business", Cow::Borrowed(&self.business_id))]
    }
}

/// A connection as it is listed.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    created_at: String,
    business_id: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    status: String,
}

/// `GET /integrations` — lists what the caller is connected to.
pub async fn list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
) -> Result<impl IntoResponse, Error> {
    let shown: Vec<_> = store.read(|cekat, _| {
        let own = cekat.integrations.by("business", caller.business());
        own.map(|one| Shown {
            id: one.id.clone(),
            created_at: utc(one.created_at),
            business_id: one.business_id.clone(),
            kind: one.kind.clone(),
            name: one.name.clone(),
            status: one.status.clone(),
        })
        .collect()
    });
    Ok(classic(StatusCode::OK, Some(shown)))
}

/// `DELETE /integrations/delete` — cuts every connection of the caller.
pub async fn delete(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
) -> Result<impl IntoResponse, Error> {
    store.write(|cekat, _| {
        let own = cekat.integrations.by("business", caller.business());
        let ids: Vec<_> = own.map(|one| one.id.clone()).collect();
        for id in ids {
            cekat.integrations.remove(&id);
        }
    });
    Ok(done())
}
