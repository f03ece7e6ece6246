//! One test binary for the whole suite.

mod adapters;
mod kernel;
mod properties;
mod stories;
mod support;
