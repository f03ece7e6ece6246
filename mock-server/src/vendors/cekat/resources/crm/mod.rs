//! The CRM: boards with groups and typed columns, the items on them, and a search language.

pub mod boards;
pub mod columns;
pub mod items;
pub mod search;
