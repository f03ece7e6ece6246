//! One test binary for the whole suite.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod adapters;
mod admin;
mod check;
mod contract;
mod kernel;
mod properties;
mod stories;
mod support;
