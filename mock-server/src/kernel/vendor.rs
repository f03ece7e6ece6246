//! What a vendor must say about itself.

use std::time::Duration;

use axum::response::IntoResponse;
use bytes::Bytes;
use contracts::check::Violation;
use http::response::Parts;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::Call;
use super::delivery::DeliveryProfile;
use super::moment::Moment;
use super::phone::{Bubble, Gesture, Phone};
use super::refusal::{Denial, Refusal};
use super::routes::Routes;
use super::table::Transaction;
use super::tie::Tie;

/// A vendor is a value: its whole memory is one struct, and its rules are methods on it.
///
/// Every field of the struct is a [`Table`](super::table::Table) or a
/// [`Single`](super::table::Single), so that a refused transaction can be taken back.
/// The struct is serialised into state dumps and read from `seed.json`.
pub trait Vendor: Sized + Serialize + DeserializeOwned + Send + 'static {
    /// Every way this vendor says no, in its own words.
    type Error: IntoResponse + From<Refusal>;
    /// What this vendor tells the world.
    type Webhook: Announce;
    /// What the world does to this vendor without an API call.
    type Happening: Clone + std::fmt::Debug + Serialize + DeserializeOwned + Send;
    /// Who may be calling; handlers take it as `Extension<Caller>`.
    type Caller: Clone + Send + Sync + 'static;

    /// The facts about this vendor.
    const PROFILE: Profile;

    /// Which function answers which operation.
    fn routes(routes: Routes<Self>) -> Routes<Self>;

    /// Every credential the request shows in a form this vendor takes; none when it shows none.
    /// [`Denial::Malformed`] when it shows something that cannot be one.
    ///
    /// # Errors
    /// When what is shown is no credential at all.
    fn credentials(call: &Call) -> Result<Vec<Credential>, Denial>;

    /// Who is calling, by the credentials in the state.
    ///
    /// # Errors
    /// When none of the credentials is known, or the known one may not do this.
    fn caller(&self, credentials: &[Credential], call: &Call) -> Result<Self::Caller, Denial>;

    /// Who a minted credential stands for, and any well-formed one under `--auth any`.
    fn guest(&self, credentials: &[Credential]) -> Self::Caller;

    /// Hands every field to `visit`. Destructure `self` without `..`, so that a new field cannot be forgotten.
    fn parts(&mut self, visit: &mut dyn FnMut(&mut dyn Transaction));

    /// Lets something happen.
    ///
    /// # Errors
    /// When it cannot happen in this state, with the reason.
    fn happen(
        &mut self,
        happening: Self::Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible>;

    /// The phones of the customers that this vendor knows; none for a vendor without conversations.
    fn phones(&self) -> Vec<Phone> {
        Vec::new()
    }

    /// What one phone shows, oldest first.
    fn screen(&self, _phone: &str) -> Vec<Bubble> {
        Vec::new()
    }

    /// What a gesture on a customer's phone is to this vendor.
    ///
    /// # Errors
    /// When there is no such phone, message or button, or this vendor hears of no such thing.
    fn gesture(&self, _gesture: Gesture) -> Result<Self::Happening, Impossible> {
        Err(Impossible("this vendor shows no conversations".to_owned()))
    }

    /// Moves what is only valid for hours (windows, codes) from the seed's day to today: later by `passed`.
    fn wake(&mut self, _passed: SignedDuration) {}

    /// Adds what every answer of this vendor has: headers, tags computed from the body.
    fn dress(_call: &Call, _parts: &mut Parts, _body: &Bytes) {}

    /// Has the last word on an answer that says no, where a setting in the state changes how this vendor does.
    fn settle(&self, _parts: &mut Parts) {}

    /// How often the credential of this call may call: every limit that counts it, the shortest window first.
    /// The profile's limit unless hosts or operations differ.
    fn rate_limits(_call: &Call) -> &'static [RateLimit] {
        const { &[Self::PROFILE.rate_limit] }
    }

    /// How webhooks of this event are delivered, where it is not as the profile says.
    fn delivery(_event: &str) -> Option<&'static DeliveryProfile> {
        None
    }

    /// How webhooks that are triggered by hand are tied to the state; those that are not named go out as documented.
    fn ties() -> &'static [Tie] {
        &[]
    }

    /// Whether this vendor answers requests with this violation itself, in its handler,
    /// so that the request check must let it through.
    fn tolerates(_call: &Call, _violation: &Violation) -> bool {
        false
    }
}

/// The facts about a vendor.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Its name in paths, flags and folders.
    pub name: &'static str,
    /// `fixtures/<name>/openapi.json`.
    pub contract: &'static str,
    /// `fixtures/<name>/seed.json`.
    pub seed: &'static str,
    /// The instant for which the seed was written, such as `2023-12-28T12:00:00Z`.
    pub seed_day: &'static str,
    /// Headers that carry the demo credentials of the seed, as admin and documentation show them.
    pub demo_headers: &'static [(&'static str, &'static str)],
    /// Members of bodies that carry the demo credentials, for a vendor that has them there.
    pub demo_fields: &'static [(&'static str, &'static str)],
    /// Whether bodies are read as JSON whatever their content type says.
    pub any_content_type: bool,
    /// How often one credential may call.
    pub rate_limit: RateLimit,
    /// How webhooks are delivered.
    pub delivery: DeliveryProfile,
}

impl Profile {
    /// The instant for which the seed was written.
    ///
    /// # Panics
    /// When `seed_day` is no timestamp, which is a broken promise of the vendor's author.
    #[must_use]
    pub fn seed_day(&self) -> Timestamp {
        self.seed_day
            .parse()
            .expect("PROFILE.seed_day is a timestamp")
    }
}

/// How often one credential may call.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    /// The vendor's own limit per window, where it is known.
    pub vendor: Option<u32>,
    /// The limit while `--rate-limits` is `generous`; none when absent.
    pub generous: Option<u32>,
    /// The window's length.
    pub window: Duration,
}

/// A credential as shown by a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Which of the vendor's kinds or forms this is, such as `bearer`.
    pub form: &'static str,
    /// The secret itself.
    pub key: String,
}

/// What the vendor tells the world: each variant is a webhook of the contract.
pub trait Announce: Serialize + Send + 'static {
    /// The vendor's name of the event, as in the contract.
    fn name(&self) -> &'static str;

    /// What must stay in order: usually the conversation's peer.
    fn conversation(&self) -> String;

    /// The payload.
    fn payload(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// What makes two announcements the same to this vendor, where it suppresses repeats.
    fn identity(&self) -> Option<String> {
        None
    }

    /// Headers that each delivery of this announcement carries, whatever its endpoint.
    fn headers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The channel or family that endpoints subscribe to, where the vendor has such; the name otherwise.
    fn channel(&self) -> String {
        self.name().to_owned()
    }
}

/// A happening that cannot happen in this state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Impossible(pub String);
