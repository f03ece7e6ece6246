//! What vendors pass on from and to Meta's WhatsApp Cloud API without changing it.

pub mod error;
pub mod interactive;
pub mod media;
pub mod people;
pub mod template;
pub mod webhook;
