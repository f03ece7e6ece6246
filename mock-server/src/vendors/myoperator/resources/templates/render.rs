//! Templates with their variables filled in, as messages show them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Template;
use crate::vendors::myoperator::state::MyOperator;

/// What a sender fills a template with.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filling {
    /// Variables of the header, or the file in it.
    pub header: Option<Map<String, Value>>,
    /// Variables of the body.
    pub body: Option<Map<String, Value>>,
    /// Variables of buttons, each with the `index` of its button.
    pub buttons: Option<Vec<Map<String, Value>>>,
    /// The same for each card.
    pub carousel: Option<Vec<CardFilling>>,
}

/// What a sender fills a card with.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CardFilling {
    /// Which card.
    #[serde(default)]
    pub index: i64,
    /// With what.
    #[serde(default)]
    pub components: Filling,
}

impl MyOperator {
    /// What a message made of a template says.
    #[must_use]
    pub fn fill_template(
        &self,
        template: &Template,
        filling: &Filling,
        supplied: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut context = Map::new();
        let mut set = |name: &str, value: Value| context.insert(name.to_owned(), value);
        set("template_id", json!(template.id));
        set("name", json!(template.name));
        set("language", json!(template.language));
        set("category", json!(template.category));
        let parts = self.fill_components(&template.components, filling);
        for (name, value) in parts {
            set(&name, value);
        }
        let mut payload = Map::new();
        for name in ["header", "body"] {
            let value = supplied.get(name).cloned().unwrap_or_else(|| json!({}));
            payload.insert(name.to_owned(), value);
        }
        for name in ["buttons", "carousel"] {
            if let Some(value) = supplied.get(name) {
                payload.insert(name.to_owned(), value.clone());
            }
        }
        set("template_payload", Value::Object(payload));
        set("link_tracking", json!(template.link_tracking));
        context
    }

    /// Header, body, buttons and carousel, in this order, as far as there are any.
    fn fill_components(&self, components: &[Value], filling: &Filling) -> Map<String, Value> {
        let find = |kind: &str| components.iter().find(|one| one["type"] == kind);
        let mut parts = Map::new();
        if let Some(header) = find("HEADER") {
            let header = self.fill_header(header, filling.header.as_ref());
            parts.insert("header".to_owned(), header);
        }
        if let Some(body) = find("BODY") {
            let text = fill(body, "text", filling.body.as_ref());
            parts.insert("body".to_owned(), json!({"type": "text", "context": text}));
        }
        let buttons = find("BUTTONS").and_then(|one| one["buttons"].as_array());
        if let Some(buttons) = buttons {
            let fillings = filling.buttons.as_deref().unwrap_or_default();
            let filled = buttons.iter().map(|button| fill_button(button, fillings));
            parts.insert("buttons".to_owned(), filled.collect());
        }
        let cards = find("CAROUSEL").and_then(|one| one["cards"].as_array());
        if let Some(cards) = cards {
            let fillings = filling.carousel.as_deref().unwrap_or_default();
            let filled = cards.iter().map(|card| self.fill_card(card, fillings));
            parts.insert("carousel".to_owned(), filled.collect());
        }
        parts
    }

    fn fill_header(&self, header: &Value, filling: Option<&Map<String, Value>>) -> Value {
        let supplied = |name: &str| filling.and_then(|members| members.get(name));
        if header["format"] == "TEXT" {
            return json!({"format": "text", "text": fill(header, "text", filling)});
        }
        if let Some(url) = supplied("media_url") {
            return json!({"format": self.format_of(""), "media_url": url});
        }
        let id = supplied("media_id").unwrap_or(&header["media_id"]);
        json!({"format": self.format_of(id.as_str().unwrap_or_default()), "media_id": id})
    }

    /// What kind of file an upload is; a picture, when nobody knows.
    fn format_of(&self, media: &str) -> &'static str {
        let known = self.media.get(media);
        let kind = known.map_or("image/jpeg", |media| media.mime_type.as_str());
        match kind.split('/').next() {
            Some("video") => "video",
            Some("image") => "image",
            _ => "document",
        }
    }

    fn fill_card(&self, card: &Value, fillings: &[CardFilling]) -> Value {
        let nothing = Filling::default();
        let filling = fillings.iter().find(|one| card["index"] == one.index);
        let filling = filling.map_or(&nothing, |one| &one.components);
        let components = card["components"].as_array().map_or(&[][..], Vec::as_slice);
        json!({"index": card["index"], "components": self.fill_components(components, filling)})
    }
}

/// A button without its example, its address filled in.
fn fill_button(button: &Value, fillings: &[Map<String, Value>]) -> Value {
    let filling = fillings.iter().find(|one| {
        let index = one.get("index").unwrap_or(&Value::Null);
        *index == button["index"]
    });
    let mut filled = button.clone();
    if let Some(members) = filled.as_object_mut() {
        members.shift_remove("example");
        if button.get("url").is_some() {
            members.insert("url".to_owned(), json!(fill(button, "url", filling)));
        }
    }
    filled
}

/// A text of a component with its variables: as supplied, else as in the component's own example.
fn fill(component: &Value, member: &str, supplied: Option<&Map<String, Value>>) -> String {
    let text = component[member].as_str().unwrap_or_default();
    let value = |name: &str| {
        let supplied = supplied.and_then(|members| members.get(name));
        let value = supplied.or_else(|| component["example"].get(name))?;
        Some(match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    fill_names(text, value)
}

/// A text with each `{{name}}` replaced by what `value` has for it; others stay.
pub fn fill_names(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let found = after
            .split_once("}}")
            .and_then(|(name, tail)| Some((value(name.trim())?, tail)));
        match found {
            Some((value, tail)) => {
                filled.push_str(&value);
                rest = tail;
            }
            // Three braces are one, and two that may open a name.
            None => {
                filled.push('{');
                rest = &rest[before.len() + 1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The names of the variables of a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{")
        .skip(1)
        .filter_map(|after| after.split_once("}}"))
        .map(|(name, _)| name.trim())
}

impl Template {
    /// Whether a filling names exactly the variables of header and body, and no button that is not there.
    #[must_use]
    pub fn fits(&self, filling: &Filling) -> bool {
        let find = |kind: &str| self.components.iter().find(|one| one["type"] == kind);
        let exactly = |component: Option<&Value>, supplied: Option<&Map<String, Value>>| {
            let text = component.and_then(|one| one["text"].as_str());
            let mut wanted: Vec<_> = names(text.unwrap_or_default()).collect();
            wanted.sort_unstable();
            wanted.dedup();
            let keys = supplied.into_iter().flat_map(Map::keys);
            let mut given: Vec<_> = keys
                .map(String::as_str)
                .filter(|name| !matches!(*name, "media_id" | "media_url"))
                .collect();
            given.sort_unstable();
            wanted == given
        };
        let buttons = find("BUTTONS").and_then(|one| one["buttons"].as_array());
        let is_there = |filling: &Map<String, Value>| {
            let index = filling.get("index");
            let mut buttons = buttons.into_iter().flatten();
            index.is_some_and(|index| buttons.any(|button| button["index"] == *index))
        };
        let mut supplied = filling.buttons.iter().flatten();
        exactly(find("HEADER"), filling.header.as_ref())
            && exactly(find("BODY"), filling.body.as_ref())
            && supplied.all(is_there)
    }
}
