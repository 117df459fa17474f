//! What stands between an exchange and its journal: each command becomes an entry of the batch that is pending.
//!
//! A command is carried out first and written into the batch after: one that breaks the core is never in a journal,
//! which could not be replayed. It is refused before it is carried out where the batch could not be kept.

use std::collections::VecDeque;

use exchange::Exchange as Machine;
use exchange::book::FastBook;
use exchange::codec::{CommandRecord, encode};
use exchange::command::Command;
use exchange::reject::Reject as Reason;
use exchange::units::TimeNs;
use journal::{BATCH_BYTES_MAX, Batch, JournalError, Kind, PAYLOAD_BYTES_MAX, Pipeline, Refused};
use pyo3::prelude::*;

use super::entries::{COMMAND_BYTES_MAX, Standing, write_record};
use crate::errors::{TransientError, UsageError, rejected};

/// Most bytes that wait for a commit, or for a disk that is slow or full. Beyond, a command is refused before it is
/// carried out, so that what was carried out can always be kept.
pub(crate) const PENDING_BYTES_MAX: usize = 256 << 20;
/// A note begins a new batch where the pending one holds more than this, so that the command which it belongs to
/// has room in the same.
const BATCH_BYTES_WITH_NOTE: usize = BATCH_BYTES_MAX / 2;
/// What an entry takes beside its payload.
const ENTRY_BYTES: usize = 24;
/// What the entry takes that tells where the events stood at the end of a batch.
const SEAL_ENTRY_BYTES: usize = ENTRY_BYTES + 17;

/// Why a command was not carried out, or how the market refused it.
#[derive(Clone, Copy)]
pub(crate) enum Refusal {
    /// The market refused it; that is an event like any other.
    Market(Reason),
    /// Its exchange takes no commands from outside.
    Shut(Shut),
}

/// Why an exchange takes no commands from outside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shut {
    /// It follows a journal that somebody else writes.
    Follows,
    /// Its journal was closed.
    Closed,
    /// So much waits for the disk that nothing more can be kept.
    Full,
}

impl From<Shut> for Refusal {
    fn from(shut: Shut) -> Self {
        Self::Shut(shut)
    }
}

impl From<Refusal> for PyErr {
    #[cold]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Market(reason) => rejected(reason),
            Refusal::Shut(shut) => shut.into(),
        }
    }
}

impl From<Shut> for PyErr {
    #[cold]
    fn from(shut: Shut) -> Self {
        match shut {
            Shut::Follows => {
                UsageError::new_err("this exchange follows a journal and takes no commands of its own")
            }
            Shut::Closed => {
                UsageError::new_err("the journal of this exchange is closed, so it takes no more commands")
            }
            Shut::Full => TransientError::new_err(format!(
                "the journal holds {PENDING_BYTES_MAX} bytes that the disk has not taken: the command was not carried out"
            )),
        }
    }
}

/// A batch with the number of the last command in it.
struct Pending {
    batch: Batch,
    ticket: u64,
}

/// What is kept of each command until the writer takes it over.
#[derive(Default)]
pub(crate) struct Tap {
    /// Why no command is let in, if so.
    shut: Option<Shut>,
    batch: Batch,
    /// Batches that are complete, and that the writer has not taken over yet.
    complete: VecDeque<Pending>,
    complete_bytes: usize,
    /// Notes of commands further on, by the number of their command.
    later: VecDeque<(u64, Vec<u8>)>,
    later_bytes: usize,
    payload: Vec<u8>,
}

impl Tap {
    /// Returns one that lets nothing in.
    pub(crate) fn shut(why: Shut) -> Self {
        Self { shut: Some(why), ..Self::default() }
    }

    /// Sees that so many commands can be kept.
    #[inline]
    pub(crate) fn admit(&self, commands: usize) -> Result<(), Shut> {
        if let Some(shut) = self.shut {
            return Err(shut);
        }
        let pending_bytes = self.complete_bytes + self.batch.size_bytes() + self.later_bytes;
        if pending_bytes + commands * (ENTRY_BYTES + COMMAND_BYTES_MAX) > PENDING_BYTES_MAX {
            return Err(Shut::Full);
        }
        Ok(())
    }

    /// Carries out a command and keeps it.
    #[inline]
    pub(crate) fn command(
        &mut self,
        machine: &mut Machine<FastBook>,
        command: &Command,
    ) -> Result<u64, Reason> {
        let result = machine.apply(command);
        self.payload.clear();
        encode(command, &mut self.payload);
        self.keep(machine);
        result
    }

    /// Carries out a record and keeps it, whatever it means.
    #[inline]
    pub(crate) fn record(
        &mut self,
        machine: &mut Machine<FastBook>,
        record: &CommandRecord,
    ) -> Result<u64, Reason> {
        match record.action() {
            Ok(action) => self.command(machine, &Command { time: TimeNs::new(record.time_ns), action }),
            Err(_) => {
                let result = machine.apply_record(record);
                self.payload.clear();
                write_record(record, &mut self.payload);
                self.keep(machine);
                result
            }
        }
    }

    /// Keeps a note for the command that comes after `ahead` others. Notes come in the order of their commands.
    pub(crate) fn note(&mut self, machine: &Machine<FastBook>, payload: &[u8], ahead: u32) -> PyResult<()> {
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(UsageError::new_err(format!(
                "a note has at most {PAYLOAD_BYTES_MAX} bytes, not {}",
                payload.len()
            )));
        }
        self.admit(1 + payload.len() / COMMAND_BYTES_MAX)?;
        let number = machine.commands() + 1 + u64::from(ahead);
        if self.later.back().is_some_and(|(last, _)| *last > number) {
            return Err(UsageError::new_err("a note cannot stand before one that was given earlier"));
        }
        if ahead > 0 || !self.later.is_empty() {
            self.later_bytes += payload.len() + ENTRY_BYTES;
            self.later.push_back((number, payload.to_vec()));
            return Ok(());
        }
        if self.batch.size_bytes() > BATCH_BYTES_WITH_NOTE {
            self.put_aside(machine.commands());
        }
        self.batch.push(Kind::Note, payload).map_err(|error| UsageError::new_err(error.to_string()))
    }

    /// Puts the payload into the batch, or into a new one where it has no room.
    #[inline]
    fn keep(&mut self, machine: &Machine<FastBook>) {
        let number = machine.commands();
        let notes = self.later.iter().take_while(|(due, _)| *due <= number);
        let notes_bytes: usize = notes.map(|(_, note)| note.len() + ENTRY_BYTES).sum();
        let bytes = notes_bytes + self.payload.len() + ENTRY_BYTES + SEAL_ENTRY_BYTES;
        if self.batch.size_bytes() + bytes > BATCH_BYTES_MAX {
            self.put_aside(number - 1);
        }
        self.push_notes(number);
        // It fits: a payload is short, and the batch had room or is empty.
        let kept = self.batch.push(Kind::Command, &self.payload);
        debug_assert!(kept.is_ok());
    }

    /// Puts the notes of commands up to a number into the batch.
    #[inline]
    fn push_notes(&mut self, number: u64) {
        while self.later.front().is_some_and(|(due, _)| *due <= number) {
            let Some((_, note)) = self.later.pop_front() else { return };
            self.later_bytes -= note.len() + ENTRY_BYTES;
            let kept = self.batch.push(Kind::Note, &note);
            debug_assert!(kept.is_ok());
        }
    }

    /// Puts the batch aside for the writer, and begins another.
    fn put_aside(&mut self, ticket: u64) {
        self.complete_bytes += self.batch.size_bytes();
        let batch = core::mem::take(&mut self.batch);
        self.complete.push_back(Pending { batch, ticket });
    }

    /// Ends the batch with where the events stand, and hands over what the writer takes.
    pub(crate) fn commit(
        &mut self,
        machine: &Machine<FastBook>,
        pipeline: &Pipeline,
    ) -> Result<(), JournalError> {
        // A note whose command never came is kept all the same.
        self.push_notes(u64::MAX);
        if self.batch.is_empty() {
            return self.hand_over(pipeline);
        }
        self.payload.clear();
        Standing::of(machine).write(&mut self.payload);
        self.batch.push(Kind::Command, &self.payload)?;
        let ticket = machine.commands();
        if self.complete.is_empty() {
            match pipeline.submit(&mut self.batch, ticket) {
                Ok(()) => return Ok(()),
                Err(Refused::Failed(error)) => return Err(error),
                Err(Refused::Busy) => {}
            }
        }
        self.put_aside(ticket);
        self.hand_over(pipeline)
    }

    /// Hands over what was put aside, as far as the writer takes it; the rest waits for the next time.
    pub(crate) fn hand_over(&mut self, pipeline: &Pipeline) -> Result<(), JournalError> {
        while let Some(first) = self.complete.front_mut() {
            let size = first.batch.size_bytes();
            match pipeline.submit(&mut first.batch, first.ticket) {
                Ok(()) => {
                    self.complete_bytes -= size;
                    self.complete.pop_front();
                }
                Err(Refused::Failed(error)) => return Err(error),
                Err(Refused::Busy) => break,
            }
        }
        Ok(())
    }

    /// Whether a batch waits until the writer takes it.
    pub(crate) fn waits(&self) -> bool {
        !self.complete.is_empty()
    }
}
