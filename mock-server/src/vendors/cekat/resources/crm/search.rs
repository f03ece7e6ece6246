//! The search language: conditions on columns, each by the type of its column, joined by AND or OR.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::boards::{Board, OfBoard};
use super::columns::{Column, Kind, is_empty, number, text, texts};
use super::items::Item;
use crate::kernel::extract::{Body, Path};
use crate::kernel::store::Store;
use crate::vendors::cekat::auth::Caller;
use crate::vendors::cekat::error::Error;
use crate::vendors::cekat::reply::{crm, jakarta};
use crate::vendors::cekat::resources::instant;
use crate::vendors::cekat::state::Cekat;

/// What to look for; nothing finds everything.
#[derive(Clone, Debug, Deserialize)]
pub struct Search {
    /// How the conditions are joined.
    #[serde(default)]
    pub condition: Join,
    /// The conditions.
    pub search: Vec<Condition>,
}

/// How conditions are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Join {
    /// All of them hold.
    #[default]
    #[serde(rename = "AND")]
    And,
    /// One of them holds.
    #[serde(rename = "OR")]
    Or,
}

/// A condition on a column.
#[derive(Clone, Debug, Deserialize)]
pub struct Condition {
    /// The column's name, or `item_name`.
    pub column_name: String,
    /// How the value is compared.
    pub operator: Operator,
    /// With what.
    #[serde(default)]
    pub value: Value,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// The same; for lists, the same elements.
    Equals,
    /// Not the same.
    NotEquals,
    /// Part of it, whatever the case; for lists, among them.
    Contains,
    /// Larger, or later.
    GreaterThan,
    /// Smaller, or earlier.
    LessThan,
    /// Not smaller, or not earlier.
    GreaterThanOrEqual,
    /// Not larger, or not later.
    LessThanOrEqual,
    /// There is none.
    IsEmpty,
    /// There is one.
    IsNotEmpty,
    /// On this day or later.
    StartDate,
    /// On this day or earlier.
    EndDate,
    /// Begins on this day or later.
    FromStartDate,
    /// Begins on this day or earlier.
    FromEndDate,
    /// Ends on this day or later.
    ToStartDate,
    /// Ends on this day or earlier.
    ToEndDate,
}

/// `POST /api/crm/boards/{boardId}/items/search` — lists the items of a board that meet the conditions.
pub async fn search(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(of): Path<OfBoard>,
    Body(search): Body<Search>,
) -> Result<impl IntoResponse, Error> {
    let rows = store.read(|cekat, _| {
        let board = cekat.board(&of.board, caller.business())?;
        let found = cekat.search_items(board, &search)?;
        let rows = found.into_iter().map(|item| cekat.item_row(board, item));
        Ok::<_, Error>(rows.collect::<Vec<_>>())
    })?;
    Ok(crm(rows))
}

impl Cekat {
    /// The items of a board that meet the conditions, in the board's order.
    ///
    /// # Errors
    /// When a condition makes no sense on its column.
    pub fn search_items(&self, board: &Board, search: &Search) -> Result<Vec<&Item>, Error> {
        let conditions = search.search.iter().enumerate();
        let tests: Vec<Test<'_>> = conditions
            .map(|(place, condition)| Test::new(board, condition, place))
            .collect::<Result<_, _>>()?;
        let meets = |item: &&Item| match search.condition {
            _ if tests.is_empty() => true,
            Join::And => tests.iter().all(|test| test.holds(item)),
            Join::Or => tests.iter().any(|test| test.holds(item)),
        };
        Ok(self.items.by("board", &board.id).filter(meets).collect())
    }
}

/// A condition whose column is known and whose value is understood.
struct Test<'a> {
    /// None for the name of the item.
    column: Option<&'a Column>,
    operator: Operator,
    sought: Sought,
}

/// What is compared with.
enum Sought {
    Nothing,
    Text(String),
    Several(BTreeSet<String>),
    Number(f64),
    Bool(bool),
    Day(Date),
    Instant(Timestamp),
    Exactly(Value),
}

/// A day as clients write it, or an instant: a bare day stands for all of it.
fn when(value: &Value) -> Option<Sought> {
    let text = value.as_str()?.trim();
    match text.parse::<Date>() {
        // A day parses from a whole instant too.
        Ok(day) if text.len() == 10 => Some(Sought::Day(day)),
        _ => instant(text, &jakarta()).map(Sought::Instant),
    }
}

/// The day in Jakarta that a value falls on.
fn day(value: &Value) -> Option<Date> {
    match when(value)? {
        Sought::Day(day) => Some(day),
        Sought::Instant(at) => Some(at.to_zoned(jakarta()).date()),
        _ => None,
    }
}

impl<'a> Test<'a> {
    fn new(board: &'a Board, condition: &Condition, place: usize) -> Result<Self, Error> {
        let column = match condition.column_name.as_str() {
            "item_name" => None,
            name => Some(board.column(name).ok_or(Error::UnknownColumn)?),
        };
        let kind = column.map_or(Kind::Text, |column| column.kind);
        let operator = condition.operator;
        if !operator.acts_on(kind) {
            return Err(Error::invalid(format!("search[{place}].operator")));
        }
        let sought = if matches!(operator, Operator::IsEmpty | Operator::IsNotEmpty) {
            Sought::Nothing
        } else if is_empty(&condition.value) {
            return Err(Error::required(format!("search[{place}].value")));
        } else {
            let sought = operator.read(kind, &condition.value);
            sought.ok_or_else(|| Error::invalid(format!("search[{place}].value")))?
        };
        Ok(Self {
            column,
            operator,
            sought,
        })
    }

    fn holds(&self, item: &Item) -> bool {
        let name;
        let kept = match self.column {
            Some(column) => item.values.get(&column.id),
            None => {
                name = Value::String(item.item_name.clone());
                Some(&name)
            }
        };
        let kept = kept.filter(|value| !is_empty(value));
        match (self.operator, kept) {
            (Operator::IsEmpty, kept) => kept.is_none(),
            (Operator::IsNotEmpty, kept) => kept.is_some(),
            (Operator::NotEquals, Some(kept)) => !self.equals(kept),
            (Operator::NotEquals, None) => true,
            (_, None) => false,
            (Operator::Equals, Some(kept)) => self.equals(kept),
            (Operator::Contains, Some(kept)) => self.contains(kept),
            (operator, Some(kept)) => {
                let order = match operator {
                    Operator::FromStartDate | Operator::FromEndDate => self.order(&kept["from"]),
                    Operator::ToStartDate | Operator::ToEndDate => self.order(&kept["to"]),
                    _ => self.order(kept),
                };
                order.is_some_and(|order| operator.allows(order))
            }
        }
    }

    fn equals(&self, kept: &Value) -> bool {
        match &self.sought {
            Sought::Text(sought) => text(kept).as_ref() == Some(sought),
            Sought::Several(sought) => {
                texts(kept).is_some_and(|kept| kept.into_iter().collect::<BTreeSet<_>>() == *sought)
            }
            Sought::Bool(sought) => kept.as_bool() == Some(*sought),
            Sought::Exactly(sought) => kept == sought,
            Sought::Number(_) | Sought::Day(_) | Sought::Instant(_) => {
                self.order(kept) == Some(Ordering::Equal)
            }
            Sought::Nothing => false,
        }
    }

    fn contains(&self, kept: &Value) -> bool {
        let sought = match &self.sought {
            Sought::Several(sought) => {
                let kept = texts(kept).unwrap_or_default();
                return sought.iter().all(|one| kept.contains(one));
            }
            Sought::Text(sought) => sought.to_lowercase(),
            _ => return false,
        };
        // A chosen label is looked for by what it says.
        let label = self.column.and_then(|column| {
            let mut labels = column.labels.iter();
            labels
                .find(|label| *kept == label.id)
                .map(|label| label.name.clone())
        });
        let kept = label.or_else(|| text(kept)).unwrap_or_default();
        kept.to_lowercase().contains(&sought)
    }

    /// How what is kept stands to what is sought.
    fn order(&self, kept: &Value) -> Option<Ordering> {
        match &self.sought {
            Sought::Number(sought) => number(kept)?.as_f64()?.partial_cmp(sought),
            Sought::Day(sought) => Some(day(kept)?.cmp(sought)),
            Sought::Instant(sought) => Some(instant(kept.as_str()?, &jakarta())?.cmp(sought)),
            _ => None,
        }
    }
}

impl Operator {
    /// Whether it can be asked of a column of this kind.
    fn acts_on(self, kind: Kind) -> bool {
        match self {
            Self::Equals | Self::NotEquals | Self::IsEmpty | Self::IsNotEmpty => true,
            Self::Contains => !matches!(kind, Kind::Timeline | Kind::Files | Kind::Checkbox),
            Self::GreaterThan
            | Self::LessThan
            | Self::GreaterThanOrEqual
            | Self::LessThanOrEqual => matches!(kind, Kind::Number | Kind::Date),
            Self::StartDate | Self::EndDate => kind == Kind::Date,
            Self::FromStartDate | Self::FromEndDate | Self::ToStartDate | Self::ToEndDate => {
                kind == Kind::Timeline
            }
        }
    }

    /// What a value means to it on a column of this kind.
    fn read(self, kind: Kind, value: &Value) -> Option<Sought> {
        if matches!(
            self,
            Self::StartDate
                | Self::EndDate
                | Self::FromStartDate
                | Self::FromEndDate
                | Self::ToStartDate
                | Self::ToEndDate
        ) {
            return day(value).map(Sought::Day);
        }
        match kind {
            Kind::Files | Kind::Timeline => Some(Sought::Exactly(value.clone())),
            _ if kind.is_list() => {
                texts(value).map(|texts| Sought::Several(texts.into_iter().collect()))
            }
            _ if self == Self::Contains => text(value).map(Sought::Text),
            Kind::Number => number(value)?.as_f64().map(Sought::Number),
            Kind::Date => when(value),
            Kind::Checkbox => text(value)?.parse().ok().map(Sought::Bool),
            _ => text(value).map(Sought::Text),
        }
    }

    /// Whether it is content with how what is kept stands to what is sought.
    fn allows(self, order: Ordering) -> bool {
        match self {
            Self::GreaterThan => order.is_gt(),
            Self::LessThan => order.is_lt(),
            Self::GreaterThanOrEqual
            | Self::StartDate
            | Self::FromStartDate
            | Self::ToStartDate => order.is_ge(),
            Self::LessThanOrEqual | Self::EndDate | Self::FromEndDate | Self::ToEndDate => {
                order.is_le()
            }
            Self::Equals | Self::NotEquals | Self::Contains | Self::IsEmpty | Self::IsNotEmpty => {
                false
            }
        }
    }
}
