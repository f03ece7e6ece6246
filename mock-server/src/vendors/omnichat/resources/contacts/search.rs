//! Finding contacts, by who they are or by when they changed, and showing them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::super::error::Error;
use super::super::super::state::Omnichat;
use super::super::attributes::{Kind, Known};
use super::super::channels::ChannelName;
use super::super::{Platform, Range, millis};
use super::{Contact, contact_key};
use crate::kernel::table::Record as _;
use crate::kernel::text::digits;

/// A contact as answers show it. What agents may fill in is empty where nobody did; who sells is null.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    channel: ChannelName,
    id: String,
    name: String,
    last_message_time: Option<i64>,
    subscribed_at: Option<i64>,
    unsubscribed_at: Option<i64>,
    updated_at: i64,
    tags: Vec<String>,
    custom_attributes: Vec<ShownAttribute>,
    status: bool,
    note: String,
    email: String,
    phone: String,
    member_id: String,
    agent_name: Option<String>,
    agent_employee_code: Option<String>,
    agent_bind_time: Option<i64>,
    agent_location_name: Option<String>,
    agent_location_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bsuid: Option<String>,
}

/// A custom attribute of a contact: its type is a word.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownAttribute {
    key: String,
    value: Value,
    #[serde(rename = "type")]
    kind: Kind,
    display_name: String,
}

/// Which contacts a query asks for: by who they are, or by when they changed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    platform: Platform,
    channel_id: Option<String>,
    user_id: Option<String>,
    member_id: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    updated_after: Option<i64>,
    updated_before: Option<i64>,
}

impl Filter {
    /// When they changed; none when nobody asks.
    fn range(&self) -> Result<Option<Range>, Error> {
        match (self.updated_after, self.updated_before) {
            (None, None) => Ok(None),
            (Some(after), Some(before)) => Range::new(after, before)
                .forwards(["updatedAfter", "updatedBefore"])
                .map(Some),
            _ => Err(Error::InvalidParameters(
                "updatedAfter and updatedBefore are required together".to_owned(),
            )),
        }
    }

    fn selects(&self) -> bool {
        [&self.user_id, &self.member_id, &self.phone, &self.email]
            .iter()
            .any(|selector| selector.is_some())
    }

    /// Whether a contact, of this member, is one of those meant.
    fn means(&self, contact: &Contact, member: Option<&str>) -> bool {
        let channel = self.channel_id.as_deref();
        let user =
            |user: &str| contact.key() == contact_key(contact.platform, &contact.channel_id, user);
        let phone = |phone: &str| {
            let known = contact.phone.as_deref().map(digits);
            known.is_some_and(|known| known == digits(phone))
        };
        let email = |email: &str| {
            let known = contact.email.as_deref();
            known.is_some_and(|known| known.eq_ignore_ascii_case(email.trim()))
        };
        contact.platform == self.platform
            && channel.is_none_or(|channel| channel == contact.channel_id)
            && self.user_id.as_deref().is_none_or(user)
            && self
                .member_id
                .as_deref()
                .is_none_or(|id| member == Some(id))
            && self.phone.as_deref().is_none_or(phone)
            && self.email.as_deref().is_none_or(email)
    }
}

impl Omnichat {
    /// The contacts a query asks for: by when they changed, then by id.
    ///
    /// # Errors
    /// When it neither says who nor when, or says who and there is nobody.
    pub fn contacts_found(&self, filter: &Filter) -> Result<Vec<&Contact>, Error> {
        let range = filter.range()?;
        if range.is_none() && !filter.selects() {
            return Err(Error::InvalidParameters(
                "Either a contact or an update range is required".to_owned(),
            ));
        }
        let all = self.contacts.iter();
        let mut found: Vec<_> = all
            .filter(|one| filter.means(one, self.member_id_of(one)))
            .collect();
        if filter.selects() && found.is_empty() {
            return Err(Error::UserUnknown);
        }
        found.retain(|one| range.is_none_or(|range| range.holds(one.updated_at)));
        found.sort_by(|a, b| (a.updated_at, &a.user_id).cmp(&(b.updated_at, &b.user_id)));
        Ok(found)
    }

    /// A contact as answers show it.
    pub(super) fn contact_shown(&self, contact: &Contact) -> Shown {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let attribute = |known: &Known| {
            let attribute = self.attributes.get(&known.key)?;
            Some(ShownAttribute {
                key: known.key.clone(),
                value: known.value.clone(),
                kind: attribute.kind,
                display_name: attribute.display_name.clone(),
            })
        };
        let binding = contact.agent.as_ref();
        let agent = binding.and_then(|binding| self.agents.get(&binding.agent));
        let code = binding.and_then(|binding| binding.shop.as_ref());
        let shop = code.and_then(|code| self.shops.get(code));
        Shown {
            channel: ChannelName {
                platform: contact.platform,
                channel_id: contact.channel_id.clone(),
            },
            id: contact.user_id.clone(),
            name: contact.name.clone(),
            last_message_time: millis(contact.last_message_time),
            subscribed_at: millis(contact.subscribed_at),
            unsubscribed_at: millis(contact.unsubscribed_at),
            updated_at: contact.updated_at.as_millisecond(),
            tags: contact.tags.clone(),
            custom_attributes: contact
                .custom_attributes
                .iter()
                .filter_map(attribute)
                .collect(),
            status: contact.status,
            note: text(&contact.note),
            email: text(&contact.email),
            phone: text(&contact.phone),
            member_id: self.member_id_of(contact).unwrap_or_default().to_owned(),
            agent_name: agent.map(|agent| agent.name.clone()),
            agent_employee_code: agent.and_then(|agent| agent.employee_code.clone()),
            agent_bind_time: binding.map(|binding| binding.bound_at.as_millisecond()),
            agent_location_name: shop.map(|shop| shop.name.clone()),
            agent_location_code: code.cloned(),
            bsuid: contact.bsuid.clone(),
        }
    }
}
