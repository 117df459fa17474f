//! `feed_reader`: recorded market data from bytes to rows. The reading itself is the crate `feeds`.

use exchange::decimal::Step;
use feeds::{FindingKind, Policy, Reader, Refusal, Row, Settings};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::buffers::array_of;
use crate::errors::{Guarded, UsageError};

/// A fault that ends the reading: line, kind, reason.
type Fault = (u32, &'static str, String);

/// Reads one recording; Python knows it as `crossbook.core.feeds.FeedReader`.
#[pyclass(frozen, module = "crossbook.core._native")]
pub(crate) struct NativeFeedReader(Guarded<Reader>);

/// Return a reader at the beginning of a recording.
#[pyfunction]
#[pyo3(signature = (price_step, quantity_step, *, repair=false, symbol=None))]
pub(crate) fn feed_reader(
    price_step: &str,
    quantity_step: &str,
    repair: bool,
    symbol: Option<String>,
) -> PyResult<NativeFeedReader> {
    Ok(NativeFeedReader(Guarded::new(Reader::new(Settings {
        price_step: step(price_step, "price_step")?,
        quantity_step: step(quantity_step, "quantity_step")?,
        policy: if repair { Policy::Repair } else { Policy::Strict },
        symbol,
    }))))
}

fn step(text: &str, name: &str) -> PyResult<Step> {
    Step::new(text).map_err(|error| UsageError::new_err(format!("{name} is no step: {error}")))
}

fn fault(done: Result<(), Refusal>) -> Option<Fault> {
    done.err().map(|refusal| (refusal.line, refusal.kind.name(), refusal.reason))
}

#[pymethods]
impl NativeFeedReader {
    /// Read on without the interpreter's lock; return the fault that ends the reading, or `None`.
    #[pyo3(signature = (data, /))]
    fn push(&self, py: Python<'_>, data: &[u8]) -> PyResult<Option<Fault>> {
        Ok(fault(py.detach(|| self.0.with(|reader| reader.push(data)))?))
    }

    /// End the reading; return the fault that it ends with, or `None`.
    fn finish(&self) -> PyResult<Option<Fault>> {
        Ok(fault(self.0.with(Reader::finish)?))
    }

    /// Return the rows since the last call as an array of `L2_ROW`, not copied.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        array_of::<Row>(py, self.0.with(Reader::take_rows)?)
    }

    /// Return the first findings: line, kind, reason, action.
    fn findings(&self) -> PyResult<Vec<(u32, &'static str, String, &'static str)>> {
        Ok(self.0.with(|reader| {
            let kept = reader.findings().kept().iter();
            kept.map(|found| (found.line, found.kind.name(), found.reason.clone(), found.action)).collect()
        })?)
    }

    /// Return how many findings of each kind there were.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        let found = self.0.with(|reader| reader.findings().clone())?;
        for &kind in FindingKind::ALL {
            counts.set_item(kind.name(), found.count(kind))?;
        }
        Ok(counts)
    }

    /// Return what was read so far.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (summary, whole) = self.0.with(|reader| (reader.summary().clone(), reader.is_whole()))?;
        let said = PyDict::new(py);
        macro_rules! say {
            ($($field:ident)*) => { $(said.set_item(stringify!($field), summary.$field)?;)* };
        }
        say!(lines rows quotes updates trades snapshots old_updates unknown_streams other_symbols symbol
            first_local_ns last_local_ns first_exchange_ns last_exchange_ns least_delay_ns largest_delay_ns
            first_whole_line);
        said.set_item("whole_at_end", whole)?;
        Ok(said)
    }
}
