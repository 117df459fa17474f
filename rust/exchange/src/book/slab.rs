//! The nodes of resting orders: one array, addressed by `u32`, with a last-in-first-out free list.
//!
//! Slot zero belongs to nobody. It is written to as the neighbour of the first and the last order of a
//! level, so that linking needs no branch, and it is never read for its meaning. The slot that was freed
//! last is the one that is used next: it is the one still in the cache.
#![allow(clippy::indexing_slicing)] // Hot path: handles come from this slab and stay inside it.

use crate::units::Side;

/// The bit of [`Node::sided_quantity`] that says sell.
const SELL_BIT: u64 = 1 << 63;

/// A resting order, two to a cache line.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct Node {
    /// The price as its side's key; see [`super::ladder`].
    pub(super) key: u64,
    sided_quantity: u64,
    /// The order behind it at its price, or zero. On the free list: the next free slot.
    pub(super) next: u32,
    /// The order before it at its price, or zero.
    pub(super) previous: u32,
    /// The caller's word.
    pub(super) tag: u64,
}

const _: () = assert!(size_of::<Node>() == 32, "two nodes share a cache line");

impl Node {
    #[inline(always)]
    pub(super) const fn new(side: Side, key: u64, quantity: u64, previous: u32, tag: u64) -> Self {
        Self { key, sided_quantity: quantity | (side as u64) << 63, next: 0, previous, tag }
    }

    #[inline(always)]
    pub(super) const fn quantity(&self) -> u64 {
        self.sided_quantity & !SELL_BIT
    }

    #[inline(always)]
    pub(super) const fn side(&self) -> Side {
        if self.sided_quantity & SELL_BIT == 0 { Side::Buy } else { Side::Sell }
    }

    /// Takes `by` lots off; less than the order has.
    #[inline(always)]
    pub(super) fn reduce(&mut self, by: u64) {
        debug_assert!(by < self.quantity(), "an order keeps at least one lot");
        self.sided_quantity -= by;
    }
}

/// The array and its free list.
#[derive(Clone, Debug)]
pub(super) struct Slab {
    nodes: Vec<Node>,
    free: u32,
    live: u32,
}

impl Default for Slab {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], free: 0, live: 0 }
    }
}

impl Slab {
    /// Makes room so that `orders` fit without another allocation.
    pub(super) fn reserve(&mut self, orders: usize) {
        self.nodes.reserve((orders + 1).saturating_sub(self.nodes.len()));
    }

    /// How many slots are taken.
    #[inline(always)]
    pub(super) fn live(&self) -> u32 {
        self.live
    }

    /// Takes a slot. What stands in it is the caller's to overwrite.
    #[inline(always)]
    pub(super) fn take(&mut self) -> u32 {
        self.live += 1;
        let slot = self.free;
        if slot == 0 {
            return self.grow();
        }
        self.free = self.nodes[slot as usize].next;
        slot
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> u32 {
        // The book is bounded by MAX_ORDERS_PER_BOOK, far below the end of `u32`.
        let slot = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node::default());
        slot
    }

    /// Gives a slot back.
    #[inline(always)]
    pub(super) fn give(&mut self, slot: u32) {
        self.live -= 1;
        self.nodes[slot as usize].next = self.free;
        self.free = slot;
    }

    #[inline(always)]
    pub(super) fn at(&self, slot: u32) -> &Node {
        &self.nodes[slot as usize]
    }

    #[inline(always)]
    pub(super) fn at_mut(&mut self, slot: u32) -> &mut Node {
        &mut self.nodes[slot as usize]
    }

    /// Whether free and live slots together are all slots.
    pub(super) fn is_consistent(&self) -> bool {
        let mut free = 0_usize;
        let mut slot = self.free;
        while slot != 0 && free < self.nodes.len() {
            free += 1;
            slot = self.at(slot).next;
        }
        slot == 0 && free + self.live as usize + 1 == self.nodes.len()
    }
}
