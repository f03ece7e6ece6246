//! Cekat: WhatsApp templates and messages, conversations, CRM boards and orders.
//!
//! What surprises at this vendor:
//!
//! * Three families of paths answer in three envelopes (`reply.rs`), but every refusal has the same one (`error.rs`).
//! * One business key opens almost everything, in four forms that clients stack on one request; any good one is enough.
//! * The price list takes the key, but not as a bearer token.
//! * Opening a business takes a reseller's key, the two dashboard paths take a user's log-in token, and a business's
//!   key only with `dashboard_takes_keys`.
//! * A path that exists with another method is as unknown as one that does not exist.
//! * Some single rows come as an array of one, and lists name their totals differently.
//! * Times are UTC, Jakarta's, with an offset or without, depending on the path.
//! * The message list shows the current Jakarta day alone when no day is given (`messages_of_today` in the settings),
//!   and a first day without a last one means through today.
//! * Conversations are listed by cursor, 100 at most; `page` is read and ignored.
//! * A template goes by the provider's id on its paths. Only an approved one is sent; a review takes ten minutes and
//!   approves (`review_minutes`, `review_result`), and a sync brings over what the provider has.
//! * A CRM item is taken without the values that do not fit its columns: `success_with_failures` and `failed` tell.
//!   Columns go by their names, to the letter; labels by their ids in requests and by their names in answers.
//! * Order statuses are kept as written and compared in any case; the two status events shout.
//! * The boards cannot be listed for one known account: `boards_fail` makes this one such.
//! * Webhooks are as others saw them. Nobody knows a signature or a retry; a business whose package is over hears
//!   nothing. An endpoint may name an inbox or a board instead of events.
//! * Nobody has seen the dashboard's own paths for webhooks documented, so endpoints are made by the admin API.

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
use error::Error;
use happenings::Happening;
use resources::crm::{boards, items, search};
use resources::messages::whatsapp;
use resources::templates::{draft, send};
use resources::{
    agents, assignments, business, campaigns, contacts, conversations, inboxes, integrations,
    labels, messages, orders, templates,
};
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
        routes
            .on("business.register", business::register)
            .on("business.get", business::get)
            .on("inboxes.list", inboxes::list)
            .on("templates.list", templates::list)
            .on("templates.create", draft::create)
            .on("templates.sync", templates::sync)
            .on("templates.delete", templates::delete)
            .on("templates.send", send::send)
            .on("integrations.list", integrations::list)
            .on("integrations.delete", integrations::delete)
            .on("messages.send_whatsapp", whatsapp::send_whatsapp)
            .on("messages.list", messages::list)
            .on("messages.get", messages::get)
            .on("backoffice.conversations_delete", conversations::delete)
            .on("ai.response_beta", agents::response_beta)
            .on("crm.boards.list", boards::list)
            .on("crm.boards.get", boards::get)
            .on("crm.columns.get", boards::column)
            .on("crm.columns.by_name", boards::column_by_name)
            .on("crm.items.list", items::list)
            .on("crm.items.get", items::get)
            .on("crm.items.search", search::search)
            .on("crm.items.create", items::create)
            .on("crm.items.update", items::update)
            .on("crm.items.delete", items::delete)
            .on("crm.contact.create", contacts::create)
            .on("crm.contact.get", contacts::get)
            .on("crm.contact.update", contacts::update)
            .on("orders.create", orders::create)
            .on("orders.list", orders::list)
            .on("orders.get", orders::get)
            .on("orders.update", orders::update)
            .on("v2.messages.list", messages::v2_list)
            .on("v2.messages.ai_credits", messages::v2_ai_credits)
            .on("v2.agents.list", agents::v2_list)
            .on("v2.inboxes.list", inboxes::v2_list)
            .on("v2.campaigns.list", campaigns::v2_list)
            .on("v2.campaigns.messages", campaigns::v2_messages)
            .on("v2.conversations.agent_assignments", assignments::latest)
            .on("v2.agent_assignments.list", assignments::list)
            .on("v2.conversations.list", conversations::v2_list)
            .on("v2.conversations.get", conversations::v2_get)
            .on("v2.conversations.update", conversations::v2_update)
            .on("v2.contacts.list", contacts::v2_list)
            .on("v2.templates.list", templates::v2_list)
            .on("v2.templates.pricing", templates::v2_pricing)
            .on("labels.assignment_delete", labels::assignment_delete)
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
            settings,
            businesses,
            partners,
            users,
            integrations,
            inboxes,
            ai_agents,
            ai_uses,
            agents,
            contacts,
            labels,
            label_assignments,
            pipeline_statuses,
            conversations,
            messages,
            assignments,
            templates,
            provider_templates,
            prices,
            campaigns,
            campaign_messages,
            boards,
            items,
            products,
            orders,
        } = self;
        visit(settings);
        visit(businesses);
        visit(partners);
        visit(users);
        visit(integrations);
        visit(inboxes);
        visit(ai_agents);
        visit(ai_uses);
        visit(agents);
        visit(contacts);
        visit(labels);
        visit(label_assignments);
        visit(pipeline_statuses);
        visit(conversations);
        visit(messages);
        visit(assignments);
        visit(templates);
        visit(provider_templates);
        visit(prices);
        visit(campaigns);
        visit(campaign_messages);
        visit(boards);
        visit(items);
        visit(products);
        visit(orders);
    }

    fn happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        self.happening(happening, moment)
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

    fn dress(_call: &Call, parts: &mut Parts, body: &Bytes) {
        reply::dress(parts, body);
    }

    fn ties() -> &'static [Tie] {
        webhooks::TIES
    }
}
