//! One file per noun: its records, its handlers, its rules.

pub mod campaigns;
pub mod contacts;
pub mod conversations;
pub mod media;
pub mod messages;
pub mod phonenumbers;
pub mod templates;
pub mod users;
