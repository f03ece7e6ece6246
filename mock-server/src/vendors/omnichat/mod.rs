//! Omnichat: an omnichannel inbox with an Open API, and a pass-through to the WhatsApp Cloud API.
//!
//! What is odd about it:
//! - Four shapes of errors: a common one, one of the rooms operations, one of a single marketing refusal,
//!   and Meta's on the headless route.
//! - The headless route takes the bare token after `Basic`, too; everywhere else only `Bearer` counts.
//! - A parameter that is present but blank counts as absent.
//! - A team that lacks a module is told so with status 400 and the code of an invalid body.
//! - Ranges take milliseconds and at most seven days, except for contacts and tagging logs.
//!   The log of tags is asked for in milliseconds and answers in clock times of the team's zone, eight hours ahead.
//! - Most lists have a total; chatbots, blocks and agents have none, and channels are a bare array.
//!   Pages have 20 rows, those of broadcasts and templates 10.
//! - The web chat goes by three names; answers say `webchat`, but the report of messages says `website`.
//! - The type of a custom attribute is a word for contacts and a number for customers, whose datetimes
//!   have a space and whose points are text.
//! - A change is answered with an empty 204, but points and public keys with an empty 200.
//! - A roster with faults is accepted: its faulty records come back, each with its fault.
//! - A broadcast counts a message on WhatsApp as a success when it was delivered, elsewhere when it was sent.
//!   It has `respondRate` beside `responseRateWithin12Hour`, and `success` is what both are shares of.
//! - Who deletes the last account of a customer deletes the customer, and the other way round; the log of tags stays.
//! - Bodies are read strictly: single quotes, comments and trailing commas are refused, also where
//!   the vendor's own examples have them.
//! - WhatsApp events are forwarded in Meta's envelope, one to a request; the vendor's own topics are sent
//!   bare, with `X-Omnichat-…` headers. More than 20 failures in a row disable an endpoint.
//! - A direct message on WhatsApp is a template and goes to anybody, who is a contact from then on; one on LINE goes
//!   to contacts alone. Its custom attributes are written first, and stay when it is refused.
//! - What goes through the headless route has statuses and no history. Free words to who has not written for a day
//!   are taken, and fail later; so do reactions to what is gone.
//! - The rooms look at one thing after the other: at the team's module between the platform and the agent.
//! - In a room with collaborators a sales agent follows up only as one of them; who serves customers always may.
//! - Everything about WhatsApp is told, and nothing about LINE; the vendor's topics only where the settings name them.
//! - A customer's deletion arrives as an unsupported message; there is no status for it.
//! - A username hides the number behind a user id; whether user ids, parent ids, usernames and groups are shown,
//!   the settings say. A username is never shown with `sent`.
//! - The limit of 40 requests per second counts for the team, over all operations together.

pub mod auth;
pub mod error;
pub mod happenings;
mod phone;
pub mod reply;
pub mod resources;
pub mod state;
mod ties;
pub mod webhooks;

use std::time::Duration;

use bytes::Bytes;
use contracts::check::Violation;
use contracts::document::Place;
use http::response::Parts;
use jiff::SignedDuration;

use crate::kernel::call::Call;
use crate::kernel::delivery::DeliveryProfile;
use crate::kernel::moment::Moment;
use crate::kernel::phone::{Bubble, Gesture, Phone};
use crate::kernel::refusal::Denial;
use crate::kernel::routes::Routes;
use crate::kernel::table::Transaction;
use crate::kernel::tie::Tie;
use crate::kernel::vendor::{Credential, Impossible, Profile, RateLimit, Vendor};

use auth::Caller;
pub use error::Error;
pub use happenings::Happening;
use resources::{
    broadcasts, channels, chatbots, contacts, customers, direct_messages, headless, identities,
    loyalty, messages, referral_links, reports, rooms, rosters, system_users, tagging_logs,
    whatsapp_business, whatsapp_templates,
};
pub use state::Omnichat;
pub use webhooks::Webhook;

/// The one operation that speaks Meta's language.
const HEADLESS: &str = "headless.messages.send";

impl Vendor for Omnichat {
    type Error = Error;
    type Webhook = Webhook;
    type Happening = Happening;
    type Caller = Caller;

    const PROFILE: Profile = Profile {
        name: "omnichat",
        contract: include_str!("../../../../fixtures/omnichat/openapi.json"),
        seed: include_str!("../../../../fixtures/omnichat/seed.json"),
        demo_headers: &[("authorization", "Bearer omnichat-demo-token")],
        demo_fields: &[],
        any_content_type: false,
        seed_day: "2025-04-01T01:00:00Z",
        rate_limit: RateLimit {
            vendor: Some(40),
            generous: Some(2000),
            window: Duration::from_secs(1),
        },
        delivery: DeliveryProfile {
            timeout: Duration::from_secs(15),
            retries: &[
                (Duration::from_secs(5), Duration::from_secs(10)),
                (Duration::from_secs(60), Duration::from_secs(120)),
                (Duration::from_secs(600), Duration::from_secs(1200)),
            ],
            disable_after: Some(21),
            headers: webhooks::headers,
            ..DeliveryProfile::DEFAULT
        },
    };

    fn routes(routes: Routes<Self>) -> Routes<Self> {
        routes
            .on("chatbots.list", chatbots::list)
            .on("chatbots.message_blocks", chatbots::message_blocks)
            .on("messages.list", messages::list)
            .on("messages.get", messages::get)
            .on("identities.member_data", identities::member_data)
            .on("contacts.list", contacts::list)
            .on("contacts.upsert", contacts::upsert)
            .on("contacts.delete", contacts::delete)
            .on("loyalty.adjust", loyalty::adjust)
            .on("reports.messages", reports::messages)
            .on("reports.referral_orders", reports::referral_orders)
            .on("referral_links.info", referral_links::info)
            .on("rosters.upload", rosters::upload)
            .on("whatsapp_templates.list", whatsapp_templates::list)
            .on("broadcasts.create", broadcasts::create)
            .on("broadcasts.list", broadcasts::list)
            .on("broadcasts.get", broadcasts::get)
            .on("broadcasts.recipients", broadcasts::recipients)
            .on("customers.get", customers::get)
            .on("customers.upsert", customers::upsert)
            .on("customers.delete", customers::delete)
            .on("system_users.list", system_users::list)
            .on("tagging_logs.list", tagging_logs::list)
            .on(
                "whatsapp_business.public_key",
                whatsapp_business::public_key,
            )
            .on("channels.list", channels::list)
            .on("direct_messages.send", direct_messages::send)
            .on("headless.messages.send", headless::messages::send)
            .on("rooms.assign_agent", rooms::assign_agent)
            .on("rooms.assign_collaborator", rooms::assign_collaborator)
            .on("rooms.unassign_agent", rooms::unassign_agent)
            .on("rooms.unassign_collaborator", rooms::unassign_collaborator)
    }

    fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
        auth::credentials(call)
    }

    fn caller(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        self.team_calling(credentials, call)
    }

    fn guest(&self, _credentials: &[Credential]) -> Caller {
        Caller {
            team: self.team.id.clone(),
        }
    }

    fn parts(&mut self, visit: &mut dyn FnMut(&mut dyn Transaction)) {
        let Self {
            settings,
            team,
            tokens,
            channels,
            chatbots,
            blocks,
            flex_templates,
            whatsapp_templates,
            shops,
            agents,
            attributes,
            contacts,
            customers,
            rooms,
            messages,
            broadcasts,
            recipients,
            tagging_logs,
            rosters,
            referral_links,
            orders,
            adjustments,
        } = self;
        visit(settings);
        visit(team);
        visit(tokens);
        visit(channels);
        visit(chatbots);
        visit(blocks);
        visit(flex_templates);
        visit(whatsapp_templates);
        visit(shops);
        visit(agents);
        visit(attributes);
        visit(contacts);
        visit(customers);
        visit(rooms);
        visit(messages);
        visit(broadcasts);
        visit(recipients);
        visit(tagging_logs);
        visit(rosters);
        visit(referral_links);
        visit(orders);
        visit(adjustments);
    }

    fn happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        self.happening(happening, moment)
    }

    fn ties() -> &'static [Tie] {
        ties::TIES
    }

    fn phones(&self) -> Vec<Phone> {
        self.customers_phones()
    }

    fn screen(&self, phone: &str) -> Vec<Bubble> {
        self.customers_screen(phone)
    }

    fn gesture(&self, gesture: Gesture) -> Result<Happening, Impossible> {
        self.customer_does(gesture)
    }

    fn wake(&mut self, passed: SignedDuration) {
        self.wake_after(passed);
    }

    /// The rooms say themselves what is wrong with a body, in an order of their own.
    fn tolerates(call: &Call, violation: &Violation) -> bool {
        call.operation_name().starts_with("rooms.") && violation.place == Place::Body
    }

    fn dress(call: &Call, parts: &mut Parts, body: &Bytes) {
        reply::dress(call, parts, body);
    }
}
