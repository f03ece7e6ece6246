//! BalesOtomatis: what is always true.

use std::time::Duration;

use mock_server::vendors::balesotomatis::audiences::{self, Audience, Status};
use mock_server::vendors::balesotomatis::{BalesOtomatis, Caller, messages, whatsapp_number};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::always::Played;
use crate::support::stage::{Stage, input};

const KEY: &str = "demoBalesKey0000001";
const LICENCE: &str = "WB-DEMO0001";
const DEVICES: [&str; 2] = ["BO-AAAA1111BBBB2222", "BO-CCCC3333DDDD4444"];
/// On WhatsApp with an open window, with a closed one, without any, and not on WhatsApp.
const PEERS: [&str; 4] = [
    "6281234567890",
    "6281200000055",
    "6281200000001",
    "6281200000404",
];

fn calling_for(number: &str) -> Caller {
    Caller {
        account: KEY.to_owned(),
        number: number.to_owned(),
    }
}

/// Something a client or the world does.
#[derive(Clone, Debug)]
pub enum Act {
    Personal {
        device: &'static str,
        to: &'static str,
        sync: bool,
        bubbles: bool,
    },
    Group {
        id: &'static str,
        sync: bool,
    },
    Conversation {
        to: &'static str,
        sync: bool,
    },
    Template {
        to: &'static str,
        id: &'static str,
        variables: usize,
    },
    Code {
        to: &'static str,
        lifetime: u64,
    },
    Spend {
        code: &'static str,
    },
    Create {
        name: &'static str,
        submit: bool,
        body: &'static str,
    },
    Happen(Value),
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let to = || proptest::sample::select(&PEERS[..]);
    let device = || proptest::sample::select(&DEVICES[..]);
    let group = proptest::sample::select(vec!["120363000000000001", "120363000000000002", "1"]);
    let id = proptest::sample::select(vec!["900000000000001", "900000000000003", "promo_draft"]);
    let name = proptest::sample::select(vec!["lokasi_toko", "order_confirmation", "Not A Name"]);
    let body =
        proptest::sample::select(vec!["Halo {{1}}, apa kabar?", "Halo", "{{1}} di depan", ""]);
    let switched = (device(), any::<bool>()).prop_map(|(number_id, on)| {
        let kind = if on {
            "device_connected"
        } else {
            "device_disconnected"
        };
        Act::Happen(json!({"happening": kind, "number_id": number_id}))
    });
    prop_oneof![
        4 => (device(), to(), any::<bool>(), any::<bool>())
            .prop_map(|(device, to, sync, bubbles)| Act::Personal { device, to, sync, bubbles }),
        2 => (group, any::<bool>()).prop_map(|(id, sync)| Act::Group { id, sync }),
        4 => (to(), any::<bool>()).prop_map(|(to, sync)| Act::Conversation { to, sync }),
        2 => (to(), id, 0..4_usize).prop_map(|(to, id, variables)| Act::Template { to, id, variables }),
        1 => (to(), 1..200_u64).prop_map(|(to, lifetime)| Act::Code { to, lifetime }),
        1 => proptest::sample::select(vec!["071908", "191432", "000000"]).prop_map(|code| Act::Spend { code }),
        1 => (name, any::<bool>(), body).prop_map(|(name, submit, body)| Act::Create { name, submit, body }),
        1 => switched,
        2 => to().prop_map(|from| Act::Happen(json!({"happening": "incoming_chat", "number": LICENCE, "from": from}))),
        5 => prop_oneof![0..10_u64, 0..90_000_u64].prop_map(Act::Wait),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    proptest::collection::vec(act(), 1..40)
}

/// Does it; false when it was refused.
fn play(stage: &Stage<BalesOtomatis>, act: &Act) -> bool {
    let method = |sync: &bool| if *sync { "sync" } else { "async" };
    let official = calling_for(LICENCE);
    match act {
        Act::Personal {
            device,
            to,
            sync,
            bubbles,
        } => {
            let content = json!({
                "message": "Halo", "method_send": method(sync), "image_url": if *bubbles { "https://example.com/a.png" } else { "" },
                "send_as_caption": 0,
            });
            let content: messages::personal::Content = input(content);
            stage
                .act(|bales, moment| bales.send_content(&content, to, &calling_for(device), moment))
                .is_ok()
        }
        Act::Group { id, sync } => {
            let caller = calling_for(DEVICES[0]);
            let content: messages::personal::Content =
                input(json!({"message": "Halo", "method_send": method(sync)}));
            let done = stage.act(|bales, moment| {
                let group = bales.group(&input(json!(id)), &caller)?;
                bales.send_content(&content, &group, &caller, moment)
            });
            done.is_ok()
        }
        Act::Conversation { to, sync } => {
            let outgoing =
                input(json!({"reciptient": to, "message": "Halo", "method_send": method(sync)}));
            stage
                .act(|bales, moment| bales.send_to_conversation(&outgoing, &official, moment))
                .is_ok()
        }
        Act::Template { to, id, variables } => {
            let outgoing = input(
                json!({"recipients": to, "template": id, "variables": vec!["x"; *variables]}),
            );
            stage
                .act(|bales, moment| bales.send_template(&outgoing, &official, moment))
                .is_ok()
        }
        Act::Code { to, lifetime } => {
            let order = input(json!({"phone_no": to, "lifetime": lifetime}));
            stage
                .act(|bales, moment| bales.send_otp(&order, &calling_for(DEVICES[0]), moment))
                .is_ok()
        }
        Act::Spend { code } => {
            let code = input(json!(code));
            stage
                .act(|bales, moment| bales.validate_otp(&code, &calling_for(""), moment.now))
                .is_ok()
        }
        Act::Create { name, submit, body } => {
            let draft = json!({
                "name": name, "language": "id", "category": "UTILITY", "submitToFacebook": submit, "body": body,
                "variables": [{"placeholder": "{{1}}", "example": "Sari"}],
            });
            stage
                .act(|bales, moment| bales.create_template(input(draft), &official, moment))
                .is_ok()
        }
        Act::Happen(happening) => stage.happen(happening).is_ok(),
        Act::Wait(seconds) => {
            stage.wait(Duration::from_secs(*seconds));
            true
        }
    }
}

impl Played for BalesOtomatis {
    type Act = Act;
    type Status = messages::Status;

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
        matches!(status, Self::Status::Read | Self::Status::Failed)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A message that was sent through the official number without a template had an open window when it was sent.
    #[test]
    fn nothing_but_templates_passes_a_closed_window(acts in acts()) {
        let stage = Stage::<BalesOtomatis>::new();
        for act in &acts {
            let open = |to: &str| stage.look(|bales| bales.window_open(LICENCE, to, stage.now()));
            match act {
                Act::Conversation { to, sync: true } => {
                    let expected = open(to) && !to.ends_with("0000404");
                    prop_assert_eq!(play(&stage, act), expected);
                }
                Act::Conversation { sync: false, .. } => prop_assert!(play(&stage, act)),
                _ => {
                    play(&stage, act);
                }
            }
        }
    }

    /// A code is valid until the moment it expires, not at that moment, and never twice.
    #[test]
    fn a_code_is_valid_exactly_until_it_expires(lifetime in 1..100_000_u64, waited in 0..100_000_u64) {
        let stage = Stage::<BalesOtomatis>::new();
        let order = input(json!({"phone_no": PEERS[0], "lifetime": lifetime.to_string()}));
        let issued = stage.act(|bales, moment| bales.send_otp(&order, &calling_for(DEVICES[0]), moment));
        let issued = serde_json::to_value(issued.expect("a code")).expect("JSON");
        stage.wait(Duration::from_secs(waited));
        let spend = || {
            let code = input(issued["otp_code"].clone());
            stage.act(|bales, moment| bales.validate_otp(&code, &calling_for(""), moment.now)).is_ok()
        };
        prop_assert_eq!(spend(), waited < lifetime);
        prop_assert!(!spend());
    }

    /// Pages of any length, one after the other, hold every row of the search once, in the order of the whole list.
    #[test]
    fn paging_never_loses_or_repeats_a_row(
        people in people(), length in 1..7_usize, column in 0..4_usize, descending in any::<bool>(), search in search(),
    ) {
        let stage = populated(&people);
        let list = |start: usize, length: usize| -> Value {
            let query: audiences::Query = input(json!({
                "contact_id": "cb009", "start": start, "length": length.to_string(), "search": {"value": search},
                "order": [{"column": column, "dir": if descending { "desc" } else { "asc" }}],
                "columns": [{"data": "name"}, {"data": "wa_number"}, {"data": "status"}, {"data": "date_insert"}],
            }));
            let listing = stage.look(|bales| bales.list_audiences(&query, &calling_for("")));
            serde_json::to_value(listing).expect("JSON")
        };
        let ids = |listing: &Value| -> Vec<Value> {
            listing["data"].as_array().into_iter().flatten().map(|row| row["audience_id"].clone()).collect()
        };
        let whole = list(0, 1000);
        prop_assert_eq!(&whole["iTotalRecords"], &json!(people.len().to_string()));
        let all = ids(&whole);
        prop_assert_eq!(&whole["iTotalDisplayRecords"], &json!(all.len().to_string()));
        let paged: Vec<_> = (0..=all.len()).step_by(length).flat_map(|start| ids(&list(start, length))).collect();
        prop_assert_eq!(paged, all);
    }

    /// A search finds what a look at every row finds.
    #[test]
    fn a_search_equals_a_naive_filter(people in people(), search in search()) {
        let stage = populated(&people);
        let query: audiences::Query = input(json!({"contact_id": "cb009", "length": 1000, "search": search}));
        let listing = stage.look(|bales| bales.list_audiences(&query, &calling_for("")));
        let listing = serde_json::to_value(listing).expect("JSON");
        let found: Vec<_> = listing["data"].as_array().into_iter().flatten().map(|row| row["name"].clone()).collect();
        let wanted = search.to_lowercase();
        let naive = people.iter().filter(|(name, number)| name.to_lowercase().contains(&wanted) || number.contains(&wanted));
        let naive: Vec<_> = naive.map(|(name, _)| json!(name)).collect();
        prop_assert_eq!(found, naive);
    }

    /// A number that was understood is understood again as itself.
    #[test]
    fn a_number_means_itself(written in "[0-9+() -]{0,24}") {
        if let Ok(number) = whatsapp_number(&written, "62") {
            prop_assert!((8..=15).contains(&number.len()));
            prop_assert_eq!(whatsapp_number(&number, "62").ok(), Some(number));
        }
    }
}

fn people() -> impl Strategy<Value = Vec<(String, String)>> {
    proptest::collection::vec(("[A-Da-d]{1,3}", "62812[0-9]{6}"), 0..25)
}

fn search() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[A-Da-d]{1,2}", "[0-9]{1,2}"]
}

/// The seed and one more address book with these people.
fn populated(people: &[(String, String)]) -> Stage<BalesOtomatis> {
    let stage = Stage::new();
    let filled = stage.act(|bales: &mut BalesOtomatis, moment| {
        for (index, (name, number)) in people.iter().enumerate() {
            bales.audiences.put(Audience {
                audience_id: format!("new{index}"),
                account: KEY.to_owned(),
                contact: "cb009".to_owned(),
                name: name.clone(),
                wa_number: number.clone(),
                status: if index % 3 == 0 {
                    Status::Valid
                } else {
                    Status::NotChecked
                },
                date_insert: moment.now,
                custom_fields: Vec::new(),
            });
        }
        Ok::<(), std::convert::Infallible>(())
    });
    filled.unwrap_or_else(|never| match never {});
    stage
}
