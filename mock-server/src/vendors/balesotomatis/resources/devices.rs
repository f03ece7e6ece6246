//! Numbers paired by QR code, with their phone books and groups.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kernel::table::Record;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// A paired number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// `number_id`.
    pub number_id: String,
    /// The key of the account it belongs to.
    pub account: String,
    /// Its number, digits only.
    pub number: String,
    /// Whether it is reached.
    pub state: Connection,
    /// Since when, or when last.
    pub last_connected_at: Timestamp,
    /// Who its owner knows.
    #[serde(default)]
    pub phone_book: Vec<Person>,
    /// Where it takes part.
    #[serde(default)]
    pub groups: Vec<Group>,
}

/// Whether a device is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Connection {
    /// It is.
    Connected,
    /// It is not: nothing can be sent through it.
    Disconnected,
}

/// An entry of a phone book.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// As the owner calls them.
    pub name: String,
    /// Digits only.
    pub whatsapp_number: String,
}

/// A WhatsApp group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Bare digits.
    pub id: String,
    /// What its members see.
    pub name: String,
    /// Who is in it, the device among them.
    pub participants: Vec<Participant>,
}

/// A member of a group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// Digits only.
    pub number: String,
    /// What they may do.
    pub role: Role,
}

/// What a member of a group may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Take part.
    Participant,
    /// Write through this vendor, among other things.
    Admin,
}

impl Record for Device {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.number_id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("account", Cow::Borrowed(&self.account))]
    }
}

impl BalesOtomatis {
    /// The device that a caller calls for.
    pub fn device(&self, caller: &Caller) -> Result<&Device, Error> {
        self.devices.get(&caller.number).ok_or(Error::UnknownNumber)
    }
}

impl Device {
    /// Refuses when nothing gets through to the phone.
    pub fn connected(&self) -> Result<(), Error> {
        match self.state {
            Connection::Connected => Ok(()),
            Connection::Disconnected => Err(Error::DeviceSilent),
        }
    }

    /// The group of this id, with or without the server's name behind it, if the device may write to it.
    pub fn administers(&self, id: &str) -> Result<&Group, Error> {
        let bare = id.strip_suffix("@g.us").unwrap_or(id);
        let group = self
            .groups
            .iter()
            .find(|group| group.id == bare)
            .ok_or(Error::UnknownGroup)?;
        let admin =
            |member: &Participant| member.number == self.number && member.role == Role::Admin;
        if group.participants.iter().any(admin) {
            Ok(group)
        } else {
            Err(Error::NotGroupAdmin)
        }
    }

    /// What the owner calls a number, if they know it.
    pub fn name_of(&self, number: &str) -> Option<&str> {
        let known = self
            .phone_book
            .iter()
            .find(|person| person.whatsapp_number == number);
        known.map(|person| person.name.as_str())
    }
}
