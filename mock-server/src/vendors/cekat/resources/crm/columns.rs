//! Typed columns: what each takes, and how it shows what it took.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value, json};

use crate::vendors::cekat::reply::jakarta;
use crate::vendors::cekat::resources::{instant, own};
use crate::vendors::cekat::state::Cekat;

/// A column of a board. Items keep their values under its id, so that it may be renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// A UUID.
    pub id: String,
    /// Its name, which is the key of its value in requests and answers.
    pub name: String,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Choice>,
    /// What its numbers count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether an item must have a value.
    #[serde(default)]
    pub is_required: bool,
    /// Whether nobody may write it.
    #[serde(default)]
    pub read_only: bool,
    /// Whether it is seen in the dashboard.
    #[serde(default = "yes")]
    pub is_visible: bool,
}

fn yes() -> bool {
    true
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its id within the column: `0`, `1`, …
    pub id: String,
    /// What it says.
    pub name: String,
}

/// What a column takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A line.
    Text,
    /// Several lines.
    Longtext,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A number.
    Number,
    /// A day or an instant.
    Date,
    /// Yes or no.
    Checkbox,
    /// One label.
    Select,
    /// Several labels.
    Dropdown,
    /// Agents.
    Agents,
    /// Contacts.
    Contacts,
    /// Companies.
    Companies,
    /// Orders.
    Orders,
    /// Subscriptions.
    Subscriptions,
    /// Items of any board.
    References,
    /// A conversation.
    Conversation,
    /// From one day to another.
    Timeline,
    /// Files.
    Files,
}

impl Kind {
    /// Whether its values are chosen from labels.
    pub fn has_labels(self) -> bool {
        matches!(self, Self::Select | Self::Dropdown)
    }

    /// Whether it takes several values.
    pub fn is_list(self) -> bool {
        self == Self::Dropdown || self == Self::Files || self.points()
    }

    /// Whether its values are ids of something.
    pub fn points(self) -> bool {
        use Kind::{Agents, Companies, Contacts, Orders, References, Subscriptions};
        matches!(
            self,
            Agents | Contacts | Companies | Orders | Subscriptions | References
        )
    }
}

/// Whether a value says that there is none.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A number, or text that is one.
pub fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => {
            let text = text.trim();
            let whole = text.parse::<i64>().ok().map(Number::from);
            whole.or_else(|| text.parse().ok().and_then(Number::from_f64))
        }
        _ => None,
    }
}

/// A scalar as text.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Several texts, or one.
pub fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(elements) => elements.iter().map(text).collect(),
        one => text(one).map(|text| vec![text]),
    }
}

impl Column {
    /// The label meant by an id or by a name.
    fn choice(&self, meant: &str) -> Option<&Choice> {
        let by_id = self.labels.iter().find(|label| label.id == meant);
        by_id.or_else(|| self.labels.iter().find(|label| label.name == meant))
    }

    fn chosen(&self, value: &Value) -> Result<Vec<Value>, String> {
        let meant = texts(value).ok_or("must be label ids")?;
        let ids = meant.iter().map(|meant| {
            let label = self.choice(meant);
            let label = label.ok_or_else(|| format!("has no label {meant}"))?;
            Ok(Value::String(label.id.clone()))
        });
        ids.collect()
    }
}

impl Cekat {
    /// The value that a column keeps of what it is given; nothing when it is to be cleared.
    ///
    /// # Errors
    /// When it does not take it, with the reason.
    pub fn accept(
        &self,
        column: &Column,
        given: &Value,
        business: &str,
    ) -> Result<Option<Value>, String> {
        if column.read_only {
            return Err("is read-only".to_owned());
        }
        if is_empty(given) {
            return match column.is_required {
                true => Err("is required".to_owned()),
                false => Ok(None),
            };
        }
        let kept = match column.kind {
            Kind::Text | Kind::Longtext | Kind::Email | Kind::Phone => {
                Value::String(text(given).ok_or("must be a string")?)
            }
            Kind::Number => Value::Number(number(given).ok_or("must be a number")?),
            Kind::Date => match given {
                Value::String(text) if instant(text, &jakarta()).is_some() => given.clone(),
                _ => return Err("must be a date".to_owned()),
            },
            Kind::Checkbox => match given {
                Value::Bool(_) => given.clone(),
                Value::String(text) if text == "true" || text == "false" => json!(text == "true"),
                _ => return Err("must be true or false".to_owned()),
            },
            Kind::Select => {
                let mut chosen = column.chosen(given)?;
                match (chosen.pop(), chosen.is_empty()) {
                    (Some(one), true) => one,
                    _ => return Err("takes one label".to_owned()),
                }
            }
            Kind::Dropdown => Value::Array(column.chosen(given)?),
            Kind::Conversation => match given {
                Value::String(id) if own(&self.conversations, id, business).is_some() => {
                    given.clone()
                }
                _ => return Err("must be the id of a conversation".to_owned()),
            },
            Kind::Timeline => timeline(given)?,
            Kind::Files => match given {
                Value::Array(files) if files.iter().all(|file| file["file_url"].is_string()) => {
                    given.clone()
                }
                _ => return Err("must be files with a file_url".to_owned()),
            },
            kind => {
                let ids = texts(given).ok_or("must be ids")?;
                if let Some(stray) = ids.iter().find(|id| !self.owns(kind, id, business)) {
                    return Err(format!("points at nothing with {stray}"));
                }
                json!(ids)
            }
        };
        Ok(Some(kept))
    }

    /// Whether something that a column points at is the business's own, as far as it is kept.
    fn owns(&self, kind: Kind, id: &str, business: &str) -> bool {
        match kind {
            Kind::Agents => own(&self.agents, id, business).is_some(),
            Kind::Contacts => own(&self.contacts, id, business).is_some(),
            Kind::Orders => own(&self.orders, id, business).is_some(),
            Kind::References => self
                .items
                .get(id)
                .is_some_and(|item| own(&self.boards, &item.board_id, business).is_some()),
            _ => true,
        }
    }

    /// What something that a column points at is called. Companies and subscriptions are not kept: any will do.
    fn pointed(&self, kind: Kind, id: &str) -> Option<String> {
        match kind {
            Kind::Agents => self.agents.get(id).map(|agent| agent.name.clone()),
            Kind::Contacts => self.contacts.get(id).map(|one| one.display_name.clone()),
            Kind::Orders => self
                .orders
                .get(id)
                .map(|order| order.order_number.to_string()),
            Kind::References => self.items.get(id).map(|item| item.item_name.clone()),
            _ => Some(String::new()),
        }
    }

    /// The value of a column as an item shows it.
    pub fn render(&self, column: &Column, kept: Option<&Value>) -> Value {
        let Some(kept) = kept else {
            return match column.kind.is_list() {
                true => json!([]),
                false => Value::Null,
            };
        };
        let name = |id: &str| column.choice(id).map(|label| label.name.clone());
        let ids = || texts(kept).unwrap_or_default();
        match column.kind {
            Kind::Select => json!(kept.as_str().and_then(name)),
            Kind::Dropdown => json!(ids().iter().filter_map(|id| name(id)).collect::<Vec<_>>()),
            Kind::Conversation => {
                let id = kept.as_str().unwrap_or_default();
                let talk = self.conversations.get(id);
                talk.map_or(Value::Null, |talk| self.conversation_value(talk))
            }
            kind if kind.points() => {
                let things = ids().into_iter().map(|id| {
                    let name = self.pointed(kind, &id);
                    json!({"id": id, "name": name})
                });
                things.collect()
            }
            _ => kept.clone(),
        }
    }
}

/// A timeline: both ends, in a fixed order.
fn timeline(given: &Value) -> Result<Value, String> {
    let end = |name: &str| match &given[name] {
        Value::Null => Ok(Value::Null),
        Value::String(text) if instant(text, &jakarta()).is_some() => Ok(given[name].clone()),
        _ => Err(format!("has no date in {name}")),
    };
    let (from, to) = (end("from")?, end("to")?);
    if from.is_null() && to.is_null() {
        return Err("must be an object with from and to".to_owned());
    }
    let ends = [("from".to_owned(), from), ("to".to_owned(), to)];
    Ok(Value::Object(Map::from_iter(ends)))
}
