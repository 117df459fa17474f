//! From a journal to an exchange: where to begin, and the commands from there.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use exchange::Exchange as Machine;
use exchange::book::FastBook;
use journal::{BatchView, JournalError, Kind, Reader, Snapshot, Storage};
use pyo3::prelude::*;

use super::entries::{carry_out, is_seal};
use super::faults::{damaged, fault};
use crate::core::Core;
use crate::errors::{CoreFault, Fault, Guarded, UsageError};

/// A note with the number of the command that it stands before.
pub(crate) type Note = (u64, Vec<u8>);

/// Why a replay came to an end too early.
pub(crate) enum Stop {
    /// The journal cannot be read.
    Journal(JournalError),
    /// The core goes another way than it did when the journal was written.
    Elsewhere(String),
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl Stop {
    #[cold]
    pub(crate) fn raised(self, directory: &str) -> PyErr {
        match self {
            Self::Journal(error) => fault(&error, directory),
            Self::Elsewhere(text) => CoreFault::new_err(format!("the journal in {directory}: {text}")),
        }
    }
}

/// How far to go.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    /// Commands at most.
    pub(crate) limit: u64,
    /// No command after this one.
    pub(crate) command: u64,
    /// No further command once this event has happened.
    pub(crate) sequence: u64,
}

impl Goal {
    /// To the end of what is there.
    pub(crate) const END: Self = Self { limit: u64::MAX, command: u64::MAX, sequence: u64::MAX };

    #[inline]
    fn is_reached(&self, machine: &Machine<FastBook>, done: u64) -> bool {
        done >= self.limit || machine.commands() >= self.command || machine.sequence().get() >= self.sequence
    }
}

/// The entries of a batch that come behind a goal.
#[derive(Default)]
struct Rest {
    bytes: Vec<u8>,
    entries: VecDeque<(Kind, core::ops::Range<usize>)>,
}

/// A journal on its way through a machine.
pub(crate) struct Replay {
    reader: Reader,
    rest: Rest,
    /// The number of the command under way, for whoever finds that it broke the core.
    command: Arc<AtomicU64>,
}

/// Where a replay begins.
pub(crate) struct Beginning {
    pub(crate) machine: Machine<FastBook>,
    pub(crate) replay: Replay,
    /// The event after which the snapshot was taken; 0 for the genesis.
    pub(crate) snapshot_sequence: u64,
    /// Snapshots that could not be used.
    pub(crate) unusable: u64,
}

/// What is done with what happens.
pub(crate) enum Telling<'a> {
    /// Nobody asks.
    Silent,
    /// Events stay in the machine's arena, notes go here.
    Aloud(&'a mut Vec<Note>),
}

impl Beginning {
    /// Begins with the newest usable snapshot that is not after an event, or with the genesis.
    pub(crate) fn find(storage: &Arc<dyn Storage>, sequence_max: u64, directory: &str) -> PyResult<Self> {
        let raised = |error: JournalError| fault(&error, directory);
        // Says in its own words that there is no journal, where there is none.
        drop(Reader::open(Arc::clone(storage), 0, None).map_err(raised)?);
        let genesis = Reader::genesis(storage.as_ref()).map_err(raised)?;
        let mut unusable = 0;
        for info in journal::snapshot::list(storage.as_ref()).map_err(raised)? {
            if info.mark > sequence_max {
                continue;
            }
            // A writer beside us removes old snapshots, so that one may be gone by now.
            let loaded = info.load(storage.as_ref()).ok().flatten();
            match loaded.map(|snapshot| Self::at(storage, &snapshot)) {
                Some(Ok(Some(beginning))) => return Ok(Self { unusable, ..beginning }),
                Some(Err(error)) => return Err(raised(error)),
                _ => unusable += 1,
            }
        }
        let machine = restored(&genesis).map_err(|text| {
            damaged(&format!("what it begins with is no state of this version's core: {text}"), directory)
        })?;
        let reader = Reader::open(Arc::clone(storage), 1, None).map_err(raised)?;
        Ok(Self { machine, replay: Replay::new(reader), snapshot_sequence: 0, unusable })
    }

    /// Begins with a snapshot; nothing where it is of another history, or of another version of the core.
    fn at(storage: &Arc<dyn Storage>, snapshot: &Snapshot) -> Result<Option<Self>, JournalError> {
        let Ok(machine) = restored(&snapshot.payload) else { return Ok(None) };
        let info = &snapshot.info;
        match Reader::open(Arc::clone(storage), info.sequence + 1, Some(info.chain)) {
            Ok(reader) => {
                let (snapshot_sequence, replay) = (info.mark, Replay::new(reader));
                Ok(Some(Self { machine, replay, snapshot_sequence, unusable: 0 }))
            }
            Err(JournalError::OtherHistory { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A machine from its bytes, or what is wrong with them.
fn restored(bytes: &[u8]) -> Result<Machine<FastBook>, String> {
    match Guarded::new(()).with(|()| Machine::restore(bytes)) {
        Ok(machine) => machine.map_err(|error| error.to_string()),
        Err(_) => Err("reading it broke the core".to_owned()),
    }
}

impl Replay {
    fn new(reader: Reader) -> Self {
        Self { reader, rest: Rest::default(), command: Arc::default() }
    }

    /// Carries out commands up to a goal, or to the end of what is complete; returns how many.
    pub(crate) fn advance(
        &mut self,
        machine: &mut Machine<FastBook>,
        goal: Goal,
        mut telling: Telling<'_>,
    ) -> Result<u64, Stop> {
        let before = machine.commands();
        let rest = core::mem::take(&mut self.rest);
        let mut entries = rest.entries.into_iter();
        for (kind, range) in entries.by_ref() {
            let payload = rest.bytes.get(range.clone()).unwrap_or_default();
            if stops(machine, goal, before, payload) {
                let mut entries: VecDeque<_> = entries.collect();
                entries.push_front((kind, range));
                self.rest = Rest { bytes: rest.bytes, entries };
                return Ok(machine.commands() - before);
            }
            one(machine, kind, payload, &mut telling, &self.command)?;
        }
        while !goal.is_reached(machine, machine.commands() - before) {
            let Some(batch) = self.reader.next_batch()? else { break };
            self.rest = whole(machine, batch, goal, before, &mut telling, &self.command)?;
        }
        Ok(machine.commands() - before)
    }
}

/// Carries out a batch up to a goal; returns what is behind it.
fn whole(
    machine: &mut Machine<FastBook>,
    batch: BatchView<'_>,
    goal: Goal,
    before: u64,
    telling: &mut Telling<'_>,
    command: &AtomicU64,
) -> Result<Rest, Stop> {
    let mut entries = batch.entries();
    while let Some(entry) = entries.next() {
        if stops(machine, goal, before, entry.payload) {
            let mut rest = Rest::default();
            for entry in core::iter::once(entry).chain(entries) {
                let start = rest.bytes.len();
                rest.bytes.extend_from_slice(entry.payload);
                rest.entries.push_back((entry.kind, start..rest.bytes.len()));
            }
            return Ok(rest);
        }
        one(machine, entry.kind, entry.payload, telling, command)?;
    }
    Ok(Rest::default())
}

/// Whether a goal is reached before an entry. The seal of a batch belongs to the command before it.
#[inline]
fn stops(machine: &Machine<FastBook>, goal: Goal, before: u64, payload: &[u8]) -> bool {
    goal.is_reached(machine, machine.commands() - before) && !is_seal(payload)
}

#[inline]
fn one(
    machine: &mut Machine<FastBook>,
    kind: Kind,
    payload: &[u8],
    telling: &mut Telling<'_>,
    command: &AtomicU64,
) -> Result<(), Stop> {
    let number = machine.commands() + 1;
    match (kind, telling) {
        (Kind::Command, telling) => {
            command.store(number, Ordering::Relaxed);
            carry_out(machine, payload)
                .map_err(|what| Stop::Elsewhere(format!("command {} {what}", machine.commands())))?;
            if matches!(telling, Telling::Silent) {
                machine.clear_events();
            }
        }
        (Kind::Note, Telling::Aloud(notes)) => notes.push((number, payload.to_vec())),
        (Kind::Note, Telling::Silent) | (Kind::Genesis, _) => {}
    }
    Ok(())
}

/// Carries out commands on a core without the interpreter's lock; a command that breaks it is named.
pub(crate) fn advance(
    py: Python<'_>,
    core: &Guarded<Core>,
    replay: &mut Replay,
    directory: &str,
    goal: Goal,
    notes: Option<&mut Vec<Note>>,
) -> PyResult<u64> {
    let under_way = Arc::clone(&replay.command);
    let outcome = py.detach(|| {
        core.with(|core| {
            core.detached(|core| {
                let telling = notes.map_or(Telling::Silent, Telling::Aloud);
                replay.advance(&mut core.machine, goal, telling)
            })
        })
    });
    match outcome {
        Ok((done, stale)) => {
            drop(stale);
            done.map_err(|stop| stop.raised(directory))
        }
        Err(Fault::Panicked(message)) => {
            let command = under_way.load(Ordering::Relaxed);
            Err(CoreFault::new_err(format!(
                "the journal in {directory}: command {command} breaks the core: {message}"
            )))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Carries out commands without telling them until an event has happened.
pub(crate) fn advance_to(
    py: Python<'_>,
    core: &Guarded<Core>,
    replay: &mut Replay,
    directory: &str,
    sequence: u64,
) -> PyResult<()> {
    advance(py, core, replay, directory, Goal { sequence, ..Goal::END }, None)?;
    match core.with(|core| core.machine.sequence().get())? {
        reached if reached == sequence => Ok(()),
        reached if reached < sequence => Err(UsageError::new_err(format!(
            "the journal in {directory} ends with event {reached}, before event {sequence}"
        ))),
        reached => Err(UsageError::new_err(format!(
            "event {sequence} is not the last of a command in the journal in {directory}; event {reached} is"
        ))),
    }
}
