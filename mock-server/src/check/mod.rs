//! Any client, in any language, judged against the contracts: what it exercised, and what it got wrong.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use mock_server::check::{Outcome, Terms, Watch};
//!
//! let mut watch = Watch::start(mock_server::Options::default()).await?;
//! let base_url = watch.server().base_url("heltar");
//! let client = mock_server::client::plain()?;
//! let asked = client.get(format!("{base_url}/v1/clients")).bearer_auth("heltar-mock-key");
//! watch.during(asked.send()).await?;
//! let report = watch.finish(&Terms::default()).await;
//! assert_eq!(report.outcome, Outcome::Pass);
//! # Ok(()) }) }
//! ```

mod advice;
mod atlas;
mod baseline;
mod credentials;
mod environment;
mod exchange;
mod fingerprint;
mod judge;
mod ledger;
mod model;
mod remote;
pub mod report;
mod require;
mod saved;
mod watch;

pub use baseline::{Baseline, Unreadable as BadBaseline};
pub use environment::{variables, variables_at};
pub use exchange::{Exchange, Unreadable as BadExchange};
pub use judge::{Judge, Judged};
pub use ledger::{Ledger, Terms};
pub use model::*;
pub use remote::{Remote, Silent};
pub use require::{Demand, Meaningless};
pub use saved::{BadJournal, Journal, read as read_journal};
pub use watch::{Watch, run};
