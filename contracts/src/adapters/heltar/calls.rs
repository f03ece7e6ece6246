//! Every documented use of the client, in an order that works on the vendor's seed.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::attributes::{DataType, Definition};
use super::campaigns::{self, Recipient};
use super::clients::Row;
use super::interactive::{
    AddressMessage, Button, Buttons, CatalogMessage, CtaUrl, Header, Known, Link, List, Product,
    ProductItem, ProductSection, Products, Row as ListRow, Section, SendLocation,
};
use super::messages::{
    Batch, Contact, Content, Integration, Location, Media, MediaType, Name, Outcome, Outgoing,
    Page, Phone, Prepared, Template,
};
use super::templates::{Component, File, Parameter};
use super::webhook::Envelope;
use super::webhooks::Registration;
use super::{Client, Error};
use crate::adapters::wire::NOTHING;
use crate::adapters::{Adapter, Call, Failure, Made, Perform, Understood};

/// Two clients whose windows are open on the seed, and one whose window is closed.
const ARJUN: &str = "919000005883";
const VIKESH: &str = "919000003228";
const DEEPAK: &str = "919000009934";

/// The message that Arjun wrote before the seed's day.
const HELLO: &str = "4016ce29-2b58-42d7-bd8c-9eb6f79b4eb5";
const HELLO_WAMID: &str = "wamid.HBgMOTE5MDAwMDA1ODgzFQIAEhgUM0EwRTZDNEQ5QjM3QTFGNTIxQzQA";

/// Files of the documentation.
const STORAGE: &str = "https://heltar-chat-s3.s3.ap-south-1.amazonaws.com";
const PICTURE: &str =
    "https://heltar-chat-s3.s3.ap-south-1.amazonaws.com/OaNxhpEUoSjygeUcIkXnQhc.png";

/// The catalogue of the seed.
const CATALOGUE: &str = "814058780189616";
const PRODUCT: &str = "e45t8zw138";

/// What the vendor made up and later calls need.
#[derive(Debug, Default)]
pub struct Notes {
    prepared: Option<Prepared>,
}

impl Adapter for Client {
    const VENDOR: &'static str = "heltar";

    type Notes = Notes;

    fn connect(base_url: &str, variables: &[(String, String)]) -> Result<Self, String> {
        let key = variables.iter().find(|(name, _)| name == "apiKey");
        let (_, key) = key.ok_or("the collection has no variable apiKey")?;
        Self::new(base_url, key).map_err(|error| error.to_string())
    }

    fn calls() -> Vec<Call<Self>> {
        let mut calls = people();
        calls.extend(attributes());
        calls.extend(files());
        calls.extend(free_form());
        calls.extend(interactive());
        calls.extend(templates());
        calls.extend(mixed());
        calls.extend(afterwards());
        calls
    }

    fn hear(_: &str, _: &str, body: &[u8]) -> Result<Value, String> {
        let envelope = Envelope::read(body).map_err(|error| error.to_string())?;
        let value = serde_json::to_value(&envelope).map_err(|error| error.to_string())?;
        envelope.events().map_err(|error| error.to_string())?;
        Ok(value)
    }

    fn happenings(_: &Self::Notes) -> Vec<Value> {
        let says = [
            json!({"type": "text", "body": "Namaste"}),
            json!({"type": "button", "text": "Book a tour"}),
            json!({"type": "button_reply", "id": "m34WcYYwAL_qD_Dw4VmRD", "title": "Quick Reply 1"}),
            json!({"type": "list_reply", "id": "c8eImw0T3m8UOckiuLZgY", "title": "R1", "description": "Description"}),
            json!({"type": "flow_reply", "response": {"answer": "yes"}}),
            json!({"type": "image", "caption": "Look"}),
            json!({"type": "video"}),
            json!({"type": "audio"}),
            json!({"type": "document", "filename": "Brochure.pdf"}),
            json!({"type": "sticker"}),
            json!({"type": "location", "latitude": 28.4092136, "longitude": 77.0601843, "name": "Office"}),
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Rohan Kumar", "first_name": "Rohan"}}]}),
        ];
        let writes =
            |says: Value| json!({"happening": "client_writes", "from": ARJUN, "says": says});
        let mut happenings: Vec<_> = says.into_iter().map(writes).collect();
        happenings.push(json!({
            "happening": "client_writes",
            "from": VIKESH,
            "context": HELLO_WAMID,
            "says": {"type": "text", "body": "Yes, that one"},
        }));
        happenings
    }
}

/// What was understood of an answer with status 200.
fn said<T: Serialize>(answer: Result<T, Error>) -> Result<Understood, Failure> {
    understood(200, &answer?)
}

fn understood(status: u16, answer: &impl Serialize) -> Result<Understood, Failure> {
    let value =
        serde_json::to_value(answer).map_err(|error| Failure::Unintelligible(error.to_string()))?;
    Ok(Understood {
        status,
        made: Made::Json(value),
    })
}

/// What was understood of the answer to a batch, be it a success or a refusal.
async fn sent(client: &Client, messages: &[Outgoing]) -> Result<Understood, Failure> {
    let Batch {
        status,
        message,
        success,
        fail,
        refusal,
    } = client.messages().send(messages).await?;
    let outcome = Outcome { success, fail };
    match refusal {
        None => understood(status, &json!({"message": message, "data": outcome})),
        Some(mut refusal) => {
            let raw = serde_json::to_value(outcome)
                .map_err(|error| Failure::Unintelligible(error.to_string()))?;
            refusal.error_raw = Some(raw);
            understood(status, &refusal)
        }
    }
}

fn call(operation: &'static str, perform: Perform<Client>) -> Call<Client> {
    Call::new(operation, perform)
}

fn send(variant: &'static str, perform: Perform<Client>) -> Call<Client> {
    call("messages.send", perform).variant(variant)
}

fn row(number: &str, username: &str, age: u32, gender: &str) -> Row {
    let mut attributes = Map::new();
    attributes.insert("age".into(), age.into());
    attributes.insert("gender".into(), gender.into());
    Row {
        country_code: Some(91),
        ..Row::new(number, username, &attributes)
    }
}

fn people() -> Vec<Call<Client>> {
    vec![
        call("employees.list", |client, _| {
            Box::pin(async move { said(client.employees().list().await) })
        }),
        call("employees.list", |client, _| {
            Box::pin(async move { said(client.employees().list_with_deleted().await) })
        }),
        call("templates.list", |client, _| {
            Box::pin(async move { said(client.templates().list().await) })
        }),
        call("templates.get", |client, _| {
            Box::pin(async move { said(client.templates().get("hello_world").await) })
        }),
        call("templates.get", |client, _| {
            Box::pin(async move { said(client.templates().get("no such template").await) })
        }),
        call("clients.list", |client, _| {
            Box::pin(async move { said(client.clients().list().await) })
        }),
        call("clients.upsert", |client, _| {
            Box::pin(async move {
                let rows = [
                    row("919998889990", "Ram Jain", 30, "male"),
                    row("919998889996", "Raj S.", 25, "female"),
                ];
                said(client.clients().upsert(&rows).await)
            })
        }),
        call("clients.upsert", |client, _| {
            Box::pin(async move {
                said(
                    client
                        .clients()
                        .upsert(&[row("919998889990", "Ram Jain", 50, "male")])
                        .await,
                )
            })
        }),
        call("clients.upsert", |client, _| {
            Box::pin(async move {
                let wrong = Row {
                    country_code: Some(44),
                    ..row("919998889990", "Ram Jain", 50, "male")
                };
                said(
                    client
                        .clients()
                        .upsert(&[row("919998889996", "Raj S.", 26, "female"), wrong])
                        .await,
                )
            })
        })
        .answered(400),
        call("clients.get", |client, _| {
            Box::pin(async move { said(client.clients().get(ARJUN).await) })
        }),
        call("clients.get", |client, _| {
            Box::pin(async move { said(client.clients().get("919111111111").await) })
        })
        .answered(404),
        call("clients.chat.toggle", |client, _| {
            Box::pin(async move { said(client.clients().chat().toggle(ARJUN, true).await) })
        }),
        call("clients.chat.assign", |client, _| {
            Box::pin(async move {
                said(
                    client
                        .clients()
                        .chat()
                        .assign(VIKESH, Some("executive1@example.com"))
                        .await,
                )
            })
        }),
        call("clients.chat.assign", |client, _| {
            Box::pin(async move { said(client.clients().chat().assign(ARJUN, None).await) })
        }),
    ]
}

/// The order matters: what is renamed has to be there, and the new name must not.
fn attributes() -> Vec<Call<Client>> {
    vec![
        call("attributes.list", |client, _| {
            Box::pin(async move { said(client.attributes().list().await) })
        }),
        call("attributes.create", |client, _| {
            Box::pin(async move {
                said(
                    client
                        .attributes()
                        .create(&[Definition::new("Height", DataType::Numerical)])
                        .await,
                )
            })
        }),
        call("attributes.create", |client, _| {
            Box::pin(async move {
                said(
                    client
                        .attributes()
                        .create(&[Definition::new("age", DataType::Text)])
                        .await,
                )
            })
        })
        .answered(409),
        call("attributes.update", |client, _| {
            Box::pin(async move {
                said(
                    client
                        .attributes()
                        .update("NewAge", &Definition::new("Age", DataType::Numerical))
                        .await,
                )
            })
        }),
        call("attributes.update", |client, _| {
            Box::pin(async move {
                said(
                    client
                        .attributes()
                        .update("Age", &Definition::new("Age", DataType::Text))
                        .await,
                )
            })
        }),
        call("attributes.update", |client, _| {
            Box::pin(async move { said(client.attributes().rename("Chat Type", "name").await) })
        })
        .answered(400),
        call("attributes.delete", |client, _| {
            Box::pin(async move { said(client.attributes().delete("Name").await) })
        }),
    ]
}

impl Client {
    /// An upload of the documentation, for whoever has prepared none.
    fn prepared(&self, notes: &Notes) -> Prepared {
        let key = "hxMIfTDCxqZYv5GXYLHGFfile.png";
        notes.prepared.clone().unwrap_or_else(|| Prepared {
            signed_request: self.base.at(&[key], &[("X-Amz-Expires", "3600")]).into(),
            url: self.base.at(&[key], NOTHING).into(),
        })
    }
}

fn files() -> Vec<Call<Client>> {
    vec![
        call("messages.presignedUrl", |client, notes| {
            Box::pin(async move {
                let reply = client
                    .messages()
                    .presigned_url("file.png", "image/png")
                    .await?;
                notes.prepared = Some(reply.data.clone());
                understood(200, &reply)
            })
        }),
        call("files.get", |client, notes| {
            Box::pin(async move {
                let file = client.files().get(&client.prepared(notes).url).await?;
                Ok(Understood {
                    status: 200,
                    made: Made::Bytes(file.bytes),
                })
            })
        })
        .answered(404),
        call("files.put", |client, notes| {
            Box::pin(async move {
                let target = client.prepared(notes).signed_request;
                client
                    .files()
                    .put(&target, "image/gif", Bytes::from_static(b"GIF89a"))
                    .await?;
                Ok(Understood {
                    status: 200,
                    made: Made::Nothing,
                })
            })
        })
        .answered(403),
        call("files.put", |client, notes| {
            Box::pin(async move {
                let target = client.prepared(notes).signed_request;
                client
                    .files()
                    .put(
                        &target,
                        "image/png",
                        Bytes::from_static(b"\x89PNG\r\n\x1a\n"),
                    )
                    .await?;
                Ok(Understood {
                    status: 200,
                    made: Made::Nothing,
                })
            })
        }),
        call("files.get", |client, notes| {
            Box::pin(async move {
                let file = client.files().get(&client.prepared(notes).url).await?;
                Ok(Understood {
                    status: 200,
                    made: Made::Bytes(file.bytes),
                })
            })
        }),
    ]
}

fn media(number: &str, media_type: MediaType, name: &str, mime_type: &str, size: u64) -> Outgoing {
    let media = Media {
        media_type,
        url: format!("{STORAGE}/hxMIfTDCxqZYv5GXYLHGF{name}"),
        name: name.to_owned(),
        size: Some(size),
        mime_type: mime_type.to_owned(),
        caption: matches!(media_type, MediaType::Image | MediaType::Video)
            .then(|| "A caption".to_owned()),
    };
    Outgoing::new(number, Content::Media(media))
}

fn free_form() -> Vec<Call<Client>> {
    vec![
        send("text", |client, _| {
            Box::pin(
                async move { sent(client, &[Outgoing::text(ARJUN, "My Name is Heltar.")]).await },
            )
        }),
        send("text", |client, _| {
            Box::pin(async move {
                let link = Outgoing::text(VIKESH, "https://wa.me/c/919000005813");
                sent(client, &[link.referred_to_as("yKmmuhglSVGaaSgX5H384")]).await
            })
        }),
        send("text", |client, _| {
            Box::pin(async move {
                let mut order = Outgoing::text(ARJUN, "Your order is on its way.");
                order.integrations.push(Integration::MetaCustomFieldHook {
                    custom_field: "order-1".into(),
                });
                sent(client, &[order]).await
            })
        }),
        send("reply", |client, _| {
            Box::pin(async move {
                sent(
                    client,
                    &[Outgoing::text(ARJUN, "My Name is Heltar.").replying_to(HELLO)],
                )
                .await
            })
        }),
        send("reply", |client, _| {
            Box::pin(async move {
                sent(
                    client,
                    &[Outgoing::text(ARJUN, "My Name is Heltar.").replying_to(HELLO_WAMID)],
                )
                .await
            })
        }),
        send("media", |client, _| {
            Box::pin(async move {
                sent(
                    client,
                    &[media(
                        ARJUN,
                        MediaType::Image,
                        "picture.jpeg",
                        "image/jpeg",
                        115_798,
                    )],
                )
                .await
            })
        }),
        send("media", |client, _| {
            Box::pin(async move {
                sent(
                    client,
                    &[media(
                        VIKESH,
                        MediaType::Video,
                        "film.mp4",
                        "video/mp4",
                        6_398_380,
                    )],
                )
                .await
            })
        }),
        send("media", |client, _| {
            Box::pin(async move {
                sent(
                    client,
                    &[media(
                        VIKESH,
                        MediaType::Audio,
                        "sound.mp3",
                        "audio/mpeg",
                        733_645,
                    )],
                )
                .await
            })
        }),
        send("media", |client, _| {
            Box::pin(async move {
                sent(
                    client,
                    &[media(
                        VIKESH,
                        MediaType::Document,
                        "Brochure.pdf",
                        "application/pdf",
                        212_732,
                    )],
                )
                .await
            })
        }),
        send("media", |client, _| {
            Box::pin(async move {
                sent(
                    client,
                    &[media(
                        VIKESH,
                        MediaType::Sticker,
                        "sticker.webp",
                        "image/webp",
                        20_000,
                    )],
                )
                .await
            })
        }),
        send("location", |client, _| {
            Box::pin(async move {
                let location = Location {
                    latitude: 28.409_213_6,
                    longitude: 77.060_184_3,
                    name: None,
                    address: None,
                };
                sent(
                    client,
                    &[Outgoing::new(VIKESH, Content::Location { location })],
                )
                .await
            })
        }),
        send("contacts", |client, _| {
            Box::pin(async move {
                let contact = Contact {
                    name: Name {
                        formatted_name: "Rohan Kumar".to_owned(),
                        prefix: Some(VIKESH.to_owned()),
                        ..Name::default()
                    },
                    phones: vec![Phone {
                        phone: Some(VIKESH.to_owned()),
                        wa_id: Some(VIKESH.to_owned()),
                        kind: None,
                    }],
                    birthday: Some("1990-01-31".to_owned()),
                    ..Contact::default()
                };
                sent(
                    client,
                    &[Outgoing::new(
                        VIKESH,
                        Content::Contacts {
                            contacts: vec![contact],
                        },
                    )],
                )
                .await
            })
        }),
    ]
}

fn interactive() -> Vec<Call<Client>> {
    vec![
        send("interactive", |client, _| {
            Box::pin(async move {
                let buttons = vec![
                    Button::reply("m34WcYYwAL_qD_Dw4VmRD", "Quick Reply 1"),
                    Button::reply("HO1dgYNcq-snbaT4ItAln", "Quick Reply 2"),
                    Button::reply("MBnNbD6UWg-LoY0gWqrNW", "Quick Reply 3"),
                ];
                let message = Known::Button {
                    body: "Optional Body".into(),
                    action: Buttons { buttons },
                    header: Some(Header::Image {
                        image: Link {
                            link: PICTURE.to_owned(),
                        },
                    }),
                    footer: Some("Optional Footer".into()),
                };
                sent(client, &[Outgoing::interactive(VIKESH, message)]).await
            })
        }),
        send("interactive", |client, _| {
            Box::pin(async move {
                let row = |id: &str, title: &str| ListRow {
                    id: id.to_owned(),
                    title: title.to_owned(),
                    description: Some("Description".to_owned()),
                };
                let first = vec![
                    row("c8eImw0T3m8UOckiuLZgY", "R1"),
                    row("hHh131e-ZghRi7OOmn8cZ", "R2"),
                ];
                let second = vec![row("1Ws5O1RLxW4Di9RLNLpEC", "D1")];
                let sections = vec![
                    Section {
                        title: Some("Section 1".to_owned()),
                        rows: first,
                    },
                    Section {
                        title: Some("Section 2".to_owned()),
                        rows: second,
                    },
                ];
                let message = Known::List {
                    body: "Optional Body".into(),
                    action: List {
                        button: "Button Title".to_owned(),
                        sections,
                    },
                    header: Some(Header::text("Optional Header")),
                    footer: Some("Optional Footer".into()),
                };
                sent(client, &[Outgoing::interactive(ARJUN, message)]).await
            })
        }),
        send("interactive", |client, _| {
            Box::pin(async move {
                let action = CtaUrl::CtaUrl {
                    display_text: "Button Display".to_owned(),
                    url: "https://xyz.com".to_owned(),
                };
                let message = Known::CtaUrl {
                    body: "Optional Body".into(),
                    action,
                    header: Some(Header::text("Optional Header")),
                    footer: Some("Optional Footer".into()),
                };
                sent(client, &[Outgoing::interactive(VIKESH, message)]).await
            })
        }),
        send("interactive", |client, _| {
            Box::pin(async move {
                let message = Known::AddressMessage {
                    body: "Optional Body".into(),
                    action: AddressMessage::AddressMessage {
                        country: "IN".to_owned(),
                    },
                    header: Some(Header::text("Optional Header")),
                    footer: Some("Optional Footer".into()),
                };
                sent(client, &[Outgoing::interactive(VIKESH, message)]).await
            })
        }),
        send("interactive", |client, _| {
            Box::pin(async move {
                let message = Known::LocationRequestMessage {
                    body: "Required Body".into(),
                    action: SendLocation::SendLocation,
                };
                sent(client, &[Outgoing::interactive(VIKESH, message)]).await
            })
        }),
        send("catalogue", |client, _| {
            Box::pin(async move {
                let message = Known::CatalogMessage {
                    action: CatalogMessage::CatalogMessage,
                    body: "Our catalogue".into(),
                    footer: Some("Company Name, email, etc".into()),
                };
                sent(client, &[Outgoing::interactive(VIKESH, message)]).await
            })
        }),
        send("catalogue", |client, _| {
            Box::pin(async move {
                let message = Known::Product {
                    action: Product {
                        catalog_id: CATALOGUE.to_owned(),
                        product_retailer_id: PRODUCT.to_owned(),
                    },
                    body: Some("Body".into()),
                    footer: Some("Footer".into()),
                };
                sent(client, &[Outgoing::interactive(VIKESH, message)]).await
            })
        }),
        send("catalogue", |client, _| {
            Box::pin(async move {
                let section = |title: &str| ProductSection {
                    title: Some(title.to_owned()),
                    product_items: vec![ProductItem {
                        product_retailer_id: PRODUCT.to_owned(),
                    }],
                };
                let sections = vec![section("SectionTitle"), section("SectionTitle2")];
                let message = Known::ProductList {
                    body: "This is the body".into(),
                    header: Header::text("This is the header"),
                    action: Products {
                        catalog_id: CATALOGUE.to_owned(),
                        sections,
                    },
                    footer: Some("Footer".into()),
                };
                sent(client, &[Outgoing::interactive(VIKESH, message)]).await
            })
        }),
    ]
}

fn template(name: &str, variables: Vec<Component>) -> Outgoing {
    Outgoing::template(VIKESH, Template::new(name, "en", variables))
}

fn document(name: &str) -> Component {
    let document = File {
        link: format!("{STORAGE}/djp5FOQ7fe4W8eAfylAQi{name}"),
        filename: Some(name.to_owned()),
    };
    Component::header(Parameter::Document { document })
}

fn templates() -> Vec<Call<Client>> {
    vec![
        send("template", |client, _| {
            Box::pin(async move {
                let message = template("start_conversation", Vec::new())
                    .referred_to_as("uPFYyZJcKsQLNwDXyyYk2");
                sent(client, &[message]).await
            })
        }),
        send("template.text", |client, _| {
            Box::pin(async move {
                let header = Component::header(Parameter::text("H1"));
                let body = Component::body(["B1", "B2", "B3", "B4", "B5", "B6"]);
                sent(client, &[template("update_order", vec![body, header])]).await
            })
        }),
        send("template.image", |client, _| {
            Box::pin(async move {
                let image = File {
                    link: PICTURE.to_owned(),
                    filename: None,
                };
                let header = Component::header(Parameter::Image { image });
                sent(client, &[template("welcome", vec![header])]).await
            })
        }),
        send("template.video", |client, _| {
            Box::pin(async move {
                let video = File {
                    link: format!("{STORAGE}/ZGHEkmhcRwmwBdAK_wmGxfilm.mp4"),
                    filename: None,
                };
                let header = Component::header(Parameter::Video { video });
                sent(
                    client,
                    &[template(
                        "welcome_video",
                        vec![header, Component::body(["B1"])],
                    )],
                )
                .await
            })
        }),
        send("template.document", |client, _| {
            Box::pin(async move {
                let variables = vec![document("Brochure.pdf"), Component::body(["B1"])];
                sent(client, &[template("welcome_pricing_plan", variables)]).await
            })
        }),
        send("template.url", |client, _| {
            Box::pin(async move {
                let variables = vec![
                    Component::url_button(1, "your-endpoint"),
                    Component::body(["B1"]),
                ];
                sent(client, &[template("welcome_tour", variables)]).await
            })
        }),
        send("template.replies", |client, _| {
            Box::pin(async move {
                let variables = vec![document("01-course-outline.pdf"), Component::body(["B1"])];
                sent(client, &[template("welcome_tour_2", variables)]).await
            })
        }),
    ]
}

/// Batches that fail in part, as a whole, and after they were accepted.
fn mixed() -> Vec<Call<Client>> {
    vec![
        send("text", |client, _| {
            Box::pin(async move {
                sent(
                    client,
                    &[
                        Outgoing::text(ARJUN, "My Name is Heltar."),
                        template("spring_sale", Vec::new()),
                    ],
                )
                .await
            })
        })
        .answered(206),
        send("template", |client, _| {
            Box::pin(async move { sent(client, &[template("spring_sale", Vec::new())]).await })
        })
        .answered(404),
        send("text", |client, _| {
            Box::pin(async move { sent(client, &[Outgoing::text(DEEPAK, "Are you there?")]).await })
        }),
    ]
}

fn afterwards() -> Vec<Call<Client>> {
    vec![
        call("messages.list", |client, _| {
            Box::pin(async move { said(client.messages().list(ARJUN, &Page::default()).await) })
        }),
        call("messages.list", |client, _| {
            Box::pin(async move {
                let page = Page {
                    limit: Some(10),
                    before: Some("2023-12-28T12:00:00.000Z".to_owned()),
                    before_id: None,
                };
                said(client.messages().list(VIKESH, &page).await)
            })
        }),
        call("messages.get", |client, _| {
            Box::pin(async move { said(client.messages().get(HELLO_WAMID).await) })
        }),
        call("campaigns.send", |client, _| {
            Box::pin(async move {
                let draft = campaigns::Draft {
                    campaign_name: "Student Details".to_owned(),
                    campaign_desc: Some("A description".to_owned()),
                    template_name: "hello_world".to_owned(),
                    language_code: "en_US".to_owned(),
                    template_content: Some("Welcome and congratulations!!".to_owned()),
                    messages: vec![Recipient::new(ARJUN), Recipient::new(VIKESH)],
                };
                said(client.campaigns().send(&draft).await)
            })
        }),
        call("campaigns.list", |client, _| {
            Box::pin(
                async move { said(client.campaigns().list(&campaigns::Page::default()).await) },
            )
        }),
        call("campaigns.list", |client, _| {
            Box::pin(async move {
                let days = Some(("2023-12-01".to_owned(), "2023-12-31".to_owned()));
                said(
                    client
                        .campaigns()
                        .list(&campaigns::Page {
                            days,
                            limit: Some(10),
                            cursor: None,
                        })
                        .await,
                )
            })
        }),
        call("webhooks.upsert", |client, _| {
            Box::pin(async move {
                let urls = [
                    Registration::enabled("http://localhost:8000"),
                    Registration::disabled("http://localhost:8001"),
                ];
                said(client.webhooks().upsert(&urls).await)
            })
        }),
        call("webhooks.delete", |client, _| {
            Box::pin(async move { said(client.webhooks().delete("http://localhost:8000").await) })
        }),
    ]
}
