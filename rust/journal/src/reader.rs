//! Reading a journal from an entry on, also while it grows.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::error::JournalError;
use crate::format::{FRAME_BYTES, Kind, u32_at, u64_at};
use crate::names;
use crate::recovery::{self, Listing};
use crate::segment::{self, Step, Walk};
use crate::storage::{Access, Storage};

/// An entry of a journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its number.
    pub sequence: u64,
    /// Its bytes.
    pub payload: &'a [u8],
}

/// A whole batch, in the reader's buffer until the next is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchView<'a> {
    bytes: &'a [u8],
    from_sequence: u64,
    first_sequence: u64,
    last_sequence: u64,
    chain: u64,
}

impl<'a> BatchView<'a> {
    /// Returns the entries from the one that the reader was opened at.
    pub fn entries(&self) -> Entries<'a> {
        Entries { rest: self.bytes, from_sequence: self.from_sequence }
    }

    /// Returns the number of the batch's first entry, which may come before the one the reader was opened at.
    pub fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// Returns the number of the batch's last entry.
    pub fn last_sequence(&self) -> u64 {
        self.last_sequence
    }

    /// Returns the checksum of the batch's last entry: what a snapshot taken after it carries.
    pub fn chain(&self) -> u64 {
        self.chain
    }
}

/// The entries of a batch, in order.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
    from_sequence: u64,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    #[inline]
    fn next(&mut self) -> Option<Entry<'a>> {
        loop {
            let kind = match u32_at(self.rest, 12)? {
                1 => Kind::Genesis,
                2 => Kind::Command,
                3 => Kind::Note,
                _ => return None,
            };
            let sequence = u64_at(self.rest, 16)?;
            let length = u32_at(self.rest, 8)? as usize;
            let (whole, rest) = self.rest.split_at_checked(FRAME_BYTES + length)?;
            self.rest = rest;
            if sequence >= self.from_sequence {
                return Some(Entry { kind, sequence, payload: whole.get(FRAME_BYTES..)? });
            }
        }
    }
}

/// Reads whole batches, one after the other.
pub struct Reader {
    storage: Arc<dyn Storage>,
    walk: Walk,
    from_sequence: u64,
    /// The batch that holds the first entry asked for, found while opening; it stands in the walk's buffer.
    pending: Option<Pending>,
    only_safe: bool,
    /// How far the walk's segment is known to be safe, in bytes.
    safe_until: u64,
}

/// A batch that was read and not returned yet.
struct Pending {
    range: Range<usize>,
    first_sequence: u64,
}

/// The checksum of an entry's frame in a batch that was checked already.
fn entry_checksum(batch: &[u8], sequence: u64) -> Option<u64> {
    let mut rest = batch;
    while u64_at(rest, 16)? != sequence {
        rest = rest.get(FRAME_BYTES + u32_at(rest, 8)? as usize..)?;
    }
    u64_at(rest, 0)
}

impl Reader {
    /// Opens the journal at an entry; 0 is the genesis.
    ///
    /// With `chain` the entry before must have that checksum, as a snapshot names it.
    ///
    /// # Errors
    /// [`JournalError::Empty`] without a journal, [`JournalError::Ended`] where it ends before the entry before,
    /// [`JournalError::OtherHistory`] where that has another checksum, and those of [`Reader::next_batch`].
    pub fn open(
        storage: Arc<dyn Storage>,
        from_sequence: u64,
        chain: Option<u64>,
    ) -> Result<Self, JournalError> {
        let listing = Listing::read(storage.as_ref())?;
        let before = from_sequence.saturating_sub(1);
        let first = match listing.segments.iter().rev().find(|first| **first <= before) {
            Some(first) => *first,
            None if listing.segments.is_empty() => return Err(JournalError::Empty),
            None => return Err(JournalError::MissingSegment { sequence: 0 }),
        };
        let walk = Walk::open(storage.as_ref(), first, Access::Read)?;
        let mut reader =
            Self { storage, walk, from_sequence, pending: None, only_safe: false, safe_until: 0 };
        let mut found_chain = None;
        while reader.walk.position.next_sequence < from_sequence {
            let first_sequence = reader.walk.position.next_sequence;
            let Some(range) = reader.advance()? else {
                return Err(JournalError::Ended { sequence: from_sequence });
            };
            found_chain = Some(reader.walk.position.entry_chain);
            if reader.walk.position.next_sequence > from_sequence {
                found_chain = entry_checksum(reader.walk.bytes(&range), before);
                reader.pending = Some(Pending { range, first_sequence });
            }
        }
        if from_sequence > 0 && chain.is_some() && chain != found_chain {
            return Err(JournalError::OtherHistory { sequence: before });
        }
        Ok(reader)
    }

    /// Returns what the journal in a directory begins with.
    ///
    /// # Errors
    /// Those of [`Reader::next_batch`].
    pub fn genesis(storage: &dyn Storage) -> Result<Vec<u8>, JournalError> {
        recovery::genesis(storage)
    }

    /// Lets it return a batch only when the journal says that it was synced.
    ///
    /// Without this a reader may be ahead of the disk, and of the journal as it will be after a loss of power: what
    /// it derives from a batch must then not outlive the machine.
    #[must_use]
    pub fn only_safe(mut self) -> Self {
        self.only_safe = true;
        self
    }

    /// Returns the number of the entry that comes next.
    pub fn next_sequence(&self) -> u64 {
        let pending = self.pending.as_ref().map(|pending| pending.first_sequence);
        pending.unwrap_or(self.walk.position.next_sequence).max(self.from_sequence)
    }

    /// Returns the next batch, or nothing where none is whole yet; the next call looks again.
    ///
    /// A batch that is being written, or cut off again by its writer, is not there yet. What does not read counts
    /// as damage only if a batch end behind it, or a later segment, says that it was whole once.
    ///
    /// # Errors
    /// [`JournalError::Damaged`], [`JournalError::Foreign`], [`JournalError::Version`], and those of the machine.
    pub fn next_batch(&mut self) -> Result<Option<BatchView<'_>>, JournalError> {
        let pending = match self.pending.take() {
            Some(pending) => pending,
            None => {
                let first_sequence = self.walk.position.next_sequence;
                let Some(range) = self.advance()? else { return Ok(None) };
                Pending { range, first_sequence }
            }
        };
        if self.only_safe && !self.is_safe()? {
            self.pending = Some(pending);
            return Ok(None);
        }
        let Pending { range, first_sequence } = pending;
        let position = self.walk.position;
        Ok(Some(BatchView {
            bytes: self.walk.bytes(&range),
            from_sequence: self.from_sequence,
            first_sequence,
            last_sequence: position.next_sequence.saturating_sub(1),
            chain: position.entry_chain,
        }))
    }

    /// Whether the batch that the walk has just passed was synced: a batch end behind it, or a later segment, says so.
    fn is_safe(&mut self) -> Result<bool, JournalError> {
        if self.walk.offset() > self.safe_until {
            if let Some(end) = segment::last_end(self.walk.file.as_ref(), &self.walk.name)? {
                self.safe_until = end.synced;
            }
            if self.walk.offset() > self.safe_until && self.is_there(self.walk.position.next_sequence)? {
                self.safe_until = u64::MAX;
            }
        }
        Ok(self.walk.offset() <= self.safe_until)
    }

    fn advance(&mut self) -> Result<Option<Range<usize>>, JournalError> {
        loop {
            match self.walk.step()? {
                Step::Batch(found) if found.count == 0 => {}
                Step::Batch(found) => return Ok(Some(found.range)),
                Step::End => {
                    if !self.follow()? {
                        return Ok(None);
                    }
                }
                Step::Torn(why) => {
                    if self.is_damage()? {
                        return Err(self.walk.damaged(why));
                    }
                    return Ok(None);
                }
            }
        }
    }

    /// Goes on to the next segment if there is one; true where there may be more to read.
    fn follow(&mut self) -> Result<bool, JournalError> {
        let position = self.walk.position;
        let next = position.next_sequence;
        if next == self.walk.header.first_sequence {
            return Ok(false);
        }
        if !self.is_there(next)? {
            return Ok(false);
        }
        let walk = Walk::open(self.storage.as_ref(), next, Access::Read)?;
        if walk.header.chain == position.chain {
            self.walk = walk;
            self.safe_until = 0;
            return Ok(true);
        }
        // A mark may have been written between the look at the end and the look for the next segment.
        match self.walk.step()? {
            Step::Batch(found) if found.count == 0 => Ok(true),
            _ => Err(JournalError::Foreign { file: names::segment(next) }),
        }
    }

    fn is_there(&self, first_sequence: u64) -> Result<bool, JournalError> {
        let name = names::segment(first_sequence);
        match self.storage.open(&name, Access::Read) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(JournalError::io("open", &name, &error)),
        }
    }

    fn is_damage(&mut self) -> Result<bool, JournalError> {
        let segments = Listing::read(self.storage.as_ref())?.segments;
        let superseded = segments.last().is_some_and(|last| *last > self.walk.header.first_sequence);
        // The segment may have been whole by the time that the next was there: it is read once more.
        if superseded {
            let (offset, position) = (self.walk.offset(), self.walk.position);
            let torn = matches!(self.walk.step()?, Step::Torn(_));
            self.walk.back(offset, position);
            return Ok(torn);
        }
        self.walk.was_safe_here()
    }
}
