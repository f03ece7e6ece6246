//! How triggered webhooks are tied to the newest records.

use crate::kernel::tie::{Channel, Tie};

/// Messages to customers on WhatsApp: only of these is Meta's status told.
const SENT: &[(&str, &str, &str)] = &[
    ("/messages", "platform", "whatsapp"),
    ("/messages", "source", "!inbound"),
];

/// Customers on WhatsApp.
const ON_WHATSAPP: &[(&str, &str, &str)] = &[("/contacts", "platform", "whatsapp")];

const STATUS: Tie = Tie {
    channel: Channel::Name,
    conversation: "/entry/0/changes/0/value/statuses/0/recipient_id",
    only: SENT,
    values: &[
        (
            "/entry/0/changes/0/value/metadata/display_phone_number",
            "/messages/newest/channelId",
        ),
        (
            "/entry/0/changes/0/value/contacts/0/wa_id",
            "/messages/newest/userId",
        ),
        (
            "/entry/0/changes/0/value/statuses/0/id",
            "/messages/newest/id",
        ),
        (
            "/entry/0/changes/0/value/statuses/0/recipient_id",
            "/messages/newest/userId",
        ),
    ],
    ..Tie::loose("status.sent")
};

const MESSAGE: Tie = Tie {
    channel: Channel::Name,
    conversation: "/entry/0/changes/0/value/messages/0/from",
    only: ON_WHATSAPP,
    values: &[
        (
            "/entry/0/changes/0/value/metadata/display_phone_number",
            "/contacts/newest/channelId",
        ),
        (
            "/entry/0/changes/0/value/contacts/0/profile/name",
            "/contacts/newest/name",
        ),
        (
            "/entry/0/changes/0/value/contacts/0/wa_id",
            "/contacts/newest/userId",
        ),
        (
            "/entry/0/changes/0/value/messages/0/from",
            "/contacts/newest/userId",
        ),
    ],
    ..Tie::loose("message.text")
};

const fn named(event: &'static str, tie: Tie) -> Tie {
    Tie { event, ..tie }
}

/// A status is that of the newest message sent on WhatsApp; a message comes from the newest contact there.
pub const TIES: &[Tie] = &[
    STATUS,
    named("status.delivered", STATUS),
    named("status.read", STATUS),
    named("status.failed", STATUS),
    named("status.deleted", MESSAGE),
    MESSAGE,
    named("message.reaction", MESSAGE),
    named("message.image", MESSAGE),
    named("message.video", MESSAGE),
    named("message.audio", MESSAGE),
    named("message.document", MESSAGE),
    named("message.sticker", MESSAGE),
    named("message.contacts", MESSAGE),
    named("message.location", MESSAGE),
    named("message.ad_click", MESSAGE),
    named("message.unknown", MESSAGE),
    named("message.quick_reply", MESSAGE),
    named("message.interactive", MESSAGE),
    named("message.product_enquiry", MESSAGE),
    named("message.order", MESSAGE),
];
