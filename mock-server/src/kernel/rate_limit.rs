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

/// How often each credential called in its current windows.
#[derive(Debug, Default)]
pub struct RateLimits {
    /// Of each credential, one window per limit, in the order of the limits.
    windows: Mutex<HashMap<(&'static str, String), Vec<Window>>>,
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
    /// Counts one request of the credential `key` against every limit. Where it stands is told of the limit it
    /// broke, and of the one that it has to wait for longest where it broke several; of the first otherwise.
    pub fn count(
        &self,
        vendor: &'static str,
        key: &str,
        rules: &[RateLimit],
        limiting: RateLimiting,
        now: Timestamp,
    ) -> Standing {
        let mut windows = self.windows.lock();
        let windows = windows.entry((vendor, key.to_owned())).or_default();
        if windows.len() < rules.len() {
            windows.resize(rules.len(), Window { ends: now, used: 0 });
        }
        let counted = rules.iter().zip(windows);
        let standings = counted.map(|(rule, window)| window.count(rule, limiting, now));
        let mut told = Standing {
            limit: None,
            remaining: 0,
            resets: now,
            exceeded: false,
            would_exceed: false,
        };
        for (number, standing) in standings.enumerate() {
            let worse = standing.exceeded && (!told.exceeded || standing.resets > told.resets);
            let would_exceed = told.would_exceed || standing.would_exceed;
            if number == 0 || worse {
                told = standing;
            }
            told.would_exceed = would_exceed;
        }
        told
    }

    /// Forgets all counts.
    pub fn clear(&self) {
        self.windows.lock().clear();
    }
}

impl Window {
    fn count(&mut self, rule: &RateLimit, limiting: RateLimiting, now: Timestamp) -> Standing {
        let limit = match limiting {
            RateLimiting::Generous => rule.generous,
            RateLimiting::Vendor => rule.vendor,
            RateLimiting::Off => None,
        };
        if self.ends <= now {
            *self = Self {
                ends: now.saturating_add(rule.window).unwrap_or(Timestamp::MAX),
                used: 0,
            };
        }
        self.used = self.used.saturating_add(1);
        Standing {
            limit,
            remaining: limit.map_or(0, |limit| limit.saturating_sub(self.used)),
            resets: self.ends,
            exceeded: limit.is_some_and(|limit| self.used > limit),
            would_exceed: rule.vendor.is_some_and(|limit| self.used > limit),
        }
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
                limits.count("toy", "key", &[RULES], RateLimiting::Vendor, now),
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
        let mut last = limits.count("toy", "key", &[RULES], RateLimiting::Generous, now);
        for _ in 0..2 {
            last = limits.count("toy", "key", &[RULES], RateLimiting::Generous, now);
        }
        assert!(!last.exceeded && last.would_exceed);
    }

    #[test]
    fn the_longest_wait_is_told_where_several_limits_are_broken() {
        const LIMITS: [RateLimit; 2] = [
            RULES,
            RateLimit {
                vendor: Some(3),
                generous: None,
                window: Duration::from_secs(3600),
            },
        ];
        let limits = RateLimits::default();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let count = |seconds| {
            let now = start + jiff::SignedDuration::from_secs(seconds);
            limits.count("toy", "key", &LIMITS, RateLimiting::Vendor, now)
        };
        assert_eq!(count(0).limit, Some(2));
        assert!(!count(0).exceeded);
        let third = count(0);
        assert!(third.exceeded && third.resets == start + Duration::from_secs(60));
        let fourth = count(0);
        assert_eq!(fourth.resets, start + Duration::from_secs(3600));
        let later = count(90);
        assert_eq!(later.limit, Some(3), "the minute is over, the hour is not");
        assert!(later.exceeded);
        assert!(!count(3600).exceeded);
    }
}
