//! What messages of each kind may say.

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::Data;
use crate::vendors::myoperator::error::{Chat, Error};
use crate::vendors::myoperator::resources::media::class_of;
use crate::vendors::myoperator::resources::phonenumbers::PhoneNumber;
use crate::vendors::myoperator::resources::templates::Template;
use crate::vendors::myoperator::resources::templates::render::Filling;
use crate::vendors::myoperator::state::MyOperator;

/// How long a text may be at Meta.
const LONGEST: usize = 4096;
/// How many reply buttons, and how long their titles.
const BUTTONS: (usize, usize) = (3, 20);
/// How many rows a list has in all its sections.
const ROWS: usize = 10;

fn refused<T>() -> Result<T, Error> {
    Err(Error::Chat(Chat::SendingFailed))
}

impl MyOperator {
    /// What a message will say, with all variables filled in.
    pub(super) fn compose(
        &self,
        number: &PhoneNumber,
        data: &Data,
    ) -> Result<Map<String, Value>, Error> {
        let mut context = data.context.clone();
        match data.kind.as_str() {
            "template" => return self.compose_template(number, &context),
            "text" => {
                let length = context["body"]
                    .as_str()
                    .map_or(0, |body| body.chars().count());
                if self.settings.whatsapp.strict && length > LONGEST {
                    return refused();
                }
                context.entry("preview_url").or_insert(json!(false));
            }
            "interactive" => {
                if self.settings.whatsapp.strict && !self.is_sendable(number, &context) {
                    return refused();
                }
            }
            kind => {
                // The provider looks at what a file is said to be.
                let said = context.get("mime_type").and_then(Value::as_str);
                if said.is_some_and(|said| class_of(said) != Some(kind)) {
                    return refused();
                }
            }
        }
        Ok(context)
    }

    fn compose_template(
        &self,
        number: &PhoneNumber,
        context: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        let name = context["template_name"].as_str().unwrap_or_default();
        let language = context.get("language").and_then(Value::as_str);
        let template = self.template_for(number, name, language);
        let template = template.ok_or(Error::TemplateForeign)?;
        let filling = Filling::deserialize(Value::Object(context.clone()));
        let Ok(filling) = filling else {
            return refused();
        };
        if !template.is_approved() {
            return refused();
        }
        if self.settings.whatsapp.strict && !self.suits(template, &filling) {
            return refused();
        }
        Ok(self.fill_template(template, &filling, context))
    }

    /// The template of a name that belongs to the same account as a number.
    pub fn template_for(
        &self,
        number: &PhoneNumber,
        name: &str,
        language: Option<&str>,
    ) -> Option<&Template> {
        let mut named = self.templates.by("name", name).filter(|template| {
            template.company_id == number.company_id && template.waba_id == number.waba_id
        });
        named.find(|template| language.is_none_or(|language| language == template.language))
    }

    /// Whether a template takes these values, and the file in its header is known.
    fn suits(&self, template: &Template, filling: &Filling) -> bool {
        let file = filling
            .header
            .as_ref()
            .and_then(|header| header.get("media_id"));
        let known = |file: &Value| {
            let id = file.as_str().unwrap_or_default();
            self.media_of(&template.company_id, id).is_some()
        };
        template.fits(filling) && file.is_none_or(known)
    }

    /// Whether Meta takes buttons, rows and header of an interactive message.
    fn is_sendable(&self, number: &PhoneNumber, context: &Map<String, Value>) -> bool {
        let empty = Value::Null;
        let header = context.get("header").unwrap_or(&empty);
        let kind = header["type"].as_str();
        let file_is_known = header["media_id"]
            .as_str()
            .is_none_or(|id| self.media_of(&number.company_id, id).is_some());
        let header_fits = header.is_null()
            || matches!(kind, Some("text" | "image" | "video" | "document")) && file_is_known;
        let action = context.get("action").unwrap_or(&empty);
        let buttons = action["buttons"].as_array().map_or(&[][..], Vec::as_slice);
        let short = |button: &Value| {
            let title = button["reply"]["title"].as_str().unwrap_or_default();
            title.chars().count() <= BUTTONS.1
        };
        let sections = action["sections"].as_array().map_or(&[][..], Vec::as_slice);
        let rows = sections
            .iter()
            .map(|section| section["rows"].as_array().map_or(0, Vec::len));
        header_fits
            && buttons.len() <= BUTTONS.0
            && buttons.iter().all(short)
            && rows.sum::<usize>() <= ROWS
    }
}
