//! Outbound calls: somebody is called for the company, and brought together with somebody of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Client, Code, Error, Server, Success};

/// The operations on outbound calls.
#[derive(Clone, Copy, Debug)]
pub struct Obd<'c>(pub(super) &'c Client);

/// A call to be placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// With whom the number is brought together.
    #[serde(flatten)]
    pub dialer: Dialer,
    /// Whom to call, with a plus and the country code.
    pub number: String,
    /// The campaign that says how, 16 hexadecimal digits.
    pub public_ivr_id: String,
    /// From which number: that of this region, a code such as `11` for Delhi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub std_code: Option<String>,
    /// From which number: this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_id: Option<String>,
    /// From which number: one of these regions, such as `DL, IN`; an older word for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// With which group of agents; not documented, but sent by many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The caller's own id, which webhooks and logs repeat; nobody may use it again for about two days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// Whether to wait until somebody is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_hold: Option<bool>,
    /// After how many seconds the call ends at the latest: 1 to 5400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_call_duration: Option<u32>,
    /// What a voicebot should know; every name begins with `custom_`.
    #[serde(flatten)]
    pub custom: BTreeMap<String, String>,
}

/// With whom a number is brought together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialer {
    /// With a user of the company.
    User {
        /// Which: their `uuid`, 16 hexadecimal digits.
        user_id: String,
    },
    /// With whoever has a number; the account must be allowed to.
    Anonymous {
        /// The number, with a plus and the country code.
        number_2: String,
    },
    /// With a machine, which may bring in an agent.
    Ivr,
}

impl Serialize for Dialer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Two of three share their type.
        #[derive(Serialize)]
        struct Members<'d> {
            r#type: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            user_id: Option<&'d str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            number_2: Option<&'d str>,
        }
        let (r#type, user_id, number_2) = match self {
            Self::User { user_id } => ("1", Some(user_id.as_str()), None),
            Self::Anonymous { number_2 } => ("1", None, Some(number_2.as_str())),
            Self::Ivr => ("2", None, None),
        };
        let members = Members {
            r#type,
            user_id,
            number_2,
        };
        members.serialize(serializer)
    }
}

impl Request {
    /// A call with nothing but what it needs.
    pub fn new(dialer: Dialer, number: &str, public_ivr_id: &str) -> Self {
        Self {
            dialer,
            number: number.to_owned(),
            public_ivr_id: public_ivr_id.to_owned(),
            std_code: None,
            caller_id: None,
            region: None,
            group: None,
            reference_id: None,
            call_hold: None,
            max_call_duration: None,
            custom: BTreeMap::new(),
        }
    }

    /// The same call with an id of the caller's own.
    #[must_use]
    pub fn known_as(self, reference: &str) -> Self {
        Self {
            reference_id: Some(reference.to_owned()),
            ..self
        }
    }

    /// The same call with something that a voicebot should know.
    #[must_use]
    pub fn telling(mut self, name: &str, value: &str) -> Self {
        let name = format!("custom_{name}");
        self.custom.insert(name, value.to_owned());
        self
    }
}

/// A call that was accepted: it waits in a queue, and rings nowhere yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// In words.
    pub details: String,
    /// Always `success`.
    pub status: Success,
    /// `200`, as text.
    pub code: Code,
    /// The vendor's id of the request, which webhooks call `ref_id`.
    pub unique_id: String,
    /// The caller's, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
}

impl Accepted {
    /// Whether the call is only tried: it does not wait until somebody is free.
    pub fn may_be_cancelled(&self) -> bool {
        self.details.contains("might get cancelled")
    }
}

impl Obd<'_> {
    /// `POST /obd-api-v1` — places a call.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn place(&self, call: &Request) -> Result<Accepted, Error> {
        #[derive(Serialize)]
        struct Body<'r> {
            company_id: &'r str,
            secret_token: &'r str,
            #[serde(flatten)]
            call: &'r Request,
        }
        let (Some(keys), Some(gateway_key)) = (&self.0.obd_keys, &self.0.gateway_key) else {
            return Err(Error::NoCredential("keys for outbound calls"));
        };
        let url = self
            .0
            .obd
            .at(&["obd-api-v1"], crate::adapters::wire::NOTHING);
        let request = self
            .0
            .http
            .post(url)
            .header("x-api-key", gateway_key.clone());
        let body = Body {
            company_id: &keys.company_id,
            secret_token: &keys.secret_token,
            call,
        };
        self.0.read(Server::Obd, request.json(&body)).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_dialer_sends_what_it_needs_and_nothing_that_is_forbidden() {
        let sent = |dialer| json!(Request::new(dialer, "+919876543210", "6981d1c6c99f8650"));
        let call =
            json!({"type": "2", "number": "+919876543210", "public_ivr_id": "6981d1c6c99f8650"});
        assert_eq!(sent(Dialer::Ivr), call);
        let user_id = "68baab1d30e05351".to_owned();
        let user = sent(Dialer::User { user_id });
        assert_eq!(
            (&user["type"], &user["user_id"]),
            (&json!("1"), &json!("68baab1d30e05351"))
        );
        assert_eq!(user.get("number_2"), None);
        let number_2 = "+919000009736".to_owned();
        let anonymous = sent(Dialer::Anonymous { number_2 });
        assert_eq!(
            (&anonymous["type"], anonymous.get("user_id")),
            (&json!("1"), None)
        );
    }

    #[test]
    fn what_a_voicebot_should_know_has_its_prefix() {
        let call = Request::new(Dialer::Ivr, "+919876543210", "6866272fd92b9926");
        assert_eq!(json!(call.telling("order", "1004"))["custom_order"], "1004");
    }
}
