//! Stop orders beside a tape: a recorded trade wakes them.
//!
//! The core wakes stop orders by its own last trade. So where a recorded trade reaches one, the two accounts of the
//! house trade one lot step at that price, after the recorded levels that the stop orders may take were placed.
//! While an order of an agent rests at the very price, it would stand between the two, and the stop order waits for
//! the next recorded trade.

use exchange::command::{Action, NewOrder, TimeInForce};
use exchange::units::AccountId;

use super::house::{Placed, Wish};
use super::ladder::{RecordedBook, key_of};
use super::shadow::Shadow;
use crate::world::World;

impl Shadow {
    /// A recorded trade at this price reaches stop orders. Without a second account of the house they sleep on.
    #[cold]
    pub(crate) fn wake(&mut self, world: &mut World, book: &mut RecordedBook, price: i64, aggressor: usize) {
        let Some(second) = self.second else { return };
        let own = &world.flow.own[self.place];
        if own.stands_at(price) || !self.is_trading(world) {
            return;
        }
        let lots = own.lots_to_wake(price);
        let (maker, lot) = (1 - aggressor, self.lot_step);
        let key = key_of(maker, price);
        let order = NewOrder { post_only: true, ..self.house_order(maker, key, lot) };
        let Some(number) = world.attempt(self.venue, Action::NewOrder(order)) else { return };
        let mut placed = Vec::new();
        for (side, lots) in lots.into_iter().enumerate() {
            if lots > 0 {
                // Nothing better than the trade itself may stand before it.
                let from = if 1 - side == maker { key } else { i64::MIN };
                let wish = Wish { side, from, limit: i64::MAX, lots };
                self.mirror(world, book, wish, &mut placed);
            }
        }
        let order = NewOrder {
            account: AccountId::new(second),
            time_in_force: TimeInForce::ImmediateOrCancel,
            ..self.house_order(aggressor, key_of(aggressor, price), lot)
        };
        world.apply(self.venue, Action::NewOrder(order));
        self.take_back(world, book, &placed);
        // Only the recorded levels are taken from the recorded book.
        let left = Placed { number, side: maker, key, lots: 0 };
        self.take_back(world, book, &[left]);
    }
}
