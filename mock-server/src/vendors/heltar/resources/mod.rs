//! The nouns of HeltarChat: their records, handlers and rules.

pub mod attributes;
pub mod batches;
pub mod campaigns;
pub mod chats;
pub mod clients;
pub mod content;
pub mod employees;
pub mod files;
pub mod incoming;
pub mod interactive;
pub mod messages;
pub mod meta;
pub mod placeholders;
pub mod templates;
pub mod webhooks;
