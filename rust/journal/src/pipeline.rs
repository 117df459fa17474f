//! Group commit on a thread of its own: callers hand over batches and go on, and are told when they are safe.
//!
//! The thread takes all that waits, writes it, syncs once, publishes the newest ticket that is safe, and calls the
//! wake function. Handing over never waits for the disk: beyond [`QUEUE_BYTES_MAX`] it is refused.
//!
//! Snapshots go to a second thread. Writing a large state in slices between commits would still make a commit wait
//! for the snapshot's sync, which cannot be sliced; on its own thread it shares the disk and nothing else. It gets
//! the state only when the journal is safe up to it, so that no snapshot is ever newer than the journal.
//!
//! The only times it knows are lengths of waiting, which no byte of a file depends on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::commit::{Item, Shared, SnapshotJob, WriterThread, locked, snapshot_thread};
use crate::error::JournalError;
use crate::format::Batch;
use crate::snapshot::SNAPSHOT_BYTES_MAX;
use crate::writer::Writer;

/// The most that may wait for the disk, in bytes.
pub const QUEUE_BYTES_MAX: usize = 64 << 20;
/// The most batches that may wait for the disk.
pub const QUEUE_BATCHES_MAX: usize = 1 << 16;

/// When a ticket counts as safe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durability {
    /// When the disk has it.
    Durable,
    /// When the machine has it; it is synced at the latest after this time or this many bytes.
    Memory {
        /// The longest time that written bytes stay unsynced.
        sync_wait: Duration,
        /// The most unsynced bytes.
        sync_bytes: usize,
    },
}

impl Durability {
    /// Memory durability with a sync every 200 ms or 8 MiB.
    pub const MEMORY: Self = Self::Memory { sync_wait: Duration::from_millis(200), sync_bytes: 8 << 20 };
}

/// Why a batch or a snapshot was not taken over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// Too much waits already; try again when the durable ticket has moved.
    Busy,
    /// The disk failed, and nothing will be written any more.
    Failed(JournalError),
}

/// A journal that is being written by a thread.
pub struct Pipeline {
    shared: Arc<Shared>,
    writing: Option<JoinHandle<()>>,
    snapshotting: Option<JoinHandle<()>>,
}

impl Pipeline {
    /// Starts the threads.
    ///
    /// `ticket` is what counts as safe already. `wake` is called from a thread whenever [`Pipeline::durable`],
    /// [`Pipeline::is_full`] or [`Pipeline::failure`] changed; it must not block.
    ///
    /// # Errors
    /// [`JournalError::Io`] where the machine gives no thread.
    pub fn start(
        writer: Writer,
        durability: Durability,
        ticket: u64,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Self, JournalError> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            filled: Condvar::new(),
            snapshots: Mutex::default(),
            snapshot_ready: Condvar::new(),
            snapshot_busy: AtomicBool::new(false),
            snapshot_sequence: AtomicU64::new(0),
            snapshot_failure: Mutex::new(None),
            durable: AtomicU64::new(ticket),
            full: AtomicBool::new(false),
            failure: OnceLock::new(),
            wake,
        });
        let mut pipeline = Self { shared: Arc::clone(&shared), writing: None, snapshotting: None };
        let storage = Arc::clone(writer.storage());
        let snapshots = Arc::clone(&shared);
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
            thread.map_err(|error| JournalError::io("start a thread for", "the journal", &error))
        };
        let write_snapshots = move || snapshot_thread(&snapshots, storage.as_ref());
        pipeline.snapshotting = Some(spawn("journal-snapshot", Box::new(write_snapshots))?);
        let write = move || WriterThread { shared, writer, durability, unsynced: None }.run();
        pipeline.writing = Some(spawn("journal", Box::new(write))?);
        Ok(pipeline)
    }

    /// Hands over a batch, and leaves an empty one in its place; `ticket` must not be lower than any before.
    ///
    /// # Errors
    /// [`Refused`]; the batch is untouched then.
    pub fn submit(&self, batch: &mut Batch, ticket: u64) -> Result<(), Refused> {
        self.check()?;
        let size = batch.size_bytes();
        let mut queue = locked(&self.shared.queue);
        if queue.bytes + size > QUEUE_BYTES_MAX || queue.items.len() >= QUEUE_BATCHES_MAX {
            return Err(Refused::Busy);
        }
        let spare = queue.spare.pop().unwrap_or_default();
        let batch = std::mem::replace(batch, spare);
        queue.bytes += size;
        queue.items.push_back(Item::Batch { batch, ticket });
        drop(queue);
        self.shared.filled.notify_one();
        Ok(())
    }

    /// Hands over the state after all batches handed over so far, to be written as a snapshot.
    ///
    /// `mark` is the caller's own number for this place.
    ///
    /// # Errors
    /// [`Refused::Busy`] while another snapshot is under way, and [`Refused::Failed`].
    pub fn snapshot(&self, mark: u64, payload: Vec<u8>) -> Result<(), Refused> {
        self.check()?;
        if payload.len() > SNAPSHOT_BYTES_MAX {
            let (bytes, bytes_max) = (payload.len() as u64, SNAPSHOT_BYTES_MAX as u64);
            return Err(Refused::Failed(JournalError::TooLarge { what: "snapshot", bytes, bytes_max }));
        }
        if self.shared.snapshot_busy.swap(true, Ordering::AcqRel) {
            return Err(Refused::Busy);
        }
        locked(&self.shared.queue).items.push_back(Item::Snapshot(SnapshotJob { mark, payload }));
        self.shared.filled.notify_one();
        Ok(())
    }

    fn check(&self) -> Result<(), Refused> {
        self.shared.failure.get().map_or(Ok(()), |error| Err(Refused::Failed(error.clone())))
    }

    /// Returns the highest ticket that is safe.
    pub fn durable(&self) -> u64 {
        self.shared.durable.load(Ordering::Acquire)
    }

    /// Returns whether the disk is full: what waits is tried again until there is room.
    pub fn is_full(&self) -> bool {
        self.shared.full.load(Ordering::Acquire)
    }

    /// Returns how many bytes wait for the disk.
    pub fn waiting_bytes(&self) -> usize {
        locked(&self.shared.queue).bytes
    }

    /// Returns why the journal is no longer written, if it is not.
    pub fn failure(&self) -> Option<JournalError> {
        self.shared.failure.get().cloned()
    }

    /// Returns whether a snapshot is under way.
    pub fn is_snapshotting(&self) -> bool {
        self.shared.snapshot_busy.load(Ordering::Acquire)
    }

    /// Returns the last entry of the newest snapshot written here; 0 before the first.
    pub fn snapshot_sequence(&self) -> u64 {
        self.shared.snapshot_sequence.load(Ordering::Acquire)
    }

    /// Returns why the last snapshot could not be written, if it could not; the journal goes on without it.
    pub fn snapshot_failure(&self) -> Option<JournalError> {
        locked(&self.shared.snapshot_failure).clone()
    }

    /// Writes and syncs what waits, a snapshot included, and ends the threads.
    ///
    /// # Errors
    /// The failure that stopped the journal, or [`JournalError::Full`] where there is no room for what waits.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.stop();
        self.failure().map_or(Ok(()), Err)
    }

    fn stop(&mut self) {
        locked(&self.shared.queue).closing = true;
        self.shared.filled.notify_one();
        if let Some(thread) = self.writing.take()
            && thread.join().is_err()
        {
            let _ = self.shared.failure.set(JournalError::Dead);
        }
        locked(&self.shared.snapshots).closing = true;
        self.shared.snapshot_ready.notify_one();
        if let Some(thread) = self.snapshotting.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.stop();
    }
}
