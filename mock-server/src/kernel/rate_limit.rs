//! Who called how often, on the workspace's clock.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::vendor::RateLimit;

/// Which limits are enforced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum RateLimiting {
    /// High limits that only a runaway loop reaches.
    #[default]
    Generous,
    /// The vendor's own.
    Vendor,
    /// None.
    Off,
}

/// How often each credential called in its current window.
#[derive(Debug, Default)]
pub struct RateLimits {
    windows: Mutex<HashMap<(&'static str, String), Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    ends: Timestamp,
    used: u32,
}

/// Where one credential stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Requests allowed per window, where there is a limit.
    pub limit: Option<u32>,
    /// Requests left in this window.
    pub remaining: u32,
    /// When the window ends.
    pub resets: Timestamp,
    /// Whether this request is one too many.
    pub exceeded: bool,
    /// Whether it would have been too many for the vendor's own limit.
    pub would_exceed: bool,
}

impl RateLimits {
    /// Counts one request of the credential `key`.
    pub fn count(
        &self,
        vendor: &'static str,
        key: &str,
        rules: &RateLimit,
        limiting: RateLimiting,
        now: Timestamp,
    ) -> Standing {
        let limit = match limiting {
            RateLimiting::Generous => rules.generous,
            RateLimiting::Vendor => rules.vendor,
            RateLimiting::Off => None,
        };
        let mut windows = self.windows.lock();
        let window = windows
            .entry((vendor, key.to_owned()))
            .or_insert(Window { ends: now, used: 0 });
        if window.ends <= now {
            *window = Window {
                ends: now.saturating_add(rules.window).unwrap_or(Timestamp::MAX),
                used: 0,
            };
        }
        window.used = window.used.saturating_add(1);
        Standing {
            limit,
            remaining: limit.map_or(0, |limit| limit.saturating_sub(window.used)),
            resets: window.ends,
            exceeded: limit.is_some_and(|limit| window.used > limit),
            would_exceed: rules.vendor.is_some_and(|limit| window.used > limit),
        }
    }

    /// Forgets all counts.
    pub fn clear(&self) {
        self.windows.lock().clear();
    }
}

impl Standing {
    /// How long to wait for the next window, in whole seconds, at least one.
    #[must_use]
    pub fn retry_after(&self, now: Timestamp) -> Duration {
        let missing = Duration::try_from(self.resets.duration_since(now)).unwrap_or_default();
        Duration::from_secs(missing.as_millis().div_ceil(1000).max(1) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: RateLimit = RateLimit {
        vendor: Some(2),
        generous: Some(100),
        window: Duration::from_secs(60),
    };

    #[test]
    fn a_window_counts_and_then_starts_over() {
        let limits = RateLimits::default();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let count = |seconds| {
            let now = start + jiff::SignedDuration::from_secs(seconds);
            (
                limits.count("toy", "key", &RULES, RateLimiting::Vendor, now),
                now,
            )
        };
        assert_eq!(count(0).0.remaining, 1);
        assert!(!count(10).0.exceeded);
        let (third, now) = count(20);
        assert!(third.exceeded);
        assert_eq!(third.retry_after(now), Duration::from_secs(40));
        assert!(!count(60).0.exceeded, "the window is over");
    }

    #[test]
    fn a_generous_limit_still_says_what_the_vendor_would_do() {
        let limits = RateLimits::default();
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut last = limits.count("toy", "key", &RULES, RateLimiting::Generous, now);
        for _ in 0..2 {
            last = limits.count("toy", "key", &RULES, RateLimiting::Generous, now);
        }
        assert!(!last.exceeded && last.would_exceed);
    }
}
