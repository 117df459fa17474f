//! The one writer of a journal: whole batches to the end of the newest segment.
//!
//! It dies with the first failure that leaves anything in doubt, and does nothing after that: above all it never
//! asks twice for a sync, because the machine may answer the second time that bytes are safe which it has dropped.
//! A full disk is no such failure while nothing of the batch was promised: the batch is cut off again, and the same
//! call can be made later.

use std::io;
use std::sync::Arc;

use crate::canary::{Bug, canary};
use crate::error::JournalError;
use crate::format::{Batch, BatchEnd, HEADER_BYTES, Position, SegmentHeader};
use crate::names;
use crate::snapshot::{self, SnapshotInfo};
use crate::storage::{Storage, StorageFile};

/// Writes batches.
pub struct Writer {
    storage: Arc<dyn Storage>,
    file: Box<dyn StorageFile>,
    name: String,
    header: SegmentHeader,
    segment_bytes: u64,
    position: Position,
    end: u64,
    synced: u64,
    synced_sequence: u64,
    marked: bool,
    dead: bool,
}

pub(crate) struct Start {
    pub(crate) file: Box<dyn StorageFile>,
    pub(crate) header: SegmentHeader,
    pub(crate) position: Position,
    pub(crate) end: u64,
    pub(crate) marked: bool,
}

/// Whether an error says that there is no room.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Creates a segment under a temporary name, syncs it, and gives it its name: it is there whole or not at all.
pub(crate) fn create_segment(
    storage: &dyn Storage,
    header: &SegmentHeader,
    content: &[u8],
) -> Result<Box<dyn StorageFile>, JournalError> {
    let name = names::segment(header.first_sequence);
    let temporary = names::temporary(&name);
    let fault = |doing| {
        let temporary = temporary.clone();
        move |error: io::Error| match is_full(&error) {
            true => JournalError::Full { file: temporary },
            false => JournalError::io(doing, &temporary, &error),
        }
    };
    let mut file = storage.create(&temporary).map_err(fault("create"))?;
    file.append(&header.encode()).map_err(fault("write"))?;
    file.append(content).map_err(fault("write"))?;
    file.sync_data().map_err(|error| JournalError::io("sync", &temporary, &error))?;
    storage.rename(&temporary, &name).map_err(|error| JournalError::io("name", &name, &error))?;
    storage.sync_directory().map_err(|error| JournalError::io("sync the directory of", &name, &error))?;
    Ok(file)
}

impl Writer {
    pub(crate) fn new(storage: Arc<dyn Storage>, segment_bytes: u64, start: Start) -> Self {
        let Start { file, header, position, end, marked } = start;
        let synced_sequence = position.next_sequence.saturating_sub(1);
        let name = names::segment(header.first_sequence);
        let (synced, dead) = (end, false);
        Self {
            storage,
            file,
            name,
            header,
            segment_bytes,
            position,
            end,
            synced,
            synced_sequence,
            marked,
            dead,
        }
    }

    /// Returns the number of the last entry written; 0 is the genesis.
    pub fn last_sequence(&self) -> u64 {
        self.position.next_sequence.saturating_sub(1)
    }

    /// Returns the number of the last entry that is safe.
    pub fn synced_sequence(&self) -> u64 {
        self.synced_sequence
    }

    /// Returns whether it failed and is of no more use.
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    pub(crate) fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    pub(crate) fn journal_id(&self) -> u64 {
        self.header.journal_id
    }

    pub(crate) fn entry_chain(&self) -> u64 {
        self.position.entry_chain
    }

    /// Writes a batch, without syncing it, and returns the number of its last entry. An empty one writes nothing.
    ///
    /// # Errors
    /// [`JournalError::Full`]: nothing of the batch is there, and it can be tried again. Every other error is the
    /// writer's last but [`JournalError::Dead`].
    pub fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        self.alive()?;
        if batch.is_empty() {
            return Ok(self.last_sequence());
        }
        let begun = self.position.next_sequence > self.header.first_sequence;
        if begun && self.end + batch.size_bytes() as u64 > self.segment_bytes {
            self.roll()?;
        }
        let (bytes, after) = batch.seal(self.position, self.synced);
        match self.file.append(bytes) {
            Ok(()) => {
                self.end += bytes.len() as u64;
                self.position = after;
                self.marked = false;
                Ok(self.last_sequence())
            }
            Err(error) => Err(self.give_up_append(&error)),
        }
    }

    /// Makes everything that was written safe, and returns the number of the last entry.
    ///
    /// # Errors
    /// Those of the machine; the writer is dead then.
    pub fn sync(&mut self) -> Result<u64, JournalError> {
        self.alive()?;
        if self.synced < self.end {
            if let Err(error) = self.file.sync_data() {
                self.dead = !canary(Bug::SyncRetried);
                return Err(JournalError::io("sync", &self.name, &error));
            }
            self.synced = self.end;
            self.synced_sequence = self.last_sequence();
        }
        Ok(self.synced_sequence)
    }

    /// Writes a batch and makes it safe.
    ///
    /// # Errors
    /// Those of [`Writer::append`] and [`Writer::sync`].
    pub fn commit(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        self.append(batch)?;
        self.sync()
    }

    /// Notes in the file how far it is safe, for whoever finds it damaged; needs no sync, and does nothing where
    /// the last batch end says so already, where entries are unsynced, or where there is no room.
    ///
    /// # Errors
    /// Those of the machine; the writer is dead then.
    pub fn mark(&mut self) -> Result<(), JournalError> {
        self.alive()?;
        let empty = self.position.next_sequence == self.header.first_sequence;
        if self.marked || empty || self.synced != self.end {
            return Ok(());
        }
        let (count, bytes, synced) = (0, 0, self.synced);
        let end = BatchEnd { count, bytes, synced, last_sequence: self.last_sequence(), chain: 0 };
        let (frame, chain) = end.encode(self.position.chain);
        match self.file.append(&frame) {
            Ok(()) => {
                self.end += frame.len() as u64;
                self.position.chain = chain;
                self.marked = true;
                Ok(())
            }
            Err(error) => match self.give_up_append(&error) {
                JournalError::Full { .. } => Ok(()),
                other => Err(other),
            },
        }
    }

    /// Makes everything safe and writes the state at this place as a snapshot; see [`crate::snapshot`].
    ///
    /// # Errors
    /// Those of [`Writer::sync`]; and those of writing the snapshot, after which the writer is as good as before.
    pub fn snapshot(&mut self, mark: u64, payload: &[u8]) -> Result<(), JournalError> {
        let sequence = self.sync()?;
        let info = SnapshotInfo::new(sequence, mark, self.entry_chain(), self.journal_id(), payload);
        snapshot::write(self.storage.as_ref(), &info, payload)
    }

    fn alive(&self) -> Result<(), JournalError> {
        if self.dead { Err(JournalError::Dead) } else { Ok(()) }
    }

    /// After an append that failed: back to the last whole batch if the disk is only full, else the end.
    ///
    /// The cut is synced before anything else is written, so that no crash can bring back the bytes cut off among
    /// those that are written in their place.
    fn give_up_append(&mut self, error: &io::Error) -> JournalError {
        self.dead = true;
        if !is_full(error) {
            return JournalError::io("write", &self.name, error);
        }
        if let Err(error) = self.file.truncate(self.end).and_then(|()| self.file.sync_data()) {
            return JournalError::io("cut", &self.name, &error);
        }
        self.dead = false;
        self.synced = self.end;
        self.synced_sequence = self.last_sequence();
        JournalError::Full { file: self.name.clone() }
    }

    /// Begins the next segment; the old one is safe to its last byte before.
    fn roll(&mut self) -> Result<(), JournalError> {
        self.sync()?;
        let header = SegmentHeader {
            first_sequence: self.position.next_sequence,
            chain: self.position.chain,
            entry_chain: self.position.entry_chain,
            journal_id: self.header.journal_id,
        };
        let name = names::segment(header.first_sequence);
        match create_segment(self.storage.as_ref(), &header, &[]) {
            Ok(file) => {
                (self.file, self.name, self.header) = (file, name, header);
                self.end = HEADER_BYTES as u64;
                self.synced = self.end;
                self.marked = false;
                Ok(())
            }
            Err(full @ JournalError::Full { .. }) => {
                let temporary = names::temporary(&name);
                let removed = self.storage.remove(&temporary);
                match removed {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        self.dead = true;
                        Err(JournalError::io("remove", &temporary, &error))
                    }
                    _ => Err(full),
                }
            }
            Err(error) => {
                self.dead = true;
                Err(error)
            }
        }
    }
}
