//! HeltarChat: what is always true.

use std::collections::HashMap;
use std::time::Duration;

use mock_server::kernel::vendor::Vendor as _;
use mock_server::vendors::heltar::Heltar;
use mock_server::vendors::heltar::resources::content::{Content, Status};
use mock_server::vendors::heltar::state::Instant;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::always::Played;
use crate::support::stage::{Stage, input};

/// With an open window, with a closed one, and never heard of.
const PEERS: [&str; 3] = ["919000005883", "919000009934", "919111111111"];

/// Something the caller or the world does.
#[derive(Clone, Debug)]
pub enum Act {
    Send(Value),
    Campaign(Value),
    Happen(Value),
    Rename {
        old: &'static str,
        new: &'static str,
    },
    Wait(u64),
}

fn message() -> impl Strategy<Value = Value> {
    let to = || proptest::sample::select(&PEERS[..]);
    let name = proptest::sample::select(vec![
        "start_conversation",
        "pending_promo",
        "welcome_video",
        "none",
    ]);
    let context = proptest::sample::select(vec![
        None,
        Some("4016ce29-2b58-42d7-bd8c-9eb6f79b4eb5"),
        Some("nobody"),
    ]);
    let product = proptest::sample::select(vec!["e45t8zw138", "gone"]);
    prop_oneof![
        4 => to().prop_map(|to| json!({"clientWaNumber": to, "messageType": "text", "message": "Namaste"})),
        1 => (to(), context).prop_map(|(to, context)| json!({"clientWaNumber": to, "messageType": "text", "message": "Namaste", "contextId": context})),
        3 => (to(), name).prop_map(|(to, name)| json!({"clientWaNumber": to, "messageType": "template", "templateName": name, "languageCode": "en"})),
        1 => (to(), product).prop_map(|(to, product)| json!({"clientWaNumber": to, "messageType": "interactive",
            "interactive": {"type": "product", "action": {"catalog_id": "814058780189616", "product_retailer_id": product}}})),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let to = || proptest::sample::select(&PEERS[..]);
    let words = proptest::sample::select(vec!["Hello", "stop", "START"]);
    let key = || proptest::sample::select(vec!["age", "gender", "Years", "tags", "NewAge"]);
    prop_oneof![
        6 => proptest::collection::vec(message(), 1..4).prop_map(|messages| Act::Send(json!({"messages": messages}))),
        1 => proptest::collection::vec(to(), 1..4).prop_map(|to| {
            let messages: Vec<_> = to.iter().map(|to| json!({"clientWaNumber": to})).collect();
            Act::Campaign(json!({"campaignName": "Hi", "templateName": "start_conversation", "languageCode": "en", "messages": messages}))
        }),
        3 => (to(), words).prop_map(|(from, body)| Act::Happen(json!({"happening": "client_writes", "from": from, "says": {"type": "text", "body": body}}))),
        1 => to().prop_map(|from| Act::Happen(json!({"happening": "client_writes", "from": from, "says": {"type": "button", "text": "Yes"}}))),
        1 => (to(), any::<bool>()).prop_map(|(client, blocked)| {
            Act::Happen(json!({"happening": if blocked { "client_blocked" } else { "client_unblocked" }, "client": client}))
        }),
        1 => (key(), key()).prop_map(|(old, new)| Act::Rename { old, new }),
        5 => prop_oneof![0..10_u64, 0..90_000_u64].prop_map(Act::Wait),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    proptest::collection::vec(act(), 1..30)
}

/// Does it; false when it was refused.
fn play(stage: &Stage<Heltar>, act: &Act) -> bool {
    match act {
        Act::Send(batch) => stage
            .act(|heltar, moment| heltar.send_messages(input(batch.clone()), moment))
            .is_ok(),
        Act::Campaign(plan) => stage
            .act(|heltar, moment| heltar.start_campaign(input(plan.clone()), moment))
            .is_ok(),
        Act::Happen(happening) => stage.happen(happening).is_ok(),
        Act::Rename { old, new } => {
            let new = json!({"fieldKey": new, "dataType": "text"});
            stage
                .act(|heltar, _| heltar.change_attribute(old, input(new)))
                .is_ok()
        }
        Act::Wait(seconds) => {
            stage.wait(Duration::from_secs(*seconds));
            true
        }
    }
}

impl Played for Heltar {
    type Act = Act;
    type Status = Status;

    fn acts() -> BoxedStrategy<Vec<Act>> {
        acts().boxed()
    }

    fn play(stage: &Stage<Self>, act: &Act) -> bool {
        play(stage, act)
    }

    fn progress(&self) -> Vec<(String, Self::Status)> {
        let messages = self.messages.iter();
        messages.map(|one| (one.id.clone(), one.status)).collect()
    }

    fn is_over(status: Self::Status) -> bool {
        status == Self::Status::Failed
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// In the end a free-form message has failed exactly when the window was closed as it was sent.
    #[test]
    fn only_an_open_window_lets_free_form_messages_through(acts in acts()) {
        let stage = Stage::<Heltar>::new();
        let mut open = HashMap::new();
        for act in &acts {
            let now = Instant::new(stage.now());
            let windows: HashMap<_, _> = PEERS.iter().map(|to| (*to, stage.look(|heltar| {
                heltar.clients.get(to).is_some_and(|client| client.window_open(now))
            }))).collect();
            play(&stage, act);
            let sent: Vec<_> = stage.look(|heltar| heltar.messages.iter().filter(|one| one.status == Status::Waiting)
                .map(|one| (one.id.clone(), one.client_wa_number.clone())).collect());
            if matches!(act, Act::Send(_)) {
                for (id, to) in sent {
                    open.entry(id).or_insert(windows[to.as_str()]);
                }
            }
        }
        stage.wait(Duration::from_secs(60));
        stage.look(|heltar| for one in heltar.messages.iter() {
            if let (Some(open), false) = (open.get(&one.id), matches!(one.content, Content::Template { .. })) {
                assert_eq!(one.status == Status::Failed, !open, "{one:?}");
            }
        });
    }

    /// A campaign's counters add up: what was sent includes what was delivered, and that includes what was read.
    #[test]
    fn the_counters_of_a_campaign_add_up(acts in acts()) {
        let stage = Stage::<Heltar>::new();
        for act in &acts {
            play(&stage, act);
            stage.look(|heltar| for one in heltar.campaigns.iter() {
                assert_eq!(one.stats_total, one.stats_wait + one.stats_sent + one.stats_failure, "{one:?}");
                assert!(one.stats_sent >= one.stats_delivered && one.stats_delivered >= one.stats_read, "{one:?}");
            });
        }
    }

    /// Unread is what a client wrote since the last free-form message to them.
    #[test]
    fn unread_counts_what_came_in_since_the_last_answer(acts in acts()) {
        let stage = Stage::<Heltar>::new();
        // The seed's own messages were read before the story begins.
        let seeded = stage.look(|heltar| heltar.messages.len());
        for act in &acts {
            play(&stage, act);
            stage.look(|heltar| for client in heltar.clients.iter() {
                let mut unread = 0;
                for one in heltar.messages.iter().skip(seeded).filter(|one| one.client_wa_number == client.client_wa_number) {
                    match (&one.content, one.status) {
                        (_, Status::Received) => unread += 1,
                        (Content::Template { .. }, _) => {}
                        _ => unread = 0,
                    }
                }
                assert_eq!(client.unread_messages, unread, "{}", client.client_wa_number);
            });
        }
    }

    /// Pages of any length, one after the other, hold every message once, in the order of the whole conversation.
    #[test]
    fn pages_of_a_conversation_neither_lose_nor_repeat(acts in acts(), length in 1..5_usize) {
        let stage = Stage::<Heltar>::new();
        for act in &acts {
            play(&stage, act);
        }
        let page = |which: Value| -> Value {
            let now = Instant::new(stage.now());
            let page = stage.look(|heltar| heltar.conversation(PEERS[0], &input(which), now));
            serde_json::to_value(page.expect("a known client")).expect("JSON")
        };
        let whole = page(json!({}))["messages"].clone();
        let mut gathered = Vec::new();
        let mut which = json!({"limit": length});
        loop {
            let next = page(which);
            let messages = next["messages"].as_array().expect("an array").clone();
            let first = messages.first().cloned();
            gathered.splice(0..0, messages);
            match first {
                Some(first) if next["hasMore"] == true => {
                    which = json!({"limit": length, "before": first["timestamp"], "beforeId": first["wamid"]});
                }
                _ => break,
            }
        }
        prop_assert_eq!(Value::Array(gathered), whole);
    }

    /// Pages of clients hold every client once, in the order of the whole list.
    #[test]
    fn pages_of_clients_neither_lose_nor_repeat(acts in acts(), length in 1..5_usize) {
        let stage = Stage::<Heltar>::new();
        for act in &acts {
            play(&stage, act);
        }
        let list = |which: Value| -> Value {
            let listing = stage.look(|heltar| heltar.list_clients(&input(which)));
            serde_json::to_value(listing).expect("JSON")
        };
        let whole = list(json!({}));
        let mut gathered = Vec::new();
        let mut which = json!({"limit": length});
        loop {
            let page = list(which);
            gathered.extend(page["clients"].as_array().expect("an array").iter().cloned());
            if page["nextCursor"].is_null() {
                break;
            }
            which = json!({"limit": length, "cursor": page["nextCursor"]});
        }
        prop_assert_eq!(Value::Array(gathered), whole);
    }
}

#[test]
fn the_seed_is_written_for_the_day_it_says() {
    let stage = Stage::<Heltar>::new();
    let now = Instant::new(Heltar::PROFILE.seed_day());
    let open = stage.look(|heltar| {
        heltar
            .clients
            .iter()
            .filter(|client| client.window_open(now))
            .count()
    });
    assert_eq!(open, 2);
}
