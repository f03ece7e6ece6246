//! MyOperator: WhatsApp messages, contacts, outbound calls, users and call logs, on three hosts.
//!
//! What is odd about it:
//! - Three hosts with a stack, a credential and families of errors of their own. Their paths do not collide, so that
//!   where the `Host` header does not tell, the path does.
//! - The public API wants `Bearer` in exactly this spelling, and answers a valid key with an unknown company by a 500.
//! - Outbound calls pass two checks: a gateway judges key and shape, an application judges account and rules.
//! - The developers' host takes every parameter from the query, a form or JSON, and answers a wrong token with 400.
//! - `code` is a number, a number in a text, or a word, depending on who answers.
//! - `POST /contacts` creates or searches; `PATCH /contacts/{contact}` takes an id or a number.
//! - Success of interactive messages is documented under 500 and answered with 200.
//! - An outbound call that is taken on is queued; the last digit of the customer's number decides what becomes of it:
//!   0 to 5 all pick up, 6 the customer does not, 7 is busy, 8 no agent picks up, 9 nobody is free.
//! - A call's live events have milliseconds, its summary whole seconds, and the durations of each follow its own times.
//! - The events of a call are numbered, its summary always has number 1, and what files it goes on counting.
//! - A menu whose customer picks up and whose agents do not ends as `missed`, and is billed.
//! - Logs show `seconds` of the day where a duration is expected, and spell `transfered_to` with one `r`.
//! - The old generation tells of calls without naming the event; `v1.` before a name keeps the generations apart, and
//!   an endpoint asks for one of them by hearing `v1` or `v2`. It hears both when it asks for nothing.
//! - In forms, the old generation's calls are JSON text in the one field `myoperator`; all else is a field per member.
//! - An answer to a message names the conversation twice, as documented (`conversaton_id`) and as live accounts do.
//! - What does not fit a template, a limit or a kind of header is let through unless `strict` is set, because the
//!   documented requests do not fit either; a file of the wrong kind and an unapproved template fail always.
//! - Meta's review takes no time (`review_seconds`, `review_result`), so that what was drafted can be sent.
//! - Whoever sends a first message has the conversation; after two days without a word it closes (`close_after`).
//!   A campaign does the same, but does not tell of it.
//! - Free text a day after the customer's last word is accepted, and fails only where `enforce_window` is set.
//! - A message arrives by itself and is read when nudged; a customer's file is told twice, the second time with a link.
//! - Campaigns, conversations and wallets belong to the panel, and so are moved by happenings. The seed's campaigns
//!   wait until they are nudged.
//! - Everything on WhatsApp is told in both generations; an endpoint that names `v1` or `v2` hears one alone. The old
//!   one knows no conversations, renames a template's id, puts `WABA_` before Meta's codes, and counts categories only
//!   where links are opened. `stale_delivered` brings back its outdated arrivals.
//! - A search counts its page as `total` and what it found as `filter_total`, and takes a status by number.

pub mod auth;
pub mod error;
pub mod happenings;
mod phone;
pub mod reply;
pub mod resources;
pub mod state;
pub mod webhooks;

use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use jiff::SignedDuration;

use resources::contacts::search;
use resources::{
    calls, campaigns, contacts, logs, media, messages, phonenumbers, recordings, templates, users,
};

pub use auth::Caller;
pub use error::Error;
pub use happenings::Happening;
pub use state::{Company, MyOperator};
pub use webhooks::Webhook;

use crate::kernel::call::Call;
use crate::kernel::delivery::{DeliveryProfile, Retried};
use crate::kernel::moment::Moment;
use crate::kernel::phone::{Bubble, Gesture, Phone};
use crate::kernel::refusal::Denial;
use crate::kernel::routes::Routes;
use crate::kernel::table::Transaction;
use crate::kernel::tie::Tie;
use crate::kernel::vendor::{Credential, Impossible, Profile, RateLimit, Vendor};

/// The vendor's servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// `publicapi.myoperator.co`: messages and contacts.
    PublicApi,
    /// `obd-api.myoperator.co`: outbound calls.
    Obd,
    /// `developers.myoperator.co`: users, call logs, recordings.
    Developers,
}

impl Host {
    /// The host that a call is meant for: the one it names, else the one that has such paths.
    #[must_use]
    pub fn of(call: &Call) -> Self {
        let named = call.header("host").unwrap_or_default();
        match named.split_once(".myoperator.co").map(|(host, _)| host) {
            Some("publicapi") => Self::PublicApi,
            Some("obd-api") => Self::Obd,
            Some("developers") => Self::Developers,
            _ => Self::having(&call.path),
        }
    }

    fn having(path: &str) -> Self {
        match path.split('/').find(|segment| !segment.is_empty()) {
            Some("obd-api-v1") => Self::Obd,
            Some("search" | "user" | "filters" | "recordings" | "call") => Self::Developers,
            _ => Self::PublicApi,
        }
    }
}

/// A pause of a fixed length.
const fn pause(seconds: u64) -> (Duration, Duration) {
    (Duration::from_secs(seconds), Duration::from_secs(seconds))
}

/// The new generation retries after 30 s and then after twice as long each time, two hours at most, for a day.
const RETRIES: &[(Duration, Duration)] = &[
    pause(30),
    pause(60),
    pause(120),
    pause(240),
    pause(480),
    pause(960),
    pause(1920),
    pause(3840),
    pause(7200),
    pause(7200),
    pause(7200),
    pause(7200),
    pause(7200),
    pause(7200),
    pause(7200),
    pause(7200),
    pause(7200),
    pause(7200),
];

/// So many calls per window, when the vendor's own limits are wanted.
const fn at_most(calls: u32, seconds: u64) -> RateLimit {
    RateLimit {
        vendor: Some(calls),
        generous: None,
        window: Duration::from_secs(seconds),
    }
}

/// How often the developers' host may be called: per minute, per hour and per day.
const PULLS: &[RateLimit] = &[at_most(20, 60), at_most(100, 3600), at_most(500, 86_400)];

/// The old generation tries three more times, half a minute apart. What it tells of calls stands in forms as JSON
/// text in one field.
const OLD_GENERATION: DeliveryProfile = DeliveryProfile {
    retries: &[pause(30), pause(30), pause(30)],
    form_field: |event| {
        let about_calls = matches!(event.name.as_str(), "v1.after_call" | "v1.disposition");
        about_calls.then_some("myoperator")
    },
    ..MyOperator::PROFILE.delivery
};

impl Vendor for MyOperator {
    type Error = Error;
    type Webhook = Webhook;
    type Happening = Happening;
    type Caller = Caller;

    const PROFILE: Profile = Profile {
        name: "myoperator",
        contract: include_str!("../../../../fixtures/myoperator/openapi.json"),
        seed: include_str!("../../../../fixtures/myoperator/seed.json"),
        seed_day: "2026-04-21T09:00:00Z",
        demo_headers: &[
            ("authorization", "Bearer mock-wa-key-0001"),
            ("x-myop-company-id", "66c595699b31d875"),
            ("x-api-key", "mock-obd-gateway-key"),
        ],
        demo_fields: &[
            ("token", "0123456789abcdef0123456789abcdef"),
            ("company_id", "66c595699b31d875"),
            ("secret_token", "mock-obd-secret-0001"),
        ],
        any_content_type: false,
        rate_limit: RateLimit {
            vendor: None,
            generous: None,
            window: Duration::from_secs(60),
        },
        delivery: DeliveryProfile {
            // A receiver that takes longer than this has failed.
            timeout: Duration::from_secs(5),
            retries: RETRIES,
            retried: Retried::All,
            headers: |_, _| vec![("user-agent", "Go-http-client/2.0".to_owned())],
            ..DeliveryProfile::DEFAULT
        },
    };

    fn routes(routes: Routes<Self>) -> Routes<Self> {
        routes
            .on("templates.create", templates::create)
            .on("templates.list", templates::list)
            .on("templates.get", templates::get)
            .on("templates.delete", templates::delete)
            .on("campaigns.list", campaigns::list)
            .on("campaigns.get", campaigns::get)
            .on("phonenumbers.list", phonenumbers::list)
            .on("messages.send", messages::send)
            .on("media.upload", media::upload)
            .on("contacts.create", contacts::create)
            .on("contacts.search", search::search)
            .on("contacts.list", contacts::list)
            .on("contacts.get", contacts::get)
            .on("contacts.update_by_id", contacts::update_by_id)
            .on("contacts.update_by_phone", contacts::update_by_phone)
            .on("contacts.delete", contacts::delete)
            .on("calls.obd", calls::obd)
            .on("users.list", users::list)
            .on("users.create", users::create)
            .on("users.update", users::update)
            .on("logs.search", logs::search)
            .on("logs.filters", logs::filters)
            .on("recordings.link", recordings::link)
            .on("recordings.file", recordings::file)
    }

    fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
        auth::credentials(call)
    }

    fn caller(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        self.who(credentials, call)
    }

    fn guest(&self, _credentials: &[Credential]) -> Caller {
        self.anyone()
    }

    fn parts(&mut self, visit: &mut dyn FnMut(&mut dyn Transaction)) {
        let Self {
            settings,
            companies,
            gateway_keys,
            users,
            wabas,
            phone_numbers,
            templates,
            media,
            campaigns,
            conversations,
            messages,
            dids,
            departments,
            ivrs,
            calls,
            custom_fields,
            contacts,
        } = self;
        visit(settings);
        visit(companies);
        visit(gateway_keys);
        visit(users);
        visit(wabas);
        visit(phone_numbers);
        visit(templates);
        visit(media);
        visit(campaigns);
        visit(conversations);
        visit(messages);
        visit(dids);
        visit(departments);
        visit(ivrs);
        visit(calls);
        visit(custom_fields);
        visit(contacts);
    }

    fn happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        self.let_happen(happening, moment)
    }

    fn ties() -> &'static [Tie] {
        webhooks::ties::TIES
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

    /// Only the developers' host is known to count. Recordings come from a storage of its own.
    fn rate_limits(call: &Call) -> &'static [RateLimit] {
        let is_file = call
            .operation
            .is_some_and(|operation| operation.name == "recordings.file");
        match Host::of(call) {
            Host::Developers if !is_file => PULLS,
            Host::Developers | Host::PublicApi | Host::Obd => &[],
        }
    }

    fn delivery(event: &str) -> Option<&'static DeliveryProfile> {
        event.starts_with("v1.").then_some(&OLD_GENERATION)
    }

    fn wake(&mut self, passed: SignedDuration) {
        self.wake_conversations(passed);
        self.move_calls(passed);
    }

    fn dress(call: &Call, parts: &mut Parts, _body: &Bytes) {
        reply::dress(call, parts);
    }
}
