//! The nodes of resting orders: one array, addressed by `u32`, with a last-in-first-out free list.
//!
//! Slot zero belongs to nobody. It is written to as the neighbour of the first and the last order of a
//! level, so that linking needs no branch, and it is never read for its meaning. The slot that was freed
//! last is the one that is used next: it is the one still in the cache.
#![allow(clippy::indexing_slicing)] // Hot path: handles come from this slab and stay inside it.
#![allow(clippy::cast_possible_truncation)] // One bit becomes an index.

use super::window::Level;
use crate::units::Side;

/// A resting order, two to a cache line.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct Node {
    /// The price as its side's key; see [`super::ladder`].
    pub(super) key: u64,
    /// Twice the quantity, and one for a sell.
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
        Self { key, sided_quantity: (quantity << 1) | side as u64, next: 0, previous, tag }
    }

    #[inline(always)]
    pub(super) const fn quantity(&self) -> u64 {
        self.sided_quantity >> 1
    }

    /// Zero for a buy, one for a sell.
    #[inline(always)]
    pub(super) const fn side_index(&self) -> usize {
        (self.sided_quantity & 1) as usize
    }

    #[inline(always)]
    pub(super) const fn side(&self) -> Side {
        if self.sided_quantity & 1 == 0 { Side::Buy } else { Side::Sell }
    }

    /// Takes `by` lots off; less than the order has.
    #[inline(always)]
    pub(super) fn reduce(&mut self, by: u64) {
        debug_assert!(by < self.quantity(), "an order keeps at least one lot");
        self.sided_quantity -= by << 1;
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

    /// Takes an order out of its level, gives its slot back, and says whether the level is empty now.
    ///
    /// The first order of a queue has none before it and the last none behind it; then the level's end is
    /// what points to it. Which of the two is written to is chosen without a branch.
    #[inline(always)]
    pub(super) fn unlink(&mut self, slot: u32, level: &mut Level) -> bool {
        let nodes = self.nodes.as_mut_slice();
        let place = &mut nodes[slot as usize];
        let (next, previous) = (place.next, place.previous);
        level.quantity -= place.quantity();
        place.next = self.free;
        self.free = slot;
        self.live = self.live.wrapping_sub(1);
        let before = &mut nodes[previous as usize].next;
        *(if previous == 0 { &mut level.head } else { before }) = next;
        let behind = &mut nodes[next as usize].previous;
        *(if next == 0 { &mut level.tail } else { behind }) = previous;
        level.head == 0
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

    /// The node in a slot, if there is such a slot.
    #[inline(always)]
    pub(super) fn look(&self, slot: u32) -> Option<&Node> {
        self.nodes.get(slot as usize)
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
