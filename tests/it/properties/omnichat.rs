//! Omnichat: what is always true of its lists, its people, their points and its broadcasts.

use std::collections::HashSet;
use std::time::Duration;

use mock_server::vendors::omnichat::Omnichat;
use mock_server::vendors::omnichat::resources::Platform::{self, Line, Whatsapp};
use mock_server::vendors::omnichat::resources::contacts::contact_key;
use mock_server::vendors::omnichat::resources::messages::Source;
use mock_server::vendors::omnichat::resources::{Paging, Range};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::stage::{Stage, input};

type Person = (Platform, &'static str, &'static str);

/// Known ones of both platforms; unsubscribed; over the limit; of customers with two accounts; and two new ones.
const PEOPLE: [Person; 9] = [
    (Line, "12345678", "U1111111111111"),
    (Line, "12345678", "U2222222222222"),
    (Line, "12345678", "U3333333333333"),
    (Whatsapp, "85290000001", "85260000001"),
    (Whatsapp, "85290000001", "85260000009"),
    (Whatsapp, "85290000001", "85260000008"),
    (Whatsapp, "85290000001", "85261234567"),
    (Line, "1111111111111", "U0000000000000000000000"),
    (Whatsapp, "85211111111", "85222222222"),
];
const MEMBERS: [&str; 4] = ["OC-TEST-0001", "123456", "1234", "NEW-1"];
const TAGS: [&str; 5] = ["VIP", "VVIP", "Sporty", "Gold", "subscribed"];

/// Something a client or the world does.
#[derive(Clone, Debug)]
enum Act {
    Contact(Person, Value),
    Customer(&'static str, Value),
    DeleteContact(Person),
    DeleteCustomer(&'static str),
    Points(&'static str, i64),
    Broadcast(bool, Vec<Person>, u64),
    /// What becomes of one of a broadcast's messages.
    Nudge(&'static str, usize),
    Wait(u64),
}

fn tags() -> impl Strategy<Value = Value> {
    let some = || proptest::collection::vec(select(&TAGS[..]), 0..4);
    prop_oneof![
        some().prop_map(|tags| json!({"tags": tags})),
        (some(), some())
            .prop_map(|(add, remove)| json!({"tagsToAdd": add, "tagsToRemove": remove})),
        Just(json!({})),
    ]
}

/// The change with these members, too.
fn with(mut change: Value, more: Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        change[name] = value.clone();
    }
    change
}

fn customer_change() -> impl Strategy<Value = Value> {
    let attribute = select(vec![
        json!([]),
        json!([{"key": "Points", "value": 1}, {"key": "MemberTier", "value": "GOLD"}]),
        json!([{"key": "LastPurchaseDate", "value": ""}]),
        json!([{"key": "Points", "value": "1"}]),
    ]);
    let name = select(vec![json!("Ada"), json!(""), Value::Null]);
    (tags(), attribute, name).prop_map(|(tags, attributes, name)| {
        with(tags, json!({"customAttributes": attributes, "name": name}))
    })
}

fn contact_change() -> impl Strategy<Value = Value> {
    let member = select(vec![json!("NEW-1"), json!("1234"), json!(""), Value::Null]);
    let status = select(vec![json!(true), json!(false), Value::Null]);
    let agent = select(vec![
        json!({}),
        json!({"agentEmployeeCode": "S0001", "agentLocationCode": "S-002"}),
        json!({"agentEmployeeCode": "S0001", "agentLocationCode": "SHOP02"}),
    ]);
    (customer_change(), member, status, agent).prop_map(|(change, member, status, agent)| {
        with(
            with(change, agent),
            json!({"memberId": member, "status": status}),
        )
    })
}

fn act() -> impl Strategy<Value = Act> {
    let person = || select(&PEOPLE[..]);
    let member = || select(&MEMBERS[..]);
    let kinds = select(vec![
        "sent",
        "delivered",
        "read",
        "failed",
        "customer_clicks",
    ]);
    prop_oneof![
        4 => (person(), contact_change()).prop_map(|(who, change)| Act::Contact(who, change)),
        2 => (member(), customer_change()).prop_map(|(who, change)| Act::Customer(who, change)),
        1 => person().prop_map(Act::DeleteContact),
        1 => member().prop_map(Act::DeleteCustomer),
        2 => (member(), -20..40_i64).prop_map(|(who, points)| Act::Points(who, points)),
        4 => (any::<bool>(), proptest::collection::vec(person(), 1..6), 0..90_u64)
            .prop_map(|(line, to, wait)| Act::Broadcast(line, to, wait)),
        4 => (kinds, 0..30_usize).prop_map(|(kind, which)| Act::Nudge(kind, which)),
        5 => prop_oneof![0..10_u64, 0..90_000_u64].prop_map(Act::Wait),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    proptest::collection::vec(act(), 1..40)
}

/// Does it; false when it was refused.
fn play(stage: &Stage<Omnichat>, act: &Act) -> bool {
    match act {
        Act::Contact((platform, channel, user), change) => {
            let change = input(change.clone());
            let done = stage.act(|omnichat, moment| {
                omnichat.upsert_contact(*platform, channel, user, change, moment)
            });
            done.is_ok()
        }
        Act::Customer(member, change) => {
            let (who, change) = (input(json!({"memberId": member})), input(change.clone()));
            let done = stage.act(|omnichat, moment| omnichat.upsert_customer(who, change, moment));
            done.is_ok()
        }
        Act::DeleteContact((platform, channel, user)) => {
            let key = contact_key(*platform, channel, user);
            stage
                .act(|omnichat, _| omnichat.delete_contact(&key))
                .is_ok()
        }
        Act::DeleteCustomer(member) => stage
            .act(|omnichat, _| omnichat.delete_customer(member))
            .is_ok(),
        Act::Points(member, points) => {
            let adjust = input(json!({"memberId": member, "points": points}));
            stage
                .act(|omnichat, moment| omnichat.adjust_points(adjust, moment))
                .is_ok()
        }
        Act::Broadcast(line, to, wait) => {
            let (platform, channel, _) = PEOPLE[if *line { 0 } else { 3 }];
            let to: Vec<_> = to.iter().map(|(_, _, user)| user).collect();
            let due = stage.now().as_second() + 8 * 3600 + i64::try_from(*wait).unwrap();
            let due = jiff::Timestamp::from_second(due)
                .unwrap()
                .strftime("%Y-%m-%dT%H:%M:%S");
            let due = (*wait > 0).then(|| due.to_string());
            let messages = json!([{"type": "text", "text": "Sale"}, {"type": "image", "image": "https://example.com/a.png"}]);
            let draft = input(json!({
                "subject": "Sale", "platform": platform, "channelId": channel, "to": to, "scheduledAt": due,
                "tags": ["sale", "VIP"], "messages": messages,
            }));
            stage
                .act(|omnichat, moment| omnichat.make_broadcast(draft, moment))
                .is_ok()
        }
        Act::Nudge(kind, which) => {
            let ids: Vec<_> = stage.look(|omnichat| {
                let sent = omnichat
                    .messages
                    .iter()
                    .filter(|one| one.source == Source::Broadcast);
                sent.map(|one| one.id.clone()).collect()
            });
            let Some(id) = ids.get(which % ids.len().max(1)) else {
                return false;
            };
            let mut happening = json!({"happening": kind, "message": id});
            if *kind == "failed" {
                happening["why"] = json!("undeliverable");
            }
            stage.happen(&happening).is_ok()
        }
        Act::Wait(seconds) => {
            stage.wait(Duration::from_secs(*seconds));
            true
        }
    }
}

fn played(acts: &[Act]) -> Stage<Omnichat> {
    let stage = Stage::new();
    for act in acts {
        play(&stage, act);
    }
    stage
}

/// Two decimals and a percent sign.
fn share(part: u64, whole: u64) -> String {
    let percent = if whole == 0 {
        0.0
    } else {
        part as f64 * 100.0 / whole as f64
    };
    format!("{percent:.2}%")
}

/// Every contact's tags, one by one.
fn tagged(omnichat: &Omnichat) -> HashSet<(String, String)> {
    let contacts = omnichat.contacts.iter();
    contacts
        .flat_map(|one| {
            let key = contact_key(one.platform, &one.channel_id, &one.user_id);
            one.tags.iter().map(move |tag| (key.clone(), tag.clone()))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// Page after page, a list has everything once and in order, whatever the size of a page.
    #[test]
    fn pages_make_up_the_list(acts in acts(), size in 1..=100_usize) {
        let stage = played(&acts);
        let filter = input(json!({"platform": "line"}));
        let range = Range::new(0, i64::MAX);
        let pages = stage.look(|omnichat| {
            let rows = || omnichat.said(&filter, range);
            let all: Vec<_> = rows().into_iter().map(|one| (one.time, one.id.clone())).collect();
            let mut paged = Vec::new();
            for page in 1.. {
                let paging: Paging = input(json!({"page": page, "pageSize": size}));
                let listed = paging.page(rows(), 20, |one| (one.time, one.id.clone()));
                assert_eq!(listed.total_elements, all.len());
                assert!(listed.content.len() <= size);
                if listed.content.is_empty() {
                    break;
                }
                paged.extend(listed.content);
            }
            (paged, all)
        });
        let (paged, all) = pages;
        prop_assert_eq!(&paged, &all);
        prop_assert!(paged.is_sorted_by_key(|(time, _)| *time));
        let ids: HashSet<_> = paged.iter().map(|(_, id)| id).collect();
        prop_assert_eq!(ids.len(), paged.len(), "a message is listed twice");
    }

    /// The numbers of a broadcast fit each other at any time, and its rates follow from them.
    #[test]
    fn the_numbers_of_a_broadcast_fit(acts in acts()) {
        let stage = Stage::<Omnichat>::new();
        for act in acts {
            play(&stage, &act);
            let details = stage.look(|omnichat| {
                let all = omnichat.broadcasts.iter();
                all.map(|one| json!(omnichat.broadcast_detail(one))).collect::<Vec<_>>()
            });
            for shown in details {
                let number = |name: &str| shown[name].as_u64().unwrap_or_else(|| panic!("{name} of {shown}"));
                let [all, sent, failed] = ["recipientCount", "sent", "failed"].map(number);
                let [success, read] = ["success", "read"].map(number);
                prop_assert!(sent + failed <= all, "{}", shown);
                prop_assert!(success <= sent && read <= success, "{}", shown);
                let over = matches!(number("status"), 1 | 9);
                prop_assert!(!over || sent + failed == all, "{}", shown);
                prop_assert!(number("status") != 9 || failed == all, "{}", shown);
                prop_assert!(number("messageSuccess") <= number("messageCount"));
                prop_assert!(number("messageSuccess") >= success);
                prop_assert!(number("respondedWithin12Hour") <= number("respondedWithin24Hour"));
                prop_assert!(number("respondedWithin24Hour") <= number("respondedWithin48Hour"));
                prop_assert!(number("respondedWithin48Hour") <= number("responded"));
                for (rate, part, whole) in [
                    ("sentRate", sent, all), ("failRate", failed, all), ("successRate", success, all),
                    ("readRate", read, success), ("clickRate", number("clicked"), success),
                    ("respondRate", number("responded"), success), ("unsubscribeRate", number("unsubscribed"), success),
                    ("messageSuccessRate", number("messageSuccess"), number("messageCount")),
                ] {
                    prop_assert_eq!(&shown[rate], &json!(share(part, whole)), "{} of {}", rate, shown);
                }
            }
        }
    }

    /// A member's points are the sum of what they were given and what was taken, and never below nothing.
    #[test]
    fn points_are_the_sum_of_adjustments(acts in acts()) {
        let stage = played(&acts);
        stage.look(|omnichat| {
            for customer in omnichat.customers.iter() {
                let adjustments = || omnichat.adjustments.by("customer", &customer.id).map(|one| one.points);
                assert_eq!(customer.points, adjustments().sum::<i64>());
                assert_eq!(customer.accumulated_points, adjustments().filter(|points| *points > 0).sum::<i64>());
                assert!(customer.points >= 0);
            }
            for adjustment in omnichat.adjustments.iter() {
                assert!(omnichat.customers.contains(&adjustment.customer), "points of nobody");
            }
        });
    }

    /// The same change once more changes nothing.
    #[test]
    fn an_upsert_is_idempotent(acts in acts(), change in prop_oneof![
        (select(&PEOPLE[..]), contact_change()).prop_map(|(who, change)| Act::Contact(who, change)),
        (select(&MEMBERS[..]), customer_change()).prop_map(|(who, change)| Act::Customer(who, change)),
    ]) {
        let stage = played(&acts);
        play(&stage, &change);
        let once = stage.state();
        play(&stage, &change);
        prop_assert_eq!(once, stage.state());
    }

    /// The log has a line for every tag that a contact got, and for nothing else.
    #[test]
    fn every_new_tag_is_logged(acts in acts()) {
        let stage = Stage::<Omnichat>::new();
        for act in acts {
            let (before, logged) = stage.look(|omnichat| (tagged(omnichat), omnichat.tagging_logs.len()));
            play(&stage, &act);
            let (after, news) = stage.look(|omnichat| {
                let news = omnichat.tagging_logs.iter().skip(logged);
                let news: Vec<_> = news
                    .map(|one| (contact_key(one.platform, &one.channel_id, &one.user_id), one.tag.clone()))
                    .collect();
                (tagged(omnichat), news)
            });
            let new: HashSet<_> = after.difference(&before).cloned().collect();
            prop_assert_eq!(news.len(), new.len(), "{:?}: {:?}", act, news);
            prop_assert_eq!(news.into_iter().collect::<HashSet<_>>(), new);
        }
    }

    /// Whatever is deleted, nothing that is left points to it.
    #[test]
    fn nothing_points_to_what_is_gone(acts in acts()) {
        let stage = played(&acts);
        stage.look(|omnichat| {
            for contact in omnichat.contacts.iter() {
                let customer = contact.customer.as_ref();
                assert!(customer.is_none_or(|customer| omnichat.customers.contains(customer)), "{contact:?}");
            }
            for room in omnichat.rooms.iter() {
                assert!(omnichat.contacts.contains(&room.contact), "{room:?}");
            }
            for message in omnichat.messages.iter() {
                assert!(omnichat.contacts.contains(&message.contact()), "{message:?}");
            }
        });
    }
}
