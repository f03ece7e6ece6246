//! What can be done through a paired phone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Account, Error, Method, Refusal, Reply, put};

/// A paired phone of an account.
#[derive(Clone, Copy, Debug)]
pub struct Phone<'a> {
    account: &'a Account,
    number_id: &'a str,
    method: Method,
    typing: bool,
}

/// To whom a phone writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination<'a> {
    /// One person, by their number; a local one is Indonesian.
    Person(&'a str),
    /// A group that the phone administers, by its id.
    Group(&'a str),
}

/// The phone book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Its entries.
    pub data: Vec<Person>,
}

/// The groups of a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// By id.
    pub data: BTreeMap<String, Group>,
}

/// An entry of the phone book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// As the phone's owner calls them.
    pub name: String,
    /// Their number.
    pub whatsapp_number: String,
}

/// A group the phone takes part in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What requests name it by.
    pub id: String,
    /// What its members see.
    pub groupname: String,
    /// Who is in it.
    pub participants: Vec<Participant>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The group's id.
    pub groupid: String,
    /// The group's name.
    pub groupname: String,
    /// Their name.
    pub name: String,
    /// Their number.
    pub number: String,
    /// `participant` or `admin`.
    pub role: String,
    /// Whether the phone book knows them.
    pub iscontact: bool,
}

/// A one-time code to send.
#[derive(Clone, Debug, Default)]
pub struct OtpOrder<'a> {
    /// To whom.
    pub to: &'a str,
    /// How to address them.
    pub customer: &'a str,
    /// What the code is for.
    pub service: &'a str,
    /// Who asks for it.
    pub company: &'a str,
    /// How long it lives.
    pub lifetime: u32,
}

/// A one-time code that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedOtp {
    /// The code, in clear text.
    pub otp_code: String,
    /// What the vendor calls the request.
    pub req_id: String,
}

impl<'a> Phone<'a> {
    pub(super) fn new(account: &'a Account, number_id: &'a str) -> Self {
        Self {
            account,
            number_id,
            method: Method::Async,
            typing: false,
        }
    }

    /// The same phone, sending by `method`.
    #[must_use]
    pub fn by(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// The same phone, with a typing effect before each message.
    #[must_use]
    pub fn typing(self) -> Self {
        Self {
            typing: true,
            ..self
        }
    }

    /// Whether a number is on WhatsApp.
    ///
    /// # Errors
    /// When the vendor refuses for another reason, or cannot be understood.
    pub async fn is_on_whatsapp(&self, number: &str) -> Result<bool, Error> {
        match self.validate(number).await {
            Ok(_) => Ok(true),
            Err(error) if error.refusal() == Some(Refusal::Rule) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Says yes if a number is on WhatsApp.
    ///
    /// # Errors
    /// [`Refusal::Rule`] when it is not, another when the vendor refuses or cannot be understood.
    pub async fn validate(&self, number: &str) -> Result<Reply, Error> {
        let body = self.body(json!({"phone_no": number, "country_code": "62"}));
        self.account.ask("validate_number", body).await
    }

    /// Sends a text. No message id comes back.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn text(&self, to: Destination<'_>, text: &str) -> Result<Reply, Error> {
        let body = self.message(to, text);
        self.account.ask(path(to, "message"), body).await
    }

    /// Sends an image with a text, as its caption or as a bubble of its own.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn image(
        &self,
        to: Destination<'_>,
        url: &str,
        text: &str,
        caption: bool,
    ) -> Result<Reply, Error> {
        let mut body = self.message(to, text);
        put(&mut body, "image_url", Some(url));
        put(
            &mut body,
            "send_as_caption",
            Some(if caption { "1" } else { "0" }),
        );
        self.account.ask(path(to, "message"), body).await
    }

    /// Sends a file with a text.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn file(&self, to: Destination<'_>, url: &str, text: &str) -> Result<Reply, Error> {
        let mut body = self.message(to, text);
        put(&mut body, "file_url", Some(url));
        self.account.ask(path(to, "file"), body).await
    }

    /// The phone book.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn contacts(&self) -> Result<Reply<People>, Error> {
        let body = self.body(json!({"type": "contacts"}));
        self.account.ask("grab", body).await
    }

    /// The groups, by id.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn groups(&self) -> Result<Reply<Groups>, Error> {
        let body = self.body(json!({"type": "group"}));
        self.account.ask("grab", body).await
    }

    /// Makes a one-time code and sends it.
    ///
    /// # Errors
    /// When the vendor refuses, or cannot be understood.
    pub async fn send_otp(&self, order: &OtpOrder<'_>) -> Result<Reply<IssuedOtp>, Error> {
        let body = self.body(json!({
            "phone_no": order.to, "country_code": "62", "customer_name": order.customer, "service_name": order.service,
            "company_name": order.company, "lifetime": order.lifetime.to_string(),
        }));
        self.account.ask("send_otp", body).await
    }

    fn message(&self, to: Destination<'_>, text: &str) -> Value {
        let mut body = self.body(json!({"message": text, "method_send": self.method}));
        put(
            &mut body,
            "enable_typing",
            Some(if self.typing { "1" } else { "0" }),
        );
        match to {
            Destination::Person(number) => {
                put(&mut body, "phone_no", Some(number));
                put(&mut body, "country_code", Some("62"));
            }
            Destination::Group(id) => put(&mut body, "group_id", Some(id)),
        }
        body
    }

    fn body(&self, mut members: Value) -> Value {
        put(&mut members, "api_key", Some(&self.account.key));
        put(&mut members, "number_id", Some(self.number_id));
        members
    }
}

fn path(to: Destination<'_>, what: &str) -> &'static str {
    match (to, what) {
        (Destination::Person(_), "file") => "send_personal_file",
        (Destination::Person(_), _) => "send_personal_message",
        (Destination::Group(_), "file") => "send_group_file",
        (Destination::Group(_), _) => "send_group_message",
    }
}
