//! MyOperator's public API: what is always true.

use std::time::Duration;

use mock_server::vendors::myoperator::MyOperator;
use mock_server::vendors::myoperator::error::Error;
use mock_server::vendors::myoperator::resources::contacts::search::{Cursor, Search, page};
use mock_server::vendors::myoperator::resources::contacts::{Contact, NewContact};
use mock_server::vendors::myoperator::resources::messages::{Outgoing, Status};
use mock_server::vendors::myoperator::resources::templates::render::fill_names;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::always::Played;
use crate::support::stage::{Stage, input};

const COMPANY: &str = "66c595699b31d875";
const NUMBER: &str = "87673432323365";

/// Something a client or the world does.
#[derive(Clone, Debug)]
pub enum Act {
    Send { to: &'static str, context: Value },
    Write { from: &'static str },
    Happen(&'static str, usize),
    Campaign { recipients: usize },
    Wallet(u64),
    Add { number: &'static str },
    Wait(u64),
}

/// Somebody known, a stranger, one who has no WhatsApp, one whom nothing reaches, and one who breaks the service.
const PEERS: [&str; 5] = [
    "9876543210",
    "9000000661",
    "9000004803",
    "9000004801",
    "9000004850",
];

fn act() -> impl Strategy<Value = Act> {
    let to = || proptest::sample::select(PEERS.to_vec());
    let context = proptest::sample::select(vec![
        json!({"template_name": "start_chat"}),
        json!({"template_name": "dynamic_url_template"}),
        json!({"template_name": "pending_template"}),
        json!({"template_name": "nothing"}),
    ]);
    let happening = proptest::sample::select(vec![
        "message_sent",
        "message_delivered",
        "message_read",
        "message_failed",
        "link_clicked",
    ]);
    prop_oneof![
        3 => (to(), context).prop_map(|(to, context)| Act::Send { to, context }),
        2 => to().prop_map(|from| Act::Write { from }),
        4 => (happening, any::<prop::sample::Index>()).prop_map(|(what, which)| Act::Happen(what, which.index(40))),
        1 => (0usize..4).prop_map(|recipients| Act::Campaign { recipients }),
        1 => (0u64..4).prop_map(Act::Wallet),
        1 => to().prop_map(|number| Act::Add { number }),
        3 => prop_oneof![0u64..200, Just(3_600_000), Just(50 * 3_600_000)].prop_map(Act::Wait),
    ]
}

impl Played for MyOperator {
    type Act = Act;
    type Status = Status;

    fn acts() -> BoxedStrategy<Vec<Act>> {
        proptest::collection::vec(act(), 1..40).boxed()
    }

    fn play(stage: &Stage<Self>, act: &Act) -> bool {
        match act {
            Act::Send { to, context } => {
                let outgoing: Outgoing = input(json!({
                    "phone_number_id": NUMBER,
                    "customer_country_code": "91",
                    "customer_number": to,
                    "data": {"type": "template", "context": context},
                }));
                stage
                    .act(|vendor, moment| vendor.send_message(COMPANY, outgoing, moment))
                    .is_ok()
            }
            Act::Write { from } => {
                let says = json!({"type": "image"});
                let from = format!("91{from}");
                stage
                    .happen(&json!({"happening": "customer_writes", "from": from, "says": says}))
                    .is_ok()
            }
            Act::Happen(what, which) => {
                let ids: Vec<String> =
                    stage.look(|vendor| vendor.messages.iter().map(|one| one.id.clone()).collect());
                let message = &ids[ids.len() - 1 - which % ids.len()];
                stage
                    .happen(&json!({"happening": what, "message": message}))
                    .is_ok()
            }
            Act::Campaign { recipients } => {
                let number = |index: usize| json!({"country_code": "91", "number": PEERS[index]});
                let recipients: Vec<_> = (0..*recipients).map(number).collect();
                let plan = json!({
                    "happening": "campaign_made",
                    "name": "try",
                    "phone_number_id": NUMBER,
                    "template": "dynamic_url_template",
                    "recipients": recipients,
                });
                stage.happen(&plan).is_ok()
            }
            Act::Wallet(messages) => stage
                .happen(&json!({"happening": "wallet_set", "messages": messages}))
                .is_ok(),
            Act::Add { number } => add(
                stage,
                json!({"name": "A", "country_code": "91", "phone_number": number}),
            )
            .is_ok(),
            Act::Wait(milliseconds) => {
                stage.wait(Duration::from_millis(*milliseconds));
                true
            }
        }
    }

    fn progress(&self) -> Vec<(String, Status)> {
        self.messages
            .iter()
            .map(|one| (one.id.clone(), one.status))
            .collect()
    }

    fn is_over(status: Status) -> bool {
        matches!(status, Status::Read | Status::Failed | Status::Received)
    }
}

fn add(stage: &Stage<MyOperator>, contact: Value) -> Result<Contact, Error> {
    let contact: NewContact = input(contact);
    stage.act(|vendor, moment| vendor.add_contact(COMPANY, contact, moment).cloned())
}

/// What a contact of these properties has.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    opt_in: bool,
    number: Option<i64>,
    day: Option<u8>,
    skills: Vec<u8>,
}

fn row() -> impl Strategy<Value = Row> {
    (
        "[abAB]{1,3}",
        any::<bool>(),
        proptest::option::of(-3i64..4),
        proptest::option::of(1u8..6),
        proptest::collection::btree_set(0u8..3, 0..3),
    )
        .prop_map(|(name, opt_in, number, day, skills)| Row {
            name,
            opt_in,
            number,
            day,
            skills: skills.into_iter().collect(),
        })
}

impl Row {
    fn contact(&self, place: usize) -> Value {
        let mut fields =
            json!({"skills": self.skills.iter().map(u8::to_string).collect::<Vec<_>>()});
        if let Some(number) = self.number {
            fields["number"] = json!(number.to_string());
        }
        if let Some(day) = self.day {
            fields["dob"] = json!(format!("1990-01-0{day}"));
        }
        json!({
            "name": self.name,
            "country_code": "91",
            "phone_number": format!("90020000{place:02}"),
            "marketing_opt_in": self.opt_in,
            "custom_fields": fields,
        })
    }

    /// What to look for: this row's value, or something usual where it has none.
    fn sought(&self, condition: &str) -> Value {
        let (field, operator) = condition.rsplit_once("__").expect("a condition");
        let day = json!(format!("1990-01-0{}", self.day()));
        match (field, operator) {
            ("name", _) => json!(self.name),
            ("marketing_opt_in", _) => json!(self.opt_in),
            ("custom_fields.number", _) => json!(self.number()),
            ("custom_fields.skills", "contains" | "not_contains") => {
                json!(self.skill().to_string())
            }
            ("custom_fields.skills", _) => json!([self.skill().to_string(), "9"]),
            (_, "range" | "not_range") => json!({"gte": day, "lte": "1990-01-04"}),
            _ => day,
        }
    }

    fn number(&self) -> i64 {
        self.number.unwrap_or(0)
    }

    fn day(&self) -> u8 {
        self.day.unwrap_or(2)
    }

    fn skill(&self) -> u8 {
        self.skills.first().copied().unwrap_or(0)
    }
}

/// What a condition means to a row.
type Naive = fn(&Row, &Row) -> bool;

/// Every operator on every kind of field it acts on, written a second time.
const CONDITIONS: [(&str, Naive); 28] = [
    ("name__is", |row, sought| row.name == sought.name),
    ("name__is_not", |row, sought| row.name != sought.name),
    ("name__contains", |row, sought| {
        row.name
            .to_lowercase()
            .contains(&sought.name.to_lowercase())
    }),
    ("name__not_contains", |row, sought| {
        !row.name
            .to_lowercase()
            .contains(&sought.name.to_lowercase())
    }),
    ("name__is_set", |_, _| true),
    ("marketing_opt_in__is", |row, sought| {
        row.opt_in == sought.opt_in
    }),
    ("custom_fields.number__is", |row, sought| {
        row.number == Some(sought.number())
    }),
    ("custom_fields.number__is_not", |row, sought| {
        row.number != Some(sought.number())
    }),
    ("custom_fields.number__gt", |row, sought| {
        row.number.is_some_and(|number| number > sought.number())
    }),
    ("custom_fields.number__gte", |row, sought| {
        row.number.is_some_and(|number| number >= sought.number())
    }),
    ("custom_fields.number__lt", |row, sought| {
        row.number.is_some_and(|number| number < sought.number())
    }),
    ("custom_fields.number__lte", |row, sought| {
        row.number.is_some_and(|number| number <= sought.number())
    }),
    ("custom_fields.number__is_set", |row, _| {
        row.number.is_some()
    }),
    ("custom_fields.number__is_not_set", |row, _| {
        row.number.is_none()
    }),
    ("custom_fields.dob__is", |row, sought| {
        row.day == Some(sought.day())
    }),
    ("custom_fields.dob__is_not", |row, sought| {
        row.day != Some(sought.day())
    }),
    ("custom_fields.dob__gt", |row, sought| {
        row.day.is_some_and(|day| day > sought.day())
    }),
    ("custom_fields.dob__gte", |row, sought| {
        row.day.is_some_and(|day| day >= sought.day())
    }),
    ("custom_fields.dob__lt", |row, sought| {
        row.day.is_some_and(|day| day < sought.day())
    }),
    ("custom_fields.dob__lte", |row, sought| {
        row.day.is_some_and(|day| day <= sought.day())
    }),
    ("custom_fields.dob__range", |row, sought| {
        row.day.is_some_and(|day| (sought.day()..=4).contains(&day))
    }),
    ("custom_fields.dob__not_range", |row, sought| {
        !row.day.is_some_and(|day| (sought.day()..=4).contains(&day))
    }),
    ("custom_fields.skills__is", |row, sought| {
        row.skills.contains(&sought.skill())
    }),
    ("custom_fields.skills__is_not", |row, sought| {
        !row.skills.contains(&sought.skill())
    }),
    ("custom_fields.skills__contains", |row, sought| {
        row.skills.contains(&sought.skill())
    }),
    ("custom_fields.skills__not_contains", |row, sought| {
        !row.skills.contains(&sought.skill())
    }),
    ("custom_fields.skills__is_set", |row, _| {
        !row.skills.is_empty()
    }),
    ("custom_fields.skills__is_not_set", |row, _| {
        row.skills.is_empty()
    }),
];

/// The seed with these contacts alone in the address book.
fn populated(rows: &[Row]) -> Stage<MyOperator> {
    let stage = Stage::new();
    let cleared = stage.act(|vendor: &mut MyOperator, _| {
        let ids: Vec<_> = vendor.contacts.iter().map(|one| one.id.clone()).collect();
        for id in ids {
            vendor.contacts.remove(&id);
        }
        Ok::<_, Error>(())
    });
    cleared.expect("nothing refuses to be forgotten");
    for (place, row) in rows.iter().enumerate() {
        add(&stage, row.contact(place)).expect("a contact that does");
        // Some are made in the same millisecond.
        stage.wait(Duration::from_millis((place % 2) as u64));
    }
    stage
}

#[test]
fn three_braces_are_one_and_a_variable() {
    let seven = |name: &str| (name == "x").then(|| "7".to_owned());
    assert_eq!(fill_names("{{{x}} {{y}} {{ x }}", seven), "{7 {{y}} 7");
}

proptest! {
    /// A search finds exactly what a naive filter finds.
    #[test]
    fn a_search_is_a_filter(
        rows in proptest::collection::vec(row(), 0..8),
        sought in row(),
        first in 0..CONDITIONS.len(),
        second in 0..CONDITIONS.len(),
    ) {
        let stage = populated(&rows);
        let (one, other) = (&CONDITIONS[first], &CONDITIONS[second]);
        let conditions = [one, other].map(|(name, _)| ((*name).to_owned(), sought.sought(name)));
        let search = Search { and: conditions.into_iter().collect() };
        let mut found: Vec<_> = stage.look(|vendor| {
            let found = vendor.search_contacts(COMPANY, &search).expect("a search that does");
            found.iter().map(|contact| contact.phone_number.clone()).collect()
        });
        found.sort();
        let meets = |row: &Row| one.1(row, &sought) && other.1(row, &sought);
        let expected = rows.iter().enumerate().filter(|(_, row)| meets(row));
        let expected: Vec<_> = expected.map(|(place, _)| format!("90020000{place:02}")).collect();
        prop_assert_eq!(found, expected);
    }

    /// Pages by token show every contact that was found once and in order, forth and back.
    #[test]
    fn pages_by_token_are_a_partition(rows in proptest::collection::vec(row(), 0..12), limit in 1usize..5) {
        let stage = populated(&rows);
        stage.look(|vendor| {
            let all = vendor.search_contacts(COMPANY, &Search::default()).expect("everything");
            let ids = |page: &[&Contact]| page.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
            let (mut forth, mut place) = (Vec::new(), None);
            loop {
                let next = page(&all, None, place.as_ref(), limit);
                let Some(last) = next.last() else { break };
                place = Cursor::read(&Cursor::of(last).token());
                forth.extend(ids(&next));
            }
            prop_assert_eq!(&forth, &ids(&all));
            let (mut back, mut place) = (Vec::new(), all.last().map(|last| Cursor::of(last)));
            while let Some(before) = place {
                let previous = page(&all, Some(&before), None, limit);
                place = previous.first().map(|first| Cursor::of(first));
                back.splice(0..0, ids(&previous));
            }
            prop_assert_eq!(&back[..], &forth[..forth.len().saturating_sub(1)]);
            Ok(())
        })?;
    }

    /// The numbers of a campaign never exceed each other, and it is over when every message has left or failed.
    #[test]
    fn the_numbers_of_a_campaign_add_up(acts in MyOperator::acts()) {
        let stage = Stage::<MyOperator>::new();
        for act in &acts {
            MyOperator::play(&stage, act);
            let own = stage.look(|vendor| {
                let own = vendor.campaigns.iter().filter(|one| one.id > 1018);
                own.map(|one| (json!(one.status), one.stats.clone(), one.link_stats.clone())).collect::<Vec<_>>()
            });
            for (status, stats, links) in own {
                prop_assert!(stats.read <= stats.delivered && stats.delivered <= stats.sent, "{stats:?}");
                prop_assert!(stats.sent + stats.failed <= stats.count, "{stats:?}");
                prop_assert!(stats.billable_count == stats.delivered, "{stats:?}");
                prop_assert!(links.visited <= links.total, "{links:?}");
                let over = stats.sent + stats.failed == stats.count;
                prop_assert!(over == (status != "running") || stats.count == 0, "{status} {stats:?}");
            }
        }
    }

    /// A company pays for what it sends, and for nothing else.
    #[test]
    fn every_message_costs_one(acts in proptest::collection::vec(act(), 1..30)) {
        let stage = Stage::<MyOperator>::new();
        let look = || stage.look(|vendor| {
            let sent = vendor.messages.iter().filter(|one| !one.is_incoming()).count() as u64;
            (vendor.companies.get(COMPANY).map_or(0, |one| one.wallet), sent)
        });
        for act in &acts {
            let (wallet, sent) = look();
            MyOperator::play(&stage, act);
            let (left, now) = look();
            if let Act::Wallet(messages) = act {
                prop_assert_eq!(left, *messages);
            } else {
                prop_assert_eq!(wallet - left, now - sent, "after {:?}", act);
            }
        }
    }

    /// A text without variables stays as it is, and one whose variables are known keeps none.
    #[test]
    fn variables_are_filled_or_left(text in "([a-z ]|\\{\\{|\\}\\}|\\{|\\}|\\{\\{x\\}\\}){0,8}") {
        prop_assert_eq!(&fill_names(&text, |_| None), &text);
        let filled = fill_names(&text, |name| (name == "x").then(|| "7".to_owned()));
        prop_assert!(!filled.contains("{{x}}"), "{filled}");
    }
}
