//! What MyOperator tells, in both generations: one envelope for everything in the newer, bodies of their own in the
//! older. Nothing is signed; what the company agreed on with the vendor is all there is to check, see [`Guard`].

mod after_call;
mod body;
mod call;
mod message;

pub use after_call::{AfterCall, Agent, Disposed, Leg as AfterCallLeg, Remark, Talk, Told};
pub use body::Unreadable;
pub use call::{
    Author, Call, CallAgent, CallEnded, CallLeg, CallStarted, CallSummary, Campaign, Comment,
    Department, DialStatus, Disposition, Dispositions, Legs, Outcome, SummaryLeg,
};
pub use message::{
    Activity, Category, Clicked, Closed, Context, Conversation, Event as MessageEvent, Link,
    Message, Metadata, OldClicked, OldMessage, OldNews, Other, Part, Payload, Rendered,
    RenderedCard, RenderedHeader, Said, Sent, Stage, Step, Transfer,
};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Notice {
    /// In the newer generation.
    Event(Box<Event>),
    /// A call that is over, in the older generation; with what agents made of it, where they did.
    Call(Box<AfterCall>),
    /// Of a message, in the older generation.
    Message(Box<OldMessage>),
}

/// Something that happened, in the newer generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The company, 16 hexadecimal digits.
    pub company_id: String,
    /// What tells two tellings of the same thing from two things: another try has the same one.
    pub event_id: String,
    /// Its place within the session, from 1; always 1 for summaries of calls and for messages.
    pub event_sequence: u64,
    /// `1`, as text.
    pub event_version: String,
    /// When it was sent: UTC with up to nine digits of a second.
    pub timestamp: String,
    /// Over what.
    pub channel: Channel,
    /// Who began; neither for dispositions and conversations.
    pub direction: Direction,
    /// The call or the conversation.
    pub session_id: String,
    /// The company's side: a number with a plus for calls, Meta's id of one for messages, an agent for
    /// conversations, nothing for summaries and dispositions.
    pub system_identifier: Option<String>,
    /// The customer's number: with a plus for calls, without one for messages.
    pub customer_identifier: String,
    /// What.
    #[serde(flatten)]
    pub happened: Happened,
}

/// Over what somebody was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A call.
    Call,
    /// A message.
    Whatsapp,
}

/// Who began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The customer.
    Incoming,
    /// The company.
    Outgoing,
    /// Neither.
    #[serde(rename = "")]
    Neither,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event_type", content = "payload")]
pub enum Happened {
    /// A call is there, and nobody was dialled yet.
    #[serde(rename = "call.initiated")]
    CallInitiated(CallStarted),
    /// Somebody is being dialled.
    #[serde(rename = "call.dial_begin")]
    DialBegin(Legs),
    /// Somebody answered.
    #[serde(rename = "call.answered")]
    CallAnswered(Legs),
    /// Everybody hung up.
    #[serde(rename = "call.end")]
    CallEnd(CallEnded),
    /// All that is known of a call.
    #[serde(rename = "call.summary")]
    CallSummary(CallSummary),
    /// An agent said what a call was about.
    #[serde(rename = "disposition")]
    Disposition(Dispositions),
    /// A customer wrote; a file may be told twice, first without [`Context::Image`]'s link.
    #[serde(rename = "message.received")]
    MessageReceived(Sent),
    /// The provider took a message.
    #[serde(rename = "message.sent")]
    MessageSent(Sent),
    /// It is at the phone.
    #[serde(rename = "message.delivered")]
    MessageDelivered(Sent),
    /// It was seen.
    #[serde(rename = "message.read")]
    MessageRead(Sent),
    /// It will never arrive.
    #[serde(rename = "message.failed")]
    MessageFailed(Sent),
    /// An address in it was opened.
    #[serde(rename = "message.link_tracking")]
    LinkTracking(Clicked),
    /// A conversation has another agent.
    #[serde(rename = "conversation.assign")]
    ConversationAssign(Transfer),
    /// A conversation is over.
    #[serde(rename = "conversation.close")]
    ConversationClose(Closed),
}

impl Notice {
    /// Reads the body of a webhook, as JSON, a form or multipart form data.
    ///
    /// # Errors
    /// When it is none that is documented.
    pub fn read(content_type: &str, body: &[u8]) -> Result<Self, Unreadable> {
        let value = body::decode(content_type, body)?;
        let strange = |error: serde_json::Error| Unreadable(error.to_string());
        if value.get("event_id").is_some() {
            let event = Event::deserialize(value).map_err(strange)?;
            Ok(Self::Event(Box::new(event)))
        } else if value.get("_ai").is_some() {
            let call = AfterCall::deserialize(value).map_err(strange)?;
            Ok(Self::Call(Box::new(call)))
        } else {
            let message = OldMessage::deserialize(value).map_err(strange)?;
            Ok(Self::Message(Box::new(message)))
        }
    }

    /// What two tellings of the same thing have in common; the older generation has nothing better than the thing's
    /// own id.
    pub fn key(&self) -> &str {
        match self {
            Self::Event(event) => &event.event_id,
            Self::Call(call) => &call.id,
            Self::Message(message) => message.id(),
        }
    }
}

/// What the vendor was told to send along, so that the company knows it again. Any header of the company's own can
/// stand beside it.
#[derive(Clone, PartialEq, Eq)]
pub enum Guard {
    /// A name and a password.
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: String,
    },
    /// A key in a header.
    Header {
        /// Which header.
        name: String,
        /// The key.
        value: String,
    },
    /// A key in the query of the address.
    Query {
        /// Under which name.
        name: String,
        /// The key.
        value: String,
    },
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What it lets in stays out of logs.
        f.write_str(match self {
            Self::Basic { .. } => "Basic",
            Self::Header { .. } => "Header",
            Self::Query { .. } => "Query",
        })
    }
}

impl Guard {
    /// Whether a delivery with these headers, and this query in its address, is the vendor's.
    pub fn admits(&self, headers: &HeaderMap, query: &str) -> bool {
        let shown = |name: &str, expected: &str| {
            let mut values = headers.get_all(name).iter();
            values.any(|value| same(value.as_bytes(), expected.as_bytes()))
        };
        match self {
            Self::Basic { username, password } => {
                use base64::Engine as _;
                let pair = format!("{username}:{password}");
                let pair = base64::engine::general_purpose::STANDARD.encode(pair);
                shown(AUTHORIZATION.as_str(), &format!("Basic {pair}"))
            }
            Self::Header { name, value } => shown(name, value),
            Self::Query { name, value } => {
                form_urlencoded::parse(query.as_bytes()).any(|(key, given)| {
                    key == name.as_str() && same(given.as_bytes(), value.as_bytes())
                })
            }
        }
    }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).map(|(one, other)| one ^ other);
    one.len() == other.len() && differences.fold(0, |sum, difference| sum | difference) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_admits_what_it_knows_and_nothing_else() {
        let mut headers = HeaderMap::new();
        headers.insert(
            AUTHORIZATION,
            "Basic dmVuZG9yOnNlc2FtZQ==".parse().expect("a value"),
        );
        headers.insert("x-webhook-token", "sesame".parse().expect("a value"));
        let basic = |password: &str| Guard::Basic {
            username: "vendor".to_owned(),
            password: password.to_owned(),
        };
        let header = |name: &str, value: &str| Guard::Header {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let query = |value: &str| Guard::Query {
            name: "key".to_owned(),
            value: value.to_owned(),
        };
        assert!(basic("sesame").admits(&headers, ""));
        assert!(!basic("barley").admits(&headers, ""));
        assert!(header("X-Webhook-Token", "sesame").admits(&headers, ""));
        assert!(!header("X-Webhook-Token", "sesam").admits(&headers, ""));
        assert!(!header("X-Api-Key", "sesame").admits(&headers, ""));
        assert!(query("a b").admits(&headers, "v=2&key=a%20b"));
        assert!(!query("a b").admits(&headers, "v=2"));
    }

    #[test]
    fn what_is_no_webhook_is_unreadable() {
        for (kind, body) in [
            ("application/json", ""),
            ("application/json", "{}"),
            ("application/json", "[]"),
            ("application/json", r#"{"type": "message"}"#),
            ("text/plain", "{}"),
            ("application/x-www-form-urlencoded", "myoperator=%7B"),
            ("multipart/form-data", "--edge--"),
            ("multipart/form-data; boundary=edge", "--edge"),
        ] {
            assert!(
                Notice::read(kind, body.as_bytes()).is_err(),
                "{kind} {body}"
            );
        }
    }

    #[test]
    fn a_form_says_the_same_as_json() {
        let json = r#"{"company_id": "6836cad944e39380", "event_id": "event-1", "event_type": "call.initiated",
            "event_sequence": 1922, "event_version": "1", "timestamp": "2026-04-07T10:03:23.895577463Z",
            "channel": "call", "direction": "incoming", "session_id": "stage2.1775556203.2115",
            "system_identifier": "+919000008300", "customer_identifier": "+919000009792",
            "payload": {"started_at": "2026-04-07T10:03:23.738Z"}}"#;
        let expected = Notice::read("application/json", json.as_bytes()).expect("an event");
        let pairs = [
            ("company_id", "6836cad944e39380"),
            ("event_id", "event-1"),
            ("event_type", "call.initiated"),
            ("event_sequence", "1922"),
            ("event_version", "1"),
            ("timestamp", "2026-04-07T10:03:23.895577463Z"),
            ("channel", "call"),
            ("direction", "incoming"),
            ("session_id", "stage2.1775556203.2115"),
            ("system_identifier", "+919000008300"),
            ("customer_identifier", "+919000009792"),
            ("payload", r#"{"started_at": "2026-04-07T10:03:23.738Z"}"#),
        ];
        let mut form = form_urlencoded::Serializer::new(String::new());
        let form = form.extend_pairs(pairs).finish();
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(
            Notice::read(kind, form.as_bytes()).expect("an event"),
            expected
        );
        let mut parts = String::new();
        for (name, value) in pairs {
            let head = format!("content-disposition: form-data; name=\"{name}\"");
            parts.push_str(&format!("--edge\r\n{head}\r\n\r\n{value}\r\n"));
        }
        parts.push_str("--edge--\r\n");
        let kind = "multipart/form-data; boundary=edge";
        assert_eq!(
            Notice::read(kind, parts.as_bytes()).expect("an event"),
            expected
        );
    }
}
