//! Opening a journal: what is found in the directory, and what is done about it.
//!
//! A refusal changes nothing in the directory. What is called *vouched for* is explained in `segment.rs`: a batch
//! end further on says that these bytes were synced. Each row has a test of its name in `tests/recovery.rs`.
//!
//! | Found | Done | Test |
//! |---|---|---|
//! | no segment, no snapshot | a new journal is created with the genesis | `empty_directory` |
//! | a creation that a crash cut off | its temporary file is removed, the journal created | `creation_cut_off` |
//! | temporary files of segments and snapshots | removed | `leftover_temporary_files` |
//! | files with other names | left alone and told | `foreign_file_of_another_name` |
//! | a segment's name on something else | refused: [`JournalError::Foreign`] | `foreign_file_under_our_name` |
//! | a segment of another journal | refused: [`JournalError::Foreign`] | `segment_of_another_journal` |
//! | a segment of another format version | refused: [`JournalError::Version`] | `another_version` |
//! | a segment whose header is damaged | refused: [`JournalError::Damaged`] | `header_damaged` |
//! | the newest segment ends inside a batch, not vouched for | cut to the last whole batch, told | `torn_tail` |
//! | its last batch has no end | cut | `trailer_missing` |
//! | zeros at its end | cut | `zero_filled_tail` |
//! | 0xFF or anything else at its end | cut | `garbage_tail` |
//! | its last bytes twice | cut | `duplicated_tail` |
//! | an unsynced batch that does not read, and a later one that does | cut before the first | `unsynced_batches_out_of_order` |
//! | a batch that does not read and is vouched for | refused: [`JournalError::Damaged`] | `damage_in_the_middle` |
//! | the last safe batch does not read, its mark does | refused: [`JournalError::Damaged`] | `damage_in_the_last_batch` |
//! | batches that only the machine's memory has, as their sync failed | written again and synced | `sync_failed_before` |
//! | the newest segment holds its header only | opened | `newest_segment_is_empty` |
//! | an older segment that does not end in a whole batch | refused: [`JournalError::Damaged`] | `older_segment_torn` |
//! | an older segment that does not read, needed for the start | refused: [`JournalError::Damaged`] | `older_segment_damaged` |
//! | an older segment that does not read, before the snapshot | opened; reading it is refused, `verify` tells | `damage_before_the_snapshot` |
//! | a gap in the row of segments, or no first one | refused: [`JournalError::MissingSegment`] | `segment_missing` |
//! | a segment that does not follow from the one before | refused: [`JournalError::Foreign`] | `segment_of_another_history` |
//! | a snapshot newer than the journal's end | refused: [`JournalError::SnapshotBeyondEnd`] | `snapshot_beyond_the_end` |
//! | a snapshot that is damaged | ignored, told, an older one used | `snapshot_damaged` |
//! | a snapshot of another journal or history | ignored, told, an older one used | `snapshot_of_another_history` |
//! | another writer | refused: [`JournalError::Locked`] | `second_writer` |
//!
//! Everything from the segment of the chosen snapshot on (or from the genesis, without one) has been read, and every
//! checksum checked, before this returns. What is kept is synced then, as it may only have been in the machine's
//! memory, and marked as safe. Doing it again finds nothing to do: it leaves the same bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::canary::{Bug, canary};
use crate::error::JournalError;
use crate::format::{Batch, GENESIS_BYTES_MAX, HEADER_BYTES, Kind, Position, SegmentHeader, checksum};
use crate::names::{self, Name};
use crate::segment::{self, Step, Walk};
use crate::snapshot::{self, Snapshot, SnapshotInfo};
use crate::storage::{Access, Storage};
use crate::writer::{Start, Writer, create_segment};

/// How a journal is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// A segment is ended before it grows beyond this, in bytes.
    pub segment_bytes: u64,
    /// Tells apart journals that begin with the same genesis; used only when one is created.
    pub identity: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, identity: 0 }
    }
}

/// What opening a journal found and did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Whether the journal was created.
    pub created: bool,
    /// The journal's last entry; 0 is the genesis.
    pub last_sequence: u64,
    /// How many segments there are.
    pub segments: u64,
    /// Bytes cut from the end of the newest segment.
    pub cut_bytes: u64,
    /// Temporary files removed.
    pub removed: Vec<String>,
    /// Snapshots that could not be used.
    pub unusable_snapshots: Vec<String>,
    /// Files that are not the journal's.
    pub foreign: Vec<String>,
}

/// A journal that was opened for writing.
pub struct Recovered {
    /// Writes on.
    pub writer: Writer,
    /// What the journal begins with.
    pub genesis: Vec<u8>,
    /// The newest snapshot that belongs to the journal, if any.
    pub snapshot: Option<Snapshot>,
    /// What was found and done.
    pub report: Report,
}

/// The directory's files by what they are.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) segments: Vec<u64>,
    pub(crate) snapshots: Vec<u64>,
    pub(crate) temporaries: Vec<String>,
    pub(crate) foreign: Vec<String>,
}

impl Listing {
    pub(crate) fn read(storage: &dyn Storage) -> Result<Self, JournalError> {
        let names = storage.list().map_err(|error| JournalError::io("list", "the directory", &error))?;
        let mut listing = Self::default();
        for name in names {
            match Name::read(&name) {
                Name::Segment(first) => listing.segments.push(first),
                Name::Snapshot(sequence) => listing.snapshots.push(sequence),
                Name::Temporary => listing.temporaries.push(name),
                Name::Damaged | Name::Lock => {}
                Name::Other => listing.foreign.push(name),
            }
        }
        listing.segments.sort_unstable();
        listing.snapshots.sort_unstable_by(|a, b| b.cmp(a));
        listing.temporaries.sort_unstable();
        listing.foreign.sort_unstable();
        Ok(listing)
    }
}

/// A journal in a directory.
#[derive(Debug)]
pub struct Journal;

impl Journal {
    /// Takes the directory for this process, and opens the journal in it, or creates one where there is none.
    ///
    /// `genesis` is called only for a new journal.
    ///
    /// # Errors
    /// Those of the table above, and those of the machine.
    pub fn create_or_recover(
        storage: Arc<dyn Storage>,
        genesis: &dyn Fn() -> Vec<u8>,
        options: Options,
    ) -> Result<Recovered, JournalError> {
        lock(storage.as_ref())?;
        let listing = Listing::read(storage.as_ref())?;
        if !listing.segments.is_empty() {
            return recover(storage, &listing, options);
        }
        if !listing.snapshots.is_empty() {
            return Err(JournalError::MissingSegment { sequence: 0 });
        }
        remove(storage.as_ref(), &listing.temporaries)?;
        let mut recovered = create(storage, genesis(), options)?;
        recovered.report.removed = listing.temporaries;
        recovered.report.foreign = listing.foreign;
        Ok(recovered)
    }
}

/// Takes the directory for this process.
pub(crate) fn lock(storage: &dyn Storage) -> Result<(), JournalError> {
    match storage.lock() {
        Ok(true) => Ok(()),
        Ok(false) => Err(JournalError::Locked),
        Err(error) => Err(JournalError::io("lock", "the directory", &error)),
    }
}

fn remove(storage: &dyn Storage, names: &[String]) -> Result<(), JournalError> {
    for name in names {
        storage.remove(name).map_err(|error| JournalError::io("remove", name, &error))?;
    }
    Ok(())
}

fn create(storage: Arc<dyn Storage>, genesis: Vec<u8>, options: Options) -> Result<Recovered, JournalError> {
    if genesis.len() > GENESIS_BYTES_MAX {
        let (bytes, bytes_max) = (genesis.len() as u64, GENESIS_BYTES_MAX as u64);
        return Err(JournalError::TooLarge { what: "genesis", bytes, bytes_max });
    }
    let journal_id = checksum(options.identity, &genesis);
    let header = SegmentHeader { first_sequence: 0, chain: journal_id, entry_chain: journal_id, journal_id };
    let begin = Position { next_sequence: 0, chain: journal_id, entry_chain: journal_id };
    let mut batch = Batch::new();
    batch.push(Kind::Genesis, &genesis)?;
    let (bytes, position) = batch.seal(begin, HEADER_BYTES as u64);
    let end = HEADER_BYTES as u64 + bytes.len() as u64;
    let file = create_segment(storage.as_ref(), &header, bytes)?;
    let start = Start { file, header, position, end, marked: false };
    let mut writer = Writer::new(storage, options.segment_bytes, start);
    writer.mark()?;
    let report = Report { created: true, segments: 1, ..Report::default() };
    Ok(Recovered { writer, genesis, snapshot: None, report })
}

/// Reads the genesis, which the first batch of the first segment holds.
pub(crate) fn genesis(storage: &dyn Storage) -> Result<Vec<u8>, JournalError> {
    let mut walk = Walk::open(storage, 0, Access::Read)?;
    match walk.step()? {
        Step::Batch(found) => {
            let bytes = walk.bytes(&found.range);
            let length = crate::format::u32_at(bytes, 8).unwrap_or_default() as usize;
            let head = crate::format::FRAME_BYTES;
            Ok(bytes.get(head..head + length).unwrap_or_default().to_vec())
        }
        Step::End => Err(walk.damaged("the genesis is missing")),
        Step::Torn(why) => Err(walk.damaged(why)),
    }
}

/// Checks that every segment belongs to the journal and ends where the next begins, reading only their ends.
pub(crate) fn check_row(storage: &dyn Storage, segments: &[u64]) -> Result<(), JournalError> {
    if segments.first() != Some(&0) {
        return Err(JournalError::MissingSegment { sequence: 0 });
    }
    let mut headers = Vec::with_capacity(segments.len());
    for first in segments {
        headers.push(segment::open(storage, *first, Access::Read)?);
    }
    let id = headers.first().map(|(_, header)| header.journal_id);
    for (_, header) in &headers {
        if Some(header.journal_id) != id {
            return Err(JournalError::Foreign { file: names::segment(header.first_sequence) });
        }
    }
    for (pair, next) in headers.iter().zip(headers.iter().skip(1)) {
        let ((file, header), (_, next)) = (pair, next);
        let name = names::segment(header.first_sequence);
        let Some(end) = segment::last_end(file.as_ref(), &name)? else {
            return Err(first_damage(storage, header.first_sequence)?);
        };
        if end.last_sequence + 1 != next.first_sequence {
            return Err(JournalError::MissingSegment { sequence: end.last_sequence + 1 });
        }
        if end.chain != next.chain {
            return Err(JournalError::Foreign { file: names::segment(next.first_sequence) });
        }
    }
    Ok(())
}

/// Finds the first batch that does not read in a segment that does not end in a whole one.
fn first_damage(storage: &dyn Storage, first_sequence: u64) -> Result<JournalError, JournalError> {
    let mut walk = Walk::open(storage, first_sequence, Access::Read)?;
    loop {
        match walk.step()? {
            Step::Batch(_) => {}
            Step::End => return Ok(walk.damaged("a segment that is not the newest ends before its time")),
            Step::Torn(why) => return Ok(walk.damaged(why)),
        }
    }
}

/// A segment that was read to its last whole batch.
struct Read {
    walk: Walk,
    torn: Option<&'static str>,
    marked: bool,
}

/// Reads a segment, and keeps the checksums of the wanted entries that end a batch.
fn read(
    storage: &dyn Storage,
    first_sequence: u64,
    access: Access,
    chains: &mut BTreeMap<u64, Option<u64>>,
) -> Result<Read, JournalError> {
    let mut walk = Walk::open(storage, first_sequence, access)?;
    let mut marked = false;
    loop {
        match walk.step()? {
            Step::Batch(found) => {
                marked = found.count == 0;
                let last_sequence = walk.position.next_sequence - 1;
                if let Some(chain) = chains.get_mut(&last_sequence).filter(|_| !marked) {
                    *chain = Some(walk.position.entry_chain);
                }
            }
            Step::End => return Ok(Read { walk, torn: None, marked }),
            Step::Torn(why) => return Ok(Read { walk, torn: Some(why), marked }),
        }
    }
}

/// Finds the newest snapshot of this history, reading older segments as far as that needs.
struct Search<'a> {
    storage: &'a dyn Storage,
    segments: &'a [u64],
    chains: BTreeMap<u64, Option<u64>>,
    unread: usize,
}

impl Search<'_> {
    /// Reads back to the segment that holds an entry.
    fn read_back_to(&mut self, sequence: u64) -> Result<(), JournalError> {
        while let Some(index) = self.unread.checked_sub(1) {
            if self.segments.get(self.unread).is_some_and(|first| *first <= sequence) {
                break;
            }
            let first = self.segments.get(index).copied().unwrap_or_default();
            let read = read(self.storage, first, Access::Read, &mut self.chains)?;
            if let Some(why) = read.torn {
                return Err(read.walk.damaged(why));
            }
            self.unread = index;
        }
        Ok(())
    }

    fn newest(
        &mut self,
        candidates: &[SnapshotInfo],
        unusable: &mut Vec<String>,
    ) -> Result<Option<Snapshot>, JournalError> {
        for info in candidates {
            if let Some(snapshot) = info.load(self.storage)? {
                self.read_back_to(info.sequence)?;
                if self.chains.get(&info.sequence).copied().flatten() == Some(info.chain) {
                    return Ok(Some(snapshot));
                }
            }
            unusable.push(info.file_name());
        }
        self.read_back_to(0)?;
        Ok(None)
    }
}

fn recover(
    storage: Arc<dyn Storage>,
    listing: &Listing,
    options: Options,
) -> Result<Recovered, JournalError> {
    let disk = storage.as_ref();
    check_row(disk, &listing.segments)?;
    let genesis = genesis(disk)?;
    let mut report = Report { segments: listing.segments.len() as u64, ..Report::default() };

    let newest_first = listing.segments.last().copied().unwrap_or_default();
    let journal_id = segment::open(disk, newest_first, Access::Read)?.1.journal_id;
    let mut candidates = Vec::new();
    for sequence in &listing.snapshots {
        match snapshot::info(disk, *sequence)?.filter(|info| info.journal_id == journal_id) {
            Some(info) => candidates.push(info),
            None => report.unusable_snapshots.push(names::snapshot(*sequence)),
        }
    }
    let mut chains = candidates.iter().map(|info| (info.sequence, None)).collect();
    let Read { mut walk, torn, marked } = read(disk, newest_first, Access::Write, &mut chains)?;
    if let Some(why) = torn.filter(|_| !canary(Bug::SafeBatchesCut))
        && walk.was_safe_here()?
    {
        return Err(walk.damaged(why));
    }
    let end = walk.offset();
    let last_sequence = walk.position.next_sequence.saturating_sub(1);
    if let Some(beyond) = candidates.iter().find(|info| info.sequence > last_sequence) {
        return Err(JournalError::SnapshotBeyondEnd { file: beyond.file_name(), end: last_sequence });
    }
    let unread = listing.segments.len() - 1;
    let mut search = Search { storage: disk, segments: &listing.segments, chains, unread };
    let snapshot = search.newest(&candidates, &mut report.unusable_snapshots)?;

    remove(disk, &listing.temporaries)?;
    let length = walk.file.length().map_err(|error| JournalError::io("measure", &walk.name, &error))?;
    report.cut_bytes = length.saturating_sub(end);
    if report.cut_bytes > 0 {
        walk.file.truncate(end).map_err(|error| JournalError::io("cut", &walk.name, &error))?;
    }
    walk.make_safe()?;
    disk.sync_directory().map_err(|error| JournalError::io("sync", "the directory", &error))?;
    report.last_sequence = last_sequence;
    report.removed.clone_from(&listing.temporaries);
    report.foreign.clone_from(&listing.foreign);
    report.unusable_snapshots.sort_unstable();
    let Walk { file, header, position, .. } = walk;
    let start = Start { file, header, position, end, marked };
    let mut writer = Writer::new(storage, options.segment_bytes, start);
    writer.mark()?;
    Ok(Recovered { writer, genesis, snapshot, report })
}
