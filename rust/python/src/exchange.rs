//! `Exchange`: making one, its orders, one call a command or an array of them a call.

use exchange::codec::{CommandRecord, FLAG_POST_ONLY, FLAG_REDUCE_ONLY};
use exchange::command::{AccountModel, CommandKind, Limits};
use exchange::units::NO_PRICE;
use exchange::{Config, Exchange as Machine};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arguments::{integer, integer_or};
use crate::buffers::Rows;
use crate::core::{Any, Core, Exchange, Maybe, named, record_of, time_of};
use crate::errors::{Guarded, UsageError};

/// Rows from which on a batch is copied and runs without the interpreter's lock; below, the copy and the
/// hand-over cost more than other threads would gain.
const DETACHED_ROWS_MIN: usize = 4096;

/// The arguments of a new order, as a record.
macro_rules! order_record {
    ($account:ident $instrument:ident $side:ident $quantity:ident $price:ident $order_type:ident
     $time_in_force:ident $stop_price:ident $display:ident $expiry_ns:ident $client_order_id:ident
     $self_trade:ident $post_only:ident $reduce_only:ident) => {
        CommandRecord {
            account: integer($account, "account")?,
            instrument: integer($instrument, "instrument")?,
            side: integer($side, "side")?,
            quantity: integer($quantity, "quantity")?,
            price: integer_or($price, NO_PRICE, "price")?,
            order_type: integer_or($order_type, 0, "order_type")?,
            time_in_force: integer_or($time_in_force, 0, "time_in_force")?,
            stop_price: integer_or($stop_price, NO_PRICE, "stop_price")?,
            display: integer_or($display, 0, "display")?,
            expiry_ns: integer_or($expiry_ns, 0, "expiry_ns")?,
            client_order_id: integer_or($client_order_id, 0, "client_order_id")?,
            self_trade: integer_or($self_trade, 0, "self_trade")?,
            flags: u8::from($post_only) * FLAG_POST_ONLY | u8::from($reduce_only) * FLAG_REDUCE_ONLY,
            ..record_of(CommandKind::NewOrder)
        }
    };
}

#[pymethods]
impl Exchange {
    #[new]
    #[pyo3(signature = (model=None, *, max_order_lots=None, max_position_lots=None, max_open_orders=None,
        liquidation_slice_ppm=None, liquidation_reach_ppm=None, table_seed=None))]
    fn new(
        model: Maybe<'_, '_>,
        max_order_lots: Maybe<'_, '_>,
        max_position_lots: Maybe<'_, '_>,
        max_open_orders: Maybe<'_, '_>,
        liquidation_slice_ppm: Maybe<'_, '_>,
        liquidation_reach_ppm: Maybe<'_, '_>,
        table_seed: Maybe<'_, '_>,
    ) -> PyResult<Self> {
        let default = Config::default();
        let model = AccountModel::from_u8(integer_or(model, AccountModel::Cash as u8, "model")?)
            .ok_or_else(|| UsageError::new_err("model must be a member of AccountModel"))?;
        let config = Config {
            model,
            limits: limits_of(max_order_lots, max_position_lots, max_open_orders)?,
            liquidation_slice_ppm: integer_or(
                liquidation_slice_ppm,
                default.liquidation_slice_ppm,
                "liquidation_slice_ppm",
            )?,
            liquidation_reach_ppm: integer_or(
                liquidation_reach_ppm,
                default.liquidation_reach_ppm,
                "liquidation_reach_ppm",
            )?,
            table_seed: integer_or(table_seed, 0, "table_seed")?,
        };
        config.check().map_err(UsageError::new_err)?;
        Ok(Self::of(Machine::new(config)))
    }

    /// Rebuild an exchange from the bytes of a snapshot.
    #[staticmethod]
    #[pyo3(signature = (snapshot, /))]
    fn restore(snapshot: &[u8]) -> PyResult<Self> {
        let fresh = Guarded::new(());
        let machine = fresh.with(|()| Machine::restore(snapshot))?;
        machine.map(Self::of).map_err(|error| UsageError::new_err(error.to_string()))
    }

    /// Return the whole state as canonical bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.look(Machine::snapshot)?))
    }

    /// Place an order; return its number.
    #[pyo3(signature = (account, instrument, side, quantity, price=None, *, order_type=None,
        time_in_force=None, stop_price=None, display=None, expiry_ns=None, client_order_id=None,
        self_trade=None, post_only=false, reduce_only=false, time_ns=None))]
    #[allow(clippy::too_many_arguments)] // An order has that many terms.
    fn new_order(
        &self,
        account: Any<'_, '_>,
        instrument: Any<'_, '_>,
        side: Any<'_, '_>,
        quantity: Any<'_, '_>,
        price: Maybe<'_, '_>,
        order_type: Maybe<'_, '_>,
        time_in_force: Maybe<'_, '_>,
        stop_price: Maybe<'_, '_>,
        display: Maybe<'_, '_>,
        expiry_ns: Maybe<'_, '_>,
        client_order_id: Maybe<'_, '_>,
        self_trade: Maybe<'_, '_>,
        post_only: bool,
        reduce_only: bool,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<u64> {
        let record = order_record!(account instrument side quantity price order_type time_in_force stop_price
            display expiry_ns client_order_id self_trade post_only reduce_only);
        self.carry_out(record, time_of(time_ns)?)
    }

    /// Place an order; return its number, or minus the number of the refusal.
    #[pyo3(signature = (account, instrument, side, quantity, price=None, *, order_type=None,
        time_in_force=None, stop_price=None, display=None, expiry_ns=None, client_order_id=None,
        self_trade=None, post_only=false, reduce_only=false, time_ns=None))]
    #[allow(clippy::too_many_arguments)] // An order has that many terms.
    fn try_new_order(
        &self,
        account: Any<'_, '_>,
        instrument: Any<'_, '_>,
        side: Any<'_, '_>,
        quantity: Any<'_, '_>,
        price: Maybe<'_, '_>,
        order_type: Maybe<'_, '_>,
        time_in_force: Maybe<'_, '_>,
        stop_price: Maybe<'_, '_>,
        display: Maybe<'_, '_>,
        expiry_ns: Maybe<'_, '_>,
        client_order_id: Maybe<'_, '_>,
        self_trade: Maybe<'_, '_>,
        post_only: bool,
        reduce_only: bool,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<i64> {
        let record = order_record!(account instrument side quantity price order_type time_in_force stop_price
            display expiry_ns client_order_id self_trade post_only reduce_only);
        self.attempt(record, time_of(time_ns)?)
    }

    /// Cancel an order; return its number.
    #[pyo3(signature = (account, order_id=None, *, client_order_id=None, time_ns=None))]
    fn cancel(
        &self,
        account: Any<'_, '_>,
        order_id: Maybe<'_, '_>,
        client_order_id: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<u64> {
        let record = named(CommandKind::Cancel, account, order_id, client_order_id)?;
        self.carry_out(record, time_of(time_ns)?)
    }

    /// Cancel an order; return its number, or minus the number of the refusal.
    #[pyo3(signature = (account, order_id=None, *, client_order_id=None, time_ns=None))]
    fn try_cancel(
        &self,
        account: Any<'_, '_>,
        order_id: Maybe<'_, '_>,
        client_order_id: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<i64> {
        let record = named(CommandKind::Cancel, account, order_id, client_order_id)?;
        self.attempt(record, time_of(time_ns)?)
    }

    /// Change an open order; return its number.
    #[pyo3(signature = (account, order_id=None, *, price=None, quantity=None, stop_price=None,
        client_order_id=None, time_ns=None))]
    #[allow(clippy::too_many_arguments)] // Each is a term of the order.
    fn replace(
        &self,
        account: Any<'_, '_>,
        order_id: Maybe<'_, '_>,
        price: Maybe<'_, '_>,
        quantity: Maybe<'_, '_>,
        stop_price: Maybe<'_, '_>,
        client_order_id: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<u64> {
        let record = CommandRecord {
            price: integer_or(price, NO_PRICE, "price")?,
            quantity: integer_or(quantity, 0, "quantity")?,
            stop_price: integer_or(stop_price, NO_PRICE, "stop_price")?,
            ..named(CommandKind::Replace, account, order_id, client_order_id)?
        };
        self.carry_out(record, time_of(time_ns)?)
    }

    /// Cancel every open order of an account, of an instrument, or of both; return how many.
    #[pyo3(signature = (*, account=None, instrument=None, time_ns=None))]
    fn mass_cancel(
        &self,
        account: Maybe<'_, '_>,
        instrument: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<u64> {
        let record = CommandRecord {
            account: integer_or(account, 0, "account")?,
            instrument: integer_or(instrument, 0, "instrument")?,
            ..record_of(CommandKind::MassCancel)
        };
        self.carry_out(record, time_of(time_ns)?)
    }

    /// Carry out an array of `COMMAND`; return what happened as an array of `EVENT`, not copied.
    #[pyo3(signature = (commands, /))]
    fn apply<'py>(&self, commands: Any<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
        let py = commands.py();
        let rows = Rows::<CommandRecord>::of(commands)?;
        if rows.get().len() < DETACHED_ROWS_MIN {
            return self.0.with(|core| {
                core.begin();
                core.batch(rows.get())?;
                core.show(py)
            })?;
        }
        let copied = rows.get().to_vec();
        drop(rows);
        self.0.with(Core::begin)?;
        let (done, stale) = py.detach(|| self.0.with(|core| core.detached(|core| core.batch(&copied))))?;
        drop(stale);
        done?;
        self.events(py)
    }

    /// Return what the last call caused as an array of `EVENT`, not copied.
    fn events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.with(|core| core.show(py))?
    }

    /// Breaks the core on purpose, to see that it then refuses to work.
    #[allow(clippy::panic)] // That is what it is for.
    fn _trip_guard(&self) -> PyResult<()> {
        Ok(self.0.with(|_| panic!("tripped on purpose"))?)
    }
}

/// Limits of an account; what is left out is the core's own maximum.
pub(crate) fn limits_of(
    order: Maybe<'_, '_>,
    position: Maybe<'_, '_>,
    open: Maybe<'_, '_>,
) -> PyResult<Limits> {
    Ok(Limits {
        order_lots: integer_or(order, 0, "order_lots")?,
        position_lots: integer_or(position, 0, "position_lots")?,
        open_orders: integer_or(open, 0, "open_orders")?,
    })
}
