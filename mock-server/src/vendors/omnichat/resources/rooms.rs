//! Rooms: where a contact's conversation is held, and who of the team is in it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::super::state::Omnichat;
use super::Platform;
use super::contacts::Contact;
use crate::kernel::table::Record;

/// The room of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Room {
    /// Such as `li12345678-u1111111111111`.
    pub id: String,
    /// Whose it is, by the contact's key.
    pub contact: String,
    /// The agent who follows it up, by UUID.
    #[serde(default)]
    pub follow_up_agent: Option<String>,
    /// Who else works in it, by UUID: with anybody here it is a collaboration room.
    #[serde(default)]
    pub collaborators: Vec<String>,
}

impl Record for Room {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("contact", Cow::Borrowed(&self.contact))]
    }
}

impl Omnichat {
    /// The name of a contact's room: the platform, the account, the user.
    pub fn room_id(&self, contact: &Contact) -> String {
        let channel = self.channel(contact.platform, &contact.channel_id).ok();
        let account = channel.and_then(|channel| channel.whatsapp.as_ref());
        let account = account.map_or(&contact.channel_id, |whatsapp| &whatsapp.account);
        let prefix = match contact.platform {
            Platform::Line => "li",
            Platform::Whatsapp => "wh",
            Platform::Facebook => "fb",
            Platform::Instagram => "ig",
            Platform::Wechat => "wc",
            Platform::Webchat => "we",
        };
        format!("{prefix}{account}-{}", contact.user_id.to_lowercase())
    }

    /// The room of a contact, by the contact's key; opened when there is none yet.
    pub fn open_room(&mut self, contact: &str) -> Option<&Room> {
        if self.rooms.count_by("contact", contact) == 0 {
            let id = self.room_id(self.contacts.get(contact)?);
            self.rooms.put(Room {
                id,
                contact: contact.to_owned(),
                follow_up_agent: None,
                collaborators: Vec::new(),
            });
        }
        self.rooms.by("contact", contact).next()
    }
}
