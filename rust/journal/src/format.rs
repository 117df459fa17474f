//! The bytes of a journal: segment headers, frames, the frame that ends a batch, and their bounds.
//!
//! All numbers are little-endian. A checksum is XXH3 of 64 bits whose seed is the checksum before it, so that a
//! frame is right only after the frame it was written after.
//!
//! | Segment header | bytes | |
//! |---|---|---|
//! | magic | 0..8 | `XBJOURNL` |
//! | version | 8..12 | 1 |
//! | header length | 12..16 | 64 |
//! | first sequence | 16..24 | number of the first entry that the segment will hold |
//! | chain | 24..32 | checksum of the last frame of the segment before; of the first segment, the journal's id |
//! | journal id | 32..40 | the same in every segment |
//! | entry chain | 40..48 | checksum of the last entry's frame before, batch ends and marks left out |
//! | zero | 48..56 | |
//! | checksum | 56..64 | of bytes 0..56, seed 0 |
//!
//! | Frame | bytes | |
//! |---|---|---|
//! | checksum | 0..8 | of everything after it, payload included; seed: the checksum of the frame before |
//! | length | 8..12 | of the payload |
//! | kind | 12..16 | 1 genesis, 2 command, 3 note, 4 batch end |
//! | sequence | 16..24 | of the entry; in a batch end, of the last entry written so far |
//! | payload | 24.. | |
//!
//! | Payload of a batch end | bytes | |
//! |---|---|---|
//! | count | 0..4 | entries of the batch |
//! | bytes | 4..8 | from the batch's first byte to this frame |
//! | synced | 8..16 | the segment's bytes before this offset were synced before this frame was written |
//! | before | 16..24 | checksum of the frame before, so that a batch end can be known where nothing before it reads |
//!
//! A batch end of no entries is a *mark*: it says no more than how far the segment is safe.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::canary::{Bug, canary};
use crate::error::JournalError;

/// The version of the format.
pub const VERSION: u32 = 1;
/// The largest payload of a command or a note, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 64 << 10;
/// The largest payload that a journal can begin with, in bytes.
pub const GENESIS_BYTES_MAX: usize = 1 << 20;
/// The largest batch, its end included, in bytes.
pub const BATCH_BYTES_MAX: usize = 16 << 20;

pub(crate) const HEADER_BYTES: usize = 64;
pub(crate) const FRAME_BYTES: usize = 24;
pub(crate) const END_PAYLOAD_BYTES: usize = 24;
pub(crate) const END_BYTES: usize = FRAME_BYTES + END_PAYLOAD_BYTES;

const SEGMENT_MAGIC: [u8; 8] = *b"XBJOURNL";
const HEADER_LENGTH: u32 = 64;
const END_KIND: u32 = 4;

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Kind {
    /// What the journal began with.
    Genesis,
    /// A command.
    Command,
    /// A note beside the commands.
    Note,
}

impl Kind {
    const fn code(self) -> u32 {
        match self {
            Self::Genesis => 1,
            Self::Command => 2,
            Self::Note => 3,
        }
    }

    const fn from_code(code: u32) -> Option<Self> {
        match code {
            1 => Some(Self::Genesis),
            2 => Some(Self::Command),
            3 => Some(Self::Note),
            _ => None,
        }
    }

    const fn payload_bytes_max(self) -> usize {
        match self {
            Self::Genesis => GENESIS_BYTES_MAX,
            Self::Command | Self::Note => PAYLOAD_BYTES_MAX,
        }
    }
}

pub(crate) fn checksum(seed: u64, bytes: &[u8]) -> u64 {
    xxh3_64_with_seed(bytes, seed)
}

#[inline]
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|chunk| u32::from_le_bytes(*chunk))
}

#[inline]
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}

pub(crate) fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = at.checked_add(value.len()).and_then(|end| bytes.get_mut(at..end)) {
        place.copy_from_slice(value);
    }
}

/// What stands at the head of a segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SegmentHeader {
    pub(crate) first_sequence: u64,
    pub(crate) chain: u64,
    pub(crate) entry_chain: u64,
    pub(crate) journal_id: u64,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        put(&mut bytes, 0, &SEGMENT_MAGIC);
        put(&mut bytes, 8, &VERSION.to_le_bytes());
        put(&mut bytes, 12, &HEADER_LENGTH.to_le_bytes());
        put(&mut bytes, 16, &self.first_sequence.to_le_bytes());
        put(&mut bytes, 24, &self.chain.to_le_bytes());
        put(&mut bytes, 32, &self.journal_id.to_le_bytes());
        put(&mut bytes, 40, &self.entry_chain.to_le_bytes());
        let sum = checksum(0, bytes.get(..56).unwrap_or_default());
        put(&mut bytes, 56, &sum.to_le_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8], file: &str) -> Result<Self, JournalError> {
        let damaged = |why| JournalError::damaged(file, 0, why);
        let head = bytes.get(..HEADER_BYTES).ok_or_else(|| damaged("its header is cut short"))?;
        let at = |offset| u64_at(head, offset).unwrap_or_default();
        if at(56) != checksum(0, head.get(..56).unwrap_or_default()) {
            let ours = head.starts_with(&SEGMENT_MAGIC);
            let foreign = JournalError::Foreign { file: file.to_owned() };
            return Err(if ours { damaged("the checksum of its header is wrong") } else { foreign });
        }
        let found = u32_at(head, 8).unwrap_or_default();
        if !head.starts_with(&SEGMENT_MAGIC) {
            return Err(JournalError::Foreign { file: file.to_owned() });
        }
        if found != VERSION {
            return Err(JournalError::Version { file: file.to_owned(), found });
        }
        Ok(Self { first_sequence: at(16), chain: at(24), journal_id: at(32), entry_chain: at(40) })
    }
}

/// Where a journal stands between two frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    /// Number of the next entry.
    pub(crate) next_sequence: u64,
    /// Checksum of the last frame.
    pub(crate) chain: u64,
    /// Checksum of the last entry's frame, marks and batch ends left out.
    pub(crate) entry_chain: u64,
}

/// What a batch end says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BatchEnd {
    pub(crate) count: u32,
    pub(crate) bytes: u32,
    pub(crate) synced: u64,
    pub(crate) last_sequence: u64,
    pub(crate) chain: u64,
}

impl BatchEnd {
    pub(crate) fn encode(&self, before: u64) -> ([u8; END_BYTES], u64) {
        let mut frame = [0; END_BYTES];
        put(&mut frame, 8, &24_u32.to_le_bytes());
        put(&mut frame, 12, &END_KIND.to_le_bytes());
        put(&mut frame, 16, &self.last_sequence.to_le_bytes());
        put(&mut frame, 24, &self.count.to_le_bytes());
        put(&mut frame, 28, &self.bytes.to_le_bytes());
        put(&mut frame, 32, &self.synced.to_le_bytes());
        put(&mut frame, 40, &before.to_le_bytes());
        let sum = checksum(before, frame.get(8..).unwrap_or_default());
        put(&mut frame, 0, &sum.to_le_bytes());
        (frame, sum)
    }

    /// Reads a batch end that stands alone: its own copy of the checksum before it is the seed.
    pub(crate) fn find(bytes: &[u8]) -> Option<Self> {
        if u32_at(bytes, 12)? != END_KIND || u32_at(bytes, 8)? != 24 {
            return None;
        }
        let (frame, chain) = (bytes.get(..END_BYTES)?, u64_at(bytes, 0)?);
        if checksum(u64_at(frame, 40)?, frame.get(8..)?) != chain {
            return None;
        }
        let (count, size) = (u32_at(frame, 24)?, u32_at(frame, 28)?);
        Some(Self {
            count,
            bytes: size,
            synced: u64_at(frame, 32)?,
            last_sequence: u64_at(frame, 16)?,
            chain,
        })
    }
}

/// One frame that reads.
pub(crate) enum Frame {
    Entry { kind: Kind, sequence: u64, length: usize, chain: u64 },
    End(BatchEnd),
}

/// Why a frame does not read.
pub(crate) enum Unread {
    /// This many bytes are needed to tell.
    Short(usize),
    /// It is wrong, and more bytes change nothing.
    Wrong(&'static str),
}

/// Reads the frame at the head of `bytes`, which must follow a frame of checksum `chain`.
#[inline]
pub(crate) fn frame(bytes: &[u8], chain: u64) -> Result<Frame, Unread> {
    let head = bytes.first_chunk::<FRAME_BYTES>().ok_or(Unread::Short(FRAME_BYTES))?;
    let code = u32_at(head, 12).unwrap_or_default();
    let length = u32_at(head, 8).unwrap_or_default() as usize;
    let kind = Kind::from_code(code);
    let length_max = match kind {
        Some(kind) => kind.payload_bytes_max(),
        None if code == END_KIND && length == END_PAYLOAD_BYTES => END_PAYLOAD_BYTES,
        None => return Err(Unread::Wrong("there is no such kind of frame")),
    };
    if length > length_max {
        return Err(Unread::Wrong("a frame is longer than any can be"));
    }
    let total = FRAME_BYTES + length;
    let whole = bytes.get(..total).ok_or(Unread::Short(total))?;
    let sum = checksum(chain, whole.get(8..).unwrap_or_default());
    let stored = u64_at(head, 0).unwrap_or_default();
    if stored != sum && !canary(Bug::ChecksumSkipped) {
        return Err(Unread::Wrong("the checksum of a frame is wrong"));
    }
    let sequence = u64_at(head, 16).unwrap_or_default();
    Ok(match kind {
        Some(kind) => Frame::Entry { kind, sequence, length, chain: stored },
        None => Frame::End(BatchEnd {
            count: u32_at(whole, 24).unwrap_or_default(),
            bytes: u32_at(whole, 28).unwrap_or_default(),
            synced: u64_at(whole, 32).unwrap_or_default(),
            last_sequence: sequence,
            chain: stored,
        }),
    })
}

/// Entries that are written together or not at all.
///
/// The buffer is kept from batch to batch, so that pushing an entry copies its bytes and allocates nothing.
#[derive(Default, Debug)]
pub struct Batch {
    bytes: Vec<u8>,
    entries_bytes: usize,
    count: u32,
}

impl Batch {
    /// Returns an empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`] for a payload or a batch beyond its bound; the batch is as it was.
    pub fn push(&mut self, kind: Kind, payload: &[u8]) -> Result<(), JournalError> {
        let too_large = |what, bytes: usize, most: usize| {
            Err(JournalError::TooLarge { what, bytes: bytes as u64, bytes_max: most as u64 })
        };
        if payload.len() > kind.payload_bytes_max() {
            return too_large("payload", payload.len(), kind.payload_bytes_max());
        }
        let size = self.entries_bytes + FRAME_BYTES + payload.len() + END_BYTES;
        if size > BATCH_BYTES_MAX {
            return too_large("batch", size, BATCH_BYTES_MAX);
        }
        let mut head = [0; FRAME_BYTES];
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        put(&mut head, 8, &length.to_le_bytes());
        put(&mut head, 12, &kind.code().to_le_bytes());
        self.bytes.truncate(self.entries_bytes);
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(payload);
        self.entries_bytes = self.bytes.len();
        self.count += 1;
        Ok(())
    }

    /// Returns how many entries it holds.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Returns whether it holds no entry.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns how many bytes it will take in the journal.
    pub fn size_bytes(&self) -> usize {
        self.entries_bytes + END_BYTES
    }

    /// Forgets the entries and keeps the buffer.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries_bytes = 0;
        self.count = 0;
    }

    /// Numbers and chains the frames after `position` and ends the batch; sealing again does it anew.
    pub(crate) fn seal(&mut self, position: Position, synced: u64) -> (&[u8], Position) {
        self.bytes.truncate(self.entries_bytes);
        let mut position = position;
        let mut rest = self.bytes.as_mut_slice();
        while let Some(length) = u32_at(rest, 8) {
            let Some((frame, after)) = rest.split_at_mut_checked(FRAME_BYTES + length as usize) else {
                break;
            };
            put(frame, 16, &position.next_sequence.to_le_bytes());
            let sum = checksum(position.chain, frame.get(8..).unwrap_or_default());
            put(frame, 0, &sum.to_le_bytes());
            position = Position { next_sequence: position.next_sequence + 1, chain: sum, entry_chain: sum };
            rest = after;
        }
        let bytes = u32::try_from(self.entries_bytes).unwrap_or(u32::MAX);
        let last_sequence = position.next_sequence.saturating_sub(1);
        let end = BatchEnd { count: self.count, bytes, synced, last_sequence, chain: 0 };
        let (frame, chain) = end.encode(position.chain);
        self.bytes.extend_from_slice(&frame);
        (&self.bytes, Position { chain, ..position })
    }
}
