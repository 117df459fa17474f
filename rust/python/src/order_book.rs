//! `OrderBook`: the bare matching engine of one instrument, for those who need orders matched and nothing else.

use exchange::book::{Book, FastBook};
use exchange::matcher::{Matcher, Message, Report, message_kind, report_kind};
use exchange::units::{MAX_ORDERS_PER_BOOK, PriceTicks, Side};
use pyo3::prelude::*;

use crate::arguments::{integer, integer_or};
use crate::buffers::{LevelRecord, Pool, Rows, array_of};
use crate::errors::{Guarded, UsageError};

/// The answer of a cancel or a modify that names no live order; the matcher's own reasons are 1 to 6.
const UNKNOWN_ORDER: i64 = 7;
/// Levels of a side that one look at the depth may ask for.
const DEPTH_LEVELS_MAX: u32 = 1 << 16;
/// Levels where nothing is said.
const DEPTH_LEVELS: u32 = 10;

/// What Python works on.
struct Engine {
    matcher: Matcher<FastBook>,
    reports: Vec<Report>,
    pool: Pool,
    shown: Option<Py<PyAny>>,
}

impl Engine {
    /// One message: its reports take the place of the last call's, and its outcome is one number.
    #[inline(always)]
    fn one(&mut self, message: &Message) -> i64 {
        self.shown = None;
        self.reports.clear();
        self.matcher.apply(message, &mut self.reports);
        self.outcome()
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_wrap)] // A message's lots are 32 bits, its reasons single digits.
    fn outcome(&self) -> i64 {
        let Some(first) = self.reports.first() else { return 0 };
        match first.kind {
            report_kind::ACCEPTED | report_kind::MODIFIED => self
                .reports
                .iter()
                .filter(|report| report.kind == report_kind::TRADE)
                .map(|report| i64::from(report.quantity_lots))
                .sum(),
            report_kind::CANCELLED => i64::from(first.quantity_lots),
            report_kind::CANCEL_REJECTED | report_kind::MODIFY_REJECTED => -UNKNOWN_ORDER,
            _ => -(first.reason as i64),
        }
    }
}

/// The order book of one instrument: price-time priority, no accounts.
#[pyclass(frozen, module = "crossbook.core")]
pub(crate) struct OrderBook(Guarded<Engine>);

#[pymethods]
impl OrderBook {
    #[new]
    #[pyo3(signature = (*, max_orders=None))]
    fn new(max_orders: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let room: u32 = integer_or(max_orders, 1 << 16, "max_orders")?;
        if room > MAX_ORDERS_PER_BOOK {
            return Err(UsageError::new_err(format!(
                "max_orders must be at most {MAX_ORDERS_PER_BOOK}, not {room}"
            )));
        }
        Ok(Self(Guarded::new(Engine {
            matcher: Matcher::with_capacity(room, 0),
            reports: Vec::new(),
            pool: Pool::default(),
            shown: None,
        })))
    }

    /// Match an order and rest what is left; return the lots traded, or minus a `BookReason`.
    #[pyo3(signature = (order_id, side, price, quantity, immediate=false, /))]
    fn new_order(
        &self,
        order_id: &Bound<'_, PyAny>,
        side: &Bound<'_, PyAny>,
        price: &Bound<'_, PyAny>,
        quantity: &Bound<'_, PyAny>,
        immediate: bool,
    ) -> PyResult<i64> {
        let message = Message {
            kind: message_kind::NEW,
            order_id: integer(order_id, "order_id")?,
            price_ticks: integer(price, "price")?,
            quantity_lots: integer(quantity, "quantity")?,
            side: integer(side, "side")?,
            immediate_or_cancel: u8::from(immediate),
            ..Message::default()
        };
        Ok(self.0.with(|engine| engine.one(&message))?)
    }

    /// Cancel an order; return the lots cancelled, or minus a `BookReason`.
    #[pyo3(signature = (order_id, /))]
    fn cancel(&self, order_id: &Bound<'_, PyAny>) -> PyResult<i64> {
        let order_id = integer(order_id, "order_id")?;
        let message = Message { kind: message_kind::CANCEL, order_id, ..Message::default() };
        Ok(self.0.with(|engine| engine.one(&message))?)
    }

    /// Cancel an order and enter it again at the back; return the lots traded, or minus a `BookReason`.
    #[pyo3(signature = (order_id, price, quantity, /))]
    fn modify(
        &self,
        order_id: &Bound<'_, PyAny>,
        price: &Bound<'_, PyAny>,
        quantity: &Bound<'_, PyAny>,
    ) -> PyResult<i64> {
        let message = Message {
            kind: message_kind::MODIFY,
            order_id: integer(order_id, "order_id")?,
            price_ticks: integer(price, "price")?,
            quantity_lots: integer(quantity, "quantity")?,
            ..Message::default()
        };
        Ok(self.0.with(|engine| engine.one(&message))?)
    }

    /// Apply an array of `MESSAGE`; return its reports as an array of `REPORT`, not copied.
    #[pyo3(signature = (messages, /))]
    fn apply<'py>(&self, messages: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = messages.py();
        let rows = Rows::<Message>::of(messages)?;
        self.0.with(|engine| {
            engine.shown = None;
            if engine.reports.capacity() == 0 {
                engine.reports = engine.pool.vector();
            }
            engine.reports.clear();
            engine.matcher.apply_batch(rows.get(), &mut engine.reports);
            engine.show(py)
        })?
    }

    /// Return the reports of the last call as an array of `REPORT`, not copied.
    fn reports<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.with(|engine| engine.show(py))?
    }

    /// Return the best price of a side in ticks, or `None`.
    #[pyo3(signature = (side, /))]
    fn best(&self, side: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
        let side = side_of(side)?;
        Ok(self.0.with(|engine| engine.matcher.best(side).map(PriceTicks::get))?)
    }

    /// Return the lots that stand at a price.
    #[pyo3(signature = (side, price, /))]
    fn depth_at(&self, side: &Bound<'_, PyAny>, price: &Bound<'_, PyAny>) -> PyResult<u64> {
        let (side, price) = (side_of(side)?, PriceTicks::new(integer(price, "price")?));
        Ok(self.0.with(|engine| engine.matcher.depth_at(side, price))?)
    }

    /// Return the best levels of a side as an array of `LEVEL`.
    #[pyo3(signature = (side, levels=None, /))]
    fn depth<'py>(
        &self,
        side: &Bound<'py, PyAny>,
        levels: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = side.py();
        let side = side_of(side)?;
        let levels = levels_of(levels)?;
        array_of(py, self.0.with(|engine| depth_of(engine.matcher.book(), side, levels))?)
    }

    /// Return a hash of the resting orders in priority order.
    fn state_hash(&self) -> PyResult<u64> {
        Ok(self.0.with(|engine| engine.matcher.state_hash())?)
    }

    fn __len__(&self) -> PyResult<usize> {
        Ok(self.0.with(|engine| engine.matcher.book().len() as usize)?)
    }
}

impl Engine {
    /// The reports of the last call, shown without copying.
    fn show<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(shown) = &self.shown {
            return Ok(shown.bind(py).clone());
        }
        let reports = std::mem::take(&mut self.reports);
        let array = self.pool.lend(py, reports)?;
        self.shown = Some(array.clone().unbind());
        Ok(array)
    }
}

/// Reads a side.
pub(crate) fn side_of(side: &Bound<'_, PyAny>) -> PyResult<Side> {
    Side::from_u8(integer(side, "side")?)
        .ok_or_else(|| UsageError::new_err("side must be Side.BUY (0) or Side.SELL (1)"))
}

/// Checks how many levels are asked for.
pub(crate) fn levels_of(levels: Option<&Bound<'_, PyAny>>) -> PyResult<usize> {
    let levels: u32 = integer_or(levels, DEPTH_LEVELS, "levels")?;
    if levels <= DEPTH_LEVELS_MAX {
        return Ok(levels as usize);
    }
    Err(UsageError::new_err(format!("levels must be from 0 to {DEPTH_LEVELS_MAX}, not {levels}")))
}

/// The levels of a side from the best on.
pub(crate) fn depth_of(book: &impl Book, side: Side, levels: usize) -> Vec<LevelRecord> {
    let mut rows = Vec::with_capacity(levels.min(64));
    if levels != 0 {
        book.visit_levels(side, |level| {
            rows.push(LevelRecord { price: level.price.get(), quantity: level.quantity });
            rows.len() < levels
        });
    }
    rows
}
