//! Incoming: what customers write, and what that does to contact, room and history.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Platform;
use super::broadcasts::Reaction;
use super::contacts::contact_key;
use super::messages::{Kind, Message, Sender, Source, Status};
use crate::kernel::moment::Moment;
use crate::kernel::table::Record as _;
use crate::kernel::text::digits;
use crate::kernel::vendor::Impossible;
use crate::vendors::omnichat::state::Omnichat;
use crate::vendors::omnichat::webhooks::seconds;

/// A customer writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incoming {
    /// Where.
    #[serde(default = "whatsapp")]
    pub platform: Platform,
    /// To which channel.
    pub channel: String,
    /// Their id there: on WhatsApp the number, or the user id where the number is hidden.
    pub from: String,
    /// What they call themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their username on WhatsApp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// WhatsApp's id of them for this business; one is made up for who has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<String>,
    /// The same for the parent business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_bsuid: Option<String>,
    /// The group they write in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The message they answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// What they write.
    pub says: Says,
}

fn whatsapp() -> Platform {
    Platform::Whatsapp
}

/// What a customer can write.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Says {
    /// Words; perhaps after a click on an advertisement, or about a product.
    Text {
        /// The words.
        body: String,
        /// The advertisement, as Meta describes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        referral: Option<Value>,
        /// The product, as Meta describes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        referred_product: Option<Value>,
    },
    /// An emoji on a message, or none, which takes it back.
    Reaction {
        /// The emoji.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
        /// The message.
        message_id: String,
    },
    /// A picture.
    Image(File),
    /// Sound.
    Audio(File),
    /// A film.
    Video(File),
    /// A document.
    Document(File),
    /// A sticker.
    Sticker(File),
    /// People, as Meta describes them.
    Contacts {
        /// Who.
        contacts: Vec<Value>,
    },
    /// A place.
    Location {
        /// North of the equator.
        latitude: f64,
        /// East of Greenwich.
        longitude: f64,
        /// What it is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// Something that Meta cannot show.
    Unknown,
    /// A tap on a template's quick reply.
    QuickReply {
        /// The label.
        text: String,
        /// What it means; the label when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    /// A tap on a reply button.
    ButtonReply {
        /// The button's id.
        id: String,
        /// Its label.
        title: String,
    },
    /// A choice from a list.
    ListReply {
        /// The row's id.
        id: String,
        /// Its title.
        title: String,
        /// What stands below the title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// Products of the catalogue.
    Order {
        /// Which catalogue.
        catalog_id: String,
        /// What they write with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// What they want, as Meta describes it.
        product_items: Vec<Value>,
    },
}

/// A file that a customer sends.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct File {
    /// Its content type; a common one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// What stands below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// A document's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Whether sound was recorded for this message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<bool>,
    /// Whether a sticker moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub animated: Option<bool>,
}

/// What was said, told in three ways.
struct Heard {
    /// The webhook's name.
    event: &'static str,
    /// The members of Meta's message object that depend on its kind.
    told: Value,
    /// How it looks in the history; reactions and riddles are not there.
    shown: Option<(Kind, Option<String>, Option<String>)>,
}

impl Omnichat {
    /// A customer writes: they become a contact if they were none, their window opens, and the team hears of it.
    ///
    /// # Errors
    /// When it cannot be: there is no such channel, or nothing that is answered.
    pub fn hear(
        &mut self,
        incoming: Incoming,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let Incoming {
            platform, channel, ..
        } = &incoming;
        if self.channel(*platform, channel).is_err() {
            let platform = platform.name();
            return Err(Impossible(format!(
                "there is no channel {channel:?} on {platform}"
            )));
        }
        if incoming.group.is_some() && !self.settings.groups {
            return Err(Impossible(
                "the team is in no groups: settings.groups".to_owned(),
            ));
        }
        let contact = self.writer(&incoming, moment)?;
        let answered = match &incoming.context {
            None => None,
            Some(id) => Some(
                self.messages
                    .get(id)
                    .filter(|message| message.contact() == contact)
                    .cloned()
                    .ok_or_else(|| Impossible(format!("message {id:?} is not in this room")))?,
            ),
        };
        let says = &incoming.says;
        let taps = matches!(
            says,
            Says::QuickReply { .. } | Says::ButtonReply { .. } | Says::ListReply { .. }
        );
        if taps && answered.as_ref().is_none_or(|one| !one.outbound()) {
            let text = "a tap names the message of ours that was tapped in \"context\"";
            return Err(Impossible(text.to_owned()));
        }
        if let Says::Reaction { message_id, .. } = says
            && !self.can_be_reacted_to(message_id, moment.now)
        {
            return Err(Impossible(format!("nobody can react to {message_id:?}")));
        }
        let heard = says.told(moment);
        let user = self
            .contacts
            .get(&contact)
            .map(|contact| contact.user_id.clone())
            .unwrap_or_default();
        let id = match platform {
            Platform::Whatsapp => moment.ids.inbound_wamid(&user),
            Platform::Line => format!("5{}", moment.ids.digits(17)),
            _ => moment.ids.uuid().to_string(),
        };
        if *platform == Platform::Whatsapp {
            self.tell_message(&incoming, &contact, &user, &id, &heard, moment);
        }
        let (kind, message, media_url) = heard.shown.unwrap_or((Kind::Text, None, None));
        let mut content = heard.told;
        if let Some(answered) = &answered {
            content["context"] = json!({"message_id": answered.id});
        }
        self.record_message(Message {
            id,
            platform: *platform,
            channel_id: incoming.channel.clone(),
            user_id: user,
            time: moment.now,
            sender: Sender::Customer,
            kind,
            status: Status::Read,
            message,
            media_url,
            source: Source::Inbound,
            track_id: None,
            broadcast: None,
            error: None,
            content: Some(content),
            category: None,
            conversation: None,
            by_user_id: false,
            tracking: None,
        });
        self.notice_answer(&contact, answered.as_ref(), taps, moment);
        Ok(())
    }

    /// The key of who writes: somebody known, or a new contact; either way with what is now known of them.
    fn writer(
        &mut self,
        incoming: &Incoming,
        moment: &mut Moment<'_, Self>,
    ) -> Result<String, Impossible> {
        let Incoming {
            platform,
            channel,
            from,
            ..
        } = incoming;
        let whatsapp = *platform == Platform::Whatsapp;
        let by_user_id = whatsapp && from.contains('.');
        if from.trim().is_empty() || (whatsapp && !by_user_id && digits(from).is_empty()) {
            return Err(Impossible(format!("{from:?} is nobody")));
        }
        let known = self.contact_by_bsuid(channel, from).filter(|_| by_user_id);
        let known = known.map(|contact| contact.key().into_owned());
        let key = known.unwrap_or_else(|| contact_key(*platform, channel, from));
        if !self.contacts.contains(&key) {
            let name = incoming.name.as_deref();
            self.meet(*platform, channel, from, name, moment.now);
        }
        let (bsuids, parents) = (self.settings.bsuids, self.settings.parent_bsuids);
        let known = self.contacts.get(&key);
        let without = |of: fn(&super::contacts::Contact) -> bool| whatsapp && known.is_some_and(of);
        let fresh =
            (bsuids && without(|contact| contact.bsuid.is_none())).then(|| match by_user_id {
                true => from.clone(),
                false => format!("{}.{}", country(from), moment.ids.digits(20)),
            });
        let fresh_parent = (parents && without(|contact| contact.parent_bsuid.is_none()))
            .then(|| format!("{}.ENT.{}", country(from), moment.ids.digits(20)));
        let now = moment.now;
        self.contacts.update(&key, |contact| {
            let before = contact.clone();
            let news = [
                (&mut contact.bsuid, incoming.bsuid.clone().or(fresh)),
                (
                    &mut contact.parent_bsuid,
                    incoming.parent_bsuid.clone().or(fresh_parent),
                ),
                (&mut contact.username, incoming.username.clone()),
            ];
            for (old, new) in news {
                *old = new.or_else(|| old.take());
            }
            if let Some(name) = &incoming.name {
                contact.name.clone_from(name);
            }
            if *contact != before {
                contact.updated_at = now;
            }
        });
        Ok(key)
    }

    fn tell_message(
        &self,
        incoming: &Incoming,
        contact: &str,
        user: &str,
        id: &str,
        heard: &Heard,
        moment: &mut Moment<'_, Self>,
    ) {
        let Some(line) = self.line(&incoming.channel, contact) else {
            return;
        };
        let mut said = Map::new();
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                said.insert(name.to_owned(), value.into());
            }
        };
        put("from", line.phone(user));
        put("from_user_id", line.bsuid());
        put("from_parent_user_id", line.parent_bsuid());
        put("group_id", incoming.group.clone());
        put("id", Some(id.to_owned()));
        put("timestamp", Some(seconds(moment.now)));
        for (name, value) in heard.told.as_object().into_iter().flatten() {
            said.insert(name.clone(), value.clone());
        }
        if let Some(context) = self.context(incoming, user) {
            said.insert("context".to_owned(), context);
        }
        moment.announce(line.message(heard.event, user, said));
    }

    /// What Meta says of the message that is answered: whose it is, which, and about which product.
    fn context(&self, incoming: &Incoming, user: &str) -> Option<Value> {
        let product = match &incoming.says {
            Says::Text {
                referred_product: Some(product),
                ..
            } => Some(product),
            _ => None,
        };
        if incoming.context.is_none() && product.is_none() {
            return None;
        }
        let ours = incoming.context.as_ref().is_none_or(|id| self.is_ours(id));
        let from = if ours { &incoming.channel } else { user };
        let mut context = json!({"from": from});
        if let Some(id) = &incoming.context {
            context["id"] = id.clone().into();
        }
        if let Some(product) = product {
            context["referred_product"] = product.clone();
        }
        Some(context)
    }

    /// Counts an answer for what was answered: a broadcast, or a direct message.
    fn notice_answer(
        &mut self,
        contact: &str,
        answered: Option<&Message>,
        taps: bool,
        moment: &mut Moment<'_, Self>,
    ) {
        match answered.filter(|answered| answered.source == Source::Broadcast) {
            Some(answered) => self.answer_broadcast(&answered.id, moment.now),
            None => self.react_to_broadcast(contact, Reaction::Responded, moment.now),
        }
        let Some(answered) = answered else {
            return;
        };
        if taps {
            self.click_on_broadcast(&answered.id, moment.now);
        }
        let status = if taps { "clicked" } else { "responded" };
        self.tell_of_direct_message(answered, status, moment);
    }

    /// A customer takes back what they wrote: the team hears of it, the history keeps it.
    ///
    /// # Errors
    /// When they wrote no such thing on WhatsApp.
    pub fn take_back(&mut self, id: &str, moment: &mut Moment<'_, Self>) -> Result<(), Impossible> {
        let message = self.messages.get(id).filter(|one| !one.outbound());
        let message = message.ok_or_else(|| Impossible(format!("no customer wrote {id:?}")))?;
        let line = self
            .line(&message.channel_id, &message.contact())
            .filter(|_| message.platform == Platform::Whatsapp)
            .ok_or_else(|| Impossible("only WhatsApp tells this".to_owned()))?;
        let user = &message.user_id;
        let mut said = Map::new();
        match line.phone(user) {
            Some(phone) => said.insert("from".to_owned(), phone.into()),
            None => said.insert("from_user_id".to_owned(), line.bsuid().into()),
        };
        said.insert("id".to_owned(), id.into());
        said.insert("timestamp".to_owned(), seconds(moment.now).into());
        said.insert("errors".to_owned(), json!([riddle(131_051)]));
        said.insert("type".to_owned(), "unsupported".into());
        moment.announce(line.deletion(user, said));
        Ok(())
    }
}

impl Says {
    fn told(&self, moment: &mut Moment<'_, Omnichat>) -> Heard {
        let text = |words: &str| Some((Kind::Text, Some(words.to_owned()), None));
        let heard = |event, told, shown| Heard { event, told, shown };
        match self {
            Self::Text {
                body,
                referral,
                referred_product,
            } => {
                let mut told = json!({"type": "text", "text": {"body": body}});
                if let Some(referral) = referral {
                    told["referral"] = referral.clone();
                }
                let event = match (referral, referred_product) {
                    (Some(_), _) => "message.ad_click",
                    (None, Some(_)) => "message.product_enquiry",
                    (None, None) => "message.text",
                };
                heard(event, told, text(body))
            }
            Self::Reaction { emoji, message_id } => {
                let mut reaction = Map::new();
                if let Some(emoji) = emoji.as_ref().filter(|emoji| !emoji.is_empty()) {
                    reaction.insert("emoji".to_owned(), emoji.clone().into());
                }
                reaction.insert("message_id".to_owned(), message_id.clone().into());
                let told = json!({"type": "reaction", "reaction": reaction});
                heard("message.reaction", told, None)
            }
            Self::Image(file) => file.told("message.image", "image", "image/jpeg", moment),
            Self::Audio(file) => {
                file.told("message.audio", "audio", "audio/ogg; codecs=opus", moment)
            }
            Self::Video(file) => file.told("message.video", "video", "video/mp4", moment),
            Self::Document(file) => {
                file.told("message.document", "document", "application/pdf", moment)
            }
            Self::Sticker(file) => file.told("message.sticker", "sticker", "image/webp", moment),
            Self::Contacts { contacts } => {
                let names = contacts
                    .iter()
                    .filter_map(|one| one["name"]["formatted_name"].as_str());
                let names: Vec<_> = names.collect();
                let told = json!({"type": "contacts", "contacts": contacts});
                heard("message.contacts", told, text(&names.join(", ")))
            }
            Self::Location {
                latitude,
                longitude,
                name,
                address,
            } => {
                let mut place = json!({"latitude": latitude, "longitude": longitude});
                for (member, value) in [("name", name), ("address", address)] {
                    if let Some(value) = value {
                        place[member] = value.clone().into();
                    }
                }
                let words = name
                    .clone()
                    .unwrap_or_else(|| format!("{latitude},{longitude}"));
                let told = json!({"type": "location", "location": place});
                heard("message.location", told, text(&words))
            }
            Self::Unknown => {
                let told = json!({"type": "unknown", "errors": [riddle(130_501)]});
                heard("message.unknown", told, None)
            }
            Self::QuickReply {
                text: label,
                payload,
            } => {
                let payload = payload.as_ref().unwrap_or(label);
                let button = json!({"text": label, "payload": payload});
                let told = json!({"type": "button", "button": button});
                heard("message.quick_reply", told, text(label))
            }
            Self::ButtonReply { id, title } => {
                let reply = json!({"id": id, "title": title});
                let tapped = json!({"type": "button_reply", "button_reply": reply});
                let told = json!({"type": "interactive", "interactive": tapped});
                heard("message.interactive", told, text(title))
            }
            Self::ListReply {
                id,
                title,
                description,
            } => {
                let mut row = json!({"id": id, "title": title});
                if let Some(description) = description {
                    row["description"] = description.clone().into();
                }
                let chosen = json!({"type": "list_reply", "list_reply": row});
                let told = json!({"type": "interactive", "interactive": chosen});
                heard("message.interactive", told, text(title))
            }
            Self::Order {
                catalog_id,
                text: words,
                product_items,
            } => {
                let mut order = json!({"catalog_id": catalog_id, "product_items": product_items});
                if let Some(words) = words {
                    order["text"] = words.clone().into();
                }
                let told = json!({"type": "order", "order": order});
                heard(
                    "message.order",
                    told,
                    text(words.as_deref().unwrap_or_default()),
                )
            }
        }
    }
}

impl File {
    fn told(
        &self,
        event: &'static str,
        kind: &'static str,
        usual: &str,
        moment: &mut Moment<'_, Omnichat>,
    ) -> Heard {
        let mut file = Map::new();
        let caption = self
            .caption
            .clone()
            .filter(|_| matches!(kind, "image" | "video" | "document"));
        let filename = self.filename.clone().filter(|_| kind == "document");
        let id = moment.ids.digits(16);
        let mime_type = self.mime_type.clone().unwrap_or_else(|| usual.to_owned());
        for (name, value) in [
            ("caption", caption.clone()),
            ("filename", filename),
            ("mime_type", Some(mime_type)),
            ("sha256", Some(moment.ids.hex(64))),
            ("id", Some(id.clone())),
        ] {
            if let Some(value) = value {
                file.insert(name.to_owned(), value.into());
            }
        }
        match kind {
            "sticker" => {
                let animated = self.animated.unwrap_or_default();
                file.insert("animated".to_owned(), animated.into());
            }
            "audio" => {
                let voice = self.voice.unwrap_or_default();
                file.insert("voice".to_owned(), voice.into());
            }
            _ => {}
        }
        let shown = match kind {
            "audio" => Kind::Audio,
            "video" => Kind::Video,
            "document" => Kind::Document,
            _ => Kind::Photo,
        };
        let url = format!("https://example.com/media/{id}");
        Heard {
            event,
            told: json!({"type": kind, kind: file}),
            shown: Some((shown, caption, Some(url))),
        }
    }
}

/// What Meta says of a message that it cannot show: as documented, and again where Meta has it now.
fn riddle(code: u32) -> Value {
    const TITLE: &str = "Unsupported message type";
    const DETAILS: &str = "Message type is not currently supported";
    json!({
        "code": code,
        "details": DETAILS,
        "title": TITLE,
        "message": TITLE,
        "error_data": {"details": DETAILS},
    })
}

/// Countries by what their numbers begin with, the longer beginnings first.
const COUNTRIES: [(&str, &str); 11] = [
    ("852", "HK"),
    ("853", "MO"),
    ("886", "TW"),
    ("44", "GB"),
    ("60", "MY"),
    ("62", "ID"),
    ("63", "PH"),
    ("65", "SG"),
    ("66", "TH"),
    ("86", "CN"),
    ("91", "IN"),
];

/// The country of a number, or of a user id; somewhere, where that is not known.
fn country(user: &str) -> &str {
    if let Some((country, _)) = user.split_once('.') {
        return country;
    }
    let number = digits(user);
    let known = COUNTRIES
        .iter()
        .find(|(begins, _)| number.starts_with(begins));
    known.map_or("US", |(_, country)| country)
}
