//! Every documented use of the client, in an order that works on the vendor's seed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Number, Value as Json, json};

use super::broadcasts::{self, Draft, Kind, RecipientSelection, RecipientStatus};
use super::contacts::{self, By, Identities};
use super::customers::{self, Adjustment, Holder};
use super::direct_messages::{FlexTemplate, Message, Outgoing, Product, Template};
use super::headless::{
    Catalog, Content, Document, Interactive, Line, Media, Outgoing as Headless, Reaction, Text,
};
use super::messages::Selection;
use super::reports;
use super::rooms::{Agent, Room};
use super::rosters::{Day, IdField, Record, Roster};
use super::team::{PublicKey, Tagged, TemplateSelection};
use super::webhook::{self, Content as Said, DirectMessageStatus, Envelope, Event, Stage};
use super::{Client, CustomAttribute, Error, Paging, Platform, Range, Tags, Value};
use crate::adapters::meta::interactive::{
    Button, Buttons, Header, List, Product as OneProduct, ProductItem, ProductSection, Products,
    Row, Section,
};
use crate::adapters::meta::media::{File, Location, Source};
use crate::adapters::meta::people::{Contact, Name, Phone};
use crate::adapters::meta::template::{ButtonKind, Component, Language, Parameter, Thumbnail};
use crate::adapters::{Adapter, Call, Failure, Made, Perform, Understood};

/// Channels of the seed: of LINE, and numbers of the business.
const LINE: &str = "12345678";
const LINE_SHOP: &str = "1626460947";
const LINE_CRM: &str = "1655713616";
const LINE_CLUB: &str = "123456789";
const SHOP: &str = "85290000001";
const ROOMS: &str = "85250000001";
const TEMPLATES: &str = "85298765432";
const MEMBERS: &str = "85250002113";
const NO_ADVERTISING: &str = "85250009999";

/// Contacts of the seed, on LINE and on WhatsApp.
const ADA: &str = "U1111111111111";
const BEN: &str = "U2222222222222";
const CLEO: &str = "U66a669e12ff66601c06e1dc";
const EVE: &str = "Ufc16ca0dac59929c665558fd0c040d1c";
const GRACE: &str = "85260000001";
const IVAN: &str = "85260000009";
const KIM: &str = "85260000007";
const LENA: &str = "85260000006";
const MONA: &str = "886900003808";
const NINA: &str = "85215022101325";

/// A customer, by the team's id and by the vendor's.
const MEMBER_ID: &str = "OC-TEST-0001";
const OMNI_CUSTOMER_ID: &str = "6694e599b4dadc211e33f9da";

/// A chatbot and one of its blocks.
const CHATBOT: &str = "0031ab01-93b1-480a-9270-83b4f48c4229";
const BLOCK: &str = "07269d7a-68d6-4f36-9c0b-c837d9b296ef";

/// A broadcast, a message and a link of the seed.
const BROADCAST: &str = "9748a4b1-d106-4d67-bc1c-9fe6cb85a91b";
const WAMID: &str = "wamid.123456789";
const LINK: &str = "c9ecaebe-7e50-4b9a-ae3c-e233390319dc:LP:639ace6c69c2b348ad6f6806";

/// A catalogue.
const CATALOGUE: &str = "146265584024623";
const PICTURE: &str = "https://example.com/image.png";

/// A week of May 2022, which is full.
const WEEK: Range = Range {
    after: 1_652_371_200_000,
    before: 1_652_976_000_000,
};

/// A key made for the documentation.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4L4oSJza0L81JDupCash7yYpFjq5CCZl93ZuqJ2a1NlAaIrnHk2VAL0vGNgsN+zssnYpVzc9KTrLk+vHkKLWbM8JtKHGJEu68mTsfmxfIopb1RBUJ1hERnAW2DYNIr3xU+56LjcTAGQ9wNTw9RX0VCsBLLOk9xVxdGow9I4aCqXeAdoNmxQ55Ett1hbiEImrXUI8TSuyEcrDT1zP3694JCmhVbYu+VNOw3FZCT1xTcVsT/sUfV9hKp97DiHInv+7fuHMyPn6ItwkoiTC9ZtukHP+9Rl7YB4CKCdLFhK2JWuQSn4VsaGdE0C4TSUwH5M+ggD/Zf3l8rcSBOXWmgfMTQIDAQAB-----END PUBLIC KEY-----";

/// What the vendor made up and later calls need.
#[derive(Debug, Default)]
pub struct Notes {
    broadcast: Option<String>,
    message: Option<String>,
}

impl Adapter for Client {
    const VENDOR: &'static str = "omnichat";

    type Notes = Notes;

    fn connect(base_url: &str, variables: &[(String, String)]) -> Result<Self, String> {
        let token = variables.iter().find(|(name, _)| name == "API-TOKEN");
        let (_, token) = token.ok_or("the collection has no variable API-TOKEN")?;
        Self::new(base_url, token).map_err(|error| error.to_string())
    }

    fn calls() -> Vec<Call<Self>> {
        let mut calls = team();
        calls.extend(history());
        calls.extend(people());
        calls.extend(rooms());
        calls.extend(direct_messages());
        calls.extend(broadcasts());
        calls.extend(simple());
        calls.extend(interactive());
        calls.extend(templates());
        calls.extend(farewells());
        calls
    }

    fn hear(webhook: &str, _: &str, body: &[u8]) -> Result<Json, String> {
        // Only topics are named with a slash.
        if webhook.contains('/') {
            webhook::parse(Some(webhook), body).map_err(|error| error.to_string())?;
            let status = DirectMessageStatus::read(body).map_err(|error| error.to_string())?;
            return serde_json::to_value(status).map_err(|error| error.to_string());
        }
        let envelope = Envelope::read(body).map_err(|error| error.to_string())?;
        let value = serde_json::to_value(&envelope).map_err(|error| error.to_string())?;
        let events = envelope.events().map_err(|error| error.to_string())?;
        let [event] = &events[..] else {
            return Err(format!("{} events at once", events.len()));
        };
        match name(event) {
            name if name == webhook => Ok(value),
            name => Err(format!("understood as {name}")),
        }
    }

    fn happenings(notes: &Notes) -> Vec<Json> {
        let ours = notes.message.as_deref().unwrap_or(WAMID);
        let writes = |says: Json| json!({"happening": "customer_writes", "channel": SHOP, "from": GRACE, "says": says});
        let answers = |says: Json| json!({"happening": "customer_writes", "channel": SHOP, "from": GRACE, "context": ours, "says": says});
        let about = json!({"catalog_id": CATALOGUE, "product_retailer_id": "SKU-1"});
        let item = json!({"product_retailer_id": "SKU-1", "quantity": 2, "item_price": 129.5, "currency": "HKD"});
        let advertisement = json!({
            "source_url": "https://example.com/ad", "source_id": "120000000000000", "source_type": "ad",
            "headline": "Summer sale", "body": "Up to half price", "media_type": "image",
            "image_url": "https://example.com/ad.jpg", "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ",
        });
        let person = json!({"name": {"formatted_name": "Henry", "first_name": "Henry"}, "phones": [{"phone": "+852 6000 0002", "wa_id": "85260000002", "type": "HOME"}]});
        vec![
            writes(json!({"type": "text", "body": "Hello"})),
            answers(json!({"type": "text", "body": "That one"})),
            json!({"happening": "customer_writes", "channel": SHOP, "from": LENA, "says": {"type": "text", "body": "Who am I?"}}),
            json!({"happening": "customer_writes", "channel": SHOP, "from": GRACE, "group": "120363000000000001", "says": {"type": "text", "body": "All of us"}}),
            writes(json!({"type": "reaction", "emoji": "👍", "message_id": ours})),
            writes(json!({"type": "reaction", "message_id": ours})),
            writes(json!({"type": "image", "caption": "Look"})),
            writes(json!({"type": "audio", "voice": true})),
            writes(json!({"type": "video"})),
            writes(json!({"type": "document", "filename": "Invoice.pdf"})),
            writes(json!({"type": "sticker", "animated": true})),
            writes(json!({"type": "contacts", "contacts": [person]})),
            writes(
                json!({"type": "location", "latitude": 22.3193, "longitude": 114.1694, "name": "Shop A"}),
            ),
            writes(
                json!({"type": "text", "body": "Is this still there?", "referral": advertisement}),
            ),
            writes(json!({"type": "text", "body": "In red, too?", "referred_product": about})),
            answers(json!({"type": "text", "body": "In red, too?", "referred_product": about})),
            writes(
                json!({"type": "order", "catalog_id": CATALOGUE, "text": "Please wrap it", "product_items": [item]}),
            ),
            writes(json!({"type": "unknown"})),
            answers(json!({"type": "quick_reply", "text": "No", "payload": "No-Button-Payload"})),
            answers(json!({"type": "button_reply", "id": "yes", "title": "Yes"})),
            answers(
                json!({"type": "list_reply", "id": "row-1", "title": "Shop A", "description": "Central"}),
            ),
            json!({"happening": "customer_deletes", "message": WAMID}),
        ]
    }
}

/// What the catalogue of webhooks calls an event.
fn name(event: &Event) -> &'static str {
    let message = match event {
        Event::DirectMessage(_) => return "direct_msg/status",
        Event::Status(progress) => {
            return match progress.status.status {
                Stage::Sent => "status.sent",
                Stage::Delivered => "status.delivered",
                Stage::Read => "status.read",
                Stage::Failed => "status.failed",
            };
        }
        Event::Message(received) => &received.message,
    };
    let context = message.context.as_ref();
    let asks = context.is_some_and(|context| context.referred_product.is_some());
    match &message.content {
        Said::Text { .. } if message.referral.is_some() => "message.ad_click",
        Said::Text { .. } if asks => "message.product_enquiry",
        Said::Text { .. } => "message.text",
        Said::Reaction { .. } => "message.reaction",
        Said::Image { .. } => "message.image",
        Said::Audio { .. } => "message.audio",
        Said::Video { .. } => "message.video",
        Said::Document { .. } => "message.document",
        Said::Sticker { .. } => "message.sticker",
        Said::Contacts { .. } => "message.contacts",
        Said::Location { .. } => "message.location",
        Said::Button { .. } => "message.quick_reply",
        Said::Interactive { .. } => "message.interactive",
        Said::Order { .. } => "message.order",
        Said::Unknown { .. } => "message.unknown",
        Said::Unsupported { .. } => "status.deleted",
    }
}

/// What was understood of an answer with status 200.
fn said<T: Serialize>(answer: Result<T, Error>) -> Result<Understood, Failure> {
    let value = serde_json::to_value(answer?);
    Ok(Understood {
        status: 200,
        made: Made::Json(value.map_err(|error| Failure::Unintelligible(error.to_string()))?),
    })
}

/// What was understood of an answer with this status and nothing else.
fn done(status: u16, answer: Result<(), Error>) -> Result<Understood, Failure> {
    answer?;
    Ok(Understood {
        status,
        made: Made::Nothing,
    })
}

/// A call of an operation; with a status, that of a success which says no more.
macro_rules! call {
    ($operation:literal, |$client:ident| $asked:expr) => {
        Call::new($operation, |$client: &Client, _| {
            Box::pin(async move { said($asked.await) })
        })
    };
    ($operation:literal, $status:literal, |$client:ident| $asked:expr) => {
        Call::new($operation, |$client: &Client, _| {
            Box::pin(async move { done($status, $asked.await) })
        })
        .answered($status)
    };
}

/// A call that leaves something for others, or takes what they left.
fn noted(operation: &'static str, perform: Perform<Client>) -> Call<Client> {
    Call::new(operation, perform)
}

fn team() -> Vec<Call<Client>> {
    vec![
        call!("channels.list", |client| client.team().channels()),
        call!("system_users.list", |client| client.team().system_users()),
        call!("chatbots.list", |client| client.chatbots().list()),
        call!("chatbots.message_blocks", |client| client
            .chatbots()
            .message_blocks(CHATBOT)),
        call!("chatbots.message_blocks", |client| client
            .chatbots()
            .message_blocks("no-such-chatbot"))
        .answered(404),
        call!("whatsapp_templates.list", |client| client
            .team()
            .whatsapp_templates(&templates_of(TEMPLATES))),
        call!("whatsapp_templates.list", |client| client
            .team()
            .whatsapp_templates(&templates_of(SHOP))),
        call!("whatsapp_templates.list", |client| client
            .team()
            .whatsapp_templates(&templates_of("85299999999")))
        .answered(404),
        call!("tagging_logs.list", |client| client.team().tagging_logs(
            &Tagged {
                tagged_after: 1_742_087_630_000,
                tagged_before: 1_742_202_830_000,
                paging: Paging::new(1, 20),
            }
        )),
        call!("whatsapp_business.public_key", 200, |client| client
            .team()
            .store_public_key(&PublicKey {
                phone: SHOP.to_owned(),
                business_public_key: PUBLIC_KEY.to_owned(),
            })),
        call!("rosters.upload", |client| client
            .rosters()
            .upload(&roster())),
    ]
}

fn templates_of(phone: &str) -> TemplateSelection {
    TemplateSelection {
        paging: Paging::new(1, 20),
        phone: phone.to_owned(),
    }
}

fn roster() -> Roster {
    let record = |id: &str, shop: &str, time| Record {
        id: id.to_owned(),
        location_code: shop.to_owned(),
        time,
    };
    let usual = || {
        vec![
            Day::of_work(1, "09:30", "18:30"),
            Day::of_work(2, "09:30", "18:30"),
            Day::off(3),
        ]
    };
    Roster {
        month: "2023-04".to_owned(),
        id_field: IdField::EmployeeCode,
        records: vec![
            record("A001", "locationCode-001", usual()),
            record(
                "A001",
                "locationCode4",
                vec![Day::of_work(1, "09:30", "28:30")],
            ),
            record("A002", "locationCode-001", usual()),
        ],
    }
}

fn said_on(platform: Platform, range: Range) -> Selection {
    Selection {
        paging: Paging::new(1, 20),
        range,
        platform,
        channel_id: None,
    }
}

fn week() -> reports::Selection {
    reports::Selection {
        paging: Paging::new(1, 20),
        range: WEEK,
    }
}

/// The day after the week is out of reach.
fn eight_days() -> Range {
    Range {
        before: WEEK.before + 1,
        ..WEEK
    }
}

fn history() -> Vec<Call<Client>> {
    vec![
        call!("messages.list", |client| client
            .messages()
            .list(&said_on(Platform::Whatsapp, WEEK))),
        call!("messages.list", |client| client
            .messages()
            .list(&said_on(Platform::Wechat, WEEK))),
        call!("messages.list", |client| client
            .messages()
            .list(&said_on(Platform::Whatsapp, eight_days())))
        .answered(400),
        call!("messages.get", |client| client.messages().get(WAMID)),
        call!("messages.get", |client| client
            .messages()
            .get("wamid.of/nobody+at=all"))
        .answered(404),
        call!("reports.messages", |client| client
            .reports()
            .messages(&week())),
        call!("reports.messages", |client| client.reports().messages(
            &reports::Selection {
                range: eight_days(),
                ..week()
            }
        ))
        .answered(400),
        call!("reports.referral_orders", |client| client
            .reports()
            .referral_orders(&week())),
        call!("referral_links.info", |client| client
            .reports()
            .referral_link(LINK)),
        call!("referral_links.info", |client| client
            .reports()
            .referral_link("no such link"))
        .answered(404),
    ]
}

fn known(platform: Platform, by: By) -> contacts::Selection {
    contacts::Selection {
        platform,
        channel_id: None,
        by,
        paging: Paging::new(1, 20),
    }
}

fn updated() -> By {
    By::Updated {
        updated_after: 1_652_371_200_000,
        updated_before: 1_653_580_800_000,
    }
}

fn fields() -> Vec<CustomAttribute> {
    vec![
        CustomAttribute::new("MemberTier", "GOLD"),
        CustomAttribute::new("Points", 2031),
        CustomAttribute {
            key: "TotalSpending".to_owned(),
            value: Value::Number(Number::from_f64(900.5).unwrap_or_else(|| 900.into())),
        },
        CustomAttribute::new("AcceptedMarketingPromotion", true),
        CustomAttribute::new("LastPurchaseDate", "2022-11-01"),
        CustomAttribute::new("RegisterDatetime", "2022-11-01T14:16:00"),
    ]
}

fn about_eve() -> contacts::Change {
    contacts::Change {
        name: Some("Peter Chan".to_owned()),
        status: Some(true),
        tags: Some(Tags::change(&["VVIP", "Sporty"], &["VIP"])),
        custom_attributes: fields(),
        note: Some("Prefers mornings".to_owned()),
        email: Some("example@example.com".to_owned()),
        phone: Some("85298765432".to_owned()),
        member_id: Some("M00001".to_owned()),
        agent_employee_code: Some("EMP-001".to_owned()),
        agent_location_code: Some("SHOP-A".to_owned()),
        extra_attributes: BTreeMap::from([("origin".to_owned(), "fair".to_owned())]),
    }
}

fn about_a_customer() -> customers::Change {
    customers::Change {
        name: Some("Peter Chan".to_owned()),
        email: Some("example@example.com".to_owned()),
        phone: Some("85298765432".to_owned()),
        tags: Some(Tags::change(&["VVIP", "Sporty"], &["VIP"])),
        custom_attributes: fields(),
    }
}

fn eve() -> contacts::Who<'static> {
    contacts::Who {
        platform: Platform::Line,
        channel_id: LINE_CRM,
        user_id: EVE,
    }
}

fn by_member(member_id: &str) -> customers::Who<'_> {
    customers::Who::Member { member_id }
}

fn points(points: i64, of: Holder) -> Adjustment {
    Adjustment { points, of }
}

fn people() -> Vec<Call<Client>> {
    vec![
        call!("contacts.list", |client| client
            .contacts()
            .list(&known(Platform::Line, updated()))),
        call!("contacts.list", |client| client
            .contacts()
            .list(&known(Platform::Webchat, updated()))),
        call!("contacts.list", |client| client.contacts().list(&known(
            Platform::Whatsapp,
            By::User {
                user_id: GRACE.to_owned()
            }
        ))),
        call!("contacts.list", |client| client.contacts().list(&known(
            Platform::Whatsapp,
            By::User {
                user_id: "85299999999".to_owned()
            }
        )))
        .answered(404),
        call!("contacts.upsert", 204, |client| client
            .contacts()
            .upsert(eve(), &about_eve())),
        call!("contacts.upsert", 204, |client| client.contacts().upsert(
            eve(),
            &contacts::Change {
                tags: Some(Tags::are(&["Regular"])),
                ..contacts::Change::default()
            }
        )),
        call!("contacts.upsert", 204, |client| client.contacts().upsert(
            eve(),
            &contacts::Change {
                custom_attributes: vec![CustomAttribute::new("Points", "many")],
                ..contacts::Change::default()
            }
        ))
        .answered(400),
        call!("contacts.upsert", 204, |client| client.contacts().upsert(
            contacts::Who {
                channel_id: "no such channel",
                ..eve()
            },
            &contacts::Change::default()
        ))
        .answered(404),
        call!("contacts.list", |client| client.contacts().list(&known(
            Platform::Line,
            By::Member {
                member_id: "M00001".to_owned()
            }
        ))),
        call!("identities.member_data", |client| client
            .contacts()
            .member_data(&Identities {
                platform: Platform::Line,
                channel_id: LINE_CLUB.to_owned(),
                ids: vec![
                    "U66a669e12ff66601c06e1dcd06e8f63c".to_owned(),
                    "U1535b48edaae6ea9bf7408e4d08b3d41".to_owned(),
                ],
            })),
        call!("customers.get", |client| client.customers().get(MEMBER_ID)),
        call!("customers.get", |client| client.customers().get("nobody")).answered(404),
        call!("customers.upsert", 204, |client| client
            .customers()
            .upsert(by_member(MEMBER_ID), &about_a_customer()))
        .variant("by_member_id"),
        call!("customers.upsert", 204, |client| client.customers().upsert(
            customers::Who::OmniCustomer {
                omni_customer_id: OMNI_CUSTOMER_ID
            },
            &about_a_customer()
        ))
        .variant("by_omni_customer_id"),
        call!("customers.get", |client| client.customers().get(MEMBER_ID)),
        call!("loyalty.adjust", 200, |client| client
            .customers()
            .adjust_points(&points(
                10,
                Holder::Phone("852912345678".to_owned())
            ))),
        call!("loyalty.adjust", 200, |client| client
            .customers()
            .adjust_points(&points(
                10,
                Holder::Email("john.doe@omnichat.ai".to_owned())
            ))),
        call!("loyalty.adjust", 200, |client| client
            .customers()
            .adjust_points(&points(
                -10,
                Holder::MemberId("123456".to_owned())
            ))),
        call!("loyalty.adjust", 200, |client| client
            .customers()
            .adjust_points(&points(
                10,
                Holder::MemberId("nobody".to_owned())
            )))
        .answered(404),
    ]
}

fn room() -> Room {
    Room::of(Platform::Whatsapp, ROOMS, NINA)
}

fn staff() -> Agent {
    Agent::email("agent001@example.com")
}

fn seller() -> Agent {
    Agent::employee("EM0001", "SHOP02")
}

fn rooms() -> Vec<Call<Client>> {
    vec![
        call!("rooms.assign_agent", 204, |client| client
            .rooms()
            .assign_agent(&room(), &staff())),
        call!("rooms.assign_agent", 204, |client| client
            .rooms()
            .assign_agent(&room(), &seller())),
        call!("rooms.unassign_agent", 204, |client| client
            .rooms()
            .unassign_agent(&room())),
        call!("rooms.assign_collaborator", 204, |client| client
            .rooms()
            .assign_collaborator(&room(), &staff())),
        // Now that somebody collaborates there, whoever sells has to come in first.
        call!("rooms.assign_agent", 204, |client| client
            .rooms()
            .assign_agent(&room(), &seller()))
        .answered(400),
        call!("rooms.assign_collaborator", 204, |client| client
            .rooms()
            .assign_collaborator(&room(), &seller())),
        call!("rooms.assign_agent", 204, |client| client
            .rooms()
            .assign_agent(&room(), &seller())),
        call!("rooms.unassign_collaborator", 204, |client| client
            .rooms()
            .unassign_collaborator(&room(), &staff())),
        call!("rooms.unassign_collaborator", 204, |client| client
            .rooms()
            .unassign_collaborator(&room(), &Agent::phone("+85200000000")))
        .answered(400),
        call!("rooms.unassign_agent", 204, |client| client
            .rooms()
            .unassign_agent(&Room::of(
                Platform::Whatsapp,
                "85299999999",
                NINA
            )))
        .answered(400),
    ]
}

fn product(name: &str) -> Product {
    Product {
        name: name.to_owned(),
        image: PICTURE.to_owned(),
        url: "https://example.com/product".to_owned(),
        button_label: "Buy".to_owned(),
        price: Some("$100".to_owned()),
    }
}

fn on_line(messages: Vec<Message>) -> Outgoing {
    Outgoing {
        tags: vec!["remarketing".to_owned()],
        ..Outgoing::line("remarketing-001", LINE_SHOP, CLEO, messages)
    }
}

fn with_fields() -> Outgoing {
    Outgoing {
        custom_attributes: vec![
            CustomAttribute::new("OPEN_API_ATTR_NAME", "Peter"),
            CustomAttribute::new("OPEN_API_ATTR_COUPON", "A-1"),
        ],
        ..on_line(vec![Message::block(BLOCK)])
    }
}

fn new_year(channel_id: &str, to: &str) -> Outgoing {
    let template = Template {
        language: Some(Language::from("en_US")),
        ..Template::new(
            "cny_campaign_2023",
            vec![
                Component::header(Parameter::Image {
                    image: File::at(PICTURE),
                }),
                Component::body(["Mr. Chan", "2023"]),
                Component::url_button(0, "cny"),
            ],
        )
    };
    Outgoing {
        employee_code: Some("EM0001".to_owned()),
        location_code: Some("SHOP02".to_owned()),
        track_transaction_link: Some(true),
        ..Outgoing::whatsapp("cny2023", channel_id, to, template)
    }
}

fn membership() -> Outgoing {
    let template = Template {
        language: Some(Language {
            code: "zh_HK".to_owned(),
            policy: Some("deterministic".to_owned()),
        }),
        ..Template::new(
            "membership_cs_kelvin",
            vec![
                Component::body(Vec::<String>::new()),
                Component::quick_reply(0, r#"{"action":null}"#),
            ],
        )
    };
    Outgoing {
        tags: vec!["222".to_owned()],
        ..Outgoing::whatsapp("22", MEMBERS, MONA, template)
    }
}

fn bubbles() -> Message {
    Message::LineFlexMessageTemplates {
        line_flex_message_templates: vec![
            FlexTemplate::new("id1", &[("key1", "one"), ("key2", "two")]),
            FlexTemplate::new("id2", &[("key3", "three")]),
        ],
    }
}

fn direct_messages() -> Vec<Call<Client>> {
    vec![
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&on_line(vec![
                Message::text("Hello"),
                Message::image(PICTURE)
            ]))),
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&on_line(vec![
                Message::Products {
                    products: vec![product("Shirt"), product("Hat")]
                },
                Message::text("Which one?"),
            ]))),
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&on_line(vec![Message::block(BLOCK)]))),
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&with_fields())),
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&on_line(vec![bubbles()]))),
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&membership())),
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&new_year(SHOP, GRACE))),
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&new_year(NO_ADVERTISING, GRACE)))
        .answered(500),
        call!("direct_messages.send", |client| client
            .direct_messages()
            .send(&new_year(SHOP, IVAN)))
        .answered(400),
    ]
}

fn sale(messages: Vec<Message>) -> Draft {
    Draft {
        subject: "Final Sales Promo".to_owned(),
        platform: Platform::Line,
        channel_id: LINE.to_owned(),
        to: vec![ADA.to_owned(), BEN.to_owned()],
        scheduled_at: None,
        tags: vec!["sales-2023".to_owned()],
        messages,
    }
}

fn update_for_all() -> Draft {
    let template = Template {
        namespace: Some("0f1e2d3c_4b5a_6978".to_owned()),
        ..Template::new("order_update", vec![Component::body(["Mr. Chan"])])
    };
    Draft {
        platform: Platform::Whatsapp,
        channel_id: SHOP.to_owned(),
        to: vec![GRACE.to_owned(), IVAN.to_owned()],
        ..sale(vec![template.into()])
    }
}

fn all_kinds() -> broadcasts::Selection {
    broadcasts::Selection {
        kinds: vec![Kind::Broadcast, Kind::OpenApi, Kind::ExternalIntegration],
        platform: Some(Platform::Line),
        channel_id: None,
        statuses: Vec::new(),
        paging: Paging::new(1, 10),
    }
}

fn broadcasts() -> Vec<Call<Client>> {
    vec![
        noted("broadcasts.create", |client, notes| {
            Box::pin(async move {
                let messages = vec![
                    Message::text("Final Sale Message 1"),
                    Message::text("Final Sale Message 2"),
                    Message::image(PICTURE),
                ];
                let created = client.broadcasts().create(&sale(messages)).await?;
                notes.broadcast = Some(created.content.broadcast_id.clone());
                said(Ok(created))
            })
        }),
        call!("broadcasts.create", |client| client.broadcasts().create(
            &sale(vec![
                Message::Products {
                    products: vec![product("Shirt")]
                },
                Message::text("Which one?"),
            ])
        )),
        call!("broadcasts.create", |client| client
            .broadcasts()
            .create(&sale(vec![Message::block(BLOCK)]))),
        call!("broadcasts.create", |client| client
            .broadcasts()
            .create(&update_for_all())),
        call!("broadcasts.create", |client| client.broadcasts().create(
            &Draft {
                scheduled_at: Some("2030-01-03T12:00:00".to_owned()),
                ..sale(vec![Message::text("Later")])
            }
        )),
        call!("broadcasts.list", |client| client
            .broadcasts()
            .list(&all_kinds())),
        call!("broadcasts.list", |client| client.broadcasts().list(
            &broadcasts::Selection {
                platform: None,
                channel_id: Some(LINE.to_owned()),
                statuses: vec![broadcasts::Status::Scheduled, broadcasts::Status::Completed],
                ..all_kinds()
            }
        )),
        call!("broadcasts.get", |client| client
            .broadcasts()
            .get(BROADCAST)),
        noted("broadcasts.get", |client, notes| {
            Box::pin(async move {
                let id = notes.broadcast.as_deref().unwrap_or(BROADCAST);
                said(client.broadcasts().get(id).await)
            })
        }),
        call!("broadcasts.get", |client| client
            .broadcasts()
            .get("no such broadcast"))
        .answered(404),
        call!("broadcasts.recipients", |client| client
            .broadcasts()
            .recipients(
                BROADCAST,
                &RecipientSelection {
                    paging: Paging::new(1, 10),
                    status: None,
                }
            )),
        call!("broadcasts.recipients", |client| client
            .broadcasts()
            .recipients(
                BROADCAST,
                &RecipientSelection {
                    paging: Paging::default(),
                    status: Some(RecipientStatus::NotDelivered),
                }
            )),
        call!("broadcasts.recipients", |client| client
            .broadcasts()
            .recipients(
                "no such broadcast",
                &RecipientSelection::default()
            ))
        .answered(404),
    ]
}

/// A message of Grace's, sent as Meta has it.
macro_rules! send {
    ($variant:literal, $outgoing:expr) => {
        call!("headless.messages.send", |client| client
            .headless(SHOP)
            .send(&$outgoing))
        .variant($variant)
    };
}

fn content(content: Content) -> Headless {
    Headless::new(GRACE, content)
}

fn file(name: &str) -> Media {
    Media::at(format!("https://example.com/{name}"))
}

fn simple() -> Vec<Call<Client>> {
    vec![
        noted("headless.messages.send", |client, notes| {
            Box::pin(async move {
                let accepted = client
                    .headless(SHOP)
                    .send(&Headless::text(GRACE, "Hello"))
                    .await?;
                notes.message = accepted.messages.first().map(|message| message.id.clone());
                said(Ok(accepted))
            })
        })
        .variant("text"),
        send!(
            "text_with_preview",
            content(Content::Text {
                text: Text {
                    body: "Please visit https://example.com to inspire your day!".to_owned(),
                    preview_url: true,
                }
            })
        ),
        noted("headless.messages.send", |client, notes| {
            Box::pin(async move {
                let earlier = notes.message.as_deref().unwrap_or(WAMID);
                let reply = Headless::text(GRACE, "Again").replying_to(earlier);
                said(client.headless(SHOP).send(&reply).await)
            })
        })
        .variant("reply"),
        noted("headless.messages.send", |client, notes| {
            Box::pin(async move {
                let reaction = Reaction {
                    message_id: notes.message.as_deref().unwrap_or(WAMID).to_owned(),
                    emoji: "👍".to_owned(),
                };
                let reaction = content(Content::Reaction { reaction });
                said(client.headless(SHOP).send(&reaction).await)
            })
        })
        .variant("reaction"),
        send!(
            "image",
            content(Content::Image {
                image: file("image.png")
            })
        ),
        send!(
            "audio",
            content(Content::Audio {
                audio: Source::Link("https://example.com/audio.mp4".to_owned())
            })
        ),
        send!(
            "video",
            content(Content::Video {
                video: Media {
                    caption: Some("Look".to_owned()),
                    ..file("video.mp4")
                }
            })
        ),
        send!(
            "document",
            content(Content::Document {
                document: Document {
                    media: file("doc.pdf"),
                    filename: Some("Invoice.pdf".to_owned()),
                }
            })
        ),
        send!(
            "sticker",
            content(Content::Sticker {
                sticker: Source::Id("2754859441498129".to_owned())
            })
        ),
        send!(
            "location",
            content(Content::Location {
                location: Location {
                    latitude: 22.3193,
                    longitude: 114.1694,
                    name: Some("Shop A".to_owned()),
                    address: Some("Hong Kong".to_owned()),
                }
            })
        ),
        send!(
            "contacts",
            content(Content::Contacts {
                contacts: vec![Contact {
                    name: Name {
                        formatted_name: "Henry".to_owned(),
                        first_name: Some("Henry".to_owned()),
                        ..Name::default()
                    },
                    phones: vec![Phone {
                        phone: Some("+85260000002".to_owned()),
                        kind: Some("WORK".to_owned()),
                        ..Phone::default()
                    }],
                    ..Contact::default()
                }]
            })
        ),
        // Taken on like any other; what becomes of it is told by webhook.
        send!("text", Headless::text(KIM, "Hello")),
        call!("headless.messages.send", |client| client
            .headless("85299999999")
            .send(&Headless::text(GRACE, "Hello")))
        .variant("text")
        .answered(404),
    ]
}

fn row(id: &str, title: &str, description: &str) -> Row {
    Row {
        id: id.to_owned(),
        title: title.to_owned(),
        description: Some(description.to_owned()),
    }
}

fn shops() -> List {
    let section = |title: &str, rows| Section {
        title: Some(title.to_owned()),
        rows,
    };
    List {
        button: "Shops".to_owned(),
        sections: vec![
            section("Island", vec![row("a", "Shop A", "Central")]),
            section("Kowloon", vec![row("b", "Shop B", "Mong Kok")]),
        ],
    }
}

fn things() -> Products {
    let section = |title: &str, item: &str| ProductSection {
        title: Some(title.to_owned()),
        product_items: vec![ProductItem {
            product_retailer_id: item.to_owned(),
        }],
    };
    Products {
        catalog_id: CATALOGUE.to_owned(),
        sections: vec![section("Shirts", "SKU-1"), section("Hats", "SKU-2")],
    }
}

fn to_tap(interactive: Interactive) -> Headless {
    Headless::interactive(GRACE, interactive)
}

fn buttons(titles: &[&str]) -> Headless {
    let buttons = titles.iter().map(|title| Button::reply(*title, *title));
    to_tap(Interactive::Button {
        header: None,
        body: Line::from("Shall we call you?"),
        footer: None,
        action: Buttons {
            buttons: buttons.collect(),
        },
    })
}

fn interactive() -> Vec<Call<Client>> {
    vec![
        send!(
            "list",
            to_tap(Interactive::List {
                header: Some(Header::text("Our shops")),
                body: Line::from("Which one is near?"),
                footer: Some(Line::from("Open every day")),
                action: shops(),
            })
        ),
        send!("reply_buttons", buttons(&["Yes", "No"])),
        send!(
            "single_product",
            to_tap(Interactive::Product {
                body: Some(Line::from("Again in stock")),
                footer: Some(Line::from("While it lasts")),
                action: OneProduct {
                    catalog_id: "367025965434465".to_owned(),
                    product_retailer_id: "SKU-1".to_owned(),
                },
            })
        ),
        send!(
            "multi_product",
            to_tap(Interactive::ProductList {
                header: Header::text("New"),
                body: Line::from("This season"),
                footer: Some(Line::from("While it lasts")),
                action: things(),
            })
        ),
        send!(
            "catalog",
            to_tap(Interactive::CatalogMessage {
                body: Line::from("All we have"),
                footer: Some(Line::from("Best grocery deals on WhatsApp!")),
                action: Catalog::CatalogMessage {
                    parameters: Some(Thumbnail {
                        thumbnail_product_retailer_id: Some("2lc20305pt".to_owned()),
                    }),
                },
            })
        ),
    ]
}

fn template(name: &str, components: Vec<Component>) -> Headless {
    Headless::template(GRACE, name, "en_US", components)
}

fn name_only() -> Component {
    Component::body(["Mr. Chan"])
}

fn templates() -> Vec<Call<Client>> {
    vec![
        send!("template_text", template("order_update", vec![name_only()])),
        send!(
            "template_media",
            template(
                "promo_with_image",
                vec![
                    Component::header(Parameter::Image {
                        image: File::at(PICTURE)
                    }),
                    name_only(),
                ]
            )
        ),
        send!(
            "template_quick_replies",
            template(
                "survey_two_buttons",
                vec![
                    name_only(),
                    Component::quick_reply(0, "aGlzIHRoaXMgaXMgY29v"),
                    Component::quick_reply(1, "9rwnB8RbYmPF5t2Mn09x4h"),
                ]
            )
        ),
        send!(
            "template_catalog",
            template(
                "catalog_promo",
                vec![
                    name_only(),
                    Component::Button {
                        sub_type: ButtonKind::Catalog,
                        index: 0,
                        parameters: vec![Parameter::Action {
                            action: Thumbnail {
                                thumbnail_product_retailer_id: Some("2lc20305pt".to_owned()),
                            },
                        }],
                    },
                ]
            )
        ),
        send!(
            "template_text",
            template("no_such_template", vec![name_only()])
        )
        .answered(404),
        send!(
            "template_text",
            template("order_update", vec![Component::body(["one", "two"])])
        )
        .answered(400),
    ]
}

/// Whoever is gone is gone, so this comes last.
fn farewells() -> Vec<Call<Client>> {
    vec![
        call!("contacts.delete", 204, |client| client
            .contacts()
            .delete(eve())),
        call!("contacts.delete", 204, |client| client
            .contacts()
            .delete(eve()))
        .answered(404),
        call!("customers.delete", 204, |client| client
            .customers()
            .delete("M001")),
        call!("customers.delete", 204, |client| client
            .customers()
            .delete("M001"))
        .answered(404),
    ]
}
