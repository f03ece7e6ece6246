//! A vendor of notes that exists nowhere else: small, but with every habit the kernel must serve.

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use mock_server::kernel::call::Call;
use mock_server::kernel::delivery::DeliveryProfile;
use mock_server::kernel::extract::{Body, Path, Query};
use mock_server::kernel::moment::Moment;
use mock_server::kernel::refusal::{Denial, Reason, Refusal};
use mock_server::kernel::routes::Routes;
use mock_server::kernel::store::Store;
use mock_server::kernel::table::{Record, Single, Table, Transaction};
use mock_server::kernel::vendor::{Announce, Credential, Impossible, Profile, RateLimit, Vendor};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The key of the seed.
pub const KEY: &str = "toy-key";
/// The note of the seed.
pub const BREAD: &str = "00000000-0000-4000-8000-00000000000a";

/// The toy's whole memory.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toy {
    keys: Single<Vec<String>>,
    notes: Table<Note>,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Note {
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub archived: bool,
    pub created_at: Timestamp,
}

impl Record for Note {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }

    fn secondary(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        vec![("title", Cow::Borrowed(&self.title))]
    }
}

/// What the toy tells the world.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event")]
pub enum Webhook {
    #[serde(rename = "note.created")]
    Created { note: Note },
    #[serde(rename = "note.archived")]
    Archived { note: Note },
    /// Off the contract, to see that it does not get out.
    #[serde(rename = "gibberish")]
    Gibberish { note: Note },
}

impl Announce for Webhook {
    fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "note.created",
            Self::Archived { .. } | Self::Gibberish { .. } => "note.archived",
        }
    }

    fn conversation(&self) -> String {
        match self {
            Self::Created { note } | Self::Archived { note } | Self::Gibberish { note } => {
                note.id.clone()
            }
        }
    }

    fn identity(&self) -> Option<String> {
        Some(format!("{} {}", self.name(), self.conversation()))
    }
}

/// What happens to notes by themselves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    Archived {
        id: String,
    },
    /// Tells of a note off the contract, to see that it does not get out.
    Gibberish {
        id: String,
    },
}

/// Every way the toy says no.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such note")]
    NoSuchNote,
    #[error("the title is taken")]
    Taken,
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NoSuchNote => StatusCode::NOT_FOUND,
            Self::Taken => StatusCode::CONFLICT,
            Self::Refused(refusal) => match &refusal.reason {
                Reason::Denied(Denial::Forbidden(_)) => StatusCode::FORBIDDEN,
                Reason::Denied(_) => StatusCode::UNAUTHORIZED,
                Reason::UnknownPath => StatusCode::NOT_FOUND,
                Reason::WrongMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
                Reason::BrokenJson { .. } | Reason::Invalid(_) => StatusCode::BAD_REQUEST,
                Reason::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
                Reason::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
                Reason::Fault(status) => *status,
                Reason::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        };
        (status, Json(json!({"problem": self.to_string()}))).into_response()
    }
}

impl Vendor for Toy {
    type Error = Error;
    type Webhook = Webhook;
    type Happening = Happening;
    type Caller = ();

    const PROFILE: Profile = Profile {
        name: "toy",
        contract: include_str!("openapi.json"),
        seed: include_str!("seed.json"),
        seed_day: "2026-01-01T00:00:00Z",
        demo_headers: &[("x-toy-key", KEY)],
        demo_fields: &[],
        any_content_type: false,
        rate_limit: RateLimit {
            vendor: Some(3),
            generous: Some(1_000_000),
            window: Duration::from_secs(60),
        },
        delivery: DeliveryProfile::DEFAULT,
    };

    fn routes(routes: Routes<Self>) -> Routes<Self> {
        routes
            .on("notes.list", list)
            .on("notes.create", create)
            .on("notes.search", search)
            .on("notes.get", get)
            .replay_the_rest()
    }

    fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
        let key = call.header("x-toy-key").map(|key| Credential {
            form: "header",
            key: key.to_owned(),
        });
        Ok(key.into_iter().collect())
    }

    fn caller(&self, credentials: &[Credential], _: &Call) -> Result<(), Denial> {
        let known = credentials
            .iter()
            .any(|credential| self.keys.contains(&credential.key));
        if known { Ok(()) } else { Err(Denial::Unknown) }
    }

    fn guest(&self, _: &[Credential]) {}

    fn parts(&mut self, visit: &mut dyn FnMut(&mut dyn Transaction)) {
        let Self { keys, notes } = self;
        visit(keys);
        visit(notes);
    }

    fn happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {
            Happening::Archived { id } => {
                let archived = self.notes.update(&id, |note| {
                    note.archived = true;
                    note.clone()
                });
                let note = archived.ok_or_else(|| Impossible(format!("there is no note {id}")))?;
                moment.announce(Webhook::Archived { note });
            }
            Happening::Gibberish { id } => {
                let note = self
                    .notes
                    .get(&id)
                    .cloned()
                    .ok_or_else(|| Impossible(format!("there is no note {id}")))?;
                moment.announce(Webhook::Gibberish { note });
            }
        }
        Ok(())
    }

    fn wake(&mut self, passed: SignedDuration) {
        let ids: Vec<_> = self.notes.iter().map(|note| note.id.clone()).collect();
        for id in ids {
            self.notes.update(&id, |note| note.created_at += passed);
        }
    }
}

impl Toy {
    /// Keeps a note whose title is free; it archives itself a minute later.
    pub fn add(&mut self, new: New, moment: &mut Moment<'_, Self>) -> Result<Note, Error> {
        let id = moment.ids.uuid().to_string();
        let note = Note {
            id,
            title: new.title,
            kind: new.kind,
            archived: false,
            created_at: moment.now,
        };
        // The record is put first and taken back by the refusal, to show that it leaves no trace.
        self.notes.put(note.clone());
        if self.notes.count_by("title", &note.title) > 1 {
            return Err(Error::Taken);
        }
        moment.announce(Webhook::Created { note: note.clone() });
        moment.plan(
            Duration::from_secs(60),
            Happening::Archived {
                id: note.id.clone(),
            },
        );
        Ok(note)
    }
}

/// The body of `notes.create`.
#[derive(Clone, Debug, Deserialize)]
pub struct New {
    pub title: String,
    #[serde(default)]
    pub kind: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Paging {
    limit: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct ById {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Words {
    and: Vec<String>,
}

/// `GET /notes`
async fn list(store: Store<Toy>, Query(page): Query<Paging>) -> Json<Value> {
    let notes = store.read(|toy, _| {
        toy.notes
            .iter()
            .take(page.limit.unwrap_or(10))
            .cloned()
            .collect::<Vec<_>>()
    });
    Json(json!({"notes": notes}))
}

/// `POST /notes`
async fn create(
    store: Store<Toy>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Note>), Error> {
    let note = store.try_write(|toy, moment| toy.add(new, moment))?;
    Ok((StatusCode::CREATED, Json(note)))
}

/// `POST /notes` with `and`
async fn search(store: Store<Toy>, Body(words): Body<Words>) -> Json<Value> {
    let fits = |note: &&Note| words.and.iter().all(|word| note.title.contains(word));
    let notes = store.read(|toy, _| toy.notes.iter().filter(fits).cloned().collect::<Vec<_>>());
    Json(json!({"notes": notes}))
}

/// `GET /notes/{id}`
async fn get(store: Store<Toy>, Path(ById { id }): Path<ById>) -> Result<Json<Note>, Error> {
    assert_ne!(id, "panic", "the handler panics on request");
    store
        .read(|toy, _| toy.notes.get(&id).cloned())
        .map(Json)
        .ok_or(Error::NoSuchNote)
}
