//! Rooms: who of the staff answers a contact.

use http::Method;
use serde::Serialize;

use super::error::Dialect;
use super::{Client, Error, Platform, done};

/// The operations on rooms; they say no as [`super::Rooms`] does.
#[derive(Clone, Copy, Debug)]
pub struct Rooms<'c>(pub(super) &'c Client);

/// Where a contact is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// LINE or WhatsApp.
    pub platform: Platform,
    /// On which channel of the team.
    pub channel_id: String,
    /// Whom.
    #[serde(flatten)]
    pub user: User,
}

/// Whom a room is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum User {
    /// By the platform's id.
    UserId(String),
    /// By WhatsApp's id for this business; of the newer guide.
    Bsuid(String),
}

impl Room {
    /// The room of a contact.
    pub fn of(platform: Platform, channel_id: &str, user_id: &str) -> Self {
        Self {
            platform,
            channel_id: channel_id.to_owned(),
            user: User::UserId(user_id.to_owned()),
        }
    }
}

/// Somebody of the staff; of several names the first one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// By address.
    pub agent_email: Option<String>,
    /// By number, with `+`.
    pub agent_phone: Option<String>,
    /// By the code of the employee, for those who sell.
    pub agent_employee_code: Option<String>,
    /// In which shop, for those who sell.
    pub agent_shop_location_code: Option<String>,
}

impl Agent {
    /// By address.
    pub fn email(email: impl Into<String>) -> Self {
        Self {
            agent_email: Some(email.into()),
            ..Self::default()
        }
    }

    /// By number.
    pub fn phone(phone: impl Into<String>) -> Self {
        Self {
            agent_phone: Some(phone.into()),
            ..Self::default()
        }
    }

    /// By the code of an employee in a shop.
    pub fn employee(code: impl Into<String>, shop: impl Into<String>) -> Self {
        Self {
            agent_employee_code: Some(code.into()),
            agent_shop_location_code: Some(shop.into()),
            ..Self::default()
        }
    }
}

#[derive(Serialize)]
struct Request<'a> {
    #[serde(flatten)]
    room: &'a Room,
    #[serde(flatten)]
    agent: Option<&'a Agent>,
}

impl Rooms<'_> {
    /// `POST /v1/rooms/assign-agent` — gives a room to somebody; whoever sells has to collaborate there first, when
    /// anybody does.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn assign_agent(&self, room: &Room, agent: &Agent) -> Result<(), Error> {
        self.change("assign-agent", room, Some(agent)).await
    }

    /// `POST /v1/rooms/assign-collaborator` — lets somebody into a room.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn assign_collaborator(&self, room: &Room, agent: &Agent) -> Result<(), Error> {
        self.change("assign-collaborator", room, Some(agent)).await
    }

    /// `POST /v1/rooms/unassign-agent` — takes a room from whoever sells there.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn unassign_agent(&self, room: &Room) -> Result<(), Error> {
        self.change("unassign-agent", room, None).await
    }

    /// `POST /v1/rooms/unassign-collaborator` — sends somebody out of a room.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn unassign_collaborator(&self, room: &Room, agent: &Agent) -> Result<(), Error> {
        self.change("unassign-collaborator", room, Some(agent))
            .await
    }

    async fn change(&self, what: &str, room: &Room, agent: Option<&Agent>) -> Result<(), Error> {
        let request = self.0.ask(Method::POST, &["v1", "rooms", what]);
        done(request.json(&Request { room, agent }), 204, Dialect::Rooms).await
    }
}
