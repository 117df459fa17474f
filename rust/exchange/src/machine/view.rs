//! Looking at the state without changing or copying it.

use super::Exchange;
use crate::account::Position;
use crate::book::Book;
use crate::command::{AccountStatus, InstrumentSpec, OrderType, Phase, TimeInForce};
use crate::order::Order;
use crate::units::{PriceTicks, Side};

/// An account, in cash units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccountView {
    /// Free cash.
    pub cash: i64,
    /// Cash set aside for open buy orders.
    pub escrow: i64,
    /// Cash, in escrow or not, plus positions at their marks.
    pub equity: i128,
    /// Net worth put in from outside.
    pub deposited: i128,
    /// Initial margin of positions and open orders; zero outside the margin model, as the next.
    pub initial_margin: i128,
    /// Maintenance margin of positions.
    pub maintenance_margin: i128,
    /// How many orders are open.
    pub open_orders: u32,
    /// Whether it may trade.
    pub status: AccountStatus,
}

/// What an account holds of an instrument.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PositionView {
    /// Lots owned; below zero is short.
    pub lots: i64,
    /// Lots locked in open sell orders; cash model only.
    pub locked: i64,
    /// Lots in open buy orders.
    pub open_buy: i64,
    /// Lots in open sell orders.
    pub open_sell: i64,
    /// What the open lots cost, in cash units.
    pub cost: i128,
    /// Profit of what was closed, fees not counted.
    pub realised: i128,
    /// Worth at the mark less cost.
    pub unrealised: i128,
    /// Fees paid.
    pub fees: i128,
}

/// An open order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderView {
    /// The exchange's number.
    pub id: u64,
    /// The owner's number, zero for none.
    pub client_order_id: u64,
    /// Whose.
    pub account: u32,
    /// What.
    pub instrument: u32,
    /// Buy or sell.
    pub side: Side,
    /// What it does when it arrives.
    pub order_type: OrderType,
    /// How long it lives.
    pub time_in_force: TimeInForce,
    /// Limit or protection price, in ticks.
    pub price: i64,
    /// All of it, in lots.
    pub quantity: u64,
    /// What is open of it, in lots.
    pub open: u64,
    /// Whether it stands in the book.
    pub resting: bool,
}

/// An order in its queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueuedView {
    /// The exchange's number.
    pub order_id: u64,
    /// Its price, in ticks.
    pub price: i64,
    /// What of it stands in the book, in lots; an iceberg order's hidden rest is not in it.
    pub quantity: u64,
    /// Whose it is.
    pub account: u32,
}

/// An instrument as it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InstrumentView {
    /// Its description.
    pub spec: InstrumentSpec,
    /// Its phase.
    pub phase: Phase,
    /// The last trade price.
    pub last_price: Option<i64>,
    /// The mark price.
    pub mark: i64,
    /// What the circuit breaker measures from.
    pub reference_price: i64,
}

impl<B: Book> Exchange<B> {
    /// Looks up an account's position.
    #[inline(always)]
    pub(crate) fn position_of(&self, account: u32, instrument: u32) -> Option<&Position> {
        match self.find_position(account, instrument) {
            0 => None,
            slot => Some(&self.positions[slot]),
        }
    }

    /// The slot of an account's position, zero where there is none.
    #[inline(always)]
    pub(crate) fn find_position(&self, account: u32, instrument: u32) -> u32 {
        let recent = self.accounts.get(account).map_or(0, |held| held.recent_position);
        if recent != 0 && self.positions[recent].instrument == instrument {
            return recent;
        }
        self.position_ids.get(u64::from(instrument), account).unwrap_or(0)
    }

    /// The position that an order moves, if its account has one yet.
    #[inline(always)]
    pub(crate) fn position_under(&self, order: &Order) -> Option<&Position> {
        if order.position == 0 { None } else { Some(&self.positions[order.position]) }
    }

    /// An account, if it exists.
    #[must_use]
    pub fn account(&self, account: u32) -> Option<AccountView> {
        let held = self.accounts.get(account)?;
        let mut value = 0;
        let mut slot = held.first_position;
        while slot != 0 {
            let position = &self.positions[slot];
            value += self.worth(position);
            slot = position.next_of_account;
        }
        Some(AccountView {
            cash: held.cash,
            escrow: held.escrow,
            equity: i128::from(held.cash) + i128::from(held.escrow) + value,
            deposited: held.deposited,
            initial_margin: held.initial,
            maintenance_margin: held.maintenance,
            open_orders: held.open_orders,
            status: held.status,
        })
    }

    fn worth(&self, position: &Position) -> i128 {
        self.worth_of(position.instrument, position.lots)
    }

    /// What so many lots of an instrument are worth at its mark, in cash units.
    #[must_use]
    pub fn worth_of(&self, instrument: u32, lots: i64) -> i128 {
        let instrument = &self.instruments[instrument];
        let mark = if instrument.phase == Phase::Settled { 0 } else { instrument.live_mark() };
        i128::from(lots) * i128::from(mark) * i128::from(instrument.spec.multiplier)
    }

    /// What an account holds of an instrument; nothing held is all zeros.
    #[must_use]
    pub fn position(&self, account: u32, instrument: u32) -> PositionView {
        self.position_of(account, instrument).map_or_else(PositionView::default, |position| PositionView {
            lots: position.lots,
            locked: position.locked,
            open_buy: position.open_buy,
            open_sell: position.open_sell,
            cost: position.cost,
            realised: position.realised,
            unrealised: self.worth(position) - position.cost,
            fees: position.fees,
        })
    }

    /// An open order, if it exists.
    #[must_use]
    pub fn order(&self, id: u64) -> Option<OrderView> {
        let order = &self.orders[self.order_ids.get(id, 0)?];
        Some(OrderView {
            id: order.id,
            client_order_id: order.client_id,
            account: order.account,
            instrument: order.instrument,
            side: order.side,
            order_type: order.order_type,
            time_in_force: order.time_in_force,
            price: order.price,
            quantity: order.total,
            open: order.open,
            resting: order.handle != 0,
        })
    }

    /// The open orders of an account by rising id.
    #[must_use]
    pub fn open_orders(&self, account: u32) -> Vec<OrderView> {
        if !self.accounts.has(account) {
            return Vec::new();
        }
        let slots = self.slots_of_account(account, 0);
        slots.into_iter().filter_map(|slot| self.order(self.orders[slot].id)).collect()
    }

    /// An instrument, if it is listed.
    #[must_use]
    pub fn instrument(&self, id: u32) -> Option<InstrumentView> {
        self.instruments.get(id).map(|listed| InstrumentView {
            spec: listed.spec,
            phase: listed.phase,
            last_price: listed.last_price,
            mark: if listed.phase == Phase::Settled { listed.mark } else { listed.live_mark() },
            reference_price: listed.reference_price,
        })
    }

    /// The book of an instrument, to read.
    #[must_use]
    pub fn book(&self, instrument: u32) -> Option<&B> {
        self.instruments.get(instrument).map(|listed| &listed.book)
    }

    /// The best price of a side and the quantity that shows there.
    #[must_use]
    pub fn best(&self, instrument: u32, side: Side) -> Option<(PriceTicks, u64)> {
        let book = self.book(instrument)?;
        let price = book.best(side)?;
        Some((price, book.quantity_at(side, price)))
    }

    /// Visits the orders of a side in priority order, until the visitor says `false`.
    pub fn visit_queue(&self, instrument: u32, side: Side, mut visit: impl FnMut(QueuedView) -> bool) {
        let Some(book) = self.book(instrument) else { return };
        book.visit_orders(side, |resting| {
            let order = &self.orders[super::matching::slot_of(resting.tag)];
            visit(QueuedView {
                order_id: order.id,
                price: resting.price.get(),
                quantity: resting.quantity.get(),
                account: order.account,
            })
        });
    }

    /// How many accounts were opened.
    #[must_use]
    pub fn account_count(&self) -> usize {
        self.accounts.len()
    }

    /// How many orders are open.
    #[must_use]
    pub fn order_count(&self) -> usize {
        self.orders.len()
    }

    /// The fees collected so far and what the insurance fund holds, in cash units.
    #[must_use]
    pub const fn system_balances(&self) -> (i128, i128) {
        (self.system.fees, self.system.fund)
    }
}
