//! Liquidation: what happens to an account that cannot carry its positions.
//!
//! Its orders are cancelled. Then each position is closed in slices through the book, no farther from the
//! mark than the configured reach, until the account can carry what is left. What the book does not take is
//! closed at the mark against the largest opposite positions. An account that owes money after that is
//! bankrupt: the insurance fund pays, and what the fund cannot pay is taken from the others in proportion
//! to their equity, rounded down, the odd units one each from the lowest account numbers on; what nobody's
//! equity covers the fee account bears.
//!
//! Nothing is done while an instrument that the account holds is not in continuous trading: the account is
//! looked at again when trading resumes.

use super::Exchange;
use crate::book::Book;
use crate::command::{AccountStatus, OrderType, Phase, TimeInForce};
use crate::event::{EndReason, EventKind, EventRecord, FORCED, PostingCause};
use crate::order::Order;
use crate::units::{AccountId, MAX_ORDER_LOTS, MAX_ORDER_NOTIONAL, PARTS_PER_MILLION, Side};

impl<B: Book> Exchange<B> {
    /// Liquidates an account if it still has to be.
    pub(super) fn liquidate(&mut self, account: u32) {
        if !self.is_short_of_margin(account) || !self.can_be_closed_now(account) {
            return;
        }
        let held = &self.accounts[account];
        self.log.push(EventRecord {
            account,
            amount: narrow(held.equity()),
            amount_2: narrow(held.maintenance),
            ..EventRecord::of(EventKind::MarginCall)
        });
        for slot in self.slots_of_account(account, 0) {
            let instrument = self.orders[slot].instrument;
            self.end(slot, EventKind::Cancelled, EndReason::AccountLiquidated);
            self.touch(instrument);
        }
        for position in self.positions_of(account) {
            while self.is_short_of_margin(account) && self.close_slice(position) {}
        }
        if self.is_short_of_margin(account) {
            for position in self.positions_of(account) {
                self.deleverage(position);
            }
        }
        if self.accounts[account].cash < 0 && self.positions_of(account).is_empty() {
            self.declare_bankrupt(account);
        }
    }

    fn is_short_of_margin(&self, account: u32) -> bool {
        let held = &self.accounts[account];
        held.equity() < held.maintenance
    }

    fn can_be_closed_now(&self, account: u32) -> bool {
        self.positions_of(account)
            .iter()
            .all(|&slot| self.instruments[self.positions[slot].instrument].phase == Phase::Continuous)
    }

    /// The positions of an account that are not flat, in the order in which they were first opened.
    fn positions_of(&self, account: u32) -> Vec<u32> {
        let mut slots = Vec::new();
        let mut slot = self.accounts[account].first_position;
        while slot != 0 {
            if self.positions[slot].lots != 0 {
                slots.push(slot);
            }
            slot = self.positions[slot].next_of_account;
        }
        slots
    }

    /// Sends one slice of a position to the book. Returns whether any of it traded and some is left.
    #[allow(clippy::cast_sign_loss)] // The divisor is positive, and so is the bound.
    fn close_slice(&mut self, slot: u32) -> bool {
        let position = self.positions[slot];
        let instrument = &self.instruments[position.instrument];
        let side = if position.lots > 0 { Side::Sell } else { Side::Buy };
        let held = position.lots.unsigned_abs();
        let million = PARTS_PER_MILLION as u128;
        let part = (u128::from(held) * u128::from(self.config.liquidation_slice_ppm)).div_ceil(million);
        let carried = (MAX_ORDER_NOTIONAL / instrument.unit_exposure.max(1)).max(1) as u64;
        // A slice is whole lot steps, as every order; what is less than a step cannot trade.
        let step = instrument.spec.lot_step;
        let wanted = u64::try_from(part).unwrap_or(held).clamp(1, MAX_ORDER_LOTS).next_multiple_of(step);
        let lots = wanted.min(held).min(MAX_ORDER_LOTS).min(carried) / step * step;
        if instrument.phase != Phase::Continuous || lots == 0 {
            return false;
        }
        let reach = i128::from(instrument.mark).abs() * i128::from(self.config.liquidation_reach_ppm)
            / i128::from(PARTS_PER_MILLION);
        let price = i128::from(instrument.mark) + i128::from(side.sign()) * reach;
        let (low, high) = (instrument.spec.min_price.get(), instrument.spec.max_price.get());
        let price = narrow(price.clamp(i128::from(low), i128::from(high)));
        self.log.push(EventRecord {
            account: position.account,
            instrument: position.instrument,
            side: side as u8,
            price,
            quantity: lots,
            flags: FORCED,
            ..EventRecord::of(EventKind::Liquidation)
        });
        let order = self.take(Order {
            id: self.last_order_id + 1,
            price,
            stop_price: crate::units::NO_PRICE,
            total: lots,
            open: lots,
            account: position.account,
            instrument: position.instrument,
            side,
            order_type: OrderType::Market,
            time_in_force: TimeInForce::ImmediateOrCancel,
            forced: true,
            ..Order::NOBODY
        });
        self.execute(order);
        self.touch(position.instrument);
        let after = self.positions[slot].lots;
        after != position.lots && after != 0
    }

    /// Closes a position at the mark against the largest opposite positions, equal ones by account number.
    #[allow(clippy::cast_possible_wrap)] // Lots of positions stay below 2^53.
    fn deleverage(&mut self, slot: u32) {
        let closing = self.positions[slot];
        let mut others = Vec::new();
        let mut other = self.instruments[closing.instrument].first_position;
        while other != 0 {
            let held = &self.positions[other];
            if held.lots != 0 && (held.lots > 0) != (closing.lots > 0) {
                others.push((core::cmp::Reverse(held.lots.unsigned_abs()), held.account, other));
            }
            other = held.next_of_instrument;
        }
        others.sort_unstable();
        let mut missing = closing.lots.unsigned_abs();
        for (_, _, other) in others {
            if missing == 0 {
                break;
            }
            let lots = missing.min(self.positions[other].lots.unsigned_abs());
            missing -= lots;
            self.close_against(slot, other, lots as i64);
        }
        self.touch(closing.instrument);
    }

    fn close_against(&mut self, slot: u32, other: u32, lots: i64) {
        let (closing, against) = (self.positions[slot], self.positions[other]);
        let instrument = &self.instruments[closing.instrument];
        let mark = instrument.mark;
        let worth_per_lot = mark * instrument.spec.multiplier;
        let side = if closing.lots > 0 { Side::Sell } else { Side::Buy };
        self.log.push(EventRecord {
            account: closing.account,
            counterparty: against.account,
            instrument: closing.instrument,
            side: side as u8,
            price: mark,
            quantity: lots.unsigned_abs(),
            flags: FORCED,
            ..EventRecord::of(EventKind::Deleveraged)
        });
        for (position, sign) in [(slot, side.sign()), (other, -side.sign())] {
            self.post_at(position, sign * lots, worth_per_lot, PostingCause::Deleveraged);
        }
        if self.positions[other].reduce_only_orders > 0 {
            self.shrunk.push(other);
        }
        self.watch(against.account);
    }

    /// Moves `lots` (signed) of a position at a worth per lot, outside the book and without fees.
    pub(super) fn post_at(&mut self, slot: u32, lots: i64, worth_per_lot: i64, cause: PostingCause) {
        let worth = lots * worth_per_lot;
        let position = &mut self.positions[slot];
        let gross = position.lots.abs();
        position.book(lots, worth);
        let account = &mut self.accounts[position.account];
        account.cash -= worth;
        if self.config.model != crate::command::AccountModel::Cash {
            let instrument = &self.instruments[position.instrument];
            account.exposure += (position.lots.abs() - gross) * instrument.unit_exposure;
        }
        let (account, instrument) = (position.account, position.instrument);
        self.log_balance(account, -worth, 0, cause);
        self.log_position(account, instrument, lots, 0, cause);
        self.revalue(slot);
    }

    /// Writes off what a flat account owes.
    fn declare_bankrupt(&mut self, account: u32) {
        let owed = -i128::from(self.accounts[account].cash);
        let paid = owed.min(self.system.fund.max(0));
        self.log.push(EventRecord {
            account,
            amount: narrow(owed),
            amount_2: narrow(paid),
            ..EventRecord::of(EventKind::Bankrupt)
        });
        self.accounts[account].status = AccountStatus::Bankrupt;
        self.accounts[account].cash = 0;
        self.system.fund -= paid;
        self.log_balance(account, narrow(owed), 0, PostingCause::FundPaid);
        if paid != 0 {
            self.log_balance(AccountId::FUND.get(), narrow(-paid), 0, PostingCause::FundPaid);
        }
        self.share_loss(owed - paid);
    }

    /// Takes a loss from every account in proportion to its equity.
    fn share_loss(&mut self, loss: i128) {
        if loss == 0 {
            return;
        }
        let mut bearers: Vec<(u32, i128)> = Vec::new();
        for account in self.accounts.slots() {
            let equity = self.accounts[account].equity();
            if equity > 0 {
                bearers.push((account, equity));
            }
        }
        let total: i128 = bearers.iter().map(|&(_, equity)| equity).sum();
        let shared = loss.min(total);
        let mut odd = shared;
        let mut shares: Vec<(u32, i128, i128)> = Vec::new();
        for (account, equity) in bearers {
            let share = shared * equity / total;
            odd -= share;
            shares.push((account, equity, share));
        }
        for (account, equity, mut share) in shares {
            if odd > 0 && share < equity {
                share += 1;
                odd -= 1;
            }
            if share > 0 {
                self.accounts[account].cash -= narrow(share);
                self.log_balance(account, narrow(-share), 0, PostingCause::LossShared);
                self.watch(account);
            }
        }
        let rest = loss - shared;
        if rest > 0 {
            self.system.fees -= rest;
            self.log_balance(AccountId::FEES.get(), narrow(-rest), 0, PostingCause::LossShared);
        }
    }
}

/// A wide amount as an event shows it; what no event can show is shown as the nearest that it can.
pub(super) fn narrow(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(if amount > 0 { i64::MAX } else { i64::MIN })
}
