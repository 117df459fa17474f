//! What an operator can ask of a journal: what is in it, whether it is whole, and to cut it where it is not.

use std::sync::Arc;

use crate::error::JournalError;
use crate::format::{HEADER_BYTES, Position};
use crate::names;
use crate::recovery::{self, Listing};
use crate::segment::{self, Step, Walk};
use crate::snapshot::{self, SnapshotInfo};
use crate::storage::{Access, Storage};

/// How much is copied at once, in bytes.
const COPY_BYTES: usize = 1 << 20;

/// A segment as it lies on the disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SegmentFacts {
    /// Its file.
    pub file: String,
    /// The first entry that it holds, or will.
    pub first_sequence: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What is in a journal, by its names, sizes and ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// The segments, in order.
    pub segments: Vec<SegmentFacts>,
    /// The snapshots whose headers read, the newest first.
    pub snapshots: Vec<SnapshotInfo>,
    /// The last entry of a whole batch of the newest segment; nothing where its header does not read.
    pub last_sequence: Option<u64>,
    /// The size of the segments in bytes.
    pub bytes: u64,
    /// Files that are not the journal's.
    pub foreign: Vec<String>,
}

/// What a full reading of a journal found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// Whole batches that read, marks left out.
    pub batches: u64,
    /// Their entries, the genesis included.
    pub entries: u64,
    /// The last entry that reads.
    pub last_sequence: Option<u64>,
    /// Bytes at the end of the newest segment that were never safe, and that a start will cut.
    pub torn_bytes: u64,
    /// The first damage of the segments.
    pub damage: Option<JournalError>,
    /// Snapshots that do not read, or lie beyond the end.
    pub unusable_snapshots: Vec<String>,
}

/// What a repair did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Repaired {
    /// The last entry that is left; nothing where not even the genesis is.
    pub last_sequence: Option<u64>,
    /// Bytes that were put aside.
    pub lost_bytes: u64,
    /// The files they were put aside in.
    pub put_aside: Vec<String>,
}

/// Looks at a journal without reading more than its newest segment; changes nothing and takes no lock.
///
/// # Errors
/// [`JournalError::Empty`] without a journal, and those of the machine.
pub fn inspect(storage: &dyn Storage) -> Result<Facts, JournalError> {
    let listing = Listing::read(storage)?;
    let mut segments = Vec::new();
    for first_sequence in &listing.segments {
        let file = names::segment(*first_sequence);
        let fault = |error| JournalError::io("measure", &file, &error);
        let bytes = storage.open(&file, Access::Read).and_then(|open| open.length()).map_err(fault)?;
        segments.push(SegmentFacts { file, first_sequence: *first_sequence, bytes });
    }
    let newest = segments.last().map(|segment| segment.first_sequence).ok_or(JournalError::Empty)?;
    let last_sequence = match Walk::open(storage, newest, Access::Read) {
        Ok(mut walk) => {
            while let Step::Batch(_) = walk.step()? {}
            walk.position.next_sequence.checked_sub(1)
        }
        Err(error @ JournalError::Io { .. }) => return Err(error),
        Err(_) => None,
    };
    let bytes = segments.iter().map(|segment| segment.bytes).sum();
    let snapshots = snapshot::list(storage)?;
    Ok(Facts { segments, snapshots, last_sequence, bytes, foreign: listing.foreign })
}

/// How far a journal reads.
struct Reading {
    batches: u64,
    entries: u64,
    end: Option<Position>,
    /// The segment that does not read on, where in it, and why; a torn tail is one too.
    stop: Option<Stop>,
}

struct Stop {
    segment: u64,
    offset: u64,
    error: JournalError,
    torn: bool,
}

/// Reads every frame up to the first that does not read.
fn read_all(storage: &dyn Storage, segments: &[u64]) -> Result<Reading, JournalError> {
    let mut reading = Reading { batches: 0, entries: 0, end: None, stop: None };
    let mut id = None;
    for (index, first) in segments.iter().enumerate() {
        let stop = |offset, error, torn| Some(Stop { segment: *first, offset, error, torn });
        let next_sequence = reading.end.map_or(0, |end: Position| end.next_sequence);
        if *first != next_sequence {
            reading.stop = stop(0, JournalError::MissingSegment { sequence: next_sequence }, false);
            return Ok(reading);
        }
        let mut walk = match Walk::open(storage, *first, Access::Read) {
            Err(error @ JournalError::Io { .. }) => return Err(error),
            Err(error) => {
                reading.stop = stop(0, error, false);
                return Ok(reading);
            }
            Ok(walk) => walk,
        };
        let follows = reading.end.is_none_or(|end| end.chain == walk.header.chain);
        if !follows || *id.get_or_insert(walk.header.journal_id) != walk.header.journal_id {
            reading.stop = stop(0, JournalError::Foreign { file: names::segment(*first) }, false);
            return Ok(reading);
        }
        loop {
            match walk.step()? {
                Step::Batch(found) => {
                    reading.batches += u64::from(found.count > 0);
                    reading.entries += u64::from(found.count);
                    reading.end = Some(walk.position);
                }
                Step::End => break,
                Step::Torn(why) => {
                    let newest = index + 1 == segments.len() && reading.end.is_some();
                    let torn = newest && !walk.was_safe_here()?;
                    reading.stop = stop(walk.offset(), walk.damaged(why), torn);
                    return Ok(reading);
                }
            }
        }
    }
    Ok(reading)
}

/// Reads a whole journal and checks every checksum; changes nothing and takes no lock.
///
/// # Errors
/// [`JournalError::Empty`] without a journal, and those of the machine; damage is a finding, not an error.
pub fn verify(storage: &dyn Storage) -> Result<Verified, JournalError> {
    let listing = Listing::read(storage)?;
    if listing.segments.is_empty() {
        return Err(JournalError::Empty);
    }
    let reading = read_all(storage, &listing.segments)?;
    let last_sequence = reading.end.and_then(|end| end.next_sequence.checked_sub(1));
    let mut unusable_snapshots = Vec::new();
    for sequence in listing.snapshots {
        let loaded = snapshot::info(storage, sequence)?.map(|info| info.load(storage)).transpose()?.flatten();
        if loaded.is_none() || Some(sequence) > last_sequence {
            unusable_snapshots.push(names::snapshot(sequence));
        }
    }
    let mut torn_bytes = 0;
    let mut damage = None;
    if let Some(stop) = reading.stop {
        let name = names::segment(stop.segment);
        let fault = |error| JournalError::io("measure", &name, &error);
        let length = storage.open(&name, Access::Read).and_then(|open| open.length()).map_err(fault)?;
        if stop.torn {
            torn_bytes = length - stop.offset;
        } else {
            damage = Some(stop.error);
        }
    }
    let (batches, entries) = (reading.batches, reading.entries);
    Ok(Verified { batches, entries, last_sequence, torn_bytes, damage, unusable_snapshots })
}

/// Cuts a damaged journal before its first damage, after putting all that is cut aside in files `damaged-…`.
///
/// What it returns says what is lost. A journal without damage is left as it is, but for snapshots beyond its end.
///
/// # Errors
/// [`JournalError::Locked`] while the journal is open, [`JournalError::Empty`], and those of the machine.
pub fn repair(storage: &Arc<dyn Storage>) -> Result<Repaired, JournalError> {
    let storage = storage.as_ref();
    recovery::lock(storage)?;
    let listing = Listing::read(storage)?;
    if listing.segments.is_empty() && listing.snapshots.is_empty() {
        return Err(JournalError::Empty);
    }
    let reading = read_all(storage, &listing.segments)?;
    let last_sequence = reading.end.and_then(|end| end.next_sequence.checked_sub(1));
    let mut repaired = Repaired { last_sequence, ..Repaired::default() };
    if let Some(stop) = reading.stop.filter(|stop| !stop.torn) {
        for first in listing.segments.iter().filter(|first| **first > stop.segment) {
            put_aside(storage, &names::segment(*first), &mut repaired)?;
        }
        let keeps = stop.offset > HEADER_BYTES as u64;
        if keeps {
            cut(storage, &names::segment(stop.segment), stop.offset, &mut repaired)?;
        } else {
            put_aside(storage, &names::segment(stop.segment), &mut repaired)?;
        }
    }
    for sequence in &listing.snapshots {
        if Some(*sequence) > last_sequence {
            put_aside(storage, &names::snapshot(*sequence), &mut repaired)?;
        }
    }
    storage.sync_directory().map_err(|error| JournalError::io("sync", "the directory", &error))?;
    Ok(repaired)
}

/// A name for damaged bytes that no file has.
fn free_name(storage: &dyn Storage, name: &str) -> Result<String, JournalError> {
    let names = storage.list().map_err(|error| JournalError::io("list", "the directory", &error))?;
    let plain = format!("{}{name}", names::DAMAGED);
    let numbered = (2..).map(|number: u64| format!("{plain}-{number}"));
    let mut candidates = std::iter::once(plain.clone()).chain(numbered);
    Ok(candidates.find(|candidate| !names.contains(candidate)).unwrap_or(plain))
}

fn put_aside(storage: &dyn Storage, name: &str, repaired: &mut Repaired) -> Result<(), JournalError> {
    let aside = free_name(storage, name)?;
    let fault = |error| JournalError::io("put aside", name, &error);
    repaired.lost_bytes += storage.open(name, Access::Read).and_then(|open| open.length()).map_err(fault)?;
    storage.rename(name, &aside).map_err(fault)?;
    repaired.put_aside.push(aside);
    Ok(())
}

/// Copies the end of a segment to a file of its own, makes that safe, and cuts it off.
fn cut(storage: &dyn Storage, name: &str, offset: u64, repaired: &mut Repaired) -> Result<(), JournalError> {
    let aside = free_name(storage, &format!("{name}-from-{offset}"))?;
    let fault = |error| JournalError::io("put aside the end of", name, &error);
    let mut from = storage.open(name, Access::Write).map_err(fault)?;
    let mut to = storage.create(&aside).map_err(fault)?;
    let mut buffer = vec![0; COPY_BYTES];
    let mut at = offset;
    loop {
        let read = segment::read_full(from.as_ref(), name, at, &mut buffer)?;
        if read == 0 {
            break;
        }
        to.append(buffer.get(..read).unwrap_or_default()).map_err(fault)?;
        at += read as u64;
    }
    to.sync_data().map_err(fault)?;
    storage.sync_directory().map_err(fault)?;
    from.truncate(offset).map_err(fault)?;
    from.sync_data().map_err(fault)?;
    repaired.lost_bytes += at - offset;
    repaired.put_aside.push(aside);
    Ok(())
}
