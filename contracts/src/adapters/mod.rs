//! One reference client per vendor: typed, written by hand, and knowing nothing of the contract files.
//!
//! Where a client and a contract disagree, one of them is wrong. [`Adapter`] is what a test needs to know of a
//! client to find out.

pub mod balesotomatis;
pub mod cekat;
mod code;
pub mod heltar;
pub mod meta;
pub mod myoperator;
pub mod omnichat;
mod signature;
mod wire;

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use reqwest::redirect;
use serde_json::Value;

/// The HTTP client of all adapters: patient for 30 s, and never led elsewhere by a redirect or a proxy.
fn http() -> Result<reqwest::Client, reqwest::Error> {
    // The first one to ask decides for the process; that somebody else did is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
        .build()
}

/// A reference client that can be asked to do everything it can.
pub trait Adapter: Send + Sync + Sized + 'static {
    /// The vendor's short name, as in `fixtures/<vendor>`.
    const VENDOR: &'static str;

    /// What one call leaves for the next: addresses and identifiers that the vendor made up.
    type Notes: Default + Send;

    /// A client of the vendor at `base_url`, with the variables of its collection as credentials.
    ///
    /// # Errors
    /// When no client can be made of them.
    fn connect(base_url: &str, variables: &[(String, String)]) -> Result<Self, String>;

    /// Every documented use of every operation, in an order that works on the vendor's seed.
    fn calls() -> Vec<Call<Self>>;

    /// What the adapter understands of a webhook's body of this content type, written as JSON again.
    ///
    /// # Errors
    /// When it understands nothing.
    fn hear(webhook: &str, content_type: &str, body: &[u8]) -> Result<Value, String>;

    /// What has to happen at the mock for it to tell everything that [`Adapter::calls`] does not bring about, after
    /// calls that left these notes.
    fn happenings(notes: &Self::Notes) -> Vec<Value>;
}

/// One documented use of an operation.
pub struct Call<A: Adapter> {
    /// The operation.
    pub operation: &'static str,
    /// The variant of the operation; none when it has only one.
    pub variant: Option<&'static str>,
    /// The status of the answer, when all calls are made in order on the vendor's seed.
    pub status: u16,
    /// Makes the call.
    pub perform: Perform<A>,
}

/// Makes a call with a client and the notes of the calls before.
pub type Perform<A> = for<'a> fn(&'a A, &'a mut <A as Adapter>::Notes) -> Performing<'a>;

/// A call under way.
pub type Performing<'a> = Pin<Box<dyn Future<Output = Result<Understood, Failure>> + Send + 'a>>;

impl<A: Adapter> Call<A> {
    /// A call that succeeds on the seed.
    pub fn new(operation: &'static str, perform: Perform<A>) -> Self {
        Self {
            operation,
            variant: None,
            status: 200,
            perform,
        }
    }

    /// The same call as one of several variants.
    #[must_use]
    pub fn variant(self, variant: &'static str) -> Self {
        Self {
            variant: Some(variant),
            ..self
        }
    }

    /// The same call, answered with another status than 200.
    #[must_use]
    pub fn answered(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

/// What a client made of an answer, in a form that can be laid beside the answer itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// The status, as the client's types tell it.
    pub status: u16,
    /// The content.
    pub made: Made,
}

/// The content of an answer, understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    /// There was none, or none that matters.
    Nothing,
    /// The client's typed answer, written as JSON again.
    Json(Value),
    /// Texts found in a body of another format.
    Words(Vec<String>),
    /// The body is taken as it is.
    Bytes(Bytes),
}

/// A call without a good answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The vendor said no, and was understood.
    #[error("refused: {0:?}")]
    Refused(Understood),
    /// The vendor was not understood.
    #[error("not understood: {0}")]
    Unintelligible(String),
    /// There was no answer.
    #[error("no answer: {0}")]
    Lost(String),
}
