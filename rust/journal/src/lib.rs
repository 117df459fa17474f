//! The journal: bytes in, bytes out, and nothing that was acknowledged is ever lost.
//!
//! It knows nothing of what the bytes mean, has no clock and no randomness.
#![forbid(unsafe_code)]

mod admin;
mod canary;
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
pub use snapshot::{Snapshot, SnapshotInfo};
pub use storage::{Access, Disk, Storage, StorageFile};
pub use writer::Writer;
