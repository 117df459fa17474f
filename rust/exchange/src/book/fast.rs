//! The fast book: two ladders of levels over one slab of orders.
//!
//! Nothing is allocated on the way of an order but when the slab or a window grows, each amortised over the
//! orders that made it grow.
//!
//! Assumes what [`Book`] assumes. A handle that is not live gives a wrong answer or a panic, never unsound
//! memory.
#![allow(clippy::indexing_slicing)] // Hot path: a side is zero or one.
#![allow(clippy::cast_possible_truncation)] // One bit of a level's sum.

use super::ladder::{Ladder, NO_KEY, key_of, price_of};
use super::slab::{Node, Slab};
use super::{Book, Fill, Handle, LevelView, Resting};
use crate::canary::{Bug, canary};
use crate::units::{Lots, PriceTicks, Side};

/// The fast book.
#[derive(Clone, Debug, Default)]
pub struct FastBook {
    ladders: [Ladder; 2],
    slab: Slab,
}

impl FastBook {
    /// An empty book with room for `orders` before its slab has to grow.
    #[must_use]
    pub fn with_capacity(orders: u32) -> Self {
        let mut book = Self::default();
        book.slab.reserve(orders as usize);
        book
    }

    /// Audits the whole book: links, sums, bitmaps, the cached best and the free list.
    ///
    /// # Errors
    /// Names the first thing found wrong.
    pub fn check(&self) -> Result<(), &'static str> {
        self.slab.check(self.ladders.iter().map(Ladder::levels).sum())?;
        let mut seen = 0_u32;
        for side in [Side::Buy, Side::Sell] {
            self.ladders[side as usize].check(&self.slab)?;
            let mut verdict = Ok(());
            self.ladders[side as usize].visit(|key, level| {
                verdict = self.check_queue(side, key, level, &mut seen);
                verdict.is_ok()
            });
            verdict?;
        }
        if seen == self.slab.orders() { Ok(()) } else { Err("an order is in no queue") }
    }

    fn check_queue(&self, side: Side, key: i64, level: u32, seen: &mut u32) -> Result<(), &'static str> {
        let (mut sum, mut previous, mut slot) = (0, level, self.slab.at(level).next);
        while slot != level {
            let node = self.slab.at(slot);
            if node.previous != previous {
                return Err("a queue's links disagree");
            }
            if node.side() != side || node.key != key {
                return Err("an order stands at a foreign level");
            }
            if node.quantity() == 0 {
                return Err("an order of no lots rests");
            }
            sum += node.quantity();
            *seen += 1;
            if *seen > self.slab.orders() {
                return Err("a queue does not lead back to its level");
            }
            previous = slot;
            slot = node.next;
        }
        let level = self.slab.at(level);
        if previous != level.previous {
            return Err("a level's tail is not its last order");
        }
        if sum != level.sum() {
            return Err("a level's sum is not the sum of its orders");
        }
        Ok(())
    }

    #[inline(always)]
    fn resting(slot: u32, node: &Node) -> Resting {
        let side = node.side();
        Resting {
            handle: Handle::new(slot),
            side,
            price: price_of(side, node.key),
            quantity: Lots::new(node.quantity()),
            tag: node.tag,
        }
    }
}

impl Book for FastBook {
    #[inline(always)]
    fn insert(&mut self, side: Side, price: PriceTicks, quantity: Lots, tag: u64) -> Handle {
        let Self { ladders, slab } = self;
        let key = key_of(side, price);
        let level = ladders[side as usize].open(key, slab);
        Handle::new(slab.append(level, side, key, quantity.get(), tag))
    }

    #[inline(always)]
    fn remove(&mut self, handle: Handle) -> Resting {
        let Self { ladders, slab } = self;
        let slot = handle.get();
        let order = slab.release(slot);
        let ladder = &mut ladders[order.side_index()];
        let level = ladder.enter(order.key);
        if slab.unlink(&order, level) {
            ladder.close(order.key, slab);
        }
        Self::resting(slot, &order)
    }

    #[inline(always)]
    fn reduce(&mut self, handle: Handle, by: Lots) {
        let Self { ladders, slab } = self;
        let node = slab.at(handle.get());
        let level = ladders[node.side_index()].enter(node.key);
        slab.reduce(handle.get(), level, by.get());
    }

    #[inline(always)]
    fn get(&self, handle: Handle) -> Resting {
        Self::resting(handle.get(), self.slab.at(handle.get()))
    }

    #[inline(always)]
    fn best(&self, side: Side) -> Option<PriceTicks> {
        let key = self.ladders[side as usize].best();
        (key != NO_KEY).then(|| price_of(side, key))
    }

    #[inline(always)]
    fn crosses(&self, side: Side, limit: PriceTicks) -> bool {
        // A price's key on one side is the complement of its key on the other. Within the bounds of prices
        // no key is as bad as the key of nothing.
        self.ladders[side.opposite() as usize].best() <= !key_of(side, limit)
    }

    #[inline]
    fn front(&self, side: Side) -> Option<Resting> {
        let ladder = &self.ladders[side as usize];
        let key = ladder.best();
        if key == NO_KEY {
            return None;
        }
        let level = self.slab.at(ladder.level(key)?);
        let slot = if canary(Bug::LevelServedLifo) { level.previous } else { level.next };
        Some(Self::resting(slot, self.slab.at(slot)))
    }

    #[inline]
    fn fill_front(&mut self, side: Side, quantity: Lots) -> u64 {
        let Some(order) = self.front(side) else { return 0 };
        if quantity >= order.quantity {
            self.remove(order.handle);
            return 0;
        }
        self.reduce(order.handle, quantity);
        order.quantity.get() - quantity.get()
    }

    #[inline(never)]
    fn sweep(&mut self, side: Side, limit: PriceTicks, quantity: Lots, mut on_fill: impl FnMut(Fill)) -> u64 {
        let opposite = side.opposite();
        let Self { ladders, slab } = self;
        let ladder = &mut ladders[opposite as usize];
        let limit_key = key_of(opposite, limit).min(NO_KEY - 1);
        let mut open = quantity.get();
        while open > 0 && ladder.best() <= limit_key {
            let key = ladder.best();
            let price = price_of(opposite, key);
            let level = ladder.enter(key);
            loop {
                let slot = slab.at(level).next;
                let (stood, tag) = (slab.at(slot).quantity(), slab.at(slot).tag);
                let traded = stood.min(open);
                open -= traded;
                let is_gone = traded == stood;
                let mut is_empty = false;
                if is_gone {
                    let maker = slab.release(slot);
                    is_empty = slab.unlink(&maker, level);
                } else {
                    slab.reduce(slot, level, traded);
                }
                on_fill(Fill { tag, price, quantity: Lots::new(traded), left: stood - traded });
                if is_empty {
                    ladder.close(key, slab);
                    break;
                }
                if open == 0 {
                    break;
                }
            }
        }
        open
    }

    #[inline]
    fn quantity_at(&self, side: Side, price: PriceTicks) -> u64 {
        let level = self.ladders[side as usize].level(key_of(side, price));
        level.map_or(0, |level| self.slab.at(level).sum())
    }

    fn visit_levels(&self, side: Side, mut visit: impl FnMut(LevelView) -> bool) {
        self.ladders[side as usize].visit(|key, level| {
            visit(LevelView { price: price_of(side, key), quantity: self.slab.at(level).sum() })
        });
    }

    fn visit_orders(&self, side: Side, mut visit: impl FnMut(Resting) -> bool) {
        self.ladders[side as usize].visit(|_, level| {
            let mut slot = self.slab.at(level).next;
            while slot != level {
                let node = self.slab.at(slot);
                if !visit(Self::resting(slot, node)) {
                    return false;
                }
                slot = node.next;
            }
            true
        });
    }

    #[inline(always)]
    fn glance_at_order(&self, handle: Handle) -> [u32; 2] {
        let Some(node) = self.slab.look(handle.get()) else { return [0; 2] };
        // The level is read for its cache line alone; of its sum, shifted this far, nothing is left.
        let level = self.ladders[node.side_index()].near(node.key).and_then(|level| self.slab.look(level));
        [node.previous | level.map_or(0, |level| (level.sum() >> 63) as u32), node.next]
    }

    #[inline(always)]
    fn glance_at_price(&self, side: Side, price: PriceTicks) -> [u32; 2] {
        let level = self.ladders[side as usize].near(key_of(side, price));
        [level.and_then(|level| self.slab.look(level)).map_or(0, |level| level.previous), 0]
    }

    #[inline(always)]
    fn glance_at_neighbours(&self, slots: [u32; 2]) -> u64 {
        slots.into_iter().filter_map(|slot| self.slab.look(slot)).fold(0, |seen, node| seen ^ node.tag)
    }

    #[inline(always)]
    fn len(&self) -> u32 {
        self.slab.orders()
    }
}

#[cfg(test)]
mod tests {
    use super::FastBook;
    use crate::book::Book;
    use crate::units::{Lots, MAX_PRICE_TICKS, PriceTicks, Side};

    fn put(book: &mut FastBook, side: Side, price: i64) {
        book.insert(side, PriceTicks::new(price), Lots::new(1), 0);
    }

    #[test]
    fn a_window_grows_for_a_wide_market_and_stays_small_for_a_narrow_one() {
        let mut book = FastBook::default();
        for step in 0..100_000 {
            put(&mut book, Side::Sell, step % 200);
        }
        assert_eq!(book.ladders[1].reach(), 1 << 9);
        for step in 0..200_000 {
            put(&mut book, Side::Sell, step % 100_000);
        }
        assert_eq!(book.ladders[1].reach(), 1 << 18);
        assert_eq!(book.check(), Ok(()));
    }

    #[test]
    fn far_apart_prices_never_grow_the_window() {
        let mut book = FastBook::default();
        for step in 0..10_000 {
            put(&mut book, Side::Buy, if step % 2 == 0 { MAX_PRICE_TICKS } else { -MAX_PRICE_TICKS });
            put(&mut book, Side::Buy, (step * 7_919_777) % MAX_PRICE_TICKS);
        }
        assert_eq!(book.ladders[0].reach(), 1 << 9);
        assert_eq!(book.check(), Ok(()));
    }
}
