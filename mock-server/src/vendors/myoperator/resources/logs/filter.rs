//! The filters of call logs, and the little language that joins them:
//!
//! ```text
//! any    := all { "OR" all }
//! all    := one { "AND" one }
//! one    := id | "(" any ")"
//! ```

use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// What filters ask about a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether it came over the vendor's lines, and not from a mobile.
    pub ivr: bool,
    /// Whether the customer began it.
    pub incoming: bool,
    /// Whether it is a call, and not an SMS.
    pub call: bool,
    /// What became of it.
    pub ending: Ending,
    /// Whether somebody commented on it.
    pub noted: bool,
    /// Whether it was put away.
    pub archived: bool,
    /// Whether it was marked.
    pub starred: bool,
    /// How it was placed.
    pub tag: Tag,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Two people talked.
    Connected,
    /// They did not.
    Missed,
    /// One of them talked to a machine.
    Voicemail,
}

/// How a call was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// By hand.
    None,
    /// By a click.
    ClickToCall,
    /// By the outbound API.
    Outbound,
    /// By a request to be called back.
    Callback,
}

/// One filter, or the heading of some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Its number.
    pub id: u16,
    /// Its name, with the vendor's blanks.
    pub name: &'static str,
    /// The heading it stands under; 0 for a heading.
    pub parent: u16,
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Filter", 3)?;
        members.serialize_field("id", &self.id.to_string())?;
        members.serialize_field("name", self.name)?;
        members.serialize_field("parent_id", &self.parent.to_string())?;
        members.end()
    }
}

const fn filter(id: u16, name: &'static str, parent: u16) -> Filter {
    Filter { id, name, parent }
}

/// All of them, in the vendor's order.
pub const FILTERS: [Filter; 34] = [
    filter(1, "Source of logs", 0),
    filter(2, "Myoperator IVR", 1),
    filter(3, "Mobile", 1),
    filter(4, "Event of logs", 0),
    filter(5, "Incoming", 4),
    filter(6, "Outgoing", 4),
    filter(7, " Type of logs ", 0),
    filter(8, "Call", 7),
    filter(9, "SMS", 7),
    filter(11, "Status of logs", 0),
    filter(12, "Connected", 11),
    filter(13, "Missed", 11),
    filter(14, "Voicemail", 11),
    filter(15, "Tags", 0),
    filter(21, "Call property", 0),
    filter(22, "Noted", 21),
    filter(23, "Archived", 21),
    filter(24, "Star Marked", 21),
    filter(25, "Two word filters", 0),
    filter(26, "Incoming Myoperator IVR", 25),
    filter(27, "Incoming Mobile", 25),
    filter(28, "Outgoing MyOperator IVR", 25),
    filter(29, "Outgoing Mobile", 25),
    filter(30, "Incoming Call", 25),
    filter(31, "Incoming SMS", 25),
    filter(33, "Outgoing Call ", 25),
    filter(34, "Outgoing SMS", 25),
    filter(36, "Three word filters", 0),
    filter(37, "Incoming Connected Call", 36),
    filter(38, "Incoming Missed Call", 36),
    filter(39, "Unnoted", 21),
    filter(40, "ClickOcalls", 15),
    filter(41, "OBD Calls", 15),
    filter(42, "Callbacks", 15),
];

impl Filter {
    /// The filter with this number.
    #[must_use]
    pub fn numbered(id: u16) -> Option<Self> {
        FILTERS.into_iter().find(|filter| filter.id == id)
    }

    /// Whether it only groups others.
    #[must_use]
    pub fn is_heading(self) -> bool {
        self.parent == 0
    }

    /// Whether a log passes. Nothing passes a heading.
    #[must_use]
    pub fn passes(self, log: &Facts) -> bool {
        match self.id {
            2 => log.ivr,
            3 => !log.ivr,
            5 => log.incoming,
            6 => !log.incoming,
            8 => log.call,
            9 => !log.call,
            12 => log.ending == Ending::Connected,
            13 => log.ending == Ending::Missed,
            14 => log.ending == Ending::Voicemail,
            22 => log.noted,
            39 => !log.noted,
            23 => log.archived,
            24 => log.starred,
            26 => log.incoming && log.ivr,
            27 => log.incoming && !log.ivr,
            28 => !log.incoming && log.ivr,
            29 => !log.incoming && !log.ivr,
            30 => log.incoming && log.call,
            31 => log.incoming && !log.call,
            33 => !log.incoming && log.call,
            34 => !log.incoming && !log.call,
            37 => log.incoming && log.call && log.ending == Ending::Connected,
            38 => log.incoming && log.call && log.ending == Ending::Missed,
            40 => log.tag == Tag::ClickToCall,
            41 => log.tag == Tag::Outbound,
            42 => log.tag == Tag::Callback,
            _ => false,
        }
    }
}

/// Filters, joined. What is written as one is printed and read back as the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// One filter.
    One(Filter),
    /// All of two or more must let a log pass.
    All(Vec<Expression>),
    /// One of two or more must let it pass.
    Any(Vec<Expression>),
}

/// Why a text is no expression, and where: places are letters, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at position {position}")]
pub struct Misread {
    /// Where.
    pub position: usize,
    /// What is wrong there.
    pub problem: String,
}

/// How deep parentheses may stand within each other.
const DEPTH: usize = 64;

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it is none, or names a filter that nobody can use.
    pub fn read(text: &str) -> Result<Self, Misread> {
        let mut reader = Reader {
            tokens: tokens(text)?,
            next: 0,
            end: text.chars().count() + 1,
            depth: 0,
        };
        let read = reader.any()?;
        match reader.peek() {
            None => Ok(read),
            Some((position, token)) => Err(Misread {
                position,
                problem: format!("expected AND, OR or the end, found {token}"),
            }),
        }
    }

    /// Whether a log passes.
    #[must_use]
    pub fn passes(&self, log: &Facts) -> bool {
        match self {
            Self::One(filter) => filter.passes(log),
            Self::All(parts) => parts.iter().all(|part| part.passes(log)),
            Self::Any(parts) => parts.iter().any(|part| part.passes(log)),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::One(filter) => return write!(formatter, "{}", filter.id),
            Self::All(parts) => (parts, "AND"),
            Self::Any(parts) => (parts, "OR"),
        };
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                write!(formatter, " {word} ")?;
            }
            // AND binds tighter, so that it needs no parentheses under OR.
            let stands_alone = matches!(
                (self, part),
                (_, Self::One(_)) | (Self::Any(_), Self::All(_))
            );
            if stands_alone {
                write!(formatter, "{part}")?;
            } else {
                write!(formatter, "({part})")?;
            }
        }
        Ok(())
    }
}

/// What expressions are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Number(&'t str),
    And,
    Or,
    Open,
    Close,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Number(digits) => digits,
            Self::And => "AND",
            Self::Or => "OR",
            Self::Open => "(",
            Self::Close => ")",
        })
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, Misread> {
    let mut tokens = Vec::new();
    let mut letters = text.char_indices().enumerate().peekable();
    while let Some((place, (start, letter))) = letters.next() {
        let position = place + 1;
        let token = match letter {
            blank if blank.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            first if first.is_ascii_alphanumeric() => {
                let same_kind = |other: char| {
                    other.is_ascii_alphanumeric()
                        && other.is_ascii_digit() == first.is_ascii_digit()
                };
                let mut end = start + 1;
                while let Some((_, (at, _))) = letters.next_if(|(_, (_, next))| same_kind(*next)) {
                    end = at + 1;
                }
                match &text[start..end] {
                    digits if first.is_ascii_digit() => Token::Number(digits),
                    word if word.eq_ignore_ascii_case("and") => Token::And,
                    word if word.eq_ignore_ascii_case("or") => Token::Or,
                    word => {
                        let problem = format!("\"{word}\" is neither AND nor OR");
                        return Err(Misread { position, problem });
                    }
                }
            }
            stranger => {
                let problem = format!("unexpected \"{stranger}\"");
                return Err(Misread { position, problem });
            }
        };
        tokens.push((position, token));
    }
    Ok(tokens)
}

struct Reader<'t> {
    tokens: Vec<(usize, Token<'t>)>,
    next: usize,
    /// The position behind the last letter.
    end: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<(usize, Token<'t>)> {
        self.tokens.get(self.next).copied()
    }

    fn take(&mut self, wanted: Token<'_>) -> bool {
        let found = self.peek().is_some_and(|(_, token)| token == wanted);
        self.next += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Expression, Misread> {
        let mut parts = vec![self.all()?];
        while self.take(Token::Or) {
            parts.push(self.all()?);
        }
        Ok(joined(parts, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, Misread> {
        let mut parts = vec![self.one()?];
        while self.take(Token::And) {
            parts.push(self.one()?);
        }
        Ok(joined(parts, Expression::All))
    }

    fn one(&mut self) -> Result<Expression, Misread> {
        let Some((position, token)) = self.peek() else {
            return Err(Misread {
                position: self.end,
                problem: "expected a filter or \"(\", found the end".to_owned(),
            });
        };
        let wrong = |problem: String| Err(Misread { position, problem });
        match token {
            Token::Number(digits) => {
                let known = digits.parse().ok().and_then(Filter::numbered);
                match known {
                    None => wrong(format!("there is no filter {digits}")),
                    Some(heading) if heading.is_heading() => wrong(format!(
                        "{digits} is the heading \"{}\" and no filter",
                        heading.name.trim()
                    )),
                    Some(filter) => {
                        self.next += 1;
                        Ok(Expression::One(filter))
                    }
                }
            }
            Token::Open if self.depth == DEPTH => wrong("too many parentheses".to_owned()),
            Token::Open => {
                self.next += 1;
                self.depth += 1;
                let inner = self.any()?;
                self.depth -= 1;
                if self.take(Token::Close) {
                    return Ok(inner);
                }
                let (position, found) = match self.peek() {
                    Some((position, token)) => (position, token.to_string()),
                    None => (self.end, "the end".to_owned()),
                };
                let problem = format!("expected AND, OR or \")\", found {found}");
                Err(Misread { position, problem })
            }
            Token::And | Token::Or | Token::Close => {
                wrong(format!("expected a filter or \"(\", found {token}"))
            }
        }
    }
}

/// Parts joined, or the only one as it is.
fn joined(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match Expression::read(text) {
            Ok(expression) => expression.to_string(),
            Err(misread) => misread.to_string(),
        }
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert_eq!(read("5 AND 13 or 6 AND 12"), "5 AND 13 OR 6 AND 12");
        assert_eq!(read("5 AND (13 OR 14) AND 8"), "5 AND (13 OR 14) AND 8");
        assert_eq!(read("((5)and(13))"), "5 AND 13");
        assert_eq!(read("12 AND (5 OR 8)"), "12 AND (5 OR 8)");
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (text, complaint) in [
            (
                "",
                "expected a filter or \"(\", found the end at position 1",
            ),
            (
                "5 AND",
                "expected a filter or \"(\", found the end at position 6",
            ),
            ("12@5", "unexpected \"@\" at position 3"),
            (
                "5 13",
                "expected AND, OR or the end, found 13 at position 3",
            ),
            ("5 XOR 13", "\"XOR\" is neither AND nor OR at position 3"),
            (
                "(5 OR 13",
                "expected AND, OR or \")\", found the end at position 9",
            ),
            (
                "5) OR 13",
                "expected AND, OR or the end, found ) at position 2",
            ),
            ("5 AND 99", "there is no filter 99 at position 7"),
            (
                "99999999999",
                "there is no filter 99999999999 at position 1",
            ),
            (
                "7",
                "7 is the heading \"Type of logs\" and no filter at position 1",
            ),
            ("é5", "unexpected \"é\" at position 1"),
            (
                "5 OR OR 6",
                "expected a filter or \"(\", found OR at position 6",
            ),
        ] {
            assert_eq!(read(text), complaint, "{text}");
        }
    }

    #[test]
    fn parentheses_have_an_end() {
        let deep = |depth| format!("{}5{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(read(&deep(DEPTH)), "5");
        assert_eq!(
            read(&deep(DEPTH + 1)),
            "too many parentheses at position 65"
        );
        assert!(Expression::read(&"(".repeat(1_000_000)).is_err());
    }
}
