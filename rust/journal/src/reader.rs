//! Reading a journal from an entry on, also while it grows.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::error::JournalError;
use crate::format::{FRAME_BYTES, Frame, Kind, frame, u32_at, u64_at};
use crate::names;
use crate::recovery::{self, Listing};
use crate::segment::{Step, Walk};
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
    chain: Option<u64>,
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
        let mut reader = Self { storage, walk, from_sequence, chain };
        while reader.walk.position.next_sequence < from_sequence {
            let (offset, position) = (reader.walk.offset(), reader.walk.position);
            let Some(found) = reader.advance()? else {
                return Err(JournalError::Ended { sequence: from_sequence });
            };
            if reader.walk.position.next_sequence > from_sequence {
                reader.check_within(&found, position.chain)?;
                reader.walk.back(offset, position);
                return Ok(reader);
            }
        }
        let entry_chain = reader.walk.position.entry_chain;
        if from_sequence > 0 && reader.chain.is_some_and(|chain| chain != entry_chain) {
            return Err(JournalError::OtherHistory { sequence: before });
        }
        Ok(reader)
    }

    /// Checks the expected checksum where the reader begins inside a batch.
    fn check_within(&self, found: &Range<usize>, chain: u64) -> Result<(), JournalError> {
        let (mut bytes, mut seed) = (self.walk.bytes(found), chain);
        while let Ok(Frame::Entry { sequence, length, chain, .. }) = frame(bytes, seed) {
            if sequence + 1 == self.from_sequence {
                let right = self.chain.is_none_or(|expected| expected == chain);
                return if right { Ok(()) } else { Err(JournalError::OtherHistory { sequence }) };
            }
            (bytes, seed) = (bytes.get(FRAME_BYTES + length..).unwrap_or_default(), chain);
        }
        Ok(())
    }

    /// Returns what the journal in a directory begins with.
    ///
    /// # Errors
    /// Those of [`Reader::next_batch`].
    pub fn genesis(storage: &dyn Storage) -> Result<Vec<u8>, JournalError> {
        recovery::genesis(storage)
    }

    /// Returns the number of the entry that comes next.
    pub fn next_sequence(&self) -> u64 {
        self.walk.position.next_sequence.max(self.from_sequence)
    }

    /// Returns the next batch, or nothing where none is whole yet; the next call looks again.
    ///
    /// A batch that is being written, or cut off again by its writer, is not there yet. What does not read counts
    /// as damage only if a batch end behind it, or a later segment, says that it was whole once.
    ///
    /// # Errors
    /// [`JournalError::Damaged`], [`JournalError::Foreign`], [`JournalError::Version`], and those of the machine.
    pub fn next_batch(&mut self) -> Result<Option<BatchView<'_>>, JournalError> {
        let first_sequence = self.walk.position.next_sequence;
        let Some(range) = self.advance()? else { return Ok(None) };
        let position = self.walk.position;
        Ok(Some(BatchView {
            bytes: self.walk.bytes(&range),
            from_sequence: self.from_sequence,
            first_sequence,
            last_sequence: position.next_sequence.saturating_sub(1),
            chain: position.entry_chain,
        }))
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
        let mut walk = match Walk::open(self.storage.as_ref(), next, Access::Read) {
            Err(JournalError::Io { doing: "open", .. }) if !self.is_there(next)? => return Ok(false),
            other => other?,
        };
        if walk.header.chain == position.chain {
            walk.position.entry_chain = position.entry_chain;
            self.walk = walk;
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
