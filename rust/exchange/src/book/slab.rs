//! The nodes of a book: one array, addressed by `u32`, that holds its orders and its levels.
//!
//! A level is a ring: a node for the level itself, and behind it its orders from the oldest to the newest,
//! back to the level. So an order always has a neighbour on either side, and linking and unlinking ask no
//! question that a branch predictor would have to guess the answer of. A level's node holds the sum of its
//! orders; one that stands alone in its ring is empty.
//!
//! Free slots form a list, last in, first out: the slot freed last is the one still in the cache. Slot zero
//! belongs to nobody.
#![allow(clippy::indexing_slicing)] // Hot path: slots come from this slab and stay inside it.
#![allow(clippy::cast_possible_truncation)] // One bit becomes an index.

use crate::units::Side;

/// An order or a level, two to a cache line.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct Node {
    /// The order behind; of the newest, and of an empty level, the level. On the free list, the next free
    /// slot.
    pub(super) next: u32,
    /// The order before; of the oldest, and of an empty level, the level.
    pub(super) previous: u32,
    /// Of an order twice its quantity, and one more for a sell. Of a level the sum of its orders' lots.
    amount: u64,
    /// Of an order, its price as its side's key; see [`super::ladder`].
    pub(super) key: i64,
    /// Of an order, the caller's word.
    pub(super) tag: u64,
}

const _: () = assert!(size_of::<Node>() == 32, "two nodes share a cache line");

impl Node {
    /// The lots of an order.
    #[inline(always)]
    pub(super) const fn quantity(&self) -> u64 {
        self.amount >> 1
    }

    /// The lots of all orders of a level.
    #[inline(always)]
    pub(super) const fn sum(&self) -> u64 {
        self.amount
    }

    /// Zero for a buy, one for a sell.
    #[inline(always)]
    pub(super) const fn side_index(&self) -> usize {
        (self.amount & 1) as usize
    }

    #[inline(always)]
    pub(super) const fn side(&self) -> Side {
        if self.amount & 1 == 0 { Side::Buy } else { Side::Sell }
    }
}

/// The array and its free list.
#[derive(Clone, Debug)]
pub(super) struct Slab {
    nodes: Vec<Node>,
    free: u32,
    orders: u32,
}

impl Default for Slab {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], free: 0, orders: 0 }
    }
}

impl Slab {
    /// Makes room so that `orders` fit without another allocation.
    pub(super) fn reserve(&mut self, orders: usize) {
        self.nodes.reserve((orders + 1).saturating_sub(self.nodes.len()));
    }

    /// How many orders there are.
    #[inline(always)]
    pub(super) fn orders(&self) -> u32 {
        self.orders
    }

    #[inline(always)]
    pub(super) fn at(&self, slot: u32) -> &Node {
        &self.nodes[slot as usize]
    }

    /// The node in a slot, if there is such a slot.
    #[inline(always)]
    pub(super) fn look(&self, slot: u32) -> Option<&Node> {
        self.nodes.get(slot as usize)
    }

    /// The number of the slot behind the last. Orders are bounded by `MAX_ORDERS_PER_BOOK` and levels by
    /// the windows' lengths and the orders, together far below the end of `u32`.
    fn end(&self) -> u32 {
        self.nodes.len() as u32
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.free = self.end();
        self.nodes.push(Node::default());
    }

    /// Adds an order behind the last one of a level and returns its slot.
    #[inline(always)]
    pub(super) fn append(&mut self, level: u32, side: Side, key: i64, quantity: u64, tag: u64) -> u32 {
        if self.free == 0 {
            self.grow();
        }
        let slot = self.free;
        let nodes = self.nodes.as_mut_slice();
        let ring = &mut nodes[level as usize];
        let previous = ring.previous;
        ring.previous = slot;
        ring.amount += quantity;
        let place = &mut nodes[slot as usize];
        self.free = place.next;
        *place = Node { next: level, previous, amount: (quantity << 1) | side as u64, key, tag };
        nodes[previous as usize].next = slot;
        // Bounded by the number of slots.
        self.orders = self.orders.wrapping_add(1);
        slot
    }

    /// Gives an order's slot back and returns what stood there, which is still linked to.
    #[inline(always)]
    pub(super) fn release(&mut self, slot: u32) -> Node {
        let place = &mut self.nodes[slot as usize];
        // Field by field, so that it stays in registers.
        let Node { next, previous, amount, key, tag } = *place;
        place.next = self.free;
        self.free = slot;
        self.orders = self.orders.wrapping_sub(1);
        Node { next, previous, amount, key, tag }
    }

    /// Takes a released order out of its level's ring and sum. `true` when the level is empty now.
    #[inline(always)]
    pub(super) fn unlink(&mut self, order: &Node, level: u32) -> bool {
        let nodes = self.nodes.as_mut_slice();
        nodes[order.previous as usize].next = order.next;
        nodes[order.next as usize].previous = order.previous;
        nodes[level as usize].amount -= order.quantity();
        // Both neighbours are the same only where both are the level.
        order.next == order.previous
    }

    /// Takes lots off an order, fewer than it has, and off its level.
    #[inline(always)]
    pub(super) fn reduce(&mut self, slot: u32, level: u32, by: u64) {
        debug_assert!(by < self.at(slot).quantity(), "an order keeps at least one lot");
        self.nodes[slot as usize].amount -= by << 1;
        self.nodes[level as usize].amount -= by;
    }

    /// Makes `count` empty levels side by side and returns the slot of the first.
    pub(super) fn make_levels(&mut self, count: usize) -> u32 {
        let first = self.end();
        let last = first + count as u32;
        self.nodes.extend((first..last).map(|slot| Node { next: slot, previous: slot, ..Node::default() }));
        first
    }

    /// Makes one empty level.
    pub(super) fn make_level(&mut self) -> u32 {
        if self.free == 0 {
            self.grow();
        }
        let slot = self.free;
        let place = &mut self.nodes[slot as usize];
        self.free = place.next;
        *place = Node { next: slot, previous: slot, ..Node::default() };
        slot
    }

    /// Gives the slots of empty levels back.
    pub(super) fn drop_levels(&mut self, first: u32, count: usize) {
        for slot in (first..first + count as u32).rev() {
            self.nodes[slot as usize].next = self.free;
            self.free = slot;
        }
    }

    /// Hands the orders of one level to another, empty one.
    pub(super) fn move_level(&mut self, from: u32, to: u32) {
        let ring = self.nodes[from as usize];
        if ring.next == from {
            return;
        }
        self.nodes[to as usize] = ring;
        self.nodes[ring.next as usize].previous = to;
        self.nodes[ring.previous as usize].next = to;
        self.nodes[from as usize] = Node { next: from, previous: from, ..Node::default() };
    }

    /// Audits the free list: besides the nobody, `levels` levels and the orders, all slots are on it.
    pub(super) fn check(&self, levels: usize) -> Result<(), &'static str> {
        let mut free = 0_usize;
        let mut slot = self.free;
        while slot != 0 && free < self.nodes.len() {
            free += 1;
            slot = self.at(slot).next;
        }
        let all = 1 + levels + self.orders as usize + free;
        if slot == 0 && all == self.nodes.len() { Ok(()) } else { Err("the slab lost or doubled a slot") }
    }
}
