//! Every documented use of the client, in an order that works on the vendor's seed.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::campaigns;
use super::contacts::{Activity, Change, Draft, Fields, Selection, Source};
use super::filter::Filter;
use super::logs::Query;
use super::media::{Application, File};
use super::messages::{
    ButtonValues, Content, CtaUrl, Header, Interactive, Link, Media, Outgoing, Source as At,
    Template, TemplateHeader, TextHeader, Trail,
};
use super::obd::{Dialer, Request};
use super::phone_numbers::{self, Expand};
use super::recordings;
use super::search::{Condition, Cursor, Search, fields};
use super::templates::{
    self, Approval, Body, Button, Card, Category, Component, Footer, Reach, variables,
};
use super::users::{self, Answer, ContactType, Details};
use super::webhook::Notice;
use super::{ApiKey, Carrier, Client, Error, Hosts, Keys, ObdKeys, Reply, Success, Window};
use crate::adapters::meta::interactive::{Button as Tap, Buttons, List, Row, Section};
use crate::adapters::{Adapter, Call, Failure, Made, Understood};

/// The company's account and numbers at WhatsApp, with their Meta ids.
const WABA: &str = "178661612007157";
const NUMBER: &str = "87673432323365";
const NUMBER_BY_UUID: &str = "5fdaa860-b2b7-441b-a715-50f8f2f5f4cb";
const CAROUSEL_NUMBER: &str = "889618377570081";

/// Numbers that cannot send, each for another reason.
const WABA_NOT_APPROVED: &str = "900000000000301";
const WABA_DISABLED: &str = "900000000000302";
const DISABLED: &str = "900000000000303";
const NOT_ONBOARDED: &str = "204983902706432";
const NOT_CONNECTED: &str = "900000000000305";
const UNKNOWN: &str = "900000000000399";

/// A customer with an open window, their number as calls take it, where they wrote, and what they wrote last.
const ASHA: (&str, &str) = ("91", "9876543210");
const ASHA_BY_PHONE: &str = "+919876543210";
const CONVERSATION: &str = "dc595fd8-aaf3-4b97-97c1-311ba07d3e2e";
const HER_MESSAGE: &str = "d0f4b85e-45a9-4e13-9d9a-6273b8c113bf";

/// Contacts.
const CONTACT: &str = "67a1f59b1e0abbf2e03aa40b";
const NOBODY: &str = "67a1f59b1e0abbf2e03aa4ff";

/// Templates.
const TESTING: &str = "4c091d8f-07d6-474b-9e64-5d5545c0d4c3";
const DISPOSABLE: &str = "7a28af72-ef9b-4453-97ab-1e703ba43d07";
const NO_TEMPLATE: &str = "7a28af72-ef9b-4453-97ab-1e703ba43d08";

/// Files that were uploaded.
const PICTURE: &str = "59bee5d7-36bf-4cf8-acf2-9b9b4ba8abb2";
const FIRST_CARD: &str = "11261934-b637-469f-9e03-dec340bcb336";
const SECOND_CARD: &str = "0b091788-8f67-4fd5-8afa-88d19be7156d";
const OFFER: &str = "3584c407-0f36-44b4-8eea-5b19da63eb31";

/// Campaigns of calls: the agent first, a machine, and one that leads nowhere.
const AGENT_FIRST: &str = "6981d1c6c99f8650";
const IVR: &str = "6866272fd92b9926";
const NO_ROUTE: &str = "670f929754220000";

/// Who answers.
const AGENT: &str = "68baab1d30e05351";
const AGENT_BY_PHONE: &str = "+919000009736";

/// A recording.
const RECORDING: &str = "4awerwf234353tgr123.mp3";

/// What one call leaves for the next.
#[derive(Debug, Default)]
pub struct Notes {
    template: Option<String>,
    media: Option<String>,
    message: Option<String>,
    tracked: Option<String>,
    failing: Option<String>,
    contact: Option<String>,
    user: Option<String>,
    cursor: Cursor,
    recording: Option<String>,
}

impl Adapter for Client {
    const VENDOR: &'static str = "myoperator";

    type Notes = Notes;

    fn connect(base_url: &str, variables: &[(String, String)]) -> Result<Self, String> {
        let variable = |wanted: &str| {
            let found = variables.iter().find(|(name, _)| name == wanted);
            let found = found.map(|(_, value)| value.clone());
            found.ok_or_else(|| format!("there is no {wanted}"))
        };
        let company_id = variable("companyid")?;
        let keys = Keys {
            public_api: Some(ApiKey::new(&variable("apikey")?, &company_id)),
            obd: Some(ObdKeys {
                gateway_key: variable("x-api-key")?,
                company_id,
                secret_token: variable("secret_token")?,
            }),
            token: Some(variable("token")?),
        };
        Self::new(&Hosts::at(base_url), &keys).map_err(|error| error.to_string())
    }

    fn calls() -> Vec<Call<Self>> {
        let mut calls = templates();
        calls.extend(campaigns());
        calls.extend(messages());
        calls.extend(refused_messages());
        calls.extend(contacts());
        calls.extend(obd());
        calls.extend(users());
        calls.extend(logs());
        calls
    }

    fn hear(_: &str, media_type: &str, body: &[u8]) -> Result<Value, String> {
        let notice = Notice::read(media_type, body).map_err(|error| error.to_string())?;
        serde_json::to_value(notice).map_err(|error| error.to_string())
    }

    fn happenings(notes: &Notes) -> Vec<Value> {
        let writes = |from: &str, says: Value| json!({"happening": "customer_writes", "from": from, "name": "Kavya", "says": says});
        vec![
            writes(
                "919000000777",
                json!({"type": "text", "body": "Hello, I am new here."}),
            ),
            writes(
                "919876543210",
                json!({"type": "image", "caption": "This one"}),
            ),
            json!({"happening": "message_read", "message": notes.message}),
            json!({"happening": "message_read", "message": notes.tracked}),
            json!({"happening": "link_clicked", "message": notes.tracked}),
            json!({"happening": "message_failed", "message": notes.failing, "code": "130472"}),
            json!({"happening": "conversation_assigned", "conversation": CONVERSATION, "agent": AGENT}),
            json!({"happening": "conversation_closed", "conversation": CONVERSATION}),
            json!({"happening": "incoming_call", "from": ASHA_BY_PHONE, "filed_as": ["Support", "Call back"]}),
        ]
    }
}

/// What was understood of an answer of the public API.
fn told<T: Serialize>(answer: Result<Reply<T>, Error>) -> Result<Understood, Failure> {
    let reply = answer?;
    understood(reply.http_status, &reply)
}

/// What was understood of an answer of another server, which says yes with 200 only.
fn said<T: Serialize>(answer: Result<T, Error>) -> Result<Understood, Failure> {
    understood(200, &answer?)
}

fn understood(status: u16, answer: &impl Serialize) -> Result<Understood, Failure> {
    let value = serde_json::to_value(answer);
    Ok(Understood {
        status,
        made: Made::Json(value.map_err(|error| Failure::Unintelligible(error.to_string()))?),
    })
}

/// A call of an operation, and how its answer is understood.
macro_rules! call {
    ($operation:literal, $understood:ident, |$client:ident| $asked:expr) => {
        Call::new($operation, |$client: &Client, _| {
            Box::pin(async move { $understood($asked.await) })
        })
    };
    ($operation:literal, $understood:ident, |$client:ident, $notes:ident| $asked:expr) => {
        Call::new($operation, |$client: &Client, $notes: &mut Notes| {
            Box::pin(async move {
                let asked = async move { $asked };
                $understood(asked.await)
            })
        })
    };
}

/// The same, for messages of one variant.
macro_rules! message {
    ($variant:literal, $message:expr) => {
        call!("messages.send", told, |client| client
            .messages()
            .send(&$message))
        .variant($variant)
    };
}

fn sale(name: &str) -> templates::Draft {
    let components = vec![
        Component::header("{{month}} Sale Offer", &[("month", "June")]),
        Component::body(
            "Hi {{name}}, Shop before sale end this month.",
            &[("name", "Asha Verma")],
        ),
        Component::footer("Team Mock Traders"),
    ];
    templates::Draft {
        kind: Some("template".to_owned()),
        ..templates::Draft::english(name, Category::Marketing, WABA, components)
    }
}

fn buttons_of_all_kinds() -> templates::Draft {
    let buttons = vec![
        Button::Url {
            format: Reach::Static,
            text: "Shop Now".to_owned(),
            index: 0,
            url: "https://www.example.com/shop/".to_owned(),
            example: None,
        },
        Button::PhoneNumber {
            text: "Call Us".to_owned(),
            index: 1,
            phone_number: "911234567890".to_owned(),
        },
        Button::QuickReply {
            index: 2,
            text: "Unsubscribe from All".to_owned(),
        },
    ];
    let components = vec![
        Component::media(PICTURE),
        Component::body(
            "Hi {{name}}, Thanks for contacting us.",
            &[("name", "Asha Verma")],
        ),
        Component::Buttons { buttons },
    ];
    templates::Draft::english("sale_with_buttons", Category::Marketing, WABA, components)
}

fn verification() -> templates::Draft {
    let code = Button::Otp {
        text: "Copy Code".to_owned(),
        index: 0,
        otp_type: "copy_code".to_owned(),
    };
    let components = vec![
        Component::Body(Body {
            format: None,
            text: "*{{otp}}* is your verification code.".to_owned(),
            add_security_recommendation: Some(true),
            example: Some(variables(&[("otp", "123456")])),
        }),
        Component::Footer(Footer {
            format: None,
            text: "This code expires in 5 minutes.".to_owned(),
            code_expiration_minutes: Some(5),
        }),
        Component::Buttons {
            buttons: vec![code],
        },
    ];
    templates::Draft::english(
        "verification_copy_code",
        Category::Authentication,
        WABA,
        components,
    )
}

fn shop_button() -> Button {
    Button::Url {
        format: Reach::Dynamic,
        text: "Shop Now".to_owned(),
        index: 0,
        url: "https://www.example.com/{{var1}}".to_owned(),
        example: Some(variables(&[("var1", "shop")])),
    }
}

fn dynamic_address() -> templates::Draft {
    let components = vec![
        Component::body(
            "Hi {{name}}, Thanks for contacting us.",
            &[("name", "Asha Verma")],
        ),
        Component::Buttons {
            buttons: vec![shop_button()],
        },
    ];
    templates::Draft::english("sale_with_address", Category::Marketing, WABA, components)
}

fn carousel() -> templates::Draft {
    let card = |index: u32, media_id: &str, name: &str| {
        let call = Button::PhoneNumber {
            text: "Call Us".to_owned(),
            index: 1,
            phone_number: "911234567890".to_owned(),
        };
        Card {
            index,
            components: vec![
                Component::media(media_id),
                Component::body("Our {{name}} for sale!", &[("name", name)]),
                Component::Buttons {
                    buttons: vec![shop_button(), call],
                },
            ],
        }
    };
    // The numbers of documented cards have a gap, too.
    let cards = vec![
        card(0, FIRST_CARD, "Succulents"),
        card(2, SECOND_CARD, "Roses"),
    ];
    let components = vec![
        Component::body("This is only for the testing purpose", &[]),
        Component::Carousel { cards },
    ];
    templates::Draft::english("plants_carousel", Category::Marketing, WABA, components)
}

fn nowhere() -> templates::Draft {
    templates::Draft {
        waba_id: "178661612007199".to_owned(),
        ..sale("june_sales_1")
    }
}

fn templates() -> Vec<Call<Client>> {
    vec![
        call!("templates.create", told, |client, notes| {
            let created = client.templates().create(&sale("june_sales_1")).await?;
            notes.template = Some(created.data.id.clone());
            Ok(created)
        })
        .answered(201),
        call!("templates.create", told, |client| client
            .templates()
            .create(&buttons_of_all_kinds()))
        .answered(201),
        call!("templates.create", told, |client| client
            .templates()
            .create(&verification()))
        .answered(201),
        call!("templates.create", told, |client| client
            .templates()
            .create(&dynamic_address()))
        .answered(201),
        call!("templates.create", told, |client| client
            .templates()
            .create(&carousel()))
        .answered(201),
        call!("templates.create", told, |client| client
            .templates()
            .create(&nowhere()))
        .answered(404),
        call!("templates.list", told, |client| client.templates().list(
            &templates::Selection {
                waba_id: Some(WABA.to_owned()),
                waba_template_status: vec![Approval::Approved],
                category: vec![Category::Marketing, Category::Utility],
                window: Window::of(10),
                ..templates::Selection::default()
            }
        ))
        .variant("list"),
        call!("templates.list", told, |client| client.templates().list(
            &templates::Selection {
                name: Some("testing_template_36784".to_owned()),
                ..templates::Selection::default()
            }
        ))
        .variant("by_name"),
        call!("templates.get", told, |client| client
            .templates()
            .get(TESTING)),
        call!("templates.get", told, |client, notes| {
            let created = notes.template.as_deref().unwrap_or(TESTING);
            client.templates().get(created).await
        }),
        call!("templates.get", told, |client| client
            .templates()
            .get(NO_TEMPLATE))
        .answered(404),
        call!("templates.delete", told, |client| client
            .templates()
            .delete(DISPOSABLE)),
        call!("templates.delete", told, |client| client
            .templates()
            .delete(DISPOSABLE))
        .answered(404),
    ]
}

fn campaigns() -> Vec<Call<Client>> {
    vec![
        call!("campaigns.list", told, |client| client.campaigns().list(
            NUMBER,
            &campaigns::Selection {
                search: Some("june_18".to_owned()),
                status: Some(campaigns::Stage::Completed),
                ordering: Some(campaigns::Ordering::NewestShort),
                created_at_after: Some("2025-07-10T09:00:00Z".to_owned()),
                created_at_before: Some("2025-07-10T10:00:00Z".to_owned()),
                window: Window::of(10),
            }
        )),
        call!("campaigns.list", told, |client| client
            .campaigns()
            .list(NUMBER, &campaigns::Selection::default())),
        // Completed, still scheduled, scheduled with addresses, running, failed and cancelled.
        call!("campaigns.get", told, |client| client
            .campaigns()
            .get(NUMBER, 1009)),
        call!("campaigns.get", told, |client| client
            .campaigns()
            .get(NUMBER, 1010)),
        call!("campaigns.get", told, |client| client
            .campaigns()
            .get(NUMBER, 1011)),
        call!("campaigns.get", told, |client| client
            .campaigns()
            .get(NUMBER, 1012)),
        call!("campaigns.get", told, |client| client
            .campaigns()
            .get(NUMBER, 1013)),
        call!("campaigns.get", told, |client| client
            .campaigns()
            .get(NUMBER, 1014)),
        call!("campaigns.get", told, |client| client
            .campaigns()
            .get(NUMBER, 9359))
        .answered(404),
        call!("phonenumbers.list", told, |client| client
            .phone_numbers()
            .list(&phone_numbers::Selection::default())),
        call!("phonenumbers.list", told, |client| client
            .phone_numbers()
            .list(&phone_numbers::Selection {
                waba_id: Some(WABA.to_owned()),
                expand: vec![Expand::Settings, Expand::Profile, Expand::WabaAccount],
                window: Window::of(10),
            })),
    ]
}

fn picture(name: &str, media_type: &str) -> File {
    File {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        bytes: Bytes::from_static(b"\x89PNG\r\n\x1a\n"),
    }
}

fn media(name: &str, mime_type: &str, kind: fn(Media) -> Content) -> Outgoing {
    let media = Media {
        link: format!("https://example.com/{name}"),
        filename: Some(name.to_owned()),
        caption: Some("As you asked".to_owned()),
        mime_type: Some(mime_type.to_owned()),
    };
    Outgoing::new(NUMBER, ASHA, kind(media))
}

fn template(template: Template) -> Outgoing {
    Outgoing {
        trail: Some(Trail::default()),
        ..Outgoing::new(NUMBER, ASHA, Content::Template(template))
    }
}

fn start_chat(header: Option<TemplateHeader>) -> Outgoing {
    template(Template {
        template_name: "start_chat".to_owned(),
        language: Some("en".to_owned()),
        header,
        body: Some(variables(&[("customer_name", "Asha")])),
        ..Template::default()
    })
}

fn plain_template() -> Outgoing {
    let mut message = template(Template {
        template_name: "start_chat".to_owned(),
        language: Some("en".to_owned()),
        ..Template::default()
    });
    message.data.language = Some("en".to_owned());
    message
}

fn carousel_template() -> Outgoing {
    let message = template(Template {
        template_name: "crousel_template_1".to_owned(),
        body: Some(variables(&[])),
        ..Template::default()
    });
    Outgoing {
        phone_number_id: CAROUSEL_NUMBER.to_owned(),
        ..message
    }
}

fn dynamic_template() -> Outgoing {
    let values = |index, price| ButtonValues {
        index,
        values: variables(&[("var1", price)]),
    };
    let message = template(Template {
        template_name: "dynamic_url_template".to_owned(),
        language: Some("en".to_owned()),
        body: Some(variables(&[("var_1", "June"), ("var_2", "Asha")])),
        buttons: vec![values(0, "usa-price"), values(1, "india-price")],
        ..Template::default()
    });
    Outgoing {
        phone_number_id: NUMBER_BY_UUID.to_owned(),
        ..message.answering("")
    }
}

fn code() -> Outgoing {
    let otp = variables(&[("otp", "123456")]);
    template(Template {
        template_name: "auth_temp".to_owned(),
        body: Some(otp.clone()),
        buttons: vec![ButtonValues {
            index: 0,
            values: otp,
        }],
        ..Template::default()
    })
}

fn tappable(interactive: Interactive) -> Outgoing {
    Outgoing::new(NUMBER, ASHA, Content::Interactive(interactive))
}

fn buttons(header: Option<Header>) -> Outgoing {
    tappable(Interactive::Button {
        header,
        body: "Are you coming?".into(),
        footer: Some("Mock Traders".into()),
        action: Buttons {
            buttons: vec![Tap::reply("yes", "Yes"), Tap::reply("no", "No")],
        },
    })
}

fn at_link(link: &str, mime_type: &str, filename: Option<&str>) -> At {
    At::Link {
        link: link.to_owned(),
        mime_type: mime_type.to_owned(),
        filename: filename.map(str::to_owned),
    }
}

fn list() -> Outgoing {
    let row = |id: &str, title: &str| Row {
        id: id.to_owned(),
        title: title.to_owned(),
        description: Some("In every colour".to_owned()),
    };
    let section = |title: &str, rows| Section {
        title: Some(title.to_owned()),
        rows,
    };
    tappable(Interactive::List {
        header: Some(TextHeader {
            text: "Our shop".to_owned(),
        }),
        body: "What are you looking for?".into(),
        footer: Some("Mock Traders".into()),
        action: List {
            button: "Look".to_owned(),
            sections: vec![
                section("Clothes", vec![row("1", "Shirts"), row("2", "Skirts")]),
                section("Plants", vec![row("3", "Roses")]),
            ],
        },
    })
}

fn cta_url(header: Option<Header>) -> Outgoing {
    tappable(Interactive::CtaUrl {
        header,
        body: "Our shop is open".into(),
        footer: None,
        action: CtaUrl {
            parameters: Link {
                display_text: "Shop Now".to_owned(),
                url: "https://www.example.com/shop".to_owned(),
            },
        },
    })
}

fn at_url() -> At {
    At::Url {
        media_url: "https://example.com/shop.jpg".to_owned(),
    }
}

fn messages() -> Vec<Call<Client>> {
    vec![
        call!("media.upload", told, |client, notes| {
            let file = picture("picture.png", "image/png");
            let uploaded = client.media().upload(file, Application::Template).await?;
            notes.media = Some(uploaded.data.media_id.clone());
            Ok(uploaded)
        })
        .answered(201),
        call!("media.upload", told, |client| client.media().upload(
            picture("archive.zip", "application/zip"),
            Application::Messaging
        ))
        .answered(400),
        call!("messages.send", told, |client, notes| {
            let hello = Outgoing::text(NUMBER, ASHA, "Hi Asha!, How are you?");
            let sent = client.messages().send(&hello).await?;
            notes.message = Some(sent.data.message_id.clone());
            Ok(sent)
        })
        .variant("text"),
        message!(
            "text",
            Outgoing::text(NUMBER_BY_UUID, ASHA, "How can I help you?")
                .answering(HER_MESSAGE)
                .known_as("TS001")
        ),
        call!("messages.send", told, |client, notes| {
            let before = notes.message.as_deref().unwrap_or(HER_MESSAGE);
            let again = Outgoing::text(NUMBER, ASHA, "Still there?").answering(before);
            client.messages().send(&again).await
        })
        .variant("text"),
        message!("media", media("file.jpg", "image/jpeg", Content::Image)),
        message!("media", media("file.mp3", "audio/mpeg", Content::Audio)),
        message!("media", media("file.mp4", "video/mp4", Content::Video)),
        message!(
            "media",
            media("file.pdf", "application/pdf", Content::Document)
        ),
        message!("template", plain_template()),
        message!("template", start_chat(None)),
        message!(
            "template",
            start_chat(Some(TemplateHeader::MediaId {
                media_id: OFFER.to_owned()
            }))
        ),
        message!(
            "template",
            start_chat(Some(TemplateHeader::MediaUrl {
                media_url: "https://example.com/file.jpg".to_owned()
            }))
        ),
        message!(
            "template",
            start_chat(Some(TemplateHeader::Text(variables(&[(
                "sale_month",
                "June"
            )]))))
        ),
        message!("template", carousel_template()),
        call!("messages.send", told, |client, notes| {
            let sent = client.messages().send(&dynamic_template()).await?;
            notes.tracked = Some(sent.data.message_id.clone());
            Ok(sent)
        })
        .variant("template"),
        message!("template", code()),
        message!("button", buttons(Some(Header::text("An invitation")))),
        call!("messages.send", told, |client, notes| {
            let media_id = notes.media.as_deref().unwrap_or(PICTURE);
            let message = buttons(Some(Header::Image(At::id(media_id))));
            client.messages().send(&message).await
        })
        .variant("button"),
        message!(
            "button",
            buttons(Some(Header::Document(at_link(
                "https://example.com/plan.pdf",
                "application/pdf",
                Some("plan.pdf")
            ))))
        ),
        message!(
            "button",
            buttons(Some(Header::Video(at_link(
                "https://example.com/plan.mp4",
                "video/mp4",
                None
            ))))
        ),
        call!("messages.send", told, |client, notes| {
            let sent = client.messages().send(&list()).await?;
            notes.failing = Some(sent.data.message_id.clone());
            Ok(sent)
        })
        .variant("list"),
        message!("cta_url", cta_url(Some(Header::text("Sale")))),
        message!("cta_url", cta_url(Some(Header::Image(At::id(PICTURE))))),
        message!("cta_url", cta_url(Some(Header::Image(at_url())))),
    ]
}

fn from(phone_number_id: &str) -> Outgoing {
    Outgoing::text(phone_number_id, ASHA, "Is anybody there?")
}

fn refused_messages() -> Vec<Call<Client>> {
    vec![
        message!("text", from(WABA_NOT_APPROVED)).answered(400),
        message!("text", from(WABA_DISABLED)).answered(400),
        message!("text", from(DISABLED)).answered(400),
        message!("text", from(NOT_ONBOARDED)).answered(400),
        message!("text", from(NOT_CONNECTED)).answered(400),
        message!("text", from(UNKNOWN)).answered(400),
        message!(
            "template",
            template(Template {
                template_name: "somebody_elses".to_owned(),
                ..Template::default()
            })
        )
        .answered(400),
    ]
}

fn dev() -> Draft {
    Draft {
        name: "Dev Rao".to_owned(),
        country_code: "+91".to_owned(),
        phone_number: "9000000660".to_owned(),
        email_id: Some("dev@example.com".to_owned()),
        marketing_opt_in: Some(true),
        custom_fields: None,
    }
}

fn with_fields() -> Draft {
    let skills: &[&str] = &["python", "php", "mysql"];
    let fields = [
        ("company_name", "Mock Traders".into()),
        ("address", "New Delhi, 110006, India".into()),
        ("secondary_number", "9815516001".into()),
        ("gender", "male".into()),
        ("multi_select", skills.into()),
        ("date", "2023-01-01".into()),
        ("date_time", "2023-01-01T20:11:11Z".into()),
        ("switch", true.into()),
    ];
    let fields: Fields = fields
        .into_iter()
        .map(|(id, value)| (id.to_owned(), value))
        .collect();
    Draft {
        name: "Meena Rao".to_owned(),
        phone_number: "9000000661".to_owned(),
        custom_fields: Some(fields),
        ..dev()
    }
}

fn renamed() -> Change {
    Change {
        name: Some("Asha Kumari Verma".to_owned()),
        email_id: Some("asha@example.com".to_owned()),
        ..Change::default()
    }
}

fn moved() -> Change {
    let text = ("text".to_owned(), "Mock Traders".into());
    Change {
        custom_fields: Some(Fields::from([text])),
        ..renamed()
    }
}

/// A search in which no field is compared twice.
fn search(conditions: impl IntoIterator<Item = Condition>) -> Result<Search, Error> {
    Search::new(conditions).map_err(|twice| Error::Setup(twice.to_string()))
}

fn contacts() -> Vec<Call<Client>> {
    vec![
        call!("contacts.create", told, |client, notes| {
            let created = client.contacts().create(&dev()).await?;
            notes.contact = Some(created.data.id.clone());
            Ok(created)
        })
        .variant("plain"),
        call!("contacts.create", told, |client| client
            .contacts()
            .create(&with_fields()))
        .variant("custom_fields"),
        call!("contacts.create", told, |client| client
            .contacts()
            .create(&dev()))
        .variant("plain")
        .answered(400),
        call!("contacts.search", told, |client, notes| {
            let everywhere = [
                Source::ManualEntry,
                Source::WabaCampaigns,
                Source::WabaMessage,
                Source::Imported,
                Source::PublicApi,
            ];
            let search = search([fields::source().is_any_of(everywhere)])?;
            let found = client.contacts().search(&search, &Cursor::Start).await?;
            notes.cursor = found.data.following().unwrap_or_default();
            Ok(found)
        }),
        call!("contacts.search", told, |client, notes| {
            let search = search([
                fields::source().is_not(Source::WabaMessage),
                fields::status().is_not(Activity::Inactive),
                fields::name().is_set(),
                fields::created().range("2025-01-01", "2026-12-31"),
            ])?;
            client.contacts().search(&search, &notes.cursor).await
        }),
        call!("contacts.list", told, |client| client.contacts().list(
            &Selection {
                window: Window::of(5),
                ..Selection::default()
            }
        ))
        .variant("list"),
        call!("contacts.list", told, |client| client.contacts().list(
            &Selection {
                with_custom_fields: true,
                window: Window::of(5),
                ..Selection::default()
            }
        ))
        .variant("with_custom_fields"),
        call!("contacts.list", told, |client| client.contacts().list(
            &Selection {
                country_code: Some("91".to_owned()),
                phone_number: Some("919876543210".to_owned()),
                ..Selection::default()
            }
        ))
        .variant("by_phone"),
        call!("contacts.get", told, |client| client
            .contacts()
            .get(CONTACT, true)),
        call!("contacts.get", told, |client, notes| {
            let created = notes.contact.as_deref().unwrap_or(CONTACT);
            client.contacts().get(created, false).await
        }),
        call!("contacts.get", told, |client| client
            .contacts()
            .get(NOBODY, false))
        .answered(404),
        call!("contacts.update_by_id", told, |client| client
            .contacts()
            .update(CONTACT, &moved())),
        call!("contacts.update_by_id", told, |client| client
            .contacts()
            .update(NOBODY, &renamed()))
        .answered(404),
        call!("contacts.update_by_phone", told, |client| client
            .contacts()
            .update_by_phone("919876543210", &moved())),
        call!("contacts.update_by_phone", told, |client| client
            .contacts()
            .update_by_phone("919000000999", &renamed()))
        .answered(404),
        call!("contacts.delete", told, |client, notes| {
            let created = notes.contact.as_deref().unwrap_or(CONTACT);
            client.contacts().delete(created).await
        }),
        call!("contacts.delete", told, |client, notes| {
            let created = notes.contact.as_deref().unwrap_or(CONTACT);
            client.contacts().delete(created).await
        })
        .answered(404),
    ]
}

fn user_dialer() -> Request {
    let user_id = AGENT.to_owned();
    Request {
        std_code: Some("11".to_owned()),
        max_call_duration: Some(300),
        call_hold: Some(true),
        ..Request::new(Dialer::User { user_id }, ASHA_BY_PHONE, AGENT_FIRST)
    }
}

fn anonymous_dialer() -> Request {
    let number_2 = AGENT_BY_PHONE.to_owned();
    Request::new(Dialer::Anonymous { number_2 }, ASHA_BY_PHONE, AGENT_FIRST)
}

fn obd() -> Vec<Call<Client>> {
    vec![
        call!("calls.obd", said, |client| client.obd().place(
            &user_dialer().known_as("order-1004").telling("1", "value")
        ))
        .variant("user"),
        call!("calls.obd", said, |client| client.obd().place(&Request {
            call_hold: Some(false),
            ..user_dialer()
        }))
        .variant("user"),
        call!("calls.obd", said, |client| client
            .obd()
            .place(&anonymous_dialer().known_as("order-1005")))
        .variant("anonymous"),
        call!("calls.obd", said, |client| client
            .obd()
            .place(&Request::new(Dialer::Ivr, ASHA_BY_PHONE, IVR)))
        .variant("ivr"),
        call!("calls.obd", said, |client| client
            .obd()
            .place(&user_dialer().known_as("seed-ref-1")))
        .variant("user")
        .answered(403),
        call!("calls.obd", said, |client| client
            .obd()
            .place(&Request::new(Dialer::Ivr, ASHA_BY_PHONE, NO_ROUTE)))
        .variant("ivr")
        .answered(404),
    ]
}

fn meera(extension: u8, contact_number: &str) -> users::Draft {
    users::Draft {
        name: "Meera Nair".to_owned(),
        contact_number: contact_number.to_owned(),
        country_code: "91".to_owned(),
        extension,
        more: Details {
            email: Some("meera@example.com".to_owned()),
            panel_access: Some(Answer::Yes),
            receive_calls: Some(Answer::Yes),
            contact_type: Some(ContactType::Mobile),
            ..Details::default()
        },
    }
}

fn with_two_numbers() -> users::Draft {
    let mut user = meera(42, "9000000712");
    user.more.alternate_contact_number = Some("9000000713".to_owned());
    user.more.alternate_cc = Some("91".to_owned());
    user
}

fn resting() -> users::Change {
    users::Change {
        more: Details {
            receive_calls: Some(Answer::No),
            ..Details::default()
        },
        ..users::Change::default()
    }
}

fn users() -> Vec<Call<Client>> {
    vec![
        call!("users.create", said, |client, notes| {
            let added = client.users().create(&meera(41, "9000000711")).await?;
            notes.user = Some(added.uuid.clone());
            Ok(added)
        }),
        call!("users.create", said, |client, _notes| {
            let client = client.clone().carrying_in(Carrier::Json);
            client.users().create(&with_two_numbers()).await
        }),
        call!("users.create", said, |client| client
            .users()
            .create(&meera(41, "9000000714")))
        .answered(400),
        call!("users.list", said, |client| client.users().list(
            &users::Selection {
                page: Some(1),
                page_size: Some(20),
                ..users::Selection::with("Anonymous")
            }
        )),
        call!("users.list", said, |client| client
            .users()
            .list(&users::Selection::all())),
        call!("users.update", said, |client, notes| {
            let added = notes.user.as_deref().unwrap_or(AGENT);
            let client = client.clone().carrying_in(Carrier::Form);
            client.users().update(added, &resting()).await
        }),
        call!("users.update", said, |client| client
            .users()
            .update("0000000000000000", &resting()))
        .answered(400),
    ]
}

impl Client {
    /// An address of a recording that is no good any more.
    fn stale_recording(&self) -> String {
        let path = ["recordings", "files", RECORDING];
        let query = [("expires", "1700000000"), ("sig", "00")];
        self.developers.at(&path, &query).to_string()
    }
}

fn connected() -> Query {
    let either = Filter::Incoming | Filter::Call;
    Query {
        log_from: Some(0),
        page_size: Some(20),
        filters: Some(Filter::Connected & either),
        ..Query::default()
    }
}

/// A recording, fetched from its address.
async fn recording(client: &Client, url: String) -> Result<Understood, Failure> {
    let link = recordings::Link {
        status: Success::Success,
        code: None,
        url,
    };
    Ok(Understood {
        status: 200,
        made: Made::Bytes(client.recordings().fetch(&link).await?),
    })
}

fn logs() -> Vec<Call<Client>> {
    vec![
        call!("logs.search", said, |client| client
            .logs()
            .search(&connected())),
        call!("logs.search", said, |client, _notes| {
            let client = client.clone().carrying_in(Carrier::Form);
            client.logs().search(&Query::default()).await
        }),
        call!("logs.search", said, |client, _notes| {
            let client = client.clone().carrying_in(Carrier::Json);
            let query = Query {
                from: Some(1_776_600_000),
                to: Some(1_776_800_000),
                search_key: Some("9876543210".to_owned()),
                ..Query::default()
            };
            client.without_prefix().logs().search(&query).await
        }),
        call!("logs.filters", said, |client| client.logs().filters()),
        call!("recordings.link", said, |client, notes| {
            let link = client.recordings().link(RECORDING).await?;
            notes.recording = Some(link.url.clone());
            Ok(link)
        }),
        Call::new("recordings.file", |client: &Client, notes: &mut Notes| {
            let url = notes.recording.clone();
            let url = url.unwrap_or_else(|| client.stale_recording());
            Box::pin(recording(client, url))
        }),
        Call::new("recordings.file", |client: &Client, _: &mut Notes| {
            Box::pin(recording(client, client.stale_recording()))
        })
        .answered(403),
        call!("recordings.link", said, |client| client
            .recordings()
            .link("unknown.mp3"))
        .answered(404),
    ]
}
