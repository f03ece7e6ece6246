//! Boards and their columns, with how often each label is used.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::columns::{Column, Kind};
use crate::kernel::extract::{Body, Path};
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::cekat::auth::Caller;
use crate::vendors::cekat::error::Error;
use crate::vendors::cekat::reply::crm;
use crate::vendors::cekat::resources::{Owned, own};
use crate::vendors::cekat::state::Cekat;

/// A board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub business_id: String,
    /// Its name.
    pub name: String,
    /// What stands above the items' names.
    pub column_name: String,
    /// Its groups; the first takes what names none.
    pub groups: Vec<Group>,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A group of items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// A UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: Option<String>,
}

impl Record for Board {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("business", Cow::Borrowed(&self.business_id))]
    }
}

impl Owned for Board {
    fn business(&self) -> &str {
        &self.business_id
    }
}

/// A board in the list.
#[derive(Debug, Serialize)]
pub struct Row {
    id: String,
    name: String,
    column_name: String,
}

/// A board as it is shown.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    name: String,
    crm_groups: Vec<Group>,
    crm_columns: Vec<ShownColumn>,
}

/// A column as it is shown.
#[derive(Debug, Serialize)]
pub struct ShownColumn {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: Kind,
    settings: Settings,
    is_required: bool,
    read_only: bool,
    is_visible: bool,
}

#[derive(Debug, Serialize)]
struct Settings {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<ShownLabel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownLabel {
    id: String,
    name: String,
    count: usize,
}

/// Which board a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    id: String,
}

/// Which board a longer path means.
#[derive(Clone, Debug, Deserialize)]
pub struct OfBoard {
    /// The board.
    #[serde(rename = "boardId")]
    pub board: String,
}

/// Which column a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct WhichColumn {
    #[serde(rename = "boardId")]
    board: String,
    #[serde(rename = "columnId")]
    column: String,
}

/// Which column a body means.
#[derive(Clone, Debug, Deserialize)]
pub struct ByName {
    name: String,
}

/// The label that stands for no label.
const NO_LABEL: &str = "default";

/// `GET /api/crm/boards` — lists the boards.
pub async fn list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
) -> Result<impl IntoResponse, Error> {
    let rows = store.read(|cekat, _| {
        if cekat.settings.boards_fail {
            return Err(Error::Asked(StatusCode::INTERNAL_SERVER_ERROR));
        }
        let own = cekat.boards.by("business", caller.business());
        let rows = own.map(|board| Row {
            id: board.id.clone(),
            name: board.name.clone(),
            column_name: board.column_name.clone(),
        });
        Ok(rows.collect::<Vec<_>>())
    })?;
    Ok(crm(rows))
}

/// `GET /api/crm/boards/{id}` — shows a board with its groups and columns.
pub async fn get(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.read(|cekat, _| {
        let board = cekat.board(&which.id, caller.business())?;
        let columns = board.columns.iter();
        Ok::<_, Error>(Shown {
            id: board.id.clone(),
            name: board.name.clone(),
            crm_groups: board.groups.clone(),
            crm_columns: columns.map(|one| cekat.shown_column(board, one)).collect(),
        })
    })?;
    Ok(crm(shown))
}

/// `GET /api/crm/boards/{boardId}/columns/{columnId}` — shows a column.
pub async fn column(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<WhichColumn>,
) -> Result<impl IntoResponse, Error> {
    let shown = store.read(|cekat, _| {
        let board = cekat.board(&which.board, caller.business())?;
        let mut columns = board.columns.iter();
        let found = columns.find(|one| one.id == which.column);
        let found = found.ok_or(Error::NotFound("Column"))?;
        Ok::<_, Error>(cekat.shown_column(board, found))
    })?;
    Ok(crm(shown))
}

/// `POST /api/crm/boards/{boardId}/columns/by-name` — finds a column by its name, whatever the case.
pub async fn column_by_name(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(of): Path<OfBoard>,
    Body(sought): Body<ByName>,
) -> Result<impl IntoResponse, Error> {
    let name = sought.name.to_lowercase();
    let shown = store.read(|cekat, _| {
        let board = cekat.board(&of.board, caller.business())?;
        let mut columns = board.columns.iter();
        let found = columns.find(|one| one.name.to_lowercase() == name);
        let found = found.ok_or(Error::NotFound("Column"))?;
        Ok::<_, Error>(cekat.shown_column(board, found))
    })?;
    Ok(crm(shown))
}

impl Board {
    /// The column with this name, to the letter.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Cekat {
    /// A board of the business.
    ///
    /// # Errors
    /// When it has none of this id.
    pub fn board(&self, id: &str, business: &str) -> Result<&Board, Error> {
        own(&self.boards, id, business).ok_or(Error::NotFound("Board"))
    }

    fn shown_column(&self, board: &Board, column: &Column) -> ShownColumn {
        let none = column.kind.has_labels().then(|| ShownLabel {
            id: NO_LABEL.to_owned(),
            name: String::new(),
            count: 0,
        });
        let labels = column.labels.iter().map(|label| ShownLabel {
            id: label.id.clone(),
            name: label.name.clone(),
            count: self.used(board, column, &label.id),
        });
        ShownColumn {
            id: column.id.clone(),
            name: column.name.clone(),
            kind: column.kind,
            settings: Settings {
                labels: none.into_iter().chain(labels).collect(),
                unit: column.unit.clone(),
            },
            is_required: column.is_required,
            read_only: column.read_only,
            is_visible: column.is_visible,
        }
    }

    /// How many items of a board have a label.
    fn used(&self, board: &Board, column: &Column, label: &str) -> usize {
        let items = self.items.by("board", &board.id);
        let has = |value: &Value| match value {
            Value::Array(several) => several.iter().any(|one| one == label),
            one => one == label,
        };
        items
            .filter(|item| item.values.get(&column.id).is_some_and(has))
            .count()
    }
}
