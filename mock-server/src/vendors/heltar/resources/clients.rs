//! Clients: who the business talks to.

use std::borrow::Cow;
use std::cmp::Reverse;

use axum::Json;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kernel::extract::{Body, Path, Query};
use crate::kernel::moment::Moment;
use crate::kernel::store::Store;
use crate::kernel::table::Record;
use crate::vendors::heltar::error::{BadRows, Error};
use crate::vendors::heltar::reply::{Reply, reply};
use crate::vendors::heltar::state::{Heltar, Instant};

/// How long after a client's last word anything may be sent.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// How many clients a page has when it does not say.
const PAGE: usize = 1000;

/// One person on WhatsApp.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// The vendor's id.
    pub id: String,
    /// Their name.
    pub username: String,
    /// What is known of them, in the order it became known.
    pub attributes: Map<String, Value>,
    /// What they wrote since the business last answered.
    pub unread_messages: u32,
    /// Whether the chat is open.
    pub is_open: bool,
    /// Until when anything may be sent.
    pub conversation_expire: Instant,
    /// When the last message was sent or came in.
    pub latest_message_timestamp: Instant,
    /// The last message, in short.
    pub latest_message: Option<Latest>,
    /// Where the number is from.
    pub country_code: u16,
    /// The number, digits only.
    pub client_wa_number: String,
    /// When they were first heard of.
    pub created_at: Instant,
    /// Whether they want messages.
    #[serde(default = "yes")]
    pub opted_in: bool,
    /// Whether the business blocked them.
    #[serde(default)]
    pub is_blocked: bool,
    /// The email of whoever has the chat.
    #[serde(default)]
    pub assigned_to: Option<String>,
}

fn yes() -> bool {
    true
}

impl Record for Client {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.client_wa_number)
    }
}

/// A message in short.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Latest {
    /// What it says.
    pub text: String,
    /// Its kind.
    pub r#type: String,
    /// When.
    pub timestamp: Instant,
    /// What it says, for search.
    pub history_text: String,
}

impl Client {
    /// Somebody first heard of at `now`: the window is closed until they write.
    pub fn new(id: String, number: &str, country_code: Option<u16>, now: Instant) -> Self {
        Self {
            id,
            username: number.to_owned(),
            attributes: Map::new(),
            unread_messages: 0,
            is_open: true,
            conversation_expire: now,
            latest_message_timestamp: now,
            latest_message: None,
            country_code: country_code.unwrap_or_else(|| country_of(number)),
            client_wa_number: number.to_owned(),
            created_at: now,
            opted_in: true,
            is_blocked: false,
            assigned_to: None,
        }
    }

    /// Whether anything may be sent at `now`, or only templates.
    pub fn window_open(&self, now: Instant) -> bool {
        now < self.conversation_expire
    }

    fn attributes_text(&self) -> String {
        serde_json::to_string(&self.attributes).unwrap_or_default()
    }
}

/// A client as lists show them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    id: String,
    username: String,
    attributes: String,
    unread_messages: u32,
    is_open: bool,
    conversation_expire: Instant,
    latest_message_timestamp: Instant,
    latest_message: Option<Latest>,
    country_code: u16,
    client_wa_number: String,
    created_at: Instant,
}

impl From<&Client> for Shown {
    fn from(client: &Client) -> Self {
        Self {
            id: client.id.clone(),
            username: client.username.clone(),
            attributes: client.attributes_text(),
            unread_messages: client.unread_messages,
            is_open: client.is_open,
            conversation_expire: client.conversation_expire,
            latest_message_timestamp: client.latest_message_timestamp,
            latest_message: client.latest_message.clone(),
            country_code: client.country_code,
            client_wa_number: client.client_wa_number.clone(),
            created_at: client.created_at,
        }
    }
}

/// A client as the answer to their creation shows them: other order, attributes as sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    username: String,
    attributes: String,
    country_code: u16,
    client_wa_number: String,
    conversation_expire: Instant,
    latest_message_timestamp: Instant,
    latest_message: Option<Latest>,
    id: String,
    unread_messages: u32,
    is_open: bool,
    created_at: Instant,
}

/// What became of one row.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Upserted {
    /// A new client.
    Created(Created),
    /// A known one.
    Updated(Shown),
}

/// Clients as a list, or as a page when a page was asked for.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Listing {
    /// All of them.
    All(Vec<Shown>),
    /// Some of them, and where to go on.
    #[serde(rename_all = "camelCase")]
    Page {
        /// The clients.
        clients: Vec<Shown>,
        /// Where the next page starts.
        next_cursor: Option<String>,
    },
}

/// What `clients.list` takes.
#[derive(Debug, Deserialize)]
pub struct Which {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// `GET /v1/clients` — lists them, the latest message first.
pub async fn list(store: Store<Heltar>, Query(which): Query<Which>) -> Json<Reply<Listing>> {
    reply(
        "Successfully retrieved client list",
        store.read(|heltar, _| heltar.list_clients(&which)),
    )
}

/// `GET /v1/clients/{clientWaNumber}` — shows one.
pub async fn get(store: Store<Heltar>, Path(at): Path<At>) -> Result<Json<Reply<Shown>>, Error> {
    let client = store.read(|heltar, _| heltar.client(&at.client_wa_number).map(Shown::from))?;
    Ok(reply("Successfully retrieved client details", client))
}

/// `POST /v1/clients` — creates clients or changes them, by number.
pub async fn upsert(
    store: Store<Heltar>,
    Body(rows): Body<Vec<Row>>,
) -> Result<Json<Reply<Vec<Upserted>>>, Error> {
    let (kept, failed_clients) = store.write(|heltar, moment| heltar.upsert_clients(rows, moment));
    if failed_clients.is_empty() {
        return Ok(reply("Clients created/updated successfully", kept));
    }
    // The good rows stay although the answer is a refusal.
    let successful_clients = kept
        .iter()
        .filter_map(|row| serde_json::to_value(row).ok())
        .collect();
    Err(Error::BadRows(BadRows {
        successful_clients,
        failed_clients,
    }))
}

/// Which client a path means.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct At {
    /// Their number.
    pub client_wa_number: String,
}

/// One row of `clients.upsert`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    username: String,
    attributes: Value,
    country_code: Option<i64>,
    client_wa_number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assign_to: Option<String>,
}

/// A row that could not be kept.
#[derive(Debug, Serialize)]
pub struct BadRow {
    /// The row as sent.
    pub client: Row,
    /// What is wrong with it.
    pub error: String,
}

impl Heltar {
    /// The client with this number.
    ///
    /// # Errors
    /// When there is none.
    pub fn client(&self, number: &str) -> Result<&Client, Error> {
        let found = digits(number).and_then(|digits| self.clients.get(&digits));
        found.ok_or_else(|| Error::UnknownClient(number.to_owned()))
    }

    /// All clients, or a page of them; the latest message first.
    pub fn list_clients(&self, which: &Which) -> Listing {
        let mut clients: Vec<_> = self.clients.iter().collect();
        clients.sort_by_key(|client| Reverse(client.latest_message_timestamp));
        if which.limit.is_none() && which.cursor.is_none() {
            return Listing::All(clients.into_iter().map(Shown::from).collect());
        }
        let after = which.cursor.as_deref();
        let start = after.map_or(0, |id| {
            clients
                .iter()
                .position(|client| client.id == id)
                .map_or(0, |at| at + 1)
        });
        let limit = which.limit.unwrap_or(PAGE);
        let page = &clients[start..(start + limit).min(clients.len())];
        let more = start + page.len() < clients.len();
        let next_cursor = page.last().filter(|_| more).map(|last| last.id.clone());
        Listing::Page {
            clients: page.iter().copied().map(Shown::from).collect(),
            next_cursor,
        }
    }

    /// Creates or changes clients, each on its own: a bad row spoils no other.
    pub fn upsert_clients(
        &mut self,
        rows: Vec<Row>,
        moment: &mut Moment<'_, Self>,
    ) -> (Vec<Upserted>, Vec<BadRow>) {
        let (mut kept, mut bad) = (Vec::new(), Vec::new());
        for row in rows {
            match self.understand_row(&row) {
                Ok(understood) => kept.push(self.keep_client(&row, understood, moment)),
                Err(error) => bad.push(BadRow { client: row, error }),
            }
        }
        (kept, bad)
    }

    /// What a row means, or what is wrong with it.
    fn understand_row(&self, row: &Row) -> Result<Understood, String> {
        let number = digits(&row.client_wa_number)
            .ok_or_else(|| Error::NoNumber(row.client_wa_number.clone()).to_string())?;
        let country_code = match row.country_code {
            None => None,
            Some(code) if number.starts_with(&code.to_string()) => u16::try_from(code).ok(),
            Some(code) => {
                return Err(format!(
                    "Client number {number} does not match country code {code}"
                ));
            }
        };
        let attributes = match &row.attributes {
            Value::Object(attributes) => attributes.clone(),
            Value::String(text) if text.trim().is_empty() => Map::new(),
            Value::String(text) => serde_json::from_str(text)
                .map_err(|_| "attributes must be a valid JSON".to_owned())?,
            _ => return Err("attributes must be a valid JSON".into()),
        };
        if let Some((name, _)) = attributes
            .iter()
            .find(|(_, value)| value.is_object() || value.is_array())
            && name != "tags"
        {
            return Err(format!("Invalid value for attribute {name}"));
        }
        let assigned_to = match &row.assign_to {
            None => None,
            Some(email) if self.employees.contains(&email.to_lowercase()) => {
                Some(email.to_lowercase())
            }
            Some(email) => return Err(Error::UnknownEmployee(email.clone()).to_string()),
        };
        Ok(Understood {
            number,
            country_code,
            attributes,
            assigned_to,
        })
    }

    fn keep_client(
        &mut self,
        row: &Row,
        understood: Understood,
        moment: &mut Moment<'_, Self>,
    ) -> Upserted {
        let Understood {
            number,
            country_code,
            attributes,
            assigned_to,
        } = understood;
        self.define_missing(attributes.keys());
        let known = self.clients.get(&number).cloned();
        let is_new = known.is_none();
        let now = Instant::new(moment.now);
        let mut client = known.unwrap_or_else(|| {
            let client = Client::new(moment.ids.uuid().to_string(), &number, country_code, now);
            // The vendor writes the row a few milliseconds after it filled it in.
            let later =
                SignedDuration::from_millis(i64::try_from(moment.ids.between(1, 4)).unwrap_or(1));
            Client {
                created_at: now.plus(later),
                ..client
            }
        });
        if !row.username.is_empty() {
            client.username.clone_from(&row.username);
        }
        client.country_code = country_code.unwrap_or(client.country_code);
        client.attributes.extend(attributes);
        client.assigned_to = assigned_to.or(client.assigned_to);
        let client = self.clients.put(client);
        if !is_new {
            return Upserted::Updated(Shown::from(client));
        }
        Upserted::Created(Created {
            username: client.username.clone(),
            attributes: row
                .attributes
                .as_str()
                .map_or_else(|| client.attributes_text(), str::to_owned),
            country_code: client.country_code,
            client_wa_number: client.client_wa_number.clone(),
            conversation_expire: client.conversation_expire,
            latest_message_timestamp: client.latest_message_timestamp,
            latest_message: None,
            id: client.id.clone(),
            unread_messages: client.unread_messages,
            is_open: client.is_open,
            created_at: client.created_at,
        })
    }

    /// The client with this number, made if nobody has heard of them.
    pub fn client_or_new(&mut self, number: &str, moment: &mut Moment<'_, Self>) -> &Client {
        if !self.clients.contains(number) {
            let now = Instant::new(moment.now);
            self.clients.put(Client::new(
                moment.ids.uuid().to_string(),
                number,
                None,
                now,
            ));
        }
        match self.clients.get(number) {
            Some(client) => client,
            None => unreachable!("the client was put there just now"),
        }
    }
}

/// A row's content, understood.
struct Understood {
    number: String,
    country_code: Option<u16>,
    attributes: Map<String, Value>,
    assigned_to: Option<String>,
}

/// A number without what people write between its digits; none when it has not 8 to 15 of them.
pub fn digits(number: &str) -> Option<String> {
    let bare: String = number
        .chars()
        .filter(|letter| !matches!(letter, '+' | ' ' | '-'))
        .collect();
    let good = (8..=15).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    good.then_some(bare)
}

/// The country code a number starts with. Only the shortest and the commonest are told apart; what is
/// neither is taken to have two digits, as most countries' codes have.
fn country_of(number: &str) -> u16 {
    let length = match number.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'1'..=b'6' | b'9' | b'8', ..]
        | [b'3', b'5' | b'7' | b'8', ..]
        | [b'4', b'2', ..] => 3,
        [b'5', b'0' | b'9', ..]
        | [b'6', b'7'..=b'9', ..]
        | [b'8', b'0' | b'5' | b'7' | b'8', ..] => 3,
        [b'9', b'6' | b'7' | b'9', ..] => 3,
        _ => 2,
    };
    number
        .get(..length)
        .and_then(|code| code.parse().ok())
        .unwrap_or_default()
}
