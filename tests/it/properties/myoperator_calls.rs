//! MyOperator's telephone: what is always true.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use mock_server::vendors::myoperator::MyOperator;
use mock_server::vendors::myoperator::resources::calls::Category;
use mock_server::vendors::myoperator::resources::logs::Search;
use mock_server::vendors::myoperator::resources::logs::filter::{
    Ending, Expression, FILTERS, Facts, Filter, Tag,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::stage::Stage;

const COMPANY: &str = "66c595699b31d875";

/// Any expression of usable filters, in the shape in which one is read.
fn expression() -> impl Strategy<Value = Expression> {
    let usable: Vec<Filter> = FILTERS
        .into_iter()
        .filter(|filter| !filter.is_heading())
        .collect();
    let one = proptest::sample::select(usable).prop_map(Expression::One);
    one.prop_recursive(4, 24, 3, |inner| {
        let parts = || proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            parts().prop_map(Expression::All),
            parts().prop_map(Expression::Any),
        ]
    })
}

fn facts() -> impl Strategy<Value = Facts> {
    let flags = any::<[bool; 6]>();
    let endings =
        proptest::sample::select(vec![Ending::Connected, Ending::Missed, Ending::Voicemail]);
    let tags = proptest::sample::select(vec![
        Tag::None,
        Tag::ClickToCall,
        Tag::Outbound,
        Tag::Callback,
    ]);
    (flags, endings, tags).prop_map(
        |([ivr, incoming, call, noted, archived, starred], ending, tag)| Facts {
            ivr,
            incoming,
            call,
            ending,
            noted,
            archived,
            starred,
            tag,
        },
    )
}

/// A text that is read left to right without knowing what binds tighter: every group stands in parentheses.
fn spelled_out(expression: &Expression) -> String {
    let (parts, word) = match expression {
        Expression::One(filter) => return filter.id.to_string(),
        Expression::All(parts) => (parts, " and "),
        Expression::Any(parts) => (parts, "  OR\t"),
    };
    let parts: Vec<String> = parts.iter().map(spelled_out).collect();
    format!("( {} )", parts.join(word))
}

proptest! {
    /// What is printed is read back as the same expression, and so is what has more parentheses than it needs.
    #[test]
    fn the_filter_grammar_round_trips(expression in expression()) {
        let printed = expression.to_string();
        prop_assert_eq!(&Expression::read(&printed).expect("it is read"), &expression);
        let spelled = Expression::read(&spelled_out(&expression)).expect("it is read");
        prop_assert_eq!(&spelled, &expression);
    }

    /// Whatever stands there is read or complained about, and the complaint names a place in it.
    #[test]
    fn a_complaint_names_a_place(text in "[0-9 ()ANDORandor@é]{0,24}") {
        if let Err(misread) = Expression::read(&text) {
            let end = text.chars().count() + 1;
            prop_assert!((1..=end).contains(&misread.position), "{misread} in {text:?}");
        }
    }

    /// A filter of two or three words is the conjunction of its words, whatever is logged.
    #[test]
    fn filters_of_many_words_mean_what_their_words_mean(log in facts()) {
        for (id, words) in [
            (26, "5 AND 2"), (27, "5 AND 3"), (28, "6 AND 2"), (29, "6 AND 3"), (30, "5 AND 8"),
            (31, "5 AND 9"), (33, "6 AND 8"), (34, "6 AND 9"), (37, "5 AND 12 AND 8"), (38, "5 AND 13 AND 8"),
        ] {
            let filter = Filter::numbered(id).expect("it is a filter");
            let words = Expression::read(words).expect("it is read");
            prop_assert_eq!(filter.passes(&log), words.passes(&log), "{}", id);
        }
    }
}

/// Something that happens on the telephone, or time that passes.
#[derive(Clone, Debug)]
enum Act {
    Happen(Value),
    HangUp(prop::sample::Index),
    Comment(prop::sample::Index),
    Wait(u64),
}

fn outcome() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "answered",
        "no_answer",
        "busy",
        "unreachable",
        "cancelled",
    ])
}

fn customer() -> impl Strategy<Value = String> {
    (0u8..10).prop_map(|last| format!("+91900000000{last}"))
}

fn attempt() -> impl Strategy<Value = Value> {
    let agent = proptest::sample::select(vec!["10", "14", "11", "15"]);
    (agent, outcome(), proptest::option::of(0u64..40), any::<bool>()).prop_map(
        |(agent, outcome, rings, web)| {
            json!({"agent": agent, "outcome": outcome, "rings": rings, "web": web})
        },
    )
}

fn incoming() -> impl Strategy<Value = Value> {
    (
        customer(),
        proptest::option::of(proptest::collection::vec(attempt(), 0..4)),
        proptest::option::of(attempt()),
        any::<bool>(),
        proptest::option::of(Just("11")),
    )
        .prop_map(|(from, tries, transfer, voicemail, extension)| {
            json!({
                "happening": "incoming_call", "from": from, "tries": tries, "transfer": transfer,
                "voicemail": voicemail, "extension": extension, "filed_as": ["Support"],
            })
        })
}

fn outgoing() -> impl Strategy<Value = Value> {
    let by = proptest::sample::select(vec!["phone", "click", "web", "callback"]);
    (customer(), by, outcome()).prop_map(|(to, by, outcome)| {
        json!({"happening": "outgoing_call", "agent": "14", "to": to, "by": by, "outcome": outcome})
    })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => incoming().prop_map(Act::Happen),
        2 => outgoing().prop_map(Act::Happen),
        1 => any::<prop::sample::Index>().prop_map(Act::HangUp),
        1 => any::<prop::sample::Index>().prop_map(Act::Comment),
        3 => (0u64..90_000).prop_map(Act::Wait),
    ]
}

/// An outbound call: type, customer, campaign, whether it holds, the longest duration.
fn outbound() -> impl Strategy<Value = Value> {
    let campaign = proptest::sample::select(vec![
        "6981d1c6c99f8650",
        "61c2b71197846913",
        "6866272fd92b9926",
    ]);
    let duration = proptest::option::of(1u64..100);
    (0u8..3, customer(), campaign, any::<bool>(), duration).prop_map(
        |(dialer, number, campaign, holds, duration)| {
            let mut call = json!({
                "type": if dialer == 2 { "2" } else { "1" }, "number": number, "public_ivr_id": campaign,
                "call_hold": holds, "max_call_duration": duration,
            });
            match dialer {
                0 => call["user_id"] = json!("68baab1d30e05351"),
                1 => call["number_2"] = json!("+919000009999"),
                _ => {}
            }
            call
        },
    )
}

/// Plays acts to their end, and returns what was told.
fn play(acts: Vec<Act>, calls: Vec<Value>) -> (Stage<MyOperator>, Vec<(String, Value)>) {
    let stage = Stage::new();
    for call in calls {
        let wanted = crate::support::stage::input(call);
        let placed = stage
            .act(|vendor: &mut MyOperator, moment| vendor.place(COMPANY, None, wanted, moment));
        placed.expect("the call is taken on");
    }
    for act in acts {
        let named = |which: prop::sample::Index| {
            stage.look(|vendor| {
                let ids: Vec<String> = vendor.calls.iter().map(|call| call.id.clone()).collect();
                ids[which.index(ids.len())].clone()
            })
        };
        // What cannot happen now does not.
        let _ = match act {
            Act::Happen(happening) => stage.happen(&happening),
            Act::HangUp(which) => {
                stage.happen(&json!({"happening": "call_hung_up", "call": named(which)}))
            }
            Act::Comment(which) => stage.happen(
                &json!({"happening": "call_commented", "call": named(which), "user": "10", "content": "Noted"}),
            ),
            Act::Wait(millis) => {
                stage.wait(Duration::from_millis(millis));
                Ok(())
            }
        };
    }
    stage.wait(Duration::from_secs(3600));
    let told = stage.told();
    (stage, told)
}

fn at(value: &Value) -> Option<Timestamp> {
    value.as_str().map(|text| text.parse().expect("a time"))
}

/// Whole seconds from one time to another.
fn seconds(from: &Value, to: &Value) -> Option<i64> {
    let span = at(to)?.as_millisecond() - at(from)?.as_millisecond();
    Some(span.div_euclid(1000))
}

/// What the durations of a leg must be, by its own times and that of the event.
fn durations(leg: &Value, told_at: &Value) -> (Option<i64>, Option<i64>) {
    let (started, answered, ended) = (&leg["started_at"], &leg["answered_at"], &leg["ended_at"]);
    match leg["result"].as_str() {
        Some("connected") => {
            let until = if ended.is_null() { told_at } else { ended };
            (None, seconds(started, until))
        }
        Some("answered") => {
            let talked = if ended.is_null() {
                Some(0)
            } else {
                seconds(answered, ended)
            };
            (seconds(started, answered), talked)
        }
        Some("not_answered") => (seconds(started, ended), None),
        _ => (None, None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// However calls are played, every leg and every call last as long as their own times say; nobody talks on
    /// a leg that was not picked up; and a call is bridged exactly when both sides were on the line.
    #[test]
    fn durations_add_up_in_every_event(acts in proptest::collection::vec(act(), 1..8), calls in proptest::collection::vec(outbound(), 0..5)) {
        let (_, told) = play(acts, calls);
        for (name, body) in told {
            let Some(payload) = body.get("payload") else { continue };
            let legs = payload["legs"].as_array().cloned().unwrap_or_default();
            for (index, leg) in legs.iter().enumerate() {
                prop_assert_eq!(&leg["leg_index"], &json!(index + 1));
                let (rang, talked) = durations(leg, &body["timestamp"]);
                prop_assert_eq!(leg["ring_duration"].as_i64(), rang, "{} {}", name, leg);
                prop_assert_eq!(leg["talk_duration"].as_i64(), talked, "{} {}", name, leg);
                let answered = leg["dial_status"] == "ANSWER";
                prop_assert_eq!(answered, !leg["answered_at"].is_null());
                prop_assert!(at(&leg["started_at"]) >= at(&payload["started_at"]));
            }
            if let Some(duration) = payload["duration"].as_i64() {
                prop_assert_eq!(Some(duration), seconds(&payload["started_at"], &payload["ended_at"]));
                let taken = |side: &str| legs.iter().any(|leg| {
                    leg["type"] == side && matches!(leg["result"].as_str(), Some("connected" | "answered"))
                });
                prop_assert_eq!(payload["status"] == "bridged", taken("agent") && taken("customer"));
                prop_assert_eq!(payload["recording_filename"] != "", payload["status"] == "bridged");
                prop_assert!(legs.iter().all(|leg| !leg["ended_at"].is_null()), "everybody has hung up");
            }
        }
    }

    /// The events of a session are numbered 1, 2, 3, … without a gap; only its summary has a number of its own.
    #[test]
    fn sequences_have_no_gaps(acts in proptest::collection::vec(act(), 1..8), calls in proptest::collection::vec(outbound(), 0..5)) {
        let (_, told) = play(acts, calls);
        let mut last: HashMap<String, u64> = HashMap::new();
        let mut ids = std::collections::HashSet::new();
        for (name, body) in told {
            let (Some(session), Some(number)) = (body["session_id"].as_str(), body["event_sequence"].as_u64()) else {
                continue;
            };
            prop_assert!(ids.insert(body["event_id"].to_string()), "every event has an id of its own");
            if name == "call.summary" {
                prop_assert_eq!(number, 1);
                continue;
            }
            let before = last.insert(session.to_owned(), number).unwrap_or_default();
            prop_assert_eq!(number, before + 1, "{} of {}", name, session);
        }
    }

    /// A search finds exactly what a reader of the shown logs would pick, newest first.
    #[test]
    fn a_search_finds_what_a_reader_would_pick(
        acts in proptest::collection::vec(act(), 1..6),
        filters in proptest::option::of(expression()),
        key in proptest::option::of(proptest::sample::select(vec!["asha", "9000000", "8", "noted", "s4."])),
        from in proptest::option::of(-80_000i64..200),
        to in proptest::option::of(-80_000i64..200),
    ) {
        let (stage, _) = play(acts, Vec::new());
        let day = Stage::<MyOperator>::new().now().as_second();
        let wanted = Search {
            from: from.map(|from| day + from),
            to: to.map(|to| day + to),
            key: key.map(str::to_owned),
            filters,
        };
        let (found, all) = stage.look(|vendor| {
            let everything = Search::default();
            let shown = |search: &Search| -> Vec<Value> {
                let found = vendor.find_logs(COMPANY, search);
                found.into_iter().map(|call| {
                    let mut log = serde_json::to_value(vendor.log(call)).expect("a log");
                    // The one thing that logs do not show.
                    log["called_back"] = json!(call.category == Category::Callback);
                    log
                }).collect()
            };
            (shown(&wanted), shown(&everything))
        });
        prop_assert!(all.is_sorted_by(|one, next| one["_ms"].as_i64() >= next["_ms"].as_i64()));
        let picked: Vec<Value> = all.into_iter().filter(|log| picks(log, &wanted)).collect();
        prop_assert_eq!(found, picked);
    }
}

/// Whether a log, as it is shown, is one that is looked for.
fn picks(log: &Value, wanted: &Search) -> bool {
    let start = log["start_time"].as_i64().unwrap_or_default();
    let extra = |key: &str| {
        let pairs = log["additional_parameters"].as_array();
        let found = pairs.and_then(|pairs| pairs.iter().find(|pair| pair["ky"] == key));
        found
            .and_then(|pair| pair["vl"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let mut words = vec![
        log["_cm"].as_str().unwrap_or_default().to_owned(),
        log["caller_number"].as_str().unwrap_or_default().to_owned(),
        extra("unique_id"),
    ];
    if log["_cm"] == "Tarun 10" {
        words.push("user8@example.com".to_owned());
    }
    for comment in log["comments"].as_array().into_iter().flatten() {
        words.push(comment["text"].as_str().unwrap_or_default().to_owned());
    }
    let key = wanted.key.clone().unwrap_or_default();
    wanted.from.is_none_or(|from| from <= start)
        && wanted.to.is_none_or(|to| start <= to)
        && words.iter().any(|word| word.to_lowercase().contains(&key))
        && wanted
            .filters
            .as_ref()
            .is_none_or(|filters| passes(filters, log, &extra))
}

fn passes(filters: &Expression, log: &Value, extra: &dyn Fn(&str) -> String) -> bool {
    match filters {
        Expression::All(parts) => parts.iter().all(|part| passes(part, log, extra)),
        Expression::Any(parts) => parts.iter().any(|part| passes(part, log, extra)),
        Expression::One(filter) => {
            let is = |member: &str, value: Value| log[member] == value;
            let incoming = is("event", json!(1));
            let call = is("type", json!(1));
            let ivr = is("source", json!("1"));
            let status = |number: u8| is("status", json!(number));
            match filter.name.trim() {
                "Myoperator IVR" => ivr,
                "Mobile" => !ivr,
                "Incoming" => incoming,
                "Outgoing" => !incoming,
                "Call" => call,
                "SMS" => !call,
                "Connected" => status(1),
                "Missed" => status(2),
                "Voicemail" => status(3),
                "Noted" => log["comments"] != json!([]),
                "Unnoted" => log["comments"] == json!([]),
                "Archived" => extra("is_archived") == "1",
                "Star Marked" => extra("is_starred") == "1",
                "Incoming Myoperator IVR" => incoming && ivr,
                "Incoming Mobile" => incoming && !ivr,
                "Outgoing MyOperator IVR" => !incoming && ivr,
                "Outgoing Mobile" => !incoming && !ivr,
                "Incoming Call" => incoming && call,
                "Incoming SMS" => incoming && !call,
                "Outgoing Call" => !incoming && call,
                "Outgoing SMS" => !incoming && !call,
                "Incoming Connected Call" => incoming && call && status(1),
                "Incoming Missed Call" => incoming && call && status(2),
                "ClickOcalls" => is("_ns", json!("1")),
                "OBD Calls" => is("_ns", json!("2")),
                "Callbacks" => log["called_back"] == true,
                other => unreachable!("{other} is a filter"),
            }
        }
    }
}
