//! Ties a webhook that is triggered by hand to what its vendor remembers.

use serde::Serialize;
use serde_json::Value;

/// How one webhook is tied to the vendor's state when somebody triggers it.
///
/// A *source* is a pointer into the state dump; in a list, `newest` is the last record, and `of:messages.client_id`
/// is the record whose `id` is the `client_id` of the newest message.
#[derive(Clone, Copy, Debug)]
pub struct Tie {
    /// The webhook's name in the contract.
    pub event: &'static str,
    /// What endpoints subscribe to.
    pub channel: Channel,
    /// Where its conversation stands in the payload: the same place that real announcements name.
    pub conversation: &'static str,
    /// Which records of a list are meant: list, member, value; `!value` is any other.
    pub only: &'static [(&'static str, &'static str, &'static str)],
    /// Places of the payload (pointers) and the sources of what stands there. What the state does not have stays
    /// as in the example, and so does what the example does not have.
    pub values: &'static [(&'static str, &'static str)],
}

/// What endpoints of a triggered webhook subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The event's name.
    Name,
    /// Always the same.
    Always(&'static str),
    /// What stands at a source.
    At(&'static str),
    /// What stands at a place of the payload.
    In(&'static str),
}

impl Tie {
    /// A tie of nothing, to begin with: the event goes out as the example.
    #[must_use]
    pub const fn loose(event: &'static str) -> Self {
        Self {
            event,
            channel: Channel::Name,
            conversation: "",
            only: &[],
            values: &[],
        }
    }
}

/// A place of a payload that was tied to the state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tied {
    /// Where.
    pub pointer: &'static str,
    /// What stands there now.
    pub value: Value,
    /// The source.
    pub from: &'static str,
}

impl Tie {
    /// Puts what the state has into the payload; says what it put where.
    pub fn apply(&self, payload: &mut Value, state: &Value) -> Vec<Tied> {
        let mut tied = Vec::new();
        for &(pointer, from) in self.values {
            if let Some(place) = payload.pointer_mut(pointer)
                && let Some(value) = self.look_up(state, from)
                && !value.is_null()
            {
                *place = value.clone();
                let value = value.clone();
                tied.push(Tied {
                    pointer,
                    value,
                    from,
                });
            }
        }
        tied
    }

    /// What endpoints subscribe to; the event's name where there is nothing else.
    #[must_use]
    pub fn channel(&self, state: &Value, payload: &Value) -> String {
        let found = match self.channel {
            Channel::Name => None,
            Channel::Always(channel) => return channel.to_owned(),
            Channel::At(source) => self.look_up(state, source),
            Channel::In(pointer) => payload.pointer(pointer),
        };
        found
            .and_then(Value::as_str)
            .unwrap_or(self.event)
            .to_owned()
    }

    /// What a source stands for.
    #[must_use]
    pub fn look_up<'v>(&self, state: &'v Value, source: &str) -> Option<&'v Value> {
        let mut value = state;
        let mut way = String::new();
        for token in source.split('/').skip(1) {
            value = match value {
                Value::Array(records) if token == "newest" => self.newest(records, &way)?,
                Value::Array(records) => match token.strip_prefix("of:") {
                    Some(owner) => self.owned(records, state, owner)?,
                    None => records.get(token.parse::<usize>().ok()?)?,
                },
                Value::Object(members) => members.get(token)?,
                _ => return None,
            };
            way.push('/');
            way.push_str(token);
        }
        Some(value)
    }

    /// The last record that is meant, of the list at `way`.
    fn newest<'v>(&self, records: &'v [Value], way: &str) -> Option<&'v Value> {
        let meant = |record: &&Value| {
            let mut only = self.only.iter().filter(|(list, ..)| *list == way);
            only.all(|(_, member, is)| {
                let shown = record[*member].as_str();
                match is.strip_prefix('!') {
                    Some(other) => shown != Some(other),
                    None => shown == Some(*is),
                }
            })
        };
        records.iter().rev().find(meant)
    }

    /// The record whose id the newest record of another list names: `owner` is `list.member`.
    fn owned<'v>(&self, records: &'v [Value], state: &Value, owner: &str) -> Option<&'v Value> {
        let (list, member) = owner.split_once('.')?;
        let others = state[list].as_array()?;
        let id = &self.newest(others, &format!("/{list}"))?[member];
        records.iter().find(|record| record["id"] == *id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_newest_record_of_the_right_kind_is_taken() {
        let tie = Tie {
            channel: Channel::At("/business/phone"),
            only: &[("/messages", "way", "out")],
            values: &[
                ("/id", "/messages/newest/id"),
                ("/phone", "/business/phone"),
                ("/absent", "/business/phone"),
                ("/kept", "/messages/newest/none"),
                ("/name", "/clients/of:messages.client/name"),
            ],
            ..Tie::loose("status")
        };
        let state = json!({
            "messages": [{"id": "1", "way": "out"}, {"id": "2", "way": "out", "client": "7"}, {"id": "3", "way": "in"}],
            "clients": [{"id": "6", "name": "Six"}, {"id": "7", "name": "Seven"}],
            "business": {"phone": "91"},
        });
        let mut payload = json!({"id": "x", "phone": "y", "kept": "z", "name": "?"});
        let tied = tie.apply(&mut payload, &state);
        assert_eq!(
            payload,
            json!({"id": "2", "phone": "91", "kept": "z", "name": "Seven"})
        );
        assert_eq!(tied.len(), 3);
        assert_eq!(tie.channel(&state, &payload), "91");
        assert_eq!(tie.channel(&json!({}), &payload), "status");
    }
}
