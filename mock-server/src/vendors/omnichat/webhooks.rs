//! What Omnichat tells the world: nothing by itself yet; every event of the contract can be triggered.

use jiff::Timestamp;
use serde::Serialize;

use crate::kernel::vendor::Announce;
use crate::kernel::workspace::Event;

use super::reply::uuid_of;

/// Each variant is a webhook of the contract.
#[derive(Clone, Debug, Serialize)]
pub enum Webhook {}

impl Announce for Webhook {
    fn name(&self) -> &'static str {
        match *self {}
    }

    fn conversation(&self) -> String {
        match *self {}
    }
}

/// What a delivery of the vendor's own topics carries. Forwarded WhatsApp events carry nothing of the vendor's.
pub fn headers(event: &Event, at: Timestamp) -> Vec<(&'static str, String)> {
    // Only topics are named with a slash: `direct_msg/status`.
    if !event.name.contains('/') {
        return Vec::new();
    }
    vec![
        ("X-Omnichat-Event-Id", uuid_of(event.id)),
        ("X-Omnichat-Topic", event.name.clone()),
        ("X-Omnichat-Timestamp", at.as_millisecond().to_string()),
        ("X-Omnichat-Team", "demo".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::workspace::{Origin, made};

    fn headers_of(name: &str) -> Vec<(&'static str, String)> {
        let event = Event {
            id: 7,
            at: Timestamp::UNIX_EPOCH,
            vendor: "omnichat",
            name: name.to_owned(),
            channel: name.to_owned(),
            conversation: String::new(),
            identity: None,
            headers: Vec::new(),
            payload: made(bytes::Bytes::new()),
            cause: None,
            origin: Origin::Rule,
            findings: made(Vec::new()),
        };
        headers(&event, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_topic_names_itself_and_a_forwarded_event_does_not() {
        let topic = headers_of("direct_msg/status");
        assert!(topic.contains(&("X-Omnichat-Topic", "direct_msg/status".to_owned())));
        assert!(topic.contains(&("X-Omnichat-Timestamp", "0".to_owned())));
        assert_eq!(headers_of("status.sent"), []);
    }
}
