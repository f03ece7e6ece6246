//! The nouns of HeltarChat: their records, handlers and rules.

pub mod attributes;
pub mod campaigns;
pub mod chats;
pub mod clients;
pub mod employees;
pub mod files;
pub mod interactive;
pub mod messages;
pub mod templates;
pub mod webhooks;
