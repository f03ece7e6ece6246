//! One test binary for the whole suite.

mod adapters;
mod contract;
mod kernel;
mod properties;
mod stories;
mod support;
