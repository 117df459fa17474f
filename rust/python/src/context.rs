//! What a trader can see and do while it is called.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use exchange::command::{OrderType, TimeInForce};
use exchange::units::{NO_PRICE, Side};
use kernel::{Note, NoteKind, Order};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyString, PyTuple};

use crate::arguments::{described, integer, integer_or};
use crate::core::{Any, Maybe};
use crate::errors::UsageError;
use crate::random::{Random, real};
use crate::seen::Book;
use crate::simulation::{Market, Shared, Timers};

/// An order that its agent believes to be open.
#[derive(Clone, Copy)]
struct Known {
    market: u16,
    side: Side,
    price: i64,
    left: u64,
    /// Whether the venue has said that it took it.
    taken: bool,
}

/// The world as one agent sees it.
#[pyclass(frozen, name = "Context", module = "crossbook.core._native.kernel")]
pub(crate) struct Context {
    pub(crate) shared: Shared,
    pub(crate) agent: u32,
    pub(crate) name: Py<PyString>,
    /// The agent's first market.
    pub(crate) home: Market,
    /// Its other markets.
    pub(crate) others: Vec<Market>,
    pub(crate) timers: Timers,
    rng: Py<Random>,
    known: Mutex<BTreeMap<u32, Known>>,
    follows_orders: bool,
}

/// Reads a flag, which is off when it is left out.
#[inline(always)]
fn flag(value: Maybe<'_, '_>, name: &str) -> PyResult<bool> {
    let Some(value) = value else { return Ok(false) };
    match value.cast::<PyBool>() {
        Ok(flag) => Ok(flag.is_true()),
        Err(_) => Err(UsageError::new_err(format!("{name} must be true or false, not {}", described(value)))),
    }
}

impl Context {
    pub(crate) fn new(
        shared: Shared,
        agent: u32,
        name: Py<PyString>,
        (home, others): (Market, Vec<Market>),
        (timers, rng): (Timers, Py<Random>),
        follows_orders: bool,
    ) -> Self {
        let known = Mutex::new(BTreeMap::new());
        Self { shared, agent, name, home, others, timers, rng, known, follows_orders }
    }

    fn look<R>(&self, look: impl FnOnce(&mut kernel::Context<'_>) -> R) -> PyResult<R> {
        Ok(self.shared.with(|simulation| look(&mut simulation.context(self.agent)))?)
    }

    fn known<R>(&self, work: impl FnOnce(&mut BTreeMap<u32, Known>) -> R) -> R {
        work(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Believes what a note says of an own order.
    pub(crate) fn learn(&self, note: &Note) {
        if !self.follows_orders {
            return;
        }
        self.known(|known| match note.kind {
            NoteKind::Printed => {}
            NoteKind::Accepted => {
                if let Some(order) = known.get_mut(&note.token) {
                    order.taken = true;
                }
            }
            NoteKind::Refused => {
                // A refused change leaves the order; a refused order never was.
                if known.get(&note.token).is_some_and(|order| !order.taken) {
                    known.remove(&note.token);
                }
            }
            _ if note.left == 0 => {
                known.remove(&note.token);
            }
            _ => {
                if let Some(order) = known.get_mut(&note.token) {
                    order.left = note.left;
                    if note.kind == NoteKind::Replaced {
                        order.price = note.price;
                    }
                }
            }
        });
    }

    /// The beliefs of another agent's context, for a fork.
    pub(crate) fn adopt(&self, other: &Self) {
        let beliefs = other.known(|known| known.clone());
        self.known(|known| *known = beliefs);
    }

    fn markets(&self) -> impl Iterator<Item = &Market> {
        std::iter::once(&self.home).chain(&self.others)
    }

    /// The market that a call names, or the home.
    #[inline(always)]
    fn market(&self, symbol: Maybe<'_, '_>) -> PyResult<&Market> {
        let Some(symbol) = symbol.filter(|symbol| !symbol.is_none()) else {
            return Ok(&self.home);
        };
        let py = symbol.py();
        for market in self.markets() {
            if symbol.is(market.name.bind(py)) || symbol.eq(market.name.bind(py)).unwrap_or(false) {
                return Ok(market);
            }
        }
        let names: Vec<String> = self.markets().map(|market| market.name.bind(py).to_string()).collect();
        Err(UsageError::new_err(format!(
            "symbol must be one of {}, not {}",
            names.join(", "),
            described(symbol)
        )))
    }

    /// The order that a call names, and its market: the home where it is not known any more.
    fn named(&self, order: Any<'_, '_>) -> PyResult<(u32, u16)> {
        let order = integer::<u32>(order, "order")?;
        if order == 0 {
            return Err(UsageError::new_err(
                "order must be what buy or sell returned; 0 stands for an order without a name",
            ));
        }
        let market = self.known(|known| known.get(&order).map_or(self.home.number, |known| known.market));
        Ok((order, market))
    }

    #[inline(always)]
    #[allow(clippy::too_many_arguments)] // An order has that many terms.
    fn place(
        &self,
        side: Side,
        quantity: Any<'_, '_>,
        price: Maybe<'_, '_>,
        symbol: Maybe<'_, '_>,
        time_in_force: Maybe<'_, '_>,
        stop_price: Maybe<'_, '_>,
        display: Maybe<'_, '_>,
        expiry_ns: Maybe<'_, '_>,
        post_only: Maybe<'_, '_>,
        reduce_only: Maybe<'_, '_>,
    ) -> PyResult<u32> {
        let market = self.market(symbol)?.number;
        let lots: u64 = integer(quantity, "quantity")?;
        let price: i64 = integer_or(price, NO_PRICE, "price")?;
        let stop_price: i64 = integer_or(stop_price, NO_PRICE, "stop_price")?;
        let expiry_ns: i64 = integer_or(expiry_ns, 0, "expiry_ns")?;
        let order_type = match (price, stop_price) {
            (NO_PRICE, NO_PRICE) => OrderType::Market,
            (_, NO_PRICE) => OrderType::Limit,
            (NO_PRICE, _) => OrderType::Stop,
            _ => OrderType::StopLimit,
        };
        let natural = match (order_type, expiry_ns) {
            (OrderType::Market, _) => TimeInForce::ImmediateOrCancel,
            (_, 0) => TimeInForce::GoodTillCancel,
            _ => TimeInForce::GoodTillDate,
        };
        let time_in_force = TimeInForce::from_u8(integer_or(time_in_force, natural as u8, "time_in_force")?)
            .ok_or_else(|| UsageError::new_err("time_in_force must be a member of TimeInForce"))?;
        let order = Order {
            order_type,
            time_in_force,
            stop_price,
            display: integer_or(display, 0, "display")?,
            expiry_ns,
            post_only: flag(post_only, "post_only")?,
            reduce_only: flag(reduce_only, "reduce_only")?,
            ..Order::limit(market, side, lots, price)
        };
        let token = self.look(|context| context.place(order))?;
        // An order without a name cannot be followed.
        if self.follows_orders && token != 0 {
            self.known(|known| known.insert(token, Known { market, side, price, left: lots, taken: false }));
        }
        Ok(token)
    }
}

/// The arguments that `buy` and `sell` share.
macro_rules! placing {
    ($($(#[$doc:meta])* $name:ident $side:ident)*) => {
        #[pymethods]
        impl Context {
            $(
                $(#[$doc])*
                #[pyo3(signature = (quantity, price=None, *, symbol=None, time_in_force=None, stop_price=None,
                    display=None, expiry_ns=None, post_only=None, reduce_only=None),
                    text_signature = "($self, quantity, price=None, *, symbol=None, time_in_force=None, \
                        stop_price=None, display=None, expiry_ns=None, post_only=False, reduce_only=False)")]
                #[allow(clippy::too_many_arguments)] // An order has that many terms.
                fn $name(
                    &self,
                    quantity: Any<'_, '_>,
                    price: Maybe<'_, '_>,
                    symbol: Maybe<'_, '_>,
                    time_in_force: Maybe<'_, '_>,
                    stop_price: Maybe<'_, '_>,
                    display: Maybe<'_, '_>,
                    expiry_ns: Maybe<'_, '_>,
                    post_only: Maybe<'_, '_>,
                    reduce_only: Maybe<'_, '_>,
                ) -> PyResult<u32> {
                    self.place(Side::$side, quantity, price, symbol, time_in_force, stop_price, display,
                        expiry_ns, post_only, reduce_only)
                }
            )*
        }
    };
}

placing! {
    /// Send an order to buy; return the agent's own name for it.
    buy Buy
    /// Send an order to sell; return the agent's own name for it.
    sell Sell
}

#[pymethods]
impl Context {
    /// The time in nanoseconds.
    #[getter]
    fn now(&self) -> PyResult<i64> {
        self.look(|context| context.now())
    }

    /// The agent's name.
    #[getter]
    fn name(&self, py: Python<'_>) -> Py<PyString> {
        self.name.clone_ref(py)
    }

    /// The market that calls mean when they name none.
    #[getter]
    fn symbol(&self, py: Python<'_>) -> Py<PyString> {
        self.home.name.clone_ref(py)
    }

    /// All markets of the agent.
    #[getter]
    fn symbols<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.markets().map(|market| market.name.bind(py)).collect::<Vec<_>>())
    }

    /// The agent's own stream of random numbers.
    #[getter]
    fn rng(&self, py: Python<'_>) -> Py<Random> {
        self.rng.clone_ref(py)
    }

    /// Lots held in the agent's first market, as it knows by now; below zero is short.
    #[getter]
    fn position(&self) -> PyResult<i64> {
        let market = self.home.number;
        self.look(|context| context.position(market))
    }

    /// Lots held in each market, as the agent knows by now.
    #[getter]
    fn positions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let held = PyDict::new(py);
        for market in self.markets() {
            held.set_item(market.name.bind(py), self.look(|context| context.position(market.number))?)?;
        }
        Ok(held)
    }

    /// Cash in cash units, as the agent knows by now.
    #[getter]
    fn cash(&self) -> PyResult<i64> {
        self.look(|context| context.cash())
    }

    /// Cash and positions at the middle of the book, in cash units.
    #[getter]
    fn equity(&self) -> PyResult<i64> {
        self.look(|context| context.equity())
    }

    /// The agent's orders that it believes to be open: name, symbol, side, price, lots open.
    #[getter]
    fn open_orders<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let known: Vec<(u32, Known)> =
            self.known(|known| known.iter().map(|(&token, &order)| (token, order)).collect());
        let shown = PyList::empty(py);
        for (token, order) in known {
            let market = self.markets().find(|market| market.number == order.market);
            let symbol = market.map(|market| market.name.bind(py));
            let price = (order.price != NO_PRICE).then_some(order.price);
            shown.append((token, symbol, order.side.sign(), price, order.left))?;
        }
        Ok(shown)
    }

    /// Return the best prices of a market, as the agent's feed shows them.
    #[pyo3(signature = (symbol=None))]
    fn book(&self, py: Python<'_>, symbol: Maybe<'_, '_>) -> PyResult<Book> {
        let market = self.market(symbol)?;
        let quote = self.look(|context| context.quote(market.number))?;
        Ok(Book {
            shared: self.shared.clone(),
            agent: self.agent,
            market: market.number,
            symbol: market.name.clone_ref(py),
            quote,
        })
    }

    /// Return the price of the last trade in ticks, or none before the first.
    #[pyo3(signature = (symbol=None))]
    fn last(&self, symbol: Maybe<'_, '_>) -> PyResult<Option<i64>> {
        let market = self.market(symbol)?.number;
        let last = self.look(|context| context.last(market))?;
        Ok((last.lots > 0).then_some(last.price))
    }

    /// Return the lots traded so far.
    #[pyo3(signature = (symbol=None))]
    fn volume(&self, symbol: Maybe<'_, '_>) -> PyResult<u64> {
        let market = self.market(symbol)?.number;
        Ok(self.look(|context| context.last(market))?.volume)
    }

    /// Return the fundamental value in ticks. Simulations have one; live venues do not.
    #[pyo3(signature = (symbol=None))]
    fn fundamental(&self, symbol: Maybe<'_, '_>) -> PyResult<f64> {
        let market = self.market(symbol)?.number;
        self.look(|context| context.fundamental(market))
    }

    /// Return when continuous trading begins and ends, in nanoseconds.
    #[pyo3(signature = (symbol=None))]
    fn hours(&self, symbol: Maybe<'_, '_>) -> PyResult<(i64, i64)> {
        let market = self.market(symbol)?.number;
        self.look(|context| context.hours(market))
    }

    /// Return the price at which a market started, in ticks.
    #[pyo3(signature = (symbol=None))]
    fn initial_price(&self, symbol: Maybe<'_, '_>) -> PyResult<i64> {
        let market = self.market(symbol)?.number;
        self.look(|context| context.initial_price(market))
    }

    /// Return the price step in ticks and the lot step in lots.
    #[pyo3(signature = (symbol=None))]
    fn steps(&self, symbol: Maybe<'_, '_>) -> PyResult<(i64, u64)> {
        let market = self.market(symbol)?.number;
        self.look(|context| context.steps(market))
    }

    /// Return a wished price on the step and in range: down for a buy (1), up for a sell (-1).
    #[pyo3(signature = (side, price, symbol=None))]
    fn fit_price(&self, side: Any<'_, '_>, price: Any<'_, '_>, symbol: Maybe<'_, '_>) -> PyResult<i64> {
        let market = self.market(symbol)?.number;
        // The enumeration of the core counts sides from 0, and its `SELL` must not pass for a buy.
        if !side.is_exact_instance_of::<PyInt>() && side.get_type().name()? == "Side" {
            return Err(UsageError::new_err("side must be 1 or -1 here, not a member of Side"));
        }
        let side = match integer::<i64>(side, "side")? {
            1 => Side::Buy,
            -1 => Side::Sell,
            other => return Err(UsageError::new_err(format!("side must be 1 or -1, not {other}"))),
        };
        let price = real(price, "price")?;
        if price.is_nan() {
            return Err(UsageError::new_err("price must be a number, and nan is none"));
        }
        self.look(|context| context.fit_price(market, side, price))
    }

    /// Send a cancel for an order of the agent's own.
    fn cancel(&self, order: Any<'_, '_>) -> PyResult<()> {
        let (order, market) = self.named(order)?;
        self.look(|context| context.cancel(market, order))
    }

    /// Send a change of an order of the agent's own: what is left out stays.
    #[pyo3(signature = (order, price=None, quantity=None))]
    fn replace(&self, order: Any<'_, '_>, price: Maybe<'_, '_>, quantity: Maybe<'_, '_>) -> PyResult<()> {
        let (order, market) = self.named(order)?;
        let price = integer_or(price, NO_PRICE, "price")?;
        let quantity = integer_or(quantity, 0, "quantity")?;
        self.look(|context| context.replace(market, order, price, quantity))
    }

    /// Send a cancel for all the agent's orders, in one market or in all.
    #[pyo3(signature = (symbol=None))]
    fn cancel_all(&self, symbol: Maybe<'_, '_>) -> PyResult<()> {
        if symbol.is_some_and(|symbol| !symbol.is_none()) {
            let market = self.market(symbol)?.number;
            return self.look(|context| context.cancel_all(market));
        }
        self.look(|context| {
            for market in self.markets() {
                context.cancel_all(market.number);
            }
        })
    }

    /// Ask to be called by `on_timer` with this name, after so many nanoseconds or at a time.
    #[pyo3(signature = (name, after_ns=None, *, at_ns=None))]
    fn timer(&self, name: Any<'_, '_>, after_ns: Maybe<'_, '_>, at_ns: Maybe<'_, '_>) -> PyResult<()> {
        let Ok(text) = name.cast::<PyString>() else {
            return Err(UsageError::new_err(format!("name must be a text, not {}", described(name))));
        };
        let (time, relative) = match (after_ns, at_ns) {
            (Some(after), None) => (integer::<i64>(after, "after_ns")?, true),
            (None, Some(at)) => (integer::<i64>(at, "at_ns")?, false),
            _ => return Err(UsageError::new_err("a timer needs either after_ns or at_ns")),
        };
        if time < 0 {
            return Err(UsageError::new_err("neither after_ns nor at_ns may be below zero"));
        }
        let number = self.timers.number(text)?;
        self.look(|context| {
            let from = if relative { context.now() } else { 0 };
            context.wake_at(from.saturating_add(time), number);
        })
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("Context({})", self.name.bind(py))
    }
}
