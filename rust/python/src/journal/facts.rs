//! What an operator asks of a journal: what is in it, whether it is whole, and to cut it where it is not.

use std::sync::Arc;

use journal::{JournalError, Kind, Reader, Storage};
use pyo3::prelude::*;

use super::entries::is_seal;
use super::faults::{damaged, fault};
use super::follower::storage_of;

/// A snapshot in a journal.
#[pyclass(frozen, get_all, module = "crossbook.core")]
pub(crate) struct SnapshotFacts {
    file: String,
    bytes: u64,
    sequence: u64,
    commands: u64,
}

/// What is in a journal.
#[pyclass(frozen, get_all, module = "crossbook.core")]
pub(crate) struct JournalFacts {
    directory: String,
    segments: u64,
    bytes: u64,
    batches: u64,
    commands: u64,
    notes: u64,
    torn_bytes: u64,
    damage: Option<String>,
    snapshots: Vec<Py<SnapshotFacts>>,
    snapshots_unusable: Vec<String>,
    foreign: Vec<String>,
}

/// What a repair did.
#[pyclass(frozen, get_all, module = "crossbook.core")]
pub(crate) struct Repaired {
    lost_bytes: u64,
    put_aside: Vec<String>,
    facts: Py<JournalFacts>,
}

/// Look through a journal and change nothing.
#[pyfunction]
pub(crate) fn inspect(py: Python<'_>, directory: String) -> PyResult<JournalFacts> {
    let storage = storage_of(&directory)?;
    let looked = py.detach(|| look(&storage)).map_err(|error| fault(&error, &directory))?;
    let snapshots = looked.snapshots.into_iter().map(|snapshot| Py::new(py, snapshot));
    Ok(JournalFacts {
        segments: looked.facts.segments.len() as u64,
        bytes: looked.facts.bytes,
        batches: looked.verified.batches,
        commands: looked.commands,
        notes: looked.notes,
        torn_bytes: looked.verified.torn_bytes,
        damage: looked.verified.damage.map(|error| error.to_string()),
        snapshots: snapshots.collect::<PyResult<_>>()?,
        snapshots_unusable: looked.verified.unusable_snapshots,
        foreign: looked.facts.foreign,
        directory,
    })
}

/// Read every byte of a journal; raise at the first that is not what was written.
#[pyfunction]
pub(crate) fn verify(py: Python<'_>, directory: String) -> PyResult<JournalFacts> {
    let facts = inspect(py, directory)?;
    match &facts.damage {
        Some(what) => Err(damaged(what, &facts.directory)),
        None => Ok(facts),
    }
}

/// Cut a damaged journal off before its first damaged batch, after putting aside what is cut.
#[pyfunction]
pub(crate) fn repair(py: Python<'_>, directory: String) -> PyResult<Repaired> {
    let storage = storage_of(&directory)?;
    let done = py.detach(|| journal::repair(&storage)).map_err(|error| fault(&error, &directory))?;
    // The lock goes with the storage, so that whoever repaired can open the journal at once.
    drop(storage);
    let facts = Py::new(py, inspect(py, directory)?)?;
    Ok(Repaired { lost_bytes: done.lost_bytes, put_aside: done.put_aside, facts })
}

struct Looked {
    facts: journal::Facts,
    verified: journal::Verified,
    snapshots: Vec<SnapshotFacts>,
    commands: u64,
    notes: u64,
}

fn look(storage: &Arc<dyn Storage>) -> Result<Looked, JournalError> {
    let facts = journal::inspect(storage.as_ref())?;
    let verified = journal::verify(storage.as_ref())?;
    let (commands, notes) = counted(storage);
    let mut snapshots = Vec::new();
    for info in facts.snapshots.iter().rev() {
        // A writer beside us removes old snapshots, so that one may be gone by now.
        let Ok(Some(snapshot)) = info.load(storage.as_ref()) else { continue };
        let Some((sequence, commands)) = exchange::snapshot::counts(&snapshot.payload) else { continue };
        snapshots.push(SnapshotFacts {
            file: info.file_name(),
            bytes: info.payload_bytes,
            sequence,
            commands,
        });
    }
    Ok(Looked { facts, verified, snapshots, commands, notes })
}

/// Counts the commands and the notes before the end or the first damage, which `verify` tells.
fn counted(storage: &Arc<dyn Storage>) -> (u64, u64) {
    let (mut commands, mut notes) = (0, 0);
    let Ok(mut reader) = Reader::open(Arc::clone(storage), 1, None) else { return (0, 0) };
    while let Ok(Some(batch)) = reader.next_batch() {
        for entry in batch.entries() {
            match entry.kind {
                Kind::Command => commands += u64::from(!is_seal(entry.payload)),
                Kind::Note => notes += 1,
                Kind::Genesis => {}
            }
        }
    }
    (commands, notes)
}
