//! BalesOtomatis on the phones of those its numbers write to.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::happenings::{Happening, Incoming};
use super::resources::messages::{Kind, Message};
use super::state::BalesOtomatis;
use crate::kernel::phone::{Bubble, Gesture, Phone, Says, Side};
use crate::kernel::table::Record;
use crate::kernel::vendor::Impossible;

/// For how long after a customer's message an official number may write freely.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// What came in. No operation shows it; customers' phones do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// The id that the webhook gave it.
    pub id: String,
    /// The `number_id` or the `licenses_key` it came to.
    pub number: String,
    /// Who wrote it, in digits.
    pub peer: String,
    /// Whether the owner of the number wrote it, on their own phone.
    pub from_me: bool,
    /// `text`, `location`, or the file's kind.
    pub kind: String,
    /// Its words.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

impl Record for Heard {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("peer", Cow::Borrowed(&self.peer))]
    }
}

impl BalesOtomatis {
    pub(super) fn peers_phones(&self) -> Vec<Phone> {
        let mut phones: BTreeMap<String, Phone> = BTreeMap::new();
        let mut seen = |number: &str, peer: &str, at: Option<Timestamp>| {
            let id = format!("{number}/{peer}");
            let phone = phones.entry(id.clone()).or_insert_with(|| Phone {
                id,
                number: peer.to_owned(),
                name: self.name_of_peer(number, peer),
                through: Some(number.to_owned()),
                open_until: None,
                last_at: None,
            });
            phone.last_at = phone.last_at.max(at);
        };
        for talk in self.conversations.iter() {
            seen(&talk.licence, &talk.peer, None);
        }
        for message in self.messages.iter() {
            seen(&message.sender, &message.peer, Some(message.accepted_at));
        }
        for heard in self.heard.iter() {
            seen(&heard.number, &heard.peer, Some(heard.at));
        }
        for talk in self.conversations.iter() {
            if let Some(phone) = phones.get_mut(&format!("{}/{}", talk.licence, talk.peer)) {
                phone.open_until = talk.last_inbound_at.checked_add(WINDOW).ok();
                phone.last_at = phone.last_at.max(Some(talk.last_inbound_at));
            }
        }
        phones.into_values().collect()
    }

    fn name_of_peer(&self, number: &str, peer: &str) -> Option<String> {
        let met = self
            .conversations
            .iter()
            .find(|talk| talk.licence == number && talk.peer == peer);
        let book = self.devices.get(number);
        met.map(|talk| talk.name.clone())
            .or_else(|| book?.name_of(peer).map(str::to_owned))
    }

    pub(super) fn peers_screen(&self, phone: &str) -> Vec<Bubble> {
        let Some((number, peer)) = phone.split_once('/') else {
            return Vec::new();
        };
        let sent = self
            .messages
            .by("peer", peer)
            .filter(|message| message.sender == number)
            .map(sent_bubble);
        let heard = self
            .heard
            .by("peer", peer)
            .filter(|heard| heard.number == number)
            .map(heard_bubble);
        let mut bubbles: Vec<_> = sent.chain(heard).collect();
        bubbles.sort_by_key(|bubble| bubble.at);
        bubbles
    }

    pub(super) fn peer_does(&self, gesture: Gesture) -> Result<Happening, Impossible> {
        Ok(match gesture {
            Gesture::Write { phone, name, says } => {
                let (number, from) = phone.split_once('/').unwrap_or(("", &phone));
                let blank = Incoming {
                    number: number.to_owned(),
                    from: from.to_owned(),
                    name,
                    ..Incoming::default()
                };
                Happening::IncomingChat(match says {
                    Says::Text { text } => Incoming { text, ..blank },
                    Says::Picture { caption } => Incoming {
                        text: caption.unwrap_or_default(),
                        media_mime: "image/jpeg".to_owned(),
                        media_name: "picture.jpg".to_owned(),
                        ..blank
                    },
                    Says::Location {
                        latitude,
                        longitude,
                        name,
                    } => Incoming {
                        text: name.unwrap_or_default(),
                        lat: Some(latitude),
                        lng: Some(longitude),
                        ..blank
                    },
                })
            }
            Gesture::Press { .. } => {
                return Err(Impossible(
                    "messages of this vendor have no buttons".to_owned(),
                ));
            }
            Gesture::Deliver { message } => Happening::Delivered { message },
            Gesture::Read { message } => Happening::Read { message },
            Gesture::Fail { message } => Happening::Failed {
                message,
                reason: None,
            },
        })
    }
}

fn sent_bubble(message: &Message) -> Bubble {
    Bubble {
        id: message.id.clone(),
        from: Side::Business,
        kind: match message.kind {
            Kind::Text => "text",
            Kind::Image => "image",
            Kind::File => "file",
            Kind::Document => "document",
            Kind::Location => "location",
            Kind::Template => "template",
        }
        .to_owned(),
        text: message.text.clone(),
        media: message.url.clone(),
        buttons: Vec::new(),
        at: message.accepted_at,
        status: Some(format!("{:?}", message.status).to_lowercase()),
    }
}

fn heard_bubble(heard: &Heard) -> Bubble {
    Bubble {
        id: heard.id.clone(),
        from: if heard.from_me {
            Side::Business
        } else {
            Side::Customer
        },
        kind: heard.kind.clone(),
        text: heard.text.clone(),
        media: None,
        buttons: Vec::new(),
        at: heard.at,
        status: None,
    }
}
