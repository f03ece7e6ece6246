//! Attributes: what a client record can hold.

use serde::{Deserialize, Serialize};

use super::{Client, Error, Reply};

/// The operations on attributes.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'c>(pub(super) &'c Client);

/// An attribute and what it can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    /// Its name.
    pub field_key: String,
    /// Its type.
    pub data_type: DataType,
    /// The values of a drop-down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropdown_options: Option<Vec<String>>,
    /// The tags of the one attribute that has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_options: Option<Vec<String>>,
}

impl Definition {
    /// An attribute of a type without options.
    pub fn new(field_key: impl Into<String>, data_type: DataType) -> Self {
        Self {
            field_key: field_key.into(),
            data_type,
            dropdown_options: None,
            tag_options: None,
        }
    }
}

/// What an attribute can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataType {
    /// Any text.
    Text,
    /// A number.
    Numerical,
    /// One of some values.
    Dropdown,
    /// Some of some tags.
    Tags,
}

/// An attribute as answers show it: with its type, or as older ones do, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Attribute {
    /// With its type.
    Typed(Definition),
    /// By its name.
    Named(String),
}

impl Attribute {
    /// Its name.
    pub fn field_key(&self) -> &str {
        match self {
            Self::Typed(definition) => &definition.field_key,
            Self::Named(name) => name,
        }
    }
}

#[derive(Serialize)]
struct Create<'a> {
    attributes: &'a [Definition],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Update<'a, T> {
    old_attribute: &'a str,
    new_attribute: T,
}

impl Attributes<'_> {
    /// `GET /v1/business/attributes` — lists the attributes.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn list(&self) -> Result<Reply<Vec<Attribute>>, Error> {
        self.0.get(&["v1", "business", "attributes"], &[]).await
    }

    /// `POST /v1/business/attributes` — adds attributes, all or none; answers with all there are.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create(&self, attributes: &[Definition]) -> Result<Reply<Vec<Attribute>>, Error> {
        self.0
            .post(&["v1", "business", "attributes"], &Create { attributes })
            .await
    }

    /// `PUT /v1/business/attributes` — changes the name or the type of an attribute; answers with all there are.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn update(
        &self,
        old_attribute: &str,
        new_attribute: &Definition,
    ) -> Result<Reply<Vec<Attribute>>, Error> {
        self.0
            .put(
                &["v1", "business", "attributes"],
                &Update {
                    old_attribute,
                    new_attribute,
                },
            )
            .await
    }

    /// `PUT /v1/business/attributes` — changes the name of an attribute in the older way, by the new name alone.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn rename(
        &self,
        old_attribute: &str,
        new_attribute: &str,
    ) -> Result<Reply<Vec<Attribute>>, Error> {
        self.0
            .put(
                &["v1", "business", "attributes"],
                &Update {
                    old_attribute,
                    new_attribute,
                },
            )
            .await
    }

    /// `DELETE /v1/business/attributes` — removes an attribute from all clients; answers with those that remain.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete(&self, attribute: &str) -> Result<Reply<Vec<Attribute>>, Error> {
        self.0
            .delete(
                &["v1", "business", "attributes"],
                &[("attribute", attribute)],
            )
            .await
    }
}
