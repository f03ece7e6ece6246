//! The only source of time: a workspace's clock, real, frozen or running at a speed.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde::Serialize;

/// The machine's own time. Everything else asks a [`Clock`].
#[must_use]
pub fn wall_clock() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where real time enters"
    )]
    Timestamp::now()
}

/// A workspace's clock.
#[derive(Debug)]
pub struct Clock {
    setting: Mutex<Setting>,
}

#[derive(Clone, Copy, Debug)]
struct Setting {
    /// What the clock showed at `since`.
    shown: Timestamp,
    since: Instant,
    /// Workspace seconds per real second; zero is frozen.
    speed: f64,
}

/// What a clock shows and how it runs, as the admin API tells it.
#[derive(Clone, Debug, Serialize)]
pub struct Reading {
    /// The workspace's time.
    pub now: Timestamp,
    /// Whether time stands still.
    pub frozen: bool,
    /// Workspace seconds per real second; 0 while frozen.
    pub speed: f64,
    /// Seconds that this clock is ahead of the machine's; negative when behind.
    pub offset_seconds: i64,
}

impl Setting {
    fn now(&self) -> Timestamp {
        if self.speed == 0.0 {
            return self.shown;
        }
        let elapsed = self.since.elapsed().mul_f64(self.speed);
        self.shown.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }
}

impl Clock {
    /// A clock that shows the machine's time.
    #[must_use]
    pub fn real() -> Self {
        Self::starting(wall_clock(), 1.0)
    }

    /// A clock that stands still at `at` until it is moved.
    #[must_use]
    pub fn frozen(at: Timestamp) -> Self {
        Self::starting(at, 0.0)
    }

    fn starting(shown: Timestamp, speed: f64) -> Self {
        Self {
            setting: Mutex::new(Setting {
                shown,
                since: Instant::now(),
                speed,
            }),
        }
    }

    /// The workspace's time.
    pub fn now(&self) -> Timestamp {
        self.setting.lock().now()
    }

    /// What the clock shows and how it runs.
    pub fn reading(&self) -> Reading {
        let setting = *self.setting.lock();
        let now = setting.now();
        Reading {
            now,
            frozen: setting.speed == 0.0,
            speed: setting.speed,
            offset_seconds: now.duration_since(wall_clock()).as_secs(),
        }
    }

    /// Stops or restarts time where it is; restarting runs at real speed.
    pub fn freeze(&self, frozen: bool) {
        let mut setting = self.setting.lock();
        let running = if setting.speed == 0.0 {
            1.0
        } else {
            setting.speed
        };
        let speed = if frozen { 0.0 } else { running };
        *setting = Setting {
            shown: setting.now(),
            since: Instant::now(),
            speed,
        };
    }

    /// Runs at `speed` workspace seconds per real second from now on.
    pub fn run_at(&self, speed: f64) {
        let mut setting = self.setting.lock();
        *setting = Setting {
            shown: setting.now(),
            since: Instant::now(),
            speed,
        };
    }

    /// Puts the clock to `at`, running or frozen as it was.
    pub fn set(&self, at: Timestamp) {
        let mut setting = self.setting.lock();
        setting.shown = at;
        setting.since = Instant::now();
    }

    /// Puts the clock forward to `at` unless it is there already; never backwards.
    pub fn reach(&self, at: Timestamp) {
        let mut setting = self.setting.lock();
        if setting.now() < at {
            setting.shown = at;
            setting.since = Instant::now();
        }
    }

    /// Real time until the clock shows `at`; `None` while it stands still short of it.
    pub fn real_time_until(&self, at: Timestamp) -> Option<Duration> {
        let setting = *self.setting.lock();
        let missing: SignedDuration = at.duration_since(setting.now());
        match Duration::try_from(missing) {
            Err(_) => Some(Duration::ZERO),
            Ok(missing) if missing.is_zero() => Some(Duration::ZERO),
            Ok(_) if setting.speed == 0.0 => None,
            Ok(missing) => Some(
                missing
                    .div_f64(setting.speed)
                    .min(Duration::from_secs(86_400)),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let start: Timestamp = "2023-12-28T12:00:00Z".parse().unwrap();
        let clock = Clock::frozen(start);
        assert_eq!(clock.now(), start);
        clock.reach(start + SignedDuration::from_hours(25));
        assert_eq!(clock.now(), "2023-12-29T13:00:00Z".parse().unwrap());
        clock.reach(start);
        assert_eq!(
            clock.now(),
            "2023-12-29T13:00:00Z".parse().unwrap(),
            "reach never goes back"
        );
        assert_eq!(
            clock.real_time_until(start + SignedDuration::from_hours(26)),
            None
        );
    }

    #[test]
    fn a_fast_clock_needs_less_real_time() {
        let clock = Clock::frozen("2023-12-28T12:00:00Z".parse().unwrap());
        clock.run_at(3600.0);
        let wait = clock
            .real_time_until(clock.now() + SignedDuration::from_hours(1))
            .unwrap();
        assert!(
            wait <= Duration::from_secs(1) && wait > Duration::from_millis(500),
            "{wait:?}"
        );
    }
}
