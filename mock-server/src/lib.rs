//! A server that pretends to be messaging vendors, with memory.
//!
//! [`start`] gives a Rust test its own server on a free port, with its own seed; it stops when dropped.

pub mod admin;
pub mod app;
pub mod export;
pub mod kernel;
pub mod vendors;

pub use app::{App, BadOptions, Options, Running, start};

/// How every operation of every vendor is answered: `(vendor, [(operation, how)])`.
///
/// # Errors
/// When a vendor's contract or routes are wrong.
pub fn answered() -> Result<
    Vec<(&'static str, Vec<(&'static str, kernel::routes::Answered)>)>,
    kernel::routes::Unmountable,
> {
    let all = vendors::mount()?;
    let row = |mounted: &kernel::routes::Mounted| {
        let operations = mounted.document.operations().iter();
        (
            mounted.name,
            operations
                .map(|one| (one.name.as_str(), mounted.answered(one)))
                .collect(),
        )
    };
    Ok(all.iter().map(row).collect())
}
