//! The two threads of the pipeline, and what they share with it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::canary::{Bug, canary};
use crate::error::JournalError;
use crate::format::Batch;
use crate::pipeline::Durability;
use crate::snapshot::{self, SnapshotInfo};
use crate::storage::Storage;
use crate::writer::Writer;

/// Emptied batches that are kept for their buffers.
const SPARE_BATCHES_MAX: usize = 16;
/// A buffer that grew beyond this is not kept, in bytes.
const SPARE_BYTES_MAX: usize = 1 << 20;
/// How long a full disk is left alone before the next try.
const FULL_WAIT: Duration = Duration::from_millis(50);

/// A state to be written, with the caller's number for its place.
pub(crate) struct SnapshotJob {
    pub(crate) mark: u64,
    pub(crate) payload: Vec<u8>,
}

/// What waits for the writing thread, in the order in which it was handed over.
pub(crate) enum Item {
    Batch { batch: Batch, ticket: u64 },
    Snapshot(SnapshotJob),
}

/// What waits, bounded by [`crate::QUEUE_BYTES_MAX`] over what the thread has taken and not written too.
#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) items: VecDeque<Item>,
    pub(crate) bytes: usize,
    pub(crate) spare: Vec<Batch>,
    pub(crate) closing: bool,
}

/// At most one state that waits for the snapshot thread.
#[derive(Default)]
pub(crate) struct SnapshotQueue {
    pub(crate) job: Option<(SnapshotInfo, Vec<u8>)>,
    pub(crate) closing: bool,
}

/// What the pipeline and its threads share.
pub(crate) struct Shared {
    pub(crate) queue: Mutex<Queue>,
    pub(crate) filled: Condvar,
    pub(crate) snapshots: Mutex<SnapshotQueue>,
    pub(crate) snapshot_ready: Condvar,
    pub(crate) snapshot_busy: AtomicBool,
    pub(crate) snapshot_sequence: AtomicU64,
    pub(crate) snapshot_failure: Mutex<Option<JournalError>>,
    pub(crate) durable: AtomicU64,
    pub(crate) full: AtomicBool,
    pub(crate) failure: OnceLock<JournalError>,
    pub(crate) wake: Box<dyn Fn() + Send + Sync>,
}

/// Takes a lock, also after a thread that held it panicked: what it guards is whole between any two statements.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Written bytes that are not synced yet.
pub(crate) struct Unsynced {
    since: Instant,
    bytes: usize,
}

/// The thread that writes and syncs batches.
pub(crate) struct WriterThread {
    pub(crate) shared: Arc<Shared>,
    pub(crate) writer: Writer,
    pub(crate) durability: Durability,
    pub(crate) unsynced: Option<Unsynced>,
}

impl Drop for WriterThread {
    /// A thread that ends by a panic takes nothing more, and says so.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.shared.failure.set(JournalError::Dead);
            (self.shared.wake)();
        }
    }
}

impl WriterThread {
    pub(crate) fn run(mut self) {
        let mut items = VecDeque::new();
        loop {
            let closing = self.take(&mut items);
            let outcome = self.work(&mut items);
            let outcome = outcome.and_then(|()| if closing { self.finish(&items) } else { Ok(()) });
            if let Err(error) = outcome {
                let _ = self.shared.failure.set(error);
                (self.shared.wake)();
                return;
            }
            if closing {
                return;
            }
        }
    }

    /// Waits for something to do and takes all that waits; true where it is the last time.
    fn take(&mut self, items: &mut VecDeque<Item>) -> bool {
        let next_try = (!items.is_empty()).then(|| Instant::now() + FULL_WAIT);
        let mut queue = locked(&self.shared.queue);
        loop {
            if queue.closing || (!queue.items.is_empty() && next_try.is_none()) {
                break;
            }
            let until_try = next_try.map(|next_try| next_try.saturating_duration_since(Instant::now()));
            let wait = until_try.or_else(|| self.until_sync());
            let Some(wait) = wait else {
                queue = self.shared.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let waited = self.shared.filled.wait_timeout(queue, wait);
            let (again, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            queue = again;
            if timeout.timed_out() {
                break;
            }
        }
        items.append(&mut queue.items);
        queue.closing
    }

    /// How long until written bytes must be synced; nothing where none wait for it.
    fn until_sync(&self) -> Option<Duration> {
        match (&self.unsynced, self.durability) {
            (Some(unsynced), Durability::Memory { sync_wait, .. }) => {
                Some(sync_wait.saturating_sub(unsynced.since.elapsed()))
            }
            _ => None,
        }
    }

    /// Writes what was taken as far as there is room, and makes it safe as the durability asks.
    fn work(&mut self, items: &mut VecDeque<Item>) -> Result<(), JournalError> {
        let mut ticket = None;
        let mut freed = 0;
        let mut full = false;
        while let Some(item) = items.front_mut() {
            match item {
                Item::Batch { batch, ticket: of_batch } => match self.writer.append(batch) {
                    Ok(_) => {
                        ticket = Some(*of_batch);
                        freed += batch.size_bytes();
                    }
                    Err(JournalError::Full { .. }) => full = true,
                    Err(error) => return Err(error),
                },
                Item::Snapshot(job) => {
                    let job = SnapshotJob { mark: job.mark, payload: std::mem::take(&mut job.payload) };
                    self.sync_now()?;
                    self.hand_over_snapshot(job);
                }
            }
            if full {
                break;
            }
            if let Some(Item::Batch { batch, .. }) = items.pop_front() {
                self.keep_spare(batch);
            }
        }
        // First, so that whoever hears that what waited is safe finds the journal open again.
        if self.shared.full.swap(full, Ordering::AcqRel) != full {
            (self.shared.wake)();
        }
        self.make_safe(ticket, freed)
    }

    fn make_safe(&mut self, ticket: Option<u64>, bytes: usize) -> Result<(), JournalError> {
        if bytes > 0 {
            let unsynced = self.unsynced.get_or_insert_with(|| Unsynced { since: Instant::now(), bytes: 0 });
            unsynced.bytes += bytes;
        }
        let due = match (self.durability, &self.unsynced) {
            (_, None) => false,
            (Durability::Durable, Some(_)) => !canary(Bug::AcknowledgedBeforeSync),
            (Durability::Memory { sync_wait, sync_bytes }, Some(unsynced)) => {
                unsynced.bytes >= sync_bytes || unsynced.since.elapsed() >= sync_wait
            }
        };
        if due && self.durability == Durability::Durable {
            self.sync_now()?;
        }
        if let Some(ticket) = ticket {
            locked(&self.shared.queue).bytes -= bytes;
            self.shared.durable.fetch_max(ticket, Ordering::AcqRel);
            (self.shared.wake)();
        }
        if due && self.durability != Durability::Durable {
            self.sync_now()?;
        }
        if self.unsynced.is_none() && locked(&self.shared.queue).items.is_empty() {
            self.writer.mark()?;
        }
        Ok(())
    }

    fn sync_now(&mut self) -> Result<(), JournalError> {
        let synced = self.writer.sync();
        if canary(Bug::SyncRetried) && synced.is_err() {
            self.writer.sync()?;
        } else {
            synced?;
        }
        self.unsynced = None;
        Ok(())
    }

    fn keep_spare(&self, mut batch: Batch) {
        let mut queue = locked(&self.shared.queue);
        if queue.spare.len() < SPARE_BATCHES_MAX && batch.size_bytes() <= SPARE_BYTES_MAX {
            batch.clear();
            queue.spare.push(batch);
        }
    }

    fn hand_over_snapshot(&self, job: SnapshotJob) {
        let (sequence, chain) = (self.writer.last_sequence(), self.writer.entry_chain());
        let info = SnapshotInfo::new(sequence, job.mark, chain, self.writer.journal_id(), &job.payload);
        locked(&self.shared.snapshots).job = Some((info, job.payload));
        self.shared.snapshot_ready.notify_one();
    }

    /// The last sync and its mark, synced too: a journal that was closed is vouched for to its end.
    fn finish(&mut self, left: &VecDeque<Item>) -> Result<(), JournalError> {
        self.sync_now()?;
        if !left.is_empty() {
            return Err(JournalError::Full { file: "the newest segment".to_owned() });
        }
        self.writer.mark()?;
        self.sync_now()
    }
}

/// Writes one state after the other until the pipeline closes.
pub(crate) fn snapshot_thread(shared: &Shared, storage: &dyn Storage) {
    loop {
        let mut queue = locked(&shared.snapshots);
        let (info, payload) = loop {
            if let Some(job) = queue.job.take() {
                break job;
            }
            if queue.closing {
                return;
            }
            queue = shared.snapshot_ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
        };
        drop(queue);
        let outcome = snapshot::write(storage, &info, &payload);
        if outcome.is_ok() {
            shared.snapshot_sequence.store(info.sequence, Ordering::Release);
        }
        *locked(&shared.snapshot_failure) = outcome.err();
        shared.snapshot_busy.store(false, Ordering::Release);
        (shared.wake)();
    }
}
