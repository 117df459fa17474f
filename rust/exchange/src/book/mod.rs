//! The book of one instrument: resting orders in price-time priority, and nothing else.
//!
//! A book knows prices, quantities and queue places. Who owns an order, what it costs and whether it may
//! trade is decided above it. The two implementations, [`FastBook`] and [`ReferenceBook`], must give the
//! same answer to every call; one test suite runs over both.
//!
//! Assumptions: handles come from the same book and are live; quantities are from 1 to
//! [`MAX_ORDER_LOTS`](crate::units::MAX_ORDER_LOTS); prices within
//! [`MAX_PRICE_TICKS`](crate::units::MAX_PRICE_TICKS) either way. Callers check these at the border.

use crate::units::{Lots, PriceTicks, Side};

pub mod bitmap;
mod fast;
mod ladder;
mod reference;
mod slab;

pub use fast::FastBook;
pub use reference::ReferenceBook;

/// Names a resting order inside its book, until it leaves it. Never zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(transparent)]
pub struct Handle(u32);

impl Handle {
    /// Wraps a slot number; zero is nobody's.
    #[inline(always)]
    #[must_use]
    pub const fn new(slot: u32) -> Self {
        Self(slot)
    }

    /// The slot number.
    #[inline(always)]
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// A resting order as its book knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resting {
    /// Its name inside the book.
    pub handle: Handle,
    /// Its side.
    pub side: Side,
    /// Its price.
    pub price: PriceTicks,
    /// What of it stands in the book, at least one lot.
    pub quantity: Lots,
    /// The caller's word about it, carried untouched.
    pub tag: u64,
}

/// A price level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LevelView {
    /// The level's price.
    pub price: PriceTicks,
    /// The sum of what stands there.
    pub quantity: u64,
}

/// One step of a sweep: `quantity` lots taken from the resting order named by `tag`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fill {
    /// The resting order's tag.
    pub tag: u64,
    /// The resting order's price, at which the trade is made.
    pub price: PriceTicks,
    /// The lots traded.
    pub quantity: Lots,
    /// What the resting order has left; zero when it left the book.
    pub left: u64,
}

/// Resting orders of one instrument in price-time priority.
pub trait Book: Default {
    /// Puts an order at the end of the queue at its price. Crossing prices are the caller's business: an
    /// auction book may be crossed.
    fn insert(&mut self, side: Side, price: PriceTicks, quantity: Lots, tag: u64) -> Handle;

    /// Takes an order out.
    fn remove(&mut self, handle: Handle) -> Resting;

    /// Takes `by` lots off an order, which keeps its place. `by` is less than what it has.
    fn reduce(&mut self, handle: Handle, by: Lots);

    /// Looks at an order.
    fn get(&self, handle: Handle) -> Resting;

    /// The best price of a side.
    fn best(&self, side: Side) -> Option<PriceTicks>;

    /// Whether an order of this side limited at `limit`, a price within bounds, could trade now.
    #[inline(always)]
    fn crosses(&self, side: Side, limit: PriceTicks) -> bool {
        self.best(side.opposite()).is_some_and(|price| side.accepts(limit, price))
    }

    /// The first order of the best level of a side.
    fn front(&self, side: Side) -> Option<Resting>;

    /// Trades `quantity` lots of the first order of a side, at most what it has; at zero it leaves the
    /// book. Returns what it has left. Does nothing and returns zero where the side is empty.
    fn fill_front(&mut self, side: Side, quantity: Lots) -> u64;

    /// Trades a taker of side `side` against the opposite side, best price first, oldest first, up to
    /// `quantity` lots and while `limit` allows it. Calls `on_fill` for each step. Returns what is left of
    /// the taker.
    fn sweep(&mut self, side: Side, limit: PriceTicks, quantity: Lots, on_fill: impl FnMut(Fill)) -> u64;

    /// The quantity at a price of a side; zero where nothing stands.
    fn quantity_at(&self, side: Side, price: PriceTicks) -> u64;

    /// Visits the levels of a side from the best on, until the visitor says `false`.
    fn visit_levels(&self, side: Side, visit: impl FnMut(LevelView) -> bool);

    /// Visits the orders of a side in priority order, until the visitor says `false`.
    fn visit_orders(&self, side: Side, visit: impl FnMut(Resting) -> bool);

    /// Reads an order and its level, so that they are in the cache when it is removed, and names its
    /// neighbours, zero for none. Any handle is safe. Changes nothing.
    #[inline(always)]
    fn glance_at_order(&self, _handle: Handle) -> [u32; 2] {
        [0; 2]
    }

    /// Reads the level at a price, so that it is in the cache when an order is put there, and names the
    /// last order of it, zero for none. Any price is safe. Changes nothing.
    #[inline(always)]
    fn glance_at_price(&self, _side: Side, _price: PriceTicks) -> [u32; 2] {
        [0; 2]
    }

    /// Reads the orders in two slots. The result only serves to keep the reads.
    #[inline(always)]
    fn glance_at_neighbours(&self, _slots: [u32; 2]) -> u64 {
        0
    }

    /// How many orders rest, both sides together.
    fn len(&self) -> u32;

    /// Whether nothing rests.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether one more order fits ([`MAX_ORDERS_PER_BOOK`](crate::units::MAX_ORDERS_PER_BOOK)).
    fn has_room(&self) -> bool {
        self.len() < crate::units::MAX_ORDERS_PER_BOOK
    }
}
