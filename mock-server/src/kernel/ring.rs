//! A bounded list that forgets its oldest entries and says how many.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::RwLock;

/// The newest entries of something unending.
#[derive(Debug)]
pub struct Ring<T> {
    inner: RwLock<Inner<T>>,
    limit: usize,
}

#[derive(Debug)]
struct Inner<T> {
    entries: VecDeque<Arc<T>>,
    forgotten: u64,
}

impl<T> Ring<T> {
    /// A ring of at most `limit` entries.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            inner: RwLock::new(Inner {
                entries: VecDeque::new(),
                forgotten: 0,
            }),
            limit: limit.max(1),
        }
    }

    /// Keeps an entry; the oldest goes when there is no room.
    pub fn push(&self, entry: Arc<T>) {
        let mut inner = self.inner.write();
        if inner.entries.len() == self.limit {
            inner.entries.pop_front();
            inner.forgotten += 1;
        }
        inner.entries.push_back(entry);
    }

    /// All entries kept, oldest first.
    pub fn entries(&self) -> Vec<Arc<T>> {
        self.inner.read().entries.iter().cloned().collect()
    }

    /// The newest entry for which `wanted` holds.
    pub fn find(&self, wanted: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        self.inner
            .read()
            .entries
            .iter()
            .rev()
            .find(|entry| wanted(entry))
            .cloned()
    }

    /// How many entries were forgotten for want of room.
    pub fn forgotten(&self) -> u64 {
        self.inner.read().forgotten
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut inner = self.inner.write();
        inner.entries.clear();
        inner.forgotten = 0;
    }
}
