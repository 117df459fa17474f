//! `Teller`: from a batch's events to what a live venue tells. The telling itself is the crate `venue`.

use exchange::Exchange as Machine;
use exchange::codec::CommandRecord;
use exchange::event::EventRecord;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};
use venue::{Answer, LiveOrder, Scale, Told};

use crate::arguments::integer;
use crate::buffers::Rows;
use crate::core::{Any, Exchange};
use crate::errors::{Guarded, UsageError};

/// Reads batches of events, and keeps the open orders as their owners see them.
#[pyclass(frozen, module = "crossbook.core")]
pub(crate) struct Teller(Guarded<venue::Teller>);

fn scale(text: &str, name: &str) -> PyResult<Scale> {
    Scale::parse(text).ok_or_else(|| UsageError::new_err(format!("{name} must be a decimal above zero")))
}

#[pymethods]
impl Teller {
    #[new]
    #[pyo3(signature = (cash_step, /))]
    fn new(cash_step: &str) -> PyResult<Self> {
        Ok(Self(Guarded::new(venue::Teller::new(scale(cash_step, "cash_step")?))))
    }

    /// Make an instrument known.
    #[pyo3(signature = (instrument, ticker, price_step, quantity_step, /))]
    fn list(&self, instrument: u32, ticker: &str, price_step: &str, quantity_step: &str) -> PyResult<()> {
        numbered(instrument, "instrument", exchange::MAX_INSTRUMENTS)?;
        let (price, quantity) = (scale(price_step, "price_step")?, scale(quantity_step, "quantity_step")?);
        Ok(self.0.with(|teller| teller.list(instrument, ticker, price, quantity))?)
    }

    /// Make known who holds an account.
    #[pyo3(signature = (account, user_id, /))]
    fn hold(&self, account: u32, user_id: &str) -> PyResult<()> {
        numbered(account, "account", exchange::MAX_ACCOUNTS)?;
        Ok(self.0.with(|teller| teller.hold(account, user_id))?)
    }

    /// Say that the owner of an account listens.
    #[pyo3(signature = (account, /))]
    fn follow(&self, account: u32) -> PyResult<()> {
        numbered(account, "account", exchange::MAX_ACCOUNTS)?;
        Ok(self.0.with(|teller| teller.follow(account, true))?)
    }

    /// Take over an open order of an earlier run.
    #[pyo3(signature = (*, order_id, account, instrument, side, order_type, time_in_force, price, stop_price,
        quantity, filled, remaining, paid, created_ns, updated_ns, client_order_id))]
    #[allow(clippy::too_many_arguments)] // An order has that many terms.
    fn restore(
        &self,
        order_id: u64,
        account: u32,
        instrument: u32,
        side: u8,
        order_type: u8,
        time_in_force: u8,
        price: i64,
        stop_price: i64,
        quantity: u64,
        filled: u64,
        remaining: u64,
        paid: i128,
        created_ns: i64,
        updated_ns: i64,
        client_order_id: Option<&str>,
    ) -> PyResult<()> {
        let order = LiveOrder {
            order_id,
            account,
            instrument,
            side,
            order_type,
            time_in_force,
            price,
            stop_price,
            quantity,
            filled,
            open: remaining,
            paid,
            created_ns,
            updated_ns,
            client_order_id: client_order_id.map(Into::into),
        };
        Ok(self.0.with(|teller| teller.restore(order))?)
    }

    /// Return account and instrument of an open order, or `None`.
    #[pyo3(signature = (order_id, /))]
    fn find(&self, order_id: u64) -> PyResult<Option<(u32, u32)>> {
        Ok(self.0.with(|teller| teller.order(order_id).map(|order| (order.account, order.instrument)))?)
    }

    fn __len__(&self) -> PyResult<usize> {
        Ok(self.0.with(|teller| teller.order_count())?)
    }

    /// Return an account's open orders, newest first, as JSON.
    #[pyo3(signature = (exchange, account, /))]
    fn open_orders<'py>(
        &self,
        exchange: &Bound<'py, Exchange>,
        account: Any<'_, 'py>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let account = integer(account, "account")?;
        let open = exchange.get().look(|machine: &Machine| machine.open_orders(account))?;
        let mut out = Vec::new();
        self.0.with(|teller| teller.write_orders(open.iter().rev().map(|order| order.id), &mut out))?;
        Ok(PyBytes::new(exchange.py(), &out))
    }

    /// Read the events of a batch; return what is to be told.
    #[pyo3(signature = (commands, first, names, events, /))]
    fn tell<'py>(
        &self,
        commands: Any<'_, 'py>,
        first: u64,
        names: Vec<(usize, String)>,
        events: Any<'_, 'py>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = commands.py();
        let commands = Rows::<CommandRecord>::of(commands)?;
        let events = Rows::<EventRecord>::of(events)?;
        let names: Vec<(usize, &str)> = names.iter().map(|(place, name)| (*place, name.as_str())).collect();
        let told = self.0.with(|teller| teller.tell(commands.get(), first, &names, events.get()))?;
        tuple_of(py, &told)
    }
}

fn numbered(number: u32, name: &str, most: u32) -> PyResult<()> {
    if (1..=most).contains(&number) {
        Ok(())
    } else {
        Err(UsageError::new_err(format!("{name} must be from 1 to {most}")))
    }
}

fn tuple_of<'py>(py: Python<'py>, told: &Told) -> PyResult<Bound<'py, PyTuple>> {
    let bytes =
        |range: &core::ops::Range<usize>| PyBytes::new(py, told.bytes.get(range.clone()).unwrap_or_default());
    let answers = PyList::empty(py);
    for answer in &told.answers {
        match answer {
            Answer::Said(range) => answers.append(bytes(range))?,
            Answer::Refused(reason) => answers.append(-i64::from(*reason))?,
            Answer::Count(count) => answers.append(*count)?,
        }
    }
    let trades = PyList::empty(py);
    for trade in &told.trades {
        let facts = (trade.sequence, trade.time_ns, trade.instrument, trade.price, trade.lots);
        trades.append((facts.0, facts.1, facts.2, facts.3, facts.4, bytes(&trade.view)))?;
    }
    let owners = PyDict::new(py);
    for owner in &told.owners {
        let message = (owner.kind as u8, bytes(&owner.data));
        match owners.get_item(owner.account)? {
            Some(messages) => messages.cast::<PyList>()?.append(message)?,
            None => owners.set_item(owner.account, PyList::new(py, [message])?)?,
        }
    }
    let phases: Vec<_> =
        told.phases.iter().map(|phase| (phase.sequence, phase.instrument, phase.phase)).collect();
    (
        answers,
        trades,
        owners,
        phases,
        &told.changed,
        &told.expiries,
        told.accepted,
        PyList::new(py, &told.rejected)?,
        told.sequence,
    )
        .into_pyobject(py)
}
