//! The expressions by which call logs are filtered.
//!
//! ```
//! use contracts::adapters::myoperator::filter::Filter;
//!
//! let missed = Filter::Incoming & Filter::Missed & Filter::Call;
//! assert_eq!(missed.to_string(), "5 AND 13 AND 8");
//! let either = Filter::Connected & (Filter::Incoming | Filter::Call);
//! assert_eq!(either.to_string(), "12 AND (5 OR 8)");
//! ```

use std::fmt;
use std::ops::{BitAnd, BitOr};

/// Something that a log can be. The ids between that are missing, and those of headings, are no filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Through the company's number.
    Ivr,
    /// Through an agent's own phone.
    Mobile,
    /// A customer began it.
    Incoming,
    /// The company began it.
    Outgoing,
    /// A call.
    Call,
    /// A short message.
    Sms,
    /// Both sides met.
    Connected,
    /// They did not.
    Missed,
    /// The customer left a message.
    Voicemail,
    /// Somebody wrote something about it.
    Noted,
    /// Nobody did.
    Unnoted,
    /// It was put away.
    Archived,
    /// It has a star.
    StarMarked,
    /// [`Self::Incoming`] and [`Self::Ivr`].
    IncomingIvr,
    /// [`Self::Incoming`] and [`Self::Mobile`].
    IncomingMobile,
    /// [`Self::Outgoing`] and [`Self::Ivr`].
    OutgoingIvr,
    /// [`Self::Outgoing`] and [`Self::Mobile`].
    OutgoingMobile,
    /// [`Self::Incoming`] and [`Self::Call`].
    IncomingCall,
    /// [`Self::Incoming`] and [`Self::Sms`].
    IncomingSms,
    /// [`Self::Outgoing`] and [`Self::Call`].
    OutgoingCall,
    /// [`Self::Outgoing`] and [`Self::Sms`].
    OutgoingSms,
    /// [`Self::IncomingCall`] and [`Self::Connected`].
    IncomingConnectedCall,
    /// [`Self::IncomingCall`] and [`Self::Missed`].
    IncomingMissedCall,
    /// Somebody clicked on a page to be called.
    ClickToCall,
    /// A call of [`super::obd`].
    Obd,
    /// A customer was called back.
    Callback,
}

impl Filter {
    /// The number that the vendor knows it by.
    #[must_use]
    pub fn id(self) -> u8 {
        match self {
            Self::Ivr => 2,
            Self::Mobile => 3,
            Self::Incoming => 5,
            Self::Outgoing => 6,
            Self::Call => 8,
            Self::Sms => 9,
            Self::Connected => 12,
            Self::Missed => 13,
            Self::Voicemail => 14,
            Self::Noted => 22,
            Self::Archived => 23,
            Self::StarMarked => 24,
            Self::IncomingIvr => 26,
            Self::IncomingMobile => 27,
            Self::OutgoingIvr => 28,
            Self::OutgoingMobile => 29,
            Self::IncomingCall => 30,
            Self::IncomingSms => 31,
            Self::OutgoingCall => 33,
            Self::OutgoingSms => 34,
            Self::IncomingConnectedCall => 37,
            Self::IncomingMissedCall => 38,
            Self::Unnoted => 39,
            Self::ClickToCall => 40,
            Self::Obd => 41,
            Self::Callback => 42,
        }
    }
}

/// Filters put together: `&` for both, `|` for either. What binds tighter is not documented, so that parentheses
/// stand wherever it could matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// One filter.
    One(Filter),
    /// All of these hold.
    All(Vec<Expression>),
    /// One of these holds.
    Any(Vec<Expression>),
}

impl From<Filter> for Expression {
    fn from(filter: Filter) -> Self {
        Self::One(filter)
    }
}

impl<R: Into<Expression>> BitAnd<R> for Expression {
    type Output = Expression;

    fn bitand(self, right: R) -> Expression {
        let parts = |side| match side {
            Expression::All(parts) => parts,
            other => vec![other],
        };
        Expression::All([parts(self), parts(right.into())].concat())
    }
}

impl<R: Into<Expression>> BitOr<R> for Expression {
    type Output = Expression;

    fn bitor(self, right: R) -> Expression {
        let parts = |side| match side {
            Expression::Any(parts) => parts,
            other => vec![other],
        };
        Expression::Any([parts(self), parts(right.into())].concat())
    }
}

impl<R: Into<Expression>> BitAnd<R> for Filter {
    type Output = Expression;

    fn bitand(self, right: R) -> Expression {
        Expression::from(self) & right
    }
}

impl<R: Into<Expression>> BitOr<R> for Filter {
    type Output = Expression;

    fn bitor(self, right: R) -> Expression {
        Expression::from(self) | right
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::One(filter) => return filter.id().fmt(f),
            Self::All(parts) => (parts, " AND "),
            Self::Any(parts) => (parts, " OR "),
        };
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                f.write_str(word)?;
            }
            match part {
                Self::One(filter) => filter.id().fmt(f)?,
                Self::All(_) | Self::Any(_) => write!(f, "({part})")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parentheses_stand_where_words_mix_and_nowhere_else() {
        use Filter::{Call, Connected, Incoming, Missed, Noted, Outgoing};
        let prints = |expression: Expression, expected: &str| {
            assert_eq!(expression.to_string(), expected);
        };
        prints(Incoming.into(), "5");
        prints(Incoming & Missed & Call, "5 AND 13 AND 8");
        prints(Incoming & (Missed & Call), "5 AND 13 AND 8");
        prints(Connected & (Incoming | Call), "12 AND (5 OR 8)");
        prints(
            Incoming & Missed | Outgoing & Noted,
            "(5 AND 13) OR (6 AND 22)",
        );
        prints((Incoming | Outgoing) & Call, "(5 OR 6) AND 8");
    }
}
