//! Direct messages: up to five messages, or one of a richer kind, to one contact.

use std::time::Duration;

use axum::Json;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

use super::attributes::{Given, learn};
use super::channels::Channel;
use super::chatbots::FlexKind;
use super::contacts::{Contact, contact_key};
use super::messages::{Source, Tracking};
use super::outgoing::{Entry, FlexUse, Label, TemplateUse};
use super::tagging_logs::Source as TagSource;
use super::whatsapp_templates::{Category, Review};
use super::{Content, Platform};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::{Fate, fate_of};
use crate::kernel::store::Store;
use crate::kernel::table::Record as _;
use crate::kernel::text::digits;
use crate::vendors::omnichat::error::Error;
use crate::vendors::omnichat::state::Omnichat;
use http::StatusCode;

/// The most bubbles of one message.
const BUBBLES: usize = 12;

/// What is to be sent, and to whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    track_id: String,
    platform: Platform,
    channel_id: String,
    to: String,
    #[serde(default)]
    tags: Option<Vec<String>>,
    messages: Vec<Entry>,
    #[serde(default)]
    custom_attributes: Option<Vec<Given>>,
    #[serde(default)]
    employee_code: Option<String>,
    #[serde(default)]
    location_code: Option<String>,
    #[serde(default)]
    track_transaction_link: Option<bool>,
}

/// What was sent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    track_id: String,
    /// One id per entry of `messages`.
    pub message_id: Vec<String>,
}

/// `POST /v1/direct-messages` — sends messages to one contact.
///
/// Attributes are written before anything is sent, and stay when nothing can be.
pub async fn send(
    store: Store<Omnichat>,
    Body(outgoing): Body<Outgoing>,
) -> Result<impl IntoResponse, Error> {
    store.try_write(|omnichat, moment| omnichat.prepare_direct_message(&outgoing, moment))?;
    let content =
        store.try_write(|omnichat, moment| omnichat.send_direct_message(outgoing, moment))?;
    Ok(Json(Content { content }))
}

fn invalid<T>(text: impl Into<String>) -> Result<T, Error> {
    Err(Error::InvalidBody(text.into()))
}

impl Omnichat {
    /// Judges a direct message, and writes its attributes to its recipient.
    ///
    /// # Errors
    /// When it names what is not there, or gives an attribute what it does not take.
    pub fn prepare_direct_message(
        &mut self,
        outgoing: &Outgoing,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Error> {
        match fate_of(&digits(&outgoing.to)).filter(|_| outgoing.platform == Platform::Whatsapp) {
            Some(Fate::TooMany) => return Err(Error::TooMany(Duration::from_secs(1))),
            Some(Fate::ServerError) => {
                return Err(Error::Asked(StatusCode::INTERNAL_SERVER_ERROR));
            }
            _ => {}
        }
        let Ok(channel) = self.channel(outgoing.platform, &outgoing.channel_id) else {
            return invalid(format!("channelId {} is unknown", outgoing.channel_id));
        };
        for entry in &outgoing.messages {
            self.judge_entry(entry, channel)?;
        }
        let key = outgoing.recipient();
        match outgoing.platform {
            Platform::Whatsapp if digits(&outgoing.to).is_empty() => {
                return invalid(format!("to: {} is no phone number", outgoing.to));
            }
            Platform::Whatsapp => {}
            _ if self.contacts.contains(&key) => {}
            _ => return invalid(format!("to: {} is unknown", outgoing.to)),
        }
        let given = outgoing.custom_attributes.as_deref().unwrap_or_default();
        let known = self
            .attributes_given(given)
            .or_else(|key| invalid(format!("customAttributes: {key} does not fit the schema")))?;
        if !known.is_empty() {
            self.recipient(outgoing, moment);
            let now = moment.now;
            self.contacts.update(&key, |contact| {
                learn(&mut contact.custom_attributes, known);
                contact.updated_at = now;
            });
        }
        Ok(())
    }

    /// Sends a direct message that was prepared; its recipient gets the tags once it left.
    ///
    /// # Errors
    /// When the channel may not send it, or the recipient may not get it.
    pub fn send_direct_message(
        &mut self,
        outgoing: Outgoing,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Sent, Error> {
        let channel = self.channel(outgoing.platform, &outgoing.channel_id)?;
        let lite = channel
            .whatsapp
            .as_ref()
            .is_none_or(|one| one.mm_lite_enabled);
        let marketing = |entry: &Entry| {
            matches!(entry, Entry::WhatsappTemplate { whatsapp_template }
                if self.category_of(&channel.channel_id, whatsapp_template) == Some(Category::Marketing))
        };
        if !lite && outgoing.messages.iter().any(marketing) {
            return Err(Error::MarketingLiteMissing);
        }
        let contact = self.recipient(&outgoing, moment);
        contact.may_be_sent_to()?;
        let label = Label {
            track: Some(&outgoing.track_id),
            ..Label::default()
        };
        let source = Source::DirectMessage;
        let ids = self.write_out(&outgoing.messages, &contact, source, label, moment);
        let tracking = Tracking {
            employee_code: outgoing.employee_code,
            location_code: outgoing.location_code,
            track_transaction_link: outgoing.track_transaction_link,
        };
        if tracking != Tracking::default() {
            for id in &ids {
                self.messages
                    .update(id, |message| message.tracking = Some(tracking.clone()));
            }
        }
        let first = ids.first().map(String::as_str);
        let tags = outgoing.tags.unwrap_or_default();
        self.add_tags(&contact.key(), &tags, TagSource::OpenApi, first, moment.now);
        Ok(Sent {
            track_id: outgoing.track_id,
            message_id: ids,
        })
    }

    /// The contact it goes to. Anybody can be written to on WhatsApp, and is a contact from then on.
    fn recipient(&mut self, outgoing: &Outgoing, moment: &Moment<'_, Self>) -> Contact {
        let (platform, channel) = (outgoing.platform, &outgoing.channel_id);
        self.meet(platform, channel, &outgoing.to, None, moment.now)
            .clone()
    }

    /// Whether an entry can be sent from this channel.
    fn judge_entry(&self, entry: &Entry, channel: &Channel) -> Result<(), Error> {
        if let Some(missing) = self.missing(entry, channel) {
            return invalid(missing);
        }
        match entry {
            Entry::LineFlexMessageTemplates {
                line_flex_message_templates,
            } => self.judge_flex(line_flex_message_templates),
            Entry::WhatsappTemplate { whatsapp_template } => {
                self.judge_template(&channel.channel_id, whatsapp_template)
            }
            _ => Ok(()),
        }
    }

    /// Up to twelve bubbles, or one carousel; each with all of its placeholders filled.
    fn judge_flex(&self, uses: &[FlexUse]) -> Result<(), Error> {
        let templates: Vec<_> = uses
            .iter()
            .filter_map(|one| self.flex_templates.get(&one.template_id))
            .collect();
        let carousel = templates.iter().any(|one| one.kind == FlexKind::Carousel);
        if carousel && uses.len() > 1 {
            return invalid("lineFlexMessageTemplates: a carousel stands alone");
        }
        if uses.is_empty() || uses.len() > BUBBLES {
            return invalid(format!("lineFlexMessageTemplates: 1 to {BUBBLES} bubbles"));
        }
        for (one, template) in uses.iter().zip(templates) {
            let filled = one.parameters.as_deref().unwrap_or_default();
            let empty = template
                .keys
                .iter()
                .find(|key| !filled.iter().any(|parameter| parameter.key == **key));
            if let Some(key) = empty {
                let id = &one.template_id;
                return invalid(format!("templateId {id}: the parameter {key} is required"));
            }
        }
        Ok(())
    }

    /// An approved template, filled as it must be.
    fn judge_template(&self, number: &str, used: &TemplateUse) -> Result<(), Error> {
        let Some(template) = self.whatsapp_template(number, &used.name, used.language()) else {
            return invalid(format!("whatsappTemplate {} is unknown", used.name));
        };
        if template.status != Review::Approved {
            return invalid(format!("whatsappTemplate {} is not approved", used.name));
        }
        template.check(&used.components).or_else(|complaint| {
            let why = complaint.details().unwrap_or_default();
            invalid(format!("whatsappTemplate {}: {why}", used.name))
        })
    }

    /// What the template of this name and language is for.
    pub fn category_of(&self, number: &str, used: &TemplateUse) -> Option<Category> {
        let template = self.whatsapp_template(number, &used.name, used.language());
        template.map(|template| template.category)
    }
}

impl Outgoing {
    /// The key of the contact it goes to.
    fn recipient(&self) -> String {
        contact_key(self.platform, &self.channel_id, &self.to)
    }
}
