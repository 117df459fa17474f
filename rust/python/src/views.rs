//! What Python sees when it looks at an account, a position, an order or an instrument: plain frozen objects.

use exchange::command::InstrumentSpec;
use exchange::{AccountView, InstrumentView, OrderView, PositionView};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The member of an enumeration of `crossbook.core.words`.
pub(crate) fn word(
    py: Python<'_>,
    cell: &'static PyOnceLock<Py<PyAny>>,
    name: &str,
    number: u8,
) -> PyResult<Py<PyAny>> {
    cell.import(py, "crossbook.core.words", name)?.call1((number,)).map(Bound::unbind)
}

macro_rules! word {
    ($py:expr, $name:literal, $number:expr) => {{
        static CELL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        word($py, &CELL, $name, $number as u8)
    }};
}

macro_rules! view {
    ($(#[$doc:meta])* $type:ident $name:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[pyclass(frozen, get_all, name = $name, module = "crossbook.core")]
        pub(crate) struct $type { $($(#[$field_doc])* $field: $kind,)* }

        #[pymethods]
        impl $type {
            fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
                let mut text = String::from(concat!($name, "("));
                for (number, field) in [$(stringify!($field)),*].into_iter().enumerate() {
                    let between = if number == 0 { "" } else { ", " };
                    text += &format!("{between}{field}={}", slf.getattr(field)?.repr()?);
                }
                Ok(text + ")")
            }
        }
    };
}

view! {
    /// An account, in cash units.
    PyAccount "Account" {
        /// Free cash.
        cash: i64,
        /// Cash set aside for open buy orders.
        escrow: i64,
        /// Cash, in escrow or not, plus positions at their marks.
        equity: i128,
        /// Net worth put in from outside.
        deposited: i128,
        /// Initial margin of positions and open orders.
        initial_margin: i128,
        /// Maintenance margin of positions.
        maintenance_margin: i128,
        /// How many orders are open.
        open_orders: u32,
        /// Whether it may trade.
        status: Py<PyAny>,
    }
}

view! {
    /// What an account holds of an instrument.
    PyPosition "Position" {
        /// Lots owned; below zero is short.
        lots: i64,
        /// Lots locked in open sell orders.
        locked: i64,
        /// Lots in open buy orders.
        open_buy: i64,
        /// Lots in open sell orders.
        open_sell: i64,
        /// What the open lots cost, in cash units.
        cost: i128,
        /// Profit of what was closed, fees not counted.
        realised: i128,
        /// Worth at the mark less cost.
        unrealised: i128,
        /// Fees paid.
        fees: i128,
    }
}

view! {
    /// An open order.
    PyOrder "Order" {
        /// The exchange's number.
        id: u64,
        /// The owner's number, zero for none.
        client_order_id: u64,
        /// Whose it is.
        account: u32,
        /// What it trades.
        instrument: u32,
        /// Buy or sell.
        side: Py<PyAny>,
        /// What it did when it arrived.
        order_type: Py<PyAny>,
        /// How long it lives.
        time_in_force: Py<PyAny>,
        /// Limit or protection price, in ticks.
        price: i64,
        /// All of it, in lots.
        quantity: u64,
        /// What is open of it, in lots.
        open: u64,
        /// Whether it stands in the book.
        resting: bool,
    }
}

view! {
    /// An instrument as it stands.
    PyInstrument "Instrument" {
        /// What it is.
        kind: Py<PyAny>,
        /// Its phase.
        phase: Py<PyAny>,
        /// The last trade price, in ticks.
        last_price: Option<i64>,
        /// The mark price, in ticks.
        mark: i64,
        /// What the circuit breaker measures from, in ticks.
        reference_price: i64,
        /// The instrument an option is written on; zero otherwise.
        reference: u32,
        /// An option's strike, in ticks of the reference.
        strike: i64,
        /// Lots of the reference in one lot of an option.
        contract_lots: u32,
        /// Cash units that one tick of one lot is worth.
        multiplier: i64,
        /// Lowest allowed price, in ticks.
        min_price: i64,
        /// Highest allowed price, in ticks.
        max_price: i64,
        /// Prices are multiples of it.
        price_step: i64,
        /// Quantities are multiples of it.
        lot_step: u64,
        /// Fee of a maker, in parts per million of the traded worth.
        maker_fee_ppm: i32,
        /// Fee of a taker.
        taker_fee_ppm: i32,
        /// How far from the best opposite price a market order may go, in parts per million.
        protection_ppm: u32,
        /// How far from the reference price a trade halts the instrument.
        breaker_ppm: u32,
        /// Initial margin ratio, in parts per million.
        initial_margin_ppm: u32,
        /// Maintenance margin ratio.
        maintenance_margin_ppm: u32,
    }
}

pub(crate) fn account(py: Python<'_>, seen: &AccountView) -> PyResult<PyAccount> {
    let AccountView { cash, escrow, equity, deposited, initial_margin, maintenance_margin, .. } = *seen;
    let status = word!(py, "AccountStatus", seen.status)?;
    let open_orders = seen.open_orders;
    Ok(PyAccount { cash, escrow, equity, deposited, initial_margin, maintenance_margin, open_orders, status })
}

pub(crate) fn position(seen: &PositionView) -> PyPosition {
    let PositionView { lots, locked, open_buy, open_sell, cost, realised, unrealised, fees } = *seen;
    PyPosition { lots, locked, open_buy, open_sell, cost, realised, unrealised, fees }
}

pub(crate) fn order(py: Python<'_>, seen: &OrderView) -> PyResult<PyOrder> {
    Ok(PyOrder {
        id: seen.id,
        client_order_id: seen.client_order_id,
        account: seen.account,
        instrument: seen.instrument,
        side: word!(py, "Side", seen.side)?,
        order_type: word!(py, "OrderType", seen.order_type)?,
        time_in_force: word!(py, "TimeInForce", seen.time_in_force)?,
        price: seen.price,
        quantity: seen.quantity,
        open: seen.open,
        resting: seen.resting,
    })
}

pub(crate) fn instrument(py: Python<'_>, seen: &InstrumentView) -> PyResult<PyInstrument> {
    let InstrumentSpec { contract_lots, multiplier, price_step, lot_step, .. } = seen.spec;
    let InstrumentSpec { maker_fee_ppm, taker_fee_ppm, protection_ppm, breaker_ppm, .. } = seen.spec;
    let InstrumentSpec { initial_margin_ppm, maintenance_margin_ppm, .. } = seen.spec;
    Ok(PyInstrument {
        kind: word!(py, "InstrumentKind", seen.spec.kind)?,
        phase: word!(py, "Phase", seen.phase)?,
        last_price: seen.last_price,
        mark: seen.mark,
        reference_price: seen.reference_price,
        reference: seen.spec.reference.get(),
        strike: seen.spec.strike.get(),
        contract_lots,
        multiplier,
        min_price: seen.spec.min_price.get(),
        max_price: seen.spec.max_price.get(),
        price_step,
        lot_step,
        maker_fee_ppm,
        taker_fee_ppm,
        protection_ppm,
        breaker_ppm,
        initial_margin_ppm,
        maintenance_margin_ppm,
    })
}
