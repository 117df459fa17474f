//! The reference book: plain, slow and easy to believe.
//!
//! A sorted map of prices to queues for each side. It stands beside the fast book as the meaning of it;
//! every test of one runs over the other, and a run of either gives the same events.

use std::collections::{BTreeMap, VecDeque};

use super::{Book, Fill, Handle, LevelView, Resting};
use crate::units::{Lots, PriceTicks, Side};

type Levels = BTreeMap<PriceTicks, VecDeque<Handle>>;

/// The plain book.
#[derive(Clone, Default, Debug)]
pub struct ReferenceBook {
    bids: Levels,
    asks: Levels,
    orders: BTreeMap<Handle, Resting>,
    last_handle: u32,
}

impl ReferenceBook {
    fn levels(&self, side: Side) -> &Levels {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn levels_mut(&mut self, side: Side) -> &mut Levels {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    fn order_mut(&mut self, handle: Handle) -> &mut Resting {
        match self.orders.get_mut(&handle) {
            Some(order) => order,
            None => unreachable!("the caller holds live handles only"),
        }
    }

    fn next_handle(&mut self) -> Handle {
        loop {
            self.last_handle = self.last_handle.wrapping_add(1).max(1);
            let handle = Handle::new(self.last_handle);
            if !self.orders.contains_key(&handle) {
                return handle;
            }
        }
    }

    fn sum(&self, queue: &VecDeque<Handle>) -> u64 {
        queue.iter().map(|&handle| self.get(handle).quantity.get()).sum()
    }

    fn ordered(&self, side: Side) -> Box<dyn Iterator<Item = (&PriceTicks, &VecDeque<Handle>)> + '_> {
        match side {
            Side::Buy => Box::new(self.bids.iter().rev()),
            Side::Sell => Box::new(self.asks.iter()),
        }
    }
}

impl Book for ReferenceBook {
    fn insert(&mut self, side: Side, price: PriceTicks, quantity: Lots, tag: u64) -> Handle {
        let handle = self.next_handle();
        self.orders.insert(handle, Resting { handle, side, price, quantity, tag });
        self.levels_mut(side).entry(price).or_default().push_back(handle);
        handle
    }

    fn remove(&mut self, handle: Handle) -> Resting {
        let order = self.get(handle);
        self.orders.remove(&handle);
        let levels = self.levels_mut(order.side);
        if let Some(queue) = levels.get_mut(&order.price) {
            queue.retain(|&other| other != handle);
            if queue.is_empty() {
                levels.remove(&order.price);
            }
        }
        order
    }

    fn reduce(&mut self, handle: Handle, by: Lots) {
        let order = self.order_mut(handle);
        order.quantity = Lots::new(order.quantity.get() - by.get());
    }

    fn get(&self, handle: Handle) -> Resting {
        match self.orders.get(&handle) {
            Some(order) => *order,
            None => unreachable!("the caller holds live handles only"),
        }
    }

    fn best(&self, side: Side) -> Option<PriceTicks> {
        self.ordered(side).next().map(|(&price, _)| price)
    }

    fn front(&self, side: Side) -> Option<Resting> {
        let (_, queue) = self.ordered(side).next()?;
        queue.front().map(|&handle| self.get(handle))
    }

    fn fill_front(&mut self, side: Side, quantity: Lots) -> u64 {
        let Some(order) = self.front(side) else { return 0 };
        if quantity >= order.quantity {
            self.remove(order.handle);
            return 0;
        }
        self.reduce(order.handle, quantity);
        order.quantity.get() - quantity.get()
    }

    fn sweep(&mut self, side: Side, limit: PriceTicks, quantity: Lots, mut on_fill: impl FnMut(Fill)) -> u64 {
        let mut open = quantity.get();
        while open > 0 {
            let Some(maker) = self.front(side.opposite()) else { break };
            if !side.accepts(limit, maker.price) {
                break;
            }
            let traded = Lots::new(open.min(maker.quantity.get()));
            let left = self.fill_front(side.opposite(), traded);
            open -= traded.get();
            on_fill(Fill { tag: maker.tag, price: maker.price, quantity: traded, left });
        }
        open
    }

    fn quantity_at(&self, side: Side, price: PriceTicks) -> u64 {
        self.levels(side).get(&price).map_or(0, |queue| self.sum(queue))
    }

    fn visit_levels(&self, side: Side, mut visit: impl FnMut(LevelView) -> bool) {
        for (&price, queue) in self.ordered(side) {
            if !visit(LevelView { price, quantity: self.sum(queue) }) {
                return;
            }
        }
    }

    fn visit_orders(&self, side: Side, mut visit: impl FnMut(Resting) -> bool) {
        for (_, queue) in self.ordered(side) {
            for &handle in queue {
                if !visit(self.get(handle)) {
                    return;
                }
            }
        }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.orders.len()).unwrap_or(u32::MAX)
    }
}
