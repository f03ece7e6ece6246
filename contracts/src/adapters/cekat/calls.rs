//! Every documented use of the client, in an order that works on the vendor's seed.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::conversations::{self, Stage};
use super::crm::{self, Condition, Junction, Operator, Search};
use super::messages::{
    self, Buttons, CtaUrl, Header, Kind, Line, List, Location, Outgoing, Prompt, Row, Section,
    SenderType,
};
use super::orders::{self, DraftLine, OrderStatus, PaymentMethod};
use super::people::Registration;
use super::templates::{self, Category, Picture, Sending};
use super::webhook::Notice;
use super::{Client, Edit, Error, Filter, Keys};
use crate::adapters::{Adapter, Call, Failure, Made, Understood};

/// Inboxes of the seed.
const DEVELOPMENT: &str = "2824c651-57c9-43c1-8c8c-5d07dc40265b";
const MAIN: &str = "535e57b7-7e84-4313-aac3-a33d910d86e4";

/// A conversation whose window is open on the seed, and its customer.
const OPEN: &str = "767bae74-ef45-4e57-bf87-c46b1b51808d";
const DEWI: &str = "6280000004352";

/// Conversations with a label, and with none of their own.
const LABELLED: &str = "5e31127e-f835-4d9f-95ad-7749de7a54c0";
const ASSIGNED: &str = "67247cb8-6f92-40da-81ae-bd1c41131027";

/// Contacts.
const JOHN: &str = "9007bac1-a1f2-471a-8813-74cd5b82189a";
const ANI: &str = "ce7b9f99-ac01-4ba5-920b-027ae7315034";

/// Machines and people that answer.
const GENERAL: &str = "ab759ac2-9f24-402f-9873-57b2e18c474e";
const SHOP: &str = "96a7a1c3-0754-4407-a86a-8b8727c8799c";
const SARI: &str = "34aa8f9c-8b12-4701-8150-d4f180ffb8a9";

/// Boards, by what they hold.
const TASKS: &str = "02e66d41-3994-4847-a788-f491c92d3b9f";
const LEADS: &str = "0ee568c3-cab1-45a0-bb43-d5b452ed879a";
const CUSTOMERS: &str = "e731bf34-d03d-477a-adcd-607e3196c6c7";
const TRIALS: &str = "599f81f4-fafe-46fa-8984-b87f25fc6490";
const UPDATES: &str = "751237f8-90db-47fe-a6af-8c768da690e6";
const TALKS: &str = "fc86ce1e-8be1-473d-99bf-c99e8869ae24";

/// An item with an agent in it, and an order that is not paid.
const UPDATED: &str = "5d6023ab-8157-4bd8-9eca-1f1133a154f3";
const UNPAID: &str = "8f14f414-e452-4fcc-a3e5-fbc69eee054f";

const NOWHERE: &str = "00000000-0000-4000-8000-ffffffffffff";

impl Adapter for Client {
    const VENDOR: &'static str = "cekat";

    type Notes = ();

    fn connect(base_url: &str, variables: &[(String, String)]) -> Result<Self, String> {
        let variable = |wanted: &str| {
            let found = variables.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.clone())
        };
        let keys = Keys {
            api_key: variable("api_key"),
            access_token: variable("access_token"),
            partner_key: variable("PARTNER_API_KEY"),
        };
        Self::new(base_url, &keys).map_err(|error| error.to_string())
    }

    fn calls() -> Vec<Call<Self>> {
        let mut calls = people();
        calls.extend(templates());
        calls.extend(messages());
        calls.extend(conversations());
        calls.extend(crm());
        calls.extend(searches());
        calls.extend(orders());
        calls.extend(afterwards());
        calls
    }

    fn hear(_: &str, _: &str, body: &[u8]) -> Result<Value, String> {
        let notice = Notice::read(body).map_err(|error| error.to_string())?;
        serde_json::to_value(notice).map_err(|error| error.to_string())
    }

    fn happenings(_: &Self::Notes) -> Vec<Value> {
        let writes = |from: &str, text: &str| json!({"happening": "customer_writes", "inbox": MAIN, "from": from, "name": "Dewi Ayu", "text": text});
        vec![
            writes("6280000007777", "Halo, saya baru."),
            json!({"happening": "conversation_assigned", "conversation": OPEN, "agent": SARI}),
            json!({"happening": "agent_writes", "conversation": OPEN, "agent": SARI, "text": "Ada yang bisa dibantu?"}),
            writes(DEWI, "Ya, tolong."),
            json!({"happening": "stage_moved", "conversation": ASSIGNED, "stage": "pending"}),
            json!({"happening": "pipeline_moved", "conversation": OPEN, "pipeline_status": "6e998418-5527-487b-b808-6c54acf97031"}),
            json!({"happening": "label_added", "conversation": OPEN, "label": "b6a5ec81-807b-4dea-8972-f9522835b2d5"}),
            json!({"happening": "ai_summarises", "conversation": OPEN, "text": "Pelanggan bertanya jam buka."}),
            json!({"happening": "invoice_paid", "order": UNPAID, "payment_method": "QRIS"}),
        ]
    }
}

/// What was understood of an answer with this status.
fn said<T: Serialize>(status: u16, answer: Result<T, Error>) -> Result<Understood, Failure> {
    let value = serde_json::to_value(answer?);
    Ok(Understood {
        status,
        made: Made::Json(value.map_err(|error| Failure::Unintelligible(error.to_string()))?),
    })
}

/// A call of an operation, and the status of its documented success where that is not 200.
macro_rules! call {
    ($operation:literal, |$client:ident| $asked:expr) => {
        call!($operation, 200, |$client| $asked)
    };
    ($operation:literal, $status:literal, |$client:ident| $asked:expr) => {
        Call::new($operation, |$client: &Client, _| {
            Box::pin(async move { said($status, $asked.await) })
        })
        .answered($status)
    };
}

fn pages(page: u32, limit: u32) -> Filter {
    Filter {
        page: Some(page),
        limit: Some(limit),
        ..Filter::default()
    }
}

fn days(first: &str, last: &str) -> Filter {
    Filter {
        start_date: Some(first.to_owned()),
        end_date: Some(last.to_owned()),
        timezone: Some("Asia/Jakarta".to_owned()),
        ..Filter::default()
    }
}

fn registration(email: &str) -> Registration {
    Registration {
        business_name: "Kedai Baru".to_owned(),
        email: email.to_owned(),
        phone_number: "6280000004183".to_owned(),
        password: "123456".to_owned(),
        referral_code: "orderonline".to_owned(),
        user_id: Some("testing_id".to_owned()),
        personal_access_key: None,
    }
}

fn people() -> Vec<Call<Client>> {
    vec![
        call!("business.register", 201, |client| client
            .people()
            .register(&registration("baru@example.com"))),
        call!("business.register", 201, |client| client
            .people()
            .register(&registration("owner@example.com")))
        .answered(400),
        call!("business.register", 201, |client| client
            .people()
            .register_by_form(&registration("formulir@example.com"))),
        call!("business.get", |client| client.people().business()),
        call!("inboxes.list", |client| client.people().inboxes()),
        call!("integrations.list", |client| client.people().integrations()),
        call!("v2.inboxes.list", |client| client
            .people()
            .inbox_rows(&pages(2, 3))),
        call!("v2.agents.list", |client| client
            .people()
            .agents(&Filter::default())),
        call!("v2.contacts.list", |client| client
            .people()
            .contacts(&pages(1, 2))),
    ]
}

fn draft() -> templates::Draft {
    templates::Draft {
        name: "tanya_kabarnya".to_owned(),
        category: Category::Marketing,
        language: "id".to_owned(),
        body: "Halo {{1}}, kamu apa kabarnya? Semoga baik-baik aja ya".to_owned(),
        inbox_id: DEVELOPMENT.to_owned(),
        body_placeholder: vec!["Jane".to_owned()],
        file: None,
    }
}

fn with_a_picture() -> templates::Draft {
    templates::Draft {
        name: "dengan_gambar".to_owned(),
        body: "Promo akhir pekan.".to_owned(),
        body_placeholder: Vec::new(),
        file: Some(Picture {
            name: "promo.png".to_owned(),
            media_type: "image/png".to_owned(),
            bytes: Bytes::from_static(b"\x89PNG\r\n\x1a\n"),
        }),
        ..draft()
    }
}

fn greeting() -> Sending {
    Sending {
        phone_name: Some("Dewi Ayu".to_owned()),
        ..Sending::new("956322736884885", MAIN, DEWI)
    }
}

fn code() -> Sending {
    Sending {
        otp_code: Some("552345".to_owned()),
        ..Sending::new("900000000000005", MAIN, DEWI)
    }
}

fn brochure() -> Sending {
    Sending {
        file_url: Some("https://files.cekat.ai/11_Loadcell_accuracy_2e57aJ.pdf".to_owned()),
        ..greeting()
    }
}

fn filled(wa_template_id: &str) -> Sending {
    Sending {
        template_body_variables: vec![122_111.into()],
        ..Sending::new(wa_template_id, MAIN, DEWI)
    }
}

fn templates() -> Vec<Call<Client>> {
    vec![
        call!("templates.list", |client| client
            .templates()
            .list(&templates::Which::default())),
        call!("templates.create", 201, |client| client
            .templates()
            .create(&draft())),
        call!("templates.create", 201, |client| client
            .templates()
            .create(&with_a_picture())),
        call!("templates.create", 201, |client| client
            .templates()
            .create(&draft()))
        .answered(400),
        call!("templates.sync", |client| client
            .templates()
            .sync(DEVELOPMENT)),
        call!("templates.send", |client| client
            .templates()
            .send(&greeting()))
        .variant("plain"),
        call!("templates.send", |client| client.templates().send(&code())).variant("otp"),
        call!("templates.send", |client| client
            .templates()
            .send(&brochure()))
        .variant("media"),
        call!("templates.send", |client| client
            .templates()
            .send(&filled("900000000000006")))
        .variant("variables"),
        call!("templates.send", |client| client
            .templates()
            .send(&filled("900000000000004")))
        .variant("variables")
        .answered(400),
        call!("v2.templates.list", |client| client.templates().rows(
            &templates::Selection {
                filter: days("2025-10-01", "2025-10-07"),
                ..templates::Selection::default()
            }
        )),
        call!("v2.templates.pricing", |client| client.templates().pricing(
            "marketing",
            "62",
            "IDR"
        )),
    ]
}

fn kind(message: &str, kind: Kind) -> Outgoing {
    Outgoing::of(OPEN, DEWI, message, kind)
}

fn list() -> List {
    let row = Row {
        id: "1".to_owned(),
        title: "row1".to_owned(),
        description: Some("Desc 1".to_owned()),
    };
    List {
        button: "text1".to_owned(),
        sections: vec![Section {
            title: "title1".to_owned(),
            rows: vec![row],
        }],
    }
}

fn place() -> Location {
    Location {
        latitude: -6.266_432_4,
        longitude: 106.591_769_5,
        name: Some("Toko".to_owned()),
        address: Some("Jalan Mawar 1".to_owned()),
    }
}

/// Words between a header and a footer.
fn framed() -> Outgoing {
    let action = Buttons::new(&[("1", "Beli")]);
    Outgoing {
        header: Some(Header {
            text: Some("Promo".to_owned()),
            file_url: Some("https://files.cekat.ai/promo.png".to_owned()),
        }),
        footer: Some("Sampai akhir bulan".to_owned()),
        ..kind("Mau?", Kind::Button { action })
    }
}

fn prompt(ai_agent_id: &str) -> Prompt {
    Prompt {
        messages: vec![Line {
            id: 1,
            message: "hi".to_owned(),
            sent_by_type: SenderType::User,
        }],
        ai_agent_id: ai_agent_id.to_owned(),
        chat_data: Some(json!({})),
    }
}

fn messages() -> Vec<Call<Client>> {
    vec![
        call!("messages.send_whatsapp", |client| client
            .messages()
            .send_whatsapp(&Outgoing::text(
                OPEN,
                DEWI,
                "Halo, ada yang bisa kami bantu?"
            )))
        .variant("text"),
        call!("messages.send_whatsapp", |client| client
            .messages()
            .send_whatsapp(&Outgoing::media(
                OPEN,
                DEWI,
                "Katalog bulan ini",
                "https://files.cekat.ai/katalog.pdf"
            )))
        .variant("media"),
        call!("messages.send_whatsapp", |client| client
            .messages()
            .send_whatsapp(&kind(
                "Di sini",
                Kind::Location { location: place() }
            )))
        .variant("location"),
        call!("messages.send_whatsapp", |client| client
            .messages()
            .send_whatsapp(&kind(
                "Silakan pilih",
                Kind::List { action: list() }
            )))
        .variant("list"),
        call!("messages.send_whatsapp", |client| client
            .messages()
            .send_whatsapp(&kind(
                "Ya?",
                Kind::Button {
                    action: Buttons::new(&[("1", "Ya"), ("2", "Tidak")])
                }
            )))
        .variant("button"),
        call!("messages.send_whatsapp", |client| client
            .messages()
            .send_whatsapp(&kind(
                "Hubungi kami",
                Kind::CtaUrl {
                    action: CtaUrl::new("Chat", "https://example.com/chat")
                }
            )))
        .variant("cta_url"),
        call!("messages.send_whatsapp", |client| client
            .messages()
            .send_whatsapp(&framed()))
        .variant("button"),
        call!("messages.list", |client| client.messages().list(OPEN)),
        call!("messages.get", |client| client
            .messages()
            .get("00000000-0000-4000-8000-00000000e001")),
        call!("messages.get", |client| client.messages().get(NOWHERE)).answered(404),
        call!("v2.messages.list", |client| client
            .messages()
            .rows(&messages::Selection::default())),
        call!("v2.messages.list", |client| client.messages().rows(
            &messages::Selection {
                filter: days("2025-08-08", "2025-08-12"),
                sort_order: Some("asc".to_owned()),
                version: Some("v2".to_owned()),
                ..messages::Selection::default()
            }
        )),
        call!("v2.messages.ai_credits", |client| client
            .messages()
            .ai_credits(&messages::Span {
                filter: days("2025-08-08", "2025-08-12"),
                conversation_id: None,
            })),
        call!("ai.response_beta", |client| client
            .messages()
            .ai_response(&prompt(GENERAL))),
        call!("ai.response_beta", |client| client
            .messages()
            .ai_response(&prompt(NOWHERE)))
        .answered(404),
    ]
}

fn answered_by(keep: Option<bool>) -> conversations::Change {
    conversations::Change {
        assigned_ai_agent: Edit::To(SHOP.to_owned()),
        keep_assigned_ai_agent_on_resolve: keep,
    }
}

fn conversations() -> Vec<Call<Client>> {
    vec![
        call!("v2.conversations.list", |client| client
            .conversations()
            .list(&conversations::Selection {
                filter: pages(2, 1),
                ..conversations::Selection::default()
            })),
        call!("v2.conversations.list", |client| client
            .conversations()
            .list(&conversations::Selection {
                stage_status: Some(Stage::Assigned),
                ..conversations::Selection::default()
            })),
        call!("v2.conversations.get", |client| client
            .conversations()
            .get(ASSIGNED)),
        call!("v2.conversations.update", |client| client
            .conversations()
            .update(LABELLED, &answered_by(None)))
        .variant("assign"),
        call!("v2.conversations.update", |client| client
            .conversations()
            .update(LABELLED, &answered_by(Some(true))))
        .variant("keep"),
        call!("v2.conversations.update", |client| client
            .conversations()
            .update(
                LABELLED,
                &conversations::Change {
                    assigned_ai_agent: Edit::Clear,
                    ..conversations::Change::default()
                }
            ))
        .variant("assign"),
        call!("v2.conversations.agent_assignments", |client| client
            .conversations()
            .assigned(&Filter::default())),
        call!("v2.agent_assignments.list", |client| client
            .conversations()
            .assignments(&days("2025-12-06", "2025-12-08"))),
        call!("v2.campaigns.list", |client| client
            .conversations()
            .campaigns(&pages(1, 1))),
        call!("v2.campaigns.messages", |client| client
            .conversations()
            .campaign_messages(
                "6d5d5caf-66f6-4a71-8c71-df0287141039",
                &pages(1, 2)
            )),
    ]
}

fn item(name: &str, columns: Value) -> crm::Draft {
    let columns = match columns {
        Value::Object(columns) => columns,
        _ => Map::new(),
    };
    crm::Draft {
        item_name: Some(name.to_owned()),
        group_id: None,
        columns,
    }
}

fn noted(note: &str) -> crm::Person {
    crm::Person {
        note: Edit::To(note.to_owned()),
        ..crm::Person::default()
    }
}

fn newcomer() -> crm::Person {
    crm::Person {
        display_name: Some("Rina".to_owned()),
        phone_number: Some("6280000008888".to_owned()),
        email: Edit::To("rina@example.com".to_owned()),
        ..crm::Person::default()
    }
}

fn crm() -> Vec<Call<Client>> {
    vec![
        call!("crm.boards.list", |client| client.crm().boards()),
        call!("crm.boards.get", |client| client.crm().board(TASKS)),
        call!("crm.boards.get", |client| client.crm().board(NOWHERE)).answered(404),
        call!("crm.columns.get", |client| client
            .crm()
            .column(LEADS, "0ee834f3-3fff-48aa-b5d7-8b45fad27198")),
        call!("crm.columns.by_name", |client| client
            .crm()
            .column_by_name(CUSTOMERS, "Status")),
        call!("crm.items.list", |client| client
            .crm()
            .items(TRIALS, None, None)),
        call!("crm.items.get", |client| client
            .crm()
            .item(TALKS, "42868389-0eaf-4110-93d6-8f6505a98669")),
        call!("crm.items.create", |client| client.crm().create_item(
            TRIALS,
            &item("tes", json!({"New Text": "test", "New Agents": [SARI]}))
        ))
        .variant("plain"),
        call!("crm.items.create", |client| client.crm().create_item(
            TRIALS,
            &item(
                "tes",
                json!({"Phone": "1234", "Status": "0", "Stages": ["0", "1"]})
            )
        ))
        .variant("columns"),
        call!("crm.items.update", |client| client.crm().update_item(
            UPDATES,
            UPDATED,
            &item("tes", json!({"Status": "0", "Stages": ["0", "1"]}))
        ))
        .variant("columns"),
        call!("crm.items.update", |client| client.crm().update_item(
            UPDATES,
            UPDATED,
            &item("tes", json!({"New Agents": []}))
        ))
        .variant("clear"),
        call!("crm.contact.create", |client| client
            .crm()
            .create_contact(&newcomer())),
        call!("crm.contact.get", |client| client.crm().contact(JOHN)),
        call!("crm.contact.update", |client| client
            .crm()
            .update_contact(JOHN, &noted("minta dihubungi"))),
        call!("crm.contact.update", |client| client
            .crm()
            .update_contact(JOHN, &noted("minta dihubungi sore"))),
        call!("crm.contact.update", |client| client.crm().update_contact(
            JOHN,
            &crm::Person {
                display_name: Some("John Updated".to_owned()),
                ..crm::Person::default()
            }
        )),
        call!("crm.contact.update", |client| client.crm().update_contact(
            JOHN,
            &crm::Person {
                email: Edit::Clear,
                stage_id: Edit::Clear,
                note: Edit::Clear,
                additional_data: Edit::Clear,
                ..crm::Person::default()
            }
        )),
    ]
}

fn all(conditions: Vec<Condition>) -> Search {
    Search {
        condition: Junction::And,
        search: conditions,
    }
}

fn timeline() -> Search {
    let when = |operator, day: &str| Condition::new("Activities Timeline", operator, day);
    all(vec![
        when(Operator::FromStartDate, "2025-08-01"),
        when(Operator::FromEndDate, "2025-09-20"),
        when(Operator::ToStartDate, "2025-08-01"),
        when(Operator::ToEndDate, "2025-09-30"),
    ])
}

fn dates() -> Search {
    let when = |operator, day: &str| Condition::new("Expected Close Date", operator, day);
    all(vec![
        when(Operator::StartDate, "2025-09-01"),
        when(Operator::EndDate, "2025-09-30"),
    ])
}

fn searches() -> Vec<Call<Client>> {
    let search = |variant: &'static str, call: Call<Client>| call.variant(variant);
    vec![
        search(
            "timeline",
            call!("crm.items.search", |client| client
                .crm()
                .search(LEADS, &timeline())),
        ),
        search(
            "dates",
            call!("crm.items.search", |client| client
                .crm()
                .search(LEADS, &dates())),
        ),
        search(
            "comparison",
            call!("crm.items.search", |client| client.crm().search(
                LEADS,
                &all(vec![Condition::new(
                    "Deal Value",
                    Operator::GreaterThanOrEqual,
                    -1
                )])
            )),
        ),
        search(
            "contains",
            call!("crm.items.search", |client| client.crm().search(
                LEADS,
                &all(vec![Condition::new("item_name", Operator::Contains, "qa")])
            )),
        ),
        search(
            "presence",
            call!("crm.items.search", |client| client.crm().search(
                LEADS,
                &all(vec![Condition::present("Test References", true)])
            )),
        ),
        search(
            "label",
            call!("crm.items.search", |client| client.crm().search(
                LEADS,
                &all(vec![Condition::new("Stage", Operator::Equals, "1")])
            )),
        ),
        search(
            "references",
            call!("crm.items.search", |client| client.crm().search(
                LEADS,
                &all(vec![Condition::new(
                    "Test References",
                    Operator::Equals,
                    vec!["ec2e88e6-ada8-42ce-a246-287bf937fb4e"]
                )])
            )),
        ),
    ]
}

fn order() -> orders::Draft {
    orders::Draft {
        orders_products: vec![DraftLine {
            product_id: Some("your-product-id".to_owned()),
            quantity: 1,
            ..DraftLine::default()
        }],
        contact_id: Some(ANI.to_owned()),
        bank_account_number: Some("your-bank-account-number".to_owned()),
        shipping_fee: Some(100.into()),
        ..orders::Draft::default()
    }
}

/// An order of somebody new, who pays elsewhere.
fn order_of_a_stranger() -> orders::Draft {
    orders::Draft {
        payment_method: PaymentMethod::Custom,
        contact_id: None,
        phone_number: Some("081200005555".to_owned()),
        display_name: Some("Citra".to_owned()),
        email: Some("citra@example.com".to_owned()),
        bank_account_number: None,
        custom_invoice_url: Some("https://example.com/invoice/1".to_owned()),
        ..order()
    }
}

fn orders() -> Vec<Call<Client>> {
    vec![
        call!("orders.create", |client| client.orders().create(&order())),
        call!("orders.create", |client| client
            .orders()
            .create(&order_of_a_stranger())),
        call!("orders.list", |client| client.orders().list(
            &orders::Selection {
                page: Some(1),
                limit: Some(10),
                ..orders::Selection::default()
            }
        )),
        call!("orders.get", |client| client.orders().get(UNPAID)),
        call!("orders.get", |client| client.orders().get(NOWHERE)).answered(404),
        call!("orders.update", |client| client.orders().update(
            UNPAID,
            &orders::Change {
                order_status: Some(OrderStatus::Processing),
                notes: Edit::To("titip tetangga".to_owned()),
                payment_method: Some(PaymentMethod::Xendit),
                ..orders::Change::default()
            }
        )),
        call!("orders.update", |client| client.orders().update(
            UNPAID,
            &orders::Change {
                custom_invoice_url: Edit::Clear,
                address: Edit::Clear,
                notes: Edit::Clear,
                ..orders::Change::default()
            }
        )),
    ]
}

/// What would be missed by the calls before.
fn afterwards() -> Vec<Call<Client>> {
    vec![
        call!("labels.assignment_delete", |client| client
            .conversations()
            .remove_label("d30bba9a-ba89-4708-89ea-79eee696c9a9")),
        call!("backoffice.conversations_delete", |client| client
            .conversations()
            .delete(&["af13905c-0421-46f5-a7ab-a7a2f6110b27"])),
        call!("crm.items.delete", |client| client.crm().delete_items(
            TALKS,
            &["36a06fc8-1822-4517-bf4f-4a6665cec044"]
        )),
        call!("templates.delete", |client| client
            .templates()
            .delete("123456789")),
        call!("integrations.delete", |client| client
            .people()
            .delete_integrations()),
    ]
}
