//! Cash and lots: what is set aside for orders, what a fill moves, and who gets the fee.
//!
//! Rounding: a fee is the traded worth times the rate, rounded toward zero. The remainder of a fee stays
//! with the payer, the remainder of a rebate with the venue. Because of this direction the parts of an
//! order never cost more fee than the whole, so the fee set aside at placement always suffices.

use super::Exchange;
use crate::book::Book;
use crate::canary::{Bug, canary};
use crate::command::{AccountModel, InstrumentSpec};
use crate::event::{EventKind, EventRecord, PostingCause};
use crate::instrument::Instrument;
use crate::units::{AccountId, MAX_CASH, PARTS_PER_MILLION, Side};

/// Opening a lot can move cash once by its worth, again when it is closed, and by fees both times.
pub(crate) const EXPOSURE_OPEN: i64 = 3;

/// A rate's part of an amount, rounded toward zero.
#[inline(always)]
pub(crate) fn fee(notional: i64, rate_ppm: i32) -> i64 {
    if rate_ppm == 0 {
        return 0;
    }
    let notional = notional.abs();
    if canary(Bug::FeeRoundedUp) {
        return (notional * i64::from(rate_ppm) + PARTS_PER_MILLION - 1) / PARTS_PER_MILLION;
    }
    if notional < 1 << 43 {
        notional * i64::from(rate_ppm) / PARTS_PER_MILLION
    } else {
        let exact = i128::from(notional) * i128::from(rate_ppm) / i128::from(PARTS_PER_MILLION);
        i64::try_from(exact).unwrap_or(i64::MAX)
    }
}

/// The worst fee rate an order can meet.
#[inline(always)]
pub(crate) fn worst_fee_ppm(spec: &InstrumentSpec) -> i32 {
    spec.maker_fee_ppm.max(spec.taker_fee_ppm).max(0)
}

/// Worth of `lots` at `price`; admitted orders keep it inside `MAX_ORDER_NOTIONAL`.
#[inline(always)]
#[allow(clippy::cast_possible_wrap)] // Lots of admitted orders are below 2^40.
pub(crate) fn notional(spec: &InstrumentSpec, price: i64, lots: u64) -> i64 {
    price * spec.multiplier * lots as i64
}

/// Cash that an open buy order of the cash model holds in escrow.
#[inline(always)]
pub(crate) fn escrow_need(spec: &InstrumentSpec, price: i64, lots: u64) -> i64 {
    let worth = notional(spec, price, lots);
    worth + fee(worth, worst_fee_ppm(spec))
}

/// Cash exposure of open lots in the margin and game models.
#[inline(always)]
#[allow(clippy::cast_possible_wrap)] // As above.
pub(crate) fn exposure<B: Book>(instrument: &Instrument<B>, lots: u64) -> i64 {
    EXPOSURE_OPEN * instrument.unit_exposure * lots as i64
}

impl<B: Book> Exchange<B> {
    /// Logs a movement of cash.
    #[inline(always)]
    pub(crate) fn log_balance(&mut self, account: u32, free: i64, escrow: i64, cause: PostingCause) {
        self.log.push(EventRecord {
            account,
            amount: free,
            amount_2: escrow,
            reason: cause as u8,
            ..EventRecord::of(EventKind::Balance)
        });
    }

    /// Logs a movement of lots.
    #[inline(always)]
    pub(crate) fn log_position(
        &mut self,
        account: u32,
        instrument: u32,
        lots: i64,
        locked: i64,
        cause: PostingCause,
    ) {
        self.log.push(EventRecord {
            account,
            instrument,
            amount: lots,
            amount_2: locked,
            reason: cause as u8,
            ..EventRecord::of(EventKind::Position)
        });
    }

    /// Sets aside what `order.open` lots of an accepted order need.
    #[inline(always)]
    #[allow(clippy::cast_possible_wrap)] // Lots of admitted orders are below 2^40.
    pub(crate) fn reserve(&mut self, slot: u32) {
        let order = self.orders[slot];
        let open = order.open as i64;
        let position = &mut self.positions[order.position];
        match order.side {
            Side::Buy => position.open_buy += open,
            Side::Sell => position.open_sell += open,
        }
        let instrument = &self.instruments[order.instrument];
        if self.config.model == AccountModel::Cash {
            match order.side {
                Side::Buy => {
                    let need = escrow_need(&instrument.spec, order.price, order.open);
                    let account = &mut self.accounts[order.account];
                    account.cash -= need;
                    account.escrow += need;
                    self.log_balance(order.account, -need, need, PostingCause::Reserved);
                }
                Side::Sell => {
                    position.locked += open;
                    self.log_position(order.account, order.instrument, 0, open, PostingCause::Reserved);
                }
            }
            return;
        }
        let worth = notional(&instrument.spec, order.price, order.open).abs();
        match order.side {
            Side::Buy => position.open_buy_notional += worth,
            Side::Sell => position.open_sell_notional += worth,
        }
        self.accounts[order.account].exposure += exposure(instrument, order.open);
        self.revalue(order.position);
    }

    /// Gives back what `lots` of an order no longer need, and takes them off what is open.
    #[inline(always)]
    #[allow(clippy::cast_possible_wrap)] // Lots of admitted orders are below 2^40.
    pub(crate) fn release(&mut self, slot: u32, lots: u64) {
        let order = self.orders[slot];
        let kept = order.open - lots;
        self.orders[slot].open = kept;
        let position = &mut self.positions[order.position];
        match order.side {
            Side::Buy => position.open_buy -= lots as i64,
            Side::Sell => position.open_sell -= lots as i64,
        }
        let instrument = &self.instruments[order.instrument];
        if self.config.model == AccountModel::Cash {
            match order.side {
                Side::Buy => {
                    let back = escrow_need(&instrument.spec, order.price, order.open)
                        - escrow_need(&instrument.spec, order.price, kept);
                    let back = if canary(Bug::EscrowForgottenOnCancel) && kept == 0 { 0 } else { back };
                    let account = &mut self.accounts[order.account];
                    account.escrow -= back;
                    account.cash += back;
                    self.log_balance(order.account, back, -back, PostingCause::Released);
                }
                Side::Sell => {
                    position.locked -= lots as i64;
                    self.log_position(
                        order.account,
                        order.instrument,
                        0,
                        -(lots as i64),
                        PostingCause::Released,
                    );
                }
            }
            return;
        }
        let worth = notional(&instrument.spec, order.price, lots).abs();
        match order.side {
            Side::Buy => position.open_buy_notional -= worth,
            Side::Sell => position.open_sell_notional -= worth,
        }
        self.accounts[order.account].exposure -= exposure(instrument, lots);
        self.revalue(order.position);
    }

    /// Moves cash and lots for one side of a fill of `lots` at a price worth `worth`.
    #[inline(always)]
    #[allow(clippy::cast_possible_wrap)] // Lots of admitted orders are below 2^40.
    pub(crate) fn post_fill(&mut self, slot: u32, lots: u64, worth: i64, fee: i64) {
        let order = self.orders[slot];
        let kept = order.open - lots;
        self.orders[slot].open = kept;
        let signed = order.side.sign() * lots as i64;
        let paid = order.side.sign() * worth + fee;
        let instrument = &self.instruments[order.instrument];
        let position = &mut self.positions[order.position];
        let shrank = position.lots != 0 && (position.lots > 0) != (signed > 0);
        match order.side {
            Side::Buy => position.open_buy -= lots as i64,
            Side::Sell => position.open_sell -= lots as i64,
        }
        position.fees += i128::from(fee);
        let account = &mut self.accounts[order.account];
        let (mut free, mut escrow, mut locked) = (-paid, 0, 0);
        if self.config.model == AccountModel::Cash {
            position.book(signed, order.side.sign() * worth);
            match order.side {
                Side::Buy => {
                    let held = escrow_need(&instrument.spec, order.price, order.open)
                        - escrow_need(&instrument.spec, order.price, kept);
                    let held = if canary(Bug::EscrowForgottenOnPartialFill) && kept > 0 { 0 } else { held };
                    let held = if canary(Bug::ImprovementKept) { paid } else { held };
                    free += held;
                    escrow = -held;
                }
                Side::Sell => {
                    locked = -(lots as i64);
                    position.locked += locked;
                }
            }
            account.escrow += escrow;
        } else {
            let own_worth = notional(&instrument.spec, order.price, lots).abs();
            match order.side {
                Side::Buy => position.open_buy_notional -= own_worth,
                Side::Sell => position.open_sell_notional -= own_worth,
            }
            let gross_before = position.lots.abs();
            position.book(signed, order.side.sign() * worth);
            let gross = position.lots.abs() - gross_before;
            account.exposure += gross * instrument.unit_exposure - exposure(instrument, lots);
        }
        account.cash += free;
        if shrank && position.reduce_only_orders > 0 {
            self.shrunk.push(order.position);
        }
        self.log_balance(order.account, free, escrow, PostingCause::Trade);
        self.log_position(order.account, order.instrument, signed, locked, PostingCause::Trade);
        self.revalue(order.position);
    }

    /// Books what both sides of a trade paid in fees.
    #[inline(always)]
    pub(crate) fn collect_fees(&mut self, amount: i64) {
        if amount != 0 && !canary(Bug::FeeLost) {
            self.system.fees += i128::from(amount);
            self.log_balance(AccountId::FEES.get(), amount, 0, PostingCause::Trade);
        }
    }

    /// Whether an account's cash could take `more` in the worst case.
    #[inline(always)]
    pub(crate) fn cash_has_room(&self, account: u32, more: i128) -> bool {
        let account = &self.accounts[account];
        i128::from(account.cash).abs() + i128::from(account.escrow) + i128::from(account.exposure) + more
            <= i128::from(MAX_CASH)
    }

    /// The slot of an account's position in an instrument, made when there is none.
    #[inline(always)]
    pub(crate) fn position_slot(&mut self, account: u32, instrument: u32) -> u32 {
        match self.find_position(account, instrument) {
            0 => self.make_position(account, instrument),
            slot => slot,
        }
    }

    #[cold]
    fn make_position(&mut self, account: u32, instrument: u32) -> u32 {
        let position = crate::account::Position { account, instrument, ..Default::default() };
        let slot = self.positions.push(position);
        self.position_ids.insert(u64::from(instrument), account, slot);
        match self.accounts[account].last_position {
            0 => self.accounts[account].first_position = slot,
            last => self.positions[last].next_of_account = slot,
        }
        self.accounts[account].last_position = slot;
        match self.instruments[instrument].last_position {
            0 => self.instruments[instrument].first_position = slot,
            last => self.positions[last].next_of_instrument = slot,
        }
        self.instruments[instrument].last_position = slot;
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_round_toward_zero_on_both_signs() {
        assert_eq!(fee(999, 1_000), 0);
        assert_eq!(fee(1_999, 1_000), 1);
        assert_eq!(fee(1_999, -1_000), -1);
        assert_eq!(fee(-1_999, 1_000), 1);
    }

    #[test]
    fn the_wide_and_the_narrow_fee_agree_at_the_seam() {
        let seam = 1_i64 << 43;
        for rate in [-100_000, -1, 1, 333, 100_000] {
            for worth in [seam - 1, seam, seam + 1] {
                let exact = i128::from(worth) * i128::from(rate) / 1_000_000;
                assert_eq!(i128::from(fee(worth, rate)), exact);
            }
        }
    }

    #[test]
    fn parts_never_cost_more_fee_than_the_whole() {
        for whole in 1..2_000_i64 {
            for first in [1, 7, whole / 2, whole - 1] {
                if (0..=whole).contains(&first) {
                    assert!(fee(first, 1_700) + fee(whole - first, 1_700) <= fee(whole, 1_700));
                }
            }
        }
    }
}
