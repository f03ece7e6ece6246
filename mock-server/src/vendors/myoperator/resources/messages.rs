//! Messages, in both directions.

use std::borrow::Cow;
use std::time::Duration;

use axum::Extension;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::conversations::Customer;
use super::phonenumbers::PhoneNumber;
use crate::kernel::extract::Body;
use crate::kernel::moment::Moment;
use crate::kernel::outcomes::{Fate, fate_of};
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::kernel::vendor::Impossible;
use crate::vendors::myoperator::auth::Caller;
use crate::vendors::myoperator::error::{Chat, Error};
use crate::vendors::myoperator::happenings::whatsapp::Happening;
use crate::vendors::myoperator::reply::reply;
use crate::vendors::myoperator::state::{Instant, MyOperator};
use crate::vendors::myoperator::webhooks::whatsapp::{Generation, News};

mod content;
pub mod incoming;

/// How far a message is; the order is the order of a message's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A customer wrote it.
    Received,
    /// The vendor took it.
    Accepted,
    /// The provider took it.
    Sent,
    /// It arrived.
    Delivered,
    /// It was seen.
    Read,
    /// It will never arrive.
    Failed,
}

/// Who sent a message, or for whose sake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// Live chat: an agent, or a customer.
    #[serde(rename = "lc")]
    LiveChat,
    /// A campaign.
    #[serde(rename = "cmp")]
    Campaign,
    /// A client of the API.
    #[serde(rename = "api")]
    Api,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// A UUID.
    pub id: String,
    /// Whose message.
    pub company_id: String,
    /// Its conversation.
    pub conversation_id: String,
    /// Meta's id of the company's number.
    pub phone_number_id: String,
    /// The user who sent it; none for a customer's.
    pub message_by: Option<String>,
    /// How far it is.
    pub status: Status,
    /// The message it answers.
    pub reply_to: Option<String>,
    /// `text`, `image`, `template` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says, with all variables filled in.
    pub context: Map<String, Value>,
    /// The provider's id.
    pub waba_msg_id: Option<String>,
    /// The client's own name for it.
    pub myop_ref_id: Option<String>,
    /// Why it failed: Meta's codes, and what they mean.
    pub errors: Option<Map<String, Value>>,
    /// Who sent it.
    pub source: Source,
    /// The campaign it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<u64>,
    /// The links that were opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<String>,
    /// When it was written.
    pub created: Instant,
    /// When it was changed.
    pub modified: Instant,
    /// When the provider took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Instant>,
    /// When it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Instant>,
    /// When it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Instant>,
}

impl Record for Message {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let provider = self.waba_msg_id.iter();
        let provider = provider.map(|id| ("wamid", Cow::Borrowed(id.as_str())));
        let conversation = ("conversation", Cow::Borrowed(self.conversation_id.as_str()));
        provider.chain([conversation]).collect()
    }
}

/// A message to be sent.
#[derive(Clone, Debug, Deserialize)]
pub struct Outgoing {
    /// The vendor's id of the number it leaves from, or Meta's.
    pub phone_number_id: String,
    /// With or without `+`.
    pub customer_country_code: String,
    /// Without country code.
    pub customer_number: String,
    /// What it says.
    pub data: Data,
    /// The message it answers.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// The client's own name for it.
    #[serde(default)]
    pub myop_ref_id: Option<String>,
}

/// What a message says.
#[derive(Clone, Debug, Deserialize)]
pub struct Data {
    /// `text`, `image`, `template` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// What depends on the kind.
    pub context: Map<String, Value>,
}

/// What the API says of a message it took. The documentation misspells one name, so both spellings are there.
#[derive(Clone, Debug, Serialize)]
pub struct Accepted {
    /// The message.
    pub message_id: String,
    /// Its conversation.
    pub conversaton_id: String,
    /// The same.
    pub conversation_id: String,
}

/// `POST /chat/messages` — takes a message; what becomes of it is told by webhooks.
pub async fn send(
    store: Store<MyOperator>,
    Extension(caller): Extension<Caller>,
    Body(outgoing): Body<Outgoing>,
) -> Result<impl IntoResponse, Error> {
    let (message, live) = store.try_write(|vendor, moment| {
        let message = vendor.send_message(&caller.company, outgoing, moment)?;
        Ok::<_, Error>((message, vendor.settings.whatsapp.live_profile))
    })?;
    let words = if live || message.kind == "interactive" {
        "Accepted"
    } else {
        "Message Sent"
    };
    let accepted = Accepted {
        message_id: message.id,
        conversaton_id: message.conversation_id.clone(),
        conversation_id: message.conversation_id,
    };
    Ok(reply(words, accepted))
}

/// What Meta says of messages that fail.
const PROVIDER: [(&str, &str); 5] = [
    ("130429", "Rate limit hit"),
    (
        "130472",
        "Failed to send message because this user's phone number is part of an experiment",
    ),
    ("131026", "Message undeliverable"),
    ("131047", "Re-engagement message"),
    ("131053", "Media upload error"),
];

/// What Meta says under a code.
#[must_use]
pub fn provider_says(code: &str) -> &'static str {
    let known = PROVIDER.iter().find(|(known, _)| *known == code);
    known.map_or("Something went wrong", |(_, text)| text)
}

impl Message {
    /// Whether a customer wrote it.
    #[must_use]
    pub fn is_incoming(&self) -> bool {
        self.status == Status::Received
    }
}

/// A message about to be written.
pub struct Written<'a> {
    /// From which number.
    pub number: &'a PhoneNumber,
    /// To whom.
    pub customer: Customer,
    /// By whom.
    pub by: Option<String>,
    /// `text`, `image`, `template` and so on.
    pub kind: String,
    /// What it says.
    pub context: Map<String, Value>,
    /// The message it answers.
    pub reply_to: Option<String>,
    /// The client's own name for it.
    pub myop_ref_id: Option<String>,
    /// Who sends it.
    pub source: Source,
    /// The campaign it is part of.
    pub campaign: Option<u64>,
}

impl MyOperator {
    /// Takes a message of a client; the checks come in the order of the vendor's table of codes.
    ///
    /// # Errors
    /// When nothing may leave from the number, nothing is paid for, or the content does not do.
    pub fn send_message(
        &mut self,
        company: &str,
        outgoing: Outgoing,
        moment: &mut Moment<'_, Self>,
    ) -> Result<Message, Error> {
        let customer = recipient(&outgoing)?;
        let number = self.sender(company, &outgoing.phone_number_id)?.clone();
        match fate_of(&customer.number()) {
            Some(Fate::TooMany) => return Err(Error::TooManyRequests(Duration::from_secs(60))),
            Some(Fate::ServerError) => return Err(Error::MessageService),
            _ => {}
        }
        self.pay(company)?;
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let reply_to = said(outgoing.reply_to);
        if let Some(id) = &reply_to
            && self.settings.whatsapp.strict
            && !self.messages.contains(id)
        {
            return Err(Error::Chat(Chat::SendingFailed));
        }
        let context = self.compose(&number, &outgoing.data)?;
        let written = Written {
            number: &number,
            customer,
            by: self.first_user(company),
            kind: outgoing.data.kind,
            context,
            reply_to,
            myop_ref_id: outgoing.myop_ref_id,
            source: Source::Api,
            campaign: None,
        };
        Ok(self.write_message(written, moment))
    }

    /// Takes one message off what a company has paid for.
    ///
    /// # Errors
    /// When it has paid for no more.
    pub fn pay(&mut self, company: &str) -> Result<(), Error> {
        let left = self.companies.get(company).map(|company| company.wallet);
        if left.unwrap_or_default() == 0 {
            return Err(Error::Chat(Chat::InsufficientBalance));
        }
        self.companies
            .update(company, |company| company.wallet -= 1);
        Ok(())
    }

    /// Writes a message into its conversation, and plans its way.
    pub fn write_message(
        &mut self,
        written: Written<'_>,
        moment: &mut Moment<'_, Self>,
    ) -> Message {
        let number = written.customer.number();
        let conversation = self.converse(written.number, &written.customer, moment);
        let now = Instant::new(moment.now);
        let message = Message {
            id: moment.ids.uuid().to_string(),
            company_id: written.number.company_id.clone(),
            conversation_id: conversation.id.clone(),
            phone_number_id: written.number.phone_number_id.clone(),
            message_by: written.by.clone(),
            status: Status::Accepted,
            reply_to: written.reply_to,
            kind: written.kind,
            context: written.context,
            waba_msg_id: Some(moment.ids.wamid(&number)),
            myop_ref_id: written.myop_ref_id,
            errors: None,
            source: written.source,
            campaign: written.campaign,
            opened: Vec::new(),
            created: now,
            modified: now,
            sent: None,
            delivered: None,
            read: None,
        };
        // A campaign does not bring a conversation to anybody's attention.
        let tell = written.source != Source::Campaign;
        let open = conversation.expire_at.is_some_and(|until| until >= now);
        self.note_outgoing(&conversation.id, written.by.as_deref(), tell, moment);
        self.plan_way(&message, &number, open, moment);
        self.messages.put(message).clone()
    }

    /// Plans what becomes of a message: what the published number says, else that it arrives.
    fn plan_way(&self, message: &Message, to: &str, open: bool, moment: &mut Moment<'_, Self>) {
        let settings = &self.settings.whatsapp;
        let id = || message.id.clone();
        let shut = settings.enforce_window && message.kind != "template" && !open;
        let fails = |code: &str| Some(code.to_owned());
        let failure = match fate_of(to) {
            Some(Fate::Undeliverable) => fails("131026"),
            Some(Fate::WindowClosed) => fails("131047"),
            Some(Fate::MediaUnreadable) => fails("131053"),
            Some(Fate::RateLimited) => fails("130429"),
            _ if shut => fails("131047"),
            _ => None,
        };
        if let Some(code) = failure {
            let failed = Happening::MessageFailed {
                message: id(),
                code: Some(code),
                text: None,
            };
            moment.plan(Duration::from_millis(settings.sent_after), failed.into());
            return;
        }
        let sent = Happening::MessageSent { message: id() };
        moment.plan(Duration::from_millis(settings.sent_after), sent.into());
        if fate_of(to) != Some(Fate::NeverDelivered) {
            let delivered = Happening::MessageDelivered { message: id() };
            moment.plan(
                Duration::from_millis(settings.delivered_after),
                delivered.into(),
            );
        }
    }

    /// A message by the vendor's id or by the provider's.
    ///
    /// # Errors
    /// When there is none.
    pub fn known_message(&self, id: &str) -> Result<&Message, Impossible> {
        let known = self
            .messages
            .get(id)
            .or_else(|| self.messages.by("wamid", id).next());
        known.ok_or_else(|| Impossible(format!("no message {id}")))
    }

    /// Moves a message on, never back, and tells the world. What it leaps over happened at the same time.
    ///
    /// # Errors
    /// When it is not the company's, or already further, or at its end.
    pub fn progress(
        &mut self,
        id: &str,
        to: Status,
        errors: Option<Map<String, Value>>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        let before = self.known_message(id)?.clone();
        if before.is_incoming() {
            return Err(Impossible(format!("message {id} came from the customer")));
        }
        let too_late = to == Status::Failed && before.status > Status::Sent;
        if before.status >= to || too_late {
            let status = json!(before.status);
            let status = status.as_str().unwrap_or_default();
            return Err(Impossible(format!("message {id} is already {status}")));
        }
        let now = Instant::new(moment.now);
        let told = now.whole_second();
        let mut message = Message {
            status: to,
            modified: now,
            errors,
            ..before.clone()
        };
        if to == Status::Failed {
            message.sent = None;
        } else {
            message.sent = message.sent.or(Some(told));
            if to >= Status::Delivered {
                message.delivered = message.delivered.or(Some(told));
            }
            if to >= Status::Read {
                message.read = Some(told);
            }
        }
        self.messages.put(message.clone());
        self.count_status(&before, &message, moment);
        if let Some(conversation) = self.conversation_now(&message.conversation_id) {
            let news = |message: Message| News::Message {
                message,
                conversation: conversation.clone(),
            };
            let stale = self.settings.whatsapp.stale_delivered && to == Status::Delivered;
            self.tell_in(Generation::New, news(message.clone()), moment);
            let mut shown = message;
            if stale {
                shown = Message {
                    modified: before.modified,
                    delivered: None,
                    ..shown
                };
            }
            self.tell_in(Generation::Old { stale }, news(shown), moment);
        }
        Ok(())
    }
}

/// The recipient in its two parts.
fn recipient(outgoing: &Outgoing) -> Result<Customer, Error> {
    let digits = |name: &str, text: &str| {
        let bare = text.trim().trim_start_matches('+');
        let fine = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
        let wrong = || vec![(name.to_owned(), format!("{name} is invalid"))];
        fine.then(|| bare.to_owned())
            .ok_or_else(|| Error::MessageInvalid(wrong()))
    };
    let country_code = digits("customer_country_code", &outgoing.customer_country_code)?;
    let contact = digits("customer_number", &outgoing.customer_number)?;
    // Some clients leave the country code in the number; no national number is that long.
    let national = contact
        .strip_prefix(country_code.as_str())
        .filter(|_| contact.len() > 10);
    let contact = national.unwrap_or(&contact).to_owned();
    Ok(Customer {
        country_code,
        contact,
    })
}
