//! One test binary for the whole suite.

mod kernel;
mod properties;
mod stories;
mod support;
