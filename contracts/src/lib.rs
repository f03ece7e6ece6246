//! The documentation of messaging vendors as checkable contracts.

pub mod check;
pub mod document;
mod incoming;
mod schema;

pub use schema::Schema;
