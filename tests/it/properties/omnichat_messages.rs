//! Omnichat: what is always true of its messages, its rooms and its webhooks.

use std::collections::HashMap;
use std::time::Duration;

use mock_server::vendors::omnichat::Omnichat;
use mock_server::vendors::omnichat::resources::messages::{Message, Status};
use mock_server::vendors::omnichat::resources::rooms::Wish;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::always::Played;
use crate::support::stage::{Stage, input};

const NUMBER: &str = "85290000001";
/// With an open window, with none, unsubscribed, over the limit, never reached, with a user id, and new.
const PEERS: [&str; 7] = [
    "85260000001",
    "85260000002",
    "85260000009",
    "85260000008",
    "85260000007",
    "85260000006",
    "85261230000",
];

/// Something a client or the world does.
#[derive(Clone, Debug)]
pub enum Act {
    Direct(Value),
    Headless(Value),
    Room(Wish, Value),
    Happen(Value),
    /// What becomes of one of the messages that there are.
    Nudge(&'static str, usize),
    Wait(u64),
}

fn peer() -> impl Strategy<Value = &'static str> {
    select(&PEERS[..])
}

fn word() -> Value {
    json!({"type": "body", "parameters": [{"type": "text", "text": "1"}]})
}

fn named(name: &str, components: Value) -> Value {
    json!({"name": name, "language": {"code": "en_US"}, "components": components})
}

/// Words of so many letters, of all the world's.
fn words(longest: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 1..=longest)
        .prop_map(|letters| letters.into_iter().collect())
}

fn media(kind: &'static str, caption: bool) -> impl Strategy<Value = Value> {
    let place = prop_oneof![
        Just(json!({"link": "https://example.com/file"})),
        "[0-9]{15}".prop_map(|id| json!({"id": id})),
    ];
    (place, proptest::option::of(words(1024))).prop_map(move |(mut file, words)| {
        if let Some(words) = words.filter(|_| caption) {
            file["caption"] = words.into();
        }
        json!({"type": kind, kind: file})
    })
}

fn interactive() -> impl Strategy<Value = Value> {
    let tell = |content: Value| json!({"type": "interactive", "interactive": content});
    let buttons = (words(1024), 1..=3_usize).prop_map(move |(text, count)| {
        let one = |id: usize| json!({"type": "reply", "reply": {"id": format!("id-{id}"), "title": format!("Title {id}")}});
        let buttons: Vec<_> = (0..count).map(one).collect();
        tell(json!({"type": "button", "body": {"text": text}, "action": {"buttons": buttons}}))
    });
    let list = (words(4096), proptest::collection::vec(1..=3_usize, 1..=3)).prop_map(
        move |(text, sizes)| {
            let mut next = 0;
            let mut rows = |size: usize| -> Vec<Value> {
                next += size;
                (next - size..next)
                    .map(|id| json!({"id": id.to_string(), "title": format!("Row {id}")}))
                    .collect()
            };
            let sections: Vec<_> = sizes
                .into_iter()
                .enumerate()
                .map(|(at, size)| json!({"title": format!("Section {at}"), "rows": rows(size)}))
                .collect();
            let action = json!({"button": "Open", "sections": sections});
            tell(json!({"type": "list", "body": {"text": text}, "action": action}))
        },
    );
    let products = proptest::collection::vec(1..=10_usize, 1..=3).prop_map(move |sizes| {
        let one = json!({"product_retailer_id": "SKU-1"});
        let sections: Vec<_> = sizes.into_iter().map(|size| json!({"title": "T", "product_items": vec![one.clone(); size]})).collect();
        let header = json!({"type": "text", "text": "Shop"});
        let action = json!({"catalog_id": "146", "sections": sections});
        tell(json!({"type": "product_list", "header": header, "body": {"text": "?"}, "action": action}))
    });
    let product = Just(tell(
        json!({"type": "product", "action": {"catalog_id": "146", "product_retailer_id": "SKU-1"}}),
    ));
    let catalog = words(1024).prop_map(move |text| {
        tell(json!({"type": "catalog_message", "body": {"text": text}, "action": {"name": "catalog_message"}}))
    });
    prop_oneof![buttons, list, products, product, catalog]
}

fn template() -> impl Strategy<Value = Value> {
    let image = json!({"type": "image", "image": {"id": "1"}});
    let header = json!({"type": "header", "parameters": [image]});
    let two = json!({"type": "BODY", "parameters": [{"type": "text", "text": "1"}, {"type": "text", "text": "2"}]});
    let url = json!({"type": "button", "sub_type": "URL", "index": 0, "parameters": [{"type": "text", "text": "x"}]});
    let no = json!({"type": "button", "sub_type": "quick_reply", "index": "1", "parameters": [{"type": "payload", "payload": "no"}]});
    select(vec![
        named("order_update", json!([word()])),
        named("promo_with_image", json!([header, word()])),
        named("cny_campaign_2023", json!([header, two, url])),
        named("survey_two_buttons", json!([word(), no])),
        named("catalog_promo", json!([word()])),
    ])
    .prop_map(|content| json!({"type": "template", "template": content}))
}

/// Any message that Meta takes.
fn content() -> impl Strategy<Value = Value> {
    let text = (words(4096), any::<bool>()).prop_map(
        |(body, preview)| json!({"type": "text", "text": {"body": body, "preview_url": preview}}),
    );
    let place = (-90.0..=90.0_f64, -180.0..=180.0_f64).prop_map(|(latitude, longitude)| {
        json!({"type": "location", "location": {"latitude": latitude, "longitude": longitude}})
    });
    let emoji = select(vec!["👍", "❤️", "👩‍👩‍👧", "🇭🇰", ""]);
    let reaction = emoji.prop_map(|emoji| json!({"type": "reaction", "reaction": {"message_id": "wamid.123456789", "emoji": emoji}}));
    let people = words(40).prop_map(
        |name| json!({"type": "contacts", "contacts": [{"name": {"formatted_name": name}}]}),
    );
    prop_oneof![
        2 => text,
        1 => media("image", true),
        1 => media("audio", false),
        1 => media("video", true),
        1 => media("document", true),
        1 => media("sticker", false),
        1 => place,
        1 => reaction,
        1 => people,
        4 => interactive(),
        4 => template(),
    ]
}

/// A message past the inbox, to anybody.
fn headless(to: impl Strategy<Value = &'static str>) -> impl Strategy<Value = Value> {
    (to, content()).prop_map(|(to, mut message)| {
        message["messaging_product"] = "whatsapp".into();
        message["to"] = to.into();
        message
    })
}

fn direct() -> impl Strategy<Value = Value> {
    let used = select(vec![
        named("order_update", json!([word()])),
        named("order_update", json!([])),
        named("nothing", json!([])),
    ]);
    let whatsapp = (peer(), used).prop_map(|(to, used)| {
        let message = json!({"type": "whatsappTemplate", "whatsappTemplate": used});
        json!({"trackId": "t", "platform": "whatsapp", "channelId": NUMBER, "to": to, "tags": ["t"], "messages": [message]})
    });
    let to = select(vec!["U1111111111111", "Unobody"]);
    let line = (to, 1..=5_usize).prop_map(|(to, count)| {
        let messages = vec![json!({"type": "text", "text": "Hi"}); count];
        json!({"trackId": "t", "platform": "line", "channelId": "12345678", "to": to, "messages": messages})
    });
    prop_oneof![3 => whatsapp, 1 => line]
}

fn room() -> impl Strategy<Value = Act> {
    let wish = select(vec![
        Wish::AssignAgent,
        Wish::AssignCollaborator,
        Wish::UnassignAgent,
        Wish::UnassignCollaborator,
    ]);
    let agent = select(vec![
        "agent001@example.com",
        "sales1@example.com",
        "sales2@example.com",
        "nobody@example.com",
    ]);
    (wish, agent).prop_map(|(wish, agent)| {
        Act::Room(wish, json!({"platform": "whatsapp", "channelId": NUMBER, "userId": PEERS[0], "agentEmail": agent}))
    })
}

impl Played for Omnichat {
    type Act = Act;
    type Status = Status;

    fn acts() -> BoxedStrategy<Vec<Act>> {
        let writes = peer().prop_map(|from| {
            Act::Happen(json!({"happening": "customer_writes", "channel": NUMBER, "from": from, "says": {"type": "text", "body": "Hello"}}))
        });
        let nudge = (
            select(vec!["sent", "delivered", "read", "failed"]),
            any::<usize>(),
        );
        let act = prop_oneof![
            4 => direct().prop_map(Act::Direct),
            4 => headless(peer()).prop_map(Act::Headless),
            2 => room(),
            3 => writes,
            4 => nudge.prop_map(|(what, which)| Act::Nudge(what, which)),
            5 => prop_oneof![0..10_u64, 0..90_000_u64].prop_map(Act::Wait),
        ];
        proptest::collection::vec(act, 1..25).boxed()
    }

    fn play(stage: &Stage<Self>, act: &Act) -> bool {
        match act {
            Act::Direct(body) => {
                let outgoing: mock_server::vendors::omnichat::resources::direct_messages::Outgoing =
                    input(body.clone());
                let sent = stage.act(|omnichat, moment| {
                    omnichat.prepare_direct_message(&outgoing, moment)?;
                    omnichat.send_direct_message(outgoing.clone(), moment)
                });
                sent.is_ok()
            }
            Act::Headless(body) => stage
                .act(|omnichat, moment| omnichat.send_headless(NUMBER, input(body.clone()), moment))
                .is_ok(),
            Act::Room(wish, body) => stage
                .act(|omnichat, moment| {
                    omnichat.arrange_room(*wish, &input(body.clone()), "demo", moment.now)
                })
                .is_ok(),
            Act::Happen(happening) => stage.happen(happening).is_ok(),
            Act::Nudge(what, which) => {
                let ids: Vec<_> = stage.look(<Self as Played>::progress);
                let (id, _) = &ids[which % ids.len()];
                let mut happening = json!({"happening": what, "message": id});
                if *what == "failed" {
                    happening["why"] = "undeliverable".into();
                }
                stage.happen(&happening).is_ok()
            }
            Act::Wait(seconds) => {
                stage.wait(Duration::from_secs(*seconds));
                true
            }
        }
    }

    fn progress(&self) -> Vec<(String, Status)> {
        let messages = self.messages.iter();
        messages
            .map(|message| (message.id.clone(), message.status))
            .collect()
    }

    fn is_over(status: Status) -> bool {
        matches!(status, Status::Read | Status::Error)
    }
}

/// The statuses that were told of each message, in order.
fn told(stage: &Stage<Omnichat>) -> HashMap<String, Vec<String>> {
    let mut told: HashMap<String, Vec<String>> = HashMap::new();
    for (name, payload) in stage.told() {
        if let Some(word) = name
            .strip_prefix("status.")
            .filter(|word| *word != "deleted")
        {
            let status = &payload["entry"][0]["changes"][0]["value"]["statuses"][0];
            assert_eq!(status["status"], word);
            let id = status["id"].as_str().expect("an id").to_owned();
            told.entry(id).or_default().push(word.to_owned());
        }
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any message that keeps Meta's rules is accepted, and its id is the one that webhooks speak of.
    #[test]
    fn every_valid_headless_message_is_accepted_and_told_of(message in headless(Just(PEERS[0]))) {
        let stage = Stage::<Omnichat>::new();
        let accepted = stage.act(|omnichat, moment| omnichat.send_headless(NUMBER, input(message.clone()), moment));
        let accepted = accepted.map_err(|error| TestCaseError::fail(format!("{error}: {message}")))?;
        stage.wait(Duration::from_secs(60));
        let told = told(&stage);
        let said: Vec<_> = told.get(accepted.id()).map(|said| said.iter().map(String::as_str).collect()).unwrap_or_default();
        let whole = said == ["sent", "delivered", "read"];
        // Only a reaction to what is long gone fails, as nobody sees that at once.
        let failed = said == ["failed"] && message["type"] == "reaction";
        prop_assert!(whole || failed, "{said:?}");
        prop_assert_eq!(told.len(), 1);
    }

    /// Whatever happens, what is told of a message is its life in order, and ends as it ended.
    #[test]
    fn webhooks_tell_the_life_of_a_message(acts in <Omnichat as Played>::acts()) {
        let stage = Stage::<Omnichat>::new();
        let seeded: Vec<_> = stage.look(|omnichat| omnichat.messages.iter().map(|one| one.id.clone()).collect());
        for act in &acts {
            Omnichat::play(&stage, act);
        }
        let order = ["sent", "delivered", "read", "failed"];
        let told = told(&stage);
        for (id, said) in &told {
            let places: Vec<_> = said.iter().filter_map(|word| order.iter().position(|one| one == word)).collect();
            prop_assert!(places.is_sorted_by(|one, next| one < next), "{said:?}");
            let status = stage.look(|omnichat| omnichat.messages.get(id).map(|one| one.status));
            let last = said.last().map(String::as_str);
            let expected = match status {
                Some(Status::Sent) => "sent",
                Some(Status::Delivered) => "delivered",
                Some(Status::Read) => "read",
                Some(Status::Error) => "failed",
                Some(Status::Accepted) | None => "nothing",
            };
            prop_assert_eq!(last, Some(expected));
        }
        // And of everything on WhatsApp that moved, something was told.
        let silent = |one: &&Message| one.outbound() && one.status != Status::Accepted && one.platform.name() == "whatsapp";
        let moved: Vec<_> = stage.look(|omnichat| omnichat.messages.iter().filter(silent).map(|one| one.id.clone()).collect());
        for id in moved.iter().filter(|id| !seeded.contains(id)) {
            prop_assert!(told.contains_key(id), "nothing was told of {id}");
        }
    }

    /// A customer who may not be sent to gets nothing: no message, no tag.
    #[test]
    fn who_may_not_be_sent_to_gets_no_direct_message(acts in <Omnichat as Played>::acts()) {
        let stage = Stage::<Omnichat>::new();
        for act in &acts {
            Omnichat::play(&stage, act);
        }
        let state = stage.state();
        for barred in ["85260000009", "85260000008"] {
            let got = |one: &&Value| one["userId"] == barred && one["source"] == "direct_message";
            let messages = state["messages"].as_array().into_iter().flatten();
            prop_assert_eq!(messages.filter(got).count(), 0);
            let tagged = state["tagging_logs"].as_array().into_iter().flatten();
            prop_assert_eq!(tagged.filter(|one| one["userId"] == barred).count(), 0);
        }
    }

    /// However rooms are arranged, a sales agent follows up a room with collaborators only from among them.
    #[test]
    fn collaborators_are_counted_once(acts in proptest::collection::vec(room(), 1..20)) {
        let stage = Stage::<Omnichat>::new();
        for act in &acts {
            Omnichat::play(&stage, act);
        }
        for room in stage.look(|omnichat| omnichat.rooms.iter().cloned().collect::<Vec<_>>()) {
            let mut once = room.collaborators.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), room.collaborators.len());
        }
    }
}
