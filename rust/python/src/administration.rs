//! `Exchange`: accounts, instruments, phases, marks and settlement.

use exchange::codec::CommandRecord;
use exchange::command::{Action, CommandKind, InstrumentKind, InstrumentSpec};
use exchange::units::{AccountId, InstrumentId, NO_PRICE, PriceTicks};
use pyo3::prelude::*;

use crate::arguments::{integer, integer_or};
use crate::core::{Any, Exchange, Maybe, record_of, time_of};
use crate::errors::UsageError;
use crate::exchange::limits_of;

#[pymethods]
impl Exchange {
    /// Open the next account; return its number.
    #[pyo3(signature = (*, time_ns=None))]
    fn open_account(&self, time_ns: Maybe<'_, '_>) -> PyResult<u64> {
        self.carry_out(record_of(CommandKind::OpenAccount), time_of(time_ns)?)
    }

    /// Mint cash, or lots of an instrument, to an account.
    #[pyo3(signature = (account, amount, *, instrument=None, time_ns=None))]
    fn deposit(
        &self,
        account: Any<'_, '_>,
        amount: Any<'_, '_>,
        instrument: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<()> {
        self.transfer(CommandKind::Deposit, account, amount, instrument, time_ns)
    }

    /// Burn cash, or lots of an instrument, of an account.
    #[pyo3(signature = (account, amount, *, instrument=None, time_ns=None))]
    fn withdraw(
        &self,
        account: Any<'_, '_>,
        amount: Any<'_, '_>,
        instrument: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<()> {
        self.transfer(CommandKind::Withdraw, account, amount, instrument, time_ns)
    }

    /// Set an account's limits.
    #[pyo3(signature = (account, *, order_lots=None, position_lots=None, open_orders=None, time_ns=None))]
    fn set_limits(
        &self,
        account: Any<'_, '_>,
        order_lots: Maybe<'_, '_>,
        position_lots: Maybe<'_, '_>,
        open_orders: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<()> {
        let account = AccountId::new(integer(account, "account")?);
        let limits = limits_of(order_lots, position_lots, open_orders)?;
        self.carry_out_action(Action::SetLimits { account, limits }, time_of(time_ns)?).map(drop)
    }

    /// Freeze or free an account.
    #[pyo3(signature = (account, status, *, time_ns=None))]
    fn set_status(&self, account: Any<'_, '_>, status: Any<'_, '_>, time_ns: Maybe<'_, '_>) -> PyResult<()> {
        let record = CommandRecord {
            account: integer(account, "account")?,
            mode: integer(status, "status")?,
            ..record_of(CommandKind::SetStatus)
        };
        self.carry_out(record, time_of(time_ns)?).map(drop)
    }

    /// List the next instrument; return its number.
    #[pyo3(signature = (kind=None, *, reference=None, strike=None, contract_lots=None, multiplier=None,
        min_price=None, max_price=None, price_step=None, lot_step=None, initial_price=None,
        maker_fee_ppm=None, taker_fee_ppm=None, protection_ppm=None, breaker_ppm=None,
        initial_margin_ppm=None, maintenance_margin_ppm=None, time_ns=None))]
    #[allow(clippy::too_many_arguments)] // An instrument's description has that many fields.
    fn list_instrument(
        &self,
        kind: Maybe<'_, '_>,
        reference: Maybe<'_, '_>,
        strike: Maybe<'_, '_>,
        contract_lots: Maybe<'_, '_>,
        multiplier: Maybe<'_, '_>,
        min_price: Maybe<'_, '_>,
        max_price: Maybe<'_, '_>,
        price_step: Maybe<'_, '_>,
        lot_step: Maybe<'_, '_>,
        initial_price: Maybe<'_, '_>,
        maker_fee_ppm: Maybe<'_, '_>,
        taker_fee_ppm: Maybe<'_, '_>,
        protection_ppm: Maybe<'_, '_>,
        breaker_ppm: Maybe<'_, '_>,
        initial_margin_ppm: Maybe<'_, '_>,
        maintenance_margin_ppm: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<u64> {
        let base = InstrumentSpec::default();
        let price =
            |value, default: PriceTicks, name| integer_or(value, default.get(), name).map(PriceTicks::new);
        let kind = InstrumentKind::from_u8(integer_or(kind, base.kind as u8, "kind")?)
            .ok_or_else(|| UsageError::new_err("kind must be a member of InstrumentKind"))?;
        let spec = InstrumentSpec {
            kind,
            reference: InstrumentId::new(integer_or(reference, 0, "reference")?),
            strike: price(strike, base.strike, "strike")?,
            contract_lots: integer_or(contract_lots, base.contract_lots, "contract_lots")?,
            multiplier: integer_or(multiplier, base.multiplier, "multiplier")?,
            min_price: price(min_price, base.min_price, "min_price")?,
            max_price: price(max_price, base.max_price, "max_price")?,
            price_step: integer_or(price_step, base.price_step, "price_step")?,
            lot_step: integer_or(lot_step, base.lot_step, "lot_step")?,
            initial_price: price(initial_price, base.initial_price, "initial_price")?,
            maker_fee_ppm: integer_or(maker_fee_ppm, base.maker_fee_ppm, "maker_fee_ppm")?,
            taker_fee_ppm: integer_or(taker_fee_ppm, base.taker_fee_ppm, "taker_fee_ppm")?,
            protection_ppm: integer_or(protection_ppm, base.protection_ppm, "protection_ppm")?,
            breaker_ppm: integer_or(breaker_ppm, base.breaker_ppm, "breaker_ppm")?,
            initial_margin_ppm: integer_or(
                initial_margin_ppm,
                base.initial_margin_ppm,
                "initial_margin_ppm",
            )?,
            maintenance_margin_ppm: integer_or(
                maintenance_margin_ppm,
                base.maintenance_margin_ppm,
                "maintenance_margin_ppm",
            )?,
        };
        self.carry_out_action(Action::ListInstrument(spec), time_of(time_ns)?)
    }

    /// Move an instrument, or with zero all of them, to a phase.
    #[pyo3(signature = (instrument, phase, *, time_ns=None))]
    fn set_phase(&self, instrument: Any<'_, '_>, phase: Any<'_, '_>, time_ns: Maybe<'_, '_>) -> PyResult<()> {
        let record = CommandRecord {
            instrument: integer(instrument, "instrument")?,
            mode: integer(phase, "phase")?,
            ..record_of(CommandKind::SetPhase)
        };
        self.carry_out(record, time_of(time_ns)?).map(drop)
    }

    /// Cross a call auction.
    #[pyo3(signature = (instrument, *, time_ns=None))]
    fn uncross(&self, instrument: Any<'_, '_>, time_ns: Maybe<'_, '_>) -> PyResult<()> {
        let instrument = integer(instrument, "instrument")?;
        let record = CommandRecord { instrument, ..record_of(CommandKind::Uncross) };
        self.carry_out(record, time_of(time_ns)?).map(drop)
    }

    /// Settle an instrument to a value, and the options on it.
    #[pyo3(signature = (instrument, value, *, time_ns=None))]
    fn settle(&self, instrument: Any<'_, '_>, value: Any<'_, '_>, time_ns: Maybe<'_, '_>) -> PyResult<()> {
        self.priced(CommandKind::Settle, instrument, integer(value, "value")?, time_ns)
    }

    /// Expire one option at a price of its reference.
    #[pyo3(signature = (instrument, spot, *, time_ns=None))]
    fn expire(&self, instrument: Any<'_, '_>, spot: Any<'_, '_>, time_ns: Maybe<'_, '_>) -> PyResult<()> {
        self.priced(CommandKind::Expire, instrument, integer(spot, "spot")?, time_ns)
    }

    /// Pin the mark price, or with `None` let it follow the trades again.
    #[pyo3(signature = (instrument, price=None, *, time_ns=None))]
    fn set_mark(
        &self,
        instrument: Any<'_, '_>,
        price: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<()> {
        self.priced(CommandKind::SetMark, instrument, integer_or(price, NO_PRICE, "price")?, time_ns)
    }

    /// Set the price band and the circuit breaker's reference.
    #[pyo3(signature = (instrument, low, high, reference, *, time_ns=None))]
    fn set_band(
        &self,
        instrument: Any<'_, '_>,
        low: Any<'_, '_>,
        high: Any<'_, '_>,
        reference: Any<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<()> {
        let action = Action::SetBand {
            instrument: InstrumentId::new(integer(instrument, "instrument")?),
            low: PriceTicks::new(integer(low, "low")?),
            high: PriceTicks::new(integer(high, "high")?),
            reference: PriceTicks::new(integer(reference, "reference")?),
        };
        self.carry_out_action(action, time_of(time_ns)?).map(drop)
    }

    /// Set the price and lot step of an instrument without open orders.
    #[pyo3(signature = (instrument, price_step, lot_step, *, time_ns=None))]
    fn set_increments(
        &self,
        instrument: Any<'_, '_>,
        price_step: Any<'_, '_>,
        lot_step: Any<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<()> {
        let action = Action::SetIncrements {
            instrument: InstrumentId::new(integer(instrument, "instrument")?),
            price_step: integer(price_step, "price_step")?,
            lot_step: integer(lot_step, "lot_step")?,
        };
        self.carry_out_action(action, time_of(time_ns)?).map(drop)
    }

    /// Move the clock, so that what is over expires.
    #[pyo3(signature = (time_ns))]
    fn advance_clock(&self, time_ns: Any<'_, '_>) -> PyResult<()> {
        self.carry_out(record_of(CommandKind::AdvanceClock), Some(integer(time_ns, "time_ns")?)).map(drop)
    }
}

impl Exchange {
    fn transfer(
        &self,
        kind: CommandKind,
        account: Any<'_, '_>,
        amount: Any<'_, '_>,
        instrument: Maybe<'_, '_>,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<()> {
        let record = CommandRecord {
            account: integer(account, "account")?,
            quantity: integer(amount, "amount")?,
            instrument: integer_or(instrument, 0, "instrument")?,
            ..record_of(kind)
        };
        self.carry_out(record, time_of(time_ns)?).map(drop)
    }

    fn priced(
        &self,
        kind: CommandKind,
        instrument: Any<'_, '_>,
        price: i64,
        time_ns: Maybe<'_, '_>,
    ) -> PyResult<()> {
        let instrument = integer(instrument, "instrument")?;
        self.carry_out(CommandRecord { instrument, price, ..record_of(kind) }, time_of(time_ns)?).map(drop)
    }
}
