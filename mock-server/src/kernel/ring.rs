//! A bounded list that forgets its oldest entries and says how many.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::RwLock;

/// The newest entries of something unending: at most so many, and at most so many bytes.
#[derive(Debug)]
pub struct Ring<T> {
    inner: RwLock<Inner<T>>,
    limit: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Inner<T> {
    entries: VecDeque<(Arc<T>, usize)>,
    bytes: usize,
    forgotten: u64,
}

impl<T> Ring<T> {
    /// A ring of at most `limit` entries that weigh at most `bytes` together.
    #[must_use]
    pub fn new(limit: usize, bytes: usize) -> Self {
        let inner = Inner {
            entries: VecDeque::new(),
            bytes: 0,
            forgotten: 0,
        };
        Self {
            inner: RwLock::new(inner),
            limit: limit.max(1),
            bytes,
        }
    }

    /// Keeps an entry of so many bytes; the oldest go when there is no room. The newest always stays.
    pub fn push(&self, entry: Arc<T>, bytes: usize) {
        let mut gone = Vec::new();
        let mut inner = self.inner.write();
        inner.entries.push_back((entry, bytes));
        inner.bytes += bytes;
        while inner.entries.len() > 1
            && (inner.entries.len() > self.limit || inner.bytes > self.bytes)
        {
            let Some((oldest, bytes)) = inner.entries.pop_front() else {
                break;
            };
            inner.bytes -= bytes;
            inner.forgotten += 1;
            gone.push(oldest);
        }
        // Taking entries apart takes longer than the rest: nobody waits for that.
        drop(inner);
    }

    /// All entries kept, oldest first.
    pub fn entries(&self) -> Vec<Arc<T>> {
        self.inner
            .read()
            .entries
            .iter()
            .map(|(entry, _)| Arc::clone(entry))
            .collect()
    }

    /// The newest entry for which `wanted` holds.
    pub fn find(&self, wanted: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        let inner = self.inner.read();
        let mut newest_first = inner.entries.iter().rev();
        newest_first
            .find(|(entry, _)| wanted(entry))
            .map(|(entry, _)| Arc::clone(entry))
    }

    /// How many entries were forgotten for want of room.
    pub fn forgotten(&self) -> u64 {
        self.inner.read().forgotten
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut inner = self.inner.write();
        inner.entries.clear();
        inner.bytes = 0;
        inner.forgotten = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(ring: &Ring<u32>) -> Vec<u32> {
        ring.entries().iter().map(|entry| **entry).collect()
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let ring = Ring::new(2, 1000);
        (1..=3).for_each(|number| ring.push(Arc::new(number), 1));
        assert_eq!((kept(&ring), ring.forgotten()), (vec![2, 3], 1));
    }

    #[test]
    fn the_oldest_go_when_they_weigh_too_much_but_the_newest_stays() {
        let ring = Ring::new(100, 10);
        (1..=3).for_each(|number| ring.push(Arc::new(number), 4));
        assert_eq!(kept(&ring), [2, 3]);
        ring.push(Arc::new(4), 50);
        assert_eq!((kept(&ring), ring.forgotten()), (vec![4], 3));
        ring.push(Arc::new(5), 1);
        assert_eq!(kept(&ring), [5]);
    }
}
