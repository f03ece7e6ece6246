//! Cekat: what is always true.

use std::collections::HashSet;
use std::time::Duration;

use mock_server::vendors::cekat::Cekat;
use mock_server::vendors::cekat::resources::conversations::{Cursor, Filter};
use mock_server::vendors::cekat::resources::crm::search::Search;
use mock_server::vendors::cekat::resources::messages::Status;
use mock_server::vendors::cekat::resources::{Paging, Period};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::always::Played;
use crate::support::stage::{Stage, input};

const BUSINESS: &str = "94879c90-d298-460f-8fb7-2b21b0916646";
const MAIN: &str = "535e57b7-7e84-4313-aac3-a33d910d86e4";
/// Wrote today.
const DEWI: &str = "767bae74-ef45-4e57-bf87-c46b1b51808d";
/// Wrote more than a day ago.
const ANI: &str = "48420f3b-4b32-4959-b7b5-18dfd995b011";
const SARI: &str = "34aa8f9c-8b12-4701-8150-d4f180ffb8a9";
const UNPAID: &str = "8f14f414-e452-4fcc-a3e5-fbc69eee054f";
const LEADS: &str = "0ee568c3-cab1-45a0-bb43-d5b452ed879a";

/// A customer writes from one of ten numbers.
fn customer_writes(number: u8) -> Value {
    json!({
        "happening": "customer_writes",
        "inbox": MAIN,
        "from": format!("62811000000{}", number % 10),
        "text": "Halo",
    })
}

/// Something a client or the world does.
#[derive(Clone, Debug)]
pub enum Act {
    /// A customer writes, and is answered.
    Write(u8),
    /// What becomes of one of the latest messages.
    Happen(&'static str, usize),
    Free(Value),
    Template(Value),
    Order(Value),
    Change(Value),
    Contact(Value),
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let some = |values: &'static [&'static str]| proptest::sample::select(values);
    let what = some(&["delivered", "read", "failed"]);
    let to = || some(&["6280000004352", "081234567890", "62811", "628110004803", ""]);
    let talk = some(&[DEWI, ANI, "nowhere"]);
    let template = some(&[
        "956322736884885",
        "900000000000004",
        "900000000000005",
        "123456789",
    ]);
    let product = some(&["your-product-id", "nothing"]);
    let method = some(&["xendit", "manual", "custom"]);
    let contact = some(&["ce7b9f99-ac01-4ba5-920b-027ae7315034", "nobody"]);
    let status = some(&["processing", "COMPLETED"]);
    prop_oneof![
        4 => any::<u8>().prop_map(Act::Write),
        4 => (what, any::<prop::sample::Index>())
            .prop_map(|(what, which)| Act::Happen(what, which.index(30))),
        3 => (talk, to()).prop_map(|(talk, to)| {
            Act::Free(json!({"conversation_id": talk, "receiver": to, "message": "Halo"}))
        }),
        3 => (template, to(), 0..5_usize).prop_map(|(id, to, variables)| {
            Act::Template(json!({"wa_template_id": id, "inbox_id": MAIN, "phone_number": to,
                "template_body_variables": vec!["x"; variables]}))
        }),
        2 => (product, to(), method).prop_map(|(product, to, method)| {
            Act::Order(json!({"payment_method": method, "phone_number": to,
                "orders_products": [{"product_id": product, "quantity": 1}]}))
        }),
        1 => status.prop_map(|status| Act::Change(json!({"order_status": status, "notes": null}))),
        2 => (contact, to()).prop_map(|(id, to)| Act::Contact(json!({"id": id, "phone_number": to, "email": null}))),
        5 => prop_oneof![0..10_u64, 0..90_000_u64].prop_map(Act::Wait),
    ]
}

impl Played for Cekat {
    type Act = Act;
    type Status = Status;

    fn acts() -> BoxedStrategy<Vec<Act>> {
        proptest::collection::vec(act(), 1..30).boxed()
    }

    fn play(stage: &Stage<Self>, act: &Act) -> bool {
        match act {
            Act::Write(number) => {
                let written = stage.happen(&customer_writes(*number)).is_ok();
                let talk =
                    stage.look(|cekat| cekat.conversations.iter().last().map(|one| one.id.clone()));
                let answer = json!({"happening": "agent_writes", "conversation": talk, "agent": SARI, "text": "Ya?"});
                stage.happen(&answer).is_ok() || written
            }
            Act::Happen(what, which) => {
                let ids: Vec<_> =
                    stage.look(|cekat| cekat.messages.iter().map(|one| one.id.clone()).collect());
                let message = &ids[ids.len() - 1 - which % ids.len()];
                stage
                    .happen(&json!({"happening": what, "message": message}))
                    .is_ok()
            }
            Act::Free(message) => stage
                .act(|cekat, moment| cekat.send_whatsapp(input(message.clone()), BUSINESS, moment))
                .is_ok(),
            Act::Template(message) => stage
                .act(|cekat, moment| cekat.send_template(&input(message.clone()), BUSINESS, moment))
                .is_ok(),
            Act::Order(draft) => stage
                .act(|cekat, moment| cekat.take_order(input(draft.clone()), BUSINESS, moment))
                .is_ok(),
            Act::Change(changes) => stage
                .act(|cekat, moment| cekat.change_order(UNPAID, input(changes.clone()), moment))
                .is_ok(),
            Act::Contact(draft) => {
                let id = draft["id"].as_str().unwrap_or_default();
                stage
                    .act(|cekat, moment| cekat.change_contact(id, input(draft.clone()), moment))
                    .is_ok()
            }
            Act::Wait(seconds) => {
                stage.wait(Duration::from_secs(*seconds));
                true
            }
        }
    }

    fn progress(&self) -> Vec<(String, Status)> {
        let messages = self.messages.iter();
        messages.map(|one| (one.id.clone(), one.status)).collect()
    }

    fn is_over(status: Status) -> bool {
        matches!(status, Status::Read | Status::Failed)
    }
}

/// A condition, and what it means to a row that has these three values.
type Naive = fn(&Row, &Row) -> bool;

/// The values of an item, or those that are looked for.
#[derive(Clone, Debug)]
struct Row {
    value: Option<i64>,
    stage: Option<u8>,
    day: Option<u8>,
    choices: Vec<u8>,
}

fn row() -> impl Strategy<Value = Row> {
    (
        proptest::option::of(-3i64..4),
        proptest::option::of(0u8..3),
        proptest::option::of(1u8..6),
        proptest::collection::btree_set(0u8..3, 0..3),
    )
        .prop_map(|(value, stage, day, choices)| Row {
            value,
            stage,
            day,
            choices: choices.into_iter().collect(),
        })
}

impl Row {
    fn columns(&self, name: &str) -> Map<String, Value> {
        let mut columns = Map::from_iter([("item_name".to_owned(), json!(name))]);
        let mut set = |column: &str, value: Value| columns.insert(column.to_owned(), value);
        if let Some(value) = self.value {
            set("Deal Value", json!(value));
        }
        if let Some(stage) = self.stage {
            set("Stage", json!(stage.to_string()));
        }
        if let Some(day) = self.day {
            set("Expected Close Date", json!(format!("2025-09-0{day}")));
            set(
                "Activities Timeline",
                json!({"from": format!("2025-09-0{day}"), "to": "2025-09-05"}),
            );
        }
        set("Test Dropdown", json!(self.labels()));
        columns
    }

    fn labels(&self) -> Vec<String> {
        self.choices.iter().map(u8::to_string).collect()
    }

    /// What to look for: the column's value of this row, or something usual where it has none.
    fn sought(&self, column: &str) -> Value {
        match column {
            "Deal Value" => json!(self.value.unwrap_or(0)),
            "Stage" => json!(self.stage.unwrap_or(0).to_string()),
            "Test Dropdown" if self.choices.is_empty() => json!(["0"]),
            "Test Dropdown" => json!(self.labels()),
            _ => json!(format!("2025-09-0{}", self.day.unwrap_or(1))),
        }
    }
}

/// Every operator on every kind of column it acts on, written a second time.
const CONDITIONS: [(&str, &str, Naive); 20] = [
    ("Deal Value", "equals", |row, sought| {
        row.value == Some(sought.value.unwrap_or(0))
    }),
    ("Deal Value", "not_equals", |row, sought| {
        row.value != Some(sought.value.unwrap_or(0))
    }),
    ("Deal Value", "greater_than", |row, sought| {
        row.value
            .is_some_and(|value| value > sought.value.unwrap_or(0))
    }),
    ("Deal Value", "less_than", |row, sought| {
        row.value
            .is_some_and(|value| value < sought.value.unwrap_or(0))
    }),
    ("Deal Value", "greater_than_or_equal", |row, sought| {
        row.value
            .is_some_and(|value| value >= sought.value.unwrap_or(0))
    }),
    ("Deal Value", "less_than_or_equal", |row, sought| {
        row.value
            .is_some_and(|value| value <= sought.value.unwrap_or(0))
    }),
    ("Deal Value", "is_empty", |row, _| row.value.is_none()),
    ("Deal Value", "is_not_empty", |row, _| row.value.is_some()),
    ("Stage", "equals", |row, sought| {
        row.stage == Some(sought.stage.unwrap_or(0))
    }),
    ("Stage", "not_equals", |row, sought| {
        row.stage != Some(sought.stage.unwrap_or(0))
    }),
    ("Stage", "is_empty", |row, _| row.stage.is_none()),
    ("Expected Close Date", "start_date", |row, sought| {
        row.day.is_some_and(|day| day >= sought.day.unwrap_or(1))
    }),
    ("Expected Close Date", "end_date", |row, sought| {
        row.day.is_some_and(|day| day <= sought.day.unwrap_or(1))
    }),
    ("Expected Close Date", "less_than", |row, sought| {
        row.day.is_some_and(|day| day < sought.day.unwrap_or(1))
    }),
    ("Activities Timeline", "from_start_date", |row, sought| {
        row.day.is_some_and(|day| day >= sought.day.unwrap_or(1))
    }),
    ("Activities Timeline", "from_end_date", |row, sought| {
        row.day.is_some_and(|day| day <= sought.day.unwrap_or(1))
    }),
    ("Activities Timeline", "to_start_date", |row, _| {
        row.day.is_some()
    }),
    ("Test Dropdown", "equals", |row, sought| {
        row.choices == wanted(sought)
    }),
    ("Test Dropdown", "contains", |row, sought| {
        wanted(sought).iter().all(|one| row.choices.contains(one))
    }),
    ("Test Dropdown", "is_empty", |row, _| row.choices.is_empty()),
];

fn wanted(sought: &Row) -> Vec<u8> {
    if sought.choices.is_empty() {
        vec![0]
    } else {
        sought.choices.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the page size and whoever wrote when, walking by cursor meets every conversation exactly once,
    /// the latest activity first.
    #[test]
    fn a_walk_by_cursor_neither_loses_nor_repeats(writes in proptest::collection::vec((any::<u8>(), 0u64..3), 0..25), limit in 1usize..7) {
        let stage = Stage::<Cekat>::new();
        for (number, pause) in writes {
            stage.happen(&customer_writes(number)).unwrap();
            stage.wait(Duration::from_secs(pause));
        }
        let walked = stage.look(|cekat| {
            let mut walked = Vec::new();
            let mut filter = Filter::default();
            loop {
                let page = cekat.conversations_from(&filter, Period::default(), limit, BUSINESS).unwrap();
                let (rows, Cursor { cursor_id, cursor_ts }) = page;
                walked.extend(rows.iter().map(|one| (one.activity(), one.id.clone())));
                if cursor_id.is_none() {
                    return walked;
                }
                filter = Filter { cursor_id, cursor_ts, ..filter };
            }
        });
        let all = stage.look(|cekat| cekat.conversations.len());
        let once: HashSet<_> = walked.iter().map(|(_, id)| id).collect();
        prop_assert_eq!((walked.len(), once.len()), (all, all));
        prop_assert!(walked.is_sorted_by_key(|(at, _)| std::cmp::Reverse(*at)));
    }

    /// The pages of a list, one after the other, are the list.
    #[test]
    fn pages_make_up_the_list(rows in proptest::collection::vec(any::<u8>(), 0..40), size in 1usize..12) {
        let page = |number: usize| {
            let paging = Paging { page: Some(number.to_string()), limit: Some(size.to_string()) };
            paging.page(rows.clone())
        };
        let total = page(1).pages.total_page;
        let joined: Vec<_> = (1..=total).flat_map(|number| page(number).rows).collect();
        prop_assert_eq!(joined, rows.clone());
        prop_assert!(page(total + 1).rows.is_empty());
    }

    /// A search finds what a naive filter finds, with one condition and with two joined either way.
    #[test]
    fn a_search_is_a_filter(
        rows in proptest::collection::vec(row(), 1..8),
        sought in row(),
        first in 0..CONDITIONS.len(),
        second in 0..CONDITIONS.len(),
        both in any::<bool>(),
    ) {
        let stage = Stage::<Cekat>::new();
        let ids: Vec<_> = stage.look(|cekat| cekat.items.by("board", LEADS).map(|item| item.id.clone()).collect());
        stage.act(|cekat, moment| {
            let board = cekat.boards.get(LEADS).unwrap().clone();
            cekat.delete_items(&board, &ids, moment);
            for (place, row) in rows.iter().enumerate() {
                let (_, failed) = cekat.create_item(&board, &row.columns(&place.to_string()), moment)?;
                assert_eq!(failed, []);
            }
            Ok::<_, mock_server::vendors::cekat::error::Error>(())
        }).unwrap();
        let condition = |(column, operator, _): &(&str, &str, Naive)| {
            let mut condition = json!({"column_name": column, "operator": operator});
            if !operator.ends_with("empty") {
                condition["value"] = sought.sought(column);
            }
            condition
        };
        let (one, other) = (&CONDITIONS[first], &CONDITIONS[second]);
        let search = json!({"condition": if both { "AND" } else { "OR" }, "search": [condition(one), condition(other)]});
        let search: Search = serde_json::from_value(search).unwrap();
        let found = stage.look(|cekat| {
            let board = cekat.boards.get(LEADS).unwrap();
            let found = cekat.search_items(board, &search).unwrap();
            found.iter().map(|item| item.item_name.clone()).collect::<Vec<_>>()
        });
        let meets = |row: &Row| {
            let (one, other) = (one.2(row, &sought), other.2(row, &sought));
            if both { one && other } else { one || other }
        };
        let expected = rows.iter().enumerate().filter(|(_, row)| meets(row));
        let expected: Vec<_> = expected.map(|(place, _)| place.to_string()).collect();
        prop_assert_eq!(found, expected);
    }

    /// Whatever happens to it, a conversation is assigned exactly while an agent has it, and settled exactly
    /// while it says when that was.
    #[test]
    fn a_stage_is_what_the_conversation_says(acts in proptest::collection::vec(0u8..7, 1..20)) {
        let stage = Stage::<Cekat>::new();
        let talk = "767bae74-ef45-4e57-bf87-c46b1b51808d";
        for act in acts {
            let happening = match act {
                0 => json!({"happening": "conversation_assigned", "conversation": talk, "agent": "34aa8f9c-8b12-4701-8150-d4f180ffb8a9"}),
                1 => json!({"happening": "conversation_assigned", "conversation": talk}),
                2 => json!({"happening": "conversation_resolved", "conversation": talk}),
                3 => json!({"happening": "stage_moved", "conversation": talk, "stage": "pending"}),
                4 => json!({"happening": "stage_moved", "conversation": talk, "stage": "open"}),
                5 => json!({"happening": "stage_moved", "conversation": talk, "stage": "resolved"}),
                _ => json!({"happening": "customer_writes", "inbox": MAIN, "from": "6280000004352", "text": "Halo"}),
            };
            // What is resolved cannot be resolved again.
            stage.happen(&happening).ok();
            let one = stage.look(|cekat| cekat.conversations.get(talk).unwrap().clone());
            let name = one.stage_status.name();
            prop_assert!(name == "resolved" || (name == "assigned") == one.handled_by.is_some());
            prop_assert_eq!(name == "resolved", one.resolved_at.is_some());
        }
    }
}
