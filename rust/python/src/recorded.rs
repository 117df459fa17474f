//! Recordings that are attached to a simulation.

use feeds::Row as FeedRow;
use kernel::{ScriptRow, TapeRow, TapeSettings};
use pyo3::prelude::*;

use crate::buffers::Rows;
use crate::errors::UsageError;
use crate::simulation::NativeSimulation;

/// Most rows of one recording.
const ROWS_MAX: usize = 1 << 31;

const fn tape_row(row: &FeedRow) -> TapeRow {
    TapeRow {
        exchange_ns: row.exchange_ns,
        local_ns: row.local_ns,
        price: row.price,
        quantity: row.quantity,
        reference: 0,
        kind: row.kind,
        side: row.side,
        flags: row.flags,
    }
}

#[pymethods]
impl NativeSimulation {
    /// Let recorded orders, an array of `SCRIPT_ROW`, be carried out on a market's real book.
    #[pyo3(signature = (market, rows, /))]
    fn attach_script(&self, py: Python<'_>, market: u16, rows: &Bound<'_, PyAny>) -> PyResult<()> {
        let rows = Rows::<ScriptRow>::up_to(rows, ROWS_MAX)?.get().to_vec();
        let attached = py.detach(|| self.shared.with(|simulation| simulation.attach_script(market, rows)))?;
        attached.map_err(|error| UsageError::new_err(error.to_string()))
    }

    /// Let a market's feed be a recording, an array of `L2_ROW` or `TAPE_ROW`; the settings are JSON.
    #[pyo3(signature = (market, rows, settings="{}", /))]
    fn attach_tape(
        &self,
        py: Python<'_>,
        market: u16,
        rows: &Bound<'_, PyAny>,
        settings: &str,
    ) -> PyResult<()> {
        let rows = match Rows::<TapeRow>::up_to(rows, ROWS_MAX) {
            Ok(rows) => rows.get().to_vec(),
            Err(_) => Rows::<FeedRow>::up_to(rows, ROWS_MAX)?.get().iter().map(tape_row).collect(),
        };
        let attached = py.detach(|| {
            self.shared.with(|simulation| {
                let settings = TapeSettings::from_json(settings)?;
                simulation.attach_tape(market, rows, settings)
            })
        })?;
        attached.map_err(|error| UsageError::new_err(error.to_string()))
    }

    /// Return how many rows of a market's script are done, and how many could not be carried out as recorded:
    /// orders that entered, cancels, changes, aggressive orders.
    #[allow(clippy::type_complexity)] // A row, as Python unpacks it.
    fn script_progress(&self, market: u16) -> PyResult<Option<(u64, u64, u64, u64, u64)>> {
        let progress = self.shared.with(|simulation| simulation.script_progress(market))?;
        Ok(progress.map(|(lost, rows)| (rows, lost.enter, lost.cancel, lost.shrink, lost.take)))
    }

    /// Return how many rows of a market's tape are done, and for each agents' order beside it its number and how
    /// many recorded lots are thought to stand before it.
    #[allow(clippy::type_complexity)] // As above.
    fn tape_progress(&self, market: u16) -> PyResult<Option<(u64, Vec<(u64, f64)>)>> {
        Ok(self.shared.with(|simulation| simulation.tape_progress(market))?)
    }
}
