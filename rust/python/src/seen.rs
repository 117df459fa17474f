//! What a trader is shown: books, trades, fills, answers and news, as small frozen objects.

use exchange::units::Side;
use kernel::{Note, Quote};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::simulation::Shared;

/// 1 for a buy, -1 for a sell, 0 where there was no aggressor.
const fn sign(side: Option<Side>) -> i8 {
    match side {
        Some(Side::Buy) => 1,
        Some(Side::Sell) => -1,
        None => 0,
    }
}

/// The best prices of a market, as an agent sees them.
#[pyclass(frozen, name = "Book", module = "crossbook.core._native.kernel")]
pub(crate) struct Book {
    pub(crate) shared: Shared,
    pub(crate) agent: u32,
    pub(crate) market: u16,
    pub(crate) symbol: Py<PyString>,
    pub(crate) quote: Quote,
}

#[pymethods]
impl Book {
    /// The market.
    #[getter]
    fn symbol(&self, py: Python<'_>) -> Py<PyString> {
        self.symbol.clone_ref(py)
    }
    /// Since when it looks like this, in nanoseconds.
    #[getter]
    fn time_ns(&self) -> i64 {
        self.quote.time
    }
    /// The best bid in ticks, or none.
    #[getter]
    fn bid(&self) -> Option<i64> {
        self.quote.best(Side::Buy)
    }
    /// Lots at the best bid.
    #[getter]
    fn bid_quantity(&self) -> u64 {
        self.quote.bid_lots
    }
    /// The best ask in ticks, or none.
    #[getter]
    fn ask(&self) -> Option<i64> {
        self.quote.best(Side::Sell)
    }
    /// Lots at the best ask.
    #[getter]
    fn ask_quantity(&self) -> u64 {
        self.quote.ask_lots
    }
    /// The middle in ticks, or none.
    #[getter]
    fn mid(&self) -> Option<f64> {
        self.quote.mid()
    }
    /// Ask less bid in ticks, or none.
    #[getter]
    fn spread(&self) -> Option<i64> {
        self.quote.mid().map(|_| self.quote.ask - self.quote.bid)
    }
    /// What stands at the bid less what stands at the ask, as a part of both; 0 for an empty book.
    #[getter]
    fn imbalance(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // A ratio of quantities: the 53 bits of a float are plenty.
        let (bid, ask) = (self.quote.bid_lots as f64, self.quote.ask_lots as f64);
        #[allow(clippy::float_arithmetic)]
        // What agents look at may be a float; nothing here reaches the core.
        if bid + ask == 0.0 { 0.0 } else { (bid - ask) / (bid + ask) }
    }
    /// Return the best bids as price in ticks and lots, at most ten.
    fn bids(&self) -> PyResult<Vec<(i64, u64)>> {
        self.depth(Side::Buy)
    }
    /// Return the best asks as price in ticks and lots, at most ten.
    fn asks(&self) -> PyResult<Vec<(i64, u64)>> {
        self.depth(Side::Sell)
    }
    fn __repr__(&self) -> String {
        let level =
            |price: Option<i64>, lots| price.map_or("none".to_owned(), |price| format!("{lots} at {price}"));
        let (bid, ask) = (level(self.bid(), self.quote.bid_lots), level(self.ask(), self.quote.ask_lots));
        format!("Book(bid={bid}, ask={ask})")
    }
}

impl Book {
    fn depth(&self, side: Side) -> PyResult<Vec<(i64, u64)>> {
        Ok(self.shared.with(|simulation| simulation.context(self.agent).depth(self.market, side))?)
    }
}

/// A trade in the market.
#[pyclass(frozen, name = "Trade", module = "crossbook.core._native.kernel")]
pub(crate) struct Trade {
    pub(crate) symbol: Py<PyString>,
    pub(crate) note: Note,
}

#[pymethods]
impl Trade {
    /// The market.
    #[getter]
    fn symbol(&self, py: Python<'_>) -> Py<PyString> {
        self.symbol.clone_ref(py)
    }
    /// When, in nanoseconds.
    #[getter]
    fn time_ns(&self) -> i64 {
        self.note.time
    }
    /// In ticks.
    #[getter]
    fn price(&self) -> i64 {
        self.note.price
    }
    /// In lots.
    #[getter]
    fn quantity(&self) -> u64 {
        self.note.lots
    }
    /// 1 where the buyer came to the seller's price, -1 the other way, 0 in an auction.
    #[getter]
    fn side(&self) -> i8 {
        sign(self.note.side)
    }
    fn __repr__(&self) -> String {
        format!("Trade(price={}, quantity={}, side={})", self.note.price, self.note.lots, self.side())
    }
}

/// A fill of an order of the agent's own.
#[pyclass(frozen, name = "Fill", module = "crossbook.core._native.kernel")]
pub(crate) struct Fill {
    pub(crate) symbol: Py<PyString>,
    pub(crate) note: Note,
}

#[pymethods]
impl Fill {
    /// The market.
    #[getter]
    fn symbol(&self, py: Python<'_>) -> Py<PyString> {
        self.symbol.clone_ref(py)
    }
    /// When, in nanoseconds.
    #[getter]
    fn time_ns(&self) -> i64 {
        self.note.time
    }
    /// The agent's own name for the order.
    #[getter]
    fn order(&self) -> u32 {
        self.note.token
    }
    /// The exchange's number of the order.
    #[getter]
    fn order_id(&self) -> u64 {
        self.note.order_id
    }
    /// 1 for a buy, -1 for a sell.
    #[getter]
    fn side(&self) -> i8 {
        sign(self.note.side)
    }
    /// In ticks.
    #[getter]
    fn price(&self) -> i64 {
        self.note.price
    }
    /// In lots.
    #[getter]
    fn quantity(&self) -> u64 {
        self.note.lots
    }
    /// Lots of the order still open.
    #[getter]
    fn left(&self) -> u64 {
        self.note.left
    }
    /// Fee paid in cash units; below zero a rebate.
    #[getter]
    fn fee(&self) -> i64 {
        self.note.fee
    }
    /// Whether the order stood in the book.
    #[getter]
    fn maker(&self) -> bool {
        self.note.maker
    }
    fn __repr__(&self) -> String {
        format!(
            "Fill(order={}, side={}, price={}, quantity={})",
            self.note.token,
            self.side(),
            self.note.price,
            self.note.lots
        )
    }
}

/// What became of an order of the agent's own.
#[pyclass(frozen, name = "OrderUpdate", module = "crossbook.core._native.kernel")]
pub(crate) struct OrderUpdate {
    pub(crate) symbol: Py<PyString>,
    pub(crate) note: Note,
}

#[pymethods]
impl OrderUpdate {
    /// The market.
    #[getter]
    fn symbol(&self, py: Python<'_>) -> Py<PyString> {
        self.symbol.clone_ref(py)
    }
    /// When, in nanoseconds.
    #[getter]
    fn time_ns(&self) -> i64 {
        self.note.time
    }
    /// The agent's own name for the order.
    #[getter]
    fn order(&self) -> u32 {
        self.note.token
    }
    /// The exchange's number of the order; 0 where it never got one.
    #[getter]
    fn order_id(&self) -> u64 {
        self.note.order_id
    }
    /// `accepted`, `ended`, `refused` or `replaced`.
    #[getter]
    fn status(&self) -> &'static str {
        match self.note.kind {
            kernel::NoteKind::Accepted => "accepted",
            kernel::NoteKind::Ended => "ended",
            kernel::NoteKind::Refused => "refused",
            kernel::NoteKind::Replaced => "replaced",
            kernel::NoteKind::Filled => "filled",
            kernel::NoteKind::Printed => "printed",
        }
    }
    /// The `RejectCode` of a refused order, the `EndReason` of an ended or replaced one; 0 of an accepted one.
    #[getter]
    fn reason(&self) -> u8 {
        if self.note.kind == kernel::NoteKind::Accepted { 0 } else { self.note.reason }
    }
    /// Lots still open.
    #[getter]
    fn left(&self) -> u64 {
        self.note.left
    }
    fn __repr__(&self) -> String {
        format!("OrderUpdate(order={}, status={}, reason={})", self.note.token, self.status(), self.reason())
    }
}
