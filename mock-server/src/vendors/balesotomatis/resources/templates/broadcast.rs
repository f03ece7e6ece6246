//! One send of a template: by Meta's id, or by name as it was done before.

use std::borrow::Cow;

use axum::{Extension, Json};
use serde::{Deserialize, Serialize};

use super::{Status, Template, placeholders};
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::balesotomatis::auth::Caller;
use crate::vendors::balesotomatis::error::Error;
use crate::vendors::balesotomatis::reply::{ReplyWith, reply_with};
use crate::vendors::balesotomatis::resources::messages::{Kind, Message};
use crate::vendors::balesotomatis::resources::{Method, Text, whatsapp_number};
use crate::vendors::balesotomatis::state::BalesOtomatis;

/// One send of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broadcast {
    /// `bc_id`.
    pub bc_id: String,
    /// The number's `licenses_key`.
    pub licence: String,
    /// The template's name.
    pub template: String,
    /// To whom, digits only.
    pub recipient: String,
    /// What stood in for the placeholders.
    pub variables: Vec<String>,
}

impl Record for Broadcast {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.bc_id)
    }
}

/// A template to send: by Meta's id, or in the older shape by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Outgoing {
    /// By name, with the parameters as Meta's own API has them.
    Named {
        /// To whom; spelt so in this shape.
        reciptient: Text,
        /// Which template, and what stands in for its placeholders.
        template: Named,
    },
    /// By id.
    ById {
        /// To whom; one, whatever the name says.
        recipients: Text,
        /// Meta's id.
        template: Text,
        /// What stands in for the placeholders, by position.
        #[serde(default)]
        variables: Vec<Text>,
    },
}

/// A template by name.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    name: String,
    language: Option<String>,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Clone, Debug, Deserialize)]
struct Component {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Clone, Debug, Deserialize)]
struct Parameter {
    text: Option<String>,
}

/// What was queued.
#[derive(Clone, Debug, Serialize)]
pub struct Queued {
    template: String,
    bc_id: String,
}

/// `POST /public/v1/send_message_template` — sends an approved template to one recipient, inside the window or outside it.
pub async fn send(
    store: Store<BalesOtomatis>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<Outgoing>,
) -> Result<Json<ReplyWith<&'static str, Queued>>, Error> {
    let queued =
        store.try_write(|bales, moment| bales.send_template(&outgoing, &caller, moment))?;
    Ok(reply_with("queued", queued))
}

impl BalesOtomatis {
    /// Queues an approved template for one recipient, if as many variables as placeholders are given.
    pub fn send_template(
        &mut self,
        outgoing: &Outgoing,
        caller: &Caller,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Queued, Error> {
        let (to, template, variables) = match outgoing {
            Outgoing::ById {
                recipients,
                template,
                variables,
            } => {
                let id = self.meant(&template.0);
                let template = self
                    .templates
                    .by("meta_id", id)
                    .find(|one| sendable(one, caller));
                (
                    recipients,
                    template,
                    variables
                        .iter()
                        .map(|text| text.0.clone())
                        .collect::<Vec<_>>(),
                )
            }
            Outgoing::Named {
                reciptient,
                template: named,
            } => {
                let of_name = |one: &&Template| {
                    let spoken = named
                        .language
                        .as_ref()
                        .is_none_or(|language| *language == one.language);
                    sendable(one, caller) && one.name == named.name && spoken
                };
                let template = self.templates.by("licence", &caller.number).find(of_name);
                (reciptient, template, named.body_parameters())
            }
        };
        let to = whatsapp_number(self.meant(&to.0), "62")?;
        let template = template.ok_or(Error::UnknownTemplate)?;
        if placeholders(&template.body).len() != variables.len() {
            return Err(Error::VariableCount);
        }
        let name = template.name.clone();
        let broadcast = Broadcast {
            bc_id: moment.ids.digits(12),
            licence: caller.number.clone(),
            template: name.clone(),
            recipient: to.clone(),
            variables,
        };
        let queued = Queued {
            template: name.clone(),
            bc_id: broadcast.bc_id.clone(),
        };
        let id = moment.ids.wamid(&to);
        let mut message =
            Message::queued(id, &caller.number, &to, Kind::Template, &name, moment.now);
        message.broadcast = Some(broadcast.bc_id.clone());
        self.broadcasts.put(broadcast);
        // The documented answer is "queued" whatever the method: nothing waits for the attempt.
        self.submit(message, Method::Async, false, moment)?;
        Ok(queued)
    }
}

impl Named {
    fn body_parameters(&self) -> Vec<String> {
        let bodies = self
            .components
            .iter()
            .filter(|component| component.kind.eq_ignore_ascii_case("body"));
        bodies
            .flat_map(|body| &body.parameters)
            .map(|one| one.text.clone().unwrap_or_default())
            .collect()
    }
}

fn sendable(template: &Template, caller: &Caller) -> bool {
    template.licence == caller.number && template.status == Status::Approved
}
