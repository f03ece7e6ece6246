//! What is new in a workspace, numbered, for whoever watches live.

use std::collections::VecDeque;

use parking_lot::Mutex;
use serde::Deserialize;
use tokio::sync::Notify;

/// How many pieces of news are kept for those who were away for a moment.
const KEPT: usize = 8192;

/// What a piece of news is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A request was answered.
    Request,
    /// A webhook was announced.
    Event,
    /// A delivery was made or moved on.
    Delivery,
    /// Somebody moved the clock.
    Clock,
    /// Somebody put the workspace back to its seed.
    Reset,
}

impl News {
    /// Its name in the stream.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Event => "event",
            Self::Delivery => "delivery",
            Self::Clock => "clock",
            Self::Reset => "reset",
        }
    }
}

/// What is new, as kinds and numbers: a few bytes each, looked up when somebody reads them.
#[derive(Debug, Default)]
pub struct Feed {
    inner: Mutex<Inner>,
    rung: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    kept: VecDeque<(News, u64)>,
    /// The number of the newest; numbers never start over.
    newest: u64,
    closed: bool,
}

/// What came after a number.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// How many came before these and are no longer known; `None` when not even that is known.
    pub missed: Option<u64>,
    /// What came: its number, and what it is about. Of a clock or a reset, the last number means nothing.
    pub news: Vec<(u64, News, u64)>,
    /// The number to go on from.
    pub newest: u64,
}

impl Feed {
    /// Says that something is new. Cheap, because it is called on every request.
    pub fn tell(&self, news: News, id: u64) {
        let mut inner = self.inner.lock();
        if news == News::Reset {
            // Numbers of requests and deliveries start over: older news would be looked up wrongly.
            inner.kept.clear();
        } else if inner.kept.len() == KEPT {
            inner.kept.pop_front();
        }
        inner.kept.push_back((news, id));
        inner.newest += 1;
        drop(inner);
        self.rung.notify_waiters();
    }

    /// The number of the newest piece of news.
    pub fn newest(&self) -> u64 {
        self.inner.lock().newest
    }

    /// What came after the piece of this number, at most so many.
    pub fn after(&self, number: u64, limit: usize) -> Batch {
        let inner = self.inner.lock();
        if number > inner.newest {
            return Batch {
                missed: None,
                news: Vec::new(),
                newest: inner.newest,
            };
        }
        let first = inner.newest - inner.kept.len() as u64 + 1;
        let missed = first.saturating_sub(number + 1);
        let skip = usize::try_from((number + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        let numbered = (first..).zip(&inner.kept).skip(skip).take(limit);
        let news: Vec<_> = numbered
            .map(|(number, (news, id))| (number, *news, *id))
            .collect();
        Batch {
            missed: Some(missed),
            newest: news.last().map_or(number, |(number, ..)| *number),
            news,
        }
    }

    /// Waits until there is something after this number; false when nothing will come any more.
    pub async fn wait(&self, number: u64) -> bool {
        loop {
            let mut rung = std::pin::pin!(self.rung.notified());
            rung.as_mut().enable();
            {
                let inner = self.inner.lock();
                if inner.closed {
                    return false;
                }
                if inner.newest != number {
                    return true;
                }
            }
            rung.await;
        }
    }

    /// Lets those who wait go home.
    pub fn close(&self) {
        self.inner.lock().closed = true;
        self.rung.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_numbered_from_1_and_read_on_from_a_number() {
        let feed = Feed::default();
        feed.tell(News::Request, 7);
        feed.tell(News::Event, 9);
        let batch = feed.after(0, 10);
        assert_eq!(batch.missed, Some(0));
        assert_eq!(batch.news, [(1, News::Request, 7), (2, News::Event, 9)]);
        assert_eq!(feed.after(1, 10).news, [(2, News::Event, 9)]);
        assert_eq!((feed.after(0, 1).newest, feed.after(2, 10).newest), (1, 2));
    }

    #[test]
    fn what_was_missed_is_counted() {
        let feed = Feed::default();
        (0..KEPT as u64 + 5).for_each(|id| feed.tell(News::Request, id));
        let batch = feed.after(2, 1);
        assert_eq!((batch.missed, batch.news[0].0), (Some(3), 6));
        assert_eq!(feed.after(1_000_000, 1).missed, None, "of another server");
        feed.tell(News::Reset, 0);
        assert_eq!(feed.after(KEPT as u64, 9).missed, Some(5));
    }

    #[tokio::test]
    async fn who_waits_hears_of_news_and_of_the_end() {
        let feed = Feed::default();
        let (rang, ()) = tokio::join!(feed.wait(0), async { feed.tell(News::Clock, 0) });
        assert!(rang);
        let (rang, ()) = tokio::join!(feed.wait(1), async { feed.close() });
        assert!(!rang);
    }
}
