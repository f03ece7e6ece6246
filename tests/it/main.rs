//! One test binary for the whole suite.

mod kernel;
mod stories;
mod support;
