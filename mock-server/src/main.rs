//! The command line of the mock server.
fn main() {}
