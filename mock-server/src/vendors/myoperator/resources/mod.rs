//! One file per noun: its records, its handlers, its rules.

pub mod calls;
pub mod campaigns;
pub mod contacts;
pub mod conversations;
pub mod logs;
pub mod media;
pub mod messages;
pub mod parameters;
pub mod phonenumbers;
pub mod recordings;
pub mod routing;
pub mod templates;
pub mod users;
