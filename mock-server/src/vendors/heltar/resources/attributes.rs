//! Attributes: what clients can have.

use std::borrow::Cow;

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kernel::extract::{Body, Query};
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::heltar::error::Error;
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::{AttributesFormat, Heltar};

/// The attribute that every business has and nobody can touch.
const TAGS: &str = "tags";

/// One attribute's definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// Its name, by which clients carry a value.
    pub field_key: String,
    /// What its values are.
    pub data_type: DataType,
    /// The choices of a dropdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropdown_options: Option<Vec<String>>,
    /// The choices of the tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_options: Option<Vec<String>>,
}

impl Record for Attribute {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.field_key)
    }
}

impl Attribute {
    /// A text attribute, as one that a client brings along becomes.
    pub fn text(field_key: &str) -> Self {
        Self {
            field_key: field_key.to_owned(),
            data_type: DataType::Text,
            dropdown_options: None,
            tag_options: None,
        }
    }

    /// What a client's value becomes under this definition.
    fn converted(&self, value: &Value) -> Value {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match self.data_type {
            DataType::Text => Value::String(text),
            DataType::Numerical => serde_json::from_str::<serde_json::Number>(text.trim())
                .map_or(0.into(), Value::Number),
            DataType::Dropdown => {
                let options = self.dropdown_options.as_deref().unwrap_or_default();
                let chosen = options
                    .iter()
                    .find(|option| **option == text)
                    .or(options.first());
                chosen.map_or(Value::String(text), |option| Value::String(option.clone()))
            }
            DataType::Tags => value.clone(),
        }
    }
}

/// What an attribute's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataType {
    /// Any text.
    Text,
    /// A number.
    Numerical,
    /// One of the options.
    Dropdown,
    /// Some of the options; only the built-in attribute has it.
    Tags,
}

/// An attribute as lists show it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Listed {
    /// As since 2024.
    Typed(Attribute),
    /// As in 2023.
    Name(String),
}

type Answer = Json<Reply<Vec<Listed>>>;

/// `GET /v1/business/attributes` — lists them, in order.
pub async fn list(store: Store<Heltar>) -> Answer {
    reply(
        "Successfully Fetched Attributes",
        store.read(|heltar, _| heltar.listed_attributes()),
    )
}

/// What `attributes.create` takes.
#[derive(Debug, Deserialize)]
pub struct New {
    attributes: Vec<Attribute>,
}

/// `POST /v1/business/attributes` — adds some, all or none.
pub async fn create(store: Store<Heltar>, Body(new): Body<New>) -> Result<Answer, Error> {
    let names: Vec<_> = new
        .attributes
        .iter()
        .map(|attribute| attribute.field_key.clone())
        .collect();
    let listed = store.try_write(|heltar, _| {
        heltar.add_attributes(new.attributes)?;
        Ok::<_, Error>(heltar.listed_attributes())
    })?;
    Ok(reply(
        format!("Successfully added attributes: {}", names.join(", ")),
        listed,
    ))
}

/// What `attributes.update` takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    old_attribute: String,
    new_attribute: NewAttribute,
}

/// The new definition, or in the older way just the new name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum NewAttribute {
    /// Name and type.
    Typed(Attribute),
    /// The name; the type stays.
    Name(String),
}

/// `PUT /v1/business/attributes` — renames one, or gives it another type.
pub async fn update(store: Store<Heltar>, Body(change): Body<Change>) -> Result<Answer, Error> {
    let (name, listed) = store.try_write(|heltar, _| {
        let name = heltar.change_attribute(&change.old_attribute, change.new_attribute)?;
        Ok::<_, Error>((name, heltar.listed_attributes()))
    })?;
    Ok(reply(
        format!(
            "Successfully Updated Attribute: {} to {name}",
            change.old_attribute
        ),
        listed,
    ))
}

/// What `attributes.delete` takes.
#[derive(Debug, Deserialize)]
pub struct Which {
    attribute: String,
}

/// `DELETE /v1/business/attributes` — removes one, and its value from every client.
pub async fn delete(store: Store<Heltar>, Query(which): Query<Which>) -> Result<Answer, Error> {
    let listed = store.try_write(|heltar, _| {
        heltar.remove_attribute(&which.attribute)?;
        Ok::<_, Error>(heltar.listed_attributes())
    })?;
    Ok(reply(
        format!("Successfully Deleted Attribute: {}", which.attribute),
        listed,
    ))
}

impl Heltar {
    fn listed_attributes(&self) -> Vec<Listed> {
        let legacy = self.business.settings.attributes_format == AttributesFormat::Legacy;
        let listed = |attribute: &Attribute| match legacy {
            true => Listed::Name(attribute.field_key.clone()),
            false => Listed::Typed(attribute.clone()),
        };
        self.attributes.iter().map(listed).collect()
    }

    /// Adds definitions; none when one of them exists already, or is the untouchable one.
    ///
    /// # Errors
    /// With the names that exist.
    pub fn add_attributes(&mut self, new: Vec<Attribute>) -> Result<(), Error> {
        let mut taken = Vec::new();
        for attribute in new {
            let key = &attribute.field_key;
            if self.attributes.contains(key) || key == TAGS || attribute.data_type == DataType::Tags
            {
                taken.push(attribute.field_key);
            } else {
                self.attributes.put(attribute);
            }
        }
        if taken.is_empty() {
            Ok(())
        } else {
            Err(Error::AttributesExist(taken.join(", ")))
        }
    }

    /// Renames or retypes a definition, which moves to the end; the clients' values follow. Returns the new name.
    ///
    /// # Errors
    /// When there is no such attribute, or another one has the new name.
    pub fn change_attribute(&mut self, old: &str, new: NewAttribute) -> Result<String, Error> {
        if let NewAttribute::Typed(attribute) = &new
            && attribute.field_key == old
            && !self.attributes.contains(old)
        {
            // The documented retyping names an attribute that only another documented call makes;
            // what is retyped and not there yet is therefore defined.
            self.add_attributes(vec![attribute.clone()])?;
            return Ok(old.to_owned());
        }
        let before = self.touchable(old)?.clone();
        let mut after = match new {
            NewAttribute::Typed(attribute) => attribute,
            NewAttribute::Name(field_key) => Attribute {
                field_key,
                ..before.clone()
            },
        };
        if after.field_key != old && self.attributes.contains(&after.field_key) {
            return Err(Error::AttributeTaken(after.field_key));
        }
        // A rename keeps the choices unless it brings its own.
        if after.data_type == before.data_type && after.dropdown_options.is_none() {
            after.dropdown_options = before.dropdown_options;
        }
        self.attributes.remove(old);
        self.attributes.put(after.clone());
        let retyped = after.data_type != before.data_type;
        self.change_values(old, |attributes| {
            // The value keeps its place among the client's attributes.
            let renamed =
                std::mem::take(attributes)
                    .into_iter()
                    .map(|(key, value)| match key == old {
                        true if retyped => (after.field_key.clone(), after.converted(&value)),
                        true => (after.field_key.clone(), value),
                        false => (key, value),
                    });
            *attributes = renamed.collect();
        });
        Ok(after.field_key)
    }

    /// Removes a definition, and its value from every client.
    ///
    /// # Errors
    /// When there is no such attribute.
    pub fn remove_attribute(&mut self, field_key: &str) -> Result<(), Error> {
        self.touchable(field_key)?;
        self.attributes.remove(field_key);
        self.change_values(field_key, |attributes| {
            attributes.shift_remove(field_key);
        });
        Ok(())
    }

    /// Defines as text what a client brings along and nobody has defined.
    pub fn define_missing<'a>(&mut self, names: impl Iterator<Item = &'a String>) {
        for name in names {
            if !self.attributes.contains(name) {
                self.attributes.put(Attribute::text(name));
            }
        }
    }

    fn touchable(&self, field_key: &str) -> Result<&Attribute, Error> {
        let found = self
            .attributes
            .get(field_key)
            .filter(|found| found.data_type != DataType::Tags);
        found.ok_or_else(|| Error::UnknownAttribute(field_key.to_owned()))
    }

    /// Changes the attributes of every client that carries a value under `field_key`.
    fn change_values(&mut self, field_key: &str, change: impl Fn(&mut Map<String, Value>)) {
        let carrying = self
            .clients
            .iter()
            .filter(|client| client.attributes.contains_key(field_key));
        let numbers: Vec<_> = carrying
            .map(|client| client.client_wa_number.clone())
            .collect();
        for number in numbers {
            self.clients
                .update(&number, |client| change(&mut client.attributes));
        }
    }
}
