//! What is due when: a queue ordered by time, and at one time by insertion.
//!
//! Simulated time never goes back, so a radix heap serves (Ahuja, Mehlhorn, Orlin and Tarjan, 1990,
//! doi:10.1145/77600.77615): entries wait in the bucket of the highest bit in which their time differs from the
//! time that was taken last. Entries of equal time always share a bucket and never overtake each other, so the
//! order of insertion holds without being stored. Taking an entry moves memory in sequence and compares nothing.

/// Something due: sixteen bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// When, in nanoseconds; never below zero.
    pub(crate) time: i64,
    /// For whom.
    pub(crate) agent: u32,
    /// What: a kind and a slot, packed by the world.
    pub(crate) what: u32,
}

const BUCKETS: usize = 65;

/// The queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    /// The time of the entry that was taken last.
    last: i64,
    /// Bucket 0 holds what is due at `last`, from `taken` on.
    buckets: Vec<Vec<Entry>>,
    taken: usize,
    /// Which buckets from 1 on hold something: bit `n - 1` for bucket `n`.
    filled: u64,
    length: usize,
}

impl Default for Queue {
    fn default() -> Self {
        Self { last: 0, buckets: vec![Vec::new(); BUCKETS], taken: 0, filled: 0, length: 0 }
    }
}

impl Queue {
    #[cfg(test)]
    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    /// Adds an entry. A time that is over counts as now.
    #[inline(always)]
    pub(crate) fn push(&mut self, entry: Entry) {
        let entry = Entry { time: entry.time.max(self.last), ..entry };
        self.length += 1;
        self.place(entry);
    }

    #[inline(always)]
    fn place(&mut self, entry: Entry) {
        let bucket = 64 - (entry.time ^ self.last).leading_zeros() as usize;
        self.buckets[bucket].push(entry);
        if bucket != 0 {
            self.filled |= 1 << (bucket - 1);
        }
    }

    /// The time of the next entry.
    #[cfg(test)]
    pub(crate) fn next_time(&self) -> Option<i64> {
        if self.taken < self.buckets[0].len() {
            return Some(self.last);
        }
        if self.filled == 0 {
            return None;
        }
        let bucket = self.filled.trailing_zeros() as usize + 1;
        self.buckets[bucket].iter().map(|entry| entry.time).min()
    }

    /// Takes the next entry that is due at `limit` or before.
    #[inline(always)]
    pub(crate) fn pop_until(&mut self, limit: i64) -> Option<Entry> {
        loop {
            if let Some(&entry) = self.buckets[0].get(self.taken) {
                if entry.time > limit {
                    return None;
                }
                self.taken += 1;
                self.length -= 1;
                return Some(entry);
            }
            if self.filled == 0 {
                return None;
            }
            if !self.turn(limit) {
                return None;
            }
        }
    }

    /// Moves on to the earliest time and spreads its bucket over the ones below. False where that time is
    /// after the limit.
    #[inline]
    fn turn(&mut self, limit: i64) -> bool {
        let bucket = self.filled.trailing_zeros() as usize + 1;
        let earliest = self.buckets[bucket].iter().map(|entry| entry.time).min().unwrap_or(i64::MAX);
        if earliest > limit {
            return false;
        }
        self.buckets[0].clear();
        self.taken = 0;
        self.last = earliest;
        self.filled &= self.filled - 1;
        let mut moving = core::mem::take(&mut self.buckets[bucket]);
        for &entry in &moving {
            self.place(entry);
        }
        moving.clear();
        self.buckets[bucket] = moving;
        true
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;
    use crate::stream::{Purpose, Stream};
    use std::collections::BTreeMap;

    /// The queue against a sorted map of lists, over random pushes and takes.
    #[test]
    fn time_then_insertion_always() {
        for seed in 0..50 {
            let mut stream = Stream::named(seed, "queue", 0, Purpose::Behaviour);
            let mut queue = Queue::default();
            let mut model: BTreeMap<i64, std::collections::VecDeque<u32>> = BTreeMap::new();
            let mut now = 0;
            for number in 0..5_000 {
                let far = [0, 1, 3, 100, 1 << 20, 1 << 40][stream.integer(0, 5) as usize];
                let time = now + stream.integer(0, far);
                queue.push(Entry { time, agent: number, what: 0 });
                model.entry(time).or_default().push_back(number);
                while stream.chance(0.49) {
                    let limit = now + stream.integer(0, 1 << 21);
                    let expected = model.first_entry().filter(|first| *first.key() <= limit);
                    let taken = queue.pop_until(limit);
                    match expected {
                        None => assert_eq!(taken, None),
                        Some(mut first) => {
                            let entry = taken.expect("one is due");
                            assert_eq!(
                                (entry.time, Some(entry.agent)),
                                (*first.key(), first.get_mut().pop_front())
                            );
                            now = entry.time;
                            if first.get().is_empty() {
                                first.remove();
                            }
                        }
                    }
                }
                assert_eq!(queue.next_time(), model.keys().next().copied());
                assert_eq!(queue.len(), model.values().map(std::collections::VecDeque::len).sum::<usize>());
            }
        }
    }

    #[test]
    fn what_is_late_is_due_now() {
        let mut queue = Queue::default();
        queue.push(Entry { time: 100, agent: 1, what: 0 });
        assert_eq!(queue.pop_until(i64::MAX).map(|entry| entry.time), Some(100));
        queue.push(Entry { time: 50, agent: 2, what: 0 });
        assert_eq!(queue.pop_until(100).map(|entry| (entry.time, entry.agent)), Some((100, 2)));
    }
}
