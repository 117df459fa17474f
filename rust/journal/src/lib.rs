//! The journal: bytes in, bytes out, and nothing that was acknowledged is ever lost.
//!
//! It keeps entries (commands, and notes beside them) in the order in which they came, in batches that are there
//! whole or not at all, in segments of some 64 MiB in one directory. It knows nothing of what the bytes mean, and
//! no byte of a file depends on a clock or on chance. It refuses to open what it cannot vouch for, and says which
//! file and which byte.
//!
//! # Use
//!
//! - [`Journal::create_or_recover`] locks a directory, opens or creates the journal in it, and returns a [`Writer`],
//!   the genesis, the newest usable [`Snapshot`] and a [`Report`]. What it does about each state that a crash or a
//!   fault can leave is a table in `recovery.rs`.
//! - [`Batch`] collects entries; [`Writer::append`], [`Writer::sync`] and [`Writer::mark`] write them, one thread at
//!   a time. A full disk is an error that can be tried again, every other the writer's last.
//! - [`Pipeline`] takes the writer to a thread of its own for group commit: [`Pipeline::submit`] never waits for the
//!   disk, [`Pipeline::durable`] is the highest ticket that is safe, and a wake function tells when it moved.
//! - [`Reader`] reads whole batches from any entry on and follows a journal that grows, in the same process or
//!   another. [`snapshot::newest`] and [`Reader::open`] with the snapshot's entry and chain begin in the middle.
//! - [`inspect`], [`verify`] and [`repair`] are for operators.
//! - [`Storage`] is everything done to a disk: [`Disk`] is a directory, [`storage::fault::FaultDisk`] one that fails.
//!
//! Entries are numbered from 1, over commands and notes alike; entry 0 is the genesis. The bytes are described in
//! `format.rs` and `snapshot.rs`, and how damage is told from a torn tail in `segment.rs`.
//!
//! ```
//! use std::sync::Arc;
//! use journal::storage::fault::FaultDisk;
//! use journal::{Batch, Durability, Journal, Kind, Options, Pipeline, Reader, Storage};
//!
//! let storage: Arc<dyn Storage> = Arc::new(FaultDisk::new());
//! let genesis = || b"the state before the first command".to_vec();
//! let recovered = Journal::create_or_recover(Arc::clone(&storage), &genesis, Options::default())?;
//! let pipeline = Pipeline::start(recovered.writer, Durability::Durable, 0, Box::new(|| {}))?;
//! let mut batch = Batch::new();
//! batch.push(Kind::Command, b"buy")?;
//! batch.push(Kind::Note, b"by ada")?;
//! assert_eq!(pipeline.submit(&mut batch, 1), Ok(()));
//! pipeline.close()?;
//!
//! let mut reader = Reader::open(storage, 1, None)?;
//! let mut read = Vec::new();
//! while let Some(batch) = reader.next_batch()? {
//!     read.extend(batch.entries().map(|entry| (entry.sequence, entry.kind, entry.payload.to_vec())));
//! }
//! assert_eq!(read, [(1, Kind::Command, b"buy".to_vec()), (2, Kind::Note, b"by ada".to_vec())]);
//! # Ok::<(), journal::JournalError>(())
//! ```
#![forbid(unsafe_code)]

mod admin;
mod canary;
mod commit;
mod error;
mod format;
mod names;
mod pipeline;
mod reader;
mod recovery;
mod segment;
pub mod snapshot;
pub mod storage;
mod writer;

pub use admin::{Facts, Repaired, SegmentFacts, Verified, inspect, repair, verify};
pub use error::JournalError;
pub use format::{BATCH_BYTES_MAX, Batch, GENESIS_BYTES_MAX, Kind, PAYLOAD_BYTES_MAX, VERSION};
pub use pipeline::{Durability, Pipeline, QUEUE_BATCHES_MAX, QUEUE_BYTES_MAX, Refused};
pub use reader::{BatchView, Entries, Entry, Reader};
pub use recovery::{Journal, Options, Recovered, Report};
pub use snapshot::{SNAPSHOT_BYTES_MAX, SNAPSHOTS_KEPT, Snapshot, SnapshotInfo};
pub use storage::{Access, Disk, Storage, StorageFile};
pub use writer::Writer;
