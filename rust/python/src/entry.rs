//! `OrderReader`: orders and cancels from the bytes of messages. The reading itself is the crate `venue`.

use exchange::decimal::Step;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyString};
use venue::{Entry, Id};

use crate::buffers::bytes_of;
use crate::errors::{Guarded, UsageError};

/// Reads ordinary orders and cancels from the bytes of messages.
#[pyclass(frozen, module = "crossbook.core")]
pub(crate) struct OrderReader(Guarded<Entry>);

type Read<'py> = (Bound<'py, PyBytes>, Bound<'py, PyAny>, Option<i64>, Option<Bound<'py, PyString>>, u64);

#[pymethods]
impl OrderReader {
    #[new]
    fn new() -> Self {
        Self(Guarded::new(Entry::default()))
    }

    /// Make an instrument known.
    #[pyo3(signature = (instrument, ticker, price_step, quantity_step, /))]
    fn list(&self, instrument: u32, ticker: &str, price_step: &str, quantity_step: &str) -> PyResult<()> {
        let (price, quantity) = (step(price_step)?, step(quantity_step)?);
        Ok(self.0.with(|entry| entry.list(instrument, ticker, price, quantity))?)
    }

    /// Read a message, if it is an ordinary order or cancel.
    #[pyo3(signature = (message, account, /))]
    fn read<'py>(&self, py: Python<'py>, message: &[u8], account: u32) -> PyResult<Option<Read<'py>>> {
        let read = self.0.with(|entry| entry.read(message, account))?;
        let Some(request) = read else { return Ok(None) };
        let id = match request.id {
            Id::Number(number) => PyInt::new(py, number).into_any(),
            Id::Text(text) => PyString::new(py, text).into_any(),
        };
        let name = request.name.map(|name| PyString::new(py, name));
        let command = PyBytes::new(py, bytes_of(&request.command));
        Ok(Some((command, id, request.timestamp, name, request.command.order_id)))
    }
}

fn step(text: &str) -> PyResult<Step> {
    Step::new(text).map_err(|error| UsageError::new_err(format!("a step of {text:?}: {error}")))
}
