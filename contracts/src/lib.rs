//! The documentation of messaging vendors as checkable contracts.

#[cfg(feature = "proptest")]
pub mod arbitrary;
pub mod check;
pub mod document;
mod incoming;
mod schema;

pub use schema::Schema;
