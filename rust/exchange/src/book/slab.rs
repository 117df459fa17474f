//! The nodes of resting orders: one array, addressed by `u32`, with a last-in-first-out free list.
//!
//! Slot zero belongs to nobody. It is written to as the neighbour of the first and the last order of a
//! level, so that linking needs no branch, and it is never read for its meaning. The slot that was freed
//! last is the one that is used next: it is the one still in the cache.
#![allow(clippy::indexing_slicing)] // Hot path: handles come from this slab and stay inside it.
#![allow(clippy::cast_possible_truncation)] // One bit becomes an index.

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

    /// Zero for a buy, one for a sell.
    #[inline(always)]
    pub(super) const fn side_index(&self) -> usize {
        (self.sided_quantity >> 63) as usize
    }

    #[inline(always)]
    pub(super) const fn side(&self) -> Side {
        // Looked up rather than branched on: the side of an order is a coin toss.
        [Side::Buy, Side::Sell][self.side_index()]
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

    /// The slot that [`fill`](Self::fill) takes next.
    #[inline(always)]
    pub(super) fn next_slot(&mut self) -> u32 {
        if self.free == 0 {
            self.grow();
        }
        self.free
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        // The book is bounded by MAX_ORDERS_PER_BOOK, far below the end of `u32`.
        self.free = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node::default());
    }

    /// Takes the slot that [`next_slot`](Self::next_slot) promised and links the order behind the one
    /// before it.
    #[inline(always)]
    pub(super) fn fill(&mut self, slot: u32, node: Node) {
        let nodes = self.nodes.as_mut_slice();
        let place = &mut nodes[slot as usize];
        self.free = place.next;
        // Bounded by the number of slots.
        self.live = self.live.wrapping_add(1);
        *place = node;
        nodes[node.previous as usize].next = slot;
    }

    /// Unlinks an order from its neighbours, gives its slot back, and returns what stood there.
    #[inline(always)]
    pub(super) fn unlink(&mut self, slot: u32) -> Node {
        let nodes = self.nodes.as_mut_slice();
        let place = &mut nodes[slot as usize];
        // Field by field, so that it stays in registers.
        let node = Node {
            key: place.key,
            sided_quantity: place.sided_quantity,
            next: place.next,
            previous: place.previous,
            tag: place.tag,
        };
        place.next = self.free;
        self.free = slot;
        self.live = self.live.wrapping_sub(1);
        nodes[node.previous as usize].next = node.next;
        nodes[node.next as usize].previous = node.previous;
        node
    }

    /// Gives the slot of the first order of a level back, and returns what stood there.
    #[inline(always)]
    pub(super) fn unlink_first(&mut self, slot: u32) -> Node {
        let nodes = self.nodes.as_mut_slice();
        let place = &mut nodes[slot as usize];
        let node = *place;
        place.next = self.free;
        self.free = slot;
        self.live = self.live.wrapping_sub(1);
        nodes[node.next as usize].previous = 0;
        node
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
