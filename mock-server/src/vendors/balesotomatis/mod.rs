//! BalesOtomatis.id: WhatsApp automation from Indonesia, for phones paired by QR code and for official numbers.
//!
//! What a client stumbles over, and what this fake decides where nobody knows:
//!
//! - Every operation is a `POST`, and the credentials are members of its JSON body: `api_key` and `number_id` for
//!   phones, `secret_key` and `licenses_key` for official numbers. The secret is the API key under another name, and
//!   both families refuse the other's name. `licensesKey` and `secretKey` are taken as well, for one operation
//!   documents them so.
//! - The body's `code` is text and equals the HTTP status. `errors_as_http_200` in the state's settings sends every
//!   refusal with status 200 instead, as the sister platform does. 405 and 408 are the vendor's own codes: there is no
//!   `Allow` header.
//! - The body is JSON whatever its content type says; comments in it, as the published examples have, are not.
//! - Sends of the unofficial family name no message. An asynchronous send is always taken and may fail later; a
//!   synchronous one is refused when the attempt fails.
//! - The recipient is `phone_no`, `group_id`, `recipients` (one string) or `reciptient`, by operation. Nothing else
//!   is understood.
//! - Outside the 24-hour window a synchronous send is refused and an asynchronous one fails later;
//!   `refuse_outside_window` refuses both. Templates need no window.
//! - `templateId` is Meta's and shown for approved templates only; `template_id` is another token in every answer.
//! - Template creation has an envelope of its own, and Meta's refusals come with 200. Without `submitToFacebook: true`
//!   a draft is stored, although the documented example claims otherwise.
//! - Months are English for contacts and Indonesian for templates; totals are text in one list and numbers in another.
//! - There is a rate limit, but nobody says which: `sends_per_minute` in the settings sets one per number.
//! - A one-time code is looked up in the whole account, lives for `lifetime` seconds and is spent once.
//! - The webhook comes with the header `BLS-OTO-NUMBERID` and is posted once: nobody has seen a second attempt.
//! - The dashboard's AI trigger, which calls a URL with fields a user named, is no part of this API and not played.

mod auth;
mod error;
mod happenings;
mod phone;
mod reply;
mod resources;
mod state;
mod webhooks;

use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use jiff::SignedDuration;

pub use auth::Caller;
pub use error::Error;
pub use happenings::{Happening, Incoming};
pub use resources::{
    Text, account, audiences, contacts, conversations, devices, grab, messages, numbers, otp,
    templates, whatsapp_number,
};
pub use state::{BalesOtomatis, Settings};
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

impl Vendor for BalesOtomatis {
    type Error = Error;
    type Webhook = Webhook;
    type Happening = Happening;
    type Caller = Caller;

    const PROFILE: Profile = Profile {
        name: "balesotomatis",
        contract: include_str!("../../../../fixtures/balesotomatis/openapi.json"),
        seed: include_str!("../../../../fixtures/balesotomatis/seed.json"),
        seed_day: "2026-01-01T00:00:00Z",
        // The credentials are in the bodies; the contract's variables have them.
        demo_headers: &[],
        demo_fields: &[
            ("api_key", "demoBalesKey0000001"),
            ("number_id", "BO-AAAA1111BBBB2222"),
        ],
        any_content_type: true,
        // There is a limit, but nobody says which.
        rate_limit: RateLimit {
            vendor: None,
            generous: None,
            window: Duration::from_secs(60),
        },
        delivery: DeliveryProfile {
            timeout: Duration::from_secs(10),
            retries: &[],
            retried: Retried::Never,
            headers: |event, _| vec![("BLS-OTO-NUMBERID", event.channel.clone())],
            ..DeliveryProfile::DEFAULT
        },
    };

    fn routes(routes: Routes<Self>) -> Routes<Self> {
        routes
            .on("account.info", account::info)
            .on("numbers.validate", numbers::validate)
            .on("contacts.list", contacts::list)
            .on("audiences.list", audiences::list)
            .on("messages.group.send", messages::group::send)
            .on("messages.group.file", messages::group::file)
            .on("messages.personal.send", messages::personal::send)
            .on("messages.personal.file", messages::personal::file)
            .on("grab", grab::grab)
            .on("otp.send", otp::send)
            .on("otp.validate", otp::validate)
            .on("templates.create", templates::create)
            .on("templates.list", templates::list)
            .on("templates.send", templates::send)
            .on("conversations.send", conversations::send)
    }

    fn credentials(call: &Call) -> Result<Vec<Credential>, Denial> {
        auth::shown(call)
    }

    fn caller(&self, credentials: &[Credential], call: &Call) -> Result<Caller, Denial> {
        self.called_by(credentials, call)
    }

    fn guest(&self, credentials: &[Credential]) -> Caller {
        self.anyone(credentials)
    }

    fn parts(&mut self, visit: &mut dyn FnMut(&mut dyn Transaction)) {
        let Self {
            settings,
            accounts,
            devices,
            licences,
            address_books,
            audiences,
            otps,
            templates,
            broadcasts,
            conversations,
            messages,
            heard,
        } = self;
        visit(settings);
        visit(accounts);
        visit(devices);
        visit(licences);
        visit(address_books);
        visit(audiences);
        visit(otps);
        visit(templates);
        visit(broadcasts);
        visit(conversations);
        visit(messages);
        visit(heard);
    }

    fn happen(
        &mut self,
        happening: Happening,
        moment: &mut Moment<'_, Self>,
    ) -> Result<(), Impossible> {
        self.happening(happening, moment)
    }

    fn phones(&self) -> Vec<Phone> {
        self.peers_phones()
    }

    fn screen(&self, phone: &str) -> Vec<Bubble> {
        self.peers_screen(phone)
    }

    fn gesture(&self, gesture: Gesture) -> Result<Happening, Impossible> {
        self.peer_does(gesture)
    }

    fn wake(&mut self, passed: SignedDuration) {
        self.wake_after(passed);
    }

    fn dress(_call: &Call, parts: &mut Parts, _body: &Bytes) {
        reply::dress(parts);
    }

    fn settle(&self, parts: &mut Parts) {
        if self.settings.errors_as_http_200 {
            error::disguise(parts);
        }
    }

    fn ties() -> &'static [Tie] {
        webhooks::TIES
    }
}
