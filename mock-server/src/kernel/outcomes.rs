//! Outcomes on request: recipients whose number ends in a published code meet a published fate,
//! as payment sandboxes do with card numbers. One table for all vendors.

use serde::Serialize;

/// What becomes of a message to a number, in nobody's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It leaves and never arrives.
    NeverDelivered,
    /// It arrives and is never seen.
    NeverRead,
    /// It fails: the number has no WhatsApp.
    Undeliverable,
    /// It fails: the customer has not written for a day.
    WindowClosed,
    /// It fails: its file could not be fetched.
    MediaUnreadable,
    /// It fails: too many messages at once.
    RateLimited,
    /// The send itself is answered with the vendor's 429.
    TooMany,
    /// The send itself is answered with the vendor's 500.
    ServerError,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Outcome {
    /// The last four digits of the recipient's number.
    pub suffix: &'static str,
    /// What becomes of a message to it.
    pub fate: Fate,
    /// The same in a few words.
    pub note: &'static str,
}

/// The whole table.
pub const OUTCOMES: [Outcome; 8] = [
    row("4801", Fate::NeverDelivered, "sent, never delivered"),
    row("4802", Fate::NeverRead, "delivered, never read"),
    row(
        "4803",
        Fate::Undeliverable,
        "failed: the number has no WhatsApp (131026)",
    ),
    row(
        "4804",
        Fate::WindowClosed,
        "failed: outside the 24-hour window (131047)",
    ),
    row(
        "4805",
        Fate::MediaUnreadable,
        "failed: the media could not be fetched (131053)",
    ),
    row(
        "4806",
        Fate::RateLimited,
        "failed: too many messages at once (130429)",
    ),
    row(
        "4829",
        Fate::TooMany,
        "the send is answered with the vendor's 429",
    ),
    row(
        "4850",
        Fate::ServerError,
        "the send is answered with the vendor's 500",
    ),
];

const fn row(suffix: &'static str, fate: Fate, note: &'static str) -> Outcome {
    Outcome { suffix, fate, note }
}

/// What becomes of a message to `number`, where the table says so.
#[must_use]
pub fn fate_of(number: &str) -> Option<Fate> {
    // A number shorter than the shortest telephone number is an id or a short code.
    let telephone = number.len() >= 8 && number.bytes().all(|digit| digit.is_ascii_digit());
    let outcome = OUTCOMES
        .iter()
        .find(|outcome| telephone && number.ends_with(outcome.suffix));
    outcome.map(|outcome| outcome.fate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_published_numbers_have_a_fate() {
        assert_eq!(fate_of("919000004801"), Some(Fate::NeverDelivered));
        assert_eq!(fate_of("919000004829"), Some(Fate::TooMany));
        assert_eq!(fate_of("919000005883"), None);
        assert_eq!(fate_of("4801"), None);
        assert_eq!(fate_of("not-a-number-4801"), None);
    }
}
