//! Cekat: WhatsApp templates and messages, conversations, CRM boards and orders.
//!
//! What surprises at this vendor:
//!
//! * Three families of paths answer in three envelopes (`reply.rs`), but every refusal has the same one (`error.rs`).
//! * One business key opens almost everything, in four forms that clients stack on one request; any good one is enough.
//! * The price list takes the key, but not as a bearer token.
//! * Opening a business takes a reseller's key, the two dashboard paths take a user's log-in token.
//! * A path that exists with another method is as unknown as one that does not exist.
//! * Some single rows come as an array of one, and lists name their totals differently.
//! * Times are UTC, Jakarta's, with an offset or without, depending on the path.

pub mod auth;
pub mod error;
pub mod happenings;
pub mod reply;
pub mod state;
pub mod webhooks;

use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;

use crate::kernel::call::Call;
use crate::kernel::delivery::DeliveryProfile;
use crate::kernel::moment::Moment;
use crate::kernel::refusal::Denial;
use crate::kernel::routes::Routes;
use crate::kernel::table::Transaction;
use crate::kernel::vendor::{Credential, Impossible, Profile, RateLimit, Vendor};

use auth::Caller;
use error::Error;
use happenings::Happening;
pub use state::Cekat;
use webhooks::Webhook;

impl Vendor for Cekat {
    type Error = Error;
    type Webhook = Webhook;
    type Happening = Happening;
    type Caller = Caller;

    const PROFILE: Profile = Profile {
        name: "cekat",
        contract: include_str!("../../../../fixtures/cekat/openapi.json"),
        seed: include_str!("../../../../fixtures/cekat/seed.json"),
        seed_day: "2026-04-14T08:00:00Z",
        demo_headers: &[
            ("api_key", "mock-cekat-key"),
            ("access_token", "mock-cekat-access-token"),
            ("x-partner-api-key", "mock-cekat-partner-key"),
        ],
        demo_fields: &[],
        any_content_type: false,
        rate_limit: RateLimit {
            vendor: Some(10),
            generous: Some(reply::GENEROUS),
            window: Duration::from_secs(60),
        },
        // Nobody has seen how often this vendor tries again.
        delivery: DeliveryProfile::DEFAULT,
    };

    fn routes(routes: Routes<Self>) -> Routes<Self> {
        routes.replay_the_rest()
    }

    fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
        Ok(auth::shown(call))
    }

    fn caller(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        self.admit(credentials, call.operation_name())
    }

    fn guest(&self, credentials: &[Credential]) -> Caller {
        self.welcome(credentials)
    }

    fn parts(&mut self, visit: &mut dyn FnMut(&mut dyn Transaction)) {
        let Self {
            businesses,
            partners,
            users,
        } = self;
        visit(businesses);
        visit(partners);
        visit(users);
    }

    fn happen(
        &mut self,
        happening: Happening,
        _moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        match happening {}
    }

    fn dress(_call: &Call, parts: &mut Parts, body: &Bytes) {
        reply::dress(parts, body);
    }
}
