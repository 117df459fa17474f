//! The agents' orders beside a tape: where each stands, and what stands before it in the recorded queue.
//!
//! It follows the exchange's events, so whatever becomes of an order in the core is known here.

use exchange::command::OrderType;
use exchange::event::{EventKind, EventRecord, KEPT_PLACE};

use super::ladder::{NO_KEY, RecordedBook, key_of};
use super::queue_model::QueueModel;
use crate::world::World;

/// The place of an order that has just come and was not looked for yet.
const UNPLACED: f64 = -1.0;

/// An order of an agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own {
    /// The exchange's number.
    id: u64,
    side: usize,
    key: i64,
    /// What shows of it, and all that is open, in lots.
    shown: u64,
    open: u64,
    /// Recorded lots before it: exact beside single orders, else an estimate.
    front: f64,
    /// What traded at its price since its level was last told of.
    traded: u64,
    /// How many rows were carried out when it came.
    entered: usize,
    /// It took all that it could of the opposite best and rests there: what still shows has been had. So until the
    /// opposite best was away once.
    locked: bool,
}

/// Whether the best of a side reaches an order of the other: a bid meets an ask where the sum of their keys, which
/// have opposite signs, is not above zero.
#[inline(always)]
pub(crate) const fn reaches(best: i64, key: i64) -> bool {
    key.saturating_add(best) <= 0
}

/// Lots of agents' orders to trade at a price.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fill {
    pub(crate) key: i64,
    pub(crate) lots: u64,
}

/// A stop order that sleeps.
#[derive(Clone, Copy, Debug)]
struct Stop {
    id: u64,
    side: usize,
    price: i64,
    lots: u64,
}

impl Stop {
    const fn wakes(&self, price: i64) -> bool {
        if self.side == 0 { price >= self.price } else { price <= self.price }
    }
}

/// All of them.
#[derive(Clone, Debug)]
pub(crate) struct OwnBook {
    /// In the order in which they came to their places.
    orders: Vec<Own>,
    /// A bit for each price that has an order, by the lowest six bits of its key.
    marks: [u64; 2],
    /// The best key of a side.
    pub(crate) best: [i64; 2],
    stops: Vec<Stop>,
    /// The lowest stop price of a buyer, and the highest of a seller.
    nearest_stops: [i64; 2],
    /// Accounts of the house: not the agents'.
    house: core::ops::Range<u32>,
    lot_step: u64,
    /// Whether any of them ever traded.
    pub(crate) has_traded: bool,
    /// Whether any of them is locked.
    pub(crate) has_locked: bool,
}

impl Default for OwnBook {
    fn default() -> Self {
        Self::new(0..0, 1)
    }
}

impl OwnBook {
    pub(crate) fn new(house: core::ops::Range<u32>, lot_step: u64) -> Self {
        Self {
            orders: Vec::new(),
            marks: [0; 2],
            best: [NO_KEY; 2],
            house,
            lot_step,
            has_traded: false,
            has_locked: false,
            stops: Vec::new(),
            nearest_stops: [i64::MAX, i64::MIN],
        }
    }

    /// Whether an order may stand at a key; sometimes so where none does.
    #[inline(always)]
    pub(crate) const fn may_stand(&self, side: usize, key: i64) -> bool {
        self.marks[side] >> (key & 63) & 1 != 0
    }

    /// Whether an order stands at a key or better.
    #[inline(always)]
    pub(crate) const fn reaches(&self, side: usize, key: i64) -> bool {
        self.best[side] <= key
    }

    fn index(&mut self) {
        (self.marks, self.best) = ([0; 2], [NO_KEY; 2]);
        for order in &self.orders {
            self.marks[order.side] |= 1 << (order.key & 63);
            self.best[order.side] = self.best[order.side].min(order.key);
        }
        self.nearest_stops = [i64::MAX, i64::MIN];
        for stop in &self.stops {
            let nearest = &mut self.nearest_stops[stop.side];
            *nearest = if stop.side == 0 { stop.price.min(*nearest) } else { stop.price.max(*nearest) };
        }
    }

    /// Whether a trade at this price wakes a stop order.
    #[inline(always)]
    pub(crate) const fn wakes(&self, price: i64) -> bool {
        price >= self.nearest_stops[0] || price <= self.nearest_stops[1]
    }

    /// Lots of buyers' and sellers' stop orders that a trade at this price wakes.
    pub(crate) fn lots_to_wake(&self, price: i64) -> [u64; 2] {
        let mut lots = [0; 2];
        for stop in self.stops.iter().filter(|stop| stop.wakes(price)) {
            lots[stop.side] += stop.lots;
        }
        lots
    }

    /// Whether an order of either side stands at a price.
    pub(crate) fn stands_at(&self, price: i64) -> bool {
        self.orders.iter().any(|order| key_of(order.side, price) == order.key)
    }

    /// Puts orders that have come behind what the recorded book shows.
    pub(crate) fn settle(&mut self, book: &RecordedBook, rows_done: usize) {
        for order in self.orders.iter_mut().filter(|order| order.front == UNPLACED) {
            order.front = book.sides[order.side].at(order.key) as f64;
            (order.traded, order.entered) = (0, rows_done);
            order.locked = reaches(book.sides[1 - order.side].best(), order.key);
            self.has_locked |= order.locked;
        }
    }

    /// A level changed, by trades or cancels that the tape does not tell apart.
    #[cold]
    pub(crate) fn level_changed(&mut self, model: QueueModel, side: usize, key: i64, before: u64, now: u64) {
        let mut least = 0.0_f64;
        for order in self.orders.iter_mut().filter(|order| order.side == side && order.key == key) {
            order.front = model.after_change(order.front, before, now, order.traded);
            order.traded = 0;
            // Who came later is not before who came earlier.
            order.front = order.front.max(least);
            least = order.front;
        }
    }

    /// Lots before some of our orders are gone, without a trade or with one: those that had come before them.
    #[cold]
    pub(crate) fn order_shrank(&mut self, side: usize, key: i64, lots: u64, born: usize) {
        let behind = |order: &&mut Own| order.side == side && order.key == key && born <= order.entered;
        for order in self.orders.iter_mut().filter(behind) {
            order.front = (order.front - lots as f64).max(0.0);
        }
    }

    /// Adds the fills of orders better than a key: whole, best first.
    pub(crate) fn through(&self, side: usize, key: i64, fills: &mut Vec<Fill>) {
        let better = self.orders.iter().filter(|order| order.side == side && order.key < key);
        fills.extend(better.map(|order| Fill { key: order.key, lots: order.open }));
        fills.sort_by_key(|fill| fill.key);
    }

    /// The book shows this opposite best: adds the fills of orders that it reaches, whole, best first.
    #[cold]
    pub(crate) fn met(&mut self, side: usize, opposite: i64, fills: &mut Vec<Fill>) {
        for order in self.orders.iter_mut().filter(|order| order.side == side) {
            if !reaches(opposite, order.key) {
                order.locked = false;
            } else if !order.locked {
                fills.push(Fill { key: order.key, lots: order.open });
            }
        }
        fills.sort_by_key(|fill| fill.key);
        self.has_locked = self.orders.iter().any(|order| order.locked);
    }

    /// A trade of so many lots at a price: takes them from the front of each order there, and adds what is left
    /// for our orders.
    pub(crate) fn traded(&mut self, side: usize, key: i64, lots: u64, fills: &mut Vec<Fill>) {
        let mut filled = 0_u64;
        for order in self.orders.iter_mut().filter(|order| order.side == side && order.key == key) {
            let reached = libm::floor(lots as f64 - order.front).max(0.0) as u64;
            let fill = reached.saturating_sub(filled).min(order.shown);
            filled += fill - fill % self.lot_step;
            order.front = (order.front - lots as f64).max(0.0);
            order.traded += lots;
        }
        if filled > 0 {
            fills.push(Fill { key, lots: filled });
        }
    }

    /// A recorded order that had come at `born` traded. Adds what it leaves to our orders that stood before it.
    pub(crate) fn executed(&mut self, side: usize, key: i64, lots: u64, born: usize, fills: &mut Vec<Fill>) {
        self.order_shrank(side, key, lots, born);
        let mut filled = 0_u64;
        let before = |order: &&Own| order.side == side && order.key == key && born > order.entered;
        for order in self.orders.iter().filter(before) {
            let fill = (lots - filled).min(order.shown);
            filled += fill - fill % self.lot_step;
        }
        if filled > 0 {
            fills.push(Fill { key, lots: filled });
        }
    }

    fn apply(&mut self, event: &EventRecord, kind: EventKind, open: u64) {
        match kind {
            EventKind::Accepted if is_stop(event) && !self.house.contains(&event.account) => {
                let (side, price) = (usize::from(event.side & 1), event.amount);
                self.stops.push(Stop { id: event.order_id, side, price, lots: event.quantity });
            }
            EventKind::Triggered => self.stops.retain(|stop| stop.id != event.order_id),
            EventKind::Booked | EventKind::Refreshed => {
                if self.house.contains(&event.account) {
                    return;
                }
                self.orders.retain(|order| order.id != event.order_id);
                let side = usize::from(event.side & 1);
                self.orders.push(Own {
                    id: event.order_id,
                    side,
                    key: key_of(side, event.price),
                    shown: event.quantity,
                    open,
                    front: UNPLACED,
                    traded: 0,
                    entered: 0,
                    locked: false,
                });
            }
            EventKind::Trade => {
                self.has_traded = true;
                self.lose(event.counter_id, event.quantity);
                self.lose(event.order_id, event.quantity);
            }
            EventKind::Reduced => self.lose(event.order_id, event.quantity),
            EventKind::Cancelled | EventKind::Expired => {
                self.stops.retain(|stop| stop.id != event.order_id);
                self.orders.retain(|order| order.id != event.order_id);
            }
            EventKind::Replaced if event.flags & KEPT_PLACE != 0 => {
                if let Some(order) = self.orders.iter_mut().find(|order| order.id == event.order_id) {
                    (order.open, order.shown) = (event.quantity, event.remaining);
                }
            }
            EventKind::Replaced => self.orders.retain(|order| order.id != event.order_id),
            _ => return,
        }
        self.index();
    }

    fn lose(&mut self, id: u64, lots: u64) {
        if let Some(order) = self.orders.iter_mut().find(|order| order.id == id) {
            order.open = order.open.saturating_sub(lots);
            order.shown = order.shown.saturating_sub(lots);
        }
        self.orders.retain(|order| order.open != 0);
    }

    /// Each order's number and what is thought to stand before it, in lots.
    pub(crate) fn fronts(&self) -> Vec<(u64, f64)> {
        self.orders.iter().map(|order| (order.id, order.front)).collect()
    }
}

/// Whether an accepted order is one that sleeps.
fn is_stop(event: &EventRecord) -> bool {
    matches!(OrderType::from_u8(event.reason >> 4), Some(OrderType::Stop | OrderType::StopLimit))
}

impl World {
    /// Learns from the events of a command what became of agents' orders beside a tape.
    pub(crate) fn watch(&mut self, venue: u16, events: &[EventRecord]) {
        let venue = &self.venues[usize::from(venue)];
        for event in events {
            let Some(kind) = event.kind() else { continue };
            let Some(&number) = venue.markets.get((event.instrument as usize).wrapping_sub(1)) else {
                continue;
            };
            let Some(place) = self.markets[usize::from(number)].tape else { continue };
            let open = match kind {
                EventKind::Booked | EventKind::Refreshed => {
                    venue.machine.order(event.order_id).map_or(0, |order| order.open)
                }
                _ => 0,
            };
            self.flow.own[place].apply(event, kind, open);
        }
    }
}
