//! Rooms: where a contact's conversation is held, and who of the team is in it.

use std::borrow::Cow;

use axum::Extension;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::auth::Caller;
use super::super::error::{Error, RoomsError};
use super::super::state::Omnichat;
use super::Platform;
use super::contacts::{Binding, Contact, contact_key};
use super::messages::{Kind, Message, Sender, Source, Status};
use super::system_users::{Agent, Duty};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::vendor::Impossible;

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

/// Which room, and which agent, as a request names them. Here the vendor looks at one thing after the other,
/// so the members are taken as they come.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Asked {
    platform: Value,
    channel_id: Value,
    user_id: Value,
    bsuid: Value,
    agent_email: Value,
    agent_phone: Value,
    agent_employee_code: Value,
    agent_shop_location_code: Value,
}

/// Which of the operations is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The agent shall follow the room up.
    AssignAgent,
    /// The agent shall work in the room.
    AssignCollaborator,
    /// No sales agent shall follow the room up any more.
    UnassignAgent,
    /// The agent shall no longer work in the room.
    UnassignCollaborator,
}

/// `POST /v1/rooms/assign-agent` — gives a room to an agent, who follows it up.
pub async fn assign_agent(
    store: Store<Omnichat>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Result<StatusCode, Error> {
    arrange(&store, &caller, Wish::AssignAgent, &asked)
}

/// `POST /v1/rooms/assign-collaborator` — takes an agent into a room.
pub async fn assign_collaborator(
    store: Store<Omnichat>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Result<StatusCode, Error> {
    arrange(&store, &caller, Wish::AssignCollaborator, &asked)
}

/// `POST /v1/rooms/unassign-agent` — takes a room from the sales agent who follows it up.
pub async fn unassign_agent(
    store: Store<Omnichat>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Result<StatusCode, Error> {
    arrange(&store, &caller, Wish::UnassignAgent, &asked)
}

/// `POST /v1/rooms/unassign-collaborator` — takes an agent out of a room.
pub async fn unassign_collaborator(
    store: Store<Omnichat>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Result<StatusCode, Error> {
    arrange(&store, &caller, Wish::UnassignCollaborator, &asked)
}

fn arrange(
    store: &Store<Omnichat>,
    caller: &Caller,
    wish: Wish,
    asked: &Asked,
) -> Result<StatusCode, Error> {
    store.try_write(|omnichat, moment| {
        omnichat.arrange_room(wish, asked, &caller.team, moment.now)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

impl Wish {
    /// The module of the team that it belongs to.
    fn module(self) -> &'static str {
        match self {
            Self::UnassignAgent => "open_api_omo",
            Self::AssignAgent | Self::AssignCollaborator | Self::UnassignCollaborator => {
                "open_api_crm"
            }
        }
    }

    fn assigns(self) -> bool {
        matches!(self, Self::AssignAgent | Self::AssignCollaborator)
    }
}

/// A text that says something; null and blank count as absent.
fn word(value: &Value) -> Result<Option<&str>, RoomsError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        _ => Err(RoomsError::InvalidBody),
    }
}

/// Who is meant, by whatever is given of it.
#[derive(Clone, Copy, Debug)]
struct Named<'a> {
    email: Option<&'a str>,
    phone: Option<&'a str>,
    code: Option<&'a str>,
    shop: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn read(asked: &'a Asked) -> Result<Self, RoomsError> {
        Ok(Self {
            email: word(&asked.agent_email)?,
            phone: word(&asked.agent_phone)?,
            code: word(&asked.agent_employee_code)?,
            shop: word(&asked.agent_shop_location_code)?,
        })
    }

    /// Whether enough is said for an agent to be looked for.
    fn judge(self) -> Result<(), RoomsError> {
        match self {
            Self {
                email: None,
                phone: None,
                code: None,
                ..
            } => Err(RoomsError::AgentMissing),
            Self {
                email: None,
                phone: None,
                shop: None,
                ..
            } => Err(RoomsError::ShopMissing),
            _ => Ok(()),
        }
    }
}

impl Omnichat {
    /// Arranges who works in a room, looking at one thing after the other as the vendor does.
    ///
    /// # Errors
    /// With the first thing that is missing or unknown.
    pub fn arrange_room(
        &mut self,
        wish: Wish,
        asked: &Asked,
        team: &str,
        now: Timestamp,
    ) -> Result<(), RoomsError> {
        let user = word(&asked.user_id)?.or(word(&asked.bsuid)?);
        let user = user.ok_or(RoomsError::UserMissing)?;
        let channel = word(&asked.channel_id)?.ok_or(RoomsError::ChannelMissing)?;
        let platform = word(&asked.platform)?.ok_or(RoomsError::PlatformMissing)?;
        let platform = match platform {
            "line" => Platform::Line,
            "whatsapp" => Platform::Whatsapp,
            other => return Err(RoomsError::PlatformNotSupported(other.to_owned())),
        };
        if !self.team.modules.iter().any(|one| one == wish.module()) {
            return Err(RoomsError::ModuleMissing(team.to_owned()));
        }
        let named = Named::read(asked)?;
        if wish.assigns() {
            named.judge()?;
        }
        if self.channel(platform, channel).is_err() {
            return Err(RoomsError::ChannelUnknown(channel.to_owned()));
        }
        let contact = self.room_owner(platform, channel, user, word(&asked.bsuid)?)?;
        if wish == Wish::UnassignAgent {
            self.release(&contact, now);
            return Ok(());
        }
        let agent = self
            .agent_named(named)
            .ok_or(RoomsError::AgentUnknown)?
            .clone();
        let room = self.open_room(&contact).cloned();
        let Some(room) = room else {
            return Err(RoomsError::UserUnknown(user.to_owned()));
        };
        match wish {
            Wish::AssignAgent => self.follow_up(&room, &agent, named.shop, now)?,
            Wish::AssignCollaborator => drop(self.rooms.update(&room.id, |room| {
                if !room.collaborators.contains(&agent.username) {
                    room.collaborators.push(agent.username.clone());
                }
            })),
            Wish::UnassignCollaborator | Wish::UnassignAgent => {
                self.rooms.update(&room.id, |room| {
                    room.collaborators.retain(|one| *one != agent.username);
                });
            }
        }
        Ok(())
    }

    /// The key of the contact whose room is meant.
    fn room_owner(
        &self,
        platform: Platform,
        channel: &str,
        user: &str,
        bsuid: Option<&str>,
    ) -> Result<String, RoomsError> {
        let key = contact_key(platform, channel, user);
        if self.contacts.contains(&key) {
            return Ok(key);
        }
        let whatsapp = platform == Platform::Whatsapp;
        let known = bsuid.filter(|_| whatsapp);
        let known = known.and_then(|bsuid| self.contact_by_bsuid(channel, bsuid));
        known
            .map(|contact| contact.key().into_owned())
            .ok_or_else(|| match whatsapp {
                true => RoomsError::WhatsAppUserUnknown(user.to_owned()),
                false => RoomsError::UserUnknown(user.to_owned()),
            })
    }

    /// The agent who is meant: by e-mail, or else by phone, or else by employee code.
    fn agent_named(&self, named: Named<'_>) -> Option<&Agent> {
        let by_email = || self.agent_by_email(named.email?);
        let by_phone = || self.agent_by_phone(named.phone?);
        let by_code = || match named.shop {
            Some(shop) => self.agent_by_code(named.code?, shop),
            None => self.agents.by("employee", named.code?).next(),
        };
        by_email().or_else(by_phone).or_else(by_code)
    }

    /// Gives a room to an agent; a sales agent is bound to the contact from then on.
    fn follow_up(
        &mut self,
        room: &Room,
        agent: &Agent,
        shop: Option<&str>,
        now: Timestamp,
    ) -> Result<(), RoomsError> {
        let sells = agent.duty == Duty::Sales;
        let stranger = !room.collaborators.contains(&agent.username);
        if sells && stranger && !room.collaborators.is_empty() {
            return Err(RoomsError::NotACollaborator);
        }
        self.rooms.update(&room.id, |room| {
            room.follow_up_agent = Some(agent.username.clone());
        });
        if sells {
            let shops = agent.shops.as_deref().unwrap_or_default();
            let shop = shop.filter(|shop| agent.works_for(shop)).map(str::to_owned);
            let binding = Binding {
                agent: agent.username.clone(),
                shop: shop.or_else(|| shops.first().cloned()),
                bound_at: now,
            };
            self.contacts.update(&room.contact, |contact| {
                contact.agent = Some(binding);
                contact.updated_at = now;
            });
        }
        Ok(())
    }

    /// Takes a room, and its contact, from the sales agent who has them; nobody minds if there is none.
    fn release(&mut self, contact: &str, now: Timestamp) {
        let room = self.rooms.by("contact", contact).next();
        if let Some(room) = room {
            let agent = room.follow_up_agent.as_ref();
            let agent = agent.and_then(|agent| self.agents.get(agent));
            if agent.is_some_and(|agent| agent.duty == Duty::Sales) {
                let id = room.id.clone();
                self.rooms.update(&id, |room| room.follow_up_agent = None);
            }
        }
        let bound = self.contacts.get(contact);
        if bound.is_some_and(|contact| contact.agent.is_some()) {
            self.contacts.update(contact, |contact| {
                contact.agent = None;
                contact.updated_at = now;
            });
        }
    }

    /// An agent writes to a contact, in the contact's room.
    ///
    /// # Errors
    /// When there is no such contact, or no such agent.
    pub fn agent_writes(
        &mut self,
        written: AgentMessage,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let AgentMessage { platform, .. } = written;
        let key = contact_key(platform, &written.channel, &written.user);
        let known = self.contacts.get(&key);
        let contact = known.ok_or_else(|| Impossible(format!("there is no contact {key}")))?;
        let agent = self.agents.get(&written.agent);
        let agent = agent.or_else(|| self.agent_by_email(&written.agent));
        let agent =
            agent.ok_or_else(|| Impossible(format!("there is no agent {:?}", written.agent)))?;
        let message = Message {
            id: match platform {
                Platform::Whatsapp => moment.ids.wamid(&contact.user_id),
                _ => moment.ids.uuid().to_string(),
            },
            platform,
            channel_id: contact.channel_id.clone(),
            user_id: contact.user_id.clone(),
            time: moment.now,
            sender: Sender::Agent(agent.username.clone()),
            kind: Kind::Text,
            status: Status::Accepted,
            message: Some(written.text.clone()),
            media_url: None,
            source: Source::Agent,
            track_id: None,
            broadcast: None,
            error: None,
            content: (platform == Platform::Whatsapp)
                .then(|| serde_json::json!({"type": "text", "text": {"body": written.text}})),
            category: None,
            conversation: None,
            by_user_id: false,
            tracking: None,
        };
        let id = message.id.clone();
        self.record_message(message);
        self.send_off(&id, moment);
        Ok(())
    }
}

/// What an agent writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentMessage {
    /// Where.
    pub platform: Platform,
    /// From which channel.
    pub channel: String,
    /// To whom.
    pub user: String,
    /// Who, by UUID or e-mail address.
    pub agent: String,
    /// What.
    pub text: String,
}
