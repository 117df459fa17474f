//! `Follower`: a journal that somebody else writes, and an exchange that goes where it goes.

use std::path::Path;
use std::sync::Arc;

use journal::{Disk, Storage};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::faults::{fault, missing};
use super::replay::{Beginning, Goal, Replay, advance, advance_to};
use super::tap::{Shut, Tap};
use crate::arguments::{integer, integer_or};
use crate::buffers::BATCH_RECORDS_MAX;
use crate::core::{Any, Exchange, Maybe};
use crate::errors::{Guarded, UsageError};

/// Commands of a step where nothing is said.
const STEP_COMMANDS: u64 = 4096;

/// Reads a journal that may still grow.
#[pyclass(frozen, module = "crossbook.core")]
pub(crate) struct Follower {
    directory: String,
    storage: Arc<dyn Storage>,
    replay: Guarded<Replay>,
    #[pyo3(get)]
    exchange: Py<Exchange>,
}

/// The storage of a directory that must be there.
pub(crate) fn storage_of(directory: &str) -> PyResult<Arc<dyn Storage>> {
    if !Path::new(directory).is_dir() {
        return Err(missing(directory));
    }
    Ok(Arc::new(Disk::new(directory)))
}

#[pymethods]
impl Follower {
    /// Restore the newest snapshot not after an event, and carry out what lies between without telling it.
    #[staticmethod]
    #[pyo3(signature = (directory, *, sequence=None))]
    fn open(py: Python<'_>, directory: String, sequence: Maybe<'_, '_>) -> PyResult<Self> {
        let sequence = integer_or(sequence, 0, "sequence")?;
        let storage = storage_of(&directory)?;
        let begun = py.detach(|| Beginning::find(&storage, sequence, &directory))?;
        let mut replay = begun.replay;
        let exchange = Exchange::of(begun.machine);
        exchange.0.with(|core| core.tap = Some(Box::new(Tap::shut(Shut::Follows))))?;
        advance_to(py, &exchange.0, &mut replay, &directory, sequence)?;
        Ok(Self { directory, storage, replay: Guarded::new(replay), exchange: Py::new(py, exchange)? })
    }

    /// Carry out more commands; return their events, and the notes with the numbers of their commands.
    #[pyo3(signature = (limit=None, until=None))]
    fn step<'py>(
        &self,
        py: Python<'py>,
        limit: Maybe<'_, 'py>,
        until: Maybe<'_, 'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyList>)> {
        let limit: u64 = integer_or(limit, STEP_COMMANDS, "limit")?;
        if !(1..=BATCH_RECORDS_MAX as u64).contains(&limit) {
            return Err(UsageError::new_err(format!(
                "limit must be from 1 to {BATCH_RECORDS_MAX}, not {limit}"
            )));
        }
        let goal = Goal { limit, command: integer_or(until, u64::MAX, "until")?, ..Goal::END };
        let mut notes = Vec::new();
        let exchange = &self.exchange.get().0;
        self.replay
            .with(|replay| advance(py, exchange, replay, &self.directory, goal, Some(&mut notes)))??;
        let events = exchange.with(|core| core.show(py))??;
        let notes = notes.into_iter().map(|(command, payload)| (command, PyBytes::new(py, &payload)));
        Ok((events, PyList::new(py, notes.collect::<Vec<_>>())?))
    }

    /// Return whether the state is that of the snapshot taken after an event.
    #[pyo3(signature = (sequence, /))]
    fn agrees(&self, py: Python<'_>, sequence: Any<'_, '_>) -> PyResult<bool> {
        let sequence: u64 = integer(sequence, "sequence")?;
        let raised = |error| fault(&error, &self.directory);
        let storage = self.storage.as_ref();
        let found = py.detach(|| {
            let mut snapshots = journal::snapshot::list(storage)?.into_iter();
            snapshots.find(|info| info.mark == sequence).map_or(Ok(None), |info| info.load(storage))
        });
        let snapshot = found.map_err(raised)?.ok_or_else(|| {
            UsageError::new_err(format!(
                "the journal in {} has no whole snapshot after event {sequence}",
                self.directory
            ))
        })?;
        let state = self.exchange.get().look(exchange::Exchange::snapshot)?;
        Ok(state == snapshot.payload)
    }
}
