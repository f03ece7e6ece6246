//! What a change may know (now) and use: fresh ids, webhooks, plans.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::delivery::Endpoint;
use super::ids::Ids;
use super::table::Table;
use super::vendor::Vendor;

/// How what is planned comes about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Plans run when they are due.
    #[default]
    Auto,
    /// Plans run at once.
    Instant,
    /// Nothing progresses by itself: only when nudged.
    Manual,
}

/// The one parameter through which time, identifiers and consequences come and go.
///
/// What is announced and planned takes effect when the transaction commits, and never when it is refused.
pub struct Moment<'a, V: Vendor> {
    /// The workspace's time.
    pub now: Timestamp,
    /// Fresh identifiers and chance.
    pub ids: &'a mut Ids,
    /// Who hears of webhooks; changes roll back with the state.
    pub endpoints: &'a mut Table<Endpoint>,
    /// Where this vendor is reached: `http://127.0.0.1:4600/<vendor>`.
    pub base_url: &'a str,
    pub(super) progress: Progress,
    pub(super) announced: Vec<V::Webhook>,
    pub(super) planned: Vec<(Timestamp, V::Happening)>,
}

impl<V: Vendor> Moment<'_, V> {
    /// Tells the world.
    pub fn announce(&mut self, webhook: V::Webhook) {
        self.announced.push(webhook);
    }

    /// Plans progress: `happening` comes about `after` a while, at once under `instant` progress,
    /// and only when nudged under `manual`.
    pub fn plan(&mut self, after: Duration, happening: V::Happening) {
        match self.progress {
            Progress::Auto => self.schedule(after, happening),
            Progress::Instant => self.schedule(Duration::ZERO, happening),
            Progress::Manual => {}
        }
    }

    /// Sets an alarm: `happening` comes about when the clock has moved by `after`, whatever the progress mode.
    /// For expiries and the caller's own schedules.
    pub fn schedule(&mut self, after: Duration, happening: V::Happening) {
        let at = self.now.saturating_add(after).unwrap_or(Timestamp::MAX);
        self.planned.push((at, happening));
    }
}

/// What a reader may know.
#[derive(Clone, Copy)]
pub struct Glance<'a> {
    /// The workspace's time.
    pub now: Timestamp,
    /// Who hears of webhooks.
    pub endpoints: &'a Table<Endpoint>,
    /// Where this vendor is reached.
    pub base_url: &'a str,
}
