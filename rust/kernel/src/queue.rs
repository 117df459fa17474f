//! What is due when: a queue ordered by time, and at one time by insertion.
//!
//! Simulated time never goes back, so a radix heap serves (Ahuja, Mehlhorn, Orlin and Tarjan, 1990,
//! doi:10.1145/77600.77615), here with digits of six bits as in a hierarchy of timing wheels (Varghese and Lauck,
//! 1987, doi:10.1145/41457.37504): an entry waits at the level of the highest digit in which its time differs from
//! the time that the queue has come to, in the bucket of its own digit there. When that bucket's turn comes, its
//! entries move on to the levels below. A bucket of the lowest level has entries of one time only. Entries of equal
//! time always share a bucket and never overtake each other, so the order of insertion holds without being stored.

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

const DIGIT_BITS: u32 = 6;
const BUCKETS: usize = 1 << DIGIT_BITS;
const LEVELS: usize = 11;

/// The queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    /// The time that the queue has come to: nothing in it is earlier.
    last: i64,
    /// `BUCKETS` for each level.
    buckets: Vec<Vec<Entry>>,
    /// Which buckets of a level hold something, a bit for each.
    filled: [u64; LEVELS],
    /// How many entries of the lowest level's first filled bucket were taken.
    taken: usize,
    length: usize,
    /// The earliest time that was added since somebody set this to the last time of all.
    pub(crate) soonest: i64,
}

impl Default for Queue {
    fn default() -> Self {
        let buckets = vec![Vec::new(); LEVELS * BUCKETS];
        Self { last: 0, buckets, filled: [0; LEVELS], taken: 0, length: 0, soonest: i64::MAX }
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
        self.soonest = self.soonest.min(entry.time);
        self.place(entry);
    }

    #[inline(always)]
    fn place(&mut self, entry: Entry) {
        // Equal times belong to the lowest level, as if the lowest bit differed.
        let differ = (entry.time ^ self.last) as u64 | 1;
        let level = ((63 - differ.leading_zeros()) / DIGIT_BITS) as usize;
        let digit = (entry.time as u64 >> (level as u32 * DIGIT_BITS)) as usize % BUCKETS;
        self.buckets[level * BUCKETS + digit].push(entry);
        self.filled[level] |= 1 << digit;
    }

    /// The first bucket that holds something, by level and digit.
    #[inline(always)]
    fn first(&self) -> Option<(usize, usize)> {
        let level = self.filled.iter().position(|&filled| filled != 0)?;
        Some((level, self.filled[level].trailing_zeros() as usize))
    }

    /// The time of the next entry.
    pub(crate) fn next_time(&self) -> Option<i64> {
        let (level, digit) = self.first()?;
        self.buckets[level * BUCKETS + digit].iter().map(|entry| entry.time).min()
    }

    /// Takes the next entry that is due at `limit` or before.
    #[inline(always)]
    pub(crate) fn pop_until(&mut self, limit: i64) -> Option<Entry> {
        loop {
            let filled = self.filled[0];
            if filled != 0 {
                let bucket = &mut self.buckets[filled.trailing_zeros() as usize];
                let entry = bucket[self.taken];
                if entry.time > limit {
                    return None;
                }
                self.last = entry.time;
                self.taken += 1;
                if self.taken == bucket.len() {
                    bucket.clear();
                    self.taken = 0;
                    self.filled[0] &= filled - 1;
                }
                self.length -= 1;
                return Some(entry);
            }
            if !self.turn(limit) {
                return None;
            }
        }
    }

    /// Comes to the earliest time, and spreads its bucket over the levels below. False where there is none, or
    /// where it is after the limit. An entry that is alone in its bucket moves once, however many levels are below.
    #[inline]
    fn turn(&mut self, limit: i64) -> bool {
        let Some((level, digit)) = self.first() else { return false };
        let bucket = &self.buckets[level * BUCKETS + digit];
        let earliest = bucket.iter().map(|entry| entry.time).min().unwrap_or(i64::MAX);
        if earliest > limit {
            return false;
        }
        self.last = earliest;
        self.filled[level] &= self.filled[level] - 1;
        let mut moving = core::mem::take(&mut self.buckets[level * BUCKETS + digit]);
        for &entry in &moving {
            self.place(entry);
        }
        moving.clear();
        self.buckets[level * BUCKETS + digit] = moving;
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
                let far = [0, 1, 3, 100, 1 << 20, 1 << 40, 1 << 61][stream.integer(0, 6) as usize];
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
