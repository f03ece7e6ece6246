//! Every documented use of the client, in an order that works on the vendor's seed.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Account, Button, Destination, Draft, Error, Header, IncomingChat, Method, OtpOrder, Page,
    TemplateQuery, Variable,
};
use crate::adapters::{Adapter, Call, Failure, Made, Perform, Understood};

/// A phone that is reached, one that is not, and an official number.
const PHONE: &str = "BO-AAAA1111BBBB2222";
const ASLEEP: &str = "BO-CCCC3333DDDD4444";
const LICENCE: &str = "WB-DEMO0001";

/// Somebody on WhatsApp, and a number that is not.
const PERSON: Destination<'_> = Destination::Person("81200000001");
const NOBODY: &str = "81200000404";

/// A group that the phone administers, one that it only reads, and one that is not there.
const GROUP: Destination<'_> = Destination::Group("120363000000000001");
const READ_ONLY: Destination<'_> = Destination::Group("120363000000000002");
const NO_GROUP: Destination<'_> = Destination::Group("120363000000009999");

/// A customer whose window is open, and one whose window is closed.
const OPEN: &str = "6281234567890";
const CLOSED: &str = "6281200000055";

const FILE: &str = "https://example.com/assets/example.png";

/// The one-time code that was sent.
#[derive(Debug, Default)]
pub struct Notes {
    code: Option<String>,
}

impl Adapter for Account {
    const VENDOR: &'static str = "balesotomatis";

    type Notes = Notes;

    fn connect(base_url: &str, variables: &[(String, String)]) -> Result<Self, String> {
        let key = variables.iter().find(|(name, _)| name == "api_key");
        let (_, key) = key.ok_or("the collection has no variable api_key")?;
        Self::new(base_url, key).map_err(|error| error.to_string())
    }

    fn calls() -> Vec<Call<Self>> {
        let mut calls = account();
        calls.extend(groups());
        calls.extend(people());
        calls.extend(codes());
        calls.extend(templates());
        calls.extend(conversations());
        calls
    }

    fn hear(_: &str, _: &str, body: &[u8]) -> Result<Value, String> {
        let chat = IncomingChat::of(body).map_err(|error| error.to_string())?;
        serde_json::to_value(chat).map_err(|error| error.to_string())
    }

    fn happenings(_: &Self::Notes) -> Vec<Value> {
        let place = (-6.2, 106.816_666);
        vec![
            json!({"happening": "incoming_chat", "number": PHONE, "from": "6281200000001", "text": "Halo"}),
            json!({"happening": "incoming_chat", "from": OPEN, "name": "Bima", "text": "Halo", "forwarded": true}),
            json!({"happening": "incoming_chat", "from": OPEN, "media_mime": "image/jpeg", "media_name": "photo.jpg"}),
            json!({"happening": "incoming_chat", "from": OPEN, "lat": place.0, "lng": place.1}),
            json!({
                "happening": "incoming_chat", "number": PHONE, "from": "6281200000001", "group": "120363000000000001",
                "text": "Halo semua",
            }),
            json!({"happening": "typed_on_phone", "number": PHONE, "from": "6281200000001", "text": "Sama-sama"}),
        ]
    }
}

/// What was understood of a yes, which only comes with status 200.
fn said<T: Serialize>(answer: Result<T, Error>) -> Result<Understood, Failure> {
    let value = serde_json::to_value(answer?)
        .map_err(|error| Failure::Unintelligible(error.to_string()))?;
    Ok(Understood {
        status: 200,
        made: Made::Json(value),
    })
}

fn call(operation: &'static str, perform: Perform<Account>) -> Call<Account> {
    Call::new(operation, perform)
}

fn account() -> Vec<Call<Account>> {
    vec![
        call("account.info", |account, _| {
            Box::pin(async move { said(account.info().await) })
        }),
        call("numbers.validate", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).validate("81200000001").await) })
        }),
        call("numbers.validate", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).validate(NOBODY).await) })
        })
        .answered(400),
        call("contacts.list", |account, _| {
            Box::pin(async move { said(account.contacts(&Page::default()).await) })
        }),
        call("contacts.list", |account, _| {
            Box::pin(async move {
                let page = Page {
                    length: Some(1),
                    order: Some(("contacts_name".to_owned(), true)),
                    ..Page::default()
                };
                said(account.contacts(&page).await)
            })
        }),
        call("audiences.list", |account, _| {
            Box::pin(async move { said(account.audiences("cb001", &Page::default()).await) })
        }),
        call("audiences.list", |account, _| {
            Box::pin(async move {
                let page = Page {
                    start: 1,
                    length: Some(2),
                    search: "62812".to_owned(),
                    order: Some(("name".to_owned(), false)),
                };
                said(account.audiences("cb001", &page).await)
            })
        }),
        call("grab", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).contacts().await) })
        })
        .variant("contacts"),
        call("grab", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).groups().await) })
        })
        .variant("group"),
        call("grab", |account, _| {
            Box::pin(async move { said(account.phone("BO-NOBODYS").contacts().await) })
        })
        .variant("contacts")
        .answered(404),
    ]
}

fn groups() -> Vec<Call<Account>> {
    vec![
        call("messages.group.send", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).text(GROUP, "Halo").await) })
        })
        .variant("text"),
        call("messages.group.send", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).text(READ_ONLY, "Halo").await) })
        })
        .variant("text")
        .answered(400),
        call("messages.group.send", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).text(NO_GROUP, "Halo").await) })
        })
        .variant("text")
        .answered(400),
        call("messages.group.send", |account, _| {
            Box::pin(async move {
                let phone = account.phone(PHONE).typing();
                said(phone.image(GROUP, FILE, "Halo", true).await)
            })
        })
        .variant("image"),
        call("messages.group.file", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).file(GROUP, FILE, "Halo").await) })
        }),
    ]
}

fn people() -> Vec<Call<Account>> {
    vec![
        call("messages.personal.send", |account, _| {
            Box::pin(async move {
                let phone = account.phone(PHONE).by(Method::Sync);
                said(phone.text(PERSON, "Halo").await)
            })
        })
        .variant("text"),
        call("messages.personal.send", |account, _| {
            Box::pin(async move { said(account.phone(ASLEEP).text(PERSON, "Halo").await) })
        })
        .variant("text"),
        call("messages.personal.send", |account, _| {
            Box::pin(async move {
                let phone = account.phone(ASLEEP).by(Method::Sync);
                said(phone.text(PERSON, "Halo").await)
            })
        })
        .variant("text")
        .answered(408),
        call("messages.personal.send", |account, _| {
            Box::pin(async move {
                let phone = account.phone(PHONE).typing();
                said(phone.image(PERSON, FILE, "Halo", false).await)
            })
        })
        .variant("image"),
        call("messages.personal.file", |account, _| {
            Box::pin(async move { said(account.phone(PHONE).file(PERSON, FILE, "Halo").await) })
        }),
    ]
}

/// The code that is sent is spent, and cannot be spent again.
fn codes() -> Vec<Call<Account>> {
    vec![
        call("otp.send", |account, notes| {
            Box::pin(async move {
                let order = OtpOrder {
                    to: "81200000001",
                    customer: "Sari",
                    service: "Masuk",
                    company: "Toko",
                    lifetime: 60,
                };
                let issued = account.phone(PHONE).send_otp(&order).await;
                notes.code = issued.as_ref().ok().map(|issued| issued.otp_code.clone());
                said(issued)
            })
        }),
        call("otp.validate", |account, notes| {
            Box::pin(async move { said(account.validate_otp(notes.code()).await) })
        }),
        call("otp.validate", |account, notes| {
            Box::pin(async move { said(account.validate_otp(notes.code()).await) })
        })
        .answered(400),
        call("otp.validate", |account, _| {
            Box::pin(async move { said(account.validate_otp("191432").await) })
        })
        .answered(400),
    ]
}

impl Notes {
    /// The code that was sent, or one of the seed's.
    fn code(&self) -> &str {
        self.code.as_deref().unwrap_or("071908")
    }
}

fn draft(name: &str, submit: bool) -> Draft {
    Draft {
        name: name.to_owned(),
        language: "id".to_owned(),
        category: "UTILITY".to_owned(),
        submit,
        header: Some(Header::Location {
            name: "Toko Pusat".to_owned(),
            address: "Jl. Contoh No.1, Jakarta".to_owned(),
            latitude: -6.3555,
            longitude: 101.816,
        }),
        body: "Halo {{1}}, ini lokasi toko kami.".to_owned(),
        variables: vec![Variable {
            placeholder: "{{1}}".to_owned(),
            label: "Nama".to_owned(),
            example: "Sari".to_owned(),
        }],
        buttons: vec![Button::QuickReply {
            label: "Terima kasih".to_owned(),
        }],
    }
}

/// A name is taken once, and Meta says so with status 200.
fn templates() -> Vec<Call<Account>> {
    vec![
        call("templates.create", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE);
                said(official.create_template(&draft("lokasi_toko", true)).await)
            })
        }),
        call("templates.create", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE);
                said(official.create_template(&draft("lokasi_toko", true)).await)
            })
        }),
        call("templates.create", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE);
                said(official.create_template(&draft("lokasi_lama", false)).await)
            })
        }),
        call("templates.list", |account, _| {
            Box::pin(async move {
                let query = TemplateQuery {
                    length: Some(20),
                    ..TemplateQuery::default()
                };
                said(account.official(LICENCE).templates(&query).await)
            })
        }),
        call("templates.send", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE);
                let variables = ["Sari", "A-1", "3"];
                said(official.template(OPEN, "900000000000002", &variables).await)
            })
        })
        .variant("by-id"),
        call("templates.send", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE);
                said(official.template(OPEN, "900000000000002", &["Sari"]).await)
            })
        })
        .variant("by-id")
        .answered(400),
        call("templates.send", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE).by(Method::Sync);
                let variables = ["Sari", "dikirim"];
                let name = "nama_template_meta";
                said(
                    official
                        .template_by_name(OPEN, name, "id", &variables)
                        .await,
                )
            })
        })
        .variant("components"),
    ]
}

fn conversations() -> Vec<Call<Account>> {
    vec![
        call("conversations.send", |account, _| {
            Box::pin(async move { said(account.official(LICENCE).text(OPEN, "Halo").await) })
        })
        .variant("text"),
        call("conversations.send", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE).by(Method::Sync);
                said(official.text(CLOSED, "Halo").await)
            })
        })
        .variant("text")
        .answered(400),
        call("conversations.send", |account, _| {
            Box::pin(async move { said(account.official(LICENCE).image(OPEN, FILE, "Halo").await) })
        })
        .variant("image"),
        call("conversations.send", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE);
                said(official.document(OPEN, FILE, "example.png").await)
            })
        })
        .variant("document"),
        call("conversations.send", |account, _| {
            Box::pin(async move {
                let official = account.official(LICENCE);
                let place = official.location(OPEN, -6.2, 106.816_666, "Jakarta");
                said(place.await)
            })
        })
        .variant("location"),
    ]
}
