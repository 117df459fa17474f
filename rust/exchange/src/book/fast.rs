//! The fast book: two ladders of levels over one slab of orders.
//!
//! Nothing is allocated on the way of an order but when the slab or a window grows, each amortised over the
//! orders that made it grow. Linking and unlinking write to slot zero instead of asking whether there is a
//! neighbour, because a mispredicted branch costs more than the write.
//!
//! Assumes what [`Book`] assumes. A handle that is not live gives a wrong answer or a panic, never unsound
//! memory.
#![allow(clippy::indexing_slicing)] // Hot path: a side is zero or one.
#![allow(clippy::cast_possible_truncation)] // One bit of a level's sum.

use super::ladder::{Ladder, NO_KEY, key_of, price_of};
use super::slab::{Node, Slab};
use super::window::Level;
use super::{Book, Fill, Handle, LevelView, Resting};
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
        if !self.slab.is_consistent() {
            return Err("the slab lost or doubled a slot");
        }
        let mut seen = 0_u32;
        for side in [Side::Buy, Side::Sell] {
            self.ladders[side as usize].check()?;
            let mut verdict = Ok(());
            self.ladders[side as usize].visit(|key, level| {
                verdict = self.check_queue(side, key, level, &mut seen);
                verdict.is_ok()
            });
            verdict?;
        }
        if seen == self.slab.live() { Ok(()) } else { Err("an order is in no queue") }
    }

    fn check_queue(&self, side: Side, key: u64, level: &Level, seen: &mut u32) -> Result<(), &'static str> {
        let (mut sum, mut previous, mut slot) = (0, 0, level.head);
        while slot != 0 {
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
            if *seen > self.slab.live() {
                return Err("a queue runs in a circle");
            }
            previous = slot;
            slot = node.next;
        }
        if previous != level.tail {
            return Err("a level's tail is not its last order");
        }
        if sum != level.quantity {
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
        let key = key_of(side, price);
        let slot = self.slab.next_slot();
        let previous = self.ladders[side as usize].append(key, slot, quantity.get());
        self.slab.fill(slot, Node::new(side, key, quantity.get(), previous, tag));
        Handle::new(slot)
    }

    #[inline(always)]
    fn remove(&mut self, handle: Handle) -> Resting {
        let slot = handle.get();
        let Self { ladders, slab } = self;
        let order = Self::resting(slot, slab.at(slot));
        let (index, key) = (slab.at(slot).side_index(), slab.at(slot).key);
        ladders[index].take_from(key, slot, slab);
        order
    }

    #[inline(always)]
    fn reduce(&mut self, handle: Handle, by: Lots) {
        let node = self.slab.at_mut(handle.get());
        node.reduce(by.get());
        self.ladders[node.side_index()].change(node.key, |level| level.quantity -= by.get());
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
        let slot = ladder.level(key).head;
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
            ladder.change(key, |level| {
                while open > 0 && level.head != 0 {
                    let slot = level.head;
                    let maker = slab.at_mut(slot);
                    let (stood, tag) = (maker.quantity(), maker.tag);
                    let traded = stood.min(open);
                    open -= traded;
                    level.quantity -= traded;
                    if traded == stood {
                        level.head = slab.unlink_first(slot).next;
                    } else {
                        maker.reduce(traded);
                    }
                    on_fill(Fill { tag, price, quantity: Lots::new(traded), left: stood - traded });
                }
            });
        }
        open
    }

    #[inline]
    fn quantity_at(&self, side: Side, price: PriceTicks) -> u64 {
        self.ladders[side as usize].level(key_of(side, price)).quantity
    }

    fn visit_levels(&self, side: Side, mut visit: impl FnMut(LevelView) -> bool) {
        self.ladders[side as usize]
            .visit(|key, level| visit(LevelView { price: price_of(side, key), quantity: level.quantity }));
    }

    fn visit_orders(&self, side: Side, mut visit: impl FnMut(Resting) -> bool) {
        self.ladders[side as usize].visit(|_, level| {
            let mut slot = level.head;
            while slot != 0 {
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
        // The level's sum is read for its cache line alone; shifted this far, nothing of it is left.
        let level = self.ladders[node.side_index()].glance(node.key);
        [node.previous | (level.quantity >> 63) as u32, node.next]
    }

    #[inline(always)]
    fn glance_at_price(&self, side: Side, price: PriceTicks) -> [u32; 2] {
        [self.ladders[side as usize].glance(key_of(side, price)).tail, 0]
    }

    #[inline(always)]
    fn glance_at_neighbours(&self, slots: [u32; 2]) -> u64 {
        slots.into_iter().filter_map(|slot| self.slab.look(slot)).fold(0, |seen, node| seen ^ node.tag)
    }

    #[inline(always)]
    fn len(&self) -> u32 {
        self.slab.live()
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
