//! Running the exchange: accounts, deposits, instruments, phases, bands, marks.

use super::Exchange;
use crate::account::{Account, MAX_ACCOUNTS};
use crate::book::Book;
use crate::canary::{Bug, canary};
use crate::command::{AccountModel, AccountStatus, Asset, InstrumentSpec, Limits, Phase, TimeInForce};
use crate::event::{EndReason, EventKind, EventRecord, PUBLIC, PostingCause};
use crate::instrument::{Instrument, MAX_INSTRUMENTS, check_spec};
use crate::reject::Reject;
use crate::units::{
    AccountId, MAX_CASH, MAX_ORDER_LOTS, MAX_ORDER_NOTIONAL, MAX_POSITION_LOTS, MAX_PRICE_TICKS, NO_PRICE,
};

impl<B: Book> Exchange<B> {
    pub(super) fn open_account(&mut self, time_ns: i64) -> Result<u64, Reject> {
        if self.accounts.next_slot() > MAX_ACCOUNTS {
            return Err(Reject::TooManyAccounts);
        }
        self.begin(time_ns);
        let account = self.accounts.push(Account::new(self.config.limits));
        self.log.push(EventRecord { account, ..EventRecord::of(EventKind::AccountOpened) });
        self.follow_up();
        Ok(u64::from(account))
    }

    pub(super) fn deposit(
        &mut self,
        time_ns: i64,
        account: u32,
        asset: Asset,
        amount: u64,
    ) -> Result<u64, Reject> {
        if let Asset::Lots(instrument) = asset {
            return self.mint_lots(time_ns, account, instrument.get(), amount);
        }
        let cash = cash_amount(amount)?;
        let fund = account == AccountId::FUND.get() && self.config.model == AccountModel::Margin;
        if !fund && !self.accounts.has(account) {
            return Err(Reject::UnknownAccount);
        }
        let total = self.system.issued + self.system.issued_worth + i128::from(cash);
        if total > i128::from(MAX_CASH) || (!fund && !self.cash_has_room(account, i128::from(cash))) {
            return Err(Reject::CashOverflow);
        }
        self.begin(time_ns);
        if fund {
            self.system.fund += i128::from(cash);
        } else {
            self.accounts[account].cash += cash;
            self.accounts[account].deposited += i128::from(cash);
        }
        self.mint_cash(account, cash, PostingCause::Deposit);
        self.follow_up();
        Ok(u64::from(account))
    }

    /// Books and logs cash that the issuer gives (or takes back) after the account was credited.
    fn mint_cash(&mut self, account: u32, cash: i64, cause: PostingCause) {
        self.system.issued += i128::from(cash);
        self.log_balance(account, cash, 0, cause);
        self.log_balance(AccountId::ISSUER.get(), -cash, 0, cause);
    }

    fn mint_lots(&mut self, time_ns: i64, account: u32, id: u32, amount: u64) -> Result<u64, Reject> {
        if self.config.model != AccountModel::Cash {
            return Err(Reject::WrongAccountModel);
        }
        if !self.accounts.has(account) {
            return Err(Reject::UnknownAccount);
        }
        let instrument = self.open_instrument(id)?;
        let lots = lot_amount(amount)?;
        let worst = i128::from(instrument.unit_exposure) * i128::from(lots);
        if self.system.issued + self.system.issued_worth + worst > i128::from(MAX_CASH) {
            return Err(Reject::CashOverflow);
        }
        self.begin(time_ns);
        self.system.issued_worth += worst;
        self.move_lots(account, id, lots, PostingCause::Deposit);
        self.follow_up();
        Ok(u64::from(account))
    }

    /// Moves lots between the issuer and an account, at the mark.
    fn move_lots(&mut self, account: u32, id: u32, lots: i64, cause: PostingCause) {
        let slot = self.position_slot(account, id);
        let instrument = &mut self.instruments[id];
        instrument.issued += lots;
        let worth = instrument.mark * instrument.spec.multiplier * lots;
        self.positions[slot].book(lots, worth);
        self.accounts[account].deposited += i128::from(worth);
        self.log_position(account, id, lots, 0, cause);
        self.log_position(AccountId::ISSUER.get(), id, -lots, 0, cause);
    }

    pub(super) fn withdraw(
        &mut self,
        time_ns: i64,
        account: u32,
        asset: Asset,
        amount: u64,
    ) -> Result<u64, Reject> {
        if !self.accounts.has(account) {
            return Err(Reject::UnknownAccount);
        }
        if let Asset::Lots(instrument) = asset {
            return self.burn_lots(time_ns, account, instrument.get(), amount);
        }
        let cash = cash_amount(amount)?;
        let held = &self.accounts[account];
        if cash > held.cash {
            return Err(Reject::InsufficientCash);
        }
        if self.config.model == AccountModel::Margin && held.equity() - i128::from(cash) < held.initial {
            return Err(Reject::InsufficientMargin);
        }
        self.begin(time_ns);
        self.accounts[account].cash -= cash;
        self.accounts[account].deposited -= i128::from(cash);
        self.mint_cash(account, -cash, PostingCause::Withdrawal);
        self.follow_up();
        Ok(u64::from(account))
    }

    fn burn_lots(&mut self, time_ns: i64, account: u32, id: u32, amount: u64) -> Result<u64, Reject> {
        if self.config.model != AccountModel::Cash {
            return Err(Reject::WrongAccountModel);
        }
        let instrument = self.open_instrument(id)?;
        let lots = lot_amount(amount)?;
        let worst = i128::from(instrument.unit_exposure) * i128::from(lots);
        let free = self.position_of(account, id).map_or(0, |position| position.lots - position.locked);
        if lots > free {
            return Err(Reject::InsufficientPosition);
        }
        self.begin(time_ns);
        self.system.issued_worth -= worst;
        self.move_lots(account, id, -lots, PostingCause::Withdrawal);
        self.follow_up();
        Ok(u64::from(account))
    }

    pub(super) fn set_limits(&mut self, time_ns: i64, account: u32, limits: Limits) -> Result<u64, Reject> {
        if !self.accounts.has(account) {
            return Err(Reject::UnknownAccount);
        }
        if !limits.are_sound() {
            return Err(Reject::LimitsOutOfRange);
        }
        self.begin(time_ns);
        self.accounts[account].limits = limits;
        self.log.push(EventRecord {
            account,
            quantity: limits.order_lots,
            amount: limits.position_lots.cast_signed(),
            remaining: u64::from(limits.open_orders),
            ..EventRecord::of(EventKind::LimitsSet)
        });
        self.follow_up();
        Ok(u64::from(account))
    }

    pub(super) fn set_status(
        &mut self,
        time_ns: i64,
        account: u32,
        status: AccountStatus,
    ) -> Result<u64, Reject> {
        if !self.accounts.has(account) {
            return Err(Reject::UnknownAccount);
        }
        if status == AccountStatus::Bankrupt {
            return Err(Reject::BadStatus);
        }
        self.begin(time_ns);
        self.accounts[account].status = status;
        self.log.push(EventRecord {
            account,
            reason: status as u8,
            ..EventRecord::of(EventKind::StatusChanged)
        });
        self.follow_up();
        Ok(u64::from(account))
    }

    pub(super) fn list_instrument(&mut self, time_ns: i64, spec: &InstrumentSpec) -> Result<u64, Reject> {
        check_spec(spec)?;
        if self.config.model == AccountModel::Cash && spec.min_price.get() < 0 {
            return Err(Reject::BadInstrumentSpec);
        }
        if self.instruments.next_slot() > MAX_INSTRUMENTS {
            return Err(Reject::TooManyInstruments);
        }
        let mut instrument = Instrument::new(*spec);
        if instrument.is_option() {
            instrument.unit_exposure = instrument.unit_exposure.max(self.worst_payoff(spec)?);
        }
        self.begin(time_ns);
        let id = self.instruments.push(instrument);
        if spec.reference.get() != 0 {
            self.instruments[spec.reference.get()].options.push(id);
        }
        self.log.push(EventRecord {
            instrument: id,
            counter_id: u64::from(spec.reference.get()),
            price: spec.initial_price.get(),
            amount: spec.min_price.get(),
            amount_2: spec.max_price.get(),
            reason: spec.kind as u8,
            flags: PUBLIC,
            ..EventRecord::of(EventKind::Listed)
        });
        self.follow_up();
        Ok(u64::from(id))
    }

    /// The most that one lot of an option could pay.
    fn worst_payoff(&self, spec: &InstrumentSpec) -> Result<i64, Reject> {
        let reference = match self.open_instrument(spec.reference.get()) {
            Ok(reference) if !reference.is_option() => &reference.spec,
            _ => return Err(Reject::UnknownReference),
        };
        let strike = spec.strike.get();
        let farthest =
            (reference.max_price.get() - strike).abs().max((strike - reference.min_price.get()).abs());
        let worst = i128::from(farthest) * i128::from(reference.multiplier) * i128::from(spec.contract_lots);
        match i64::try_from(worst) {
            Ok(worst) if worst <= MAX_ORDER_NOTIONAL => Ok(worst),
            _ => Err(Reject::BadInstrumentSpec),
        }
    }

    pub(super) fn set_phase(&mut self, time_ns: i64, id: u32, phase: Phase) -> Result<u64, Reject> {
        if phase == Phase::Settled {
            return Err(Reject::BadPhase);
        }
        if id != 0 {
            self.open_instrument(id)?;
        }
        self.begin(time_ns);
        if id != 0 {
            self.enter_phase(id, phase);
        } else {
            for id in self.instruments.slots() {
                if self.instruments[id].phase != Phase::Settled {
                    self.enter_phase(id, phase);
                }
            }
        }
        self.follow_up();
        Ok(u64::from(id))
    }

    /// Moves an instrument to a phase. A crossed book is crossed before it trades continuously; day orders
    /// expire at the close.
    pub(super) fn enter_phase(&mut self, id: u32, phase: Phase) {
        if phase == Phase::Continuous {
            self.cross(id, false);
        }
        self.instruments[id].phase = phase;
        self.log.push(EventRecord {
            instrument: id,
            reason: phase as u8,
            flags: PUBLIC,
            ..EventRecord::of(EventKind::PhaseChanged)
        });
        if phase == Phase::Close && !canary(Bug::DayOrderOutlivesClose) {
            for slot in self.slots_of_instrument(id) {
                if self.orders[slot].time_in_force == TimeInForce::Day {
                    self.end(slot, EventKind::Expired, EndReason::DayOver);
                }
            }
        }
        self.touch(id);
        if phase == Phase::Continuous && self.config.model == AccountModel::Margin {
            self.watch_holders(id);
        }
    }

    pub(super) fn set_band(
        &mut self,
        time_ns: i64,
        id: u32,
        low: i64,
        high: i64,
        reference: i64,
    ) -> Result<u64, Reject> {
        let spec = self.open_instrument(id)?.spec;
        if low > high {
            return Err(Reject::BandReversed);
        }
        let range = spec.min_price.get()..=spec.max_price.get();
        if !(range.contains(&low) && range.contains(&high) && range.contains(&reference)) {
            return Err(Reject::ValueOutOfRange);
        }
        self.begin(time_ns);
        let instrument = &mut self.instruments[id];
        instrument.band_low = low;
        instrument.band_high = high;
        instrument.reference_price = reference;
        self.log.push(EventRecord {
            instrument: id,
            price: reference,
            amount: low,
            amount_2: high,
            flags: PUBLIC,
            ..EventRecord::of(EventKind::BandSet)
        });
        for slot in self.slots_of_instrument(id) {
            if !(low..=high).contains(&self.orders[slot].price) {
                self.end(slot, EventKind::Cancelled, EndReason::BandMoved);
            }
        }
        self.touch(id);
        self.follow_up();
        Ok(u64::from(id))
    }

    pub(super) fn set_increments(
        &mut self,
        time_ns: i64,
        id: u32,
        price_step: i64,
        lot_step: u64,
    ) -> Result<u64, Reject> {
        let instrument = self.open_instrument(id)?;
        if !(1..=MAX_PRICE_TICKS).contains(&price_step) || !(1..=MAX_ORDER_LOTS).contains(&lot_step) {
            return Err(Reject::BadInstrumentSpec);
        }
        let sleeping = instrument.buy_stops.len() + instrument.sell_stops.len();
        if !instrument.book.is_empty() || sleeping > 0 {
            return Err(Reject::OrdersStillOpen);
        }
        self.begin(time_ns);
        let spec = &mut self.instruments[id].spec;
        spec.price_step = price_step;
        spec.lot_step = lot_step;
        self.log.push(EventRecord {
            instrument: id,
            amount: price_step,
            quantity: lot_step,
            flags: PUBLIC,
            ..EventRecord::of(EventKind::IncrementsSet)
        });
        self.follow_up();
        Ok(u64::from(id))
    }

    /// Pins the mark to a price; without a price the book and the trades move it again.
    pub(super) fn set_mark(&mut self, time_ns: i64, id: u32, price: i64) -> Result<u64, Reject> {
        let spec = self.open_instrument(id)?.spec;
        let range = spec.min_price.get()..=spec.max_price.get();
        if price != NO_PRICE && !range.contains(&price) {
            return Err(Reject::ValueOutOfRange);
        }
        self.begin(time_ns);
        self.instruments[id].mark_pinned = price != NO_PRICE;
        let mark = if price == NO_PRICE { self.instruments[id].live_mark() } else { price };
        self.move_mark(id, mark);
        self.touch(id);
        self.follow_up();
        Ok(u64::from(id))
    }
}

fn cash_amount(amount: u64) -> Result<i64, Reject> {
    match i64::try_from(amount) {
        Ok(amount) if (1..=MAX_CASH).contains(&amount) => Ok(amount),
        _ => Err(Reject::AmountOutOfRange),
    }
}

fn lot_amount(amount: u64) -> Result<i64, Reject> {
    match i64::try_from(amount) {
        Ok(amount) if (1..=MAX_POSITION_LOTS).contains(&amount) => Ok(amount),
        _ => Err(Reject::AmountOutOfRange),
    }
}
