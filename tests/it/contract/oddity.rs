//! Documented requests that cannot be replayed as they are, each with what it takes and the reason.

use super::case::Case;

/// A documented answer that takes something more than its request, or that cannot come as documented.
#[derive(Debug)]
pub struct Oddity {
    pub vendor: &'static str,
    pub operation: &'static str,
    /// The name of the documented answer.
    pub example: &'static str,
    pub how: How,
    pub reason: &'static str,
}

/// What is done about it.
#[derive(Debug)]
pub enum How {
    /// A setting in the state of the workspace.
    Setting(&'static str, &'static str),
    /// It comes with this status instead of the documented one.
    Status(u16),
    /// It comes without this.
    Without(&'static str),
    /// Its file has this many bytes.
    File(usize),
}

use How::{File, Setting, Status, Without};

/// All of them. One that is not needed any more fails the replay.
pub const ODDITIES: &[Oddity] = &[
    Oddity {
        vendor: "heltar",
        operation: "attributes.list",
        example: "Fetch Attributes",
        how: Setting("/business/settings/attributesFormat", "legacy"),
        reason: "it was saved when attributes were listed as names",
    },
    Oddity {
        vendor: "heltar",
        operation: "attributes.delete",
        example: "Delete Attributes",
        how: Setting("/business/settings/attributesFormat", "legacy"),
        reason: "it was saved when attributes were listed as names",
    },
    Oddity {
        vendor: "heltar",
        operation: "messages.send",
        example: "Quick Replies",
        how: Without("/data/success/0/message/interactive/header/text is missing"),
        reason: "it has a text as header, and the saved request has an image",
    },
    Oddity {
        vendor: "heltar",
        operation: "messages.send",
        example: "URL Button",
        how: Without("/data/success/0/message/refId is missing"),
        reason: NO_REFERENCE,
    },
    Oddity {
        vendor: "heltar",
        operation: "messages.send",
        example: "Get Address From Contacts",
        how: Without("/data/success/0/message/refId is missing"),
        reason: NO_REFERENCE,
    },
    Oddity {
        vendor: "heltar",
        operation: "messages.send",
        example: "Catalogue send",
        how: Without("/data/success/0/message/refId is missing"),
        reason: NO_REFERENCE,
    },
    Oddity {
        vendor: "myoperator",
        operation: "media.upload",
        example: "Bad Request",
        how: File(44_509 * 1024),
        reason: "the answer tells how large the file was, the request does not",
    },
    interactive("Interactive button type with Text Header"),
    interactive("Interactive button type with Media Header ( from MediaID)"),
    interactive("Interactive button type with Media Header ( from MediaLink)"),
    interactive("Interactive List Type with Header"),
    interactive("Interactive CTA - URL type with Text Header"),
    interactive("Interactive CTA - URL type with Media Header ( from MediaID)"),
    interactive("Interactive CTA - URL type with Media Header ( from MediaLink)"),
];

const NO_REFERENCE: &str =
    "a reference is echoed when one was sent, and the saved request has none";

const fn interactive(example: &'static str) -> Oddity {
    let reason = "a success in every word was saved under 500";
    Oddity {
        vendor: "myoperator",
        operation: "messages.send",
        example,
        how: Status(200),
        reason,
    }
}

/// The oddity of a request: its own, or for a variant's request that of the answer it has.
pub fn of(vendor: &str, case: &Case<'_>) -> Option<&'static Oddity> {
    let names = |name: &str| match case.example {
        Some(example) => example == name,
        None => case
            .answers
            .iter()
            .any(|answer| answer.example.name == name),
    };
    ODDITIES.iter().find(|odd| {
        odd.vendor == vendor && odd.operation == case.operation.name && names(odd.example)
    })
}
