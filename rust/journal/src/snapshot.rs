//! Snapshots: the state after an entry, as opaque bytes, so that a start need not begin with the genesis.
//!
//! | Snapshot | bytes | |
//! |---|---|---|
//! | magic | 0..8 | `XBSNAPSH` |
//! | version | 8..12 | 1 |
//! | header length | 12..16 | 80 |
//! | sequence | 16..24 | the last entry that is in the state |
//! | mark | 24..32 | the caller's own number for that place |
//! | chain | 32..40 | checksum of that entry's frame |
//! | journal id | 40..48 | |
//! | payload length | 48..56 | |
//! | payload checksum | 56..64 | seed 0 |
//! | zero | 64..72 | |
//! | checksum | 72..80 | of bytes 0..72, seed 0 |
//! | payload | 80.. | |
//!
//! A snapshot is written under a temporary name, synced, renamed, and its directory synced: it is there whole or
//! not at all. A damaged one is no loss, as an older one or the genesis serves as well.

use crate::canary::{Bug, canary};
use crate::error::JournalError;
use crate::format::{VERSION, checksum, put, u32_at, u64_at};
use crate::names::{self, Name};
use crate::segment::read_full;
use crate::storage::{Access, Storage};
use crate::writer::is_full;

/// How many snapshots are kept.
pub const SNAPSHOTS_KEPT: usize = 3;
/// The largest state, in bytes.
pub const SNAPSHOT_BYTES_MAX: usize = 1 << 30;

const MAGIC: [u8; 8] = *b"XBSNAPSH";
const HEADER_BYTES: usize = 80;
const SLICE_BYTES: usize = 1 << 20;

/// What a snapshot says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SnapshotInfo {
    /// The last entry that is in the state.
    pub sequence: u64,
    /// The caller's own number for that place.
    pub mark: u64,
    /// Checksum of that entry's frame.
    pub chain: u64,
    /// Size of the state in bytes.
    pub payload_bytes: u64,
    pub(crate) journal_id: u64,
    payload_checksum: u64,
}

/// A snapshot that reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// What it says of itself.
    pub info: SnapshotInfo,
    /// The state.
    pub payload: Vec<u8>,
}

impl SnapshotInfo {
    pub(crate) fn new(sequence: u64, mark: u64, chain: u64, journal_id: u64, payload: &[u8]) -> Self {
        let (payload_bytes, payload_checksum) = (payload.len() as u64, checksum(0, payload));
        Self { sequence, mark, chain, payload_bytes, journal_id, payload_checksum }
    }

    fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        put(&mut bytes, 0, &MAGIC);
        put(&mut bytes, 8, &VERSION.to_le_bytes());
        put(&mut bytes, 12, &80_u32.to_le_bytes());
        let fields = [
            self.sequence,
            self.mark,
            self.chain,
            self.journal_id,
            self.payload_bytes,
            self.payload_checksum,
        ];
        for (index, field) in fields.iter().enumerate() {
            put(&mut bytes, 16 + 8 * index, &field.to_le_bytes());
        }
        let sum = checksum(0, bytes.get(..72).unwrap_or_default());
        put(&mut bytes, 72, &sum.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let head = bytes.get(..HEADER_BYTES)?;
        let at = |offset| u64_at(head, offset).unwrap_or_default();
        let right = head.starts_with(&MAGIC)
            && at(72) == checksum(0, head.get(..72)?)
            && u32_at(head, 8) == Some(VERSION);
        right.then(|| Self {
            sequence: at(16),
            mark: at(24),
            chain: at(32),
            journal_id: at(40),
            payload_bytes: at(48),
            payload_checksum: at(56),
        })
    }

    /// Returns the name of its file.
    pub fn file_name(&self) -> String {
        names::snapshot(self.sequence)
    }

    /// Reads the snapshot; nothing where its bytes are not those that were written.
    ///
    /// # Errors
    /// Those of the machine.
    pub fn load(&self, storage: &dyn Storage) -> Result<Option<Snapshot>, JournalError> {
        let name = self.file_name();
        let fault = |doing| {
            let name = name.clone();
            move |error: std::io::Error| JournalError::io(doing, &name, &error)
        };
        let file = storage.open(&name, Access::Read).map_err(fault("open"))?;
        let length = file.length().map_err(fault("measure"))?;
        if self.payload_bytes > SNAPSHOT_BYTES_MAX as u64
            || length != HEADER_BYTES as u64 + self.payload_bytes
        {
            return Ok(None);
        }
        let mut payload = vec![0; usize::try_from(self.payload_bytes).unwrap_or_default()];
        let read = read_full(file.as_ref(), &name, HEADER_BYTES as u64, &mut payload)?;
        let whole = read == payload.len() && checksum(0, &payload) == self.payload_checksum;
        Ok(whole.then_some(Snapshot { info: *self, payload }))
    }
}

/// Returns the numbers of all snapshot files, the newest first.
pub(crate) fn sequences(storage: &dyn Storage) -> Result<Vec<u64>, JournalError> {
    let names = storage.list().map_err(|error| JournalError::io("list", "the directory", &error))?;
    let number = |name: &String| match Name::read(name) {
        Name::Snapshot(sequence) => Some(sequence),
        _ => None,
    };
    let mut sequences: Vec<u64> = names.iter().filter_map(number).collect();
    sequences.sort_unstable_by(|a, b| b.cmp(a));
    Ok(sequences)
}

/// Reads the header of a snapshot; nothing where it is not whole.
pub(crate) fn info(storage: &dyn Storage, sequence: u64) -> Result<Option<SnapshotInfo>, JournalError> {
    let name = names::snapshot(sequence);
    let file = match storage.open(&name, Access::Read) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| JournalError::io("open", &name, &error))?,
    };
    let mut head = [0; HEADER_BYTES];
    let read = read_full(file.as_ref(), &name, 0, &mut head)?;
    let info = SnapshotInfo::decode(head.get(..read).unwrap_or_default());
    Ok(info.filter(|info| info.sequence == sequence))
}

/// Returns the snapshots whose headers read, the newest first.
///
/// # Errors
/// Those of the machine.
pub fn list(storage: &dyn Storage) -> Result<Vec<SnapshotInfo>, JournalError> {
    let mut found = Vec::new();
    for sequence in sequences(storage)? {
        found.extend(info(storage, sequence)?);
    }
    Ok(found)
}

/// Returns the newest snapshot that reads and whose mark is not after `mark_max`.
///
/// # Errors
/// Those of the machine.
pub fn newest(storage: &dyn Storage, mark_max: u64) -> Result<Option<Snapshot>, JournalError> {
    for info in list(storage)?.into_iter().filter(|info| info.mark <= mark_max) {
        if let Some(snapshot) = info.load(storage)? {
            return Ok(Some(snapshot));
        }
    }
    Ok(None)
}

/// Writes a snapshot and removes all but the newest [`SNAPSHOTS_KEPT`].
pub(crate) fn write(storage: &dyn Storage, info: &SnapshotInfo, payload: &[u8]) -> Result<(), JournalError> {
    let name = info.file_name();
    let temporary = names::temporary(&name);
    let outcome = write_named(storage, info, payload, &name, &temporary);
    if outcome.is_err() {
        // What is left under the temporary name is removed by the next start, if it cannot be now.
        let _ = storage.remove(&temporary);
        return outcome;
    }
    for old in sequences(storage)?.into_iter().skip(SNAPSHOTS_KEPT) {
        let old = names::snapshot(old);
        storage.remove(&old).map_err(|error| JournalError::io("remove", &old, &error))?;
    }
    Ok(())
}

fn write_named(
    storage: &dyn Storage,
    info: &SnapshotInfo,
    payload: &[u8],
    name: &str,
    temporary: &str,
) -> Result<(), JournalError> {
    let fault = |doing| {
        move |error: std::io::Error| match is_full(&error) {
            true => JournalError::Full { file: temporary.to_owned() },
            false => JournalError::io(doing, temporary, &error),
        }
    };
    if payload.len() > SNAPSHOT_BYTES_MAX {
        let (bytes, bytes_max) = (payload.len() as u64, SNAPSHOT_BYTES_MAX as u64);
        return Err(JournalError::TooLarge { what: "snapshot", bytes, bytes_max });
    }
    let mut file = storage.create(temporary).map_err(fault("create"))?;
    file.append(&info.encode()).map_err(fault("write"))?;
    for slice in payload.chunks(SLICE_BYTES) {
        file.append(slice).map_err(fault("write"))?;
    }
    if !canary(Bug::SnapshotNamedBeforeSync) {
        file.sync_data().map_err(fault("sync"))?;
    }
    storage.rename(temporary, name).map_err(fault("name"))?;
    storage.sync_directory().map_err(fault("sync the directory of"))
}
