//! How a vendor delivers: its patience, its retries, its headers.

use std::time::Duration;

use jiff::Timestamp;

use super::record::{Class, Failure};
use crate::kernel::workspace::Event;

/// How a vendor delivers.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryProfile {
    /// How long one attempt may take, from connecting to the last byte.
    pub timeout: Duration,
    /// The pause before each retry, as its shortest and longest; chance decides between. No more retries than these.
    pub retries: &'static [(Duration, Duration)],
    /// Which failures are tried again.
    pub retried: Retried,
    /// After how many failed deliveries in a row an endpoint is disabled.
    pub disable_after: Option<u32>,
    /// For how long a repeated announcement of the same identity is kept back.
    pub suppress_repeats: Option<Duration>,
    /// Headers of one attempt, made from the event and the attempt's time.
    pub headers: fn(&Event, Timestamp) -> Vec<(&'static str, String)>,
    /// The one form field that holds the whole payload as JSON text; without it, each member is a field.
    pub form_field: fn(&Event) -> Option<&'static str>,
}

/// Which failures are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// Everything but success.
    All,
    /// No connection, no answer in time, and 5xx.
    ServerFaults,
    /// Nothing.
    Never,
}

impl Retried {
    /// Whether a failed attempt is tried again. What the guard refused never is: it would be refused again.
    #[must_use]
    pub fn covers(self, failure: &Failure, status: Option<u16>) -> bool {
        !failure.refused
            && match self {
                Self::All => true,
                Self::Never => false,
                Self::ServerFaults => match failure.class {
                    Class::Connect | Class::Timeout | Class::Tls | Class::Reset => true,
                    Class::Status => status.is_some_and(|status| status >= 500),
                    Class::Redirect => false,
                },
            }
    }
}

impl DeliveryProfile {
    /// The profile of a vendor that says nothing about it: 15 s, and retries after
    /// 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, each up to a tenth longer.
    pub const DEFAULT: Self = Self {
        timeout: Duration::from_secs(15),
        retries: &[
            pause(5),
            pause(300),
            pause(1800),
            pause(7200),
            pause(18_000),
            pause(36_000),
            pause(36_000),
        ],
        retried: Retried::All,
        disable_after: None,
        suppress_repeats: None,
        headers: |_, _| Vec::new(),
        form_field: |_| None,
    };
}

/// A pause of so many seconds, up to a tenth longer.
const fn pause(seconds: u64) -> (Duration, Duration) {
    (
        Duration::from_secs(seconds),
        Duration::from_millis(seconds * 1100),
    )
}
