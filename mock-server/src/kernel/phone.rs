//! What customers' phones show, and what their owners do with them, in words that all vendors share.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One customer's side of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phone {
    /// What gestures and screens are asked for by.
    pub id: String,
    /// The customer's number, or what the channel knows them by.
    pub number: String,
    /// What they call themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The business's number, inbox or channel, where it has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Until when the business may write freely, where the vendor has such a window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_until: Option<Timestamp>,
    /// When something was last written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
}

/// One message on the screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bubble {
    /// The vendor's id of the message, as gestures name it.
    pub id: String,
    /// Who wrote it.
    pub from: Side,
    /// The vendor's word for its kind, such as `template`.
    pub kind: String,
    /// What it says, in short.
    pub text: String,
    /// Where its file lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// What can be tapped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// When it was written.
    pub at: Timestamp,
    /// How far it came, in the vendor's word; nothing for what the customer wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The business, by whatever means.
    Business,
    /// The customer.
    Customer,
}

/// Something to tap below a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Button {
    /// Its id, or its label where it has none.
    pub id: String,
    /// Its label.
    pub title: String,
}

/// What the owner of a phone does, or what becomes of a message on its way there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "gesture", rename_all = "snake_case", deny_unknown_fields)]
pub enum Gesture {
    /// They write.
    Write {
        /// The phone's id, or the number of somebody new.
        phone: String,
        /// What they call themselves, when they are new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What they write.
        says: Says,
    },
    /// They tap a button of a message.
    Press {
        /// The phone's id.
        phone: String,
        /// The message's id.
        message: String,
        /// The button's id.
        button: String,
    },
    /// A message reaches the phone.
    Deliver {
        /// The message's id.
        message: String,
    },
    /// A message is seen.
    Read {
        /// The message's id.
        message: String,
    },
    /// A message will never arrive.
    Fail {
        /// The message's id.
        message: String,
    },
}

/// What a customer writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Says {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A picture.
    Picture {
        /// What stands below it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
    },
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// What it is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
}

/// The buttons and rows of an interactive message in Meta's shape:
/// `action.buttons[].reply` and `action.sections[].rows[]`.
#[must_use]
pub fn interactive_buttons(interactive: &Value) -> Vec<Button> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let action = &interactive["action"];
    let replies = list(&action["buttons"])
        .into_iter()
        .map(|button| button["reply"].clone());
    let rows = list(&action["sections"])
        .into_iter()
        .flat_map(|section| list(&section["rows"]));
    replies
        .chain(rows)
        .filter_map(|one| {
            let title = one["title"].as_str()?.to_owned();
            let id = one["id"]
                .as_str()
                .map_or_else(|| title.clone(), str::to_owned);
            Some(Button { id, title })
        })
        .collect()
}

/// The quick replies among a template's buttons, which have a `text` and the type `QUICK_REPLY`, however spelt.
#[must_use]
pub fn quick_replies(buttons: &[Value]) -> Vec<Button> {
    let is_quick_reply = |button: &&Value| {
        button["type"]
            .as_str()
            .is_none_or(|kind| kind.eq_ignore_ascii_case("quick_reply"))
    };
    buttons
        .iter()
        .filter(is_quick_reply)
        .filter_map(|button| button["text"].as_str())
        .map(|text| Button {
            id: text.to_owned(),
            title: text.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn buttons_and_rows_are_found_in_metas_shape() {
        let buttons = json!({"action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}});
        let rows = json!({"action": {"sections": [{"rows": [{"id": "a", "title": "A"}, {"title": "B"}]}]}});
        let titles = |of: &Value| -> Vec<_> {
            interactive_buttons(of)
                .into_iter()
                .map(|button| (button.id, button.title))
                .collect()
        };
        assert_eq!(titles(&buttons), [("y".to_owned(), "Yes".to_owned())]);
        assert_eq!(
            titles(&rows),
            [
                ("a".to_owned(), "A".to_owned()),
                ("B".to_owned(), "B".to_owned())
            ]
        );
    }

    #[test]
    fn only_quick_replies_can_be_tapped() {
        let buttons = [
            json!({"type": "QUICK_REPLY", "text": "Stop"}),
            json!({"type": "URL", "text": "Shop", "url": "https://example.com"}),
        ];
        assert_eq!(quick_replies(&buttons).len(), 1);
    }
}
