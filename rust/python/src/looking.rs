//! `Exchange`: looking at its state without changing or copying it.

use exchange::reject::Reject as Reason;
use exchange::units::PriceTicks;
use exchange::{Exchange as Machine, QueuedView};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::integer;
use crate::buffers::{QueuedRecord, array_of};
use crate::core::{Any, Exchange, Maybe};
use crate::errors::rejected;
use crate::order_book::{depth_of, levels_of, side_of};
use crate::views::{self, PyAccount, PyInstrument, PyOrder, PyPosition};

/// Best bid and its lots, best ask and its lots.
type Best = (Option<i64>, u64, Option<i64>, u64);

#[pymethods]
impl Exchange {
    /// Return best bid, its lots, best ask, its lots; a price is `None` where nothing stands.
    #[pyo3(signature = (instrument, /))]
    fn best(&self, instrument: Any<'_, '_>) -> PyResult<Best> {
        use exchange::units::Side::{Buy, Sell};
        let id = integer(instrument, "instrument")?;
        let pair = |best: Option<(PriceTicks, u64)>| {
            best.map_or((None, 0), |(price, quantity)| (Some(price.get()), quantity))
        };
        let (bid, ask) = self
            .look(|machine| machine.instrument(id).map(|_| (machine.best(id, Buy), machine.best(id, Sell))))?
            .ok_or_else(|| rejected(Reason::UnknownInstrument))?;
        let ((bid, bid_lots), (ask, ask_lots)) = (pair(bid), pair(ask));
        Ok((bid, bid_lots, ask, ask_lots))
    }

    /// Return the best levels of a side as an array of `LEVEL`.
    #[pyo3(signature = (instrument, side, levels=None, /))]
    fn depth<'py>(
        &self,
        instrument: Any<'_, 'py>,
        side: Any<'_, 'py>,
        levels: Maybe<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = instrument.py();
        let (id, side, levels) = (integer(instrument, "instrument")?, side_of(side)?, levels_of(levels)?);
        let rows = self.look(|machine| machine.book(id).map(|book| depth_of(book, side, levels)))?;
        array_of(py, rows.ok_or_else(|| rejected(Reason::UnknownInstrument))?)
    }

    /// Return the orders of a side in priority order as an array of `QUEUED`.
    #[pyo3(signature = (instrument, side, limit=None, /))]
    fn queue<'py>(
        &self,
        instrument: Any<'_, 'py>,
        side: Any<'_, 'py>,
        limit: Maybe<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = instrument.py();
        let (id, side) = (integer(instrument, "instrument")?, side_of(side)?);
        let limit = limit.map(|limit| integer(limit, "limit").map(PriceTicks::new)).transpose()?;
        let rows = self.look(|machine| {
            machine.instrument(id)?;
            let mut rows = Vec::new();
            machine.visit_queue(id, side, |QueuedView { order_id, price, quantity, account }| {
                // An order of the other side limited there would meet exactly what is wanted.
                let wanted = limit.is_none_or(|limit| side.opposite().accepts(limit, PriceTicks::new(price)));
                if wanted {
                    rows.push(QueuedRecord { order_id, price, quantity, account, reserved: 0 });
                }
                wanted
            });
            Some(rows)
        })?;
        array_of(py, rows.ok_or_else(|| rejected(Reason::UnknownInstrument))?)
    }

    /// Return price, lots and imbalance of an uncross now, or `None`.
    #[pyo3(signature = (instrument, /))]
    fn indicative<'py>(
        &self,
        py: Python<'py>,
        instrument: Any<'_, '_>,
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let id = integer(instrument, "instrument")?;
        self.look(|machine| machine.indicative(id))?
            .map(|seen| (seen.price, seen.volume, seen.imbalance).into_pyobject(py))
            .transpose()
    }

    /// Return an account as it stands.
    #[pyo3(signature = (account, /))]
    fn account(&self, py: Python<'_>, account: Any<'_, '_>) -> PyResult<PyAccount> {
        let id = integer(account, "account")?;
        let seen = self.look(|machine| machine.account(id))?;
        views::account(py, &seen.ok_or_else(|| rejected(Reason::UnknownAccount))?)
    }

    /// Return what an account holds of an instrument.
    #[pyo3(signature = (account, instrument, /))]
    fn position(&self, account: Any<'_, '_>, instrument: Any<'_, '_>) -> PyResult<PyPosition> {
        let (account, instrument) = (integer(account, "account")?, integer(instrument, "instrument")?);
        let seen = self.look(|machine| {
            if machine.account(account).is_none() {
                return Err(Reason::UnknownAccount);
            }
            if machine.instrument(instrument).is_none() {
                return Err(Reason::UnknownInstrument);
            }
            Ok(machine.position(account, instrument))
        })?;
        seen.map(|seen| views::position(&seen)).map_err(rejected)
    }

    /// Return an open order, or `None`.
    #[pyo3(signature = (order_id, /))]
    fn order(&self, py: Python<'_>, order_id: Any<'_, '_>) -> PyResult<Option<PyOrder>> {
        let id = integer(order_id, "order_id")?;
        self.look(|machine| machine.order(id))?.map(|seen| views::order(py, &seen)).transpose()
    }

    /// Return an account's open orders by rising number.
    #[pyo3(signature = (account, /))]
    fn open_orders(&self, py: Python<'_>, account: Any<'_, '_>) -> PyResult<Vec<PyOrder>> {
        let id = integer(account, "account")?;
        let seen = self.look(|machine| machine.account(id).map(|_| machine.open_orders(id)))?;
        let seen = seen.ok_or_else(|| rejected(Reason::UnknownAccount))?;
        seen.iter().map(|order| views::order(py, order)).collect()
    }

    /// Return an instrument as it stands.
    #[pyo3(signature = (instrument, /))]
    fn instrument(&self, py: Python<'_>, instrument: Any<'_, '_>) -> PyResult<PyInstrument> {
        let id = integer(instrument, "instrument")?;
        let seen = self.look(|machine| machine.instrument(id))?;
        views::instrument(py, &seen.ok_or_else(|| rejected(Reason::UnknownInstrument))?)
    }

    /// Time of the last command, in nanoseconds.
    #[getter]
    fn clock_ns(&self) -> PyResult<i64> {
        Ok(self.0.with(|core| core.now())?)
    }

    /// Sequence number of the last event.
    #[getter]
    fn sequence(&self) -> PyResult<u64> {
        self.look(|machine| machine.sequence().get())
    }

    /// How many commands were given, refused ones counted.
    #[getter]
    fn commands(&self) -> PyResult<u64> {
        self.look(Machine::commands)
    }

    /// How many orders are open.
    #[getter]
    fn order_count(&self) -> PyResult<usize> {
        self.look(Machine::order_count)
    }

    /// How many accounts were opened.
    #[getter]
    fn account_count(&self) -> PyResult<usize> {
        self.look(Machine::account_count)
    }

    /// Fees collected less rebates paid, in cash units.
    #[getter]
    fn fees_collected(&self) -> PyResult<i128> {
        self.look(|machine| machine.system_balances().0)
    }

    /// What the insurance fund holds, in cash units.
    #[getter]
    fn insurance_fund(&self) -> PyResult<i128> {
        self.look(|machine| machine.system_balances().1)
    }

    /// Return the canonical hash of the state.
    fn state_hash(&self) -> PyResult<u64> {
        self.look(Machine::state_hash)
    }

    /// Return the running hash over every event so far.
    fn event_hash(&self) -> PyResult<u64> {
        self.look(Machine::event_hash)
    }

    /// Audit every balance and book; raise `CoreFault` with the claim that does not hold.
    fn check(&self) -> PyResult<()> {
        self.look(Machine::check)?.map_err(crate::errors::CoreFault::new_err)
    }
}
