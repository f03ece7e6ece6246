//! What tests stand on: stories, a receiver, and a toy vendor.

pub mod receiver;
pub mod stage;
pub mod story;
pub mod toy;

pub use story::story;
