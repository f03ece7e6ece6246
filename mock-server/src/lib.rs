//! A server that pretends to be messaging vendors, with memory.
//!
//! [`start`] gives a Rust test its own server on a free port, with its own seed; it stops when dropped.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let server = mock_server::start(mock_server::Options::default()).await?;
//! let base_url = server.base_url("heltar");
//! assert!(base_url.starts_with("http://127.0.0.1:") && base_url.ends_with("/heltar"));
//! server.stop().await;
//! # Ok(()) }) }
//! ```

pub mod admin;
pub mod app;
pub mod check;
pub mod client;
pub mod console;
pub mod export;
pub mod kernel;
pub mod scenario;
pub mod vendors;

pub use app::{App, BadOptions, Options, Running, serve, start};

use kernel::routes::{Answered, Mounted, Unmountable};

/// One vendor's operations and how each is answered.
pub type Answers = (&'static str, Vec<(&'static str, Answered)>);

/// How every operation of every vendor is answered.
///
/// # Errors
/// When a vendor's contract or routes are wrong.
pub fn answered() -> Result<Vec<Answers>, Unmountable> {
    let row = |mounted: &Mounted| {
        let operations = mounted.document.operations().iter();
        (
            mounted.name,
            operations
                .map(|one| (one.name.as_str(), mounted.answered(one)))
                .collect(),
        )
    };
    Ok(vendors::mount()?.iter().map(row).collect())
}
