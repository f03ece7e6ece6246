//! One vendor's contract: loaded cheaply, indexed by operation, path and variant.

mod condition;
mod fill;
mod load;
mod nearest;
mod operation;
mod request;
mod route;

pub use condition::{Condition, Pattern, accepted_values};
pub use load::DocumentError;
pub use nearest::NearMiss;
pub use operation::{
    BodyContract, Example, MediaContract, Operation, Parameter, ResponseContract, Variant,
    WebhookContract,
};
pub(crate) use operation::{elements, essence, is_json};
pub use request::{DocumentedBody, DocumentedRequest, FormValue, Rung};
pub use route::{Route, choose};

#[cfg(feature = "proptest")]
pub(crate) use fill::SEGMENT;

pub use crate::schema::Schema;

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The contract of one vendor: what its documentation says, in a form that answers questions quickly.
///
/// Loading reads the text once and keeps what is heavy (schemas, examples, requests) as slices of it. They are
/// parsed each time they are asked for; only compiled validators are kept.
#[derive(Debug)]
pub struct Document {
    /// The vendor's short name, as in `fixtures/<vendor>`.
    pub vendor: String,
    /// The vendor's name for people.
    pub title: String,
    /// The vendor's hosts, in the order of the document.
    pub servers: Vec<String>,
    /// Collection variables and path variables (`path:<name>`) with values that work on the seed.
    pub variables: Vec<(String, String)>,
    text: &'static str,
    import: ImportCounts,
    operations: Vec<Operation>,
    by_name: HashMap<String, usize>,
    webhooks: Vec<WebhookContract>,
    schemas: HashMap<String, &'static RawValue>,
    /// Where credentials may stand: a parameter's name, or a pointer into the body.
    credentials: Vec<(Place, String)>,
    routes: route::Routes,
}

/// What the importer counted in the vendor's collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Items of the collection.
    pub items: usize,
    /// Saved responses of the collection.
    pub responses: usize,
    /// The items that became neither a variant nor a webhook.
    pub ignored: Vec<Ignored>,
}

/// An item of the collection that was left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Ignored {
    /// Its id in the collection.
    pub item: String,
    /// Its folders and its name.
    #[serde(default)]
    pub name: String,
    /// Why it was left out.
    #[serde(default)]
    pub reason: String,
}

/// Where a fact comes from, the strongest source first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The collection says so.
    Documented,
    /// Seen in a documented example.
    Example,
    /// Public clients or other pages of the vendor show it.
    Observed,
    /// Concluded from a sibling.
    Inferred,
    /// Our own choice.
    #[default]
    Assumed,
}

impl Evidence {
    /// The word used in contracts, headers and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Example => "example",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The part of an exchange that a parameter, a condition or a violation is about.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// A path parameter.
    Path,
    /// A query parameter.
    Query,
    /// A header.
    Header,
    /// The body.
    #[default]
    Body,
    /// The status of an answer.
    Status,
    /// The media type of a body.
    ContentType,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path parameter",
            Self::Query => "query parameter",
            Self::Header => "header",
            Self::Body => "body",
            Self::Status => "status",
            Self::ContentType => "content type",
        })
    }
}

impl Document {
    /// Reads a contract from a text that lives as long as the process, usually `include_str!`.
    pub fn load(text: &'static str) -> Result<Self, DocumentError> {
        load::load(text)
    }

    /// Reads a contract from an owned text, which is leaked: call it once per text and process.
    pub fn parse(text: String) -> Result<Self, DocumentError> {
        Self::load(Box::leak(text.into_boxed_str()))
    }

    /// The document itself, as it was loaded.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// What the importer counted.
    pub fn import(&self) -> &ImportCounts {
        &self.import
    }

    /// Every operation, in the order of the document; of shared routes, each alternative.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation of this name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.by_name.get(name).map(|&index| &self.operations[index])
    }

    /// Every webhook, in the order of the document.
    pub fn webhooks(&self) -> &[WebhookContract] {
        &self.webhooks
    }

    /// The webhook of this name.
    pub fn webhook(&self, name: &str) -> Option<&WebhookContract> {
        self.webhooks.iter().find(|webhook| webhook.name == name)
    }

    /// The value of a collection variable, or of a path variable as `path:<name>`.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a credential stands here on some operation: a parameter's name, or a pointer into the body.
    pub fn is_credential(&self, place: Place, pointer: &str) -> bool {
        self.credentials
            .iter()
            .any(|(known, name)| *known == place && name == pointer)
    }

    /// The text of a schema under `components/schemas`.
    pub fn component(&self, name: &str) -> Option<&'static RawValue> {
        self.schemas.get(name).copied()
    }

    /// Every schema and pattern of the contract that cannot be used, as `where: why`.
    ///
    /// Compiles all of them, which loading does not: meant for tests and for the importer.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for operation in &self.operations {
            operation.problems(self, &mut problems);
        }
        for webhook in &self.webhooks {
            for media in &webhook.content {
                let place = format!("{} {}", webhook.name, media.media_type);
                problems.extend(
                    media
                        .schema
                        .iter()
                        .filter_map(|schema| schema.problem(self, &place)),
                );
            }
        }
        problems
    }
}
