//! The house: the account that trades with the agents' orders beside a tape.
//!
//! It does so by orders of its own in the real exchange, so time in force, post-only, protection, fees, positions
//! and self-trade are the core's own rules. Before an order that could trade it places what the recorded book shows
//! opposite, as far as the order may need it, and takes back what is left. A resting order whose turn has come meets
//! an immediate-or-cancel order of exactly so many lots at its own price.
//!
//! Between two commands the house has no open order.

use exchange::command::{Action, NewOrder, OrderRef, OrderType, Phase, SelfTrade, TimeInForce};
use exchange::units::{AccountId, Lots, NO_PRICE, OrderId, PriceTicks, Side, TimeNs};

use super::flow::Recording;
use super::ladder::{RecordedBook, key_of, price_of};
use super::own::Fill;
use super::shadow::Shadow;
use crate::world::World;

/// Most levels that are placed for one order.
const LEVELS_MAX: usize = 1_000;

/// An order that may trade on arrival.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) side: usize,
    /// The nearest and the farthest opposite key that it takes.
    pub(crate) from: i64,
    pub(crate) limit: i64,
    pub(crate) lots: u64,
}

/// An order that the house placed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) number: u64,
    pub(crate) side: usize,
    pub(crate) key: i64,
    pub(crate) lots: u64,
}

pub(crate) const fn side_of(side: usize) -> Side {
    if side == 0 { Side::Buy } else { Side::Sell }
}

impl World {
    /// A request reaches a venue where its market's feed is a tape.
    pub(crate) fn arrive_beside_tape(&mut self, place: usize, action: Action) {
        let Some(Recording::Tape(mut shadow)) = self.flow.recordings[place].take() else { return };
        if let Some(mut book) = self.markets[usize::from(shadow.market)].recorded.take() {
            shadow.arrive(self, &mut book, action);
            self.markets[usize::from(shadow.market)].recorded = Some(book);
        }
        self.flow.recordings[place] = Some(Recording::Tape(shadow));
    }
}

impl Shadow {
    /// An agent's request arrives.
    fn arrive(&mut self, world: &mut World, book: &mut RecordedBook, action: Action) {
        let mut placed = Vec::new();
        let wish = self.wish(world, &action);
        if let Some(wish) = wish
            && self.is_trading(world)
        {
            self.mirror(world, book, wish, &mut placed);
        }
        world.apply(self.venue, action);
        self.take_back(world, book, &placed);
    }

    /// Whether orders trade as they arrive.
    pub(crate) fn is_trading(&self, world: &World) -> bool {
        let machine = &world.venues[usize::from(self.venue)].machine;
        machine.instrument(self.instrument.get()).is_some_and(|listed| listed.phase == Phase::Continuous)
    }

    /// The house takes back what is left of orders that it placed. With impact, what is not left is gone from the
    /// recorded book.
    pub(crate) fn take_back(&mut self, world: &mut World, book: &mut RecordedBook, placed: &[Placed]) {
        let mut taken = false;
        for &Placed { number, side, key, lots } in placed {
            let machine = &world.venues[usize::from(self.venue)].machine;
            let left = machine.order(number).map_or(0, |order| order.open);
            if left > 0 {
                let account = AccountId::new(self.house);
                let order = OrderRef::Id(OrderId::new(number));
                world.apply(self.venue, Action::Cancel { account, order });
            }
            if self.settings.impact && left < lots {
                let ladder = &mut book.sides[side];
                ladder.set(key, ladder.at(key).saturating_sub(lots - left));
                taken = true;
            }
        }
        world.flow.own[self.place].settle(book, self.next);
        if taken {
            self.show(world, book, world.now);
        }
    }

    /// What of the opposite side an action may take.
    fn wish(&self, world: &World, action: &Action) -> Option<Wish> {
        let limit = |side: usize, price: i64| key_of(1 - side, price);
        match action {
            Action::NewOrder(new) => {
                let side = new.side as usize;
                let limit = match new.order_type {
                    OrderType::Limit => limit(side, new.price.get()),
                    OrderType::Market => i64::MAX,
                    OrderType::Stop | OrderType::StopLimit => return None,
                };
                Some(Wish { side, from: i64::MIN, limit, lots: new.quantity.get() })
            }
            Action::Replace(change) if change.price.get() != NO_PRICE => {
                let OrderRef::Client(name) = change.order else { return None };
                let machine = &world.venues[usize::from(self.venue)].machine;
                let orders = machine.open_orders(change.account.get());
                let order = orders.into_iter().find(|order| order.client_order_id == name)?;
                let side = order.side as usize;
                let lots = order.open.max(change.quantity.get());
                Some(Wish { side, from: i64::MIN, limit: limit(side, change.price.get()), lots })
            }
            _ => None,
        }
    }

    /// The house places what the recorded book shows opposite a wish.
    pub(crate) fn mirror(
        &self,
        world: &mut World,
        book: &RecordedBook,
        wish: Wish,
        placed: &mut Vec<Placed>,
    ) {
        let opposite = 1 - wish.side;
        let ladder = &book.sides[opposite];
        if ladder.best() > wish.limit || ladder.best_lots() == 0 {
            return;
        }
        let mut levels = Vec::new();
        let mut missing = wish.lots;
        ladder.visit(|key, lots| {
            if key > wish.limit || missing == 0 || levels.len() == LEVELS_MAX {
                return false;
            }
            let lots = if key < wish.from { 0 } else { lots - lots % self.lot_step };
            let lots = lots.min(missing);
            if lots > 0 {
                levels.push((key, lots));
                missing -= lots;
            }
            true
        });
        for (key, lots) in levels {
            let order = NewOrder { post_only: true, ..self.house_order(opposite, key, lots) };
            if let Some(number) = world.attempt(self.venue, Action::NewOrder(order)) {
                placed.push(Placed { number, side: opposite, key, lots });
            }
        }
    }

    /// The house trades with agents' orders of a side whose turn has come.
    pub(crate) fn fill(&self, world: &mut World, book: &RecordedBook, side: usize, fills: &[Fill]) {
        for &Fill { key, lots } in fills {
            let opposite = key_of(1 - side, price_of(side, key));
            let order = NewOrder {
                time_in_force: TimeInForce::ImmediateOrCancel,
                ..self.house_order(1 - side, opposite, lots)
            };
            world.apply(self.venue, Action::NewOrder(order));
        }
        // The next slice of an iceberg order joins its queue anew.
        world.flow.own[self.place].settle(book, self.next);
    }

    pub(crate) fn house_order(&self, side: usize, key: i64, lots: u64) -> NewOrder {
        NewOrder {
            account: AccountId::new(self.house),
            instrument: self.instrument,
            side: side_of(side),
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::GoodTillCancel,
            self_trade: SelfTrade::CancelNewest,
            price: PriceTicks::new(price_of(side, key)),
            stop_price: PriceTicks::new(NO_PRICE),
            quantity: Lots::new(lots),
            display: Lots::new(0),
            expiry: TimeNs::new(0),
            client_order_id: 0,
            post_only: false,
            reduce_only: false,
        }
    }
}
