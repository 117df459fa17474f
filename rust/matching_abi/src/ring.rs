//! A bounded queue of reports from one thread to one other.
//!
//! The capacity is a power of two. Each end keeps its own index, and a copy of the other end's that it
//! refreshes only when the copy says full or empty, so that the two threads rarely touch each other's cache
//! lines. The writer publishes every [`PUBLISH_EVERY`] reports and when it is told to
//! [`flush`](Producer::flush): a report that was pushed is not seen by the reader before that.
//!
//! Reports are written once, straight into their slot, with ordinary stores; the release store of the index
//! publishes them.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use exchange::matcher::{Report, ReportSink};

/// How many reports the writer gathers before the reader may see them: one trip of the index's cache line
/// between the cores for this many.
pub const PUBLISH_EVERY: usize = 32;
/// Most reports one ring holds: four gibibytes of them.
pub const MAX_CAPACITY: usize = 1 << 26;
/// How often a thread looks again before it lets others have its core.
const SPINS_BEFORE_YIELD: u32 = 256;

/// An index on cache lines of its own; two, since the hardware fetches them in pairs.
#[repr(align(128))]
#[derive(Default)]
struct Index(AtomicUsize);

struct Shared {
    /// How many reports were published, ever, modulo the word.
    published: Index,
    /// How many reports were taken, ever, modulo the word.
    taken: Index,
    slots: Box<[UnsafeCell<MaybeUninit<Report>>]>,
}

// SAFETY: a slot is written by the one producer while its number is outside `taken..published`, and read
// by the one consumer while it is inside; the release stores and acquire loads of the two indices order
// the one before the other. Producer and consumer are not cloned.
unsafe impl Sync for Shared {}
// SAFETY: the shared part owns its slots, and a report is plain data.
unsafe impl Send for Shared {}

/// Waits a moment, and yields the core when the wait gets long.
fn wait(spins: &mut u32) {
    *spins += 1;
    if *spins < SPINS_BEFORE_YIELD {
        std::hint::spin_loop();
    } else {
        *spins = 0;
        std::thread::yield_now();
    }
}

/// The writing end.
pub struct Producer {
    shared: Arc<Shared>,
    slots: *const UnsafeCell<MaybeUninit<Report>>,
    mask: usize,
    written: usize,
    publish_at: usize,
    limit: usize,
}

// SAFETY: the pointer leads into `shared`, which the producer keeps alive and which may be shared.
unsafe impl Send for Producer {}

/// The reading end.
pub struct Consumer {
    shared: Arc<Shared>,
    read: usize,
    published: usize,
}

/// Makes a ring with room for at least `capacity` reports. `None` where that is more than [`MAX_CAPACITY`]
/// or than there is memory for.
#[must_use]
pub fn channel(capacity: usize) -> Option<(Producer, Consumer)> {
    let capacity = capacity.max(PUBLISH_EVERY).checked_next_power_of_two()?;
    if capacity > MAX_CAPACITY {
        return None;
    }
    let mut slots = Vec::new();
    slots.try_reserve_exact(capacity).ok()?;
    // Writing zeros touches every page now rather than under the clock.
    slots.resize_with(capacity, || UnsafeCell::new(MaybeUninit::zeroed()));
    let slots = slots.into_boxed_slice();
    let shared = Arc::new(Shared { published: Index::default(), taken: Index::default(), slots });
    let producer = Producer {
        slots: shared.slots.as_ptr(),
        shared: Arc::clone(&shared),
        mask: capacity - 1,
        written: 0,
        publish_at: PUBLISH_EVERY,
        limit: capacity,
    };
    Some((producer, Consumer { shared, read: 0, published: 0 }))
}

impl Producer {
    /// Pushes a report if there is room.
    #[inline(always)]
    pub fn try_push(&mut self, report: Report) -> bool {
        if self.written == self.limit && !self.look_for_room() {
            return false;
        }
        self.write(report);
        true
    }

    #[inline(always)]
    fn write(&mut self, report: Report) {
        // SAFETY: the index is masked to the length of the slots, which `shared` keeps alive. The slot is
        // outside `taken..published`, because `written` is below `limit`, which is `taken` plus the
        // capacity; so the consumer does not look at it.
        unsafe { (*self.slots.add(self.written & self.mask)).get().write(MaybeUninit::new(report)) };
        self.written = self.written.wrapping_add(1);
        if self.written == self.publish_at {
            self.flush();
        }
    }

    /// Lets the reader see everything pushed so far.
    #[inline(always)]
    pub fn flush(&mut self) {
        self.publish_at = self.written.wrapping_add(PUBLISH_EVERY);
        self.shared.published.0.store(self.written, Ordering::Release);
    }

    #[cold]
    #[inline(never)]
    fn look_for_room(&mut self) -> bool {
        // What is not published yet would never be taken, and the ring never empty.
        self.flush();
        self.limit = self.shared.taken.0.load(Ordering::Acquire).wrapping_add(self.mask + 1);
        self.written != self.limit
    }

    #[cold]
    #[inline(never)]
    fn wait_for_room(&mut self) {
        let mut spins = 0;
        while !self.look_for_room() {
            wait(&mut spins);
        }
    }
}

impl ReportSink for Producer {
    /// Pushes a report, and waits where the ring is full.
    #[inline(always)]
    fn push(&mut self, report: Report) {
        if self.written == self.limit {
            self.wait_for_room();
        }
        self.write(report);
    }
}

impl Consumer {
    /// Takes up to `out.len()` reports and returns how many.
    pub fn drain(&mut self, out: &mut [MaybeUninit<Report>]) -> usize {
        if self.read == self.published {
            self.published = self.shared.published.0.load(Ordering::Acquire);
        }
        let count = self.published.wrapping_sub(self.read).min(out.len());
        let mask = self.shared.slots.len() - 1;
        let start = self.read & mask;
        let (later, earlier) = self.shared.slots.split_at(start);
        for (target, slot) in out.iter_mut().zip(earlier.iter().chain(later)).take(count) {
            // SAFETY: the slot is inside `read..published`, so it was written before the index that was
            // loaded with acquire, and the producer leaves it alone until it is taken.
            *target = unsafe { *slot.get() };
        }
        self.read = self.read.wrapping_add(count);
        if count != 0 {
            self.shared.taken.0.store(self.read, Ordering::Release);
        }
        count
    }

    /// Takes all reports that are published, hands each to `visit`, and returns how many.
    pub fn visit(&mut self, mut visit: impl FnMut(&Report)) -> usize {
        self.published = self.shared.published.0.load(Ordering::Acquire);
        let count = self.published.wrapping_sub(self.read);
        let mask = self.shared.slots.len() - 1;
        let (later, earlier) = self.shared.slots.split_at(self.read & mask);
        for slot in earlier.iter().chain(later).take(count) {
            // SAFETY: as in `drain`; every slot of `read..published` holds a report.
            visit(unsafe { (*slot.get()).assume_init_ref() });
        }
        self.read = self.published;
        if count != 0 {
            self.shared.taken.0.store(self.read, Ordering::Release);
        }
        count
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)] // A test says what it missed.
mod tests {
    use super::{MAX_CAPACITY, PUBLISH_EVERY, channel};
    use exchange::matcher::{Report, ReportSink};

    fn numbered(sequence: u64) -> Report {
        Report { sequence, reason: !sequence, ..Report::default() }
    }

    #[test]
    fn what_is_flushed_arrives_and_a_full_ring_refuses() {
        let (mut producer, mut consumer) = channel(40).expect("there is memory for 64 reports");
        let mut seen = Vec::new();
        for sequence in 0..64 {
            assert!(producer.try_push(numbered(sequence)));
        }
        assert!(!producer.try_push(numbered(64)));
        assert_eq!(consumer.visit(|report| seen.push(report.sequence)), 64);
        assert!(producer.try_push(numbered(64)));
        assert_eq!(consumer.visit(|report| seen.push(report.sequence)), 0);
        producer.flush();
        assert_eq!(consumer.visit(|report| seen.push(report.sequence)), 1);
        assert_eq!(seen, (0..=64).collect::<Vec<u64>>());
    }

    #[test]
    fn nothing_is_lost_doubled_or_torn_between_two_threads() {
        const COUNT: u64 = if cfg!(miri) { 500 } else { 1_000_000 };
        for capacity in [PUBLISH_EVERY, 1 << 12] {
            let (mut producer, mut consumer) = channel(capacity).expect("there is memory for them");
            let writer = std::thread::spawn(move || {
                (0..COUNT).for_each(|sequence| producer.push(numbered(sequence)));
                producer.flush();
            });
            let mut expected = 0;
            while expected < COUNT {
                let taken = consumer.visit(|report| {
                    assert_eq!(*report, numbered(expected));
                    expected += 1;
                });
                if taken == 0 {
                    std::thread::yield_now();
                }
            }
            assert!(writer.join().is_ok());
        }
    }

    #[test]
    fn a_ring_beyond_the_bound_is_refused() {
        assert!(channel(MAX_CAPACITY + 1).is_none());
        assert!(channel(usize::MAX).is_none());
    }
}
