//! What a paired phone knows: its contacts and its groups.

use std::collections::BTreeMap;

use axum::{Extension, Json};
use serde::{Deserialize, Serialize};

use super::devices::{Device, Group, Person, Role};
use crate::kernel::extract::Body;
use crate::kernel::store::Store;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{ReplyWith, reply_with};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// What to read off the phone.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Wanted {
    #[serde(rename = "type")]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Contacts,
    Group,
}

/// What was read: a list of people, or a map of groups.
#[derive(Debug, Serialize)]
pub struct Grabbed {
    data: Data,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Data {
    Contacts(Vec<Person>),
    Groups(BTreeMap<String, ShownGroup>),
}

#[derive(Debug, Serialize)]
struct ShownGroup {
    id: String,
    groupname: String,
    participants: Vec<ShownParticipant>,
}

#[derive(Debug, Serialize)]
struct ShownParticipant {
    groupid: String,
    iscontact: bool,
    name: String,
    number: String,
    role: Role,
    groupname: String,
}

/// `POST /public/v1/grab` — reads the phone book or the groups of a paired device.
pub async fn grab(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(wanted): Body<Wanted>,
) -> Result<Json<ReplyWith<String, Grabbed>>, Error> {
    let data = store.read(|bales, _| bales.grab(wanted, &caller))?;
    let message = match &data {
        Data::Contacts(people) => format!("Received ({}) Contacts", people.len()),
        Data::Groups(groups) => format!("Received ({}) Groups", groups.len()),
    };
    Ok(reply_with(message, Grabbed { data }))
}

impl BalesOtomatis {
    fn grab(&self, wanted: Wanted, caller: &Caller) -> Result<Data, Error> {
        let device = self.device(caller)?;
        device.connected()?;
        Ok(match wanted.kind {
            Kind::Contacts => Data::Contacts(device.phone_book.clone()),
            Kind::Group => {
                let groups = device
                    .groups
                    .iter()
                    .map(|group| (group.id.clone(), shown(group, device)));
                Data::Groups(groups.collect())
            }
        })
    }
}

/// A participant without a name of their own goes by the group's.
fn shown(group: &Group, device: &Device) -> ShownGroup {
    let participants = group.participants.iter().map(|one| ShownParticipant {
        groupid: group.id.clone(),
        iscontact: device.name_of(&one.number).is_some(),
        name: device
            .name_of(&one.number)
            .unwrap_or(&group.name)
            .to_owned(),
        number: one.number.clone(),
        role: one.role,
        groupname: group.name.clone(),
    });
    ShownGroup {
        id: group.id.clone(),
        groupname: group.name.clone(),
        participants: participants.collect(),
    }
}
