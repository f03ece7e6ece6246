//! The headless route: WhatsApp's Cloud API, passed through, with Meta's own rules and refusals.

pub mod messages;
pub mod placeholders;
pub mod rules;
