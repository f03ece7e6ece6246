//! Items of boards: flat, with one member per column, named after it.

use std::borrow::Cow;

use axum::Extension;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::boards::{Board, OfBoard};
use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::cekat::auth::Caller;
use crate::vendors::cekat::error::Error;
use crate::vendors::cekat::reply::{Failure, crm, crm_message, crm_with};
use crate::vendors::cekat::resources::Paging;
use crate::vendors::cekat::state::Cekat;
use crate::vendors::cekat::webhooks::{ItemNews, News};

/// An item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// A UUID.
    pub id: String,
    /// On which board.
    pub board_id: String,
    /// In which group of it.
    pub group_id: String,
    /// Its name.
    pub item_name: String,
    /// What its columns keep, by the column's id.
    #[serde(default)]
    pub values: Map<String, Value>,
    /// Since when.
    pub created_at: Timestamp,
}

impl Record for Item {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("board", Cow::Borrowed(&self.board_id))]
    }
}

/// Which item a path means.
#[derive(Clone, Debug, Deserialize)]
pub struct Which {
    #[serde(rename = "boardId")]
    board: String,
    id: String,
}

/// Which items are to disappear.
#[derive(Clone, Debug, Deserialize)]
pub struct Doomed {
    item_ids: Vec<String>,
}

/// Which items have disappeared.
#[derive(Debug, Serialize)]
pub struct Gone {
    item_ids: Vec<String>,
}

/// `GET /api/crm/boards/{boardId}/items` — lists the items of a board, all of them unless a limit is given.
pub async fn list(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(of): Path<OfBoard>,
    Query(paging): Query<Paging>,
) -> Result<impl IntoResponse, Error> {
    let rows = store.read(|cekat, _| {
        let board = cekat.board(&of.board, caller.business())?;
        let items: Vec<_> = cekat.items.by("board", &board.id).collect();
        let items = match paging.wanted() {
            Some(_) => paging.page(items).rows,
            None => items,
        };
        let rows = items.into_iter().map(|item| cekat.item_row(board, item));
        Ok::<_, Error>(rows.collect::<Vec<_>>())
    })?;
    Ok(crm(rows))
}

/// `GET /api/crm/boards/{boardId}/items/{id}` — shows an item.
pub async fn get(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
) -> Result<impl IntoResponse, Error> {
    let row = store.read(|cekat, _| {
        let board = cekat.board(&which.board, caller.business())?;
        let item = cekat.item(&which.id, board)?;
        Ok::<_, Error>(cekat.item_row(board, item))
    })?;
    Ok(crm(row))
}

/// `POST /api/crm/boards/{boardId}/items` — puts an item on a board, without the values that do not fit.
pub async fn create(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(of): Path<OfBoard>,
    Body(given): Body<Map<String, Value>>,
) -> Result<impl IntoResponse, Error> {
    let (row, failed) = store.try_write(|cekat, moment| {
        let board = cekat.board(&of.board, caller.business())?.clone();
        cekat.create_item(&board, &given, moment)
    })?;
    Ok(crm_with(row, failed))
}

/// `PUT /api/crm/boards/{boardId}/items/{id}` — changes what the body names; nothing and `[]` clear.
pub async fn update(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<Which>,
    Body(given): Body<Map<String, Value>>,
) -> Result<impl IntoResponse, Error> {
    let (row, failed) = store.try_write(|cekat, moment| {
        let board = cekat.board(&which.board, caller.business())?.clone();
        let item = cekat.item(&which.id, &board)?.clone();
        cekat.update_item(&board, item, &given, moment)
    })?;
    Ok(crm_with(row, failed))
}

/// `DELETE /api/crm/boards/{boardId}/items` — takes items off a board; strangers are passed over.
pub async fn delete(
    store: Store<Cekat>,
    Extension(caller): Extension<Caller>,
    Path(of): Path<OfBoard>,
    Body(doomed): Body<Doomed>,
) -> Result<impl IntoResponse, Error> {
    let gone = store.try_write(|cekat, moment| {
        let board = cekat.board(&of.board, caller.business())?.clone();
        Ok::<_, Error>(cekat.delete_items(&board, &doomed.item_ids, moment))
    })?;
    Ok(crm(gone))
}

/// The members of a body that are no columns.
const OWN: [&str; 2] = ["item_name", "group_id"];

fn filled<'a>(given: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    let text = given.get(member).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
}

impl Board {
    /// The group that a body names; nothing when it names none.
    fn group_named(&self, given: &Map<String, Value>) -> Result<Option<String>, Error> {
        let Some(id) = filled(given, "group_id") else {
            return Ok(None);
        };
        let known = self.groups.iter().find(|group| group.id == id);
        known
            .map(|group| Some(group.id.clone()))
            .ok_or(Error::NotFound("Group"))
    }
}

impl Cekat {
    /// An item of a board.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn item(&self, id: &str, board: &Board) -> Result<&Item, Error> {
        let item = self.items.get(id).filter(|item| item.board_id == board.id);
        item.ok_or(Error::NotFound("Item"))
    }

    /// An item as it is shown.
    pub fn item_row(&self, board: &Board, item: &Item) -> Value {
        let group = board.groups.iter().find(|group| group.id == item.group_id);
        let mut row = Map::new();
        row.insert("item_id".to_owned(), json!(item.id));
        row.insert("item_name".to_owned(), json!(item.item_name));
        row.insert("group_id".to_owned(), json!(item.group_id));
        let group_name = group.map_or("", |group| group.name.as_str());
        row.insert("group_name".to_owned(), json!(group_name));
        for column in &board.columns {
            let shown = self.render(column, item.values.get(&column.id));
            row.insert(column.name.clone(), shown);
        }
        Value::Object(row)
    }

    /// Takes the columns' values out of a body: what fits goes into the item, what does not is named.
    fn fill(&self, board: &Board, item: &mut Item, given: &Map<String, Value>) -> Vec<Failure> {
        let mut failed = Vec::new();
        for (name, value) in given
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()))
        {
            let accepted = match board.column(name) {
                None => Err("is no column of this board".to_owned()),
                Some(column) => {
                    let accepted = self.accept(column, value, &board.business_id);
                    accepted.map(|value| (column, value))
                }
            };
            match accepted {
                Ok((column, Some(value))) => {
                    item.values.insert(column.id.clone(), value);
                }
                Ok((column, None)) => {
                    item.values.shift_remove(&column.id);
                }
                Err(reason) => failed.push(Failure {
                    column_name: name.clone(),
                    message: format!("{name} {reason}"),
                }),
            }
        }
        failed
    }

    /// Puts an item on a board.
    ///
    /// # Errors
    /// When its name or a required column is missing, or its group is unknown.
    pub fn create_item(
        &mut self,
        board: &Board,
        given: &Map<String, Value>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(Value, Vec<Failure>), Error> {
        let name = filled(given, "item_name").ok_or_else(|| Error::required("item_name"))?;
        let first = || board.groups.first().map(|group| group.id.clone());
        let group = board.group_named(given)?.or_else(first);
        let mut item = Item {
            id: moment.ids.uuid().to_string(),
            board_id: board.id.clone(),
            group_id: group.ok_or(Error::NotFound("Group"))?,
            item_name: name.to_owned(),
            values: Map::new(),
            created_at: moment.now,
        };
        let failed = self.fill(board, &mut item, given);
        let mut required = board.columns.iter().filter(|column| column.is_required);
        if let Some(missing) = required.find(|column| !item.values.contains_key(&column.id)) {
            return Err(Error::required(&missing.name));
        }
        let item = self.items.put(item).clone();
        let row = self.item_row(board, &item);
        let news = News::ItemCreated(ItemNews {
            board_id: board.id.clone(),
            message: crm_message(&failed),
            failed: failed.clone(),
            data: row.clone(),
        });
        self.tell(&board.business_id, &item.id, Some(&board.id), news, moment);
        Ok((row, failed))
    }

    /// Changes an item, and tells each column that has another value.
    ///
    /// # Errors
    /// When its group is unknown.
    pub fn update_item(
        &mut self,
        board: &Board,
        before: Item,
        given: &Map<String, Value>,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(Value, Vec<Failure>), Error> {
        let mut item = before.clone();
        if let Some(group) = board.group_named(given)? {
            item.group_id = group;
        }
        if let Some(name) = filled(given, "item_name") {
            name.clone_into(&mut item.item_name);
        }
        let failed = self.fill(board, &mut item, given);
        if item == before {
            return Ok((self.item_row(board, &item), failed));
        }
        let old = before
            .values
            .iter()
            .map(|(id, value)| (id.clone(), value.clone()));
        let old: Map<String, Value> = old.collect();
        self.items.put(item.clone());
        let row = self.item_row(board, &item);
        let news = News::ItemUpdated(ItemNews {
            board_id: board.id.clone(),
            message: crm_message(&failed),
            failed: failed.clone(),
            data: row.clone(),
        });
        self.tell(&board.business_id, &item.id, Some(&board.id), news, moment);
        for column in &board.columns {
            let (was, is) = (old.get(&column.id), item.values.get(&column.id));
            if was == is {
                continue;
            }
            let told = self.render(column, is.or(was));
            let news = ItemNews {
                board_id: board.id.clone(),
                message: "success",
                failed: Vec::new(),
                data: json!({
                    "item_id": item.id,
                    "item_name": item.item_name,
                    (column.name.clone()): told,
                }),
            };
            let news = match is {
                Some(_) => News::ValueUpserted(news),
                None => News::ValueDeleted(news),
            };
            self.tell(&board.business_id, &item.id, Some(&board.id), news, moment);
        }
        Ok((row, failed))
    }

    /// Takes items off a board.
    pub fn delete_items(
        &mut self,
        board: &Board,
        ids: &[String],
        moment: &mut Moment<'_, Self>,
    ) -> Gone {
        let mut item_ids = Vec::new();
        for id in ids {
            if self.item(id, board).is_err() {
                continue;
            }
            self.items.remove(id);
            item_ids.push(id.clone());
            let news = News::ItemDeleted(ItemNews {
                board_id: board.id.clone(),
                message: "success",
                failed: Vec::new(),
                data: json!({"item_id": id}),
            });
            self.tell(&board.business_id, id, Some(&board.id), news, moment);
        }
        Gone { item_ids }
    }
}
