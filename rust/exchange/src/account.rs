//! Accounts, and what each of them holds in each instrument.

use crate::command::{AccountStatus, Limits};
use crate::units::{MAX_ORDER_LOTS, MAX_POSITION_LOTS};

/// Most accounts of one exchange.
pub const MAX_ACCOUNTS: u32 = 1 << 24;
/// Most open orders of one account where its limits say nothing.
pub const MAX_OPEN_ORDERS: u32 = 1 << 22;

impl Limits {
    /// Whether no limit is above the core's own maximum.
    #[must_use]
    pub const fn are_sound(&self) -> bool {
        self.order_lots <= MAX_ORDER_LOTS
            && self.position_lots <= MAX_POSITION_LOTS.unsigned_abs()
            && self.open_orders <= MAX_OPEN_ORDERS
    }
}

/// A trader's account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    /// Free cash.
    pub(crate) cash: i64,
    /// Cash set aside for open buy orders; cash model only.
    pub(crate) escrow: i64,
    /// A bound on what its open orders and positions could still move its cash by; margin and game models
    /// only. Cash plus this never passes `MAX_CASH`, so no later event can overflow the balance.
    pub(crate) exposure: i64,
    /// Net cash and worth put in from outside, in cash units.
    pub(crate) deposited: i128,
    /// What its positions are worth at their marks; margin model only, as the next two.
    pub(crate) value: i128,
    /// Initial margin of positions and open orders.
    pub(crate) initial: i128,
    /// Maintenance margin of positions.
    pub(crate) maintenance: i128,
    pub(crate) limits: Limits,
    pub(crate) open_orders: u32,
    pub(crate) first_order: u32,
    pub(crate) last_order: u32,
    pub(crate) first_position: u32,
    pub(crate) last_position: u32,
    /// The position that an order used last: looked at before the table of positions, and no part of the state.
    pub(crate) recent_position: u32,
    pub(crate) status: AccountStatus,
}

impl Account {
    pub(crate) const fn new(limits: Limits) -> Self {
        Self {
            cash: 0,
            escrow: 0,
            exposure: 0,
            deposited: 0,
            value: 0,
            initial: 0,
            maintenance: 0,
            limits,
            open_orders: 0,
            first_order: 0,
            last_order: 0,
            first_position: 0,
            last_position: 0,
            recent_position: 0,
            status: AccountStatus::Active,
        }
    }

    /// Cash, in escrow or not, plus positions at their marks.
    #[inline(always)]
    pub(crate) fn equity(&self) -> i128 {
        i128::from(self.cash) + i128::from(self.escrow) + self.value
    }

    pub(crate) const fn order_limit(&self) -> u64 {
        if self.limits.order_lots == 0 { MAX_ORDER_LOTS } else { self.limits.order_lots }
    }

    #[allow(clippy::cast_possible_wrap)] // Limits are checked against MAX_POSITION_LOTS when they are set.
    pub(crate) const fn position_limit(&self) -> i64 {
        if self.limits.position_lots == 0 { MAX_POSITION_LOTS } else { self.limits.position_lots as i64 }
    }

    pub(crate) const fn open_order_limit(&self) -> u32 {
        if self.limits.open_orders == 0 { MAX_OPEN_ORDERS } else { self.limits.open_orders }
    }
}

/// What one account holds and has open in one instrument.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Position {
    pub(crate) account: u32,
    pub(crate) instrument: u32,
    pub(crate) next_of_account: u32,
    pub(crate) next_of_instrument: u32,
    /// Owned; below zero is short.
    pub(crate) lots: i64,
    /// Of them locked in open sell orders; cash model only.
    pub(crate) locked: i64,
    /// Lots in open orders.
    pub(crate) open_buy: i64,
    pub(crate) open_sell: i64,
    /// Worth of the open orders at their own prices; margin and game models only.
    pub(crate) open_buy_notional: i64,
    pub(crate) open_sell_notional: i64,
    /// What the open lots cost; below zero for a short position.
    pub(crate) cost: i128,
    /// Profit of what was closed, fees not counted.
    pub(crate) realised: i128,
    /// Fees paid.
    pub(crate) fees: i128,
    /// This position's part of the account's sums; margin model only.
    pub(crate) value: i128,
    pub(crate) initial: i128,
    pub(crate) maintenance: i128,
    /// Open reduce-only orders.
    pub(crate) reduce_only_orders: u32,
}

impl Position {
    /// Books `lots` (signed) traded for `notional` (signed like the lots) into cost and realised profit.
    ///
    /// The cost of a part that is closed is its share of the whole cost, rounded toward zero; what the
    /// rounding leaves stays with the part that is open, so nothing is ever lost.
    pub(crate) fn book(&mut self, lots: i64, notional: i64) {
        let before = self.lots;
        let after = before + lots;
        self.lots = after;
        if before == 0 || (before > 0) == (lots > 0) {
            self.cost += i128::from(notional);
            return;
        }
        let closed = lots.unsigned_abs().min(before.unsigned_abs());
        if closed == before.unsigned_abs() {
            // Flat or turned over: the traded worth splits at the point where the position was flat.
            let closing = if after == 0 { i128::from(notional) } else { share(notional, closed, lots) };
            self.realised += -closing - self.cost;
            self.cost = i128::from(notional) - closing;
        } else {
            let released = part(self.cost, closed, before.unsigned_abs());
            self.realised += -i128::from(notional) - released;
            self.cost -= released;
        }
    }
}

/// `notional` times `closed / |lots|`, rounded toward zero.
fn share(notional: i64, closed: u64, lots: i64) -> i128 {
    i128::from(notional) * i128::from(closed) / i128::from(lots.unsigned_abs())
}

/// `cost` times `closed / of`, rounded toward zero.
fn part(cost: i128, closed: u64, of: u64) -> i128 {
    if let (Ok(cost), Ok(closed), Ok(of)) = (i64::try_from(cost), i64::try_from(closed), i64::try_from(of))
        && let Some(product) = cost.checked_mul(closed)
    {
        return i128::from(product / of);
    }
    // The cost of at most 2^52 lots at most 2^71 each stays below 2^123 here; split to be safe anyway.
    let (closed, of) = (i128::from(closed), i128::from(of));
    cost / of * closed + cost % of * closed / of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_in_parts_realises_the_whole_profit() {
        let mut position = Position::default();
        position.book(3, 1_000);
        position.book(-1, -400);
        position.book(-1, -400);
        position.book(-1, -400);
        assert_eq!((position.lots, position.cost, position.realised), (0, 0, 200));
    }

    #[test]
    fn turning_over_splits_at_flat() {
        let mut position = Position::default();
        position.book(10, 1_000);
        position.book(-15, -1_650);
        assert_eq!((position.lots, position.cost, position.realised), (-5, -550, 100));
        position.book(5, 500);
        assert_eq!((position.lots, position.cost, position.realised), (0, 0, 150));
    }

    #[test]
    fn cost_and_realised_always_sum_to_the_cash_that_moved() {
        let mut position = Position::default();
        let mut cash = 0_i128;
        for (lots, notional) in [(7, 701), (-3, -299), (5, 497), (-20, -2_011), (4, 391), (7, 703)] {
            position.book(lots, notional);
            cash -= i128::from(notional);
            assert_eq!(position.realised - position.cost, cash);
        }
        assert_eq!((position.lots, position.cost), (0, 0));
    }
}
