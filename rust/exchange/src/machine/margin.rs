//! The margin model: marks, what positions are worth, what they require.
//!
//! Equity is cash plus positions at their marks, for longs and shorts alike. The initial margin of an
//! instrument is its ratio of the larger of what the account would be long and what it would be short if
//! all its open orders filled; the maintenance margin is its ratio of the position alone. A short option
//! requires its reference's worth where that is more than its own. Requirements are rounded up.

use super::Exchange;
use crate::account::Position;
use crate::book::Book;
use crate::canary::{Bug, canary};
use crate::command::{AccountModel, AccountStatus};
use crate::event::{EventKind, EventRecord, PUBLIC};
use crate::order::Order;
use crate::reject::Reject;
use crate::units::{PARTS_PER_MILLION, Side};

/// What a position contributes to its account's sums.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Contribution {
    pub(crate) value: i128,
    pub(crate) initial: i128,
    pub(crate) maintenance: i128,
}

/// A ratio's part of an amount that is not negative, rounded up.
fn part_up(amount: i128, ratio_ppm: u32) -> i128 {
    let million = i128::from(PARTS_PER_MILLION);
    (amount * i128::from(ratio_ppm) + million - 1) / million
}

impl<B: Book> Exchange<B> {
    /// Brings the account's sums up to date after its position, its open orders or the mark changed.
    #[inline(always)]
    pub(crate) fn revalue(&mut self, slot: u32) {
        if self.config.model == AccountModel::Margin {
            self.revalue_margin(slot);
        }
    }

    fn revalue_margin(&mut self, slot: u32) {
        let new = self.contribution(&self.positions[slot]);
        let position = &mut self.positions[slot];
        let account = &mut self.accounts[position.account];
        account.value += new.value - position.value;
        account.initial += new.initial - position.initial;
        account.maintenance += new.maintenance - position.maintenance;
        position.value = new.value;
        position.initial = new.initial;
        position.maintenance = new.maintenance;
    }

    /// What a position is worth and requires at the present mark.
    pub(crate) fn contribution(&self, position: &Position) -> Contribution {
        let instrument = &self.instruments[position.instrument];
        let spec = &instrument.spec;
        let lots = i128::from(position.lots);
        let worth = i128::from(instrument.mark) * i128::from(spec.multiplier);
        let long_worth = worth.abs();
        let short_worth = if instrument.is_option() {
            let reference = &self.instruments[spec.reference.get()];
            let covered = i128::from(reference.mark).abs() * i128::from(reference.spec.multiplier);
            long_worth.max(covered * i128::from(spec.contract_lots))
        } else {
            long_worth
        };
        let long_side =
            lots * if lots > 0 { long_worth } else { short_worth } + i128::from(position.open_buy_notional);
        let open_sell = if instrument.is_option() {
            i128::from(position.open_sell_notional).max(i128::from(position.open_sell) * short_worth)
        } else {
            i128::from(position.open_sell_notional)
        };
        let short_side = -lots * if lots > 0 { long_worth } else { short_worth } + open_sell;
        let held = lots.abs() * if lots > 0 { long_worth } else { short_worth };
        Contribution {
            value: lots * worth,
            initial: part_up(long_side.max(short_side).max(0), spec.initial_margin_ppm),
            maintenance: part_up(held, spec.maintenance_margin_ppm),
        }
    }

    /// Checks that an account could carry an order's `worth` in place of the `old_worth` it replaces.
    ///
    /// An order that does not raise the account's initial margin always passes, so that positions can be
    /// closed. An order at a worse price than the mark must also be able to bear that loss.
    #[allow(clippy::cast_possible_wrap)] // Lots of checked orders are below 2^40.
    pub(super) fn check_initial_margin(
        &self,
        order: &Order,
        worth: i64,
        old_worth: i64,
        lots: u64,
        old_lots: u64,
    ) -> Result<(), Reject> {
        let mut position = self.position_under(order).copied().unwrap_or(Position {
            account: order.account,
            instrument: order.instrument,
            ..Position::default()
        });
        let before = position.initial;
        match order.side {
            Side::Buy => {
                position.open_buy += lots as i64 - old_lots as i64;
                position.open_buy_notional += worth.abs() - old_worth;
            }
            Side::Sell => {
                position.open_sell += lots as i64 - old_lots as i64;
                position.open_sell_notional += worth.abs() - old_worth;
            }
        }
        let after = self.contribution(&position).initial;
        if after <= before {
            return Ok(());
        }
        let account = &self.accounts[order.account];
        let instrument = &self.instruments[order.instrument];
        let at_mark = i128::from(instrument.mark) * i128::from(instrument.spec.multiplier) * i128::from(lots);
        let loss = (i128::from(order.side.sign()) * (i128::from(worth) - at_mark)).max(0);
        let others = if canary(Bug::MarginForgetsOtherPositions) { 0 } else { account.initial - before };
        if account.equity() - loss < others + after {
            return Err(Reject::InsufficientMargin);
        }
        Ok(())
    }

    /// Moves a mark and looks at every account that it concerns, options on the instrument included.
    pub(super) fn move_mark(&mut self, id: u32, mark: i64) {
        self.instruments[id].mark = mark;
        self.log.push(EventRecord {
            instrument: id,
            price: mark,
            flags: PUBLIC,
            ..EventRecord::of(EventKind::MarkSet)
        });
        if self.config.model != AccountModel::Margin {
            return;
        }
        self.revalue_instrument(id);
        for index in 0..self.instruments[id].options.len() {
            if let Some(&option) = self.instruments[id].options.get(index) {
                self.revalue_instrument(option);
            }
        }
    }

    fn revalue_instrument(&mut self, id: u32) {
        let mut slot = self.instruments[id].first_position;
        while slot != 0 {
            let position = &self.positions[slot];
            let (account, next) = (position.account, position.next_of_instrument);
            if position.lots != 0 || position.open_buy != 0 || position.open_sell != 0 {
                self.revalue_margin(slot);
                if !(canary(Bug::OnlyPartiesWatched) && self.log.traded_without(account)) {
                    self.watch(account);
                }
            }
            slot = next;
        }
    }

    /// Looks at every account that holds an instrument.
    pub(super) fn watch_holders(&mut self, id: u32) {
        let mut slot = self.instruments[id].first_position;
        while slot != 0 {
            let position = self.positions[slot];
            self.watch(position.account);
            slot = position.next_of_instrument;
        }
    }

    /// Calls an account's margin if its equity is below what it must maintain.
    pub(super) fn watch(&mut self, account: u32) {
        let held = &self.accounts[account];
        let short = held.equity() < held.maintenance;
        if short && held.status != AccountStatus::Bankrupt && !self.margin_calls.contains(&account) {
            self.margin_calls.push(account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::part_up;

    #[test]
    fn requirements_round_up() {
        assert_eq!(part_up(5, 200_000), 1);
        assert_eq!(part_up(6, 200_000), 2);
        assert_eq!(part_up(0, 200_000), 0);
    }
}
