//! Open orders and the lists they hang in.
//!
//! An order has one record from acceptance to its end, whether it rests in a book, sleeps as a stop order
//! or is trading right now. Records live in one slab; a freed slot is used again, an order id never is.
#![allow(clippy::indexing_slicing)] // Slots are handed out here; a wrong one must stop the core.

use crate::command::{OrderType, SelfTrade, TimeInForce};
use crate::table::Table;
use crate::units::Side;

/// An open order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) client_id: u64,
    /// The limit, or the protection price of a market order.
    pub(crate) price: i64,
    pub(crate) stop_price: i64,
    /// All of it, filled and open.
    pub(crate) total: u64,
    /// What may still trade, hidden quantity included.
    pub(crate) open: u64,
    /// The size of an iceberg's slice; zero shows all.
    pub(crate) display: u64,
    pub(crate) expiry: i64,
    /// The place among sleeping stop orders of one stop price.
    pub(crate) priority: u64,
    pub(crate) account: u32,
    pub(crate) instrument: u32,
    pub(crate) position: u32,
    /// The handle in its book, zero while it does not rest.
    pub(crate) handle: u32,
    pub(crate) next_of_account: u32,
    pub(crate) previous_of_account: u32,
    pub(crate) side: Side,
    pub(crate) order_type: OrderType,
    pub(crate) time_in_force: TimeInForce,
    pub(crate) self_trade: SelfTrade,
    pub(crate) post_only: bool,
    pub(crate) reduce_only: bool,
    /// A stop order that has not been woken.
    pub(crate) sleeping: bool,
    /// Sent by the exchange to close a position.
    pub(crate) forced: bool,
}

impl Order {
    pub(crate) const NOBODY: Self = Self {
        id: 0,
        client_id: 0,
        price: 0,
        stop_price: 0,
        total: 0,
        open: 0,
        display: 0,
        expiry: 0,
        priority: 0,
        account: 0,
        instrument: 0,
        position: 0,
        handle: 0,
        next_of_account: 0,
        previous_of_account: 0,
        side: Side::Buy,
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::GoodTillCancel,
        self_trade: SelfTrade::CancelNewest,
        post_only: false,
        reduce_only: false,
        sleeping: false,
        forced: false,
    };

    /// How much of it stands in the book at once.
    #[inline(always)]
    pub(crate) const fn slice(&self) -> u64 {
        if self.display == 0 || self.display > self.open { self.open } else { self.display }
    }

    /// Its place among the sleeping stop orders of its side: those that wake first come first.
    pub(crate) const fn stop_key(&self) -> (i64, u64) {
        match self.side {
            Side::Buy => (self.stop_price, self.priority),
            Side::Sell => (-self.stop_price, self.priority),
        }
    }

    /// Whether its remainder may stay after it traded what it could.
    #[inline(always)]
    pub(crate) const fn may_rest(&self) -> bool {
        matches!(self.order_type, OrderType::Limit | OrderType::StopLimit)
            && !matches!(self.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill)
    }
}

/// The slab of open orders.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    table: Table<Order>,
    free: Vec<u32>,
}

impl Default for Orders {
    fn default() -> Self {
        Self { table: Table::new(Order::NOBODY), free: Vec::new() }
    }
}

impl Orders {
    /// Keeps an order and returns its slot.
    #[inline(always)]
    pub(crate) fn add(&mut self, order: Order) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                self.table[slot] = order;
                slot
            }
            None => self.table.push(order),
        }
    }

    /// Gives a slot back.
    #[inline(always)]
    pub(crate) fn free(&mut self, slot: u32) {
        self.table[slot].id = 0;
        self.free.push(slot);
    }

    /// How many orders are open.
    pub(crate) fn len(&self) -> usize {
        self.table.len() - self.free.len()
    }

    /// Every open order with its slot, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Order)> {
        self.table.slots().map(|slot| (slot, &self.table[slot])).filter(|(_, order)| order.id != 0)
    }
}

impl core::ops::Index<u32> for Orders {
    type Output = Order;
    #[inline(always)]
    fn index(&self, slot: u32) -> &Order {
        &self.table[slot]
    }
}

impl core::ops::IndexMut<u32> for Orders {
    #[inline(always)]
    fn index_mut(&mut self, slot: u32) -> &mut Order {
        &mut self.table[slot]
    }
}
