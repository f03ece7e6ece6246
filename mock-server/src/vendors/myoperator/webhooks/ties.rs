//! How triggered webhooks are tied to the newest records, and which generation they belong to.

use crate::kernel::tie::{Channel, Tie};

/// What customers' messages are not.
const SENT: &[(&str, &str, &str)] = &[("/messages", "status", "!received")];

/// What the business's messages are not.
const RECEIVED: &[(&str, &str, &str)] = &[("/messages", "status", "received")];

/// A message in the new generation.
const MESSAGE: Tie = Tie {
    channel: Channel::Always("v2"),
    conversation: "/session_id",
    only: SENT,
    values: &[
        ("/company_id", "/messages/newest/company_id"),
        ("/session_id", "/messages/newest/conversation_id"),
        ("/payload/id", "/messages/newest/id"),
        (
            "/payload/metadata/waba_msg_id",
            "/messages/newest/waba_msg_id",
        ),
        (
            "/payload/metadata/myop_ref_id",
            "/messages/newest/myop_ref_id",
        ),
        (
            "/payload/conversation/id",
            "/conversations/of:messages.conversation_id/id",
        ),
        (
            "/payload/conversation/customer_country_code",
            "/conversations/of:messages.conversation_id/customer_country_code",
        ),
        (
            "/payload/conversation/customer_contact",
            "/conversations/of:messages.conversation_id/customer_contact",
        ),
        (
            "/payload/conversation/customer_name",
            "/conversations/of:messages.conversation_id/customer_name",
        ),
        (
            "/payload/conversation/assigned_to",
            "/conversations/of:messages.conversation_id/assigned_to",
        ),
    ],
    ..Tie::loose("message.sent")
};

/// A message in the old generation.
const OLD_MESSAGE: Tie = Tie {
    channel: Channel::Always("v1"),
    conversation: "/data/conversation/id",
    only: SENT,
    values: &[
        ("/data/id", "/messages/newest/id"),
        ("/data/metadata/waba_msg_id", "/messages/newest/waba_msg_id"),
        ("/data/metadata/myop_ref_id", "/messages/newest/myop_ref_id"),
        ("/data/phone_number_id", "/messages/newest/phone_number_id"),
        (
            "/data/conversation/id",
            "/conversations/of:messages.conversation_id/id",
        ),
        (
            "/data/conversation/customer_country_code",
            "/conversations/of:messages.conversation_id/customer_country_code",
        ),
        (
            "/data/conversation/customer_contact",
            "/conversations/of:messages.conversation_id/customer_contact",
        ),
        (
            "/data/conversation/customer_name",
            "/conversations/of:messages.conversation_id/customer_name",
        ),
        (
            "/data/conversation/assigned_to",
            "/conversations/of:messages.conversation_id/assigned_to",
        ),
    ],
    ..Tie::loose("v1.message.sent")
};

/// A conversation in the new generation.
const CONVERSATION: Tie = Tie {
    channel: Channel::Always("v2"),
    conversation: "/session_id",
    values: &[
        ("/company_id", "/conversations/newest/company_id"),
        ("/session_id", "/conversations/newest/id"),
        ("/payload/id", "/conversations/newest/id"),
        (
            "/payload/customer_country_code",
            "/conversations/newest/customer_country_code",
        ),
        (
            "/payload/customer_contact",
            "/conversations/newest/customer_contact",
        ),
        (
            "/payload/customer_name",
            "/conversations/newest/customer_name",
        ),
        ("/payload/assigned_to", "/conversations/newest/assigned_to"),
    ],
    ..Tie::loose("conversation.assign")
};

/// A call in the new generation: only its company is tied, a call that was not made has no past.
const CALL: Tie = Tie {
    channel: Channel::Always("v2"),
    conversation: "/session_id",
    values: &[("/company_id", "/companies/0/id")],
    ..Tie::loose("call.initiated")
};

const fn named(event: &'static str, tie: Tie) -> Tie {
    Tie { event, ..tie }
}

/// Every webhook of both generations.
pub const TIES: &[Tie] = &[
    MESSAGE,
    named("message.delivered", MESSAGE),
    named("message.read", MESSAGE),
    named("message.failed", MESSAGE),
    named("message.link_tracking", MESSAGE),
    Tie {
        event: "message.received",
        only: RECEIVED,
        ..MESSAGE
    },
    OLD_MESSAGE,
    named("v1.message.delivered", OLD_MESSAGE),
    named("v1.message.read", OLD_MESSAGE),
    named("v1.message.failed", OLD_MESSAGE),
    named("v1.message.link_tracking", OLD_MESSAGE),
    Tie {
        event: "v1.message.received",
        only: RECEIVED,
        ..OLD_MESSAGE
    },
    CONVERSATION,
    named("conversation.close", CONVERSATION),
    CALL,
    named("call.dial_begin", CALL),
    named("call.answered", CALL),
    named("call.end", CALL),
    named("call.summary", CALL),
    named("disposition", CALL),
    Tie {
        channel: Channel::Always("v1"),
        conversation: "/_cl",
        ..Tie::loose("v1.after_call")
    },
    Tie {
        channel: Channel::Always("v1"),
        conversation: "/_cl",
        ..Tie::loose("v1.disposition")
    },
];
