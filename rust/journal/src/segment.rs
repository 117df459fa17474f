//! One segment, read batch by batch, and how damage is told from a torn tail.
//!
//! A crash may leave any bytes after the last sync: a later batch of one unsynced group may have reached the disk
//! and an earlier one not. That something later reads is therefore no proof of damage. The proof is a batch end
//! that says so: each tells how far the segment was synced *before* it was written. If one stands anywhere behind
//! the first batch that does not read, and says that this batch was safe, then safe bytes have changed: damage.
//! If none does, the batch was in no sync that anything tells of, and is cut.
//!
//! So that the newest safe batch is vouched for as well, the writer adds a mark after a sync whenever nothing else
//! waits to be written. A safe batch can be mistaken for a torn one only if it is spoilt together with the mark and
//! everything behind it.

use std::ops::Range;

use crate::error::JournalError;
use crate::format::{
    BATCH_BYTES_MAX, BatchEnd, END_BYTES, Frame, HEADER_BYTES, Kind, Position, SegmentHeader, Unread, frame,
};
use crate::names;
use crate::storage::{Access, Storage, StorageFile};

/// How much is read at once, in bytes.
const READ_BYTES: usize = 256 << 10;

/// A batch that reads: where it is in the buffer, and what it holds.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    pub(crate) count: u32,
}

/// What stands at the walk's place.
pub(crate) enum Step {
    /// A whole batch; the walk is behind it now.
    Batch(Found),
    /// The file's end.
    End,
    /// Bytes that make no batch, up to the file's end or not; the walk stays before them.
    Torn(&'static str),
}

/// A segment that is read from its beginning.
pub(crate) struct Walk {
    pub(crate) file: Box<dyn StorageFile>,
    pub(crate) name: String,
    pub(crate) header: SegmentHeader,
    pub(crate) position: Position,
    /// How far the segment was synced for certain, as the batch ends so far tell.
    pub(crate) synced: u64,
    buffer: Vec<u8>,
    buffer_offset: u64,
    start: usize,
    filled: usize,
}

/// Reads the header of an open segment.
pub(crate) fn header(file: &dyn StorageFile, name: &str) -> Result<SegmentHeader, JournalError> {
    let mut head = [0; HEADER_BYTES];
    let length = read_full(file, name, 0, &mut head)?;
    SegmentHeader::decode(head.get(..length).unwrap_or_default(), name)
}

/// Reads until the buffer is full or the file ends, and returns how many bytes.
pub(crate) fn read_full(
    file: &dyn StorageFile,
    name: &str,
    offset: u64,
    into: &mut [u8],
) -> Result<usize, JournalError> {
    let mut done = 0;
    while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
        let at = offset + done as u64;
        let read = file.read_at(at, rest).map_err(|error| JournalError::io("read", name, &error))?;
        if read == 0 {
            break;
        }
        done += read;
    }
    Ok(done)
}

/// Opens a segment and reads its header, which must agree with its name.
pub(crate) fn open(
    storage: &dyn Storage,
    first_sequence: u64,
    access: Access,
) -> Result<(Box<dyn StorageFile>, SegmentHeader), JournalError> {
    let name = names::segment(first_sequence);
    let file = storage.open(&name, access).map_err(|error| JournalError::io("open", &name, &error))?;
    let header = header(file.as_ref(), &name)?;
    if header.first_sequence != first_sequence {
        return Err(JournalError::Foreign { file: name });
    }
    Ok((file, header))
}

impl Walk {
    pub(crate) fn open(
        storage: &dyn Storage,
        first_sequence: u64,
        access: Access,
    ) -> Result<Self, JournalError> {
        let (file, header) = open(storage, first_sequence, access)?;
        let position =
            Position { next_sequence: first_sequence, chain: header.chain, entry_chain: header.entry_chain };
        Ok(Self {
            file,
            name: names::segment(first_sequence),
            header,
            position,
            synced: HEADER_BYTES as u64,
            buffer: Vec::new(),
            buffer_offset: HEADER_BYTES as u64,
            start: 0,
            filled: 0,
        })
    }

    /// Where in the file the next batch begins.
    pub(crate) fn offset(&self) -> u64 {
        self.buffer_offset + self.start as u64
    }

    /// The bytes of a batch that was just found.
    pub(crate) fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.buffer.get(range.clone()).unwrap_or_default()
    }

    /// Reads the next batch.
    ///
    /// After [`Step::End`] and [`Step::Torn`] the same place is read anew from the file, which may have grown or
    /// been cut and written again.
    pub(crate) fn step(&mut self) -> Result<Step, JournalError> {
        let mut at = self.start;
        let mut position = self.position;
        let mut count = 0_u32;
        let why = loop {
            match frame(self.buffer.get(at..self.filled).unwrap_or_default(), position.chain) {
                Ok(Frame::Entry { kind, sequence, length, chain }) => {
                    let begins = sequence == 0;
                    if sequence != position.next_sequence || begins != (kind == Kind::Genesis) {
                        break "an entry is out of order";
                    }
                    at += crate::format::FRAME_BYTES + length;
                    if at - self.start > BATCH_BYTES_MAX {
                        break "a batch is longer than any can be";
                    }
                    count += 1;
                    position = Position { next_sequence: sequence + 1, chain, entry_chain: chain };
                }
                Ok(Frame::End(end)) => {
                    let bytes = at - self.start;
                    let last = position.next_sequence.checked_sub(1);
                    if end.count != count || end.bytes as usize != bytes || Some(end.last_sequence) != last {
                        break "a batch end does not fit its batch";
                    }
                    position.chain = end.chain;
                    self.synced = self.synced.max(end.synced);
                    let range = self.start..at + END_BYTES;
                    self.start = range.end;
                    self.position = position;
                    return Ok(Step::Batch(Found { range, count }));
                }
                Err(Unread::Wrong(why)) => break why,
                Err(Unread::Short(needed)) => {
                    let parsed = at - self.start;
                    if self.fill(parsed + needed)? {
                        at = self.start + parsed;
                    } else if self.filled == self.start {
                        self.forget();
                        return Ok(Step::End);
                    } else {
                        break "a batch has no end";
                    }
                }
            }
        };
        self.forget();
        Ok(Step::Torn(why))
    }

    /// Reads on until `needed` bytes of the batch are in the buffer; false where the file ends before.
    fn fill(&mut self, needed: usize) -> Result<bool, JournalError> {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.buffer_offset += self.start as u64;
        self.filled -= self.start;
        self.start = 0;
        let room = needed.next_power_of_two().max(READ_BYTES);
        if self.buffer.len() < room {
            self.buffer.resize(room, 0);
        }
        let offset = self.buffer_offset + self.filled as u64;
        let rest = self.buffer.get_mut(self.filled..).unwrap_or_default();
        self.filled += read_full(self.file.as_ref(), &self.name, offset, rest)?;
        Ok(self.filled >= needed)
    }

    fn forget(&mut self) {
        self.buffer_offset += self.start as u64;
        self.start = 0;
        self.filled = 0;
    }

    /// Goes back to a place where it was before.
    pub(crate) fn back(&mut self, offset: u64, position: Position) {
        self.buffer_offset = offset;
        self.position = position;
        self.start = 0;
        self.filled = 0;
    }

    /// Whether a batch end says that the batch here, which does not read, was safe once.
    pub(crate) fn was_safe_here(&self) -> Result<bool, JournalError> {
        let from = self.offset();
        let mut window = vec![0; READ_BYTES];
        let mut offset = from;
        loop {
            let length = read_full(self.file.as_ref(), &self.name, offset, &mut window)?;
            let bytes = window.get(..length).unwrap_or_default();
            let vouched = |(at, tail): (usize, &[u8])| {
                let end = BatchEnd::find(tail)?;
                (end.synced > from && end.synced <= offset + at as u64).then_some(())
            };
            if bytes.windows(END_BYTES).enumerate().any(|place| vouched(place).is_some()) {
                return Ok(true);
            }
            if length < READ_BYTES {
                return Ok(false);
            }
            offset += (READ_BYTES - END_BYTES + 1) as u64;
        }
    }

    /// Makes everything up to here safe, and what was cut off behind it gone.
    ///
    /// Bytes that no batch end vouches for are written again first: the process before may have ended because their
    /// sync failed, and then the machine shows them, calls them clean, and does not have them on the disk.
    pub(crate) fn make_safe(&mut self) -> Result<(), JournalError> {
        let end = self.offset();
        let mut buffer = Vec::new();
        let mut at = self.synced.min(end);
        while at < end {
            let size = usize::try_from(end - at).unwrap_or(READ_BYTES).min(READ_BYTES);
            buffer.resize(size, 0);
            let read = read_full(self.file.as_ref(), &self.name, at, &mut buffer)?;
            let bytes = buffer.get(..read).filter(|bytes| !bytes.is_empty());
            let bytes = bytes.ok_or_else(|| self.damaged("the file became shorter"))?;
            let fault = |error| JournalError::io("write again", &self.name, &error);
            self.file.rewrite_at(at, bytes).map_err(fault)?;
            at += read as u64;
        }
        self.file.sync_data().map_err(|error| JournalError::io("sync", &self.name, &error))
    }

    /// The error that names the batch here as damaged.
    pub(crate) fn damaged(&self, why: &'static str) -> JournalError {
        JournalError::damaged(&self.name, self.offset(), why)
    }
}

/// Reads the batch end that the last bytes of a segment are, if they are one.
pub(crate) fn last_end(file: &dyn StorageFile, name: &str) -> Result<Option<BatchEnd>, JournalError> {
    let length = file.length().map_err(|error| JournalError::io("measure", name, &error))?;
    let Some(offset) = length.checked_sub(END_BYTES as u64) else { return Ok(None) };
    let mut tail = [0; END_BYTES];
    read_full(file, name, offset, &mut tail)?;
    Ok(BatchEnd::find(&tail))
}
