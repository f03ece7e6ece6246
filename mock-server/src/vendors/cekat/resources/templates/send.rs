//! Template messages, which need no open window.

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;

use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::text::{Text, fill_placeholders, placeholders};
use crate::vendors::cekat::auth::Caller;
use crate::vendors::cekat::error::Error;
use crate::vendors::cekat::reply::classic;
use crate::vendors::cekat::resources::messages::whatsapp::medium;
use crate::vendors::cekat::resources::messages::{Row, refuse_fated};
use crate::vendors::cekat::resources::normal;
use crate::vendors::cekat::resources::templates::Template;
use crate::vendors::cekat::state::Cekat;

/// A template message to send.
#[derive(Clone, Debug, Deserialize)]
pub struct Outgoing {
    wa_template_id: Text,
    inbox_id: String,
    phone_number: String,
    phone_name: Option<String>,
    template_body_variables: Option<Vec<Text>>,
    otp_code: Option<Text>,
    file_url: Option<String>,
}

/// How long a one-time code may be.
const LONGEST_CODE: usize = 15;

/// `POST /templates/send` — sends an approved template to anybody.
pub async fn send(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<Outgoing>,
) -> Result<impl IntoResponse, Error> {
    let row = store
        .try_write(|cekat, moment| cekat.send_template(&outgoing, caller.business(), moment))?;
    Ok(classic(StatusCode::OK, Some([row])))
}

impl Template {
    /// The words, with what the message brings in place of the placeholders.
    fn words(&self, outgoing: &Outgoing) -> Result<String, Error> {
        let variables = outgoing
            .template_body_variables
            .as_deref()
            .unwrap_or_default();
        let numbers = placeholders(&self.body);
        if self.category == "AUTHENTICATION" {
            let code = outgoing.otp_code.as_ref().map(|code| code.0.as_str());
            let code = code.filter(|code| !code.is_empty());
            let code = code.ok_or_else(|| Error::required("otp_code"))?;
            if code.chars().count() > LONGEST_CODE {
                let words = format!("otp_code must be at most {LONGEST_CODE} characters");
                return Err(Error::Invalid(words));
            }
            // The code stands in for whatever such a template leaves open.
            if variables.is_empty() {
                return Ok(fill_placeholders(&self.body, |_| Some(code.to_owned())));
            }
        }
        if variables.len() != numbers.len() {
            return Err(Error::Placeholders(numbers.len()));
        }
        let mut ordered = numbers;
        ordered.sort_unstable();
        Ok(fill_placeholders(&self.body, |number| {
            let place = ordered.iter().position(|one| *one == number)?;
            variables.get(place).map(|text| text.0.clone())
        }))
    }
}

impl Cekat {
    /// Sends a template through an inbox; whoever has the number becomes a contact with a conversation.
    ///
    /// # Errors
    /// When the inbox, the template, the variables or the number will not do.
    pub fn send_template(
        &mut self,
        outgoing: &Outgoing,
        business: &str,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Row, Error> {
        let inbox = self.inbox(&outgoing.inbox_id, business)?;
        let inbox_id = inbox.id.clone();
        let template = self
            .templates
            .by("wa", &outgoing.wa_template_id.0)
            .find(|one| one.inbox_id == inbox_id && one.business_id == business);
        let template = template.ok_or(Error::NotFound("Template"))?;
        if !template.is_approved() {
            return Err(Error::NotApproved);
        }
        let words = template.words(outgoing)?;
        let header = template.file_url.clone();
        let to = normal(&outgoing.phone_number);
        if to.is_empty() {
            return Err(Error::invalid("phone_number"));
        }
        refuse_fated(&to)?;
        let phone = outgoing.phone_number.trim_start_matches('+');
        let name = outgoing.phone_name.as_deref();
        let contact = self.meet(phone, name, "whatsapp", business, moment);
        let talk = self.talk_with(&contact, &inbox_id, moment);
        let sender = self.as_api(business);
        let mut message = self.blank(&talk.id, sender, &words, moment);
        message.is_template = true;
        let given = outgoing.file_url.clone().filter(|url| !url.is_empty());
        message.media_url = given.or(header);
        if let Some(url) = &message.media_url {
            message.media_type = medium(url).to_owned();
        }
        let row = message.row(false);
        self.dispatch(message, &to, moment);
        Ok(row)
    }
}
