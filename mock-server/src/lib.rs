//! A server that pretends to be messaging vendors, with memory.
//!
//! [`start`] gives a Rust test its own server on a free port, with its own seed; it stops when dropped.

pub mod admin;
pub mod app;
pub mod kernel;
pub mod vendors;

pub use app::{App, BadOptions, Options, Running, start};
