//! HeltarChat: a WhatsApp CRM on top of Meta's Cloud API.
//!
//! What it does that others do not:
//! * A free-form message outside the 24-hour window is accepted; that it failed shows by webhook (131047).
//! * A batch that fails in part answers 206, one that fails as a whole the commonest of its codes.
//! * Attributes of a client are JSON in a string: as sent when they are created, rewritten ever after.
//! * Good rows of `clients.upsert` are kept although a bad one refuses the request.
//! * A message to answer may be named by the vendor's id or by WhatsApp's.
//! * Webhooks are Meta's bodies, unchanged and unsigned; addresses are registered through the API.
//! * Uploads go to the storage service under a presigned address, which answers in XML.
//! * An unknown template is an empty list to whoever asks for it, and a failure to whoever sends it.

pub mod auth;
pub mod error;
pub mod happenings;
pub mod phone;
mod reply;
pub mod resources;
pub mod state;
pub mod webhooks;

use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use jiff::SignedDuration;

use self::auth::Caller;
use self::error::Error;
use self::happenings::Happening;
use self::resources::{
    attributes, campaigns, chats, clients, employees, files, messages, templates,
};
pub use self::state::Heltar;
use self::webhooks::Webhook;
use crate::kernel::call::Call;
use crate::kernel::delivery::{DeliveryProfile, Retried};
use crate::kernel::moment::Moment;
use crate::kernel::phone::{Bubble, Gesture, Phone};
use crate::kernel::refusal::Denial;
use crate::kernel::routes::Routes;
use crate::kernel::table::Transaction;
use crate::kernel::tie::Tie;
use crate::kernel::vendor::{Credential, Impossible, Profile, RateLimit, Vendor};

/// A pause between so many minutes and so many.
const fn minutes(shortest: u64, longest: u64) -> (Duration, Duration) {
    (
        Duration::from_secs(shortest * 60),
        Duration::from_secs(longest * 60),
    )
}

impl Vendor for Heltar {
    type Error = Error;
    type Webhook = Webhook;
    type Happening = Happening;
    type Caller = Caller;

    const PROFILE: Profile = Profile {
        name: "heltar",
        contract: include_str!("../../../../fixtures/heltar/openapi.json"),
        seed: include_str!("../../../../fixtures/heltar/seed.json"),
        seed_day: "2023-12-28T12:00:00Z",
        demo_headers: &[("authorization", "Bearer heltar-mock-key")],
        demo_fields: &[],
        any_content_type: false,
        // The vendor limits calls per business and publishes no numbers.
        rate_limit: RateLimit {
            vendor: None,
            generous: None,
            window: Duration::from_secs(60),
        },
        delivery: DeliveryProfile {
            timeout: Duration::from_secs(10),
            retries: &[
                minutes(1, 5),
                minutes(10, 20),
                minutes(30, 60),
                minutes(90, 150),
                minutes(240, 300),
            ],
            retried: Retried::ServerFaults,
            disable_after: Some(100),
            suppress_repeats: Some(Duration::from_secs(600)),
            headers: |_, at| vec![("X-Request-Timestamp", format!("{at:.3}"))],
            ..DeliveryProfile::DEFAULT
        },
    };

    fn routes(routes: Routes<Self>) -> Routes<Self> {
        routes
            .on("webhooks.upsert", resources::webhooks::upsert)
            .on("webhooks.delete", resources::webhooks::delete)
            .on("employees.list", employees::list)
            .on("campaigns.list", campaigns::list)
            .on("campaigns.send", campaigns::send)
            .on("clients.list", clients::list)
            .on("clients.upsert", clients::upsert)
            .on("clients.get", clients::get)
            .on("clients.chat.toggle", chats::toggle)
            .on("clients.chat.assign", chats::assign)
            .on("templates.list", templates::list)
            .on("templates.get", templates::get)
            .on("messages.list", messages::list)
            .on("messages.get", messages::get)
            .on("messages.send", messages::send)
            .on("messages.presignedUrl", files::presigned_url)
            .on("files.put", files::put)
            .on("files.get", files::get)
            .on("attributes.list", attributes::list)
            .on("attributes.create", attributes::create)
            .on("attributes.update", attributes::update)
            .on("attributes.delete", attributes::delete)
    }

    fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
        auth::credentials(call)
    }

    fn caller(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        self.caller_of(credentials, call)
    }

    fn guest(&self, _: &[Credential]) -> Caller {
        Caller::anyone()
    }

    fn parts(&mut self, visit: &mut dyn FnMut(&mut dyn Transaction)) {
        let Self {
            business,
            keys,
            employees,
            attributes,
            templates,
            clients,
            messages,
            campaigns,
            uploads,
        } = self;
        visit(business);
        visit(keys);
        visit(employees);
        visit(attributes);
        visit(templates);
        visit(clients);
        visit(messages);
        visit(campaigns);
        visit(uploads);
    }

    fn happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        self.let_happen(happening, moment)
    }

    fn phones(&self) -> Vec<Phone> {
        self.clients_phones()
    }

    fn screen(&self, phone: &str) -> Vec<Bubble> {
        self.clients_screen(phone)
    }

    fn gesture(&self, gesture: Gesture) -> Result<Happening, Impossible> {
        self.client_does(gesture)
    }

    fn wake(&mut self, passed: SignedDuration) {
        self.move_last_day(passed);
    }

    fn dress(call: &Call, parts: &mut Parts, body: &Bytes) {
        reply::dress(call, parts, body);
    }

    fn ties() -> &'static [Tie] {
        webhooks::TIES
    }
}
