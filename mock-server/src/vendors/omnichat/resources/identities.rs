//! Identities: which member is behind a user of LINE.

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use super::super::state::Omnichat;
use super::contacts::contact_key;
use super::{Listed, Platform};
use crate::kernel::extract::Body;
use crate::kernel::store::Store;

/// Whose members a request asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    platform: Platform,
    channel_id: String,
    ids: Vec<String>,
}

/// The member behind a user, if there is one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    id: String,
    member_id: Option<String>,
}

/// `POST /v1/identities/member-data` — names the member behind each user, in the order asked.
pub async fn member_data(
    store: Store<Omnichat>,
    Body(question): Body<Question>,
) -> impl IntoResponse {
    let content: Vec<_> = store.read(|omnichat, _| {
        let identity = |id: String| {
            let key = contact_key(question.platform, &question.channel_id, &id);
            let contact = omnichat.contacts.get(&key);
            let member = contact.and_then(|contact| omnichat.member_id_of(contact));
            Identity {
                member_id: member.map(str::to_owned),
                id,
            }
        };
        question.ids.into_iter().map(identity).collect()
    });
    Json(Listed {
        total_elements: content.len(),
        content,
    })
}
