//! The CRM: boards, their columns and items, and the record of a customer.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::{Client, Edit, Error, Told, Verdict};

/// The operations of the CRM.
#[derive(Clone, Copy, Debug)]
pub struct Crm<'c>(pub(super) &'c Client);

/// An item to be created, or to be changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Draft {
    /// Its name; needed to create one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_name: Option<String>,
    /// The group it is to be in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// What its columns are to hold, by their names; null clears one, and so does an empty array.
    #[serde(flatten)]
    pub columns: Map<String, Value>,
}

/// What to look for.
#[derive(Clone, Debug, Serialize)]
pub struct Search {
    /// How the conditions belong together.
    pub condition: Junction,
    /// The conditions.
    pub search: Vec<Condition>,
}

/// How conditions belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Junction {
    /// All have to hold.
    And,
    /// One has to hold.
    Or,
}

/// A condition on a column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Condition {
    /// Which column.
    pub column_name: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what; with nothing for [`Operator::IsEmpty`] and its opposite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl Condition {
    /// A comparison.
    pub fn new(column_name: &str, operator: Operator, value: impl Into<Value>) -> Self {
        Self {
            column_name: column_name.to_owned(),
            operator,
            value: Some(value.into()),
        }
    }

    /// Whether there is anything.
    pub fn present(column_name: &str, present: bool) -> Self {
        Self {
            column_name: column_name.to_owned(),
            operator: match present {
                true => Operator::IsNotEmpty,
                false => Operator::IsEmpty,
            },
            value: None,
        }
    }
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// The same.
    Equals,
    /// Another.
    NotEquals,
    /// With this in it.
    Contains,
    /// More.
    GreaterThan,
    /// Less.
    LessThan,
    /// No less.
    GreaterThanOrEqual,
    /// No more.
    LessThanOrEqual,
    /// Nothing.
    IsEmpty,
    /// Something.
    IsNotEmpty,
    /// A date from this day on.
    StartDate,
    /// A date up to this day.
    EndDate,
    /// A timeline that begins on this day or later.
    FromStartDate,
    /// A timeline that begins on this day or earlier.
    FromEndDate,
    /// A timeline that ends on this day or later.
    ToStartDate,
    /// A timeline that ends on this day or earlier.
    ToEndDate,
}

/// A customer to be recorded, or to be changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Person {
    /// What they are called; needed to record one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The number; needed to record one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub email: Edit<String>,
    /// The stage they are at.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub stage_id: Edit<String>,
    /// What is noted; only of a customer there is.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub note: Edit<String>,
    /// What else is kept; all of it is replaced.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub additional_data: Edit<Map<String, Value>>,
}

/// A board, as the list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What its items are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column_name: Option<String>,
}

/// A board in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its groups.
    pub crm_groups: Vec<Group>,
    /// Its columns.
    pub crm_columns: Vec<Column>,
}

/// A group of items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: Option<String>,
}

/// A column of a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub r#type: String,
    /// How it is set up.
    pub settings: Settings,
    /// Whether it must be filled.
    pub is_required: bool,
    /// Whether it cannot be changed.
    pub read_only: bool,
    /// Whether it is shown.
    pub is_visible: bool,
}

/// How a column is set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What is stuck on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<Label>>,
    /// What it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// What a column can hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Number>,
}

/// An item of a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub item_id: String,
    /// Its name.
    pub item_name: String,
    /// The group it is in.
    pub group_id: String,
    /// The group's name.
    pub group_name: String,
    /// What its columns hold, by their names.
    #[serde(flatten)]
    pub columns: Map<String, Value>,
}

/// What became of an item that was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// How well it went.
    pub message: Verdict,
    /// The item.
    pub data: Item,
    /// The columns that could not be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Vec<Value>>,
}

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    /// Which were deleted.
    pub item_ids: Vec<String>,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: String,
    /// What they are called.
    pub display_name: String,
    /// The number.
    pub phone_number: String,
    /// The address.
    pub email: Option<String>,
    /// The stage they are at.
    pub stage_id: Option<String>,
    /// What was noted.
    pub note: Option<String>,
    /// What else is kept.
    pub additional_data: Option<Value>,
    /// Since when.
    pub created_at: String,
    /// Last changed when.
    pub updated_at: String,
}

impl Crm<'_> {
    /// `GET /api/crm/boards` — lists the boards.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn boards(&self) -> Result<Told<Vec<BoardRow>>, Error> {
        let path = ["api", "crm", "boards"];
        self.0.read(self.0.ask(Method::GET, &path)?).await
    }

    /// `GET /api/crm/boards/{id}` — shows one board.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn board(&self, board_id: &str) -> Result<Told<Board>, Error> {
        let path = ["api", "crm", "boards", board_id];
        self.0.read(self.0.ask(Method::GET, &path)?).await
    }

    /// `GET /api/crm/boards/{boardId}/columns/{columnId}` — shows one column.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn column(&self, board_id: &str, column_id: &str) -> Result<Told<Column>, Error> {
        let path = ["api", "crm", "boards", board_id, "columns", column_id];
        self.0.read(self.0.ask(Method::GET, &path)?).await
    }

    /// `POST /api/crm/boards/{boardId}/columns/by-name` — finds a column.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn column_by_name(&self, board_id: &str, name: &str) -> Result<Told<Column>, Error> {
        let path = ["api", "crm", "boards", board_id, "columns", "by-name"];
        let request = self.0.ask(Method::POST, &path)?;
        let body = serde_json::json!({"name": name});
        self.0.read(request.json(&body)).await
    }

    /// `GET /api/crm/boards/{boardId}/items` — lists the items of a board, all without a page.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn items(
        &self,
        board_id: &str,
        page: Option<u32>,
        limit: Option<u32>,
    ) -> Result<Told<Vec<Item>>, Error> {
        let query = serde_json::json!({"page": page, "limit": limit});
        let path = ["api", "crm", "boards", board_id, "items"];
        self.0.read(self.0.query(&path, &query)?).await
    }

    /// `GET /api/crm/boards/{boardId}/items/{id}` — shows one item.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn item(&self, board_id: &str, item_id: &str) -> Result<Told<Item>, Error> {
        let path = ["api", "crm", "boards", board_id, "items", item_id];
        self.0.read(self.0.ask(Method::GET, &path)?).await
    }

    /// `POST /api/crm/boards/{boardId}/items/search` — finds items.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn search(&self, board_id: &str, search: &Search) -> Result<Told<Vec<Item>>, Error> {
        let path = ["api", "crm", "boards", board_id, "items", "search"];
        let request = self.0.ask(Method::POST, &path)?;
        self.0.read(request.json(search)).await
    }

    /// `POST /api/crm/boards/{boardId}/items` — creates an item.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create_item(&self, board_id: &str, draft: &Draft) -> Result<Written, Error> {
        let path = ["api", "crm", "boards", board_id, "items"];
        let request = self.0.ask(Method::POST, &path)?;
        self.0.read(request.json(draft)).await
    }

    /// `PUT /api/crm/boards/{boardId}/items/{id}` — changes an item.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn update_item(
        &self,
        board_id: &str,
        item_id: &str,
        draft: &Draft,
    ) -> Result<Written, Error> {
        let path = ["api", "crm", "boards", board_id, "items", item_id];
        let request = self.0.ask(Method::PUT, &path)?;
        self.0.read(request.json(draft)).await
    }

    /// `DELETE /api/crm/boards/{boardId}/items` — deletes items.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn delete_items(
        &self,
        board_id: &str,
        item_ids: &[&str],
    ) -> Result<Told<Deleted>, Error> {
        let path = ["api", "crm", "boards", board_id, "items"];
        let request = self.0.ask(Method::DELETE, &path)?;
        let body = serde_json::json!({"item_ids": item_ids});
        self.0.read(request.json(&body)).await
    }

    /// `POST /api/crm/contact` — records a customer.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn create_contact(&self, person: &Person) -> Result<Told<Contact>, Error> {
        let request = self.0.ask(Method::POST, &["api", "crm", "contact"])?;
        self.0.read(request.json(person)).await
    }

    /// `GET /api/crm/contact/{contact_id}` — shows one customer.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn contact(&self, contact_id: &str) -> Result<Told<Contact>, Error> {
        let path = ["api", "crm", "contact", contact_id];
        self.0.read(self.0.ask(Method::GET, &path)?).await
    }

    /// `PUT /api/crm/contact/{contact_id}` — changes a customer.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn update_contact(
        &self,
        contact_id: &str,
        person: &Person,
    ) -> Result<Told<Contact>, Error> {
        let path = ["api", "crm", "contact", contact_id];
        let request = self.0.ask(Method::PUT, &path)?;
        self.0.read(request.json(person)).await
    }
}
